/* Law 14: the clock is a seam. Here it is one that counts in thirds of a microsecond, that a test can
   turn back, and that costs nothing before main. Recording works before main, without a start, and
   after the report at exit. */
/* FLAGS: -DHOTPATH_CLOCK_HZ=3000000 */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include <stdint.h>

static uint64_t test_ticks = 3000000;
static uint64_t test_reads;
static uint64_t test_clock(void) {
    __atomic_fetch_add(&test_reads, 1, __ATOMIC_RELAXED);
    return __atomic_load_n(&test_ticks, __ATOMIC_RELAXED);
}
#define HOTPATH_CLOCK() test_clock()

#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "law.h"

/* >>before main */

static void early(void) {
    HOTPATH_FUNC();
    test_ticks += 30;
}
static hotpath_token_t early_token;
static hotpath_site_t early_site = HOTPATH_SITE_INIT("open since before main", HOTPATH_KIND_SCOPE);
__attribute__((constructor(101))) static void earliest(void) {
    for (int i = 0; i < 5; i++)
        early();
    hotpath_begin(&early_site, &early_token);
}
__attribute__((constructor)) static void constructed(void) {
    for (int i = 0; i < 5; i++)
        early();
    HOTPATH_VAL("early value", 1);
}

static void law_14_clock_before_main(void** state) {
    (void)state;
    const hotpath_function_t f = law_now("early");
    CHECK_EQ(f.calls, 10);
    CHECK_EQ(f.completed, 10);
    CHECK_EQ(f.total_ns, 100000);
    CHECK_EQ(law_now("open since before main").open_calls, 1);
    hotpath_end(&early_token);
    CHECK_EQ(law_now("open since before main").completed, 1);
}

/* >>the seam */

static void law_14_clock_is_a_seam(void** state) {
    (void)state;
    const uint64_t reads = test_reads;
    HOTPATH_BEGIN(a, "seam");
    test_ticks += 3;
    const uint64_t elapsed = HOTPATH_END(a);
    CHECK_GE(test_reads, reads + 2);
    CHECK_EQ(elapsed, 1000);
    hotpath_snapshot_t* const s = law_take();
    const hotpath_function_t* const f = law_function(s, "seam");
    CHECK_EQ(f->total_ns, 1000);
    CHECK_EQ(f->sum_ticks, 3);
    CHECK_EQ(f->sum_squares_low, 9);
    CHECK_EQ(hotpath_snapshot_info(s)->clock_hz, 3000000);
    CHECK_EQ(hotpath_snapshot_info(s)->clock_tick_ps, 333333);
    CHECK_TEXT(hotpath_snapshot_info(s)->clock, "custom");
    CHECK(strlen(hotpath_snapshot_info(s)->clock_note) > 0);
    hotpath_snapshot_free(s);
}

/* One tick is 333.3 ns: sums are kept in ticks, so that rounding does not add up. */
static void law_14_clock_rounds_once(void** state) {
    (void)state;
    for (int i = 0; i < 3000; i++) {
        HOTPATH_BEGIN(a, "rounds");
        test_ticks += 1;
        (void)HOTPATH_END(a);
    }
    const hotpath_function_t f = law_now("rounds");
    CHECK_EQ(f.sum_ticks, 3000);
    CHECK_GE(f.total_ns, 999999);
    CHECK_LE(f.total_ns, 1000001);
}

/* A clock that goes back records 0, and the number of times. */
static void law_14_clock_goes_back(void** state) {
    (void)state;
    const uint64_t negative = law_drops().negative_time;
    for (uint64_t i = 1; i <= 20; i++) {
        HOTPATH_BEGIN(outer, "back outer");
        test_ticks += 6;
        HOTPATH_BEGIN(a, "back");
        test_ticks -= 3;
        CHECK_EQ(HOTPATH_END(a), 0);
        CHECK_EQ(HOTPATH_END(outer), 1000);
        const hotpath_function_t f = law_now("back");
        CHECK_EQ(f.calls, i);
        CHECK_EQ(f.completed, i);
        CHECK_EQ(f.total_ns, 0);
        CHECK_EQ(f.max_ns, 0);
        CHECK_EQ(f.self_ns, 0);
        CHECK_EQ(law_now("back outer").total_ns, 1000 * i);
        CHECK_EQ(law_drops().negative_time, negative + i);
    }
    /* An open scope whose begin is ahead of the clock has had no time so far. */
    HOTPATH_BEGIN(ahead, "back open");
    test_ticks -= 300;
    const hotpath_function_t f = law_now("back open");
    CHECK_EQ(f.open_calls, 1);
    CHECK_EQ(f.total_ns, 0);
    test_ticks += 306;
    CHECK_EQ(HOTPATH_END(ahead), 2000);
}

/* >>after the report */

static void late(void) {
    HOTPATH_FUNC();
    test_ticks += 3;
}
static void at_exit_after_the_report(void) {
    late();
    HOTPATH_SCOPE("very late");
    HOTPATH_VAL("late value", 2);
    HOTPATH_GAUGE_SET("late gauge", 2);
    const hotpath_function_t f = law_now("late");
    fprintf(stderr, "late %d open %d\n", (int)f.calls, (int)law_now("very late").open_calls);
}
static bool is_late_child;
__attribute__((destructor)) static void destructed(void) {
    if (!is_late_child) return;
    late();
    fprintf(stderr, "destructed %d\n", (int)law_now("late").calls);
}
static int child_late(void) {
    is_late_child = true;
    atexit(at_exit_after_the_report); /* registered before, so it runs after */
    HOTPATH_MAIN();
    late();
    return 0;
}
static int child_late_main(void) {
    const int code = child_late();
    late();
    return code;
}
static void law_14_clock_after_the_report(void** state) {
    (void)state;
    const law_result_t* const r = law_again("late", NULL);
    law_exited(r, 0);
    CHECK_TEXT(r->err, "late 3 open 1\ndestructed 4\n");
    CHECK_HAS(r->out, "late");
    CHECK_HAS(r->out, "early");
    CHECK_HAS_NOT(r->out, "very late");
}

static const law_child_t children[] = {{"late", child_late_main}, {NULL, NULL}};

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(law_14_clock_before_main),
    cmocka_unit_test(law_14_clock_is_a_seam),
    cmocka_unit_test(law_14_clock_rounds_once),
    cmocka_unit_test(law_14_clock_goes_back),
    cmocka_unit_test(law_14_clock_after_the_report),
};
LAW_MAIN(tests, children)
