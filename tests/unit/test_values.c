/* RECORDER: real */
/* Values: dbg, val, gauges and results. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "hotpath.h"
#include "law.h"

#include <limits.h>

/* >>lookups */

static const hotpath_entry_t* entry_at(
    const hotpath_snapshot_t* s, const char* name, uint32_t kind, int line) {
    size_t count = 0;
    const hotpath_entry_t* const entries = hotpath_snapshot_entries(s, &count);
    const hotpath_entry_t* found = NULL;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(entries[i].name, name) != 0 || entries[i].kind != kind) continue;
        if (found) law_fail(__FILE__, line, "two entries \"%s\"", name);
        found = &entries[i];
    }
    if (!found) law_fail(__FILE__, line, "no entry \"%s\"", name);
    return found;
}
#define DBG(s, name)   entry_at(s, name, HOTPATH_KIND_DBG, __LINE__)
#define VAL(s, name)   entry_at(s, name, HOTPATH_KIND_VAL, __LINE__)
#define GAUGE(s, name) entry_at(s, name, HOTPATH_KIND_GAUGE, __LINE__)

static bool has_entry(const hotpath_snapshot_t* s, const char* name) {
    size_t count = 0;
    const hotpath_entry_t* const entries = hotpath_snapshot_entries(s, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(entries[i].name, name) == 0) return true;
    return false;
}

/* >>dbg */

/* The expression is evaluated once, gives its value with its type, and is kept with both. */
#define CHECK_DBG(ctype, name, initial, value_type, field)                         \
    do {                                                                           \
        ctype name = initial;                                                      \
        int evaluations = 0;                                                       \
        const ctype back = HOTPATH_DBG((evaluations++, name));                     \
        CHECK(back == name);                                                       \
        CHECK_EQ(evaluations, 1);                                                  \
        CHECK(__builtin_types_compatible_p(__typeof__(HOTPATH_DBG(name)), ctype)); \
        (void)HOTPATH_DBG(name);                                                   \
        hotpath_snapshot_t* const s = law_take();                                  \
        const hotpath_entry_t* const e = DBG(s, #name);                            \
        CHECK_EQ(e->count, 1);                                                     \
        CHECK_EQ(e->last.type, value_type);                                        \
        CHECK(e->last.as.field == (__typeof__(e->last.as.field))name);             \
        CHECK_EQ(e->history_count, 1);                                             \
        CHECK_EQ(e->line, __LINE__);                                               \
        CHECK_TEXT(e->file, __FILE__);                                             \
        const hotpath_entry_t* const whole = DBG(s, "(evaluations++, " #name ")"); \
        CHECK_EQ(whole->last.type, value_type);                                    \
        CHECK(whole->last.as.field == (__typeof__(whole->last.as.field))name);     \
        hotpath_snapshot_free(s);                                                  \
    } while (0)

static void dbg_every_scalar_type(void** state) {
    (void)state;
    CHECK_DBG(bool, dbg_bool, true, HOTPATH_VALUE_BOOL, i);
    CHECK_DBG(char, dbg_char, 'x', HOTPATH_VALUE_CHAR, i);
    CHECK_DBG(signed char, dbg_schar, -5, HOTPATH_VALUE_INT, i);
    CHECK_DBG(short, dbg_short, -30000, HOTPATH_VALUE_INT, i);
    CHECK_DBG(int, dbg_int, INT32_MIN, HOTPATH_VALUE_INT, i);
    CHECK_DBG(long, dbg_long, LONG_MIN, HOTPATH_VALUE_INT, i);
    CHECK_DBG(long long, dbg_llong, INT64_MIN, HOTPATH_VALUE_INT, i);
    CHECK_DBG(unsigned char, dbg_uchar, 255, HOTPATH_VALUE_UINT, u);
    CHECK_DBG(unsigned short, dbg_ushort, 65535, HOTPATH_VALUE_UINT, u);
    CHECK_DBG(unsigned, dbg_uint, UINT32_MAX, HOTPATH_VALUE_UINT, u);
    CHECK_DBG(unsigned long, dbg_ulong, ULONG_MAX, HOTPATH_VALUE_UINT, u);
    CHECK_DBG(unsigned long long, dbg_ullong, UINT64_MAX, HOTPATH_VALUE_UINT, u);
    CHECK_DBG(float, dbg_float, 1.5f, HOTPATH_VALUE_DOUBLE, d);
    CHECK_DBG(double, dbg_double, -2.25e300, HOTPATH_VALUE_DOUBLE, d);
    CHECK_DBG(long double, dbg_ldouble, 0.5L, HOTPATH_VALUE_DOUBLE, d);
}

typedef enum colour {
    RED = 3,
    BLUE = 7
} colour_t;
static void dbg_pointers_strings_enums(void** state) {
    (void)state;
    int object = 5;
    int* pointer = &object;
    const void* nothing = NULL;
    const char* text = "a text";
    char array[16] = "an array";
    const char* no_text = NULL;
    colour_t colour = BLUE;
    CHECK(HOTPATH_DBG(pointer) == &object);
    CHECK(HOTPATH_DBG(nothing) == NULL);
    CHECK(HOTPATH_DBG(text) == text);
    CHECK(HOTPATH_DBG(&array[3]) == array + 3);
    CHECK(HOTPATH_DBG(no_text) == NULL);
    CHECK_EQ(HOTPATH_DBG(colour), BLUE);
    CHECK_TEXT(HOTPATH_DBG("a literal"), "a literal");
    memset(array, 'x', sizeof array - 1); /* What was kept is a copy. */
    hotpath_snapshot_t* const s = law_take();
    CHECK_EQ(DBG(s, "pointer")->last.type, HOTPATH_VALUE_POINTER);
    CHECK_EQ(DBG(s, "pointer")->last.as.u, (uintptr_t)&object);
    CHECK_EQ(DBG(s, "nothing")->last.as.u, 0);
    CHECK_EQ(DBG(s, "text")->last.type, HOTPATH_VALUE_TEXT);
    CHECK_EQ(DBG(s, "text")->last.length, 6);
    CHECK_TEXT(DBG(s, "text")->last.as.text, "a text");
    CHECK_TEXT(DBG(s, "&array[3]")->last.as.text, "array");
    CHECK_TEXT(DBG(s, "no_text")->last.as.text, "(null)");
    CHECK_EQ(DBG(s, "colour")->last.as.u, BLUE);
    CHECK_TEXT(DBG(s, "\"a literal\"")->last.as.text, "a literal");
    hotpath_snapshot_free(s);
}

typedef struct position {
    double x, y;
} position_t;
static int position_calls;
static position_t position(int i) {
    position_calls++;
    const position_t p = {i * 1.5, i * -2.0};
    return p;
}
static void dbg_structs_by_format(void** state) {
    (void)state;
    for (int i = 1; i <= 3; i++) {
        const position_t back = HOTPATH_DBG_FORMAT(p, position(i), "(%g, %g) of %d", p.x, p.y, i);
        CHECK(back.x == i * 1.5 && back.y == i * -2.0);
    }
    CHECK_EQ(position_calls, 3);
    hotpath_snapshot_t* const s = law_take();
    const hotpath_entry_t* const e = DBG(s, "position(i)");
    CHECK_EQ(e->count, 3);
    CHECK_EQ(e->last.type, HOTPATH_VALUE_TEXT);
    CHECK_TEXT(e->last.as.text, "(4.5, -6) of 3");
    CHECK_EQ(e->last.length, strlen("(4.5, -6) of 3"));
    CHECK_TEXT(e->history[2].value.as.text, "(1.5, -2) of 1");
    hotpath_snapshot_free(s);
}

/* Each place is an entry of its own, also with the same text. */
static void dbg_by_place(void** state) {
    (void)state;
    const int same = 4;
    (void)HOTPATH_DBG(same);
    (void)HOTPATH_DBG(same), (void)HOTPATH_DBG(same + 0);
    hotpath_snapshot_t* const s = law_take();
    size_t count = 0, seen = 0;
    const hotpath_entry_t* const entries = hotpath_snapshot_entries(s, &count);
    for (size_t i = 0; i < count; i++)
        seen += strcmp(entries[i].name, "same") == 0 && entries[i].count == 1;
    CHECK_EQ(seen, 2);
    hotpath_snapshot_free(s);
}

/* >>val */

static void* val_thread(void* arg) {
    HOTPATH_THREAD_NAME("val thread");
    for (int i = 0; i < 10; i++)
        HOTPATH_VAL("val history", 100 + i);
    (void)arg;
    hotpath_snapshot_t* const s = law_take();
    const uint64_t id = law_thread_named(s, "val thread")->id;
    hotpath_snapshot_free(s);
    return (void*)(uintptr_t)id;
}
/* One entry for a key, wherever it is recorded; newest first, with thread and time. */
static void val_history(void** state) {
    (void)state;
    HOTPATH_THREAD_NAME("val main");
    for (int i = 0; i < 10; i++)
        HOTPATH_VAL("val history", i);
    void* id = NULL;
    pthread_join(law_thread(val_thread, NULL), &id);
    HOTPATH_VAL("val history", 7.5);
    hotpath_snapshot_t* const s = law_take();
    const uint64_t main_id = law_thread_named(s, "val main")->id;
    CHECK(main_id != (uintptr_t)id);
    const hotpath_entry_t* const e = VAL(s, "val history");
    CHECK_EQ(e->count, 21);
    CHECK_EQ(e->history_count, 21);
    CHECK_EQ(e->last.type, HOTPATH_VALUE_DOUBLE);
    CHECK(e->last.as.d == 7.5);
    CHECK(e->history[0].value.as.d == 7.5);
    for (int i = 0; i < 10; i++) {
        CHECK_EQ(e->history[1 + i].value.as.i, 109 - i);
        CHECK_EQ(e->history[1 + i].thread, (uintptr_t)id);
        CHECK_EQ(e->history[11 + i].value.as.i, 9 - i);
        CHECK_EQ(e->history[11 + i].thread, main_id);
    }
    for (int i = 1; i < 21; i++)
        CHECK_LE(e->history[i].at_ns, e->history[i - 1].at_ns);
    CHECK_LE(e->history[0].at_ns, hotpath_snapshot_info(s)->elapsed_ns);
    CHECK_EQ(e->min.type, HOTPATH_VALUE_NONE);
    hotpath_snapshot_free(s);
}

/* Texts longer than the bound are cut at it; many long ones push out the oldest, never half. */
static void val_texts(void** state) {
    (void)state;
    enum {
        bound = 1536,
        length = 3000
    };
    static char text[length + 1];
    for (int i = 0; i < 64; i++) {
        memset(text, 'a' + i % 26, length);
        HOTPATH_VAL("val overtaken", text);
        HOTPATH_VAL("val short", i % 2 ? "odd" : "even");
    }
    HOTPATH_VAL("val empty", "");
    hotpath_snapshot_t* const s = law_take();
    const hotpath_entry_t* const e = VAL(s, "val overtaken");
    CHECK_EQ(e->count, 64);
    CHECK_EQ(e->last.length, bound);
    CHECK_EQ(strlen(e->last.as.text), bound);
    for (uint32_t h = 0; h < e->history_count; h++) {
        const hotpath_value_t v = e->history[h].value;
        if (v.type != HOTPATH_VALUE_TEXT || v.length != bound) continue;
        for (uint32_t i = 0; i < v.length; i++)
            if (v.as.text[i] != 'a' + (63 - (int)h) % 26)
                law_fail(__FILE__, __LINE__, "text %u is torn at %u", h, i);
    }
    CHECK_EQ(VAL(s, "val short")->count, 64);
    CHECK_TEXT(VAL(s, "val short")->last.as.text, "odd");
    CHECK_EQ(VAL(s, "val empty")->last.length, 0);
    CHECK_TEXT(VAL(s, "val empty")->last.as.text, "");
    hotpath_snapshot_free(s);
}

/* The ring of long texts is bounded: what it no longer holds is left out, never another's text. */
static void val_long_texts(void** state) {
    (void)state;
    char text[1001];
    for (int i = 0; i < 60; i++) {
        memset(text, 'A' + i, 1000);
        text[1000] = 0;
        HOTPATH_VAL("val many long", text);
    }
    hotpath_snapshot_t* const s = law_take();
    const hotpath_entry_t* const e = VAL(s, "val many long");
    CHECK_EQ(e->history_count, 60);
    for (int i = 0; i < 60; i++) {
        const hotpath_value_t v = e->history[i].value;
        if (i < 10) CHECK_EQ(v.type, HOTPATH_VALUE_TEXT);
        if (v.type == HOTPATH_VALUE_TEXT) CHECK_EQ(v.as.text[0], 'A' + 59 - i);
    }
    hotpath_snapshot_free(s);
}

/* >>results */

static int logged_int(int v) {
    HOTPATH_FUNC_LOG();
    if (v < 0) HOTPATH_RETURN(-1);
    HOTPATH_RETURN(v * 2);
}
static const char* logged_text(int v) {
    HOTPATH_FUNC_LOG();
    HOTPATH_RETURN(v ? "yes" : "no");
}
static double logged_double(void) {
    HOTPATH_FUNC_LOG();
    HOTPATH_RETURN(0.125);
}
static int logged_nested(int v) {
    HOTPATH_FUNC_LOG();
    HOTPATH_RETURN(v > 0 ? logged_nested(v - 1) + 1 : 0);
}
static int logged_without(int v) {
    HOTPATH_FUNC_LOG();
    return v; /* the scope ends without a value */
}
static int logged_around(int v) {
    HOTPATH_FUNC_LOG();
    HOTPATH_SCOPE("logged inside"); /* ends after the value is known and before the function */
    HOTPATH_RETURN(v);
}
static void results(void** state) {
    (void)state;
    CHECK_EQ(logged_around(8), 8);
    for (int i = -1; i < 20; i++)
        CHECK_EQ(logged_int(i), i < 0 ? -1 : i * 2);
    CHECK_TEXT(logged_text(1), "yes");
    CHECK_TEXT(logged_text(0), "no");
    CHECK(logged_double() == 0.125);
    CHECK_EQ(logged_nested(5), 5);
    CHECK_EQ(logged_without(3), 3);
    hotpath_snapshot_t* const s = law_take();
    const hotpath_function_t* f = law_function(s, "logged_int");
    CHECK_EQ(f->calls, 21);
    CHECK_EQ(f->recent_count, 21);
    for (int i = 0; i < 20; i++) {
        CHECK_EQ(f->recent[i].value.type, HOTPATH_VALUE_INT);
        CHECK_EQ(f->recent[i].value.as.i, (19 - i) * 2);
    }
    CHECK_EQ(f->recent[20].value.as.i, -1);
    for (uint32_t i = 0; i < f->slowest_count; i++)
        CHECK_EQ(f->slowest[i].value.type, HOTPATH_VALUE_INT);
    f = law_function(s, "logged_text");
    CHECK_TEXT(f->recent[0].value.as.text, "no");
    CHECK_TEXT(f->recent[1].value.as.text, "yes");
    f = law_function(s, "logged_double");
    CHECK(f->recent[0].value.as.d == 0.125);
    f = law_function(s, "logged_nested");
    for (int i = 0; i < 6; i++)
        CHECK_EQ(f->recent[i].value.as.i, 5 - i);
    f = law_function(s, "logged_without");
    CHECK_EQ(f->recent[0].value.type, HOTPATH_VALUE_NONE);
    f = law_function(s, "logged_around");
    CHECK_EQ(f->recent[0].value.type, HOTPATH_VALUE_INT);
    CHECK_EQ(f->recent[0].value.as.i, 8);
    f = law_function(s, "logged inside");
    CHECK_EQ(f->recent[0].value.type, HOTPATH_VALUE_NONE);
    hotpath_snapshot_free(s);
}

/* >>gauges */

static void gauges(void** state) {
    (void)state;
    HOTPATH_GAUGE_SET("gauge int", 10);
    HOTPATH_GAUGE_INC("gauge int", 5);
    HOTPATH_GAUGE_DEC("gauge int", 40);
    HOTPATH_GAUGE_INC("gauge int", 1);
    HOTPATH_GAUGE_INC("gauge double", 0.5);
    HOTPATH_GAUGE_SET("gauge double", 8.25);
    HOTPATH_GAUGE_DEC("gauge double", 1.25);
    hotpath_snapshot_t* const s = law_take();
    const hotpath_entry_t* e = GAUGE(s, "gauge int");
    CHECK_EQ(e->count, 4);
    CHECK_EQ(e->last.type, HOTPATH_VALUE_INT);
    CHECK_EQ(e->last.as.i, -24);
    CHECK_EQ(e->min.as.i, -25);
    CHECK_EQ(e->max.as.i, 15);
    CHECK_EQ(e->history_count, 4);
    static const int64_t values[] = {-24, -25, 15, 10};
    for (int i = 0; i < 4; i++)
        CHECK_EQ(e->history[i].value.as.i, values[i]);
    e = GAUGE(s, "gauge double");
    CHECK_EQ(e->last.type, HOTPATH_VALUE_DOUBLE);
    CHECK(e->last.as.d == 7.0);
    CHECK(e->min.as.d == 0.5);
    CHECK(e->max.as.d == 8.25);
    CHECK(e->history[2].value.as.d == 0.5);
    hotpath_snapshot_free(s);
}

/* A gauge keeps the type of its first value; the other number type is converted and counted. */
static void gauge_mismatch(void** state) {
    (void)state;
    const uint64_t mismatches = law_drops().value_mismatch;
    HOTPATH_GAUGE_SET("mismatch int", 10);
    HOTPATH_GAUGE_INC("mismatch int", 2u); /* another integer type is no mismatch */
    HOTPATH_GAUGE_INC("mismatch int", (short)1);
    CHECK_EQ(law_drops().value_mismatch, mismatches);
    HOTPATH_GAUGE_INC("mismatch int", 2.75);
    CHECK_EQ(law_drops().value_mismatch, mismatches + 1);
    HOTPATH_GAUGE_SET("mismatch double", 1.5f);
    HOTPATH_GAUGE_DEC("mismatch double", 4);
    CHECK_EQ(law_drops().value_mismatch, mismatches + 2);
    hotpath_snapshot_t* const s = law_take();
    CHECK_EQ(GAUGE(s, "mismatch int")->last.type, HOTPATH_VALUE_INT);
    CHECK_EQ(GAUGE(s, "mismatch int")->last.as.i, 15);
    CHECK_EQ(GAUGE(s, "mismatch double")->last.type, HOTPATH_VALUE_DOUBLE);
    CHECK(GAUGE(s, "mismatch double")->last.as.d == -2.5);
    hotpath_snapshot_free(s);
}

static void gauge_wraps(void** state) {
    (void)state;
    HOTPATH_GAUGE_SET("gauge wraps", INT64_MAX);
    HOTPATH_GAUGE_INC("gauge wraps", 1);
    hotpath_snapshot_t* const s = law_take();
    CHECK(GAUGE(s, "gauge wraps")->last.as.i == INT64_MIN);
    CHECK(GAUGE(s, "gauge wraps")->max.as.i == INT64_MAX);
    hotpath_snapshot_free(s);
}

enum {
    gauge_threads = 4
};
static uint64_t gauge_times;
static void* gauge_body(void* arg) {
    const int64_t number = (int64_t)(intptr_t)arg;
    for (uint64_t i = 0; i < gauge_times; i++) {
        HOTPATH_GAUGE_INC("contended int", 3);
        HOTPATH_GAUGE_DEC("contended int", 1);
        HOTPATH_GAUGE_INC("contended double", 0.5);
        HOTPATH_GAUGE_DEC("contended double", 0.25);
        HOTPATH_GAUGE_SET("contended set", number);
    }
    return NULL;
}
/* Four threads change the same gauges: each change counts, the bounds are those of the extremes. */
static void gauges_under_contention(void** state) {
    (void)state;
    pthread_t ids[gauge_threads];
    gauge_times = (uint64_t)LAW_TIMES(200000, 40000);
    for (size_t i = 0; i < gauge_threads; i++)
        ids[i] = law_thread(gauge_body, (void*)(i + 1));
    for (size_t i = 0; i < gauge_threads; i++)
        pthread_join(ids[i], NULL);
    hotpath_snapshot_t* const s = law_take();
    const uint64_t all = gauge_threads * gauge_times;
    const hotpath_entry_t* e = GAUGE(s, "contended int");
    CHECK_EQ(e->count, 2 * all);
    CHECK_EQ(e->last.as.i, 2 * all);
    CHECK_GE(e->max.as.i, 2 * all);
    CHECK_LE(e->max.as.i, 2 * all + 2 * gauge_threads);
    CHECK(e->min.as.i >= 0 && e->min.as.i <= 3);
    CHECK_EQ(e->history_count, 64);
    e = GAUGE(s, "contended double");
    CHECK_EQ(e->count, 2 * all);
    CHECK(e->last.as.d == 0.25 * (double)all);
    CHECK(e->max.as.d >= 0.25 * (double)all);
    CHECK(e->min.as.d >= 0 && e->min.as.d <= 0.5);
    e = GAUGE(s, "contended set");
    CHECK_EQ(e->count, all);
    CHECK(e->last.as.i >= 1 && e->last.as.i <= gauge_threads);
    CHECK_EQ(e->min.as.i, 1);
    CHECK_EQ(e->max.as.i, gauge_threads);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.value_mismatch, law_drops().value_mismatch);
    hotpath_snapshot_free(s);
}

/* >>bit-fields */

/* A bit-field is a whole number, and HOTPATH_DBG gives it back. */
static void values_of_bit_fields(void** state) {
    (void)state;
    static struct {
        unsigned few : 3;
        int less : 5;
        bool one : 1;
        unsigned long long many : 40;
    } bits = {5, -7, true, 0xfedcba9876};
    HOTPATH_VAL("bits.few", bits.few);
    HOTPATH_VAL("bits.less", bits.less);
    HOTPATH_VAL("bits.one", bits.one);
    HOTPATH_VAL("bits.many", bits.many);
    HOTPATH_GAUGE_SET("bits gauge", bits.less);
    HOTPATH_GAUGE_INC("bits gauge", bits.many);
    CHECK_EQ(HOTPATH_DBG(bits.few), 5);
    CHECK_EQ(HOTPATH_DBG(bits.many), 0xfedcba9876);
    {
        HOTPATH_SCOPE("moves bits");
        HOTPATH_BYTES(bits.many);
    }
    hotpath_snapshot_t* const s = law_take();
    CHECK_EQ(VAL(s, "bits.few")->last.as.i, 5);
    CHECK_EQ(VAL(s, "bits.less")->last.as.i, -7);
    CHECK_EQ(VAL(s, "bits.one")->last.as.i, 1);
    CHECK_EQ(VAL(s, "bits.many")->last.as.u, 0xfedcba9876);
    CHECK_EQ(GAUGE(s, "bits gauge")->last.as.i, 0xfedcba9876 - 7);
    CHECK_EQ(DBG(s, "bits.few")->last.as.u, 5);
    CHECK_EQ(law_function(s, "moves bits")->bytes, 0xfedcba9876);
    hotpath_snapshot_free(s);
}

/* >>texts of values */

static void text_of(hotpath_value_t v, const char* expected) {
    char text[64];
    const size_t length = hotpath_value_text(v, text, sizeof text);
    CHECK_TEXT(text, expected);
    CHECK_EQ(length, strlen(expected));
}
static void value_texts(void** state) {
    (void)state;
    text_of(hotpath_i_value_of_int(-42), "-42");
    text_of(hotpath_i_value_of_int(INT64_MIN), "-9223372036854775808");
    text_of(hotpath_i_value_of_uint(UINT64_MAX), "18446744073709551615");
    text_of(hotpath_i_value_of_bool(true), "true");
    text_of(hotpath_i_value_of_bool(false), "false");
    text_of(hotpath_i_value_of_char('x'), "x");
    text_of(hotpath_i_value_of_double(1.5), "1.5");
    text_of(hotpath_i_value_of_text("some text"), "some text");
    char small[5];
    CHECK_EQ(hotpath_value_text(hotpath_i_value_of_text("longer"), small, sizeof small), 4);
    CHECK_TEXT(small, "long");
    CHECK_EQ(hotpath_value_text(hotpath_i_value_of_int(123456), small, sizeof small), 4);
    CHECK_TEXT(small, "1234");
    CHECK_EQ(hotpath_value_text(hotpath_i_value_of_text("abc\xC3\xA9"), small, sizeof small), 3);
    CHECK_TEXT(small, "abc"); /* no half of a character */
    char pointer[32];
    hotpath_value_text(
        hotpath_i_value_of_pointer((const void*)(uintptr_t)0xabc0), pointer, sizeof pointer);
    CHECK_TEXT(pointer, "0xabc0");
}

/* >>children */

static bool redacts(void* user, const char* name, char* text, size_t capacity) {
    (*(int*)user)++;
    if (strcmp(name, "password") == 0) return false;
    if (strstr(text, "secret")) {
        CHECK_GE(capacity, 8);
        memcpy(text, "***", 4);
    }
    if (strcmp(name, "grow") == 0) {
        memset(text, 'g', capacity - 1);
        text[capacity - 1] = 0;
    }
    return true;
}
static const char* redacted_result(const char* v) {
    HOTPATH_FUNC_LOG();
    HOTPATH_RETURN(v);
}
static int child_redact(void) {
    hotpath_desc_t desc;
    int seen = 0;
    memset(&desc, 0, sizeof desc);
    desc.no_exit_report = true;
    desc.redact = redacts, desc.redact_user = &seen;
    CHECK(hotpath_start(&desc));
    HOTPATH_VAL("password", "hunter2");
    HOTPATH_VAL("plain", "nothing to hide");
    HOTPATH_VAL("hidden", "a secret");
    HOTPATH_VAL("grow", "x");
    CHECK_EQ(seen, 4);
    HOTPATH_VAL("password", 123456); /* numbers can be secrets too */
    CHECK_EQ(seen, 5);
    const char* const dbg_text = "my secret";
    CHECK_TEXT(HOTPATH_DBG(dbg_text), "my secret"); /* The program itself sees the truth. */
    CHECK_TEXT(redacted_result("secret result"), "secret result");
    CHECK_TEXT(HOTPATH_DBG_FORMAT(v, "x", "%s is secret", v), "x");
    CHECK_EQ(seen, 8);
    hotpath_snapshot_t* const s = law_take();
    CHECK_TEXT(VAL(s, "plain")->last.as.text, "nothing to hide");
    CHECK_TEXT(VAL(s, "hidden")->last.as.text, "***");
    CHECK_EQ(VAL(s, "hidden")->last.length, 3);
    CHECK_TEXT(DBG(s, "dbg_text")->last.as.text, "***");
    CHECK_TEXT(law_function(s, "redacted_result")->recent[0].value.as.text, "***");
    CHECK_EQ(law_function(s, "redacted_result")->calls, 1);
    if (has_entry(s, "password")) CHECK_EQ(VAL(s, "password")->history_count, 0);
    CHECK_GT(VAL(s, "grow")->last.length, 8);
    law_text_t* const text = (law_text_t*)calloc(1, sizeof *text);
    static const hotpath_format_t formats[] = {HOTPATH_FORMAT_TABLE, HOTPATH_FORMAT_JSON};
    for (int i = 0; i < 2; i++) {
        law_render(text, s, formats[i]);
        CHECK_HAS_NOT(text->data, "hunter2");
        CHECK_HAS_NOT(text->data, "a secret");
        CHECK_HAS_NOT(text->data, "secret result");
    }
    free(text);
    hotpath_snapshot_free(s);
    return 0;
}
static void redaction(void** state) {
    (void)state;
    const law_result_t* const r = law_again("redact", NULL);
    law_exited(r, 0);
    CHECK_TEXT(r->err, "");
}

static int child_no_values(void) {
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.no_exit_report = true;
    CHECK(hotpath_start(&desc));
    HOTPATH_VAL("hidden val", "classified 1");
    int hidden = 5;
    CHECK_EQ(HOTPATH_DBG(hidden++), 5);
    CHECK_EQ(hidden, 6);
    CHECK_TEXT(redacted_result("classified 2"), "classified 2");
    CHECK_TEXT(HOTPATH_DBG_FORMAT(v, "x", "classified %d %s", 3, v), "x");
    hotpath_snapshot_t* const s = law_take();
    CHECK_EQ(law_function(s, "redacted_result")->calls, 1);
    CHECK_EQ(law_function(s, "redacted_result")->recent[0].value.type, HOTPATH_VALUE_NONE);
    size_t count = 0;
    const hotpath_entry_t* const entries = hotpath_snapshot_entries(s, &count);
    for (size_t i = 0; i < count; i++) {
        CHECK_EQ(entries[i].history_count, 0);
        CHECK_EQ(entries[i].last.type, HOTPATH_VALUE_NONE);
    }
    law_text_t* const text = (law_text_t*)calloc(1, sizeof *text);
    CHECK_HAS_NOT(law_render(text, s, HOTPATH_FORMAT_JSON), "classified");
    CHECK_HAS_NOT(law_render(text, s, HOTPATH_FORMAT_TABLE), "classified");
    free(text);
    hotpath_snapshot_free(s);
    return 0;
}
static void no_values(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_NO_VALUES=1", NULL};
    const law_result_t* const r = law_again("no values", env);
    law_exited(r, 0);
    CHECK_TEXT(r->err, "");
}

static int child_log_length(void) {
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.no_exit_report = true;
    CHECK(hotpath_start(&desc));
    HOTPATH_VAL("bounded", "0123456789012345678901234567890123456789");
    hotpath_snapshot_t* const s = law_take();
    CHECK_EQ(VAL(s, "bounded")->last.length, 20);
    CHECK_TEXT(VAL(s, "bounded")->last.as.text, "01234567890123456789");
    hotpath_snapshot_free(s);
    return 0;
}
static void log_length(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_MAX_LOG_LEN=20", NULL};
    const law_result_t* const r = law_again("log length", env);
    law_exited(r, 0);
    CHECK_TEXT(r->err, "");
}

static const law_child_t children[] = {{"redact", child_redact}, {"no values", child_no_values},
    {"log length", child_log_length}, {NULL, NULL}};

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(dbg_every_scalar_type),
    cmocka_unit_test(dbg_pointers_strings_enums),
    cmocka_unit_test(dbg_structs_by_format),
    cmocka_unit_test(dbg_by_place),
    cmocka_unit_test(val_history),
    cmocka_unit_test(val_texts),
    cmocka_unit_test(val_long_texts),
    cmocka_unit_test(results),
    cmocka_unit_test(gauges),
    cmocka_unit_test(gauge_mismatch),
    cmocka_unit_test(gauge_wraps),
    cmocka_unit_test(gauges_under_contention),
    cmocka_unit_test(values_of_bit_fields),
    cmocka_unit_test(value_texts),
    cmocka_unit_test(redaction),
    cmocka_unit_test(no_values),
    cmocka_unit_test(log_length),
};
LAW_MAIN(tests, children)
