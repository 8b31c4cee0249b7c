/* truth.h - what the truth tests share: checks that go on, a seeded generator, a child process for
   each run, lists of durations with exact percentiles, a JSON reader, a sink for reports.
   Include after hotpath.h. Everything is static inline, so that a test uses what it needs. */
#ifndef TRUTH_H
#define TRUTH_H

#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

/* Numbers of 128 bits, in halves: not every processor has a type for them. */
typedef struct truth_wide {
    uint64_t high;
    uint64_t low;
} truth_wide_t;

static inline truth_wide_t truth_wide_add(truth_wide_t a, truth_wide_t b) {
    truth_wide_t sum = {a.high + b.high, a.low + b.low};
    sum.high += sum.low < a.low;
    return sum;
}
static inline truth_wide_t truth_wide_product(uint64_t a, uint64_t b) {
    uint64_t a_high = a >> 32, a_low = a & UINT32_MAX, b_high = b >> 32, b_low = b & UINT32_MAX;
    uint64_t one = a_high * b_low, other = a_low * b_high;
    truth_wide_t ends = {a_high * b_high, a_low * b_low};
    truth_wide_t middle = {one >> 32, one << 32}, more = {other >> 32, other << 32};
    return truth_wide_add(ends, truth_wide_add(middle, more));
}
static inline truth_wide_t truth_wide_times(truth_wide_t a, uint64_t b) {
    truth_wide_t product = truth_wide_product(a.low, b);
    product.high += a.high * b;
    return product;
}
static inline long double truth_wide_double(truth_wide_t a) {
    return (long double)a.high * 0x1p64L + (long double)a.low;
}

/* Checks. A failed one prints its place and goes on, so that one run shows all that is wrong. They
   work on every thread and in child processes, where cmocka's own must not be used. */
static uint64_t truth_failures;
static char truth_context[256];

__attribute__((format(printf, 4, 5))) static inline bool truth_fail(
    const char* file, int line, const char* condition, const char* format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (__atomic_add_fetch(&truth_failures, 1, __ATOMIC_RELAXED) <= 25)
        fprintf(stderr, "%s:%d: %s%s%s%s%s\n", file, line, truth_context,
            *truth_context ? ": " : "", condition, *condition ? ": " : "", text);
    return false;
}

/* True if the condition holds; the text after it says what was expected. */
#define CHECK(condition, ...) \
    ((condition) ? true : truth_fail(__FILE__, __LINE__, #condition, __VA_ARGS__))

#define FAIL_CHECK(...) truth_fail(__FILE__, __LINE__, "", __VA_ARGS__)

static inline bool truth_equal(
    const char* file, int line, const char* what, const char* of, uint64_t got, uint64_t want) {
    return got == want || truth_fail(file, line, "",
                              "%s of %s is %" PRIu64 ", not %" PRIu64 " (off by %" PRId64 ")", what,
                              of, got, want, (int64_t)(got - want));
}
#define CHECK_EQUAL(what, of, got, want) \
    truth_equal(__FILE__, __LINE__, what, of, (uint64_t)(got), (uint64_t)(want))

static inline bool truth_near(const char* file, int line, const char* what, const char* of,
    double got, double want, double tolerance) {
    return fabs(got - want) <= tolerance ||
           truth_fail(file, line, "", "%s of %s is %.12g, not %.12g within %.3g", what, of, got,
               want, tolerance);
}
#define CHECK_NEAR(what, of, got, want, tolerance) \
    truth_near(__FILE__, __LINE__, what, of, got, want, tolerance)

static inline bool truth_same_text(const char* file, int line, const char* what, const char* of,
    const char* got, const char* want) {
    return (got != NULL && strcmp(got, want) == 0) ||
           truth_fail(file, line, "", "%s of %s is \"%s\", not \"%s\"", what, of,
               got ? got : "(NULL)", want);
}
#define CHECK_TEXT(what, of, got, want) truth_same_text(__FILE__, __LINE__, what, of, got, want)

/* A generator of random numbers (splitmix64): the same numbers for the same seed everywhere. */
typedef struct truth_random {
    uint64_t state;
} truth_random_t;

static inline uint64_t truth_next(truth_random_t* random) {
    uint64_t z = (random->state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* A number from 0 to bound - 1. */
static inline uint64_t truth_below(truth_random_t* random, uint64_t bound) {
    return truth_next(random) % bound;
}

/* A number from low to high whose logarithm is uniform. */
static inline uint64_t truth_log_uniform(truth_random_t* random, uint64_t low, uint64_t high) {
    double unit = (double)(truth_next(random) >> 11) * 0x1p-53;
    double value = exp(log((double)low) + unit * (log((double)high) - log((double)low)));
    uint64_t rounded = (uint64_t)(value + 0.5);
    return rounded < low ? low : rounded > high ? high : rounded;
}

/* The seed of TRUTH_SEED, or else fallback. */
static inline uint64_t truth_seed(uint64_t fallback) {
    const char* text = getenv("TRUTH_SEED");
    return text != NULL && *text != 0 ? strtoull(text, NULL, 0) : fallback;
}

/* Ends a child with what its checks say. */
__attribute__((noreturn)) static inline void truth_end_child(void) {
    if (truth_failures > 25)
        fprintf(stderr, "... %" PRIu64 " failed checks in all\n", truth_failures);
    fflush(NULL);
    _exit(truth_failures == 0 ? 0 : 1);
}

static inline void truth_wait_for(pid_t child) {
    int status = 0;
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) fprintf(stderr, "the child ended by signal %d\n", WTERMSIG(status));
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* Runs body in a child process, so that each run has a recorder of its own: the parent never
   records. A child that hangs is ended after two minutes and fails. */
static inline void truth_in_child(void (*body)(uint64_t argument), uint64_t argument) {
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
        for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
            signal(signals[i], SIG_DFL); /* cmocka's handlers would go on with the next test */
        alarm(120);
        body(argument);
        truth_end_child();
    }
    truth_wait_for(child);
}

/* A test of cmocka's, test_BODY, that runs body in a child. */
#define IN_CHILD(body)                       \
    static void test_##body(void** state) {  \
        (void)state;                         \
        truth_in_child(body, truth_seed(1)); \
    }

/* Becomes that program; by the emulator TEST_EMULATOR, if this one is of another processor. */
static inline void truth_execute(const char* program, const char* argument) {
    const char* emulator = getenv("TEST_EMULATOR");
    if (emulator != NULL) execlp(emulator, emulator, program, argument, (char*)NULL);
    execl(program, program, argument, (char*)NULL);
    perror(program);
    _exit(127);
}

/* Runs this program once more with a variable of the environment, which hotpath may read before
   main; its own main sees argument as argv[1]. */
static inline void truth_in_program(
    const char* program, const char* argument, const char* variable, const char* value) {
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        alarm(120);
        setenv(variable, value, 1);
        truth_execute(program, argument);
    }
    truth_wait_for(child);
}

/* A growing array of durations, for percentiles that need no histogram. */
typedef struct truth_list {
    uint64_t* items;
    size_t count;
    size_t capacity;
    bool sorted;
} truth_list_t;

static inline void* truth_realloc(void* memory, size_t size) {
    void* grown = realloc(memory, size);
    if (grown == NULL) abort();
    return grown;
}

static inline void truth_list_add(truth_list_t* list, uint64_t value) {
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 64;
        list->items = (uint64_t*)truth_realloc(list->items, list->capacity * sizeof(uint64_t));
    }
    list->items[list->count++] = value;
    list->sorted = false;
}

static inline void truth_list_append(truth_list_t* list, const truth_list_t* more) {
    for (size_t i = 0; i < more->count; i++)
        truth_list_add(list, more->items[i]);
}

static inline void truth_list_free(truth_list_t* list) {
    free(list->items);
    memset(list, 0, sizeof *list);
}

static inline int truth_compare_u64(const void* a, const void* b) {
    uint64_t x = *(const uint64_t*)a, y = *(const uint64_t*)b;
    return x < y ? -1 : x > y;
}

static inline void truth_list_sort(truth_list_t* list) {
    if (!list->sorted && list->count != 0)
        qsort(list->items, list->count, sizeof(uint64_t), truth_compare_u64);
    list->sorted = true;
}

static inline truth_wide_t truth_list_sum(const truth_list_t* list) {
    truth_wide_t sum = {0, 0};
    for (size_t i = 0; i < list->count; i++)
        sum = truth_wide_add(sum, truth_wide_product(list->items[i], 1));
    return sum;
}

static inline truth_wide_t truth_list_squares(const truth_list_t* list) {
    truth_wide_t sum = {0, 0};
    for (size_t i = 0; i < list->count; i++)
        sum = truth_wide_add(sum, truth_wide_product(list->items[i], list->items[i]));
    return sum;
}

/* The standard deviation of the list, in two passes. */
static inline double truth_list_stdev(const truth_list_t* list) {
    if (list->count == 0) return 0;
    long double mean = truth_wide_double(truth_list_sum(list)) / (long double)list->count, sum = 0;
    for (size_t i = 0; i < list->count; i++) {
        long double off = (long double)list->items[i] - mean;
        sum += off * off;
    }
    return (double)sqrtl(sum / (long double)list->count);
}

/* A percentage in thousandths, so that ranks are computed in integers. */
static const uint64_t truth_percents[] = {
    0, 1, 1000, 10000, 25000, 50000, 75000, 90000, 95000, 99000, 99900, 99990, 100000};
#define TRUTH_PERCENTS (sizeof truth_percents / sizeof truth_percents[0])

/* The value at the nearest rank of a sorted list, ceil(percent/100 × count), at least the first. */
static inline uint64_t truth_list_percentile(const truth_list_t* list, uint64_t milli_percent) {
    uint64_t rank = (milli_percent * list->count + 99999) / 100000;
    return list->items[rank == 0 ? 0 : rank - 1];
}

/* Whether got is within 1.6 % or one tick of want. */
static inline bool truth_percentile_fits(uint64_t got, uint64_t want, double tick_ns) {
    double off = got > want ? (double)(got - want) : (double)(want - got);
    return off <= 0.016 * (double)want || off <= tick_ns;
}

/* Compares all percentiles of a function with those of a list. Where the percentage has no exact
   double and the rank falls on an integer, the next rank is right too: 99.9 is 99.900000000000006. */
static inline void truth_check_percentiles(const hotpath_snapshot_t* snapshot,
    const hotpath_function_t* function, truth_list_t* list, double tick_ns) {
    truth_list_sort(list);
    for (size_t i = 0; i < TRUTH_PERCENTS; i++) {
        uint64_t milli = truth_percents[i];
        uint64_t got = hotpath_snapshot_percentile(snapshot, function, (double)milli / 1000);
        if (list->count == 0) {
            CHECK_EQUAL("a percentile", function->name, got, 0);
            continue;
        }
        uint64_t want = truth_list_percentile(list, milli);
        bool fits = truth_percentile_fits(got, want, tick_ns);
        if (!fits && milli % 500 != 0 && milli * list->count % 100000 == 0)
            fits = truth_percentile_fits(
                got, truth_list_percentile(list, milli + 1), tick_ns); /* the next rank */
        CHECK(fits, "p%g of %s is %" PRIu64 ", not %" PRIu64 " (%.3f %%)", (double)milli / 1000,
            function->name, got, want, 100.0 * ((double)got / (double)want - 1));
        if (!function->bounds_only)
            CHECK(got >= function->min_ns && got <= function->max_ns,
                "p%g of %s is %" PRIu64 ", outside %" PRIu64 " to %" PRIu64, (double)milli / 1000,
                function->name, got, function->min_ns, function->max_ns);
    }
}

/* A growing text; truth_text_write is a hotpath_write_t. */
typedef struct truth_text {
    char* data;
    size_t size;
    size_t capacity;
} truth_text_t;

static inline bool truth_text_write(void* user, const char* data, size_t size) {
    truth_text_t* text = (truth_text_t*)user;
    if (text->size + size + 1 > text->capacity) {
        text->capacity = (text->size + size + 1) * 2;
        text->data = (char*)truth_realloc(text->data, text->capacity);
    }
    memcpy(text->data + text->size, data, size);
    text->size += size;
    text->data[text->size] = 0;
    return true;
}

static inline void truth_text_free(truth_text_t* text) {
    free(text->data);
    memset(text, 0, sizeof *text);
}

/* Renders a snapshot into a text that the caller frees. */
static inline truth_text_t truth_render(
    const hotpath_snapshot_t* snapshot, hotpath_format_t format) {
    truth_text_t text = {NULL, 0, 0};
    hotpath_report_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.format = (uint32_t)format;
    truth_text_write(&text, "", 0);
    CHECK(hotpath_report(snapshot, &desc, truth_text_write, &text), "format %d", (int)format);
    CHECK(strlen(text.data) == text.size, "a report holds no zero byte");
    return text;
}

/* The functions of a snapshot by name, of any kind; NULL if there is none. */
static inline const hotpath_function_t* truth_find(
    const hotpath_snapshot_t* snapshot, const char* name) {
    size_t count = 0;
    const hotpath_function_t* functions = hotpath_snapshot_functions(snapshot, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(functions[i].name, name) == 0) return &functions[i];
    return NULL;
}

/* As truth_find; a missing function is a failure, and an empty one stands for it. */
static inline const hotpath_function_t* truth_need(
    const hotpath_snapshot_t* snapshot, const char* name) {
    static const hotpath_function_t none;
    const hotpath_function_t* function = truth_find(snapshot, name);
    CHECK(function != NULL, "the snapshot has no %s", name);
    return function != NULL ? function : &none;
}

/* Compares what does not depend on open scopes with a list of completed executions. */
static inline void truth_check_completed(
    const hotpath_snapshot_t* snapshot, const hotpath_function_t* function, truth_list_t* list) {
    const char* name = function->name != NULL ? function->name : "(none)";
    truth_wide_t sum = truth_list_sum(list), squares = truth_list_squares(list);
    double mean = list->count ? (double)(truth_wide_double(sum) / (long double)list->count) : 0;
    truth_list_sort(list);
    CHECK_EQUAL("completed", name, function->completed, list->count);
    CHECK_EQUAL("sum_ticks", name, function->sum_ticks, sum.low);
    CHECK_EQUAL("sum_squares_high", name, function->sum_squares_high, squares.high);
    CHECK_EQUAL("sum_squares_low", name, function->sum_squares_low, squares.low);
    CHECK_EQUAL("min", name, function->min_ns, list->count ? list->items[0] : 0);
    CHECK_EQUAL("max", name, function->max_ns, list->count ? list->items[list->count - 1] : 0);
    CHECK_NEAR("mean", name, function->mean_ns, mean, 1e-12 * mean);
    CHECK_NEAR("stdev", name, function->stdev_ns, truth_list_stdev(list),
        1e-9 * mean + 1e-6 * truth_list_stdev(list));
    truth_check_percentiles(snapshot, function, list, 1);
}

/* A JSON reader for tests: strict (RFC 8259), numbers stay text, so that integers stay exact. */
typedef enum truth_json_type {
    TRUTH_JSON_NULL,
    TRUTH_JSON_FALSE,
    TRUTH_JSON_TRUE,
    TRUTH_JSON_NUMBER,
    TRUTH_JSON_STRING,
    TRUTH_JSON_ARRAY,
    TRUTH_JSON_OBJECT
} truth_json_type_t;

typedef struct truth_json {
    truth_json_type_t type;
    char* key;               /* in an object, else NULL */
    char* text;              /* of a string, unescaped, and of a number */
    struct truth_json* next; /* sibling */
    struct truth_json* child;
    struct truth_json* last; /* child */
    size_t count;            /* of children */
} truth_json_t;

typedef struct truth_json_reader {
    const char* at;
    const char* error;
} truth_json_reader_t;

static inline void truth_json_free(truth_json_t* value) {
    while (value != NULL) {
        truth_json_t* next = value->next;
        truth_json_free(value->child);
        free(value->key);
        free(value->text);
        free(value);
        value = next;
    }
}

static inline void truth_json_space(truth_json_reader_t* reader) {
    while (*reader->at != 0 && strchr(" \t\r\n", *reader->at) != NULL)
        reader->at++;
}

/* Takes one character; another one is an error and stays. */
static inline bool truth_json_take(truth_json_reader_t* reader, char c, const char* error) {
    if (*reader->at == c)
        reader->at++;
    else
        reader->error = error;
    return reader->error == NULL;
}

static inline unsigned truth_json_hex4(truth_json_reader_t* reader) {
    unsigned code = 0;
    for (int i = 0; i < 4; i++, reader->at++) {
        const char* digits = "0123456789abcdef";
        char c = *reader->at >= 'A' && *reader->at <= 'F' ? (char)(*reader->at + 32) : *reader->at;
        const char* digit = c != 0 ? strchr(digits, c) : NULL;
        if (digit == NULL) return reader->error = "a wrong \\u escape", 0u;
        code = code * 16 + (unsigned)(digit - digits);
    }
    return code;
}

static inline char* truth_json_utf8(char* out, unsigned code) {
    if (code < 0x80) return *out++ = (char)code, out;
    if (code < 0x800) {
        *out++ = (char)(0xC0 | code >> 6);
    } else if (code < 0x10000) {
        *out++ = (char)(0xE0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 63));
    } else {
        *out++ = (char)(0xF0 | code >> 18);
        *out++ = (char)(0x80 | (code >> 12 & 63));
        *out++ = (char)(0x80 | (code >> 6 & 63));
    }
    *out++ = (char)(0x80 | (code & 63));
    return out;
}

static inline char* truth_json_escape(truth_json_reader_t* reader, char* out) {
    static const char plain[] = "\"\\/bfnrt", meaning[] = "\"\\/\b\f\n\r\t";
    const char* found = *reader->at != 0 ? strchr(plain, *reader->at) : NULL;
    if (found != NULL) return reader->at++, *out++ = meaning[found - plain], out;
    if (!truth_json_take(reader, 'u', "a wrong escape")) return out;
    unsigned code = truth_json_hex4(reader);
    if (code >= 0xD800 && code < 0xDC00) {
        if (reader->at[0] != '\\' || reader->at[1] != 'u')
            return reader->error = "half a surrogate pair", out;
        reader->at += 2;
        unsigned low = truth_json_hex4(reader);
        if (low < 0xDC00 || low > 0xDFFF) return reader->error = "half a surrogate pair", out;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    return truth_json_utf8(out, code);
}

static inline char* truth_json_string(truth_json_reader_t* reader) {
    if (!truth_json_take(reader, '"', "no string")) return NULL;
    size_t length = 0;
    while (reader->at[length] != 0 && reader->at[length] != '"')
        length += reader->at[length] == '\\' && reader->at[length + 1] != 0 ? 2 : 1;
    if (reader->at[length] == 0) return reader->error = "a string without an end", (char*)NULL;
    char *text = (char*)truth_realloc(NULL, length + 1), *out = text;
    while (*reader->at != '"' && reader->error == NULL) {
        if ((unsigned char)*reader->at < 0x20)
            reader->error = "a control character in a string";
        else if (*reader->at == '\\')
            reader->at++, out = truth_json_escape(reader, out);
        else
            *out++ = *reader->at++;
    }
    if (reader->error == NULL) reader->at++;
    *out = 0;
    return text;
}

static inline char* truth_json_number(truth_json_reader_t* reader) {
    const char *start = reader->at, *digits = "0123456789";
    if (*reader->at == '-') reader->at++;
    size_t whole = strspn(reader->at, digits);
    if (whole == 0 || (whole > 1 && *reader->at == '0')) reader->error = "a wrong number";
    reader->at += whole;
    if (*reader->at == '.') {
        size_t fraction = strspn(++reader->at, digits);
        if (fraction == 0) reader->error = "a wrong fraction";
        reader->at += fraction;
    }
    if (*reader->at == 'e' || *reader->at == 'E') {
        reader->at++;
        if (*reader->at == '+' || *reader->at == '-') reader->at++;
        size_t exponent = strspn(reader->at, digits);
        if (exponent == 0) reader->error = "a wrong exponent";
        reader->at += exponent;
    }
    size_t length = (size_t)(reader->at - start);
    char* text = (char*)truth_realloc(NULL, length + 1);
    memcpy(text, start, length);
    text[length] = 0;
    return text;
}

static inline truth_json_t* truth_json_value(truth_json_reader_t* reader, int depth);

static inline void truth_json_members(
    truth_json_reader_t* reader, truth_json_t* value, char close, int depth) {
    reader->at++;
    truth_json_space(reader);
    if (*reader->at == close) {
        reader->at++;
        return;
    }
    while (reader->error == NULL) {
        char* key = NULL;
        truth_json_space(reader);
        if (close == '}') {
            key = truth_json_string(reader);
            truth_json_space(reader);
            if (reader->error == NULL) truth_json_take(reader, ':', "no colon");
            for (truth_json_t* c = value->child; reader->error == NULL && c != NULL; c = c->next)
                if (strcmp(c->key, key) == 0) reader->error = "a key comes twice";
        }
        truth_json_t* child = reader->error == NULL ? truth_json_value(reader, depth + 1) : NULL;
        if (child == NULL) {
            free(key);
            return;
        }
        child->key = key;
        if (value->last != NULL)
            value->last->next = child;
        else
            value->child = child;
        value->last = child;
        value->count++;
        truth_json_space(reader);
        if (*reader->at == close) {
            reader->at++;
            return;
        }
        truth_json_take(reader, ',', "no comma");
    }
}

static inline truth_json_t* truth_json_value(truth_json_reader_t* reader, int depth) {
    static const char* const words[] = {"null", "false", "true"};
    truth_json_t* value = (truth_json_t*)truth_realloc(NULL, sizeof *value);
    memset(value, 0, sizeof *value);
    truth_json_space(reader);
    if (depth > 600) {
        reader->error = "too deep";
    } else if (*reader->at == '{' || *reader->at == '[') {
        value->type = *reader->at == '{' ? TRUTH_JSON_OBJECT : TRUTH_JSON_ARRAY;
        truth_json_members(reader, value, *reader->at == '{' ? '}' : ']', depth);
    } else if (*reader->at == '"') {
        value->type = TRUTH_JSON_STRING;
        value->text = truth_json_string(reader);
    } else if (*reader->at == '-' || (*reader->at >= '0' && *reader->at <= '9')) {
        value->type = TRUTH_JSON_NUMBER;
        value->text = truth_json_number(reader);
    } else {
        size_t word = 0;
        while (word < 3 && strncmp(reader->at, words[word], strlen(words[word])) != 0)
            word++;
        if (word == 3)
            reader->error = "no value";
        else
            value->type = (truth_json_type_t)word, reader->at += strlen(words[word]);
    }
    return value;
}

/* Reads a whole text; an error is a failure and gives NULL. */
static inline truth_json_t* truth_json_read(const char* text) {
    truth_json_reader_t reader = {text, NULL};
    truth_json_t* value = truth_json_value(&reader, 0);
    truth_json_space(&reader);
    if (reader.error == NULL && *reader.at != 0) reader.error = "something after the value";
    if (reader.error == NULL) return value;
    truth_fail(__FILE__, __LINE__, "", "not JSON, %s, at byte %zu: \"%.40s\"", reader.error,
        (size_t)(reader.at - text), *reader.at != 0 ? reader.at : "(end)");
    truth_json_free(value);
    return NULL;
}

/* The member of an object, NULL if there is none. */
static inline const truth_json_t* truth_json_get(const truth_json_t* object, const char* key) {
    if (object == NULL || object->type != TRUTH_JSON_OBJECT) return NULL;
    const truth_json_t* child = object->child;
    while (child != NULL && strcmp(child->key, key) != 0)
        child = child->next;
    return child;
}

/* What a member that is a list or an object holds first; NULL if there is none. */
static inline const truth_json_t* truth_json_first(const truth_json_t* object, const char* key) {
    const truth_json_t* member = truth_json_get(object, key);
    return member != NULL ? member->child : NULL;
}

/* An unsigned integer member; anything else is a failure. */
static inline uint64_t truth_json_u64(const truth_json_t* object, const char* key) {
    const truth_json_t* member = truth_json_get(object, key);
    if (!CHECK(member != NULL && member->type == TRUTH_JSON_NUMBER, "no number \"%s\"", key))
        return UINT64_MAX;
    CHECK(strspn(member->text, "0123456789") == strlen(member->text),
        "\"%s\" is %s, not an unsigned integer", key, member->text);
    return strtoull(member->text, NULL, 10);
}

/* A number member as a double; anything else is a failure. */
static inline double truth_json_double(const truth_json_t* object, const char* key) {
    const truth_json_t* member = truth_json_get(object, key);
    if (!CHECK(member != NULL && member->type == TRUTH_JSON_NUMBER, "no number \"%s\"", key))
        return -1;
    return strtod(member->text, NULL);
}

/* A string member; anything else is a failure. */
static inline const char* truth_json_text(const truth_json_t* object, const char* key) {
    const truth_json_t* member = truth_json_get(object, key);
    if (!CHECK(member != NULL && member->type == TRUTH_JSON_STRING, "no string \"%s\"", key))
        return "";
    return member->text;
}

/* The first object of a list whose member `key` is that text; NULL if there is none. */
static inline const truth_json_t* truth_json_row(
    const truth_json_t* object, const char* list, const char* key, const char* text) {
    const truth_json_t* row = truth_json_first(object, list);
    while (row != NULL && strcmp(truth_json_text(row, key), text) != 0)
        row = row->next;
    return row;
}

#endif /* TRUTH_H */
