/* RECORDER: virtual */
/* Truth: the recent executions and values of many threads are the newest of all of them, newest
   first: against a list that is sorted here. On a virtual clock that all threads share and that only
   one thread at a time moves. */
#include "hotpath.h"
#include "truth.h"

static uint64_t line = 1000;

uint64_t virtual_ticks(void) { return __atomic_load_n(&line, __ATOMIC_SEQ_CST); }
static void pass(uint64_t ticks) { __atomic_fetch_add(&line, ticks, __ATOMIC_SEQ_CST); }

enum {
    THREADS = 9,
    TURNS = 4000
};

/* What was recorded: the end decides, and of spans begin and end are numbers of the test. */
typedef struct kept {
    uint64_t end, duration;
    size_t by; /* index of the thread */
} kept_t;
typedef struct history {
    kept_t items[TURNS];
    size_t count;
} history_t;
static history_t runs, spans, values;

static void keep(history_t* h, uint64_t end, uint64_t duration, size_t by) {
    h->items[h->count].end = end;
    h->items[h->count].duration = duration;
    h->items[h->count++].by = by;
}

/* ---- threads that work when it is their turn --------------------------------------------------- */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static size_t turn = SIZE_MAX; /* which thread may work; SIZE_MAX: the one that gives turns */
static bool ends[THREADS];
static uint64_t span_end; /* of the next span */

static void work(size_t by, truth_random_t* random) {
    uint64_t duration = 1 + truth_below(random, 50);
    pass(1);
    {
        HOTPATH_SCOPE("run");
        pass(duration);
    }
    keep(&runs, virtual_ticks(), duration, by);
    pass(1);
    HOTPATH_VAL("value", virtual_ticks());
    keep(&values, virtual_ticks(), 0, by);
    hotpath_record("track", "span", span_end - duration, span_end);
    keep(&spans, span_end, duration, by);
}
static void* worker(void* index) {
    size_t by = (size_t)(uintptr_t)index;
    truth_random_t random = {by};
    pthread_mutex_lock(&mutex);
    while (!ends[by]) {
        if (turn == by) {
            work(by, &random);
            turn = SIZE_MAX;
            pthread_cond_broadcast(&changed);
        }
        pthread_cond_wait(&changed, &mutex);
    }
    pthread_mutex_unlock(&mutex);
    return NULL;
}
/* The recorder starts at tick 1000, and threads that wait for their turns. */
static void start_threads(pthread_t ids[THREADS]) {
    hotpath_snapshot_free(hotpath_snapshot_take(NULL));
    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&ids[i], NULL, worker, (void*)(uintptr_t)i);
}
static void give_turn(size_t to, uint64_t end) {
    pthread_mutex_lock(&mutex);
    span_end = end;
    turn = to;
    pthread_cond_broadcast(&changed);
    while (turn != SIZE_MAX)
        pthread_cond_wait(&changed, &mutex);
    pthread_mutex_unlock(&mutex);
}
static void end_thread(pthread_t id, size_t index) {
    pthread_mutex_lock(&mutex);
    ends[index] = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
    pthread_join(id, NULL);
}

/* ---- the comparison ---------------------------------------------------------------------------- */

static int newest_first(const void* a, const void* b) {
    uint64_t left = ((const kept_t*)a)->end, right = ((const kept_t*)b)->end;
    return left < right ? 1 : left > right ? -1 : 0;
}
static int in_time(const void* a, const void* b) { return newest_first(b, a); }

/* The newest `limit` of what the threads' rings of `slots` hold. */
static size_t expect(const history_t* h, size_t slots, size_t limit, kept_t* out) {
    size_t seen[THREADS] = {0}, count = 0;
    for (size_t i = h->count; i-- > 0;)
        if (seen[h->items[i].by]++ < slots) out[count++] = h->items[i];
    qsort(out, count, sizeof *out, newest_first);
    return count < limit ? count : limit;
}
static void check_executions(
    const hotpath_snapshot_t* s, const char* name, const history_t* h, size_t limit, size_t slots) {
    static kept_t want[TURNS];
    const hotpath_function_t* f = truth_need(s, name);
    size_t count = expect(h, slots, limit, want);
    if (!CHECK_EQUAL("executions", name, f->recent_count, count)) return;
    uint64_t start = f->kind == HOTPATH_KIND_SPAN ? 0 : 1000;
    for (size_t i = 0; i < count; i++) {
        CHECK_EQUAL("the begin", name, f->recent[i].at_ns + start, want[i].end - want[i].duration);
        CHECK_EQUAL("the duration", name, f->recent[i].duration_ns, want[i].duration);
    }
}
static void check_values(const hotpath_snapshot_t* s, size_t limit, size_t slots) {
    static kept_t want[TURNS];
    size_t entries_count = 0, count = expect(&values, slots, limit, want);
    const hotpath_entry_t* entry = hotpath_snapshot_entries(s, &entries_count);
    CHECK_EQUAL("entries", "the snapshot", entries_count, 1);
    CHECK_EQUAL("count", "value", entry->count, values.count);
    CHECK_EQUAL("last", "value", entry->last.as.u, want[0].end);
    if (!CHECK_EQUAL("samples", "value", entry->history_count, count)) return;
    for (size_t i = 0; i < count; i++)
        CHECK_EQUAL("a sample", "value", entry->history[i].value.as.u, want[i].end);
}
static void check_now(size_t limit, size_t slots) {
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    if (!CHECK(s != NULL, "no snapshot")) exit(1);
    check_executions(s, "run", &runs, limit, slots);
    check_executions(s, "span", &spans, limit, slots);
    check_values(s, limit, slots);
    hotpath_snapshot_free(s);
}

/* ---- tests ------------------------------------------------------------------------------------- */

/* Ends of spans come in any order, also on one thread: numbers from 100 on, shuffled. */
static void shuffled_ends(uint64_t* list, truth_random_t* random) {
    for (size_t i = 0; i < TURNS; i++)
        list[i] = 100 + i;
    for (size_t i = TURNS - 1; i > 0; i--) {
        size_t k = truth_below(random, i + 1);
        uint64_t kept = list[i];
        list[i] = list[k], list[k] = kept;
    }
}
/* Turns go to threads at random, to some often and to some almost never. */
static void of_many_threads(uint64_t seed) {
    static uint64_t list[TURNS];
    truth_random_t random = {seed};
    pthread_t ids[THREADS];
    shuffled_ends(list, &random);
    start_threads(ids);
    for (size_t i = 0; i < TURNS; i++) {
        size_t to = truth_below(&random, 1 + truth_below(&random, THREADS));
        give_turn(to, list[i]);
        if (i % 331 == 0 || i < 20) check_now(64, 64);
    }
    check_now(64, 64);
    for (size_t i = 0; i < THREADS; i++)
        end_thread(ids[i], i);
}
/* A limit that is no power of two: the rings hold more than is shown. */
static void with_another_limit(uint64_t seed) {
    setenv("HOTPATH_LOGS_LIMIT", "50", 1);
    static uint64_t list[TURNS];
    truth_random_t random = {seed};
    pthread_t ids[THREADS];
    shuffled_ends(list, &random);
    start_threads(ids);
    for (size_t i = 0; i < TURNS / 4; i++) {
        give_turn(truth_below(&random, THREADS), list[i]);
        if (i % 57 == 0) check_now(50, 64);
    }
    for (size_t i = 0; i < THREADS; i++)
        end_thread(ids[i], i);
}
/* Of ended threads the newest stay, whichever thread ends when, beside those of live ones. */
static void of_ended_threads(uint64_t seed) {
    static kept_t want[TURNS];
    truth_random_t random = {seed};
    pthread_t ids[THREADS];
    start_threads(ids);
    for (size_t i = 0; i < 1000; i++)
        give_turn(truth_below(&random, THREADS), 100 + i);
    for (size_t i = 0; i < THREADS - 2; i++) {
        size_t which = (i * 4) % (THREADS - 2); /* in an order of its own */
        end_thread(ids[which], which);
        give_turn(THREADS - 1 - i % 2, 2000 + i);
        hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
        const hotpath_function_t* f = truth_need(s, "run");
        memcpy(want, runs.items, runs.count * sizeof *want);
        qsort(want, runs.count, sizeof *want, in_time);
        if (CHECK_EQUAL("executions", "run", f->recent_count, 64))
            for (size_t k = 0; k < 64; k++)
                CHECK_EQUAL("the begin", "run", f->recent[k].at_ns + 1000,
                    want[runs.count - 1 - k].end - want[runs.count - 1 - k].duration);
        hotpath_snapshot_free(s);
    }
    end_thread(ids[THREADS - 1], THREADS - 1);
    end_thread(ids[THREADS - 2], THREADS - 2);
}
static void level(uint64_t more) {
    HOTPATH_SCOPE("level");
    pass(1);
    if (more > 1) level(more - 1);
}
/* Executions that end at the same tick stand in the order in which they ended. */
static void at_the_same_tick(uint64_t unused) {
    (void)unused;
    for (uint64_t i = 0; i < 40; i++)
        level(2 + i % 2);
    for (uint64_t i = 0; i < 64; i++) { /* eight at each end, and the ends are not in order */
        uint64_t end = 1000 + i * 7 % 8;
        hotpath_record("track", "tie", end - 1 - i, end);
    }
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_function_t* f = truth_need(s, "level");
    CHECK_EQUAL("executions", "level", f->recent_count, 64);
    for (size_t i = 1; i < f->recent_count; i++) {
        uint64_t before = f->recent[i - 1].at_ns + f->recent[i - 1].duration_ns;
        uint64_t end = f->recent[i].at_ns + f->recent[i].duration_ns;
        CHECK(end < before || (end == before && f->recent[i].at_ns > f->recent[i - 1].at_ns),
            "%zu ends at %" PRIu64 ", the newer one before it at %" PRIu64, i, end, before);
    }
    f = truth_need(s, "tie");
    CHECK_EQUAL("executions", "tie", f->recent_count, 64);
    for (size_t i = 1; i < f->recent_count; i++) {
        uint64_t before = f->recent[i - 1].at_ns + f->recent[i - 1].duration_ns;
        uint64_t end = f->recent[i].at_ns + f->recent[i].duration_ns;
        CHECK(end < before || (end == before && f->recent[i].at_ns > f->recent[i - 1].at_ns),
            "span %zu ends at %" PRIu64 ", the newer one before it at %" PRIu64, i, end, before);
    }
    hotpath_snapshot_free(s);
}

/* Also those of a thread that has ended: fewer than a ring holds, and more. */
static void* values_at_one_tick(void* count) {
    for (uint64_t i = 1; i <= *(const uint64_t*)count; i++)
        HOTPATH_VAL("level value", i);
    return NULL;
}
static void at_the_same_tick_of_an_ended_thread(uint64_t count) {
    pthread_t id;
    CHECK(pthread_create(&id, NULL, values_at_one_tick, &count) == 0, "a thread");
    pthread_join(id, NULL);
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    size_t entries = 0;
    const hotpath_entry_t* e = hotpath_snapshot_entries(s, &entries);
    CHECK_EQUAL("entries", "the snapshot", entries, 1);
    CHECK_EQUAL("values", e->name, e->history_count, count < 64 ? count : 64);
    for (size_t i = 0; i < e->history_count; i++)
        CHECK_EQUAL("a value", e->name, e->history[i].value.as.u, count - i);
    hotpath_snapshot_free(s);
}
static void test_at_the_same_tick_of_an_ended_thread(void** state) {
    static const uint64_t counts[] = {1, 30, 64, 65, 100, 200};
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        truth_in_child(at_the_same_tick_of_an_ended_thread, counts[i]);
}

IN_CHILD(of_many_threads)
IN_CHILD(with_another_limit)
IN_CHILD(of_ended_threads)
IN_CHILD(at_the_same_tick)

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_of_many_threads),
        cmocka_unit_test(test_with_another_limit), cmocka_unit_test(test_of_ended_threads),
        cmocka_unit_test(test_at_the_same_tick),
        cmocka_unit_test(test_at_the_same_tick_of_an_ended_thread)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
