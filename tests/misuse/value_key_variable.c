/* The key of a scope's value is a literal.
   MODES: on off
   SAYS: expected */
#include "hotpath.h"

void f(const char* key) {
    HOTPATH_SCOPE("a");
#ifdef RIGHT
    HOTPATH_VALUE("key", 1);
#else
    HOTPATH_VALUE(key, 1);
#endif
    (void)key;
}
