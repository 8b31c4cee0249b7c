/* tools_memory.h: functions_alloc and heap: where memory is allocated, who holds it and what grows.
   What is said of a function beyond its numbers follows from rules (memory_hint), which `bottlenecks`
   ranks; of growth the word is "suspect". */

/* ---- what there is ---- */

static bool memory_active(const hotpath_function_t* f) {
    return f->alloc_count != 0 || f->free_count != 0 || f->live_count != 0;
}
static double memory_percent(double part, double whole) {
    return whole > 0 ? 100 * part / whole : 0;
}

/* ---- rules ---- */

/* The suspects of this moment. */
typedef struct memory_suspects {
    hotpath_heap_suspect_t* list;
    size_t count;
} memory_suspects_t;

/* What has just begun to allocate grows, too: the rules look at this many intervals, and only what grew
   steadily is worth a word beyond the view leaks, which shows all with their confidence. */
#define MEMORY_INTERVALS  8
#define MEMORY_CONFIDENCE 0.5

/* Args: window in intervals, 0 is HOTPATH_HEAP_WINDOW. Returns: false with the call failed if there is
   no memory. */
static bool memory_suspects(
    tool_call_t* call, const window_t* w, uint32_t window, memory_suspects_t* s) {
    hotpath_heap_suspects_desc_t desc;
    memset(s, 0, sizeof *s);
    memset(&desc, 0, sizeof desc);
    desc.window = window;
    if (!w->info->alloc.on || !w->info->alloc.live) return true;
    size_t capacity = w->function_count < 1000 ? w->function_count + 1 : 1000;
    s->list = (hotpath_heap_suspect_t*)tool_alloc(call, capacity * sizeof *s->list);
    if (s->list == NULL) return false;
    s->count = hotpath_heap_suspects(&desc, s->list, capacity);
    if (s->count > capacity) s->count = capacity;
    return true;
}
static const hotpath_heap_suspect_t* memory_suspect(const memory_suspects_t* s, uint32_t id) {
    for (size_t i = 0; i < s->count; i++) {
        const hotpath_heap_suspect_t* one = &s->list[i];
        if (one->function != id) continue;
        bool steady = one->intervals >= MEMORY_INTERVALS && one->bytes_per_sec > 0 &&
                      one->confidence >= MEMORY_CONFIDENCE;
        return steady ? one : NULL;
    }
    return NULL;
}

/* What a function's numbers say, in the order in which they are looked for. */
typedef enum memory_rule {
    MEMORY_NOTHING,
    MEMORY_SUSPECT, /* grows in most intervals */
    MEMORY_HELD,  /* gives nothing back, though it is asked for far more often than it allocates */
    MEMORY_SMALL, /* many small blocks a call, which are freed again */
    MEMORY_LOOP   /* a few blocks in each call, which its caller's loop makes, freed again */
} memory_rule_t;

#define MEMORY_SMALL_A_CALL 16      /* allocations a call that are many */
#define MEMORY_SMALL_BYTES  1024    /* of one on average that are few */
#define MEMORY_COUNT        1000    /* allocations that are worth a word */
#define MEMORY_HELD_BYTES   1048576 /* live that are worth one */
#define MEMORY_HELD_CALLS   10 /* calls for each allocation: it is mostly answered from what it has */

static double memory_per_call(const hotpath_function_t* f) {
    return f->calls != 0 ? (double)f->alloc_count / (double)f->calls : 0;
}
static double memory_freed_percent(const hotpath_function_t* f) {
    return memory_percent((double)f->free_count, (double)f->alloc_count);
}
/* The caller in whose calls the function is called many times over: on the path that calls it most.
   Returns: NULL if there is none. */
static const hotpath_function_t* memory_loop(const window_t* w, const hotpath_function_t* f) {
    const hotpath_node_t* most = NULL;
    for (size_t i = 0; i < w->node_count; i++)
        if (&w->functions[w->nodes[i].function] == f &&
            (most == NULL || w->nodes[i].calls > most->calls))
            most = &w->nodes[i];
    if (most == NULL || most->parent == HOTPATH_NO_NODE) return NULL;
    const hotpath_node_t* parent = &w->nodes[most->parent];
    bool often = parent->calls >= 10 && most->calls >= 8 * parent->calls;
    return often ? &w->functions[parent->function] : NULL;
}
/* Args: f of the window, ever of all the time since the start. */
static memory_rule_t memory_rule(const window_t* w, const hotpath_function_t* f,
    const hotpath_function_t* ever, const hotpath_heap_suspect_t* suspect) {
    double live = (double)w->info->alloc.live_bytes, calls = memory_per_call(f);
    if (suspect != NULL) return MEMORY_SUSPECT;
    if (!w->info->alloc.live || f->kind == HOTPATH_KIND_OUTSIDE || f->calls == 0)
        return MEMORY_NOTHING;
    if (ever != NULL && ever->free_count == 0 && ever->live_bytes >= MEMORY_HELD_BYTES &&
        memory_percent((double)ever->live_bytes, live) >= 10 &&
        ever->calls >= MEMORY_HELD_CALLS * ever->alloc_count)
        return MEMORY_HELD;
    if (f->alloc_count < MEMORY_COUNT || memory_freed_percent(f) < 90) return MEMORY_NOTHING;
    if (calls >= MEMORY_SMALL_A_CALL)
        return f->alloc_bytes <= f->alloc_count * MEMORY_SMALL_BYTES ? MEMORY_SMALL
                                                                     : MEMORY_NOTHING;
    return calls >= 1 && memory_loop(w, f) != NULL ? MEMORY_LOOP : MEMORY_NOTHING;
}
static double memory_each(const hotpath_function_t* f) {
    return f->alloc_count != 0 ? (double)f->alloc_bytes / (double)f->alloc_count : 0;
}
/* Writes the hint of a rule with the numbers that it follows from: of a suspect only those of s. */
static void memory_hint(json_out_t* out, memory_rule_t rule, const hotpath_function_t* f,
    const hotpath_function_t* ever, const hotpath_heap_suspect_t* s) {
    if (rule == MEMORY_NOTHING) return;
    json_key(out, "hint");
    switch (rule) {
        case MEMORY_SUSPECT:
            json_printf_text(out,
                "leak suspect: live bytes grew by %llu in %u of %u intervals, %.0f a second",
                (unsigned long long)s->growth_bytes, (unsigned)s->grew, (unsigned)s->intervals,
                s->bytes_per_sec);
            return;
        case MEMORY_HELD:
            json_printf_text(out,
                "none of its %llu blocks was ever freed, %llu bytes, in %llu calls: if this is a "
                "pool or a cache, bound it",
                (unsigned long long)ever->alloc_count, (unsigned long long)ever->live_bytes,
                (unsigned long long)ever->calls);
            return;
        case MEMORY_SMALL:
            json_printf_text(out,
                "%.1f allocations a call, %.0f bytes each, %.0f %% freed: use a pool, an arena or "
                "one array",
                memory_per_call(f), memory_each(f), memory_freed_percent(f));
            return;
        case MEMORY_LOOP:
            json_printf_text(out,
                "%.1f allocations in each of %llu calls out of a loop, %.0f bytes each, %.0f %% "
                "freed: hoist the block out of the loop, or reuse it",
                memory_per_call(f), (unsigned long long)f->calls, memory_each(f),
                memory_freed_percent(f));
            return;
        case MEMORY_NOTHING: return;
    }
}

/* ---- functions_alloc ---- */

static const char* const alloc_sorts[] = {
    "bytes", "count", "total", "per_call", "live", "live_count", "peak", "frees", NULL};
enum {
    ALLOC_BYTES,
    ALLOC_COUNT,
    ALLOC_TOTAL,
    ALLOC_PER_CALL,
    ALLOC_LIVE,
    ALLOC_LIVE_COUNT,
    ALLOC_PEAK,
    ALLOC_FREES
};

static double alloc_key(const hotpath_function_t* f, uint32_t sort) {
    switch (sort) {
        case ALLOC_COUNT: return (double)f->alloc_count;
        case ALLOC_TOTAL: return (double)f->alloc_total_bytes;
        case ALLOC_PER_CALL: return memory_per_call(f);
        case ALLOC_LIVE: return (double)f->live_bytes;
        case ALLOC_LIVE_COUNT: return (double)f->live_count;
        case ALLOC_PEAK: return (double)f->peak_live_bytes;
        case ALLOC_FREES: return (double)f->free_count;
        default: return (double)f->alloc_bytes;
    }
}
/* What the percentages of an order are of. */
static const char* alloc_whole(const window_t* w, uint32_t sort, double* whole) {
    const hotpath_alloc_info_t* a = &w->info->alloc;
    switch (sort) {
        case ALLOC_COUNT: return *whole = (double)a->alloc_count, "allocations";
        case ALLOC_LIVE: return *whole = (double)a->live_bytes, "live bytes";
        case ALLOC_LIVE_COUNT: return *whole = (double)a->live_count, "live blocks";
        case ALLOC_FREES: return *whole = (double)a->free_count, "frees";
        default: return *whole = (double)a->alloc_bytes, "allocated bytes";
    }
}
static double alloc_part(const hotpath_function_t* f, uint32_t sort) {
    return alloc_key(f, sort == ALLOC_PER_CALL || sort == ALLOC_PEAK ? ALLOC_BYTES : sort);
}

/* What the rows of one answer need beside the window. */
typedef struct alloc_rows {
    const window_t* w;
    memory_suspects_t suspects;
    double whole;
} alloc_rows_t;

static void alloc_live(json_out_t* out, const hotpath_function_t* f, bool detailed) {
    json_key(out, "free_count"), json_u64(out, f->free_count);
    json_key(out, "live_bytes"), json_u64(out, f->live_bytes);
    json_key(out, "live_count"), json_u64(out, f->live_count);
    if (f->freed_by_others_count != 0 || detailed)
        json_key(out, "freed_by_others_bytes"), json_u64(out, f->freed_by_others_bytes);
    if (!detailed) return;
    json_key(out, "free_bytes"), json_u64(out, f->free_bytes);
    json_key(out, "freed_by_others_count"), json_u64(out, f->freed_by_others_count);
    json_key(out, "peak_live_bytes"), json_u64(out, f->peak_live_bytes);
    json_key(out, "peak_live_ns"), json_u64(out, f->peak_live_ns);
}
static void alloc_detailed(json_out_t* out, const hotpath_function_t* f) {
    double calls = f->calls != 0 ? (double)f->calls : 1;
    json_key(out, "kind"), json_text(out, functions_kind(f->kind));
    json_key(out, "realloc_count"), json_u64(out, f->realloc_count);
    json_key(out, "alloc_total_count"), json_u64(out, f->alloc_total_count);
    answer_size_text(out, "avg", (double)f->alloc_bytes / calls);
    answer_size_text(out, "total", (double)f->alloc_bytes);
    unsigned sizes = f->alloc_sizes != NULL ? HOTPATH_ALLOC_SIZES : 0;
    while (sizes != 0 && f->alloc_sizes[sizes - 1] == 0)
        sizes--;
    json_key(out, "sizes"); /* by powers of two, as the report has them */
    json_array(out);
    for (unsigned i = 0; i < sizes; i++)
        json_u64(out, f->alloc_sizes[i]);
    json_array_end(out);
    answer_location(out, f->file, f->line);
}
static void alloc_write(tool_call_t* call, const window_t* w, const query_t* q, uint32_t index) {
    const alloc_rows_t* rows = (const alloc_rows_t*)q->rows;
    const hotpath_function_t* f = &w->functions[index];
    const hotpath_function_t* ever = window_ever(w, f->id);
    const hotpath_heap_suspect_t* suspect = memory_suspect(&rows->suspects, f->id);
    json_out_t* out = &call->out;
    json_object(out);
    json_key(out, "id"), json_u64(out, f->id);
    answer_name(out, "name", f->name);
    json_key(out, "calls"), json_u64(out, f->calls);
    json_key(out, "alloc_bytes"), json_u64(out, f->alloc_bytes);
    json_key(out, "alloc_count"), json_u64(out, f->alloc_count);
    answer_percent(out, "percent_total", memory_percent(alloc_part(f, q->sort), rows->whole));
    if (f->calls != 0) json_key(out, "count_per_call"), json_fixed(out, memory_per_call(f), 2);
    json_key(out, "alloc_total_bytes"), json_u64(out, f->alloc_total_bytes);
    if (w->info->alloc.live) alloc_live(out, f, q->detailed);
    if (q->detailed) alloc_detailed(out, f);
    memory_hint(out, memory_rule(w, f, ever, suspect), f, ever, suspect);
    json_object_end(out);
}
static void alloc_header(json_out_t* out, const window_t* w, const query_t* q, const char* of) {
    const hotpath_alloc_info_t* a = &w->info->alloc;
    json_key(out, "sort"), json_text(out, alloc_sorts[q->sort]);
    json_key(out, "percent_of"), json_text(out, of);
    json_key(out, "total_allocated_bytes"), json_u64(out, a->alloc_bytes);
    json_key(out, "total_allocations"), json_u64(out, a->alloc_count);
    if (a->live) {
        json_key(out, "total_frees"), json_u64(out, a->free_count);
        json_key(out, "live_bytes"), json_u64(out, a->live_bytes);
    }
    if (!q->detailed) return;
    char text[40];
    json_key(out, "profiling_mode");
    json_text(out, q->sort == ALLOC_COUNT ? "alloc-count" : "alloc-bytes");
    json_key(out, "description"), json_text(out, a->note);
    hotpath_time_text((double)w->info->window_ns, text, sizeof text);
    json_key(out, "time_elapsed"), json_text(out, text);
    json_key(out, "total_elapsed_ns"), json_u64(out, w->info->window_ns);
    answer_size_text(out, "total_allocated", (double)a->alloc_bytes);
    answer_name(out, "caller_name", w->info->caller);
}
static row_t* alloc_rows(
    tool_call_t* call, const window_t* w, const query_t* q, uint32_t sort, size_t* count) {
    const unsigned char* fits = window_filter(call, w, q, function_name, w->function_count);
    row_t* rows = (row_t*)tool_alloc(call, (w->function_count + 1) * sizeof *rows);
    *count = 0;
    for (size_t i = 0; i < w->function_count && !call->failed; i++) {
        const hotpath_function_t* f = &w->functions[i];
        if ((fits != NULL && !fits[i]) || !memory_active(f)) continue;
        row_t* row = &rows[(*count)++];
        row->key = alloc_key(f, sort), row->index = (uint32_t)i;
        row->id = f->id, row->name = f->name;
    }
    rows_sort(rows, *count);
    return rows;
}
static void tool_functions_alloc(const tool_t* tool, tool_call_t* call) {
    query_t q;
    window_t w;
    size_t count = 0;
    alloc_rows_t more;
    if (!query_read(tool, call, &q) || !window_open(call, &q, HOTPATH_PART_TREE, TIMES_ALL, &w))
        return;
    bool live = q.sort >= ALLOC_LIVE;
    if ((live ? memory_live_known(call, &w) : memory_known(call, &w)) &&
        memory_suspects(call, &w, MEMORY_INTERVALS, &more.suspects)) {
        row_t* rows = alloc_rows(call, &w, &q, q.sort, &count);
        if (!call->failed) {
            const char* of = alloc_whole(&w, q.sort, &more.whole);
            q.rows = &more;
            answer_begin(call, &w);
            alloc_header(&call->out, &w, &q, of);
            answer_page(call, &w, &q, rows, count, alloc_write);
            json_object_end(&call->out);
        }
    }
    window_close(&w);
}

/* ---- function_alloc_logs ---- */

static void alloc_execution(tool_call_t* call, const window_t* w, const query_t* q,
    const hotpath_function_t* f, const hotpath_execution_t* e, uint64_t invocation) {
    json_out_t* out = &call->out;
    uint64_t ended = e->at_ns + e->duration_ns;
    json_object(out);
    if (invocation != 0) json_key(out, "invocation"), json_u64(out, invocation);
    if (q->detailed) answer_size_text(out, "bytes_text", (double)e->alloc_bytes);
    json_key(out, "bytes"), json_u64(out, e->alloc_bytes);
    json_key(out, "alloc_count"), json_u64(out, e->alloc_count);
    json_key(out, "at_ns"), json_u64(out, e->at_ns);
    if (f->kind != HOTPATH_KIND_SPAN) /* else at_ns is of another clock */
        answer_ns(
            out, q, "ago", w->info->elapsed_ns > ended ? w->info->elapsed_ns - ended : 0, false);
    json_key(out, "thread_id"), json_u64(out, e->thread);
    json_object_end(out);
}
static void tool_function_alloc_logs(const tool_t* tool, tool_call_t* call) {
    query_t q;
    window_t w;
    if (!query_read(tool, call, &q) || !window_open(call, &q, HOTPATH_PART_LOGS, TIMES_ALL, &w))
        return;
    size_t found = SIZE_MAX;
    if (memory_known(call, &w))
        found = window_find(
            tool, call, &w, &q, w.function_count, function_name, function_id, function_weight);
    if (found != SIZE_MAX) {
        const hotpath_function_t* f = &w.functions[found];
        functions_logs(call, &w, &q, f, alloc_execution);
    }
    window_close(&w);
}

/* ---- heap ---- */

enum {
    HEAP_USAGE,
    HEAP_SITES,
    HEAP_DIFF,
    HEAP_LEAKS,
    HEAP_SIZES
};
#define HEAP_LABELS 64 /* more of them than the recorder keeps */

static void heap_view(json_out_t* out, const char* view) {
    json_key(out, "view"), json_text(out, view);
}
/* The labels of hotpath_heap_snapshot, oldest first. */
static void heap_labels(json_out_t* out) {
    char label[64];
    uint64_t at_ns = 0;
    json_key(out, "snapshots");
    json_array(out);
    for (size_t i = 0; hotpath_heap_label(i, label, sizeof label, &at_ns) && i < HEAP_LABELS; i++) {
        json_object(out);
        answer_name(out, "label", label);
        json_key(out, "at_ns"), json_u64(out, at_ns);
        json_object_end(out);
    }
    json_array_end(out);
}
static void heap_process(json_out_t* out) {
    hotpath_process_t m;
    memset(&m, 0, sizeof m);
    json_key(out, "process");
    json_object(out);
    if (hotpath_process_memory(&m)) {
#define HEAP_ROW(field) json_key(out, #field), json_u64(out, m.field);
        HEAP_ROW(rss_bytes)
        json_key(out, "rss_bytes_max"), json_u64(out, m.rss_peak_bytes);
        HEAP_ROW(pss_bytes)
        HEAP_ROW(private_bytes)
        HEAP_ROW(swap_bytes)
        if (m.heap_known) {
            json_key(out, "heap_allocator"), json_text(out, m.heap_allocator);
            HEAP_ROW(heap_bytes)
        }
        if (m.heap_known && m.heap_used_bytes != 0) {                 /* mimalloc does not tell */
            if (m.heap_active_bytes == 0) HEAP_ROW(heap_mapped_bytes) /* glibc */
            HEAP_ROW(heap_used_bytes)
            HEAP_ROW(heap_free_bytes)
            HEAP_ROW(heap_top_bytes)
        }
        if (m.heap_active_bytes != 0) HEAP_ROW(heap_active_bytes)
        if (m.heap_reserved_bytes != 0) HEAP_ROW(heap_reserved_bytes)
#undef HEAP_ROW
    }
    if (m.heap_known && m.heap_free_bytes >= 8 << 20 && m.heap_free_bytes >= m.heap_bytes / 4) {
        json_key(out, "hint");
        json_printf_text(out,
            "%llu of %llu bytes that malloc holds are not used, %.0f %%: fragmentation, or what is "
            "left of a peak",
            (unsigned long long)m.heap_free_bytes, (unsigned long long)m.heap_bytes,
            memory_percent((double)m.heap_free_bytes, (double)m.heap_bytes));
    }
    json_object_end(out);
}
static void heap_account(json_out_t* out, const hotpath_alloc_info_t* a) {
    json_key(out, "account");
    json_object(out);
    json_key(out, "interposed"), json_bool(out, a->interposed);
    json_key(out, "note"), json_text(out, a->note);
#define HEAP_ROW(field) json_key(out, #field), json_u64(out, a->field);
    HEAP_ROW(alloc_count)
    HEAP_ROW(alloc_bytes)
    HEAP_ROW(realloc_count)
    if (a->live) {
        HEAP_ROW(free_count)
        HEAP_ROW(free_bytes)
        HEAP_ROW(live_count)
        HEAP_ROW(live_bytes)
        HEAP_ROW(peak_live_bytes)
        HEAP_ROW(peak_live_ns)
    }
    HEAP_ROW(foreign_frees)
#undef HEAP_ROW
    json_object_end(out);
}
static void heap_usage(tool_call_t* call, const window_t* w, const query_t* q) {
    json_out_t* out = &call->out;
    size_t total = hotpath_heap_pools(NULL, 0), n = 0;
    hotpath_heap_pool_t* heaps =
        (hotpath_heap_pool_t*)tool_alloc(call, (total + 1) * sizeof *heaps);
    if (heaps == NULL) return;
    size_t count = hotpath_heap_pools(heaps, total);
    if (count > total) count = total;
    answer_begin(call, w);
    heap_view(out, "usage");
    heap_process(out);
    heap_account(out, &w->info->alloc);
    heap_labels(out);
    json_key(out, "data"); /* the heaps that the program has named */
    json_array(out);
    for (; n < count && n < q->limit; n++) {
        const hotpath_heap_pool_t* h = &heaps[n];
        json_object(out);
        answer_name(out, "name", h->name);
        json_key(out, "alloc_count"), json_u64(out, h->alloc_count);
        json_key(out, "alloc_bytes"), json_u64(out, h->alloc_bytes);
        json_key(out, "live_count"), json_u64(out, h->live_count);
        json_key(out, "live_bytes"), json_u64(out, h->live_bytes);
        json_key(out, "peak_live_bytes"), json_u64(out, h->peak_live_bytes);
        json_key(out, "resets"), json_u64(out, h->resets);
        json_object_end(out);
    }
    answer_list_end(out, count, n);
}

/* Who holds what is alive, and since when. */
static void heap_site(json_out_t* out, const window_t* w, const hotpath_function_t* f) {
    uint64_t young = f->live_ages != NULL ? f->live_ages[0] + f->live_ages[1] : 0;
    uint64_t old = f->live_ages != NULL ? f->live_ages[HOTPATH_ALLOC_AGES - 1] : 0;
    json_object(out);
    json_key(out, "id"), json_u64(out, f->id);
    answer_name(out, "name", f->name);
    json_key(out, "live_bytes"), json_u64(out, f->live_bytes);
    json_key(out, "live_count"), json_u64(out, f->live_count);
    answer_percent(
        out, "percent", memory_percent((double)f->live_bytes, (double)w->info->alloc.live_bytes));
    json_key(out, "young_bytes"), json_u64(out, young);
    json_key(out, "old_bytes"), json_u64(out, old);
    json_key(out, "peak_live_bytes"), json_u64(out, f->peak_live_bytes);
    json_key(out, "peak_live_ns"), json_u64(out, f->peak_live_ns);
    json_object_end(out);
}
static void heap_sites(tool_call_t* call, const window_t* w, const query_t* q) {
    json_out_t* out = &call->out;
    size_t count = 0, n = 0;
    row_t* rows = alloc_rows(call, w, q, ALLOC_LIVE, &count);
    if (call->failed) return;
    while (count != 0 && w->functions[rows[count - 1].index].live_count == 0)
        count--; /* nothing of it is alive, and so of none after it */
    answer_begin(call, w);
    heap_view(out, "sites");
    json_key(out, "percent_of"), json_text(out, "live bytes");
    json_key(out, "live_bytes"), json_u64(out, w->info->alloc.live_bytes);
    json_key(out, "live_count"), json_u64(out, w->info->alloc.live_count);
    json_key(out, "young_ns"), json_u64(out, 2 * w->info->alloc.interval_ns);
    json_key(out, "old_ns");
    json_u64(out, (HOTPATH_ALLOC_AGES - 1) * w->info->alloc.interval_ns);
    answer_list(out);
    for (; n < count && n < q->limit; n++)
        heap_site(out, w, &w->functions[rows[n].index]);
    answer_list_end(out, count, n);
}

/* ---- heap, view diff ---- */

static void heap_change(json_out_t* out, const hotpath_heap_row_t* r) {
    json_object(out);
    json_key(out, "id"), json_u64(out, r->function);
    answer_name(out, "name", r->name);
    json_key(out, "growth_bytes"), json_i64(out, r->live_bytes);
    json_key(out, "growth_count"), json_i64(out, r->live_count);
    json_key(out, "alloc_bytes"), json_u64(out, r->alloc_bytes);
    json_key(out, "alloc_count"), json_u64(out, r->alloc_count);
    json_key(out, "free_bytes"), json_u64(out, r->free_bytes);
    json_key(out, "free_count"), json_u64(out, r->free_count);
    json_object_end(out);
}
/* The changes of a window, as hotpath_heap_rows gives those since a label. */
static size_t heap_window_rows(const window_t* w, hotpath_heap_row_t* rows) {
    size_t count = 0;
    for (size_t i = 0; i < w->function_count; i++) {
        const hotpath_function_t* f = &w->functions[i];
        if (f->alloc_count == 0 && f->free_count == 0) continue;
        hotpath_heap_row_t* r = &rows[count++];
        memset(r, 0, sizeof *r);
        r->function = f->id, r->kind = f->kind, r->name = f->name;
        r->alloc_count = f->alloc_count, r->alloc_bytes = f->alloc_bytes;
        r->free_count = f->free_count, r->free_bytes = f->free_bytes;
        r->live_count = (int64_t)(f->alloc_count - f->free_count);
        r->live_bytes = (int64_t)(f->alloc_bytes - f->free_bytes);
    }
    return count;
}
/* Which of the rows fit the filter, most growth first. Returns: how many. */
static size_t heap_sorted(tool_call_t* call, const query_t* q, const window_t* w,
    const hotpath_heap_row_t* changes, size_t total, row_t* rows) {
    const unsigned char* fits = window_filter(call, w, q, function_name, w->function_count);
    size_t count = 0;
    for (size_t i = 0; i < total && !call->failed; i++) {
        const hotpath_function_t* f =
            window_by_id(w->functions, w->function_count, changes[i].function);
        if (fits != NULL && (f == NULL || !fits[f - w->functions])) continue;
        row_t* row = &rows[count++];
        row->key = (double)changes[i].live_bytes, row->index = (uint32_t)i;
        row->id = changes[i].function, row->name = changes[i].name;
    }
    rows_sort(rows, count);
    return count;
}
/* Returns: whether the label is known; if not, the call has failed with those that are. */
static bool heap_base(tool_call_t* call, const char* base, uint64_t* at_ns) {
    char label[64];
    nearest_t nearest;
    nearest_begin(&nearest, base);
    bool any = false;
    for (size_t i = 0; hotpath_heap_label(i, label, sizeof label, at_ns) && i < HEAP_LABELS; i++) {
        if (strcmp(label, base) == 0) return true;
        size_t size = strlen(label) + 1;
        char* kept = (char*)mcp_arena_alloc(call->arena, size);
        if (kept == NULL) break;
        nearest_add(&nearest, (const char*)memcpy(kept, label, size));
        any = true;
    }
    tool_fail(call, "no heap snapshot is called %s%s", shown_name(call->arena, base),
        any ? ""
            : "; the program takes one with hotpath_heap_snapshot(label); or leave base out "
              "and say since");
    nearest_tell(&nearest, call);
    return false;
}
static void heap_diff(tool_call_t* call, const window_t* w, const query_t* q) {
    json_out_t* out = &call->out;
    uint64_t at_ns = 0;
    if (q->base != NULL && !heap_base(call, q->base, &at_ns)) return;
    size_t capacity = w->function_count + 64, n = 0; /* some may be new since the snapshot */
    hotpath_heap_row_t* changes = (hotpath_heap_row_t*)tool_alloc(call, capacity * sizeof *changes);
    row_t* rows = (row_t*)tool_alloc(call, capacity * sizeof *rows);
    if (changes == NULL || rows == NULL) return;
    size_t total = q->base != NULL ? hotpath_heap_rows(NULL, q->base, changes, capacity)
                                   : heap_window_rows(w, changes);
    if (total > capacity) total = capacity;
    size_t count = heap_sorted(call, q, w, changes, total, rows);
    int64_t growth = 0;
    for (size_t i = 0; i < count; i++)
        growth += changes[rows[i].index].live_bytes;
    if (call->failed) return;
    answer_begin(call, w);
    heap_view(out, "diff");
    if (q->base != NULL) {
        answer_name(out, "base", q->base);
        json_key(out, "base_at_ns"), json_u64(out, at_ns);
    }
    json_key(out, "growth_bytes"), json_i64(out, growth);
    answer_list(out);
    for (; n < count && n < q->limit; n++)
        heap_change(out, &changes[rows[n].index]);
    answer_list_end(out, count, n);
}

/* ---- heap, views leaks and sizes ---- */

static void heap_suspect(json_out_t* out, const hotpath_heap_suspect_t* s) {
    json_object(out);
    json_key(out, "id"), json_u64(out, s->function);
    answer_name(out, "name", s->name);
    json_key(out, "live_bytes"), json_u64(out, s->live_bytes);
    json_key(out, "live_count"), json_u64(out, s->live_count);
    json_key(out, "growth_bytes"), json_u64(out, s->growth_bytes);
    json_key(out, "bytes_per_sec"), json_fixed(out, s->bytes_per_sec, 1);
    json_key(out, "intervals"), json_u64(out, s->intervals);
    json_key(out, "grew"), json_u64(out, s->grew);
    json_key(out, "confidence"), json_fixed(out, s->confidence, 3);
    json_key(out, "ages");
    json_array(out);
    for (unsigned i = 0; i < HOTPATH_ALLOC_AGES; i++)
        json_u64(out, s->ages[i]);
    json_array_end(out);
    memory_hint(out, MEMORY_SUSPECT, NULL, NULL, s);
    json_object_end(out);
}
static void heap_leaks(tool_call_t* call, const window_t* w, const query_t* q) {
    json_out_t* out = &call->out;
    memory_suspects_t s;
    const unsigned char* fits = window_filter(call, w, q, function_name, w->function_count);
    size_t count = 0, n = 0;
    if (call->failed || !memory_suspects(call, w, 0, &s)) return;
    answer_begin(call, w);
    heap_view(out, "leaks");
    json_key(out, "interval_ns"), json_u64(out, w->info->alloc.interval_ns);
    answer_list(out);
    for (size_t i = 0; i < s.count; i++) {
        const hotpath_function_t* f =
            window_by_id(w->functions, w->function_count, s.list[i].function);
        if (fits != NULL && (f == NULL || !fits[f - w->functions])) continue;
        if (count++ < q->limit) heap_suspect(out, &s.list[i]), n++;
    }
    answer_list_end(out, count, n);
}
/* Returns: how many rows there are, of which at most so many are written. */
static size_t heap_size_rows(json_out_t* out, const uint64_t* sizes, uint64_t count, size_t most) {
    size_t n = 0;
    for (unsigned i = 0; i < HOTPATH_ALLOC_SIZES; i++) {
        if (sizes[i] == 0 || n++ >= most) continue;
        json_object(out);
        json_key(out, "from_bytes"), json_u64(out, i == 0 ? 0 : (uint64_t)1 << (i - 1));
        if (i + 1 < HOTPATH_ALLOC_SIZES) {
            json_key(out, "to_bytes");
            json_u64(out, i == 0 ? 0 : ((uint64_t)1 << i) - 1);
        }
        json_key(out, "count"), json_u64(out, sizes[i]);
        answer_percent(out, "percent", memory_percent((double)sizes[i], (double)count));
        json_object_end(out);
    }
    return n;
}
static void heap_sizes(tool_call_t* call, const window_t* w, const query_t* q) {
    json_out_t* out = &call->out;
    uint64_t sizes[HOTPATH_ALLOC_SIZES], count = 0;
    size_t most =
        q->limit_given ? q->limit : HOTPATH_ALLOC_SIZES; /* all of them are a short answer */
    const unsigned char* fits = window_filter(call, w, q, function_name, w->function_count);
    if (call->failed) return;
    memset(sizes, 0, sizeof sizes);
    for (size_t i = 0; i < w->function_count; i++) {
        const hotpath_function_t* f = &w->functions[i];
        if (f->alloc_sizes == NULL || (fits != NULL && !fits[i])) continue;
        for (unsigned k = 0; k < HOTPATH_ALLOC_SIZES; k++)
            sizes[k] += f->alloc_sizes[k], count += f->alloc_sizes[k];
    }
    answer_begin(call, w);
    heap_view(out, "sizes");
    json_key(out, "percent_of"), json_text(out, "allocations");
    json_key(out, "alloc_count"), json_u64(out, count);
    answer_list(out);
    size_t n = heap_size_rows(out, sizes, count, most);
    answer_list_end(out, n, n < most ? n : most);
}
static void tool_heap(const tool_t* tool, tool_call_t* call) {
    static void (*const views[])(tool_call_t*, const window_t*, const query_t*) = {
        heap_usage, heap_sites, heap_diff, heap_leaks, heap_sizes};
    query_t q;
    window_t w;
    if (!query_read(tool, call, &q)) return;
    if (q.base != NULL && q.view != HEAP_DIFF) {
        tool_fail(call, "base goes with view diff");
        return;
    }
    if (q.base != NULL && q.since != SINCE_START) {
        tool_fail(call, "view diff takes base, a heap snapshot, or since, not both");
        return;
    }
    /* What is alive is of now. */
    if (q.view == HEAP_DIFF && q.base == NULL && q.since == SINCE_START)
        q.since = SINCE_AGE, q.since_value = 10000;
    if (!window_open(call, &q, HOTPATH_PART_VALUES, TIMES_ALL, &w)) return;
    bool live = q.view == HEAP_SITES || q.view == HEAP_DIFF || q.view == HEAP_LEAKS;
    if (live ? memory_live_known(call, &w) : memory_known(call, &w)) views[q.view](call, &w, &q);
    window_close(&w);
}
