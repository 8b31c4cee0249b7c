/* Live memory over time, by a clock that only the test moves: peaks at ticks, ages by interval, labels and
   their differences, and suspects: what grows is one, what only comes and goes is none. */
/* FLAGS: -DHOTPATH_ALLOC -fno-builtin */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "virtual_clock.h"
#define HOTPATH_MAX_ALLOC_EVENTS 65536
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "law.h"

enum {
    SECOND = 1000000000
};
/* A look at the end of each interval. */
static void tick(void) {
    hotpath_heap_suspect_t none;
    pass(SECOND);
    (void)hotpath_heap_suspects(NULL, &none, 0);
}
static void* kept[4000];
static size_t kept_count;
static void leak(size_t size) {
    HOTPATH_FUNC();
    kept[kept_count++] = HOTPATH_MALLOC(size);
}
static void churn(size_t size) {
    HOTPATH_FUNC();
    HOTPATH_FREE(HOTPATH_MALLOC(size));
}
static void* held;
static void hold(size_t size) {
    HOTPATH_FUNC();
    HOTPATH_FREE(held);
    held = HOTPATH_MALLOC(size);
}
static void release_all(void) {
    for (size_t i = 0; i < kept_count; i++)
        HOTPATH_FREE(kept[i]);
    kept_count = 0;
}

/* What just begins grows, too: the report waits for a whole window. */
static void heap_suspects_of_the_beginning(void** state) {
    (void)state;
    hotpath_heap_suspect_t rows[8];
    for (size_t i = 0; i < 5; i++) {
        tick();
        leak(100000);
    }
    tick();
    CHECK_EQ(hotpath_heap_suspects(NULL, rows, 8), 1);
    CHECK_LE(rows[0].intervals, 7);
    law_text_t* const text = (law_text_t*)calloc(1, sizeof *text);
    hotpath_snapshot_t* const s = law_take();
    CHECK_HAS(law_render(text, s, HOTPATH_FORMAT_TABLE), "Still live");
    CHECK(strstr(text->data, "suspect: ") == NULL);
    hotpath_snapshot_free(s);
    free(text);
    release_all();
}

static void heap_peak(void** state) {
    (void)state;
    tick();
    hold(5000);
    const uint64_t at = law_info().elapsed_ns;
    (void)law_now("hold"); /* a snapshot is a tick */
    pass(1000);
    hold(100);
    hotpath_function_t f = law_now("hold");
    CHECK_EQ(f.live_bytes, 100);
    CHECK_EQ(f.peak_live_bytes, 5000);
    CHECK_EQ(f.peak_live_ns, at);
    /* What came and went between two ticks is in no peak. */
    hold(90000);
    hold(200);
    f = law_now("hold");
    CHECK_EQ(f.peak_live_bytes, 5000);
    CHECK_GE(law_info().alloc.peak_live_bytes, 5000);
    hold(4900);
    CHECK_EQ(law_now("hold").peak_live_bytes, 5000);
    hold(7000);
    pass(5);
    f = law_now("hold");
    CHECK_EQ(f.peak_live_bytes, 7000);
    CHECK_EQ(f.peak_live_ns, at + 1005);
}

/* What a function has allocated before the next look at it is new. */
static void late(size_t size) {
    HOTPATH_FUNC();
    kept[kept_count++] = HOTPATH_MALLOC(size);
}
static void heap_ages_of_new(void** state) {
    (void)state;
    late(55);
    hotpath_snapshot_t* const s = law_take();
    const hotpath_function_t* const f = law_function(s, "late");
    CHECK_EQ(f->live_bytes, 55);
    CHECK_EQ(f->live_ages[0], 55);
    CHECK_EQ(f->live_ages[HOTPATH_ALLOC_AGES - 1], 0);
    hotpath_snapshot_free(s);
    release_all();
}

/* How old what lives is. */
static void heap_ages(void** state) {
    (void)state;
    release_all();
    hotpath_snapshot_t* s;
    const hotpath_function_t* f;
    for (size_t i = 0; i < 5; i++) {
        tick();
        for (size_t k = 0; k <= i; k++)
            leak(1000);
        churn(50);
    }
    s = law_take();
    f = law_function(s, "leak");
    CHECK(f->live_ages != NULL);
    for (size_t age = 0; age < 5; age++)
        CHECK_EQ(f->live_ages[age], (5 - age) * 1000);
    CHECK_EQ(f->live_ages[5] + f->live_ages[HOTPATH_ALLOC_AGES - 1], 0);
    hotpath_snapshot_free(s);
    /* Frees take from their own age: the two of the second interval. */
    HOTPATH_FREE(kept[1]);
    HOTPATH_FREE(kept[2]);
    kept[1] = kept[2] = NULL;
    tick();
    s = law_take();
    f = law_function(s, "leak");
    static const uint64_t expected[] = {0, 5000, 4000, 3000, 0, 1000};
    for (size_t age = 0; age < 6; age++)
        CHECK_EQ(f->live_ages[age], expected[age]);
    hotpath_snapshot_free(s);
    for (int i = 0; i < 27; i++)
        tick();
    s = law_take();
    f = law_function(s, "leak");
    for (size_t age = 0; age + 1 < HOTPATH_ALLOC_AGES; age++)
        CHECK_EQ(f->live_ages[age], 0);
    CHECK_EQ(f->live_ages[HOTPATH_ALLOC_AGES - 1], 13000);
    hotpath_snapshot_free(s);
    /* Old ones that are freed in the interval in whose slot they were born. */
    leak(77);
    HOTPATH_FREE(kept[0]);
    kept[0] = NULL;
    s = law_take();
    f = law_function(s, "leak");
    CHECK_EQ(f->live_ages[0], 77);
    CHECK_EQ(f->live_ages[HOTPATH_ALLOC_AGES - 1], 12000);
    hotpath_snapshot_free(s);
    release_all();
}

/* Ages of a function when nothing but `expected` of it is alive. */
static void check_ages(const char* name, const uint64_t* expected, size_t count) {
    hotpath_snapshot_t* const s = law_take();
    const hotpath_function_t* const f = law_function(s, name);
    uint64_t rest = f->live_bytes;
    for (size_t age = 0; age < count; age++) {
        CHECK_EQ(f->live_ages[age], expected[age]);
        rest -= expected[age];
    }
    CHECK_EQ(f->live_ages[HOTPATH_ALLOC_AGES - 1], rest);
    hotpath_snapshot_free(s);
}
/* A child's first blocks are of its own first interval, not of one that the parent has come to. */
static void of_child(size_t size) {
    HOTPATH_FUNC();
    kept[kept_count++] = HOTPATH_MALLOC(size);
}
static int child_ages(void) {
    of_child(40);
    tick();
    of_child(50);
    static const uint64_t expected[] = {50, 40, 0};
    check_ages("of_child", expected, 3);
    return 0;
}
static void heap_ages_of_a_child(void** state) {
    (void)state;
    for (size_t i = 0; i < 5; i++)
        tick();
    law_exited(law_fork(child_ages), 0);
}
/* Intervals have 24 bits in a header: after half a year they begin again. */
static void of_years(size_t size) {
    HOTPATH_FUNC();
    kept[kept_count++] = HOTPATH_MALLOC(size);
}
static int child_years(void) {
    tick();
    of_years(5);
    pass(((uint64_t)(1 << 24) - 4) * SECOND);
    for (size_t i = 0; i < 6; i++) {
        tick();
        of_years(100 + i);
    }
    HOTPATH_FREE(kept[kept_count - 4]);
    static const uint64_t expected[] = {105, 104, 103, 0, 101, 100, 0, 0};
    check_ages("of_years", expected, 8);
    return 0;
}
static void heap_ages_of_years(void** state) {
    (void)state;
    law_exited(law_fork(child_years), 0);
}

/* Allocations alone bring the ticks: nobody reads meanwhile. */
static void heap_ticks_by_allocations(void** state) {
    (void)state;
    tick();
    for (uint32_t i = 1; i < 5; i++) {
        const uint32_t looks = hotpath_i_heap.looks;
        for (size_t k = 0; k < 1000; k++)
            HOTPATH_FREE(HOTPATH_MALLOC(10));  /* no scope brings a tick */
        CHECK_EQ(hotpath_i_heap.looks, looks); /* the interval is not over */
        pass(SECOND);
        for (size_t k = 0; k < 1000; k++)
            HOTPATH_FREE(HOTPATH_MALLOC(10)); /* no scope brings a tick */
        CHECK_EQ(hotpath_i_heap.looks, looks + 1);
    }
}

/* Nobody looks while a program is idle; who comes then finds what is there, and growth by the time that
   passed. */
static void heap_idle(void** state) {
    (void)state;
    const uint64_t idle = (uint64_t)30 * SECOND;
    const hotpath_heap_suspects_desc_t desc = {2, 10000, 0.6};
    hotpath_heap_suspect_t rows[8];
    release_all();
    tick();
    leak(1 << 20);
    pass(idle);
    const uint32_t looks = hotpath_i_heap.looks;
    hotpath_snapshot_t* s = law_take();
    const hotpath_function_t* f = law_function(s, "leak");
    CHECK_EQ(hotpath_i_heap.looks, looks + 1);
    CHECK_EQ(f->live_bytes, 1 << 20);
    CHECK_EQ(f->peak_live_bytes, 1 << 20);
    CHECK_EQ(f->peak_live_ns, hotpath_snapshot_info(s)->elapsed_ns);
    hotpath_snapshot_free(s);
    for (int i = 0; i < 2; i++) {
        leak(90000);
        pass(idle);
        (void)hotpath_heap_suspects(NULL, rows, 0);
    }
    CHECK_EQ(hotpath_heap_suspects(&desc, rows, 8), 1);
    CHECK_TEXT(rows[0].name, "leak");
    CHECK_EQ(rows[0].growth_bytes, 180000);
    CHECK(rows[0].bytes_per_sec > 2999.9 && rows[0].bytes_per_sec < 3000.1);
    release_all();
}
/* A header has 24 bits of the interval: after as many of them ages are as before. */
static void heap_ages_after_years(void** state) {
    (void)state;
    release_all();
    leak(300);
    pass((uint64_t)SECOND << 24);
    (void)law_info();
    leak(200);
    tick();
    leak(100);
    hotpath_snapshot_t* const s = law_take();
    const hotpath_function_t* const f = law_function(s, "leak");
    CHECK_EQ(f->live_ages[0], 100);
    CHECK_EQ(f->live_ages[1], 200);
    CHECK_EQ(f->live_ages[HOTPATH_ALLOC_AGES - 1], 300);
    hotpath_snapshot_free(s);
    release_all();
}

static void heap_suspects(void** state) {
    (void)state;
    release_all();
    hotpath_heap_suspect_t rows[8];
    const hotpath_heap_suspects_desc_t desc = {8, 10000, 0.6};
    for (size_t i = 0; i < 12; i++) {
        tick();
        for (size_t k = 0; k < 5; k++)
            leak(1000);
        for (size_t k = 0; k < 50; k++)
            churn(100000);
        hold(i % 2 == 0 ? 200000 : 20000);
    }
    tick();
    CHECK_EQ(hotpath_heap_suspects(&desc, rows, 8), 1);
    CHECK_TEXT(rows[0].name, "leak");
    CHECK_EQ(rows[0].intervals, 8);
    CHECK_EQ(rows[0].grew, 8);
    CHECK_EQ(rows[0].growth_bytes, 8 * 5000);
    CHECK_EQ(rows[0].live_bytes, 12 * 5000);
    CHECK_EQ(rows[0].live_count, 60);
    CHECK(rows[0].bytes_per_sec > 4999.9 && rows[0].bytes_per_sec < 5000.1);
    CHECK(rows[0].confidence > 0.999);
    for (size_t age = 1; age <= 12; age++)
        CHECK_EQ(rows[0].ages[age], 5000);
    /* Bounds: a longer window, a larger growth, no room. */
    const hotpath_heap_suspects_desc_t larger = {8, 40001, 0.6};
    CHECK_EQ(hotpath_heap_suspects(&larger, rows, 8), 0);
    CHECK_EQ(hotpath_heap_suspects(&desc, NULL, 0), 1);
    /* The settings: 64 KiB in 8 intervals are more than this. */
    CHECK_EQ(hotpath_heap_suspects(NULL, rows, 8), 0);
    for (size_t i = 0; i < 9; i++) {
        late(100000);
        tick();
    }
    CHECK_EQ(hotpath_heap_suspects(NULL, rows, 8), 1);
    law_text_t* const again = (law_text_t*)calloc(1, sizeof *again);
    hotpath_snapshot_t* const later = law_take();
    CHECK_HAS(law_render(again, later, HOTPATH_FORMAT_TABLE), "suspect: late");
    hotpath_snapshot_free(later);
    free(again);
    /* It has stopped: after a while it is none. */
    for (size_t i = 0; i < 8; i++)
        tick();
    CHECK_EQ(hotpath_heap_suspects(&desc, rows, 8), 0);
    release_all();
}

static void heap_labels(void** state) {
    (void)state;
    hotpath_heap_row_t rows[16];
    release_all();
    hold(10);
    CHECK(!hotpath_heap_snapshot(NULL));
    CHECK(!hotpath_heap_snapshot(""));
    leak(100);
    pass(SECOND);
    CHECK(hotpath_heap_snapshot("before"));
    const uint64_t at = law_info().elapsed_ns;
    leak(200);
    leak(300);
    HOTPATH_FREE(kept[0]);
    kept[0] = NULL;
    churn(1 << 20);
    CHECK(hotpath_heap_snapshot("after"));
    leak(1 << 20);
    size_t count = hotpath_heap_rows("after", "before", rows, 16);
    CHECK_EQ(count, 2);
    CHECK_TEXT(rows[0].name, "leak");
    CHECK_EQ(rows[0].live_bytes, 400);
    CHECK_EQ(rows[0].live_count, 1);
    CHECK_EQ(rows[0].alloc_bytes, 500);
    CHECK_EQ(rows[0].free_bytes, 100);
    CHECK_TEXT(rows[1].name, "churn");
    CHECK_EQ(rows[1].live_bytes, 0);
    CHECK_EQ(rows[1].alloc_count, 1);
    /* The other way round it has shrunk. */
    CHECK_EQ(hotpath_heap_rows("before", "after", rows, 16), 1);
    CHECK_TEXT(rows[0].name, "leak");
    CHECK(rows[0].live_bytes == -400);
    CHECK(rows[0].live_count == -1);
    CHECK_EQ(rows[0].alloc_bytes, 0);
    /* Now, all of it: the largest first, as many as there is room for. */
    count = hotpath_heap_rows(NULL, NULL, rows, 1);
    CHECK_GE(count, 3);
    CHECK_TEXT(rows[0].name, "leak");
    CHECK_EQ(rows[0].live_bytes, (1 << 20) + 500);
    CHECK_EQ(hotpath_heap_rows("unknown", NULL, rows, 16), 0);
    CHECK_EQ(hotpath_heap_rows(NULL, "unknown", rows, 16), 0);
    char label[64];
    uint64_t when = 0;
    CHECK(hotpath_heap_label(0, label, sizeof label, &when));
    CHECK_TEXT(label, "before");
    CHECK_EQ(when, at);
    CHECK(hotpath_heap_label(1, label, 3, NULL));
    CHECK_TEXT(label, "af");
    CHECK(!hotpath_heap_label(2, label, sizeof label, NULL));
    /* An equal label is replaced; 16 are kept. */
    CHECK(hotpath_heap_snapshot("before"));
    CHECK(hotpath_heap_label(0, label, sizeof label, NULL));
    CHECK_TEXT(label, "after");
    for (int i = 0; i < 14; i++) {
        snprintf(label, sizeof label, "label %d", i);
        CHECK(hotpath_heap_snapshot(label));
    }
    CHECK(!hotpath_heap_snapshot("one more"));
    CHECK(hotpath_heap_snapshot("label 3"));
    CHECK(hotpath_heap_forget("label 5"));
    CHECK(!hotpath_heap_forget("label 5"));
    CHECK(hotpath_heap_snapshot("one more"));
    release_all();
}

/* A child has none of its parent's labels: its numbers begin again. */
static int child_labels(void) {
    hotpath_heap_row_t rows[4];
    CHECK(!hotpath_heap_label(0, NULL, 0, NULL));
    hold(10);
    CHECK_EQ(hotpath_heap_rows(NULL, "of the parent", rows, 4), 0);
    CHECK(hotpath_heap_snapshot("of the parent"));
    hold(30);
    CHECK_EQ(hotpath_heap_rows(NULL, "of the parent", rows, 4), 1);
    CHECK(rows[0].live_bytes == 20);
    return 0;
}
static void heap_labels_of_a_child(void** state) {
    (void)state;
    hold(1000);
    (void)hotpath_heap_forget("label 1"); /* room for one */
    CHECK(hotpath_heap_snapshot("of the parent"));
    law_exited(law_fork(child_labels), 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(heap_suspects_of_the_beginning),
    cmocka_unit_test(heap_peak),
    cmocka_unit_test(heap_ages_of_new),
    cmocka_unit_test(heap_ages),
    cmocka_unit_test(heap_ages_of_a_child),
    cmocka_unit_test(heap_ages_of_years),
    cmocka_unit_test(heap_ticks_by_allocations),
    cmocka_unit_test(heap_suspects),
    cmocka_unit_test(heap_labels),
    cmocka_unit_test(heap_labels_of_a_child),
    cmocka_unit_test(heap_idle),
    cmocka_unit_test(heap_ages_after_years),
};
LAW_MAIN(tests, NULL)
