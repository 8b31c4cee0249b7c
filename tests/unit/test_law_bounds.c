/* Law 6: past every bound calls and totals stay exact, the rest goes where the footer says, and a
   counter says how often. The bounds are small here and the clock is virtual. Each test runs in a
   process of its own, because a bound that was reached stays reached. */
/* FLAGS: -DHOTPATH_MAX_NODES=256 -DHOTPATH_MAX_FUNCTIONS=256 -DHOTPATH_MAX_DEPTH=512 */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "virtual_clock.h"

#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "law.h"

/* Functions made at run time: name, file and line differ, so each is one of its own. */
static void make_sites(
    hotpath_site_t* sites, char (*names)[24], uint32_t count, const char* prefix) {
    for (uint32_t i = 0; i < count; i++) {
        const hotpath_site_t site = HOTPATH_SITE_INIT(NULL, HOTPATH_KIND_SCOPE);
        snprintf(names[i], sizeof names[i], "%s %u", prefix, (unsigned)i);
        sites[i] = site;
        sites[i].name = names[i];
        sites[i].line = i + 1;
    }
}

/* >>depth */

static void leaf(uint64_t ns) {
    HOTPATH_FUNC();
    HOTPATH_BYTES(1);
    pass(ns);
}
static void leaf_recursive(int levels) {
    HOTPATH_FUNC();
    pass(3);
    if (levels > 0) leaf_recursive(levels - 1);
}
static void deep(int levels, void (*at_the_end)(void)) {
    HOTPATH_FUNC();
    pass(1);
    if (levels > 1)
        deep(levels - 1, at_the_end);
    else if (at_the_end)
        at_the_end();
    pass(1);
}
static void open_at_the_end(void) {
    const hotpath_function_t f = law_now("deep");
    CHECK_EQ(f.calls, 5000);
    CHECK_EQ(f.open_calls, 5000);
    CHECK_EQ(f.completed, 0);
    CHECK_EQ(f.total_ns, 5000);
}

static int child_depth(void) {
    deep(5000, open_at_the_end);
    hotpath_snapshot_t* s = law_take();
    const hotpath_function_t* f = law_function(s, "deep");
    CHECK_EQ(f->calls, 5000);
    CHECK_EQ(f->open_calls, 0);
    CHECK_EQ(f->abandoned, 0);
    CHECK_EQ(f->total_ns, 10000);
    CHECK_EQ(f->max_ns, 10000);
    law_check_function_at(f, __FILE__, __LINE__);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.deep_calls, 5000 - 512);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.foreign_ends, 0);
    CHECK_EQ(hotpath_depth(), 0);
    hotpath_snapshot_free(s);
    deep(100, NULL);
    CHECK_EQ(law_now("deep").calls, 5100);
    CHECK_EQ(law_now("deep").total_ns, 10200);
    CHECK_EQ(law_drops().deep_calls, 5000 - 512);
    return 0;
}

static void leaves_at_the_end(void) {
    for (int i = 0; i < 10; i++)
        leaf(5);
    leaf_recursive(4);
}
/* Functions that are met only past the bound are exact too, recursive ones included. */
static int child_depth_others(void) {
    deep(600, leaves_at_the_end);
    hotpath_snapshot_t* const s = law_take();
    const hotpath_function_t* f = law_function(s, "leaf");
    CHECK_EQ(f->calls, 10);
    CHECK_EQ(f->total_ns, 50);
    CHECK_EQ(f->bytes + law_function(s, "deep")->bytes, 10);
    law_check_function_at(f, __FILE__, __LINE__);
    f = law_function(s, "leaf_recursive");
    CHECK_EQ(f->calls, 5);
    CHECK_EQ(f->total_ns, 15);
    f = law_function(s, "deep");
    CHECK_EQ(f->calls, 600);
    CHECK_EQ(f->total_ns, 1200 + 50 + 15);
    law_check_function_at(f, __FILE__, __LINE__);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.deep_calls, 600 - 512 + 15);
    hotpath_snapshot_free(s);
    return 0;
}

/* Self times of a window are those of its work, also past the bound: each level's is counted once. */
static int child_depth_window(void) {
    hotpath_snapshot_t* older = law_take();
    for (uint64_t window = 1; window <= 3; window++) {
        deep(600, NULL);
        hotpath_snapshot_t* const newer = law_take();
        hotpath_snapshot_t* const d = hotpath_snapshot_difference(newer, older, NULL);
        CHECK(d != NULL);
        CHECK_EQ(law_function(newer, "deep")->self_ns, window * 1200);
        CHECK_EQ(law_function(d, "deep")->self_ns, 1200);
        CHECK_EQ(law_function(d, "deep")->total_ns, 1200);
        size_t count = 0;
        uint64_t self = 0;
        const hotpath_node_t* const nodes = hotpath_snapshot_nodes(d, &count);
        for (size_t n = 0; n < count; n++)
            self += nodes[n].self_ns;
        CHECK_EQ(self, 1200);
        hotpath_snapshot_free(d);
        hotpath_snapshot_free(older);
        older = newer;
    }
    hotpath_snapshot_free(older);
    return 0;
}

/* A scope past the bound that is never left is healed by an enclosing end like any other. */
static void abandon_deep(int levels) {
    static hotpath_site_t site = HOTPATH_SITE_INIT("abandon_deep", HOTPATH_KIND_FUNCTION);
    hotpath_token_t token;
    hotpath_begin(&site, &token);
    pass(1);
    if (levels > 1) abandon_deep(levels - 1);
}
static int child_depth_abandoned(void) {
    HOTPATH_BEGIN(around, "around");
    abandon_deep(1000);
    CHECK_EQ(HOTPATH_END(around), 1000);
    pass(5);
    hotpath_snapshot_t* const s = law_take();
    const hotpath_function_t* const f = law_function(s, "abandon_deep");
    CHECK_EQ(f->calls, 1000);
    CHECK_EQ(f->abandoned, 1000);
    CHECK_EQ(f->total_ns, 1000);
    law_check_function_at(f, __FILE__, __LINE__);
    CHECK_EQ(law_function(s, "around")->total_ns, 1000);
    CHECK_EQ(hotpath_depth(), 0);
    hotpath_snapshot_free(s);
    return 0;
}

/* The scopes of a context are bounded like those of a thread, each for itself. */
static int child_depth_context(void) {
    hotpath_context_t* const context = hotpath_context_create("deep");
    HOTPATH_BEGIN(own, "of the thread");
    hotpath_context_switch(context);
    deep(700, leaves_at_the_end);
    hotpath_context_switch(NULL);
    CHECK_EQ(HOTPATH_END(own), 1400 + 50 + 15);
    const hotpath_function_t f = law_now("deep");
    CHECK_EQ(f.calls, 700);
    CHECK_EQ(f.total_ns, 1400 + 50 + 15);
    CHECK_EQ(law_now("leaf").total_ns, 50);
    CHECK_EQ(law_now("leaf_recursive").total_ns, 15);
    CHECK_EQ(law_drops().deep_calls, 700 - 512 + 15);
    law_check_function_at(&f, __FILE__, __LINE__);
    hotpath_context_destroy(context);
    return 0;
}

/* >>nodes */

static int child_nodes(void) {
    enum {
        parents = 40,
        leaves = 20,
        rounds = 3
    };
    static hotpath_site_t sites[parents + leaves];
    static char names[parents + leaves][24];
    make_sites(sites, names, parents + leaves, "node");
    for (int round = 0; round < rounds; round++)
        for (uint32_t p = 0; p < parents; p++) {
            hotpath_token_t parent;
            hotpath_begin(&sites[p], &parent);
            pass(7);
            for (uint32_t l = 0; l < leaves; l++) {
                hotpath_token_t token;
                hotpath_begin(&sites[parents + l], &token);
                pass(l + 1);
                hotpath_end(&token);
            }
            hotpath_end(&parent);
        }
    hotpath_snapshot_t* const s = law_take();
    const uint64_t all_leaves = (uint64_t)leaves * (leaves + 1) / 2;
    for (uint32_t p = 0; p < parents; p++) {
        const hotpath_function_t* const f = law_function(s, names[p]);
        CHECK_EQ(f->calls, rounds);
        CHECK_EQ(f->completed, rounds);
        CHECK_EQ(f->total_ns, rounds * (7 + all_leaves));
    }
    for (uint32_t l = 0; l < leaves; l++) {
        const hotpath_function_t* const f = law_function(s, names[parents + l]);
        CHECK_EQ(f->calls, rounds * parents);
        CHECK_EQ(f->completed, rounds * parents);
        CHECK_EQ(f->total_ns, rounds * parents * (l + 1));
        CHECK_EQ(f->max_ns, l + 1);
        law_check_function_at(f, __FILE__, __LINE__);
    }
    size_t nodes_count = 0;
    const hotpath_node_t* const nodes = hotpath_snapshot_nodes(s, &nodes_count);
    uint64_t calls = 0, roots = 0;
    for (size_t n = 0; n < nodes_count; n++) {
        calls += nodes[n].calls;
        if (nodes[n].parent == HOTPATH_NO_NODE) roots += nodes[n].total_ns;
    }
    CHECK_LE(nodes_count, 256 + 2 * (parents + leaves + 2)); /* and those under <other> */
    CHECK_EQ(calls, (uint64_t)rounds * parents * (leaves + 1));
    CHECK_EQ(roots, rounds * parents * (7 + all_leaves));
    const uint64_t overflow = hotpath_snapshot_info(s)->drops.node_overflow;
    CHECK_GE(overflow, (uint64_t)(parents * (leaves + 1) - 256));
    CHECK_LE(overflow, (uint64_t)rounds * parents * (leaves + 1));
    hotpath_snapshot_free(s);
    return 0;
}

/* >>functions */

static int child_functions(void) {
    enum {
        count = 700
    };
    static hotpath_site_t sites[count];
    static char names[count][24];
    make_sites(sites, names, count, "function");
    for (int round = 0; round < 3; round++)
        for (uint32_t i = 0; i < count; i++) {
            hotpath_token_t token;
            hotpath_begin(&sites[i], &token);
            pass(2);
            hotpath_end(&token);
        }
    hotpath_snapshot_t* const s = law_take();
    size_t functions_count = 0;
    const hotpath_function_t* const f = hotpath_snapshot_functions(s, &functions_count);
    uint64_t calls = 0, total = 0, known = 0, other = 0;
    for (size_t i = 0; i < functions_count; i++) {
        calls += f[i].calls, total += f[i].total_ns;
        if (f[i].kind == HOTPATH_KIND_OTHER) {
            CHECK_TEXT(f[i].name, "<other>");
            other = f[i].calls;
        } else if (strncmp(f[i].name, "function ", 9) == 0 && f[i].calls > 0) {
            CHECK_EQ(f[i].calls, 3);
            CHECK_EQ(f[i].total_ns, 6);
            known++;
        }
    }
    CHECK_LE(functions_count, 256 + 1);
    CHECK_GT(known, 100);
    CHECK_EQ(calls, 3 * count);
    CHECK_EQ(total, 6 * count);
    CHECK_EQ(other, 3 * (count - known));
    CHECK_EQ(hotpath_snapshot_info(s)->drops.function_overflow, count - known);
    hotpath_snapshot_free(s);
    return 0;
}

static int child_named(void) {
    enum {
        count = 600
    };
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < count; i++) {
            char name[24];
            snprintf(name, sizeof name, "named %d", i);
            HOTPATH_SCOPE_NAMED(name);
            pass(1);
            memset(name, 'x', sizeof name); /* The name is copied, this one is gone. */
        }
    hotpath_snapshot_t* const s = law_take();
    size_t functions_count = 0;
    const hotpath_function_t* const f = hotpath_snapshot_functions(s, &functions_count);
    uint64_t calls = 0, total = 0, known = 0;
    for (size_t i = 0; i < functions_count; i++) {
        calls += f[i].calls, total += f[i].total_ns;
        known += strncmp(f[i].name, "named ", 6) == 0 && f[i].calls == 2;
    }
    CHECK_GT(known, 100);
    CHECK_EQ(calls, 2 * count);
    CHECK_EQ(total, 2 * count);
    CHECK_EQ(law_function(s, "<other>")->calls, 2 * (count - known));
    CHECK_GE(hotpath_snapshot_info(s)->drops.function_overflow, count - known);
    hotpath_snapshot_free(s);
    return 0;
}

/* >>memory, entries */

/* Many threads that each touch many functions want more than is allowed. */
enum {
    memory_functions = 200,
    memory_threads = 30
};
static hotpath_site_t memory_sites[memory_functions];
static uint64_t memory_ready, memory_go;
static void* memory_body(void* arg) {
    (void)arg;
    for (int round = 0; round < 12; round++)
        for (uint32_t i = 0; i < memory_functions; i++) {
            hotpath_token_t token;
            hotpath_begin(&memory_sites[i], &token);
            pass(UINT64_C(1) << (2 * round)); /* Many octaves, which want memory. */
            hotpath_end(&token);
        }
    law_add(&memory_ready, 1);
    law_wait(&memory_go, 1);
    return NULL;
}
static int child_memory(void) {
    static char names[memory_functions][24];
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.no_exit_report = true;
    CHECK(hotpath_start(&desc));
    make_sites(memory_sites, names, memory_functions, "memory");
    pthread_t ids[memory_threads];
    uint64_t total = 0;
    for (int round = 0; round < 12; round++)
        total += memory_threads * (UINT64_C(1) << (2 * round));
    for (size_t i = 0; i < memory_threads; i++) {
        ids[i] = law_thread(memory_body, NULL);
        law_wait(&memory_ready, i + 1); /* One after the other, they share the clock. */
    }
    hotpath_snapshot_t* const s = law_take();
    uint64_t lite = 0;
    for (uint32_t i = 0; i < memory_functions; i++) {
        const hotpath_function_t* const f = law_function(s, names[i]);
        CHECK_EQ(f->calls, 12 * memory_threads);
        CHECK_EQ(f->total_ns, total);
        CHECK_EQ(f->open_calls, 0);
        CHECK_LE(f->completed, f->calls);
        lite += f->lite;
    }
    const hotpath_info_t* const info = hotpath_snapshot_info(s);
    CHECK_GT(lite, 0);
    CHECK_GE(info->drops.lite_functions, lite);
    CHECK_EQ(info->drops.no_memory, 0);
    static uint64_t buffer[1 << 19] __attribute__((aligned(16)));
    hotpath_snapshot_desc_t in_buffer;
    memset(&in_buffer, 0, sizeof in_buffer);
    in_buffer.parts = HOTPATH_PART_THREADS;
    in_buffer.buffer = buffer, in_buffer.buffer_size = sizeof buffer;
    hotpath_snapshot_free(s);
    hotpath_snapshot_t* const own = hotpath_snapshot_take(&in_buffer);
    CHECK(own != NULL);
    printf("%" PRIu64, hotpath_snapshot_info(own)->memory_bytes);
    law_store(&memory_go, 1);
    for (size_t i = 0; i < memory_threads; i++)
        pthread_join(ids[i], NULL);
    return 0;
}

/* Snapshots that someone holds are not memory of the recording: nothing gets less exact by reading. */
static int child_memory_of_readers(void) {
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.no_exit_report = true;
    CHECK(hotpath_start(&desc));
    leaf(1);
    static hotpath_snapshot_t* held[100];
    for (int i = 0; i < 100; i++)
        held[i] = law_take();
    static char names[memory_functions][24];
    make_sites(memory_sites, names, memory_functions, "memory");
    for (uint32_t i = 0; i < memory_functions; i++) {
        hotpath_token_t token;
        hotpath_begin(&memory_sites[i], &token);
        pass(i);
        hotpath_end(&token);
    }
    hotpath_snapshot_t* const s = law_take();
    for (uint32_t i = 0; i < memory_functions; i++) {
        const hotpath_function_t* const f = law_function(s, names[i]);
        CHECK(!f->lite);
        CHECK_EQ(f->completed, 1);
        CHECK_EQ(f->max_ns, i);
    }
    CHECK_EQ(hotpath_snapshot_info(s)->drops.lite_functions, 0);
    for (int i = 0; i < 100; i++)
        hotpath_snapshot_free(held[i]);
    hotpath_snapshot_free(s);
    return 0;
}

/* One thread past the bound: each function that lost its percentiles says so. */
static int child_memory_flags(void) {
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.no_exit_report = true;
    CHECK(hotpath_start(&desc));
    static char names[memory_functions][24];
    make_sites(memory_sites, names, memory_functions, "memory");
    for (uint32_t i = 0; i < memory_functions; i++) {
        hotpath_token_t token;
        hotpath_begin(&memory_sites[i], &token);
        pass(i);
        hotpath_end(&token);
    }
    hotpath_snapshot_t* const s = law_take();
    uint64_t lite = 0;
    for (uint32_t i = 0; i < memory_functions; i++) {
        const hotpath_function_t* const f = law_function(s, names[i]);
        CHECK_EQ(f->calls, 1);
        CHECK_EQ(f->total_ns, i);
        CHECK(f->lite || f->completed == 1);
        lite += f->lite;
    }
    CHECK_GT(lite, 100);
    CHECK_GE(hotpath_snapshot_info(s)->drops.lite_functions, lite);
    CHECK_LE(hotpath_snapshot_info(s)->drops.lite_functions, lite + 1); /* and <other> */
    hotpath_snapshot_free(s);
    return 0;
}

static int child_memory_unbounded(void) {
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.no_exit_report = true;
    CHECK(hotpath_start(&desc));
    leaf(1);
    const hotpath_function_t f = law_now("leaf");
    CHECK(!f.lite);
    CHECK_EQ(law_drops().lite_functions, 0);
    return 0;
}

static int child_entries(void) {
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.no_exit_report = true;
    CHECK(hotpath_start(&desc));
    enum {
        count = 40,
        times = 3
    };
    static hotpath_site_t sites[count];
    static char names[count][24];
    make_sites(sites, names, count, "entry");
    for (uint32_t i = 0; i < count; i++)
        sites[i].kind = HOTPATH_KIND_VAL;
    for (int round = 0; round < times; round++)
        for (uint32_t i = 0; i < count; i++)
            hotpath_value_record(&sites[i], hotpath_i_value_of_int(i));
    hotpath_snapshot_t* const s = law_take();
    size_t entries_count = 0;
    const hotpath_entry_t* const entries = hotpath_snapshot_entries(s, &entries_count);
    uint64_t known = 0, recorded = 0;
    for (size_t i = 0; i < entries_count; i++) {
        recorded += entries[i].count;
        if (strncmp(entries[i].name, "entry ", 6) != 0) continue;
        CHECK_EQ(entries[i].count, times);
        CHECK_EQ(entries[i].last.as.i, strtol(entries[i].name + 6, NULL, 10));
        known++;
    }
    CHECK_EQ(known, 10);
    CHECK_LE(entries_count, 11);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.entry_overflow, (uint64_t)times * (count - known));
    /* If there is a row of others, it holds what did not fit. */
    if (entries_count == 11) CHECK_EQ(recorded, (uint64_t)times * count);
    hotpath_snapshot_free(s);
    return 0;
}

/* >>reasons */

static int child_reasons(void) {
    enum {
        count = 30,
        times = 5
    };
    static hotpath_site_t sites[count];
    static char names[count][24];
    make_sites(sites, names, count, "reason");
    for (uint32_t i = 0; i < count; i++)
        sites[i].kind = HOTPATH_KIND_REASON;
    for (uint32_t i = 0; i < count * times; i++) {
        HOTPATH_SCOPE("fails");
        hotpath_error(&sites[i % count]);
    }
    hotpath_snapshot_t* const s = law_take();
    const hotpath_function_t* const f = law_function(s, "fails");
    CHECK_EQ(f->errors, count * times);
    CHECK_EQ(f->reasons_count, 9);
    uint64_t sum = 0;
    bool other = false;
    for (uint32_t i = 0; i < f->reasons_count; i++) {
        sum += f->reasons[i].count;
        if (strcmp(f->reasons[i].text, "<other>") == 0) {
            other = true;
            CHECK_EQ(f->reasons[i].count, (count - 8) * times);
        } else {
            CHECK_EQ(f->reasons[i].count, times);
        }
    }
    CHECK(other);
    CHECK_EQ(sum, count * times);
    hotpath_snapshot_free(s);
    return 0;
}

/* >>no wrap */

/* What a run of years adds up to: durations and their squares beyond 64 bits. */
static int child_years(void) {
    static hotpath_site_t site = HOTPATH_SITE_INIT("years", HOTPATH_KIND_SCOPE);
    const uint64_t year = UINT64_C(31557600000000000);
    test_ticks = 40 * year;
    for (int i = 0; i < 12; i++) {
        hotpath_token_t token;
        hotpath_begin(&site, &token);
        pass(year);
        hotpath_end(&token);
    }
    const hotpath_function_t f = law_now("years");
    CHECK_EQ(f.calls, 12);
    CHECK_EQ(f.total_ns, 12 * year);
    CHECK_EQ(f.sum_ticks, 12 * year);
    CHECK_EQ(f.max_ns, year);
    /* Squares of two words, by the schoolbook. */
    const uint64_t low = year & UINT32_MAX, high = year >> 32;
    const uint64_t middle = 2 * low * high; /* below 2^64, as high is below 2^23 */
    uint64_t square_low = low * low, square_high = high * high + (middle >> 32);
    square_high += square_low + (middle << 32) < square_low;
    square_low += middle << 32;
    uint64_t sum_low = 0, sum_high = 0;
    for (int i = 0; i < 12; i++) {
        sum_high += square_high + (sum_low + square_low < sum_low);
        sum_low += square_low;
    }
    CHECK_EQ(f.sum_squares_low, sum_low);
    CHECK_EQ(f.sum_squares_high, sum_high);
    return 0;
}

/* >>tests */

static void in_child(const char* name, const char* const* env) {
    const law_result_t* const r = law_again(name, env);
    law_exited(r, 0);
    CHECK_TEXT(r->err, "");
}
static void law_06_every_bound_depth(void** state) { (void)state, in_child("depth", NULL); }
static void law_06_every_bound_depth_others(void** state) {
    (void)state, in_child("depth others", NULL);
}
static void law_06_every_bound_depth_window(void** state) {
    (void)state, in_child("depth window", NULL);
}
static void law_06_every_bound_depth_abandoned(void** state) {
    (void)state, in_child("depth abandoned", NULL);
}
static void law_06_every_bound_depth_context(void** state) {
    (void)state, in_child("depth context", NULL);
}
static void law_06_every_bound_nodes(void** state) { (void)state, in_child("nodes", NULL); }
static void law_06_every_bound_functions(void** state) { (void)state, in_child("functions", NULL); }
static void law_06_every_bound_named(void** state) { (void)state, in_child("named", NULL); }
static void law_06_every_bound_reasons(void** state) { (void)state, in_child("reasons", NULL); }
static void law_06_every_bound_years(void** state) { (void)state, in_child("years", NULL); }
static void law_06_every_bound_entries(void** state) {
    static const char* const env[] = {"HOTPATH_ENTRIES_LIMIT=10", NULL};
    (void)state, in_child("entries", env);
}
static void law_06_every_bound_memory(void** state) {
    static const char* const env[] = {"HOTPATH_MEMORY_MAX=4194304", NULL};
    (void)state;
    in_child("memory", env);
    const unsigned long long bounded = strtoull(law_result.out, NULL, 10);
    CHECK_GT(bounded, 0);
    /* Calls and totals are kept past the bound: 30 threads of at most 64 KiB and their nodes. */
    CHECK_LE(bounded, 4194304 + memory_threads * (64 * 1024 + 128 * 256 + 4096 * 16));
    in_child("memory unbounded", NULL);
}
static void law_06_every_bound_memory_of_readers(void** state) {
    static const char* const env[] = {"HOTPATH_MEMORY_MAX=4M", NULL};
    (void)state, in_child("memory of readers", env);
}
static void law_06_every_bound_memory_flags(void** state) {
    static const char* const env[] = {"HOTPATH_MEMORY_MAX=64K", NULL};
    (void)state, in_child("memory flags", env);
}

static const law_child_t children[] = {
    {"depth", child_depth},
    {"depth others", child_depth_others},
    {"depth window", child_depth_window},
    {"depth abandoned", child_depth_abandoned},
    {"depth context", child_depth_context},
    {"nodes", child_nodes},
    {"functions", child_functions},
    {"named", child_named},
    {"reasons", child_reasons},
    {"years", child_years},
    {"entries", child_entries},
    {"memory", child_memory},
    {"memory unbounded", child_memory_unbounded},
    {"memory of readers", child_memory_of_readers},
    {"memory flags", child_memory_flags},
    {NULL, NULL},
};

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(law_06_every_bound_depth),
    cmocka_unit_test(law_06_every_bound_depth_others),
    cmocka_unit_test(law_06_every_bound_depth_window),
    cmocka_unit_test(law_06_every_bound_depth_abandoned),
    cmocka_unit_test(law_06_every_bound_depth_context),
    cmocka_unit_test(law_06_every_bound_nodes),
    cmocka_unit_test(law_06_every_bound_functions),
    cmocka_unit_test(law_06_every_bound_named),
    cmocka_unit_test(law_06_every_bound_reasons),
    cmocka_unit_test(law_06_every_bound_years),
    cmocka_unit_test(law_06_every_bound_entries),
    cmocka_unit_test(law_06_every_bound_memory),
    cmocka_unit_test(law_06_every_bound_memory_of_readers),
    cmocka_unit_test(law_06_every_bound_memory_flags),
};
LAW_MAIN(tests, children)
