/* frames_model.h - a loop whose frames are known, and what an answer of it must say: for the tests of
   frames. Include it after truth.h and virtual_clock.h. */
#ifndef FRAMES_MODEL_H
#define FRAMES_MODEL_H

/* What one frame of the model does. */
typedef struct round {
    uint64_t physics; /* of them a third in its two callees, each called twice */
    uint64_t render;
    uint64_t outside;
} round_t;

static void collide(uint64_t ns) {
    HOTPATH_FUNC();
    pass(ns);
}
static void physics(uint64_t ns) {
    HOTPATH_FUNC();
    for (int i = 0; i < 2; i++)
        collide(ns / 6);
    pass(ns - ns / 6 * 2);
}
static void render(uint64_t ns) {
    HOTPATH_FUNC();
    pass(ns);
}
static void play(round_t r) {
    physics(r.physics);
    render(r.render);
    pass(r.outside);
}
static uint64_t duration_of(round_t r) { return r.physics + r.render + r.outside; }
/* The i-th frame, from 1: each 97th one has a long physics. */
static round_t round_at(uint64_t i) {
    round_t r = {6000 + 6 * (i % 5), 3000 + 5 * i % 7, 100};
    if (i % 97 == 0) r.physics = 60000 + 6 * i;
    return r;
}
/* The median of `value` over the last 32 of the first n frames. */
static uint64_t median(uint64_t n, uint64_t (*value)(round_t)) {
    truth_list_t list = {NULL, 0, 0, false};
    for (uint64_t i = n > 32 ? n - 31 : 1; i <= n; i++)
        truth_list_add(&list, value(round_at(i)));
    truth_list_sort(&list);
    uint64_t middle = list.items[(list.count - 1) / 2];
    truth_list_free(&list);
    return middle;
}
static uint64_t physics_self(round_t r) { return r.physics - r.physics / 6 * 2; }
static uint64_t collide_self(round_t r) { return r.physics / 6 * 2; }
static uint64_t render_self(round_t r) { return r.render; }

enum {
    FRAMES = 1000,
    BUDGET = 16000
};
/* One of a worst frame's scopes, as the report and the server have it; a concise answer is without
   total_ns. */
static void check_json_inside(const truth_json_t* worst, const char* name, uint64_t calls,
    uint64_t total, uint64_t self, uint64_t median_ns) {
    const truth_json_t* row = truth_json_row(worst, "inside", "name", name);
    if (!CHECK(row != NULL, "no %s inside", name)) return;
    CHECK_EQUAL("calls", name, truth_json_u64(row, "calls"), calls);
    if (truth_json_get(row, "total_ns") != NULL)
        CHECK_EQUAL("total_ns", name, truth_json_u64(row, "total_ns"), total);
    CHECK_EQUAL("self_ns", name, truth_json_u64(row, "self_ns"), self);
    CHECK_EQUAL("median_ns", name, truth_json_u64(row, "median_ns"), median_ns);
    CHECK_NEAR("excess_ns", name, truth_json_double(row, "excess_ns"),
        (double)self - (double)median_ns, 0);
}
/* The one row of the frames of the model; `shown` of its worst frames stand there. */
static void check_json_row(const truth_json_t* row, uint32_t shown) {
    uint64_t total = 0;
    for (uint64_t i = 1; i <= FRAMES; i++)
        total += duration_of(round_at(i));
    CHECK_TEXT("name", "the row", truth_json_text(row, "name"), "main");
    CHECK_EQUAL("count", "main", truth_json_u64(row, "count"), FRAMES);
    CHECK_EQUAL("budget_ns", "main", truth_json_u64(row, "budget_ns"), BUDGET);
    CHECK_EQUAL("over_budget", "main", truth_json_u64(row, "over_budget"), FRAMES / 97);
    CHECK_EQUAL("period", "main", truth_json_u64(row, "period"), 97);
    CHECK_NEAR("avg_ns", "main", truth_json_double(row, "avg_ns"), (double)total / FRAMES, 0.006);
    uint32_t count = 0;
    for (const truth_json_t* w = truth_json_first(row, "worst"); w != NULL; w = w->next) {
        uint64_t id = (FRAMES / 97 - count++) * 97;
        round_t r = round_at(id);
        CHECK_EQUAL("id", "a worst frame", truth_json_u64(w, "id"), id);
        CHECK_EQUAL("duration_ns", "a frame", truth_json_u64(w, "duration_ns"), duration_of(r));
        CHECK_EQUAL("unmarked_ns", "a frame", truth_json_u64(w, "unmarked_ns"), 100);
        check_json_inside(
            w, "physics", 1, r.physics, physics_self(r), median(FRAMES, physics_self));
        check_json_inside(
            w, "collide", 2, r.physics / 6 * 2, collide_self(r), median(FRAMES, collide_self));
        if (shown != 8) { /* a concise answer: what is not longer than usual is left out */
            bool there = truth_json_row(w, "inside", "name", "render") != NULL;
            CHECK_EQUAL("render", "a frame", there, r.render > median(FRAMES, render_self));
            continue;
        }
        CHECK(truth_json_get(truth_json_get(w, "inside")->child, "total_ns") != NULL, "total_ns");
        check_json_inside(w, "render", 1, r.render, r.render, median(FRAMES, render_self));
    }
    CHECK_EQUAL("worst", "main", count, shown);
}
static void run_model(void) {
    for (uint64_t i = 1; i <= FRAMES; i++) {
        HOTPATH_FRAME_BUDGET("main", BUDGET);
        play(round_at(i));
    }
    HOTPATH_FRAME("main");
}

#endif /* FRAMES_MODEL_H */
