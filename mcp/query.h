/* query.h: what a tool is asked and over which window. Reads and checks the arguments of a call, takes
   the one snapshot that the answer is made of, and writes the header that every answer has. */

typedef enum since_kind {
    SINCE_START,
    SINCE_AGE,
    SINCE_TICK
} since_kind_t;

typedef struct query {
    uint32_t limit;
    bool limit_given;
    uint32_t sort; /* index into the tool's sorts */
    bool detailed;
    bool slowest; /* order */
    bool markdown;
    bool alloc;    /* source */
    bool offcpu;   /* likewise: only what waits */
    uint32_t view; /* VIEW_*, or HEAP_* of the tool heap */
    double min_percent;
    const char* const* filters;
    size_t filter_count;
    const char* name; /* of log tools, or NULL */
    int64_t id;       /* likewise, or -1 */
    const char* root;
    const char* base;   /* a heap snapshot, or NULL */
    const char* thread; /* a name, or NULL */
    uint64_t thread_id; /* 0: all threads */
    since_kind_t since;
    uint64_t since_value; /* milliseconds or a tick */
    bool pages;           /* the tool takes a cursor */
    bool has_cursor;
    uint64_t cursor_tick; /* the baseline that all pages after the first read */
    uint64_t cursor_row;  /* how many rows the pages before had */
    uint64_t cursor_from; /* the baseline that their window began with, 0: the start */
    uint32_t digest;      /* of all that shapes the rows: a cursor fits one query only */
    const void* rows;     /* what the rows of a tool need beside the window */
} query_t;

enum {
    VIEW_SUMMARY,
    VIEW_SELF,
    VIEW_TOTAL,
    VIEW_TREE,
    VIEW_CALLERS
};

/* ---- reading arguments ---- */

/* A text argument, or NULL with the call failed. */
static const char* query_text(tool_call_t* call, const char* key, json_t value) {
    size_t length = 0;
    const char* text = json_string(value, call->arena, &length);
    if (text == NULL || json_has_nul(value) || length > 1000) {
        tool_fail(call, "%s must be a string of at most 1000 bytes", key);
        return NULL;
    }
    return text;
}
/* A whole number, also written as a string. Returns: false with the call failed. */
static bool query_integer(
    tool_call_t* call, const char* key, json_t value, int64_t min, int64_t max, int64_t* out) {
    bool ok = json_int(value, out);
    if (!ok && json_type(value) == JSON_STRING) {
        const char* text = json_string(value, call->arena, NULL);
        char* end = NULL;
        if (text != NULL && text[0] >= '0' && text[0] <= '9' && strlen(text) < 19) {
            *out = (int64_t)strtoll(text, &end, 10);
            ok = *end == 0;
        }
    }
    if (ok && *out >= min && *out <= max) return true;
    tool_fail(
        call, "%s must be a whole number from %lld to %lld", key, (long long)min, (long long)max);
    return false;
}
static bool query_number(
    tool_call_t* call, const char* key, json_t value, double min, double max, double* out) {
    bool ok = json_double(value, out);
    if (!ok && json_type(value) == JSON_STRING) { /* of a URL's query */
        const char* error = NULL;
        const char* text = json_string(value, call->arena, NULL);
        json_t number;
        number.doc = NULL, number.at = -1;
        if (text != NULL) number = json_parse(call->arena, text, strlen(text), &error);
        ok = json_double(number, out);
    }
    if (ok && *out >= min && *out <= max) return true;
    tool_fail(call, "%s must be a number from %g to %g", key, min, max);
    return false;
}
/* One of a list of words. Returns: its index, or -1 with the call failed, the words told. */
static int query_word(tool_call_t* call, const char* key, json_t value, const char* const* words) {
    char list[400];
    size_t used = 0;
    for (int i = 0; words[i] != NULL; i++) {
        if (json_is(value, words[i])) return i;
        int n = snprintf(list + used, sizeof list - used, "%s%s", i == 0 ? "" : ", ", words[i]);
        if (n > 0 && used + (size_t)n < sizeof list) used += (size_t)n;
    }
    tool_fail(call, "%s must be one of: %s", key, list);
    return -1;
}
/* "start", an age such as 500ms, 10s, 5m, 1h, or a next_since. */
static bool query_since(tool_call_t* call, json_t value, query_t* q) {
    static const char* const form =
        "since must be start, an age such as 500ms, 10s, 5m or 1h, or the next_since of an answer";
    const char* text = json_string(value, call->arena, NULL);
    if (text == NULL || json_has_nul(value)) {
        tool_fail(call, "%s", form);
        return false;
    }
    q->since = SINCE_START;
    if (strcmp(text, "start") == 0) return true;
    int token = history_token_read(text, &q->since_value);
    if (token == 0) {
        char oldest[40];
        history_lock();
        history_oldest(oldest, sizeof oldest);
        history_unlock();
        tool_fail(call,
            "since is a token of another program or of an earlier start; the oldest one left is %s",
            oldest);
        return false;
    }
    q->since = token > 0 ? SINCE_TICK : SINCE_AGE;
    if (token > 0) return true;
    uint64_t number = 0;
    size_t i = 0;
    for (; text[i] >= '0' && text[i] <= '9' && i < 10; i++)
        number = number * 10 + (uint64_t)(text[i] - '0');
    uint64_t unit = strcmp(text + i, "ms") == 0  ? 1
                    : strcmp(text + i, "s") == 0 ? 1000
                    : strcmp(text + i, "m") == 0 ? 60000
                    : strcmp(text + i, "h") == 0 ? 3600000
                                                 : 0;
    if (i == 0 || unit == 0 || number == 0) {
        tool_fail(call, "%s", form);
        return false;
    }
    q->since_value = number * unit;
    return true;
}
static bool query_filter(tool_call_t* call, json_t value, query_t* q) {
    bool array = json_type(value) == JSON_ARRAY;
    size_t count = array ? json_count(value) : 1, n = 0;
    if (count > 50) {
        tool_fail(call, "filter takes at most 50 names");
        return false;
    }
    const char** list = (const char**)tool_alloc(call, (count + 1) * sizeof *list);
    if (list == NULL) return false;
    json_t v = array ? json_first(value) : value;
    for (size_t i = 0; i < count; i++, v = json_next(v)) {
        if (json_type(v) != JSON_STRING) {
            tool_fail(call,
                "filter must be a string, a name or a glob such as parse_*, or an array "
                "of at most 50 of them");
            return false;
        }
        const char* text = query_text(call, "filter", v);
        if (text == NULL) return false;
        if (text[0] != 0) list[n++] = text;
    }
    q->filters = list, q->filter_count = n;
    return true;
}
static bool query_thread(tool_call_t* call, json_t value, query_t* q) {
    int64_t id = 0;
    bool number = json_int(value, &id);
    if (!number && json_type(value) == JSON_STRING) {
        q->thread = query_text(call, "thread", value);
        if (q->thread == NULL) return false;
        char* end = NULL;
        if (q->thread[0] >= '0' && q->thread[0] <= '9' && strlen(q->thread) < 19) {
            id = (int64_t)strtoll(q->thread, &end, 10);
            number = *end == 0;
        }
        if (!number) return true;
        q->thread = NULL;
    }
    if (!number || id < 1) {
        tool_fail(
            call, "thread must be the id or the name of a thread, as the tool threads has it");
        return false;
    }
    q->thread_id = (uint64_t)id;
    return true;
}

/* FNV-1a over what shapes the rows of a query. */
static uint32_t query_digest(uint32_t digest, const void* data, size_t size) {
    const unsigned char* p = (const unsigned char*)data;
    for (size_t i = 0; i < size; i++)
        digest = (digest ^ p[i]) * 16777619u;
    return digest;
}
static uint32_t query_digest_of(const tool_t* tool, const query_t* q) {
    uint32_t d = query_digest(2166136261u, tool->name, strlen(tool->name) + 1);
    d = query_digest(d, &q->sort, sizeof q->sort);
    d = query_digest(d, &q->thread_id, sizeof q->thread_id);
    d = query_digest(d, &q->since, sizeof q->since);
    d = query_digest(d, &q->since_value, sizeof q->since_value);
    if (q->thread != NULL) d = query_digest(d, q->thread, strlen(q->thread) + 1);
    for (size_t i = 0; i < q->filter_count; i++)
        d = query_digest(d, q->filters[i], strlen(q->filters[i]) + 1);
    return d;
}

/* A cursor is c, the token of a tick, the digest, how many rows came before and the tick that the
   window began with. Their number and not the last one's key: the first page is of now and the others
   of that tick, where every key is a little smaller, but the order hardly another. The window's begin
   and not its age: at the time of a later page "10s" would be another window. */
static char* cursor_put(char* to, uint64_t v, int least) { /* a point and at least so many digits */
    int digits = least;
    while (digits < 16 && v >> 4 * digits != 0)
        digits++;
    *to++ = '.';
    for (; digits > 0; digits--)
        *to++ = "0123456789abcdef"[v >> 4 * (digits - 1) & 15];
    return to;
}
static void cursor_write(
    const query_t* q, uint64_t tick, uint64_t from, uint64_t rows, json_out_t* out) {
    char text[120] = "c.";
    history_token(tick, text + 2, 40);
    char* to = cursor_put(text + strlen(text), q->digest, 8);
    to = cursor_put(cursor_put(to, rows, 1), from, 1);
    *to = 0;
    json_key(out, "next_cursor"), json_text(out, text);
}
static bool cursor_hex(const char** p, uint64_t* out) {
    size_t n = 0;
    *out = 0;
    for (;; (*p)++, n++) {
        unsigned c = (unsigned char)**p;
        unsigned digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
        if (digit == 16) break;
        *out = *out << 4 | digit;
    }
    if (n == 0 || n > 16) return false;
    if (**p == '.') (*p)++;
    return true;
}
/* Returns: false with the call failed if the cursor is of another query, another start or expired. */
static bool cursor_read(tool_call_t* call, const char* text, query_t* q) {
    char token[40];
    uint64_t digest = 0;
    const char* dot = text[0] == 'c' && text[1] == '.' ? strchr(text + 2, '.') : NULL;
    size_t length = dot != NULL ? (size_t)(dot - text) - 2 : sizeof token;
    bool ok = length < sizeof token;
    if (ok) {
        memcpy(token, text + 2, length);
        token[length] = 0;
        const char* p = dot + 1;
        ok = history_token_read(token, &q->cursor_tick) == 1 && cursor_hex(&p, &digest) &&
             cursor_hex(&p, &q->cursor_row) && cursor_hex(&p, &q->cursor_from) && *p == 0;
    }
    if (!ok || (uint32_t)digest != q->digest) {
        tool_fail(
            call, ok ? "cursor belongs to other arguments: send it with the same ones, or leave "
                       "it out for the first page"
                     : "cursor is not one that this program gave: leave it out for the first "
                       "page");
        return false;
    }
    q->has_cursor = true;
    return true;
}

/* One argument. Returns: false with the call failed. */
static bool query_argument(
    const tool_t* tool, tool_call_t* call, unsigned number, json_t value, query_t* q) {
    static const char* const formats[] = {"concise", "detailed", NULL};
    static const char* const orders[] = {"recent", "slowest", NULL};
    static const char* const views[] = {"summary", "self", "total", "tree", "callers", NULL};
    static const char* const sources[] = {"time", "alloc", "offcpu", NULL};
    static const char* const heap_views[] = {"usage", "sites", "diff", "leaks", "sizes", NULL};
    static const char* const frames_views[] = {"frames", "plots", "phases", NULL};
    static const char* const renderings[] = {"json", "markdown", NULL};
    const char* key = registry_argument_name(tool, number);
    int64_t n = 0;
    int word = 0;
    switch (number) {
        case ARG_NUMBER_LIMIT:
            if (!query_integer(call, key, value, 1, (int64_t)tool->limit_max, &n)) return false;
            q->limit = (uint32_t)n, q->limit_given = true;
            return true;
        case ARG_NUMBER_FILTER: return query_filter(call, value, q);
        case ARG_NUMBER_SORT: word = query_word(call, key, value, tool->sorts); break;
        case ARG_NUMBER_THREAD: return query_thread(call, value, q);
        case ARG_NUMBER_SINCE: return query_since(call, value, q);
        case ARG_NUMBER_RESPONSE_FORMAT: word = query_word(call, key, value, formats); break;
        case ARG_NUMBER_NAME: return (q->name = query_text(call, key, value)) != NULL;
        case ARG_NUMBER_ID: return query_integer(call, key, value, 0, UINT32_MAX, &q->id);
        case ARG_NUMBER_ORDER: word = query_word(call, key, value, orders); break;
        case ARG_NUMBER_VIEW: word = query_word(call, key, value, views); break;
        case ARG_NUMBER_HEAP_VIEW: word = query_word(call, key, value, heap_views); break;
        case ARG_NUMBER_FRAMES_VIEW: word = query_word(call, key, value, frames_views); break;
        case ARG_NUMBER_ROOT: return (q->root = query_text(call, key, value)) != NULL;
        case ARG_NUMBER_BASE: return (q->base = query_text(call, key, value)) != NULL;
        case ARG_NUMBER_MIN_PERCENT: return query_number(call, key, value, 0, 100, &q->min_percent);
        case ARG_NUMBER_SOURCE: word = query_word(call, key, value, sources); break;
        case ARG_NUMBER_FORMAT: word = query_word(call, key, value, renderings); break;
        default: return true; /* the cursor is read last: it is checked against the others */
    }
    if (word < 0) return false;
    if (number == ARG_NUMBER_SORT) q->sort = (uint32_t)word;
    if (number == ARG_NUMBER_RESPONSE_FORMAT) q->detailed = word == 1;
    if (number == ARG_NUMBER_ORDER) q->slowest = word == 1;
    if (number == ARG_NUMBER_VIEW || number == ARG_NUMBER_HEAP_VIEW ||
        number == ARG_NUMBER_FRAMES_VIEW)
        q->view = (uint32_t)word;
    if (number == ARG_NUMBER_SOURCE) q->alloc = word == 1, q->offcpu = word == 2;
    if (number == ARG_NUMBER_FORMAT) q->markdown = word == 1;
    return true;
}
/* Fails a call with what the tool takes. */
static void query_unknown(const tool_t* tool, tool_call_t* call, const char* key) {
    tool_fail(call, "%s has no argument %s; it takes", tool->name, shown_name(call->arena, key));
    size_t used = strlen(call->error);
    for (unsigned i = 0, n = 0; i < ARG_COUNT; i++) {
        if ((tool->arguments >> i & 1) == 0) continue;
        int more = snprintf(call->error + used, sizeof call->error - used, "%s%s",
            n++ == 0 ? ": " : ", ", registry_argument_name(tool, i));
        if (more > 0) used += (size_t)more;
    }
    if (tool->arguments == 0) snprintf(call->error + used, sizeof call->error - used, " none");
}
static unsigned query_number_of(const tool_t* tool, json_t key) {
    for (unsigned i = 0; i < ARG_COUNT; i++)
        if ((tool->arguments >> i & 1) != 0 && json_is(key, registry_argument_name(tool, i)))
            return i;
    if (tool->id_alias != NULL && json_is(key, tool->id_alias)) return ARG_NUMBER_ID;
    return ARG_COUNT;
}
/* Reads the arguments of a call. Returns: false with the call failed; nothing has happened then. */
static bool query_read(const tool_t* tool, tool_call_t* call, query_t* q) {
    memset(q, 0, sizeof *q);
    q->limit = tool->limit_default, q->id = -1, q->min_percent = -1;
    q->pages = (tool->arguments & ARG_CURSOR) != 0;
    if (json_duplicate_key(call->arguments)) {
        tool_fail(call, "an argument stands twice");
        return false;
    }
    for (json_t key = json_first(call->arguments); key.at >= 0; key = json_next(key)) {
        unsigned number = query_number_of(tool, key);
        json_t value = json_value_of(key);
        if (number == ARG_COUNT) {
            const char* text = json_string(key, call->arena, NULL);
            query_unknown(tool, call, text != NULL ? text : "?");
            return false;
        }
        if (json_type(value) == JSON_NULL) continue; /* as if it was left out */
        if (!query_argument(tool, call, number, value, q)) return false;
    }
    q->digest = query_digest_of(tool, q);
    json_t cursor = json_get(call->arguments, "cursor");
    if (!q->pages || cursor.at < 0 || json_type(cursor) == JSON_NULL) return true;
    const char* text = query_text(call, "cursor", cursor);
    return text != NULL && cursor_read(call, text, q);
}

/* ---- the window ---- */

/* What an answer is made of: a snapshot of the program, or the difference of two. */
typedef struct window {
    const hotpath_snapshot_t* snapshot;
    const hotpath_info_t* info;
    const hotpath_function_t* functions;
    const hotpath_node_t* nodes;
    const hotpath_thread_t* threads;
    const hotpath_entry_t* entries;
    const hotpath_span_row_t* spans;
    const hotpath_frame_t* frames;
    const hotpath_lock_row_t* locks; /* of the tools that read them */
    const hotpath_io_row_t* io;      /* where io_read was */
    size_t io_count;
    const hotpath_channel_row_t* channels; /* of tools that ask for them, as these */
    const hotpath_stream_row_t* streams;
    size_t channel_count, stream_count;
    size_t function_count, node_count, thread_count, entry_count, span_count, frame_count,
        lock_count;
    const hotpath_task_row_t* tasks; /* these two where the tool has read them */
    const hotpath_runtime_row_t* runtimes;
    size_t task_count, runtime_count;
    const hotpath_snapshot_t* older; /* what was subtracted, or NULL; while locked */
    double busy_ns; /* the whole of all percentages: the self times of all functions */
    uint64_t tick;  /* the newest baseline: what next_since and cursors name */
    uint64_t from;  /* the baseline that the window begins with, 0: the start */
    bool locked;    /* a baseline is being read: the history stays as it is */
    const hotpath_snapshot_t* ever; /* of all the time until the window's end */
    hotpath_snapshot_t* owned[2];
} window_t;

static void window_read(window_t* w, const hotpath_snapshot_t* snapshot) {
    w->snapshot = snapshot;
    w->info = hotpath_snapshot_info(snapshot);
    w->functions = hotpath_snapshot_functions(snapshot, &w->function_count);
    w->nodes = hotpath_snapshot_nodes(snapshot, &w->node_count);
    w->threads = hotpath_snapshot_threads(snapshot, &w->thread_count);
    w->entries = hotpath_snapshot_entries(snapshot, &w->entry_count);
    w->spans = hotpath_snapshot_spans(snapshot, &w->span_count);
    w->frames = hotpath_snapshot_frames(snapshot, &w->frame_count);
    uint64_t busy = 0;
    for (size_t i = 0; i < w->function_count; i++)
        busy += w->functions[i].self_ns;
    w->busy_ns = (double)busy;
}
static void window_close(window_t* w) {
    for (int i = 0; i < 2; i++)
        request_free(w->owned[i]);
    if (w->locked) history_unlock();
    memset(w, 0, sizeof *w);
}
/* Returns: the function of that id among some in the order of their ids, or NULL. */
static const hotpath_function_t* window_by_id(
    const hotpath_function_t* list, size_t count, uint32_t id) {
    size_t low = 0;
    for (size_t high = count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (list[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && list[low].id == id ? &list[low] : NULL;
}
/* Returns: the function as it was since the start, or NULL. */
static const hotpath_function_t* window_ever(const window_t* w, uint32_t id) {
    size_t count = 0;
    const hotpath_function_t* all = hotpath_snapshot_functions(w->ever, &count);
    return window_by_id(all, count, id);
}
static bool window_no_memory(tool_call_t* call, window_t* w) {
    window_close(w);
    tool_fail(call, "there is no memory for this answer; ask for less");
    return false;
}
/* The id of a thread by its name. Returns: false with the call failed. */
static bool window_thread(tool_call_t* call, query_t* q) {
    hotpath_snapshot_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.parts = HOTPATH_PART_THREADS | HOTPATH_TIMES_LATER;
    hotpath_snapshot_t* s = request_snapshot(&desc, NULL, NULL);
    if (s == NULL) {
        tool_fail(call, "there is no memory for this answer");
        return false;
    }
    size_t count = 0;
    bool live = false;
    const hotpath_thread_t* threads = hotpath_snapshot_threads(s, &count);
    nearest_t nearest;
    nearest_begin(&nearest, q->thread != NULL ? q->thread : "");
    for (size_t i = 0; i < count; i++) {
        if (threads[i].id == 0) continue;
        if (q->thread != NULL && q->thread_id == 0 && strcmp(threads[i].name, q->thread) == 0)
            q->thread_id = threads[i].id;
        live = live || threads[i].id == q->thread_id;
        nearest_add(&nearest, threads[i].name);
    }
    if (!live && q->thread != NULL) {
        tool_fail(call, "no live thread is called %s", shown_name(call->arena, q->thread));
        nearest_tell(&nearest, call);
    } else if (!live) {
        tool_fail(call, "no live thread has the id %llu; the tool threads lists them",
            (unsigned long long)q->thread_id);
    }
    request_free(s);
    return live;
}
/* The baseline that `since` names; NULL for the start. Returns: false with the call failed. */
static bool window_baseline(
    tool_call_t* call, const query_t* q, uint64_t elapsed_ns, const history_baseline_t** out) {
    *out = NULL;
    if (q->since == SINCE_START) return true;
    if (q->since == SINCE_TICK && history.count != 0 && q->since_value > history_newest()->tick) {
        char newest[40];
        history_token(history_newest()->tick, newest, sizeof newest);
        tool_fail(
            call, "since is a token that this program has not given; the newest one is %s", newest);
        return false;
    }
    *out = q->since == SINCE_AGE ? history_at_age(q->since_value, elapsed_ns)
                                 : history_at_tick(q->since_value);
    if (*out != NULL || q->since == SINCE_AGE) return true;
    char oldest[40];
    history_oldest(oldest, sizeof oldest);
    tool_fail(call,
        "since has expired: the history goes back an hour, less in a large program; the oldest one "
        "left is %s",
        oldest);
    return false;
}
/* The baselines that a later page is between; *from is NULL for the start. Returns: false with the call
   failed. */
static bool window_page(tool_call_t* call, const query_t* q, const history_baseline_t** page,
    const history_baseline_t** from) {
    *page = history_at_tick(q->cursor_tick);
    *from = q->cursor_from != 0 ? history_at_tick(q->cursor_from) : NULL;
    if (*page != NULL && (*page)->tick == q->cursor_tick &&
        (*from == NULL) == (q->cursor_from == 0))
        return true;
    char oldest[40];
    history_oldest(oldest, sizeof oldest);
    tool_fail(call,
        "cursor has expired: pages can be read for about a minute, the oldest moment left is %s; "
        "leave "
        "it out for the first page",
        oldest);
    return false;
}
/* Which functions of a window have what hotpath_snapshot_times reads. */
typedef enum times {
    TIMES_ALL,
    TIMES_SHOWN, /* those that window_times is called with */
    TIMES_NONE
} times_t;

/* Opens the window of a query. Args: parts as for a snapshot. Returns: false with the call failed.
   The caller closes it. */
static bool window_open(tool_call_t* call, query_t* q, uint32_t parts, times_t times, window_t* w) {
    memset(w, 0, sizeof *w);
    if ((q->thread != NULL || q->thread_id != 0) && !window_thread(call, q)) return false;
    if (q->thread_id != 0 && (q->since != SINCE_START || q->has_cursor)) {
        tool_fail(call,
            "thread goes with since:\"start\" and without a cursor: the history is kept "
            "for all threads together");
        return false;
    }
    hotpath_snapshot_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.parts = parts | (times != TIMES_ALL ? HOTPATH_TIMES_LATER : 0), desc.thread = q->thread_id;
    const history_baseline_t *older = NULL, *page = NULL;
    history_lock(); /* first: no baseline is newer than this snapshot */
    w->locked = true;
    /* The history has no values: every page of them is of now, in an order that only grows. */
    bool values = (parts & HOTPATH_PART_VALUES) != 0;
    if (q->has_cursor && !values && !window_page(call, q, &page, &older)) {
        window_close(w);
        return false;
    }
    const hotpath_snapshot_t* newest = NULL;
    /* A window that began with the newest baseline has no later one to be read at: it is read now. */
    if (page != NULL && (older == NULL || older->tick < page->tick)) {
        newest = page->snapshot;
    } else {
        newest = w->owned[0] = request_snapshot(&desc, NULL, NULL);
        if (newest == NULL) return window_no_memory(call, w);
    }
    if (history_newest() != NULL) w->tick = history_newest()->tick;
    if (page != NULL) w->tick = page->tick;
    w->ever = newest;
    uint64_t elapsed = hotpath_snapshot_info(newest)->elapsed_ns;
    if (page == NULL && !window_baseline(call, q, elapsed, &older)) {
        window_close(w);
        return false;
    }
    if (older != NULL) {
        w->from = older->tick;
        w->older = older->snapshot;
        newest = w->owned[1] = request_snapshot(NULL, newest, older->snapshot);
        if (newest == NULL) return window_no_memory(call, w);
    }
    bool again =
        times == TIMES_SHOWN && w->owned[0] != NULL && older != NULL; /* it is subtracted */
    if (!again && (newest == w->owned[0] || newest == w->owned[1])) {
        history_unlock();
        w->locked = false;
    }
    window_read(w, newest);
    return true;
}

/* Reads the times of some functions of a window that was opened with TIMES_SHOWN. Returns: false if
   there is too little memory for it: then a window is to be opened with the times of all. */
static bool window_times(window_t* w, const uint32_t* functions, size_t count) {
    hotpath_snapshot_t* s = w->owned[0];
    if (s == NULL) return true; /* of two baselines, which have them */
    if (!hotpath_snapshot_times(s, functions, count)) return false;
    if (w->older != NULL) {
        request_free(w->owned[1]);
        w->owned[1] = request_snapshot(NULL, s, w->older);
        if (w->owned[1] == NULL) return false;
        history_unlock();
        w->locked = false;
    }
    window_read(w, w->older != NULL ? w->owned[1] : s);
    w->older = NULL;
    return true;
}

/* ---- memory ---- */

static const char* const memory_off =
    "memory is not recorded in this program: build all of it with -DHOTPATH_ALLOC, or preload "
    "libhotpath_alloc.so";

/* Returns: false with the call failed if the program does not record memory. */
static bool memory_known(tool_call_t* call, const window_t* w) {
    if (w->info->alloc.on) return true;
    tool_fail(call, "%s", memory_off);
    return false;
}
/* Likewise if it records allocations without their frees. */
static bool memory_live_known(tool_call_t* call, const window_t* w) {
    if (!memory_known(call, w)) return false;
    if (w->info->alloc.live) return true;
    tool_fail(call, "what is live is not recorded: HOTPATH_ALLOC_LIVE=0 leaves frees out");
    return false;
}

/* ---- filters ---- */

/* Whether a name fits a glob: * any run, ? any one byte, [a-z] one of a set. */
static bool glob_set(const char** pattern, unsigned char c, uint64_t* steps, bool* valid) {
    const char* p = *pattern + 1;
    bool negated = *p == '!' || *p == '^', in = false;
    if (negated) p++;
    for (bool first = true; *p != 0 && (*p != ']' || first); first = false) {
        unsigned char low = (unsigned char)*p++, high = low;
        if (p[0] == '-' && p[1] != 0 && p[1] != ']') high = (unsigned char)p[1], p += 2;
        in = in || (c >= low && c <= high);
        *steps -= *steps != 0;
    }
    *valid = *p == ']';
    if (*valid) *pattern = p + 1;
    return in != negated;
}
/* Args: every look at a byte is taken from *steps, and nothing fits once they are used up. */
static bool glob_match(const char* pattern, const char* name, uint64_t* steps) {
    const char *star = NULL, *again = NULL;
    while (*name != 0) {
        if (*steps == 0) return false;
        (*steps)--;
        if (*pattern == '*') {
            star = ++pattern, again = name;
            continue;
        }
        const char* next = pattern + (*pattern != 0);
        bool valid = false, fits = false;
        if (*pattern == '[') {
            const char* after = pattern;
            fits = glob_set(&after, (unsigned char)*name, steps, &valid);
            if (valid) next = after;
        }
        if (!valid) fits = *pattern != 0 && (*pattern == '?' || *pattern == *name);
        if (fits) {
            pattern = next, name++;
        } else if (star != NULL) {
            pattern = star, name = ++again;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == 0;
}

/* How many bytes all globs of a call may look at: some tenths of a second. Stars can multiply the
   lengths of a glob and of a name. */
#define GLOB_STEPS 20000000

/* Which of the names `of` a row has fit the filters: an exact name wins over a glob. Names are given
   by a function, so that functions, threads and entries are filtered alike.
   Returns: a flag for each, NULL if there are no filters, or with the call failed. */
typedef const char* (*name_of_t)(const window_t* w, size_t i);
static const char* function_name(const window_t* w, size_t i) { return w->functions[i].name; }
static const char* thread_name(const window_t* w, size_t i) { return w->threads[i].name; }
static const char* entry_name(const window_t* w, size_t i) { return w->entries[i].name; }

/* Whether `given` is a name, as it is or as answers show it: cut, its hidden characters made visible.
   What answers say can be asked for. Args: scratch is used over and over. */
static bool name_is(json_out_t* scratch, const char* name, const char* given) {
    size_t same = 0, length = strlen(name);
    while (name[same] != 0 && name[same] == given[same])
        same++;
    if (same == length && given[same] == 0) return true;
    while (same > 0 && ((unsigned char)name[same] & 0xC0) == 0x80)
        same--;
    const unsigned char* p = (const unsigned char*)name + same;
    const unsigned char* end = (const unsigned char*)name + length;
    size_t size = json_utf8(p, end);
    if (same < JSON_DATA_BYTES && (p == end || (size != 0 && same + size <= JSON_DATA_BYTES &&
                                                   !json_is_hidden(json_code_point(&p, end)))))
        return false; /* it is shown as it is, and differs */
    scratch->size = 0, scratch->comma = false;
    json_data(scratch, name, length);
    size_t shown = scratch->size;
    scratch->comma = false;
    json_quoted(scratch, given, strlen(given));
    return !scratch->arena->failed && scratch->size == 2 * shown &&
           memcmp(scratch->data, scratch->data + shown, shown) == 0;
}

static const unsigned char* window_filter(
    tool_call_t* call, const window_t* w, const query_t* q, name_of_t name_of, size_t count) {
    if (q->filter_count == 0) return NULL;
    unsigned char* fits = (unsigned char*)tool_alloc(call, count + 1);
    if (fits == NULL) return NULL;
    uint64_t steps = GLOB_STEPS;
    json_out_t scratch;
    json_out_init(&scratch, call->arena);
    memset(fits, 0, count + 1);
    for (size_t f = 0; f < q->filter_count; f++) {
        const char* filter = q->filters[f];
        bool exact = false, any = false;
        for (size_t i = 0; i < count; i++)
            if (name_is(&scratch, name_of(w, i), filter)) fits[i] = 1, exact = true;
        for (size_t i = 0; i < count && !exact; i++) {
            if (glob_match(filter, name_of(w, i), &steps)) fits[i] = 1, any = true;
        }
        if (steps == 0) {
            tool_fail(call, "filter takes too long: use fewer globs, or globs with fewer stars");
            return NULL;
        }
        if (exact || any || strpbrk(filter, "*?[") != NULL) continue;
        nearest_t nearest;
        nearest_begin(&nearest, filter);
        for (size_t i = 0; i < count; i++)
            nearest_add(&nearest, name_of(w, i));
        tool_fail(call, "nothing is called %s", shown_name(call->arena, filter));
        nearest_tell(&nearest, call);
        return NULL;
    }
    return fits;
}

/* ---- rows ---- */

/* Which rows an answer shows, in order: larger keys first, then names, then ids. */
typedef struct row {
    double key;
    uint32_t index;
    uint32_t id;
    const char* name;
} row_t;

static inline int row_compare(const void* a, const void* b) {
    const row_t* x = (const row_t*)a;
    const row_t* y = (const row_t*)b;
    if (x->key != y->key) return x->key > y->key ? -1 : 1;
    int names = strcmp(x->name, y->name);
    if (names != 0) return names;
    return x->id < y->id ? -1 : x->id > y->id;
}
/* Lets the row at `at` sink to where none below it comes later. */
static void rows_sink(row_t* rows, size_t count, size_t at) {
    row_t moved = rows[at];
    for (size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && row_compare(&rows[child + 1], &rows[child]) > 0) child++;
        if (row_compare(&moved, &rows[child]) >= 0) break;
        rows[at] = rows[child], at = child;
    }
    rows[at] = moved;
}
static void rows_swap(row_t* a, row_t* b) {
    row_t other = *a;
    *a = *b, *b = other;
}
/* Puts the row at `at` among the sorted ones before it, the last of which makes way for it. */
static void rows_insert(row_t* rows, size_t last, size_t at) {
    row_t row = rows[at];
    rows[at] = rows[last];
    for (at = last; at > 0 && row.key > rows[at - 1].key; at--)
        rows[at] = rows[at - 1];
    for (; at > 0 && row_compare(&row, &rows[at - 1]) < 0; at--) /* those of one key */
        rows[at] = rows[at - 1];
    rows[at] = row;
}
#define ROWS_FEW 64

/* Sorts in place, as far as the first `wanted` rows; the others follow in any order. A few stay sorted
   all the while, many are a heap, the last one on top: qsort may allocate. */
static void rows_first(row_t* rows, size_t count, size_t wanted) {
    size_t left = wanted < count ? wanted : count;
    if (left == 0) return;
    if (left <= ROWS_FEW) {
        for (size_t i = 1; i < count; i++) {
            size_t last = i < left ? i : left - 1;
            if (i < left || row_compare(&rows[i], &rows[last]) < 0) rows_insert(rows, last, i);
        }
        return;
    }
    for (size_t i = left / 2; i-- > 0;)
        rows_sink(rows, left, i);
    for (size_t i = left; i < count; i++)
        if (row_compare(&rows[i], &rows[0]) < 0)
            rows_swap(&rows[i], &rows[0]), rows_sink(rows, left, 0);
    for (; left > 1; rows_sink(rows, left, 0))
        left--, rows_swap(&rows[0], &rows[left]);
}
static void rows_sort(row_t* rows, size_t count) { rows_first(rows, count, count); }
/* The row that name or id means. Several rows of one name: the one with the largest
   weight. Returns: its index, or SIZE_MAX with the call failed. */
typedef uint64_t (*weight_of_t)(const window_t* w, size_t i);
typedef uint32_t (*id_of_t)(const window_t* w, size_t i);

static size_t window_find(const tool_t* tool, tool_call_t* call, const window_t* w,
    const query_t* q, size_t count, name_of_t name_of, id_of_t id_of, weight_of_t weight_of) {
    size_t found = SIZE_MAX;
    nearest_t nearest;
    json_out_t scratch;
    json_out_init(&scratch, call->arena);
    nearest_begin(&nearest, q->name != NULL ? q->name : "");
    if (q->name == NULL && q->id < 0) {
        tool_fail(call, "%s needs %s or %s", tool->name, tool->name_key, tool->id_key);
        for (size_t i = 0; i < count; i++)
            if (name_of(w, i) != NULL && weight_of(w, i) != 0) nearest_add(&nearest, name_of(w, i));
        nearest_tell(&nearest, call);
        return found;
    }
    for (size_t i = 0; i < count; i++) {
        if (name_of(w, i) == NULL) continue;
        bool same =
            q->id >= 0 ? id_of(w, i) == (uint64_t)q->id : name_is(&scratch, name_of(w, i), q->name);
        if (same && (found == SIZE_MAX || weight_of(w, i) > weight_of(w, found))) found = i;
        nearest_add(&nearest, name_of(w, i));
    }
    if (found != SIZE_MAX) return found;
    if (q->id >= 0) {
        tool_fail(call, "nothing has the %s %lld", tool->id_key, (long long)q->id);
    } else {
        tool_fail(call, "nothing is called %s", shown_name(call->arena, q->name));
        nearest_tell(&nearest, call);
    }
    return SIZE_MAX;
}
/* ---- the header of every answer ---- */

static void answer_time(json_out_t* out, int64_t unix_ns) {
    char text[96];
    time_t seconds = (time_t)(unix_ns / 1000000000);
    struct tm utc;
    memset(&utc, 0, sizeof utc);
    gmtime_r(&seconds, &utc);
    static const char form[] = "    -  -  T  :  :  .   Z";
    const int parts[] = {utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec};
    memcpy(text, form, sizeof form);
    json_digits(text + 4, (uint64_t)utc.tm_year + 1900);
    for (size_t i = 0; i < 5; i++)
        text[5 + 3 * i] = (char)('0' + parts[i] / 10),
                     text[6 + 3 * i] = (char)('0' + parts[i] % 10);
    int ms = (int)(unix_ns / 1000000 % 1000);
    text[20] = (char)('0' + ms / 100);
    text[21] = (char)('0' + ms / 10 % 10), text[22] = (char)('0' + ms % 10);
    json_text(out, text);
}
static void answer_begin(tool_call_t* call, const window_t* w) {
    json_out_t* out = &call->out;
    char token[40];
    json_object(out);
    json_key(out, "program"), json_data(out, w->info->program, strlen(w->info->program));
    json_key(out, "pid"), json_u64(out, w->info->pid);
    json_key(out, "captured_at"), answer_time(out, w->info->captured_unix_ns);
    json_key(out, "window_ns"), json_u64(out, w->info->window_ns);
    json_key(out, "dropped"), json_u64(out, hotpath_events_lost(&w->info->drops));
    history_token(w->tick, token, sizeof token);
    json_key(out, "next_since"), json_text(out, w->tick != 0 ? token : "start");
}
/* Where sampling leaves times out, all that are derived from several functions are estimates: self
   times, and shares of the whole. Which functions are sampled themselves is told in their rows. */
static void answer_estimated(json_out_t* out, const window_t* w) {
    if (w->info->is_estimated)
        json_key(out, "estimated"), json_text(out, "self and total times: not all calls are timed");
}
static void answer_counts(json_out_t* out, size_t total, size_t included) {
    json_key(out, "total_count"), json_u64(out, total);
    json_key(out, "included_count"), json_u64(out, included);
}
/* The rows of an answer, and its end. */
static void answer_list(json_out_t* out) { json_key(out, "data"), json_array(out); }
static void answer_list_end(json_out_t* out, size_t total, size_t included) {
    json_array_end(out);
    answer_counts(out, total, included);
    json_object_end(out);
}
static double window_percent(const window_t* w, double ns) {
    return w->busy_ns > 0 ? 100 * ns / w->busy_ns : 0;
}
/* A text of the program as a value. */
static void answer_name(json_out_t* out, const char* key, const char* name) {
    json_key(out, key);
    json_data(out, name, strlen(name));
}
/* A time as raw nanoseconds, and in a detailed answer in front of it as a readable text. */
static void answer_text_of(
    json_out_t* out, const query_t* q, const char* key, double ns, bool bound) {
    char text[40];
    if (!q->detailed) return;
    text[0] = '~'; /* marks a bound of a histogram's bucket */
    hotpath_time_text(ns, text + bound, sizeof text - 1);
    json_key(out, key), json_text(out, text);
}
static void answer_ns(json_out_t* out, const query_t* q, const char* key, uint64_t ns, bool bound) {
    answer_text_of(out, q, key, (double)ns, bound);
    json_key_of(out, key, "_ns"), json_u64(out, ns);
}
/* Bytes as a readable text, base 1024, without the locale's comma. */
static void size_text(double bytes, char* text, size_t size) {
    static const char* const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    size_t unit = 0;
    for (; bytes >= 1024 && unit < 6; unit++)
        bytes /= 1024;
    uint64_t hundredths = (uint64_t)(bytes * 100 + 0.5);
    if (unit == 0)
        snprintf(text, size, "%llu B", (unsigned long long)(bytes + 0.5));
    else
        snprintf(text, size, "%llu.%02u %s", (unsigned long long)(hundredths / 100),
            (unsigned)(hundredths % 100), units[unit]);
}
static void answer_size_text(json_out_t* out, const char* key, double bytes) {
    char text[40];
    size_text(bytes, text, sizeof text);
    json_key(out, key), json_text(out, text);
}
/* Concise answers leave out what is 0. */
static void answer_number(json_out_t* out, const query_t* q, const char* key, uint64_t value) {
    if (value != 0 || q->detailed) json_key(out, key), json_u64(out, value);
}
/* A percentage with two decimals, as the report has it. */
static void answer_percent(json_out_t* out, const char* key, double percent) {
    json_key(out, key), json_fixed(out, percent, 2);
}
static void answer_location(json_out_t* out, const char* file, uint32_t line) {
    json_key(out, "location");
    if (settings.no_paths) {
        json_null(out);
        return;
    }
    json_object(out);
    answer_name(out, "file", file);
    json_key(out, "line"), json_u64(out, line);
    json_object_end(out);
}
static void answer_value(json_out_t* out, const char* key, const hotpath_value_t* value) {
    char text[64];
    json_key(out, key);
    switch ((hotpath_value_type_t)value->type) {
        case HOTPATH_VALUE_BOOL: json_bool(out, value->as.i != 0); return;
        case HOTPATH_VALUE_INT: json_i64(out, value->as.i); return;
        case HOTPATH_VALUE_UINT: json_u64(out, value->as.u); return;
        case HOTPATH_VALUE_DOUBLE: json_number(out, value->as.d); return;
        case HOTPATH_VALUE_CHAR:
        case HOTPATH_VALUE_POINTER:
            json_data(out, text, hotpath_value_text(*value, text, sizeof text));
            return;
        case HOTPATH_VALUE_TEXT:
            if (value->as.text != NULL) {
                json_data(out, value->as.text, value->length);
                return;
            }
            break;
        case HOTPATH_VALUE_NONE: break;
    }
    json_null(out);
}

/* Writes the page of `rows` that a query asks for, and the cursor of the next one. A default answer
   ends at about 8 KB, whatever the names. */
typedef void (*row_write_t)(tool_call_t* call, const window_t* w, const query_t* q, uint32_t index);

#define ANSWER_DEFAULT_BYTES 7600

/* Returns: how many of `count` rows that page has at most, from *first on. */
static size_t answer_rows(const query_t* q, size_t count, size_t* first) {
    *first = q->cursor_row < count ? (size_t)q->cursor_row : count;
    return count - *first < q->limit ? count - *first : q->limit;
}
/* Whether a default answer has room for the row that has just been written, the n-th; else it is taken
   back. */
static bool answer_row_fits(json_out_t* out, const query_t* q, size_t n, size_t before) {
    if (q->limit_given || n == 0 || json_out_size(out) <= ANSWER_DEFAULT_BYTES) return true;
    json_out_cut(out, before);
    return false;
}
static void answer_page(tool_call_t* call, const window_t* w, const query_t* q, const row_t* rows,
    size_t count, row_write_t write) {
    json_out_t* out = &call->out;
    size_t first = 0, n = 0, most = answer_rows(q, count, &first);
    answer_list(out);
    while (n < most) {
        size_t before = json_out_size(out);
        write(call, w, q, rows[first + n].index);
        if (!answer_row_fits(out, q, n, before)) break;
        n++;
    }
    json_array_end(out);
    answer_counts(out, count, n);
    if (q->pages && n != 0 && first + n < count && w->tick != 0 && q->thread_id == 0)
        cursor_write(q, w->tick, w->from, first + n, out);
}
