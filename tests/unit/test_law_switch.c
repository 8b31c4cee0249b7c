/* RECORDER: virtual */
/* Recording switched on and off while the program runs: what is off is neither recorded nor dropped,
   what is open goes on, and whoever reads is told. On a virtual clock. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "virtual_clock.h"
#include "hotpath.h"
#include "law.h"

#include <sched.h>

/* >>groups of sites */

static void plain(uint64_t ns) {
    HOTPATH_FUNC();
    pass(ns);
}
#undef HOTPATH_GROUP
#define HOTPATH_GROUP "audio"
static void audio(uint64_t ns) {
    HOTPATH_FUNC();
    HOTPATH_BYTES(1);
    HOTPATH_ERROR("audio failed");
    HOTPATH_VAL("audio value", ns);
    pass(ns);
    plain(1);
}
#undef HOTPATH_GROUP
#define HOTPATH_GROUP "render"
static void render(uint64_t ns) {
    HOTPATH_FUNC();
    pass(ns);
}
static void render_named(const char* name) {
    HOTPATH_SCOPE_NAMED(name);
    pass(1);
}
#undef HOTPATH_GROUP
#define HOTPATH_GROUP ""

static uint64_t calls_of(const char* name) {
    hotpath_snapshot_t* const s = law_take();
    const hotpath_function_t* const f = law_find(s, name);
    const uint64_t calls = f != NULL ? f->calls : 0;
    hotpath_snapshot_free(s);
    return calls;
}

static void check_groups_off(const char* groups) {
    hotpath_snapshot_t* const s = law_take();
    CHECK_TEXT(hotpath_snapshot_info(s)->groups_off, groups);
    hotpath_snapshot_free(s);
}

static void switched_off_and_on(void** state) {
    (void)state;
    plain(10);
    CHECK(hotpath_enable(false));
    CHECK(!hotpath_enable(false));
    plain(10), audio(10);
    HOTPATH_BEGIN(nothing, "off begin");
    pass(5);
    CHECK_EQ(HOTPATH_END(nothing), 0);
    CHECK_EQ(hotpath_depth(), 0);
    HOTPATH_VAL("off value", 1);
    HOTPATH_GAUGE_SET("off gauge", 7);
    hotpath_record("off track", "span", 1, 2);
    CHECK(!hotpath_enable(true));
    CHECK(hotpath_enable(true));
    plain(10);
    hotpath_snapshot_t* const s = law_take();
    CHECK_EQ(law_function(s, "plain")->calls, 2);
    CHECK_EQ(law_function(s, "plain")->total_ns, 20);
    CHECK(law_find(s, "off begin") == NULL);
    CHECK(law_find(s, "off track") == NULL);
    size_t count = 0;
    const hotpath_entry_t* const entries = hotpath_snapshot_entries(s, &count);
    CHECK_EQ(count, 1);
    CHECK_TEXT(entries[0].name, "off gauge");
    CHECK_EQ(entries[0].last.as.i, 7);
    const hotpath_info_t* const info = hotpath_snapshot_info(s);
    CHECK(!info->is_off);
    CHECK_EQ(info->off_ns, 10 + 10 + 1 + 5);
    CHECK_TEXT(info->groups_off, "");
    CHECK_EQ(hotpath_events_lost(&info->drops), 0);
    CHECK_EQ(info->drops.foreign_ends, 0);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
}

/* A scope that is open when recording goes off ends as ever; one whose begin was off never counts. */
static void switched_off_inside(void** state) {
    (void)state;
    HOTPATH_BEGIN(open, "open across");
    pass(3);
    hotpath_enable(false);
    HOTPATH_ERROR("off");
    HOTPATH_BYTES(9);
    HOTPATH_BEGIN(skipped, "skipped");
    pass(4);
    CHECK_EQ(hotpath_depth(), 1);
    CHECK_EQ(law_now("open across").total_ns, 7);
    CHECK_EQ(law_now("open across").open_calls, 1);
    hotpath_enable(true);
    {
        HOTPATH_SCOPE("on again");
        pass(2);
        CHECK_EQ(HOTPATH_END(skipped), 0);
        CHECK_EQ(hotpath_depth(), 2);
    }
    hotpath_enable(false);
    CHECK_EQ(HOTPATH_END(open), 9);
    hotpath_enable(true);
    hotpath_snapshot_t* const s = law_take();
    CHECK_EQ(law_function(s, "open across")->completed, 1);
    CHECK_EQ(law_function(s, "open across")->total_ns, 9);
    CHECK_EQ(law_function(s, "open across")->self_ns, 7);
    CHECK_EQ(law_function(s, "open across")->errors, 0);
    CHECK_EQ(law_function(s, "open across")->bytes, 0);
    CHECK_EQ(law_function(s, "on again")->completed, 1);
    CHECK(law_find(s, "skipped") == NULL);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.foreign_ends, 0);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
}

static void switched_groups(void** state) {
    (void)state;
    const uint64_t plains = calls_of("plain");
    CHECK(hotpath_enable_group("render", false)); /* before a site of it was reached */
    CHECK(!hotpath_enable_group("render", false));
    audio(1), render(1), plain(1);
    CHECK_EQ(calls_of("audio"), 1);
    CHECK_EQ(calls_of("render"), 0);
    CHECK_EQ(calls_of("plain"), plains + 2);
    check_groups_off("render");
    CHECK(hotpath_enable_group("audio", false));
    audio(1), render(1), plain(1);
    CHECK_EQ(calls_of("audio"), 1);
    CHECK_EQ(calls_of("plain"), plains + 4); /* what it calls is of no group */
    CHECK_EQ(law_now("audio").errors, 1);
    render_named("named at run time");
    CHECK_EQ(calls_of("named at run time"), 0);
    CHECK(!hotpath_enable_group("render", true));
    render(1);
    CHECK_EQ(calls_of("render"), 1);
    render_named("named at run time");
    CHECK_EQ(calls_of("named at run time"), 1);
    CHECK(hotpath_enable(false)); /* all: groups keep what they had */
    render(1);
    CHECK(!hotpath_enable(true));
    audio(1), render(1);
    CHECK_EQ(calls_of("audio"), 1);
    CHECK_EQ(calls_of("render"), 2);
    CHECK(hotpath_enable_group("", false)); /* the sites of none */
    plain(1), render(1);
    CHECK_EQ(calls_of("plain"), plains + 5);
    CHECK_EQ(calls_of("render"), 3);
    CHECK(hotpath_enable_group(NULL, true) == false);
    CHECK(!hotpath_enable_group("audio", true));
    audio(1);
    CHECK_EQ(calls_of("audio"), 2);
    check_groups_off("");
    law_check_quiet_now();
}

static void switched_reports_say_so(void** state) {
    (void)state;
    plain(1);
    hotpath_enable(false);
    hotpath_enable_group("audio\x1b[31m", false);
    pass(1000000);
    hotpath_snapshot_t* const s = law_take();
    law_text_t* const text = (law_text_t*)calloc(1, sizeof *text);
    CHECK_HAS(law_render(text, s, HOTPATH_FORMAT_TABLE), "recording is off, in all for 1.0");
    CHECK_HAS(text->data, "groups that are off: audio");
    CHECK(strchr(text->data, '\x1b') == NULL);
    CHECK_HAS(law_render(text, s, HOTPATH_FORMAT_JSON), "\"is_off\":true");
    CHECK_HAS(text->data, "\"groups_off\":\"audio");
    hotpath_enable(true);
    hotpath_enable_group("audio\x1b[31m", true);
    hotpath_snapshot_t* const after = law_take();
    CHECK_HAS(law_render(text, after, HOTPATH_FORMAT_TABLE), "recording was off for 1.0");
    CHECK(strstr(text->data, "groups that are off") == NULL);
    hotpath_snapshot_t* const between = hotpath_snapshot_difference(after, s, NULL);
    CHECK(between != NULL);
    CHECK_EQ(hotpath_snapshot_info(between)->off_ns, 0);
    hotpath_snapshot_free(between);
    hotpath_snapshot_free(after);
    hotpath_snapshot_free(s);
    free(text);
}

/* Past the bound a group cannot be switched: nothing changes, and the log says why. */
static char group_log[600];
static void keep_log(void* user, const char* message) {
    (void)user;
    snprintf(group_log, sizeof group_log, "%s", message);
}
static void switched_groups_past_the_bound(void** state) {
    (void)state;
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.no_exit_report = true, desc.log = keep_log;
    CHECK(hotpath_start(&desc));
    for (int i = 0; i < 80; i++) {
        char name[100];
        snprintf(name, sizeof name, "group %d %070d", i, 0); /* cut at 63 bytes */
        hotpath_enable_group(name, true);
    }
    CHECK_HAS(group_log, "more than 60 groups");
    static hotpath_site_t site = HOTPATH_SITE_INIT("past the bound", HOTPATH_KIND_SCOPE);
    site.group = "one too many";
    CHECK(hotpath_enable_group("one too many", false));
    hotpath_token_t token;
    hotpath_begin(&site, &token);
    hotpath_end(&token);
    CHECK_EQ(calls_of("past the bound"), 1);
    check_groups_off("");
    hotpath_stop();
}

/* Threads record while two others switch: whatever began on ends, and nothing else counts. */
static uint64_t switch_stop, switch_recorded;
static void* switch_records(void* arg) {
    uint64_t recorded = 0;
    while (!law_load(&switch_stop) || recorded == 0) { /* it is on at the end */
        static hotpath_site_t site = HOTPATH_SITE_INIT("switched", HOTPATH_KIND_SCOPE);
        hotpath_token_t token;
        hotpath_begin(&site, &token);
        recorded += token.mark != 0;
        audio(1);
        hotpath_end(&token);
    }
    law_add(&switch_recorded, recorded);
    return arg;
}
static void* switch_switches(void* arg) {
    for (int i = 0; i < LAW_TIMES(20000, 2000); i++) {
        hotpath_enable(i % 2 == 0);
        hotpath_enable_group("audio", i % 3 == 0);
    }
    return arg;
}
static void switched_by_threads(void** state) {
    (void)state;
    pthread_t ids[4];
    for (size_t i = 0; i < 4; i++)
        ids[i] = law_thread(i < 2 ? switch_records : switch_switches, NULL);
    pthread_join(ids[2], NULL);
    pthread_join(ids[3], NULL);
    hotpath_enable(true);
    hotpath_enable_group("audio", true);
    law_store(&switch_stop, 1);
    pthread_join(ids[0], NULL);
    pthread_join(ids[1], NULL);
    CHECK_GT(switch_recorded, 0);
    CHECK_EQ(law_now("switched").calls, switch_recorded);
    CHECK_EQ(law_now("switched").completed, switch_recorded);
    CHECK_EQ(hotpath_depth(), 0);
    CHECK_EQ(law_drops().foreign_ends, 0);
    const uint64_t before = calls_of("plain");
    plain(1);
    CHECK_EQ(calls_of("plain"), before + 1);
    law_check_quiet_now();
}

/* A handler switches on again in the middle of a switch off, at each of its instructions: the time that it
   was off is right, in the snapshot of then and of later. */
static uint64_t switch_steps, switch_at;
static void on_switch_step(int number, siginfo_t* info, void* context) {
    (void)number, (void)info, (void)context;
    if (switch_steps++ != switch_at) return;
    hotpath_enable(true);
    pass(1000);
}
static uint64_t off_now(void) { return law_info().off_ns; }
static void switched_by_handlers(void** state) {
    (void)state;
    law_needs_steps();
    law_handler(SIGTRAP, on_switch_step, 0);
    for (switch_at = 0, switch_steps = 1; switch_at < switch_steps; switch_at++) {
        const uint64_t before = off_now();
        switch_steps = 0;
        LAW_STEP_BEGIN();
        hotpath_enable(false);
        LAW_STEP_END();
        const bool was_on = hotpath_enable(true);
        const uint64_t off = off_now();
        CHECK_GE(off, before);
        CHECK_LE(off, before + (was_on ? 0 : 1000));
        hotpath_enable(false);
        pass(10);
        CHECK_EQ(off_now(), off + 10);
        hotpath_enable(true);
        plain(1);
        CHECK_EQ(off_now(), off + 10);
    }
    CHECK_GT(switch_at, 20);
}

/* >>HOTPATH_OFF, of a program that is started with it */

static int started_as(const char* child, const char* value) {
    return WEXITSTATUS(law_start(child, "HOTPATH_OFF", value)->status);
}
static int started_with(const char* value) { return started_as("started", value); }
/* Returns: a bit for each function that was recorded, in the order plain, audio, render. */
static int started(void) {
    plain(1), audio(1), render(1);
    return (calls_of("plain") != 0) | (calls_of("audio") != 0) << 1 |
           (calls_of("render") != 0) << 2;
}
/* Nor is the first value or span of a program, which is the first to ask for the settings. */
static int first_value(void) {
    HOTPATH_VAL("first", 1);
    size_t count = 1;
    (void)hotpath_snapshot_entries(law_take(), &count);
    return (int)count;
}
static int first_span(void) {
    hotpath_record("first track", "first", 1, 2);
    return law_find(law_take(), "first") != NULL;
}
/* A report that has nothing else says so. Returns: a bit for each of what it says. */
static int nothing_but_off(void) {
    audio(1);
    static law_text_t text;
    law_render(&text, law_take(), HOTPATH_FORMAT_TABLE);
    return (strstr(text.data, "nothing was recorded") != NULL) |
           (strstr(text.data, "\nrecording is off, in all for ") != NULL) << 1 |
           (strstr(text.data, "\ngroups that are off: audio\n") != NULL) << 2;
}
static void switched_environment(void** state) {
    (void)state;
    CHECK_EQ(started_with("1"), 0);
    CHECK_EQ(started_with("true"), 0);
    CHECK_EQ(started_with("0"), 7);
    CHECK_EQ(started_with(""), 7);
    CHECK_EQ(started_with("audio"), 5);
    CHECK_EQ(started_with(" audio , render ,"), 1);
    CHECK_EQ(started_with("nobody"), 7);
    CHECK_EQ(started_as("nothing_but_off", "1"), 3);
    CHECK_EQ(started_as("nothing_but_off", "audio"), 4);
    CHECK_EQ(started_as("first_value", "1"), 0);
    CHECK_EQ(started_as("first_value", "0"), 1);
    CHECK_EQ(started_as("first_span", "1"), 0);
    CHECK_EQ(started_as("first_span", "0"), 1);
}

/* A list is bounded as the groups are: what is past the bound is told in one line, and stays on. */
static void switched_environment_past_the_bound(void** state) {
    (void)state;
    for (int many = 60; many <= 62; many++) {
        char list[256];
        size_t n = 0;
        for (int i = 1; i < many; i++)
            n += (size_t)snprintf(list + n, sizeof list - n, "%c%d,", 'a' + i / 10, i % 10);
        snprintf(list + n, sizeof list - n, "audio");
        CHECK_EQ(started_with(list), many == 60 ? 5 : 7);
        CHECK_EQ(law_lines(law_result.err), many > 60);
        CHECK(many == 60 || strstr(law_result.err, "HOTPATH_OFF names more than 60") != NULL);
    }
}

/* The child of a fork starts as its parent is, with a count of its own. */
static void switched_fork(void** state) {
    (void)state;
    hotpath_enable(false);
    pass(50);
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        pass(7);
        plain(3);
        hotpath_snapshot_t* s = law_take();
        CHECK(hotpath_snapshot_info(s)->is_off);
        CHECK_EQ(hotpath_snapshot_info(s)->off_ns, 10);
        CHECK_EQ(law_function(s, "plain")->calls, 0);
        hotpath_snapshot_free(s);
        hotpath_enable(true);
        plain(3);
        CHECK_EQ(calls_of("plain"), 1);
        _exit(0);
    }
    int status = 0;
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK(WIFEXITED(status));
    CHECK_EQ(WEXITSTATUS(status), 0);
    hotpath_enable(true);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(switched_off_and_on),
    cmocka_unit_test(switched_off_inside),
    cmocka_unit_test(switched_groups),
    cmocka_unit_test(switched_reports_say_so),
    cmocka_unit_test(switched_by_threads),
    cmocka_unit_test(switched_by_handlers),
    cmocka_unit_test(switched_environment),
    cmocka_unit_test(switched_environment_past_the_bound),
    cmocka_unit_test(switched_fork),
    cmocka_unit_test(switched_groups_past_the_bound),
};
static const law_child_t children[] = {{"started", started}, {"first_value", first_value},
    {"first_span", first_span}, {"nothing_but_off", nothing_but_off}, {NULL, NULL}};
LAW_MAIN(tests, children)
