/* FLAGS: -DHOTPATH_IO -DHOTPATH_ALLOC */
/* The C library's own functions in a program that was built with -DHOTPATH_IO: what they give is what they
   always gave, and what is counted is what was called. A sanitizer stands in front of them itself. */
#define _GNU_SOURCE
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "law.h"

#include <netdb.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

static char before_main[3];
/* What constructors read counts, too. */
__attribute__((constructor)) static void early(void) {
    int fd = open("/dev/zero", O_RDONLY);
    if (fd >= 0 && read(fd, before_main, sizeof before_main) != 3) abort();
    close(fd);
}

/* How often a function was called between two looks, and how many bytes it moved. */
typedef struct io_look {
    hotpath_function_t f;
} io_look_t;
static io_look_t look(const char* name) {
    io_look_t l = {law_now(name)};
    return l;
}
static void check_since_at(io_look_t before, const char* name, uint64_t calls, uint64_t bytes,
    const char* file, int line) {
    const io_look_t now = look(name);
    if (now.f.calls - before.f.calls != calls || now.f.bytes - before.f.bytes != bytes)
        law_fail(file, line, "%s: %" PRIu64 " calls, %" PRIu64 " bytes; not %" PRIu64 ", %" PRIu64,
            name, now.f.calls - before.f.calls, now.f.bytes - before.f.bytes, calls, bytes);
}
#define CHECK_SINCE(before, name, calls, bytes) \
    check_since_at(before, name, calls, bytes, __FILE__, __LINE__)

static void before_main_counts(void** state) {
    (void)state;
    CHECK_GE(law_now("file (open)").calls, 1);
    CHECK_GE(law_now("other (read)").bytes, 3);
}

static void files(void** state) {
    (void)state;
    char path[LAW_PATH], text[100];
    int fd = law_file(path);
    io_look_t writes = look("file (write)"), reads = look("file (read)");
    io_look_t syncs = look("file (sync)"), closes = look("file (close)");
    io_look_t opens = look("file (open)");
    struct iovec parts[2] = {{text, 3}, {text + 3, 4}};
    CHECK_EQ(write(fd, "0123456789", 10), 10);
    CHECK_EQ(pwrite(fd, "ab", 2, 10), 2);
    CHECK_EQ(pwrite64(fd, "cd", 2, 12), 2);
    CHECK_EQ(fsync(fd), 0);
    CHECK_EQ(fdatasync(fd), 0);
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    CHECK_EQ(read(fd, text, 5), 5);
    CHECK(memcmp(text, "01234", 5) == 0);
    CHECK_EQ(pread(fd, text, 4, 10), 4);
    CHECK(memcmp(text, "abcd", 4) == 0);
    CHECK_EQ(pread64(fd, text, 100, 12), 2);
    CHECK_EQ(readv(fd, parts, 2), 7);
    CHECK_EQ(preadv(fd, parts, 2, 0), 7);
    CHECK_EQ(writev(fd, parts, 2), 7);
    CHECK_SINCE(writes, "file (write)", 4, 21);
    CHECK_SINCE(reads, "file (read)", 5, 5 + 4 + 2 + 7 + 7);
    CHECK_SINCE(syncs, "file (sync)", 2, 0);
    int other = openat(AT_FDCWD, path, O_RDONLY);
    CHECK_EQ(read(other, text, 1), 1);
    CHECK_EQ(close(other), 0);
    other = creat(path, 0600);
    CHECK_EQ(write(other, "x", 1), 1);
    CHECK_EQ(close(other), 0);
    CHECK_EQ(close(fd), 0);
    CHECK_SINCE(opens, "file (open)", 2, 0);
    CHECK_SINCE(closes, "file (close)", 3, 0);
    /* Stdio's own calls are inside of the C library. */
    writes = look("file (write)");
    FILE* file = fopen(path, "wb");
    CHECK(file != NULL && fwrite("text", 1, 4, file) == 4 && fclose(file) == 0);
    CHECK_SINCE(writes, "file (write)", 0, 0);
    unlink(path);
    errno = 0;
    CHECK(open("/nowhere/at/all", O_RDONLY) == -1 && errno == ENOENT);
    CHECK(read(-1, text, 1) == -1 && errno == EBADF);
    CHECK(openat64(-1, "relative", O_RDONLY) == -1 && errno == EBADF);
}
static void sockets_and_pipes(void** state) {
    (void)state;
    int pair[2], fds[2];
    char text[100];
    io_look_t sent = look("socket (write)"), received = look("socket (read)");
    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    CHECK_EQ(hotpath_descriptor(pair[0]), HOTPATH_DESCRIPTOR_SOCKET);
    CHECK_EQ(send(pair[0], "12345", 5, 0), 5);
    CHECK_EQ(recv(pair[1], text, 100, 0), 5);
    struct iovec part = {text, 3};
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &part, message.msg_iovlen = 1;
    CHECK_EQ(sendmsg(pair[0], &message, 0), 3);
    CHECK_EQ(recvmsg(pair[1], &message, 0), 3);
    CHECK(recv(pair[1], text, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN);
    CHECK_SINCE(sent, "socket (write)", 2, 8);
    CHECK_SINCE(received, "socket (read)", 3, 8);
    CHECK_EQ(law_now("socket (read)").errors, received.f.errors);
    sent = look("pipe (write)");
    CHECK_EQ(pipe2(fds, O_CLOEXEC), 0);
    CHECK_EQ(write(fds[1], "ab", 2), 2);
    struct pollfd one = {fds[0], POLLIN, 0};
    io_look_t polls = look("pipe (poll)"), sets = look("set (poll)");
    CHECK_EQ(poll(&one, 1, 0), 1);
    CHECK_EQ(ppoll(&one, 1, NULL, NULL), 1);
    CHECK_SINCE(polls, "pipe (poll)", 2, 0);
    struct pollfd* volatile nothing = NULL;
    errno = 0;
    CHECK(poll(nothing, 1, 0) == -1 && errno == EFAULT);
    CHECK_SINCE(sets, "set (poll)", 1, 0);
    sets = look("set (poll)");
    int epoll = epoll_create1(0);
    struct epoll_event event = {EPOLLIN, {0}};
    CHECK_EQ(epoll_ctl(epoll, EPOLL_CTL_ADD, fds[0], &event), 0);
    CHECK_EQ(epoll_wait(epoll, &event, 1, 0), 1);
    CHECK_EQ(poll(NULL, 0, 0), 0);
    fd_set set;
    FD_ZERO(&set);
    struct timeval now = {0, 0};
    CHECK_EQ(select(0, &set, NULL, NULL, &now), 0);
    CHECK_SINCE(sets, "set (poll)", 3, 0);
    close(epoll);
    /* A number that is given again is what it is by then. */
    int event_fd = eventfd(1, 0);
    CHECK_EQ(hotpath_descriptor(event_fd), HOTPATH_DESCRIPTOR_EVENTFD);
    CHECK_EQ(dup2(fds[1], event_fd), event_fd);
    CHECK_EQ(hotpath_descriptor(event_fd), HOTPATH_DESCRIPTOR_PIPE);
    CHECK_EQ(write(event_fd, "c", 1), 1);
    CHECK_EQ(close(event_fd), 0);
    event_fd = open("/dev/null", O_WRONLY);
    CHECK_EQ(hotpath_descriptor(event_fd), HOTPATH_DESCRIPTOR_OTHER);
    close(event_fd);
    CHECK_SINCE(sent, "pipe (write)", 2, 3);
    FILE* file = fdopen(fds[0], "r");
    CHECK_EQ(fclose(file), 0);
    CHECK_EQ(open("/", O_RDONLY), fds[0]);
    CHECK_EQ(hotpath_descriptor(fds[0]), HOTPATH_DESCRIPTOR_FILE);
    close(fds[0]), close(fds[1]), close(pair[0]), close(pair[1]);
    struct addrinfo *results = NULL, hints;
    memset(&hints, 0, sizeof hints);
    hints.ai_flags = AI_NUMERICHOST;
    io_look_t lookups = look("name (lookup)");
    CHECK_EQ(getaddrinfo("127.0.0.1", "80", &hints, &results), 0);
    freeaddrinfo(results);
    CHECK_EQ(getaddrinfo("no number", "80", &hints, &results), EAI_NONAME);
    CHECK_SINCE(lookups, "name (lookup)", 2, 0);
    CHECK_EQ(law_now("name (lookup)").errors - lookups.f.errors, 1);
}

/* ---- signals, threads, processes ---------------------------------------------------------------- */

static void nothing(int number, siginfo_t* info, void* context) {
    (void)number, (void)info, (void)context;
}
static int pipe_of_reader[2];
static uint64_t reads_now;
static void* reader(void* arg) {
    char text[1];
    (void)arg;
    law_store(&reads_now, 1);
    ssize_t n = read(pipe_of_reader[0], text, 1);
    return (void*)(uintptr_t)(n == -1 && errno == EINTR);
}
/* A call that a signal interrupts, and one that is cancelled, end as ever. */
static void interrupted_and_cancelled(void** state) {
    (void)state;
    void* result = NULL;
    CHECK_EQ(pipe(pipe_of_reader), 0);
    law_handler(SIGUSR1, nothing, 0); /* without SA_RESTART */
    for (int cancel = 0; cancel < 2; cancel++) {
        law_store(&reads_now, 0);
        const uint64_t calls = law_now("pipe (read)").calls;
        pthread_t thread = law_thread(reader, NULL);
        law_wait(&reads_now, 1);
        while (law_now("pipe (read)").open_calls == 0) {}
        while (
            !cancel && pthread_kill(thread, SIGUSR1) == 0 && law_now("pipe (read)").open_calls != 0)
            usleep(2000);
        if (cancel) CHECK_EQ(pthread_cancel(thread), 0);
        CHECK_EQ(pthread_join(thread, &result), 0);
        CHECK(result == (cancel ? PTHREAD_CANCELED : (void*)(uintptr_t)1));
        hotpath_function_t f = law_now("pipe (read)");
        CHECK_EQ(f.calls, calls + 1);
        CHECK_EQ(f.open_calls, 0);
        CHECK_EQ(f.abandoned, cancel ? 1 : 0);
    }
    close(pipe_of_reader[0]), close(pipe_of_reader[1]);
}
static int in_child(void) {
    char text[4];
    int fds[2];
    CHECK_EQ(law_now("pipe (write)").calls, 0); /* what was before the fork is its parent's */
    CHECK_EQ(pipe(fds), 0);
    CHECK_EQ(write(fds[1], "abc", 3), 3);
    CHECK_EQ(read(fds[0], text, 4), 3);
    CHECK_EQ(law_now("pipe (write)").bytes, 3);
    return 0;
}
static int vforked(int fd) {
    pid_t child = vfork();
    if (child == 0) {
        (void)!write(fd, "child", 5);
        close(fd);
        _exit(7);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    return status;
}
static void children(void** state) {
    (void)state;
    int fds[2];
    char text[10];
    law_exited(law_fork(in_child), 0);
    CHECK_EQ(pipe(fds), 0);
    io_look_t writes = look("pipe (write)"), closes = look("pipe (close)");
    int status = vforked(fds[1]);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    CHECK_SINCE(writes, "pipe (write)", 0, 0); /* the child of a vfork is left alone */
    CHECK_SINCE(closes, "pipe (close)", 0, 0);
    CHECK_EQ(write(fds[1], "parent", 6), 6);
    CHECK_SINCE(writes, "pipe (write)", 1, 6);
    CHECK_EQ(read(fds[0], text, 10), 10);
    close(fds[0]), close(fds[1]);
}
/* What hotpath reads and writes itself is not the program's. */
static void own_io(void** state) {
    (void)state;
    hotpath_snapshot_t* before = law_take();
    hotpath_process_t memory;
    CHECK(hotpath_process_memory(&memory));
    hotpath_snapshot_t* s = law_take();
    static law_text_t text;
    (void)law_render(&text, s, HOTPATH_FORMAT_TABLE);
    hotpath_snapshot_free(s);
    s = law_take();
    hotpath_snapshot_t* d = hotpath_snapshot_difference(s, before, NULL);
    CHECK_EQ(hotpath_snapshot_io(d, NULL, 0), 0);
    hotpath_snapshot_free(d);
    hotpath_snapshot_free(s);
    hotpath_snapshot_free(before);
}

int main(int argc, char** argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_main_counts),
        cmocka_unit_test(files),
        cmocka_unit_test(sockets_and_pipes),
        cmocka_unit_test(interrupted_and_cancelled),
        cmocka_unit_test(children),
        cmocka_unit_test(own_io),
    };
    const int code = law_run(argc, argv, NULL);
    if (code >= 0) return code;
    if (LAW_SANITIZED || law_valgrind) {
        print_message(
            "# skipped: a sanitizer or valgrind stands in front of the C library itself\n");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
