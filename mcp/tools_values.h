/* tools_values.h: gauges, dbg_entries, val_entries and their logs: what the program says of itself. */

static uint32_t values_kind(const tool_t* tool) {
    return tool->name[0] == 'g'   ? HOTPATH_KIND_GAUGE
           : tool->name[0] == 'd' ? HOTPATH_KIND_DBG
                                  : HOTPATH_KIND_VAL;
}
static void values_source(json_out_t* out, const hotpath_entry_t* e) {
    char text[300];
    if (settings.no_paths) return;
    size_t length = strlen(e->file), from = length > 180 ? length - 180 : 0;
    snprintf(text, sizeof text, "%s:%u", e->file + from, (unsigned)e->line);
    json_key(out, "source"), json_data(out, text, strlen(text));
    if (from != 0) json_cut(out);
}
/* The value as hotpath-rs has it: always a text. */
static void values_last_text(json_out_t* out, const hotpath_value_t* v) {
    char text[64];
    json_key(out, "last_value");
    if (v->type == HOTPATH_VALUE_NONE)
        json_null(out);
    else if (v->type == HOTPATH_VALUE_TEXT && v->as.text != NULL)
        json_data(out, v->as.text, v->length);
    else
        json_data(out, text, hotpath_value_text(*v, text, sizeof text));
}
static const char* values_type(uint32_t kind) {
    return kind == HOTPATH_KIND_GAUGE ? "gauge" : kind == HOTPATH_KIND_DBG ? "dbg" : "val";
}
/* The innermost scope that was open where a value or a message was recorded. */
static void values_scope(
    json_out_t* out, const window_t* w, const hotpath_entry_t* e, const hotpath_sample_t* s) {
    const hotpath_function_t* f = window_by_id(w->functions, w->function_count, s->function);
    if (e->kind == HOTPATH_KIND_GAUGE) return;
    if (f != NULL)
        answer_name(out, "scope", f->name);
    else
        json_key(out, "scope"), json_null(out);
}
static void values_history(json_out_t* out, const hotpath_entry_t* e) {
    json_key(out, "history");
    json_array(out);
    for (uint32_t i = 0; i < e->history_count; i++) {
        json_object(out);
        json_key(out, "at_ns"), json_u64(out, e->history[i].at_ns);
        json_key(out, "thread_id"), json_u64(out, e->history[i].thread);
        answer_value(out, "value", &e->history[i].value);
        json_object_end(out);
    }
    json_array_end(out);
}
static void values_write(tool_call_t* call, const window_t* w, const query_t* q, uint32_t index) {
    json_out_t* out = &call->out;
    const hotpath_entry_t* e = &w->entries[index];
    json_object(out);
    json_key(out, "id"), json_u64(out, e->id);
    if (q->detailed) {
        json_key(out, "entry_type"), json_text(out, values_type(e->kind));
        values_source(out, e);
    }
    answer_name(out, "expression", e->name);
    json_key(out, "log_count"), json_u64(out, e->count);
    if (q->detailed) values_last_text(out, &e->last);
    answer_value(out, "last", &e->last);
    if (e->min.type != HOTPATH_VALUE_NONE || q->detailed) {
        answer_value(out, "min", &e->min);
        answer_value(out, "max", &e->max);
    }
    if (q->detailed) {
        values_history(out, e);
        answer_location(out, e->file, e->line);
    }
    json_object_end(out);
}
static void tool_values(const tool_t* tool, tool_call_t* call) {
    query_t q;
    window_t w;
    if (!query_read(tool, call, &q)) return;
    uint32_t parts = HOTPATH_PART_VALUES | (q.detailed ? HOTPATH_PART_LOGS : 0);
    uint32_t kind = values_kind(tool);
    if (!window_open(call, &q, parts, TIMES_NONE, &w)) return;
    const unsigned char* fits = window_filter(call, &w, &q, entry_name, w.entry_count);
    row_t* rows = (row_t*)tool_alloc(call, (w.entry_count + 1) * sizeof *rows);
    if (!call->failed) {
        size_t count = 0;
        for (size_t i = 0; i < w.entry_count; i++) {
            const hotpath_entry_t* e = &w.entries[i];
            if (e->kind != kind || (fits != NULL && !fits[i])) continue;
            row_t* row = &rows[count++]; /* in the order in which the program made them */
            row->key = -(double)e->id, row->index = (uint32_t)i;
            row->id = e->id, row->name = e->name;
        }
        rows_sort(rows, count);
        answer_begin(call, &w);
        json_key(&call->out, "current_elapsed_ns"), json_u64(&call->out, w.info->elapsed_ns);
        answer_page(call, &w, &q, rows, count, values_write);
        json_object_end(&call->out);
    }
    window_close(&w);
}

/* ---- logs ---- */

static uint32_t entry_id(const window_t* w, size_t i) { return w->entries[i].id; }
static uint64_t entry_weight(const window_t* w, size_t i) { return w->entries[i].count; }

static void tool_value_logs(const tool_t* tool, tool_call_t* call) {
    query_t q;
    window_t w;
    uint32_t kind = values_kind(tool);
    if (!query_read(tool, call, &q)) return;
    if (!window_open(call, &q, HOTPATH_PART_VALUES | HOTPATH_PART_LOGS, TIMES_NONE, &w)) return;
    hotpath_entry_t* own = (hotpath_entry_t*)tool_alloc(call, (w.entry_count + 1) * sizeof *own);
    if (own == NULL) {
        window_close(&w);
        return;
    }
    size_t count = 0; /* only this kind has these names and ids */
    for (size_t i = 0; i < w.entry_count; i++)
        if (w.entries[i].kind == kind) own[count++] = w.entries[i];
    w.entries = own, w.entry_count = count;
    size_t found = window_find(tool, call, &w, &q, count, entry_name, entry_id, entry_weight);
    if (found != SIZE_MAX) {
        json_out_t* out = &call->out;
        const hotpath_entry_t* e = &own[found];
        uint32_t n = 0;
        answer_begin(call, &w);
        json_key(out, "id"), json_u64(out, e->id);
        answer_name(out, kind == HOTPATH_KIND_DBG ? "expression" : "key", e->name);
        if (kind == HOTPATH_KIND_DBG) values_source(out, e);
        json_key(out, "total_logs"), json_u64(out, e->count);
        answer_list(out);
        for (bool fits = true; fits && n < e->history_count && n < q.limit; n += fits) {
            const hotpath_sample_t* s = &e->history[n];
            size_t before = json_out_size(out);
            uint64_t ago = w.info->elapsed_ns > s->at_ns ? w.info->elapsed_ns - s->at_ns : 0;
            json_object(out);
            json_key(out, "at_ns"), json_u64(out, s->at_ns);
            json_key(out, "ago_ns"), json_u64(out, ago);
            answer_value(out, "value", &s->value);
            values_scope(out, &w, e, s);
            json_key(out, "thread_id"), json_u64(out, s->thread);
            json_object_end(out);
            fits = answer_row_fits(out, &q, n, before);
        }
        answer_list_end(out, e->history_count, n);
    }
    window_close(&w);
}
