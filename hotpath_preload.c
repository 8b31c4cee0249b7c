/* hotpath_preload.c - what a program that is not built anew allocates, locks, reads and writes: libraries
   to preload. -DHOTPATH_ALLOC, -DHOTPATH_LOCKS and -DHOTPATH_IO say what is recorded; all without any.

       make preload
       LD_PRELOAD=$PWD/build/libhotpath.so program

   The report goes to stderr at exit, or where HOTPATH_OUTPUT_PATH says; with %p in that path the
   children of a fork report too. A program that was built with -DHOTPATH and exports its recorder
   (-rdynamic) records into this one, so that all of it is below its scopes; allocations of any other are
   <outside>. */
#if !defined(HOTPATH)
    #define HOTPATH 1
#endif
#if !defined(HOTPATH_ALLOC) && !defined(HOTPATH_LOCKS) && !defined(HOTPATH_IO)
    #define HOTPATH_ALLOC 1
    #define HOTPATH_LOCKS 1
    #define HOTPATH_IO    1
#endif
#define HOTPATH_OWN_RECORDER 1
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"

__attribute__((constructor)) static void hotpath_preload_load(void) {
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.output_path = "stderr";
    hotpath_start(&desc);
}
