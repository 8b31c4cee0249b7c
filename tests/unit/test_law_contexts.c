/* Law 8: a context, not a thread, owns the open scopes. Fibers are ucontexts, on a virtual clock. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "virtual_clock.h"

#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "law.h"

#include <sched.h>
#include <semaphore.h>
#include <ucontext.h>

/* >>fibers
   A fiber runs until it yields. The scheduler, which may be any thread, switches the machine
   context and the recorder's context together. */

enum {
    fiber_stack_size = 256 * 1024
};

typedef struct fiber {
    ucontext_t machine;
    ucontext_t scheduler;
    hotpath_context_t* context;
    void (*body)(struct fiber*);
    int number;
    bool done;
    char* stack;
} fiber_t;

static void fiber_entry(unsigned high, unsigned low) {
    fiber_t* const fiber = (fiber_t*)(uintptr_t)((uint64_t)high << 32 | low);
    fiber->body(fiber);
    fiber->done = true;
    hotpath_context_switch(NULL);
    swapcontext(&fiber->machine, &fiber->scheduler);
}
static fiber_t* fiber_make(int number, void (*body)(fiber_t*)) {
    char name[32];
    fiber_t* const fiber = (fiber_t*)calloc(1, sizeof *fiber);
    fiber->number = number, fiber->body = body;
    fiber->stack = (char*)malloc(fiber_stack_size);
    snprintf(name, sizeof name, "fiber %d", number);
    fiber->context = hotpath_context_create(name);
    CHECK(fiber->context != NULL);
    getcontext(&fiber->machine);
    fiber->machine.uc_stack.ss_sp = fiber->stack;
    fiber->machine.uc_stack.ss_size = fiber_stack_size;
    fiber->machine.uc_link = NULL;
    makecontext(&fiber->machine, (void (*)(void))fiber_entry, 2,
        (unsigned)((uint64_t)(uintptr_t)fiber >> 32), (unsigned)((uintptr_t)fiber & UINT32_MAX));
    return fiber;
}
static void fiber_resume(fiber_t* fiber) {
    hotpath_context_switch(fiber->context);
    swapcontext(&fiber->scheduler, &fiber->machine);
}
static void fiber_yield(fiber_t* fiber) {
    hotpath_context_switch(NULL);
    swapcontext(&fiber->machine, &fiber->scheduler);
}
static void fiber_free(fiber_t* fiber) {
    hotpath_context_destroy(fiber->context);
    free(fiber->stack);
    free(fiber);
}

/* >>open scopes survive */

static void survivor(fiber_t* fiber) {
    HOTPATH_SCOPE("fiber body");
    for (int i = 0; i < 10; i++) {
        HOTPATH_SCOPE("fiber step");
        pass((uint64_t)fiber->number);
        fiber_yield(fiber);
        CHECK_EQ(hotpath_depth(), 2);
        pass(1);
    }
}

/* Scopes of eight fibers, each entered and left while others run in between, inside a scope of the
   scheduler, which is not theirs. */
static void law_08_contexts(void** state) {
    (void)state;
    enum {
        count = 8
    };
    fiber_t* fibers[count];
    for (int i = 0; i < count; i++)
        fibers[i] = fiber_make(i + 1, survivor);
    uint64_t steps = 0;
    for (bool alive = true; alive;) {
        HOTPATH_SCOPE("scheduler");
        alive = false;
        for (int i = 0; i < count; i++) {
            if (fibers[i]->done) continue;
            fiber_resume(fibers[i]);
            CHECK_EQ(hotpath_depth(), 1);
            steps++;
            alive = true;
        }
    }
    CHECK_EQ(steps, 11 * count);
    hotpath_snapshot_t* const s = law_take();
    const hotpath_function_t* f = law_function(s, "fiber step");
    CHECK_EQ(f->calls, 10 * count);
    CHECK_EQ(f->completed, 10 * count);
    CHECK_EQ(f->abandoned, 0);
    f = law_function(s, "fiber body");
    CHECK_EQ(f->calls, count);
    CHECK_EQ(f->completed, count);
    CHECK_EQ(law_function(s, "scheduler")->completed, 12);
    /* The body is a root: the scheduler's scope is not its caller. */
    const uint32_t body = law_node(s, HOTPATH_NO_NODE, "fiber body");
    CHECK(body != HOTPATH_NO_NODE);
    const uint32_t step = law_node(s, body, "fiber step");
    CHECK(step != HOTPATH_NO_NODE);
    size_t node_count = 0;
    CHECK_EQ(hotpath_snapshot_nodes(s, &node_count)[step].calls, 10 * count);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.foreign_ends, 0);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.context_overflow, 0);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
    for (int i = 0; i < count; i++)
        fiber_free(fibers[i]);
}

/* The time of a parked scope goes on, for it is still open. */
static void parks_once(fiber_t* fiber) {
    HOTPATH_SCOPE("parks");
    {
        HOTPATH_SCOPE("parks inner");
        pass(100);
        fiber_yield(fiber);
        pass(1000);
    }
    pass(10000);
}
static void law_08_contexts_parked_are_visible(void** state) {
    (void)state;
    fiber_t* const fiber = fiber_make(77, parks_once);
    const uint64_t contexts = law_info().contexts;
    CHECK_GE(contexts, 1);
    fiber_resume(fiber);
    CHECK_EQ(hotpath_depth(), 0);
    pass(7);
    hotpath_snapshot_t* const s = law_take();
    size_t count = 0;
    const hotpath_thread_t* const threads = hotpath_snapshot_threads(s, &count);
    const hotpath_thread_t* parked = NULL;
    for (size_t i = 0; i < count; i++)
        if (threads[i].state == HOTPATH_THREAD_PARKED) {
            CHECK(parked == NULL);
            parked = &threads[i];
        }
    CHECK(parked != NULL);
    CHECK_TEXT(parked->name, "fiber 77");
    CHECK_EQ(parked->id, 0);
    CHECK_EQ(parked->open_count, 2);
    CHECK_EQ(parked->open[0].elapsed_ns, 107);
    CHECK_EQ(parked->open[1].elapsed_ns, 107);
    size_t function_count = 0;
    const hotpath_function_t* const functions = hotpath_snapshot_functions(s, &function_count);
    CHECK_TEXT(functions[parked->open[1].function].name, "parks inner");
    CHECK_EQ(law_function(s, "parks")->open_calls, 1);
    CHECK_EQ(law_function(s, "parks")->total_ns, 107);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
    fiber_resume(fiber);
    CHECK(fiber->done);
    const hotpath_function_t parks = law_now("parks"), inner = law_now("parks inner");
    CHECK_EQ(parks.completed, 1);
    CHECK_EQ(parks.total_ns, 100 + 7 + 1000 + 10000);
    CHECK_EQ(parks.self_ns, 10000);
    CHECK_EQ(inner.total_ns, 100 + 7 + 1000);
    fiber_free(fiber);
    CHECK_EQ(law_info().contexts, contexts - 1);
}

/* >>migration */

enum {
    MIGRATE_DONE = 2
};
static uint64_t migrate_turn; /* the thread that may resume the fiber */
static void migrates(fiber_t* fiber) {
    HOTPATH_SCOPE("migrates");
    for (int i = 0; i < 200; i++) {
        HOTPATH_SCOPE("migrates step");
        pass(2);
        HOTPATH_BYTES(1);
        fiber_yield(fiber);
        HOTPATH_BYTES(1);
        {
            HOTPATH_SCOPE("migrates leaf");
            pass(3);
        }
    }
}
typedef struct migrant {
    fiber_t* fiber;
    uint64_t thread; /* 0 or 1 */
} migrant_t;
static void* migrate_body(void* arg) {
    migrant_t* const m = (migrant_t*)arg;
    HOTPATH_SCOPE("migrate thread");
    for (;;) {
        const uint64_t turn = law_load(&migrate_turn);
        if (turn == MIGRATE_DONE) return NULL;
        if (turn != m->thread) {
            sched_yield();
            continue;
        }
        {
            HOTPATH_SCOPE("migrate slice");
            fiber_resume(m->fiber);
        }
        law_store(&migrate_turn, m->fiber->done ? MIGRATE_DONE : 1 - m->thread);
    }
}

/* A fiber moves to the other thread in the middle of its scopes, 200 times; then its nodes are on
   two threads, and the merged answer is as if it had stayed. */
static void law_08_contexts_migrate(void** state) {
    (void)state;
    static migrant_t migrants[2];
    fiber_t* const fiber = fiber_make(5, migrates);
    pthread_t ids[2];
    for (uint64_t i = 0; i < 2; i++) {
        migrants[i].fiber = fiber, migrants[i].thread = i;
        ids[i] = law_thread(migrate_body, &migrants[i]);
    }
    pthread_join(ids[0], NULL);
    pthread_join(ids[1], NULL);
    hotpath_snapshot_t* const s = law_take();
    const hotpath_function_t* f = law_function(s, "migrates");
    CHECK_EQ(f->calls, 1);
    CHECK_EQ(f->completed, 1);
    CHECK_EQ(f->total_ns, 1000);
    f = law_function(s, "migrates step");
    CHECK_EQ(f->calls, 200);
    CHECK_EQ(f->completed, 200);
    CHECK_EQ(f->abandoned, 0);
    CHECK_EQ(f->total_ns, 1000);
    CHECK_EQ(f->self_ns, 400);
    CHECK_EQ(f->bytes, 400);
    f = law_function(s, "migrates leaf");
    CHECK_EQ(f->calls, 200);
    CHECK_EQ(f->total_ns, 600);
    CHECK_EQ(law_function(s, "migrate slice")->completed, 201);
    CHECK_EQ(law_function(s, "migrate thread")->completed, 2);
    const uint32_t root = law_node(s, HOTPATH_NO_NODE, "migrates");
    CHECK(root != HOTPATH_NO_NODE);
    const uint32_t step = law_node(s, root, "migrates step");
    CHECK(step != HOTPATH_NO_NODE);
    const uint32_t leaf = law_node(s, step, "migrates leaf");
    CHECK(leaf != HOTPATH_NO_NODE);
    size_t count = 0;
    const hotpath_node_t* const nodes = hotpath_snapshot_nodes(s, &count);
    CHECK_EQ(nodes[root].calls, 1);
    CHECK_EQ(nodes[root].total_ns, 1000);
    CHECK_EQ(nodes[step].calls, 200);
    CHECK_EQ(nodes[step].total_ns, 1000);
    CHECK_EQ(nodes[leaf].calls, 200);
    CHECK_EQ(nodes[leaf].total_ns, 600);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.foreign_ends, 0);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
    fiber_free(fiber);
}

/* A fiber whose first thread has ended, and whose record others use now, finishes elsewhere. */
static fiber_t* orphan;
static void* orphan_first(void* arg) {
    (void)arg;
    HOTPATH_SCOPE("orphan thread");
    fiber_resume(orphan);
    return NULL;
}
static void* orphan_next(void* arg) {
    HOTPATH_SCOPE("orphan next");
    HOTPATH_SCOPE("orphan inner");
    return arg;
}
static void law_08_contexts_outlive_their_thread(void** state) {
    (void)state;
    orphan = fiber_make(6, parks_once);
    const hotpath_function_t before = law_now("parks");
    pthread_join(law_thread(orphan_first, NULL), NULL);
    for (int i = 0; i < 10; i++)
        pthread_join(law_thread(orphan_next, NULL), NULL);
    pass(50);
    hotpath_function_t parks = law_now("parks");
    CHECK_EQ(parks.open_calls, 1);
    CHECK_EQ(parks.abandoned, before.abandoned);
    CHECK_EQ(parks.total_ns, before.total_ns + 150);
    law_check_quiet_now();
    fiber_resume(orphan);
    CHECK(orphan->done);
    parks = law_now("parks");
    CHECK_EQ(parks.open_calls, 0);
    CHECK_EQ(parks.calls, before.calls + 1);
    CHECK_EQ(parks.completed, before.completed + 1);
    CHECK_EQ(parks.abandoned, before.abandoned);
    CHECK_EQ(parks.total_ns, before.total_ns + 11150);
    CHECK_EQ(parks.self_ns, before.self_ns + 10000);
    CHECK_EQ(law_now("orphan next").completed, 10);
    CHECK_EQ(law_now("orphan thread").completed, 1);
    fiber_free(orphan);
    law_check_quiet_now();
}

/* >>misuse */

static uint64_t holder_ready, holder_go;
static void* holds_a_context(void* arg) {
    hotpath_context_switch((hotpath_context_t*)arg);
    HOTPATH_BEGIN(held, "held");
    law_store(&holder_ready, 1);
    law_wait(&holder_go, 1);
    (void)HOTPATH_END(held);
    hotpath_context_switch(NULL);
    return NULL;
}
/* A context that runs elsewhere is refused and counted; the thread keeps what it had. */
static void law_08_contexts_refused(void** state) {
    (void)state;
    hotpath_context_t* const context = hotpath_context_create("contested");
    const pthread_t id = law_thread(holds_a_context, context);
    law_wait(&holder_ready, 1);
    const uint64_t overflow = law_drops().context_overflow;
    HOTPATH_BEGIN(mine, "refused mine");
    hotpath_context_switch(context);
    CHECK_EQ(law_drops().context_overflow, overflow + 1);
    CHECK_EQ(hotpath_depth(), 1);
    { HOTPATH_SCOPE("refused inner"); }
    hotpath_context_switch(NULL);
    CHECK_EQ(hotpath_depth(), 1);
    (void)HOTPATH_END(mine);
    law_store(&holder_go, 1);
    pthread_join(id, NULL);
    hotpath_snapshot_t* const s = law_take();
    CHECK_EQ(law_function(s, "held")->completed, 1);
    CHECK_EQ(law_function(s, "refused mine")->completed, 1);
    const uint32_t node = law_node(s, HOTPATH_NO_NODE, "refused mine");
    CHECK(node != HOTPATH_NO_NODE);
    CHECK(law_node(s, node, "refused inner") != HOTPATH_NO_NODE);
    hotpath_snapshot_free(s);
    hotpath_context_switch(context); /* now it is free */
    CHECK_EQ(hotpath_depth(), 0);
    hotpath_context_switch(context); /* to itself */
    CHECK_EQ(hotpath_depth(), 0);
    hotpath_context_destroy(context); /* while it runs here: back to the thread's own */
    HOTPATH_BEGIN(after, "after destroy");
    CHECK_EQ(hotpath_depth(), 1);
    (void)HOTPATH_END(after);
    CHECK_EQ(law_now("after destroy").completed, 1);
    hotpath_context_destroy(NULL);
    law_check_quiet_now();
}

/* The scopes of a destroyed context are abandoned, its memory serves the next one. */
static void law_08_contexts_destroyed(void** state) {
    (void)state;
    uint64_t memory = 0;
    const uint64_t contexts = law_info().contexts, foreign = law_drops().foreign_ends;
    static hotpath_site_t site = HOTPATH_SITE_INIT("destroyed", HOTPATH_KIND_SCOPE);
    static hotpath_token_t token;
    for (uint64_t i = 1; i <= 2000; i++) {
        hotpath_context_t* const context = hotpath_context_create("short");
        CHECK(context != NULL);
        hotpath_context_switch(context);
        hotpath_begin(&site, &token);
        pass(3);
        hotpath_context_switch(NULL);
        pass(4);
        hotpath_context_destroy(context);
        if (i % 500 == 10) {
            const hotpath_function_t f = law_now("destroyed");
            CHECK_EQ(f.calls, i);
            CHECK_EQ(f.abandoned, i);
            CHECK_EQ(f.open_calls, 0);
            CHECK_EQ(f.total_ns, 7 * i);
        }
        if (i == 10) memory = law_info().memory_bytes;
    }
    CHECK_EQ(law_info().memory_bytes, memory);
    CHECK_EQ(law_info().contexts, contexts);
    hotpath_end(&token);
    CHECK_EQ(law_drops().foreign_ends, foreign + 1);
    law_check_quiet_now();
}

/* A context that was given back on a thread that has ended since: whoever gets it next, while another
   thread has that record, does not count again what is in the store by now. */
static uint64_t again_ready, again_go;
static void* gives_back(void* arg) {
    hotpath_context_t* const context = hotpath_context_create("given back");
    hotpath_context_switch(context);
    {
        HOTPATH_SCOPE("given back");
        pass(100);
    }
    hotpath_context_switch(NULL);
    hotpath_context_destroy(context);
    return arg;
}
static void* has_the_record(void* arg) {
    HOTPATH_SCOPE("has the record");
    law_store(&again_ready, 1);
    law_wait(&again_go, 1);
    return arg;
}
static void law_08_contexts_created_again(void** state) {
    (void)state;
    pthread_join(law_thread(gives_back, NULL), NULL);
    const pthread_t id = law_thread(has_the_record, NULL);
    law_wait(&again_ready, 1);
    CHECK_EQ(law_now("given back").total_ns, 100);
    hotpath_context_t* const context = hotpath_context_create("again");
    const hotpath_function_t f = law_now("given back");
    CHECK_EQ(f.calls, 1);
    CHECK_EQ(f.total_ns, 100);
    CHECK_EQ(f.self_ns, 100);
    hotpath_context_destroy(context);
    law_store(&again_go, 1);
    pthread_join(id, NULL);
    law_check_quiet_now();
}

/* Likewise if the thread that has the record by then runs it, before it has begun anything there. */
static void* runs_again(void* arg) {
    hotpath_context_t* const context = hotpath_context_create("run again");
    hotpath_context_switch(context);
    CHECK_EQ(law_now("given back").total_ns, *(uint64_t*)arg);
    hotpath_context_switch(NULL);
    hotpath_context_destroy(context);
    return arg;
}
static void law_08_contexts_run_again(void** state) {
    (void)state;
    pthread_join(law_thread(gives_back, NULL), NULL);
    uint64_t total = law_now("given back").total_ns;
    pthread_join(law_thread(runs_again, &total), NULL);
    law_check_quiet_now();
}

/* A thread that ends while a context runs on it leaves both in order. */
static void* ends_inside(void* arg) {
    hotpath_context_switch((hotpath_context_t*)arg);
    HOTPATH_SCOPE("ends inside");
    pass(5);
    return NULL;
}
static void law_08_contexts_thread_ends_inside(void** state) {
    (void)state;
    hotpath_context_t* const context = hotpath_context_create("left running");
    const uint64_t overflow = law_drops().context_overflow;
    for (uint64_t i = 1; i <= 10; i++) {
        pthread_join(law_thread(ends_inside, context), NULL);
        CHECK_EQ(law_now("ends inside").calls, i);
        CHECK_EQ(law_now("ends inside").completed, i);
    }
    CHECK_EQ(law_drops().context_overflow, overflow);
    hotpath_context_switch(context);
    CHECK_EQ(hotpath_depth(), 0);
    hotpath_context_switch(NULL);
    hotpath_context_destroy(context);
    law_check_quiet_now();
}

/* The reader is stopped at its instructions, and at some of them another thread begins or ends a scope of a
   context or of its own, or takes a context with its open scope over: what stood open when the
   stacks were read may be anywhere by the time its node is read. All scopes are of one node. */
enum {
    mixed_contexts = 4,
    mixed_workers = 2,
    mixed_scopes = mixed_contexts + mixed_workers
};
static hotpath_site_t mixed_site = HOTPATH_SITE_INIT("mixed", HOTPATH_KIND_SCOPE);
static struct {
    hotpath_context_t* context; /* NULL: a worker's own */
    hotpath_token_t token;
    uint64_t start; /* while it is open */
    bool open;
} mixed[mixed_scopes];
static struct {
    sem_t asked;
    sem_t done;
    int scope; /* -1: leave */
    bool only_move;
} mixed_worker[mixed_workers];
static uint64_t mixed_ended_ns, mixed_begun, mixed_random, mixed_steps, mixed_stride;
static uint64_t mixed_most = 10000;
static bool mixed_time_passes;

static void mixed_do(int scope, bool only_move) {
    if (mixed[scope].context != NULL) hotpath_context_switch(mixed[scope].context);
    if (!only_move && mixed[scope].open) {
        mixed_ended_ns += virtual_ticks() - mixed[scope].start;
        hotpath_end(&mixed[scope].token);
    } else if (!only_move) {
        mixed[scope].start = virtual_ticks();
        mixed_begun++;
        hotpath_begin(&mixed_site, &mixed[scope].token);
    }
    if (!only_move) mixed[scope].open = !mixed[scope].open;
    if (mixed[scope].context != NULL) hotpath_context_switch(NULL);
}
static void* mixed_body(void* arg) {
    const size_t me = (size_t)(uintptr_t)arg;
    for (;;) {
        while (sem_wait(&mixed_worker[me].asked) != 0) {}
        if (mixed_worker[me].scope < 0) return NULL;
        mixed_do(mixed_worker[me].scope, mixed_worker[me].only_move);
        sem_post(&mixed_worker[me].done);
    }
}
static void mixed_ask(size_t worker, int scope, bool only_move) {
    mixed_worker[worker].scope = scope, mixed_worker[worker].only_move = only_move;
    sem_post(&mixed_worker[worker].asked);
    while (scope >= 0 && sem_wait(&mixed_worker[worker].done) != 0) {}
}
static void mixed_anything(void) {
    mixed_random = mixed_random * 6364136223846793005u + 1442695040888963407u;
    const unsigned r = (unsigned)(mixed_random >> 40);
    const int scope = (int)(r % mixed_scopes);
    pass(mixed_steps == 0 || mixed_time_passes ? 1 + r / 8 % 50 : 0);
    if (scope >= mixed_contexts)
        mixed_ask((size_t)(scope - mixed_contexts), scope, false);
    else
        mixed_ask(r / 512 % mixed_workers, scope, r / 1024 % 3 != 0);
}
static uint64_t mixed_total(void) {
    uint64_t total = mixed_ended_ns;
    for (size_t i = 0; i < mixed_scopes; i++)
        total += mixed[i].open ? virtual_ticks() - mixed[i].start : 0;
    return total;
}
static void on_mixed_step(int number, siginfo_t* info, void* context) {
    (void)number, (void)info;
    if (mixed_steps++ % mixed_stride == 0) mixed_anything();
    if (mixed_steps == mixed_most) LAW_STEP_LAST(context); /* the rest is of no interest here */
}
static void law_02_totals_of_contexts(void** state) {
    (void)state;
    law_needs_steps();
    law_handler(SIGTRAP, on_mixed_step, 0);
    for (size_t i = 0; i < mixed_contexts; i++)
        mixed[i].context = hotpath_context_create("mixed");
    pthread_t ids[mixed_workers];
    for (size_t i = 0; i < mixed_workers; i++) {
        CHECK_EQ(sem_init(&mixed_worker[i].asked, 0, 0), 0);
        CHECK_EQ(sem_init(&mixed_worker[i].done, 0, 0), 0);
        ids[i] = law_thread(mixed_body, (void*)(uintptr_t)i);
    }
    for (int i = 0; i < 200; i++)
        mixed_anything();
    hotpath_snapshot_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.parts = HOTPATH_PART_TREE;
    desc.buffer_size = hotpath_snapshot_size(&desc) + 65536;
    CHECK_EQ(posix_memalign(&desc.buffer, 16, desc.buffer_size), 0);
    const uint64_t rounds = (uint64_t)LAW_TIMES(40, 15);
    uint64_t steps = 0;
    for (uint64_t round = 0; round < rounds; round++) {
        mixed_steps = 0;
        for (int i = 0; i < 20; i++)
            mixed_anything();
        mixed_time_passes = round % 4 == 0; /* else there is one right answer all the while */
        const uint64_t before = mixed_total(), begun = mixed_begun;
        mixed_steps = 1, mixed_stride = 150 + round * 97 % 1500;
        LAW_STEP_BEGIN();
        hotpath_snapshot_t* const s = hotpath_snapshot_take(&desc);
        LAW_STEP_END();
        CHECK(s != NULL);
        const hotpath_function_t* const f = law_function(s, "mixed");
        CHECK_GE(f->total_ns, before);
        CHECK_LE(f->total_ns, mixed_total());
        CHECK_GE(f->calls, begun);
        CHECK_LE(f->calls, mixed_begun);
        CHECK_EQ(f->self_ns, f->total_ns);
        steps += mixed_steps;
        const uint64_t first = f->total_ns;
        hotpath_snapshot_t* const quiet = law_take();
        CHECK_EQ(law_function(quiet, "mixed")->total_ns, mixed_total());
        CHECK_GE(law_function(quiet, "mixed")->total_ns, first);
        law_check_quiet(quiet);
        hotpath_snapshot_free(quiet);
    }
    CHECK_GT(steps, rounds * 1000);
    free(desc.buffer);
    for (int i = 0; i < mixed_scopes; i++)
        if (mixed[i].open)
            mixed_ask(i < mixed_contexts ? 0 : (size_t)(i - mixed_contexts), i, false);
    for (size_t i = 0; i < mixed_workers; i++) {
        mixed_ask(i, -1, false);
        pthread_join(ids[i], NULL);
    }
    for (size_t i = 0; i < mixed_contexts; i++)
        hotpath_context_destroy(mixed[i].context);
    CHECK_EQ(law_now("mixed").completed, mixed_begun);
    CHECK_EQ(law_now("mixed").total_ns, mixed_ended_ns);
    law_check_quiet_now();
}

/* A thread that loses its processor in the midst of taking a context over. */
static struct {
    hotpath_context_t* context;
    hotpath_token_t token;
    uint64_t paused;
} halfway;
static void on_halfway_step(int number, siginfo_t* info, void* context) {
    (void)number, (void)info;
    const struct timespec while_it_is_read = {0, 50000000};
    if ((HOTPATH_I_LOAD(&halfway.context->switches) & 1) == 0) return;
    LAW_STEP_LAST(context);
    law_store(&halfway.paused, 1);
    nanosleep(&while_it_is_read, NULL);
}
static void* halfway_body(void* arg) {
    LAW_STEP_BEGIN();
    hotpath_context_switch(halfway.context);
    LAW_STEP_END();
    hotpath_end(&halfway.token);
    hotpath_context_switch(NULL);
    return arg;
}
static void law_02_totals_of_a_context_halfway(void** state) {
    (void)state;
    static hotpath_site_t site = HOTPATH_SITE_INIT("halfway", HOTPATH_KIND_SCOPE);
    law_needs_steps();
    law_handler(SIGTRAP, on_halfway_step, 0);
    halfway.context = hotpath_context_create("halfway");
    hotpath_context_switch(halfway.context);
    hotpath_begin(&site, &halfway.token);
    hotpath_context_switch(NULL);
    pass(1000);
    CHECK_EQ(law_now("halfway").total_ns, 1000);
    const pthread_t id = law_thread(halfway_body, NULL);
    law_wait(&halfway.paused, 1);
    CHECK_EQ(law_now("halfway").total_ns, 1000);
    pthread_join(id, NULL);
    CHECK_EQ(law_now("halfway").total_ns, 1000);
    CHECK_EQ(law_now("halfway").completed, 1);
    hotpath_context_destroy(halfway.context);
    law_check_quiet_now();
}

/* A thread that loses its processor when a context is its own, but not its entries yet, while the thread
   that ran it before ends: what is open there stays in the record that the entries name. */
static struct {
    hotpath_context_t* context;
    hotpath_token_t token;
    uint64_t parked, paused, ended;
} claimed;
static void on_claimed_step(int number, siginfo_t* info, void* context) {
    (void)number, (void)info;
    const struct timespec shortly = {0, 100000};
    if (HOTPATH_I_LOAD(&claimed.context->state) != HOTPATH_I_CONTEXT_RUNNING) return;
    LAW_STEP_LAST(context);
    law_store(&claimed.paused, 1);
    while (!law_load(&claimed.ended))
        nanosleep(&shortly, NULL);
}
static void* claimed_first(void* arg) {
    static hotpath_site_t site = HOTPATH_SITE_INIT("claimed", HOTPATH_KIND_SCOPE);
    hotpath_context_switch(claimed.context);
    hotpath_begin(&site, &claimed.token);
    hotpath_context_switch(NULL);
    law_store(&claimed.parked, 1);
    law_wait(&claimed.paused, 1);
    return arg;
}
static void* claimed_next(void* arg) {
    HOTPATH_THREAD_NAME("next"); /* it has a record of its own before the other one is free */
    law_wait(&claimed.parked, 1);
    LAW_STEP_BEGIN();
    hotpath_context_switch(claimed.context);
    LAW_STEP_END();
    hotpath_end(&claimed.token);
    hotpath_context_switch(NULL);
    return arg;
}
static void* claimed_nothing(void* arg) {
    HOTPATH_THREAD_NAME("nothing");
    return arg;
}
static void law_02_totals_of_a_context_claimed(void** state) {
    (void)state;
    law_needs_steps();
    law_handler(SIGTRAP, on_claimed_step, 0);
    claimed.context = hotpath_context_create("claimed");
    const pthread_t next = law_thread(claimed_next, NULL);
    const pthread_t first = law_thread(claimed_first, NULL);
    law_wait(&claimed.paused, 1);
    pass(1000);
    CHECK_EQ(law_now("claimed").total_ns, 1000);
    pthread_join(first, NULL);
    CHECK_EQ(law_now("claimed").total_ns, 1000);
    CHECK_EQ(law_now("claimed").open_calls, 1);
    law_store(&claimed.ended, 1);
    pthread_join(next, NULL);
    CHECK_EQ(law_now("claimed").total_ns, 1000);
    CHECK_EQ(law_now("claimed").completed, 1);
    hotpath_context_destroy(claimed.context);
    const pthread_t other = law_thread(claimed_nothing, NULL); /* whose end merges what was left */
    pthread_join(other, NULL);
    for (hotpath_i_thread_t* t = hotpath_i_g.threads; t != NULL; t = t->next)
        CHECK(t->state != HOTPATH_I_RECORD_ENDED);
    law_check_quiet_now();
}

/* Thousands of contexts with an open scope on one node, which another thread ends meanwhile: a snapshot
   takes about as long as all of them need to be looked at a few times. */
enum {
    many_contexts = 6000
};
static struct {
    hotpath_context_t* context;
    hotpath_token_t token;
} many[many_contexts];
static uint64_t many_stop;
static void many_at(size_t i, bool ends) {
    static hotpath_site_t site = HOTPATH_SITE_INIT("one of many", HOTPATH_KIND_SCOPE);
    hotpath_context_switch(many[i].context);
    if (ends) hotpath_end(&many[i].token);
    hotpath_begin(&site, &many[i].token);
    hotpath_context_switch(NULL);
}
static void* many_end(void* arg) {
    for (size_t i = 0; !law_load(&many_stop); i = (i + 1) % many_contexts) {
        const struct timespec shortly = {0, 500000};
        many_at(i, true);
        nanosleep(&shortly, NULL);
    }
    return arg;
}
static void law_02_totals_of_many_contexts(void** state) {
    (void)state;
    for (size_t i = 0; i < many_contexts; i++) {
        many[i].context = hotpath_context_create("many");
        many_at(i, false);
    }
    const pthread_t id = law_thread(many_end, NULL);
    uint64_t total = 0;
    for (int i = 0; i < 5; i++) {
        pass(10);
        const hotpath_function_t f = law_now("one of many");
        CHECK_GE(f.total_ns, total);
        CHECK_GE(f.open_calls, many_contexts - 1);
        total = f.total_ns;
    }
    law_store(&many_stop, 1);
    pthread_join(id, NULL);
    CHECK_LE(law_now("one of many").total_ns, 10u * 5 * many_contexts);
    for (size_t i = 0; i < many_contexts; i++)
        hotpath_context_destroy(many[i].context);
    law_check_quiet_now();
}

/* What a snapshot of them takes grows as they do, and not as their square: instructions are counted,
   of the tree with its open scopes. */
static uint64_t tree_steps;
static void on_tree_step(int number, siginfo_t* info, void* context) {
    (void)number, (void)info, (void)context;
    tree_steps++;
}
static uint64_t steps_of_tree(void) {
    hotpath_i_reader_enter();
    hotpath_snapshot_t* const s = hotpath_i_snapshot_new(NULL, hotpath_i_snapshot_most());
    CHECK(s != NULL);
    tree_steps = 0;
    LAW_STEP_BEGIN();
    hotpath_i_take_tree(s);
    LAW_STEP_END();
    CHECK(!s->full);
    hotpath_snapshot_free(s);
    hotpath_i_reader_leave();
    return tree_steps;
}
static void law_02_work_of_many_contexts(void** state) {
    (void)state;
    if (LAW_SANITIZED) law_skip("instructions that no sanitizer has added");
    law_needs_steps();
    law_handler(SIGTRAP, on_tree_step, 0);
    enum {
        few = 100
    };
    uint64_t steps[3];
    for (size_t i = 0, k = 0; k < 3; k++) {
        for (; i < few * (k + 1); i++) {
            many[i].context = hotpath_context_create("many");
            many_at(i, false);
        }
        steps[k] = steps_of_tree();
    }
    const uint64_t first = steps[1] - steps[0], second = steps[2] - steps[1];
    CHECK_GT(first, few * 50);
    CHECK_LE(3 * second, 4 * first); /* a square's would be 5/3 of it */
    for (size_t i = 0; i < 3 * few; i++)
        hotpath_context_destroy(many[i].context);
    law_check_quiet_now();
}

/* Stacks of fibers lie anywhere: above and below the thread's own, and next to each other. Without
   a context, scopes that do not stay open over a switch are exact all the same. */
static void plain_fiber(fiber_t* fiber) {
    for (int i = 0; i < 50; i++) {
        {
            HOTPATH_SCOPE("plain outer");
            pass(1);
            HOTPATH_SCOPE("plain inner");
            pass(1);
        }
        swapcontext(&fiber->machine, &fiber->scheduler);
    }
    fiber->done = true;
    swapcontext(&fiber->machine, &fiber->scheduler);
}
static void law_08_contexts_not_needed(void** state) {
    (void)state;
    fiber_t* const a = fiber_make(1, plain_fiber);
    fiber_t* const b = fiber_make(2, plain_fiber);
    a->body = b->body = plain_fiber;
    HOTPATH_BEGIN(around, "plain around");
    while (!a->done || !b->done) {
        if (!a->done) swapcontext(&a->scheduler, &a->machine);
        CHECK_EQ(hotpath_depth(), 1);
        if (!b->done) swapcontext(&b->scheduler, &b->machine);
        CHECK_EQ(hotpath_depth(), 1);
    }
    CHECK_EQ(HOTPATH_END(around), 200);
    hotpath_snapshot_t* const s = law_take();
    CHECK_EQ(law_function(s, "plain outer")->completed, 100);
    CHECK_EQ(law_function(s, "plain inner")->completed, 100);
    CHECK_EQ(law_function(s, "plain around")->abandoned, 0);
    CHECK_EQ(law_function(s, "plain around")->self_ns, 0);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
    fiber_free(a), fiber_free(b);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(law_08_contexts),
    cmocka_unit_test(law_08_contexts_parked_are_visible),
    cmocka_unit_test(law_08_contexts_migrate),
    cmocka_unit_test(law_08_contexts_outlive_their_thread),
    cmocka_unit_test(law_08_contexts_refused),
    cmocka_unit_test(law_08_contexts_destroyed),
    cmocka_unit_test(law_08_contexts_created_again),
    cmocka_unit_test(law_08_contexts_run_again),
    cmocka_unit_test(law_08_contexts_thread_ends_inside),
    cmocka_unit_test(law_02_totals_of_contexts),
    cmocka_unit_test(law_02_totals_of_a_context_halfway),
    cmocka_unit_test(law_02_totals_of_a_context_claimed),
    cmocka_unit_test(law_02_work_of_many_contexts),
    cmocka_unit_test(law_02_totals_of_many_contexts),
    cmocka_unit_test(law_08_contexts_not_needed),
};
LAW_MAIN(tests, NULL)
