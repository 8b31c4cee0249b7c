/* RECORDER: real */
/* The adapter of io: the same results and errno as the functions it stands for, and what is counted. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "hotpath.h"
#include "law.h"
#include "../../adapters/hotpath_io.h"

#include <netinet/in.h>

static hotpath_io_row_t row_of(const char* label, hotpath_descriptor_t kind, hotpath_io_op_t op) {
    hotpath_io_row_t rows[64], found;
    memset(&found, 0, sizeof found);
    hotpath_snapshot_t* s = law_take();
    const size_t count = hotpath_snapshot_io(s, rows, 64);
    CHECK_LE(count, 64);
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].label, label) == 0 && rows[i].descriptor == kind && rows[i].op == op)
            found = rows[i];
    hotpath_snapshot_free(s);
    return found;
}
#define CHECK_ROW(label, kind, op, want, want_bytes)              \
    do {                                                          \
        const hotpath_io_row_t law_row = row_of(label, kind, op); \
        CHECK_EQ(law_row.count, want);                            \
        CHECK_EQ(law_row.bytes, want_bytes);                      \
    } while (0)

static void files(void** state) {
    (void)state;
    const hotpath_descriptor_t file = HOTPATH_DESCRIPTOR_FILE;
    char path[LAW_PATH], text[20];
    close(law_file(path));
    int fd = hotpath_io_open(path, O_RDWR | O_CREAT, 0600);
    struct iovec parts[2] = {{text, 4}, {text + 4, 6}};
    CHECK_GE(fd, 0);
    CHECK_EQ(hotpath_io_write(fd, "0123456789", 10), 10);
    CHECK_EQ(hotpath_io_pwrite(fd, "ab", 2, 10), 2);
    CHECK_EQ(hotpath_io_pread(fd, text, 20, 2), 10);
    CHECK(memcmp(text, "23456789ab", 10) == 0);
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    CHECK_EQ(hotpath_io_readv(fd, parts, 2), 10);
    CHECK_EQ(hotpath_io_read(fd, text, 20), 2);
    CHECK_EQ(hotpath_io_read(fd, text, 20), 0);
    CHECK_EQ(hotpath_io_writev_as("log", fd, parts, 2), 10);
    CHECK_EQ(hotpath_io_fsync(fd), 0);
    CHECK_EQ(hotpath_io_fdatasync_as("log", fd), 0);
    CHECK_EQ(hotpath_io_close(fd), 0);
    CHECK_ROW("file", file, HOTPATH_IO_OPEN, 1, 0);
    CHECK_ROW("file", file, HOTPATH_IO_WRITE, 2, 12);
    CHECK_ROW("file", file, HOTPATH_IO_READ, 4, 22);
    CHECK_ROW("file", file, HOTPATH_IO_SYNC, 1, 0);
    CHECK_ROW("file", file, HOTPATH_IO_CLOSE, 1, 0);
    CHECK_ROW("log", file, HOTPATH_IO_WRITE, 1, 10);
    CHECK_ROW("log", file, HOTPATH_IO_SYNC, 1, 0);
    unlink(path);
    errno = 0;
    CHECK(hotpath_io_open(path, O_RDONLY) == -1 && errno == ENOENT);
    CHECK(hotpath_io_read(-1, text, 1) == -1 && errno == EBADF);
    CHECK(hotpath_io_close(-1) == -1 && errno == EBADF);
    CHECK_EQ(row_of("file", file, HOTPATH_IO_OPEN).errors, 1);
}
static void sockets(void** state) {
    (void)state;
    const hotpath_descriptor_t kind = HOTPATH_DESCRIPTOR_SOCKET;
    struct sockaddr_in at;
    socklen_t length = sizeof at;
    char text[20];
    memset(&at, 0, sizeof at);
    at.sin_family = AF_INET, at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int server = hotpath_io_socket(AF_INET, SOCK_STREAM, 0);
    int client = hotpath_io_socket(AF_INET, SOCK_STREAM, 0);
    CHECK_EQ(bind(server, (struct sockaddr*)&at, length), 0);
    CHECK_EQ(listen(server, 1), 0);
    CHECK_EQ(getsockname(server, (struct sockaddr*)&at, &length), 0);
    CHECK_EQ(hotpath_io_connect(client, (struct sockaddr*)&at, length), 0);
    int peer = hotpath_io_accept(server, NULL, NULL);
    CHECK_GE(peer, 0);
    CHECK_EQ(hotpath_io_send(client, "hello", 5, 0), 5);
    struct pollfd one = {peer, POLLIN, 0};
    CHECK_EQ(hotpath_io_poll(&one, 1, 5000), 1);
    CHECK_EQ(hotpath_io_recv(peer, text, 20, 0), 5);
    CHECK(hotpath_io_recv(peer, text, 20, MSG_DONTWAIT) == -1 && errno == EAGAIN);
    CHECK_EQ(hotpath_io_close(client), 0);
    CHECK_EQ(hotpath_io_recvfrom(peer, text, 20, 0, NULL, NULL), 0);
    CHECK_EQ(hotpath_io_close(peer), 0);
    CHECK_EQ(hotpath_io_close(server), 0);
    CHECK_ROW("socket", kind, HOTPATH_IO_CONNECT, 2, 0);
    CHECK_ROW("socket", kind, HOTPATH_IO_WRITE, 1, 5);
    CHECK_ROW("socket", kind, HOTPATH_IO_READ, 3, 5);
    CHECK_EQ(row_of("socket", kind, HOTPATH_IO_READ).would_block, 1);
    CHECK_EQ(row_of("socket", kind, HOTPATH_IO_READ).errors, 0);
    CHECK_ROW("socket", kind, HOTPATH_IO_POLL, 1, 0);
    CHECK_ROW("socket", kind, HOTPATH_IO_CLOSE, 3, 0);
}
/* A number that is given again is what it is by then. */
static void numbers_again(void** state) {
    (void)state;
    int fds[2];
    CHECK_EQ(hotpath_io_pipe(fds), 0);
    CHECK_EQ(hotpath_io_write(fds[1], "a", 1), 1);
    CHECK_EQ(hotpath_io_close(fds[1]), 0);
    int event = hotpath_io_eventfd(0, EFD_NONBLOCK);
    CHECK_EQ(event, fds[1]);
    uint64_t value = 3;
    CHECK_EQ(hotpath_io_write(event, &value, 8), 8);
    CHECK_EQ(hotpath_io_read(event, &value, 8), 8);
    CHECK(hotpath_io_read(event, &value, 8) == -1 && errno == EAGAIN);
    CHECK_EQ(hotpath_io_dup2(fds[0], event), event);
    char text[2];
    CHECK_EQ(hotpath_io_read(event, text, 1), 1);
    CHECK_ROW("pipe", HOTPATH_DESCRIPTOR_PIPE, HOTPATH_IO_WRITE, 1, 1);
    CHECK_ROW("pipe", HOTPATH_DESCRIPTOR_PIPE, HOTPATH_IO_READ, 1, 1);
    CHECK_ROW("eventfd", HOTPATH_DESCRIPTOR_EVENTFD, HOTPATH_IO_WRITE, 1, 8);
    CHECK_ROW("eventfd", HOTPATH_DESCRIPTOR_EVENTFD, HOTPATH_IO_READ, 2, 8);
    CHECK_EQ(hotpath_io_close(event), 0);
    CHECK_EQ(hotpath_io_close(fds[0]), 0);
    struct addrinfo hints, *results = NULL;
    memset(&hints, 0, sizeof hints);
    hints.ai_flags = AI_NUMERICHOST;
    CHECK_EQ(hotpath_io_getaddrinfo("127.0.0.1", "80", &hints, &results), 0);
    freeaddrinfo(results);
    CHECK_EQ(hotpath_io_getaddrinfo("no number", "80", &hints, &results), EAI_NONAME);
    CHECK_ROW("name", HOTPATH_DESCRIPTOR_NAME, HOTPATH_IO_LOOKUP, 2, 0);
    CHECK_EQ(row_of("name", HOTPATH_DESCRIPTOR_NAME, HOTPATH_IO_LOOKUP).errors, 1);
}

int main(int argc, char** argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files),
        cmocka_unit_test(sockets),
        cmocka_unit_test(numbers_again),
    };
    const int code = law_run(argc, argv, NULL);
    return code >= 0 ? code : cmocka_run_group_tests(tests, NULL, NULL);
}
