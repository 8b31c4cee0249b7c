/* FLAGS: -DHOTPATH_MCP */
/* LIBS: -lcivetweb */
/* JSON in and out: each rule of RFC 8259 broken once beside a neighbour that keeps it, the reader's
   answers, the writer's escapes and the arena's bounds. With --stream it reads documents from stdin
   and says what it makes of them, for the comparison with JSON.parse (tests/mcp/json.mjs). */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "hotpath_mcp.c"
#include "truth.h"

static bool accepts(const char* text, size_t size) {
    mcp_arena_t a;
    const char* error = NULL;
    char* copy = (char*)malloc(size + 1); /* of its exact size: a read beyond it is found */
    memcpy(copy, text, size);
    mcp_arena_init(&a, MCP_REQUEST_BYTES);
    copy[size] = 0;
    bool ok = json_parse(&a, copy, size, &error).at >= 0;
    assert_true(ok == (error == NULL));
    mcp_arena_free(&a);
    free(copy);
    return ok;
}

/* ---- the grammar ---------------------------------------------------------------------------------- */

/* A text that JSON has beside one that it has not. */
typedef struct rule {
    const char* valid;
    const char* invalid;
} rule_t;

static const rule_t rules[] = {
    {"null", ""},
    {"true", "tru"},
    {"false", "False"},
    {"null", "nul"},
    {" \t\r\n1 ", "\f1"},
    {"1", "\xC2\xA0"
          "1"}, /* white space of Unicode is none */
    {"1", "1 2"},
    {"[]", "[]]"},
    {"[1]", "[1"},
    {"[1,2]", "[1,,2]"},
    {"[1]", "[1,]"},
    {"[1]", "[,1]"},
    {"[1,2]", "[1 2]"},
    {"[1]", "[1}"},
    {"{}", "{"},
    {"{\"a\":1}", "{\"a\" 1}"},
    {"{\"a\":1}", "{a:1}"},
    {"{\"a\":1}", "{'a':1}"},
    {"{\"a\":1}", "{1:1}"},
    {"{\"a\":1}", "{\"a\":}"},
    {"{\"a\":1}", "{\"a\"}"},
    {"{\"a\":1}", "{\"a\":1,}"},
    {"{\"a\":1,\"b\":2}", "{\"a\":1 \"b\":2}"},
    {"{\"a\":1}", "{\"a\":1]"},
    {"{\"a\":1,\"a\":2}", "{\"a\":1,,\"a\":2}"}, /* twice is for the protocol to refuse */
    {"0", "00"},
    {"0", "01"},
    {"-0", "-"},
    {"-1", "+1"},
    {"-1", "--1"},
    {"10", "0x10"},
    {"1.5", "1."},
    {"0.5", ".5"},
    {"1.5", "1.5.5"},
    {"1e5", "1e"},
    {"1E+5", "1e+"},
    {"1e-5", "1e5.5"},
    {"1e400", "1e4e4"},
    {"1", "Infinity"},
    {"1", "NaN"},
    {"1", "1_000"},
    {"\"\"", "\""},
    {"\"a\"", "'a'"},
    {"\"a\"", "\"a"},
    {"\"\\\"\"", "\"\\\""},
    {"\"\\n\"", "\"\n\""},
    {"\"\\t\"", "\"\t\""},
    {"\"\\u0000\"", "\"\\u000\""},
    {"\"\\u00e9\"", "\"\\u00g9\""},
    {"\"\\/\\b\\f\\n\\r\\t\\\\\"", "\"\\a\""},
    {"\"\\u0041\"", "\"\\U0041\""},
    {"\"\\u0041\"", "\"\\x41\""},
    {"\"\x7F\"", "\"\x1F\""},
    {"\"\\ud83d\\ude00\"", "\"\\ud83d\""}, /* surrogates in pairs only */
    {"\"\\ud83d\\ude00\"", "\"\\ude00\""},
    {"\"\\ud83d\\ude00\"", "\"\\ud83d\\ud83d\""},
    {"\"\\ud83d\\ude00\"", "\"\\ud83dx\""},
    {"\"\\ud83d\\ude00\"", "\"\\ud83d\\u0041\""},
    {"\"\xC3\xA9\"", "\"\xC3\""}, /* UTF-8: whole, shortest, no surrogates, up to U+10FFFF */
    {"\"\xC3\xA9\"", "\"\xA9\""},
    {"\"\xC2\x80\"", "\"\xC1\xBF\""},
    {"\"\xE0\xA0\x80\"", "\"\xE0\x9F\xBF\""},
    {"\"\xED\x9F\xBF\"", "\"\xED\xA0\x80\""},
    {"\"\xEF\xBF\xBF\"", "\"\xEF\xBF\""},
    {"\"\xF0\x90\x80\x80\"", "\"\xF0\x8F\xBF\xBF\""},
    {"\"\xF4\x8F\xBF\xBF\"", "\"\xF4\x90\x80\x80\""},
    {"\"\xF3\xA0\x80\x80\"", "\"\xF5\x80\x80\x80\""},
    {"\"a\"", "\"\xFF\""},
    {"1", "\xEF\xBB\xBF"
          "1"}, /* no byte order mark */
    {"1", "1//"},
    {"1", "/**/1"},
    {"[true,false,null]", "[true,false,nulls]"},
};
static void grammar(void** state) {
    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (!accepts(rules[i].valid, strlen(rules[i].valid)))
            fail_msg("%s is JSON", rules[i].valid);
        if (accepts(rules[i].invalid, strlen(rules[i].invalid)))
            fail_msg("%s is no JSON", rules[i].invalid);
    }
    assert_false(accepts("1\0", 2));
    assert_false(accepts("\"\0\"", 3));
    for (int c = 0; c < 256; c++) { /* which bytes may stand behind a value */
        char text[] = {'1', (char)c};
        bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        bool digit = c >= '0' && c <= '9';
        assert_true(accepts(text, 2) == (space || digit));
    }
}
static void bounds(void** state) {
    (void)state;
    char deep[200];
    for (size_t depth = 1; depth < 90; depth++) {
        memset(deep, '[', depth);
        memset(deep + depth, ']', depth);
        assert_true(accepts(deep, 2 * depth) == (depth <= 64));
        assert_false(accepts(deep, 2 * depth - 1));
    }
    /* A megabyte of the worst is read, or refused for its memory, in a moment. */
    size_t size = (size_t)1 << 20;
    char* text = (char*)malloc(size);
    memset(text, '[', size);
    assert_false(accepts(text, size));
    for (size_t i = 0; i < size; i++)
        text[i] = i % 2 ? ',' : '1';
    text[0] = '[', text[size - 1] = ']';
    text[1] = '1';
    (void)accepts(text, size);
    memset(text, ' ', size);
    assert_false(accepts(text, size));
    text[0] = '{', text[size - 1] = '}';
    assert_true(accepts(text, size));
    memset(text, 'a', size);
    text[0] = text[size - 1] = '"';
    assert_true(accepts(text, size));
    free(text);
}

/* ---- reading -------------------------------------------------------------------------------------- */

static mcp_arena_t arena;
static json_t parse(const char* text) {
    const char* error = NULL;
    return json_parse(&arena, text, strlen(text), &error);
}
static void reading(void** state) {
    (void)state;
    mcp_arena_init(&arena, MCP_REQUEST_BYTES);
    json_t v =
        parse("{\"a\":[1,{\"b\":[]},\"x\"],\"n\\u0061me\":\"v\\u00e9\\n\\ud83d\\ude00\",\"t\":true,"
              "\"f\":false,\"z\":null,\"\":0}");
    assert_int_equal(json_type(v), JSON_OBJECT);
    assert_int_equal(json_count(v), 6);
    json_t a = json_get(v, "a");
    assert_int_equal(json_type(a), JSON_ARRAY);
    assert_int_equal(json_count(a), 3);
    json_t item = json_first(a);
    assert_int_equal(json_type(item), JSON_NUMBER);
    item = json_next(item);
    assert_int_equal(json_type(item), JSON_OBJECT);
    assert_int_equal(json_count(json_get(item, "b")), 0);
    assert_true(json_first(json_get(item, "b")).at < 0);
    item = json_next(item);
    assert_true(json_is(item, "x"));
    assert_true(json_next(item).at < 0);
    size_t length = 0;
    const char* text = json_string(json_get(v, "name"), &arena, &length);
    assert_string_equal(text, "v\xC3\xA9\n\xF0\x9F\x98\x80");
    assert_int_equal(length, strlen(text));
    assert_int_equal(json_type(json_get(v, "t")), JSON_BOOL);
    assert_int_equal(json_type(json_get(v, "z")), JSON_NULL);
    assert_int_equal(json_type(json_get(v, "")), JSON_NUMBER);
    assert_int_equal(json_type(json_get(v, "none")), JSON_MISSING);
    assert_int_equal(json_type(json_get(a, "a")), JSON_MISSING);
    assert_true(json_string(a, &arena, NULL) == NULL);
    text = json_raw(json_get(v, "name"), &length);
    assert_int_equal(length, strlen("\"v\\u00e9\\n\\ud83d\\ude00\""));
    assert_memory_equal(text, "\"v\\u00e9", 8);
    assert_false(json_duplicate_key(v));
    assert_true(json_duplicate_key(parse("{\"ab\":1,\"c\":2,\"\\u0061b\":3}")));
    assert_false(json_duplicate_key(parse("{\"ab\":1,\"a\":2,\"abc\":{\"ab\":1}}")));
    assert_true(json_has_nul(parse("\"a\\u0000b\"")));
    assert_false(json_has_nul(parse("\"a0b\"")));
    assert_false(json_is(parse("\"a\\u0000\""), "a"));
    assert_false(json_is(parse("\"ab\""), "a"));
    assert_false(json_is(parse("\"a\""), "ab"));
    mcp_arena_free(&arena);
}
static void numbers(void** state) {
    (void)state;
    static const struct {
        const char* text;
        bool whole;
        int64_t value;
    } rows[] = {{"0", true, 0}, {"-0", true, 0}, {"3", true, 3}, {"3.0", true, 3},
        {"3e2", true, 300}, {"30e-1", true, 3}, {"0.3e1", true, 3}, {"3.5", false, 0},
        {"1e-1", false, 0}, {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN}, {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0}, {"1e18", true, 1000000000000000000}, {"1e19", false, 0},
        {"0e99999", true, 0}, {"1e99999999999", false, 0}, {"0.000000000000000000000000", true, 0},
        {"100000000000000000000000e-23", true, 1}};
    mcp_arena_init(&arena, MCP_REQUEST_BYTES);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t value = -77;
        bool whole = json_int(parse(rows[i].text), &value);
        if (whole != rows[i].whole || (whole && value != rows[i].value))
            fail_msg("%s is read as %d, %lld", rows[i].text, whole, (long long)value);
        double d = 0, want = strtod(rows[i].text, NULL);
        assert_true(json_double(parse(rows[i].text), &d));
        if (isfinite(want)) assert_true(fabs(d - want) <= fabs(want) * 1e-15);
    }
    int64_t value;
    assert_false(json_int(parse("\"3\""), &value));
    assert_false(json_int(parse("true"), &value));
    mcp_arena_free(&arena);
}

/* ---- writing -------------------------------------------------------------------------------------- */

static const char* written(json_out_t* o) {
    size_t size = 0;
    const char* text = json_out_text(o, &size);
    assert_non_null(text);
    assert_int_equal(strlen(text), size);
    return text;
}
static const char* data_text(const char* s, size_t n, bool cut) {
    json_out_t o;
    json_out_init(&o, &arena);
    assert_true(json_data(&o, s, n) == cut);
    return written(&o);
}
static void writing(void** state) {
    (void)state;
    char long_text[400];
    json_out_t o;
    mcp_arena_init(&arena, MCP_REQUEST_BYTES);
    json_out_init(&o, &arena);
    json_object(&o);
    json_key(&o, "a"), json_u64(&o, UINT64_MAX);
    json_key(&o, "b"), json_i64(&o, INT64_MIN);
    json_key(&o, "c");
    json_array(&o);
    json_bool(&o, true), json_bool(&o, false), json_null(&o);
    json_object(&o), json_object_end(&o);
    json_array(&o), json_array_end(&o);
    json_text(&o, "q\"\\\n\x01"), json_text(&o, NULL);
    json_array_end(&o);
    json_key(&o, "d"), json_fixed(&o, 1.005, 2), json_key(&o, "e"), json_fixed(&o, 12.5, 2);
    json_key(&o, "f"), json_fixed(&o, -0.001, 2), json_key(&o, "g"), json_fixed(&o, 1e20, 2);
    json_key(&o, "h"), json_number(&o, NAN), json_key(&o, "i"), json_number(&o, -INFINITY);
    json_key(&o, "j"), json_number(&o, 9007199254740991.0), json_key(&o, "k");
    json_raw_value(&o, "[1]", 3);
    json_key(&o, "l"), json_printf_text(&o, "%s %d\"", "x", 7);
    json_object_end(&o);
    assert_string_equal(written(&o),
        "{\"a\":18446744073709551615,\"b\":-9223372036854775808,\"c\":[true,false,null,{},[],"
        "\"q\\\"\\\\\\n\\u0001\",null],\"d\":1,\"e\":12.5,\"f\":0,\"g\":100000000000000000000,"
        "\"h\":null,\"i\":null,\"j\":9007199254740991,\"k\":[1],\"l\":\"x 7\\\"\"}");
    /* Texts of the program: hidden characters are shown, what is no text is replaced. */
    assert_string_equal(data_text("a\x1B[31m\x7F", 7, false), "\"a\\\\u001b[31m\\\\u007f\"");
    assert_string_equal(data_text("\xE2\x80\xAE\xE2\x81\xA6\xEF\xBB\xBF", 9, false),
        "\"\\\\u202e\\\\u2066\\\\ufeff\"");
    assert_string_equal(data_text("\xF3\xA0\x81\x81", 4, false), "\"\\\\ue0041\"");
    assert_string_equal(
        data_text("\xC3\xA9\xFFx\xC3", 5, false), "\"\xC3\xA9\xEF\xBF\xBDx\xEF\xBF\xBD\"");
    assert_string_equal(data_text("</script>\"\\", 11, false), "\"</script>\\\"\\\\\"");
    memset(long_text, 'x', sizeof long_text);
    assert_int_equal(strlen(data_text(long_text, 200, false)), 202);
    assert_int_equal(strlen(data_text(long_text, 201, true)), 202);
    memcpy(long_text + 199, "\xC3\xA9", 2); /* the cut is not through a character */
    assert_int_equal(strlen(data_text(long_text, 400, true)), 201);
    mcp_arena_free(&arena);
}
/* Long texts, which are escaped in groups, against one character after the other: with control characters
   in some groups, and with none. */
static void escapes_of_long_texts(void** state) {
    (void)state;
    truth_random_t random = {truth_seed(1)};
    static const char letters[] = "abcdefgh\"\"\\\n\x01\x1f";
    for (int i = 0; i < 3000; i++) {
        char text[500], want[6 * sizeof text + 3], *to = want;
        size_t n = truth_below(&random, sizeof text), kinds = i % 2 == 0 ? 11 : 14;
        mcp_arena_init(&arena, MCP_REQUEST_BYTES);
        *to++ = '"';
        for (size_t k = 0; k < n; k++) {
            char c = text[k] = letters[truth_below(&random, kinds)];
            if (c == '"' || c == '\\')
                *to++ = '\\', *to++ = c;
            else if (c == '\n')
                *to++ = '\\', *to++ = 'n';
            else if (c < 0x20)
                to += snprintf(to, 7, "\\u%04x", (unsigned)c);
            else
                *to++ = c;
        }
        *to++ = '"', *to = 0;
        json_out_t o;
        json_out_init(&o, &arena);
        json_quoted(&o, text, n);
        assert_string_equal(written(&o), want);
        mcp_arena_free(&arena);
    }
}
/* What is written is read back, whatever it is. */
static void round_trip(void** state) {
    (void)state;
    truth_random_t random = {truth_seed(1)};
    mcp_arena_init(&arena, MCP_REQUEST_BYTES);
    for (int i = 0; i < 20000; i++) {
        char text[64];
        size_t n = truth_below(&random, sizeof text), size = 0, length = 0;
        for (size_t k = 0; k < n; k++)
            text[k] = (char)(1 + truth_below(&random, 126));
        uint64_t bits = truth_next(&random) >> truth_below(&random, 64);
        double d, back = 0;
        memcpy(&d, &bits, sizeof d);
        json_out_t o;
        json_out_init(&o, &arena);
        json_array(&o);
        json_quoted(&o, text, n);
        json_u64(&o, bits);
        json_i64(&o, (int64_t)bits);
        json_number(&o, d);
        json_array_end(&o);
        const char* out = json_out_text(&o, &size);
        const char* error = NULL;
        json_t v = json_first(json_parse(&arena, out, size, &error));
        const char* same = json_string(v, &arena, &length);
        assert_int_equal(length, n);
        assert_memory_equal(same, text, n);
        v = json_next(v);
        char number[32];
        snprintf(number, sizeof number, "%llu", (unsigned long long)bits);
        assert_memory_equal(json_raw(v, &length), number, strlen(number));
        v = json_next(v);
        int64_t whole = 0;
        assert_true(json_int(v, &whole) && whole == (int64_t)bits);
        v = json_next(v);
        if (isfinite(d)) {
            const char* raw = json_raw(v, &length);
            char copy[420];
            memcpy(copy, raw, length);
            copy[length] = 0;
            back = strtod(copy, NULL);
            if (!(fabs(back - d) <= fabs(d) * 1e-15)) fail_msg("%.17g is written as %s", d, copy);
        } else {
            assert_int_equal(json_type(v), JSON_NULL);
        }
        mcp_arena_free(&arena);
    }
}
static void arena_bounds(void** state) {
    (void)state;
    mcp_arena_init(&arena, 100000);
    json_out_t o;
    size_t size = 0;
    json_out_init(&o, &arena);
    json_array(&o);
    for (int i = 0; i < 100000; i++)
        json_u64(&o, 1234567);
    assert_null(json_out_text(&o, &size));
    assert_true(arena.failed);
    assert_null(mcp_arena_alloc(&arena, 1)); /* once it has failed it stays so */
    assert_true(arena.taken <= 100000);
    mcp_arena_free(&arena);
    mcp_arena_init(&arena, MCP_REQUEST_BYTES);
    assert_null(mcp_arena_alloc(&arena, SIZE_MAX - 3));
    mcp_arena_free(&arena);
    mcp_arena_init(&arena, MCP_REQUEST_BYTES);
    for (int i = 1; i < 200; i++) { /* pieces of all sizes keep apart and aligned */
        unsigned char* p = (unsigned char*)mcp_arena_alloc(&arena, (size_t)i * 97 % 20000);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 16, 0);
        memset(p, i, (size_t)i * 97 % 20000);
    }
    mcp_arena_free(&arena);
}

/* ---- the comparison with JSON.parse --------------------------------------------------------------- */

/* Writes a value again, keys and strings decoded and escaped anew, numbers as they came. */
static void render(json_t v, mcp_arena_t* a, json_out_t* o) {
    size_t length = 0;
    const char* text;
    switch (json_type(v)) {
        case JSON_OBJECT:
            json_object(o);
            for (json_t k = json_first(v); k.at >= 0; k = json_next(k)) {
                text = json_string(k, a, &length);
                json_key_n(o, text != NULL ? text : "", length);
                render(json_value_of(k), a, o);
            }
            json_object_end(o);
            return;
        case JSON_ARRAY:
            json_array(o);
            for (json_t e = json_first(v); e.at >= 0; e = json_next(e))
                render(e, a, o);
            json_array_end(o);
            return;
        case JSON_STRING:
            text = json_string(v, a, &length);
            json_quoted(o, text != NULL ? text : "", length);
            return;
        default:
            text = json_raw(v, &length);
            json_raw_value(o, text, length);
            return;
    }
}
/* Documents come as a length in four bytes, little-endian, and that many bytes; answers as lines: "-"
   and the error, or "+" and the value written again. */
static int stream(void) {
    unsigned char head[4];
    while (fread(head, 1, 4, stdin) == 4) {
        size_t size =
            head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
        char* text = (char*)malloc(size + 1);
        mcp_arena_t a;
        const char* error = NULL;
        if (fread(text, 1, size, stdin) != size) return 1;
        text[size] = 0;
        mcp_arena_init(&a, MCP_REQUEST_BYTES);
        json_t v = json_parse(&a, text, size, &error);
        if (v.at < 0) {
            printf("-%s\n", error);
        } else {
            json_out_t o;
            json_out_init(&o, &a);
            render(v, &a, &o);
            printf("+%s\n", json_out_text(&o, &size));
        }
        mcp_arena_free(&a);
        free(text);
    }
    return 0;
}

int main(int argc, char** argv) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(grammar), cmocka_unit_test(bounds),
        cmocka_unit_test(reading), cmocka_unit_test(numbers), cmocka_unit_test(writing),
        cmocka_unit_test(escapes_of_long_texts), cmocka_unit_test(round_trip),
        cmocka_unit_test(arena_bounds)};
    if (argc > 1 && strcmp(argv[1], "--stream") == 0) return stream();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
