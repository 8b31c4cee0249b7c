/* RECORDER: virtual */
/* Frames with all processors: threads that begin and end make frames while readers look without a pause.
   Under TSan no access is a race; whatever a reader finds of a worst frame is of that one frame. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "../unit/virtual_clock.h"
#include "hotpath.h"
#include "../unit/law.h"

enum {
    writers = 4,
    scopes = 40 /* more than a frame keeps rows of */
};

static uint64_t stop;

static LAW_NOINLINE void work(int number, int depth) {
    char name[32];
    snprintf(name, sizeof name, "scope %d", number % scopes);
    HOTPATH_SCOPE_NAMED(name);
    pass((uint64_t)(number % 7));
    if (depth > 0) work(number + 1, depth - 1);
}
static int frames_of(int number) { return LAW_TIMES(400, 60) + number; }
static void* short_thread(void* arg) {
    const int number = (int)(intptr_t)arg;
    for (int i = 0; i < frames_of(number); i++) {
        HOTPATH_FRAME_BUDGET("frames", 1);
        for (int k = 0; k < i % 9; k++)
            work(i * 5 + k * 11, k % 4);
        pass(2);
    }
    HOTPATH_FRAME("frames");
    return NULL;
}
static void* writer(void* arg) {
    for (int i = 0; i < LAW_TIMES(20, 5); i++)
        pthread_join(law_thread(short_thread, arg), NULL);
    return NULL;
}
static uint64_t look(uint64_t before) {
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    CHECK(s != NULL);
    size_t count = 0, functions = 0;
    const hotpath_frame_t* f = hotpath_snapshot_frames(s, &count);
    (void)hotpath_snapshot_functions(s, &functions);
    CHECK_LE(count, 1);
    uint64_t seen = count != 0 ? f->count : 0;
    CHECK_GE(seen, before);
    for (uint32_t k = 0; count != 0 && k < f->worst_count; k++) {
        const hotpath_worst_frame_t* w = &f->worst[k];
        CHECK(k == 0 || w->duration_ns <= w[-1].duration_ns);
        CHECK(!w->inside_shared && !w->inside_truncated);
        uint64_t sum = w->other_ns + w->unmarked_ns;
        for (uint32_t i = 0; i < w->inside_count; i++) {
            sum += w->inside[i].self_ns;
            CHECK_LE(w->inside[i].function, functions - 1);
        }
        CHECK_EQ(sum, w->duration_ns);
    }
    hotpath_snapshot_free(s);
    return seen;
}
static void* reader(void* arg) {
    uint64_t rounds = 0, before = 0;
    (void)arg;
    while (law_load(&stop) == 0 || rounds < 3) {
        before = look(before);
        rounds++;
    }
    return NULL;
}
static void law_02_frames(void** state) {
    (void)state;
    pthread_t ids[writers], readers[2];
    for (size_t i = 0; i < 2; i++)
        readers[i] = law_thread(reader, NULL);
    for (size_t i = 0; i < writers; i++)
        ids[i] = law_thread(writer, (void*)i);
    for (size_t i = 0; i < writers; i++)
        pthread_join(ids[i], NULL);
    law_store(&stop, 1);
    for (size_t i = 0; i < 2; i++)
        pthread_join(readers[i], NULL);
    uint64_t times = 0;
    for (int i = 0; i < writers; i++)
        times += (uint64_t)(LAW_TIMES(20, 5) * frames_of(i));
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    size_t count;
    const hotpath_frame_t* f = hotpath_snapshot_frames(s, &count);
    CHECK_EQ(count, 1);
    CHECK_EQ(f->count, times);
    CHECK_EQ(f->over_budget, times);
    CHECK_EQ(f->jitter_count, times - writers * (uint64_t)LAW_TIMES(20, 5));
    CHECK_EQ(f->worst_count, 8);
    hotpath_snapshot_free(s);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(law_02_frames)};
LAW_MAIN(tests, NULL)
