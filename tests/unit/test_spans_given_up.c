/* Keyed spans that are taken off their stack while, or before, they end elsewhere: threads are stopped after
   every change of the span, and what a snapshot tells stays the same. On a virtual clock. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "virtual_clock.h"

#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "law.h"

/* ---- stopped after a change -------------------------------------------------------------------- */

#define KEY "SELECT stopped"
static hotpath_site_t around_site = HOTPATH_SITE_INIT("around", HOTPATH_KIND_SCOPE);
static hotpath_site_t again_site = HOTPATH_SITE_INIT("begun again", HOTPATH_KIND_SCOPE);
static hotpath_token_t around, again, last;
static hotpath_span_t mine, handed; /* one span, as who began it and who ends it have it */
static const hotpath_i_open_t* entry;
static uint64_t times, changes, stop_at, stopped, go_on, before[4];

/* Whether anything of the span or of its entry is another than at the last instruction. */
static bool has_changed(void) {
    const hotpath_i_span_slot_t* slot =
        (const hotpath_i_span_slot_t*)(uintptr_t)handed.opaque[HOTPATH_I_SPAN_SLOT];
    const uint64_t is[4] = {HOTPATH_I_LOAD(&slot->state), HOTPATH_I_LOAD(&slot->node->total),
        HOTPATH_I_LOAD(&entry->mark), HOTPATH_I_LOAD(&entry->intent)};
    bool changed = memcmp(is, before, sizeof is) != 0;
    memcpy(before, is, sizeof is);
    return changed;
}
static void on_step(int number, siginfo_t* info, void* context) {
    (void)number, (void)info;
    const struct timespec shortly = {0, 20000};
    if (!has_changed() || changes++ != stop_at) return;
    LAW_STEP_LAST(context);
    law_store(&stopped, 1);
    while (!law_load(&go_on))
        nanosleep(&shortly, NULL);
}
static void check_total(void) {
    const hotpath_function_t f = law_now(KEY);
    CHECK_EQ(f.calls, times);
    CHECK_EQ(f.total_ns, 1000 * times);
}

/* The ways in which an entry goes. */
static void by_detach(void) { hotpath_span_detach(&mine); }
static void by_scope(void) { hotpath_end(&around); }
/* What is on top has another stack, so that it is not healed, and is on the stack twice. */
LAW_NOINLINE static void begin_at(hotpath_site_t* site, hotpath_token_t* token) {
    hotpath_begin(site, token);
}
/* From a frame that is below theirs, which has not been left then. */
LAW_NOINLINE static void begin_span_at(
    hotpath_span_t* span, hotpath_span_kind_t kind, const char* key) {
    volatile char room[1024] = {0};
    hotpath_span_begin(span, kind, key, SIZE_MAX);
    (void)room[1];
}
static void full_from_here(void) {
    hotpath_i_local_t* l = &hotpath_i_local;
    hotpath_context_t* c = l->thread->context;
    c->soft = (uint32_t)(l->top - c->entries) + 1;
    l->last = l->top;
}
static void by_compact(void) {
    begin_at(&again_site, &again);
    full_from_here();
    begin_at(&around_site, &last);
}
static void (*const ways[])(void) = {by_detach, by_scope, by_compact};

static void begin_one(void) {
    hotpath_begin(&around_site, &around);
    begin_at(&again_site, &again);
    begin_span_at(&mine, HOTPATH_SPAN_SQL, KEY);
    handed = mine;
    entry = hotpath_i_local.top;
    times++;
    pass(1000);
    (void)has_changed();
}
/* Something takes the entry that the span had. */
static void overwrite(void) {
    for (int i = 0; i < 3; i++) {
        HOTPATH_SCOPE("other");
    }
}
static void* end_in_steps(void* arg) {
    LAW_STEP_BEGIN();
    hotpath_span_end(&handed);
    LAW_STEP_END();
    law_store(&stopped, 2);
    return arg;
}
/* Who ends it is stopped. Returns: whether it was, before it came to its end. */
static bool stop_the_end(void (*way)(void)) {
    const struct timespec shortly = {0, 20000};
    const pthread_t other = law_thread(end_in_steps, NULL);
    while (!law_load(&stopped))
        nanosleep(&shortly, NULL);
    bool was = law_load(&stopped) == 1;
    check_total();
    way();
    check_total();
    overwrite();
    check_total();
    law_store(&go_on, 1);
    pthread_join(other, NULL);
    return was;
}
static void* end_at_the_stop(void* arg) {
    const struct timespec shortly = {0, 20000};
    while (!law_load(&stopped))
        nanosleep(&shortly, NULL);
    check_total();
    hotpath_span_end(&handed);
    check_total();
    law_store(&go_on, 1);
    return arg;
}
/* Who takes the entry away is stopped. */
static bool stop_who_gives_up(void (*way)(void)) {
    const pthread_t other = law_thread(end_at_the_stop, NULL);
    LAW_STEP_BEGIN();
    way();
    LAW_STEP_END();
    bool was = law_load(&stopped) != 0;
    law_store(&stopped, 1);
    pthread_join(other, NULL);
    return was;
}
static void stop_everywhere(bool (*round)(void (*)(void)), void (*way)(void), uint64_t least) {
    stop_at = 0;
    for (bool was = true; was; stop_at++) {
        begin_one();
        changes = stopped = go_on = 0;
        was = round(way);
        hotpath_unwind(0);
        check_total();
        const hotpath_function_t f = law_now(KEY);
        CHECK_EQ(f.completed, times);
        CHECK_EQ(f.abandoned, 0);
        CHECK_EQ(f.open_calls, 0);
    }
    CHECK_GT(stop_at, least);
    law_check_quiet_now();
    CHECK_LE(hotpath_i_local.thread->span_slot_count, 2); /* each is taken again */
}
static void law_02_ends_in_steps(void** state) {
    (void)state;
    law_needs_steps();
    law_handler(SIGTRAP, on_step, 0);
    for (size_t i = 0; i < 3; i++)
        stop_everywhere(stop_the_end, ways[i], 3);
}
/* Not while a stack is compacted: it is not read then. */
static void law_02_given_up_in_steps(void** state) {
    (void)state;
    law_needs_steps();
    law_handler(SIGTRAP, on_step, 0);
    for (size_t i = 0; i < 2; i++)
        stop_everywhere(stop_who_gives_up, ways[i], 3);
}

/* ---- stacks that are looked through --------------------------------------------------------------- */

/* What moves down to the place of a dead scope has nothing of it. */
static int move_down(void) {
    static hotpath_site_t dead_site = HOTPATH_SITE_INIT("dead", HOTPATH_KIND_SCOPE);
    static hotpath_site_t next_site = HOTPATH_SITE_INIT("moved", HOTPATH_KIND_SCOPE);
    static hotpath_token_t dead, next;
    static hotpath_span_t between, kept;
    begin_at(&dead_site, &dead);
    pass(5000);
    begin_span_at(&between, HOTPATH_SPAN_SQL, "SELECT between");
    begin_at(&dead_site, &dead);
    begin_span_at(&kept, HOTPATH_SPAN_HTTP, "GET http://h/kept");
    begin_at(&next_site, &next);
    pass(10);
    CHECK_EQ(law_now("moved").total_ns, 10);
    uint32_t depth = hotpath_depth();
    full_from_here();
    begin_at(&around_site, &last);
    CHECK_EQ(hotpath_depth(), depth + 1 - 2);
    CHECK_EQ(law_now("dead").abandoned, 1);
    CHECK_EQ(law_now("dead").total_ns, 5010);
    CHECK_EQ(law_now("moved").total_ns, 10);
    pass(100);
    CHECK_EQ(law_now("moved").total_ns, 110);
    CHECK_EQ(law_now("GET http://h/kept").total_ns, 110);
    CHECK_EQ(law_now("SELECT between").total_ns, 110);
    CHECK_EQ(law_now("SELECT between").open_calls, 1); /* its variable is in no frame */
    hotpath_span_end(&between);
    hotpath_end(&last);
    hotpath_end(&next);
    hotpath_span_end(&kept);
    hotpath_end(&dead);
    CHECK_COUNTS("moved", 1, 1, 110);
    CHECK_COUNTS("SELECT between", 1, 1, 110);
    return 0;
}
static void law_03_scopes_that_move_down(void** state) {
    (void)state;
    law_exited(law_again("move_down", NULL), 0);
}

/* ---- contexts that have moved --------------------------------------------------------------------- */

static hotpath_context_t* fiber;
static hotpath_span_t moved;
static uint64_t moved_step;
static void* detach_there(void* arg) {
    HOTPATH_SCOPE("carrier"); /* its record has other nodes than that of the first thread */
    hotpath_context_switch(fiber);
    hotpath_span_detach(&moved);
    hotpath_context_switch(NULL);
    law_store(&moved_step, 1);
    law_wait(&moved_step, 2);
    return arg;
}
static void* end_there(void* arg) {
    HOTPATH_SCOPE("ender");
    hotpath_span_end(&moved);
    return arg;
}
/* One is given up where its context has gone to, and ends where it began, or anywhere; before and after
   the thread that gave it up has ended. */
static void law_08_given_up_where_it_moved(void** state) {
    (void)state;
    fiber = hotpath_context_create("fiber");
    for (uint64_t i = 0; i < 4; i++) {
        bool has_ended = i % 2 == 1;
        hotpath_context_switch(fiber);
        hotpath_span_begin(&moved, HOTPATH_SPAN_SQL, "SELECT moved", SIZE_MAX);
        pass(10);
        hotpath_context_switch(NULL);
        moved_step = 0;
        const pthread_t thread = law_thread(detach_there, NULL);
        law_wait(&moved_step, 1);
        pass(100);
        CHECK_EQ(law_now("SELECT moved").total_ns, 110 * (i + 1));
        law_store(&moved_step, 2);
        if (has_ended) pthread_join(thread, NULL);
        CHECK_EQ(law_now("SELECT moved").total_ns, 110 * (i + 1));
        CHECK_EQ(law_now("SELECT moved").open_calls, 1);
        if (i < 2)
            hotpath_span_end(&moved);
        else
            pthread_join(law_thread(end_there, NULL), NULL);
        if (!has_ended) pthread_join(thread, NULL);
        CHECK_COUNTS("SELECT moved", i + 1, i + 1, 110 * (i + 1));
        law_check_quiet_now();
    }
    hotpath_context_destroy(fiber);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(law_02_ends_in_steps),
    cmocka_unit_test(law_02_given_up_in_steps),
    cmocka_unit_test(law_08_given_up_where_it_moved),
    cmocka_unit_test(law_03_scopes_that_move_down),
};
static const law_child_t children[] = {{"move_down", move_down}, {NULL, NULL}};
LAW_MAIN(tests, children)
