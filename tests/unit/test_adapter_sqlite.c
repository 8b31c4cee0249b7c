/* RECORDER: real */
/* LIBS: -lsqlite3 */
/* adapters/hotpath_sqlite.h: statements of SQLite are counted as they ran, by each way there is to run
   them, with rows, full scans and errors; what SQLite runs inside of a statement is not counted. */
#include "hotpath.h"
#include "law.h"

#include "adapters/hotpath_sqlite.h"

static sqlite3* db;
static hotpath_sqlite_t trace;

static void run(const char* sql) {
    char* message = NULL;
    const int code = sqlite3_exec(db, sql, NULL, NULL, &message);
    if (code != SQLITE_OK) law_fail(__FILE__, __LINE__, "%s: %s", sql, message);
}
static sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        law_fail(__FILE__, __LINE__, "%s: %s", sql, sqlite3_errmsg(db));
    return statement;
}
/* Opens a database of 100 items, 10 of each colour, and traces it from there on. */
static int setup(void** state) {
    (void)state;
    memset(&trace, 0, sizeof trace);
    if (sqlite3_open(":memory:", &db) != SQLITE_OK) return 1;
    run("CREATE TABLE item(id INTEGER PRIMARY KEY, colour INTEGER, name TEXT UNIQUE)");
    run("CREATE TABLE log(text)");
    run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)"
        " INSERT INTO item SELECT i, i % 10, 'name ' || i FROM n");
    CHECK_EQ(hotpath_sqlite_trace(&trace, db), SQLITE_OK);
    return 0;
}
static int teardown(void** state) {
    (void)state;
    CHECK_EQ(sqlite3_close(db), SQLITE_OK);
    return 0;
}

/* What a snapshot says of the one key that this text is part of; all zeros if it knows none. */
static hotpath_span_row_t now(const char* part) {
    hotpath_snapshot_t* const s = law_take();
    hotpath_span_row_t found;
    size_t count = 0;
    memset(&found, 0, sizeof found);
    const hotpath_span_row_t* const rows = hotpath_snapshot_spans(s, &count);
    for (size_t i = 0; i < count; i++) {
        if (strstr(rows[i].key, part) == NULL) continue;
        if (found.key != NULL) law_fail(__FILE__, __LINE__, "%s: %s too", found.key, rows[i].key);
        found = rows[i];
    }
    hotpath_snapshot_free(s);
    return found;
}
static uint64_t all(void) {
    hotpath_snapshot_t* const s = law_take();
    size_t count = 0;
    uint64_t sum = 0;
    const hotpath_span_row_t* const rows = hotpath_snapshot_spans(s, &count);
    for (size_t i = 0; i < count; i++)
        sum += rows[i].count;
    hotpath_snapshot_free(s);
    return sum;
}

static void prepared_statements(void** state) {
    (void)state;
    sqlite3_stmt* const by_id = prepare("SELECT name FROM item WHERE id = ?1");
    for (int i = 1; i <= 120; i++) { /* 100 are there */
        sqlite3_bind_int(by_id, 1, i);
        while (sqlite3_step(by_id) == SQLITE_ROW) {}
        sqlite3_reset(by_id);
    }
    hotpath_span_row_t row = now("FROM item WHERE id");
    CHECK_EQ(row.kind, HOTPATH_SPAN_SQL);
    CHECK_EQ(row.count, 120);
    CHECK_EQ(row.completed, 120);
    CHECK_EQ(row.rows, 100);
    CHECK_EQ(row.errors, 0);
    CHECK_EQ(row.fullscan_steps, 0);
    CHECK_EQ(row.open, 0);
    /* Left after its first row: it ends where it is reset, or finalized. */
    sqlite3_bind_int(by_id, 1, 1);
    CHECK_EQ(sqlite3_step(by_id), SQLITE_ROW);
    CHECK_EQ(now("FROM item WHERE id").open, 1);
    sqlite3_reset(by_id);
    CHECK_EQ(now("FROM item WHERE id").open, 0);
    CHECK_EQ(sqlite3_step(by_id), SQLITE_ROW);
    sqlite3_finalize(by_id);
    row = now("FROM item WHERE id");
    CHECK_EQ(row.completed, 122);
    CHECK_EQ(row.rows, 102);
    CHECK_EQ(trace.untimed, 0);
}
static void literals_are_one_key(void** state) {
    (void)state;
    char sql[100];
    for (int i = 1; i <= 30; i++) {
        snprintf(sql, sizeof sql, "SELECT colour FROM item WHERE name = 'name %d'", i);
        run(sql);
    }
    CHECK_EQ(now("colour FROM item").count, 30);
    CHECK_EQ(now("colour FROM item").rows, 30);
    run("SELECT 1 AS one; SELECT 2 AS two"); /* two statements of one call */
    CHECK_EQ(now("AS one").count, 1);
    CHECK_EQ(now("AS two").count, 1);
}
/* 100 rows of a table are 99 steps to a next one. */
static void full_scans(void** state) {
    (void)state;
    sqlite3_stmt* const scan = prepare("SELECT id FROM item WHERE colour = ?1");
    for (int i = 0; i < 5; i++) {
        sqlite3_bind_int(scan, 1, 3);
        while (hotpath_sqlite_step(&trace, scan) == SQLITE_ROW) {}
        sqlite3_reset(scan);
    }
    CHECK_EQ(sqlite3_stmt_status(scan, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0), 5 * 99);
    sqlite3_finalize(scan);
    const hotpath_span_row_t row = now("WHERE colour =");
    CHECK_EQ(row.count, 5);
    CHECK_EQ(row.rows, 50);
    CHECK_EQ(row.fullscan_steps, 5 * 99);
}
static void errors(void** state) {
    (void)state;
    sqlite3_stmt* const add = prepare("INSERT INTO item VALUES(?1, 0, ?2)");
    for (int i = 99; i <= 102; i++) { /* two are there already */
        sqlite3_bind_int(add, 1, i);
        sqlite3_bind_int(add, 2, i);
        const int code = hotpath_sqlite_step(&trace, add);
        CHECK_EQ(code, i <= 100 ? SQLITE_CONSTRAINT : SQLITE_DONE);
        sqlite3_reset(add);
    }
    sqlite3_finalize(add);
    CHECK_EQ(now("INTO item VALUES").count, 4);
    CHECK_EQ(now("INTO item VALUES").errors, 2);
    hotpath_snapshot_t* const s = law_take();
    size_t count = 0;
    const hotpath_span_row_t* const rows = hotpath_snapshot_spans(s, &count);
    const hotpath_function_t* const functions = hotpath_snapshot_functions(s, &(size_t){0});
    for (size_t i = 0; i < count; i++) {
        if (strstr(rows[i].key, "INTO item VALUES") == NULL) continue;
        const hotpath_function_t* const f = &functions[rows[i].function];
        CHECK_EQ(f->reasons_count, 1);
        CHECK(strcmp(f->reasons[0].text, sqlite3_errstr(SQLITE_CONSTRAINT)) == 0);
        CHECK_EQ(f->reasons[0].count, 2);
    }
    hotpath_snapshot_free(s);
}
static void on_call(sqlite3_context* to, int count, sqlite3_value** values) {
    (void)count, (void)values;
    sqlite3_stmt* const inner = prepare("SELECT count(*) FROM log");
    const int code = hotpath_sqlite_step((hotpath_sqlite_t*)sqlite3_user_data(to), inner);
    sqlite3_result_int(to, code == SQLITE_ROW ? sqlite3_column_int(inner, 0) : -1);
    sqlite3_finalize(inner);
}
/* Triggers, virtual tables and functions in C run statements, too: those are part of the outer one. */
static void what_runs_inside(void** state) {
    (void)state;
    run("CREATE TRIGGER noted AFTER UPDATE ON item BEGIN INSERT INTO log VALUES('noted'); END");
    run("CREATE VIRTUAL TABLE words USING fts5(body)");
    run("INSERT INTO words VALUES('quick brown fox')");
    CHECK_EQ(sqlite3_create_function(db, "noted", 0, SQLITE_UTF8, &trace, on_call, NULL, NULL),
        SQLITE_OK);
    const uint64_t before = all();
    run("UPDATE item SET colour = 1 WHERE id = 7");
    run("SELECT body FROM words WHERE words MATCH 'fox'");
    sqlite3_stmt* const outer = prepare("SELECT noted(), id FROM item WHERE id < 4");
    while (hotpath_sqlite_step(&trace, outer) == SQLITE_ROW) {}
    sqlite3_finalize(outer);
    CHECK_EQ(all(), before + 3);
    CHECK_EQ(now("UPDATE item").count, 1);
    CHECK_EQ(now("words MATCH").rows, 1);
    CHECK_EQ(now("noted(), id").rows, 3);
    CHECK_EQ(now("noted(), id").errors, 0);
}
/* A loop over one statement that runs another for each row, deeper than there are places. */
static void many_at_once(void** state) {
    (void)state;
    sqlite3_stmt* list[HOTPATH_SQLITE_OPEN + 3];
    const int count = HOTPATH_SQLITE_OPEN + 3;
    for (int i = 0; i < count; i++) {
        list[i] = prepare("SELECT id, colour, name FROM item ORDER BY id");
        CHECK_EQ(sqlite3_step(list[i]), SQLITE_ROW);
    }
    CHECK_EQ(trace.untimed, 3);
    for (int i = 0; i < count; i++) { /* not in the order in which they began, nor in the reverse */
        CHECK_EQ(sqlite3_step(list[(i * 7) % count]), SQLITE_ROW);
        sqlite3_finalize(list[(i * 7) % count]);
    }
    const hotpath_span_row_t row = now("ORDER BY id");
    CHECK_EQ(row.count, (uint64_t)count);
    CHECK_EQ(row.completed, (uint64_t)count);
    CHECK_EQ(row.rows, 2 * HOTPATH_SQLITE_OPEN);
    CHECK_EQ(row.open, 0);
    law_check_quiet_now();
}

int main(int argc, char** argv) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(prepared_statements, setup, teardown),
        cmocka_unit_test_setup_teardown(literals_are_one_key, setup, teardown),
        cmocka_unit_test_setup_teardown(full_scans, setup, teardown),
        cmocka_unit_test_setup_teardown(errors, setup, teardown),
        cmocka_unit_test_setup_teardown(what_runs_inside, setup, teardown),
        cmocka_unit_test_setup_teardown(many_at_once, setup, teardown),
    };
    const int code = law_run(argc, argv, NULL);
    return code >= 0 ? code : cmocka_run_group_tests(tests, NULL, NULL);
}
