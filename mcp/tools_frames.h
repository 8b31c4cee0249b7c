/* tools_frames.h: frames: the loops of the program, and why their worst rounds took so long. */

#define FRAMES_WORST  3 /* of a concise answer */
#define FRAMES_SCOPES 4 /* of each, those that were longer than usual */

/* A difference may be below zero. */
static void frames_excess(json_out_t* out, int64_t ns) {
    json_key(out, "excess_ns"), json_i64(out, ns);
}
static void frames_inside(
    json_out_t* out, const window_t* w, const query_t* q, const hotpath_inside_t* row) {
    json_object(out);
    answer_name(out, "name", w->functions[row->function].name);
    if (q->detailed && row->node < w->node_count) {
        uint32_t parent = w->nodes[row->node].parent;
        if (parent != HOTPATH_NO_NODE)
            answer_name(out, "caller", w->functions[w->nodes[parent].function].name);
    }
    json_key(out, "calls"), json_u64(out, row->calls);
    if (q->detailed) json_key(out, "total_ns"), json_u64(out, row->total_ns);
    json_key(out, "self_ns"), json_u64(out, row->self_ns);
    json_key(out, "median_ns"), json_u64(out, row->median_ns);
    frames_excess(out, row->excess_ns);
    json_object_end(out);
}
static void frames_worst(
    json_out_t* out, const window_t* w, const query_t* q, const hotpath_worst_frame_t* worst) {
    json_object(out);
    json_key(out, "id"), json_u64(out, worst->id);
    json_key(out, "thread_id"), json_u64(out, worst->thread);
    json_key(out, "at_ns"), json_u64(out, worst->at_ns);
    answer_ns(out, q, "duration", worst->duration_ns, false);
    json_key(out, "unmarked_ns"), json_u64(out, worst->unmarked_ns);
    json_key(out, "unmarked_median_ns"), json_u64(out, worst->unmarked_median_ns);
    if (q->detailed) {
        json_key(out, "other_ns"), json_u64(out, worst->other_ns);
        json_key(out, "other_calls"), json_u64(out, worst->other_calls);
    }
    if (worst->inside_shared) json_key(out, "inside_shared"), json_bool(out, true);
    if (worst->inside_truncated) json_key(out, "inside_truncated"), json_bool(out, true);
    json_key(out, "inside");
    json_array(out);
    for (uint32_t i = 0; i < worst->inside_count; i++) { /* most excess first */
        if (!q->detailed && (i == FRAMES_SCOPES || worst->inside[i].excess_ns <= 0)) break;
        frames_inside(out, w, q, &worst->inside[i]);
    }
    json_array_end(out);
    json_object_end(out);
}
static void frames_write(tool_call_t* call, const window_t* w, const query_t* q, uint32_t index) {
    json_out_t* out = &call->out;
    const hotpath_frame_t* f = &w->frames[index];
    const hotpath_function_t* function = &w->functions[f->function];
    json_object(out);
    answer_name(out, "name", f->name);
    if (q->detailed) json_key(out, "function_id"), json_u64(out, function->id);
    json_key(out, "count"), json_u64(out, f->count);
    json_key(out, "fps"), json_fixed(out, f->fps, 2);
    if (f->budget_ns != 0) {
        json_key(out, "budget_ns"), json_u64(out, f->budget_ns);
        json_key(out, "over_budget"), json_u64(out, f->over_budget);
        answer_percent(out, "percent_over_budget", 100 * (double)f->over_budget / (double)f->count);
    }
    if (f->period != 0) json_key(out, "period"), json_u64(out, f->period);
    functions_times(out, w, q, function);
    if (function->bounds_only) json_key(out, "bounds_only"), json_bool(out, true);
    json_key(out, "jitter_ns"), json_fixed(out, f->jitter_ns, 2);
    json_key(out, "worst");
    json_array(out);
    for (uint32_t i = 0; i < f->worst_count && (q->detailed || i < FRAMES_WORST); i++)
        frames_worst(out, w, q, &f->worst[i]);
    json_array_end(out);
    json_object_end(out);
}

/* ---- view=plots ---- */

#define FRAMES_PLOTTED 32 /* frames of a concise answer, the last ones */
#define FRAMES_GAUGES  8  /* and gauges */

/* One of the numbers of each frame, oldest first. */
typedef uint64_t (*frames_number_t)(const hotpath_recent_frame_t* frame);
static uint64_t frames_id(const hotpath_recent_frame_t* frame) { return frame->id; }
static uint64_t frames_thread(const hotpath_recent_frame_t* frame) { return frame->thread; }
static uint64_t frames_at(const hotpath_recent_frame_t* frame) { return frame->at_ns; }
static uint64_t frames_duration(const hotpath_recent_frame_t* frame) { return frame->duration_ns; }

static void frames_column(json_out_t* out, const char* key, const hotpath_frame_t* f,
    uint32_t first, frames_number_t number) {
    json_key(out, key);
    json_array(out);
    for (uint32_t i = first; i < f->recent_count; i++)
        json_u64(out, number(&f->recent[i]));
    json_array_end(out);
}
static void frames_gauge_value(json_out_t* out, const hotpath_value_t* value) {
    switch ((hotpath_value_type_t)value->type) {
        case HOTPATH_VALUE_INT: json_i64(out, value->as.i); return;
        case HOTPATH_VALUE_DOUBLE: json_number(out, value->as.d); return;
        default: json_null(out); /* the gauge was not known yet */
    }
}
static void frames_plots(tool_call_t* call, const window_t* w, const query_t* q, uint32_t index) {
    json_out_t* out = &call->out;
    const hotpath_frame_t* f = &w->frames[index];
    uint32_t most = q->detailed ? HOTPATH_PLOT_FRAMES : FRAMES_PLOTTED;
    uint32_t first = f->recent_count > most ? f->recent_count - most : 0;
    json_object(out);
    answer_name(out, "name", f->name);
    if (q->detailed) json_key(out, "function_id"), json_u64(out, w->functions[f->function].id);
    json_key(out, "count"), json_u64(out, f->count);
    if (f->budget_ns != 0) json_key(out, "budget_ns"), json_u64(out, f->budget_ns);
    frames_column(out, "id", f, first, frames_id);
    if (q->detailed) {
        frames_column(out, "thread_id", f, first, frames_thread);
        frames_column(out, "at_ns", f, first, frames_at);
    }
    frames_column(out, "duration_ns", f, first, frames_duration);
    json_key(out, "gauges");
    json_array(out);
    for (uint32_t i = 0; i < f->plots_count && (q->detailed || i < FRAMES_GAUGES); i++) {
        json_object(out);
        answer_name(out, "name", f->plots[i].name);
        json_key(out, "values");
        json_array(out);
        for (uint32_t k = first; k < f->recent_count; k++)
            frames_gauge_value(out, &f->plots[i].values[k]);
        json_array_end(out);
        json_object_end(out);
    }
    json_array_end(out);
    json_key(out, "gauge_count"), json_u64(out, f->plots_count);
    json_object_end(out);
}

/* ---- view=phases ---- */

static void frames_phase(tool_call_t* call, const window_t* w, const query_t* q, uint32_t index) {
    json_out_t* out = &call->out;
    const hotpath_function_t* f = &w->functions[index];
    json_object(out);
    answer_name(out, "name", f->name);
    json_key(out, "function_id"), json_u64(out, f->id);
    json_key(out, "count"), json_u64(out, f->calls);
    answer_ns(out, q, "total", f->total_ns, false);
    functions_times(out, w, q, f);
    if (f->bounds_only) json_key(out, "bounds_only"), json_bool(out, true);
    json_object_end(out);
}

static const char* frame_name(const window_t* w, size_t i) { return w->frames[i].name; }

enum {
    FRAMES_VIEW_FRAMES,
    FRAMES_VIEW_PLOTS,
    FRAMES_VIEW_PHASES
};
/* The rows of a view: loops or phases, most time first. Returns: how many. */
static size_t frames_rows(
    const window_t* w, const query_t* q, const unsigned char* fits, row_t* rows) {
    bool phases = q->view == FRAMES_VIEW_PHASES;
    size_t count = 0, all = phases ? w->function_count : w->frame_count;
    for (size_t i = 0; i < all; i++) {
        uint32_t function = phases ? (uint32_t)i : w->frames[i].function;
        const hotpath_function_t* f = &w->functions[function];
        uint64_t n = phases ? f->calls : w->frames[i].count;
        if (n == 0 || (phases && f->kind != HOTPATH_KIND_MARK) || (fits != NULL && !fits[i]))
            continue;
        row_t* row = &rows[count++];
        row->key = (double)(phases ? f->total_ns : w->frames[i].total_ns);
        row->index = (uint32_t)i, row->id = function, row->name = f->name;
    }
    rows_sort(rows, count);
    return count;
}
static void tool_frames(const tool_t* tool, tool_call_t* call) {
    static const char* const views[] = {"frames", "plots", "phases"};
    static const row_write_t writers[] = {frames_write, frames_plots, frames_phase};
    query_t q;
    window_t w;
    if (!query_read(tool, call, &q)) return;
    uint32_t more = q.view == FRAMES_VIEW_PLOTS ? HOTPATH_PART_LOGS : HOTPATH_PART_TREE;
    if (!window_open(call, &q, HOTPATH_PART_FRAMES | more, TIMES_NONE, &w)) return;
    bool phases = q.view == FRAMES_VIEW_PHASES;
    size_t all = phases ? w.function_count : w.frame_count;
    const unsigned char* fits =
        window_filter(call, &w, &q, phases ? function_name : frame_name, all);
    row_t* rows = (row_t*)tool_alloc(call, (all + 1) * sizeof *rows);
    if (!call->failed) {
        size_t count = frames_rows(&w, &q, fits, rows);
        answer_begin(call, &w);
        answer_estimated(&call->out, &w);
        json_key(&call->out, "view"), json_text(&call->out, views[q.view]);
        answer_page(call, &w, &q, rows, count, writers[q.view]);
        json_object_end(&call->out);
    }
    window_close(&w);
}
