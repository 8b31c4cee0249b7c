/* The key of a value is a literal.
   MODES: on off
   SAYS: expected */
#include "hotpath.h"

void f(const char* key) {
#ifdef RIGHT
    HOTPATH_VAL("key", 1);
#else
    HOTPATH_VAL(key, 1);
#endif
    (void)key;
}
