/* Every public macro in C++, in every place where it may stand. The program gives 0 with recording
   and without, with exceptions and without; tests/names.sh checks that no public macro is missing. */
#define HOTPATH_SHORT_NAMES
#include "hotpath.h"

#include <stdlib.h>
#include <string.h>

#include <memory>
#include <string>
#include <vector>

namespace {

int evaluations;

int once(int v) {
    evaluations++;
    return v;
}

/* A type that can be moved and not copied. */
struct handle {
    explicit handle(int v) : value(v) {}
    handle(handle&& other) noexcept : value(other.value) { other.value = 0; }
    handle(const handle&) = delete;
    handle& operator=(const handle&) = delete;
    handle& operator=(handle&&) = delete;
    int value;
};

struct point {
    double x, y;
};

/* Neither sizeof nor a reference takes them as they are. */
struct flags {
    unsigned few : 3;
    int less : 5;
    unsigned long long many : 40;
};

enum color {
    red = 1,
    green
};
enum class size : unsigned char {
    small = 1,
    large
};

class widget {
  public:
    widget() : value_(1) {
        HOTPATH_FUNC();
        HOTPATH_VAL("this", this);
    }
    ~widget() { HOTPATH_FUNC(); }
    widget(const widget&) = default;
    widget& operator=(const widget&) = default;
    int method(int x) const {
        HOTPATH_FUNC_LOG();
        if (x < 0) {
            HOTPATH_ERROR("negative");
            HOTPATH_RETURN(-1);
        }
        HOTPATH_RETURN(x + value_);
    }
    int operator()(int x) {
        HOTPATH_SCOPE("call");
        return x * value_;
    }

  private:
    int value_;
};

template <class T> T twice(T v) {
    HOTPATH_FUNC();
    {
        HOTPATH_SCOPE("in a template");
        return v + v;
    }
}

inline std::string text(const char* v) {
    HOTPATH_FUNC_LOG();
    HOTPATH_RETURN(std::string(v));
}

handle make_handle(int v) {
    HOTPATH_FUNC_LOG();
    HOTPATH_RETURN(handle(v));
}

std::unique_ptr<int> make_pointer() {
    HOTPATH_FUNC_LOG();
    HOTPATH_RETURN(std::unique_ptr<int>(new int(7)));
}

point position() {
    HOTPATH_FUNC_LOG();
    point p = {1.0, 2.0};
    HOTPATH_RETURN(p);
}

point centre(double x) {
    point p = {x, x};
    return p;
}

uint64_t two_on_a_line() {
    /* clang-format off */
    HOTPATH_SCOPE("left"); HOTPATH_SCOPE("right");
    HOTPATH_BEGIN(a, "a"); HOTPATH_BEGIN(b, "b");
    /* clang-format on */
    uint64_t ns = HOTPATH_END(b);
    ns += HOTPATH_END(a);
    return ns;
}

void ends_unused() {
    HOTPATH_BEGIN(phase, "phase");
    HOTPATH_END(phase);
}

void loops() {
    HOTPATH_SCOPE("loops");
    for (int i = 0; i < 3; i++) {
        HOTPATH_SCOPE("body");
        if (i == 1) continue;
        HOTPATH_BYTES(i);
    }
    int n = 2;
    switch (n) {
        case 2: {
            HOTPATH_SCOPE("case");
            break;
        }
        default: break;
    }
    const std::string named = "runtime";
    while (n > 0) {
        HOTPATH_SCOPE_NAMED(named.c_str());
        n--;
    }
    auto lambda = [](int v) {
        HOTPATH_FUNC();
        return v;
    };
    HOTPATH_BYTES(lambda(1));
}

void bit_fields(const flags& f) {
    HOTPATH_VAL("few", f.few);
    HOTPATH_VAL("less", f.less);
    HOTPATH_VAL("many", f.many);
    HOTPATH_BYTES(f.few);
    HOTPATH_BYTES(f.many);
    HOTPATH_GAUGE_SET("bits", f.less);
    HOTPATH_GAUGE_INC("bits", f.few);
    HOTPATH_GAUGE_DEC("bits", f.many);
}

/* A move is needed with recording and may not be told as a mistake without. */
std::string moved_local(int i) {
    HOTPATH_FUNC_LOG();
    std::string text("local");
    if (i == 0)
        HOTPATH_RETURN(std::move(text));
    else
        text += "!";
    HOTPATH_RETURN(std::move(text));
}
std::string moved_parameter(std::string text) {
    HOTPATH_FUNC_LOG();
    HOTPATH_RETURN(std::move(text));
}
handle moved_handle() {
    HOTPATH_FUNC_LOG();
    handle h(7);
    HOTPATH_RETURN(std::move(h));
}

void values() {
    std::string string = "string";
    const char* constant = "constant";
    int i = 1;
    double d = 2.0;
    struct {
        unsigned three : 3;
    } bits = {5};
    HOTPATH_BYTES(bits.three);
    HOTPATH_VAL("bits", bits.three);
    HOTPATH_GAUGE_SET("bits now", bits.three);
    HOTPATH_VAL("int", i);
    HOTPATH_VAL("string", string);
    HOTPATH_VAL("constant", constant);
    HOTPATH_VAL("literal", "literal");
    HOTPATH_VAL("enum", red);
    HOTPATH_VAL("enum class", size::large);
    HOTPATH_VAL("pointer", &i);
    HOTPATH_VAL("size", string.size());
    if (i == 1)
        HOTPATH_VAL("in an if", true);
    else
        HOTPATH_VAL("in an else", 'c');
    HOTPATH_GAUGE_SET("queue", 3);
    HOTPATH_GAUGE_INC("queue", 1L);
    HOTPATH_GAUGE_DEC("queue", 1LL);
    HOTPATH_GAUGE_SET("load", 0.5);
    i = HOTPATH_DBG(once(4) + 1);
    d = HOTPATH_DBG(d * 2.0) + HOTPATH_DBG(1.0);
    string = HOTPATH_DBG(string + "!");
    constant = HOTPATH_DBG(constant);
    const size big = HOTPATH_DBG(size::large);
    const handle moved = HOTPATH_DBG(handle(once(3)));
    const std::vector<int> list = HOTPATH_DBG(std::vector<int>(3, 1));
    const point p = HOTPATH_DBG_FORMAT(v, centre(once(2)), "(%g, %g)", v.x, v.y);
    bit_fields({1, 2, 3});
    if (moved_local(0) != "local" || moved_local(1) != "local!" || moved_handle().value != 7 ||
        moved_parameter("p") != "p")
        evaluations = -1000;
    if (i != 5 || moved.value != 3 || list.size() != 3 || big != size::large) evaluations = -1000;
    (void)p, (void)d, (void)constant;
}

int short_names(int x) {
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

int throws(bool now) {
#if defined(__cpp_exceptions) || defined(__EXCEPTIONS)
    try {
        HOTPATH_SCOPE("throws");
        if (now) throw 1;
    } catch (int v) {
        HOTPATH_ERROR("thrown");
        return v;
    }
    return 0;
#else
    return now ? 1 : 0;
#endif
}

hotpath_site_t by_hand = HOTPATH_SITE_INIT("by hand", HOTPATH_KIND_SCOPE);

bool discard(void* user, const char* data, size_t length) {
    (void)user, (void)data, (void)length;
    return true;
}

void functions() {
    hotpath_token_t token;
    hotpath_begin(&by_hand, &token);
    hotpath_end(&token);
    hotpath_record("gpu", "pass", 1, 2);
    hotpath_app_info("version", HOTPATH_VERSION);
    hotpath_context_switch(nullptr);
    hotpath_unwind(hotpath_depth());
    (void)hotpath_enable(hotpath_enable(true));
    (void)hotpath_enable_group(HOTPATH_GROUP, true);
    (void)hotpath_time_sampling(NULL, HOTPATH_TIME_SAMPLING_AUTO);
    (void)hotpath_time_sampling(NULL, 1);
    (void)hotpath_time_sampling("functions", 1);
    (void)hotpath_named_site_in("runtime name", __FILE__, __LINE__, HOTPATH_GROUP);
    hotpath_snapshot_desc_t desc = hotpath_snapshot_desc_t();
    desc.parts = HOTPATH_PART_TREE | HOTPATH_PART_THREADS | HOTPATH_PART_LOGS |
                 HOTPATH_PART_VALUES | HOTPATH_PART_FUNCTIONS | HOTPATH_PART_FRAMES |
                 HOTPATH_PART_SPANS | HOTPATH_TIMES_LATER;
    hotpath_snapshot_t* snapshot = hotpath_snapshot_take(&desc);
    if (snapshot) {
        hotpath_snapshot_subtract_overhead(snapshot);
        size_t count = 0;
        (void)hotpath_snapshot_frames(snapshot, &count);
        const hotpath_node_t* nodes = hotpath_snapshot_nodes(snapshot, &count);
        for (size_t i = 0; i < count; i++) {
            if (nodes[i].parent == HOTPATH_NO_NODE) HOTPATH_BYTES(1);
        }
        hotpath_snapshot_times(snapshot, nullptr, 0);
        hotpath_report_desc_t report = hotpath_report_desc_t();
        report.format = HOTPATH_FORMAT_JSON;
        hotpath_report(snapshot, &report, discard, nullptr);
    }
    hotpath_snapshot_free(snapshot);
}

int started() {
    HP_MAIN();
    return 0;
}

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
    hotpath_span_record(HOTPATH_SPAN_SQL, key, SIZE_MAX, 1, nullptr);
}

} // namespace

/* A declaration of the user's own that is visible as the public functions are. */
HOTPATH_API int visible();
int visible() { return 0; }

int main() {
    HOTPATH_MAIN();
    HOTPATH_THREAD_NAME("main");
    HOTPATH_FRAME("frame");
    HOTPATH_MARK("phase");
    HOTPATH_FRAME_BUDGET("frame", 16000000);
    spans("SELECT 1");
    loops();
    values();
    {
        char* block = static_cast<char*>(HOTPATH_MALLOC(10));
        char* copy = HOTPATH_STRDUP("copy");
        block = static_cast<char*>(HOTPATH_REALLOC(block, 20));
        HOTPATH_FREE(block);
        HOTPATH_FREE(copy);
        block = static_cast<char*>(HOTPATH_CALLOC(HOTPATH_ALLOC_SIZES, HOTPATH_ALLOC_AGES));
        if (block != nullptr && block[0] != 0) evaluations++;
        HOTPATH_ALLOC_EVENT(block + 1, 3);
        HOTPATH_FREE_EVENT(block + 1);
        HOTPATH_HEAP_ALLOC_EVENT("pool", block + 2, 4);
        HOTPATH_HEAP_FREE_EVENT("pool", block + 2);
        HOTPATH_HEAP_RESET_EVENT("pool");
        HOTPATH_FREE(block);
        block = static_cast<char*>(HOTPATH_ALIGNED_ALLOC(64, 64));
        if (block == nullptr || reinterpret_cast<size_t>(block) % 64 != 0) evaluations++;
        HOTPATH_FREE(block);
    }
    ends_unused();
    functions();
    if (evaluations != 3) /* once in each HOTPATH_DBG and HOTPATH_DBG_FORMAT */
        return 1;
    widget w;
    if (w.method(2) != 3 || w.method(-2) != -1 || w(3) != 3 || twice(2) != 4 || twice(0.5) < 1.0)
        return 2;
    if (text("a") != "a" || make_handle(3).value != 3 || *make_pointer() != 7 ||
        position().y < 2.0 || short_names(3) != 3)
        return 3;
    if (HOTPATH_VERSION_NUMBER !=
        HOTPATH_VERSION_MAJOR * 10000 + HOTPATH_VERSION_MINOR * 100 + HOTPATH_VERSION_PATCH)
        return 4;
    if (throws(true) != 1 || throws(false) != 0) return 5;
    (void)two_on_a_line();
    return visible() + started();
}
