/* FLAGS: -DHOTPATH_MCP */
/* LIBS: -lcivetweb */
/* RECORDER: server */
/* Truth of outcomes: how often functions fail and why, and what they move a second, in snapshot, report,
   tools and windows, as the program on a virtual clock has it. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "virtual_clock.h"
#include "hotpath.h"
#include "mcp_server.h"
#include "mcp_truth.h"

enum {
    CALLS = 200,
    BYTES = 1500
};
static void parse(int i) {
    HOTPATH_FUNC();
    pass(1000000);
    HOTPATH_BYTES(BYTES);
    if (i % 4 == 0) HOTPATH_ERROR("bad");
    if (i % 10 == 0) HOTPATH_ERROR("worse");
}
static void fine(void) { HOTPATH_FUNC(); }
static void fails(const char* text) {
    HOTPATH_FUNC();
    hotpath_site_t reason = HOTPATH_SITE_INIT("", HOTPATH_KIND_REASON);
    reason.name = text;
    hotpath_error(&reason);
}
static void run(void) {
    for (int i = 1; i <= CALLS; i++)
        parse(i);
    fine();
    for (int i = 0; i < 30; i++) { /* eight of these reasons are kept */
        char text[20];
        snprintf(text, sizeof text, "reason %d", i % 12);
        fails(text);
    }
}
static const truth_json_t* row_of(const truth_json_t* answer, const char* name) {
    static const truth_json_t none;
    const truth_json_t* data = truth_json_get(answer, "data");
    for (const truth_json_t* r = data != NULL ? data->child : NULL; r != NULL; r = r->next)
        if (strcmp(truth_json_text(r, "name"), name) == 0) return r;
    FAIL_CHECK("there is no row of %s", name);
    return &none;
}
static uint64_t reason_count(const truth_json_t* row, const char* reason) {
    const truth_json_t* list = truth_json_get(row, "reasons");
    for (const truth_json_t* r = list != NULL ? list->child : NULL; r != NULL; r = r->next)
        if (strcmp(truth_json_text(r, "reason"), reason) == 0) return truth_json_u64(r, "count");
    return 0;
}
static void check_parse(const truth_json_t* row, bool reasons) {
    CHECK_EQUAL("errors", "parse", truth_json_u64(row, "errors"), CALLS / 4 + CALLS / 10);
    CHECK_NEAR("errors_percent", "parse", truth_json_double(row, "errors_percent"), 35, 0);
    CHECK_EQUAL("bytes", "parse", truth_json_u64(row, "bytes"), CALLS * BYTES);
    if (!reasons) {
        CHECK(truth_json_get(row, "reasons") == NULL, "reasons where nobody asked for them");
        return;
    }
    CHECK_EQUAL("reasons", "parse", truth_json_get(row, "reasons")->count, 2);
    CHECK_EQUAL("bad", "parse", reason_count(row, "bad"), CALLS / 4);
    CHECK_EQUAL("worse", "parse", reason_count(row, "worse"), CALLS / 10);
}
static void check_fail(const truth_json_t* row) {
    CHECK_EQUAL("errors", "fails", truth_json_u64(row, "errors"), 30);
    CHECK_NEAR("errors_percent", "fails", truth_json_double(row, "errors_percent"), 100, 0);
    CHECK_EQUAL("reasons", "fails", truth_json_get(row, "reasons")->count, 9);
    CHECK_EQUAL("the first", "fails", reason_count(row, "reason 0"), 3);
    CHECK_EQUAL("the eighth", "fails", reason_count(row, "reason 7"), 2);
    CHECK_EQUAL("the rest", "fails", reason_count(row, "<other>"), 8);
}
/* A second is that of the window: 200 calls of a millisecond, and 800 ms of nothing. */
static void report_and_tools_agree(uint64_t argument) {
    (void)argument;
    char* text = NULL;
    run();
    pass(1000000000 - CALLS * 1000000);
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    CHECK_EQUAL("window", "the snapshot", hotpath_snapshot_info(s)->window_ns, 1000000000);
    truth_text_t json = truth_render(s, HOTPATH_FORMAT_JSON);
    truth_text_t table = truth_render(s, HOTPATH_FORMAT_TABLE);
    hotpath_snapshot_free(s);
    truth_json_t* report = truth_json_read(json.data);
    const truth_json_t* section = truth_json_get(report, "functions_timing");
    check_parse(row_of(section, "parse"), true);
    check_fail(row_of(section, "fails"));
    CHECK_NEAR("bytes_per_sec", "parse",
        truth_json_double(row_of(section, "parse"), "bytes_per_sec"), CALLS * BYTES, 0);
    CHECK_EQUAL("errors", "fine", truth_json_u64(row_of(section, "fine"), "errors"), 0);
    CHECK_NEAR("errors_percent", "fine",
        truth_json_double(row_of(section, "fine"), "errors_percent"), 0, 0);
    truth_json_free(report);
    const char* line = strstr(table.data, "\nparse: errors in ");
    CHECK(line != NULL && strncmp(line + 1,
                              "parse: errors in 35.00% of its calls: bad 50, worse 20\n", 55) == 0,
        "the table: %s", line != NULL ? line : "nothing");
    CHECK(line != NULL &&
              strncmp(line + 56, "fails: errors in 100.00% of its calls: reason 0 3, ", 51) == 0,
        "the table's next line: %s", line != NULL ? line + 56 : "nothing");
    CHECK(strstr(table.data, "\nfine: errors") == NULL, "errors where there are none");
    truth_text_free(&json);
    truth_text_free(&table);
    setenv("HOTPATH_MCP_PORT", "0", 1);
    CHECK(hotpath_mcp_start(), "the server");
    truth_json_t* answer = ask(server_port(), "/api/functions_timing", &text);
    check_parse(row_of(answer, "parse"), false);
    CHECK(truth_json_get(row_of(answer, "fine"), "errors_percent") == NULL, "a rate of nothing");
    truth_json_free(answer);
    free(text);
    answer = ask(server_port(), "/api/functions_timing?sort=errors", &text);
    check_parse(row_of(answer, "parse"), true);
    check_fail(row_of(answer, "fails"));
    CHECK_NEAR("bytes_per_sec", "parse",
        truth_json_double(row_of(answer, "parse"), "bytes_per_sec"), CALLS * BYTES, 0);
    check_mcp(server_port(), "functions_timing", "{\"sort\":\"errors\"}", text);
    truth_json_free(answer);
    free(text);
    answer =
        ask(server_port(), "/api/functions_timing?response_format=detailed&filter=parse", &text);
    check_parse(row_of(answer, "parse"), true);
    truth_json_free(answer);
    free(text);
}
/* A window has what failed in it, and no reason of before. */
static void windows_have_their_own(uint64_t argument) {
    (void)argument;
    char* text = NULL;
    char path[100], token[40];
    run();
    setenv("HOTPATH_MCP_PORT", "0", 1);
    CHECK(hotpath_mcp_start(), "the server");
    server_token(server_tick(), token, sizeof token);
    for (int i = 1; i <= 8; i++)
        parse(i); /* two are bad, none is worse */
    snprintf(path, sizeof path, "/api/functions_timing?sort=errors&since=%s", token);
    truth_json_t* answer = ask(server_port(), path, &text);
    const truth_json_t* row = row_of(answer, "parse");
    CHECK_EQUAL("errors", "the window", truth_json_u64(row, "errors"), 2);
    CHECK_NEAR("errors_percent", "the window", truth_json_double(row, "errors_percent"), 25, 0);
    CHECK_EQUAL("reasons", "the window", truth_json_get(row, "reasons")->count, 1);
    CHECK_EQUAL("bad", "the window", reason_count(row, "bad"), 2);
    CHECK_NEAR("bytes_per_sec", "the window", truth_json_double(row, "bytes_per_sec"),
        8 * BYTES * 125.0, 0);
    truth_json_free(answer);
    free(text);
}
/* Keyed spans have them, too: with a status or a reason. */
static void spans_say_why(uint64_t argument) {
    (void)argument;
    char* text = NULL;
    for (int i = 1; i <= 100; i++) {
        HOTPATH_SPAN(route, HOTPATH_SPAN_SERVER, "GET /users");
        hotpath_span_status(&route, i % 10 == 0 ? 503 : 200);
        if (i % 25 == 1) hotpath_span_error(&route, "lost");
    }
    setenv("HOTPATH_MCP_PORT", "0", 1);
    CHECK(hotpath_mcp_start(), "the server");
    truth_json_t* answer = ask(server_port(), "/api/server?sort=errors", &text);
    const truth_json_t* row = truth_json_get(answer, "data")->child;
    CHECK_EQUAL("errors", "the route", truth_json_u64(row, "errors"), 14);
    CHECK_NEAR("errors_percent", "the route", truth_json_double(row, "errors_percent"), 14, 0);
    CHECK_EQUAL("status 503", "the route", reason_count(row, "status 503"), 10);
    CHECK_EQUAL("lost", "the route", reason_count(row, "lost"), 4);
    truth_json_free(answer);
    free(text);
}

IN_CHILD(report_and_tools_agree)
IN_CHILD(windows_have_their_own)
IN_CHILD(spans_say_why)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report_and_tools_agree),
        cmocka_unit_test(test_windows_have_their_own),
        cmocka_unit_test(test_spans_say_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
