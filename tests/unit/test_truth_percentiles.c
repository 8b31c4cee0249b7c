/* RECORDER: virtual */
/* Truth: percentiles of known durations against a sorted list, within 1.6 % or one tick, never outside
   min and max, for distributions from 1 ns to 1 h on a virtual clock. */
#include "hotpath.h"
#include "truth.h"

#define HOUR UINT64_C(3600000000000)

static _Thread_local uint64_t line = 1000;

uint64_t virtual_ticks(void) { return line; }

/* One execution of a function of that name. */
static void execute(const char* name, uint64_t duration) {
    HOTPATH_SCOPE_NAMED(name);
    line += duration;
}

static void execute_all(const char* name, const truth_list_t* list) {
    for (size_t i = 0; i < list->count; i++)
        execute(name, list->items[i]);
}

/* What else holds of every percentile: they rise, and percentages are clamped to 0 to 100. */
static void check_order(const hotpath_snapshot_t* snapshot, const hotpath_function_t* function) {
    uint64_t last = hotpath_snapshot_percentile(snapshot, function, 0);
    CHECK_EQUAL("p-5", function->name, hotpath_snapshot_percentile(snapshot, function, -5), last);
    for (int i = 1; i <= 400; i++) {
        uint64_t value = hotpath_snapshot_percentile(snapshot, function, i * 0.25);
        CHECK(value >= last, "p%g of %s falls to %" PRIu64, i * 0.25, function->name, value);
        last = value;
    }
    CHECK_EQUAL("p150", function->name, hotpath_snapshot_percentile(snapshot, function, 150), last);
}

/* Executes a list, and compares all that a snapshot says of it. Empties the list. */
static void check_list(const char* name, truth_list_t* list) {
    execute_all(name, list);
    hotpath_snapshot_t* snapshot = hotpath_snapshot_take(NULL);
    const hotpath_function_t* function = truth_need(snapshot, name);
    truth_check_completed(snapshot, function, list);
    check_order(snapshot, function);
    hotpath_snapshot_free(snapshot);
    truth_list_free(list);
}

typedef uint64_t (*draw_t)(truth_random_t* random);

static uint64_t draw_nanoseconds(truth_random_t* random) { return 1 + truth_below(random, 100); }
static uint64_t draw_small(truth_random_t* random) { return 1 + truth_below(random, 5000); }
static uint64_t draw_uniform(truth_random_t* random) { return 1 + truth_below(random, HOUR); }
static uint64_t draw_log_uniform(truth_random_t* random) {
    return truth_log_uniform(random, 1, HOUR);
}
static uint64_t draw_narrow(truth_random_t* random) { return 1000000 + truth_below(random, 5000); }
static uint64_t draw_bimodal(truth_random_t* random) {
    bool slow = truth_below(random, 100) == 0;
    return slow ? 250000000 + truth_below(random, 9000000) : 90 + truth_below(random, 40);
}
static uint64_t draw_two_halves(truth_random_t* random) {
    return truth_below(random, 2) == 0 ? 1 : HOUR;
}
static uint64_t draw_heavy_tail(truth_random_t* random) {
    double unit = (double)(1 + (truth_next(random) >> 11)) * 0x1p-53;
    double value = 100 / pow(unit, 1.5);
    return value < (double)HOUR ? (uint64_t)value : HOUR;
}
static uint64_t draw_exponential(truth_random_t* random) {
    double unit = (double)(1 + (truth_next(random) >> 11)) * 0x1p-53;
    return 1 + (uint64_t)(-log(unit) * 1e6);
}
static uint64_t draw_power_of_two(truth_random_t* random) {
    return ((uint64_t)2 << truth_below(random, 40)) - 1 + truth_below(random, 3);
}
static uint64_t draw_with_zeros(truth_random_t* random) {
    return truth_below(random, 3) == 0 ? 0 : truth_below(random, 200);
}

static void distributions(uint64_t seed) {
    static const struct {
        const char* name;
        draw_t draw;
    } table[] = {{"nanoseconds", draw_nanoseconds}, {"small", draw_small},
        {"uniform", draw_uniform}, {"log-uniform", draw_log_uniform}, {"narrow", draw_narrow},
        {"bimodal", draw_bimodal}, {"two halves", draw_two_halves}, {"heavy tail", draw_heavy_tail},
        {"exponential", draw_exponential}, {"powers of two", draw_power_of_two},
        {"zeros", draw_with_zeros}};
    static const size_t sizes[] = {1, 2, 3, 7, 20, 99, 100, 101, 1000, 4321};
    truth_random_t random = {seed};
    truth_list_t list = {NULL, 0, 0, false};
    char name[64];
    for (size_t d = 0; d < sizeof table / sizeof table[0]; d++)
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
            for (size_t i = 0; i < sizes[s]; i++)
                truth_list_add(&list, table[d].draw(&random));
            snprintf(name, sizeof name, "%s, %zu times", table[d].name, sizes[s]);
            check_list(name, &list);
        }
}

static void constants(uint64_t unused) {
    static const uint64_t values[] = {0, 1, 2, 3, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 1000,
        1023, 1024, 1025, 65535, 65536, 999999, 1000000000, 4294967295u, 4294967296u, HOUR - 1,
        HOUR};
    truth_list_t list = {NULL, 0, 0, false};
    char name[64];
    (void)unused;
    for (size_t v = 0; v < sizeof values / sizeof values[0]; v++) {
        for (int i = 0; i < 500; i++)
            truth_list_add(&list, values[v]);
        snprintf(name, sizeof name, "always %" PRIu64, values[v]);
        check_list(name, &list);
    }
    for (uint64_t v = 0; v < 5000; v++)
        truth_list_add(&list, v);
    check_list("each from 0 to 4999", &list);
    for (double v = 1; v < (double)HOUR; v *= 1.003)
        truth_list_add(&list, (uint64_t)v);
    check_list("a ladder", &list);
}

/* The median of 0, v, and twice v: min and max are far, so that nothing but the histogram knows v.
   Each v lies at an edge that buckets may have: a 64th of an octave, and one beside it. */
static void edges(uint64_t unused) {
    truth_list_t list = {NULL, 0, 0, false};
    uint64_t last = 0;
    char name[32];
    (void)unused;
    for (uint64_t octave = 1; octave <= HOUR; octave *= 2)
        for (uint64_t part = 0; part < 64; part++)
            for (uint64_t beside = 0; beside < 3; beside++) {
                uint64_t v = octave + octave / 64 * part + beside - 1;
                if (v <= last) continue;
                last = v;
                truth_list_add(&list, v);
                snprintf(name, sizeof name, "%" PRIu64, v);
                execute(name, 0);
                execute(name, v);
                execute(name, 2 * v);
            }
    hotpath_snapshot_t* snapshot = hotpath_snapshot_take(NULL);
    size_t count = 0, compared = 0;
    const hotpath_function_t* functions = hotpath_snapshot_functions(snapshot, &count);
    for (size_t i = 0; i < count; i++) {
        if (functions[i].calls == 0) continue;
        uint64_t want = strtoull(functions[i].name, NULL, 10);
        uint64_t got = hotpath_snapshot_percentile(snapshot, &functions[i], 50);
        CHECK(truth_percentile_fits(got, want, 1),
            "the median of 0, %" PRIu64 ", %" PRIu64 " is %" PRIu64, want, 2 * want, got);
        compared++;
    }
    CHECK_EQUAL("functions compared", "all", compared, list.count);
    hotpath_snapshot_free(snapshot);
    truth_list_free(&list);
}

static void* execute_part(void* user) {
    execute_all("by all threads", (const truth_list_t*)user);
    return NULL;
}

/* Durations recorded by several threads, one after the other and at once, are one distribution. */
static void threads(uint64_t seed) {
    enum {
        THREADS = 6
    };
    truth_random_t random = {seed};
    truth_list_t parts[THREADS], all = {NULL, 0, 0, false};
    pthread_t ids[THREADS];
    memset(parts, 0, sizeof parts);
    for (int t = 0; t < THREADS; t++) {
        for (int i = 0; i < 3000; i++)
            truth_list_add(
                &parts[t], truth_log_uniform(&random, (uint64_t)1 << t, (uint64_t)1000 << 5 * t));
        truth_list_append(&all, &parts[t]);
        pthread_create(&ids[t], NULL, execute_part, &parts[t]);
        if (t < THREADS / 2) pthread_join(ids[t], NULL);
    }
    for (int t = THREADS / 2; t < THREADS; t++)
        pthread_join(ids[t], NULL);
    hotpath_snapshot_t* snapshot = hotpath_snapshot_take(NULL);
    const hotpath_function_t* function = truth_need(snapshot, "by all threads");
    truth_check_completed(snapshot, function, &all);
    check_order(snapshot, function);
    hotpath_snapshot_free(snapshot);
    truth_list_free(&all);
    for (int t = 0; t < THREADS; t++)
        truth_list_free(&parts[t]);
}

static void test_distributions(void** state) {
    uint64_t seed = truth_seed(1);
    (void)state;
    printf("# seed %" PRIu64 "\n", seed);
    truth_in_child(distributions, seed);
}
static void test_constants(void** state) { (void)state, truth_in_child(constants, 0); }
static void test_edges_of_buckets(void** state) { (void)state, truth_in_child(edges, 0); }
static void test_threads(void** state) { (void)state, truth_in_child(threads, truth_seed(2)); }

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_distributions),
        cmocka_unit_test(test_constants), cmocka_unit_test(test_edges_of_buckets),
        cmocka_unit_test(test_threads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
