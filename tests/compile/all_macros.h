/* all_macros.h - what both languages write alike: the short names, blocks, and functions that a program
   calls by hand. Include it after hotpath.h, with HOTPATH_SHORT_NAMES. */
#ifndef HOTPATH_TESTS_ALL_MACROS_H
#define HOTPATH_TESTS_ALL_MACROS_H

/* The short names say the same. */
static int short_names(int x) {
    HP_FUNC_LOG();
    HP_SCOPE("short");
    HP_SCOPE_NAMED("named");
    HP_BEGIN(b, "b");
    HP_END(b);
    HP_ERROR("reason");
    HP_BYTES(16);
    {
        char* block = (char*)HP_MALLOC(10);
        char* copy = HP_STRDUP("copy");
        block = (char*)HP_REALLOC(block, 20);
        HP_FREE(block);
        HP_FREE(copy);
        block = (char*)HP_CALLOC(1, 1);
        HP_ALLOC_EVENT(block, 3);
        HP_FREE_EVENT(block);
        HP_HEAP_ALLOC_EVENT("pool", block, 4);
        HP_HEAP_FREE_EVENT("pool", block);
        HP_HEAP_RESET_EVENT("pool");
        HP_FREE(block);
        HP_FREE(HP_ALIGNED_ALLOC(64, 64));
    }
    HP_THREAD_NAME("main");
    HP_FRAME("frame");
    HP_MARK("phase");
    HP_FRAME_BUDGET("frame", x);
    HP_STREAM_ITEM("items", x);
    HP_VAL("v", x);
    HP_VALUE("v", x);
    HP_TEXT("t", "t");
    HP_MESSAGE("m");
    HP_SCOPE_COLOR("c", 0x00ff00);
    HP_GAUGE_SET("g", x);
    HP_GAUGE_INC("g", x);
    HP_GAUGE_DEC("g", x);
    x = HP_DBG(x);
    x = HP_DBG_FORMAT(v, x, "%d", v);
    {
        HP_FUNC();
        HP_RETURN(x);
    }
}

/* Whether blocks are what was asked for. */
static bool blocks(void) {
    char* block = (char*)HOTPATH_MALLOC(10);
    char* copy = HOTPATH_STRDUP("copy");
    block = (char*)HOTPATH_REALLOC(block, 20);
    HOTPATH_FREE(block);
    HOTPATH_FREE(copy);
    block = (char*)HOTPATH_CALLOC(HOTPATH_ALLOC_SIZES, HOTPATH_ALLOC_AGES);
    bool right = block != NULL && block[0] == 0;
    HOTPATH_ALLOC_EVENT(block + 1, 3);
    HOTPATH_FREE_EVENT(block + 1);
    HOTPATH_HEAP_ALLOC_EVENT("pool", block + 2, 4);
    HOTPATH_HEAP_FREE_EVENT("pool", block + 2);
    HOTPATH_HEAP_RESET_EVENT("pool");
    HOTPATH_FREE(block);
    block = (char*)HOTPATH_ALIGNED_ALLOC(64, 64);
    right = right && block != NULL && (size_t)block % 64 == 0;
    HOTPATH_FREE(block);
    return right;
}

/* Names for the functions that a program calls by hand. */
static hotpath_site_t by_hand = HOTPATH_SITE_INIT("by hand", HOTPATH_KIND_SCOPE);

static bool discard(void* user, const char* data, size_t length) {
    (void)user, (void)data, (void)length;
    return true;
}

static void functions(void) {
    hotpath_token_t token;
    hotpath_snapshot_desc_t desc;
    hotpath_report_desc_t report;
    hotpath_snapshot_t* snapshot;
    memset(&desc, 0, sizeof desc);
    memset(&report, 0, sizeof report);
    hotpath_begin(&by_hand, &token);
    hotpath_end(&token);
    hotpath_record("gpu", "pass", 1, 2);
    hotpath_app_info("version", HOTPATH_VERSION);
    hotpath_context_switch(NULL);
    hotpath_unwind(hotpath_depth());
    (void)hotpath_enable(hotpath_enable(true));
    (void)hotpath_enable_group(HOTPATH_GROUP, true);
    HOTPATH_SCOPE_COLOR("colored", 0xff8800);
    for (int i = HOTPATH_COLOR; i < HOTPATH_NOTES && HOTPATH_MESSAGES[0] != 0; i++)
        HOTPATH_VALUE("i", i);
    (void)hotpath_time_sampling(NULL, HOTPATH_TIME_SAMPLING_AUTO);
    (void)hotpath_time_sampling(NULL, 1);
    (void)hotpath_time_sampling("functions", 1);
    for (int i = 0; i < HOTPATH_SLOW_NAMES + HOTPATH_PLOT_FRAMES * HOTPATH_PLOT_GAUGES; i += 500)
        (void)hotpath_on_slow("functions", 1000000, NULL, NULL);
    (void)hotpath_named_site_in("runtime name", __FILE__, __LINE__, HOTPATH_GROUP);
    desc.parts = HOTPATH_PART_TREE | HOTPATH_PART_THREADS | HOTPATH_PART_LOGS |
                 HOTPATH_PART_VALUES | HOTPATH_PART_FUNCTIONS | HOTPATH_PART_FRAMES |
                 HOTPATH_PART_SPANS | HOTPATH_PART_FLOWS | HOTPATH_TIMES_LATER;
    snapshot = hotpath_snapshot_take(&desc);
    if (snapshot) {
        hotpath_snapshot_subtract_overhead(snapshot);
        size_t count = 0, i;
        (void)hotpath_snapshot_frames(snapshot, &count);
        const hotpath_node_t* nodes = hotpath_snapshot_nodes(snapshot, &count);
        for (i = 0; i < count; i++) {
            if (nodes[i].parent == HOTPATH_NO_NODE) HOTPATH_BYTES(1);
        }
        hotpath_snapshot_times(snapshot, NULL, 0);
        report.format = HOTPATH_FORMAT_JSON;
        hotpath_report(snapshot, &report, discard, NULL);
    }
    hotpath_snapshot_free(snapshot);
}

/* A declaration of the user's own that is visible as the public functions are. */
HOTPATH_API int visible(void);
int visible(void) { return 0; }

static void locks(void) {
    static hotpath_lock_t a = HOTPATH_LOCK_INIT("a"),
                          b = HOTPATH_LOCK_INIT_KIND("b", HOTPATH_KIND_RWLOCK);
    hotpath_lock_t c;
    hotpath_wait_t wait;
    hotpath_snapshot_desc_t flows = {HOTPATH_PART_FLOWS, 0, NULL, 0};
    hotpath_party_t parties[HOTPATH_PARTIES] = {{HOTPATH_NO_FUNCTION, 0, 0}};
    hotpath_snapshot_free(hotpath_snapshot_take(parties[0].calls == 0 ? &flows : NULL));
    hotpath_lock_init(&c, HOTPATH_KIND_SEMAPHORE, "c", __FILE__, __LINE__);
    hotpath_lock_wait(&a, false, &wait);
    hotpath_lock_acquired(&a, false, &wait);
    hotpath_lock_released(&a);
    hotpath_lock_failed(&b, true, NULL);
    hotpath_lock_destroyed(hotpath_lock_at(&c, HOTPATH_KIND_MUTEX, "d", "", 0));
    hotpath_snapshot_locks(NULL, NULL, 0);
}

static hotpath_channel_t jobs = HOTPATH_CHANNEL_INIT("jobs", 16);
static hotpath_stream_t lines = HOTPATH_STREAM_INIT("lines");

static void flows(void) {
    hotpath_channel_t own;
    hotpath_stream_t rows;
    hotpath_token_t wait;
    hotpath_channel_row_t row[1];
    HOTPATH_CHANNEL_CREATE(&own, "own", 0);
    HOTPATH_STREAM_CREATE(&rows, "rows");
    uint64_t stamp = hotpath_channel_sent(&own, 1);
    hotpath_channel_received(&own, stamp, 1);
    hotpath_channel_dropped(&own, 1);
    hotpath_channel_closed(&own);
    hotpath_channel_wait(&jobs, HOTPATH_CHANNEL_RECEIVE, &wait);
    hotpath_end(&wait);
    hotpath_stream_item(&rows, HOTPATH_PARTIES, 1);
    hotpath_stream_item(&lines, 1, 1);
    hotpath_stream_closed(&rows);
    HOTPATH_STREAM_ITEM("items", 3);
    if (stamp == HOTPATH_NO_FUNCTION) HOTPATH_STREAM_ITEM("in an if", stamp);
    (void)row;
}

static void spans(const char* key) {
    HOTPATH_SPAN(query, HOTPATH_SPAN_SQL, key);
    HP_SPAN(request, HOTPATH_SPAN_HTTP, "GET http://host/");
    hotpath_span_t route;
    hotpath_span_begin(&route, HOTPATH_SPAN_SERVER, key, HOTPATH_SPAN_KEY_MAX / 100);
    hotpath_span_rows(&query, HOTPATH_SPAN_CALLERS);
    hotpath_span_fullscan(&query, HOTPATH_SPAN_SLOWEST);
    hotpath_span_bytes(&request, 1, 2);
    hotpath_span_phase(&request, HOTPATH_SPAN_PHASE_TLS, HOTPATH_SPAN_PHASES);
    hotpath_span_status(&route, 500);
    hotpath_span_error(&route, "reason");
    hotpath_span_detach(&route);
    hotpath_span_end(&route);
    hotpath_span_record(HOTPATH_SPAN_SQL, key, SIZE_MAX, 1, NULL);
    flows();
}

static void io(int fd) {
    hotpath_io_t read, lookup;
    hotpath_io_row_t rows[1];
    HOTPATH_THREAD_MUST_NOT_BLOCK();
    hotpath_io_begin_fd(&read, HOTPATH_IO_READ, fd, "label");
    hotpath_io_begin(&lookup, HOTPATH_IO_LOOKUP, HOTPATH_DESCRIPTOR_NAME, NULL);
    hotpath_io_end(&lookup, 0, 0);
    hotpath_io_end(&read, HOTPATH_IO_OPS, 0);
    hotpath_descriptor_is(fd, hotpath_descriptor(fd));
    hotpath_thread_must_not_block(false);
    rows[0].callers_count = HOTPATH_PARTIES;
    (void)hotpath_snapshot_io(NULL, rows, 0 * rows[0].callers_count);
}

static void tasks(void) {
    hotpath_task_t task;
    HOTPATH_TASK_CREATE(&task, "job");
    hotpath_task_context(&task);
    HOTPATH_TASK_POLL_BEGIN(&task);
    HOTPATH_TASK_POLL_END(&task);
    HOTPATH_TASK_RESULT(&task, 7);
    HOTPATH_TASK_CREATE(&task, "job");
    HOTPATH_TASK_DONE(&task);
    HOTPATH_TASK_CREATE(&task, "job");
    HOTPATH_TASK_CANCEL(&task);
    HP_TASK_CREATE(&task, "job");
    HP_TASK_POLL_BEGIN(&task);
    HP_TASK_POLL_END(&task);
    HP_TASK_RESULT(&task, "text");
    HP_TASK_DONE(&task);
    HP_TASK_CANCEL(&task);
    hotpath_runtime_t runtime;
    hotpath_token_t token;
    hotpath_runtime_create(&runtime, "pool", HOTPATH_RUNTIME_WORKERS);
    hotpath_runtime_worker_begin(&runtime, 0);
    hotpath_runtime_park(&runtime, 0, &token);
    hotpath_runtime_unpark(&runtime, 0, &token);
    hotpath_runtime_spawned(&runtime, HOTPATH_TASK_ALIVE_MAX);
    hotpath_runtime_finished(&runtime, hotpath_task_id(&task));
    hotpath_runtime_queued(&runtime, HOTPATH_NO_FUNCTION);
    hotpath_runtime_polled(&runtime, 0, 1);
    hotpath_runtime_stolen(&runtime, 0, 1);
    hotpath_runtime_lag(&runtime, 5);
    hotpath_runtime_ask(&runtime, 0, 0);
    hotpath_runtime_worker_end(&runtime, 0);
    hotpath_runtime_close(&runtime);
}

static int started(void) {
    HP_MAIN();
    return 0;
}

#endif /* HOTPATH_TESTS_ALL_MACROS_H */
