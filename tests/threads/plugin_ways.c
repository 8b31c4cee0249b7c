/* A library with sites that test_ways_out.c loads, calls on several threads, and unloads. */
#include "hotpath.h"

__attribute__((visibility("default"))) uint64_t plugin_ways(uint64_t times);

static void plugin_inner(void) { HOTPATH_FUNC(); }
uint64_t plugin_ways(uint64_t times) {
    HOTPATH_FUNC();
    for (uint64_t i = 0; i < times; i++) {
        HOTPATH_SCOPE("plugin step");
        HOTPATH_BYTES(3);
        HOTPATH_GAUGE_INC("plugin steps", 1);
        if (i % 2) HOTPATH_ERROR("plugin reason");
        HOTPATH_SPAN(span, HOTPATH_SPAN_SQL, "SELECT plugin");
        plugin_inner();
    }
    return times;
}
