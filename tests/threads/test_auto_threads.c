/* RECORDER: real */
/* HOTPATH_TIME_SAMPLING=auto on the machine's own clock: threads come and go, readers look, and the rates
   are switched all the while. Counts are exact; what recording took is printed, and never asserted. */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#include "hotpath.h"
#include "../unit/law.h"

enum {
    threads_count = 4,
    rounds = 4
};
static uint64_t finished;

static void leaf(void) {
    HOTPATH_FUNC();
    volatile unsigned sink = 0;
    for (int i = 0; i < 20; i++)
        sink += (unsigned)i;
}
static void middle(int leaves) {
    HOTPATH_FUNC();
    for (int i = 0; i < leaves; i++)
        leaf();
}
static void* body(void* arg) {
    HOTPATH_SCOPE("thread");
    const int times = LAW_TIMES(2000, 200);
    for (int i = 0; i < times; i++)
        middle(50);
    law_add(&finished, 1);
    return arg;
}
static void start_threads(pthread_t* threads) {
    for (int i = 0; i < threads_count; i++)
        threads[i] = law_thread(body, NULL);
}
static void join_threads(const pthread_t* threads) {
    for (int i = 0; i < threads_count; i++)
        pthread_join(threads[i], NULL);
}
static void check_counts(uint64_t threads) {
    const uint64_t times = (uint64_t)LAW_TIMES(2000, 200);
    CHECK_EQ(law_now("thread").completed, threads);
    CHECK_EQ(law_now("middle").completed, threads * times);
    CHECK_EQ(law_now("leaf").completed, threads * times * 50);
    CHECK_EQ(law_now("leaf").calls, threads * times * 50);
}

static void auto_by_the_real_clock(void** state) {
    (void)state;
    pthread_t threads[threads_count];
    CHECK(hotpath_time_sampling(NULL, HOTPATH_TIME_SAMPLING_AUTO));
    start_threads(threads);
    join_threads(threads);
    check_counts(threads_count);
    const hotpath_function_t f = law_now("leaf");
    CHECK(f.estimated); /* it is so short that it cannot be timed as a whole */
    CHECK_GT(f.completed, f.sampled_calls);
    CHECK_GT(f.sampled_calls, 16 * threads_count);
    hotpath_snapshot_t* const s = law_take();
    const hotpath_info_t* const info = hotpath_snapshot_info(s);
    CHECK_GT(info->scope_drawn_ns_x100, 0); /* measured without being asked */
    CHECK_GT(info->scope_cost_ns_x100, 0);
    CHECK_GT(info->auto_time_ns, 0);
    CHECK_GE(info->auto_overhead_ns, info->auto_least_ns);
    CHECK_EQ(info->drops.reentrant, 0);
    print_message("# %.2f%% of the threads' time, of that counting %.2f%%\n",
        100 * (double)info->auto_overhead_ns / (double)info->auto_time_ns,
        100 * (double)info->auto_least_ns / (double)info->auto_time_ns);
    hotpath_snapshot_free(s);
}
static void auto_switched_while_it_runs(void** state) {
    (void)state;
    static const uint32_t rates[] = {HOTPATH_TIME_SAMPLING_AUTO, 8, HOTPATH_TIME_SAMPLING_AUTO, 1};
    const uint64_t before = law_now("thread").completed;
    for (uint64_t round = 1; round <= rounds; round++) {
        pthread_t threads[threads_count];
        const uint64_t until = law_load(&finished) + threads_count;
        start_threads(threads);
        for (unsigned i = 0; law_load(&finished) < until; i++) {
            hotpath_time_sampling(NULL, rates[i % 4]);
            hotpath_time_sampling("middle", i % 3 == 0 ? HOTPATH_TIME_SAMPLING_AUTO : 0);
            hotpath_snapshot_free(law_take());
        }
        join_threads(threads);
        check_counts(before + round * threads_count);
    }
    hotpath_time_sampling("middle", 0);
    CHECK(hotpath_time_sampling(NULL, 1));
    CHECK_EQ(law_drops().foreign_ends, 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(auto_by_the_real_clock),
    cmocka_unit_test(auto_switched_while_it_runs),
};
static const law_child_t children[] = {{NULL, NULL}};
LAW_MAIN(tests, children)
