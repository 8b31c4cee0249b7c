/* truth_model.h - what hotpath must say, computed in another way: every tick that passes is credited
   at once to each distinct function and each node on the stack, and to the self time of the
   innermost one. So open scopes, recursion and abandoned scopes need no rule of their own, and the
   durations of finished executions are kept one by one. One model a thread, merged by path. */
#ifndef TRUTH_MODEL_H
#define TRUTH_MODEL_H

#include "truth.h"

#define TRUTH_MAX_FRAMES  256
#define TRUTH_MAX_REASONS 8
#define TRUTH_NONE        UINT32_MAX

typedef struct truth_counts {
    uint64_t calls, open, errors, bytes, total, self;
} truth_counts_t;

typedef struct truth_function {
    char name[96];
    uint32_t line; /* 0 for tracks and spans, which have no place of their own */
    uint32_t kind;
    truth_counts_t counts;
    uint64_t abandoned;
    uint64_t mark;          /* the last settling that credited it */
    truth_list_t completed; /* durations */
    const char* reasons[TRUTH_MAX_REASONS];
    uint64_t reason_counts[TRUTH_MAX_REASONS];
} truth_function_t;

typedef struct truth_node {
    uint32_t parent, first_child, next_sibling, function;
    bool seen;
    truth_counts_t counts;
} truth_node_t;

typedef struct truth_frame {
    uint32_t node, function;
    uint64_t begin, serial;
} truth_frame_t;

typedef struct truth_model {
    truth_function_t* functions;
    truth_node_t* nodes;
    uint32_t functions_count, nodes_count, first_root;
    truth_frame_t frames[TRUTH_MAX_FRAMES];
    uint32_t depth;
    uint64_t now, serial, settlings;
    uint64_t calls, busy, foreign_ends;
} truth_model_t;

static inline void truth_model_init(truth_model_t* model, uint64_t now) {
    memset(model, 0, sizeof *model);
    model->first_root = TRUTH_NONE;
    model->now = now;
}

static inline void truth_model_free(truth_model_t* model) {
    for (uint32_t i = 0; i < model->functions_count; i++)
        truth_list_free(&model->functions[i].completed);
    free(model->functions);
    free(model->nodes);
    truth_model_init(model, 0);
}

static inline uint32_t truth_model_function(
    truth_model_t* model, const char* name, uint32_t line, uint32_t kind) {
    for (uint32_t i = 0; i < model->functions_count; i++) {
        const truth_function_t* f = &model->functions[i];
        if (f->line == line && f->kind == kind && strcmp(f->name, name) == 0) return i;
    }
    uint32_t count = model->functions_count++;
    model->functions =
        (truth_function_t*)truth_realloc(model->functions, (count + 1) * sizeof(truth_function_t));
    truth_function_t* f = &model->functions[count];
    memset(f, 0, sizeof *f);
    snprintf(f->name, sizeof f->name, "%s", name);
    f->line = line;
    f->kind = kind;
    return count;
}

/* The node of a function under a parent, made if it is new. */
static inline uint32_t truth_model_node(truth_model_t* model, uint32_t parent, uint32_t function) {
    uint32_t first = parent == TRUTH_NONE ? model->first_root : model->nodes[parent].first_child;
    for (uint32_t i = first; i != TRUTH_NONE; i = model->nodes[i].next_sibling)
        if (model->nodes[i].function == function) return i;
    uint32_t count = model->nodes_count++;
    if ((count & (count - 1)) == 0) /* at powers of two: the capacity is the next one */
        model->nodes = (truth_node_t*)truth_realloc(
            model->nodes, (count ? count * 2 : 1) * sizeof(truth_node_t));
    truth_node_t* node = &model->nodes[count];
    memset(node, 0, sizeof *node);
    node->parent = parent;
    node->function = function;
    node->first_child = TRUTH_NONE;
    node->next_sibling = first;
    *(parent == TRUTH_NONE ? &model->first_root : &model->nodes[parent].first_child) = count;
    return count;
}

/* Credits the time until now. */
static inline void truth_model_settle(truth_model_t* model, uint64_t now) {
    uint64_t passed = now - model->now;
    model->now = now;
    model->settlings++;
    if (model->depth == 0) return;
    for (uint32_t i = 0; i < model->depth; i++) {
        truth_function_t* function = &model->functions[model->frames[i].function];
        model->nodes[model->frames[i].node].counts.total += passed;
        if (function->mark != model->settlings) function->counts.total += passed;
        function->mark = model->settlings;
    }
    truth_frame_t* top = &model->frames[model->depth - 1];
    model->nodes[top->node].counts.self += passed;
    model->functions[top->function].counts.self += passed;
    model->busy += passed;
}

/* Enters a scope. Returns: the serial number that truth_model_end takes. */
static inline uint64_t truth_model_begin(
    truth_model_t* model, uint64_t now, const char* name, uint32_t line, uint32_t kind) {
    truth_model_settle(model, now);
    if (model->depth == TRUTH_MAX_FRAMES) abort();
    truth_frame_t* frame = &model->frames[model->depth];
    frame->function = truth_model_function(model, name, line, kind);
    frame->node = truth_model_node(model,
        model->depth == 0 ? TRUTH_NONE : model->frames[model->depth - 1].node, frame->function);
    frame->begin = now;
    frame->serial = ++model->serial;
    model->depth++;
    model->calls++;
    truth_counts_t* counts[] = {
        &model->nodes[frame->node].counts, &model->functions[frame->function].counts};
    for (int i = 0; i < 2; i++)
        counts[i]->calls++, counts[i]->open++;
    return frame->serial;
}

static inline truth_frame_t truth_model_pop(truth_model_t* model) {
    truth_frame_t frame = model->frames[--model->depth];
    model->nodes[frame.node].counts.open--;
    model->functions[frame.function].counts.open--;
    return frame;
}

/* Abandons all open scopes but the outermost depth. */
static inline void truth_model_unwind(truth_model_t* model, uint64_t now, uint32_t depth) {
    truth_model_settle(model, now);
    while (model->depth > depth)
        model->functions[truth_model_pop(model).function].abandoned++;
}

/* Leaves the scope of that serial number; those entered later are abandoned; one that is open no
   more is a foreign end. */
static inline void truth_model_end(truth_model_t* model, uint64_t now, uint64_t serial) {
    uint32_t at = model->depth;
    while (at > 0 && model->frames[at - 1].serial != serial)
        at--;
    if (at == 0) {
        model->foreign_ends++;
        return;
    }
    truth_model_unwind(model, now, at);
    truth_frame_t frame = truth_model_pop(model);
    truth_list_add(&model->functions[frame.function].completed, now - frame.begin);
}

/* What HOTPATH_ERROR and HOTPATH_BYTES add to the innermost open scope. */
static inline void truth_model_error(truth_model_t* model, const char* reason) {
    if (model->depth == 0) return;
    truth_frame_t* top = &model->frames[model->depth - 1];
    truth_function_t* function = &model->functions[top->function];
    model->nodes[top->node].counts.errors++;
    function->counts.errors++;
    for (int i = 0; i < TRUTH_MAX_REASONS; i++) {
        if (function->reasons[i] != NULL && strcmp(function->reasons[i], reason) != 0) continue;
        function->reasons[i] = reason;
        function->reason_counts[i]++;
        return;
    }
}

static inline void truth_model_bytes(truth_model_t* model, uint64_t bytes) {
    if (model->depth == 0) return;
    truth_frame_t* top = &model->frames[model->depth - 1];
    model->nodes[top->node].counts.bytes += bytes;
    model->functions[top->function].counts.bytes += bytes;
}

/* What hotpath_record adds: a span below its track, beside all open scopes. A track has the time of
   its spans and no calls of its own. */
static inline void truth_model_span(
    truth_model_t* model, const char* track, const char* label, uint64_t duration) {
    uint32_t above = truth_model_function(model, track, 0, HOTPATH_KIND_TRACK);
    uint32_t span = truth_model_function(model, label, 0, HOTPATH_KIND_SPAN);
    uint32_t root = truth_model_node(model, TRUTH_NONE, above);
    uint32_t node = truth_model_node(model, root, span);
    truth_counts_t* counts[] = {&model->nodes[node].counts, &model->functions[span].counts};
    for (int i = 0; i < 2; i++)
        counts[i]->calls++, counts[i]->total += duration, counts[i]->self += duration;
    model->nodes[root].counts.total += duration;
    model->functions[above].counts.total += duration;
    truth_list_add(&model->functions[span].completed, duration);
    model->calls++;
}

static inline void truth_counts_add(truth_counts_t* sum, const truth_counts_t* more) {
    sum->calls += more->calls;
    sum->open += more->open;
    sum->errors += more->errors;
    sum->bytes += more->bytes;
    sum->total += more->total;
    sum->self += more->self;
}

static inline void truth_counts_subtract(truth_counts_t* sum, const truth_counts_t* less) {
    sum->calls -= less->calls;
    sum->errors -= less->errors;
    sum->bytes -= less->bytes;
    sum->total -= less->total;
    sum->self -= less->self; /* open stays: a difference has that of the newer one */
}

/* Adds a model to another, function by function and path by path. */
static inline void truth_model_merge(truth_model_t* into, const truth_model_t* from) {
    uint32_t* functions =
        (uint32_t*)truth_realloc(NULL, (from->functions_count + 1) * sizeof(uint32_t));
    uint32_t* nodes = (uint32_t*)truth_realloc(NULL, (from->nodes_count + 1) * sizeof(uint32_t));
    for (uint32_t i = 0; i < from->functions_count; i++) {
        const truth_function_t* f = &from->functions[i];
        functions[i] = truth_model_function(into, f->name, f->line, f->kind);
        truth_function_t* sum = &into->functions[functions[i]];
        truth_counts_add(&sum->counts, &f->counts);
        sum->abandoned += f->abandoned;
        truth_list_append(&sum->completed, &f->completed);
        for (int r = 0; r < TRUTH_MAX_REASONS && f->reasons[r] != NULL; r++) {
            int slot = 0;
            while (sum->reasons[slot] != NULL && strcmp(sum->reasons[slot], f->reasons[r]) != 0)
                slot++;
            sum->reasons[slot] = f->reasons[r];
            sum->reason_counts[slot] += f->reason_counts[r];
        }
    }
    for (uint32_t i = 0; i < from->nodes_count; i++) {
        const truth_node_t* n = &from->nodes[i]; /* parents come before their children */
        nodes[i] = truth_model_node(
            into, n->parent == TRUTH_NONE ? TRUTH_NONE : nodes[n->parent], functions[n->function]);
        truth_counts_add(&into->nodes[nodes[i]].counts, &n->counts);
    }
    into->calls += from->calls;
    into->busy += from->busy;
    into->foreign_ends += from->foreign_ends;
    free(functions);
    free(nodes);
}

/* Takes the durations of the older list out of the newer one; both hold them all. */
static inline void truth_list_subtract(truth_list_t* newer, truth_list_t* older) {
    size_t kept = 0, at = 0;
    truth_list_sort(newer);
    truth_list_sort(older);
    for (size_t i = 0; i < newer->count; i++) {
        if (at < older->count && older->items[at] == newer->items[i])
            at++;
        else
            newer->items[kept++] = newer->items[i];
    }
    newer->count = kept;
}

/* Makes newer what happened after older. */
static inline void truth_model_subtract(truth_model_t* newer, truth_model_t* older) {
    for (uint32_t i = 0; i < older->functions_count; i++) {
        truth_function_t* old = &older->functions[i];
        uint32_t function = truth_model_function(newer, old->name, old->line, old->kind);
        truth_function_t* f = &newer->functions[function];
        truth_counts_subtract(&f->counts, &old->counts);
        f->abandoned -= old->abandoned;
        truth_list_subtract(&f->completed, &old->completed);
        for (int r = 0; r < TRUTH_MAX_REASONS; r++)
            for (int o = 0; o < TRUTH_MAX_REASONS; o++)
                if (f->reasons[r] != NULL && old->reasons[o] != NULL &&
                    strcmp(f->reasons[r], old->reasons[o]) == 0)
                    f->reason_counts[r] -= old->reason_counts[o];
    }
    uint32_t* nodes = (uint32_t*)truth_realloc(NULL, (older->nodes_count + 1) * sizeof(uint32_t));
    for (uint32_t i = 0; i < older->nodes_count; i++) {
        const truth_node_t* n = &older->nodes[i];
        const truth_function_t* f = &older->functions[n->function];
        nodes[i] = truth_model_node(newer, n->parent == TRUTH_NONE ? TRUTH_NONE : nodes[n->parent],
            truth_model_function(newer, f->name, f->line, f->kind));
        truth_counts_subtract(&newer->nodes[nodes[i]].counts, &n->counts);
    }
    newer->calls -= older->calls;
    newer->busy -= older->busy;
    free(nodes);
}

static inline bool truth_is_foreign(uint32_t kind) {
    return kind == HOTPATH_KIND_TRACK || kind == HOTPATH_KIND_SPAN;
}

/* The model's function that a function of a snapshot stands for. */
static inline uint32_t truth_model_match(const truth_model_t* model, const hotpath_function_t* f) {
    for (uint32_t i = 0; i < model->functions_count; i++) {
        const truth_function_t* m = &model->functions[i];
        if (m->kind == f->kind && strcmp(m->name, f->name) == 0 &&
            (m->line == f->line || truth_is_foreign(m->kind)))
            return i;
    }
    return TRUTH_NONE;
}

static inline bool truth_counts_idle(const truth_counts_t* counts) {
    return counts->calls == 0 && counts->open == 0 && counts->errors == 0 && counts->bytes == 0 &&
           counts->total == 0 && counts->self == 0;
}

static inline void truth_check_reasons(
    const hotpath_function_t* function, const truth_function_t* want) {
    uint64_t sum = 0, reasons = 0;
    for (int r = 0; r < TRUTH_MAX_REASONS && want->reasons[r] != NULL; r++)
        reasons += want->reason_counts[r] != 0;
    for (uint32_t i = 0; i < function->reasons_count; i++) {
        int r = 0;
        sum += function->reasons[i].count;
        reasons -= function->reasons[i].count != 0;
        while (r < TRUTH_MAX_REASONS && want->reasons[r] != NULL &&
               strcmp(want->reasons[r], function->reasons[i].text) != 0)
            r++;
        if (CHECK(r < TRUTH_MAX_REASONS && want->reasons[r] != NULL, "%s failed by %s?",
                function->name, function->reasons[i].text))
            CHECK_EQUAL(want->reasons[r], function->name, function->reasons[i].count,
                want->reason_counts[r]);
    }
    CHECK_EQUAL("the sum of all reasons", function->name, sum, function->errors);
    CHECK_EQUAL("the number of reasons missing", function->name, reasons, 0);
}

static inline void truth_check_function(const hotpath_snapshot_t* snapshot,
    const hotpath_function_t* function, truth_function_t* want) {
    const char* name = function->name;
    CHECK_EQUAL("calls", name, function->calls, want->counts.calls);
    CHECK_EQUAL("open_calls", name, function->open_calls, want->counts.open);
    CHECK_EQUAL("abandoned", name, function->abandoned, want->abandoned);
    CHECK_EQUAL("errors", name, function->errors, want->counts.errors);
    CHECK_EQUAL("bytes", name, function->bytes, want->counts.bytes);
    CHECK_EQUAL("total", name, function->total_ns, want->counts.total);
    CHECK_EQUAL("self", name, function->self_ns, want->counts.self);
    CHECK(!function->lite, "%s", name);
    truth_check_reasons(function, want);
    if (!function->bounds_only) {
        truth_check_completed(snapshot, function, &want->completed);
        return;
    }
    truth_list_t* list = &want->completed;
    truth_wide_t squares = truth_list_squares(list);
    truth_list_sort(list);
    CHECK_EQUAL("completed", name, function->completed, list->count);
    CHECK_EQUAL("sum_ticks", name, function->sum_ticks, truth_list_sum(list).low);
    CHECK_EQUAL("sum_squares_high", name, function->sum_squares_high, squares.high);
    CHECK_EQUAL("sum_squares_low", name, function->sum_squares_low, squares.low);
    truth_check_percentiles(snapshot, function, list, 1);
    if (list->count == 0) return;
    double min = (double)list->items[0], max = (double)list->items[list->count - 1];
    CHECK((double)function->min_ns <= min && (double)function->min_ns >= 0.968 * min - 1,
        "%s: %" PRIu64 " bounds %.0f", name, function->min_ns, min);
    CHECK((double)function->max_ns >= max && (double)function->max_ns <= 1.032 * max + 1,
        "%s: %" PRIu64 " bounds %.0f", name, function->max_ns, max);
}

/* Compares all functions, and that there are no others. Those without a call may be missing. */
static inline void truth_check_functions(const hotpath_snapshot_t* snapshot, truth_model_t* model) {
    size_t count = 0, found = 0;
    const hotpath_function_t* functions = hotpath_snapshot_functions(snapshot, &count);
    uint32_t last_id = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t match = truth_model_match(model, &functions[i]);
        CHECK(functions[i].id > last_id, "the functions come in the order of their ids");
        last_id = functions[i].id;
        if (match == TRUTH_NONE) {
            CHECK(functions[i].calls == 0 && functions[i].total_ns == 0,
                "%s in line %" PRIu32 " was never called", functions[i].name, functions[i].line);
            continue;
        }
        found += !truth_counts_idle(&model->functions[match].counts);
        truth_check_function(snapshot, &functions[i], &model->functions[match]);
    }
    for (uint32_t i = 0; i < model->functions_count; i++)
        found -= !truth_counts_idle(&model->functions[i].counts);
    CHECK_EQUAL("the number of functions", "the snapshot", found, 0);
}

static inline void truth_check_counts(
    const char* path, const hotpath_node_t* node, const truth_counts_t* want) {
    CHECK_EQUAL("calls", path, node->calls, want->calls);
    CHECK_EQUAL("open_calls", path, node->open_calls, want->open);
    CHECK_EQUAL("errors", path, node->errors, want->errors);
    CHECK_EQUAL("bytes", path, node->bytes, want->bytes);
    CHECK_EQUAL("total", path, node->total_ns, want->total);
    CHECK_EQUAL("self", path, node->self_ns, want->self);
}

/* Writes "outer;inner" for a node of the model: of a deep one the innermost levels. */
static inline void truth_model_path(
    const truth_model_t* model, uint32_t node, char* text, size_t size) {
    uint32_t nodes[16], count = 0;
    size_t length = 0;
    for (uint32_t n = node; n != TRUTH_NONE && count < 16; n = model->nodes[n].parent)
        nodes[count++] = n;
    while (count-- > 0) {
        const char* name = model->functions[model->nodes[nodes[count]].function].name;
        size_t add = strlen(name);
        if (length + add + 2 > size) break;
        if (length != 0) text[length++] = ';';
        memcpy(text + length, name, add);
        length += add;
    }
    text[length] = 0;
}

/* Whether an ancestor of a node is the same function. */
static inline bool truth_model_recursive(const truth_model_t* model, uint32_t node) {
    for (uint32_t n = model->nodes[node].parent; n != TRUTH_NONE; n = model->nodes[n].parent)
        if (model->nodes[n].function == model->nodes[node].function) return true;
    return false;
}

/* Checks the links between nodes: each but a root is on its parent's list once. */
static inline void truth_check_links(const hotpath_node_t* nodes, size_t count) {
    size_t listed = 0, roots = 0;
    for (size_t i = 0; i < count; i++) {
        size_t length = 0;
        roots += nodes[i].parent == HOTPATH_NO_NODE;
        for (uint32_t c = nodes[i].first_child; c != HOTPATH_NO_NODE && length <= count;
             c = nodes[c].next_sibling, length++)
            if (!CHECK(c < count && nodes[c].parent == i, "node %zu lists %" PRIu32, i, c)) return;
        listed += length;
    }
    CHECK_EQUAL("listed nodes", "the tree", listed, count - roots);
}

/* Compares all nodes by their path, and that there are no others and none twice. */
static inline void truth_check_nodes(const hotpath_snapshot_t* snapshot, truth_model_t* model) {
    size_t count = 0, functions_count = 0;
    const hotpath_node_t* nodes = hotpath_snapshot_nodes(snapshot, &count);
    const hotpath_function_t* functions = hotpath_snapshot_functions(snapshot, &functions_count);
    uint32_t* match = (uint32_t*)truth_realloc(NULL, (count + 1) * sizeof(uint32_t));
    char path[2048];
    for (uint32_t i = 0; i < model->nodes_count; i++)
        model->nodes[i].seen = false;
    for (size_t i = 0; i < count; i++) {
        const hotpath_node_t* node = &nodes[i];
        match[i] = TRUTH_NONE;
        if (!CHECK(node->parent == HOTPATH_NO_NODE || node->parent < i, "parents come first") ||
            !CHECK(node->function < functions_count, "node %zu has no function", i))
            break;
        uint32_t function = truth_model_match(model, &functions[node->function]);
        uint32_t parent = node->parent == HOTPATH_NO_NODE ? TRUTH_NONE : match[node->parent];
        uint32_t before = model->nodes_count;
        if (function == TRUTH_NONE || (node->parent != HOTPATH_NO_NODE && parent == TRUTH_NONE)) {
            CHECK(node->calls == 0 && node->total_ns == 0, "%s stands on a path that never was",
                functions[node->function].name);
            continue;
        }
        uint32_t n = match[i] = truth_model_node(model, parent, function);
        truth_model_path(model, n, path, sizeof path);
        CHECK(n < before || node->calls == 0, "%s was never called on this path", path);
        CHECK(n >= before || !model->nodes[n].seen, "%s is there twice", path);
        model->nodes[n].seen = true;
        truth_check_counts(path, node, &model->nodes[n].counts);
        CHECK_EQUAL("recursive", path, node->recursive, truth_model_recursive(model, n));
        CHECK_EQUAL("depth", path, node->depth,
            node->parent == HOTPATH_NO_NODE ? 0 : nodes[node->parent].depth + 1);
    }
    for (uint32_t i = 0; i < model->nodes_count; i++) {
        if (model->nodes[i].seen || truth_counts_idle(&model->nodes[i].counts)) continue;
        truth_model_path(model, i, path, sizeof path);
        CHECK(model->nodes[i].seen, "%s is missing", path);
    }
    truth_check_links(nodes, count);
    free(match);
}

/* The row of a thread by its name. */
static inline const hotpath_thread_t* truth_find_thread(
    const hotpath_snapshot_t* snapshot, const char* name) {
    size_t count = 0;
    const hotpath_thread_t* threads = hotpath_snapshot_threads(snapshot, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(threads[i].name, name) == 0) return &threads[i];
    return NULL;
}

/* Compares the row of a thread, its open scopes included, with its model. */
static inline void truth_check_thread(
    const hotpath_snapshot_t* snapshot, const hotpath_thread_t* row, const truth_model_t* model) {
    size_t functions_count = 0, nodes_count = 0;
    const hotpath_function_t* functions = hotpath_snapshot_functions(snapshot, &functions_count);
    const hotpath_node_t* nodes = hotpath_snapshot_nodes(snapshot, &nodes_count);
    uint32_t above = HOTPATH_NO_NODE;
    CHECK_EQUAL("state", row->name, row->state, HOTPATH_THREAD_LIVE);
    CHECK_EQUAL("calls", row->name, row->calls, model->calls);
    CHECK_EQUAL("busy", row->name, row->busy_ns, model->busy);
    CHECK_EQUAL("count", row->name, row->count, 1);
    if (!CHECK_EQUAL("open scopes", row->name, row->open_count, model->depth)) return;
    for (uint32_t i = 0; i < model->depth; i++) {
        const hotpath_open_t* open = &row->open[i];
        const truth_function_t* want = &model->functions[model->frames[i].function];
        if (!CHECK(open->function < functions_count, "%s", row->name)) return;
        CHECK_TEXT("an open scope", row->name, functions[open->function].name, want->name);
        CHECK_EQUAL(
            "the line of an open scope", row->name, functions[open->function].line, want->line);
        CHECK_EQUAL("elapsed", want->name, open->elapsed_ns, model->now - model->frames[i].begin);
        CHECK_EQUAL("at", want->name, open->at_ns - row->open[0].at_ns,
            model->frames[i].begin - model->frames[0].begin);
        if (nodes_count == 0) continue;
        if (!CHECK(open->node < nodes_count, "%s has no node", want->name)) return;
        CHECK_EQUAL("the node's function", want->name, nodes[open->node].function, open->function);
        CHECK_EQUAL("the node's parent", want->name, nodes[open->node].parent, above);
        above = open->node;
    }
}

#endif /* TRUTH_MODEL_H */
