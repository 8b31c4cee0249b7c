/* A function scope as the whole body of an else.
   MODES: on off
   SAYS: expected expression */
#include "hotpath.h"

void f(int x) {
    if (x) {
        x--;
    } else
#ifdef RIGHT
    {
        HOTPATH_FUNC();
    }
#else
        HOTPATH_FUNC();
#endif
}
