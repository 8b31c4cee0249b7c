/* mcp_ticks.h - answers of the tools, exactly, on a history that moves only when a test moves it: what
   tests of tools share that need no server. Include it after hotpath_mcp.c. */
#ifndef MCP_TICKS_H
#define MCP_TICKS_H

#include "truth.h"

/* What each test has for itself: a history without its ticker. */
static inline int setup(void** state) {
    (void)state;
    history.memory = (char*)os_reserve(HISTORY_RESERVE);
    history.start_ms = os_now_ms(), history.nonce = 0x1234abcd, history.count = 0;
    settings.toolsets = UINT32_MAX;
    truth_failures = 0;
    return history.memory == NULL;
}
static inline int teardown(void** state) {
    (void)state;
    os_release(history.memory, HISTORY_RESERVE);
    history.memory = NULL, history.count = 0;
    return 0;
}
/* Takes a baseline. Returns: its tick. */
static inline uint64_t tick(void) {
    history_lock();
    history_tick();
    uint64_t number = history_newest()->tick;
    history_unlock();
    return number;
}
/* As if the program had slept. */
static inline void sleeps(uint64_t ms) {
    for (size_t i = 0; i < history.count; i++)
        history.baselines[i].at_ms -= ms;
}
/* An answer, read, or NULL with its text in `text`; text is the caller's to free. */
static inline truth_json_t* ask(const char* tool, const char* arguments, char** text) {
    mcp_arena_t arena;
    protocol_reply_t reply;
    mcp_arena_init(&arena, MCP_REQUEST_BYTES - MCP_ERROR_BYTES);
    protocol_api(&arena, tool, arguments, strlen(arguments), &reply);
    *text = strndup(reply.body, reply.size);
    bool ok = reply.status == 200 && !reply.markdown;
    mcp_arena_free(&arena);
    return ok ? truth_json_read(*text) : NULL;
}
/* As ask, over a window that began with a tick. */
static inline truth_json_t* ask_since(const char* tool, uint64_t since, char** text) {
    char token[40], arguments[100];
    history_token(since, token, sizeof token);
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
