/* tools_functions.h: functions_timing and function_timing_logs: where time goes, by function. */

static const char* const functions_sorts[] = {
    "self", "total", "calls", "avg", "p95", "p99", "max", "errors", "spread", "alloc", NULL};
enum {
    SORT_SELF,
    SORT_TOTAL,
    SORT_CALLS,
    SORT_AVG,
    SORT_P95,
    SORT_P99,
    SORT_MAX,
    SORT_ERRORS,
    SORT_SPREAD,
    SORT_ALLOC
};

static double functions_percentile(const window_t* w, const hotpath_function_t* f, double percent) {
    return (double)hotpath_snapshot_percentile(w->snapshot, f, percent);
}
/* How far the slow executions are from the usual ones: p99 over p50. */
static double functions_spread(const window_t* w, const hotpath_function_t* f) {
    double usual = functions_percentile(w, f, 50);
    return f->sampled_calls < 2 ? 0 : functions_percentile(w, f, 99) / (usual > 1 ? usual : 1);
}
static double functions_key(const window_t* w, const hotpath_function_t* f, uint32_t sort) {
    switch (sort) {
        case SORT_TOTAL: return (double)f->total_ns;
        case SORT_CALLS: return (double)f->calls;
        case SORT_AVG: return f->mean_ns;
        case SORT_P95: return functions_percentile(w, f, 95);
        case SORT_P99: return functions_percentile(w, f, 99);
        case SORT_MAX: return (double)f->max_ns;
        case SORT_ERRORS: return (double)f->errors;
        case SORT_SPREAD: return functions_spread(w, f);
        case SORT_ALLOC: return (double)f->alloc_bytes;
        default: return (double)f->self_ns;
    }
}
/* Whether the order needs what completed executions tell, of all functions. */
static bool functions_sorted_by_times(uint32_t sort) {
    return sort != SORT_SELF && sort != SORT_TOTAL && sort != SORT_CALLS && sort != SORT_ERRORS;
}
/* Whether anything happened in a function: what is idle in a window is left out of it. */
static bool functions_active(const hotpath_function_t* f) {
    return (f->calls != 0 || f->open_calls != 0) && f->kind != HOTPATH_KIND_MARK &&
           f->kind != HOTPATH_KIND_PASS && f->kind != HOTPATH_KIND_INTERVAL;
}
/* Returns: the functions that an answer is about, sorted; NULL with the call failed. */
static row_t* functions_rows(
    tool_call_t* call, const window_t* w, const query_t* q, uint32_t sort, size_t* count) {
    const unsigned char* fits = window_filter(call, w, q, function_name, w->function_count);
    row_t* rows = (row_t*)tool_alloc(call, (w->function_count + 1) * sizeof *rows);
    if (call->failed) return NULL;
    *count = 0;
    for (size_t i = 0; i < w->function_count; i++) {
        const hotpath_function_t* f = &w->functions[i];
        if ((fits != NULL && !fits[i]) || !functions_active(f)) continue;
        row_t* row = &rows[(*count)++];
        row->key = functions_key(w, f, sort);
        row->index = (uint32_t)i, row->id = f->id, row->name = f->name;
    }
    size_t first = 0, shown = answer_rows(q, *count, &first);
    rows_first(rows, *count, first + shown);
    return rows;
}

/* What only completed executions have, in a detailed answer. */
static void functions_completed(
    json_out_t* out, const window_t* w, const query_t* q, const hotpath_function_t* f) {
    static const double percents[] = {50, 95, 99};
    static const char* const keys[] = {"p50", "p95", "p99"};
    answer_text_of(out, q, "avg", f->mean_ns, f->estimated);
    json_key(out, "avg_ns"), json_fixed(out, f->mean_ns, 2);
    answer_ns(out, q, "min", f->min_ns, f->bounds_only);
    answer_ns(out, q, "max", f->max_ns, f->bounds_only);
    json_key(out, "stdev_ns"), json_fixed(out, f->stdev_ns, 2);
    for (int i = 0; i < 3; i++)
        answer_ns(out, q, keys[i], hotpath_snapshot_percentile(w->snapshot, f, percents[i]),
            f->estimated);
}
static void functions_nulls(json_out_t* out) {
    static const char* const keys[] = {"avg", "avg_ns", "min", "min_ns", "max", "max_ns",
        "stdev_ns", "p50", "p50_ns", "p95", "p95_ns", "p99", "p99_ns"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        json_key(out, keys[i]), json_null(out);
}
static const char* functions_kind(uint32_t kind) {
    switch (kind) {
        case HOTPATH_KIND_FUNCTION: return "function";
        case HOTPATH_KIND_SCOPE: return "scope";
        case HOTPATH_KIND_NAMED: return "named";
        case HOTPATH_KIND_TRACK: return "track";
        case HOTPATH_KIND_SPAN: return "span";
        case HOTPATH_KIND_OUTSIDE: return "outside";
        case HOTPATH_KIND_SQL: return "sql";
        case HOTPATH_KIND_HTTP: return "http";
        case HOTPATH_KIND_SERVER: return "server";
        case HOTPATH_KIND_WAIT: return "wait";
        case HOTPATH_KIND_IO: return "io";
        case HOTPATH_KIND_POLL: return "poll";
        case HOTPATH_KIND_PASS: return "pass";
        case HOTPATH_KIND_INTERVAL: return "interval";
        default: return "other";
    }
}
/* As CSS has it; nothing where there is none. */
static void functions_color(json_out_t* out, const hotpath_function_t* f) {
    char text[16];
    snprintf(text, sizeof text, "#%06x", (unsigned)f->color & 0xffffffu);
    if (f->color != 0) json_key(out, "color"), json_text(out, text);
}
/* What every row has, in one piece: there are many of them. Returns: where it ends. */
static char* functions_fields(char* to, const hotpath_function_t* f) {
    to = json_at_u64(JSON_FIELD(to, "calls"), f->calls);
    if (f->open_calls != 0) to = json_at_u64(JSON_FIELD(to, "open_calls"), f->open_calls);
    to = json_at_u64(JSON_FIELD(to, "self_ns"), f->self_ns);
    return json_at_u64(JSON_FIELD(to, "total_ns"), f->total_ns);
}
/* Likewise what only completed executions have: concise answers leave it out where there are none. */
static char* functions_brief(char* to, const window_t* w, const hotpath_function_t* f) {
    to = json_at_fixed(JSON_FIELD(to, "avg_ns"), f->mean_ns, 2);
    to = json_at_u64(JSON_FIELD(to, "p50_ns"), hotpath_snapshot_percentile(w->snapshot, f, 50));
    to = json_at_u64(JSON_FIELD(to, "p95_ns"), hotpath_snapshot_percentile(w->snapshot, f, 95));
    to = json_at_u64(JSON_FIELD(to, "p99_ns"), hotpath_snapshot_percentile(w->snapshot, f, 99));
    return json_at_u64(JSON_FIELD(to, "max_ns"), f->max_ns);
}
#define FUNCTIONS_FIELDS_BYTES \
    (8 * (JSON_NUMBER_BYTES + 16) + 2 * (JSON_FIXED_BYTES + 16)) /* of room for both */
/* What only completed executions have, in either form; nothing where there are none. */
static void functions_times(
    json_out_t* out, const window_t* w, const query_t* q, const hotpath_function_t* f) {
    if (f->sampled_calls == 0) return;
    if (q->detailed) {
        functions_completed(out, w, q, f);
        return;
    }
    char* to = json_room(out, FUNCTIONS_FIELDS_BYTES);
    if (to != NULL) json_fields_end(out, functions_brief(to, w, f));
}
/* Why calls have failed. Args: most reasons of this window that are named, the most frequent ones. */
static void functions_reasons(json_out_t* out, const hotpath_function_t* f, uint32_t most) {
    json_key(out, "reasons");
    json_array(out);
    for (uint32_t i = 0, n = 0; i < f->reasons_count && n < most; i++) {
        if (f->reasons[i].count == 0) continue; /* of before this window */
        json_object(out);
        answer_name(out, "reason", f->reasons[i].text);
        json_key(out, "count"), json_u64(out, f->reasons[i].count);
        json_object_end(out);
        n++;
    }
    json_array_end(out);
}
/* Errors, how many of 100 calls have one, and why: at most eight reasons, the others as <other>. */
static void functions_errors(json_out_t* out, const hotpath_function_t* f, bool reasons) {
    json_key(out, "errors"), json_u64(out, f->errors);
    answer_percent(
        out, "errors_percent", f->calls != 0 ? 100 * (double)f->errors / (double)f->calls : 0);
    if (reasons) functions_reasons(out, f, f->reasons_count);
}
/* What HOTPATH_BYTES counted, and per second of the window. */
static void functions_bytes(json_out_t* out, const window_t* w, const hotpath_function_t* f) {
    double seconds = (double)w->info->window_ns / 1e9;
    json_key(out, "bytes"), json_u64(out, f->bytes);
    json_key(out, "bytes_per_sec");
    json_fixed(out, seconds > 0 ? (double)f->bytes / seconds : 0, 2);
}
static void functions_concise(
    json_out_t* out, const window_t* w, const query_t* q, const hotpath_function_t* f) {
    bool alloc = q->sort == SORT_ALLOC, reasons = q->sort == SORT_ERRORS;
    json_object(out);
    json_key(out, "id"), json_u64(out, f->id);
    answer_name(out, "name", f->name);
    char* to = json_room(out, FUNCTIONS_FIELDS_BYTES);
    if (to == NULL) return;
    to = functions_fields(to, f);
    to = json_at_fixed(JSON_FIELD(to, "percent_self"), window_percent(w, (double)f->self_ns), 2);
    if (f->sampled_calls != 0) to = functions_brief(to, w, f);
    json_fields_end(out, to);
    if (f->estimated) {
        json_key(out, "sampled_calls"), json_u64(out, f->sampled_calls);
        json_key(out, "sampling_rate"), json_u64(out, f->sampling_rate);
        json_key(out, "total_error_ns"), json_fixed(out, f->total_error_ns, 0);
    }
    if (f->errors != 0) functions_errors(out, f, reasons);
    if (f->bytes != 0) functions_bytes(out, w, f);
    if (alloc) json_key(out, "alloc_bytes"), json_u64(out, f->alloc_bytes);
    json_object_end(out);
}
static void functions_memory(json_out_t* out, const window_t* w, const hotpath_function_t* f) {
    json_key(out, "alloc_bytes"), json_u64(out, f->alloc_bytes);
    json_key(out, "alloc_count"), json_u64(out, f->alloc_count);
    json_key(out, "alloc_total_bytes"), json_u64(out, f->alloc_total_bytes);
    json_key(out, "alloc_total_count"), json_u64(out, f->alloc_total_count);
    if (!w->info->alloc.live) return;
    json_key(out, "free_count"), json_u64(out, f->free_count);
    json_key(out, "live_bytes"), json_u64(out, f->live_bytes);
}
/* All that is known, with the keys of the report's JSON. */
static void functions_detailed(
    json_out_t* out, const window_t* w, const query_t* q, const hotpath_function_t* f) {
    json_object(out);
    json_key(out, "id"), json_u64(out, f->id);
    answer_name(out, "name", f->name);
    json_key(out, "kind"), json_text(out, functions_kind(f->kind));
    json_key(out, "calls"), json_u64(out, f->calls);
    json_key(out, "open_calls"), json_u64(out, f->open_calls);
    json_key(out, "sampled_calls"), json_u64(out, f->sampled_calls);
    json_key(out, "sampling_rate"), json_u64(out, f->sampling_rate);
    json_key(out, "estimated"), json_bool(out, f->estimated);
    json_key(out, "total_error_ns"), json_fixed(out, f->total_error_ns, 0);
    if (f->sampled_calls != 0)
        functions_completed(out, w, q, f);
    else
        functions_nulls(out);
    answer_ns(out, q, "total", f->total_ns, f->estimated);
    answer_ns(out, q, "self", f->self_ns, f->estimated);
    answer_percent(out, "percent_total", window_percent(w, (double)f->total_ns));
    answer_percent(out, "percent_self", window_percent(w, (double)f->self_ns));
    functions_errors(out, f, true);
    functions_bytes(out, w, f);
    json_key(out, "abandoned"), json_u64(out, f->abandoned);
    json_key(out, "calls_per_sec"), json_fixed(out, f->calls_per_sec, 2);
    json_key(out, "calls_per_sec_peak"), json_fixed(out, f->calls_per_sec_peak, 2);
    json_key(out, "bounds_only"), json_bool(out, f->bounds_only);
    json_key(out, "lite"), json_bool(out, f->lite);
    if (w->info->alloc.on) functions_memory(out, w, f);
    functions_color(out, f);
    answer_location(out, f->file, f->line);
    json_object_end(out);
}

static void functions_write(
    tool_call_t* call, const window_t* w, const query_t* q, uint32_t index) {
    if (q->detailed)
        functions_detailed(&call->out, w, q, &w->functions[index]);
    else
        functions_concise(&call->out, w, q, &w->functions[index]);
}

/* Opens the window and finds the rows; of those that the page shows, with their times. Returns: NULL
   with the call failed; the window is to be closed all the same. */
static row_t* functions_open(
    tool_call_t* call, query_t* q, times_t times, window_t* w, size_t* count) {
    if (!window_open(call, q, HOTPATH_PART_FUNCTIONS, times, w)) return NULL;
    if (q->sort == SORT_ALLOC && !memory_known(call, w)) return NULL;
    row_t* rows = functions_rows(call, w, q, q->sort, count);
    if (rows == NULL || times == TIMES_ALL) return rows;
    size_t first = 0, shown = answer_rows(q, *count, &first);
    uint32_t* list = (uint32_t*)mcp_arena_alloc(call->arena, (shown + 1) * sizeof *list);
    for (size_t i = 0; i < shown && list != NULL; i++)
        list[i] = rows[first + i].index;
    if (list != NULL && window_times(w, list, shown)) return rows;
    window_close(w);
    return functions_open(call, q, TIMES_ALL, w, count);
}
static void tool_functions_timing(const tool_t* tool, tool_call_t* call) {
    query_t q;
    window_t w;
    size_t count = 0;
    if (!query_read(tool, call, &q)) return;
    times_t times = functions_sorted_by_times(q.sort) ? TIMES_ALL : TIMES_SHOWN;
    row_t* rows = functions_open(call, &q, times, &w, &count);
    if (rows != NULL) {
        json_out_t* out = &call->out;
        answer_begin(call, &w);
        json_key(out, "sort"), json_text(out, functions_sorts[q.sort]);
        json_key(out, "percent_of"), json_text(out, "busy time of all threads");
        answer_estimated(out, &w);
        if (w.info->is_difference)
            json_key(out, "approximate"), json_text(out, "max_ns: bound of a histogram bucket");
        if (q.detailed) {
            char text[40];
            json_key(out, "profiling_mode"), json_text(out, "timing");
            hotpath_time_text((double)w.info->window_ns, text, sizeof text);
            json_key(out, "time_elapsed"), json_text(out, text);
            json_key(out, "total_elapsed_ns"), json_u64(out, w.info->window_ns);
            answer_name(out, "caller_name", w.info->caller);
        }
        answer_page(call, &w, &q, rows, count, functions_write);
        json_object_end(out);
    }
    window_close(&w);
}

/* ---- single executions ---- */

static uint32_t function_id(const window_t* w, size_t i) { return w->functions[i].id; }
static uint64_t function_weight(const window_t* w, size_t i) { return w->functions[i].calls; }

/* What HOTPATH_VALUE and HOTPATH_TEXT said of one execution. */
static void functions_notes(json_out_t* out, const hotpath_execution_t* e) {
    if (e->notes_count == 0) return;
    json_key(out, "notes");
    json_array(out);
    for (uint32_t i = 0; i < e->notes_count; i++) {
        json_object(out);
        answer_name(out, "key", e->notes[i].key);
        answer_value(out, "value", &e->notes[i].value);
        json_object_end(out);
    }
    json_array_end(out);
}
static void functions_execution(tool_call_t* call, const window_t* w, const query_t* q,
    const hotpath_function_t* f, const hotpath_execution_t* e, uint64_t invocation) {
    json_out_t* out = &call->out;
    uint64_t ended = e->at_ns + e->duration_ns;
    bool foreign = f->kind == HOTPATH_KIND_SPAN; /* at_ns is of another clock */
    json_object(out);
    if (invocation != 0) json_key(out, "invocation"), json_u64(out, invocation);
    answer_ns(out, q, "duration", e->duration_ns, false);
    json_key(out, "at_ns"), json_u64(out, e->at_ns);
    if (!foreign)
        answer_ns(
            out, q, "ago", w->info->elapsed_ns > ended ? w->info->elapsed_ns - ended : 0, false);
    json_key(out, "thread_id"), json_u64(out, e->thread);
    if (e->value.type != HOTPATH_VALUE_NONE) answer_value(out, "result", &e->value);
    functions_notes(out, e);
    json_object_end(out);
}
/* Opens the window and finds the function, with its times. Returns: SIZE_MAX with the call failed. */
static size_t functions_find(
    const tool_t* tool, tool_call_t* call, query_t* q, times_t times, window_t* w) {
    if (!window_open(call, q, HOTPATH_PART_LOGS, times, w)) return SIZE_MAX;
    size_t found = window_find(
        tool, call, w, q, w->function_count, function_name, function_id, function_weight);
    uint32_t list = (uint32_t)found;
    if (found == SIZE_MAX || times == TIMES_ALL || window_times(w, &list, 1)) return found;
    window_close(w);
    return functions_find(tool, call, q, TIMES_ALL, w);
}
/* The single executions of a function, each written by `write`. */
typedef void (*execution_write_t)(tool_call_t* call, const window_t* w, const query_t* q,
    const hotpath_function_t* f, const hotpath_execution_t* e, uint64_t invocation);

static void functions_logs(tool_call_t* call, const window_t* w, const query_t* q,
    const hotpath_function_t* f, execution_write_t write) {
    json_out_t* out = &call->out;
    const hotpath_execution_t* list = q->slowest ? f->slowest : f->recent;
    uint32_t count = q->slowest ? f->slowest_count : f->recent_count, n = 0;
    answer_begin(call, w);
    answer_name(out, "function_name", f->name);
    json_key(out, "function_id"), json_u64(out, f->id);
    json_key(out, "total_invocations"), json_u64(out, f->calls);
    json_key(out, "order"), json_text(out, q->slowest ? "slowest" : "recent");
    answer_list(out);
    for (bool fits = true; fits && n < count && n < q->limit; n += fits) {
        size_t before = json_out_size(out);
        write(
            call, w, q, f, &list[n], q->slowest || f->sampled_calls < n ? 0 : f->sampled_calls - n);
        fits = answer_row_fits(out, q, n, before);
    }
    answer_list_end(out, count, n);
}
static void tool_function_timing_logs(const tool_t* tool, tool_call_t* call) {
    query_t q;
    window_t w;
    if (!query_read(tool, call, &q)) return;
    size_t found = functions_find(tool, call, &q, TIMES_SHOWN, &w);
    if (found != SIZE_MAX) functions_logs(call, &w, &q, &w.functions[found], functions_execution);
    window_close(&w);
}
