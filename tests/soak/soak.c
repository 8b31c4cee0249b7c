/* soak.c - everything at once, for as long as one likes: threads that record as fast as they can,
   threads that start and end, fibers that migrate while their scopes are open, keyed spans that any
   thread ends, frames, a plugin that is loaded and closed, and a reader. Each of them counts for itself what it executes; at the end the
   recorder must have the same numbers to the last one, must have lost nothing, and must need no more
   memory than it did half way. Nothing here depends on how long anything takes.

   Build:  cc -O2 -DHOTPATH -I. -rdynamic tests/soak/soak.c -o soak -lpthread -ldl
           cc -O2 -DHOTPATH -I. -fPIC -shared tests/soak/plugin.c -o plugin.so
   Run:    ./soak SECONDS [plugin.so]     (without it: plugin.so beside the program) */
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "soak.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))

enum {
    WORKERS_MAX = 64,
    LANES = 4, /* short threads at a time */
    CARRIERS = 2,
    FIBERS = 12,
    FIBER_STACK = 128 * 1024,
    SLICES = 200, /* of a carrier that ends */
    PLACES = 32,  /* of spans that are handed over */
    UNREAD = 64,  /* threads that may end while one snapshot is taken */
    PATH_SIZE = 4096,
    FAILURES_SHOWN = 20
};

/* How much more than half way the process and the recorder may need at the end. A duration that is
   new may need a bucket that is new; what leaks a few words for every thread, fiber or plugin needs
   more than this soon. */
static const uint64_t rss_slack = 2048 * 1024;
static const uint64_t memory_slack = 1024 * 1024;

static uint64_t stopped;
static uint64_t failures, failures_shown;

__attribute__((format(printf, 1, 2))) static void fail(const char* format, ...) {
    (void)__atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
    if (__atomic_fetch_add(&failures_shown, 1, __ATOMIC_RELAXED) >= FAILURES_SHOWN) return;
    char text[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    printf("not ok - soak: %s\n", text);
    (void)fflush(stdout);
}
/* Without which nothing can be said. */
static void need(bool condition, const char* what) {
    if (condition) return;
    printf("not ok - soak: %s\n", what);
    exit(1);
}

static uint64_t load(const uint64_t* p) { return __atomic_load_n(p, __ATOMIC_ACQUIRE); }
static void store(uint64_t* p, uint64_t v) { __atomic_store_n(p, v, __ATOMIC_RELEASE); }
static uint64_t shared_add(uint64_t* p, uint64_t v) {
    return __atomic_add_fetch(p, v, __ATOMIC_ACQ_REL);
}
static bool running(void) { return load(&stopped) == 0; }
static void rest(long nanoseconds) {
    const struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    (void)nanosleep(&time, NULL);
}
static uint64_t now_ns(void) {
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* >>slots */

#define NAME(id, name) name,
static const char* const function_names[] = {SOAK_FUNCTIONS(NAME)};
static const char* const entry_names[] = {SOAK_ENTRIES(NAME)};
#undef NAME

static soak_slot_t slots[WORKERS_MAX + LANES + FIBERS + CARRIERS + 4];
static size_t slot_count;
static uint64_t threads_started;

static soak_slot_t* slot_make(void) {
    need(slot_count < sizeof slots / sizeof slots[0], "too many slots");
    soak_slot_t* const slot = &slots[slot_count++];
    slot->random = 0x9e3779b97f4a7c15u * slot_count;
    return slot;
}
/* What is still open when its owner is gone will never end. */
static void slot_settle(soak_slot_t* slot) {
    for (size_t i = 0; i < SOAK_FUNCTION_COUNT; i++) {
        soak_count_t* const c = &slot->functions[i];
        soak_add(&c->abandoned, c->begun - c->ended - c->abandoned);
    }
}

/* Adds up what all of them have counted by now. */
static void slots_sum(soak_slot_t* sum) {
    memset(sum, 0, sizeof *sum);
    for (size_t s = 0; s < slot_count; s++) {
        for (size_t i = 0; i < SOAK_FUNCTION_COUNT; i++) {
            const soak_count_t* const c = &slots[s].functions[i];
            sum->functions[i].ended += load(&c->ended);
            sum->functions[i].abandoned += load(&c->abandoned);
            sum->functions[i].errors += load(&c->errors);
            sum->functions[i].bytes += load(&c->bytes);
            sum->functions[i].begun += load(&c->begun);
        }
        for (size_t i = 0; i < SOAK_ENTRY_COUNT; i++)
            sum->entries[i] += load(&slots[s].entries[i]);
        sum->gauge += load(&slots[s].gauge), sum->quarters += load(&slots[s].quarters);
        sum->rows += load(&slots[s].rows), sum->frames += load(&slots[s].frames);
    }
}

static pthread_t thread_start(void* (*body)(void*), void* arg) {
    pthread_t id;
    need(pthread_create(&id, NULL, body, arg) == 0, "a thread cannot be started");
    (void)shared_add(&threads_started, 1);
    return id;
}

/* >>workers */

static void leaf(void) { HOTPATH_FUNC(); }

static void nests(soak_slot_t* slot, uint64_t r) {
    HOTPATH_FUNC();
    soak_begun(slot, SOAK_NEST_1);
    {
        HOTPATH_SCOPE("nest 1");
        soak_begun(slot, SOAK_NEST_2);
        {
            HOTPATH_SCOPE("nest 2");
            for (uint64_t i = 0; i < r % 4; i++)
                SOAK_CALL(slot, SOAK_LEAF, leaf());
        }
        soak_ended(slot, SOAK_NEST_2);
        SOAK_CALL(slot, SOAK_LEAF, leaf());
    }
    soak_ended(slot, SOAK_NEST_1);
}

static void recurses(soak_slot_t* slot, uint64_t levels) {
    HOTPATH_FUNC();
    if (levels > 0) SOAK_CALL(slot, SOAK_RECURSES, recurses(slot, levels - 1));
}

static void mutual_b(soak_slot_t* slot, uint64_t levels);
static void mutual_a(soak_slot_t* slot, uint64_t levels) {
    HOTPATH_FUNC();
    if (levels > 0) SOAK_CALL(slot, SOAK_MUTUAL_B, mutual_b(slot, levels - 1));
}
static void mutual_b(soak_slot_t* slot, uint64_t levels) {
    HOTPATH_FUNC();
    if (levels > 0) SOAK_CALL(slot, SOAK_MUTUAL_A, mutual_a(slot, levels - 1));
}

static void moves(soak_slot_t* slot, uint64_t r) {
    HOTPATH_SCOPE("moves");
    soak_bytes(slot, SOAK_MOVES, r & 0xffff);
}

static void fails(soak_slot_t* slot, uint64_t r) {
    HOTPATH_SCOPE("fails");
    if (r % 2 == 0)
        HOTPATH_ERROR("even");
    else
        HOTPATH_ERROR("odd");
    soak_add(&slot->functions[SOAK_FAILS].errors, 1);
}

static void begin_end(void) {
    HOTPATH_BEGIN(both, "begin end");
    (void)HOTPATH_END(both);
}

static uint64_t logged(uint64_t r) {
    HOTPATH_FUNC_LOG();
    HOTPATH_RETURN(r);
}

/* The scope is left by a jump, and never ends. */
NOINLINE static void jumped_over(jmp_buf* target) {
    HOTPATH_SCOPE("jumped over");
    longjmp(*target, 1);
}
NOINLINE static void jumps(soak_slot_t* slot) {
    HOTPATH_SCOPE("jumps");
    jmp_buf target;
    const uint32_t depth = hotpath_depth();
    soak_begun(slot, SOAK_JUMPED_OVER);
    if (setjmp(target) == 0) jumped_over(&target);
    hotpath_unwind(depth);
    soak_add(&slot->functions[SOAK_JUMPED_OVER].abandoned, 1);
}

static void named(soak_slot_t* slot, uint64_t r) {
    const uint64_t which = r % 3;
    char name[32];
    (void)snprintf(name, sizeof name, "named %u", (unsigned)which);
    const soak_function_t f = (soak_function_t)(SOAK_NAMED_0 + which);
    soak_begun(slot, f);
    {
        HOTPATH_SCOPE_NAMED(name);
        SOAK_CALL(slot, SOAK_LEAF, leaf());
    }
    soak_ended(slot, f);
}

static void values(soak_slot_t* slot, uint64_t r) {
    const int64_t step = (int64_t)(r >> 48);
    const uint64_t quarters = r >> 40 & 0xff;
    const uint64_t dbg_number = r;
    if (r % 2 == 0) {
        HOTPATH_GAUGE_INC("gauge", step);
        HOTPATH_GAUGE_INC("gauge double", 0.25 * (double)quarters);
        soak_add(&slot->gauge, (uint64_t)step), soak_add(&slot->quarters, quarters);
    } else {
        HOTPATH_GAUGE_DEC("gauge", step);
        HOTPATH_GAUGE_DEC("gauge double", 0.25 * (double)quarters);
        soak_add(&slot->gauge, (uint64_t)-step), soak_add(&slot->quarters, 0 - quarters);
    }
    HOTPATH_GAUGE_SET("gauge set", step);
    HOTPATH_VAL("value", r);
    HOTPATH_VAL("text", r % 4 == 0 ? "a short one" : "one that is longer, and then longer still");
    (void)HOTPATH_DBG(dbg_number);
    for (size_t i = 0; i < SOAK_ENTRY_COUNT; i++)
        soak_add(&slot->entries[i], 1);
}

static void query(soak_slot_t* slot, uint64_t rows) {
    HOTPATH_SPAN(span, HOTPATH_SPAN_SQL, "SELECT a FROM soak WHERE id = 7");
    hotpath_span_rows(&span, rows);
    soak_add(&slot->rows, rows);
}
NOINLINE static void query_left(jmp_buf* target) {
    HOTPATH_SPAN(span, HOTPATH_SPAN_SQL, "SELECT left FROM soak");
    longjmp(*target, 1);
}
NOINLINE static void jump_out(soak_slot_t* slot) {
    jmp_buf target;
    const uint32_t depth = hotpath_depth();
    soak_begun(slot, SOAK_QUERY_LEFT);
    if (setjmp(target) == 0) query_left(&target);
    hotpath_unwind(depth);
    soak_add(&slot->functions[SOAK_QUERY_LEFT].abandoned, 1);
}
static void route(soak_slot_t* slot, uint64_t r) {
    HOTPATH_SPAN(span, HOTPATH_SPAN_SERVER, "GET /soak/12345?at=once");
    for (uint64_t i = 0; i < r % 3; i++)
        SOAK_CALL(slot, SOAK_QUERY, query(slot, r & 7));
    SOAK_CALL(slot, SOAK_LEAF, leaf());
    if ((r >> 8 & 15) == 0) jump_out(slot);
    if ((r >> 12 & 7) == 0) hotpath_span_error(&span, "soak");
}
/* Errors of a span are counted when it ends. */
static void routes(soak_slot_t* slot, uint64_t r) {
    SOAK_CALL(slot, SOAK_ROUTE, route(slot, r));
    if ((r >> 12 & 7) == 0) soak_add(&slot->functions[SOAK_ROUTE].errors, 1);
}

/* Spans that any thread begins, and that any thread or fiber ends, at any moment: who comes to a place
   fills it, or ends what is in it. Nothing that has begun since may be open there. */
static struct {
    uint64_t state; /* 0: empty, 2: begun; odd: somebody has it */
    hotpath_span_t span;
} places[PLACES];
static soak_slot_t* handed; /* of all threads */

static bool place_take(uint64_t* state, uint64_t from) {
    return __atomic_compare_exchange_n(
        state, &from, from + 1, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}
static void place_end(size_t at) {
    if (!place_take(&places[at].state, 2)) return;
    hotpath_span_rows(&places[at].span, 3);
    hotpath_span_end(&places[at].span);
    (void)shared_add(&handed->rows, 3);
    (void)shared_add(&handed->functions[SOAK_HANDED].ended, 1);
    store(&places[at].state, 0);
}
static void hand_over(uint64_t r) {
    const size_t at = r % PLACES;
    if (!place_take(&places[at].state, 0)) {
        place_end(at);
        return;
    }
    (void)shared_add(&handed->functions[SOAK_HANDED].begun, 1);
    __atomic_thread_fence(__ATOMIC_RELEASE);
    hotpath_span_begin(&places[at].span, HOTPATH_SPAN_HTTP, "GET http://soak/handed", SIZE_MAX);
    if ((r >> 8 & 1) == 0) hotpath_span_detach(&places[at].span);
    store(&places[at].state, 2);
}

/* Errors and bytes are those of the innermost scope, which one that is handed over may be. */
static void hands(uint64_t r) {
    HOTPATH_FUNC();
    for (uint64_t i = 0; i < r % 3; i++)
        hand_over(r >> i * 16);
}

static void work(soak_slot_t* slot, uint64_t r) {
    HOTPATH_FUNC();
    if ((r >> 41 & 3) == 0) hand_over(r >> 43);
    for (int i = 0; i < 16; i++)
        SOAK_CALL(slot, SOAK_LEAF, leaf());
    SOAK_CALL(slot, SOAK_NESTS, nests(slot, r));
    SOAK_CALL(slot, SOAK_RECURSES, recurses(slot, r >> 8 & 7));
    SOAK_CALL(slot, SOAK_MUTUAL_A, mutual_a(slot, r >> 12 & 7));
    SOAK_CALL(slot, SOAK_BEGIN_END, begin_end());
    if ((r >> 16 & 3) == 0) SOAK_CALL(slot, SOAK_MOVES, moves(slot, r >> 20));
    if ((r >> 18 & 7) == 0) SOAK_CALL(slot, SOAK_FAILS, fails(slot, r >> 20));
    if ((r >> 21 & 7) == 0) SOAK_CALL(slot, SOAK_LOGGED, logged(r));
    if ((r >> 24 & 15) == 0) SOAK_CALL(slot, SOAK_JUMPS, jumps(slot));
    if ((r >> 28 & 15) == 0) named(slot, r >> 32);
    if ((r >> 32 & 15) == 0) {
        const uint64_t length = r & 0xfff;
        SOAK_CALL(slot, SOAK_SPAN, hotpath_record("track", "span", r >> 32, (r >> 32) + length));
    }
    if ((r >> 36 & 31) == 0) values(slot, r);
    if ((r >> 52 & 7) == 0) routes(slot, r >> 20);
    if ((r >> 41 & 12) == 0) hand_over(r >> 30);
}
/* A thread's first boundary ends no frame. */
static void frame(soak_slot_t* slot, bool* runs) {
    HOTPATH_FRAME("soak frame");
    if (*runs) soak_add(&slot->frames, 1);
    *runs = true;
}

static void* worker(void* arg) {
    soak_slot_t* const slot = (soak_slot_t*)arg;
    bool runs = false;
    HOTPATH_THREAD_NAME("worker");
    while (running()) {
        const uint64_t r = soak_random(slot);
        if (r % 256 == 0) frame(slot, &runs);
        SOAK_CALL(slot, SOAK_WORK, work(slot, r));
    }
    return NULL;
}

/* >>threads that end */

static void short_life(soak_slot_t* slot, uint64_t r, bool* runs) {
    if (r % 4 != 0) frame(slot, runs);
    soak_begun(slot, SOAK_SHORT_THREAD);
    {
        HOTPATH_SCOPE("short thread");
        SOAK_CALL(slot, SOAK_HANDS, hands(r));
        if (r % 2 == 0) routes(slot, r);
        soak_bytes(slot, SOAK_SHORT_THREAD, 7);
        SOAK_CALL(slot, SOAK_LEAF, leaf());
        SOAK_CALL(slot, SOAK_RECURSES, recurses(slot, r % 4));
        if (r % 8 == 0) {
            HOTPATH_ERROR("short");
            soak_add(&slot->functions[SOAK_SHORT_THREAD].errors, 1);
        }
        if (r % 16 == 1) values(slot, r >> 8);
    }
    soak_ended(slot, SOAK_SHORT_THREAD);
    if (r % 4 == 1) frame(slot, runs);
    if (r % 16 == 3) hand_over(r); /* on no stack any more when the thread has ended */
    if (r % 8 == 2) {
        /* The thread ends inside this one. */
        soak_begun(slot, SOAK_SHORT_LEFT_OPEN);
        HOTPATH_BEGIN(left_open, "short left open");
    }
}
static void* short_thread(void* arg) {
    soak_slot_t* const slot = (soak_slot_t*)arg;
    bool runs = false;
    short_life(slot, soak_random(slot), &runs);
    return NULL;
}

/* Threads that end while a snapshot is taken leave their records to the reader, and those that start
   meanwhile get others. How many there will ever be must not depend on how long the machine keeps
   the reader from running: then the others wait for it. */
static uint64_t threads_read; /* started before the last snapshot was */
static void wait_for_reader(void) {
    while (load(&threads_started) - load(&threads_read) > UNREAD && running())
        rest(200000);
}

static void* launcher(void* arg) {
    soak_slot_t** const lanes = (soak_slot_t**)arg;
    while (running()) {
        pthread_t ids[LANES];
        for (int i = 0; i < LANES; i++)
            ids[i] = thread_start(short_thread, lanes[i]);
        for (int i = 0; i < LANES; i++) {
            pthread_join(ids[i], NULL);
            slot_settle(lanes[i]);
        }
        rest(200000);
        wait_for_reader();
    }
    return NULL;
}

/* >>fibers
   A queue of fibers that wait; whichever carrier comes takes the first one, runs it until it yields
   with its scopes open, and puts it last. */

typedef struct fiber {
    ucontext_t machine;
    ucontext_t carrier;
    hotpath_context_t* context;
    soak_slot_t* slot;
    char* stack;
    uint64_t last_carrier;
    uint64_t slices_left; /* then it is destroyed where it stands; UINT64_MAX: it may end */
    bool done;
} fiber_t;

static fiber_t fibers[FIBERS];
static fiber_t* queue[FIBERS];
static uint64_t queue_head, queue_length;
static pthread_mutex_t queue_lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t migrations, fibers_made, fibers_destroyed, carriers_made;

static fiber_t* queue_take(void) {
    fiber_t* fiber = NULL;
    pthread_mutex_lock(&queue_lock);
    if (queue_length > 0) {
        fiber = queue[queue_head++ % FIBERS];
        queue_length--;
    }
    pthread_mutex_unlock(&queue_lock);
    return fiber;
}
static void queue_put(fiber_t* fiber) {
    pthread_mutex_lock(&queue_lock);
    queue[(queue_head + queue_length++) % FIBERS] = fiber;
    pthread_mutex_unlock(&queue_lock);
}

NOINLINE static void fiber_yield(fiber_t* fiber) {
    (void)swapcontext(&fiber->machine, &fiber->carrier);
}
static void fiber_leaf(void) { HOTPATH_FUNC(); }
/* What comes after a yield runs on another thread: nothing of before may be kept in a register that
   names the thread, so it is a function of its own. */
NOINLINE static void fiber_after(soak_slot_t* slot, uint64_t r) {
    soak_bytes(slot, SOAK_FIBER_STEP, 1);
    for (int i = 0; i < 4; i++)
        SOAK_CALL(slot, SOAK_FIBER_LEAF, fiber_leaf());
    if (r % 8 == 0) {
        HOTPATH_ERROR("fiber");
        soak_add(&slot->functions[SOAK_FIBER_STEP].errors, 1);
    }
    soak_begun(slot, SOAK_FIBER_NEST);
    {
        HOTPATH_SCOPE("fiber nest");
        SOAK_CALL(slot, SOAK_FIBER_LEAF, fiber_leaf());
    }
    soak_ended(slot, SOAK_FIBER_NEST);
}
NOINLINE static void fiber_recurses(fiber_t* fiber, uint64_t levels) {
    HOTPATH_FUNC();
    if (levels > 0)
        SOAK_CALL(fiber->slot, SOAK_FIBER_RECURSES, fiber_recurses(fiber, levels - 1));
    else
        fiber_yield(fiber);
}
NOINLINE static void fiber_query(fiber_t* fiber) {
    HOTPATH_SPAN(span, HOTPATH_SPAN_SQL, "SELECT a FROM fiber");
    fiber_yield(fiber);
    hotpath_span_rows(&span, 1);
    soak_add(&fiber->slot->rows, 1);
}
NOINLINE static void fiber_hands(fiber_t* fiber, uint64_t r) {
    HOTPATH_SCOPE("fiber hands");
    hand_over(r);
    fiber_yield(fiber);
}
NOINLINE static void fiber_step(fiber_t* fiber, uint64_t r) {
    HOTPATH_SCOPE("fiber step");
    soak_bytes(fiber->slot, SOAK_FIBER_STEP, 2);
    if ((r >> 50 & 3) == 0)
        SOAK_CALL(fiber->slot, SOAK_QUERY_OF_FIBER, fiber_query(fiber));
    else if ((r >> 50 & 3) == 1)
        SOAK_CALL(fiber->slot, SOAK_FIBER_HANDS, fiber_hands(fiber, r >> 8));
    else if (r % 4 == 0)
        SOAK_CALL(fiber->slot, SOAK_FIBER_RECURSES, fiber_recurses(fiber, r >> 8 & 7));
    else
        fiber_yield(fiber);
    fiber_after(fiber->slot, r >> 16);
}
NOINLINE static void fiber_body(fiber_t* fiber) {
    HOTPATH_SCOPE("fiber");
    for (int i = 0; i < 20; i++)
        SOAK_CALL(fiber->slot, SOAK_FIBER_STEP, fiber_step(fiber, soak_random(fiber->slot)));
}
static void fiber_entry(unsigned high, unsigned low) {
    fiber_t* const fiber = (fiber_t*)((uintptr_t)high << 32 | (uintptr_t)low);
    SOAK_CALL(fiber->slot, SOAK_FIBER, fiber_body(fiber));
    fiber->done = true;
    fiber_yield(fiber);
}

static char* fiber_stacks(size_t count) {
    void* const stacks =
        mmap(NULL, count * FIBER_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    need(stacks != MAP_FAILED, "no memory for the stacks of fibers");
    return (char*)stacks;
}
static void fiber_make(fiber_t* fiber) {
    fiber->done = false;
    fiber->last_carrier = 0;
    const uint64_t r = soak_random(fiber->slot);
    fiber->slices_left = r % 5 == 0 ? 1 + (r >> 8) % 15 : UINT64_MAX;
    fiber->context = hotpath_context_create("fiber");
    need(fiber->context != NULL, "no memory for a context");
    need(getcontext(&fiber->machine) == 0, "getcontext");
    fiber->machine.uc_stack.ss_sp = fiber->stack;
    fiber->machine.uc_stack.ss_size = FIBER_STACK;
    fiber->machine.uc_link = NULL;
    makecontext(&fiber->machine, (void (*)(void))fiber_entry, 2, (unsigned)((uintptr_t)fiber >> 32),
        (unsigned)((uintptr_t)fiber & UINT32_MAX));
    (void)shared_add(&fibers_made, 1);
}
static void fiber_resume(fiber_t* fiber) {
    hotpath_context_switch(fiber->context);
    (void)swapcontext(&fiber->carrier, &fiber->machine);
    hotpath_context_switch(NULL);
}
/* Its open scopes are abandoned, and its stack is used again. */
static void fiber_destroy(fiber_t* fiber) {
    hotpath_context_destroy(fiber->context);
    slot_settle(fiber->slot);
    (void)shared_add(&fibers_destroyed, 1);
}
static void fiber_slice(fiber_t* fiber, uint64_t carrier) {
    HOTPATH_SCOPE("slice");
    if (fiber->last_carrier != 0 && fiber->last_carrier != carrier)
        (void)shared_add(&migrations, 1);
    fiber->last_carrier = carrier;
    fiber_resume(fiber);
    if (fiber->done || --fiber->slices_left == 0) {
        fiber_destroy(fiber);
        fiber_make(fiber);
    }
}

/* Runs this fiber, or those of the queue. */
static void carry(soak_slot_t* slot, fiber_t* own, uint64_t slices) {
    HOTPATH_SCOPE("carrier");
    const uint64_t carrier = shared_add(&carriers_made, 1);
    while (slices > 0 && running()) {
        fiber_t* const fiber = own != NULL ? own : queue_take();
        if (fiber == NULL) {
            rest(50000);
            continue;
        }
        SOAK_CALL(slot, SOAK_SLICE, fiber_slice(fiber, carrier));
        if (own == NULL) queue_put(fiber);
        slices--;
    }
}
static void* carrier_for_ever(void* arg) {
    HOTPATH_THREAD_NAME("carrier");
    soak_slot_t* const slot = (soak_slot_t*)arg;
    SOAK_CALL(slot, SOAK_CARRIER, carry(slot, NULL, UINT64_MAX));
    return NULL;
}
/* The fibers that it ran outlive it. */
static void* carrier_that_ends(void* arg) {
    soak_slot_t* const slot = (soak_slot_t*)arg;
    SOAK_CALL(slot, SOAK_CARRIER, carry(slot, NULL, SLICES));
    return NULL;
}
static void* relay(void* arg) {
    while (running()) {
        pthread_join(thread_start(carrier_that_ends, arg), NULL);
        wait_for_reader();
    }
    return NULL;
}

static void fibers_make(void) {
    char* const stacks = fiber_stacks(FIBERS);
    for (int i = 0; i < FIBERS; i++) {
        fibers[i].slot = slot_make();
        fibers[i].stack = stacks + (size_t)i * FIBER_STACK;
        fiber_make(&fibers[i]);
        queue_put(&fibers[i]);
    }
}
/* When the carriers have ended: some go on to their end here, the others are destroyed open. */
static void fibers_end(void) {
    for (int i = 0; i < FIBERS; i++) {
        while (i % 2 == 0 && !fibers[i].done)
            fiber_resume(&fibers[i]);
        fiber_destroy(&fibers[i]);
    }
}

/* >>burst
   As many threads as will ever have a record are there at once before all else, and each does once
   what any thread that ends will do in its place: what is needed later is there already. */

static pthread_barrier_t burst_ready;
static pthread_mutex_t burst_lock = PTHREAD_MUTEX_INITIALIZER;

static void* burst_thread(void* arg) {
    soak_slot_t* const slot = (soak_slot_t*)arg;
    HOTPATH_THREAD_NAME("burst"); /* which takes a record */
    (void)pthread_barrier_wait(&burst_ready);
    (void)pthread_mutex_lock(&burst_lock);
    fiber_t fiber;
    memset(&fiber, 0, sizeof fiber);
    fiber.slot = slot, fiber.stack = fiber_stacks(1);
    fiber_make(&fiber);
    SOAK_CALL(slot, SOAK_CARRIER, carry(slot, &fiber, SLICES));
    fiber_destroy(&fiber);
    (void)munmap(fiber.stack, FIBER_STACK);
    bool runs = false;
    for (uint64_t r = 0; r < 16; r++)
        short_life(slot, r, &runs);
    (void)pthread_mutex_unlock(&burst_lock);
    return NULL;
}
static void burst(soak_slot_t* slot, unsigned threads) {
    pthread_t ids[WORKERS_MAX + UNREAD + 32];
    need(pthread_barrier_init(&burst_ready, NULL, threads) == 0, "no barrier");
    for (unsigned i = 0; i < threads; i++)
        ids[i] = thread_start(burst_thread, slot);
    for (unsigned i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
    slot_settle(slot);
    store(&threads_read, threads_started);
}

/* >>plugin */

static char plugin_path[PATH_SIZE];
static uint64_t plugin_loads;

static void plugin_round(soak_slot_t* slot) {
    HOTPATH_SCOPE("plugin round");
    void (*run)(soak_slot_t*, uint64_t);
    void* const library = dlopen(plugin_path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        fail("the plugin cannot be loaded: %s", dlerror());
        store(&stopped, 1);
        return;
    }
    /* C has no cast from void* to a pointer to a function. */
    void* const found = dlsym(library, "plugin_run");
    need(found != NULL, "the plugin has no plugin_run");
    memcpy(&run, &found, sizeof run);
    run(slot, 50);
    dlclose(library);
    void* const there = dlopen(plugin_path, RTLD_NOW | RTLD_NOLOAD);
    if (there != NULL) {
        fail("the plugin is still loaded after dlclose");
        dlclose(there);
    }
    (void)shared_add(&plugin_loads, 1);
}
static void* plugin_thread(void* arg) {
    soak_slot_t* const slot = (soak_slot_t*)arg;
    HOTPATH_THREAD_NAME("plugins");
    while (running()) {
        SOAK_CALL(slot, SOAK_PLUGIN_ROUND, plugin_round(slot));
        rest(1000000);
    }
    return NULL;
}

/* >>reader */

static uint64_t snapshots, differences, in_buffers, retries, memory_now;

typedef struct reader {
    hotpath_function_t seen[SOAK_FUNCTION_COUNT];
    uint64_t values_seen[SOAK_ENTRY_COUNT];
    uint64_t threads_ended;
    soak_slot_t before;
    soak_slot_t after;
} reader_t;

/* A buffer that grows. Two of them hold the snapshots that are compared, one the difference. */
typedef struct buffer {
    void* memory;
    size_t size;
} buffer_t;
static void buffer_grow(buffer_t* buffer, size_t size) {
    if (size <= buffer->size) return;
    if (buffer->memory != NULL) (void)munmap(buffer->memory, buffer->size);
    buffer->size = (size + size / 2 + 4095) / 4096 * 4096;
    buffer->memory =
        mmap(NULL, buffer->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    need(buffer->memory != MAP_FAILED, "no memory for a buffer");
}
static hotpath_snapshot_t* take_into(buffer_t* buffer, uint32_t parts) {
    for (int i = 0; i < 16; i++) {
        hotpath_snapshot_desc_t desc;
        memset(&desc, 0, sizeof desc);
        desc.parts = parts;
        buffer_grow(buffer, hotpath_snapshot_size(&desc));
        desc.buffer = buffer->memory, desc.buffer_size = buffer->size;
        hotpath_snapshot_t* const s = hotpath_snapshot_take(&desc);
        if (s != NULL) {
            in_buffers++;
            return s;
        }
        retries++;
    }
    return NULL;
}

static size_t function_row(const hotpath_function_t* f) {
    size_t row = 0;
    while (row < SOAK_FUNCTION_COUNT && strcmp(function_names[row], f->name) != 0)
        row++;
    return f->kind == HOTPATH_KIND_TRACK ? SOAK_FUNCTION_COUNT : row;
}
static size_t entry_row(const hotpath_entry_t* e) {
    size_t row = 0;
    while (row < SOAK_ENTRY_COUNT && strcmp(entry_names[row], e->name) != 0)
        row++;
    return row;
}

#define FAIL_IF(wrong, field, other, what)                                                         \
    do {                                                                                           \
        if (wrong)                                                                                 \
            fail("%s: " #field " %" PRIu64 " in a snapshot, " what " %" PRIu64, f->name, f->field, \
                (uint64_t)(other));                                                                \
    } while (0)
#define NOT_BACK(field) \
    FAIL_IF(f->field < seen->field, field, seen->field, "but an earlier one had")
#define AT_LEAST(field, least) FAIL_IF(f->field < (least), field, least, "but before it there were")
#define AT_MOST(field, most)   FAIL_IF(f->field > (most), field, most, "but after it there were")

/* No counter goes back, each is one that it held while the snapshot was taken. */
static void check_functions(reader_t* reader, const hotpath_snapshot_t* s) {
    size_t count = 0;
    const hotpath_function_t* const functions = hotpath_snapshot_functions(s, &count);
    for (size_t i = 0; i < count; i++) {
        const hotpath_function_t* const f = &functions[i];
        const size_t row = function_row(f);
        if (row == SOAK_FUNCTION_COUNT) continue;
        hotpath_function_t* const seen = &reader->seen[row];
        const soak_count_t* const before = &reader->before.functions[row];
        const soak_count_t* const after = &reader->after.functions[row];
        NOT_BACK(calls);
        NOT_BACK(completed);
        NOT_BACK(abandoned);
        NOT_BACK(errors);
        NOT_BACK(bytes);
        if (f->total_ns < seen->total_ns)
            fail("%s: total_ns %" PRIu64 " in a snapshot, but an earlier one had %" PRIu64
                 "; calls %" PRIu64 " and %" PRIu64 ", completed %" PRIu64 " and %" PRIu64
                 ", abandoned %" PRIu64 " and %" PRIu64 ", open %" PRIu64 " and %" PRIu64,
                f->name, f->total_ns, seen->total_ns, f->calls, seen->calls, f->completed,
                seen->completed, f->abandoned, seen->abandoned, f->open_calls, seen->open_calls);
        NOT_BACK(max_ns);
        AT_LEAST(calls, before->ended + before->abandoned);
        AT_LEAST(completed, before->ended);
        AT_LEAST(abandoned, before->abandoned);
        AT_LEAST(errors, before->errors);
        AT_LEAST(bytes, before->bytes);
        AT_MOST(calls, after->begun);
        if (f->self_ns > f->total_ns)
            fail("%s: self %" PRIu64 " of total %" PRIu64, f->name, f->self_ns, f->total_ns);
        if (f->min_ns > f->max_ns)
            fail("%s: min %" PRIu64 ", max %" PRIu64, f->name, f->min_ns, f->max_ns);
        *seen = *f;
    }
}

static void check_entries(reader_t* reader, const hotpath_snapshot_t* s) {
    size_t count = 0;
    const hotpath_entry_t* const entries = hotpath_snapshot_entries(s, &count);
    for (size_t i = 0; i < count; i++) {
        const size_t row = entry_row(&entries[i]);
        if (row == SOAK_ENTRY_COUNT) continue;
        if (entries[i].count < reader->values_seen[row] ||
            entries[i].count < reader->before.entries[row])
            fail("%s: %" PRIu64 " values, but %" PRIu64 " were seen and %" PRIu64 " recorded",
                entries[i].name, entries[i].count, reader->values_seen[row],
                reader->before.entries[row]);
        reader->values_seen[row] = entries[i].count;
    }
}

/* The nodes of a function sum up to the function, in one snapshot. */
static void check_nodes(const hotpath_snapshot_t* s) {
    size_t function_count = 0, node_count = 0;
    const hotpath_function_t* const functions = hotpath_snapshot_functions(s, &function_count);
    const hotpath_node_t* const nodes = hotpath_snapshot_nodes(s, &node_count);
    for (size_t i = 0; i < function_count; i++) {
        uint64_t calls = 0, open = 0, errors = 0, bytes = 0;
        if (function_row(&functions[i]) == SOAK_FUNCTION_COUNT) continue;
        for (size_t n = 0; n < node_count; n++) {
            if (nodes[n].function != i) continue;
            calls += nodes[n].calls, open += nodes[n].open_calls;
            errors += nodes[n].errors, bytes += nodes[n].bytes;
        }
        if (calls != functions[i].calls || open != functions[i].open_calls ||
            errors != functions[i].errors || bytes != functions[i].bytes)
            fail("%s is not the sum of its nodes: calls %" PRIu64 " and %" PRIu64 ", open %" PRIu64
                 " and %" PRIu64 ", errors %" PRIu64 " and %" PRIu64 ", bytes %" PRIu64
                 " and %" PRIu64,
                functions[i].name, functions[i].calls, calls, functions[i].open_calls, open,
                functions[i].errors, errors, functions[i].bytes, bytes);
    }
}

static void check_snapshot(reader_t* reader, const hotpath_snapshot_t* s, uint32_t parts) {
    const hotpath_info_t* const info = hotpath_snapshot_info(s);
    check_functions(reader, s);
    if (parts == 0 || (parts & HOTPATH_PART_VALUES) != 0) check_entries(reader, s);
    if (parts == 0 || (parts & HOTPATH_PART_TREE) != 0) check_nodes(s);
    if (info->threads_ended < reader->threads_ended)
        fail("threads_ended went back from %" PRIu64 " to %" PRIu64, reader->threads_ended,
            info->threads_ended);
    reader->threads_ended = info->threads_ended;
    store(&memory_now, info->memory_bytes);
    snapshots++;
}

/* Every counter of the difference is that of the newer one without that of the older one. Functions
   are never removed, and keep their places. */
static void check_difference(const hotpath_snapshot_t* newer, const hotpath_snapshot_t* older,
    const hotpath_snapshot_t* difference) {
    size_t count = 0, older_count = 0, newer_count = 0;
    const hotpath_function_t* const d = hotpath_snapshot_functions(difference, &count);
    const hotpath_function_t* const o = hotpath_snapshot_functions(older, &older_count);
    const hotpath_function_t* const n = hotpath_snapshot_functions(newer, &newer_count);
    for (size_t i = 0, at = 0, was = 0; i < count; i++) {
        static hotpath_function_t none; /* all zeros */
        while (at < newer_count && n[at].id != d[i].id)
            at++;
        while (was < older_count && o[was].id < d[i].id)
            was++;
        if (at == newer_count) {
            fail("%s is in a difference and not in the newer snapshot", d[i].name);
            return;
        }
        const hotpath_function_t* const b =
            was < older_count && o[was].id == d[i].id ? &o[was] : &none;
        if (d[i].calls != n[at].calls - b->calls ||
            d[i].completed != n[at].completed - b->completed ||
            d[i].abandoned != n[at].abandoned - b->abandoned ||
            d[i].errors != n[at].errors - b->errors || d[i].bytes != n[at].bytes - b->bytes ||
            d[i].open_calls != n[at].open_calls)
            fail("%s: a difference is not what lies between its snapshots: calls %" PRIu64
                 " between %" PRIu64 " and %" PRIu64,
                d[i].name, d[i].calls, b->calls, n[at].calls);
    }
    differences++;
}

static reader_t reader_state;

/* Takes and checks one. Its counts stand before and after it. */
static hotpath_snapshot_t* read_once(buffer_t* buffer, uint32_t parts) {
    reader_t* const reader = &reader_state;
    hotpath_snapshot_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.parts = parts;
    const uint64_t started = load(&threads_started);
    slots_sum(&reader->before);
    hotpath_snapshot_t* const s =
        buffer != NULL ? take_into(buffer, parts) : hotpath_snapshot_take(&desc);
    if (s == NULL) {
        fail("a snapshot gave NULL");
        return NULL;
    }
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    slots_sum(&reader->after);
    check_snapshot(reader, s, parts);
    store(&threads_read, started);
    return s;
}

static void* reader_thread(void* arg) {
    static buffer_t compared[2], difference_buffer, other;
    hotpath_snapshot_t* older = NULL;
    uint64_t due = now_ns();
    for (uint64_t round = 0; running() || round % 8 != 0; round++) {
        switch (round % 8) {
            case 0: {
                /* Into a buffer, and what happened since the last one of these. */
                hotpath_snapshot_t* const newer = read_once(&compared[round / 8 % 2], 0);
                if (newer == NULL) return arg;
                if (older != NULL) {
                    hotpath_snapshot_desc_t desc;
                    memset(&desc, 0, sizeof desc);
                    if (round % 16 == 0) {
                        buffer_grow(&difference_buffer, compared[0].size + compared[1].size);
                        desc.buffer = difference_buffer.memory;
                        desc.buffer_size = difference_buffer.size;
                    }
                    hotpath_snapshot_t* const d = hotpath_snapshot_difference(newer, older, &desc);
                    if (d == NULL)
                        fail("a difference gave NULL");
                    else
                        check_difference(newer, older, d);
                    hotpath_snapshot_free(d);
                }
                older = newer;
                break;
            }
            case 3: hotpath_snapshot_free(read_once(NULL, 0)); break;
            case 5: hotpath_snapshot_free(read_once(NULL, HOTPATH_PART_TREE)); break;
            case 1:
            case 6: (void)read_once(&other, HOTPATH_PART_TREE | HOTPATH_PART_THREADS); break;
            default: (void)read_once(&other, HOTPATH_PART_VALUES); break;
        }
        /* A thousand in a second; what was missed on a busy machine is not made up for. */
        due += 1000000;
        const uint64_t now = now_ns();
        if (now < due)
            rest((long)(due - now));
        else
            due = now;
    }
    return arg;
}

/* >>the end */

static uint64_t rss_now(void) {
    /* The least of some, for a thread's stack comes and goes. */
    uint64_t least = UINT64_MAX;
    for (int i = 0; i < 20; i++) {
        unsigned long size = 0, resident = 0;
        FILE* const file = fopen("/proc/self/statm", "r");
        if (file == NULL) return 0;
        if (fscanf(file, "%lu %lu", &size, &resident) != 2) resident = 0;
        (void)fclose(file);
        const uint64_t bytes = (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
        least = bytes < least ? bytes : least;
        rest(5000000);
    }
    return least;
}

typedef struct moment {
    uint64_t rss;
    uint64_t memory;
} moment_t;
static moment_t moment_of(uint64_t at_ns) {
    while (running() && now_ns() < at_ns)
        rest(10000000);
    const moment_t moment = {rss_now(), load(&memory_now)};
    return moment;
}
static void check_memory(
    const char* what, uint64_t start, uint64_t middle, uint64_t end, uint64_t slack) {
    printf("%-24s %12" PRIu64 " %12" PRIu64 " %12" PRIu64 "   KiB, slack %" PRIu64 "\n", what,
        start / 1024, middle / 1024, end / 1024, slack / 1024);
    if (end > middle + slack)
        fail("%s grew by %" PRIu64 " KiB from the middle to the end", what, (end - middle) / 1024);
}

static void row(const char* kind, uint64_t expected, uint64_t recorded) {
    printf("%-24s %20" PRIu64 " %20" PRIu64 " %12" PRId64 "\n", kind, expected, recorded,
        (int64_t)(recorded - expected));
    if (expected != recorded)
        fail("%s: %" PRIu64 " expected, %" PRIu64 " recorded", kind, expected, recorded);
}
static void row_signed(const char* kind, int64_t expected, int64_t recorded) {
    printf("%-24s %20" PRId64 " %20" PRId64 " %12" PRId64 "\n", kind, expected, recorded,
        recorded - expected);
    if (expected != recorded)
        fail("%s: %" PRId64 " expected, %" PRId64 " recorded", kind, expected, recorded);
}
static void same(const char* function, const char* kind, uint64_t expected, uint64_t recorded) {
    if (expected != recorded)
        fail("%s: %" PRIu64 " %s expected, %" PRIu64 " recorded", function, expected, kind,
            recorded);
}

/* Function by function; then the sums, which the table shows. Returns: all calls. */
static uint64_t compare_functions(const hotpath_snapshot_t* s, const soak_slot_t* expected) {
    size_t count = 0;
    const hotpath_function_t* const functions = hotpath_snapshot_functions(s, &count);
    const hotpath_function_t* found[SOAK_FUNCTION_COUNT] = {NULL};
    soak_count_t want = {0, 0, 0, 0, 0}, have = {0, 0, 0, 0, 0};
    for (size_t i = 0; i < count; i++) {
        const size_t at = function_row(&functions[i]);
        if (at == SOAK_FUNCTION_COUNT) continue;
        if (found[at] != NULL) fail("%s is two functions", functions[i].name);
        found[at] = &functions[i];
    }
    for (size_t i = 0; i < SOAK_FUNCTION_COUNT; i++) {
        static hotpath_function_t none; /* all zeros */
        const hotpath_function_t* const f = found[i] != NULL ? found[i] : &none;
        const soak_count_t* const c = &expected->functions[i];
        uint64_t reasons = 0;
        for (uint32_t r = 0; r < f->reasons_count; r++)
            reasons += f->reasons[r].count;
        same(function_names[i], "calls", c->begun, f->calls);
        same(function_names[i], "completed", c->ended, f->completed);
        same(function_names[i], "abandoned", c->abandoned, f->abandoned);
        same(function_names[i], "open", 0, f->open_calls);
        same(function_names[i], "errors", c->errors, f->errors);
        same(function_names[i], "errors by reason", c->errors, reasons);
        same(function_names[i], "bytes", c->bytes, f->bytes);
        want.begun += c->begun, have.begun += f->calls;
        want.ended += c->ended, have.ended += f->completed;
        want.abandoned += c->abandoned, have.abandoned += f->abandoned;
        want.errors += c->errors, have.errors += f->errors;
        want.bytes += c->bytes, have.bytes += f->bytes;
    }
    row("calls", want.begun, have.begun);
    row("completed", want.ended, have.ended);
    row("abandoned", want.abandoned, have.abandoned);
    row("errors", want.errors, have.errors);
    row("bytes", want.bytes, have.bytes);
    return want.begun;
}

static void compare_entries(const hotpath_snapshot_t* s, const soak_slot_t* expected) {
    size_t count = 0;
    const hotpath_entry_t* const entries = hotpath_snapshot_entries(s, &count);
    const hotpath_entry_t* found[SOAK_ENTRY_COUNT] = {NULL};
    uint64_t values = 0, recorded = 0, updates = 0, recorded_updates = 0;
    static hotpath_entry_t none;
    for (size_t i = 0; i < count; i++) {
        const size_t at = entry_row(&entries[i]);
        if (at < SOAK_ENTRY_COUNT) found[at] = &entries[i];
    }
    for (size_t i = 0; i < SOAK_ENTRY_COUNT; i++) {
        if (found[i] == NULL) found[i] = &none;
        same(entry_names[i], "values", expected->entries[i], found[i]->count);
        if (found[i]->kind == HOTPATH_KIND_GAUGE)
            updates += expected->entries[i], recorded_updates += found[i]->count;
        else
            values += expected->entries[i], recorded += found[i]->count;
    }
    row("values", values, recorded);
    row("gauge updates", updates, recorded_updates);
    row_signed("gauge sum", (int64_t)expected->gauge, found[SOAK_GAUGE]->last.as.i);
    row_signed("gauge of doubles, x 4", (int64_t)expected->quarters,
        (int64_t)(4 * found[SOAK_GAUGE_DOUBLE]->last.as.d));
}

static void compare_spans(const hotpath_snapshot_t* s, const soak_slot_t* expected) {
    size_t count = 0;
    uint64_t rows = 0, ended = 0;
    const hotpath_span_row_t* const spans = hotpath_snapshot_spans(s, &count);
    for (size_t i = 0; i < count; i++)
        rows += spans[i].rows;
    const hotpath_frame_t* const frames = hotpath_snapshot_frames(s, &count);
    for (size_t i = 0; i < count; i++)
        ended += frames[i].count;
    row("rows of spans", expected->rows, rows);
    row("frames", expected->frames, ended);
}

/* None of them may be hit but those that the machine makes: its clocks. */
static void compare_drops(const hotpath_drops_t* drops) {
    static const char* const machine[] = {"negative_time", "clock_anomalies"};
    const struct {
        const char* name;
        uint64_t count;
    } fields[] = {
#define FIELD(field) {#field, drops->field}
        FIELD(reentrant), FIELD(no_memory), FIELD(abi_mismatch), FIELD(foreign_ends),
        FIELD(negative_time), FIELD(deep_calls), FIELD(node_overflow), FIELD(function_overflow),
        FIELD(entry_overflow), FIELD(lite_functions), FIELD(value_mismatch), FIELD(clock_anomalies),
        FIELD(context_overflow), FIELD(alloc_overflow), FIELD(span_overflow), FIELD(note_overflow)
#undef FIELD
    };
    _Static_assert(sizeof fields / sizeof fields[0] == sizeof *drops / sizeof(uint64_t),
        "every field of hotpath_drops_t is shown");
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        printf("dropped: %-22s %12" PRIu64 "\n", fields[i].name, fields[i].count);
        if (fields[i].count != 0 && strcmp(fields[i].name, machine[0]) != 0 &&
            strcmp(fields[i].name, machine[1]) != 0)
            fail("dropped: %s is %" PRIu64 ", not 0", fields[i].name, fields[i].count);
    }
    if (hotpath_events_lost(drops) != 0)
        fail("%" PRIu64 " events were lost", hotpath_events_lost(drops));
}

/* Compares everything when nobody writes. */
static void compare(uint64_t elapsed_ns) {
    static soak_slot_t expected;
    slots_sum(&expected);
    hotpath_snapshot_t* const s = read_once(NULL, 0);
    need(s != NULL, "the last snapshot gave NULL");
    const hotpath_info_t* const info = hotpath_snapshot_info(s);
    printf("%-24s %20s %20s %12s\n", "", "expected", "recorded", "difference");
    const uint64_t calls = compare_functions(s, &expected);
    compare_entries(s, &expected);
    compare_spans(s, &expected);
    row("threads ended", threads_started, info->threads_ended);
    compare_drops(&info->drops);
    hotpath_snapshot_free(s);
    printf("snapshots          %12" PRIu64 " (%" PRIu64 " in buffers, %" PRIu64
           " too small at first, %" PRIu64 " differences)\n",
        snapshots, in_buffers, retries, differences);
    printf("threads started    %12" PRIu64 "\n", threads_started);
    printf("fibers             %12" PRIu64 " (%" PRIu64 " migrations)\n", fibers_made, migrations);
    printf("plugin reloads     %12" PRIu64 "\n", plugin_loads);
    printf("scopes per second  %12.0f\n", (double)calls / ((double)elapsed_ns / 1e9));
}

int main(int argc, char** argv) {
    const unsigned long seconds = argc > 1 ? strtoul(argv[1], NULL, 10) : 600;
    if (argc > 3 || seconds == 0) {
        fprintf(stderr, "usage: %s [SECONDS [plugin.so]]\n", argv[0]);
        return 2;
    }
    const char* const slash = strrchr(argv[0], '/');
    const int length =
        argc > 2 ? snprintf(plugin_path, PATH_SIZE, "%s", argv[2])
                 : snprintf(plugin_path, PATH_SIZE, "%.*s/plugin.so",
                       slash != NULL ? (int)(slash - argv[0]) : 1, slash != NULL ? argv[0] : ".");
    need(length > 0 && length < PATH_SIZE, "the plugin's path is too long");

    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    const size_t workers = cores < 2 ? 2 : cores > WORKERS_MAX ? WORKERS_MAX : (size_t)cores;
    pthread_t ids[WORKERS_MAX + CARRIERS + 4];
    size_t id_count = 0;
    static soak_slot_t* lanes[LANES];
    for (int i = 0; i < LANES; i++)
        lanes[i] = slot_make();
    fibers_make();
    handed = slot_make();
    soak_slot_t* const relay_slot = slot_make();
    soak_slot_t* const plugin_slot = slot_make();
    soak_slot_t* thread_slots[WORKERS_MAX + CARRIERS];
    for (size_t i = 0; i < workers + CARRIERS; i++)
        thread_slots[i] = slot_make();

    burst(slot_make(), (unsigned)workers + UNREAD + 32);
    const uint64_t start = now_ns(), all = (uint64_t)seconds * 1000000000u;
    for (size_t i = 0; i < workers; i++)
        ids[id_count++] = thread_start(worker, thread_slots[i]);
    for (size_t i = 0; i < CARRIERS; i++)
        ids[id_count++] = thread_start(carrier_for_ever, thread_slots[workers + i]);
    ids[id_count++] = thread_start(plugin_thread, plugin_slot);
    /* These record nothing themselves. */
    pthread_t silent[3];
    static void* (*const silent_bodies[])(void*) = {launcher, relay, reader_thread};
    void* const silent_arguments[] = {lanes, relay_slot, NULL};
    for (size_t i = 0; i < 3; i++)
        need(pthread_create(&silent[i], NULL, silent_bodies[i], silent_arguments[i]) == 0,
            "a thread cannot be started");

    const moment_t first = moment_of(start + (all / 10 < 30000000000u ? all / 10 : 30000000000u));
    const moment_t middle = moment_of(start + all / 2);
    const moment_t last = moment_of(start + all);
    store(&stopped, 1);
    for (size_t i = 0; i < id_count; i++)
        pthread_join(ids[i], NULL);
    for (size_t i = 0; i < 3; i++)
        pthread_join(silent[i], NULL);
    const uint64_t elapsed = now_ns() - start;
    fibers_end();
    for (size_t i = 0; i < PLACES; i++)
        place_end(i);

    store(&failures_shown, 0); /* what differs at the end is told in any case */
    compare(elapsed);
    printf("%-24s %12s %12s %12s\n", "memory", "start", "middle", "end");
    check_memory("process (RSS)", first.rss, middle.rss, last.rss, rss_slack);
    check_memory("recorder", first.memory, middle.memory, last.memory, memory_slack);
    const uint64_t failed = load(&failures);
    if (failed == 0)
        printf("ok - soak: %lu seconds, nothing differs\n", seconds);
    else
        printf("not ok - soak: %lu seconds, %" PRIu64 " checks failed\n", seconds, failed);
    return failed != 0;
}
