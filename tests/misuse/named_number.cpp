/* A run-time name is a string.
   MODES: on
   SAYS: const char ?\* */
#include "hotpath.h"

void f(int x);
void f(int x) {
#ifdef RIGHT
    HOTPATH_SCOPE_NAMED(x ? "a" : "b");
#else
    HOTPATH_SCOPE_NAMED(x);
#endif
}
