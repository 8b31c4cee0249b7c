/* tools_tasks.h: futures, future_logs and tokio_runtime: the tasks of a program, those that are alive and
   those that have ended, and the pools and event loops that run them. The names are those that agents
   know; a task is a future, coroutine, fiber, job or callback. */

static const char* const tasks_sorts[] = {
    "total", "calls", "polls", "pending", "oldest", "wait", "max", "life", NULL};
enum {
    TASKS_TOTAL,
    TASKS_CALLS,
    TASKS_POLLS,
    TASKS_PENDING,
    TASKS_OLDEST,
    TASKS_WAIT,
    TASKS_MAX,
    TASKS_LIFE
};
/* The function of a role, or one that has nothing. */
static const hotpath_function_t* tasks_function(const window_t* w, uint32_t index) {
    static hotpath_function_t none;
    return index < w->function_count ? &w->functions[index] : &none;
}
static const char* task_name(const window_t* w, size_t i) { return w->tasks[i].label; }
static uint32_t task_id(const window_t* w, size_t i) { return w->tasks[i].id; }
static uint64_t task_weight(const window_t* w, size_t i) {
    return w->tasks[i].created + w->tasks[i].pending;
}
static const char* runtime_name(const window_t* w, size_t i) { return w->runtimes[i].label; }

/* Reads the tasks and runtimes of a window. Returns: false with the call failed and the window closed. */
static bool tasks_read(tool_call_t* call, window_t* w) {
    size_t tasks = hotpath_snapshot_tasks(w->snapshot, NULL, 0);
    size_t runtimes = hotpath_snapshot_runtimes(w->snapshot, NULL, 0);
    hotpath_task_row_t* task_rows =
        (hotpath_task_row_t*)mcp_arena_alloc(call->arena, (tasks + 1) * sizeof *task_rows);
    hotpath_runtime_row_t* runtime_rows =
        (hotpath_runtime_row_t*)mcp_arena_alloc(call->arena, (runtimes + 1) * sizeof *runtime_rows);
    if (task_rows == NULL || runtime_rows == NULL) return window_no_memory(call, w);
    w->task_count = hotpath_snapshot_tasks(w->snapshot, task_rows, tasks);
    w->runtime_count = hotpath_snapshot_runtimes(w->snapshot, runtime_rows, runtimes);
    w->tasks = task_rows, w->runtimes = runtime_rows;
    return true;
}
static bool tasks_open(tool_call_t* call, query_t* q, uint32_t parts, window_t* w) {
    return window_open(call, q, parts | HOTPATH_PART_FLOWS, TIMES_ALL, w) && tasks_read(call, w);
}
static double tasks_sort_key(const window_t* w, const hotpath_task_row_t* t, uint32_t sort) {
    const hotpath_function_t *poll = tasks_function(w, t->poll), *wait = tasks_function(w, t->wait);
    switch (sort) {
        case TASKS_CALLS: return (double)t->created;
        case TASKS_POLLS: return (double)poll->calls;
        case TASKS_PENDING: return (double)t->pending;
        case TASKS_OLDEST: return (double)t->oldest_ns;
        case TASKS_WAIT: return (double)(wait->total_ns + t->waiting_ns);
        case TASKS_MAX: return (double)poll->max_ns;
        case TASKS_LIFE: return tasks_function(w, t->life)->mean_ns;
        default: return (double)poll->total_ns;
    }
}

/* ---- tasks ---- */

/* The average, p95 and greatest of an interval; nothing where there was none. */
static void tasks_interval(
    json_out_t* out, const window_t* w, const char* key, const hotpath_function_t* f) {
    if (f->completed == 0) return;
    json_key_of(out, key, "_avg_ns"), json_fixed(out, f->mean_ns, 2);
    json_key_of(out, key, "_p95_ns");
    json_u64(out, hotpath_snapshot_percentile(w->snapshot, f, 95));
    json_key_of(out, key, "_max_ns"), json_u64(out, f->max_ns);
}
static void tasks_write(tool_call_t* call, const window_t* w, const query_t* q, uint32_t index) {
    json_out_t* out = &call->out;
    const hotpath_task_row_t* t = &w->tasks[index];
    const hotpath_function_t *poll = tasks_function(w, t->poll), *wait = tasks_function(w, t->wait);
    json_object(out);
    json_key(out, "id"), json_u64(out, t->id);
    answer_name(out, "label", t->label);
    json_key(out, "call_count"), json_u64(out, t->created);
    json_key(out, "done"), json_u64(out, t->done);
    answer_number(out, q, "cancelled", t->cancelled);
    answer_number(out, q, "pending", t->pending);
    answer_number(out, q, "running", t->running);
    answer_number(out, q, "oldest_ns", t->oldest_ns);
    answer_number(out, q, "idle_ns", t->idle_ns);
    json_key(out, "total_polls"), json_u64(out, poll->calls);
    answer_text_of(out, q, "total_poll_duration", (double)poll->total_ns, false);
    json_key(out, "total_poll_duration_ns"), json_u64(out, poll->total_ns);
    if (poll->sampled_calls != 0) functions_times(out, w, q, poll);
    json_key(out, "wait_ns"), json_u64(out, wait->total_ns + t->waiting_ns);
    tasks_interval(out, w, "wait", wait);
    tasks_interval(out, w, "life", tasks_function(w, t->life));
    if (w->info->alloc.on) {
        json_key(out, "total_poll_alloc_bytes"), json_u64(out, poll->alloc_total_bytes);
        json_key(out, "total_poll_alloc_count"), json_u64(out, poll->alloc_total_count);
    }
    answer_number(out, q, "untracked", t->untracked);
    answer_number(out, q, "misused", t->misused);
    if (q->detailed) answer_location(out, t->file, t->line);
    json_object_end(out);
}
static void tool_futures(const tool_t* tool, tool_call_t* call) {
    query_t q;
    window_t w;
    if (!query_read(tool, call, &q) || !tasks_open(call, &q, 0, &w)) return;
    const unsigned char* fits = window_filter(call, &w, &q, task_name, w.task_count);
    row_t* rows = (row_t*)tool_alloc(call, (w.task_count + 1) * sizeof *rows);
    if (!call->failed) {
        size_t count = 0;
        for (size_t i = 0; i < w.task_count; i++) {
            const hotpath_task_row_t* t = &w.tasks[i];
            uint64_t happened = t->created + t->done + t->cancelled + t->pending +
                                tasks_function(&w, t->poll)->calls;
            if ((fits != NULL && !fits[i]) || happened == 0) continue;
            row_t* row = &rows[count++];
            row->key = tasks_sort_key(&w, t, q.sort);
            row->index = (uint32_t)i, row->id = t->id, row->name = t->label;
        }
        rows_sort(rows, count);
        answer_begin(call, &w);
        json_key(&call->out, "sort"), json_text(&call->out, tasks_sorts[q.sort]);
        if (w.info->is_difference)
            json_key(&call->out, "approximate"),
                json_text(&call->out, "max_ns: bound of a histogram bucket");
        answer_page(call, &w, &q, rows, count, tasks_write);
        json_object_end(&call->out);
    }
    window_close(&w);
}

/* ---- single tasks ---- */

static const char* task_state(uint32_t state) {
    static const char* const names[] = {
        "unknown", "pending", "running", "suspended", "ready", "cancelled"};
    return names[state < sizeof names / sizeof *names ? state : 0];
}
static void task_call_write(
    json_out_t* out, const window_t* w, const query_t* q, const hotpath_task_call_t* c) {
    uint64_t now = w->info->elapsed_ns;
    json_object(out);
    json_key(out, "id"), json_u64(out, c->id);
    json_key(out, "state"), json_text(out, task_state(c->state));
    if (c->state_ns != 0) json_key(out, "state_ns"), json_u64(out, c->state_ns);
    json_key(out, "poll_count"), json_u64(out, c->polls);
    answer_ns(out, q, "total_poll_duration", c->total_poll_ns, false);
    answer_ns(out, q, "max_poll_duration", c->max_poll_ns, false);
    answer_ns(out, q, "last_poll_duration", c->last_poll_ns, false);
    json_key(out, "at_ns"), json_u64(out, c->at_ns);
    answer_ns(out, q, "life", c->life_ns, false);
    answer_ns(out, q, "ago", now > c->at_ns + c->life_ns ? now - c->at_ns - c->life_ns : 0, false);
    json_key(out, "thread_id"), json_u64(out, c->thread);
    if (c->result.type != HOTPATH_VALUE_NONE || q->detailed)
        answer_value(out, "result", &c->result);
    json_object_end(out);
}
/* The order of an answer: as the snapshot has them, or those first that were polled longest. */
static row_t* task_calls(tool_call_t* call, const query_t* q, const hotpath_task_row_t* t) {
    row_t* rows = (row_t*)tool_alloc(call, (t->calls_count + 1) * sizeof *rows);
    if (rows == NULL) return NULL;
    for (uint32_t i = 0; i < t->calls_count; i++) {
        rows[i].key = q->slowest ? (double)t->calls[i].total_poll_ns : -(double)i;
        rows[i].index = i, rows[i].id = i, rows[i].name = "";
    }
    rows_sort(rows, t->calls_count);
    return rows;
}
static void tool_future_logs(const tool_t* tool, tool_call_t* call) {
    query_t q;
    window_t w;
    if (!query_read(tool, call, &q) || !tasks_open(call, &q, HOTPATH_PART_LOGS, &w)) return;
    size_t found = window_find(tool, call, &w, &q, w.task_count, task_name, task_id, task_weight);
    row_t* rows = found != SIZE_MAX ? task_calls(call, &q, &w.tasks[found]) : NULL;
    if (rows != NULL) {
        json_out_t* out = &call->out;
        const hotpath_task_row_t* t = &w.tasks[found];
        uint32_t n = 0;
        answer_begin(call, &w);
        json_key(out, "id"), json_u64(out, t->id);
        answer_name(out, "label", t->label);
        json_key(out, "call_count"), json_u64(out, t->created);
        json_key(out, "pending"), json_u64(out, t->pending);
        json_key(out, "order"), json_text(out, q.slowest ? "slowest" : "recent");
        json_key(out, "data");
        json_array(out);
        for (; n < t->calls_count && n < q.limit; n++) {
            size_t before = json_out_size(out);
            task_call_write(out, &w, &q, &t->calls[rows[n].index]);
            if (q.limit_given || n == 0 || json_out_size(out) <= ANSWER_DEFAULT_BYTES) continue;
            json_out_cut(out, before);
            break;
        }
        json_array_end(out);
        answer_counts(out, t->calls_count, n);
        json_object_end(out);
    }
    window_close(&w);
}

/* ---- runtimes ---- */

#define RUNTIME_WORKERS 32 /* that a concise row shows */

static const char* worker_state(uint32_t state) {
    static const char* const names[] = {"unknown", "busy", "parked", "ended"};
    return names[state < sizeof names / sizeof *names ? state : 0];
}
static void runtime_worker(json_out_t* out, const hotpath_worker_t* worker) {
    json_object(out);
    json_key(out, "index"), json_u64(out, worker->index);
    if (worker->state != HOTPATH_WORKER_UNKNOWN)
        json_key(out, "state"), json_text(out, worker_state(worker->state));
    json_key(out, "park_count"), json_u64(out, worker->parks);
    json_key(out, "busy_duration_ms"), json_fixed(out, (double)worker->busy_ns / 1e6, 3);
    json_key(out, "busy_ns"), json_u64(out, worker->busy_ns);
    json_key(out, "parked_ns"), json_u64(out, worker->parked_ns);
    json_key(out, "poll_count"), json_u64(out, worker->polls);
    json_key(out, "steal_count"), json_u64(out, worker->steals);
    json_object_end(out);
}
static void runtime_write(tool_call_t* call, const window_t* w, const query_t* q, uint32_t index) {
    json_out_t* out = &call->out;
    const hotpath_runtime_row_t* r = &w->runtimes[index];
    const hotpath_function_t* lag = tasks_function(w, r->lag);
    double lived = (double)(r->busy_ns + r->parked_ns);
    uint32_t shown =
        r->workers_count > RUNTIME_WORKERS && !q->detailed ? RUNTIME_WORKERS : r->workers_count;
    json_object(out);
    json_key(out, "id"), json_u64(out, r->id);
    answer_name(out, "label", r->label);
    json_key(out, "kind"), json_text(out, r->is_loop ? "event loop" : "pool");
    if (r->is_closed || q->detailed) json_key(out, "closed"), json_bool(out, r->is_closed);
    json_key(out, "num_workers"), json_u64(out, r->num_workers);
    json_key(out, "num_alive_tasks"), json_u64(out, r->alive_tasks);
    json_key(out, "global_queue_depth"), json_u64(out, r->queue_depth);
    json_key(out, "max_queue_depth"), json_u64(out, r->queue_max);
    json_key(out, "spawned"), json_u64(out, r->spawned);
    json_key(out, "finished"), json_u64(out, r->finished);
    json_key(out, "busy_percent");
    json_fixed(out, lived > 0 ? 100 * (double)r->busy_ns / lived : 0, 2);
    if (lag->completed != 0) {
        json_key(out, "lag_count"), json_u64(out, lag->completed);
        json_key(out, "lag_avg_ns"), json_fixed(out, lag->mean_ns, 2);
        json_key(out, "lag_p50_ns");
        json_u64(out, hotpath_snapshot_percentile(w->snapshot, lag, 50));
        json_key(out, "lag_p95_ns");
        json_u64(out, hotpath_snapshot_percentile(w->snapshot, lag, 95));
        json_key(out, "lag_p99_ns");
        json_u64(out, hotpath_snapshot_percentile(w->snapshot, lag, 99));
        json_key(out, "lag_max_ns"), json_u64(out, lag->max_ns);
    }
    answer_number(out, q, "misused", r->misused);
    json_key(out, "workers");
    json_array(out);
    for (uint32_t i = 0; i < shown; i++)
        runtime_worker(out, &r->workers[i]);
    json_array_end(out);
    json_object_end(out);
}
/* Sums over all runtimes, with the keys that agents look for at the top. */
static void runtime_sums(json_out_t* out, const window_t* w) {
    uint64_t workers = 0, alive = 0, depth = 0;
    for (size_t i = 0; i < w->runtime_count; i++) {
        workers += w->runtimes[i].num_workers, alive += w->runtimes[i].alive_tasks;
        depth += w->runtimes[i].queue_depth;
    }
    json_key(out, "num_workers"), json_u64(out, workers);
    json_key(out, "num_alive_tasks"), json_u64(out, alive);
    json_key(out, "global_queue_depth"), json_u64(out, depth);
}
static void tool_runtime(const tool_t* tool, tool_call_t* call) {
    query_t q;
    window_t w;
    if (!query_read(tool, call, &q) || !tasks_open(call, &q, 0, &w)) return;
    if (w.runtime_count == 0)
        tool_fail(call,
            "the program has registered no runtime: it does so with hotpath_runtime_create, and "
            "its workers tell with hotpath_runtime_park and _unpark; for libuv and epoll loops "
            "there are adapters/hotpath_uv.h and adapters/hotpath_epoll.h");
    const unsigned char* fits =
        call->failed ? NULL : window_filter(call, &w, &q, runtime_name, w.runtime_count);
    row_t* rows = (row_t*)tool_alloc(call, (w.runtime_count + 1) * sizeof *rows);
    if (!call->failed) {
        size_t count = 0;
        for (size_t i = 0; i < w.runtime_count; i++) { /* in the order in which they were made */
            if (fits != NULL && !fits[i]) continue;
            row_t* row = &rows[count++];
            row->key = -(double)w.runtimes[i].id, row->index = (uint32_t)i;
            row->id = w.runtimes[i].id, row->name = w.runtimes[i].label;
        }
        rows_sort(rows, count);
        answer_begin(call, &w);
        runtime_sums(&call->out, &w);
        answer_page(call, &w, &q, rows, count, runtime_write);
        json_object_end(&call->out);
    }
    window_close(&w);
}
