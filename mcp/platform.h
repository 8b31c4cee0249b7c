/* platform.h: all that the server needs of the system. Threads that take no signal, a clock, the
   environment, randomness, and the sockets that CivetWeb keeps to itself. Linux and other POSIX
   systems; a port to another system is a second set of these functions. */

#if defined(_WIN32)
    #error "hotpath: hotpath_mcp.c does not run on Windows yet; build without -DHOTPATH_MCP"
#endif

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#if defined(__linux__)
    #include <sys/auxv.h>
#endif

/* Milliseconds of a steady clock. */
static uint64_t os_now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* The same some milliseconds late, for next to nothing. */
static uint64_t os_late_ms(void) {
#if defined(CLOCK_MONOTONIC_COARSE)
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
#else
    return os_now_ms();
#endif
}

static void os_sleep_ms(uint64_t ms) {
    struct timespec t = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};
    while (nanosleep(&t, &t) != 0 && errno == EINTR) {}
}

/* Returns: a variable of the environment, NULL if it is not set, and always in a set-user-id
   program, whose environment is somebody else's. */
static const char* os_env(const char* name) {
#if defined(__linux__)
    if (getauxval(AT_SECURE) != 0) return NULL;
#endif
    return getenv(name);
}

/* Fills `data` with bytes that nobody can guess; without a source of them with the clock, which is
   enough to tell one run of a program from another. */
static void os_random(void* data, size_t size) {
    int file = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    ssize_t n = file >= 0 ? read(file, data, size) : -1;
    if (file >= 0) close(file);
    if (n == (ssize_t)size) return;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    uint64_t seed = (uint64_t)t.tv_nsec * 0x9E3779B97F4A7C15u ^ (uint64_t)t.tv_sec << 17 ^
                    (uint64_t)getpid() * 0xD1342543DE82EF95u;
    for (size_t i = 0; i < size; i++, seed = seed * 6364136223846793005u + 1)
        ((unsigned char*)data)[i] = (unsigned char)(seed >> 56);
}

/* `size` bytes of zeroed memory that costs nothing until it is touched, or NULL. */
static void* os_reserve(size_t size) {
#if !defined(MAP_NORESERVE)
    #define MAP_NORESERVE 0
#endif
    void* p = mmap(
        NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}
static void os_release(void* p, size_t size) {
    if (p != NULL) munmap(p, size);
}

/* Blocks every signal for this thread and those that it starts; os_signals_restore undoes it. */
static void os_signals_block(sigset_t* before) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, before);
}
static void os_signals_restore(const sigset_t* before) {
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* Starts a thread that takes no signal. Returns: false if there is none to be had. */
static bool os_thread_start(pthread_t* thread, void* (*run)(void*), void* user) {
    sigset_t before;
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) return false;
    pthread_attr_setstacksize(&attributes, (size_t)1 << 20);
    os_signals_block(&before);
    hotpath_i_exclude(1);
    bool made = pthread_create(thread, &attributes, run, user) == 0;
    hotpath_i_exclude(-1);
    os_signals_restore(&before);
    pthread_attr_destroy(&attributes);
    return made;
}

/* A condition whose waits are timed by the steady clock. */
static void os_condition_init(pthread_cond_t* condition) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
#if !defined(__APPLE__)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
#endif
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}
static void os_condition_wait_ms(pthread_cond_t* condition, pthread_mutex_t* lock, uint64_t ms) {
    struct timespec t;
#if defined(__APPLE__)
    clock_gettime(CLOCK_REALTIME, &t);
#else
    clock_gettime(CLOCK_MONOTONIC, &t);
#endif
    t.tv_sec += (time_t)(ms / 1000);
    t.tv_nsec += (long)(ms % 1000) * 1000000;
    if (t.tv_nsec >= 1000000000) t.tv_sec++, t.tv_nsec -= 1000000000;
    pthread_cond_timedwait(condition, lock, &t);
}

/* How many descriptors a search for sockets looks at. */
#define OS_DESCRIPTORS 4096

static int os_descriptors(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > OS_DESCRIPTORS)
        return OS_DESCRIPTORS;
    return (int)limit.rlim_cur;
}
static int os_port_of(const struct sockaddr_storage* a) {
    if (a->ss_family == AF_INET)
        return ntohs(((const struct sockaddr_in*)(const void*)a)->sin_port);
    return -1;
}
/* Returns: the port at this end of the server's kind of socket, TCP at the address that it listens on,
   or -1: the program may have the same port at another address, or of UDP. Signal-safe. */
static int os_socket_port(int descriptor) {
    struct sockaddr_storage address;
    struct in_addr host;
    int type = 0;
    socklen_t size = sizeof address, type_size = sizeof type;
    if (getsockname(descriptor, (struct sockaddr*)&address, &size) != 0) return -1;
    if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &type_size) != 0 || type != SOCK_STREAM)
        return -1;
    const struct sockaddr_in* own = (const struct sockaddr_in*)(const void*)&address;
    if (address.ss_family == AF_INET && inet_pton(AF_INET, settings.host, &host) == 1 &&
        host.s_addr != htonl(INADDR_ANY) && own->sin_addr.s_addr != host.s_addr)
        return -1;
    return address.ss_family == AF_INET ? os_port_of(&address) : -1;
}
/* Whether a socket waits for connections. One that was reset has no other end and is none either. */
static bool os_socket_listens(int descriptor) {
    int listens = 0;
    socklen_t size = sizeof listens;
    return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0;
}
/* Calls `visit` with each descriptor of the server's kind of socket on `port`. One call of poll tells of
   many descriptors that they are none: a process may have thousands. Signal-safe. */
static void os_sockets_each(
    int port, void (*visit)(int descriptor, int port, void* user), void* user) {
    enum {
        BATCH = 256
    };
    struct pollfd list[BATCH];
    int saved = errno, count = os_descriptors();
    for (int from = 0; from < count; from += BATCH) {
        int n = count - from < BATCH ? count - from : BATCH;
        for (int i = 0; i < n; i++)
            list[i].fd = from + i, list[i].events = list[i].revents = 0;
        bool known = poll(list, (nfds_t)n, 0) >= 0;
        for (int i = 0; i < n; i++)
            if ((!known || (list[i].revents & POLLNVAL) == 0) && os_socket_port(from + i) == port)
                visit(from + i, port, user);
    }
    errno = saved;
}
/* Closes the server's sockets that nobody else does: all that the child of a fork has inherited, so
   that clients see the end of a connection and the port is free once the parent ends; and when the
   server has stopped, the connections that it had accepted and not looked at yet. Signal-safe. */
static void os_socket_close(int descriptor, int port, void* listening) {
    (void)port;
    if (*(const bool*)listening || !os_socket_listens(descriptor)) close(descriptor);
}
static void os_sockets_close(int port, bool listening) {
    os_sockets_each(port, os_socket_close, &listening);
}
/* Returns: the port at the other end of a connection, or -1. */
static int os_socket_peer(int descriptor) {
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (getpeername(descriptor, (struct sockaddr*)&address, &size) != 0) return -1;
    return os_port_of(&address);
}
/* Whether nothing has come on a connection for some milliseconds, and nothing that came is unread. */
static bool os_socket_silent(int descriptor, uint64_t ms) {
#if defined(__linux__)
    struct tcp_info info;
    socklen_t size = sizeof info;
    int unread = 0;
    return ioctl(descriptor, FIONREAD, &unread) == 0 && unread == 0 &&
           getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
           info.tcpi_last_data_recv >= ms;
#else
    (void)descriptor, (void)ms;
    return false;
#endif
}
/* Which sockets are shut down, and how. */
typedef struct os_ending {
    bool (*meant)(int descriptor, const void* user);
    const void* user;
    int how;
} os_ending_t;

/* Each is held by a second descriptor while it is looked at, so that no other file of the program can
   have taken its number meanwhile. */
static void os_socket_end(int descriptor, int port, void* user) {
    const os_ending_t* ending = (const os_ending_t*)user;
    int held = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
    if (held < 0) return;
    if (os_socket_port(held) == port &&
        (ending->meant == NULL || ending->meant(held, ending->user)))
        shutdown(held, ending->how);
    close(held);
}
/* Shuts down the sockets of the server on `port` that are meant; NULL: all, the one that listens, too. */
static void os_sockets_end(
    int port, bool (*meant)(int descriptor, const void* user), const void* user, int how) {
    os_ending_t ending = {meant, user, how};
    os_sockets_each(port, os_socket_end, &ending);
}
/* Connects to the server's own port and hangs up: its accept loop wakes. */
static void os_socket_knock(const char* host, int port) {
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)port);
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1 || address.sin_addr.s_addr == 0)
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) return;
    fcntl(s, F_SETFD, FD_CLOEXEC);
    fcntl(s, F_SETFL, O_NONBLOCK);
    (void)!connect(s, (struct sockaddr*)&address, sizeof address);
    close(s);
}
