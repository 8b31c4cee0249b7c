/* Allocations in many threads: blocks that are handed on are credited to whoever allocated them, threads
   that end leave their numbers and their live blocks, and under load the sums are exact. TSan finds no
   race; with sanitizers the macros count alone. */
/* FLAGS: -DHOTPATH_ALLOC -fno-builtin */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#define HOTPATH_MAX_ALLOC_EVENTS 16384
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "../unit/law.h"

typedef struct sums {
    uint64_t allocs, bytes, reallocs, frees, freed;
} sums_t;

static void check_function(const char* name, sums_t expected) {
    const hotpath_function_t f = law_now(name);
    CHECK_EQ(f.alloc_count, expected.allocs);
    CHECK_EQ(f.alloc_bytes, expected.bytes);
    CHECK_EQ(f.realloc_count, expected.reallocs);
    CHECK_EQ(f.free_count, expected.frees);
    CHECK_EQ(f.free_bytes, expected.freed);
    CHECK_EQ(f.live_count, expected.allocs - expected.frees);
    CHECK_EQ(f.live_bytes, expected.bytes - expected.freed);
}
/* Threads, ended ones too, sum up to the functions. */
static void check_threads(void) {
    hotpath_snapshot_t* const s = law_take();
    size_t count = 0;
    const hotpath_thread_t* const threads = hotpath_snapshot_threads(s, &count);
    const hotpath_alloc_info_t* const all = &hotpath_snapshot_info(s)->alloc;
    sums_t sum = {0, 0, 0, 0, 0};
    for (size_t i = 0; i < count; i++) {
        CHECK_GE(threads[i].alloc_count, threads[i].free_count);
        CHECK_GE(threads[i].alloc_bytes, threads[i].free_bytes);
        CHECK_EQ(threads[i].live_bytes, threads[i].alloc_bytes - threads[i].free_bytes);
        CHECK_GE(threads[i].free_bytes, threads[i].freed_by_others_bytes);
        sum.allocs += threads[i].alloc_count, sum.bytes += threads[i].alloc_bytes;
        sum.frees += threads[i].free_count, sum.freed += threads[i].free_bytes;
    }
    CHECK_EQ(sum.allocs, all->alloc_count);
    CHECK_EQ(sum.bytes, all->alloc_bytes);
    CHECK_EQ(sum.frees, all->free_count);
    CHECK_EQ(sum.freed, all->free_bytes);
    hotpath_snapshot_free(s);
}

/* >>hand-off */

enum {
    HANDED = 500
};
static void* handed[HANDED];
static uint64_t phase;
static void* gives(void* arg) {
    (void)arg;
    HOTPATH_THREAD_NAME("gives");
    for (size_t i = 0; i < HANDED; i++) {
        HOTPATH_SCOPE("gives");
        handed[i] = HOTPATH_MALLOC(100 + i);
    }
    law_store(&phase, 1);
    law_wait(&phase, 2);
    return NULL;
}
static void* takes(void* arg) {
    (void)arg;
    HOTPATH_THREAD_NAME("takes");
    law_wait(&phase, 1);
    for (size_t i = 0; i < HANDED; i++) {
        HOTPATH_SCOPE("takes");
        HOTPATH_FREE(handed[i]);
    }
    return NULL;
}
static void alloc_hand_off(void** state) {
    (void)state;
    const uint64_t bytes = 100 * HANDED + HANDED * (HANDED - 1) / 2;
    const pthread_t a = law_thread(gives, NULL), b = law_thread(takes, NULL);
    pthread_join(b, NULL);
    hotpath_snapshot_t* const s = law_take();
    const hotpath_thread_t* const giver = law_thread_named(s, "gives");
    CHECK(giver != NULL);
    CHECK_GE(giver->freed_by_others_count, HANDED);
    CHECK_GE(giver->freed_by_others_bytes, bytes);
    const hotpath_function_t* const f = law_function(s, "gives");
    CHECK_EQ(f->freed_by_others_count, HANDED);
    CHECK_EQ(f->freed_by_others_bytes, bytes);
    CHECK_EQ(f->live_bytes, 0);
    CHECK_EQ(law_function(s, "takes")->alloc_count, 0);
    CHECK_EQ(law_function(s, "takes")->free_count, 0);
    hotpath_snapshot_free(s);
    law_store(&phase, 2);
    pthread_join(a, NULL);
    check_function("gives", (sums_t){HANDED, bytes, 0, HANDED, bytes});
    check_threads();
}

/* >>ends
   A thread leaves a block behind: the next thread, which has its record, has nothing of it. */

static void* left;
static void* leaves(void* arg) {
    HOTPATH_SCOPE("leaves");
    left = HOTPATH_MALLOC((size_t)(uintptr_t)arg);
    HOTPATH_FREE(HOTPATH_MALLOC(1));
    return NULL;
}
static void* follows(void* arg) {
    (void)arg;
    HOTPATH_THREAD_NAME("follows");
    HOTPATH_SCOPE("follows");
    void* const own = HOTPATH_MALLOC(7);
    hotpath_snapshot_t* const s = law_take();
    const hotpath_thread_t* const t = law_thread_named(s, "follows");
    CHECK(t != NULL);
    const uint64_t live = t->live_bytes;
    CHECK_GE(live, 7);
    CHECK_GT(1000, live);
    CHECK_EQ(t->freed_by_others_count, 0);
    hotpath_snapshot_free(s);
    HOTPATH_FREE(left); /* of the thread that has ended: no change for this one */
    hotpath_snapshot_t* const then = law_take();
    const hotpath_thread_t* const after = law_thread_named(then, "follows");
    CHECK_EQ(after->live_bytes, live);
    CHECK_EQ(after->freed_by_others_count, 0);
    hotpath_snapshot_free(then);
    HOTPATH_FREE(own);
    return NULL;
}
static void alloc_thread_ends(void** state) {
    (void)state;
    enum {
        ROUNDS = 40
    };
    uint64_t bytes = 0;
    for (uint64_t i = 0; i < ROUNDS; i++) {
        const size_t size = 1000 + (size_t)i;
        pthread_join(law_thread(leaves, (void*)(uintptr_t)size), NULL);
        hotpath_snapshot_t* const s = law_take();
        const hotpath_thread_t* const ended = law_ended(s);
        CHECK(ended != NULL);
        CHECK_GE(ended->live_bytes, size);
        CHECK_EQ(law_find(s, "leaves")->live_bytes, size);
        hotpath_snapshot_free(s);
        /* What the system's own thread memory takes is the new thread's too: it is not of the scope. */
        pthread_join(law_thread(follows, NULL), NULL);
        bytes += size + 1;
    }
    check_function("leaves", (sums_t){2 * ROUNDS, bytes, 0, 2 * ROUNDS, bytes});
    check_function("follows", (sums_t){ROUNDS, 7 * ROUNDS, 0, ROUNDS, 7 * ROUNDS});
    check_threads();
}
/* Short threads that each leave a block for the next one to free: constant memory. */
static void* chain(void* arg) {
    (void)arg;
    HOTPATH_SCOPE("chain");
    HOTPATH_FREE(left);
    left = HOTPATH_MALLOC(64);
    return NULL;
}
static void alloc_short_threads(void** state) {
    (void)state;
    const int threads = LAW_TIMES(3000, 300);
    uint64_t memory = 0;
    left = NULL;
    for (int i = 0; i < threads; i++) {
        pthread_join(law_thread(chain, NULL), NULL);
        if (i == threads / 3) memory = law_info().memory_bytes;
    }
    const uint64_t n = (uint64_t)threads;
    check_function("chain", (sums_t){n, 64 * n, 0, n - 1, 64 * (n - 1)});
    CHECK_LE(law_info().memory_bytes, memory + 65536);
    HOTPATH_FREE(left);
    check_function("chain", (sums_t){n, 64 * n, 0, n, 64 * n});
    CHECK_EQ(law_now("chain").freed_by_others_count, n);
    check_threads();
}

/* >>stress
   Threads exchange blocks through slots that all share, and sum up what they do on their own; others
   come and go; one reads all the while. */

enum {
    SLOTS = 256,
    WORKERS = 4
};
typedef struct slot {
    size_t size;
    unsigned char bytes[];
} slot_t;
static slot_t* slots[SLOTS];
static sums_t total;
static uint64_t stop;
static void add_sums(const sums_t* s) {
    law_add(&total.allocs, s->allocs);
    law_add(&total.bytes, s->bytes);
    law_add(&total.reallocs, s->reallocs);
    law_add(&total.frees, s->frees);
    law_add(&total.freed, s->freed);
}
static slot_t* exchange(size_t place, slot_t* block) {
    return __atomic_exchange_n(&slots[place], block, __ATOMIC_ACQ_REL);
}
static void* works(void* arg) {
    uint64_t random = (uint64_t)(uintptr_t)arg * 0x9E3779B97F4A7C15u + 1;
    sums_t own = {0, 0, 0, 0, 0};
    for (int i = 0; i < LAW_TIMES(40000, 4000); i++) {
        HOTPATH_SCOPE("works");
        random ^= random << 13, random ^= random >> 7, random ^= random << 17;
        const size_t size = sizeof(slot_t) + (size_t)(random >> 20) % 600;
        slot_t* block = exchange((size_t)(random >> 40) % SLOTS, NULL);
        if (block != NULL) {
            own.frees++, own.freed += block->size;
            CHECK_EQ(block->bytes[0], (unsigned char)block->size);
        }
        if (random % 4 == 0 && block != NULL) {
            block = (slot_t*)HOTPATH_REALLOC(block, size + 1);
            own.reallocs++;
        } else {
            HOTPATH_FREE(block);
            block =
                (slot_t*)(random % 3 == 0 ? HOTPATH_CALLOC(1, size + 1) : HOTPATH_MALLOC(size + 1));
        }
        CHECK(block != NULL);
        own.allocs++, own.bytes += size + 1;
        block->size = size + 1;
        block->bytes[0] = (unsigned char)block->size;
        slot_t* const other = exchange((size_t)(random >> 30) % SLOTS, block);
        if (other != NULL) {
            own.frees++, own.freed += other->size;
            HOTPATH_FREE(other);
        }
    }
    add_sums(&own);
    return NULL;
}
static void* reads(void* arg) {
    (void)arg;
    uint64_t allocs = 0, frees = 0;
    while (!law_load(&stop)) {
        const hotpath_function_t f = law_now("works");
        CHECK_GE(f.alloc_count, allocs);
        CHECK_GE(f.free_count, frees);
        CHECK_GE(f.alloc_bytes, f.live_bytes);
        allocs = f.alloc_count, frees = f.free_count;
    }
    return NULL;
}
static void alloc_stress(void** state) {
    (void)state;
    const pthread_t reader = law_thread(reads, NULL);
    for (uintptr_t round = 0; round < 3; round++) {
        pthread_t threads[WORKERS];
        for (uintptr_t i = 0; i < WORKERS; i++)
            threads[i] = law_thread(works, (void*)(round * WORKERS + i + 1));
        for (size_t i = 0; i < WORKERS; i++)
            pthread_join(threads[i], NULL);
        check_function("works", total);
        check_threads();
    }
    law_store(&stop, 1);
    pthread_join(reader, NULL);
    for (size_t i = 0; i < SLOTS; i++) {
        slot_t* const block = exchange(i, NULL);
        if (block == NULL) continue;
        total.frees++, total.freed += block->size;
        HOTPATH_FREE(block);
    }
    check_function("works", total);
    CHECK_EQ(law_now("works").live_count, 0);
    CHECK_EQ(law_drops().alloc_overflow, 0);
    check_threads();
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(alloc_hand_off),
    cmocka_unit_test(alloc_thread_ends),
    cmocka_unit_test(alloc_short_threads),
    cmocka_unit_test(alloc_stress),
};
LAW_MAIN(tests, NULL)
