/* RECORDER: real */
/* Bad input: a wrong setting is one line on stderr and a default, an output that cannot be written
   goes elsewhere, and nothing of it changes the program: not its exit code, not its stdout, not its
   errno, not its locale, not its signals. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "hotpath.h"
#include "law.h"

#include <locale.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

/* >>programs
   What is executed again, each as a program of its own. */

static void works(void) {
    HOTPATH_FUNC();
    HOTPATH_SCOPE("inner work");
    HOTPATH_VAL("work value", 1.5);
    HOTPATH_GAUGE_SET("work gauge", 2.25);
}

/* Prints one line, records a little, ends with 42. */
static int program(void) {
    HOTPATH_MAIN();
    printf("output of the program\n");
    works();
    return 42;
}
static int program_that_says_nothing(void) {
    HOTPATH_MAIN();
    works();
    return 0;
}
static int program_without_a_scope(void) {
    hotpath_start(NULL);
    return 0;
}

static const char program_output[] = "output of the program\n";

static char dir[LAW_PATH];
static int make_dir(void** state) {
    (void)state;
    law_folder(dir);
    return 0;
}
static int remove_dir(void** state) {
    (void)state;
    const char* const args[] = {"rm", "-r", dir, NULL};
    law_exited(law_exec("rm", args, NULL), 0);
    return 0;
}
static const char* read_file(const char* path) {
    static char text[1 << 18];
    const int fd = open(path, O_RDONLY);
    if (fd < 0) law_fail(__FILE__, __LINE__, "%s: %s", path, strerror(errno));
    law_read_all(fd, text, sizeof text);
    return text;
}
static size_t occurrences(const char* text, const char* part) {
    size_t count = 0;
    for (text = strstr(text, part); text; text = strstr(text + 1, part))
        count++;
    return count;
}

/* >>environment */

typedef struct wrong {
    const char* variable;
    const char* value;
    const char* allowed; /* a part of what is said to be allowed */
    const char* used;    /* the default that is said to be used */
} wrong_t;

static const wrong_t wrongs[] = {
    {"HOTPATH_OUTPUT_FORMAT", "xml", "json-pretty", "table"},
    {"HOTPATH_OUTPUT_FORMAT", "tables", "json-pretty", "table"},
    {"HOTPATH_LIMIT", "-1", "0", "the limit of each section"},
    {"HOTPATH_LIMIT", "many", "0", "the limit of each section"},
    {"HOTPATH_FUNCTIONS_LIMIT", "1e3", "0", "15"},
    {"HOTPATH_FUNCTIONS_LIMIT", "99999999999999999999999", "0", "15"},
    {"HOTPATH_FUNCTIONS_LIMIT", " 7", "0", "15"},
    {"HOTPATH_THREADS_LIMIT", "7x", "0", "5"},
    {"HOTPATH_LOGS_LIMIT", "0", "1024", "64"},
    {"HOTPATH_LOGS_LIMIT", "1025", "1024", "64"},
    {"HOTPATH_LOGS_LIMIT", "18446744073709551617", "1024", "64"},
    {"HOTPATH_ENTRIES_LIMIT", "0x10", "1", "1000"},
    {"HOTPATH_MAX_LOG_LEN", "1", "65535", "1536"},
    {"HOTPATH_MEMORY_MAX", "lots", "65536", "256M"},
    {"HOTPATH_MEMORY_MAX", "12Q", "65536", "256M"},
    {"HOTPATH_MEMORY_MAX", "18446744073709551615G", "65536", "256M"},
    {"HOTPATH_PERCENTILES", "50,101", "100", "50,95,99"},
    {"HOTPATH_PERCENTILES", "p50", "100", "50,95,99"},
    {"HOTPATH_PERCENTILES", "50,,99", "100", "50,95,99"},
    {"HOTPATH_PERCENTILES", "nan", "100", "50,95,99"},
    {"HOTPATH_TIME_EXCLUSIVE", "maybe", "true", "true"},
    {"HOTPATH_NO_VALUES", "2", "true", "false"},
    {"HOTPATH_REPORT", "everything", "functions", "auto"},
    {"HOTPATH_REPORT", "nothing", "mutexes, rw_locks, frames, phases, channels,", "auto"},
    {"HOTPATH_FOCUS", "/(unclosed/", "regex", "none"},
    {"HOTPATH_FOCUS", "[a-", "glob", "none"},
    {"HOTPATH_REPORT_SIGNALS", "KILL", "TERM", "none"},
    {"HOTPATH_EXPORT", "svg:x.svg", "folded:", "none"},
    {"HOTPATH_EXPORT", "folded:", "folded:", "none"},
};

static void wrong_environment(void** state) {
    (void)state;
    for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
        const wrong_t* const w = &wrongs[i];
        char setting[256];
        snprintf(setting, sizeof setting, "%s=%s", w->variable, w->value);
        const char* const env[] = {setting, "HOTPATH_OUTPUT_PATH=/dev/null", NULL};
        const law_result_t* const r = law_again("program", env);
        law_exited(r, 42);
        CHECK_TEXT(r->out, program_output);
        if (law_lines(r->err) != 1)
            law_fail(__FILE__, __LINE__, "%s: not one line but:\n%s", setting, r->err);
        CHECK_EQ(strncmp(r->err, "hotpath: ", 9), 0);
        CHECK_HAS(r->err, w->variable);
        CHECK_HAS(r->err, w->value);
        /* What is allowed and what is used stand after the value, in that order. */
        const char* const after = strstr(r->err, w->value) + strlen(w->value);
        CHECK_HAS(after, w->allowed);
        const char* const using = strstr(after, "using ");
        CHECK(using != NULL);
        CHECK_HAS(using, w->used);
    }
}

/* Several wrong ones are one line each; an empty one counts as unset; right ones say nothing. */
static void several_settings(void** state) {
    (void)state;
    static const char* const three[] = {"HOTPATH_LIMIT=x", "HOTPATH_LOGS_LIMIT=y",
        "HOTPATH_OUTPUT_FORMAT=z", "HOTPATH_OUTPUT_PATH=/dev/null", NULL};
    const law_result_t* r = law_again("program", three);
    law_exited(r, 42);
    CHECK_EQ(law_lines(r->err), 3);
    static const char* const empty[] = {"HOTPATH_LIMIT=", "HOTPATH_OUTPUT_FORMAT=",
        "HOTPATH_PERCENTILES=", "HOTPATH_REPORT=", "HOTPATH_REPORT_SIGNALS=", "HOTPATH_EXPORT=",
        "HOTPATH_MEMORY_MAX=", "HOTPATH_OUTPUT_PATH=/dev/null", NULL};
    r = law_again("program", empty);
    law_exited(r, 42);
    CHECK_TEXT(r->err, "");
    static const char* const right[] = {"HOTPATH_LIMIT=0", "HOTPATH_OUTPUT_FORMAT=json-pretty",
        "HOTPATH_PERCENTILES=0,50,99.9,99.999999,100", "HOTPATH_REPORT=functions,call_tree",
        "HOTPATH_REPORT_SIGNALS=INT,SIGTERM", "HOTPATH_MEMORY_MAX=1G", "HOTPATH_LOGS_LIMIT=1024",
        "HOTPATH_TIME_EXCLUSIVE=false", "HOTPATH_FOCUS=/^wo.*s$/", "NO_COLOR=1",
        "HOTPATH_REPORT_LABEL=a label", "HOTPATH_OUTPUT_PATH=/dev/null", NULL};
    r = law_again("program", right);
    law_exited(r, 42);
    CHECK_TEXT(r->err, "");
    CHECK_TEXT(r->out, program_output);
}

/* A hostile value stays one line, bounded, without its escape sequences. */
static void hostile_value(void** state) {
    (void)state;
    static char setting[20000] = "HOTPATH_OUTPUT_FORMAT=a\nb\x1b[31mred\r\xff\xfe";
    const size_t used = strlen(setting);
    memset(setting + used, 'L', sizeof setting - 1 - used);
    const char* const env[] = {setting, "HOTPATH_OUTPUT_PATH=/dev/null", NULL};
    const law_result_t* const r = law_again("program", env);
    law_exited(r, 42);
    CHECK_EQ(law_lines(r->err), 1);
    CHECK_LE(strlen(r->err), 1000);
    CHECK(strchr(r->err, '\x1b') == NULL);
    CHECK(strchr(r->err, '\r') == NULL);
    CHECK_HAS(r->err, "HOTPATH_OUTPUT_FORMAT");
    CHECK_TEXT(r->out, program_output);
}

/* What the code says wrongly is told like what the environment says. */
static int program_of_wrong_code(void) {
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.output_format = "yaml", desc.output_path = "/dev/null";
    CHECK(hotpath_start(&desc));
    works();
    return 0;
}
static void wrong_code(void** state) {
    (void)state;
    const law_result_t* r = law_again("wrong code", NULL);
    law_exited(r, 0);
    CHECK_EQ(law_lines(r->err), 1);
    CHECK_HAS(r->err, "output_format");
    CHECK_HAS(r->err, "yaml");
    CHECK_TEXT(r->out, "");
    static const char* const env[] = {"HOTPATH_OUTPUT_FORMAT=json", NULL};
    r = law_again("wrong code", env); /* The environment wins, so the code's is not looked at. */
    law_exited(r, 0);
    CHECK_TEXT(r->err, "");
}

/* >>output */

/* The report follows what the program itself wrote, on the same stdout. */
static void report_on_stdout(void** state) {
    (void)state;
    const law_result_t* const r = law_again("program", NULL);
    law_exited(r, 42);
    CHECK_EQ(strncmp(r->out, program_output, strlen(program_output)), 0);
    CHECK_HAS(r->out, "works");
    CHECK_HAS(r->out, "inner work");
    CHECK(strchr(r->out, '\x1b') == NULL); /* no terminal, no colour */
    CHECK_TEXT(r->err, "");
}
static void report_on_stderr(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_OUTPUT_PATH=stderr", NULL};
    const law_result_t* const r = law_again("program", env);
    law_exited(r, 42);
    CHECK_TEXT(r->out, program_output);
    CHECK_HAS(r->err, "works");
}
static void report_none(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_OUTPUT_FORMAT=none", NULL};
    const law_result_t* const r = law_again("program", env);
    law_exited(r, 42);
    CHECK_TEXT(r->out, program_output);
    CHECK_TEXT(r->err, "");
}

/* A path that cannot be written: the report goes to stderr, after one line that says so. */
static void report_unwritable(void** state) {
    (void)state;
    char in_a_file[600];
    snprintf(in_a_file, sizeof in_a_file, "HOTPATH_OUTPUT_PATH=%s/file", dir);
    const char* env[] = {in_a_file, "HOTPATH_OUTPUT_FORMAT=json", NULL};
    law_exited(law_again("program", env), 42);
    snprintf(in_a_file, sizeof in_a_file, "HOTPATH_OUTPUT_PATH=%s/file/under/a/file", dir);
    const char* const paths[] = {in_a_file, "HOTPATH_OUTPUT_PATH=/nonexistent/directory/report",
        "HOTPATH_OUTPUT_PATH=/", "HOTPATH_OUTPUT_PATH=/dev/full"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        env[0] = paths[i];
        const law_result_t* const r = law_again("program", env);
        law_exited(r, 42);
        CHECK_TEXT(r->out, program_output);
        CHECK_EQ(strncmp(r->err, "hotpath: ", 9), 0);
        const char* const line_end = strchr(r->err, '\n');
        CHECK(line_end != NULL);
        CHECK_EQ(line_end[1], '{');
        CHECK_HAS(r->err, strchr(paths[i], '=') + 1);
        CHECK_HAS(line_end, "functions_timing");
        CHECK_EQ(occurrences(r->err, "hotpath: "), 1);
    }
}

/* stdout and stderr are closed: there is nowhere to report, and the program does not mind. */
static void report_nowhere(void** state) {
    (void)state;
    const char* args[] = {"sh", "-c", "\"$0\" --child='says nothing' >&- 2>&-", law_self(), NULL};
    law_exited(law_exec("sh", args, NULL), 0);
    args[2] = "\"$0\" --child='says nothing' > /dev/full 2> /dev/full";
    law_exited(law_exec("sh", args, NULL), 0);
}

static void report_to_a_file(void** state) {
    (void)state;
    char path[512], setting[600];
    snprintf(path, sizeof path, "%s/report.json", dir);
    snprintf(setting, sizeof setting, "HOTPATH_OUTPUT_PATH=%s", path);
    const char* const env[] = {setting, "HOTPATH_OUTPUT_FORMAT=json", NULL};
    const law_result_t* r = law_again("program", env);
    law_exited(r, 42);
    CHECK_TEXT(r->out, program_output);
    CHECK_TEXT(r->err, "");
    const char* text = read_file(path);
    CHECK_EQ(text[0], '{');
    CHECK_HAS(text, "\"functions_timing\"");
    const size_t length = strlen(text);
    r = law_again("program", env); /* A second run replaces the first one's. */
    law_exited(r, 42);
    text = read_file(path);
    CHECK_EQ(occurrences(text, "\"functions_timing\""), 1);
    CHECK_LE(strlen(text), length + 200);
}

static void report_to_a_file_with_pid(void** state) {
    (void)state;
    char setting[600], path[600];
    snprintf(setting, sizeof setting, "HOTPATH_OUTPUT_PATH=%s/%%p-%%p.txt", dir);
    const char* const env[] = {setting, NULL};
    const char* const args[] = {
        "sh", "-c", "echo $$; exec \"$0\" --child=program", law_self(), NULL};
    const law_result_t* const r = law_exec("sh", args, env);
    law_exited(r, 42);
    const int pid = atoi(r->out);
    snprintf(path, sizeof path, "%s/%d-%d.txt", dir, pid, pid);
    CHECK_HAS(read_file(path), "works");
}

/* >>forms */

static void report_sections(void** state) {
    (void)state;
    static const char* const functions[] = {
        "HOTPATH_OUTPUT_FORMAT=json", "HOTPATH_REPORT=functions", NULL};
    const law_result_t* r = law_again("program", functions);
    law_exited(r, 42);
    CHECK_HAS(r->out, "\"functions_timing\"");
    CHECK_HAS_NOT(r->out, "\"call_tree\"");
    CHECK_HAS_NOT(r->out, "\"gauges\"");
    static const char* const all_but[] = {
        "HOTPATH_OUTPUT_FORMAT=json", "HOTPATH_REPORT=all,-threads", NULL};
    r = law_again("program", all_but);
    law_exited(r, 42);
    CHECK_HAS(r->out, "\"functions_timing\"");
    CHECK_HAS(r->out, "\"gauges\"");
    CHECK_HAS(r->out, "\"val_entries\"");
    CHECK_HAS(r->out, "\"dbg_entries\"");
    CHECK_HAS(r->out, "\"call_tree\"");
    CHECK_HAS_NOT(r->out, "\"threads\"");
    CHECK(strstr(r->out, "\"functions_timing\"") < strstr(r->out, "\"gauges\""));
    CHECK(strstr(r->out, "\"gauges\"") < strstr(r->out, "\"call_tree\""));
}

/* JSON is one object, also when nothing was recorded. */
static void report_of_nothing(void** state) {
    (void)state;
    static const char* const formats[] = {
        "HOTPATH_OUTPUT_FORMAT=json", "HOTPATH_OUTPUT_FORMAT=json-pretty"};
    for (int i = 0; i < 2; i++) {
        const char* const env[] = {formats[i], NULL};
        const law_result_t* const r = law_again("without a scope", env);
        law_exited(r, 0);
        CHECK_EQ(r->out[0], '{');
        CHECK_HAS(r->out, "\"functions_timing\"");
        const size_t length = strlen(r->out);
        CHECK_TEXT(r->out + length - 2, "}\n");
        int depth = 0;
        for (size_t k = 0; k < length; k++) {
            depth += r->out[k] == '{';
            depth -= r->out[k] == '}';
            if (depth == 0 && k + 2 < length)
                law_fail(__FILE__, __LINE__, "more than one object:\n%s", r->out);
        }
        CHECK_TEXT(r->err, "");
    }
    const law_result_t* const r = law_again("without a scope", NULL);
    law_exited(r, 0);
    CHECK_TEXT(r->err, "");
}

static void report_label(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_REPORT_LABEL=\"quoted\" label \\", NULL};
    CHECK_HAS(law_again("program", env)->out, "\"quoted\" label \\");
    static const char* const json[] = {
        "HOTPATH_REPORT_LABEL=\"quoted\" label \\", "HOTPATH_OUTPUT_FORMAT=json", NULL};
    CHECK_HAS(law_again("program", json)->out, "\\\"quoted\\\" label \\\\");
}

static void focus(void** state) {
    (void)state;
    static const char* const env[] = {
        "HOTPATH_FOCUS=inner", "HOTPATH_REPORT=functions", "HOTPATH_OUTPUT_FORMAT=json", NULL};
    const law_result_t* const r = law_again("program", env);
    law_exited(r, 42);
    CHECK_HAS(r->out, "\"inner work\"");
    CHECK_HAS_NOT(r->out, "\"works\"");
}

/* A limit shows so many rows and says how many there are. */
static void limits(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_FUNCTIONS_LIMIT=1", "HOTPATH_REPORT=functions",
        "HOTPATH_OUTPUT_FORMAT=json", NULL};
    const law_result_t* const r = law_again("program", env);
    law_exited(r, 42);
    CHECK_HAS(r->out, "\"total_count\":3,\"included_count\":1");
}

/* A name with what the format gives a meaning is no frame more and no column more. */
static bool folded_write(void* user, const char* data, size_t size) {
    return strncat((char*)user, data, size) != NULL;
}
static void folded_names(void** state) {
    (void)state;
    char text[4096] = "";
    hotpath_report_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.format = HOTPATH_FORMAT_FOLDED;
    hotpath_record("folded;track", "a;b 12", 0, 5);
    hotpath_snapshot_t* const s = law_take();
    CHECK(hotpath_report(s, &desc, folded_write, text));
    hotpath_snapshot_free(s);
    CHECK_HAS(text, "folded:track;a:b_12 5\n");
}

static void export_folded(void** state) {
    (void)state;
    char path[512], setting[600];
    snprintf(path, sizeof path, "%s/stacks.folded", dir);
    snprintf(setting, sizeof setting, "HOTPATH_EXPORT=folded:%s", path);
    const char* env[] = {setting, "HOTPATH_OUTPUT_FORMAT=none", NULL};
    const law_result_t* r = law_again("program", env);
    law_exited(r, 42);
    CHECK_TEXT(r->out, program_output);
    CHECK_TEXT(r->err, "");
    CHECK_HAS(read_file(path), "program;works;inner work ");
    env[0] = "HOTPATH_EXPORT=folded:/nonexistent/directory/stacks";
    r = law_again("program", env);
    law_exited(r, 42);
    CHECK_TEXT(r->out, program_output);
    CHECK_HAS(r->err, "/nonexistent/directory/stacks");
}

/* >>errno */

static void errno_is_kept(void** state) {
    (void)state;
    static char name[32];
    for (int i = 0; i < 3000; i++) {
        snprintf(name, sizeof name, "errno %d", i);
        const int expected = 1000 + i;
        errno = expected;
        {
            HOTPATH_FUNC();
            CHECK_EQ(errno, expected);
            HOTPATH_SCOPE_NAMED(name);
            HOTPATH_BEGIN(begun, "errno begun");
            HOTPATH_ERROR("errno reason");
            HOTPATH_BYTES(5);
            HOTPATH_VAL("errno value", i);
            HOTPATH_VAL("errno text", name);
            HOTPATH_GAUGE_INC("errno gauge", 1);
            HOTPATH_GAUGE_INC("errno double", 0.5);
            (void)HOTPATH_DBG(i);
            (void)HOTPATH_DBG_FORMAT(v, i, "%d", v);
            HOTPATH_THREAD_NAME(name);
            hotpath_record("errno track", name, 5, 6);
            (void)HOTPATH_END(begun);
            CHECK_EQ(errno, expected);
        }
        CHECK_EQ(errno, expected);
    }
    errno = 77;
    hotpath_context_t* const context = hotpath_context_create("errno");
    hotpath_context_switch(context);
    hotpath_context_switch(NULL);
    hotpath_context_destroy(context);
    CHECK_EQ(errno, 77);
    hotpath_snapshot_t* const s = hotpath_snapshot_take(NULL);
    hotpath_snapshot_free(s);
    CHECK_EQ(errno, 77);
    hotpath_app_info("errno", "kept");
    hotpath_unwind(hotpath_depth());
    CHECK_EQ(errno, 77);
}
static void* errno_of_a_thread(void* arg) {
    errno = 4321;
    HOTPATH_SCOPE("errno thread");
    CHECK_EQ(errno, 4321);
    return arg;
}
static void errno_is_kept_at_first_touches(void** state) {
    (void)state;
    for (int i = 0; i < 20; i++)
        pthread_join(law_thread(errno_of_a_thread, NULL), NULL);
    CHECK_EQ(law_now("errno thread").calls, 20);
}

/* >>locale */

/* Finds a locale with a comma for decimals, where one is installed. */
static bool decimal_comma(void) {
    static const char* const locales[] = {"de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8",
        "fr_FR.utf8", "es_ES.UTF-8", "ru_RU.UTF-8"};
    for (size_t i = 0; i < sizeof locales / sizeof locales[0]; i++)
        if (setlocale(LC_ALL, locales[i]) && strcmp(localeconv()->decimal_point, ",") == 0)
            return true;
    return false;
}
static int program_in_a_locale(void) {
    HOTPATH_MAIN();
    if (!decimal_comma()) return 77;
    works();
    char text[64];
    hotpath_value_text(hotpath_i_value_of_double(2.25), text, sizeof text);
    CHECK_TEXT(text, "2.25");
    hotpath_snapshot_t* const s = law_take();
    static law_text_t json;
    law_render(&json, s, HOTPATH_FORMAT_JSON);
    CHECK_HAS(json.data, "2.25");
    CHECK_HAS_NOT(json.data, "2,25");
    hotpath_snapshot_free(s);
    CHECK_TEXT(localeconv()->decimal_point, ",");
    return 0;
}
/* A locale is made with localedef if none is installed; without it the test is left out. */
static void locale_does_not_matter(void** state) {
    (void)state;
    char command[700], path[600];
    snprintf(path, sizeof path, "LOCPATH=%s/locales", dir);
    static const char* const env[] = {
        "HOTPATH_OUTPUT_FORMAT=json", "HOTPATH_PERCENTILES=50,99.5", NULL};
    const law_result_t* r = law_again("locale", env);
    if (WIFEXITED(r->status) && WEXITSTATUS(r->status) == 77) {
        snprintf(command, sizeof command,
            "mkdir -p %s/locales && localedef -i de_DE -f UTF-8 %s/locales/de_DE.UTF-8", dir, dir);
        const char* const args[] = {"sh", "-c", command, NULL};
        law_exec("sh", args, NULL);
        const char* const made[] = {
            path, "HOTPATH_OUTPUT_FORMAT=json", "HOTPATH_PERCENTILES=50,99.5", NULL};
        r = law_again("locale", made);
    }
    if (WIFEXITED(r->status) && WEXITSTATUS(r->status) == 77) {
        print_message("no locale with a decimal comma here\n");
        skip();
    }
    law_exited(r, 0);
    CHECK_HAS(r->out, "2.25");
    CHECK_HAS_NOT(r->out, "2,25");
    CHECK_HAS(r->out, "99.5");
    CHECK_HAS_NOT(r->out, "99,5");
}

/* >>start, stop */

static int program_starting_twice(void) {
    CHECK(hotpath_start(NULL));
    CHECK(!hotpath_start(NULL));
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.output_path = "/nonexistent/never/used";
    CHECK(!hotpath_start(&desc));
    works();
    hotpath_stop(); /* reports once */
    hotpath_stop(); /* and not again, */
    works();
    CHECK_EQ(law_now("works").calls, 2);
    return 0; /* also not at exit. */
}
static void start_twice(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_OUTPUT_FORMAT=json", NULL};
    const law_result_t* const r = law_again("start twice", env);
    law_exited(r, 0);
    CHECK_EQ(occurrences(r->out, "\"functions_timing\""), 1);
    CHECK_TEXT(r->err, "");
}
static int program_stopping_unstarted(void) {
    hotpath_stop();
    works();
    hotpath_stop();
    CHECK_EQ(law_now("works").calls, 1);
    return 0;
}
static void stop_without_start(void** state) {
    (void)state;
    const law_result_t* const r = law_again("stop unstarted", NULL);
    law_exited(r, 0);
    CHECK_TEXT(r->out, "");
    CHECK_TEXT(r->err, "");
}
static int program_restarting(void) {
    CHECK(hotpath_start(NULL));
    works();
    hotpath_stop();
    CHECK(hotpath_start(NULL)); /* after a stop it is a start again */
    works();
    return 0;
}
static void restart(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_OUTPUT_FORMAT=json", NULL};
    const law_result_t* const r = law_again("restart", env);
    law_exited(r, 0);
    CHECK_EQ(occurrences(r->out, "\"functions_timing\""), 2);
    CHECK_TEXT(r->err, "");
}
static int program_reporting_on_demand(void) {
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.no_exit_report = true;
    works();
    CHECK(hotpath_report_now()); /* before a start too */
    CHECK(hotpath_start(&desc));
    CHECK(hotpath_report_now());
    return 0;
}
static void report_now(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_OUTPUT_FORMAT=json", NULL};
    const law_result_t* const r = law_again("report now", env);
    law_exited(r, 0);
    CHECK_EQ(occurrences(r->out, "\"functions_timing\""), 2);
}
static int program_app_info(void) {
    char key[32];
    for (int i = 0; i < 32; i++) {
        snprintf(key, sizeof key, "key %d", i);
        CHECK(hotpath_app_info(key, "first"));
    }
    CHECK(!hotpath_app_info("one too many", "x"));
    CHECK(hotpath_app_info("key 5", "second \"quoted\""));
    hotpath_snapshot_t* const s = law_take();
    const hotpath_info_t* const info = hotpath_snapshot_info(s);
    CHECK_EQ(info->app_info_count, 32);
    int seen = 0;
    for (uint32_t i = 0; i < 32; i++) {
        if (strcmp(info->app_info[2 * i], "key 5") == 0) {
            CHECK_TEXT(info->app_info[2 * i + 1], "second \"quoted\"");
            seen++;
        } else {
            CHECK_TEXT(info->app_info[2 * i + 1], "first");
        }
    }
    CHECK_EQ(seen, 1);
    hotpath_snapshot_free(s);
    return 0;
}
static void app_info(void** state) {
    (void)state;
    law_exited(law_again("app info", NULL), 0);
}

/* The log callback takes the place of stderr. */
static char logged[512];
static int logged_count;
static void keeps_the_log(void* user, const char* message) {
    logged_count++;
    snprintf(logged, sizeof logged, "%s%s", (const char*)user, message);
}
static int program_with_a_log(void) {
    static char user[] = "user ";
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.log = keeps_the_log, desc.log_user = user;
    desc.output_format = "yaml", desc.no_exit_report = true;
    CHECK(hotpath_start(&desc));
    CHECK_EQ(logged_count, 1);
    CHECK_EQ(strncmp(logged, "user hotpath: ", 14), 0);
    CHECK_HAS(logged, "yaml");
    CHECK(strchr(logged, '\n') == NULL);
    return 0;
}
static void log_callback(void** state) {
    (void)state;
    const law_result_t* const r = law_again("log", NULL);
    law_exited(r, 0);
    CHECK_TEXT(r->err, "");
}

/* >>signals */

static void never_returns(void) {
    HOTPATH_FUNC();
    fprintf(stderr, "ready\n");
    for (;;)
        pause();
}
static int program_waiting(void) {
    HOTPATH_MAIN();
    never_returns();
    return 0;
}
/* Starts a child, sends it a signal once it is ready, and collects it. */
static const law_result_t* signalled(
    const char* child, int number, const char* setting, bool ignored) {
    const int out = law_temporary(), err = law_temporary();
    char arg[64], ready[16];
    snprintf(arg, sizeof arg, "--child=%s", child);
    fflush(NULL);
    const pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        law_become_child(out, err);
        if (ignored) signal(number, SIG_IGN);
        putenv((char*)(uintptr_t)setting);
        execl(law_self(), law_self(), arg, (char*)NULL);
        _exit(127);
    }
    for (int i = 0; i < 2000 && pread(err, ready, 6, 0) < 6; i++)
        usleep(5000);
    usleep(20000);
    kill(pid, number);
    return law_collect(pid, out, err);
}

static void report_signals(void** state) {
    (void)state;
    static const int numbers[] = {SIGTERM, SIGINT};
    for (int i = 0; i < 2; i++) {
        const law_result_t* const r =
            signalled("waiting", numbers[i], "HOTPATH_REPORT_SIGNALS=INT,TERM", false);
        CHECK(WIFSIGNALED(r->status));
        CHECK_EQ(WTERMSIG(r->status), numbers[i]);
        CHECK_HAS(r->out, "never_returns");
        CHECK_HAS(r->out, "program_waiting");
        CHECK_TEXT(r->err, "ready\n");
    }
}
/* Without the variable no signal is touched: the program dies at once, without a report. */
static void report_signals_are_opt_in(void** state) {
    (void)state;
    const law_result_t* r = signalled("waiting", SIGTERM, "HOTPATH_REPORT_LABEL=x", false);
    CHECK(WIFSIGNALED(r->status));
    CHECK_EQ(WTERMSIG(r->status), SIGTERM);
    CHECK_TEXT(r->out, "");
    r = signalled("waiting", SIGTERM, "HOTPATH_REPORT_SIGNALS=INT", false);
    CHECK_EQ(WTERMSIG(r->status), SIGTERM);
    CHECK_TEXT(r->out, "");
}

static int program_dereferencing(void) {
    HOTPATH_MAIN();
    HOTPATH_SCOPE("about to crash");
    raise(SIGSEGV);
    return 0;
}
static void report_signals_of_a_crash(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_REPORT_SIGNALS=SEGV", NULL};
    const law_result_t* const r = law_again("crash", env);
    if (!LAW_ASAN) { /* ASan turns the re-raised signal into a report and an exit of its own. */
        CHECK(WIFSIGNALED(r->status));
        CHECK_EQ(WTERMSIG(r->status), SIGSEGV);
    }
    CHECK_HAS(r->out, "about to crash");
}

static volatile sig_atomic_t own_handler_ran;
static void own_handler(int number) {
    (void)number;
    own_handler_ran = 1;
    (void)!write(1, "own handler\n", 12);
    _exit(9);
}
static int program_with_a_handler(void) {
    signal(SIGTERM, own_handler);
    HOTPATH_MAIN();
    never_returns();
    return 0;
}
/* A handler that the program had before still gets the signal, after the report. */
static void report_signals_chain(void** state) {
    (void)state;
    const law_result_t* const r =
        signalled("handler", SIGTERM, "HOTPATH_REPORT_SIGNALS=TERM", false);
    law_exited(r, 9);
    CHECK_HAS(r->out, "never_returns");
    CHECK_HAS(r->out, "own handler");
    CHECK(strstr(r->out, "never_returns") < strstr(r->out, "own handler"));
}

/* A handler of the program's that goes on: the report at the signal is followed by one at the end. */
static void flag_handler(int number) { own_handler_ran = number; }
static int program_that_goes_on(void) {
    signal(SIGTERM, flag_handler);
    HOTPATH_MAIN();
    fprintf(stderr, "ready\n");
    while (own_handler_ran == 0)
        usleep(1000);
    HOTPATH_SCOPE("after the signal");
    return 0;
}
static void report_signals_and_the_end(void** state) {
    (void)state;
    const law_result_t* const r =
        signalled("goes on", SIGTERM, "HOTPATH_REPORT_SIGNALS=TERM", false);
    law_exited(r, 0);
    const char* first = strstr(r->out, "[hotpath]");
    CHECK(first != NULL);
    const char* second = strstr(first + 1, "[hotpath]");
    CHECK(second != NULL);
    CHECK(strstr(second + 1, "[hotpath]") == NULL);
    CHECK_HAS(second, "after the signal");
}
/* A signal in the middle of printf finds the stream locked by the very thread that it interrupts. */
static int program_in_the_middle_of_printf(void) {
    HOTPATH_MAIN();
    { HOTPATH_SCOPE("before the signal"); }
    flockfile(stdout);
    raise(SIGTERM);
    return 3;
}
static void report_signals_in_the_middle_of_printf(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_REPORT_SIGNALS=TERM", NULL};
    const law_result_t* const r = law_again("in printf", env);
    CHECK(WIFSIGNALED(r->status));
    CHECK_EQ(WTERMSIG(r->status), SIGTERM);
    CHECK_HAS(r->out, "before the signal");
    CHECK_HAS(r->out, "one recording costs");
    CHECK_TEXT(r->err, "");
}

/* Two signals, with a stop and a start between: the second one's report waits for its own end. */
static int program_restarted_between(void) {
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    signal(SIGINT, flag_handler);
    CHECK(hotpath_start(&desc));
    { HOTPATH_SCOPE("first life"); }
    raise(SIGINT);
    CHECK_EQ(own_handler_ran, SIGINT);
    hotpath_stop();
    struct sigaction now;
    CHECK_EQ(sigaction(SIGTERM, NULL, &now), 0);
    CHECK(now.sa_handler == SIG_DFL); /* stopped, it has given the signals back */
    CHECK(hotpath_start(&desc));
    { HOTPATH_SCOPE("second life"); }
    raise(SIGTERM);
    return 3;
}
static void report_signals_after_a_restart(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_REPORT_SIGNALS=INT,TERM", NULL};
    const law_result_t* const r = law_again("restarted between", env);
    CHECK(WIFSIGNALED(r->status));
    CHECK_EQ(WTERMSIG(r->status), SIGTERM);
    size_t reports = 0;
    for (const char* p = strstr(r->out, "[hotpath]"); p != NULL; p = strstr(p + 1, "[hotpath]"))
        reports++;
    CHECK_EQ(reports, 3);
    CHECK_HAS(r->out, "second life");
}

/* A signal in the middle of a report's writing, by the thread that writes it or by another, waits
   for the report's end. The program writes into a pipe that its parent reads only after the signal. */
static void* sleeps_forever(void* unused) {
    for (;;)
        pause();
    return unused;
}
static int cut_short(bool elsewhere) {
    int ends[2], queued = 0, status = 0;
    CHECK_EQ(pipe(ends), 0);
    CHECK(fcntl(ends[1], F_SETPIPE_SZ, 4096) == 4096);
    const pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], 1);
        close(ends[0]), close(ends[1]);
        HOTPATH_MAIN();
        sigset_t term;
        sigemptyset(&term);
        sigaddset(&term, SIGTERM);
        if (elsewhere) {
            law_thread(sleeps_forever, NULL);
            pthread_sigmask(SIG_BLOCK, &term, NULL);
        }
        for (int i = 0; i < 64; i++) {
            char name[64];
            snprintf(name, sizeof name, "one of many functions, number %d", i);
            HOTPATH_SCOPE_NAMED(name);
        }
        return 0;
    }
    close(ends[1]);
    while (ioctl(ends[0], FIONREAD, &queued) == 0 && queued < 4096)
        usleep(1000);
    kill(pid, SIGTERM);
    usleep(100000);
    char bytes[4096];
    for (ssize_t n; (n = read(ends[0], bytes, sizeof bytes)) > 0;)
        fwrite(bytes, 1, (size_t)n, stdout);
    waitpid(pid, &status, 0);
    fprintf(stderr, "ended by %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    return 0;
}
static int program_cut_short(void) { return cut_short(false); }
static int program_cut_short_elsewhere(void) { return cut_short(true); }
static void report_signals_in_the_middle_of_a_report(void** state) {
    (void)state;
    static const char* const env[] = {
        "HOTPATH_REPORT_SIGNALS=TERM", "HOTPATH_OUTPUT_FORMAT=json", "HOTPATH_LIMIT=0", NULL};
    static const char* const programs[] = {"cut short", "cut short elsewhere"};
    for (int i = 0; i < 2; i++) {
        const law_result_t* const r = law_again(programs[i], env);
        /* with the signal at another thread, the program may end by itself first */
        if (i == 0 || strcmp(r->err, "ended by 0\n") != 0) CHECK_TEXT(r->err, "ended by 15\n");
        CHECK_HAS(r->out, "number 63");
        CHECK_HAS(r->out, "\"call_tree\"");
        const size_t size = strlen(r->out);
        CHECK(size > 8192);
        CHECK_TEXT(r->out + size - 2, "}\n");
        CHECK(strchr(r->out, '\n') == r->out + size - 1); /* one object, once */
    }
}

/* A second signal does not wait for a report that nobody reads. */
static int program_stuck_in_its_report(void) {
    int ends[2], queued = 0, status = 0;
    CHECK_EQ(pipe(ends), 0);
    CHECK(fcntl(ends[1], F_SETPIPE_SZ, 4096) == 4096);
    const pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], 1);
        HOTPATH_MAIN();
        for (int i = 0; i < 64; i++) {
            char name[64];
            snprintf(name, sizeof name, "one of many functions, number %d", i);
            HOTPATH_SCOPE_NAMED(name);
        }
        return 0;
    }
    while (ioctl(ends[0], FIONREAD, &queued) == 0 && queued < 4096)
        usleep(1000);
    for (int i = 0; i < 2; i++)
        kill(pid, SIGTERM), usleep(100000);
    int tries = 0;
    while (waitpid(pid, &status, WNOHANG) == 0 && tries++ < 3000)
        usleep(1000);
    CHECK_LE(tries, 2900);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    return 0;
}
static void report_signals_twice_in_a_report(void** state) {
    (void)state;
    static const char* const env[] = {
        "HOTPATH_REPORT_SIGNALS=TERM", "HOTPATH_OUTPUT_FORMAT=json", "HOTPATH_LIMIT=0", NULL};
    law_exited(law_again("stuck", env), 0);
}

/* A signal that interrupts the writing of what the program has printed does not cost the report. */
static void only_interrupts(int number) { (void)number; }
static int program_interrupted_before_its_report(void) {
    static char text[8000], buffer[16000];
    int ends[2];
    CHECK_EQ(pipe(ends), 0);
    CHECK(fcntl(ends[1], F_SETPIPE_SZ, 4096) == 4096);
    const pid_t pid = fork();
    if (pid == 0) {
        struct sigaction action;
        memset(&action, 0, sizeof action);
        action.sa_handler = only_interrupts;
        sigaction(SIGUSR1, &action, NULL);
        dup2(ends[1], 1);
        close(ends[0]), close(ends[1]);
        HOTPATH_MAIN();
        setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
        memset(text, '-', sizeof text);
        fwrite(text, 1, sizeof text, stdout);
        return 0;
    }
    close(ends[1]);
    for (int queued = 0; ioctl(ends[0], FIONREAD, &queued) == 0 && queued < 4096;)
        usleep(1000);
    for (int i = 0; i < 3; i++) /* the first one only shortens the write */
        usleep(30000), kill(pid, SIGUSR1);
    usleep(30000);
    for (ssize_t n; (n = read(ends[0], text, sizeof text)) > 0;)
        fwrite(text, 1, (size_t)n, stdout);
    waitpid(pid, NULL, 0);
    return 0;
}
static void report_after_an_interrupted_flush(void** state) {
    (void)state;
    const law_result_t* const r = law_again("interrupted", NULL);
    CHECK_TEXT(r->err, "");
    CHECK_HAS(r->out, "program_interrupted_before_its_report");
}

/* A log callback that asks for a report of its own in the middle of one gets none, and no wait. */
static int asked;
static void asking_log(void* user, const char* message) {
    (void)user, (void)message;
    asked++;
    CHECK(!hotpath_report_now());
}
static int program_asking_in_its_log(void) {
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.log = asking_log;
    desc.output_path = "/nowhere/at/all";
    desc.no_exit_report = true;
    CHECK(hotpath_start(&desc));
    { HOTPATH_SCOPE("x"); }
    CHECK(hotpath_report_now());
    CHECK_EQ(asked, 1);
    return 0;
}
static void report_in_a_log_callback(void** state) {
    (void)state;
    law_exited(law_again("asking", NULL), 0);
}

/* Who reads stdout has gone: the program lives on, and the report is not sent elsewhere. */
static int program_without_a_reader(void) {
    int ends[2];
    struct sigaction pipes;
    CHECK_EQ(pipe(ends), 0);
    CHECK_EQ(dup2(ends[1], 1), 1);
    close(ends[0]);
    close(ends[1]);
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.no_exit_report = true;
    CHECK(hotpath_start(&desc));
    { HOTPATH_SCOPE("unread"); }
    CHECK(!hotpath_report_now());
    CHECK_EQ(sigaction(SIGPIPE, NULL, &pipes), 0);
    CHECK(pipes.sa_handler == SIG_DFL);
    sigset_t blocked, waiting;
    CHECK_EQ(pthread_sigmask(SIG_BLOCK, NULL, &blocked), 0);
    CHECK_EQ(sigismember(&blocked, SIGPIPE), 0);
    CHECK_EQ(sigpending(&waiting), 0);
    CHECK_EQ(sigismember(&waiting, SIGPIPE), 0);
    return 0;
}
static void report_without_a_reader(void** state) {
    (void)state;
    const law_result_t* const r = law_again("unread", NULL);
    law_exited(r, 0);
    CHECK_TEXT(r->err, "");
}

static const law_child_t children[] = {
    {"goes on", program_that_goes_on},
    {"restarted between", program_restarted_between},
    {"in printf", program_in_the_middle_of_printf},
    {"cut short", program_cut_short},
    {"cut short elsewhere", program_cut_short_elsewhere},
    {"stuck", program_stuck_in_its_report},
    {"interrupted", program_interrupted_before_its_report},
    {"asking", program_asking_in_its_log},
    {"unread", program_without_a_reader},
    {"program", program},
    {"says nothing", program_that_says_nothing},
    {"without a scope", program_without_a_scope},
    {"wrong code", program_of_wrong_code},
    {"locale", program_in_a_locale},
    {"start twice", program_starting_twice},
    {"stop unstarted", program_stopping_unstarted},
    {"restart", program_restarting},
    {"report now", program_reporting_on_demand},
    {"app info", program_app_info},
    {"log", program_with_a_log},
    {"waiting", program_waiting},
    {"crash", program_dereferencing},
    {"handler", program_with_a_handler},
    {NULL, NULL},
};

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(wrong_environment),
    cmocka_unit_test(several_settings),
    cmocka_unit_test(hostile_value),
    cmocka_unit_test(wrong_code),
    cmocka_unit_test(report_on_stdout),
    cmocka_unit_test(report_on_stderr),
    cmocka_unit_test(report_none),
    cmocka_unit_test(report_unwritable),
    cmocka_unit_test(report_nowhere),
    cmocka_unit_test(report_to_a_file),
    cmocka_unit_test(report_to_a_file_with_pid),
    cmocka_unit_test(report_sections),
    cmocka_unit_test(report_of_nothing),
    cmocka_unit_test(report_label),
    cmocka_unit_test(focus),
    cmocka_unit_test(limits),
    cmocka_unit_test(folded_names),
    cmocka_unit_test(export_folded),
    cmocka_unit_test(errno_is_kept),
    cmocka_unit_test(errno_is_kept_at_first_touches),
    cmocka_unit_test(locale_does_not_matter),
    cmocka_unit_test(start_twice),
    cmocka_unit_test(stop_without_start),
    cmocka_unit_test(restart),
    cmocka_unit_test(report_now),
    cmocka_unit_test(app_info),
    cmocka_unit_test(log_callback),
    cmocka_unit_test(report_signals),
    cmocka_unit_test(report_signals_are_opt_in),
    cmocka_unit_test(report_signals_of_a_crash),
    cmocka_unit_test(report_signals_chain),
    cmocka_unit_test(report_signals_and_the_end),
    cmocka_unit_test(report_signals_in_the_middle_of_printf),
    cmocka_unit_test(report_signals_in_the_middle_of_a_report),
    cmocka_unit_test(report_signals_twice_in_a_report),
    cmocka_unit_test(report_after_an_interrupted_flush),
    cmocka_unit_test(report_signals_after_a_restart),
    cmocka_unit_test(report_in_a_log_callback),
    cmocka_unit_test(report_without_a_reader),
};
int main(int argc, char** argv) {
    const int code = law_run(argc, argv, children);
    return code >= 0 ? code : cmocka_run_group_tests(tests, make_dir, remove_dir);
}
