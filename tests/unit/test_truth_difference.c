/* RECORDER: virtual */
/* Truth: the difference of two snapshots is the work between them, and snapshots of a running program
   never go back. On a virtual clock that all threads share and only the test moves. */
#include "hotpath.h"
#include "truth_model.h"

static uint64_t line = 1000;

uint64_t virtual_ticks(void) { return __atomic_load_n(&line, __ATOMIC_SEQ_CST); }
static void pass(uint64_t ticks) { __atomic_fetch_add(&line, ticks, __ATOMIC_SEQ_CST); }

static void run(const char* name, uint64_t duration) {
    HOTPATH_SCOPE_NAMED(name);
    pass(duration);
}

/* ---- windows of known work -------------------------------------------------------------------- */

static hotpath_snapshot_t* take(void) {
    hotpath_snapshot_t* snapshot = hotpath_snapshot_take(NULL);
    if (!CHECK(snapshot != NULL, "no snapshot")) exit(1);
    return snapshot;
}

static hotpath_snapshot_t* subtract(
    const hotpath_snapshot_t* newer, const hotpath_snapshot_t* older) {
    hotpath_snapshot_t* difference = hotpath_snapshot_difference(newer, older, NULL);
    if (!CHECK(difference != NULL, "no difference")) exit(1);
    return difference;
}

/* Every number of the difference says nothing happened, or the function is not in it. */
static void check_idle(const hotpath_snapshot_t* difference, const char* name) {
    const hotpath_function_t* f = truth_find(difference, name);
    if (f == NULL) return;
    CHECK_EQUAL("calls", name, f->calls, 0);
    CHECK_EQUAL("completed", name, f->completed, 0);
    CHECK_EQUAL("open_calls", name, f->open_calls, 0);
    CHECK_EQUAL("abandoned", name, f->abandoned, 0);
    CHECK_EQUAL("errors", name, f->errors, 0);
    CHECK_EQUAL("bytes", name, f->bytes, 0);
    CHECK_EQUAL("total", name, f->total_ns, 0);
    CHECK_EQUAL("self", name, f->self_ns, 0);
    CHECK_EQUAL("min", name, f->min_ns, 0);
    CHECK_EQUAL("max", name, f->max_ns, 0);
    CHECK_EQUAL("sum_ticks", name, f->sum_ticks, 0);
    CHECK_EQUAL("sum_squares_low", name, f->sum_squares_low, 0);
    CHECK_EQUAL("sum_squares_high", name, f->sum_squares_high, 0);
    CHECK_EQUAL("executions", name, f->recent_count, 0);
    CHECK_EQUAL("the median", name, hotpath_snapshot_percentile(difference, f, 50), 0);
    CHECK_NEAR("mean", name, f->mean_ns, 0, 0);
    CHECK_NEAR("stdev", name, f->stdev_ns, 0, 0);
}

/* Compares a function of a difference with the durations of its window. */
static void check_window(
    const hotpath_snapshot_t* difference, const char* name, truth_list_t* list) {
    const hotpath_function_t* f = truth_need(difference, name);
    truth_wide_t squares = truth_list_squares(list);
    double mean = (double)truth_wide_double(truth_list_sum(list)) / (double)list->count;
    uint64_t newest = list->items[list->count - 1];
    truth_list_t sorted = {NULL, 0, 0, false};
    truth_list_append(&sorted, list);
    truth_list_sort(&sorted);
    uint64_t min = sorted.items[0], max = sorted.items[sorted.count - 1];
    CHECK_EQUAL("calls", name, f->calls, list->count);
    CHECK_EQUAL("completed", name, f->completed, list->count);
    CHECK_EQUAL("total", name, f->total_ns, truth_list_sum(list).low);
    CHECK_EQUAL("self", name, f->self_ns, truth_list_sum(list).low);
    CHECK_EQUAL("sum_ticks", name, f->sum_ticks, truth_list_sum(list).low);
    CHECK_EQUAL("sum_squares_high", name, f->sum_squares_high, squares.high);
    CHECK_EQUAL("sum_squares_low", name, f->sum_squares_low, squares.low);
    CHECK_NEAR("mean", name, f->mean_ns, mean, 1e-12 * mean);
    CHECK_NEAR("stdev", name, f->stdev_ns, truth_list_stdev(list), 1e-9 * mean);
    CHECK(f->bounds_only, "min and max of %s are bounds", name);
    CHECK(f->min_ns <= min && (double)f->min_ns >= 0.968 * (double)min - 1,
        "%" PRIu64 " bounds the min %" PRIu64, f->min_ns, min);
    CHECK(f->max_ns >= max && (double)f->max_ns <= 1.032 * (double)max + 1,
        "%" PRIu64 " bounds the max %" PRIu64, f->max_ns, max);
    truth_check_percentiles(difference, f, &sorted, 1);
    uint64_t kept = list->count < 64 ? list->count : 64;
    if (CHECK_EQUAL("executions", name, f->recent_count, kept))
        CHECK_EQUAL("the newest duration", name, f->recent[0].duration_ns, newest);
    truth_list_free(&sorted);
}

static void work(const char* name, truth_random_t* random, truth_list_t* list, size_t count,
    uint64_t low, uint64_t high) {
    truth_list_free(list);
    for (size_t i = 0; i < count; i++) {
        truth_list_add(list, truth_log_uniform(random, low, high));
        run(name, list->items[i]);
    }
}

/* Three windows: a function in each, one that pauses, one that comes late, one that never returns. */
static void windows(uint64_t seed) {
    truth_random_t random = {seed};
    truth_list_t steady = {NULL, 0, 0, false}, paused = steady, late = steady;
    hotpath_snapshot_t* s[4];
    uint64_t at[4];
    s[0] = take(), at[0] = virtual_ticks();
    work("steady", &random, &steady, 500, 100, 200); /* slower with each window */
    work("paused", &random, &paused, 100, 1, 1000000);
    s[1] = take(), at[1] = virtual_ticks();
    hotpath_snapshot_t* d = subtract(s[1], s[0]);
    check_window(d, "steady", &steady);
    check_window(d, "paused", &paused);
    hotpath_snapshot_free(d);

    pass(12345);
    work("steady", &random, &steady, 30, 100000, 200000);
    work("late", &random, &late, 200, 5, 50);
    s[2] = take(), at[2] = virtual_ticks();
    d = subtract(s[2], s[1]);
    check_window(d, "steady", &steady);
    check_window(d, "late", &late);
    check_idle(d, "paused");
    CHECK_EQUAL("the window", "two", hotpath_snapshot_info(d)->window_ns, at[2] - at[1]);
    CHECK_EQUAL("elapsed", "two", hotpath_snapshot_info(d)->elapsed_ns,
        hotpath_snapshot_info(s[2])->elapsed_ns);
    CHECK(hotpath_snapshot_info(d)->is_difference, "it says that it is a difference");
    CHECK(!hotpath_snapshot_info(s[2])->is_difference, "a snapshot is none");
    CHECK_EQUAL("the window", "a snapshot", hotpath_snapshot_info(s[2])->window_ns,
        hotpath_snapshot_info(s[2])->elapsed_ns);
    hotpath_snapshot_free(d);

    s[3] = take(), at[3] = virtual_ticks();
    d = subtract(s[3], s[2]);
    check_idle(d, "steady");
    check_idle(d, "paused");
    check_idle(d, "late");
    CHECK_EQUAL("the window", "nothing", hotpath_snapshot_info(d)->window_ns, 0);
    hotpath_snapshot_free(d);

    CHECK(hotpath_snapshot_difference(s[1], s[2], NULL) == NULL, "newer comes first");
    d = subtract(s[3], s[0]);
    CHECK_EQUAL("calls", "steady", truth_need(d, "steady")->calls, 530);
    CHECK_EQUAL("calls", "paused", truth_need(d, "paused")->calls, 100);
    CHECK_EQUAL("the window", "all", hotpath_snapshot_info(d)->window_ns, at[3] - at[0]);
    hotpath_snapshot_free(d);
    for (int i = 0; i < 4; i++)
        hotpath_snapshot_free(s[i]);
    truth_list_free(&steady), truth_list_free(&paused), truth_list_free(&late);
}

/* Scopes that are open at one end of the window or at both, and what a window takes from them. */
static void open_at_both_ends(uint64_t unused) {
    (void)unused;
    HOTPATH_SCOPE("through");
    pass(100);
    HOTPATH_BEGIN(first, "ends inside");
    pass(10);
    hotpath_snapshot_t* older = take();
    pass(1);
    CHECK_EQUAL("HOTPATH_END", "ends inside", HOTPATH_END(first), 11);
    run("child", 1000);
    HOTPATH_ERROR("broke");
    HOTPATH_BYTES(77);
    HOTPATH_BEGIN(second, "begins inside");
    pass(20000);
    hotpath_snapshot_t* newer = take();
    HOTPATH_END(second);
    hotpath_snapshot_t* d = subtract(newer, older);

    static const struct {
        const char* name;
        uint64_t calls, open, completed, total, self, errors, bytes;
    } want[] = {{"through", 0, 1, 0, 21001, 0, 1, 77}, {"ends inside", 0, 0, 1, 1, 1, 0, 0},
        {"child", 1, 0, 1, 1000, 1000, 0, 0}, {"begins inside", 1, 1, 0, 20000, 20000, 0, 0}};
    size_t count = 0, functions_count = 0;
    const hotpath_node_t* nodes = hotpath_snapshot_nodes(d, &count);
    const hotpath_function_t* functions = hotpath_snapshot_functions(d, &functions_count);
    CHECK_EQUAL("nodes", "the window", count, 4);
    for (size_t i = 0; i < 4; i++) {
        const char* name = want[i].name;
        const hotpath_function_t* f = truth_need(d, name);
        CHECK_EQUAL("calls", name, f->calls, want[i].calls);
        CHECK_EQUAL("open_calls", name, f->open_calls, want[i].open);
        CHECK_EQUAL("completed", name, f->completed, want[i].completed);
        CHECK_EQUAL("total", name, f->total_ns, want[i].total);
        CHECK_EQUAL("self", name, f->self_ns, want[i].self);
        CHECK_EQUAL("errors", name, f->errors, want[i].errors);
        CHECK_EQUAL("bytes", name, f->bytes, want[i].bytes);
        size_t n = 0;
        while (n < count && strcmp(functions[nodes[n].function].name, name) != 0)
            n++;
        if (!CHECK(n < count, "the tree of the window lacks %s", name)) continue;
        CHECK_EQUAL("calls of the node", name, nodes[n].calls, want[i].calls);
        CHECK_EQUAL("open_calls of the node", name, nodes[n].open_calls, want[i].open);
        CHECK_EQUAL("total of the node", name, nodes[n].total_ns, want[i].total);
        CHECK_EQUAL("self of the node", name, nodes[n].self_ns, want[i].self);
        CHECK_EQUAL("errors of the node", name, nodes[n].errors, want[i].errors);
        CHECK_EQUAL("bytes of the node", name, nodes[n].bytes, want[i].bytes);
        CHECK_EQUAL("depth of the node", name, nodes[n].depth, i != 0);
    }
    const hotpath_function_t* through = truth_need(d, "through");
    if (CHECK_EQUAL("reasons", "through", through->reasons_count, 1)) {
        CHECK_TEXT("reason", "through", through->reasons[0].text, "broke");
        CHECK_EQUAL("broke", "through", through->reasons[0].count, 1);
    }
    hotpath_snapshot_free(d);
    hotpath_snapshot_free(older);
    hotpath_snapshot_free(newer);
}

/* In a caller's memory, where too little is refused; and the difference outlives both snapshots. */
static void in_a_buffer(uint64_t unused) {
    (void)unused;
    run("a", 5);
    hotpath_snapshot_t* older = take();
    run("a", 7);
    run("b", 11);
    hotpath_snapshot_t* newer = take();
    static _Alignas(16) char memory[1 << 20];
    hotpath_snapshot_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.buffer = memory;
    desc.buffer_size = 64;
    CHECK(hotpath_snapshot_difference(newer, older, &desc) == NULL, "64 bytes are not enough");
    desc.buffer_size = sizeof memory;
    hotpath_snapshot_t* d = hotpath_snapshot_difference(newer, older, &desc);
    hotpath_snapshot_free(older);
    hotpath_snapshot_free(newer);
    if (!CHECK(d != NULL, "no difference in a mebibyte")) return;
    CHECK_EQUAL("calls", "a", truth_need(d, "a")->calls, 1);
    CHECK_EQUAL("total", "a", truth_need(d, "a")->total_ns, 7);
    CHECK_EQUAL("total", "b", truth_need(d, "b")->total_ns, 11);
    hotpath_snapshot_free(d);
}

/* ---- thousands of siblings in another order ---------------------------------------------------- */

enum {
    SIBLINGS = 5000
};
static pthread_barrier_t sibling_barrier;

static uint64_t sibling_time(size_t i, size_t round) { return (i + 1) * (round + 3); }

/* Runs all siblings as roots and below a parent, where a third of them are new in round 1. */
static void run_siblings(size_t round, bool backwards) {
    char name[32];
    for (size_t n = 0; n < SIBLINGS; n++) {
        size_t i = backwards ? SIBLINGS - 1 - n : n;
        snprintf(name, sizeof name, "sibling %zu", i);
        run(name, sibling_time(i, round));
        if (i % 3 == 0 && round == 0) continue;
        HOTPATH_SCOPE("parent");
        run(name, 2 * sibling_time(i, round));
    }
}
static void* run_siblings_backwards(void* unused) {
    run_siblings(1, true);
    run("late", 1);
    pthread_barrier_wait(&sibling_barrier); /* the record of a live thread is read first */
    pthread_barrier_wait(&sibling_barrier);
    return unused;
}
static const char* first_name(const hotpath_snapshot_t* snapshot, size_t* count) {
    size_t functions_count = 0;
    const hotpath_node_t* nodes = hotpath_snapshot_nodes(snapshot, count);
    const hotpath_function_t* functions = hotpath_snapshot_functions(snapshot, &functions_count);
    return functions[nodes[0].function].name;
}
static void siblings_in_another_order(uint64_t unused) {
    (void)unused;
    pthread_t thread;
    size_t count = 0, seen = 0, functions_count = 0;
    pthread_barrier_init(&sibling_barrier, NULL, 2);
    run_siblings(0, false);
    hotpath_snapshot_t* older = take();
    CHECK_TEXT("the first node", "older", first_name(older, &count), "sibling 0");
    pthread_create(&thread, NULL, run_siblings_backwards, NULL);
    pthread_barrier_wait(&sibling_barrier);
    hotpath_snapshot_t* newer = take();
    CHECK_TEXT("the first node", "newer", first_name(newer, &count), "sibling 4999");
    hotpath_snapshot_t* d = subtract(newer, older);

    const hotpath_node_t* nodes = hotpath_snapshot_nodes(d, &count);
    const hotpath_function_t* functions = hotpath_snapshot_functions(d, &functions_count);
    CHECK_EQUAL("nodes", "the window", count, 2 * SIBLINGS + 2);
    for (size_t n = 0; n < count; n++) {
        const char* name = functions[nodes[n].function].name;
        bool below = nodes[n].parent != HOTPATH_NO_NODE;
        if (strncmp(name, "sibling ", 8) != 0) continue;
        uint64_t time = sibling_time(strtoul(name + 8, NULL, 10), 1);
        CHECK_EQUAL("calls of the node", name, nodes[n].calls, 1);
        CHECK_EQUAL("total of the node", name, nodes[n].total_ns, below ? 2 * time : time);
        CHECK_EQUAL("self of the node", name, nodes[n].self_ns, below ? 2 * time : time);
        seen++;
    }
    CHECK_EQUAL("siblings", "the window", seen, count - 2);
    CHECK_EQUAL("calls", "late", truth_need(d, "late")->calls, 1);
    CHECK_EQUAL("self", "parent", truth_need(d, "parent")->self_ns, 0);
    hotpath_snapshot_free(d);
    hotpath_snapshot_free(older);
    hotpath_snapshot_free(newer);
    pthread_barrier_wait(&sibling_barrier);
    pthread_join(thread, NULL);
}

static void count_one(uint64_t* counter) { __atomic_fetch_add(counter, 1, __ATOMIC_SEQ_CST); }

/* ---- live: snapshots while threads write ------------------------------------------------------- */

/* What the writers know of a function: each counter once before and once after hotpath is told. */
typedef struct known {
    const char* name;
    uint64_t entering, entered, leaving, left, inner_time, outer_time;
} known_t;

enum {
    ALPHA,
    BETA,
    GAMMA,
    SHORT,
    KNOWN
};
static known_t known[KNOWN] = {
    {.name = "alpha"}, {.name = "beta"}, {.name = "gamma"}, {.name = "short"}};
static bool writers_done;
static uint64_t snapshots_taken, threads_started;

enum {
    SNAPSHOTS = 200
}; /* the writers go on until there are so many */

static bool reader_wants_more(void) {
    return __atomic_load_n(&snapshots_taken, __ATOMIC_SEQ_CST) < SNAPSHOTS;
}

typedef struct visit {
    known_t* known;
    uint64_t outer, inner;
} visit_t;

/* These stand around hotpath's own begin and end. */
static visit_t visit_begin(int which) {
    visit_t v = {&known[which], virtual_ticks(), 0};
    count_one(&v.known->entering);
    return v;
}
static void visit_begun(visit_t* v) {
    count_one(&v->known->entered);
    v->inner = virtual_ticks();
}
static void visit_ending(visit_t* v) {
    __atomic_fetch_add(&v->known->inner_time, virtual_ticks() - v->inner, __ATOMIC_SEQ_CST);
    count_one(&v->known->leaving);
}
static void visit_end(visit_t* v) {
    count_one(&v->known->left);
    __atomic_fetch_add(&v->known->outer_time, virtual_ticks() - v->outer, __ATOMIC_SEQ_CST);
}

static void gamma_(uint64_t depth) {
    visit_t v = visit_begin(GAMMA);
    {
        HOTPATH_SCOPE("gamma");
        visit_begun(&v);
        pass(depth);
        visit_ending(&v);
    }
    visit_end(&v);
}
static void beta(truth_random_t* random) {
    visit_t v = visit_begin(BETA);
    {
        HOTPATH_SCOPE("beta");
        visit_begun(&v);
        for (uint64_t i = truth_below(random, 4); i > 0; i--)
            gamma_(i);
        visit_ending(&v);
    }
    visit_end(&v);
}
static void alpha(truth_random_t* random) {
    visit_t v = visit_begin(ALPHA);
    {
        HOTPATH_SCOPE("alpha");
        visit_begun(&v);
        pass(truth_below(random, 100));
        if (truth_below(random, 2) == 0) beta(random);
        if (truth_below(random, 4) == 0) gamma_(1000);
        visit_ending(&v);
    }
    visit_end(&v);
}

static void* write_much(void* user) {
    truth_random_t random = {(uint64_t)(uintptr_t)user};
    for (int i = 0; i < 3000 || reader_wants_more(); i++) {
        alpha(&random);
        beta(&random);
    }
    return NULL;
}
static void* write_little(void* user) {
    (void)user;
    for (int i = 0; i < 40; i++) {
        visit_t v = visit_begin(SHORT);
        {
            HOTPATH_SCOPE("short");
            visit_begun(&v);
            pass(3);
            visit_ending(&v);
        }
        visit_end(&v);
    }
    return NULL;
}

/* All of it: two threads that live, and hundreds that come and go. */
static void* write_all(void* unused) {
    pthread_t ids[2], short_ids[4];
    (void)unused;
    for (uintptr_t i = 0; i < 2; i++)
        pthread_create(&ids[i], NULL, write_much, (void*)(i + 1));
    threads_started = 2;
    for (int round = 0; round < 30 || reader_wants_more(); round++, threads_started += 4) {
        for (int i = 0; i < 4; i++)
            pthread_create(&short_ids[i], NULL, write_little, NULL);
        for (int i = 0; i < 4; i++)
            pthread_join(short_ids[i], NULL);
    }
    for (int i = 0; i < 2; i++)
        pthread_join(ids[i], NULL);
    __atomic_store_n(&writers_done, true, __ATOMIC_SEQ_CST);
    return NULL;
}

#define NEVER_BACK(what, of, newer, older)                                              \
    CHECK((newer) >= (older), what " of %s goes back from %" PRIu64 " to %" PRIu64, of, \
        (uint64_t)(older), (uint64_t)(newer))

static void check_function_never_back(const hotpath_function_t* n, const hotpath_function_t* o) {
    NEVER_BACK("calls", n->name, n->calls, o->calls);
    NEVER_BACK("completed", n->name, n->completed, o->completed);
    NEVER_BACK("abandoned", n->name, n->abandoned, o->abandoned);
    NEVER_BACK("errors", n->name, n->errors, o->errors);
    NEVER_BACK("bytes", n->name, n->bytes, o->bytes);
    NEVER_BACK("total", n->name, n->total_ns, o->total_ns);
    NEVER_BACK("max", n->name, n->max_ns, o->max_ns);
    NEVER_BACK("sum_ticks", n->name, n->sum_ticks, o->sum_ticks);
    CHECK(
        n->sum_squares_high > o->sum_squares_high || (n->sum_squares_high == o->sum_squares_high &&
                                                         n->sum_squares_low >= o->sum_squares_low),
        "the sum of squares of %s goes back", n->name);
    CHECK(o->completed == 0 || n->min_ns <= o->min_ns, "min of %s rises", n->name);
    CHECK(n->self_ns <= n->total_ns, "self of %s is %" PRIu64 " of %" PRIu64, n->name, n->self_ns,
        n->total_ns);
}

/* A node's path as one number. */
static uint64_t path_of(const hotpath_snapshot_t* snapshot, const hotpath_node_t* node) {
    size_t count = 0;
    const hotpath_function_t* functions = hotpath_snapshot_functions(snapshot, &count);
    const hotpath_node_t* nodes = hotpath_snapshot_nodes(snapshot, &count);
    uint64_t above = node->parent == HOTPATH_NO_NODE ? 7 : path_of(snapshot, &nodes[node->parent]);
    truth_random_t mixed = {above * 31 + functions[node->function].id};
    return truth_next(&mixed);
}

static void check_nodes_never_back(
    const hotpath_snapshot_t* newer, const hotpath_snapshot_t* older) {
    size_t n_count = 0, o_count = 0, functions_count = 0;
    const hotpath_node_t* n = hotpath_snapshot_nodes(newer, &n_count);
    const hotpath_node_t* o = hotpath_snapshot_nodes(older, &o_count);
    const hotpath_function_t* functions = hotpath_snapshot_functions(newer, &functions_count);
    for (size_t i = 0; i < o_count; i++) {
        uint64_t path = path_of(older, &o[i]);
        size_t j = 0;
        while (j < n_count && path_of(newer, &n[j]) != path)
            j++;
        if (!CHECK(j < n_count, "a node is gone")) continue;
        const char* name = functions[n[j].function].name;
        NEVER_BACK("calls of the node", name, n[j].calls, o[i].calls);
        NEVER_BACK("total of the node", name, n[j].total_ns, o[i].total_ns);
        CHECK(n[j].self_ns <= n[j].total_ns, "self of the node of %s", name);
    }
}

/* Rows of threads by their ids; that of all ended threads has the id 0. */
static void check_threads_never_back(
    const hotpath_snapshot_t* newer, const hotpath_snapshot_t* older) {
    size_t n_count = 0, o_count = 0;
    uint64_t n_calls = 0, o_calls = 0;
    const hotpath_thread_t* n = hotpath_snapshot_threads(newer, &n_count);
    const hotpath_thread_t* o = hotpath_snapshot_threads(older, &o_count);
    for (size_t i = 0; i < n_count; i++)
        n_calls += n[i].calls;
    for (size_t i = 0; i < o_count; i++) {
        o_calls += o[i].calls;
        for (size_t j = 0; j < n_count; j++) {
            if (n[j].id != o[i].id) continue;
            NEVER_BACK("calls of the thread", n[j].name, n[j].calls, o[i].calls);
            NEVER_BACK("busy time of the thread", n[j].name, n[j].busy_ns, o[i].busy_ns);
        }
    }
    NEVER_BACK("calls", "all threads", n_calls, o_calls);
}

/* No thread was busy longer than it lives, and no two have one id. */
static void check_threads(const hotpath_snapshot_t* snapshot, uint64_t until_ns) {
    size_t count = 0;
    const hotpath_thread_t* threads = hotpath_snapshot_threads(snapshot, &count);
    for (size_t i = 0; i < count; i++) {
        const hotpath_thread_t* t = &threads[i];
        CHECK(i == 0 || t->id == 0 || t->id > t[-1].id, "ids of threads rise");
        if (t->state == HOTPATH_THREAD_LIVE)
            CHECK(t->busy_ns <= until_ns - t->start_ns,
                "thread %" PRIu64 " is busy for %" PRIu64 " ns of %" PRIu64, t->id, t->busy_ns,
                until_ns - t->start_ns);
    }
}

static void check_never_back(const hotpath_snapshot_t* newer, const hotpath_snapshot_t* older) {
    size_t o_count = 0;
    const hotpath_function_t* o = hotpath_snapshot_functions(older, &o_count);
    for (size_t i = 0; i < o_count; i++)
        check_function_never_back(truth_need(newer, o[i].name), &o[i]);
    check_nodes_never_back(newer, older);
    check_threads_never_back(newer, older);
    NEVER_BACK("ended threads", "the info", hotpath_snapshot_info(newer)->threads_ended,
        hotpath_snapshot_info(older)->threads_ended);
}

/* Takes a snapshot and holds it between what the writers knew before and after. */
static hotpath_snapshot_t* take_bounded(uint64_t loop_begin) {
    known_t before[KNOWN], after[KNOWN];
    uint64_t from = virtual_ticks();
    memset(before, 0, sizeof before);
    for (int i = 0; i < KNOWN; i++) {
        before[i].left = __atomic_load_n(&known[i].left, __ATOMIC_SEQ_CST);
        before[i].entered = __atomic_load_n(&known[i].entered, __ATOMIC_SEQ_CST);
    }
    hotpath_snapshot_t* snapshot = take();
    memset(after, 0, sizeof after);
    for (int i = 0; i < KNOWN; i++) {
        after[i].leaving = __atomic_load_n(&known[i].leaving, __ATOMIC_SEQ_CST);
        after[i].entering = __atomic_load_n(&known[i].entering, __ATOMIC_SEQ_CST);
    }
    uint64_t until = virtual_ticks();
    for (int i = 0; i < KNOWN; i++) {
        const hotpath_function_t* f = truth_find(snapshot, known[i].name);
        uint64_t calls = f != NULL ? f->calls : 0, completed = f != NULL ? f->completed : 0;
        CHECK(calls >= before[i].entered && calls <= after[i].entering,
            "calls of %s are %" PRIu64 ", not %" PRIu64 " to %" PRIu64, known[i].name, calls,
            before[i].entered, after[i].entering);
        CHECK(completed >= before[i].left && completed <= after[i].leaving,
            "completed of %s is %" PRIu64 ", not %" PRIu64 " to %" PRIu64, known[i].name, completed,
            before[i].left, after[i].leaving);
    }
    check_threads(snapshot, until - 1000); /* where the clock and the recorder started */
    const hotpath_function_t* loop = truth_need(snapshot, "reader's loop");
    CHECK_EQUAL("open_calls", "reader's loop", loop->open_calls, 1);
    CHECK(loop->total_ns >= from - loop_begin && loop->total_ns <= until - loop_begin,
        "the open loop has %" PRIu64 " ns, not %" PRIu64 " to %" PRIu64, loop->total_ns,
        from - loop_begin, until - loop_begin);
    return snapshot;
}

static void check_final(const hotpath_snapshot_t* snapshot) {
    for (int i = 0; i < KNOWN; i++) {
        const known_t* k = &known[i];
        const hotpath_function_t* f = truth_need(snapshot, k->name);
        CHECK_EQUAL("calls", k->name, f->calls, k->entered);
        CHECK_EQUAL("completed", k->name, f->completed, k->left);
        CHECK_EQUAL("open_calls", k->name, f->open_calls, 0);
        CHECK_EQUAL("abandoned", k->name, f->abandoned, 0);
        CHECK_EQUAL("sum_ticks", k->name, f->sum_ticks, f->total_ns);
        CHECK(f->total_ns >= k->inner_time && f->total_ns <= k->outer_time,
            "total of %s is %" PRIu64 ", not %" PRIu64 " to %" PRIu64, k->name, f->total_ns,
            k->inner_time, k->outer_time);
    }
    CHECK_EQUAL("ended threads", "the info", hotpath_snapshot_info(snapshot)->threads_ended,
        threads_started);
}

static void live(uint64_t unused) {
    pthread_t writers;
    uint64_t loop_begin = virtual_ticks();
    (void)unused;
    HOTPATH_SCOPE("reader's loop");
    hotpath_snapshot_t *first = take_bounded(loop_begin), *older = take_bounded(loop_begin);
    pthread_create(&writers, NULL, write_all, NULL);
    while (!__atomic_load_n(&writers_done, __ATOMIC_SEQ_CST)) {
        hotpath_snapshot_t* newer = take_bounded(loop_begin);
        check_never_back(newer, older);
        hotpath_snapshot_t* d = subtract(newer, older);
        for (int i = 0; i < KNOWN; i++) {
            const hotpath_function_t *f = truth_find(d, known[i].name),
                                     *n = truth_find(newer, known[i].name);
            CHECK(f == NULL || (f->calls <= n->calls && f->total_ns <= n->total_ns &&
                                   f->self_ns <= f->total_ns),
                "the difference of %s is more than all", known[i].name);
        }
        hotpath_snapshot_free(d);
        hotpath_snapshot_free(older);
        older = newer;
        count_one(&snapshots_taken);
    }
    pthread_join(writers, NULL);
    hotpath_snapshot_t* last = take_bounded(loop_begin);
    check_never_back(last, older);
    check_final(last);
    hotpath_snapshot_t* d = subtract(last, first);
    for (int i = 0; i < KNOWN; i++)
        CHECK_EQUAL(
            "calls of all", known[i].name, truth_need(d, known[i].name)->calls, known[i].entered);
    CHECK(!reader_wants_more(), "the reader stopped early");
    hotpath_snapshot_free(d);
    hotpath_snapshot_free(last);
    hotpath_snapshot_free(older);
    hotpath_snapshot_free(first);
}

IN_CHILD(windows)
IN_CHILD(open_at_both_ends)
IN_CHILD(in_a_buffer)
IN_CHILD(siblings_in_another_order)
IN_CHILD(live)

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_windows),
        cmocka_unit_test(test_open_at_both_ends), cmocka_unit_test(test_in_a_buffer),
        cmocka_unit_test(test_siblings_in_another_order), cmocka_unit_test(test_live)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
