/* The recorder and the report on the platform it is compiled for, without a test library, so that it
   can be cross-compiled: `make check-windows` runs it under wine. With -DVIRTUAL the clock is one that
   the program moves, and every time is known to the tick. The checks are lines "ok" and "not ok". The
   argument is the file that HOTPATH_OUTPUT_PATH names. */
#if defined(VIRTUAL)
    #include <stdint.h>
static uint64_t ticks = 1000;
static uint64_t clock_now(void) { return __atomic_load_n(&ticks, __ATOMIC_RELAXED); }
    #define HOTPATH_CLOCK() clock_now()
#endif
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(_WIN32)
    #include <windows.h>
typedef HANDLE thread_t;
static thread_t thread_start(DWORD(WINAPI* f)(void*), void* arg) {
    return CreateThread(NULL, 0, f, arg, 0, NULL);
}
static void thread_join(thread_t t) {
    WaitForSingleObject(t, INFINITE);
    CloseHandle(t);
}
    #define THREAD_RESULT DWORD WINAPI
static void rest(unsigned ms) { Sleep(ms); }
#else
    #include <pthread.h>
    #include <time.h>
typedef pthread_t thread_t;
static thread_t thread_start(void* (*f)(void*), void* arg) {
    thread_t t;
    if (pthread_create(&t, NULL, f, arg) != 0) abort();
    return t;
}
static void thread_join(thread_t t) { pthread_join(t, NULL); }
    #define THREAD_RESULT void*
static void rest(unsigned ms) {
    const struct timespec t = {0, (long)ms * 1000000};
    nanosleep(&t, NULL);
}
#endif

static int failures;

static void check(bool good, const char* what, uint64_t got) {
    printf("%s - %s", good ? "ok" : "not ok", what);
    if (!good) printf(" (%llu)", (unsigned long long)got);
    printf("\n");
    failures += !good;
}

/* Moves the virtual clock; on the real one it only takes some time. */
static void pass(unsigned n) {
#if defined(VIRTUAL)
    __atomic_add_fetch(&ticks, n, __ATOMIC_RELAXED);
#else
    volatile unsigned i;
    for (i = 0; i < n; i++) {}
#endif
}

static void leaf(void) {
    HOTPATH_FUNC();
    pass(10);
    HOTPATH_BYTES(100);
}

static int branch(int n) {
    HOTPATH_FUNC_LOG();
    pass(5);
    for (int i = 0; i < n; i++)
        leaf();
    if (n == 3) HOTPATH_ERROR("three");
    HOTPATH_RETURN(n);
}

static int recursion(int n) {
    HOTPATH_FUNC();
    pass(1);
    return n > 0 ? recursion(n - 1) : 0;
}

static THREAD_RESULT worker(void* arg) {
    HOTPATH_THREAD_NAME("worker");
    for (int i = 0; i < 1000; i++) {
        HOTPATH_SCOPE("job");
        HOTPATH_GAUGE_INC("jobs", 1);
    }
    (void)arg;
    return 0;
}

static const hotpath_function_t* find(const hotpath_snapshot_t* s, const char* name) {
    size_t count = 0;
    const hotpath_function_t* f = hotpath_snapshot_functions(s, &count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(f[i].name, name) == 0) return &f[i];
    }
    return NULL;
}

typedef struct text {
    char data[1 << 18];
    size_t size;
} text_t;

static bool append(void* user, const char* data, size_t size) {
    text_t* t = user;
    if (t->size + size >= sizeof(t->data)) return false;
    memcpy(t->data + t->size, data, size);
    t->size += size;
    t->data[t->size] = 0;
    return true;
}

static void check_functions(void) {
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_function_t* f = s ? find(s, "leaf") : NULL;
    check(f && f->calls == 6, "calls", f ? f->calls : 0);
    check(f && f->bytes == 600, "bytes", f ? f->bytes : 0);
    check(f && f->total_ns == f->self_ns, "a leaf has its time for itself", f ? f->total_ns : 0);
#if defined(VIRTUAL)
    check(f && f->total_ns == 60, "total on a virtual clock", f ? f->total_ns : 0);
    check(f && f->min_ns == 10 && f->max_ns == 10, "min and max", f ? f->max_ns : 0);
    check(f && hotpath_snapshot_percentile(s, f, 50) == 10, "a percentile",
        f ? hotpath_snapshot_percentile(s, f, 50) : 0);
    f = s ? find(s, "branch") : NULL;
    check(f && f->self_ns == 15 && f->total_ns == 75, "self and total", f ? f->total_ns : 0);
#else
    check(f && f->total_ns > 0 && f->total_ns < 1000000000u, "total on the real clock",
        f ? f->total_ns : 0);
#endif
    f = s ? find(s, "branch") : NULL;
    check(f && f->errors == 1 && f->reasons_count == 1, "errors", f ? f->errors : 0);
    check(f && f->recent_count == 3 && f->recent[0].value.as.i == 3, "results",
        f ? f->recent_count : 0);
    f = s ? find(s, "recursion") : NULL;
    check(f && f->calls == 11, "recursion", f ? f->calls : 0);
    f = s ? find(s, "main") : NULL;
    check(f && f->open_calls == 1 && f->total_ns > 0, "main is open", f ? f->open_calls : 0);
    const hotpath_info_t* info = s ? hotpath_snapshot_info(s) : NULL;
    check(
        info && info->drops.foreign_ends == 0 && info->drops.reentrant == 0, "nothing dropped", 0);
    check(info && info->clock && info->clock[0] != 0, "the clock has a name", 0);
    if (info)
        printf("# clock %s, %llu Hz: %s\n", info->clock, (unsigned long long)info->clock_hz,
            info->clock_note);
    hotpath_snapshot_free(s);
}

static void check_threads(void) {
    thread_t threads[8];
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 8; i++)
            threads[i] = thread_start(worker, NULL);
        for (int i = 0; i < 8; i++)
            thread_join(threads[i]);
    }
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_function_t* f = s ? find(s, "job") : NULL;
    check(f && f->calls == 32000, "calls of threads", f ? f->calls : 0);
    check(s && hotpath_snapshot_info(s)->threads_ended == 32, "ended threads",
        s ? hotpath_snapshot_info(s)->threads_ended : 0);
    size_t count = 0;
    const hotpath_entry_t* e = s ? hotpath_snapshot_entries(s, &count) : NULL;
    uint64_t jobs = 0;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(e[i].name, "jobs") == 0) jobs = (uint64_t)e[i].last.as.i;
    }
    check(jobs == 32000, "a gauge of threads", jobs);
    hotpath_snapshot_free(s);
}

static void check_difference(void) {
    hotpath_snapshot_t* older = hotpath_snapshot_take(NULL);
    leaf();
    hotpath_snapshot_t* newer = hotpath_snapshot_take(NULL);
    hotpath_snapshot_t* s = hotpath_snapshot_difference(newer, older, NULL);
    const hotpath_function_t* f = s ? find(s, "leaf") : NULL;
    check(f && f->calls == 1, "the difference of two snapshots", f ? f->calls : 0);
    hotpath_snapshot_free(s);
    hotpath_snapshot_free(newer);
    hotpath_snapshot_free(older);
}

static void check_report(hotpath_format_t format, const char* what, const char* part) {
    static text_t text;
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    hotpath_report_desc_t desc = {0, false};
    desc.format = format;
    text.size = 0;
    check(s && hotpath_report(s, &desc, append, &text), what, text.size);
    check(strstr(text.data, part) != NULL, part, text.size);
    check(strchr(text.data, '\r') == NULL, "no carriage return", 0);
    hotpath_snapshot_free(s);
}

static void check_file(const char* path) {
    static text_t text;
    FILE* file = fopen(path, "rb");
    text.size = file ? fread(text.data, 1, sizeof(text.data) - 1, file) : 0;
    text.data[text.size] = 0;
    check(strstr(text.data, "branch") != NULL, "the report is in its file", text.size);
    if (file) fclose(file);
}

int main(int argc, char** argv) {
    HOTPATH_MAIN();
    hotpath_record("gpu", "pass", 100, 400);
    for (int i = 1; i <= 3; i++)
        branch(i);
    recursion(10);
    HOTPATH_VAL("answer", 42);
    check(HOTPATH_DBG(40 + 2) == 42, "dbg gives its value", 0);
    HOTPATH_BEGIN(timed, "timed");
    rest(20);
    const uint64_t ns = HOTPATH_END(timed);
#if defined(VIRTUAL)
    check(ns == 0, "an end gives the time on the virtual clock", ns);
#else
    check(ns > 10000000 && ns < 5000000000u, "an end gives the time of a sleep", ns);
#endif
    check_functions();
    check_threads();
    check_difference();
    check_report(HOTPATH_FORMAT_TABLE, "a table", "branch");
    check_report(HOTPATH_FORMAT_JSON, "JSON", "\"functions_timing\"");
    check_report(HOTPATH_FORMAT_FOLDED, "folded stacks", "main;branch;leaf ");
    if (argc > 1) {
        check(hotpath_report_now(), "a report now", 0);
        check_file(argv[1]);
    }
    fflush(stdout);
    return failures != 0;
}
