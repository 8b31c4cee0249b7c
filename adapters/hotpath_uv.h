/* hotpath_uv.h - a loop of libuv: how long it waits, its lag, its callbacks, and what its pool does.

       #include "hotpath.h"
       #include "hotpath_uv.h"

       static hotpath_uv_t hot;
       hotpath_uv_start(&hot, uv_default_loop(), "loop");

       static void on_read(uv_stream_t* stream, ssize_t n, const uv_buf_t* buffer) {
           HOTPATH_UV_CALLBACK(&hot);
           ...
       }

   The loop is a runtime: it waits from the end of one round's callbacks to the first callback of the next
   one that has HOTPATH_UV_CALLBACK as its first line, which is a HOTPATH_FUNC, too. libuv waits for
   events and calls the callbacks of those that came at one go: what has no such line there counts as
   waiting. The time from a wait to the next one is the loop's lag. libuv calls first the prepare handle
   that was started last: start this before your own, or what they tell is after the wait has begun.

   A request is a task where the program says so, with HOTPATH_TASK_CREATE where it is made and
   HOTPATH_TASK_DONE in its callback; hotpath_uv_queue_work does both, and the pool's work is its poll.

   Loops that live at the same time need a label each: one label is one row, which one thread writes. A
   loop may be run by several threads in turn, as libuv has it.

   Needs libuv 1.0 and -luv. Without -DHOTPATH it measures nothing. */
#ifndef HOTPATH_UV_H
#define HOTPATH_UV_H
#if !defined(HOTPATH_H)
    #error "hotpath: #include \"hotpath.h\" before hotpath_uv.h"
#endif
#if defined(__STRICT_ANSI__) && !defined(_POSIX_C_SOURCE) && !defined(_GNU_SOURCE)
    #error \
        "hotpath: hotpath_uv.h needs POSIX: compile with -std=gnu99 or later, or -D_POSIX_C_SOURCE=200809L"
#endif
#include <uv.h>
#include <stddef.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What measures one loop: at one address until the loop has closed its handles, and its works have ended.
   All zeros is one that measures none. */
typedef struct hotpath_uv {
    hotpath_runtime_t runtime;
    hotpath_token_t token;
    uv_loop_t* loop; /* NULL: it measures none */
    int waits;
    int counted; /* the callback that begins is */
    uv_prepare_t prepare;
    uv_check_t check;
} hotpath_uv_t;

/* The loop has something to do again. HOTPATH_UV_CALLBACK calls it. Threads: the loop's. */
static inline void hotpath_uv_awake(hotpath_uv_t* hot) {
    if (hot->waits) hotpath_runtime_unpark(&hot->runtime, 0, &hot->token);
    hot->waits = 0;
}
static inline void hotpath_uv_callback(hotpath_uv_t* hot) {
    hotpath_uv_awake(hot);
    if (hot->loop != NULL && !hot->counted) hotpath_runtime_polled(&hot->runtime, 0, 1);
    hot->counted = 0;
}
/* The first line of a callback of the loop. */
#if HOTPATH_I_ON
    #define HOTPATH_UV_CALLBACK(hot) \
        hotpath_uv_callback(hot);    \
        HOTPATH_FUNC()
#else
    #define HOTPATH_UV_CALLBACK(hot) \
        (void)(hot);                 \
        HOTPATH_FUNC()
#endif

#if HOTPATH_I_ON
static inline void hotpath_i_uv_prepare(uv_prepare_t* handle) {
    hotpath_uv_t* hot = (hotpath_uv_t*)handle->data;
    hotpath_uv_awake(hot);
    hotpath_runtime_park(&hot->runtime, 0, &hot->token);
    hot->waits = 1;
}
static inline void hotpath_i_uv_check(uv_check_t* handle) {
    hotpath_uv_awake((hotpath_uv_t*)handle->data);
}
#endif

#if HOTPATH_I_ON
/* Of two, the first one is to measure; the second one is what measures already, if this is its handle. */
static inline void hotpath_i_uv_look(uv_handle_t* handle, void* two) {
    hotpath_uv_t** hot = (hotpath_uv_t**)two;
    hotpath_uv_t* of = (hotpath_uv_t*)handle->data;
    if (handle == (uv_handle_t*)&hot[0]->prepare)
        hot[1] = hot[0];
    else if (handle->type == UV_PREPARE && of != NULL &&
             (uintptr_t)handle - (uintptr_t)of == offsetof(hotpath_uv_t, prepare) &&
             of->loop == handle->loop)
        hot[1] = of;
}
#endif
/* Measures a loop from now on; it does not keep the loop alive, and is stopped before that is closed.
   Args: label as of hotpath_runtime_create. Returns: 0; UV_EINVAL without a loop; or UV_EALREADY if the
   loop is measured, which goes on, or has not closed the handles of this one yet: another one then
   measures none. Threads: the loop's. */
static inline int hotpath_uv_start(hotpath_uv_t* hot, uv_loop_t* loop, const char* label) {
    if (hot == NULL || loop == NULL) return UV_EINVAL;
#if HOTPATH_I_ON
    hotpath_uv_t* two[2] = {hot, NULL};
    uv_walk(loop, hotpath_i_uv_look, two);
    if (two[1] != hot) memset(hot, 0, sizeof *hot);
    if (two[1] != NULL) return UV_EALREADY;
    hotpath_runtime_create(&hot->runtime, label, 0);
    hotpath_runtime_worker_begin(&hot->runtime, 0);
    uv_prepare_init(loop, &hot->prepare);
    uv_check_init(loop, &hot->check);
    hot->prepare.data = hot->check.data = hot, hot->loop = loop;
    uv_prepare_start(&hot->prepare, hotpath_i_uv_prepare);
    uv_check_start(&hot->check, hotpath_i_uv_check);
    uv_unref((uv_handle_t*)&hot->prepare);
    uv_unref((uv_handle_t*)&hot->check);
#else
    memset(hot, 0, sizeof *hot), (void)label;
#endif
    return 0;
}
/* Ends it: the two handles close, for which the loop has to run once more. Callbacks that are still to
   come may tell it, which changes nothing, as a second stop. Threads: the loop's. */
static inline void hotpath_uv_stop(hotpath_uv_t* hot) {
    if (hot->loop == NULL) return;
    hot->loop = NULL;
#if HOTPATH_I_ON
    hotpath_uv_awake(hot);
    hotpath_runtime_close(&hot->runtime);
    uv_close((uv_handle_t*)&hot->prepare, NULL);
    uv_close((uv_handle_t*)&hot->check, NULL);
#endif
}

/* Work for the pool, which is a task. The request is its first member: what the callbacks get. */
typedef struct hotpath_uv_work {
    uv_work_t request; /* its data is the program's */
    hotpath_task_t task;
    hotpath_uv_t* hot;
    uv_work_cb work;
    uv_after_work_cb after;
} hotpath_uv_work_t;

static inline void hotpath_i_uv_work(uv_work_t* request) {
    hotpath_uv_work_t* work = (hotpath_uv_work_t*)(void*)request;
    HOTPATH_TASK_POLL_BEGIN(&work->task);
    work->work(request);
    HOTPATH_TASK_POLL_END(&work->task);
}
static inline void hotpath_i_uv_after(uv_work_t* request, int status) {
    hotpath_uv_work_t* work = (hotpath_uv_work_t*)(void*)request;
    hotpath_uv_t* hot = work->hot;
    hotpath_uv_callback(hot);
    hotpath_runtime_finished(&hot->runtime, 1);
    if (status == 0)
        HOTPATH_TASK_DONE(&work->task);
    else
        HOTPATH_TASK_CANCEL(&work->task);
    hot->counted = 1;
    if (work->after) work->after(request, status);
    hot->counted = 0;
}
/* As uv_queue_work, of a task of that label: it is created here, polled on a thread of the pool, and done
   before `after` is called, or cancelled. That is a callback as others, which may begin with
   HOTPATH_UV_CALLBACK, but counts without it, too. Args: work at one address until then.
   Returns: as uv_queue_work. Threads: the loop's. */
static inline int hotpath_uv_queue_work(hotpath_uv_t* hot, uv_loop_t* loop, hotpath_uv_work_t* work,
    const char* label, uv_work_cb run, uv_after_work_cb after) {
    if (run == NULL) return UV_EINVAL;
    work->hot = hot, work->work = run, work->after = after;
    hotpath_task_create(&work->task, label, "", 0);
    int error = uv_queue_work(loop, &work->request, hotpath_i_uv_work, hotpath_i_uv_after);
    if (error == 0)
        hotpath_runtime_spawned(&hot->runtime, 1);
    else
        HOTPATH_TASK_CANCEL(&work->task);
    return error;
}

#ifdef __cplusplus
}
#endif
#endif /* HOTPATH_UV_H */
