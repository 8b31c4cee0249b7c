/* FLAGS: -DHOTPATH_MCP */
/* LIBS: -lcivetweb */
/* RECORDER: server */
/* Truth of the tool frames and of the cause frame_budget: what /api and MCP say of the model of
   frames_model.h is what it says; frames that are all alike are no finding. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "virtual_clock.h"
#include "hotpath.h"
#include "mcp_server.h"
#include "mcp_truth.h"
#include "frames_model.h"

static void answers_are_exact(uint64_t argument) {
    (void)argument;
    char* text = NULL;
    run_model();
    serve();
    truth_json_t* answer = ask(server_port(), "/api/frames", &text);
    check_json_row(first_row(answer), 3);
    CHECK_NEAR("percent_over_budget", "main",
        truth_json_double(first_row(answer), "percent_over_budget"), 1, 0);
    CHECK_EQUAL("total_count", "frames", truth_json_u64(answer, "total_count"), 1);
    check_mcp(server_port(), "frames", "{}", text);
    truth_json_free(answer);
    free(text);
    answer = ask(server_port(), "/api/frames?filter=main&response_format=detailed", &text);
    check_json_row(first_row(answer), 8);
    check_mcp(
        server_port(), "frames", "{\"filter\":\"main\",\"response_format\":\"detailed\"}", text);
    const truth_json_t* worst = truth_json_get(first_row(answer), "worst");
    for (const truth_json_t* w = worst->child; w != NULL; w = w->next)
        for (const truth_json_t* r = truth_json_get(w, "inside")->child; r != NULL; r = r->next)
            if (strcmp(truth_json_text(r, "name"), "collide") == 0)
                CHECK_TEXT("caller", "collide", truth_json_text(r, "caller"), "physics");
    truth_json_free(answer);
    free(text);
}
/* The first finding, and all that it says. */
static void spike_is_first(uint64_t argument) {
    (void)argument;
    char* text = NULL;
    run_model();
    serve();
    truth_json_t* answer = ask(server_port(), "/api/bottlenecks", &text);
    const truth_json_t* row = first_row(answer);
    const truth_json_t* numbers = truth_json_get(row, "numbers");
    const truth_json_t* next = truth_json_get(row, "next");
    uint64_t excess = 0;
    for (uint64_t id = 3 * 97; id <= 10 * 97; id += 97) /* the eight that are kept */
        excess += physics_self(round_at(id)) - median(FRAMES, physics_self);
    CHECK_TEXT("cause", "the first", truth_json_text(row, "cause"), "frame_budget");
    CHECK_TEXT("subject", "the first", truth_json_text(row, "subject"), "main");
    CHECK_EQUAL("over_budget", "main", truth_json_u64(numbers, "over_budget"), 10);
    CHECK_EQUAL("frames", "main", truth_json_u64(numbers, "frames"), FRAMES);
    CHECK_EQUAL("period", "main", truth_json_u64(numbers, "period"), 97);
    CHECK_EQUAL("budget_ns", "main", truth_json_u64(numbers, "budget_ns"), BUDGET);
    CHECK_TEXT("scope", "main", truth_json_text(numbers, "scope"), "physics");
    CHECK_NEAR(
        "excess_ns", "main", truth_json_double(numbers, "excess_ns"), (double)excess / 8, 0.006);
    CHECK_TEXT("tool", "next", truth_json_text(next, "tool"), "frames");
    truth_json_free(answer);
    free(text);
}
/* Frames that are alike, and such as a busy machine makes longer now and then. */
static void nothing_is_found(uint64_t seed) {
    truth_random_t random = {seed};
    char* text = NULL;
    for (uint64_t i = 1; i <= 1000; i++) {
        HOTPATH_FRAME_BUDGET("alike", 120);
        HOTPATH_FRAME_BUDGET("now and then", 120);
        render(100);
        if (truth_below(&random, 100) != 0) continue;
        HOTPATH_FRAME_BUDGET("alike", 120);
        render(truth_below(&random, 1000));
        HOTPATH_FRAME_BUDGET("now and then", 120);
        render(50);
    }
    for (uint64_t i = 1; i <= 100; i++) {
        HOTPATH_FRAME_BUDGET("without a budget", 0);
        render(i % 10 == 0 ? 1000 : 10);
    }
    serve();
    truth_json_t* answer = ask(server_port(), "/api/bottlenecks", &text);
    CHECK(strstr(text, "frame_budget") == NULL, "%s", text);
    CHECK(strstr(text, "\"data\":[{") != NULL, "other causes");
    truth_json_free(answer);
    free(text);
    answer = ask(server_port(), "/api/frames", &text);
    for (const truth_json_t* r = first_row(answer); r != NULL; r = r->next)
        CHECK(truth_json_get(r, "period") == NULL, "a period of %s", truth_json_text(r, "name"));
    truth_json_free(answer);
    free(text);
}
/* A window has what frames did in it. */
static void window_of_a_token(uint64_t argument) {
    (void)argument;
    char* text = NULL;
    for (uint64_t i = 1; i <= 500; i++) {
        HOTPATH_FRAME_BUDGET("main", BUDGET);
        play(round_at(i));
    }
    HOTPATH_FRAME_BUDGET("main", BUDGET);
    serve();
    char path[100], token[40];
    server_token(server_tick(), token, sizeof token);
    snprintf(path, sizeof path, "/api/frames?since=%s", token);
    truth_json_t* answer = ask(server_port(), path, &text);
    CHECK_EQUAL("rows", "nothing yet", truth_json_u64(answer, "total_count"), 0);
    truth_json_free(answer);
    free(text);
    for (uint64_t i = 501; i <= 700; i++) {
        play(round_at(i));
        HOTPATH_FRAME_BUDGET("main", BUDGET);
    }
    answer = ask(server_port(), path, &text);
    const truth_json_t* row = first_row(answer);
    CHECK_EQUAL("count", "main", truth_json_u64(row, "count"), 200);
    CHECK_EQUAL("over_budget", "main", truth_json_u64(row, "over_budget"), 2);
    CHECK_EQUAL("id", "main", truth_json_u64(truth_json_get(row, "worst")->child, "id"), 679);
    truth_json_free(answer);
    free(text);
}

/* The numbers of an array of an answer. */
static uint64_t number_at(const truth_json_t* row, const char* key, uint64_t index) {
    const truth_json_t* list = truth_json_get(row, key);
    const truth_json_t* one = list != NULL ? list->child : NULL;
    while (one != NULL && index-- > 0)
        one = one->next;
    return one != NULL && one->text != NULL ? strtoull(one->text, NULL, 10) : UINT64_MAX;
}
static void plots_and_phases(uint64_t argument) {
    (void)argument;
    char* text = NULL;
    HOTPATH_MARK("start");
    pass(5000);
    HOTPATH_MARK("play");
    for (uint64_t i = 1; i <= 100; i++) {
        HOTPATH_FRAME_BUDGET("main", BUDGET);
        if (i > 90) HOTPATH_GAUGE_SET("late", i);
        play(round_at(i));
        HOTPATH_GAUGE_SET("round", i);
    }
    HOTPATH_FRAME("main");
    HOTPATH_MARK("stop");
    serve();
    for (uint64_t detailed = 0; detailed < 2; detailed++) {
        const uint64_t shown = detailed ? 64 : 32;
        truth_json_t* plots = ask(server_port(),
            detailed ? "/api/frames?view=plots&response_format=detailed" : "/api/frames?view=plots",
            &text);
        const truth_json_t* row = first_row(plots);
        CHECK_TEXT("view", "plots", truth_json_text(plots, "view"), "plots");
        CHECK_TEXT("name", "plots", truth_json_text(row, "name"), "main");
        CHECK_EQUAL("budget_ns", "plots", truth_json_u64(row, "budget_ns"), BUDGET);
        CHECK_EQUAL("ids", "plots", truth_json_get(row, "id")->count, shown);
        CHECK_EQUAL("gauge_count", "plots", truth_json_u64(row, "gauge_count"), 2);
        const truth_json_t* late = truth_json_get(row, "gauges")->child;
        const truth_json_t* round = truth_json_get(row, "gauges")->last;
        if (strcmp(truth_json_text(late, "name"), "late") != 0) {
            const truth_json_t* other = late;
            late = round, round = other;
        }
        for (uint64_t k = 0; k < shown; k++) {
            const uint64_t i = 100 - shown + 1 + k;
            CHECK_EQUAL("id", "a frame", number_at(row, "id", k), i);
            CHECK_EQUAL("duration_ns", "a frame", number_at(row, "duration_ns", k),
                duration_of(round_at(i)));
            CHECK_EQUAL("round", "a frame", number_at(round, "values", k), i);
            CHECK_EQUAL("late", "a frame", number_at(late, "values", k), i > 90 ? i : UINT64_MAX);
        }
        check_mcp(server_port(), "frames",
            detailed ? "{\"view\":\"plots\",\"response_format\":\"detailed\"}"
                     : "{\"view\":\"plots\"}",
            text);
        truth_json_free(plots);
        free(text);
    }
    uint64_t played = 0;
    for (uint64_t i = 1; i <= 100; i++)
        played += duration_of(round_at(i));
    truth_json_t* answer = ask(server_port(), "/api/frames?view=phases", &text);
    const truth_json_t* row = first_row(answer);
    CHECK_EQUAL("total_count", "phases", truth_json_u64(answer, "total_count"), 2);
    CHECK_TEXT("name", "the longest", truth_json_text(row, "name"), "play");
    CHECK_EQUAL("total_ns", "play", truth_json_u64(row, "total_ns"), played);
    CHECK_EQUAL("count", "play", truth_json_u64(row, "count"), 1);
    CHECK_EQUAL("max_ns", "play", truth_json_u64(row, "max_ns"), played);
    CHECK_TEXT("name", "the other", truth_json_text(row->next, "name"), "start");
    CHECK_EQUAL("total_ns", "start", truth_json_u64(row->next, "total_ns"), 5000);
    check_mcp(server_port(), "frames", "{\"view\":\"phases\"}", text);
    truth_json_free(answer);
    free(text);
    answer = ask(server_port(), "/api/frames?view=phases&filter=start", &text);
    CHECK_EQUAL("total_count", "start", truth_json_u64(answer, "total_count"), 1);
    truth_json_free(answer);
    free(text);
}

IN_CHILD(answers_are_exact)
IN_CHILD(plots_and_phases)
IN_CHILD(spike_is_first)
IN_CHILD(nothing_is_found)
IN_CHILD(window_of_a_token)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_are_exact),
        cmocka_unit_test(test_plots_and_phases),
        cmocka_unit_test(test_spike_is_first),
        cmocka_unit_test(test_nothing_is_found),
        cmocka_unit_test(test_window_of_a_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
