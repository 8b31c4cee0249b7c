/* What of a thread's stack was ever touched, asked for by HOTPATH_STACK_HIGH_WATER: against functions that
   touch a known number of bytes. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "law.h"

#include <pthread.h>

enum {
    PAGE = 4096,
    /* Of the functions that ask, what the C library has at the top, and what a sanitizer needs. */
    FRAMES = (HOTPATH_I_SANITIZER ? 96 : 16) * PAGE,
    DEEP = 256 * PAGE
};

/* Touches so many bytes of stack, and gives them back. */
static __attribute__((noinline)) void dig(size_t bytes) {
    volatile char* const space = (volatile char*)__builtin_alloca(bytes);
    for (size_t i = 0; i < bytes; i += PAGE / 2)
        space[i] = 1;
}
static uint64_t stack_of(uint64_t id) {
    hotpath_snapshot_t* const s = law_take();
    size_t count;
    const hotpath_thread_t* const threads = hotpath_snapshot_threads(s, &count);
    uint64_t bytes = UINT64_MAX;
    for (size_t i = 0; i < count; i++)
        if (threads[i].id == id) bytes = threads[i].stack_high_water_bytes;
    hotpath_snapshot_free(s);
    return bytes;
}
static void check_dug(uint64_t bytes, uint64_t dug) {
    CHECK_GE(bytes, dug);
    CHECK_LE(bytes, dug + FRAMES);
    CHECK_EQ(bytes % PAGE, 0);
}

static int child_first_thread(void) {
    HOTPATH_SCOPE("first");
    const uint64_t id = 1, before = stack_of(id);
    CHECK_GT(before, 0);
    CHECK_LE(before, DEEP);
    dig(DEEP);
    const uint64_t after = stack_of(id);
    check_dug(after, DEEP);
    dig(DEEP / 4); /* less deep: what it was stays */
    CHECK_EQ(stack_of(id), after);
    dig(2 * DEEP);
    check_dug(stack_of(id), 2 * DEEP);
    law_text_t* const text = (law_text_t*)calloc(1, sizeof *text);
    hotpath_snapshot_t* const s = law_take();
    CHECK_HAS(law_render(text, s, HOTPATH_FORMAT_JSON), "\"stack_high_water_bytes\"");
    hotpath_snapshot_free(s);
    free(text);
    return 0;
}

static pthread_barrier_t barrier;
static void* digs(void* arg) {
    HOTPATH_SCOPE("digs");
    dig(*(const size_t*)arg);
    pthread_barrier_wait(&barrier);
    pthread_barrier_wait(&barrier);
    return NULL;
}
static int child_threads(void) {
    HOTPATH_SCOPE("first");
    static const size_t depths[] = {PAGE, DEEP, 3 * DEEP};
    pthread_t threads[3];
    size_t seen = 0;
    pthread_barrier_init(&barrier, NULL, 4);
    for (size_t i = 0; i < 3; i++)
        CHECK_EQ(pthread_create(&threads[i], NULL, digs, (void*)(uintptr_t)&depths[i]), 0);
    pthread_barrier_wait(&barrier);
    for (uint64_t id = 2; id < 5; id++) {
        const uint64_t bytes = stack_of(id);
        for (size_t i = 0; i < 3; i++)
            seen |= (size_t)(bytes >= depths[i] && bytes <= depths[i] + FRAMES) << i;
    }
    CHECK_EQ(seen, 7);
    pthread_barrier_wait(&barrier);
    for (size_t i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    CHECK_EQ(stack_of(0), 0); /* ended */
    return 0;
}
static int child_not_asked(void) {
    HOTPATH_SCOPE("first");
    CHECK_EQ(stack_of(1), 0);
    return 0;
}

static void stack_high_water(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_STACK_HIGH_WATER=1", NULL};
    static const char* const none[] = {NULL};
    if (getenv("TEST_VALGRIND") != NULL) skip(); /* it has stacks of its own */
    law_exited(law_again("first", env), 0);
    law_exited(law_again("threads", env), 0);
    law_exited(law_again("not asked", none), 0);
}

static const law_child_t children[] = {{"first", child_first_thread}, {"threads", child_threads},
    {"not asked", child_not_asked}, {NULL, NULL}};
static const struct CMUnitTest tests[] = {cmocka_unit_test(stack_high_water)};
LAW_MAIN(tests, children)
