/* RECORDER: real */
/* Law 1: in the steady state a recording makes no system call, executes no read-modify-write of
   shared memory and so no lock, and no recording ever calls malloc. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "hotpath.h"
#include "law.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>

/* >>workload
   Everything that a recording can be, except gauges, which are the named exception. */

static LAW_NOINLINE int logged(int v) {
    HOTPATH_FUNC_LOG();
    HOTPATH_RETURN(v + 1);
}
static LAW_NOINLINE void recursive(int levels) {
    HOTPATH_FUNC();
    if (levels > 0) recursive(levels - 1);
}
static LAW_NOINLINE void scopes(int times) {
    for (int i = 0; i < times; i++) {
        HOTPATH_SCOPE("scopes outer");
        HOTPATH_SCOPE("scopes inner");
    }
}
static LAW_NOINLINE void everything(int times) {
    HOTPATH_SCOPE("everything");
    static const char* const names[] = {"name a", "name b", "name c"};
    for (int i = 0; i < times; i++) {
        HOTPATH_BEGIN(begun, "begun");
        HOTPATH_BYTES(10);
        HOTPATH_ERROR("reason");
        (void)HOTPATH_END(begun);
        { HOTPATH_SCOPE_NAMED(names[i % 3]); }
        recursive(3);
        HOTPATH_VAL("number", logged(i));
        HOTPATH_VAL("text", names[i % 3]);
        (void)HOTPATH_DBG(i * 2);
        hotpath_record("track", "span", (uint64_t)i, (uint64_t)i + 5);
        const uint32_t depth = hotpath_depth();
        HOTPATH_BEGIN(lost, "lost");
        (void)lost;
        hotpath_unwind(depth);
    }
}

/* >>instructions
   After every instruction a handler looks at the next one. */
#if LAW_STEPS
static volatile uint64_t step_count, step_rmw, step_calls;
static volatile uintptr_t step_rmw_at, step_call_at;

static void on_step(int signal_number, siginfo_t* info, void* context) {
    const ucontext_t* const u = (const ucontext_t*)context;
    const uintptr_t start = (uintptr_t)u->uc_mcontext.gregs[REG_RIP];
    const unsigned char* at = (const unsigned char*)start;
    bool lock = false;
    (void)signal_number, (void)info;
    step_count++;
    while (*at == 0xf0 || *at == 0x66 || *at == 0x67 || *at == 0xf2 || *at == 0xf3 || *at == 0x2e ||
           *at == 0x36 || *at == 0x3e || *at == 0x26 || *at == 0x64 || *at == 0x65)
        lock |= *at++ == 0xf0;
    if ((*at & 0xf0) == 0x40) at++;
    /* An exchange with memory locks without a prefix. */
    if ((*at == 0x86 || *at == 0x87) && at[1] >> 6 != 3) lock = true;
    if (lock) step_rmw++, step_rmw_at = start;
    if ((at[0] == 0x0f && (at[1] == 0x05 || at[1] == 0x34)) || (at[0] == 0xcd && at[1] == 0x80))
        step_calls++, step_call_at = start;
}

static void step_reset(void) { step_count = step_rmw = step_calls = 0; }

/* The handler sees what it is there to see. */
static void law_01_wait_free_control(void** state) {
    (void)state;
    law_needs_steps();
    static volatile uint64_t shared = 1;
    law_handler(SIGTRAP, on_step, 0);
    step_reset();
    LAW_STEP_BEGIN();
    __atomic_fetch_add(&shared, 2, __ATOMIC_RELAXED);
    LAW_STEP_END();
    CHECK_EQ(step_rmw, 1);
    CHECK_EQ(step_calls, 0);
    step_reset();
    LAW_STEP_BEGIN();
    (void)__atomic_exchange_n(&shared, 7, __ATOMIC_RELAXED);
    LAW_STEP_END();
    CHECK_EQ(step_rmw, 1);
    step_reset();
    LAW_STEP_BEGIN();
    syscall(SYS_getppid);
    LAW_STEP_END();
    CHECK_EQ(step_calls, 1);
}

/* The first rounds warm up. A later round may meet a duration in an octave that is new, for which
   memory is taken; so one round that is clean is asked for, of a few. What belongs to the steady
   state is in every round. */
static void law_01_wait_free(void** state) {
    (void)state;
    law_needs_steps();
    law_handler(SIGTRAP, on_step, 0);
    scopes(2000), everything(300);
    bool clean = false;
    for (int round = 0; round < 6 && !clean; round++) {
        step_reset();
        LAW_STEP_BEGIN();
        scopes(LAW_TIMES(200, 30));
        everything(LAW_TIMES(8, 3));
        LAW_STEP_END();
        CHECK_GT(step_count, 2000);
        clean = step_rmw == 0 && step_calls == 0;
    }
    if (!clean)
        law_fail(__FILE__, __LINE__,
            "in each round %" PRIu64 " read-modify-writes (one at %#" PRIxPTR ") and %" PRIu64
            " system calls (one at %#" PRIxPTR "), law_01_wait_free being at %p",
            (uint64_t)step_rmw, step_rmw_at, (uint64_t)step_calls, step_call_at,
            (void*)(uintptr_t)law_01_wait_free);
}
#else
static void law_01_wait_free_control(void** state) { (void)state, law_needs_steps(); }
static void law_01_wait_free(void** state) { (void)state, law_needs_steps(); }
#endif

/* >>system calls */

/* From here on every system call but exit is death by SIGSYS. (Strict mode would forbid to read the
   time stamp counter as well.) */
static bool forbid_system_calls(void) {
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    };
    const struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}
static int control_clock(void) {
    struct timespec now;
    if (!forbid_system_calls()) return 2;
    for (int i = 0; i < 1000; i++)
        clock_gettime(CLOCK_MONOTONIC, &now);
    syscall(SYS_exit, 0);
    return 1;
}
static int control_call(void) {
    if (!forbid_system_calls()) return 2;
    syscall(SYS_getppid);
    syscall(SYS_exit, 0);
    return 1;
}
static int records(void) {
    scopes(20000), everything(3000);
    if (!forbid_system_calls()) return 2;
    scopes(20000), everything(3000);
    syscall(SYS_exit, 0);
    return 1;
}

/* A duration in an octave that is new may ask for memory once; so one child of a few survives. */
static void law_01_wait_free_no_system_call(void** state) {
    (void)state;
    if (law_valgrind) law_skip("a process without system calls of valgrind's own");
    const law_result_t* r = law_fork(control_clock);
    if (WIFSIGNALED(r->status) || WEXITSTATUS(r->status) != 0)
        law_skip("seccomp filters, and a clock that is no system call");
    r = law_fork(control_call);
    CHECK(WIFSIGNALED(r->status) && WTERMSIG(r->status) == SIGSYS);
    bool survived = false;
    for (int attempt = 0; attempt < 5 && !survived; attempt++) {
        r = law_fork(records);
        survived = WIFEXITED(r->status) && WEXITSTATUS(r->status) == 0;
    }
    law_exited(r, 0);
}

/* >>malloc */

/* The compiler takes malloc for a function that reads no variable: hence volatile. */
static __thread volatile int malloc_watched;
static __thread volatile uint64_t malloc_calls;

#if LAW_SANITIZED
int __sanitizer_install_malloc_and_free_hooks(
    void (*on_malloc)(const volatile void*, size_t), void (*on_free)(const volatile void*));
static void on_malloc(const volatile void* p, size_t size) {
    (void)p, (void)size;
    malloc_calls += (uint64_t)malloc_watched;
}
static void on_free(const volatile void* p) {
    (void)p;
    malloc_calls += (uint64_t)malloc_watched;
}
    #define MALLOC_HOOKED 1
#elif defined(__GLIBC__)
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t n, size_t size);
void* __libc_realloc(void* p, size_t size);
void __libc_free(void* p);
void* malloc(size_t size) {
    malloc_calls += (uint64_t)malloc_watched;
    return __libc_malloc(size);
}
void* calloc(size_t n, size_t size) {
    malloc_calls += (uint64_t)malloc_watched;
    return __libc_calloc(n, size);
}
void* realloc(void* p, size_t size) {
    malloc_calls += (uint64_t)malloc_watched;
    return __libc_realloc(p, size);
}
void free(void* p) {
    malloc_calls += (uint64_t)malloc_watched;
    __libc_free(p);
}
    #define MALLOC_HOOKED 1
#else
    #define MALLOC_HOOKED 0
#endif

#if MALLOC_HOOKED
static law_text_t malloc_text;
static void* volatile malloc_sink;

/* First touches too: of a thread, of sites, of names, of contexts, of values; and readers. */
static void* first_touches(void* arg) {
    (void)arg;
    static char names[400][24];
    for (int i = 0; i < 400; i++)
        snprintf(names[i], sizeof names[i], "malloc %d", i);
    malloc_watched = 1;
    HOTPATH_THREAD_NAME("malloc thread");
    for (int i = 0; i < 400; i++) {
        HOTPATH_SCOPE_NAMED(names[i]);
        HOTPATH_SCOPE("malloc static");
    }
    everything(20);
    HOTPATH_GAUGE_INC("malloc gauge", 1);
    HOTPATH_GAUGE_SET("malloc gauge double", 2.5);
    hotpath_context_t* const context = hotpath_context_create("malloc context");
    CHECK(context != NULL);
    hotpath_context_switch(context);
    scopes(3);
    hotpath_context_switch(NULL);
    hotpath_context_destroy(context);
    hotpath_snapshot_t* const s = hotpath_snapshot_take(NULL);
    CHECK(s != NULL);
    hotpath_report_desc_t table;
    memset(&table, 0, sizeof table);
    CHECK(hotpath_report(s, &table, law_text_write, &malloc_text));
    hotpath_snapshot_free(s);
    malloc_watched = 0;
    return (void*)(uintptr_t)malloc_calls;
}

static void law_01_wait_free_no_malloc(void** state) {
    (void)state;
    #if LAW_SANITIZED
    __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
    #endif
    malloc_watched = 1;
    malloc_sink = malloc(100);
    free(malloc_sink);
    malloc_watched = 0;
    CHECK_EQ(malloc_calls, 2); /* The hooks see what they are there to see. */
    malloc_calls = 0;
    void* calls = NULL;
    pthread_join(law_thread(first_touches, NULL), &calls);
    CHECK_EQ((uintptr_t)calls, 0);
    (void)first_touches(NULL);
    CHECK_EQ(malloc_calls, 0);
    CHECK_EQ(law_now("malloc static").calls, 800);
}
#else
static void law_01_wait_free_no_malloc(void** state) {
    (void)state;
    law_skip("a malloc that no sanitizer has taken");
}
#endif

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(law_01_wait_free_control),
    cmocka_unit_test(law_01_wait_free),
    cmocka_unit_test(law_01_wait_free_no_system_call),
    cmocka_unit_test(law_01_wait_free_no_malloc),
};
LAW_MAIN(tests, NULL)
