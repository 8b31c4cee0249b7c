/* FLAGS: -DHOTPATH_MCP */
/* The recorder and the server for tests that only have a clock of their own, virtual_ticks, and look at
   nothing private but what mcp_server.h declares: compiled once a build. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include <stdint.h>
uint64_t virtual_ticks(void);
#ifndef HOTPATH_CLOCK
    #define HOTPATH_CLOCK() virtual_ticks()
#endif
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "hotpath_mcp.c"
#include "mcp_server.h"

bool server_history_open(void) {
    history.memory = (char*)os_reserve(HISTORY_RESERVE);
    history.start_ms = os_now_ms(), history.nonce = 0x1234abcd, history.count = 0;
    settings.toolsets = UINT32_MAX;
    return history.memory != NULL;
}
void server_history_close(void) {
    os_release(history.memory, HISTORY_RESERVE);
    history.memory = NULL, history.count = 0;
}
uint64_t server_tick(void) {
    history_lock();
    history_tick();
    uint64_t number = history_newest()->tick;
    history_unlock();
    return number;
}
void server_sleeps(uint64_t ms) {
    for (size_t i = 0; i < history.count; i++)
        history.baselines[i].at_ms -= ms;
}
void server_token(uint64_t tick, char* text, size_t size) { history_token(tick, text, size); }
char* server_answer(const char* tool, const char* arguments, bool* ok) {
    mcp_arena_t arena;
    protocol_reply_t reply;
    mcp_arena_init(&arena, MCP_REQUEST_BYTES - MCP_ERROR_BYTES);
    protocol_api(&arena, tool, arguments, strlen(arguments), &reply);
    char* text = strndup(reply.body, reply.size);
    *ok = reply.status == 200 && !reply.markdown;
    mcp_arena_free(&arena);
    return text;
}
int server_port(void) { return http.port; }
