/* tools_spans.h: sql, http, server and their logs: the queries of a program, the requests that it makes
   and the routes that it serves. A span is a function of the call tree whose name is its key; what
   stands here is what only spans have. */

/* What the three kinds call what they share. */
typedef struct span_words {
    uint32_t kind;
    const char* key; /* of a row, and of the header of its log */
    const char* id;  /* of that header */
} span_words_t;

static const span_words_t spans_words[] = {{HOTPATH_SPAN_SQL, "query", "sql_id"},
    {HOTPATH_SPAN_HTTP, "endpoint", "http_id"}, {HOTPATH_SPAN_SERVER, "route", "server_id"}};

static const span_words_t* spans_words_of(const tool_t* tool) {
    return &spans_words[strncmp(tool->name, "sql", 3) == 0    ? 0
                        : strncmp(tool->name, "http", 4) == 0 ? 1
                                                              : 2];
}

static const char* const spans_sorts[] = {"total", "count", "avg", "p95", "p99", "max", "errors",
    "spread", "per_sec", "rows", "bytes", NULL};
enum {
    SPANS_TOTAL,
    SPANS_COUNT,
    SPANS_AVG,
    SPANS_P95,
    SPANS_P99,
    SPANS_MAX,
    SPANS_ERRORS,
    SPANS_SPREAD,
    SPANS_PER_SEC,
    SPANS_ROWS,
    SPANS_BYTES
};
static const hotpath_function_t* spans_function(const window_t* w, const hotpath_span_row_t* s) {
    return &w->functions[s->function];
}
static const char* span_name(const window_t* w, size_t i) { return w->spans[i].key; }

/* Opens a window that has the spans of the tool's kind only: names and ids are looked up among them.
   Returns: false with the call failed and the window closed. */
static bool spans_open(
    const tool_t* tool, tool_call_t* call, query_t* q, uint32_t parts, window_t* w) {
    uint32_t kind = spans_words_of(tool)->kind;
    parts |= HOTPATH_PART_SPANS | HOTPATH_PART_TREE;
    if (!window_open(call, q, parts, TIMES_ALL, w)) return false;
    size_t size = (w->span_count + 1) * sizeof(hotpath_span_row_t), count = 0;
    hotpath_span_row_t* own = (hotpath_span_row_t*)mcp_arena_alloc(call->arena, size);
    if (own == NULL) return window_no_memory(call, w);
    for (size_t i = 0; i < w->span_count; i++)
        if (w->spans[i].kind == kind) own[count++] = w->spans[i];
    w->spans = own, w->span_count = count;
    return true;
}
static double spans_sort_key(const window_t* w, const hotpath_span_row_t* s, uint32_t sort) {
    const hotpath_function_t* f = spans_function(w, s);
    switch (sort) {
        case SPANS_COUNT: return (double)f->calls;
        case SPANS_AVG: return f->mean_ns;
        case SPANS_P95: return functions_percentile(w, f, 95);
        case SPANS_P99: return functions_percentile(w, f, 99);
        case SPANS_MAX: return (double)f->max_ns;
        case SPANS_ERRORS: return (double)s->errors;
        case SPANS_SPREAD: return functions_spread(w, f);
        case SPANS_PER_SEC: return s->per_second;
        case SPANS_ROWS: return (double)s->rows;
        case SPANS_BYTES: return (double)(s->bytes_in + s->bytes_out);
        default: return (double)f->total_ns;
    }
}

/* What was done below the spans of each function: queries and requests on every path from it down. */
typedef struct span_below {
    uint64_t queries, requests;
} span_below_t;

/* Returns: one for each function of the window; NULL with the call failed. */
static span_below_t* spans_below(tool_call_t* call, const window_t* w) {
    size_t size = (w->function_count + 1) * sizeof(span_below_t);
    span_below_t* below = (span_below_t*)tool_alloc(call, size);
    uint32_t* route = (uint32_t*)tool_alloc(call, (w->node_count + 1) * sizeof *route);
    if (below == NULL || route == NULL) return NULL;
    memset(below, 0, size);
    for (size_t i = 0; i < w->node_count; i++) { /* parents stand before their children */
        const hotpath_node_t* n = &w->nodes[i];
        uint32_t kind = w->functions[n->function].kind;
        uint32_t above = n->parent != HOTPATH_NO_NODE ? route[n->parent] : UINT32_MAX;
        route[i] = kind == HOTPATH_KIND_SERVER ? n->function : above;
        if (above == UINT32_MAX) continue;
        if (kind == HOTPATH_KIND_SQL) below[above].queries += n->calls;
        if (kind == HOTPATH_KIND_HTTP) below[above].requests += n->calls;
    }
    return below;
}

/* ---- rows ---- */

static double spans_each(uint64_t of, const hotpath_function_t* f) {
    return f->calls != 0 ? (double)of / (double)f->calls : 0;
}
/* Those above a span, most calls first, and how often it ran in one call of theirs. */
static void spans_above(json_out_t* out, const window_t* w, const query_t* q, const char* key,
    const hotpath_span_caller_t* list, uint32_t count) {
    json_key(out, key);
    json_array(out);
    for (uint32_t i = 0; i < count && (i < 3 || q->detailed); i++) {
        json_object(out);
        answer_name(out, "name", w->functions[list[i].function].name);
        json_key(out, "count"), json_u64(out, list[i].calls);
        json_key(out, "per_call"), json_fixed(out, list[i].per_call, 2);
        json_object_end(out);
    }
    json_array_end(out);
}
/* What each kind has beyond calls and times. */
static void spans_facts(json_out_t* out, const query_t* q, const hotpath_span_row_t* s,
    const span_below_t* below, const hotpath_function_t* f) {
    static const char* const phases[] = {
        "lookup_avg_ns", "connect_avg_ns", "tls_avg_ns", "first_byte_avg_ns"};
    if (s->errors != 0 || q->detailed)
        functions_errors(out, f, q->detailed || q->sort == SPANS_ERRORS);
    if (s->kind == HOTPATH_SPAN_SQL) {
        answer_number(out, q, "rows", s->rows);
        answer_number(out, q, "fullscan_steps", s->fullscan_steps);
        return;
    }
    answer_number(out, q, "status_4xx", s->status_4xx);
    answer_number(out, q, "status_5xx", s->status_5xx);
    answer_number(out, q, "bytes_in", s->bytes_in);
    answer_number(out, q, "bytes_out", s->bytes_out);
    if (s->kind == HOTPATH_SPAN_HTTP) {
        for (int i = 0; i < HOTPATH_SPAN_PHASES; i++)
            if (s->phases_count[i] != 0)
                answer_number(out, q, phases[i], s->phases_ns[i] / s->phases_count[i]);
        return;
    }
    json_key(out, "sql_per_request"), json_fixed(out, spans_each(below->queries, f), 2);
    if (below->requests != 0 || q->detailed)
        json_key(out, "http_per_request"), json_fixed(out, spans_each(below->requests, f), 2);
}
static void spans_write(tool_call_t* call, const window_t* w, const query_t* q, uint32_t index) {
    json_out_t* out = &call->out;
    const hotpath_span_row_t* s = &w->spans[index];
    const hotpath_function_t* f = spans_function(w, s);
    json_object(out);
    json_key(out, "id"), json_u64(out, f->id);
    answer_name(out, spans_words[s->kind - HOTPATH_SPAN_SQL].key, s->key);
    json_key(out, "count"), json_u64(out, f->calls);
    answer_number(out, q, "open", f->open_calls);
    answer_ns(out, q, "total", f->total_ns, f->estimated);
    answer_percent(out, "percent_total", window_percent(w, (double)f->total_ns));
    functions_times(out, w, q, f);
    spans_facts(out, q, s, &((const span_below_t*)q->rows)[s->function], f);
    json_key(out, "per_sec"), json_fixed(out, s->per_second_mean, 2);
    if (q->detailed) {
        json_key(out, "per_sec_now"), json_fixed(out, s->per_second, 2);
        json_key(out, "per_sec_peak"), json_fixed(out, s->per_second_peak, 2);
    }
    json_key(out, "concurrency"), json_fixed(out, s->concurrency, 2);
    if (s->kind != HOTPATH_SPAN_SERVER) {
        spans_above(out, w, q, "callers", s->callers, s->callers_count);
        spans_above(out, w, q, "routes", s->routes, s->routes_count);
    }
    json_object_end(out);
}

/* Returns: the spans that the filter lets through, sorted; NULL with the call failed. */
static row_t* spans_rows(tool_call_t* call, const window_t* w, const query_t* q, size_t* count) {
    const unsigned char* fits = window_filter(call, w, q, span_name, w->span_count);
    row_t* rows = (row_t*)tool_alloc(call, (w->span_count + 1) * sizeof *rows);
    if (call->failed) return NULL;
    *count = 0;
    for (size_t i = 0; i < w->span_count; i++) {
        const hotpath_span_row_t* s = &w->spans[i];
        const hotpath_function_t* f = spans_function(w, s);
        if ((fits != NULL && !fits[i]) || !functions_active(f)) continue;
        row_t* row = &rows[(*count)++];
        row->key = spans_sort_key(w, s, q->sort);
        row->index = (uint32_t)i, row->id = f->id, row->name = s->key;
    }
    rows_sort(rows, *count);
    return rows;
}
static void tool_spans(const tool_t* tool, tool_call_t* call) {
    query_t q;
    window_t w;
    size_t count = 0;
    if (!query_read(tool, call, &q)) return;
    if (!spans_open(tool, call, &q, 0, &w)) return;
    row_t* rows = spans_rows(call, &w, &q, &count);
    q.rows = rows != NULL ? spans_below(call, &w) : NULL;
    if (q.rows != NULL) {
        json_out_t* out = &call->out;
        answer_begin(call, &w);
        json_key(out, "sort"), json_text(out, spans_sorts[q.sort]);
        json_key(out, "percent_of"), json_text(out, "busy time of all threads");
        answer_estimated(out, &w);
        if (w.info->is_difference)
            json_key(out, "approximate"), json_text(out, "max_ns: bound of a histogram bucket");
        answer_page(call, &w, &q, rows, count, spans_write);
        json_object_end(out);
    }
    window_close(&w);
}

/* ---- single executions ---- */

static uint32_t span_id(const window_t* w, size_t i) { return spans_function(w, &w->spans[i])->id; }
static uint64_t span_weight(const window_t* w, size_t i) { return w->spans[i].count; }

/* The scopes inside of one span, most time by themselves first. */
static void spans_inside(json_out_t* out, const window_t* w, const hotpath_span_slow_t* e) {
    if (e->inside_shared) /* others of the key may have been open: it may be theirs */
        json_key(out, "inside_shared"), json_bool(out, true);
    json_key(out, "inside");
    json_array(out);
    for (uint32_t i = 0; i < e->inside_count; i++) {
        const hotpath_inside_t* in = &e->inside[i];
        json_object(out);
        answer_name(out, "name", w->functions[in->function].name);
        json_key(out, "calls"), json_u64(out, in->calls);
        json_key(out, "total_ns"), json_u64(out, in->total_ns);
        json_key(out, "self_ns"), json_u64(out, in->self_ns);
        json_object_end(out);
    }
    json_array_end(out);
    json_key(out, "unmarked_ns"), json_u64(out, e->unmarked_ns); /* in no scope inside */
    if (e->inside_truncated) json_key(out, "inside_truncated"), json_bool(out, true);
}
/* Its notes, as its function's log has them: of the eight slowest and the last ones. */
static void spans_notes(
    json_out_t* out, const hotpath_function_t* f, const hotpath_span_slow_t* slow) {
    for (uint32_t i = 0; i < f->slowest_count + f->recent_count; i++) {
        const hotpath_execution_t* e =
            i < f->slowest_count ? &f->slowest[i] : &f->recent[i - f->slowest_count];
        if (e->at_ns != slow->at_ns || e->thread != slow->thread ||
            e->duration_ns != slow->duration_ns)
            continue;
        functions_notes(out, e);
        return;
    }
}
static void spans_slow(tool_call_t* call, const window_t* w, const query_t* q,
    const hotpath_span_row_t* s, const hotpath_span_slow_t* e) {
    json_out_t* out = &call->out;
    uint64_t ended = e->at_ns + e->duration_ns, now = w->info->elapsed_ns;
    json_object(out);
    answer_ns(out, q, "duration", e->duration_ns, false);
    json_key(out, "at_ns"), json_u64(out, e->at_ns);
    answer_ns(out, q, "ago", now > ended ? now - ended : 0, false);
    json_key(out, "thread_id"), json_u64(out, e->thread);
    json_key(out, "status"), json_i64(out, e->status);
    if (s->kind == HOTPATH_SPAN_SQL) json_key(out, "rows"), json_u64(out, e->rows);
    spans_inside(out, w, e);
    spans_notes(out, spans_function(w, s), e);
    json_object_end(out);
}
/* Returns: how many spans are written, of *count that are kept. Default answers end at about 8 KB. */
static uint32_t spans_logs(tool_call_t* call, const window_t* w, const query_t* q,
    const hotpath_span_row_t* s, uint32_t* count) {
    json_out_t* out = &call->out;
    const hotpath_function_t* f = spans_function(w, s);
    uint32_t n = 0;
    *count = q->slowest ? s->slowest_count : f->recent_count;
    for (bool fits = true; fits && n < *count && n < q->limit; n += fits) {
        size_t before = json_out_size(out);
        if (q->slowest)
            spans_slow(call, w, q, s, &s->slowest[n]);
        else
            functions_execution(call, w, q, f, &f->recent[n], f->completed - n);
        fits = answer_row_fits(out, q, n, before);
    }
    return n;
}
static void tool_span_logs(const tool_t* tool, tool_call_t* call) {
    const span_words_t* words = spans_words_of(tool);
    query_t q;
    window_t w;
    if (!query_read(tool, call, &q)) return;
    if (!spans_open(tool, call, &q, HOTPATH_PART_LOGS, &w)) return;
    size_t found = window_find(tool, call, &w, &q, w.span_count, span_name, span_id, span_weight);
    if (found != SIZE_MAX) {
        json_out_t* out = &call->out;
        const hotpath_span_row_t* s = &w.spans[found];
        uint32_t count = 0, n = 0;
        answer_begin(call, &w);
        answer_name(out, words->key, s->key);
        json_key(out, words->id), json_u64(out, span_id(&w, found));
        json_key(out, "count"), json_u64(out, s->count);
        json_key(out, "errors"), json_u64(out, s->errors);
        json_key(out, "order"), json_text(out, q.slowest ? "slowest" : "recent");
        answer_list(out);
        n = spans_logs(call, &w, &q, s, &count);
        answer_list_end(out, count, n);
    }
    window_close(&w);
}
