/* tools_analysis.h: bottlenecks and changes: what to look at first, and what is different now. Both
   say nothing that the other tools do not show; they rank it. */

/* ---- bottlenecks ---- */

/* What a cause is called and what to do about it. */
#define CAUSES(X)                                                                                  \
    X(SELF_TIME, "self_time",                                                                      \
        "it costs most by itself, working or waiting: make it cheaper, or call it less")           \
    X(MANY_CALLS, "many_calls",                                                                    \
        "called many times for each call of its caller: batch, cache or hoist it")                 \
    X(LATENCY_SPIKES, "latency_spikes",                                                            \
        "few executions take far longer than usual: look at the slowest ones")                     \
    X(STUCK, "stuck", "open for far longer than it ever took: see what it waits for")              \
    X(ERRORS, "errors", "executions that fail cost time too: see the reasons")                     \
    X(RECORDING, "recording_overhead",                                                             \
        "so short that recording it costs more than it does: take its macro out")                  \
    X(LEAK_SUSPECT, "leak_suspect",                                                                \
        "its live memory grows and grows: find what is not freed of what it allocates")            \
    X(MEMORY_HELD, "memory_held", "a pool or a cache, perhaps, that gives nothing back: bound it") \
    X(MANY_ALLOCATIONS, "many_allocations",                                                        \
        "many small blocks in each call, soon freed: use a pool, an arena or one array")           \
    X(ALLOCATION_IN_LOOP, "allocation_in_loop",                                                    \
        "allocates and frees in each pass of a loop: hoist the block, or reuse it")

typedef enum cause {
#define CAUSES_ROW(constant, name, action) CAUSE_##constant,
    CAUSES(CAUSES_ROW) CAUSE_COUNT
#undef CAUSES_ROW
} cause_t;

typedef struct finding {
    cause_t cause;
    uint32_t function; /* index */
    uint32_t caller;   /* likewise, of MANY_CALLS and ALLOCATION_IN_LOOP */
    double impact;     /* percent of the busy time that would be saved were it gone; of memory */
    double a, b, c;    /* what the cause's numbers are, those below 0 left out */
} finding_t;

typedef struct findings {
    finding_t* list;
    size_t count, capacity;
} findings_t;

#define BOTTLENECKS_LEAST 1.0 /* percent: less is not worth a row */

static void findings_add(findings_t* f, finding_t found) {
    bool least = found.impact >= BOTTLENECKS_LEAST || found.cause == CAUSE_LEAK_SUSPECT;
    if (!least || f->count == f->capacity) return;
    if (found.impact > 100) found.impact = 100;
    f->list[f->count++] = found;
}
static void findings_of_function(const window_t* w, uint32_t i, findings_t* list) {
    const hotpath_function_t* f = &w->functions[i];
    double cost = (double)w->info->scope_cost_ns_x100 / 100;
    double usual = functions_percentile(w, f, 50), slow = functions_percentile(w, f, 99);
    if (f->kind == HOTPATH_KIND_SPAN || f->kind == HOTPATH_KIND_TRACK) return;
    finding_t self = {CAUSE_SELF_TIME, i, 0, window_percent(w, (double)f->self_ns),
        (double)f->self_ns, (double)f->calls, f->sampled_calls != 0 ? f->mean_ns : -1};
    findings_add(list, self);
    if (f->sampled_calls >= 100 && slow >= 10 * (usual > 1 ? usual : 1)) {
        double excess = (f->mean_ns - usual) * (double)f->completed;
        finding_t spikes = {
            CAUSE_LATENCY_SPIKES, i, 0, window_percent(w, excess), usual, slow, (double)f->max_ns};
        findings_add(list, spikes);
    }
    if (f->errors != 0 && f->calls != 0) {
        double rate = (double)f->errors / (double)f->calls;
        finding_t errors = {CAUSE_ERRORS, i, 0, window_percent(w, rate * (double)f->total_ns),
            (double)f->errors, (double)f->calls, 100 * rate};
        findings_add(list, errors);
    }
    if (cost > 0 && f->completed != 0 && !f->estimated && f->mean_ns < 2 * cost) {
        finding_t recording = {CAUSE_RECORDING, i, 0,
            window_percent(w, cost * (double)f->completed), (double)f->calls, cost, f->mean_ns};
        findings_add(list, recording);
    }
}
/* One call of the caller makes many of this function. A caller that is a loop of the whole program,
   or was called a few times only, says nothing. */
static void findings_of_node(const window_t* w, uint32_t i, findings_t* list) {
    const hotpath_node_t* n = &w->nodes[i];
    if (n->parent == HOTPATH_NO_NODE || n->recursive) return;
    const hotpath_node_t* parent = &w->nodes[n->parent];
    double ratio = parent->calls != 0 ? (double)n->calls / (double)parent->calls : 0;
    if (parent->calls < 10 || ratio < 8) return;
    double impact = window_percent(w, (double)n->total_ns * (1 - 1 / ratio));
    finding_t many = {CAUSE_MANY_CALLS, n->function, parent->function, impact, ratio,
        (double)n->calls, (double)n->total_ns};
    for (size_t k = 0; k < list->count; k++) { /* on several paths: one row */
        finding_t* same = &list->list[k];
        if (same->cause != CAUSE_MANY_CALLS || same->function != many.function ||
            same->caller != many.caller)
            continue;
        double callers = same->b / same->a + (double)parent->calls; /* a is calls per caller's */
        same->impact += many.impact, same->b += many.b, same->c += many.c;
        same->a = same->b / callers;
        return;
    }
    findings_add(list, many);
}
static void findings_of_thread(const window_t* w, const hotpath_thread_t* t, findings_t* list) {
    for (uint32_t i = 0; i < t->open_count; i++) {
        const hotpath_open_t* open = &t->open[i];
        if (open->function >= w->function_count) continue;
        /* Against all that it ever took: in a window it has completed nothing, being stuck. */
        const hotpath_function_t* f = window_ever(w, w->functions[open->function].id);
        if (f == NULL) continue;
        double slow = (double)hotpath_snapshot_percentile(w->ever, f, 99);
        double now = (double)open->elapsed_ns;
        if (f->sampled_calls < 10 || now < 1e9 || now < 20 * slow) continue;
        double inside = now < (double)w->info->window_ns ? now : (double)w->info->window_ns;
        finding_t stuck = {
            CAUSE_STUCK, open->function, 0, window_percent(w, inside), now, slow, (double)t->id};
        findings_add(list, stuck);
        return; /* what it called is the same trouble */
    }
}
/* What the rules of memory say of a function: of its share of what is alive, or was allocated. */
static void findings_of_memory(
    const window_t* w, const memory_suspects_t* suspects, uint32_t i, findings_t* list) {
    const hotpath_function_t* f = &w->functions[i];
    const hotpath_function_t* ever = window_ever(w, f->id);
    const hotpath_function_t* caller = NULL;
    const hotpath_heap_suspect_t* s = memory_suspect(suspects, f->id);
    const hotpath_alloc_info_t* all = &w->info->alloc;
    double count = (double)f->alloc_count;
    finding_t found = {CAUSE_LEAK_SUSPECT, i, 0, 0, 0, 0, 0};
    switch (memory_rule(w, f, ever, s)) {
        case MEMORY_NOTHING: return;
        case MEMORY_SUSPECT:
            found.impact = memory_percent((double)s->live_bytes, (double)all->live_bytes);
            found.a = (double)s->live_bytes, found.b = s->bytes_per_sec, found.c = s->confidence;
            break;
        case MEMORY_HELD:
            found.cause = CAUSE_MEMORY_HELD;
            found.impact = memory_percent((double)ever->live_bytes, (double)all->live_bytes);
            found.a = (double)ever->live_bytes, found.b = (double)ever->alloc_count;
            found.c = (double)ever->calls;
            break;
        case MEMORY_SMALL:
            found.cause = CAUSE_MANY_ALLOCATIONS;
            found.impact = memory_percent(count, (double)all->alloc_count);
            found.a = memory_per_call(f), found.b = (double)f->alloc_bytes / count;
            found.c = memory_freed_percent(f);
            break;
        case MEMORY_LOOP:
            caller = memory_loop(w, f);
            found.cause = CAUSE_ALLOCATION_IN_LOOP;
            found.caller = (uint32_t)(caller - w->functions);
            found.impact = memory_percent(count, (double)all->alloc_count);
            found.a = memory_per_call(f), found.b = (double)f->calls;
            found.c = (double)f->alloc_bytes / count;
            break;
    }
    findings_add(list, found);
}
/* Whether one finding stands before another: time before memory, growth before the rest of it. */
static bool findings_before(const finding_t* a, const finding_t* b) {
    unsigned x = a->cause <= CAUSE_RECORDING ? 0 : a->cause == CAUSE_LEAK_SUSPECT ? 1 : 2;
    unsigned y = b->cause <= CAUSE_RECORDING ? 0 : b->cause == CAUSE_LEAK_SUSPECT ? 1 : 2;
    if (x != y) return x < y;
    return a->impact != b->impact ? a->impact > b->impact : a->cause < b->cause;
}
static void findings_sort(findings_t* f) {
    for (size_t i = 1; i < f->count; i++) {
        finding_t moved = f->list[i];
        size_t at = i;
        for (; at > 0 && findings_before(&moved, &f->list[at - 1]); at--)
            f->list[at] = f->list[at - 1];
        f->list[at] = moved;
    }
}
/* Lost time leaves room for the first three of memory, where a limit would cut them off. */
#define BOTTLENECKS_MEMORY 3

static void findings_make_room(findings_t* f, size_t limit) {
    size_t time = 0;
    while (time < f->count && f->list[time].cause <= CAUSE_RECORDING)
        time++;
    size_t memory = f->count - time;
    size_t room = memory < BOTTLENECKS_MEMORY ? memory : BOTTLENECKS_MEMORY;
    if (room >= limit || time + room <= limit) return;
    finding_t cut[BOTTLENECKS_MEMORY];
    memcpy(cut, &f->list[time], room * sizeof *cut);
    memmove(&f->list[limit], &f->list[limit - room], (time - (limit - room)) * sizeof *f->list);
    memcpy(&f->list[limit - room], cut, room * sizeof *cut);
}
static void bottlenecks_numbers(json_out_t* out, const window_t* w, const finding_t* f) {
    static const char* const keys[CAUSE_COUNT][3] = {{"self_ns", "calls", "avg_ns"},
        {"calls_per_call", "calls", "total_ns"}, {"p50_ns", "p99_ns", "max_ns"},
        {"open_ns", "p99_ns", "thread_id"}, {"errors", "calls", "error_percent"},
        {"calls", "recording_ns", "avg_ns"}, {"live_bytes", "bytes_per_sec", "confidence"},
        {"live_bytes", "alloc_count", "calls"}, {"allocs_per_call", "bytes_each", "freed_percent"},
        {"allocs_per_call", "calls", "bytes_each"}};
    const double values[] = {f->a, f->b, f->c};
    json_key(out, "numbers");
    json_object(out);
    for (int i = 0; i < 3; i++)
        if (values[i] >= 0) json_key(out, keys[f->cause][i]), json_fixed(out, values[i], 2);
    if (f->cause == CAUSE_MANY_CALLS || f->cause == CAUSE_ALLOCATION_IN_LOOP)
        answer_name(out, "caller", w->functions[f->caller].name);
    json_object_end(out);
}
/* The call that shows more: its arguments name what the row is about. */
static void bottlenecks_next(json_out_t* out, const finding_t* f, const char* name) {
    bool logs = f->cause == CAUSE_LATENCY_SPIKES;
    bool status = f->cause == CAUSE_STUCK;
    bool timing = f->cause == CAUSE_ERRORS || f->cause == CAUSE_RECORDING;
    bool heap = f->cause == CAUSE_LEAK_SUSPECT || f->cause == CAUSE_MEMORY_HELD;
    bool alloc = f->cause == CAUSE_MANY_ALLOCATIONS || f->cause == CAUSE_ALLOCATION_IN_LOOP;
    json_key(out, "next");
    json_object(out);
    json_key(out, "tool");
    json_text(out, logs     ? "function_timing_logs"
                   : status ? "threads"
                   : timing ? "functions_timing"
                   : heap   ? "heap"
                   : alloc  ? "functions_alloc"
                            : "query_flamegraph");
    json_key(out, "arguments");
    json_object(out);
    if (logs) {
        answer_name(out, "function_name", name);
        json_key(out, "order"), json_text(out, "slowest");
    } else if (status) {
        json_key(out, "sort"), json_text(out, "current");
    } else if (heap) {
        json_key(out, "view");
        json_text(out, f->cause == CAUSE_LEAK_SUSPECT ? "leaks" : "sites");
        answer_name(out, "filter", name);
    } else if (timing || alloc) {
        answer_name(out, "filter", name);
        json_key(out, "response_format"), json_text(out, "detailed");
    } else {
        answer_name(out, "root", name);
        json_key(out, "view"), json_text(out, f->cause == CAUSE_SELF_TIME ? "callers" : "tree");
    }
    json_object_end(out);
    json_object_end(out);
}
static void bottlenecks_write(json_out_t* out, const window_t* w, const finding_t* f, size_t rank) {
    static const char* const names[] = {
#define CAUSES_ROW(constant, name, action) name,
        CAUSES(CAUSES_ROW)
#undef CAUSES_ROW
    };
    static const char* const actions[] = {
#define CAUSES_ROW(constant, name, action) action,
        CAUSES(CAUSES_ROW)
#undef CAUSES_ROW
    };
    const char* subject = w->functions[f->function].name;
    json_object(out);
    json_key(out, "rank"), json_u64(out, rank);
    json_key(out, "cause"), json_text(out, names[f->cause]);
    answer_name(out, "subject", subject);
    answer_percent(out, "impact_percent", f->impact);
    if (f->cause > CAUSE_RECORDING) {
        bool live = f->cause == CAUSE_LEAK_SUSPECT || f->cause == CAUSE_MEMORY_HELD;
        json_key(out, "percent_of"), json_text(out, live ? "live bytes" : "allocations");
    }
    bottlenecks_numbers(out, w, f);
    json_key(out, "action"), json_text(out, actions[f->cause]);
    bottlenecks_next(out, f, subject);
    json_object_end(out);
}
static void tool_bottlenecks(const tool_t* tool, tool_call_t* call) {
    query_t q;
    window_t w;
    findings_t found;
    memory_suspects_t suspects;
    if (!query_read(tool, call, &q)) return;
    if (!window_open(call, &q, HOTPATH_PART_TREE | HOTPATH_PART_THREADS, TIMES_ALL, &w)) return;
    found.count = 0, found.capacity = 1000; /* each is a percent at least, of five kinds */
    found.list = (finding_t*)mcp_arena_alloc(call->arena, found.capacity * sizeof *found.list);
    if (found.list != NULL && memory_suspects(call, &w, MEMORY_INTERVALS, &suspects)) {
        json_out_t* out = &call->out;
        size_t n = 0;
        for (uint32_t i = 0; i < w.node_count; i++)
            findings_of_node(&w, i, &found);
        for (uint32_t i = 0; i < w.function_count; i++)
            findings_of_function(&w, i, &found);
        for (size_t i = 0; i < w.thread_count; i++)
            findings_of_thread(&w, &w.threads[i], &found);
        for (uint32_t i = 0; i < w.function_count && w.info->alloc.on; i++)
            findings_of_memory(&w, &suspects, i, &found);
        findings_sort(&found);
        findings_make_room(&found, q.limit);
        answer_begin(call, &w);
        json_key(out, "percent_of"), json_text(out, "busy time of all threads");
        json_key(out, "considered"), json_text(out, w.info->alloc.on ? "time, memory" : "time");
        json_key(out, "data");
        json_array(out);
        for (; n < found.count && n < q.limit; n++)
            bottlenecks_write(out, &w, &found.list[n], n + 1);
        json_array_end(out);
        answer_counts(out, found.count, n);
        json_object_end(out);
    } else if (!call->failed) {
        tool_fail(call, "there is no memory for this answer");
    }
    window_close(&w);
}

/* ---- changes ---- */

/* Two windows of the same program, one after the other. The history stays as it is until they are
   closed: the window before may be one of its baselines. */
typedef struct changes {
    window_t now, before;
    hotpath_snapshot_t* owned[3];
} changes_t;

static void changes_close(changes_t* c) {
    for (int i = 0; i < 3; i++)
        request_free(c->owned[i]);
    history_unlock();
}
/* Takes both windows. The one before is as long as this one, as far as the history goes back. */
static bool changes_take(tool_call_t* call, const query_t* q, changes_t* c) {
    const history_baseline_t *middle = NULL, *first = NULL;
    uint64_t elapsed = hotpath_snapshot_info(c->owned[0])->elapsed_ns;
    if (!window_baseline(call, q, elapsed, &middle)) return false;
    if (middle == NULL || middle->elapsed_ns == 0 || middle->elapsed_ns >= elapsed) {
        tool_fail(call,
            "there are no two windows to compare yet: the program is too young for this one; ask "
            "again in a few seconds, or for a shorter one such as since:\"2s\"");
        return false;
    }
    first = history_at_age(2 * (os_now_ms() - middle->at_ms), elapsed);
    c->owned[1] = request_snapshot(NULL, c->owned[0], middle->snapshot);
    if (first != NULL && first->tick < middle->tick)
        c->owned[2] = request_snapshot(NULL, middle->snapshot, first->snapshot);
    if (c->owned[1] == NULL || (first != NULL && first->tick < middle->tick && !c->owned[2])) {
        tool_fail(call, "there is no memory for this answer");
        return false;
    }
    window_read(&c->now, c->owned[1]);
    window_read(&c->before, c->owned[2] != NULL ? c->owned[2] : middle->snapshot);
    c->now.tick = history_newest()->tick;
    return true;
}
static bool changes_open(tool_call_t* call, const query_t* q, changes_t* c) {
    hotpath_snapshot_desc_t desc;
    memset(c, 0, sizeof *c);
    memset(&desc, 0, sizeof desc);
    desc.parts = HOTPATH_PART_TREE;
    history_lock(); /* first: no baseline is newer than this snapshot */
    c->owned[0] = request_snapshot(&desc, NULL, NULL);
    if (c->owned[0] == NULL)
        tool_fail(call, "there is no memory for this answer");
    else if (changes_take(call, q, c))
        return true;
    changes_close(c);
    return false;
}
static double changes_rate(const window_t* w, double count) {
    return w->info->window_ns != 0 ? count * 1e9 / (double)w->info->window_ns : 0;
}
static const hotpath_function_t* changes_before(const changes_t* c, uint32_t id) {
    return window_by_id(c->before.functions, c->before.function_count, id);
}
static void changes_pair(json_out_t* out, const char* key, double now, double before) {
    char name[48];
    snprintf(name, sizeof name, "before_%s", key);
    json_key(out, key), json_fixed(out, now, 2);
    json_key(out, name), json_fixed(out, before, 2);
}
static void changes_write(json_out_t* out, const changes_t* c, const row_t* row) {
    const hotpath_function_t* now = &c->now.functions[row->index];
    const hotpath_function_t* before = changes_before(c, now->id);
    double self = changes_rate(&c->now, (double)now->self_ns);
    double self_before = before != NULL ? changes_rate(&c->before, (double)before->self_ns) : 0;
    json_object(out);
    json_key(out, "id"), json_u64(out, now->id);
    answer_name(out, "name", now->name);
    changes_pair(out, "self_ns_per_s", self, self_before);
    if (self_before > 0)
        answer_percent(out, "change_percent", 100 * (self - self_before) / self_before);
    changes_pair(out, "calls_per_s", changes_rate(&c->now, (double)now->calls),
        before != NULL ? changes_rate(&c->before, (double)before->calls) : 0);
    if (now->sampled_calls != 0 && before != NULL && before->sampled_calls != 0) {
        changes_pair(out, "avg_ns", now->mean_ns, before->mean_ns);
        changes_pair(out, "p99_ns", functions_percentile(&c->now, now, 99),
            functions_percentile(&c->before, before, 99));
    }
    json_object_end(out);
}
static size_t changes_rows(tool_call_t* call, const changes_t* c, const query_t* q, row_t* rows) {
    const unsigned char* fits =
        window_filter(call, &c->now, q, function_name, c->now.function_count);
    size_t count = 0;
    for (size_t i = 0; i < c->now.function_count && !call->failed; i++) {
        const hotpath_function_t* now = &c->now.functions[i];
        const hotpath_function_t* before = changes_before(c, now->id);
        bool active = functions_active(now) || (before != NULL && functions_active(before));
        if (!active || (fits != NULL && !fits[i])) continue;
        double change = changes_rate(&c->now, (double)now->self_ns) -
                        (before != NULL ? changes_rate(&c->before, (double)before->self_ns) : 0);
        row_t* row = &rows[count++];
        row->key = change < 0 ? -change : change, row->index = (uint32_t)i;
        row->id = now->id, row->name = now->name;
    }
    rows_sort(rows, count);
    return count;
}
static void tool_changes(const tool_t* tool, tool_call_t* call) {
    query_t q;
    changes_t c;
    if (!query_read(tool, call, &q)) return;
    if (q.since == SINCE_START) q.since = SINCE_AGE, q.since_value = 10000;
    if (!changes_open(call, &q, &c)) return;
    row_t* rows = (row_t*)mcp_arena_alloc(call->arena, (c.now.function_count + 1) * sizeof *rows);
    if (rows == NULL) tool_fail(call, "there is no memory for this answer");
    size_t count = rows != NULL ? changes_rows(call, &c, &q, rows) : 0, n = 0;
    if (!call->failed) {
        json_out_t* out = &call->out;
        answer_begin(call, &c.now);
        json_key(out, "before_window_ns"), json_u64(out, c.before.info->window_ns);
        json_key(out, "sort"), json_text(out, "change of self time");
        json_key(out, "data");
        json_array(out);
        for (; n < count && n < q.limit; n++)
            changes_write(out, &c, &rows[n]);
        json_array_end(out);
        answer_counts(out, count, n);
        json_object_end(out);
    }
    changes_close(&c);
}
