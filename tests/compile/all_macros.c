/* Every public macro, in every place where it may stand. The program gives 0 with recording and
   without; tests/names.sh checks that no public macro is missing here. */
#define HOTPATH_SHORT_NAMES
#if !defined(_GNU_SOURCE)
    #define _GNU_SOURCE 1 /* strdup and aligned_alloc, in every standard */
#endif
#include "hotpath.h"
#include <stdlib.h>
#include <string.h>

typedef struct point {
    double x, y;
} point_t;

/* Neither sizeof nor _Generic takes them as they are. */
typedef struct flags {
    unsigned few : 3;
    int less : 5;
    unsigned many : 30;
} flags_t;

static int evaluations;

static int once(int v) {
    evaluations++;
    return v;
}

static void nothing(void) { HOTPATH_FUNC(); }

static int early_return(int x) {
    HOTPATH_FUNC();
    if (x > 1) return x;
    {
        HOTPATH_SCOPE("inner");
        if (x == 1) return -x;
    }
    return 0;
}

static int logged(int x) {
    HOTPATH_FUNC_LOG();
    if (x < 0) {
        HOTPATH_ERROR("negative");
        HOTPATH_RETURN(-1);
    }
    HOTPATH_RETURN(x * 2);
}

static const char* logged_text(void) {
    HOTPATH_FUNC_LOG();
    HOTPATH_RETURN("text");
}

static point_t position(int i) {
    point_t p;
    HOTPATH_FUNC();
    p.x = (double)i;
    p.y = -p.x;
    return p;
}

static uint64_t two_on_a_line(void) {
    /* clang-format off */
    HOTPATH_SCOPE("left"); HOTPATH_SCOPE("right");
    HOTPATH_BEGIN(a, "a"); HOTPATH_BEGIN(b, "b");
    /* clang-format on */
    {
        uint64_t ns = HOTPATH_END(b);
        ns += HOTPATH_END(a);
        return ns;
    }
}

static void ends_unused(void) {
    HOTPATH_BEGIN(phase, "phase");
    HOTPATH_END(phase);
}

static void loops(void) {
    int i;
    HOTPATH_SCOPE("loops");
    for (i = 0; i < 3; i++) {
        HOTPATH_SCOPE("body");
        if (i == 1) continue;
        HOTPATH_BYTES(i);
    }
    switch (i) {
        case 3: {
            HOTPATH_SCOPE("case");
            break;
        }
        default: break;
    }
    while (i > 0) {
        HOTPATH_SCOPE_NAMED(i == 2 ? "two" : "other");
        if (--i == 1) goto out;
    }
out:
    HOTPATH_BYTES(1u);
}

static void values(void) {
    int i = -1;
    const int ci = 2;
    bool flag = true;
    char text[] = "text";
    const char* constant = "constant";
    double d = 0.5;
    float f = 0.25f;
    void* pointer = &i;
    unsigned char small = 3;
    struct {
        unsigned three : 3;
    } bits = {5};
    HOTPATH_BYTES(bits.three);
    HOTPATH_VAL("bits", bits.three + 0u);
    HOTPATH_VAL("int", i);
    HOTPATH_VAL("const int", ci);
    HOTPATH_VAL("bool", flag);
    HOTPATH_VAL("char", (char)'c');
    HOTPATH_VAL("literal", "literal");
    HOTPATH_VAL("float", f);
    HOTPATH_VAL("double", d);
    HOTPATH_VAL("small", small);
    HOTPATH_VAL("size", sizeof(text));
    if (i < 0)
        HOTPATH_VAL("in an if", 1);
    else
        HOTPATH_VAL("in an else", 2);
#if defined(__GNUC__) || __STDC_VERSION__ >= 201112L
    HOTPATH_VAL("array", text);
    HOTPATH_VAL("constant", constant);
    HOTPATH_VAL("pointer", pointer);
#endif
    HOTPATH_GAUGE_SET("queue", 3);
    HOTPATH_GAUGE_INC("queue", 1);
    HOTPATH_GAUGE_DEC("queue", 1);
    HOTPATH_GAUGE_SET("load", d);
    i = HOTPATH_DBG(once(4) + 1);
    HOTPATH_DBG(i);
    HOTPATH_DBG(once(i));
    d = HOTPATH_DBG(d * 2.0) + HOTPATH_DBG(1.0);
    constant = HOTPATH_DBG(constant);
    pointer = HOTPATH_DBG(pointer);
    (void)constant, (void)pointer, (void)flag, (void)f, (void)small, (void)d, (void)ci;
    {
        point_t p = HOTPATH_DBG_FORMAT(v, position(once(3)), "(%g, %g)", v.x, v.y);
        (void)p;
    }
}

static void bit_fields(const flags_t* flags) {
    HOTPATH_VAL("few", flags->few);
    HOTPATH_VAL("less", flags->less);
    HOTPATH_VAL("many", flags->many);
    HOTPATH_BYTES(flags->few);
    HOTPATH_BYTES(flags->many);
    HOTPATH_GAUGE_SET("bits", flags->less);
    HOTPATH_GAUGE_INC("bits", flags->few);
    HOTPATH_GAUGE_DEC("bits", flags->many);
    if (flags->few != 0)
        HOTPATH_VAL("assigned", evaluations += 100);
    else
        HOTPATH_BYTES(evaluations++);
}

/* The short names say the same. */
static int short_names(int x) {
    HP_FUNC_LOG();
    HP_SCOPE("short");
    HP_SCOPE_NAMED("named");
    HP_BEGIN(b, "b");
    HP_END(b);
    HP_ERROR("reason");
    HP_BYTES(16);
    {
        char* block = (char*)HP_MALLOC(10);
        char* copy = HP_STRDUP("copy");
        block = (char*)HP_REALLOC(block, 20);
        HP_FREE(block);
        HP_FREE(copy);
        block = (char*)HP_CALLOC(1, 1);
        HP_ALLOC_EVENT(block, 3);
        HP_FREE_EVENT(block);
        HP_HEAP_ALLOC_EVENT("pool", block, 4);
        HP_HEAP_FREE_EVENT("pool", block);
        HP_HEAP_RESET_EVENT("pool");
        HP_FREE(block);
        HP_FREE(HP_ALIGNED_ALLOC(64, 64));
    }
    HP_THREAD_NAME("main");
    HP_FRAME("frame");
    HP_MARK("phase");
    HP_FRAME_BUDGET("frame", x);
    HP_VAL("v", x);
    HP_GAUGE_SET("g", x);
    HP_GAUGE_INC("g", x);
    HP_GAUGE_DEC("g", x);
    x = HP_DBG(x);
    x = HP_DBG_FORMAT(v, x, "%d", v);
    {
        HP_FUNC();
        HP_RETURN(x);
    }
}

/* Names for the functions that a program calls by hand. */
static hotpath_site_t by_hand = HOTPATH_SITE_INIT("by hand", HOTPATH_KIND_SCOPE);

static bool discard(void* user, const char* data, size_t size) {
    (void)user, (void)data, (void)size;
    return true;
}

static void functions(void) {
    hotpath_token_t token;
    hotpath_snapshot_desc_t desc = {0, 0, 0, 0};
    hotpath_report_desc_t report = {0, false};
    hotpath_snapshot_t* snapshot;
    hotpath_begin(&by_hand, &token);
    hotpath_end(&token);
    hotpath_record("gpu", "pass", 1, 2);
    hotpath_app_info("version", HOTPATH_VERSION);
    hotpath_context_switch(NULL);
    hotpath_unwind(hotpath_depth());
    (void)hotpath_enable(hotpath_enable(true));
    (void)hotpath_enable_group(HOTPATH_GROUP, true);
    (void)hotpath_time_sampling(NULL, HOTPATH_TIME_SAMPLING_AUTO);
    (void)hotpath_time_sampling(NULL, 1);
    (void)hotpath_time_sampling("functions", 1);
    (void)hotpath_named_site_in("runtime name", __FILE__, __LINE__, HOTPATH_GROUP);
    desc.parts = HOTPATH_PART_TREE | HOTPATH_PART_THREADS | HOTPATH_PART_LOGS |
                 HOTPATH_PART_VALUES | HOTPATH_PART_FUNCTIONS | HOTPATH_PART_FRAMES |
                 HOTPATH_PART_SPANS | HOTPATH_TIMES_LATER;
    snapshot = hotpath_snapshot_take(&desc);
    if (snapshot) {
        hotpath_snapshot_subtract_overhead(snapshot);
        size_t count = 0, i;
        (void)hotpath_snapshot_frames(snapshot, &count);
        const hotpath_node_t* nodes = hotpath_snapshot_nodes(snapshot, &count);
        for (i = 0; i < count; i++) {
            if (nodes[i].parent == HOTPATH_NO_NODE) HOTPATH_BYTES(1);
        }
        hotpath_snapshot_times(snapshot, NULL, 0);
        report.format = HOTPATH_FORMAT_JSON;
        hotpath_report(snapshot, &report, discard, NULL);
    }
    hotpath_snapshot_free(snapshot);
}

#undef HOTPATH_GROUP
#define HOTPATH_GROUP "a group"
/* A declaration of the user's own that is visible as the public functions are. */
HOTPATH_API int visible(void);
int visible(void) { return 0; }

static void spans(const char* key) {
    HOTPATH_SPAN(query, HOTPATH_SPAN_SQL, key);
    HP_SPAN(request, HOTPATH_SPAN_HTTP, "GET http://host/");
    hotpath_span_t route;
    hotpath_span_begin(&route, HOTPATH_SPAN_SERVER, key, HOTPATH_SPAN_KEY_MAX / 100);
    hotpath_span_rows(&query, HOTPATH_SPAN_CALLERS);
    hotpath_span_fullscan(&query, HOTPATH_SPAN_SLOWEST);
    hotpath_span_bytes(&request, 1, 2);
    hotpath_span_phase(&request, HOTPATH_SPAN_PHASE_TLS, HOTPATH_SPAN_PHASES);
    hotpath_span_status(&route, 500);
    hotpath_span_error(&route, "reason");
    hotpath_span_detach(&route);
    hotpath_span_end(&route);
    hotpath_span_record(HOTPATH_SPAN_SQL, key, SIZE_MAX, 1, 0);
}

static int started(void) {
    HP_MAIN();
    return 0;
}

int main(void) {
    HOTPATH_MAIN();
    HOTPATH_THREAD_NAME("main");
    HOTPATH_FRAME("frame");
    HOTPATH_MARK("phase");
    HOTPATH_FRAME_BUDGET("frame", 16000000);
    spans("SELECT 1");
    nothing();
    loops();
    values();
    {
        flags_t flags = {0, -2, 7};
        bit_fields(&flags);
        /* With recording an argument is evaluated once, and without it never. */
        evaluations -= HOTPATH_I_ON;
    }
    {
        char* block = (char*)HOTPATH_MALLOC(10);
        char* copy = HOTPATH_STRDUP("copy");
        block = (char*)HOTPATH_REALLOC(block, 20);
        HOTPATH_FREE(block);
        HOTPATH_FREE(copy);
        block = (char*)HOTPATH_CALLOC(HOTPATH_ALLOC_SIZES, HOTPATH_ALLOC_AGES);
        if (block != 0 && block[0] != 0) evaluations++;
        HOTPATH_ALLOC_EVENT(block + 1, 3);
        HOTPATH_FREE_EVENT(block + 1);
        HOTPATH_HEAP_ALLOC_EVENT("pool", block + 2, 4);
        HOTPATH_HEAP_FREE_EVENT("pool", block + 2);
        HOTPATH_HEAP_RESET_EVENT("pool");
        HOTPATH_FREE(block);
        block = (char*)HOTPATH_ALIGNED_ALLOC(64, 64);
        if (block == 0 || (size_t)block % 64 != 0) evaluations++;
        HOTPATH_FREE(block);
    }
    ends_unused();
    functions();
    if (evaluations != 3) /* once in each HOTPATH_DBG and HOTPATH_DBG_FORMAT */
        return 1;
    if (early_return(2) != 2 || early_return(1) != -1 || early_return(0) != 0) return 2;
    if (logged(4) != 8 || logged(-4) != -1 || logged_text()[0] != 't' || short_names(3) != 3)
        return 3;
    if (HOTPATH_VERSION_NUMBER !=
        HOTPATH_VERSION_MAJOR * 10000 + HOTPATH_VERSION_MINOR * 100 + HOTPATH_VERSION_PATCH)
        return 4;
    (void)two_on_a_line();
    return visible() + started();
}
