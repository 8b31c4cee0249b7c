/* RECORDER: real */
/* Truth on the real clock: every duration lies between two reads of the test's own just inside the
   scope and two just outside, whatever the machine does meanwhile. The tolerance is for the rate of
   hotpath's clock against the system's only: 0.1 % and 200 ns. Nothing here depends on speed. */
#include "hotpath.h"
#include "truth.h"
#include <sys/syscall.h>

#define KEPT 64 /* executions in the log of a function */

/* The test's own reads go to the system at once. */
static uint64_t now_ns(void) {
    struct timespec t;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}
static void nap(uint64_t ns) {
    struct timespec t = {(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
    syscall(SYS_nanosleep, &t, NULL);
}

/* The reads of everybody else come here. With TRUTH_DELAYS every second one takes 3 ms before or after
   the moment that it tells, as where another thread gets the processor just then. */
int clock_gettime(clockid_t clock, struct timespec* t) {
    static uint64_t calls;
    uint64_t call = getenv("TRUTH_DELAYS") == NULL ? 0 : __atomic_add_fetch(&calls, 1, 0);
    if (call % 4 == 1) nap(3000000);
    int result = (int)syscall(SYS_clock_gettime, clock, t);
    if (call % 4 == 3) nap(3000000);
    return result;
}

/* What the test knows of a function: sums of all executions, and the last ones one by one. */
typedef struct bounds {
    const char* name;
    uint64_t count, inner_sum, outer_sum;
    uint64_t inner_min, outer_min, inner_max, outer_max;
    uint64_t inner[KEPT], outer[KEPT]; /* a ring */
    uint64_t begin_after[KEPT], begin_before[KEPT];
} bounds_t;

static uint64_t clocks_apart = 200; /* two clocks */
static uint64_t less(uint64_t ns) {
    uint64_t slack = ns / 1000 + clocks_apart;
    return ns > slack ? ns - slack : 0;
}
static uint64_t more(uint64_t ns) { return ns + ns / 1000 + clocks_apart; }

static bool between(
    const char* what, const char* name, uint64_t ns, uint64_t inner, uint64_t outer) {
    return CHECK(ns >= less(inner) && ns <= more(outer),
        "%s of %s is %" PRIu64 " ns, not within %" PRIu64 " and %" PRIu64, what, name, ns, inner,
        outer);
}

static void add(bounds_t* b, uint64_t before, uint64_t begun, uint64_t ending, uint64_t after) {
    uint64_t inner = ending - begun, outer = after - before, at = b->count % KEPT;
    b->inner_sum += inner;
    b->outer_sum += outer;
    if (b->count == 0 || inner < b->inner_min) b->inner_min = inner;
    if (b->count == 0 || outer < b->outer_min) b->outer_min = outer;
    if (b->count == 0 || inner > b->inner_max) b->inner_max = inner;
    if (b->count == 0 || outer > b->outer_max) b->outer_max = outer;
    b->inner[at] = inner;
    b->outer[at] = outer;
    b->begin_after[at] = before;
    b->begin_before[at] = begun;
    b->count++;
}

static void spin(uint64_t ns) {
    uint64_t end = now_ns() + ns;
    while (now_ns() < end) {}
}

/* Each way to mark a scope, around a given work; the reads stand as close as they can. */
static void by_func_inside(void (*work)(uint64_t), uint64_t ns, uint64_t* begun, uint64_t* ending) {
    HOTPATH_FUNC();
    *begun = now_ns();
    work(ns);
    *ending = now_ns();
}
static void by_func(bounds_t* b, void (*work)(uint64_t), uint64_t ns) {
    uint64_t begun = 0, ending = 0, before = now_ns();
    by_func_inside(work, ns, &begun, &ending);
    uint64_t after = now_ns();
    add(b, before, begun, ending, after);
}
static void by_scope(bounds_t* b, void (*work)(uint64_t), uint64_t ns) {
    uint64_t begun = 0, ending = 0, before = now_ns();
    {
        HOTPATH_SCOPE("by_scope");
        begun = now_ns();
        work(ns);
        ending = now_ns();
    }
    uint64_t after = now_ns();
    add(b, before, begun, ending, after);
}
static void by_pair(bounds_t* b, void (*work)(uint64_t), uint64_t ns) {
    uint64_t before = now_ns();
    HOTPATH_BEGIN(timer, "by_pair");
    uint64_t begun = now_ns();
    work(ns);
    uint64_t ending = now_ns(), given = HOTPATH_END(timer), after = now_ns();
    between("HOTPATH_END", "by_pair", given, ending - begun, after - before);
    add(b, before, begun, ending, after);
}
static void by_name(bounds_t* b, void (*work)(uint64_t), uint64_t ns) {
    uint64_t begun = 0, ending = 0, before = now_ns();
    {
        HOTPATH_SCOPE_NAMED(b->name);
        begun = now_ns();
        work(ns);
        ending = now_ns();
    }
    uint64_t after = now_ns();
    add(b, before, begun, ending, after);
}

/* Compares the log: the newest execution is the last one of the test. */
static void check_log(const hotpath_function_t* function, const bounds_t* b) {
    uint64_t kept = b->count < KEPT ? b->count : KEPT;
    if (!CHECK_EQUAL("executions kept", b->name, function->recent_count, kept)) return;
    for (uint64_t i = 0; i < kept; i++) {
        const hotpath_execution_t* e = &function->recent[i];
        uint64_t at = (b->count - 1 - i) % KEPT;
        between("a duration", b->name, e->duration_ns, b->inner[at], b->outer[at]);
        if (i == 0) continue;
        uint64_t newer = (b->count - i) % KEPT, apart = function->recent[i - 1].at_ns - e->at_ns;
        uint64_t least = b->begin_after[newer] - b->begin_before[at];
        uint64_t most = b->begin_before[newer] - b->begin_after[at];
        between("the time between two begins", b->name, apart, least, most);
    }
}

static void check_bounds(const hotpath_snapshot_t* snapshot, const bounds_t* b) {
    const hotpath_function_t* f = truth_need(snapshot, b->name);
    uint64_t slack = 200 * b->count; /* of that many recordings */
    CHECK_EQUAL("calls", b->name, f->calls, b->count);
    CHECK_EQUAL("completed", b->name, f->completed, b->count);
    CHECK(f->total_ns + slack >= less(b->inner_sum) && f->total_ns <= more(b->outer_sum) + slack,
        "the total of %s is %" PRIu64 " ns, not within %" PRIu64 " and %" PRIu64, b->name,
        f->total_ns, b->inner_sum, b->outer_sum);
    CHECK_EQUAL("self", b->name, f->self_ns, f->total_ns);
    between("min", b->name, f->min_ns, b->inner_min, b->outer_min);
    between("max", b->name, f->max_ns, b->inner_max, b->outer_max);
    CHECK_NEAR(
        "mean", b->name, f->mean_ns, (double)f->total_ns / (double)b->count, 1e-6 * f->mean_ns + 1);
    check_log(f, b);
}

/* Work of many lengths in every kind of scope. */
static void one_thread(uint64_t seed) {
    static const struct {
        const char* name;
        void (*run)(bounds_t* b, void (*work)(uint64_t), uint64_t ns);
    } ways[] = {{"by_func_inside", by_func}, {"by_scope", by_scope}, {"by_pair", by_pair},
        {"by a name", by_name}};
    static bounds_t bounds[4];
    truth_random_t random = {seed};
    for (int w = 0; w < 4; w++) {
        bounds[w].name = ways[w].name;
        ways[w].run(&bounds[w], spin, 0); /* the very first one is held to the same bounds */
        for (int i = 0; i < 2000; i++)
            ways[w].run(&bounds[w], spin, truth_log_uniform(&random, 1, 200000));
        for (int i = 0; i < 30; i++)
            ways[w].run(&bounds[w], nap, truth_log_uniform(&random, 1000, 20000000));
        for (int i = 0; i < 70; i++)
            ways[w].run(&bounds[w], i % 10 == 0 ? nap : spin, truth_below(&random, 3000000));
    }
    hotpath_snapshot_t* snapshot = hotpath_snapshot_take(NULL);
    for (int w = 0; w < 4; w++)
        check_bounds(snapshot, &bounds[w]);
    hotpath_snapshot_free(snapshot);
}

static void* run_thread(void* user) {
    bounds_t* b = (bounds_t*)user;
    truth_random_t random = {(uint64_t)b->count + (uint64_t)(b->name[0] - 'a')};
    for (int i = 0; i < 500; i++)
        by_name(b, i % 50 == 0 ? nap : spin, truth_log_uniform(&random, 1, 500000));
    return NULL;
}

/* More threads than processors: each is held up by the others, and so are its bounds. */
static void many_threads(uint64_t unused) {
    static bounds_t bounds[6];
    static const char* const names[] = {"first", "second", "third", "fourth", "fifth", "sixth"};
    pthread_t ids[6];
    (void)unused;
    for (int t = 0; t < 6; t++) {
        bounds[t].name = names[t];
        pthread_create(&ids[t], NULL, run_thread, &bounds[t]);
    }
    for (int t = 0; t < 6; t++)
        pthread_join(ids[t], NULL);
    hotpath_snapshot_t* snapshot = hotpath_snapshot_take(NULL);
    for (int t = 0; t < 6; t++)
        check_bounds(snapshot, &bounds[t]);
    hotpath_snapshot_free(snapshot);
}

/* A parent and its children: self and total of both, an open scope, and the clock of the info. */
static void nested_and_open(uint64_t unused) {
    uint64_t children_inner = 0, children_outer = 0;
    (void)unused;
    uint64_t before = now_ns();
    HOTPATH_SCOPE("outer");
    uint64_t begun = now_ns();
    for (int i = 0; i < 20; i++) {
        uint64_t child_before = now_ns(), child_begun = 0, child_ending = 0;
        {
            HOTPATH_SCOPE("inner");
            child_begun = now_ns();
            nap(1000000);
            child_ending = now_ns();
        }
        children_outer += now_ns() - child_before;
        children_inner += child_ending - child_begun;
        spin(300000);
    }
    uint64_t ending = now_ns();
    hotpath_snapshot_t* snapshot = hotpath_snapshot_take(NULL);
    uint64_t after = now_ns();
    const hotpath_function_t* outer = truth_need(snapshot, "outer");
    const hotpath_function_t* inner = truth_need(snapshot, "inner");
    CHECK_EQUAL("open_calls", "outer", outer->open_calls, 1);
    between("the open total", "outer", outer->total_ns, ending - begun, after - before);
    CHECK(inner->total_ns + 4000 >= less(children_inner) &&
              inner->total_ns <= more(children_outer) + 4000,
        "the total of inner is %" PRIu64 ", not within %" PRIu64 " and %" PRIu64, inner->total_ns,
        children_inner, children_outer);
    CHECK_NEAR("self", "outer", (double)outer->self_ns, (double)(outer->total_ns - inner->total_ns),
        1); /* each is rounded from ticks */
    const hotpath_info_t* info = hotpath_snapshot_info(snapshot);
    CHECK(info->elapsed_ns >= less(outer->total_ns), "the recorder is older than its scopes");
    CHECK(info->elapsed_ns <= more(after - before) + 1000000000, "and started with them");
    hotpath_snapshot_free(snapshot);
}

/* The clock's rate is right although reads for its calibration are interrupted, early and late. */
static void interrupted(void) {
    for (int i = 0; i < 8; i++) {
        uint64_t before = now_ns();
        HOTPATH_BEGIN(timer, "interrupted");
        uint64_t begun = now_ns();
        spin(60000000);
        uint64_t ending = now_ns(), given = HOTPATH_END(timer), after = now_ns();
        if (i > 0) between("HOTPATH_END", "interrupted", given, ending - begun, after - before);
        hotpath_snapshot_free(hotpath_snapshot_take(NULL));
    }
}

IN_CHILD(one_thread)
IN_CHILD(many_threads)
IN_CHILD(nested_and_open)

static const char* program;

static void test_interrupted(void** state) {
    (void)state;
    truth_in_program(program, "interrupted", "TRUTH_DELAYS", "1");
}

int main(int argc, char** argv) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_one_thread),
        cmocka_unit_test(test_many_threads), cmocka_unit_test(test_nested_and_open),
        cmocka_unit_test(test_interrupted)};
    program = argv[0];
    if (getenv("TEST_EMULATOR") != NULL)
        clocks_apart = 2200; /* its counter moves once a microsecond */
    if (argc == 1) return cmocka_run_group_tests(tests, NULL, NULL);
    interrupted();
    truth_end_child();
}
