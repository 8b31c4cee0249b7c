/* law.h - what the tests of the laws share: checks that also work in children and threads, look-ups
   in a snapshot, the rules that hold between the numbers of any quiet snapshot, and children of
   which the output is kept. Include it after hotpath.h. */
#ifndef HOTPATH_TESTS_LAW_H
#define HOTPATH_TESTS_LAW_H

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define LAW_UNUSED   __attribute__((unused))
#define LAW_NOINLINE __attribute__((noinline))

/* Sanitizers and valgrind make threads and system calls several times slower, so repetitions
   shrink. */
#if defined(__SANITIZE_ADDRESS__)
    #define LAW_ASAN 1
#elif defined(__has_feature)
    #if __has_feature(address_sanitizer)
        #define LAW_ASAN 1
    #endif
#endif
#if defined(__SANITIZE_THREAD__)
    #define LAW_TSAN 1
#elif defined(__has_feature)
    #if __has_feature(thread_sanitizer)
        #define LAW_TSAN 1
    #endif
#endif
#if !defined(LAW_ASAN)
    #define LAW_ASAN 0
#endif
#if !defined(LAW_TSAN)
    #define LAW_TSAN 0
#endif
static bool law_valgrind;        /* valgrind.sh runs this */
static const char* law_emulator; /* what runs this program of another processor, or NULL */
#define LAW_SANITIZED       (LAW_ASAN || LAW_TSAN)
#define LAW_TIMES(n, fewer) (LAW_SANITIZED || law_valgrind || law_emulator ? (fewer) : (n))

/* >>checks
   In the main thread of the test process a failed check ends the test. In a child or in another
   thread it ends the process, because cmocka cannot be reached from there. */

#define LAW_FAILED_EXIT 99

static pthread_t law_main_thread;
static bool law_in_child;

LAW_UNUSED __attribute__((noreturn, format(printf, 3, 4))) static void law_fail(
    const char* file, int line, const char* format, ...) {
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (!law_in_child && pthread_equal(pthread_self(), law_main_thread)) {
        print_error("%s\n", text);
        _fail(file, line);
    }
    fprintf(stderr, "%s:%d: %s\n", file, line, text);
    fflush(NULL);
    _exit(LAW_FAILED_EXIT);
}

#define CHECK(cond)                                                               \
    do {                                                                          \
        if (!(cond)) law_fail(__FILE__, __LINE__, "%s", "does not hold: " #cond); \
    } while (0)

#define LAW_COMPARE(a, op, b)                                                                 \
    do {                                                                                      \
        const uint64_t law_a = (uint64_t)(a), law_b = (uint64_t)(b);                          \
        if (!(law_a op law_b))                                                                \
            law_fail(__FILE__, __LINE__, "%s: %" PRIu64 " " #op " %" PRIu64 " does not hold", \
                #a " " #op " " #b, law_a, law_b);                                             \
    } while (0)
#define CHECK_EQ(a, b) LAW_COMPARE(a, ==, b)
#define CHECK_GE(a, b) LAW_COMPARE(a, >=, b)
#define CHECK_LE(a, b) LAW_COMPARE(a, <=, b)
#define CHECK_GT(a, b) LAW_COMPARE(a, >, b)

#define CHECK_HAS(text, part)                                                              \
    do {                                                                                   \
        const char* const law_text = (text);                                               \
        const char* const law_part = (part);                                               \
        if (!strstr(law_text, law_part))                                                   \
            law_fail(__FILE__, __LINE__, "\"%s\" is not in:\n%.700s", law_part, law_text); \
    } while (0)
#define CHECK_HAS_NOT(text, part)                                                      \
    do {                                                                               \
        const char* const law_text = (text);                                           \
        const char* const law_part = (part);                                           \
        if (strstr(law_text, law_part))                                                \
            law_fail(__FILE__, __LINE__, "\"%s\" is in:\n%.700s", law_part, law_text); \
    } while (0)
#define CHECK_TEXT(a, b)                                                                     \
    do {                                                                                     \
        const char* const law_text_a = (a);                                                  \
        const char* const law_text_b = (b);                                                  \
        if (strcmp(law_text_a, law_text_b) != 0)                                             \
            law_fail(__FILE__, __LINE__, "%s is \"%.300s\", not \"%.300s\"", #a, law_text_a, \
                law_text_b);                                                                 \
    } while (0)

/* Leaves out the rest of this test, for want of something. */
LAW_UNUSED static void law_skip(const char* needs) {
    print_message("# skipped: it needs %s\n", needs);
    skip();
}

LAW_UNUSED static uint64_t law_load(const uint64_t* p) {
    return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}
LAW_UNUSED static void law_store(uint64_t* p, uint64_t v) {
    __atomic_store_n(p, v, __ATOMIC_RELEASE);
}
LAW_UNUSED static uint64_t law_add(uint64_t* p, uint64_t v) {
    return __atomic_add_fetch(p, v, __ATOMIC_ACQ_REL);
}
/* Waits until *p is at least v. It yields, because there may be one processor only. */
LAW_UNUSED static void law_wait(const uint64_t* p, uint64_t v) {
    while (law_load(p) < v) {
        struct timespec shortly = {0, 50000};
        nanosleep(&shortly, NULL);
    }
}

LAW_UNUSED static pthread_t law_thread(void* (*body)(void*), void* arg) {
    pthread_t thread;
    const int error = pthread_create(&thread, NULL, body, arg);
    if (error) law_fail(__FILE__, __LINE__, "pthread_create: %s", strerror(error));
    return thread;
}

/* >>lookups */

#if HOTPATH_I_ON

LAW_UNUSED static hotpath_snapshot_t* law_take_at(const char* file, int line) {
    hotpath_snapshot_t* const s = hotpath_snapshot_take(NULL);
    if (!s) law_fail(file, line, "hotpath_snapshot_take gave NULL");
    return s;
}
    #define law_take() law_take_at(__FILE__, __LINE__)

/* The one function of this name; two of them would hide each other's numbers. NULL if none. */
LAW_UNUSED static const hotpath_function_t* law_find(
    const hotpath_snapshot_t* s, const char* name) {
    size_t count = 0;
    const hotpath_function_t* const functions = hotpath_snapshot_functions(s, &count);
    const hotpath_function_t* found = NULL;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(functions[i].name, name) != 0) continue;
        if (found) law_fail(__FILE__, __LINE__, "two functions are named \"%s\"", name);
        found = &functions[i];
    }
    return found;
}

LAW_UNUSED static const hotpath_function_t* law_function_at(
    const hotpath_snapshot_t* s, const char* name, const char* file, int line) {
    const hotpath_function_t* const f = law_find(s, name);
    if (!f) law_fail(file, line, "no function \"%s\" in the snapshot", name);
    return f;
}
    #define law_function(s, name) law_function_at(s, name, __FILE__, __LINE__)

/* What a snapshot taken now says of a function; all zeros if it does not know it. The pointers in
   it are no longer valid, except name and file. */
LAW_UNUSED static hotpath_function_t law_now(const char* name) {
    hotpath_function_t none;
    memset(&none, 0, sizeof none);
    hotpath_snapshot_t* const s = law_take();
    const hotpath_function_t* const f = law_find(s, name);
    const hotpath_function_t result = f ? *f : none;
    hotpath_snapshot_free(s);
    return result;
}

/* The numbers of a function of which nothing is open: what was not completed was abandoned. */
LAW_UNUSED static void law_check_counts(const char* name, uint64_t calls, uint64_t completed,
    uint64_t total, const char* file, int line) {
    const hotpath_function_t f = law_now(name);
    if (f.calls != calls || f.completed != completed || f.abandoned != calls - completed ||
        f.open_calls != 0 || f.total_ns != total)
        law_fail(file, line,
            "%s: %" PRIu64 " calls, %" PRIu64 " completed, %" PRIu64 " abandoned, %" PRIu64
            " open, %" PRIu64 " ns; not %" PRIu64 ", %" PRIu64 ", %" PRIu64 ", 0, %" PRIu64,
            name, f.calls, f.completed, f.abandoned, f.open_calls, f.total_ns, calls, completed,
            calls - completed, total);
}
    #define CHECK_COUNTS(name, calls, completed, total) \
        law_check_counts(name, calls, completed, total, __FILE__, __LINE__)

LAW_UNUSED static hotpath_info_t law_info(void) {
    hotpath_snapshot_t* const s = law_take();
    const hotpath_info_t info = *hotpath_snapshot_info(s);
    hotpath_snapshot_free(s);
    return info;
}
LAW_UNUSED static hotpath_drops_t law_drops(void) { return law_info().drops; }

/* The node of a function under a parent, or HOTPATH_NO_NODE. */
LAW_UNUSED static uint32_t law_node(
    const hotpath_snapshot_t* s, uint32_t parent, const char* name) {
    size_t node_count = 0, function_count = 0;
    const hotpath_node_t* const nodes = hotpath_snapshot_nodes(s, &node_count);
    const hotpath_function_t* const functions = hotpath_snapshot_functions(s, &function_count);
    for (size_t i = 0; i < node_count; i++)
        if (nodes[i].parent == parent && strcmp(functions[nodes[i].function].name, name) == 0)
            return (uint32_t)i;
    return HOTPATH_NO_NODE;
}

LAW_UNUSED static const hotpath_thread_t* law_thread_named(
    const hotpath_snapshot_t* s, const char* name) {
    size_t count = 0;
    const hotpath_thread_t* const threads = hotpath_snapshot_threads(s, &count);
    for (size_t i = 0; i < count; i++)
        if (threads[i].name && strcmp(threads[i].name, name) == 0) return &threads[i];
    return NULL;
}

/* The row of ended threads, or NULL. There is never more than one. */
LAW_UNUSED static const hotpath_thread_t* law_ended(const hotpath_snapshot_t* s) {
    size_t count = 0;
    const hotpath_thread_t* const threads = hotpath_snapshot_threads(s, &count);
    const hotpath_thread_t* found = NULL;
    for (size_t i = 0; i < count; i++) {
        if (threads[i].state != HOTPATH_THREAD_ENDED) continue;
        if (found) law_fail(__FILE__, __LINE__, "two rows of ended threads");
        found = &threads[i];
    }
    return found;
}

/* >>rules */

/* What holds for every function: each call is open, completed or abandoned, and no part of a sum is
   larger than the sum. */
LAW_UNUSED static void law_check_function_at(
    const hotpath_function_t* f, const char* file, int line) {
    if (f->calls != f->completed + f->open_calls + f->abandoned)
        law_fail(file, line,
            "%s: %" PRIu64 " calls are not %" PRIu64 " completed + %" PRIu64 " open + %" PRIu64
            " abandoned",
            f->name, f->calls, f->completed, f->open_calls, f->abandoned);
    if (f->self_ns > f->total_ns && f->kind != HOTPATH_KIND_OTHER)
        law_fail(file, line, "%s: self %" PRIu64 " is more than total %" PRIu64, f->name,
            f->self_ns, f->total_ns);
    if (f->min_ns > f->max_ns)
        law_fail(file, line, "%s: min %" PRIu64 " is more than max %" PRIu64, f->name, f->min_ns,
            f->max_ns);
    if (f->recent_count > f->completed)
        law_fail(file, line, "%s: more executions than completed calls", f->name);
}

LAW_UNUSED static bool law_is_span(const hotpath_function_t* f) {
    return f->kind == HOTPATH_KIND_TRACK || f->kind == HOTPATH_KIND_SPAN;
}

LAW_UNUSED static bool law_is_near(uint64_t a, uint64_t b, uint64_t tolerance) {
    return a > b ? a - b <= tolerance : b - a <= tolerance;
}

    #if defined(HOTPATH_IMPLEMENTATION)
/* Each execution that was timed is in one bucket, unless some stand for many. */
LAW_UNUSED static void law_check_histogram_at(
    const hotpath_snapshot_t* s, const hotpath_function_t* f, const char* file, int line) {
    uint64_t count = 0;
    size_t octave;
    for (uint32_t o = 0; o < f->histogram_count; o++)
        for (size_t k = 0; k < HOTPATH_I_BUCKETS; k++)
            count += hotpath_i_snapshot_octave(s, f, o, &octave)[k];
    if (f->lite || f->estimated || count == f->completed) return;
    if (f->kind == HOTPATH_KIND_PASS && count == 0) return; /* it takes no time */
    law_fail(file, line, "%s: %" PRIu64 " of %" PRIu64 " executions are in buckets", f->name, count,
        f->completed);
}
    #endif

/* What holds between the parts of a snapshot when no writer was running: the nodes of a function
   sum up to the function, a node is itself and its children, threads sum up to all calls. Times are
   kept in ticks and agree exactly; each one that is shown is rounded to a nanosecond once. */
LAW_UNUSED static void law_check_quiet_at(const hotpath_snapshot_t* s, const char* file, int line) {
    size_t functions_count = 0, nodes_count = 0, threads_count = 0;
    const hotpath_function_t* const functions = hotpath_snapshot_functions(s, &functions_count);
    const hotpath_node_t* const nodes = hotpath_snapshot_nodes(s, &nodes_count);
    const hotpath_thread_t* const threads = hotpath_snapshot_threads(s, &threads_count);
    uint64_t all_calls = 0, span_calls = 0, all_open = 0, thread_calls = 0, thread_open = 0;
    const bool rounds = strcmp(hotpath_snapshot_info(s)->clock, "custom") != 0;
    for (size_t i = 0; i < functions_count; i++) {
        const hotpath_function_t* const f = &functions[i];
        law_check_function_at(f, file, line);
        uint64_t calls = 0, open = 0, errors = 0, bytes = 0, self = 0, total = 0, near = rounds;
        for (size_t n = 0; n < nodes_count; n++) {
            if (nodes[n].function != i) continue;
            calls += nodes[n].calls, open += nodes[n].open_calls, near += rounds;
            errors += nodes[n].errors, bytes += nodes[n].bytes, self += nodes[n].self_ns;
            if (!nodes[n].recursive) total += nodes[n].total_ns;
        }
        if (law_is_span(f)) span_calls += f->calls;
        if (law_is_span(f) || f->kind == HOTPATH_KIND_OTHER || f->kind == HOTPATH_KIND_INTERVAL)
            continue;
        all_calls += f->calls, all_open += f->open_calls;
    #if defined(HOTPATH_IMPLEMENTATION)
        law_check_histogram_at(s, f, file, line);
    #endif
        if (calls != f->calls || open != f->open_calls || errors != f->errors ||
            bytes != f->bytes || !law_is_near(self, f->self_ns, near) ||
            !law_is_near(total, f->total_ns, near))
            law_fail(file, line,
                "%s is not the sum of its nodes: calls %" PRIu64 " and %" PRIu64 ", open %" PRIu64
                " and %" PRIu64 ", errors %" PRIu64 " and %" PRIu64 ", bytes %" PRIu64
                " and %" PRIu64 ", self %" PRIu64 " and %" PRIu64 ", total %" PRIu64
                " and %" PRIu64,
                f->name, f->calls, calls, f->open_calls, open, f->errors, errors, f->bytes, bytes,
                f->self_ns, self, f->total_ns, total);
    }
    for (size_t n = 0; n < nodes_count; n++) {
        uint64_t children = 0, near = rounds;
        if (nodes[n].parent != HOTPATH_NO_NODE && nodes[n].parent >= n)
            law_fail(file, line, "node %zu stands before its parent", n);
        for (uint32_t c = nodes[n].first_child; c != HOTPATH_NO_NODE; c = nodes[c].next_sibling) {
            if (c >= nodes_count || nodes[c].parent != n)
                law_fail(file, line, "node %zu has a child that is not its child", n);
            children += nodes[c].total_ns, near += rounds;
        }
        if (!law_is_near(nodes[n].total_ns, nodes[n].self_ns + children, near) &&
            !law_is_span(&functions[nodes[n].function]))
            law_fail(file, line,
                "%s: node total %" PRIu64 " is not self %" PRIu64 " + children %" PRIu64,
                functions[nodes[n].function].name, nodes[n].total_ns, nodes[n].self_ns, children);
    }
    for (size_t t = 0; t < threads_count; t++) {
        thread_calls += threads[t].calls, thread_open += threads[t].open_count;
        for (uint32_t o = 0; o < threads[t].open_count; o++)
            if (threads[t].open[o].function >= functions_count)
                law_fail(file, line, "an open scope has no function");
    }
    /* Whether a span that was timed elsewhere is a call of the thread that handed it in is open. */
    if ((thread_calls != all_calls && thread_calls != all_calls + span_calls) ||
        thread_open != all_open)
        law_fail(file, line,
            "threads have %" PRIu64 " calls and %" PRIu64 " open scopes, functions %" PRIu64
            " and %" PRIu64,
            thread_calls, thread_open, all_calls, all_open);
}
    #define law_check_quiet(s) law_check_quiet_at(s, __FILE__, __LINE__)

LAW_UNUSED static void law_check_quiet_now_at(const char* file, int line) {
    hotpath_snapshot_t* const s = law_take_at(file, line);
    law_check_quiet_at(s, file, line);
    hotpath_snapshot_free(s);
}
    #define law_check_quiet_now() law_check_quiet_now_at(__FILE__, __LINE__)

/* Keeps a rendering; user is a law_text_t. */
typedef struct law_text {
    char data[1 << 18];
    size_t size;
} law_text_t;

LAW_UNUSED static bool law_text_write(void* user, const char* data, size_t size) {
    law_text_t* const text = (law_text_t*)user;
    const size_t room = sizeof text->data - 1 - text->size;
    const size_t part = size < room ? size : room;
    memcpy(text->data + text->size, data, part);
    text->size += part;
    text->data[text->size] = 0;
    return true;
}

LAW_UNUSED static const char* law_render(
    law_text_t* text, const hotpath_snapshot_t* s, hotpath_format_t format) {
    hotpath_report_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.format = (uint32_t)format;
    text->size = 0, text->data[0] = 0;
    CHECK(hotpath_report(s, &desc, law_text_write, text));
    return text->data;
}

#endif /* HOTPATH_I_ON */

/* >>children
   A child is a fork that runs a function, or this program executed again with --child=NAME, which
   runs the function of that name in a process where nothing was recorded before. */

typedef struct law_child {
    const char* name;
    int (*run)(void); /* its result is the exit code */
} law_child_t;

typedef struct law_result {
    int status;       /* as waitpid gives it */
    char out[262144]; /* stdout and stderr, cut at the end, closed with 0 */
    char err[65536];
} law_result_t;

static law_result_t law_result; /* one child at a time */

LAW_UNUSED static void law_read_all(int fd, char* text, size_t size) {
    size_t used = 0;
    for (;;) {
        const ssize_t n = pread(fd, text + used, size - 1 - used, (off_t)used);
        if (n <= 0) break;
        used += (size_t)n;
    }
    text[used] = 0;
    close(fd);
}

/* Room for the path of a temporary file or folder. */
enum {
    LAW_PATH = 256
};
/* What mkstemp and mkdtemp make a path of. */
LAW_UNUSED static char* law_path(char path[LAW_PATH]) {
    const char* const dir = getenv("TMPDIR");
    snprintf(path, LAW_PATH, "%s/hotpath-XXXXXX", dir && *dir ? dir : P_tmpdir);
    return path;
}
LAW_UNUSED static int law_file(char path[LAW_PATH]) {
    const int fd = mkstemp(law_path(path));
    if (fd < 0) law_fail(__FILE__, __LINE__, "mkstemp: %s: %s", path, strerror(errno));
    return fd;
}
LAW_UNUSED static void law_folder(char path[LAW_PATH]) {
    if (mkdtemp(law_path(path)) == NULL)
        law_fail(__FILE__, __LINE__, "mkdtemp: %s: %s", path, strerror(errno));
}

LAW_UNUSED static int law_temporary(void) {
    char path[LAW_PATH];
    const int fd = law_file(path);
    unlink(path);
    return fd;
}

LAW_UNUSED static const law_result_t* law_collect(pid_t pid, int out, int err) {
    while (waitpid(pid, &law_result.status, 0) < 0)
        CHECK(errno == EINTR);
    law_read_all(out, law_result.out, sizeof law_result.out);
    law_read_all(err, law_result.err, sizeof law_result.err);
    return &law_result;
}

LAW_UNUSED static void law_become_child(int out, int err) {
    law_in_child = true;
    dup2(out, 1), dup2(err, 2);
    static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGSYS, SIGALRM};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        signal(faults[i], SIG_DFL); /* cmocka would go on with the next test, in the child. */
    alarm(law_valgrind || law_emulator
              ? 300
              : 60); /* A child that hangs is killed, and its status says so. */
}

/* Runs a function in a fork. */
LAW_UNUSED static const law_result_t* law_fork(int (*run)(void)) {
    const int out = law_temporary(), err = law_temporary();
    fflush(NULL);
    const pid_t pid = fork();
    if (pid < 0) law_fail(__FILE__, __LINE__, "fork: %s", strerror(errno));
    if (pid == 0) {
        law_become_child(out, err);
        const int code = run();
        fflush(NULL);
        _exit(code);
    }
    return law_collect(pid, out, err);
}

/* Executes a program. args and env end in NULL; env is added to the environment of this process,
   from which every HOTPATH_ variable and NO_COLOR is taken away. */
LAW_UNUSED static const law_result_t* law_exec(
    const char* program, const char* const* args, const char* const* env) {
    const int out = law_temporary(), err = law_temporary();
    fflush(NULL);
    const pid_t pid = fork();
    if (pid < 0) law_fail(__FILE__, __LINE__, "fork: %s", strerror(errno));
    if (pid == 0) {
        extern char** environ;
        law_become_child(out, err);
        for (char** e = environ; *e;) {
            char name[256];
            const size_t length = strcspn(*e, "=");
            if ((strncmp(*e, "HOTPATH_", 8) == 0 || strncmp(*e, "NO_COLOR", 8) == 0) &&
                length < sizeof name) {
                memcpy(name, *e, length), name[length] = 0;
                unsetenv(name);
                e = environ;
            } else {
                e++;
            }
        }
        for (; env && *env; env++)
            putenv((char*)(uintptr_t)*env);
        execvp(program, (char* const*)(uintptr_t)args);
        fprintf(stderr, "%s: %s\n", program, strerror(errno));
        _exit(127);
    }
    return law_collect(pid, out, err);
}

/* This program's own path. Not /proc/self/exe: under valgrind that is valgrind. */
LAW_UNUSED static const char* law_self(void) {
    static char path[4096];
    const ssize_t length = path[0] != 0 ? 1 : readlink("/proc/self/exe", path, sizeof path - 1);
    return length > 0 ? path : "/proc/self/exe";
}
/* Executes this program again, to run the child of that name. */
LAW_UNUSED static const law_result_t* law_again(const char* child, const char* const* env) {
    char arg[128];
    snprintf(arg, sizeof arg, "--child=%s", child);
    const char* const all[] = {law_emulator, law_self(), arg, NULL};
    const char* const* const args = all + (law_emulator == NULL);
    return law_exec(args[0], args, env);
}

/* Runs a child (LAW_MAIN) as a program of its own, with one variable in its environment. */
LAW_UNUSED static const law_result_t* law_start(
    const char* child, const char* variable, const char* value) {
    char setting[400];
    snprintf(setting, sizeof setting, "%s=%s", variable, value);
    const char* const env[] = {setting, NULL};
    const law_result_t* const result = law_again(child, env);
    CHECK(WIFEXITED(result->status));
    return result;
}

LAW_UNUSED static void law_exited_at(const law_result_t* r, int code, const char* file, int line) {
    if (WIFEXITED(r->status) && WEXITSTATUS(r->status) == code) return;
    if (WIFEXITED(r->status))
        law_fail(file, line, "the child ended with %d instead of %d; its stderr:\n%.700s",
            WEXITSTATUS(r->status), code, r->err);
    law_fail(file, line, "the child died of signal %d instead of ending with %d; stderr:\n%.700s",
        WTERMSIG(r->status), code, r->err);
}
#define law_exited(r, code) law_exited_at(r, code, __FILE__, __LINE__)

LAW_UNUSED static size_t law_lines(const char* text) {
    size_t lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

/* >>steps
   The trap flag of x86 makes a SIGTRAP after every instruction of this thread, until it is taken
   away; in the handler it is off. */
#if defined(__x86_64__) && defined(__linux__)
    #define LAW_STEPS 1
    #define LAW_STEP_BEGIN()                                                            \
        __asm__ volatile("lea -128(%%rsp), %%rsp; pushfq; orq $0x100, (%%rsp); popfq; " \
                         "lea 128(%%rsp), %%rsp" ::                                     \
                             : "memory", "cc")
    #define LAW_STEP_END()                                                                \
        __asm__ volatile("lea -128(%%rsp), %%rsp; pushfq; andq $-0x101, (%%rsp); popfq; " \
                         "lea 128(%%rsp), %%rsp" ::                                       \
                             : "memory", "cc")
    /* In a handler: no step comes after it. */
    #define LAW_STEP_LAST(context) \
        ((void)(((ucontext_t*)(context))->uc_mcontext.gregs[REG_EFL] &= ~(greg_t)0x100))
#else
    #define LAW_STEPS              0
    #define LAW_STEP_BEGIN()       ((void)0)
    #define LAW_STEP_END()         ((void)0)
    #define LAW_STEP_LAST(context) ((void)(context))
#endif
/* The processor of valgrind has no trap flag: nothing would be stepped there. */
LAW_UNUSED static void law_needs_steps(void) {
    if (!LAW_STEPS || law_valgrind) law_skip("single steps, by the trap flag of x86-64");
}

LAW_UNUSED static void law_handler(int number, void (*handler)(int, siginfo_t*, void*), int flags) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO | flags;
    CHECK_EQ(sigaction(number, &action, NULL), 0);
}

/* >>main
   An argument is a pattern of the tests to run, as in `test_law_bounds 'law_06*'`. */
static int law_run(int argc, char** argv, const law_child_t* children) {
    law_main_thread = pthread_self();
    law_valgrind = getenv("TEST_VALGRIND") != NULL;
    law_emulator = getenv("TEST_EMULATOR");
    if (law_valgrind) { /* Now and then it cannot make a stack grow for a signal: it grows here. */
        volatile char room[1 << 18];
        room[0] = 0, (void)room[0];
    }
    if (argc > 1 && strncmp(argv[1], "--child=", 8) == 0) {
        law_in_child = true;
        for (; children && children->name; children++)
            if (strcmp(children->name, argv[1] + 8) == 0) return children->run();
        fprintf(stderr, "no child %s\n", argv[1]);
        return 126;
    }
    if (argc > 1) cmocka_set_test_filter(argv[1]);
    alarm(law_valgrind || law_emulator ? 600 : 120); /* A test that hangs fails. */
    return -1;
}

#define LAW_MAIN(tests, children)                                            \
    int main(int argc, char** argv) {                                        \
        const int code = law_run(argc, argv, children);                      \
        return code >= 0 ? code : cmocka_run_group_tests(tests, NULL, NULL); \
    }

#endif /* HOTPATH_TESTS_LAW_H */
