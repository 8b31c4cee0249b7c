/* FLAGS: -std=c++20 */
/* Laws 7 and 8 in C++: exceptions, destructors of thread-local objects, cancellation, exit, and
   coroutines that begin a scope on one thread and end it on another. test_ways_out.c has the list of
   all ways. The clock is virtual; only the thread whose turn it is moves it. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "../unit/virtual_clock.h"

#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include <coroutine>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
extern "C" {
#include <cmocka.h> /* after those above: it has a macro `fail` */
}
#include "../unit/law.h"

/* >>exceptions */

struct guard {
    explicit guard(const char* n) : name(n) {}
    ~guard() {
        HOTPATH_SCOPE("guard");
        pass(1);
    }
    const char* name;
};
static void throws(int levels) {
    HOTPATH_SCOPE("throws");
    HOTPATH_SPAN(span, HOTPATH_SPAN_SQL, "SELECT throws");
    const guard g("a destructor that records while the stack unwinds");
    pass(10);
    if (levels == 0) throw std::runtime_error("thrown");
    throws(levels - 1);
}
static void rethrows() {
    HOTPATH_SCOPE("rethrows");
    try {
        throws(2);
    } catch (const std::runtime_error&) {
        HOTPATH_ERROR("caught");
        pass(100);
        throw;
    }
}
static void law_07_exceptions(void** state) {
    (void)state;
    for (uint64_t i = 1; i <= 50; i++) {
        try {
            HOTPATH_SCOPE("tries");
            rethrows();
        } catch (...) {
            CHECK_EQ(hotpath_depth(), 0);
        }
        /* Each level lasts for the deeper ones' time and that of the guards up to its own. */
        CHECK_COUNTS("throws", 3 * i, 3 * i, 33 * i);
        CHECK_COUNTS("SELECT throws", 3 * i, 3 * i, 33 * i);
        CHECK_COUNTS("guard", 3 * i, 3 * i, 3 * i);
        CHECK_COUNTS("rethrows", i, i, 133 * i);
        CHECK_COUNTS("tries", i, i, 133 * i);
        CHECK_EQ(law_now("rethrows").errors, i);
    }
    law_check_quiet_now();
}

/* Thrown on some threads, and once more by who waits for them. */
static void law_07_exceptions_of_threads(void** state) {
    (void)state;
    enum {
        threads = 4,
        times = 300
    };
    std::vector<std::thread> all;
    std::exception_ptr kept[threads];
    for (auto& k : kept)
        all.emplace_back([&k] {
            for (int i = 0; i < times; i++) {
                try {
                    HOTPATH_SCOPE("thread throws");
                    HOTPATH_SCOPE("thread throws inner");
                    throw i;
                } catch (int) {
                    k = std::current_exception();
                }
            }
        });
    for (auto& t : all)
        t.join();
    for (const auto& k : kept) {
        try {
            HOTPATH_SCOPE("throws again");
            std::rethrow_exception(k);
        } catch (int last) {
            CHECK_EQ(last, times - 1);
        }
    }
    CHECK_COUNTS("thread throws", threads * times, threads * times, 0);
    CHECK_COUNTS("thread throws inner", threads * times, threads * times, 0);
    CHECK_COUNTS("throws again", threads, threads, 0);
    law_check_quiet_now();
}

/* >>threads that end */

/* Cancellation unwinds the stack here, so that scopes end and are not given up. */
static uint64_t cancel_ready, cancel_go;
static void* cancelled(void*) {
    HOTPATH_SCOPE("cancelled");
    HOTPATH_SPAN(span, HOTPATH_SPAN_SQL, "SELECT cancelled");
    const guard g("runs on cancellation");
    int before = 0;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
    law_add(&cancel_ready, 1);
    law_wait(&cancel_go, 1);
    pthread_setcancelstate(before, nullptr);
    for (;;) {
        pthread_testcancel();
        sched_yield();
    }
    return nullptr;
}
static void law_07_cancellation_unwinds(void** state) {
    (void)state;
    const hotpath_function_t guards = law_now("guard");
    for (uint64_t i = 1; i <= 20; i++) {
        law_store(&cancel_go, 0);
        const pthread_t id = law_thread(cancelled, nullptr);
        law_wait(&cancel_ready, i);
        pass(7);
        CHECK_EQ(pthread_cancel(id), 0);
        law_store(&cancel_go, 1);
        void* result = nullptr;
        pthread_join(id, &result);
        CHECK(result == PTHREAD_CANCELED);
        CHECK_COUNTS("cancelled", i, i, 8 * i);
        CHECK_COUNTS("SELECT cancelled", i, i, 8 * i);
        CHECK_COUNTS("guard", guards.calls + i, guards.calls + i, guards.total_ns + i);
    }
    law_check_quiet_now();
}

/* Thread-local objects: one made before the thread records, one after, one by the other's destructor. */
struct late {
    explicit late(int n) : number(n) {}
    ~late();
    int number;
};
static thread_local late before_scopes(1), after_scopes(2), in_a_destructor(3);
late::~late() {
    HOTPATH_SCOPE("late object");
    HOTPATH_BYTES((uint64_t)number);
    pass(2);
    if (number == 1) in_a_destructor.number += 10;
}
static void law_05_late_objects(void** state) {
    (void)state;
    for (uint64_t i = 1; i <= 50; i++) {
        std::thread([i] {
            before_scopes.number = 1;
            if (i % 2) {
                HOTPATH_SCOPE("has late objects");
                pass(1);
            }
            after_scopes.number = 2;
        }).join();
        const uint64_t objects = law_now("late object").calls;
        CHECK_EQ(objects % i, 0);
        CHECK_GE(objects, 2 * i);
        CHECK_COUNTS("late object", objects, objects, 2 * objects);
        CHECK_COUNTS("has late objects", (i + 1) / 2, (i + 1) / 2, (i + 1) / 2);
        CHECK_EQ(law_info().threads_live, 1);
    }
    law_check_quiet_now();
}

/* >>exit: destructors of static objects record after the report is made */

static int child_exit() {
    static const guard g("static");
    HOTPATH_MAIN();
    HOTPATH_SCOPE("exits");
    pass(1000);
    std::thread([] {
        HOTPATH_SCOPE("exits in a thread");
        pass(500);
        exit(7);
    }).join();
    return 0;
}
static void law_07_exit_on_a_thread(void** state) {
    (void)state;
    static const char* const json[] = {"HOTPATH_OUTPUT_FORMAT=json", nullptr};
    const law_result_t* const r = law_again("exit", json);
    law_exited(r, 7);
    CHECK_TEXT(r->err, "");
    static const char* const rows[][2] = {{"\"name\":\"exits\"", "\"total_ns\":1500"},
        {"\"name\":\"exits in a thread\"", "\"total_ns\":500"}};
    for (const auto& row : rows) {
        const char* const at = strstr(r->out, row[0]);
        CHECK(at != nullptr);
        const char* const total = strstr(at, row[1]);
        CHECK(total != nullptr && total < strchr(at, '}'));
    }
}

/* >>coroutines
   A coroutine has a context, which runs wherever the coroutine does. It gives both up before it is
   somebody else's. */

struct task {
    struct promise_type {
        hotpath_context_t* context = hotpath_context_create("coroutine");
        ~promise_type() { hotpath_context_destroy(context); }
        task get_return_object() {
            return task{std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { thrown = std::current_exception(); }
        std::exception_ptr thrown;
    };
    std::coroutine_handle<promise_type> handle;

    void resume() const {
        hotpath_context_switch(handle.promise().context);
        handle.resume();
        hotpath_context_switch(nullptr);
    }
    bool done() const { return handle.done(); }
    /* Ends the scopes that it is parked in. */
    void destroy() const {
        hotpath_context_t* const context = std::exchange(handle.promise().context, nullptr);
        hotpath_context_switch(context);
        handle.destroy();
        hotpath_context_switch(nullptr);
        hotpath_context_destroy(context);
    }
};

/* From a frame that is that much further down the stack. */
static LAW_NOINLINE void resume_below(const task& t, int levels) {
    volatile char room[512];
    room[0] = 0;
    if (levels > 0)
        resume_below(t, levels - 1);
    else
        t.resume();
    (void)room[0];
}
static void resume_on_a_thread(const task& t, int levels) {
    std::thread([&] {
        HOTPATH_SCOPE("resumer");
        resume_below(t, levels);
        CHECK_EQ(hotpath_depth(), 1);
    }).join();
}

static LAW_NOINLINE void co_leaf() {
    HOTPATH_SCOPE("co leaf");
    pass(1);
}
static task co_steps(int steps) {
    HOTPATH_SCOPE("co body");
    for (int i = 0; i < steps; i++) {
        HOTPATH_SCOPE("co step");
        pass(10);
        co_await std::suspend_always{};
        CHECK_EQ(hotpath_depth(), 2);
        co_leaf(); /* from an older frame than that which began the step, or from another stack */
        CHECK_EQ(hotpath_depth(), 2);
        HOTPATH_BYTES(1);
    }
}

/* Begins on a thread, goes on on another, ends on a third; resumed from deep and from shallow frames,
   and from stacks that lie above and below. */
static void law_08_coroutines_end_elsewhere(void** state) {
    (void)state;
    static const int depths[] = {20, 0, 3, 40};
    const int steps = 40;
    const task t = co_steps(steps);
    int resumed = 0;
    while (!t.done()) {
        const int levels = depths[resumed % 4];
        if (resumed++ % 3 == 2) {
            HOTPATH_SCOPE("resumer on main");
            resume_below(t, levels);
        } else {
            resume_on_a_thread(t, levels);
        }
        pass(100); /* while it is parked its scopes are open */
    }
    CHECK_EQ(resumed, steps + 1);
    CHECK_COUNTS("co step", steps, steps, 111 * steps);
    CHECK_COUNTS("co leaf", steps, steps, steps);
    CHECK_COUNTS("co body", 1, 1, 111 * steps);
    CHECK_EQ(law_now("co step").self_ns, 110 * steps);
    CHECK_EQ(law_now("co step").bytes, steps);
    hotpath_snapshot_t* const s = law_take();
    const uint32_t body = law_node(s, HOTPATH_NO_NODE, "co body");
    CHECK(body != HOTPATH_NO_NODE);
    const uint32_t step = law_node(s, body, "co step");
    CHECK(step != HOTPATH_NO_NODE);
    const uint32_t leaf = law_node(s, step, "co leaf");
    CHECK(leaf != HOTPATH_NO_NODE);
    size_t count = 0;
    CHECK_EQ(hotpath_snapshot_nodes(s, &count)[leaf].calls, steps);
    CHECK_EQ(law_function(s, "resumer")->completed + law_function(s, "resumer on main")->completed,
        steps + 1);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.foreign_ends, 0);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.context_overflow, 0);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
    t.destroy();
}

/* What a thread learned about stacks while it ran coroutines does not keep its own scopes from healing. */
static jmp_buf back;
static volatile bool always = true;
static LAW_NOINLINE void jumps(int levels) {
    static hotpath_site_t site = HOTPATH_SITE_INIT("jumps after", HOTPATH_KIND_SCOPE);
    hotpath_token_t token;
    if (levels > 0) jumps(levels - 1);
    hotpath_begin(&site, &token);
    if (always) longjmp(back, 1);
}
static LAW_NOINLINE void lands() {
    if (setjmp(back) == 0) jumps(5);
}
static void law_08_coroutines_leave_no_trace(void** state) {
    (void)state;
    const task t = co_steps(3);
    resume_on_a_thread(t, 0);
    t.resume(); /* the main thread's stack is above all others */
    const uint64_t leaves = law_now("co leaf").calls;
    for (uint64_t i = 1; i <= 20; i++) {
        resume_below(t, 0);
        lands();
        co_leaf(); /* no scope is around it: the next entry of an older frame heals */
        CHECK_EQ(hotpath_depth(), 0);
        CHECK_COUNTS("jumps after", i, 0, 0);
        if (t.done()) break;
    }
    CHECK_EQ(law_now("co leaf").calls, leaves + 2 + 2);
    t.destroy();
    law_check_quiet_now();
}

/* Destroyed where it is parked, on a thread that it never ran on: its scopes end there. */
static void law_08_coroutines_destroyed(void** state) {
    (void)state;
    const hotpath_function_t steps = law_now("co step"), bodies = law_now("co body");
    for (uint64_t i = 1; i <= 20; i++) {
        const task t = co_steps(5);
        t.resume();
        pass(5);
        std::thread([&t] { t.destroy(); }).join();
        CHECK_COUNTS("co step", steps.calls + i, steps.calls + i, steps.total_ns + 15 * i);
        CHECK_COUNTS("co body", bodies.calls + i, bodies.calls + i, bodies.total_ns + 15 * i);
    }
    CHECK_EQ(law_drops().foreign_ends, 0);
    law_check_quiet_now();
}

/* An exception leaves a coroutine on another thread than the one that it began on. */
static task co_throws() {
    HOTPATH_SCOPE("co throws");
    HOTPATH_SCOPE("co throws inner");
    co_await std::suspend_always{};
    throw 5;
}
static void law_08_coroutines_throw(void** state) {
    (void)state;
    for (uint64_t i = 1; i <= 20; i++) {
        const task t = co_throws();
        t.resume();
        pass(3);
        resume_on_a_thread(t, 5);
        CHECK(t.done() && t.handle.promise().thrown != nullptr);
        t.destroy();
        CHECK_COUNTS("co throws", i, i, 3 * i);
        CHECK_COUNTS("co throws inner", i, i, 3 * i);
    }
    law_check_quiet_now();
}

/* Many at once: whichever worker comes resumes the next one, while a reader looks on. */
static void law_08_coroutines_of_many_workers(void** state) {
    (void)state;
    enum {
        coroutines = 8,
        steps = 60,
        workers = 3
    };
    const hotpath_function_t before = law_now("co step"), leaves = law_now("co leaf");
    std::vector<task> queue;
    std::mutex lock;
    uint64_t left = coroutines, stop = 0;
    for (int i = 0; i < coroutines; i++)
        queue.push_back(co_steps(steps));
    std::thread reader([&stop] {
        uint64_t calls = 0;
        while (!law_load(&stop)) {
            const hotpath_function_t f = law_now("co step");
            CHECK_GE(f.calls, calls);
            calls = f.calls;
            sched_yield();
        }
    });
    std::vector<std::thread> all;
    for (int i = 0; i < workers; i++)
        all.emplace_back([&, i] {
            HOTPATH_SCOPE("co worker");
            while (law_load(&left) > 0) {
                task t{};
                {
                    const std::lock_guard<std::mutex> held(lock);
                    if (!queue.empty()) t = queue.front(), queue.erase(queue.begin());
                }
                if (!t.handle) {
                    sched_yield();
                    continue;
                }
                resume_below(t, i * 7);
                CHECK_EQ(hotpath_depth(), 1);
                if (t.done()) {
                    t.destroy();
                    __atomic_sub_fetch(&left, 1, __ATOMIC_ACQ_REL);
                } else {
                    const std::lock_guard<std::mutex> held(lock);
                    queue.push_back(t);
                }
            }
        });
    for (auto& t : all)
        t.join();
    law_store(&stop, 1);
    reader.join();
    const hotpath_function_t after = law_now("co step");
    CHECK_EQ(after.completed, before.completed + coroutines * steps);
    CHECK_EQ(after.bytes, before.bytes + coroutines * steps);
    CHECK_EQ(after.abandoned, before.abandoned);
    CHECK_EQ(law_now("co leaf").completed, leaves.completed + coroutines * steps);
    CHECK_EQ(law_now("co worker").completed, workers);
    CHECK_EQ(law_drops().foreign_ends, 0);
    CHECK_EQ(law_drops().context_overflow, 0);
    law_check_quiet_now();
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(law_07_exceptions),
    cmocka_unit_test(law_07_exceptions_of_threads),
    cmocka_unit_test(law_07_cancellation_unwinds),
    cmocka_unit_test(law_05_late_objects),
    cmocka_unit_test(law_07_exit_on_a_thread),
    cmocka_unit_test(law_08_coroutines_end_elsewhere),
    cmocka_unit_test(law_08_coroutines_leave_no_trace),
    cmocka_unit_test(law_08_coroutines_destroyed),
    cmocka_unit_test(law_08_coroutines_throw),
    cmocka_unit_test(law_08_coroutines_of_many_workers),
};
static const law_child_t children[] = {{"exit", child_exit}, {nullptr, nullptr}};
LAW_MAIN(tests, children)
