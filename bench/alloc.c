/* alloc.c - what counting allocations costs, as a ratio to the C library's own malloc.

   Each case is a loop with the process's malloc and free, which are hotpath's, and the same loop with
   those of the C library that stand behind. They take turns in every round; what is printed is the median
   over the rounds. Times are processor time of the measuring thread, of one turn of the loop.
     alloc_pair   a block of 64 bytes is allocated and freed
     alloc_mix    one of 4,096 blocks of 16 to 527 bytes, at random, is replaced by another
   _live are those with a header, that credit a free to its allocation, _counters those without. With two
   threads both do the same, each with its own blocks; the slower one counts.

   Run:  make bench
         BENCH_ROUNDS=1 makes it quick and rough.
         BENCH_ROWS=FILE is where the rows go, for bench.c to put into its JSON. */
#if !defined(_GNU_SOURCE)
    #define _GNU_SOURCE 1
#endif
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"

#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    ITERATIONS = 40000,
    ROUNDS = 41,
    ROUNDS_MAX = 401,
    THREADS = 2,
    SLOTS = 4096,
    WAYS = 2 /* the C library, hotpath */
};

typedef void* (*alloc_t)(size_t);
typedef void (*free_t)(void*);
/* Through a pointer that the compiler does not know, so that no pair is left out. */
static struct {
    alloc_t alloc;
    free_t release;
} ways[WAYS];

/* The processor time of this thread. */
static double cpu_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

#define USE(value) __asm__ volatile("" : : "r"(value) : "memory")

static __attribute__((noinline)) void pair(alloc_t alloc, free_t release) {
    for (unsigned i = 0; i < ITERATIONS; i++) {
        void* const block = alloc(64);
        USE(block);
        release(block);
    }
}
static __attribute__((noinline)) void mix(
    alloc_t alloc, free_t release, void** slots, uint32_t* state) {
    uint32_t random = *state;
    for (unsigned i = 0; i < ITERATIONS; i++) {
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
    double ns[2][WAYS]; /* of this round, by case */
} worker_t;
static worker_t workers[THREADS];
static pthread_barrier_t line;
static unsigned threads;
static size_t rounds;
static double* results[2][WAYS];

static void round_of(worker_t* w, unsigned shape, unsigned way) {
    HOTPATH_SCOPE("bench");
    for (int warm = 1; warm >= 0; warm--) {
        if (threads > 1) pthread_barrier_wait(&line);
        const double from = cpu_ns();
        if (shape == 0)
            pair(ways[way].alloc, ways[way].release);
        else
            mix(ways[way].alloc, ways[way].release, w->slots[way], &w->random[way]);
        w->ns[shape][way] = (cpu_ns() - from) / ITERATIONS;
    }
}
static void* work(void* arg) {
    worker_t* const w = (worker_t*)arg;
    for (size_t round = 0; round < rounds; round++)
        for (unsigned k = 0; k < 2 * WAYS; k++) {
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

static int compare(const void* a, const void* b) {
    const double x = *(const double*)a, y = *(const double*)b;
    return x < y ? -1 : x > y;
}
static double median(double* values, size_t count) {
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

/* One mode, in a process of its own, as it cannot change once something is allocated. */
static int measure(const char* mode, FILE* rows) {
    static const char* const shapes[] = {"pair", "mix"};
    static double kept[2][WAYS][ROUNDS_MAX], ratios[ROUNDS_MAX];
    for (threads = 1; threads <= THREADS; threads++) {
        pthread_barrier_init(&line, NULL, threads);
        for (unsigned s = 0; s < 2; s++)
            for (unsigned way = 0; way < WAYS; way++)
                results[s][way] = kept[s][way];
        for (unsigned t = 1; t < threads; t++)
            if (pthread_create(&workers[t].id, NULL, work, &workers[t]) != 0) return 1;
        work(&workers[0]);
        for (unsigned t = 1; t < threads; t++)
            pthread_join(workers[t].id, NULL);
        pthread_barrier_destroy(&line);
        for (unsigned s = 0; s < 2; s++) {
            char name[40];
            for (size_t i = 0; i < rounds; i++)
                ratios[i] = kept[s][1][i] / kept[s][0][i];
            const double base = median(kept[s][0], rounds), ns = median(kept[s][1], rounds);
            const double ratio = median(ratios, rounds);
            snprintf(name, sizeof name, "alloc_%s_%s", shapes[s], mode);
            printf("%-22s %u  %8.2f ns  glibc %8.2f ns  ratio %5.2f  %5.2f to %.2f\n", name,
                threads, ns, base, ratio, ratios[rounds / 10], ratios[rounds - 1 - rounds / 10]);
            if (rows != NULL)
                fprintf(rows,
                    "{\"name\": \"%s\", \"threads\": %u, \"ns\": %.2f, \"ratio\": %.3f, "
                    "\"base\": \"glibc\", \"base_ns\": %.2f, \"instructions\": null}\n",
                    name, threads, ns, ratio, base);
        }
    }
    fflush(stdout);
    return rows != NULL && fclose(rows) != 0;
}

int main(int argc, char** argv) {
    const char* text = getenv("BENCH_ROUNDS");
    const char* path = getenv("BENCH_ROWS");
    rounds =
        text != NULL && atoi(text) > 0 && atoi(text) <= ROUNDS_MAX ? (size_t)atoi(text) : ROUNDS;
    if (argc > 1) {
        hotpath_desc_t desc;
        memset(&desc, 0, sizeof desc);
        desc.no_exit_report = true;
        hotpath_start(&desc);
        mallopt(M_TRIM_THRESHOLD, 1 << 30); /* no memory goes back to the system and comes again */
        mallopt(M_TOP_PAD, 64 << 20);
        void* volatile first = malloc(1); /* from here on it is known what stands behind */
        free(first);
        ways[0].alloc = hotpath_i_heap.next.alloc, ways[0].release = hotpath_i_heap.next.release;
        ways[1].alloc = malloc, ways[1].release = free;
        return measure(argv[1], path != NULL ? fopen(path, "a") : NULL);
    }
    for (int live = 0; live < 2; live++) {
        int status = 0;
        const pid_t child = fork();
        if (child == 0) {
            char* const again[] = {argv[0], (char*)(uintptr_t)(live ? "live" : "counters"), NULL};
            setenv("HOTPATH_ALLOC_LIVE", live ? "1" : "0", 1);
            execv("/proc/self/exe", again);
            _exit(127);
        }
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0) return 1;
    }
    return 0;
}
