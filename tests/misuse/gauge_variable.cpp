/* The key of a gauge is a literal.
   MODES: on off
   SAYS: expected|unable to find string literal operator */
#include "hotpath.h"

void f(const char* key);
void f(const char* key) {
#ifdef RIGHT
    HOTPATH_GAUGE_INC("key", 1);
#else
    HOTPATH_GAUGE_INC(key, 1);
#endif
    (void)key;
}
