/* The label of a frame is a literal.
   MODES: on off
   SAYS: expected */
#include "hotpath.h"

void f(const char* label) {
#ifdef RIGHT
    HOTPATH_FRAME("main");
#else
    HOTPATH_FRAME(label);
#endif
    (void)label;
}
