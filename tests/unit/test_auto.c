/* HOTPATH_TIME_SAMPLING=auto: programs of ten shapes stay within their share, and what is estimated lies
   within what it says of itself. On a clock that each thread moves by its work and by what recording
   costs it, with costs that are set here: the share is counted by the test, and the truth is the same
   run, to the tick, recorded in full. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include <stdint.h>

#include <setjmp.h>

static __thread uint64_t test_now = 1000000;
static int jump_at_look; /* how many looks at the clock later a handler jumps out of it */
static jmp_buf jump_to;
static uint64_t test_clock(void) {
    if (jump_at_look != 0 && --jump_at_look == 0) longjmp(jump_to, 1);
    return test_now;
}
#define HOTPATH_CLOCK()   test_clock()
#define HOTPATH_MAX_DEPTH 3000

#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "law.h"

#include <math.h>

enum {
    cost_untimed = 6, /* ns of one recording */
    cost_drawn = 26,
    cost_weighed = 42,
    cost_inside = 9, /* of one that is timed: within its own scope */
    warm_up = 10000000,
    entries_max = 4000000,
    threads_max = 3
};
static void set_costs(void) {
    hotpath_i_g.scope_cost = cost_drawn * 100;
    hotpath_i_g.scope_drawn = cost_drawn * 100;
    hotpath_i_g.scope_weighed = cost_weighed * 100;
    hotpath_i_g.scope_untimed = cost_untimed * 100;
    hotpath_i_g.scope_inside = cost_inside * 100;
}

/* A run of one thread: what each entry cost, so that it can be done again with the same clock. */
typedef struct run {
    uint8_t* cost;
    size_t entries;
    bool again; /* recorded in full, and each entry costs what it did before */
    uint64_t start, random;
    uint64_t elapsed, overhead, least; /* after the warm-up; whole */
    uint64_t all_elapsed, all_overhead;
    uint64_t missed; /* long executions that were not timed */
} run_t;
static __thread run_t* run;
static uint8_t cost_log[threads_max][entries_max];
static run_t runs[threads_max];

static void pass(uint64_t ns) { test_now += ns; }
static uint64_t any(uint64_t below) {
    run->random ^= run->random << 13, run->random ^= run->random >> 7;
    run->random ^= run->random << 17;
    return run->random % below;
}
static uint64_t entered(const hotpath_token_t* token) {
    CHECK(run->entries < entries_max);
    uint8_t* const cost = &run->cost[run->entries++];
    if (!run->again)
        *cost = token->tick == 0                                       ? cost_untimed
                : (hotpath_i_local.top->mark & HOTPATH_I_SAMPLED) != 0 ? cost_weighed
                                                                       : cost_drawn;
    const uint64_t within = *cost == cost_untimed ? 0 : cost_inside;
    pass(within);
    return *cost - within;
}
static void left(uint64_t rest) {
    pass(rest);
    const uint64_t cost = rest == cost_untimed ? rest : rest + cost_inside;
    run->all_overhead += cost;
    if (test_now - run->start > warm_up) run->overhead += cost, run->least += cost_untimed;
}
/* A scope that costs what recording it costs, from here to LEAVE(). */
#define ENTER(site)             \
    hotpath_token_t here;       \
    hotpath_begin(site, &here); \
    const uint64_t rest = entered(&here)
#define LEAVE() hotpath_end(&here), left(rest)
static void work(hotpath_site_t* site, uint64_t ns) {
    ENTER(site);
    pass(ns);
    LEAVE();
    run->missed += ns >= 20000 && rest == cost_untimed;
}
#define SITE(variable, label) \
    static hotpath_site_t variable = HOTPATH_SITE_INIT(label, HOTPATH_KIND_SCOPE)

/* >>shapes, each of about 0.2 seconds of its clock */

static void shape_flat(void) {
    SITE(leaf, "flat leaf");
    for (int i = 0; i < 800000; i++)
        work(&leaf, 180 + any(100));
}

static void recurse(int levels) {
    SITE(recursion, "recursion");
    ENTER(&recursion);
    pass(250);
    if (levels > 1) recurse(levels - 1);
    LEAVE();
}
static void shape_recursion(void) {
    for (int i = 0; i < 700; i++) {
        recurse(1 + (int)any(2000));
        pass(1000);
    }
}

static void shape_wide(void) {
    static hotpath_site_t* sites[256];
    char name[32];
    for (int i = 0; i < 256; i++) {
        snprintf(name, sizeof name, "wide %d", i);
        sites[i] = hotpath_named_site(name, __FILE__, 1);
    }
    for (int i = 0; i < 600000; i++) {
        const uint64_t at = any(256);
        work(sites[at], 150 + at);
    }
}

static void hot_parent(void) {
    SITE(parent, "parent of a hot leaf");
    SITE(leaf, "hot leaf");
    ENTER(&parent);
    for (int k = 0; k < 100; k++) {
        pass(20);
        work(&leaf, 200);
    }
    LEAVE();
}
static void shape_hot_leaf(void) {
    for (int i = 0; i < 7000; i++)
        hot_parent();
}

/* Short, long and short again: what was sampled is timed as soon as it is long. */
static void shape_phases(void) {
    SITE(phases, "phases");
    for (int phase = 0; phase < 9; phase++)
        if (phase % 2 == 0)
            for (int i = 0; i < 100000; i++)
                work(&phases, 140);
        else
            for (int i = 0; i < 400; i++)
                work(&phases, 50000 + any(50000));
}

static void shape_bursts(void) {
    SITE(burst, "burst");
    SITE(quiet, "between bursts");
    for (int i = 0; i < 60; i++) {
        for (int k = 0; k < 5000; k++)
            work(&burst, 150 + any(400));
        work(&quiet, 2000000);
    }
}

static void shape_fibers(void) {
    SITE(fiber, "fiber");
    SITE(step, "step of a fiber");
    hotpath_context_t* contexts[8];
    hotpath_token_t tokens[8];
    uint64_t rests[8];
    for (int i = 0; i < 8; i++)
        contexts[i] = hotpath_context_create("fiber");
    for (int round = 0; round < 40; round++) {
        for (int i = 0; i < 8; i++) {
            hotpath_context_switch(contexts[i]);
            hotpath_begin(&fiber, &tokens[i]);
            rests[i] = entered(&tokens[i]);
        }
        for (int k = 0; k < 2000; k++) {
            hotpath_context_switch(contexts[k % 8]);
            work(&step, 150 + any(200));
        }
        for (int i = 0; i < 8; i++) {
            hotpath_context_switch(contexts[i]);
            hotpath_end(&tokens[i]);
            left(rests[i]);
        }
    }
    hotpath_context_switch(NULL);
    for (int i = 0; i < 8; i++)
        hotpath_context_destroy(contexts[i]);
}

/* Few long executions of one function and many short ones of another, and some that are both. */
static void shape_mixed(void) {
    SITE(slow, "slow");
    SITE(fast, "fast");
    SITE(both, "both");
    for (int i = 0; i < 200; i++) {
        work(&slow, 300000);
        for (int k = 0; k < 2000; k++)
            work(&fast, 170);
        for (int k = 0; k < 500; k++)
            work(&both, any(100) == 0 ? 20000 : 100);
    }
}

static void server_query(void) {
    SITE(query, "query");
    SITE(row, "row");
    ENTER(&query);
    pass(2000 + any(3000));
    for (int r = 0; r < 30; r++)
        work(&row, 100 + any(300));
    LEAVE();
}
static void server_request(void) {
    SITE(request, "request");
    SITE(parse, "parse");
    ENTER(&request);
    for (int k = 0; k < 10; k++)
        work(&parse, 60 + any(100));
    for (int k = 0; k < 3; k++)
        server_query();
    LEAVE();
}
static void shape_server(void) {
    for (int i = 0; i < 4000; i++) {
        server_request();
        pass(any(10000));
    }
}

static void shape_exits(void) {
    SITE(outer, "outer of a jump");
    SITE(inner, "inner of a jump");
    for (int i = 0; i < 200000; i++) {
        hotpath_token_t a, b;
        const uint32_t depth = hotpath_depth();
        hotpath_begin(&outer, &a);
        const uint64_t rest_a = entered(&a);
        pass(200);
        hotpath_begin(&inner, &b);
        const uint64_t rest_b = entered(&b);
        pass(200 + any(100));
        if (i % 3 == 0)
            hotpath_unwind(depth);
        else
            hotpath_end(&b), hotpath_end(&a);
        left(rest_b), left(rest_a);
    }
}

/* Threads that live for less than a period, one after the other. */
static uint64_t short_clock;
static run_t* short_run;
static void* short_thread(void* arg) {
    SITE(leaf, "leaf of a short thread");
    run = short_run, test_now = short_clock;
    for (int i = 0; i < 1500; i++)
        work(&leaf, 200 + any(100));
    short_clock = test_now;
    return arg;
}
static void shape_short_threads(void) {
    for (int i = 0; i < 400; i++) {
        short_run = run, short_clock = test_now;
        pthread_join(law_thread(short_thread, NULL), NULL);
        test_now = short_clock;
    }
}

/* >>runs */

static void (*const shapes[])(void) = {shape_flat, shape_recursion, shape_wide, shape_hot_leaf,
    shape_phases, shape_bursts, shape_fibers, shape_mixed, shape_server, shape_exits,
    shape_short_threads};
static const char* const shape_names[] = {"flat", "recursion", "wide", "hot leaf", "phases",
    "bursts", "fibers", "mixed", "server", "exits", "short threads"};
enum {
    shape_count = sizeof shapes / sizeof *shapes
};

static void run_shape(int thread, void (*shape)(void), bool again) {
    run = &runs[thread];
    memset(run, 0, sizeof *run);
    run->cost = cost_log[thread];
    run->again = again;
    run->start = test_now;
    run->random = 88172645463325252u + (uint64_t)thread;
    if (hotpath_i_local.thread != NULL) /* the same gaps whichever tests ran before */
        hotpath_i_local.thread->random = 1234567 + (uint64_t)thread;
    shape();
    run->all_elapsed = test_now - run->start;
    run->elapsed = run->all_elapsed - warm_up;
}

/* Of all functions that were estimated: how many, and how many within their 95 % interval. */
typedef struct score {
    int functions, within;
    double furthest, sum; /* in halves of the interval */
} score_t;
/* The executions of each function: estimated, against all of them. */
static void compare(
    const hotpath_snapshot_t* sampled, const hotpath_snapshot_t* full, score_t* score) {
    size_t count = 0, others = 0;
    const hotpath_function_t* const f = hotpath_snapshot_functions(sampled, &count);
    const hotpath_function_t* const g = hotpath_snapshot_functions(full, &others);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < others; k++) {
            if (f[i].id != g[k].id || g[k].calls == 0) continue;
            CHECK_EQ(f[i].calls, g[k].calls);
            CHECK_EQ(f[i].completed, g[k].completed);
            CHECK_EQ(f[i].abandoned, g[k].abandoned);
            CHECK(!g[k].estimated);
            /* What is in each execution that is timed would have been in the others, too. */
            const double truth =
                (double)g[k].sum_ticks +
                (double)cost_inside * (double)(f[i].completed - f[i].sampled_calls);
            const double off = (double)f[i].sum_ticks - truth;
            if (!f[i].estimated) {
                CHECK_EQ(f[i].sum_ticks, g[k].sum_ticks);
                continue;
            }
            CHECK(f[i].total_error_ns > 0);
            const double far = off / f[i].total_error_ns;
            score->functions++, score->within += fabs(far) <= 1, score->sum += far;
            score->furthest = fabs(far) > score->furthest ? fabs(far) : score->furthest;
        }
}
static double percent(uint64_t part, uint64_t whole) { return 100 * (double)part / (double)whole; }

/* What is called seldom, or is long, is timed as a whole. */
static void check_whole(const hotpath_snapshot_t* s) {
    static const char* const names[] = {
        "between bursts", "fiber", "slow", "request", "query", "parent of a hot leaf"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const hotpath_function_t* const f = law_find(s, names[i]);
        if (f != NULL && f->calls != 0) CHECK(!f->estimated);
    }
}
static void check_share(const char* name, const run_t* r, const hotpath_info_t* info) {
    print_message("# %-14s took %.2f%% after the warm-up, %.2f%% in all; counting %.2f%%\n", name,
        percent(r->overhead, r->elapsed), percent(r->all_overhead, r->all_elapsed),
        percent(r->least, r->elapsed));
    CHECK(percent(r->least, r->elapsed) < 4.5); /* it can be kept */
    CHECK(percent(r->overhead, r->elapsed) <= 5);
    CHECK(percent(r->all_overhead, r->all_elapsed) <= 5.5);
    if (info == NULL) return;
    const double told = percent(info->auto_overhead_ns, info->auto_time_ns);
    CHECK(fabs(told - percent(r->all_overhead, r->all_elapsed)) < 0.15);
    CHECK(info->auto_max_percent > 4.999 && info->auto_max_percent < 5.001);
    CHECK(info->auto_functions > 0);
}
static void check_score(const score_t* score) {
    print_message(
        "# %d of %d estimates within their interval, the furthest at %.2f of it; bias %.3f\n",
        score->within, score->functions, score->furthest, score->sum / score->functions);
    CHECK(score->furthest <= 3); /* 5.9 deviations: the furthest of hundreds, some of few samples */
    CHECK_GE(score->within, score->functions * 90 / 100);
    CHECK(fabs(score->sum) / score->functions < 0.15); /* no side is preferred */
}

/* Runs a shape with auto, and again in full. */
static void check_shape(const char* name, void (*shape)(void), score_t* score) {
    hotpath_snapshot_t* const before = law_take();
    CHECK(hotpath_time_sampling(NULL, HOTPATH_TIME_SAMPLING_AUTO));
    run_shape(0, shape, false);
    const run_t r = runs[0];
    hotpath_snapshot_t* const middle = law_take();
    CHECK(hotpath_time_sampling(NULL, 1));
    run_shape(0, shape, true);
    CHECK_EQ(runs[0].all_elapsed, r.all_elapsed); /* the same run */
    runs[0] = r;
    hotpath_snapshot_t* const after = law_take();
    hotpath_snapshot_t* const sampled = hotpath_snapshot_difference(middle, before, NULL);
    hotpath_snapshot_t* const full = hotpath_snapshot_difference(after, middle, NULL);
    if (name != NULL) check_share(name, &r, hotpath_snapshot_info(sampled));
    compare(sampled, full, score);
    check_whole(sampled);
    hotpath_snapshot_free(full);
    hotpath_snapshot_free(sampled);
    hotpath_snapshot_free(after);
    hotpath_snapshot_free(middle);
    hotpath_snapshot_free(before);
}
static void auto_keeps_the_share(void** state) {
    (void)state;
    score_t score = {0, 0, 0, 0};
    set_costs();
    for (int i = 0; i < shape_count; i++) {
        check_shape(shape_names[i], shapes[i], &score);
        if (shapes[i] == shape_phases) CHECK_LE(runs[0].missed, 4 * 32); /* two looks a phase */
    }
    check_score(&score);
}

/* Threads keep their shares each by itself. */
static uint64_t threads_start, threads_again;
static void* shape_thread(void* arg) {
    static void (*const bodies[])(void) = {shape_wide, shape_server, shape_recursion};
    const int thread = (int)(intptr_t)arg;
    test_now = threads_start;
    hotpath_thread_name("a shape"); /* takes a record */
    run_shape(thread, bodies[thread], threads_again != 0);
    return NULL;
}
static void run_threads(bool again) {
    pthread_t threads[threads_max];
    threads_start = test_now, threads_again = again;
    for (int i = 0; i < threads_max; i++)
        threads[i] = law_thread(shape_thread, (void*)(intptr_t)i);
    for (int i = 0; i < threads_max; i++) {
        pthread_join(threads[i], NULL);
        if (threads_start + runs[i].all_elapsed > test_now)
            test_now = threads_start + runs[i].all_elapsed;
    }
}
static void auto_of_threads(void** state) {
    (void)state;
    score_t score = {0, 0, 0, 0};
    set_costs();
    hotpath_snapshot_t* const before = law_take();
    CHECK(hotpath_time_sampling(NULL, HOTPATH_TIME_SAMPLING_AUTO));
    run_threads(false);
    for (int i = 0; i < threads_max; i++)
        check_share("thread", &runs[i], NULL);
    hotpath_snapshot_t* const middle = law_take();
    CHECK(hotpath_time_sampling(NULL, 1));
    run_threads(true);
    hotpath_snapshot_t* const after = law_take();
    hotpath_snapshot_t* const sampled = hotpath_snapshot_difference(middle, before, NULL);
    hotpath_snapshot_t* const full = hotpath_snapshot_difference(after, middle, NULL);
    compare(sampled, full, &score);
    check_score(&score);
    check_whole(sampled);
    hotpath_snapshot_free(full);
    hotpath_snapshot_free(sampled);
    hotpath_snapshot_free(after);
    hotpath_snapshot_free(middle);
    hotpath_snapshot_free(before);
}

/* However its rate changes meanwhile, an execution counts for as many as its gap was drawn for. */
static void auto_weights_are_fair(void** state) {
    (void)state;
    static hotpath_i_thread_t t;
    static hotpath_i_frec_t f;
    static hotpath_i_node_t node;
    static const double quotas[] = {0.2, 1, 5, 20, 1e9};
    uint64_t random = 88172645463325252u;
    const uint64_t executions = 2000000;
    double weights = 0, squares = 0;
    t.number = 1;
    t.state = HOTPATH_I_RECORD_HIDDEN; /* it goes by its function's rate */
    for (uint64_t i = 0; i < executions; i++) {
        random ^= random << 13, random ^= random >> 7, random ^= random << 17;
        if (random % 50 == 0)
            hotpath_i_pace_set(&t, &f, quotas[random / 64 % 5], random / 4096 % 16 == 0);
        if (f.gap == 0) {
            const double weight = (double)hotpath_i_draw(&t, &node, &f);
            weights += weight, squares += weight * (weight - 1);
        } else
            f.gap--;
        CHECK_EQ(hotpath_i_begun(&f), i + 1);
    }
    CHECK(fabs(weights - (double)executions) < 4 * sqrt(squares));
    CHECK(sqrt(squares) < (double)executions / 100);
}

/* Where counting alone takes more than the share, that is told, and timing adds little to it. */
static void tiny(void) {
    SITE(leaf, "tiny");
    SITE(seldom, "seldom");
    for (int i = 0; i < 1000000; i++) {
        work(&leaf, 30);
        if (i % 1000 == 0) work(&seldom, 30);
    }
}
static void auto_tells_what_it_cannot(void** state) {
    (void)state;
    set_costs();
    hotpath_snapshot_t* const before = law_take();
    CHECK(hotpath_time_sampling(NULL, HOTPATH_TIME_SAMPLING_AUTO));
    run_shape(0, tiny, false);
    hotpath_snapshot_t* const after = law_take();
    const run_t* const r = &runs[0];
    CHECK(percent(r->least, r->elapsed) > 15);
    CHECK(r->overhead < r->least * 11 / 10);
    hotpath_snapshot_t* const s = hotpath_snapshot_difference(after, before, NULL);
    const hotpath_info_t* const info = hotpath_snapshot_info(s);
    CHECK(fabs(percent(info->auto_least_ns, info->auto_time_ns) - percent(r->least, r->elapsed)) <
          0.2);
    CHECK_GT(law_function(s, "tiny")->sampling_rate, 16);
    CHECK(!law_function(s, "seldom")->estimated); /* it costs next to nothing */
    law_text_t* const text = (law_text_t*)calloc(1, sizeof *text);
    CHECK_HAS(
        law_render(text, s, HOTPATH_FORMAT_TABLE), "HOTPATH_TIME_SAMPLING=auto: recording took 1");
    CHECK_HAS(text->data, "% of the threads' time, 5.00% allowed; counting alone took 16.");
    CHECK_HAS(text->data, "take the macros out of the shortest functions");
    CHECK_HAS(text->data, "tiny most: 1 in ");
    CHECK_HAS(
        law_render(text, s, HOTPATH_FORMAT_JSON), "\"auto_max_percent\":5.000,\"auto_time_ns\":");
    CHECK_HAS(text->data, "\"sampling_rate\":");
    free(text);
    hotpath_snapshot_free(s);
    hotpath_snapshot_free(after);
    hotpath_snapshot_free(before);
    CHECK(hotpath_time_sampling(NULL, 1));
    hotpath_snapshot_t* const off = law_take();
    CHECK(hotpath_snapshot_info(off)->auto_max_percent <= 0);
    CHECK_EQ(law_function(off, "tiny")->sampling_rate, 1);
    CHECK_EQ(hotpath_snapshot_info(off)->auto_functions, 0);
    hotpath_snapshot_free(off);
}

/* A handler that jumps out of an entry while its thread looks at the clock leaves it dropped. */
static LAW_NOINLINE void jumped_out_of(void) {
    SITE(jumped, "jumped out of");
    hotpath_token_t token;
    hotpath_begin(&jumped, &token);
    hotpath_end(&token);
}
static void auto_is_jumped_out_of(void** state) {
    (void)state;
    set_costs();
    CHECK(hotpath_time_sampling(NULL, HOTPATH_TIME_SAMPLING_AUTO));
    for (int i = 0; i < 100; i++)
        jumped_out_of();
    const uint64_t dropped = law_drops().reentrant, calls = law_now("jumped out of").calls;
    for (volatile int i = 0; i < 1000; i++) {
        if (setjmp(jump_to) == 0) {
            jump_at_look =
                1; /* that of the pace, where it is time for one, else that of the entry */
            jumped_out_of();
        }
        jumped_out_of();
        if (i % 3 == 0) jumped_out_of();
    }
    CHECK_EQ(law_now("jumped out of").calls + law_drops().reentrant, calls + dropped + 2334);
    CHECK_GT(law_drops().reentrant, dropped + 400);
    CHECK(hotpath_time_sampling(NULL, 1));
}

/* One function may be left to its thread, or have a rate of its own; both go on and off at any time. */
static void of_some(int count) {
    SITE(paced, "paced alone");
    SITE(fixed, "fixed");
    SITE(other, "neither");
    for (int i = 0; i < count; i++) {
        work(&paced, 200);
        work(&fixed, 200);
        if (i % 4 == 0) work(&other, 200);
        if (i % 8000 == 0) pass(1100000); /* a while without calls, after which all are timed */
    }
}
static void many_of_some(void) { of_some(100000); }
static void auto_of_one(void** state) {
    (void)state;
    set_costs();
    CHECK(hotpath_time_sampling(NULL, HOTPATH_TIME_SAMPLING_AUTO));
    run_shape(0, many_of_some, false);
    CHECK_GT(law_now("fixed").sampling_rate, 3);
    CHECK(hotpath_time_sampling(NULL, 1));
    const hotpath_function_t other = law_now("neither"), fixed = law_now("fixed");
    CHECK(!hotpath_time_sampling("nobody", HOTPATH_TIME_SAMPLING_AUTO));
    CHECK(hotpath_time_sampling("paced alone", HOTPATH_TIME_SAMPLING_AUTO));
    CHECK(hotpath_time_sampling("fixed", 50));
    run_shape(0, many_of_some, false);
    CHECK_GT(law_now("paced alone").sampling_rate, 3);
    CHECK_EQ(law_now("fixed").sampling_rate, 50);
    CHECK_GE(law_now("neither").sampled_calls, other.sampled_calls + 25000 - 64);
    CHECK_GT(law_now("fixed").sampled_calls, fixed.sampled_calls + 1800);
    CHECK_LE(law_now("fixed").sampled_calls, fixed.sampled_calls + 2200);
    const uint64_t before = law_now("fixed").sampled_calls;
    CHECK(hotpath_time_sampling("fixed", 1000000));
    run_shape(0, many_of_some, false);
    CHECK_LE(
        law_now("fixed").sampled_calls, before + 3); /* the gap that ran, and one of a million */
    CHECK(hotpath_time_sampling("paced alone", 0));
    const uint64_t timed = law_now("paced alone").sampled_calls;
    for (int i = 0; i < 40; i++) { /* with accounts of before in between */
        hotpath_enable(false);
        of_some(100);
        hotpath_enable(true);
        hotpath_time_sampling(NULL, i % 2 == 0 ? HOTPATH_TIME_SAMPLING_AUTO : 1);
        of_some(100);
    }
    CHECK_EQ(law_now("paced alone").calls, 300000 + 4000);
    CHECK_EQ(law_now("neither").calls, 75000 + 1000);
    CHECK_GT(law_now("paced alone").sampled_calls, timed + 2000);
    CHECK(hotpath_time_sampling("fixed", 0));
    CHECK(hotpath_time_sampling(NULL, 1));
    const hotpath_function_t f = law_now("paced alone");
    CHECK(fabs((double)f.sum_ticks - (200.0 + cost_inside) * (double)f.completed) <
          2 * f.total_error_ns);
}

/* >>HOTPATH_TIME_SAMPLING, of a program that is started with it */

static int started(void) {
    if (strcmp(getenv("HOTPATH_TIME_SAMPLING"), "auto:2.5") == 0)
        setenv("HOTPATH_TIME_SAMPLING_RATE", "7", 1);
    CHECK(hotpath_start(NULL));
    set_costs();
    run = &runs[0], run->cost = cost_log[0];
    SITE(leaf, "leaf");
    for (int i = 0; i < 200000; i++)
        work(&leaf, 400);
    hotpath_snapshot_t* const s = law_take();
    printf("at most %.3f, 1 in %u\n", hotpath_snapshot_info(s)->auto_max_percent,
        law_function(s, "leaf")->sampling_rate);
    return 0;
}
static const law_result_t* started_with(const char* value) {
    return law_start("started", "HOTPATH_TIME_SAMPLING", value);
}
static void auto_in_the_environment(void** state) {
    (void)state;
    unsigned five = 0, two = 0;
    CHECK(sscanf(started_with("auto")->out, "at most 5.000, 1 in %u", &five) == 1);
    CHECK(sscanf(started_with("auto:2.5")->out, "at most 2.500, 1 in %u", &two) == 1);
    CHECK_GT(five, 1);
    CHECK_GT(two, five); /* and the rate of 7 is overridden */
    CHECK_HAS(started_with("auto:50")->out, "at most 50.000, 1 in 1\n");
    static const char* const wrong[] = {"auto:", "auto:0", "auto:0.05", "auto:51", "auto:5%",
        "auto:1.2345", "automatic", "5", "autos:5", "auto:5:5"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const law_result_t* const result = started_with(wrong[i]);
        CHECK_HAS(result->err, "only auto, or auto:PERCENT from 0.1 to 50 with at most 3 decimals");
        CHECK_HAS(result->out, "at most 0.000, 1 in 1\n");
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(auto_weights_are_fair),
    cmocka_unit_test(auto_keeps_the_share),
    cmocka_unit_test(auto_of_threads),
    cmocka_unit_test(auto_tells_what_it_cannot),
    cmocka_unit_test(auto_is_jumped_out_of),
    cmocka_unit_test(auto_of_one),
    cmocka_unit_test(auto_in_the_environment),
};
static const law_child_t children[] = {{"started", started}, {NULL, NULL}};
LAW_MAIN(tests, children)
