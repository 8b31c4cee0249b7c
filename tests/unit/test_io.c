/* RECORDER: virtual */
/* Io: what is counted of reads, writes and the others, by kind of descriptor and by label. On a clock that
   only the test moves, so that every number is exact. */
#define _GNU_SOURCE
#include "virtual_clock.h"
#include "hotpath.h"
#include "law.h"

#include <stdlib.h>
#if defined(__linux__)
    #include <sys/eventfd.h>
#endif
#include <netdb.h>
#include <sys/socket.h>

enum {
    ROWS = 64
};
/* The row of a label, kind and operation; of count 0 if there is none. */
static hotpath_io_row_t row_in(
    const hotpath_snapshot_t* s, const char* label, hotpath_descriptor_t kind, hotpath_io_op_t op) {
    hotpath_io_row_t rows[ROWS], found;
    memset(&found, 0, sizeof found);
    const size_t count = hotpath_snapshot_io(s, rows, ROWS);
    CHECK_LE(count, ROWS);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].label, label) != 0 || rows[i].descriptor != kind || rows[i].op != op)
            continue;
        CHECK_EQ(found.count, 0);
        found = rows[i];
    }
    return found;
}
static void io_of(hotpath_io_op_t op, hotpath_descriptor_t kind, const char* label, uint64_t ns,
    int64_t result, int error) {
    hotpath_io_t io;
    hotpath_io_begin(&io, op, kind, label);
    pass(ns);
    hotpath_io_end(&io, result, error);
}
static uint64_t reason_count(const hotpath_function_t* f, const char* text) {
    for (uint32_t i = 0; i < f->reasons_count; i++)
        if (strcmp(f->reasons[i].text, text) == 0) return f->reasons[i].count;
    return 0;
}

static void load(void) {
    HOTPATH_SCOPE("load");
    for (int64_t i = 1; i <= 10; i++) {
        io_of(HOTPATH_IO_READ, HOTPATH_DESCRIPTOR_FILE, NULL, (uint64_t)i * 100, i * 1000, 0);
        pass(7);
    }
}
static void save(void) {
    HOTPATH_SCOPE("save");
    io_of(HOTPATH_IO_READ, HOTPATH_DESCRIPTOR_FILE, NULL, 5000, 24, 0);
    io_of(HOTPATH_IO_WRITE, HOTPATH_DESCRIPTOR_FILE, "save game", 3000, 600, 0);
    io_of(HOTPATH_IO_SYNC, HOTPATH_DESCRIPTOR_FILE, "save game", 9000, 0, 0);
}
static void counts_bytes_and_times(void** state) {
    (void)state;
    hotpath_snapshot_t* before = law_take();
    load(), save();
    pass(1000);
    hotpath_snapshot_t* s = law_take();
    size_t count;
    const hotpath_function_t* functions = hotpath_snapshot_functions(s, &count);
    hotpath_io_row_t row = row_in(s, "file", HOTPATH_DESCRIPTOR_FILE, HOTPATH_IO_READ);
    const hotpath_function_t* f = &functions[row.function];
    CHECK_TEXT(f->name, "file (read)");
    CHECK_EQ(f->kind, HOTPATH_KIND_IO);
    CHECK_EQ(row.count, 11);
    CHECK_EQ(row.open, 0);
    CHECK_EQ(row.bytes, 55024);
    CHECK_EQ(row.errors, 0);
    CHECK_EQ(row.total_ns, 10500);
    CHECK_EQ(f->completed, 11);
    CHECK_EQ(f->min_ns, 100);
    CHECK_EQ(f->max_ns, 5000);
    CHECK(law_is_near(hotpath_snapshot_percentile(s, f, 50), 600, 10));
    CHECK_EQ((uint64_t)(row.throughput + 0.5), 5240380952); /* 55024 bytes in 10500 ns */
    double window = (double)hotpath_snapshot_info(s)->window_ns;
    CHECK_EQ((uint64_t)(row.bytes_per_sec * window / 1e9 + 0.5), 55024);
    CHECK_EQ(row.callers_count, 2);
    CHECK_TEXT(functions[row.callers[0].function].name, "load");
    CHECK_EQ(row.callers[0].calls, 10);
    CHECK_EQ(row.callers[0].total_ns, 5500);
    CHECK_TEXT(functions[row.callers[1].function].name, "save");
    CHECK_EQ(row.callers[1].calls, 1);
    CHECK_EQ(row.callers[1].total_ns, 5000);
    row = row_in(s, "save game", HOTPATH_DESCRIPTOR_FILE, HOTPATH_IO_SYNC);
    CHECK_TEXT(functions[row.function].name, "save game (sync)");
    CHECK_EQ(row.count, 1);
    CHECK_EQ(row.total_ns, 9000);
    CHECK_EQ(row.bytes, 0);
    row = row_in(s, "save game", HOTPATH_DESCRIPTOR_FILE, HOTPATH_IO_WRITE);
    CHECK_EQ(row.bytes, 600);
    /* One inside of another scope is no part of its self time. */
    CHECK_EQ(law_function(s, "load")->self_ns, 70);
    CHECK_EQ(law_function(s, "save")->self_ns, 0);
    /* What the rows need is small. */
    CHECK_EQ(hotpath_snapshot_io(s, NULL, 0), 3);
    /* A difference has what was in between. */
    load();
    hotpath_snapshot_t* after = law_take();
    hotpath_snapshot_t* d = hotpath_snapshot_difference(after, s, NULL);
    row = row_in(d, "file", HOTPATH_DESCRIPTOR_FILE, HOTPATH_IO_READ);
    CHECK_EQ(row.count, 10);
    CHECK_EQ(row.bytes, 55000);
    CHECK_EQ(row.total_ns, 5500);
    CHECK_EQ(row.callers_count, 1);
    CHECK_EQ(row_in(d, "save game", HOTPATH_DESCRIPTOR_FILE, HOTPATH_IO_SYNC).count, 0);
    CHECK_EQ(hotpath_snapshot_io(d, NULL, 0), 1);
    hotpath_snapshot_free(d);
    d = hotpath_snapshot_difference(after, before, NULL);
    CHECK_EQ(row_in(d, "file", HOTPATH_DESCRIPTOR_FILE, HOTPATH_IO_READ).count, 21);
    hotpath_snapshot_free(d);
    hotpath_snapshot_free(after);
    hotpath_snapshot_free(s);
    hotpath_snapshot_free(before);
    law_check_quiet_now();
}

static void errors_by_name(void** state) {
    (void)state;
    const hotpath_descriptor_t kind = HOTPATH_DESCRIPTOR_SOCKET;
    for (int i = 0; i < 3; i++)
        io_of(HOTPATH_IO_READ, kind, "errors", 10, -1, ECONNRESET);
    for (int i = 0; i < 5; i++)
        io_of(HOTPATH_IO_READ, kind, "errors", 10, -1, EAGAIN);
    for (int i = 0; i < 2; i++)
        io_of(HOTPATH_IO_READ, kind, "errors", 10, -1, EINTR);
    io_of(HOTPATH_IO_READ, kind, "errors", 10, -1, 9999);
    io_of(HOTPATH_IO_READ, kind, "errors", 10, 0, ENOENT); /* it went well */
    io_of(HOTPATH_IO_CONNECT, kind, "errors", 10, -1, EINPROGRESS);
    io_of(HOTPATH_IO_CONNECT, kind, "errors", 10, -1, ECONNREFUSED);
    io_of(HOTPATH_IO_LOOKUP, HOTPATH_DESCRIPTOR_NAME, NULL, 10, -1, EAI_NONAME);
    io_of(HOTPATH_IO_LOOKUP, HOTPATH_DESCRIPTOR_NAME, NULL, 10, -1, EAI_AGAIN);
    hotpath_snapshot_t* s = law_take();
    hotpath_io_row_t row = row_in(s, "errors", kind, HOTPATH_IO_READ);
    CHECK_EQ(row.count, 12);
    CHECK_EQ(row.errors, 4);
    CHECK_EQ(row.would_block, 5);
    CHECK_EQ(row.interrupted, 2);
    CHECK_EQ(row.bytes, 0);
    const hotpath_function_t* f = law_function(s, "errors (read)");
    CHECK_EQ(f->errors, 4);
    CHECK_EQ(f->reasons_count, 2);
    CHECK_EQ(reason_count(f, "ECONNRESET"), 3);
    CHECK_EQ(reason_count(f, "error 9999"), 1);
    row = row_in(s, "errors", kind, HOTPATH_IO_CONNECT);
    CHECK_EQ(row.would_block, 1);
    CHECK_EQ(row.errors, 1);
    f = law_function(s, "name (lookup)");
    CHECK_EQ(f->errors, 2);
    CHECK_EQ(reason_count(f, "EAI_NONAME"), 1);
    CHECK_EQ(reason_count(f, "EAI_AGAIN"), 1);
    io_of(HOTPATH_IO_READ, kind, "errors", 10, -1, EAGAIN);
    hotpath_snapshot_t* after = law_take();
    hotpath_snapshot_t* d = hotpath_snapshot_difference(after, s, NULL);
    row = row_in(d, "errors", kind, HOTPATH_IO_READ);
    CHECK_EQ(row.would_block, 1);
    CHECK_EQ(row.interrupted, 0);
    hotpath_snapshot_free(d);
    hotpath_snapshot_free(after);
    hotpath_snapshot_free(s);
    law_check_quiet_now();
}

/* Neither a begin nor an end, nor a look at a descriptor, changes errno. */
static void errno_is_kept(void** state) {
    (void)state;
    hotpath_io_t io;
    errno = 77;
    (void)hotpath_descriptor(-1);
    (void)hotpath_descriptor(99999);
    hotpath_io_begin_fd(&io, HOTPATH_IO_WRITE, 1234, "errno");
    CHECK_EQ(errno, 77);
    hotpath_io_end(&io, -1, EBADF);
    CHECK_EQ(errno, 77);
}

static void kinds_of_descriptors(void** state) {
    (void)state;
    int pipes[2], sockets[2], null = open("/dev/null", O_WRONLY), file = law_temporary();
    int folder = open("/", O_RDONLY);
    CHECK_EQ(pipe(pipes), 0);
    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    CHECK_EQ(hotpath_descriptor(file), HOTPATH_DESCRIPTOR_FILE);
    CHECK_EQ(hotpath_descriptor(folder), HOTPATH_DESCRIPTOR_FILE);
    CHECK_EQ(hotpath_descriptor(pipes[0]), HOTPATH_DESCRIPTOR_PIPE);
    CHECK_EQ(hotpath_descriptor(sockets[1]), HOTPATH_DESCRIPTOR_SOCKET);
    CHECK_EQ(hotpath_descriptor(null), HOTPATH_DESCRIPTOR_OTHER);
    CHECK_EQ(hotpath_descriptor(-1), HOTPATH_DESCRIPTOR_OTHER);
#if defined(__linux__)
    int event = eventfd(0, 0);
    CHECK_EQ(hotpath_descriptor(event), HOTPATH_DESCRIPTOR_EVENTFD);
    hotpath_descriptor_is(event, HOTPATH_DESCRIPTOR_UNKNOWN);
    close(event);
#endif
    int tty = posix_openpt(O_RDWR | O_NOCTTY);
    if (tty >= 0) CHECK_EQ(hotpath_descriptor(tty), HOTPATH_DESCRIPTOR_TTY);
    if (tty >= 0) close(tty);
    /* What was told counts; what is forgotten is looked at anew. */
    hotpath_descriptor_is(file, HOTPATH_DESCRIPTOR_UNKNOWN);
    CHECK_EQ(dup2(sockets[0], file), file);
    CHECK_EQ(hotpath_descriptor(file), HOTPATH_DESCRIPTOR_SOCKET);
    hotpath_descriptor_is(file, HOTPATH_DESCRIPTOR_EVENTFD);
    CHECK_EQ(hotpath_descriptor(file), HOTPATH_DESCRIPTOR_EVENTFD);
    /* What is changed without a word is found out within a second. */
    CHECK_EQ(dup2(pipes[1], file), file);
    CHECK_EQ(hotpath_descriptor(file), HOTPATH_DESCRIPTOR_EVENTFD);
    pass(1000000000);
    CHECK_EQ(hotpath_descriptor(file), HOTPATH_DESCRIPTOR_PIPE);
    /* Past the table they are asked for each time. */
    hotpath_descriptor_is(70000, HOTPATH_DESCRIPTOR_SOCKET);
    CHECK_EQ(hotpath_descriptor(70000), HOTPATH_DESCRIPTOR_OTHER);
    hotpath_io_t io;
    hotpath_io_begin_fd(&io, HOTPATH_IO_WRITE, file, NULL);
    pass(5);
    hotpath_io_end(&io, 8, 0);
    hotpath_snapshot_t* s = law_take();
    CHECK_EQ(row_in(s, "pipe", HOTPATH_DESCRIPTOR_PIPE, HOTPATH_IO_WRITE).bytes, 8);
    hotpath_snapshot_free(s);
    /* One label on two kinds is two rows. */
    io_of(HOTPATH_IO_READ, HOTPATH_DESCRIPTOR_PIPE, "both", 1, 1, 0);
    io_of(HOTPATH_IO_READ, HOTPATH_DESCRIPTOR_TTY, "both", 1, 2, 0);
    s = law_take();
    CHECK_EQ(row_in(s, "both", HOTPATH_DESCRIPTOR_PIPE, HOTPATH_IO_READ).bytes, 1);
    CHECK_EQ(row_in(s, "both", HOTPATH_DESCRIPTOR_TTY, HOTPATH_IO_READ).bytes, 2);
    hotpath_snapshot_free(s);
    close(pipes[0]), close(pipes[1]), close(sockets[0]), close(sockets[1]);
    close(null), close(file), close(folder);
}

/* A call that has not come back yet is there, with its time so far. */
static void open_io(void** state) {
    (void)state;
    hotpath_io_t io;
    hotpath_io_begin(&io, HOTPATH_IO_READ, HOTPATH_DESCRIPTOR_SOCKET, "stuck");
    pass(3000);
    hotpath_snapshot_t* s = law_take();
    hotpath_io_row_t row = row_in(s, "stuck", HOTPATH_DESCRIPTOR_SOCKET, HOTPATH_IO_READ);
    CHECK_EQ(row.count, 1);
    CHECK_EQ(row.open, 1);
    CHECK_EQ(row.total_ns, 3000);
    hotpath_snapshot_free(s);
    hotpath_io_end(&io, 0, 0);
}

static void off_and_sampled(void** state) {
    (void)state;
    (void)hotpath_enable(false);
    io_of(HOTPATH_IO_READ, HOTPATH_DESCRIPTOR_FILE, "off", 10, 5, 0);
    (void)hotpath_enable(true);
    CHECK_EQ(law_now("off (read)").calls, 0);
    for (int i = 0; i < 100; i++)
        io_of(HOTPATH_IO_WRITE, HOTPATH_DESCRIPTOR_FILE, "sampled", 10, 5, 0);
    CHECK(hotpath_time_sampling("sampled (write)", 10));
    for (int i = 0; i < 1000; i++)
        io_of(
            HOTPATH_IO_WRITE, HOTPATH_DESCRIPTOR_FILE, "sampled", 10, i % 10 == 0 ? -1 : 5, EPIPE);
    hotpath_function_t f = law_now("sampled (write)");
    CHECK_EQ(f.calls, 1100);
    CHECK_EQ(f.bytes, 5000);
    CHECK_EQ(f.errors, 100);
    CHECK(f.estimated);
    CHECK(hotpath_time_sampling("sampled (write)", 0));
    law_check_quiet_now();
}

/* ---- threads that must not block ---------------------------------------------------------------- */

static void blocking_is(const char* name, uint64_t calls, uint64_t ns) {
    hotpath_function_t f = law_now(name);
    CHECK_EQ(f.blocking_calls, calls);
    CHECK_EQ(f.blocking_ns, ns);
}
static void* loop_of_frames(void* arg) {
    (void)arg;
    const hotpath_descriptor_t kind = HOTPATH_DESCRIPTOR_FILE;
    io_of(HOTPATH_IO_READ, kind, "framed", 1000, 1, 0); /* before the first frame */
    for (int i = 0; i < 3; i++) {
        HOTPATH_FRAME("io frames");
        io_of(HOTPATH_IO_READ, kind, "framed", 200, 1, 0);
        io_of(HOTPATH_IO_READ, kind, "framed", 0, -1, EAGAIN);
        io_of(HOTPATH_IO_POLL, kind, "framed", 5000, 1, 0);
    }
    return NULL;
}
static void* event_loop(void* arg) {
    (void)arg;
    const hotpath_descriptor_t kind = HOTPATH_DESCRIPTOR_SOCKET;
    io_of(HOTPATH_IO_WRITE, kind, "loop", 40, 1, 0);
    HOTPATH_THREAD_MUST_NOT_BLOCK();
    io_of(HOTPATH_IO_WRITE, kind, "loop", 300, 1, 0);
    io_of(HOTPATH_IO_WRITE, kind, "loop", 2, -1, EPIPE);
    hotpath_thread_must_not_block(false);
    io_of(HOTPATH_IO_WRITE, kind, "loop", 40, 1, 0);
    hotpath_thread_must_not_block(true);
    return NULL;
}
static void* plain_thread(void* arg) {
    (void)arg;
    io_of(HOTPATH_IO_WRITE, HOTPATH_DESCRIPTOR_SOCKET, "plain", 40, 1, 0);
    return NULL;
}
static void threads_that_must_not_block(void** state) {
    (void)state;
    pthread_join(law_thread(loop_of_frames, NULL), NULL);
    blocking_is("framed (read)", 3, 600);
    blocking_is("framed (poll)", 0, 0);
    pthread_join(law_thread(event_loop, NULL), NULL);
    blocking_is("loop (write)", 2, 302);
    pthread_join(law_thread(plain_thread, NULL), NULL); /* its record was the loop's */
    blocking_is("plain (write)", 0, 0);
    hotpath_snapshot_t* s = law_take();
    pthread_join(law_thread(loop_of_frames, NULL), NULL);
    hotpath_snapshot_t* after = law_take();
    hotpath_snapshot_t* d = hotpath_snapshot_difference(after, s, NULL);
    CHECK_EQ(law_function(d, "framed (read)")->blocking_calls, 3);
    CHECK_EQ(law_function(d, "framed (read)")->blocking_ns, 600);
    CHECK_EQ(law_function(d, "loop (write)")->blocking_ns, 0);
    hotpath_snapshot_free(d);
    hotpath_snapshot_free(after);
    hotpath_snapshot_free(s);
}

/* ---- bad use ------------------------------------------------------------------------------------ */

static void* ends_there(void* arg) {
    hotpath_io_end((hotpath_io_t*)arg, 100, 0);
    return NULL;
}
static LAW_NOINLINE void jumps_out(jmp_buf* back) {
    hotpath_io_t io;
    hotpath_io_begin(&io, HOTPATH_IO_READ, HOTPATH_DESCRIPTOR_PIPE, "jump");
    pass(50);
    longjmp(*back, 1);
}
static void bad_use(void** state) {
    (void)state;
    hotpath_io_t io, zeros;
    memset(&zeros, 0, sizeof zeros);
    const uint64_t foreign = law_drops().foreign_ends;
    hotpath_io_end(&zeros, 5, 0);
    CHECK_EQ(law_drops().foreign_ends, foreign);
    hotpath_io_begin(&io, HOTPATH_IO_READ, HOTPATH_DESCRIPTOR_FILE, "twice");
    pass(10);
    hotpath_io_end(&io, 5, 0);
    hotpath_io_end(&io, 5, 0);
    CHECK_EQ(law_drops().foreign_ends, foreign + 1);
    CHECK_EQ(law_now("twice (read)").bytes, 5);
    CHECK_COUNTS("twice (read)", 1, 1, 10);
    hotpath_io_begin(&io, HOTPATH_IO_READ, HOTPATH_DESCRIPTOR_FILE, "elsewhere");
    pthread_join(law_thread(ends_there, &io), NULL);
    CHECK_EQ(law_drops().foreign_ends, foreign + 2);
    CHECK_EQ(law_now("elsewhere (read)").open_calls, 1);
    hotpath_io_end(&io, 1, 0);
    CHECK_EQ(law_now("elsewhere (read)").bytes, 1);
    /* No operation: nothing. No such kind: other. */
    io_of((hotpath_io_op_t)0, HOTPATH_DESCRIPTOR_FILE, "no op", 1, 1, 0);
    io_of((hotpath_io_op_t)9, HOTPATH_DESCRIPTOR_FILE, "no op", 1, 1, 0);
    io_of(HOTPATH_IO_READ, (hotpath_descriptor_t)77, "no kind", 1, 1, 0);
    CHECK_EQ(law_now("no op (read)").calls, 0);
    hotpath_snapshot_t* s = law_take();
    CHECK_EQ(row_in(s, "no kind", HOTPATH_DESCRIPTOR_OTHER, HOTPATH_IO_READ).count, 1);
    hotpath_snapshot_free(s);
    jmp_buf back;
    if (setjmp(back) == 0) jumps_out(&back);
    {
        HOTPATH_SCOPE("after the jump");
        pass(3);
    }
    CHECK_COUNTS("jump (read)", 1, 0, 50);
    /* What was left open inside of it ends with it, and has none of its bytes. */
    hotpath_io_begin(&io, HOTPATH_IO_WRITE, HOTPATH_DESCRIPTOR_PIPE, "outer");
    static hotpath_site_t site = HOTPATH_SITE_INIT("left inside", HOTPATH_KIND_SCOPE);
    hotpath_token_t token;
    hotpath_begin(&site, &token);
    pass(20);
    hotpath_io_end(&io, 9, 0);
    CHECK_COUNTS("left inside", 1, 0, 20);
    CHECK_EQ(law_now("outer (write)").bytes, 9);
    CHECK_EQ(law_now("left inside").bytes, 0);
    law_check_quiet_now();
}

static LAW_NOINLINE void deep(uint32_t levels) {
    HOTPATH_SCOPE("deep");
    if (levels > 0) {
        deep(levels - 1);
        return;
    }
    io_of(HOTPATH_IO_WRITE, HOTPATH_DESCRIPTOR_FILE, "at the bottom", 10, 11, 0);
    io_of(HOTPATH_IO_WRITE, HOTPATH_DESCRIPTOR_FILE, "at the bottom", 10, -1, ENOSPC);
}
static void past_the_depth_bound(void** state) {
    (void)state;
    deep(16384 + 10);
    hotpath_function_t f = law_now("at the bottom (write)");
    CHECK_EQ(f.calls, 2);
    CHECK_EQ(f.bytes, 11);
    CHECK_EQ(f.errors, 1);
    CHECK_EQ(f.total_ns, 20);
}

static int many_labels(void) {
    enum {
        LABELS = 20
    };
    const uint64_t times = 1000;
    uint64_t memory = 0;
    for (uint64_t i = 0; i < times; i++) {
        char label[32];
        snprintf(label, sizeof label, "stream %" PRIu64, i);
        io_of(HOTPATH_IO_READ, HOTPATH_DESCRIPTOR_FILE, label, 2, 3, 0);
        if (i == times / 2) memory = law_info().memory_bytes;
    }
    hotpath_snapshot_t* s = law_take();
    hotpath_io_row_t rows[ROWS];
    size_t count = hotpath_snapshot_io(s, rows, ROWS);
    uint64_t calls = 0, bytes = 0, total = 0;
    CHECK_EQ(count, LABELS + 1);
    for (size_t i = 0; i < count; i++)
        calls += rows[i].count, bytes += rows[i].bytes, total += rows[i].total_ns;
    CHECK_EQ(calls, times);
    CHECK_EQ(bytes, 3 * times);
    CHECK_EQ(total, 2 * times);
    CHECK_EQ(row_in(s, "<other>", HOTPATH_DESCRIPTOR_OTHER, HOTPATH_IO_READ).count, times - LABELS);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.entry_overflow, times - LABELS);
    CHECK_EQ(hotpath_snapshot_info(s)->memory_bytes, memory);
    return 0;
}
static void labels_are_bounded(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_ENTRIES_LIMIT=20", NULL};
    law_exited(law_again("many_labels", env), 0);
}

static int child_of_fork(void) {
    hotpath_snapshot_t* s = law_take();
    CHECK_EQ(hotpath_snapshot_io(s, NULL, 0), 0);
    hotpath_snapshot_free(s);
    io_of(HOTPATH_IO_READ, HOTPATH_DESCRIPTOR_SOCKET, "errors", 10, -1, EAGAIN);
    s = law_take();
    hotpath_io_row_t row = row_in(s, "errors", HOTPATH_DESCRIPTOR_SOCKET, HOTPATH_IO_READ);
    CHECK_EQ(row.count, 1);
    CHECK_EQ(row.would_block, 1);
    CHECK_EQ(hotpath_snapshot_io(s, NULL, 0), 1);
    hotpath_snapshot_free(s);
    return 0;
}
static void forks(void** state) {
    (void)state;
    law_exited(law_fork(child_of_fork), 0);
}

int main(int argc, char** argv) {
    static const law_child_t children[] = {{"many_labels", many_labels}, {NULL, NULL}};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_bytes_and_times),
        cmocka_unit_test(errors_by_name),
        cmocka_unit_test(errno_is_kept),
        cmocka_unit_test(kinds_of_descriptors),
        cmocka_unit_test(open_io),
        cmocka_unit_test(off_and_sampled),
        cmocka_unit_test(bad_use),
        cmocka_unit_test(past_the_depth_bound),
        cmocka_unit_test(threads_that_must_not_block), /* frames: no law_check_quiet_now after it */
        cmocka_unit_test(labels_are_bounded),
        cmocka_unit_test(forks),
    };
    const int code = law_run(argc, argv, children);
    return code >= 0 ? code : cmocka_run_group_tests(tests, NULL, NULL);
}
