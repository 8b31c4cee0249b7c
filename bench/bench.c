/* bench.c - what one recording costs, as a ratio to the floor of this machine.

   The floor of a timed scope is two reads of the clock that the recorder itself uses. Every case is
   measured as (case - bare loop) / (the same loop with two clock reads - bare loop), for one scope
   or one recording, so that the loop's own work and misses are not counted. The cases take turns in
   every round, each loop once untimed before it is timed, so that the steady state is measured; what
   is printed is the median over the rounds and the least and the greatest ratio.
   Times are processor time of the measuring thread.

   What a program tells in pairs, such as channel_pair, is compared with a scope instead of the floor.

   The snapshot is the exception: it is compared with a memcpy of as many bytes as the recorder holds
   for those threads, and includes all parts (tree, percentiles, logs, values).

   reader_100hz is the other exception: one thread records for 10 ms with a reader that takes a snapshot
   every 10 ms, and for 10 ms without one, in turns; the ratio is that of the two, and the interval the
   95 % one of the median of the rounds, by their order.

   Instructions are those of one scope or recording, without the loop's, counted by stepping through a
   child of this process one by one, on x86-64 Linux.

   Run:  make bench
         BENCH_ROUNDS=1 makes it quick and rough: to see that it works, not to read numbers.
         BENCH_JSON=FILE is where the numbers go, default build/bench.json.
         BENCH_ROWS=FILE has rows of other programs to put there too.
         BENCH_SHARED=FILE is bench/shared.c as a library, default build/bench_shared.so. Beside it may
         stand FILE.dynamic and FILE.descriptors, compiled with those ways to thread-local variables. */
#if !defined(_GNU_SOURCE)
    #define _GNU_SOURCE 1
#endif
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "common.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    ITERATIONS = 20000, /* of a loop in one round: about half a millisecond */
    ROUNDS = 61,
    ROUNDS_MAX = 1001,
    QUICK_ROUNDS = 5, /* fewer than these: small memory too */
    THREADS_MAX = 2,
    RANDOM_SITES = 256,
    RANDOM_ORDER = 16384, /* a power of two */
    SNAPSHOT_SITES = 1000,
    SNAPSHOT_THREADS = 64,
    SNAPSHOT_CALLS = 100, /* of each site by each thread: fills the last executions */
    WORK_NS = 10,
    READER_MS = 10,   /* between two snapshots of reader_100hz */
    READER_LOOPS = 16 /* of ITERATIONS: about as long */
};

/* >>clock */

static const char* clock_name; /* what the recorder uses */
static bool counter_is_used;   /* not clock_gettime: then the counter is the floor */

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline uint64_t floor_clock(void) {
#if defined(__x86_64__) || defined(__i386__)
    if (counter_is_used) return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    uint64_t ticks;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    if (counter_is_used) return ticks;
#endif
    return now_ns();
}

/* The processor time of this thread: others that want the same core are not counted. */
static double cpu_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* The compiler may not drop, merge or move what stands on either side. */
#define KEEP() __asm__ volatile("" ::: "memory")
/* The compiler must have this value here. */
#define USE(value) __asm__ volatile("" : : "r"(value) : "memory")

/* >>loops
   Each case is three loops that differ only in what stands around the same work. */

static unsigned iterations = ITERATIONS;
#define REPEAT for (unsigned i = 0; i < iterations; i++)

static unsigned work_steps;

/* A chain of multiplications: no step can start before the one before it is done. */
static inline uint64_t work(uint64_t state) {
    for (unsigned step = 0; step < work_steps; step++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        __asm__ volatile("" : "+r"(state));
    }
    return state;
}

static void empty_bare(void) {
    REPEAT { KEEP(); }
}
static void empty_floor(void) {
    REPEAT {
        const uint64_t from = floor_clock();
        KEEP();
        const uint64_t to = floor_clock();
        USE(to - from);
    }
}
static void scope_default(void) {
    REPEAT {
        HOTPATH_SCOPE("empty");
        KEEP();
    }
}

/* What is switched off at run time: all sites. */
static void scope_off(void) {
    hotpath_enable(false);
    scope_default();
    hotpath_enable(true);
}

static void scope_read(void) {
    REPEAT {
        HOTPATH_SCOPE("read");
        KEEP();
    }
}

/* One execution in 16 is timed. */
static void scope_sampled16(void) {
    hotpath_time_sampling(NULL, 16);
    REPEAT {
        HOTPATH_SCOPE("sampled");
        KEEP();
    }
    hotpath_time_sampling(NULL, 1);
}

static void work10_bare(void) {
    uint64_t state = 1;
    REPEAT state = work(state);
    USE(state);
}
static void work10_floor(void) {
    uint64_t state = 1;
    REPEAT {
        const uint64_t from = floor_clock();
        state = work(state);
        const uint64_t to = floor_clock();
        USE(to - from);
    }
    USE(state);
}
static void scope_work10(void) {
    uint64_t state = 1;
    REPEAT {
        HOTPATH_SCOPE("work");
        state = work(state);
    }
    USE(state);
}

static void nest4_floor(void) {
    REPEAT {
        const uint64_t from1 = floor_clock();
        const uint64_t from2 = floor_clock();
        const uint64_t from3 = floor_clock();
        const uint64_t from4 = floor_clock();
        KEEP();
        const uint64_t to4 = floor_clock();
        USE(to4 - from4);
        const uint64_t to3 = floor_clock();
        USE(to3 - from3);
        const uint64_t to2 = floor_clock();
        USE(to2 - from2);
        const uint64_t to1 = floor_clock();
        USE(to1 - from1);
    }
}
static void scope_nest4(void) {
    REPEAT {
        HOTPATH_SCOPE("one");
        {
            HOTPATH_SCOPE("two");
            {
                HOTPATH_SCOPE("three");
                {
                    HOTPATH_SCOPE("four");
                    KEEP();
                }
            }
        }
    }
}

static hotpath_site_t random_sites[RANDOM_SITES];
static uint16_t random_order[RANDOM_ORDER];

static void random_bare(void) {
    REPEAT { USE(&random_sites[random_order[i % RANDOM_ORDER]]); }
}
static void random_floor(void) {
    REPEAT {
        const uint64_t from = floor_clock();
        USE(&random_sites[random_order[i % RANDOM_ORDER]]);
        const uint64_t to = floor_clock();
        USE(to - from);
    }
}
static void scope_256sites(void) {
    REPEAT {
        hotpath_token_t token;
        hotpath_begin(&random_sites[random_order[i % RANDOM_ORDER]], &token);
        KEEP();
        hotpath_end(&token);
    }
}

static void (*shared_loop)(unsigned);
static void (*dynamic_loop)(unsigned);
static void (*descriptors_loop)(unsigned);
static void scope_shared_library(void) { shared_loop(iterations); }
static void try_tls_dynamic(void) { dynamic_loop(iterations); }
static void try_tls_descriptors(void) { descriptors_loop(iterations); }

static void gauge(void) {
    REPEAT {
        HOTPATH_GAUGE_INC("gauge", 1);
        KEEP();
    }
}
static void value(void) {
    REPEAT {
        HOTPATH_VAL("value", i);
        KEEP();
    }
}
/* A key that is known, as its user writes it: it is hashed and looked up each time. */
static void span(void) {
    REPEAT {
        HOTPATH_SPAN(query, HOTPATH_SPAN_SQL, "SELECT name FROM users WHERE id = ?");
        KEEP();
    }
}
/* A write that costs next to nothing, by itself and as io. */
static int null_device = -1;

static void io_bare(void) {
    if (null_device < 0) null_device = open("/dev/null", O_WRONLY | O_CLOEXEC);
    REPEAT { USE(write(null_device, "12345678", 8)); }
}
static void io(void) {
    if (null_device < 0) null_device = open("/dev/null", O_WRONLY | O_CLOEXEC);
    REPEAT {
        hotpath_io_t call;
        hotpath_io_begin_fd(&call, HOTPATH_IO_WRITE, null_device, NULL);
        const ssize_t written = write(null_device, "12345678", 8);
        hotpath_io_end(&call, written, errno);
    }
}
static void future_poll(void) {
    hotpath_task_t task;
    HOTPATH_TASK_CREATE(&task, "task");
    REPEAT {
        HOTPATH_TASK_POLL_BEGIN(&task);
        KEEP();
        HOTPATH_TASK_POLL_END(&task);
    }
    HOTPATH_TASK_DONE(&task);
}
/* What a lock tells that nobody waits for, without the lock itself. */
static hotpath_lock_t lock_record = HOTPATH_LOCK_INIT("bench");
static void lock_uncontended(void) {
    REPEAT {
        hotpath_lock_acquired(&lock_record, false, NULL);
        KEEP();
        hotpath_lock_released(&lock_record);
    }
}
/* A message with its stamp, put in and taken out at once, in a scope as it would be. */
static void channel_pair(void) {
    static hotpath_channel_t channel = HOTPATH_CHANNEL_INIT("channel", 16);
    REPEAT {
        const uint64_t stamp = hotpath_channel_sent(&channel, 1);
        KEEP();
        hotpath_channel_received(&channel, stamp, 1);
    }
}
static void clock_gettime_twice(void) {
    REPEAT {
        const uint64_t from = now_ns();
        KEEP();
        const uint64_t to = now_ns();
        USE(to - from);
    }
}

#include "candidates.h"

/* >>threads
   Two threads are the main one and one helper, which sleeps where a case has one thread. */

typedef void loop_t(void);

static struct {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    loop_t* loop; /* what the helper is to run next */
    bool quit;
    unsigned ready; /* atomic: threads at the start line */
    unsigned done;  /* atomic: the helper has finished */
    double helper_ns;
} pool = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, NULL, false, 0, 0, 0};

/* Returns: nanoseconds of one iteration. */
static double run_timed(loop_t* loop) {
    loop(); /* what it touches comes into the caches: the case before it has pushed that out */
    const double from = cpu_ns();
    loop();
    return (cpu_ns() - from) / ITERATIONS;
}
static void wait_until(const unsigned* counter, unsigned least) {
    while (__atomic_load_n(counter, __ATOMIC_ACQUIRE) < least)
        sched_yield();
}
static void start_line(void) {
    __atomic_add_fetch(&pool.ready, 1, __ATOMIC_ACQ_REL);
    wait_until(&pool.ready, THREADS_MAX);
}

static void* helper_main(void* unused) {
    pthread_mutex_lock(&pool.lock);
    for (;;) {
        while (pool.loop == NULL && !pool.quit)
            pthread_cond_wait(&pool.wake, &pool.lock);
        if (pool.quit) break;
        loop_t* const loop = pool.loop;
        pool.loop = NULL;
        pthread_mutex_unlock(&pool.lock);
        start_line();
        pool.helper_ns = run_timed(loop);
        __atomic_store_n(&pool.done, 1, __ATOMIC_RELEASE);
        pthread_mutex_lock(&pool.lock);
    }
    pthread_mutex_unlock(&pool.lock);
    return unused;
}
static void helper_tell(loop_t* loop, bool quit) {
    pthread_mutex_lock(&pool.lock);
    pool.loop = loop;
    pool.quit = quit;
    pthread_cond_signal(&pool.wake);
    pthread_mutex_unlock(&pool.lock);
}

/* Returns: nanoseconds of one iteration of the loop, the mean of the threads. */
static double run_loop(loop_t* loop, unsigned threads) {
    if (threads == 1) return run_timed(loop);
    pool.ready = pool.done = 0;
    helper_tell(loop, false);
    start_line();
    const double mine = run_timed(loop);
    wait_until(&pool.done, 1);
    return (mine + pool.helper_ns) / 2;
}

/* >>cases */

typedef struct bench {
    const char* name;
    unsigned threads;
    unsigned scopes; /* in one iteration, also pairs of reads in the floor loop */
    loop_t* loop;
    loop_t* floor;
    loop_t* bare;
    double ns[ROUNDS_MAX];
    double floor_ns[ROUNDS_MAX];
    double ratio[ROUNDS_MAX];
    double instructions; /* below 0: not counted */
} bench_t;

static bench_t cases[] = {
    {"scope_default", 1, 1, scope_default, empty_floor, empty_bare, {0}, {0}, {0}, -1},
    {"scope_default", 2, 1, scope_default, empty_floor, empty_bare, {0}, {0}, {0}, -1},
    {"scope_work10", 1, 1, scope_work10, work10_floor, work10_bare, {0}, {0}, {0}, -1},
    {"scope_work10", 2, 1, scope_work10, work10_floor, work10_bare, {0}, {0}, {0}, -1},
    {"scope_nest4", 1, 4, scope_nest4, nest4_floor, empty_bare, {0}, {0}, {0}, -1},
    {"scope_nest4", 2, 4, scope_nest4, nest4_floor, empty_bare, {0}, {0}, {0}, -1},
    {"scope_256sites", 1, 1, scope_256sites, random_floor, random_bare, {0}, {0}, {0}, -1},
    {"scope_256sites", 2, 1, scope_256sites, random_floor, random_bare, {0}, {0}, {0}, -1},
    {"scope_shared_library", 1, 1, scope_shared_library, empty_floor, empty_bare, {0}, {0}, {0},
        -1},
    {"scope_sampled16", 1, 1, scope_sampled16, empty_floor, empty_bare, {0}, {0}, {0}, -1},
    {"scope_off", 1, 1, scope_off, empty_floor, empty_bare, {0}, {0}, {0}, -1},
    {"gauge", 1, 1, gauge, empty_floor, empty_bare, {0}, {0}, {0}, -1},
    {"value", 1, 1, value, empty_floor, empty_bare, {0}, {0}, {0}, -1},
    {"span", 1, 1, span, empty_floor, empty_bare, {0}, {0}, {0}, -1},
    {"io", 1, 1, io, io_bare, empty_bare, {0}, {0}, {0}, -1}, /* against the call alone */
    {"future_poll", 1, 1, future_poll, scope_default, empty_bare, {0}, {0}, {0}, -1},
    /* Against one scope. */
    {"lock_uncontended", 1, 1, lock_uncontended, scope_default, empty_bare, {0}, {0}, {0}, -1},
    {"channel_pair", 1, 1, channel_pair, scope_default, empty_bare, {0}, {0}, {0}, -1},
    {"clock_gettime_twice", 1, 1, clock_gettime_twice, empty_floor, empty_bare, {0}, {0}, {0}, -1},
    {"try_tree", 1, 1, try_tree, empty_floor, empty_bare, {0}, {0}, {0}, -1},
    {"try_histogram", 1, 1, try_histogram, empty_floor, empty_bare, {0}, {0}, {0}, -1},
    {"try_octaves", 1, 1, try_octaves, empty_floor, empty_bare, {0}, {0}, {0}, -1},
    {"try_event", 1, 1, try_event, empty_floor, empty_bare, {0}, {0}, {0}, -1},
    {"try_called", 1, 1, try_called, empty_floor, empty_bare, {0}, {0}, {0}, -1},
    {"try_append", 1, 1, try_append, empty_floor, empty_bare, {0}, {0}, {0}, -1},
    {"try_fold", 1, 1, try_fold, empty_floor, empty_bare, {0}, {0}, {0}, -1},
    {"try_256sites", 1, 1, try_256sites, random_floor, random_bare, {0}, {0}, {0}, -1},
    {"try_256apart", 1, 1, try_256apart, random_floor, random_bare, {0}, {0}, {0}, -1},
    {"try_256fold", 1, 1, try_256fold, random_floor, random_bare, {0}, {0}, {0}, -1},
    /* These two last: their libraries may not be there. */
    {"try_tls_dynamic", 1, 1, try_tls_dynamic, empty_floor, empty_bare, {0}, {0}, {0}, -1},
    {"try_tls_descriptors", 1, 1, try_tls_descriptors, empty_floor, empty_bare, {0}, {0}, {0}, -1},
};
static size_t case_count = sizeof cases / sizeof *cases;

static void measure(bench_t* c, size_t round) {
    const double bare = run_loop(c->bare, c->threads);
    const double floor = run_loop(c->floor, c->threads) - bare;
    const double ns = run_loop(c->loop, c->threads) - bare;
    c->ns[round] = ns / c->scopes;
    c->floor_ns[round] = floor / c->scopes;
    c->ratio[round] = floor > 0 ? ns / floor : 0;
}

/* >>instructions */

static void count_instructions(bench_t* c) {
    if (c->threads != 1 || c->floor == random_floor) return; /* few of its sites come twice */
    const double bare = steps_count(c->bare, &iterations);
    const double all = steps_count(c->loop, &iterations);
    if (bare >= 0 && all >= 0) c->instructions = (all - bare) / c->scopes;
}

/* >>snapshot */

static hotpath_site_t snapshot_sites[SNAPSHOT_SITES];
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned filled;
    bool quit;
} crowd = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, false};

/* Touches every site, then sleeps with its record. */
static void* crowd_main(void* unused) {
    for (unsigned call = 0; call < SNAPSHOT_CALLS; call++) {
        for (unsigned i = 0; i < SNAPSHOT_SITES; i++) {
            hotpath_token_t token;
            hotpath_begin(&snapshot_sites[i], &token);
            hotpath_end(&token);
        }
    }
    pthread_mutex_lock(&crowd.lock);
    crowd.filled++;
    pthread_cond_broadcast(&crowd.changed);
    while (!crowd.quit)
        pthread_cond_wait(&crowd.changed, &crowd.lock);
    pthread_mutex_unlock(&crowd.lock);
    return unused;
}

static uint64_t recorder_bytes(void) {
    hotpath_snapshot_t* const s = hotpath_snapshot_take(NULL);
    const uint64_t bytes = s != NULL ? hotpath_snapshot_info(s)->memory_bytes : 0;
    hotpath_snapshot_free(s);
    return bytes;
}

typedef struct copying {
    char name[32];
    size_t bytes; /* what the recorder holds for the threads */
    double ns[ROUNDS_MAX];
    double copy_ns[ROUNDS_MAX];
    double ratio[ROUNDS_MAX];
} copying_t;

static void* allocate(size_t size) {
    void* const memory = malloc(size);
    if (memory == NULL) {
        fprintf(stderr, "bench: no memory\n");
        exit(1);
    }
    memset(memory, 1, size); /* so that no round pays for first touches */
    return memory;
}

static void measure_snapshots(copying_t* result, size_t rounds) {
    hotpath_snapshot_desc_t desc = {0, 0, NULL, 0};
    desc.buffer_size = hotpath_snapshot_size(NULL);
    desc.buffer = allocate(desc.buffer_size);
    char* const from = (char*)allocate(result->bytes);
    char* const to = (char*)allocate(result->bytes);
    for (size_t round = 0; round < rounds; round++) {
        const double start = cpu_ns();
        memcpy(to, from, result->bytes);
        USE(to);
        const double copied = cpu_ns();
        hotpath_snapshot_t* const snapshot = hotpath_snapshot_take(&desc);
        const double taken = cpu_ns();
        if (snapshot == NULL) {
            fprintf(stderr, "bench: the snapshot does not fit\n");
            exit(1);
        }
        hotpath_snapshot_free(snapshot);
        result->copy_ns[round] = copied - start;
        result->ns[round] = taken - copied;
        result->ratio[round] = result->ns[round] / result->copy_ns[round];
    }
    free(desc.buffer);
    free(from);
    free(to);
}

static void bench_snapshot(copying_t* result, unsigned threads, size_t rounds) {
    pthread_t ids[SNAPSHOT_THREADS];
    const uint64_t before = recorder_bytes();
    for (unsigned i = 0; i < threads; i++) {
        if (pthread_create(&ids[i], NULL, crowd_main, NULL) == 0) continue;
        fprintf(stderr, "bench: no thread could be started\n");
        exit(1);
    }
    pthread_mutex_lock(&crowd.lock);
    while (crowd.filled < threads)
        pthread_cond_wait(&crowd.changed, &crowd.lock);
    pthread_mutex_unlock(&crowd.lock);
    result->bytes = (size_t)(recorder_bytes() - before);
    snprintf(result->name, sizeof result->name, "snapshot_%dx%u", (int)SNAPSHOT_SITES, threads);
    measure_snapshots(result, rounds);
    pthread_mutex_lock(&crowd.lock);
    crowd.quit = true;
    pthread_cond_broadcast(&crowd.changed);
    pthread_mutex_unlock(&crowd.lock);
    for (unsigned i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
}

/* >>reader */

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool on;
    bool quit;
    unsigned taken;
} reader = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, false, 0};

typedef struct reading {
    double ns[ROUNDS_MAX];
    double alone_ns[ROUNDS_MAX];
    double ratio[ROUNDS_MAX];
} reading_t;

static void* reader_main(void* unused) {
    hotpath_snapshot_desc_t desc = {0, 0, NULL, 0};
    desc.buffer_size = hotpath_snapshot_size(NULL) + 65536;
    desc.buffer = allocate(desc.buffer_size);
    const struct timespec pause = {0, READER_MS * 1000000};
    pthread_mutex_lock(&reader.lock);
    while (!reader.quit) {
        if (!reader.on) {
            pthread_cond_wait(&reader.changed, &reader.lock);
            continue;
        }
        pthread_mutex_unlock(&reader.lock);
        hotpath_snapshot_t* const s = hotpath_snapshot_take(&desc);
        hotpath_snapshot_free(s);
        nanosleep(&pause, NULL);
        pthread_mutex_lock(&reader.lock);
        reader.taken += s != NULL;
    }
    pthread_mutex_unlock(&reader.lock);
    free(desc.buffer);
    return unused;
}
static void reader_set(bool on, bool quit) {
    pthread_mutex_lock(&reader.lock);
    reader.on = on;
    reader.quit = quit;
    pthread_cond_signal(&reader.changed);
    pthread_mutex_unlock(&reader.lock);
}
static double read_loops(void) {
    const double from = cpu_ns();
    for (int i = 0; i < READER_LOOPS; i++)
        scope_read();
    return (cpu_ns() - from) / READER_LOOPS / ITERATIONS;
}
static void bench_reader(reading_t* result, size_t rounds) {
    pthread_t id;
    if (pthread_create(&id, NULL, reader_main, NULL) != 0) {
        fprintf(stderr, "bench: no thread could be started\n");
        exit(1);
    }
    for (size_t round = 0; round < rounds; round++) {
        reader_set(false, false);
        result->alone_ns[round] = read_loops();
        reader_set(true, false);
        result->ns[round] = read_loops();
        result->ratio[round] = result->ns[round] / result->alone_ns[round];
    }
    reader_set(false, true);
    pthread_join(id, NULL);
    if (reader.taken == 0) {
        fprintf(stderr, "bench: the reader has taken no snapshot\n");
        exit(1);
    }
}

/* >>results */

static double sqrt_of(double x) {
    double root = x;
    for (int i = 0; i < 40 && root > 0; i++)
        root = (root + x / root) / 2;
    return root;
}
/* A row of the table and one of the JSON file. Sorts what it is given. */
static void put_row(FILE* json, const char* name, unsigned threads, double* ns, double* base_ns,
    double* ratio, size_t rounds, const char* base, const char* told, double instructions) {
    char counted[24] = "null", shown[24] = "";
    if (instructions >= 0) {
        snprintf(counted, sizeof counted, "%.0f", instructions);
        snprintf(shown, sizeof shown, "%.0f", instructions);
    }
    const double typical = median(ns, rounds), typical_ratio = median(ratio, rounds);
    const int decimals = typical < 1e6 ? 2 : 0;
    printf("%-20s %7u %12.*f %12.*f %7.2f  %5.2f to %-6.2f %12s  %s\n", name, threads, decimals,
        typical, decimals, median(base_ns, rounds), typical_ratio, ratio[0], ratio[rounds - 1],
        shown, told);
    fprintf(json,
        "%s    {\"name\": \"%s\", \"threads\": %u, \"ns\": %.3f, \"ratio\": %.4f, "
        "\"ratio_min\": %.4f, \"ratio_max\": %.4f, \"base\": \"%s\", \"base_ns\": %.3f, "
        "\"instructions\": %s}",
        ns == cases[0].ns ? "" : ",\n", name, threads, typical, typical_ratio, ratio[0],
        ratio[rounds - 1], base, median(base_ns, rounds), counted);
}

/* Rows that another program has measured. */
static void put_other_rows(FILE* json) {
    const char* const path = getenv("BENCH_ROWS");
    FILE* const rows = path != NULL ? fopen(path, "r") : NULL;
    char line[1000];
    while (rows != NULL && fgets(line, sizeof line, rows) != NULL) {
        line[strcspn(line, "\n")] = 0;
        fprintf(json, ",\n    %s", line);
    }
    if (rows != NULL) fclose(rows);
}
static void put_results(FILE* json, copying_t* copying, reading_t* reading, unsigned threads,
    size_t rounds, size_t snapshots) {
    const double floor = median(cases[0].floor_ns, rounds);
    char base[64];
    snprintf(base, sizeof base, "memcpy of %.1f MiB", (double)copying->bytes / (1 << 20));
    printf("floor: two reads of the clock (%s) take %.2f ns; %zu rounds, medians\n\n", clock_name,
        floor, rounds);
    printf("%-20s %7s %12s %12s %7s  %5s to %-6s %12s  %s\n", "case", "threads", "ns", "base ns",
        "ratio", "min", "max", "instructions", "base");
    fprintf(json,
        "{\n  \"floor_ns\": %.3f,\n  \"clock\": \"%s\",\n  \"rounds\": %zu,\n  \"cases\": [\n",
        floor, clock_name, rounds);
    for (size_t i = 0; i < case_count; i++) {
        bench_t* const c = &cases[i];
        const bool scopes = c->floor == scope_default, calls = c->floor == io_bare;
        put_row(json, c->name, c->threads, c->ns, c->floor_ns, c->ratio, rounds,
            scopes  ? "scope"
            : calls ? "glibc"
                    : "floor",
            scopes  ? "a scope"
            : calls ? "a bare write to /dev/null"
                    : "two clock reads",
            c->instructions);
    }
    put_row(json, copying->name, threads, copying->ns, copying->copy_ns, copying->ratio, snapshots,
        "memcpy", base, -1);
    put_row(json, "reader_100hz", 1, reading->ns, reading->alone_ns, reading->ratio, rounds,
        "scope", "a scope without a reader", -1);
    /* put_row has sorted: half of the rounds lie on either side, give or take their square root. */
    const size_t away = (size_t)(0.98 * sqrt_of((double)rounds) + 0.5), middle = rounds / 2;
    printf("a reader at %d Hz: %.3f x, 95 %% interval %.3f to %.3f\n", 1000 / READER_MS,
        median(reading->ratio, rounds), reading->ratio[middle > away ? middle - away : 0],
        reading->ratio[middle + away < rounds ? middle + away : rounds - 1]);
    put_other_rows(json);
    fprintf(json, "\n  ]\n}\n");
}

/* >>main */

/* Distinct names for sites of one line. */
static void name_sites(hotpath_site_t* sites, unsigned count, const char* prefix) {
    for (unsigned i = 0; i < count; i++) {
        char* const name = (char*)allocate(32);
        snprintf(name, 32, "%s %u", prefix, i);
        sites[i] = (hotpath_site_t)HOTPATH_SITE_INIT(name, HOTPATH_KIND_SCOPE);
    }
}

/* Every site equally often, in an order without a pattern. */
static void shuffle(void) {
    uint64_t state = 88172645463325252u;
    for (unsigned i = 0; i < RANDOM_ORDER; i++)
        random_order[i] = (uint16_t)(i % RANDOM_SITES);
    for (unsigned i = RANDOM_ORDER - 1; i > 0; i--) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        const unsigned k = (unsigned)(state % (i + 1));
        const uint16_t kept = random_order[i];
        random_order[i] = random_order[k];
        random_order[k] = kept;
    }
}

/* Sets how many steps of work take WORK_NS: the quickest of some rounds tells. */
static void calibrate_work(void) {
    double least = 1e9;
    work_steps = 100;
    for (int round = 0; round < 5; round++) {
        const double ns = run_timed(work10_bare);
        if (ns < least) least = ns;
    }
    work_steps = (unsigned)(WORK_NS * 100 / least + 0.5);
}

/* A bench of nothing would be fast: the recorder must have every scope that was run. */
static bool all_is_recorded(uint64_t rounds) {
    hotpath_snapshot_t* const s = hotpath_snapshot_take(NULL);
    size_t count = 0;
    const hotpath_function_t* const f = hotpath_snapshot_functions(s, &count);
    uint64_t found = 0;
    for (size_t i = 0; i < count; i++)
        if (strcmp(f[i].name, "empty") == 0) found += f[i].calls;
    hotpath_snapshot_free(s);
    /* Once with one thread, twice with two and once as the base of another case in each round, and in one
       round to warm up; each time untimed and timed. */
    uint64_t times = 3;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        times += cases[i].floor == scope_default;
    const uint64_t expected = (rounds + 1) * times * 2 * ITERATIONS;
    const uint64_t tried = (rounds + 1) * 2 * TRY_COUNTED * ITERATIONS;
    if (try_counted() != tried) {
        fprintf(stderr, "bench: the candidates have counted %llu scopes instead of %llu\n",
            (unsigned long long)try_counted(), (unsigned long long)tried);
        return false;
    }
    if (found == expected) return true;
    fprintf(stderr, "bench: %llu scopes were run and %llu recorded\n", (unsigned long long)expected,
        (unsigned long long)found);
    return false;
}

/* The loop of a library; false if it is not there. */
static bool open_loop(void (**loop)(unsigned), const char* library, const char* suffix) {
    char path[4096];
    snprintf(path, sizeof path, "%s%s", library, suffix);
    void* const opened = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    *(void**)loop = opened != NULL ? dlsym(opened, "bench_shared_loop") : NULL;
    return *loop != NULL;
}

static size_t rounds_wanted(void) {
    const char* const text = getenv("BENCH_ROUNDS");
    const long wanted = text != NULL ? strtol(text, NULL, 10) : ROUNDS;
    return wanted < 1 ? 1 : wanted > ROUNDS_MAX ? ROUNDS_MAX : (size_t)wanted;
}

int main(void) {
    const char* const path =
        getenv("BENCH_JSON") != NULL ? getenv("BENCH_JSON") : "build/bench.json";
    const char* const library =
        getenv("BENCH_SHARED") != NULL ? getenv("BENCH_SHARED") : "build/bench_shared.so";
    const size_t rounds = rounds_wanted();
    const size_t snapshots = rounds < 15 ? rounds : 15;
    const unsigned threads = rounds < QUICK_ROUNDS ? 8 : SNAPSHOT_THREADS;
    static copying_t copying;
    static reading_t reading;
    pthread_t helper;

    setenv("HOTPATH_MEMORY_MAX", "4G", 0); /* the bound is not what is measured */
    hotpath_snapshot_t* const first = hotpath_snapshot_take(NULL);
    clock_name = hotpath_snapshot_info(first)->clock; /* a literal: it outlives the snapshot */
    counter_is_used = strcmp(clock_name, "clock_gettime") != 0;
    hotpath_snapshot_free(first);
    name_sites(random_sites, RANDOM_SITES, "random");
    name_sites(snapshot_sites, SNAPSHOT_SITES, "crowd");
    shuffle();
    calibrate_work();
    try_start();
    if (!open_loop(&shared_loop, library, "")) {
        fprintf(stderr, "bench: %s\n", dlerror());
        return 1;
    }
    case_count -= !open_loop(&descriptors_loop, library, ".descriptors");
    if (!open_loop(&dynamic_loop, library, ".dynamic"))
        case_count = sizeof cases / sizeof *cases - 2;
    for (size_t i = 0; i < case_count; i++)
        count_instructions(&cases[i]);

    FILE* const json = fopen(path, "w");
    if (json == NULL || pthread_create(&helper, NULL, helper_main, NULL) != 0) {
        fprintf(stderr, "bench: %s cannot be written, or no thread be started\n", path);
        return 1;
    }
    for (size_t i = 0; i < case_count; i++) /* once for first touches; measured anew as round 0 */
        measure(&cases[i], 0);
    for (size_t round = 0; round < rounds; round++)
        for (size_t i = 0; i < case_count; i++)
            measure(&cases[i], round);
    helper_tell(NULL, true);
    pthread_join(helper, NULL);
    bench_reader(&reading, rounds);
    bench_snapshot(&copying, threads, snapshots);
    put_results(json, &copying, &reading, threads, rounds, snapshots);
    if (fclose(json) != 0) return 1;
    return all_is_recorded(rounds) ? 0 : 1;
}
