/* What the tests of the adapters of event loops look up: include it after law.h. */
#ifndef HOTPATH_TESTS_LOOP_ROWS_H
#define HOTPATH_TESTS_LOOP_ROWS_H

/* A runtime as a snapshot of now has it, with its only worker and its functions. */
typedef struct loop_row {
    hotpath_runtime_row_t row;
    hotpath_worker_t worker;
    hotpath_function_t park, lag;
} loop_row_t;

LAW_UNUSED static hotpath_function_t loop_function(const hotpath_snapshot_t* s, uint32_t index) {
    size_t count;
    const hotpath_function_t* functions = hotpath_snapshot_functions(s, &count);
    hotpath_function_t none;
    memset(&none, 0, sizeof none);
    return index < count ? functions[index] : none;
}
LAW_UNUSED static loop_row_t loop_now(const char* label) {
    hotpath_runtime_row_t rows[32];
    loop_row_t now;
    memset(&now, 0, sizeof now);
    hotpath_snapshot_t* s = law_take();
    size_t count = hotpath_snapshot_runtimes(s, rows, 32);
    CHECK_LE(count, 32);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].label, label) != 0) continue;
        now.row = rows[i];
        CHECK(now.row.is_loop);
        CHECK_LE(now.row.workers_count, 1);
        if (now.row.workers_count != 0) now.worker = now.row.workers[0];
        now.row.workers = NULL; /* of the snapshot */
        now.park = loop_function(s, now.row.park);
        now.lag = loop_function(s, now.row.lag);
    }
    hotpath_snapshot_free(s);
    if (now.row.id == 0) law_fail(__FILE__, __LINE__, "no loop \"%s\"", label);
    CHECK_EQ(now.park.calls, now.row.parks);
    CHECK_EQ(now.park.abandoned, 0);
    return now;
}
/* Checks that a loop has had so many rounds, with a callback each. */
LAW_UNUSED static void check_rounds(const char* label, uint64_t rounds) {
    loop_row_t loop = loop_now(label);
    CHECK_EQ(loop.row.parks, rounds);
    CHECK_EQ(loop.row.polls, rounds);
    CHECK_EQ(loop.lag.calls, rounds - 1);
    CHECK_EQ(loop.row.misused, 0);
}
/* The tasks of a label now, without their calls. */
LAW_UNUSED static hotpath_task_row_t tasks_now(const char* label, hotpath_function_t* polls) {
    hotpath_task_row_t rows[32], found;
    memset(&found, 0, sizeof found);
    hotpath_snapshot_t* s = law_take();
    size_t count = hotpath_snapshot_tasks(s, rows, 32);
    CHECK_LE(count, 32);
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].label, label) == 0) found = rows[i];
    if (polls != NULL) *polls = loop_function(s, found.poll);
    hotpath_snapshot_free(s);
    found.calls = NULL;
    CHECK_EQ(found.misused, 0);
    return found;
}
/* Waits until the loop of that label is parked, as another thread may see it. */
LAW_UNUSED static void wait_until_parked(const char* label) {
    for (;;) {
        hotpath_runtime_row_t rows[32];
        hotpath_snapshot_t* s = law_take();
        size_t count = hotpath_snapshot_runtimes(s, rows, 32);
        bool parked = false;
        for (size_t i = 0; i < count; i++)
            if (strcmp(rows[i].label, label) == 0 && rows[i].workers_count != 0)
                parked = rows[i].workers[0].state == HOTPATH_WORKER_PARKED;
        hotpath_snapshot_free(s);
        if (parked) return;
        usleep(1000);
    }
}

#endif /* HOTPATH_TESTS_LOOP_ROWS_H */
