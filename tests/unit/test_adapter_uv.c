/* LIBS: -luv */
/* RECORDER: virtual */
/* A loop of libuv: its rounds, callbacks and works are what the program knows of them, and its times are
   exact on a clock that the program moves. On the clock that libuv has its waits are those of libuv. */
#define _GNU_SOURCE
#include <stdint.h>
#include <uv.h>

uint64_t virtual_ticks(void); /* recorder_virtual.c calls it too */
static uint64_t test_ticks = 5000, real_since;
/* Moved by pass(), and by time itself while it is real. */
uint64_t virtual_ticks(void) {
    uint64_t since = __atomic_load_n(&real_since, __ATOMIC_ACQUIRE);
    return __atomic_load_n(&test_ticks, __ATOMIC_ACQUIRE) + (since != 0 ? uv_hrtime() - since : 0);
}
static void pass(uint64_t ns) { __atomic_fetch_add(&test_ticks, ns, __ATOMIC_ACQ_REL); }
#define HOTPATH_CLOCK() virtual_ticks()

#include "hotpath.h"
#include "adapters/hotpath_uv.h"
#include "law.h"
#include "loop_rows.h"

/* ---- rounds and callbacks ----------------------------------------------------------------------- */

/* One loop with its handles; each test has its own. */
typedef struct fixture {
    uv_loop_t loop;
    hotpath_uv_t hot;
    uv_idle_t idle;
    uv_prepare_t prepare;
    uv_check_t check;
    uv_timer_t timer;
    uv_async_t async;
    uint64_t rounds, most, called;
    const char* label;
} fixture_t;

static void fixture_open(fixture_t* f, const char* label) {
    memset(f, 0, sizeof *f);
    CHECK_EQ(uv_loop_init(&f->loop), 0);
    f->loop.data = f, f->label = label;
    CHECK_EQ(hotpath_uv_start(&f->hot, &f->loop, label), 0);
}
static fixture_t* of(const void* handle) {
    return (fixture_t*)((const uv_handle_t*)handle)->loop->data;
}
/* All is closed, nothing is left. */
static void fixture_close(fixture_t* f) {
    hotpath_uv_stop(&f->hot);
    CHECK_EQ(uv_run(&f->loop, UV_RUN_DEFAULT), 0);
    CHECK_EQ(uv_loop_close(&f->loop), 0);
    law_check_quiet_now();
}
static void close_it(void* handle) { uv_close((uv_handle_t*)handle, NULL); }

static void on_round(uv_idle_t* handle) {
    HOTPATH_UV_CALLBACK(&of(handle)->hot);
    fixture_t* f = of(handle);
    pass(10 * ++f->rounds);
    if (f->rounds == f->most) close_it(handle);
}
static void start_rounds(fixture_t* f, uint64_t most) {
    f->most = most;
    uv_idle_init(&f->loop, &f->idle);
    uv_idle_start(&f->idle, on_round);
}
/* Each round is a park; what the callbacks took is busy time, and lag from the first wait on. */
static void rounds_are_parks(void** state) {
    (void)state;
    fixture_t f;
    fixture_open(&f, "rounds");
    pass(1000); /* lives, and is not late: it has not waited yet */
    start_rounds(&f, 4);
    CHECK_EQ(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
    loop_row_t now = loop_now("rounds");
    CHECK_EQ(f.rounds, 4);
    CHECK_EQ(now.row.num_workers, 1);
    CHECK_EQ(now.row.parks, 4);
    CHECK_EQ(now.row.polls, 4);
    CHECK_EQ(now.row.steals + now.row.spawned + now.row.finished + now.row.misused, 0);
    CHECK_EQ(now.row.parked_ns, 0);
    CHECK_EQ(now.row.busy_ns, 1000 + 10 + 20 + 30 + 40);
    CHECK_EQ(now.lag.calls, 3);
    CHECK_EQ(now.lag.total_ns, 20 + 30 + 40);
    CHECK_EQ(now.lag.max_ns, 40);
    CHECK_EQ(now.worker.state, HOTPATH_WORKER_BUSY);
    CHECK_EQ(law_now("on_round").calls, 4);
    pass(5);
    fixture_close(&f);
    now = loop_now("rounds");
    CHECK(now.row.is_closed);
    CHECK_EQ(now.row.busy_ns, 1105);
    CHECK_EQ(now.row.parks, 4);
    CHECK_EQ(now.worker.state, HOTPATH_WORKER_ENDED);
}

static void on_prepare(uv_prepare_t* handle) {
    HOTPATH_UV_CALLBACK(&of(handle)->hot);
    pass(100);
}
static void on_check(uv_check_t* handle) {
    HOTPATH_UV_CALLBACK(&of(handle)->hot);
    pass(1000);
}
static void on_check_without(uv_check_t* handle) {
    (void)handle;
    pass(7);
}
/* Prepare and check handles of the program, on both sides of the wait. */
static void around_the_wait(void** state) {
    (void)state;
    fixture_t f;
    uv_check_t untold;
    fixture_open(&f, "around");
    uv_prepare_init(&f.loop, &f.prepare), uv_prepare_start(&f.prepare, on_prepare);
    uv_check_init(&f.loop, &f.check), uv_check_start(&f.check, on_check);
    uv_check_init(&f.loop, &untold), uv_check_start(&untold, on_check_without);
    for (int i = 0; i < 3; i++)
        uv_run(&f.loop, UV_RUN_NOWAIT);
    loop_row_t now = loop_now("around");
    CHECK_EQ(now.row.parks, 3);
    CHECK_EQ(now.row.polls, 6);
    CHECK_EQ(now.row.parked_ns, 3 * 7); /* it came before the first one that tells */
    CHECK_EQ(now.row.busy_ns, 3 * 1100);
    CHECK_EQ(now.lag.calls, 2);
    CHECK_EQ(now.lag.total_ns, 2 * 1100);
    close_it(&f.prepare), close_it(&f.check), close_it(&untold);
    fixture_close(&f);
}

static void on_timer(uv_timer_t* handle) {
    HOTPATH_UV_CALLBACK(&of(handle)->hot);
    fixture_t* f = of(handle);
    pass(50);
    if (++f->called == 3) close_it(handle);
}
/* Timers that are due are callbacks, and each wait for one is a park. */
static void timers(void** state) {
    (void)state;
    fixture_t f;
    fixture_open(&f, "timers");
    start_rounds(&f, 1); /* a wait before the first timer, for its lag */
    CHECK_EQ(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
    uv_timer_init(&f.loop, &f.timer);
    uv_timer_start(&f.timer, on_timer, 1, 1);
    CHECK_EQ(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
    loop_row_t now = loop_now("timers");
    CHECK_EQ(f.called, 3);
    CHECK_EQ(now.row.polls, 1 + 3);
    CHECK_GE(now.row.parks, 1 + 3); /* libuv may wake before its timer is due, and waits again */
    CHECK_EQ(now.row.busy_ns, 10 + 150);
    CHECK_EQ(now.row.parked_ns, 0);
    CHECK_EQ(now.lag.total_ns, 150);
    CHECK_EQ(now.lag.max_ns, 50);
    CHECK_EQ(now.row.misused, 0);
    fixture_close(&f);
}

/* ---- other threads ------------------------------------------------------------------------------ */

static void on_async(uv_async_t* handle) {
    HOTPATH_UV_CALLBACK(&of(handle)->hot);
    fixture_t* f = of(handle);
    pass(5);
    if (law_add(&f->called, 1) == f->most) close_it(handle);
}
/* Wakes the loop each time that it waits. */
static void* wakes(void* arg) {
    fixture_t* f = (fixture_t*)arg;
    for (uint64_t i = 1; i <= f->most; i++) {
        wait_until_parked(f->label);
        pass(100 * i);
        CHECK_EQ(uv_async_send(&f->async), 0);
        law_wait(&f->called, i);
    }
    return NULL;
}
/* The loop waits for another thread, exactly as long as that lets it. */
static void waits_for_others(void** state) {
    (void)state;
    fixture_t f;
    fixture_open(&f, "async");
    f.most = 3;
    uv_async_init(&f.loop, &f.async, on_async);
    pthread_t other = law_thread(wakes, &f);
    CHECK_EQ(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
    pthread_join(other, NULL);
    loop_row_t now = loop_now("async");
    CHECK_EQ(now.row.parks, 3);
    CHECK_EQ(now.row.polls, 3);
    CHECK_EQ(now.row.parked_ns, 100 + 200 + 300);
    CHECK_EQ(now.park.max_ns, 300);
    CHECK_EQ(now.row.busy_ns, 15);
    CHECK_EQ(now.lag.total_ns, 10); /* the last one was followed by no wait */
    fixture_close(&f);
}

static void* runs(void* arg) {
    CHECK_EQ(uv_run((uv_loop_t*)arg, UV_RUN_DEFAULT), 0);
    return NULL;
}
/* A loop may be run by another thread than the one that set it up, and by several in turn. */
static void runs_elsewhere(void** state) {
    (void)state;
    fixture_t f;
    fixture_open(&f, "elsewhere");
    for (int i = 0; i < 3; i++) {
        f.rounds = 0;
        start_rounds(&f, 2);
        pthread_t thread = law_thread(runs, &f.loop);
        pthread_join(thread, NULL);
    }
    loop_row_t now = loop_now("elsewhere");
    CHECK_EQ(now.row.parks, 6);
    CHECK_EQ(now.row.polls, 6);
    CHECK_EQ(now.row.busy_ns, 90);
    CHECK_EQ(now.row.misused, 0);
    fixture_close(&f);
}
/* Two loops at once, each with a label of its own: a row each. */
static void two_loops(void** state) {
    (void)state;
    fixture_t a, b;
    fixture_open(&a, "one");
    fixture_open(&b, "two");
    start_rounds(&a, 300), start_rounds(&b, 200);
    pthread_t thread = law_thread(runs, &a.loop);
    runs(&b.loop);
    pthread_join(thread, NULL);
    check_rounds("one", 300);
    check_rounds("two", 200);
    fixture_close(&b);
    CHECK(!loop_now("one").row.is_closed);
    fixture_close(&a);
}
/* One after the other with one label, they are one row that lives again. */
static void one_label(void** state) {
    (void)state;
    fixture_t f;
    for (int i = 0; i < 2; i++) {
        fixture_open(&f, "same");
        CHECK(!loop_now("same").row.is_closed);
        start_rounds(&f, 3);
        CHECK_EQ(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
        fixture_close(&f);
        pass(500); /* there is no loop meanwhile */
    }
    loop_row_t now = loop_now("same");
    CHECK(now.row.is_closed);
    CHECK_EQ(now.row.parks, 6);
    CHECK_EQ(now.row.polls, 6);
    CHECK_EQ(now.row.busy_ns, 2 * 60);
    CHECK_EQ(now.row.misused, 0);
}

/* ---- the pool ----------------------------------------------------------------------------------- */

enum {
    WORKS = 40
};
typedef struct job {
    hotpath_uv_work_t work;
    fixture_t* f;
    uint64_t number, result;
    int status, told_alive;
} job_t;
static uint64_t executed, afters, let_go;

static void on_pool(uv_work_t* request) {
    job_t* job = (job_t*)request->data;
    pass(2);
    job->result = job->number * job->number;
    law_add(&executed, 1);
}
static void on_after(uv_work_t* request, int status) {
    job_t* job = (job_t*)request->data;
    job->status = status;
    afters++;
}
/* As any other callback: it counts once. */
static void on_after_told(uv_work_t* request, int status) {
    job_t* job = (job_t*)request->data;
    HOTPATH_UV_CALLBACK(&job->f->hot);
    on_after(request, status);
}
static void job_init(job_t* job, fixture_t* f, uint64_t number) {
    memset(job, 0, sizeof *job);
    job->f = f, job->number = number, job->work.request.data = job, job->status = -1;
}
static void works(void** state) {
    (void)state;
    static job_t jobs[WORKS];
    fixture_t f;
    hotpath_function_t polls;
    fixture_open(&f, "works");
    executed = afters = 0;
    for (uint64_t i = 0; i < WORKS; i++) {
        job_init(&jobs[i], &f, i);
        CHECK_EQ(hotpath_uv_queue_work(&f.hot, &f.loop, &jobs[i].work, "square", on_pool,
                     i % 4 == 0   ? NULL
                     : i % 2 == 0 ? on_after_told
                                  : on_after),
            0);
        CHECK_EQ(loop_now("works").row.alive_tasks, i + 1);
    }
    CHECK_EQ(tasks_now("square", NULL).pending, WORKS);
    CHECK_EQ(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
    hotpath_task_row_t row = tasks_now("square", &polls);
    loop_row_t now = loop_now("works");
    CHECK_EQ(executed, WORKS);
    CHECK_EQ(afters, WORKS - WORKS / 4);
    for (uint64_t i = 0; i < WORKS; i++) {
        CHECK_EQ(jobs[i].result, i * i);
        CHECK_EQ(jobs[i].status, i % 4 == 0 ? -1 : 0);
    }
    CHECK_EQ(row.created, WORKS);
    CHECK_EQ(row.done, WORKS);
    CHECK_EQ(row.cancelled + row.pending + row.running, 0);
    CHECK_EQ(polls.calls, WORKS);
    CHECK_GE(polls.total_ns, 2 * WORKS); /* those of others at the same time are in it, too */
    CHECK_EQ(now.row.spawned, WORKS);
    CHECK_EQ(now.row.finished, WORKS);
    CHECK_EQ(now.row.alive_tasks, 0);
    CHECK_EQ(now.row.polls, WORKS); /* each end is one callback, whether it is told or not */
    CHECK_EQ(law_now("on_after_told").calls, WORKS / 4);
    fixture_close(&f);
}
static void holds(uv_work_t* request) {
    (void)request;
    law_wait(&let_go, 1);
    law_add(&executed, 1);
}
/* Those that no thread has begun can be cancelled: they have no poll. */
static void cancelled_works(void** state) {
    (void)state;
    static job_t held[256], late[10];
    const char* threads = getenv("UV_THREADPOOL_SIZE");
    const uint64_t pool = threads != NULL && atoi(threads) > 0 ? (uint64_t)atoi(threads) : 4;
    fixture_t f;
    hotpath_function_t polls;
    fixture_open(&f, "cancels");
    if (pool > 256) law_skip("a pool of at most 256 threads");
    executed = afters = 0;
    for (uint64_t i = 0; i < pool; i++) {
        job_init(&held[i], &f, i);
        hotpath_uv_queue_work(&f.hot, &f.loop, &held[i].work, "held", holds, on_after);
    }
    while (tasks_now("held", NULL).running < pool) /* all threads have one */
        usleep(1000);
    for (uint64_t i = 0; i < 10; i++) {
        job_init(&late[i], &f, i);
        hotpath_uv_queue_work(&f.hot, &f.loop, &late[i].work, "late", on_pool, on_after);
    }
    for (uint64_t i = 0; i < 10; i += 2)
        CHECK_EQ(uv_cancel((uv_req_t*)&late[i].work.request), 0);
    CHECK_EQ(uv_cancel((uv_req_t*)&held[0].work.request), UV_EBUSY);
    law_store(&let_go, 1);
    CHECK_EQ(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
    CHECK_EQ(executed, pool + 5);
    CHECK_EQ(afters, pool + 10);
    for (uint64_t i = 0; i < 10; i++)
        CHECK_EQ(late[i].status, i % 2 == 0 ? UV_ECANCELED : 0);
    hotpath_task_row_t row = tasks_now("late", &polls);
    CHECK_EQ(row.created, 10);
    CHECK_EQ(row.done, 5);
    CHECK_EQ(row.cancelled, 5);
    CHECK_EQ(row.pending, 0);
    CHECK_EQ(polls.calls, 5);
    CHECK_EQ(tasks_now("held", NULL).done, pool);
    loop_row_t now = loop_now("cancels");
    CHECK_EQ(now.row.spawned, pool + 10);
    CHECK_EQ(now.row.finished, pool + 10);
    CHECK_EQ(now.row.polls, pool + 10);
    fixture_close(&f);
}

typedef struct read_request {
    uv_fs_t fs;
    hotpath_task_t task;
    fixture_t* f;
    char data[16];
    ssize_t result;
} read_request_t;
static void on_file(uv_fs_t* fs) {
    read_request_t* r = (read_request_t*)fs->data;
    HOTPATH_UV_CALLBACK(&r->f->hot);
    r->result = fs->result;
    if (fs->result >= 0)
        HOTPATH_TASK_RESULT(&r->task, (int64_t)fs->result);
    else
        HOTPATH_TASK_CANCEL(&r->task);
    uv_fs_req_cleanup(fs);
}
/* A request of another kind is a task where the program says so. */
static void requests(void** state) {
    (void)state;
    fixture_t f;
    read_request_t good, bad;
    char path[LAW_PATH];
    fixture_open(&f, "requests");
    const int fd = law_file(path);
    unlink(path);
    CHECK_EQ(write(fd, "0123456789", 10), 10);
    read_request_t* both[] = {&good, &bad};
    for (int i = 0; i < 2; i++) {
        read_request_t* r = both[i];
        memset(r, 0, sizeof *r);
        r->fs.data = r, r->f = &f;
        uv_buf_t buffer = uv_buf_init(r->data, sizeof r->data);
        HOTPATH_TASK_CREATE(&r->task, "read");
        CHECK_EQ(uv_fs_read(&f.loop, &r->fs, i == 0 ? fd : -1, &buffer, 1, 0, on_file), 0);
    }
    CHECK_EQ(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
    CHECK_EQ(good.result, 10);
    CHECK_EQ(bad.result, UV_EBADF);
    hotpath_task_row_t row = tasks_now("read", NULL);
    CHECK_EQ(row.created, 2);
    CHECK_EQ(row.done, 1);
    CHECK_EQ(row.cancelled, 1);
    CHECK_EQ(loop_now("requests").row.polls, 2);
    close(fd);
    fixture_close(&f);
}

/* ---- life and misuse ---------------------------------------------------------------------------- */

static void count_handle(uv_handle_t* handle, void* count) {
    ++*(uint64_t*)count;
    CHECK(!uv_has_ref(handle));
}
static uint64_t handles_of(uv_loop_t* loop) {
    uint64_t count = 0;
    uv_walk(loop, count_handle, &count);
    return count;
}
/* What measures does not keep the loop alive, but open: it is stopped before the loop is closed. */
static void stays_open(void** state) {
    (void)state;
    fixture_t f;
    fixture_open(&f, "open");
    CHECK_EQ(handles_of(&f.loop), 2);
    CHECK(!uv_loop_alive(&f.loop));
    CHECK_EQ(uv_backend_timeout(&f.loop), 0); /* nothing to wait for */
    CHECK_EQ(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
    CHECK_EQ(loop_now("open").row.parks, 0);
    CHECK_EQ(uv_loop_close(&f.loop), UV_EBUSY);
    hotpath_uv_stop(&f.hot);
    CHECK_EQ(uv_loop_close(&f.loop), UV_EBUSY); /* its handles are closing */
    CHECK_EQ(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
    CHECK_EQ(handles_of(&f.loop), 0);
    CHECK_EQ(uv_loop_close(&f.loop), 0);
    CHECK(loop_now("open").row.is_closed);
}
/* A loop that is measured already goes on as it was. */
static void started_twice(void** state) {
    (void)state;
    fixture_t f;
    hotpath_uv_t second;
    fixture_open(&f, "twice");
    CHECK_EQ(hotpath_uv_start(&f.hot, &f.loop, "twice"), UV_EALREADY);
    CHECK_EQ(hotpath_uv_start(&second, &f.loop, "another"), UV_EALREADY);
    CHECK_EQ(handles_of(&f.loop), 2);
    start_rounds(&f, 3);
    CHECK_EQ(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
    loop_row_t now = loop_now("twice");
    CHECK_EQ(now.row.parks, 3);
    CHECK_EQ(now.row.polls, 3);
    hotpath_uv_callback(&second); /* records nothing */
    hotpath_uv_stop(&second);
    CHECK_EQ(handles_of(&f.loop), 2);
    hotpath_uv_stop(&f.hot);
    /* Its handles are those of the loop until that has closed them. */
    CHECK_EQ(hotpath_uv_start(&f.hot, &f.loop, "twice"), UV_EALREADY);
    CHECK_EQ(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
    CHECK_EQ(hotpath_uv_start(&f.hot, &f.loop, "twice"), 0);
    f.rounds = 0;
    start_rounds(&f, 2);
    CHECK_EQ(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
    CHECK_EQ(loop_now("twice").row.parks, 5);
    fixture_close(&f);
}
/* Handles of the program that look like those of the adapter are none. */
static void others_handles(void** state) {
    (void)state;
    struct {
        uv_loop_t loop;
        uv_prepare_t prepare;
        hotpath_uv_t hot;
    } f;
    CHECK_EQ(uv_loop_init(&f.loop), 0);
    uv_prepare_init(&f.loop, &f.prepare);
    f.prepare.data = &f;
    CHECK_EQ(hotpath_uv_start(&f.hot, &f.loop, "beside others"), 0);
    hotpath_uv_stop(&f.hot);
    close_it(&f.prepare);
    CHECK_EQ(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
    CHECK_EQ(uv_loop_close(&f.loop), 0);
}
static void stopped_twice(void** state) {
    (void)state;
    fixture_t f;
    static hotpath_uv_t never;
    hotpath_uv_stop(&never);
    hotpath_uv_callback(&never);
    fixture_open(&f, "stopped");
    hotpath_uv_stop(&f.hot);
    hotpath_uv_stop(&f.hot);
    CHECK_EQ(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
    hotpath_uv_stop(&f.hot);
    CHECK_EQ(uv_loop_close(&f.loop), 0);
    CHECK_EQ(loop_now("stopped").row.misused, 0);
}
static void on_last(uv_timer_t* handle) {
    fixture_t* f = of(handle);
    pass(30);
    hotpath_uv_stop(&f->hot);
    close_it(handle);
}
/* Stopped in a callback, after which others come: they tell a loop that is no more, and change nothing. */
static void stopped_in_a_callback(void** state) {
    (void)state;
    fixture_t f;
    job_t job;
    fixture_open(&f, "ends inside");
    uv_timer_init(&f.loop, &f.timer);
    uv_timer_start(&f.timer, on_last, 0, 0);
    start_rounds(&f, 5);
    job_init(&job, &f, 3);
    hotpath_uv_queue_work(&f.hot, &f.loop, &job.work, "last", on_pool, on_after_told);
    CHECK_EQ(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
    pass(1000);
    loop_row_t now = loop_now("ends inside");
    CHECK(now.row.is_closed);
    CHECK_EQ(now.worker.state, HOTPATH_WORKER_ENDED);
    CHECK_EQ(now.row.parks + now.row.polls + now.row.misused, 0); /* it was the first callback */
    CHECK_EQ(now.row.spawned, 1);
    CHECK_EQ(now.row.alive_tasks, 0); /* what it had begun has ended */
    CHECK_EQ(tasks_now("last", NULL).done, 1);
    CHECK_LE(now.row.busy_ns, 32); /* its work passes time beside it */
    CHECK_EQ(uv_loop_close(&f.loop), 0);
}
static void nothing_given(void** state) {
    (void)state;
    fixture_t f;
    job_t job;
    fixture_open(&f, "nothing");
    job_init(&job, &f, 1);
    CHECK_EQ(hotpath_uv_start(NULL, &f.loop, "nothing"), UV_EINVAL);
    hotpath_uv_t none;
    CHECK_EQ(hotpath_uv_start(&none, NULL, "nothing"), UV_EINVAL);
    CHECK_EQ(hotpath_uv_queue_work(&f.hot, &f.loop, &job.work, "none", NULL, on_after), UV_EINVAL);
    CHECK_EQ(tasks_now("none", NULL).created, 0);
    CHECK(!uv_loop_alive(&f.loop));
    /* A loop that is not measured: its works are tasks all the same. */
    static hotpath_uv_t never;
    CHECK_EQ(hotpath_uv_queue_work(&never, &f.loop, &job.work, "unmeasured", on_pool, NULL), 0);
    CHECK_EQ(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
    CHECK_EQ(tasks_now("unmeasured", NULL).done, 1);
    CHECK_EQ(loop_now("nothing").row.spawned, 0);
    fixture_close(&f);
}

/* ---- on libuv's clock --------------------------------------------------------------------------- */

static void on_slow(uv_async_t* handle) {
    HOTPATH_UV_CALLBACK(&of(handle)->hot);
    const uint64_t until = uv_hrtime() + 2000000;
    while (uv_hrtime() < until) {}
    fixture_t* f = of(handle);
    if (law_add(&f->called, 1) == f->most) close_it(handle);
}
/* What libuv says that it was idle lies in what the loop waited, and a slow callback makes it as late. */
static void as_libuv_says(void** state) {
    (void)state;
    fixture_t f;
    const uint64_t since = uv_hrtime(), before = virtual_ticks();
    law_store(&real_since, since);
    fixture_open(&f, "real");
    f.most = 5;
    CHECK_EQ(uv_loop_configure(&f.loop, UV_METRICS_IDLE_TIME), 0);
    uv_async_init(&f.loop, &f.async, on_slow);
    pthread_t other = law_thread(wakes, &f);
    CHECK_EQ(uv_run(&f.loop, UV_RUN_DEFAULT), 0);
    pthread_join(other, NULL);
    const uint64_t idle = uv_metrics_idle_time(&f.loop);
    loop_row_t now = loop_now("real");
    CHECK_GT(idle, 0);
    CHECK_GE(now.row.parked_ns, idle);
    CHECK_EQ(now.row.parks, 5);
    CHECK_EQ(now.row.polls, 5);
    CHECK_GE(now.row.busy_ns, 5 * 2000000);
    CHECK_EQ(now.lag.calls, 4);
    CHECK_GE(now.lag.total_ns, 4 * 2000000);
    CHECK_GE(now.lag.max_ns, 2000000);
    CHECK_LE(now.lag.total_ns, now.row.busy_ns);
    fixture_close(&f);
    now = loop_now("real");
    CHECK_LE(now.row.parked_ns + now.row.busy_ns, virtual_ticks() - before);
    pass(2 * (uv_hrtime() - since) + 1000000); /* the clock does not go back when it is not real */
    law_store(&real_since, 0);
}

int main(int argc, char** argv) {
    static const law_child_t children[] = {{NULL, NULL}};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounds_are_parks),
        cmocka_unit_test(around_the_wait),
        cmocka_unit_test(timers),
        cmocka_unit_test(waits_for_others),
        cmocka_unit_test(runs_elsewhere),
        cmocka_unit_test(two_loops),
        cmocka_unit_test(one_label),
        cmocka_unit_test(works),
        cmocka_unit_test(cancelled_works),
        cmocka_unit_test(requests),
        cmocka_unit_test(stays_open),
        cmocka_unit_test(started_twice),
        cmocka_unit_test(others_handles),
        cmocka_unit_test(stopped_twice),
        cmocka_unit_test(stopped_in_a_callback),
        cmocka_unit_test(nothing_given),
        cmocka_unit_test(as_libuv_says),
    };
    const int code = law_run(argc, argv, children);
    return code >= 0 ? code : cmocka_run_group_tests(tests, NULL, NULL);
}
