/* histories.c - what threads do at the same time, and what must hold whatever they read. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "explorer.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The system, for fibers. */
#define HOTPATH_CLOCK()              order_clock()
#define HOTPATH_PAGES_ALLOC(n)       order_pages(n)
#define HOTPATH_PAGES_FREE(p, n)     ((void)(p), (void)(n))
#define HOTPATH_THREAD_LOCAL         /* order_local gives each fiber its own */
#define HOTPATH_MAX_FUNCTIONS        16
#define HOTPATH_MAX_DEPTH            16
#define HOTPATH_I_SETTLE_TRIES       2
#define HOTPATH_MAX_LOCKS            64
#define syscall                      order_system_call
#define sched_yield                  order_yield
#define prctl(...)                   ((void)0)
#define pthread_atfork(a, b, c)      ((void)(c))
#define pthread_key_create(key, end) ((void)(key), (void)(end), 0)
#define pthread_setspecific(key, of) ((void)(key), (void)(of))
#define memcpy                       order_memcpy
#define memmove                      order_memmove
#define memset                       order_memset
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"

/* >>tools */

enum {
    A,
    B,
    C,
    VALUE, /* no scopes, but what their kinds say */
    GAUGE,
    REASON,
    FRAME,
    SITES,
    SNAPSHOTS = 4, /* the last of them is taken when all is quiet */
    TOKENS = 24,
    BEGUN = 80, /* scopes of one thread */
    THREADS = ORDER_FIBERS
};
static hotpath_site_t sites[SITES];
static hotpath_context_t* context; /* of a fiber, where a history has one */
/* A start stores the settings plainly, no_values too, which a recording reads: not checked here. */
static bool settings_are_written;

__extension__ typedef unsigned __int128 wide_t;

/* What the threads of one execution did and found. */
static struct {
    hotpath_token_t tokens[TOKENS];
    struct {
        uint64_t start;
        const hotpath_i_node_t* node;
    } begun[THREADS][BEGUN];
    uint32_t begun_count[THREADS];
    hotpath_snapshot_t* snapshots[SNAPSHOTS];
    hotpath_span_t span;
    hotpath_span_t next_span;
    hotpath_i_span_slot_t* slot;
    hotpath_i_flow_t* flow; /* where a history looks into it */
    hotpath_i_flow_row_t row;
    hotpath_channel_t channel;
    hotpath_stream_t stream;
    hotpath_lock_t lock;
    hotpath_lock_t* locks[2];
    char object; /* a lock of the program's own */
    hotpath_i_node_t* node;
    hotpath_i_open_t* entry;
    uint64_t mark, start, ended, credited;
    const hotpath_i_node_t* read_node;
    uint64_t read_total;
    bool is_over;
    wide_t squares;
    uint64_t value_ticks[256];  /* by value, or letter */
    hotpath_i_thread_t* thread; /* of the first fiber, where a history looks into it */
    hotpath_i_kept_t kept;
    bool is_kept;
} now;
static char snapshot_memory[SNAPSHOTS][96 * 1024] __attribute__((aligned(64)));

static void start(void) {
    static const char* const names[SITES] = {"a", "b", "c", "value", "gauge", "reason", "frame"};
    static const uint32_t kinds[SITES] = {HOTPATH_KIND_SCOPE, HOTPATH_KIND_SCOPE,
        HOTPATH_KIND_SCOPE, HOTPATH_KIND_VAL, HOTPATH_KIND_GAUGE, HOTPATH_KIND_REASON,
        HOTPATH_KIND_FRAME};
    setenv("HOTPATH_LOGS_LIMIT", "2", 1);
    setenv("HOTPATH_OUTPUT_FORMAT", "none", 1);
    order_memory(&hotpath_i_g, sizeof hotpath_i_g);
    order_memory(&hotpath_i_off, sizeof hotpath_i_off);
    if (!settings_are_written) order_memory(&hotpath_i_settings, sizeof hotpath_i_settings);
    order_memory(sites, sizeof sites);
    order_memory(&now, sizeof now);
    order_local(&hotpath_i_local, sizeof hotpath_i_local);
    for (int i = 0; i < SITES; i++) {
        hotpath_site_t site = HOTPATH_SITE_INIT("", HOTPATH_KIND_SCOPE);
        sites[i] = site;
        sites[i].name = names[i];
        sites[i].kind = kinds[i];
        sites[i].line = (uint32_t)i;
    }
}
static void note_begun(int fiber, const hotpath_token_t* token) {
    uint32_t i = now.begun_count[fiber]++;
    now.begun[fiber][i].start = token->tick;
    now.begun[fiber][i].node = hotpath_i_local.top->node;
}
static void begin_of(int fiber, int site, int token) {
    hotpath_begin(&sites[site], &now.tokens[token]);
    note_begun(fiber, &now.tokens[token]);
}
static void begin(int site, int token) { begin_of(1, site, token); }
static void end(int token) { hotpath_end(&now.tokens[token]); }
/* What the thread makes next lies in memory that is new to all. */
static void use_up_memory(void) {
    hotpath_i_local.thread->arena.at = hotpath_i_local.thread->arena.end;
}
static void thread_ends(void) { hotpath_i_os_thread_ends(hotpath_i_local.thread); }
static hotpath_snapshot_t* snapshot_new(int number) {
    hotpath_snapshot_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.buffer = snapshot_memory[number];
    desc.buffer_size = sizeof snapshot_memory[number];
    now.snapshots[number] = hotpath_i_snapshot_new(&desc, 0);
    return now.snapshots[number];
}
static hotpath_snapshot_t* take(int number, void (*how)(hotpath_snapshot_t*)) {
    hotpath_snapshot_t* s = snapshot_new(number);
    hotpath_i_reader_enter();
    how(s);
    hotpath_i_reader_leave();
    ORDER_CHECK(!s->full);
    return s;
}
/* Without the call tree: parts that lean on nothing but what they read themselves. */
static void take_functions(hotpath_snapshot_t* s) {
    s->now = hotpath_i_ticks();
    s->parts = HOTPATH_PART_FUNCTIONS;
    hotpath_i_list_functions(s);
    hotpath_i_list_records(s);
    hotpath_i_merge_functions(s, NULL, s->function_count);
}
static void take_logs(hotpath_snapshot_t* s) {
    hotpath_i_list_functions(s);
    hotpath_i_list_records(s);
    hotpath_i_merge_logs(s, NULL, s->function_count);
}
static void take_threads(hotpath_snapshot_t* s) {
    hotpath_i_list_functions(s);
    hotpath_i_list_records(s);
    hotpath_i_list_threads(s);
}
static void take_entries(hotpath_snapshot_t* s) {
    hotpath_i_list_records(s);
    hotpath_i_list_entries(s);
}
static void read_tree(void) { take(0, hotpath_i_take_tree); }
static void read_tree_twice(void) {
    take(0, hotpath_i_take_tree);
    take(1, hotpath_i_take_tree);
}
static void read_functions(void) { take(0, take_functions); }
static void read_logs(void) { take(0, take_logs); }
static void read_threads(void) { take(0, take_threads); }
static void read_entries(void) { take(0, take_entries); }

/* >>laws */

static const hotpath_node_t* node_of(
    const hotpath_snapshot_t* s, const char* name, uint32_t parent) {
    for (size_t i = 0; i < s->node_count; i++)
        if (strcmp(s->functions[s->nodes[i].function].name, name) == 0 &&
            s->nodes[i].parent == parent)
            return &s->nodes[i];
    return NULL;
}
/* The same path of callers in a later snapshot. */
static const hotpath_node_t* same_node(
    const hotpath_snapshot_t* s, const hotpath_node_t* n, const hotpath_snapshot_t* later) {
    uint32_t parent = HOTPATH_NO_NODE;
    if (n->parent != HOTPATH_NO_NODE) {
        const hotpath_node_t* up = same_node(s, &s->nodes[n->parent], later);
        if (up == NULL) return NULL;
        parent = (uint32_t)(up - later->nodes);
    }
    return node_of(later, s->functions[n->function].name, parent);
}
/* What one snapshot says must be possible, and no later one may have less. */
static void laws_of_tree(const hotpath_snapshot_t* s, const hotpath_snapshot_t* later) {
    for (size_t i = 0; i < s->node_count; i++) {
        const hotpath_node_t* n = &s->nodes[i];
        ORDER_CHECK(n->function < s->function_count);
        ORDER_CHECK(n->parent == HOTPATH_NO_NODE || n->parent < i);
        ORDER_CHECK(n->calls >= n->open_calls);
        bool track = s->functions[n->function].kind == HOTPATH_KIND_TRACK;
        ORDER_CHECK(n->calls != 0 || n->total_ns == 0 || track);
        if (later == NULL) continue;
        const hotpath_node_t* then = same_node(s, n, later);
        ORDER_CHECK(then != NULL);
        ORDER_CHECK(then->calls >= n->calls);
        ORDER_CHECK(then->total_ns >= n->total_ns);
    }
    /* An open scope, or one that has just ended, is one that began: its node and its start. */
    for (size_t i = 0; i < s->override_count; i++) {
        const hotpath_i_override_t* o = &s->overrides[i];
        /* A scope that moves has several nodes, a span one of its own. */
        bool known = context != NULL || now.slot != NULL;
        for (int f = 0; f < THREADS; f++)
            for (uint32_t k = 0; k < now.begun_count[f]; k++)
                known |= now.begun[f][k].start == o->start && now.begun[f][k].node == o->node;
        ORDER_CHECK(known);
    }
}
static const hotpath_function_t* function_of(const hotpath_snapshot_t* s, int site) {
    for (size_t i = 0; i < s->function_count; i++)
        if (strcmp(s->functions[i].name, sites[site].name) == 0) return &s->functions[i];
    return NULL;
}
/* When all is quiet the numbers are those of what was done. */
static const hotpath_snapshot_t* laws(void) {
    order_as(0);
    take(SNAPSHOTS - 1, hotpath_i_take);
    const hotpath_snapshot_t* before = NULL;
    for (int i = 0; i < SNAPSHOTS; i++) {
        const hotpath_snapshot_t* s = now.snapshots[i];
        if (s == NULL) continue;
        if (before != NULL) laws_of_tree(before, s);
        before = s;
    }
    laws_of_tree(before, NULL);
    for (size_t i = 0; i < before->function_count; i++)
        ORDER_CHECK(before->functions[i].calls == before->functions[i].completed +
                                                      before->functions[i].abandoned +
                                                      before->functions[i].open_calls);
    return before;
}
static uint64_t calls(int site) {
    const hotpath_function_t* f = function_of(now.snapshots[SNAPSHOTS - 1], site);
    return f != NULL ? f->calls : 0;
}

/* >>model
   What the explorer must find, and must not, where the answer is known: the outcomes are 4a + b. */

static struct { uint64_t x, y, a, b; } words;
static void before_words(void) {
    start();
    order_memory(&words, sizeof words);
}
static void outcome(void) { order_outcome((unsigned)(words.a * 4 + words.b)); }
static void message(void) {
    HOTPATH_I_STORE(&words.x, 1);
    HOTPATH_I_STORE_RELEASE(&words.y, 1);
}
static void message_relaxed(void) {
    HOTPATH_I_STORE(&words.x, 1);
    HOTPATH_I_STORE(&words.y, 1);
}
static void receive(void) {
    words.a = HOTPATH_I_LOAD_ACQUIRE(&words.y);
    words.b = HOTPATH_I_LOAD(&words.x);
}
static void after_message(void) {
    ORDER_CHECK(words.a == 0 || words.b == 1);
    outcome();
}
static void store_load(void) {
    HOTPATH_I_STORE_SC(&words.x, 1);
    words.a = HOTPATH_I_LOAD_SC(&words.y);
}
static void store_load_other(void) {
    HOTPATH_I_STORE_SC(&words.y, 1);
    words.b = HOTPATH_I_LOAD_SC(&words.x);
}
static void store_load_relaxed(void) {
    HOTPATH_I_STORE(&words.x, 1);
    HOTPATH_I_SIGNAL_FENCE();
    words.a = HOTPATH_I_LOAD(&words.y);
}
static void store_load_relaxed_other(void) {
    HOTPATH_I_STORE(&words.y, 1);
    words.b = HOTPATH_I_LOAD(&words.x);
}
static void store_load_barrier(void) {
    HOTPATH_I_STORE(&words.y, 1);
    hotpath_i_os_barrier();
    words.b = HOTPATH_I_LOAD(&words.x);
}
static void after_store_load(void) {
    ORDER_CHECK(words.a == 1 || words.b == 1);
    outcome();
}
static void load_store(void) {
    words.a = HOTPATH_I_LOAD(&words.x);
    HOTPATH_I_STORE(&words.y, 1);
}
static void load_store_other(void) {
    words.b = HOTPATH_I_LOAD(&words.y);
    HOTPATH_I_STORE(&words.x, 1);
}
static void store_twice(void) {
    HOTPATH_I_STORE(&words.x, 1);
    HOTPATH_I_STORE(&words.x, 2);
}
static void load_twice(void) {
    words.a = HOTPATH_I_LOAD(&words.x);
    words.b = HOTPATH_I_LOAD(&words.x);
}
static void add(void) { words.a = HOTPATH_I_SHARED_ADD(&words.x, 1); }
static void add_other(void) { words.b = HOTPATH_I_SHARED_ADD(&words.x, 1); }
/* A read-modify-write between hands on what the value before carried. */
static void add_to_message(void) { (void)HOTPATH_I_SHARED_ADD(&words.y, 1); }
static void receive_sum(void) {
    words.a = HOTPATH_I_LOAD_ACQUIRE(&words.y);
    words.b = HOTPATH_I_LOAD(&words.x);
}
static void after_sum(void) {
    ORDER_CHECK(words.a != 2 || words.b == 1);
    outcome();
}

/* >>scopes */

static void before_a(void) {
    start();
    order_as(1);
    begin(A, 0), end(0);
    begin(A, 0), end(0);
}
/* B has more calls and a greater total, so that nothing of it looks as if it were of A. */
static void before_a_and_b(void) {
    start();
    order_as(1);
    begin(A, 0), end(0);
    begin(A, 0), end(0);
    for (int i = 0; i < 5; i++) {
        begin(B, 1);
        for (int k = 0; k < 50; k++)
            (void)order_clock();
        end(1);
    }
}
static void scope_a(void) { begin(A, 0), end(0); }
static void scopes_a_b(void) {
    begin(A, 0), end(0);
    begin(B, 1), end(1);
}
static void begin_b_in_a(void) { begin(A, 0), begin(B, 1); }
static void after_a(void) {
    laws();
    ORDER_CHECK(calls(A) == 3);
}
static void after_a_b(void) {
    laws();
    ORDER_CHECK(calls(A) == 3 && calls(B) == 6);
}

/* Eight executions that were slower, and one as short: the end takes the path that is the shortest. */
static void before_fast(void) {
    start();
    order_as(1);
    begin(A, 0), end(0);
    for (int i = 0; i < HOTPATH_I_SLOWEST; i++) {
        begin(A, 0);
        order_clock_forward(100);
        end(0);
    }
}
static void after_a_fast(void) {
    laws();
    ORDER_CHECK(calls(A) == 2 + HOTPATH_I_SLOWEST);
}
static void after_fast(void) {
    laws();
    ORDER_CHECK(calls(A) == 2 + HOTPATH_I_SLOWEST);
    const hotpath_function_t* f = function_of(now.snapshots[0], A);
    if (f->completed != calls(A)) return;
    ORDER_CHECK(f->sum_ticks == 20 + 110 * HOTPATH_I_SLOWEST);
    ORDER_CHECK(f->sum_squares_low == 200 + 110 * 110 * HOTPATH_I_SLOWEST);
}
static wide_t squares_of(const hotpath_snapshot_t* s) {
    const hotpath_function_t* f = function_of(s, A);
    return (wide_t)f->sum_squares_high << 64 | f->sum_squares_low;
}
/* The short scope's square comes after one that changed the higher half. */
static void before_fast_squares(void) {
    start();
    order_as(1);
    begin(A, 0), end(0);
    for (int i = 0; i < HOTPATH_I_SLOWEST; i++) {
        begin(A, 0);
        order_clock_forward(3000000000u);
        end(0);
    }
    hotpath_i_frec_of(hotpath_i_local.thread, sites[A].id)->window_end = UINT64_MAX;
    now.squares = squares_of(take(0, take_functions));
    now.snapshots[0] = NULL;
}
static void long_and_short(void) {
    begin(A, 0);
    order_clock_forward(2900000000u);
    end(0);
    begin(A, 0);
    order_clock_forward(2900000000u);
    end(0);
    begin(A, 0), end(0);
}
static void after_fast_squares(void) {
    const wide_t one = (wide_t)2900000010u * 2900000010u;
    const wide_t more = squares_of(now.snapshots[0]) - now.squares;
    order_as(0);
    ORDER_CHECK(more == 0 || more == one || more == 2 * one || more == 2 * one + 100);
}

static uint64_t histogram_of(const hotpath_snapshot_t* s, const hotpath_function_t* f) {
    uint64_t count = 0;
    size_t octave;
    for (uint32_t i = 0; i < f->histogram_count; i++)
        for (int k = 0; k < HOTPATH_I_BUCKETS; k++)
            count += hotpath_i_snapshot_octave(s, f, i, &octave)[k];
    return count;
}
static uint64_t bucket_of(const hotpath_snapshot_t* s, const hotpath_function_t* f, uint64_t d) {
    const size_t wanted = hotpath_i_octave_of(d);
    size_t octave;
    for (uint32_t i = 0; i < f->histogram_count; i++) {
        const uint64_t* buckets = hotpath_i_snapshot_octave(s, f, i, &octave);
        if (octave == wanted) return buckets[hotpath_i_bucket_of(d, octave)];
    }
    return 0;
}
static void short_and_longer(void) {
    begin(A, 0), end(0);
    begin(A, 0);
    order_clock_forward(100);
    end(0);
}
static void read_functions_twice(void) {
    take(0, take_functions);
    take(1, take_functions);
}
/* An execution that waits for its bucket is in it once, before it comes to it, meanwhile and after. */
static void after_fast_buckets(void) {
    laws();
    static const uint64_t durations[] = {10, 110};
    for (int i = 0; i < 2; i++) {
        const hotpath_snapshot_t* s = now.snapshots[i];
        const hotpath_snapshot_t* later = now.snapshots[i == 0 ? 1 : SNAPSHOTS - 1];
        const hotpath_function_t *f = function_of(s, A), *then = function_of(later, A);
        ORDER_CHECK(histogram_of(s, f) >= f->completed);
        for (int k = 0; k < 2; k++)
            ORDER_CHECK(bucket_of(s, f, durations[k]) <= bucket_of(later, then, durations[k]));
    }
    const hotpath_snapshot_t* s = now.snapshots[SNAPSHOTS - 1];
    ORDER_CHECK(bucket_of(s, function_of(s, A), 10) == 2);
    ORDER_CHECK(bucket_of(s, function_of(s, A), 110) == 1 + HOTPATH_I_SLOWEST);
}

/* >>nodes */

static void before_first(void) {
    start();
    order_as(1);
    begin(C, 0), end(0);
    use_up_memory();
}
/* No function of this thread has a record yet. */
static void before_record(void) {
    start();
    hotpath_i_init();
    hotpath_i_site_id(&sites[A]);
    order_as(1);
    begin(A, 0);
    hotpath_i_thread_t* t = hotpath_i_local.thread;
    t->frecs[0] = NULL; /* as if its memory had not been there */
    use_up_memory();
}
static void laws_only(void) { laws(); }
static void record_b(void) {
    hotpath_i_site_id(&sites[B]);
    begin(B, 1);
}
static void after_first(void) {
    laws();
    ORDER_CHECK(calls(A) == 1 && calls(B) == 1);
}
/* Paths of three functions, until the first chunk of nodes is full. */
static void fill_nodes(int depth) {
    for (int site = A; site <= C && depth < 5; site++) {
        if (hotpath_i_local.thread->node_count == HOTPATH_I_NODES) return;
        hotpath_token_t token;
        hotpath_begin(&sites[site], &token);
        note_begun(1, &token);
        fill_nodes(depth + 1);
        hotpath_end(&token);
    }
}
static void before_chunk(void) {
    start();
    order_as(1);
    begin(A, 0), end(0);
    fill_nodes(0);
    use_up_memory();
}
static void new_node(void) { begin(C, 0); }
static void after_chunk(void) {
    laws();
    ORDER_CHECK(hotpath_i_g.threads->node_count > HOTPATH_I_NODES);
}

static void after_one_first(void) {
    laws();
    ORDER_CHECK(calls(A) == 1);
}

/* >>registration */

static void before_sites(void) {
    start();
    hotpath_i_init();
}
static void register_a(void) {
    uint32_t id = hotpath_i_site_id(&sites[A]);
    const hotpath_i_item_t* item = hotpath_i_item_of(HOTPATH_I_CLASS_FUNCTION, id);
    ORDER_CHECK(item != NULL && strcmp(item->name, "a") == 0);
}
static void register_b(void) { hotpath_i_site_id(&sites[B]); }
/* The block that items are taken from is full. */
static void before_block(void) {
    start();
    hotpath_i_init();
    hotpath_i_g.shared->used = HOTPATH_I_ARENA_SIZE;
}
static void after_block(void) {
    laws();
    ORDER_CHECK(now.snapshots[SNAPSHOTS - 1]->function_count == 3);
}
static void list_functions(hotpath_snapshot_t* s) { hotpath_i_list_functions(s); }
static void read_names(void) {
    const hotpath_snapshot_t* s = take(0, list_functions);
    for (size_t i = 0; i < s->function_count; i++)
        ORDER_CHECK(s->functions[i].name[0] == '<' || s->functions[i].name[0] == 'a');
}
static void after_sites(void) {
    laws();
    ORDER_CHECK(function_of(now.snapshots[SNAPSHOTS - 1], A) != NULL);
    ORDER_CHECK(now.snapshots[SNAPSHOTS - 1]->function_count == 2);
}

/* >>threads */

static void first_scope(void) { begin_of(1, A, 0), end(0); }
static void first_scope_of_other(void) { begin_of(2, A, 4), end(4); }
static void before_threads(void) {
    start();
    hotpath_i_init();
    hotpath_i_site_id(&sites[A]);
}
static void init(void) {
    ORDER_CHECK(hotpath_i_init());
    ORDER_CHECK(hotpath_i_item_of(HOTPATH_I_CLASS_FUNCTION, 1)->kind == HOTPATH_KIND_OTHER);
    ORDER_CHECK(hotpath_i_g.log_slots == 2 && hotpath_i_settings.logs_limit == 2);
}
static void after_init(void) { laws(); }
static void after_one_thread(void) {
    const hotpath_snapshot_t* s = laws();
    ORDER_CHECK(calls(A) == 1);
    ORDER_CHECK(s->info.threads_live == 1);
}
static void after_two_threads(void) {
    laws();
    ORDER_CHECK(calls(A) == 2);
}
static void before_end(void) {
    start();
    order_as(1);
    begin(A, 0), end(0);
    begin(A, 0), end(0);
    hotpath_i_lock(); /* the store of ended threads is there */
    hotpath_i_g.ended = hotpath_i_thread_new();
    hotpath_i_g.ended->state = HOTPATH_I_RECORD_HIDDEN;
    hotpath_i_unlock();
}
static void scope_and_end(void) {
    begin(A, 0), end(0);
    thread_ends();
}
static void end_in_scope(void) {
    begin(A, 0);
    thread_ends();
}
/* Who ends while another holds the lock leaves the merging to it: none is left. */
static void none_is_left(void) {
    ORDER_CHECK(hotpath_i_g.unmerged == 0 && hotpath_i_g.lock == 0);
    for (const hotpath_i_thread_t* t = hotpath_i_g.threads; t != NULL; t = t->next)
        ORDER_CHECK(t->state != HOTPATH_I_RECORD_ENDED);
}
static void after_end(void) {
    none_is_left();
    const hotpath_snapshot_t* s = laws();
    ORDER_CHECK(calls(A) == 3);
    ORDER_CHECK(s->info.threads_ended == 1 && s->info.threads_live == 0);
}
static void before_two_ends(void) {
    before_end();
    order_as(2);
    begin_of(2, A, 4), end(4);
}
static void end_of_other(void) { thread_ends(); }
static void after_two_ends(void) {
    none_is_left();
    const hotpath_snapshot_t* s = laws();
    ORDER_CHECK(calls(A) == 3);
    ORDER_CHECK(s->info.threads_ended == 2 && s->info.threads_live == 0);
}
static void after_end_and_start(void) {
    const hotpath_snapshot_t* s = laws();
    ORDER_CHECK(calls(A) == 3);
    ORDER_CHECK(s->info.threads_ended == 1 && s->info.threads_live == 1);
}

/* A record that a thread left is free: the next one has its own number in it. */
static void before_adopt(void) {
    start();
    order_as(3);
    begin_of(3, A, 0), end(0);
    thread_ends();
}
static void after_adopt(void) {
    laws();
    ORDER_CHECK(calls(A) == 2);
    const hotpath_snapshot_t* s = now.snapshots[0];
    for (size_t i = 0; i < s->thread_count; i++)
        if (s->threads[i].state == HOTPATH_THREAD_LIVE) ORDER_CHECK(s->threads[i].id == 2);
}

static void take_size(void) {
    ORDER_CHECK(hotpath_snapshot_size(NULL) != 0);
    ORDER_CHECK(hotpath_i_snapshot_most() != 0);
}

/* >>settings */

static void app_info_of_one(void) { hotpath_app_info("key", "one"); }
static void app_info_of_two(void) { hotpath_app_info("key", "two"); }
/* A thread and a parked context are there already. */
static void before_rows(void) {
    start();
    order_as(3);
    hotpath_context_t* c = hotpath_context_create("fiber");
    hotpath_context_switch(c);
    begin_of(3, C, 4);
    hotpath_context_switch(NULL);
}
static void first_context(void) {
    hotpath_context_switch(hotpath_context_create("first"));
    begin_of(1, A, 0);
}
static void read_app_info(void) { take(0, hotpath_i_fill_app_info); }
static void after_app_info(void) {
    laws();
    ORDER_CHECK(now.snapshots[SNAPSHOTS - 1]->info.app_info_count == 1);
}
static int user; /* of the callbacks */
static void on_log(void* given, const char* line) {
    (void)line;
    ORDER_CHECK(given == &user);
}
static bool on_redact(void* given, const char* name, char* text, size_t size) {
    (void)name, (void)text, (void)size;
    ORDER_CHECK(given == &user);
    return true;
}
static void start_with_callbacks(void) {
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.no_exit_report = true;
    desc.log = on_log, desc.log_user = &user;
    desc.redact = on_redact, desc.redact_user = &user;
    hotpath_start(&desc);
}
static void before_start(void) {
    settings_are_written = true;
    start();
    order_as(2);
    hotpath_value_record(&sites[VALUE], hotpath_i_value_of_int(1));
}
static void log_and_record(void) {
    if (HOTPATH_I_LOAD(&hotpath_i_g.log) != NULL) hotpath_i_log("a line");
    hotpath_value_record(&sites[VALUE], hotpath_i_value_of_int(2));
}

/* >>switches */

/* All is off for a while: that long and no longer, whenever it is read. */
static void before_switch(void) {
    start();
    hotpath_i_init();
    now.value_ticks[0] = order_clock();
}
static void off_and_on(void) {
    hotpath_enable(false);
    order_clock_forward(1000);
    hotpath_enable(true);
}
static void take_off(hotpath_snapshot_t* s) {
    s->now = hotpath_i_ticks();
    hotpath_i_fill_off(s);
}
static void read_off(void) { take(0, take_off); }
static void read_off_later(void) {
    order_clock_forward(5000);
    read_off();
}
static void after_switch(void) {
    const hotpath_snapshot_t* s = now.snapshots[0];
    order_as(0);
    ORDER_CHECK(s->info.off_ns <= s->now - now.value_ticks[0]);
    order_clock_forward(9000); /* later than all of it */
    take(SNAPSHOTS - 1, take_off);
    /* What was told until a later moment than that of the switch stays. */
    const uint64_t told = s->info.off_ns;
    ORDER_CHECK(now.snapshots[SNAPSHOTS - 1]->info.off_ns == (told > 1010 ? told : 1010));
}
/* Two threads name one group, and it is one. */
static void before_groups(void) {
    start();
    hotpath_i_init();
}
static void group_off(void) { hotpath_enable_group("first", false); }
static void groups_off(void) {
    hotpath_enable_group("second", false);
    hotpath_enable_group("first", false);
}
static void after_groups(void) {
    order_as(0);
    take(SNAPSHOTS - 1, take_off);
    const char* off = now.snapshots[SNAPSHOTS - 1]->info.groups_off;
    ORDER_CHECK(strcmp(off, "first, second") == 0 || strcmp(off, "second, first") == 0);
}
static void after_group(void) {
    order_as(0);
    const char* off = now.snapshots[0]->info.groups_off;
    ORDER_CHECK(*off == 0 || strcmp(off, "first") == 0);
}
/* A site that another thread registers is off if its group is, and only then. */
/* hotpath_on_slow while a function runs that it names: who finds it has all of it. */
static void slow_told(void* of, const hotpath_slow_scope_t* scope) {
    ORDER_CHECK(of == &now);
    ORDER_CHECK(scope->limit_ns == 1);
}
static void before_on_slow(void) {
    before_a();
    ORDER_CHECK(hotpath_on_slow("b", 1, slow_told, &now));
}
static void on_slow_a(void) { ORDER_CHECK(hotpath_on_slow("a", 1, slow_told, &now)); }
static void slow_a(void) {
    hotpath_i_frec_t* f = hotpath_i_frec_of(hotpath_i_local.thread, sites[A].id);
    hotpath_i_slow_look(f);
    if (f->slow_name == 0) return;
    const hotpath_i_slow_call_t* call = hotpath_i_slow_holds(f->slow_name);
    ORDER_CHECK(call->limit_ns == 1 && call->user == &now && call->callback == slow_told);
}

static void before_off(int site, const char* off) {
    start();
    sites[site].group = "group";
    order_as(2);
    begin_of(2, B, 4);
    hotpath_enable_group(off, false);
}
static void before_site_off(void) { before_off(REASON, "group"); }
static void before_none_off(void) { before_off(A, NULL); }
static void after_site_off(void) {
    laws();
    ORDER_CHECK(function_of(now.snapshots[SNAPSHOTS - 1], B)->errors == 0);
}
static void begin_of_other(void) { begin_of(2, A, 5); }
static void after_none_off(void) {
    laws();
    ORDER_CHECK(calls(A) == 1);
}

/* >>functions */

static void before_durations(void) {
    start();
    order_as(1);
    begin(A, 0), end(0);
    use_up_memory();
}
static void long_scope(void) {
    begin(A, 0);
    order_clock_forward(500);
    end(0);
}
/* What is counted is also in the sum, the bounds and the histogram. */
static void after_durations(void) {
    const hotpath_snapshot_t* s = laws();
    const hotpath_function_t* f = function_of(s, A);
    const hotpath_function_t* seen = function_of(now.snapshots[0], A);
    ORDER_CHECK(histogram_of(s, f) == f->completed);
    if (seen == NULL) return;
    ORDER_CHECK(seen->completed <= f->completed && seen->sum_ticks <= f->sum_ticks);
    ORDER_CHECK(seen->sum_ticks >= seen->completed * 10);
    ORDER_CHECK(histogram_of(now.snapshots[0], seen) >= seen->completed);
    if (seen->completed == 0) return;
    ORDER_CHECK(seen->min_ns != 0 && seen->min_ns <= 10);
    ORDER_CHECK(seen->completed < f->completed || seen->max_ns == f->max_ns);
    ORDER_CHECK(seen->calls_per_sec_peak <= (double)f->completed);
}
/* Its square is below 2⁶³, the sum of two is not. */
static void long_record(void) { hotpath_record("a", "b", 0, (uint64_t)5 << 29); }
static void before_squares(void) {
    start();
    order_as(1);
    long_record();
}
static void long_records(void) {
    long_record();
    long_record();
}
static void read_squares(void) { take(0, take_functions); }
static void after_squares(void) {
    laws();
    const hotpath_snapshot_t* s = now.snapshots[0];
    hotpath_i_wide_t one = hotpath_i_multiply((uint64_t)5 << 29, (uint64_t)5 << 29);
    for (size_t i = 0; i < s->function_count; i++) {
        const hotpath_function_t* f = &s->functions[i];
        if (f->kind != HOTPATH_KIND_SPAN) continue;
        bool whole = false;
        for (uint64_t n = 1; n <= 3; n++) {
            hotpath_i_wide_t sum = hotpath_i_multiply(one.low, n);
            whole |= f->sum_squares_low == sum.low && f->sum_squares_high == sum.high;
        }
        ORDER_CHECK(whole && one.high == 0);
    }
}
static void before_window(void) {
    start();
    order_as(1);
    begin(A, 0), end(0);
    begin(A, 0), end(0);
}
static void scope_later(void) {
    begin(A, 0), end(0);
    order_clock_forward(1000000000);
    begin(A, 0), end(0);
    begin(A, 0), end(0);
}
static void read_later(void) {
    order_clock_forward(2000000000);
    take(0, take_functions);
}
/* The first second has three calls, the second one two. */
static void after_window(void) {
    laws();
    const hotpath_function_t* f = function_of(now.snapshots[0], A);
    ORDER_CHECK(f->calls_per_sec_peak <= 3);
    ORDER_CHECK(f->calls_per_sec <= 2);
}
static void register_reason(void) { hotpath_i_site_id(&sites[REASON]); }
static void take_reasons(hotpath_snapshot_t* s) {
    hotpath_i_list_functions(s);
    hotpath_i_list_records(s);
    for (size_t i = 0; i < s->function_count; i++)
        hotpath_i_merge_reasons(s, &s->functions[i]);
}
static void read_reasons(void) { take(0, take_reasons); }
static void error_of_other(void) { hotpath_error(&sites[REASON]); }
static void before_errors(void) {
    start();
    order_as(2);
    begin_of(2, A, 4);
}
static void after_errors(void) {
    laws();
    const hotpath_function_t* f = function_of(now.snapshots[0], A);
    uint64_t errors = 0;
    for (uint32_t i = 0; i < f->reasons_count; i++) {
        ORDER_CHECK(strcmp(f->reasons[i].text, "reason") == 0);
        ORDER_CHECK(f->reasons[i].count != 0);
        errors += f->reasons[i].count;
    }
    ORDER_CHECK(errors <= 1 && f->reasons_count <= 1);
    ORDER_CHECK(function_of(now.snapshots[SNAPSHOTS - 1], A)->reasons[0].count == 1);
}

/* >>logs */

enum {
    EXECUTIONS = HOTPATH_I_SLOWEST + 1
};
/* Each execution is longer than the one before and has another value, the last one of another kind. */
static void execution(uint64_t n) {
    begin(A, 0);
    order_clock_forward(n);
    hotpath_value_t v =
        n < EXECUTIONS ? hotpath_i_value_of_int((int64_t)n) : hotpath_i_value_of_uint(n);
    hotpath_result(&now.tokens[0], v);
    end(0);
}
static void before_ring(void) {
    start();
    order_as(1);
    for (uint64_t n = 1; n < EXECUTIONS; n++)
        execution(n);
}
static void last_execution(void) { execution(EXECUTIONS); }
/* Start, duration and value belong together. */
static void check_executions(const hotpath_execution_t* list, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        uint64_t n = list[i].value.as.u;
        ORDER_CHECK(n >= 1 && n <= EXECUTIONS && list[i].thread == 1);
        ORDER_CHECK(
            list[i].value.type == (n < EXECUTIONS ? HOTPATH_VALUE_INT : HOTPATH_VALUE_UINT));
        ORDER_CHECK(list[i].at_ns == hotpath_i_since_start_ns(now.begun[1][n - 1].start));
        ORDER_CHECK(list[i].duration_ns == 10 + n);
    }
}
static void after_ring(void) {
    laws();
    const hotpath_function_t* f = function_of(now.snapshots[0], A);
    check_executions(f->recent, f->recent_count);
    check_executions(f->slowest, f->slowest_count);
}
/* The third value is of another kind. */
static void value_of(uint64_t v) {
    now.value_ticks[v] = order_clock() + 10;
    hotpath_value_record(
        &sites[VALUE], v < 3 ? hotpath_i_value_of_int((int64_t)v) : hotpath_i_value_of_uint(v));
}
static void before_values(void) {
    start();
    order_as(1);
    begin(A, 0), end(0);
    value_of(1), value_of(2);
}
static void before_first_value(void) {
    start();
    hotpath_i_init();
    hotpath_i_site_id(&sites[VALUE]);
    order_as(1);
    begin(A, 0), end(0);
    use_up_memory();
}
static void value(void) { value_of(3); }
static void after_values(void) {
    const hotpath_snapshot_t* s = now.snapshots[0];
    order_as(0);
    for (size_t i = 0; i < s->entry_count; i++) {
        const hotpath_entry_t* e = &s->entries[i];
        for (uint32_t k = 0; k < e->history_count; k++) {
            uint64_t v = e->history[k].value.as.u;
            ORDER_CHECK(v >= 1 && v <= 3 && e->history[k].thread == 1);
            ORDER_CHECK(
                e->history[k].value.type == (v < 3 ? HOTPATH_VALUE_INT : HOTPATH_VALUE_UINT));
            ORDER_CHECK(e->history[k].at_ns == hotpath_i_since_start_ns(now.value_ticks[v]));
        }
    }
}
/* The ring of texts is full but for a few words, which the next text takes and goes on at the
   beginning, where the oldest of the two that are kept stands. */
static void text_of(char c, uint32_t length) {
    char text[2048];
    memset(text, c, length);
    text[length] = 0;
    now.value_ticks[(unsigned char)c] = order_clock() + 10;
    hotpath_value_record(&sites[VALUE], hotpath_i_value_of_text(text));
}
static void before_text(void) {
    start();
    order_as(1);
    begin(A, 0), end(0);
    text_of('x', 8);
    hotpath_i_local.thread->text_head = HOTPATH_I_TEXT_RING - 8;
    hotpath_i_ring_t* ring = hotpath_i_value_ring(hotpath_i_local.thread, sites[VALUE].id);
    ring->slots[0].bits = 0;
    text_of('y', 8);
}
static void text(void) { text_of('z', 8); }
static void before_first_text(void) {
    start();
    order_as(1);
    value_of(1);
}
static void after_text(void) {
    const hotpath_snapshot_t* s = now.snapshots[0];
    order_as(0);
    for (size_t i = 0; i < s->entry_count; i++)
        for (uint32_t k = 0; k < s->entries[i].history_count; k++) {
            const hotpath_value_t* v = &s->entries[i].history[k].value;
            if (v->type != HOTPATH_VALUE_TEXT) continue; /* overtaken */
            ORDER_CHECK(v->length == 8 && strspn(v->as.text, "xyz") == 8);
            char c = v->as.text[0];
            for (uint32_t j = 0; j < 8; j++)
                ORDER_CHECK(v->as.text[j] == c);
            ORDER_CHECK(s->entries[i].history[k].at_ns ==
                        hotpath_i_since_start_ns(now.value_ticks[(unsigned char)c]));
        }
}

/* >>frames */

static hotpath_i_inside_t* frames_inside(void) {
    return hotpath_i_frec_of(now.thread, sites[FRAME].id)->inside;
}
/* The n-th frame: each is longer than the one before. */
static void frame(uint64_t n) {
    now.value_ticks[n] = ((const hotpath_i_frames_t*)(void*)frames_inside())->start;
    order_clock_forward(100 * n);
    hotpath_frame(&sites[FRAME], 0);
}
static void before_frame(void) {
    start();
    order_as(1);
    hotpath_frame(&sites[FRAME], 0);
    now.thread = hotpath_i_local.thread;
    for (uint64_t n = 1; n <= HOTPATH_I_FRAMES_WORST; n++)
        frame(n);
}
/* Takes the slot of the first one. */
static void last_frame(void) { frame(HOTPATH_I_FRAMES_WORST + 1); }
static void read_slot(void) {
    hotpath_i_inside_t* in = frames_inside();
    now.is_kept = hotpath_i_slot_load(in, hotpath_i_slot_at(in, in->slots, 0), &now.kept);
}
/* All words are of the same frame. */
static void after_frame(void) {
    order_as(0);
    uint64_t n = now.kept.number;
    ORDER_CHECK(now.is_kept);
    ORDER_CHECK(n == 1 || n == HOTPATH_I_FRAMES_WORST + 1);
    ORDER_CHECK(now.kept.duration >= 100 * n && now.kept.duration < 100 * (n + 1));
    ORDER_CHECK(now.kept.tick == now.value_ticks[n]);
}
static void before_first_frame(void) {
    start();
    hotpath_i_init();
    hotpath_i_site_id(&sites[FRAME]);
    order_as(1);
    begin(C, 0), end(0);
    (void)hotpath_i_frec_make(hotpath_i_local.thread, sites[FRAME].id);
    use_up_memory();
}
static void before_slots(void) {
    before_first_frame();
    hotpath_frame(&sites[FRAME], 0);
    now.thread = hotpath_i_local.thread;
    use_up_memory();
}
static void boundary(void) { hotpath_frame(&sites[FRAME], 0); }
static void make_slots(void) { ORDER_CHECK(hotpath_i_make_slots(now.thread, frames_inside())); }
static void take_counts(hotpath_snapshot_t* s) {
    hotpath_frame_t row;
    memset(&row, 0, sizeof row);
    hotpath_i_list_records(s);
    hotpath_i_merge_frame_counts(s, sites[FRAME].id, &row);
    ORDER_CHECK(row.over_budget == 0);
}
static void take_slowest(hotpath_snapshot_t* s) {
    hotpath_i_found_t none;
    hotpath_i_list_records(s);
    ORDER_CHECK(hotpath_i_find_slowest(s, sites[FRAME].id, &none, 1) == 0);
}
static void read_counts(void) { take(0, take_counts); }
static void read_slowest(void) { take(0, take_slowest); }
static void nothing(void) {}

/* >>gauges */

static void gauge_of(int64_t v) {
    hotpath_gauge(&sites[GAUGE], HOTPATH_GAUGE_OP_SET, hotpath_i_value_of_int(v));
}
/* The next one is of another thread than those that are kept. */
static void before_gauge(void) {
    start();
    order_as(3);
    begin_of(3, A, 0), end(0);
    order_as(1);
    begin(A, 0), end(0);
    order_as(3);
    gauge_of(1), gauge_of(2);
}
static void gauge(void) { gauge_of(3); }
static void before_first_gauge(void) {
    start();
    hotpath_i_init();
    hotpath_i_site_id(&sites[GAUGE]);
}
static void gauge_double(void) {
    hotpath_gauge(&sites[GAUGE], HOTPATH_GAUGE_OP_SET, hotpath_i_value_of_double(1.5));
}
static void gauge_double_inc(void) {
    hotpath_gauge(&sites[GAUGE], HOTPATH_GAUGE_OP_INC, hotpath_i_value_of_double(1.5));
}
static void after_double(void) {
    const hotpath_entry_t* e = &now.snapshots[0]->entries[0];
    order_as(0);
    ORDER_CHECK(e->last.type == HOTPATH_VALUE_DOUBLE || e->last.as.i == 0);
    ORDER_CHECK(e->min.type == HOTPATH_VALUE_DOUBLE || e->min.as.i == 0);
    ORDER_CHECK(e->max.type == HOTPATH_VALUE_DOUBLE || e->max.as.i == 0);
    for (uint32_t k = 0; k < e->history_count; k++)
        ORDER_CHECK(e->history[k].value.type == HOTPATH_VALUE_DOUBLE);
}
static void gauge_inc(void) {
    hotpath_gauge(&sites[GAUGE], HOTPATH_GAUGE_OP_INC, hotpath_i_value_of_int(1));
}
/* One thread is at its update while another one passes it by the whole history. */
static void before_passed_gauge(void) {
    before_gauge();
    hotpath_i_item_of(HOTPATH_I_CLASS_ENTRY, sites[GAUGE].id)->gauge->updates = 5;
}
static void keep_gauge(uint64_t index) {
    hotpath_i_gauge_keep(hotpath_i_item_of(HOTPATH_I_CLASS_ENTRY, sites[GAUGE].id)->gauge, index,
        1000 * index, index + 1, index << 24);
}
static void gauge_of_one(void) { keep_gauge(2); }
static void gauge_of_two(void) { keep_gauge(4); }
static void after_passed_gauge(void) {
    order_as(0);
    const hotpath_entry_t* e = &take(0, take_entries)->entries[0];
    for (uint32_t k = 0; k < e->history_count; k++) {
        ORDER_CHECK(e->history[k].value.as.i == 5 && e->history[k].thread == 4);
        ORDER_CHECK(e->history[k].at_ns == hotpath_i_since_start_ns(4000));
    }
}
static void register_gauge(void) { hotpath_i_site_id(&sites[GAUGE]); }
static void after_gauge(void) {
    const hotpath_entry_t* e = &now.snapshots[0]->entries[0];
    order_as(0);
    for (uint32_t k = 0; k < e->history_count; k++)
        ORDER_CHECK(e->history[k].thread == (e->history[k].value.as.i == 3 ? 2u : 1u));
    for (uint32_t k = 0; k + 1 < e->history_count; k++) {
        ORDER_CHECK(e->history[k].value.as.i == e->history[k + 1].value.as.i + 1);
        ORDER_CHECK(e->history[k].at_ns > e->history[k + 1].at_ns);
    }
}
static void after_first_gauge(void) {
    take(SNAPSHOTS - 1, take_entries);
    const hotpath_entry_t* e = &now.snapshots[SNAPSHOTS - 1]->entries[0];
    ORDER_CHECK(e->count == 1 && e->last.as.i == 1);
    ORDER_CHECK(e->min.as.i == 1 && e->max.as.i == 1);
}

/* >>contexts */

static void before_context(void) {
    start();
    order_as(3);
    begin_of(3, B, 4), end(4);
    for (int i = 0; i < 9; i++)
        begin_of(3, A, 4), end(4);
    context = hotpath_context_create("fiber");
    hotpath_context_switch(context);
    begin_of(3, A, 0);
    hotpath_context_switch(NULL);
    order_as(1);
    begin(B, 1), end(1);
    begin(A, 1), end(1);
}
/* The thread that takes the context over has no record before. */
static void before_new_thread(void) {
    start();
    order_as(3);
    context = hotpath_context_create("fiber");
    hotpath_context_switch(context);
    begin_of(3, A, 0);
    hotpath_context_switch(NULL);
}
static void switch_to_context(void) { hotpath_context_switch(context); }
static void take_over(void) {
    hotpath_context_switch(context);
    end(0);
    hotpath_context_switch(NULL);
}
static void after_context(void) {
    laws();
    ORDER_CHECK(calls(A) == 11);
    ORDER_CHECK(function_of(now.snapshots[SNAPSHOTS - 1], A)->open_calls == 0);
}
static void context_new(void) {
    hotpath_context_switch(hotpath_context_create("new"));
    begin_of(1, A, 0);
}
static void before_end_in_context(void) {
    start();
    order_as(2);
    begin_of(2, B, 5), end(5);
    order_as(1);
    context = hotpath_context_create("fiber");
    hotpath_context_switch(context);
    begin(A, 0);
}
static void before_given_back(void) {
    before_end_in_context();
    hotpath_context_switch(NULL);
}
static void give_back(void) { hotpath_context_destroy(context); }
static void create_again(void) {
    hotpath_context_t* c = hotpath_context_create("again");
    ORDER_CHECK(c != NULL && c->top == c->entries);
    hotpath_context_switch(c);
    begin_of(2, B, 5), end(5);
    hotpath_context_switch(NULL);
}
static void before_hand_over(void) {
    start();
    order_as(2);
    begin_of(2, B, 5), end(5);
    order_as(1);
    context = hotpath_context_create("fiber");
    hotpath_context_switch(context);
    begin(A, 0);
}
static void park(void) { hotpath_context_switch(NULL); }
static void take_if_parked(void) {
    hotpath_context_switch(context);
    if (hotpath_i_local.thread->context == context) end(0);
}
static void after_hand_over(void) {
    laws();
    ORDER_CHECK(calls(A) == 1);
}
static void before_grow(void) {
    start();
    order_as(1);
    context = hotpath_context_create("fiber");
    hotpath_context_switch(context);
    begin(A, 1), begin(B, 2);
    context->soft = 3; /* as if it were full */
    hotpath_i_local.last = context->entries + 2;
}
static void grow(void) { begin(C, 3); }
static void after_grow(void) {
    laws();
    for (int i = 0; i < SNAPSHOTS; i++) {
        const hotpath_snapshot_t* s = now.snapshots[i];
        if (s == NULL) continue;
        ORDER_CHECK(function_of(s, A)->open_calls == 1 && function_of(s, B)->open_calls == 1);
    }
    ORDER_CHECK(function_of(now.snapshots[SNAPSHOTS - 1], C)->open_calls == 1);
    ORDER_CHECK(context->capacity > HOTPATH_I_FIBER_FIRST);
}
/* A frame on another stack that was left for good stays open in the middle of the stack, until room
   is looked for. */
static void begin_on(int site, int token, uintptr_t stack) {
    hotpath_i_begin_called_clock(&sites[site], &now.tokens[token], stack);
    note_begun(1, &now.tokens[token]);
}
static void fill_for_compact(void) {
    hotpath_i_thread_t* t = hotpath_i_local.thread;
    t->other_low = 1000, t->other_high = UINTPTR_MAX; /* what is below is of another stack */
    begin_on(A, 1, 1000);
    begin_on(B, 2, 500);
    for (int i = 0; i < 5; i++)
        begin_on(A, 4, 400), end(4);
    begin_on(A, 1, 1000);
    t->context->soft = 4;
    hotpath_i_local.last = t->context->entries + 3;
}
static void before_compact(void) {
    start();
    order_as(1);
    begin_on(C, 3, 100), end(3);
    fill_for_compact();
}
static void compact(void) { begin_on(C, 3, 400); }
static void after_compact(void) {
    laws();
    ORDER_CHECK(calls(A) == 7 && calls(B) == 1 && calls(C) == 2);
    const hotpath_snapshot_t* s = now.snapshots[0];
    const hotpath_node_t* up = node_of(s, "a", HOTPATH_NO_NODE);
    ORDER_CHECK(up != NULL);
    up = node_of(s, "b", (uint32_t)(up - s->nodes));
    ORDER_CHECK(up != NULL);
    const hotpath_node_t* inner = node_of(s, "a", (uint32_t)(up - s->nodes));
    ORDER_CHECK(inner != NULL && inner->open_calls == 1); /* all the time */
}
/* >>settled
   What happens after a snapshot has read the stacks, and found scopes of contexts there. Another one
   has been taken before, of which no total is to be less. */

static char stacks_read[sizeof snapshot_memory[1]];
static void read_the_stacks(void) {
    order_as(2);
    order_clock_forward(1000);
    take(0, hotpath_i_take_tree);
    order_clock_forward(1000);
    hotpath_snapshot_t* s = snapshot_new(1);
    hotpath_i_reader_enter();
    s->now = hotpath_i_ticks();
    hotpath_i_g.read_tick = s->now;
    hotpath_i_list_functions(s);
    hotpath_i_list_records(s);
    hotpath_i_read_stacks(s);
    ORDER_CHECK(!s->full && s->override_count != 0);
    memcpy(stacks_read, snapshot_memory[1], sizeof stacks_read);
}
static void add_up(void) {
    memcpy(snapshot_memory[1], stacks_read, sizeof stacks_read);
    hotpath_snapshot_t* s = now.snapshots[1];
    hotpath_i_merge_tree(s);
    hotpath_i_prune(s);
    hotpath_i_sum_functions(s);
    hotpath_i_reader_leave();
    ORDER_CHECK(!s->full);
}
static void add_up_and_read(void) {
    add_up();
    take(2, hotpath_i_take_tree);
}
static void before_settled(void) {
    before_a_and_b();
    context = hotpath_context_create("fiber");
    hotpath_context_switch(context);
    begin(A, 0);
    order_clock_forward(3000);
    read_the_stacks();
}
static void end_and_begin_other(void) {
    order_clock_forward(5000);
    end(0);
    begin(B, 1);
}
/* Its thread is not that which began it. */
static void before_settled_move(void) {
    before_a_and_b();
    order_as(3);
    context = hotpath_context_create("fiber");
    hotpath_context_switch(context);
    begin_of(3, A, 0);
    order_clock_forward(3000);
    hotpath_context_switch(NULL);
    read_the_stacks();
}
static void move_and_end(void) {
    hotpath_context_switch(context);
    end_and_begin_other();
}
/* A span that another thread ends, or its own gives up. */
static void before_span(void) {
    before_a_and_b();
    order_as(2);
    hotpath_span_begin(&now.span, HOTPATH_SPAN_SQL, "s", 1);
    order_clock_forward(3000);
}
static void before_span_given_up(void) {
    before_span();
    hotpath_span_detach(&now.span);
    order_clock_forward(3000);
}
static void end_span(void) { hotpath_span_end(&now.span); }
static void before_settled_span(void) {
    before_span();
    read_the_stacks();
}
static void before_settled_span_given_up(void) {
    before_span_given_up();
    read_the_stacks();
}
static void before_span_of_one(void) {
    before_a_and_b();
    order_as(1);
    hotpath_span_begin(&now.span, HOTPATH_SPAN_SQL, "s", 1);
    order_clock_forward(3000);
}
static void before_settled_span_of_one(void) {
    before_span_of_one();
    read_the_stacks();
}
static void detach_span(void) { hotpath_span_detach(&now.span); }
/* Until it ends a span has the time until the snapshot, and then all that it took: never less. */
static void span_laws(void) {
    uint64_t before = 0;
    order_as(0);
    take(SNAPSHOTS - 1, hotpath_i_take_tree);
    for (int i = 0; i < SNAPSHOTS; i++) {
        const hotpath_snapshot_t* s = now.snapshots[i];
        if (s == NULL) continue;
        for (size_t k = 0; k < s->function_count; k++) {
            const hotpath_function_t* f = &s->functions[k];
            if (f->kind != HOTPATH_KIND_SQL || f->calls == 0) continue;
            ORDER_CHECK(f->calls == 1 && f->total_ns >= 3000 && f->total_ns < 10000);
            ORDER_CHECK(f->total_ns >= before);
            before = f->total_ns;
        }
    }
}
/* Its thread has the key's node already. */
static void know_span(int fiber) {
    order_as(fiber);
    hotpath_i_thread_t* t = hotpath_i_local.thread;
    uint32_t function = (uint32_t)(now.span.opaque[HOTPATH_I_SPAN_OF] >> 32);
    now.node = hotpath_i_child(t, t->own.entries, 0, function);
    ORDER_CHECK(now.node != NULL);
}
static void note_span(void) {
    now.slot = (hotpath_i_span_slot_t*)(uintptr_t)now.span.opaque[HOTPATH_I_SPAN_SLOT];
    now.mark = now.span.opaque[HOTPATH_I_SPAN_MARK];
    now.start = now.span.opaque[HOTPATH_I_SPAN_TICK];
    now.thread = now.slot->owner;
    ORDER_CHECK(now.slot != NULL);
}
static void before_span_known(void) {
    before_span();
    know_span(1);
}
static void before_settled_span_known(void) {
    before_span_known();
    read_the_stacks();
}
static void before_settled_span_given_up_known(void) {
    before_span_given_up();
    know_span(1);
    read_the_stacks();
}
/* One is given up, and the scope that has its entry then has more time than any span. */
static void before_span_and_long(void) {
    before_a_and_b();
    begin(A, 0);
    order_clock_forward(200000);
    end(0);
    hotpath_span_begin(&now.span, HOTPATH_SPAN_SQL, "s", 1);
    order_clock_forward(3000);
    now.entry = hotpath_i_local.top;
    now.node = now.entry->node;
}
static void detach_and_scope(void) {
    detach_span();
    begin(A, 0), end(0);
}
/* The total of the node, as a snapshot has it that finds its entry. */
static void read_entry(void) {
    hotpath_i_override_t o;
    hotpath_snapshot_t* s = snapshot_new(0);
    s->now = hotpath_i_ticks(), s->passed = true;
    bool is = hotpath_i_read_entry(s, now.entry, &o) && o.node == now.node;
    now.read_total = HOTPATH_I_LOAD(&now.node->total);
    if (is && o.base + o.extra > now.read_total) now.read_total = o.base + o.extra;
}
static void after_entry(void) {
    order_as(0);
    ORDER_CHECK(now.read_total >= 3000 && now.read_total < 100000);
}
/* Its slot becomes that of a span of another key. */
static void before_next_span(void) {
    before_a_and_b();
    hotpath_span_begin(&now.next_span, HOTPATH_SPAN_SQL, "t", 1);
    order_clock_forward(500000);
    hotpath_span_detach(&now.next_span);
    hotpath_span_end(&now.next_span);
    hotpath_span_begin(&now.span, HOTPATH_SPAN_SQL, "s", 1);
    order_clock_forward(3000);
    hotpath_span_detach(&now.span);
    order_clock_forward(3000);
    note_span();
    now.node = now.slot->rest;
    now.credited = now.slot->credited;
    hotpath_i_g.read_tick = 0;
}
static void end_and_next(void) {
    hotpath_span_end(&now.span);
    now.ended = now.node->total;
    order_clock_forward(100);
    hotpath_span_begin(&now.next_span, HOTPATH_SPAN_SQL, "t", 1);
    order_clock_forward(5000);
    hotpath_span_detach(&now.next_span);
    hotpath_span_end(&now.next_span);
}
/* As if a reader had come since each was given up. */
static void read_until_later(void) {
    HOTPATH_I_STORE(&hotpath_i_g.read_tick, hotpath_i_ticks() + 20000);
}
static void end_and_next_later(void) {
    read_until_later();
    hotpath_span_end(&now.span);
    now.ended = now.node->total;
    hotpath_span_begin(&now.next_span, HOTPATH_SPAN_SQL, "t", 1);
    hotpath_span_detach(&now.next_span);
    order_clock_forward(5000);
    read_until_later();
    hotpath_span_end(&now.next_span);
}
static void end_and_give_up_next(void) {
    hotpath_span_end(&now.span);
    hotpath_span_begin(&now.next_span, HOTPATH_SPAN_SQL, "t", 1);
    order_clock_forward(5000);
    hotpath_span_detach(&now.next_span);
}
/* Of the first one, which a snapshot has found: its node's total when it is no more open. */
static void look_whether_open(void) {
    hotpath_i_override_t o;
    memset(&o, 0, sizeof o);
    o.slot = now.slot, o.mark = now.mark, o.node = now.node;
    now.is_over = !hotpath_i_still_open(&o);
    if (!now.is_over) return;
    now.read_node = o.ended != NULL ? o.ended : now.node;
    now.read_total = o.ended != NULL ? o.base : HOTPATH_I_LOAD(&now.node->total);
}
static void after_ending(void) {
    order_as(0);
    ORDER_CHECK(!now.is_over || (now.read_node == now.node && now.read_total == now.ended));
}
static void after_ending_read(void) {
    order_as(0);
    ORDER_CHECK(!now.is_over || (now.read_node == now.node && now.read_total <= now.ended));
    ORDER_CHECK(!now.is_over || now.read_total >= 6000);
}
static void take_slots(hotpath_snapshot_t* s) {
    s->now = hotpath_i_ticks();
    hotpath_i_list_records(s);
    hotpath_i_read_slots(s, now.thread);
}
static void read_slots(void) { take(0, take_slots); }
static void after_slots(void) {
    order_as(0);
    const hotpath_snapshot_t* s = now.snapshots[0];
    for (size_t i = 0; i < s->override_count; i++) {
        const hotpath_i_override_t* o = &s->overrides[i];
        bool first = o->mark == now.mark;
        if (o->open == 0) continue;
        ORDER_CHECK(o->node == (first ? now.node : now.slot->rest));
        ORDER_CHECK(o->start == (first ? now.start : now.slot->start));
        ORDER_CHECK(o->extra == hotpath_i_minus(s->now,
                                    o->start + (first ? now.credited : now.slot->credited)));
    }
}
/* And the first one was given up by a thread that its context had moved to, and that has ended. */
static void before_next_span_moved(void) {
    before_a_and_b();
    hotpath_span_begin(&now.next_span, HOTPATH_SPAN_SQL, "t", 1);
    hotpath_span_detach(&now.next_span);
    hotpath_span_end(&now.next_span);
    context = hotpath_context_create("fiber");
    hotpath_context_switch(context);
    hotpath_span_begin(&now.span, HOTPATH_SPAN_SQL, "s", 1);
    order_clock_forward(3000);
    note_span();
    hotpath_context_switch(NULL);
    order_as(3);
    begin_of(3, B, 5), end(5);
    hotpath_context_switch(context);
    hotpath_span_detach(&now.span);
    hotpath_context_switch(NULL);
    thread_ends();
    ORDER_CHECK(now.slot->giver != now.slot->owner && hotpath_i_g.ended != NULL);
    const hotpath_i_node_t* node =
        hotpath_i_find_path(hotpath_i_g.ended, now.slot->giver, now.slot->rest);
    now.node = hotpath_i_node_at(hotpath_i_g.ended, hotpath_i_index(node));
    now.credited = now.slot->credited;
}
static void begin_span(void) { hotpath_span_begin(&now.next_span, HOTPATH_SPAN_SQL, "s", 1); }
static void before_first_slot(void) {
    before_span_known();
    now.thread = hotpath_i_local.thread;
    use_up_memory();
}
/* Another thread ends it at the same time. */
static void detach_copy(void) { hotpath_span_detach(&now.next_span); }
static void before_race(void) {
    before_a_and_b();
    hotpath_span_begin(&now.span, HOTPATH_SPAN_SQL, "s", 1);
    now.next_span = now.span;
    order_clock_forward(3000);
    order_as(2);
    begin_of(2, B, 5), end(5);
    know_span(2);
}
static void before_settled_race(void) {
    before_a_and_b();
    hotpath_span_begin(&now.span, HOTPATH_SPAN_SQL, "s", 1);
    now.next_span = now.span;
    order_clock_forward(3000);
    order_as(3);
    begin_of(3, B, 5), end(5);
    know_span(3);
    read_the_stacks();
}
/* One that is ended elsewhere when its entry goes: only that is told here, at once. */
static void before_lost(void) {
    before_a_and_b();
    hotpath_span_begin(&now.span, HOTPATH_SPAN_SQL, "s", 1);
    end_span();
    begin(A, 0);
    order_clock_forward(3000);
    now.entry = hotpath_i_local.top;
    now.node = now.entry->node;
}
static void end_and_lose(void) {
    end(0);
    hotpath_span_begin(&now.span, HOTPATH_SPAN_SQL, "s", 1);
    note_span();
    ORDER_CHECK(hotpath_i_slot_claim(now.slot, now.mark, false));
    HOTPATH_I_STORE(&now.slot->state, now.mark | HOTPATH_I_SPAN_ENDING);
    detach_span();
}
/* The key has more time than the scope whose entry the span takes. */
static void before_long_key(void) {
    before_a_and_b();
    hotpath_span_begin(&now.span, HOTPATH_SPAN_SQL, "s", 1);
    order_clock_forward(200000);
    end_span();
    begin(A, 0);
    order_clock_forward(3000);
    now.entry = hotpath_i_local.top;
    now.node = now.entry->node;
}
static void end_and_detach_later(void) {
    end(0);
    hotpath_span_begin(&now.span, HOTPATH_SPAN_SQL, "s", 1);
    read_until_later();
    detach_span();
}
/* A thread's first facts of a key. */
static void before_facts(void) {
    before_a_and_b();
    hotpath_span_begin(&now.span, HOTPATH_SPAN_SQL, "s", 1);
    use_up_memory();
}
static void span_facts(void) { hotpath_span_bytes(&now.span, 7, 0); }
static hotpath_span_row_t span_row;
static void take_facts(hotpath_snapshot_t* s) {
    take_functions(s);
    memset(&span_row, 0, sizeof span_row);
    span_row.function = (uint32_t)s->function_count;
    for (uint32_t i = 0; i < s->function_count; i++)
        if (s->functions[i].kind == HOTPATH_KIND_SQL) span_row.function = i;
    ORDER_CHECK(span_row.function < s->function_count);
    hotpath_i_fill_span(s, &span_row);
    ORDER_CHECK(span_row.bytes_in == 0 || span_row.bytes_in == 7);
}
static void read_facts(void) { take(0, take_facts); }
static void span_kept(void) {
    hotpath_i_kept_t kept;
    memset(&kept, 0, HOTPATH_I_INSIDE_HEAD * 8);
    kept.duration = 7;
    hotpath_i_frec_t* f = now.node->frec;
    hotpath_i_span_keep(hotpath_i_local.thread, f, f->spans, &kept);
}
static void before_kept(void) {
    before_span_known();
    ORDER_CHECK(hotpath_i_span_sums_of(hotpath_i_local.thread, now.node->frec) != NULL);
    use_up_memory();
    hotpath_i_settings.memory_max = hotpath_i_g.memory + 1; /* no room for its slots */
}
static void take_kept(hotpath_snapshot_t* s) {
    hotpath_i_found_t found;
    hotpath_i_list_records(s);
    size_t count = hotpath_i_find_slowest(s, now.node->function, &found, 1);
    ORDER_CHECK(count == 0 || found.kept.duration == 7);
}
static void read_kept(void) { take(0, take_kept); }
static void before_recorded(void) {
    before_a_and_b();
    hotpath_i_thread_t* t = hotpath_i_local.thread;
    uint32_t function = hotpath_i_span_function(t, HOTPATH_SPAN_SQL, "s", 1);
    now.node = hotpath_i_child(t, t->own.entries, 0, function);
}
static void record_span(void) { hotpath_span_record(HOTPATH_SPAN_SQL, "s", 1, 3000, NULL); }
/* Who finds a key finds all of it. */
static void make_key(void) { (void)hotpath_i_item_find("k", "", 0, HOTPATH_KIND_SQL); }
static void look_key(void) {
    const hotpath_i_item_t* item = hotpath_i_item_look("k", "", 0, HOTPATH_KIND_SQL);
    ORDER_CHECK(item == NULL || (item->kind == HOTPATH_KIND_SQL && item->id != 0));
}
/* The function of a flow's role is made by one thread and found by others. */
static void before_role(void) {
    before_a();
    now.flow = hotpath_i_flow_find(HOTPATH_KIND_MUTEX, "m", "", 0);
}
static void make_role(void) {
    const hotpath_i_item_t* function = hotpath_i_flow_function(now.flow, 0);
    ORDER_CHECK(function != NULL && function->id != 0);
}
static void look_role(void) {
    if (HOTPATH_I_LOAD(&now.flow->roles[0]) != NULL) make_role();
}
static void read_flows(void) { take(0, hotpath_i_list_flows); }
/* A slot comes back from another thread: it was taken with another one behind it, which is in use. */
static void before_returned(void) {
    before_a_and_b();
    hotpath_i_thread_t* t = hotpath_i_local.thread;
    hotpath_i_span_slot_t* behind = hotpath_i_slot_take(t);
    now.slot = hotpath_i_slot_take(t);
    hotpath_i_slot_free(t, behind);
    hotpath_i_slot_free(t, now.slot);
    ORDER_CHECK(hotpath_i_slot_take(t) == now.slot && hotpath_i_slot_take(t) == behind);
    now.thread = t;
    order_as(2);
    begin_of(2, A, 5), end(5);
}
static void return_slot(void) { hotpath_i_slot_free(hotpath_i_local.thread, now.slot); }
static void take_slot(void) { ORDER_CHECK(hotpath_i_slot_take(now.thread) != NULL); }
static void after_returned(void) {
    order_as(0);
    ORDER_CHECK(now.thread->span_free == NULL);
}

/* >>flows
   One thread makes what another one uses. */

static void before_open(void) {
    start();
    order_as(1);
    begin(A, 0), end(0);
    for (int f = 2; f < THREADS; f++) {
        order_as(f);
        begin_of(f, A, 3 + f), end(3 + f);
    }
    now.channel.label = now.stream.label = "f";
    now.channel.file = now.stream.file = "";
    hotpath_i_g.shared->used =
        HOTPATH_I_ARENA_SIZE; /* what is made lies in memory that is new to all */
}
static bool channel_is_open(void) { return HOTPATH_I_LOAD(&now.channel.flow) != NULL; }
static bool stream_is_open(void) { return HOTPATH_I_LOAD(&now.stream.flow) != NULL; }
static void open_channel(void) { ORDER_CHECK(hotpath_i_flow_of_channel(&now.channel) != NULL); }
static void open_stream(void) { ORDER_CHECK(hotpath_i_flow_of_stream(&now.stream) != NULL); }
static void send_if_open(void) {
    if (channel_is_open()) hotpath_channel_sent(&now.channel, 1);
}
static void receive_if_open(void) {
    if (channel_is_open()) hotpath_channel_received(&now.channel, 0, 1);
}
static void drop_if_open(void) {
    if (channel_is_open()) hotpath_channel_dropped(&now.channel, 1);
}
static void close_if_open(void) {
    if (channel_is_open()) hotpath_channel_closed(&now.channel);
}
static void wait_if_open(void) {
    hotpath_site_t* site =
        channel_is_open() ? hotpath_i_channel_site(&now.channel, HOTPATH_CHANNEL_SEND) : NULL;
    if (site != NULL) ORDER_CHECK(site->kind == HOTPATH_KIND_WAIT);
}
static void item_if_open(void) {
    if (stream_is_open()) hotpath_stream_item(&now.stream, 1, 1);
}
static void end_stream_if_open(void) {
    if (stream_is_open()) hotpath_stream_closed(&now.stream);
}
static void make_site(void) {
    hotpath_site_t* site = hotpath_i_flow_site(now.flow, HOTPATH_I_ROLE_SEND_WAIT);
    ORDER_CHECK(site != NULL && site->kind == HOTPATH_KIND_WAIT);
}
static void before_site_of_flow(void) {
    before_open();
    open_channel();
    now.flow = (hotpath_i_flow_t*)now.channel.flow;
    hotpath_i_g.shared->used = HOTPATH_I_ARENA_SIZE;
}
static void use_site(void) {
    if (HOTPATH_I_LOAD(&now.flow->roles[HOTPATH_I_ROLE_SEND_WAIT]) != NULL) make_site();
}

/* >>channels */

/* One message was sent, and is still there. */
static void before_channel(void) {
    before_open();
    hotpath_channel_sent(&now.channel, 1);
    hotpath_channel_received(&now.channel, 0, 1);
    now.value_ticks['b'] = hotpath_channel_sent(&now.channel, 1);
    now.value_ticks['a'] = now.value_ticks['b'];
    now.flow = (hotpath_i_flow_t*)now.channel.flow;
    now.row.item = now.flow->item;
    now.start = now.flow->words[HOTPATH_I_RECEIVE_TICKS] - now.flow->words[HOTPATH_I_SEND_TICKS];
}
static void send_one(void) { now.value_ticks['s'] = hotpath_channel_sent(&now.channel, 1); }
static void receive_one(void) {
    now.value_ticks['r'] = order_clock() + 10;
    hotpath_channel_received(&now.channel, 0, 1);
}
static void drop_one(void) {
    now.value_ticks['r'] = order_clock() + 10;
    hotpath_channel_dropped(&now.channel, 1);
}
static void take_settled(hotpath_snapshot_t* s) {
    s->now = hotpath_i_ticks();
    hotpath_i_settle_channel(s, &now.row, now.flow->words);
}
static void read_settled(void) { take(0, take_settled); }
/* The sums are those of the messages that are counted. */
static void settled_laws(void) {
    const uint64_t* counts = now.row.words;
    uint64_t sent = counts[HOTPATH_I_SENT] - 2;
    uint64_t gone = counts[HOTPATH_I_RECEIVED] + counts[HOTPATH_I_DROPPED] - 1;
    order_as(0);
    ORDER_CHECK(sent <= 1 && gone <= 1);
    order_outcome((unsigned)(counts[HOTPATH_I_TORN] != 0 ? 0 : 1 + 2 * sent + gone));
    if (counts[HOTPATH_I_TORN] != 0) return;
    uint64_t integral = now.start + gone * now.value_ticks['r'] - sent * now.value_ticks['s'] +
                        (1 + sent - gone) * now.snapshots[0]->now;
    ORDER_CHECK(counts[HOTPATH_I_INTEGRAL] == integral);
}

/* Twice: nothing goes back, and no more were there than the most that were. */
static hotpath_channel_row_t channel_rows[2];
static void take_rows(hotpath_snapshot_t* s) {
    s->parts = HOTPATH_PART_FLOWS;
    hotpath_i_list_flows(s);
}
static void read_channel_twice(void) {
    for (int i = 0; i < 2; i++)
        ORDER_CHECK(hotpath_snapshot_channels(take(i, take_rows), &channel_rows[i], 1) == 1);
}
static void check_depth(void) {
    order_as(0);
    for (int i = 0; i < 2; i++) {
        const hotpath_channel_row_t *row = &channel_rows[i], *before = &channel_rows[0];
        ORDER_CHECK(row->depth >= 1 && row->depth <= 2 && row->depth <= row->depth_max);
        ORDER_CHECK(row->depth_max <= 2 && row->depth_max >= before->depth_max);
        ORDER_CHECK(row->sent >= before->sent && row->sent <= 3);
    }
}

/* Each item has as many bytes as its index says; the third one is of another thread, and takes the place
   of the first one. */
static void before_items(void) {
    before_open();
    open_stream();
    now.flow = (hotpath_i_flow_t*)now.stream.flow;
    now.row.item = now.flow->item;
    order_as(3);
    for (uint64_t i = 0; i < 2; i++) {
        now.value_ticks[i] = order_clock() + 10;
        hotpath_stream_item(&now.stream, 1, 100 + i);
    }
}
static void third_item(void) {
    now.value_ticks[2] = order_clock() + 10;
    hotpath_stream_item(&now.stream, 1, 102);
}
static void take_items(hotpath_snapshot_t* s) { hotpath_i_read_flow(s, &now.row, now.flow); }
static void read_items(void) { take(0, take_items); }
static void check_items(void) {
    order_as(0);
    for (uint64_t k = 0; k < now.row.log_counts[0]; k++) {
        const hotpath_flow_log_t* item = &now.row.logs[0][k];
        ORDER_CHECK(item->index <= 2 && item->value == 100 + item->index && item->count == 1);
        ORDER_CHECK(item->thread == (item->index == 2 ? 1u : 3u));
        ORDER_CHECK(item->at_ns == hotpath_i_since_start_ns(now.value_ticks[item->index]));
        ORDER_CHECK(k == 0 || item[-1].index > item->index);
    }
}
/* The log is made by one of two. */
static void before_first_items(void) {
    before_open();
    open_stream();
    now.flow = (hotpath_i_flow_t*)now.stream.flow;
    now.row.item = now.flow->item;
    (void)hotpath_i_flow_function(now.flow, 0);
    hotpath_i_g.shared->used = HOTPATH_I_ARENA_SIZE;
}
static void keep_item(void) {
    hotpath_i_flow_keep(
        now.flow, 0, hotpath_i_local.thread, hotpath_i_local.thread->id - 1, 1, 7, 8);
}
static void check_first_items(void) {
    order_as(0);
    ORDER_CHECK(now.row.log_counts[0] <= 2);
    for (uint64_t k = 0; k < now.row.log_counts[0]; k++)
        ORDER_CHECK(now.row.logs[0][k].value == 8 && now.row.logs[0][k].count == 1);
}
static void check_two_items(void) {
    check_first_items();
    read_items();
    ORDER_CHECK(now.row.log_counts[0] == 2);
}
/* Two threads: one is at its item while the other one passes it by the whole log. */
static void item_of_one(void) {
    hotpath_i_flow_keep(now.flow, 0, hotpath_i_local.thread, 2, 1, 2000, 102);
}
static void items_of_two(void) {
    hotpath_i_flow_keep(now.flow, 0, hotpath_i_local.thread, 4, 1, 4000, 104);
}
static void check_passed(void) {
    order_as(0);
    read_items();
    for (uint64_t k = 0; k < now.row.log_counts[0]; k++) {
        const hotpath_flow_log_t* item = &now.row.logs[0][k];
        if (item->index < 2) continue;
        ORDER_CHECK(item->value == 100 + item->index);
        ORDER_CHECK(item->thread == item->index / 2);
        ORDER_CHECK(item->at_ns == hotpath_i_since_start_ns(1000 * item->index));
    }
}

/* >>locks */

static void before_lock(void) {
    before_open();
    now.lock.label = "l", now.lock.file = "", now.lock.kind = HOTPATH_KIND_MUTEX;
}
static void use_lock(void) {
    ORDER_CHECK(hotpath_i_lock_flow(&now.lock)->item->kind == HOTPATH_KIND_MUTEX);
}
static void use_if_known(void) {
    if (HOTPATH_I_LOAD(&now.lock.flow) != NULL) use_lock();
}
static void end_if_known(void) {
    if (HOTPATH_I_LOAD(&now.lock.flow) != NULL) hotpath_lock_destroyed(&now.lock);
}
static void after_use(void) {
    order_as(0);
    const hotpath_i_flow_t* flow = (hotpath_i_flow_t*)now.lock.flow;
    ORDER_CHECK(flow == NULL ||
                flow->words[HOTPATH_I_LOCK_INSTANCES] == flow->words[HOTPATH_I_LOCK_CLOSED] + 1);
}
/* An object is one lock, of whichever thread is the first. */
static void name_object(size_t by) {
    now.locks[by] = hotpath_lock_at(&now.object, HOTPATH_KIND_MUTEX, "o", "", 0);
    ORDER_CHECK(now.locks[by] != NULL && now.locks[by]->kind == HOTPATH_KIND_MUTEX);
}
static void name_first(void) { name_object(0); }
static void name_second(void) { name_object(1); }
/* Another one of its label is there. */
static void before_named(void) {
    static char other;
    before_lock();
    now.flow = (hotpath_i_flow_t*)hotpath_lock_at(&other, HOTPATH_KIND_MUTEX, "o", "", 0)->flow;
}
static void after_named(void) {
    order_as(0);
    ORDER_CHECK(now.locks[0] == now.locks[1]);
    ORDER_CHECK(now.flow->words[HOTPATH_I_LOCK_INSTANCES] == 2);
}
/* The table of objects is made by one of two. */
static void look_for_place(void) {
    const hotpath_i_lock_place_t* place = hotpath_i_lock_slot((uintptr_t)&now.object, true);
    ORDER_CHECK(place != NULL && place->lock.depth == 0);
}
static void after_places(void) {
    order_as(0);
    ORDER_CHECK(hotpath_i_g.lock_count == 1);
}
/* It is there, and its flow. */
static void before_place(void) {
    before_lock();
    name_first();
    now.flow = (hotpath_i_flow_t*)now.locks[0]->flow;
    hotpath_lock_destroyed(now.locks[0]);
}
static void read_instances(void) {
    ORDER_CHECK(HOTPATH_I_LOAD(&now.flow->words[HOTPATH_I_LOCK_INSTANCES]) <= 2);
}
static void after_place(void) {
    order_as(0);
    ORDER_CHECK(now.flow->words[HOTPATH_I_LOCK_INSTANCES] == 2);
}
/* One is destroyed, and another one begins in its place. */
static void before_destroyed(void) {
    before_lock();
    name_first();
    hotpath_lock_acquired(now.locks[0], false, NULL);
    hotpath_lock_released(now.locks[0]);
}
static void destroy(void) { hotpath_lock_destroyed(now.locks[0]); }
static void begin_in_its_place(void) {
    if (HOTPATH_I_LOAD(&now.locks[0]->flow) != NULL) return;
    name_second();
    hotpath_lock_acquired(now.locks[1], false, NULL);
}
/* Waits of one pair of functions and of another one, and one that is there already. */
static void before_pairs(void) {
    before_lock();
    use_lock();
    now.flow = (hotpath_i_flow_t*)now.lock.flow;
    now.row.item = now.flow->item;
    hotpath_i_g.shared->used = HOTPATH_I_ARENA_SIZE;
}
static void before_third_pair(void) {
    before_pairs();
    hotpath_i_flow_pair(now.flow, 1, 2, 12, 120);
}
static void pair_of_first(void) { hotpath_i_flow_pair(now.flow, 1, 2, 12, 120); }
static void pair_of_second(void) { hotpath_i_flow_pair(now.flow, 3, 4, 34, 340); }
static void take_pairs(hotpath_snapshot_t* s) {
    static uint32_t index_of[] = {0, 1, 2, 3, 4};
    s->id_count = 4, s->index_of = index_of;
    hotpath_i_list_pairs(s, &now.row);
}
static void read_pairs(void) {
    now.row.pair_count = 0;
    take(0, take_pairs);
    for (uint32_t i = 0; i < now.row.pair_count; i++) {
        const hotpath_i_pair_t* pair = &now.row.pairs[i];
        const bool first = pair->key == ((uint64_t)1 << 32 | 2);
        const uint64_t each = first ? 120 : 340;
        ORDER_CHECK(first || pair->key == ((uint64_t)3 << 32 | 4));
        ORDER_CHECK(pair->waits <= 2 && pair->sum >= each * pair->waits);
        ORDER_CHECK(pair->longest == each && pair->thread == each / 10);
    }
}
static void after_pairs(void) {
    order_as(0);
    read_pairs();
    ORDER_CHECK(now.row.pair_count == 2);
}

/* >>runtimes */

static hotpath_runtime_t runtime;
static void before_runtime(void) {
    before_open();
    order_memory(&runtime, sizeof runtime);
    now.flow = hotpath_i_flow_find(HOTPATH_KIND_RUNTIME, "r", "", 0);
    now.row.item = now.flow->item;
    hotpath_i_g.shared->used = HOTPATH_I_ARENA_SIZE;
}
static void create_runtime(void) { hotpath_runtime_create(&runtime, "r", 1); }
static void use_runtime(void) {
    const hotpath_i_runtime_t* r = hotpath_i_runtime_of(now.flow);
    if (r != NULL) ORDER_CHECK(HOTPATH_I_LOAD(&r->workers[0].told) == 0);
}

/* >>tasks */

/* What the flow of a task has beyond its words. */
static void before_tasks(void) {
    before_open();
    now.flow = hotpath_i_flow_find(HOTPATH_KIND_TASK, "t", "", 0);
    now.row.item = now.flow->item;
    hotpath_i_g.shared->used = HOTPATH_I_ARENA_SIZE;
}
static void make_tasks(void) {
    hotpath_i_tasks_t* tasks = hotpath_i_tasks_of(now.flow);
    ORDER_CHECK(tasks != NULL && HOTPATH_I_LOAD(&tasks->ends) == 0);
}
/* A task is alive; the log of those that have ended is made as it ends. */
static hotpath_task_t task;
static void before_task_log(void) {
    before_open();
    order_memory(&task, sizeof task);
    now.flow = hotpath_i_flow_find(HOTPATH_KIND_TASK, "t", "", 0);
    now.row.item = now.flow->item;
    order_as(3);
    hotpath_task_create(&task, "t", "", 0);
    hotpath_i_g.shared->used = HOTPATH_I_ARENA_SIZE;
}
static void end_task(void) { hotpath_task_done(&task); }
static void take_tasks(hotpath_snapshot_t* s) {
    s->now = hotpath_i_ticks();
    hotpath_i_list_task(s, &now.row, (const hotpath_i_tasks_t*)now.flow->more);
}
static void read_tasks(void) { take(0, take_tasks); }
static void check_tasks(void) {
    order_as(0);
    for (uint32_t i = 0; i < now.row.more_count; i++) {
        const hotpath_task_call_t* call = &((const hotpath_task_call_t*)now.row.more)[i];
        ORDER_CHECK(call->id == 1);
        ORDER_CHECK(call->thread == (call->state == HOTPATH_TASK_PENDING ? 3u : 1u));
        ORDER_CHECK(call->at_ns == hotpath_i_since_start_ns(task.opaque[HOTPATH_I_TASK_BORN]));
    }
}
/* One has ended and another one, of another thread, is in its slot: what is read is of one of them. */
static hotpath_task_t next_task;
static void before_task_slot(void) {
    before_task_log();
    order_memory(&next_task, sizeof next_task);
}
static void create_next_task(void) { hotpath_task_create(&next_task, "t", "", 0); }
static void free_task(void) { hotpath_i_task_slot_free(hotpath_i_task_slot_of(&task)); }
static void check_two_tasks(void) {
    order_as(0);
    for (uint32_t i = 0; i < now.row.more_count; i++) {
        const hotpath_task_call_t* call = &((const hotpath_task_call_t*)now.row.more)[i];
        const hotpath_task_t* of = call->id == 1 ? &task : &next_task;
        ORDER_CHECK(call->id == of->opaque[HOTPATH_I_TASK_NUMBER]);
        ORDER_CHECK(call->at_ns == hotpath_i_since_start_ns(of->opaque[HOTPATH_I_TASK_BORN]));
    }
}
static void check_task_slot(void) {
    check_two_tasks();
    for (uint32_t i = 0; i < now.row.more_count; i++) {
        const hotpath_task_call_t* call = &((const hotpath_task_call_t*)now.row.more)[i];
        ORDER_CHECK(call->thread == (call->id == 1 ? 3u : 2u));
    }
}
/* Two end whose entry is the same. */
static uint64_t entry_words[HOTPATH_I_CALL_WORDS];
static void before_one_entry(void) {
    before_task_log();
    order_memory(&next_task, sizeof next_task);
    hotpath_task_create(&next_task, "t", "", 0);
    order_memory(entry_words, sizeof entry_words);
    hotpath_i_g.log_slots = 1;
    ORDER_CHECK(hotpath_i_task_log((hotpath_i_tasks_t*)now.flow->more, 0) != NULL);
}
static void bury(hotpath_task_t* t, uint64_t at) {
    hotpath_i_task_bury(t, now.flow, HOTPATH_TASK_READY, at);
}
static void bury_task(void) { bury(&task, 1001); }
static void bury_next_task(void) { bury(&next_task, 1002); }
static void before_second_end(void) {
    before_one_entry();
    order_as(1);
    bury_task();
}
static void read_ended(void) {
    const hotpath_i_tasks_t* tasks = (const hotpath_i_tasks_t*)now.flow->more;
    if (!hotpath_i_task_load_ended(tasks->ended, entry_words)) entry_words[HOTPATH_I_CALL_ID] = 0;
}
static void check_entry(void) {
    const uint64_t id = entry_words[HOTPATH_I_CALL_ID];
    const hotpath_task_t* of = id == 1 ? &task : &next_task;
    order_as(0);
    if (id == 0) return;
    ORDER_CHECK(id == of->opaque[HOTPATH_I_TASK_NUMBER]);
    ORDER_CHECK(entry_words[HOTPATH_I_CALL_CREATED] == of->opaque[HOTPATH_I_TASK_BORN]);
    ORDER_CHECK(entry_words[HOTPATH_I_CALL_SINCE] == 1000 + id);
}
static void check_ended(void) {
    order_as(0);
    read_ended();
    ORDER_CHECK(entry_words[HOTPATH_I_CALL_ID] != 0);
    check_entry();
}
/* What a label's first task makes is found by a snapshot. */
static void take_all_tasks(hotpath_snapshot_t* s) {
    take_rows(s);
    hotpath_i_list_tasks(s);
}
static void read_all_tasks(void) { take(0, take_all_tasks); }
static void before_task_chunk(void) {
    before_tasks();
    order_as(3);
    make_tasks();
}
static void make_task_chunk(void) {
    ORDER_CHECK(hotpath_i_task_slot_take((hotpath_i_tasks_t*)now.flow->more) != NULL);
}
static void take_task_size(void) { (void)hotpath_i_size_of_flow(now.flow->item); }

/* >>io */

static void before_io(void) {
    before_open();
    order_memory(hotpath_i_unlabelled, sizeof hotpath_i_unlabelled);
}
static void use_io(void) {
    const hotpath_i_flow_t* flow = hotpath_i_io_flow(1, NULL);
    ORDER_CHECK(flow != NULL && flow->item->kind == HOTPATH_KIND_DESCRIPTOR);
}

/* A channel is opened, closed and read. */
static void before_opened(void) {
    before_open();
    now.channel.capacity = 4;
    order_as(0);
    (void)hotpath_i_flow_find(HOTPATH_KIND_CHANNEL, "f", "", 0);
}
static void read_opened(void) {
    memset(&channel_rows[0], 0, sizeof channel_rows[0]);
    (void)hotpath_snapshot_channels(take(0, take_rows), &channel_rows[0], 1);
}
static void check_opened(void) {
    const hotpath_channel_row_t* row = &channel_rows[0];
    order_as(0);
    ORDER_CHECK(row->open_instances <= 1 && row->closed_instances <= row->instances);
    ORDER_CHECK(row->instances <= 1 && (row->capacity == 0 || row->capacity == 4));
}
/* Two threads find one second over, or two; and what was in it is read. */
static void before_seconds(void) {
    before_channel();
    now.start = hotpath_i_g.start_tick;
    now.mark = hotpath_i_window_ticks();
}
static void second_of_one(void) { hotpath_i_flow_second(now.flow, now.start + now.mark + 5); }
static void second_of_two(void) { hotpath_i_flow_second(now.flow, now.start + 2 * now.mark + 5); }
static void read_second(void) { hotpath_i_settle_second(now.row.words, now.flow->words); }
static void check_second(void) {
    const uint64_t* w = now.row.words;
    uint64_t end = w[HOTPATH_I_SECOND_END] != 0 ? (w[HOTPATH_I_SECOND_END] - now.start) / now.mark
                                                : 0,
             last = w[HOTPATH_I_LAST_SECOND];
    order_as(0);
    ORDER_CHECK(end <= 3);
    if (end == 0) return;
    ORDER_CHECK(w[HOTPATH_I_SECOND_SENT] == (end == 1 ? 0 : 2));
    ORDER_CHECK(w[HOTPATH_I_SECOND_RECEIVED] == (end == 1 ? 0 : 1));
    ORDER_CHECK(last < end && (end == 1 || last != 0 || end == 3));
    if (last == 0) return;
    ORDER_CHECK(w[HOTPATH_I_LAST_SENT] == (last == 1 ? 2 : 0));
    ORDER_CHECK(w[HOTPATH_I_LAST_RECEIVED] == (last == 1 ? 1 : 0));
}
static void check_second_later(void) {
    read_second();
    check_second();
}
static hotpath_context_t* second;
/* Two of them have a scope on one node. */
static void before_two_contexts(void) {
    before_a_and_b();
    second = hotpath_context_create("second");
    hotpath_context_switch(second);
    begin(A, 2);
    context = hotpath_context_create("first");
    hotpath_context_switch(context);
    begin(A, 0);
    order_clock_forward(3000);
}
static void before_settled_two(void) {
    before_two_contexts();
    read_the_stacks();
}
static void end_two(void) {
    order_clock_forward(5000);
    end(0);
    hotpath_context_switch(second);
    end(2);
}
/* Each in a thread of its own. */
static void before_settled_threads(void) {
    before_settled_two();
    order_as(3);
    begin_of(3, C, 4), end(4);
    order_as(1);
    hotpath_context_switch(second);
}
static void end_second(void) { end(2); }
static void move_and_end_first(void) {
    hotpath_context_switch(context);
    end(0);
}
static void before_settled_compact(void) {
    start();
    order_as(1);
    begin_on(C, 3, 100), end(3);
    context = hotpath_context_create("fiber");
    hotpath_context_switch(context);
    fill_for_compact();
    read_the_stacks();
}
/* It has moved and its scope has ended: all entries are looked through, while they move again. */
static void before_settled_grow(void) {
    before_settled_move();
    order_as(1);
    hotpath_context_switch(context);
    end(0);
    begin(B, 1), end(1); /* where the scope was */
    context->soft = 1;   /* as if it were full */
    hotpath_i_local.last = context->entries;
}
static void grow_empty(void) { begin(B, 1); }
#define OUTCOME(a, b) (1u << ((a)*4 + (b)))
#define ALL_FOUR      (OUTCOME(0, 0) | OUTCOME(0, 1) | OUTCOME(1, 0) | OUTCOME(1, 1))
static const order_history_t histories[] = {
    {"fast", "the shortest path of an end", before_fast, {scope_a, read_tree, NULL}, after_a_fast,
        true, 0},
    {"fast functions", "and what its function has", before_fast, {scope_a, read_functions, NULL},
        after_fast, false, 0},
    {"fast buckets", "and the buckets of those that wait for them", before_fast,
        {short_and_longer, read_functions_twice, NULL}, after_fast_buckets, false, 0},
    {"fast squares", "and a square after one that carries", before_fast_squares,
        {long_and_short, read_functions, NULL}, after_fast_squares, false, 0},
    {"app info", "two threads set one key", before_sites,
        {app_info_of_one, app_info_of_two, read_app_info}, after_app_info, false, 0},
    {"callbacks", "a start gives callbacks to those who already run", before_start,
        {start_with_callbacks, log_and_record, NULL}, laws_only, false, 0},
    {"new thread rows", "a context goes on in a thread that is new, and the list of threads",
        before_new_thread, {switch_to_context, read_threads, NULL}, laws_only, true, 0},
    {"end and context", "a thread ends in a context, another makes one", before_end_in_context,
        {thread_ends, context_new, NULL}, laws_only, false, 0},
    {"rows", "a thread's first scope, and the list of threads", before_rows,
        {first_scope, read_threads, NULL}, laws_only, false, 0},
    {"size", "a thread's first scope, and what a snapshot needs", before_threads,
        {first_scope, take_size, NULL}, laws_only, false, 0},
    {"context rows", "a thread's first context, and the list of threads", before_rows,
        {first_context, read_threads, NULL}, laws_only, false, 0},
    {"context size", "a thread's first context, and what a snapshot needs", before_first,
        {context_new, take_size, NULL}, laws_only, false, 0},
    {"first context", "a thread's first context", before_first, {context_new, read_tree, NULL},
        laws_only, false, 0},
    {"contexts", "two threads make contexts", before_given_back, {context_new, create_again, NULL},
        laws_only, false, 0},
    {"given back", "a context is given back and taken again", before_given_back,
        {give_back, create_again, NULL}, laws_only, false, 0},
    {"end in context", "a thread ends in a context, which goes on in another",
        before_end_in_context, {thread_ends, take_if_parked, NULL}, laws_only, false, 0},
    {"double inc", "the first value of a gauge, added", before_first_gauge,
        {gauge_double_inc, read_entries, NULL}, after_double, false, 0},
    {"init", "two threads are the first of all", start, {init, init, NULL}, after_init, false, 0},
    {"block", "two threads register sites where the block of shared memory is full", before_block,
        {register_a, register_b, NULL}, after_block, false, 0},
    {"starts", "two threads' first scopes", before_threads,
        {first_scope, first_scope_of_other, NULL}, after_two_threads, false, 0},
    {"ends", "two threads end", before_two_ends, {thread_ends, end_of_other, NULL}, after_two_ends,
        false, 0},
    {"again", "a thread ends, another begins", before_end,
        {thread_ends, first_scope_of_other, NULL}, after_end_and_start, false, 0},
    {"adopt", "a thread takes a record that another left", before_adopt,
        {first_scope, read_threads, NULL}, after_adopt, false, 0},
    {"first", "a function's first call", before_first, {scope_a, read_tree, NULL}, after_one_first,
        false, 0},
    {"nested", "the first calls of two functions, left open", before_first,
        {begin_b_in_a, read_tree, NULL}, after_first, false, 0},
    {"chunk", "a node in a new chunk", before_chunk, {new_node, read_tree, NULL}, after_chunk,
        false, 0},
    {"durations", "a duration, in a new octave", before_durations,
        {long_scope, read_functions, NULL}, after_durations, false, 0},
    {"first duration", "a function's first duration", before_first, {scope_a, read_functions, NULL},
        after_durations, false, 0},
    {"record", "a thread's first record of a function", before_record,
        {record_b, read_functions, NULL}, laws_only, false, 0},
    {"squares", "a square beyond 64 bits", before_squares, {long_records, read_squares, NULL},
        after_squares, false, 0},
    {"window", "seconds pass", before_window, {scope_later, read_later, NULL}, after_window, false,
        0},
    {"errors", "a call fails for a reason that another thread registers", before_errors,
        {register_reason, error_of_other, read_reasons}, after_errors, false, 0},
    {"ring", "an execution overwrites another one", before_ring, {last_execution, read_logs, NULL},
        after_ring, false, 0},
    {"frame", "a worse frame takes the place of one", before_frame, {last_frame, read_slot, NULL},
        after_frame, false, 0},
    {"boundary", "a thread's first boundary", before_first_frame, {boundary, read_counts, NULL},
        nothing, false, 0},
    {"boundary and worst", "and the worst frames", before_first_frame,
        {boundary, read_slowest, NULL}, nothing, false, 0},
    {"slots", "a thread's first slots", before_slots, {make_slots, read_slowest, NULL}, nothing,
        false, 0},
    {"values", "a value overwrites another one", before_values, {value, read_entries, NULL},
        after_values, false, 0},
    {"first value", "the first value of a thread", before_first_value, {value, read_entries, NULL},
        after_values, false, 0},
    {"text", "a text overwrites another one", before_text, {text, read_entries, NULL}, after_text,
        false, 0},
    {"first text", "the first text of a thread", before_first_text, {text, read_entries, NULL},
        after_text, false, 0},
    {"gauge", "a gauge is set", before_gauge, {gauge, read_entries, NULL}, after_gauge, false, 0},
    {"double", "the first value of a gauge", before_first_gauge, {gauge_double, read_entries, NULL},
        after_double, false, 0},
    {"gauge passed", "one update is passed by all others while it is kept", before_passed_gauge,
        {gauge_of_one, gauge_of_two, NULL}, after_passed_gauge, false, 0},
    {"gauges", "a gauge that another thread registers", before_sites,
        {register_gauge, gauge_inc, NULL}, after_first_gauge, false, 0},
    {"scope", "a scope begins and ends", before_a, {scope_a, read_tree, NULL}, after_a, true, 0},
    {"context", "a context goes on in another thread", before_context, {take_over, read_tree, NULL},
        after_context, true, 0},
    {"new thread", "a context goes on in a thread that is new", before_new_thread,
        {switch_to_context, read_tree, NULL}, laws_only, true, 0},
    {"hand over", "one thread parks a context, another takes it", before_hand_over,
        {park, take_if_parked, NULL}, after_hand_over, false, 0},
    {"grow", "a stack grows", before_grow, {grow, read_tree, NULL}, after_grow, true, 0},
    {"compact", "a stack is looked through for dead entries", before_compact,
        {compact, read_tree, NULL}, after_compact, true, 0},
    {"settled", "a scope of a context ends before a snapshot has added up", before_settled,
        {end_and_begin_other, add_up, NULL}, laws_only, false, 0},
    {"settled move", "and in another thread than began it", before_settled_move,
        {move_and_end, add_up, NULL}, laws_only, false, 0},
    {"settled two", "and a second one of the same function", before_settled_two,
        {end_two, add_up, NULL}, laws_only, false, 0},
    {"settled threads", "each in a thread of its own", before_settled_threads,
        {end_second, add_up, move_and_end_first}, laws_only, false, 0},
    {"settled twice", "a scope of a context ends while two snapshots are taken", before_settled,
        {end_and_begin_other, add_up_and_read, NULL}, laws_only, false, 0},
    {"two contexts", "two contexts' scopes of one function end while they are read",
        before_two_contexts, {end_two, read_tree, NULL}, laws_only, false, 0},
    {"settled compact", "and the stack is looked through for dead entries", before_settled_compact,
        {compact, add_up, NULL}, laws_only, false, 0},
    {"settled grow", "and the stack grows", before_settled_grow, {grow_empty, add_up, NULL},
        laws_only, false, 0},
    {"span", "a span ends on another thread", before_span, {end_span, read_tree, NULL}, span_laws,
        true, 0},
    {"span given up", "and after it was given up", before_span_given_up,
        {end_span, read_tree, NULL}, span_laws, true, 0},
    {"span settled", "and before a snapshot has added up", before_settled_span,
        {end_span, add_up, NULL}, span_laws, false, 0},
    {"span given up settled", "and after it was given up", before_settled_span_given_up,
        {end_span, add_up, NULL}, span_laws, false, 0},
    {"span detached", "a span is given up", before_span_of_one, {detach_span, read_tree, NULL},
        span_laws, true, 0},
    {"span detached settled", "before a snapshot has added up", before_settled_span_of_one,
        {detach_span, add_up, NULL}, span_laws, false, 0},
    {"span known", "it ends where its key is known", before_span_known, {end_span, read_tree, NULL},
        span_laws, true, 0},
    {"span known settled", "and before a snapshot has added up", before_settled_span_known,
        {end_span, add_up, NULL}, span_laws, false, 0},
    {"span known given up settled", "and after it was given up", before_settled_span_given_up_known,
        {end_span, add_up, NULL}, span_laws, false, 0},
    {"span detached, scope", "a scope takes the entry of a span that is given up",
        before_span_and_long, {detach_and_scope, read_entry, NULL}, after_entry, false, 0},
    {"span ending", "a span's slot becomes that of another one", before_next_span,
        {end_and_next, look_whether_open, NULL}, after_ending, false, 0},
    {"span ending later", "at a moment that a reader has passed", before_next_span,
        {end_and_next_later, look_whether_open, NULL}, after_ending_read, false, 0},
    {"span slots", "and that one is given up", before_next_span,
        {end_and_give_up_next, read_slots, NULL}, after_slots, false, 0},
    {"span slots moved", "by a thread that another one's context was moved to",
        before_next_span_moved, {end_and_give_up_next, read_slots, NULL}, after_slots, false, 0},
    {"span first slot", "a thread's first span", before_first_slot, {begin_span, read_slots, NULL},
        nothing, false, 0},
    {"span race", "a span is given up, and ends on another thread", before_race,
        {detach_copy, end_span, NULL}, span_laws, false, 0},
    {"span race settled", "before a snapshot has added up", before_settled_race,
        {detach_copy, add_up, end_span}, span_laws, false, 0},
    {"span lost", "a span has ended elsewhere when its entry goes", before_lost,
        {end_and_lose, read_entry, NULL}, after_entry, false, 0},
    {"span given up later", "a span is given up at a moment that a reader has passed",
        before_long_key, {end_and_detach_later, read_entry, NULL}, after_entry, false, 0},
    {"span facts", "the first facts of a span", before_facts, {span_facts, read_facts, NULL},
        nothing, false, 0},
    {"span kept", "the first span that is kept", before_kept, {span_kept, read_kept, NULL}, nothing,
        false, 0},
    {"span recorded", "a span is recorded at once", before_recorded, {record_span, read_tree, NULL},
        laws_only, false, 0},
    {"span key", "a key is made and looked for", before_a, {make_key, look_key, NULL}, nothing,
        false, 0},
    {"role", "a flow's role is made and looked for", before_role, {make_role, look_role, NULL},
        nothing, false, 0},
    {"opened", "a channel is opened, and used by others", before_open,
        {open_channel, send_if_open, receive_if_open}, nothing, false, 0},
    {"opened and closed", "and closed", before_open, {open_channel, drop_if_open, close_if_open},
        nothing, false, 0},
    {"opened and waited for", "and waited for", before_open, {open_channel, wait_if_open, NULL},
        nothing, false, 0},
    {"stream opened", "a stream is opened, and used by others", before_open,
        {open_stream, item_if_open, end_stream_if_open}, nothing, false, 0},
    {"site of a flow", "a flow's scope is made and looked for", before_site_of_flow,
        {make_site, use_site, NULL}, nothing, false, 0},
    {"channel", "a send and a receive, and the time that messages were there", before_channel,
        {send_one, receive_one, read_settled}, settled_laws, false, 0},
    {"channel dropped", "a send and a drop", before_channel, {send_one, drop_one, read_settled},
        settled_laws, false, 0},
    {"channel depth", "a send, and how many messages there are and were", before_channel,
        {send_one, read_channel_twice, NULL}, check_depth, false, 0},
    {"items", "an item of a stream takes the place of another one", before_items,
        {third_item, read_items, NULL}, check_items, false, 0},
    {"first items", "the log of a stream is made", before_first_items,
        {keep_item, read_items, NULL}, check_first_items, false, 0},
    {"first items of two", "by one of two", before_first_items, {keep_item, keep_item, NULL},
        check_two_items, false, 0},
    {"opened and read", "a channel is opened, closed and read", before_opened,
        {open_channel, close_if_open, read_opened}, check_opened, false, 0},
    {"second", "a second of a channel is over", before_seconds, {second_of_one, read_second, NULL},
        check_second, false, 0},
    {"seconds", "two are over", before_seconds, {second_of_one, second_of_two, NULL},
        check_second_later, false, 0},
    {"items passed", "one is passed by all others while it is kept", before_items,
        {item_of_one, items_of_two, NULL}, check_passed, false, 0},
    {"lock", "the flow of a lock is found, and used by others", before_lock,
        {use_lock, use_if_known, end_if_known}, after_use, false, 0},
    {"lock places", "the table of locks is made", before_lock,
        {look_for_place, look_for_place, NULL}, after_places, false, 0},
    {"named lock", "two threads name one object", before_named, {name_first, name_second, NULL},
        after_named, false, 0},
    {"lock counted", "and it is counted once", before_place,
        {name_first, name_second, read_instances}, after_place, false, 0},
    {"lock destroyed", "one is destroyed, another one begins", before_destroyed,
        {destroy, begin_in_its_place, NULL}, nothing, false, 0},
    {"first pairs", "the first waits of two pairs of functions", before_pairs,
        {pair_of_first, pair_of_second, NULL}, after_pairs, false, 0},
    {"first pair", "and they are read", before_pairs, {pair_of_first, read_pairs, NULL}, nothing,
        false, 0},
    {"pairs", "another pair of functions", before_third_pair,
        {pair_of_first, pair_of_second, read_pairs}, after_pairs, false, 0},
    {"runtime", "a runtime is made, and used", before_runtime, {create_runtime, use_runtime, NULL},
        nothing, false, 0},
    {"tasks", "the tasks of a label are made by one of two", before_tasks,
        {make_tasks, make_tasks, NULL}, nothing, false, 0},
    {"task log", "the log of the tasks that have ended is made", before_task_log,
        {end_task, read_tasks, NULL}, check_tasks, false, 0},
    {"task slot", "two tasks in one slot", before_task_slot,
        {free_task, create_next_task, read_tasks}, check_task_slot, false, 0},
    {"task entry", "an end in the entry of another one", before_second_end,
        {bury_next_task, read_ended, NULL}, check_entry, false, 0},
    {"task ends", "two ends in one entry", before_one_entry, {bury_task, bury_next_task, NULL},
        check_ended, false, 0},
    {"tasks read", "they are found by a snapshot", before_tasks, {make_tasks, read_all_tasks, NULL},
        nothing, false, 0},
    {"task chunk", "and where their slots are", before_task_chunk,
        {make_task_chunk, read_tasks, NULL}, nothing, false, 0},
    {"io", "a kind of descriptor without a label", before_io, {use_io, use_io, NULL}, nothing,
        false, 0},
    {"tasks size", "and what a snapshot needs", before_tasks, {make_tasks, take_task_size, NULL},
        nothing, false, 0},
    {"roles", "a flow's role is made and read", before_role, {make_role, read_flows, NULL}, nothing,
        false, 0},
    {"span returned", "a slot comes back", before_returned, {take_slot, return_slot, NULL},
        after_returned, false, 0},
    {"switch", "all is off for a while", before_switch, {off_and_on, read_off_later, NULL},
        after_switch, false, 0},
    {"on slow", "a function is told of that runs elsewhere", before_on_slow,
        {slow_a, on_slow_a, NULL}, nothing, false, 0},
    {"group", "a group is new and off", before_groups, {group_off, read_off, NULL}, after_group,
        false, 0},
    {"groups", "two threads name a group", before_groups, {group_off, groups_off, NULL},
        after_groups, false, 0},
    {"site off", "a site is registered whose group is off", before_site_off,
        {register_reason, error_of_other, NULL}, after_site_off, false, 0},
    {"none off", "a site is registered whose group is on", before_none_off,
        {register_a, begin_of_other, NULL}, after_none_off, false, 0},
    {"site", "two threads register one site", before_sites, {register_a, register_a, read_names},
        after_sites, false, 0},
    {"start", "a thread's first scope", before_threads, {first_scope, read_tree, NULL},
        after_one_thread, false, 0},
    {"end", "a thread ends while it is read", before_end, {scope_and_end, read_tree, NULL},
        after_end, false, 0},
    {"abandon", "a thread ends in a scope", before_end, {end_in_scope, read_tree, NULL}, after_end,
        true, 0},
    {"twice", "a scope, and two snapshots", before_a, {scope_a, read_tree_twice, NULL}, after_a,
        true, 0},
    {"reuse", "of two scopes the second has the first one's entry", before_a_and_b,
        {scopes_a_b, read_tree, NULL}, after_a_b, true, 0},
    {"model: message", "", before_words, {message, receive, NULL}, after_message, false,
        ALL_FOUR & ~OUTCOME(1, 0)},
    {"model: relaxed message", "", before_words, {message_relaxed, receive, NULL}, outcome, false,
        ALL_FOUR},
    {"model: store, load", "", before_words, {store_load, store_load_other, NULL}, after_store_load,
        false, ALL_FOUR & ~OUTCOME(0, 0)},
    {"model: relaxed store, load", "", before_words,
        {store_load_relaxed, store_load_relaxed_other, NULL}, outcome, false, ALL_FOUR},
    {"model: barrier", "", before_words, {store_load_relaxed, store_load_barrier, NULL},
        after_store_load, false, ALL_FOUR & ~OUTCOME(0, 0)},
    {"model: load, store", "", before_words, {load_store, load_store_other, NULL}, outcome, false,
        ALL_FOUR & ~OUTCOME(1, 1)},
    {"model: one word", "", before_words, {store_twice, load_twice, NULL}, outcome, false,
        OUTCOME(0, 0) | OUTCOME(0, 1) | OUTCOME(0, 2) | OUTCOME(1, 1) | OUTCOME(1, 2) |
            OUTCOME(2, 2)},
    {"model: additions", "", before_words, {add, add_other, NULL}, outcome, false,
        OUTCOME(0, 1) | OUTCOME(1, 0)},
    {"model: sum", "", before_words, {message, add_to_message, receive_sum}, after_sum, false,
        OUTCOME(0, 0) | OUTCOME(0, 1) | OUTCOME(1, 0) | OUTCOME(1, 1) | OUTCOME(2, 1)},
};
static const order_excuse_t excuses[] = {
    {ORDER_LOAD_ACQUIRE, "hotpath_i_list_task", "&tasks->chunks[i / 32]",
        "a slot is zero, and of no task, until its words are stored one by one", false},
    {ORDER_CAS, "hotpath_i_task_bury", "&e->sequence",
        "of several ends one writes; here its words are newer than those of the end before", false},
    {ORDER_ANY, "hotpath_i_begin_at", NULL, "as of the begin that histories use", true},
    {ORDER_ANY, "hotpath_i_finish_short", NULL,
        "as of hotpath_i_finish, which stores the same in this order", true},
    {ORDER_STORE_RELEASE, "hotpath_i_close_with", "&e->intent",
        "only after a snapshot has passed the barrier, which shows the entry: needed where a "
        "system "
        "has none",
        false},
    {ORDER_CAS, "hotpath_i_flow_most", "&flow->words[word]", "the number alone matters", false},
    {ORDER_CAS, "hotpath_i_lock_slot", "&slot->address", "the number alone matters", false},
    {ORDER_CAS, "hotpath_i_flow_pair", "&pair->key", "the count behind it releases it", false},
    {ORDER_CAS, "hotpath_i_flow_pair", "&pair->longest", "the count behind it releases it", false},
    {ORDER_LOAD_ACQUIRE, "hotpath_i_lock_waited", "&lock->flow", "found when the wait began", true},
    {ORDER_ANY, "hotpath_i_task_log", NULL,
        "the number alone matters: what is made with it is released behind it", false},
    {ORDER_ANY, "hotpath_i_calls_most", NULL, "only counted: nothing is read through it", false},
    {ORDER_CAS, "hotpath_i_flow_close", "closed",
        "of several threads one counts: nothing is read through it", false},
    {ORDER_CAS, "hotpath_i_flow_second", "&words[HOTPATH_I_SECOND_END]",
        "of several threads one keeps the second; what it keeps has a check", false},
    {ORDER_CAS, "hotpath_i_item_number", "count",
        "the number alone matters; a comparison has one order", false},
    {ORDER_CAS, "hotpath_i_flow_find", "count",
        "the number alone matters; a comparison has one order", false},
    {ORDER_CAS, "hotpath_i_span_item", "count",
        "the number alone matters; a comparison has one order", false},
    {ORDER_CAS, "hotpath_i_init_once", "&hotpath_i_g.ready",
        "an acquire only of what a first attempt without memory has left", false},
    {ORDER_STORE_RELEASE, "hotpath_i_init_once", "&hotpath_i_g.ready",
        "there is no memory, or another recorder", true},
    {ORDER_CAS, "hotpath_i_merge_contexts", "&c->state",
        "who parked it has ended, as the state of the record says", false},
    {ORDER_CAS, "hotpath_gauge", "&g->is_double", "the stores behind it release it", false},
    {ORDER_CAS, "hotpath_gauge", "&g->least", "that of the most, behind it, releases both", false},
    {ORDER_STORE_RELEASE, "hotpath_i_stack_grow", "&c->capacity",
        "needed where all entries are open: longer than an exhaustive history", false},
    {ORDER_LOAD_ACQUIRE, "hotpath_i_read_stack", "&c->capacity",
        "needed where all entries are open: longer than an exhaustive history", false},
    {ORDER_STORE_RELEASE, "hotpath_i_stack_grow", "&c->switches",
        "the pointer to the entries releases them; a reader without it has the stack as it was",
        false},
    {ORDER_STORE_RELEASE, "hotpath_i_context_move", "&e->calls",
        "a context that moves does not run: its counts are not used", false},
    {ORDER_STORE_RELEASE, "hotpath_i_context_move", "&e->mark",
        "above the open entries, where a stack ends anyway", false},
    {ORDER_STORE_RELEASE, "hotpath_i_context_resume", "&t->context",
        "only compared: nothing is read through it", false},
    {ORDER_STORE_RELEASE, "hotpath_i_retire", "&t->context",
        "only compared: nothing is read through it", false},
    {ORDER_LOAD_ACQUIRE, "hotpath_i_read_stack", "&t->context",
        "only compared: nothing is read through it", false},
    {ORDER_LOAD_ACQUIRE, "hotpath_i_read_stacks", "&c->thread",
        "only a snapshot of one thread follows it, and one after a record was merged while its "
        "context went to another: longer than an exhaustive history",
        false},
    {ORDER_LOAD_ACQUIRE, "hotpath_i_list_threads", "&c->thread",
        "followed only where hotpath_i_read_stack has followed it", false},
    {ORDER_CAS, "hotpath_i_slot_claim", "&slot->state",
        "who ends it elsewhere reads the state again", false},
    {ORDER_STORE_RELEASE, "hotpath_i_end_deep", "&node->total",
        "as hotpath_i_close_as, past the bound of depth", false},
    {ORDER_STORE_RELEASE, "hotpath_i_recover_closed", "&f->ring.head",
        "as hotpath_i_finish, after a handler that jumped", false},
    {ORDER_STORE_RELEASE, "hotpath_i_recover_switches", "&c->switches",
        "as the last one of hotpath_i_context_move, after a handler that jumped", false},
    {ORDER_CAS, "hotpath_i_recover_switch", "&c->state",
        "as hotpath_i_context_claim, after a handler that jumped", false},
    {ORDER_STORE_RELEASE, "hotpath_i_recover_switch", "&t->context",
        "as hotpath_i_retire, after a handler that jumped", false},
    {ORDER_STORE_RELEASE, "hotpath_i_recover_switch", "&claimed->state",
        "as hotpath_i_context_park, after a handler that jumped", false},
    {ORDER_STORE_RELEASE, "hotpath_i_reap", "&t->context->state",
        "as hotpath_i_retire, of a thread that ended without a word", false},
    {ORDER_STORE_RELEASE, "hotpath_context_destroy", "&e->mark",
        "as the mark of 0 of hotpath_i_open_entry", false},
    {ORDER_STORE_RELEASE, "hotpath_i_begin", "&top[1].mark",
        "as the mark of 0 of hotpath_i_open_entry", false},
    {ORDER_STORE_RELEASE, "hotpath_i_compact", "&to->calls",
        "as hotpath_i_open_entry, in a stack that says that it changes", false},
    {ORDER_STORE_RELEASE, "hotpath_i_compact", "&to->start",
        "as hotpath_i_open_entry, in a stack that says that it changes", false},
    {ORDER_LOAD_ACQUIRE, "hotpath_value_record", "&site->id",
        "only what HOTPATH_OFF said at the first touch, which it says in none of them", true},
    {ORDER_LOAD_ACQUIRE, "hotpath_time_sampling",
        "&hotpath_i_g.items[HOTPATH_I_CLASS_FUNCTION][id]", "as hotpath_i_item_of", false},
    {ORDER_STORE_RELEASE, "hotpath_context_destroy", "&before->state",
        "its thread runs it all the time", false},
    {ORDER_LOAD_ACQUIRE, "hotpath_i_count_stack", "&c->capacity", "as hotpath_i_read_stack", false},
    {ORDER_LOAD_ACQUIRE, "hotpath_i_count_stack", "&c->entries", "as hotpath_i_read_stack", false},
    {ORDER_CAS, "hotpath_i_switch_fast", "&hotpath_i_off",
        "a program's own clock, as here, has no fast path", false},
    {ORDER_LOAD_ACQUIRE, "hotpath_i_fill_info", "&hotpath_i_g.scope_cost",
        "released where the cost is measured, which that of a program's own clock, as here, is not",
        true},
    {ORDER_CAS, "hotpath_i_abi_mismatch", "&hotpath_i_g.abi_told", "what is told once", false},
    {ORDER_CAS, "hotpath_start", NULL, "what is done once", false},
    {ORDER_STORE_RELEASE, "hotpath_start", "&hotpath_i_g.report_due", "what is done once", false},
    {ORDER_ANY, "hotpath_stop", NULL, "what is done once", false},
    {ORDER_ANY, "hotpath_i_report_once", NULL, "what is done once", false},
    {ORDER_ANY, "hotpath_report_now", NULL, "a lock round a file", false},
    {ORDER_ANY, "hotpath_i_signal_thread", NULL, "signals, and a pipe to a thread", false},
    {ORDER_ANY, "hotpath_i_signal_wait", NULL, "signals, and a pipe to a thread", false},
};

int main(int argc, char** argv) {
    return order_main(argc, argv, histories, sizeof histories / sizeof *histories, excuses,
        sizeof excuses / sizeof *excuses);
}
