/* Every public macro in C++, in every place where it may stand. The program gives 0 with recording
   and without, with exceptions and without; tests/names.sh checks that no public macro is missing. */
#define HOTPATH_SHORT_NAMES
#include "hotpath.h"

#include <stdlib.h>
#include <string.h>

#include <memory>
#include <string>
#include <vector>

#include "all_macros.h"

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
    HOTPATH_VALUE("int", i);
    HOTPATH_VALUE("string", string);
    HOTPATH_VALUE("enum class", size::large);
    HOTPATH_TEXT("string", string.c_str());
    if (i > 0)
        HOTPATH_TEXT("in an if", "a");
    else
        HOTPATH_MESSAGE("in an else");
    HOTPATH_MESSAGE(string.c_str());
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

} // namespace

int main() {
    HOTPATH_MAIN();
    HOTPATH_THREAD_NAME("main");
    HOTPATH_FRAME("frame");
    HOTPATH_MARK("phase");
    HOTPATH_FRAME_BUDGET("frame", 16000000);
    spans("SELECT 1");
    locks();
    if (evaluations != 0) io(1);
    tasks();
    loops();
    values();
    ends_unused();
    functions();
    if (!blocks()) return 6;
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
