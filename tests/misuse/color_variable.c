/* The colour of a scope is a constant.
   MODES: on off
   SAYS: constant */
#include "hotpath.h"

void f(unsigned rgb);
void f(unsigned rgb) {
#ifdef RIGHT
    HOTPATH_SCOPE_COLOR("a", 0xff8800);
#else
    HOTPATH_SCOPE_COLOR("a", rgb);
#endif
    (void)rgb;
}
