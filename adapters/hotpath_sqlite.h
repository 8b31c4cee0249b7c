/* hotpath_sqlite.h - what SQLite runs, by statement: count, time, rows, full scans.

       #include "hotpath.h"
       #include "hotpath_sqlite.h"

       static hotpath_sqlite_t trace;
       sqlite3_open("shop.db", &db);
       hotpath_sqlite_trace(&trace, db);

   From then on each statement of that connection is a span of kind HOTPATH_SPAN_SQL from its first
   sqlite3_step to the one that gives its last row, or else to sqlite3_reset or sqlite3_finalize, also
   those of sqlite3_exec. Statements that SQLite runs inside of another one (of triggers, of virtual
   tables, of functions that are written in C) are part of that one. SQLite does not tell a trace what
   failed: hotpath_sqlite_step in place of sqlite3_step does.

   Needs SQLite 3.14 and -lsqlite3. Without -DHOTPATH it traces nothing. */
#ifndef HOTPATH_SQLITE_H
#define HOTPATH_SQLITE_H
#if !defined(HOTPATH_H)
    #error "hotpath: #include \"hotpath.h\" before hotpath_sqlite.h"
#endif
#include <sqlite3.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Statements of one connection that have been stepped and are not done. */
#define HOTPATH_SQLITE_OPEN 16

typedef struct hotpath_sqlite_run {
    sqlite3_stmt* statement; /* NULL: this place is free */
    bool done;               /* it waits for the end of its hotpath_sqlite_step */
    int scanned;             /* steps of full scans that it had made before */
    uint64_t rows;
    hotpath_span_t span;
} hotpath_sqlite_run_t;

/* The trace of one connection: all zeros before hotpath_sqlite_trace, at one address until the
   connection is closed, and used by whoever uses the connection. */
typedef struct hotpath_sqlite {
    uint64_t untimed;       /* statements past HOTPATH_SQLITE_OPEN at once: counted without time */
    sqlite3_stmt* stepping; /* by hotpath_sqlite_step */
    hotpath_sqlite_run_t runs[HOTPATH_SQLITE_OPEN];
} hotpath_sqlite_t;

#if HOTPATH_I_ON

/* Returns: the place of a statement, of NULL a free one; NULL if there is none. */
static inline hotpath_sqlite_run_t* hotpath_i_sqlite_run(
    hotpath_sqlite_t* trace, const sqlite3_stmt* statement) {
    for (int i = 0; i < HOTPATH_SQLITE_OPEN; i++)
        if (trace->runs[i].statement == statement) return &trace->runs[i];
    return NULL;
}
static inline void hotpath_i_sqlite_begin(
    hotpath_sqlite_t* trace, sqlite3_stmt* statement, const char* text) {
    const char* whole = sqlite3_sql(statement);
    /* What runs inside of another statement comes as a comment. */
    if (whole == NULL || (text != whole && strcmp(text, whole) != 0)) return;
    hotpath_sqlite_run_t* run = hotpath_i_sqlite_run(trace, NULL);
    if (run == NULL) {
        trace->untimed++;
        hotpath_span_record(HOTPATH_SPAN_SQL, text, SIZE_MAX, 0, NULL);
        return;
    }
    run->statement = statement, run->done = false, run->rows = 0;
    run->scanned = sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0);
    hotpath_span_begin(&run->span, HOTPATH_SPAN_SQL, text, SIZE_MAX);
}
static inline void hotpath_i_sqlite_end(hotpath_sqlite_run_t* run) {
    hotpath_span_rows(&run->span, run->rows);
    hotpath_span_end(&run->span);
    run->statement = NULL;
}
/* A statement is done. How far it scanned is known now; how it ended only its step can tell. */
static inline void hotpath_i_sqlite_done(hotpath_sqlite_t* trace, sqlite3_stmt* statement) {
    hotpath_sqlite_run_t* run = hotpath_i_sqlite_run(trace, statement);
    if (run == NULL) return;
    int scanned = sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0);
    if (scanned > run->scanned)
        hotpath_span_fullscan(&run->span, (uint64_t)(scanned - run->scanned));
    if (trace->stepping == statement)
        run->done = true;
    else
        hotpath_i_sqlite_end(run);
}
static inline int hotpath_i_sqlite_event(unsigned event, void* user, void* of, void* text) {
    hotpath_sqlite_t* trace = (hotpath_sqlite_t*)user;
    sqlite3_stmt* statement = (sqlite3_stmt*)of;
    hotpath_sqlite_run_t* run;
    switch (event) {
        case SQLITE_TRACE_STMT: hotpath_i_sqlite_begin(trace, statement, (const char*)text); break;
        case SQLITE_TRACE_ROW:
            run = hotpath_i_sqlite_run(trace, statement);
            if (run != NULL) run->rows++;
            break;
        case SQLITE_TRACE_PROFILE: hotpath_i_sqlite_done(trace, statement); break;
        default: break;
    }
    return 0;
}
#endif

/* Records every statement of a connection; replaces another trace of it.
   Args: trace is all zeros and stays where it is until sqlite3_close. Threads: as the connection.
   Returns: a code of SQLite. */
static inline int hotpath_sqlite_trace(hotpath_sqlite_t* trace, sqlite3* connection) {
#if HOTPATH_I_ON
    const unsigned events = SQLITE_TRACE_STMT | SQLITE_TRACE_ROW | SQLITE_TRACE_PROFILE;
    return sqlite3_trace_v2(connection, events, hotpath_i_sqlite_event, trace);
#else
    (void)trace, (void)connection;
    return SQLITE_OK;
#endif
}

/* sqlite3_step that also records how it failed: the code as the span's status, its text as the reason.
   Args: the trace of the statement's connection. Threads: as the connection. Returns: as
   sqlite3_step. */
static inline int hotpath_sqlite_step(hotpath_sqlite_t* trace, sqlite3_stmt* statement) {
#if HOTPATH_I_ON
    sqlite3_stmt* outer = trace->stepping; /* of a function in C that runs statements */
    trace->stepping = statement;
    const int code = sqlite3_step(statement);
    trace->stepping = outer;
    hotpath_sqlite_run_t* run = hotpath_i_sqlite_run(trace, statement);
    if (statement == NULL || run == NULL || !run->done) return code;
    if (code != SQLITE_DONE) {
        hotpath_span_status(&run->span, code);
        hotpath_span_error(&run->span, sqlite3_errstr(code));
    }
    hotpath_i_sqlite_end(run);
    return code;
#else
    (void)trace;
    return sqlite3_step(statement);
#endif
}

#ifdef __cplusplus
}
#endif
#endif /* HOTPATH_SQLITE_H */
