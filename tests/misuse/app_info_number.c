/* Information about the program is text.
   MODES: on off
   SAYS: makes pointer from integer|incompatible integer to pointer
   FLAGS: -Werror */
#include "hotpath.h"

void f(void) {
#ifdef RIGHT
    hotpath_app_info("answer", "42");
#else
    hotpath_app_info("answer", 42);
#endif
}
