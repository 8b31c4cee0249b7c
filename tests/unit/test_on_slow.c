/* hotpath_on_slow on a virtual clock: it is called for each execution that is longer than the limit and for
   no other, on the thread that ran it, when nothing of the recorder is held; whatever the callback does. */
#define _GNU_SOURCE
#include "virtual_clock.h"
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "truth.h"

#include <errno.h>
#include <semaphore.h>
#include <setjmp.h>
#include <sys/wait.h>

/* What a callback was told, in order. */
enum {
    TOLD_MAX = 4096
};
typedef struct told {
    hotpath_slow_scope_t scopes[TOLD_MAX];
    pthread_t threads[TOLD_MAX];
    uint32_t count;
} told_t;
static told_t told;

static void tell(void* user, const hotpath_slow_scope_t* scope) {
    told_t* to = (told_t*)user;
    uint32_t i = __atomic_fetch_add(&to->count, 1, __ATOMIC_RELAXED);
    if (i >= TOLD_MAX) return;
    to->scopes[i] = *scope;
    to->threads[i] = pthread_self();
}
static uint64_t work_line, work_begin;
static void work(uint64_t ticks) {
    work_line = __LINE__ + 1;
    HOTPATH_FUNC();
    work_begin = virtual_ticks();
    pass(ticks);
}
static void other(uint64_t ticks) {
    HOTPATH_FUNC();
    pass(ticks);
}
static const hotpath_snapshot_t* snapshot(void) { return hotpath_snapshot_take(NULL); }

/* Those that are longer, each once, with all that is said of them, and no other function. */
static void longer_ones_are_told(uint64_t seed) {
    truth_random_t random = {seed};
    uint64_t expected = 0;
    other(1);
    CHECK(hotpath_on_slow("work", 100, tell, &told), "before it was reached");
    for (int i = 0; i < 5000; i++) {
        uint64_t ticks = truth_below(&random, 10) == 0 ? 90 + truth_below(&random, 20) : 50;
        work(ticks);
        other(1000);
        expected += ticks > 100;
        if (!CHECK_EQUAL("told", "work", told.count, expected)) return;
        if (ticks <= 100) continue;
        const hotpath_slow_scope_t* s = &told.scopes[expected - 1];
        CHECK_TEXT("name", "work", s->name, "work");
        CHECK_TEXT("file", "work", s->file, __FILE__);
        CHECK_EQUAL("line", "work", s->line, work_line);
        CHECK_EQUAL("duration_ns", "work", s->duration_ns, ticks);
        CHECK_EQUAL("limit_ns", "work", s->limit_ns, 100);
        CHECK_EQUAL("at_ns", "work", s->at_ns, work_begin - 5000);
    }
    CHECK(expected > 100, "%" PRIu64 " were slow", expected);
    const hotpath_snapshot_t* s = snapshot();
    CHECK_EQUAL("function", "work", told.scopes[0].function, truth_need(s, "work")->id);
    CHECK_EQUAL("calls", "work", truth_need(s, "work")->calls, 5000);
}
/* Also of a function that this thread has run long before: at once. Ended, no more; again, again. */
static void switched_on_and_off(uint64_t argument) {
    (void)argument;
    static told_t second;
    for (int i = 0; i < 100; i++)
        work(1000 + (uint64_t)i); /* the eight slowest are slower than the limit */
    for (uint64_t round = 0; round < 200;
         round++) { /* more often than there are sets of arguments */
        CHECK(hotpath_on_slow("work", 100, tell, &told), "on");
        work(101);
        work(100);
        CHECK_EQUAL("told", "the first", told.count, 2 * round + 1);
        CHECK(hotpath_on_slow("work", 500, tell, &second), "replaced");
        work(400);
        work(501);
        CHECK_EQUAL("told", "the second", second.count, round + 1);
        CHECK_EQUAL("limit_ns", "the second", second.scopes[round].limit_ns, 500);
        CHECK(hotpath_on_slow("work", 100, tell, &told), "back");
        work(300);
        CHECK(hotpath_on_slow("work", 0, NULL, NULL), "off");
        work(2000);
        CHECK_EQUAL("told", "the first", told.count, 2 * round + 2);
    }
    CHECK(!hotpath_on_slow(NULL, 1, tell, &told), "no name");
}
/* Other threads: each is told on itself; one that runs the function already within a second. */
static void* work_there(void* count) {
    for (uint64_t i = 0; i < (uint64_t)(uintptr_t)count; i++)
        work(200);
    return NULL;
}
static sem_t wake, done;
static void* work_twice(void* nothing) {
    for (int i = 0; i < 20; i++)
        work(10);
    work(2000000000); /* none of those below is among the slowest, or the first of its second */
    for (int i = 0; i < 8; i++)
        work(1000000000);
    sem_post(&done);
    sem_wait(&wake);
    work(200); /* perhaps not yet */
    pass(1000000000);
    work(10); /* the first of another second */
    uint32_t before = told.count;
    work(200);
    CHECK_EQUAL("told", "after a second", told.count, before + 1);
    return nothing;
}
static void threads_are_told_themselves(uint64_t argument) {
    (void)argument;
    pthread_t thread, old;
    sem_init(&wake, 0, 0), sem_init(&done, 0, 0);
    pthread_create(&old, NULL, work_twice, NULL);
    sem_wait(&done);
    CHECK(hotpath_on_slow("work", 100, tell, &told), "on");
    pthread_create(&thread, NULL, work_there, (void*)(uintptr_t)10);
    pthread_join(thread, NULL);
    CHECK_EQUAL("told", "the thread", told.count, 10);
    for (uint32_t i = 0; i < told.count; i++)
        CHECK(pthread_equal(told.threads[i], thread), "on another thread");
    sem_post(&wake);
    pthread_join(old, NULL);
    work(101);
    CHECK(pthread_equal(told.threads[told.count - 1], pthread_self()), "on another thread");
}

/* The callback is as any code: it records, takes snapshots, changes errno; what is slow in it is counted,
   and not told. */
static uint32_t busy_calls;
static void busy(void* user, const hotpath_slow_scope_t* scope) {
    (void)user;
    busy_calls++;
    HOTPATH_FUNC();
    work(300);
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_function_t* f = truth_need(s, "work");
    CHECK_EQUAL("open", "work", f->open_calls, 0);
    CHECK_EQUAL("completed", "work", f->completed, 2 * busy_calls);
    CHECK_EQUAL("its duration", "work", scope->duration_ns, 200);
    hotpath_snapshot_free(s);
    CHECK(hotpath_on_slow("another", 1, busy, NULL), "from a callback");
    errno = ERANGE;
}
static void callbacks_do_anything(uint64_t argument) {
    (void)argument;
    CHECK(hotpath_on_slow("work", 100, busy, NULL), "on");
    {
        HOTPATH_SCOPE("around");
        for (int i = 0; i < 100; i++) {
            errno = EDOM;
            work(200);
            CHECK_EQUAL("errno", "the program", errno, EDOM);
        }
    }
    CHECK_EQUAL("calls", "the callback", busy_calls, 100);
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    CHECK_EQUAL("calls", "work", truth_need(s, "work")->calls, 200);
    CHECK_EQUAL("calls", "busy", truth_need(s, "busy")->calls, 100);
    CHECK_EQUAL("lost", "events", hotpath_events_lost(&hotpath_snapshot_info(s)->drops), 0);
    hotpath_snapshot_free(s);
}
/* One that jumps out is as if it had returned. */
static jmp_buf out;
static uint32_t jumps;
__attribute__((noreturn)) static void jump(void* user, const hotpath_slow_scope_t* scope) {
    (void)user, (void)scope;
    jumps++;
    longjmp(out, 1);
}
static __attribute__((noinline)) void work_and_jump(void) {
    if (setjmp(out) == 0) work(200);
}
static void jumps_are_survived(uint64_t argument) {
    (void)argument;
    CHECK(hotpath_on_slow("work", 100, jump, NULL), "on");
    for (int i = 0; i < 10; i++)
        work_and_jump();
    CHECK_EQUAL("calls", "the callback", jumps, 10);
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    CHECK_EQUAL("completed", "work", truth_need(s, "work")->completed, 10);
    hotpath_snapshot_free(s);
}

/* Whatever has a name: scopes, keyed spans, frames, phases; all of a name. */
static void scope_1(uint64_t ticks) {
    HOTPATH_SCOPE("same");
    pass(ticks);
}
static void scope_2(uint64_t ticks) {
    HOTPATH_BEGIN(v, "same");
    pass(ticks);
    CHECK_EQUAL("the end", "a begin", HOTPATH_END(v), ticks);
}
static void every_kind_is_told(uint64_t argument) {
    (void)argument;
    static told_t of[5];
    static const char* const names[] = {"same", "SELECT ?", "GET /users/:id", "loop", "phase"};
    for (int i = 0; i < 5; i++)
        CHECK(hotpath_on_slow(names[i], 100, tell, &of[i]), "%s", names[i]);
    for (uint64_t i = 1; i <= 200; i++) {
        scope_1(i), scope_2(i);
        {
            HOTPATH_SPAN(query, HOTPATH_SPAN_SQL, "SELECT 7");
            pass(i);
        }
        hotpath_span_record(HOTPATH_SPAN_SERVER, "GET /users/7", SIZE_MAX, i, NULL);
        HOTPATH_FRAME("loop"); /* 3 i ticks, and then i */
        HOTPATH_MARK("phase");
        pass(i);
        HOTPATH_MARK("rest");
        HOTPATH_FRAME("loop");
        hotpath_record("same", "same", 0, 1000000); /* a clock of its own */
    }
    CHECK_EQUAL("told", "scopes", of[0].count, 200);
    CHECK(of[0].scopes[0].line != of[0].scopes[1].line, "two places");
    CHECK_EQUAL("told", "sql", of[1].count, 100);
    CHECK_EQUAL("told", "server", of[2].count, 100);
    uint64_t frames = 0;
    for (uint64_t i = 1; i <= 200; i++)
        frames += (i > 100) + (i > 1 && 3 * i > 100);
    CHECK_EQUAL("told", "frames", of[3].count, frames);
    CHECK_EQUAL("told", "phases", of[4].count, 100);
    for (uint32_t i = 0; i < of[1].count; i++)
        CHECK_EQUAL("duration_ns", "sql", of[1].scopes[i].duration_ns, 101 + i);
}
/* Not what is abandoned, nor what sampling leaves out; past the bounds it says so. */
static void bounds_and_rest(uint64_t argument) {
    (void)argument;
    char name[300];
    CHECK(hotpath_on_slow("work", 100, tell, &told), "on");
    hotpath_token_t token;
    hotpath_begin(hotpath_named_site("work", "", 0), &token);
    pass(1000);
    hotpath_unwind(0);
    CHECK_EQUAL("told", "abandoned", told.count, 0);
    hotpath_time_sampling(NULL, 10);
    for (int i = 0; i < 1000; i++)
        work(200);
    hotpath_time_sampling(NULL, 1);
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    size_t count;
    const hotpath_function_t* f = hotpath_snapshot_functions(s, &count);
    uint64_t timed = 0;
    for (size_t i = 0; i < count; i++)
        if (strcmp(f[i].name, "work") == 0) timed += f[i].sampled_calls;
    CHECK_EQUAL("told", "sampled", told.count, timed);
    CHECK(timed < 500, "%" PRIu64 " were timed", timed);
    hotpath_snapshot_free(s);
    for (int i = 1; i < HOTPATH_SLOW_NAMES; i++) {
        snprintf(name, sizeof name, "name %d", i);
        CHECK(hotpath_on_slow(name, 1, tell, &told), "%s", name);
    }
    CHECK(!hotpath_on_slow("one more", 1, tell, &told), "a name past the bound");
    CHECK(hotpath_on_slow("name 5", 1, NULL, NULL), "one that is there");
    uint32_t sets = 2;
    while (sets < 100 && hotpath_on_slow("work", sets, tell, &told))
        sets++;
    CHECK_EQUAL("sets", "arguments", sets, 1 + 64 - 1); /* 100 and 1 were there */
    CHECK(hotpath_on_slow("work", 100, tell, &told), "one that is there");
    uint32_t before = told.count;
    work(101);
    CHECK_EQUAL("told", "work", told.count, before + 1);
}

IN_CHILD(longer_ones_are_told)
IN_CHILD(switched_on_and_off)
IN_CHILD(threads_are_told_themselves)
IN_CHILD(callbacks_do_anything)
IN_CHILD(jumps_are_survived)
IN_CHILD(every_kind_is_told)
IN_CHILD(bounds_and_rest)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_longer_ones_are_told),
        cmocka_unit_test(test_switched_on_and_off),
        cmocka_unit_test(test_threads_are_told_themselves),
        cmocka_unit_test(test_callbacks_do_anything),
        cmocka_unit_test(test_jumps_are_survived),
        cmocka_unit_test(test_every_kind_is_told),
        cmocka_unit_test(test_bounds_and_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
