/* tools_io.h: io: reads, writes and what else asks the system, by label and kind of descriptor. Each row
   is a function of the call tree, "socket (read)", with what only io has. */

static const char* const io_descriptors[] = {
    "other", "file", "socket", "pipe", "tty", "eventfd", "other", "set", "name"};
static const char* const io_ops[] = {
    "", "read", "write", "sync", "open", "close", "poll", "lookup", "connect"};

static const char* const io_sorts[] = {
    "total", "count", "bytes", "avg", "p99", "max", "errors", "throughput", "blocking", NULL};
enum {
    IO_TOTAL,
    IO_COUNT,
    IO_BYTES,
    IO_AVG,
    IO_P99,
    IO_MAX,
    IO_ERRORS,
    IO_THROUGHPUT,
    IO_BLOCKING
};
/* Reads the rows of a window. Returns: false with the call failed. */
static bool io_read(tool_call_t* call, window_t* w) {
    size_t count = hotpath_snapshot_io(w->snapshot, NULL, 0);
    hotpath_io_row_t* list = (hotpath_io_row_t*)tool_alloc(call, (count + 1) * sizeof *list);
    if (list == NULL) return false;
    (void)hotpath_snapshot_io(w->snapshot, list, count);
    w->io = list, w->io_count = count;
    return true;
}
static const hotpath_function_t* io_function(const window_t* w, const hotpath_io_row_t* row) {
    return &w->functions[row->function];
}
static double io_sort_key(const window_t* w, const hotpath_io_row_t* row, uint32_t sort) {
    const hotpath_function_t* f = io_function(w, row);
    switch (sort) {
        case IO_COUNT: return (double)row->count;
        case IO_BYTES: return (double)row->bytes;
        case IO_AVG: return f->mean_ns;
        case IO_P99: return functions_percentile(w, f, 99);
        case IO_MAX: return (double)f->max_ns;
        case IO_ERRORS: return (double)row->errors;
        case IO_THROUGHPUT: return row->throughput;
        case IO_BLOCKING: return (double)f->blocking_ns;
        default: return (double)row->total_ns;
    }
}
static void io_callers(
    json_out_t* out, const window_t* w, const query_t* q, const hotpath_io_row_t* row) {
    json_key(out, "callers");
    json_array(out);
    for (uint32_t i = 0; i < row->callers_count && (i < 3 || q->detailed); i++) {
        const hotpath_party_t* party = &row->callers[i];
        if (party->function == HOTPATH_NO_FUNCTION) continue; /* in no scope */
        json_object(out);
        answer_name(out, "name", w->functions[party->function].name);
        json_key(out, "count"), json_u64(out, party->calls);
        json_key(out, "total_ns"), json_u64(out, party->total_ns);
        json_object_end(out);
    }
    json_array_end(out);
}
static void io_write(tool_call_t* call, const window_t* w, const query_t* q, uint32_t index) {
    json_out_t* out = &call->out;
    const hotpath_io_row_t* row = &w->io[index];
    const hotpath_function_t* f = io_function(w, row);
    json_object(out);
    json_key(out, "id"), json_u64(out, f->id);
    answer_name(out, "label", row->label);
    json_key(out, "descriptor"), json_text(out, io_descriptors[row->descriptor]);
    json_key(out, "op"), json_text(out, io_ops[row->op]);
    json_key(out, "count"), json_u64(out, row->count);
    answer_number(out, q, "open", row->open);
    answer_number(out, q, "bytes", row->bytes);
    answer_number(out, q, "errors", row->errors);
    if (row->errors != 0) functions_reasons(out, f, q->detailed ? f->reasons_count : 3);
    answer_number(out, q, "would_block", row->would_block);
    answer_number(out, q, "interrupted", row->interrupted);
    answer_ns(out, q, "total", row->total_ns, f->estimated);
    answer_percent(out, "percent_total", window_percent(w, (double)row->total_ns));
    functions_times(out, w, q, f);
    if (row->op <= HOTPATH_IO_WRITE) {
        json_key(out, "throughput_bytes_per_sec"), json_fixed(out, row->throughput, 0);
        json_key(out, "bytes_per_sec"), json_fixed(out, row->bytes_per_sec, 0);
    }
    answer_number(out, q, "blocking_calls", f->blocking_calls);
    answer_number(out, q, "blocking_ns", f->blocking_ns);
    io_callers(out, w, q, row);
    json_object_end(out);
}
/* "socket (read)" */
static const char* io_name(const window_t* w, size_t i) { return io_function(w, &w->io[i])->name; }
/* Returns: the rows that the filter lets through, sorted; NULL with the call failed. */
static row_t* io_rows(tool_call_t* call, const window_t* w, const query_t* q, size_t* count) {
    const unsigned char* fits = window_filter(call, w, q, io_name, w->io_count);
    row_t* rows = (row_t*)tool_alloc(call, (w->io_count + 1) * sizeof *rows);
    if (call->failed) return NULL;
    *count = 0;
    for (size_t i = 0; i < w->io_count; i++) {
        if (fits != NULL && !fits[i]) continue;
        row_t* row = &rows[(*count)++];
        row->key = io_sort_key(w, &w->io[i], q->sort);
        row->index = (uint32_t)i, row->id = io_function(w, &w->io[i])->id;
        row->name = io_name(w, i);
    }
    rows_sort(rows, *count);
    return rows;
}
static void tool_io(const tool_t* tool, tool_call_t* call) {
    query_t q;
    window_t w;
    size_t count = 0;
    if (!query_read(tool, call, &q)) return;
    if (!window_open(call, &q, HOTPATH_PART_FLOWS | HOTPATH_PART_TREE, TIMES_ALL, &w)) return;
    row_t* rows = io_read(call, &w) ? io_rows(call, &w, &q, &count) : NULL;
    if (rows != NULL) {
        json_out_t* out = &call->out;
        answer_begin(call, &w);
        json_key(out, "sort"), json_text(out, io_sorts[q.sort]);
        json_key(out, "percent_of"), json_text(out, "busy time of all threads");
        answer_estimated(out, &w);
        if (w.info->is_difference)
            json_key(out, "approximate"), json_text(out, "max_ns: bound of a histogram bucket");
        answer_page(call, &w, &q, rows, count, io_write);
        json_object_end(out);
    }
    window_close(&w);
}
