/* The reason of an error is a literal.
   MODES: on off
   SAYS: expected */
#include "hotpath.h"

void f(const char* reason) {
    HOTPATH_SCOPE("a");
#ifdef RIGHT
    HOTPATH_ERROR("reason");
#else
    HOTPATH_ERROR(reason);
#endif
    (void)reason;
}
