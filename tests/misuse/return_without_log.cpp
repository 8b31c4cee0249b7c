/* HOTPATH_RETURN keeps its value in the scope of HOTPATH_FUNC_LOG.
   MODES: on off
   SAYS: hotpath_i_func_log */
#include "hotpath.h"

int f(int x);
int f(int x) {
#ifdef RIGHT
    HOTPATH_FUNC_LOG();
#else
    HOTPATH_FUNC();
#endif
    HOTPATH_RETURN(x);
}
