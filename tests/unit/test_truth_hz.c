/* Truth on clocks of other rates: sums stay exact in ticks, and nanoseconds are right to the last one,
   from a tick to centuries. test_truth_hz_slow.c is the same at 32768 ticks a second. */
#include <stdint.h>

#ifndef RATE
    #define RATE 2593906123
#endif
static uint64_t virtual_ticks(void);
#define HOTPATH_CLOCK()  virtual_ticks()
#define HOTPATH_CLOCK_HZ RATE
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "truth.h"

static _Thread_local uint64_t line = 1000;

static uint64_t virtual_ticks(void) { return line; }

static const long double tick_ns = 1e9L / RATE;
enum {
    BITS = RATE > 1000000000 ? 54 : 40
}; /* of the longest duration here */

/* Nanoseconds of so many ticks are right within one, and within 10^-12 of themselves. */
static void check_ns(const char* what, const char* of, uint64_t ns, uint64_t ticks) {
    long double want = (long double)ticks * 1000000000 / RATE;
    long double off = fabsl((long double)ns - want);
    CHECK(off <= 1 + 1e-12L * want, "%s of %s is %" PRIu64 " ns, off by %.3Lf", what, of, ns,
        (long double)ns - want);
}

static uint64_t run(const char* name, uint64_t ticks) {
    HOTPATH_BEGIN(timer, "timer");
    {
        HOTPATH_SCOPE_NAMED(name);
        line += ticks;
    }
    return HOTPATH_END(timer);
}

/* Durations of all sizes in a function each, whose numbers all say the same. */
static void single(uint64_t seed) {
    truth_random_t random = {seed};
    uint64_t ticks[300];
    char name[32];
    for (int i = 0; i < 300; i++) {
        ticks[i] = i < 60 ? (uint64_t)1 << i % (BITS + 1)
                          : truth_log_uniform(&random, 1, (uint64_t)1 << BITS);
        snprintf(name, sizeof name, "function %d", i);
        check_ns("HOTPATH_END", name, run(name, ticks[i]), ticks[i]);
    }
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "function %d", i);
        const hotpath_function_t* f = truth_need(s, name);
        CHECK_EQUAL("sum_ticks", name, f->sum_ticks, ticks[i]);
        check_ns("total", name, f->total_ns, ticks[i]);
        check_ns("self", name, f->self_ns, ticks[i]);
        check_ns("min", name, f->min_ns, ticks[i]);
        check_ns("max", name, f->max_ns, ticks[i]);
        check_ns("the median", name, hotpath_snapshot_percentile(s, f, 50), ticks[i]);
        if (CHECK_EQUAL("executions", name, f->recent_count, 1))
            check_ns("the duration", name, f->recent[0].duration_ns, ticks[i]);
        CHECK_NEAR("mean", name, f->mean_ns, (double)((long double)ticks[i] * tick_ns),
            1 + 1e-12 * f->mean_ns);
    }
    const hotpath_info_t* info = hotpath_snapshot_info(s);
    CHECK_EQUAL("clock_hz", "the clock", info->clock_hz, RATE);
    CHECK_EQUAL(
        "clock_tick_ps", "the clock", info->clock_tick_ps, (uint64_t)(tick_ns * 1000 + 0.5L));
    check_ns("elapsed", "the recorder", info->elapsed_ns, line - 1000);
    hotpath_snapshot_free(s);
}

/* Many short executions: rounding each to nanoseconds would be seen in the sum. */
static void many(uint64_t seed) {
    truth_random_t random = {seed};
    truth_list_t list = {NULL, 0, 0, false};
    for (int i = 0; i < 50000; i++) {
        truth_list_add(&list, truth_log_uniform(&random, 1, 100000));
        run("many", list.items[i]);
    }
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_function_t* f = truth_need(s, "many");
    uint64_t sum = truth_list_sum(&list).low;
    truth_wide_t squares = truth_list_squares(&list);
    CHECK_EQUAL("sum_ticks", "many", f->sum_ticks, sum);
    CHECK_EQUAL("sum_squares_high", "many", f->sum_squares_high, squares.high);
    CHECK_EQUAL("sum_squares_low", "many", f->sum_squares_low, squares.low);
    check_ns("total", "many", f->total_ns, sum);
    check_ns("total", "timer", truth_need(s, "timer")->total_ns, sum);
    CHECK_EQUAL("self", "timer", truth_need(s, "timer")->self_ns, 0);
    double mean = (double)((long double)sum / (long double)list.count * tick_ns);
    double stdev = truth_list_stdev(&list) * (double)tick_ns;
    CHECK_NEAR("mean", "many", f->mean_ns, mean, 1e-9 * mean);
    CHECK_NEAR("stdev", "many", f->stdev_ns, stdev, 1e-9 * mean + 1e-6 * stdev);
    truth_list_sort(&list);
    for (size_t i = 0; i < TRUTH_PERCENTS; i++) {
        long double want = (long double)truth_list_percentile(&list, truth_percents[i]) * tick_ns;
        uint64_t got = hotpath_snapshot_percentile(s, f, (double)truth_percents[i] / 1000);
        long double off = fabsl((long double)got - want);
        CHECK(off <= 0.016L * want || off <= tick_ns + 1, "p%g is %" PRIu64 ", not %.1Lf",
            (double)truth_percents[i] / 1000, got, want);
    }
    hotpath_snapshot_free(s);
    truth_list_free(&list);
}

/* Spans come in nanoseconds, whatever the clock's rate. */
static void spans(uint64_t unused) {
    (void)unused;
    hotpath_record("a device", "a span", 1000, 1000 + 123456789);
    hotpath_record("a device", "a span", 5000, 5000 + 1);
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_function_t* f = truth_need(s, "a span");
    double slack = 2 * (double)tick_ns + 2;
    CHECK_NEAR("total", "a span", (double)f->total_ns, 123456790, slack);
    CHECK_NEAR("max", "a span", (double)f->max_ns, 123456789, slack);
    CHECK_NEAR("min", "a span", (double)f->min_ns, 1, slack);
    if (CHECK_EQUAL("executions", "a span", f->recent_count, 2)) { /* as given, in nanoseconds */
        CHECK_EQUAL("the begin", "a span", f->recent[1].at_ns, 5000);
        CHECK_EQUAL("the duration", "a span", f->recent[0].duration_ns, 123456789);
    }
    hotpath_snapshot_free(s);
}

/* Open for a long time. */
static void open_scope(uint64_t unused) {
    uint64_t ticks = UINT64_C(98765432198765432) >> (57 - BITS);
    (void)unused;
    HOTPATH_SCOPE("open");
    line += ticks;
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    size_t count = 0;
    const hotpath_thread_t* threads = hotpath_snapshot_threads(s, &count);
    check_ns("total", "open", truth_need(s, "open")->total_ns, ticks);
    check_ns("self", "open", truth_need(s, "open")->self_ns, ticks);
    if (CHECK(count == 1 && threads[0].open_count == 1, "one thread, one open scope")) {
        check_ns("elapsed", "open", threads[0].open[0].elapsed_ns, ticks);
        check_ns("busy", "the thread", threads[0].busy_ns, ticks);
    }
    hotpath_snapshot_free(s);
}

IN_CHILD(single)
IN_CHILD(many)
IN_CHILD(spans)
IN_CHILD(open_scope)

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_single), cmocka_unit_test(test_many),
        cmocka_unit_test(test_spans), cmocka_unit_test(test_open_scope)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
