/* tools_channels.h: channels, streams and their logs: the queues of a program, what goes through them, and
   which end waits for which. */

static const char* const channels_sorts[] = {
    "pressure", "throughput", "depth", "delay", "wait", NULL};
enum {
    CHANNELS_PRESSURE,
    CHANNELS_THROUGHPUT,
    CHANNELS_DEPTH,
    CHANNELS_DELAY,
    CHANNELS_WAIT
};
#define CHANNELS_PARTIES 3 /* of a concise answer */

/* A function of a row, or NULL: it has done nothing yet. */
static const hotpath_function_t* channels_function(const window_t* w, uint32_t index) {
    return index < w->function_count ? &w->functions[index] : NULL;
}
static uint64_t channels_total(const window_t* w, uint32_t index) {
    const hotpath_function_t* f = channels_function(w, index);
    return f != NULL ? f->total_ns : 0;
}
/* How full it is, in percent; of an unbounded one how much of what was sent in the window has stayed. */
static double channels_pressure(const window_t* w, const hotpath_channel_row_t* c) {
    double stayed = c->growth_per_sec * (double)w->info->window_ns / 1e9;
    if (c->capacity != 0) return 100 * (double)c->depth / (double)c->capacity;
    return c->sent != 0 && stayed > 0 ? 100 * stayed / (double)c->sent : 0;
}
static double channels_sort_key(const window_t* w, const hotpath_channel_row_t* c, uint32_t sort) {
    switch (sort) {
        case CHANNELS_THROUGHPUT: return (double)c->received;
        case CHANNELS_DEPTH: return (double)c->depth;
        case CHANNELS_DELAY: return c->delay_mean_ns;
        case CHANNELS_WAIT: return (double)channels_total(w, c->send_wait_function);
        default: return channels_pressure(w, c);
    }
}
static const char* channel_name(const window_t* w, size_t i) { return w->channels[i].label; }
static uint32_t channel_id(const window_t* w, size_t i) { return w->channels[i].id; }
static uint64_t channel_weight(const window_t* w, size_t i) { return w->channels[i].sent + 1; }
static const char* stream_name(const window_t* w, size_t i) { return w->streams[i].label; }
static uint32_t stream_id(const window_t* w, size_t i) { return w->streams[i].id; }
static uint64_t stream_weight(const window_t* w, size_t i) { return w->streams[i].items + 1; }

/* Reads the rows of a window. Returns: false with the call failed and the window closed. */
static bool channels_read(tool_call_t* call, window_t* w) {
    size_t channels = hotpath_snapshot_channels(w->snapshot, NULL, 0);
    size_t streams = hotpath_snapshot_streams(w->snapshot, NULL, 0);
    hotpath_channel_row_t* c =
        (hotpath_channel_row_t*)mcp_arena_alloc(call->arena, (channels + 1) * sizeof *c);
    hotpath_stream_row_t* s =
        (hotpath_stream_row_t*)mcp_arena_alloc(call->arena, (streams + 1) * sizeof *s);
    if (c == NULL || s == NULL) return window_no_memory(call, w);
    w->channel_count = hotpath_snapshot_channels(w->snapshot, c, channels);
    w->stream_count = hotpath_snapshot_streams(w->snapshot, s, streams);
    w->channels = c, w->streams = s;
    return true;
}
static bool channels_open(tool_call_t* call, query_t* q, uint32_t parts, window_t* w) {
    parts |= HOTPATH_PART_FLOWS | HOTPATH_PART_TREE;
    return window_open(call, q, parts, TIMES_ALL, w) && channels_read(call, w);
}

/* ---- rows ---- */

/* Those who send or receive, most messages first. */
static void channels_parties(json_out_t* out, const window_t* w, const query_t* q, const char* key,
    const hotpath_party_t* list, uint32_t count) {
    json_key(out, key);
    json_array(out);
    for (uint32_t i = 0; i < count && (i < CHANNELS_PARTIES || q->detailed); i++) {
        const hotpath_function_t* f = channels_function(w, list[i].function);
        json_object(out);
        answer_name(out, "name", f != NULL ? f->name : "<outside>");
        json_key(out, "count"), json_u64(out, list[i].calls);
        json_object_end(out);
    }
    json_array_end(out);
}
static void channels_source(
    json_out_t* out, const query_t* q, const char* file, uint32_t line, bool location) {
    hotpath_entry_t place;
    memset(&place, 0, sizeof place);
    place.file = file, place.line = line;
    if (q->detailed && !location) values_source(out, &place);
    if (q->detailed && location) answer_location(out, file, line);
}
static void channels_state(
    json_out_t* out, uint64_t instances, uint64_t closed, uint64_t open, bool full) {
    json_key(out, "state");
    json_text(out, full ? "full" : open != 0 ? "active" : "closed");
    json_key(out, "instances"), json_u64(out, instances);
    json_key(out, "closed_instances"), json_u64(out, closed);
}
static void channels_wait(
    json_out_t* out, const window_t* w, const query_t* q, const char* key, uint32_t index) {
    const hotpath_function_t* f = channels_function(w, index);
    if (f == NULL && !q->detailed) return;
    json_key(out, key);
    json_object(out);
    json_key(out, "count"), json_u64(out, f != NULL ? f->calls : 0);
    json_key(out, "open"), json_u64(out, f != NULL ? f->open_calls : 0);
    json_key(out, "total_ns"), json_u64(out, f != NULL ? f->total_ns : 0);
    if (f != NULL && q->detailed) functions_times(out, w, q, f);
    json_object_end(out);
}
static void channels_delay(
    json_out_t* out, const window_t* w, const query_t* q, const hotpath_channel_row_t* c) {
    static const char* const sources[] = {"unknown", "message", "littles_law"};
    const hotpath_function_t* f = channels_function(w, c->delay_function);
    json_key(out, "delay_source"), json_text(out, sources[c->delay_source]);
    if (c->delay_source == HOTPATH_DELAY_UNKNOWN) return;
    answer_text_of(out, q, "delay_avg", c->delay_mean_ns, false);
    json_key(out, "delay_avg_ns"), json_fixed(out, c->delay_mean_ns, 1);
    if (c->delay_source != HOTPATH_DELAY_MESSAGE || f == NULL) return;
    json_key(out, "delay_percentiles");
    json_object(out);
    json_key(out, "p50_ns"), json_u64(out, hotpath_snapshot_percentile(w->snapshot, f, 50));
    json_key(out, "p95_ns"), json_u64(out, hotpath_snapshot_percentile(w->snapshot, f, 95));
    json_key(out, "p99_ns"), json_u64(out, hotpath_snapshot_percentile(w->snapshot, f, 99));
    json_object_end(out);
    json_key(out, "delay_max_ns"), json_u64(out, f->max_ns);
}
static void channels_write(tool_call_t* call, const window_t* w, const query_t* q, uint32_t index) {
    json_out_t* out = &call->out;
    const hotpath_channel_row_t* c = &w->channels[index];
    char type[40] = "unbounded";
    if (c->capacity != 0)
        snprintf(type, sizeof type, "bounded[%llu]", (unsigned long long)c->capacity);
    json_object(out);
    json_key(out, "id"), json_u64(out, c->id);
    channels_source(out, q, c->file, c->line, false);
    answer_name(out, "label", c->label);
    json_key(out, "channel_type"), json_text(out, type);
    channels_state(out, c->instances, c->closed_instances, c->open_instances,
        c->capacity != 0 && c->depth >= c->capacity);
    json_key(out, "queue_size"), json_u64(out, c->depth);
    json_key(out, "max_queue_size"), json_u64(out, c->depth_max);
    answer_percent(out, "pressure_percent", channels_pressure(w, c));
    json_key(out, "sent_count"), json_u64(out, c->sent);
    json_key(out, "received_count"), json_u64(out, c->received);
    json_key(out, "sent_per_sec"), json_fixed(out, c->sent_per_sec, 2);
    json_key(out, "received_per_sec"), json_fixed(out, c->received_per_sec, 2);
    json_key(out, "growth_per_sec"), json_fixed(out, c->growth_per_sec, 2);
    answer_number(out, q, "dropped_count", c->dropped);
    answer_number(out, q, "excess_count", c->excess);
    answer_number(out, q, "misused_count", c->misused);
    channels_delay(out, w, q, c);
    channels_wait(out, w, q, "send_wait", c->send_wait_function);
    channels_wait(out, w, q, "receive_wait", c->receive_wait_function);
    channels_parties(out, w, q, "producers", c->producers, c->producers_count);
    channels_parties(out, w, q, "consumers", c->consumers, c->consumers_count);
    channels_source(out, q, c->file, c->line, true);
    json_object_end(out);
}
static void streams_write(tool_call_t* call, const window_t* w, const query_t* q, uint32_t index) {
    json_out_t* out = &call->out;
    const hotpath_stream_row_t* s = &w->streams[index];
    json_object(out);
    json_key(out, "id"), json_u64(out, s->id);
    channels_source(out, q, s->file, s->line, false);
    answer_name(out, "label", s->label);
    channels_state(out, s->instances, s->closed_instances, s->open_instances, false);
    json_key(out, "items_yielded"), json_u64(out, s->items);
    json_key(out, "bytes"), json_u64(out, s->bytes);
    json_key(out, "items_per_sec"), json_fixed(out, s->items_per_sec, 2);
    json_key(out, "bytes_per_sec"), json_fixed(out, s->bytes_per_sec, 2);
    answer_number(out, q, "misused_count", s->misused);
    channels_parties(out, w, q, "producers", s->producers, s->producers_count);
    channels_source(out, q, s->file, s->line, true);
    json_object_end(out);
}
static void tool_channels(const tool_t* tool, tool_call_t* call) {
    query_t q;
    window_t w;
    bool streams = tool->name[0] == 's';
    if (!query_read(tool, call, &q) || !channels_open(call, &q, 0, &w)) return;
    size_t all = streams ? w.stream_count : w.channel_count, count = 0;
    const unsigned char* fits =
        window_filter(call, &w, &q, streams ? stream_name : channel_name, all);
    row_t* rows = (row_t*)tool_alloc(call, (all + 1) * sizeof *rows);
    if (!call->failed) {
        for (size_t i = 0; i < all; i++) {
            if (fits != NULL && !fits[i]) continue;
            row_t* row = &rows[count++];
            row->key = streams ? (double)w.streams[i].items
                               : channels_sort_key(&w, &w.channels[i], q.sort);
            row->index = (uint32_t)i, row->id = streams ? stream_id(&w, i) : channel_id(&w, i);
            row->name = streams ? stream_name(&w, i) : channel_name(&w, i);
        }
        rows_sort(rows, count);
        answer_begin(call, &w);
        json_key(&call->out, "current_elapsed_ns"), json_u64(&call->out, w.info->elapsed_ns);
        if (!streams) json_key(&call->out, "sort"), json_text(&call->out, channels_sorts[q.sort]);
        answer_page(call, &w, &q, rows, count, streams ? streams_write : channels_write);
        json_object_end(&call->out);
    }
    window_close(&w);
}

/* ---- logs ---- */

typedef struct channels_log {
    const hotpath_flow_log_t* list;
    size_t count;
} channels_log_t;

/* Slowest first: of receives those that waited longest, of items the largest. */
static channels_log_t channels_log(
    tool_call_t* call, const window_t* w, const query_t* q, uint32_t id, bool received) {
    channels_log_t log;
    log.list = hotpath_snapshot_flow_logs(w->snapshot, id, received, &log.count);
    if (!q->slowest || log.count == 0) return log;
    row_t* rows = (row_t*)mcp_arena_alloc(call->arena, log.count * sizeof *rows);
    hotpath_flow_log_t* own =
        (hotpath_flow_log_t*)mcp_arena_alloc(call->arena, log.count * sizeof *own);
    if (rows == NULL || own == NULL) return log;
    for (size_t i = 0; i < log.count; i++) {
        memset(&rows[i], 0, sizeof rows[i]);
        rows[i].key = log.list[i].value != UINT64_MAX ? (double)log.list[i].value : -1;
        rows[i].index = rows[i].id = (uint32_t)i, rows[i].name = "";
    }
    rows_sort(rows, log.count);
    for (size_t i = 0; i < log.count; i++)
        own[i] = log.list[rows[i].index];
    log.list = own;
    return log;
}
/* Returns: how many are written. */
static size_t channels_log_write(tool_call_t* call, const window_t* w, const query_t* q,
    const char* key, const channels_log_t* log, const char* value) {
    json_out_t* out = &call->out;
    size_t n = 0, begin = json_out_size(out);
    json_key(out, key);
    json_array(out);
    for (; n < log->count && n < q->limit; n++) {
        const hotpath_flow_log_t* e = &log->list[n];
        uint64_t now = w->info->elapsed_ns;
        size_t before = json_out_size(out);
        json_object(out);
        json_key(out, "index"), json_u64(out, e->index);
        json_key(out, "at_ns"), json_u64(out, e->at_ns);
        json_key(out, "ago_ns"), json_u64(out, now > e->at_ns ? now - e->at_ns : 0);
        if (value != NULL) {
            json_key(out, value);
            if (e->value != UINT64_MAX)
                json_u64(out, e->value);
            else
                json_null(out);
        }
        if (e->count != 1) json_key(out, "count"), json_u64(out, e->count);
        json_key(out, "thread_id"), json_u64(out, e->thread);
        json_object_end(out);
        if (q->limit_given || n == 0 || json_out_size(out) - begin <= ANSWER_DEFAULT_BYTES / 2)
            continue;
        json_out_cut(out, before);
        break;
    }
    json_array_end(out);
    return n;
}
static void tool_channel_logs(const tool_t* tool, tool_call_t* call) {
    query_t q;
    window_t w;
    bool streams = tool->name[0] == 's';
    if (!query_read(tool, call, &q) || !channels_open(call, &q, HOTPATH_PART_LOGS, &w)) return;
    size_t found = streams ? window_find(tool, call, &w, &q, w.stream_count, stream_name, stream_id,
                                 stream_weight)
                           : window_find(tool, call, &w, &q, w.channel_count, channel_name,
                                 channel_id, channel_weight);
    if (found != SIZE_MAX) {
        json_out_t* out = &call->out;
        uint32_t id = streams ? stream_id(&w, found) : channel_id(&w, found);
        channels_log_t first = channels_log(call, &w, &q, id, false), second = {NULL, 0};
        answer_begin(call, &w);
        json_key(out, "id"), json_u64(out, id);
        answer_name(out, "label", streams ? stream_name(&w, found) : channel_name(&w, found));
        json_key(out, "order"), json_text(out, q.slowest ? "slowest" : "recent");
        size_t n;
        if (streams) {
            json_key(out, "items_yielded"), json_u64(out, w.streams[found].items);
            n = channels_log_write(call, &w, &q, "data", &first, "bytes");
        } else {
            second = channels_log(call, &w, &q, id, true);
            json_key(out, "sent_count"), json_u64(out, w.channels[found].sent);
            json_key(out, "received_count"), json_u64(out, w.channels[found].received);
            n = channels_log_write(call, &w, &q, "sent_logs", &first, NULL);
            n += channels_log_write(call, &w, &q, "received_logs", &second, "delay_ns");
        }
        answer_counts(out, first.count + second.count, n);
        json_object_end(out);
    }
    window_close(&w);
}
