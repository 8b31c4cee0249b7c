/* hotpath_epoll.h - an event loop on epoll: how long it waits, how long it is busy, and so its lag.

       #include "hotpath.h"
       #include "hotpath_epoll.h"

       static hotpath_runtime_t loop;
       hotpath_runtime_create(&loop, "loop", 0);
       for (;;) {
           int n = hotpath_epoll_wait(&loop, fd, events, 64, -1);
           ...
       }

   In place of epoll_wait, with the loop before its arguments. What is called between two waits is best
   seen with a HOTPATH_FUNC() each: it stands beside the waits in the call tree. With poll, select or
   io_uring the same two calls go around the one that waits. Linux. */
#ifndef HOTPATH_EPOLL_H
#define HOTPATH_EPOLL_H
#if !defined(HOTPATH_H)
    #error "hotpath: #include \"hotpath.h\" before hotpath_epoll.h"
#endif
#include <errno.h>
#include <sys/epoll.h>

#ifdef __cplusplus
extern "C" {
#endif

/* As epoll_wait: its arguments, results and errno. Threads: one for each loop. */
static inline int hotpath_epoll_wait(hotpath_runtime_t* loop, int epoll_fd,
    struct epoll_event* events, int max_events, int timeout_ms) {
    hotpath_token_t token;
    hotpath_runtime_park(loop, 0, &token);
    int count = epoll_wait(epoll_fd, events, max_events, timeout_ms);
    int saved = errno;
    hotpath_runtime_unpark(loop, 0, &token);
    if (count > 0) hotpath_runtime_polled(loop, 0, (uint64_t)count);
    errno = saved;
    return count;
}

#ifdef __cplusplus
}
#endif
#endif /* HOTPATH_EPOLL_H */
