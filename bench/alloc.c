/* alloc.c - what counting allocations costs, as a ratio to the C library's own malloc.

   Each case is a loop with the process's malloc and free, which are hotpath's, and the same loop with
   those of the C library that stand behind. They take turns in every round; what is printed is the median
   over the rounds. Times are processor time of the measuring thread, of one turn of the loop.
     alloc_pair   a block of 64 bytes is allocated and freed
     alloc_mix    one of 4,096 blocks of 16 to 527 bytes, at random, is replaced by another
   _live are those with a header, that credit a free to its allocation, _counters those without. With two
   threads both do the same, each with its own blocks; the slower one counts. _preloaded is this program
   without hotpath in it, with the library of make alloc. Instructions are those of one turn beyond the C
   library's.

   _header is a prototype in the place of hotpath: a header of 16 bytes is written, and read and taken off at
   the free, and four numbers of the process add up. It has no functions, threads, signals, sizes or ages:
   the least that exact live bytes can cost here.

   Run:  make bench
         BENCH_ROUNDS=1 makes it quick and rough.
         BENCH_ROWS=FILE is where the rows go, for bench.c to put into its JSON.
         BENCH_ALLOC_PLAIN=FILE is this program without hotpath, default build/bench_alloc_plain, and
         BENCH_ALLOC_LIBRARY=FILE the library, default build/libhotpath_alloc.so. */
#if !defined(_GNU_SOURCE)
    #define _GNU_SOURCE 1
#endif
#if defined(HOTPATH)
    #define HOTPATH_IMPLEMENTATION
#endif
#include "common.h"
#include "hotpath.h"

#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    ITERATIONS = 40000,
    ROUNDS = 201,
    ROUNDS_MAX = 1001,
    THREADS = 2,
    SLOTS = 4096,
    SHAPES = 2,
    WAYS = 3 /* the C library, the process's, the prototype */
};

typedef void* (*alloc_t)(size_t);
typedef void (*free_t)(void*);
/* Through a pointer that the compiler does not know, so that no pair is left out. */
static struct {
    alloc_t alloc;
    free_t release;
} ways[WAYS];
static unsigned iterations = ITERATIONS;

/* >>prototype */

typedef struct header {
    uint64_t size;
    uint64_t seal;
} header_t;
static const uint64_t header_secret = 0x9E3779B97F4A7C15u;
static uint64_t header_counts[4];
static void* header_alloc(size_t size) {
    header_t* const h = (header_t*)ways[0].alloc(size + sizeof *h);
    if (h == NULL) return NULL;
    h->size = size, h->seal = (uintptr_t)h ^ header_secret;
    header_counts[0]++, header_counts[1] += size;
    return h + 1;
}
static void header_free(void* block) {
    header_t* const h = (header_t*)block - 1;
    if (block == NULL || h->seal != ((uintptr_t)h ^ header_secret)) return;
    h->seal = 0;
    header_counts[2]++, header_counts[3] += h->size;
    ways[0].release(h);
}

/* >>loops */

/* The processor time of this thread. */
static double cpu_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

#define USE(value) __asm__ volatile("" : : "r"(value) : "memory")

static __attribute__((noinline)) void pair(alloc_t alloc, free_t release) {
    for (unsigned i = 0; i < iterations; i++) {
        void* const block = alloc(64);
        USE(block);
        release(block);
    }
}
static __attribute__((noinline)) void mix(
    alloc_t alloc, free_t release, void** slots, uint32_t* state) {
    uint32_t random = *state;
    for (unsigned i = 0; i < iterations; i++) {
        random = random * 1664525u + 1013904223u;
        void** const slot = &slots[random >> 20];
        release(*slot);
        *slot = alloc(16 + (random >> 8) % 512);
    }
    *state = random;
}

typedef struct worker {
    pthread_t id;
    void* slots[WAYS][SLOTS];
    uint32_t random[WAYS];
    double ns[SHAPES][WAYS]; /* of this round, by case */
} worker_t;
static worker_t workers[THREADS];
static pthread_barrier_t line;
static unsigned threads;
static size_t rounds;
static double results[SHAPES][WAYS][ROUNDS_MAX];

static void loop_of(worker_t* w, unsigned shape, unsigned way) {
    HOTPATH_SCOPE("bench");
    if (shape == 0)
        pair(ways[way].alloc, ways[way].release);
    else
        mix(ways[way].alloc, ways[way].release, w->slots[way], &w->random[way]);
}
static void round_of(worker_t* w, unsigned shape, unsigned way) {
    for (int warm = 1; warm >= 0; warm--) {
        if (threads > 1) pthread_barrier_wait(&line);
        const double from = cpu_ns();
        loop_of(w, shape, way);
        w->ns[shape][way] = (cpu_ns() - from) / ITERATIONS;
    }
}
static void* work(void* arg) {
    worker_t* const w = (worker_t*)arg;
    for (size_t round = 0; round < rounds; round++)
        for (unsigned k = 0; k < SHAPES * WAYS; k++) {
            const unsigned way = (k + (unsigned)round) % WAYS, shape = k / WAYS;
            round_of(w, shape, way);
            if (threads > 1) pthread_barrier_wait(&line);
            double slowest = 0;
            for (unsigned t = 0; t < threads; t++)
                if (workers[t].ns[shape][way] > slowest) slowest = workers[t].ns[shape][way];
            if (w == workers) results[shape][way][round] = slowest;
            if (threads > 1) pthread_barrier_wait(&line);
        }
    return NULL;
}

/* >>instructions */

static struct { unsigned shape, way; } stepped;
static void stepped_loop(void) { loop_of(workers, stepped.shape, stepped.way); }
static double instructions_of(unsigned shape, unsigned way) {
    double counts[2];
    for (unsigned i = 0; i < 2; i++) {
        stepped.shape = shape, stepped.way = i == 0 ? 0 : way;
        counts[i] = steps_count(stepped_loop, &iterations);
    }
    return counts[0] < 0 || counts[1] < 0 ? -1 : counts[1] - counts[0];
}

/* >>rows */

static void put_row(
    FILE* rows, const char* mode, unsigned shape, unsigned way, const double instructions) {
    static const char* const shapes[SHAPES] = {"pair", "mix"};
    static double ratios[ROUNDS_MAX];
    char name[60], counted[24] = "null";
    double* const base = results[shape][0];
    double* const mine = results[shape][way];
    for (size_t i = 0; i < rounds; i++)
        ratios[i] = mine[i] / base[i];
    const double ratio = median(ratios, rounds), base_ns = median(base, rounds);
    const double ns = median(mine, rounds);
    snprintf(name, sizeof name, "alloc_%s_%s", shapes[shape], mode);
    if (instructions >= 0) snprintf(counted, sizeof counted, "%.0f", instructions);
    printf("%-31s %u  %8.2f ns  glibc %8.2f ns  ratio %5.2f  %5.2f to %.2f  instructions %s\n",
        name, threads, ns, base_ns, ratio, ratios[rounds / 10], ratios[rounds - 1 - rounds / 10],
        counted);
    if (rows != NULL)
        fprintf(rows,
            "{\"name\": \"%s\", \"threads\": %u, \"ns\": %.2f, \"ratio\": %.3f, "
            "\"base\": \"glibc\", \"base_ns\": %.2f, \"instructions\": %s}\n",
            name, threads, ns, ratio, base_ns, counted);
}
/* One mode, in a process of its own, as it cannot change once something is allocated. */
static int measure(const char* mode, FILE* rows) {
    const bool with_header = strcmp(mode, "live") == 0;
    double instructions[SHAPES][WAYS];
    for (unsigned s = 0; s < SHAPES; s++)
        for (unsigned way = 1; way < WAYS; way++)
            instructions[s][way] = instructions_of(s, way);
    for (threads = 1; threads <= THREADS; threads++) {
        pthread_barrier_init(&line, NULL, threads);
        for (unsigned t = 1; t < threads; t++)
            if (pthread_create(&workers[t].id, NULL, work, &workers[t]) != 0) return 1;
        work(&workers[0]);
        for (unsigned t = 1; t < threads; t++)
            pthread_join(workers[t].id, NULL);
        pthread_barrier_destroy(&line);
        for (unsigned s = 0; s < SHAPES; s++) {
            /* Each row sorts what it is made of, so the one with the header comes second. */
            static double base[ROUNDS_MAX];
            memcpy(base, results[s][0], rounds * sizeof *base);
            put_row(rows, mode, s, 1, threads == 1 ? instructions[s][1] : -1);
            memcpy(results[s][0], base, rounds * sizeof *base);
            if (with_header) put_row(rows, "header", s, 2, threads == 1 ? instructions[s][2] : -1);
        }
    }
    fflush(stdout);
    return rows != NULL && fclose(rows) != 0;
}

/* >>main */

#if defined(HOTPATH)
static void find_ways(void) {
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.no_exit_report = true;
    hotpath_start(&desc);
    void* volatile first = malloc(1); /* from here on it is known what stands behind */
    free(first);
    ways[0].alloc = hotpath_i_heap.next.alloc, ways[0].release = hotpath_i_heap.next.release;
}
#else
extern void* behind_malloc(size_t) __asm__("__libc_malloc");
extern void behind_free(void*) __asm__("__libc_free");
static void find_ways(void) { ways[0].alloc = behind_malloc, ways[0].release = behind_free; }
#endif

static const char* path_of(const char* variable, const char* otherwise) {
    const char* const path = getenv(variable);
    return path != NULL ? path : otherwise;
}
/* Starts a program again that measures one mode. Returns: whether it did. */
static bool measured(const char* program, const char* mode, bool live, const char* library) {
    int status = 0;
    const pid_t child = fork();
    if (child == 0) {
        char* const again[] = {
            (char*)(uintptr_t) "bench_alloc", (char*)(uintptr_t)(const void*)mode, NULL};
        setenv("HOTPATH_ALLOC_LIVE", live ? "1" : "0", 1);
        if (library != NULL) {
            setenv("LD_PRELOAD", library, 1);
            setenv("HOTPATH_OUTPUT_PATH", "/dev/null", 1);
        }
        execv(program, again);
        _exit(127);
    }
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

int main(int argc, char** argv) {
    const char* text = getenv("BENCH_ROUNDS");
    const char* path = getenv("BENCH_ROWS");
    rounds =
        text != NULL && atoi(text) > 0 && atoi(text) <= ROUNDS_MAX ? (size_t)atoi(text) : ROUNDS;
    if (argc > 1) {
        mallopt(M_TRIM_THRESHOLD, 1 << 30); /* no memory goes back to the system and comes again */
        mallopt(M_TOP_PAD, 64 << 20);
        find_ways();
        ways[1].alloc = malloc, ways[1].release = free;
        ways[2].alloc = header_alloc, ways[2].release = header_free;
        return measure(argv[1], path != NULL ? fopen(path, "a") : NULL);
    }
    const char* const plain = path_of("BENCH_ALLOC_PLAIN", "build/bench_alloc_plain");
    const char* const library = path_of("BENCH_ALLOC_LIBRARY", "build/libhotpath_alloc.so");
    return measured("/proc/self/exe", "counters", false, NULL) &&
                   measured("/proc/self/exe", "live", true, NULL) &&
                   measured(plain, "counters_preloaded", false, library) &&
                   measured(plain, "live_preloaded", true, library)
               ? 0
               : 1;
}
