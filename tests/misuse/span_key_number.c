/* The key of a span is a string.
   MODES: on off
   SAYS: int-conversion|pointer.*integer|pointer/integer
   FLAGS: -Werror */
#include "hotpath.h"

void f(int number) {
#ifdef RIGHT
    HOTPATH_SPAN(query, HOTPATH_SPAN_SQL, "SELECT 1");
#else
    HOTPATH_SPAN(query, HOTPATH_SPAN_SQL, number);
#endif
    (void)number;
}
