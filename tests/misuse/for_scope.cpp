/* A scope as the whole body of a loop.
   MODES: on off
   SAYS: not declared in this scope|undeclared identifier */
#include "hotpath.h"

void f(int x);
void f(int x) {
    for (; x > 0; x--)
#ifdef RIGHT
    {
        HOTPATH_SCOPE("a");
    }
#else
        HOTPATH_SCOPE("a");
#endif
}
