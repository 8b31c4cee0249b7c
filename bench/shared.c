/* shared.c - the loop of bench.c's case scope_shared_library, with a recorder of its own behind it: what
   a library compiled with -fPIC finds, where thread-local variables are further away. */
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"

void bench_shared_loop(unsigned iterations);

__attribute__((visibility("default"))) void bench_shared_loop(unsigned iterations) {
    for (unsigned i = 0; i < iterations; i++) {
        HOTPATH_SCOPE("empty, in a library");
        __asm__ volatile("" ::: "memory");
    }
}
