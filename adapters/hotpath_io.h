/* hotpath_io.h - what a program reads, writes and asks of the system: the functions of the C library
   under names of hotpath's, with the same arguments, results and errno.

       #include "hotpath.h"
       #include "hotpath_io.h"

       int fd = hotpath_io_open("save.dat", O_RDWR | O_CREAT, 0644);
       ssize_t n = hotpath_io_write(fd, data, size);
       if (hotpath_io_fsync(fd) != 0) ...
       hotpath_io_close(fd);

   Each call is a scope, "file (write)", with its bytes and, if it fails, the name of its errno. A name of
   the program's own for what a descriptor is good for stands in front of the others' arguments:

       n = hotpath_io_write_as("save game", fd, data, size);

   What a descriptor leads to is known from hotpath_io_socket, _pipe, _accept and the others, forgotten by
   hotpath_io_close and _dup2, and else asked once a second. A call stays what it was: a cancellation point,
   interrupted by signals, non-blocking. Without -DHOTPATH, and with -DHOTPATH_IO, where the C library's
   functions themselves are recorded, these only call them. Needs POSIX. */
#ifndef HOTPATH_IO_H
#define HOTPATH_IO_H
#if !defined(HOTPATH_H)
    #error "hotpath: #include \"hotpath.h\" before hotpath_io.h"
#endif
#if defined(__STRICT_ANSI__) && !defined(_POSIX_C_SOURCE) && !defined(_GNU_SOURCE)
    #error \
        "hotpath: hotpath_io.h needs POSIX: compile with -std=gnu99 or later, or -D_POSIX_C_SOURCE=200809L"
#endif
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>
#if defined(__linux__)
    #include <sys/epoll.h>
    #include <sys/eventfd.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

#if HOTPATH_I_ON && !HOTPATH_I_IO
    #define HOTPATH_I_IO_FD(io, op, fd, label)     hotpath_io_begin_fd(io, op, fd, label)
    #define HOTPATH_I_IO_KIND(io, op, kind, label) hotpath_io_begin(io, op, kind, label)
    #define HOTPATH_I_IO_END(io, result)           hotpath_io_end(io, (int64_t)(result), errno)
    #define HOTPATH_I_IO_IS(fd, kind)              hotpath_descriptor_is(fd, kind)
#else
    #define HOTPATH_I_IO_FD(io, op, fd, label)     ((void)(io), (void)(label))
    #define HOTPATH_I_IO_KIND(io, op, kind, label) ((void)(io), (void)(label))
    #define HOTPATH_I_IO_END(io, result)           ((void)(io))
    #define HOTPATH_I_IO_IS(fd, kind)              ((void)0)
#endif

/* hotpath_NAME and hotpath_NAME_as of a function whose first argument is a descriptor. HOTPATH_I_IO_LIST
   takes the parentheses off. */
#define HOTPATH_I_IO_LIST(...) __VA_ARGS__
#define HOTPATH_I_IO_CALL(type, name, op, params, args)                                      \
    static inline type hotpath_io_##name##_as(const char* label, HOTPATH_I_IO_LIST params) { \
        hotpath_io_t io;                                                                     \
        HOTPATH_I_IO_FD(&io, op, fd, label);                                                 \
        type result = name args;                                                             \
        HOTPATH_I_IO_END(&io, result);                                                       \
        return result;                                                                       \
    }                                                                                        \
    static inline type hotpath_io_##name(HOTPATH_I_IO_LIST params) {                         \
        hotpath_io_t io;                                                                     \
        HOTPATH_I_IO_FD(&io, op, fd, (const char*)0);                                        \
        type result = name args;                                                             \
        HOTPATH_I_IO_END(&io, result);                                                       \
        return result;                                                                       \
    }

/* clang-format off */
HOTPATH_I_IO_CALL(ssize_t, read, HOTPATH_IO_READ,
    (int fd, void* buffer, size_t size),
    (fd, buffer, size))
HOTPATH_I_IO_CALL(ssize_t, pread, HOTPATH_IO_READ,
    (int fd, void* buffer, size_t size, off_t offset),
    (fd, buffer, size, offset))
HOTPATH_I_IO_CALL(ssize_t, readv, HOTPATH_IO_READ,
    (int fd, const struct iovec* parts, int count),
    (fd, parts, count))
HOTPATH_I_IO_CALL(ssize_t, recv, HOTPATH_IO_READ,
    (int fd, void* buffer, size_t size, int flags),
    (fd, buffer, size, flags))
HOTPATH_I_IO_CALL(ssize_t, recvfrom, HOTPATH_IO_READ,
    (int fd, void* buffer, size_t size, int flags, struct sockaddr* from, socklen_t* length),
    (fd, buffer, size, flags, from, length))
HOTPATH_I_IO_CALL(ssize_t, recvmsg, HOTPATH_IO_READ,
    (int fd, struct msghdr* message, int flags),
    (fd, message, flags))
HOTPATH_I_IO_CALL(ssize_t, write, HOTPATH_IO_WRITE,
    (int fd, const void* buffer, size_t size),
    (fd, buffer, size))
HOTPATH_I_IO_CALL(ssize_t, pwrite, HOTPATH_IO_WRITE,
    (int fd, const void* buffer, size_t size, off_t offset),
    (fd, buffer, size, offset))
HOTPATH_I_IO_CALL(ssize_t, writev, HOTPATH_IO_WRITE,
    (int fd, const struct iovec* parts, int count),
    (fd, parts, count))
HOTPATH_I_IO_CALL(ssize_t, send, HOTPATH_IO_WRITE,
    (int fd, const void* buffer, size_t size, int flags),
    (fd, buffer, size, flags))
HOTPATH_I_IO_CALL(ssize_t, sendto, HOTPATH_IO_WRITE,
    (int fd, const void* buffer, size_t size, int flags, const struct sockaddr* to, socklen_t length),
    (fd, buffer, size, flags, to, length))
HOTPATH_I_IO_CALL(ssize_t, sendmsg, HOTPATH_IO_WRITE,
    (int fd, const struct msghdr* message, int flags),
    (fd, message, flags))
HOTPATH_I_IO_CALL(int, fsync, HOTPATH_IO_SYNC, (int fd), (fd))
HOTPATH_I_IO_CALL(int, fdatasync, HOTPATH_IO_SYNC, (int fd), (fd))
HOTPATH_I_IO_CALL(int, connect, HOTPATH_IO_CONNECT,
    (int fd, const struct sockaddr* to, socklen_t length),
    (fd, to, length))
/* clang-format on */

/* As open. */
static inline int hotpath_io_open(const char* path, int flags, ...) {
    hotpath_io_t io;
    unsigned mode = 0;
    if ((flags & O_CREAT) != 0) {
        va_list list;
        va_start(list, flags);
        mode = va_arg(list, unsigned);
        va_end(list);
    }
    HOTPATH_I_IO_KIND(&io, HOTPATH_IO_OPEN, HOTPATH_DESCRIPTOR_FILE, (const char*)0);
    int fd = open(path, flags, (mode_t)mode);
    HOTPATH_I_IO_END(&io, fd);
    HOTPATH_I_IO_IS(fd, HOTPATH_DESCRIPTOR_UNKNOWN); /* it may be a device */
    return fd;
}
static inline int hotpath_io_close(int fd) {
    hotpath_io_t io;
    HOTPATH_I_IO_FD(&io, HOTPATH_IO_CLOSE, fd, (const char*)0);
    HOTPATH_I_IO_IS(fd, HOTPATH_DESCRIPTOR_UNKNOWN); /* before others can have it */
    int result = close(fd);
    HOTPATH_I_IO_END(&io, result);
    return result;
}
static inline int hotpath_io_dup2(int from, int to) {
    HOTPATH_I_IO_IS(to, HOTPATH_DESCRIPTOR_UNKNOWN);
    return dup2(from, to);
}
static inline int hotpath_io_socket(int domain, int type, int protocol) {
    hotpath_io_t io;
    HOTPATH_I_IO_KIND(&io, HOTPATH_IO_OPEN, HOTPATH_DESCRIPTOR_SOCKET, (const char*)0);
    int fd = socket(domain, type, protocol);
    HOTPATH_I_IO_END(&io, fd);
    HOTPATH_I_IO_IS(fd, HOTPATH_DESCRIPTOR_SOCKET);
    return fd;
}
static inline int hotpath_io_accept(int fd, struct sockaddr* from, socklen_t* length) {
    hotpath_io_t io;
    HOTPATH_I_IO_KIND(&io, HOTPATH_IO_CONNECT, HOTPATH_DESCRIPTOR_SOCKET, (const char*)0);
    int fresh = accept(fd, from, length);
    HOTPATH_I_IO_END(&io, fresh);
    HOTPATH_I_IO_IS(fresh, HOTPATH_DESCRIPTOR_SOCKET);
    return fresh;
}
static inline int hotpath_io_pipe(int fds[2]) {
    hotpath_io_t io;
    HOTPATH_I_IO_KIND(&io, HOTPATH_IO_OPEN, HOTPATH_DESCRIPTOR_PIPE, (const char*)0);
    int result = pipe(fds);
    HOTPATH_I_IO_END(&io, result);
    if (result != 0) return result;
    HOTPATH_I_IO_IS(fds[0], HOTPATH_DESCRIPTOR_PIPE);
    HOTPATH_I_IO_IS(fds[1], HOTPATH_DESCRIPTOR_PIPE);
    return result;
}
static inline int hotpath_io_poll(struct pollfd* list, nfds_t count, int timeout) {
    hotpath_io_t io;
    if (count == 1)
        HOTPATH_I_IO_FD(&io, HOTPATH_IO_POLL, list->fd, (const char*)0);
    else
        HOTPATH_I_IO_KIND(&io, HOTPATH_IO_POLL, HOTPATH_DESCRIPTOR_SET, (const char*)0);
    int result = poll(list, count, timeout);
    HOTPATH_I_IO_END(&io, result);
    return result;
}
static inline int hotpath_io_select(
    int count, fd_set* reads, fd_set* writes, fd_set* others, struct timeval* timeout) {
    hotpath_io_t io;
    HOTPATH_I_IO_KIND(&io, HOTPATH_IO_POLL, HOTPATH_DESCRIPTOR_SET, (const char*)0);
    int result = select(count, reads, writes, others, timeout);
    HOTPATH_I_IO_END(&io, result);
    return result;
}
#if defined(__linux__)
static inline int hotpath_io_epoll_wait(int fd, struct epoll_event* events, int most, int timeout) {
    hotpath_io_t io;
    HOTPATH_I_IO_KIND(&io, HOTPATH_IO_POLL, HOTPATH_DESCRIPTOR_SET, (const char*)0);
    int result = epoll_wait(fd, events, most, timeout);
    HOTPATH_I_IO_END(&io, result);
    return result;
}
static inline int hotpath_io_eventfd(unsigned initial, int flags) {
    hotpath_io_t io;
    HOTPATH_I_IO_KIND(&io, HOTPATH_IO_OPEN, HOTPATH_DESCRIPTOR_EVENTFD, (const char*)0);
    int fd = eventfd(initial, flags);
    HOTPATH_I_IO_END(&io, fd);
    HOTPATH_I_IO_IS(fd, HOTPATH_DESCRIPTOR_EVENTFD);
    return fd;
}
#endif
/* As getaddrinfo, whose result is 0 or an error of its own. */
static inline int hotpath_io_getaddrinfo(const char* node, const char* service,
    const struct addrinfo* hints, struct addrinfo** results) {
    hotpath_io_t io;
    HOTPATH_I_IO_KIND(&io, HOTPATH_IO_LOOKUP, HOTPATH_DESCRIPTOR_NAME, (const char*)0);
    int error = getaddrinfo(node, service, hints, results);
#if HOTPATH_I_ON && !HOTPATH_I_IO
    hotpath_io_end(&io, error == 0 ? 0 : -1, error);
#endif
    return error;
}

#ifdef __cplusplus
}
#endif

#endif /* HOTPATH_IO_H */
