/* A scope is a declaration and gives nothing.
   MODES: on off
   SAYS: expected expression */
#include "hotpath.h"

void f(int x) {
#ifdef RIGHT
    HOTPATH_SCOPE("a");
    x++;
#else
    x = HOTPATH_SCOPE("a");
#endif
}
