/* A span stays where it is: its address ends it.
   MODES: on off
   SAYS: incompatible type|type mismatch|incompatible operand */
#include "hotpath.h"

void f(void) {
    HOTPATH_SPAN(query, HOTPATH_SPAN_SQL, "SELECT 1");
#ifdef RIGHT
    hotpath_span_rows(&query, 1);
#else
    hotpath_span_rows(query, 1);
#endif
}
