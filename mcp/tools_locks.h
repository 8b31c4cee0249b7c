/* tools_locks.h: mutexes and rw_locks: who waits for what the program locks, how long, and for whom. */

static const char* const locks_sorts[] = {"wait", "hold", "count", "contended", "max", NULL};
enum {
    LOCKS_WAIT,
    LOCKS_HOLD,
    LOCKS_COUNT,
    LOCKS_CONTENDED,
    LOCKS_MAX
};
#define LOCKS_HOLDERS 3 /* of a concise answer */

static const char* lock_name(const window_t* w, size_t i) { return w->locks[i].name; }
static const char* locks_kind(uint32_t kind) {
    switch (kind) {
        case HOTPATH_KIND_RWLOCK: return "rwlock";
        case HOTPATH_KIND_CONDITION: return "condition";
        case HOTPATH_KIND_SEMAPHORE: return "semaphore";
        case HOTPATH_KIND_BARRIER: return "barrier";
        default: return "mutex";
    }
}
/* Reads the locks of a window. Returns: false with the call failed. */
static bool locks_read(tool_call_t* call, window_t* w) {
    size_t count = hotpath_snapshot_locks(w->snapshot, NULL, 0);
    hotpath_lock_row_t* rows = (hotpath_lock_row_t*)tool_alloc(call, (count + 1) * sizeof *rows);
    if (rows == NULL) return false;
    w->locks = rows, w->lock_count = hotpath_snapshot_locks(w->snapshot, rows, count);
    return true;
}
static const hotpath_function_t* locks_function(const window_t* w, uint32_t index) {
    return index != HOTPATH_NO_FUNCTION ? &w->functions[index] : NULL;
}
/* All that was acquired, given up or passed, with or without a wait. */
static uint64_t locks_tried(const hotpath_lock_side_t* side) {
    uint64_t ended = side->contended > side->waiting ? side->contended - side->waiting : 0;
    uint64_t got = ended > side->timeouts ? ended - side->timeouts : 0;
    return side->acquired > got ? side->acquired - got + ended : ended;
}
static double locks_avg(uint64_t ns, uint64_t count) {
    return count != 0 ? (double)ns / (double)count : 0;
}
static double locks_sort_key(const hotpath_lock_row_t* lock, uint32_t sort) {
    double key = 0;
    for (uint32_t i = 0; i < lock->sides_count; i++) {
        const hotpath_lock_side_t* side = &lock->sides[i];
        double of = sort == LOCKS_HOLD        ? (double)side->hold_ns
                    : sort == LOCKS_COUNT     ? (double)side->acquired
                    : sort == LOCKS_CONTENDED ? (double)side->contended
                    : sort == LOCKS_MAX       ? (double)side->wait_max_ns
                                              : (double)side->wait_ns;
        key = sort == LOCKS_MAX && key > of ? key : sort == LOCKS_MAX ? of : key + of;
    }
    return key;
}

/* ---- rows ---- */

/* Keys of a rwlock stand once for each of its sides. */
typedef struct lock_out {
    json_out_t* out;
    const query_t* q;
    const char* side; /* "", "read_", "write_" */
    char key[64];
} lock_out_t;

static json_out_t* lock_key(lock_out_t* o, const char* what, const char* rest) {
    snprintf(o->key, sizeof o->key, "%s%s%s", o->side, what, rest);
    json_key(o->out, o->key);
    return o->out;
}
/* Concise answers leave out what is 0. */
static void lock_number(lock_out_t* o, const char* what, uint64_t value) {
    if (value != 0 || o->q->detailed) json_u64(lock_key(o, what, ""), value);
}
static void lock_text(lock_out_t* o, const char* what, const char* rest, double ns) {
    char text[40];
    hotpath_time_text(ns, text, sizeof text);
    json_text(lock_key(o, what, rest), text);
}
/* Average, percentiles and the longest of one thing. Args: what as hotpath-rs calls it in texts. */
static void lock_times(lock_out_t* o, const char* what, const char* text, double avg,
    const uint64_t* percentiles, uint64_t max) {
    static const char* const keys[] = {"_p50_ns", "_p95_ns", "_p99_ns"};
    static const char* const percents[] = {"p50", "p95", "p99"};
    if (o->q->detailed) lock_text(o, text, "_avg", avg);
    json_fixed(lock_key(o, what, "_avg_ns"), avg, 2);
    for (int i = 0; i < 3; i++)
        json_u64(lock_key(o, what, keys[i]), percentiles[i]);
    json_u64(lock_key(o, what, "_max_ns"), max);
    if (!o->q->detailed) return;
    json_object(lock_key(o, text, "_percentiles"));
    for (int i = 0; i < 3; i++) {
        char value[40];
        hotpath_time_text((double)percentiles[i], value, sizeof value);
        json_key(o->out, percents[i]), json_text(o->out, value);
    }
    json_object_end(o->out);
}
static void lock_side(lock_out_t* o, const window_t* w, const hotpath_lock_side_t* side) {
    static const double percents[] = {50, 95, 99};
    const hotpath_function_t *wait = locks_function(w, side->wait),
                             *hold = locks_function(w, side->hold);
    uint64_t waits[3], holds[3] = {0, 0, 0};
    json_u64(lock_key(o, "count", ""), side->acquired);
    lock_number(o, "contended", side->contended);
    lock_number(o, "try_failures", side->try_failures);
    lock_number(o, "timeouts", side->timeouts);
    lock_number(o, "waiting", side->waiting);
    lock_number(o, "held", side->held);
    for (int i = 0; i < 3; i++) {
        waits[i] = hotpath_snapshot_lock_wait(w->snapshot, side, percents[i]);
        if (hold != NULL && hold->completed != 0)
            holds[i] = hotpath_snapshot_percentile(w->snapshot, hold, percents[i]);
    }
    if (wait != NULL || o->q->detailed) {
        json_u64(lock_key(o, "wait_total_ns", ""), side->wait_ns);
        lock_times(o, "wait", "wait", locks_avg(side->wait_ns, locks_tried(side)), waits,
            side->wait_max_ns);
    }
    if (hold != NULL || o->q->detailed) {
        json_u64(lock_key(o, "hold_total_ns", ""), side->hold_ns);
        lock_times(
            o, "hold", "acquire", hold != NULL ? hold->mean_ns : 0, holds, side->hold_max_ns);
    }
    if (!o->q->detailed) return;
    json_array(lock_key(o, "waiters", ""));
    for (uint32_t i = 0; i < side->waiters_count; i++) {
        const hotpath_function_t* f = locks_function(w, side->waiters[i].function);
        json_object(o->out);
        answer_name(o->out, "name", f != NULL ? f->name : "");
        json_key(o->out, "waits"), json_u64(o->out, side->waiters[i].calls);
        json_key(o->out, "wait_ns"), json_u64(o->out, side->waiters[i].total_ns);
        json_object_end(o->out);
    }
    json_array_end(o->out);
}
/* Who waited while who held it. */
static void locks_pair(json_out_t* out, const window_t* w, const hotpath_lock_holder_t* pair) {
    const hotpath_function_t *holder = locks_function(w, pair->holder),
                             *waiter = locks_function(w, pair->waiter);
    answer_name(out, "holder", holder != NULL ? holder->name : "");
    answer_name(out, "waiter", waiter != NULL ? waiter->name : "");
    json_key(out, "waits"), json_u64(out, pair->waits);
    json_key(out, "wait_ns"), json_u64(out, pair->wait_ns);
    json_key(out, "wait_max_ns"), json_u64(out, pair->wait_max_ns);
    json_key(out, "thread_id"), json_u64(out, pair->thread);
}
static void lock_holders(
    json_out_t* out, const window_t* w, const query_t* q, const hotpath_lock_row_t* lock) {
    json_key(out, "holders");
    json_array(out);
    for (uint32_t i = 0; i < lock->holders_count && (q->detailed || i < LOCKS_HOLDERS); i++) {
        json_object(out);
        locks_pair(out, w, &lock->holders[i]);
        json_object_end(out);
    }
    json_array_end(out);
}
static void locks_write(tool_call_t* call, const window_t* w, const query_t* q, uint32_t index) {
    static const char* const sides[] = {"read_", "write_"};
    json_out_t* out = &call->out;
    const hotpath_lock_row_t* lock = &w->locks[index];
    bool rw = lock->kind == HOTPATH_KIND_RWLOCK;
    json_object(out);
    json_key(out, "id"), json_u64(out, lock->id);
    answer_name(out, "name", lock->name);
    if (!rw) json_key(out, "kind"), json_text(out, locks_kind(lock->kind));
    lock_out_t o = {out, q, "", ""};
    lock_number(&o, "instances", lock->instances);
    lock_number(&o, "closed_instances", lock->closed);
    lock_number(&o, "bad_releases", lock->bad_releases);
    if (!rw) lock_number(&o, "released", lock->released);
    for (uint32_t i = 0; i < lock->sides_count; i++) {
        if (rw) o.side = sides[i];
        lock_side(&o, w, &lock->sides[i]);
    }
    lock_holders(out, w, q, lock);
    if (q->detailed) answer_location(out, lock->file, lock->line);
    json_object_end(out);
}
/* Whether anything happened to a lock: what is idle in a window is left out of it. */
static bool locks_active(const hotpath_lock_row_t* lock) {
    uint64_t sum = lock->released + lock->bad_releases;
    for (uint32_t i = 0; i < lock->sides_count; i++)
        sum += lock->sides[i].acquired + lock->sides[i].contended + lock->sides[i].waiting +
               lock->sides[i].try_failures + lock->sides[i].held;
    return sum != 0;
}
/* Returns: the locks of the tool's kinds, sorted; NULL with the call failed. */
static row_t* locks_rows(
    tool_call_t* call, const window_t* w, const query_t* q, bool rw, size_t* count) {
    const unsigned char* fits = window_filter(call, w, q, lock_name, w->lock_count);
    row_t* rows = (row_t*)tool_alloc(call, (w->lock_count + 1) * sizeof *rows);
    if (call->failed) return NULL;
    *count = 0;
    for (size_t i = 0; i < w->lock_count; i++) {
        const hotpath_lock_row_t* lock = &w->locks[i];
        if ((lock->kind == HOTPATH_KIND_RWLOCK) != rw || (fits != NULL && !fits[i]) ||
            !locks_active(lock))
            continue;
        row_t* row = &rows[(*count)++];
        row->key = locks_sort_key(lock, q->sort);
        row->index = (uint32_t)i, row->id = lock->id, row->name = lock->name;
    }
    rows_sort(rows, *count);
    return rows;
}
static void tool_locks(const tool_t* tool, tool_call_t* call) {
    query_t q;
    window_t w;
    size_t count = 0;
    if (!query_read(tool, call, &q)) return;
    if (!window_open(call, &q, HOTPATH_PART_FLOWS | HOTPATH_PART_TREE, TIMES_ALL, &w)) return;
    row_t* rows = locks_read(call, &w)
                      ? locks_rows(call, &w, &q, strcmp(tool->name, "rw_locks") == 0, &count)
                      : NULL;
    if (rows != NULL) {
        json_out_t* out = &call->out;
        answer_begin(call, &w);
        json_key(out, "sort"), json_text(out, locks_sorts[q.sort]);
        if (w.info->is_difference)
            json_key(out, "approximate"), json_text(out, "max_ns: bound of a histogram bucket");
        answer_page(call, &w, &q, rows, count, locks_write);
        json_object_end(out);
    }
    window_close(&w);
}
