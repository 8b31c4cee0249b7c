/* mcp_client.h - a client of the server for the tests in C: one request a connection, whole replies.
   What official clients send is tested with official clients (tests/mcp). */
#ifndef MCP_CLIENT_H
#define MCP_CLIENT_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

typedef struct client_reply {
    int status;  /* 0 without an answer */
    char* text;  /* head and body, ends in 0; from malloc */
    char* body;  /* within text */
    size_t size; /* of the body */
} client_reply_t;

/* Returns: a socket to a port of this machine, or -1. Reads and writes end after 20 seconds. */
static inline int client_connect(int port) {
    struct sockaddr_in address;
    struct timeval limit = {20, 0};
    int s = socket(AF_INET, SOCK_STREAM, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (connect(s, (struct sockaddr*)&address, sizeof address) == 0) return s;
    close(s);
    return -1;
}
static inline bool client_send(int s, const char* data, size_t size) {
    while (size != 0) {
        ssize_t n = send(s, data, size, MSG_NOSIGNAL);
        if (n <= 0) return false;
        data += n, size -= (size_t)n;
    }
    return true;
}
/* Reads one reply: its head, and as much body as Content-Length says. */
static inline client_reply_t client_read(int s) {
    client_reply_t r;
    size_t capacity = 1 << 16, used = 0, wanted = SIZE_MAX;
    memset(&r, 0, sizeof r);
    r.text = (char*)malloc(capacity + 1);
    while (used < wanted) {
        if (used == capacity) r.text = (char*)realloc(r.text, (capacity *= 2) + 1);
        ssize_t n = recv(s, r.text + used, capacity - used, 0);
        if (n <= 0) break;
        used += (size_t)n;
        r.text[used] = 0;
        char* end = wanted == SIZE_MAX ? strstr(r.text, "\r\n\r\n") : NULL;
        if (end == NULL) continue;
        const char* length = strstr(r.text, "Content-Length: ");
        wanted = (size_t)(end - r.text) + 4;
        if (length != NULL && length < end) wanted += strtoul(length + 16, NULL, 10);
    }
    r.text[used] = 0;
    r.body = strstr(r.text, "\r\n\r\n");
    r.body = r.body != NULL ? r.body + 4 : r.text + used;
    r.size = used - (size_t)(r.body - r.text);
    if (strncmp(r.text, "HTTP/1.1 ", 9) == 0) r.status = atoi(r.text + 9);
    return r;
}
static inline void client_free(client_reply_t* r) {
    free(r->text);
    memset(r, 0, sizeof *r);
}
/* Sends whole bytes on a connection of its own. */
static inline client_reply_t client_raw(int port, const char* data, size_t size) {
    client_reply_t r;
    int s = client_connect(port);
    memset(&r, 0, sizeof r);
    if (s < 0) return r;
    client_send(s, data, size);
    r = client_read(s);
    close(s);
    return r;
}
static inline client_reply_t client_get(int port, const char* path) {
    char request[2048];
    int n = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
    return client_raw(port, request, (size_t)n);
}
/* Args: headers are whole lines, or "". */
static inline client_reply_t client_post(
    int port, const char* path, const char* headers, const char* body) {
    size_t size = strlen(body) + strlen(headers) + strlen(path) + 256;
    char* request = (char*)malloc(size);
    int n = snprintf(request, size,
        "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "%sContent-Length: %zu\r\n\r\n%s",
        path, headers, strlen(body), body);
    client_reply_t r = client_raw(port, request, (size_t)n);
    free(request);
    return r;
}

#endif
