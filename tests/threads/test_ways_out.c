/* RECORDER: virtual */
/* Laws 7 to 10: every way out, on several threads at once beside a reader. The same ways one by one,
   with their times, are in tests/unit:

     way out                                  asan, ubsan        tsan      valgrind   o2
     longjmp over scopes                      law_exits, here    here      as o2      law_exits, here
     longjmp out of a loop without a scope    law_exits, here    here      as o2      law_exits, here
     siglongjmp out of a recording            law_signals, here  (skips)   storms     law_signals, here
     pthread_cancel, pthread_exit in a scope  law_exits, here    here      as o2      law_exits, here
     exit in a scope                          law_exits, here    here      as o2      law_exits, here
     exceptions                               ways_cpp           ways_cpp  ways_cpp   ways_cpp
     late destructors of thread-local data    law_threads_end,   here,     as o2      law_threads_end,
                                              here, ways_cpp     ways_cpp             here, ways_cpp
     fork in a program with threads           law_fork, here     here      as o2      law_fork, here
       and threads in the child               law_fork, here     (skips)   as o2      law_fork, here
     dlclose of a library with sites          here               here      as o2      law_one_recorder, here
     fibers that move in a scope              law_contexts, here here      as o2      law_contexts, here
     coroutines that move in a scope          ways_cpp           ways_cpp  ways_cpp   ways_cpp
     a handler that records in a recording    law_signals, here  (skips)   storms     law_signals, here
     keyed spans, each of these ways:
       longjmp, to a frame above              spans, here        here      as o2      spans, here
       longjmp, within one frame              spans, here        here      as o2      spans, here
       pthread_cancel, pthread_exit           here               here      as o2      here
       exit                                   here               here      as o2      here
       exceptions, cancellation that unwinds  ways_cpp           ways_cpp  ways_cpp   ways_cpp
       fork                                   spans, here        here      as o2      spans, here
       dlclose of the library with the key    here               here      as o2      here
       fibers that move in one                spans, here        here      as o2      spans, here
       an end on another thread               spans_given_up,    here      as o2      spans_given_up,
                                              here                                    here

   Time passes only while every other thread stands still, so that totals are known to the tick. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "../unit/virtual_clock.h"
#include "hotpath.h"
#include "../unit/law.h"

#include <dlfcn.h>
#include <sched.h>
#include <ucontext.h>
#if LAW_TSAN
    #include <sanitizer/tsan_interface.h>
#endif
#if LAW_ASAN
    #include <sanitizer/common_interface_defs.h>
#endif

enum {
    workers = 4
};
static volatile bool always = true; /* keeps the compiler from knowing that nobody returns */

/* >>together
   Runs a body on some threads beside a reader, for which calls never go back. The bodies meet when all
   of them are as far; the one who made them lets time pass then, and lets them go. */

static uint64_t reader_stop, met, let_go;
static void* reader(void* arg) {
    uint64_t calls = 0, completed = 0;
    while (!law_load(&reader_stop)) {
        hotpath_snapshot_t* const s = law_take();
        const hotpath_function_t* const f = law_find(s, (const char*)arg);
        if (f) {
            CHECK_GE(f->calls, calls);
            CHECK_GE(f->completed, completed);
            calls = f->calls, completed = f->completed;
        }
        hotpath_snapshot_free(s);
        sched_yield();
    }
    return NULL;
}
static void meet(void) {
    law_add(&met, 1);
    law_wait(&let_go, 1);
}
static void together_begin(
    pthread_t* ids, void* (*body)(void*), const char* watched, uint64_t time) {
    law_store(&reader_stop, 0), law_store(&met, 0), law_store(&let_go, 0);
    ids[workers] = law_thread(reader, (void*)(uintptr_t)watched);
    for (intptr_t i = 0; i < workers; i++)
        ids[i] = law_thread(body, (void*)i);
    law_wait(&met, workers);
    pass(time);
}
static void together_end(pthread_t* ids) {
    law_store(&let_go, 1);
    for (int i = 0; i < workers; i++)
        pthread_join(ids[i], NULL);
    law_store(&reader_stop, 1);
    pthread_join(ids[workers], NULL);
}
static void together(void* (*body)(void*), const char* watched, uint64_t time) {
    pthread_t ids[workers + 1];
    together_begin(ids, body, watched, time);
    together_end(ids);
}

/* >>longjmp */

static __thread jmp_buf back;
static LAW_NOINLINE void jumps_out(int levels) {
    HOTPATH_FUNC();
    if (levels > 0) jumps_out(levels - 1);
    if (always) longjmp(back, 1);
}
static LAW_NOINLINE void lands(int levels) {
    if (setjmp(back) == 0) jumps_out(levels);
}
static void* jumps_over_scopes(void* arg) {
    HOTPATH_SCOPE("jump thread");
    for (int i = 0; i < 300; i++) {
        HOTPATH_SCOPE("jump round");
        lands(2);
        if (i == 150) meet();
    }
    CHECK_EQ(hotpath_depth(), 1);
    return arg;
}
static void law_07_longjmp_over_scopes(void** state) {
    (void)state;
    together(jumps_over_scopes, "jumps_out", 70);
    CHECK_COUNTS("jump thread", workers, workers, 70 * workers);
    CHECK_COUNTS("jump round", 300 * workers, 300 * workers, 70 * workers);
    /* Those that were left just before were still open: its round had not healed them. */
    CHECK_COUNTS("jumps_out", 900 * workers, 0, 70 * workers);
    law_check_quiet_now();
}

static LAW_NOINLINE void loop_inner(void) {
    HOTPATH_FUNC();
    longjmp(back, 1);
}
static LAW_NOINLINE void loop_handler(void) {
    HOTPATH_FUNC();
    HOTPATH_SCOPE("loop block");
    if (always) loop_inner();
}
static LAW_NOINLINE void loop_good(void) { HOTPATH_FUNC(); }
static LAW_NOINLINE void loop_turn(void) {
    if (setjmp(back) == 0) loop_handler();
}
static void* jumps_out_of_a_loop(void* arg) {
    uint64_t deepest = 0;
    for (int i = 0; i < 3000; i++) {
        loop_turn();
        if (i % 3 == 2) loop_good();
        if (hotpath_depth() > deepest) deepest = hotpath_depth();
    }
    CHECK_LE(deepest, 16);
    CHECK_EQ(hotpath_depth(), 0);
    meet();
    return arg;
}
static void law_07_longjmp_out_of_a_loop(void** state) {
    (void)state;
    together(jumps_out_of_a_loop, "loop_handler", 9);
    CHECK_COUNTS("loop_handler", 3000 * workers, 0, 0);
    CHECK_COUNTS("loop block", 3000 * workers, 0, 0);
    CHECK_COUNTS("loop_inner", 3000 * workers, 0, 0);
    CHECK_COUNTS("loop_good", 1000 * workers, 1000 * workers, 0);
    CHECK_EQ(law_drops().deep_calls, 0);
    CHECK_EQ(law_drops().foreign_ends, 0);
    law_check_quiet_now();
}

static LAW_NOINLINE void jumps_out_of_spans(int levels) {
    HOTPATH_SPAN(span, HOTPATH_SPAN_SQL, "SELECT jumps FROM out");
    if (levels > 0) jumps_out_of_spans(levels - 1);
    if (always) longjmp(back, 1);
}
static LAW_NOINLINE void lands_in_a_frame(int levels) {
    HOTPATH_SCOPE("lands");
    if (setjmp(back) == 0) {
        HOTPATH_SPAN(span, HOTPATH_SPAN_SQL, "SELECT within FROM out");
        jumps_out_of_spans(levels);
    }
}
static void* jumps_over_spans(void* arg) {
    for (int i = 0; i < 300; i++) {
        HOTPATH_SPAN(route, HOTPATH_SPAN_SERVER, "GET /jumps");
        lands_in_a_frame(1);
        if (i == 150) meet();
        CHECK_EQ(hotpath_depth(), 1);
    }
    return arg;
}
static void law_07_longjmp_over_spans(void** state) {
    (void)state;
    together(jumps_over_spans, "SELECT within FROM out", 70);
    CHECK_COUNTS("GET /jumps", 300 * workers, 300 * workers, 70 * workers);
    CHECK_COUNTS("SELECT jumps FROM out", 600 * workers, 0, 0);
    /* The scope around had ended, and not the span: until another one begins it might end yet. */
    CHECK_COUNTS("SELECT within FROM out", 300 * workers, 0, 70 * workers);
    CHECK_COUNTS("lands", 300 * workers, 300 * workers, 0);
    CHECK_EQ(law_drops().foreign_ends, 0);
    law_check_quiet_now();
}

/* >>threads that end in a scope */

/* It is cancelled where ThreadSanitizer does not stand between: out of a call that it has replaced a
   thread comes back without knowing what others have released. */
static LAW_NOINLINE void leaves_thread(uintptr_t how) {
    int before = 0;
    static hotpath_site_t site = HOTPATH_SITE_INIT("left token", HOTPATH_KIND_SCOPE);
    hotpath_token_t token;
    hotpath_span_t left_span;
    hotpath_begin(&site, &token);
    hotpath_span_begin(&left_span, HOTPATH_SPAN_SQL, "SELECT left", SIZE_MAX);
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
    meet();
    pthread_setcancelstate(before, NULL);
    if (how == 1) pthread_exit(NULL);
    if (how == 0) hotpath_span_end(&left_span);
    while (how == 2)
        pthread_testcancel(), sched_yield();
}
static void* ends_in_a_scope(void* arg) {
    HOTPATH_BEGIN(thread, "ending thread");
    leaves_thread((uintptr_t)arg % 3);
    return (void)thread, arg;
}
static void law_07_threads_end_in_a_scope(void** state) {
    (void)state;
    for (uint64_t i = 1; i <= 25; i++) {
        pthread_t ids[workers + 1];
        together_begin(ids, ends_in_a_scope, "left token", 5);
        CHECK_EQ(law_now("left token").open_calls, workers);
        CHECK_EQ(pthread_cancel(ids[2]), 0);
        together_end(ids);
        CHECK_COUNTS("left token", i * workers, 0, i * 5 * workers);
        CHECK_COUNTS("ending thread", i * workers, 0, i * 5 * workers);
        CHECK_COUNTS("SELECT left", i * workers, i * (workers + 2) / 3, i * 5 * workers);
    }
    law_check_quiet_now();
}

/* Destructors before and after the recorder's own, and once more in the next round. */
static pthread_key_t early_key, late_key;
static void early_destructor(void* value) {
    HOTPATH_SCOPE("early destructor");
    const uintptr_t rounds = (uintptr_t)value;
    if (rounds > 1) pthread_setspecific(early_key, (void*)(rounds - 1));
}
static void late_destructor(void* value) {
    HOTPATH_SCOPE("late destructor");
    const uintptr_t rounds = (uintptr_t)value;
    if (rounds > 1) pthread_setspecific(late_key, (void*)(rounds - 1));
}
static void* has_destructors(void* arg) {
    pthread_setspecific(early_key, (void*)2);
    pthread_setspecific(late_key, (void*)2);
    if ((uintptr_t)arg % 2) {
        HOTPATH_SCOPE("destructed");
        meet();
    } else {
        meet(); /* the destructors are the first that it records */
    }
    return NULL;
}
static void law_05_late_destructors(void** state) {
    (void)state;
    enum {
        rounds = 25
    };
    const uint64_t ended = law_info().threads_ended;
    for (int i = 0; i < rounds; i++)
        together(has_destructors, "late destructor", 3);
    CHECK_COUNTS(
        "destructed", rounds * workers / 2, rounds * workers / 2, rounds * workers / 2 * 3);
    CHECK_COUNTS("early destructor", 2 * rounds * workers, 2 * rounds * workers, 0);
    CHECK_COUNTS("late destructor", 2 * rounds * workers, 2 * rounds * workers, 0);
    CHECK_EQ(law_info().threads_live, 1);
    CHECK_GE(law_info().threads_ended, ended + rounds * workers);
    law_check_quiet_now();
}

/* >>exit */

static uint64_t others_stop, others_run;
static void* records_on(void* arg) {
    law_add(&others_run, 1);
    while (!law_load(&others_stop)) {
        HOTPATH_SCOPE("records on");
        HOTPATH_VAL("records on", (int)(intptr_t)arg);
    }
    return NULL;
}
static void exits(int levels) {
    HOTPATH_FUNC();
    HOTPATH_SPAN(span, HOTPATH_SPAN_SQL, "SELECT exit");
    pass(1000);
    if (levels > 0) exits(levels - 1);
    if (always) exit(7);
}
static int child_exit(void) {
    HOTPATH_MAIN();
    for (intptr_t i = 0; i < 3; i++)
        (void)law_thread(records_on, (void*)i);
    law_wait(&others_run, 3);
    exits(2);
    return 0;
}
/* Inside scopes, while others record: the report has every open scope with its time. */
static void law_07_exit_beside_threads(void** state) {
    (void)state;
    static const char* const json[] = {"HOTPATH_OUTPUT_FORMAT=json", NULL};
    for (int i = 0; i < 3; i++) {
        const law_result_t* const r = law_again("exit", json);
        law_exited(r, 7);
        CHECK_TEXT(r->err, "");
        static const char* const names[] = {"\"name\":\"exits\"", "\"name\":\"SELECT exit\""};
        for (int k = 0; k < 2; k++) {
            const char* const row = strstr(r->out, names[k]);
            CHECK(row != NULL);
            const char* const end = strchr(row, '}');
            const char* const calls = strstr(row, "\"calls\":3");
            const char* const total = strstr(row, "\"total_ns\":3000");
            CHECK(end != NULL && calls != NULL && calls < end && total != NULL && total < end);
        }
        CHECK_HAS(r->out, "\"name\":\"records on\"");
    }
}

/* >>fork */

static hotpath_span_t forked_span;
static int child_records(void) {
    CHECK_EQ(hotpath_depth(), 0);
    hotpath_span_end(&forked_span); /* that of the parent */
    CHECK_EQ(law_now("SELECT forked").calls, 0);
    CHECK_EQ(law_drops().foreign_ends, 0);
    CHECK_EQ(law_now("records on").calls, 0);
    CHECK_EQ(law_info().threads_live, 0);
    for (int i = 0; i < 40; i++) {
        HOTPATH_SCOPE("in the child");
        pass(2);
    }
    CHECK_COUNTS("in the child", 40, 40, 80);
    CHECK_EQ(law_info().threads_live, 1);
    law_check_quiet_now();
    return 0;
}
static void* child_thread(void* arg) {
    HOTPATH_SCOPE("thread of the child");
    return arg;
}
static int child_has_threads(void) {
    pthread_t ids[3];
    (void)child_records();
    for (int i = 0; i < 3; i++)
        ids[i] = law_thread(child_thread, NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(ids[i], NULL);
    CHECK_COUNTS("thread of the child", 3, 3, 0);
    CHECK_EQ(law_info().threads_ended, 3);
    return 0;
}
static void forks(int (*child)(void)) {
    pthread_t ids[3];
    law_store(&others_stop, 0), law_store(&others_run, 0);
    for (intptr_t i = 0; i < 3; i++)
        ids[i] = law_thread(records_on, (void*)i);
    law_wait(&others_run, 3);
    for (int i = 0; i < LAW_TIMES(20, 8); i++) {
        HOTPATH_SCOPE("forks");
        hotpath_span_begin(&forked_span, HOTPATH_SPAN_SQL, "SELECT forked", SIZE_MAX);
        law_exited(law_fork(child), 0);
        CHECK_EQ(hotpath_depth(), 2);
        hotpath_span_end(&forked_span);
    }
    law_store(&others_stop, 1);
    for (int i = 0; i < 3; i++)
        pthread_join(ids[i], NULL);
    CHECK_EQ(law_now("in the child").calls, 0);
    law_check_quiet_now();
}
static void law_09_fork_beside_threads(void** state) {
    (void)state;
    if (law_emulator) law_skip("a processor: qemu-user fails where a process with threads forks");
    forks(child_records);
    CHECK_COUNTS("forks", LAW_TIMES(20, 8), LAW_TIMES(20, 8), 0);
}
static void law_09_fork_threads_in_the_child(void** state) {
    (void)state;
    if (LAW_TSAN) law_skip("threads in the child of a fork, which ThreadSanitizer does not have");
    if (law_emulator) law_skip("a processor: qemu-user fails where a process with threads forks");
    forks(child_has_threads);
}

/* >>dlclose */

static uint64_t (*plugin)(uint64_t);
static void* calls_the_plugin(void* arg) {
    const uint64_t got = plugin(100);
    meet();
    return got == 100 ? arg : NULL;
}
static void law_11_dlclose(void** state) {
    (void)state;
    char path[512];
    const char* const dir = getenv("TEST_DIR");
    snprintf(path, sizeof path, "%s/plugin_ways.so", dir ? dir : ".");
    uint32_t id = 0;
    for (uint64_t i = 1; i <= 10; i++) {
        void* const library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        if (!library) law_fail(__FILE__, __LINE__, "%s", dlerror());
        *(void**)&plugin = dlsym(library, "plugin_ways");
        CHECK(plugin != NULL);
        pthread_t ids[workers + 1];
        together_begin(ids, calls_the_plugin, "plugin step", 4);
        CHECK_EQ(dlclose(library), 0); /* the reader reads on, and nobody is in it */
        CHECK(dlopen(path, RTLD_NOW | RTLD_NOLOAD) == NULL);
        together_end(ids);
        const hotpath_function_t f = law_now("plugin step");
        CHECK(i == 1 || f.id == id);
        id = f.id;
        CHECK_EQ(f.bytes, 300 * workers * i);
        CHECK_EQ(f.errors, 50 * workers * i);
        CHECK_COUNTS("plugin step", 100 * workers * i, 100 * workers * i, 0);
        CHECK_COUNTS("plugin_inner", 100 * workers * i, 100 * workers * i, 0);
        CHECK_COUNTS("plugin_ways", workers * i, workers * i, 0);
        CHECK_COUNTS("SELECT plugin", 100 * workers * i, 100 * workers * i, 0);
        CHECK_HAS(f.file, "plugin_ways.c");
    }
    law_check_quiet_now();
}

/* >>fibers
   A queue of fibers; whichever carrier comes takes one on from where another left it, in the middle of
   its scopes. */

enum {
    fibers_count = 6,
    fiber_steps = 40,
    fiber_stack_size = 256 * 1024
};
typedef struct fiber {
    ucontext_t machine, *carrier;
    hotpath_context_t* context;
    intptr_t last; /* carrier, from 1 */
    bool held;
    bool done;
    char* stack;
    hotpath_span_t span;
    bool has_span;
#if LAW_TSAN
    void *own, *back;
#endif
#if LAW_ASAN
    void* fake;
    const void* back_stack;
    size_t back_size;
#endif
} fiber_t;
static fiber_t fibers[fibers_count];
static fiber_t* queue[fibers_count];
static int queue_length;
static uint64_t fibers_done, fibers_held;
static pthread_mutex_t queue_lock = PTHREAD_MUTEX_INITIALIZER;

/* Leaves the fiber for its carrier; `last`: for good. */
static LAW_NOINLINE void fiber_leave(fiber_t* f, bool last) {
    ucontext_t* const carrier = f->carrier;
    (void)last;
    hotpath_context_switch(NULL);
#if LAW_ASAN
    __sanitizer_start_switch_fiber(last ? NULL : &f->fake, f->back_stack, f->back_size);
#endif
#if LAW_TSAN
    __tsan_switch_to_fiber(f->back, 0);
#endif
    swapcontext(&f->machine, carrier);
#if LAW_ASAN
    __sanitizer_finish_switch_fiber(f->fake, &f->back_stack, &f->back_size);
#endif
}
static LAW_NOINLINE void fiber_enter(fiber_t* f) {
    ucontext_t here;
    f->carrier = &here;
    hotpath_context_switch(f->context);
#if LAW_ASAN
    void* fake = NULL;
    __sanitizer_start_switch_fiber(&fake, f->stack, fiber_stack_size);
#endif
#if LAW_TSAN
    f->back = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(f->own, 0);
#endif
    swapcontext(&here, &f->machine);
#if LAW_ASAN
    __sanitizer_finish_switch_fiber(fake, NULL, NULL);
#endif
}
static LAW_NOINLINE void fiber_jumps(void) {
    jmp_buf landing;
    static hotpath_site_t site = HOTPATH_SITE_INIT("fiber jump", HOTPATH_KIND_SCOPE);
    if (setjmp(landing) == 0) {
        hotpath_token_t token;
        hotpath_begin(&site, &token);
        if (always) longjmp(landing, 1);
    }
}
static void fiber_body(fiber_t* f) {
    HOTPATH_SCOPE("fiber body");
    for (int i = 0; i < fiber_steps; i++) {
        HOTPATH_SCOPE("fiber step");
        if (i == fiber_steps / 2) f->held = true;
        fiber_leave(f, false);
        CHECK_EQ(hotpath_depth(), 2);
        HOTPATH_BYTES(1);
        HOTPATH_SCOPE("fiber leaf");
        HOTPATH_SPAN(span, HOTPATH_SPAN_SQL, "SELECT moves");
        hotpath_span_begin(&f->span, HOTPATH_SPAN_HTTP, "GET http://h/fiber", SIZE_MAX);
        f->has_span = true;
        fiber_leave(f, false); /* the carrier ends that one */
        CHECK_EQ(hotpath_depth(), 5);
        fiber_jumps();
    }
}
static void fiber_entry(unsigned high, unsigned low) {
    fiber_t* const f = (fiber_t*)(uintptr_t)((uint64_t)high << 32 | low);
#if LAW_ASAN
    __sanitizer_finish_switch_fiber(NULL, &f->back_stack, &f->back_size);
#endif
    fiber_body(f);
    f->done = true;
    fiber_leave(f, true);
}
static void fiber_make(fiber_t* f) {
    f->context = hotpath_context_create("fiber");
    CHECK(f->context != NULL);
    f->stack = (char*)malloc(fiber_stack_size);
#if LAW_TSAN
    f->own = __tsan_create_fiber(0);
#endif
    getcontext(&f->machine);
    f->machine.uc_stack.ss_sp = f->stack, f->machine.uc_stack.ss_size = fiber_stack_size;
    f->machine.uc_link = NULL;
    makecontext(&f->machine, (void (*)(void))fiber_entry, 2,
        (unsigned)((uint64_t)(uintptr_t)f >> 32), (unsigned)((uintptr_t)f & UINT32_MAX));
}
/* The first fiber that waits and was somewhere else before. */
static fiber_t* queue_take(intptr_t carrier) {
    pthread_mutex_lock(&queue_lock);
    int at = 0;
    while (at < queue_length && queue[at]->last == carrier)
        at++;
    fiber_t* const f = at < queue_length ? queue[at] : NULL;
    for (int i = at + 1; f && i < queue_length; i++)
        queue[i - 1] = queue[i];
    queue_length -= f != NULL;
    pthread_mutex_unlock(&queue_lock);
    return f;
}
static void queue_put(fiber_t* f) {
    pthread_mutex_lock(&queue_lock);
    queue[queue_length++] = f;
    pthread_mutex_unlock(&queue_lock);
}
/* Halfway all fibers are held back, each in the middle of a step, while time passes. */
static void* carries_fibers(void* arg) {
    const intptr_t carrier = (intptr_t)arg + 1;
    HOTPATH_SCOPE("carrier");
    bool has_met = false;
    while (law_load(&fibers_done) < fibers_count) {
        if (!has_met && law_load(&fibers_held) == fibers_count) {
            has_met = true;
            meet();
            for (int i = 0; carrier == 1 && i < fibers_count; i++)
                queue_put(&fibers[i]);
        }
        fiber_t* const f = queue_take(carrier);
        if (!f) {
            sched_yield();
            continue;
        }
        {
            HOTPATH_SCOPE("slice");
            fiber_enter(f);
            CHECK_EQ(hotpath_depth(), 2);
            if (f->has_span) hotpath_span_end(&f->span);
            f->has_span = false;
        }
        f->last = carrier;
        if (f->done) {
            law_add(&fibers_done, 1);
        } else if (f->held) {
            f->held = false;
            law_add(&fibers_held, 1);
        } else {
            queue_put(f);
        }
    }
    return arg;
}
static void law_08_fibers_move_in_a_scope(void** state) {
    (void)state;
    for (int i = 0; i < fibers_count; i++) {
        fiber_make(&fibers[i]);
        queue_put(&fibers[i]);
    }
    together(carries_fibers, "fiber step", 1000);
    const uint64_t steps = fibers_count * fiber_steps;
    hotpath_snapshot_t* const s = law_take();
    CHECK_EQ(law_function(s, "fiber step")->bytes, steps);
    CHECK_EQ(law_function(s, "slice")->completed, 2 * steps + fibers_count);
    const uint32_t body = law_node(s, HOTPATH_NO_NODE, "fiber body");
    CHECK(body != HOTPATH_NO_NODE);
    const uint32_t step = law_node(s, body, "fiber step");
    CHECK(step != HOTPATH_NO_NODE);
    const uint32_t leaf = law_node(s, step, "fiber leaf");
    CHECK(leaf != HOTPATH_NO_NODE);
    const uint32_t moves = law_node(s, leaf, "SELECT moves");
    CHECK(moves != HOTPATH_NO_NODE);
    CHECK(law_node(s, moves, "fiber jump") != HOTPATH_NO_NODE);
    CHECK(law_node(s, moves, "GET http://h/fiber") != HOTPATH_NO_NODE);
    size_t count = 0;
    CHECK_EQ(hotpath_snapshot_nodes(s, &count)[leaf].calls, steps);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.foreign_ends, 0);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.context_overflow, 0);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
    CHECK_COUNTS("fiber body", fibers_count, fibers_count, 1000 * fibers_count);
    CHECK_COUNTS("fiber leaf", steps, steps, 0);
    CHECK_COUNTS("fiber step", steps, steps, 1000 * fibers_count);
    CHECK_COUNTS("fiber jump", steps, 0, 0);
    CHECK_COUNTS("SELECT moves", steps, steps, 0);
    CHECK_COUNTS("GET http://h/fiber", steps, steps, 0);
    CHECK_COUNTS("carrier", workers, workers, 1000 * workers);
    for (int i = 0; i < fibers_count; i++) {
#if LAW_TSAN
        __tsan_destroy_fiber(fibers[i].own);
#endif
        hotpath_context_destroy(fibers[i].context);
        free(fibers[i].stack);
    }
}

/* >>signals
   A handler records, and every fourth time jumps out of what it interrupted, be that a recording. */

static uint64_t signals_stop, signals_jumped;
static __thread sigjmp_buf signal_back;
static __thread volatile uint64_t handled, jumped, may_jump;
static LAW_NOINLINE void in_handler(void) { HOTPATH_FUNC(); }
static LAW_NOINLINE void interrupted(void) { HOTPATH_FUNC(); }
static void handler(int number, siginfo_t* info, void* context) {
    (void)number, (void)info, (void)context;
    in_handler();
    if (++handled % 4 != 0 || !may_jump) return;
    may_jump = 0, jumped++;
    law_add(&signals_jumped, 1);
    siglongjmp(signal_back, 1);
}
static LAW_NOINLINE void signal_round(void) {
    if (sigsetjmp(signal_back, 1) != 0) return;
    may_jump = 1;
    for (int i = 0; i < 100; i++)
        interrupted();
    may_jump = 0;
}
typedef struct signalled {
    uint64_t rounds, handled, jumped;
} signalled_t;
static void* is_signalled(void* arg) {
    signalled_t* const my = (signalled_t*)arg;
    while (!law_load(&signals_stop)) {
        HOTPATH_SCOPE("signal round");
        signal_round();
        my->rounds++;
    }
    sigset_t usr1;
    sigemptyset(&usr1), sigaddset(&usr1, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &usr1, NULL);
    my->handled = handled, my->jumped = jumped;
    return NULL;
}
static void law_10_handlers_record_and_jump(void** state) {
    (void)state;
    if (LAW_TSAN) law_skip("handlers in the middle of code, where ThreadSanitizer runs them later");
    static signalled_t all[2];
    pthread_t ids[2];
    law_handler(SIGUSR1, handler, SA_RESTART);
    const uint64_t dropped = law_drops().reentrant;
    for (int i = 0; i < 2; i++)
        ids[i] = law_thread(is_signalled, &all[i]);
    const time_t until = time(NULL) + 2; /* whichever comes first, but one jump at least */
    for (int n = 0;
         (n < LAW_TIMES(20000, 6000) && time(NULL) < until) || law_load(&signals_jumped) == 0;
         n++) {
        pthread_kill(ids[n % 2], SIGUSR1);
        if (n % 3 == 0) sched_yield();
    }
    law_store(&signals_stop, 1);
    uint64_t rounds = 0, handlers = 0, jumps = 0;
    for (int i = 0; i < 2; i++) {
        pthread_join(ids[i], NULL);
        rounds += all[i].rounds, handlers += all[i].handled, jumps += all[i].jumped;
    }
    CHECK_EQ(jumps, signals_jumped);
    CHECK_COUNTS("signal round", rounds, rounds, 0);
    const hotpath_function_t h = law_now("in_handler");
    /* An `interrupted` that is jumped out of before it is recorded is dropped, too: one for a jump. */
    CHECK_EQ(h.completed, h.calls);
    CHECK_LE(h.calls, handlers);
    CHECK_GE(h.calls + law_drops().reentrant - dropped, handlers);
    CHECK_LE(h.calls + law_drops().reentrant - dropped, handlers + jumps);
    CHECK_EQ(law_now("interrupted").open_calls, 0);
    law_check_quiet_now();
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(law_07_longjmp_over_scopes),
    cmocka_unit_test(law_07_longjmp_out_of_a_loop),
    cmocka_unit_test(law_07_longjmp_over_spans),
    cmocka_unit_test(law_07_threads_end_in_a_scope),
    cmocka_unit_test(law_05_late_destructors),
    cmocka_unit_test(law_07_exit_beside_threads),
    cmocka_unit_test(law_09_fork_beside_threads),
    cmocka_unit_test(law_09_fork_threads_in_the_child),
    cmocka_unit_test(law_11_dlclose),
    cmocka_unit_test(law_08_fibers_move_in_a_scope),
    cmocka_unit_test(law_10_handlers_record_and_jump),
};
static const law_child_t children[] = {{"exit", child_exit}, {NULL, NULL}};
int main(int argc, char** argv) {
    pthread_key_create(&early_key, early_destructor);
    const int code = law_run(argc, argv, children);
    if (code >= 0) return code;
    HOTPATH_BEGIN(warm, "warm"); /* The recorder's own key stands between the two. */
    (void)HOTPATH_END(warm);
    pthread_key_create(&late_key, late_destructor);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
