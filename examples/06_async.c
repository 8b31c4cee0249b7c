/* 06_async.c: a program of callbacks on libuv. A service takes lines over TCP and answers each with its
   digest; clients of its own, on the same loop, send the lines and check the answers. Digests of short
   lines are quick, those of long ones take a while: they belong on the pool of libuv. But now and then one
   is made right in the callback that reads it, and everybody waits: the loop's lag, and who made it, is what
   this example shows. With DEMO_FIXED=1 all long ones go to the pool.

       build/examples/06_async [CLIENTS [LINES]]

   With a line on stdin that does not end it stays after its work, for questions to its server. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "adapters/hotpath_uv.h"

enum {
    LINE = 64,
    LONG_EVERY = 40,  /* each so many lines is a long one */
    IN_LOOP_EVERY = 4 /* and each so many of them is digested in the loop */
};

static uv_loop_t* loop;
static hotpath_uv_t hot;
static uv_tcp_t listener;
static bool fixed;
static int lines_each = 100, clients_left, failures;
static unsigned long_lines, answered, in_loop;

/* ---- digests ------------------------------------------------------------------------------------ */

/* FNV-1a, `rounds` times over. */
static uint64_t digest(const char* line, int rounds) {
    HOTPATH_FUNC();
    uint64_t hash = 14695981039346656037u;
    for (int r = 0; r < rounds; r++)
        for (const char* c = line; *c; c++)
            hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    return hash;
}
static bool is_long(const char* line) { return line[0] == 'L'; }
static uint64_t digest_of(const char* line) { return digest(line, is_long(line) ? 500000 : 20); }

/* ---- the service -------------------------------------------------------------------------------- */

typedef struct peer {
    uv_tcp_t tcp;
    char line[LINE];
    size_t used;
    int number, sent, checked; /* of a client */
} peer_t;

/* An answer that is made: on the pool, or at once. */
typedef struct answer {
    hotpath_uv_work_t work;
    uv_write_t write;
    uv_tcp_t* to;
    char line[LINE];
    char text[LINE];
    uint64_t hash;
} answer_t;

static void on_closed(uv_handle_t* handle) { free(handle->data); }
static void on_written(uv_write_t* write, int status) {
    HOTPATH_UV_CALLBACK(&hot);
    (void)status;
    free(write->data);
}
static void send_text(uv_tcp_t* to, uv_write_t* write, void* owner, char* text) {
    uv_buf_t buffer = uv_buf_init(text, (unsigned)strlen(text));
    write->data = owner;
    if (uv_write(write, (uv_stream_t*)to, &buffer, 1, on_written) != 0) free(owner);
}
static void reply(answer_t* a) {
    HOTPATH_FUNC();
    (void)snprintf(a->text, sizeof a->text, "%016llx\n", (unsigned long long)a->hash);
    answered++;
    send_text(a->to, &a->write, a, a->text);
}
static void on_pool(uv_work_t* request) {
    answer_t* a = (answer_t*)request->data;
    a->hash = digest_of(a->line);
}
static void on_digested(uv_work_t* request, int status) {
    HOTPATH_FUNC();
    (void)status;
    reply((answer_t*)request->data);
}
/* One line of the service. */
static void on_line(peer_t* peer, const char* line) {
    HOTPATH_FUNC();
    answer_t* a = (answer_t*)calloc(1, sizeof *a);
    if (a == NULL) exit(1);
    (void)snprintf(a->line, sizeof a->line, "%s", line);
    a->to = &peer->tcp, a->work.request.data = a;
    long_lines += is_long(line);
    bool blocks = is_long(line) && long_lines % IN_LOOP_EVERY == 0 && !fixed;
    in_loop += blocks;
    if (blocks || !is_long(line)) {
        a->hash = digest_of(line);
        reply(a);
    } else if (hotpath_uv_queue_work(&hot, loop, &a->work, "digest", on_pool, on_digested) != 0) {
        exit(1);
    }
}
/* Calls `each` for every whole line that has come. */
static void split(peer_t* peer, const char* data, ssize_t n, void (*each)(peer_t*, const char*)) {
    for (ssize_t i = 0; i < n; i++) {
        if (data[i] != '\n') {
            if (peer->used < sizeof peer->line - 1) peer->line[peer->used++] = data[i];
            continue;
        }
        peer->line[peer->used] = 0;
        peer->used = 0;
        each(peer, peer->line);
    }
}
static void on_room(uv_handle_t* handle, size_t wanted, uv_buf_t* buffer) {
    static char room[4096]; /* read before the next one is asked for */
    (void)handle, (void)wanted;
    *buffer = uv_buf_init(room, sizeof room);
}
static void on_request(uv_stream_t* stream, ssize_t n, const uv_buf_t* buffer) {
    HOTPATH_UV_CALLBACK(&hot);
    if (n < 0)
        uv_close((uv_handle_t*)stream, on_closed);
    else
        split((peer_t*)stream->data, buffer->base, n, on_line);
}
static peer_t* new_peer(void) {
    peer_t* peer = (peer_t*)calloc(1, sizeof *peer);
    if (peer == NULL || uv_tcp_init(loop, &peer->tcp) != 0) exit(1);
    peer->tcp.data = peer;
    return peer;
}
static void on_connection(uv_stream_t* server, int status) {
    HOTPATH_UV_CALLBACK(&hot);
    peer_t* peer = new_peer();
    if (status == 0 && uv_accept(server, (uv_stream_t*)&peer->tcp) == 0)
        uv_read_start((uv_stream_t*)&peer->tcp, on_room, on_request);
    else
        uv_close((uv_handle_t*)&peer->tcp, on_closed);
}

/* ---- the clients -------------------------------------------------------------------------------- */

/* What a client sends: it knows the answer, and asks for the next one when it has come. */
static void line_of(const peer_t* peer, int number, char* line, size_t size) {
    const char* kind = (peer->number + number) % LONG_EVERY == 0 ? "Long" : "short";
    (void)snprintf(line, size, "%s line %d", kind, number);
}
typedef struct question {
    uv_write_t write;
    char text[LINE];
} question_t;

static void ask_next(peer_t* peer) {
    HOTPATH_FUNC();
    question_t* q = (question_t*)calloc(1, sizeof *q);
    if (q == NULL) exit(1);
    line_of(peer, peer->sent++, q->text, sizeof q->text - 1);
    strcat(q->text, "\n");
    send_text(&peer->tcp, &q->write, q, q->text);
}
static void on_answer(peer_t* peer, const char* text) {
    char line[LINE], right[LINE];
    line_of(peer, peer->checked++, line, sizeof line);
    if (!is_long(line)) { /* those are not made twice */
        (void)snprintf(right, sizeof right, "%016llx", (unsigned long long)digest_of(line));
        failures += strcmp(text, right) != 0;
    }
    if (peer->sent < lines_each) {
        ask_next(peer);
    } else {
        uv_close((uv_handle_t*)&peer->tcp, on_closed);
        if (--clients_left == 0) uv_close((uv_handle_t*)&listener, NULL);
    }
}
static void on_reply(uv_stream_t* stream, ssize_t n, const uv_buf_t* buffer) {
    HOTPATH_UV_CALLBACK(&hot);
    if (n > 0) split((peer_t*)stream->data, buffer->base, n, on_answer);
}
static void on_connected(uv_connect_t* connect, int status) {
    HOTPATH_UV_CALLBACK(&hot);
    if (status != 0) exit(1);
    uv_read_start(connect->handle, on_room, on_reply);
    ask_next((peer_t*)connect->handle->data);
    free(connect);
}

int main(int argc, char** argv) {
    HOTPATH_MAIN();
    int clients = argc > 1 ? atoi(argv[1]) : 20, length = sizeof(struct sockaddr_in);
    struct sockaddr_in address;
    if (argc > 2) lines_each = atoi(argv[2]);
    if (clients < 1 || lines_each < 1) return 2;
    fixed = getenv("DEMO_FIXED") != NULL;
    loop = uv_default_loop();
    hotpath_uv_start(&hot, loop, "loop");
    uv_ip4_addr("127.0.0.1", 0, &address);
    if (uv_tcp_init(loop, &listener) != 0 ||
        uv_tcp_bind(&listener, (const struct sockaddr*)&address, 0) != 0 ||
        uv_listen((uv_stream_t*)&listener, 128, on_connection) != 0 ||
        uv_tcp_getsockname(&listener, (struct sockaddr*)&address, &length) != 0)
        return 1;
    clients_left = clients;
    for (int i = 0; i < clients; i++) {
        peer_t* peer = new_peer();
        peer->number = i;
        uv_connect_t* connect = (uv_connect_t*)calloc(1, sizeof *connect);
        if (connect == NULL) return 1;
        uv_tcp_connect(connect, &peer->tcp, (const struct sockaddr*)&address, on_connected);
    }
    uv_run(loop, UV_RUN_DEFAULT);
    printf("%u lines answered, %u long ones in the loop, %d wrong\n", answered, in_loop, failures);
    fflush(stdout);
    for (char c; !isatty(0) && read(0, &c, 1) > 0;) {}
    hotpath_uv_stop(&hot);
    uv_run(loop, UV_RUN_DEFAULT);
    return failures != 0;
}
