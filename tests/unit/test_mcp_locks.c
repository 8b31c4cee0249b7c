/* FLAGS: -DHOTPATH_MCP */
/* LIBS: -lcivetweb */
/* RECORDER: server */
/* Truth of the tools mutexes and rw_locks: what /api and MCP say is what the snapshot has, and that is
   what was done, on a clock that only the test moves. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "virtual_clock.h"
#include "hotpath.h"
#include "mcp_server.h"
#include "mcp_truth.h"

static hotpath_lock_t cache = HOTPATH_LOCK_INIT("cache");
static hotpath_lock_t shelf = HOTPATH_LOCK_INIT_KIND("shelf", HOTPATH_KIND_RWLOCK);
static hotpath_lock_t ready = HOTPATH_LOCK_INIT_KIND("ready", HOTPATH_KIND_CONDITION);

static void hold(hotpath_lock_t* lock, bool shared, uint64_t ns) {
    hotpath_lock_acquired(lock, shared, NULL);
    pass(ns);
    hotpath_lock_released(lock);
}
static void wait_for(hotpath_lock_t* lock, bool shared, uint64_t ns) {
    hotpath_wait_t wait;
    hotpath_lock_wait(lock, shared, &wait);
    pass(ns);
    hotpath_lock_acquired(lock, shared, &wait);
}
static void evict(void) {
    HOTPATH_FUNC();
    hold(&cache, false, 10);
}
/* 90 acquisitions of the cache that do not wait and hold it for 10, 10 that wait for 100 and hold it for
   10; the shelf is read 3 times, and written once after a wait. */
static void use_locks(void) {
    for (int i = 0; i < 90; i++)
        evict();
    for (int i = 0; i < 10; i++) {
        HOTPATH_SCOPE("lookup");
        wait_for(&cache, false, 100);
        pass(10);
        hotpath_lock_released(&cache);
        evict();
    }
    for (int i = 0; i < 3; i++)
        hold(&shelf, true, 20);
    wait_for(&shelf, false, 50);
    pass(5);
    hotpath_lock_released(&shelf);
    wait_for(&ready, false, 1000);
    hotpath_lock_released(&ready);
}
static const truth_json_t* row_named(const truth_json_t* answer, const char* name) {
    const truth_json_t* row = truth_json_first(answer, "data");
    while (row != NULL && strcmp(truth_json_text(row, "name"), name) != 0)
        row = row->next;
    static const truth_json_t none;
    CHECK(row != NULL, "no row %s", name);
    return row != NULL ? row : &none;
}
#define CHECK_FIELD(row, name, value) CHECK_EQUAL(#name, "row", truth_json_u64(row, #name), value)

static void mutexes_are_exact(uint64_t argument) {
    (void)argument;
    char* text = NULL;
    use_locks();
    serve();
    truth_json_t* answer = ask(server_port(), "/api/mutexes", &text);
    CHECK_EQUAL("total_count", "mutexes", truth_json_u64(answer, "total_count"), 2);
    CHECK_TEXT(
        "the first", "by wait", truth_json_text(truth_json_first(answer, "data"), "name"), "cache");
    const truth_json_t* row = row_named(answer, "cache");
    CHECK_TEXT("kind", "cache", truth_json_text(row, "kind"), "mutex");
    CHECK_FIELD(row, count, 110);
    CHECK_FIELD(row, contended, 10);
    CHECK_FIELD(row, wait_total_ns, 1000);
    CHECK_NEAR("wait_avg_ns", "cache", truth_json_double(row, "wait_avg_ns"), 1000.0 / 110, 0.006);
    CHECK_FIELD(row, wait_p50_ns, 0); /* most had not to wait */
    CHECK_FIELD(row, wait_p95_ns, 100);
    CHECK_FIELD(row, wait_p99_ns, 100);
    CHECK_FIELD(row, wait_max_ns, 100);
    CHECK_FIELD(row, hold_total_ns, 1100);
    CHECK_FIELD(row, hold_p50_ns, 10);
    CHECK_FIELD(row, hold_max_ns, 10);
    CHECK(truth_json_get(row, "held") == NULL, "what is 0 is left out");
    const truth_json_t* pair = truth_json_first(row, "holders");
    CHECK_TEXT("holder", "cache", truth_json_text(pair, "holder"), "evict");
    CHECK_TEXT("waiter", "cache", truth_json_text(pair, "waiter"), "lookup");
    CHECK_FIELD(pair, waits, 10);
    CHECK_FIELD(pair, wait_ns, 1000);
    CHECK_FIELD(pair, wait_max_ns, 100);
    CHECK_FIELD(pair, thread_id, 1);
    CHECK(pair->next == NULL, "one pair");
    row = row_named(answer, "ready");
    CHECK_TEXT("kind", "ready", truth_json_text(row, "kind"), "condition");
    CHECK_FIELD(row, contended, 1);
    CHECK_FIELD(row, wait_total_ns, 1000);
    CHECK_FIELD(row, released, 1);
    check_mcp(server_port(), "mutexes", "{}", text);
    truth_json_free(answer);
    free(text);
    answer = ask(server_port(), "/api/mutexes?response_format=detailed&filter=cache", &text);
    row = row_named(answer, "cache");
    CHECK_TEXT("acquire_avg", "cache", truth_json_text(row, "acquire_avg"), "10 ns");
    CHECK_TEXT("wait_percentiles", "cache",
        truth_json_text(truth_json_get(row, "wait_percentiles"), "p99"), "100 ns");
    CHECK_FIELD(row, held, 0);
    const truth_json_t* waiter = truth_json_first(row, "waiters");
    CHECK_TEXT("name", "waiter", truth_json_text(waiter, "name"), "lookup");
    CHECK_FIELD(waiter, wait_ns, 1000);
    truth_json_free(answer);
    free(text);
}
static void sides_are_exact(uint64_t argument) {
    (void)argument;
    char* text = NULL;
    use_locks();
    serve();
    truth_json_t* answer = ask(server_port(), "/api/rw_locks", &text);
    CHECK_EQUAL("total_count", "rw_locks", truth_json_u64(answer, "total_count"), 1);
    const truth_json_t* row = row_named(answer, "shelf");
    CHECK_FIELD(row, read_count, 3);
    CHECK_FIELD(row, read_hold_total_ns, 60);
    CHECK_FIELD(row, write_count, 1);
    CHECK_FIELD(row, write_contended, 1);
    CHECK_FIELD(row, write_wait_p50_ns, 50);
    CHECK_FIELD(row, write_hold_max_ns, 5);
    CHECK(truth_json_get(row, "read_wait_max_ns") == NULL, "no reader had to wait");
    check_mcp(server_port(), "rw_locks", "{}", text);
    truth_json_free(answer);
    free(text);
}
static void nothing_is_locked(uint64_t argument) {
    (void)argument;
    char* text = NULL;
    { HOTPATH_SCOPE("no lock"); }
    serve();
    truth_json_t* answer = ask(server_port(), "/api/mutexes", &text);
    CHECK(strstr(text, "\"data\":[]") != NULL, "%s", text);
    truth_json_free(answer);
    free(text);
}
/* Four threads' worth of waiting for one lock, in one scope while another holds it: the first finding,
   and who waits for whom in the call tree of what waits. */
static void convoy_is_first(uint64_t argument) {
    (void)argument;
    char* text = NULL;
    for (int i = 0; i < 50; i++) {
        {
            HOTPATH_SCOPE("rebuild");
            hold(&cache, false, 20);
        }
        HOTPATH_SCOPE("lookup");
        wait_for(&cache, false, 400);
        hotpath_lock_released(&cache);
        pass(100);
    }
    serve();
    truth_json_t* answer = ask(server_port(), "/api/bottlenecks", &text);
    const truth_json_t* row = truth_json_first(answer, "data");
    const truth_json_t* numbers = truth_json_get(row, "numbers");
    CHECK_TEXT("cause", "the first", truth_json_text(row, "cause"), "lock_convoy");
    CHECK_TEXT("subject", "the first", truth_json_text(row, "subject"), "cache");
    CHECK_NEAR(
        "impact", "cache", truth_json_double(row, "impact_percent"), 100.0 * 400 / 520, 0.006);
    CHECK_EQUAL("wait_ns", "cache", truth_json_u64(numbers, "wait_ns"), 50 * 400);
    CHECK_EQUAL("contended", "cache", truth_json_u64(numbers, "contended"), 50);
    CHECK_EQUAL("count", "cache", truth_json_u64(numbers, "count"), 100);
    CHECK_EQUAL("wait_max_ns", "cache", truth_json_u64(numbers, "wait_max_ns"), 400);
    CHECK_NEAR("hold_avg_ns", "cache", truth_json_double(numbers, "hold_avg_ns"), 10, 0.006);
    CHECK_TEXT("holder", "cache", truth_json_text(numbers, "holder"), "rebuild");
    CHECK_TEXT("waiter", "cache", truth_json_text(numbers, "waiter"), "lookup");
    const truth_json_t* next = truth_json_get(row, "next");
    CHECK_TEXT("tool", "next", truth_json_text(next, "tool"), "mutexes");
    CHECK_TEXT(
        "filter", "next", truth_json_text(truth_json_get(next, "arguments"), "filter"), "cache");
    truth_json_free(answer);
    free(text);
    answer = ask(server_port(), "/api/query_flamegraph?source=offcpu", &text);
    CHECK_TEXT("source", "tree", truth_json_text(answer, "source"), "offcpu");
    CHECK_EQUAL("whole_ns", "tree", truth_json_u64(answer, "whole_ns"), 50 * 400);
    CHECK_EQUAL("total_count", "tree", truth_json_u64(answer, "total_count"), 2);
    row = truth_json_first(answer, "data");
    CHECK_TEXT("name", "who waits", truth_json_text(row, "name"), "lookup");
    CHECK_EQUAL("total_ns", "who waits", truth_json_u64(row, "total_ns"), 50 * 400);
    CHECK_EQUAL("self_ns", "who waits", truth_json_u64(row, "self_ns"), 0);
    CHECK_TEXT("name", "where", truth_json_text(row->next, "name"), "cache (wait)");
    CHECK_EQUAL("self_ns", "where", truth_json_u64(row->next, "self_ns"), 50 * 400);
    row = truth_json_first(answer, "holders");
    CHECK_TEXT("lock", "for whom", truth_json_text(row, "lock"), "cache");
    CHECK_TEXT("holder", "for whom", truth_json_text(row, "holder"), "rebuild");
    CHECK_EQUAL("wait_ns", "for whom", truth_json_u64(row, "wait_ns"), 50 * 400);
    truth_json_free(answer);
    free(text);
}
/* A lock that few have to wait for is no finding, nor is a worker that waits for work. */
static void nothing_is_found(uint64_t argument) {
    (void)argument;
    char* text = NULL;
    for (int i = 0; i < 1000; i++) {
        HOTPATH_SCOPE("work");
        hold(&cache, false, 10);
        pass(100);
        if (i % 20 == 0) {
            wait_for(&cache, false, 50);
            hotpath_lock_released(&cache);
        }
        wait_for(&ready, false, 1000);
    }
    serve();
    truth_json_t* answer = ask(server_port(), "/api/bottlenecks", &text);
    CHECK(strstr(text, "lock_convoy") == NULL, "%s", text);
    CHECK(strstr(text, "(wait)") == NULL, "%s", text);
    CHECK(strstr(text, "time, locks") != NULL, "locks were looked at: %s", text);
    truth_json_free(answer);
    free(text);
}
IN_CHILD(mutexes_are_exact)
IN_CHILD(convoy_is_first)
IN_CHILD(nothing_is_found)
IN_CHILD(sides_are_exact)
IN_CHILD(nothing_is_locked)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mutexes_are_exact),
        cmocka_unit_test(test_sides_are_exact),
        cmocka_unit_test(test_nothing_is_locked),
        cmocka_unit_test(test_convoy_is_first),
        cmocka_unit_test(test_nothing_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
