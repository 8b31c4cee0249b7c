/* Truth: notes, messages and colours on a virtual clock. What HOTPATH_VALUE and HOTPATH_TEXT said of an
   execution stands beside it in the log, beside no other, and for the slowest for as long as they are. */
#define _GNU_SOURCE
#include "virtual_clock.h"
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "truth.h"

#include <sys/wait.h>

/* A note of an execution, by its key; an empty one stands for none. */
static const hotpath_value_t* note_of(const hotpath_execution_t* e, const char* key) {
    static const hotpath_value_t none;
    for (uint32_t i = 0; i < e->notes_count; i++)
        if (strcmp(e->notes[i].key, key) == 0) return &e->notes[i].value;
    return &none;
}
static void check_text(const hotpath_execution_t* e, const char* key, const char* want) {
    const hotpath_value_t* v = note_of(e, key);
    CHECK_EQUAL("type", key, v->type, HOTPATH_VALUE_TEXT);
    if (v->type != HOTPATH_VALUE_TEXT) return;
    CHECK_EQUAL("length", key, v->length, strlen(want));
    CHECK_TEXT("text", key, v->as.text, want);
}
static const hotpath_execution_t* newest(const hotpath_snapshot_t* s, const char* name) {
    static const hotpath_execution_t none;
    const hotpath_function_t* f = truth_need(s, name);
    return CHECK(f->recent_count != 0, "no executions of %s", name) ? &f->recent[0] : &none;
}

/* Round i of the model: it takes ticks_of(i), and says so, who asked, and what it gave. */
static uint64_t ticks_of(uint64_t i) { return 100 + i * 7919 % 1009; }
static void user_of(uint64_t i, char* text) { snprintf(text, 40, "user %" PRIu64, i); }
static uint64_t request(uint64_t i) {
    HOTPATH_FUNC_LOG();
    char user[40];
    user_of(i, user);
    HOTPATH_VALUE("round", i);
    {
        HOTPATH_SCOPE("inner");
        HOTPATH_VALUE("half", (double)i / 2);
        pass(ticks_of(i) / 2);
    }
    HOTPATH_TEXT("user", user);
    HOTPATH_VALUE("odd", (bool)(i % 2 == 1));
    pass(ticks_of(i) - ticks_of(i) / 2);
    HOTPATH_RETURN(i * 1000);
}
/* All that the round said is beside it, in its order. */
static void check_request(const hotpath_execution_t* e) {
    const uint64_t i = note_of(e, "round")->as.u;
    char user[40];
    user_of(i, user);
    CHECK_EQUAL("notes", "request", e->notes_count, 3);
    if (e->notes_count != 3) return;
    CHECK_TEXT("first", "notes", e->notes[0].key, "round");
    CHECK_TEXT("second", "notes", e->notes[1].key, "user");
    CHECK_TEXT("third", "notes", e->notes[2].key, "odd");
    CHECK_EQUAL("duration", "request", e->duration_ns, ticks_of(i));
    CHECK_EQUAL("result", "request", e->value.as.u, i * 1000);
    CHECK_EQUAL("type", "result", e->value.type, HOTPATH_VALUE_UINT);
    CHECK_EQUAL("odd", "request", note_of(e, "odd")->as.i, i % 2);
    CHECK_EQUAL("type", "odd", note_of(e, "odd")->type, HOTPATH_VALUE_BOOL);
    check_text(e, "user", user);
}
static void check_slowest(const hotpath_function_t* f, uint64_t rounds) {
    truth_list_t list = {NULL, 0, 0, false};
    for (uint64_t i = 1; i <= rounds; i++)
        truth_list_add(&list, ticks_of(i));
    truth_list_sort(&list);
    CHECK_EQUAL("slowest", f->name, f->slowest_count, 8);
    for (uint32_t i = 0; i < f->slowest_count; i++) {
        CHECK_EQUAL(
            "duration", "a slowest one", f->slowest[i].duration_ns, list.items[list.count - 1 - i]);
        check_request(&f->slowest[i]);
    }
    truth_list_free(&list);
}
/* The last ones and the slowest, although later texts have long filled the ring many times. */
static void executions_have_their_notes(uint64_t argument) {
    (void)argument;
    const uint64_t rounds = 1200;
    for (uint64_t i = 1; i <= rounds; i++)
        (void)request(i);
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_function_t* f = truth_need(s, "request");
    CHECK_EQUAL("recent", "request", f->recent_count, 64);
    for (uint32_t i = 0; i < f->recent_count; i++) {
        CHECK_EQUAL("round", "recent", note_of(&f->recent[i], "round")->as.u, rounds - i);
        check_request(&f->recent[i]);
    }
    check_slowest(f, rounds);
    const hotpath_execution_t* inner = newest(s, "inner");
    CHECK_EQUAL("notes", "inner", inner->notes_count, 1);
    CHECK_NEAR("half", "inner", note_of(inner, "half")->as.d, (double)rounds / 2, 0);
    CHECK_EQUAL("type", "inner's result", inner->value.type, HOTPATH_VALUE_NONE);
    CHECK_EQUAL("overflow", "notes", hotpath_snapshot_info(s)->drops.note_overflow, 0);
    hotpath_snapshot_free(s);
}
static void* requests(void* rounds) {
    for (uint64_t i = 1; i <= (uint64_t)(uintptr_t)rounds; i++)
        (void)request(i);
    return NULL;
}
/* Threads that have ended leave them, and a difference has them. */
static void ended_threads_leave_them(uint64_t argument) {
    (void)argument;
    pthread_t thread;
    hotpath_snapshot_t* before = hotpath_snapshot_take(NULL);
    pthread_create(&thread, NULL, requests, (void*)(uintptr_t)500);
    pthread_join(thread, NULL);
    for (uint64_t i = 501; i <= 510; i++)
        (void)request(i);
    pthread_create(&thread, NULL, requests, (void*)(uintptr_t)3);
    pthread_join(thread, NULL);
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_function_t* f = truth_need(s, "request");
    check_slowest(f, 510);
    CHECK_EQUAL("recent", "request", f->recent_count, 64);
    for (uint32_t i = 0; i < f->recent_count; i++)
        check_request(&f->recent[i]);
    hotpath_snapshot_t* d = hotpath_snapshot_difference(s, before, NULL);
    hotpath_snapshot_free(s);
    check_slowest(truth_need(d, "request"), 510);
    hotpath_snapshot_free(d);
    hotpath_snapshot_free(before);
}
/* Of an equal key the last value counts. A text is cut, and may be empty; a result of text stays. */
static const char* texts(const char* result) {
    HOTPATH_FUNC_LOG();
    char longest[400];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    for (int i = 0; i < 100; i++)
        HOTPATH_VALUE("i", i);
    HOTPATH_TEXT("long", longest);
    HOTPATH_TEXT("empty", "");
    HOTPATH_TEXT("none", NULL);
    HOTPATH_RETURN(result);
}
static void values_of_all_kinds(uint64_t argument) {
    (void)argument;
    char result[4000], cut[209];
    memset(result, 'r', sizeof result - 1);
    result[sizeof result - 1] = 0;
    memset(cut, 'x', sizeof cut - 1);
    cut[sizeof cut - 1] = 0;
    (void)texts("a result");
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_execution_t* e = newest(s, "texts");
    CHECK_EQUAL("notes", "texts", e->notes_count, 4);
    CHECK_EQUAL("i", "texts", note_of(e, "i")->as.i, 99);
    check_text(e, "long", cut);
    check_text(e, "empty", "");
    check_text(e, "none", "(null)");
    CHECK_TEXT("text", "the result", e->value.as.text, "a result");
    hotpath_snapshot_free(s);
    (void)texts(result); /* as long as results are */
    s = hotpath_snapshot_take(NULL);
    e = newest(s, "texts");
    CHECK_EQUAL("length", "the result", e->value.length, 1536);
    CHECK(strncmp(e->value.as.text, result, e->value.length) == 0, "the result");
    CHECK_EQUAL("notes", "texts", e->notes_count, 4);
    check_text(e, "long", cut);
    hotpath_snapshot_free(s);
}
static void note(const char* key, uint64_t value) {
    hotpath_site_t site = HOTPATH_SITE_INIT("", HOTPATH_KIND_NOTE);
    site.name = key;
    hotpath_note(&site, hotpath_i_value_of_uint(value));
}
/* Past a bound the rest is counted. */
static void bounds_are_counted(uint64_t argument) {
    (void)argument;
    char key[20];
    note("without a scope", 1);
    {
        HOTPATH_SCOPE("many");
        for (uint64_t i = 0; i < 20; i++) {
            snprintf(key, sizeof key, "key %d", (int)i);
            note(key, i);
        }
        note("key 3", 33); /* one that is there */
    }
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_execution_t* e = newest(s, "many");
    CHECK_EQUAL("notes", "many", e->notes_count, HOTPATH_NOTES);
    for (uint32_t i = 0; i < e->notes_count; i++)
        CHECK_EQUAL("value", e->notes[i].key, e->notes[i].value.as.u, i == 3 ? 33 : i);
    CHECK_EQUAL("overflow", "keys", hotpath_snapshot_info(s)->drops.note_overflow, 12);
    hotpath_snapshot_free(s);
    hotpath_token_t tokens[10];
    hotpath_site_t* site = hotpath_named_site("nest", "", 0);
    for (uint64_t i = 0; i < 10; i++) {
        hotpath_begin(site, &tokens[i]);
        for (uint64_t k = 0; k < 4; k++) {
            snprintf(key, sizeof key, "key %d", (int)k);
            note(key, i);
        }
    }
    for (int i = 9; i >= 0; i--)
        hotpath_end(&tokens[i]);
    s = hotpath_snapshot_take(NULL);
    const hotpath_function_t* f = truth_need(s, "nest");
    uint64_t kept = 0;
    for (uint32_t i = 0; i < f->recent_count; i++)
        kept += f->recent[i].notes_count;
    CHECK_EQUAL("kept", "nest", kept, 32);
    CHECK_EQUAL("overflow", "both", hotpath_snapshot_info(s)->drops.note_overflow, 12 + 8);
    truth_text_t json = truth_render(s, HOTPATH_FORMAT_JSON);
    CHECK(strstr(json.data, "\"note_overflow\":20") != NULL, "the report");
    truth_text_free(&json);
    hotpath_snapshot_free(s);
}
/* Scopes that are left by a jump take theirs with them. */
static void abandoned_scopes_take_theirs(uint64_t argument) {
    (void)argument;
    hotpath_site_t *outer = hotpath_named_site("outer", "", 0),
                   *left = hotpath_named_site("left", "", 0);
    for (uint64_t i = 0; i < 1000; i++) {
        hotpath_token_t a, b, c;
        hotpath_begin(outer, &a);
        note("a", i);
        hotpath_begin(left, &b);
        note("b", i);
        hotpath_begin(left, &c);
        note("c", i);
        if (i % 2 == 0) {
            hotpath_unwind(1);
            note("d", i);
        }
        hotpath_end(&a);
    }
    for (uint64_t i = 0; i < 1000; i++) { /* none of the outer ones ends */
        hotpath_token_t b, c;
        hotpath_begin(left, &b);
        note("b", i);
        hotpath_begin(left, &c);
        note("c", i);
        hotpath_unwind(0);
    }
    {
        HOTPATH_SCOPE("after");
        note("e", 5);
    }
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_function_t* f = truth_need(s, "outer");
    for (uint32_t i = 0; i < f->recent_count; i++) {
        uint64_t round = 999 - i;
        CHECK_EQUAL("a", "outer", note_of(&f->recent[i], "a")->as.u, round);
        CHECK_EQUAL("notes", "outer", f->recent[i].notes_count, round % 2 == 0 ? 2 : 1);
        if (round % 2 == 0) CHECK_EQUAL("d", "outer", note_of(&f->recent[i], "d")->as.u, round);
    }
    CHECK_EQUAL("notes", "after", newest(s, "after")->notes_count, 1);
    CHECK_EQUAL("overflow", "notes", hotpath_snapshot_info(s)->drops.note_overflow, 0);
    hotpath_snapshot_free(s);
}

/* A fiber's notes are its own, also where it goes on on another thread. */
static hotpath_context_t* fiber;
static hotpath_token_t in_fiber;
static void* begin_elsewhere(void* nothing) {
    HOTPATH_SCOPE("thread");
    note("of the thread", 7);
    hotpath_context_switch(fiber);
    hotpath_begin(hotpath_named_site("fiber", "", 0), &in_fiber);
    note("here", 1);
    hotpath_context_switch(NULL);
    return nothing;
}
static void fibers_have_their_own(uint64_t noted) {
    pthread_t thread;
    for (int i = 0; i < 20; i++) { /* so that a short one more is nothing special here */
        hotpath_token_t token;
        hotpath_begin(hotpath_named_site("fiber", "", 0), &token);
        pass(100000);
        hotpath_end(&token);
    }
    fiber = hotpath_context_create("fiber");
    pthread_create(&thread, NULL, begin_elsewhere, NULL);
    pthread_join(thread, NULL);
    for (uint64_t i = 1; i <= 20; i++) /* what it has there is not that of the thread */
        (void)request(i);
    hotpath_context_switch(fiber);
    if (noted != 0) note("there", 2);
    hotpath_end(&in_fiber);
    hotpath_context_switch(NULL);
    hotpath_context_destroy(fiber);
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_execution_t* of_thread = newest(s, "thread");
    CHECK_EQUAL("notes", "thread", of_thread->notes_count, 1);
    CHECK_EQUAL("value", "thread", note_of(of_thread, "of the thread")->as.u, 7);
    const hotpath_function_t* f = truth_need(s, "fiber");
    uint64_t count = 0;
    for (uint32_t i = 0; i < f->recent_count; i++) {
        const hotpath_execution_t* e = &f->recent[i];
        if (e->notes_count == 0) continue;
        CHECK_EQUAL("notes", "fiber", e->notes_count, noted != 0 ? 2 : 1);
        CHECK_EQUAL("here", "fiber", note_of(e, "here")->as.u, 1);
        if (noted != 0) CHECK_EQUAL("there", "fiber", note_of(e, "there")->as.u, 2);
        count++;
    }
    CHECK_EQUAL("executions with notes", "fiber", count, 1);
    hotpath_snapshot_free(s);
}
static void test_fibers_have_their_own(void** state) {
    (void)state;
    truth_in_child(fibers_have_their_own, 0);
    truth_in_child(fibers_have_their_own, 1);
}
/* Keyed spans have them, too. */
static void spans_have_theirs(uint64_t argument) {
    (void)argument;
    for (uint64_t i = 1; i <= 100; i++) {
        HOTPATH_SPAN(route, HOTPATH_SPAN_SERVER, "GET /users");
        HOTPATH_VALUE("request", i);
        {
            HOTPATH_SPAN(query, HOTPATH_SPAN_SQL, "SELECT 1");
            HOTPATH_TEXT("plan", "index");
            pass(i);
        }
    }
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_function_t* f = truth_need(s, "GET /users");
    CHECK_EQUAL("notes", "the route", newest(s, "GET /users")->notes_count, 1);
    for (uint32_t i = 0; i < f->slowest_count; i++)
        CHECK_EQUAL("request", "slowest", note_of(&f->slowest[i], "request")->as.u, 100 - i);
    check_text(newest(s, "SELECT ?"), "plan", "index");
    hotpath_snapshot_free(s);
}
/* Off, nothing is kept; nor of what is not timed. */
static void off_keeps_nothing(uint64_t argument) {
    (void)argument;
    {
        HOTPATH_SCOPE("off");
        hotpath_enable(false);
        HOTPATH_VALUE("v", 1);
        HOTPATH_MESSAGE("off");
        hotpath_enable(true);
    }
    hotpath_time_sampling(NULL, 4);
    for (uint64_t i = 0; i < 1000; i++) {
        HOTPATH_SCOPE("sampled here");
        HOTPATH_VALUE("i", i);
        pass(1 + i);
    }
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    CHECK_EQUAL("notes", "off", newest(s, "off")->notes_count, 0);
    const hotpath_function_t* f = truth_need(s, "sampled here");
    CHECK(f->sampled_calls < 400, "%" PRIu64 " were timed", f->sampled_calls);
    for (uint32_t i = 0; i < f->recent_count; i++)
        CHECK_EQUAL(
            "i", "sampled", note_of(&f->recent[i], "i")->as.u + 1, f->recent[i].duration_ns);
    CHECK_EQUAL("overflow", "notes", hotpath_snapshot_info(s)->drops.note_overflow, 0);
    hotpath_snapshot_free(s);
}

/* >>messages */

static const hotpath_entry_t* messages_of(const hotpath_snapshot_t* s) {
    static const hotpath_entry_t none;
    size_t count;
    const hotpath_entry_t* entries = hotpath_snapshot_entries(s, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(entries[i].name, HOTPATH_MESSAGES) == 0 && entries[i].kind == HOTPATH_KIND_VAL)
            return &entries[i];
    FAIL_CHECK("there are no messages");
    return &none;
}
static void* say(void* text) {
    HOTPATH_SCOPE("speaker");
    HOTPATH_MESSAGE((const char*)text);
    return NULL;
}
static void say_outside(void) { HOTPATH_MESSAGE("outside"); }
/* One log, in the order of time, with thread and scope. */
static void messages_say_when_and_where(uint64_t argument) {
    (void)argument;
    pthread_t thread;
    pass(10);
    say_outside();
    pass(10);
    pthread_create(&thread, NULL, say, (void*)(uintptr_t) "of a thread");
    pthread_join(thread, NULL);
    pass(10);
    {
        HOTPATH_SCOPE("here");
        HOTPATH_MESSAGE("inside");
        HOTPATH_VAL("a value", 3);
    }
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_entry_t* e = messages_of(s);
    CHECK_EQUAL("count", "messages", e->count, 3);
    CHECK_EQUAL("history", "messages", e->history_count, 3);
    static const char* const wants[] = {"inside", "of a thread", "outside"};
    const uint32_t scopes[] = {truth_need(s, "here")->id, truth_need(s, "speaker")->id, 0};
    for (uint32_t i = 0; i < e->history_count && i < 3; i++) {
        CHECK_TEXT("text", "a message", e->history[i].value.as.text, wants[i]);
        CHECK_EQUAL("at", wants[i], e->history[i].at_ns - e->history[2].at_ns, (2 - i) * 10);
        CHECK_EQUAL("function", wants[i], e->history[i].function, scopes[i]);
    }
    CHECK_EQUAL("thread", "both", e->history[0].thread, e->history[2].thread);
    CHECK(e->history[1].thread != e->history[0].thread, "another thread");
    truth_text_t text = truth_render(s, HOTPATH_FORMAT_JSON);
    truth_json_t* json = truth_json_read(text.data);
    const truth_json_t* data = truth_json_get(truth_json_get(json, "val_entries"), "data");
    const truth_json_t* first = data != NULL ? data->child : NULL;
    while (first != NULL && strcmp(truth_json_text(first, "expression"), HOTPATH_MESSAGES) != 0)
        first = first->next;
    const truth_json_t* history = first != NULL ? truth_json_get(first, "history") : NULL;
    if (CHECK(history != NULL && history->count == 3, "the report's messages")) {
        CHECK_TEXT("scope", "the newest", truth_json_text(history->child, "scope"), "here");
        CHECK_TEXT("value", "the newest", truth_json_text(history->child, "value"), "inside");
        CHECK(truth_json_get(history->last, "scope")->type == TRUTH_JSON_NULL, "the first's scope");
    }
    truth_json_free(json);
    truth_text_free(&text);
    hotpath_snapshot_free(s);
}
/* Whatever the number of the scope is. */
static void messages_are_in_the_order_of_time(uint64_t argument) {
    (void)argument;
    char name[20];
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "scope %d", i);
        HOTPATH_SCOPE_NAMED(name);
    }
    for (int i = 0; i < 10; i++) {
        say((void*)(uintptr_t) "first");
        pass(1);
        say_outside();
        pass(1);
    }
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_entry_t* e = messages_of(s);
    for (uint32_t i = 0; i < e->history_count; i++)
        CHECK_TEXT(
            "text", "a message", e->history[i].value.as.text, i % 2 == 0 ? "outside" : "first");
    hotpath_snapshot_free(s);
    pthread_t thread; /* and where those of an ended thread are among them */
    pthread_create(&thread, NULL, say, (void*)(uintptr_t) "of a thread");
    pthread_join(thread, NULL);
    pass(1);
    say_outside();
    s = hotpath_snapshot_take(NULL);
    e = messages_of(s);
    CHECK_TEXT("text", "the last", e->history[0].value.as.text, "outside");
    CHECK_TEXT("text", "before", e->history[1].value.as.text, "of a thread");
    hotpath_snapshot_free(s);
}
/* The log is bounded, and what is in it is the end. */
static void messages_are_bounded(uint64_t argument) {
    (void)argument;
    char text[40];
    for (int i = 1; i <= 10000; i++) {
        snprintf(text, sizeof text, "message %d", i);
        HOTPATH_MESSAGE(text);
        pass(1);
    }
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_entry_t* e = messages_of(s);
    CHECK_EQUAL("count", "messages", e->count, 10000);
    CHECK_EQUAL("history", "messages", e->history_count, 64);
    for (uint32_t i = 0; i < e->history_count; i++) {
        snprintf(text, sizeof text, "message %d", 10000 - (int)i);
        CHECK_TEXT("text", "a message", e->history[i].value.as.text, text);
    }
    hotpath_snapshot_free(s);
}

/* >>colours */

static void plain(void) { HOTPATH_FUNC(); }
#undef HOTPATH_COLOR
#define HOTPATH_COLOR 0x12345678 /* the lower 24 bits count */
static void colored(void) {
    HOTPATH_FUNC();
    HOTPATH_SCOPE("of the function");
    HOTPATH_SCOPE_COLOR("its own", 0xff8800);
    HOTPATH_BEGIN(v, "begun");
    (void)HOTPATH_END(v);
}
#undef HOTPATH_COLOR
#define HOTPATH_COLOR 0
static void colors_are_kept(uint64_t argument) {
    (void)argument;
    plain();
    colored();
    HOTPATH_SCOPE_COLOR("black is none", 0);
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    CHECK_EQUAL("color", "plain", truth_need(s, "plain")->color, 0);
    CHECK_EQUAL("color", "colored", truth_need(s, "colored")->color, 0x345678);
    CHECK_EQUAL("color", "a scope", truth_need(s, "of the function")->color, 0x345678);
    CHECK_EQUAL("color", "its own", truth_need(s, "its own")->color, 0xff8800);
    CHECK_EQUAL("color", "begun", truth_need(s, "begun")->color, 0x345678);
    CHECK_EQUAL("color", "none", truth_need(s, "black is none")->color, 0);
    CHECK_EQUAL("kind", "its own", truth_need(s, "its own")->kind, HOTPATH_KIND_SCOPE);
    truth_text_t json = truth_render(s, HOTPATH_FORMAT_JSON);
    const char* at = strstr(json.data, "\"name\":\"its own\"");
    CHECK(
        at != NULL && strncmp(strstr(at, "\"color\":"), "\"color\":\"#ff8800\"", 17) == 0, "JSON");
    at = strstr(json.data, "\"name\":\"black is none\"");
    CHECK(at != NULL, "JSON");
    const char *end = strchr(at, '}'), *color = strstr(at, "\"color\":");
    CHECK(color == NULL || color > end, "a colour of one that has none");
    truth_text_free(&json);
    hotpath_snapshot_free(s);
}
/* HOTPATH_NO_VALUES keeps no value, wherever it comes from. */
static void no_values_keeps_none(uint64_t argument) {
    (void)argument;
    setenv("HOTPATH_NO_VALUES", "1", 1);
    (void)request(1);
    HOTPATH_MESSAGE("secret");
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    CHECK_EQUAL("notes", "request", newest(s, "request")->notes_count, 0);
    CHECK_EQUAL("history", "messages", messages_of(s)->history_count, 0);
    hotpath_snapshot_free(s);
}

IN_CHILD(executions_have_their_notes)
IN_CHILD(ended_threads_leave_them)
IN_CHILD(values_of_all_kinds)
IN_CHILD(bounds_are_counted)
IN_CHILD(abandoned_scopes_take_theirs)
IN_CHILD(spans_have_theirs)
IN_CHILD(off_keeps_nothing)
IN_CHILD(messages_say_when_and_where)
IN_CHILD(messages_are_in_the_order_of_time)
IN_CHILD(messages_are_bounded)
IN_CHILD(colors_are_kept)
IN_CHILD(no_values_keeps_none)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_executions_have_their_notes),
        cmocka_unit_test(test_ended_threads_leave_them),
        cmocka_unit_test(test_values_of_all_kinds),
        cmocka_unit_test(test_bounds_are_counted),
        cmocka_unit_test(test_abandoned_scopes_take_theirs),
        cmocka_unit_test(test_fibers_have_their_own),
        cmocka_unit_test(test_spans_have_theirs),
        cmocka_unit_test(test_off_keeps_nothing),
        cmocka_unit_test(test_messages_say_when_and_where),
        cmocka_unit_test(test_messages_are_in_the_order_of_time),
        cmocka_unit_test(test_messages_are_bounded),
        cmocka_unit_test(test_colors_are_kept),
        cmocka_unit_test(test_no_values_keeps_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
