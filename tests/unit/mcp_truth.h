/* mcp_truth.h - answers of the server, read, and held against each other: for tests that know what is
   true of their program. */
#ifndef MCP_TRUTH_H
#define MCP_TRUTH_H

#include "mcp_client.h"
#include "truth.h"

/* Starts the server on a port of the system's. */
static inline void serve(void) {
    setenv("HOTPATH_MCP_PORT", "0", 1);
    CHECK(hotpath_mcp_start(), "the server");
}
/* The answer of a tool, read; NULL with a failed check. The text is the caller's to free. */
static inline truth_json_t* ask(int port, const char* path, char** text) {
    client_reply_t r = client_get(port, path);
    *text = r.text;
    if (!CHECK(r.status == 200, "%s answered %d: %s", path, r.status, r.body)) return NULL;
    return truth_json_read(r.body);
}
/* The first row of an answer; one without fields, if there is none. */
static inline const truth_json_t* first_row(const truth_json_t* answer) {
    const truth_json_t* row = truth_json_first(answer, "data");
    static const truth_json_t none;
    return row != NULL ? row : &none;
}
/* The rows of an answer without what differs from call to call. */
static inline const char* rows_of(const char* text) {
    const char* at = text != NULL ? strstr(text, "\"data\":[") : NULL;
    return at != NULL ? at : "";
}
/* The same call through MCP, modern: its structured content and its text hold the same rows. */
static inline void check_mcp(
    int port, const char* tool, const char* arguments, const char* api_text) {
    char body[1024], headers[256];
    const char* rows = rows_of(api_text);
    snprintf(body, sizeof body,
        "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"tools/call\",\"params\":{\"name\":\"%s\","
        "\"arguments\":%s,\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
        "\"io.modelcontextprotocol/clientCapabilities\":{}}}}",
        tool, arguments);
    snprintf(headers, sizeof headers,
        "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: %s\r\n", tool);
    client_reply_t r = client_post(port, "/mcp", headers, body);
    CHECK(r.status == 200, "%s answered %d", tool, r.status);
    truth_json_t* reply = truth_json_read(r.body);
    const truth_json_t* result = truth_json_get(reply, "result");
    const truth_json_t* content = truth_json_get(result, "content");
    if (CHECK(content != NULL && content->child != NULL, "no content: %s", r.body)) {
        CHECK_TEXT("rows", "the text", rows_of(truth_json_text(content->child, "text")), rows);
        const char* structured = strstr(r.body, "\"structuredContent\":");
        CHECK(structured != NULL && strncmp(rows_of(structured), rows, strlen(rows)) == 0,
            "the structured content has other rows than /api");
    }
    truth_json_free(reply);
    client_free(&r);
}

#endif /* MCP_TRUTH_H */
