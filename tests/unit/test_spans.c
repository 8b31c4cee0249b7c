/* RECORDER: virtual */
/* Keyed spans: what becomes of keys, what is counted of them, and where they may end. On a clock that
   only the test moves, so that every number is exact. */
#include "virtual_clock.h"
#include "hotpath.h"
#include "law.h"

/* ---- look-ups ----------------------------------------------------------------------------------- */

static const hotpath_span_row_t* find_row(const hotpath_snapshot_t* s, const char* key) {
    size_t count;
    const hotpath_span_row_t* rows = hotpath_snapshot_spans(s, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].key, key) == 0) return &rows[i];
    return NULL;
}
static const hotpath_span_row_t* row_at(
    const hotpath_snapshot_t* s, const char* key, const char* file, int line) {
    const hotpath_span_row_t* row = find_row(s, key);
    if (row == NULL) law_fail(file, line, "no key \"%s\"", key);
    return row;
}
#define row_of(s, key) row_at(s, key, __FILE__, __LINE__)

static void span_of(hotpath_span_kind_t kind, const char* key, uint64_t ns) {
    hotpath_span_t span;
    hotpath_span_begin(&span, kind, key, SIZE_MAX);
    pass(ns);
    hotpath_span_end(&span);
}
/* Whether a key becomes this name; what it is of is a new one. */
static void check_key_at(hotpath_span_kind_t kind, const char* key, size_t length, const char* name,
    const char* file, int line) {
    hotpath_snapshot_t* before = law_take();
    const hotpath_span_row_t* row = find_row(before, name);
    uint64_t calls = row != NULL ? row->count : 0;
    hotpath_span_t span;
    hotpath_span_begin(&span, kind, key, length);
    hotpath_span_end(&span);
    hotpath_snapshot_t* s = law_take();
    row = find_row(s, name);
    if (row == NULL || row->count != calls + 1) {
        size_t count;
        const hotpath_span_row_t* rows = hotpath_snapshot_spans(s, &count);
        law_fail(file, line, "\"%.200s\" became \"%s\", not \"%s\"", key,
            count != 0 ? rows[count - 1].key : "nothing", name);
    }
    hotpath_snapshot_free(s);
    hotpath_snapshot_free(before);
}
#define CHECK_SQL(key, name) check_key_at(HOTPATH_SPAN_SQL, key, SIZE_MAX, name, __FILE__, __LINE__)
#define CHECK_HTTP(key, name) \
    check_key_at(HOTPATH_SPAN_HTTP, key, SIZE_MAX, name, __FILE__, __LINE__)
#define CHECK_ROUTE(key, name) \
    check_key_at(HOTPATH_SPAN_SERVER, key, SIZE_MAX, name, __FILE__, __LINE__)

/* ---- keys --------------------------------------------------------------------------------------- */

static void sql_keys(void** state) {
    (void)state;
    CHECK_SQL("SELECT  *\n\tFROM users\r\nWHERE id = 12", "SELECT * FROM users WHERE id = ?");
    CHECK_SQL("SELECT * FROM users WHERE id=99;", "SELECT * FROM users WHERE id = ?");
    CHECK_SQL("SELECT * FROM users WHERE name = 'bob''s'", "SELECT * FROM users WHERE name = ?");
    CHECK_SQL("INSERT INTO t (a, b) VALUES (1, 'x'), (2,NULL) ,(3, TRUE)",
        "INSERT INTO t(a, b) VALUES(?)");
    CHECK_SQL("select a from t where b IN (1, 2,3 , -4) and c in('x')",
        "select a from t where b IN(?) and c in(?)");
    CHECK_SQL("select a from t where b IN(-1.5e-7, +2E+3, .5, 0x1F, 1_000)",
        "select a from t where b IN(?)");
    CHECK_SQL("SELECT f(1, g(2), 3), (1, 2)", "SELECT f(?, g(?), ?), (?)");
    CHECK_SQL("SELECT a-1, b - 2 FROM t", "SELECT a - ?, b - ? FROM t");
    CHECK_SQL("SELECT (1 - 1)", "SELECT(? - ?)");
    CHECK_SQL("SELECT count( * ), s.* FROM a.b s", "SELECT count(*), s.* FROM a.b s");
    CHECK_SQL("SELECT 1 -- 'hidden'\n, 2 /* and 'this' /* nested */ too */ + x", "SELECT ? + x");
    CHECK_SQL("SELECT ?, ?1, $1, :name, @name, a::int, $2::text", "SELECT ?, a::int, ?::text");
    CHECK_SQL("SELECT E'it\\'s', e'\\\\', N'n', X'ff', b'01', U&'u'", "SELECT ?");
    CHECK_SQL("SELECT $$a 'b' $x$ c$$, $tag$ $$ $tags$ $tag$ FROM t", "SELECT ? FROM t");
    CHECK_SQL("SELECT t1.a2, tbl_9 FROM t1", "SELECT t1.a2, tbl_9 FROM t1");
    CHECK_SQL("SELECT a FROM t WHERE b IS NOT NULL AND c IS NULL AND d = NULL",
        "SELECT a FROM t WHERE b IS NOT NULL AND c IS NULL AND d = ?");
    CHECK_SQL("UPDATE a SET b = 1; DELETE FROM c ; ; ", "UPDATE a SET b = ?; DELETE FROM c");
    CHECK_SQL("SELECT a->>'k', b||'x' FROM t WHERE c>=1 AND d<>2",
        "SELECT a ->> ?, b || ? FROM t WHERE c >= ? AND d <> ?");
    CHECK_SQL("SELECT \"u\".\"id\" FROM \"u\" WHERE \"u\".\"n\"=\"secret\"",
        "SELECT \"u\".\"id\" FROM \"u\" WHERE \"u\".\"n\" = ?");
    CHECK_SQL("SELECT `a b` FROM `t`", "SELECT `a b` FROM `t`");
    CHECK_SQL("", "");
    check_key_at(HOTPATH_SPAN_SQL, NULL, 7, "(?)", __FILE__, __LINE__);
}
/* Rows of VALUES with more than values in them, and signs behind words. */
static void sql_rows_and_signs(void** state) {
    (void)state;
    CHECK_SQL("INSERT INTO t VALUES (1, now()), (2, g((3), 'x')),(4, now())",
        "INSERT INTO t VALUES(?, now())");
    CHECK_SQL("INSERT INTO t VALUES (1, DEFAULT), (2, DEFAULT) RETURNING a, b",
        "INSERT INTO t VALUES(?, DEFAULT) RETURNING a, b");
    CHECK_SQL("INSERT INTO t VALUES (1, a), (2, 'secret", "INSERT INTO t VALUES(?, a)");
    CHECK_SQL(
        "INSERT INTO t VALUES (1, a), (2, 'it\\'s secret')", "INSERT INTO t VALUES(?, a) ...");
    CHECK_SQL("SELECT f(values(a), b), (c), (d)", "SELECT f(values(a), b), (c), (d)");
    CHECK_SQL(
        "SELECT a WHERE b BETWEEN -5 AND -3 LIMIT -1", "SELECT a WHERE b BETWEEN ? AND ? LIMIT ?");
}
/* Where a text ends is not known: what may belong to it is no part of the key. */
static void sql_literals_never_stay(void** state) {
    (void)state;
    CHECK_SQL("SELECT 'it\\'s secret' FROM t", "SELECT ? ...");
    CHECK_SQL("SELECT 'C:\\' , 'secret' FROM t", "SELECT ? ...");
    CHECK_SQL("SELECT 'C:\\\\', b FROM t", "SELECT ?, b FROM t");
    CHECK_SQL("SELECT q'[it's secret]', NQ'!secret's!', q'<secret", "SELECT ?");
    CHECK_SQL("SELECT a # don't\n FROM t WHERE b = 'secret'", "SELECT a ...");
    CHECK_SQL("SELECT a #>> '{b}' FROM t", "SELECT a #>> ? FROM t");
    CHECK_SQL("SELECT [Bob's] FROM t WHERE b = 'secret'", "SELECT ...");
    CHECK_SQL("SELECT ARRAY['x', 'y'] FROM [t]", "SELECT ARRAY [ ? ] FROM [ t ]");
    CHECK_SQL("SELECT trim(BOTH 'x' FROM \"secret\") FROM \"t\"",
        "SELECT trim(BOTH ? FROM ?) FROM \"t\"");
    CHECK_SQL("SELECT a IS DISTINCT FROM \"secret\" FROM (SELECT b FROM \"t\")",
        "SELECT a IS DISTINCT FROM ? FROM(SELECT b FROM \"t\")");
    CHECK_SQL("SELECT a FROM t WHERE b = 'secret", "SELECT a FROM t WHERE b = ?");
    CHECK_SQL("SELECT a FROM t WHERE b = \"secret", "SELECT a FROM t WHERE b = ?");
    CHECK_SQL("SELECT a /* secret", "SELECT a");
    CHECK_SQL("SELECT a -- secret", "SELECT a");
    CHECK_SQL("SELECT $x$secret", "SELECT ?");
    CHECK_SQL("SELECT 12secret, 0xsecret", "SELECT ?");
    CHECK_SQL("VALUES (\"secret\", \"two\")", "VALUES(?)");
}
static void addresses(void** state) {
    (void)state;
    CHECK_HTTP("GET HTTPS://bob:pw@API.Example.com:8443/v1/users/123/orders/"
               "550e8400-e29b-41d4-a716-446655440000?x=1#f",
        "GET https://api.example.com:8443/v1/users/:id/orders/:id");
    CHECK_HTTP("POST http://h", "POST http://h/");
    CHECK_HTTP("http://a@b@h/a//b/", "http://h/a/b");
    CHECK_HTTP("GET http://h/a b?c", "GET http://h/a");
    CHECK_ROUTE("GET /search?q=secret HTTP/1.1", "GET /search");
    CHECK_ROUTE("GET http://anyone/files/deadbeef01/x.json;session=1/y", "GET /files/:id/x.json/y");
    CHECK_ROUTE("DELETE /users/:id/posts/{post}", "DELETE /users/:id/posts/{post}");
    CHECK_ROUTE("GET /mail/bob@example.com/x%20y", "GET /mail/:id/:id");
    CHECK_ROUTE("GET /v2/oauth2/item-20240101", "GET /v2/oauth2/:id");
    CHECK_ROUTE("GET /t/abcdefghijklmnopqrstuvwxyzabcdefghijk", "GET /t/:id");
    CHECK_ROUTE("/a#secret", "/a");
    CHECK_ROUTE("GET /a/-5/1,2/42.json/{12}/3.5", "GET /a/:id/:id/:id/:id/:id");
    CHECK_ROUTE(
        "GET /c/a1b2c3d/dQw4w9WgXcQ/v1.2/oauth2/user_12", "GET /c/:id/:id/v1.2/oauth2/user_12");
    CHECK_ROUTE("GET /a&token=secret/Users('secret')", "GET /:id/:id");
    CHECK_HTTP("GET http://bob:sec/ret@h/x", "GET http://:id/:id/x");
    CHECK_HTTP("GET http://bob:sec?ret@h/x", "GET http://:id/");
    CHECK_HTTP("GET http://[::1]:80/x", "GET http://[::1]:80/x");
    CHECK_ROUTE("", "/");
}
static void kinds_are_apart(void** state) {
    (void)state;
    for (int i = 0; i < 2; i++)
        for (int kind = 1; kind <= 3; kind++)
            span_of((hotpath_span_kind_t)kind, "GET /kinds/1", 1);
    hotpath_snapshot_t* s = law_take();
    size_t count, found = 0;
    const hotpath_span_row_t* rows = hotpath_snapshot_spans(s, &count);
    for (size_t i = 0; i < count; i++) {
        const bool sql = strcmp(rows[i].key, "GET / kinds / ?") == 0;
        if (!sql && strcmp(rows[i].key, "GET /kinds/:id") != 0) continue;
        CHECK_EQ(rows[i].kind == HOTPATH_SPAN_SQL, sql);
        CHECK_EQ(rows[i].count, 2);
        found++;
    }
    CHECK_EQ(found, 3);
    hotpath_snapshot_free(s);
}
static void long_keys_are_cut_and_told_apart(void** state) {
    (void)state;
    static char key[3][3000];
    for (int i = 0; i < 3; i++) {
        char* at = key[i] + sprintf(key[i], "SELECT ");
        for (int k = 0; k < 200; k++)
            at += sprintf(at, "column%c, ", 'a' + k % 26);
        sprintf(at, "last_%c FROM t", "aba"[i]);
        span_of(HOTPATH_SPAN_SQL, key[i], 1);
    }
    hotpath_snapshot_t* s = law_take();
    size_t count, found = 0, calls = 0;
    const hotpath_span_row_t* rows = hotpath_snapshot_spans(s, &count);
    for (size_t i = 0; i < count; i++)
        if (strncmp(rows[i].key, "SELECT columna, columnb", 23) == 0) {
            CHECK_EQ(strlen(rows[i].key), HOTPATH_SPAN_KEY_MAX);
            CHECK(strncmp(rows[i].key + HOTPATH_SPAN_KEY_MAX - 12, "...#", 4) == 0);
            calls += rows[i].count, found++;
        }
    CHECK_EQ(found, 2);
    CHECK_EQ(calls, 3);
    hotpath_snapshot_free(s);
    /* No half of a character at the cut. */
    char* at = key[0] + sprintf(key[0], "SELECT x");
    for (int k = 0; k < 400; k++)
        at += sprintf(at, "\xc3\xa4");
    span_of(HOTPATH_SPAN_SQL, key[0], 1);
    s = law_take();
    rows = hotpath_snapshot_spans(s, &count);
    const char* cut = strstr(rows[count - 1].key, "...#");
    CHECK(cut != NULL && (unsigned char)cut[-1] == 0xa4);
    hotpath_snapshot_free(s);
}

/* ---- facts -------------------------------------------------------------------------------------- */

static void request(int number) {
    hotpath_span_t route;
    hotpath_span_begin(&route, HOTPATH_SPAN_SERVER, "GET /facts", SIZE_MAX);
    for (int i = 0; i < 3; i++) {
        HOTPATH_SCOPE("load facts");
        HOTPATH_SPAN(query, HOTPATH_SPAN_SQL, "SELECT facts FROM f WHERE id = 1");
        pass(100);
        hotpath_span_rows(&query, 2);
        hotpath_span_rows(&query, 3);
        hotpath_span_fullscan(&query, 7);
    }
    pass((uint64_t)number);
    hotpath_span_bytes(&route, 10, 20);
    hotpath_span_status(&route, number % 10 == 0 ? 503 : number % 10 == 1 ? 404 : 200);
    if (number % 10 == 2) hotpath_span_error(&route, "no way");
    hotpath_span_end(&route);
}
static void facts_are_exact(void** state) {
    (void)state;
    for (int i = 1; i <= 100; i++)
        request(i);
    hotpath_snapshot_t* s = law_take();
    const hotpath_span_row_t* r = row_of(s, "GET /facts");
    size_t count;
    const hotpath_function_t* functions = hotpath_snapshot_functions(s, &count);
    CHECK_EQ(r->kind, HOTPATH_SPAN_SERVER);
    CHECK_EQ(functions[r->function].kind, HOTPATH_KIND_SERVER);
    CHECK_EQ(r->count, 100);
    CHECK_EQ(r->completed, 100);
    CHECK_EQ(r->open, 0);
    CHECK_EQ(r->errors, 20);
    CHECK_EQ(r->status_4xx, 10);
    CHECK_EQ(r->status_5xx, 10);
    CHECK_EQ(r->bytes_in, 1000);
    CHECK_EQ(r->bytes_out, 2000);
    CHECK_EQ(r->total_ns, 100 * 300 + 5050);
    CHECK_EQ(functions[r->function].reasons_count, 2);
    CHECK_EQ(functions[r->function].reasons[0].count, 10);
    CHECK_EQ(functions[r->function].reasons[1].count, 10);
    CHECK_EQ(r->slowest_count, HOTPATH_SPAN_SLOWEST);
    for (uint32_t i = 0; i < r->slowest_count; i++) {
        CHECK_EQ(r->slowest[i].duration_ns, 400 - i);
        CHECK_EQ(r->slowest[i].status, i % 10 == 0 ? 503 : i % 10 == 9 ? 404 : 200);
        CHECK_EQ(r->slowest[i].thread, 1);
    }
    CHECK_EQ(r->callers_count, 0);
    const hotpath_span_row_t* q = row_of(s, "SELECT facts FROM f WHERE id = ?");
    CHECK_EQ(q->count, 300);
    CHECK_EQ(q->rows, 1500);
    CHECK_EQ(q->fullscan_steps, 2100);
    CHECK_EQ(q->errors, 0);
    CHECK_EQ(q->total_ns, 30000);
    CHECK_EQ(q->slowest[0].rows, 5);
    CHECK_EQ(q->callers_count, 1);
    CHECK_TEXT(functions[q->callers[0].function].name, "load facts");
    CHECK_EQ(q->callers[0].calls, 300);
    CHECK_EQ(q->callers[0].caller_calls, 300);
    CHECK_EQ(q->routes_count, 1);
    CHECK_TEXT(functions[q->routes[0].function].name, "GET /facts");
    CHECK_EQ(q->routes[0].calls, 300);
    CHECK_EQ(q->routes[0].caller_calls, 100);
    CHECK(q->routes[0].per_call == 3.0);
    double window = (double)hotpath_snapshot_info(s)->window_ns;
    CHECK(q->concurrency == 30000 / window);
    CHECK(r->per_second_mean == 100 * 1e9 / window);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
}
static void two_paths_of_one_route(void** state) {
    (void)state;
    for (int i = 0; i < 10; i++) {
        HOTPATH_SPAN(route, HOTPATH_SPAN_SERVER, "GET /two/paths");
        span_of(HOTPATH_SPAN_SQL, "SELECT two_paths", 5);
        HOTPATH_SCOPE("the other path");
        span_of(HOTPATH_SPAN_SQL, "SELECT two_paths", 5);
        span_of(HOTPATH_SPAN_SQL, "SELECT two_paths", 5);
    }
    hotpath_snapshot_t* s = law_take();
    const hotpath_span_row_t* q = row_of(s, "SELECT two_paths");
    CHECK_EQ(q->callers_count, 2);
    CHECK_EQ(q->callers[0].calls, 20);
    CHECK_EQ(q->callers[0].caller_calls, 10);
    CHECK_EQ(q->callers[1].calls, 10);
    CHECK_EQ(q->routes_count, 1);
    CHECK_EQ(q->routes[0].calls, 30);
    CHECK_EQ(q->routes[0].caller_calls, 10);
    hotpath_snapshot_free(s);
}
static void work(const char* name, uint64_t ns, int times) {
    for (int i = 0; i < times; i++) {
        HOTPATH_SCOPE_NAMED(name);
        pass(ns);
    }
}
/* The scopes inside each of the slowest are its own, and no other one's. */
static void insides(void** state) {
    (void)state;
    for (int i = 1; i <= 40; i++) {
        HOTPATH_SPAN(route, HOTPATH_SPAN_SERVER, "GET /inside");
        {
            HOTPATH_SCOPE("outer work");
            pass(5);
            work("inner work", (uint64_t)i * 10, 2);
        }
        if (i % 2 == 0) work("each second", 1000, 1);
        pass(3);
    }
    hotpath_snapshot_t* s = law_take();
    const hotpath_span_row_t* r = row_of(s, "GET /inside");
    size_t count;
    const hotpath_function_t* f = hotpath_snapshot_functions(s, &count);
    CHECK_EQ(r->slowest_count, HOTPATH_SPAN_SLOWEST);
    for (uint32_t k = 0; k < r->slowest_count; k++) {
        const hotpath_span_slow_t* slow = &r->slowest[k];
        uint64_t i = 40 - 2 * k;
        CHECK_EQ(slow->duration_ns, 1000 + 20 * i + 8);
        CHECK_EQ(slow->inside_count, 3);
        CHECK_EQ(slow->unmarked_ns, 3);
        CHECK_EQ(slow->other_calls, 0);
        CHECK(!slow->inside_shared && !slow->inside_truncated);
        CHECK_TEXT(f[slow->inside[0].function].name, "each second");
        CHECK_EQ(slow->inside[0].self_ns, 1000);
        CHECK_TEXT(f[slow->inside[1].function].name, "inner work");
        CHECK_EQ(slow->inside[1].calls, 2);
        CHECK_EQ(slow->inside[1].self_ns, 20 * i);
        CHECK_TEXT(f[slow->inside[2].function].name, "outer work");
        CHECK_EQ(slow->inside[2].calls, 1);
        CHECK_EQ(slow->inside[2].total_ns, 20 * i + 5);
        CHECK_EQ(slow->inside[2].self_ns, 5);
        CHECK_EQ(hotpath_snapshot_nodes(s, &count)[slow->inside[1].node].function,
            slow->inside[1].function);
    }
    hotpath_snapshot_free(s);
}
static hotpath_span_t second_half;
static void* inside_thread(void* arg) {
    (void)arg;
    hotpath_span_begin(&second_half, HOTPATH_SPAN_SERVER, "GET /half", SIZE_MAX);
    work("before it is given up", 50, 1);
    hotpath_span_detach(&second_half);
    {
        HOTPATH_SPAN(route, HOTPATH_SPAN_SERVER, "GET /half");
        work("after it", 70, 3);
        for (int i = 0; i < 20; i++) {
            char name[20];
            snprintf(name, sizeof name, "one of %d", i);
            work(name, (uint64_t)i, 1);
        }
    }
    return NULL;
}
static void insides_of_ended_threads(void** state) {
    (void)state;
    pthread_join(law_thread(inside_thread, NULL), NULL);
    hotpath_span_end(&second_half);
    hotpath_snapshot_t* s = law_take();
    const hotpath_span_row_t* r = row_of(s, "GET /half");
    size_t count;
    const hotpath_function_t* f = hotpath_snapshot_functions(s, &count);
    CHECK_EQ(r->slowest_count, 2);
    CHECK_EQ(r->slowest[0].duration_ns, 50 + 210 + 190);
    CHECK_EQ(r->slowest[0].inside_count, 0);
    CHECK_EQ(r->slowest[1].duration_ns, 210 + 190);
    CHECK_EQ(r->slowest[1].inside_count, 8);
    CHECK_TEXT(f[r->slowest[1].inside[0].function].name, "after it");
    CHECK_EQ(r->slowest[1].inside[0].calls, 3);
    CHECK_EQ(r->slowest[1].inside[0].self_ns, 210);
    CHECK_EQ(r->slowest[1].other_calls, 13);
    CHECK_EQ(r->slowest[1].other_ns, 12 * 13 / 2);
    CHECK_EQ(r->slowest[1].unmarked_ns, 0);
    hotpath_snapshot_free(s);
}
static void phases_and_records(void** state) {
    (void)state;
    hotpath_span_t span;
    for (int i = 0; i < 3; i++) {
        hotpath_span_begin(&span, HOTPATH_SPAN_HTTP, "GET http://phases/", SIZE_MAX);
        if (i < 2) hotpath_span_phase(&span, HOTPATH_SPAN_PHASE_TLS, 50);
        hotpath_span_phase(&span, HOTPATH_SPAN_PHASE_LOOKUP, 0);
        hotpath_span_phase(&span, (hotpath_span_phase_t)4, 1);
        hotpath_span_end(&span);
    }
    {
        HOTPATH_SCOPE("recorder of spans");
        pass(1000);
        hotpath_span_facts_t facts;
        memset(&facts, 0, sizeof facts);
        facts.status = 19, facts.rows = 4, facts.bytes_in = 5, facts.bytes_out = 6;
        facts.fullscan_steps = 8, facts.phases_ns[HOTPATH_SPAN_PHASE_FIRST_BYTE] = 9;
        hotpath_span_record(HOTPATH_SPAN_SQL, "SELECT recorded -- x", 15, 700, &facts);
        facts.error = "constraint";
        hotpath_span_record(HOTPATH_SPAN_SQL, "SELECT recorded", SIZE_MAX, 100, &facts);
        hotpath_span_record(HOTPATH_SPAN_SQL, "SELECT recorded", SIZE_MAX, 100, NULL);
    }
    hotpath_snapshot_t* s = law_take();
    const hotpath_span_row_t* r = row_of(s, "GET http://phases/");
    CHECK_EQ(r->phases_ns[HOTPATH_SPAN_PHASE_TLS], 100);
    CHECK_EQ(r->phases_count[HOTPATH_SPAN_PHASE_TLS], 2);
    CHECK_EQ(r->phases_count[HOTPATH_SPAN_PHASE_LOOKUP], 3);
    CHECK_EQ(r->phases_count[HOTPATH_SPAN_PHASE_CONNECT], 0);
    r = row_of(s, "SELECT recorded");
    CHECK_EQ(r->count, 3);
    CHECK_EQ(r->completed, 3);
    CHECK_EQ(r->errors, 2);
    CHECK_EQ(r->total_ns, 900);
    CHECK_EQ(r->rows, 8);
    CHECK_EQ(r->bytes_in, 10);
    CHECK_EQ(r->bytes_out, 12);
    CHECK_EQ(r->fullscan_steps, 16);
    CHECK_EQ(r->phases_ns[HOTPATH_SPAN_PHASE_FIRST_BYTE], 18);
    CHECK_EQ(r->slowest[0].duration_ns, 700);
    CHECK_EQ(law_function(s, "recorder of spans")->self_ns, 100);
    const hotpath_function_t* f = law_function(s, "SELECT recorded");
    CHECK_EQ(f->reasons_count, 2);
    CHECK_TEXT(f->reasons[0].text, "status 19");
    CHECK_TEXT(f->reasons[1].text, "constraint");
    law_check_quiet(s);
    hotpath_snapshot_free(s);
}
static void off_and_sampled(void** state) {
    (void)state;
    hotpath_span_t span;
    hotpath_enable(false);
    span_of(HOTPATH_SPAN_SQL, "SELECT nothing", 5);
    hotpath_span_begin(&span, HOTPATH_SPAN_SQL, "SELECT nothing", SIZE_MAX);
    hotpath_enable(true);
    hotpath_span_rows(&span, 9);
    hotpath_span_bytes(&span, 9, 9);
    hotpath_span_end(&span);
    hotpath_span_begin(&span, (hotpath_span_kind_t)9, "SELECT nothing", SIZE_MAX);
    hotpath_span_end(&span);
    hotpath_time_sampling(NULL, 1000);
    for (int i = 0; i < 500; i++)
        span_of(HOTPATH_SPAN_SQL, "SELECT sampled", 5);
    hotpath_time_sampling(NULL, 1);
    hotpath_snapshot_t* s = law_take();
    CHECK(find_row(s, "SELECT nothing") == NULL);
    CHECK_EQ(law_function(s, "SELECT sampled")->sampled_calls, 500);
    CHECK_EQ(law_function(s, "SELECT sampled")->total_ns, 2500);
    hotpath_snapshot_free(s);
}
static void differences(void** state) {
    (void)state;
    for (int i = 0; i < 10; i++)
        request(10);
    hotpath_snapshot_t* older = law_take();
    pass(1000);
    for (int i = 0; i < 5; i++)
        request(10 + i);
    pass(1000);
    hotpath_snapshot_t* newer = law_take();
    hotpath_snapshot_t* s = hotpath_snapshot_difference(newer, older, NULL);
    CHECK(s != NULL);
    const hotpath_span_row_t* r = row_of(s, "GET /facts");
    CHECK_EQ(r->count, 5);
    CHECK_EQ(r->completed, 5);
    CHECK_EQ(r->status_5xx, 1);
    CHECK_EQ(r->status_4xx, 1);
    CHECK_EQ(r->errors, 2);
    CHECK_EQ(r->bytes_in, 50);
    CHECK_EQ(r->total_ns, 5 * 300 + 60);
    for (uint32_t i = 0; i < r->slowest_count; i++)
        CHECK_GE(r->slowest[i].at_ns, hotpath_snapshot_info(older)->elapsed_ns);
    const hotpath_span_row_t* q = row_of(s, "SELECT facts FROM f WHERE id = ?");
    CHECK_EQ(q->rows, 75);
    CHECK_EQ(q->routes[0].calls, 15);
    CHECK_EQ(q->routes[0].caller_calls, 5);
    double window = (double)hotpath_snapshot_info(s)->window_ns;
    CHECK(q->per_second_mean == 15 * 1e9 / window);
    CHECK(q->concurrency == 1500 / window);
    hotpath_snapshot_free(s);
    hotpath_snapshot_free(newer);
    hotpath_snapshot_free(older);
}
static int reported(void) {
    static law_text_t text;
    hotpath_span_facts_t facts;
    for (int i = 0; i < 4; i++)
        request(i); /* one 503, one 404, one that fails by itself */
    memset(&facts, 0, sizeof facts);
    facts.status = 418, facts.bytes_in = 1024;
    facts.phases_ns[HOTPATH_SPAN_PHASE_CONNECT] = 6;
    hotpath_span_record(HOTPATH_SPAN_HTTP, "PUT http://tea/pot/1", SIZE_MAX, 40, &facts);
    hotpath_snapshot_t* s = law_take();
    const char* table = law_render(&text, s, HOTPATH_FORMAT_TABLE);
    CHECK_HAS(table, "| functions, call_tree, server, sql, http, threads\n");
    CHECK_HAS(table, "Route       Count  Errors  4xx  5xx    In   Out");
    CHECK_HAS(table, "GET /facts      4       2    1    1  40 B  80 B");
    CHECK_HAS(table, "Statement                         Count  Rows  Scanned  A request");
    CHECK_HAS(table, "SELECT facts FROM f WHERE id = ?     12    60       84       3.00");
    CHECK_HAS(table, "PUT http://tea/pot/:id      1    1  1.00 KiB");
    const char* json = law_render(&text, s, HOTPATH_FORMAT_JSON);
    CHECK_HAS(json, "\"server\":{\"data\":[{\"id\":");
    CHECK_HAS(json, "\"route\":\"GET /facts\",\"count\":4,\"open\":0,\"total\":\"1.21 "
                    "\xC2\xB5s\",\"total_ns\":1206,");
    CHECK_HAS(json, "\"status_4xx\":1,\"status_5xx\":1,\"bytes_in\":40,\"bytes_out\":80,");
    CHECK_HAS(json, "\"query\":\"SELECT facts FROM f WHERE id = ?\",\"count\":12,");
    CHECK_HAS(json, "\"rows\":60,\"fullscan_steps\":84,");
    CHECK_HAS(json,
        "\"routes\":[{\"name\":\"GET /facts\",\"count\":12,\"caller_count\":4,\"per_call\":3.00}]");
    CHECK_HAS(
        json, "\"slowest\":[{\"at_ns\":903,\"duration_ns\":303,\"thread_id\":1,\"status\":200,");
    CHECK_HAS(json, "\"inside\":[{\"name\":\"SELECT facts FROM f WHERE id = ?\",\"calls\":3,"
                    "\"total_ns\":300,\"self_ns\":300}");
    CHECK_HAS(json, "\"endpoint\":\"PUT http://tea/pot/:id\"");
    CHECK_HAS(json, "\"connect_avg_ns\":6,");
    CHECK_HAS(json, "\"span_overflow\":0,");
    hotpath_snapshot_free(s);
    return 0;
}
static void reports(void** state) {
    (void)state;
    law_exited(law_again("reported", NULL), 0);
}
static int limited(void) {
    static law_text_t text;
    span_of(HOTPATH_SPAN_SQL, "SELECT one", 30);
    span_of(HOTPATH_SPAN_SQL, "SELECT two", 20);
    span_of(HOTPATH_SPAN_SQL, "SELECT three", 10);
    hotpath_snapshot_t* s = law_take();
    const char* table = law_render(&text, s, HOTPATH_FORMAT_TABLE);
    CHECK_HAS(table, "1 more: HOTPATH_SQL_LIMIT=0 shows all");
    CHECK_HAS_NOT(strstr(table, "Statement"), "three");
    CHECK_HAS(law_render(&text, s, HOTPATH_FORMAT_JSON), "\"total_count\":3,\"included_count\":2}");
    hotpath_snapshot_free(s);
    return 0;
}
static void limits(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_SQL_LIMIT=2", NULL};
    law_exited(law_again("limited", env), 0);
}
static void throughput(void** state) {
    (void)state;
    static const uint64_t second = 1000000000;
    pass(second - HOTPATH_CLOCK() % second);
    for (int i = 0; i < 40; i++)
        span_of(HOTPATH_SPAN_SERVER, "GET /rate", second / 80);
    pass(second / 2);
    for (int i = 0; i < 20; i++)
        span_of(HOTPATH_SPAN_SERVER, "GET /rate", second / 20);
    pass(second / 10);
    hotpath_snapshot_t* s = law_take();
    const hotpath_span_row_t* r = row_of(s, "GET /rate");
    CHECK(r->per_second_peak >= 39 && r->per_second_peak <= 41);
    CHECK(r->per_second >= 18 && r->per_second <= 21);
    hotpath_snapshot_free(s);
}

/* ---- bounds ------------------------------------------------------------------------------------- */

static void hostile_keys(void** state) {
    (void)state;
    size_t size = (size_t)LAW_TIMES(8, 1) << 20;
    char* text = (char*)malloc(size);
    static const char* const seeds[] = {"'", "(", "(1,", "/*", "--", "$a$", "\"", "`", "E'\\", ",",
        "1,", "\xff\xfe\xc3", "\\'", "((1),", "/", "/a1", "a://", "@", "%41", ";", "\1\2", "e1e+",
        "# ", "[ ", "values(a),(# ", "q'[", "$", ":", "::", "- ", "*/"};
    for (size_t k = 0; k < sizeof seeds / sizeof *seeds; k++) {
        size_t length = strlen(seeds[k]);
        for (size_t i = 0; i < size; i++)
            text[i] = seeds[k][i % length];
        for (int kind = 1; kind <= 3; kind++) {
            hotpath_span_t span;
            hotpath_span_begin(&span, (hotpath_span_kind_t)kind, text, size);
            hotpath_span_end(&span);
        }
    }
    memset(text, 0, size);
    hotpath_span_record(HOTPATH_SPAN_SQL, text, size, 1, NULL);
    uint64_t random = 1;
    for (int i = 0; i < LAW_TIMES(60000, 6000); i++) { /* exact sizes: what reads beyond is found */
        static const char bytes[] = "'\"`$()[],.;:-+*/\\@?%#&|<>= \n\t\0eEnNxX01aF_\xc3\xa4\xff";
        random = random * 6364136223846793005u + 1442695040888963407u;
        size_t length = (size_t)(random >> 33) % 40;
        char* exact = (char*)malloc(length + 1);
        for (size_t k = 0; k < length; k++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            exact[k] = bytes[(random >> 33) % (sizeof bytes - 1)];
        }
        char* end = (char*)realloc(exact, length != 0 ? length : 1);
        hotpath_span_t span;
        hotpath_span_begin(&span, (hotpath_span_kind_t)(1 + i % 3), end, length);
        hotpath_span_end(&span);
        free(end);
    }
    free(text);
    hotpath_snapshot_t* s = law_take();
    size_t count;
    const hotpath_span_row_t* rows = hotpath_snapshot_spans(s, &count);
    for (size_t i = 0; i < count; i++)
        CHECK_LE(strlen(rows[i].key), HOTPATH_SPAN_KEY_MAX);
    hotpath_snapshot_free(s);
}
/* Literals of every form, at every place: no secret is in any key. */
static void secrets_never_stay(void** state) {
    (void)state;
    static const char* const forms[] = {"'S3CRET'", "'a''S3CRET'", "E'\\'S3CRET'", "$$S3CRET$$",
        "$q$S3CRET$q$", "'\\'S3CRET'", "\"S3CRET\"", "x'S3CRET'", "/*S3CRET*/1", "--S3CRET\n1",
        "'\nS3CRET'", "N'S3CRET'", "'\\\\\\'S3CRET'", "0xS3CRET", "1S3CRET", ":S3CRET", "@S3CRET",
        "U&'S3CRET'"};
    static const char* const places[] = {"SELECT %s", "SELECT a FROM t WHERE b=%s AND c=1",
        "INSERT INTO t VALUES(%s,%s)", "SELECT f(%s), %s", "a IN (%s, %s, 2)", "SELECT -%s", "(%s)",
        "x=%s", "UPDATE t SET a=%s,b=%s"};
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++)
        for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
            char key[400];
            snprintf(key, sizeof key, places[p], forms[f], forms[f]);
            span_of(HOTPATH_SPAN_SQL, key, 1);
        }
    hotpath_snapshot_t* s = law_take();
    size_t count;
    const hotpath_span_row_t* rows = hotpath_snapshot_spans(s, &count);
    for (size_t i = 0; i < count; i++)
        CHECK_HAS_NOT(rows[i].key, "S3CRET");
    hotpath_snapshot_free(s);
}
static int many_keys(void) {
    enum {
        KEYS = 100
    };
    uint64_t times = (uint64_t)LAW_TIMES(1000000, 30000), memory = 0;
    span_of(HOTPATH_SPAN_HTTP, "GET http://h/", 1); /* each kind has a bound of its own */
    for (uint64_t i = 0; i < times; i++) {
        char key[64];
        snprintf(key, sizeof key, "SELECT c%" PRIu64 "x FROM t", i);
        span_of(HOTPATH_SPAN_SQL, key, 2);
        if (i == times / 10) memory = law_info().memory_bytes;
    }
    span_of(HOTPATH_SPAN_HTTP, "GET http://h/", 1);
    hotpath_snapshot_t* s = law_take();
    size_t count;
    const hotpath_span_row_t* rows = hotpath_snapshot_spans(s, &count);
    uint64_t calls = 0, total = 0, other = 0;
    CHECK_EQ(count, KEYS + 2);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].kind != HOTPATH_SPAN_SQL) continue;
        calls += rows[i].count, total += rows[i].total_ns;
        if (strcmp(rows[i].key, "<other>") == 0) other = rows[i].count;
    }
    CHECK_EQ(calls, times);
    CHECK_EQ(total, 2 * times);
    CHECK_EQ(other, times - KEYS);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.span_overflow, times - KEYS);
    CHECK_EQ(hotpath_events_lost(&hotpath_snapshot_info(s)->drops), 0);
    CHECK_EQ(hotpath_snapshot_info(s)->memory_bytes, memory);
    CHECK(find_row(s, "GET http://h/") != NULL);
    return 0;
}
static void keys_are_bounded(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_ENTRIES_LIMIT=100", NULL};
    law_exited(law_again("many_keys", env), 0);
}

/* ---- ways to end -------------------------------------------------------------------------------- */

static void twice_and_never(void** state) {
    (void)state;
    uint64_t before = law_drops().foreign_ends;
    hotpath_span_t zero, span, copy;
    memset(&zero, 0, sizeof zero);
    hotpath_span_rows(&zero, 1);
    hotpath_span_error(&zero, "no");
    hotpath_span_fullscan(&zero, 1);
    hotpath_span_end(&zero);
    hotpath_span_begin(&span, HOTPATH_SPAN_SQL, "SELECT twice", SIZE_MAX);
    pass(10);
    copy = span;
    hotpath_span_end(&span);
    pass(10);
    hotpath_span_end(&span);
    hotpath_span_bytes(&span, 5, 5);
    hotpath_span_end(&copy);
    CHECK_COUNTS("SELECT twice", 1, 1, 10);
    CHECK_EQ(law_drops().foreign_ends, before + 2);
    hotpath_snapshot_t* s = law_take();
    CHECK_EQ(row_of(s, "SELECT twice")->bytes_in, 0);
    hotpath_snapshot_free(s);
    law_check_quiet_now();
}
/* Those whose ends come in another order than their begins. */
static void out_of_order(void** state) {
    (void)state;
    static hotpath_span_t a, b;
    {
        HOTPATH_SCOPE("parent of a");
        hotpath_span_begin(&a, HOTPATH_SPAN_SQL, "SELECT a_of_two", SIZE_MAX);
        pass(10);
        hotpath_span_begin(&b, HOTPATH_SPAN_SQL, "SELECT b_of_two", SIZE_MAX);
        pass(10);
        hotpath_span_detach(&a);
        pass(7);
    }
    hotpath_snapshot_t* s = law_take();
    CHECK_EQ(row_of(s, "SELECT a_of_two")->open, 1);
    CHECK_EQ(row_of(s, "SELECT a_of_two")->total_ns, 27);
    CHECK_EQ(law_function(s, "parent of a")->self_ns, 7);
    hotpath_snapshot_free(s);
    pass(5);
    s = law_take();
    CHECK_EQ(row_of(s, "SELECT a_of_two")->total_ns, 32);
    CHECK_EQ(row_of(s, "SELECT b_of_two")->total_ns, 22);
    CHECK_EQ(law_function(s, "parent of a")->self_ns, 7);
    hotpath_snapshot_free(s);
    hotpath_span_end(&a);
    pass(100);
    hotpath_span_end(&b);
    CHECK_EQ(law_now("parent of a").self_ns, 7);
    CHECK_EQ(law_now("SELECT a_of_two").self_ns, 22); /* 10 of b were in it */
    CHECK_COUNTS("SELECT a_of_two", 1, 1, 32);
    CHECK_COUNTS("SELECT b_of_two", 1, 1, 122);
    law_check_quiet_now();
    s = law_take();
    const hotpath_span_row_t* r = row_of(s, "SELECT a_of_two");
    size_t count;
    CHECK_TEXT(hotpath_snapshot_functions(s, &count)[r->callers[0].function].name, "parent of a");
    CHECK_EQ(r->slowest[0].duration_ns, 32);
    hotpath_snapshot_free(s);
}
/* A loop that has several requests open at once: none is inside another. */
static void loops(void** state) {
    (void)state;
    enum {
        AT_ONCE = 50
    };
    static hotpath_span_t spans[AT_ONCE];
    HOTPATH_SCOPE("event loop");
    for (int i = 0; i < AT_ONCE; i++) {
        hotpath_span_begin(&spans[i], HOTPATH_SPAN_SERVER, "GET /loop", SIZE_MAX);
        pass(1);
    }
    for (int i = 0; i < AT_ONCE; i++)
        hotpath_span_end(&spans[i]);
    for (int i = 0; i < AT_ONCE; i++) {
        hotpath_span_begin(&spans[i], HOTPATH_SPAN_SQL, "SELECT detached", SIZE_MAX);
        hotpath_span_detach(&spans[i]);
        hotpath_span_detach(&spans[i]);
        HOTPATH_SCOPE("beside it");
        pass(1);
    }
    for (int i = AT_ONCE; i-- > 0;)
        hotpath_span_end(&spans[i]);
    for (int i = 0; i < AT_ONCE; i++) { /* each inside the one before */
        hotpath_span_begin(&spans[i], HOTPATH_SPAN_SQL, "SELECT nested", SIZE_MAX);
        pass(1);
    }
    for (int i = 0; i < AT_ONCE; i++) {
        pass(1);
        hotpath_span_end(&spans[i * 7 % AT_ONCE]);
    }
    hotpath_function_t nested = law_now("SELECT nested");
    CHECK_EQ(nested.completed, AT_ONCE);
    CHECK_EQ(nested.sum_ticks, AT_ONCE * (AT_ONCE + 1));
    law_check_quiet_now();
    CHECK_COUNTS("GET /loop", AT_ONCE, AT_ONCE, AT_ONCE * (AT_ONCE + 1) / 2);
    CHECK_COUNTS("SELECT detached", AT_ONCE, AT_ONCE, AT_ONCE * (AT_ONCE + 1) / 2);
    hotpath_snapshot_t* s = law_take();
    size_t count, nodes = 0;
    const hotpath_node_t* n = hotpath_snapshot_nodes(s, &count);
    const hotpath_function_t* f = law_function(s, "GET /loop");
    const hotpath_function_t* beside = law_function(s, "beside it");
    for (size_t i = 0; i < count; i++) {
        nodes += n[i].function == (uint32_t)(f - hotpath_snapshot_functions(s, &(size_t){0}));
        if (n[i].function == (uint32_t)(beside - hotpath_snapshot_functions(s, &(size_t){0})))
            CHECK_EQ(n[i].depth, 1);
    }
    CHECK_EQ(nodes, 2); /* that of their begins, and a root for what they took after it */
    hotpath_snapshot_free(s);
}

static hotpath_span_t handed;
static void* end_it(void* arg) {
    (void)arg;
    HOTPATH_SCOPE("worker");
    hotpath_span_status(&handed, 500);
    hotpath_span_bytes(&handed, 1, 2);
    pass(30);
    hotpath_span_end(&handed);
    hotpath_span_end(&handed);
    return NULL;
}
static void ends_on_another_thread(void** state) {
    (void)state;
    uint64_t foreign = law_drops().foreign_ends;
    {
        HOTPATH_SCOPE("acceptor");
        hotpath_span_begin(&handed, HOTPATH_SPAN_SERVER, "GET /handed", SIZE_MAX);
        pass(10);
        pthread_join(law_thread(end_it, NULL), NULL);
        pass(1000);
        hotpath_snapshot_t* s = law_take();
        const hotpath_span_row_t* r = row_of(s, "GET /handed");
        CHECK_EQ(r->total_ns, 40);
        CHECK_EQ(r->open, 0);
        CHECK_EQ(r->completed, 1);
        CHECK_EQ(r->status_5xx, 1);
        CHECK_EQ(r->bytes_out, 2);
        hotpath_snapshot_free(s);
    }
    CHECK_COUNTS("GET /handed", 1, 1, 40);
    CHECK_EQ(law_drops().foreign_ends, foreign + 1);
    hotpath_snapshot_t* s = law_take();
    const hotpath_span_row_t* r = row_of(s, "GET /handed");
    size_t count;
    CHECK_EQ(r->callers_count, 1);
    CHECK_TEXT(hotpath_snapshot_functions(s, &count)[r->callers[0].function].name, "acceptor");
    CHECK(r->slowest[0].thread != 1);
    CHECK_EQ(law_function(s, "acceptor")->total_ns, 1040);
    CHECK_EQ(law_function(s, "acceptor")->self_ns, 1000);
    hotpath_snapshot_free(s);
}
static void* begin_it(void* arg) {
    HOTPATH_SCOPE("short thread");
    hotpath_span_begin(&handed, HOTPATH_SPAN_SERVER, (const char*)arg, SIZE_MAX);
    pass(10);
    return NULL;
}
static void outlives_its_thread(void** state) {
    (void)state;
    pthread_join(law_thread(begin_it, (void*)(uintptr_t) "GET /outlives"), NULL);
    pass(5);
    hotpath_snapshot_t* s = law_take();
    CHECK_EQ(row_of(s, "GET /outlives")->open, 1);
    CHECK_EQ(row_of(s, "GET /outlives")->total_ns, 15);
    hotpath_snapshot_free(s);
    pass(5);
    hotpath_span_end(&handed);
    CHECK_COUNTS("GET /outlives", 1, 1, 20);
    s = law_take();
    size_t count;
    const hotpath_span_row_t* r = row_of(s, "GET /outlives");
    CHECK_EQ(r->callers_count, 1);
    CHECK_TEXT(hotpath_snapshot_functions(s, &count)[r->callers[0].function].name, "short thread");
    hotpath_snapshot_free(s);
}
static void* do_facts(void* arg) {
    for (int i = 1; i <= 20; i++)
        span_of(HOTPATH_SPAN_SQL, "SELECT of_threads", (uint64_t)(i * 10) + *(uint64_t*)arg);
    hotpath_span_facts_t facts = {1, NULL, 3, 0, 0, 0, {0, 0, 0, 0}};
    hotpath_span_record(HOTPATH_SPAN_SQL, "SELECT of_threads", SIZE_MAX, 5, &facts);
    return NULL;
}
static void ended_threads_leave_all(void** state) {
    (void)state;
    for (uint64_t i = 0; i < 5; i++)
        pthread_join(law_thread(do_facts, &i), NULL);
    hotpath_snapshot_t* s = law_take();
    const hotpath_span_row_t* r = row_of(s, "SELECT of_threads");
    CHECK_EQ(r->count, 105);
    CHECK_EQ(r->completed, 105);
    CHECK_EQ(r->rows, 15);
    CHECK_EQ(r->errors, 5);
    CHECK_EQ(r->total_ns, 5 * 2100 + 20 * 10 + 25);
    CHECK_EQ(r->slowest_count, HOTPATH_SPAN_SLOWEST);
    for (uint32_t i = 0; i < 15; i++)
        CHECK_EQ(r->slowest[i].duration_ns, (20 - i / 5) * 10 + 4 - i % 5);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
}
static void contexts(void** state) {
    (void)state;
    hotpath_context_t* c = hotpath_context_create("fiber");
    static hotpath_span_t span, in_it;
    hotpath_context_switch(c);
    hotpath_span_begin(&in_it, HOTPATH_SPAN_SERVER, "GET /fiber", SIZE_MAX);
    pass(10);
    hotpath_span_begin(&span, HOTPATH_SPAN_SQL, "SELECT in_fiber", SIZE_MAX);
    pass(10);
    hotpath_context_switch(NULL);
    pass(10);
    hotpath_span_end(&span); /* while its context is parked */
    CHECK_COUNTS("SELECT in_fiber", 1, 1, 20);
    hotpath_context_switch(c);
    pass(10);
    hotpath_span_end(&in_it);
    hotpath_context_switch(NULL);
    hotpath_context_destroy(c);
    CHECK_COUNTS("GET /fiber", 1, 1, 40);
    hotpath_snapshot_t* s = law_take();
    size_t count;
    const hotpath_span_row_t* r = row_of(s, "SELECT in_fiber");
    CHECK_TEXT(hotpath_snapshot_functions(s, &count)[r->routes[0].function].name, "GET /fiber");
    hotpath_snapshot_free(s);
}
static jmp_buf landing;
LAW_NOINLINE static void jump(void) {
    HOTPATH_SPAN(lost, HOTPATH_SPAN_SQL, "SELECT lost");
    hotpath_span_rows(&lost, 1);
    pass(10);
    longjmp(landing, 1);
}
static void jumps(void** state) {
    (void)state;
    static hotpath_span_t again;
    for (volatile int i = 0; i < 3; i++) {
        HOTPATH_SCOPE("jumper");
        if (setjmp(landing) == 0) jump();
    }
    for (int i = 0; i < 3; i++) { /* never ended, but the last one */
        hotpath_span_begin(&again, HOTPATH_SPAN_SQL, "SELECT again", SIZE_MAX);
        pass(10);
    }
    hotpath_span_end(&again);
    CHECK_COUNTS("SELECT again", 3, 1, 30);
    CHECK_COUNTS("SELECT lost", 3, 0, 30);
    law_check_quiet_now();
}
/* Within one frame: the scope around ends, and the variable might be one that is ended yet. */
LAW_NOINLINE static void jump_within(void) {
    HOTPATH_SCOPE("jumps within");
    if (setjmp(landing) == 0) {
        HOTPATH_SPAN(lost, HOTPATH_SPAN_SQL, "SELECT lost within");
        pass(10);
        longjmp(landing, 1);
    }
}
static void* jump_and_end(void* arg) {
    jump_within();
    return arg;
}
LAW_NOINLINE static void deeper(void) {
    volatile char room[512] = {0};
    jump_within();
    (void)room[1];
}
static void jumps_within_a_frame(void** state) {
    (void)state;
    hotpath_span_t mine;
    {
        HOTPATH_SCOPE("around mine"); /* it ends before the span, whose variable stays */
        hotpath_span_begin(&mine, HOTPATH_SPAN_HTTP, "GET http://h/mine", SIZE_MAX);
    }
    for (int i = 0; i < 3; i++)
        jump_within(); /* each begins in the variable of the one before */
    CHECK_EQ(law_now("SELECT lost within").abandoned, 2);
    CHECK_EQ(law_now("SELECT lost within").open_calls, 1);
    pass(100);
    { HOTPATH_SPAN(later, HOTPATH_SPAN_HTTP, "GET http://h/later"); }
    CHECK_COUNTS("SELECT lost within", 3, 0, 130);
    for (int i = 0; i < 2; i++) {
        deeper();
        { HOTPATH_SPAN(later, HOTPATH_SPAN_HTTP, "GET http://h/later"); }
    }
    CHECK_COUNTS("SELECT lost within", 5, 0, 150);
    pthread_join(law_thread(jump_and_end, NULL), NULL);
    CHECK_COUNTS("SELECT lost within", 6, 0, 160);
    CHECK_EQ(law_now("GET http://h/mine").open_calls, 1);
    hotpath_span_end(&mine);
    CHECK_COUNTS("GET http://h/mine", 1, 1, 160);
    law_check_quiet_now();
}
static int child_of_fork(void) {
    static hotpath_span_t before;
    hotpath_span_begin(&before, HOTPATH_SPAN_SQL, "SELECT before_fork", SIZE_MAX);
    pid_t pid = fork();
    if (pid == 0) {
        hotpath_span_rows(&before, 1);
        hotpath_span_bytes(&before, 1, 1);
        hotpath_span_end(&before);
        hotpath_snapshot_t* s = law_take();
        size_t count;
        (void)hotpath_snapshot_spans(s, &count);
        CHECK_EQ(count, 0);
        CHECK_EQ(hotpath_snapshot_info(s)->drops.foreign_ends, 0);
        hotpath_snapshot_free(s);
        span_of(HOTPATH_SPAN_SQL, "SELECT before_fork", 3);
        CHECK_COUNTS("SELECT before_fork", 1, 1, 3);
        _exit(0);
    }
    int status;
    waitpid(pid, &status, 0);
    CHECK_EQ(status, 0);
    hotpath_span_end(&before);
    CHECK_COUNTS("SELECT before_fork", 1, 1, 0);
    return 0;
}
/* The slot of a span that has ended elsewhere is another's when it is no more on the stack. */
static void* end_only(void* arg) {
    hotpath_span_end((hotpath_span_t*)arg);
    return NULL;
}
static int next_of_a_slot(void) {
    static hotpath_span_t a, above, b, c;
    hotpath_span_begin(&a, HOTPATH_SPAN_SQL, "SELECT first_of_slot", SIZE_MAX);
    hotpath_span_begin(&above, HOTPATH_SPAN_SQL, "SELECT above", SIZE_MAX);
    pass(3);
    pthread_join(law_thread(end_only, &a), NULL);
    hotpath_span_begin(&b, HOTPATH_SPAN_SQL, "SELECT next_of_slot", SIZE_MAX);
    CHECK(a.opaque[2] != b.opaque[2]);
    pass(10);
    hotpath_span_detach(&b);
    hotpath_span_end(&above);
    hotpath_span_begin(&c, HOTPATH_SPAN_SQL, "SELECT last", SIZE_MAX); /* a is in its way */
    CHECK_EQ(a.opaque[2], c.opaque[2]);
    hotpath_span_end(&c);
    pass(20);
    pthread_join(law_thread(end_only, &b), NULL);
    CHECK_COUNTS("SELECT first_of_slot", 1, 1, 3);
    CHECK_COUNTS("SELECT next_of_slot", 1, 1, 30);
    return 0;
}
/* Begun here, and ended elsewhere without a word: what follows is not inside it. */
static void below_ended(hotpath_span_t* span) {
    HOTPATH_SCOPE("below ended");
    pass(10);
    if (span != NULL) pthread_join(law_thread(end_only, span), NULL);
}
static void inside_until_it_ends(void** state) {
    (void)state;
    hotpath_span_t span;
    {
        HOTPATH_SCOPE("around ended");
        hotpath_span_begin(&span, HOTPATH_SPAN_SQL, "SELECT until", SIZE_MAX);
        below_ended(NULL);
        below_ended(&span);
        for (int i = 0; i < 3; i++)
            below_ended(NULL);
        pass(1000);
        hotpath_span_begin(&span, HOTPATH_SPAN_SQL, "SELECT until", SIZE_MAX);
        pass(10);
        pthread_join(law_thread(end_only, &span), NULL);
        HOTPATH_BYTES(7);
        hotpath_span_begin(&span, HOTPATH_SPAN_SQL, "SELECT until", SIZE_MAX);
        pthread_join(law_thread(end_only, &span), NULL);
        HOTPATH_ERROR("of the one around");
        hotpath_span_begin(&span, HOTPATH_SPAN_SQL, "SELECT until", SIZE_MAX);
        pthread_join(law_thread(end_only, &span), NULL);
        span_of(HOTPATH_SPAN_HTTP, "GET http://h/after", 5);
        hotpath_span_begin(&span, HOTPATH_SPAN_SQL, "SELECT until", SIZE_MAX);
        pthread_join(law_thread(end_only, &span), NULL);
        hotpath_span_record(HOTPATH_SPAN_HTTP, "GET http://h/after", SIZE_MAX, 5, NULL);
    }
    CHECK_COUNTS("SELECT until", 5, 5, 30);
    hotpath_snapshot_t* s = law_take();
    size_t count;
    const hotpath_node_t* nodes = hotpath_snapshot_nodes(s, &count);
    const uint32_t around = law_node(s, HOTPATH_NO_NODE, "around ended");
    const uint32_t span_node = law_node(s, around, "SELECT until");
    CHECK_EQ(nodes[around].total_ns, 1065);
    CHECK_EQ(nodes[around].bytes, 7);
    CHECK_EQ(nodes[around].errors, 1);
    CHECK_EQ(nodes[law_node(s, span_node, "below ended")].total_ns, 20);
    CHECK_EQ(nodes[law_node(s, around, "below ended")].total_ns, 30);
    CHECK_EQ(nodes[law_node(s, around, "GET http://h/after")].calls, 2);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
}
static hotpath_span_t carried;
static uint64_t carrier_step;
static void* carrier(void* arg) {
    HOTPATH_SPAN(route, HOTPATH_SPAN_SERVER, "GET /carrier");
    hotpath_span_begin(&carried, HOTPATH_SPAN_SQL, "SELECT carried", SIZE_MAX);
    law_store(&carrier_step, 1);
    law_wait(&carrier_step, 2);
    return arg;
}
/* One that ends here and was on another stack is inside of no span here. */
static void elsewhere_is_not_inside(void** state) {
    (void)state;
    pthread_t thread = law_thread(carrier, NULL);
    law_wait(&carrier_step, 1);
    pass(500);
    {
        HOTPATH_SPAN(route, HOTPATH_SPAN_SERVER, "GET /carrier");
        work("of this thread", 7, 1);
        hotpath_span_end(&carried);
    }
    law_store(&carrier_step, 2);
    pthread_join(thread, NULL);
    CHECK_COUNTS("SELECT carried", 1, 1, 507);
    hotpath_snapshot_t* s = law_take();
    const hotpath_span_row_t* r = row_of(s, "GET /carrier");
    CHECK_EQ(r->slowest_count, 2);
    CHECK_EQ(r->slowest[1].duration_ns, 7);
    CHECK_EQ(r->slowest[1].inside_count, 1);
    CHECK_EQ(r->slowest[1].inside[0].self_ns, 7);
    hotpath_snapshot_free(s);
}
static void slots_are_taken_again(void** state) {
    (void)state;
    law_exited(law_again("next_of_a_slot", NULL), 0);
}
static void forks(void** state) {
    (void)state;
    law_exited(law_again("child_of_fork", NULL), 0);
}

int main(int argc, char** argv) {
    static const law_child_t children[] = {{"many_keys", many_keys}, {"reported", reported},
        {"limited", limited}, {"child_of_fork", child_of_fork}, {"next_of_a_slot", next_of_a_slot},
        {NULL, NULL}};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sql_keys),
        cmocka_unit_test(sql_rows_and_signs),
        cmocka_unit_test(sql_literals_never_stay),
        cmocka_unit_test(addresses),
        cmocka_unit_test(kinds_are_apart),
        cmocka_unit_test(long_keys_are_cut_and_told_apart),
        cmocka_unit_test(facts_are_exact),
        cmocka_unit_test(two_paths_of_one_route),
        cmocka_unit_test(insides),
        cmocka_unit_test(insides_of_ended_threads),
        cmocka_unit_test(phases_and_records),
        cmocka_unit_test(off_and_sampled),
        cmocka_unit_test(differences),
        cmocka_unit_test(reports),
        cmocka_unit_test(limits),
        cmocka_unit_test(twice_and_never),
        cmocka_unit_test(out_of_order),
        cmocka_unit_test(loops),
        cmocka_unit_test(ends_on_another_thread),
        cmocka_unit_test(outlives_its_thread),
        cmocka_unit_test(ended_threads_leave_all),
        cmocka_unit_test(contexts),
        cmocka_unit_test(jumps),
        cmocka_unit_test(jumps_within_a_frame),
        cmocka_unit_test(slots_are_taken_again),
        cmocka_unit_test(elsewhere_is_not_inside),
        cmocka_unit_test(inside_until_it_ends),
        cmocka_unit_test(forks),
        cmocka_unit_test(secrets_never_stay),
        cmocka_unit_test(keys_are_bounded),
        cmocka_unit_test(throughput),
        cmocka_unit_test(hostile_keys),
    };
    const int code = law_run(argc, argv, children);
    return code >= 0 ? code : cmocka_run_group_tests(tests, NULL, NULL);
}
