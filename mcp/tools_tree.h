/* tools_tree.h: query_flamegraph: the call tree as a model reads it: what costs most by itself, what
   costs most with all it calls, the heaviest paths, and who calls a function. */

/* The call tree, cut down to what an answer shows. */
typedef struct tree {
    const window_t* w;
    bool alloc;         /* bytes that were allocated, not time */
    uint64_t* waits;    /* source offcpu: what was waited at each node and below, else NULL */
    unsigned char* in;  /* the node is below the root filter, or there is none */
    unsigned char* top; /* likewise, and no node above it is */
    double* weight;     /* the largest total below and at a node */
    uint32_t* first;    /* links between the nodes that are shown */
    uint32_t* next;
    uint32_t first_root;
    double whole; /* of what is in: the whole of the percentages */
    row_t* rows;
    size_t count; /* nodes worth showing */
} tree_t;

static double tree_percent(const tree_t* t, double part) {
    return t->whole > 0 ? 100 * part / t->whole : 0;
}
/* What a node weighs, by itself and with all below it: nanoseconds or bytes. */
static bool tree_waits(const tree_t* t, const hotpath_node_t* n) {
    uint32_t kind = t->w->functions[n->function].kind;
    return kind == HOTPATH_KIND_WAIT || kind == HOTPATH_KIND_IO;
}
static uint64_t tree_self(const tree_t* t, const hotpath_node_t* n) {
    if (t->waits != NULL) return tree_waits(t, n) ? n->self_ns : 0;
    return t->alloc ? n->alloc_bytes : n->self_ns;
}
static uint64_t tree_total(const tree_t* t, const hotpath_node_t* n) {
    if (t->waits != NULL) return t->waits[n - t->w->nodes];
    return t->alloc ? n->alloc_total_bytes : n->total_ns;
}
static bool tree_active(const tree_t* t, const hotpath_node_t* n) {
    if (t->waits != NULL) return tree_total(t, n) != 0;
    return t->alloc ? n->alloc_total_count != 0
                    : n->calls != 0 || n->open_calls != 0 || n->total_ns != 0;
}
static const hotpath_function_t* tree_function(const tree_t* t, uint32_t node) {
    return &t->w->functions[t->w->nodes[node].function];
}
/* Which nodes are under the functions that `root` names. Returns: false with the call failed. */
static bool tree_root(tool_call_t* call, const query_t* q, tree_t* t) {
    const window_t* w = t->w;
    query_t root = *q;
    const char* const list[] = {q->root};
    root.filters = list, root.filter_count = q->root != NULL ? 1 : 0;
    const unsigned char* fits = window_filter(call, w, &root, function_name, w->function_count);
    if (call->failed) return false;
    for (uint32_t i = 0; i < w->node_count; i++) {
        const hotpath_node_t* n = &w->nodes[i];
        bool below = n->parent != HOTPATH_NO_NODE && t->in[n->parent];
        bool here = fits == NULL || fits[n->function];
        t->in[i] = below || here;
        t->top[i] = fits == NULL ? n->parent == HOTPATH_NO_NODE : here && !below;
        if (t->top[i]) t->whole += (double)tree_total(t, n);
    }
    return true;
}
/* Chooses the `limit` heaviest nodes of at least min_percent; each has its parent among them. */
static void tree_choose(const query_t* q, tree_t* t, size_t limit) {
    const window_t* w = t->w;
    for (size_t i = w->node_count; i-- > 0;) {
        const hotpath_node_t* n = &w->nodes[i];
        if (t->weight[i] < (double)tree_total(t, n)) t->weight[i] = (double)tree_total(t, n);
        if (n->parent != HOTPATH_NO_NODE && t->weight[n->parent] < t->weight[i])
            t->weight[n->parent] = t->weight[i];
    }
    for (uint32_t i = 0; i < w->node_count; i++) {
        t->first[i] = t->next[i] = HOTPATH_NO_NODE;
        const hotpath_node_t* n = &w->nodes[i];
        if (!t->in[i] || !tree_active(t, n)) continue;
        if (tree_percent(t, t->weight[i]) < q->min_percent) continue;
        row_t* row = &t->rows[t->count++];
        /* Of equal weight, a parent stands before its children: they have the larger indices. */
        row->key = t->weight[i], row->name = "", row->id = row->index = i;
    }
    rows_sort(t->rows, t->count);
    t->first_root = HOTPATH_NO_NODE;
    for (size_t i = limit < t->count ? limit : t->count; i-- > 0;) {
        uint32_t node = t->rows[i].index, parent = w->nodes[node].parent;
        uint32_t* list = t->top[node] ? &t->first_root : &t->first[parent];
        t->next[node] = *list;
        *list = node;
    }
}
/* Returns: the shown node after this one, a parent before its children; depth follows. */
static uint32_t tree_next(const tree_t* t, uint32_t i, uint32_t* depth) {
    if (t->first[i] != HOTPATH_NO_NODE) {
        (*depth)++;
        return t->first[i];
    }
    while (t->next[i] == HOTPATH_NO_NODE) {
        if (t->top[i]) return HOTPATH_NO_NODE;
        i = t->w->nodes[i].parent;
        (*depth)--;
    }
    return t->next[i];
}
/* What was waited: self times of scopes that wait, summed up from the leaves. Returns: false with the
   call failed. */
static bool tree_offcpu(tool_call_t* call, tree_t* t) {
    const window_t* w = t->w;
    uint64_t* waits = (uint64_t*)tool_alloc(call, (w->node_count + 1) * sizeof *waits);
    if (waits == NULL) return false;
    for (size_t i = 0; i < w->node_count; i++)
        waits[i] = tree_waits(t, &w->nodes[i]) ? w->nodes[i].self_ns : 0;
    for (size_t i = w->node_count; i-- > 0;)
        if (w->nodes[i].parent != HOTPATH_NO_NODE) waits[w->nodes[i].parent] += waits[i];
    t->waits = waits;
    return true;
}
static const char* tree_source(const tree_t* t) {
    return t->alloc ? "alloc" : t->waits != NULL ? "offcpu" : "time";
}
static bool tree_open(tool_call_t* call, const query_t* q, const window_t* w, tree_t* t) {
    size_t n = w->node_count + 1;
    memset(t, 0, sizeof *t);
    t->w = w, t->alloc = q->alloc;
    t->in = (unsigned char*)mcp_arena_alloc(call->arena, n);
    t->top = (unsigned char*)mcp_arena_alloc(call->arena, n);
    t->weight = (double*)mcp_arena_alloc(call->arena, n * sizeof *t->weight);
    t->first = (uint32_t*)mcp_arena_alloc(call->arena, n * sizeof *t->first);
    t->next = (uint32_t*)mcp_arena_alloc(call->arena, n * sizeof *t->next);
    t->rows = (row_t*)mcp_arena_alloc(call->arena, n * sizeof *t->rows);
    if (call->arena->failed) {
        tool_fail(call, "the call tree has %llu nodes, too many for one answer",
            (unsigned long long)w->node_count);
        return false;
    }
    memset(t->in, 0, n), memset(t->top, 0, n), memset(t->weight, 0, n * sizeof *t->weight);
    if (q->offcpu && !tree_offcpu(call, t)) return false;
    if (!tree_root(call, q, t)) return false;
    tree_choose(q, t, q->limit);
    return true;
}

/* ---- functions below the root ---- */

/* What the nodes that are in say of each function. */
typedef struct tree_sum {
    uint64_t calls, allocs, self, total;
} tree_sum_t;

/* Whether an ancestor that is in is the same function, whose total has this time already. One above the
   root does not count: its total is not in the answer. */
static bool tree_recursive(const tree_t* t, uint32_t i) {
    const hotpath_node_t* nodes = t->w->nodes;
    if (!nodes[i].recursive) return false;
    for (uint32_t p = i; !t->top[p];) {
        p = nodes[p].parent;
        if (nodes[p].function == nodes[i].function) return true;
    }
    return false;
}
static tree_sum_t* tree_sums(tool_call_t* call, const tree_t* t) {
    const window_t* w = t->w;
    size_t size = (w->function_count + 1) * sizeof(tree_sum_t);
    tree_sum_t* sums = (tree_sum_t*)tool_alloc(call, size);
    if (sums == NULL) return NULL;
    memset(sums, 0, size);
    for (uint32_t i = 0; i < w->node_count; i++) {
        const hotpath_node_t* n = &w->nodes[i];
        if (!t->in[i]) continue;
        tree_sum_t* s = &sums[n->function];
        s->calls += n->calls, s->allocs += n->alloc_count, s->self += tree_self(t, n);
        if (!tree_recursive(t, i)) s->total += tree_total(t, n);
    }
    return sums;
}
static size_t tree_top(const tree_t* t, const tree_sum_t* sums, bool by_total, row_t* rows) {
    size_t count = 0;
    for (uint32_t i = 0; i < t->w->function_count; i++) {
        double key = (double)(by_total ? sums[i].total : sums[i].self);
        if (key <= 0) continue;
        row_t* row = &rows[count++];
        row->key = key, row->index = i;
        row->id = t->w->functions[i].id, row->name = t->w->functions[i].name;
    }
    rows_sort(rows, count);
    return count;
}
static void tree_origin(json_out_t* out, const hotpath_function_t* f) {
    char text[160];
    if (settings.no_paths || f->file == NULL || f->file[0] == 0) return;
    size_t length = strlen(f->file), from = length > 120 ? length - 120 : 0;
    snprintf(text, sizeof text, "%s:%u", f->file + from, (unsigned)f->line);
    json_key(out, "origin"), json_data(out, text, strlen(text));
    if (from != 0) json_cut(out);
}
static void tree_amount(json_out_t* out, const tree_t* t, const char* what, uint64_t amount) {
    char key[32];
    snprintf(key, sizeof key, "%s_%s", what, t->alloc ? "bytes" : "ns");
    json_key(out, key), json_u64(out, amount);
}
static void tree_write_top(tool_call_t* call, const tree_t* t, const query_t* q, const char* key,
    const tree_sum_t* sums, const row_t* rows, size_t count) {
    json_out_t* out = &call->out;
    json_key(out, key);
    json_array(out);
    for (size_t i = 0; i < count && i < q->limit; i++) {
        const tree_sum_t* s = &sums[rows[i].index];
        json_object(out);
        answer_name(out, "name", rows[i].name);
        json_key(out, "calls"), json_u64(out, s->calls);
        if (t->alloc) json_key(out, "alloc_count"), json_u64(out, s->allocs);
        tree_amount(out, t, "self", s->self);
        answer_percent(out, "percent_self", tree_percent(t, (double)s->self));
        tree_amount(out, t, "total", s->total);
        answer_percent(out, "percent_total", tree_percent(t, (double)s->total));
        tree_origin(out, &t->w->functions[rows[i].index]);
        json_object_end(out);
    }
    json_array_end(out);
}
static size_t tree_write_paths(tool_call_t* call, const tree_t* t) {
    json_out_t* out = &call->out;
    uint32_t depth = 0;
    size_t n = 0;
    json_array(out);
    for (uint32_t i = t->first_root; i != HOTPATH_NO_NODE; i = tree_next(t, i, &depth), n++) {
        const hotpath_node_t* node = &t->w->nodes[i];
        json_object(out);
        json_key(out, "depth"), json_u64(out, depth);
        answer_name(out, "name", tree_function(t, i)->name);
        json_key(out, "calls"), json_u64(out, node->calls);
        if (node->open_calls != 0) json_key(out, "open_calls"), json_u64(out, node->open_calls);
        if (t->alloc) json_key(out, "alloc_count"), json_u64(out, node->alloc_count);
        tree_amount(out, t, "total", tree_total(t, node));
        answer_percent(out, "percent_total", tree_percent(t, (double)tree_total(t, node)));
        tree_amount(out, t, "self", tree_self(t, node));
        json_object_end(out);
    }
    json_array_end(out);
    return n;
}

/* ---- for whom ---- */

#define TREE_HOLDERS 4

/* Who held the locks that were waited for, most time first. */
static void tree_write_holders(tool_call_t* call, const window_t* w, const query_t* q) {
    json_out_t* out = &call->out;
    size_t most = w->lock_count * HOTPATH_PARTIES + 1, count = 0;
    row_t* rows = (row_t*)mcp_arena_alloc(call->arena, most * sizeof *rows);
    for (uint32_t i = 0; i < w->lock_count && rows != NULL; i++)
        for (uint32_t k = 0; k < w->locks[i].holders_count; k++) {
            row_t* row = &rows[count++];
            row->key = (double)w->locks[i].holders[k].wait_ns, row->name = w->locks[i].name;
            row->index = i * HOTPATH_PARTIES + k, row->id = row->index;
        }
    if (rows != NULL) rows_sort(rows, count);
    json_key(out, "holders");
    json_array(out);
    for (size_t i = 0; i < count && i < q->limit && i < TREE_HOLDERS; i++) {
        const hotpath_lock_row_t* lock = &w->locks[rows[i].index / HOTPATH_PARTIES];
        json_object(out);
        answer_name(out, "lock", lock->name);
        locks_pair(out, w, &lock->holders[rows[i].index % HOTPATH_PARTIES]);
        json_object_end(out);
    }
    json_array_end(out);
}

/* ---- callers ---- */

/* Who calls the functions that `root` names, by time spent there on their behalf. */
static size_t tree_callers(const tree_t* t, tree_sum_t* sums, row_t* rows) {
    const window_t* w = t->w;
    memset(sums, 0, (w->function_count + 1) * sizeof *sums);
    for (size_t i = 0; i < w->node_count; i++) {
        const hotpath_node_t* n = &w->nodes[i];
        if (!t->top[i]) continue;
        uint32_t caller = n->parent == HOTPATH_NO_NODE ? (uint32_t)w->function_count
                                                       : w->nodes[n->parent].function;
        sums[caller].calls += n->calls, sums[caller].total += tree_total(t, n);
        sums[caller].self += tree_self(t, n);
    }
    size_t count = 0;
    for (uint32_t i = 0; i <= w->function_count; i++) {
        if ((sums[i].calls == 0 || t->alloc || t->waits != NULL) && sums[i].total == 0) continue;
        row_t* row = &rows[count++];
        bool known = i < w->function_count;
        row->key = (double)sums[i].total, row->index = i;
        row->id = known ? w->functions[i].id : 0, row->name = known ? w->functions[i].name : "";
    }
    rows_sort(rows, count);
    return count;
}
static void tree_write_callers(tool_call_t* call, const tree_t* t, const query_t* q,
    const tree_sum_t* sums, const row_t* rows, size_t count) {
    json_out_t* out = &call->out;
    size_t n = 0;
    answer_list(out);
    for (; n < count && n < q->limit; n++) {
        const tree_sum_t* s = &sums[rows[n].index];
        json_object(out);
        json_key(out, "caller");
        if (rows[n].index < t->w->function_count)
            json_data(out, rows[n].name, strlen(rows[n].name));
        else
            json_null(out); /* called by nothing that is instrumented */
        json_key(out, "calls"), json_u64(out, s->calls);
        tree_amount(out, t, "total", s->total);
        answer_percent(out, "percent", tree_percent(t, (double)s->total));
        json_object_end(out);
    }
    json_array_end(out);
    answer_counts(out, count, n);
}

/* ---- markdown ---- */

/* A name as a code span in a row of a table: what would end the span or the cell is replaced. */
static const char* markdown_name(mcp_arena_t* arena, const char* name) {
    json_out_t text;
    size_t size = 0;
    json_out_init(&text, arena);
    /* Capped and made visible, between quotes. */
    const char* more = json_data(&text, name, strlen(name)) ? "` (truncated)" : "`";
    const char* quoted = json_out_text(&text, &size);
    char* span = quoted != NULL ? (char*)mcp_arena_alloc(arena, size + strlen(more)) : NULL;
    if (span == NULL || size < 2) return "`?`";
    span[0] = '`', memcpy(span + size - 1, more, strlen(more) + 1);
    for (size_t i = 1; i + 1 < size; i++)
        span[i] = quoted[i] == '`' || quoted[i] == '|' ? '\'' : quoted[i];
    return span;
}
/* A growing text of the arena. */
typedef struct markdown {
    mcp_arena_t* arena;
    char* text;
    size_t size, capacity;
} markdown_t;

static void markdown_put(markdown_t* m, const char* format, ...) HOTPATH_I_PRINTF(2, 3);
static void markdown_put(markdown_t* m, const char* format, ...) {
    va_list arguments;
    for (int tries = 0; tries < 2; tries++) {
        va_start(arguments, format);
        int n = vsnprintf(
            m->text != NULL ? m->text + m->size : NULL, m->capacity - m->size, format, arguments);
        va_end(arguments);
        if (n < 0) return;
        if (m->text != NULL && (size_t)n < m->capacity - m->size) {
            m->size += (size_t)n;
            return;
        }
        size_t capacity = 2 * (m->capacity + (size_t)n + 1024);
        char* text = (char*)mcp_arena_alloc(m->arena, capacity);
        if (text == NULL) return;
        if (m->size != 0) memcpy(text, m->text, m->size);
        text[m->size] = 0;
        m->text = text, m->capacity = capacity;
    }
}
static const char* markdown_time(mcp_arena_t* arena, uint64_t ns) {
    char* text = (char*)mcp_arena_alloc(arena, 32);
    if (text == NULL) return "?";
    hotpath_time_text((double)ns, text, 32);
    return text;
}
static const char* markdown_amount(mcp_arena_t* arena, const tree_t* t, uint64_t amount) {
    if (!t->alloc) return markdown_time(arena, amount);
    char* text = (char*)mcp_arena_alloc(arena, 32);
    if (text == NULL) return "?";
    size_text((double)amount, text, 32);
    return text;
}
/* Two decimals without the locale's comma. */
static void markdown_percent(markdown_t* m, double percent) {
    unsigned hundredths = (unsigned)(percent * 100 + 0.5);
    markdown_put(m, "%u.%02u %%", hundredths / 100, hundredths % 100);
}
static void tree_markdown_top(markdown_t* m, const tree_t* t, const query_t* q, const char* title,
    const tree_sum_t* sums, const row_t* rows, size_t count) {
    markdown_put(
        m, "\n## %s\n| Function | Calls | Self | Total |\n| --- | ---: | ---: | ---: |\n", title);
    for (size_t i = 0; i < count && i < q->limit; i++) {
        const tree_sum_t* s = &sums[rows[i].index];
        markdown_put(m, "| %s | %llu | %s (", markdown_name(m->arena, rows[i].name),
            (unsigned long long)s->calls, markdown_amount(m->arena, t, s->self));
        markdown_percent(m, tree_percent(t, (double)s->self));
        markdown_put(m, ") | %s (", markdown_amount(m->arena, t, s->total));
        markdown_percent(m, tree_percent(t, (double)s->total));
        markdown_put(m, ") |\n");
    }
}
static void tree_markdown_callers(markdown_t* m, const tree_t* t, const query_t* q,
    const tree_sum_t* sums, const row_t* rows, size_t count) {
    markdown_put(m, "\n## Callers\n| Caller | Calls | Total |\n| --- | ---: | ---: |\n");
    for (size_t i = 0; i < count && i < q->limit; i++) {
        const tree_sum_t* s = &sums[rows[i].index];
        bool known = rows[i].index < t->w->function_count;
        markdown_put(m, "| %s | %llu | %s (",
            known ? markdown_name(m->arena, rows[i].name) : "(nothing instrumented)",
            (unsigned long long)s->calls, markdown_amount(m->arena, t, s->total));
        markdown_percent(m, tree_percent(t, (double)s->total));
        markdown_put(m, ") |\n");
    }
}
static void tree_markdown_paths(markdown_t* m, const tree_t* t) {
    uint32_t depth = 0;
    markdown_put(m, "\n## Call tree\n");
    for (uint32_t i = t->first_root; i != HOTPATH_NO_NODE; i = tree_next(t, i, &depth)) {
        const hotpath_node_t* n = &t->w->nodes[i];
        markdown_put(m, "%*s- %s ", (int)(2 * (depth < 100 ? depth : 100)), "",
            markdown_name(m->arena, tree_function(t, i)->name));
        markdown_percent(m, tree_percent(t, (double)tree_total(t, n)));
        markdown_put(m, ", total %s, self %s, %llu calls\n",
            markdown_amount(m->arena, t, tree_total(t, n)),
            markdown_amount(m->arena, t, tree_self(t, n)), (unsigned long long)n->calls);
    }
}

static void tree_answer(tool_call_t* call, const query_t* q, const tree_t* t, tree_sum_t* sums,
    row_t* by_self, row_t* by_total) {
    size_t n_self = 0, n_total = 0;
    bool self = q->view == VIEW_SUMMARY || q->view == VIEW_SELF;
    bool total = q->view == VIEW_SUMMARY || q->view == VIEW_TOTAL;
    bool paths = q->view == VIEW_SUMMARY || q->view == VIEW_TREE;
    query_t top = *q;
    uint32_t most = q->offcpu ? 6 : 10; /* what is waited for has longer names */
    if (q->view == VIEW_SUMMARY && top.limit > most) top.limit = most;
    if (q->view == VIEW_CALLERS) n_self = tree_callers(t, sums, by_self);
    if (self) n_self = tree_top(t, sums, false, by_self);
    if (total) n_total = tree_top(t, sums, true, by_total);
    if (q->markdown) {
        markdown_t m = {call->arena, NULL, 0, 0};
        markdown_put(&m, "# Flame graph of %s\n", markdown_name(call->arena, t->w->info->program));
        bool estimated = t->w->info->is_estimated && !t->alloc;
        markdown_put(&m, "window: %s, %s in it: %s%s, percentages of that%s\n",
            markdown_time(call->arena, t->w->info->window_ns),
            t->alloc           ? "allocated"
            : t->waits != NULL ? "waited"
                               : "time",
            estimated ? "~" : "", markdown_amount(call->arena, t, (uint64_t)t->whole),
            estimated ? "; all times are estimates: not all calls are timed" : "");
        const char* by[] = {t->alloc ? "Top by bytes of its own" : "Top by self time",
            t->alloc ? "Top by bytes with callees" : "Top by total time"};
        if (self) tree_markdown_top(&m, t, &top, by[0], sums, by_self, n_self);
        if (total) tree_markdown_top(&m, t, &top, by[1], sums, by_total, n_total);
        if (paths) tree_markdown_paths(&m, t);
        if (q->view == VIEW_CALLERS) tree_markdown_callers(&m, t, q, sums, by_self, n_self);
        call->markdown = m.text;
        return;
    }
    json_out_t* out = &call->out;
    answer_begin(call, t->w);
    json_key(out, "source"), json_text(out, tree_source(t));
    if (!t->alloc) answer_estimated(out, t->w);
    tree_amount(out, t, "whole", (uint64_t)t->whole);
    if (q->view == VIEW_SUMMARY) {
        tree_write_top(call, t, &top, "top_self", sums, by_self, n_self);
        tree_write_top(call, t, &top, "top_total", sums, by_total, n_total);
        if (t->waits != NULL) tree_write_holders(call, t->w, q);
    }
    if (paths) {
        json_key(out, "data");
        size_t n = tree_write_paths(call, t);
        answer_counts(out, t->count, n);
    } else if (q->view == VIEW_CALLERS) {
        tree_write_callers(call, t, q, sums, by_self, n_self);
    } else {
        size_t count = self ? n_self : n_total;
        tree_write_top(call, t, q, "data", sums, self ? by_self : by_total, count);
        answer_counts(out, count, count < q->limit ? count : q->limit);
    }
    json_object_end(out);
}
static void tool_query_flamegraph(const tool_t* tool, tool_call_t* call) {
    query_t q;
    window_t w;
    tree_t t;
    if (!query_read(tool, call, &q)) return;
    if (q.min_percent < 0) q.min_percent = 0.5;
    if (q.view == VIEW_CALLERS && q.root == NULL) {
        tool_fail(call, "view callers needs root: the function whose callers are asked for");
        return;
    }
    uint32_t parts = HOTPATH_PART_TREE | (q.offcpu ? HOTPATH_PART_FLOWS : 0);
    if (!window_open(call, &q, parts, TIMES_NONE, &w)) return;
    if ((!q.alloc || memory_known(call, &w)) &&
        (!q.offcpu || q.view != VIEW_SUMMARY || locks_read(call, &w)) &&
        tree_open(call, &q, &w, &t)) {
        size_t size = (w.function_count + 1) * sizeof(row_t);
        tree_sum_t* sums = tree_sums(call, &t);
        row_t* by_self = (row_t*)tool_alloc(call, size);
        row_t* by_total = (row_t*)tool_alloc(call, size);
        if (!call->failed) tree_answer(call, &q, &t, sums, by_self, by_total);
    }
    window_close(&w);
}
