/* An end outside of the block of its begin.
   MODES: on off
   SAYS: undeclared */
#include "hotpath.h"

void f(int x) {
#ifdef RIGHT
    HOTPATH_BEGIN(a, "a");
    x++;
    HOTPATH_END(a);
#else
    {
        HOTPATH_BEGIN(a, "a");
        x++;
    }
    HOTPATH_END(a);
#endif
}
