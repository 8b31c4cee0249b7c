/* A scope as the whole body of an if would end at once.
   MODES: on off
   SAYS: not declared in this scope|undeclared identifier */
#include "hotpath.h"

void f(int x);
void f(int x) {
    if (x)
#ifdef RIGHT
    {
        HOTPATH_SCOPE("a");
    }
#else
        HOTPATH_SCOPE("a");
#endif
}
