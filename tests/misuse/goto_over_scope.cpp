/* A goto into the middle of a scope.
   MODES: on
   SAYS: jump (to label|bypasses)|crosses initialization|cannot jump */
#include "hotpath.h"

void f(int x);
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
