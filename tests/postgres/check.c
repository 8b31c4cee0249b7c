/* LIBS: -lpq */
/* FLAGS: -I/usr/include/postgresql */
/* check.c CONNECTION: runs statements on a PostgreSQL server in each way that hotpath_libpq.h has, then
   compares what hotpath counted with what the server did, and both with what was asked. */
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"

#include "adapters/hotpath_libpq.h"

#include <stdio.h>
#include <string.h>

static int failures;

static void expect(const char* of, const char* what, uint64_t found, uint64_t wanted) {
    printf("%s: %s: %s %llu\n", found == wanted ? "ok" : "not ok", of, what,
        (unsigned long long)found);
    if (found == wanted) return;
    printf("    instead of %llu\n", (unsigned long long)wanted);
    failures++;
}

/* What is run: part of the text that no other one has; how often it succeeds and the rows of all. */
static const struct {
    const char* part;
    uint64_t done, failed, rows;
} statements[] = {
    {"INTO item(id, name)", 100, 0, 0},
    {"name FROM item", 250, 0, 200},
    {"id FROM item", 77, 0, 77},
    {"count(*) FROM item", 9, 0, 9},
    {"FROM nowhere", 0, 3, 0},
    {"INTO item VALUES", 0, 5, 0},
};
enum {
    STATEMENTS = sizeof statements / sizeof *statements
};

static const char* number(int n) {
    static char text[16];
    (void)snprintf(text, sizeof text, "%d", n);
    return text;
}
static void run_plain(PGconn* c, const char* sql) { PQclear(hotpath_pq_exec(c, sql)); }
static void run_all(PGconn* c) {
    char sql[200];
    for (int i = 1; i <= 100; i++) {
        const char* values[] = {number(i), "a thing"};
        PQclear(hotpath_pq_exec_params(
            c, "INSERT INTO item(id, name) VALUES($1, $2)", 2, NULL, values, NULL, NULL, 0));
    }
    for (int i = 0; i < 250; i++) { /* two rounds of 1 to 125, of which 100 are there */
        (void)snprintf(
            sql, sizeof sql, "SELECT name FROM item WHERE id = %d -- %d", i % 125 + 1, i);
        run_plain(c, sql);
    }
    const char* by_name = "SELECT id FROM item WHERE name = $1 AND id < 900 LIMIT 1";
    PQclear(PQprepare(c, "by_name", by_name, 1, NULL));
    for (int i = 0; i < 77; i++) {
        const char* values[] = {"a thing"};
        PQclear(hotpath_pq_exec_prepared(c, "by_name", 1, values, NULL, NULL, 0, by_name));
    }
    for (int i = 0; i < 9; i++) {
        hotpath_span_t span;
        PGresult* last = NULL;
        hotpath_pq_begin(&span, "SELECT count(*) FROM item");
        if (PQsendQuery(c, "SELECT count(*) FROM item") == 1) last = PQgetResult(c);
        hotpath_pq_end(&span, last);
        for (; last != NULL; last = PQgetResult(c))
            PQclear(last);
    }
    for (int i = 0; i < 3; i++)
        run_plain(c, "SELECT 1 FROM nowhere");
    for (int i = 0; i < 5; i++)
        run_plain(c, "INSERT INTO item VALUES(1, 'twice')");
}

/* One number that the server says. */
static uint64_t ask(PGconn* c, const char* sql) {
    PGresult* result = PQexec(c, sql);
    uint64_t value = 0;
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
        value = strtoull(PQgetvalue(result, 0, 0), NULL, 10);
    else
        printf("%s: %s", sql, PQerrorMessage(c)), failures++;
    PQclear(result);
    return value;
}
static uint64_t ask_of(PGconn* c, const char* column, const char* part) {
    char sql[400];
    (void)snprintf(sql, sizeof sql,
        "SELECT coalesce(sum(%s), 0) FROM pg_stat_statements WHERE strpos(query, '%s') > 0"
        " AND query NOT LIKE '%%pg_stat%%' AND query NOT LIKE 'CREATE%%'",
        column, part);
    return ask(c, sql);
}

static void compare(PGconn* c) {
    size_t count = 0;
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_span_row_t* rows = hotpath_snapshot_spans(s, &count);
    uint64_t failed = 0;
    for (int i = 0; i < STATEMENTS; i++) {
        const char* part = statements[i].part;
        const hotpath_span_row_t* row = NULL;
        uint64_t keys = 0;
        for (size_t k = 0; k < count; k++)
            if (strstr(rows[k].key, part) != NULL) row = &rows[k], keys++;
        expect(part, "keys", keys, 1);
        if (row == NULL) continue;
        expect(part, "executions", row->count, statements[i].done + statements[i].failed);
        expect(part, "errors", row->errors, statements[i].failed);
        expect(part, "rows", row->rows, statements[i].rows);
        /* The server keeps those that succeed; an insert's rows are those that it made. */
        expect(part, "calls, says the server", ask_of(c, "calls", part), statements[i].done);
        if (strncmp(part, "INTO", 4) != 0)
            expect(part, "rows, says the server", ask_of(c, "rows", part), statements[i].rows);
        failed += row->errors;
    }
    PQclear(PQexec(c, "SELECT pg_stat_force_next_flush()"));
    expect("all", "rolled back, says the server",
        ask(c, "SELECT xact_rollback FROM pg_stat_database WHERE datname = current_database()"),
        failed);
    hotpath_snapshot_free(s);
}

int main(int argc, char** argv) {
    HOTPATH_MAIN();
    PGconn* c = PQconnectdb(argc > 1 ? argv[1] : "");
    if (PQstatus(c) != CONNECTION_OK) {
        printf("no connection: %s", PQerrorMessage(c));
        PQfinish(c);
        return 1;
    }
    printf("PostgreSQL %d\n", PQserverVersion(c));
    PQclear(PQexec(c, "SET client_min_messages TO warning"));
    PQclear(PQexec(c, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements"));
    PQclear(PQexec(c, "CREATE TABLE item(id integer PRIMARY KEY, name text)"));
    PQclear(PQexec(c, "SELECT pg_stat_statements_reset()"));
    run_all(c);
    compare(c);
    PQfinish(c);
    return failures == 0 ? 0 : 1;
}
