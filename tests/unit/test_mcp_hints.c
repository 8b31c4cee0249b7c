/* FLAGS: -DHOTPATH_MCP -DHOTPATH_ALLOC -fno-builtin */
/* LIBS: -lcivetweb */
/* The hints of functions_alloc, exactly, on a clock that only the test moves: each rule has one function
   that it is of, and beside it those that fail one of its conditions by the least. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "virtual_clock.h"

#include "recorder_server.c"
#include "mcp_ticks.h"

enum {
    MEBI = 1 << 20
};
static void* kept[4000];
static size_t kept_count;

/* One call that allocates `count` blocks, of which it keeps some. */
static void once(const char* name, unsigned count, size_t size, unsigned keep) {
    HOTPATH_SCOPE_NAMED(name);
    pass(1000);
    for (unsigned i = 0; i < count; i++) {
        void* block = HOTPATH_MALLOC(size);
        if (i < keep)
            kept[kept_count++] = block;
        else
            HOTPATH_FREE(block);
    }
}
static void often(const char* name, unsigned calls, unsigned count, size_t size) {
    for (unsigned i = 0; i < calls; i++)
        once(name, count, size, 0);
}
static void in_a_loop(const char* outer, unsigned calls, const char* name, unsigned times) {
    for (unsigned i = 0; i < calls; i++) {
        HOTPATH_SCOPE_NAMED(outer);
        often(name, times, 1, 48);
    }
}
/* Each look is at the end of an interval of a second. */
static void look(void) {
    hotpath_heap_suspect_t none;
    pass(1000000000);
    (void)hotpath_heap_suspects(NULL, &none, 0);
}
static int release(void** state) {
    for (size_t i = 0; i < kept_count; i++)
        HOTPATH_FREE(kept[i]);
    kept_count = 0;
    return teardown(state);
}

/* Args: want is a part of the hint, or NULL where there is to be none. */
static void check_hint(const char* name, const char* want) {
    char* text = NULL;
    char arguments[100];
    snprintf(arguments, sizeof arguments, "{\"filter\":\"%s\"}", name);
    hotpath_i_exclude(1); /* what the test asks with is no part of the program */
    truth_json_t* answer = ask("functions_alloc", arguments, &text);
    const truth_json_t* row = truth_json_row(answer, "data", "name", name);
    if (CHECK(row != NULL, "no %s: %s", name, text)) {
        const truth_json_t* hint = truth_json_get(row, "hint");
        if (want == NULL)
            CHECK(hint == NULL, "%s: %s", name, hint != NULL ? hint->text : "");
        else
            CHECK(hint != NULL && strstr(hint->text, want) != NULL, "%s: %s", name, text);
    }
    truth_json_free(answer);
    free(text);
    hotpath_i_exclude(-1);
}

static void what_is_held(void** state) {
    (void)state;
    once("pool", 2, MEBI, 2), often("pool", 19, 0, 0);
    check_hint("pool",
        "none of its 2 blocks was ever freed, 2097152 bytes, in 20 calls: if this is a pool or a "
        "cache, bound it");
    once("asked less", 2, MEBI, 2), often("asked less", 18, 0, 0);
    check_hint("asked less", NULL);
    once("gives back", 3, MEBI, 2), often("gives back", 40, 0, 0);
    check_hint("gives back", NULL);
    once("less", 1, MEBI - 1, 1), often("less", 20, 0, 0);
    check_hint("less", NULL);
    once("next to nothing", 1, MEBI, 1), often("next to nothing", 20, 0, 0);
    check_hint("next to nothing", "none of its 1 blocks");
    once("holds much", 1, 9 * MEBI, 1); /* of which a mebibyte is no tenth */
    check_hint("next to nothing", NULL);
    assert_int_equal(truth_failures, 0);
}
static void many_small_blocks(void** state) {
    (void)state;
    often("many", 63, 16, 1024);
    check_hint("many",
        "16.0 allocations a call, 1024 bytes each, 100 % freed: use a pool, an arena or one array");
    often("many larger", 63, 16, 1025);
    check_hint("many larger", NULL);
    often("few a call", 67, 15, 64);
    check_hint("few a call", NULL);
    often("few in all", 62, 16, 64);
    check_hint("few in all", NULL);
    often("most freed", 62, 16, 64), once("most freed", 116, 64, 110);
    check_hint("most freed", "90 % freed");
    often("more kept", 62, 16, 64), once("more kept", 116, 64, 111);
    check_hint("more kept", NULL);
    assert_int_equal(truth_failures, 0);
}
static void blocks_in_a_loop(void** state) {
    (void)state;
    in_a_loop("ten calls", 125, "in a loop", 8);
    check_hint("in a loop",
        "1.0 allocations in each of 1000 calls out of a loop, 48 bytes each, 100 % freed: hoist");
    in_a_loop("few calls", 9, "of few", 112);
    check_hint("of few", NULL);
    in_a_loop("seven at a time", 143, "seven times", 7);
    check_hint("seven times", NULL);
    often("of nobody", 1000, 1, 48);
    check_hint("of nobody", NULL);
    assert_int_equal(truth_failures, 0);
}
/* What has just begun grows, too, and what has jumped: neither is worth a word. The first test of all, for
   the looks at the heap are counted from the start. */
static void what_grows(void** state) {
    (void)state;
    for (unsigned intervals = 1; intervals < 8; intervals++) {
        once("grows", 1, 20000, 1);
        look();
        check_hint("grows", NULL);
    }
    once("grows", 1, 20000, 1);
    look();
    check_hint(
        "grows", "leak suspect: live bytes grew by 160000 in 8 of 8 intervals, 20000 a second");
    for (unsigned i = 0; i < 9; i++) {
        once("jumps", 1, i == 8 ? 200000 : 1000, 1);
        look();
    }
    check_hint("jumps", NULL);
    check_hint("grows", NULL);
    assert_int_equal(truth_failures, 0);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_grows, setup, release),
        cmocka_unit_test_setup_teardown(what_is_held, setup, release),
        cmocka_unit_test_setup_teardown(many_small_blocks, setup, release),
        cmocka_unit_test_setup_teardown(blocks_in_a_loop, setup, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
