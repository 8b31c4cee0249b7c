/* The arguments of HOTPATH_DBG_FORMAT are checked against its format.
   MODES: on
   SAYS: format
   FLAGS: -Wformat -Werror */
#include "hotpath.h"

int f(int x) {
#ifdef RIGHT
    return HOTPATH_DBG_FORMAT(v, x, "%d", v);
#else
    return HOTPATH_DBG_FORMAT(v, x, "%s", v);
#endif
}
