/* Truth: the short name of a C++ function, of what __PRETTY_FUNCTION__ is by gcc 12 and clang 14.
   tests/compile/names.cpp has real functions. */
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "truth.h"

typedef struct spelling {
    const char *name, *pretty;
} spelling_t;

static const spelling_t of_gcc[] = {
    {"main", "int main(int, char**)"},
    {"ns::World::update", "void ns::World::update(float)"},
    {"ns::World::ref", "const ns::World& ns::World::ref() const"},
    {"ns::World::ptr", "int* ns::World::ptr(int)"},
    {"ns::World::World", "ns::World::World()"},
    {"ns::Pair::~Pair", "ns::Pair<T, U>::~Pair() [with T = int; U = std::vector<int>]"},
    {"ns::Pair::g", "V ns::Pair<T, U>::g(V) [with V = std::pair<int, int>; T = int; U = int]"},
    {"outer::S::m", "void outer(T)::S::m() [with T = std::__cxx11::basic_string<char>]"},
    {"Fn::call", "R Fn<R(A ...)>::call(A ...) [with R = void; A = {int, char}]"},
    {"retfn", "std::function<void(int, int)> retfn(std::function<int(char)>)"},
    {"val", "int val() [with int N = 4; bool B = true]"},
    {"cull", "const long long unsigned int cull()"},
    {"vp", "volatile int* const vp()"},
    /* Results that have their name in the middle. */
    {"top", "void (* top(int))(double)"},
    {"top2", "void (* (* top2(int))(double))(char)"},
    {"ns::World::fptr", "void (* ns::World::fptr(int))(double)"},
    {"ns::World::arr", "int (& ns::World::arr())[3]"},
    {"ns::Pair::arr", "int (& ns::Pair<T, U>::arr(T))[N] [with int N = 4; T = int; U = int]"},
    {"ns::World::pmf", "int (ns::World::* ns::World::pmf())(int)"},
    {"ns::World::pm", "int ns::World::* ns::World::pm()"},
    {"da", "decltype(auto) da(int)"},
    {"dt", "decltype ((T() + 1)) dt(T) [with T = int; decltype ((T() + 1)) = int]"},
    {"less", "decltype ((a < b)) less(T, T) [with T = int; decltype ((a < b)) = bool]"},
    /* Operators. */
    {"ns::World::operator()", "int ns::World::operator()(int)"},
    {"ns::World::operator[]", "int ns::World::operator[](int)"},
    {"operator<", "bool operator<(const ns::Pair<T, int>&, int) [with T = int]"},
    {"ns::World::operator<<", "bool ns::World::operator<<(int) const"},
    {"operator>>", "std::vector<T> operator>>(const ns::Pair<T, int>&, int) [with T = int]"},
    {"W::operator<=>", "auto W::operator<=>(const W&) const"},
    {"ns::World::operator->", "ns::World* ns::World::operator->()"},
    {"X::operator->*", "auto X<T>::operator->*(int) [with T = int]"},
    {"ns::World::operator,", "bool ns::World::operator,(int)"},
    {"ns::World::operator=", "ns::World& ns::World::operator=(int)"},
    {"operator\"\"_km", "long int operator\"\"_km(long long unsigned int)"},
    {"ns::World::operator new[]", "static void* ns::World::operator new [](size_t)"},
    {"ns::World::operator delete", "static void ns::World::operator delete(void*)"},
    {"W::operator==::<lambda>", "W::operator==<int>(int) const::<lambda()>"},
    {"W::operator<<::<lambda>", "W::operator<< <int>(int) const::<lambda()>"},
    {"operators::operator_like", "void operators::operator_like()"},
    {"operator+", "operators operator+(operators, operators)"},
    /* Conversions. */
    {"ns::World::operator int", "ns::World::operator int() const"},
    {"ns::World::operator const char*", "ns::World::operator const char*() const"},
    {"ns::World::operator std::map", "ns::World::operator std::map<int, char>() const"},
    {"X::operator bool", "X<T>::operator bool() [with T = int]"},
    /* Lambdas and what has no name. */
    {"main::<lambda>", "main(int, char**)::<lambda(int)>"},
    {"main::<lambda>::<lambda>", "main(int, char**)::<lambda()> mutable::<lambda(int)>"},
    {"lref::<lambda>", "lref()::<lambda(auto:11)> [with auto:11 = const char*]"},
    {"W::c::<lambda>", "W::c() const::<lambda(auto:1 ...)> [with auto:1 = {int, int}]"},
    {"W::r::<lambda>", "W::r() &&::<lambda()>"},
    {"outer::<lambda>", "outer<std::vector<int> >(std::vector<int>)::<lambda(int)>"},
    {"ns::call", "void ns::call(F) [with F = main(int, char**)::<lambda()>]"},
    {"ns::{anonymous}::A::t", "T ns::{anonymous}::A::t(T) [with T = int]"},
    {"<unnamed struct>::f", "void<unnamed struct>::f()"},
};
static const spelling_t of_clang[] = {
    {"main", "int main(int, char **)"},
    {"ns::World::ref", "const ns::World &ns::World::ref() const"},
    {"ns::Pair::g", "V ns::Pair<int, std::vector<std::map<int, int>>>::g(V) [T = int, V = double]"},
    {"Bo::f", "void Bo<(3 > 2)>::f() [B = true]"},
    {"By::f", "void By<&W::c>::f() [F = &W::c]"},
    {"Fn::call", "R Fn<void (int, char)>::call(A...) [T = void (int, char)]"},
    {"Tag::f", "void Tag<'<'>::f() [C = '<']"},
    {"Tag::f", "void Tag<')'>::f() [C = ')']"},
    {"Tag::f", "void Tag<'\\''>::f() [C = '\\'']"},
    {"top", "void (*top(int))(double)"},
    {"top2", "void (*(*top2(int))(double))(char)"},
    {"W::ret", "void (*W::ret() [T = int])(T)"},
    {"ns::World::arr", "int (&ns::World::arr())[3]"},
    {"ns::Pair::arr", "int (&ns::Pair<int, int>::arr(T) [T = int, U = int, N = 4])[N]"},
    {"ns::World::pmf", "int (ns::World::*ns::World::pmf())(int)"},
    {"ns::World::pm", "int ns::World::*ns::World::pm()"},
    {"da", "decltype(auto) da(int)"},
    {"dt", "<dependent type> dt(T) [T = int]"},
    {"main::InMain::operator()", "int main(int, char **)::InMain::operator()(int)"},
    {"operator<", "bool operator<(const ns::Pair<T, int> &, int) [T = int]"},
    {"operator>>", "std::vector<T> operator>>(const ns::Pair<T, int> &, int) [T = int]"},
    {"ns::World::operator new[]", "static void *ns::World::operator new[](size_t)"},
    {"ns::World::operator const char *", "const char *ns::World::operator const char *() const"},
    {"H::operator pair", "std::pair<T, U> H<int>::operator pair() const [T = int, U = char]"},
    {"W::operator void (*)(int)", "W::fp W::operator void (*)(int)() const"},
    {"Conv::operator void (*)()", "Conv::V Conv::operator void (*)()()"},
    {"main::<lambda>", "auto main(int, char **)::(anonymous class)::operator()(int) const"},
    {"main::<lambda>", "auto main()::(lambda at /a b/(c)/x.cpp:3:5)::operator()(int) const"},
    {"main::<lambda>::<lambda>",
        "auto main()::(anonymous class)::operator()()::(anonymous class)::operator()(int) const"},
    {"lref::<lambda>", "auto lref()::(anonymous class)::operator()(auto) const [x:auto = int]"},
    {"ns::call", "void ns::call(F) [F = (lambda at pf.cpp:81:11)]"},
    {"ns::(anonymous namespace)::A::t", "T ns::(anonymous namespace)::A::t(T) [T = int]"},
    {"(anonymous struct)::f", "void (anonymous struct)::f()"},
};

static void check_all(const spelling_t* list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char name[256];
        hotpath_i_shorten(list[i].pretty, name, sizeof name);
        CHECK_TEXT("the name", list[i].pretty, name, list[i].name);
    }
    assert_int_equal(truth_failures, 0);
}
static void by_gcc(void** state) {
    (void)state;
    check_all(of_gcc, sizeof of_gcc / sizeof *of_gcc);
}
static void by_clang(void** state) {
    (void)state;
    check_all(of_clang, sizeof of_clang / sizeof *of_clang);
}

/* Whatever the text is, nothing is written past the name, and there is one. */
static void any_text(void** state) {
    (void)state;
    static const char* const parts[] = {"operator", "(", ")", "<", ">", "::", " ", "*", "&", "[",
        "]", "{", "}", "'", "\\", "-", "a", "decltype", "(anonymous class)", "<lambda(", "const",
        "operator()", "()", "\xC3\xA9"};
    truth_random_t random = {truth_seed(1)};
    for (int round = 0; round < 200000; round++) {
        char text[512] = "", name[64];
        size_t room = 2 + truth_below(&random, sizeof name - 2), length = 0;
        for (size_t i = truth_below(&random, 20); i > 0; i--) {
            const char* part = parts[truth_below(&random, sizeof parts / sizeof *parts)];
            length += (size_t)snprintf(text + length, sizeof text - length, "%s", part);
        }
        memset(name, 0x5A, sizeof name);
        hotpath_i_shorten(text, name, room);
        if (!CHECK(memchr(name, 0, room) != NULL, "no end: %s", text) ||
            !CHECK(*text == 0 || *name != 0, "no name: %s", text))
            break;
        for (size_t i = room; i < sizeof name; i++)
            CHECK(name[i] == 0x5A, "%zu bytes: %s", i + 1, text);
    }
    assert_int_equal(truth_failures, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_gcc), cmocka_unit_test(by_clang), cmocka_unit_test(any_text)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
