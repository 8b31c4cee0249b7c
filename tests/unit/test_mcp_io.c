/* FLAGS: -DHOTPATH_MCP */
/* LIBS: -lcivetweb */
/* RECORDER: server */
/* What the tool of io, the report and bottlenecks say of io, exactly, on a clock that only the test moves:
   one thing has the same numbers everywhere. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "virtual_clock.h"

#include "hotpath.h"
#include "mcp_ticks.h"

#include <errno.h>

static void io_of(hotpath_io_op_t op, hotpath_descriptor_t kind, const char* label, uint64_t ns,
    int64_t result, int error) {
    hotpath_io_t io;
    hotpath_io_begin(&io, op, kind, label);
    pass(ns);
    hotpath_io_end(&io, result, error);
}
static void serve(unsigned i) {
    HOTPATH_SCOPE("serve");
    pass(1000);
    io_of(HOTPATH_IO_READ, HOTPATH_DESCRIPTOR_SOCKET, NULL, 2000, i % 4 == 3 ? -1 : 512,
        i % 8 == 7 ? ECONNRESET : EAGAIN);
    io_of(HOTPATH_IO_WRITE, HOTPATH_DESCRIPTOR_SOCKET, NULL, 3000, 4096, 0);
    io_of(HOTPATH_IO_SYNC, HOTPATH_DESCRIPTOR_FILE, "journal", 10000, 0, 0);
}
static const truth_json_t* row_of(const truth_json_t* all, const char* label, const char* op) {
    const truth_json_t* r = truth_json_first(all, "data");
    while (r != NULL && (strcmp(truth_json_text(r, "label"), label) != 0 ||
                            strcmp(truth_json_text(r, "op"), op) != 0))
        r = r->next;
    return r;
}
static bool keep_text(void* user, const char* data, size_t size) {
    char** text = (char**)user;
    size_t length = *text != NULL ? strlen(*text) : 0;
    *text = (char*)realloc(*text, length + size + 1);
    memcpy(*text + length, data, size);
    (*text)[length + size] = 0;
    return true;
}
static void check_read(const truth_json_t* r, const char* who) {
    CHECK_EQUAL("count", who, truth_json_u64(r, "count"), 40);
    CHECK_EQUAL("bytes", who, truth_json_u64(r, "bytes"), 30 * 512);
    CHECK_EQUAL("errors", who, truth_json_u64(r, "errors"), 5);
    CHECK_EQUAL("would_block", who, truth_json_u64(r, "would_block"), 5);
    CHECK_EQUAL("total_ns", who, truth_json_u64(r, "total_ns"), 80000);
    CHECK_EQUAL("p99_ns", who, truth_json_u64(r, "p99_ns"), 2000);
    CHECK_NEAR("throughput", who, truth_json_double(r, "throughput_bytes_per_sec"), 192e6, 1);
    CHECK(strcmp(truth_json_text(r, "descriptor"), "socket") == 0, "%s", who);
    const truth_json_t* reason = truth_json_row(r, "reasons", "reason", "ECONNRESET");
    if (CHECK(reason != NULL, "%s: no reason", who))
        CHECK_EQUAL("count", who, truth_json_u64(reason, "count"), 5);
    const truth_json_t* caller = truth_json_row(r, "callers", "name", "serve");
    if (CHECK(caller != NULL, "%s: no caller", who)) {
        CHECK_EQUAL("count", who, truth_json_u64(caller, "count"), 40);
        CHECK_EQUAL("total_ns", who, truth_json_u64(caller, "total_ns"), 80000);
    }
}
static void tool_and_report_agree(void** state) {
    (void)state;
    char *text = NULL, *report = NULL;
    for (unsigned i = 0; i < 40; i++)
        serve(i);
    truth_json_t* answer = ask("io", "{}", &text);
    const truth_json_t* r = row_of(answer, "socket", "read");
    CHECK_EQUAL("rows", "io", rows_of(answer), 3);
    if (CHECK(r != NULL, "%s", text)) check_read(r, "the tool");
    r = truth_json_first(answer, "data");
    CHECK(strcmp(truth_json_text(r, "label"), "journal") == 0, "most time first: %s", text);
    CHECK_NEAR("percent_total", "journal", truth_json_double(r, "percent_total"), 62.5, 0.01);
    truth_json_free(answer);
    free(text);
    answer = ask("io", "{\"filter\":\"*(write)\",\"sort\":\"bytes\"}", &text);
    CHECK_EQUAL("rows", "io filtered", rows_of(answer), 1);
    truth_json_free(answer);
    free(text);
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    hotpath_report_desc_t desc = {HOTPATH_FORMAT_JSON, false};
    hotpath_report(s, &desc, keep_text, &report);
    hotpath_snapshot_free(s);
    answer = truth_json_read(report);
    r = answer != NULL ? row_of(truth_json_get(answer, "io"), "socket", "read") : NULL;
    if (CHECK(r != NULL, "%s", report)) check_read(r, "the report");
    truth_json_free(answer);
    free(report);
    assert_int_equal(truth_failures, 0);
}
/* In a window there is what was in it. */
static void windows(void** state) {
    (void)state;
    char* text = NULL;
    uint64_t before = tick();
    for (unsigned i = 0; i < 8; i++)
        serve(i);
    truth_json_t* answer = ask_since("io", before, &text);
    const truth_json_t* r = row_of(answer, "socket", "read");
    if (CHECK(r != NULL, "%s", text)) {
        CHECK_EQUAL("count", "a window", truth_json_u64(r, "count"), 8);
        CHECK_EQUAL("bytes", "a window", truth_json_u64(r, "bytes"), 6 * 512);
        CHECK_EQUAL("would_block", "a window", truth_json_u64(r, "would_block"), 1);
        CHECK_EQUAL("errors", "a window", truth_json_u64(r, "errors"), 1);
    }
    truth_json_free(answer);
    free(text);
    assert_int_equal(truth_failures, 0);
}

/* ---- what bottlenecks finds ---- */

static void* frames_of(void* arg) {
    bool blocks = *(const bool*)arg;
    for (unsigned i = 0; i < 50; i++) {
        HOTPATH_FRAME("loop");
        {
            HOTPATH_SCOPE("update");
            pass(90000);
        }
        if (blocks) io_of(HOTPATH_IO_READ, HOTPATH_DESCRIPTOR_FILE, "assets", 10000, 100, 0);
        io_of(HOTPATH_IO_POLL, HOTPATH_DESCRIPTOR_SET, NULL, 50000, 0, 0);
    }
    return NULL;
}
static void on_a_thread(void* (*body)(void*), void* arg) {
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, body, arg), 0);
    pthread_join(thread, NULL);
}
static void io_in_frames(void** state) {
    (void)state;
    char* text = NULL;
    bool blocks = true;
    uint64_t before = tick();
    on_a_thread(frames_of, &blocks);
    truth_json_t* answer = ask_since("bottlenecks", before, &text);
    const truth_json_t* r = cause_of(answer, "blocking_call", NULL);
    if (CHECK(r != NULL, "%s", text)) {
        const truth_json_t* n = truth_json_get(r, "numbers");
        CHECK(strcmp(truth_json_text(r, "subject"), "assets (read)") == 0, "%s", text);
        CHECK_NEAR("blocking_calls", "it", truth_json_double(n, "blocking_calls"), 50, 0.001);
        CHECK_NEAR("blocking_ns", "it", truth_json_double(n, "blocking_ns"), 500000, 0.001);
        CHECK_NEAR("percent", "it", truth_json_double(n, "percent_of_window"), 6.67, 0.01);
        CHECK_NEAR("impact", "it", truth_json_double(r, "impact_percent"), 6.67, 0.01);
    }
    CHECK(cause_of(answer, "slow_io", "assets (read)") == NULL, "said twice: %s", text);
    CHECK(cause_of(answer, "self_time", "set (poll)") == NULL, "a poll is idle: %s", text);
    truth_json_free(answer);
    free(text);
    blocks = false;
    before = tick();
    on_a_thread(frames_of, &blocks);
    answer = ask_since("bottlenecks", before, &text);
    CHECK(rows_of(answer) != 0, "%s", text);
    CHECK(cause_of(answer, "blocking_call", NULL) == NULL, "%s", text);
    truth_json_free(answer);
    free(text);
    assert_int_equal(truth_failures, 0);
}
static void slow_io(void** state) {
    (void)state;
    char* text = NULL;
    uint64_t before = tick();
    for (unsigned i = 0; i < 40; i++)
        serve(i);
    truth_json_t* answer = ask_since("bottlenecks", before, &text);
    const truth_json_t* r = cause_of(answer, "slow_io", "journal (sync)");
    if (CHECK(r != NULL, "%s", text)) {
        const truth_json_t* n = truth_json_get(r, "numbers");
        CHECK_EQUAL("rank", "slow_io", truth_json_u64(r, "rank"), 1);
        CHECK_NEAR("impact", "it", truth_json_double(r, "impact_percent"), 62.5, 0.01);
        CHECK_NEAR("total_ns", "it", truth_json_double(n, "total_ns"), 400000, 0.001);
        CHECK_NEAR("calls", "it", truth_json_double(n, "calls"), 40, 0.001);
    }
    CHECK(cause_of(answer, "self_time", "journal (sync)") == NULL, "said twice: %s", text);
    truth_json_free(answer);
    free(text);
    assert_int_equal(truth_failures, 0);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tool_and_report_agree, setup, teardown),
        cmocka_unit_test_setup_teardown(windows, setup, teardown),
        cmocka_unit_test_setup_teardown(io_in_frames, setup, teardown),
        cmocka_unit_test_setup_teardown(slow_io, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
