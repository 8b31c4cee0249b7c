/* RECORDER: real */
/* Keyed spans that begin on one thread and end on another, while their begins are given up and
   snapshots are taken: each counts once, and no number goes back. */
#include "hotpath.h"
#include "../unit/law.h"

#include <sched.h>

enum {
    PAIRS = 2,
    PLACES = 64
};
#define EACH ((uint64_t)LAW_TIMES(30000, 3000))

/* Orders what was before the store before what follows. */
static void await(const uint64_t* place, uint64_t value) {
    while (__atomic_load_n(place, __ATOMIC_ACQUIRE) != value)
        sched_yield();
}

static void await_at_least(const uint64_t* place, uint64_t value) {
    while (__atomic_load_n(place, __ATOMIC_ACQUIRE) < value)
        sched_yield();
}

/* One thread begins, another ends; a place is empty, begun, or being given up by who begins. */
typedef struct lane {
    hotpath_span_t spans[PLACES];
    uint64_t full[PLACES];
    uint64_t number;
} lane_t;
static lane_t lanes[PAIRS];
static uint64_t done;

static hotpath_span_kind_t kind_of(uint64_t i) {
    return i % 3 == 0 ? HOTPATH_SPAN_SQL : i % 3 == 1 ? HOTPATH_SPAN_HTTP : HOTPATH_SPAN_SERVER;
}
static const char* key_of(uint64_t i) {
    static const char* const keys[] = {
        "SELECT handed FROM t WHERE id = 7", "GET http://h/handed/77", "GET /handed/777"};
    return keys[i % 3];
}
static void* begin_all(void* arg) {
    lane_t* lane = (lane_t*)arg;
    for (uint64_t i = 0; i < EACH;) {
        HOTPATH_SCOPE("accept");
        for (uint64_t k = 0; k < 3 && i < EACH; k++, i++) {
            uint64_t at = i % PLACES;
            await(&lane->full[at], 0);
            hotpath_span_begin(&lane->spans[at], kind_of(i), key_of(i), SIZE_MAX);
            if (i % 7 == 0) hotpath_span_detach(&lane->spans[at]);
            __atomic_store_n(&lane->full[at], 1, __ATOMIC_RELEASE);
        }
    }
    return NULL;
}
static void* end_all(void* arg) {
    lane_t* lane = (lane_t*)arg;
    for (uint64_t i = 0; i < EACH; i++) {
        HOTPATH_SCOPE("work");
        uint64_t at = i % PLACES;
        await(&lane->full[at], 1);
        hotpath_span_rows(&lane->spans[at], 2);
        hotpath_span_bytes(&lane->spans[at], 1, 3);
        hotpath_span_status(&lane->spans[at], i % 100 == 0 ? 500 : 200 * (i % 3 != 0));
        hotpath_span_end(&lane->spans[at]);
        if (i % 50 == 0) hotpath_span_end(&lane->spans[at]);
        __atomic_store_n(&lane->full[at], 0, __ATOMIC_RELEASE);
    }
    law_add(&done, 1);
    return NULL;
}
/* Nothing goes back from one snapshot to the next, and nothing is there that has not begun. */
static void check_steps(
    const hotpath_span_row_t* before, hotpath_span_row_t* now, const hotpath_snapshot_t* s) {
    size_t count;
    const hotpath_span_row_t* rows = hotpath_snapshot_spans(s, &count);
    for (size_t i = 0; i < count; i++) {
        const hotpath_span_row_t* r = &rows[i];
        const hotpath_span_row_t* b = &before[r->kind];
        now[r->kind] = *r;
        CHECK_GE(r->count, b->count);
        CHECK_GE(r->completed, b->completed);
        CHECK_GE(r->total_ns, b->total_ns);
        CHECK_GE(r->rows, b->rows);
        CHECK_LE(r->total_ns, hotpath_snapshot_info(s)->elapsed_ns * PLACES * PAIRS);
    }
}
static void handed_over_at_full_speed(void** state) {
    (void)state;
    pthread_t threads[2 * PAIRS];
    hotpath_span_row_t before[4], now[4];
    memset(before, 0, sizeof before);
    memset(now, 0, sizeof now);
    uint64_t foreign = law_drops().foreign_ends;
    for (int i = 0; i < PAIRS; i++) {
        threads[2 * i] = law_thread(begin_all, &lanes[i]);
        threads[2 * i + 1] = law_thread(end_all, &lanes[i]);
    }
    uint64_t snapshots = 0;
    while (law_load(&done) < PAIRS) {
        hotpath_snapshot_t* s = law_take();
        check_steps(before, now, s);
        memcpy(before, now, sizeof now);
        hotpath_snapshot_free(s);
        snapshots++;
    }
    for (int i = 0; i < 2 * PAIRS; i++)
        pthread_join(threads[i], NULL);
    CHECK_GT(snapshots, 3);
    hotpath_snapshot_t* s = law_take();
    size_t count;
    const hotpath_span_row_t* rows = hotpath_snapshot_spans(s, &count);
    const hotpath_function_t* functions = hotpath_snapshot_functions(s, &count);
    (void)hotpath_snapshot_spans(s, &count);
    uint64_t errors = 0, failed = 0;
    CHECK_EQ(count, 3);
    for (size_t i = 0; i < count; i++) {
        const hotpath_span_row_t* r = &rows[i];
        const hotpath_function_t* f = &functions[r->function];
        CHECK_EQ(r->count, PAIRS * EACH / 3);
        CHECK_EQ(r->completed, r->count);
        CHECK_EQ(r->open, 0);
        CHECK_EQ(f->abandoned, 0);
        CHECK_EQ(r->rows, 2 * r->count);
        CHECK_EQ(r->bytes_in, r->count);
        CHECK_EQ(r->bytes_out, 3 * r->count);
        CHECK_GE(r->total_ns, before[r->kind].total_ns);
        /* The tree has as much as the executions have, to the tick. */
        CHECK(law_is_near(f->total_ns, (uint64_t)(f->mean_ns * (double)f->completed + 0.5),
            2 + f->total_ns / 1000000000));
        errors += r->errors, failed += r->status_5xx;
    }
    CHECK_EQ(errors, PAIRS * ((EACH + 99) / 100));
    CHECK_LE(failed, errors);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.foreign_ends, foreign + PAIRS * ((EACH + 49) / 50));
    law_check_quiet(s);
    hotpath_snapshot_free(s);
}

/* Nothing has asked for the rate of the clock yet. */
static int before_all(void) {
    hotpath_span_record(HOTPATH_SPAN_SQL, "SELECT before_all", SIZE_MAX, 1000000, NULL);
    uint64_t total = law_now("SELECT before_all").total_ns;
    CHECK_GE(total, 500000);
    CHECK_LE(total, 2000000);
    return 0;
}
static void recorded_before_all(void** state) {
    (void)state;
    law_exited(law_again("before_all", NULL), 0);
}
/* Whoever ends first has it, if the program does not order the two. */
static hotpath_span_t raced;
static uint64_t ready, ended;
static void* race(void* arg) {
    hotpath_span_t mine;
    for (uint64_t i = 1; i <= (uint64_t)LAW_TIMES(2000, 500); i++) {
        if (arg == NULL) {
            hotpath_span_begin(&raced, HOTPATH_SPAN_SQL, "SELECT raced", SIZE_MAX);
            if (i % 2 == 0) hotpath_span_detach(&raced);
            __atomic_store_n(&ready, i, __ATOMIC_RELEASE);
        }
        await_at_least(&ready, i);
        mine = raced;
        hotpath_span_end(&mine);
        __atomic_fetch_add(&ended, 1, __ATOMIC_ACQ_REL);
        await_at_least(&ended, 2 * i);
    }
    return NULL;
}
static void ended_twice_at_once(void** state) {
    (void)state;
    uint64_t times = (uint64_t)LAW_TIMES(2000, 500), foreign = law_drops().foreign_ends;
    pthread_t other = law_thread(race, &ended);
    race(NULL);
    pthread_join(other, NULL);
    const hotpath_function_t f = law_now("SELECT raced");
    CHECK_EQ(f.calls, times);
    CHECK_EQ(f.completed, times);
    CHECK_EQ(f.abandoned, 0);
    CHECK_EQ(f.open_calls, 0);
    CHECK_EQ(law_drops().foreign_ends, foreign + times);
    law_check_quiet_now();
}

/* Keys that many threads meet for the first time at once. */
static void* meet(void* arg) {
    for (int i = 0; i < 200; i++) {
        char key[40];
        snprintf(key, sizeof key, "SELECT met_%d FROM t", i);
        hotpath_span_t span;
        hotpath_span_begin(&span, HOTPATH_SPAN_SQL, key, SIZE_MAX);
        hotpath_span_error(&span, "met");
        hotpath_span_end(&span);
    }
    return arg;
}
static void met_at_once(void** state) {
    (void)state;
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        threads[i] = law_thread(meet, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    hotpath_snapshot_t* s = law_take();
    size_t count, met = 0;
    const hotpath_span_row_t* rows = hotpath_snapshot_spans(s, &count);
    for (size_t i = 0; i < count; i++) {
        if (strncmp(rows[i].key, "SELECT met_", 11) != 0) continue;
        CHECK_EQ(rows[i].count, 4);
        CHECK_EQ(rows[i].errors, 4);
        met++;
    }
    CHECK_EQ(met, 200);
    hotpath_snapshot_free(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(recorded_before_all),
    cmocka_unit_test(handed_over_at_full_speed),
    cmocka_unit_test(ended_twice_at_once),
    cmocka_unit_test(met_at_once),
};
static const law_child_t children[] = {{"before_all", before_all}, {NULL, NULL}};
LAW_MAIN(tests, children)
