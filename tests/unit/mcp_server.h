/* mcp_server.h - what recorder_server.c has of the server for tests that are compiled without it. */
#ifndef MCP_SERVER_H
#define MCP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A history that nothing ticks but server_tick. Returns: false without memory. */
bool server_history_open(void);
void server_history_close(void);
/* Takes a baseline. Returns: its tick. */
uint64_t server_tick(void);
/* As if the program had slept. */
void server_sleeps(uint64_t ms);
/* The text for `since` of a window that begins with that tick. */
void server_token(uint64_t tick, char* text, size_t size);
/* Returns: the answer's text, the caller's to free; `ok`, whether it is JSON. */
char* server_answer(const char* tool, const char* arguments, bool* ok);
/* The port of the server that runs. */
int server_port(void);

#endif /* MCP_SERVER_H */
