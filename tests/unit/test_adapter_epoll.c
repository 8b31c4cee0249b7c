/* RECORDER: virtual */
/* A loop on epoll: its waits and events are those of epoll_wait, and its times are exact on a clock that
   only the test moves. */
#define _GNU_SOURCE
#include "virtual_clock.h"
#include "hotpath.h"
#include "adapters/hotpath_epoll.h"
#include "law.h"
#include "loop_rows.h"
#include <sys/eventfd.h>

/* A set of event counts; those that are added are ready. */
typedef struct fixture {
    int epoll_fd;
    int events[8];
    hotpath_runtime_t loop;
} fixture_t;

static void fixture_open(fixture_t* f, const char* label) {
    f->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    CHECK(f->epoll_fd >= 0);
    for (int i = 0; i < 8; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
        f->events[i] = eventfd(0, EFD_CLOEXEC);
        CHECK_EQ(epoll_ctl(f->epoll_fd, EPOLL_CTL_ADD, f->events[i], &event), 0);
    }
    hotpath_runtime_create(&f->loop, label, 0);
}
static void fixture_close(fixture_t* f) {
    for (int i = 0; i < 8; i++)
        close(f->events[i]);
    close(f->epoll_fd);
    hotpath_runtime_close(&f->loop);
    law_check_quiet_now();
}
static void ready(const fixture_t* f, int i) { CHECK_EQ(eventfd_write(f->events[i], 1), 0); }
static void taken(const fixture_t* f, int i) {
    eventfd_t value;
    CHECK_EQ(eventfd_read(f->events[i], &value), 0);
}

/* Each wait is a park, each event a poll; what lies between two waits is lag. */
static void waits_and_events(void** state) {
    (void)state;
    fixture_t f;
    struct epoll_event events[8];
    fixture_open(&f, "events");
    uint64_t polls = 0;
    for (int round = 0; round <= 8; round++) {
        for (int i = 0; i < round; i++)
            ready(&f, i);
        const int count = hotpath_epoll_wait(&f.loop, f.epoll_fd, events, 8, 0);
        CHECK_EQ(count, round);
        for (int i = 0; i < count; i++) {
            taken(&f, (int)events[i].data.u32);
            pass(10);
        }
        polls += (uint64_t)count;
        CHECK_EQ(loop_now("events").row.polls, polls);
    }
    /* More are ready than there is room for: those that were not told of are told of next. */
    for (int i = 0; i < 8; i++)
        ready(&f, i);
    CHECK_EQ(hotpath_epoll_wait(&f.loop, f.epoll_fd, events, 3, -1), 3);
    for (int i = 0; i < 3; i++)
        taken(&f, (int)events[i].data.u32);
    CHECK_EQ(hotpath_epoll_wait(&f.loop, f.epoll_fd, events, 8, -1), 5);
    loop_row_t now = loop_now("events");
    CHECK_EQ(now.row.parks, 11);
    CHECK_EQ(now.row.polls, 36 + 8);
    CHECK_EQ(now.row.parked_ns, 0);
    CHECK_EQ(now.row.busy_ns, 360);
    CHECK_EQ(now.lag.calls, 10);
    CHECK_EQ(now.lag.total_ns, 360);
    CHECK_EQ(now.lag.max_ns, 80);
    CHECK_EQ(now.row.misused + now.row.alive_tasks + now.row.queue_depth, 0);
    CHECK_EQ(now.worker.state, HOTPATH_WORKER_BUSY);
    fixture_close(&f);
    now = loop_now("events");
    CHECK(now.row.is_closed);
    CHECK_EQ(now.worker.state, HOTPATH_WORKER_ENDED);
}

static uint64_t handled;
static void* wakes(void* arg) {
    const fixture_t* f = (const fixture_t*)arg;
    for (uint64_t i = 1; i <= 3; i++) {
        wait_until_parked("waits");
        pass(100 * i);
        ready(f, (int)i);
        law_wait(&handled, i);
    }
    return NULL;
}
/* The loop waits for another thread, exactly as long as that lets it. */
static void waits_for_others(void** state) {
    (void)state;
    fixture_t f;
    struct epoll_event event;
    fixture_open(&f, "waits");
    pthread_t other = law_thread(wakes, &f);
    for (uint64_t i = 1; i <= 3; i++) {
        CHECK_EQ(hotpath_epoll_wait(&f.loop, f.epoll_fd, &event, 1, -1), 1);
        CHECK_EQ(event.data.u32, i);
        taken(&f, (int)i);
        pass(7);
        law_store(&handled, i);
    }
    pthread_join(other, NULL);
    loop_row_t now = loop_now("waits");
    CHECK_EQ(now.row.parks, 3);
    CHECK_EQ(now.row.polls, 3);
    CHECK_EQ(now.row.parked_ns, 600);
    CHECK_EQ(now.park.max_ns, 300);
    CHECK_EQ(now.row.busy_ns, 21);
    CHECK_EQ(now.lag.total_ns, 14); /* the last one was followed by no wait */
    fixture_close(&f);
}

static void on_signal(int number, siginfo_t* info, void* context) {
    (void)number, (void)info, (void)context;
}
static void* interrupts(void* arg) {
    wait_until_parked("fails");
    while (law_load(&handled) == 0) { /* it may not be in the call yet */
        pthread_kill(*(pthread_t*)arg, SIGUSR1);
        usleep(1000);
    }
    return NULL;
}
/* What fails is a wait, and no event; errno is that of epoll_wait. */
static void failures(void** state) {
    (void)state;
    fixture_t f;
    struct epoll_event event;
    pthread_t self = pthread_self();
    fixture_open(&f, "fails");
    errno = 0;
    CHECK_EQ(hotpath_epoll_wait(&f.loop, -1, &event, 1, 0), -1);
    CHECK_EQ(errno, EBADF);
    CHECK_EQ(hotpath_epoll_wait(&f.loop, f.events[0], &event, 1, 0), -1);
    CHECK_EQ(errno, EINVAL);
    CHECK_EQ(hotpath_epoll_wait(&f.loop, f.epoll_fd, &event, 0, 0), -1);
    CHECK_EQ(errno, EINVAL);
    errno = EDOM;
    CHECK_EQ(hotpath_epoll_wait(&f.loop, f.epoll_fd, &event, 1, 1), 0);
    CHECK_EQ(errno, EDOM);
    law_handler(SIGUSR1, on_signal, 0);
    law_store(&handled, 0);
    pthread_t other = law_thread(interrupts, &self);
    CHECK_EQ(hotpath_epoll_wait(&f.loop, f.epoll_fd, &event, 1, -1), -1);
    CHECK_EQ(errno, EINTR);
    law_store(&handled, 1);
    pthread_join(other, NULL);
    loop_row_t now = loop_now("fails");
    CHECK_EQ(now.row.parks, 5);
    CHECK_EQ(now.row.polls + now.row.misused, 0);
    CHECK_EQ(now.worker.state, HOTPATH_WORKER_BUSY);
    fixture_close(&f);
}

static void rounds(fixture_t* f, int count) {
    struct epoll_event event;
    for (int i = 0; i < count; i++) {
        ready(f, i % 8);
        CHECK_EQ(hotpath_epoll_wait(&f->loop, f->epoll_fd, &event, 1, -1), 1);
        taken(f, i % 8);
        pass(1);
    }
}
static void* runs(void* arg) {
    rounds((fixture_t*)arg, 300);
    return NULL;
}
/* Two loops at once are a row each; one that several threads run in turn is one. */
static void two_loops(void** state) {
    (void)state;
    fixture_t a, b;
    fixture_open(&a, "one");
    fixture_open(&b, "two");
    for (int i = 0; i < 2; i++) {
        pthread_t thread = law_thread(runs, &a);
        rounds(&b, 100);
        pthread_join(thread, NULL);
    }
    check_rounds("one", 600);
    check_rounds("two", 200);
    fixture_close(&b);
    CHECK(!loop_now("one").row.is_closed);
    fixture_close(&a);
}
/* A loop in another one's callback, with its wait in between: each has its own times. */
static void nested(void** state) {
    (void)state;
    fixture_t outer, inner;
    struct epoll_event event;
    fixture_open(&outer, "outer");
    fixture_open(&inner, "inner");
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(hotpath_epoll_wait(&outer.loop, outer.epoll_fd, &event, 1, 0), 0);
        pass(5);
        CHECK_EQ(hotpath_epoll_wait(&inner.loop, inner.epoll_fd, &event, 1, 0), 0);
        pass(20);
    }
    CHECK_EQ(loop_now("outer").lag.total_ns, 50);
    CHECK_EQ(loop_now("inner").lag.total_ns, 50);
    CHECK_EQ(loop_now("outer").row.busy_ns, 75);
    CHECK_EQ(loop_now("inner").row.busy_ns, 70); /* since its first wait */
    fixture_close(&inner);
    fixture_close(&outer);
}
/* A loop that was never made known records nothing, and the call is epoll_wait. */
static void unknown_loop(void** state) {
    (void)state;
    fixture_t f;
    struct epoll_event event;
    hotpath_runtime_t none = {{0}};
    fixture_open(&f, "known");
    ready(&f, 2);
    CHECK_EQ(hotpath_epoll_wait(&none, f.epoll_fd, &event, 1, -1), 1);
    CHECK_EQ(event.data.u32, 2);
    errno = 0;
    CHECK_EQ(hotpath_epoll_wait(&none, -1, &event, 1, -1), -1);
    CHECK_EQ(errno, EBADF);
    CHECK_EQ(loop_now("known").row.parks, 0);
    CHECK_EQ(loop_now("known").row.workers_count, 0); /* it has told nothing */
    fixture_close(&f);
}

int main(int argc, char** argv) {
    static const law_child_t children[] = {{NULL, NULL}};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_and_events),
        cmocka_unit_test(waits_for_others),
        cmocka_unit_test(failures),
        cmocka_unit_test(two_loops),
        cmocka_unit_test(nested),
        cmocka_unit_test(unknown_loop),
    };
    const int code = law_run(argc, argv, children);
    return code >= 0 ? code : cmocka_run_group_tests(tests, NULL, NULL);
}
