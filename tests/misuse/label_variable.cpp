/* A label that is no literal: HOTPATH_SCOPE_NAMED takes those.
   MODES: on off
   SAYS: expected|unable to find string literal operator */
#include "hotpath.h"

void f(const char* name);
void f(const char* name) {
#ifdef RIGHT
    HOTPATH_SCOPE_NAMED(name);
#else
    HOTPATH_SCOPE(name);
#endif
}
