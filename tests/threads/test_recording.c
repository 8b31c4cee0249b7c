/* RECORDER: real */
/* Law 2 with all processors: four threads record everything there is while readers take snapshots
   without a pause. Under TSan no access is a race; with writers quiet all sums agree exactly; while
   they run no counter goes back. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "hotpath.h"
#include "../unit/law.h"

enum {
    writers = 4
};

static uint64_t stop;

static LAW_NOINLINE int logged(int v) {
    HOTPATH_FUNC_LOG();
    HOTPATH_RETURN(v * 2);
}
static LAW_NOINLINE void recursive(int levels) {
    HOTPATH_FUNC();
    HOTPATH_BYTES(1);
    if (levels > 0) recursive(levels - 1);
}
static LAW_NOINLINE void abandons(void) {
    static hotpath_site_t site = HOTPATH_SITE_INIT("abandoned", HOTPATH_KIND_SCOPE);
    hotpath_token_t token;
    hotpath_begin(&site, &token);
}
static void* writer(void* arg) {
    const int number = (int)(intptr_t)arg;
    const int times = LAW_TIMES(60000, 5000);
    char name[32];
    snprintf(name, sizeof name, "writer %d", number);
    HOTPATH_THREAD_NAME(name);
    HOTPATH_SCOPE("writer");
    for (int i = 0; i < times; i++) {
        HOTPATH_SCOPE("step");
        recursive(i % 4);
        (void)logged(i);
        HOTPATH_VAL("value", i);
        HOTPATH_GAUGE_INC("gauge", 1);
        if (i % 8 == 0) HOTPATH_VAL("text", name);
        if (i % 16 == 0) HOTPATH_ERROR("sometimes");
        if (i % 32 == 0) abandons();
        if (i % 64 == 0) {
            snprintf(name, sizeof name, "named %d", i / 64 % 50);
            HOTPATH_SCOPE_NAMED(name);
            hotpath_record("track", name, (uint64_t)i, (uint64_t)i + 10);
        }
    }
    return NULL;
}

/* The counters of a snapshot that never go back, by function id. */
enum {
    max_functions = 512
};
typedef struct seen {
    uint64_t calls, completed, abandoned, errors, bytes, total;
} seen_t;

/* In turns a whole snapshot, one whose times are read later, and one that has those of every second
   function only: each is as true as the others. */
static hotpath_snapshot_t* take_in_turns(uint64_t round) {
    if (round % 3 == 0) return law_take();
    hotpath_snapshot_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.parts = HOTPATH_TIMES_LATER | (round % 3 == 1 ? 0 : HOTPATH_PART_FUNCTIONS);
    hotpath_snapshot_t* const s = hotpath_snapshot_take(&desc);
    uint32_t list[max_functions];
    size_t count = 0, n = 0;
    CHECK(s != NULL);
    (void)hotpath_snapshot_functions(s, &count);
    for (size_t i = 0; i < count && i < max_functions; i += round % 3)
        list[n++] = (uint32_t)i;
    CHECK(hotpath_snapshot_times(s, list, n));
    return s;
}
static void* reader(void* arg) {
    static seen_t all_seen[2][max_functions];
    seen_t* const seen = all_seen[(intptr_t)arg];
    uint64_t rounds = 0, tree_calls_before = 0;
    while (!law_load(&stop) || rounds < 3) {
        hotpath_snapshot_t* const s = take_in_turns(rounds);
        size_t count = 0, nodes_count = 0;
        const hotpath_function_t* const f = hotpath_snapshot_functions(s, &count);
        for (size_t i = 0; i < count; i++) {
            CHECK(f[i].id < max_functions);
            seen_t* const before = &seen[f[i].id];
            const bool times = f[i].has_times;
            const seen_t now = {f[i].calls, times ? f[i].completed : before->completed,
                times ? f[i].abandoned : before->abandoned, f[i].errors, f[i].bytes, f[i].total_ns};
            if (now.calls < before->calls || now.completed < before->completed ||
                now.abandoned < before->abandoned || now.errors < before->errors ||
                now.bytes < before->bytes || now.total < before->total)
                law_fail(__FILE__, __LINE__,
                    "%s went back: calls %" PRIu64 " to %" PRIu64 ", completed %" PRIu64
                    " to %" PRIu64 ", abandoned %" PRIu64 " to %" PRIu64 ", errors %" PRIu64
                    " to %" PRIu64 ", bytes %" PRIu64 " to %" PRIu64 ", total %" PRIu64
                    " to %" PRIu64,
                    f[i].name, before->calls, now.calls, before->completed, now.completed,
                    before->abandoned, now.abandoned, before->errors, now.errors, before->bytes,
                    now.bytes, before->total, now.total);
            *before = now;
            CHECK_LE(f[i].self_ns, f[i].total_ns);
            CHECK_LE(f[i].min_ns, f[i].max_ns);
            CHECK_LE(f[i].recent_count, 64);
            if (strcmp(f[i].name, "logged") == 0)
                for (uint32_t r = 0; r < f[i].recent_count; r++) {
                    CHECK_EQ(f[i].recent[r].value.type, HOTPATH_VALUE_INT);
                    CHECK_EQ(f[i].recent[r].value.as.i % 2, 0);
                }
        }
        const hotpath_node_t* const nodes = hotpath_snapshot_nodes(s, &nodes_count);
        uint64_t tree_calls = 0;
        for (size_t n = 0; n < nodes_count; n++) {
            tree_calls += nodes[n].calls;
            CHECK(nodes[n].parent == HOTPATH_NO_NODE || nodes[n].parent < n);
            CHECK_LE(nodes[n].self_ns, nodes[n].total_ns);
            CHECK_LE(nodes[n].open_calls, nodes[n].calls);
        }
        CHECK(nodes_count == 0 || tree_calls >= tree_calls_before);
        if (nodes_count != 0) tree_calls_before = tree_calls;
        const hotpath_entry_t* const entries = hotpath_snapshot_entries(s, &count);
        for (size_t i = 0; i < count; i++)
            for (uint32_t h = 0; h < entries[i].history_count; h++) {
                const hotpath_value_t v = entries[i].history[h].value;
                if (strcmp(entries[i].name, "text") == 0 && v.type == HOTPATH_VALUE_TEXT)
                    CHECK(strncmp(v.as.text, "writer ", 7) == 0 ||
                          strncmp(v.as.text, "named ", 6) == 0);
            }
        const hotpath_thread_t* const threads = hotpath_snapshot_threads(s, &count);
        for (size_t t = 0; t < count; t++)
            if (threads[t].name && strncmp(threads[t].name, "writer ", 7) == 0)
                CHECK_LE(threads[t].open_count, 8);
        hotpath_snapshot_free(s);
        rounds++;
    }
    return (void*)(uintptr_t)rounds;
}

static void law_02_one_writer(void** state) {
    (void)state;
    pthread_t ids[writers], readers[2];
    for (size_t i = 0; i < 2; i++)
        readers[i] = law_thread(reader, (void*)i);
    for (size_t i = 0; i < writers; i++)
        ids[i] = law_thread(writer, (void*)i);
    for (size_t i = 0; i < writers; i++)
        pthread_join(ids[i], NULL);
    law_store(&stop, 1);
    for (size_t i = 0; i < 2; i++) {
        void* rounds = NULL;
        pthread_join(readers[i], &rounds);
        CHECK_GE((uintptr_t)rounds, 3);
    }
    const uint64_t times = writers * (uint64_t)LAW_TIMES(60000, 5000);
    hotpath_snapshot_t* const s = law_take();
    const hotpath_function_t* f = law_function(s, "step");
    CHECK_EQ(f->calls, times);
    CHECK_EQ(f->completed, times);
    CHECK_EQ(f->errors, writers * (((uint64_t)LAW_TIMES(60000, 5000) + 15) / 16));
    f = law_function(s, "recursive");
    CHECK_EQ(f->calls, times / 4 * (1 + 2 + 3 + 4));
    CHECK_EQ(f->completed, f->calls);
    CHECK_EQ(f->bytes, f->calls);
    CHECK_EQ(law_function(s, "logged")->calls, times);
    CHECK_EQ(law_function(s, "writer")->completed, writers);
    CHECK_EQ(law_function(s, "abandoned")->abandoned,
        writers * (((uint64_t)LAW_TIMES(60000, 5000) + 31) / 32));
    size_t count = 0;
    const hotpath_entry_t* const entries = hotpath_snapshot_entries(s, &count);
    int seen = 0;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(entries[i].name, "value") == 0)
            seen++, assert_int_equal(entries[i].count, times);
        if (strcmp(entries[i].name, "gauge") == 0) {
            seen++;
            CHECK_EQ(entries[i].count, times);
            CHECK_EQ(entries[i].last.as.i, times);
            CHECK_EQ(entries[i].max.as.i, times);
        }
    }
    CHECK_EQ(seen, 2);
    CHECK_EQ(law_ended(s)->count, writers);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(law_02_one_writer)};
LAW_MAIN(tests, NULL)
