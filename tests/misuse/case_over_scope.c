/* A scope in a case without a block: clang refuses it, gcc with -Wjump-misses-init.
   MODES: on
   SAYS: jump (to case label|bypasses)|jumps over|skips|cannot jump
   GCC: -Wjump-misses-init -Werror */
#include "hotpath.h"

void f(int x) {
    switch (x) {
#ifdef RIGHT
        case 1: {
            HOTPATH_SCOPE("a");
            break;
        }
#else
        case 1:; HOTPATH_SCOPE("a"); break;
#endif
        case 2: break;
    }
}
