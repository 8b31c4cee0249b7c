/* RECORDER: virtual */
/* Laws 2, 3, 4, 12, 13 and 15 on a clock that moves only when a test moves it, so that every number
   is known exactly. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "virtual_clock.h"
#include "hotpath.h"
#include "law.h"

#include <sched.h>
#include <sys/syscall.h>

/* >>law 2 */

static void unfolded(uint64_t ns) {
    HOTPATH_FUNC();
    HOTPATH_BYTES(3);
    if (ns % 2) HOTPATH_ERROR("odd");
    pass(ns);
}

/* A snapshot after every single event: whatever the owner has not folded yet is in it once. */
static void law_02_one_writer_unfolded(void** state) {
    (void)state;
    uint64_t total = 0, squares = 0, odd = 0;
    for (uint64_t n = 1; n <= 1100; n++) {
        unfolded(n);
        total += n, squares += n * n, odd += n % 2;
        hotpath_snapshot_t* const s = law_take();
        const hotpath_function_t* const f = law_function(s, "unfolded");
        CHECK_EQ(f->calls, n);
        CHECK_EQ(f->completed, n);
        CHECK_EQ(f->total_ns, total);
        CHECK_EQ(f->self_ns, total);
        CHECK_EQ(f->sum_ticks, total);
        CHECK_EQ(f->sum_squares_low, squares);
        CHECK_EQ(f->sum_squares_high, 0);
        CHECK_EQ(f->bytes, 3 * n);
        CHECK_EQ(f->errors, odd);
        CHECK_EQ(f->min_ns, 1);
        CHECK_EQ(f->max_ns, n);
        CHECK_EQ(f->recent[0].duration_ns, n);
        CHECK_EQ(hotpath_snapshot_percentile(s, f, 100), n);
        law_check_quiet(s);
        hotpath_snapshot_free(s);
    }
}

static uint64_t blocked_ready, blocked_go;
static void blocked_leaf(void) {
    HOTPATH_FUNC();
    pass(10);
}
static void* blocked_body(void* arg) {
    const uint64_t times = *(const uint64_t*)arg;
    HOTPATH_SCOPE("blocked body");
    for (uint64_t i = 0; i < times; i++)
        blocked_leaf();
    law_add(&blocked_ready, 1);
    law_wait(&blocked_go, 1);
    return NULL;
}

/* What a thread recorded before it blocked is in a snapshot that another thread takes, whatever the
   owner would have done with it later. */
static void law_02_one_writer_blocked_threads(void** state) {
    (void)state;
    static const uint64_t times[] = {1, 2, 63, 64, 65, 127, 255, 256, 257, 1000};
    enum {
        threads = sizeof times / sizeof times[0]
    };
    pthread_t ids[threads];
    uint64_t leaves = 0;
    for (size_t i = 0; i < threads; i++) {
        ids[i] = law_thread(blocked_body, (void*)(uintptr_t)&times[i]);
        leaves += times[i];
        law_wait(&blocked_ready, i + 1);
        const hotpath_function_t leaf = law_now("blocked_leaf");
        CHECK_EQ(leaf.calls, leaves);
        CHECK_EQ(leaf.completed, leaves);
        CHECK_EQ(leaf.total_ns, 10 * leaves);
        CHECK_EQ(law_now("blocked body").open_calls, i + 1);
    }
    law_check_quiet_now();
    law_store(&blocked_go, 1);
    for (size_t i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
    const hotpath_function_t leaf = law_now("blocked_leaf"), body = law_now("blocked body");
    CHECK_EQ(leaf.calls, leaves);
    CHECK_EQ(leaf.total_ns, 10 * leaves);
    CHECK_EQ(body.calls, (uint64_t)threads);
    CHECK_EQ(body.completed, (uint64_t)threads);
    law_check_quiet_now();
}

/* The owner is stopped after every single instruction, also of a recording half done, and read: time
   passes in the inner scope alone, so that both totals are known to the tick all the way. */
enum {
    step_rounds = 70 /* more than the logs hold, so that slots are written again */
};
static hotpath_snapshot_desc_t step_desc;
static uint64_t step_round, step_began, step_snapshots;
static hotpath_function_t step_seen[2];
static void check_step(const hotpath_function_t* f, hotpath_function_t* seen, uint64_t self) {
    CHECK_EQ(f->total_ns, virtual_ticks() - step_began);
    CHECK_EQ(f->self_ns, self);
    CHECK_GE(f->calls, seen->calls);
    CHECK_LE(f->calls, step_round + 1);
    CHECK_GE(f->completed, seen->completed);
    CHECK_LE(f->completed + f->open_calls, f->calls);
    CHECK_GE(f->recent_count, f->completed < 63 ? f->completed : 63);
    for (uint32_t i = 1; i < f->recent_count; i++) {
        /* Each began where the one before it ended, and took one longer. */
        CHECK_EQ(f->recent[i].at_ns + f->recent[i].duration_ns, f->recent[i - 1].at_ns);
        CHECK_EQ(f->recent[i].duration_ns + 1, f->recent[i - 1].duration_ns);
    }
    *seen = *f;
}
static void on_step(int number, siginfo_t* info, void* context) {
    (void)number, (void)info, (void)context;
    hotpath_snapshot_t* const s = hotpath_snapshot_take(&step_desc);
    CHECK(s != NULL);
    check_step(law_function(s, "step outer"), &step_seen[0], 0);
    check_step(law_function(s, "step inner"), &step_seen[1], virtual_ticks() - step_began);
    hotpath_snapshot_free(s);
    step_snapshots++;
}
static void law_02_one_writer_at_every_instruction(void** state) {
    (void)state;
    law_needs_steps();
    law_handler(SIGTRAP, on_step, 0);
    step_began = virtual_ticks();
    for (step_round = 0; step_round < step_rounds; step_round++) {
        if (step_round == step_rounds - 2) {
            step_desc.buffer_size = hotpath_snapshot_size(NULL);
            CHECK_EQ(posix_memalign(&step_desc.buffer, 16, step_desc.buffer_size), 0);
            LAW_STEP_BEGIN();
        }
        HOTPATH_SCOPE("step outer");
        HOTPATH_SCOPE("step inner");
        pass(1000 + step_round);
    }
    LAW_STEP_END();
    free(step_desc.buffer);
    CHECK_GT(step_snapshots, 200);
    CHECK_EQ(law_now("step inner").completed, step_rounds);
    law_check_quiet_now();
}

/* As above, but time passes at every instruction, as it does when the owner is kept from running: also
   between its reading the clock and its writing down what came of it. Readers come at different
   instructions each round. What one has credited the next one finds, and the end. */
enum {
    late_rounds = 24
};
static uint64_t late_steps, late_began, late_snapshots;
/* Counts how often the recorder gives its processor away. */
static uint64_t yields;
int sched_yield(void) {
    __atomic_fetch_add(&yields, 1, __ATOMIC_RELAXED);
    return (int)syscall(SYS_sched_yield);
}
static hotpath_function_t late_seen[2];
static void check_late(const hotpath_function_t* f, hotpath_function_t* seen) {
    CHECK_GE(f->total_ns, seen->total_ns);
    CHECK_GE(f->calls, seen->calls);
    CHECK_GE(f->completed, seen->completed);
    CHECK_LE(f->total_ns, virtual_ticks() - late_began);
    *seen = *f;
}
static void on_late_step(int number, siginfo_t* info, void* context) {
    (void)number, (void)info, (void)context;
    pass(late_steps % 5 == 0 ? 1000 : 1);
    if (late_steps++ % (1 + step_round % 7) != 0) return;
    const uint64_t before = yields;
    hotpath_snapshot_t* const s = hotpath_snapshot_take(&step_desc);
    CHECK(s != NULL);
    check_late(law_function(s, "late outer"), &late_seen[0]);
    check_late(law_function(s, "late inner"), &late_seen[1]);
    CHECK_GE(late_seen[0].total_ns, late_seen[1].total_ns);
    hotpath_snapshot_free(s);
    CHECK_EQ(yields, before); /* nobody else is to be waited for */
    late_snapshots++;
}
static void law_02_one_writer_kept_from_running(void** state) {
    (void)state;
    law_needs_steps();
    law_handler(SIGTRAP, on_late_step, 0);
    late_began = virtual_ticks();
    for (step_round = 0; step_round < late_rounds; step_round++) {
        if (step_round == 2) {
            step_desc.buffer_size = hotpath_snapshot_size(NULL);
            CHECK_EQ(posix_memalign(&step_desc.buffer, 16, step_desc.buffer_size), 0);
            LAW_STEP_BEGIN();
        }
        HOTPATH_SCOPE("late outer");
        HOTPATH_SCOPE("late inner");
    }
    LAW_STEP_END();
    free(step_desc.buffer);
    CHECK_GT(late_snapshots, 500);
    CHECK_GE(law_now("late inner").total_ns, late_seen[1].total_ns);
    CHECK_GE(law_now("late outer").total_ns, late_seen[0].total_ns);
    CHECK_EQ(law_now("late inner").completed, late_rounds);
    law_check_quiet_now();
}

/* >>law 3 */

static void law_03_open_scopes(void** state) {
    (void)state;
    HOTPATH_BEGIN(outer, "open outer");
    pass(100);
    HOTPATH_BEGIN(inner, "open inner");
    pass(7);
    hotpath_snapshot_t* s = law_take();
    const hotpath_function_t* f = law_function(s, "open outer");
    CHECK_EQ(f->calls, 1);
    CHECK_EQ(f->open_calls, 1);
    CHECK_EQ(f->completed, 0);
    CHECK_EQ(f->total_ns, 107);
    CHECK_EQ(f->self_ns, 100);
    CHECK_EQ(f->min_ns, 0);
    f = law_function(s, "open inner");
    CHECK_EQ(f->calls, 1);
    CHECK_EQ(f->open_calls, 1);
    CHECK_EQ(f->total_ns, 7);
    CHECK_EQ(f->self_ns, 7);
    const uint32_t outer_node = law_node(s, HOTPATH_NO_NODE, "open outer");
    CHECK(outer_node != HOTPATH_NO_NODE);
    const uint32_t inner_node = law_node(s, outer_node, "open inner");
    CHECK(inner_node != HOTPATH_NO_NODE);
    size_t count = 0;
    const hotpath_node_t* const nodes = hotpath_snapshot_nodes(s, &count);
    CHECK_EQ(nodes[outer_node].open_calls, 1);
    CHECK_EQ(nodes[outer_node].total_ns, 107);
    CHECK_EQ(nodes[outer_node].self_ns, 100);
    CHECK_EQ(nodes[inner_node].calls, 1);
    CHECK_EQ(nodes[inner_node].total_ns, 7);
    law_check_quiet(s);
    hotpath_snapshot_free(s);

    pass(5);
    CHECK_EQ(HOTPATH_END(inner), 12);
    pass(1);
    s = law_take();
    f = law_function(s, "open inner");
    CHECK_EQ(f->open_calls, 0);
    CHECK_EQ(f->completed, 1);
    CHECK_EQ(f->total_ns, 12);
    CHECK_EQ(law_function(s, "open outer")->total_ns, 113);
    CHECK_EQ(law_function(s, "open outer")->self_ns, 101);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
    CHECK_EQ(HOTPATH_END(outer), 113);
    const hotpath_function_t done = law_now("open outer");
    CHECK_EQ(done.calls, 1);
    CHECK_EQ(done.open_calls, 0);
    CHECK_EQ(done.completed, 1);
    CHECK_EQ(done.total_ns, 113);
}

static uint64_t stack_ready, stack_go;
static void* stack_body(void* arg) {
    (void)arg;
    HOTPATH_THREAD_NAME("stack thread");
    HOTPATH_SCOPE("stack 1");
    pass(11);
    HOTPATH_SCOPE("stack 2");
    pass(22);
    HOTPATH_SCOPE("stack 3");
    pass(33);
    law_store(&stack_ready, 1);
    law_wait(&stack_go, 1);
    return NULL;
}

/* The stack of another thread, which is stuck, is readable with its times. */
static void law_03_open_scopes_of_a_stuck_thread(void** state) {
    (void)state;
    const pthread_t id = law_thread(stack_body, NULL);
    law_wait(&stack_ready, 1);
    for (uint64_t later = 0; later < 3; later++) {
        hotpath_snapshot_t* const s = law_take();
        const hotpath_thread_t* const t = law_thread_named(s, "stack thread");
        CHECK(t != NULL);
        CHECK_EQ(t->state, HOTPATH_THREAD_LIVE);
        CHECK_EQ(t->open_count, 3);
        CHECK_EQ(t->calls, 3);
        CHECK_EQ(t->count, 1);
        CHECK_EQ(t->busy_ns, 66 + later);
        CHECK_EQ(t->open[0].elapsed_ns, 66 + later);
        CHECK_EQ(t->open[1].elapsed_ns, 55 + later);
        CHECK_EQ(t->open[2].elapsed_ns, 33 + later);
        CHECK_EQ(t->open[1].at_ns - t->open[0].at_ns, 11);
        CHECK_EQ(t->open[2].at_ns - t->open[1].at_ns, 22);
        size_t function_count = 0, node_count = 0;
        const hotpath_function_t* const f = hotpath_snapshot_functions(s, &function_count);
        const hotpath_node_t* const n = hotpath_snapshot_nodes(s, &node_count);
        CHECK_TEXT(f[t->open[0].function].name, "stack 1");
        CHECK_TEXT(f[t->open[1].function].name, "stack 2");
        CHECK_TEXT(f[t->open[2].function].name, "stack 3");
        CHECK_EQ(n[t->open[2].node].parent, t->open[1].node);
        CHECK_EQ(n[t->open[2].node].function, t->open[2].function);
        CHECK_EQ(law_function(s, "stack 3")->total_ns, 33 + later);
        CHECK_EQ(law_function(s, "stack 3")->calls, 1);
        CHECK_EQ(law_function(s, "stack 2")->self_ns, 22);
        law_text_t* const text = (law_text_t*)calloc(1, sizeof *text);
        CHECK_HAS(law_render(text, s, HOTPATH_FORMAT_TABLE), "stack 3");
        CHECK_HAS(law_render(text, s, HOTPATH_FORMAT_JSON), "stack 3");
        free(text);
        law_check_quiet(s);
        hotpath_snapshot_free(s);
        pass(1);
    }
    law_store(&stack_go, 1);
    pthread_join(id, NULL);
    CHECK_EQ(law_now("stack 3").total_ns, 36);
    CHECK_EQ(law_now("stack 1").total_ns, 69);
    CHECK_EQ(law_now("stack 1").open_calls, 0);
}

static void open_recursion(int levels, uint64_t outermost_at) {
    HOTPATH_FUNC();
    pass(10);
    hotpath_snapshot_t* const s = law_take();
    const hotpath_function_t* const f = law_function(s, "open_recursion");
    CHECK_EQ(f->calls, (uint64_t)(4 - levels));
    CHECK_EQ(f->open_calls, (uint64_t)(4 - levels));
    CHECK_EQ(f->total_ns, virtual_ticks() - outermost_at);
    CHECK_EQ(f->self_ns, f->total_ns);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
    if (levels > 0) open_recursion(levels - 1, outermost_at);
    pass(1);
}

/* Levels of recursion that are open count in calls; only the outermost one counts in total. */
static void law_03_open_scopes_of_recursion(void** state) {
    (void)state;
    open_recursion(3, virtual_ticks());
    const hotpath_function_t f = law_now("open_recursion");
    CHECK_EQ(f.calls, 4);
    CHECK_EQ(f.open_calls, 0);
    CHECK_EQ(f.completed, 4);
    CHECK_EQ(f.total_ns, 44);
    CHECK_EQ(f.self_ns, 44);
}

static void deep_recursion(int levels) {
    HOTPATH_FUNC();
    pass(1);
    if (levels > 1) deep_recursion(levels - 1);
}
static int child_deep_recursion(void) {
    for (uint64_t i = 1; i <= 3; i++) {
        deep_recursion(5000);
        const hotpath_function_t f = law_now("deep_recursion");
        CHECK_EQ(f.calls, 5000 * i);
        CHECK_EQ(f.completed, 5000 * i);
        CHECK_EQ(f.total_ns, 5000 * i);
        CHECK_EQ(f.self_ns, 5000 * i);
        CHECK_EQ(f.sum_ticks, 5000 * 5001 / 2 * i);
    }
    CHECK_EQ(law_drops().deep_calls, 0);
    law_check_quiet_now();
    return 0;
}
/* Five thousand levels are no bound by default. */
static void law_03_open_scopes_of_deep_recursion(void** state) {
    (void)state;
    law_exited(law_fork(child_deep_recursion), 0);
}

/* Levels of a recursion go on while they are read one after the other: an inner level's time may be
   newer than the outermost's. The self times of all of them are no more than the total. */
static uint64_t recursion_steps, recursion_snapshots;
static void recursion_read(int levels);
static void recursion_step(int number, siginfo_t* info, void* context) {
    (void)number, (void)info, (void)context;
    if (recursion_steps++ % 16 == 0) recursion_read(0);
}
static void recursion_read(int levels) {
    HOTPATH_SCOPE("read recursion");
    if (levels == 0) pass(1000);
    if (levels > 1) recursion_read(levels - 1);
    if (levels != 1) return;
    hotpath_snapshot_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.parts = HOTPATH_PART_TREE | HOTPATH_TIMES_LATER; /* fewer steps */
    for (int i = 0; i < 2; i++) {
        LAW_STEP_BEGIN();
        hotpath_snapshot_t* const s = hotpath_snapshot_take(&desc);
        LAW_STEP_END();
        CHECK(s != NULL);
        const hotpath_function_t* const f = law_function(s, "read recursion");
        CHECK_GT(f->total_ns, 0);
        CHECK_LE(f->self_ns, f->total_ns);
        hotpath_snapshot_free(s);
        recursion_snapshots++;
    }
}
static void law_03_open_scopes_of_recursion_while_read(void** state) {
    (void)state;
    law_needs_steps();
    law_handler(SIGTRAP, recursion_step, 0);
    recursion_read(2);
    CHECK_EQ(recursion_snapshots, 2);
    CHECK_GT(recursion_steps, 1000);
    law_check_quiet_now();
}

/* A scope that never ends counts as abandoned, and the time that live answers gave to it and to its
   callers never goes back. */
static void law_03_open_scopes_abandoned(void** state) {
    (void)state;
    HOTPATH_BEGIN(keeper, "abandon keeper");
    HOTPATH_BEGIN(lost, "abandon lost");
    pass(50);
    hotpath_snapshot_t* const before = law_take();
    CHECK_EQ(law_function(before, "abandon lost")->total_ns, 50);
    CHECK_EQ(law_function(before, "abandon lost")->abandoned, 0);
    CHECK_EQ(HOTPATH_END(keeper), 50);
    (void)lost;
    pass(1000);
    hotpath_snapshot_t* const after = law_take();
    const hotpath_function_t* const f = law_function(after, "abandon lost");
    CHECK_EQ(f->calls, 1);
    CHECK_EQ(f->open_calls, 0);
    CHECK_EQ(f->completed, 0);
    CHECK_EQ(f->abandoned, 1);
    CHECK_EQ(f->total_ns, 50);
    CHECK_EQ(law_function(after, "abandon keeper")->total_ns, 50);
    CHECK_EQ(law_function(after, "abandon keeper")->completed, 1);
    CHECK_EQ(law_function(after, "abandon keeper")->abandoned, 0);
    law_check_quiet(after);
    hotpath_snapshot_free(before);
    hotpath_snapshot_free(after);
    const uint64_t foreign = law_drops().foreign_ends;
    hotpath_end(&lost);
    CHECK_EQ(law_drops().foreign_ends, foreign + 1);
    CHECK_EQ(law_now("abandon lost").completed, 0);
}

/* >>law 4 */

static void differed(uint64_t ns) {
    HOTPATH_FUNC();
    HOTPATH_BYTES(ns);
    if (ns % 3 == 0) HOTPATH_ERROR("third");
    pass(ns);
}

typedef struct sum {
    uint64_t calls, completed, total, errors, bytes, window;
} sum_t;

static void add_difference(
    sum_t* sum, const hotpath_snapshot_t* newer, const hotpath_snapshot_t* older) {
    hotpath_snapshot_t* const d = hotpath_snapshot_difference(newer, older, NULL);
    CHECK(d != NULL);
    CHECK(hotpath_snapshot_info(d)->is_difference);
    CHECK(!hotpath_snapshot_info(newer)->is_difference);
    sum->window += hotpath_snapshot_info(d)->window_ns;
    const hotpath_function_t* const f = law_find(d, "differed");
    if (f) {
        CHECK(f->bounds_only);
        law_check_function_at(f, __FILE__, __LINE__);
        sum->calls += f->calls, sum->completed += f->completed, sum->total += f->total_ns;
        sum->errors += f->errors, sum->bytes += f->bytes;
    }
    hotpath_snapshot_free(d);
}

/* Two readers take differences at their own moments. Each one's windows sum up to all that
   happened, and the totals since the start are what they would be without any reader. */
static void law_04_never_reset(void** state) {
    (void)state;
    differed(1);
    hotpath_snapshot_t* const first = law_take();
    hotpath_snapshot_t *a = law_take(), *b = law_take();
    sum_t sum_a = {0, 0, 0, 0, 0, 0}, sum_b = sum_a, truth = sum_a;
    for (uint64_t i = 1; i <= 300; i++) {
        differed(i);
        truth.calls++, truth.completed++, truth.total += i, truth.bytes += i;
        truth.errors += i % 3 == 0;
        if (i % 7 == 0 || i == 300) {
            hotpath_snapshot_t* const next = law_take();
            add_difference(&sum_a, next, a);
            hotpath_snapshot_free(a);
            a = next;
        }
        if (i % 11 == 0 || i == 300) {
            hotpath_snapshot_t* const next = law_take();
            add_difference(&sum_b, next, b);
            hotpath_snapshot_free(b);
            b = next;
        }
    }
    truth.window = truth.total;
    CHECK_EQ(sum_a.calls, truth.calls);
    CHECK_EQ(sum_b.calls, truth.calls);
    CHECK_EQ(sum_a.completed, truth.completed);
    CHECK_EQ(sum_b.completed, truth.completed);
    CHECK_EQ(sum_a.total, truth.total);
    CHECK_EQ(sum_b.total, truth.total);
    CHECK_EQ(sum_a.errors, truth.errors);
    CHECK_EQ(sum_b.errors, truth.errors);
    CHECK_EQ(sum_a.bytes, truth.bytes);
    CHECK_EQ(sum_b.bytes, truth.bytes);
    CHECK_EQ(sum_a.window, truth.window);
    CHECK_EQ(sum_b.window, truth.window);
    const hotpath_function_t* const f = law_function(a, "differed");
    CHECK_EQ(f->calls, 301);
    CHECK_EQ(f->total_ns, 1 + truth.total);
    CHECK_EQ(f->min_ns, 1);
    CHECK_EQ(f->max_ns, 300);
    CHECK(!f->bounds_only);
    CHECK(hotpath_snapshot_difference(first, a, NULL) == NULL);
    hotpath_snapshot_free(first);
    hotpath_snapshot_free(a);
    hotpath_snapshot_free(b);
}

/* The min and max of a window are bounds: never inside the true ones, at most one bucket outside. */
static void law_04_never_reset_bounds(void** state) {
    (void)state;
    differed(1), differed(1000000);
    hotpath_snapshot_t* const older = law_take();
    for (uint64_t i = 0; i < 100; i++)
        differed(5000 + 10 * i);
    hotpath_snapshot_t* const newer = law_take();
    hotpath_snapshot_t* const d = hotpath_snapshot_difference(newer, older, NULL);
    CHECK(d != NULL);
    const hotpath_function_t* const f = law_function(d, "differed");
    CHECK_EQ(f->calls, 100);
    CHECK(f->bounds_only);
    CHECK_LE(f->min_ns, 5000);
    CHECK_GE(f->min_ns, 5000 * 968 / 1000);
    CHECK_GE(f->max_ns, 5990);
    CHECK_LE(f->max_ns, 5990 * 1033 / 1000);
    const uint64_t median = hotpath_snapshot_percentile(d, f, 50);
    CHECK_GE(median, 5490 * 984 / 1000);
    CHECK_LE(median, 5490 * 1017 / 1000);
    hotpath_snapshot_free(d);
    hotpath_snapshot_free(newer);
    hotpath_snapshot_free(older);
}

/* The time of a scope that is open over several windows is spread over them exactly. */
static void law_04_never_reset_open(void** state) {
    (void)state;
    hotpath_snapshot_t* const s0 = law_take();
    pass(5);
    HOTPATH_BEGIN(open, "differed open");
    pass(100);
    hotpath_snapshot_t* const s1 = law_take();
    pass(50);
    hotpath_snapshot_t* const s2 = law_take();
    pass(25);
    hotpath_end(&open);
    pass(3);
    hotpath_snapshot_t* const s3 = law_take();
    const hotpath_snapshot_t* const steps[] = {s0, s1, s2, s3};
    static const uint64_t totals[] = {100, 50, 25}, calls[] = {1, 0, 0}, opens[] = {1, 1, 0},
                          completed[] = {0, 0, 1}, windows[] = {105, 50, 28};
    for (size_t i = 0; i < 3; i++) {
        hotpath_snapshot_t* const d = hotpath_snapshot_difference(steps[i + 1], steps[i], NULL);
        CHECK(d != NULL);
        const hotpath_function_t* const f = law_function(d, "differed open");
        CHECK_EQ(f->calls, calls[i]);
        CHECK_EQ(f->open_calls, opens[i]);
        CHECK_EQ(f->completed, completed[i]);
        CHECK_EQ(f->total_ns, totals[i]);
        CHECK_EQ(f->self_ns, totals[i]);
        CHECK_EQ(hotpath_snapshot_info(d)->window_ns, windows[i]);
        hotpath_snapshot_free(d);
    }
    hotpath_snapshot_free(s0);
    hotpath_snapshot_free(s1);
    hotpath_snapshot_free(s2);
    hotpath_snapshot_free(s3);
}

/* Of the two words of a sum of squares the lower one may be less than before. */
static void law_04_never_reset_squares(void** state) {
    (void)state;
    hotpath_record("square track", "square", 0, UINT32_MAX);
    hotpath_snapshot_t* const older = law_take();
    hotpath_record("square track", "square", 0, UINT32_MAX);
    hotpath_snapshot_t* const newer = law_take();
    hotpath_snapshot_t* const d = hotpath_snapshot_difference(newer, older, NULL);
    CHECK(d != NULL);
    const hotpath_function_t* const f = law_function(d, "square");
    CHECK_EQ(law_function(newer, "square")->sum_squares_high, 1);
    CHECK_EQ(f->sum_squares_high, 0);
    CHECK_EQ(f->sum_squares_low, (uint64_t)UINT32_MAX * UINT32_MAX);
    hotpath_snapshot_free(d);
    hotpath_snapshot_free(newer);
    hotpath_snapshot_free(older);
}

/* >>law 12 */

static void law_12_foreign_time(void** state) {
    (void)state;
    uint64_t total = 0;
    HOTPATH_BEGIN(around, "span caller");
    pass(9);
    for (uint64_t i = 0; i < 500; i++) {
        hotpath_record("gpu 0", "shadow pass", 1000000 + 1000 * i, 1000000 + 1000 * i + i);
        total += i;
    }
    hotpath_record("gpu 0", "light pass", 70, 75);
    CHECK_EQ(HOTPATH_END(around), 9);
    hotpath_snapshot_t* const s = law_take();
    const hotpath_function_t* const f = law_function(s, "shadow pass");
    CHECK_EQ(f->kind, HOTPATH_KIND_SPAN);
    CHECK_EQ(f->calls, 500);
    CHECK_EQ(f->completed, 500);
    CHECK_EQ(f->open_calls, 0);
    CHECK_EQ(f->total_ns, total);
    CHECK_EQ(f->min_ns, 0);
    CHECK_EQ(f->max_ns, 499);
    CHECK_EQ(f->recent[0].at_ns, 1000000 + 1000 * 499);
    CHECK_EQ(f->recent[0].duration_ns, 499);
    CHECK_EQ(f->slowest[0].duration_ns, 499);
    CHECK_EQ(law_function(s, "light pass")->total_ns, 5);
    CHECK_EQ(law_function(s, "gpu 0")->kind, HOTPATH_KIND_TRACK);
    /* A span is no part of the scope in which it happened to be handed in. */
    CHECK_EQ(law_function(s, "span caller")->self_ns, 9);
    const uint32_t track = law_node(s, HOTPATH_NO_NODE, "gpu 0");
    CHECK(track != HOTPATH_NO_NODE);
    const uint32_t span = law_node(s, track, "shadow pass");
    CHECK(span != HOTPATH_NO_NODE);
    size_t count = 0;
    CHECK_EQ(hotpath_snapshot_nodes(s, &count)[span].calls, 500);
    CHECK_EQ(hotpath_snapshot_nodes(s, &count)[span].total_ns, total);
    hotpath_snapshot_free(s);

    const uint64_t negative = law_drops().negative_time;
    hotpath_record("gpu 0", "light pass", 100, 99);
    const hotpath_function_t light = law_now("light pass");
    CHECK_EQ(light.calls, 2);
    CHECK_EQ(light.total_ns, 5);
    CHECK_EQ(light.min_ns, 0);
    CHECK_EQ(law_drops().negative_time, negative + 1);

    /* The same label on another track is another row; durations beyond 32 bits are kept. */
    hotpath_record("gpu 1", "copy", 0, UINT64_C(5000000000000));
    CHECK_EQ(law_now("copy").max_ns, UINT64_C(5000000000000));
    CHECK_EQ(law_now("copy").calls, 1);
}

/* >>law 13 */

static void* only_reads(void* arg) {
    (void)arg;
    for (int i = 0; i < 20; i++) {
        hotpath_snapshot_t* const s = law_take();
        CHECK(hotpath_snapshot_size(NULL) > 0);
        hotpath_snapshot_free(s);
    }
    return NULL;
}

/* Reading adds no function, no node, no thread, no call, no drop, and takes no memory for good. */
static void law_13_never_itself(void** state) {
    (void)state;
    law_text_t* const text = (law_text_t*)calloc(1, sizeof *text);
    differed(1);
    pthread_join(law_thread(only_reads, NULL), NULL);
    const uint64_t memory = law_info().memory_bytes;
    hotpath_snapshot_t* const before = law_take();
    for (int i = 0; i < 50; i++) {
        hotpath_snapshot_t* const s = law_take();
        law_render(text, s, HOTPATH_FORMAT_TABLE);
        law_render(text, s, HOTPATH_FORMAT_JSON);
        law_render(text, s, HOTPATH_FORMAT_FOLDED);
        hotpath_snapshot_t* const d = hotpath_snapshot_difference(s, before, NULL);
        CHECK(d != NULL);
        hotpath_snapshot_free(d);
        hotpath_snapshot_free(s);
    }
    pthread_join(law_thread(only_reads, NULL), NULL);
    hotpath_snapshot_t* const after = law_take();
    size_t functions[2], nodes[2], threads[2];
    const hotpath_function_t* const f0 = hotpath_snapshot_functions(before, &functions[0]);
    const hotpath_function_t* const f1 = hotpath_snapshot_functions(after, &functions[1]);
    hotpath_snapshot_nodes(before, &nodes[0]), hotpath_snapshot_nodes(after, &nodes[1]);
    hotpath_snapshot_threads(before, &threads[0]), hotpath_snapshot_threads(after, &threads[1]);
    CHECK_EQ(functions[1], functions[0]);
    CHECK_EQ(nodes[1], nodes[0]);
    CHECK_EQ(threads[1], threads[0]);
    for (size_t i = 0; i < functions[0]; i++) {
        CHECK_EQ(f1[i].id, f0[i].id);
        CHECK_EQ(f1[i].calls, f0[i].calls);
        CHECK_EQ(f1[i].total_ns, f0[i].total_ns);
        CHECK_HAS_NOT(f1[i].name, "hotpath_");
    }
    const hotpath_info_t* const i0 = hotpath_snapshot_info(before);
    const hotpath_info_t* const i1 = hotpath_snapshot_info(after);
    CHECK_EQ(i1->threads_live, i0->threads_live);
    CHECK_EQ(i1->threads_ended, i0->threads_ended);
    CHECK_EQ(memcmp(&i1->drops, &i0->drops, sizeof i0->drops), 0);
    hotpath_snapshot_free(before);
    hotpath_snapshot_free(after);
    CHECK_EQ(law_info().memory_bytes, memory);
    free(text);
}

/* >>law 15 */

static void rare(uint64_t ns) {
    HOTPATH_FUNC();
    pass(ns);
}
static void common(void) {
    HOTPATH_FUNC();
    pass(2);
}

/* The logs hold the last 64 and the slowest 8 of each function, whatever the others do. What falls
   out of them stays in the aggregates. */
static void law_15_aggregates_are_the_truth(void** state) {
    (void)state;
    enum {
        calls = 1000
    };
    uint64_t total = 0;
    for (uint64_t i = 1; i <= calls; i++) {
        rare((i * 7919) % 1009 + 1);
        total += (i * 7919) % 1009 + 1;
    }
    for (int i = 0; i < LAW_TIMES(200000, 20000); i++)
        common();
    hotpath_snapshot_t* const s = law_take();
    const hotpath_function_t* const f = law_function(s, "rare");
    CHECK_EQ(f->calls, calls);
    CHECK_EQ(f->completed, calls);
    CHECK_EQ(f->total_ns, total);
    CHECK_EQ(f->sum_ticks, total);
    CHECK_EQ(f->recent_count, 64);
    for (uint64_t i = 0; i < 64; i++) {
        CHECK_EQ(f->recent[i].duration_ns, ((calls - i) * 7919) % 1009 + 1);
        CHECK_EQ(f->recent[i].value.type, HOTPATH_VALUE_NONE);
        if (i > 0) CHECK_LE(f->recent[i].at_ns, f->recent[i - 1].at_ns);
    }
    CHECK_EQ(f->slowest_count, 8);
    uint64_t slowest = 1010;
    for (uint32_t i = 0; i < 8; i++) {
        /* The durations are distinct, so that each place belongs to one of them. */
        uint64_t next = 0;
        for (uint64_t k = 1; k <= calls; k++) {
            const uint64_t ns = (k * 7919) % 1009 + 1;
            if (ns < slowest && ns > next) next = ns;
        }
        CHECK_EQ(f->slowest[i].duration_ns, next);
        slowest = next;
    }
    CHECK_EQ(f->max_ns, f->slowest[0].duration_ns);
    const hotpath_function_t* const c = law_function(s, "common");
    CHECK_EQ(c->calls, LAW_TIMES(200000, 20000));
    CHECK_EQ(c->total_ns, 2 * c->calls);
    CHECK_EQ(c->recent_count, 64);
    hotpath_snapshot_free(s);

    for (int i = 0; i < 5000; i++)
        HOTPATH_VAL("law 15 value", i);
    hotpath_snapshot_t* const v = law_take();
    size_t count = 0;
    const hotpath_entry_t* const entries = hotpath_snapshot_entries(v, &count);
    const hotpath_entry_t* entry = NULL;
    for (size_t i = 0; i < count; i++)
        if (strcmp(entries[i].name, "law 15 value") == 0) entry = &entries[i];
    CHECK(entry != NULL);
    CHECK_EQ(entry->count, 5000);
    CHECK_EQ(entry->last.as.i, 4999);
    CHECK_EQ(entry->history_count, 64);
    CHECK_EQ(entry->history[63].value.as.i, 4999 - 63);
    hotpath_snapshot_free(v);
}

/* One that is slower than the least of the slowest takes its place, by how little it may be. */
static void law_15_aggregates_are_the_truth_slowest(void** state) {
    (void)state;
    static const uint64_t expected[] = {80, 70, 60, 50, 40, 30, 20, 11};
    for (uint64_t ns = 10; ns <= 80; ns += 10)
        hotpath_record("slow track", "slow", 0, ns);
    hotpath_record("slow track", "slow", 0, 11);
    hotpath_record("slow track", "slow", 0, 9);
    hotpath_snapshot_t* const s = law_take();
    const hotpath_function_t* const f = law_function(s, "slow");
    CHECK_EQ(f->slowest_count, 8);
    for (size_t i = 0; i < 8; i++)
        CHECK_EQ(f->slowest[i].duration_ns, expected[i]);
    hotpath_snapshot_free(s);
}

/* The best second of calls stays known when others follow. */
static void law_15_aggregates_are_the_truth_peak(void** state) {
    (void)state;
    static const int calls[] = {1, 7, 2, 1};
    for (size_t second = 0; second < 4; second++) {
        pass(1000000000);
        for (int i = 0; i < calls[second]; i++) {
            HOTPATH_SCOPE("peak");
        }
    }
    pass(1000000000);
    CHECK(law_now("peak").calls_per_sec == 1);
    CHECK(law_now("peak").calls_per_sec_peak == 7);
}

static int child_logs_limit(void) {
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.no_exit_report = true;
    hotpath_start(&desc);
    for (uint64_t i = 1; i <= 500; i++)
        rare(i);
    hotpath_snapshot_t* const s = law_take();
    const hotpath_function_t* const f = law_function(s, "rare");
    CHECK_EQ(f->calls, 500);
    CHECK_EQ(f->total_ns, 500 * 501 / 2);
    printf("%u", f->recent_count);
    for (uint32_t i = 0; i < f->recent_count; i++)
        CHECK_EQ(f->recent[i].duration_ns, 500 - i);
    hotpath_snapshot_free(s);
    return 0;
}

/* HOTPATH_LOGS_LIMIT bounds the logs, from 1 to 1024, and nothing else. */
static void law_15_aggregates_are_the_truth_limit(void** state) {
    (void)state;
    static const char* const limits[][2] = {{"HOTPATH_LOGS_LIMIT=1", "1"},
        {"HOTPATH_LOGS_LIMIT=10", "10"}, {"HOTPATH_LOGS_LIMIT=100", "100"},
        {"HOTPATH_LOGS_LIMIT=1024", "500"}};
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        const char* const env[] = {limits[i][0], NULL};
        const law_result_t* const r = law_again("logs limit", env);
        law_exited(r, 0);
        CHECK_TEXT(r->out, limits[i][1]);
        CHECK_TEXT(r->err, "");
    }
}

static const law_child_t children[] = {{"logs limit", child_logs_limit}, {NULL, NULL}};

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(law_02_one_writer_unfolded),
    cmocka_unit_test(law_02_one_writer_blocked_threads),
    cmocka_unit_test(law_02_one_writer_at_every_instruction),
    cmocka_unit_test(law_02_one_writer_kept_from_running),
    cmocka_unit_test(law_03_open_scopes),
    cmocka_unit_test(law_03_open_scopes_of_a_stuck_thread),
    cmocka_unit_test(law_03_open_scopes_of_recursion),
    cmocka_unit_test(law_03_open_scopes_of_deep_recursion),
    cmocka_unit_test(law_03_open_scopes_of_recursion_while_read),
    cmocka_unit_test(law_03_open_scopes_abandoned),
    cmocka_unit_test(law_04_never_reset),
    cmocka_unit_test(law_04_never_reset_bounds),
    cmocka_unit_test(law_04_never_reset_open),
    cmocka_unit_test(law_04_never_reset_squares),
    cmocka_unit_test(law_12_foreign_time),
    cmocka_unit_test(law_13_never_itself),
    cmocka_unit_test(law_15_aggregates_are_the_truth),
    cmocka_unit_test(law_15_aggregates_are_the_truth_limit),
    cmocka_unit_test(law_15_aggregates_are_the_truth_slowest),
    cmocka_unit_test(law_15_aggregates_are_the_truth_peak),
};
LAW_MAIN(tests, children)
