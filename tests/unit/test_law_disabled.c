/* Law 16: disabled means gone. This file is itself compiled without hotpath: -UHOTPATH stands after
   the -DHOTPATH of every test. More of it is in the tests of the disabled macros. */
/* FLAGS: -UHOTPATH */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "law.h"

static int evaluated;
static int evaluates(void) { return ++evaluated; }

static int instrumented(int v) {
    HOTPATH_FUNC_LOG();
    HOTPATH_SCOPE("scope");
    HOTPATH_SCOPE_NAMED("named");
    HOTPATH_BEGIN(begun, "begun");
    HOTPATH_ERROR("reason");
    HOTPATH_BYTES(evaluates());
    HOTPATH_VAL("value", evaluates());
    HOTPATH_GAUGE_SET("gauge", evaluates());
    HOTPATH_GAUGE_INC("gauge", evaluates());
    HOTPATH_GAUGE_DEC("gauge", evaluates());
    if (HOTPATH_END(begun) != 0) return -1;
    HOTPATH_RETURN(HOTPATH_DBG(v + 1));
}

static void law_16_disabled_means_gone(void** state) {
    (void)state;
    CHECK_EQ(instrumented(41), 42);
    CHECK_EQ(evaluated, 0);
    CHECK_EQ(HOTPATH_DBG(evaluates()), 1); /* an expression is still evaluated, once */
    CHECK_EQ(evaluated, 1);
    CHECK(!hotpath_start(NULL));
    CHECK(hotpath_snapshot_take(NULL) == NULL);
    CHECK_EQ(hotpath_depth(), 0);
    size_t count = 9;
    CHECK(hotpath_snapshot_functions(NULL, &count) == NULL);
    CHECK_EQ(count, 0);
    hotpath_stop();
}

/* No symbol of the recorder is in this program, and no name of a scope. */
static void law_16_disabled_means_gone_from_the_program(void** state) {
    (void)state;
    char path[512];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    CHECK(length > 0);
    path[length] = 0;
    const char* const nm[] = {"nm", path, NULL};
    const law_result_t* const r = law_exec("nm", nm, NULL);
    law_exited(r, 0);
    CHECK_HAS(r->out, " main\n");
    CHECK_HAS_NOT(r->out, " U hotpath_");
    for (const char* line = r->out; *line;) {
        char name[128] = "", type = 0;
        if (sscanf(line, "%*s %c %127s", &type, name) == 2 && strncmp(name, "hotpath_", 8) == 0)
            /* At -O0 the empty inline functions that were called by hand may stand here. */
            CHECK(type == 't');
        CHECK(strncmp(name, "hotpath_i_site", 14) != 0);
        CHECK(strncmp(name, "hotpath_define_", 15) != 0);
        const char* const next = strchr(line, '\n');
        line = next ? next + 1 : line + strlen(line);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(law_16_disabled_means_gone),
    cmocka_unit_test(law_16_disabled_means_gone_from_the_program),
};
LAW_MAIN(tests, NULL)
