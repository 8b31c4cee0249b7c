/* A keyed span as the whole body of an if would end at once.
   MODES: on off
   SAYS: expected expression */
#include "hotpath.h"

void f(int x) {
    if (x)
#ifdef RIGHT
    {
        HOTPATH_SPAN(query, HOTPATH_SPAN_SQL, "SELECT 1");
        hotpath_span_rows(&query, 1);
    }
#else
        HOTPATH_SPAN(query, HOTPATH_SPAN_SQL, "SELECT 1");
#endif
}
