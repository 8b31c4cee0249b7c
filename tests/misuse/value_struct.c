/* The value of a scope is a number, a text or a pointer.
   MODES: on
   SAYS: hotpath_i_value_of_pointer */
#include "hotpath.h"

typedef struct point {
    int x, y;
} point_t;
void f(point_t p) {
    HOTPATH_SCOPE("a");
#ifdef RIGHT
    HOTPATH_VALUE("x", p.x);
#else
    HOTPATH_VALUE("p", p);
#endif
    (void)p;
}
