/* FLAGS: -DHOTPATH_MCP -DHOTPATH_ALLOC */
/* LIBS: -lcivetweb */
/* Truth of the tools of memory: two threads allocate, reallocate and free at random in functions that
   call each other, and a model counts along. The snapshot, /api and MCP say what the model says, to the
   byte: since the start, since a label, since a token. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "hotpath_mcp.c"
#include "mcp_truth.h"

#include <malloc.h>

enum {
    FUNCTIONS = 12,
    THREADS = 2,
    BLOCKS = 300,
    STEPS = 4000,
    DEPTH = 5
};

/* ---- the model ---- */

typedef struct counts {
    uint64_t calls, count, bytes, total_count, total_bytes, reallocs;
    uint64_t frees, freed, others, others_freed;
    uint64_t sizes[HOTPATH_ALLOC_SIZES];
} counts_t;

typedef struct model {
    counts_t functions[FUNCTIONS];
    counts_t threads[THREADS];
} model_t;

typedef struct block {
    void* memory;
    size_t size;
    int function, thread;
} block_t;

static model_t model, since; /* now, and at the label and the token */
static block_t blocks[BLOCKS];
static char names[FUNCTIONS][16];
static int stack[THREADS][DEPTH];
static int depth[THREADS];
static uint64_t seed = 1;

static uint32_t draw(uint32_t below) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((seed >> 33) % below);
}
static unsigned size_class(size_t size) {
    unsigned k = 0;
    for (; size != 0; size >>= 1)
        k++;
    return k < HOTPATH_ALLOC_SIZES ? k : HOTPATH_ALLOC_SIZES - 1;
}
static void count_alloc(counts_t* c, size_t size) {
    c->count++, c->bytes += size, c->sizes[size_class(size)]++;
}
static void allocated(int thread, size_t size) {
    int function = stack[thread][depth[thread] - 1];
    count_alloc(&model.functions[function], size);
    count_alloc(&model.threads[thread], size);
    for (int i = 0; i < depth[thread]; i++) {
        bool above = false; /* of recursion the outermost level counts */
        for (int k = 0; k < i; k++)
            above = above || stack[thread][k] == stack[thread][i];
        counts_t* c = &model.functions[stack[thread][i]];
        if (!above) c->total_count++, c->total_bytes += size;
    }
}
static void freed(int thread, const block_t* b) {
    counts_t* const both[] = {&model.functions[b->function], &model.threads[b->thread]};
    for (int i = 0; i < 2; i++) {
        both[i]->frees++, both[i]->freed += b->size;
        if (thread != b->thread) both[i]->others++, both[i]->others_freed += b->size;
    }
}

/* ---- the program ---- */

static void* some_way(size_t* size) {
    char text[200];
    switch (draw(4)) {
        case 0: return HOTPATH_MALLOC(*size);
        case 1: return HOTPATH_CALLOC(1, *size);
        case 2: *size = (*size + 63) / 64 * 64; return HOTPATH_ALIGNED_ALLOC(64, *size);
        default:
            *size = *size % (sizeof text - 1) + 1; /* with the final 0 */
            memset(text, 'x', *size - 1);
            text[*size - 1] = 0;
            return HOTPATH_STRDUP(text);
    }
}
static void touch_block(int thread) {
    block_t* b = &blocks[draw(BLOCKS)];
    size_t size = draw(8) == 0 ? draw(100000) : draw(400);
    int function = stack[thread][depth[thread] - 1];
    if (b->memory == NULL) {
        b->memory = some_way(&size);
    } else if (draw(3) == 0) {
        size += size == 0; /* a realloc to nothing is a free */
        b->memory = HOTPATH_REALLOC(b->memory, size);
        freed(thread, b);
        model.functions[function].reallocs++;
    } else {
        HOTPATH_FREE(b->memory);
        freed(thread, b);
        b->memory = NULL;
        return;
    }
    assert_non_null(b->memory);
    b->size = size, b->function = function, b->thread = thread;
    allocated(thread, size);
}
static void call(int thread) {
    int function = (int)draw(FUNCTIONS);
    HOTPATH_SCOPE_NAMED(names[function]);
    model.functions[function].calls++;
    stack[thread][depth[thread]++] = function;
    for (uint32_t n = draw(6); n != 0; n--) {
        touch_block(thread);
        if (depth[thread] < DEPTH && draw(4) == 0) call(thread);
    }
    depth[thread]--;
}

/* The two take turns, so that every number is known at every moment. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int turn; /* of a thread; -1: the end */

static void turn_to(int thread) {
    pthread_mutex_lock(&lock);
    turn = thread;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}
static bool turn_comes(int thread) {
    pthread_mutex_lock(&lock);
    while (turn != thread && turn != -1)
        pthread_cond_wait(&changed, &lock);
    bool mine = turn == thread;
    pthread_mutex_unlock(&lock);
    return mine;
}
static void* worker(void* unused) {
    (void)unused;
    HOTPATH_THREAD_NAME("worker");
    while (turn_comes(1)) {
        for (int i = 0; i < 10; i++)
            call(1);
        turn_to(0);
    }
    return NULL;
}
static void play(void) {
    for (int i = 0; i < STEPS; i += 20) {
        for (int k = 0; k < 10; k++)
            call(0);
        turn_to(1);
        turn_comes(0);
    }
}

/* ---- what is said of it ---- */

static int function_of(const truth_json_t* row) {
    for (int i = 0; i < FUNCTIONS; i++)
        if (strcmp(truth_json_text(row, "name"), names[i]) == 0) return i;
    return -1;
}
static void check_sizes(const truth_json_t* row, const char* name, const counts_t* want) {
    unsigned k = 0;
    for (const truth_json_t* r = truth_json_first(row, "sizes"); r != NULL; r = r->next, k++)
        CHECK_EQUAL("sizes", name, strtoull(r->text, NULL, 10), want->sizes[k]);
    for (; k < HOTPATH_ALLOC_SIZES; k++) /* up to the last that is not 0 */
        CHECK_EQUAL("sizes", name, 0, want->sizes[k]);
}
/* Args: before is what a window does not have, live what is alive at its end. */
static void check_row(const truth_json_t* r, const char* name, const counts_t* now,
    const counts_t* before, bool detailed) {
#define CHECK_FIELD(key, field) \
    CHECK_EQUAL(key, name, truth_json_u64(r, key), now->field - before->field)
    CHECK_FIELD("calls", calls);
    CHECK_FIELD("alloc_count", count);
    CHECK_FIELD("alloc_bytes", bytes);
    CHECK_FIELD("alloc_total_bytes", total_bytes);
    CHECK_FIELD("free_count", frees);
    CHECK_EQUAL("live_bytes", name, truth_json_u64(r, "live_bytes"), now->bytes - now->freed);
    CHECK_EQUAL("live_count", name, truth_json_u64(r, "live_count"), now->count - now->frees);
    if (!detailed) return;
    CHECK_FIELD("alloc_total_count", total_count);
    CHECK_FIELD("realloc_count", reallocs);
    CHECK_FIELD("free_bytes", freed);
    CHECK_FIELD("freed_by_others_count", others);
    CHECK_FIELD("freed_by_others_bytes", others_freed);
    CHECK(truth_json_u64(r, "peak_live_bytes") >= now->bytes - now->freed, "%s peaks lower", name);
}
/* Every row of the model's functions, and that the rows add up to the header. */
static void check_functions(const char* query, const model_t* before, bool detailed) {
    char path[300];
    char* text = NULL;
    uint64_t bytes = 0, count = 0, frees = 0, live = 0;
    int found = 0;
    snprintf(path, sizeof path, "/api/functions_alloc?limit=200%s%s", query,
        detailed ? "&response_format=detailed" : "");
    truth_json_t* answer = ask(http.port, path, &text);
    for (const truth_json_t* r = truth_json_first(answer, "data"); r != NULL; r = r->next) {
        bytes += truth_json_u64(r, "alloc_bytes"), count += truth_json_u64(r, "alloc_count");
        frees += truth_json_u64(r, "free_count"), live += truth_json_u64(r, "live_bytes");
        int i = function_of(r);
        if (i < 0) continue;
        found++;
        check_row(r, names[i], &model.functions[i], &before->functions[i], detailed);
        if (detailed && before->functions[i].count == 0)
            check_sizes(r, names[i], &model.functions[i]);
    }
    CHECK_EQUAL("functions", path, found, FUNCTIONS);
    CHECK_EQUAL("alloc_bytes", path, truth_json_u64(answer, "total_allocated_bytes"), bytes);
    CHECK_EQUAL("alloc_count", path, truth_json_u64(answer, "total_allocations"), count);
    CHECK_EQUAL("free_count", path, truth_json_u64(answer, "total_frees"), frees);
    CHECK_EQUAL("live_bytes", path, truth_json_u64(answer, "live_bytes"), live);
    truth_json_free(answer);
    free(text);
}
/* Percentages of all rows, which are of what the order is of. */
static void check_percents(const char* sort) {
    char path[200];
    char* text = NULL;
    double percent = 0, rows = 0;
    snprintf(path, sizeof path, "/api/functions_alloc?limit=200&sort=%s", sort);
    truth_json_t* answer = ask(http.port, path, &text);
    for (const truth_json_t* r = truth_json_first(answer, "data"); r != NULL; r = r->next, rows++)
        percent += truth_json_double(r, "percent_total");
    if (strcmp(sort, "total") == 0) /* with callees, which have it too */
        CHECK(percent > 101, "sort %s: %g percent", sort, percent);
    else
        CHECK_NEAR("percent_total", sort, percent, 100, 0.005 * rows + 0.001);
    truth_json_free(answer);
    free(text);
}
/* Each order is one: keys fall. */
static void check_sorts(void) {
    static const struct {
        const char *sort, *key;
    } sorts[] = {{"bytes", "alloc_bytes"}, {"count", "alloc_count"}, {"total", "alloc_total_bytes"},
        {"per_call", "count_per_call"}, {"live", "live_bytes"}, {"live_count", "live_count"},
        {"peak", "peak_live_bytes"}, {"frees", "free_count"}};
    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++) {
        char path[200], arguments[200];
        char* text = NULL;
        double last = 1e300;
        check_percents(sorts[i].sort);
        snprintf(path, sizeof path,
            "/api/functions_alloc?limit=200&filter=f*&response_format=detailed&sort=%s",
            sorts[i].sort);
        truth_json_t* answer = ask(http.port, path, &text);
        for (const truth_json_t* r = truth_json_first(answer, "data"); r != NULL; r = r->next) {
            double key = truth_json_double(r, sorts[i].key);
            CHECK(key <= last, "sort %s: %g after %g", sorts[i].sort, key, last);
            last = key;
        }
        truth_json_free(answer);
        free(text);
        /* Without moments, which the calibration of the clock moves by nanoseconds. */
        snprintf(
            path, sizeof path, "/api/functions_alloc?limit=200&filter=f*&sort=%s", sorts[i].sort);
        snprintf(arguments, sizeof arguments, "{\"limit\":200,\"filter\":\"f*\",\"sort\":\"%s\"}",
            sorts[i].sort);
        truth_json_free(ask(http.port, path, &text));
        check_mcp(http.port, "functions_alloc", arguments, text);
        free(text);
    }
}
static void check_heap(void) {
    char* text = NULL;
    counts_t all;
    memset(&all, 0, sizeof all);
    truth_json_t* answer = ask(http.port, "/api/heap?view=sites&limit=200&filter=f*", &text);
    int alive = 0, rows = 0;
    for (int i = 0; i < FUNCTIONS; i++)
        alive += model.functions[i].count != model.functions[i].frees;
    for (const truth_json_t* r = truth_json_first(answer, "data"); r != NULL; r = r->next, rows++) {
        int i = function_of(r);
        if (!CHECK(i >= 0, "a row of none of the functions")) continue;
        const counts_t* c = &model.functions[i];
        CHECK_EQUAL("live_bytes", names[i], truth_json_u64(r, "live_bytes"), c->bytes - c->freed);
        CHECK_EQUAL("live_count", names[i], truth_json_u64(r, "live_count"), c->count - c->frees);
    }
    CHECK_EQUAL("rows", "heap sites", rows, alive);
    truth_json_free(answer);
    free(text);
    answer = ask(http.port, "/api/heap?view=sites&limit=200&filter=*logged", &text);
    CHECK(truth_json_first(answer, "data") == NULL, "nothing of it is alive: %s", text);
    truth_json_free(answer);
    free(text);
    answer = ask(http.port, "/api/heap?view=sizes&filter=f*", &text);
    check_mcp(http.port, "heap", "{\"view\":\"sizes\",\"filter\":\"f*\"}", text);
    for (int i = 0; i < FUNCTIONS; i++) {
        all.count += model.functions[i].count;
        for (int k = 0; k < HOTPATH_ALLOC_SIZES; k++)
            all.sizes[k] += model.functions[i].sizes[k];
    }
    uint64_t sum = 0;
    for (const truth_json_t* r = truth_json_first(answer, "data"); r != NULL; r = r->next) {
        unsigned k = size_class(truth_json_u64(r, "from_bytes"));
        CHECK_EQUAL("count", "heap sizes", truth_json_u64(r, "count"), all.sizes[k]);
        CHECK_EQUAL("to_bytes", "heap sizes", size_class(truth_json_u64(r, "to_bytes")), k);
        sum += truth_json_u64(r, "count");
    }
    CHECK_EQUAL("count", "heap sizes", sum, all.count);
    truth_json_free(answer);
    free(text);
}
/* By how much a member grew. */
static int64_t signed_of(const truth_json_t* row, const char* key) {
    const truth_json_t* member = truth_json_get(row, key);
    return member != NULL ? (int64_t)strtoll(member->text, NULL, 10) : INT64_MIN;
}
static void check_diff(const char* path) {
    char* text = NULL;
    int rows = 0, changed_rows = 0;
    int64_t growth = 0, all = 0, last = INT64_MAX;
    truth_json_t* answer = ask(http.port, path, &text);
    for (int i = 0; i < FUNCTIONS; i++)
        changed_rows += model.functions[i].count != since.functions[i].count ||
                        model.functions[i].frees != since.functions[i].frees;
    for (const truth_json_t* r = truth_json_first(answer, "data"); r != NULL; r = r->next, rows++) {
        int i = function_of(r);
        if (!CHECK(i >= 0, "a row of none of the functions")) continue;
        const counts_t *now = &model.functions[i], *then = &since.functions[i];
        int64_t grew = (int64_t)(now->bytes - now->freed) - (int64_t)(then->bytes - then->freed);
        CHECK(signed_of(r, "growth_bytes") == grew, "%s grew by %" PRId64 ", not %" PRId64,
            names[i], signed_of(r, "growth_bytes"), grew);
        grew = (int64_t)(now->count - now->frees) - (int64_t)(then->count - then->frees);
        CHECK(signed_of(r, "growth_count") == grew, "%s: growth_count", names[i]);
        CHECK_EQUAL(
            "alloc_bytes", names[i], truth_json_u64(r, "alloc_bytes"), now->bytes - then->bytes);
        CHECK_EQUAL(
            "alloc_count", names[i], truth_json_u64(r, "alloc_count"), now->count - then->count);
        CHECK_EQUAL(
            "free_bytes", names[i], truth_json_u64(r, "free_bytes"), now->freed - then->freed);
        CHECK_EQUAL(
            "free_count", names[i], truth_json_u64(r, "free_count"), now->frees - then->frees);
        CHECK(signed_of(r, "growth_bytes") <= last, "%s: most growth first", path);
        last = signed_of(r, "growth_bytes");
        growth += last;
    }
    all = signed_of(answer, "growth_bytes");
    CHECK(all == growth, "%s: all grew by %" PRId64 ", the rows by %" PRId64, path, all, growth);
    CHECK_EQUAL("rows", path, rows, changed_rows);
    truth_json_free(answer);
    free(text);
}
/* The tree: bytes of each function by itself, and with its callees once. */
static void check_tree(void) {
    static const char* const views[] = {"self", "total"};
    for (int v = 0; v < 2; v++) {
        char path[200];
        char* text = NULL;
        int rows = 0;
        snprintf(path, sizeof path,
            "/api/query_flamegraph?source=alloc&view=%s&limit=200&min_percent=0", views[v]);
        truth_json_t* answer = ask(http.port, path, &text);
        for (const truth_json_t* r = truth_json_first(answer, "data"); r != NULL; r = r->next) {
            int i = function_of(r);
            if (i < 0) continue;
            const counts_t* c = &model.functions[i];
            CHECK_EQUAL("self_bytes", names[i], truth_json_u64(r, "self_bytes"), c->bytes);
            CHECK_EQUAL("total_bytes", names[i], truth_json_u64(r, "total_bytes"), c->total_bytes);
            CHECK_EQUAL("alloc_count", names[i], truth_json_u64(r, "alloc_count"), c->count);
            rows++;
        }
        CHECK_EQUAL("rows", path, rows, FUNCTIONS);
        truth_json_free(answer);
        free(text);
    }
}
static void check_thread(void) {
    char* text = NULL;
    const counts_t* c = &model.threads[1];
    truth_json_t* answer =
        ask(http.port, "/api/threads?filter=worker&response_format=detailed", &text);
    const truth_json_t* r = truth_json_first(answer, "data");
    if (CHECK(r != NULL && r->next == NULL, "no worker: %s", text)) {
        CHECK_EQUAL("alloc_bytes", "worker", truth_json_u64(r, "alloc_bytes"), c->bytes);
        CHECK_EQUAL("alloc_count", "worker", truth_json_u64(r, "alloc_count"), c->count);
        CHECK_EQUAL("dealloc_bytes", "worker", truth_json_u64(r, "dealloc_bytes"), c->freed);
        CHECK_EQUAL("free_count", "worker", truth_json_u64(r, "free_count"), c->frees);
        CHECK_EQUAL("freed_by_others", "worker", truth_json_u64(r, "freed_by_others_bytes"),
            c->others_freed);
        CHECK_EQUAL("live_bytes", "worker", truth_json_u64(r, "live_bytes"), c->bytes - c->freed);
        CHECK(signed_of(r, "mem_diff") == (int64_t)(c->bytes - c->freed), "mem_diff");
        double seconds = truth_json_double(answer, "window_ns") / 1e9;
        double rate = (double)(c->bytes - c->freed) / seconds;
        CHECK_NEAR("growth", "worker", truth_json_double(r, "growth_bytes_per_sec"), rate,
            0.005 + rate * 1e-9);
    }
    truth_json_free(answer);
    free(text);
}
/* The snapshot, which is what all of them read, and the detailed answer of functions_timing. */
static void check_snapshot(void) {
    size_t count = 0;
    char* text = NULL;
    int found = 0;
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_function_t* functions = hotpath_snapshot_functions(s, &count);
    for (size_t k = 0; k < count; k++) {
        for (int i = 0; i < FUNCTIONS; i++) {
            const hotpath_function_t* f = &functions[k];
            const counts_t* c = &model.functions[i];
            if (strcmp(f->name, names[i]) != 0) continue;
            CHECK_EQUAL("alloc_bytes", f->name, f->alloc_bytes, c->bytes);
            CHECK_EQUAL("alloc_count", f->name, f->alloc_count, c->count);
            CHECK_EQUAL("free_bytes", f->name, f->free_bytes, c->freed);
            CHECK_EQUAL("live_bytes", f->name, f->live_bytes, c->bytes - c->freed);
            found++;
        }
    }
    CHECK_EQUAL("functions", "the snapshot", found, FUNCTIONS);
    hotpath_snapshot_free(s);
    truth_json_t* answer = ask(
        http.port, "/api/functions_timing?filter=f*&response_format=detailed&sort=alloc", &text);
    uint64_t last = UINT64_MAX;
    for (const truth_json_t* r = truth_json_first(answer, "data"); r != NULL; r = r->next) {
        int i = function_of(r);
        uint64_t bytes = truth_json_u64(r, "alloc_bytes");
        CHECK(bytes <= last, "functions_timing is sorted by alloc");
        last = bytes;
        if (i < 0) continue;
        CHECK_EQUAL("alloc_bytes", names[i], bytes, model.functions[i].bytes);
        CHECK_EQUAL("alloc_total_bytes", names[i], truth_json_u64(r, "alloc_total_bytes"),
            model.functions[i].total_bytes);
    }
    truth_json_free(answer);
    free(text);
}

/* Single executions: the number n allocates n blocks, all but the callee's. */
static void log_some(void) {
    for (size_t n = 0; n < 7; n++) {
        HOTPATH_SCOPE("logged");
        for (size_t k = 0; k < n; k++)
            HOTPATH_FREE(HOTPATH_MALLOC(100 * n + k));
        HOTPATH_SCOPE("callee of logged");
        HOTPATH_FREE(HOTPATH_MALLOC(1));
    }
}
static void check_logs(void) {
    char* text = NULL;
    uint64_t n = 7;
    const char* path = "/api/function_alloc_logs?function_name=logged&response_format=detailed";
    truth_json_t* answer = ask(http.port, path, &text);
    for (const truth_json_t* r = truth_json_first(answer, "data"); r != NULL; r = r->next) {
        CHECK_EQUAL("invocation", path, truth_json_u64(r, "invocation"), n);
        n--;
        CHECK_EQUAL("alloc_count", path, truth_json_u64(r, "alloc_count"), n);
        uint64_t bytes = n == 0 ? 0 : 100 * n * n + n * (n - 1) / 2;
        CHECK_EQUAL("bytes", path, truth_json_u64(r, "bytes"), bytes);
    }
    CHECK_EQUAL("executions left", path, n, 0);
    CHECK_EQUAL("total_invocations", path, truth_json_u64(answer, "total_invocations"), 7);
    truth_json_free(answer);
    free(text);
}

/* The report's JSON has the same rows. */
static void check_report(void) {
    hotpath_report_desc_t desc = {HOTPATH_FORMAT_JSON, false};
    truth_text_t text;
    int found = 0;
    memset(&text, 0, sizeof text);
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    assert_true(hotpath_report(s, &desc, truth_text_write, &text));
    hotpath_snapshot_free(s);
    truth_json_t* report = truth_json_read(text.data);
    const truth_json_t* section = truth_json_get(report, "functions_alloc");
    for (const truth_json_t* r = truth_json_first(section, "data"); r != NULL; r = r->next) {
        int i = function_of(r);
        if (i < 0) continue;
        const counts_t* c = &model.functions[i];
        found++;
        CHECK_EQUAL("calls", names[i], truth_json_u64(r, "calls"), c->calls);
        CHECK_EQUAL("alloc_count", names[i], truth_json_u64(r, "alloc_count"), c->count);
        CHECK_EQUAL("alloc_bytes", names[i], truth_json_u64(r, "alloc_bytes"), c->bytes);
        CHECK_EQUAL("total", names[i], truth_json_u64(r, "alloc_total_bytes"), c->total_bytes);
        CHECK_EQUAL("realloc_count", names[i], truth_json_u64(r, "realloc_count"), c->reallocs);
        CHECK_EQUAL("free_bytes", names[i], truth_json_u64(r, "free_bytes"), c->freed);
        CHECK_EQUAL(
            "others", names[i], truth_json_u64(r, "freed_by_others_bytes"), c->others_freed);
        check_sizes(r, names[i], c);
    }
    CHECK_EQUAL("functions", "the report", found, FUNCTIONS);
    section = truth_json_get(report, "heap");
    for (const truth_json_t* r = truth_json_first(section, "data"); r != NULL; r = r->next) {
        int i = function_of(r);
        if (i < 0) continue;
        const counts_t* c = &model.functions[i];
        CHECK_EQUAL("live_bytes", names[i], truth_json_u64(r, "live_bytes"), c->bytes - c->freed);
        CHECK_EQUAL("live_count", names[i], truth_json_u64(r, "live_count"), c->count - c->frees);
        found--;
    }
    CHECK_EQUAL("functions", "the report's heap", found, 0);
    truth_json_free(report);
    truth_text_free(&text);
}

static void memory_is_as_it_is(void** state) {
    (void)state;
    static const model_t nothing;
    char token[40], query[100];
    pthread_t thread;
    for (int i = 0; i < FUNCTIONS; i++)
        snprintf(names[i], sizeof names[i], "f%d", i);
    assert_true(hotpath_mcp_start());
    assert_int_equal(pthread_create(&thread, NULL, worker, NULL), 0);
    play();
    since = model;
    assert_true(hotpath_heap_snapshot("middle"));
    history_lock();
    history_tick();
    history_token(history_newest()->tick, token, sizeof token);
    history_unlock();
    play();
    log_some();
    hotpath_i_exclude(1); /* what the test asks with would be in the whole of the percentages */
    check_snapshot();
    check_functions("", &nothing, true);
    check_functions("", &nothing, false);
    snprintf(query, sizeof query, "&since=%s", token);
    check_functions(query, &since, true);
    check_sorts();
    check_heap();
    check_diff("/api/heap?view=diff&base=middle&filter=f*&limit=200");
    snprintf(query, sizeof query, "/api/heap?view=diff&since=%s&filter=f*&limit=200", token);
    check_diff(query);
    check_tree();
    check_thread();
    check_logs();
    check_report();
    turn_to(-1);
    pthread_join(thread, NULL);
    for (int i = 0; i < BLOCKS; i++)
        HOTPATH_FREE(blocks[i].memory);
    hotpath_mcp_stop();
    assert_int_equal(truth_failures, 0);
}

int main(int argc, char** argv) {
    (void)argc;
    if (getenv("HOTPATH_HEAP_INTERVAL") == NULL) { /* nothing gets old while the test runs */
        setenv("HOTPATH_HEAP_INTERVAL", "3600000", 1);
        setenv("HOTPATH_MCP_PORT", "0", 1);
        setenv("HOTPATH_LIMIT", "0", 1);
        truth_execute(argv[0], "with settings");
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(memory_is_as_it_is)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
