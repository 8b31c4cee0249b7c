/* tools_analysis.h: bottlenecks and changes: what to look at first, and what is different now. Both
   say nothing that the other tools do not show; they rank it. */

/* ---- bottlenecks ---- */

/* What a cause is called and what to do about it. */
#define CAUSES(X)                                                                                  \
    X(FRAME_BUDGET, "frame_budget",                                                                \
        "frames that take too long: spread, defer or bound what its scope does in them")           \
    X(LOCK_CONVOY, "lock_convoy",                                                                  \
        "threads queue for a lock: hold it for less in its holder's scope, or split it")           \
    X(SELF_TIME, "self_time",                                                                      \
        "it costs most by itself, working or waiting: make it cheaper, or call it less")           \
    X(MANY_CALLS, "many_calls",                                                                    \
        "called many times for each call of its caller: batch, cache or hoist it")                 \
    X(LATENCY_SPIKES, "latency_spikes",                                                            \
        "few executions take far longer than usual: look at the slowest ones")                     \
    X(STUCK, "stuck", "open for far longer than it ever took: see what it waits for")              \
    X(ERRORS, "errors", "executions that fail cost time too: see the reasons")                     \
    X(N_PLUS_ONE, "n_plus_one",                                                                    \
        "one after another in a single call of its caller: ask once, with a join or a list")       \
    X(FULL_SCAN, "full_scan",                                                                      \
        "reads a whole table for a few rows: an index that fits its WHERE or ORDER BY")            \
    X(SLOW_ROUTE, "slow_route",                                                                    \
        "few requests take far longer than usual: look inside of the slowest ones")                \
    X(ERROR_BURST, "error_burst",                                                                  \
        "fails far more often than it did before: see the reasons, and what changed")              \
    X(BLOCKING, "blocking_call",                                                                   \
        "blocks a thread that must not block: let another thread do it, or make it non-blocking")  \
    X(SLOW_IO, "slow_io",                                                                          \
        "waits for the system: fewer and larger calls, a cache, or another thread")                \
    X(QUEUE_FULL, "queue_full",                                                                    \
        "its queue is full and those before it wait: make it cheaper, or give it more threads")    \
    X(QUEUE_GROWS, "queue_grows",                                                                  \
        "more is sent to it than it takes: make it cheaper, add threads, or bound the queue")      \
    X(LOOP_LAG, "loop_lag",                                                                        \
        "a callback that keeps its event loop from all others: give its work to a pool")           \
    X(POOL_STARVED, "pool_starved",                                                                \
        "tasks wait, for all workers are busy: make tasks cheaper, or add workers if cores idle")  \
    X(POOL_ASLEEP, "pool_asleep",                                                                  \
        "tasks wait, and all workers are parked: see whether each one queued wakes a worker")      \
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
    uint32_t
        caller;     /* likewise, of MANY_CALLS, ALLOCATION_IN_LOOP, N_PLUS_ONE; scope of SLOW_ROUTE,
           FRAME_BUDGET; holder of LOCK_CONVOY */
    double impact;  /* percent of the busy time that would be saved were it gone; of memory */
    double a, b, c; /* what the cause's numbers are, those below 0 left out */
    double d, e;    /* likewise, of the causes that have more */
    uint32_t route; /* index of a function, of N_PLUS_ONE; waiter of LOCK_CONVOY */
    uint32_t lock;  /* index of a lock, of LOCK_CONVOY */
    const char*
        label; /* of the channel of QUEUE_*, the loop of LOOP_LAG, the pool of POOL_*, else NULL */
} finding_t;

#define FINDING_NONE UINT32_MAX /* no caller, no route */

typedef struct findings {
    finding_t* list;
    size_t count, capacity;
    /* What a finding has said already is not said again in more general words. */
    unsigned char* told_nodes;     /* by index: not as MANY_CALLS */
    unsigned char* told_functions; /* by index: bits of TOLD_* */
} findings_t;

enum {
    TOLD_TIME = 1,   /* not as SELF_TIME */
    TOLD_SPIKES = 2, /* not as LATENCY_SPIKES */
    TOLD_ERRORS = 4  /* not as ERRORS */
};

#define BOTTLENECKS_LEAST 1.0 /* percent: less is not worth a row */

static void findings_add(findings_t* f, finding_t found) {
    bool least = found.impact >= BOTTLENECKS_LEAST || found.cause == CAUSE_LEAK_SUSPECT ||
                 found.cause == CAUSE_ERROR_BURST || found.cause == CAUSE_FRAME_BUDGET ||
                 found.cause == CAUSE_BLOCKING;
    if (!least || f->count == f->capacity) return;
    if (found.impact > 100) found.impact = 100;
    f->list[f->count++] = found;
}
/* A finding without numbers yet. Args: ns of the busy time that would be saved were it gone. */
static finding_t finding_of(cause_t cause, uint32_t function, double ns, const window_t* w) {
    finding_t found = {cause, function, FINDING_NONE, window_percent(w, ns), -1, -1, -1, -1, -1,
        FINDING_NONE, FINDING_NONE, NULL};
    return found;
}
/* Whether few executions take far longer than the usual ones. */
static bool functions_spiky(const window_t* w, const hotpath_function_t* f) {
    return f->sampled_calls >= 100 && functions_spread(w, f) >= 10;
}
static void findings_of_function(const window_t* w, uint32_t i, findings_t* list) {
    const hotpath_function_t* f = &w->functions[i];
    if (f->kind == HOTPATH_KIND_INTERVAL) return; /* what made it long is in the tree */
    double cost = (double)w->info->scope_cost_ns_x100 / 100;
    double usual = functions_percentile(w, f, 50), slow = functions_percentile(w, f, 99);
    if (f->kind == HOTPATH_KIND_SPAN || f->kind == HOTPATH_KIND_TRACK) return;
    if (f->kind == HOTPATH_KIND_WAIT) return; /* to wait is no work: what for says more */
    unsigned told = list->told_functions[i];
    finding_t found = finding_of(CAUSE_SELF_TIME, i, (double)f->self_ns, w);
    found.a = (double)f->self_ns, found.b = (double)f->calls;
    found.c = f->sampled_calls != 0 ? f->mean_ns : -1;
    if ((told & TOLD_TIME) == 0) findings_add(list, found);
    if ((told & TOLD_SPIKES) == 0 && functions_spiky(w, f)) {
        found = finding_of(CAUSE_LATENCY_SPIKES, i, (f->mean_ns - usual) * (double)f->completed, w);
        found.a = usual, found.b = slow, found.c = (double)f->max_ns;
        findings_add(list, found);
    }
    if ((told & TOLD_ERRORS) == 0 && f->errors != 0 && f->calls != 0) {
        double rate = (double)f->errors / (double)f->calls;
        found = finding_of(CAUSE_ERRORS, i, rate * (double)f->total_ns, w);
        found.a = (double)f->errors, found.b = (double)f->calls, found.c = 100 * rate;
        findings_add(list, found);
    }
    if (cost > 0 && f->completed != 0 && !f->estimated && f->mean_ns < 2 * cost) {
        found = finding_of(CAUSE_RECORDING, i, cost * (double)f->completed, w);
        found.a = (double)f->calls, found.b = cost, found.c = f->mean_ns;
        findings_add(list, found);
    }
}
/* Whether one call of a node makes many of one below it. A node that is a loop of the whole program, or
   was called a few times only, says nothing. */
static bool node_repeats(const hotpath_node_t* above, const hotpath_node_t* below) {
    return above->calls >= 10 && below->calls >= 8 * above->calls;
}
/* Adds what node_repeats says of two nodes; of the same functions on several paths it is one row. Args:
   whole is what would be gone but for one in each call: the lower node, or one between the two. */
static void findings_repeated(const window_t* w, cause_t cause, const hotpath_node_t* above,
    const hotpath_node_t* below, const hotpath_node_t* whole, findings_t* list) {
    double ratio = (double)below->calls / (double)above->calls;
    finding_t many =
        finding_of(cause, below->function, (double)whole->total_ns * (1 - 1 / ratio), w);
    many.caller = above->function;
    many.a = ratio, many.b = (double)below->calls, many.c = (double)below->total_ns;
    for (size_t k = 0; k < list->count; k++) {
        finding_t* same = &list->list[k];
        if (same->cause != cause || same->function != many.function || same->caller != many.caller)
            continue;
        double callers = same->b / same->a + (double)above->calls; /* a is calls per caller's */
        same->impact += many.impact, same->b += many.b, same->c += many.c;
        same->a = same->b / callers;
        return;
    }
    findings_add(list, many);
}
static void findings_of_node(const window_t* w, uint32_t i, findings_t* list) {
    const hotpath_node_t* n = &w->nodes[i];
    if (n->parent == HOTPATH_NO_NODE || n->recursive || list->told_nodes[i]) return;
    const hotpath_node_t* parent = &w->nodes[n->parent];
    if (node_repeats(parent, n)) findings_repeated(w, CAUSE_MANY_CALLS, parent, n, n, list);
}

/* ---- findings of channels ---- */

/* Whether senders of a bounded channel wait for room, for a tenth of the window at least. */
static bool channel_is_blocked(const window_t* w, const hotpath_channel_row_t* c) {
    double waited = (double)channels_total(w, c->send_wait_function);
    return c->capacity != 0 && waited > 0.1 * (double)w->info->window_ns;
}
/* Whether those who take from a channel wait for room in another one themselves. */
static bool channel_is_downstream(
    const hotpath_channel_row_t* c, const hotpath_channel_row_t* next) {
    for (uint32_t i = 0; i < c->consumers_count; i++)
        for (uint32_t k = 0; k < next->producers_count; k++)
            if (c->consumers[i].function == next->producers[k].function) return true;
    return false;
}
/* The time for which others wait for the stage behind a channel: senders, those before them that wait for
   room likewise, and those behind it that have nothing to do. */
static double channel_blocks(const window_t* w, const hotpath_channel_row_t* c, uint32_t depth) {
    double sum = (double)channels_total(w, c->send_wait_function);
    for (size_t i = 0; i < w->channel_count && depth < 8; i++)
        if (&w->channels[i] != c && channel_is_downstream(&w->channels[i], c) &&
            channel_is_blocked(w, &w->channels[i]))
            sum += channel_blocks(w, &w->channels[i], depth + 1);
    return sum;
}
static double channel_starves(const window_t* w, const hotpath_channel_row_t* c) {
    double sum = 0;
    for (size_t i = 0; i < w->channel_count; i++)
        if (&w->channels[i] != c && channel_is_downstream(c, &w->channels[i]))
            sum += (double)channels_total(w, w->channels[i].receive_wait_function);
    return sum;
}
/* Whether a wait is that of one end of a channel. */
static bool channels_wait_is(const window_t* w, uint32_t function) {
    for (size_t i = 0; i < w->channel_count; i++)
        if (w->channels[i].send_wait_function == function ||
            w->channels[i].receive_wait_function == function)
            return true;
    return false;
}
/* The time for which a function waits for anything but channels, such as locks. */
static double stage_waits(const window_t* w, uint32_t drain) {
    double sum = 0;
    for (uint32_t i = 0; i < w->node_count; i++) {
        uint32_t above = i;
        if (w->functions[w->nodes[i].function].kind != HOTPATH_KIND_WAIT ||
            channels_wait_is(w, w->nodes[i].function))
            continue;
        while (above != HOTPATH_NO_NODE && w->nodes[above].function != drain)
            above = w->nodes[above].parent;
        if (above != HOTPATH_NO_NODE) sum += (double)w->nodes[i].total_ns;
    }
    return sum;
}
static void findings_of_full(const window_t* w, const hotpath_channel_row_t* c, findings_t* list) {
    for (size_t i = 0; i < w->channel_count; i++)
        if (&w->channels[i] != c && channel_is_downstream(c, &w->channels[i]) &&
            channel_is_blocked(w, &w->channels[i]))
            return; /* its stage waits, too */
    uint32_t drain = c->consumers[0].function;
    double blocked = channel_blocks(w, c, 0), starved = channel_starves(w, c);
    double busy =
        (double)w->functions[drain].total_ns - (double)channels_total(w, c->receive_wait_function);
    if (stage_waits(w, drain) > 0.3 * busy) return; /* what it waits for holds up all */
    finding_t found = finding_of(CAUSE_QUEUE_FULL, drain, blocked + starved, w);
    found.a = blocked, found.b = (double)c->capacity;
    found.c = (double)c->received * 1e9 / (double)w->info->window_ns;
    found.d = busy, found.e = starved, found.label = c->label;
    findings_add(list, found);
}
static void findings_of_growth(
    const window_t* w, const hotpath_channel_row_t* c, findings_t* list) {
    double stayed = c->growth_per_sec * (double)w->info->window_ns / 1e9;
    if (c->depth < 100 || stayed < 100 || stayed < 0.1 * (double)c->sent) return;
    uint32_t drain = c->consumers_count != 0 ? c->consumers[0].function : c->sent_function;
    if (drain >= w->function_count) return;
    finding_t found = finding_of(CAUSE_QUEUE_GROWS, drain, 0, w);
    found.impact = 100 * stayed / (double)c->sent;
    found.a = c->growth_per_sec, found.b = (double)c->depth;
    found.c = (double)c->sent * 1e9 / (double)w->info->window_ns;
    found.d = (double)c->received * 1e9 / (double)w->info->window_ns;
    if (c->delay_source != HOTPATH_DELAY_UNKNOWN) found.e = c->delay_mean_ns;
    found.label = c->label;
    findings_add(list, found);
}
/* Of channels that are full the last one of a chain: the stage behind it holds up the others. */
static void findings_of_channels(const window_t* w, findings_t* list) {
    for (size_t i = 0; i < w->channel_count; i++) {
        const hotpath_channel_row_t* c = &w->channels[i];
        bool known = c->consumers_count != 0 && c->consumers[0].function < w->function_count;
        if (known && channel_is_blocked(w, c)) findings_of_full(w, c, list);
        findings_of_growth(w, c, list);
    }
}

/* ---- findings of spans ---- */

/* A query, or a request, that one call of a scope above it makes many times: N + 1 of them where one
   would do. What leads from there to it is told with it. */
static void findings_of_span_node(const window_t* w, uint32_t i, findings_t* list) {
    const hotpath_node_t* n = &w->nodes[i];
    uint32_t kind = w->functions[n->function].kind;
    if (kind != HOTPATH_KIND_SQL && kind != HOTPATH_KIND_HTTP) return;
    uint32_t above = n->parent;
    while (above != HOTPATH_NO_NODE && !node_repeats(&w->nodes[above], n))
        above = w->nodes[above].parent;
    if (above == HOTPATH_NO_NODE) return;
    const hotpath_node_t* whole = n; /* what is called once for each query is gone with it */
    for (uint32_t k = i; k != above; k = w->nodes[k].parent) {
        list->told_nodes[k] = 1;
        if (node_repeats(&w->nodes[above], &w->nodes[k])) whole = &w->nodes[k];
    }
    findings_repeated(w, CAUSE_N_PLUS_ONE, &w->nodes[above], n, whole, list);
    list->told_functions[n->function] |= TOLD_TIME;
}
/* Adds of which route a query is, and how often in one request. */
static void findings_of_routes(const window_t* w, findings_t* list) {
    for (size_t k = 0; k < list->count; k++) {
        finding_t* f = &list->list[k];
        for (size_t i = 0; f->cause == CAUSE_N_PLUS_ONE && i < w->span_count; i++) {
            const hotpath_span_row_t* s = &w->spans[i];
            if (s->function != f->function || s->routes_count == 0) continue;
            f->route = s->routes[0].function, f->d = s->routes[0].per_call;
        }
    }
}
/* Many steps through whole tables for each row that comes out. */
static void findings_of_scan(const window_t* w, const hotpath_span_row_t* s, findings_t* list) {
    double steps = (double)s->fullscan_steps, rows = (double)(s->rows > 1 ? s->rows : 1);
    if (s->completed == 0 || steps < 1000 * (double)s->completed || steps < 10 * rows) return;
    finding_t found = finding_of(CAUSE_FULL_SCAN, s->function,
        (double)w->functions[s->function].total_ns * (1 - rows / steps), w);
    found.a = steps / (double)s->completed, found.b = (double)s->rows / (double)s->completed;
    found.c = (double)s->completed;
    list->told_functions[s->function] |= TOLD_TIME;
    findings_add(list, found);
}
/* Whether a request of this window was slow, and what was inside of it is known. */
static bool slow_known(const window_t* w, const hotpath_span_slow_t* e, double least) {
    return (double)e->duration_ns >= least && !e->inside_shared &&
           e->at_ns + e->duration_ns + w->info->window_ns >= w->info->elapsed_ns;
}
/* The self time of a function in all of the slow requests that are known. */
static double slow_self(
    const window_t* w, const hotpath_span_row_t* s, double least, uint32_t function) {
    double sum = 0;
    for (uint32_t i = 0; i < s->slowest_count; i++)
        for (uint32_t k = 0; slow_known(w, &s->slowest[i], least) && k < s->slowest[i].inside_count;
             k++)
            if (s->slowest[i].inside[k].function == function)
                sum += (double)s->slowest[i].inside[k].self_ns;
    return sum;
}
/* What slow requests of a route have most of beyond the mean one: the self time of a scope. Args: logs is
   a window of all the time with the route's slowest requests. Returns: how much in one request, 0 if no
   scope makes a third of the difference; *scope is the scope's index in w. */
static double slow_excess(
    const window_t* w, const window_t* logs, const hotpath_span_row_t* s, uint32_t* scope) {
    double requests = (double)logs->functions[s->function].calls, known = 0, slow = 0, most = 0;
    double usual = functions_percentile(logs, &logs->functions[s->function], 50);
    double least = functions_percentile(logs, &logs->functions[s->function], 99) / 2;
    const hotpath_function_t* found = NULL;
    for (uint32_t i = 0; i < s->slowest_count; i++)
        if (slow_known(w, &s->slowest[i], least))
            known++, slow += (double)s->slowest[i].duration_ns;
    for (uint32_t i = 0; i < s->slowest_count; i++) {
        const hotpath_span_slow_t* one = &s->slowest[i];
        for (uint32_t k = 0; slow_known(w, one, least) && k < one->inside_count; k++) {
            const hotpath_function_t* f = &logs->functions[one->inside[k].function];
            double excess = slow_self(w, s, least, one->inside[k].function) / known -
                            (double)f->self_ns / requests;
            if (excess > most) most = excess, found = f;
        }
    }
    if (found == NULL || most < (slow / known - usual) / 3) return 0;
    found = window_by_id(w->functions, w->function_count, found->id);
    if (found == NULL) return 0;
    *scope = (uint32_t)(found - w->functions);
    return most;
}
/* What lies between a route and the scope that makes it slow is slow with it. */
static void findings_told_to(
    const window_t* w, uint32_t route, uint32_t scope, unsigned told, findings_t* list) {
    for (uint32_t i = 0; i < w->node_count; i++) {
        uint32_t above = w->nodes[i].function == scope ? i : HOTPATH_NO_NODE;
        while (above != HOTPATH_NO_NODE && w->nodes[above].function != route)
            above = w->nodes[above].parent;
        for (uint32_t k = i; above != HOTPATH_NO_NODE && k != above; k = w->nodes[k].parent)
            list->told_functions[w->nodes[k].function] |= (unsigned char)told;
    }
}
static void findings_of_route(
    const window_t* w, const window_t* logs, const hotpath_span_row_t* s, findings_t* list) {
    const hotpath_function_t* f = &w->functions[s->function];
    double usual = functions_percentile(w, f, 50);
    finding_t found =
        finding_of(CAUSE_SLOW_ROUTE, s->function, (f->mean_ns - usual) * (double)f->completed, w);
    found.a = usual, found.b = functions_percentile(w, f, 99), found.c = (double)f->max_ns;
    for (size_t i = 0; logs != NULL && i < logs->span_count; i++) {
        if (logs->functions[logs->spans[i].function].id != f->id) continue;
        double excess = slow_excess(w, logs, &logs->spans[i], &found.caller);
        if (excess > 0) found.d = excess;
    }
    list->told_functions[s->function] |= TOLD_SPIKES;
    if (found.caller != FINDING_NONE)
        findings_told_to(w, s->function, found.caller, TOLD_SPIKES, list);
    findings_add(list, found);
}
/* Routes of which few requests are slow. What was inside of those is in a snapshot of its own, which a
   program without such a route does not need. */
static void findings_of_slow_routes(const window_t* w, findings_t* list) {
    window_t logs;
    hotpath_snapshot_t* s = NULL;
    for (size_t i = 0; i < w->span_count; i++) {
        const hotpath_span_row_t* row = &w->spans[i];
        if (row->kind != HOTPATH_SPAN_SERVER || !functions_spiky(w, &w->functions[row->function]))
            continue;
        hotpath_snapshot_desc_t desc;
        memset(&desc, 0, sizeof desc);
        desc.parts = HOTPATH_PART_SPANS | HOTPATH_PART_LOGS | HOTPATH_PART_TREE;
        if (s == NULL) s = request_snapshot(&desc, NULL, NULL);
        if (s != NULL) window_read(&logs, s);
        findings_of_route(w, s != NULL ? &logs : NULL, row, list);
    }
    if (s != NULL) request_free(s);
}
#define BURST_MS 10000

/* Functions that fail now and did not before: of the executions of the last ten seconds a fifth at
   least, and five times the share of all those before. */
static void findings_of_burst(
    const window_t* w, uint32_t i, const hotpath_function_t* before, double ns, findings_t* list) {
    const hotpath_function_t* now = window_ever(w, w->functions[i].id);
    if (now == NULL || before == NULL || before->calls < 20 || now->errors < before->errors + 10)
        return;
    double errors = (double)(now->errors - before->errors);
    double calls = (double)(now->calls - before->calls);
    double rate = errors / calls, usual = (double)before->errors / (double)before->calls;
    if (calls < errors || rate < 0.2 || rate < 5 * usual) return;
    finding_t found =
        finding_of(CAUSE_ERROR_BURST, i, rate * (double)(now->total_ns - before->total_ns), w);
    found.a = errors, found.b = calls, found.c = 100 * rate, found.d = 100 * usual, found.e = ns;
    list->told_functions[i] |= TOLD_ERRORS;
    findings_add(list, found);
}
static void findings_of_bursts(const window_t* w, findings_t* list) {
    uint64_t elapsed = hotpath_snapshot_info(w->ever)->elapsed_ns;
    if (!w->locked) history_lock();
    const history_baseline_t* b = history_at_age(BURST_MS, elapsed);
    size_t count = 0;
    const hotpath_function_t* before =
        b != NULL ? hotpath_snapshot_functions(b->snapshot, &count) : NULL;
    for (uint32_t i = 0; b != NULL && i < w->function_count; i++)
        if (w->functions[i].errors != 0)
            findings_of_burst(w, i, window_by_id(before, count, w->functions[i].id),
                (double)(elapsed - b->elapsed_ns), list);
    if (!w->locked) history_unlock();
}
static void findings_of_spans(const window_t* w, findings_t* list) {
    for (uint32_t i = 0; i < w->node_count; i++)
        findings_of_span_node(w, i, list);
    findings_of_routes(w, list);
    for (size_t i = 0; i < w->span_count; i++)
        if (w->spans[i].kind == HOTPATH_SPAN_SQL) findings_of_scan(w, &w->spans[i], list);
    findings_of_slow_routes(w, list);
    findings_of_bursts(w, list);
}

/* ---- findings of frames ---- */

/* The frames of a name that are over their budget, if they have a period or are more than chance makes
   on a busy machine, and one scope has most of what they take longer than usual. */
#define BOTTLENECKS_FRAMES 0.02

/* What a function took longer than usual in all of the worst frames that are over the budget. */
static double frames_excess_of(const hotpath_frame_t* f, uint32_t function) {
    double sum = 0;
    for (uint32_t i = 0; i < f->worst_count; i++)
        for (uint32_t k = 0; k < f->worst[i].inside_count; k++)
            if (f->worst[i].inside[k].function == function &&
                f->worst[i].duration_ns > f->budget_ns)
                sum += (double)f->worst[i].inside[k].excess_ns;
    return sum;
}
static void findings_of_frames(const window_t* w, const hotpath_frame_t* f, findings_t* list) {
    const hotpath_function_t* function = &w->functions[f->function];
    double over = (double)f->over_budget, most = 0, longer = 0, bad = 0;
    double usual = functions_percentile(w, function, 50);
    uint32_t scope = FINDING_NONE;
    if (f->over_budget == 0 || (f->period == 0 && over < BOTTLENECKS_FRAMES * (double)f->count))
        return;
    for (uint32_t i = 0; i < f->worst_count; i++) {
        const hotpath_worst_frame_t* worst = &f->worst[i];
        if (worst->duration_ns <= f->budget_ns) continue;
        bad++;
        longer += (double)worst->duration_ns - usual;
        for (uint32_t k = 0; k < worst->inside_count; k++) {
            double sum = frames_excess_of(f, worst->inside[k].function);
            if (sum > most) most = sum, scope = worst->inside[k].function;
        }
    }
    if (bad == 0 || scope == FINDING_NONE || most < longer / 2) return;
    finding_t found = finding_of(CAUSE_FRAME_BUDGET, f->function, most / bad * over, w);
    found.caller = scope;
    found.a = over, found.b = (double)f->count, found.c = most / bad;
    found.d = f->period != 0 ? (double)f->period : -1, found.e = (double)f->budget_ns;
    findings_add(list, found);
}

/* ---- findings of locks ---- */

/* A lock that threads queue for: one acquisition of ten has to wait, many times, and that takes a
   twentieth of all time. */
#define BOTTLENECKS_WAITS  20
#define BOTTLENECKS_QUEUED 0.1
#define BOTTLENECKS_WAITED 5.0

static void findings_of_lock(const window_t* w, uint32_t i, findings_t* list) {
    const hotpath_lock_row_t* lock = &w->locks[i];
    if (lock->kind != HOTPATH_KIND_MUTEX && lock->kind != HOTPATH_KIND_RWLOCK) return;
    double wait_ns = 0, longest = 0, acquired = 0, waits = 0, held_ns = 0;
    for (uint32_t k = 0; k < lock->sides_count; k++) {
        const hotpath_lock_side_t* side = &lock->sides[k];
        wait_ns += (double)side->wait_ns, waits += (double)side->contended;
        acquired += (double)side->acquired, held_ns += (double)side->hold_ns;
        if (longest < (double)side->wait_max_ns) longest = (double)side->wait_max_ns;
    }
    if (waits < BOTTLENECKS_WAITS || waits < BOTTLENECKS_QUEUED * acquired ||
        window_percent(w, wait_ns) < BOTTLENECKS_WAITED)
        return;
    finding_t found = finding_of(CAUSE_LOCK_CONVOY, FINDING_NONE, wait_ns, w);
    found.lock = i;
    found.a = wait_ns, found.b = waits, found.c = acquired, found.d = longest;
    found.e = acquired > 0 ? held_ns / acquired : -1;
    if (lock->holders_count != 0) {
        found.caller = lock->holders[0].holder; /* HOTPATH_NO_FUNCTION is FINDING_NONE */
        found.route = lock->holders[0].waiter;
    }
    for (uint32_t k = 0; k < lock->holders_count; k++) /* their spikes are these waits */
        if (lock->holders[k].waiter != HOTPATH_NO_FUNCTION)
            list->told_functions[lock->holders[k].waiter] |= TOLD_SPIKES;
    findings_add(list, found);
}

/* ---- findings of io ---- */

#define BOTTLENECKS_BLOCKING 1e6 /* ns on average: longer is told whatever its share */

/* Io on threads that must not block: a percent of the window at least, or long ones. */
static void findings_of_blocking(const window_t* w, uint32_t i, findings_t* list) {
    const hotpath_function_t* f = &w->functions[i];
    double calls = (double)f->blocking_calls, ns = (double)f->blocking_ns;
    double window = (double)w->info->window_ns;
    if (f->blocking_calls == 0 || (ns < window / 100 && ns < BOTTLENECKS_BLOCKING * calls)) return;
    finding_t found = finding_of(CAUSE_BLOCKING, i, ns, w);
    found.a = calls, found.b = ns, found.c = ns / calls;
    found.d = window > 0 ? 100 * ns / window : -1;
    list->told_functions[i] |= TOLD_TIME;
    findings_add(list, found);
}
/* What takes time by itself in io is waiting. Who waits in a poll, or for a connection, is idle. */
static void findings_of_io(const window_t* w, const hotpath_io_row_t* row, findings_t* list) {
    const hotpath_function_t* f = &w->functions[row->function];
    bool told = (list->told_functions[row->function] & TOLD_TIME) != 0;
    list->told_functions[row->function] |= TOLD_TIME;
    if (told || row->op == HOTPATH_IO_POLL || row->op == HOTPATH_IO_CONNECT) return;
    finding_t found = finding_of(CAUSE_SLOW_IO, row->function, (double)f->self_ns, w);
    found.a = (double)row->total_ns, found.b = (double)row->count;
    found.c = f->sampled_calls != 0 ? f->mean_ns : -1;
    if (row->op <= HOTPATH_IO_WRITE) found.d = (double)row->bytes, found.e = row->throughput;
    findings_add(list, found);
}

/* ---- findings of event loops ---- */

#define BOTTLENECKS_LAG \
    5e6 /* ns: as late comes one round in a hundred of a loop, or it is no finding */

/* The callback that took most time of those that stand beside the loop's waits in the call tree. */
static uint32_t loop_callback(const window_t* w, const hotpath_runtime_row_t* r) {
    uint32_t worst = FINDING_NONE, above = HOTPATH_NO_NODE;
    uint64_t parks = 0;
    for (size_t i = 0; i < w->node_count; i++) /* where it waits most often */
        if (w->nodes[i].function == r->park && w->nodes[i].calls > parks)
            parks = w->nodes[i].calls, above = w->nodes[i].parent;
    for (size_t i = 0; i < w->node_count && parks != 0; i++) {
        const hotpath_node_t* n = &w->nodes[i];
        if (n->parent != above || n->function == r->park) continue;
        if (worst == FINDING_NONE || w->functions[n->function].max_ns > w->functions[worst].max_ns)
            worst = n->function;
    }
    return worst;
}
static void findings_of_loop(const window_t* w, const hotpath_runtime_row_t* r, findings_t* list) {
    const hotpath_function_t* lag = tasks_function(w, r->lag);
    double late = (double)hotpath_snapshot_percentile(w->snapshot, lag, 99);
    if (!r->is_loop || lag->completed < 10 || late < BOTTLENECKS_LAG) return;
    uint32_t callback = loop_callback(w, r);
    if (callback == FINDING_NONE) return;
    const hotpath_function_t* f = &w->functions[callback];
    if ((double)f->max_ns < late / 2) return; /* many short ones: that is no fault of one */
    double usual = (double)hotpath_snapshot_percentile(w->snapshot, f, 50) * (double)f->completed;
    finding_t found = finding_of(CAUSE_LOOP_LAG, callback, (double)f->total_ns - usual, w);
    found.a = late, found.b = (double)lag->max_ns, found.c = (double)f->max_ns;
    found.d = (double)f->total_ns, found.e = (double)f->calls, found.label = r->label;
    list->told_functions[callback] |= TOLD_SPIKES | TOLD_TIME;
    findings_add(list, found);
}

/* ---- findings of pools ---- */

/* A pool is busy if its workers are parked for no more than this share of a window, has a queue if so many
   tasks wait for each worker, and either is told if it has lasted for so many ns. */
#define BOTTLENECKS_PARKED 0.05
#define BOTTLENECKS_QUEUE  2
#define BOTTLENECKS_LASTS  1e9

/* How many workers are in a state. */
static uint32_t pool_workers(const hotpath_runtime_row_t* r, uint32_t state) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < r->workers_count; i++)
        count += r->workers[i].state == state;
    return count;
}
/* For how long as many threads as the pool has workers have been parked. Returns: 0 if fewer are. */
static double pool_slept(const window_t* w, const hotpath_runtime_row_t* r) {
    uint64_t least = UINT64_MAX;
    uint32_t count = 0;
    for (size_t i = 0; i < w->thread_count; i++)
        for (uint32_t k = 0; k < w->threads[i].open_count; k++) {
            const hotpath_open_t* open = &w->threads[i].open[k];
            if (open->function != r->park) continue;
            if (open->elapsed_ns < least) least = open->elapsed_ns;
            count++;
        }
    return count >= r->num_workers ? (double)least : 0;
}
static finding_t pool_finding(const window_t* w, const hotpath_runtime_row_t* r, cause_t cause) {
    finding_t found = finding_of(cause, FINDING_NONE, 0, w);
    found.label = r->label;
    found.impact = 100 * (double)r->queue_depth / (double)r->alive_tasks;
    found.a = (double)r->queue_depth, found.b = (double)r->num_workers;
    return found;
}
/* Tasks that wait while every worker is busy, and was all the time. */
static void findings_of_starved(
    const window_t* w, const hotpath_runtime_row_t* r, findings_t* list) {
    double lived = (double)(r->busy_ns + r->parked_ns);
    if (r->queue_depth < BOTTLENECKS_QUEUE * r->num_workers || r->finished < 10 ||
        (double)w->info->window_ns < BOTTLENECKS_LASTS ||
        (double)r->parked_ns > BOTTLENECKS_PARKED * lived)
        return;
    finding_t found = pool_finding(w, r, CAUSE_POOL_STARVED);
    found.c = 100 * (double)r->busy_ns / lived;
    found.d = (double)r->finished * 1e9 / (double)w->info->window_ns;
    found.e = found.a * 1e9 / found.d; /* until the last one in the queue is taken */
    findings_add(list, found);
}
/* Tasks that wait while every worker sleeps. */
static void findings_of_asleep(
    const window_t* w, const hotpath_runtime_row_t* r, findings_t* list) {
    finding_t found = pool_finding(w, r, CAUSE_POOL_ASLEEP);
    found.c = pool_slept(w, r);
    if (found.c >= BOTTLENECKS_LASTS) findings_add(list, found);
}
/* Only of pools that tell how many tasks they have. */
static void findings_of_pool(const window_t* w, const hotpath_runtime_row_t* r, findings_t* list) {
    bool waits = r->queue_depth != 0 && r->queue_depth <= r->alive_tasks;
    if (r->is_loop || r->is_closed || !waits) return;
    if (pool_workers(r, HOTPATH_WORKER_BUSY) == r->num_workers) findings_of_starved(w, r, list);
    if (pool_workers(r, HOTPATH_WORKER_PARKED) == r->num_workers) findings_of_asleep(w, r, list);
}

/* ---- findings of threads and memory ---- */

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
        finding_t stuck = finding_of(CAUSE_STUCK, open->function, inside, w);
        stuck.a = now, stuck.b = slow, stuck.c = (double)t->id;
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
    finding_t found = finding_of(CAUSE_LEAK_SUSPECT, i, 0, w);
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
/* What the program itself calls too long stands first; time before memory, growth before the rest of it. The own time of what has not ended once comes after
   the other time: a loop of the program, or what waits for its end, is no cost that can be saved. */
static unsigned finding_class(const finding_t* f) {
    if (f->cause == CAUSE_FRAME_BUDGET) return 0;
    if (f->cause > CAUSE_RECORDING) return f->cause == CAUSE_LEAK_SUSPECT ? 3 : 4;
    return f->cause == CAUSE_SELF_TIME && f->c < 0 ? 2 : 1;
}
static bool findings_before(const finding_t* a, const finding_t* b) {
    unsigned x = finding_class(a), y = finding_class(b);
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
static bool finding_is_pool(const finding_t* f) {
    return f->cause == CAUSE_POOL_STARVED || f->cause == CAUSE_POOL_ASLEEP;
}
static const char* finding_subject(const window_t* w, const finding_t* f) {
    if (finding_is_pool(f)) return f->label;
    return f->lock != FINDING_NONE ? w->locks[f->lock].name : w->functions[f->function].name;
}
static void bottlenecks_numbers(json_out_t* out, const window_t* w, const finding_t* f) {
    static const char* const keys[CAUSE_COUNT][5] = {
        [CAUSE_FRAME_BUDGET] = {"over_budget", "frames", "excess_ns", "period", "budget_ns"},
        [CAUSE_LOCK_CONVOY] = {"wait_ns", "contended", "count", "wait_max_ns", "hold_avg_ns"},
        [CAUSE_SELF_TIME] = {"self_ns", "calls", "avg_ns"},
        [CAUSE_MANY_CALLS] = {"calls_per_call", "calls", "total_ns"},
        [CAUSE_LATENCY_SPIKES] = {"p50_ns", "p99_ns", "max_ns"},
        [CAUSE_STUCK] = {"open_ns", "p99_ns", "thread_id"},
        [CAUSE_ERRORS] = {"errors", "calls", "error_percent"},
        [CAUSE_N_PLUS_ONE] = {"calls_per_call", "calls", "total_ns", "calls_per_request"},
        [CAUSE_FULL_SCAN] = {"steps_per_call", "rows_per_call", "calls"},
        [CAUSE_SLOW_ROUTE] = {"p50_ns", "p99_ns", "max_ns", "scope_excess_ns"},
        [CAUSE_ERROR_BURST] = {"errors", "calls", "error_percent", "error_percent_before", "in_ns"},
        [CAUSE_BLOCKING] = {"blocking_calls", "blocking_ns", "avg_ns", "percent_of_window"},
        [CAUSE_SLOW_IO] = {"total_ns", "calls", "avg_ns", "bytes", "throughput_bytes_per_sec"},
        [CAUSE_QUEUE_FULL] = {"blocked_ns", "capacity", "taken_per_sec", "busy_ns", "starved_ns"},
        [CAUSE_QUEUE_GROWS] = {"growth_per_sec", "depth", "sent_per_sec", "taken_per_sec",
            "delay_avg_ns"},
        [CAUSE_LOOP_LAG] = {"lag_p99_ns", "lag_max_ns", "max_ns", "total_ns", "calls"},
        [CAUSE_POOL_STARVED] = {"queue_depth", "num_workers", "busy_percent", "finished_per_sec",
            "queue_ns"},
        [CAUSE_POOL_ASLEEP] = {"queue_depth", "num_workers", "parked_ns"},
        [CAUSE_RECORDING] = {"calls", "recording_ns", "avg_ns"},
        [CAUSE_LEAK_SUSPECT] = {"live_bytes", "bytes_per_sec", "confidence"},
        [CAUSE_MEMORY_HELD] = {"live_bytes", "alloc_count", "calls"},
        [CAUSE_MANY_ALLOCATIONS] = {"allocs_per_call", "bytes_each", "freed_percent"},
        [CAUSE_ALLOCATION_IN_LOOP] = {"allocs_per_call", "calls", "bytes_each"},
    };
    const double values[] = {f->a, f->b, f->c, f->d, f->e};
    json_key(out, "numbers");
    json_object(out);
    for (int i = 0; i < 5; i++)
        if (values[i] >= 0) json_key(out, keys[f->cause][i]), json_fixed(out, values[i], 2);
    bool convoy = f->cause == CAUSE_LOCK_CONVOY;
    bool scope = f->cause == CAUSE_SLOW_ROUTE || f->cause == CAUSE_FRAME_BUDGET;
    if (f->caller != FINDING_NONE)
        answer_name(out,
            convoy  ? "holder"
            : scope ? "scope"
                    : "caller",
            w->functions[f->caller].name);
    if (f->route != FINDING_NONE)
        answer_name(out, convoy ? "waiter" : "route", w->functions[f->route].name);
    if (f->label != NULL && !finding_is_pool(f))
        answer_name(out, f->cause == CAUSE_LOOP_LAG ? "loop" : "channel", f->label);
    json_object_end(out);
}
/* The call that shows more: its arguments name what the row is about. */
static void bottlenecks_next(json_out_t* out, const window_t* w, const finding_t* f) {
    /* How the arguments of a tool name the subject, and one more that it takes. */
    static const struct {
        const char *tool, *subject, *key, *value;
    } calls[CAUSE_COUNT] = {
        [CAUSE_FRAME_BUDGET] = {"frames", "filter", "response_format", "detailed"},
        [CAUSE_LOCK_CONVOY] = {"mutexes", "filter", "response_format", "detailed"},
        [CAUSE_SELF_TIME] = {"query_flamegraph", "root", "view", "callers"},
        [CAUSE_MANY_CALLS] = {"query_flamegraph", "root", "view", "tree"},
        [CAUSE_LATENCY_SPIKES] = {"function_timing_logs", "function_name", "order", "slowest"},
        [CAUSE_STUCK] = {"threads", NULL, "sort", "current"},
        [CAUSE_ERRORS] = {"functions_timing", "filter", "response_format", "detailed"},
        [CAUSE_N_PLUS_ONE] = {"sql", "filter", "response_format", "detailed"},
        [CAUSE_FULL_SCAN] = {"sql", "filter", "response_format", "detailed"},
        [CAUSE_SLOW_ROUTE] = {"server_logs", "server_name", "order", "slowest"},
        [CAUSE_ERROR_BURST] = {"functions_timing", "filter", "response_format", "detailed"},
        [CAUSE_BLOCKING] = {"query_flamegraph", "root", "view", "callers"},
        [CAUSE_SLOW_IO] = {"io", "filter", "response_format", "detailed"},
        [CAUSE_QUEUE_FULL] = {"channels", NULL, "sort", "wait"},
        [CAUSE_QUEUE_GROWS] = {"channels", NULL, "sort", "pressure"},
        [CAUSE_LOOP_LAG] = {"function_timing_logs", "function_name", "order", "slowest"},
        [CAUSE_POOL_STARVED] = {"tokio_runtime", "filter", "response_format", "detailed"},
        [CAUSE_POOL_ASLEEP] = {"tokio_runtime", "filter", "response_format", "detailed"},
        [CAUSE_RECORDING] = {"functions_timing", "filter", "response_format", "detailed"},
        [CAUSE_LEAK_SUSPECT] = {"heap", "filter", "view", "leaks"},
        [CAUSE_MEMORY_HELD] = {"heap", "filter", "view", "sites"},
        [CAUSE_MANY_ALLOCATIONS] = {"functions_alloc", "filter", "response_format", "detailed"},
        [CAUSE_ALLOCATION_IN_LOOP] = {"functions_alloc", "filter", "response_format", "detailed"},
    };
    const char* tool = calls[f->cause].tool;
    if (f->cause == CAUSE_N_PLUS_ONE && w->functions[f->function].kind == HOTPATH_KIND_HTTP)
        tool = "http";
    if (f->lock != FINDING_NONE && w->locks[f->lock].kind == HOTPATH_KIND_RWLOCK) tool = "rw_locks";
    json_key(out, "next");
    json_object(out);
    json_key(out, "tool"), json_text(out, tool);
    json_key(out, "arguments");
    json_object(out);
    if (calls[f->cause].subject != NULL)
        answer_name(out, calls[f->cause].subject, finding_subject(w, f));
    else if (f->label != NULL) /* of the channel, whose stage the subject is */
        answer_name(out, "filter", f->label);
    json_key(out, calls[f->cause].key), json_text(out, calls[f->cause].value);
    out->cut &= ~json_level(out); /* these are arguments; what was cut is told beside subject */
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
    const char* subject = finding_subject(w, f);
    json_object(out);
    json_key(out, "rank"), json_u64(out, rank);
    json_key(out, "cause"), json_text(out, names[f->cause]);
    answer_name(out, "subject", subject);
    answer_percent(out, "impact_percent", f->impact);
    if (f->cause == CAUSE_QUEUE_GROWS)
        json_key(out, "percent_of"), json_text(out, "messages sent, that stayed");
    if (finding_is_pool(f))
        json_key(out, "percent_of"), json_text(out, "tasks of the pool, that wait");
    if (f->cause > CAUSE_RECORDING) {
        bool live = f->cause == CAUSE_LEAK_SUSPECT || f->cause == CAUSE_MEMORY_HELD;
        json_key(out, "percent_of"), json_text(out, live ? "live bytes" : "allocations");
    }
    bottlenecks_numbers(out, w, f);
    json_key(out, "action"), json_text(out, actions[f->cause]);
    bottlenecks_next(out, w, f);
    json_object_end(out);
}
/* Returns: false without memory. */
static bool findings_begin(tool_call_t* call, const window_t* w, findings_t* f) {
    f->count = 0, f->capacity = 1000; /* each is a percent at least, of a few kinds */
    f->list = (finding_t*)tool_alloc(call, f->capacity * sizeof *f->list);
    f->told_nodes = (unsigned char*)tool_alloc(call, w->node_count + 1);
    f->told_functions = (unsigned char*)tool_alloc(call, w->function_count + 1);
    if (f->list == NULL || f->told_nodes == NULL || f->told_functions == NULL) return false;
    memset(f->told_nodes, 0, w->node_count + 1);
    memset(f->told_functions, 0, w->function_count + 1);
    return true;
}
/* What was looked at: an empty list says so much, and no more. */
static void bottlenecks_considered(json_out_t* out, const window_t* w) {
    char text[80];
    snprintf(text, sizeof text, "time%s%s%s%s%s%s%s", w->span_count != 0 ? ", spans" : "",
        w->lock_count != 0 ? ", locks" : "", w->io_count != 0 ? ", io" : "",
        w->channel_count != 0 ? ", channels" : "", w->runtime_count != 0 ? ", runtimes" : "",
        w->frame_count != 0 ? ", frames" : "", w->info->alloc.on ? ", memory" : "");
    json_key(out, "considered"), json_text(out, text);
}
static void tool_bottlenecks(const tool_t* tool, tool_call_t* call) {
    query_t q;
    window_t w;
    findings_t found;
    memory_suspects_t suspects;
    if (!query_read(tool, call, &q)) return;
    uint32_t parts = HOTPATH_PART_TREE | HOTPATH_PART_THREADS | HOTPATH_PART_SPANS |
                     HOTPATH_PART_FRAMES | HOTPATH_PART_FLOWS;
    if (!window_open(call, &q, parts, TIMES_ALL, &w) || !channels_read(call, &w)) return;
    if (tasks_read(call, &w) && locks_read(call, &w) && io_read(call, &w) &&
        findings_begin(call, &w, &found) &&
        memory_suspects(call, &w, MEMORY_INTERVALS, &suspects)) {
        json_out_t* out = &call->out;
        size_t n = 0;
        findings_of_spans(&w, &found);
        for (uint32_t i = 0; i < w.lock_count; i++)
            findings_of_lock(&w, i, &found);
        findings_of_channels(&w, &found);
        for (size_t i = 0; i < w.frame_count; i++)
            findings_of_frames(&w, &w.frames[i], &found);
        for (size_t i = 0; i < w.runtime_count; i++) {
            findings_of_loop(&w, &w.runtimes[i], &found);
            findings_of_pool(&w, &w.runtimes[i], &found);
        }
        for (uint32_t i = 0; i < w.function_count; i++)
            findings_of_blocking(&w, i, &found);
        for (size_t i = 0; i < w.io_count; i++)
            findings_of_io(&w, &w.io[i], &found);
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
        answer_estimated(out, &w);
        bottlenecks_considered(out, &w);
        if (found.count == 0)
            json_key(out, "note"), json_text(out, "nothing that was looked at is worth a row");
        answer_list(out);
        for (; n < found.count && n < q.limit; n++)
            bottlenecks_write(out, &w, &found.list[n], n + 1);
        answer_list_end(out, found.count, n);
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
    row_t* rows = (row_t*)tool_alloc(call, (c.now.function_count + 1) * sizeof *rows);
    size_t count = rows != NULL ? changes_rows(call, &c, &q, rows) : 0, n = 0;
    if (!call->failed) {
        json_out_t* out = &call->out;
        answer_begin(call, &c.now);
        json_key(out, "before_window_ns"), json_u64(out, c.before.info->window_ns);
        json_key(out, "sort"), json_text(out, "change of self time");
        answer_estimated(out, &c.now);
        answer_list(out);
        for (bool fits = true; fits && n < count && n < q.limit; n += fits) {
            size_t before = json_out_size(out);
            changes_write(out, &c, &rows[n]);
            fits = answer_row_fits(out, &q, n, before);
        }
        answer_list_end(out, count, n);
    }
    changes_close(&c);
}
