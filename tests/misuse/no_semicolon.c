/* Every macro ends in a semicolon.
   MODES: on off
   SAYS: expected */
#include "hotpath.h"

int f(int x) {
#ifdef RIGHT
    HOTPATH_FUNC();
#else
    HOTPATH_FUNC()
#endif
    return x;
}
