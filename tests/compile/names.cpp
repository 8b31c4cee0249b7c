/* Names of real C++ functions: the program gives 0 if the recorder shortens each as it should. */
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"

#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <utility>
#include <vector>

static int numbers[3];

namespace ns {
struct World {
    World() { HOTPATH_FUNC(); }
    ~World() { HOTPATH_FUNC(); }
    operator int() const {
        HOTPATH_FUNC();
        return 1;
    }
    int operator()(int v) {
        HOTPATH_FUNC();
        return v;
    }
    bool operator<(const World&) const {
        HOTPATH_FUNC();
        return true;
    }
    World& operator<<(int) {
        HOTPATH_FUNC();
        return *this;
    }
    World* operator->() {
        HOTPATH_FUNC();
        return this;
    }
    int (&array(int))[3] {
        HOTPATH_FUNC();
        return numbers;
    }
    void (*callback(char))(double) {
        HOTPATH_FUNC();
        return nullptr;
    }
    template <class T> T generic(T v) const {
        HOTPATH_FUNC();
        return [&](const std::map<int, T>&) {
            HOTPATH_FUNC();
            return v;
        }({});
    }
    int x = 1;
};
template <class T, class U> struct Pair {
    std::pair<T, U> both(const std::map<T, std::vector<U>>&) const {
        HOTPATH_FUNC();
        return std::pair<T, U>();
    }
};
namespace {
int hidden(int v) {
    HOTPATH_FUNC();
    return v;
}
} // namespace
} // namespace ns

static decltype(auto) deduced(int v) {
    HOTPATH_FUNC();
    return (v + 1);
}
template <class T> static auto trailing(T v) -> decltype(v + 1) {
    HOTPATH_FUNC();
    return v + 1;
}
static void (*(*nested(int))(double))(char) {
    HOTPATH_FUNC();
    return nullptr;
}
template <class F> static void call(F f) {
    HOTPATH_FUNC();
    f(1);
}

static void run_all() {
    HOTPATH_FUNC();
    ns::World w;
    int sum = static_cast<int>(w) + w(1) + w->x + w.array(1)[0] + w.generic(1);
    sum += static_cast<int>(w.generic(std::string("text")).size());
    sum += (w < w) + deduced(1) + trailing(2L) + ns::hidden(3) + (w << 1).x;
    sum += ns::Pair<int, long>().both({}).first + ns::Pair<char, int>().both({}).second;
    sum += w.callback('c') == nullptr;
    sum += nested(1) == nullptr;
    call([&](auto v) {
        HOTPATH_FUNC();
        sum += static_cast<int>(v);
    });
    std::printf("%d\n", sum);
}

static const char* const names[] = {"run_all", "ns::World::World", "ns::World::~World",
    "ns::World::operator int", "ns::World::operator()", "ns::World::operator<",
    "ns::World::operator<<", "ns::World::operator->", "ns::World::array", "ns::World::callback",
    "ns::World::generic", "ns::World::generic::<lambda>", "ns::Pair::both",
#if defined(__clang__)
    "ns::(anonymous namespace)::hidden",
#else
    "ns::{anonymous}::hidden",
#endif
    "deduced", "trailing", "nested", "call", "run_all::<lambda>"};

int main() {
    const std::size_t wanted = sizeof names / sizeof names[0];
    std::size_t count = 0, called = 0, wrong = 0;
    run_all();
    hotpath_snapshot_t* const snapshot = hotpath_snapshot_take(nullptr);
    const hotpath_function_t* const functions = hotpath_snapshot_functions(snapshot, &count);
    for (std::size_t i = 0; i < count; i++) {
        if (functions[i].calls == 0) continue;
        std::size_t k = 0;
        while (k < wanted && std::strcmp(names[k], functions[i].name) != 0)
            k++;
        if (k == wanted) std::printf("not a name: %s\n", functions[i].name);
        wrong += k == wanted;
        called++;
    }
    if (called != wanted) std::printf("%zu functions, not %zu\n", called, wanted);
    hotpath_snapshot_free(snapshot);
    return wrong == 0 && called == wanted ? 0 : 1;
}
