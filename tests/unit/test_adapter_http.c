/* RECORDER: real */
/* LIBS: -lcivetweb -lcurl */
/* adapters/hotpath_curl.h against adapters/hotpath_civetweb.h: a server of CivetWeb and clients of
   libcurl in one program. What the clients record of their requests is what the server records of its
   routes, and what the server's own handlers have counted. */
#include "hotpath.h"
#include "law.h"

#include "adapters/hotpath_civetweb.h"
#include "adapters/hotpath_curl.h"

static struct mg_context* http;
static char base[64];
static uint64_t handled, posted; /* by the handlers themselves */

static int reply(struct mg_connection* to, int status, size_t size) {
    static const char body[4096];
    mg_printf(to, "HTTP/1.1 %d X\r\nContent-Length: %zu\r\n\r\n", status, size);
    mg_write(to, body, size);
    law_add(&handled, 1);
    return status;
}
static int get_user(struct mg_connection* to, void* user) {
    HOTPATH_FUNC();
    (void)user;
    return reply(to, 200, 1000);
}
static int get_path(struct mg_connection* to, void* user) {
    char data[1000];
    (void)user;
    const struct mg_request_info* const info = mg_get_request_info(to);
    for (int n; (n = mg_read(to, data, sizeof data)) > 0;)
        law_add(&posted, (uint64_t)n);
    const bool fails = strstr(info->local_uri, "broken") != NULL;
    const bool found = strstr(info->local_uri, "missing") == NULL;
    return reply(to, fails ? 500 : found ? 200 : 404, 100);
}
static int on_user(struct mg_connection* to, void* user) {
    return hotpath_civetweb_handle(to, "/users/:id", get_user, user);
}
static int on_path(struct mg_connection* to, void* user) {
    return hotpath_civetweb_handle(to, NULL, get_path, user);
}
static int setup(void** state) {
    (void)state;
    const char* options[] = {"listening_ports", "127.0.0.1:0", "num_threads", "8",
        "enable_keep_alive", "yes", "request_timeout_ms", "20000", NULL};
    struct mg_callbacks callbacks;
    struct mg_server_port port;
    memset(&callbacks, 0, sizeof callbacks);
    mg_init_library(0);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    http = mg_start(&callbacks, NULL, options);
    if (http == NULL || mg_get_server_ports(http, 1, &port) != 1) return 1;
    mg_set_request_handler(http, "/users/", on_user, NULL);
    mg_set_request_handler(http, "/", on_path, NULL);
    snprintf(base, sizeof base, "http://127.0.0.1:%d", port.port);
    return 0;
}
static int teardown(void** state) {
    (void)state;
    mg_stop(http);
    mg_exit_library();
    curl_global_cleanup();
    return 0;
}

/* A key that a snapshot knows, copied with its numbers; the pointers in it are gone. */
static hotpath_span_row_t now_at(
    const char* root, hotpath_span_kind_t kind, const char* method, const char* path) {
    hotpath_snapshot_t* const s = law_take();
    hotpath_span_row_t found;
    size_t count = 0;
    char key[200];
    snprintf(key, sizeof key, "%s %s%s", method, root, path);
    memset(&found, 0, sizeof found);
    const hotpath_span_row_t* const rows = hotpath_snapshot_spans(s, &count);
    for (size_t i = 0; i < count; i++)
        if (rows[i].kind == (uint32_t)kind && strcmp(rows[i].key, key) == 0) found = rows[i];
    hotpath_snapshot_free(s);
    if (found.key == NULL) law_fail(__FILE__, __LINE__, "no span %s", key);
    return found;
}
static hotpath_span_row_t now(hotpath_span_kind_t kind, const char* method, const char* path) {
    return now_at(kind == HOTPATH_SPAN_HTTP ? base : "", kind, method, path);
}
static size_t ignore(char* data, size_t one, size_t size, void* user) {
    (void)data, (void)one, (void)user;
    return size;
}
static CURL* client(const char* path) {
    char url[200];
    CURL* const curl = curl_easy_init();
    snprintf(url, sizeof url, "%s%s", strchr(path, ':') != NULL ? "" : base, path);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
    return curl;
}
static CURLcode get(const char* path) {
    CURL* const curl = client(path);
    const CURLcode code = hotpath_curl_perform(curl, "GET");
    curl_easy_cleanup(curl);
    return code;
}
/* The server ends a span after its client has the whole answer. */
static void wait_for(const char* method, const char* path, uint64_t count) {
    while (now(HOTPATH_SPAN_SERVER, method, path).completed < count)
        sched_yield();
}

static void* clients(void* unused) {
    (void)unused;
    for (int i = 0; i < 25; i++) {
        char path[100];
        snprintf(path, sizeof path, "/users/%d?page=%d#x", 1000 + i, i);
        CHECK_EQ(get(path), CURLE_OK);
    }
    return NULL;
}
static void requests_and_routes(void** state) {
    (void)state;
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        threads[i] = law_thread(clients, NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 7; i++)
        CHECK_EQ(get("/missing"), CURLE_OK);
    for (int i = 0; i < 4; i++)
        CHECK_EQ(get("/broken/8f14e45f-ceea-467f-a0e6-3ad3a5d0c1f2"), CURLE_OK);
    wait_for("GET", "/broken/:id", 4);
    wait_for("GET", "/users/:id", 75);
    CHECK_EQ(law_load(&handled), 86);
    for (int side = 0; side < 2; side++) {
        const hotpath_span_kind_t kind = side == 0 ? HOTPATH_SPAN_HTTP : HOTPATH_SPAN_SERVER;
        const hotpath_span_row_t users = now(kind, "GET", "/users/:id");
        CHECK_EQ(users.completed, 75);
        CHECK_EQ(users.status_4xx + users.status_5xx + users.errors, 0);
        CHECK_EQ(now(kind, "GET", "/missing").completed, 7);
        CHECK_EQ(now(kind, "GET", "/missing").status_4xx, 7);
        CHECK_EQ(now(kind, "GET", "/broken/:id").status_5xx, 4);
        CHECK_EQ(now(kind, "GET", "/broken/:id").errors, 4);
    }
    CHECK_EQ(now(HOTPATH_SPAN_HTTP, "GET", "/users/:id").bytes_in, 75 * 1000);
}
/* A new connection each time connects each time; parts do not take longer than the whole. */
static void parts_of_a_request(void** state) {
    (void)state;
    const hotpath_span_row_t row = now(HOTPATH_SPAN_HTTP, "GET", "/users/:id");
    uint64_t parts = 0;
    CHECK_EQ(row.phases_count[HOTPATH_SPAN_PHASE_CONNECT], 75);
    CHECK_EQ(row.phases_count[HOTPATH_SPAN_PHASE_FIRST_BYTE], 75);
    CHECK_EQ(row.phases_count[HOTPATH_SPAN_PHASE_TLS], 0);
    for (int i = 0; i < HOTPATH_SPAN_PHASES; i++)
        parts += row.phases_ns[i];
    CHECK(parts != 0 && parts <= row.total_ns);
    /* A kept one does not. */
    CURL* const curl = client("/kept");
    for (int i = 0; i < 5; i++)
        CHECK_EQ(hotpath_curl_perform(curl, "GET"), CURLE_OK);
    curl_easy_cleanup(curl);
    CHECK_EQ(now(HOTPATH_SPAN_HTTP, "GET", "/kept").count, 5);
    CHECK_EQ(now(HOTPATH_SPAN_HTTP, "GET", "/kept").phases_count[HOTPATH_SPAN_PHASE_CONNECT], 1);
}
static void bodies(void** state) {
    (void)state;
    CURL* const curl = client("/form");
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, "name=value");
    for (int i = 0; i < 3; i++)
        CHECK_EQ(hotpath_curl_perform(curl, "POST"), CURLE_OK);
    curl_easy_cleanup(curl);
    wait_for("POST", "/form", 3);
    CHECK_EQ(law_load(&posted), 30);
    CHECK_EQ(now(HOTPATH_SPAN_HTTP, "POST", "/form").bytes_out, 30);
    CHECK_EQ(now(HOTPATH_SPAN_HTTP, "POST", "/form").bytes_in, 300);
    CHECK_EQ(now(HOTPATH_SPAN_SERVER, "POST", "/form").bytes_in, 30);
}
static void no_answer(void** state) {
    (void)state;
    CHECK_EQ(get("http://127.0.0.1:1/x"), CURLE_COULDNT_CONNECT);
    const hotpath_span_row_t row = now_at("http://127.0.0.1:1", HOTPATH_SPAN_HTTP, "GET", "/x");
    CHECK_EQ(row.completed, 1);
    CHECK_EQ(row.errors, 1);
    CHECK_EQ(row.status_4xx + row.status_5xx, 0);
}
/* Several transfers of one thread at a time, which end in whatever order they like. */
static void at_once(void** state) {
    (void)state;
    enum {
        COUNT = 6
    };
    hotpath_span_t spans[COUNT];
    CURL* curls[COUNT];
    CURLM* const multi = curl_multi_init();
    int running = 1, left = 0, done = 0;
    {
        HOTPATH_SCOPE("an event loop");
        for (int i = 0; i < COUNT; i++) {
            curls[i] = client("/multi");
            curl_easy_setopt(curls[i], CURLOPT_PRIVATE, &spans[i]);
            hotpath_curl_begin(&spans[i], curls[i], "GET");
            curl_multi_add_handle(multi, curls[i]);
        }
        while (running != 0) {
            curl_multi_perform(multi, &running);
            for (CURLMsg* m; (m = curl_multi_info_read(multi, &left)) != NULL;) {
                void* span = NULL;
                curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &span);
                hotpath_curl_end((hotpath_span_t*)span, m->easy_handle, m->data.result);
                done++;
            }
            if (running != 0) curl_multi_poll(multi, NULL, 0, 1000, NULL);
        }
        HOTPATH_SCOPE("after it");
    }
    CHECK_EQ(done, COUNT);
    for (int i = 0; i < COUNT; i++) {
        curl_multi_remove_handle(multi, curls[i]);
        curl_easy_cleanup(curls[i]);
    }
    curl_multi_cleanup(multi);
    const hotpath_span_row_t row = now(HOTPATH_SPAN_HTTP, "GET", "/multi");
    CHECK_EQ(row.completed, COUNT);
    CHECK_EQ(row.open, 0);
    CHECK_EQ(row.errors, 0);
    law_check_counts("an event loop", 1, 1, law_now("an event loop").total_ns, __FILE__, __LINE__);
    CHECK_EQ(law_now("after it").completed, 1);
}

/* A server of OpenSSL, with a certificate of its own: connecting and TLS are told apart. */
static void with_tls(void** state) {
    (void)state;
    char folder[LAW_PATH], command[1024], line[200], url[64];
    const int times = 3;
    int port = 0;
    law_folder(folder);
    snprintf(command, sizeof command,
        "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 2 -keyout %s/key"
        " -out %s/cert 2>/dev/null",
        folder, folder);
    CHECK_EQ(system(command), 0);
    snprintf(command, sizeof command,
        "exec openssl s_server -www -accept 127.0.0.1:0 -naccept %d -key %s/key -cert %s/cert"
        " 2>&1",
        times, folder, folder);
    FILE* const server = popen(command, "r");
    while (port == 0 && fgets(line, sizeof line, server) != NULL)
        if (strncmp(line, "ACCEPT ", 7) == 0) port = atoi(strrchr(line, ':') + 1);
    CHECK(port != 0);
    snprintf(url, sizeof url, "https://127.0.0.1:%d/", port);
    for (int i = 0; i < times; i++) {
        CURL* const curl = client(url);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
        CHECK_EQ(hotpath_curl_perform(curl, "GET"), CURLE_OK);
        curl_easy_cleanup(curl);
    }
    while (fgets(line, sizeof line, server) != NULL) {}
    pclose(server);
    snprintf(command, sizeof command, "rm -r %s", folder);
    CHECK_EQ(system(command), 0);
    url[strlen(url) - 1] = 0;
    const hotpath_span_row_t row = now_at(url, HOTPATH_SPAN_HTTP, "GET", "/");
    uint64_t parts = 0;
    CHECK_EQ(row.completed, (uint64_t)times);
    CHECK_EQ(row.errors, 0);
    for (int i = HOTPATH_SPAN_PHASE_CONNECT; i < HOTPATH_SPAN_PHASES; i++) {
        CHECK_EQ(row.phases_count[i], (uint64_t)times);
        parts += row.phases_ns[i];
    }
    CHECK(parts != 0 && parts <= row.total_ns);
}

int main(int argc, char** argv) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_and_routes),
        cmocka_unit_test(parts_of_a_request),
        cmocka_unit_test(bodies),
        cmocka_unit_test(no_answer),
        cmocka_unit_test(at_once),
        cmocka_unit_test(with_tls),
    };
    const int code = law_run(argc, argv, NULL);
    return code >= 0 ? code : cmocka_run_group_tests(tests, setup, teardown);
}
