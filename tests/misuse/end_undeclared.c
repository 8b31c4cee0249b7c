/* An end without its begin.
   MODES: on off
   SAYS: undeclared */
#include "hotpath.h"

void f(void) {
#ifdef RIGHT
    HOTPATH_BEGIN(a, "a");
#endif
    HOTPATH_END(a);
}
