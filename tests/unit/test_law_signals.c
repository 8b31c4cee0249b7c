/* RECORDER: real */
/* Law 10: signal handlers run instrumented code wherever they interrupt it. What was executed is
   recorded or counted as dropped, exactly, and a jump out of a handler silences nothing. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "hotpath.h"
#include "law.h"

#include <sched.h>

/* >>workload */

static volatile uint64_t executed_in_handlers; /* each thread's handlers run one at a time here */

static LAW_NOINLINE void in_handler(void) { HOTPATH_SCOPE("in handler"); }

static LAW_NOINLINE int steady_logged(int v) {
    HOTPATH_FUNC_LOG();
    HOTPATH_RETURN(v);
}
static LAW_NOINLINE void steady(int times) {
    for (int i = 0; i < times; i++) {
        HOTPATH_SCOPE("steady outer");
        HOTPATH_SCOPE("steady inner");
        HOTPATH_BYTES(1);
    }
}
static LAW_NOINLINE void varied(int times) {
    static const char* const names[] = {"varied a", "varied b", "varied c"};
    for (int i = 0; i < times; i++) {
        HOTPATH_SCOPE("varied");
        HOTPATH_ERROR("varied reason");
        HOTPATH_VAL("varied value", steady_logged(i));
        HOTPATH_VAL("varied text", names[i % 3]);
        HOTPATH_GAUGE_INC("varied gauge", 1);
        hotpath_record("varied track", "varied span", 1, 2);
        HOTPATH_SCOPE_NAMED(names[i % 3]);
    }
}

/* What the parts of the workload must add up to, if none of it was dropped. */
typedef struct counts {
    uint64_t steady, varied, handler, dropped, foreign;
} counts_t;
static counts_t counts_now(void) {
    counts_t c;
    hotpath_snapshot_t* const s = law_take();
    const hotpath_function_t* f = law_find(s, "steady outer");
    c.steady = f ? f->calls : 0;
    f = law_find(s, "varied");
    c.varied = f ? f->calls : 0;
    f = law_find(s, "in handler");
    c.handler = f ? f->calls : 0;
    c.dropped = hotpath_snapshot_info(s)->drops.reentrant;
    c.foreign = hotpath_snapshot_info(s)->drops.foreign_ends;
    hotpath_snapshot_free(s);
    return c;
}
/* Since `before`: everything that the thread ran is recorded, everything that handlers ran is
   recorded or counted, every scope has ended. */
static void check_exact(counts_t before, uint64_t steadies, uint64_t varieds, uint64_t handled) {
    const counts_t now = counts_now();
    CHECK_EQ(now.steady - before.steady, steadies);
    CHECK_EQ(now.varied - before.varied, varieds);
    CHECK_EQ((now.handler - before.handler) + (now.dropped - before.dropped), handled);
    CHECK_EQ(now.foreign, before.foreign);
    hotpath_snapshot_t* const s = law_take();
    static const char* const names[] = {"steady outer", "steady inner", "in handler"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const hotpath_function_t* const f = law_find(s, names[i]);
        if (!f) continue;
        CHECK_EQ(f->open_calls, 0);
        CHECK_EQ(f->abandoned, 0);
        CHECK_EQ(f->completed, f->calls);
    }
    CHECK_EQ(law_function(s, "steady inner")->calls, now.steady);
    CHECK_EQ(law_function(s, "steady outer")->bytes + law_function(s, "steady inner")->bytes,
        now.steady);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
}

/* >>every instruction */

static volatile uint64_t step_number;
static volatile uint64_t step_every = 1;

static void step_records(int number, siginfo_t* info, void* context) {
    (void)number, (void)info, (void)context;
    if (step_number++ % step_every != 0) return;
    in_handler();
    executed_in_handlers++;
}

/* A handler interrupts the steady state after every single instruction. */
static void law_10_signals(void** state) {
    (void)state;
    law_needs_steps();
    law_handler(SIGTRAP, step_records, 0);
    steady(5), varied(5), in_handler();
    const counts_t before = counts_now();
    executed_in_handlers = 0, step_every = 1;
    LAW_STEP_BEGIN();
    steady(LAW_TIMES(40, 20));
    LAW_STEP_END();
    CHECK_GT(executed_in_handlers, 200);
    check_exact(before, LAW_TIMES(40, 20), 0, executed_in_handlers);
    const counts_t after = counts_now();
    CHECK_GT(after.handler, before.handler); /* Between two recordings it is not dropped, */
    CHECK_GT(after.dropped, before.dropped); /* and inside of one it is. */
}

/* The same for values, results, reasons, names and spans. The reason and the gauge of the thread are
   never lost, the texts stay whole. */
static void law_10_signals_in_values(void** state) {
    (void)state;
    law_needs_steps();
    law_handler(SIGTRAP, step_records, 0);
    steady(5), varied(5), in_handler();
    const counts_t before = counts_now();
    hotpath_snapshot_t* const older = law_take();
    executed_in_handlers = 0, step_every = 1;
    LAW_STEP_BEGIN();
    varied(12);
    LAW_STEP_END();
    check_exact(before, 0, 12, executed_in_handlers);
    hotpath_snapshot_t* const s = law_take();
    CHECK_EQ(law_function(s, "varied")->errors - law_function(older, "varied")->errors, 12);
    CHECK_EQ(law_function(s, "varied span")->calls - law_function(older, "varied span")->calls, 12);
    CHECK_EQ(law_function(s, "varied a")->calls - law_function(older, "varied a")->calls, 4);
    CHECK_EQ(
        law_function(s, "steady_logged")->calls - law_function(older, "steady_logged")->calls, 12);
    size_t count = 0;
    const hotpath_entry_t* const entries = hotpath_snapshot_entries(s, &count);
    int seen = 0;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(entries[i].name, "varied value") == 0) {
            seen++;
            CHECK_EQ(entries[i].last.as.i, 11);
            for (int64_t k = 0; k < 12; k++)
                CHECK_EQ(entries[i].history[k].value.as.i, 11 - k);
        }
        if (strcmp(entries[i].name, "varied text") == 0) {
            seen++;
            CHECK_TEXT(entries[i].last.as.text, "varied c");
        }
    }
    CHECK_EQ(seen, 2);
    hotpath_snapshot_free(older);
    hotpath_snapshot_free(s);
}

/* The same while sites, names, nodes and the thread's whole record are made: no lock that the first
   touch takes may be waited for by the handler that interrupted it. */
static hotpath_site_t fresh_sites[3000];
static char fresh_names[3000][24];
static uint32_t fresh_used;
static hotpath_site_t* fresh_site(void) {
    CHECK(fresh_used < sizeof fresh_sites / sizeof fresh_sites[0]);
    hotpath_site_t* const site = &fresh_sites[fresh_used];
    const hotpath_site_t made = HOTPATH_SITE_INIT(NULL, HOTPATH_KIND_SCOPE);
    *site = made;
    snprintf(fresh_names[fresh_used], sizeof fresh_names[0], "fresh %u", (unsigned)fresh_used);
    site->name = fresh_names[fresh_used], site->line = fresh_used + 1;
    fresh_used++;
    return site;
}
static hotpath_site_t* handler_sites[600];
static volatile uint32_t handler_sites_used;
static void step_touches(int number, siginfo_t* info, void* context) {
    (void)number, (void)info, (void)context;
    if (step_number++ % step_every != 0 || handler_sites_used >= 600) return;
    hotpath_token_t token;
    hotpath_begin(handler_sites[handler_sites_used++], &token);
    hotpath_end(&token);
    executed_in_handlers++;
}
static void* touched_thread(void* arg) {
    hotpath_site_t* const* const sites = (hotpath_site_t* const*)arg;
    LAW_STEP_BEGIN();
    for (int i = 0; i < 6; i++) {
        hotpath_token_t token;
        hotpath_begin(sites[i], &token);
        hotpath_end(&token);
    }
    LAW_STEP_END();
    return NULL;
}
static void* touched_names(void* arg) {
    LAW_STEP_BEGIN();
    {
        HOTPATH_SCOPE_NAMED("touched name");
        HOTPATH_ERROR("touched reason");
    }
    HOTPATH_VAL("touched value", "a text");
    hotpath_record("touched track", "touched span", 1, 2);
    hotpath_context_t* const context = hotpath_context_create("touched context");
    hotpath_context_switch(context);
    hotpath_context_switch(NULL);
    hotpath_context_destroy(context);
    LAW_STEP_END();
    return arg;
}
static void at_first_touches(void* (*body)(void*), uint64_t own_calls, uint64_t every) {
    const uint32_t first = fresh_used;
    hotpath_site_t* sites[6];
    for (int i = 0; i < 6; i++)
        sites[i] = fresh_site();
    for (int i = 0; i < 600; i++)
        handler_sites[i] = fresh_site();
    handler_sites_used = 0;
    const uint64_t dropped = law_drops().reentrant, foreign = law_drops().foreign_ends;
    executed_in_handlers = 0, step_number = 0, step_every = every;
    law_handler(SIGTRAP, step_touches, 0);
    pthread_join(law_thread(body, sites), NULL);
    CHECK_GT(executed_in_handlers, 100);
    hotpath_snapshot_t* const s = law_take();
    size_t count = 0;
    const hotpath_function_t* const f = hotpath_snapshot_functions(s, &count);
    uint64_t own = 0, recorded = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t n = 0;
        if (sscanf(f[i].name, "fresh %" SCNu32, &n) != 1 || n < first) continue;
        if (n < first + 6)
            own += f[i].calls;
        else
            recorded += f[i].calls;
        CHECK_EQ(f[i].completed, f[i].calls);
    }
    CHECK_EQ(own, own_calls);
    CHECK_EQ(recorded + hotpath_snapshot_info(s)->drops.reentrant - dropped, executed_in_handlers);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.foreign_ends, foreign);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
}

static void law_10_signals_at_first_touches(void** state) {
    (void)state;
    law_needs_steps();
    at_first_touches(touched_thread, 6, 13);
}
static void law_10_signals_at_first_names(void** state) {
    (void)state;
    law_needs_steps();
    at_first_touches(touched_names, 0, 37);
    CHECK_EQ(law_now("touched name").completed, 1);
    CHECK_EQ(law_now("touched name").errors, 1);
    CHECK_EQ(law_now("touched span").calls, 1);
}

/* The same gauge in the handler and in what it interrupts: neither waits for the other. An addition
   to a double is retried while others change it, so that the handler lets some steps pass. */
static volatile uint64_t gauges_in_handlers, doubles_in_handlers;
static void gauge_changes(int number, siginfo_t* info, void* context) {
    (void)number, (void)info, (void)context;
    /* Not at every instruction: a compare-and-swap has to get through in between. */
    if (step_number++ % step_every != 0) return;
    HOTPATH_GAUGE_INC("stepped gauge", 1);
    if (gauges_in_handlers++ % 61 != 0) return;
    HOTPATH_GAUGE_INC("stepped double", 0.5);
    doubles_in_handlers++;
}
static void law_10_signals_in_gauges(void** state) {
    (void)state;
    law_needs_steps();
    law_handler(SIGTRAP, gauge_changes, 0);
    const uint64_t dropped = law_drops().reentrant;
    step_number = 0, step_every = LAW_TIMES(61, 211);
    LAW_STEP_BEGIN();
    for (int i = 0; i < 20; i++) {
        HOTPATH_GAUGE_DEC("stepped gauge", 1000000);
        HOTPATH_GAUGE_DEC("stepped double", 1000000);
    }
    LAW_STEP_END();
    CHECK_GT(gauges_in_handlers, 50);
    hotpath_snapshot_t* const s = law_take();
    size_t count = 0;
    const hotpath_entry_t* const entries = hotpath_snapshot_entries(s, &count);
    double whole = 0, half = 0;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(entries[i].name, "stepped gauge") == 0)
            whole = (double)entries[i].last.as.i + 20000000;
        if (strcmp(entries[i].name, "stepped double") == 0) half = entries[i].last.as.d + 20000000;
    }
    /* A gauge needs no record, so nothing has to be dropped; what is dropped is counted. */
    CHECK_EQ((uint64_t)whole + (uint64_t)(2 * half) + law_drops().reentrant - dropped,
        gauges_in_handlers + doubles_in_handlers);
    hotpath_snapshot_free(s);
}

/* Where a stack of open scopes has to grow, the handler may be the one who makes it grow: at every
   instruction of a scope, in a context that is fresh and so still small, at depths around 16. */
static LAW_NOINLINE void grows(int levels) {
    HOTPATH_FUNC();
    if (levels > 1) {
        grows(levels - 1);
        return;
    }
    LAW_STEP_BEGIN();
    steady(1);
    LAW_STEP_END();
}
static void handler_grows(int number, siginfo_t* info, void* context) {
    (void)number, (void)info, (void)context;
    if (--step_number != 0) return;
    HOTPATH_SCOPE("in growing handler");
    in_handler();
    executed_in_handlers += 2;
}
static uint64_t handled_calls(const hotpath_snapshot_t* s) {
    const hotpath_function_t* const outer = law_find(s, "in growing handler");
    const hotpath_function_t* const inner = law_find(s, "in handler");
    return (outer ? outer->calls : 0) + (inner ? inner->calls : 0);
}
static void law_10_signals_while_stacks_grow(void** state) {
    (void)state;
    law_needs_steps();
    law_handler(SIGTRAP, handler_grows, 0);
    steady(1);
    hotpath_snapshot_t* s = law_take();
    const hotpath_drops_t before = hotpath_snapshot_info(s)->drops;
    const uint64_t recorded = handled_calls(s);
    uint64_t levels = 0;
    hotpath_snapshot_free(s);
    executed_in_handlers = 0;
    for (int depth = 13; depth < 16; depth++)
        for (uint64_t step = 1; step < LAW_TIMES(120, 400); step += LAW_TIMES(1, 23)) {
            hotpath_context_t* const context = hotpath_context_create("small");
            CHECK(context != NULL);
            hotpath_context_switch(context);
            step_number = step;
            grows(depth);
            CHECK_EQ(hotpath_depth(), 0);
            hotpath_context_switch(NULL);
            levels += (uint64_t)depth;
        }
    CHECK_GT(executed_in_handlers, 50);
    s = law_take();
    static const char* const names[] = {"grows", "steady outer", "steady inner", "in handler"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const hotpath_function_t* const f = law_function(s, names[i]);
        CHECK_EQ(f->open_calls, 0);
        CHECK_EQ(f->abandoned, 0);
        CHECK_EQ(f->completed, f->calls);
    }
    CHECK_EQ(law_function(s, "grows")->calls, levels);
    const hotpath_drops_t after = hotpath_snapshot_info(s)->drops;
    CHECK_EQ(
        handled_calls(s) - recorded + after.reentrant - before.reentrant, executed_in_handlers);
    CHECK_EQ(after.foreign_ends, before.foreign_ends);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
}

/* >>jumps */

static sigjmp_buf jump_back;
static volatile uint64_t jump_in;
static void step_jumps(int number, siginfo_t* info, void* context) {
    (void)number, (void)info, (void)context;
    if (--jump_in == 0) siglongjmp(jump_back, 1);
}
static LAW_NOINLINE void interrupted(void) { HOTPATH_FUNC(); }
static LAW_NOINLINE void after_the_jump(void) { HOTPATH_FUNC(); }

/* Returns: whether `body` was left by a jump, after `steps` instructions, counted from where LAW_STEP_BEGIN
   is: in front of it, or in it. */
static LAW_NOINLINE bool jumps_in(uint64_t steps, void (*body)(void)) {
    jump_in = steps;
    if (sigsetjmp(jump_back, 1) != 0) return true;
    body();
    LAW_STEP_END();
    return false;
}
static LAW_NOINLINE bool jumps_after(uint64_t steps, void (*body)(void)) {
    jump_in = steps;
    if (sigsetjmp(jump_back, 1) != 0) return true;
    LAW_STEP_BEGIN();
    body();
    LAW_STEP_END();
    return false;
}
static uint64_t steps_of(void (*body)(void)) {
    jump_in = UINT64_MAX;
    LAW_STEP_BEGIN();
    body();
    LAW_STEP_END();
    return UINT64_MAX - jump_in;
}
/* At every instruction until it comes to its end. */
static uint64_t jumps_at_every(uint64_t* entered) {
    uint64_t after = law_now("after_the_jump").calls, jumps = 0;
    const uint64_t stride = LAW_TIMES(1, 20);
    for (uint64_t n = 1;; n += stride) {
        const bool jumped = jumps_after(n, interrupted);
        const uint64_t total = law_now("interrupted").total_ns;
        after_the_jump();
        after_the_jump();
        after += 2, ++*entered;
        const hotpath_function_t f = law_now("after_the_jump");
        if (f.calls != after || f.completed != after)
            law_fail(__FILE__, __LINE__,
                "a jump after %" PRIu64 " instructions: %" PRIu64 " and %" PRIu64 " of %" PRIu64
                " later calls",
                n, f.calls, f.completed, after);
        CHECK_GE(law_now("interrupted").total_ns, total);
        if (!jumped) return jumps;
        jumps++;
    }
}
static void law_10_signals_jump(void** state) {
    (void)state;
    law_needs_steps();
    law_handler(SIGTRAP, step_jumps, 0);
    for (int i = 0; i < 600; i++)
        interrupted(), after_the_jump();
    uint64_t entered = law_now("interrupted").calls, jumps = 0;
    {
        HOTPATH_SCOPE("around the jumps"); /* under which it is entered for the first time */
        jumps += jumps_at_every(&entered);
        CHECK_GT(jumps, 10);
        jumps += jumps_at_every(&entered); /* it has been there */
    }
    CHECK_EQ(hotpath_depth(), 0);
    hotpath_snapshot_t* const s = law_take();
    const hotpath_function_t* const f = law_function(s, "interrupted");
    CHECK_EQ(f->open_calls, 0);
    CHECK_LE(f->calls, entered);
    CHECK_GE(f->completed + f->abandoned, entered - jumps);
    CHECK_EQ(law_function(s, "around the jumps")->completed, 1);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
}

/* A jump out of an end that gives up others, and out of what follows it: each is counted once. */
static LAW_NOINLINE void gives_up(void) {
    static hotpath_site_t sites[] = {HOTPATH_SITE_INIT("gives up", HOTPATH_KIND_SCOPE),
        HOTPATH_SITE_INIT("given up", HOTPATH_KIND_SCOPE),
        HOTPATH_SITE_INIT("given up, too", HOTPATH_KIND_SCOPE)};
    hotpath_token_t tokens[3];
    for (int i = 0; i < 3; i++)
        hotpath_begin(&sites[i], &tokens[i]);
    LAW_STEP_BEGIN();
    hotpath_end(&tokens[0]);
    interrupted();
}
static void law_10_signals_jump_from_giving_up(void** state) {
    (void)state;
    static const char* const names[] = {"gives up", "given up", "given up, too", "interrupted"};
    law_needs_steps();
    law_handler(SIGTRAP, step_jumps, 0);
    CHECK(!jumps_in(UINT64_MAX, gives_up));
    /* Its work grows with the square of the instructions. */
#if defined(__OPTIMIZE__)
    const uint64_t stride = LAW_TIMES(1, 20);
#else
    const uint64_t stride = LAW_TIMES(9, 20);
#endif
    bool jumped = true;
    for (uint64_t n = 1; jumped; n += stride) {
        jumped = jumps_in(n, gives_up);
        after_the_jump();
        hotpath_snapshot_t* const s = law_take();
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            const hotpath_function_t* const f = law_function(s, names[i]);
            if (f->calls != f->completed + f->abandoned + f->open_calls)
                law_fail(__FILE__, __LINE__,
                    "a jump after %" PRIu64 " instructions: %s: %" PRIu64 " calls, %" PRIu64
                    " completed, %" PRIu64 " abandoned",
                    n, names[i], f->calls, f->completed, f->abandoned);
        }
        hotpath_snapshot_free(s);
    }
    law_check_quiet_now();
}

/* A jump out of the begin of a span: what begins next is none. */
static LAW_NOINLINE void begins_a_span(void) {
    hotpath_span_t span;
    hotpath_span_begin(&span, HOTPATH_SPAN_SQL, "SELECT", SIZE_MAX);
}
static LAW_NOINLINE void after_the_span(void) {
    HOTPATH_FUNC();
    HOTPATH_SPAN(span, HOTPATH_SPAN_SQL, "SELECT after it");
}
static void law_10_signals_jump_from_a_span(void** state) {
    (void)state;
    law_needs_steps();
    law_handler(SIGTRAP, step_jumps, 0);
    begins_a_span();
    const uint64_t stride = LAW_TIMES(1, 20);
    bool jumped = true;
    for (uint64_t n = 1; jumped; n += stride) {
        jumped = jumps_after(n, begins_a_span);
        hotpath_unwind(0);
        after_the_span();
        const hotpath_function_t f = law_now("after_the_span");
        if (f.calls != f.completed)
            law_fail(__FILE__, __LINE__,
                "a jump after %" PRIu64 " instructions: %" PRIu64 " of %" PRIu64 " completed", n,
                f.completed, f.calls);
    }
    law_check_quiet_now();
}

/* A jump out of a switch: the thread has the top of the stack that it runs. */
static hotpath_context_t* jumped_context;
static LAW_NOINLINE void switches(void) {
    hotpath_context_switch(jumped_context);
    hotpath_context_switch(NULL);
}
static void law_10_signals_jump_from_a_switch(void** state) {
    (void)state;
    law_needs_steps();
    law_handler(SIGTRAP, step_jumps, 0);
    HOTPATH_SCOPE("around the switches");
    hotpath_snapshot_t* s = law_take();
    const uint64_t contexts = hotpath_snapshot_info(s)->contexts;
    hotpath_snapshot_free(s);
    const uint32_t depth = hotpath_depth();
    const uint64_t stride = LAW_TIMES(1, 20);
    bool jumped = true;
    for (uint64_t n = 1; jumped; n += stride) {
        jumped_context = hotpath_context_create("jumped");
        jumped = jumps_after(n, switches);
        hotpath_unwind(depth);
        hotpath_context_switch(NULL);
        CHECK_EQ(hotpath_depth(), depth);
        after_the_jump();
        hotpath_context_destroy(jumped_context);
    }
    s = law_take();
    CHECK_EQ(law_function(s, "around the switches")->open_calls, 1);
    /* All could be destroyed, but those whose thread had not noted yet that it had taken them. */
    CHECK_LE(hotpath_snapshot_info(s)->contexts, contexts + 10);
    hotpath_snapshot_free(s);
}

/* A jump out of a begin for which the stack of a context grows: readers find that stack again. */
static LAW_NOINLINE void begins_one(void) {
    hotpath_token_t token;
    static hotpath_site_t site = HOTPATH_SITE_INIT("begins one", HOTPATH_KIND_SCOPE);
    hotpath_begin(&site, &token);
}
static void law_10_signals_jump_from_a_stack_that_grows(void** state) {
    (void)state;
    enum {
        FULL = 15
    };
    static hotpath_site_t site = HOTPATH_SITE_INIT("fills", HOTPATH_KIND_SCOPE);
    static hotpath_token_t tokens[FULL];
    law_needs_steps();
    law_handler(SIGTRAP, step_jumps, 0);
    const uint64_t stride = LAW_TIMES(7, 140);
    bool jumped = true;
    for (uint64_t n = 1; jumped; n += stride) {
        hotpath_context_t* const context = hotpath_context_create("grows");
        hotpath_context_switch(context);
        for (int i = 0; i < FULL; i++)
            hotpath_begin(&site, &tokens[i]);
        jumped = jumps_after(n, begins_one);
        after_the_jump();
        CHECK_EQ(law_now("fills").open_calls, FULL);
        hotpath_unwind(0);
        hotpath_context_switch(NULL); /* not given back: its stack has grown */
    }
}

/* A jump out of a first touch: of a site, of a name, of a value. What it held is not held for ever. */
static hotpath_site_t* touched_site;
static LAW_NOINLINE void touches(void) {
    hotpath_token_t token;
    hotpath_begin(touched_site, &token);
    hotpath_end(&token);
}
static void law_10_signals_jump_from_first_touches(void** state) {
    (void)state;
    law_needs_steps();
    law_handler(SIGTRAP, step_jumps, 0);
    touched_site = fresh_site(), touches();
    touched_site = fresh_site();
    const uint64_t steps = steps_of(touches);
    CHECK_GT(steps, 100);
    uint64_t after = law_now("after_the_jump").calls, seed = 12345, whole = 0;
    const uint32_t first = fresh_used;
    const int trials = LAW_TIMES(60, 20);
    for (int i = 0; i < trials; i++) {
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
        touched_site = fresh_site();
        jumps_after((seed >> 33) % steps + 1, touches);
        touches(); /* the same site again */
        touched_site = fresh_site();
        touches(); /* and the next one */
        after_the_jump();
        after++;
    }
    hotpath_snapshot_t* const s = law_take();
    size_t count = 0;
    const hotpath_function_t* const f = hotpath_snapshot_functions(s, &count);
    for (size_t i = 0; i < count; i++) {
        uint32_t n = 0;
        if (sscanf(f[i].name, "fresh %" SCNu32, &n) != 1 || n < first) continue;
        whole++;
        CHECK_EQ(f[i].open_calls, 0);
        CHECK_GE(f[i].completed, 1);
        CHECK_LE(f[i].calls, (n - first) % 2 == 0 ? 2 : 1);
    }
    CHECK_EQ(whole, 2 * (uint64_t)trials);
    CHECK_EQ(law_function(s, "after_the_jump")->completed, after);
    hotpath_snapshot_free(s);
    hotpath_unwind(0);
    law_check_quiet_now();
}

/* >>storms
   Signals as fast as they are taken, for a number of them or a few seconds, whichever comes first:
   a loaded machine takes its time to switch between the two threads. */

static double storm_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static uint64_t storm_stop;
static uint64_t storm_seen; /* what handlers have done */
static __thread volatile uint64_t storm_executed;
static void storm_handler(int number, siginfo_t* info, void* context) {
    (void)number, (void)info, (void)context;
    const int saved = errno;
    in_handler();
    storm_executed++;
    law_add(&storm_seen, 1);
    errno = saved;
}
typedef struct storm {
    uint64_t recorded;
    uint64_t handled;
    bool on_stack;
    bool reads;
    char* memory; /* of the thread's stack, with its signal stack above or below */
} storm_t;
enum {
    storm_stack = 512 * 1024
};
static void* storm_body(void* arg) {
    storm_t* const storm = (storm_t*)arg;
    stack_t before;
    if (storm->on_stack) {
        const stack_t stack = {.ss_sp = storm->memory + storm_stack, .ss_size = storm_stack};
        CHECK_EQ(sigaltstack(&stack, &before), 0);
    }
    while (!law_load(&storm_stop)) {
        steady(50);
        storm->recorded += 50;
        if (storm->reads) {
            hotpath_snapshot_t* const s = law_take();
            hotpath_snapshot_free(s);
        }
    }
    /* Whatever comes from here on is not counted, so it must not run. */
    sigset_t usr1;
    sigemptyset(&usr1), sigaddset(&usr1, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &usr1, NULL);
    if (storm->on_stack) sigaltstack(&before, NULL);
    storm->handled = storm_executed;
    return NULL;
}
/* For a while, and on a busy machine until there is enough. */
static void storm_send(const pthread_t* ids, size_t count, uint64_t signals, uint64_t least) {
    const double from = storm_seconds(), until = from + (law_valgrind ? 5 : LAW_TIMES(2, 1));
    for (uint64_t n = 0; n < signals && storm_seconds() < until; n++) {
        pthread_kill(ids[n % count], SIGUSR1);
        if (n % 3 == 0) sched_yield();
    }
    for (uint64_t n = 0; law_load(&storm_seen) < least && storm_seconds() < from + 100; n++) {
        pthread_kill(ids[n % count], SIGUSR1);
        usleep(1000);
    }
}
static void storm_run(storm_t* storms, size_t count, uint64_t signals, int flags) {
    pthread_t ids[4];
    law_handler(SIGUSR1, storm_handler, flags | SA_RESTART);
    steady(1), in_handler();
    const counts_t before = counts_now();
    law_store(&storm_stop, 0), law_store(&storm_seen, 0);
    for (size_t i = 0; i < count; i++) {
        pthread_attr_t attr;
        pthread_attr_init(&attr);
        if (storms[i].memory)
            CHECK_EQ(pthread_attr_setstack(&attr, storms[i].memory, storm_stack), 0);
        CHECK_EQ(pthread_create(&ids[i], &attr, storm_body, &storms[i]), 0);
        pthread_attr_destroy(&attr);
    }
    storm_send(ids, count, signals, 100);
    law_store(&storm_stop, 1);
    uint64_t recorded = 0, handled = 0;
    for (size_t i = 0; i < count; i++) {
        pthread_join(ids[i], NULL);
        recorded += storms[i].recorded, handled += storms[i].handled;
    }
    CHECK_GT(handled, 50);
    check_exact(before, recorded, 0, handled);
}
static void law_10_signals_storm(void** state) {
    (void)state;
    static storm_t storms[2];
    storm_run(storms, 2, (uint64_t)LAW_TIMES(60000, 20000), 0);
}
/* What interrupts a thread that reads is recorded or counted too. */
static void law_10_signals_storm_on_a_reader(void** state) {
    (void)state;
    static storm_t storms[2] = {{.reads = true}, {.reads = true}};
    storm_run(storms, 2, (uint64_t)LAW_TIMES(30000, 8000), 0);
}
/* Handlers on a signal stack that lies directly above the thread's stack, where older frames of the
   same stack would be: nothing that was interrupted may be taken for abandoned. */
static void law_10_signals_storm_on_signal_stacks(void** state) {
    (void)state;
    static storm_t storms[2] = {{.on_stack = true}, {.on_stack = true}};
    for (int i = 0; i < 2; i++) {
        storms[i].memory = (char*)mmap(NULL, (size_t)2 * storm_stack, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(storms[i].memory != MAP_FAILED);
    }
    storm_run(storms, 2, (uint64_t)LAW_TIMES(60000, 20000), SA_ONSTACK);
    for (int i = 0; i < 2; i++)
        munmap(storms[i].memory, (size_t)2 * storm_stack);
}

/* The same at every instruction, so that no place is left out by chance. */
static void* stepped_on_stack(void* arg) {
    char* const memory = (char*)arg;
    const stack_t stack = {.ss_sp = memory + storm_stack, .ss_size = storm_stack};
    stack_t before;
    CHECK_EQ(sigaltstack(&stack, &before), 0);
    LAW_STEP_BEGIN();
    steady(LAW_TIMES(25, 12));
    LAW_STEP_END();
    sigaltstack(&before, NULL);
    return NULL;
}
static void law_10_signals_on_a_signal_stack(void** state) {
    (void)state;
    law_needs_steps();
    char* const memory = (char*)mmap(
        NULL, (size_t)2 * storm_stack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    steady(1), in_handler();
    law_handler(SIGTRAP, step_records, SA_ONSTACK);
    const counts_t before = counts_now();
    executed_in_handlers = 0, step_every = 1;
    pthread_attr_t attr;
    pthread_t id;
    pthread_attr_init(&attr);
    CHECK_EQ(pthread_attr_setstack(&attr, memory, storm_stack), 0);
    CHECK_EQ(pthread_create(&id, &attr, stepped_on_stack, memory), 0);
    pthread_join(id, NULL);
    pthread_attr_destroy(&attr);
    munmap(memory, (size_t)2 * storm_stack);
    CHECK_GT(executed_in_handlers, 200);
    check_exact(before, LAW_TIMES(25, 12), 0, executed_in_handlers);
}

/* Jumps out of handlers at moments that the scheduler picks. */
static __thread sigjmp_buf storm_back;
static __thread volatile int storm_may_jump;
static __thread volatile uint64_t storm_jumps;
static void storm_jumper(int number, siginfo_t* info, void* context) {
    (void)number, (void)info, (void)context;
    if (!storm_may_jump) return;
    storm_may_jump = 0;
    storm_jumps++;
    law_add(&storm_seen, 1);
    siglongjmp(storm_back, 1);
}
static LAW_NOINLINE void storm_try(void) {
    if (sigsetjmp(storm_back, 1) != 0) return;
    storm_may_jump = 1;
    for (int i = 0; i < 200; i++)
        interrupted();
    storm_may_jump = 0;
}
static void* storm_jump_body(void* arg) {
    uint64_t rounds = 0;
    while (!law_load(&storm_stop)) {
        HOTPATH_SCOPE("storm round");
        storm_try();
        rounds++;
    }
    *(uint64_t*)arg = rounds;
    return (void*)(uintptr_t)storm_jumps;
}
static void law_10_signals_jump_storm(void** state) {
    (void)state;
    uint64_t rounds = 0;
    void* jumps = NULL;
    law_handler(SIGUSR1, storm_jumper, 0);
    law_store(&storm_stop, 0), law_store(&storm_seen, 0);
    const pthread_t id = law_thread(storm_jump_body, &rounds);
    storm_send(&id, 1, LAW_TIMES(40000, 10000), 20);
    law_store(&storm_stop, 1);
    pthread_join(id, &jumps);
    CHECK_GT((uintptr_t)jumps, 10);
    const hotpath_function_t round = law_now("storm round"), f = law_now("interrupted");
    CHECK_EQ(round.calls, rounds);
    CHECK_EQ(round.completed, rounds);
    CHECK_EQ(f.open_calls, 0);
    law_check_function_at(&f, __FILE__, __LINE__);
    law_check_quiet_now();
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(law_10_signals),
    cmocka_unit_test(law_10_signals_in_values),
    cmocka_unit_test(law_10_signals_at_first_touches),
    cmocka_unit_test(law_10_signals_at_first_names),
    cmocka_unit_test(law_10_signals_in_gauges),
    cmocka_unit_test(law_10_signals_while_stacks_grow),
    cmocka_unit_test(law_10_signals_on_a_signal_stack),
    cmocka_unit_test(law_10_signals_storm),
    cmocka_unit_test(law_10_signals_storm_on_a_reader),
    cmocka_unit_test(law_10_signals_storm_on_signal_stacks),
    cmocka_unit_test(law_10_signals_jump),
    cmocka_unit_test(law_10_signals_jump_from_giving_up),
    cmocka_unit_test(law_10_signals_jump_from_a_span),
    cmocka_unit_test(law_10_signals_jump_from_a_switch),
    cmocka_unit_test(law_10_signals_jump_from_a_stack_that_grows),
    cmocka_unit_test(law_10_signals_jump_from_first_touches),
    cmocka_unit_test(law_10_signals_jump_storm),
};
LAW_MAIN(tests, NULL)
