/* FLAGS: -DHOTPATH_MCP */
/* LIBS: -lcivetweb */
/* RECORDER: server */
/* Truth of the tools futures, future_logs and tokio_runtime: what /api and MCP say of tasks and of
   runtimes on a virtual clock is what was done, for all the time and for a window. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "virtual_clock.h"
#include "hotpath.h"
#include "mcp_server.h"
#include "mcp_truth.h"

static void poll_of(hotpath_task_t* task, uint64_t ns) {
    HOTPATH_TASK_POLL_BEGIN(task);
    pass(ns);
    HOTPATH_TASK_POLL_END(task);
}
static hotpath_task_t done, waiting, running;

/* Three tasks: one is done after two polls, one waits, one is being polled. */
static void three_tasks(void) {
    hotpath_task_create(&done, "job", __FILE__, 7);
    hotpath_task_create(&waiting, "job", __FILE__, 7);
    hotpath_task_create(&running, "job", __FILE__, 7);
    pass(10);
    poll_of(&done, 30);
    poll_of(&waiting, 5);
    pass(15);
    HOTPATH_TASK_POLL_BEGIN(&done);
    pass(50);
    HOTPATH_TASK_RESULT(&done, 42);
    HOTPATH_TASK_POLL_END(&done);
    pass(90);
    HOTPATH_TASK_POLL_BEGIN(&running);
    pass(8);
}
#define CHECK_KEY(of, row, key, value) \
    CHECK_EQUAL(key, of, truth_json_u64(truth_json_get(row, key) ? (row) : NULL, key), value)

static void answers_are_exact(uint64_t argument) {
    (void)argument;
    char* text = NULL;
    hotpath_task_t other;
    three_tasks();
    hotpath_task_create(&other, "less", "", 0);
    poll_of(&other, 1);
    serve();
    truth_json_t* answer = ask(server_port(), "/api/futures?filter=job", &text);
    const truth_json_t* row = first_row(answer);
    CHECK_TEXT("label", "job", truth_json_text(row, "label"), "job");
    CHECK_KEY("job", row, "call_count", 3);
    CHECK_KEY("job", row, "done", 1);
    CHECK_KEY("job", row, "pending", 2);
    CHECK_KEY("job", row, "running", 1);
    CHECK_KEY("job", row, "oldest_ns", 209);
    CHECK_KEY("job", row, "idle_ns", 164); /* since the end of its poll */
    CHECK_KEY("job", row, "total_polls", 4);
    CHECK_KEY("job", row, "total_poll_duration_ns", 30 + 5 + 50 + 9);
    CHECK_KEY("job", row, "max_ns", 50);
    CHECK_KEY("job", row, "wait_ns", 10 + 40 + 20 + 200 + 164);
    CHECK_KEY("job", row, "wait_max_ns", 200);
    CHECK_KEY("job", row, "life_max_ns", 110);
    check_mcp(server_port(), "futures", "{\"filter\":\"job\"}", text);
    truth_json_free(answer);
    free(text);
    answer = ask(server_port(), "/api/futures?sort=oldest&response_format=detailed", &text);
    CHECK_EQUAL("total_count", "futures", truth_json_u64(answer, "total_count"), 2);
    CHECK_TEXT("label", "the oldest", truth_json_text(first_row(answer), "label"), "job");
    CHECK_KEY("job", first_row(answer), "misused", 0);
    truth_json_free(answer);
    free(text);
}
static void logs_are_exact(uint64_t argument) {
    (void)argument;
    char* text = NULL;
    three_tasks();
    serve();
    truth_json_t* answer = ask(server_port(), "/api/future_logs?future_name=job", &text);
    CHECK_EQUAL("call_count", "job", truth_json_u64(answer, "call_count"), 3);
    CHECK_EQUAL("rows", "job", truth_json_u64(answer, "included_count"), 3);
    const truth_json_t* row = first_row(answer);
    CHECK_KEY("waiting", row, "id", 2);
    CHECK_TEXT("state", "waiting", truth_json_text(row, "state"), "suspended");
    CHECK_KEY("waiting", row, "state_ns", 163);
    CHECK_KEY("waiting", row, "poll_count", 1);
    CHECK_KEY("waiting", row, "total_poll_duration_ns", 5);
    row = row->next;
    CHECK_TEXT("state", "running", truth_json_text(row, "state"), "running");
    CHECK_KEY("running", row, "last_poll_duration_ns", 8);
    row = row->next;
    CHECK_TEXT("state", "done", truth_json_text(row, "state"), "ready");
    CHECK_KEY("done", row, "id", 1);
    CHECK_KEY("done", row, "poll_count", 2);
    CHECK_KEY("done", row, "total_poll_duration_ns", 80);
    CHECK_KEY("done", row, "max_poll_duration_ns", 50);
    CHECK_KEY("done", row, "last_poll_duration_ns", 50);
    CHECK_KEY("done", row, "life_ns", 110);
    CHECK_KEY("done", row, "result", 42);
    check_mcp(server_port(), "future_logs", "{\"future_name\":\"job\"}", text);
    truth_json_free(answer);
    free(text);
    answer = ask(server_port(), "/api/future_logs?future_name=job&order=slowest&limit=1", &text);
    CHECK_KEY("slowest", first_row(answer), "id", 1);
    truth_json_free(answer);
    free(text);
}
/* A pool of two and a loop, and what each says when there is none. */
static void runtimes_are_exact(uint64_t argument) {
    (void)argument;
    char* text = NULL;
    hotpath_runtime_t pool, loop;
    hotpath_token_t token;
    serve();
    client_reply_t none = client_get(server_port(), "/api/tokio_runtime");
    CHECK(none.status == 400 && strstr(none.body, "hotpath_runtime_create") != NULL,
        "without a runtime: %d %s", none.status, none.body);
    client_free(&none);
    hotpath_runtime_create(&pool, "pool", 2);
    hotpath_runtime_create(&loop, "loop", 0);
    hotpath_runtime_park(&pool, 1, &token);
    pass(30);
    hotpath_runtime_unpark(&pool, 1, &token);
    pass(2000000);
    hotpath_runtime_polled(&pool, 1, 5);
    hotpath_runtime_stolen(&pool, 1, 2);
    hotpath_runtime_spawned(&pool, 9);
    hotpath_runtime_finished(&pool, 5);
    hotpath_runtime_queued(&pool, 3);
    hotpath_runtime_worker_end(&pool, 1);
    hotpath_runtime_park(&loop, 0, &token);
    pass(10);
    hotpath_runtime_unpark(&loop, 0, &token);
    pass(70);
    hotpath_runtime_park(&loop, 0, &token);
    truth_json_t* answer = ask(server_port(), "/api/tokio_runtime", &text);
    CHECK_KEY("all", answer, "num_workers", 3);
    CHECK_KEY("all", answer, "num_alive_tasks", 4);
    CHECK_KEY("all", answer, "global_queue_depth", 3);
    const truth_json_t* row = first_row(answer);
    const truth_json_t* worker = truth_json_get(row, "workers")->child->next;
    CHECK_TEXT("label", "pool", truth_json_text(row, "label"), "pool");
    CHECK_KEY("worker", worker, "park_count", 1);
    CHECK_KEY("worker", worker, "poll_count", 5);
    CHECK_KEY("worker", worker, "steal_count", 2);
    CHECK_KEY("worker", worker, "parked_ns", 30);
    CHECK_KEY("worker", worker, "busy_ns", 2000000);
    CHECK_NEAR(
        "busy_duration_ms", "worker", truth_json_double(worker, "busy_duration_ms"), 2, 1e-9);
    CHECK_KEY("loop", row->next, "lag_count", 1);
    CHECK_KEY("loop", row->next, "lag_max_ns", 70);
    CHECK_KEY("loop", row->next, "lag_p99_ns", 70);
    check_mcp(server_port(), "tokio_runtime", "{}", text);
    check_mcp(server_port(), "runtime", "{}", text); /* a name that is not in the list */
    truth_json_free(answer);
    free(text);
}
static void windows_are_exact(uint64_t argument) {
    (void)argument;
    char *text = NULL, path[200];
    hotpath_runtime_t pool;
    hotpath_runtime_create(&pool, "pool", 1);
    three_tasks();
    HOTPATH_TASK_POLL_END(&running);
    hotpath_runtime_polled(&pool, 0, 5);
    serve();
    truth_json_t* answer = ask(server_port(), "/api/futures", &text);
    char since[80];
    snprintf(since, sizeof since, "%s", truth_json_text(answer, "next_since"));
    truth_json_free(answer);
    free(text);
    pass(11);
    poll_of(&waiting, 6);
    hotpath_runtime_polled(&pool, 0, 2);
    snprintf(path, sizeof path, "/api/futures?since=%s", since);
    answer = ask(server_port(), path, &text);
    const truth_json_t* row = first_row(answer);
    CHECK_KEY("job", row, "call_count", 0);
    CHECK_KEY("job", row, "done", 0);
    CHECK_KEY("job", row, "pending", 2);
    CHECK_KEY("job", row, "total_polls", 1);
    CHECK_KEY("job", row, "total_poll_duration_ns", 6);
    truth_json_free(answer);
    free(text);
    snprintf(path, sizeof path, "/api/tokio_runtime?since=%s", since);
    answer = ask(server_port(), path, &text);
    CHECK_KEY("worker", truth_json_get(first_row(answer), "workers")->child, "poll_count", 2);
    truth_json_free(answer);
    free(text);
}

/* A loop of a hundred rounds, of which every tenth one is kept long by one of its two callbacks. */
static void rounds(uint64_t long_ns) {
    hotpath_runtime_t loop;
    hotpath_token_t token;
    hotpath_runtime_create(&loop, "the loop", 0);
    HOTPATH_SCOPE("run");
    for (int i = 0; i < 100; i++) {
        hotpath_runtime_park(&loop, 0, &token);
        pass(1000000);
        hotpath_runtime_unpark(&loop, 0, &token);
        {
            HOTPATH_SCOPE("on_timer");
            pass(2000);
        }
        HOTPATH_SCOPE("on_read");
        pass(i % 10 == 5 ? long_ns : 1000);
    }
    hotpath_runtime_park(&loop, 0, &token);
    hotpath_runtime_unpark(&loop, 0, &token);
}
static void who_keeps_the_loop(uint64_t argument) {
    (void)argument;
    char* text = NULL;
    rounds(30000000);
    serve();
    truth_json_t* answer = ask(server_port(), "/api/bottlenecks", &text);
    const truth_json_t* row = first_row(answer);
    const truth_json_t* numbers = truth_json_get(row, "numbers");
    CHECK_TEXT("cause", "the first", truth_json_text(row, "cause"), "loop_lag");
    CHECK_TEXT("subject", "the first", truth_json_text(row, "subject"), "on_read");
    CHECK_TEXT("loop", "the first", truth_json_text(numbers, "loop"), "the loop");
    CHECK_NEAR("lag_max_ns", "loop", truth_json_double(numbers, "lag_max_ns"), 30002000, 0);
    CHECK_NEAR("max_ns", "on_read", truth_json_double(numbers, "max_ns"), 30000000, 0);
    CHECK_NEAR("calls", "on_read", truth_json_double(numbers, "calls"), 100, 0);
    CHECK_NEAR("total_ns", "on_read", truth_json_double(numbers, "total_ns"), 300090000, 0);
    truth_json_free(answer);
    free(text);
}
static void a_healthy_loop(uint64_t argument) {
    (void)argument;
    char* text = NULL;
    rounds(50000);
    serve();
    truth_json_t* answer = ask(server_port(), "/api/bottlenecks", &text);
    CHECK(strstr(text, "loop_lag") == NULL, "a loop that is quick: %s", text);
    truth_json_free(answer);
    free(text);
}

/* A pool of two that has lived for so many ns, one of its workers parked for the first of them; of its
   tasks 20 are finished, and so many are alive and wait. */
static void pool_of(
    const char* label, uint64_t ns, uint64_t parked, uint64_t alive, uint64_t queued) {
    hotpath_runtime_t pool;
    hotpath_token_t token;
    hotpath_runtime_create(&pool, label, 2);
    hotpath_runtime_worker_begin(&pool, 1);
    hotpath_runtime_park(&pool, 0, &token);
    pass(parked);
    hotpath_runtime_unpark(&pool, 0, &token);
    hotpath_runtime_spawned(&pool, 20 + alive);
    pass(ns - parked);
    hotpath_runtime_finished(&pool, 20);
    hotpath_runtime_queued(&pool, queued);
}
static void a_starved_pool(uint64_t argument) {
    (void)argument;
    char* text = NULL;
    pool_of("jobs", 1000000000, 100000000, 20, 18);
    serve();
    truth_json_t* answer = ask(server_port(), "/api/bottlenecks", &text);
    const truth_json_t* row = first_row(answer);
    const truth_json_t* numbers = truth_json_get(row, "numbers");
    CHECK_TEXT("cause", "the first", truth_json_text(row, "cause"), "pool_starved");
    CHECK_TEXT("subject", "the first", truth_json_text(row, "subject"), "jobs");
    CHECK_NEAR("impact_percent", "jobs", truth_json_double(row, "impact_percent"), 90, 0);
    CHECK_NEAR("queue_depth", "jobs", truth_json_double(numbers, "queue_depth"), 18, 0);
    CHECK_NEAR("num_workers", "jobs", truth_json_double(numbers, "num_workers"), 2, 0);
    CHECK_NEAR("busy_percent", "jobs", truth_json_double(numbers, "busy_percent"), 95, 0);
    CHECK_NEAR("finished", "jobs", truth_json_double(numbers, "finished_per_sec"), 20, 0);
    CHECK_NEAR("queue_ns", "jobs", truth_json_double(numbers, "queue_ns"), 900000000, 0);
    check_mcp(server_port(), "bottlenecks", "{}", text);
    truth_json_free(answer);
    free(text);
}
/* Both of its workers sleep, and tasks were queued. */
static void sleepers(const char* label, uint64_t queued, uint64_t ns) {
    static hotpath_token_t tokens[2];
    hotpath_runtime_t pool;
    hotpath_runtime_create(&pool, label, 2);
    hotpath_runtime_spawned(&pool, 4);
    hotpath_runtime_queued(&pool, queued);
    hotpath_runtime_park(&pool, 0, &tokens[0]);
    pass(7);
    hotpath_runtime_park(&pool, 1, &tokens[1]);
    pass(ns);
}
static void a_pool_asleep(uint64_t argument) {
    (void)argument;
    char* text = NULL;
    sleepers("jobs", 3, 1000000000);
    serve();
    truth_json_t* answer = ask(server_port(), "/api/bottlenecks", &text);
    const truth_json_t* row = first_row(answer);
    const truth_json_t* numbers = truth_json_get(row, "numbers");
    CHECK_TEXT("cause", "the first", truth_json_text(row, "cause"), "pool_asleep");
    CHECK_TEXT("subject", "the first", truth_json_text(row, "subject"), "jobs");
    CHECK_NEAR("impact_percent", "jobs", truth_json_double(row, "impact_percent"), 75, 0);
    CHECK_NEAR("queue_depth", "jobs", truth_json_double(numbers, "queue_depth"), 3, 0);
    CHECK_NEAR("parked_ns", "jobs", truth_json_double(numbers, "parked_ns"), 1000000000, 0);
    truth_json_free(answer);
    free(text);
}
/* Pools that just are no finding, each for one reason. */
static void healthy_pools(uint64_t argument) {
    char* text = NULL;
    if (argument == 0) {
        pool_of("its queue is shorter than two for each", 1000000000, 0, 5, 3);
        pool_of("does not tell what it has", 1000000000, 0, 0, 18);
        pool_of("has no queue", 1000000000, 0, 20, 0);
        pool_of("parks for more than a twentieth", 1000000000, 100000002, 20, 18);
    } else if (argument == 1) {
        pool_of("has not lived for long", 999999999, 0, 20, 18);
    } else {
        sleepers("has nothing to do", 0, 3000000000u);
        sleepers("just woken", 3, 999999999);
    }
    serve();
    truth_json_t* answer = ask(server_port(), "/api/bottlenecks", &text);
    CHECK(strstr(text, "\"pool_") == NULL, "healthy pools: %s", text);
    CHECK(strstr(text, ", runtimes\"") != NULL, "that were looked at: %s", text);
    truth_json_free(answer);
    free(text);
}

IN_CHILD(answers_are_exact)
IN_CHILD(a_starved_pool)
IN_CHILD(a_pool_asleep)
IN_CHILD(who_keeps_the_loop)
IN_CHILD(a_healthy_loop)
IN_CHILD(logs_are_exact)
IN_CHILD(runtimes_are_exact)
IN_CHILD(windows_are_exact)

static void test_healthy_pools(void** state) {
    (void)state;
    for (uint64_t argument = 0; argument < 3; argument++)
        truth_in_child(healthy_pools, argument);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_are_exact),
        cmocka_unit_test(test_logs_are_exact),
        cmocka_unit_test(test_runtimes_are_exact),
        cmocka_unit_test(test_windows_are_exact),
        cmocka_unit_test(test_who_keeps_the_loop),
        cmocka_unit_test(test_a_healthy_loop),
        cmocka_unit_test(test_a_starved_pool),
        cmocka_unit_test(test_a_pool_asleep),
        cmocka_unit_test(test_healthy_pools),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
