/* HOTPATH_RETURN takes numbers, texts and pointers in C.
   MODES: on
   SAYS: hotpath_i_value_of_pointer */
#include "hotpath.h"

typedef struct point {
    int x, y;
} point_t;
point_t f(point_t p) {
#ifdef RIGHT
    HOTPATH_FUNC();
    return p;
#else
    HOTPATH_FUNC_LOG();
    HOTPATH_RETURN(p);
#endif
}
