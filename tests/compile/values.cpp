/* Values by their C++ types: the program gives 0 if the recorder keeps each as it should. */
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"

#include <cstdio>
#include <cstring>
#include <string>
#if __cplusplus >= 201703L
    #include <string_view>
#endif

namespace {

enum class letter : char {
    a = 'a'
};
enum class huge : unsigned long long {
    most = ~0ull
};
enum plain {
    second = 2
};
struct nothing {};

int square(int v) { return v * v; }

huge result() {
    HOTPATH_FUNC_LOG();
    HOTPATH_RETURN(huge::most);
}

int failed;

void check(const hotpath_value_t& value, const char* name, uint32_t type, const char* text) {
    char found[64];
    hotpath_value_text(value, found, sizeof found);
    if (value.type == type && std::strcmp(found, text) == 0) return;
    std::printf("%s is %s of type %u, not %s of type %u\n", name, found, value.type, text, type);
    failed = 1;
}
void check_entry(const hotpath_snapshot_t* s, const char* name, uint32_t type, const char* text) {
    std::size_t count = 0;
    const hotpath_entry_t* const entries = hotpath_snapshot_entries(s, &count);
    for (std::size_t i = 0; i < count; i++)
        if (std::strcmp(entries[i].name, name) == 0) check(entries[i].last, name, type, text);
}

} // namespace

int main() {
    const char pieces[] = "one, two";
    HOTPATH_VAL("letter", letter::a);
    HOTPATH_VAL("huge", huge::most);
    HOTPATH_VAL("plain", second);
    HOTPATH_VAL("nothing", nothing());
    HOTPATH_VAL("nullptr", nullptr);
    HOTPATH_VAL("string", std::string("text"));
#if __cplusplus >= 201703L
    HOTPATH_VAL("view", std::string_view(pieces, 3));
    HOTPATH_VAL("no view", std::string_view());
#endif
    HOTPATH_VAL("function", &square);
    if (square(3) != 9 || result() != huge::most) return 1;
    hotpath_snapshot_t* const s = hotpath_snapshot_take(nullptr);
    check_entry(s, "letter", HOTPATH_VALUE_CHAR, "a");
    check_entry(s, "huge", HOTPATH_VALUE_UINT, "18446744073709551615");
    check_entry(s, "plain", HOTPATH_VALUE_INT, "2");
    check_entry(s, "nothing", HOTPATH_VALUE_TEXT, "{?}");
    check_entry(s, "nullptr", HOTPATH_VALUE_POINTER, "0x0");
    check_entry(s, "string", HOTPATH_VALUE_TEXT, "text");
    check_entry(s, "view", HOTPATH_VALUE_TEXT, "one");
    check_entry(s, "no view", HOTPATH_VALUE_TEXT, "");
    char address[64];
    hotpath_value_text(hotpath_i_value_of_pointer(reinterpret_cast<const void*>(&square)), address,
        sizeof address);
    check_entry(s, "function", HOTPATH_VALUE_POINTER, address);
    std::size_t count = 0;
    const hotpath_function_t* const functions = hotpath_snapshot_functions(s, &count);
    for (std::size_t i = 0; i < count; i++)
        if (functions[i].recent_count != 0)
            check(functions[i].recent[0].value, functions[i].name, HOTPATH_VALUE_UINT,
                "18446744073709551615");
    (void)pieces;
    hotpath_snapshot_free(s);
    return failed;
}
