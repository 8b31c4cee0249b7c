/* RECORDER: virtual */
/* Tasks and runtimes: what is counted of them, where they may be polled and what bad use does. On a clock
   that only the test moves, so that every number is exact. */
#include "virtual_clock.h"
#include "hotpath.h"
#include "law.h"

/* ---- look-ups ----------------------------------------------------------------------------------- */

enum {
    most_rows = 64
};

static hotpath_task_row_t task_of(const hotpath_snapshot_t* s, const char* label) {
    hotpath_task_row_t rows[most_rows];
    size_t count = hotpath_snapshot_tasks(s, rows, most_rows);
    CHECK_LE(count, most_rows);
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].label, label) == 0) return rows[i];
    law_fail(__FILE__, __LINE__, "no tasks \"%s\"", label);
}
static hotpath_runtime_row_t runtime_of(const hotpath_snapshot_t* s, const char* label) {
    hotpath_runtime_row_t rows[most_rows];
    size_t count = hotpath_snapshot_runtimes(s, rows, most_rows);
    CHECK_LE(count, most_rows);
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].label, label) == 0) return rows[i];
    law_fail(__FILE__, __LINE__, "no runtime \"%s\"", label);
}
static const hotpath_function_t* function_at(const hotpath_snapshot_t* s, uint32_t index) {
    size_t count;
    const hotpath_function_t* functions = hotpath_snapshot_functions(s, &count);
    if (index >= count) law_fail(__FILE__, __LINE__, "no function %u of %zu", index, count);
    return &functions[index];
}
static void check_function(const hotpath_snapshot_t* s, uint32_t index, uint32_t kind,
    const char* name, uint64_t calls, uint64_t total, uint64_t max) {
    const hotpath_function_t* f = function_at(s, index);
    CHECK_TEXT(f->name, name);
    CHECK_EQ(f->kind, kind);
    CHECK_EQ(f->calls, calls);
    CHECK_EQ(f->total_ns, total);
    CHECK_EQ(f->max_ns, max);
}
static void poll_of(hotpath_task_t* task, uint64_t ns) {
    HOTPATH_TASK_POLL_BEGIN(task);
    pass(ns);
    HOTPATH_TASK_POLL_END(task);
}

/* ---- tasks -------------------------------------------------------------------------------------- */

static void to_the_tick(void** state) {
    (void)state;
    hotpath_task_t task;
    const uint64_t born = virtual_ticks() - 5000;
    HOTPATH_TASK_CREATE(&task, "exact");
    CHECK_EQ(hotpath_task_id(&task), 1);
    pass(10);
    HOTPATH_TASK_POLL_BEGIN(&task);
    pass(2);
    {
        HOTPATH_SCOPE("in a poll");
        pass(3);
    }
    HOTPATH_TASK_POLL_END(&task);
    pass(20);
    HOTPATH_TASK_POLL_BEGIN(&task);
    pass(7);
    HOTPATH_TASK_RESULT(&task, -42);
    pass(2);
    HOTPATH_TASK_POLL_END(&task);
    pass(100);
    hotpath_snapshot_t* s = law_take();
    law_check_quiet(s);
    const hotpath_task_row_t r = task_of(s, "exact");
    CHECK_EQ(r.created, 1);
    CHECK_EQ(r.done, 1);
    CHECK_EQ(r.cancelled + r.misused + r.pending + r.running + r.untracked, 0);
    CHECK_EQ(r.oldest_ns + r.idle_ns + r.waiting_ns, 0);
    CHECK_GT(r.line, 0);
    CHECK_HAS(r.file, "test_tasks.c");
    check_function(s, r.poll, HOTPATH_KIND_POLL, "exact (poll)", 2, 14, 9);
    check_function(s, r.wait, HOTPATH_KIND_INTERVAL, "exact (wait)", 2, 30, 20);
    check_function(s, r.life, HOTPATH_KIND_INTERVAL, "exact (life)", 1, 42, 42);
    CHECK_EQ(hotpath_snapshot_percentile(s, function_at(s, r.wait), 50), 10);
    CHECK_EQ(function_at(s, r.poll)->self_ns, 11);
    CHECK_EQ(r.calls_count, 1);
    const hotpath_task_call_t* c = &r.calls[0];
    CHECK_EQ(c->id, 1);
    CHECK_EQ(c->state, HOTPATH_TASK_READY);
    CHECK_EQ(c->at_ns, born);
    CHECK_EQ(c->life_ns, 42);
    CHECK_EQ(c->polls, 2);
    CHECK_EQ(c->total_poll_ns, 14);
    CHECK_EQ(c->max_poll_ns, 9);
    CHECK_EQ(c->last_poll_ns, 9);
    CHECK_EQ(c->state_ns, 0);
    CHECK_GT(c->thread, 0);
    CHECK_EQ(c->result.type, HOTPATH_VALUE_INT);
    CHECK_EQ(c->result.as.i, -42);
    hotpath_snapshot_free(s);
}
/* Those that live, with what they do now and for how long: the time so far is in every answer. */
static void alive(void** state) {
    (void)state;
    hotpath_task_t a, b, c, gone;
    hotpath_task_create(&a, "alive", "", 0);
    pass(5);
    hotpath_task_create(&b, "alive", "", 0);
    hotpath_task_create(&gone, "alive", "", 0);
    hotpath_task_create(&c, "alive", "", 0);
    poll_of(&b, 6);
    HOTPATH_TASK_CANCEL(&gone);
    pass(4);
    HOTPATH_TASK_POLL_BEGIN(&c);
    pass(30);
    hotpath_snapshot_t* s = law_take();
    hotpath_task_row_t r = task_of(s, "alive");
    CHECK_EQ(r.created, 4);
    CHECK_EQ(r.done, 0);
    CHECK_EQ(r.cancelled, 1);
    CHECK_EQ(r.pending, 3);
    CHECK_EQ(r.running, 1);
    CHECK_EQ(r.oldest_ns, 45);
    CHECK_EQ(r.idle_ns, 45); /* a waits since its creation, b since its poll */
    CHECK_EQ(r.waiting_ns, 45 + 34);
    CHECK_EQ(r.calls_count, 4);
    CHECK_EQ(r.calls[0].id, 1);
    CHECK_EQ(r.calls[0].state, HOTPATH_TASK_PENDING);
    CHECK_EQ(r.calls[0].polls, 0);
    CHECK_EQ(r.calls[0].state_ns, 45);
    CHECK_EQ(r.calls[1].id, 2);
    CHECK_EQ(r.calls[1].state, HOTPATH_TASK_SUSPENDED);
    CHECK_EQ(r.calls[1].state_ns, 34);
    CHECK_EQ(r.calls[1].total_poll_ns, 6);
    CHECK_EQ(r.calls[2].id, 4);
    CHECK_EQ(r.calls[2].state, HOTPATH_TASK_RUNNING);
    CHECK_EQ(r.calls[2].polls, 1);
    CHECK_EQ(r.calls[2].total_poll_ns, 30);
    CHECK_EQ(r.calls[2].max_poll_ns, 30);
    CHECK_EQ(r.calls[2].last_poll_ns, 30);
    CHECK_EQ(r.calls[2].life_ns, 40);
    CHECK_EQ(r.calls[3].id, 3);
    CHECK_EQ(r.calls[3].state, HOTPATH_TASK_CANCELLED);
    CHECK_EQ(r.calls[3].life_ns, 6);
    check_function(s, r.poll, HOTPATH_KIND_POLL, "alive (poll)", 2, 36, 6);
    hotpath_snapshot_free(s);
    HOTPATH_TASK_POLL_END(&c);
    HOTPATH_TASK_DONE(&a);
    HOTPATH_TASK_DONE(&b);
    HOTPATH_TASK_DONE(&c);
    s = law_take();
    r = task_of(s, "alive");
    CHECK_EQ(r.pending + r.running + r.oldest_ns + r.idle_ns + r.waiting_ns, 0);
    CHECK_EQ(r.done, 3);
    CHECK_EQ(r.calls[0].id, 4); /* the last one that has ended */
    hotpath_snapshot_free(s);
}
/* A log keeps the last ones, whatever came before. */
static void logs_are_bounded(void** state) {
    (void)state;
    hotpath_task_t task;
    for (int i = 0; i < 1000; i++) {
        hotpath_task_create(&task, "logged", "", 0);
        poll_of(&task, (uint64_t)i);
        HOTPATH_TASK_DONE(&task);
    }
    hotpath_snapshot_t* s = law_take();
    const hotpath_task_row_t r = task_of(s, "logged");
    CHECK_EQ(r.done, 1000);
    CHECK_EQ(r.calls_count, 64); /* HOTPATH_LOGS_LIMIT, a power of two */
    for (uint32_t i = 0; i < r.calls_count; i++) {
        CHECK_EQ(r.calls[i].id, 1000 - i);
        CHECK_EQ(r.calls[i].total_poll_ns, 999 - i);
    }
    hotpath_snapshot_free(s);
}
static void many_alive(void** state) {
    (void)state;
    enum {
        count = HOTPATH_TASK_ALIVE_MAX + 100
    };
    hotpath_task_t* tasks = (hotpath_task_t*)calloc(count, sizeof *tasks);
    for (size_t i = 0; i < count; i++) {
        pass(1);
        hotpath_task_create(&tasks[i], "many", "", 0);
    }
    hotpath_snapshot_t* s = law_take();
    hotpath_task_row_t r = task_of(s, "many");
    CHECK_EQ(r.pending, count);
    CHECK_EQ(r.untracked, 100);
    CHECK_EQ(r.calls_count, HOTPATH_TASK_ALIVE_MAX);
    CHECK_EQ(r.oldest_ns, count - 1);
    for (uint32_t i = 0; i < r.calls_count; i++)
        CHECK_EQ(r.calls[i].id, i + 1);
    hotpath_snapshot_free(s);
    for (size_t i = 0; i < count; i++) {
        poll_of(&tasks[i], 3);
        if (i % 2 == 0) HOTPATH_TASK_DONE(&tasks[i]);
    }
    s = law_take();
    r = task_of(s, "many");
    CHECK_EQ(r.done, count / 2);
    CHECK_EQ(r.pending, count / 2);
    CHECK_EQ(r.untracked, 50);
    CHECK_EQ(function_at(s, r.poll)->calls, count);
    CHECK_EQ(function_at(s, r.poll)->total_ns, count * 3);
    hotpath_snapshot_free(s);
    for (size_t i = 1; i < count; i += 2)
        HOTPATH_TASK_CANCEL(&tasks[i]);
    for (size_t i = 0; i < HOTPATH_TASK_ALIVE_MAX; i++)
        hotpath_task_create(&tasks[i], "many", "", 0); /* the slots are free again */
    s = law_take();
    CHECK_EQ(task_of(s, "many").untracked, 0);
    CHECK_EQ(task_of(s, "many").pending, HOTPATH_TASK_ALIVE_MAX);
    hotpath_snapshot_free(s);
    for (size_t i = 0; i < HOTPATH_TASK_ALIVE_MAX; i++)
        HOTPATH_TASK_CANCEL(&tasks[i]);
    free(tasks);
}
static void bad_use(void** state) {
    (void)state;
    hotpath_task_t none, task, ended;
    memset(&none, 0, sizeof none);
    HOTPATH_TASK_POLL_BEGIN(&none);
    HOTPATH_TASK_POLL_END(&none);
    HOTPATH_TASK_DONE(&none);
    HOTPATH_TASK_CANCEL(&none);
    hotpath_task_context(&none);
    CHECK_EQ(hotpath_task_id(&none), 0);
    const uint32_t depth = hotpath_depth();
    HOTPATH_TASK_CREATE(&task, "bad");
    HOTPATH_TASK_POLL_END(&task); /* 1: it was not polled */
    HOTPATH_TASK_POLL_BEGIN(&task);
    pass(4);
    HOTPATH_TASK_POLL_BEGIN(&task); /* 2: it is; the poll before has ended here */
    pass(5);
    HOTPATH_TASK_DONE(&task);
    HOTPATH_TASK_CANCEL(&task); /* 3 */
    HOTPATH_TASK_POLL_END(&task);
    HOTPATH_TASK_POLL_END(&task);   /* 4 */
    HOTPATH_TASK_POLL_BEGIN(&task); /* 5 */
    HOTPATH_TASK_DONE(&task);       /* 6 */
    hotpath_task_context(&task);
    CHECK_EQ(hotpath_depth(), depth);
    hotpath_task_t other;
    hotpath_task_create(&ended, "copied", "", 0);
    const hotpath_task_t copy = ended;
    HOTPATH_TASK_DONE(&ended);
    hotpath_task_create(&other, "copied", "", 0); /* in the slot of the one that has ended */
    ended = copy;
    poll_of(&ended, 1);
    hotpath_snapshot_t* s = law_take();
    const hotpath_task_row_t r = task_of(s, "bad");
    CHECK_EQ(r.misused, 6);
    CHECK_EQ(r.done, 1);
    CHECK_EQ(r.calls[0].state, HOTPATH_TASK_READY);
    CHECK_EQ(r.calls[0].polls, 2);
    check_function(s, r.poll, HOTPATH_KIND_POLL, "bad (poll)", 2, 9, 5);
    CHECK_EQ(task_of(s, "copied").calls[0].id, 2);
    CHECK_EQ(task_of(s, "copied").calls[0].polls, 0);
    hotpath_snapshot_free(s);
    HOTPATH_TASK_CANCEL(&other);
}

/* Polls begin and end in helpers, whose frames are left meanwhile. */
LAW_NOINLINE static void helper_begins(hotpath_task_t* task) {
    volatile char room[512];
    room[0] = 0, (void)room[0];
    HOTPATH_TASK_POLL_BEGIN(task);
}
LAW_NOINLINE static void helper_ends(hotpath_task_t* task) { HOTPATH_TASK_POLL_END(task); }
static void helpers(void** state) {
    (void)state;
    hotpath_task_t* task = (hotpath_task_t*)calloc(1, sizeof *task);
    hotpath_task_t here;
    HOTPATH_TASK_CREATE(task, "of a heap");
    HOTPATH_TASK_CREATE(&here, "of a stack");
    helper_begins(task);
    helper_begins(&here);
    for (int i = 0; i < 3; i++) {
        HOTPATH_SCOPE("in both");
        pass(2);
    }
    helper_ends(&here);
    helper_ends(task);
    hotpath_snapshot_t* s = law_take();
    const hotpath_task_row_t r = task_of(s, "of a heap"), h = task_of(s, "of a stack");
    check_function(s, r.poll, HOTPATH_KIND_POLL, "of a heap (poll)", 1, 6, 6);
    check_function(s, h.poll, HOTPATH_KIND_POLL, "of a stack (poll)", 1, 6, 6);
    CHECK_EQ(function_at(s, r.poll)->abandoned + function_at(s, h.poll)->abandoned, 0);
    CHECK_EQ(function_at(s, h.poll)->self_ns, 0);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
    HOTPATH_TASK_DONE(task);
    HOTPATH_TASK_DONE(&here);
    free(task);
}
/* A jump out of a poll: the scope around it heals the stack, the task is polled again. */
static jmp_buf landing;
static void jumps(void** state) {
    (void)state;
    hotpath_task_t* task = (hotpath_task_t*)calloc(1, sizeof *task);
    HOTPATH_TASK_CREATE(task, "jumps");
    {
        HOTPATH_SCOPE("around");
        if (setjmp(landing) == 0) {
            HOTPATH_TASK_POLL_BEGIN(task);
            pass(8);
            longjmp(landing, 1);
        }
        pass(1);
    }
    poll_of(task, 2);
    HOTPATH_TASK_DONE(task);
    hotpath_snapshot_t* s = law_take();
    const hotpath_task_row_t r = task_of(s, "jumps");
    CHECK_EQ(r.misused, 1);
    CHECK_EQ(function_at(s, r.poll)->calls, 2);
    CHECK_EQ(function_at(s, r.poll)->abandoned, 1);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
    free(task);
}

/* ---- threads and contexts ----------------------------------------------------------------------- */

static void* poll_elsewhere(void* task) {
    poll_of((hotpath_task_t*)task, 5);
    return NULL;
}
static void on_any_thread(void** state) {
    (void)state;
    hotpath_task_t task;
    HOTPATH_TASK_CREATE(&task, "moves");
    poll_of(&task, 1);
    for (int i = 0; i < 3; i++) {
        pthread_t thread;
        pass(10);
        CHECK_EQ(pthread_create(&thread, NULL, poll_elsewhere, &task), 0);
        pthread_join(thread, NULL);
    }
    hotpath_task_t moved = task;
    memset(&task, 0, sizeof task);
    poll_of(&moved, 1);
    HOTPATH_TASK_DONE(&moved);
    hotpath_snapshot_t* s = law_take();
    const hotpath_task_row_t r = task_of(s, "moves");
    check_function(s, r.poll, HOTPATH_KIND_POLL, "moves (poll)", 5, 17, 5);
    check_function(s, r.wait, HOTPATH_KIND_INTERVAL, "moves (wait)", 5, 30, 10);
    check_function(s, r.life, HOTPATH_KIND_INTERVAL, "moves (life)", 1, 47, 47);
    CHECK_EQ(r.calls[0].polls, 5);
    CHECK_EQ(r.calls[0].total_poll_ns, 17);
    hotpath_snapshot_free(s);
}
/* A scope that stays open from one poll to the next, on two threads. */
typedef struct carried {
    hotpath_task_t task;
    hotpath_token_t open;
} carried_t;
static hotpath_site_t carried_site = HOTPATH_SITE_INIT("carried", HOTPATH_KIND_SCOPE);
static void* carry_on(void* user) {
    carried_t* c = (carried_t*)user;
    HOTPATH_SCOPE("of the thread");
    HOTPATH_TASK_POLL_BEGIN(&c->task);
    pass(20);
    hotpath_end(&c->open);
    pass(1);
    HOTPATH_TASK_POLL_END(&c->task);
    CHECK_EQ(hotpath_depth(), 1);
    return NULL;
}
static void scopes_move(void** state) {
    (void)state;
    carried_t* c = (carried_t*)calloc(1, sizeof *c);
    hotpath_snapshot_t* before = law_take();
    const uint64_t foreign = hotpath_snapshot_info(before)->drops.foreign_ends;
    hotpath_snapshot_free(before);
    HOTPATH_TASK_CREATE(&c->task, "carries");
    hotpath_task_context(&c->task);
    {
        HOTPATH_SCOPE("first carrier");
        HOTPATH_TASK_POLL_BEGIN(&c->task);
        hotpath_begin(&carried_site, &c->open);
        pass(10);
        HOTPATH_TASK_POLL_END(&c->task);
        CHECK_EQ(hotpath_depth(), 1);
        pass(100);
    }
    pthread_t thread;
    CHECK_EQ(pthread_create(&thread, NULL, carry_on, c), 0);
    pthread_join(thread, NULL);
    HOTPATH_TASK_DONE(&c->task);
    hotpath_snapshot_t* s = law_take();
    law_check_quiet(s);
    const hotpath_task_row_t r = task_of(s, "carries");
    check_function(s, r.poll, HOTPATH_KIND_POLL, "carries (poll)", 2, 31, 21);
    size_t count;
    const hotpath_function_t* f = hotpath_snapshot_functions(s, &count);
    while (count != 0 && strcmp(f->name, "carried") != 0)
        f++, count--;
    CHECK_GT(count, 0);
    CHECK_EQ(f->calls, 1);
    CHECK_EQ(f->completed, 1);
    CHECK_EQ(f->total_ns, 130);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.foreign_ends, foreign);
    hotpath_snapshot_free(s);
    free(c);
}
/* One task polls another, which has a context, and the scopes of both come back. */
static void nested(void** state) {
    (void)state;
    hotpath_task_t outer, inner;
    HOTPATH_TASK_CREATE(&outer, "outer");
    HOTPATH_TASK_CREATE(&inner, "inner");
    hotpath_task_context(&outer);
    hotpath_task_context(&inner);
    HOTPATH_TASK_POLL_BEGIN(&outer);
    {
        HOTPATH_SCOPE("of the outer");
        pass(1);
        HOTPATH_TASK_POLL_BEGIN(&inner);
        pass(2);
        HOTPATH_TASK_DONE(&inner);
        HOTPATH_TASK_POLL_END(&inner);
        CHECK_EQ(hotpath_depth(), 1); /* of the outer one's context */
        pass(4);
    }
    HOTPATH_TASK_POLL_END(&outer);
    HOTPATH_TASK_DONE(&outer);
    CHECK_EQ(hotpath_depth(), 0);
    hotpath_snapshot_t* s = law_take();
    check_function(s, task_of(s, "outer").poll, HOTPATH_KIND_POLL, "outer (poll)", 1, 7, 7);
    check_function(s, task_of(s, "inner").poll, HOTPATH_KIND_POLL, "inner (poll)", 1, 2, 2);
    hotpath_snapshot_free(s);
}

/* ---- switches, bounds, forks -------------------------------------------------------------------- */

static void off(void** state) {
    (void)state;
    hotpath_task_t before, during;
    HOTPATH_TASK_CREATE(&before, "off");
    poll_of(&before, 1);
    hotpath_enable(false);
    HOTPATH_TASK_CREATE(&during, "off");
    CHECK_EQ(hotpath_task_id(&during), 0);
    pass(50);
    poll_of(&before, 2);
    poll_of(&during, 2);
    hotpath_enable(true);
    pass(3);
    poll_of(&before, 4); /* since when it waited is not known */
    poll_of(&during, 4);
    hotpath_enable(false);
    HOTPATH_TASK_DONE(&before);
    HOTPATH_TASK_DONE(&during);
    hotpath_enable(true);
    hotpath_snapshot_t* s = law_take();
    const hotpath_task_row_t r = task_of(s, "off");
    CHECK_EQ(r.created, 1);
    CHECK_EQ(r.done, 1);
    CHECK_EQ(r.pending, 0);
    check_function(s, r.poll, HOTPATH_KIND_POLL, "off (poll)", 2, 5, 4);
    CHECK_EQ(function_at(s, r.wait)->completed, 1);
    CHECK_EQ(r.life, HOTPATH_NO_FUNCTION);
    CHECK_EQ(r.calls[0].polls, 2);
    hotpath_snapshot_free(s);
}
/* Polls are timed whatever the rate of the others. */
static void sampled(void** state) {
    (void)state;
    hotpath_task_t task;
    hotpath_time_sampling(NULL, 1000);
    HOTPATH_TASK_CREATE(&task, "sampled");
    for (int i = 0; i < 100; i++) {
        pass(2);
        poll_of(&task, 3);
    }
    HOTPATH_TASK_DONE(&task);
    hotpath_time_sampling(NULL, 1);
    hotpath_snapshot_t* s = law_take();
    const hotpath_task_row_t r = task_of(s, "sampled");
    check_function(s, r.poll, HOTPATH_KIND_POLL, "sampled (poll)", 100, 300, 3);
    check_function(s, r.wait, HOTPATH_KIND_INTERVAL, "sampled (wait)", 100, 200, 2);
    CHECK(!function_at(s, r.poll)->estimated);
    hotpath_snapshot_free(s);
}
static void differences(void** state) {
    (void)state;
    hotpath_task_t early, late, first;
    hotpath_task_create(&early, "window", "", 0);
    hotpath_task_create(&first, "window", "", 0);
    poll_of(&early, 10);
    HOTPATH_TASK_RESULT(&first, "gone before");
    pass(5);
    hotpath_snapshot_t* older = law_take();
    pass(5);
    poll_of(&early, 20);
    hotpath_task_create(&late, "window", "", 0);
    poll_of(&late, 3);
    HOTPATH_TASK_RESULT(&early, "kept");
    pass(1);
    hotpath_snapshot_t* newer = law_take();
    hotpath_snapshot_t* s = hotpath_snapshot_difference(newer, older, NULL);
    hotpath_snapshot_free(newer);
    hotpath_snapshot_free(older);
    CHECK(s != NULL);
    const hotpath_task_row_t r = task_of(s, "window");
    CHECK_EQ(r.created, 1);
    CHECK_EQ(r.done, 1);
    CHECK_EQ(r.pending, 1);
    CHECK_EQ(r.idle_ns, 1);
    CHECK_EQ(function_at(s, r.poll)->calls, 2);
    CHECK_EQ(function_at(s, r.poll)->total_ns, 23);
    CHECK_EQ(function_at(s, r.wait)->calls, 2);
    CHECK_EQ(function_at(s, r.wait)->total_ns, 10);
    CHECK_EQ(r.calls_count, 2);
    CHECK_EQ(r.calls[0].id, 3);
    CHECK_EQ(r.calls[1].id, 1);
    CHECK_TEXT(r.calls[1].result.as.text, "kept");
    hotpath_snapshot_free(s);
    HOTPATH_TASK_DONE(&late);
}
static void results(void** state) {
    (void)state;
    hotpath_task_t task;
    for (int i = 0; i < 3; i++) {
        hotpath_task_create(&task, "results", "", 0);
        if (i == 0) HOTPATH_TASK_RESULT(&task, 1.5);
        if (i == 1) HOTPATH_TASK_RESULT(&task, "0123456789012345678901234567890123456789");
        if (i == 2) HOTPATH_TASK_DONE(&task);
    }
    hotpath_snapshot_t* s = law_take();
    const hotpath_task_row_t r = task_of(s, "results");
    CHECK_EQ(r.calls[0].result.type, HOTPATH_VALUE_NONE);
    CHECK_EQ(r.calls[1].result.type, HOTPATH_VALUE_TEXT);
    CHECK_EQ(r.calls[1].result.length, 39);
    CHECK_TEXT(r.calls[1].result.as.text, "012345678901234567890123456789012345678");
    CHECK_EQ(r.calls[2].result.type, HOTPATH_VALUE_DOUBLE);
    CHECK(r.calls[2].result.as.d == 1.5);
    hotpath_snapshot_free(s);
}
/* A snapshot in a buffer of the size that was said to be enough. */
static void sizes(void** state) {
    (void)state;
    hotpath_task_t tasks[40];
    hotpath_runtime_t runtime;
    hotpath_runtime_create(&runtime, "sized", 5);
    for (size_t i = 0; i < 40; i++)
        hotpath_task_create(&tasks[i], "sized", "", 0);
    for (size_t i = 0; i < 20; i++)
        HOTPATH_TASK_RESULT(&tasks[i], "a text that is kept with its task");
    hotpath_snapshot_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.buffer_size = hotpath_snapshot_size(NULL);
    desc.buffer = malloc(desc.buffer_size);
    hotpath_snapshot_t* s = hotpath_snapshot_take(&desc);
    CHECK(s != NULL);
    CHECK_EQ(task_of(s, "sized").calls_count, 40);
    CHECK_EQ(runtime_of(s, "sized").workers_count, 5);
    hotpath_snapshot_free(s);
    free(desc.buffer);
    for (size_t i = 20; i < 40; i++)
        HOTPATH_TASK_CANCEL(&tasks[i]);
}
/* The report says what the rows say. */
static law_text_t report_text;
static int reported(void) {
    hotpath_task_t task, other;
    hotpath_runtime_t loop;
    hotpath_token_t token;
    hotpath_snapshot_t* s = law_take();
    CHECK_HAS_NOT(law_render(&report_text, s, HOTPATH_FORMAT_TABLE), "Task");
    CHECK_HAS(law_render(&report_text, s, HOTPATH_FORMAT_JSON), "\"futures\":{\"data\":[],");
    hotpath_snapshot_free(s);
    hotpath_task_create(&task, "told", "file.c", 3);
    hotpath_task_create(&other, "told", "file.c", 3);
    hotpath_runtime_create(&loop, "the loop", 0);
    hotpath_runtime_park(&loop, 0, &token);
    pass(600);
    hotpath_runtime_unpark(&loop, 0, &token);
    poll_of(&task, 300);
    HOTPATH_TASK_RESULT(&task, 5);
    pass(100);
    hotpath_runtime_park(&loop, 0, &token);
    s = law_take();
    const char* text = law_render(&report_text, s, HOTPATH_FORMAT_TABLE);
    CHECK_HAS(text, "Task  Calls  Done  Pending   Oldest    Life    Wait  Polls   Total");
    CHECK_HAS(text, "told      2     1        1  1.00 \xC2\xB5s  900 ns  600 ns      1  300 ns");
    CHECK_HAS(text, "the loop        1  40.00%      0          0      2");
    text = law_render(&report_text, s, HOTPATH_FORMAT_JSON);
    CHECK_HAS(text, "\"label\":\"told\",\"call_count\":2,\"done\":1,\"cancelled\":0,\"pending\":1,"
                    "\"running\":0,\"oldest_ns\":1000,\"idle_ns\":1000,\"total_polls\":1,"
                    "\"total_poll_duration\":\"300 ns\",\"total_poll_duration_ns\":300,");
    CHECK_HAS(text, "\"wait_ns\":1600,\"wait_avg_ns\":600.00,");
    CHECK_HAS(text,
        "\"state\":\"ready\",\"state_ns\":0,\"poll_count\":1,\"total_poll_duration_ns\":300,");
    CHECK_HAS(text, "\"result\":5}");
    CHECK_HAS(
        text, "\"label\":\"the loop\",\"kind\":\"event loop\",\"closed\":false,\"num_workers\":1,");
    CHECK_HAS(text, "\"busy_percent\":40.00,\"lag_count\":1,\"lag_avg_ns\":400.00,");
    CHECK_HAS(text, "\"index\":0,\"state\":\"parked\",\"park_count\":2,\"busy_duration_ms\":0.000,"
                    "\"busy_ns\":400,\"parked_ns\":600,");
    hotpath_snapshot_free(s);
    return 0;
}
static void reports(void** state) {
    (void)state;
    law_exited(law_again("reported", NULL), 0);
    law_exited(law_start("reported_few", "HOTPATH_FUTURES_LIMIT", "1"), 0);
}
static int reported_few(void) {
    hotpath_task_t task;
    hotpath_task_create(&task, "first", "", 0);
    hotpath_task_create(&task, "second", "", 0);
    hotpath_snapshot_t* s = law_take();
    const char* text = law_render(&report_text, s, HOTPATH_FORMAT_TABLE);
    CHECK_HAS(text, "1 more: HOTPATH_FUTURES_LIMIT=0 shows all");
    CHECK_HAS_NOT(text, "second");
    hotpath_snapshot_free(s);
    return 0;
}
static int limited(void) { /* HOTPATH_ENTRIES_LIMIT=2 */
    hotpath_task_t task;
    char label[8];
    for (int i = 0; i < 10; i++) {
        snprintf(label, sizeof label, "t%d", i);
        hotpath_task_create(&task, label, "", 0);
        poll_of(&task, 2);
        HOTPATH_TASK_DONE(&task);
    }
    hotpath_snapshot_t* s = law_take();
    CHECK_EQ(hotpath_snapshot_tasks(s, NULL, 0), 3);
    CHECK_EQ(task_of(s, "t1").done, 1);
    CHECK_EQ(task_of(s, "<other>").done, 8);
    CHECK_EQ(function_at(s, task_of(s, "<other>").poll)->total_ns, 16);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.entry_overflow, 8);
    hotpath_snapshot_free(s);
    return 0;
}
static void bounds(void** state) {
    (void)state;
    law_exited(law_start("limited", "HOTPATH_ENTRIES_LIMIT", "2"), 0);
}
static hotpath_task_t inherited, inherited_open;
static hotpath_runtime_t inherited_loop;
static int in_a_child(void) {
    poll_of(&inherited, 7);
    HOTPATH_TASK_POLL_END(&inherited_open);
    HOTPATH_TASK_DONE(&inherited);
    hotpath_snapshot_t* s = law_take();
    hotpath_task_row_t r = task_of(s, "inherited");
    CHECK_EQ(r.created + r.done + r.pending + r.calls_count + r.misused, 0);
    hotpath_runtime_row_t rt = runtime_of(s, "inherited loop");
    CHECK_EQ(rt.parks + rt.busy_ns + rt.parked_ns + rt.spawned, 0);
    CHECK(rt.is_loop);
    hotpath_snapshot_free(s);
    hotpath_task_t own;
    HOTPATH_TASK_CREATE(&own, "inherited");
    hotpath_task_create(&own, r.label, r.file, r.line);
    poll_of(&own, 9);
    HOTPATH_TASK_DONE(&own);
    hotpath_token_t token;
    hotpath_runtime_park(&inherited_loop, 0, &token);
    pass(6);
    hotpath_runtime_unpark(&inherited_loop, 0, &token);
    s = law_take();
    r = task_of(s, "inherited");
    CHECK_EQ(r.created, 1);
    CHECK_EQ(r.done, 1);
    CHECK_EQ(r.calls_count, 1);
    CHECK_EQ(r.calls[0].total_poll_ns, 9);
    rt = runtime_of(s, "inherited loop");
    CHECK_EQ(rt.parks, 1);
    CHECK_EQ(rt.parked_ns, 6);
    hotpath_snapshot_free(s);
    return 0;
}
static void forks(void** state) {
    (void)state;
    HOTPATH_TASK_CREATE(&inherited, "inherited");
    poll_of(&inherited, 3);
    hotpath_task_t ended;
    hotpath_snapshot_t* s = law_take();
    const hotpath_task_row_t place = task_of(s, "inherited");
    hotpath_task_create(&ended, place.label, place.file, place.line);
    HOTPATH_TASK_DONE(&ended);
    hotpath_task_create(&inherited_open, place.label, place.file, place.line);
    HOTPATH_TASK_POLL_BEGIN(&inherited_open);
    hotpath_runtime_create(&inherited_loop, "inherited loop", 0);
    hotpath_token_t token;
    hotpath_runtime_park(&inherited_loop, 0, &token);
    pass(3);
    hotpath_runtime_unpark(&inherited_loop, 0, &token);
    hotpath_runtime_spawned(&inherited_loop, 2);
    hotpath_snapshot_free(s);
    law_exited(law_fork(in_a_child), 0);
    HOTPATH_TASK_POLL_END(&inherited_open);
    HOTPATH_TASK_CANCEL(&inherited_open);
    HOTPATH_TASK_DONE(&inherited);
    s = law_take();
    CHECK_EQ(task_of(s, "inherited").done, 2);
    CHECK_EQ(task_of(s, "inherited").misused, 0);
    hotpath_snapshot_free(s);
}

/* ---- runtimes ----------------------------------------------------------------------------------- */

static void pool(void** state) {
    (void)state;
    hotpath_runtime_t runtime, same, none;
    hotpath_token_t token;
    memset(&none, 0, sizeof none);
    hotpath_runtime_park(&none, 0, &token);
    hotpath_runtime_unpark(&none, 0, &token);
    hotpath_runtime_spawned(&none, 1);
    hotpath_runtime_polled(&none, 1, 1);
    hotpath_runtime_queued(&none, 1);
    hotpath_runtime_lag(&none, 1);
    hotpath_runtime_close(&none);
    hotpath_runtime_create(&runtime, "pool", 3);
    hotpath_runtime_create(&same, "pool", 3);
    hotpath_runtime_worker_begin(&runtime, 0);
    pass(10);
    hotpath_runtime_park(&runtime, 0, &token);
    pass(30);
    hotpath_runtime_unpark(&same, 0, &token);
    pass(5);
    hotpath_runtime_polled(&runtime, 0, 2);
    hotpath_runtime_stolen(&runtime, 0, 1);
    hotpath_runtime_spawned(&runtime, 5);
    hotpath_runtime_finished(&same, 3);
    hotpath_runtime_queued(&runtime, 9);
    hotpath_runtime_queued(&runtime, 4);
    hotpath_runtime_park(&runtime, 1, &token); /* it lives from here on */
    pass(7);
    hotpath_snapshot_t* s = law_take();
    hotpath_runtime_row_t r = runtime_of(s, "pool");
    CHECK_EQ(r.num_workers, 3);
    CHECK_EQ(r.workers_count, 3);
    CHECK(!r.is_loop && !r.is_closed);
    CHECK_EQ(r.spawned, 5);
    CHECK_EQ(r.finished, 3);
    CHECK_EQ(r.alive_tasks, 2);
    CHECK_EQ(r.queue_depth, 4);
    CHECK_EQ(r.queue_max, 9);
    CHECK_EQ(r.parks, 2);
    CHECK_EQ(r.polls, 2);
    CHECK_EQ(r.steals, 1);
    CHECK_EQ(r.workers[0].state, HOTPATH_WORKER_BUSY);
    CHECK_EQ(r.workers[0].parked_ns, 30);
    CHECK_EQ(r.workers[0].busy_ns, 22);
    CHECK_EQ(r.workers[1].state, HOTPATH_WORKER_PARKED);
    CHECK_EQ(r.workers[1].parked_ns, 7);
    CHECK_EQ(r.workers[1].busy_ns, 0);
    CHECK_EQ(r.workers[2].state, HOTPATH_WORKER_UNKNOWN);
    CHECK_EQ(r.parked_ns, 37);
    CHECK_EQ(r.busy_ns, 22);
    CHECK_EQ(r.lag, HOTPATH_NO_FUNCTION); /* its workers are no loop */
    check_function(s, r.park, HOTPATH_KIND_WAIT, "pool (parked)", 2, 37, 30);
    hotpath_snapshot_t* older = s;
    hotpath_runtime_unpark(&runtime, 1, &token);
    hotpath_runtime_unpark(&runtime, 1, &token); /* twice */
    pass(11);
    hotpath_runtime_worker_end(&runtime, 1);
    pass(2);
    s = law_take();
    hotpath_snapshot_t* window = hotpath_snapshot_difference(s, older, NULL);
    r = runtime_of(window, "pool");
    CHECK_EQ(r.parks + r.polls + r.steals + r.spawned + r.finished, 0);
    CHECK_EQ(r.alive_tasks, 2);
    CHECK_EQ(r.misused, 1);
    CHECK_EQ(r.workers[0].busy_ns, 13);
    CHECK_EQ(r.workers[1].busy_ns, 11);
    CHECK_EQ(r.workers[1].state, HOTPATH_WORKER_ENDED);
    CHECK_EQ(r.parked_ns, 0);
    hotpath_snapshot_free(window);
    hotpath_snapshot_free(older);
    hotpath_snapshot_free(s);
}
static void loop(void** state) {
    (void)state;
    hotpath_runtime_t runtime;
    hotpath_token_t token;
    hotpath_runtime_create(&runtime, "loop", 0);
    static const uint64_t busy[] = {3, 40, 5};
    for (size_t i = 0; i < 3; i++) {
        hotpath_runtime_park(&runtime, 0, &token);
        pass(100);
        hotpath_runtime_unpark(&runtime, 0, &token);
        pass(busy[i]);
    }
    hotpath_runtime_park(&runtime, 0, &token);
    hotpath_runtime_unpark(&runtime, 0, &token);
    hotpath_snapshot_t* s = law_take();
    hotpath_runtime_row_t r = runtime_of(s, "loop");
    CHECK(r.is_loop);
    CHECK_EQ(r.num_workers, 1);
    check_function(s, r.lag, HOTPATH_KIND_INTERVAL, "loop (lag)", 3, 48, 40);
    check_function(s, r.park, HOTPATH_KIND_WAIT, "loop (parked)", 4, 300, 100);
    CHECK_EQ(r.busy_ns, 48);
    CHECK_EQ(r.parked_ns, 300);
    CHECK_EQ(hotpath_snapshot_percentile(s, function_at(s, r.lag), 50), 5);
    hotpath_snapshot_free(s);
    hotpath_runtime_lag(&runtime, 1000);
    hotpath_runtime_close(&runtime);
    pass(77);
    s = law_take();
    r = runtime_of(s, "loop");
    CHECK_EQ(function_at(s, r.lag)->max_ns, 1000);
    CHECK(r.is_closed);
    CHECK_EQ(r.busy_ns, 48);
    CHECK_EQ(r.workers[0].state, HOTPATH_WORKER_ENDED);
    hotpath_snapshot_free(s);
}
static void tell(void* user, hotpath_runtime_levels_t* levels) {
    CHECK_EQ(levels->alive_tasks, 4);
    levels->alive_tasks = 17;
    levels->queue_depth = *(const uint64_t*)user;
}
static void asked(void** state) {
    (void)state;
    static uint64_t depth = 6;
    hotpath_runtime_t runtime;
    hotpath_runtime_create(&runtime, "asked", 1);
    hotpath_runtime_spawned(&runtime, 4);
    hotpath_runtime_ask(&runtime, tell, &depth);
    hotpath_snapshot_t* s = law_take();
    hotpath_runtime_row_t r = runtime_of(s, "asked");
    CHECK_EQ(r.alive_tasks, 17);
    CHECK_EQ(r.queue_depth, 6);
    CHECK_EQ(r.queue_max, 6);
    hotpath_snapshot_free(s);
    hotpath_runtime_ask(&runtime, NULL, NULL);
    s = law_take();
    CHECK_EQ(runtime_of(s, "asked").alive_tasks, 4);
    CHECK_EQ(runtime_of(s, "asked").queue_depth, 0);
    hotpath_snapshot_free(s);
}
/* Workers past the bound are one, with sums. */
static void many_workers(void** state) {
    (void)state;
    hotpath_runtime_t runtime;
    hotpath_token_t token;
    hotpath_runtime_create(&runtime, "wide", 200);
    for (uint32_t i = 0; i < 200; i++) {
        hotpath_runtime_park(&runtime, i, &token);
        pass(3);
        hotpath_runtime_unpark(&runtime, i, &token);
        hotpath_runtime_polled(&runtime, i, 2);
        hotpath_runtime_worker_end(&runtime, i);
    }
    hotpath_runtime_polled(&runtime, UINT32_MAX, 1);
    hotpath_snapshot_t* s = law_take();
    const hotpath_runtime_row_t r = runtime_of(s, "wide");
    CHECK_EQ(r.num_workers, 200);
    CHECK_EQ(r.workers_count, HOTPATH_RUNTIME_WORKERS);
    CHECK_EQ(r.workers[0].polls, 2);
    CHECK_EQ(
        r.workers[HOTPATH_RUNTIME_WORKERS - 1].polls, 2 * (200 - HOTPATH_RUNTIME_WORKERS + 1) + 1);
    CHECK_EQ(r.parks, 200);
    CHECK_EQ(r.polls, 401);
    CHECK_EQ(r.parked_ns, 600);
    CHECK_EQ(r.misused, 0);
    check_function(s, r.park, HOTPATH_KIND_WAIT, "wide (parked)", 200, 600, 3);
    hotpath_snapshot_free(s);
}

int main(int argc, char** argv) {
    static const law_child_t children[] = {
        {"limited", limited}, {"reported", reported}, {"reported_few", reported_few}, {NULL, NULL}};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(to_the_tick),
        cmocka_unit_test(alive),
        cmocka_unit_test(logs_are_bounded),
        cmocka_unit_test(many_alive),
        cmocka_unit_test(bad_use),
        cmocka_unit_test(helpers),
        cmocka_unit_test(jumps),
        cmocka_unit_test(on_any_thread),
        cmocka_unit_test(scopes_move),
        cmocka_unit_test(nested),
        cmocka_unit_test(off),
        cmocka_unit_test(sampled),
        cmocka_unit_test(differences),
        cmocka_unit_test(results),
        cmocka_unit_test(sizes),
        cmocka_unit_test(reports),
        cmocka_unit_test(bounds),
        cmocka_unit_test(forks),
        cmocka_unit_test(pool),
        cmocka_unit_test(loop),
        cmocka_unit_test(asked),
        cmocka_unit_test(many_workers),
    };
    const int code = law_run(argc, argv, children);
    return code >= 0 ? code : cmocka_run_group_tests(tests, NULL, NULL);
}
