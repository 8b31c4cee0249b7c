/* RECORDER: real */
/* Law 11: one recorder a process. The test builds hosts and plugins with $CC (or cc) in a directory
   of its own and runs them. They are built with the hotpath.h of this test, which is part of the
   program, so that a fault in a copy of it is in them too. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "hotpath.h"
#include "law.h"

#if !defined(TEST_HEADER) /* build.sh says which one this is */
    #define TEST_HEADER "hotpath.h"
#endif
__asm__(".pushsection .rodata\n"
        ".globl test_header\n"
        "test_header: .incbin \"" TEST_HEADER "\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char test_header[];

/* >>sources */

static const char source_implementation[] = "#define HOTPATH_IMPLEMENTATION\n"
                                            "#include \"hotpath.h\"\n";

/* A function in a header, which every file that includes it has a site of. */
static const char source_shared[] = "#include \"hotpath.h\"\n"
                                    "static void in_a_header(void) { HOTPATH_FUNC(); }\n";

/* The host does what its arguments say, one after the other. */
static const char source_host[] =
    "#define _GNU_SOURCE\n"
    "#include \"hotpath.h\"\n"
    "#include \"shared.h\"\n"
    "#include <dlfcn.h>\n"
    "#include <stdio.h>\n"
    "#include <stdlib.h>\n"
    "#include <string.h>\n"
    "static void host_function(void) { HOTPATH_FUNC(); }\n"
    "static void print(void) {\n"
    "    hotpath_snapshot_t* s = hotpath_snapshot_take(0);\n"
    "    size_t count = 0;\n"
    "    const hotpath_function_t* f = hotpath_snapshot_functions(s, &count);\n"
    "    for (size_t i = 0; i < count; i++)\n"
    "        printf(\"[%s #%u x%llu %s:%u]\\n\", f[i].name, (unsigned)f[i].id,\n"
    "            (unsigned long long)f[i].calls, f[i].file, (unsigned)f[i].line);\n"
    "    for (size_t i = 0; i < count; i++)\n"
    "        for (unsigned k = 0; k < f[i].recent_count; k++)\n"
    "            for (unsigned n = 0; n < f[i].recent[k].notes_count; n++)\n"
    "                printf(\"[%s of %s]\\n\", f[i].recent[k].notes[n].key, f[i].name);\n"
    "    const hotpath_entry_t* e = hotpath_snapshot_entries(s, &count);\n"
    "    for (size_t i = 0; i < count; i++)\n"
    "        printf(\"[%s x%llu]\\n\", e[i].name, (unsigned long long)e[i].count);\n"
    "    hotpath_snapshot_free(s);\n"
    "}\n"
    "int main(int argc, char** argv) {\n"
    "    void* plugin = 0;\n"
    "    for (int i = 1; i < argc; i++) {\n"
    "        if (strcmp(argv[i], \"record\") == 0) host_function(), in_a_header();\n"
    "        if (strcmp(argv[i], \"print\") == 0) print();\n"
    "        if (strcmp(argv[i], \"sh\") == 0 && system(argv[++i]) != 0) return 4;\n"
    "        if (strcmp(argv[i], \"open\") == 0) {\n"
    "            plugin = dlopen(argv[++i], RTLD_NOW | RTLD_LOCAL);\n"
    "            if (!plugin) printf(\"dlerror: %s\\n\", dlerror());\n"
    "        }\n"
    "        if (strcmp(argv[i], \"lazy\") == 0) {\n"
    "            plugin = dlopen(argv[++i], RTLD_LAZY | RTLD_LOCAL);\n"
    "            if (!plugin) printf(\"dlerror: %s\\n\", dlerror());\n"
    "        }\n"
    "        if (strcmp(argv[i], \"run\") == 0 && plugin) {\n"
    "            void (*run)(void);\n"
    "            *(void**)&run = dlsym(plugin, \"plugin_run\");\n"
    "            run();\n"
    "        }\n"
    "        if (strcmp(argv[i], \"close\") == 0 && plugin) {\n"
    "            dlclose(plugin);\n"
    "            plugin = dlopen(argv[++i], RTLD_NOW | RTLD_NOLOAD);\n"
    "            printf(\"unloaded: %d\\n\", !plugin);\n"
    "            plugin = 0;\n"
    "        }\n"
    "    }\n"
    "    puts(\"done\");\n"
    "    return 0;\n"
    "}\n";

/* OWN makes it bring its own implementation; SECOND is a later version of it. */
static const char source_plugin[] =
    "#if defined(OWN)\n"
    "#define HOTPATH_IMPLEMENTATION\n"
    "#endif\n"
    "#include \"hotpath.h\"\n"
    "#include \"shared.h\"\n"
    "#include <stdio.h>\n"
    "static void plugin_helper(void) { HOTPATH_SCOPE(\"plugin scope\"); }\n"
    "#if defined(SECOND)\n"
    "static void plugin_second(void) { HOTPATH_FUNC(); }\n"
    "#else\n"
    "static void plugin_second(void) {}\n"
    "#endif\n"
    "static void told(void* user, const hotpath_slow_scope_t* scope) {\n"
    "    printf(\"[told of %s]\\n\", scope->name);\n"
    "}\n"
    "__attribute__((visibility(\"default\"))) void plugin_run(void);\n"
    "#line 100\n"
    "void plugin_run(void) {\n"
    "    HOTPATH_FUNC();\n"
    "    hotpath_on_slow(\"plugin scope\", 0, told, 0);\n"
    "    plugin_helper();\n"
    "    plugin_second();\n"
    "    in_a_header();\n"
    "    HOTPATH_VAL(\"plugin value\", 1);\n"
    "    HOTPATH_GAUGE_INC(\"plugin gauge\", 1);\n"
    "    HOTPATH_ERROR(\"plugin reason\");\n"
    "    HOTPATH_VALUE(\"plugin note\", 7);\n"
    "    HOTPATH_MESSAGE(\"from a plugin\");\n"
    "}\n";

/* >>building */

static char dir[LAW_PATH];
static char* built_path(const char* name) {
    static char paths[8][512];
    static int used;
    char* const path = paths[used++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", dir, name);
    return path;
}
static void write_source(const char* name, const char* text) {
    FILE* const file = fopen(built_path(name), "w");
    CHECK(file != NULL);
    CHECK(fputs(text, file) >= 0);
    CHECK_EQ(fclose(file), 0);
}
/* Runs a command, in which $CC is the compiler with what every file needs, $D the directory, and $RUN
   what runs programs. */
static const law_result_t* shell(const char* command) {
    char whole[2048];
    snprintf(whole, sizeof whole,
        "set -e; D=%s; CC=\"${CC:-cc} -w -DHOTPATH -I$D\"; RUN=${TEST_EMULATOR:-}; %s", dir,
        command);
    const char* const args[] = {"sh", "-c", whole, NULL};
    return law_exec("sh", args, NULL);
}
static void build(const char* command) { law_exited(shell(command), 0); }

static int build_all(void** state) {
    (void)state;
    law_folder(dir);
    write_source("hotpath.h", test_header);
    write_source("implementation.c", source_implementation);
    write_source("shared.h", source_shared);
    write_source("host.c", source_host);
    write_source("plugin.c", source_plugin);
    build("$CC -c $D/implementation.c -o $D/implementation.o; $CC -c $D/host.c -o $D/host.o");
    build("$CC -rdynamic $D/host.o $D/implementation.o -o $D/host -pthread -ldl;"
          "$CC '-Wl,--export-dynamic-symbol=hotpath_*' $D/host.o $D/implementation.o"
          " -o $D/host.symbols -pthread -ldl;"
          "$CC $D/host.o $D/implementation.o -o $D/host.closed -pthread -ldl");
    build("$CC -shared -fPIC $D/plugin.c -o $D/plugin.so;"
          "$CC -shared -fPIC -DSECOND $D/plugin.c -o $D/second.so");
    build("$CC -shared -fPIC -DOWN -fvisibility=hidden"
          " '-DHOTPATH_API=__attribute__((visibility(\"hidden\")))' $D/plugin.c -o $D/own.so "
          "-pthread");
    return 0;
}
static int remove_all(void** state) {
    (void)state;
    if (dir[0]) build("rm -r $D");
    return 0;
}
static const law_result_t* host(const char* which, const char* command) {
    char whole[1024];
    snprintf(whole, sizeof whole, "$RUN $D/%s %s", which, command);
    const law_result_t* const r = shell(whole);
    law_exited(r, 0);
    CHECK_HAS(r->out, "done\n");
    return r;
}
/* The id and calls that the last `print` tells of a function. Fails where it is not, or is twice. */
static void printed(const char* out, const char* name, unsigned* id, unsigned* calls) {
    char key[64];
    snprintf(key, sizeof key, "[%s #", name);
    const char* const at = strstr(out, key);
    if (!at) law_fail(__FILE__, __LINE__, "no %s in:\n%s", name, out);
    if (strstr(at + 1, key)) law_fail(__FILE__, __LINE__, "%s is twice in:\n%s", name, out);
    CHECK_EQ(sscanf(at + strlen(key), "%u x%u", id, calls), 2);
}
static unsigned printed_calls(const char* out, const char* name) {
    unsigned id = 0, calls = 0;
    printed(out, name, &id, &calls);
    return calls;
}

/* >>tests */

/* A plugin without an implementation records into the host's recorder. */
static void law_11_one_recorder(void** state) {
    (void)state;
    static const char* const hosts[] = {"host", "host.symbols"};
    for (int i = 0; i < 2; i++) {
        const law_result_t* const r =
            host(hosts[i], "record open $D/plugin.so run run record run print");
        CHECK_TEXT(r->err, "");
        CHECK_EQ(printed_calls(r->out, "plugin_run"), 3);
        CHECK_EQ(printed_calls(r->out, "plugin scope"), 3);
        CHECK_EQ(printed_calls(r->out, "host_function"), 2);
        CHECK_EQ(printed_calls(r->out, "in_a_header"), 5); /* of host and plugin: one function */
        CHECK_HAS(r->out, "[plugin value x3]");
        CHECK_HAS(r->out, "[plugin gauge x3]");
        CHECK_HAS(r->out, "[plugin note of plugin_run]");
        CHECK_HAS(r->out, "[<messages> x3]");
        CHECK_HAS(r->out, "[told of plugin scope]");
    }
}

/* Without -rdynamic the plugin does not load, and the message names the flag. */
static void law_11_one_recorder_closed_host(void** state) {
    (void)state;
    static const char* const ways[] = {
        "open $D/plugin.so run print", "lazy $D/plugin.so run print"};
    for (int i = 0; i < 2; i++) {
        const law_result_t* const r = host("host.closed", ways[i]);
        CHECK_HAS(r->out, "dlerror: ");
        CHECK_HAS(r->out, "rdynamic");
        CHECK_HAS_NOT(r->out, "[plugin_run");
    }
}

/* A program without the implementation does not link, and the message names it. */
static void law_11_one_recorder_forgotten(void** state) {
    (void)state;
    const law_result_t* const r =
        shell("if $CC $D/host.o -o $D/forgotten -pthread -ldl; then exit 3; fi");
    law_exited(r, 0);
    CHECK_HAS(r->err, "hotpath_define_HOTPATH_IMPLEMENTATION_in_one_file");
}

/* A plugin with an implementation of its own, hidden from others, finds the host's and uses that. */
static void law_11_one_recorder_defers(void** state) {
    (void)state;
    const law_result_t* const r = host("host", "record open $D/own.so run run print");
    CHECK_EQ(printed_calls(r->out, "plugin_run"), 2);
    CHECK_EQ(printed_calls(r->out, "plugin scope"), 2);
    CHECK_EQ(printed_calls(r->out, "in_a_header"), 3);
    CHECK_HAS(r->out, "[plugin value x2]");
    CHECK_HAS(r->out, "[plugin gauge x2]");
    CHECK_HAS(r->out, "[plugin note of plugin_run]");
    CHECK_HAS(r->out, "[<messages> x2]");
    CHECK_HAS(r->out, "[told of plugin scope]");
    CHECK_EQ(law_lines(r->err), 1);
    CHECK_HAS(r->err, "hotpath: ");
}

/* In a host that exports nothing it records apart, and says so in one line that names the flag. */
static void law_11_one_recorder_apart(void** state) {
    (void)state;
    const law_result_t* const r = host("host.closed", "record open $D/own.so run run print");
    CHECK_HAS_NOT(r->out, "[plugin_run");
    CHECK_EQ(printed_calls(r->out, "in_a_header"), 1);
    CHECK_EQ(law_lines(r->err), 1);
    CHECK_HAS(r->err, "hotpath: ");
    CHECK_HAS(r->err, "rdynamic");
}

/* HOTPATH_OWN_RECORDER: it means to, and nothing is said. A recorder that is alone says nothing. */
static void law_11_one_recorder_on_purpose(void** state) {
    (void)state;
    build("$CC -shared -fPIC -DOWN -DHOTPATH_OWN_RECORDER -fvisibility=hidden"
          " '-DHOTPATH_API=__attribute__((visibility(\"hidden\")))' $D/plugin.c -o $D/purpose.so");
    const law_result_t* r = host("host", "record open $D/purpose.so run run print");
    CHECK_HAS_NOT(r->out, "[plugin_run");
    CHECK_TEXT(r->err, "");
    r = host("host.closed", "record open $D/purpose.so run run print");
    CHECK_HAS_NOT(r->out, "[plugin_run");
    CHECK_TEXT(r->err, "");
    r = host("host", "record print");
    CHECK_TEXT(r->err, "");
}

/* A library that is linked, not loaded, with a second implementation: one recorder all the same. */
static void law_11_one_recorder_linked_twice(void** state) {
    (void)state;
    build(
        "$CC -shared -fPIC -DOWN $D/plugin.c -o $D/libtwice.so -pthread;"
        "printf '%s\\n' '#include \"hotpath.h\"' '#include <stdio.h>' 'void plugin_run(void);'"
        " 'static void own(void) { HOTPATH_FUNC(); }'"
        " 'int main(void) { own(); plugin_run(); size_t n = 0, calls = 0;'"
        " 'hotpath_snapshot_t* s = hotpath_snapshot_take(0);'"
        " 'const hotpath_function_t* f = hotpath_snapshot_functions(s, &n);'"
        " 'for (size_t i = 0; i < n; i++) calls += f[i].calls;'"
        " 'printf(\"%d\", (int)calls); return 0; }' > $D/twice.c;"
        "$CC $D/twice.c $D/implementation.o -o $D/twice -L$D -ltwice -Wl,-rpath,$D -pthread -ldl");
    const law_result_t* const r = shell("$RUN $D/twice");
    law_exited(r, 0);
    CHECK_TEXT(r->out, "[told of plugin scope]\n4");
    CHECK_LE(law_lines(r->err), 1);
}

/* A plugin that is gone leaves its functions with names that can be read; a plugin that comes back,
   as it was or rebuilt, goes on with the same functions. */
static void law_11_one_recorder_reload(void** state) {
    (void)state;
    const law_result_t* r = host("host", "open $D/plugin.so run close $D/plugin.so print");
    CHECK_HAS(r->out, "unloaded: 1");
    unsigned id = 0, again = 0, calls = 0;
    printed(r->out, "plugin_run", &id, &calls);
    CHECK_EQ(calls, 1);
    CHECK_HAS(r->out, "plugin.c:");
    r = host("host", "open $D/plugin.so run close $D/plugin.so open $D/plugin.so run run close "
                     "$D/plugin.so print");
    printed(r->out, "plugin_run", &again, &calls);
    CHECK_EQ(again, id);
    CHECK_EQ(calls, 3);

    r = host("host",
        "sh 'cp '$D'/plugin.so '$D'/reloaded.so' open $D/reloaded.so run close $D/reloaded.so "
        "sh 'cp '$D'/second.so '$D'/reloaded.so' open $D/reloaded.so run close $D/reloaded.so "
        "print");
    printed(r->out, "plugin_run", &again, &calls);
    CHECK_EQ(again, id);
    CHECK_EQ(calls, 2);
    CHECK_EQ(printed_calls(r->out, "plugin_second"), 1);
}

/* Forty generations of two versions in one process: one function each, nothing lost. */
static void law_11_one_recorder_generations(void** state) {
    (void)state;
    const law_result_t* const r = host("host",
        "$(for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do"
        " echo open $D/plugin.so run close $D/plugin.so open $D/second.so run close $D/second.so;"
        " done) record print");
    CHECK_TEXT(r->err, "");
    CHECK_EQ(printed_calls(r->out, "plugin_run"), 40);
    CHECK_EQ(printed_calls(r->out, "plugin scope"), 40);
    CHECK_EQ(printed_calls(r->out, "plugin_second"), 20);
    CHECK_EQ(printed_calls(r->out, "in_a_header"), 41);
    CHECK_HAS(r->out, "[plugin gauge x40]");
}

/* >>sites */

/* Equal name, file and line are one function; another of the three makes another one. */
static void law_11_one_recorder_equal_sites(void** state) {
    (void)state;
    static const hotpath_site_t init = HOTPATH_SITE_INIT("equal", HOTPATH_KIND_SCOPE);
    static hotpath_site_t sites[4];
    static char name[8] = "equal", file[sizeof __FILE__] = __FILE__;
    for (int i = 0; i < 4; i++)
        sites[i] = init;
    sites[1].name = name, sites[1].file = file; /* the content counts, not the pointer */
    sites[2].line++;
    sites[3].file = "another file";
    for (int i = 0; i < 4; i++) {
        hotpath_token_t token;
        hotpath_begin(&sites[i], &token);
        hotpath_end(&token);
    }
    memset(name, 'x', sizeof name - 1), memset(file, 'x', sizeof file - 1);
    CHECK(sites[0].id != 0);
    CHECK_EQ(sites[1].id, sites[0].id);
    CHECK(sites[2].id != sites[0].id);
    CHECK(sites[3].id != sites[0].id && sites[3].id != sites[2].id);
    hotpath_snapshot_t* const s = law_take();
    size_t count = 0, seen = 0;
    const hotpath_function_t* const f = hotpath_snapshot_functions(s, &count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(f[i].name, "equal") != 0) continue;
        seen++;
        if (f[i].id != sites[0].id) continue;
        CHECK_EQ(f[i].calls, 2);
        CHECK_EQ(f[i].line, init.line);
        CHECK_TEXT(f[i].file, __FILE__);
    }
    CHECK_EQ(seen, 3);
    hotpath_snapshot_free(s);
}

/* >>mismatch */

static int messages;
static void keeps_messages(void* user, const char* message) {
    (void)user;
    messages++;
    printf("%s\n", message);
}
static int child_mismatch(void) {
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.no_exit_report = true;
    desc.log = keeps_messages;
    CHECK(hotpath_start(&desc));
    static hotpath_site_t site = HOTPATH_SITE_INIT("from another version", HOTPATH_KIND_SCOPE);
    site.abi = (uint32_t)(3 * 10000 + 7 * 100) << 12 | (uint32_t)(sizeof site + 16);
    for (int i = 0; i < 10; i++) {
        hotpath_token_t token;
        hotpath_begin(&site, &token);
        hotpath_end(&token);
    }
    CHECK_EQ(messages, 1);
    CHECK_EQ(law_drops().abi_mismatch, 10);
    CHECK_EQ(law_drops().foreign_ends, 0);
    CHECK_EQ(law_now("from another version").calls, 0);
    HOTPATH_BEGIN(own, "of this version");
    (void)HOTPATH_END(own);
    CHECK_EQ(law_now("of this version").calls, 1);
    return 0;
}
/* A compile unit that was built with another hotpath.h records nothing. It is told once, with both
   versions and the file, and counted. */
static void law_11_one_recorder_mismatch(void** state) {
    (void)state;
    const law_result_t* const r = law_again("mismatch", NULL);
    law_exited(r, 0);
    CHECK_TEXT(r->err, "");
    CHECK_HAS(r->out, "3.7");
    CHECK_HAS(r->out, "0.1");
    CHECK_HAS(r->out, "test_law_one_recorder.c");
}

static const law_child_t children[] = {{"mismatch", child_mismatch}, {NULL, NULL}};

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(law_11_one_recorder),
    cmocka_unit_test(law_11_one_recorder_closed_host),
    cmocka_unit_test(law_11_one_recorder_forgotten),
    cmocka_unit_test(law_11_one_recorder_defers),
    cmocka_unit_test(law_11_one_recorder_apart),
    cmocka_unit_test(law_11_one_recorder_on_purpose),
    cmocka_unit_test(law_11_one_recorder_linked_twice),
    cmocka_unit_test(law_11_one_recorder_reload),
    cmocka_unit_test(law_11_one_recorder_generations),
    cmocka_unit_test(law_11_one_recorder_equal_sites),
    cmocka_unit_test(law_11_one_recorder_mismatch),
};
int main(int argc, char** argv) {
    const int code = law_run(argc, argv, children);
    return code >= 0 ? code : cmocka_run_group_tests(tests, build_all, remove_all);
}
