/* hotpath_libpq.h - what PostgreSQL is asked, by statement: count, time, rows, errors.

       #include "hotpath.h"
       #include "hotpath_libpq.h"

       result = hotpath_pq_exec(connection, "SELECT 1");
       result = hotpath_pq_exec_params(connection, sql, 1, NULL, values, NULL, NULL, 0);
       result = hotpath_pq_exec_prepared(connection, "by_id", 1, values, NULL, NULL, 0, sql);

   are libpq's functions as spans of kind HOTPATH_SPAN_SQL; the last argument is the text that by_id was
   prepared from. What is sent and received apart is one span from here to there:

       hotpath_pq_begin(&span, sql);        before PQsendQuery
       hotpath_pq_end(&span, result);       after PQgetResult

   A result that is an error has its SQLSTATE as the reason. Needs -lpq. Without -DHOTPATH it records
   nothing. */
#ifndef HOTPATH_LIBPQ_H
#define HOTPATH_LIBPQ_H
#if !defined(HOTPATH_H)
    #error "hotpath: #include \"hotpath.h\" before hotpath_libpq.h"
#endif
#include <libpq-fe.h>
#include <stdlib.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Begins the span of a statement. Args: sql is its text, with $1 or with literals. Threads: any. */
static inline void hotpath_pq_begin(hotpath_span_t* span, const char* sql) {
    hotpath_span_begin(span, HOTPATH_SPAN_SQL, sql, SIZE_MAX);
}
/* Ends it. Args: result is what libpq gave, or NULL; it stays the caller's. Threads: any. */
static inline void hotpath_pq_end(hotpath_span_t* span, const PGresult* result) {
#if HOTPATH_I_ON
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE) {
        hotpath_span_rows(span, (uint64_t)PQntuples(result));
    } else if (status == PGRES_BAD_RESPONSE || status == PGRES_FATAL_ERROR) {
        const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        hotpath_span_status(span, (int)status);
        hotpath_span_error(span, state != NULL ? state : "no connection");
    }
    hotpath_span_end(span);
#else
    (void)span, (void)result;
#endif
}

/* PQexec as a span. Threads and returns: as PQexec; so do the others. */
static inline PGresult* hotpath_pq_exec(PGconn* connection, const char* sql) {
    hotpath_span_t span;
    hotpath_pq_begin(&span, sql);
    PGresult* result = PQexec(connection, sql);
    hotpath_pq_end(&span, result);
    return result;
}
static inline PGresult* hotpath_pq_exec_params(PGconn* connection, const char* sql, int count,
    const Oid* types, const char* const* values, const int* lengths, const int* formats,
    int result_format) {
    hotpath_span_t span;
    hotpath_pq_begin(&span, sql);
    PGresult* result =
        PQexecParams(connection, sql, count, types, values, lengths, formats, result_format);
    hotpath_pq_end(&span, result);
    return result;
}
/* Args: as PQexecPrepared, and the text that the statement was prepared from. */
static inline PGresult* hotpath_pq_exec_prepared(PGconn* connection, const char* name, int count,
    const char* const* values, const int* lengths, const int* formats, int result_format,
    const char* sql) {
    hotpath_span_t span;
    hotpath_pq_begin(&span, sql);
    PGresult* result =
        PQexecPrepared(connection, name, count, values, lengths, formats, result_format);
    hotpath_pq_end(&span, result);
    return result;
}

#ifdef __cplusplus
}
#endif
#endif /* HOTPATH_LIBPQ_H */
