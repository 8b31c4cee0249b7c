/* The text of a scope is a string: a number is HOTPATH_VALUE's.
   MODES: on off
   SAYS: const char ?\*
   FLAGS: -Werror=int-conversion */
#include "hotpath.h"

void f(int x);
void f(int x) {
    HOTPATH_SCOPE("a");
#ifdef RIGHT
    HOTPATH_VALUE("x", x);
    HOTPATH_TEXT("x", x != 0 ? "yes" : "no");
#else
    HOTPATH_TEXT("x", x);
#endif
}
