/* RECORDER: virtual */
/* Locks by their hooks: what is counted of them, who waits for whom, and for how long. On a clock that
   only the test moves, so that every number is exact. */
#include "virtual_clock.h"
#include "hotpath.h"
#include "law.h"
#include <sys/wait.h>
#include <unistd.h>

/* ---- look-ups ----------------------------------------------------------------------------------- */

enum {
    ROWS = 2000
};
static hotpath_lock_row_t rows[ROWS];
static hotpath_snapshot_t* taken;
static const hotpath_function_t* functions;

static const hotpath_lock_row_t* row_in(
    const hotpath_snapshot_t* s, const char* name, const char* file, int line) {
    size_t unused, count = hotpath_snapshot_locks(s, rows, ROWS);
    functions = hotpath_snapshot_functions(s, &unused);
    for (size_t i = 0; i < count && i < ROWS; i++)
        if (strcmp(rows[i].name, name) == 0) return &rows[i];
    law_fail(file, line, "no lock \"%s\"", name);
}
/* The row as it is now. The snapshot lives until the next one. */
static const hotpath_lock_row_t* row_at(const char* name, const char* file, int line) {
    hotpath_snapshot_free(taken);
    taken = law_take();
    return row_in(taken, name, file, line);
}
#define row_now(name) row_at(name, __FILE__, __LINE__)
static const char* name_of(uint32_t function) {
    return function != HOTPATH_NO_FUNCTION ? functions[function].name : "none";
}
static const char* const names[] = {"a", "b", "c"};

static void lock_for(hotpath_lock_t* lock, uint64_t ns) {
    hotpath_lock_acquired(lock, false, NULL);
    pass(ns);
    hotpath_lock_released(lock);
}

/* ---- one thread --------------------------------------------------------------------------------- */

enum {
    PLAIN_LINE = __LINE__ + 2
};
static hotpath_lock_t plain = HOTPATH_LOCK_INIT("plain");

static void holds_are_exact(void** state) {
    (void)state;
    for (uint64_t ns = 10; ns <= 30; ns += 10)
        lock_for(&plain, ns);
    hotpath_lock_acquired(&plain, false, NULL);
    pass(5);
    const hotpath_lock_row_t* row = row_now("plain");
    CHECK_EQ(row->kind, HOTPATH_KIND_MUTEX);
    CHECK_EQ(row->line, PLAIN_LINE);
    CHECK_EQ(row->sides_count, 1);
    CHECK_EQ(row->sides[0].acquired, 4);
    CHECK_EQ(row->sides[0].held, 1);
    CHECK_EQ(row->sides[0].hold_ns, 60);
    CHECK_EQ(row->sides[0].hold_max_ns, 30);
    CHECK_EQ(row->sides[0].contended, 0);
    CHECK_EQ(row->sides[0].wait, HOTPATH_NO_FUNCTION);
    CHECK_EQ(row->holders_count, 0);
    CHECK_EQ(row->bad_releases, 0);
    const hotpath_function_t* hold = &functions[row->sides[0].hold];
    CHECK_TEXT(hold->name, "plain (hold)");
    CHECK_EQ(hold->calls, 3);
    CHECK_EQ(hotpath_snapshot_percentile(taken, hold, 50), 20);
    hotpath_lock_released(&plain);
    row = row_now("plain");
    CHECK_EQ(row->sides[0].held, 0);
    CHECK_EQ(row->sides[0].hold_ns, 65);
    law_check_quiet_now();
}
static void recursion(void** state) {
    (void)state;
    hotpath_lock_t lock;
    hotpath_lock_init(&lock, HOTPATH_KIND_MUTEX, "recursive", __FILE__, __LINE__);
    for (int i = 0; i < 3; i++) {
        hotpath_lock_acquired(&lock, false, NULL);
        pass(10);
    }
    for (int i = 0; i < 3; i++) {
        hotpath_lock_released(&lock);
        pass(1);
    }
    const hotpath_lock_row_t* row = row_now("recursive");
    CHECK_EQ(row->sides[0].acquired, 1);
    CHECK_EQ(row->sides[0].hold_ns, 32);
    CHECK_EQ(row->sides[0].held, 0);
    CHECK_EQ(row->bad_releases, 0);
}
static void bad_use(void** state) {
    (void)state;
    static hotpath_lock_t lock = HOTPATH_LOCK_INIT("bad");
    hotpath_lock_released(&lock);
    lock_for(&lock, 10);
    hotpath_lock_released(&lock);
    hotpath_lock_released(&lock);
    const hotpath_lock_row_t* row = row_now("bad");
    CHECK_EQ(row->bad_releases, 3);
    CHECK_EQ(row->sides[0].acquired, 1);
    CHECK_EQ(row->sides[0].hold_ns, 10);
    /* Nothing of what is no lock. */
    hotpath_wait_t wait;
    hotpath_lock_wait(NULL, false, &wait);
    hotpath_lock_acquired(NULL, false, &wait);
    hotpath_lock_failed(NULL, false, NULL);
    hotpath_lock_released(NULL);
    hotpath_lock_destroyed(NULL);
    law_check_quiet_now();
}
static void tries(void** state) {
    (void)state;
    static hotpath_lock_t lock = HOTPATH_LOCK_INIT("tried");
    hotpath_wait_t wait;
    hotpath_lock_failed(&lock, false, NULL);
    hotpath_lock_failed(&lock, false, NULL);
    hotpath_lock_wait(&lock, false, &wait);
    pass(40);
    hotpath_lock_failed(&lock, false, &wait);
    CHECK_EQ(wait.token.mark, 0);
    const hotpath_lock_row_t* row = row_now("tried");
    CHECK_EQ(row->sides[0].try_failures, 2);
    CHECK_EQ(row->sides[0].contended, 1);
    CHECK_EQ(row->sides[0].timeouts, 1);
    CHECK_EQ(row->sides[0].wait_ns, 40);
    CHECK_EQ(row->sides[0].acquired, 0);
    CHECK_EQ(row->sides[0].held, 0);
    CHECK_TEXT(functions[row->sides[0].wait].reasons[0].text, "gave up");
}
static void readers_and_writers(void** state) {
    (void)state;
    static hotpath_lock_t lock = HOTPATH_LOCK_INIT_KIND("shelf", HOTPATH_KIND_RWLOCK), more[20];
    hotpath_lock_acquired(&lock, true, NULL);
    pass(10);
    hotpath_lock_acquired(&lock, true, NULL); /* again, on this thread */
    pass(20);
    hotpath_lock_released(&lock);
    pass(5);
    CHECK_EQ(row_now("shelf")->sides[0].held, 1);
    hotpath_lock_released(&lock);
    hotpath_lock_acquired(&lock, false, NULL);
    pass(7);
    hotpath_lock_released(&lock);
    hotpath_lock_failed(&lock, true, NULL);
    hotpath_lock_failed(&lock, false, NULL);
    hotpath_lock_failed(&lock, false, NULL);
    const hotpath_lock_row_t* row = row_now("shelf");
    CHECK_EQ(row->kind, HOTPATH_KIND_RWLOCK);
    CHECK_EQ(row->sides_count, 2);
    CHECK_EQ(row->sides[0].acquired, 2);
    CHECK_EQ(row->sides[0].hold_ns, 55);
    CHECK_EQ(row->sides[0].hold_max_ns, 35);
    CHECK_EQ(row->sides[0].try_failures, 1);
    CHECK_EQ(row->sides[1].acquired, 1);
    CHECK_EQ(row->sides[1].hold_ns, 7);
    CHECK_EQ(row->sides[1].try_failures, 2);
    CHECK_EQ(row->bad_releases, 0);
    CHECK_TEXT(name_of(row->sides[1].hold), "shelf (hold to write)");
    /* Past the bound there is no hold, and nothing is taken for a bad release. */
    for (int i = 0; i < 20; i++) {
        hotpath_lock_init(&more[i], HOTPATH_KIND_RWLOCK, "many shelves", __FILE__, 1);
        hotpath_lock_acquired(&more[i], true, NULL);
    }
    pass(1);
    for (int i = 0; i < 20; i++)
        hotpath_lock_released(&more[i]);
    row = row_now("many shelves");
    CHECK_EQ(row->instances, 20);
    CHECK_EQ(row->sides[0].acquired, 20);
    CHECK_EQ(row->sides[0].hold_ns, 16);
    CHECK_EQ(row->sides[0].held, 0);
    CHECK_EQ(row->bad_releases, 0);
    hotpath_lock_released(&more[0]);
    CHECK_EQ(row_now("many shelves")->bad_releases, 1);
}
static void* acquire(void* lock) {
    hotpath_lock_acquired((hotpath_lock_t*)lock, false, NULL);
    return NULL;
}
/* A hold of which the end is not seen is none any more: its thread has died, or the lock. */
static void holds_without_an_end(void** state) {
    (void)state;
    static hotpath_lock_t lock = HOTPATH_LOCK_INIT("robust"), lost = HOTPATH_LOCK_INIT("lost");
    static hotpath_lock_t shelf = HOTPATH_LOCK_INIT_KIND("lost shelf", HOTPATH_KIND_RWLOCK);
    pthread_join(law_thread(acquire, &lock), NULL);
    CHECK_EQ(row_now("robust")->sides[0].held, 1);
    lock_for(&lock, 10);
    const hotpath_lock_row_t* row = row_now("robust");
    CHECK_EQ(row->sides[0].held, 0);
    CHECK_EQ(row->sides[0].hold_ns, 10);
    CHECK_EQ(row->bad_releases, 1);
    acquire(&lost), acquire(&shelf);
    hotpath_lock_destroyed(&lost), hotpath_lock_destroyed(&shelf);
    row = row_now("lost");
    CHECK_EQ(row->sides[0].acquired, 1);
    CHECK_EQ(row->sides[0].held, 0);
    CHECK_EQ(row->closed, 1);
    row = row_now("lost shelf");
    CHECK_EQ(row->sides[1].acquired, 1);
    CHECK_EQ(row->sides[0].held + row->sides[1].held, 0);
}
static void what_has_no_holder(void** state) {
    (void)state;
    static hotpath_lock_t condition = HOTPATH_LOCK_INIT_KIND("not empty", HOTPATH_KIND_CONDITION);
    static hotpath_lock_t semaphore = HOTPATH_LOCK_INIT_KIND("slots", HOTPATH_KIND_SEMAPHORE);
    static hotpath_lock_t barrier = HOTPATH_LOCK_INIT_KIND("line", HOTPATH_KIND_BARRIER);
    hotpath_lock_t* const all[] = {&condition, &semaphore, &barrier};
    for (int i = 0; i < 3; i++) {
        hotpath_wait_t wait;
        HOTPATH_SCOPE("consumer");
        hotpath_lock_wait(all[i], false, &wait);
        pass(30);
        hotpath_lock_acquired(all[i], false, &wait);
        hotpath_lock_released(all[i]);
        hotpath_lock_released(all[i]);
    }
    const hotpath_lock_row_t* row = row_now("not empty");
    CHECK_EQ(row->sides[0].contended, 1);
    CHECK_EQ(row->sides[0].wait_ns, 30);
    CHECK_EQ(row->released, 2);
    CHECK_EQ(row->sides[0].held, 0);
    CHECK_EQ(row->bad_releases, 0);
    row = row_now("slots");
    CHECK_EQ(row->sides[0].acquired, 1);
    CHECK_EQ(row->sides[0].contended, 1);
    CHECK_EQ(row->released, 2);
    CHECK_EQ(row->sides[0].hold, HOTPATH_NO_FUNCTION);
    row = row_now("line");
    CHECK_EQ(row->kind, HOTPATH_KIND_BARRIER);
    CHECK_EQ(row->sides[0].wait_ns, 30);
    CHECK_EQ(row->released, 0);
    CHECK_EQ(row->holders_count, 0);
    CHECK_EQ(row->sides[0].waiters_count, 1);
    CHECK_TEXT(name_of(row->sides[0].waiters[0].function), "consumer");
}

/* A mutex and its condition, and others, often have one label and place: each counts for itself. */
static void kinds_of_one_label(void** state) {
    (void)state;
    static hotpath_lock_t locks[5];
    static const hotpath_kind_t kinds[] = {HOTPATH_KIND_MUTEX, HOTPATH_KIND_RWLOCK,
        HOTPATH_KIND_CONDITION, HOTPATH_KIND_SEMAPHORE, HOTPATH_KIND_BARRIER};
    for (uint64_t i = 0; i < 5; i++)
        hotpath_lock_init(&locks[i], kinds[i], "of one label", "", 0);
    for (uint64_t i = 0; i < 5; i++)
        for (uint64_t k = 0; k <= i; k++) {
            hotpath_wait_t wait;
            hotpath_lock_failed(&locks[i], false, NULL);
            hotpath_lock_wait(&locks[i], false, &wait);
            pass(10 + i);
            hotpath_lock_acquired(&locks[i], false, &wait);
            pass(3);
            hotpath_lock_released(&locks[i]);
        }
    (void)row_now("of one label");
    size_t count = hotpath_snapshot_locks(taken, rows, ROWS), found = 0;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].name, "of one label") != 0) continue;
        uint64_t k = 0;
        while (kinds[k] != rows[i].kind)
            k++;
        const hotpath_lock_side_t* side = &rows[i].sides[kinds[k] == HOTPATH_KIND_RWLOCK];
        CHECK_EQ(side->contended, k + 1);
        CHECK_EQ(side->wait_ns, (k + 1) * (10 + k));
        CHECK_EQ(side->try_failures, k + 1);
        CHECK_EQ(side->acquired, k == 2 || k == 4 ? 0 : k + 1);
        CHECK_EQ(side->hold_ns, k < 2 ? 3 * (k + 1) : 0);
        CHECK_EQ(rows[i].released, k == 2 || k == 3 ? k + 1 : 0);
        found++;
    }
    CHECK_EQ(found, 5);
}

/* ---- who waits for whom ------------------------------------------------------------------------- */

static hotpath_lock_t shared_lock = HOTPATH_LOCK_INIT("shared");
static uint64_t step;

/* Waits for the lock in a scope of its own, gets it and lets go. */
static void* waiter(void* name) {
    hotpath_wait_t wait;
    HOTPATH_SCOPE_NAMED((const char*)name);
    hotpath_lock_wait(&shared_lock, false, &wait);
    law_add(&step, 1);
    uint64_t turn = name == names[0] ? 10 : name == names[1] ? 20 : 30;
    law_wait(&step, turn);
    hotpath_lock_acquired(&shared_lock, false, &wait);
    pass(3);
    hotpath_lock_released(&shared_lock);
    law_store(&step, turn + 1);
    return NULL;
}
/* This thread holds it in one scope while three threads wait; they have it one after the other. Each
   credits its whole wait to who held it when it began. */
static void waits_name_the_holder(void** state) {
    (void)state;
    pthread_t threads[3];
    hotpath_snapshot_t* before = law_take();
    {
        HOTPATH_SCOPE("owner");
        hotpath_lock_acquired(&shared_lock, false, NULL);
        for (int i = 0; i < 3; i++) {
            threads[i] = law_thread(waiter, (void*)(uintptr_t)names[i]);
            law_wait(&step, (uint64_t)i + 1);
        }
        pass(100);
        const hotpath_lock_row_t* row = row_now("shared");
        CHECK_EQ(row->sides[0].waiting, 3);
        CHECK_EQ(row->sides[0].held, 1);
        CHECK_EQ(row->sides[0].contended, 3);
        CHECK_EQ(row->sides[0].wait_ns, 300); /* until now */
        CHECK_EQ(row->holders_count, 0);
        hotpath_lock_released(&shared_lock);
    }
    for (uint64_t i = 1; i <= 3; i++) {
        law_store(&step, 10 * i);
        law_wait(&step, 10 * i + 1);
    }
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    const hotpath_lock_row_t* row = row_now("shared");
    CHECK_EQ(row->sides[0].waiting, 0);
    CHECK_EQ(row->sides[0].acquired, 4);
    CHECK_EQ(row->sides[0].contended, 3);
    CHECK_EQ(row->sides[0].wait_ns, 100 + 103 + 106);
    CHECK_EQ(row->sides[0].wait_max_ns, 106);
    CHECK_EQ(row->sides[0].hold_ns, 100 + 3 * 3);
    CHECK_EQ(row->sides[0].waiters_count, 3);
    CHECK_TEXT(name_of(row->sides[0].waiters[0].function), "c");
    CHECK_EQ(row->sides[0].waiters[0].total_ns, 106);
    CHECK_EQ(row->sides[0].waiters[0].calls, 1);
    CHECK_EQ(row->holders_count, 3);
    for (uint32_t i = 0; i < 3; i++) {
        CHECK_TEXT(name_of(row->holders[i].holder), "owner");
        CHECK_TEXT(name_of(row->holders[i].waiter), names[2 - i]);
        CHECK_EQ(row->holders[i].wait_ns, 106 - 3 * i);
        CHECK_EQ(row->holders[i].wait_max_ns, 106 - 3 * i);
        CHECK_EQ(row->holders[i].waits, 1);
        CHECK_EQ(row->holders[i].thread, 1);
    }
    /* The difference has what came after. */
    hotpath_snapshot_t* difference = hotpath_snapshot_difference(taken, before, NULL);
    row = row_in(difference, "shared", __FILE__, __LINE__);
    CHECK_EQ(row->sides[0].acquired, 4);
    CHECK_EQ(row->holders_count, 3);
    CHECK_EQ(row->holders[0].wait_ns, 106);
    hotpath_snapshot_free(difference);
    hotpath_snapshot_t* older = law_take();
    lock_for(&shared_lock, 8);
    hotpath_snapshot_t* newer = law_take();
    difference = hotpath_snapshot_difference(newer, older, NULL);
    row = row_in(difference, "shared", __FILE__, __LINE__);
    CHECK_EQ(row->sides[0].acquired, 1);
    CHECK_EQ(row->sides[0].hold_ns, 8);
    CHECK_EQ(row->sides[0].contended, 0);
    CHECK_EQ(row->sides[0].held, 0);
    CHECK_EQ(row->holders_count, 0);
    CHECK_EQ(row->instances, 1);
    hotpath_snapshot_free(difference);
    hotpath_snapshot_free(newer);
    hotpath_snapshot_free(older);
    hotpath_snapshot_free(before);
    law_check_quiet_now();
}
/* More pairs than there is room for: the rest is one of <other>. */
static void* hold_in_many_scopes(void* lock) {
    for (int i = 0; i < 40; i++) {
        char name[16];
        hotpath_wait_t wait;
        snprintf(name, sizeof name, "holder %d", i);
        HOTPATH_SCOPE_NAMED(name);
        lock_for((hotpath_lock_t*)lock, 1);
        hotpath_lock_wait((hotpath_lock_t*)lock, false, &wait);
        pass((uint64_t)i + 1);
        hotpath_lock_acquired((hotpath_lock_t*)lock, false, &wait);
        hotpath_lock_released((hotpath_lock_t*)lock);
    }
    return NULL;
}
static void pairs_are_bounded(void** state) {
    (void)state;
    static hotpath_lock_t lock = HOTPATH_LOCK_INIT("crowded");
    hold_in_many_scopes(&lock);
    const hotpath_lock_row_t* row = row_now("crowded");
    CHECK_EQ(row->sides[0].contended, 40);
    CHECK_EQ(row->sides[0].wait_ns, 40 * 41 / 2);
    CHECK_EQ(row->holders_count, HOTPATH_PARTIES);
    CHECK_TEXT(name_of(row->holders[0].holder), "<other>");
    CHECK_EQ(row->holders[0].waits, 8);
    CHECK_EQ(row->holders[0].wait_ns, 33 + 34 + 35 + 36 + 37 + 38 + 39 + 40);
    CHECK_EQ(row->holders[0].wait_max_ns, 40);
    CHECK_TEXT(name_of(row->holders[1].holder), "holder 31");
}

/* ---- many objects ------------------------------------------------------------------------------- */

static void objects_by_address(void** state) {
    (void)state;
    static char objects[20000];
    hotpath_lock_t* a = hotpath_lock_at(&objects[0], HOTPATH_KIND_MUTEX, "by address", "x.c", 1);
    CHECK(a != NULL);
    CHECK(hotpath_lock_at(&objects[0], HOTPATH_KIND_MUTEX, "other name", "y.c", 2) == a);
    CHECK(hotpath_lock_at(&objects[1], HOTPATH_KIND_MUTEX, "by address", "x.c", 1) != a);
    lock_for(a, 10);
    CHECK_EQ(row_now("by address")->instances, 2);
    hotpath_lock_destroyed(a);
    CHECK_EQ(row_now("by address")->closed, 1);
    CHECK(hotpath_lock_at(&objects[0], HOTPATH_KIND_RWLOCK, "again", "y.c", 2) == a);
    CHECK_EQ(row_now("again")->instances, 1);
    CHECK_EQ(row_now("again")->kind, HOTPATH_KIND_RWLOCK);
    CHECK_EQ(row_now("by address")->sides[0].acquired, 1);
    size_t known = 0;
    for (size_t i = 0; i < sizeof objects; i++)
        known += hotpath_lock_at(&objects[i], HOTPATH_KIND_MUTEX, "by address", "x.c", 1) != NULL;
    CHECK_GT(known, 14000);
    CHECK_GT(sizeof objects, known);
    CHECK_EQ(law_drops().entry_overflow, sizeof objects - known);
    CHECK_EQ(row_now("by address")->instances, known);
}
static void labels_are_bounded(void** state) {
    (void)state;
    static hotpath_lock_t locks[1100];
    static char labels[1100][16];
    uint64_t before = law_drops().entry_overflow;
    for (int i = 0; i < 1100; i++) {
        snprintf(labels[i], sizeof labels[i], "label %d", i);
        hotpath_lock_init(&locks[i], HOTPATH_KIND_SEMAPHORE, labels[i], "", 0);
        hotpath_lock_acquired(&locks[i], false, NULL);
    }
    hotpath_snapshot_free(taken);
    taken = law_take();
    size_t count = hotpath_snapshot_locks(taken, rows, ROWS), semaphores = 0;
    CHECK_GT(ROWS, count);
    for (size_t i = 0; i < count; i++)
        semaphores += rows[i].kind == HOTPATH_KIND_SEMAPHORE;
    CHECK_EQ(semaphores, 1000 + 1);
    const hotpath_lock_row_t* other = row_now("<other>");
    uint64_t overflow = law_drops().entry_overflow - before;
    CHECK_EQ(other->sides[0].acquired, overflow);
    CHECK_EQ(other->instances, overflow);
    CHECK_GE(overflow, 100);
    CHECK_EQ(hotpath_snapshot_locks(taken, NULL, 0), count);
    law_check_quiet_now();
}

/* ---- switched off, forked ----------------------------------------------------------------------- */

static void off_and_on(void** state) {
    (void)state;
    static hotpath_lock_t lock = HOTPATH_LOCK_INIT("switched");
    hotpath_wait_t wait;
    hotpath_enable(false);
    lock_for(&lock, 10);
    hotpath_lock_wait(&lock, false, &wait);
    hotpath_lock_acquired(&lock, false, &wait);
    hotpath_enable(true);
    hotpath_lock_released(&lock); /* acquired while it was off */
    hotpath_lock_acquired(&lock, false, NULL);
    hotpath_enable(false);
    pass(20);
    hotpath_lock_released(&lock); /* acquired while it was on */
    hotpath_enable(true);
    const hotpath_lock_row_t* row = row_now("switched");
    CHECK_EQ(row->sides[0].acquired, 1);
    CHECK_EQ(row->sides[0].contended, 0);
    CHECK_EQ(row->sides[0].hold_ns, 20);
    CHECK_EQ(row->sides[0].held, 0);
    CHECK_EQ(row->bad_releases, 0);
    /* For reading, too. */
    static hotpath_lock_t shelf = HOTPATH_LOCK_INIT_KIND("switched shelf", HOTPATH_KIND_RWLOCK);
    for (int i = 0; i < 4; i++) {
        hotpath_enable((i & 1) != 0);
        hotpath_lock_acquired(&shelf, true, NULL);
        hotpath_enable((i & 2) != 0);
        pass(7);
        hotpath_lock_released(&shelf);
    }
    hotpath_enable(true);
    row = row_now("switched shelf");
    CHECK_EQ(row->sides[0].acquired, 2);
    CHECK_EQ(row->sides[0].hold_ns, 14);
    CHECK_EQ(row->sides[0].held, 0);
    CHECK_EQ(row->bad_releases, 0);
}
static int child_of_fork(void) {
    waits_name_the_holder(NULL);
    static hotpath_lock_t lock = HOTPATH_LOCK_INIT("inherited");
    static hotpath_lock_t shelf = HOTPATH_LOCK_INIT_KIND("shelf", HOTPATH_KIND_RWLOCK);
    hotpath_lock_acquired(&lock, false, NULL);
    hotpath_lock_acquired(&shelf, true, NULL);
    pid_t pid = fork();
    if (pid == 0) {
        pass(10);
        hotpath_lock_released(&lock);
        hotpath_lock_released(&shelf);
        const hotpath_lock_row_t* row = row_now("inherited");
        CHECK_EQ(row->sides[0].acquired, 0);
        CHECK_EQ(row->sides[0].hold_ns, 0);
        CHECK_EQ(row->bad_releases, 0);
        CHECK_EQ(row_now("shelf")->bad_releases, 0);
        CHECK_EQ(row_now("shared")->holders_count, 0);
        lock_for(&lock, 4);
        row = row_now("inherited");
        CHECK_EQ(row->sides[0].acquired, 1);
        CHECK_EQ(row->sides[0].hold_ns, 4);
        _exit(0);
    }
    int status;
    waitpid(pid, &status, 0);
    CHECK_EQ(status, 0);
    hotpath_lock_released(&shelf);
    hotpath_lock_released(&lock);
    CHECK_EQ(row_now("inherited")->sides[0].held, 0);
    return 0;
}
static void a_child_begins_anew(void** state) {
    (void)state;
    law_exited(law_again("child_of_fork", NULL), 0);
}

int main(int argc, char** argv) {
    static const law_child_t children[] = {{"child_of_fork", child_of_fork}, {NULL, NULL}};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_are_exact),
        cmocka_unit_test(recursion),
        cmocka_unit_test(bad_use),
        cmocka_unit_test(tries),
        cmocka_unit_test(readers_and_writers),
        cmocka_unit_test(holds_without_an_end),
        cmocka_unit_test(what_has_no_holder),
        cmocka_unit_test(kinds_of_one_label),
        cmocka_unit_test(waits_name_the_holder),
        cmocka_unit_test(pairs_are_bounded),
        cmocka_unit_test(off_and_on),
        cmocka_unit_test(a_child_begins_anew),
        cmocka_unit_test(objects_by_address),
        cmocka_unit_test(labels_are_bounded),
    };
    int code = law_run(argc, argv, children);
    if (code < 0) code = cmocka_run_group_tests(tests, NULL, NULL);
    hotpath_snapshot_free(taken);
    return code;
}
