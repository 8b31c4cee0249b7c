/* What recording itself costs: what reports say of it, and what they take out of the times. On a
   virtual clock, and with a cost that is set here, because only that gives numbers to expect. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "virtual_clock.h"
#define HOTPATH_MAX_DEPTH 20

#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "law.h"

enum {
    cost = 30, /* ns of one recording, of them `inside` within its own scope */
    inside = 10,
    outside = cost - inside
};

static void leaf(uint64_t ns) {
    HOTPATH_FUNC();
    pass(ns);
}
static void middle(void) {
    HOTPATH_FUNC();
    pass(500);
    for (int i = 0; i < 4; i++)
        leaf(100);
}
static void outer(void) {
    HOTPATH_FUNC();
    pass(1000);
    middle();
    middle();
    leaf(50);
}
static void recursion(int levels) {
    HOTPATH_FUNC();
    pass(100);
    if (levels > 1) recursion(levels - 1);
}
static void set_cost(void) {
    hotpath_i_g.scope_inside = inside * 100;
    hotpath_i_g.scope_cost = cost * 100;
}
static const hotpath_node_t* node_of(
    const hotpath_snapshot_t* s, const char* parent, const char* name) {
    size_t count = 0;
    const uint32_t up = parent != NULL ? law_node(s, HOTPATH_NO_NODE, parent) : HOTPATH_NO_NODE;
    const uint32_t at = law_node(s, up, name);
    CHECK(at != HOTPATH_NO_NODE);
    return &hotpath_snapshot_nodes(s, &count)[at];
}

static void overhead_is_told(void** state) {
    (void)state;
    hotpath_snapshot_t* s = law_take();
    CHECK_EQ(hotpath_snapshot_info(s)->overhead_ns, 0); /* not measured */
    hotpath_snapshot_subtract_overhead(s);
    CHECK(!hotpath_snapshot_info(s)->overhead_subtracted);
    hotpath_snapshot_free(s);
    set_cost();
    outer();
    hotpath_record("a track", "a span", 0, 7000); /* timed elsewhere */
    s = law_take();
    const hotpath_info_t* const info = hotpath_snapshot_info(s);
    CHECK_EQ(info->scope_cost_ns_x100, cost * 100);
    CHECK_EQ(info->scope_inside_ns_x100, inside * 100);
    CHECK_EQ(info->overhead_ns, (1 + 2 + 9) * cost);
    const double recorded = 1000 + 2 * 900 + 50 + outside;
    CHECK(info->overhead_percent > 100 * 12 * cost / recorded - 1e-9);
    CHECK(info->overhead_percent < 100 * 12 * cost / recorded + 1e-9);
    CHECK(!info->overhead_subtracted);
    law_text_t* const text = (law_text_t*)calloc(1, sizeof *text);
    CHECK_HAS(law_render(text, s, HOTPATH_FORMAT_TABLE),
        "one recording costs 30.0 ns (10.0 ns inside its own scope): 12.54% of what was recorded");
    CHECK(strstr(text->data, "Total~") == NULL);
    CHECK_HAS(law_render(text, s, HOTPATH_FORMAT_JSON),
        "\"scope_cost_ns\":30.00,\"scope_inside_ns\":10.00,\"scope_untimed_ns\":0.00,"
        "\"scope_drawn_ns\":0.00,\"overhead_ns\":360,"
        "\"overhead_percent\":12.54,\"overhead_subtracted\":false");
    free(text);
    hotpath_snapshot_free(s);
}

static void overhead_is_subtracted(void** state) {
    (void)state;
    set_cost();
    outer();
    hotpath_record("b track", "b span", 0, 7000);
    hotpath_snapshot_t* const before = law_take();
    outer();
    hotpath_snapshot_t* const after = law_take();
    hotpath_snapshot_t* const s = hotpath_snapshot_difference(after, before, NULL);
    CHECK(s != NULL);
    CHECK_EQ(hotpath_snapshot_info(s)->overhead_ns, 12 * cost);
    hotpath_snapshot_subtract_overhead(s);
    hotpath_snapshot_subtract_overhead(s); /* not twice */
    CHECK(hotpath_snapshot_info(s)->overhead_subtracted);
    /* Its own inside, and below it all that each call costs. */
    CHECK_EQ(node_of(s, "outer", "middle")->total_ns, 1800 - 2 * inside - 8 * cost);
    CHECK_EQ(node_of(s, "outer", "middle")->self_ns, 1000 - 2 * inside - 8 * outside);
    CHECK_EQ(node_of(s, "outer", "leaf")->total_ns, 50 - inside);
    CHECK_EQ(law_function(s, "outer")->total_ns, 2850 - inside - 11 * cost);
    CHECK_EQ(law_function(s, "outer")->self_ns, 1000 - inside - 3 * outside);
    CHECK_EQ(law_function(s, "leaf")->total_ns, 850 - 9 * inside);
    CHECK_EQ(law_function(s, "leaf")->self_ns, 850 - 9 * inside);
    const double mean = law_function(s, "leaf")->mean_ns, expected = (850.0 - 9 * inside) / 9;
    CHECK(mean > expected - 1e-9 && mean < expected + 1e-9);
    CHECK_EQ(law_function(s, "leaf")->calls, 9);
    CHECK_EQ(law_function(s, "b span")->total_ns, 0); /* before the window */
    CHECK(hotpath_snapshot_difference(s, before, NULL) == NULL);
    hotpath_snapshot_subtract_overhead(after);
    CHECK(hotpath_snapshot_difference(after, before, NULL) == NULL);
    CHECK_EQ(law_function(after, "b span")->total_ns, 7000);
    CHECK_EQ(law_function(after, "b track")->total_ns, 7000);
    law_text_t* const text = (law_text_t*)calloc(1, sizeof *text);
    CHECK_HAS(law_render(text, after, HOTPATH_FORMAT_TABLE), "Total~");
    CHECK_HAS(text->data, "subtracted from Self, Total and Avg (~)");
    CHECK_HAS(law_render(text, after, HOTPATH_FORMAT_JSON), "\"overhead_subtracted\":true");
    free(text);
    hotpath_snapshot_free(s);
    hotpath_snapshot_free(after);
    hotpath_snapshot_free(before);
    hotpath_snapshot_subtract_overhead(NULL);
}

/* More than was measured cannot be taken out; a recursion's levels each cost something. */
static void overhead_stops_at_zero(void** state) {
    (void)state;
    set_cost();
    for (int i = 0; i < 100; i++)
        leaf(3);
    recursion(5);
    hotpath_snapshot_t* const s = law_take();
    CHECK_EQ(node_of(s, NULL, "leaf")->total_ns, 300);
    hotpath_snapshot_subtract_overhead(s);
    CHECK_EQ(node_of(s, NULL, "leaf")->total_ns, 0);
    CHECK_EQ(node_of(s, NULL, "leaf")->self_ns, 0);
    CHECK_EQ(law_function(s, "recursion")->total_ns, 500 - inside - 4 * cost);
    CHECK_EQ(law_function(s, "recursion")->self_ns, 500 - inside - 4 * cost);
    CHECK_GE(law_function(s, "recursion")->mean_ns, 0);
    size_t count = 0;
    const hotpath_node_t* const nodes = hotpath_snapshot_nodes(s, &count);
    for (size_t i = 0; i < count; i++) {
        uint64_t below = 0;
        for (uint32_t c = nodes[i].first_child; c != HOTPATH_NO_NODE; c = nodes[c].next_sibling)
            below += nodes[c].total_ns;
        CHECK_EQ(nodes[i].total_ns, nodes[i].self_ns + below);
    }
    hotpath_snapshot_free(s);
}

/* Past the depth bound many paths share two nodes: what each level costs is taken out of all above. */
static void deep_recursion(int levels) {
    HOTPATH_FUNC();
    pass(100);
    if (levels > 1) deep_recursion(levels - 1);
}
static void overhead_past_the_depth(void** state) {
    (void)state;
    set_cost();
    deep_recursion(50);
    hotpath_snapshot_t* const s = law_take();
    CHECK_GT(hotpath_snapshot_info(s)->drops.deep_calls, 0);
    CHECK_EQ(law_function(s, "deep_recursion")->total_ns, 5000);
    hotpath_snapshot_subtract_overhead(s);
    CHECK_EQ(law_function(s, "deep_recursion")->total_ns, 5000 - inside - 49 * cost);
    CHECK_EQ(law_function(s, "deep_recursion")->self_ns, 5000 - inside - 49 * cost);
    hotpath_snapshot_free(s);
}

/* >>HOTPATH_OVERHEAD, of a program that is started with it */

static int started(void) {
    CHECK(hotpath_start(NULL));
    set_cost();
    outer();
    return 0;
}
/* Of messages it is not known how many calls of the recorder told of them. */
static void messages_are_no_calls(void** state) {
    (void)state;
    static hotpath_channel_t bytes;
    static hotpath_stream_t rows;
    set_cost();
    HOTPATH_CHANNEL_CREATE(&bytes, "bytes", 0);
    HOTPATH_STREAM_CREATE(&rows, "rows");
    hotpath_snapshot_t* s = law_take();
    const uint64_t before = hotpath_snapshot_info(s)->overhead_ns;
    hotpath_snapshot_free(s);
    {
        HOTPATH_SCOPE("sender");
        pass(5000);
        hotpath_channel_sent(&bytes, 1000000);
        hotpath_channel_received(&bytes, 0, 1000000);
        hotpath_stream_item(&rows, 1000000, 1);
    }
    s = law_take();
    CHECK_EQ(hotpath_snapshot_info(s)->overhead_ns, before + cost);
    hotpath_snapshot_subtract_overhead(s);
    CHECK_EQ(node_of(s, NULL, "sender")->self_ns, 5000 - inside);
    hotpath_snapshot_free(s);
}
static void overhead_in_the_environment(void** state) {
    (void)state;
    CHECK_HAS(law_start("started", "HOTPATH_OVERHEAD", "show")->out, "2.85 µs");
    const law_result_t* result = law_start("started", "HOTPATH_OVERHEAD", "subtract");
    CHECK_HAS(result->out, "2.51 µs");
    CHECK_HAS(result->out, "Total~");
    result = law_start("started", "HOTPATH_OVERHEAD", "nothing");
    CHECK_HAS(result->err, "only show or subtract; using show");
    CHECK_HAS(result->out, "2.85 µs");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(overhead_is_told),
    cmocka_unit_test(overhead_is_subtracted),
    cmocka_unit_test(overhead_stops_at_zero),
    cmocka_unit_test(overhead_past_the_depth),
    cmocka_unit_test(messages_are_no_calls),
    cmocka_unit_test(overhead_in_the_environment),
};
static const law_child_t children[] = {{"started", started}, {NULL, NULL}};
LAW_MAIN(tests, children)
