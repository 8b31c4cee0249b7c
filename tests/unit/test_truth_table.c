/* RECORDER: virtual */
/* Truth: the table gives names the room that there is, on terminals and in files, keeps numbers in
   line whatever the names are made of, and rounds numbers with a point. On a virtual clock. */
#define _GNU_SOURCE 1 /* pseudo terminals */
#include "hotpath.h"
#include "truth.h"

#include <fcntl.h>
#include <sys/ioctl.h>

static uint64_t line = 1000;

uint64_t virtual_ticks(void) { return line; }

static void run(const char* name, uint64_t duration) {
    HOTPATH_SCOPE_NAMED(name);
    line += duration;
}

/* Names of `length` characters that differ in their first ones. */
static const char* long_name(size_t length, char* name) {
    for (size_t i = 0; i < length; i++)
        name[i] = (char)('a' + (length + i * 7) % 26);
    name[length] = 0;
    return name;
}

static truth_text_t table(void) {
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    truth_text_t text = truth_render(s, HOTPATH_FORMAT_TABLE);
    hotpath_snapshot_free(s);
    return text;
}
/* The line that has a text; it is cut off behind, so the table is of no more use. */
static char* line_with(char* text, const char* part) {
    char* at = strstr(text, part);
    if (!CHECK(at != NULL, "the table has no \"%s\":\n%s", part, text)) exit(1);
    at[strcspn(at, "\n")] = 0;
    while (at > text && at[-1] != '\n')
        at--;
    return at;
}
static size_t code_points(const char* text) {
    size_t count = 0;
    for (; *text != 0; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

/* ---- widths ------------------------------------------------------------------------------------- */

/* Without a terminal 60 columns of a name are whole beside every column of numbers. */
static void in_a_file(uint64_t unused) {
    (void)unused;
    char name[256], cut[256];
    HOTPATH_SCOPE("a");
    run(long_name(60, name), 1234567);
    run(long_name(61, cut), 123456);
    HOTPATH_BYTES(1000000);
    HOTPATH_ERROR("broke");
    truth_text_t text = table();
    CHECK(strstr(text.data, "Errors") != NULL && strstr(text.data, "Bytes") != NULL, "columns");
    CHECK(strstr(text.data, "\n\n") != NULL, "a table");
    *strstr(text.data, "\nCall tree") = 0; /* has more room */
    CHECK(strstr(text.data, name) != NULL, "60 columns are cut:\n%s", text.data);
    CHECK(strstr(text.data, cut) == NULL, "61 columns are not cut:\n%s", text.data);
    CHECK(strstr(text.data, cut + 61 - 40) != NULL, "the end of a name is lost:\n%s", text.data);
    truth_text_free(&text);
}

/* The report as a terminal of so many columns gets it. */
static char* on_a_terminal(unsigned short columns) {
    static char output[65536];
    size_t size = 0;
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    struct winsize window;
    memset(&window, 0, sizeof window);
    window.ws_col = columns, window.ws_row = 50;
    if (!CHECK(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0, "no terminal"))
        exit(1);
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY), kept = dup(1);
    CHECK(slave >= 0 && ioctl(slave, TIOCSWINSZ, &window) == 0, "no window");
    fcntl(master, F_SETFL, O_NONBLOCK);
    fflush(stdout);
    dup2(slave, 1);
    CHECK(hotpath_report_now(), "the report");
    fflush(stdout);
    dup2(kept, 1);
    for (ssize_t n = 1; n > 0 && size + 1 < sizeof output; size += n > 0 ? (size_t)n : 0)
        n = read(master, output + size, sizeof output - 1 - size);
    output[size] = 0;
    CHECK(strstr(output, "\x1B[1m") != NULL, "a terminal has colour");
    close(slave), close(master), close(kept);
    return output;
}
/* The names of functions, by their lengths, that the table shows whole, and one that it cuts. */
static void check_cut(unsigned short columns, const size_t* whole, size_t cut) {
    char name[256], *output = on_a_terminal(columns);
    if (strstr(output, "Call tree") != NULL) *strstr(output, "Call tree") = 0;
    for (; *whole != 0; whole++)
        CHECK(strstr(output, long_name(*whole, name)) != NULL, "%zu are cut in %d columns:\n%s",
            *whole, columns, output);
    CHECK(strstr(output, long_name(cut, name)) == NULL, "%zu fit into %d columns:\n%s", cut,
        columns, output);
}
static void terminals(uint64_t unused) {
    (void)unused;
    char name[256];
    static const size_t lengths[] = {24, 25, 60, 61, 100, 140, 160, 170};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        run(long_name(lengths[i], name), 1000);
    check_cut(200, (const size_t[]){24, 60, 61, 100, 0}, 140);
    check_cut(400, (const size_t[]){24, 60, 61, 100, 140, 160, 0}, 170);
    check_cut(60, (const size_t[]){24, 0}, 25);
    check_cut(0, (const size_t[]){24, 60, 0}, 61); /* it does not know: as in a file */
}

/* The last number of all rows ends in one column, whatever the names are. */
static void numbers_in_line(uint64_t unused) {
    (void)unused;
    static const struct {
        const char* name;
        size_t columns;
    } names[] = {{"plain", 5},
        {"gr\xC3\xB6\xC3\x9F"
         "e",
            5},
        {"\xE6\x8F\x8F\xE7\x94\xBB", 4},   /* two ideographs */
        {"\xED\x95\x9C\xEA\xB8\x80 x", 6}, /* two Hangul syllables */
        {"e\xCC\x81"
         "a\xCC\x88",
            2},                     /* combining marks */
        {"\xF0\x9F\x9A\x80 go", 5}, /* a picture */
        {"\xEF\xBD\xB1", 1},        /* a halfwidth letter */
        {"a very long name of a function that decides how wide the names are", 66}};
    enum {
        COUNT = sizeof names / sizeof *names
    };
    for (size_t i = 0; i < COUNT; i++)
        run(names[i].name, (uint64_t)1 << i * 3);
    size_t ends = 0;
    for (size_t i = 0; i < COUNT - 1; i++) {
        truth_text_t text = table();
        char* row = line_with(text.data, names[i].name);
        size_t end = names[i].columns + code_points(row + strlen(names[i].name));
        if (i == 0) ends = end;
        CHECK_EQUAL("the end of the row", names[i].name, end, ends);
        truth_text_free(&text);
    }
}

static void nest(size_t depth) {
    char name[256];
    HOTPATH_SCOPE_NAMED(long_name(70 + depth, name));
    line += 10;
    if (depth > 0) nest(depth - 1);
}
static void check_tree(char* row) {
    char* next = row;
    size_t width = 0, rows = 0;
    for (; row != NULL && *row != '\r' && *row != '\n' && *row != 0; row = next, rows++) {
        next = row + strcspn(row, "\n") + 1;
        row[strcspn(row, "\r\n\x1B")] = 0;
        if (rows == 0) width = code_points(row);
        CHECK_EQUAL("the end of a row", row, code_points(row), width);
    }
    CHECK_EQUAL("rows", "the tree", rows, 1 + 25);
}
/* So it is in the tree, where little is left of the names under many branches. */
static void a_deep_tree(uint64_t unused) {
    (void)unused;
    nest(24);
    truth_text_t text = table();
    check_tree(strstr(text.data, "Call tree"));
    truth_text_free(&text);
    check_tree(strstr(on_a_terminal(60), "Call tree"));
}

/* ---- numbers ------------------------------------------------------------------------------------ */

/* A double as the table, and as the JSON report shows it. */
static const struct {
    double value;
    const char *table, *json;
} doubles[] = {{0.1 + 0.2, "0.3", "0.30000000000000004"},
    {1.0 / 3, "0.333333", "0.3333333333333333"}, {2.0 / 3, "0.666667", "0.6666666666666666"},
    {3.14159265358979, "3.14159", "3.14159265358979"}, {9.9999996, "10", "9.9999996"},
    {0.00012345678, "0.000123457", "0.00012345678"}, {123456.789, "123457", "123456.789"},
    {1234567.891, "1234568", "1234567.891"}, {999999999999.5, "1000000000000", "999999999999.5"},
    {42, "42", "42"}, {1e6, "1000000", "1000000"},
    {1.23456789e300, "1.23457e+300", "1.23456789e+300"}, {9.999999e-9, "1e-8", "9.999999e-9"},
    {-2.71828182845, "-2.71828", "-2.71828182845"}, {0, "0", "0"}};

static void rounded_numbers(uint64_t unused) {
    (void)unused;
    for (size_t i = 0; i < sizeof doubles / sizeof *doubles; i++) {
        char want[64], shown[64];
        HOTPATH_VAL("a val", doubles[i].value);
        HOTPATH_GAUGE_SET("a gauge", doubles[i].value);
        hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
        truth_text_t text = truth_render(s, HOTPATH_FORMAT_TABLE);
        truth_text_t json = truth_render(s, HOTPATH_FORMAT_JSON);
        snprintf(want, sizeof want, "\"last\":%s,", doubles[i].json);
        CHECK(strstr(json.data, want) != NULL, "the JSON has no %s: %s", want, json.data);
        hotpath_value_text(hotpath_i_value_of_double(doubles[i].value), shown, sizeof shown);
        CHECK_TEXT("the text", "a value", shown, doubles[i].json);
        snprintf(want, sizeof want, " %s", doubles[i].table);
        char* row = line_with(strstr(text.data, "\nVal"), "a val");
        CHECK(strlen(row) > strlen(want) && strcmp(row + strlen(row) - strlen(want), want) == 0,
            "%s is not at the end of: %s", want, row);
        snprintf(want, sizeof want, " %s ", doubles[i].table);
        row = line_with(strstr(text.data, "\nGauge"), "a gauge");
        CHECK(strstr(row, want) != NULL, "no%s in: %s", want, row);
        truth_text_free(&json);
        truth_text_free(&text);
        hotpath_snapshot_free(s);
    }
}

IN_CHILD(in_a_file)
IN_CHILD(terminals)
IN_CHILD(numbers_in_line)
IN_CHILD(a_deep_tree)
IN_CHILD(rounded_numbers)

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_in_a_file),
        cmocka_unit_test(test_terminals), cmocka_unit_test(test_numbers_in_line),
        cmocka_unit_test(test_a_deep_tree), cmocka_unit_test(test_rounded_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
