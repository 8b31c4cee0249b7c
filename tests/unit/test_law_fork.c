/* RECORDER: real */
/* Law 9: a child of fork starts with empty records, whatever the other threads of its parent were
   doing at that moment, and no lock that they held keeps it from recording and reporting. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "hotpath.h"
#include "law.h"

static LAW_NOINLINE void worker_leaf(uint64_t bytes) {
    HOTPATH_FUNC();
    HOTPATH_BYTES(bytes);
}
static void* child_thread(void* arg) {
    HOTPATH_SCOPE("child thread");
    for (int i = 0; i < 100; i++)
        worker_leaf(1);
    HOTPATH_VAL("child value", (int)(intptr_t)arg);
    HOTPATH_GAUGE_INC("child gauge", 1);
    return NULL;
}

/* What every child has to be able to do. */
static int child_works(void) {
    hotpath_snapshot_t* s = law_take();
    size_t count = 0;
    const hotpath_function_t* const functions = hotpath_snapshot_functions(s, &count);
    for (size_t i = 0; i < count; i++) {
        CHECK_EQ(functions[i].calls, 0);
        CHECK_EQ(functions[i].open_calls, 0);
        CHECK_EQ(functions[i].total_ns, 0);
        CHECK_EQ(functions[i].recent_count, 0);
    }
    const hotpath_entry_t* const entries = hotpath_snapshot_entries(s, &count);
    for (size_t i = 0; i < count; i++) {
        CHECK_EQ(entries[i].count, 0);
        CHECK_EQ(entries[i].history_count, 0);
    }
    CHECK_EQ(hotpath_depth(), 0);
    CHECK_LE(hotpath_snapshot_info(s)->threads_live, 1);
    CHECK_EQ(hotpath_snapshot_info(s)->threads_ended, 0);
    CHECK_EQ(hotpath_snapshot_info(s)->pid, (uint64_t)getpid());
    CHECK_EQ(hotpath_snapshot_info(s)->drops.foreign_ends, 0);
    CHECK_EQ(hotpath_snapshot_info(s)->drops.reentrant, 0);
    hotpath_snapshot_free(s);

    for (int i = 0; i < 50; i++)
        worker_leaf(2);
    HOTPATH_BEGIN(first_touch, "first touch in the child");
    (void)HOTPATH_END(first_touch);
    pthread_t ids[3];
    for (size_t i = 0; i < 3; i++)
        ids[i] = law_thread(child_thread, (void*)i);
    for (size_t i = 0; i < 3; i++)
        pthread_join(ids[i], NULL);
    s = law_take();
    const hotpath_function_t* const f = law_function(s, "worker_leaf");
    CHECK_EQ(f->calls, 350);
    CHECK_EQ(f->completed, 350);
    CHECK_EQ(f->bytes, 400);
    CHECK_EQ(law_function(s, "child thread")->completed, 3);
    CHECK_EQ(law_function(s, "first touch in the child")->calls, 1);
    CHECK_EQ(hotpath_snapshot_info(s)->threads_live, 1);
    CHECK_EQ(hotpath_snapshot_info(s)->threads_ended, 3);
    law_check_quiet(s);
    law_text_t* const text = (law_text_t*)mmap(
        NULL, sizeof(law_text_t), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK_HAS(law_render(text, s, HOTPATH_FORMAT_TABLE), "worker_leaf");
    hotpath_snapshot_free(s);
    return 0;
}

static void law_09_fork(void** state) {
    (void)state;
    for (int i = 0; i < 20; i++)
        worker_leaf(3);
    HOTPATH_GAUGE_INC("fork gauge", 5);
    HOTPATH_VAL("fork value", 6);
    law_exited(law_fork(child_works), 0);
    CHECK_EQ(law_now("worker_leaf").calls, 20); /* The parent knows nothing of it. */
    CHECK_EQ(law_now("worker_leaf").bytes, 60);
    CHECK_EQ(law_now("first touch in the child").calls, 0);
}

/* >>inside a scope */

static hotpath_token_t* inherited;
static int child_ends_what_it_inherited(void) {
    CHECK_EQ(hotpath_depth(), 0);
    CHECK_EQ(law_now("fork inside").calls, 0);
    hotpath_end(inherited);
    CHECK_LE(law_drops().foreign_ends, 1); /* whether it is a mistake is open */
    CHECK_EQ(law_now("fork inside").completed, 0);
    HOTPATH_BEGIN(fresh, "fork fresh");
    hotpath_end(inherited);
    CHECK_LE(law_drops().foreign_ends, 2);
    CHECK_EQ(law_now("fork fresh").open_calls, 1);
    (void)HOTPATH_END(fresh);
    CHECK_EQ(law_now("fork fresh").completed, 1);
    law_check_quiet_now();
    return 0;
}
static void law_09_fork_inside_a_scope(void** state) {
    (void)state;
    HOTPATH_BEGIN(inside, "fork inside");
    inherited = &inside;
    law_exited(law_fork(child_ends_what_it_inherited), 0);
    CHECK_EQ(law_now("fork inside").open_calls, 1);
    (void)HOTPATH_END(inside);
    CHECK_EQ(law_now("fork inside").completed, 1);
}

static int child_of_a_child(void) {
    worker_leaf(1);
    law_exited(law_fork(child_works), 0);
    CHECK_EQ(law_now("worker_leaf").calls, 1);
    return 0;
}
static void law_09_fork_twice(void** state) {
    (void)state;
    worker_leaf(1);
    law_exited(law_fork(child_of_a_child), 0);
}

/* >>inside a context */

static int child_in_context(void) {
    CHECK_EQ(hotpath_depth(), 0);
    HOTPATH_BEGIN(scope, "in the child's own");
    (void)HOTPATH_END(scope);
    CHECK_EQ(law_now("in the child's own").completed, 1);
    hotpath_context_switch(NULL);
    CHECK_EQ(law_now("fork in context").calls, 0);
    return 0;
}
static void law_09_fork_inside_a_context(void** state) {
    (void)state;
    hotpath_context_t* const context = hotpath_context_create("forked");
    hotpath_context_switch(context);
    HOTPATH_BEGIN(scope, "fork in context");
    law_exited(law_fork(child_in_context), 0);
    CHECK_EQ(hotpath_depth(), 1);
    (void)HOTPATH_END(scope);
    hotpath_context_switch(NULL);
    hotpath_context_destroy(context);
    CHECK_EQ(law_now("fork in context").completed, 1);
}

/* >>under load
   Threads record at full speed, first touches included, threads come and go, a reader snapshots,
   gauges and values change: whatever lock there is, someone holds it at some of the forks. */
static uint64_t load_stop, load_running;
static void* load_worker(void* arg) {
    (void)arg;
    for (uint64_t i = 0; !law_load(&load_stop); i++) {
        if (i == 1) law_add(&load_running, 1);
        char name[32];
        snprintf(name, sizeof name, "load %u", (unsigned)(i % 500));
        HOTPATH_SCOPE_NAMED(name);
        worker_leaf(1);
        HOTPATH_VAL("load value", i);
        HOTPATH_VAL("load text", name);
        HOTPATH_GAUGE_INC("load gauge", 1);
        HOTPATH_ERROR("load error");
        hotpath_record("load track", name, i, i + 1);
    }
    return NULL;
}
static void* load_short(void* arg) {
    worker_leaf(1);
    return arg;
}
static void* load_threads(void* arg) {
    (void)arg;
    law_add(&load_running, 1);
    while (!law_load(&load_stop))
        pthread_join(law_thread(load_short, NULL), NULL);
    return NULL;
}
static void* load_reader(void* arg) {
    (void)arg;
    law_add(&load_running, 1);
    while (!law_load(&load_stop)) {
        hotpath_snapshot_t* const s = law_take();
        hotpath_snapshot_free(s);
        hotpath_app_info("load", "reader");
    }
    return NULL;
}
static void law_09_fork_under_load(void** state) {
    (void)state;
    if (law_emulator) law_skip("a processor: qemu-user fails where a process with threads forks");
    pthread_t ids[4];
    ids[0] = law_thread(load_worker, NULL);
    ids[1] = law_thread(load_worker, NULL);
    ids[2] = law_thread(load_reader, NULL);
    /* A sanitizer holds locks of its own while it makes a thread, which a fork would inherit. */
    ids[3] = law_thread(LAW_SANITIZED ? load_reader : load_threads, NULL);
    law_wait(&load_running, 4);
    for (int i = 0; i < LAW_TIMES(60, 25); i++)
        law_exited(law_fork(child_works), 0);
    law_store(&load_stop, 1);
    for (int i = 0; i < 4; i++)
        pthread_join(ids[i], NULL);
    law_check_quiet_now();
}

/* >>the report of a child */

static int child_reports(void) {
    HOTPATH_MAIN();
    worker_leaf(1);
    fflush(NULL);
    const pid_t pid = fork();
    if (pid == 0) {
        HOTPATH_BEGIN(scope, "only in the child");
        (void)HOTPATH_END(scope);
        exit(5);
    }
    int status = 0;
    CHECK_EQ(waitpid(pid, &status, 0), pid);
    CHECK(WIFEXITED(status));
    CHECK_EQ(WEXITSTATUS(status), 5);
    HOTPATH_BEGIN(scope, "only in the parent");
    (void)HOTPATH_END(scope);
    return 0;
}
/* With %p in the path parent and child report apart, each what it did itself. */
static void law_09_fork_reports(void** state) {
    (void)state;
    char dir[LAW_PATH], path[LAW_PATH + 64], command[LAW_PATH + 512];
    law_folder(dir);
    snprintf(path, sizeof path, "HOTPATH_OUTPUT_PATH=%s/r-%%p.json", dir);
    const char* const env[] = {path, "HOTPATH_OUTPUT_FORMAT=json", NULL};
    law_exited(law_again("reports", env), 0);
    snprintf(command, sizeof command,
        "cd '%s'; cat r-*.json | grep -c 'only in the parent'; "
        "grep -l 'only in the child' r-*.json | wc -l; ls | wc -l; "
        "cat $(grep -l 'only in the child' r-*.json) | grep -c worker_leaf; rm -r \"$PWD\"",
        dir);
    const char* const args[] = {"sh", "-c", command, NULL};
    const law_result_t* const r = law_exec("sh", args, NULL);
    unsigned parents = 0, children = 0, files = 0, leaked = 9;
    CHECK_EQ(sscanf(r->out, "%u %u %u %u", &parents, &children, &files, &leaked), 4);
    CHECK_EQ(parents, 1);
    CHECK_EQ(children, 1);
    CHECK_EQ(files, 2);
    CHECK_EQ(leaked, 0);
}

/* A child that starts for itself is a program like any other: a second start is refused, and it
   reports at its end what it did, and not what its parent did. */
static int child_starts(void) {
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    CHECK(hotpath_start(&desc));
    { HOTPATH_SCOPE("only in the parent"); }
    fflush(NULL);
    const pid_t pid = fork();
    if (pid == 0) {
        CHECK(hotpath_start(&desc));
        CHECK(!hotpath_start(&desc));
        { HOTPATH_SCOPE("only in the child"); }
        exit(0);
    }
    int status = 0;
    CHECK(pid > 0);
    CHECK_EQ(waitpid(pid, &status, 0), pid);
    CHECK_EQ(status, 0);
    puts("--- parent");
    return 0;
}
static void law_09_fork_starts(void** state) {
    (void)state;
    const law_result_t* const r = law_again("starts", NULL);
    law_exited(r, 0);
    const char* const parent = strstr(r->out, "--- parent");
    CHECK(parent != NULL);
    const char* const own = strstr(r->out, "only in the child");
    CHECK(own != NULL && own < parent);
    CHECK_HAS(parent, "only in the parent");
    CHECK_HAS_NOT(parent, "only in the child");
    CHECK(strstr(r->out, "only in the parent") > parent);
}

static const law_child_t children[] = {
    {"reports", child_reports}, {"starts", child_starts}, {NULL, NULL}};

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(law_09_fork),
    cmocka_unit_test(law_09_fork_inside_a_scope),
    cmocka_unit_test(law_09_fork_twice),
    cmocka_unit_test(law_09_fork_inside_a_context),
    cmocka_unit_test(law_09_fork_under_load),
    cmocka_unit_test(law_09_fork_reports),
    cmocka_unit_test(law_09_fork_starts),
};
LAW_MAIN(tests, children)
