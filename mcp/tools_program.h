/* tools_program.h: threads and profiler_status: what runs, and how well it is being measured. */

static const char* const threads_sorts[] = {"busy", "calls", "current", "memory", "growth", NULL};
enum {
    THREADS_BUSY,
    THREADS_CALLS,
    THREADS_CURRENT,
    THREADS_MEMORY,
    THREADS_GROWTH
};

static const char* threads_state(uint32_t state) {
    switch (state) {
        case HOTPATH_THREAD_LIVE: return "live";
        case HOTPATH_THREAD_ENDED: return "ended";
        case HOTPATH_THREAD_PARKED: return "parked";
        default: return "unknown";
    }
}
static const hotpath_open_t* threads_current(const hotpath_thread_t* t) {
    return t->open_count != 0 ? &t->open[t->open_count - 1] : NULL;
}
/* By how much more a thread allocates than is freed of it, by whomever, in a second. */
static double threads_growth(const window_t* w, const hotpath_thread_t* t) {
    double seconds = (double)w->info->window_ns / 1e9;
    return seconds > 0 ? ((double)t->alloc_bytes - (double)t->free_bytes) / seconds : 0;
}
static double threads_key(const window_t* w, const hotpath_thread_t* t, uint32_t sort) {
    if (sort == THREADS_MEMORY) return (double)t->alloc_bytes;
    if (sort == THREADS_GROWTH) return threads_growth(w, t);
    if (sort == THREADS_CALLS) return (double)t->calls;
    if (sort == THREADS_BUSY) return (double)t->busy_ns;
    const hotpath_open_t* current = threads_current(t);
    return current != NULL ? (double)current->elapsed_ns : 0;
}
static const char* threads_function(const window_t* w, const hotpath_open_t* open) {
    return open->function < w->function_count ? w->functions[open->function].name : "";
}
static void threads_open(
    json_out_t* out, const window_t* w, const query_t* q, const hotpath_thread_t* t) {
    json_key(out, "open");
    json_array(out);
    for (uint32_t i = 0; i < t->open_count && i < 100; i++) {
        json_object(out);
        answer_name(out, "name", threads_function(w, &t->open[i]));
        json_key(out, "at_ns"), json_u64(out, t->open[i].at_ns);
        answer_ns(out, q, "elapsed", t->open[i].elapsed_ns, false);
        json_object_end(out);
    }
    json_array_end(out);
}
static void threads_memory(
    json_out_t* out, const window_t* w, const query_t* q, const hotpath_thread_t* t) {
    const hotpath_alloc_info_t* a = &w->info->alloc;
    if (!a->on || (t->alloc_count == 0 && !q->detailed)) return;
    json_key(out, "alloc_bytes"), json_u64(out, t->alloc_bytes);
    json_key(out, "alloc_count"), json_u64(out, t->alloc_count);
    if (!a->live) return;
    json_key(out, "live_bytes"), json_u64(out, t->live_bytes);
    json_key(out, "growth_bytes_per_sec"), json_fixed(out, threads_growth(w, t), 2);
    if (t->freed_by_others_count != 0 || q->detailed)
        json_key(out, "freed_by_others_bytes"), json_u64(out, t->freed_by_others_bytes);
    if (!q->detailed) return;
    json_key(out, "freed_by_others_count"), json_u64(out, t->freed_by_others_count);
    json_key(out, "free_count"), json_u64(out, t->free_count);
    json_key(out, "live_count"), json_u64(out, t->live_count);
    json_key(out, "dealloc_bytes"), json_u64(out, t->free_bytes);
    json_key(out, "mem_diff"), json_i64(out, (int64_t)(t->alloc_bytes - t->free_bytes));
}
/* The sums of all threads, and what the system says. */
static void threads_memory_all(json_out_t* out, const window_t* w, const query_t* q) {
    const hotpath_alloc_info_t* a = &w->info->alloc;
    hotpath_process_t process;
    if (!a->on) return;
    json_key(out, "total_alloc_bytes"), json_u64(out, a->alloc_bytes);
    if (a->live) {
        json_key(out, "total_dealloc_bytes"), json_u64(out, a->free_bytes);
        json_key(out, "alloc_dealloc_diff");
        json_i64(out, (int64_t)(a->alloc_bytes - a->free_bytes));
    }
    memset(&process, 0, sizeof process);
    if (!q->detailed || !hotpath_process_memory(&process)) return;
    json_key(out, "rss_bytes"), json_u64(out, process.rss_bytes);
    json_key(out, "rss_bytes_max"), json_u64(out, process.rss_peak_bytes);
}
static void threads_write(tool_call_t* call, const window_t* w, const query_t* q, uint32_t index) {
    json_out_t* out = &call->out;
    const hotpath_thread_t* t = &w->threads[index];
    const hotpath_open_t* current = threads_current(t);
    json_object(out);
    json_key(out, "id"), json_u64(out, t->id);
    json_key(out, "os_tid"), json_u64(out, t->os_tid);
    answer_name(out, "name", t->name);
    json_key(out, "status"), json_text(out, threads_state(t->state));
    if (t->count != 1 || q->detailed) json_key(out, "count"), json_u64(out, t->count);
    json_key(out, "calls"), json_u64(out, t->calls);
    answer_ns(out, q, "busy", t->busy_ns, false);
    if (t->state == HOTPATH_THREAD_LIVE && w->info->window_ns != 0)
        answer_percent(out, "busy_percent", 100 * (double)t->busy_ns / (double)w->info->window_ns);
    if (current != NULL) {
        answer_name(out, "current", threads_function(w, current));
        json_key(out, "current_ns"), json_u64(out, current->elapsed_ns); /* "current" is its name */
        json_key(out, "depth"), json_u64(out, t->open_count);
    }
    if (q->detailed && t->stack_high_water_bytes != 0)
        json_key(out, "stack_high_water_bytes"), json_u64(out, t->stack_high_water_bytes);
    threads_memory(out, w, q, t);
    if (q->detailed) {
        json_key(out, "start_ns"), json_u64(out, t->start_ns);
        threads_open(out, w, q, t);
    }
    json_object_end(out);
}
static bool threads_active(const hotpath_thread_t* t) {
    return t->calls != 0 || t->open_count != 0 || t->alloc_count != 0;
}
static void tool_threads(const tool_t* tool, tool_call_t* call) {
    query_t q;
    window_t w;
    if (!query_read(tool, call, &q)) return;
    if (!window_open(call, &q, HOTPATH_PART_THREADS, TIMES_NONE, &w)) return;
    if (q.sort >= THREADS_MEMORY &&
        !(q.sort == THREADS_GROWTH ? memory_live_known : memory_known)(call, &w)) {
        window_close(&w);
        return;
    }
    const unsigned char* fits = window_filter(call, &w, &q, thread_name, w.thread_count);
    row_t* rows = (row_t*)tool_alloc(call, (w.thread_count + 1) * sizeof *rows);
    if (!call->failed) {
        size_t count = 0;
        for (size_t i = 0; i < w.thread_count; i++) {
            const hotpath_thread_t* t = &w.threads[i];
            if ((fits != NULL && !fits[i]) || !threads_active(t)) continue;
            row_t* row = &rows[count++];
            row->key = threads_key(&w, t, q.sort), row->index = (uint32_t)i;
            row->id = (uint32_t)t->id, row->name = t->name;
        }
        rows_sort(rows, count);
        answer_begin(call, &w);
        json_key(&call->out, "current_elapsed_ns"), json_u64(&call->out, w.info->elapsed_ns);
        json_key(&call->out, "thread_count"), json_u64(&call->out, w.info->threads_live);
        answer_estimated(&call->out, &w);
        threads_memory_all(&call->out, &w, &q);
        answer_page(call, &w, &q, rows, count, threads_write);
        json_object_end(&call->out);
    }
    window_close(&w);
}

/* ---- profiler_status ---- */

static void status_drops(json_out_t* out, const hotpath_drops_t* d) {
    json_key(out, "overflows");
    json_object(out);
#define STATUS_ROW(field) json_key(out, #field), json_u64(out, d->field);
    STATUS_ROW(reentrant)
    STATUS_ROW(no_memory)
    STATUS_ROW(abi_mismatch)
    STATUS_ROW(foreign_ends)
    STATUS_ROW(negative_time)
    STATUS_ROW(deep_calls)
    STATUS_ROW(node_overflow)
    STATUS_ROW(function_overflow)
    STATUS_ROW(entry_overflow)
    STATUS_ROW(lite_functions)
    STATUS_ROW(value_mismatch)
    STATUS_ROW(clock_anomalies)
    STATUS_ROW(context_overflow)
    STATUS_ROW(alloc_overflow)
    STATUS_ROW(span_overflow)
    STATUS_ROW(note_overflow)
#undef STATUS_ROW
    json_object_end(out);
}
static void status_history(json_out_t* out) {
    history_lock();
    uint64_t oldest = history.count != 0 ? os_now_ms() - history.baselines[0].at_ms : 0;
    json_key(out, "history");
    json_object(out);
    json_key(out, "baselines"), json_u64(out, history.count);
    json_key(out, "oldest_age_ms"), json_u64(out, oldest);
    json_key(out, "crowded_out"), json_u64(out, history.crowded);
    json_key(out, "missed"), json_u64(out, history.missed);
    json_object_end(out);
    history_unlock();
}
static void status_switches(json_out_t* out, const hotpath_info_t* info) {
    json_key(out, "switches");
    json_object(out);
    json_key(out, "HOTPATH"), json_bool(out, true);
    json_key(out, "HOTPATH_ALLOC"), json_bool(out, info->alloc.on);
    json_key(out, "HOTPATH_MCP"), json_bool(out, true);
    json_object_end(out);
}
static void status_app_info(json_out_t* out, const hotpath_info_t* info) {
    json_key(out, "app_info");
    json_array(out);
    for (uint32_t i = 0; i < info->app_info_count; i++) {
        json_object(out);
        answer_name(out, "key", info->app_info[2 * i]);
        answer_name(out, "value", info->app_info[2 * i + 1]);
        json_object_end(out);
    }
    json_array_end(out);
}
/* What HOTPATH_TIME_SAMPLING=auto has come to in the window; nothing where it is not on. */
static void status_auto(json_out_t* out, const hotpath_info_t* info) {
    double part = info->auto_time_ns != 0 ? 100 / (double)info->auto_time_ns : 0;
    json_key(out, "sampled_functions"), json_u64(out, info->auto_functions);
    if (info->auto_max_percent <= 0) return;
    json_key(out, "auto_max_percent"), json_fixed(out, info->auto_max_percent, 3);
    json_key(out, "auto_percent");
    json_fixed(out, (double)info->auto_overhead_ns * part, 2);
    json_key(out, "auto_counting_percent");
    json_fixed(out, (double)info->auto_least_ns * part, 2);
}
static void tool_profiler_status(const tool_t* tool, tool_call_t* call) {
    query_t q;
    window_t w;
    char text[40];
    if (!query_read(tool, call, &q)) return;
    if (!window_open(call, &q, HOTPATH_PART_VALUES, TIMES_ALL, &w)) return;
    json_out_t* out = &call->out;
    const hotpath_info_t* info = w.info;
    answer_begin(call, &w);
    hotpath_time_text((double)info->elapsed_ns, text, sizeof text);
    json_key(out, "uptime"), json_text(out, text);
    json_key(out, "uptime_ns"), json_u64(out, info->elapsed_ns);
    json_key(out, "version"), json_text(out, HOTPATH_VERSION);
    status_switches(out, info);
    json_key(out, "recording_cost_ns");
    json_fixed(out, (double)info->scope_cost_ns_x100 / 100, 2);
    json_key(out, "recording");
    json_object(out);
    json_key(out, "is_off"), json_bool(out, info->is_off);
    json_key(out, "off_ns"), json_u64(out, info->off_ns);
    answer_name(out, "groups_off", info->groups_off);
    json_key(out, "cost_inside_ns");
    json_fixed(out, (double)info->scope_inside_ns_x100 / 100, 2);
    json_key(out, "overhead_ns"), json_u64(out, info->overhead_ns);
    json_key(out, "overhead_percent"), json_fixed(out, info->overhead_percent, 2);
    status_auto(out, info);
    json_object_end(out);
    json_key(out, "clock");
    json_object(out);
    json_key(out, "name"), json_text(out, info->clock);
    json_key(out, "note"), json_text(out, info->clock_note);
    json_key(out, "hz"), json_u64(out, info->clock_hz);
    json_key(out, "tick_ps"), json_u64(out, info->clock_tick_ps);
    json_object_end(out);
    json_key(out, "functions"), json_u64(out, w.function_count);
    json_key(out, "value_entries"), json_u64(out, w.entry_count);
    json_key(out, "threads_live"), json_u64(out, info->threads_live);
    json_key(out, "threads_ended"), json_u64(out, info->threads_ended);
    json_key(out, "contexts"), json_u64(out, info->contexts);
    json_key(out, "memory_bytes"), json_u64(out, info->memory_bytes);
    json_key(out, "excluded"), json_text(out, "the threads of this server and what they allocate");
    status_drops(out, &info->drops);
    status_history(out);
    status_app_info(out, info);
    json_object_end(out);
    window_close(&w);
}
