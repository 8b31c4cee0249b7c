/* The value of a gauge is a number.
   MODES: on
   SAYS: hotpath_i_value_of_pointer */
#include "hotpath.h"

typedef struct point {
    int x, y;
} point_t;
void f(point_t p) {
#ifdef RIGHT
    HOTPATH_GAUGE_SET("x", p.x);
#else
    HOTPATH_GAUGE_SET("p", p);
#endif
    (void)p;
}
