/* RECORDER: virtual */
/* Truth: random trees of calls over random threads on a virtual clock, from a printed seed, equal to
   the tick and to the call in every output: snapshot, difference, JSON, folded stacks and table.

   A clock that only the test moves makes every duration known. Two ways: each thread has its own time
   line and all run at once; or there is one line, and the threads take turns in an order that the
   seed decides, so that a scope of one thread lasts while others run. TRUTH_SEED=n runs one seed. */
#include "hotpath.h"
#include "truth_report.h"
#include <sys/syscall.h>

#define MAX_ACTORS 16 /* threads at one time, the main thread included */
#define WAVES      3

static _Thread_local uint64_t own_line = 1000000;
static uint64_t shared_line = 1000000;
static bool in_turns; /* one time line for all threads */

uint64_t virtual_ticks(void) {
    return in_turns ? __atomic_load_n(&shared_line, __ATOMIC_RELAXED) : own_line;
}

/* The threads and who may run. */
typedef enum actor_state {
    ACTOR_NONE,
    ACTOR_RUNS,
    ACTOR_PAUSED,
    ACTOR_DONE
} actor_state_t;

typedef struct actor {
    truth_model_t model;
    truth_random_t random;
    char name[32];
    actor_state_t state;
    pthread_t thread;
    pthread_cond_t woken;
    int64_t steps; /* left until it pauses or ends */
    int last_wave; /* that it lives in */
    uint64_t os_tid;
} actor_t;

static struct {
    pthread_mutex_t lock;
    pthread_cond_t main_woken;
    actor_t actors[MAX_ACTORS]; /* the first is the main thread */
    int running, turn, wave;
    uint64_t resumed_at;
    truth_random_t random;
    truth_model_t ended; /* what ended threads left */
    uint64_t ended_count;
    hotpath_snapshot_t* before; /* of the wave before */
    truth_model_t model_before;
} stage;

/* Gives the turn to any thread that runs; the lock is held. */
static void pass_turn(void) {
    if (stage.running == 0) {
        stage.turn = 0;
        pthread_cond_signal(&stage.main_woken);
        return;
    }
    if (!in_turns) return;
    int at = 1 + (int)truth_below(&stage.random, MAX_ACTORS - 1);
    while (stage.actors[at].state != ACTOR_RUNS)
        at = at % (MAX_ACTORS - 1) + 1; /* never the main thread, which waits for all */
    stage.turn = at;
    pthread_cond_signal(&stage.actors[at].woken);
}

static void wait_for_turn(actor_t* a) {
    while (a->state != ACTOR_RUNS || (in_turns && stage.turn != (int)(a - stage.actors)))
        pthread_cond_wait(&a->woken, &stage.lock);
}

/* Lets others run, if they take turns. */
static void yield_turn(actor_t* a) {
    if (!in_turns || a == stage.actors || truth_below(&stage.random, 4) != 0) return;
    pthread_mutex_lock(&stage.lock);
    pass_turn();
    wait_for_turn(a);
    pthread_mutex_unlock(&stage.lock);
}

/* Waits inside whatever is open until the next wave. */
static void pause_here(actor_t* a) {
    truth_model_settle(&a->model, virtual_ticks());
    pthread_mutex_lock(&stage.lock);
    a->state = ACTOR_PAUSED;
    stage.running--;
    pass_turn();
    wait_for_turn(a);
    pthread_mutex_unlock(&stage.lock);
    own_line = stage.resumed_at;
}

/* Lets ticks pass, or none. */
static void work(actor_t* a) {
    uint64_t ticks =
        truth_below(&a->random, 8) == 0 ? 0 : truth_log_uniform(&a->random, 1, 1000000000);
    if (in_turns)
        __atomic_store_n(&shared_line, shared_line + ticks, __ATOMIC_RELAXED);
    else
        own_line += ticks;
    if (--a->steps == 0 && a->last_wave > stage.wave) pause_here(a);
    yield_turn(a);
}

/* The model's scope, which ends as hotpath's own does: by attribute cleanup. */
typedef struct mirror {
    actor_t* a;
    uint64_t serial;
} mirror_t;

static mirror_t mirror_begin(actor_t* a, const char* name, int line, uint32_t kind) {
    mirror_t m = {a, truth_model_begin(&a->model, virtual_ticks(), name, (uint32_t)line, kind)};
    return m;
}
static void mirror_end(mirror_t* m) { truth_model_end(&m->a->model, virtual_ticks(), m->serial); }

/* The macros of hotpath with the model's own beside them, in one line for both. */
#define MIRROR(a, name, kind)                                                                \
    mirror_t HOTPATH_I_CAT(mirror_, __LINE__) __attribute__((cleanup(mirror_end), unused)) = \
        mirror_begin(a, name, __LINE__, HOTPATH_KIND_##kind)
#define FUNC(a)     \
    HOTPATH_FUNC(); \
    MIRROR(a, __func__, FUNCTION)
#define FUNC_LOG(a)     \
    HOTPATH_FUNC_LOG(); \
    MIRROR(a, __func__, FUNCTION)
#define SCOPE(a, label)   \
    HOTPATH_SCOPE(label); \
    MIRROR(a, label, SCOPE)
#define NAMED(a, name)         \
    HOTPATH_SCOPE_NAMED(name); \
    MIRROR(a, name, NAMED)
#define BEGIN(a, timer, mirror, label) \
    HOTPATH_BEGIN(timer, label);       \
    mirror_t mirror = mirror_begin(a, label, __LINE__, HOTPATH_KIND_SCOPE)

static void walk(actor_t* a, int depth);

/* Functions that call anything, themselves included. */
#define CALLER(name)                          \
    static void name(actor_t* a, int depth) { \
        FUNC(a);                              \
        walk(a, depth + 1);                   \
    }
CALLER(build)
CALLER(search)
CALLER(merge)

/* A name that needs care in every format, another in another place. */
static void odd(actor_t* a, int depth) {
    SCOPE(a, "two words; \"quoted\" \\ \xC2\xB5s, {braces}");
    walk(a, depth + 1);
}

/* One label in two places is two functions. */
static void twice(actor_t* a, int depth) {
    if (truth_below(&a->random, 2) == 0) {
        SCOPE(a, "the same label");
        walk(a, depth + 1);
    } else {
        SCOPE(a, "the same label");
        work(a);
    }
}

/* Every way out of a block. */
static void leave(actor_t* a, int depth) {
    FUNC(a);
    {
        SCOPE(a, "left by return");
        walk(a, depth + 1);
        if (truth_below(&a->random, 3) == 0) return;
    }
    for (int i = 0; i < 3; i++) {
        SCOPE(a, "left by break");
        work(a);
        if (truth_below(&a->random, 3) == 0) break;
        if (truth_below(&a->random, 3) == 0) continue;
        if (truth_below(&a->random, 3) == 0) goto out;
        walk(a, depth + 1);
    }
out:
    work(a);
}

static int logged(actor_t* a, int depth) {
    FUNC_LOG(a);
    walk(a, depth + 1);
    if (truth_below(&a->random, 2) == 0) HOTPATH_RETURN(depth);
    work(a);
    HOTPATH_RETURN(-depth);
}

static void named(actor_t* a, int depth) {
    char name[64];
    snprintf(name, sizeof name, "named \"%" PRIu64 "\"", truth_below(&a->random, 7));
    NAMED(a, name);
    memset(name, '?', sizeof name - 1); /* the name was copied */
    walk(a, depth + 1);
}

/* Recursion of one function, directly. */
static void recurse(actor_t* a, int depth) {
    FUNC(a);
    work(a);
    if (truth_below(&a->random, 3) != 0 && depth < 40) recurse(a, depth + 1);
    work(a);
    if (truth_below(&a->random, 6) == 0 && depth < 40) recurse(a, depth + 1);
}

/* Recursion of two functions in turns, whose selves and totals are easily mixed up. */
static void even(actor_t* a, int depth);
static void uneven(actor_t* a, int depth) {
    FUNC(a);
    work(a);
    if (depth < 40 && truth_below(&a->random, 4) != 0) even(a, depth + 1);
}
static void even(actor_t* a, int depth) {
    FUNC(a);
    if (depth < 40 && truth_below(&a->random, 4) != 0) uneven(a, depth + 1);
    work(a);
}

/* A pair of BEGIN and END, which gives the time. */
static void pair(actor_t* a, int depth) {
    BEGIN(a, timer, mirror, "pair");
    uint64_t begin = virtual_ticks();
    walk(a, depth + 1);
    CHECK_EQUAL("HOTPATH_END", "pair", HOTPATH_END(timer), virtual_ticks() - begin);
    mirror_end(&mirror);
    work(a);
}

/* Two pairs that cross: the inner one is abandoned by the end of the outer one, and its own end
   comes too late and changes nothing. */
static void cross(actor_t* a, int depth) {
    FUNC(a);
    BEGIN(a, one, mirror_one, "one");
    walk(a, depth + 1);
    BEGIN(a, two, mirror_two, "two");
    uint64_t begin = virtual_ticks();
    work(a);
    (void)HOTPATH_END(one);
    mirror_end(&mirror_one);
    walk(a, depth + 1);
    CHECK_EQUAL("a late HOTPATH_END", "two", HOTPATH_END(two), virtual_ticks() - begin);
    mirror_end(&mirror_two);
    work(a);
}

/* A pair without an end: the function around it abandons it. */
static void forget(actor_t* a, int depth) {
    FUNC(a);
    work(a);
    BEGIN(a, timer, mirror, "forgotten");
    (void)timer, (void)mirror;
    walk(a, depth + 1);
}

/* A jump over open scopes. */
static void jump_from(actor_t* a, int depth, int levels, jmp_buf* place) {
    FUNC(a);
    work(a);
    if (levels > 0)
        jump_from(a, depth + 1, levels - 1, place);
    else if (truth_below(&a->random, 8) != 0)
        longjmp(*place, 1);
}
static void jump(actor_t* a, int depth) {
    FUNC(a);
    jmp_buf place;
    uint32_t open = hotpath_depth();
    CHECK_EQUAL("the depth", a->name, open, a->model.depth);
    if (setjmp(place) == 0) {
        jump_from(a, depth + 1, (int)truth_below(&a->random, 4), &place);
    } else {
        hotpath_unwind(open);
        truth_model_unwind(&a->model, virtual_ticks(), open);
    }
    work(a);
}

#define ERROR(a, reason)   \
    HOTPATH_ERROR(reason); \
    truth_model_error(&(a)->model, reason)

static void fail_somehow(actor_t* a) {
    if (a->model.depth == 0) return;
    switch (truth_below(&a->random, 4)) {
        case 0: ERROR(a, "timeout"); break;
        case 1: ERROR(a, "not \"found\""); break;
        case 2: ERROR(a, "full"); break;
        default: ERROR(a, "closed"); break;
    }
}

static void move_bytes(actor_t* a) {
    uint64_t bytes = truth_log_uniform(&a->random, 1, (uint64_t)1 << 50);
    HOTPATH_BYTES(bytes);
    truth_model_bytes(&a->model, bytes);
}

/* A span that a device timed, on its own clock. */
static void record_span(actor_t* a) {
    static const char* const tracks[] = {"device one", "device two"};
    static const char* const labels[] = {"draw", "copy", "wait"};
    const char* track = tracks[truth_below(&a->random, 2)];
    uint64_t which = truth_below(&a->random, 3), begin = truth_next(&a->random) >> 8;
    uint64_t duration = truth_log_uniform(&a->random, 1, 1000000);
    char label[32];
    snprintf(label, sizeof label, "%s on %s", labels[which], track);
    hotpath_record(track, label, begin, begin + duration);
    truth_model_span(&a->model, track, label, duration);
}

/* Some steps below one scope. */
static void walk(actor_t* a, int depth) {
    static void (*const calls[])(actor_t*, int) = {
        build, search, merge, odd, twice, leave, named, recurse, even, pair, cross, forget, jump};
    uint64_t steps = truth_below(&a->random, 5);
    for (uint64_t i = 0; i < steps && a->steps > 0; i++) {
        uint64_t choice = truth_below(&a->random, 24);
        if (choice < 13 && depth < 24)
            calls[choice](a, depth);
        else if (choice == 13 && depth < 24)
            CHECK(abs(logged(a, depth)) == depth, "HOTPATH_RETURN gives its value back");
        else if (choice == 14)
            fail_somehow(a);
        else if (choice == 15)
            move_bytes(a);
        else if (choice == 16)
            record_span(a);
        else
            work(a);
    }
}

/* A thread: walks until its last wave is over; some leave a scope open for ever. */
static void* act(void* user) {
    actor_t* a = (actor_t*)user;
    pthread_mutex_lock(&stage.lock);
    wait_for_turn(a);
    pthread_mutex_unlock(&stage.lock);
    own_line = stage.resumed_at;
    a->os_tid = (uint64_t)syscall(SYS_gettid);
    HOTPATH_THREAD_NAME(a->name);
    truth_model_init(&a->model, virtual_ticks());
    while (a->steps > 0)
        walk(a, 0);
    if (!in_turns && truth_below(&a->random, 3) == 0) {
        BEGIN(a, timer, mirror, "open at the end of a thread");
        (void)timer, (void)mirror;
        work(a);
        truth_model_unwind(&a->model, virtual_ticks(), 0);
    }
    truth_model_settle(&a->model, virtual_ticks());
    pthread_mutex_lock(&stage.lock);
    a->state = ACTOR_DONE;
    stage.running--;
    pass_turn();
    pthread_mutex_unlock(&stage.lock);
    return NULL;
}

/* Starts and wakes threads, and waits until all have paused or ended. */
static void run_wave(void) {
    actor_t* me = stage.actors;
    stage.resumed_at = virtual_ticks();
    for (int i = 1; i < MAX_ACTORS; i++) {
        actor_t* a = &stage.actors[i];
        if (a->state == ACTOR_NONE && truth_below(&stage.random, 3) == 0) continue;
        a->steps = (int64_t)truth_below(&stage.random, 400) + 1;
        bool fresh = a->state == ACTOR_NONE;
        pthread_mutex_lock(&stage.lock);
        stage.running++;
        a->state = ACTOR_RUNS;
        if (!fresh) pthread_cond_signal(&a->woken);
        pthread_mutex_unlock(&stage.lock);
        if (!fresh) continue;
        a->random.state = truth_next(&stage.random);
        a->last_wave = stage.wave + (int)truth_below(&stage.random, 3);
        snprintf(a->name, sizeof a->name, "actor %d of wave %d", i, stage.wave);
        if (pthread_create(&a->thread, NULL, act, a) != 0) abort();
    }
    me->steps = 300;
    while (me->steps > 0)
        walk(me, 1);
    pthread_mutex_lock(&stage.lock);
    pass_turn();
    while (stage.running > 0)
        pthread_cond_wait(&stage.main_woken, &stage.lock);
    pthread_mutex_unlock(&stage.lock);
}

/* Joins what has ended, and brings all time lines to one moment. */
static void end_wave(void) {
    uint64_t now = virtual_ticks();
    for (int i = 1; i < MAX_ACTORS; i++) {
        actor_t* a = &stage.actors[i];
        if (a->state != ACTOR_NONE && a->model.now > now) now = a->model.now;
        if (a->state != ACTOR_DONE) continue;
        pthread_join(a->thread, NULL);
        truth_model_merge(&stage.ended, &a->model);
        truth_model_free(&a->model);
        a->state = ACTOR_NONE;
        stage.ended_count++;
    }
    own_line = shared_line = now + truth_below(&stage.random, 1000000000);
    for (int i = 0; i < MAX_ACTORS; i++)
        if (stage.actors[i].state != ACTOR_NONE)
            truth_model_settle(&stage.actors[i].model, virtual_ticks());
}

static void check_ended(const hotpath_snapshot_t* snapshot) {
    size_t count = 0;
    const hotpath_thread_t* threads = hotpath_snapshot_threads(snapshot, &count);
    if (stage.ended_count == 0 || !CHECK(count != 0, "no row of ended threads")) return;
    const hotpath_thread_t* row = &threads[count - 1];
    CHECK_EQUAL("state", "the last row", row->state, HOTPATH_THREAD_ENDED);
    CHECK_EQUAL("id", "ended threads", row->id, 0);
    CHECK_EQUAL("count", "ended threads", row->count, stage.ended_count);
    CHECK_EQUAL("calls", "ended threads", row->calls, stage.ended.calls);
    CHECK_EQUAL("busy", "ended threads", row->busy_ns, stage.ended.busy);
    CHECK_EQUAL("open scopes", "ended threads", row->open_count, 0);
}

/* Compares the rows of all threads, and each live one alone with its own model. */
static void check_threads(const hotpath_snapshot_t* snapshot) {
    size_t count = 0;
    uint64_t live = 0;
    (void)hotpath_snapshot_threads(snapshot, &count);
    for (int i = 0; i < MAX_ACTORS; i++) {
        actor_t* a = &stage.actors[i];
        if (a->state == ACTOR_NONE) continue;
        live++;
        const hotpath_thread_t* row = truth_find_thread(snapshot, a->name);
        if (!CHECK(row != NULL, "no row of %s", a->name)) continue;
        truth_check_thread(snapshot, row, &a->model);
        CHECK_EQUAL("the system's number", a->name, row->os_tid, a->os_tid);
        hotpath_snapshot_desc_t desc;
        memset(&desc, 0, sizeof desc);
        desc.thread = row->id;
        hotpath_snapshot_t* alone = hotpath_snapshot_take(&desc);
        if (!CHECK(alone != NULL, "no snapshot of %s", a->name)) continue;
        truth_check_functions(alone, &a->model);
        truth_check_nodes(alone, &a->model);
        hotpath_snapshot_free(alone);
    }
    check_ended(snapshot);
    CHECK_EQUAL("rows", "threads", count, live + (stage.ended_count != 0));
    CHECK_EQUAL("live", "threads", hotpath_snapshot_info(snapshot)->threads_live, live);
    CHECK_EQUAL(
        "ended", "threads", hotpath_snapshot_info(snapshot)->threads_ended, stage.ended_count);
}

static void check_info(const hotpath_snapshot_t* snapshot, const truth_model_t* model) {
    const hotpath_info_t* info = hotpath_snapshot_info(snapshot);
    hotpath_drops_t drops = info->drops;
    CHECK_EQUAL("ends", "others or too late", drops.foreign_ends, model->foreign_ends);
    drops.foreign_ends = 0;
    static const hotpath_drops_t none;
    CHECK(memcmp(&drops, &none, sizeof none) == 0, "nothing else was dropped");
    CHECK_EQUAL("clock_hz", "the clock", info->clock_hz, 1000000000);
    CHECK_TEXT("name", "the clock", info->clock, "custom");
    CHECK_EQUAL("elapsed", "the recorder", info->elapsed_ns, virtual_ticks() - 1000000);
    CHECK_EQUAL("pid", "the process", info->pid, getpid());
}

/* Compares the renderings of a snapshot: the first and the last one in the table and as folded
   stacks, each in its own form of JSON. */
static void check_reports(const hotpath_snapshot_t* snapshot, truth_model_t* model) {
    bool pretty = stage.wave == 0;
    if (stage.wave != 0 && stage.wave != WAVES - 1) return;
    truth_text_t text =
        truth_render(snapshot, pretty ? HOTPATH_FORMAT_JSON_PRETTY : HOTPATH_FORMAT_JSON);
    truth_check_json(text.data, model);
    CHECK((strchr(text.data, '\n') == text.data + text.size - 1) == !pretty,
        "JSON is one line, and pretty JSON is not");
    truth_text_free(&text);
    text = truth_render(snapshot, HOTPATH_FORMAT_FOLDED);
    truth_check_folded(text.data, model);
    truth_text_free(&text);
    text = truth_render(snapshot, HOTPATH_FORMAT_TABLE);
    truth_check_table(text.data, model);
    truth_text_free(&text);
}

#if defined(TRUTH_SERVER)
static void check_server(truth_model_t* model);
static void check_server_window(truth_model_t* window);
static void remember_token(void);
#endif

/* Compares everything with the model. */
static void check_all(void) {
    truth_model_t model;
    truth_model_init(&model, virtual_ticks());
    truth_model_merge(&model, &stage.ended);
    for (int i = 0; i < MAX_ACTORS; i++)
        if (stage.actors[i].state != ACTOR_NONE) truth_model_merge(&model, &stage.actors[i].model);
    hotpath_snapshot_t* snapshot = hotpath_snapshot_take(NULL);
    if (!CHECK(snapshot != NULL, "no snapshot")) return;
    truth_check_functions(snapshot, &model);
    truth_check_nodes(snapshot, &model);
    check_threads(snapshot);
    check_info(snapshot, &model);
    check_reports(snapshot, &model);
#if defined(TRUTH_SERVER)
    check_server(&model);
#endif
    if (stage.before != NULL) {
        hotpath_snapshot_t* difference = hotpath_snapshot_difference(snapshot, stage.before, NULL);
        truth_model_t window;
        truth_model_init(&window, virtual_ticks());
        truth_model_merge(&window, &model);
        truth_model_subtract(&window, &stage.model_before);
        snprintf(truth_context, sizeof truth_context, "difference of wave %d", stage.wave);
        if (CHECK(difference != NULL, "no difference")) {
            truth_check_functions(difference, &window);
            truth_check_nodes(difference, &window);
        }
#if defined(TRUTH_SERVER)
        check_server_window(&window);
#endif
        truth_model_free(&window);
        hotpath_snapshot_free(difference);
    }
#if defined(TRUTH_SERVER)
    remember_token();
#endif
    hotpath_snapshot_free(stage.before);
    truth_model_free(&stage.model_before);
    stage.before = snapshot;
    stage.model_before = model;
}

/* The main thread's part of one seed. */
static void play(void) {
    actor_t* me = stage.actors;
    FUNC(me);
    for (stage.wave = 0; stage.wave < WAVES; stage.wave++) {
        snprintf(truth_context, sizeof truth_context, "wave %d", stage.wave);
        run_wave();
        end_wave();
        check_all();
    }
}

static void run_seed(uint64_t seed) {
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.no_exit_report = true;
    in_turns = seed % 2 != 0;
    stage.random.state = seed;
    pthread_mutex_init(&stage.lock, NULL);
    pthread_cond_init(&stage.main_woken, NULL);
    for (int i = 0; i < MAX_ACTORS; i++)
        pthread_cond_init(&stage.actors[i].woken, NULL);
    truth_model_init(&stage.ended, 0);
    truth_model_init(&stage.model_before, 0);
    actor_t* me = stage.actors;
    me->state = ACTOR_RUNS;
    me->random.state = truth_next(&stage.random);
    me->os_tid = (uint64_t)syscall(SYS_gettid);
    snprintf(me->name, sizeof me->name, "the main thread");
    truth_model_init(&me->model, virtual_ticks());
    CHECK(hotpath_start(&desc), "the recorder starts");
    HOTPATH_THREAD_NAME(me->name);
    play();
}

static void test_random_trees(void** state) {
    const uint64_t seeds = getenv("TEST_VALGRIND") != NULL ? 4 : 8; /* each takes it seconds */
    uint64_t first = truth_seed(0), last = first != 0 ? first : seeds;
    (void)state;
    for (uint64_t seed = first != 0 ? first : 1; seed <= last; seed++) {
#if defined(TRUTH_SERVER)
        if (seed % 2 == 0) continue; /* the server's threads need one clock for all */
#endif
        printf("# seed %" PRIu64 "\n", seed);
        truth_in_child(run_seed, seed);
    }
}

int main(int argc, char** argv) {
    static const char* const settings[][2] = {{"HOTPATH_FUNCTIONS_LIMIT", "0"},
        {"HOTPATH_CALL_TREE_LIMIT", "0"}, {"HOTPATH_THREADS_LIMIT", "0"}, {"HOTPATH_MCP_PORT", "0"},
        {"HOTPATH_REPORT", "all"}};
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_trees)};
    if (argc == 1) { /* the reports show everything, and hotpath may read that before main */
        for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
            setenv(settings[i][0], settings[i][1], 1);
        truth_execute(argv[0], "with settings");
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
