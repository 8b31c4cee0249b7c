/* An end without its begin.
   MODES: on off
   SAYS: undeclared|not declared */
#include "hotpath.h"

void f();
void f() {
#ifdef RIGHT
    HOTPATH_BEGIN(a, "a");
#endif
    HOTPATH_END(a);
}
