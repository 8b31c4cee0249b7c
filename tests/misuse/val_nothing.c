/* A value that does not exist is an error without recording too.
   MODES: on off
   SAYS: undeclared */
#include "hotpath.h"

void f(int x) {
#ifdef RIGHT
    HOTPATH_VAL("x", x);
#else
    HOTPATH_VAL("x", y);
#endif
    (void)x;
}
