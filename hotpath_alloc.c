/* hotpath_alloc.c - what an unchanged program allocates: a library to preload.

       make alloc
       LD_PRELOAD=$PWD/build/libhotpath_alloc.so program

   The report goes to stderr at exit, or where HOTPATH_OUTPUT_PATH says; with %p in that path the
   children of a fork report too. A program that was built with -DHOTPATH and exports its recorder
   (-rdynamic) records into this one, so that its allocations count in its scopes; of any other all are
   <outside>. */
#if !defined(HOTPATH)
    #define HOTPATH 1
#endif
#if !defined(HOTPATH_ALLOC)
    #define HOTPATH_ALLOC 1
#endif
#define HOTPATH_OWN_RECORDER 1
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"

__attribute__((constructor)) static void hotpath_alloc_load(void) {
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.output_path = "stderr";
    hotpath_start(&desc);
}
