/* server.c - what one call of a tool costs, as a ratio to a bare CivetWeb handler that returns as many
   bytes over the same loopback, with the same options, on a connection that is kept alive. Calls of
   both take turns; what is printed is the ratio of the medians. Where they run is fixed, and the same for
   both: tools_call has a processor for the client and one for the servers, as a client beside the program
   has; tools_call_one_cpu has one for all, where nobody is woken from afar and only work counts. Left to
   the scheduler, the one that answers first keeps the client's processor, and the other one is woken from
   idle: the ratio of one and the same program then was anything from 0.46 to 8.6. Also printed: how long
   a stop takes, the size of the answers, the memory of a request, and what an idle server costs.

   Run:  make bench
         BENCH_ROUNDS=1 makes it quick and rough: to see that it works, not to read numbers.
         BENCH_ROWS=FILE is where the calls' rows go, for bench.c to put into its JSON. */
#if !defined(_GNU_SOURCE)
    #define _GNU_SOURCE 1
#endif
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "hotpath_mcp.c"
#include <netinet/tcp.h>
#include <sched.h>

enum {
    ROUNDS = 400,
    WARM = 50,
    THREADS_MOST = 64
};

static size_t bare_size;
static char* bare_body;

/* The least that CivetWeb can do: a head and a body in one piece. */
static int bare_request(struct mg_connection* c) {
    char head[200];
    char sink[4096];
    while (mg_read(c, sink, sizeof sink) > 0) {}
    int n = snprintf(head, sizeof head,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
        "Connection: keep-alive\r\n\r\n",
        bare_size);
    memcpy(bare_body - n, head, (size_t)n); /* there is room in front of it */
    mg_write(c, bare_body - n, (size_t)n + bare_size);
    return 200;
}
static struct mg_context* bare_start(int* port) {
    const char* options[] = {"listening_ports", "127.0.0.1:0", "num_threads", "16",
        "request_timeout_ms", HTTP_TIMEOUT_MS, "keep_alive_timeout_ms", HTTP_IDLE_MS,
        "enable_keep_alive", "yes", "tcp_nodelay", "1", NULL};
    struct mg_callbacks callbacks;
    struct mg_server_port ports[2];
    memset(&callbacks, 0, sizeof callbacks);
    memset(ports, 0, sizeof ports);
    callbacks.begin_request = bare_request;
    struct mg_context* context = mg_start(&callbacks, NULL, options);
    if (context == NULL || mg_get_server_ports(context, 2, ports) < 1) exit(1);
    *port = ports[0].port;
    return context;
}

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}
static int client(int port) {
    struct sockaddr_in address;
    int on = 1, s = socket(AF_INET, SOCK_STREAM, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(s, (struct sockaddr*)&address, sizeof address) != 0) exit(1);
    return s;
}
/* One round trip. Returns: the bytes of the body. */
static size_t round_trip(int s, const char* request, size_t size) {
    static char reply[1 << 22];
    size_t used = 0, whole = SIZE_MAX, body = 0;
    if (send(s, request, size, 0) != (ssize_t)size) exit(1);
    while (used < whole) {
        ssize_t n = recv(s, reply + used, sizeof reply - 1 - used, 0);
        if (n <= 0) {
            fprintf(stderr, "bench: the connection ended\n");
            exit(1);
        }
        used += (size_t)n;
        reply[used] = 0;
        char* end = whole == SIZE_MAX ? strstr(reply, "\r\n\r\n") : NULL;
        if (end == NULL) continue;
        body = strtoul(strstr(reply, "Content-Length: ") + 16, NULL, 10);
        whole = (size_t)(end - reply) + 4 + body;
    }
    if (strncmp(reply, "HTTP/1.1 200", 12) != 0) {
        fprintf(stderr, "bench: %.300s\n", reply);
        exit(1);
    }
    return body;
}
static int compare(const void* a, const void* b) {
    double x = *(const double*)a, y = *(const double*)b;
    return x < y ? -1 : x > y;
}
static double median(double* list, int count) {
    qsort(list, (size_t)count, sizeof *list, compare);
    return list[count / 2];
}

/* Fixes where the calling thread runs, and with it those that it starts. The processors that it had are
   known since the first call. */
typedef enum place {
    AT_SERVER,
    AT_CLIENT,
    ANYWHERE
} place_t;

static int processors;

static void run_at(place_t place) {
    static cpu_set_t all;
    cpu_set_t one;
    int cpu = 0, before = 0;
    if (processors == 0) {
        if (sched_getaffinity(0, sizeof all, &all) != 0) exit(1);
        processors = CPU_COUNT(&all);
    }
    /* The servers have the first one, the client the second, if there is one. */
    const int skipped = place == AT_CLIENT && processors > 1;
    while (!CPU_ISSET((size_t)cpu, &all) || before++ < skipped)
        cpu++;
    CPU_ZERO(&one);
    CPU_SET((size_t)cpu, &one);
    if (sched_setaffinity(0, sizeof one, place == ANYWHERE ? &all : &one) != 0) exit(1);
}

static int functions;
static pthread_barrier_t ready;
static void* work(void* unused) {
    char name[32];
    (void)unused;
    for (int i = 0; i < functions; i++) {
        snprintf(name, sizeof name, "Module::function_%d", i);
        HOTPATH_SCOPE_NAMED(name);
    }
    pthread_barrier_wait(&ready); /* all have recorded */
    pthread_barrier_wait(&ready); /* and live until they were read */
    return NULL;
}

/* What the snapshot of a request takes: with percentiles of the rows that are shown later, and of all. */
static void measure_memory(const char* name) {
    static const uint32_t parts[] = {
        HOTPATH_PART_FUNCTIONS | HOTPATH_TIMES_LATER, HOTPATH_PART_FUNCTIONS};
    double mib[2];
    for (int i = 0; i < 2; i++) {
        hotpath_snapshot_desc_t desc;
        memset(&desc, 0, sizeof desc);
        desc.parts = parts[i], desc.buffer_size = hotpath_snapshot_size(NULL);
        desc.buffer = malloc(desc.buffer_size);
        hotpath_snapshot_t* s = desc.buffer != NULL ? hotpath_snapshot_take(&desc) : NULL;
        if (s == NULL) exit(1);
        mib[i] = (double)hotpath_snapshot_trim(s) / (1 << 20);
        free(desc.buffer);
    }
    printf("%-22s %8.2f MiB of memory, %.2f with percentiles of all\n", name, mib[0], mib[1]);
}
/* Args: place is the client's. */
static void measure(
    FILE* rows, const char* name, int count, int threads, int rounds, place_t place) {
    static double ours[ROUNDS], bare[ROUNDS];
    char body[700], request[1000];
    pthread_t ids[THREADS_MOST];
    int bare_port = 0;
    functions = count;
    pthread_barrier_init(&ready, NULL, (unsigned)threads + 1);
    for (int i = 0; i < threads; i++)
        if (pthread_create(&ids[i], NULL, work, NULL) != 0) exit(1);
    pthread_barrier_wait(&ready);
    snprintf(body, sizeof body,
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":"
        "\"functions_timing\",\"arguments\":{},\"_meta\":{"
        "\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
        "\"io.modelcontextprotocol/clientCapabilities\":{}}}}");
    int n = snprintf(request, sizeof request,
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\n"
        "Mcp-Name: functions_timing\r\nContent-Length: %zu\r\n\r\n%s",
        strlen(body), body);
    int a = client(http.port);
    bare_size = round_trip(a, request, (size_t)n);
    run_at(AT_SERVER);
    struct mg_context* context = bare_start(&bare_port);
    int b = client(bare_port);
    run_at(place);
    for (int i = -WARM; i < rounds; i++) {
        double t0 = now_us();
        bare_size = round_trip(a, request, (size_t)n); /* sizes change with the numbers in them */
        double t1 = now_us();
        (void)round_trip(b, request, (size_t)n);
        double t2 = now_us();
        if (i >= 0) ours[i] = t1 - t0, bare[i] = t2 - t1;
    }
    close(a), close(b);
    double x = median(ours, rounds), y = median(bare, rounds);
    printf("%-22s %8.1f us  bare handler %7.1f us  ratio %5.2f  %zu bytes\n", name, x, y, x / y,
        bare_size);
    if (rows != NULL)
        fprintf(rows,
            "{\"name\": \"%s\", \"threads\": %d, \"ns\": %.0f, \"ratio\": %.4f, \"base\": "
            "\"bare_handler\", \"base_ns\": %.0f, \"instructions\": null}\n",
            name, threads, x * 1e3, x / y, y * 1e3);
    if (place == AT_CLIENT) measure_memory(name);
    pthread_barrier_wait(&ready);
    for (int i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
    mg_stop(context);
    run_at(ANYWHERE);
}

/* Processor time of the whole process over a second in which nothing but the server's ticker runs. */
static void measure_idle(void) {
    struct timespec before, after;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    os_sleep_ms(3000);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    double used =
        (double)(after.tv_sec - before.tv_sec) * 1e9 + (double)(after.tv_nsec - before.tv_nsec);
    printf("%-22s %8.4f %% of a core\n", "idle", used / 3e9 * 100);
}
static void measure_stop(int rounds) {
    static double took[ROUNDS];
    for (int i = 0; i < rounds; i++) {
        if (!hotpath_mcp_start()) exit(1);
        int idle = client(http.port), silent = client(http.port);
        static const char* const home = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
        (void)round_trip(idle, home, strlen(home));
        double from = now_us();
        hotpath_mcp_stop();
        took[i] = now_us() - from;
        close(idle), close(silent);
    }
    double middle = median(took, rounds);
    printf("%-22s %8.1f ms, at most %.1f ms, with two clients connected\n", "stop", middle / 1e3,
        took[rounds - 1] / 1e3);
}
static void no_log(void* user, const char* message) { (void)user, (void)message; }

int main(void) {
    const char* text = getenv("BENCH_ROUNDS");
    int rounds = text != NULL && atoi(text) > 0 && atoi(text) < ROUNDS ? atoi(text) : ROUNDS;
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.no_exit_report = true, desc.log = no_log;
    char* room = (char*)calloc(1, (1 << 22) + 200);
    if (room == NULL) return 1;
    bare_body = room + 200;
    setenv("HOTPATH_MCP_PORT", "0", 1);
    run_at(AT_SERVER);
    if (!hotpath_start(&desc) || !mcp_running) return 1;
    run_at(ANYWHERE);
    if (rounds == ROUNDS) measure_idle();
    FILE* rows = getenv("BENCH_ROWS") != NULL ? fopen(getenv("BENCH_ROWS"), "w") : NULL;
    if (processors > 1) measure(rows, "tools_call", 100, 8, rounds, AT_CLIENT);
    measure(rows, "tools_call_one_cpu", 100, 8, rounds, AT_SERVER);
    if (processors > 1) measure(rows, "tools_call_1000x64", 1000, 64, rounds, AT_CLIENT);
    if (processors == 1) printf("tools_call: not measured, it takes two processors\n");
    if (rows != NULL && fclose(rows) != 0) return 1;
    hotpath_mcp_stop();
    measure_stop(rounds < 20 ? rounds : 20);
    free(room);
    return 0;
}
