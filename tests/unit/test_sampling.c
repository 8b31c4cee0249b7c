/* One execution in so many is timed: counts and the tree stay exact, and times are estimates that lie
   within what they say of themselves. On a virtual clock, so that the truth is known. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "virtual_clock.h"

#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "law.h"

#include <math.h>
#include <setjmp.h>

static uint64_t random_state = 88172645463325252u;
static uint64_t random_next(void) {
    random_state ^= random_state << 13, random_state ^= random_state >> 7;
    return random_state ^= random_state << 17;
}

/* Gaps are geometric: each execution has the same chance, whatever came before. */
static void sampling_gaps(void** state) {
    (void)state;
    for (double x = 1e-17; x < 1e6; x *= 1.37)
        CHECK(fabs(hotpath_i_natural_log(x) - log(x)) <= 1e-7 * (1 + fabs(log(x))));
    static const uint32_t rates[] = {2, 3, 16, 100, 5000};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        const double n = 100000, p = 1.0 / rates[i];
        static hotpath_i_thread_t t;
        hotpath_i_frec_t f;
        memset(&f, 0, sizeof f);
        t.number = (uint32_t)i + 1, t.random = 0;
        double sum = 0, squares = 0, none = 0;
        for (int k = 0; k < (int)n; k++) {
            const double gap = hotpath_i_gap(&t, &f, rates[i]);
            f.weight = rates[i];
            sum += gap, squares += gap * gap, none += gap == 0;
        }
        const double mean = (1 - p) / p, deviation = sqrt(1 - p) / p;
        CHECK(fabs(sum / n - mean) < 5 * deviation / sqrt(n));
        CHECK(fabs(sqrt(squares / n - sum / n * (sum / n)) / deviation - 1) < 0.05);
        CHECK(fabs(none / n - p) < 5 * sqrt(p * (1 - p) / n));
    }
}

enum {
    shapes = 60, /* functions, each with durations of its own kind */
    shape_calls = 4000
};
static uint64_t shape_duration(int shape, int call) {
    switch (shape % 4) {
        case 0: return 100;                                          /* all alike */
        case 1: return 10 + random_next() % 1000;                    /* any */
        case 2: return call % 16 == 0 ? 5000 : 20;                   /* with a period */
        default: return 50 + (random_next() % 100 == 0 ? 20000 : 0); /* few are long */
    }
}
/* Records what the sites do, each under one parent. Adds to truth what each took. */
static void run_shapes(hotpath_site_t** sites, uint64_t* truth, int calls) {
    for (int call = 0; call < calls; call++) {
        HOTPATH_SCOPE("parent");
        for (int i = 0; i < shapes; i++) {
            hotpath_token_t token;
            const uint64_t d = shape_duration(i, call);
            truth[i] += d;
            hotpath_begin(sites[i], &token);
            if (call % 10 == 0) HOTPATH_ERROR("tenth");
            HOTPATH_BYTES(3);
            pass(d);
            hotpath_end(&token);
        }
    }
}
static void sampling_estimates(void** state) {
    (void)state;
    hotpath_site_t* sites[shapes];
    uint64_t truth[shapes] = {0};
    char name[32];
    for (int i = 0; i < shapes; i++) {
        snprintf(name, sizeof name, "shape %d", i);
        sites[i] = hotpath_named_site(name, __FILE__, 1);
    }
    CHECK(hotpath_time_sampling(NULL, 16));
    run_shapes(sites, truth, shape_calls / 2);
    CHECK(hotpath_time_sampling(NULL, 4)); /* each sample keeps the weight it was drawn with */
    run_shapes(sites, truth, shape_calls / 4);
    CHECK(hotpath_time_sampling(NULL, 50));
    run_shapes(sites, truth, shape_calls / 4);
    hotpath_snapshot_t* const s = law_take();
    int within = 0;
    double bias = 0;
    const uint32_t parent = law_node(s, HOTPATH_NO_NODE, "parent");
    CHECK(parent != HOTPATH_NO_NODE);
    for (int i = 0; i < shapes; i++) {
        snprintf(name, sizeof name, "shape %d", i);
        const hotpath_function_t* const f = law_function(s, name);
        CHECK_EQ(f->calls, shape_calls);
        CHECK_EQ(f->completed, shape_calls);
        CHECK_EQ(f->errors, shape_calls / 10);
        CHECK_EQ(f->bytes, 3 * shape_calls);
        CHECK(law_node(s, parent, name) != HOTPATH_NO_NODE);
        CHECK(f->estimated);
        CHECK_GT(f->sampled_calls, shape_calls / 16);
        CHECK_LE(f->sampled_calls, shape_calls / 5);
        CHECK(f->total_error_ns > 0);
        const double off = (double)f->total_ns - (double)truth[i];
        within += fabs(off) <= f->total_error_ns;
        bias += off / f->total_error_ns;
        if (i % 4 == 0) { /* all alike: a mean of samples is exact */
            CHECK(fabs(f->mean_ns - 100) < 1e-9);
            CHECK_EQ(hotpath_snapshot_percentile(s, f, 50), 100);
            CHECK(f->stdev_ns < 1e-3);
        }
    }
    CHECK_GE(within, shapes * 85 / 100); /* 95 % intervals */
    CHECK(fabs(bias / shapes) < 0.3);    /* no side is preferred */
    law_text_t* const text = (law_text_t*)calloc(1, sizeof *text);
    CHECK_HAS(law_render(text, s, HOTPATH_FORMAT_TABLE), "Self~");
    CHECK_HAS(text->data, "~ an estimate: not every execution was timed");
    CHECK_HAS(law_render(text, s, HOTPATH_FORMAT_JSON), "\"estimated\":true");
    free(text);
    CHECK(hotpath_time_sampling(NULL, 1));
    uint64_t more[shapes] = {0};
    run_shapes(sites, more, 100);
    hotpath_snapshot_t* const after = law_take();
    hotpath_snapshot_t* const between = hotpath_snapshot_difference(after, s, NULL);
    for (int i = 0; i < shapes; i++) {
        snprintf(name, sizeof name, "shape %d", i);
        const hotpath_function_t* const f = law_function(between, name);
        CHECK_EQ(f->calls, 100);
        CHECK_EQ(f->completed, 100);
        CHECK_EQ(f->sampled_calls, 100); /* all again, at once */
        CHECK_EQ(f->total_ns, more[i]);
        CHECK(!f->estimated);
    }
    hotpath_snapshot_free(between);
    hotpath_snapshot_free(after);
    hotpath_snapshot_free(s);
}

/* However few there are, the truth is within the interval as often as it says, or oftener. */
static void sampling_of_few(void** state) {
    (void)state;
    enum {
        functions = 100
    };
    static const int calls[] = {17, 20, 30, 50, 100, 400};
    CHECK(hotpath_time_sampling(NULL, 16));
    for (size_t k = 0; k < sizeof calls / sizeof *calls; k++) {
        int within = 0;
        for (int i = 0; i < functions; i++) {
            char name[32];
            uint64_t truth = 0;
            snprintf(name, sizeof name, "%d of %d calls", i, calls[k]);
            hotpath_site_t* const site = hotpath_named_site(name, __FILE__, 2);
            for (int call = 0; call < calls[k]; call++) {
                const uint64_t d = i % 2 == 0 ? 1000 : 500 + random_next() % 1000;
                hotpath_token_t token;
                hotpath_begin(site, &token);
                pass(d);
                hotpath_end(&token);
                truth += d;
            }
            const hotpath_function_t f = law_now(name);
            CHECK_EQ(f.completed, calls[k]);
            CHECK(f.estimated);
            within += fabs((double)f.total_ns - (double)truth) <= f.total_error_ns + 1e-6;
        }
        CHECK_GE(within, functions * 90 / 100);
    }
    CHECK(hotpath_time_sampling(NULL, 1));
}

/* What is left out took at least as long as what was timed under it, and so it is nobody else's. */
static void stuck_below(uint64_t ns) {
    HOTPATH_SCOPE("stuck below");
    pass(ns);
    if (ns <= 1) return;
    CHECK_EQ(law_now("stuck below").total_ns, ns + 99);
    CHECK_EQ(law_now("left out").self_ns, 0);
    CHECK_EQ(law_now("above").self_ns, 0);
}
static void sampling_of_parents(void** state) {
    (void)state;
    CHECK(hotpath_time_sampling("stuck below", 1) == false);
    CHECK(hotpath_time_sampling(NULL, 1));
    {
        HOTPATH_SCOPE("above");
        for (int i = 0; i < 100; i++) {
            if (i == 50) CHECK(hotpath_time_sampling("left out", 1000000));
            HOTPATH_SCOPE("left out");
            stuck_below(i == 99 ? 1000000 : 1);
        }
    }
    CHECK_GE(law_now("left out").total_ns, 1000099);
    CHECK_EQ(law_now("above").total_ns, 1000099);
    CHECK_EQ(law_now("above").self_ns, 0);
    CHECK(hotpath_time_sampling("left out", 0));
}

static void seldom(uint64_t ns) {
    HOTPATH_FUNC();
    pass(ns);
}
static void often(uint64_t ns) {
    HOTPATH_FUNC();
    pass(ns);
}
static void beginning(void) {
    HOTPATH_FUNC();
    pass(9);
}

/* What is called seldom is timed, and so is what gives its time; one function may have its own rate. */
static void sampling_leaves_alone(void** state) {
    (void)state;
    CHECK(!hotpath_time_sampling("nobody", 10));
    CHECK(hotpath_time_sampling(NULL, 1000));
    for (int i = 0; i < 15; i++)
        seldom(7);
    for (int i = 0; i < 16; i++)
        beginning();
    CHECK(!law_now("beginning").estimated);
    CHECK_EQ(law_now("beginning").sampled_calls, 16);
    for (int i = 0; i < 100; i++)
        beginning();
    CHECK(law_now("beginning").estimated);
    CHECK_LE(law_now("beginning").sampled_calls, 26);
    for (int i = 0; i < 500; i++) {
        HOTPATH_BEGIN(asked, "asked");
        pass(3);
        CHECK_EQ(HOTPATH_END(asked), 3);
    }
    CHECK(!law_now("seldom").estimated);
    CHECK_EQ(law_now("seldom").total_ns, 15 * 7);
    CHECK_EQ(law_now("asked").total_ns, 1500);
    CHECK_EQ(law_now("asked").sampled_calls, 500);
    CHECK(hotpath_time_sampling(NULL, 1));
    for (int i = 0; i < 100; i++)
        often(2);
    CHECK(!law_now("often").estimated);
    CHECK(hotpath_time_sampling("often", 10));
    for (int i = 0; i < 10000; i++)
        often(2), seldom(1);
    hotpath_function_t f = law_now("often");
    CHECK_EQ(f.calls, 10100);
    CHECK_EQ(f.completed, 10100);
    CHECK_GT(f.sampled_calls, 900);
    CHECK_LE(f.sampled_calls, 1300);
    CHECK(fabs((double)f.total_ns - 20200) <= 1.5 * f.total_error_ns);
    CHECK(!law_now("seldom").estimated);
    CHECK_EQ(law_now("seldom").total_ns, 15 * 7 + 10000);
    CHECK(hotpath_time_sampling("often", 0));
    for (int i = 0; i < 100; i++)
        often(2);
    CHECK_GE(
        law_now("often").sampled_calls, f.sampled_calls + 40); /* after the gap that was drawn */
}

static void brief(uint64_t ns) {
    HOTPATH_FUNC();
    pass(ns);
}
/* What was not timed adds nothing to the total, open or just ended. */
static void sampling_just_ended(void** state) {
    (void)state;
    CHECK(hotpath_time_sampling(NULL, 1000000));
    for (uint64_t i = 1; i <= 60; i++) {
        {
            HOTPATH_SCOPE("around brief");
            brief(2);
            CHECK_EQ(law_now("around brief").open_calls, 1);
        }
        const hotpath_function_t f = law_now("brief"), around = law_now("around brief");
        CHECK_EQ(f.calls, i);
        CHECK_EQ(f.completed, i);
        CHECK_EQ(around.completed, i);
        CHECK_LE(f.total_ns, UINT64_C(1000000000));
        CHECK_LE(around.total_ns, UINT64_C(1000000000));
    }
    CHECK(hotpath_time_sampling(NULL, 1));
}

/* Whatever way out, and whatever changes while a scope is open, every begin is accounted for. */
static jmp_buf far_out;
static void (*jumps_on)(int depth); /* as seen by a compiler, this may return */
static void jumps(int depth) {
    HOTPATH_FUNC();
    if (depth > 0)
        jumps_on(depth - 1);
    else
        longjmp(far_out, 1);
}
static void* sampled_thread(void* arg) {
    for (int i = 0; i < 1000; i++) {
        HOTPATH_SCOPE("of a thread");
        pass(1);
        if (i == 500) HOTPATH_ERROR("half");
    }
    return arg;
}
static void sampling_ways_out(void** state) {
    (void)state;
    jumps_on = jumps;
    CHECK(hotpath_time_sampling(NULL, 8));
    for (volatile int i = 0; i < 500; i++) {
        const uint32_t depth = hotpath_depth();
        if (setjmp(far_out) == 0) jumps(4);
        hotpath_unwind(depth);
    }
    hotpath_function_t f = law_now("jumps");
    CHECK_EQ(f.calls, 2500);
    CHECK_EQ(f.abandoned, 2500);
    CHECK_EQ(f.completed, 0);
    CHECK_EQ(f.open_calls, 0);
    for (int i = 0; i < 8; i++)
        pthread_join(law_thread(sampled_thread, NULL), NULL);
    f = law_now("of a thread");
    CHECK_EQ(f.calls, 8000);
    CHECK_EQ(f.completed, 8000);
    CHECK_EQ(f.errors, 8);
    CHECK(f.estimated);
    CHECK(fabs((double)f.total_ns - 8000) <= 1.5 * f.total_error_ns);
    static hotpath_site_t site = HOTPATH_SITE_INIT("switched while open", HOTPATH_KIND_SCOPE);
    for (int i = 0; i < 300; i++) {
        hotpath_token_t token;
        hotpath_time_sampling(NULL, i % 3 == 0 ? 8 : 1);
        hotpath_begin(&site, &token);
        pass(5);
        hotpath_snapshot_t* const s = law_take(); /* open, timed or not */
        const hotpath_function_t* const open = law_function(s, "switched while open");
        CHECK_EQ(open->calls, (uint64_t)i + 1);
        CHECK_EQ(open->open_calls, 1);
        CHECK_LE(open->self_ns, open->total_ns);
        hotpath_snapshot_free(s);
        hotpath_time_sampling(NULL, i % 2 == 0 ? 8 : 1);
        if (i % 5 == 0) hotpath_enable(false);
        hotpath_end(&token);
        hotpath_enable(true);
    }
    f = law_now("switched while open");
    CHECK_EQ(f.completed, 300);
    CHECK_EQ(f.open_calls, 0);
    hotpath_time_sampling(NULL, 8);
    hotpath_context_t* const context = hotpath_context_create("sampled");
    static hotpath_site_t inside = HOTPATH_SITE_INIT("in a context", HOTPATH_KIND_SCOPE);
    for (int i = 0; i < 300; i++) {
        hotpath_token_t token;
        hotpath_context_switch(context);
        hotpath_begin(&inside, &token);
        hotpath_context_switch(NULL);
        pass(4);
        hotpath_snapshot_free(law_take());
        hotpath_context_switch(context);
        hotpath_end(&token);
        hotpath_context_switch(NULL);
    }
    hotpath_context_destroy(context);
    f = law_now("in a context");
    CHECK_EQ(f.completed, 300);
    CHECK(f.estimated);
    hotpath_time_sampling(NULL, 1);
    CHECK_EQ(law_drops().foreign_ends, 0);
    CHECK_EQ(hotpath_depth(), 0);
}

/* What never ends has no completed executions that say so, and its time is an estimate all the same. */
static void jumps_after(int depth) {
    HOTPATH_SCOPE("left by a jump");
    pass(10);
    longjmp(far_out, depth);
}
static void sampling_of_abandoned(void** state) {
    (void)state;
    CHECK(hotpath_time_sampling(NULL, 8));
    const uint32_t depth = hotpath_depth();
    for (volatile int i = 0; i < 2000; i++)
        if (setjmp(far_out) == 0)
            jumps_after(1);
        else
            hotpath_unwind(depth);
    const hotpath_function_t f = law_now("left by a jump");
    CHECK_EQ(f.calls, 2000);
    CHECK_EQ(f.abandoned, 2000);
    CHECK(f.estimated);
    CHECK(f.total_error_ns > 0);
    CHECK(fabs((double)f.total_ns - 20000) <= 1.5 * f.total_error_ns);
    CHECK(f.total_error_ns < 0.2 * 20000);
    CHECK(hotpath_time_sampling(NULL, 1));
}
/* Inner levels may be met more often than the outermost, which alone has the total. */
static void descends(int levels) {
    HOTPATH_FUNC();
    pass(10);
    if (levels > 1) descends(levels - 1);
}
static void sampling_of_recursion(void** state) {
    (void)state;
    CHECK(hotpath_time_sampling(NULL, 8));
    bool less = false;
    for (int i = 0; i < 300; i++) {
        descends(1 + i % 5);
        const hotpath_function_t f = law_now("descends");
        CHECK_LE(f.self_ns, f.total_ns);
        less = less || (f.estimated && f.self_ns == f.total_ns && i % 5 == 4);
    }
    CHECK(less);
    CHECK(hotpath_time_sampling(NULL, 1));
}

static int started(void) {
    for (int i = 0; i < 1000; i++)
        often(10);
    const hotpath_function_t f = law_now("often");
    return f.calls == 1000 && f.completed == 1000 ? f.estimated ? 2 : 1 : 0;
}
static int started_with(const char* value) {
    return WEXITSTATUS(law_start("started", "HOTPATH_TIME_SAMPLING_RATE", value)->status);
}
static void sampling_in_the_environment(void** state) {
    (void)state;
    CHECK_EQ(started_with("10"), 2);
    CHECK_EQ(started_with("1"), 1);
    CHECK_EQ(started_with("0"), 1); /* not allowed: told, and the default holds */
    CHECK_EQ(started_with("ten"), 1);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(sampling_gaps),
    cmocka_unit_test(sampling_estimates),
    cmocka_unit_test(sampling_of_few),
    cmocka_unit_test(sampling_of_parents),
    cmocka_unit_test(sampling_leaves_alone),
    cmocka_unit_test(sampling_just_ended),
    cmocka_unit_test(sampling_ways_out),
    cmocka_unit_test(sampling_of_abandoned),
    cmocka_unit_test(sampling_of_recursion),
    cmocka_unit_test(sampling_in_the_environment),
};
static const law_child_t children[] = {{"started", started}, {NULL, NULL}};
LAW_MAIN(tests, children)
