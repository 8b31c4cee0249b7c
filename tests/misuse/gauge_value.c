/* A gauge is a statement and gives nothing.
   MODES: on off
   SAYS: expected expression|void value not ignored|incompatible type */
#include "hotpath.h"

int f(void) {
    int x = 1;
#ifdef RIGHT
    HOTPATH_GAUGE_SET("g", x);
#else
    x = HOTPATH_GAUGE_SET("g", x);
#endif
    return x;
}
