/* A clock that only pass() moves, for tests that expect exact times: include it before hotpath.h. */
#ifndef HOTPATH_TESTS_VIRTUAL_CLOCK_H
#define HOTPATH_TESTS_VIRTUAL_CLOCK_H

#include <stdint.h>

uint64_t virtual_ticks(void); /* recorder_virtual.c calls it too */
static uint64_t test_ticks = 5000;
uint64_t virtual_ticks(void) { return __atomic_load_n(&test_ticks, __ATOMIC_RELAXED); }
static void pass(uint64_t ns) { __atomic_fetch_add(&test_ticks, ns, __ATOMIC_RELAXED); }
#define HOTPATH_CLOCK() virtual_ticks()

#endif /* HOTPATH_TESTS_VIRTUAL_CLOCK_H */
