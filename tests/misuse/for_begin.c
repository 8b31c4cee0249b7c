/* A begin as the whole body of a loop.
   MODES: on off
   SAYS: expected expression */
#include "hotpath.h"

void f(int x) {
#ifdef RIGHT
    for (; x > 0; x--) {
        HOTPATH_BEGIN(a, "a");
        HOTPATH_END(a);
    }
#else
    for (; x > 0; x--)
        HOTPATH_BEGIN(a, "a");
#endif
}
