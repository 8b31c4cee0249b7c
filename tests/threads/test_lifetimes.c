/* RECORDER: real */
/* Threads that start and end, contexts that move from thread to thread, forks beside them, gauges
   that all share: TSan finds no race, and the sums are exact. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "hotpath.h"
#include "../unit/law.h"

#include <sched.h>

/* >>threads */

static uint64_t stop;
static void* snapshots(void* arg) {
    uint64_t calls = 0, ended = 0;
    while (!law_load(&stop)) {
        hotpath_snapshot_t* const s = law_take();
        const hotpath_function_t* const f = law_find(s, (const char*)arg);
        if (f) {
            CHECK_GE(f->calls, calls);
            calls = f->calls;
        }
        CHECK_GE(hotpath_snapshot_info(s)->threads_ended, ended);
        ended = hotpath_snapshot_info(s)->threads_ended;
        hotpath_snapshot_free(s);
    }
    return NULL;
}

static void* short_thread(void* arg) {
    HOTPATH_SCOPE("short");
    HOTPATH_THREAD_NAME("short");
    HOTPATH_VAL("short value", (int)(intptr_t)arg);
    HOTPATH_BYTES(2);
    if ((intptr_t)arg % 2) HOTPATH_ERROR("odd");
    return NULL;
}
static void* starter(void* arg) {
    for (int i = 0; i < LAW_TIMES(1500, 300); i++)
        pthread_join(law_thread(short_thread, (void*)(intptr_t)i), NULL);
    return arg;
}
static void law_05_threads_that_end(void** state) {
    (void)state;
    static char name[] = "short";
    pthread_t starters[3];
    hotpath_snapshot_t* const older = law_take();
    const uint64_t ended = law_ended(older) ? law_ended(older)->count : 0;
    const uint64_t ended_calls = law_ended(older) ? law_ended(older)->calls : 0;
    hotpath_snapshot_free(older);
    law_store(&stop, 0);
    const pthread_t reader = law_thread(snapshots, name);
    for (int i = 0; i < 3; i++)
        starters[i] = law_thread(starter, NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(starters[i], NULL);
    law_store(&stop, 1);
    pthread_join(reader, NULL);
    const uint64_t threads = 3 * (uint64_t)LAW_TIMES(1500, 300);
    hotpath_snapshot_t* const s = law_take();
    const hotpath_function_t* const f = law_function(s, "short");
    CHECK_EQ(f->calls, threads);
    CHECK_EQ(f->completed, threads);
    CHECK_EQ(f->bytes, 2 * threads);
    CHECK_EQ(f->errors, threads / 2);
    CHECK_EQ(f->reasons[0].count, threads / 2);
    CHECK_EQ(law_ended(s)->count, ended + threads);
    CHECK_EQ(law_ended(s)->calls, ended_calls + threads);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
}

/* >>contexts */

enum {
    contexts = 6,
    workers = 3
};
typedef struct job {
    hotpath_context_t* context;
    hotpath_token_t tokens[2];
    int step;
} job_t;
static job_t jobs[contexts];
static hotpath_site_t job_outer = HOTPATH_SITE_INIT("job outer", HOTPATH_KIND_SCOPE);
static hotpath_site_t job_inner = HOTPATH_SITE_INIT("job inner", HOTPATH_KIND_SCOPE);
static pthread_mutex_t jobs_lock = PTHREAD_MUTEX_INITIALIZER;
static job_t* ready[contexts];
static int ready_count, unfinished;

/* One step of a job: half of the time it leaves its scopes open for whoever takes it next. */
static void job_step(job_t* job) {
    hotpath_context_switch(job->context);
    switch (job->step % 4) {
        case 0: hotpath_begin(&job_outer, &job->tokens[0]); break;
        case 1: hotpath_begin(&job_inner, &job->tokens[1]); break;
        case 2: hotpath_bytes(1), hotpath_end(&job->tokens[1]); break;
        default: hotpath_end(&job->tokens[0]); break;
    }
    job->step++;
    hotpath_context_switch(NULL);
}
static void* worker(void* arg) {
    HOTPATH_SCOPE("worker");
    const int steps = LAW_TIMES(8000, 1200);
    for (;;) {
        pthread_mutex_lock(&jobs_lock);
        job_t* const job = ready_count > 0 ? ready[0] : NULL;
        for (int i = 1; job && i < ready_count; i++)
            ready[i - 1] = ready[i];
        ready_count -= job != NULL;
        const bool done = unfinished == 0;
        pthread_mutex_unlock(&jobs_lock);
        if (done) return arg;
        if (!job) {
            sched_yield();
            continue;
        }
        {
            HOTPATH_SCOPE("slice");
            job_step(job);
        }
        pthread_mutex_lock(&jobs_lock);
        if (job->step < steps)
            ready[ready_count++] = job;
        else
            unfinished--;
        pthread_mutex_unlock(&jobs_lock);
    }
}
static void law_08_contexts(void** state) {
    (void)state;
    static char name[] = "job inner";
    pthread_t ids[workers];
    law_store(&stop, 0);
    for (int i = 0; i < contexts; i++) {
        char context_name[16];
        snprintf(context_name, sizeof context_name, "job %d", i);
        jobs[i].context = hotpath_context_create(context_name);
        CHECK(jobs[i].context != NULL);
        ready[ready_count++] = &jobs[i];
        unfinished++;
    }
    const pthread_t reader = law_thread(snapshots, name);
    for (int i = 0; i < workers; i++)
        ids[i] = law_thread(worker, NULL);
    for (int i = 0; i < workers; i++)
        pthread_join(ids[i], NULL);
    law_store(&stop, 1);
    pthread_join(reader, NULL);
    hotpath_snapshot_t* const s = law_take();
    const uint64_t rounds = contexts * (uint64_t)LAW_TIMES(8000, 1200) / 4;
    const hotpath_function_t* f = law_function(s, "job outer");
    CHECK_EQ(f->calls, rounds);
    CHECK_EQ(f->completed, rounds);
    f = law_function(s, "job inner");
    CHECK_EQ(f->calls, rounds);
    CHECK_EQ(f->completed, rounds);
    CHECK_EQ(f->bytes, rounds);
    CHECK_EQ(law_function(s, "slice")->completed, 4 * rounds);
    const uint32_t outer = law_node(s, HOTPATH_NO_NODE, "job outer");
    CHECK(outer != HOTPATH_NO_NODE);
    const uint32_t inner = law_node(s, outer, "job inner");
    CHECK(inner != HOTPATH_NO_NODE);
    size_t count = 0;
    CHECK_EQ(hotpath_snapshot_nodes(s, &count)[inner].calls, rounds);
    CHECK_EQ(law_node(s, HOTPATH_NO_NODE, "job inner"), HOTPATH_NO_NODE);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.foreign_ends, 0);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.context_overflow, 0);
    law_check_quiet(s);
    hotpath_snapshot_free(s);
    for (int i = 0; i < contexts; i++)
        hotpath_context_destroy(jobs[i].context);
}

/* >>first touches: threads meet the same new names, sites, keys and tracks at the same moment */

enum {
    touchers = 4,
    names = 200
};
static uint64_t touch_round;
static hotpath_site_t touch_sites[names];
static char touch_names[names][24];
static void* toucher(void* arg) {
    for (uint64_t i = 0; i < names; i++) {
        law_add(&touch_round, 1);
        while (law_load(&touch_round) < (i + 1) * touchers)
            sched_yield();
        {
            HOTPATH_SCOPE_NAMED(touch_names[i]);
            hotpath_token_t token;
            hotpath_begin(&touch_sites[i], &token);
            hotpath_end(&token);
        }
        hotpath_record("touch track", touch_names[i], 1, 3);
        HOTPATH_GAUGE_INC("touch gauge", 1);
        HOTPATH_GAUGE_INC("touch double", 0.5);
    }
    return arg;
}
static void law_11_one_recorder_first_touches(void** state) {
    (void)state;
    pthread_t ids[touchers];
    for (uint32_t i = 0; i < names; i++) {
        const hotpath_site_t site = HOTPATH_SITE_INIT("touched", HOTPATH_KIND_SCOPE);
        touch_sites[i] = site;
        touch_sites[i].line = 1000 + i;
        snprintf(touch_names[i], sizeof touch_names[0], "touch %u", (unsigned)i);
    }
    for (int i = 0; i < touchers; i++)
        ids[i] = law_thread(toucher, NULL);
    for (int i = 0; i < touchers; i++)
        pthread_join(ids[i], NULL);
    hotpath_snapshot_t* const s = law_take();
    size_t count = 0;
    const hotpath_function_t* const f = hotpath_snapshot_functions(s, &count);
    uint64_t named = 0, sites = 0, spans = 0;
    for (size_t i = 0; i < count; i++) {
        if (strncmp(f[i].name, "touch ", 6) == 0 && f[i].kind == HOTPATH_KIND_NAMED) {
            CHECK_EQ(f[i].calls, touchers);
            named++;
        } else if (strcmp(f[i].name, "touched") == 0) {
            CHECK_EQ(f[i].calls, touchers);
            sites++;
        } else if (f[i].kind == HOTPATH_KIND_SPAN) {
            CHECK_EQ(f[i].calls, touchers);
            CHECK_EQ(f[i].total_ns, 2 * touchers);
            spans++;
        }
    }
    CHECK_EQ(named, names);
    CHECK_EQ(sites, names);
    CHECK_EQ(spans, names);
    const hotpath_entry_t* const entries = hotpath_snapshot_entries(s, &count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(entries[i].name, "touch gauge") == 0)
            CHECK_EQ(entries[i].last.as.i, touchers * names);
        if (strcmp(entries[i].name, "touch double") == 0)
            CHECK(entries[i].last.as.d == touchers * names / 2.0);
    }
    law_check_quiet(s);
    hotpath_snapshot_free(s);
}

/* >>public functions together */

static uint64_t togethers;
static void* together(void* arg) {
    const int number = (int)(intptr_t)arg;
    law_text_t* const text = (law_text_t*)calloc(1, sizeof *text);
    for (int i = 0; i < LAW_TIMES(60, 20); i++) {
        HOTPATH_SCOPE("together");
        hotpath_snapshot_t* const a = law_take();
        hotpath_app_info(number ? "one" : "two", "value");
        hotpath_snapshot_t* const b = law_take();
        hotpath_snapshot_t* const d = hotpath_snapshot_difference(b, a, NULL);
        CHECK(d != NULL);
        CHECK(hotpath_snapshot_size(NULL) > 0);
        law_render(text, b, HOTPATH_FORMAT_JSON);
        CHECK_HAS(text->data, "together");
        law_render(text, b, HOTPATH_FORMAT_TABLE);
        hotpath_snapshot_free(d);
        hotpath_snapshot_free(a);
        hotpath_snapshot_free(b);
        law_add(&togethers, 1);
    }
    free(text);
    return NULL;
}
static void readers_together(void** state) {
    (void)state;
    pthread_t ids[4];
    for (size_t i = 0; i < 4; i++)
        ids[i] = law_thread(together, (void*)i);
    for (size_t i = 0; i < 4; i++)
        pthread_join(ids[i], NULL);
    CHECK_EQ(law_now("together").calls, togethers);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(readers_together),
    cmocka_unit_test(law_05_threads_that_end),
    cmocka_unit_test(law_08_contexts),
    cmocka_unit_test(law_11_one_recorder_first_touches),
};
LAW_MAIN(tests, NULL)
