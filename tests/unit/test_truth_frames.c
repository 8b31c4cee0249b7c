/* Truth: frames on a virtual clock. Counts, percentiles, what is over the budget and what was inside the
   worst frames, as a model of the loop says, and whatever ends or is off meanwhile. */
#define _GNU_SOURCE
#include "virtual_clock.h"
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "truth.h"
#include "frames_model.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static const hotpath_frame_t* frame_of(const hotpath_snapshot_t* s, const char* name) {
    size_t count;
    const hotpath_frame_t* frames = hotpath_snapshot_frames(s, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(frames[i].name, name) == 0) return &frames[i];
    fprintf(stderr, "no frames of %s\n", name);
    abort();
}
static const hotpath_inside_t* inside_of(
    const hotpath_snapshot_t* s, const hotpath_worst_frame_t* w, const char* name) {
    size_t count;
    const hotpath_function_t* functions = hotpath_snapshot_functions(s, &count);
    for (uint32_t i = 0; i < w->inside_count; i++)
        if (strcmp(functions[w->inside[i].function].name, name) == 0) return &w->inside[i];
    static const hotpath_inside_t none;
    FAIL_CHECK("frame %" PRIu64 " has no %s", w->id, name);
    return &none;
}
static void check_row(const hotpath_inside_t* row, const char* name, uint64_t calls, uint64_t total,
    uint64_t self, uint64_t median) {
    CHECK_EQUAL("calls", name, row->calls, calls);
    CHECK_EQUAL("total_ns", name, row->total_ns, total);
    CHECK_EQUAL("self_ns", name, row->self_ns, self);
    CHECK_EQUAL("median_ns", name, row->median_ns, median);
    CHECK_EQUAL("excess_ns", name, row->excess_ns, self - median);
}
/* All of a frame is somewhere. */
static void check_sum(const hotpath_worst_frame_t* w) {
    uint64_t sum = w->other_ns + w->unmarked_ns;
    for (uint32_t i = 0; i < w->inside_count; i++)
        sum += w->inside[i].self_ns;
    CHECK_EQUAL("the sum", "a frame", sum, w->duration_ns);
}
static void check_model(const hotpath_snapshot_t* s) {
    const hotpath_frame_t* f = frame_of(s, "main");
    size_t count;
    const hotpath_function_t* functions = hotpath_snapshot_functions(s, &count);
    const hotpath_function_t* function = &functions[f->function];
    const hotpath_node_t* nodes = hotpath_snapshot_nodes(s, &count);
    truth_list_t list = {NULL, 0, 0, false};
    uint64_t total = 0, jitter = 0;
    for (uint64_t i = 1; i <= FRAMES; i++) {
        uint64_t d = duration_of(round_at(i)), before = duration_of(round_at(i - 1));
        truth_list_add(&list, d);
        total += d;
        if (i > 1) jitter += d > before ? d - before : before - d;
    }
    truth_list_sort(&list);
    CHECK_EQUAL("kind", "the function", function->kind, HOTPATH_KIND_FRAME);
    CHECK_EQUAL("calls", "the function", function->calls, 0);
    CHECK_EQUAL("count", "main", f->count, FRAMES);
    CHECK_EQUAL("total_ns", "main", f->total_ns, total);
    CHECK_EQUAL("min_ns", "main", f->min_ns, list.items[0]);
    CHECK_EQUAL("max_ns", "main", f->max_ns, list.items[FRAMES - 1]);
    CHECK_EQUAL("budget_ns", "main", f->budget_ns, BUDGET);
    CHECK_EQUAL("over_budget", "main", f->over_budget, FRAMES / 97);
    CHECK_EQUAL("jitter_count", "main", f->jitter_count, FRAMES - 1);
    CHECK_EQUAL("jitter_sum_ns", "main", f->jitter_sum_ns, jitter);
    CHECK_NEAR("jitter_ns", "main", f->jitter_ns, (double)jitter / (FRAMES - 1), 1e-6);
    CHECK_NEAR("mean_ns", "main", f->mean_ns, (double)total / FRAMES, 1e-3);
    for (double p = 1; p < 100; p += 7) {
        uint64_t rank = (uint64_t)(p / 100 * FRAMES + 0.999999);
        double exact = (double)list.items[rank - 1];
        CHECK_NEAR("percentile", "main", (double)hotpath_snapshot_percentile(s, function, p), exact,
            exact * 0.016 + 1);
    }
    CHECK_EQUAL("worst_count", "main", f->worst_count, 8);
    for (uint32_t k = 0; k < f->worst_count; k++) { /* spikes grow: the last one is the worst */
        const hotpath_worst_frame_t* w = &f->worst[k];
        uint64_t id = (FRAMES / 97 - k) * 97;
        round_t r = round_at(id);
        CHECK_EQUAL("id", "a worst frame", w->id, id);
        CHECK_EQUAL("thread", "a worst frame", w->thread, 1);
        CHECK_EQUAL("duration_ns", "a worst frame", w->duration_ns, duration_of(r));
        CHECK_EQUAL("unmarked_ns", "a worst frame", w->unmarked_ns, 100);
        CHECK_EQUAL("unmarked_median_ns", "a worst frame", w->unmarked_median_ns, 100);
        CHECK_EQUAL("inside_count", "a worst frame", w->inside_count, 3);
        CHECK(!w->inside_shared && !w->inside_truncated, "frame %" PRIu64, w->id);
        check_row(inside_of(s, w, "physics"), "physics", 1, r.physics, physics_self(r),
            median(FRAMES, physics_self));
        check_row(inside_of(s, w, "collide"), "collide", 2, r.physics / 6 * 2, collide_self(r),
            median(FRAMES, collide_self));
        check_row(inside_of(s, w, "render"), "render", 1, r.render, r.render,
            median(FRAMES, render_self));
        CHECK_TEXT("the first", "inside", functions[w->inside[0].function].name, "physics");
        for (uint32_t i = 0; i < w->inside_count; i++)
            CHECK(w->inside[i].node < count &&
                      nodes[w->inside[i].node].function == w->inside[i].function,
                "row %u", i);
        check_sum(w);
    }
    truth_list_free(&list);
}
/* The report as JSON and as a table. */
static void check_report(const hotpath_snapshot_t* s) {
    truth_text_t text = truth_render(s, HOTPATH_FORMAT_JSON);
    truth_json_t* json = truth_json_read(text.data);
    const truth_json_t* frames = truth_json_get(json, "frames");
    const truth_json_t* data = truth_json_get(frames, "data");
    CHECK_EQUAL("total_count", "frames", truth_json_u64(frames, "total_count"), 1);
    if (CHECK(data != NULL && data->child != NULL, "rows")) check_json_row(data->child, 8);
    truth_json_free(json);
    truth_text_free(&text);
    text = truth_render(s, HOTPATH_FORMAT_TABLE);
    static const char* const lines[] = {"\nFrames  Count ", "\nmain     1000 ", "  16.0 µs    10  ",
        "\nmain: over the budget about once in 97 frames\nmain #970 took ", ": physics +",
        ", collide +"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        CHECK(strstr(text.data, lines[i]) != NULL, "no \"%s\" in: %s", lines[i], text.data);
    CHECK(strstr(text.data, "render +") == NULL || strstr(text.data, ", render +") != NULL,
        "what is longest stands first");
    truth_text_free(&text);
}
static void model_is_exact(uint64_t argument) {
    (void)argument;
    run_model();
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    check_model(s);
    check_report(s);
    hotpath_snapshot_free(s);
    hotpath_snapshot_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.buffer_size = hotpath_snapshot_size(NULL);
    if (posix_memalign(&desc.buffer, 16, desc.buffer_size) != 0) abort();
    s = hotpath_snapshot_take(&desc);
    if (CHECK(s != NULL, "in a buffer")) check_model(s);
    free(desc.buffer);
    memset(&desc, 0, sizeof desc);
    desc.parts = HOTPATH_PART_FRAMES | HOTPATH_TIMES_LATER;
    s = hotpath_snapshot_take(&desc);
    CHECK_EQUAL("count", "times later", frame_of(s, "main")->count, FRAMES);
    CHECK_EQUAL("a node", "no tree", frame_of(s, "main")->worst[0].inside[0].node, HOTPATH_NO_NODE);
    hotpath_snapshot_free(s);
}

/* Frames that are all alike have no period, with a budget or without one; nor have many that are over it
   by chance. */
static void no_period(uint64_t seed) {
    truth_random_t random = {seed};
    for (uint64_t i = 0; i < 1000; i++) {
        HOTPATH_FRAME_BUDGET("alike", 20);
        HOTPATH_FRAME_BUDGET("always over", 5);
        HOTPATH_FRAME_BUDGET("by chance", 10 + 90);
        render(10);
        pass(truth_below(&random, 10));
        if (truth_below(&random, 50) == 0) {
            HOTPATH_FRAME("alike");
            HOTPATH_FRAME("always over");
            pass(100 + truth_below(&random, 100));
            HOTPATH_FRAME("by chance");
        }
    }
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    CHECK_EQUAL("period", "alike", frame_of(s, "alike")->period, 0);
    CHECK_EQUAL("period", "always over", frame_of(s, "always over")->period, 0);
    CHECK(frame_of(s, "by chance")->over_budget > 4, "too few");
    CHECK_EQUAL("period", "by chance", frame_of(s, "by chance")->period, 0);
    hotpath_snapshot_free(s);
}
/* A period shows through frames that are over the budget for another reason. */
static void period_with_noise(uint64_t argument) {
    (void)argument;
    for (uint64_t i = 1; i <= 2000; i++) {
        HOTPATH_FRAME_BUDGET("main", 500);
        render(i % 97 == 0 ? 1000 + i : i == 777 || i == 1501 ? 5000 : 100);
    }
    HOTPATH_FRAME("main");
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    CHECK_EQUAL("over_budget", "main", frame_of(s, "main")->over_budget, 2000 / 97 + 2);
    CHECK_EQUAL("period", "main", frame_of(s, "main")->period, 97);
    hotpath_snapshot_free(s);
}

/* What is open at a boundary counts on each of its sides. */
static void open_scopes_are_credited(uint64_t argument) {
    (void)argument;
    HOTPATH_SCOPE("program");
    HOTPATH_FRAME("main");
    pass(7);
    HOTPATH_BEGIN(level, "level");
    for (int i = 0; i < 3; i++) {
        pass(100);
        render(10);
        HOTPATH_FRAME("main");
    }
    pass(50);
    HOTPATH_END(level);
    HOTPATH_FRAME("main");
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_frame_t* f = frame_of(s, "main");
    CHECK_EQUAL("count", "main", f->count, 4);
    static const uint64_t ids[] = {1, 2, 3, 4}, took[] = {117, 110, 110, 50};
    for (uint32_t k = 0; k < 4; k++) {
        const hotpath_worst_frame_t* w = &f->worst[k];
        CHECK_EQUAL("id", "a frame", w->id, ids[k]);
        CHECK_EQUAL("duration_ns", "a frame", w->duration_ns, took[k]);
        CHECK_EQUAL("total_ns", "program", inside_of(s, w, "program")->total_ns, took[k]);
        CHECK_EQUAL("self_ns", "program", inside_of(s, w, "program")->self_ns, k == 0 ? 7 : 0);
        CHECK_EQUAL("calls", "program", inside_of(s, w, "program")->calls, 0);
        CHECK_EQUAL("calls", "level", inside_of(s, w, "level")->calls, k == 0);
        CHECK_EQUAL("self_ns", "level", inside_of(s, w, "level")->self_ns, k == 3 ? 50 : 100);
        CHECK_EQUAL("unmarked_ns", "a frame", w->unmarked_ns, 0);
        check_sum(w);
    }
    hotpath_snapshot_free(s);
}

/* Scopes past the rows are one sum, and nodes past the bound are said to be missing. */
static uint64_t time_of(uint64_t k) { return 1000 + k * 37 % 5003; }
static void many_scopes(uint64_t argument) {
    uint64_t scopes = argument;
    for (uint64_t i = 0; i < 3; i++) {
        HOTPATH_FRAME("main");
        for (uint64_t k = 0; k < scopes; k++) {
            char name[32];
            snprintf(name, sizeof name, "scope %" PRIu64, k);
            HOTPATH_SCOPE_NAMED(name);
            pass(time_of(k));
        }
    }
    HOTPATH_FRAME("main");
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_worst_frame_t* w = frame_of(s, "main")->worst;
    uint64_t most = HOTPATH_I_INSIDE_NODES - 1; /* one of them is <other> */
    uint64_t known = scopes <= most ? scopes : most;
    CHECK_EQUAL("inside_count", "a frame", w->inside_count, HOTPATH_I_INSIDE_ROWS);
    CHECK_EQUAL("inside_truncated", "a frame", w->inside_truncated, known != scopes);
    CHECK_EQUAL("other_calls", "a frame", w->other_calls, known - HOTPATH_I_INSIDE_ROWS);
    uint64_t least = UINT64_MAX;
    for (uint32_t i = 0; i < w->inside_count; i++)
        least = w->inside[i].self_ns < least ? w->inside[i].self_ns : least;
    truth_list_t times = {NULL, 0, 0, false};
    uint64_t other = 0;
    for (uint64_t k = 0; k < known; k++)
        truth_list_add(&times, time_of(k));
    truth_list_sort(&times);
    for (uint64_t k = 0; k < known - HOTPATH_I_INSIDE_ROWS; k++)
        other += times.items[k];
    CHECK_EQUAL("the least", "inside", least, times.items[known - HOTPATH_I_INSIDE_ROWS]);
    CHECK_EQUAL("other_ns", "a frame", w->other_ns, other);
    truth_list_free(&times);
    check_sum(w);
    hotpath_snapshot_free(s);
}
static void more_scopes_than_rows(uint64_t argument) {
    (void)argument;
    many_scopes(100);
}
static void more_nodes_than_watched(uint64_t argument) {
    (void)argument;
    many_scopes(5000);
}

/* Threads: one after the other in the same record, and what they leave. */
static void* play_thread(void* user) {
    uint64_t extra = *(const uint64_t*)user;
    HOTPATH_SCOPE("thread");
    for (int i = 0; i < 10; i++) {
        HOTPATH_FRAME_BUDGET("worker", 500);
        render(100 + (i == 4 ? extra : 0));
    }
    HOTPATH_FRAME("worker");
    return NULL;
}
/* Ends first, and leaves other nodes in front of those of the threads that were there before it. */
static void* other_thread(void* user) {
    pthread_barrier_t* barrier = (pthread_barrier_t*)user;
    pthread_barrier_wait(barrier);
    HOTPATH_SCOPE("other");
    physics(0);
    return NULL;
}
static void* first_thread(void* user) {
    pthread_barrier_t* barrier = (pthread_barrier_t*)user;
    pthread_t other;
    uint64_t extra = 0;
    render(0); /* its record is the first, which other threads adopt */
    if (pthread_create(&other, NULL, other_thread, user) != 0) abort();
    pthread_barrier_wait(barrier);
    pthread_join(other, NULL);
    return play_thread(&extra);
}
static void threads_leave_their_frames(uint64_t argument) {
    (void)argument;
    pthread_barrier_t barrier;
    pthread_t first;
    pthread_barrier_init(&barrier, NULL, 2);
    if (pthread_create(&first, NULL, first_thread, &barrier) != 0) abort();
    pthread_join(first, NULL);
    pthread_barrier_destroy(&barrier);
    enum {
        THREADS = 20
    };
    for (uint64_t i = 1; i <= THREADS; i++) {
        pthread_t thread;
        uint64_t extra = i * 1000;
        if (pthread_create(&thread, NULL, play_thread, &extra) != 0) abort();
        pthread_join(thread, NULL);
    }
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_frame_t* f = frame_of(s, "worker");
    size_t nodes_count;
    const hotpath_node_t* nodes = hotpath_snapshot_nodes(s, &nodes_count);
    CHECK_EQUAL("count", "worker", f->count, (THREADS + 1) * 10);
    CHECK_EQUAL("over_budget", "worker", f->over_budget, THREADS);
    CHECK_EQUAL("budget_ns", "worker", f->budget_ns, 500);
    CHECK_EQUAL("jitter_count", "worker", f->jitter_count, (THREADS + 1) * 9);
    CHECK_EQUAL("total_ns", "worker", f->total_ns,
        (THREADS + 1) * 1000 + 1000 * THREADS * (THREADS + 1) / 2);
    CHECK_EQUAL("worst_count", "worker", f->worst_count, 8);
    for (uint32_t k = 0; k < f->worst_count; k++) {
        const hotpath_worst_frame_t* w = &f->worst[k];
        uint64_t self = 100 + (THREADS - k) * 1000u;
        CHECK_EQUAL("id", "a frame", w->id, 5);
        CHECK_EQUAL("thread", "a frame", w->thread, THREADS + 2 - k); /* two were before */
        check_row(inside_of(s, w, "render"), "render", 1, self, self, 100);
        const hotpath_node_t* node = &nodes[inside_of(s, w, "render")->node];
        CHECK(node->parent != HOTPATH_NO_NODE, "the path of render");
        check_row(inside_of(s, w, "thread"), "thread", 0, self, 0, 0);
        check_sum(w);
    }
    hotpath_snapshot_free(s);
}

/* Off, no frame runs; the time of the gap is of none. */
static void off_is_no_frame(uint64_t argument) {
    (void)argument;
    for (int i = 0; i < 4; i++) {
        HOTPATH_FRAME("main");
        pass(100);
    }
    hotpath_enable(false);
    pass(100000);
    HOTPATH_FRAME("main");
    pass(100000);
    hotpath_enable(true);
    for (int i = 0; i < 3; i++) {
        HOTPATH_FRAME("main");
        render(200);
    }
    HOTPATH_FRAME("main");
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_frame_t* f = frame_of(s, "main");
    CHECK_EQUAL("count", "main", f->count, 6);
    CHECK_EQUAL("max_ns", "main", f->max_ns, 200);
    CHECK_EQUAL("jitter_count", "main", f->jitter_count, 4);
    CHECK_EQUAL("jitter_sum_ns", "main", f->jitter_sum_ns, 0);
    hotpath_snapshot_free(s);
}

/* A new budget is that of the next frame. */
static void budget_of_the_next_frame(uint64_t argument) {
    (void)argument;
    static const uint64_t budgets[] = {0, 150, 50, 0, 100, 99};
    for (size_t i = 0; i < 6; i++) {
        HOTPATH_FRAME_BUDGET("main", budgets[i]);
        pass(100);
    }
    HOTPATH_FRAME("main");
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_frame_t* f = frame_of(s, "main");
    CHECK_EQUAL("count", "main", f->count, 6);
    CHECK_EQUAL("over_budget", "main", f->over_budget, 3); /* 50, the same again, 99 */
    CHECK_EQUAL("budget_ns", "main", f->budget_ns, 99);
    hotpath_snapshot_free(s);
}

/* Contexts: what was switched may have brought time of other frames, and is said to. */
static void contexts_are_said(uint64_t argument) {
    (void)argument;
    hotpath_context_t* fiber = hotpath_context_create("fiber");
    for (uint64_t i = 1; i <= 3; i++) {
        HOTPATH_FRAME("main");
        render(1000 * i);
        if (i != 2) continue;
        hotpath_context_switch(fiber);
        render(5);
        hotpath_context_switch(NULL);
    }
    HOTPATH_FRAME("main");
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_frame_t* f = frame_of(s, "main");
    for (uint32_t k = 0; k < 3; k++)
        CHECK_EQUAL("inside_shared", "a frame", f->worst[k].inside_shared, f->worst[k].id == 2);
    hotpath_snapshot_free(s);
    hotpath_context_destroy(fiber);
}

/* Spans of other clocks are inside of nothing. */
static void foreign_time_is_not_inside(uint64_t argument) {
    (void)argument;
    HOTPATH_FRAME("main");
    render(10);
    hotpath_record("GPU", "draw", 1000, 900000);
    HOTPATH_FRAME("main");
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_worst_frame_t* w = frame_of(s, "main")->worst;
    CHECK_EQUAL("inside_count", "a frame", w->inside_count, 1);
    check_row(inside_of(s, w, "render"), "render", 1, 10, 10, 10);
    hotpath_snapshot_free(s);
}

/* A span that another thread began and this one ends was on no stack of this one. */
static hotpath_span_t handed;
static void* begin_handed(void* user) {
    hotpath_span_begin(&handed, HOTPATH_SPAN_SQL, "SELECT handed", SIZE_MAX);
    return user;
}
static void time_elsewhere_is_not_inside(uint64_t argument) {
    (void)argument;
    for (int i = 0; i < 3; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, begin_handed, NULL);
        pthread_join(thread, NULL);
        pass(1000);
        HOTPATH_FRAME("handed");
        render(10);
        hotpath_span_end(&handed);
    }
    HOTPATH_FRAME("handed");
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_frame_t* f = frame_of(s, "handed");
    for (uint32_t i = 0; i < f->worst_count; i++) {
        check_sum(&f->worst[i]);
        CHECK_EQUAL("inside_count", "a frame", f->worst[i].inside_count, 1);
    }
    hotpath_snapshot_free(s);
}

/* The child of a fork begins with no frame. */
static void fork_starts_empty(uint64_t argument) {
    (void)argument;
    for (int i = 0; i < 5; i++) {
        HOTPATH_FRAME("main");
        render(10);
    }
    pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < 3; i++) {
            HOTPATH_FRAME("main");
            render(20);
        }
        hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
        const hotpath_frame_t* f = frame_of(s, "main");
        CHECK_EQUAL("count", "the child", f->count, 2);
        CHECK_EQUAL("id", "the child", f->worst[0].id == 1 || f->worst[0].id == 2, 1);
        check_row(inside_of(s, f->worst, "render"), "render", 1, 20, 20, 20);
        truth_end_child();
    }
    truth_wait_for(child);
}

/* A difference: what frames did after the older snapshot. */
static void difference_is_exact(uint64_t argument) {
    (void)argument;
    for (uint64_t i = 1; i <= 200; i++) {
        HOTPATH_FRAME_BUDGET("main", BUDGET);
        play(round_at(i));
    }
    HOTPATH_FRAME_BUDGET("main", BUDGET);
    hotpath_snapshot_t* older = hotpath_snapshot_take(NULL);
    uint64_t total = 0, jitter = 0;
    for (uint64_t i = 201; i <= 500; i++) {
        uint64_t d = duration_of(round_at(i)), before = duration_of(round_at(i - 1));
        play(round_at(i));
        HOTPATH_FRAME_BUDGET("main", BUDGET);
        total += d;
        jitter += d > before ? d - before : before - d;
    }
    hotpath_snapshot_t* newer = hotpath_snapshot_take(NULL);
    hotpath_snapshot_t* s = hotpath_snapshot_difference(newer, older, NULL);
    const hotpath_frame_t* f = frame_of(s, "main");
    CHECK_EQUAL("count", "main", f->count, 300);
    CHECK_EQUAL("over_budget", "main", f->over_budget, 3);
    CHECK_EQUAL("total_ns", "main", f->total_ns, total);
    CHECK_EQUAL("jitter_sum_ns", "main", f->jitter_sum_ns, jitter);
    CHECK_EQUAL("jitter_count", "main", f->jitter_count, 300);
    CHECK_NEAR("fps", "main", f->fps, 300 * 1e9 / (double)total, 1e-3 * 300 * 1e9 / (double)total);
    for (uint32_t k = 0; k < f->worst_count; k++)
        CHECK(f->worst[k].id > 200, "frame %" PRIu64, f->worst[k].id);
    CHECK_EQUAL("the first", "worst", f->worst[0].id, 485);
    CHECK_EQUAL("inside_count", "worst", f->worst[0].inside_count, 3);
    check_sum(&f->worst[0]);
    hotpath_snapshot_free(older);
    hotpath_snapshot_free(newer);
    CHECK_EQUAL("self_ns", "physics", inside_of(s, f->worst, "physics")->self_ns,
        physics_self(round_at(485)));
    hotpath_snapshot_free(s);
}

IN_CHILD(model_is_exact)
IN_CHILD(no_period)
IN_CHILD(period_with_noise)
IN_CHILD(open_scopes_are_credited)
IN_CHILD(more_scopes_than_rows)
IN_CHILD(more_nodes_than_watched)
IN_CHILD(threads_leave_their_frames)
IN_CHILD(off_is_no_frame)
IN_CHILD(budget_of_the_next_frame)
IN_CHILD(contexts_are_said)
IN_CHILD(foreign_time_is_not_inside)
IN_CHILD(time_elsewhere_is_not_inside)
IN_CHILD(fork_starts_empty)
/* Phases: how long each was, however often, on each thread; the last ones end with their threads. */
static void* phases_of_thread(void* user) {
    (void)user;
    HOTPATH_MARK("work");
    render(1000);
    return NULL;
}
static const hotpath_function_t* phase_of(const hotpath_snapshot_t* s, const char* name) {
    size_t count;
    const hotpath_function_t* f = hotpath_snapshot_functions(s, &count);
    for (size_t i = 0; i < count; i++)
        if (f[i].kind == HOTPATH_KIND_MARK && strcmp(f[i].name, name) == 0) return &f[i];
    fprintf(stderr, "no phase %s\n", name);
    abort();
}
static void check_phase(const hotpath_snapshot_t* s, const char* name, uint64_t count,
    uint64_t total, uint64_t min, uint64_t max) {
    const hotpath_function_t* f = phase_of(s, name);
    CHECK_EQUAL("calls", name, f->calls, count);
    CHECK_EQUAL("completed", name, f->completed, count);
    CHECK_EQUAL("total_ns", name, f->total_ns, total);
    CHECK_EQUAL("self_ns", name, f->self_ns, 0);
    CHECK_EQUAL("min_ns", name, f->min_ns, min);
    CHECK_EQUAL("max_ns", name, f->max_ns, max);
}
static void phases_are_exact(uint64_t argument) {
    (void)argument;
    pthread_t thread;
    pass(77);
    HOTPATH_MARK("load");
    render(500);
    HOTPATH_MARK("work");
    if (pthread_create(&thread, NULL, phases_of_thread, NULL) != 0) abort();
    pthread_join(thread, NULL);
    render(200);
    HOTPATH_MARK("load");
    pass(300);
    HOTPATH_MARK("work");
    pass(40);
    hotpath_enable(false);
    HOTPATH_MARK("off");
    pass(5000);
    hotpath_enable(true);
    pass(50);
    HOTPATH_MARK("rest");
    pass(3);
    HOTPATH_MARK("end");
    pass(9);
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    check_phase(s, "load", 2, 800, 300, 500);
    check_phase(s, "work", 2, 2200, 1000, 1200);
    check_phase(s, "rest", 1, 3, 3, 3);
    check_phase(s, "end", 0, 0, 0, 0);
    size_t count;
    const hotpath_node_t* nodes = hotpath_snapshot_nodes(s, &count);
    CHECK_EQUAL("nodes", "the tree", count, 1);
    CHECK_EQUAL("total_ns", "render", nodes->total_ns, 1700);
    truth_text_t text = truth_render(s, HOTPATH_FORMAT_JSON);
    truth_json_t* json = truth_json_read(text.data);
    const truth_json_t* phases = truth_json_get(json, "phases");
    const truth_json_t* row = truth_json_first(phases, "data");
    CHECK_EQUAL("total_count", "phases", truth_json_u64(phases, "total_count"), 3);
    CHECK_TEXT("name", "the first", truth_json_text(row, "name"), "load");
    CHECK_EQUAL("count", "load", truth_json_u64(row, "count"), 2);
    CHECK_EQUAL("total_ns", "load", truth_json_u64(row, "total_ns"), 800);
    CHECK_EQUAL("max_ns", "load", truth_json_u64(row, "max_ns"), 500);
    const truth_json_t* functions = truth_json_get(json, "functions_timing");
    CHECK_EQUAL("rows", "functions", truth_json_u64(functions, "total_count"), 1);
    truth_json_free(json);
    truth_text_free(&text);
    text = truth_render(s, HOTPATH_FORMAT_TABLE);
    CHECK(strstr(text.data, "\nPhase  Count    Total") != NULL, "%s", text.data);
    CHECK(strstr(text.data, "\nload       2   800 ns") != NULL, "%s", text.data);
    truth_text_free(&text);
    hotpath_snapshot_free(s);
}

/* Plots: the last frames, oldest first, and each gauge as each of them ended. */
static const hotpath_plot_t* plot_of(const hotpath_frame_t* f, const char* name) {
    for (uint32_t i = 0; i < f->plots_count; i++)
        if (strcmp(f->plots[i].name, name) == 0) return &f->plots[i];
    fprintf(stderr, "no plot of %s\n", name);
    abort();
}
static void play_plotted(uint64_t i) {
    HOTPATH_FRAME("plotted");
    HOTPATH_GAUGE_SET("round", i);
    pass(100 + i % 10);
    HOTPATH_GAUGE_SET("half", (double)i / 2);
    if (i >= 30) HOTPATH_GAUGE_INC("late", 2);
}
static void check_plots(const hotpath_frame_t* f, uint64_t first, uint64_t last) {
    const hotpath_plot_t *round = plot_of(f, "round"), *half = plot_of(f, "half");
    CHECK_EQUAL("recent_count", "plotted", f->recent_count, last - first + 1);
    for (uint32_t k = 0; k < f->recent_count; k++) {
        uint64_t i = first + k;
        CHECK_EQUAL("id", "a frame", f->recent[k].id, i);
        CHECK_EQUAL("duration_ns", "a frame", f->recent[k].duration_ns, 100 + i % 10);
        if (k > 0)
            CHECK_EQUAL("at_ns", "a frame", f->recent[k].at_ns,
                f->recent[k - 1].at_ns + f->recent[k - 1].duration_ns);
        CHECK_EQUAL("round", "a frame", round->values[k].as.i, i);
        CHECK_EQUAL("type", "round", round->values[k].type, HOTPATH_VALUE_INT);
        CHECK_NEAR("half", "a frame", half->values[k].as.d, (double)i / 2, 0);
        CHECK_EQUAL("type", "half", half->values[k].type, HOTPATH_VALUE_DOUBLE);
    }
}
static void plots_are_exact(uint64_t argument) {
    (void)argument;
    for (uint64_t i = 1; i <= 40; i++)
        play_plotted(i);
    HOTPATH_FRAME("plotted"); /* frame 40 ends */
    hotpath_snapshot_t* early = hotpath_snapshot_take(NULL);
    const hotpath_frame_t* f = frame_of(early, "plotted");
    check_plots(f, 1, 40);
    CHECK_EQUAL("plots", "plotted", f->plots_count, 3);
    const hotpath_plot_t* late = plot_of(f, "late");
    for (uint32_t k = 0; k < 40; k++) {
        CHECK_EQUAL("type", "late", late->values[k].type,
            k + 1 < 30 ? HOTPATH_VALUE_NONE : HOTPATH_VALUE_INT);
        if (k + 1 >= 30) CHECK_EQUAL("late", "a frame", late->values[k].as.i, 2 * (k + 1 - 29));
    }
    HOTPATH_GAUGE_SET("round", 41);
    pass(101);
    HOTPATH_GAUGE_SET("half", 20.5);
    for (uint64_t i = 42; i <= 200; i++)
        play_plotted(i);
    HOTPATH_FRAME("plotted");
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    check_plots(frame_of(s, "plotted"), 200 - 63, 200);
    size_t count;
    const hotpath_entry_t* entries = hotpath_snapshot_entries(s, &count);
    CHECK_TEXT("name", "the entry",
        entries[plot_of(frame_of(s, "plotted"), "half")->entry - 1].name, "half");
    truth_text_t text = truth_render(s, HOTPATH_FORMAT_JSON);
    truth_json_t* json = truth_json_read(text.data);
    const truth_json_t* row = truth_json_get(truth_json_get(json, "frames"), "data")->child;
    CHECK_EQUAL("recent", "the report", truth_json_get(row, "recent")->count, 64);
    CHECK_EQUAL("id", "the newest", truth_json_u64(truth_json_get(row, "recent")->last, "id"), 200);
    const truth_json_t* gauge = truth_json_get(row, "gauges")->child;
    CHECK_TEXT("name", "the first gauge", truth_json_text(gauge, "name"), "round");
    CHECK_TEXT("value", "the newest", truth_json_get(gauge, "values")->last->text, "200");
    truth_json_free(json);
    truth_text_free(&text);
    hotpath_snapshot_t* d = hotpath_snapshot_difference(s, early, NULL);
    check_plots(frame_of(d, "plotted"), 200 - 63, 200);
    hotpath_snapshot_free(d);
    for (uint64_t i = 201; i <= 210; i++) {
        HOTPATH_GAUGE_SET("round", i);
        HOTPATH_GAUGE_SET("half", (double)i / 2);
        pass(100 + i % 10);
        HOTPATH_FRAME("plotted");
    }
    hotpath_snapshot_t* last = hotpath_snapshot_take(NULL);
    d = hotpath_snapshot_difference(last, s, NULL);
    check_plots(frame_of(d, "plotted"), 201, 210);
    hotpath_snapshot_free(d);
    hotpath_snapshot_free(last);
    hotpath_snapshot_free(s);
    hotpath_snapshot_free(early);
}
/* Threads that have ended leave theirs, in the order of time; past the bound further gauges have none. */
static void* plot_thread(void* user) {
    uint64_t number = *(uint64_t*)user;
    for (uint64_t i = 0; i < 11; i++) {
        HOTPATH_FRAME("of threads");
        HOTPATH_GAUGE_SET("thread", number);
        HOTPATH_GAUGE_SET("frame", i);
        pass(10);
    }
    return NULL;
}
static void plots_of_threads(uint64_t argument) {
    (void)argument;
    pthread_t thread;
    for (uint64_t number = 1; number <= 3; number++) {
        if (number == 3) /* found between the others by who comes later */
            for (int i = 0; i < 20; i++) {
                char key[20];
                snprintf(key, sizeof key, "gauge %d", i);
                hotpath_site_t site = HOTPATH_SITE_INIT("", HOTPATH_KIND_GAUGE);
                site.name = key;
                hotpath_gauge(&site, HOTPATH_GAUGE_OP_SET, hotpath_i_value_of_int(i));
            }
        if (pthread_create(&thread, NULL, plot_thread, &number) != 0) abort();
        pthread_join(thread, NULL);
    }
    uint64_t number = 4; /* of a living one, too */
    plot_thread(&number);
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    const hotpath_frame_t* f = frame_of(s, "of threads");
    CHECK_EQUAL("plots", "all", f->plots_count, HOTPATH_PLOT_GAUGES);
    CHECK_EQUAL(
        "recent_count", "all", f->recent_count, 20); /* each ended thread has the same ids */
    for (uint32_t k = 0; k < f->recent_count; k++) {
        uint64_t of = k < 10 ? 3 : 4, frame = k % 10;
        CHECK_EQUAL("id", "a frame", f->recent[k].id, frame + 1);
        CHECK_EQUAL("thread", "a frame", plot_of(f, "thread")->values[k].as.i, of);
        CHECK_EQUAL("frame", "a frame", plot_of(f, "frame")->values[k].as.i, frame);
        CHECK_EQUAL("gauge 7", "a frame", plot_of(f, "gauge 7")->values[k].as.i, 7);
    }
    CHECK_EQUAL("thread", "both", f->recent[0].thread != f->recent[19].thread, 1);
    hotpath_snapshot_free(s);
}

IN_CHILD(phases_are_exact)
IN_CHILD(plots_are_exact)
IN_CHILD(plots_of_threads)
IN_CHILD(difference_is_exact)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_model_is_exact),
        cmocka_unit_test(test_no_period),
        cmocka_unit_test(test_period_with_noise),
        cmocka_unit_test(test_open_scopes_are_credited),
        cmocka_unit_test(test_more_scopes_than_rows),
        cmocka_unit_test(test_more_nodes_than_watched),
        cmocka_unit_test(test_threads_leave_their_frames),
        cmocka_unit_test(test_off_is_no_frame),
        cmocka_unit_test(test_budget_of_the_next_frame),
        cmocka_unit_test(test_contexts_are_said),
        cmocka_unit_test(test_foreign_time_is_not_inside),
        cmocka_unit_test(test_time_elsewhere_is_not_inside),
        cmocka_unit_test(test_fork_starts_empty),
        cmocka_unit_test(test_phases_are_exact),
        cmocka_unit_test(test_plots_are_exact),
        cmocka_unit_test(test_plots_of_threads),
        cmocka_unit_test(test_difference_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
