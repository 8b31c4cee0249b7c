/* truth_report.h - reads reports as a user's tools would, and compares them with a model: JSON by its
   own reader, folded stacks by line, the table by its columns. */
#ifndef TRUTH_REPORT_H
#define TRUTH_REPORT_H

#include "truth_model.h"

static const struct {
    const char* name;
    double ns;
} truth_units[] = {{" ns", 1}, {" \xC2\xB5s", 1e3}, {" ms", 1e6}, {" s", 1e9}, {" min", 6e10},
    {" h", 3.6e12}, {" d", 8.64e13}};
#define TRUTH_UNITS (sizeof truth_units / sizeof truth_units[0])

/* Whether a text such as "1.16 ms" is ns to three digits: the last digit is rounded right, and there
   are three of them unless they are whole nanoseconds. */
static inline bool truth_time_fits(const char* text, double ns) {
    char* end = NULL;
    double value = strtod(text, &end), step = 1;
    size_t digits = 0, unit = 0;
    bool after_point = false;
    for (const char* c = text; c < end; c++) {
        if (*c == '.') {
            after_point = true;
            continue;
        }
        digits++;
        if (after_point) step /= 10;
    }
    while (unit < TRUTH_UNITS && strcmp(end, truth_units[unit].name) != 0)
        unit++;
    if (end == text || unit == TRUTH_UNITS || (digits < 3 && unit != 0)) return false;
    return fabs(value * truth_units[unit].ns - ns) <= step * truth_units[unit].ns * 0.5000001;
}

static inline bool truth_check_time(
    const char* file, int line, const char* what, const char* of, const char* text, double ns) {
    return truth_time_fits(text, ns) ||
           truth_fail(
               file, line, "", "%s of %s reads \"%s\", which is not %.10g ns", what, of, text, ns);
}
#define CHECK_TIME(what, of, text, ns) truth_check_time(__FILE__, __LINE__, what, of, text, ns)

static inline double truth_mean(const truth_list_t* list) {
    return list->count
               ? (double)(truth_wide_double(truth_list_sum(list)) / (long double)list->count)
               : 0;
}

/* The whole of all percentages: what all functions have for themselves. */
static inline double truth_model_self_sum(const truth_model_t* model) {
    double sum = 0;
    for (uint32_t i = 0; i < model->functions_count; i++)
        sum += (double)model->functions[i].counts.self;
    return sum;
}

static inline double truth_percent(double whole, uint64_t part) {
    return whole > 0 ? 100 * (double)part / whole : 0;
}

/* ---- JSON ------------------------------------------------------------------------------------- */

static inline uint32_t truth_json_kind(const truth_json_t* row) {
    static const char* const names[] = {
        "none", "function", "scope", "named", "track", "span", "other"};
    const char* name = truth_json_text(row, "kind");
    for (uint32_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0) return i;
    FAIL_CHECK("\"%s\" is no kind", name);
    return 0;
}

/* What completed executions have, or null without any. */
static inline void truth_check_json_completed(const truth_json_t* row, truth_function_t* want) {
    static const char* const keys[] = {"avg_ns", "min_ns", "max_ns", "stdev_ns", "p50_ns", "p95_ns",
        "p99_ns", "avg", "min", "max", "p50", "p95", "p99"};
    static const struct {
        const char *key, *readable;
        uint64_t milli;
    } percentiles[] = {
        {"p50_ns", "p50", 50000}, {"p95_ns", "p95", 95000}, {"p99_ns", "p99", 99000}};
    truth_list_t* list = &want->completed;
    const char* name = want->name;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const truth_json_t* member = truth_json_get(row, keys[i]);
        if (!CHECK(member != NULL, "%s has no \"%s\"", name, keys[i])) return;
        CHECK(
            (member->type == TRUTH_JSON_NULL) == (list->count == 0), "\"%s\" of %s", keys[i], name);
    }
    if (list->count == 0) return;
    truth_list_sort(list);
    uint64_t min = list->items[0], max = list->items[list->count - 1];
    double mean = truth_mean(list), stdev = truth_list_stdev(list);
    CHECK_EQUAL("min_ns", name, truth_json_u64(row, "min_ns"), min);
    CHECK_EQUAL("max_ns", name, truth_json_u64(row, "max_ns"), max);
    CHECK_NEAR("avg_ns", name, truth_json_double(row, "avg_ns"), mean, 0.0051 + 1e-12 * mean);
    CHECK_NEAR("stdev_ns", name, truth_json_double(row, "stdev_ns"), stdev,
        0.0051 + 1e-9 * mean + 1e-6 * stdev);
    CHECK_TIME("min", name, truth_json_text(row, "min"), (double)min);
    CHECK_TIME("max", name, truth_json_text(row, "max"), (double)max);
    CHECK_TIME("avg", name, truth_json_text(row, "avg"), mean);
    for (size_t i = 0; i < 3; i++) {
        uint64_t got = truth_json_u64(row, percentiles[i].key);
        uint64_t exact = truth_list_percentile(list, percentiles[i].milli);
        CHECK(truth_percentile_fits(got, exact, 1), "%s of %s is %" PRIu64 ", not %" PRIu64,
            percentiles[i].key, name, got, exact);
        CHECK_TIME(percentiles[i].readable, name, truth_json_text(row, percentiles[i].readable),
            (double)got);
    }
}

static inline void truth_check_json_reasons(const truth_json_t* row, const truth_function_t* want) {
    const truth_json_t* reasons = truth_json_get(row, "reasons");
    uint64_t sum = 0;
    if (!CHECK(reasons != NULL && reasons->type == TRUTH_JSON_ARRAY, "%s", want->name)) return;
    for (const truth_json_t* r = reasons->child; r != NULL; r = r->next) {
        const char* text = truth_json_text(r, "reason");
        int i = 0;
        while (i < TRUTH_MAX_REASONS - 1 && want->reasons[i] != NULL &&
               strcmp(want->reasons[i], text) != 0)
            i++;
        CHECK_EQUAL(text, want->name, truth_json_u64(r, "count"),
            want->reasons[i] != NULL ? want->reason_counts[i] : 0);
        sum += truth_json_u64(r, "count");
    }
    CHECK_EQUAL("the sum of reasons", want->name, sum, want->counts.errors);
}

static inline void truth_check_json_function(
    const truth_json_t* row, truth_function_t* want, double whole) {
    const char* name = want->name;
    const truth_counts_t* c = &want->counts;
    CHECK_EQUAL("calls", name, truth_json_u64(row, "calls"), c->calls);
    CHECK_EQUAL("open_calls", name, truth_json_u64(row, "open_calls"), c->open);
    CHECK_EQUAL("sampled_calls", name, truth_json_u64(row, "sampled_calls"), want->completed.count);
    CHECK_EQUAL("abandoned", name, truth_json_u64(row, "abandoned"), want->abandoned);
    CHECK_EQUAL("errors", name, truth_json_u64(row, "errors"), c->errors);
    CHECK_EQUAL("bytes", name, truth_json_u64(row, "bytes"), c->bytes);
    CHECK_EQUAL("total_ns", name, truth_json_u64(row, "total_ns"), c->total);
    CHECK_EQUAL("self_ns", name, truth_json_u64(row, "self_ns"), c->self);
    CHECK_TIME("total", name, truth_json_text(row, "total"), (double)c->total);
    CHECK_TIME("self", name, truth_json_text(row, "self"), (double)c->self);
    CHECK_NEAR("percent_total", name, truth_json_double(row, "percent_total"),
        truth_percent(whole, c->total), 0.0051);
    CHECK_NEAR("percent_self", name, truth_json_double(row, "percent_self"),
        truth_percent(whole, c->self), 0.0051);
    truth_check_json_completed(row, want);
    truth_check_json_reasons(row, want);
}

/* The rows of a section, checked for its own counts. */
static inline const truth_json_t* truth_json_rows(const truth_json_t* report, const char* section) {
    const truth_json_t* s = truth_json_get(report, section);
    const truth_json_t* data = truth_json_get(s, "data");
    if (!CHECK(data != NULL && data->type == TRUTH_JSON_ARRAY, "no rows of %s", section))
        return NULL;
    CHECK_EQUAL("included_count", section, truth_json_u64(s, "included_count"), data->count);
    CHECK_EQUAL("total_count", section, truth_json_u64(s, "total_count"), data->count);
    return data->child;
}

static inline uint32_t truth_json_match(const truth_json_t* row, const truth_model_t* model) {
    hotpath_function_t as;
    memset(&as, 0, sizeof as);
    as.name = truth_json_text(row, "name");
    as.kind = truth_json_kind(row);
    as.line = (uint32_t)truth_json_u64(truth_json_get(row, "location"), "line");
    uint32_t match = truth_model_match(model, &as);
    CHECK(match != TRUTH_NONE, "%s in line %" PRIu32 " was never called", as.name, as.line);
    return match;
}

/* Compares call_tree, whose rows name functions by the ids of functions_timing. */
static inline void truth_check_json_tree(
    const truth_json_t* report, truth_model_t* model, const uint32_t* by_id, size_t ids) {
    uint32_t nodes[65536]; /* the model's nodes by the rows' ids */
    memset(nodes, 0xFF, sizeof nodes);
    size_t wanted = 0, found = 0;
    char path[2048];
    for (uint32_t i = 0; i < model->nodes_count; i++)
        wanted += !truth_counts_idle(&model->nodes[i].counts), model->nodes[i].seen = false;
    for (const truth_json_t* r = truth_json_rows(report, "call_tree"); r != NULL; r = r->next) {
        const truth_json_t* above = truth_json_get(r, "parent");
        uint64_t id = truth_json_u64(r, "id"), function = truth_json_u64(r, "function_id");
        bool root = above != NULL && above->type == TRUTH_JSON_NULL;
        uint64_t parent = root ? 0 : truth_json_u64(r, "parent");
        if (!CHECK(id < 65536 && parent < 65536 && function < ids, "an id is too large")) return;
        if (!CHECK(root || nodes[parent] != TRUTH_NONE, "a row comes before its parent")) return;
        uint32_t of = by_id[function];
        for (uint32_t i = 0; i < model->functions_count && of == TRUTH_NONE; i++)
            if (model->functions[i].kind == HOTPATH_KIND_TRACK &&
                strcmp(model->functions[i].name, truth_json_text(r, "name")) == 0)
                of = i; /* tracks have no calls and so no row of their own */
        if (!CHECK(of != TRUTH_NONE, "a row of no function")) return;
        uint32_t before = model->nodes_count;
        uint32_t n = truth_model_node(model, root ? TRUTH_NONE : nodes[parent], of);
        const truth_counts_t* want = &model->nodes[n].counts;
        nodes[id] = n;
        truth_model_path(model, n, path, sizeof path);
        CHECK(n < before && !model->nodes[n].seen, "%s is there twice, or never was", path);
        model->nodes[n].seen = true;
        found++;
        CHECK_TEXT("name", path, truth_json_text(r, "name"),
            model->functions[model->nodes[n].function].name);
        CHECK_EQUAL("calls", path, truth_json_u64(r, "calls"), want->calls);
        CHECK_EQUAL("open_calls", path, truth_json_u64(r, "open_calls"), want->open);
        CHECK_EQUAL("errors", path, truth_json_u64(r, "errors"), want->errors);
        CHECK_EQUAL("bytes", path, truth_json_u64(r, "bytes"), want->bytes);
        CHECK_EQUAL("total_ns", path, truth_json_u64(r, "total_ns"), want->total);
        CHECK_EQUAL("self_ns", path, truth_json_u64(r, "self_ns"), want->self);
        const truth_json_t* recursive = truth_json_get(r, "recursive");
        CHECK_EQUAL("recursive", path, recursive != NULL && recursive->type == TRUTH_JSON_TRUE,
            truth_model_recursive(model, n));
    }
    CHECK_EQUAL("rows", "call_tree", found, wanted);
}

/* Compares a JSON report with a model. */
static inline void truth_check_json(const char* text, truth_model_t* model) {
    truth_json_t* report = truth_json_read(text);
    if (report == NULL) return;
    uint32_t by_id[16384];
    double whole = truth_model_self_sum(model);
    size_t wanted = 0, found = 0;
    uint64_t calls = 0, busy = 0, last = UINT64_MAX;
    memset(by_id, 0xFF, sizeof by_id);
    CHECK(report->type == TRUTH_JSON_OBJECT, "the report is one object");
    CHECK_TEXT("the last key", "the report", report->last ? report->last->key : NULL, "call_tree");
    for (uint32_t i = 0; i < model->functions_count; i++)
        wanted += model->functions[i].counts.calls != 0;
    for (const truth_json_t* r = truth_json_rows(report, "functions_timing"); r; r = r->next) {
        uint32_t match = truth_json_match(r, model);
        uint64_t id = truth_json_u64(r, "id"), self = truth_json_u64(r, "self_ns");
        CHECK(self <= last, "the rows are sorted by self time");
        last = self;
        found++;
        if (match == TRUTH_NONE || !CHECK(id < 16384, "an id is too large")) continue;
        by_id[id] = match;
        truth_check_json_function(r, &model->functions[match], whole);
    }
    CHECK_EQUAL("rows", "functions_timing", found, wanted);
    truth_check_json_tree(report, model, by_id, 16384);
    for (const truth_json_t* r = truth_json_rows(report, "threads"); r != NULL; r = r->next) {
        calls += truth_json_u64(r, "calls");
        busy += truth_json_u64(r, "busy_ns");
        CHECK_TIME(
            "busy", "a thread", truth_json_text(r, "busy"), (double)truth_json_u64(r, "busy_ns"));
    }
    CHECK_EQUAL("calls", "all threads", calls, model->calls);
    CHECK_EQUAL("busy", "all threads", busy, model->busy);
    const truth_json_t* dropped = truth_json_get(report, "dropped");
    CHECK_EQUAL("events_lost", "the report", truth_json_u64(dropped, "events_lost"), 0);
    CHECK_EQUAL(
        "foreign_ends", "the report", truth_json_u64(dropped, "foreign_ends"), model->foreign_ends);
    truth_json_free(report);
}

/* ---- folded stacks ------------------------------------------------------------------------------ */

typedef struct truth_stack {
    char* path;
    uint64_t self;
} truth_stack_t;

static inline int truth_compare_stacks(const void* a, const void* b) {
    return strcmp(((const truth_stack_t*)a)->path, ((const truth_stack_t*)b)->path);
}

/* Sorts, and makes one of equal paths: functions of one name in two places. */
static inline size_t truth_stacks_merge(truth_stack_t* stacks, size_t count) {
    size_t kept = 0;
    qsort(stacks, count, sizeof *stacks, truth_compare_stacks);
    for (size_t i = 0; i < count; i++) {
        if (kept != 0 && strcmp(stacks[kept - 1].path, stacks[i].path) == 0) {
            stacks[kept - 1].self += stacks[i].self;
            free(stacks[i].path);
        } else {
            stacks[kept++] = stacks[i];
        }
    }
    return kept;
}

/* The path of a node as the format has it: a semicolon in a name would end its frame. */
static inline char* truth_folded_path(const truth_model_t* model, uint32_t node) {
    char path[4096];
    size_t length = 0;
    uint32_t nodes[TRUTH_MAX_FRAMES], depth = 0;
    for (uint32_t n = node; n != TRUTH_NONE; n = model->nodes[n].parent)
        nodes[depth++] = n;
    path[0] = 0;
    while (depth-- > 0) {
        const char* name = model->functions[model->nodes[nodes[depth]].function].name;
        for (; *name != 0; name++)
            path[length++] = *name == ';' ? ':' : *name;
        path[length++] = depth != 0 ? ';' : 0;
    }
    return strcpy((char*)truth_realloc(NULL, length), path);
}

/* Compares folded stacks with a model: "outer;inner 123", the number is the self time. */
static inline void truth_check_folded(char* text, const truth_model_t* model) {
    size_t lines = 0, got = 0, want = 0;
    for (const char* c = text; *c != 0; c++)
        lines += *c == '\n';
    truth_stack_t* found = (truth_stack_t*)truth_realloc(NULL, (lines + 1) * sizeof *found);
    truth_stack_t* wanted =
        (truth_stack_t*)truth_realloc(NULL, (model->nodes_count + 1) * sizeof *wanted);
    for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = 0;
        char* space = strrchr(line, ' ');
        if (!CHECK(space != NULL && strspn(space + 1, "0123456789") == strlen(space + 1) &&
                       space[1] != 0,
                "\"%s\" does not end in a number", line))
            continue;
        *space = 0;
        found[got].path = strcpy((char*)truth_realloc(NULL, strlen(line) + 1), line);
        found[got++].self = strtoull(space + 1, NULL, 10);
    }
    for (uint32_t i = 0; i < model->nodes_count; i++) {
        if (model->nodes[i].counts.self == 0) continue;
        wanted[want].path = truth_folded_path(model, i);
        wanted[want++].self = model->nodes[i].counts.self;
    }
    got = truth_stacks_merge(found, got);
    want = truth_stacks_merge(wanted, want);
    CHECK_EQUAL("paths", "the folded stacks", got, want);
    for (size_t i = 0; i < got && i < want; i++) {
        if (!CHECK_TEXT("a path", "the folded stacks", found[i].path, wanted[i].path)) break;
        CHECK_EQUAL("self", found[i].path, found[i].self, wanted[i].self);
    }
    for (size_t i = 0; i < got; i++)
        free(found[i].path);
    for (size_t i = 0; i < want; i++)
        free(wanted[i].path);
    free(found);
    free(wanted);
}

/* ---- the table ---------------------------------------------------------------------------------- */

enum {
    TRUTH_COLUMNS = 16
};

/* Cuts a line where two spaces or more stand. Returns: the number of cells. */
static inline size_t truth_cut(char* line, char* cells[TRUTH_COLUMNS]) {
    size_t count = 0;
    while (*line != 0 && count < TRUTH_COLUMNS) {
        cells[count++] = line;
        char* gap = strstr(line, "  ");
        if (gap == NULL) break;
        *gap = 0;
        line = gap + 2 + strspn(gap + 2, " ");
    }
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(cells[i]);
        if (length != 0 && cells[i][length - 1] == ' ') cells[i][length - 1] = 0;
    }
    return count;
}

/* The lines of the grid whose header begins with title; NULL at its end. */
static inline char* truth_next_line(char** text) {
    char *line = *text, *end = strchr(line, '\n');
    if (*line == 0 || end == NULL) return NULL;
    *end = 0;
    *text = end + 1;
    return line;
}

static inline const char* truth_cell(
    char* titles[TRUTH_COLUMNS], char* cells[TRUTH_COLUMNS], size_t count, const char* title) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(titles[i], title) == 0) return cells[i];
    FAIL_CHECK("the table has no column %s", title);
    return "";
}

/* A number of calls, with a mark if some are open. */
static inline void truth_check_calls(const char* cell, const char* name, const truth_counts_t* c) {
    CHECK_EQUAL("calls in the table", name, strtoull(cell, NULL, 10), c->calls);
    CHECK((strchr(cell, '*') != NULL) == (c->open != 0), "%s with %" PRIu64 " open calls reads %s",
        name, c->open, cell);
}

/* Whether a name in the table, which may be cut by an ellipsis, is that of a function. */
static inline bool truth_same_name(const char* cell, const char* name) {
    const char* dots = strstr(cell, "\xE2\x80\xA6");
    if (dots == NULL) return strcmp(cell, name) == 0;
    size_t tail = strlen(dots + 3), length = strlen(name);
    return strncmp(cell, name, (size_t)(dots - cell)) == 0 && length >= tail &&
           strcmp(name + length - tail, dots + 3) == 0;
}

static inline void truth_check_table_row(char* titles[TRUTH_COLUMNS], char* cells[TRUTH_COLUMNS],
    size_t count, truth_function_t* want, double whole) {
    static const struct {
        const char* title;
        uint64_t milli;
    } percentiles[] = {{"P50", 50000}, {"P95", 95000}, {"P99", 99000}};
    truth_list_t* list = &want->completed;
    const char* name = want->name;
    truth_list_sort(list);
    truth_check_calls(truth_cell(titles, cells, count, "Calls"), name, &want->counts);
    CHECK_TIME("Self", name, truth_cell(titles, cells, count, "Self"), (double)want->counts.self);
    CHECK_TIME(
        "Total", name, truth_cell(titles, cells, count, "Total"), (double)want->counts.total);
    CHECK_NEAR("Self %", name, strtod(truth_cell(titles, cells, count, "Self %"), NULL),
        truth_percent(whole, want->counts.self), 0.0051);
    if (list->count == 0) {
        CHECK_TEXT("Avg", name, truth_cell(titles, cells, count, "Avg"), "-");
        CHECK_TEXT("Max", name, truth_cell(titles, cells, count, "Max"), "-");
        return;
    }
    CHECK_TIME("Avg", name, truth_cell(titles, cells, count, "Avg"), truth_mean(list));
    CHECK_TIME(
        "Max", name, truth_cell(titles, cells, count, "Max"), (double)list->items[list->count - 1]);
    for (size_t i = 0; i < 3; i++) {
        const char* cell = truth_cell(titles, cells, count, percentiles[i].title);
        double exact = (double)truth_list_percentile(list, percentiles[i].milli);
        bool fits = truth_time_fits(cell, exact);
        for (double off = -0.016; off <= 0.0161 && !fits; off += 0.0005)
            fits = truth_time_fits(cell, exact * (1 + off));
        CHECK(fits || truth_time_fits(cell, exact + 1) || truth_time_fits(cell, exact - 1),
            "%s of %s reads %s, not %.10g ns", percentiles[i].title, name, cell, exact);
    }
}

/* A line of why a function failed is true of one function of that name. */
static inline bool truth_is_errors_of(
    const char* name, double percent, const char* reasons, const truth_function_t* want) {
    uint64_t calls = want->counts.calls, known = 0, listed = 1;
    char part[100];
    if (!truth_same_name(name, want->name) || calls == 0) return false;
    if (fabs(percent - 100 * (double)want->counts.errors / (double)calls) > 0.0051) return false;
    for (int r = 0; r < TRUTH_MAX_REASONS && want->reasons[r] != NULL; r++) {
        if (want->reason_counts[r] == 0) continue;
        snprintf(part, sizeof part, "%s %" PRIu64, want->reasons[r], want->reason_counts[r]);
        if (strstr(reasons, part) == NULL) return false;
        known++;
    }
    for (const char* at = reasons; (at = strstr(at, ", ")) != NULL; at++)
        listed++;
    return known == listed;
}
/* Returns: whether it is such a line. */
static inline bool truth_check_table_errors(char* line, const truth_model_t* model) {
    static const char of[] = ": errors in ";
    char *at = strstr(line, of), *end = at != NULL ? strstr(at, "% of its calls: ") : NULL;
    uint32_t i = 0;
    if (end == NULL) return false;
    *at = 0;
    double percent = strtod(at + sizeof of - 1, NULL);
    while (i < model->functions_count &&
           !truth_is_errors_of(line, percent, end + 16, &model->functions[i]))
        i++;
    return CHECK(i < model->functions_count, "no %s fails %.2f%% by%s", line, percent, end + 16);
}

/* Compares the rows of functions, which are sorted by self time; equal names stand for any of the
   functions of that name that has so many calls. */
static inline void truth_check_table_functions(char** text, truth_model_t* model) {
    char *titles[TRUTH_COLUMNS], *cells[TRUTH_COLUMNS], *line;
    double whole = truth_model_self_sum(model);
    size_t columns = 0, rows = 0, wanted = 0, failing = 0, explained = 0;
    bool* seen = (bool*)calloc(model->functions_count + 1, sizeof *seen);
    while ((line = truth_next_line(text)) != NULL && strncmp(line, "Function ", 9) != 0) {}
    if (!CHECK(line != NULL, "the table has no functions")) return;
    columns = truth_cut(line, titles);
    for (uint32_t i = 0; i < model->functions_count; i++) {
        wanted += model->functions[i].counts.calls != 0;
        failing += model->functions[i].counts.errors != 0;
    }
    while ((line = truth_next_line(text)) != NULL && *line != 0 && *line != '*') {
        if (truth_check_table_errors(line, model)) {
            explained++;
            continue;
        }
        size_t count = truth_cut(line, cells);
        rows++;
        if (!CHECK_EQUAL("cells", line, count, columns)) continue;
        uint64_t calls = strtoull(truth_cell(titles, cells, count, "Calls"), NULL, 10);
        uint32_t i = 0;
        while (
            i < model->functions_count && (seen[i] || model->functions[i].counts.calls != calls ||
                                              !truth_same_name(cells[0], model->functions[i].name)))
            i++;
        if (!CHECK(i < model->functions_count, "no %s has %" PRIu64 " calls", cells[0], calls))
            continue;
        seen[i] = true;
        truth_check_table_row(titles, cells, count, &model->functions[i], whole);
    }
    CHECK_EQUAL("rows", "the table", rows, wanted);
    CHECK_EQUAL("lines of errors", "the table", explained, failing < 5 ? failing : 5);
    free(seen);
}

/* A row of the call tree: what can be read of it, for any order of siblings. */
typedef struct truth_row {
    uint64_t depth, calls;
    double total; /* ns */
    char total_text[24];
} truth_row_t;

static inline int truth_compare_rows(const void* a, const void* b) {
    const truth_row_t *x = (const truth_row_t*)a, *y = (const truth_row_t*)b;
    if (x->depth != y->depth) return x->depth < y->depth ? -1 : 1;
    if (x->calls != y->calls) return x->calls < y->calls ? -1 : 1;
    return x->total < y->total ? -1 : x->total > y->total;
}

/* How deep a row stands: three columns a level, drawn; then +N for more levels. */
static inline uint64_t truth_row_depth(const char* cell) {
    uint64_t columns = 0;
    while (*cell == ' ' || *cell == '\xE2') {
        columns++;
        cell += *cell == '\xE2' ? 3 : 1;
    }
    return columns / 3 + (*cell == '+' ? strtoull(cell + 1, NULL, 10) : 0);
}

/* Nanoseconds of a text such as "1.16 ms", -1 if it is none. */
static inline double truth_time_ns(const char* text) {
    char* end = NULL;
    double value = strtod(text, &end);
    for (size_t i = 0; i < TRUTH_UNITS; i++)
        if (strcmp(end, truth_units[i].name) == 0) return value * truth_units[i].ns;
    return -1;
}

/* Compares the call tree: as many rows as nodes, and the same times at each depth. */
static inline void truth_check_table_tree(char* text, const truth_model_t* model) {
    char *titles[TRUTH_COLUMNS], *cells[TRUTH_COLUMNS], *line;
    size_t rows = 0, wanted = 0, room = model->nodes_count + 1;
    truth_row_t* found = (truth_row_t*)truth_realloc(NULL, room * sizeof *found);
    truth_row_t* want = (truth_row_t*)truth_realloc(NULL, room * sizeof *want);
    while ((line = truth_next_line(&text)) != NULL && strncmp(line, "Call tree ", 10) != 0) {}
    if (!CHECK(line != NULL, "the table has no call tree")) return;
    size_t columns = truth_cut(line, titles);
    while ((line = truth_next_line(&text)) != NULL && *line != 0 && *line != '*') {
        const char* name = line;
        while (*name == ' ' || *name == '\xE2')
            name += *name == '\xE2' ? 3 : 1;
        uint64_t depth = truth_row_depth(line);
        size_t count = truth_cut(line + (name - line), cells);
        if (!CHECK_EQUAL("cells", cells[0], count, columns) ||
            !CHECK(rows < model->nodes_count, "the call tree has more rows than nodes"))
            break;
        truth_row_t* row = &found[rows++];
        row->depth = depth;
        row->calls = strtoull(truth_cell(titles, cells, count, "Calls"), NULL, 10);
        snprintf(row->total_text, sizeof row->total_text, "%s",
            truth_cell(titles, cells, count, "Total"));
        row->total = truth_time_ns(row->total_text);
    }
    for (uint32_t i = 0; i < model->nodes_count; i++) {
        const truth_node_t* node = &model->nodes[i];
        if (truth_counts_idle(&node->counts)) continue;
        truth_row_t* row = &want[wanted++];
        memset(row, 0, sizeof *row);
        for (uint32_t up = node->parent; up != TRUTH_NONE; up = model->nodes[up].parent)
            row->depth++;
        row->calls = node->counts.calls;
        row->total = (double)node->counts.total;
    }
    CHECK_EQUAL("rows", "the call tree", rows, wanted);
    qsort(found, rows, sizeof *found, truth_compare_rows);
    qsort(want, wanted, sizeof *want, truth_compare_rows);
    for (size_t i = 0; i < rows && i < wanted; i++) {
        CHECK_EQUAL("depth", "a row", found[i].depth, want[i].depth);
        CHECK_EQUAL("calls", "a row of the tree", found[i].calls, want[i].calls);
        CHECK_TIME("Total", "a row of the tree", found[i].total_text, want[i].total);
    }
    free(found);
    free(want);
}

/* Compares the functions and the call tree of a table with a model. */
static inline void truth_check_table(char* text, truth_model_t* model) {
    CHECK(strstr(text, "0 events lost") != NULL, "the footer says what was lost");
    truth_check_table_functions(&text, model);
    truth_check_table_tree(text, model);
}

#endif /* TRUTH_REPORT_H */
