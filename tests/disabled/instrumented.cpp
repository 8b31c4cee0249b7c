/* As instrumented.c, with what C++ adds: destructors, exceptions, templates, moved values. */
#if defined(BY_HAND)
    #include "tests/disabled/by_hand.h"
#else
    #define HOTPATH_IMPLEMENTATION
    #include "hotpath.h"
#endif
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

static int counter = 3;

class table {
  public:
    explicit table(size_t n) : rows_(n) { HOTPATH_FUNC(); }
    ~table() {
        HOTPATH_FUNC();
        counter--;
    }
    table(const table&) = default;
    table& operator=(const table&) = default;
    size_t find(const std::string& row) const {
        HOTPATH_FUNC_LOG();
        for (size_t i = 0; i < rows_.size(); i++) {
            HOTPATH_SCOPE("row");
            if (rows_[i] == row) HOTPATH_RETURN(i);
        }
        HOTPATH_ERROR("not found");
        HOTPATH_RETURN(rows_.size());
    }
    std::string& operator[](size_t i) {
        HOTPATH_SCOPE_NAMED(rows_[i].c_str());
        return rows_.at(i);
    }

  private:
    std::vector<std::string> rows_;
};

template <class T> T twice(const T& v) {
    HOTPATH_FUNC();
    HOTPATH_VAL("v", v);
    return HOTPATH_DBG(v + v);
}

std::string name(int i) {
    HOTPATH_FUNC_LOG();
    HOTPATH_RETURN("name " + std::to_string(i));
}

std::unique_ptr<int> boxed(int i) {
    HOTPATH_FUNC_LOG();
    std::unique_ptr<int> p(new int(i));
    HOTPATH_GAUGE_INC("boxes", 1);
    HOTPATH_RETURN(std::unique_ptr<int>(std::move(p)));
}

struct flags {
    unsigned few : 3;
    long long less : 40;
};
inline int only_here(int i) { return counter * i; } /* no code if it is not called */

std::string moved(std::string text, flags& f) {
    HOTPATH_FUNC_LOG();
    std::string local = text + "!";
    HOTPATH_VAL("few", f.few);
    HOTPATH_BYTES(f.less++);
    HOTPATH_GAUGE_SET("less", only_here(1));
    HOTPATH_VALUE("less", only_here(1));
    HOTPATH_GAUGE_INC("less", f.less);
    if (f.few == 0) HOTPATH_RETURN(std::move(text));
    HOTPATH_RETURN(std::move(local));
}

int guarded(int i) {
    try {
        HOTPATH_SCOPE("guarded");
        if (i > 1) throw std::runtime_error(name(i));
        HOTPATH_BYTES(i);
    } catch (const std::exception& e) {
        HOTPATH_ERROR("exception");
        HOTPATH_VAL("what", e.what());
        return -1;
    }
    return i;
}

int main(int argc, char** argv) {
    HOTPATH_MAIN();
    HOTPATH_THREAD_NAME("main");
    HOTPATH_FRAME("frame");
    HOTPATH_SPAN(route, HOTPATH_SPAN_SERVER, argv[0]);
    hotpath_span_rows(&route, (uint64_t)argc++);
    HOTPATH_MARK("phase");
    HOTPATH_TASK_CREATE((hotpath_task_t*)&argv[argc++], argv[0]);
    HOTPATH_TASK_POLL_BEGIN((hotpath_task_t*)&argv[argc++]);
    HOTPATH_TASK_RESULT((hotpath_task_t*)&argv[argc++], argc++);
    HOTPATH_TASK_POLL_END((hotpath_task_t*)&argv[argc++]);
    HOTPATH_TASK_DONE((hotpath_task_t*)&argv[argc++]);
    HOTPATH_TASK_CANCEL((hotpath_task_t*)&argv[argc++]);
    HOTPATH_FRAME_BUDGET("frame", 16000000);
    HOTPATH_STREAM_ITEM("items", argc++);
    HOTPATH_BEGIN(phase, "phase");
    table t(4);
    t[1] = name(argc);
    HOTPATH_VAL("program", argv[0]);
    HOTPATH_TEXT("program", argv[0]);
    HOTPATH_MESSAGE(argv[0]);
    HOTPATH_SCOPE_COLOR("colored", 0x336699);
    const int value = HOTPATH_DBG(*boxed(argc)) + HOTPATH_DBG(guarded(argc));
    const std::string text = HOTPATH_DBG(twice(t[1]));
    HOTPATH_END(phase);
    HOTPATH_GAUGE_SET("g", value);
    HOTPATH_GAUGE_DEC("g", 1);
    std::printf("%zu %d %s %d\n", t.find(text), value, text.c_str(), twice(counter));
    return 0;
}
