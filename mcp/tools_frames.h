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
static const char* frame_name(const window_t* w, size_t i) { return w->frames[i].name; }

static void tool_frames(const tool_t* tool, tool_call_t* call) {
    query_t q;
    window_t w;
    if (!query_read(tool, call, &q)) return;
    if (!window_open(call, &q, HOTPATH_PART_FRAMES | HOTPATH_PART_TREE, TIMES_NONE, &w)) return;
    const unsigned char* fits = window_filter(call, &w, &q, frame_name, w.frame_count);
    row_t* rows = (row_t*)mcp_arena_alloc(call->arena, (w.frame_count + 1) * sizeof *rows);
    if (rows == NULL && !call->failed) tool_fail(call, "there is no memory for this answer");
    if (!call->failed) {
        size_t count = 0;
        for (size_t i = 0; i < w.frame_count; i++) {
            if (w.frames[i].count == 0 || (fits != NULL && !fits[i])) continue;
            row_t* row = &rows[count++];
            row->key = (double)w.frames[i].total_ns, row->index = (uint32_t)i;
            row->id = w.frames[i].function, row->name = w.frames[i].name;
        }
        rows_sort(rows, count);
        answer_begin(call, &w);
        answer_page(call, &w, &q, rows, count, frames_write);
        json_object_end(&call->out);
    }
    window_close(&w);
}
