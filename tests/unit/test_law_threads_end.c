/* Law 5: threads that end leave their totals in one row and their memory to the next ones; and of
   law 1: no reader, however long it takes, makes a writer wait. The pages come from this test, which
   counts them and can hold up whoever asks for some. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include <stddef.h>
static void* test_pages_alloc(size_t size);
static void test_pages_free(void* pages, size_t size);
#define HOTPATH_PAGES_ALLOC(n)   test_pages_alloc(n)
#define HOTPATH_PAGES_FREE(p, n) test_pages_free(p, n)

#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "law.h"

static uint64_t pages_bytes;           /* not given back yet */
static uint64_t pages_calls;           /* how often some were asked for */
static uint64_t pages_stuck;           /* readers that are held up now */
static uint64_t pages_release;         /* lets them go */
static __thread bool pages_hold_me_up; /* set by a reader */

static void* test_pages_alloc(size_t size) {
    law_add(&pages_calls, 1);
    if (pages_hold_me_up) {
        law_add(&pages_stuck, 1);
        law_wait(&pages_release, 1);
        pages_hold_me_up = false;
    }
    void* const pages =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) return NULL;
    law_add(&pages_bytes, size);
    return pages;
}
static void test_pages_free(void* pages, size_t size) {
    CHECK_GE(law_load(&pages_bytes), size);
    __atomic_fetch_sub(&pages_bytes, size, __ATOMIC_ACQ_REL);
    munmap(pages, size);
}

/* >>law 5 */

static void thread_leaf(uint64_t bytes) {
    HOTPATH_FUNC();
    HOTPATH_BYTES(bytes);
}
static void* thread_body(void* arg) {
    (void)arg;
    HOTPATH_SCOPE("short thread");
    thread_leaf(1);
    thread_leaf(2);
    HOTPATH_ERROR("short");
    return NULL;
}

enum {
    together = 4
};

/* A duration that is new may need a bucket that is new. Threads that left a word each would need
   more than this. */
static const uint64_t slack = 256 * 1024;
static void run_threads(uint64_t threads, uint64_t at_once) {
    for (uint64_t done = 0; done < threads; done += at_once) {
        pthread_t ids[together];
        for (uint64_t i = 0; i < at_once; i++)
            ids[i] = law_thread(thread_body, NULL);
        for (uint64_t i = 0; i < at_once; i++)
            pthread_join(ids[i], NULL);
    }
}

/* As many as will ever be there at once are there at once. */
static uint64_t peak_ready;
static void* peak_body(void* arg) {
    law_add(&peak_ready, 1);
    HOTPATH_BEGIN(peak, "peak");
    law_wait(&peak_ready, together);
    (void)HOTPATH_END(peak);
    return thread_body(arg);
}

static void law_05_threads_that_end(void** state) {
    (void)state;
    const uint64_t threads = (uint64_t)LAW_TIMES(100000, 12000);
    HOTPATH_SCOPE("threads main");
    pthread_t ids[together];
    for (int i = 0; i < together; i++)
        ids[i] = law_thread(peak_body, NULL);
    for (int i = 0; i < together; i++)
        pthread_join(ids[i], NULL);
    run_threads(400 - together, together);
    hotpath_snapshot_t* s = law_take();
    const uint64_t memory = hotpath_snapshot_info(s)->memory_bytes;
    const uint64_t ended_before = law_ended(s)->count;
    CHECK_EQ(ended_before, 400);
    hotpath_snapshot_free(s);
    const uint64_t pages = law_load(&pages_bytes);
    /* One after the other they need what one needs; four at once may end at the same moment, and
       then the next ones cannot have all of their records yet. */
    run_threads(threads / 2 - 400, 1);
    CHECK_LE(law_load(&pages_bytes), pages + slack);
    run_threads(threads / 2, together);
    CHECK_LE(law_load(&pages_bytes), 2 * pages);

    s = law_take();
    const hotpath_info_t* const info = hotpath_snapshot_info(s);
    CHECK_LE(info->memory_bytes, 3 * memory);
    CHECK_GT(memory, 0);
    CHECK_GE(law_load(&pages_bytes), info->memory_bytes);
    CHECK_EQ(info->threads_live, 1);
    CHECK_EQ(info->threads_ended, threads);
    const hotpath_function_t* f = law_function(s, "thread_leaf");
    CHECK_EQ(f->calls, 2 * threads);
    CHECK_EQ(f->completed, 2 * threads);
    CHECK_EQ(f->bytes, 3 * threads);
    f = law_function(s, "short thread");
    CHECK_EQ(f->calls, threads);
    CHECK_EQ(f->completed, threads);
    CHECK_EQ(f->errors, threads);
    CHECK_EQ(f->reasons_count, 1);
    CHECK_TEXT(f->reasons[0].text, "short");
    CHECK_EQ(f->reasons[0].count, threads);
    CHECK_EQ(hotpath_snapshot_percentile(s, f, 100), f->max_ns);
    CHECK_GE(f->total_ns, law_function(s, "thread_leaf")->total_ns);
    const hotpath_thread_t* const ended = law_ended(s);
    CHECK(ended != NULL);
    CHECK_EQ(ended->count, threads);
    CHECK_EQ(ended->calls, 3 * threads + together);
    CHECK_EQ(ended->open_count, 0);
    CHECK_EQ(ended->id, 0);
    size_t count = 0;
    hotpath_snapshot_threads(s, &count);
    CHECK_EQ(count, 2); /* this one and the row */
    CHECK_EQ(info->drops.no_memory, 0);
    CHECK_EQ(info->drops.foreign_ends, 0);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
}

/* A record that is used again has nothing of its old owner: no name, no open scope, no call. */
static uint64_t reuse_ready, reuse_go;
static void* named_and_abandons(void* arg) {
    (void)arg;
    HOTPATH_THREAD_NAME("old owner");
    static hotpath_token_t tokens[3];
    for (int i = 0; i < 3; i++) {
        static hotpath_site_t site = HOTPATH_SITE_INIT("left open", HOTPATH_KIND_SCOPE);
        hotpath_begin(&site, &tokens[i]);
    }
    return NULL;
}
static void* waits(void* arg) {
    (void)arg;
    thread_leaf(0);
    law_add(&reuse_ready, 1);
    law_wait(&reuse_go, 1);
    return NULL;
}
static void law_05_threads_that_end_reuse(void** state) {
    (void)state;
    const uint64_t ended = law_info().threads_ended;
    for (int i = 0; i < 50; i++)
        pthread_join(law_thread(named_and_abandons, NULL), NULL);
    pthread_t id = law_thread(waits, NULL);
    law_wait(&reuse_ready, 1);
    hotpath_snapshot_t* const s = law_take();
    CHECK(law_thread_named(s, "old owner") == NULL);
    const hotpath_function_t* const f = law_function(s, "left open");
    CHECK_EQ(f->calls, 150);
    CHECK_EQ(f->open_calls, 0);
    CHECK_EQ(f->abandoned, 150);
    CHECK_EQ(hotpath_snapshot_info(s)->threads_ended, ended + 50);
    size_t count = 0, live = 0;
    const hotpath_thread_t* const threads = hotpath_snapshot_threads(s, &count);
    for (size_t i = 0; i < count; i++) {
        if (threads[i].state != HOTPATH_THREAD_LIVE) continue;
        live++;
        CHECK(threads[i].id != 0);
        if (i > 0) CHECK_GT(threads[i].id, threads[i - 1].id);
        if (threads[i].id > 1 && threads[i].open_count == 0) CHECK_EQ(threads[i].calls, 1);
    }
    CHECK_EQ(live, hotpath_snapshot_info(s)->threads_live);
    CHECK_EQ(live, 2);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
    law_store(&reuse_go, 1);
    pthread_join(id, NULL);
}

static void* sleeps(void* arg) {
    static const struct timespec some = {0, 2000000};
    HOTPATH_SCOPE("old total");
    nanosleep(&some, NULL);
    return arg;
}
static void* adopts(void* arg) {
    HOTPATH_VAL("adopts", 1); /* no scope, so that the stack is still as its old owner left it */
    law_store(&reuse_ready, 1);
    law_wait(&reuse_go, 1);
    return arg;
}
/* The last scope that an old owner ended is not taken for one that a new owner has just ended. */
static void law_05_threads_that_end_reuse_unentered(void** state) {
    (void)state;
    law_store(&reuse_ready, 0), law_store(&reuse_go, 0);
    pthread_join(law_thread(sleeps, NULL), NULL);
    const uint64_t total = law_now("old total").total_ns;
    CHECK_GE(total, 1000000);
    const pthread_t id = law_thread(adopts, NULL);
    law_wait(&reuse_ready, 1);
    CHECK_LE(law_now("old total").total_ns, total + total / 2);
    law_store(&reuse_go, 1);
    pthread_join(id, NULL);
}

/* Destructors of thread-local data run before and after the recorder's own, and again in later
   rounds. Whatever they record counts once, and the records they take are given back. */
static pthread_key_t early_key, late_key;
static void early_destructor(void* value) {
    HOTPATH_SCOPE("early destructor");
    const uintptr_t rounds = (uintptr_t)value;
    if (rounds > 1) pthread_setspecific(early_key, (void*)(rounds - 1));
}
static void late_destructor(void* value) {
    HOTPATH_SCOPE("late destructor");
    const uintptr_t rounds = (uintptr_t)value;
    if (rounds > 1) pthread_setspecific(late_key, (void*)(rounds - 1));
}
static void* destructed_body(void* arg) {
    HOTPATH_SCOPE("destructed body");
    pthread_setspecific(early_key, arg);
    pthread_setspecific(late_key, arg);
    return NULL;
}
static void* only_destructed_body(void* arg) {
    pthread_setspecific(early_key, arg);
    pthread_setspecific(late_key, arg);
    return NULL;
}
static void law_05_threads_that_end_late_destructors(void** state) {
    (void)state;
    const uint64_t ended = law_info().threads_ended;
    uint64_t memory = 0, rounds_sum = 0, bodies = 0;
    for (uint64_t i = 0; i < 600; i++) {
        /* The system runs four rounds at least; the last is left out, after it nobody looks. */
        const uintptr_t rounds = i % 2 + 1;
        const bool records = i % 3 != 0;
        pthread_join(
            law_thread(records ? destructed_body : only_destructed_body, (void*)rounds), NULL);
        rounds_sum += rounds, bodies += records;
        if (i == 99) memory = law_info().memory_bytes;
    }
    hotpath_snapshot_t* const s = law_take();
    CHECK_EQ(law_function(s, "destructed body")->calls, bodies);
    CHECK_EQ(law_function(s, "early destructor")->calls, rounds_sum);
    CHECK_EQ(law_function(s, "early destructor")->completed, rounds_sum);
    CHECK_EQ(law_function(s, "late destructor")->calls, rounds_sum);
    CHECK_EQ(law_function(s, "late destructor")->completed, rounds_sum);
    CHECK_LE(hotpath_snapshot_info(s)->memory_bytes, memory + slack);
    CHECK_EQ(hotpath_snapshot_info(s)->threads_live, 1);
    CHECK_GE(hotpath_snapshot_info(s)->threads_ended, ended + 600);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.foreign_ends, 0);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
}

/* Destructors that record in every round that the system runs: nothing is lost. */
static void law_05_threads_that_end_last_round(void** state) {
    (void)state;
    const uint64_t before = law_now("late destructor").calls;
    for (int i = 0; i < 50; i++)
        pthread_join(law_thread(destructed_body, (void*)(uintptr_t)4), NULL);
    const hotpath_function_t f = law_now("late destructor");
    CHECK_EQ(f.calls, before + 200);
    CHECK_EQ(f.completed, f.calls);
    law_check_quiet_now();
}

/* A reader that snapshots all the time while threads come and go never counts one of them twice or
   not at all: counters never go back, and never exceed what was started. */
static uint64_t ending_started, ending_stop;
static void* ending_body(void* arg) {
    (void)arg;
    law_add(&ending_started, 1);
    HOTPATH_SCOPE("ending");
    return NULL;
}
static void* ending_reader(void* arg) {
    (void)arg;
    uint64_t calls = 0, total = 0, ended = 0, rounds = 0, completed = 0;
    while (!law_load(&ending_stop)) {
        hotpath_snapshot_t* const s = law_take();
        const uint64_t started = law_load(&ending_started);
        const hotpath_function_t* const f = law_find(s, "ending");
        if (f) {
            CHECK_GE(f->calls, calls);
            CHECK_GE(f->completed, completed);
            CHECK_GE(f->total_ns, total);
            CHECK_LE(f->calls, started);
            CHECK_LE(f->completed, started);
            calls = f->calls, total = f->total_ns, completed = f->completed;
        }
        const uint64_t now_ended = hotpath_snapshot_info(s)->threads_ended;
        CHECK_GE(now_ended, ended);
        ended = now_ended;
        (void)law_ended(s);
        hotpath_snapshot_free(s);
        rounds++;
    }
    return (void*)(uintptr_t)rounds;
}
static void law_05_threads_that_end_while_read(void** state) {
    (void)state;
    const pthread_t reader = law_thread(ending_reader, NULL);
    const uint64_t threads = (uint64_t)LAW_TIMES(16000, 3000);
    for (uint64_t i = 0; i < threads; i += 4) {
        pthread_t ids[4];
        for (int k = 0; k < 4; k++)
            ids[k] = law_thread(ending_body, NULL);
        for (int k = 0; k < 4; k++)
            pthread_join(ids[k], NULL);
    }
    law_store(&ending_stop, 1);
    void* rounds = NULL;
    pthread_join(reader, &rounds);
    CHECK_GE((uintptr_t)rounds, 1);
    const hotpath_function_t f = law_now("ending");
    CHECK_EQ(f.calls, threads);
    CHECK_EQ(f.completed, threads);
    law_check_quiet_now();
}

/* >>law 13 */

/* A snapshot into the caller's buffer is the same one, without a page of memory; one that is too
   small is told. */
static void law_13_never_itself_in_a_buffer(void** state) {
    (void)state;
    thread_leaf(1);
    const size_t size = hotpath_snapshot_size(NULL);
    CHECK(size > 0);
    void* buffer = NULL;
    CHECK_EQ(posix_memalign(&buffer, 16, size), 0);
    hotpath_snapshot_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.buffer = buffer, desc.buffer_size = size;
    const uint64_t calls = law_now("thread_leaf").calls, pages = law_load(&pages_calls);
    for (int i = 0; i < 5; i++) {
        hotpath_snapshot_t* const s = hotpath_snapshot_take(&desc);
        CHECK(s != NULL);
        CHECK((char*)s >= (char*)buffer && (char*)s < (char*)buffer + size);
        CHECK_EQ(law_function(s, "thread_leaf")->calls, calls);
        law_check_quiet(s);
        hotpath_snapshot_free(s);
    }
    CHECK_EQ(law_load(&pages_calls), pages);
    desc.buffer_size = 64;
    CHECK(hotpath_snapshot_take(&desc) == NULL);
    CHECK_EQ(law_load(&pages_calls), pages);
    free(buffer);
}

/* >>law 9 */

static void* held_up_in_its_first_touch(void* arg) {
    pages_hold_me_up = true;
    thread_leaf(1);
    return arg;
}
/* While a thread makes the recorder itself, the process forks: the child does not wait for a thread
   that it does not have. */
static int child_fork_in_first_touch(void) {
    const pthread_t id = law_thread(held_up_in_its_first_touch, NULL);
    law_wait(&pages_stuck, 1);
    const pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        alarm(10);
        thread_leaf(2);
        CHECK_EQ(law_now("thread_leaf").calls, 1);
        CHECK_EQ(law_now("thread_leaf").bytes, 2);
        _exit(0);
    }
    int status = 0;
    CHECK_EQ(waitpid(pid, &status, 0), pid);
    law_store(&pages_release, 1);
    pthread_join(id, NULL);
    CHECK_EQ(law_now("thread_leaf").calls, 1);
    CHECK(WIFEXITED(status));
    CHECK_EQ(WEXITSTATUS(status), 0);
    return 0;
}
static void law_09_fork_in_the_first_touch(void** state) {
    (void)state;
    law_exited(law_again("fork in first touch", NULL), 0);
}

/* >>law 1 */

static uint64_t writer_warm, writer_done;
static void* held_up_reader(void* arg) {
    (void)arg;
    pages_hold_me_up = true;
    hotpath_snapshot_t* const s = hotpath_snapshot_take(NULL);
    CHECK(s != NULL);
    hotpath_snapshot_free(s);
    return NULL;
}
static void* fresh_writer(void* arg) {
    (void)arg;
    HOTPATH_SCOPE("fresh writer");
    thread_leaf(1);
    return NULL;
}
static void* steady_writer(void* arg) {
    (void)arg;
    for (int i = 0; i < 1000; i++)
        thread_leaf(1);
    law_store(&writer_warm, 1);
    law_wait(&pages_stuck, 1);
    for (int i = 0; i < 100000; i++)
        thread_leaf(1);
    HOTPATH_SCOPE("first touch beside a stuck reader");
    return NULL;
}
/* While a reader is stuck in the middle of a snapshot, writers write on, known ones and new ones. */
static void law_01_wait_free_beside_a_stuck_reader(void** state) {
    (void)state;
    const uint64_t before = law_now("thread_leaf").calls;
    const pthread_t writer = law_thread(steady_writer, NULL);
    law_wait(&writer_warm, 1);
    const pthread_t reader = law_thread(held_up_reader, NULL);
    pthread_join(
        writer, NULL); /* The alarm ends a test in which the writer waits for the reader. */
    pthread_join(law_thread(fresh_writer, NULL), NULL);
    law_store(&writer_done, 1);
    law_store(&pages_release, 1);
    pthread_join(reader, NULL);
    CHECK_EQ(law_now("thread_leaf").calls, before + 101001);
    CHECK_EQ(law_now("fresh writer").calls, 1);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(law_05_threads_that_end),
    cmocka_unit_test(law_05_threads_that_end_reuse),
    cmocka_unit_test(law_05_threads_that_end_reuse_unentered),
    cmocka_unit_test(law_05_threads_that_end_late_destructors),
    cmocka_unit_test(law_05_threads_that_end_last_round),
    cmocka_unit_test(law_05_threads_that_end_while_read),
    cmocka_unit_test(law_09_fork_in_the_first_touch),
    cmocka_unit_test(law_13_never_itself_in_a_buffer),
    cmocka_unit_test(law_01_wait_free_beside_a_stuck_reader),
};
static const law_child_t children[] = {
    {"fork in first touch", child_fork_in_first_touch}, {NULL, NULL}};
int main(int argc, char** argv) {
    pthread_key_create(&early_key, early_destructor);
    const int code = law_run(argc, argv, children);
    if (code >= 0) return code;
    HOTPATH_BEGIN(warm, "warm"); /* The recorder's own key stands between the two. */
    (void)HOTPATH_END(warm);
    pthread_key_create(&late_key, late_destructor);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
