/* RECORDER: real */
/* Threads write notes and messages while another reads: what a reader finds beside an execution belongs to
   it and together, also of the slowest, whose texts are kept apart, and of threads that end. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "hotpath.h"
#include "../unit/law.h"

enum {
    WRITERS = 3
};
static bool over;

static uint64_t annotated(uint64_t i) {
    HOTPATH_FUNC_LOG();
    char text[64];
    snprintf(text, sizeof text, "text %" PRIu64, i);
    HOTPATH_VALUE("i", i);
    if (i % 3 == 0) HOTPATH_TEXT("text", text);
    HOTPATH_VALUE("twice", 2 * i);
    if (i % 16 == 0) HOTPATH_MESSAGE(text);
    HOTPATH_RETURN(i);
}
static void* write_some(void* from) {
    uint64_t i = (uint64_t)(uintptr_t)from * 1000000000;
    for (int k = 0; k < 2000; k++)
        (void)annotated(++i);
    return NULL;
}
/* Threads come and go, so that records are merged, too. */
static void* write_on(void* from) {
    while (!__atomic_load_n(&over, __ATOMIC_RELAXED)) {
        pthread_t thread;
        CHECK_EQ(pthread_create(&thread, NULL, write_some, from), 0);
        write_some((void*)((uintptr_t)from + WRITERS));
        pthread_join(thread, NULL);
    }
    return NULL;
}
static uint32_t with_notes;
static void check_execution(const hotpath_execution_t* e) {
    if (e->value.type == HOTPATH_VALUE_NONE) { /* overtaken by later texts, as a whole */
        CHECK_EQ(e->notes_count, 0);
        return;
    }
    const uint64_t i = e->value.as.u;
    char text[64];
    snprintf(text, sizeof text, "text %" PRIu64, i);
    CHECK_EQ(e->notes_count, i % 3 == 0 ? 3 : 2);
    CHECK_TEXT(e->notes[0].key, "i");
    CHECK_EQ(e->notes[0].value.as.u, i);
    CHECK_TEXT(e->notes[e->notes_count - 1].key, "twice");
    CHECK_EQ(e->notes[e->notes_count - 1].value.as.u, 2 * i);
    if (i % 3 == 0) CHECK_TEXT(e->notes[1].value.as.text, text);
    with_notes++;
}
static void check_messages(const hotpath_snapshot_t* s) {
    size_t count, functions;
    const hotpath_entry_t* entries = hotpath_snapshot_entries(s, &count);
    const hotpath_function_t* f = hotpath_snapshot_functions(s, &functions);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(entries[i].name, HOTPATH_MESSAGES) != 0) continue;
        for (uint32_t k = 0; k < entries[i].history_count; k++) {
            const hotpath_sample_t* m = &entries[i].history[k];
            uint64_t number = 0;
            if (m->value.type == HOTPATH_VALUE_NONE) continue; /* overtaken by later texts */
            CHECK_EQ(sscanf(m->value.as.text, "text %" SCNu64, &number), 1);
            CHECK_EQ(number % 16, 0);
            CHECK(m->function != 0);
            if (m->function <= functions) /* else it was met after the functions were listed */
                CHECK_TEXT(f[m->function - 1].name, "annotated");
        }
    }
}
static void read_while_they_write(void** state) {
    (void)state;
    pthread_t threads[WRITERS];
    for (uintptr_t i = 0; i < WRITERS; i++)
        CHECK_EQ(pthread_create(&threads[i], NULL, write_on, (void*)(i + 1)), 0);
    for (int i = 0; i < LAW_TIMES(1000, 100) || with_notes < 1000; i++) {
        hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
        size_t count;
        const hotpath_function_t* f = hotpath_snapshot_functions(s, &count);
        for (size_t k = 0; k < count; k++) {
            if (strcmp(f[k].name, "annotated") != 0) continue;
            for (uint32_t n = 0; n < f[k].recent_count; n++)
                check_execution(&f[k].recent[n]);
            for (uint32_t n = 0; n < f[k].slowest_count; n++)
                check_execution(&f[k].slowest[n]);
        }
        check_messages(s);
        CHECK_EQ(hotpath_snapshot_info(s)->drops.note_overflow, 0);
        hotpath_snapshot_free(s);
    }
    __atomic_store_n(&over, true, __ATOMIC_RELAXED);
    for (int i = 0; i < WRITERS; i++)
        pthread_join(threads[i], NULL);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(read_while_they_write)};
LAW_MAIN(tests, NULL)
