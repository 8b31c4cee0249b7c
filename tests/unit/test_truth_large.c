/* Truth: durations, totals, sums of squares, bytes and counts beyond 2^32 and 2^64, exact. The virtual
   clock jumps, so that centuries pass at once. */
#include <stdint.h>

static uint64_t virtual_ticks(void);
#define HOTPATH_CLOCK() virtual_ticks()
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "truth_report.h"

#define SECOND UINT64_C(1000000000)
#define LONG   UINT64_C(1000000000000000) /* 10^15 ns: eleven days */

static _Thread_local uint64_t line = 1000;

static uint64_t virtual_ticks(void) { return line; }

static void check_alone(const char* name, truth_list_t* list) {
    hotpath_snapshot_t* snapshot = hotpath_snapshot_take(NULL);
    const hotpath_function_t* function = truth_need(snapshot, name);
    CHECK_EQUAL("calls", name, function->calls, list->count);
    CHECK_EQUAL("total", name, function->total_ns, truth_list_sum(list).low);
    CHECK_EQUAL("self", name, function->self_ns, truth_list_sum(list).low);
    truth_check_completed(snapshot, function, list);
    hotpath_snapshot_free(snapshot);
    truth_list_free(list);
}

static void run(const char* name, uint64_t duration, truth_list_t* list) {
    HOTPATH_SCOPE_NAMED(name);
    line += duration;
    truth_list_add(list, duration);
}

/* One total just beyond 2^63, its sum of squares near 2^113. */
static void total_beyond_63_bits(uint64_t unused) {
    truth_list_t list = {NULL, 0, 0, false};
    (void)unused;
    for (int i = 0; i < 9300; i++)
        run("eleven days each", LONG, &list);
    check_alone("eleven days each", &list);
}

/* Durations that need more than 32 bits by one tick, and those that need less. */
static void around_32_bits(uint64_t unused) {
    truth_list_t list = {NULL, 0, 0, false};
    (void)unused;
    for (uint64_t i = 0; i < 2000; i++)
        run("four seconds", (UINT64_C(1) << 32) - 1000 + i, &list);
    check_alone("four seconds", &list);
    for (uint64_t shift = 30; shift < 36; shift++)
        run("powers", (UINT64_C(1) << shift) + 1, &list);
    check_alone("powers", &list);
}

/* The squares of three durations alone come to 3 × 2^122: their sum needs all of its upper half. */
static void squares_beyond_64_bits(uint64_t unused) {
    truth_list_t list = {NULL, 0, 0, false};
    (void)unused;
    for (uint64_t i = 0; i < 3; i++)
        run("a century", (UINT64_C(1) << 61) + i, &list);
    run("a century", 1, &list);
    run("a century", 0, &list);
    check_alone("a century", &list);
}

/* Random sizes, from single ticks to months, whose sums carry from the lower into the upper half. */
static void squares_that_carry(uint64_t seed) {
    truth_random_t random = {seed};
    truth_list_t list = {NULL, 0, 0, false};
    for (int i = 0; i < 20000; i++)
        run("mixed", truth_log_uniform(&random, 1, 20 * LONG), &list);
    check_alone("mixed", &list);
    for (int i = 0; i < 3000; i++)
        run("near 2^32", UINT64_C(4294967295) - truth_below(&random, 3), &list);
    check_alone("near 2^32", &list);
}

/* Parents, children and recursion: total and self of long times in the tree. */
static void recurse(int levels) {
    HOTPATH_FUNC();
    line += LONG;
    if (levels > 1) recurse(levels - 1);
    line += LONG;
}

static void tree(uint64_t unused) {
    (void)unused;
    for (int i = 0; i < 100; i++) {
        HOTPATH_SCOPE("outer");
        line += 3 * LONG + 1;
        recurse(4);
        line += 2 * LONG;
    }
    hotpath_snapshot_t* snapshot = hotpath_snapshot_take(NULL);
    const hotpath_function_t* outer = truth_need(snapshot, "outer");
    const hotpath_function_t* inner = truth_need(snapshot, "recurse");
    CHECK_EQUAL("total", "outer", outer->total_ns, 1300 * LONG + 100);
    CHECK_EQUAL("self", "outer", outer->self_ns, 500 * LONG + 100);
    CHECK_EQUAL("calls", "recurse", inner->calls, 400);
    CHECK_EQUAL("total", "recurse", inner->total_ns, 800 * LONG);
    CHECK_EQUAL("self", "recurse", inner->self_ns, 800 * LONG);
    CHECK_EQUAL("sum_ticks", "recurse", inner->sum_ticks, 100 * (2 + 4 + 6 + 8) * LONG);
    size_t count = 0;
    const hotpath_node_t* nodes = hotpath_snapshot_nodes(snapshot, &count);
    CHECK_EQUAL("nodes", "the tree", count, 5);
    for (size_t i = 0; i < count; i++) {
        uint64_t depth = nodes[i].depth;
        CHECK_EQUAL("total", "a node", nodes[i].total_ns,
            depth == 0 ? 1300 * LONG + 100 : 100 * (10 - 2 * depth) * LONG);
        CHECK_EQUAL("self", "a node", nodes[i].self_ns, depth == 0 ? 500 * LONG + 100 : 200 * LONG);
    }
    hotpath_snapshot_free(snapshot);
}

/* An open scope of many years, and the thread that it keeps busy. */
static void open_scope(uint64_t unused) {
    (void)unused;
    HOTPATH_THREAD_NAME("patient");
    HOTPATH_SCOPE("open for years");
    line += 2000 * LONG;
    hotpath_snapshot_t* snapshot = hotpath_snapshot_take(NULL);
    const hotpath_function_t* function = truth_need(snapshot, "open for years");
    CHECK_EQUAL("total", function->name, function->total_ns, 2000 * LONG);
    CHECK_EQUAL("self", function->name, function->self_ns, 2000 * LONG);
    CHECK_EQUAL("open_calls", function->name, function->open_calls, 1);
    CHECK_EQUAL("completed", function->name, function->completed, 0);
    CHECK_EQUAL(
        "elapsed", "the recorder", hotpath_snapshot_info(snapshot)->elapsed_ns, 2000 * LONG);
    size_t count = 0;
    const hotpath_thread_t* threads = hotpath_snapshot_threads(snapshot, &count);
    if (CHECK(count == 1 && threads[0].open_count == 1, "one thread, one open scope")) {
        CHECK_EQUAL("busy", threads[0].name, threads[0].busy_ns, 2000 * LONG);
        CHECK_EQUAL("elapsed", "the scope", threads[0].open[0].elapsed_ns, 2000 * LONG);
    }
    hotpath_snapshot_free(snapshot);
}

static void* run_long(void* user) {
    truth_list_t* list = (truth_list_t*)user;
    for (int i = 0; i < 1000; i++) {
        HOTPATH_SCOPE("shared");
        line += LONG;
        HOTPATH_BYTES(UINT64_C(1) << 50);
        truth_list_add(list, LONG);
    }
    return NULL;
}

/* Sums over threads, live and ended, are as wide as those of one. */
static void threads(uint64_t unused) {
    truth_list_t lists[8], all = {NULL, 0, 0, false};
    pthread_t ids[8];
    (void)unused;
    memset(lists, 0, sizeof lists);
    for (int t = 0; t < 8; t++)
        pthread_create(&ids[t], NULL, run_long, &lists[t]);
    for (int t = 0; t < 8; t++)
        pthread_join(ids[t], NULL);
    for (int t = 0; t < 8; t++)
        truth_list_append(&all, &lists[t]), truth_list_free(&lists[t]);
    run_long(&all);
    hotpath_snapshot_t* snapshot = hotpath_snapshot_take(NULL);
    const hotpath_function_t* function = truth_need(snapshot, "shared");
    CHECK_EQUAL("bytes", "shared", function->bytes, (UINT64_C(1) << 50) * 9000);
    hotpath_snapshot_free(snapshot);
    check_alone("shared", &all);
}

/* Spans of a device whose clock is far ahead, and as long as these. */
static void spans(uint64_t unused) {
    uint64_t at = UINT64_MAX - 2000 * LONG;
    (void)unused;
    for (int i = 0; i < 1000; i++, at += LONG)
        hotpath_record("a device", "a long span", at, at + LONG);
    hotpath_snapshot_t* snapshot = hotpath_snapshot_take(NULL);
    const hotpath_function_t* function = truth_need(snapshot, "a long span");
    truth_wide_t squares = truth_wide_times(truth_wide_product(LONG, LONG), 1000);
    CHECK_EQUAL("calls", function->name, function->calls, 1000);
    CHECK_EQUAL("total", function->name, function->total_ns, 1000 * LONG);
    CHECK_EQUAL("max", function->name, function->max_ns, LONG);
    CHECK_EQUAL("squares", function->name, function->sum_squares_high, squares.high);
    CHECK_EQUAL("squares", function->name, function->sum_squares_low, squares.low);
    hotpath_snapshot_free(snapshot);
}

/* Counts that would take hours are put into the record of this thread: so many executions more of a
   function that ran once for that long. */
static void inject(const char* name, uint64_t duration, uint64_t count) {
    hotpath_i_thread_t* t = hotpath_i_local.thread;
    for (uint32_t i = 1; i < t->node_count; i++) {
        hotpath_i_node_t* node = hotpath_i_node_at(t, i);
        const hotpath_i_item_t* item = hotpath_i_item_of(HOTPATH_I_CLASS_FUNCTION, node->function);
        if (item == NULL || strcmp(item->name, name) != 0 || node->calls == 0) continue;
        hotpath_i_frec_t* f = node->frec;
        size_t octave = hotpath_i_octave_of(duration);
        if (f->waiting != 0) hotpath_i_fold(t, f);
        truth_wide_t squares = {
            f->squares_high >> 1, f->squares_high << 63 | (f->squares_low & INT64_MAX)};
        squares = truth_wide_add(
            squares, truth_wide_times(truth_wide_product(duration, duration), count));
        f->squares_high = squares.high << 1 | squares.low >> 63;
        f->squares_low = squares.low;
        f->octaves[octave][hotpath_i_bucket_of(duration, octave)] += count;
        f->sum += duration * count;
        f->ring.head += count;
        node->calls += count;
        node->total += duration * count;
        node->errors += count;
        node->bytes += 3 * count;
        return;
    }
    FAIL_CHECK("nothing to inject %s into", name);
}

#define MANY UINT64_C(9000000000)
#define MORE UINT64_C(4294967296)

/* The clock is one for all threads: who starts later starts where the reader is. */
static void* inject_many(void* now) {
    truth_list_t list = {NULL, 0, 0, false};
    if (now != NULL) line = *(const uint64_t*)now;
    run("many", 1000, &list);
    run("many", 4000, &list);
    truth_list_free(&list);
    inject("many", 1000, MANY);
    inject("many", 4000, MORE);
    return NULL;
}

static void check_many(uint64_t threads) {
    hotpath_snapshot_t* snapshot = hotpath_snapshot_take(NULL);
    const hotpath_function_t* f = truth_need(snapshot, "many");
    uint64_t slow = threads * (MORE + 1), fast = threads * (MANY + 1);
    long double sum = (long double)(fast * 1000 + slow * 4000), n = (long double)(fast + slow);
    long double mean = sum / n, off = 1000 - mean, other = 4000 - mean;
    truth_wide_t squares =
        truth_wide_add(truth_wide_product(fast, 1000000), truth_wide_product(slow, 16000000));
    CHECK_EQUAL("calls", "many", f->calls, fast + slow);
    CHECK_EQUAL("completed", "many", f->completed, fast + slow);
    CHECK_EQUAL("total", "many", f->total_ns, fast * 1000 + slow * 4000);
    CHECK_EQUAL("self", "many", f->self_ns, fast * 1000 + slow * 4000);
    CHECK_EQUAL("sum_ticks", "many", f->sum_ticks, fast * 1000 + slow * 4000);
    CHECK_EQUAL("sum_squares_low", "many", f->sum_squares_low, squares.low);
    CHECK_EQUAL("sum_squares_high", "many", f->sum_squares_high, squares.high);
    CHECK_EQUAL("errors", "many", f->errors, threads * (MANY + MORE));
    CHECK_EQUAL("bytes", "many", f->bytes, 3 * threads * (MANY + MORE));
    CHECK_NEAR("mean", "many", f->mean_ns, (double)mean, 1e-9);
    CHECK_NEAR("stdev", "many", f->stdev_ns,
        (double)sqrtl(((long double)fast * off * off + (long double)slow * other * other) / n),
        1e-6);
    CHECK(truth_percentile_fits(hotpath_snapshot_percentile(snapshot, f, 50), 1000, 1), "p50");
    CHECK(truth_percentile_fits(hotpath_snapshot_percentile(snapshot, f, 67), 1000, 1), "p67");
    CHECK(truth_percentile_fits(hotpath_snapshot_percentile(snapshot, f, 68), 4000, 1), "p68");
    truth_text_t text = truth_render(snapshot, HOTPATH_FORMAT_JSON);
    truth_json_t* report = truth_json_read(text.data);
    const truth_json_t* rows = truth_json_get(truth_json_get(report, "functions_timing"), "data");
    if (CHECK(rows != NULL && rows->child != NULL, "the JSON has no rows")) {
        CHECK_EQUAL("calls", "the JSON", truth_json_u64(rows->child, "calls"), fast + slow);
        CHECK_EQUAL("total_ns", "the JSON", truth_json_u64(rows->child, "total_ns"),
            fast * 1000 + slow * 4000);
    }
    truth_json_free(report);
    truth_text_free(&text);
    text = truth_render(snapshot, HOTPATH_FORMAT_TABLE);
    char number[32];
    snprintf(number, sizeof number, " %" PRIu64 " ", fast + slow);
    CHECK(strstr(text.data, number) != NULL, "the table has no%s calls", number);
    truth_text_free(&text);
    hotpath_snapshot_free(snapshot);
}

/* Live, then added to those of threads that have ended. */
static void calls_beyond_32_bits(uint64_t unused) {
    (void)unused;
    inject_many(NULL);
    check_many(1);
    for (uint64_t i = 2; i <= 4; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, inject_many, &line);
        pthread_join(thread, NULL);
        check_many(i);
    }
}

IN_CHILD(total_beyond_63_bits)
IN_CHILD(around_32_bits)
IN_CHILD(squares_beyond_64_bits)
IN_CHILD(squares_that_carry)
IN_CHILD(tree)
IN_CHILD(open_scope)
IN_CHILD(threads)
IN_CHILD(spans)
IN_CHILD(calls_beyond_32_bits)

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_total_beyond_63_bits),
        cmocka_unit_test(test_around_32_bits), cmocka_unit_test(test_squares_beyond_64_bits),
        cmocka_unit_test(test_squares_that_carry), cmocka_unit_test(test_tree),
        cmocka_unit_test(test_open_scope), cmocka_unit_test(test_threads),
        cmocka_unit_test(test_spans), cmocka_unit_test(test_calls_beyond_32_bits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
