/* FLAGS: -DHOTPATH_LOCKS */
/* -DHOTPATH_LOCKS: the functions of POSIX threads count by themselves, with their results, and objects are
   called by their symbols. Not under sanitizers, which have those functions themselves. */
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "law.h"
#include <semaphore.h>
#include <sys/wait.h>

pthread_mutex_t named_mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_rwlock_t named_rwlock = PTHREAD_RWLOCK_INITIALIZER;
pthread_cond_t named_cond = PTHREAD_COND_INITIALIZER;
sem_t named_sem;
pthread_barrier_t named_barrier;

static hotpath_lock_row_t row_of(const char* name) {
    static hotpath_lock_row_t rows[256];
    hotpath_snapshot_t* s = law_take();
    size_t count = hotpath_snapshot_locks(s, rows, 256);
    hotpath_snapshot_free(s);
    for (size_t i = 0; i < count && i < 256; i++)
        if (strcmp(rows[i].name, name) == 0) return rows[i];
    law_fail(__FILE__, __LINE__, "no lock \"%s\"", name);
}
static void need_interposition(void) {
    if (!HOTPATH_I_INTERPOSE_LOCKS) law_skip("what no sanitizer has in its hands");
}
static uint64_t step;
static void* other_thread(void* arg) {
    struct timespec past = {0, 0};
    CHECK_EQ(pthread_mutex_trylock(&named_mutex), EBUSY);
    CHECK_EQ(pthread_mutex_timedlock(&named_mutex, &past), ETIMEDOUT);
    law_store(&step, 1);
    CHECK_EQ(pthread_mutex_lock(&named_mutex), 0);
    CHECK_EQ(pthread_mutex_unlock(&named_mutex), 0);
    return arg;
}
static void mutexes_count(void** state) {
    (void)state;
    need_interposition();
    CHECK_EQ(pthread_mutex_lock(&named_mutex), 0);
    pthread_t thread = law_thread(other_thread, NULL);
    law_wait(&step, 1);
    while (row_of("named_mutex").sides[0].waiting == 0)
        sched_yield();
    CHECK_EQ(pthread_mutex_unlock(&named_mutex), 0);
    pthread_join(thread, NULL);
    hotpath_lock_row_t row = row_of("named_mutex");
    CHECK_EQ(row.kind, HOTPATH_KIND_MUTEX);
    CHECK_EQ(row.sides[0].acquired, 2);
    CHECK_EQ(row.sides[0].contended, 2);
    CHECK_EQ(row.sides[0].timeouts, 1);
    CHECK_EQ(row.sides[0].try_failures, 1);
    CHECK_EQ(row.sides[0].held, 0);
    CHECK_EQ(row.holders_count, 1);
    CHECK_EQ(row.holders[0].waits, 2);
    CHECK_EQ(row.bad_releases, 0);
}
static void rwlocks_count(void** state) {
    (void)state;
    need_interposition();
    CHECK_EQ(pthread_rwlock_rdlock(&named_rwlock), 0);
    CHECK_EQ(pthread_rwlock_tryrdlock(&named_rwlock), 0);
    CHECK_EQ(pthread_rwlock_trywrlock(&named_rwlock), EBUSY);
    CHECK_EQ(pthread_rwlock_unlock(&named_rwlock), 0);
    CHECK_EQ(pthread_rwlock_unlock(&named_rwlock), 0);
    CHECK_EQ(pthread_rwlock_wrlock(&named_rwlock), 0);
    CHECK_EQ(pthread_rwlock_unlock(&named_rwlock), 0);
    hotpath_lock_row_t row = row_of("named_rwlock");
    CHECK_EQ(row.sides[0].acquired, 2);
    CHECK_EQ(row.sides[1].acquired, 1);
    CHECK_EQ(row.sides[1].try_failures, 1);
    CHECK_EQ(row.sides[0].held + row.sides[1].held, 0);
    CHECK_EQ(row.bad_releases, 0);
}
static void let_go(void* mutex) { pthread_mutex_unlock((pthread_mutex_t*)mutex); }
static void* sleep_for_ever(void* arg) {
    pthread_mutex_lock(&named_mutex);
    pthread_cleanup_push(let_go, &named_mutex);
    for (;;)
        pthread_cond_wait(&named_cond, &named_mutex);
    pthread_cleanup_pop(0);
    return arg;
}
static void* meet(void* arg) {
    pthread_barrier_wait(&named_barrier);
    return arg;
}
static void others_count(void** state) {
    (void)state;
    need_interposition();
    void* result = NULL;
    uint64_t before = row_of("named_mutex").sides[0].acquired;
    pthread_mutex_lock(&named_mutex);
    struct timespec past = {0, 0};
    CHECK_EQ(pthread_cond_timedwait(&named_cond, &named_mutex, &past), ETIMEDOUT);
    CHECK_EQ(pthread_cond_signal(&named_cond), 0);
    pthread_mutex_unlock(&named_mutex);
    pthread_t thread = law_thread(sleep_for_ever, NULL);
    while (row_of("named_cond").sides[0].waiting == 0)
        sched_yield();
    pthread_cancel(thread);
    pthread_join(thread, &result);
    CHECK(result == PTHREAD_CANCELED);
    hotpath_lock_row_t row = row_of("named_cond");
    CHECK_EQ(row.sides[0].contended, 2);
    CHECK_EQ(row.sides[0].timeouts, 1);
    CHECK_EQ(row.sides[0].waiting, 0);
    CHECK_EQ(row.released, 1);
    row = row_of("named_mutex");
    CHECK_EQ(row.sides[0].acquired, before + 4);
    CHECK_EQ(row.sides[0].held, 0);
    CHECK_EQ(row.bad_releases, 0);
    CHECK_EQ(sem_init(&named_sem, 0, 1), 0);
    CHECK_EQ(sem_wait(&named_sem), 0);
    errno = 0;
    CHECK_EQ(sem_trywait(&named_sem), -1);
    CHECK_EQ(errno, EAGAIN);
    CHECK_EQ(sem_timedwait(&named_sem, &past), -1);
    CHECK_EQ(errno, ETIMEDOUT);
    CHECK_EQ(sem_post(&named_sem), 0);
    row = row_of("named_sem");
    CHECK_EQ(row.sides[0].acquired, 1);
    CHECK_EQ(row.sides[0].timeouts, 1);
    CHECK_EQ(row.sides[0].try_failures, 1);
    CHECK_EQ(row.released, 1);
    CHECK_EQ(pthread_barrier_init(&named_barrier, NULL, 2), 0);
    thread = law_thread(meet, NULL);
    CHECK_LE(pthread_barrier_wait(&named_barrier) + 1, 1);
    pthread_join(thread, NULL);
    CHECK_EQ(row_of("named_barrier").sides[0].contended, 2);
    CHECK_EQ(pthread_barrier_destroy(&named_barrier), 0);
    CHECK_EQ(row_of("named_barrier").closed, 1);
}
static void results_are_unchanged(void** state) {
    (void)state;
    need_interposition();
    pthread_mutex_t checked;
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK);
    CHECK_EQ(pthread_mutex_init(&checked, &attr), 0);
    CHECK_EQ(pthread_mutex_lock(&checked), 0);
    CHECK_EQ(pthread_mutex_lock(&checked), EDEADLK);
    CHECK_EQ(pthread_mutex_destroy(&checked), EBUSY);
    CHECK_EQ(pthread_mutex_unlock(&checked), 0);
    CHECK_EQ(pthread_mutex_unlock(&checked), EPERM);
    CHECK_EQ(pthread_mutex_destroy(&checked), 0);
    pthread_mutexattr_destroy(&attr);
}
/* Memory that is given to an object of another kind, which nobody initialises: the one before has ended. */
char named_memory[128] __attribute__((aligned(64)));
static void memory_is_given_again(void** state) {
    (void)state;
    need_interposition();
    pthread_rwlock_t* rwlock = (pthread_rwlock_t*)(void*)named_memory;
    CHECK_EQ(pthread_mutex_lock((pthread_mutex_t*)(void*)named_memory), 0);
    CHECK_EQ(row_of("named_memory").kind, HOTPATH_KIND_MUTEX);
    memset(named_memory, 0, sizeof named_memory);
    CHECK_EQ(pthread_rwlock_rdlock(rwlock), 0);
    CHECK_EQ(pthread_rwlock_rdlock(rwlock), 0);
    CHECK_EQ(pthread_rwlock_unlock(rwlock), 0);
    CHECK_EQ(pthread_rwlock_unlock(rwlock), 0);
    hotpath_lock_row_t row = row_of("named_memory"); /* mutexes come first */
    CHECK_EQ(row.kind, HOTPATH_KIND_MUTEX);
    CHECK_EQ(row.sides[0].acquired, 1);
    CHECK_EQ(row.sides[0].held, 0);
    CHECK_EQ(row.closed, 1);
    static hotpath_lock_row_t rows[256];
    hotpath_snapshot_t* s = law_take();
    size_t count = hotpath_snapshot_locks(s, rows, 256), found = 0;
    hotpath_snapshot_free(s);
    for (size_t i = 0; i < count && i < 256; i++) {
        if (strcmp(rows[i].name, "named_memory") != 0 || rows[i].kind != HOTPATH_KIND_RWLOCK)
            continue;
        CHECK_EQ(rows[i].sides[0].acquired, 2);
        CHECK_EQ(rows[i].bad_releases, 0);
        CHECK_EQ(rows[i].instances, 1);
        found++;
    }
    CHECK_EQ(found, 1);
}
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 30)
pthread_rwlock_t named_clocked = PTHREAD_RWLOCK_INITIALIZER;
static void other_clocks(void** state) {
    (void)state;
    need_interposition();
    struct timespec past = {0, 0};
    CHECK_EQ(pthread_rwlock_clockrdlock(&named_clocked, CLOCK_MONOTONIC, &past), 0);
    CHECK_EQ(pthread_rwlock_clockrdlock(&named_clocked, CLOCK_MONOTONIC, &past), 0);
    CHECK_EQ(pthread_rwlock_clockwrlock(&named_clocked, CLOCK_MONOTONIC, &past), ETIMEDOUT);
    CHECK_EQ(pthread_rwlock_unlock(&named_clocked), 0);
    CHECK_EQ(pthread_rwlock_unlock(&named_clocked), 0);
    CHECK_EQ(pthread_rwlock_clockwrlock(&named_clocked, CLOCK_MONOTONIC, &past), 0);
    CHECK_EQ(pthread_rwlock_unlock(&named_clocked), 0);
    hotpath_lock_row_t row = row_of("named_clocked");
    CHECK_EQ(row.sides[0].acquired, 2);
    CHECK_EQ(row.sides[1].acquired, 1);
    CHECK_EQ(row.sides[1].timeouts, 1);
    CHECK_EQ(row.bad_releases, 0);
}
#else
static void other_clocks(void** state) {
    (void)state;
    law_skip("a C library with these functions");
}
#endif
static void* lock_for_ever(void* arg) {
    pthread_mutex_lock(&named_mutex);
    return arg;
}
static int child_of_fork(void) {
    pthread_mutex_lock(&named_mutex);
    pid_t pid = fork();
    if (pid == 0) {
        pthread_mutex_unlock(&named_mutex);
        lock_for_ever(NULL);
        CHECK_EQ(row_of("named_mutex").sides[0].acquired, 1);
        CHECK_EQ(row_of("named_mutex").bad_releases, 0);
        _exit(0);
    }
    int status;
    waitpid(pid, &status, 0);
    CHECK_EQ(status, 0);
    return 0;
}
static void forks(void** state) {
    (void)state;
    need_interposition();
    law_exited(law_again("child_of_fork", NULL), 0);
}

int main(int argc, char** argv) {
    static const law_child_t children[] = {{"child_of_fork", child_of_fork}, {NULL, NULL}};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mutexes_count),
        cmocka_unit_test(rwlocks_count),
        cmocka_unit_test(others_count),
        cmocka_unit_test(results_are_unchanged),
        cmocka_unit_test(memory_is_given_again),
        cmocka_unit_test(other_clocks),
        cmocka_unit_test(forks),
    };
    const int code = law_run(argc, argv, children);
    return code >= 0 ? code : cmocka_run_group_tests(tests, NULL, NULL);
}
