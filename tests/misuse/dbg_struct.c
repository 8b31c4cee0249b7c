/* A struct has no text of its own: HOTPATH_DBG_FORMAT makes one.
   MODES: on
   SAYS: hotpath_i_value_of_pointer */
#include "hotpath.h"

typedef struct point {
    int x, y;
} point_t;
int f(point_t p) {
#ifdef RIGHT
    return HOTPATH_DBG_FORMAT(v, p, "(%d, %d)", v.x, v.y).x;
#else
    return HOTPATH_DBG(p).x;
#endif
}
