/* The value of a HOTPATH_VAL is a number, a text or a pointer.
   MODES: on
   SAYS: hotpath_i_value_of_pointer */
#include "hotpath.h"

typedef struct point {
    int x, y;
} point_t;
void f(point_t p) {
#ifdef RIGHT
    HOTPATH_VAL("x", p.x);
#else
    HOTPATH_VAL("p", p);
#endif
    (void)p;
}
