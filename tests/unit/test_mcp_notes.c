/* FLAGS: -DHOTPATH_MCP */
/* LIBS: -lcivetweb */
/* RECORDER: server */
/* Truth of notes, messages and colours in the tools: what /api and MCP say is what the program said. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "virtual_clock.h"
#include "hotpath.h"
#include "mcp_server.h"
#include "mcp_truth.h"

static const truth_json_t* rows(const truth_json_t* answer) {
    const truth_json_t* data = truth_json_get(answer, "data");
    return data != NULL ? data->child : NULL;
}
static uint64_t ticks_of(uint64_t i) { return 50 + i * 37 % 101; }
static void request(uint64_t i) {
    HOTPATH_SPAN(route, HOTPATH_SPAN_SERVER, "GET /users");
    HOTPATH_VALUE("number", i);
    {
        HOTPATH_SCOPE_COLOR("handler", 0x336699);
        char who[40];
        snprintf(who, sizeof who, "user \"%" PRIu64 "\"", i);
        HOTPATH_VALUE("number", i);
        HOTPATH_TEXT("who", who);
        pass(ticks_of(i));
        if (i % 10 == 0) HOTPATH_MESSAGE(who);
    }
}
/* The notes of a row are those of its round. */
static void check_notes(const truth_json_t* row, uint64_t number, size_t count) {
    const truth_json_t* notes = truth_json_get(row, "notes");
    if (!CHECK(notes != NULL && notes->count == count, "notes of round %" PRIu64, number)) return;
    CHECK_TEXT("key", "the first note", truth_json_text(notes->child, "key"), "number");
    CHECK_EQUAL("value", "the first note", truth_json_u64(notes->child, "value"), number);
    if (count < 2) return;
    char who[40];
    snprintf(who, sizeof who, "user \"%" PRIu64 "\"", number);
    CHECK_TEXT("key", "the second note", truth_json_text(notes->last, "key"), "who");
    CHECK_TEXT("value", "the second note", truth_json_text(notes->last, "value"), who);
}
static void logs_have_notes(uint64_t argument) {
    (void)argument;
    char* text = NULL;
    const truth_json_t* r;
    for (uint64_t i = 1; i <= 100; i++) /* each duration once */
        request(i);
    serve();
    truth_json_t* answer =
        ask(server_port(), "/api/function_timing_logs?function_name=handler&limit=20", &text);
    uint64_t i = 100;
    for (r = rows(answer); r != NULL; r = r->next, i--)
        check_notes(r, i, 2);
    CHECK_EQUAL("rows", "recent", i, 80);
    check_mcp(server_port(), "function_timing_logs",
        "{\"function_name\":\"handler\",\"limit\":20,\"order\":\"recent\"}", text);
    truth_json_free(answer);
    free(text);
    static const char* const slowest[] = {
        "/api/function_timing_logs?function_name=handler&order=slowest",
        "/api/server_logs?server_name=GET /users&order=slowest&limit=8"};
    for (size_t k = 0; k < 2; k++) {
        char path[200];
        snprintf(path, sizeof path, "%s", slowest[k]);
        char* space = strchr(path, ' ');
        if (space != NULL) *space = '+';
        answer = ask(server_port(), path, &text);
        uint64_t longest = 150;
        for (r = rows(answer); r != NULL; r = r->next, longest--) {
            uint64_t number = 1;
            while (ticks_of(number) != longest)
                number++;
            CHECK_EQUAL("duration_ns", "a slowest one", truth_json_u64(r, "duration_ns"), longest);
            check_notes(r, number, k == 0 ? 2 : 1);
        }
        CHECK_EQUAL("rows", "slowest", longest, 142);
        truth_json_free(answer);
        free(text);
    }
}
static void messages_are_a_log(uint64_t argument) {
    (void)argument;
    char* text = NULL;
    for (uint64_t i = 1; i <= 100; i++)
        request(i);
    serve();
    truth_json_t* answer = ask(server_port(), "/api/val_entries", &text);
    CHECK_TEXT(
        "expression", "the entry", truth_json_text(rows(answer), "expression"), HOTPATH_MESSAGES);
    CHECK_EQUAL("log_count", "messages", truth_json_u64(rows(answer), "log_count"), 10);
    CHECK_TEXT("last", "messages", truth_json_text(rows(answer), "last"), "user \"100\"");
    truth_json_free(answer);
    free(text);
    answer = ask(server_port(), "/api/val_logs?val_name=%3Cmessages%3E", &text);
    uint64_t i = 100;
    for (const truth_json_t* r = rows(answer); r != NULL; r = r->next, i -= 10) {
        char who[40];
        snprintf(who, sizeof who, "user \"%" PRIu64 "\"", i);
        CHECK_TEXT("value", "a message", truth_json_text(r, "value"), who);
        CHECK_TEXT("scope", "a message", truth_json_text(r, "scope"), "handler");
    }
    CHECK_EQUAL("rows", "messages", i, 0);
    truth_json_free(answer);
    free(text);
}
static void colors_are_told(uint64_t argument) {
    (void)argument;
    char* text = NULL;
    request(1);
    serve();
    truth_json_t* answer =
        ask(server_port(), "/api/functions_timing?response_format=detailed&sort=calls", &text);
    for (const truth_json_t* r = rows(answer); r != NULL; r = r->next)
        if (strcmp(truth_json_text(r, "name"), "handler") == 0)
            CHECK_TEXT("color", "handler", truth_json_text(r, "color"), "#336699");
        else
            CHECK(truth_json_get(r, "color") == NULL, "a colour of %s", truth_json_text(r, "name"));
    CHECK(strstr(text, "#336699") != NULL, "the row");
    truth_json_free(answer);
    free(text);
}

IN_CHILD(logs_have_notes)
IN_CHILD(messages_are_a_log)
IN_CHILD(colors_are_told)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_logs_have_notes),
        cmocka_unit_test(test_messages_are_a_log),
        cmocka_unit_test(test_colors_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
