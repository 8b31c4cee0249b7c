/* Truth: a snapshot in a caller's memory without any allocation, threads with their open scopes, the
   last executions of every function whatever the others do, its slowest ones, and what
   HOTPATH_RETURN keeps. On a virtual clock; pages come through the test's own hooks. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static uint64_t virtual_ticks(void);
static void* counted_pages(size_t size);
static void free_pages(void* memory, size_t size);
#define HOTPATH_CLOCK()          virtual_ticks()
#define HOTPATH_PAGES_ALLOC(n)   counted_pages(n)
#define HOTPATH_PAGES_FREE(p, n) free_pages(p, n)
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "truth.h"

static _Thread_local uint64_t line = 1000;
static uint64_t pages_taken, heap_taken;

static uint64_t virtual_ticks(void) { return line; }

static void* counted_pages(size_t size) {
    void* memory = NULL;
    __atomic_fetch_add(&pages_taken, 1, __ATOMIC_RELAXED);
    if (posix_memalign(&memory, 4096, size) != 0) return NULL;
    return memset(memory, 0, size);
}
static void free_pages(void* memory, size_t size) {
    (void)size;
    free(memory);
}

/* Where no sanitizer has its own, malloc is the test's, and counts for the whole process. */
#if defined(__has_feature)
    #if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
        #define OWN_MALLOC 0
    #endif
#endif
#if !defined(OWN_MALLOC) && defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
    #define OWN_MALLOC 1
extern void* __libc_malloc(size_t size);
extern void* __libc_calloc(size_t count, size_t size);
extern void* __libc_realloc(void* memory, size_t size);
void* malloc(size_t size) {
    __atomic_fetch_add(&heap_taken, 1, __ATOMIC_RELAXED);
    return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
    __atomic_fetch_add(&heap_taken, 1, __ATOMIC_RELAXED);
    return __libc_calloc(count, size);
}
void* realloc(void* memory, size_t size) {
    __atomic_fetch_add(&heap_taken, 1, __ATOMIC_RELAXED);
    return __libc_realloc(memory, size);
}
#endif

static void run(const char* name, uint64_t duration) {
    HOTPATH_SCOPE_NAMED(name);
    line += duration;
}

/* ---- memory ------------------------------------------------------------------------------------- */

static void* run_and_wait(void* user) {
    HOTPATH_THREAD_NAME("waiter");
    HOTPATH_SCOPE("waits");
    run("in a thread", 5);
    pthread_barrier_wait((pthread_barrier_t*)user);
    pthread_barrier_wait((pthread_barrier_t*)user);
    return NULL;
}

/* An overlay's frame: take, read, free. */
static void draw_frame(void* buffer, size_t size, uint64_t frame) {
    hotpath_snapshot_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.buffer = buffer;
    desc.buffer_size = size;
    hotpath_snapshot_t* snapshot = hotpath_snapshot_take(&desc);
    if (!CHECK(snapshot != NULL, "frame %" PRIu64 " has no snapshot", frame)) return;
    CHECK_EQUAL("calls", "a frame", truth_need(snapshot, "frame")->calls, frame);
    CHECK_EQUAL("median", "a frame",
        hotpath_snapshot_percentile(snapshot, truth_need(snapshot, "frame"), 50), 16);
    CHECK_EQUAL("calls", "in a thread", truth_need(snapshot, "in a thread")->calls, 1);
    CHECK((char*)snapshot >= (char*)buffer && (char*)snapshot < (char*)buffer + size,
        "the snapshot is in the buffer");
    hotpath_snapshot_free(snapshot);
}

static void no_allocation(uint64_t unused) {
    pthread_t thread;
    pthread_barrier_t barrier;
    (void)unused;
    pthread_barrier_init(&barrier, NULL, 2);
    pthread_create(&thread, NULL, run_and_wait, &barrier);
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < 300; i++)
        run("frame", 16), run("slow", 1000000);
    size_t size = hotpath_snapshot_size(NULL);
    void* buffer = NULL;
    if (posix_memalign(&buffer, 64, size) != 0) abort();
    draw_frame(buffer, size, 300);
    uint64_t pages = __atomic_load_n(&pages_taken, __ATOMIC_RELAXED);
    uint64_t heap = __atomic_load_n(&heap_taken, __ATOMIC_RELAXED);
    CHECK(pages > 0, "the recorder takes its pages from the hook");
    for (uint64_t i = 301; i <= 1000; i++) {
        run("frame", 16);
        draw_frame(buffer, size, i);
    }
    CHECK_EQUAL("pages", "700 frames", pages_taken, pages);
    CHECK_EQUAL("mallocs", "700 frames", heap_taken, heap);
    pthread_barrier_wait(&barrier);
    pthread_join(thread, NULL);
    free(buffer);
}

/* Every size below the need gives NULL and touches nothing past the end; the size told is enough. */
static void buffer_sizes(uint64_t unused) {
    (void)unused;
    for (int i = 0; i < 50; i++) {
        char name[32];
        snprintf(name, sizeof name, "function %d", i);
        for (int n = 0; n <= i; n++)
            run(name, (uint64_t)n * 1000);
    }
    size_t size = hotpath_snapshot_size(NULL), least = 0;
    char* buffer = NULL;
    if (posix_memalign((void**)&buffer, 64, size + 64) != 0) abort();
    hotpath_snapshot_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.buffer = buffer;
    for (size_t n = 16; n <= size; n = n < 256 ? n + 16 : n + n / 16 / 16 * 16) {
        memset(buffer, 0x5A, size + 64);
        desc.buffer_size = n;
        hotpath_snapshot_t* snapshot = hotpath_snapshot_take(&desc);
        if (snapshot != NULL && least == 0) least = n;
        CHECK((snapshot != NULL) == (least != 0), "%zu bytes are not enough, fewer were", n);
        bool clean = true;
        for (size_t i = n; i < n + 64; i++)
            clean &= buffer[i] == 0x5A;
        CHECK(clean, "a snapshot of %zu bytes writes past them", n);
        if (snapshot == NULL) continue;
        CHECK_EQUAL("calls", "function 49", truth_need(snapshot, "function 49")->calls, 50);
        hotpath_snapshot_free(snapshot);
    }
    desc.buffer_size = size;
    hotpath_snapshot_t* snapshot = hotpath_snapshot_take(&desc);
    CHECK(snapshot != NULL, "hotpath_snapshot_size says %zu, which is too little", size);
    CHECK(least > 64, "%zu bytes were enough for 50 functions", least);
    for (int offset = 1; offset <= 8; offset++) { /* as malloc's memory is with 32 bits */
        desc.buffer = buffer + offset;
        snapshot = hotpath_snapshot_take(&desc);
        CHECK((snapshot != NULL) == (offset == 8), "a buffer %d bytes off", offset);
    }
    CHECK_EQUAL("functions", "the buffer",
        truth_find(snapshot, "function 0") != NULL && truth_find(snapshot, "function 49") != NULL,
        true);
    free(buffer);
}

/* A bit of everything that takes room: reasons, texts, gauges, spans, contexts, information. */
static int varied_result(int i) {
    HOTPATH_FUNC_LOG();
    line += (uint64_t)1 << i % 40;
    HOTPATH_RETURN(i);
}
static const char* varied_text(const char* text) {
    HOTPATH_FUNC_LOG();
    line += 7;
    HOTPATH_RETURN(text);
}
static void varied(uint64_t round) {
    char text[256], name[32];
    memset(text, 'x', sizeof text);
    for (int i = 0; i < 200; i++) {
        text[i % 200] = 0;
        (void)varied_text(text);
        HOTPATH_VAL("text", text);
        text[i % 200] = 'x';
        (void)varied_result(i);
        HOTPATH_VAL("number", i);
        HOTPATH_GAUGE_INC("gauge", 0.5);
        hotpath_record("track", i % 2 ? "odd" : "even", 1, 1 + (uint64_t)i);
        HOTPATH_SCOPE("fails");
        HOTPATH_ERROR("a reason");
        snprintf(name, sizeof name, "f %d", i % 30);
        HOTPATH_SCOPE_NAMED(name);
        run("inner", round);
        HOTPATH_ERROR("another");
    }
}
static void* run_varied_and_wait(void* barrier) {
    HOTPATH_SCOPE("open in a thread");
    varied(7);
    pthread_barrier_wait((pthread_barrier_t*)barrier);
    pthread_barrier_wait((pthread_barrier_t*)barrier);
    return NULL;
}
static void* run_varied(void* unused) {
    varied(8);
    return unused;
}
static bool add_to_hash(void* user, const char* data, size_t size) {
    uint64_t* hash = (uint64_t*)user;
    for (size_t i = 0; i < size; i++)
        *hash = (*hash ^ (unsigned char)data[i]) * 0x100000001B3u;
    return true;
}
static uint64_t hash_of(const hotpath_snapshot_t* snapshot) {
    hotpath_report_desc_t desc = {HOTPATH_FORMAT_JSON, false};
    uint64_t hash = 0xCBF29CE484222325u;
    CHECK(hotpath_report(snapshot, &desc, add_to_hash, &hash), "no report");
    return hash;
}
/* A trimmed snapshot has nothing behind its end, and reads and subtracts as before. */
static void check_trim(hotpath_snapshot_t* snapshot, char* buffer, size_t size) {
    hotpath_snapshot_t* before = hotpath_snapshot_difference(snapshot, snapshot, NULL);
    uint64_t hash = hash_of(snapshot);
    CHECK(before != NULL, "no difference");
    size_t used = hotpath_snapshot_trim(snapshot);
    CHECK(used > 1000 && used < size, "%zu of %zu bytes are used", used, size);
    memset(buffer + used, 0xAA, size - used);
    CHECK_EQUAL("the report", "trimmed", hash_of(snapshot), hash);
    CHECK_EQUAL("bytes", "trimmed twice", hotpath_snapshot_trim(snapshot), used);
    hotpath_snapshot_t* after = hotpath_snapshot_difference(snapshot, snapshot, NULL);
    CHECK(after != NULL, "no difference");
    CHECK_EQUAL("the difference", "trimmed", hash_of(after), hash_of(before));
    CHECK(hotpath_snapshot_trim(after) > 1000, "trimming the system's memory");
    CHECK_EQUAL("the difference", "trimmed too", hash_of(after), hash_of(before));
    hotpath_snapshot_free(before);
    hotpath_snapshot_free(after);
}
/* The size is enough also without what is added for later, for all parts and for one thread, and
   asking for it takes no memory. */
static void check_size(uint32_t parts, uint64_t thread) {
    hotpath_snapshot_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.parts = parts, desc.thread = thread;
    uint64_t pages = __atomic_load_n(&pages_taken, __ATOMIC_RELAXED);
    size_t told = hotpath_snapshot_size(&desc), size = (told - 65536) / 2 / 16 * 16;
    CHECK_EQUAL("pages", "the size", __atomic_load_n(&pages_taken, __ATOMIC_RELAXED), pages);
    if (posix_memalign(&desc.buffer, 64, size) != 0) abort();
    desc.buffer_size = size;
    hotpath_snapshot_t* snapshot = hotpath_snapshot_take(&desc);
    CHECK(snapshot != NULL, "%zu are too little for parts %x of thread %" PRIu64, size, parts,
        thread);
    if (snapshot != NULL) check_trim(snapshot, (char*)desc.buffer, size);
    desc.buffer_size = size / 8;
    CHECK(hotpath_snapshot_take(&desc) == NULL, "an eighth of %zu is enough for parts %x", size,
        parts);
    free(desc.buffer);
}
static void the_size_is_counted(uint64_t unused) {
    (void)unused;
    pthread_t threads[3], ended;
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, 4);
    for (int i = 0; i < 7000; i++) { /* nothing but executions */
        char name[32];
        snprintf(name, sizeof name, "plain %d", i % 100);
        run(name, (uint64_t)i);
    }
    check_size(0, 0);
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, run_varied_and_wait, &barrier);
    pthread_barrier_wait(&barrier);
    pthread_create(&ended, NULL, run_varied, NULL);
    pthread_join(ended, NULL);
    for (int i = 0; i < 20; i++)
        hotpath_app_info(i % 2 ? "a" : "b", "a line of information");
    hotpath_context_t* parked = hotpath_context_create("parked");
    hotpath_context_switch(parked);
    HOTPATH_BEGIN(in_parked, "in parked");
    hotpath_context_switch(NULL);
    HOTPATH_SCOPE("outside");
    hotpath_context_switch(hotpath_context_create("running"));
    HOTPATH_BEGIN(in_running, "in running");
    for (uint32_t parts = 0; parts < 32; parts++)
        check_size(parts, 0);
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    size_t count = 0;
    const hotpath_thread_t* rows = hotpath_snapshot_threads(s, &count);
    CHECK_EQUAL("threads", "the snapshot", count, 6);
    for (size_t i = 0; i < count; i++)
        if (rows[i].id != 0) check_size(0, rows[i].id);
    hotpath_snapshot_free(s);
    HOTPATH_END(in_running);
    hotpath_context_switch(parked);
    HOTPATH_END(in_parked);
    hotpath_context_switch(NULL);
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
}

/* Whatever it is that a buffer is too small for: nodes, or the tables that find them. */
static void every_size(uint64_t unused) {
    (void)unused;
    hotpath_snapshot_desc_t desc;
    memset(&desc, 0, sizeof desc);
    for (int i = 0; i < 3000; i++) {
        char name[32];
        snprintf(name, sizeof name, "name %d", i % 50);
        HOTPATH_SCOPE_NAMED(name);
        snprintf(name, sizeof name, "name %d", i % 60);
        run(name, 1);
    }
    size_t most = hotpath_snapshot_size(NULL) / 16 * 16, enough = 0;
    if (posix_memalign(&desc.buffer, 64, most) != 0) abort();
    for (desc.buffer_size = 1024; desc.buffer_size <= most; desc.buffer_size += 512) {
        hotpath_snapshot_t* s = hotpath_snapshot_take(&desc);
        CHECK(enough == 0 || s != NULL, "%zu bytes were enough, not %zu", enough, desc.buffer_size);
        if (s == NULL) continue;
        if (enough == 0) enough = desc.buffer_size;
        size_t nodes = 0;
        (void)hotpath_snapshot_nodes(s, &nodes);
        CHECK(nodes > 300, "%zu nodes", nodes);
        if (desc.buffer_size > enough + 8192) break;
    }
    CHECK(enough != 0, "%zu bytes are not enough", most);
    free(desc.buffer);
}

/* Only the parts that are asked for. */
static void parts(uint64_t unused) {
    (void)unused;
    HOTPATH_SCOPE("open");
    run("done", 3);
    HOTPATH_VAL("key", 7);
    HOTPATH_FRAME("frames");
    for (uint32_t mask = 1; mask < 64; mask++) {
        hotpath_snapshot_desc_t desc;
        memset(&desc, 0, sizeof desc);
        desc.parts = mask;
        hotpath_snapshot_t* s = hotpath_snapshot_take(&desc);
        size_t nodes = 99, threads = 99, entries = 99, frames = 99, functions = 99, called = 0;
        (void)hotpath_snapshot_nodes(s, &nodes);
        (void)hotpath_snapshot_threads(s, &threads);
        (void)hotpath_snapshot_entries(s, &entries);
        const hotpath_function_t* f = hotpath_snapshot_functions(s, &functions);
        for (size_t i = 0; i < functions; i++)
            called += f[i].calls != 0;
        CHECK_EQUAL("called functions", "a part", called, 2);
        CHECK_EQUAL("nodes", "a part", nodes, mask & HOTPATH_PART_TREE ? 2 : 0);
        CHECK_EQUAL("threads", "a part", threads, mask & HOTPATH_PART_THREADS ? 1 : 0);
        CHECK_EQUAL("entries", "a part", entries, mask & HOTPATH_PART_VALUES ? 1 : 0);
        (void)hotpath_snapshot_frames(s, &frames);
        CHECK_EQUAL("frames", "a part", frames, mask & HOTPATH_PART_FRAMES ? 1 : 0);
        CHECK_EQUAL("executions", "a part", truth_need(s, "done")->recent_count,
            mask & HOTPATH_PART_LOGS ? 1 : 0);
        CHECK_EQUAL("total", "open", truth_need(s, "open")->total_ns, 3);
        hotpath_snapshot_free(s);
    }
}

/* ---- times that are read later ------------------------------------------------------------------ */

static void check_no_times(const hotpath_snapshot_t* s, const hotpath_function_t* f) {
    CHECK(!f->has_times, "%s has times", f->name);
    CHECK_EQUAL("completed", f->name, f->completed, 0);
    CHECK_EQUAL("sampled_calls", f->name, f->sampled_calls, 0);
    CHECK_EQUAL("abandoned", f->name, f->abandoned, 0);
    CHECK_EQUAL("sum", f->name, f->sum_ticks | f->sum_squares_low | f->sum_squares_high, 0);
    CHECK_EQUAL("min and max", f->name, f->min_ns | f->max_ns, 0);
    CHECK(f->mean_ns + f->stdev_ns + f->calls_per_sec + f->calls_per_sec_peak <= 0, "no means");
    CHECK_EQUAL("lists", f->name, f->reasons_count | f->recent_count | f->slowest_count, 0);
    CHECK_EQUAL("median", f->name, hotpath_snapshot_percentile(s, f, 50), 0);
}
static void check_executions(const char* name, const hotpath_execution_t* got, uint32_t got_count,
    const hotpath_execution_t* want, uint32_t count) {
    CHECK_EQUAL("executions", name, got_count, count);
    for (uint32_t i = 0; i < count && got_count == count; i++) {
        CHECK_EQUAL("at", name, got[i].at_ns, want[i].at_ns);
        CHECK_EQUAL("duration", name, got[i].duration_ns, want[i].duration_ns);
        CHECK_EQUAL("thread", name, got[i].thread, want[i].thread);
        CHECK_EQUAL("length of the value", name, got[i].value.length, want[i].value.length);
    }
}
/* What is there from the start, and with times what they add. */
static void check_same(const hotpath_snapshot_t* s, const hotpath_function_t* f,
    const hotpath_snapshot_t* whole, const hotpath_function_t* want) {
    CHECK_TEXT("name", f->name, f->name, want->name);
    CHECK_EQUAL("calls", f->name, f->calls, want->calls);
    CHECK_EQUAL("open_calls", f->name, f->open_calls, want->open_calls);
    CHECK_EQUAL("errors", f->name, f->errors, want->errors);
    CHECK_EQUAL("bytes", f->name, f->bytes, want->bytes);
    CHECK_EQUAL("total", f->name, f->total_ns, want->total_ns);
    CHECK_EQUAL("self", f->name, f->self_ns, want->self_ns);
    if (!f->has_times) return;
    CHECK_EQUAL("completed", f->name, f->completed, want->completed);
    CHECK_EQUAL("sampled_calls", f->name, f->sampled_calls, want->sampled_calls);
    CHECK_EQUAL("abandoned", f->name, f->abandoned, want->abandoned);
    CHECK_EQUAL("sum", f->name, f->sum_ticks, want->sum_ticks);
    CHECK_EQUAL("squares", f->name, f->sum_squares_low, want->sum_squares_low);
    CHECK_EQUAL("squares", f->name, f->sum_squares_high, want->sum_squares_high);
    CHECK_EQUAL("min", f->name, f->min_ns, want->min_ns);
    CHECK_EQUAL("max", f->name, f->max_ns, want->max_ns);
    CHECK(memcmp(&f->mean_ns, &want->mean_ns, sizeof f->mean_ns) == 0, "mean %f", f->mean_ns);
    CHECK(memcmp(&f->stdev_ns, &want->stdev_ns, sizeof f->stdev_ns) == 0, "stdev %f", f->stdev_ns);
    for (int percent = 0; percent <= 100; percent += 5)
        CHECK_EQUAL("a percentile", f->name, hotpath_snapshot_percentile(s, f, percent),
            hotpath_snapshot_percentile(whole, want, percent));
    CHECK_EQUAL("reasons", f->name, f->reasons_count, want->reasons_count);
    for (uint32_t i = 0; i < want->reasons_count && f->reasons_count == want->reasons_count; i++) {
        CHECK_TEXT("reason", f->name, f->reasons[i].text, want->reasons[i].text);
        CHECK_EQUAL("reason", f->name, f->reasons[i].count, want->reasons[i].count);
    }
    check_executions(f->name, f->recent, f->recent_count, want->recent, want->recent_count);
    check_executions(f->name, f->slowest, f->slowest_count, want->slowest, want->slowest_count);
}
/* `stride` of the functions have times. */
static void check_times(
    const hotpath_snapshot_t* later, const hotpath_snapshot_t* whole, size_t stride) {
    size_t count = 0, want_count = 0;
    const hotpath_function_t* f = hotpath_snapshot_functions(later, &count);
    const hotpath_function_t* want = hotpath_snapshot_functions(whole, &want_count);
    CHECK_EQUAL("functions", "both", count, want_count);
    for (size_t i = 0; i < count && count == want_count; i++) {
        if (stride == 0 || i % stride != 0) check_no_times(later, &f[i]);
        check_same(later, &f[i], whole, &want[i]);
        CHECK(f[i].has_times == (stride != 0 && i % stride == 0), "%s", f[i].name);
    }
}
static void check_later_difference(hotpath_snapshot_t* later, const hotpath_snapshot_t* whole,
    const hotpath_snapshot_t* older, size_t stride) {
    hotpath_snapshot_t* got = hotpath_snapshot_difference(later, older, NULL);
    hotpath_snapshot_t* want = hotpath_snapshot_difference(whole, older, NULL);
    CHECK(hotpath_snapshot_difference(whole, later, NULL) == NULL, "an older one without times");
    size_t count = 0;
    const hotpath_function_t* f = hotpath_snapshot_functions(got, &count);
    const hotpath_function_t* other = hotpath_snapshot_functions(want, &count);
    for (size_t i = 0; i < count; i++)
        if (i % stride == 0) check_same(got, &f[i], want, &other[i]);
    hotpath_snapshot_free(got);
    hotpath_snapshot_free(want);
}
/* What is enough for the snapshot is too little for all times, however far they get. */
static void check_too_small(void) {
    char* memory = (char*)malloc(1 << 22);
    hotpath_snapshot_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.parts = HOTPATH_TIMES_LATER, desc.buffer = memory, desc.buffer_size = 1024;
    hotpath_snapshot_t* s = NULL;
    for (; s == NULL && desc.buffer_size < 1 << 22; desc.buffer_size += 1024)
        s = hotpath_snapshot_take(&desc);
    uint32_t all[200];
    size_t count = 0;
    const hotpath_function_t* f = hotpath_snapshot_functions(s, &count);
    for (uint32_t i = 0; i < count; i++)
        all[i] = i;
    CHECK(!hotpath_snapshot_times(s, all, count), "%zu bytes are enough", desc.buffer_size);
    for (uint32_t i = 0; i < count; i++)
        check_no_times(s, &f[i]);
    CHECK(hotpath_snapshot_times(s, all, 1) && f[0].has_times, "one is not too much");
    CHECK(!hotpath_snapshot_times(s, all, count) && f[0].has_times, "it stays");
    size_t used = hotpath_snapshot_trim(s);
    CHECK(!hotpath_snapshot_times(s, all, count), "nothing is free");
    CHECK_EQUAL("bytes", "what has failed", hotpath_snapshot_trim(s), used);
    free(memory);
}
/* Of a few functions at a time, or of all, they are what a whole snapshot has. */
static void times_later(uint64_t unused) {
    (void)unused;
    pthread_t threads[3], ended;
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, 4);
    varied(3);
    hotpath_snapshot_t* older = hotpath_snapshot_take(NULL);
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, run_varied_and_wait, &barrier);
    pthread_barrier_wait(&barrier);
    hotpath_snapshot_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.parts = HOTPATH_TIMES_LATER;
    hotpath_snapshot_t* early = hotpath_snapshot_take(&desc); /* before a thread ends */
    pthread_create(&ended, NULL, run_varied, NULL);
    pthread_join(ended, NULL);
    hotpath_snapshot_t* whole = hotpath_snapshot_take(NULL);
    hotpath_snapshot_t* later = hotpath_snapshot_take(&desc);
    uint32_t list[400];
    size_t count = 0, n = 0;
    const hotpath_function_t* f = hotpath_snapshot_functions(later, &count);
    CHECK(count > 30 && count < 200, "%zu functions", count);
    check_times(later, whole, 0);
    CHECK(hotpath_snapshot_times(later, NULL, 0), "none is enough");
    for (size_t i = 0; i < count; i += 3, n += 2) /* backwards, and twice; others do not exist */
        list[n] = list[n + 1] = (uint32_t)((count - 1) / 3 * 3 - i);
    list[n++] = (uint32_t)count, list[n++] = UINT32_MAX;
    CHECK(hotpath_snapshot_times(later, list, n / 2), "the first half");
    CHECK(hotpath_snapshot_times(later, list, n), "and again with the second one");
    check_times(later, whole, 3);
    check_later_difference(later, whole, older, 3);
    for (uint32_t i = 0; i < count; i++)
        list[i] = i;
    CHECK(hotpath_snapshot_times(later, list, count), "all");
    check_times(later, whole, 1);
    check_later_difference(later, whole, older, 1);
    (void)hotpath_snapshot_functions(early, &n);
    CHECK(hotpath_snapshot_times(early, list, n), "all of the early one");
    f = hotpath_snapshot_functions(early, &n);
    const hotpath_function_t* want = hotpath_snapshot_functions(whole, &count);
    for (size_t i = 0; i < n; i++) /* of now, the store of ended threads included */
        CHECK_EQUAL("completed", "the early one", f[i].completed, want[i].completed);
    check_too_small();
    desc.thread = 1; /* ignored then */
    hotpath_snapshot_t* one = hotpath_snapshot_take(&desc);
    CHECK(truth_need(one, "inner")->has_times, "a snapshot of one thread has its times");
    hotpath_snapshot_free(one), hotpath_snapshot_free(early), hotpath_snapshot_free(whole);
    hotpath_snapshot_free(later), hotpath_snapshot_free(older);
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
}

/* Of what ends after the nodes were read and before the times are, the calls are told with it. */
static void calls_of_later_times(uint64_t unused) {
    (void)unused;
    hotpath_snapshot_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.parts = HOTPATH_PART_FUNCTIONS | HOTPATH_TIMES_LATER;
    varied(3);
    hotpath_snapshot_t* later = hotpath_snapshot_take(&desc);
    const hotpath_function_t* inner = truth_need(later, "inner");
    uint64_t before = inner->calls;
    varied(3);
    size_t count = 0;
    uint32_t index = (uint32_t)(inner - hotpath_snapshot_functions(later, &count));
    CHECK_EQUAL("calls", "inner", inner->calls, before);
    CHECK(hotpath_snapshot_times(later, &index, 1), "its times");
    inner = truth_need(later, "inner");
    CHECK_EQUAL("completed", "inner", inner->completed, 2 * before);
    CHECK_EQUAL("calls", "inner", inner->calls, 2 * before);
    hotpath_snapshot_free(later);
}

/* ---- threads with open scopes ------------------------------------------------------------------- */

static void* stand_inside(void* user) {
    HOTPATH_THREAD_NAME("a worker");
    line = 5000;
    HOTPATH_SCOPE("job");
    line += 300;
    HOTPATH_SCOPE("step");
    line += 20;
    run("finished", 1);
    HOTPATH_SCOPE_NAMED("wait for \"it\"");
    pthread_barrier_wait((pthread_barrier_t*)user);
    pthread_barrier_wait((pthread_barrier_t*)user);
    return NULL;
}

static void* touch(void* user) {
    (void)user;
    run("short life", 1);
    return NULL;
}

static void open_scopes(uint64_t unused) {
    pthread_t thread;
    pthread_barrier_t barrier;
    (void)unused;
    pthread_barrier_init(&barrier, NULL, 2);
    HOTPATH_THREAD_NAME("the first");
    HOTPATH_SCOPE("program");
    for (int i = 0; i < 3; i++) {
        pthread_create(&thread, NULL, touch, NULL);
        pthread_join(thread, NULL);
    }
    pthread_create(&thread, NULL, stand_inside, &barrier);
    pthread_barrier_wait(&barrier);
    line = 10000;
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    size_t count = 0, functions_count = 0;
    const hotpath_thread_t* threads = hotpath_snapshot_threads(s, &count);
    const hotpath_function_t* functions = hotpath_snapshot_functions(s, &functions_count);
    static const struct {
        const char* name;
        uint64_t at, elapsed;
    } want[] = {{"job", 4000, 5000}, {"step", 4300, 4700}, {"wait for \"it\"", 4321, 4679}};
    if (!CHECK_EQUAL("rows", "threads", count, 3)) return;
    CHECK_TEXT("name", "the first row", threads[0].name, "the first");
    CHECK_EQUAL("open scopes", "the first row", threads[0].open_count, 1);
    CHECK_EQUAL("busy", "the first row", threads[0].busy_ns, 9000);
    CHECK_EQUAL("calls", "the first row", threads[0].calls, 1);
    CHECK_TEXT("name", "the second row", threads[1].name, "a worker");
    CHECK(threads[1].id > threads[0].id, "ids rise, and the ended ones had theirs");
    CHECK_EQUAL("busy", "the second row", threads[1].busy_ns, 5000);
    CHECK_EQUAL("calls", "the second row", threads[1].calls, 4);
    CHECK_EQUAL("state", "the second row", threads[1].state, HOTPATH_THREAD_LIVE);
    CHECK_EQUAL("state", "the last row", threads[2].state, HOTPATH_THREAD_ENDED);
    CHECK_EQUAL("count", "the last row", threads[2].count, 3);
    CHECK_EQUAL("calls", "the last row", threads[2].calls, 3);
    CHECK_EQUAL("busy", "the last row", threads[2].busy_ns, 3);
    if (CHECK_EQUAL("open scopes", "the second row", threads[1].open_count, 3))
        for (int i = 0; i < 3; i++) {
            const hotpath_open_t* open = &threads[1].open[i];
            CHECK_TEXT("name", "an open scope", functions[open->function].name, want[i].name);
            CHECK_EQUAL("at", want[i].name, open->at_ns, want[i].at);
            CHECK_EQUAL("elapsed", want[i].name, open->elapsed_ns, want[i].elapsed);
        }
    CHECK_EQUAL("self", "job", truth_need(s, "job")->self_ns, 300);
    CHECK_EQUAL("self", "step", truth_need(s, "step")->self_ns, 20);
    hotpath_snapshot_free(s);
    pthread_barrier_wait(&barrier);
    pthread_join(thread, NULL);
    s = hotpath_snapshot_take(NULL);
    threads = hotpath_snapshot_threads(s, &count);
    if (CHECK_EQUAL("rows", "threads", count, 2))
        CHECK_EQUAL("count", "the last row", threads[1].count, 4);
    CHECK_EQUAL("open_calls", "job", truth_need(s, "job")->open_calls, 0);
    hotpath_snapshot_free(s);
}

/* ---- logs --------------------------------------------------------------------------------------- */

/* The number that a variable of the environment has, or else a default. */
static uint64_t variable_or(const char* variable, uint64_t fallback) {
    const char* text = getenv(variable);
    return text != NULL ? strtoull(text, NULL, 10) : fallback;
}

static void start(void) {
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.no_exit_report = true;
    CHECK(hotpath_start(&desc), "the recorder starts");
}

/* The last executions of B stay, however often A runs. */
static void others_do_not_matter(uint64_t unused) {
    uint64_t durations[1100], begins[1100];
    (void)unused;
    start();
    uint64_t kept = variable_or("HOTPATH_LOGS_LIMIT", 64), first = line;
    for (uint64_t i = 0; i < 1100; i++) {
        line += 10;
        begins[i] = line - first;
        durations[i] = 100 + i * 7919 % 997;
        run("B", durations[i]);
    }
    for (int i = 0; i < 1000000; i++) {
        HOTPATH_SCOPE("A");
        line += 1;
    }
    for (int i = 0; i < 300; i++) {
        char name[32];
        snprintf(name, sizeof name, "other %d", i);
        run(name, 5);
    }
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_function_t* b = truth_need(s, "B");
    CHECK_EQUAL("calls", "A", truth_need(s, "A")->calls, 1000000);
    CHECK_EQUAL("calls", "B", b->calls, 1100);
    CHECK_EQUAL("executions", "A", truth_need(s, "A")->recent_count, kept);
    if (CHECK_EQUAL("executions", "B", b->recent_count, kept))
        for (uint64_t i = 0; i < kept; i++) {
            CHECK_EQUAL("duration", "B", b->recent[i].duration_ns, durations[1099 - i]);
            CHECK_EQUAL("begin", "B", b->recent[i].at_ns, begins[1099 - i]);
            CHECK_EQUAL("value", "B", b->recent[i].value.type, HOTPATH_VALUE_NONE);
        }
    hotpath_snapshot_free(s);
}

/* Without a right limit the default is used. */
static void wrong_limit(uint64_t unused) {
    (void)unused;
    start();
    for (int i = 0; i < 2000; i++)
        run("B", 1);
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    CHECK_EQUAL("executions", "B", truth_need(s, "B")->recent_count, 64);
    hotpath_snapshot_free(s);
}

static void* run_part(void* user) {
    truth_list_t* list = (truth_list_t*)user;
    for (size_t i = 0; i < list->count; i++)
        run("slow now and then", list->items[i]);
    return NULL;
}

/* The eight slowest are the eight slowest, of one thread and of all, also of ended ones. */
static void slowest(uint64_t seed) {
    truth_random_t random = {seed};
    truth_list_t all = {NULL, 0, 0, false}, parts_[3];
    memset(parts_, 0, sizeof parts_);
    for (int t = 0; t < 3; t++) {
        pthread_t thread;
        for (int i = 0; i < 20000; i++)
            truth_list_add(&parts_[t], truth_log_uniform(&random, 1, 1000000000000));
        truth_list_append(&all, &parts_[t]);
        if (t < 2) {
            pthread_create(&thread, NULL, run_part, &parts_[t]);
            pthread_join(thread, NULL);
        } else {
            run_part(&parts_[t]);
        }
        truth_list_t sorted = {NULL, 0, 0, false};
        truth_list_append(&sorted, &all);
        truth_list_sort(&sorted);
        hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
        const hotpath_function_t* f = truth_need(s, "slow now and then");
        if (CHECK_EQUAL("slowest executions", f->name, f->slowest_count, 8))
            for (size_t i = 0; i < 8; i++)
                CHECK_EQUAL("a slowest", f->name, f->slowest[i].duration_ns,
                    sorted.items[sorted.count - 1 - i]);
        hotpath_snapshot_free(s);
        truth_list_free(&sorted);
    }
    for (int i = 0; i < 5; i++)
        run("a few", (uint64_t)(3 + i * 7 % 5));
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_function_t* f = truth_need(s, "a few");
    if (CHECK_EQUAL("slowest executions", f->name, f->slowest_count, 5))
        for (uint64_t i = 0; i < 5; i++)
            CHECK_EQUAL("a slowest", f->name, f->slowest[i].duration_ns, 7 - i);
    hotpath_snapshot_free(s);
    truth_list_free(&all);
    for (int t = 0; t < 3; t++)
        truth_list_free(&parts_[t]);
}

/* Executions of ended and live threads are one log, newest first, each with its thread. */
static void* run_ten(void* user) {
    line = (uint64_t)(uintptr_t)user;
    for (uint64_t i = 0; i < 10; i++)
        run("here and there", 1 + i);
    return NULL;
}
static void log_of_threads(uint64_t unused) {
    uint64_t ids[4] = {0, 0, 0, 0};
    (void)unused;
    run("first", 1);
    for (uintptr_t t = 1; t <= 3; t++) {
        pthread_t thread;
        pthread_create(&thread, NULL, run_ten, (void*)(t * 100000));
        pthread_join(thread, NULL);
    }
    run_ten((void*)(uintptr_t)400000);
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_function_t* f = truth_need(s, "here and there");
    if (!CHECK_EQUAL("executions", f->name, f->recent_count, 40)) return;
    for (uint64_t i = 0; i < 40; i++) {
        uint64_t from_oldest = 39 - i, thread = from_oldest / 10;
        CHECK_EQUAL("duration", f->name, f->recent[i].duration_ns, from_oldest % 10 + 1);
        if (ids[thread] == 0) ids[thread] = f->recent[i].thread;
        CHECK_EQUAL("thread", f->name, f->recent[i].thread, ids[thread]);
    }
    size_t count = 0;
    const hotpath_thread_t* threads = hotpath_snapshot_threads(s, &count);
    CHECK_EQUAL("the newest", "this thread", ids[3], count ? threads[0].id : 0);
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < i; j++)
            CHECK(ids[i] != ids[j] && ids[i] != 0, "no id is given twice");
    hotpath_snapshot_free(s);
}

/* ---- results ------------------------------------------------------------------------------------ */

static int give_int(void) {
    HOTPATH_FUNC_LOG();
    HOTPATH_RETURN(-42);
}
static unsigned long long give_unsigned(void) {
    HOTPATH_FUNC_LOG();
    HOTPATH_RETURN(18446744073709551615ull);
}
static double give_double(void) {
    HOTPATH_FUNC_LOG();
    HOTPATH_RETURN(0.1);
}
static float give_float(void) {
    HOTPATH_FUNC_LOG();
    HOTPATH_RETURN(2.5f);
}
static bool give_bool(void) {
    HOTPATH_FUNC_LOG();
    bool yes = true;
    HOTPATH_RETURN(yes);
}
static char give_char(void) {
    HOTPATH_FUNC_LOG();
    char letter = 'x';
    HOTPATH_RETURN(letter);
}
static const char* give_text(const char* text) {
    HOTPATH_FUNC_LOG();
    HOTPATH_RETURN(text);
}
static void* give_pointer(void* p) {
    HOTPATH_FUNC_LOG();
    HOTPATH_RETURN(p);
}
static int give_nothing(void) {
    HOTPATH_FUNC_LOG();
    line += 9;
    return 1;
}

static hotpath_value_t newest_value(const hotpath_snapshot_t* s, const char* name, uint64_t calls) {
    const hotpath_function_t* f = truth_need(s, name);
    hotpath_value_t none;
    memset(&none, 0, sizeof none);
    CHECK_EQUAL("calls", name, f->calls, calls);
    CHECK_EQUAL("completed", name, f->completed, calls);
    if (!CHECK_EQUAL("executions", name, f->recent_count, calls)) return none;
    if (f->slowest_count != 0)
        CHECK_EQUAL("the type of the slowest's value", name, f->slowest[0].value.type,
            f->recent[0].value.type);
    return f->recent[0].value;
}

static void check_text(hotpath_value_t value, const char* want) {
    if (!CHECK_EQUAL("type", want, value.type, HOTPATH_VALUE_TEXT)) return;
    CHECK_EQUAL("length", want, value.length, strlen(want));
    CHECK_TEXT("text", "the value", value.as.text, want);
}

static void check_shown(hotpath_value_t value, const char* want) {
    char shown[64];
    size_t length = hotpath_value_text(value, shown, sizeof shown);
    CHECK_TEXT("the text", "a value", shown, want);
    CHECK_EQUAL("the length", want, length, strlen(want));
}

static void results(uint64_t unused) {
    char buffer[16] = "changing";
    (void)unused;
    CHECK_EQUAL("result", "give_int", give_int(), -42);
    CHECK_EQUAL("result", "give_unsigned", give_unsigned(), UINT64_MAX);
    CHECK_NEAR("result", "give_double", give_double(), 0.1, 0);
    CHECK_NEAR("result", "give_float", (double)give_float(), 2.5, 0);
    CHECK_EQUAL("result", "give_bool", give_bool(), true);
    CHECK_EQUAL("result", "give_char", give_char(), 'x');
    CHECK(give_text(buffer) == buffer, "the same pointer comes back");
    memset(buffer, '#', sizeof buffer - 1); /* the text was copied */
    CHECK(give_pointer(&line) == (void*)&line, "the same pointer comes back");
    give_nothing();
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);

    hotpath_value_t v = newest_value(s, "give_int", 1);
    CHECK_EQUAL("type", "give_int", v.type, HOTPATH_VALUE_INT);
    CHECK_EQUAL("value", "give_int", v.as.i, -42);
    check_shown(v, "-42");
    v = newest_value(s, "give_unsigned", 1);
    CHECK_EQUAL("type", "give_unsigned", v.type, HOTPATH_VALUE_UINT);
    CHECK_EQUAL("value", "give_unsigned", v.as.u, UINT64_MAX);
    check_shown(v, "18446744073709551615");
    v = newest_value(s, "give_double", 1);
    CHECK_EQUAL("type", "give_double", v.type, HOTPATH_VALUE_DOUBLE);
    CHECK_NEAR("value", "give_double", v.as.d, 0.1, 0);
    check_shown(v, "0.1");
    v = newest_value(s, "give_float", 1);
    CHECK_EQUAL("type", "give_float", v.type, HOTPATH_VALUE_DOUBLE);
    CHECK_NEAR("value", "give_float", v.as.d, 2.5, 0);
    v = newest_value(s, "give_bool", 1);
    CHECK_EQUAL("type", "give_bool", v.type, HOTPATH_VALUE_BOOL);
    CHECK_EQUAL("value", "give_bool", v.as.i, 1);
    check_shown(v, "true");
    v = newest_value(s, "give_char", 1);
    CHECK_EQUAL("type", "give_char", v.type, HOTPATH_VALUE_CHAR);
    CHECK_EQUAL("value", "give_char", v.as.i, 'x');
    check_text(newest_value(s, "give_text", 1), "changing");
    v = newest_value(s, "give_pointer", 1);
    CHECK_EQUAL("type", "give_pointer", v.type, HOTPATH_VALUE_POINTER);
    CHECK_EQUAL("value", "give_pointer", v.as.u, (uintptr_t)&line);
    v = newest_value(s, "give_nothing", 1);
    CHECK_EQUAL("type", "give_nothing", v.type, HOTPATH_VALUE_NONE);
    CHECK_EQUAL("total", "give_nothing", truth_need(s, "give_nothing")->total_ns, 9);
    CHECK_EQUAL("ends", "others or too late", hotpath_snapshot_info(s)->drops.foreign_ends, 0);
    hotpath_snapshot_free(s);
}

/* Each execution keeps its own value, and a snapshot keeps them while the recorder goes on. */
static void results_stay(uint64_t unused) {
    char text[32], want[32];
    (void)unused;
    for (int i = 0; i < 200; i++) {
        snprintf(text, sizeof text, "number %d", i);
        give_text(text);
    }
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    for (int i = 0; i < 1000; i++)
        give_text("later");
    const hotpath_function_t* f = truth_need(s, "give_text");
    if (CHECK_EQUAL("executions", f->name, f->recent_count, 64))
        for (int i = 0; i < 64; i++) {
            snprintf(want, sizeof want, "number %d", 199 - i);
            check_text(f->recent[i].value, want);
        }
    hotpath_snapshot_free(s);
    s = hotpath_snapshot_take(NULL);
    check_text(truth_need(s, "give_text")->recent[0].value, "later");
    hotpath_snapshot_free(s);
}

/* A long text is cut at HOTPATH_MAX_LOG_LEN bytes (1536), and never between them and its end. */
static void long_texts(uint64_t unused) {
    static char text[100001];
    uint64_t most = variable_or("HOTPATH_MAX_LOG_LEN", 1536);
    (void)unused;
    start();
    for (size_t i = 0; i < sizeof text - 1; i++)
        text[i] = (char)('a' + i * 7 % 26);
    static const size_t lengths[] = {
        0, 1, 15, 16, 17, 99, 100, 101, 255, 256, 1000, 1535, 1536, 1537, 4096, 100000};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        char end = text[lengths[i]];
        text[lengths[i]] = 0;
        give_text(text);
        hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
        const hotpath_function_t* f = truth_need(s, "give_text");
        hotpath_value_t v = f->recent_count != 0 ? f->recent[0].value : (hotpath_value_t){0};
        uint64_t want = lengths[i] < most ? lengths[i] : most;
        if (CHECK_EQUAL("type", "a long text", v.type, HOTPATH_VALUE_TEXT) &&
            CHECK_EQUAL("length", "a long text", v.length, want)) {
            CHECK(memcmp(v.as.text, text, want) == 0, "%" PRIu64 " bytes are the same", want);
            CHECK_EQUAL("the end", "a long text", v.as.text[want], 0);
        }
        hotpath_snapshot_free(s);
        text[lengths[i]] = end;
    }
}

/* What is open in many records, and in any part of them, is credited to the functions that it is of. */
enum {
    OPENERS = 40
};
static pthread_barrier_t openers;

/* Stays in it where it takes no time. */
static void run_or_stay(const char* name, uint64_t duration) {
    HOTPATH_SCOPE_NAMED(name);
    line += duration;
    for (int i = 0; i < 2 && duration == 0; i++)
        pthread_barrier_wait(&openers);
}
static void* open_one(void* number) {
    const uint64_t i = (uint64_t)(uintptr_t)number;
    char name[32];
    for (uint64_t k = 0; i % 4 == 0 && k < 70 + i; k++) { /* its own lies farther back */
        snprintf(name, sizeof name, "before %d", (int)k);
        run(name, 1);
    }
    snprintf(name, sizeof name, "opened by %d", (int)i);
    run_or_stay(name, 10 * (i + 1));
    line = 20000 + i;
    HOTPATH_SCOPE("opened by all");
    run_or_stay(name, 0);
    return NULL;
}
static void open_in_many_records(uint64_t unused) {
    pthread_t threads[OPENERS];
    uint64_t all = 0;
    (void)unused;
    pthread_barrier_init(&openers, NULL, OPENERS + 1);
    for (uintptr_t i = 0; i < OPENERS; i++)
        if (pthread_create(&threads[i], NULL, open_one, (void*)i) != 0) abort();
    pthread_barrier_wait(&openers);
    line = 50000;
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    if (s == NULL) abort();
    for (uint64_t i = 0; i < OPENERS; i++) {
        char name[32];
        snprintf(name, sizeof name, "opened by %d", (int)i);
        const hotpath_function_t* f = truth_need(s, name);
        CHECK_EQUAL("calls", name, f->calls, 2);
        CHECK_EQUAL("open calls", name, f->open_calls, 1);
        CHECK_EQUAL("total", name, f->total_ns, 10 * (i + 1) + 30000 - i);
        all += 30000 - i;
    }
    const hotpath_function_t* f = truth_need(s, "opened by all");
    CHECK_EQUAL("open calls", "opened by all", f->open_calls, OPENERS);
    CHECK_EQUAL("total", "opened by all", f->total_ns, all);
    CHECK_EQUAL("self", "opened by all", f->self_ns, 0);
    hotpath_snapshot_free(s);
    pthread_barrier_wait(&openers);
    for (uintptr_t i = 0; i < OPENERS; i++)
        pthread_join(threads[i], NULL);
}

IN_CHILD(no_allocation)
IN_CHILD(buffer_sizes)
IN_CHILD(the_size_is_counted)
IN_CHILD(every_size)
IN_CHILD(parts)
IN_CHILD(times_later)
IN_CHILD(calls_of_later_times)
IN_CHILD(open_scopes)
IN_CHILD(open_in_many_records)
IN_CHILD(others_do_not_matter)
IN_CHILD(log_of_threads)
IN_CHILD(slowest)
IN_CHILD(results)
IN_CHILD(results_stay)
IN_CHILD(long_texts)

static const char* program;

#define IN_PROGRAM(name, argument, variable, value)           \
    static void test_##name(void** state) {                   \
        (void)state;                                          \
        truth_in_program(program, argument, variable, value); \
    }
IN_PROGRAM(logs_of_one, "logs", "HOTPATH_LOGS_LIMIT", "1")
IN_PROGRAM(logs_of_1024, "logs", "HOTPATH_LOGS_LIMIT", "1024")
IN_PROGRAM(logs_of_100, "logs", "HOTPATH_LOGS_LIMIT", "100")
IN_PROGRAM(logs_of_too_many, "wrong", "HOTPATH_LOGS_LIMIT", "1025")
IN_PROGRAM(logs_of_none, "wrong", "HOTPATH_LOGS_LIMIT", "0")
IN_PROGRAM(long_texts_of_100, "texts", "HOTPATH_MAX_LOG_LEN", "100")

int main(int argc, char** argv) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_allocation),
        cmocka_unit_test(test_buffer_sizes), cmocka_unit_test(test_the_size_is_counted),
        cmocka_unit_test(test_every_size), cmocka_unit_test(test_parts),
        cmocka_unit_test(test_times_later), cmocka_unit_test(test_calls_of_later_times),
        cmocka_unit_test(test_open_scopes), cmocka_unit_test(test_open_in_many_records),
        cmocka_unit_test(test_others_do_not_matter), cmocka_unit_test(test_logs_of_one),
        cmocka_unit_test(test_logs_of_100), cmocka_unit_test(test_logs_of_1024),
        cmocka_unit_test(test_logs_of_too_many), cmocka_unit_test(test_logs_of_none),
        cmocka_unit_test(test_log_of_threads), cmocka_unit_test(test_slowest),
        cmocka_unit_test(test_results), cmocka_unit_test(test_results_stay),
        cmocka_unit_test(test_long_texts), cmocka_unit_test(test_long_texts_of_100)};
    program = argv[0];
    if (argc == 1) return cmocka_run_group_tests(tests, NULL, NULL);
    if (strcmp(argv[1], "logs") == 0) others_do_not_matter(0);
    if (strcmp(argv[1], "wrong") == 0) wrong_limit(0);
    if (strcmp(argv[1], "texts") == 0) long_texts(0);
    truth_end_child();
}
