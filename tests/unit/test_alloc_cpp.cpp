/* new and delete count, in every form, by g++ and clang++: they come to malloc. */
/* FLAGS: -DHOTPATH_ALLOC -fno-builtin */
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"

#include <cstdarg>
#include <cstddef>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

extern "C" {
#include <cmocka.h>
}

namespace {

hotpath_function_t now(const char* name) {
    hotpath_function_t result = hotpath_function_t();
    hotpath_snapshot_t* const s = hotpath_snapshot_take(nullptr);
    size_t count = 0;
    const hotpath_function_t* const functions = hotpath_snapshot_functions(s, &count);
    for (size_t i = 0; i < count; i++)
        if (std::strcmp(functions[i].name, name) == 0) result = functions[i];
    hotpath_snapshot_free(s);
    return result;
}
bool interposed() {
    hotpath_snapshot_t* const s = hotpath_snapshot_take(nullptr);
    const bool result = hotpath_snapshot_info(s)->alloc.interposed;
    hotpath_snapshot_free(s);
    return result;
}
struct alignas(256) wide {
    char bytes[256];
};
template <class T> T* hide(T* p) {
    T* volatile hidden = p; /* a pair that the compiler sees it may leave out */
    return hidden;
}

void cpp_new(void** state) {
    (void)state;
    if (!interposed()) {
        skip();
        return;
    }
    {
        HOTPATH_SCOPE("new");
        delete hide(new int(3));
        delete[] hide(new char[100]);
        delete hide(new (std::nothrow) double(1));
        wide* const w = hide(new wide);
        assert_int_equal(reinterpret_cast<uintptr_t>(w) % 256, 0);
        delete w;
        std::vector<char> list(1000);
        list.resize(5000);
        const std::string text(300, 'x');
        const std::unique_ptr<int> one(hide(new int(1)));
        const hotpath_function_t f = now("new");
        assert_int_equal(f.alloc_count, 8);
        assert_int_equal(f.alloc_bytes, 4 + 100 + 8 + 256 + 1000 + 5000 + 301 + 4);
        assert_int_equal(f.live_count, 3);
    }
    const hotpath_function_t f = now("new");
    assert_int_equal(f.free_count, 8);
    assert_int_equal(f.live_bytes, 0);
    bool thrown = false;
    {
        HOTPATH_SCOPE("too much");
        try {
            volatile size_t size = SIZE_MAX / 2;
            ::operator delete(hide(::operator new(size)));
        } catch (const std::bad_alloc&) {
            thrown = true;
        }
    }
    assert_true(thrown);
    assert_int_equal(now("too much").live_count, 0);
}
void cpp_macros(void** state) {
    (void)state;
    HOTPATH_SCOPE("macros");
    void* p = HOTPATH_MALLOC(10);
    p = HOTPATH_REALLOC(p, 20);
    HOTPATH_FREE(p);
    const hotpath_function_t f = now("macros");
    assert_int_equal(f.alloc_count, 2);
    assert_int_equal(f.alloc_bytes, 30);
    assert_int_equal(f.realloc_count, 1);
    assert_int_equal(f.live_count, 0);
}

} // namespace

int main() {
    const struct CMUnitTest tests[] = {cmocka_unit_test(cpp_new), cmocka_unit_test(cpp_macros)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
