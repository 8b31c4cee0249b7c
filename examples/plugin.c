/* plugin.c - a library that a running program loads, and loads again after it was changed.

   Shows: instrumented code in a plugin. It includes hotpath.h without the implementation and
   records into the program that loads it; what its functions have recorded outlives dlclose, and
   the next generation goes on counting where this one stopped. plugin_host.c loads it.

   Build:  cc -O2 -DHOTPATH -I. -fPIC -shared examples/plugin.c -o plugin.so
   Run:    ./plugin_host ./plugin.so */
#include "hotpath.h"

/* Which build this is: the host counts it up. It changes what the code computes, as an edit of the
   source would, and no line of it. */
#ifndef GENERATION
    #define GENERATION 0
#endif

/* What the host looks up by name; declared here because no header is shared. */
int plugin_generation(void);
const char* plugin_file(void);
uint64_t plugin_update(uint64_t state);

/* One round of a mixer that every generation does a little differently. */
static uint64_t mix(uint64_t state) {
    HOTPATH_FUNC();
    for (int i = 0; i < 200; i++)
        state = (state ^ state >> 29) * 0xbf58476d1ce4e5b9u + GENERATION;
    return state;
}

int plugin_generation(void) { return GENERATION; }

/* The name under which this file was compiled. A function is known by name, file and line, so the
   host sees to it that the next generation is compiled under the same one. */
const char* plugin_file(void) { return __FILE__; }

uint64_t plugin_update(uint64_t state) {
    HOTPATH_FUNC();
    state = mix(state);
    {
        HOTPATH_SCOPE("second half");
        state = mix(state);
    }
    return state;
}
