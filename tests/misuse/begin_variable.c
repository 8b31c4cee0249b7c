/* The label of a begin is a literal too.
   MODES: on off
   SAYS: expected */
#include "hotpath.h"

void f(const char* name) {
#ifdef RIGHT
    HOTPATH_BEGIN(a, "a");
#else
    HOTPATH_BEGIN(a, name);
#endif
    HOTPATH_END(a);
    (void)name;
}
