/* FLAGS: -DHOTPATH_MCP */
/* LIBS: -lcivetweb */
/* What tools answer, exactly, on a clock and a history that move only when a test moves them: pages of
   a window, what hangs within one, recursion below a root, and answers that are too large. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "virtual_clock.h"

#include "recorder_server.c"
#include "mcp_ticks.h"

/* The flame graph as markdown has this in it. */
static void check_markdown(const char* arguments, const char* wanted) {
    mcp_arena_t arena;
    protocol_reply_t reply;
    mcp_arena_init(&arena, MCP_REQUEST_BYTES - MCP_ERROR_BYTES);
    protocol_api(&arena, "query_flamegraph", arguments, strlen(arguments), &reply);
    CHECK(reply.status == 200 && reply.markdown && strstr(reply.body, wanted) != NULL, "%s",
        reply.body);
    mcp_arena_free(&arena);
}

/* ---- times of what is shown ---- */

/* Executions from a nanosecond to a quarter of a second, of many functions: their histograms take more
   than a piece of the reservation. */
#define WIDE 300
static void wide(uint64_t times) {
    for (unsigned i = 0; i < WIDE; i++) {
        char name[16];
        snprintf(name, sizeof name, "wide %u", i);
        hotpath_site_t* site = hotpath_named_site(name, __FILE__, __LINE__);
        for (uint64_t k = 0; k < times; k++) {
            hotpath_token_t token;
            hotpath_begin(site, &token);
            pass(((uint64_t)1 << k % 28) + i * 7);
            if (k % 5 == 0) HOTPATH_ERROR("each fifth");
            hotpath_end(&token);
        }
    }
}
/* Every row of an answer against a snapshot that has all times. Returns: how many rows. */
static size_t check_rows(const char* arguments, const hotpath_snapshot_t* whole) {
    char* text = NULL;
    size_t count = 0, rows = 0;
    const hotpath_function_t* list = hotpath_snapshot_functions(whole, &count);
    truth_json_t* answer = ask("functions_timing", arguments, &text);
    CHECK(answer != NULL, "%s: %s", arguments, text);
    for (const truth_json_t* r = truth_json_first(answer, "data"); r != NULL; r = r->next, rows++) {
        const hotpath_function_t* f = list;
        while (f < list + count && f->id != truth_json_u64(r, "id"))
            f++;
        if (!CHECK(f < list + count, "%s", text)) continue;
        CHECK_EQUAL("calls", f->name, truth_json_u64(r, "calls"), f->calls);
        CHECK_EQUAL("self_ns", f->name, truth_json_u64(r, "self_ns"), f->self_ns);
        CHECK_EQUAL("errors", f->name, truth_json_u64(r, "errors"), f->errors);
        CHECK_EQUAL("max_ns", f->name, truth_json_u64(r, "max_ns"), f->max_ns);
        CHECK_NEAR("avg_ns", f->name, truth_json_double(r, "avg_ns"), f->mean_ns, 0.005001);
        CHECK_EQUAL("p50_ns", f->name, truth_json_u64(r, "p50_ns"),
            hotpath_snapshot_percentile(whole, f, 50));
        CHECK_EQUAL("p95_ns", f->name, truth_json_u64(r, "p95_ns"),
            hotpath_snapshot_percentile(whole, f, 95));
        CHECK_EQUAL("p99_ns", f->name, truth_json_u64(r, "p99_ns"),
            hotpath_snapshot_percentile(whole, f, 99));
    }
    if (answer != NULL) truth_json_free(answer);
    free(text);
    return rows;
}
/* Only the rows of an answer have their times read, in every order and window, and also where that
   needs more memory than a piece of the reservation has. */
static void times_of_what_is_shown(void** state) {
    (void)state;
    static const char* const sorts[] = {"self", "total", "calls", "errors", "p99", "max"};
    char arguments[200], token[40];
    wide(30);
    hotpath_snapshot_t* older = hotpath_snapshot_take(NULL);
    history_token(tick(), token, sizeof token);
    wide(29);
    hotpath_snapshot_t* whole = hotpath_snapshot_take(NULL);
    hotpath_snapshot_t* since = hotpath_snapshot_difference(whole, older, NULL);
    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++)
        for (int limit = 3; limit <= 13; limit += 10) {
            snprintf(arguments, sizeof arguments,
                "{\"filter\":\"wide*\",\"limit\":%d,\"sort\":\"%s\"}", limit, sorts[i]);
            CHECK_EQUAL("rows", arguments, check_rows(arguments, whole), (uint64_t)limit);
            snprintf(arguments, sizeof arguments,
                "{\"filter\":\"wide*\",\"limit\":%d,\"sort\":\"%s\",\"since\":\"%s\"}", limit,
                sorts[i], token);
            CHECK_EQUAL("rows", arguments, check_rows(arguments, since), (uint64_t)limit);
        }
    history.pieces_small = false;
    CHECK_EQUAL("rows", "all", check_rows("{\"filter\":\"wide*\",\"limit\":200}", whole), 200);
    CHECK(history.pieces_small, "a piece was enough");
    CHECK_EQUAL("rows", "all", check_rows("{\"filter\":\"wide*\",\"limit\":200}", whole), 200);
    for (size_t i = 0; i < HISTORY_PIECES; i++)
        CHECK(!history.pieces_taken[i], "piece %zu is given back", i);
    hotpath_snapshot_free(older), hotpath_snapshot_free(whole), hotpath_snapshot_free(since);
    assert_int_equal(truth_failures, 0);
}

/* ---- pages ---- */

#define MANY 10
static void many(unsigned times) {
    for (unsigned i = 0; i < MANY; i++) {
        char name[16];
        snprintf(name, sizeof name, "many %u", i);
        hotpath_site_t* site = hotpath_named_site(name, __FILE__, __LINE__);
        for (unsigned k = 0; k < times; k++) {
            hotpath_token_t token;
            hotpath_begin(site, &token);
            pass(100 * (i + 1));
            hotpath_end(&token);
        }
    }
}
/* Reads all pages of a window. Returns: calls in all of their rows. */
static uint64_t pages(const char* since, uint64_t between_ms, size_t* rows) {
    char arguments[400], cursor[120] = "";
    uint64_t calls = 0;
    *rows = 0;
    for (int page = 0; page < 20; page++) {
        char* text = NULL;
        snprintf(arguments, sizeof arguments,
            "{\"filter\":\"many*\",\"limit\":3,\"since\":\"%s\"%s%s%s}", since,
            *cursor ? ",\"cursor\":\"" : "", cursor, *cursor ? "\"" : "");
        truth_json_t* answer = ask("functions_timing", arguments, &text);
        if (!CHECK(answer != NULL, "page %d: %s", page, text)) {
            free(text);
            return 0;
        }
        const truth_json_t* data = truth_json_get(answer, "data");
        for (const truth_json_t* r = data->child; r != NULL; r = r->next, (*rows)++)
            calls += truth_json_u64(r, "calls");
        const truth_json_t* next = truth_json_get(answer, "next_cursor");
        snprintf(cursor, sizeof cursor, "%s", next != NULL ? next->text : "");
        truth_json_free(answer);
        free(text);
        if (*cursor == 0) return calls;
        sleeps(between_ms);
    }
    return 0;
}
/* "10s" at the time of a later page is another ten seconds: the pages are of the first one's. */
static void pages_of_an_age(void** state) {
    (void)state;
    size_t rows = 0;
    many(1000);
    tick();
    sleeps(10000);
    many(7);
    tick();
    CHECK_EQUAL("calls", "pages at once", pages("10s", 0, &rows), 7 * MANY);
    CHECK_EQUAL("rows", "pages at once", rows, MANY);
    CHECK_EQUAL("calls", "pages read slowly", pages("10s", 15000, &rows), 7 * MANY);
    CHECK_EQUAL("rows", "pages read slowly", rows, MANY);
    assert_int_equal(truth_failures, 0);
}
/* next_since names the newest baseline: until the next one there is no later one for the pages. */
static void pages_of_a_new_token(void** state) {
    (void)state;
    char token[40];
    size_t rows = 0;
    many(1000);
    history_token(tick(), token, sizeof token);
    many(7);
    CHECK_EQUAL("calls", "pages", pages(token, 0, &rows), 7 * MANY);
    CHECK_EQUAL("rows", "pages", rows, MANY);
    assert_int_equal(truth_failures, 0);
}
/* Whoever sends what is no window is told what is one; a token that was never given is none. */
static void wrong_windows(void** state) {
    (void)state;
    static const struct {
        const char *since, *told;
    } table[] = {{"10", "since must be start, an age such as 500ms, 10s, 5m or 1h"},
        {"[\"10s\"]", "since must be start, an age"}, {"\"\"", "since must be start, an age"},
        {"\"10s\\u0000\"", "since must be start, an age"},
        {"\"t1234abcd-2\"", "not given; the newest one is t1234abcd-1"},
        {"\"t1234abcd-18446744073709551617\"", "since must be start, an age"},
        {"\"t00000000-1\"", "another program or of an earlier start"}};
    CHECK_EQUAL("tick", "the first", tick(), 1);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        for (int k = 0; k < 2; k++) {
            char arguments[100], *text = NULL;
            snprintf(arguments, sizeof arguments, "{\"since\":%s}", table[i].since);
            truth_json_t* answer = ask(k == 0 ? "functions_timing" : "changes", arguments, &text);
            CHECK(answer == NULL && strstr(text, table[i].told) != NULL, "%s: %s", arguments, text);
            truth_json_free(answer);
            free(text);
        }
    }
    assert_int_equal(truth_failures, 0);
}
/* What an answer calls a function, another call understands: names that are cut or hold what is not
   shown as it is. */
static void shown_names_can_be_asked(void** state) {
    (void)state;
    static const char* const odd[] = {"plain", "tab\there", "\x1b[31mred", "caf\xe9 latin1",
        "h\xc3\xa4\xc3\xb6 \"\\\\\"", "a*b[c]",
        "\xe2\x80\xae"
        "back",
        NULL};
    char names[9][300], quoted[700], arguments[800];
    size_t count = 0;
    for (; odd[count] != NULL; count++)
        snprintf(names[count], sizeof names[count], "%s", odd[count]);
    for (int wide = 0; wide < 2; wide++, count++) { /* one is cut at 200, one before a character */
        memset(names[count], 0, sizeof names[count]);
        while (strlen(names[count]) < 230)
            strcat(names[count], wide ? "w\xe6\x97\xa5\xe6\x9c\xac" : "space::");
    }
    for (size_t i = 0; i < count; i++) {
        hotpath_token_t token;
        hotpath_begin(hotpath_named_site(names[i], __FILE__, 7), &token);
        pass(1000000 + i);
        hotpath_end(&token);
    }
    char *text = NULL, *more = NULL;
    truth_json_t* answer = ask("functions_timing", "{\"sort\":\"max\",\"limit\":9}", &text);
    size_t rows = 0;
    for (const truth_json_t* r = truth_json_first(answer, "data"); r != NULL; r = r->next, rows++) {
        const char* name = truth_json_text(r, "name");
        size_t n = 0;
        for (; *name != 0; name++) {
            if (*name == '"' || *name == '\\') quoted[n++] = '\\';
            quoted[n++] = *name;
        }
        quoted[n] = 0;
        snprintf(arguments, sizeof arguments, "{\"filter\":\"%s\"}", quoted);
        truth_json_t* one = ask("functions_timing", arguments, &more);
        CHECK(one != NULL && truth_json_u64(one, "total_count") == 1, "%s: %s", arguments, more);
        truth_json_free(one), free(more);
        snprintf(arguments, sizeof arguments, "{\"root\":\"%s\",\"view\":\"callers\"}", quoted);
        truth_json_free(one = ask("query_flamegraph", arguments, &more));
        CHECK(one != NULL, "%s: %s", arguments, more);
        free(more);
        snprintf(arguments, sizeof arguments, "{\"function_name\":\"%s\"}", quoted);
        truth_json_free(one = ask("function_timing_logs", arguments, &more));
        CHECK(one != NULL, "%s: %s", arguments, more);
        free(more);
    }
    CHECK_EQUAL("rows", "of odd names", rows, count);
    truth_json_free(answer), free(text);
    answer = ask("functions_timing", "{\"filter\":\"tab here\"}", &text);
    CHECK(answer == NULL, "%s", text);
    truth_json_free(answer), free(text);
    assert_int_equal(truth_failures, 0);
}
/* What the history no longer has is told so, with what it still has. */
static void expired(void** state) {
    (void)state;
    char* text = NULL;
    char cursor[150], oldest[60];
    many(1);
    tick();
    sleeps(1000);
    truth_json_t* answer = ask("functions_timing", "{\"limit\":1,\"filter\":\"many*\"}", &text);
    const truth_json_t* next = answer != NULL ? truth_json_get(answer, "next_cursor") : NULL;
    if (CHECK(next != NULL, "no cursor: %s", text))
        snprintf(cursor, sizeof cursor, "{\"limit\":1,\"filter\":\"many*\",\"cursor\":\"%s\"}",
            next->text);
    truth_json_free(answer);
    free(text);
    sleeps(3700 * 1000);
    history.start_ms -= 3700 * 1000; /* its ticks are of seconds */
    snprintf(
        oldest, sizeof oldest, "the oldest one left is t1234abcd-%llu", (unsigned long long)tick());
    CHECK_EQUAL("baselines", "after more than an hour", history.count, 1);
    answer = ask("functions_timing", "{\"since\":\"t1234abcd-1\"}", &text);
    CHECK(answer == NULL && strstr(text, oldest) != NULL, "%s", text);
    truth_json_free(answer);
    free(text);
    answer = ask("changes", "{\"since\":\"t1234abcd-1\"}", &text);
    CHECK(answer == NULL && strstr(text, oldest) != NULL, "%s", text);
    truth_json_free(answer);
    free(text);
    answer = ask("functions_timing", cursor, &text);
    CHECK(answer == NULL && strstr(text, "cursor has expired") != NULL, "%s", text);
    CHECK(strstr(text, strrchr(oldest, ' ') + 1) != NULL, "%s does not name it", text);
    truth_json_free(answer);
    free(text);
    assert_int_equal(truth_failures, 0);
}
/* With HOTPATH_NO_PATHS no answer names a file. */
static void no_paths(void** state) {
    (void)state;
    static const char* const asked[][2] = {
        {"functions_timing", "{\"response_format\":\"detailed\"}"},
        {"query_flamegraph", "{\"min_percent\":0}"},
        {"dbg_entries", "{\"response_format\":\"detailed\"}"},
        {"val_entries", "{\"response_format\":\"detailed\"}"},
        {"gauges", "{\"response_format\":\"detailed\"}"}, {"dbg_logs", "{\"dbg_name\":\"1 + 1\"}"}};
    HOTPATH_SCOPE("somewhere");
    pass(1000);
    (void)HOTPATH_DBG(1 + 1);
    HOTPATH_VAL("some value", 1);
    HOTPATH_GAUGE_SET("some gauge", 1);
    for (int hidden = 0; hidden < 2; hidden++) {
        settings.no_paths = hidden != 0;
        for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
            char* text = NULL;
            truth_json_t* answer = ask(asked[i][0], asked[i][1], &text);
            CHECK(answer != NULL && (strstr(text, "test_mcp_query.c") == NULL) == settings.no_paths,
                "%s: %s", asked[i][0], text);
            truth_json_free(answer);
            free(text);
        }
    }
    settings.no_paths = false;
    assert_int_equal(truth_failures, 0);
}
/* A window in which the program's clock stood still is empty, not the whole run. */
static void a_still_clock(void** state) {
    (void)state;
    char token[40], arguments[100];
    char* text = NULL;
    many(10);
    history_token(tick(), token, sizeof token);
    snprintf(arguments, sizeof arguments, "{\"since\":\"%s\"}", token);
    truth_json_t* answer = ask("functions_timing", arguments, &text);
    CHECK_EQUAL("rows", text, truth_json_u64(answer, "total_count"), 0);
    CHECK_EQUAL("window", text, truth_json_u64(answer, "window_ns"), 0);
    truth_json_free(answer);
    free(text);
    assert_int_equal(truth_failures, 0);
}

/* Globs that are made to be slow are refused: by their steps, or the alarm would come first. */
static void slow_globs(void** state) {
    (void)state;
    char name[300], arguments[1200], *text = NULL;
    for (unsigned i = 0; i < 1000; i++) {
        memset(name, 'a', sizeof name);
        snprintf(name + 240, sizeof name - 240, "%u", i);
        hotpath_site_t* site = hotpath_named_site(name, __FILE__, __LINE__);
        hotpath_token_t token;
        hotpath_begin(site, &token);
        hotpath_end(&token);
    }
    int n = snprintf(arguments, sizeof arguments, "{\"filter\":[\"*aaa\"");
    for (int i = 0; i < 20; i++)
        n += snprintf(arguments + n, sizeof arguments - (size_t)n, ",\"*%.*s-\"", 40 + i / 10,
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    snprintf(arguments + n, sizeof arguments - (size_t)n, "]}");
    CHECK(ask("functions_timing", arguments, &text) == NULL && strstr(text, "too long") != NULL,
        "%s", text);
    free(text);
    truth_json_free(ask("functions_timing", "{\"filter\":\"*a99[0-9]\"}", &text));
    CHECK(strstr(text, "\"total_count\":10,") != NULL, "%s", text + strlen(text) - 120);
    free(text);
    assert_int_equal(truth_failures, 0);
}

/* ---- bottlenecks ---- */

/* What is stuck has completed nothing in the window: it is judged by all that it ever took. */
static void hangs(void) {
    char* text = NULL;
    pass(20000000000);
    tick();
    sleeps(10000);
    pass(10000000000);
    truth_json_t* answer = ask("bottlenecks", "{\"since\":\"10s\"}", &text);
    const truth_json_t* row = cause_of(answer, "stuck", "waits");
    CHECK(row != NULL, "what hangs is not told: %s", text);
    truth_json_free(answer);
    free(text);
}
static void waits(uint64_t ns, void (*inside)(void)) {
    HOTPATH_SCOPE("waits");
    pass(ns);
    if (inside != NULL) inside();
}
static void stuck_in_a_window(void** state) {
    (void)state;
    for (int i = 0; i < 50; i++)
        waits(1000, NULL);
    waits(1000, hangs);
    assert_int_equal(truth_failures, 0);
}
/* What has not ended yet has no average, and 0 is none. */
static void open_all_along(void** state) {
    (void)state;
    char* text = NULL;
    {
        HOTPATH_SCOPE("open all along");
        pass(50000000000);
        truth_json_t* answer = ask("bottlenecks", "{}", &text);
        const truth_json_t* row = cause_of(answer, "self_time", "open all along");
        const truth_json_t* numbers = row != NULL ? truth_json_get(row, "numbers") : NULL;
        CHECK(numbers != NULL && truth_json_u64(numbers, "calls") == 1 &&
                  truth_json_get(numbers, "avg_ns") == NULL,
            "%s", text);
        truth_json_free(answer);
        free(text);
    }
    truth_json_t* answer = ask("bottlenecks", "{}", &text);
    CHECK(strstr(text, "\"avg_ns\":50000000000") != NULL, "%s", text);
    truth_json_free(answer);
    free(text);
    assert_int_equal(truth_failures, 0);
}
static void item(void) {
    HOTPATH_SCOPE("item");
    pass(1000000000);
}
static void batch(int items) {
    HOTPATH_SCOPE("batch");
    for (int i = 0; i < items; i++)
        item();
}
static void many_calls_on_two_paths(void** state) {
    (void)state;
    char* text = NULL;
    tick();
    sleeps(1000);
    for (int i = 0; i < 30; i++) {
        HOTPATH_SCOPE("one");
        batch(10);
    }
    for (int i = 0; i < 10; i++) {
        HOTPATH_SCOPE("two");
        batch(20);
    }
    truth_json_t* answer = ask("bottlenecks", "{\"since\":\"1s\"}", &text);
    const truth_json_t* row = cause_of(answer, "many_calls", "item");
    const truth_json_t* numbers = row != NULL ? truth_json_get(row, "numbers") : NULL;
    if (CHECK(numbers != NULL, "no row: %s", text)) {
        CHECK_EQUAL("calls", "item", truth_json_u64(numbers, "calls"), 500);
        CHECK(strcmp(truth_json_get(numbers, "calls_per_call")->text, "12.5") == 0, "%s", text);
    }
    truth_json_free(answer);
    free(text);
    assert_int_equal(truth_failures, 0);
}

/* ---- below a root ---- */

static void outer(int depth);
static void root_below(int depth) {
    HOTPATH_SCOPE("root below");
    pass(10);
    outer(depth + 1);
}
static void outer(int depth) {
    HOTPATH_SCOPE("outer");
    pass(1000);
    if (depth == 0) root_below(depth);
}
/* A function that is above the root too: its total below the root is what it has there. */
static void recursion_below_a_root(void** state) {
    (void)state;
    char* text = NULL;
    outer(0);
    truth_json_t* answer =
        ask("query_flamegraph", "{\"root\":\"root below\",\"view\":\"total\"}", &text);
    const truth_json_t* row = truth_json_row(answer, "data", "name", "outer");
    if (CHECK(row != NULL, "not below the root: %s", text)) {
        CHECK_EQUAL("self", "outer", truth_json_u64(row, "self_ns"), 1000);
        CHECK_EQUAL("total", "outer", truth_json_u64(row, "total_ns"), 1000);
    }
    truth_json_free(answer);
    free(text);
    answer = ask("query_flamegraph", "{\"view\":\"total\"}", &text);
    row = truth_json_row(answer, "data", "name", "outer");
    if (row != NULL) CHECK_EQUAL("total", "outer", truth_json_u64(row, "total_ns"), 2010);
    truth_json_free(answer);
    free(text);
    answer = ask("query_flamegraph",
        "{\"root\":\"root below\",\"view\":\"callers\",\"format\":\"markdown\"}", &text);
    CHECK(answer == NULL && strstr(text, "| `outer` | 1 |") != NULL, "no markdown: %s", text);
    free(text);
    assert_int_equal(truth_failures, 0);
}

/* ---- bounds ---- */

/* However little memory a request has, who sent it is told so, under its id, also where all but a part of
   a long answer fitted. */
static void too_large(void** state) {
    (void)state;
    static const char* const calls[] = {
        "\"query_flamegraph\",\"arguments\":{\"limit\":200,\"min_percent\":0}",
        "\"functions_timing\",\"arguments\":{\"limit\":200}"};
    int refused = 0, answered = 0;
    many(3), wide(3);
    for (size_t limit = 32 << 10; limit < 600 << 10; limit += 4 << 10) {
        char body[300];
        mcp_arena_t arena;
        protocol_request_t request;
        protocol_reply_t reply;
        snprintf(body, sizeof body,
            "{\"jsonrpc\":\"2.0\",\"id\":\"mine\",\"method\":\"tools/"
            "call\",\"params\":{\"name\":%s}}",
            calls[limit >> 12 & 1]);
        memset(&request, 0, sizeof request);
        request.body = body, request.size = strlen(body);
        mcp_arena_init(&arena, limit);
        protocol_answer(&arena, &request, &reply);
        CHECK_EQUAL("status", "an answer", reply.status, 200);
        CHECK(strstr(reply.body, "\"id\":\"mine\"") != NULL, "%zu: %s", limit, reply.body);
        bool failed = strstr(reply.body, "\"isError\":true") != NULL;
        refused += failed, answered += !failed;
        mcp_arena_free(&arena);
    }
    CHECK(refused != 0 && answered != 0, "%d refused, %d answered", refused, answered);
    assert_int_equal(truth_failures, 0);
}
/* A default answer ends at 8 KB, however long what the program says is, unless `limit` asks for more. */
static void long_texts(void** state) {
    (void)state;
    static const char* const asked[][2] = {
        {"val_logs", "\"val_name\":\"long text\""}, {"changes", "\"since\":\"1s\""}};
    char name[201], arguments[100];
    for (int i = 0; i < 50; i++) {
        if (i % 25 == 0) tick(), sleeps(1000);
        memset(name, '\1', sizeof name - 1); /* shown as \u0001 */
        snprintf(name + 190, sizeof name - 190, "%d", i % 25);
        HOTPATH_SCOPE_NAMED(name);
        HOTPATH_VAL("long text", (const char*)name);
        pass(1000);
    }
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        for (int given = 0; given < 2; given++) {
            char* text = NULL;
            snprintf(
                arguments, sizeof arguments, "{%s%s}", asked[i][1], given ? ",\"limit\":20" : "");
            truth_json_t* answer = ask(asked[i][0], arguments, &text);
            const size_t rows = answer != NULL ? rows_of(answer) : 0;
            CHECK(given ? rows == 20 : rows > 1 && strlen(text) <= 8192,
                "%s%s: %zu rows, %zu bytes", asked[i][0], arguments, rows, strlen(text));
            CHECK_EQUAL("included_count", text, truth_json_u64(answer, "included_count"), rows);
            truth_json_free(answer);
            free(text);
        }
    assert_int_equal(truth_failures, 0);
}
/* A body of more values than a request has memory for is a wrong body, not a broken server. */
static void too_many_values(void** state) {
    (void)state;
    const size_t size = 500000;
    char* body = (char*)malloc(size + 1);
    char* text = NULL;
    mcp_arena_t arena;
    protocol_request_t request;
    protocol_reply_t reply;
    memset(body, '1', size);
    for (size_t i = 1; i < size; i += 2)
        body[i] = ',';
    body[0] = '[', body[size - 1] = ']', body[size - 2] = '1', body[size] = 0, body[1] = '1';
    memset(&request, 0, sizeof request);
    request.body = body, request.size = size;
    mcp_arena_init(&arena, MCP_REQUEST_BYTES - MCP_ERROR_BYTES);
    protocol_answer(&arena, &request, &reply);
    CHECK_EQUAL("status", "too many values", reply.status, 400);
    CHECK(strstr(reply.body, "-32700") != NULL, "%s", reply.body);
    mcp_arena_free(&arena);
    CHECK(ask("functions_timing", body, &text) == NULL && strstr(text, "too many values") != NULL,
        "%s", text);
    free(text);
    free(body);
    assert_int_equal(truth_failures, 0);
}

/* ---- what answers say of themselves ---- */

/* A name of so many bytes, then a character of four if `wide`. */
static const char* long_name(size_t bytes, bool wide) {
    static char names[8][300];
    static size_t used;
    char* name = names[used++ % 8];
    memset(name, 'n', bytes);
    snprintf(name + bytes, 8, "%s", wide ? "\xf0\x9f\x98\x80" : "");
    return name;
}
static void called(const char* name, uint64_t ticks) {
    HOTPATH_SCOPE_NAMED(name);
    pass(ticks);
}
/* An object says that a text in it was cut, where the cap falls inside a character, too, and the ones
   around it say nothing. The arguments of a next call are sent as they are. */
static void texts_that_are_cut(void** state) {
    (void)state;
    static const struct {
        size_t bytes;
        bool wide, cut;
    } names[] = {{199, false, false}, {200, false, false}, {201, false, true}, {196, true, false},
        {198, true, true}};
    char* text = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        called(long_name(names[i].bytes, names[i].wide), 1000000 + i);
    truth_json_t* answer = ask("functions_timing", "{\"filter\":\"nnn*\",\"limit\":50}", &text);
    assert_non_null(answer);
    CHECK(truth_json_get(answer, "truncated") == NULL, "%s", text);
    const truth_json_t* r = truth_json_get(answer, "data")->child;
    for (size_t i = sizeof names / sizeof *names; i-- > 0; r = r->next) { /* the longest first */
        if (!CHECK(r != NULL, "a row of %zu bytes", names[i].bytes)) break;
        const truth_json_t* cut = truth_json_get(r, "truncated");
        CHECK((cut != NULL && cut->type == TRUTH_JSON_TRUE) == names[i].cut, "%zu bytes: %s",
            names[i].bytes, text);
    }
    truth_json_free(answer);
    free(text);
    for (int i = 0; i < 20; i++)
        called(long_name(250, false), 1000000000000);
    answer = ask("bottlenecks", "{\"limit\":1}", &text);
    assert_non_null(answer);
    r = truth_json_get(answer, "data")->child;
    const truth_json_t* next = truth_json_get(truth_json_get(r, "next"), "arguments");
    CHECK(truth_json_get(r, "truncated") != NULL, "%s", text);
    CHECK(next != NULL && truth_json_get(next, "truncated") == NULL, "%s", text);
    CHECK(truth_json_get(truth_json_get(r, "numbers"), "truncated") == NULL, "%s", text);
    truth_json_free(answer);
    free(text);
    check_markdown("{\"format\":\"markdown\",\"min_percent\":0}", "n` (truncated) | 20 |");
    assert_int_equal(truth_failures, 0);
}
static void check_estimated(bool estimated) {
    static const char* const timed[] = {"functions_timing", "query_flamegraph", "changes",
        "bottlenecks", "threads", "frames", "sql", "server", "http"};
    for (size_t i = 0; i < sizeof timed / sizeof *timed; i++) {
        char* text = NULL;
        truth_json_t* answer = ask(timed[i], "{}", &text);
        if (!CHECK(answer != NULL, "%s: %s", timed[i], text)) continue;
        CHECK((truth_json_get(answer, "estimated") != NULL) == estimated, "%s: %s", timed[i], text);
        truth_json_free(answer);
        free(text);
    }
}
/* A function whose callee is sampled has a self time that is an estimate, although all of its own calls
   are timed: every answer with such times says so. */
static void estimates_are_told(void** state) {
    (void)state;
    HOTPATH_FRAME("a frame of estimates");
    tick();
    sleeps(2000);
    called("sampled", 2000000000);
    tick();
    check_estimated(false);
    CHECK(hotpath_time_sampling("sampled", 16), "it is known");
    for (int i = 0; i < 100; i++) {
        HOTPATH_SCOPE_NAMED("its caller");
        pass(10);
        called("sampled", 100);
    }
    check_estimated(true);
    check_markdown("{\"format\":\"markdown\"}", "all times are estimates");
    hotpath_time_sampling("sampled", 1);
    assert_int_equal(truth_failures, 0);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(times_of_what_is_shown, setup, teardown),
        cmocka_unit_test_setup_teardown(pages_of_an_age, setup, teardown),
        cmocka_unit_test_setup_teardown(pages_of_a_new_token, setup, teardown),
        cmocka_unit_test_setup_teardown(shown_names_can_be_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(expired, setup, teardown),
        cmocka_unit_test_setup_teardown(no_paths, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_windows, setup, teardown),
        cmocka_unit_test_setup_teardown(a_still_clock, setup, teardown),
        cmocka_unit_test_setup_teardown(stuck_in_a_window, setup, teardown),
        cmocka_unit_test_setup_teardown(open_all_along, setup, teardown),
        cmocka_unit_test_setup_teardown(many_calls_on_two_paths, setup, teardown),
        cmocka_unit_test_setup_teardown(recursion_below_a_root, setup, teardown),
        cmocka_unit_test_setup_teardown(too_large, setup, teardown),
        cmocka_unit_test_setup_teardown(long_texts, setup, teardown),
        cmocka_unit_test_setup_teardown(too_many_values, setup, teardown),
        cmocka_unit_test_setup_teardown(slow_globs, setup, teardown),
        cmocka_unit_test_setup_teardown(texts_that_are_cut, setup, teardown),
        cmocka_unit_test_setup_teardown(estimates_are_told, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
