/* http.h: CivetWeb's start and stop, a request in and a reply out. Everything from outside is hostile
   until the checks here have passed, and every reply carries the same security headers. */

#if !defined(HOTPATH_CIVETWEB_H)
    #define HOTPATH_CIVETWEB_H <civetweb.h>
#endif
#if defined(__has_include)
    #if !__has_include(HOTPATH_CIVETWEB_H)
        #error \
            "hotpath: civetweb.h is missing: apt-get install libcivetweb-dev, or name your own copy with -DHOTPATH_CIVETWEB_H='\"civetweb.h\"'"
    #endif
#endif
#include HOTPATH_CIVETWEB_H

#define HTTP_BODY_BYTES   ((size_t)1 << 20)
#define HTTP_THREADS      16
#define HTTP_TIMEOUT_MS   "5000"
#define HTTP_DEADLINE_MS  10000 /* for a whole body, or a whole reply */
#define HTTP_PIECE        ((size_t)64 << 10)
#define HTTP_IDLE_MS      "2000" /* of a connection that is kept alive */
#define HTTP_KEEP_ALIVE   "keep-alive\r\nKeep-Alive: timeout=2" /* the same, as clients are told it */
#define HTTP_HEADERS_MOST 64  /* CivetWeb drops further ones without a word */
#define HTTP_SILENT_MS    100 /* of a connection that says nothing, while others wait for a thread */
#define HTTP_KNOCK_MS     5   /* from one try to the next to wake CivetWeb, while it is stopped */
#if !defined(HTTP_SLOW_MS)
    #define HTTP_SLOW_MS 100 /* that a wrong token waits for its answer; a test has more */
#endif

/* What one of CivetWeb's threads does. It is written by that thread, but for `late`. */
typedef enum http_phase {
    HTTP_FREE,
    HTTP_SILENT,  /* it waits for a request */
    HTTP_READING, /* it waits for the rest of a body */
    HTTP_ANSWERING
} http_phase_t;

typedef struct http_worker {
    uint32_t phase; /* http_phase_t */
    int peer;       /* the client's port */
    uint64_t since; /* milliseconds, when the phase began */
    bool late;      /* the watcher has ended what was awaited */
} http_worker_t;

static struct {
    struct mg_context* context;
    int port;
    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t wake;  /* the watcher, and requests that wait because of a wrong token */
    pthread_t watcher;
    bool watching;
    http_worker_t workers[HTTP_THREADS];
    int worker_count;
    int ready;                /* threads of CivetWeb that run */
    bool stopping;            /* mg_stop is about to be called, or was */
    bool stopped;             /* mg_stop has returned */
    struct sigaction sigpipe; /* the program's own disposition */
    int slowed;               /* requests that wait because of a wrong token */
    char error[200];          /* CivetWeb's first message while it starts */
} http = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- who waits for what ---- */

/* Each worker holds a thread for as long as its connection lives, whether that says something or not.
   Where all are taken, the watcher ends the connections that say nothing, and so whoever waits behind
   them is served; and it ends bodies that do not come, which CivetWeb waits for byte by byte. */

/* Says what the worker of a connection does now. Returns: whether the watcher has ended the phase before. */
static bool http_phase(const struct mg_connection* c, http_phase_t phase) {
    http_worker_t* w = (http_worker_t*)mg_get_thread_pointer(c);
    if (w == NULL) return false;
    bool late = __atomic_load_n(&w->late, __ATOMIC_RELAXED);
    if (late) __atomic_store_n(&w->late, false, __ATOMIC_RELAXED);
    __atomic_store_n(&w->since, os_late_ms(), __ATOMIC_RELAXED);
    __atomic_store_n(&w->phase, (uint32_t)phase, __ATOMIC_RELEASE);
    return late;
}
/* A request has come. */
static void http_begins(const struct mg_connection* c) {
    http_worker_t* w = (http_worker_t*)mg_get_thread_pointer(c);
    if (w != NULL)
        __atomic_store_n(&w->peer, mg_get_request_info(c)->remote_port, __ATOMIC_RELAXED);
    http_phase(c, HTTP_ANSWERING);
}
static bool http_crowded(void) {
    for (size_t i = 0; i < HTTP_THREADS; i++)
        if (__atomic_load_n(&http.workers[i].phase, __ATOMIC_ACQUIRE) == HTTP_FREE) return false;
    return true;
}
/* A connection has found a worker, and said nothing yet: not even whose it is. */
static int http_on_connection(const struct mg_connection* c, void** unused) {
    (void)unused;
    http_phase(c, HTTP_SILENT);
    if (!http_crowded()) return 0;
    pthread_mutex_lock(&http.lock);
    pthread_cond_broadcast(&http.wake);
    pthread_mutex_unlock(&http.lock);
    return 0;
}
static void http_on_closed(const struct mg_connection* c) { http_phase(c, HTTP_FREE); }

/* A connection that has sent no whole request for HTTP_SILENT_MS, in a worker's hands or before. */
static bool http_is_silent(int descriptor, const void* unused) {
    int peer = os_socket_peer(descriptor);
    (void)unused;
    for (size_t i = 0; i < HTTP_THREADS; i++)
        if (__atomic_load_n(&http.workers[i].phase, __ATOMIC_ACQUIRE) > HTTP_SILENT &&
            __atomic_load_n(&http.workers[i].peer, __ATOMIC_RELAXED) == peer)
            return false;
    return !os_socket_listens(descriptor) && os_socket_silent(descriptor, HTTP_SILENT_MS);
}
static bool http_is_peer(int descriptor, const void* peer) {
    return !os_socket_listens(descriptor) && os_socket_peer(descriptor) == *(const int*)peer;
}
/* Ends a body that has not come in time; a reply may still go out. */
static void http_end_late(http_worker_t* w) {
    uint64_t since = __atomic_load_n(&w->since, __ATOMIC_RELAXED);
    int peer = __atomic_load_n(&w->peer, __ATOMIC_RELAXED);
    if (__atomic_load_n(&w->phase, __ATOMIC_ACQUIRE) != HTTP_READING ||
        os_late_ms() < since + HTTP_DEADLINE_MS)
        return;
    __atomic_store_n(&w->late, true, __ATOMIC_RELAXED);
    os_sockets_end(http.port, http_is_peer, &peer, SHUT_RD);
}
static void* http_watch(void* unused) {
    (void)unused;
    hotpath_i_exclude(1);
    pthread_mutex_lock(&http.lock);
    while (!http.stopping) {
        bool crowded = http_crowded();
        os_condition_wait_ms(&http.wake, &http.lock, crowded ? HTTP_SILENT_MS / 4 : 1000);
        if (http.stopping) break;
        pthread_mutex_unlock(&http.lock);
        for (size_t i = 0; i < HTTP_THREADS; i++)
            http_end_late(&http.workers[i]);
        if (http_crowded()) os_sockets_end(http.port, http_is_silent, NULL, SHUT_RDWR);
        pthread_mutex_lock(&http.lock);
    }
    while (
        !http.stopped) { /* http_stop has ended all sockets; but one may just have been accepted */
        os_condition_wait_ms(&http.wake, &http.lock, HTTP_KNOCK_MS);
        if (http.stopped) break;
        pthread_mutex_unlock(&http.lock);
        os_sockets_end(http.port, NULL, NULL, SHUT_RDWR);
        os_socket_knock(settings.host, http.port);
        pthread_mutex_lock(&http.lock);
    }
    pthread_mutex_unlock(&http.lock);
    return NULL;
}

/* ---- a reply out ---- */

static const char* http_status_text(int status) {
    switch (status) {
        case 200: return "OK";
        case 202: return "Accepted";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 408: return "Request Timeout";
        case 413: return "Content Too Large";
        case 415: return "Unsupported Media Type";
        case 417: return "Expectation Failed";
        case 500: return "Internal Server Error";
        default: return "Error";
    }
}
/* Writes in pieces, so that who reads too slowly is noticed between them. A client that takes nothing
   for HTTP_TIMEOUT_MS is given up with all that it still asks for: its connection ends. */
static void http_write(struct mg_connection* c, const char* data, size_t size) {
    uint64_t until = os_late_ms() + HTTP_DEADLINE_MS;
    while (size != 0) {
        size_t piece = size < HTTP_PIECE ? size : HTTP_PIECE;
        if (mg_write(c, data, piece) != (int)piece || os_late_ms() > until) {
            mg_disable_keep_alive(c);
            return;
        }
        data += piece, size -= piece;
    }
}
static char* http_put(char* to, const char* text) {
    size_t n = strlen(text);
    json_copy(to, text, n);
    return to + n;
}
static char* http_put_number(char* to, uint64_t v) {
    size_t n = json_digit_count(v);
    json_digits(to + n, v);
    return to + n;
}
/* Writes the head of a reply, at most PROTOCOL_HEAD_BYTES. Returns: its size. */
static size_t http_head(
    char* head, int status, const char* type, const char* extra, bool close, size_t size) {
    char* to = http_put_number(http_put(head, "HTTP/1.1 "), (uint64_t)status);
    to = http_put(http_put(http_put(to, " "), http_status_text(status)), "\r\n");
    if (size != 0) to = http_put(http_put(http_put(to, "Content-Type: "), type), "\r\n");
    to = http_put_number(http_put(to, "Content-Length: "), size);
    to = http_put(to, "\r\nX-Content-Type-Options: nosniff\r\n"
                      "Cross-Origin-Resource-Policy: same-origin\r\n"
                      "Cache-Control: no-store\r\nConnection: ");
    to = http_put(http_put(to, close ? "close" : HTTP_KEEP_ALIVE), "\r\n");
    if (extra != NULL) to = http_put(to, extra);
    return (size_t)(http_put(to, "\r\n") - head);
}
/* Sends a reply in one piece. Args: `extra` are whole header lines, or NULL, and short as the type; with
   `close` the connection ends, because the request was not read to its end; `room`: where PROTOCOL_HEAD_BYTES
   in front of the body are free, or NULL. Returns: the status, as CivetWeb wants it. */
static int http_send(struct mg_connection* c, mcp_arena_t* arena, int status, const char* type,
    const char* extra, bool close, const char* body, size_t size, char* room) {
    char head[PROTOCOL_HEAD_BYTES];
    const struct mg_request_info* info = mg_get_request_info(c);
    bool bodyless =
        info != NULL && info->request_method != NULL && strcmp(info->request_method, "HEAD") == 0;
    size_t n = http_head(head, status, type, extra, close, size);
    if (close) mg_disable_keep_alive(c);
    if (bodyless) size = 0;
    char* whole = size == 0       ? NULL
                  : room != NULL  ? room + PROTOCOL_HEAD_BYTES - n
                  : arena != NULL ? (char*)mcp_arena_alloc(arena, n + size)
                                  : NULL;
    if (whole != NULL) {
        memcpy(whole, head, n);
        if (room == NULL) memcpy(whole + n, body, size);
        http_write(c, whole, n + size);
    } else {
        http_write(c, head, n);
        http_write(c, body, size);
    }
    return status;
}
/* Refuses a request, with a line that says what to do. */
static int http_refuse(struct mg_connection* c, int status, const char* extra, const char* hint) {
    return http_send(
        c, NULL, status, "text/plain; charset=utf-8", extra, true, hint, strlen(hint), NULL);
}

/* ---- a request in ---- */

static bool http_equal(const char* a, const char* b) { /* without regard to the case of letters */
    for (;; a++, b++) {
        char x = *a, y = *b;
        if (x >= 'A' && x <= 'Z') x = (char)(x + 'a' - 'A');
        if (y >= 'A' && y <= 'Z') y = (char)(y + 'a' - 'A');
        if (x != y) return false;
        if (x == 0) return true;
    }
}
/* The headers that anything here reads; each of those with `once` decides about trust or framing. */
#define HTTP_HEADERS(X)                      \
    X(HOST, "Host", true)                    \
    X(ORIGIN, "Origin", true)                \
    X(AUTHORIZATION, "Authorization", true)  \
    X(LENGTH, "Content-Length", true)        \
    X(TYPE, "Content-Type", true)            \
    X(CODING, "Transfer-Encoding", true)     \
    X(SITE, "Sec-Fetch-Site", true)          \
    X(EXPECT, "Expect", false)               \
    X(VERSION, "MCP-Protocol-Version", true) \
    X(METHOD, "Mcp-Method", true)            \
    X(NAME, "Mcp-Name", true)

enum {
#define HTTP_ROW(constant, name, once) HTTP_##constant,
    HTTP_HEADERS(HTTP_ROW)
#undef HTTP_ROW
    HTTP_HEADER_COUNT
};

/* A request while it is answered. */
typedef struct http_request {
    struct mg_connection* c;
    const struct mg_request_info* info;
    mcp_arena_t* arena;
    const char* headers[HTTP_HEADER_COUNT]; /* the first of each name, NULL if it is missing */
} http_request_t;

/* Returns: which of them a name is, or HTTP_HEADER_COUNT. */
static unsigned http_header_of(const char* name) {
    static const struct {
        const char* name;
        size_t length;
    } known[] = {
#define HTTP_ROW(constant, name, once) {name, sizeof name - 1},
        HTTP_HEADERS(HTTP_ROW)
#undef HTTP_ROW
    };
    size_t length = strlen(name);
    unsigned i = 0;
    while (i < HTTP_HEADER_COUNT && (known[i].length != length || !http_equal(known[i].name, name)))
        i++;
    return i;
}
/* The value without the spaces and tabs around it, in the arena if it has any. */
static const char* http_trimmed(const http_request_t* r, unsigned header) {
    const char* value = r->headers[header];
    if (value == NULL) return NULL;
    while (*value == ' ' || *value == '\t')
        value++;
    size_t whole = strlen(value), length = whole;
    while (length > 0 && (value[length - 1] == ' ' || value[length - 1] == '\t'))
        length--;
    if (length == whole) return value;
    char* text = (char*)mcp_arena_alloc(r->arena, length + 1);
    if (text == NULL) return NULL;
    memcpy(text, value, length);
    text[length] = 0;
    return text;
}
/* Finds the headers. Returns: false if some that decide about trust or framing stand twice, against each
   other, or are no length. */
static bool http_headers(http_request_t* r) {
    static const bool once[] = {
#define HTTP_ROW(constant, name, once) once,
        HTTP_HEADERS(HTTP_ROW)
#undef HTTP_ROW
    };
    const struct mg_request_info* info = r->info;
    if (info->num_headers >= HTTP_HEADERS_MOST) return false;
    for (int i = 0; i < info->num_headers; i++) {
        const char* name = info->http_headers[i].name;
        unsigned known = http_header_of(name);
        if (known != HTTP_HEADER_COUNT) {
            if (once[known] && r->headers[known] != NULL) return false;
            if (r->headers[known] == NULL) r->headers[known] = info->http_headers[i].value;
            continue;
        }
        char prefix[5] = {0}; /* all that are of MCP: names of parameters, the session */
        strncpy(prefix, name, 4);
        for (int k = 0; k < i && http_equal(prefix, "Mcp-"); k++)
            if (http_equal(info->http_headers[k].name, name)) return false;
    }
    const char* digits = r->headers[HTTP_LENGTH];
    if (digits == NULL) return true; /* CivetWeb reads "2;" and "+2" as 2 */
    size_t n = strspn(digits, "0123456789");
    return n != 0 && digits[n + strspn(digits + n, " \t")] == 0 && r->headers[HTTP_CODING] == NULL;
}
/* Splits host[:port] in place. Returns: false if it is not of that form. */
static bool http_host_split(char* host) {
    char* port = NULL;
    if (host[0] == '[') {
        char* end = strchr(host, ']');
        if (end == NULL || (end[1] != 0 && end[1] != ':')) return false;
        if (end[1] == ':') port = end + 2;
        end[1] = 0;
    } else {
        char* colon = strchr(host, ':');
        if (colon != NULL) *colon = 0, port = colon + 1;
    }
    if (host[0] == 0 || (port != NULL && (*port == 0 || strlen(port) > 5))) return false;
    for (; port != NULL && *port != 0; port++)
        if (*port < '0' || *port > '9') return false;
    return true;
}
/* Whether `text` is one of a list that is separated by commas. */
static bool http_listed(const char* list, const char* text) {
    char item[256];
    while (list != NULL && *list != 0) {
        size_t n = strcspn(list, ","), from = 0;
        size_t end = n;
        while (from < end && list[from] == ' ')
            from++;
        while (end > from && list[end - 1] == ' ')
            end--;
        if (end - from < sizeof item) {
            memcpy(item, list + from, end - from);
            item[end - from] = 0;
            if (item[0] != 0 && http_equal(item, text)) return true;
        }
        list += n + (list[n] == ',');
    }
    return false;
}
static bool http_is_address(const char* host) {
    struct in_addr four;
    struct in6_addr six;
    char inner[64];
    size_t n = strlen(host);
    if (inet_pton(AF_INET, host, &four) == 1) return true;
    if (n < 4 || n >= sizeof inner || host[0] != '[') return false;
    memcpy(inner, host + 1, n - 2);
    inner[n - 2] = 0;
    return inet_pton(AF_INET6, inner, &six) == 1;
}
/* Whether a Host is one that this server is meant by: whole names, so that a name of somebody else
   that resolves to this machine is refused (DNS rebinding). */
static bool http_host_allowed(const char* value) {
    char host[256];
    if (value == NULL || strlen(value) >= sizeof host) return false;
    memcpy(host, value, strlen(value) + 1);
    if (!http_host_split(host)) return false;
    if (http_equal(host, "localhost") || strcmp(host, "127.0.0.1") == 0 ||
        strcmp(host, "[::1]") == 0)
        return true;
    if (settings.loopback) return false;
    return http_is_address(host) || http_listed(settings.allowed_hosts, host);
}
static bool http_origin_allowed(const char* value) {
    char host[256];
    if (http_listed(settings.allowed_origins, value)) return true;
    const char* rest = strncmp(value, "http://", 7) == 0    ? value + 7
                       : strncmp(value, "https://", 8) == 0 ? value + 8
                                                            : NULL;
    if (rest == NULL || strlen(rest) >= sizeof host) return false;
    memcpy(host, rest, strlen(rest) + 1);
    return http_host_split(host) &&
           (http_equal(host, "localhost") || strcmp(host, "127.0.0.1") == 0 ||
               strcmp(host, "[::1]") == 0);
}
/* Compares in a time that does not tell where the first difference is. */
static bool http_token_equal(const char* given, const char* token) {
    size_t a = strlen(given), b = strlen(token);
    unsigned difference = a != b;
    for (size_t i = 0; i < b; i++)
        difference |= (unsigned char)token[i] ^ (unsigned)(unsigned char)given[a != 0 ? i % a : 0];
    return difference == 0;
}
static bool http_authorized(const http_request_t* r) {
    if (settings.token[0] == 0) return true;
    const char* given = http_trimmed(r, HTTP_AUTHORIZATION);
    if (given == NULL) return false;
    bool bare = http_token_equal(given, settings.token), bearer = false;
    char scheme[8] = {0};
    if (strlen(given) > 7) memcpy(scheme, given, 7);
    if (http_equal(scheme, "Bearer ")) {
        given += 7;
        while (*given == ' ')
            given++;
        bearer = http_token_equal(given, settings.token);
    }
    return bare || bearer;
}
/* Slows whoever tries tokens; a few of them only, so that they never hold all workers. */
static void http_slow_down(void) {
    uint64_t now = os_now_ms(), until = now + HTTP_SLOW_MS;
    pthread_mutex_lock(&http.lock);
    bool slow = http.slowed < HTTP_THREADS / 4;
    http.slowed += slow;
    for (; slow && !http.stopping && now < until; now = os_now_ms())
        os_condition_wait_ms(&http.wake, &http.lock, until - now);
    http.slowed -= slow;
    pthread_mutex_unlock(&http.lock);
}
/* Whether the body is JSON by its media type, parameters aside. */
static bool http_is_json(const http_request_t* r) {
    char type[32];
    const char* value = r->headers[HTTP_TYPE];
    if (value == NULL) return false;
    while (*value == ' ' || *value == '\t')
        value++;
    size_t n = strcspn(value, "; \t");
    const char* rest = value + n + strspn(value + n, " \t");
    if (n >= sizeof type || (*rest != 0 && *rest != ';')) return false;
    memcpy(type, value, n);
    type[n] = 0;
    return http_equal(type, "application/json");
}
/* Reads the body. The watcher ends one that takes longer than HTTP_DEADLINE_MS. Returns: 0, or the status
   to refuse with. */
static int http_read_body(const http_request_t* r, const char** body, size_t* size) {
    const struct mg_request_info* info = r->info;
    const char *expect = r->headers[HTTP_EXPECT], *coding = r->headers[HTTP_CODING];
    size_t capacity = info->content_length > 0 ? (size_t)info->content_length : 4096, n = 0;
    if (info->content_length > (long long)HTTP_BODY_BYTES) return 413;
    if (coding != NULL && !http_equal(coding, "chunked")) return 400;
    if (expect != NULL && !http_equal(expect, "100-continue")) return 417;
    http_phase(r->c, HTTP_READING);
    if (expect != NULL) mg_write(r->c, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    char* data = (char*)mcp_arena_alloc(r->arena, capacity + 1);
    for (;;) {
        if (data == NULL) return 500;
        size_t piece = capacity - n;
        if (piece == 0 && coding == NULL) break;
        if (piece == 0) { /* never past what is refused: all of these pieces share the arena */
            size_t grown = 2 * capacity < HTTP_BODY_BYTES ? 2 * capacity : HTTP_BODY_BYTES + 16;
            char* more = (char*)mcp_arena_alloc(r->arena, grown + 1);
            if (more != NULL) memcpy(more, data, n);
            data = more, capacity = grown;
            continue;
        }
        int got = mg_read(r->c, data + n, piece);
        if (got < 0) return 400;
        if (got == 0) break;
        n += (size_t)got;
        if (n > HTTP_BODY_BYTES) return 413;
    }
    if (info->content_length > 0 && n < (size_t)info->content_length) return 400;
    data[n] = 0;
    *body = data, *size = n;
    return 0;
}
static int http_read(const http_request_t* r, const char** body, size_t* size) {
    int status = http_read_body(r, body, size);
    bool late = http_phase(r->c, HTTP_ANSWERING);
    return status != 0 && late ? 408 : status;
}
static int http_read_failed(struct mg_connection* c, int status) {
    return http_refuse(c, status, NULL,
        status == 413   ? "hotpath: a request has at most 1 MiB\n"
        : status == 408 ? "hotpath: the body did not come in time\n"
        : status == 417 ? "hotpath: of Expect only 100-continue is known\n"
                        : "hotpath: the body could not be read to its end\n");
}

/* ---- routes ---- */

/* The arguments of a GET as a JSON object: every value a string, a repeated key an array. */
static int http_hex(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}
static char* http_decoded(mcp_arena_t* arena, const char* text, size_t length) {
    char* out = (char*)mcp_arena_alloc(arena, length + 1);
    size_t n = 0;
    for (size_t i = 0; out != NULL && i < length; i++) {
        int high = text[i] == '%' && i + 2 < length ? http_hex(text[i + 1]) : -1;
        int low = high >= 0 ? http_hex(text[i + 2]) : -1;
        if (high == 0 && low == 0) return NULL; /* no name has a 0 */
        if (low >= 0) {
            out[n++] = (char)(high << 4 | low);
            i += 2;
        } else {
            out[n++] = text[i] == '+' ? ' ' : text[i];
        }
    }
    if (out != NULL) out[n] = 0;
    return out;
}
#define HTTP_ARGUMENTS    64
#define HTTP_TEXT_OF(n)   #n
#define HTTP_TEXT(number) HTTP_TEXT_OF(number)
static const char* http_arguments(mcp_arena_t* arena, const char* query, size_t* size) {
    char* keys[HTTP_ARGUMENTS];
    char* values[HTTP_ARGUMENTS];
    size_t count = 0;
    json_out_t out;
    for (const char* p = query; *p != 0;) {
        size_t n = strcspn(p, "&"), name = strcspn(p, "=&");
        if (n != 0) {
            if (count == HTTP_ARGUMENTS) return NULL;
            keys[count] = http_decoded(arena, p, name);
            values[count] = http_decoded(arena, p + name + (name < n), n - name - (name < n));
            if (keys[count] == NULL || values[count] == NULL) return NULL;
            count++;
        }
        p += n + (p[n] == '&');
    }
    json_out_init(&out, arena);
    json_object(&out);
    for (size_t i = 0; i < count; i++) {
        bool again = false, array = false;
        for (size_t k = 0; k < count; k++) {
            bool same = strcmp(keys[k], keys[i]) == 0;
            again = again || (same && k < i);
            array = array || (same && k > i);
        }
        if (again) continue;
        json_key_n(&out, keys[i], strlen(keys[i]));
        if (array) json_array(&out);
        for (size_t k = i; k < count; k++)
            if (k == i || (array && strcmp(keys[k], keys[i]) == 0)) json_text(&out, values[k]);
        if (array) json_array_end(&out);
    }
    json_object_end(&out);
    return json_out_text(&out, size);
}
static int http_reply(const http_request_t* r, const protocol_reply_t* reply) {
    return http_send(r->c, r->arena, reply->status,
        reply->markdown ? "text/markdown; charset=utf-8" : "application/json", NULL, false,
        reply->body, reply->size, reply->room);
}
static int http_mcp(const http_request_t* r) {
    protocol_request_t request;
    protocol_reply_t reply;
    memset(&request, 0, sizeof request);
    if (!http_is_json(r))
        return http_refuse(
            r->c, 415, NULL, "hotpath: send the request with Content-Type: application/json\n");
    int status = http_read(r, &request.body, &request.size);
    if (status != 0) return http_read_failed(r->c, status);
    request.version = http_trimmed(r, HTTP_VERSION);
    request.method = http_trimmed(r, HTTP_METHOD);
    request.name = http_trimmed(r, HTTP_NAME);
    protocol_answer(r->arena, &request, &reply);
    return http_reply(r, &reply);
}
static int http_api(const http_request_t* r, const char* tool, bool get) {
    protocol_reply_t reply;
    const char* arguments = NULL;
    size_t size = 0;
    if (get) {
        if (r->info->query_string != NULL) {
            arguments = http_arguments(r->arena, r->info->query_string, &size);
            if (arguments == NULL)
                return http_refuse(r->c, 400, NULL,
                    "hotpath: the query is not to be read, or has more than " HTTP_TEXT(
                        HTTP_ARGUMENTS) " arguments\n");
        }
    } else {
        if (!http_is_json(r))
            return http_refuse(r->c, 415, NULL,
                "hotpath: send the arguments with Content-Type: application/json\n");
        int status = http_read(r, &arguments, &size);
        if (status != 0) return http_read_failed(r->c, status);
    }
    protocol_api(r->arena, tool, arguments, size, &reply);
    return http_reply(r, &reply);
}

static const char* const http_home =
    "hotpath: this program answers MCP clients at POST /mcp, and curl at /api/TOOL, such as "
    "/api/functions_timing?limit=3 or /api/bottlenecks\n";

/* Every request, on every route, in this order; the first check that fails answers. */
static int http_answer(struct mg_connection* c, mcp_arena_t* arena) {
    http_request_t request, *r = &request;
    memset(r, 0, sizeof *r);
    r->c = c, r->info = mg_get_request_info(c), r->arena = arena;
    const char* path = r->info->local_uri != NULL ? r->info->local_uri : "";
    if (!http_headers(r))
        return http_refuse(c, 400, NULL,
            "hotpath: a header stands twice, Content-Length is malformed or goes with "
            "Transfer-Encoding, or there are too many headers\n");
    if (!http_host_allowed(http_trimmed(r, HTTP_HOST)))
        return http_refuse(c, 403, NULL,
            "hotpath: this Host is not served; use localhost, or set HOTPATH_MCP_ALLOWED_HOSTS\n");
    const char* origin = http_trimmed(r, HTTP_ORIGIN);
    if (origin != NULL && !http_origin_allowed(origin))
        return http_refuse(c, 403, NULL,
            "hotpath: this Origin is not allowed; HOTPATH_MCP_ALLOWED_ORIGINS can name it\n");
    const char* site = http_trimmed(r, HTTP_SITE);
    if (site != NULL && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
        return http_refuse(c, 403, NULL, "hotpath: no requests from other sites\n");
    bool mcp = strcmp(path, "/mcp") == 0, home = strcmp(path, "/") == 0;
    const char* tool = strncmp(path, "/api/", 5) == 0 ? path + 5 : NULL;
    if (!mcp && !home && (tool == NULL || *tool == 0 || strchr(tool, '/') != NULL))
        return http_refuse(
            c, 404, NULL, "hotpath: nothing is here; MCP is at /mcp, tools at /api/TOOL\n");
    if (!http_authorized(r)) {
        http_slow_down();
        return http_refuse(c, 401, "WWW-Authenticate: Bearer realm=\"hotpath\"\r\n",
            "hotpath: send the program's HOTPATH_MCP_AUTH_TOKEN as Authorization: Bearer TOKEN\n");
    }
    const char* method = r->info->request_method;
    bool get = strcmp(method, "GET") == 0, post = strcmp(method, "POST") == 0;
    if (mcp && !post) return http_refuse(c, 405, "Allow: POST\r\n", "hotpath: /mcp takes POST\n");
    if (home && !get) return http_refuse(c, 405, "Allow: GET\r\n", "hotpath: / takes GET\n");
    if (tool != NULL && !get && !post)
        return http_refuse(c, 405, "Allow: GET, POST\r\n", "hotpath: /api takes GET and POST\n");
    if (home)
        return http_send(c, arena, 200, "text/plain; charset=utf-8", NULL, false, http_home,
            strlen(http_home), NULL);
    return mcp ? http_mcp(r) : http_api(r, tool, get);
}

/* ---- what CivetWeb calls ---- */

/* Reads away what a refused client is still sending: a connection that is closed with bytes unread is
   reset, and the reply is lost with it. Ends after a second or 16 MiB, whatever comes, or when nothing has
   come for HTTP_TIMEOUT_MS. */
static void http_drain(struct mg_connection* c) {
    const struct mg_request_info* info = mg_get_request_info(c);
    char bytes[1024];
    uint64_t until = os_now_ms() + 1000;
    if (info->content_length <= 0 && mg_get_header(c, "Transfer-Encoding") == NULL) return;
    for (size_t n = 0; n < (size_t)16 << 20 && os_now_ms() < until;) {
        int got = mg_read(c, bytes, sizeof bytes);
        if (got <= 0) return;
        n += (size_t)got;
    }
}
static int http_on_request(struct mg_connection* c) {
    mcp_arena_t arena;
    mcp_arena_init(&arena, MCP_REQUEST_BYTES - MCP_ERROR_BYTES);
    http_begins(c);
    int status = http_answer(c, &arena);
    mcp_arena_free(&arena);
    if (status >= 400 && status != 408) http_drain(c); /* who is late is waited for no longer */
    http_phase(c, HTTP_SILENT);
    return status;
}
/* What CivetWeb refuses by itself, such as a Content-Length that is no number. */
static int http_on_error(struct mg_connection* c, int status, const char* message) {
    (void)message;
    http_refuse(c, status == 411 ? 400 : status, NULL, "hotpath: this is not an HTTP request\n");
    return 0;
}
static int http_on_log(const struct mg_connection* c, const char* message) {
    (void)c;
    if (http.context == NULL && http.error[0] == 0)
        snprintf(http.error, sizeof http.error, "%s", message);
    return 1; /* it prints nothing itself */
}
/* Each of CivetWeb's threads ignores SIGPIPE for the whole process before it comes here. */
static void* http_on_thread(const struct mg_context* context, int type) {
    http_worker_t* worker = NULL;
    (void)context;
    hotpath_i_exclude(1); /* what the server allocates is not the program's */
    pthread_mutex_lock(&http.lock);
    sigaction(SIGPIPE, &http.sigpipe, NULL);
    http.ready++;
    if (type == 1 && http.worker_count < HTTP_THREADS)
        worker = &http.workers[http.worker_count++]; /* what mg_get_thread_pointer gives */
    pthread_mutex_unlock(&http.lock);
    return worker;
}

/* ---- start and stop ---- */

/* Listens on host and port, 0 for any. Returns: the port, or 0 with http.error saying why. */
static int http_start(const char* host, int port) {
    char where[100], threads[12];
    snprintf(where, sizeof where, "%s:%d", host, port);
    snprintf(threads, sizeof threads, "%d", HTTP_THREADS);
    const char* options[] = {"listening_ports", where, "num_threads", threads, "request_timeout_ms",
        HTTP_TIMEOUT_MS, "keep_alive_timeout_ms", HTTP_IDLE_MS, "enable_keep_alive", "yes",
        "tcp_nodelay", "1", "access_control_allow_origin", "", "access_control_allow_methods", "",
        "access_control_allow_headers", "", NULL};
    struct mg_callbacks callbacks;
    struct mg_init_data init;
    sigset_t before;
    memset(&callbacks, 0, sizeof callbacks);
    memset(&init, 0, sizeof init);
    callbacks.begin_request = http_on_request;
    callbacks.http_error = http_on_error;
    callbacks.log_message = http_on_log;
    /* No log_access: with one, each request calls localtime, and the program's own struct tm, which is
       one for the whole process, changes under it. */
    callbacks.init_thread = http_on_thread;
    callbacks.init_connection = http_on_connection;
    callbacks.connection_closed = http_on_closed;
    init.callbacks = &callbacks;
    init.configuration_options = options;
    mg_init_library(0);
    sigaction(SIGPIPE, NULL, &http.sigpipe);
    http.error[0] = 0, http.ready = 0, http.port = 0, http.context = NULL;
    os_condition_init(&http.wake); /* before any request waits */
    memset(http.workers, 0, sizeof http.workers);
    http.worker_count = 0, http.stopping = http.stopped = false;
    os_signals_block(&before);
    struct mg_context* context = mg_start2(&init, NULL);
    os_signals_restore(&before);
    struct mg_server_port ports[4];
    memset(ports, 0, sizeof ports);
    if (context != NULL && mg_get_server_ports(context, 4, ports) > 0) port = ports[0].port;
    http.context = context;
    if (context == NULL) {
        pthread_cond_destroy(&http.wake);
        mg_exit_library();
        return 0;
    }
    for (int waited = 0; waited < 1000; waited++) { /* until SIGPIPE is the program's again */
        pthread_mutex_lock(&http.lock);
        bool ready = http.ready >= HTTP_THREADS + 1; /* and the one that accepts */
        pthread_mutex_unlock(&http.lock);
        if (ready) break;
        os_sleep_ms(1);
    }
    http.port = port;
    http.watching = os_thread_start(&http.watcher, http_watch, NULL);
    return port;
}
/* Ends the listening socket and the connections, so that all threads of CivetWeb wake by themselves, whoever
   gets a processor next; the watcher repeats it. */
static void http_stop(void) {
    if (http.context == NULL) return;
    pthread_mutex_lock(&http.lock);
    http.stopping = true;
    pthread_cond_broadcast(&http.wake);
    pthread_mutex_unlock(&http.lock);
    os_sockets_end(http.port, NULL, NULL, SHUT_RDWR);
    mg_stop(http.context);
    pthread_mutex_lock(&http.lock);
    http.stopped = true;
    pthread_cond_broadcast(&http.wake);
    pthread_mutex_unlock(&http.lock);
    if (http.watching) pthread_join(http.watcher, NULL);
    pthread_cond_destroy(&http.wake);
    http.watching = false;
    os_sockets_close(http.port, false);
    mg_exit_library();
    http.context = NULL;
}
/* In the child of a fork: the threads are gone, the sockets are not. */
static void http_forget(void) {
    pthread_mutex_t fresh = PTHREAD_MUTEX_INITIALIZER;
    http.lock = fresh;
    http.watching = false;
    if (http.context != NULL) os_sockets_close(http.port, true);
    http.context = NULL;
}
