/* A goto into the middle of a scope: clang refuses it, gcc with -Wjump-misses-init.
   MODES: on
   SAYS: jump (to label|bypasses)|jump skips|cannot jump
   GCC: -Wjump-misses-init -Werror */
#include "hotpath.h"

void f(int x) {
#ifdef RIGHT
    HOTPATH_SCOPE("a");
#endif
    if (x) goto out;
#ifndef RIGHT
    HOTPATH_SCOPE("a");
#endif
    x++;
out:
    x++;
}
