/* FLAGS: -DHOTPATH_MCP -DTRUTH_SERVER */
/* LIBS: -lcivetweb */
/* Truth of the server: what /api and MCP answer of the random trees of test_truth_tree.c is equal to
   the tick and to the call, since the start and since a token; snapshot, report and server agree. */
#include "recorder_virtual.c"
#include "test_truth_tree.c"
#include "hotpath_mcp.c"
#include "mcp_truth.h"

static void check_functions(const char* path, truth_model_t* model, char** text) {
    double whole = truth_model_self_sum(model);
    size_t wanted = 0, found = 0;
    uint64_t last = UINT64_MAX;
    truth_json_t* answer = ask(http.port, path, text);
    if (answer == NULL) return;
    for (uint32_t i = 0; i < model->functions_count; i++)
        wanted += model->functions[i].counts.calls != 0 || model->functions[i].counts.open != 0;
    for (const truth_json_t* r = truth_json_first(answer, "data"); r != NULL; r = r->next) {
        uint32_t match = truth_json_match(r, model);
        CHECK(truth_json_u64(r, "self_ns") <= last, "the rows are sorted by self time");
        last = truth_json_u64(r, "self_ns");
        found++;
        if (match == TRUTH_NONE) continue;
        truth_function_t* want = &model->functions[match];
        const truth_json_t* bounds = truth_json_get(r, "bounds_only");
        if (bounds != NULL && bounds->type == TRUTH_JSON_TRUE) { /* min and max are bounds */
            CHECK_EQUAL("calls", want->name, truth_json_u64(r, "calls"), want->counts.calls);
            CHECK_EQUAL("total_ns", want->name, truth_json_u64(r, "total_ns"), want->counts.total);
            CHECK_EQUAL("self_ns", want->name, truth_json_u64(r, "self_ns"), want->counts.self);
            CHECK_EQUAL("errors", want->name, truth_json_u64(r, "errors"), want->counts.errors);
            CHECK_EQUAL("bytes", want->name, truth_json_u64(r, "bytes"), want->counts.bytes);
            CHECK_EQUAL("sampled_calls", want->name, truth_json_u64(r, "sampled_calls"),
                want->completed.count);
        } else {
            truth_check_json_function(r, want, whole);
        }
    }
    CHECK_EQUAL("rows", path, found, wanted);
    CHECK_EQUAL("total_count", path, truth_json_u64(answer, "total_count"), wanted);
    CHECK_EQUAL("included_count", path, truth_json_u64(answer, "included_count"), wanted);
    CHECK_EQUAL("dropped", path, truth_json_u64(answer, "dropped"), 0);
    truth_json_free(answer);
}
/* The tree: every node that the model has, with the depth and the order of a walk. */
static void check_tree(truth_model_t* model) {
    char* text = NULL;
    uint32_t path[TRUTH_MAX_FRAMES + 2];
    truth_json_t* answer =
        ask(http.port, "/api/query_flamegraph?view=tree&limit=200&min_percent=0", &text);
    size_t wanted = 0, rows = 0;
    for (uint32_t i = 0; i < model->nodes_count; i++)
        wanted += !truth_counts_idle(&model->nodes[i].counts);
    for (const truth_json_t* r = truth_json_first(answer, "data"); r != NULL; r = r->next, rows++) {
        uint64_t depth = truth_json_u64(r, "depth");
        if (!CHECK(depth < TRUTH_MAX_FRAMES, "a depth is too large")) break;
        uint32_t parent = depth == 0 ? TRUTH_NONE : path[depth - 1], match = TRUTH_NONE;
        uint32_t first =
            parent == TRUTH_NONE ? model->first_root : model->nodes[parent].first_child;
        /* Names may be shared by functions of different lines: the numbers decide. */
        for (uint32_t i = first; i != TRUTH_NONE; i = model->nodes[i].next_sibling) {
            const truth_counts_t* c = &model->nodes[i].counts;
            if (strcmp(model->functions[model->nodes[i].function].name,
                    truth_json_text(r, "name")) == 0 &&
                c->calls == truth_json_u64(r, "calls") &&
                c->total == truth_json_u64(r, "total_ns") &&
                c->self == truth_json_u64(r, "self_ns"))
                match = i;
        }
        if (!CHECK(match != TRUTH_NONE, "%s at depth %" PRIu64 " never was so",
                truth_json_text(r, "name"), depth))
            break;
        path[depth] = match;
    }
    CHECK_EQUAL("rows", "the tree", rows, wanted < 200 ? wanted : 200);
    CHECK_EQUAL("total_count", "the tree", truth_json_u64(answer, "total_count"), wanted);
    truth_json_free(answer);
    free(text);
}
/* Pages of two rows hold what one page holds: none lost, none twice. */
static void check_pages(const char* whole) {
    char path[512] = "/api/functions_timing?limit=7";
    size_t rows = 0, total = 0;
    bool seen[16384];
    memset(seen, 0, sizeof seen);
    history_lock();
    history_tick(); /* pages after the first read a baseline: of this moment, in which all rests */
    history_unlock();
    for (int page = 0; page < 100; page++) {
        char* text = NULL;
        truth_json_t* answer = ask(http.port, path, &text);
        const truth_json_t* data = truth_json_get(answer, "data");
        const truth_json_t* cursor = truth_json_get(answer, "next_cursor");
        if (data == NULL) {
            truth_json_free(answer);
            free(text);
            return;
        }
        total = truth_json_u64(answer, "total_count");
        for (const truth_json_t* r = data->child; r != NULL; r = r->next, rows++) {
            uint64_t id = truth_json_u64(r, "id");
            if (!CHECK(id < 16384 && !seen[id], "a row is on two pages")) continue;
            seen[id] = true;
        }
        if (cursor != NULL)
            snprintf(path, sizeof path, "/api/functions_timing?limit=7&cursor=%s", cursor->text);
        bool last = cursor == NULL;
        truth_json_free(answer);
        free(text);
        if (last) break;
    }
    CHECK_EQUAL("rows", "all pages", rows, total);
    CHECK(whole != NULL, "an answer");
}
static void check_server(truth_model_t* model) {
    char* text = NULL;
    uint64_t calls = 0, busy = 0;
    check_functions("/api/functions_timing?response_format=detailed&limit=200", model, &text);
    check_mcp(
        http.port, "functions_timing", "{\"response_format\":\"detailed\",\"limit\":200}", text);
    check_pages(text);
    free(text);
    check_tree(model);
    truth_json_t* answer = ask(http.port, "/api/threads?limit=200", &text);
    for (const truth_json_t* r = truth_json_first(answer, "data"); r != NULL; r = r->next) {
        calls += truth_json_u64(r, "calls");
        busy += truth_json_u64(r, "busy_ns");
    }
    CHECK_EQUAL("calls", "all threads", calls, model->calls);
    CHECK_EQUAL("busy", "all threads", busy, model->busy);
    truth_json_free(answer);
    free(text);
}

/* The token that the wave before ended with: what came after it is the window. */
static char token[64];

static void check_server_window(truth_model_t* window) {
    char path[256];
    char* text = NULL;
    if (token[0] != 0) {
        snprintf(path, sizeof path,
            "/api/functions_timing?response_format=detailed&limit=200&since=%s", token);
        check_functions(path, window, &text);
        free(text);
    }
}
static void remember_token(void) {
    history_lock();
    history_tick();
    history_token(history_newest()->tick, token, sizeof token);
    history_unlock();
}
