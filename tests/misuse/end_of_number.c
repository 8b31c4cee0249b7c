/* An end of something that is no begin.
   MODES: on
   SAYS: incompatible
   FLAGS: -Werror */
#include "hotpath.h"

void f(void) {
#ifdef RIGHT
    HOTPATH_BEGIN(a, "a");
#else
    int a = 1;
#endif
    HOTPATH_END(a);
}
