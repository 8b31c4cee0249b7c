/* RECORDER: virtual */
/* Law 7: every way out of a scope. Calls stay exact, the tree heals, nothing grows. The clock is
   virtual, so that totals are known. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "virtual_clock.h"
#include "hotpath.h"
#include "law.h"

/* >>return, goto */

static int many_returns(int n) {
    HOTPATH_FUNC();
    pass(1);
    if (n == 0) return 10;
    {
        HOTPATH_SCOPE("many inner");
        pass(1);
        if (n == 1) return 11;
        for (int i = 0; i < 10; i++) {
            HOTPATH_SCOPE("many loop");
            pass(1);
            if (n == 2 && i == 3) return 12;
            if (n == 3 && i == 4) goto out;
            if (n == 4 && i % 2) continue;
            if (n == 5 && i == 6) break;
        }
    }
    return 13;
out:
    pass(1);
    return 14;
}

static void law_07_every_way_out(void** state) {
    (void)state;
    static const int gives[] = {10, 11, 12, 14, 13, 13, 13};
    for (int n = 0; n < 7; n++) {
        const uint32_t depth = hotpath_depth();
        CHECK_EQ(many_returns(n), gives[n]);
        CHECK_EQ(hotpath_depth(), depth);
    }
    hotpath_snapshot_t* const s = law_take();
    const hotpath_function_t* f = law_function(s, "many_returns");
    CHECK_EQ(f->calls, 7);
    CHECK_EQ(f->completed, 7);
    CHECK_EQ(f->total_ns, 7 + 6 + (4 + 5 + 10 + 7 + 10) + 1);
    f = law_function(s, "many inner");
    CHECK_EQ(f->calls, 6);
    CHECK_EQ(f->completed, 6);
    f = law_function(s, "many loop");
    CHECK_EQ(f->calls, 4 + 5 + 10 + 7 + 10);
    CHECK_EQ(f->completed, f->calls);
    CHECK_EQ(f->total_ns, f->calls);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.foreign_ends, 0);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
}

/* >>longjmp */

static jmp_buf back;
static volatile bool always = true; /* keeps the compiler from knowing that nobody returns */

static LAW_NOINLINE void jumps_out(int levels) {
    HOTPATH_FUNC();
    pass(10);
    if (levels > 0) jumps_out(levels - 1);
    if (always) longjmp(back, 1);
}
/* Runs what jumps, and is where it lands. */
static LAW_NOINLINE void lands(void (*jumps)(int), int levels) {
    if (setjmp(back) == 0) jumps(levels);
}

/* The next enclosing end heals: what was left open is abandoned at that moment. */
static LAW_NOINLINE void jump_enclosed(void) {
    HOTPATH_FUNC();
    lands(jumps_out, 2);
    pass(1);
}
static void law_07_every_way_out_enclosing_end(void** state) {
    (void)state;
    const uint64_t foreign = law_drops().foreign_ends;
    for (uint64_t i = 1; i <= 50; i++) {
        jump_enclosed();
        CHECK_EQ(hotpath_depth(), 0);
        hotpath_snapshot_t* const s = law_take();
        const hotpath_function_t* f = law_function(s, "jumps_out");
        CHECK_EQ(f->calls, 3 * i);
        CHECK_EQ(f->open_calls, 0);
        CHECK_EQ(f->abandoned, 3 * i);
        f = law_function(s, "jump_enclosed");
        CHECK_EQ(f->calls, i);
        CHECK_EQ(f->completed, i);
        CHECK_EQ(f->total_ns, 31 * i);
        law_check_quiet(s);
        hotpath_snapshot_free(s);
    }
    CHECK_EQ(law_drops().foreign_ends, foreign);
}

/* The next entry from an older frame heals, long before the enclosing end. */
static LAW_NOINLINE void after_jump(void) {
    HOTPATH_FUNC();
    CHECK_EQ(hotpath_depth(), 2);
    pass(5);
}
static LAW_NOINLINE void jump_loop(void) {
    HOTPATH_SCOPE("jump loop");
    for (int i = 0; i < 20; i++) {
        lands(jumps_out, 3);
        after_jump();
    }
    hotpath_snapshot_t* const s = law_take();
    const uint32_t loop = law_node(s, HOTPATH_NO_NODE, "jump loop");
    CHECK(loop != HOTPATH_NO_NODE);
    const uint32_t after = law_node(s, loop, "after_jump");
    CHECK(after != HOTPATH_NO_NODE);
    size_t count = 0;
    CHECK_EQ(hotpath_snapshot_nodes(s, &count)[after].calls, 20);
    CHECK_EQ(hotpath_snapshot_nodes(s, &count)[after].total_ns, 100);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
}
static void law_07_every_way_out_older_frame(void** state) {
    (void)state;
    jump_loop();
    const hotpath_function_t f = law_now("after_jump");
    CHECK_EQ(f.calls, 20);
    CHECK_EQ(f.completed, 20);
    CHECK_EQ(f.total_ns, 100);
    CHECK_EQ(hotpath_depth(), 0);
}

/* hotpath_unwind heals where the program says so. */
static void law_07_every_way_out_unwind(void** state) {
    (void)state;
    HOTPATH_BEGIN(outer, "unwind outer");
    const uint32_t depth = hotpath_depth();
    CHECK_EQ(depth, 1);
    const uint64_t abandoned = law_now("jumps_out").abandoned;
    for (uint64_t i = 1; i <= 30; i++) {
        lands(jumps_out, 4);
        hotpath_unwind(depth);
        CHECK_EQ(hotpath_depth(), depth);
        const hotpath_function_t f = law_now("jumps_out");
        CHECK_EQ(f.open_calls, 0);
        CHECK_EQ(f.abandoned, abandoned + 5 * i);
    }
    hotpath_unwind(100); /* deeper than there is: nothing happens */
    CHECK_EQ(hotpath_depth(), 1);
    CHECK_EQ(HOTPATH_END(outer), 30 * 50);
    CHECK_EQ(law_now("unwind outer").completed, 1);
    HOTPATH_BEGIN(all, "unwind all");
    hotpath_unwind(0);
    CHECK_EQ(hotpath_depth(), 0);
    const uint64_t foreign = law_drops().foreign_ends;
    (void)HOTPATH_END(all);
    CHECK_EQ(law_drops().foreign_ends, foreign + 1);
    CHECK_EQ(law_now("unwind all").abandoned, 1);
    law_check_quiet_now();
}

/* An event loop whose handlers leave by longjmp for ever, with no scope around it. */
static LAW_NOINLINE void loop_inner(void) {
    HOTPATH_FUNC();
    pass(1);
    longjmp(back, 1);
}
static LAW_NOINLINE void loop_handler(int levels) {
    HOTPATH_FUNC();
    {
        HOTPATH_SCOPE("loop block");
        if (levels == 0) loop_inner();
    }
}
static LAW_NOINLINE void loop_good(void) { HOTPATH_FUNC(); }
static void law_07_every_way_out_event_loop(void** state) {
    (void)state;
    const uint64_t foreign = law_drops().foreign_ends;
    uint64_t memory = 0, nodes = 0, deepest = 0;
    for (uint64_t i = 0; i < 100000; i++) {
        lands(loop_handler, 0);
        if (i % 3 == 0) loop_good();
        if (hotpath_depth() > deepest) deepest = hotpath_depth();
        if (i == 1000) memory = law_info().memory_bytes;
        if (i == 1000) {
            hotpath_snapshot_t* const s = law_take();
            size_t count = 0;
            hotpath_snapshot_nodes(s, &count);
            nodes = count;
            hotpath_snapshot_free(s);
        }
    }
    CHECK_LE(deepest, 128);
    hotpath_snapshot_t* s = law_take();
    static const char* const names[] = {"loop_handler", "loop block", "loop_inner"};
    for (int n = 0; n < 3; n++) {
        const hotpath_function_t* const f = law_function(s, names[n]);
        CHECK_EQ(f->calls, 100000);
        CHECK_EQ(f->completed, 0);
        CHECK_LE(f->open_calls, 1);
        CHECK_GE(f->abandoned, 99999);
    }
    CHECK_EQ(law_function(s, "loop_good")->completed, 33334);
    size_t count = 0;
    hotpath_snapshot_nodes(s, &count);
    CHECK_EQ(count, nodes);
    CHECK_EQ(hotpath_snapshot_info(s)->memory_bytes, memory);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.deep_calls, 0);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.foreign_ends, foreign);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
    hotpath_unwind(0);
    CHECK_EQ(law_now("loop_inner").abandoned, 100000);
}

/* The same from a block of the looping function itself: the site meets its own variable again. */
static LAW_NOINLINE void same_frame_loop(void) {
    for (int i = 0; i < 5000; i++) {
        HOTPATH_BEGIN(left, "same frame");
        pass(1);
        if (i % 10 == 9) (void)HOTPATH_END(left);
        CHECK_LE(hotpath_depth(), 128);
    }
}
static void law_07_every_way_out_same_frame(void** state) {
    (void)state;
    same_frame_loop();
    hotpath_unwind(0);
    const hotpath_function_t f = law_now("same frame");
    CHECK_EQ(f.calls, 5000);
    CHECK_EQ(f.completed, 500);
    CHECK_EQ(f.abandoned, 4500);
    CHECK_EQ(f.open_calls, 0);
    law_check_quiet_now();
}

/* Two blocks of one frame, left together: neither is the innermost one when its variable comes again,
   and the stack is cleared from the middle before it grows. */
static LAW_NOINLINE void same_frame_pairs(void) {
    for (int i = 0; i < 5000; i++) {
        HOTPATH_BEGIN(first, "same frame first");
        HOTPATH_BEGIN(second, "same frame second");
        (void)first, (void)second;
        pass(1);
        CHECK_LE(hotpath_depth(), 128);
    }
}
static void law_07_every_way_out_same_frame_pairs(void** state) {
    (void)state;
    same_frame_pairs();
    hotpath_unwind(0);
    CHECK_EQ(law_now("same frame first").abandoned, 5000);
    CHECK_EQ(law_now("same frame second").abandoned, 5000);
    CHECK_EQ(law_drops().deep_calls, 0);
    law_check_quiet_now();
}

/* A scope that was left by a jump is found when the stack is full; others of its frame that were begun in
   between stay open until they end. */
static LAW_NOINLINE void frame_deep(int levels) {
    HOTPATH_SCOPE("deep in the frame");
    if (levels > 1) frame_deep(levels - 1);
    pass(1);
}
static LAW_NOINLINE void frame_again(int levels) {
    static hotpath_site_t left_site = HOTPATH_SITE_INIT("left in the frame", HOTPATH_KIND_SCOPE);
    static hotpath_site_t open_site = HOTPATH_SITE_INIT("open in the frame", HOTPATH_KIND_SCOPE);
    hotpath_token_t left, around;
    if (levels == 0) {
        hotpath_begin(&left_site, &left);
        longjmp(back, 1);
    }
    hotpath_begin(&open_site, &around);
    hotpath_begin(&left_site, &left);
    frame_deep(levels);
    hotpath_end(&left);
    pass(1000);
    hotpath_end(&around);
}
static void law_07_every_way_out_others_of_the_frame(void** state) {
    (void)state;
    const uint64_t foreign = law_drops().foreign_ends;
    lands(frame_again, 0);
    lands(frame_again, 100);
    const hotpath_function_t open = law_now("open in the frame");
    CHECK_EQ(open.completed, 1);
    CHECK_EQ(open.total_ns, 1100);
    CHECK_EQ(law_now("left in the frame").completed, 1);
    CHECK_EQ(law_now("left in the frame").abandoned, 1);
    CHECK_EQ(law_drops().foreign_ends, foreign);
}

/* Scopes of one function that nest and end out of order are no reason to heal anything. */
static void law_07_every_way_out_nested_begins(void** state) {
    (void)state;
    for (int i = 0; i < 100; i++) {
        HOTPATH_BEGIN(a, "nested a");
        pass(1);
        HOTPATH_BEGIN(b, "nested b");
        pass(1);
        HOTPATH_BEGIN(c, "nested c");
        pass(1);
        CHECK_EQ(hotpath_depth(), 3);
        CHECK_EQ(HOTPATH_END(c), 1);
        CHECK_EQ(HOTPATH_END(b), 2);
        CHECK_EQ(HOTPATH_END(a), 3);
    }
    CHECK_EQ(law_now("nested a").completed, 100);
    CHECK_EQ(law_now("nested a").self_ns, 100);
    CHECK_EQ(law_now("nested b").completed, 100);
    CHECK_EQ(law_now("nested c").completed, 100);
    CHECK_EQ(law_now("nested c").total_ns, 100);
}

/* Scopes that live in the heap end correctly too: an address is only a hint. */
static void law_07_every_way_out_heap_tokens(void** state) {
    (void)state;
    static hotpath_site_t site = HOTPATH_SITE_INIT("heap token", HOTPATH_KIND_SCOPE);
    static hotpath_site_t inner = HOTPATH_SITE_INIT("heap inner", HOTPATH_KIND_SCOPE);
    hotpath_token_t* tokens[20];
    for (int i = 0; i < 20; i++) {
        tokens[i] = (hotpath_token_t*)malloc(sizeof(hotpath_token_t));
        hotpath_begin(&site, tokens[i]);
        pass(1);
    }
    {
        hotpath_token_t token;
        hotpath_begin(&inner, &token);
        hotpath_end(&token);
    }
    for (int i = 19; i >= 0; i--)
        CHECK_EQ(hotpath_end_ns(tokens[i]), (uint64_t)(20 - i));
    for (int i = 0; i < 20; i++)
        free(tokens[i]);
    const hotpath_function_t f = law_now("heap token");
    CHECK_EQ(f.calls, 20);
    CHECK_EQ(f.completed, 20);
    CHECK_EQ(f.total_ns, 20);
    CHECK_EQ(law_now("heap inner").completed, 1);
}

/* >>tokens */

static hotpath_token_t handed_over;
static void* ends_a_token(void* arg) {
    HOTPATH_SCOPE("ends a token");
    hotpath_end((const hotpath_token_t*)arg);
    return NULL;
}
static void law_07_every_way_out_wrong_tokens(void** state) {
    (void)state;
    const uint64_t foreign = law_drops().foreign_ends;
    static hotpath_site_t site = HOTPATH_SITE_INIT("token", HOTPATH_KIND_SCOPE);

    /* A token of all zeros ends nothing and is no mistake. */
    static const hotpath_token_t zero = {0, 0};
    hotpath_begin(&site, &handed_over);
    hotpath_end(&zero);
    (void)hotpath_end_ns(&zero);
    CHECK_EQ(law_drops().foreign_ends, foreign);
    CHECK_EQ(hotpath_depth(), 1);

    /* Another thread ends it: nothing changes but the count. */
    pthread_join(law_thread(ends_a_token, &handed_over), NULL);
    CHECK_EQ(law_drops().foreign_ends, foreign + 1);
    CHECK_EQ(law_now("token").open_calls, 1);
    CHECK_EQ(law_now("ends a token").completed, 1);
    CHECK_EQ(hotpath_depth(), 1);
    pass(4);
    CHECK_EQ(hotpath_end_ns(&handed_over), 4);
    CHECK_EQ(law_now("token").completed, 1);
    CHECK_EQ(law_now("token").total_ns, 4);

    /* It ends twice, alone and with another scope in its place. */
    hotpath_end(&handed_over);
    CHECK_EQ(law_drops().foreign_ends, foreign + 2);
    hotpath_token_t next;
    hotpath_begin(&site, &next);
    hotpath_end(&handed_over);
    CHECK_EQ(law_drops().foreign_ends, foreign + 3);
    CHECK_EQ(law_now("token").open_calls, 1);
    hotpath_end(&next);
    CHECK_EQ(law_now("token").calls, 2);
    CHECK_EQ(law_now("token").completed, 2);

    /* It ends a thousand recordings later, when every counter has moved on. */
    for (int i = 0; i < 1000; i++) {
        hotpath_begin(&site, &next);
        hotpath_end(&handed_over);
        hotpath_end(&next);
    }
    CHECK_EQ(law_drops().foreign_ends, foreign + 1003);
    CHECK_EQ(law_now("token").completed, 1002);
    CHECK_EQ(law_now("token").abandoned, 0);
    law_check_quiet_now();
}

/* A token of a thread that is gone does not fit the one that uses its record now. */
static hotpath_token_t old_token;
static void* leaves_a_token(void* arg) {
    (void)arg;
    static hotpath_site_t site = HOTPATH_SITE_INIT("old token", HOTPATH_KIND_SCOPE);
    hotpath_begin(&site, &old_token);
    return NULL;
}
static void* ends_an_old_token(void* arg) {
    (void)arg;
    HOTPATH_SCOPE("new owner");
    hotpath_end(&old_token);
    CHECK_EQ(hotpath_depth(), 1);
    return NULL;
}
static void law_07_every_way_out_old_owner(void** state) {
    (void)state;
    const uint64_t foreign = law_drops().foreign_ends;
    for (uint64_t i = 1; i <= 20; i++) {
        pthread_join(law_thread(leaves_a_token, NULL), NULL);
        pthread_join(law_thread(ends_an_old_token, NULL), NULL);
        CHECK_EQ(law_drops().foreign_ends, foreign + i);
        CHECK_EQ(law_now("old token").abandoned, i);
        CHECK_EQ(law_now("new owner").completed, i);
    }
    law_check_quiet_now();
}

/* >>threads */

#if LAW_ASAN
/* A thread that is cancelled leaves its frames marked as what nobody may write to, and the end of the thread
   itself writes its signal stack there. */
const char* __asan_default_options(void);
const char* __asan_default_options(void) { return "use_sigaltstack=0"; }
#endif

static uint64_t cancel_ready;
static LAW_NOINLINE void* cancelled_body(void* arg) {
    (void)arg;
    HOTPATH_FUNC();
    HOTPATH_SCOPE("cancel point");
    pass(3);
    law_add(&cancel_ready, 1);
    for (;;)
        pause();
    return NULL;
}
static void law_07_every_way_out_cancellation(void** state) {
    (void)state;
    for (uint64_t i = 1; i <= 20; i++) {
        const pthread_t id = law_thread(cancelled_body, NULL);
        law_wait(&cancel_ready, i);
        CHECK_EQ(law_now("cancel point").open_calls, 1);
        pass(2);
        CHECK_EQ(pthread_cancel(id), 0);
        pthread_join(id, NULL);
        static const char* const names[] = {"cancelled_body", "cancel point"};
        for (int n = 0; n < 2; n++) {
            const hotpath_function_t f = law_now(names[n]);
            CHECK_EQ(f.calls, i);
            CHECK_EQ(f.open_calls, 0);
            CHECK_EQ(f.completed + f.abandoned, i);
            CHECK_EQ(f.total_ns, 5 * i);
        }
    }
    law_check_quiet_now();
}

/* A cancellation that waits for a thread to call the system finds it in the middle of hotpath's own
   work: at the first touch of all, which tells of a wrong setting, and in a report. What it held
   there it must have given back. */
static void* cancels_itself(void* arg) {
    CHECK_EQ(pthread_cancel(pthread_self()), 0);
    { HOTPATH_SCOPE("first touch"); }
    if (arg != NULL) (void)hotpath_report_now();
    pthread_testcancel();
    return (void*)1;
}
static int child_cancelled_inside(void) {
    for (uintptr_t report = 0; report < 2; report++) {
        void* result = NULL;
        const pthread_t id = law_thread(cancels_itself, (void*)report);
        CHECK_EQ(pthread_join(id, &result), 0);
        CHECK(result == PTHREAD_CANCELED);
        CHECK(hotpath_report_now());
        CHECK_EQ(law_now("first touch").calls, report + 1);
    }
    return 0;
}
static void law_07_every_way_out_cancelled_inside(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_LIMIT=wrong", NULL};
    const law_result_t* const r = law_again("cancelled inside", env);
    law_exited(r, 0);
    CHECK_HAS(r->err, "HOTPATH_LIMIT");
}

static void* exits_body(void* arg) {
    HOTPATH_FUNC();
    {
        HOTPATH_SCOPE("exits inner");
        pass(6);
        pthread_exit(arg);
    }
    return NULL;
}
static void law_07_every_way_out_pthread_exit(void** state) {
    (void)state;
    for (uint64_t i = 1; i <= 20; i++) {
        pthread_join(law_thread(exits_body, NULL), NULL);
        const hotpath_function_t f = law_now("exits inner");
        CHECK_EQ(f.calls, i);
        CHECK_EQ(f.open_calls, 0);
        CHECK_EQ(f.completed + f.abandoned, i);
        CHECK_EQ(f.total_ns, 6 * i);
    }
    law_check_quiet_now();
}

/* >>exit */

static void deep_exit(int levels) {
    HOTPATH_FUNC();
    pass(1000);
    if (levels > 0) deep_exit(levels - 1);
    if (always) exit(7);
}
static int child_exit(void) {
    HOTPATH_MAIN();
    deep_exit(2);
    return 0;
}
/* exit() inside scopes: the report is written, and in it every open scope has its time. */
static void law_07_every_way_out_exit(void** state) {
    (void)state;
    static const char* const table[] = {NULL};
    static const char* const json[] = {"HOTPATH_OUTPUT_FORMAT=json", NULL};
    const law_result_t* r = law_again("exit", table);
    law_exited(r, 7);
    CHECK_HAS(r->out, "deep_exit");
    CHECK_HAS(r->out, "child_exit");
    CHECK_TEXT(r->err, "");
    r = law_again("exit", json);
    law_exited(r, 7);
    const char* const row = strstr(r->out, "\"name\":\"deep_exit\"");
    CHECK(row != NULL);
    const char* const end = strchr(row, '}');
    CHECK(end != NULL);
    CHECK_HAS(row, "\"calls\":3");
    CHECK(strstr(row, "\"calls\":3") < end);
    CHECK(strstr(row, "\"total_ns\":3000") != NULL);
}

static int child_quick(void) {
    HOTPATH_MAIN();
    HOTPATH_SCOPE("quick");
    _exit(3);
}
/* _exit asks for no report, and abort is no way to hang. */
static int child_abort(void) {
    HOTPATH_MAIN();
    HOTPATH_SCOPE("aborts");
    abort();
}
static void law_07_every_way_out_without_a_report(void** state) {
    (void)state;
    const law_result_t* r = law_again("quick", NULL);
    law_exited(r, 3);
    CHECK_TEXT(r->out, "");
    r = law_again("abort", NULL);
    CHECK(WIFSIGNALED(r->status) && WTERMSIG(r->status) == SIGABRT);
}

static const law_child_t children[] = {{"exit", child_exit}, {"quick", child_quick},
    {"abort", child_abort}, {"cancelled inside", child_cancelled_inside}, {NULL, NULL}};

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(law_07_every_way_out),
    cmocka_unit_test(law_07_every_way_out_enclosing_end),
    cmocka_unit_test(law_07_every_way_out_older_frame),
    cmocka_unit_test(law_07_every_way_out_unwind),
    cmocka_unit_test(law_07_every_way_out_event_loop),
    cmocka_unit_test(law_07_every_way_out_same_frame),
    cmocka_unit_test(law_07_every_way_out_same_frame_pairs),
    cmocka_unit_test(law_07_every_way_out_nested_begins),
    cmocka_unit_test(law_07_every_way_out_heap_tokens),
    cmocka_unit_test(law_07_every_way_out_wrong_tokens),
    cmocka_unit_test(law_07_every_way_out_old_owner),
    cmocka_unit_test(law_07_every_way_out_cancellation),
    cmocka_unit_test(law_07_every_way_out_cancelled_inside),
    cmocka_unit_test(law_07_every_way_out_pthread_exit),
    cmocka_unit_test(law_07_every_way_out_exit),
    cmocka_unit_test(law_07_every_way_out_without_a_report),
    /* the last: a scope that was left has less time than what goes on inside of it */
    cmocka_unit_test(law_07_every_way_out_others_of_the_frame),
};
LAW_MAIN(tests, children)
