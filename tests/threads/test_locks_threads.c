/* RECORDER: real */
/* The wrappers of adapters/hotpath_pthread.h on many threads at once: what they guard stays guarded, what
   they count is what was done, and their results are those of the functions that they call. */
#include "hotpath.h"
#include "adapters/hotpath_pthread.h"
#include "../unit/law.h"

enum {
    WORKERS = 4
};
#define EACH ((uint64_t)LAW_TIMES(20000, 300))

static hotpath_mutex_t mutex = HOTPATH_MUTEX_INIT("mutex");
static hotpath_rwlock_t rwlock = HOTPATH_RWLOCK_INIT("rwlock");
static hotpath_cond_t not_empty = HOTPATH_COND_INIT("not empty");
static hotpath_sem_t slots;
static hotpath_barrier_t line;
static pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
static uint64_t counter, table, in_own, queued, taken, tried;

static const hotpath_lock_row_t* row_of(const hotpath_snapshot_t* s, const char* name) {
    static hotpath_lock_row_t rows[64];
    size_t count = hotpath_snapshot_locks(s, rows, 64);
    for (size_t i = 0; i < count && i < 64; i++)
        if (strcmp(rows[i].name, name) == 0) return &rows[i];
    law_fail(__FILE__, __LINE__, "no lock \"%s\"", name);
}
static void* work(void* arg) {
    HOTPATH_SCOPE("work");
    CHECK(hotpath_barrier_wait(&line) <= 0);
    for (uint64_t i = 0; i < EACH; i++) {
        CHECK_EQ(hotpath_mutex_lock(&mutex), 0);
        counter++;
        CHECK_EQ(hotpath_mutex_unlock(&mutex), 0);
        if (i % 8 == 0) {
            CHECK_EQ(hotpath_rwlock_wrlock(&rwlock), 0);
            table++;
        } else {
            CHECK_EQ(hotpath_rwlock_rdlock(&rwlock), 0);
            CHECK_LE(table, WORKERS * EACH);
        }
        CHECK_EQ(hotpath_rwlock_unlock(&rwlock), 0);
        if (HOTPATH_MUTEX_TRYLOCK(&own) == 0) {
            in_own++;
            CHECK_EQ(HOTPATH_MUTEX_UNLOCK(&own), 0);
        } else {
            law_add(&tried, 1);
        }
        CHECK_EQ(hotpath_sem_wait(&slots), 0);
        CHECK_EQ(hotpath_sem_post(&slots), 0);
    }
    return arg;
}
static void* produce(void* arg) {
    for (uint64_t i = 0; i < EACH; i++) {
        hotpath_mutex_lock(&mutex);
        queued++;
        CHECK_EQ(hotpath_cond_signal(&not_empty), 0);
        hotpath_mutex_unlock(&mutex);
    }
    return arg;
}
static void* consume(void* arg) {
    HOTPATH_SCOPE("consume");
    hotpath_mutex_lock(&mutex);
    for (uint64_t i = 0; i < EACH; i++) {
        while (queued == taken)
            CHECK_EQ(hotpath_cond_wait(&not_empty, &mutex), 0);
        taken++;
    }
    hotpath_mutex_unlock(&mutex);
    return arg;
}
static void counts_are_exact(void** state) {
    (void)state;
    pthread_t threads[WORKERS + 2];
    hotpath_sem_init(&slots, 2, "slots");
    hotpath_barrier_init(&line, WORKERS, "line");
    for (int i = 0; i < WORKERS; i++)
        threads[i] = law_thread(work, NULL);
    threads[WORKERS] = law_thread(produce, NULL);
    threads[WORKERS + 1] = law_thread(consume, NULL);
    for (int i = 0; i < 20; i++)
        hotpath_snapshot_free(law_take());
    for (int i = 0; i < WORKERS + 2; i++)
        pthread_join(threads[i], NULL);
    CHECK_EQ(counter, WORKERS * EACH);
    CHECK_EQ(taken, EACH);
    hotpath_snapshot_t* s = law_take();
    const hotpath_lock_row_t* row = row_of(s, "not empty");
    uint64_t woken = row->sides[0].contended;
    CHECK_EQ(row->released, EACH);
    CHECK_EQ(row->sides[0].waiting, 0);
    row = row_of(s, "mutex");
    CHECK_EQ(row->sides[0].acquired, (WORKERS + 1) * EACH + 1 + woken);
    CHECK_EQ(row->sides[0].held, 0);
    CHECK_EQ(row->bad_releases, 0);
    uint64_t waits = 0;
    for (uint32_t i = 0; i < row->holders_count; i++)
        waits += row->holders[i].waits;
    CHECK_EQ(waits, row->sides[0].contended);
    row = row_of(s, "rwlock");
    CHECK_EQ(row->sides[0].acquired + row->sides[1].acquired, WORKERS * EACH);
    CHECK_EQ(row->sides[1].acquired, table);
    CHECK_EQ(row->sides[0].held + row->sides[1].held, 0);
    CHECK_EQ(row->bad_releases, 0);
    row = row_of(s, "own");
    CHECK_EQ(row->sides[0].acquired, in_own);
    CHECK_EQ(row->sides[0].try_failures, tried);
    CHECK_EQ(row->sides[0].acquired + row->sides[0].try_failures, WORKERS * EACH);
    row = row_of(s, "slots");
    CHECK_EQ(row->sides[0].acquired, WORKERS * EACH);
    CHECK_EQ(row->released, WORKERS * EACH);
    row = row_of(s, "line");
    CHECK_EQ(row->sides[0].contended, WORKERS);
    hotpath_snapshot_free(s);
    CHECK_EQ(hotpath_sem_destroy(&slots), 0);
    CHECK_EQ(hotpath_barrier_destroy(&line), 0);
    law_check_quiet_now();
}

/* ---- results ------------------------------------------------------------------------------------ */

static struct timespec soon(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    now.tv_nsec += 1000000;
    if (now.tv_nsec >= 1000000000) now.tv_nsec -= 1000000000, now.tv_sec++;
    return now;
}
static void init_as(hotpath_mutex_t* m, int type, int robust, const char* label) {
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, type);
    pthread_mutexattr_setrobust(&attr, robust);
    CHECK_EQ(hotpath_mutex_init(m, &attr, label), 0);
    pthread_mutexattr_destroy(&attr);
}
static void* die_with(void* m) {
    hotpath_mutex_lock((hotpath_mutex_t*)m);
    return NULL;
}
static void* try_it(void* m) {
    struct timespec until = soon();
    CHECK_EQ(hotpath_mutex_trylock((hotpath_mutex_t*)m), EBUSY);
    CHECK_EQ(hotpath_mutex_timedlock((hotpath_mutex_t*)m, &until), ETIMEDOUT);
    return NULL;
}
/* Posts once somebody waits. */
static void* post(void* name) {
    for (uint64_t waiting = 0; waiting == 0; sched_yield()) {
        hotpath_snapshot_t* s = law_take();
        waiting = row_of(s, (const char*)name)->sides[0].waiting;
        hotpath_snapshot_free(s);
    }
    CHECK_EQ(hotpath_sem_post(&slots), 0);
    return NULL;
}
static void results_are_unchanged(void** state) {
    (void)state;
    static hotpath_mutex_t recursive, checked, robust;
    init_as(&recursive, PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_STALLED, "recursive");
    init_as(&checked, PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_STALLED, "checked");
    init_as(&robust, PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST, "robust");
    CHECK_EQ(hotpath_mutex_lock(&recursive), 0);
    CHECK_EQ(hotpath_mutex_lock(&recursive), 0);
    CHECK_EQ(hotpath_mutex_unlock(&recursive), 0);
    pthread_join(law_thread(try_it, &recursive), NULL);
    CHECK_EQ(hotpath_mutex_unlock(&recursive), 0);
    CHECK_EQ(hotpath_mutex_lock(&checked), 0);
    CHECK_EQ(hotpath_mutex_lock(&checked), EDEADLK);
    CHECK_EQ(hotpath_mutex_trylock(&checked), EBUSY);
    CHECK_EQ(hotpath_mutex_unlock(&checked), 0);
#if !defined(__SANITIZE_THREAD__) /* which takes it for a fault, as it is */
    CHECK_EQ(hotpath_mutex_unlock(&checked), EPERM);
#endif
    if (law_emulator == NULL) { /* which has no robust mutexes: the lock would wait for ever */
        pthread_join(law_thread(die_with, &robust), NULL);
        CHECK_EQ(hotpath_mutex_lock(&robust), EOWNERDEAD);
        CHECK_EQ(pthread_mutex_consistent(&robust.mutex), 0);
        CHECK_EQ(hotpath_mutex_unlock(&robust), 0);
    }
    struct timespec until = soon();
    hotpath_mutex_lock(&mutex);
    CHECK_EQ(hotpath_cond_timedwait(&not_empty, &mutex, &until), ETIMEDOUT);
    hotpath_mutex_unlock(&mutex);
    hotpath_sem_init(&slots, 0, "empty");
    until = soon();
    CHECK_EQ(hotpath_sem_trywait(&slots), -1);
    CHECK_EQ(errno, EAGAIN);
    CHECK_EQ(hotpath_sem_timedwait(&slots, &until), -1);
    CHECK_EQ(errno, ETIMEDOUT);
    static char empty[] = "empty";
    pthread_t thread = law_thread(post, empty);
    errno = 0;
    CHECK_EQ(hotpath_sem_wait(&slots), 0);
    CHECK_EQ(errno, 0);
    pthread_join(thread, NULL);
    hotpath_snapshot_t* s = law_take();
    const hotpath_lock_row_t* row = row_of(s, "recursive");
    CHECK_EQ(row->sides[0].acquired, 1);
    CHECK_EQ(row->sides[0].try_failures, 1);
    CHECK_EQ(row->sides[0].timeouts, 1);
    CHECK_EQ(row->sides[0].held, 0);
    row = row_of(s, "checked");
    CHECK_EQ(row->sides[0].acquired, 1);
    CHECK_EQ(row->sides[0].timeouts, 1); /* EDEADLK: it gave up, too */
    CHECK_EQ(row->sides[0].held, 0);
#if !defined(__SANITIZE_THREAD__)
    CHECK_EQ(row->bad_releases, 1);
#endif
    if (law_emulator == NULL) {
        row = row_of(s, "robust");
        CHECK_EQ(row->sides[0].acquired, 2);
        CHECK_EQ(row->bad_releases, 1); /* its owner died with it */
    }
    row = row_of(s, "not empty");
    CHECK_EQ(row->sides[0].timeouts, 1);
    row = row_of(s, "empty");
    CHECK_EQ(row->sides[0].timeouts, 1);
    CHECK_EQ(row->sides[0].try_failures, 1);
    CHECK_EQ(row->sides[0].acquired, 1);
    hotpath_snapshot_free(s);
    hotpath_sem_destroy(&slots);
    CHECK_EQ(hotpath_mutex_destroy(&robust), 0);
}

/* A thread that is cancelled while it waits has the mutex, and lets it go. */
static hotpath_mutex_t cancelled = HOTPATH_MUTEX_INIT("cancelled");
static hotpath_cond_t never = HOTPATH_COND_INIT("never");
static uint64_t sleeping;

static void let_go(void* m) { hotpath_mutex_unlock((hotpath_mutex_t*)m); }
static void* sleep_for_ever(void* arg) {
    HOTPATH_SCOPE("sleeper");
    hotpath_mutex_lock(&cancelled);
    pthread_cleanup_push(let_go, &cancelled);
    law_store(&sleeping, 1);
    for (;;)
        hotpath_cond_wait(&never, &cancelled);
    pthread_cleanup_pop(0);
    return arg;
}
static void cancellation(void** state) {
    (void)state;
    void* result = NULL;
    pthread_t thread = law_thread(sleep_for_ever, NULL);
    law_wait(&sleeping, 1);
    hotpath_mutex_lock(&cancelled); /* it waits by now */
    hotpath_mutex_unlock(&cancelled);
    pthread_cancel(thread);
    pthread_join(thread, &result);
    CHECK(result == PTHREAD_CANCELED);
    CHECK_EQ(hotpath_mutex_trylock(&cancelled), 0);
    hotpath_mutex_unlock(&cancelled);
    hotpath_snapshot_t* s = law_take();
    const hotpath_lock_row_t* row = row_of(s, "cancelled");
    CHECK_EQ(row->sides[0].acquired, 4);
    CHECK_EQ(row->sides[0].held, 0);
    CHECK_EQ(row->bad_releases, 0);
    CHECK_EQ(row_of(s, "never")->sides[0].contended, 1);
    CHECK_EQ(row_of(s, "never")->sides[0].waiting, 0);
    hotpath_snapshot_free(s);
}

int main(int argc, char** argv) {
    static const law_child_t children[] = {{NULL, NULL}};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_exact),
        cmocka_unit_test(results_are_unchanged),
        cmocka_unit_test(cancellation),
    };
    const int code = law_run(argc, argv, children);
    return code >= 0 ? code : cmocka_run_group_tests(tests, NULL, NULL);
}
