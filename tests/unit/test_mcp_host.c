/* FLAGS: -DHOTPATH_MCP */
/* LIBS: -lcivetweb */
/* Laws of the server 1 and 3: the program that it lives in notices nothing of it: not in its signals,
   locale, environment, errno, files, threads or memory, however often it starts and stops, and not
   in its children. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#define HOTPATH_IMPLEMENTATION
#define HTTP_SLOW_MS 3600000 /* as if for ever: longer than any test */
#include "hotpath.h"
#include "hotpath_mcp.c"
#include "law.h"
#include "mcp_client.h"
#include <dirent.h>
#include <locale.h>
#include <malloc.h>
#include <poll.h>
#include <sys/stat.h>

extern char** environ;

static int start(void) {
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.no_exit_report = true;
    CHECK(hotpath_start(&desc));
    return http.port;
}
static void answers(int port) {
    client_reply_t r = client_get(port, "/api/profiler_status");
    CHECK_EQ(r.status, 200);
    CHECK_HAS(r.body, "\"overflows\"");
    client_free(&r);
}
static void answers_not(int port) {
    client_reply_t r = client_get(port, "/api/profiler_status");
    CHECK_EQ(r.status, 0);
    client_free(&r);
}
static size_t entries_of(const char* folder) {
    size_t count = 0;
    DIR* dir = opendir(folder);
    CHECK(dir != NULL);
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count;
}

/* ---- what a program has before and after -------------------------------------------------------- */

typedef struct host {
    struct sigaction signals[65];
    sigset_t mask;
    char locale[256];
    char** environment;
    size_t variables;
    size_t files, threads;
} host_t;

static host_t host_now(void) {
    host_t h;
    memset(&h, 0, sizeof h);
    for (int i = 1; i < 65; i++)
        (void)sigaction(i, NULL, &h.signals[i]);
    CHECK_EQ(pthread_sigmask(SIG_BLOCK, NULL, &h.mask), 0);
    snprintf(h.locale, sizeof h.locale, "%s", setlocale(LC_ALL, NULL));
    h.environment = environ;
    while (environ[h.variables] != NULL)
        h.variables++;
    h.files = entries_of("/proc/self/fd"), h.threads = entries_of("/proc/self/task");
    return h;
}
static void host_same(const host_t* a, const host_t* b, bool stopped) {
    for (int i = 1; i < 65; i++) {
        CHECK(a->signals[i].sa_handler == b->signals[i].sa_handler);
        CHECK_EQ(a->signals[i].sa_flags, b->signals[i].sa_flags);
        CHECK_EQ(sigismember(&a->mask, i), sigismember(&b->mask, i));
    }
    CHECK_TEXT(a->locale, b->locale);
    CHECK(a->environment == b->environment);
    CHECK_EQ(a->variables, b->variables);
    if (!stopped) return;
    CHECK_EQ(a->files, b->files);
    CHECK_EQ(a->threads, b->threads);
}
static void on_pipe(int number) { (void)number; }

static int child_untouched(void) {
    struct sigaction action;
    setlocale(LC_ALL, "");
    memset(&action, 0, sizeof action);
    action.sa_handler = on_pipe;
    sigaction(SIGPIPE, &action, NULL);
    const host_t before = host_now();
    errno = 4711;
    const int port = start();
    CHECK_EQ(errno, 4711);
    CHECK(port != 0);
    host_t now = host_now();
    host_same(&before, &now, false);
    answers(port);
    now = host_now();
    host_same(&before, &now, false);
    errno = 4712;
    hotpath_stop();
    CHECK_EQ(errno, 4712);
    now = host_now();
    host_same(&before, &now, true);
    answers_not(port);
    return 0;
}
static void untouched(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_MCP_PORT=0", "HOTPATH_OUTPUT_FORMAT=none", NULL};
    const law_result_t* const r = law_again("untouched", env);
    law_exited(r, 0);
    CHECK_TEXT(r->out, "");
    CHECK_EQ(law_lines(r->err), 1);
    CHECK_HAS(r->err, "hotpath: MCP server at http://127.0.0.1:");
}

/* Every start has clients of each kind hanging on it when it is stopped. */
static int child_often(void) {
    start();
    hotpath_mcp_stop();
    size_t files = entries_of("/proc/self/fd"), threads = entries_of("/proc/self/task");
    size_t memory = mallinfo2().uordblks;
    for (int i = 0; i < LAW_TIMES(200, 40); i++) {
        int clients[3] = {-1, -1, -1};
        CHECK(hotpath_mcp_start());
        CHECK(hotpath_mcp_start()); /* it runs: nothing happens */
        answers(http.port);
        for (int k = 0; k < i % 4; k++) {
            static const char* const sent[] = {"", "POST /mcp HTTP/1.1\r\nHost: loc",
                ("POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                 "Content-Length: 100\r\n\r\n{")};
            clients[k] = client_connect(http.port);
            CHECK(clients[k] >= 0);
            client_send(clients[k], sent[k], strlen(sent[k]));
        }
        hotpath_mcp_stop();
        hotpath_mcp_stop();
        for (int k = 0; k < 3; k++)
            if (clients[k] >= 0) close(clients[k]);
    }
    CHECK_EQ(entries_of("/proc/self/fd"), files);
    CHECK_EQ(entries_of("/proc/self/task"), threads);
    if (!LAW_ASAN) CHECK_LE(mallinfo2().uordblks, memory + 20000);
    return 0;
}
static void started_often(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_MCP_PORT=0", NULL};
    law_exited(law_again("often", env), 0);
}

/* A request's memory is gone after it. */
static int child_memory(void) {
    const int port = start();
    char path[64];
    for (int i = 0; i < 300; i++) {
        HOTPATH_SCOPE_NAMED((snprintf(path, sizeof path, "function %d", i), path));
    }
    size_t before = 0;
    /* valgrind has a malloc of its own, which mallinfo2 does not know, and looks for what is lost */
    const int requests = law_valgrind ? 100 : 900;
    for (int i = 0; i < requests; i++) { /* the first ones fill the caches of malloc's threads */
        client_reply_t r =
            client_get(port, "/api/functions_timing?limit=200&response_format=detailed");
        CHECK_EQ(r.status, 200);
        client_free(&r);
        if (i == 400) before = mallinfo2().uordblks;
    }
    /* 200 bytes a request; the last one is answered before its memory is given back. */
    if (law_valgrind) return 0;
    for (int i = 0; i < 500 && mallinfo2().uordblks > before + 100000; i++)
        usleep(10000);
    if (!LAW_ASAN) CHECK_LE(mallinfo2().uordblks, before + 100000);
    return 0;
}
static void memory_is_given_back(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_MCP_PORT=0", NULL};
    law_exited(law_again("memory", env), 0);
}

/* Sends requests and reads no reply, until nothing goes either way. Returns: the socket. */
static int client_deaf(int port) {
    static const char* const request =
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Content-Length: 46\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}";
    struct sockaddr_in address;
    const int s = socket(AF_INET, SOCK_STREAM, 0), least = 1;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(s, SOL_SOCKET, SO_RCVBUF, &least, sizeof least);
    CHECK_EQ(connect(s, (struct sockaddr*)&address, sizeof address), 0);
    const size_t length = strlen(request);
    struct pollfd writable = {s, POLLOUT, 0};
    for (size_t sent = 0; poll(&writable, 1, 200) == 1;) {
        const ssize_t n = send(s, request + sent, length - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0) break;
        sent = (sent + (size_t)n) % length;
    }
    return s;
}
/* One for each thread of the server: they hold it for the time of one reply, not for that of all the
   replies that they have asked for. */
static int child_deaf(void) {
    int clients[HTTP_THREADS];
    const int port = start();
    for (int i = 0; i < HTTP_THREADS; i++)
        clients[i] = client_deaf(port);
    answers(port);
    hotpath_mcp_stop();
    for (int i = 0; i < HTTP_THREADS; i++)
        close(clients[i]);
    return 0;
}
static void clients_that_never_read(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_MCP_PORT=0", NULL};
    law_exited(law_again("deaf", env), 0);
}

/* ---- stop --------------------------------------------------------------------------------------- */

static void* wrong_token(void* port) {
    client_reply_t r = client_get(*(int*)port, "/api/profiler_status");
    CHECK(r.status == 401 || r.status == 0);
    client_free(&r);
    return NULL;
}
static bool slowed(int count) {
    pthread_mutex_lock(&http.lock);
    const bool is = http.slowed == count;
    pthread_mutex_unlock(&http.lock);
    return is;
}
/* A request that is slowed because of its token, here by an hour, does not hold up the stop; neither does
   a ticker that is between two baselines. */
static int child_slowed(void) {
    pthread_t client;
    int port = start();
    CHECK_EQ(pthread_create(&client, NULL, wrong_token, &port), 0);
    while (!slowed(1))
        usleep(1000);
    hotpath_mcp_stop();
    pthread_join(client, NULL);
    CHECK(slowed(0) && history.memory == NULL);
    CHECK(hotpath_mcp_start()); /* and it can be had again */
    hotpath_mcp_stop();
    return 0;
}
static void stop_waits_for_no_wrong_token(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_MCP_PORT=0", "HOTPATH_MCP_AUTH_TOKEN=right", NULL};
    law_exited(law_again("slowed", env), 0);
}

static int bound(int type, int port) {
    struct sockaddr_in address;
    const int s = socket(AF_INET, type, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((uint16_t)port);
    CHECK_EQ(bind(s, (struct sockaddr*)&address, sizeof address), 0);
    return s;
}
/* Whether the other end sees the end. */
static bool ended(int client) {
    char byte;
    struct pollfd readable = {client, POLLIN, 0};
    return poll(&readable, 1, 0) == 1 && read(client, &byte, 1) == 0;
}
/* All sockets of the server are found, in whichever descriptors they are, and no others: what listens ends
   too, so that who accepts wakes, and stays awake. */
static void sockets_are_ended(void** state) {
    (void)state;
    static const int places[] = {200, 255, 256, 257, 700};
    enum {
        COUNT = sizeof places / sizeof *places
    };
    struct rlimit limit;
    int clients[COUNT], moved[COUNT];
    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_cur < 800) skip();
    mcp_copy(settings.host, sizeof settings.host, "127.0.0.1");
    const int listener = bound(SOCK_STREAM, 0);
    CHECK_EQ(listen(listener, COUNT + 1), 0);
    const int port = os_socket_port(listener), udp = bound(SOCK_DGRAM, port);
    for (int i = 0; i < COUNT; i++) {
        clients[i] = client_connect(port);
        const int s = accept(listener, NULL, NULL);
        moved[i] = fcntl(s, F_DUPFD, places[i]);
        CHECK(clients[i] >= 0 && s >= 0 && moved[i] >= places[i]);
        close(s);
    }
    os_sockets_end(port, http_is_peer, &(int){os_socket_peer(moved[2])}, SHUT_RDWR);
    for (int i = 0; i < COUNT; i++)
        CHECK_EQ(ended(clients[i]), i == 2);
    os_sockets_end(port, NULL, NULL, SHUT_RDWR);
    for (int i = 0; i < COUNT; i++)
        CHECK(ended(clients[i]));
    struct pollfd accepting = {listener, POLLIN, 0};
    CHECK(poll(&accepting, 1, 0) == 1 && accept(listener, NULL, NULL) < 0);
    CHECK_EQ(fcntl(udp, F_GETFD), 0);
    os_sockets_close(port, true);
    for (int i = 0; i < COUNT; i++) {
        CHECK(fcntl(moved[i], F_GETFD) < 0 && errno == EBADF);
        close(clients[i]);
    }
    CHECK(fcntl(listener, F_GETFD) < 0);
    CHECK_EQ(fcntl(udp, F_GETFD), 0);
    close(udp);
}

/* ---- ports, tokens and switches ----------------------------------------------------------------- */

static int occupied; /* a port that something else listens on */
static void occupy(void) {
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    const int s = socket(AF_INET, SOCK_STREAM, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK_EQ(bind(s, (struct sockaddr*)&address, sizeof address), 0);
    CHECK_EQ(listen(s, 5), 0);
    CHECK_EQ(getsockname(s, (struct sockaddr*)&address, &size), 0);
    occupied = ntohs(address.sin_port);
}
static int child_busy(void) {
    char port[32];
    occupy();
    snprintf(port, sizeof port, "%d", occupied);
    setenv("HOTPATH_MCP_PORT", port, 1);
    start();
    CHECK(!mcp_running);
    CHECK(!history.running);
    { HOTPATH_SCOPE("goes on"); }
    CHECK_EQ(law_now("goes on").calls, 1);
    snprintf(port, sizeof port, "%d+", occupied);
    setenv("HOTPATH_MCP_PORT", port, 1);
    CHECK(hotpath_mcp_start());
    CHECK_GT(http.port, occupied);
    answers(http.port);
    printf("%d\n", occupied);
    return 0;
}
static void busy_port(void** state) {
    (void)state;
    char line[64];
    const law_result_t* const r = law_again("busy", NULL);
    law_exited(r, 0);
    snprintf(line, sizeof line, "hotpath: port %d on 127.0.0.1 cannot be had", atoi(r->out));
    CHECK_HAS(r->err, line);
    CHECK_HAS(r->err, "HOTPATH_MCP_PORT");
    CHECK_EQ(law_lines(r->err), 2);
}
static int child_starts(void) {
    start();
    if (mcp_running) answers(http.port);
    printf("%s\n", mcp_running ? "server" : "none");
    return 0;
}
typedef struct switches {
    const char* variables[3];
    const char* told; /* in one line on stderr */
    bool server;
} switches_t;
static void wrong_settings(void** state) {
    (void)state;
    static const switches_t rows[] = {
        {{"HOTPATH_MCP_OFF=1"}, "", false},
        {{"HOTPATH_MCP_OFF=1", "HOTPATH_MCP_PORT=0"}, "", false},
        {{"HOTPATH_MCP_PORT=0", "HOTPATH_MCP_OFF=0"}, "MCP server at", true},
        {{"HOTPATH_MCP_PORT=0", "HOTPATH_MCP_HOST=0.0.0.0"}, "HOTPATH_MCP_AUTH_TOKEN", false},
        {{"HOTPATH_MCP_PORT=0", "HOTPATH_MCP_AUTH_TOKEN="}, "HOTPATH_MCP_AUTH_TOKEN", false},
        {{"HOTPATH_MCP_PORT=0", "HOTPATH_MCP_AUTH_TOKEN=a b"}, "HOTPATH_MCP_AUTH_TOKEN", false},
        {{"HOTPATH_MCP_PORT=0", "HOTPATH_MCP_HOST=localhost"}, "127.0.0.1", true},
        {{"HOTPATH_MCP_PORT=0", "HOTPATH_MCP_HOST=here"}, "using 127.0.0.1", true},
        {{"HOTPATH_MCP_PORT=0", "HOTPATH_MCP_FORK=both"}, "using parent", true},
        {{"HOTPATH_MCP_PORT=0", "HOTPATH_MCP_TOOLSETS=core,hull"}, "using core,analysis", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const law_result_t* const r = law_again("starts", rows[i].variables);
        law_exited(r, 0);
        CHECK_HAS(r->err, rows[i].told);
        CHECK_TEXT(r->out, rows[i].server ? "server\n" : "none\n");
        if (!rows[i].server) CHECK_EQ(law_lines(r->err), rows[i].told[0] != 0);
    }
}
static int child_wrong_port(void) {
    /* The default port may be in use on this machine: only what is told counts. */
    start();
    return 0;
}
static void wrong_port(void** state) {
    (void)state;
    static const char* const wrong[] = {"HOTPATH_MCP_PORT=http", "HOTPATH_MCP_PORT=65536",
        "HOTPATH_MCP_PORT=-1", "HOTPATH_MCP_PORT=0+", "HOTPATH_MCP_PORT=6771 "};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char* const env[] = {wrong[i], NULL};
        const law_result_t* const r = law_again("wrong port", env);
        law_exited(r, 0);
        CHECK_HAS(r->err, wrong[i]);
        CHECK_HAS(r->err, "using 6771");
    }
}

/* ---- fork ----------------------------------------------------------------------------------------- */

static int child_forks(void) {
    const int port = start();
    int ends[2];
    char byte = 0;
    const int kept = client_connect(port); /* a connection that the child inherits the end of */
    CHECK_EQ(pipe(ends), 0);
    answers(port);
    static const char* const home = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    client_send(kept, home, strlen(home));
    client_reply_t r = client_read(kept);
    CHECK_EQ(r.status, 200);
    client_free(&r);
    fflush(NULL);
    usleep(
        100000); /* a request gives its memory back after its answer has gone: not in the child */
    const pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < 1000; i++)
            if (i != kept) CHECK(os_socket_port(i) != port);
        CHECK(!mcp_running);
        close(ends[1]);
        (void)!read(ends[0], &byte, 1); /* until the parent has stopped */
        _exit(0);
    }
    close(ends[0]);
    answers(port);
    hotpath_mcp_stop();
    CHECK_EQ(recv(kept, &byte, 1, 0), 0); /* nobody else holds it */
    CHECK(hotpath_mcp_start());
    answers(http.port);
    close(ends[1]);
    int status = 0;
    CHECK_EQ(waitpid(pid, &status, 0), pid);
    CHECK_EQ(status, 0);
    return 0;
}
static void fork_parent(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_MCP_PORT=0", NULL};
    law_exited(law_again("forks", env), 0);
}
/* ASan's allocator stays locked in a child for ever if a thread that starts allocates at the fork. */
static void threads_rest(void) {
    if (LAW_ASAN) usleep(500000);
}
static int child_each(void) {
    const int port = start();
    int ends[2];
    CHECK_EQ(pipe(ends), 0);
    fflush(NULL);
    threads_rest();
    const pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < 2000 && !mcp_running; i++)
            usleep(5000);
        CHECK(mcp_running);
        CHECK(http.port != port);
        answers(http.port);
        _exit(0);
    }
    int status = 0;
    CHECK_EQ(waitpid(pid, &status, 0), pid);
    CHECK_EQ(status, 0);
    answers(port);
    return 0;
}
static void fork_each(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_MCP_PORT=0", "HOTPATH_MCP_FORK=each", NULL};
    const law_result_t* const r = law_again("each", env);
    law_exited(r, 0);
    CHECK_EQ(law_lines(r->err), 2); /* each says where it is */
}
/* After daemon() the program starts it itself. */
static int child_daemon(void) {
    const int port = start();
    fflush(NULL);
    threads_rest();
    const pid_t pid = fork();
    if (pid == 0) {
        hotpath_desc_t desc;
        memset(&desc, 0, sizeof desc);
        desc.no_exit_report = true;
        CHECK(hotpath_start(&desc));
        CHECK(http.port != port);
        answers(http.port);
        hotpath_stop();
        exit(0);
    }
    int status = 0;
    CHECK_EQ(waitpid(pid, &status, 0), pid);
    CHECK_EQ(status, 0);
    answers(port);
    return 0;
}
static void started_in_a_child(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_MCP_PORT=0", "HOTPATH_OUTPUT_FORMAT=none", NULL};
    law_exited(law_again("daemon", env), 0);
}

/* ---- whose environment it is -------------------------------------------------------------------- */

/* Runs as another user than who started it. */
static int child_secure(void) {
    if (getauxval(AT_SECURE) == 0) return 77; /* the folder's file system takes no set-user-id */
    CHECK(getenv("HOTPATH_MCP_AUTH_TOKEN") != NULL);
    CHECK(os_env("HOTPATH_MCP_AUTH_TOKEN") == NULL);
    CHECK(mcp_read_settings());
    CHECK_EQ(settings.port, 6771);
    CHECK_EQ(settings.token[0], 0);
    CHECK_EQ(settings.toolsets, SET_CORE | SET_ANALYSIS);
    CHECK(strcmp(settings.host, "127.0.0.1") == 0);
    return 0;
}
static void environment_of_somebody_else(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_MCP_PORT=1234", "HOTPATH_MCP_AUTH_TOKEN=theirs",
        "HOTPATH_MCP_TOOLSETS=core", "HOTPATH_MCP_HOST=127.0.0.2", NULL};
    char copy[LAW_PATH], command[5000];
#if LAW_ASAN /* which does not run as another user */
    skip();
#endif
    if (law_valgrind || getuid() != 0) skip(); /* nor does valgrind execute such a file */
    int file = law_file(copy);
    snprintf(command, sizeof command, "cat '%s' > %s", law_self(), copy);
    CHECK_EQ(system(command), 0);
    CHECK_EQ(fchown(file, 65534, 65534), 0);
    CHECK_EQ(fchmod(file, 04755), 0);
    close(file);
    const char* const arguments[] = {copy, "--child=secure", NULL};
    const law_result_t* result = law_exec(copy, arguments, env);
    unlink(copy);
    if (WIFEXITED(result->status) && WEXITSTATUS(result->status) == 77) skip();
    law_exited(result, 0);
}

static const law_child_t children[] = {{"secure", child_secure}, {"untouched", child_untouched},
    {"often", child_often}, {"memory", child_memory}, {"deaf", child_deaf},
    {"slowed", child_slowed}, {"busy", child_busy}, {"starts", child_starts},
    {"wrong port", child_wrong_port}, {"forks", child_forks}, {"each", child_each},
    {"daemon", child_daemon}, {NULL, NULL}};

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(untouched),
    cmocka_unit_test(started_often),
    cmocka_unit_test(memory_is_given_back),
    cmocka_unit_test(clients_that_never_read),
    cmocka_unit_test(stop_waits_for_no_wrong_token),
    cmocka_unit_test(sockets_are_ended),
    cmocka_unit_test(busy_port),
    cmocka_unit_test(wrong_settings),
    cmocka_unit_test(wrong_port),
    cmocka_unit_test(fork_parent),
    cmocka_unit_test(fork_each),
    cmocka_unit_test(started_in_a_child),
    cmocka_unit_test(environment_of_somebody_else),
};
LAW_MAIN(tests, children)
