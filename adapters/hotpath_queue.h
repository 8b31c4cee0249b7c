/* hotpath_queue.h: queues of the system as channels: pipes, socket pairs, eventfd and POSIX message queues.
   What is in them, how fast both ends are, and which end waits for the other.

       hotpath_pipe_t p;
       hotpath_pipe_open(&p, "lines", 0);
       hotpath_pipe_write(&p, data, size);      as write
       hotpath_pipe_read(&p, data, size);       as read

   A message is a byte of a pipe or socket pair, one of the count of an eventfd, and a message of a message
   queue; Little's law tells the time in it. All functions give what those of the system give, with errno.
   Before one that may wait the descriptor is asked whether it would: that is a system call more. Both ends
   have to be in this process, and to use these functions; descriptors may be handed to other code, which
   is not seen. Without -DHOTPATH they are the functions of the system. Message queues need -lrt on old
   systems. */
#ifndef HOTPATH_QUEUE_H
#define HOTPATH_QUEUE_H

#if !defined(HOTPATH_H)
    #error "hotpath: #include \"hotpath.h\" before hotpath_queue.h"
#endif
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#if defined(__linux__)
    #include <mqueue.h>
    #include <sys/eventfd.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What two ends share. Both are kept by the program until they are closed. */
typedef struct hotpath_pipe {
    int fd[2]; /* [0] reads, [1] writes; -1: closed */
    hotpath_channel_t channel;
} hotpath_pipe_t;

typedef struct hotpath_socketpair {
    int fd[2];
    hotpath_channel_t channel[2]; /* of what that end sends; both are one row */
} hotpath_socketpair_t;

/* Begins to wait if the descriptor is not ready and will block. Returns: whether it does. */
static inline bool hotpath_i_queue_wait(
    hotpath_channel_t* c, int fd, hotpath_channel_end_t end, hotpath_token_t* wait) {
    struct pollfd asked;
    int saved = errno, ready;
    asked.fd = fd, asked.events = end == HOTPATH_CHANNEL_SEND ? POLLOUT : POLLIN, asked.revents = 0;
    ready = poll(&asked, 1, 0);
    if (ready == 0 && (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0) ready = 1;
    errno = saved;
    if (ready == 0) hotpath_channel_wait(c, end, wait);
    return ready == 0;
}
/* As write: what was not written is taken back. */
static inline ssize_t hotpath_i_queue_write(
    hotpath_channel_t* c, int fd, const void* data, size_t size) {
    hotpath_token_t wait = {0, 0};
    bool waits = hotpath_i_queue_wait(c, fd, HOTPATH_CHANNEL_SEND, &wait);
    hotpath_channel_sent(c, size);
    ssize_t done = write(fd, data, size);
    size_t went = done > 0 ? (size_t)done : 0;
    if (waits) hotpath_end(&wait);
    if (went < size) hotpath_channel_dropped(c, size - went);
    return done;
}
static inline ssize_t hotpath_i_queue_read(hotpath_channel_t* c, int fd, void* data, size_t size) {
    hotpath_token_t wait = {0, 0};
    bool waits = hotpath_i_queue_wait(c, fd, HOTPATH_CHANNEL_RECEIVE, &wait);
    ssize_t done = read(fd, data, size);
    if (waits) hotpath_end(&wait);
    if (done > 0) hotpath_channel_received(c, 0, (uint64_t)done);
    return done;
}
/* Closes a descriptor; what it has not read is lost. */
static inline int hotpath_i_queue_close(int* fd, hotpath_channel_t* reads) {
    int left = 0, result, before = *fd;
    if (before < 0) return 0;
    if (reads != (hotpath_channel_t*)0 && ioctl(before, FIONREAD, &left) == 0 && left > 0)
        hotpath_channel_dropped(reads, (uint64_t)left);
    *fd = -1;
    result = close(before);
    return result;
}

/* As pipe2 where there is one, else pipe. Args: label in static storage. Returns: 0, or -1 with errno. */
static inline int hotpath_pipe_open(hotpath_pipe_t* p, const char* label, int flags) {
    int capacity = 0;
#if defined(__linux__) && defined(_GNU_SOURCE)
    int result = pipe2(p->fd, flags);
    if (result == 0) capacity = fcntl(p->fd[1], F_GETPIPE_SZ);
#else
    int result = flags == 0 ? pipe(p->fd) : (errno = EINVAL, -1);
#endif
    if (result == 0)
        hotpath_channel_create(
            &p->channel, label, capacity > 0 ? (uint64_t)capacity : 0, __FILE__, 0);
    return result;
}
static inline ssize_t hotpath_pipe_write(hotpath_pipe_t* p, const void* data, size_t size) {
    return hotpath_i_queue_write(&p->channel, p->fd[1], data, size);
}
static inline ssize_t hotpath_pipe_read(hotpath_pipe_t* p, void* data, size_t size) {
    return hotpath_i_queue_read(&p->channel, p->fd[0], data, size);
}
/* Closes one end: the channel ends with its writer. Args: end 0 reads, 1 writes. */
static inline int hotpath_pipe_close(hotpath_pipe_t* p, int end) {
    if (end == 1 && p->fd[1] >= 0) hotpath_channel_closed(&p->channel);
    return hotpath_i_queue_close(&p->fd[end], end == 0 ? &p->channel : (hotpath_channel_t*)0);
}

/* As socketpair with AF_UNIX, SOCK_STREAM and more flags. */
static inline int hotpath_socketpair_open(hotpath_socketpair_t* p, const char* label, int flags) {
    int result = socketpair(AF_UNIX, SOCK_STREAM | flags, 0, p->fd);
    for (int i = 0; i < 2 && result == 0; i++)
        hotpath_channel_create(&p->channel[i], label, 0, __FILE__, 0);
    return result;
}
/* Args: end 0 or 1. */
static inline ssize_t hotpath_socketpair_write(
    hotpath_socketpair_t* p, int end, const void* data, size_t size) {
    return hotpath_i_queue_write(&p->channel[end], p->fd[end], data, size);
}
static inline ssize_t hotpath_socketpair_read(
    hotpath_socketpair_t* p, int end, void* data, size_t size) {
    return hotpath_i_queue_read(&p->channel[1 - end], p->fd[end], data, size);
}
static inline int hotpath_socketpair_close(hotpath_socketpair_t* p, int end) {
    if (p->fd[end] >= 0) hotpath_channel_closed(&p->channel[end]);
    return hotpath_i_queue_close(&p->fd[end], &p->channel[1 - end]);
}

#if defined(__linux__)
typedef struct hotpath_eventfd {
    int fd;
    bool one_by_one; /* EFD_SEMAPHORE */
    hotpath_channel_t channel;
} hotpath_eventfd_t;

/* As eventfd. Returns: 0, or -1 with errno. */
static inline int hotpath_eventfd_open(
    hotpath_eventfd_t* e, const char* label, unsigned initial, int flags) {
    e->fd = eventfd(initial, flags);
    e->one_by_one = (flags & EFD_SEMAPHORE) != 0;
    if (e->fd < 0) return -1;
    hotpath_channel_create(&e->channel, label, 0, __FILE__, 0);
    hotpath_channel_sent(&e->channel, initial);
    return 0;
}
/* As eventfd_write and eventfd_read. */
static inline int hotpath_eventfd_write(hotpath_eventfd_t* e, uint64_t value) {
    hotpath_token_t wait = {0, 0};
    bool waits = hotpath_i_queue_wait(&e->channel, e->fd, HOTPATH_CHANNEL_SEND, &wait);
    hotpath_channel_sent(&e->channel, value);
    int result = eventfd_write(e->fd, value);
    if (waits) hotpath_end(&wait);
    if (result != 0) hotpath_channel_dropped(&e->channel, value);
    return result;
}
static inline int hotpath_eventfd_read(hotpath_eventfd_t* e, uint64_t* value) {
    hotpath_token_t wait = {0, 0};
    eventfd_t got = 0;
    bool waits = hotpath_i_queue_wait(&e->channel, e->fd, HOTPATH_CHANNEL_RECEIVE, &wait);
    int result = eventfd_read(e->fd, &got);
    if (waits) hotpath_end(&wait);
    if (result == 0) hotpath_channel_received(&e->channel, 0, got), *value = got;
    return result;
}
static inline int hotpath_eventfd_close(hotpath_eventfd_t* e) {
    hotpath_channel_closed(&e->channel);
    return hotpath_i_queue_close(&e->fd, (hotpath_channel_t*)0);
}

/* A message queue that this process makes for itself. */
typedef struct hotpath_mq {
    mqd_t mq;
    hotpath_channel_t channel;
} hotpath_mq_t;

/* As mq_open; what is in the queue already was sent before. Returns: 0, or -1 with errno. */
static inline int hotpath_mq_open(hotpath_mq_t* q, const char* label, const char* name, int flags,
    mode_t mode, long capacity, long size) {
    struct mq_attr made;
    made.mq_flags = 0, made.mq_curmsgs = 0;
    made.mq_maxmsg = capacity, made.mq_msgsize = size;
    q->mq = mq_open(name, flags, mode, &made);
    if (q->mq == (mqd_t)-1 || mq_getattr(q->mq, &made) != 0) return -1;
    hotpath_channel_create(&q->channel, label, (uint64_t)made.mq_maxmsg, __FILE__, 0);
    hotpath_channel_sent(&q->channel, (uint64_t)made.mq_curmsgs);
    return 0;
}
/* As mq_send and mq_receive. */
static inline int hotpath_mq_send(
    hotpath_mq_t* q, const char* data, size_t size, unsigned priority) {
    hotpath_token_t wait = {0, 0};
    bool waits = hotpath_i_queue_wait(&q->channel, (int)q->mq, HOTPATH_CHANNEL_SEND, &wait);
    hotpath_channel_sent(&q->channel, 1);
    int result = mq_send(q->mq, data, size, priority);
    if (waits) hotpath_end(&wait);
    if (result != 0) hotpath_channel_dropped(&q->channel, 1);
    return result;
}
static inline ssize_t hotpath_mq_receive(
    hotpath_mq_t* q, char* data, size_t size, unsigned* priority) {
    hotpath_token_t wait = {0, 0};
    bool waits = hotpath_i_queue_wait(&q->channel, (int)q->mq, HOTPATH_CHANNEL_RECEIVE, &wait);
    ssize_t got = mq_receive(q->mq, data, size, priority);
    if (waits) hotpath_end(&wait);
    if (got >= 0) hotpath_channel_received(&q->channel, 0, 1);
    return got;
}
static inline int hotpath_mq_close(hotpath_mq_t* q) {
    struct mq_attr left;
    if (mq_getattr(q->mq, &left) == 0)
        hotpath_channel_dropped(&q->channel, (uint64_t)left.mq_curmsgs);
    hotpath_channel_closed(&q->channel);
    return mq_close(q->mq);
}
#endif

#ifdef __cplusplus
}
#endif
#endif /* HOTPATH_QUEUE_H */
