/* mcp_ticks.h - answers of the tools, exactly, on a history that moves only when a test moves it: what
   tests of tools share that need no server. */
#ifndef MCP_TICKS_H
#define MCP_TICKS_H

#include "mcp_server.h"
#include "truth.h"

/* What each test has for itself: a history without its ticker. */
static inline int setup(void** state) {
    (void)state;
    truth_failures = 0;
    return !server_history_open();
}
static inline int teardown(void** state) {
    (void)state;
    server_history_close();
    return 0;
}
/* Takes a baseline. Returns: its tick. */
static inline uint64_t tick(void) { return server_tick(); }
/* As if the program had slept. */
static inline void sleeps(uint64_t ms) { server_sleeps(ms); }
/* An answer, read, or NULL with its text in `text`; text is the caller's to free. */
static inline truth_json_t* ask(const char* tool, const char* arguments, char** text) {
    bool ok;
    *text = server_answer(tool, arguments, &ok);
    return ok ? truth_json_read(*text) : NULL;
}
/* As ask, over a window that began with a tick. */
static inline truth_json_t* ask_since(const char* tool, uint64_t since, char** text) {
    char token[40], arguments[100];
    server_token(since, token, sizeof token);
    snprintf(arguments, sizeof arguments, "{\"since\":\"%s\"}", token);
    return ask(tool, arguments, text);
}
static inline size_t rows_of(const truth_json_t* answer) {
    size_t n = 0;
    for (const truth_json_t* r = truth_json_first(answer, "data"); r != NULL; r = r->next)
        n++;
    return n;
}
/* What bottlenecks finds of a cause, in a subject or, where that is NULL, anywhere. */
static inline const truth_json_t* cause_of(
    const truth_json_t* answer, const char* cause, const char* subject) {
    const truth_json_t* row = truth_json_row(answer, "data", "cause", cause);
    while (row != NULL &&
           (strcmp(truth_json_text(row, "cause"), cause) != 0 ||
               (subject != NULL && strcmp(truth_json_text(row, "subject"), subject) != 0)))
        row = row->next;
    return row;
}

#endif /* MCP_TICKS_H */
