/* HOTPATH_TIME_SAMPLING=auto: programs of ten shapes stay within their share, and what is estimated lies
   within what it says of itself. On a clock that each thread moves by its work and by what recording
   costs it, with costs that are set here: the share is counted by the test, and the truth is the same
   run, to the tick, recorded in full. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include <stdint.h>

static __thread uint64_t test_now = 1000000;
#define HOTPATH_CLOCK()   test_now
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
                work(&phases, 200);
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

/* >>runs */

static void (*const shapes[])(void) = {shape_flat, shape_recursion, shape_wide, shape_hot_leaf,
    shape_phases, shape_bursts, shape_fibers, shape_mixed, shape_server, shape_exits};
static const char* const shape_names[] = {"flat", "recursion", "wide", "hot leaf", "phases",
    "bursts", "fibers", "mixed", "server", "exits"};
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
    double furthest; /* in halves of the interval */
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
            const double off = fabs((double)f[i].sum_ticks - truth);
            if (!f[i].estimated) {
                CHECK_EQ(f[i].sum_ticks, g[k].sum_ticks);
                continue;
            }
            CHECK(f[i].total_error_ns > 0 || off == 0);
            const double far = off == 0 ? 0 : off / f[i].total_error_ns;
            score->functions++, score->within += far <= 1;
            score->furthest = far > score->furthest ? far : score->furthest;
            if (getenv("SHOW"))
                printf("   %-16s calls %8.0f timed %7.0f sum %12.0f off %6.2f%% said %6.2f%%\n",
                    f[i].name, (double)f[i].calls, (double)f[i].sampled_calls, truth,
                    100 * off / truth, 100 * f[i].total_error_ns / truth);
        }
}
static double percent(uint64_t part, uint64_t whole) { return 100 * (double)part / (double)whole; }

static void auto_keeps_the_share(void** state) {
    (void)state;
    score_t score = {0, 0, 0};
    for (int i = 0; i < shape_count; i++) {
        hotpath_snapshot_t* const before = law_take();
        set_costs();
        CHECK(hotpath_time_sampling(NULL, HOTPATH_TIME_SAMPLING_AUTO));
        run_shape(0, shapes[i], false);
        const run_t r = runs[0];
        hotpath_snapshot_t* const middle = law_take();
        CHECK(hotpath_time_sampling(NULL, 1));
        run_shape(0, shapes[i], true);
        CHECK_EQ(runs[0].all_elapsed, r.all_elapsed); /* the same run */
        hotpath_snapshot_t* const after = law_take();
        hotpath_snapshot_t* const sampled = hotpath_snapshot_difference(middle, before, NULL);
        hotpath_snapshot_t* const full = hotpath_snapshot_difference(after, middle, NULL);
        const hotpath_info_t* const info = hotpath_snapshot_info(sampled);
        print_message("# %-10s took %5.2f%% after the warm-up, %5.2f%% in all, counting %5.2f%%, "
                      "told %5.2f%%\n",
            shape_names[i], percent(r.overhead, r.elapsed), percent(r.all_overhead, r.all_elapsed),
            percent(r.least, r.elapsed), percent(info->auto_overhead_ns, info->auto_time_ns));
        compare(sampled, full, &score);
        CHECK(percent(r.least, r.elapsed) < 4.5);
        CHECK(percent(r.overhead, r.elapsed) <= 5);
        hotpath_snapshot_free(full);
        hotpath_snapshot_free(sampled);
        hotpath_snapshot_free(after);
        hotpath_snapshot_free(middle);
        hotpath_snapshot_free(before);
    }
    print_message("# %d of %d estimates within their interval, the furthest at %.2f of it\n",
        score.within, score.functions, score.furthest);
    CHECK(score.furthest <= 2);
    CHECK_GE(score.within, score.functions * 90 / 100);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(auto_keeps_the_share),
};
static const law_child_t children[] = {{NULL, NULL}};
LAW_MAIN(tests, children)
