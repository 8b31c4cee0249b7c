/* RECORDER: real */
/* Tasks that go from thread to thread, the runtime that runs them, and the io that they do: all is counted
   once, also while a reader looks, and nothing goes back. */
#define _GNU_SOURCE
#include "hotpath.h"

#include "../unit/law.h"

enum {
    WORKERS = 4,
    POLLS = 3,     /* of a task that is not cancelled, which is after its first */
    CANCELLED = 8, /* one in so many */
    READ_BYTES = 100
};

typedef struct job {
    hotpath_task_t task;
    unsigned polls;
} job_t;

static struct {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    job_t* jobs[20000]; /* those that wait, in a ring */
    size_t count, next, alive;
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER, .filled = PTHREAD_COND_INITIALIZER};
static hotpath_runtime_t runtime;
static job_t all_jobs[20000];
static uint64_t total, finished;

static void push(job_t* job) {
    queue.jobs[(queue.next + queue.count++) % 20000] = job;
    hotpath_runtime_queued(&runtime, queue.count);
    pthread_cond_signal(&queue.filled);
}
/* Returns: whether the task has ended. */
static bool poll_job(job_t* job) {
    hotpath_io_t io;
    hotpath_task_poll_begin(&job->task);
    hotpath_io_begin(&io, HOTPATH_IO_READ, HOTPATH_DESCRIPTOR_FILE, NULL);
    hotpath_io_end(&io, READ_BYTES, 0);
    hotpath_task_poll_end(&job->task);
    job->polls++;
    if ((size_t)(job - all_jobs) % CANCELLED == 0) {
        hotpath_task_cancel(&job->task);
        return true;
    }
    if (job->polls == POLLS) hotpath_task_done(&job->task);
    return job->polls == POLLS;
}
static void* worker(void* arg) {
    const uint32_t number = (uint32_t)(uintptr_t)arg;
    hotpath_runtime_worker_begin(&runtime, number);
    pthread_mutex_lock(&queue.lock);
    while (queue.alive != 0) {
        if (queue.count == 0) {
            hotpath_token_t token;
            hotpath_runtime_park(&runtime, number, &token);
            pthread_cond_wait(&queue.filled, &queue.lock);
            hotpath_runtime_unpark(&runtime, number, &token);
            continue;
        }
        job_t* job = queue.jobs[queue.next];
        queue.next = (queue.next + 1) % 20000, queue.count--;
        pthread_mutex_unlock(&queue.lock);
        const bool ended = poll_job(job);
        hotpath_runtime_polled(&runtime, number, 1);
        pthread_mutex_lock(&queue.lock);
        if (!ended) {
            push(job);
            continue;
        }
        hotpath_runtime_finished(&runtime, 1);
        if (--queue.alive == 0) pthread_cond_broadcast(&queue.filled);
    }
    pthread_mutex_unlock(&queue.lock);
    hotpath_runtime_worker_end(&runtime, number);
    return NULL;
}
static void* reader(void* arg) {
    uint64_t created = 0, ended = 0, polls = 0, bytes = 0;
    while (law_load(&finished) == 0) {
        hotpath_task_row_t task;
        hotpath_runtime_row_t pool;
        hotpath_io_row_t io;
        hotpath_snapshot_t* s = law_take();
        if (hotpath_snapshot_tasks(s, &task, 1) != 0) {
            CHECK_GE(task.created, created);
            CHECK_GE(task.done + task.cancelled, ended);
            CHECK_EQ(task.misused, 0);
            created = task.created, ended = task.done + task.cancelled;
        }
        CHECK_EQ(hotpath_snapshot_runtimes(s, &pool, 1), 1);
        CHECK_GE(pool.polls, polls);
        CHECK_LE(pool.workers_count, WORKERS);
        CHECK_EQ(pool.misused, 0);
        polls = pool.polls;
        if (hotpath_snapshot_io(s, &io, 1) != 0) {
            CHECK_GE(io.bytes, bytes);
            CHECK_EQ(io.bytes % READ_BYTES, 0);
            bytes = io.bytes;
        }
        hotpath_snapshot_free(s);
    }
    return arg;
}

static void all_are_counted(void** state) {
    (void)state;
    pthread_t workers[WORKERS], looks;
    total = LAW_TIMES(20000, 2000);
    hotpath_runtime_create(&runtime, "pool", WORKERS);
    looks = law_thread(reader, NULL);
    queue.alive = total;
    for (size_t i = 0; i < WORKERS; i++)
        workers[i] = law_thread(worker, (void*)i);
    for (uint64_t i = 0; i < total; i++) {
        hotpath_task_create(&all_jobs[i].task, "job", "", 1);
        hotpath_runtime_spawned(&runtime, 1);
        pthread_mutex_lock(&queue.lock);
        push(&all_jobs[i]);
        pthread_mutex_unlock(&queue.lock);
    }
    for (size_t i = 0; i < WORKERS; i++)
        pthread_join(workers[i], NULL);
    law_store(&finished, 1);
    pthread_join(looks, NULL);
    const uint64_t cancelled = (total + CANCELLED - 1) / CANCELLED;
    const uint64_t polls = cancelled + POLLS * (total - cancelled);
    hotpath_task_row_t task;
    hotpath_runtime_row_t pool;
    hotpath_io_row_t io;
    hotpath_snapshot_t* s = law_take();
    size_t count = 0;
    const hotpath_function_t* f = hotpath_snapshot_functions(s, &count);
    CHECK_EQ(hotpath_snapshot_tasks(s, &task, 1), 1);
    CHECK_EQ(task.created, total);
    CHECK_EQ(task.done, total - cancelled);
    CHECK_EQ(task.cancelled, cancelled);
    CHECK_EQ(task.pending, 0);
    CHECK_EQ(task.misused, 0);
    CHECK_EQ(f[task.poll].completed, polls);
    CHECK_EQ(f[task.wait].completed, polls);
    CHECK_EQ(f[task.life].completed, total);
    CHECK_EQ(hotpath_snapshot_runtimes(s, &pool, 1), 1);
    CHECK_EQ(pool.spawned, total);
    CHECK_EQ(pool.finished, total);
    CHECK_EQ(pool.alive_tasks, 0);
    CHECK_EQ(pool.polls, polls);
    CHECK_EQ(pool.workers_count, WORKERS);
    CHECK_EQ(pool.misused, 0);
    if (pool.park != HOTPATH_NO_FUNCTION) CHECK_EQ(f[pool.park].completed, pool.parks);
    CHECK_EQ(hotpath_snapshot_io(s, &io, 1), 1);
    CHECK_EQ(io.bytes, polls * READ_BYTES);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
}

int main(int argc, char** argv) {
    static const law_child_t children[] = {{NULL, NULL}};
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_are_counted)};
    const int code = law_run(argc, argv, children);
    return code >= 0 ? code : cmocka_run_group_tests(tests, NULL, NULL);
}
