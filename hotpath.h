/* hotpath.h - v0.1.0 - where a C or C++ program's time goes: exact, live, in one header.
   Public domain or MIT, at your choice; the text is at the end of the file.

   Do this in one C or C++ file, and build every file with -DHOTPATH:

       #define HOTPATH_IMPLEMENTATION
       #include "hotpath.h"

   Without -DHOTPATH the macros expand to nothing, and the object code is that of the file
   without them. With it, nothing has to be linked but the threads library of old systems.

   CONTENTS (search for the marker)
       >>manual          what to write, what comes out, how it works
       >>version         version macros
       >>settings        compile-time settings and their validation
       >>compiler        attributes
       >>types           public types
       >>functions       public functions
       >>enabled         recording macros with -DHOTPATH
       >>disabled        the same macros without it
       >>cpp             C++ layer
       >>implementation  everything below is compiled once
       >>atomics         memory order in the name
       >>platform        clock, pages, threads, signals, files: all that touches the system
       >>log             messages, settings from the environment
       >>structs         sites, nodes, records, contexts
       >>memory          arenas of pages
       >>clock           ticks and nanoseconds
       >>sites           the registry of functions
       >>threads         records, contexts, retirement, fork
       >>scopes          the recording path
       >>values          dbg, val, gauges, results, text
       >>inside          what happened inside one execution; frames
       >>spans           keyed spans: SQL, HTTP, routes
       >>alloc           -DHOTPATH_ALLOC: the account of allocations and the ways into it
       >>snapshot        the one way to read
       >>difference      one snapshot minus another
       >>heap            live memory over time: labels, growth, the process's own numbers
       >>writer          bounded text output, JSON strings, numbers with units
       >>views           filter, sort, limit
       >>table           the report as a table
       >>json            the report as JSON
       >>folded          folded stacks
       >>report          sections, paths, at exit, on a signal
       >>public          start and stop

>>manual

   EXAMPLE

       #define HOTPATH_IMPLEMENTATION
       #include "hotpath.h"

       static void simulate(void) {
           HOTPATH_FUNC();
           ...
       }
       int main(void) {
           HOTPATH_MAIN();
           for (int i = 0; i < 100; i++) simulate();
       }

       cc -O2 -DHOTPATH game.c && ./a.out

   At exit the program prints a table: calls, self and total time, percentiles, the call tree.
   HOTPATH_OUTPUT_FORMAT=json gives the same as one JSON object.

   WHAT TO MARK

   HOTPATH_FUNC();                the function it stands in, until it is left by any way
   HOTPATH_SCOPE("label");        from here to the end of the block
   HOTPATH_BEGIN(v, "label");     from here to HOTPATH_END(v), which gives the elapsed ns
   HOTPATH_SCOPE_NAMED(string);   as HOTPATH_SCOPE, with a name known only at run time
   HOTPATH_FUNC_LOG();            as HOTPATH_FUNC; HOTPATH_RETURN(v) keeps v beside the time
   HOTPATH_ERROR("reason");       the innermost open scope has failed
   HOTPATH_BYTES(n);              the innermost open scope has moved n bytes
   HOTPATH_SPAN(v, kind, key);    a statement, a request or a route, by its key: KEYED SPANS
   HOTPATH_DBG(expr)              an expression: evaluates once, records and gives the value
   HOTPATH_VAL("key", v);         the history of a value
   HOTPATH_GAUGE_SET("key", v);   also _INC and _DEC: one number shared by all threads
   HOTPATH_FRAME("game");         once in each round of a loop; HOTPATH_FRAME_BUDGET("game", ns)
   HOTPATH_MARK("load");          ends the phase that runs on this thread, and begins another
   HOTPATH_THREAD_NAME("name");   the name of this thread in every output
   hotpath_enable(false);         records nothing until hotpath_enable(true)
   HOTPATH_MALLOC(n);             and _CALLOC, _REALLOC, _FREE, _ALIGNED_ALLOC, _STRDUP: MEMORY
   HOTPATH_ALLOC_EVENT(p, n);     an allocator of your own gave n bytes at p: MEMORY

   C needs gcc or clang for scopes that end by themselves (attribute cleanup); HOTPATH_BEGIN and
   HOTPATH_END work everywhere. A scope is a declaration: it stands where a declaration may.

   WHAT IS KEPT

   For every (function, path of callers): calls, total time, self time, errors, bytes. For every
   function and thread: min, max, sum of squares, a log-linear histogram (32 buckets an octave:
   percentiles within 1.6 % or one tick of the exact ones), the last 64 executions, the 8
   slowest. Calls count at entry; scopes that are still open are part of every answer, with the
   time so far. Recursion counts the outermost time once in total, and every level in calls.

   MEMORY

   With -DHOTPATH_ALLOC every allocation counts in the innermost open scope of its thread, or as
   <outside>. The file with HOTPATH_IMPLEMENTATION defines malloc, calloc, realloc, reallocarray, free,
   aligned_alloc, posix_memalign, memalign, valloc, pvalloc and malloc_usable_size and hands them on to
   the next definition: the C library's, or that of a jemalloc, tcmalloc or mimalloc that is linked. So
   the whole program counts, C++ new and delete too, with no change of the source; but not those of an
   allocator that has operators new and delete of its own, as these three have, and the report says so.
   What such an allocator gives and takes by functions of its own (sdallocx) must not be mixed with malloc
   and free. Where that cannot be
   (sanitizers, Windows) the macros HOTPATH_MALLOC ... count alone, and the report says so. A program that
   is linked with -static needs -DHOTPATH_ALLOC_WRAP for that file and, to link,
   -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray,--wrap=free,--wrap=aligned_alloc
   -Wl,--wrap=posix_memalign,--wrap=memalign,--wrap=valloc,--wrap=pvalloc,--wrap=malloc_usable_size.
   A program that must not be built anew can preload libhotpath_alloc.so (make alloc).

   Counted are allocations, bytes as they were asked for, reallocs (each an allocation of the whole new
   size and a free of the old), sizes by powers of two, and frees: 16 bytes before a block say who
   allocated it, so that a free is credited to the function and the thread of the allocation, whoever
   frees. HOTPATH_ALLOC_LIVE=0 leaves them out, and with them what is live. What hotpath itself needs
   comes from the system as pages; what its reports and its server take through malloc does not count.

   Allocators of your own tell with HOTPATH_ALLOC_EVENT(p, n) and HOTPATH_FREE_EVENT(p), or by name with
   HOTPATH_HEAP_ALLOC_EVENT("pool", p, n), HOTPATH_HEAP_FREE_EVENT("pool", p) and
   HOTPATH_HEAP_RESET_EVENT("pool"), which frees all that is in it. They are kept in a table of
   HOTPATH_MAX_ALLOC_EVENTS blocks; past it an allocation counts and its free does not.

   KEYED SPANS

   A statement, a request to another program, or one from another program is a span: a scope by its key.
   What is a value of it is no part of the key: "SELECT * FROM t WHERE id = 7" is counted as
   SELECT * FROM t WHERE id = ?, "GET http://host/users/7?q=x" as GET http://host/users/:id. Of each key
   there are rows, statuses, bytes, where it was called and how often in one request, what happened inside
   the slowest, and all that functions have.

       HOTPATH_SPAN(route, HOTPATH_SPAN_SERVER, "GET /users/7");     until the end of the block
       hotpath_span_status(&route, 200);

   hotpath_span_begin and hotpath_span_end take a hotpath_span_t that is kept anywhere: it may end on another
   thread, or after the scopes around it, which have no part of what it takes then.

   THREADS, FIBERS, PROCESSES

   Recording is wait-free: a thread writes only its own record, with plain stores. A thread that
   ends leaves its totals in one row of ended threads. Fibers and coroutines that leave a scope
   open while they are parked need a context each: hotpath_context_create, _switch, _destroy.
   The child of a fork starts with empty records.

   WHAT IT COSTS

   The end of the report says what one recording costs and what all of them took.
   HOTPATH_TIME_SAMPLING=auto keeps that within 5 % of each thread's time, auto:2.5 within 2.5 %: of
   what is called most often some executions are timed and stand for the others, marked ~. Calls,
   errors, bytes and the tree stay exact.

   BOUNDS

   open scopes HOTPATH_MAX_DEPTH · nodes a thread HOTPATH_MAX_NODES · functions HOTPATH_MAX_FUNCTIONS ·
   memory HOTPATH_MEMORY_MAX · keys of values, and of spans by kind, HOTPATH_ENTRIES_LIMIT. Past each of them calls and totals
   stay exact, the rest goes where the footer says, and a counter says how often.

   SHARED LIBRARIES AND PLUGINS

   One recorder serves the whole process. Build plugins with -DHOTPATH and without the
   implementation, and link the program with -rdynamic (or
   -Wl,--export-dynamic-symbol=hotpath_*), so that the plugin finds it.

   ENVIRONMENT

   Every variable is in the table HOTPATH_I_SETTINGS (>>log): name, default, what is allowed. A
   wrong value is told in one line on stderr and the default is used.
*/
#ifndef HOTPATH_H
    #define HOTPATH_H

    /* The implementation needs more of the system's headers than strict C shows. */
    #if defined(HOTPATH_IMPLEMENTATION) && defined(HOTPATH) && defined(__linux__) && \
        !defined(_GNU_SOURCE)
        #define _GNU_SOURCE 1
    #endif

    /* >>version */
    #define HOTPATH_VERSION_MAJOR  0
    #define HOTPATH_VERSION_MINOR  1
    #define HOTPATH_VERSION_PATCH  0
    #define HOTPATH_VERSION_NUMBER 100 /* major * 10000 + minor * 100 + patch */
    #define HOTPATH_VERSION        "0.1.0"

    #include <stddef.h>
    #include <stdint.h>
    #include <stdbool.h>

/* >>settings
   Switches, for every file alike (-DHOTPATH, -DHOTPATH=1 and -DHOTPATH=0 all do what they say):
     HOTPATH                  recording is compiled in
     HOTPATH_MCP              HOTPATH_MAIN and hotpath_start start the server (hotpath_mcp.c)
     HOTPATH_ALLOC            allocations are counted; needs HOTPATH
     HOTPATH_SHORT_NAMES      HP_FUNC, HP_SCOPE, ... beside the long names
     HOTPATH_API              what stands before every public function, default: visibility default
   Settings of the file with HOTPATH_IMPLEMENTATION, for platforms of your own:
     HOTPATH_CLOCK()          one steady clock for all threads, uint64_t ticks that never go back
     HOTPATH_CLOCK_HZ         its ticks a second, default 1000000000; needs HOTPATH_CLOCK
     HOTPATH_PAGES_ALLOC(n)   n bytes of zeroed memory aligned to 4096, or NULL; any thread
     HOTPATH_PAGES_FREE(p, n) gives them back; both or neither
     HOTPATH_THREAD_LOCAL     the storage class of a thread-local variable
     HOTPATH_NO_STDIO         no <stdio.h>: reports only through hotpath_report's callback
     HOTPATH_MAX_DEPTH        open scopes a thread or context, default 16384
     HOTPATH_MAX_NODES        call-tree nodes a thread, default 65536
     HOTPATH_MAX_FUNCTIONS    functions, scopes and tracks in all, default 16384
     HOTPATH_OWN_RECORDER     this shared library means to record apart: do not say so
     HOTPATH_MAX_ALLOC_EVENTS blocks of HOTPATH_ALLOC_EVENT, a power of two, default 65536
     HOTPATH_ALLOC_WRAP       the program is linked with -Wl,--wrap=malloc and the others (MEMORY)
     HOTPATH_ALLOC_MACROS     malloc and the others are not defined: only the macros count
   No setting changes the layout of a public type. */

    #if defined(HOTPATH) && (1 - HOTPATH - 1 == 2 || HOTPATH + 0 != 0)
        #define HOTPATH_I_ON 1
    #else
        #define HOTPATH_I_ON 0
    #endif
    #if defined(HOTPATH_MCP) && (1 - HOTPATH_MCP - 1 == 2 || HOTPATH_MCP + 0 != 0)
        #define HOTPATH_I_MCP 1
    #else
        #define HOTPATH_I_MCP 0
    #endif
    #if defined(HOTPATH_ALLOC) && (1 - HOTPATH_ALLOC - 1 == 2 || HOTPATH_ALLOC + 0 != 0)
        #define HOTPATH_I_ALLOC 1
    #else
        #define HOTPATH_I_ALLOC 0
    #endif
    #if HOTPATH_I_ALLOC && !HOTPATH_I_ON
        #error \
            "hotpath: -DHOTPATH_ALLOC needs -DHOTPATH: without it there is nothing that allocations count in"
    #endif
    #if HOTPATH_I_MCP && !HOTPATH_I_ON
        #error \
            "hotpath: -DHOTPATH_MCP needs -DHOTPATH: without it there is nothing for the server to read"
    #endif
    #if defined(HOTPATH_CLOCK_HZ) && !defined(HOTPATH_CLOCK)
        #error \
            "hotpath: HOTPATH_CLOCK_HZ without HOTPATH_CLOCK: define HOTPATH_CLOCK() too, or neither"
    #endif
    #if defined(HOTPATH_PAGES_ALLOC) && !defined(HOTPATH_PAGES_FREE)
        #error "hotpath: HOTPATH_PAGES_ALLOC without HOTPATH_PAGES_FREE: define both or neither"
    #endif
    #if defined(HOTPATH_PAGES_FREE) && !defined(HOTPATH_PAGES_ALLOC)
        #error "hotpath: HOTPATH_PAGES_FREE without HOTPATH_PAGES_ALLOC: define both or neither"
    #endif

    /* >>compiler */
    #if defined(__GNUC__) || defined(__clang__)
        #define HOTPATH_I_GNU           1
        #define HOTPATH_I_PRINTF(f, a)  __attribute__((format(printf, f, a)))
        #define HOTPATH_I_ALWAYS_INLINE inline __attribute__((always_inline))
        #define HOTPATH_I_UNUSED        __attribute__((unused))
        #define HOTPATH_I_EXTENSION     __extension__
    #else
        #define HOTPATH_I_GNU 0
        #define HOTPATH_I_PRINTF(f, a)
        #define HOTPATH_I_ALWAYS_INLINE inline
        #define HOTPATH_I_UNUSED
        #define HOTPATH_I_EXTENSION
    #endif
    #if !defined(HOTPATH_API)
        #if HOTPATH_I_GNU && !defined(_WIN32)
            #define HOTPATH_API __attribute__((visibility("default")))
        #else
            #define HOTPATH_API
        #endif
    #endif
    #if defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L || HOTPATH_I_GNU
        #define HOTPATH_I_GENERIC 1
    #else
        #define HOTPATH_I_GENERIC 0
    #endif
    #define HOTPATH_I_CAT2(a, b) a##b
    #define HOTPATH_I_CAT(a, b)  HOTPATH_I_CAT2(a, b)

    #ifdef __cplusplus
extern "C" {
    #endif

/* >>types */

/* What a site, a function or a value entry is. */
typedef enum hotpath_kind {
    HOTPATH_KIND_NONE = 0,
    HOTPATH_KIND_FUNCTION = 1, /* HOTPATH_FUNC, HOTPATH_FUNC_LOG */
    HOTPATH_KIND_SCOPE = 2,    /* HOTPATH_SCOPE, HOTPATH_BEGIN */
    HOTPATH_KIND_NAMED = 3,    /* HOTPATH_SCOPE_NAMED */
    HOTPATH_KIND_TRACK = 4,    /* the first argument of hotpath_record */
    HOTPATH_KIND_SPAN = 5,     /* the second one: time measured elsewhere */
    HOTPATH_KIND_OTHER = 6,    /* <other>: what came after a bound was reached */
    HOTPATH_KIND_DBG = 7,
    HOTPATH_KIND_VAL = 8,
    HOTPATH_KIND_GAUGE = 9,
    HOTPATH_KIND_REASON = 10,  /* HOTPATH_ERROR */
    HOTPATH_KIND_OUTSIDE = 11, /* <outside>: allocations while no scope is open */
    HOTPATH_KIND_FRAME = 12,   /* HOTPATH_FRAME: in no call tree */
    HOTPATH_KIND_MARK = 13,    /* HOTPATH_MARK: the phase that it begins, in no call tree */
    HOTPATH_KIND_SQL = 14,     /* a statement of HOTPATH_SPAN_SQL, as are those of the next two */
    HOTPATH_KIND_HTTP = 15,
    HOTPATH_KIND_SERVER = 16
} hotpath_kind_t;

/* One place in the source, in static storage. Only `id` changes after compilation: it is 0 until
   the first touch. Fill it with HOTPATH_SITE_INIT; the strings are copied at the first touch. */
typedef struct hotpath_site {
    const char* name;
    const char* file;
    uint32_t line;
    uint32_t kind;     /* hotpath_kind_t */
    uint32_t abi;      /* HOTPATH_I_ABI of the compile unit */
    uint32_t id;       /* atomic */
    const char* group; /* HOTPATH_GROUP where the site stands, "" is none */
    uint32_t group_id; /* atomic; known when id is; and HOTPATH_I_ASKED */
} hotpath_site_t;

/* What a begin gives and its end takes. A token of all zeros is valid and ends nothing. */
typedef struct hotpath_token {
    uint64_t tick; /* of the clock, at the entry */
    uint64_t mark; /* names this one entry of this one thread or context */
} hotpath_token_t;

/* A fiber, coroutine or job whose open scopes survive while it is not running. */
typedef struct hotpath_context hotpath_context_t;

/* The type of a recorded value. */
typedef enum hotpath_value_type {
    HOTPATH_VALUE_NONE = 0,
    HOTPATH_VALUE_BOOL = 1,
    HOTPATH_VALUE_CHAR = 2,
    HOTPATH_VALUE_INT = 3,
    HOTPATH_VALUE_UINT = 4,
    HOTPATH_VALUE_DOUBLE = 5,
    HOTPATH_VALUE_POINTER = 6,
    HOTPATH_VALUE_TEXT = 7 /* UTF-8 expected, not required; at most HOTPATH_MAX_LOG_LEN bytes */
} hotpath_value_type_t;

typedef struct hotpath_value {
    uint32_t type;   /* hotpath_value_type_t */
    uint32_t length; /* of the text in bytes */
    union {
        int64_t i;        /* BOOL, CHAR, INT */
        uint64_t u;       /* UINT, POINTER */
        double d;         /* DOUBLE */
        const char* text; /* TEXT; in a snapshot: ends in 0 and lives as long as the snapshot */
    } as;
} hotpath_value_t;

typedef enum hotpath_gauge_op {
    HOTPATH_GAUGE_OP_SET = 1,
    HOTPATH_GAUGE_OP_INC = 2,
    HOTPATH_GAUGE_OP_DEC = 3
} hotpath_gauge_op_t;

/* One finished execution of a function. */
typedef struct hotpath_execution {
    uint64_t at_ns;        /* begin, since the recorder's start; of spans: the begin as given */
    uint64_t duration_ns;  /* of every level, also of recursion */
    uint64_t thread;       /* hotpath_thread_t.id, also of threads that have ended */
    hotpath_value_t value; /* of HOTPATH_RETURN, else of type NONE */
    uint64_t alloc_count;  /* made in it, not in instrumented callees; with -DHOTPATH_ALLOC */
    uint64_t alloc_bytes;
} hotpath_execution_t;

/* One reason of HOTPATH_ERROR, by function; at most 8 reasons, then <other>. */
typedef struct hotpath_reason {
    const char* text;
    uint64_t count;
} hotpath_reason_t;

    /* Powers of two that sizes are counted by: [0] of 0 bytes, [k] from 2^(k-1) to 2^k - 1, the last
   one all that is larger. */
    #define HOTPATH_ALLOC_SIZES 45
    /* Ages that live bytes are counted by, in intervals of HOTPATH_HEAP_INTERVAL: [0] of the running one,
   [k] of k intervals before, the last one all that is older. */
    #define HOTPATH_ALLOC_AGES 17

/* A function, merged over threads and paths. All times are nanoseconds. What begins with alloc, free,
   live or peak is memory: 0 without -DHOTPATH_ALLOC. */
typedef struct hotpath_function {
    uint32_t id;      /* the same for the process's lifetime, from 1 */
    uint32_t kind;    /* hotpath_kind_t */
    const char* name; /* lives as long as the process */
    const char* file; /* likewise; of runtime names and spans the place of the call, or "" */
    uint32_t line;
    uint32_t reasons_count;
    uint64_t calls;      /* entries, open ones and every level of recursion included; frames, which
                               are in no call tree, have none, and neither total nor self; phases,
                               too: those that have ended */
    uint64_t open_calls; /* of them not yet ended */
    uint64_t abandoned;  /* of them never ended: left by longjmp, thread exit, a lost context */
    uint64_t completed;  /* ended */
    uint64_t sampled_calls; /* of them timed: all but where sampling leaves some out */
    uint64_t errors;
    uint64_t bytes;
    uint64_t total_ns; /* inclusive, outermost level only, open ones until now */
    uint64_t self_ns;  /* total minus what instrumented callees took */
    uint64_t min_ns;   /* of one completed execution; 0 if there is none */
    uint64_t max_ns;
    double mean_ns; /* of completed executions, every level of recursion counted */
    double stdev_ns;
    uint64_t sum_ticks;        /* of completed executions, in ticks of the clock */
    uint64_t sum_squares_high; /* Σ duration² in ticks², bits 64 to 127 */
    uint64_t sum_squares_low;  /* bits 0 to 63 */
    double calls_per_sec;      /* in the last full second */
    double calls_per_sec_peak; /* the best second of one thread, or of all at the last look */
    bool bounds_only;          /* min and max are bounds of histogram buckets: differences */
    bool lite;                 /* some threads kept calls and totals only: memory bound */
    uint32_t sampling_rate;    /* one in so many is timed now, where the fewest are; 1: all */
    bool estimated;        /* some were not timed: all times but min, max and logs are estimates */
    bool has_times;        /* false until hotpath_snapshot_times, with HOTPATH_TIMES_LATER */
    double total_error_ns; /* half the 95 % interval of the estimated sum of all levels */
    double error_squares;  /* private: what that is the root of, in ticks² */
    uint64_t alloc_count;  /* made in it, not in instrumented callees; each realloc is one */
    uint64_t alloc_bytes;  /* as they were asked for */
    uint64_t alloc_total_count; /* with instrumented callees; of recursion the outermost level */
    uint64_t alloc_total_bytes;
    uint64_t realloc_count; /* of alloc_count: those that were reallocs */
    uint64_t free_count;    /* of alloc_count: freed since, by whomever */
    uint64_t free_bytes;
    uint64_t freed_by_others_count; /* of free_count: not by the thread that allocated */
    uint64_t freed_by_others_bytes;
    uint64_t live_count; /* allocated and not freed; in a difference: at its end */
    uint64_t live_bytes;
    uint64_t peak_live_bytes; /* the largest at a tick: a snapshot, or each HOTPATH_HEAP_INTERVAL */
    uint64_t peak_live_ns;    /* when that was, since the recorder's start */
    const uint64_t* alloc_sizes; /* HOTPATH_ALLOC_SIZES counts, NULL if nothing was allocated */
    const uint64_t* live_ages;   /* HOTPATH_ALLOC_AGES sums of live bytes, NULL likewise */
    const hotpath_reason_t* reasons;
    const hotpath_execution_t* recent;  /* newest first; with HOTPATH_PART_LOGS */
    const hotpath_execution_t* slowest; /* slowest first; with HOTPATH_PART_LOGS */
    uint32_t recent_count;
    uint32_t slowest_count;
    uint32_t histogram_first; /* private: octaves of this function */
    uint32_t histogram_count;
} hotpath_function_t;

    /* The parent of a call-tree node that has none. */
    #define HOTPATH_NO_NODE UINT32_MAX

/* A node of the call tree: a function under one path of callers, merged over threads. Parents
   stand before their children in the array. */
typedef struct hotpath_node {
    uint32_t parent;       /* index of a node, or HOTPATH_NO_NODE */
    uint32_t first_child;  /* likewise */
    uint32_t next_sibling; /* likewise */
    uint32_t function;     /* index into the functions of the same snapshot */
    uint32_t depth;        /* 0 for a root */
    uint32_t recursive;    /* 1 if an ancestor is the same function: not in its total */
    uint64_t calls;
    uint64_t open_calls;
    uint64_t errors;
    uint64_t bytes;
    uint64_t total_ns;
    uint64_t self_ns;
    uint64_t alloc_count; /* made on this path in this function; with -DHOTPATH_ALLOC */
    uint64_t alloc_bytes;
    uint64_t alloc_total_count; /* with those of the nodes below */
    uint64_t alloc_total_bytes;
} hotpath_node_t;

/* What one scope did inside one execution that was kept whole: a frame. */
typedef struct hotpath_inside {
    uint32_t function;  /* index into the functions of the same snapshot */
    uint32_t node;      /* index into the nodes, or HOTPATH_NO_NODE without that part */
    uint64_t calls;     /* entries */
    uint64_t total_ns;  /* with instrumented callees, until the end of the execution */
    uint64_t self_ns;   /* without them */
    uint64_t median_ns; /* of self_ns, over the last executions of the same thread */
    int64_t excess_ns;  /* self_ns less that */
} hotpath_inside_t;

/* One of the worst frames. Its duration is the sum of self_ns over inside, other_ns and unmarked_ns,
   unless inside_shared or sampling estimates. */
typedef struct hotpath_worst_frame {
    uint64_t id;     /* its number, from 1, of this name on this thread */
    uint64_t thread; /* hotpath_thread_t.id, also of threads that have ended */
    uint64_t at_ns;  /* begin, since the recorder's start */
    uint64_t duration_ns;
    uint64_t other_ns;    /* self time of scopes that are not among inside, which has 32 at most */
    uint64_t other_calls; /* of them */
    uint64_t unmarked_ns; /* outside of every scope */
    uint64_t unmarked_median_ns;
    const hotpath_inside_t* inside; /* most excess first */
    uint32_t inside_count;
    bool inside_shared;    /* contexts were switched: times of other frames may be among these */
    bool inside_truncated; /* there were more nodes than are watched, or no memory */
} hotpath_worst_frame_t;

/* The frames of one name, merged over threads. Percentiles and single frames are those of its
   function. */
typedef struct hotpath_frame_row {
    uint32_t function;    /* index into the functions of the same snapshot */
    uint32_t worst_count; /* at most 8 */
    const char* name;
    uint64_t count;       /* completed */
    uint64_t budget_ns;   /* the last one that was set, 0: none */
    uint64_t over_budget; /* frames that took longer than the budget that they had */
    uint64_t total_ns;
    uint64_t min_ns; /* as hotpath_function_t has it */
    uint64_t max_ns;
    double mean_ns;
    double stdev_ns;
    double fps;             /* frames a second, in the last full one; of a difference on average */
    double jitter_ns;       /* mean absolute difference between a frame and the one before */
    uint64_t jitter_sum_ns; /* which is this */
    uint64_t jitter_count;  /* divided by this */
    uint64_t period; /* each so many frames one is over the budget, as the worst show it; 0: none */
    const hotpath_worst_frame_t* worst; /* longest first */
} hotpath_frame_t;

    /* Bytes of a keyed span's key that are kept. Of a longer one the last twelve tell which it is. */
    #define HOTPATH_SPAN_KEY_MAX 200

/* What a keyed span is, and so what becomes of its key. White space and comments are gone, and values:
   of SQL each literal and parameter is ?, and a list of them one ?; addresses have no user, query or
   fragment, and parts that look like numbers, ids or tokens are :id. */
typedef enum hotpath_span_kind {
    HOTPATH_SPAN_SQL = 1,   /* a statement */
    HOTPATH_SPAN_HTTP = 2,  /* a request to another program: "GET https://host/route" */
    HOTPATH_SPAN_SERVER = 3 /* a request from another program: "GET /route" */
} hotpath_span_kind_t;

/* Parts of a span of HOTPATH_SPAN_HTTP. */
typedef enum hotpath_span_phase {
    HOTPATH_SPAN_PHASE_LOOKUP = 0, /* of the name */
    HOTPATH_SPAN_PHASE_CONNECT = 1,
    HOTPATH_SPAN_PHASE_TLS = 2,
    HOTPATH_SPAN_PHASE_FIRST_BYTE = 3 /* from the request to the first byte of the answer */
} hotpath_span_phase_t;
    #define HOTPATH_SPAN_PHASES 4

/* An open keyed span. It stays where it is, and all zeros is one that ends nothing. */
typedef struct hotpath_span {
    uint64_t opaque[6];
} hotpath_span_t;

/* What is known of a span that was timed elsewhere. All zeros: nothing. */
typedef struct hotpath_span_facts {
    int status;        /* as hotpath_span_status */
    const char* error; /* as hotpath_span_error, NULL: none */
    uint64_t rows;
    uint64_t bytes_in;
    uint64_t bytes_out;
    uint64_t fullscan_steps;
    uint64_t phases_ns[HOTPATH_SPAN_PHASES]; /* 0: not known */
} hotpath_span_facts_t;

/* Where spans of a key began. */
typedef struct hotpath_span_caller {
    uint32_t function;     /* index into the functions of the same snapshot */
    uint64_t calls;        /* of the key, within it */
    uint64_t caller_calls; /* its own, on the paths that lead to the key */
    double per_call;       /* the one by the other */
} hotpath_span_caller_t;
    #define HOTPATH_SPAN_CALLERS 8

/* One of the slowest spans of a key. */
typedef struct hotpath_span_slow {
    uint64_t at_ns; /* begin, since the recorder's start */
    uint64_t duration_ns;
    uint64_t thread; /* that ended it */
    uint64_t rows;
    int status;
    uint32_t inside_count;          /* 0 of one that was given up before it ended */
    const hotpath_inside_t* inside; /* most time by themselves first */
    uint64_t other_ns;              /* of scopes past those, by themselves */
    uint64_t other_calls;
    uint64_t unmarked_ns;  /* in no scope inside */
    bool inside_shared;    /* others of the key may have been open: inside may be theirs */
    bool inside_truncated; /* more scopes or paths than are looked into */
} hotpath_span_slow_t;
    #define HOTPATH_SPAN_SLOWEST 16

/* A key of spans. Percentiles, recent executions and reasons are those of its function. */
typedef struct hotpath_span_row {
    uint32_t function; /* index into the functions of the same snapshot */
    uint32_t kind;     /* hotpath_span_kind_t */
    const char* key; /* the function's name; "<other>": past HOTPATH_ENTRIES_LIMIT keys of a kind */
    uint64_t count;  /* spans that began */
    uint64_t open;   /* of them not ended yet */
    uint64_t completed;
    uint64_t errors;     /* with a reason, an SQL status but 0, or a status from 500 on */
    uint64_t status_4xx; /* from 400 to 499; never of SQL, as is the next one */
    uint64_t status_5xx;
    uint64_t total_ns;
    uint64_t rows;
    uint64_t bytes_in;
    uint64_t bytes_out;
    uint64_t fullscan_steps;
    uint64_t phases_ns[HOTPATH_SPAN_PHASES]; /* sums */
    uint64_t phases_count[HOTPATH_SPAN_PHASES];
    double per_second; /* that ended in the last full second; of a difference the mean */
    double per_second_mean;
    double per_second_peak;
    double concurrency;                   /* open on average, by Little's law: total / window */
    const hotpath_span_caller_t* callers; /* the scopes right above, most calls first */
    const hotpath_span_caller_t* routes;  /* the nearest HOTPATH_SPAN_SERVER above, likewise */
    const hotpath_span_slow_t* slowest;   /* slowest first; with HOTPATH_PART_LOGS */
    uint32_t callers_count;               /* at most HOTPATH_SPAN_CALLERS */
    uint32_t routes_count;                /* likewise */
    uint32_t slowest_count;               /* at most HOTPATH_SPAN_SLOWEST */
} hotpath_span_row_t;

/* An open scope of a thread or parked context, outermost first. */
typedef struct hotpath_open {
    uint32_t function; /* index into the functions of the same snapshot */
    uint32_t node;     /* index into the nodes, or HOTPATH_NO_NODE without that part */
    uint64_t at_ns;    /* when it was entered, since the recorder's start */
    uint64_t elapsed_ns;
} hotpath_open_t;

typedef enum hotpath_thread_state {
    HOTPATH_THREAD_LIVE = 1,
    HOTPATH_THREAD_ENDED = 2, /* the one row of all ended threads */
    HOTPATH_THREAD_PARKED = 3 /* a context that runs nowhere and has open scopes */
} hotpath_thread_state_t;

typedef struct hotpath_thread {
    uint64_t id;     /* from 1, never given twice; 0 for ended threads and contexts */
    uint64_t os_tid; /* the system's number, 0 if unknown */
    const char* name;
    uint32_t state; /* hotpath_thread_state_t */
    uint32_t open_count;
    const hotpath_open_t* open;
    uint64_t calls;       /* entries */
    uint64_t busy_ns;     /* inside outermost scopes, open ones until now */
    uint64_t count;       /* threads in this row: 1, or how many have ended */
    uint64_t start_ns;    /* first touch, since the recorder's start */
    uint64_t alloc_count; /* made by it; with -DHOTPATH_ALLOC, of ended threads the sums */
    uint64_t alloc_bytes;
    uint64_t free_count; /* of what it allocated, freed since, by whomever */
    uint64_t free_bytes;
    uint64_t freed_by_others_count; /* of free_count: by another thread */
    uint64_t freed_by_others_bytes;
    uint64_t live_count; /* of what it allocated */
    uint64_t live_bytes;
    /* With HOTPATH_STACK_HIGH_WATER on Linux: what of its stack was ever touched, in whole pages, with what
       the system has put at its top; 0: unknown, or not a living thread. */
    uint64_t stack_high_water_bytes;
} hotpath_thread_t;

/* One recorded value. */
typedef struct hotpath_sample {
    uint64_t at_ns;
    uint64_t thread;
    hotpath_value_t value;
} hotpath_sample_t;

/* A dbg, val or gauge entry. */
typedef struct hotpath_entry {
    uint32_t id;
    uint32_t kind;    /* HOTPATH_KIND_DBG, _VAL or _GAUGE */
    const char* name; /* the expression or the key */
    const char* file;
    uint32_t line;
    uint32_t history_count;
    uint64_t count;       /* values recorded */
    hotpath_value_t last; /* of a gauge: its value now */
    hotpath_value_t min;  /* of gauges; else of type NONE */
    hotpath_value_t max;
    const hotpath_sample_t* history; /* newest first; with HOTPATH_PART_LOGS */
} hotpath_entry_t;

/* How often each bound was hit and each event was dropped, since the start. */
typedef struct hotpath_drops {
    uint64_t reentrant;         /* recordings that interrupted a recording of the same thread */
    uint64_t no_memory;         /* recordings lost because the system gave no memory at all */
    uint64_t abi_mismatch;      /* recordings of compile units of another version */
    uint64_t foreign_ends;      /* ends that were not this thread's, or came twice */
    uint64_t negative_time;     /* durations below zero, recorded as 0 */
    uint64_t deep_calls;        /* entries past the depth bound: flat under the deepest scope */
    uint64_t node_overflow;     /* entries past the node bound: under <other> */
    uint64_t function_overflow; /* sites past the function bound: counted as <other> */
    uint64_t entry_overflow;    /* values past the entry bound */
    uint64_t span_overflow;     /* keyed spans past it: under <other> of their kind */
    uint64_t lite_functions;    /* (thread, function) pairs past the memory bound */
    uint64_t value_mismatch;    /* gauge updates of the other number type, converted */
    uint64_t clock_anomalies;   /* snapshots at which the clocks disagreed by over 1 % */
    uint64_t context_overflow;  /* switches refused: context in use elsewhere, or no memory */
    uint64_t alloc_overflow;    /* allocations past a bound: counted, but not their frees */
} hotpath_drops_t;

/* Memory as a whole. All zeros without -DHOTPATH_ALLOC. */
typedef struct hotpath_alloc_info {
    bool on;          /* built with -DHOTPATH_ALLOC */
    bool live;        /* frees are credited to their allocations: live, freed and peak are known */
    bool interposed;  /* all of the process counts, not only the macros */
    const char* note; /* one sentence: what counts, and what does not */
    uint64_t alloc_count; /* sums over all functions */
    uint64_t alloc_bytes;
    uint64_t realloc_count;
    uint64_t free_count;
    uint64_t free_bytes;
    uint64_t live_count;
    uint64_t live_bytes;
    uint64_t peak_live_bytes; /* the largest at a tick */
    uint64_t peak_live_ns;
    uint64_t foreign_frees; /* frees of blocks that were not counted when they were allocated */
    uint64_t interval_ns;   /* HOTPATH_HEAP_INTERVAL */
} hotpath_alloc_info_t;

/* What a snapshot is of. */
typedef struct hotpath_info {
    const char* program;    /* hotpath_desc_t.program, or the executable's name */
    const char* caller;     /* the function of HOTPATH_MAIN, or "" */
    const char* label;      /* HOTPATH_REPORT_LABEL, or "" */
    const char* clock;      /* "tsc", "cntvct", "clock_gettime", "custom", ... */
    const char* clock_note; /* one sentence: how it was chosen and calibrated */
    uint64_t pid;
    int64_t captured_unix_ns; /* UTC */
    uint64_t elapsed_ns;      /* from the start to the snapshot */
    uint64_t window_ns;       /* what the counters cover: elapsed, or the difference of two */
    uint64_t clock_hz;
    uint64_t clock_tick_ps;         /* one tick in picoseconds, rounded */
    uint64_t scope_cost_ns_x100;    /* one empty scope in 1/100 ns, calibrated at the report */
    uint64_t scope_inside_ns_x100;  /* the part in the scope's own time, not in its parent's */
    uint64_t scope_untimed_ns_x100; /* one that sampling does not time */
    uint64_t overhead_ns;           /* of all calls, at that cost; 0 if it was not measured */
    double overhead_percent;        /* of the time inside outermost scopes */
    bool overhead_subtracted;       /* hotpath_snapshot_subtract_overhead was here */
    uint64_t scope_drawn_ns_x100;   /* one that sampling times */
    double auto_max_percent;   /* HOTPATH_TIME_SAMPLING=auto: the share it keeps; 0: not auto */
    uint64_t auto_time_ns;     /* of all threads, while they chose the rates */
    uint64_t auto_overhead_ns; /* of it taken by recording, by their own account */
    uint64_t auto_least_ns;    /* taken even if nothing had been timed */
    uint64_t auto_functions;   /* of which not every execution is timed now */
    uint64_t memory_bytes;     /* taken from the system by the recorder */
    uint64_t threads_live;
    uint64_t threads_ended;
    uint64_t contexts;
    bool is_difference;
    bool is_off;            /* hotpath_enable(false) holds */
    uint64_t off_ns;        /* of window_ns: how long it did */
    const char* groups_off; /* those that are off by themselves, as "render, audio" */
    hotpath_drops_t drops;
    hotpath_alloc_info_t alloc;
    uint32_t app_info_count;
    const char* const* app_info; /* key, value, key, value, ... */
} hotpath_info_t;

    /* A rate of hotpath_time_sampling. */
    #define HOTPATH_TIME_SAMPLING_AUTO UINT32_MAX

    /* Parts of a snapshot. Zero means all. Functions are always there. */
    #define HOTPATH_PART_TREE      0x1u  /* call-tree nodes */
    #define HOTPATH_PART_THREADS   0x2u  /* threads with their open scopes */
    #define HOTPATH_PART_LOGS      0x4u  /* recent and slowest executions, histories of values */
    #define HOTPATH_PART_VALUES    0x8u  /* dbg, val and gauge entries */
    #define HOTPATH_PART_FUNCTIONS 0x10u /* nothing else */
    #define HOTPATH_PART_FRAMES \
        0x20u /* frames; what was inside the worst, with the tree; calls and total of phases */
    #define HOTPATH_PART_SPANS 0x40u /* keys of spans; callers with the tree, slowest with logs */
    /* With any of them: functions have what hotpath_snapshot_times reads only after it. */
    #define HOTPATH_TIMES_LATER 0x100u

typedef struct hotpath_snapshot hotpath_snapshot_t;

/* How to take a snapshot. All zeros: everything, all threads, memory from the system. */
typedef struct hotpath_snapshot_desc {
    uint32_t parts;     /* HOTPATH_PART_*, 0 = all */
    uint64_t thread;    /* only this thread's functions and nodes, 0 = all */
    void* buffer;       /* memory to use, aligned to 16, kept by the caller; with buffer_size */
    size_t buffer_size; /* hotpath_snapshot_size tells how much is enough */
} hotpath_snapshot_desc_t;

/* What a function has on the heap, at one moment or between two. */
typedef struct hotpath_heap_row {
    uint32_t function; /* hotpath_function_t.id */
    uint32_t kind;
    const char* name; /* lives as long as the process, as does file */
    const char* file;
    uint32_t line;
    uint64_t alloc_count;
    uint64_t alloc_bytes;
    uint64_t free_count;
    uint64_t free_bytes;
    int64_t live_count; /* of a difference: by how much it grew, below 0 if it shrank */
    int64_t live_bytes;
} hotpath_heap_row_t;

/* A function whose live bytes grow: perhaps a leak. */
typedef struct hotpath_heap_suspect {
    uint32_t function; /* hotpath_function_t.id */
    uint32_t kind;
    const char* name;
    const char* file;
    uint32_t line;
    uint32_t intervals;  /* that were looked at */
    uint32_t grew;       /* of them those at whose end more was alive than at their begin */
    uint64_t live_bytes; /* now */
    uint64_t live_count;
    uint64_t growth_bytes; /* live now less live at the first of the intervals */
    double bytes_per_sec;  /* slope of the straight line that fits live bytes best */
    double confidence; /* 0 to 1: grew / intervals, times the part of the change that is a line */
    uint64_t ages[HOTPATH_ALLOC_AGES]; /* live bytes by age */
} hotpath_heap_suspect_t;

/* What to take for a suspect. All zeros: the settings of the environment. */
typedef struct hotpath_heap_suspects_desc {
    uint32_t window;           /* intervals to look back, 2 to 16; 0: HOTPATH_HEAP_WINDOW */
    uint64_t min_growth_bytes; /* less is none; 0: HOTPATH_HEAP_MIN_GROWTH */
    double min_grew;           /* share of the intervals that must have grown; 0: 0.6 */
} hotpath_heap_suspects_desc_t;

/* A heap of HOTPATH_HEAP_ALLOC_EVENT. Its blocks are also in the numbers of the functions. */
typedef struct hotpath_heap_pool {
    const char* name; /* lives as long as the process */
    uint64_t alloc_count;
    uint64_t alloc_bytes;
    uint64_t live_count;
    uint64_t live_bytes;
    uint64_t peak_live_bytes; /* exact */
    uint64_t resets;
} hotpath_heap_pool_t;

/* What the system and the C library say of the process. 0 is what they do not tell. */
typedef struct hotpath_process {
    uint64_t rss_bytes;      /* in memory now, shared pages included */
    uint64_t rss_peak_bytes; /* the most that ever was */
    uint64_t pss_bytes;      /* as rss, each shared page divided by its users */
    uint64_t private_bytes;  /* written by this process alone */
    uint64_t swap_bytes;
    uint64_t heap_bytes;        /* that malloc holds from the system: arenas and mappings */
    uint64_t heap_mapped_bytes; /* of them single mappings of large blocks */
    uint64_t heap_used_bytes;   /* in blocks that are not freed, with what surrounds them */
    uint64_t heap_free_bytes;   /* held and not used: fragmentation, and what is kept for later */
    uint64_t heap_top_bytes;    /* of them those that could be given back at once */
    bool heap_known;            /* the C library told (mallinfo2), whose malloc it is */
} hotpath_process_t;

/* Receives output in pieces; returns false to stop. */
typedef bool (*hotpath_write_t)(void* user, const char* data, size_t size);

/* Receives one message without a newline, prefixed "hotpath: ". */
typedef void (*hotpath_log_t)(void* user, const char* message);

/* Sees each text value and HOTPATH_RETURN value before it is stored, may change it in place (at
   most `capacity` bytes with the final 0), and returns false to drop it. Called on the recording
   thread; must not record. */
typedef bool (*hotpath_redact_t)(void* user, const char* name, char* text, size_t capacity);

/* How to start. All zeros is valid: everything from the environment. The environment wins over
   what stands here, as it does over the code everywhere. */
typedef struct hotpath_desc {
    const char* program;       /* name in reports, default: the executable's */
    const char* caller;        /* name of the function that starts, default "" */
    const char* output_path;   /* as HOTPATH_OUTPUT_PATH */
    const char* output_format; /* as HOTPATH_OUTPUT_FORMAT */
    bool no_exit_report;       /* report only by hotpath_report_now or hotpath_stop */
    bool no_server;            /* a -DHOTPATH_MCP build does not start its server */
    bool no_values;            /* as HOTPATH_NO_VALUES */
    hotpath_log_t log;         /* default: one line on stderr */
    void* log_user;
    hotpath_redact_t redact;
    void* redact_user;
} hotpath_desc_t;

typedef enum hotpath_format {
    HOTPATH_FORMAT_TABLE = 1,
    HOTPATH_FORMAT_JSON = 2,
    HOTPATH_FORMAT_JSON_PRETTY = 3,
    HOTPATH_FORMAT_FOLDED = 4, /* folded stacks of self time, for flame graphs */
    HOTPATH_FORMAT_FOLDED_ALLOC =
        5 /* of allocated bytes, or with HOTPATH_ALLOC_METRIC=count of counts */
} hotpath_format_t;

/* How to render. All zeros: a table with the settings of the environment. */
typedef struct hotpath_report_desc {
    uint32_t format; /* hotpath_format_t, 0 = table */
    bool color;      /* escape sequences in the table */
} hotpath_report_desc_t;

    #if HOTPATH_I_ON
/* >>functions
   Unless a function says otherwise: any thread, any number at a time, errno is kept, nothing is
   printed but through the log callback. "Signal-safe" means callable from a signal handler. */

/* Starts the recorder: reads the environment, registers the report at exit and, in a -DHOTPATH_MCP
   build, starts the server. Recording itself needs no start: it works from static constructors on.
   Args: desc may be NULL (all defaults); strings are copied.
   Returns: true, or false if it was started already (nothing changes). In the child of a fork the
   first call starts it anew, whatever its parent did.
   Threads: any; allocates; not signal-safe. */
HOTPATH_API bool hotpath_start(const hotpath_desc_t* desc);

/* Reports as at exit (once for each start) and stops the server; recording goes on.
   Threads: any; allocates; not signal-safe. Errors: without a start it does nothing. */
HOTPATH_API void hotpath_stop(void);

/* Writes the report now, as the environment and hotpath_start set it, also before a start.
   Returns: false if the output could not be written anywhere, also because the reader of stdout has
   gone; in a log callback of a report that is being written, where it does nothing.
   Threads: any, one at a time (others wait); allocates; not signal-safe. */
HOTPATH_API bool hotpath_report_now(void);

/* Keeps a line of information about the program for reports and the server, such as its version.
   Args: key, at most 63 bytes kept; value, at most 255 kept; an equal key is replaced.
   Returns: false if 32 keys are in use. Threads: any; blocks others of its kind shortly. */
HOTPATH_API bool hotpath_app_info(const char* key, const char* value);

/* Switches recording on or off: off, scopes, functions, values, spans, errors and bytes are neither
   recorded nor counted as dropped, and HOTPATH_END gives 0; scopes that are open go on until they end.
   Gauges are states and stay on. HOTPATH_OFF=1 starts with it off.
   Returns: whether it was on. Threads: any; wait-free; signal-safe. Others see it at their next begin
   or soon after. */
HOTPATH_API bool hotpath_enable(bool on);

/* As hotpath_enable, for the sites of a group (HOTPATH_GROUP); "" are the sites of none. Bytes have no
   site: those of a scope that is off go to the innermost one that is on. HOTPATH_OFF=a,b starts with
   these groups off.
   Args: group is copied, at most 63 bytes of it; it may be one of which no site was reached yet.
   Returns: whether the group was on; past 60 groups true, nothing changes, and a message tells so. */
HOTPATH_API bool hotpath_enable_group(const char* group, bool on);

/* Times one in `rate` executions of a function from now on, at random; 1 times all. Calls, errors, bytes
   and the tree stay exact; totals, self times and distributions are estimates (estimated,
   total_error_ns), in which each execution that was timed counts as many times as the rate said. The
   first 16 executions of each function on each thread are all timed, and so are HOTPATH_BEGINs, whose
   end gives the time. HOTPATH_TIME_SAMPLING_RATE sets it for all functions.
   HOTPATH_TIME_SAMPLING_AUTO lets each thread choose the rates: those of the functions that it calls
   most often, so that recording takes at most the share of its time that HOTPATH_TIME_SAMPLING=auto:5
   names, in percent; the variable sets that for all functions.
   Args: name of a function that was reached before, or NULL for all that have no rate of their own;
   rate 0 gives a function back the rate of all; at most 1000000, or HOTPATH_TIME_SAMPLING_AUTO.
   Returns: false if there is no such function; nothing changes. Threads: any; not signal-safe. */
HOTPATH_API bool hotpath_time_sampling(const char* name, uint32_t rate);

/* Enters a site. The macros call it.
   Args: site in static storage, made with HOTPATH_SITE_INIT; token is filled for hotpath_end, and
   its address names the variable, so keep it where it is while the scope is open. Call it in the
   function that keeps the token: a helper that is not inlined has returned when its caller enters
   the next scope, and what it began would count as left by a jump. The token's mark is 0 if
   the recording was dropped (and counted), mark and tick are 0 if it is off.
   Threads: any, and signal handlers; wait-free; takes pages from the system at a first touch. */
HOTPATH_API void hotpath_begin(hotpath_site_t* site, hotpath_token_t* token);

/* Leaves what hotpath_begin entered. Scopes that were entered later and never left count as
   abandoned. A token of another thread or one that was ended before changes nothing and is counted
   (hotpath_drops_t.foreign_ends). Threads: as hotpath_begin. */
HOTPATH_API void hotpath_end(const hotpath_token_t* token);

/* As hotpath_end. Returns: nanoseconds since the begin, also for a dropped recording; 0 if it was
   off then, or left out by sampling (which leaves no HOTPATH_BEGIN out). */
HOTPATH_API uint64_t hotpath_end_ns(const hotpath_token_t* token);

/* As hotpath_end, for a function with a result to keep in its log. */
HOTPATH_API void hotpath_result(const hotpath_token_t* token, hotpath_value_t value);

/* The site of a name that is known only at run time: the same one for the same name, file and line.
   Args: name is copied, at most 255 bytes of it; NULL counts as "(null)"; file in static storage.
   Returns: never NULL; past HOTPATH_MAX_FUNCTIONS the site of <other>, counted.
   Threads: any; wait-free once the name is known. */
HOTPATH_API hotpath_site_t* hotpath_named_site(const char* name, const char* file, uint32_t line);

/* As hotpath_named_site, of a group (HOTPATH_GROUP): that of the first call for a name, file and line. */
HOTPATH_API hotpath_site_t* hotpath_named_site_in(
    const char* name, const char* file, uint32_t line, const char* group);

/* Marks the innermost open scope of this thread as failed; site of HOTPATH_KIND_REASON. */
HOTPATH_API void hotpath_error(hotpath_site_t* reason);

/* Adds to the bytes of the innermost open scope of this thread; without one it does nothing. */
HOTPATH_API void hotpath_bytes(uint64_t bytes);

/* A boundary of a thread's frames of one name: ends the frame that runs and begins the next one. It
   compares all nodes of the thread's call tree with what they were at the last boundary.
   Args: site of HOTPATH_KIND_FRAME; budget_ns of the frame that begins, 0: as before, at first none.
   While it is off no frame runs: the next boundary begins one.
   Threads: any; wait-free; not in handlers, whose boundaries are dropped and counted (reentrant). */
HOTPATH_API void hotpath_frame(hotpath_site_t* site, uint64_t budget_ns);

/* Ends the phase that runs on this thread and begins another. A phase counts once it has ended; it ends
   with its thread, too. While it is off no phase runs: the next mark begins one.
   Args: site of HOTPATH_KIND_MARK. Threads: as hotpath_frame. */
HOTPATH_API void hotpath_mark(hotpath_site_t* site);

/* Names this thread; at most 63 bytes are kept. The system's thread name is not changed. */
HOTPATH_API void hotpath_thread_name(const char* name);

/* Records a span that was timed elsewhere, such as on a GPU.
   Args: track and label are copied at first use; begin_ns and end_ns are of the track's own clock.
   An end before its begin records 0 and is counted (negative_time).
   Threads: any; wait-free once both names are known. */
HOTPATH_API void hotpath_record(
    const char* track, const char* label, uint64_t begin_ns, uint64_t end_ns);

/* Begins a keyed span: a scope whose name is made of a key that is known at run time. It is always
   timed, and may end where it began, or on another thread, or after the scopes around it.
   Args: span stays at its place until it ends; one that is begun again before is given up. kind says
   what the key is; key, of `length` bytes (SIZE_MAX: up to its 0), may hold anything, also bytes that are
   no UTF-8; at most HOTPATH_SPAN_KEY_MAX of what it becomes are kept. Two keys that become the same are
   one. Past HOTPATH_ENTRIES_LIMIT keys of a kind it counts as <other> of its kind (span_overflow).
   Threads: as hotpath_begin, and wait-free once the key is known; O(length). */
HOTPATH_API void hotpath_span_begin(
    hotpath_span_t* span, hotpath_span_kind_t kind, const char* key, size_t length);

/* Facts of a span between its begin and its end; any may be left out. One thread at a time for one span.
   Of a span that is not open they change nothing. Threads: any; wait-free. */

/* HTTP and SERVER: 100 to 599; SQL: 0 is success, anything else fails. The last one counts. */
HOTPATH_API void hotpath_span_status(hotpath_span_t* span, int status);
/* It fails; reason is copied, at most 255 bytes of it, and kept as those of HOTPATH_ERROR are: a few,
   the same ones again and again. The first one counts. */
HOTPATH_API void hotpath_span_error(hotpath_span_t* span, const char* reason);
/* Rows that it gave, added to those before. */
HOTPATH_API void hotpath_span_rows(hotpath_span_t* span, uint64_t rows);
/* Bytes that it received and sent, added to those before. */
HOTPATH_API void hotpath_span_bytes(hotpath_span_t* span, uint64_t bytes_in, uint64_t bytes_out);
/* Steps that went through a table row by row, added to those before. */
HOTPATH_API void hotpath_span_fullscan(hotpath_span_t* span, uint64_t steps);
/* How long a part of it took. Args: ns, 0 counts too. */
HOTPATH_API void hotpath_span_phase(hotpath_span_t* span, hotpath_span_phase_t phase, uint64_t ns);

/* What this thread does from now on is not inside it: for loops that begin several at a time, and before
   it is handed to another thread. What was open in it on this thread and never left counts as
   abandoned. A request that begins right inside another of its kind does it to that. Threads: the one
   that began it, on another it does nothing; wait-free. */
HOTPATH_API void hotpath_span_detach(hotpath_span_t* span);

/* Ends it. What was open in it on this thread and never left counts as abandoned. For the second time,
   or of one that was begun before a fork, it changes nothing; the former counts in foreign_ends.
   Threads: any, also another than the one that began it, if the program orders the two; wait-free. */
HOTPATH_API void hotpath_span_end(hotpath_span_t* span);

/* Records a span that has just ended and was timed elsewhere, as a call of the innermost open scope.
   Args: kind, key and length as hotpath_span_begin; facts may be NULL. Threads: as hotpath_span_begin. */
HOTPATH_API void hotpath_span_record(hotpath_span_kind_t kind, const char* key, size_t length,
    uint64_t duration_ns, const hotpath_span_facts_t* facts);

/* Makes a context. Args: name is copied, at most 63 bytes. Returns: NULL if there is no memory. */
HOTPATH_API hotpath_context_t* hotpath_context_create(const char* name);

/* From now on this thread records into ctx, whose open scopes go on where they were.
   Args: NULL gives the thread its own scopes back. A context may move from thread to thread if the
   program orders the two (as its scheduler must anyway). A context that runs on another thread is
   refused and counted (context_overflow): the thread then keeps what it had.
   Threads: any; wait-free; O(open scopes) when the context comes from another thread. */
HOTPATH_API void hotpath_context_switch(hotpath_context_t* ctx);

/* Gives a context back; its open scopes count as abandoned. It must run nowhere, or on the calling
   thread, which then has its own scopes back. NULL does nothing. */
HOTPATH_API void hotpath_context_destroy(hotpath_context_t* ctx);

/* Returns: how many scopes this thread (or its context) has open. Signal-safe. */
HOTPATH_API uint32_t hotpath_depth(void);

/* Abandons all open scopes of this thread (or its context) but the outermost `depth`: for the place
   a longjmp lands, with the hotpath_depth() from before setjmp. Signal-safe. */
HOTPATH_API void hotpath_unwind(uint32_t depth);

/* Records a value for HOTPATH_DBG and HOTPATH_VAL. */
HOTPATH_API void hotpath_value_record(hotpath_site_t* site, hotpath_value_t value);

/* Records a formatted text for HOTPATH_DBG_FORMAT; format as for printf. */
HOTPATH_API void hotpath_value_format(hotpath_site_t* site, const char* format, ...)
    HOTPATH_I_PRINTF(2, 3);

/* Changes a gauge by one atomic operation (of doubles: a compare-and-swap that is retried while
   others change it). A gauge's type is that of its first value; a value of the other type is
   converted and counted (value_mismatch). An int64 gauge wraps as two's complement. */
HOTPATH_API void hotpath_gauge(hotpath_site_t* site, hotpath_gauge_op_t op, hotpath_value_t value);

/* Takes a snapshot: a copy, merged over threads. Writers are not stopped or slowed; each counter is
   one that it held during the snapshot and never goes back from one snapshot to the next.
   Args: desc may be NULL.
   Returns: NULL if there is no memory or the buffer is too small (hotpath_snapshot_size).
   Threads: any; snapshots wait for each other; allocates only without desc->buffer. */
HOTPATH_API hotpath_snapshot_t* hotpath_snapshot_take(const hotpath_snapshot_desc_t* desc);

/* Reads, of some functions of a snapshot that was taken with HOTPATH_TIMES_LATER, what it has left out:
   all that completed executions tell, from completed, abandoned and sampled_calls over min, max, mean,
   stdev and rates to the reasons of errors, the percentiles and logs; until then they are 0. Calls,
   errors, bytes, total and self are there from the start, so that the functions that are to be shown
   can be chosen before the others have cost anything. What it reads are values of now, as if the
   snapshot had lasted until here. For the second time for a function, of a snapshot without
   HOTPATH_TIMES_LATER or of one thread, which ignores it, it does nothing.
   Args: indexes of functions of this snapshot, NULL if count is 0.
   Returns: false if the snapshot's buffer is too small; these functions have no times then.
   Threads: any, one at a time for one snapshot; waits for snapshots being taken; allocates nothing. */
HOTPATH_API bool hotpath_snapshot_times(
    hotpath_snapshot_t* snapshot, const uint32_t* functions, size_t count);

/* Returns: bytes that are enough for a snapshot taken now; with room for as much again of what may
   be added before it is taken. Threads: any. */
HOTPATH_API size_t hotpath_snapshot_size(const hotpath_snapshot_desc_t* desc);

/* Returns: how many bytes of a caller's buffer the snapshot takes; what lies behind them is the
   caller's again. Threads: any, one at a time for one snapshot. */
HOTPATH_API size_t hotpath_snapshot_trim(hotpath_snapshot_t* snapshot);

/* The difference: what happened after `older` until `newer`. Open calls and values are those of
   `newer`; min and max are bounds of histogram buckets (bounds_only); recent executions are those
   that began after `older`.
   Args: two snapshots of this process and the same thread, as they were taken; desc for its buffer
   only, may be NULL.
   Returns: NULL as hotpath_snapshot_take, if newer is the older one, or if one of them is a difference
   or without its overhead, or older was taken with HOTPATH_TIMES_LATER. */
HOTPATH_API hotpath_snapshot_t* hotpath_snapshot_difference(const hotpath_snapshot_t* newer,
    const hotpath_snapshot_t* older, const hotpath_snapshot_desc_t* desc);

/* Takes out of total, self and mean what recording itself cost, by the counts of calls below each node
   and the calibrated cost of one; nothing goes below zero. Least, greatest, percentiles, single
   executions, what threads are busy and open scopes' elapsed times stay as measured. Estimates: info
   says that they are. Twice, without a calibrated cost or with HOTPATH_TIMES_LATER, does nothing.
   Threads: any, one at a time for one snapshot. HOTPATH_OVERHEAD=subtract does it to reports. */
HOTPATH_API void hotpath_snapshot_subtract_overhead(hotpath_snapshot_t* snapshot);

/* Frees a snapshot; one in a caller's buffer needs no free, and may have one. NULL does nothing. */
HOTPATH_API void hotpath_snapshot_free(hotpath_snapshot_t* snapshot);

/* What the snapshot is of. Lives as long as the snapshot, as everything below. */
HOTPATH_API const hotpath_info_t* hotpath_snapshot_info(const hotpath_snapshot_t* snapshot);

/* Each of these gives an array and its length in *count (never NULL where *count > 0). Functions
   come in the order of their ids, threads in that of their ids with parked contexts and the row of
   ended threads last. */
HOTPATH_API const hotpath_function_t* hotpath_snapshot_functions(
    const hotpath_snapshot_t* snapshot, size_t* count);
HOTPATH_API const hotpath_node_t* hotpath_snapshot_nodes(
    const hotpath_snapshot_t* snapshot, size_t* count);
HOTPATH_API const hotpath_thread_t* hotpath_snapshot_threads(
    const hotpath_snapshot_t* snapshot, size_t* count);
HOTPATH_API const hotpath_entry_t* hotpath_snapshot_entries(
    const hotpath_snapshot_t* snapshot, size_t* count);
HOTPATH_API const hotpath_frame_t* hotpath_snapshot_frames(
    const hotpath_snapshot_t* snapshot, size_t* count);

/* The keys of spans that began, in the order of their functions' ids. */
HOTPATH_API const hotpath_span_row_t* hotpath_snapshot_spans(
    const hotpath_snapshot_t* snapshot, size_t* count);

/* A percentile of the completed executions of a function.
   Args: function of this snapshot; percent 0 to 100 (clamped).
   Returns: ns of the execution at rank ceil(percent/100 × completed), within 1.6 % or one tick, and
   never outside min and max; 0 without executions. */
HOTPATH_API uint64_t hotpath_snapshot_percentile(
    const hotpath_snapshot_t* snapshot, const hotpath_function_t* function, double percent);

/* Formats a value as the JSON report has it (texts without quotes), cut at size - 1 bytes.
   Returns: the length of the text written. */
HOTPATH_API size_t hotpath_value_text(hotpath_value_t value, char* text, size_t size);

/* Formats a time as reports show it, with a unit and three digits: "1.16 ms". UTF-8; 24 bytes are
   always enough. Args: ns at least 0. Returns: the length of the text written. Signal-safe. */
HOTPATH_API size_t hotpath_time_text(double ns, char* text, size_t size);

/* Returns: how many recordings are in no counter, the sum of the drops that lose one; 0 is what to
   expect. The other drops changed where or how something was counted. Signal-safe. */
HOTPATH_API uint64_t hotpath_events_lost(const hotpath_drops_t* drops);

/* Keeps what every function has on the heap now, by a label, to compare with later; an equal label is
   replaced. Args: label, at most 63 bytes kept, not empty.
   Returns: false without -DHOTPATH_ALLOC, without memory, or if 16 labels are in use.
   Threads: any; waits for snapshots; allocates nothing but pages; not signal-safe. */
HOTPATH_API bool hotpath_heap_snapshot(const char* label);

/* Forgets what a label keeps. Returns: false if there is no such label. Threads: as above. */
HOTPATH_API bool hotpath_heap_forget(const char* label);

/* Gives a label by its number, oldest first. Args: at_ns may be NULL; receives when it was taken, since
   the recorder's start; label receives at most size - 1 bytes.
   Returns: false if there are not so many. Threads: as above. */
HOTPATH_API bool hotpath_heap_label(size_t index, char* label, size_t size, uint64_t* at_ns);

/* What the functions have on the heap, or by how much that changed: `newer` less `older`. Most live
   bytes come first. Functions without allocations, and of a difference those that did not change, are
   left out.
   Args: newer is a label, or NULL for now; older is a label, or NULL for nothing; at most `capacity` rows
   are written, none is needed.
   Returns: how many rows there are, 0 also if a label is not known. Threads: as above. */
HOTPATH_API size_t hotpath_heap_rows(
    const char* newer, const char* older, hotpath_heap_row_t* rows, size_t capacity);

/* Functions whose live bytes grow over the last intervals, largest growth first. It needs two ticks at
   least; they come with allocations, scopes and snapshots, at most one in HOTPATH_HEAP_INTERVAL.
   Args: desc may be NULL; as hotpath_heap_rows.
   Returns: how many there are. Threads: as above. */
HOTPATH_API size_t hotpath_heap_suspects(
    const hotpath_heap_suspects_desc_t* desc, hotpath_heap_suspect_t* rows, size_t capacity);

/* The named heaps, in the order of their first event. Args and result as hotpath_heap_rows.
   Threads: any. */
HOTPATH_API size_t hotpath_heap_pools(hotpath_heap_pool_t* rows, size_t capacity);

/* What the system says of the process's memory, with or without -DHOTPATH_ALLOC.
   Returns: false if it says nothing. Threads: any; reads files of /proc; not signal-safe. */
HOTPATH_API bool hotpath_process_memory(hotpath_process_t* memory);

/* Counts a block of an allocator of the program's own; the macros call them.
   Args: heap is a name, copied at its first event, or NULL for none; ptr NULL does nothing. A block that
   is known already counts as freed first.
   Threads: any, and signal handlers; no lock, but memory that all share. */
HOTPATH_API void hotpath_alloc_event(const char* heap, const void* ptr, size_t bytes);
HOTPATH_API void hotpath_free_event(const void* ptr);

/* All blocks of a named heap are free: for an arena that is reset at once. Takes time by the size of the
   table. Threads: as hotpath_alloc_event. */
HOTPATH_API void hotpath_heap_reset_event(const char* heap);

/* Renders a snapshot. Args: desc may be NULL; write receives the text in pieces.
   Returns: false if write returned false. Threads: any; allocates nothing but pages. */
HOTPATH_API bool hotpath_report(const hotpath_snapshot_t* snapshot,
    const hotpath_report_desc_t* desc, hotpath_write_t write, void* user);

        #if HOTPATH_I_MCP
/* The server of hotpath_mcp.c; an undefined symbol here means that this file is not in the build. */
HOTPATH_API bool hotpath_mcp_start(void);
HOTPATH_API void hotpath_mcp_stop(void);
        #endif

/* An undefined symbol of this name means one of two things: no file of the program has
   #define HOTPATH_IMPLEMENTATION before its #include "hotpath.h", or this is a plugin and the
   program that loads it was linked without -rdynamic. */
extern const uint32_t
    hotpath_define_HOTPATH_IMPLEMENTATION_in_one_file_or_link_the_program_with_rdynamic;

        #if HOTPATH_I_ALLOC
/* An undefined symbol of this name means that the file with HOTPATH_IMPLEMENTATION was compiled without
   -DHOTPATH_ALLOC, or as above. */
extern const uint32_t hotpath_compile_the_file_with_HOTPATH_IMPLEMENTATION_with_HOTPATH_ALLOC_too;

/* Private: what the macros of allocation call. As the functions of the C library. */
HOTPATH_API void* hotpath_i_malloc(size_t size);
HOTPATH_API void* hotpath_i_calloc(size_t count, size_t size);
HOTPATH_API void* hotpath_i_realloc(void* block, size_t size);
HOTPATH_API void hotpath_i_free(void* block);
HOTPATH_API void* hotpath_i_aligned_alloc(size_t alignment, size_t size);
HOTPATH_API char* hotpath_i_strdup(const char* text);
        #endif

/* Private: with 1, what this thread allocates does not count, until it is called with -1. */
HOTPATH_API void hotpath_i_exclude(int by);

/* Private: what HOTPATH_MAIN calls before it enters the site. */
HOTPATH_API void hotpath_i_main(const char* caller);

/* Private: all that hotpath_mcp.c has beyond the snapshot API. Gives a message to the log callback.
   Args: layout is the HOTPATH_I_LAYOUT of the caller; message may be NULL, which measures the cost
   of one recording if that was not done yet.
   Returns: false, with a message that names both, if the caller has another hotpath.h. */
HOTPATH_API bool hotpath_i_server(uint32_t layout, const char* message);

    #endif /* HOTPATH_I_ON */

    #ifdef __cplusplus
} /* extern "C" */
    #endif

/* Values by type. A struct has none: in C it ends in an error about
   hotpath_i_value_of_pointer, and HOTPATH_DBG_FORMAT is what to use. */
static inline hotpath_value_t hotpath_i_value_of_int(int64_t v) {
    hotpath_value_t r;
    r.type = HOTPATH_VALUE_INT, r.length = 0, r.as.i = v;
    return r;
}
static inline hotpath_value_t hotpath_i_value_of_bool(bool v) {
    hotpath_value_t r = hotpath_i_value_of_int(v);
    r.type = HOTPATH_VALUE_BOOL;
    return r;
}
static inline hotpath_value_t hotpath_i_value_of_char(char v) {
    hotpath_value_t r = hotpath_i_value_of_int(v);
    r.type = HOTPATH_VALUE_CHAR;
    return r;
}
static inline hotpath_value_t hotpath_i_value_of_uint(uint64_t v) {
    hotpath_value_t r;
    r.type = HOTPATH_VALUE_UINT, r.length = 0, r.as.u = v;
    return r;
}
static inline hotpath_value_t hotpath_i_value_of_double(double v) {
    hotpath_value_t r;
    r.type = HOTPATH_VALUE_DOUBLE, r.length = 0, r.as.d = v;
    return r;
}
static inline hotpath_value_t hotpath_i_value_of_float(float v) {
    return hotpath_i_value_of_double((double)v);
}
static inline hotpath_value_t hotpath_i_value_of_long_double(long double v) {
    return hotpath_i_value_of_double((double)v);
}
static inline hotpath_value_t hotpath_i_value_of_pointer(const volatile void* v) {
    hotpath_value_t r = hotpath_i_value_of_uint((uint64_t)(uintptr_t)v);
    r.type = HOTPATH_VALUE_POINTER;
    return r;
}
static inline hotpath_value_t hotpath_i_value_of_text(const char* v) {
    hotpath_value_t r;
    r.type = HOTPATH_VALUE_TEXT, r.length = 0, r.as.text = v ? v : "(null)";
    while (r.as.text[r.length] != 0 && r.length < 65535)
        r.length++;
    return r;
}

    /* Names the layout that a compile unit was built with; the implementation checks it at the first
   touch of each site. */
    #define HOTPATH_I_ABI                                                                \
        ((uint32_t)(HOTPATH_VERSION_MAJOR * 10000 + HOTPATH_VERSION_MINOR * 100) << 12 | \
            (uint32_t)sizeof(hotpath_site_t))

    /* Names the layout of what a snapshot is read through. */
    #define HOTPATH_I_LAYOUT                                                                 \
        ((uint32_t)(HOTPATH_VERSION_NUMBER << 12) ^                                          \
            (uint32_t)(sizeof(hotpath_info_t) + 3 * sizeof(hotpath_function_t) +             \
                       5 * sizeof(hotpath_node_t) + 7 * sizeof(hotpath_thread_t) +           \
                       11 * sizeof(hotpath_entry_t) + 13 * sizeof(hotpath_snapshot_desc_t) + \
                       17 * sizeof(hotpath_frame_t) + 19 * sizeof(hotpath_worst_frame_t) +   \
                       23 * sizeof(hotpath_inside_t) + 29 * sizeof(hotpath_span_row_t) +     \
                       31 * sizeof(hotpath_span_slow_t)))

    /* The initializer of a hotpath_site_t: name must live as long as the file's static storage. */
    #define HOTPATH_SITE_INIT(name, kind) HOTPATH_I_SITE_INIT(name, kind, 0)
    #define HOTPATH_I_SITE_INIT(name, kind, flags) \
        { name, __FILE__, __LINE__, (uint32_t)(kind), HOTPATH_I_ABI, 0, "" HOTPATH_GROUP "", flags }
    #define HOTPATH_I_ASKED 0x8000u /* its end may give the time: it is always timed */

    /* The group of the sites that follow, a string literal: define it before the include, or again
       (with #undef) between functions. hotpath_enable_group and HOTPATH_OFF switch groups. */
    #if !defined(HOTPATH_GROUP)
        #define HOTPATH_GROUP ""
    #endif

    /* A value that is not evaluated; sizeof alone takes no bit-field. */
    #define HOTPATH_I_OFF_VALUE(v) ((void)sizeof(((void)(v), 0)))

    /* Allocation, as by the functions of these names in stdlib.h and string.h, which the file includes
   where HOTPATH_ALLOC is off. */
    #if HOTPATH_I_ALLOC
        #define HOTPATH_MALLOC(size)                   hotpath_i_malloc(size)
        #define HOTPATH_CALLOC(count, size)            hotpath_i_calloc(count, size)
        #define HOTPATH_REALLOC(ptr, size)             hotpath_i_realloc(ptr, size)
        #define HOTPATH_FREE(ptr)                      hotpath_i_free(ptr)
        #define HOTPATH_ALIGNED_ALLOC(alignment, size) hotpath_i_aligned_alloc(alignment, size)
        #define HOTPATH_STRDUP(text)                   hotpath_i_strdup(text)
    #else
        #define HOTPATH_MALLOC(size)                   malloc(size)
        #define HOTPATH_CALLOC(count, size)            calloc(count, size)
        #define HOTPATH_REALLOC(ptr, size)             realloc(ptr, size)
        #define HOTPATH_FREE(ptr)                      free(ptr)
        #define HOTPATH_ALIGNED_ALLOC(alignment, size) aligned_alloc(alignment, size)
        #define HOTPATH_STRDUP(text)                   strdup(text)
        #define HOTPATH_ALLOC_EVENT(ptr, bytes) \
            (HOTPATH_I_OFF_VALUE(ptr), HOTPATH_I_OFF_VALUE(bytes))
        #define HOTPATH_FREE_EVENT(ptr) HOTPATH_I_OFF_VALUE(ptr)
        #define HOTPATH_HEAP_ALLOC_EVENT(heap, ptr, bytes) \
            (HOTPATH_I_OFF_VALUE(heap), HOTPATH_I_OFF_VALUE(ptr), HOTPATH_I_OFF_VALUE(bytes))
        #define HOTPATH_HEAP_FREE_EVENT(heap, ptr) \
            (HOTPATH_I_OFF_VALUE(heap), HOTPATH_I_OFF_VALUE(ptr))
        #define HOTPATH_HEAP_RESET_EVENT(heap) HOTPATH_I_OFF_VALUE(heap)
    #endif

    #if HOTPATH_I_ON

    /* >>enabled */

        #if HOTPATH_I_GNU
__attribute__((used)) static const uint32_t* const hotpath_i_link =
    &hotpath_define_HOTPATH_IMPLEMENTATION_in_one_file_or_link_the_program_with_rdynamic;
            #if HOTPATH_I_ALLOC
__attribute__((used)) static const uint32_t* const hotpath_i_link_alloc =
    &hotpath_compile_the_file_with_HOTPATH_IMPLEMENTATION_with_HOTPATH_ALLOC_too;
            #endif
        #endif

        #define HOTPATH_I_SITE(n, name, kind) \
            static hotpath_site_t HOTPATH_I_CAT(hotpath_i_site_, n) = HOTPATH_SITE_INIT(name, kind)

        #ifndef __cplusplus
static inline void hotpath_i_scope_end(hotpath_token_t* token) { hotpath_end(token); }
            #if HOTPATH_I_GNU
                /* Two declarations and no statement, so that a scope stands where a declaration may. */
                #define HOTPATH_I_SCOPE_VAR(v, n, first, site)                       \
                    hotpath_token_t v __attribute__((cleanup(hotpath_i_scope_end))); \
                    const int HOTPATH_I_CAT(hotpath_i_begun_, n) HOTPATH_I_UNUSED =  \
                        (first, hotpath_begin(site, &v), 0)
            #else
                /* This compiler has no attribute cleanup: use HOTPATH_BEGIN and HOTPATH_END in C. */
                #define HOTPATH_I_SCOPE_VAR(v, n, first, site) \
                    hotpath_this_compiler_has_only_HOTPATH_BEGIN_and_END v
            #endif
            #define HOTPATH_I_FUNC_NAME __func__
        #else
            #define HOTPATH_I_SCOPE_VAR(v, n, first, site) hotpath_i_scope v((first, site))
            #if HOTPATH_I_GNU
                /* Shortened to Class::function at the first touch. */
                #define HOTPATH_I_FUNC_NAME __PRETTY_FUNCTION__
            #else
                #define HOTPATH_I_FUNC_NAME __FUNCTION__
            #endif
        #endif

        #define HOTPATH_I_SCOPE(name, kind, v, n) \
            HOTPATH_I_SITE(n, name, kind);        \
            HOTPATH_I_SCOPE_VAR(v, n, (void)0, &HOTPATH_I_CAT(hotpath_i_site_, n))
        #define HOTPATH_I_SCOPE_N(name, kind, n) \
            HOTPATH_I_SCOPE(name, kind, HOTPATH_I_CAT(hotpath_i_scope_, n), n)
        #define HOTPATH_I_MAIN(n)                                                                \
            HOTPATH_I_SITE(n, HOTPATH_I_FUNC_NAME, HOTPATH_KIND_FUNCTION);                       \
            HOTPATH_I_SCOPE_VAR(HOTPATH_I_CAT(hotpath_i_scope_, n), n, hotpath_i_main(__func__), \
                &HOTPATH_I_CAT(hotpath_i_site_, n))
        #define HOTPATH_I_NAMED(string, n)                                              \
            hotpath_site_t* const HOTPATH_I_CAT(hotpath_i_site_, n) =                   \
                hotpath_named_site_in(string, __FILE__, __LINE__, "" HOTPATH_GROUP ""); \
            HOTPATH_I_SCOPE_VAR(                                                        \
                HOTPATH_I_CAT(hotpath_i_scope_, n), n, (void)0, HOTPATH_I_CAT(hotpath_i_site_, n))
        #define HOTPATH_I_BEGIN(v, name, n)                                     \
            static hotpath_site_t HOTPATH_I_CAT(hotpath_i_site_, n) =           \
                HOTPATH_I_SITE_INIT(name, HOTPATH_KIND_SCOPE, HOTPATH_I_ASKED); \
            hotpath_token_t v;                                                  \
            const int HOTPATH_I_CAT(hotpath_i_begun_, n) HOTPATH_I_UNUSED =     \
                (hotpath_begin(&HOTPATH_I_CAT(hotpath_i_site_, n), &v), 0)

        /* First line of main: starts hotpath, and is main's own scope. */
        #define HOTPATH_MAIN() HOTPATH_I_MAIN(__COUNTER__)
        /* This function, from here until it is left. */
        #define HOTPATH_FUNC() \
            HOTPATH_I_SCOPE_N(HOTPATH_I_FUNC_NAME, HOTPATH_KIND_FUNCTION, __COUNTER__)
        /* From here to the end of the block; label is a string literal. */
        #define HOTPATH_SCOPE(label) HOTPATH_I_SCOPE_N("" label "", HOTPATH_KIND_SCOPE, __COUNTER__)
        /* From here to the end of the block, named by a string that is made at run time. */
        #define HOTPATH_SCOPE_NAMED(string) HOTPATH_I_NAMED(string, __COUNTER__)
        /* From here to HOTPATH_END(var), in the same function; declares var. */
        #define HOTPATH_BEGIN(var, label) HOTPATH_I_BEGIN(var, "" label "", __COUNTER__)
        /* An expression: ends var and gives the nanoseconds since its begin, as uint64_t. */
        #define HOTPATH_END(var) hotpath_end_ns(&(var))
        /* As HOTPATH_FUNC, for a function that returns with HOTPATH_RETURN; once a function. */
        #define HOTPATH_FUNC_LOG() \
            HOTPATH_I_SCOPE(       \
                HOTPATH_I_FUNC_NAME, HOTPATH_KIND_FUNCTION, hotpath_i_func_log, __COUNTER__)
        /* A keyed span from here to the end of the block; declares the hotpath_span_t var for its facts.
   key is a string that ends in 0. */
        #define HOTPATH_SPAN(var, kind, key) HOTPATH_I_SPAN(var, kind, key, __COUNTER__)
        #ifdef __cplusplus
            #define HOTPATH_I_SPAN(v, kind, key, n)                                      \
                const hotpath_span_kind_t HOTPATH_I_CAT(hotpath_i_span_kind_, n) = kind; \
                hotpath_i_span_scope v(HOTPATH_I_CAT(hotpath_i_span_kind_, n), key)
        #elif HOTPATH_I_GNU
            #define HOTPATH_I_SPAN(v, kind, key, n)                             \
                hotpath_span_t v __attribute__((cleanup(hotpath_span_end)));    \
                const int HOTPATH_I_CAT(hotpath_i_begun_, n) HOTPATH_I_UNUSED = \
                    (hotpath_span_begin(&v, kind, key, SIZE_MAX), 0)
        #else
            /* This compiler has no attribute cleanup: use hotpath_span_begin and _end. */
            #define HOTPATH_I_SPAN(v, kind, key, n) \
                hotpath_this_compiler_has_only_hotpath_span_begin_and_end v
        #endif
        /* The innermost open scope failed; reason is a string literal. A statement. */
        #define HOTPATH_ERROR(reason) HOTPATH_I_ERROR("" reason "", __COUNTER__)
        #define HOTPATH_I_ERROR(reason, n)                         \
            do {                                                   \
                HOTPATH_I_SITE(n, reason, HOTPATH_KIND_REASON);    \
                hotpath_error(&HOTPATH_I_CAT(hotpath_i_site_, n)); \
            } while (0)
        /* The innermost open scope moved n bytes. */
        #define HOTPATH_BYTES(n) hotpath_bytes((uint64_t)(n))
        /* The name of this thread; any string. */
        #define HOTPATH_THREAD_NAME(name) hotpath_thread_name(name)
        /* The boundary of a loop's frames, once in each round; label is a string literal. A statement. */
        #define HOTPATH_FRAME(label) HOTPATH_I_FRAME("" label "", 0, __COUNTER__)
        /* As HOTPATH_FRAME; a frame that begins here may take `ns` nanoseconds: 0 is as before. */
        #define HOTPATH_FRAME_BUDGET(label, ns) \
            HOTPATH_I_FRAME("" label "", (uint64_t)(ns), __COUNTER__)
        /* A phase of this thread begins, such as "load", and the one before ends; label is a string
           literal. A statement. */
        #define HOTPATH_MARK(label) HOTPATH_I_NEXT_PHASE("" label "", __COUNTER__)
        #define HOTPATH_I_NEXT_PHASE(name, n)                     \
            do {                                                  \
                HOTPATH_I_SITE(n, name, HOTPATH_KIND_MARK);       \
                hotpath_mark(&HOTPATH_I_CAT(hotpath_i_site_, n)); \
            } while (0)
        #define HOTPATH_I_FRAME(name, ns, n)                           \
            do {                                                       \
                HOTPATH_I_SITE(n, name, HOTPATH_KIND_FRAME);           \
                hotpath_frame(&HOTPATH_I_CAT(hotpath_i_site_, n), ns); \
            } while (0)

        /* Blocks of an allocator of the program's own. Statements; heap is a string. */
        #if HOTPATH_I_ALLOC
            #define HOTPATH_ALLOC_EVENT(ptr, bytes) \
                hotpath_alloc_event((const char*)0, ptr, (size_t)(bytes))
            #define HOTPATH_FREE_EVENT(ptr) hotpath_free_event(ptr)
            #define HOTPATH_HEAP_ALLOC_EVENT(heap, ptr, bytes) \
                hotpath_alloc_event(heap, ptr, (size_t)(bytes))
            #define HOTPATH_HEAP_FREE_EVENT(heap, ptr) ((void)sizeof(heap), hotpath_free_event(ptr))
            #define HOTPATH_HEAP_RESET_EVENT(heap)     hotpath_heap_reset_event(heap)
        #endif

        /* The history of a value; key is a string literal. A statement. */
        #define HOTPATH_VAL(key, v) HOTPATH_I_VAL("" key "", v, __COUNTER__)
        #define HOTPATH_I_VAL(key, v, n)                                                      \
            do {                                                                              \
                HOTPATH_I_SITE(n, key, HOTPATH_KIND_VAL);                                     \
                hotpath_value_record(&HOTPATH_I_CAT(hotpath_i_site_, n), HOTPATH_I_VALUE(v)); \
            } while (0)
        /* One number for all threads; key is a string literal. Statements. */
        #define HOTPATH_GAUGE_SET(key, v) \
            HOTPATH_I_GAUGE("" key "", HOTPATH_GAUGE_OP_SET, v, __COUNTER__)
        #define HOTPATH_GAUGE_INC(key, v) \
            HOTPATH_I_GAUGE("" key "", HOTPATH_GAUGE_OP_INC, v, __COUNTER__)
        #define HOTPATH_GAUGE_DEC(key, v) \
            HOTPATH_I_GAUGE("" key "", HOTPATH_GAUGE_OP_DEC, v, __COUNTER__)
        #define HOTPATH_I_GAUGE(key, op, v, n)                                             \
            do {                                                                           \
                HOTPATH_I_SITE(n, key, HOTPATH_KIND_GAUGE);                                \
                hotpath_gauge(&HOTPATH_I_CAT(hotpath_i_site_, n), op, HOTPATH_I_VALUE(v)); \
            } while (0)

        #ifndef __cplusplus
            #if HOTPATH_I_GNU
                /* To gcc a bit-field has a type of its own, of so many bits. A float, which has its own
                   line below, would be promoted here. */
                #define HOTPATH_I_VALUE_OF_OTHER(v)                                                \
                    __builtin_choose_expr(__builtin_classify_type(_Generic((v), float : 0, default \
                                                                           : (v))) == 1,           \
                        hotpath_i_value_of_int, hotpath_i_value_of_pointer)
            #else
                #define HOTPATH_I_VALUE_OF_OTHER(v) hotpath_i_value_of_pointer
            #endif
            #if HOTPATH_I_GENERIC
                #define HOTPATH_I_VALUE(v) \
                    HOTPATH_I_EXTENSION _Generic((v),                                                              \
        bool: hotpath_i_value_of_bool,                                                             \
        char: hotpath_i_value_of_char,                                                             \
        signed char: hotpath_i_value_of_int,                                                       \
        short: hotpath_i_value_of_int,                                                             \
        int: hotpath_i_value_of_int,                                                               \
        long: hotpath_i_value_of_int,                                                              \
        long long: hotpath_i_value_of_int,                                                         \
        unsigned char: hotpath_i_value_of_uint,                                                    \
        unsigned short: hotpath_i_value_of_uint,                                                   \
        unsigned: hotpath_i_value_of_uint,                                                         \
        unsigned long: hotpath_i_value_of_uint,                                                    \
        unsigned long long: hotpath_i_value_of_uint,                                               \
        float: hotpath_i_value_of_float,                                                           \
        double: hotpath_i_value_of_double,                                                         \
        long double: hotpath_i_value_of_long_double,                                               \
        char*: hotpath_i_value_of_text,                                                            \
        const char*: hotpath_i_value_of_text,                                                      \
        default: HOTPATH_I_VALUE_OF_OTHER(v))(v)
            #else
                /* Without _Generic and GNU extensions a value is a double. */
                #define HOTPATH_I_VALUE(v) hotpath_i_value_of_double((double)(v))
            #endif
            /* Leaves a HOTPATH_FUNC_LOG function and keeps the value in its log. A statement. Without
   HOTPATH_FUNC_LOG() in the same function hotpath_i_func_log is undeclared. */
            #if HOTPATH_I_GNU
                #define HOTPATH_RETURN(v) \
                    HOTPATH_I_RETURN(v, HOTPATH_I_CAT(hotpath_i_value_, __COUNTER__))
                #define HOTPATH_I_RETURN(v, r)                                   \
                    do {                                                         \
                        const __typeof__((void)0, (v)) r = (v);                  \
                        hotpath_result(&hotpath_i_func_log, HOTPATH_I_VALUE(r)); \
                        return r;                                                \
                    } while (0)
                /* An expression: evaluates expr once, records it, gives it back. Struct: HOTPATH_DBG_FORMAT. */
                #define HOTPATH_DBG(expr) HOTPATH_I_DBG(expr, #expr, __COUNTER__)
                #define HOTPATH_I_DBG(expr, text, n)                                             \
                    HOTPATH_I_EXTENSION({                                                        \
                        HOTPATH_I_SITE(n, text, HOTPATH_KIND_DBG);                               \
                        __typeof__((void)0, (expr)) HOTPATH_I_CAT(hotpath_i_value_, n) = (expr); \
                        hotpath_value_record(&HOTPATH_I_CAT(hotpath_i_site_, n),                 \
                            HOTPATH_I_VALUE(HOTPATH_I_CAT(hotpath_i_value_, n)));                \
                        HOTPATH_I_CAT(hotpath_i_value_, n);                                      \
                    })
                #define HOTPATH_I_TYPE_OF(expr) __typeof__((void)0, (expr))
            #else
                /* Without GNU extensions the return value is not kept, and dbg takes numbers only. */
                #define HOTPATH_RETURN(v)         \
                    do {                          \
                        (void)hotpath_i_func_log; \
                        return (v);               \
                    } while (0)
                #define HOTPATH_DBG(expr) (expr)
            #endif
        #endif

        /* An expression for structs: evaluates expr once into var, records the text that format makes of
   it, gives var back: HOTPATH_DBG_FORMAT(p, position(i), "(%g, %g)", p.x, p.y). */
        #if HOTPATH_I_GNU
            #ifdef __cplusplus
                #define HOTPATH_I_TYPE_OF(expr) auto
            #endif
            #define HOTPATH_DBG_FORMAT(var, expr, ...) \
                HOTPATH_I_DBG_FORMAT(var, expr, #expr, __COUNTER__, __VA_ARGS__)
            #define HOTPATH_I_DBG_FORMAT(var, expr, text, n, ...)                          \
                HOTPATH_I_EXTENSION({                                                      \
                    HOTPATH_I_SITE(n, text, HOTPATH_KIND_DBG);                             \
                    HOTPATH_I_TYPE_OF(expr) var = (expr);                                  \
                    hotpath_value_format(&HOTPATH_I_CAT(hotpath_i_site_, n), __VA_ARGS__); \
                    var;                                                                   \
                })
        #else
            #define HOTPATH_DBG_FORMAT(var, expr, ...) (expr)
        #endif

    #else /* !HOTPATH_I_ON */

        /* >>disabled
   A scope is a declaration that makes no code, in C++ two, so that `if (x) HOTPATH_SCOPE("a");` is
   an error in both modes. Arguments are checked and not evaluated. */
        #ifdef __cplusplus
            #define HOTPATH_I_OFF(v, checked)                         \
                enum {                                                \
                    HOTPATH_I_CAT(v, checked_) = (int)sizeof(checked) \
                };                                                    \
                enum {                                                \
                    v = (int)HOTPATH_I_CAT(v, checked_)               \
                }
        #else
            #define HOTPATH_I_OFF(v, checked) \
                enum {                        \
                    v = (int)sizeof(checked)  \
                }
        #endif
        /* The expression alone, without a warning where the result is not used. */
        #if defined(__clang__)
            #define HOTPATH_I_OFF_EXPR(expr)                                     \
                _Pragma("clang diagnostic push")                                 \
                    _Pragma("clang diagnostic ignored \"-Wunused-value\"")(expr) \
                        _Pragma("clang diagnostic pop")
        #elif HOTPATH_I_GNU && !defined(__cplusplus)
            #define HOTPATH_I_OFF_EXPR(expr) HOTPATH_I_EXTENSION({ expr; })
        #else
            #define HOTPATH_I_OFF_EXPR(expr) (expr)
        #endif
        #define HOTPATH_I_OFF_END(var) HOTPATH_I_OFF_EXPR(((void)(var), (uint64_t)0))
        #define HOTPATH_I_OFF_VAR      HOTPATH_I_CAT(hotpath_i_off_, __COUNTER__)

        #define HOTPATH_MAIN()              HOTPATH_I_OFF(HOTPATH_I_OFF_VAR, char)
        #define HOTPATH_FUNC()              HOTPATH_I_OFF(HOTPATH_I_OFF_VAR, char)
        #define HOTPATH_SCOPE(label)        HOTPATH_I_OFF(HOTPATH_I_OFF_VAR, "" label "")
        #define HOTPATH_SCOPE_NAMED(string) HOTPATH_I_OFF(HOTPATH_I_OFF_VAR, string)
        #define HOTPATH_BEGIN(var, label)   HOTPATH_I_OFF(var, "" label "")
        #define HOTPATH_END(var)            HOTPATH_I_OFF_END(var)
        #define HOTPATH_FUNC_LOG()          HOTPATH_I_OFF(hotpath_i_func_log, char)
        /* One statement, also in front of an else, that makes no jump even at -O0, by neither
   compiler. With recording HOTPATH_RETURN(std::move(x)) needs the move, so that it is no mistake
   without. */
        #if defined(__cplusplus) && (defined(__clang__) || (HOTPATH_I_GNU && __GNUC__ >= 9))
            #define HOTPATH_I_OFF_RETURN(v)                                                    \
                {                                                                              \
                    _Pragma("GCC diagnostic push")                                             \
                        _Pragma("GCC diagnostic ignored \"-Wpessimizing-move\"")               \
                            _Pragma("GCC diagnostic ignored \"-Wredundant-move\"") return (v); \
                    _Pragma("GCC diagnostic pop")                                              \
                }
            #if defined(__clang__)
                #define HOTPATH_RETURN(v)       \
                    switch (hotpath_i_func_log) \
                    default:                    \
                        if (1) HOTPATH_I_OFF_RETURN(v) else(void) 0
            #else
                #define HOTPATH_RETURN(v)       \
                    switch (hotpath_i_func_log) \
                    default:                    \
                        do                      \
                        HOTPATH_I_OFF_RETURN(v) while (0)
            #endif
        #else
            #define HOTPATH_RETURN(v)       \
                switch (hotpath_i_func_log) \
                default:                    \
                    return (v)
        #endif
        /* A value that is not evaluated; sizeof alone takes no bit-field. */
        #define HOTPATH_I_OFF_KEY(key, v) ((void)sizeof("" key ""), HOTPATH_I_OFF_VALUE(v))
        #define HOTPATH_SPAN(var, kind, key)                                                      \
            HOTPATH_I_OFF(HOTPATH_I_CAT(hotpath_i_off_span_, var),                                \
                (hotpath_i_off_span(0 ? (kind) : HOTPATH_SPAN_SQL, 0 ? (key) : (const char*)0))); \
            HOTPATH_I_OFF_SPAN var HOTPATH_I_UNUSED
        /* A variable that takes no room: only declared to clang, which gives an empty one some. */
        #if defined(__clang__)
            #define HOTPATH_I_OFF_SPAN extern hotpath_i_off_span_t
        #elif HOTPATH_I_GNU
            #define HOTPATH_I_OFF_SPAN hotpath_i_off_span_t
        #else
            #define HOTPATH_I_OFF_SPAN hotpath_span_t
        #endif
        #define HOTPATH_ERROR(reason)              ((void)sizeof("" reason ""))
        #define HOTPATH_BYTES(n)                   HOTPATH_I_OFF_VALUE(n)
        #define HOTPATH_THREAD_NAME(name)          ((void)sizeof(name))
        #define HOTPATH_FRAME(label)               ((void)sizeof("" label ""))
        #define HOTPATH_MARK(label)                ((void)sizeof("" label ""))
        #define HOTPATH_FRAME_BUDGET(label, ns)    HOTPATH_I_OFF_KEY(label, ns)
        #define HOTPATH_VAL(key, v)                HOTPATH_I_OFF_KEY(key, v)
        #define HOTPATH_GAUGE_SET(key, v)          HOTPATH_I_OFF_KEY(key, v)
        #define HOTPATH_GAUGE_INC(key, v)          HOTPATH_I_OFF_KEY(key, v)
        #define HOTPATH_GAUGE_DEC(key, v)          HOTPATH_I_OFF_KEY(key, v)
        #define HOTPATH_DBG(expr)                  HOTPATH_I_OFF_EXPR(expr)
        #define HOTPATH_DBG_FORMAT(var, expr, ...) HOTPATH_I_OFF_EXPR(expr)

/* The functions that programs call by hand, empty. */
static inline bool hotpath_start(const hotpath_desc_t* desc) { return (void)desc, false; }
static inline void hotpath_stop(void) {}
static inline bool hotpath_report_now(void) { return false; }
static inline bool hotpath_app_info(const char* key, const char* value) {
    return (void)key, (void)value, false;
}
static inline bool hotpath_enable(bool on) { return (void)on, false; }
static inline bool hotpath_enable_group(const char* group, bool on) {
    return (void)group, (void)on, false;
}
static inline bool hotpath_time_sampling(const char* name, uint32_t rate) {
    return (void)name, (void)rate, false;
}
static inline void hotpath_begin(hotpath_site_t* site, hotpath_token_t* token) {
    token->tick = token->mark = 0, (void)site;
}
static inline void hotpath_end(const hotpath_token_t* token) { (void)token; }
static inline uint64_t hotpath_end_ns(const hotpath_token_t* token) { return (void)token, 0; }
static inline void hotpath_result(const hotpath_token_t* token, hotpath_value_t value) {
    (void)token, (void)value;
}
static inline hotpath_site_t* hotpath_named_site(
    const char* name, const char* file, uint32_t line) {
    return (void)name, (void)file, (void)line, (hotpath_site_t*)0;
}
static inline hotpath_site_t* hotpath_named_site_in(
    const char* name, const char* file, uint32_t line, const char* group) {
    return (void)group, hotpath_named_site(name, file, line);
}
static inline void hotpath_error(hotpath_site_t* reason) { (void)reason; }
static inline void hotpath_bytes(uint64_t bytes) { (void)bytes; }
static inline void hotpath_frame(hotpath_site_t* site, uint64_t budget_ns) {
    (void)site, (void)budget_ns;
}
static inline void hotpath_mark(hotpath_site_t* site) { (void)site; }
static inline void hotpath_thread_name(const char* name) { (void)name; }
static inline void hotpath_record(
    const char* track, const char* label, uint64_t begin_ns, uint64_t end_ns) {
    (void)track, (void)label, (void)begin_ns, (void)end_ns;
}
static inline void hotpath_span_begin(
    hotpath_span_t* span, hotpath_span_kind_t kind, const char* key, size_t length) {
    (void)span, (void)kind, (void)key, (void)length;
}
static inline int hotpath_i_off_span(hotpath_span_kind_t kind, const char* key) {
    return (void)kind, (void)key, 0;
}
        #if HOTPATH_I_GNU
HOTPATH_I_EXTENSION typedef struct hotpath_i_off_span {
    hotpath_span_t none[0];
} hotpath_i_off_span_t;
        #endif
static inline void hotpath_span_status(hotpath_span_t* span, int status) {
    (void)span, (void)status;
}
static inline void hotpath_span_error(hotpath_span_t* span, const char* reason) {
    (void)span, (void)reason;
}
static inline void hotpath_span_rows(hotpath_span_t* span, uint64_t rows) {
    (void)span, (void)rows;
}
static inline void hotpath_span_bytes(hotpath_span_t* span, uint64_t bytes_in, uint64_t bytes_out) {
    (void)span, (void)bytes_in, (void)bytes_out;
}
static inline void hotpath_span_fullscan(hotpath_span_t* span, uint64_t steps) {
    (void)span, (void)steps;
}
static inline void hotpath_span_phase(
    hotpath_span_t* span, hotpath_span_phase_t phase, uint64_t ns) {
    (void)span, (void)phase, (void)ns;
}
static inline void hotpath_span_detach(hotpath_span_t* span) { (void)span; }
static inline void hotpath_span_end(hotpath_span_t* span) { (void)span; }
static inline void hotpath_span_record(hotpath_span_kind_t kind, const char* key, size_t length,
    uint64_t duration_ns, const hotpath_span_facts_t* facts) {
    (void)kind, (void)key, (void)length, (void)duration_ns, (void)facts;
}
        /* Facts are checked and not evaluated, so that they cost nothing without an optimizer, too. The
           variable is a hotpath_span_t or that of HOTPATH_SPAN. */
        #define HOTPATH_I_OFF_FACT(call) ((void)sizeof((call), 0))
        #define HOTPATH_I_OFF_AT(span)   ((hotpath_span_t*)(0 ? (span) : (void*)0))
        #define hotpath_span_status(span, value) \
            HOTPATH_I_OFF_FACT((hotpath_span_status)(HOTPATH_I_OFF_AT(span), value))
        #define hotpath_span_error(span, reason) \
            HOTPATH_I_OFF_FACT((hotpath_span_error)(HOTPATH_I_OFF_AT(span), reason))
        #define hotpath_span_rows(span, rows) \
            HOTPATH_I_OFF_FACT((hotpath_span_rows)(HOTPATH_I_OFF_AT(span), rows))
        #define hotpath_span_bytes(span, in, out) \
            HOTPATH_I_OFF_FACT((hotpath_span_bytes)(HOTPATH_I_OFF_AT(span), in, out))
        #define hotpath_span_fullscan(span, steps) \
            HOTPATH_I_OFF_FACT((hotpath_span_fullscan)(HOTPATH_I_OFF_AT(span), steps))
        #define hotpath_span_phase(span, phase, ns) \
            HOTPATH_I_OFF_FACT((hotpath_span_phase)(HOTPATH_I_OFF_AT(span), phase, ns))
        #define hotpath_span_detach(span) \
            HOTPATH_I_OFF_FACT((hotpath_span_detach)(HOTPATH_I_OFF_AT(span)))
static inline hotpath_context_t* hotpath_context_create(const char* name) {
    return (void)name, (hotpath_context_t*)0;
}
static inline void hotpath_context_switch(hotpath_context_t* ctx) { (void)ctx; }
static inline void hotpath_context_destroy(hotpath_context_t* ctx) { (void)ctx; }
static inline uint32_t hotpath_depth(void) { return 0; }
static inline void hotpath_unwind(uint32_t depth) { (void)depth; }
static inline void hotpath_value_record(hotpath_site_t* site, hotpath_value_t value) {
    (void)site, (void)value;
}
HOTPATH_I_PRINTF(2, 3)
static inline void hotpath_value_format(hotpath_site_t* site, const char* format, ...) {
    (void)site, (void)format;
}
static inline void hotpath_gauge(
    hotpath_site_t* site, hotpath_gauge_op_t op, hotpath_value_t value) {
    (void)site, (void)op, (void)value;
}
static inline hotpath_snapshot_t* hotpath_snapshot_take(const hotpath_snapshot_desc_t* desc) {
    return (void)desc, (hotpath_snapshot_t*)0;
}
static inline bool hotpath_snapshot_times(
    hotpath_snapshot_t* snapshot, const uint32_t* functions, size_t count) {
    return (void)snapshot, (void)functions, (void)count, false;
}
static inline size_t hotpath_snapshot_size(const hotpath_snapshot_desc_t* desc) {
    return (void)desc, (size_t)0;
}
static inline void hotpath_snapshot_subtract_overhead(hotpath_snapshot_t* snapshot) {
    (void)snapshot;
}
static inline size_t hotpath_snapshot_trim(hotpath_snapshot_t* snapshot) {
    return (void)snapshot, (size_t)0;
}
static inline hotpath_snapshot_t* hotpath_snapshot_difference(const hotpath_snapshot_t* newer,
    const hotpath_snapshot_t* older, const hotpath_snapshot_desc_t* desc) {
    return (void)newer, (void)older, (void)desc, (hotpath_snapshot_t*)0;
}
static inline void hotpath_snapshot_free(hotpath_snapshot_t* snapshot) { (void)snapshot; }
static inline const hotpath_info_t* hotpath_snapshot_info(const hotpath_snapshot_t* snapshot) {
    return (void)snapshot, (const hotpath_info_t*)0;
}
static inline const hotpath_function_t* hotpath_snapshot_functions(
    const hotpath_snapshot_t* snapshot, size_t* count) {
    return (void)snapshot, *count = 0, (const hotpath_function_t*)0;
}
static inline const hotpath_node_t* hotpath_snapshot_nodes(
    const hotpath_snapshot_t* snapshot, size_t* count) {
    return (void)snapshot, *count = 0, (const hotpath_node_t*)0;
}
static inline const hotpath_thread_t* hotpath_snapshot_threads(
    const hotpath_snapshot_t* snapshot, size_t* count) {
    return (void)snapshot, *count = 0, (const hotpath_thread_t*)0;
}
static inline const hotpath_entry_t* hotpath_snapshot_entries(
    const hotpath_snapshot_t* snapshot, size_t* count) {
    return (void)snapshot, *count = 0, (const hotpath_entry_t*)0;
}
static inline const hotpath_frame_t* hotpath_snapshot_frames(
    const hotpath_snapshot_t* snapshot, size_t* count) {
    return (void)snapshot, *count = 0, (const hotpath_frame_t*)0;
}
static inline const hotpath_span_row_t* hotpath_snapshot_spans(
    const hotpath_snapshot_t* snapshot, size_t* count) {
    return (void)snapshot, *count = 0, (const hotpath_span_row_t*)0;
}
static inline uint64_t hotpath_snapshot_percentile(
    const hotpath_snapshot_t* snapshot, const hotpath_function_t* function, double percent) {
    return (void)snapshot, (void)function, (void)percent, (uint64_t)0;
}
static inline size_t hotpath_value_text(hotpath_value_t value, char* text, size_t size) {
    return (void)value, size != 0 ? (void)(text[0] = 0) : (void)0, (size_t)0;
}
static inline size_t hotpath_time_text(double ns, char* text, size_t size) {
    return (void)ns, size != 0 ? (void)(text[0] = 0) : (void)0, (size_t)0;
}
static inline uint64_t hotpath_events_lost(const hotpath_drops_t* drops) {
    return (void)drops, (uint64_t)0;
}
static inline bool hotpath_heap_snapshot(const char* label) { return (void)label, false; }
static inline bool hotpath_heap_forget(const char* label) { return (void)label, false; }
static inline bool hotpath_heap_label(size_t index, char* label, size_t size, uint64_t* at_ns) {
    return (void)index, (void)label, (void)size, (void)at_ns, false;
}
static inline size_t hotpath_heap_rows(
    const char* newer, const char* older, hotpath_heap_row_t* rows, size_t capacity) {
    return (void)newer, (void)older, (void)rows, (void)capacity, (size_t)0;
}
static inline size_t hotpath_heap_suspects(
    const hotpath_heap_suspects_desc_t* desc, hotpath_heap_suspect_t* rows, size_t capacity) {
    return (void)desc, (void)rows, (void)capacity, (size_t)0;
}
static inline size_t hotpath_heap_pools(hotpath_heap_pool_t* rows, size_t capacity) {
    return (void)rows, (void)capacity, (size_t)0;
}
static inline bool hotpath_process_memory(hotpath_process_t* memory) { return (void)memory, false; }
static inline void hotpath_alloc_event(const char* heap, const void* ptr, size_t bytes) {
    (void)heap, (void)ptr, (void)bytes;
}
static inline void hotpath_free_event(const void* ptr) { (void)ptr; }
static inline void hotpath_heap_reset_event(const char* heap) { (void)heap; }
static inline bool hotpath_report(const hotpath_snapshot_t* snapshot,
    const hotpath_report_desc_t* desc, hotpath_write_t write, void* user) {
    return (void)snapshot, (void)desc, (void)write, (void)user, true;
}

    #endif /* HOTPATH_I_ON */

    /* >>cpp
   A scope that ends with its block, values by overload, and DBG for every type. */
    #if defined(__cplusplus) && HOTPATH_I_ON
        #if HOTPATH_I_GNU
            #define HOTPATH_I_INLINE \
                inline __attribute__((always_inline)) /* also at -O0: see same_stack */
        #else
            #define HOTPATH_I_INLINE inline
        #endif
class hotpath_i_scope {
  public:
    HOTPATH_I_INLINE explicit hotpath_i_scope(hotpath_site_t* site) { hotpath_begin(site, &token); }
    HOTPATH_I_INLINE ~hotpath_i_scope() { hotpath_end(&token); }
    hotpath_i_scope(const hotpath_i_scope&) = delete;
    hotpath_i_scope& operator=(const hotpath_i_scope&) = delete;
    hotpath_token_t token;
};
class hotpath_i_span_scope : public hotpath_span_t {
  public:
    HOTPATH_I_INLINE hotpath_i_span_scope(hotpath_span_kind_t kind, const char* key) {
        hotpath_span_begin(this, kind, key, SIZE_MAX);
    }
    HOTPATH_I_INLINE ~hotpath_i_span_scope() { hotpath_span_end(this); }
    hotpath_i_span_scope(const hotpath_i_span_scope&) = delete;
    hotpath_i_span_scope& operator=(const hotpath_i_span_scope&) = delete;
};
        #define HOTPATH_I_OVERLOAD(type, name)                  \
            inline hotpath_value_t hotpath_i_value_of(type v) { \
                return hotpath_i_value_of_##name(v);            \
            }
HOTPATH_I_OVERLOAD(bool, bool)
HOTPATH_I_OVERLOAD(char, char)
HOTPATH_I_OVERLOAD(signed char, int)
HOTPATH_I_OVERLOAD(short, int)
HOTPATH_I_OVERLOAD(int, int)
HOTPATH_I_OVERLOAD(long, int)
HOTPATH_I_OVERLOAD(long long, int)
HOTPATH_I_OVERLOAD(unsigned char, uint)
HOTPATH_I_OVERLOAD(unsigned short, uint)
HOTPATH_I_OVERLOAD(unsigned, uint)
HOTPATH_I_OVERLOAD(unsigned long, uint)
HOTPATH_I_OVERLOAD(unsigned long long, uint)
HOTPATH_I_OVERLOAD(float, float)
HOTPATH_I_OVERLOAD(double, double)
HOTPATH_I_OVERLOAD(long double, long_double)
HOTPATH_I_OVERLOAD(const char*, text)
HOTPATH_I_OVERLOAD(const volatile void*, pointer)
        #undef HOTPATH_I_OVERLOAD
inline hotpath_value_t hotpath_i_value_of(decltype(nullptr)) {
    return hotpath_i_value_of_pointer(nullptr);
}
template <class R, class... A> hotpath_value_t hotpath_i_value_of(R (*v)(A...)) {
    return hotpath_i_value_of_pointer(reinterpret_cast<const void*>(v)); /* not as a bool */
}
inline hotpath_value_t hotpath_i_value_of_span(const char* v, size_t length) {
    hotpath_value_t r;
    r.type = HOTPATH_VALUE_TEXT, r.length = 0, r.as.text = v ? v : "";
    while (r.length < length && r.as.text[r.length] != 0 && r.length < 65535)
        r.length++;
    return r;
}
template <bool enumeration> struct hotpath_i_if {};
template <> struct hotpath_i_if<true> { typedef hotpath_value_t hotpath_i_type; };
template <class T> struct hotpath_i_if_enum : hotpath_i_if<__is_enum(T)> {};
/* Strings with c_str(), or with data() and size(), and enum classes; anything else is kept as "{?}", so
   that RETURN works everywhere. */
template <int N> struct hotpath_i_rank : hotpath_i_rank<N - 1> {};
template <> struct hotpath_i_rank<0> {};
template <class T>
auto hotpath_i_value_any(const T& v, hotpath_i_rank<4>) -> decltype(hotpath_i_value_of(v)) {
    return hotpath_i_value_of(v);
}
template <class T>
typename hotpath_i_if_enum<T>::hotpath_i_type hotpath_i_value_any(const T& v, hotpath_i_rank<3>) {
    return hotpath_i_value_of(static_cast<__underlying_type(T)>(v));
}
template <class T>
auto hotpath_i_value_any(const T& v, hotpath_i_rank<2>)
    -> decltype(hotpath_i_value_of_text(v.c_str())) {
    return hotpath_i_value_of_text(v.c_str());
}
template <class T>
auto hotpath_i_value_any(const T& v, hotpath_i_rank<1>)
    -> decltype(hotpath_i_value_of_span(v.data(), v.size())) {
    return hotpath_i_value_of_span(v.data(), v.size());
}
template <class T> auto hotpath_i_value_any(const T& v, hotpath_i_rank<0>) -> hotpath_value_t {
    return (void)v, hotpath_i_value_of_text("{?}");
}
        #define HOTPATH_I_VALUE(v) hotpath_i_value_any((v), hotpath_i_rank<4>())
template <class T> T hotpath_i_dbg(hotpath_site_t* site, T&& v) {
    hotpath_value_record(site, HOTPATH_I_VALUE(v));
    return static_cast<T&&>(v);
}
template <class T> T&& hotpath_i_return(const hotpath_i_scope& scope, T&& v) {
    hotpath_result(&scope.token, HOTPATH_I_VALUE(v));
    return static_cast<T&&>(v);
}
        #define HOTPATH_RETURN(v) return hotpath_i_return(hotpath_i_func_log, v)
        #define HOTPATH_DBG(expr)                                                            \
            hotpath_i_dbg(                                                                   \
                []() -> hotpath_site_t* {                                                    \
                    static hotpath_site_t site = HOTPATH_SITE_INIT(#expr, HOTPATH_KIND_DBG); \
                    return &site;                                                            \
                }(),                                                                         \
                expr)
    #endif

    #if defined(HOTPATH_SHORT_NAMES)
        #define HP_MAIN()                             HOTPATH_MAIN()
        #define HP_FUNC()                             HOTPATH_FUNC()
        #define HP_SCOPE(label)                       HOTPATH_SCOPE(label)
        #define HP_SCOPE_NAMED(string)                HOTPATH_SCOPE_NAMED(string)
        #define HP_BEGIN(var, label)                  HOTPATH_BEGIN(var, label)
        #define HP_END(var)                           HOTPATH_END(var)
        #define HP_FUNC_LOG()                         HOTPATH_FUNC_LOG()
        #define HP_RETURN(v)                          HOTPATH_RETURN(v)
        #define HP_SPAN(var, kind, key)               HOTPATH_SPAN(var, kind, key)
        #define HP_ERROR(reason)                      HOTPATH_ERROR(reason)
        #define HP_BYTES(n)                           HOTPATH_BYTES(n)
        #define HP_THREAD_NAME(name)                  HOTPATH_THREAD_NAME(name)
        #define HP_FRAME(label)                       HOTPATH_FRAME(label)
        #define HP_MARK(label)                        HOTPATH_MARK(label)
        #define HP_FRAME_BUDGET(label, ns)            HOTPATH_FRAME_BUDGET(label, ns)
        #define HP_VAL(key, v)                        HOTPATH_VAL(key, v)
        #define HP_GAUGE_SET(key, v)                  HOTPATH_GAUGE_SET(key, v)
        #define HP_GAUGE_INC(key, v)                  HOTPATH_GAUGE_INC(key, v)
        #define HP_GAUGE_DEC(key, v)                  HOTPATH_GAUGE_DEC(key, v)
        #define HP_MALLOC(size)                       HOTPATH_MALLOC(size)
        #define HP_CALLOC(count, size)                HOTPATH_CALLOC(count, size)
        #define HP_REALLOC(ptr, size)                 HOTPATH_REALLOC(ptr, size)
        #define HP_FREE(ptr)                          HOTPATH_FREE(ptr)
        #define HP_ALIGNED_ALLOC(alignment, size)     HOTPATH_ALIGNED_ALLOC(alignment, size)
        #define HP_STRDUP(text)                       HOTPATH_STRDUP(text)
        #define HP_ALLOC_EVENT(ptr, bytes)            HOTPATH_ALLOC_EVENT(ptr, bytes)
        #define HP_FREE_EVENT(ptr)                    HOTPATH_FREE_EVENT(ptr)
        #define HP_HEAP_ALLOC_EVENT(heap, ptr, bytes) HOTPATH_HEAP_ALLOC_EVENT(heap, ptr, bytes)
        #define HP_HEAP_FREE_EVENT(heap, ptr)         HOTPATH_HEAP_FREE_EVENT(heap, ptr)
        #define HP_HEAP_RESET_EVENT(heap)             HOTPATH_HEAP_RESET_EVENT(heap)
        #define HP_DBG(expr)                          HOTPATH_DBG(expr)
        #define HP_DBG_FORMAT(var, expr, ...)         HOTPATH_DBG_FORMAT(var, expr, __VA_ARGS__)
    #endif

#endif /* HOTPATH_H */

#if defined(HOTPATH_IMPLEMENTATION) && HOTPATH_I_ON && !defined(HOTPATH_I_IMPLEMENTED)
    #define HOTPATH_I_IMPLEMENTED 1

    /* >>implementation */
    #if !defined(HOTPATH_MAX_DEPTH)
        #define HOTPATH_MAX_DEPTH 16384
    #endif
    #if !defined(HOTPATH_MAX_NODES)
        #define HOTPATH_MAX_NODES 65536
    #endif
    #if !defined(HOTPATH_MAX_FUNCTIONS)
        #define HOTPATH_MAX_FUNCTIONS 16384
    #endif
    #if !defined(HOTPATH_MAX_ALLOC_EVENTS)
        #define HOTPATH_MAX_ALLOC_EVENTS 65536
    #endif
    #if HOTPATH_MAX_ALLOC_EVENTS < 64 || HOTPATH_MAX_ALLOC_EVENTS > 16777216 || \
        (HOTPATH_MAX_ALLOC_EVENTS & (HOTPATH_MAX_ALLOC_EVENTS - 1)) != 0
        #error "hotpath: HOTPATH_MAX_ALLOC_EVENTS must be a power of two from 64 to 16777216"
    #endif
    #if HOTPATH_MAX_DEPTH < 8 || HOTPATH_MAX_DEPTH > 65536
        #error "hotpath: HOTPATH_MAX_DEPTH must be 8 to 65536"
    #endif
    #if HOTPATH_MAX_NODES < 16 || HOTPATH_MAX_NODES > 8388608
        #error "hotpath: HOTPATH_MAX_NODES must be 16 to 8388608"
    #endif
    #if HOTPATH_MAX_FUNCTIONS < 16 || HOTPATH_MAX_FUNCTIONS > 1048576
        #error "hotpath: HOTPATH_MAX_FUNCTIONS must be 16 to 1048576"
    #endif

    #include <string.h>
    #include <stdlib.h>
    #include <stdarg.h>
    #include <errno.h>
    #if !defined(HOTPATH_NO_STDIO)
        #include <stdio.h>
    #endif
    #if defined(_WIN32)
        #if !defined(WIN32_LEAN_AND_MEAN)
            #define WIN32_LEAN_AND_MEAN
        #endif
        #include <windows.h>
    #else
        #include <dirent.h>
        #include <fcntl.h>
        #include <pthread.h>
        #include <sched.h>
        #include <signal.h>
        #include <time.h>
        #include <unistd.h>
        #if HOTPATH_I_ALLOC
            #include <dlfcn.h>
        #endif
        #include <sys/ioctl.h>
        #include <sys/mman.h>
        #if defined(__linux__)
            #include <poll.h>
            #include <sys/prctl.h>
            #include <sys/syscall.h>
            #include <sys/auxv.h>
        #else
            #include <poll.h>
        #endif
        #if !defined(MAP_ANONYMOUS)
            #error \
                "hotpath: include hotpath.h before all other headers where HOTPATH_IMPLEMENTATION is defined, or compile that file with -D_GNU_SOURCE"
        #endif
    #endif

    #if !HOTPATH_I_GNU
        #error \
            "hotpath: the implementation needs gcc, clang or a compiler with their __atomic builtins"
    #endif
    #define HOTPATH_I_LIKELY(x)   __builtin_expect(!!(x), 1)
    #define HOTPATH_I_UNLIKELY(x) __builtin_expect(!!(x), 0)
/* Their cookies must lie on the stack itself, where AddressSanitizer might put them elsewhere. */
    #define HOTPATH_I_REAL_STACK __attribute__((no_sanitize("address")))
    #define HOTPATH_I_COLD       __attribute__((noinline, cold))
    #if defined(__clang__)
        #define HOTPATH_I_HOT __attribute__((noinline))
    #else
        /* A clone could have a frame of another size, and stack addresses would not compare. */
        #define HOTPATH_I_HOT __attribute__((noinline, noclone))
    #endif

    /* >>atomics
   The order stands in the name. One thread writes each counter, so that a relaxed load, an addition
   and a relaxed store are an increment; _SHARED_ADD is for the few words that many threads write.
   Every access that has an order goes through here: tests/order, which explores what all of them may
   read, brings macros of its own. */
    #define HOTPATH_I_OWN_ADD(p, v) HOTPATH_I_STORE((p), HOTPATH_I_LOAD(p) + (v))
    #if !defined(HOTPATH_I_LOAD)
        #define HOTPATH_I_LOAD(p)             __atomic_load_n((p), __ATOMIC_RELAXED)
        #define HOTPATH_I_LOAD_ACQUIRE(p)     __atomic_load_n((p), __ATOMIC_ACQUIRE)
        #define HOTPATH_I_LOAD_SC(p)          __atomic_load_n((p), __ATOMIC_SEQ_CST)
        #define HOTPATH_I_STORE(p, v)         __atomic_store_n((p), (v), __ATOMIC_RELAXED)
        #define HOTPATH_I_STORE_RELEASE(p, v) __atomic_store_n((p), (v), __ATOMIC_RELEASE)
        #define HOTPATH_I_STORE_SC(p, v)      __atomic_store_n((p), (v), __ATOMIC_SEQ_CST)
        #define HOTPATH_I_SHARED_ADD(p, v)    __atomic_fetch_add((p), (v), __ATOMIC_RELAXED)
        #define HOTPATH_I_SHARED_ADD_SC(p, v) __atomic_fetch_add((p), (v), __ATOMIC_SEQ_CST)
        /* Of a word that only this thread and its handlers have. */
        #define HOTPATH_I_OWN_EXCHANGE(p, v) __atomic_exchange_n((p), (v), __ATOMIC_RELAXED)
        #define HOTPATH_I_CAS(p, expected, v) \
            __atomic_compare_exchange_n(      \
                (p), (expected), (v), false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
        /* Keeps the compiler, and so a signal handler of the same thread, in program order. */
        #define HOTPATH_I_SIGNAL_FENCE() __atomic_signal_fence(__ATOMIC_SEQ_CST)
    #endif

/* >>platform
   Everything the kit needs of the system. Another system is another branch here. */

static uint64_t hotpath_i_os_monotonic_ns(void);
    #if !defined(HOTPATH_CLOCK) && (defined(__x86_64__) || defined(__i386__))
        #define HOTPATH_I_ASK_TSC 1
    #else
        #define HOTPATH_I_ASK_TSC 0
    #endif

    #if defined(HOTPATH_PAGES_ALLOC)
static void* hotpath_i_os_pages_alloc(size_t hotpath_i_size) {
    return HOTPATH_PAGES_ALLOC(hotpath_i_size);
}
static void hotpath_i_os_pages_free(void* hotpath_i_pages, size_t hotpath_i_size) {
    HOTPATH_PAGES_FREE(hotpath_i_pages, hotpath_i_size);
}
    #elif defined(_WIN32)
static void* hotpath_i_os_pages_alloc(size_t size) {
    return VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}
static void hotpath_i_os_pages_free(void* pages, size_t size) {
    (void)size;
    VirtualFree(pages, 0, MEM_RELEASE);
}
    #else
static void* hotpath_i_os_pages_alloc(size_t size) {
    int saved = errno;
    void* pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    errno = saved;
    return pages == MAP_FAILED ? NULL : pages;
}
static void hotpath_i_os_pages_free(void* pages, size_t size) {
    int saved = errno;
    munmap(pages, size);
    errno = saved;
}
    #endif

    #if defined(_WIN32)

static uint64_t hotpath_i_os_monotonic_ns(void) {
    LARGE_INTEGER frequency, now;
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&now);
    uint64_t f = (uint64_t)frequency.QuadPart, n = (uint64_t)now.QuadPart;
    return n / f * 1000000000u + n % f * 1000000000u / f;
}
static int64_t hotpath_i_os_unix_ns(void) {
    FILETIME now;
    GetSystemTimeAsFileTime(&now);
    int64_t hundreds = (int64_t)((uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime);
    return (hundreds - 116444736000000000LL) * 100; /* from 1601 to 1970 */
}
static HOTPATH_I_UNUSED uint64_t hotpath_i_os_late_ns(void) { return hotpath_i_os_monotonic_ns(); }
static uint64_t hotpath_i_os_pid(void) { return GetCurrentProcessId(); }
static bool hotpath_i_os_signal_stack(uintptr_t* low, uintptr_t* high) {
    return (void)low, (void)high, false;
}
static uint64_t hotpath_i_os_tid(void) { return GetCurrentThreadId(); }
static bool hotpath_i_os_thread_is_dead(uint64_t tid) {
    HANDLE thread = OpenThread(THREAD_QUERY_LIMITED_INFORMATION, FALSE, (DWORD)tid);
    DWORD code = 0;
    bool dead = thread == NULL || (GetExitCodeThread(thread, &code) && code != STILL_ACTIVE);
    if (thread != NULL) CloseHandle(thread);
    return dead;
}
static void hotpath_i_os_thread_name(char* name, size_t size) {
    if (size != 0) name[0] = 0;
}
static const char* hotpath_i_os_env(const char* name) { return getenv(name); }
static void hotpath_i_os_yield(void) { SwitchToThread(); }
static void hotpath_i_os_wait(int tries) { Sleep(tries < 100 ? 0 : 1); }
static void hotpath_i_os_barrier(void) { FlushProcessWriteBuffers(); }
static bool hotpath_i_os_is_terminal(int fd) {
    DWORD mode;
    return GetConsoleMode(GetStdHandle(fd == 1 ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE), &mode) != 0;
}
static uint32_t hotpath_i_os_terminal_columns(int fd) {
    CONSOLE_SCREEN_BUFFER_INFO info;
    HANDLE out = GetStdHandle(fd == 1 ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE);
    if (!GetConsoleScreenBufferInfo(out, &info) || info.srWindow.Right < info.srWindow.Left)
        return 0;
    return (uint32_t)(info.srWindow.Right - info.srWindow.Left) + 1u;
}
static bool hotpath_i_os_stack_range(uintptr_t address, uintptr_t* low, uintptr_t* high) {
    MEMORY_BASIC_INFORMATION info;
    if (VirtualQuery((void*)address, &info, sizeof info) == 0) return false;
    *low = (uintptr_t)info.AllocationBase;
    *high = (uintptr_t)info.BaseAddress + info.RegionSize;
    return true;
}
static uintptr_t hotpath_i_os_stack_top(uintptr_t here) { return (void)here, (uintptr_t)0; }
static uint64_t hotpath_i_os_stack_used(uintptr_t top, bool is_first) {
    return (void)top, (void)is_first, (uint64_t)0;
}
static void hotpath_i_os_executable(char* path, size_t size) {
    DWORD n = GetModuleFileNameA(NULL, path, (DWORD)size - 1);
    path[n] = 0;
}
static void hotpath_i_os_write_stderr(const char* text, size_t size) {
    DWORD written;
    WriteFile(GetStdHandle(STD_ERROR_HANDLE), text, (DWORD)size, &written, NULL);
}
        #if HOTPATH_I_ASK_TSC
static bool hotpath_i_os_tsc_rejected(void) { return false; }
        #endif
static DWORD hotpath_i_os_exit_slot = FLS_OUT_OF_INDEXES;
static void hotpath_i_os_thread_ends(void* record);
static void WINAPI hotpath_i_os_fls_callback(void* record) { hotpath_i_os_thread_ends(record); }
static bool hotpath_i_os_exit_hook_init(void (*child)(void)) {
    (void)child;
    hotpath_i_os_exit_slot = FlsAlloc(hotpath_i_os_fls_callback);
    return hotpath_i_os_exit_slot != FLS_OUT_OF_INDEXES;
}
static void hotpath_i_os_exit_hook_set(void* record) {
    FlsSetValue(hotpath_i_os_exit_slot, record);
}
static void hotpath_i_os_exit_hook_free(void) { FlsFree(hotpath_i_os_exit_slot); }
static int hotpath_i_os_cancel_off(void) { return 0; }
static void hotpath_i_os_cancel_back(int before) { (void)before; }
typedef int hotpath_i_os_pipe_t;
static void hotpath_i_os_pipe_off(hotpath_i_os_pipe_t* before) { *before = 0; }
static void hotpath_i_os_pipe_back(const hotpath_i_os_pipe_t* before) { (void)before; }

    #else /* POSIX */

static uint64_t hotpath_i_os_monotonic_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}
/* The same some milliseconds late, for next to nothing. */
static HOTPATH_I_UNUSED uint64_t hotpath_i_os_late_ns(void) {
        #if defined(CLOCK_MONOTONIC_COARSE)
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
        #else
    return hotpath_i_os_monotonic_ns();
        #endif
}
static int64_t hotpath_i_os_unix_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000000 + (int64_t)t.tv_nsec;
}
static uint64_t hotpath_i_os_pid(void) { return (uint64_t)getpid(); }
/* The stack for signals, if this code runs on it. */
static bool hotpath_i_os_signal_stack(uintptr_t* low, uintptr_t* high) {
    stack_t stack;
    int saved = errno;
    bool on = sigaltstack(NULL, &stack) == 0 && (stack.ss_flags & SS_ONSTACK) != 0;
    errno = saved;
    if (!on) return false;
    *low = (uintptr_t)stack.ss_sp;
    *high = *low + stack.ss_size;
    return true;
}
static void hotpath_i_os_yield(void) { sched_yield(); }
/* For another thread, which may itself be kept from running: yields at first, and then sleeps. */
static void hotpath_i_os_wait(int tries) {
    const struct timespec shortly = {0, 50000};
    if (tries < 100)
        hotpath_i_os_yield();
    else
        nanosleep(&shortly, NULL);
}
/* No cancellation of this thread from here until it is given back: one in the middle would leave what
   is held here held for good. */
static int hotpath_i_os_cancel_off(void) {
    int before = 0;
        #if !defined(__ANDROID__)
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
        #endif
    return before;
}
static void hotpath_i_os_cancel_back(int before) {
        #if !defined(__ANDROID__)
    pthread_setcancelstate(before, NULL);
        #else
    (void)before;
        #endif
}
/* What this thread writes raises no SIGPIPE from here until it is given back: a reader that has gone
   must not end the program. One that was pending before stays so. */
typedef struct hotpath_i_os_pipe {
    sigset_t mask;
    bool pending;
} hotpath_i_os_pipe_t;
static void hotpath_i_os_pipe_off(hotpath_i_os_pipe_t* before) {
    sigset_t pipes, waiting;
    sigemptyset(&pipes);
    sigaddset(&pipes, SIGPIPE);
    before->pending = sigpending(&waiting) == 0 && sigismember(&waiting, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipes, &before->mask);
}
static void hotpath_i_os_pipe_back(const hotpath_i_os_pipe_t* before) {
    sigset_t pipes, waiting;
    int number = 0;
    sigemptyset(&pipes);
    sigaddset(&pipes, SIGPIPE);
    if (!before->pending && sigpending(&waiting) == 0 && sigismember(&waiting, SIGPIPE) == 1)
        sigwait(&pipes, &number);
    pthread_sigmask(SIG_SETMASK, &before->mask, NULL);
}
/* Every thread of the process passes a memory barrier before this returns. Where the system has none
   the window that it closes is that of a store on its way to the cache. */
static void hotpath_i_os_barrier(void) {
        #if defined(__linux__) && defined(SYS_membarrier)
    const int expedited = 1 << 3, enroll = 1 << 4; /* of this process, as linux/membarrier.h says */
    if (syscall(SYS_membarrier, expedited, 0) != 0 && errno == EPERM &&
        syscall(SYS_membarrier, enroll, 0) == 0)
        (void)syscall(SYS_membarrier, expedited, 0);
        #else
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
        #endif
}
        #if !defined(HOTPATH_NO_STDIO)
static bool hotpath_i_os_is_terminal(int fd) {
    int saved = errno;
    bool terminal = isatty(fd) != 0;
    errno = saved;
    return terminal;
}
static uint32_t hotpath_i_os_terminal_columns(int fd) {
    int saved = errno;
    struct winsize size;
    memset(&size, 0, sizeof size);
    bool known = ioctl(fd, TIOCGWINSZ, &size) == 0;
    errno = saved;
    return known ? size.ws_col : 0;
}
        #endif
static void hotpath_i_os_write_stderr(const char* text, size_t size) {
    int saved = errno, cancel = hotpath_i_os_cancel_off();
    hotpath_i_os_pipe_t pipes;
    hotpath_i_os_pipe_off(&pipes);
    while (size > 0) {
        ssize_t n = write(2, text, size);
        if (n <= 0) break;
        text += n, size -= (size_t)n;
    }
    hotpath_i_os_pipe_back(&pipes);
    hotpath_i_os_cancel_back(cancel);
    errno = saved;
}

        #if defined(__linux__)
static uint64_t hotpath_i_os_tid(void) { return (uint64_t)syscall(SYS_gettid); }
static bool hotpath_i_os_thread_is_dead(uint64_t tid) {
    int saved = errno;
    bool dead = syscall(SYS_tgkill, (long)getpid(), (long)tid, 0L) != 0 && errno == ESRCH;
    errno = saved;
    return dead;
}
static void hotpath_i_os_thread_name(char* name, size_t size) {
    char text[17] = {0};
    prctl(PR_GET_NAME, text, 0, 0, 0);
    for (size_t i = 0; i < size; i++) {
        name[i] = i < sizeof text ? text[i] : 0;
        if (i + 1 == size) name[i] = 0;
    }
}
static const char* hotpath_i_os_env(const char* name) {
    return getauxval(AT_SECURE) != 0 ? NULL : getenv(name);
}
static void hotpath_i_os_executable(char* path, size_t size) {
    ssize_t n = readlink("/proc/self/exe", path, size - 1);
    path[n < 0 ? 0 : n] = 0;
}
/* One hexadecimal number of a line of /proc/self/maps. */
static const char* hotpath_i_os_hex(const char* text, const char* end, uintptr_t* value) {
    uintptr_t v = 0;
    for (; text < end; text++) {
        char c = *text;
        uintptr_t digit = c >= '0' && c <= '9' ? (uintptr_t)(c - '0')
                          : c >= 'a' && c <= 'f' ? (uintptr_t)(c - 'a' + 10)
                                                 : 16;
        if (digit == 16) break;
        v = v << 4 | digit;
    }
    *value = v;
    return text;
}
/* The mapping that holds an address, from /proc/self/maps, with signal-safe calls only. Only asked
   when a stack address looks older than an open scope, which ordinary code never shows. */
static bool hotpath_i_os_stack_range(uintptr_t address, uintptr_t* low, uintptr_t* high) {
    int saved = errno, cancel = hotpath_i_os_cancel_off();
    int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return hotpath_i_os_cancel_back(cancel), errno = saved, false;
    char buffer[1024];
    size_t held = 0;
    bool found = false, skip = false;
    for (;;) {
        ssize_t n = read(fd, buffer + held, sizeof buffer - held);
        if (n <= 0) break;
        const char *p = buffer, *end = buffer + held + (size_t)n;
        while (p < end && !found) {
            const char* line_end = (const char*)memchr(p, '\n', (size_t)(end - p));
            if (line_end == NULL && (p != buffer || end != buffer + sizeof buffer)) break;
            uintptr_t from = 0, to = 0;
            const char* q = hotpath_i_os_hex(p, end, &from);
            if (q < end) hotpath_i_os_hex(q + 1, end, &to);
            if (!skip && address >= from && address < to) *low = from, *high = to, found = true;
            skip = line_end == NULL; /* the rest of a line longer than the buffer */
            p = line_end == NULL ? end : line_end + 1;
        }
        if (found) break;
        held = (size_t)(end - p);
        memmove(buffer, p, held);
    }
    close(fd);
    hotpath_i_os_cancel_back(cancel);
    errno = saved;
    return found;
}
/* An address at the top of this thread's stack: C libraries keep what they know of a thread there. That
   of the first thread has no such place. Args: here is an address inside of it, which is taken then. */
static uintptr_t hotpath_i_os_stack_top(uintptr_t here) {
    return hotpath_i_os_tid() == hotpath_i_os_pid() ? here : (uintptr_t)pthread_self();
}
/* Bytes from the deepest page of a stack that was ever touched to its top. Args: is_first says that the
   address is inside of the first thread's. Returns: 0 if it can't be told. */
static uint64_t hotpath_i_os_stack_used(uintptr_t top, bool is_first) {
    uintptr_t low, high, page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uint64_t entries[256], touched = (uint64_t)3 << 62; /* in memory, or swapped out */
    if (top == 0 || !hotpath_i_os_stack_range(top, &low, &high)) return 0;
    if (is_first) top = high;
    int saved = errno, fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && low < top) {
        ssize_t n = pread(fd, entries, sizeof entries, (off_t)(low / page * sizeof *entries));
        if (n < (ssize_t)sizeof *entries) low = top;
        for (size_t i = 0; i < (size_t)n / sizeof *entries && low < top; i++, low += page)
            if ((entries[i] & touched) != 0) {
                close(fd);
                errno = saved;
                return top - low;
            }
    }
    if (fd >= 0) close(fd);
    errno = saved;
    return 0;
}
            #if HOTPATH_I_ASK_TSC
/* Whether the kernel found the time-stamp counter unusable and took it off its list. */
static bool hotpath_i_os_tsc_rejected(void) {
    int saved = errno;
    char text[256];
    int fd = open(
        "/sys/devices/system/clocksource/clocksource0/available_clocksource", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
    if (fd >= 0) close(fd);
    errno = saved;
    if (n <= 0) return false; /* nothing known: the processor's word stands */
    text[n] = 0;
    return strstr(text, "tsc") == NULL;
}
            #endif
        #else
static uint64_t hotpath_i_os_tid(void) { return (uint64_t)(uintptr_t)pthread_self(); }
static bool hotpath_i_os_thread_is_dead(uint64_t tid) { return (void)tid, false; }
static void hotpath_i_os_thread_name(char* name, size_t size) {
    if (size != 0) name[0] = 0;
}
static const char* hotpath_i_os_env(const char* name) { return getenv(name); }
static void hotpath_i_os_executable(char* path, size_t size) { (void)size, path[0] = 0; }
static bool hotpath_i_os_stack_range(uintptr_t address, uintptr_t* low, uintptr_t* high) {
    return (void)address, (void)low, (void)high, false;
}
static uintptr_t hotpath_i_os_stack_top(uintptr_t here) { return (void)here, (uintptr_t)0; }
static uint64_t hotpath_i_os_stack_used(uintptr_t top, bool is_first) {
    return (void)top, (void)is_first, (uint64_t)0;
}
            #if HOTPATH_I_ASK_TSC
static bool hotpath_i_os_tsc_rejected(void) { return false; }
            #endif
        #endif

static pthread_key_t hotpath_i_os_exit_key;
static bool hotpath_i_os_exit_key_made;
static void hotpath_i_os_thread_ends(void* record);
static bool hotpath_i_os_exit_hook_init(void (*child)(void)) {
    hotpath_i_os_exit_key_made =
        pthread_key_create(&hotpath_i_os_exit_key, hotpath_i_os_thread_ends) == 0;
    pthread_atfork(NULL, NULL, child);
    return hotpath_i_os_exit_key_made;
}
static void hotpath_i_os_exit_hook_set(void* record) {
    if (hotpath_i_os_exit_key_made) pthread_setspecific(hotpath_i_os_exit_key, record);
}
        #if defined(__PIC__) && !defined(__PIE__)
static void hotpath_i_os_exit_hook_free(void) {
    if (hotpath_i_os_exit_key_made) pthread_key_delete(hotpath_i_os_exit_key);
    hotpath_i_os_exit_key_made = false;
}
        #endif
    #endif

    /* What sanitizers put in the place of malloc must stay there. */
    #if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        #define HOTPATH_I_SANITIZER 1
    #elif defined(__has_feature)
        #if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
            __has_feature(memory_sanitizer) || __has_feature(leak_sanitizer)
            #define HOTPATH_I_SANITIZER 1
        #endif
    #endif
    #if !defined(HOTPATH_I_SANITIZER)
        #define HOTPATH_I_SANITIZER 0
    #endif
    #if HOTPATH_I_ALLOC && defined(__linux__) && defined(__ELF__) && !HOTPATH_I_SANITIZER && \
        !defined(HOTPATH_ALLOC_MACROS)
        #define HOTPATH_I_INTERPOSE 1
    #else
        #define HOTPATH_I_INTERPOSE 0
    #endif
/* A number that is not known beforehand, and the same for the process's lifetime. */
static uint64_t hotpath_i_os_secret(void) {
    uint64_t secret = (uint64_t)(uintptr_t)&hotpath_i_os_secret * 0x9E3779B97F4A7C15u;
    #if defined(__linux__)
    const void* random = (const void*)getauxval(AT_RANDOM);
    uint64_t word;
    if (random != NULL) {
        memcpy(&word, random, sizeof word);
        secret ^= word;
    }
    #endif
    return secret | 1;
}
    #if HOTPATH_I_ALLOC

static void* hotpath_i_os_aligned(size_t alignment, size_t size) {
        #if defined(_WIN32)
    return (void)alignment, malloc(size); /* what free takes back; no more aligned than that */
        #else
    void* block = NULL;
    int error = posix_memalign(&block, alignment < sizeof block ? sizeof block : alignment, size);
    if (error != 0) errno = error;
    return error == 0 ? block : NULL;
        #endif
}
/* The functions that allocate behind hotpath's. */
typedef struct hotpath_i_os_heap {
    void* (*alloc)(size_t);
    void* (*zeroed)(size_t, size_t);
    void* (*resize)(void*, size_t);
    void (*release)(void*);
    void* (*aligned)(size_t, size_t);
    size_t (*usable)(void*);
    bool glibc;
    bool sized;   /* its delete frees by size what aligned_alloc gave: jemalloc */
    bool has_new; /* its operators new and delete do not come through malloc and free */
} hotpath_i_os_heap_t;

        #if HOTPATH_I_INTERPOSE && !defined(__GLIBC__)
/* musl's calloc calls malloc, which would be hotpath's. */
static void* (*hotpath_i_os_alloc)(size_t);
static void* hotpath_i_os_zeroed(size_t count, size_t size) {
    void* block = hotpath_i_os_alloc(count * size); /* count is 1 */
    return block != NULL ? memset(block, 0, count * size) : NULL;
}
        #endif
        #if HOTPATH_I_INTERPOSE && defined(HOTPATH_ALLOC_WRAP)
            #define HOTPATH_I_OS_NAME(name) __asm__("__wrap_" name)
extern void* hotpath_i_real_malloc(size_t) __asm__("__real_malloc");
extern void* hotpath_i_real_calloc(size_t, size_t) __asm__("__real_calloc");
extern void* hotpath_i_real_realloc(void*, size_t) __asm__("__real_realloc");
extern void hotpath_i_real_free(void*) __asm__("__real_free");
            #if defined(__GLIBC__)
extern void* hotpath_i_real_memalign(size_t, size_t) __asm__("__real_memalign");
            #else /* musl's memalign calls aligned_alloc, which would be ours */
extern void* hotpath_i_real_memalign(size_t, size_t) __asm__("__real_aligned_alloc");
            #endif
extern size_t hotpath_i_real_usable(void*) __asm__("__real_malloc_usable_size");
static void hotpath_i_os_heap_find(hotpath_i_os_heap_t* h) {
    h->alloc = hotpath_i_real_malloc, h->zeroed = hotpath_i_real_calloc;
    h->resize = hotpath_i_real_realloc, h->release = hotpath_i_real_free;
    h->aligned = hotpath_i_real_memalign, h->usable = hotpath_i_real_usable;
            #if defined(__GLIBC__)
    h->glibc = true;
            #else
    hotpath_i_os_alloc = h->alloc, h->zeroed = hotpath_i_os_zeroed;
            #endif
}
        #elif HOTPATH_I_INTERPOSE
            #define HOTPATH_I_OS_NAME(name) __asm__(name)
            #if defined(__GLIBC__)
extern void* hotpath_i_libc_malloc(size_t) __asm__("__libc_malloc") __attribute__((weak));
extern void* hotpath_i_libc_calloc(size_t, size_t) __asm__("__libc_calloc") __attribute__((weak));
extern void* hotpath_i_libc_realloc(void*, size_t) __asm__("__libc_realloc") __attribute__((weak));
extern void hotpath_i_libc_free(void*) __asm__("__libc_free") __attribute__((weak));
extern void* hotpath_i_libc_memalign(size_t, size_t) __asm__("__libc_memalign")
    __attribute__((weak));
            #endif
static void hotpath_i_os_next(const char* name, void* to) {
    void* found = dlsym(RTLD_NEXT, name);
    memcpy(to, &found, sizeof found);
}
static bool hotpath_i_os_same_library(const void* a, const void* b) {
    Dl_info of_a, of_b;
    return a != NULL && b != NULL && dladdr(a, &of_a) != 0 && dladdr(b, &of_b) != 0 &&
           of_a.dli_fbase == of_b.dli_fbase;
}
/* Whether the next operator new is of the same library as the next malloc. */
static bool hotpath_i_os_has_new(void) {
    void *of_malloc, *of_new;
    hotpath_i_os_next("malloc", &of_malloc);
    hotpath_i_os_next(sizeof(size_t) == sizeof(long) ? "_Znwm" : "_Znwj", &of_new);
    return hotpath_i_os_same_library(of_malloc, of_new);
}
/* The next definitions in the order of the loader: those of another allocator that is linked, or the C
   library's. */
static void hotpath_i_os_heap_find(hotpath_i_os_heap_t* h) {
    hotpath_i_os_next("malloc", &h->alloc);
    hotpath_i_os_next("calloc", &h->zeroed);
    hotpath_i_os_next("realloc", &h->resize);
    hotpath_i_os_next("free", &h->release);
            #if defined(__GLIBC__)
    hotpath_i_os_next("memalign", &h->aligned);
            #else /* musl's memalign calls aligned_alloc, which would be ours */
    hotpath_i_os_next("aligned_alloc", &h->aligned);
    hotpath_i_os_alloc = h->alloc, h->zeroed = hotpath_i_os_zeroed;
            #endif
    hotpath_i_os_next("malloc_usable_size", &h->usable);
            #if defined(__GLIBC__)
    h->glibc = h->alloc == NULL || h->alloc == hotpath_i_libc_malloc;
    if (h->glibc && hotpath_i_libc_malloc != NULL) {
        h->alloc = hotpath_i_libc_malloc, h->zeroed = hotpath_i_libc_calloc;
        h->resize = hotpath_i_libc_realloc, h->release = hotpath_i_libc_free;
        h->aligned = hotpath_i_libc_memalign;
    }
            #endif
    void *of_malloc, *of_libc, *sized;
    hotpath_i_os_next("malloc", &of_malloc);
    hotpath_i_os_next("getenv", &of_libc);
    if (hotpath_i_os_same_library(of_malloc, of_libc)) return; /* it has neither of what follows */
    hotpath_i_os_next("sdallocx", &sized);
    h->sized = sized != NULL, h->has_new = hotpath_i_os_has_new();
    (void)dlerror(); /* what was not found is not the program's error; telling it allocates */
}
        #else
static void hotpath_i_os_heap_find(hotpath_i_os_heap_t* h) {
    h->alloc = malloc, h->zeroed = calloc, h->resize = realloc, h->release = free;
    h->aligned = hotpath_i_os_aligned, h->usable = NULL;
            #if defined(__GLIBC__)
    h->glibc = true;
            #endif
}
        #endif

        #if HOTPATH_I_INTERPOSE
static size_t hotpath_i_os_page(void) {
    long size = sysconf(_SC_PAGESIZE);
    return size > 0 ? (size_t)size : 4096;
}
        #endif
    #endif

    #if defined(__linux__)
/* Adds the numbers of "Name:  123 kB" lines to what they are of. */
static bool hotpath_i_os_kilobytes(
    const char* path, const char* const* names, uint64_t* const* sums, size_t count) {
    int saved = errno;
    char text[4096];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
    if (fd >= 0) close(fd);
    errno = saved;
    if (n <= 0) return false;
    text[n] = 0;
    for (const char* line = text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        for (size_t i = 0; i < count; i++) {
            size_t length = strlen(names[i]);
            if (strncmp(line, names[i], length) != 0 || line[length] != ':') continue;
            uint64_t value = 0;
            const char* at = line + length + 1;
            while (*at == ' ' || *at == '\t')
                at++;
            for (; *at >= '0' && *at <= '9'; at++)
                value = value * 10 + (uint64_t)(*at - '0');
            *sums[i] += value * 1024;
        }
    }
    return true;
}
        #if defined(__GLIBC__)
/* As struct mallinfo2 of glibc 2.33. */
typedef struct hotpath_i_mallinfo {
    size_t arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost;
} hotpath_i_mallinfo_t;
            #ifdef __cplusplus
extern "C"
            #endif
    hotpath_i_mallinfo_t
    hotpath_i_libc_mallinfo(void) __asm__("mallinfo2") __attribute__((weak));
        #endif
static bool hotpath_i_os_process_memory(hotpath_process_t* m) {
    static const char* const of_status[] = {"VmRSS", "VmHWM", "VmSwap"};
    static const char* const of_rollup[] = {"Pss", "Private_Dirty"};
    uint64_t* const status[] = {&m->rss_bytes, &m->rss_peak_bytes, &m->swap_bytes};
    uint64_t* const rollup[] = {&m->pss_bytes, &m->private_bytes};
    bool known = hotpath_i_os_kilobytes("/proc/self/status", of_status, status, 3);
    (void)hotpath_i_os_kilobytes("/proc/self/smaps_rollup", of_rollup, rollup, 2);
        #if defined(__GLIBC__)
    if (hotpath_i_libc_mallinfo != NULL) {
        hotpath_i_mallinfo_t info = hotpath_i_libc_mallinfo();
        m->heap_bytes = info.arena + info.hblkhd;
        m->heap_mapped_bytes = info.hblkhd;
        m->heap_used_bytes = info.uordblks + info.hblkhd;
        m->heap_free_bytes = info.fordblks;
        m->heap_top_bytes = info.keepcost;
        m->heap_known = m->heap_bytes != 0; /* none: malloc is of another allocator */
    }
        #endif
    return known;
}
    #else
static bool hotpath_i_os_process_memory(hotpath_process_t* m) { return (void)m, false; }
    #endif

/* Adds to a counter of this thread so that a signal handler that adds in between is not lost. */
    #if defined(__x86_64__) && !defined(__ILP32__) && !HOTPATH_I_SANITIZER
static HOTPATH_I_ALWAYS_INLINE void hotpath_i_signal_add(uint64_t* counter, uint64_t v) {
    __asm__ volatile("addq %1, %0" : "+m"(*counter) : "er"(v) : "cc");
}
    #else
static HOTPATH_I_ALWAYS_INLINE void hotpath_i_signal_add(uint64_t* counter, uint64_t v) {
    HOTPATH_I_SHARED_ADD(counter, v);
}
    #endif

    /* The caller's stack address at the call: the same for every call from one frame. */
    #if defined(__x86_64__) || !defined(__clang__)
        #define HOTPATH_I_STACK_ADDRESS() ((uintptr_t)__builtin_dwarf_cfa())
    #else
        #define HOTPATH_I_STACK_ADDRESS() ((uintptr_t)__builtin_frame_address(0))
    #endif

    #if !defined(HOTPATH_THREAD_LOCAL)
        #if defined(__ELF__) && defined(__PIC__) && !defined(__PIE__)
            /* From a shared library the general model costs a call; these few bytes fit what every loader keeps
   in reserve for libraries that are loaded later. */
            #define HOTPATH_THREAD_LOCAL __thread __attribute__((tls_model("initial-exec")))
        #else
            #define HOTPATH_THREAD_LOCAL __thread
        #endif
    #endif

    /* The clock. hotpath_i_ticks is what a recording reads: nothing but the counter where there is one.
   How ticks become nanoseconds is in the section clock. */
    #if defined(HOTPATH_CLOCK)
        #if !defined(HOTPATH_CLOCK_HZ)
            #define HOTPATH_CLOCK_HZ 1000000000
        #endif
static inline uint64_t hotpath_i_ticks(void) { return (uint64_t)HOTPATH_CLOCK(); }
    #elif defined(__x86_64__) || defined(__i386__)
        #include <cpuid.h>
        #define HOTPATH_I_COUNTER      1
        #define HOTPATH_I_COUNTER_NAME "tsc"
static inline uint64_t hotpath_i_counter(void) { return __builtin_ia32_rdtsc(); }
static bool hotpath_i_counter_is_steady(void) {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid(0x80000007u, &a, &b, &c, &d) != 0 && (d & 0x100u) != 0 &&
           !hotpath_i_os_tsc_rejected();
}
    #elif defined(__aarch64__)
        #define HOTPATH_I_COUNTER      1
        #define HOTPATH_I_COUNTER_NAME "cntvct"
static inline uint64_t hotpath_i_counter(void) {
    uint64_t v;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(v));
    return v;
}
static bool hotpath_i_counter_is_steady(void) { return true; }
    #else
static inline uint64_t hotpath_i_ticks(void) { return hotpath_i_os_monotonic_ns(); }
    #endif
    #if defined(HOTPATH_I_COUNTER)
static uint32_t hotpath_i_counter_usable; /* read before anything is set up */
static inline bool hotpath_i_counter_is_usable(void) {
    return HOTPATH_I_LOAD(&hotpath_i_counter_usable) != 0;
}
static inline uint64_t hotpath_i_ticks(void) {
    return HOTPATH_I_LIKELY(hotpath_i_counter_is_usable()) ? hotpath_i_counter()
                                                           : hotpath_i_os_monotonic_ns();
}
static void hotpath_i_counter_init(void) {
    HOTPATH_I_STORE(&hotpath_i_counter_usable, hotpath_i_counter_is_steady() ? 1u : 0u);
}
/* Above 0: the counter is usable, and nothing is switched off; below 0: all is. */
static int32_t hotpath_i_fast;
static inline int32_t hotpath_i_how_fast(void) { return HOTPATH_I_LOAD(&hotpath_i_fast); }
static inline void hotpath_i_set_fast(uint64_t off) {
    int32_t fast = off == 0 && hotpath_i_counter_is_usable();
    HOTPATH_I_STORE(&hotpath_i_fast, (int64_t)off < 0 ? -1 : fast);
}
    #else
        #define hotpath_i_counter_is_usable() false
        #define hotpath_i_counter()           hotpath_i_ticks()
        #define hotpath_i_how_fast()          0
static inline void hotpath_i_set_fast(uint64_t off) { (void)off; }
    #endif

/* >>log
   What is said, and the settings from the environment. */

static void hotpath_i_log(const char* message);

/* The settings from the environment. HOTPATH_I_SETTINGS is the only place where a variable, its
   default and its bounds stand; a default is a text that the variable's own parser reads. An empty
   variable counts as unset. A wrong value is told in one line and the default is used. */

/* A bounded text. With `write` a full buffer is handed on; without it the rest is cut. */
typedef struct hotpath_i_writer {
    char* data;
    size_t capacity;
    size_t used;
    hotpath_write_t write;
    void* user;
    bool failed; /* write returned false, or the text was cut */
} hotpath_i_writer_t;

static hotpath_i_writer_t hotpath_i_writer_to(
    char* data, size_t capacity, hotpath_write_t output, void* user) {
    hotpath_i_writer_t w;
    w.data = data, w.capacity = capacity, w.used = 0;
    w.write = output, w.user = user, w.failed = false;
    return w;
}

static void hotpath_i_flush(hotpath_i_writer_t* w) {
    if (w->write && w->used != 0 && !w->failed) w->failed = !w->write(w->user, w->data, w->used);
    if (w->write) w->used = 0;
}

static void hotpath_i_put(hotpath_i_writer_t* w, const char* data, size_t size) {
    while (size != 0 && !w->failed) {
        size_t room = w->capacity - w->used;
        size_t part = size < room ? size : room;
        memcpy(w->data + w->used, data, part);
        w->used += part, data += part, size -= part;
        if (w->used < w->capacity) return;
        if (w->write)
            hotpath_i_flush(w);
        else
            w->failed = size != 0;
    }
}

static void hotpath_i_puts(hotpath_i_writer_t* w, const char* text) {
    hotpath_i_put(w, text, strlen(text));
}

static void hotpath_i_putc(hotpath_i_writer_t* w, char c) { hotpath_i_put(w, &c, 1); }

static void hotpath_i_put_u64(hotpath_i_writer_t* w, uint64_t v) {
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v != 0);
    hotpath_i_put(w, digits + at, sizeof digits - at);
}

/* At least `width` digits of the number in base 16. */
static void hotpath_i_put_hex(hotpath_i_writer_t* w, uint64_t v, size_t width) {
    char digits[16];
    size_t at = sizeof digits;
    do {
        digits[--at] = "0123456789abcdef"[v & 15];
        v >>= 4;
    } while (v != 0 || sizeof digits - at < width);
    hotpath_i_put(w, digits + at, sizeof digits - at);
}

/* Reads one code point of at most `length` bytes, strictly (no surrogate, no overlong form). Any
   byte that is not part of one is U+FFFD by itself. length > 0. */
static uint32_t hotpath_i_utf8(const char* text, size_t length, size_t* used) {
    unsigned char c = (unsigned char)text[0];
    uint32_t point = c, least = 0;
    size_t more = 0;
    *used = 1;
    if (c < 0x80) return c;
    if (c >= 0xC2 && c < 0xE0)
        more = 1, point = c & 0x1Fu, least = 0x80;
    else if (c >= 0xE0 && c < 0xF0)
        more = 2, point = c & 0x0Fu, least = 0x800;
    else if (c >= 0xF0 && c < 0xF5)
        more = 3, point = c & 0x07u, least = 0x10000;
    if (more == 0 || more >= length) return 0xFFFD;
    for (size_t i = 1; i <= more; i++) {
        unsigned char next = (unsigned char)text[i];
        if ((next & 0xC0) != 0x80) return 0xFFFD;
        point = point << 6 | (next & 0x3Fu);
    }
    if (point < least || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return 0xFFFD;
    *used = more + 1;
    return point;
}

/* Characters that act on a terminal, or change what a reader sees without being seen: controls,
   line and paragraph separators, bidirectional and zero-width marks, tags. */
static bool hotpath_i_is_hidden(uint32_t point) {
    return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0xAD || point == 0x61C ||
           (point >= 0x200B && point <= 0x200F) || (point >= 0x2028 && point <= 0x202E) ||
           (point >= 0x2060 && point <= 0x206F) || point == 0xFEFF ||
           (point >= 0xFFF9 && point <= 0xFFFB) || (point >= 0xE0000 && point <= 0xE007F);
}

/* The columns of a character on a terminal: 2 of East Asian wide ones and pictures, 0 of marks that
   stand on the character before (Unicode 15, blocks as a whole where nearly all of one are so). */
static size_t hotpath_i_point_width(uint32_t point) {
    static const struct {
        uint32_t first, last;
        size_t width;
    } ranges[] = {{0x300, 0x36F, 0}, {0x483, 0x489, 0}, {0x591, 0x5BD, 0}, {0x610, 0x61A, 0},
        {0x64B, 0x65F, 0}, {0x1100, 0x115F, 2}, {0x1AB0, 0x1AFF, 0}, {0x1DC0, 0x1DFF, 0},
        {0x20D0, 0x20FF, 0}, {0x2E80, 0x303E, 2}, {0x3041, 0x4DBF, 2}, {0x4E00, 0xA4CF, 2},
        {0xA960, 0xA97F, 2}, {0xAC00, 0xD7A3, 2}, {0xF900, 0xFAFF, 2}, {0xFE00, 0xFE0F, 0},
        {0xFE20, 0xFE2F, 0}, {0xFE30, 0xFE6F, 2}, {0xFF00, 0xFF60, 2}, {0xFFE0, 0xFFE6, 2},
        {0x1F300, 0x1F64F, 2}, {0x1F680, 0x1F6FF, 2}, {0x1F900, 0x1FAFF, 2}, {0x20000, 0x3FFFD, 2},
        {0xE0100, 0xE01EF, 0}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges && point >= ranges[i].first; i++)
        if (point <= ranges[i].last) return ranges[i].width;
    return 1;
}

/* Puts those characters of a text that lie in the columns [from, to), made safe to show: hidden
   characters as \uXXXX or \UXXXXXXXX, bytes that are not UTF-8 as U+FFFD. w may be NULL.
   Returns: the columns of the whole text. */
static size_t hotpath_i_put_columns(
    hotpath_i_writer_t* w, const char* text, size_t length, size_t from, size_t to) {
    size_t column = 0, used = 0;
    for (size_t i = 0; i < length; i += used) {
        uint32_t point = hotpath_i_utf8(text + i, length - i, &used);
        bool hidden = hotpath_i_is_hidden(point);
        size_t digits = point > 0xFFFF ? 8 : 4;
        size_t width = hidden ? digits + 2 : hotpath_i_point_width(point);
        if (w && column >= from && column + width <= to) {
            if (hidden) {
                hotpath_i_puts(w, digits == 8 ? "\\U" : "\\u");
                hotpath_i_put_hex(w, point, digits);
            } else if (point == 0xFFFD) {
                hotpath_i_puts(w, "\xEF\xBF\xBD");
            } else {
                hotpath_i_put(w, text + i, used);
            }
        }
        column += width;
    }
    return column;
}

    /* The sections of a report: constant, name and field prefix, name of the MCP tool. The order is
   that of the table. */
    #define HOTPATH_I_SECTIONS(X)                   \
        X(FUNCTIONS, functions, "functions_timing") \
        X(CALL_TREE, call_tree, "call_tree")        \
        X(SERVER, server, "server")                 \
        X(SQL, sql, "sql")                          \
        X(HTTP, http, "http")                       \
        X(ALLOC, alloc, "functions_alloc")          \
        X(HEAP, heap, "heap")                       \
        X(FRAMES, frames, "frames")                 \
        X(PHASES, phases, "phases")                 \
        X(THREADS, threads, "threads")              \
        X(GAUGES, gauges, "gauges")                 \
        X(DBG, dbg, "dbg_entries")                  \
        X(VAL, val, "val_entries")

    /* The signals that HOTPATH_REPORT_SIGNALS may name; the mask has a bit for each, in this order. */
    #define HOTPATH_I_SIGNALS(X) \
        X(INT) X(TERM) X(HUP) X(QUIT) X(USR1) X(USR2) X(SEGV) X(ABRT) X(BUS) X(FPE) X(ILL)

enum {
    #define HOTPATH_I_ROW(constant, name, tool) HOTPATH_I_SECTION_##constant,
    HOTPATH_I_SECTIONS(HOTPATH_I_ROW)
    #undef HOTPATH_I_ROW
    HOTPATH_I_SECTION_COUNT
};

enum {
    #define HOTPATH_I_ROW(name) HOTPATH_I_SIGNAL_##name,
    HOTPATH_I_SIGNALS(HOTPATH_I_ROW)
    #undef HOTPATH_I_ROW
    HOTPATH_I_SIGNAL_COUNT
};

    #define HOTPATH_I_PATH_SIZE       1024
    #define HOTPATH_I_TEXT_SIZE       256
    #define HOTPATH_I_MAX_PERCENTILES 8
    #define HOTPATH_I_UNSET           UINT64_MAX /* HOTPATH_LIMIT is not given */
    #define HOTPATH_I_FORMAT_NONE     0          /* beside hotpath_format_t */
    #define HOTPATH_I_AUTO_SHARE      5000u /* of HOTPATH_TIME_SAMPLING=auto, in 1/1000 percent */

/* Percentiles as millionths of a percent, so that their names are exact. */
typedef struct hotpath_i_percentiles {
    uint32_t count;
    uint32_t micro[HOTPATH_I_MAX_PERCENTILES];
} hotpath_i_percentiles_t;

/* Which sections are shown: always, or if they have data. */
typedef struct hotpath_i_chosen {
    uint32_t always;
    uint32_t with_data;
} hotpath_i_chosen_t;

    /* Every variable: field, type, variable, default, least, most, what it is. A limit of 0 means all;
   one that is not given takes the value of HOTPATH_LIMIT if that is given. */
    #define HOTPATH_I_SETTINGS(X)                                                                  \
        X(output_format, FORMAT, "HOTPATH_OUTPUT_FORMAT", "table", 0, 0, "form of the report")     \
        X(output_path, PATH, "HOTPATH_OUTPUT_PATH", "stdout", 0, 0, "its place; %p is the pid")    \
        X(report, SECTIONS, "HOTPATH_REPORT", "auto", 0, 0, "sections; auto: those with data")     \
        X(report_label, TEXT, "HOTPATH_REPORT_LABEL", "", 0, 0, "name of this run")                \
        X(report_signals, SIGNALS, "HOTPATH_REPORT_SIGNALS", "", 0, 0, "signals that report")      \
        X(limit, OPTIONAL, "HOTPATH_LIMIT", "", 0, 1000000000, "rows of every section")            \
        X(functions_limit, LIMIT, "HOTPATH_FUNCTIONS_LIMIT", "15", 0, 1000000000,                  \
            "rows of functions")                                                                   \
        X(call_tree_limit, LIMIT, "HOTPATH_CALL_TREE_LIMIT", "40", 0, 1000000000,                  \
            "call-tree rows")                                                                      \
        X(alloc_limit, LIMIT, "HOTPATH_ALLOC_LIMIT", "15", 0, 1000000000,                          \
            "rows of functions that allocate")                                                     \
        X(heap_limit, LIMIT, "HOTPATH_HEAP_LIMIT", "15", 0, 1000000000, "rows of live memory")     \
        X(frames_limit, LIMIT, "HOTPATH_FRAMES_LIMIT", "5", 0, 1000000000, "rows of frames")       \
        X(phases_limit, LIMIT, "HOTPATH_PHASES_LIMIT", "15", 0, 1000000000, "rows of phases")      \
        X(server_limit, LIMIT, "HOTPATH_SERVER_LIMIT", "15", 0, 1000000000, "rows of routes")      \
        X(sql_limit, LIMIT, "HOTPATH_SQL_LIMIT", "15", 0, 1000000000, "rows of statements")        \
        X(http_limit, LIMIT, "HOTPATH_HTTP_LIMIT", "15", 0, 1000000000, "rows of requests")        \
        X(threads_limit, LIMIT, "HOTPATH_THREADS_LIMIT", "5", 0, 1000000000, "rows of threads")    \
        X(gauges_limit, LIMIT, "HOTPATH_GAUGES_LIMIT", "0", 0, 1000000000, "rows of gauges")       \
        X(dbg_limit, LIMIT, "HOTPATH_DBG_LIMIT", "0", 0, 1000000000, "rows of dbg expressions")    \
        X(val_limit, LIMIT, "HOTPATH_VAL_LIMIT", "0", 0, 1000000000, "rows of val keys")           \
        X(percentiles, PERCENTILES, "HOTPATH_PERCENTILES", "50,95,99", 0, 100, "percentiles")      \
        X(focus, FOCUS, "HOTPATH_FOCUS", "", 0, 0, "functions to show: part, glob or /regex/")     \
        X(time_exclusive, BOOL, "HOTPATH_TIME_EXCLUSIVE", "true", 0, 0, "sort by self, not total") \
        X(exclude_wrapper, BOOL, "HOTPATH_EXCLUDE_WRAPPER", "false", 0, 0,                         \
            "no row for main itself")                                                              \
        X(logs_limit, COUNT, "HOTPATH_LOGS_LIMIT", "64", 1, 1024, "executions kept a function")    \
        X(max_log_len, COUNT, "HOTPATH_MAX_LOG_LEN", "1536", 16, 65535,                            \
            "bytes kept of a text value")                                                          \
        X(entries_limit, COUNT, "HOTPATH_ENTRIES_LIMIT", "1000", 1, 16383,                         \
            "keys of values; of spans")                                                            \
        X(memory_max, SIZE, "HOTPATH_MEMORY_MAX", "256M", 65536, 1099511627776, "recorder memory") \
        X(no_values, BOOL, "HOTPATH_NO_VALUES", "false", 0, 0, "keep no texts and values")         \
        X(time_sampling_rate, COUNT, "HOTPATH_TIME_SAMPLING_RATE", "1", 1, 1000000,                \
            "times one execution in so many")                                                      \
        X(time_sampling, SAMPLING, "HOTPATH_TIME_SAMPLING", "", 100, 50000, "auto, or auto:2.5")   \
        X(overhead, OVERHEAD, "HOTPATH_OVERHEAD", "show", 0, 0, "show it, or subtract it")         \
        X(alloc_metric, METRIC, "HOTPATH_ALLOC_METRIC", "bytes", 0, 0, "order by bytes, or count") \
        X(alloc_cumulative, BOOL, "HOTPATH_ALLOC_CUMULATIVE", "false", 0, 0,                       \
            "order with what callees allocate")                                                    \
        X(alloc_live, BOOL, "HOTPATH_ALLOC_LIVE", "true", 0, 0, "credit frees to allocations")     \
        X(heap_interval, COUNT, "HOTPATH_HEAP_INTERVAL", "1000", 100, 3600000,                     \
            "ms between two looks at live memory")                                                 \
        X(heap_window, COUNT, "HOTPATH_HEAP_WINDOW", "8", 2, 16, "intervals a suspect grows over") \
        X(heap_min_growth, SIZE, "HOTPATH_HEAP_MIN_GROWTH", "64K", 1, 1099511627776,               \
            "bytes a suspect grows by")                                                            \
        X(stack_high_water, BOOL, "HOTPATH_STACK_HIGH_WATER", "false", 0, 0,                       \
            "what of each thread's stack was touched")                                             \
        X(off, TEXT, "HOTPATH_OFF", "", 0, 0, "1: record nothing yet; or groups, as a,b")          \
        X(export_to, EXPORT, "HOTPATH_EXPORT", "", 0, 0, "profile files to write")                 \
        X(no_color, FLAG, "NO_COLOR", "", 0, 0, "a table without colour")

    #define HOTPATH_I_FIELD_FORMAT(name)      uint32_t name; /* hotpath_format_t or none */
    #define HOTPATH_I_FIELD_PATH(name)        char name[HOTPATH_I_PATH_SIZE];
    #define HOTPATH_I_FIELD_SECTIONS(name)    hotpath_i_chosen_t name;
    #define HOTPATH_I_FIELD_TEXT(name)        char name[HOTPATH_I_TEXT_SIZE];
    #define HOTPATH_I_FIELD_SIGNALS(name)     uint32_t name;
    #define HOTPATH_I_FIELD_OPTIONAL(name)    uint64_t name;
    #define HOTPATH_I_FIELD_LIMIT(name)       uint64_t name;
    #define HOTPATH_I_FIELD_COUNT(name)       uint64_t name;
    #define HOTPATH_I_FIELD_SIZE(name)        uint64_t name;
    #define HOTPATH_I_FIELD_PERCENTILES(name) hotpath_i_percentiles_t name;
    #define HOTPATH_I_FIELD_FOCUS(name)       char name[HOTPATH_I_TEXT_SIZE];
    #define HOTPATH_I_FIELD_BOOL(name)        bool name;
    #define HOTPATH_I_FIELD_SAMPLING(name)    uint64_t name; /* 1/1000 percent; 0: not auto */
    #define HOTPATH_I_FIELD_OVERHEAD(name)    bool name;     /* subtract it */
    #define HOTPATH_I_FIELD_METRIC(name)      bool name;     /* by count, not by bytes */
    #define HOTPATH_I_FIELD_EXPORT(name)      char name[HOTPATH_I_PATH_SIZE];
    #define HOTPATH_I_FIELD_FLAG(name)        bool name;

typedef struct hotpath_i_settings_values {
    #define HOTPATH_I_ROW(name, type, variable, initial, least, most, doc) \
        HOTPATH_I_FIELD_##type(name)
    HOTPATH_I_SETTINGS(HOTPATH_I_ROW)
    #undef HOTPATH_I_ROW
    uint64_t given; /* a bit for each setting that stood in the environment */
} hotpath_i_settings_values_t;

static hotpath_i_settings_values_t hotpath_i_settings;

typedef enum hotpath_i_setting_type {
    HOTPATH_I_TYPE_FORMAT,
    HOTPATH_I_TYPE_PATH,
    HOTPATH_I_TYPE_SECTIONS,
    HOTPATH_I_TYPE_TEXT,
    HOTPATH_I_TYPE_SIGNALS,
    HOTPATH_I_TYPE_OPTIONAL,
    HOTPATH_I_TYPE_LIMIT,
    HOTPATH_I_TYPE_COUNT,
    HOTPATH_I_TYPE_SIZE,
    HOTPATH_I_TYPE_PERCENTILES,
    HOTPATH_I_TYPE_FOCUS,
    HOTPATH_I_TYPE_BOOL,
    HOTPATH_I_TYPE_SAMPLING,
    HOTPATH_I_TYPE_OVERHEAD,
    HOTPATH_I_TYPE_METRIC,
    HOTPATH_I_TYPE_EXPORT,
    HOTPATH_I_TYPE_FLAG
} hotpath_i_setting_type_t;

typedef struct hotpath_i_setting {
    const char* variable;
    const char* initial;
    uint64_t least;
    uint64_t most;
    hotpath_i_setting_type_t type;
    size_t offset; /* of the field in hotpath_i_settings */
} hotpath_i_setting_t;

enum {
    #define HOTPATH_I_ROW(name, type, variable, initial, least, most, doc) hotpath_i_setting_##name,
    HOTPATH_I_SETTINGS(HOTPATH_I_ROW)
    #undef HOTPATH_I_ROW
    HOTPATH_I_SETTING_COUNT
};

static const hotpath_i_setting_t hotpath_i_setting_table[HOTPATH_I_SETTING_COUNT] = {
    #define HOTPATH_I_ROW(name, type, variable, initial, least, most, doc) \
        {variable, initial, least, most, HOTPATH_I_TYPE_##type,            \
            offsetof(hotpath_i_settings_values_t, name)},
    HOTPATH_I_SETTINGS(HOTPATH_I_ROW)
    #undef HOTPATH_I_ROW
};

/* Patterns of HOTPATH_FOCUS. Plain text is found anywhere in a name. With one of * ? [ it is a glob
   that fits the whole name. Between slashes it is a regular expression of literals . [ ] * + ? ^ $
   and |, found anywhere. Globs and expressions are run as sets of states over the pattern's own
   text, in time pattern times name, whatever they are. */
typedef struct hotpath_i_pattern_item {
    size_t next;      /* offset after this item and its quantifier */
    size_t set_begin; /* what stands between [ and ], without the negation */
    size_t set_end;
    uint32_t literal; /* 0 for a set and for any */
    bool any;
    bool negated;
    bool optional; /* may match nothing */
    bool repeated; /* may match again */
} hotpath_i_pattern_item_t;

/* A part of the pattern without |. */
typedef struct hotpath_i_pattern {
    const char* text;
    size_t length;
    bool regex;
    bool from_begin;
    bool to_end;
} hotpath_i_pattern_t;

static bool hotpath_i_is_alnum(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Reads the character at *at, which may stand after a backslash. A letter or digit may not: in
   other tools that has meanings which are not known here. */
static bool hotpath_i_pattern_char(const hotpath_i_pattern_t* p, size_t* at, uint32_t* point) {
    size_t used = 0;
    if (p->text[*at] == '\\') {
        if (++*at == p->length) return false;
        if (p->regex && hotpath_i_is_alnum(p->text[*at])) return false;
    }
    *point = hotpath_i_utf8(p->text + *at, p->length - *at, &used);
    *at += used;
    return true;
}

/* Reads the set after [; a ] that stands first belongs to it. */
static bool hotpath_i_pattern_set(
    const hotpath_i_pattern_t* p, size_t at, hotpath_i_pattern_item_t* item) {
    uint32_t ignored = 0;
    item->negated = at < p->length && (p->text[at] == '^' || (!p->regex && p->text[at] == '!'));
    if (item->negated) at++;
    item->set_begin = at;
    while (at < p->length && (p->text[at] != ']' || at == item->set_begin)) {
        if (!hotpath_i_pattern_char(p, &at, &ignored)) return false;
    }
    item->set_end = at;
    item->next = at + 1;
    return at < p->length;
}

/* Returns: false if there is no valid item. */
static bool hotpath_i_pattern_read(
    const hotpath_i_pattern_t* p, size_t at, hotpath_i_pattern_item_t* item) {
    char c = p->text[at];
    memset(item, 0, sizeof *item);
    item->next = at + 1;
    if (c == '[') {
        if (!hotpath_i_pattern_set(p, at + 1, item)) return false;
    } else if (p->regex && strchr("*+?^$(){}", c)) {
        return false;
    } else if (p->regex ? c == '.' : c == '*' || c == '?') {
        item->any = true;
    } else {
        if (!hotpath_i_pattern_char(p, &at, &item->literal)) return false;
        item->next = at;
    }
    if (p->regex && item->next < p->length) {
        char quantifier = p->text[item->next];
        item->optional = quantifier == '*' || quantifier == '?';
        item->repeated = quantifier == '*' || quantifier == '+';
        if (item->optional || item->repeated) item->next++;
    } else if (!p->regex && c == '*') {
        item->optional = item->repeated = true;
    }
    return true;
}

static bool hotpath_i_pattern_fits(
    const hotpath_i_pattern_t* p, const hotpath_i_pattern_item_t* item, uint32_t point) {
    bool found = false;
    size_t at = item->set_begin;
    if (item->any) return true;
    if (item->set_end == 0) return item->literal == point;
    while (at < item->set_end) {
        uint32_t low = 0, high = 0;
        (void)hotpath_i_pattern_char(p, &at, &low);
        high = low;
        if (at + 1 < item->set_end && p->text[at] == '-') {
            at++;
            (void)hotpath_i_pattern_char(p, &at, &high);
        }
        found = found || (point >= low && point <= high);
    }
    return found != item->negated;
}

/* Moves every state over one character, or over none: point 0. Items only lead forward, so that
   one sweep is enough. */
static void hotpath_i_pattern_step(
    const hotpath_i_pattern_t* p, const unsigned char* from, unsigned char* to, uint32_t point) {
    hotpath_i_pattern_item_t item;
    for (size_t at = 0; at < p->length; at++) {
        if (!from[at] || !hotpath_i_pattern_read(p, at, &item)) continue;
        if (point == 0 && item.optional) to[item.next] = 1;
        if (point == 0 || !hotpath_i_pattern_fits(p, &item, point)) continue;
        to[item.next] = 1;
        if (item.repeated) to[at] = 1;
    }
}

static bool hotpath_i_pattern_run(const hotpath_i_pattern_t* p, const char* name) {
    unsigned char states[2][HOTPATH_I_TEXT_SIZE + 1];
    unsigned char* now = states[0];
    unsigned char* then = states[1];
    size_t length = strlen(name), used = 0;
    memset(states, 0, sizeof states);
    now[0] = 1;
    for (size_t i = 0;; i += used) {
        hotpath_i_pattern_step(p, now, now, 0);
        if (now[p->length] && (!p->to_end || i == length)) return true;
        if (i == length) return false;
        memset(then, 0, p->length + 1);
        uint32_t point = hotpath_i_utf8(name + i, length - i, &used);
        hotpath_i_pattern_step(p, now, then, point);
        if (!p->from_begin) then[0] = 1;
        unsigned char* other = now;
        now = then, then = other;
    }
}

/* Takes the next alternative off *text. Returns: false if it is not valid. */
static bool hotpath_i_pattern_next(const char** text, const char* end, hotpath_i_pattern_t* p) {
    hotpath_i_pattern_item_t item;
    size_t at = 0, end_at = 0;
    p->from_begin = *text < end && **text == '^';
    p->text = *text + (p->from_begin ? 1 : 0);
    p->regex = true;
    p->to_end = false;
    p->length = (size_t)(end - p->text);
    for (; at < p->length && p->text[at] != '|'; at = item.next) {
        bool last = at + 1 == p->length || p->text[at + 1] == '|';
        if (p->text[at] == '$' && last) {
            p->to_end = true;
            end_at = at++;
            break;
        }
        if (!hotpath_i_pattern_read(p, at, &item)) return false;
    }
    *text = p->text + at + (p->text + at < end ? 1 : 0);
    /* An empty alternative would match everything, as would one after a | at the very end. */
    if (p->text + at < end && p->text + at + 1 == end) return false;
    p->length = p->to_end ? end_at : at;
    return p->length != 0 || p->from_begin || p->to_end;
}

/* Matches a name, or with name NULL checks the pattern. An empty pattern matches everything. */
static bool hotpath_i_pattern_match(const char* pattern, const char* name) {
    size_t length = strlen(pattern);
    hotpath_i_pattern_t p;
    hotpath_i_pattern_item_t item;
    if (length > 2 && pattern[0] == '/' && pattern[length - 1] == '/') {
        const char* text = pattern + 1;
        const char* end = pattern + length - 1;
        while (text < end) {
            if (!hotpath_i_pattern_next(&text, end, &p)) return false;
            if (name && hotpath_i_pattern_run(&p, name)) return true;
        }
        return name == NULL;
    }
    if (!strpbrk(pattern, "*?[")) return !name || strstr(name, pattern) != NULL;
    p.text = pattern, p.length = length, p.regex = false, p.from_begin = p.to_end = true;
    for (size_t at = 0; at < length; at = item.next) {
        if (!hotpath_i_pattern_read(&p, at, &item)) return false;
    }
    return !name || hotpath_i_pattern_run(&p, name);
}

/* Takes the next item, without the spaces around it, off a list with commas.
   Returns: false at the end of the list. */
static bool hotpath_i_list_next(const char** list, const char** item, size_t* length) {
    const char* text = *list;
    if (!text) return false;
    const char* comma = strchr(text, ',');
    const char* end = comma ? comma : text + strlen(text);
    *list = comma ? comma + 1 : NULL;
    while (text < end && *text == ' ')
        text++;
    while (end > text && end[-1] == ' ')
        end--;
    *item = text;
    *length = (size_t)(end - text);
    return true;
}

/* The character as words are compared: without regard to case, and with - as _. */
static int hotpath_i_word_char(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A' + 'a';
    return c == '-' ? '_' : c;
}

static bool hotpath_i_is_word(const char* text, size_t length, const char* word) {
    for (size_t i = 0; i < length; i++, word++) {
        if (*word == 0 || hotpath_i_word_char(text[i]) != hotpath_i_word_char(*word)) return false;
    }
    return *word == 0;
}

/* Reads decimal digits. Returns: how many bytes they take, 0 without any or past 64 bits. */
static size_t hotpath_i_parse_u64(const char* text, size_t length, uint64_t* value) {
    size_t i = 0;
    *value = 0;
    for (; i < length && text[i] >= '0' && text[i] <= '9'; i++) {
        uint64_t digit = (uint64_t)(text[i] - '0');
        if (*value > (UINT64_MAX - digit) / 10) return 0;
        *value = *value * 10 + digit;
    }
    return i;
}

static bool hotpath_i_parse_number(const hotpath_i_setting_t* s, const char* text, uint64_t* out) {
    uint64_t value = 0, unit = 1;
    size_t length = strlen(text);
    size_t used = hotpath_i_parse_u64(text, length, &value);
    if (used == 0) return false;
    if (s->type == HOTPATH_I_TYPE_SIZE && used < length) {
        const char* units = "bkmgt";
        char c = (char)(text[used] | 0x20);
        const char* found = strchr(units, c);
        if (!found || c == 0) return false;
        unit = (uint64_t)1 << (10 * (found - units));
        used++;
        if (unit > 1 && (text[used] == 'i' || text[used] == 'I')) used++;
        if (unit > 1 && (text[used] == 'b' || text[used] == 'B')) used++;
    }
    if (used != length || value > s->most / unit || value * unit < s->least) return false;
    *out = value * unit;
    return true;
}

static bool hotpath_i_parse_bool(const char* text, bool* out) {
    static const char* const words[] = {"1", "true", "yes", "on", "0", "false", "no", "off"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (!hotpath_i_is_word(text, strlen(text), words[i])) continue;
        *out = i < 4;
        return true;
    }
    return false;
}

static bool hotpath_i_parse_overhead(const char* text, bool* out) {
    *out = hotpath_i_is_word(text, strlen(text), "subtract");
    return *out || hotpath_i_is_word(text, strlen(text), "show");
}
static bool hotpath_i_parse_metric(const char* text, bool* out) {
    *out = hotpath_i_is_word(text, strlen(text), "count");
    return *out || hotpath_i_is_word(text, strlen(text), "bytes");
}
static bool hotpath_i_parse_text(const char* text, char* out, size_t size) {
    size_t length = strlen(text);
    if (length >= size) return false;
    memcpy(out, text, length + 1);
    return true;
}

static bool hotpath_i_parse_format(const char* text, uint32_t* out) {
    static const struct {
        const char* name;
        uint32_t format;
    } formats[] = {{"table", HOTPATH_FORMAT_TABLE}, {"json", HOTPATH_FORMAT_JSON},
        {"json-pretty", HOTPATH_FORMAT_JSON_PRETTY}, {"none", HOTPATH_I_FORMAT_NONE}};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (!hotpath_i_is_word(text, strlen(text), formats[i].name)) continue;
        *out = formats[i].format;
        return true;
    }
    return false;
}

/* Returns: the bits of the sections that a word names, 0 for none. A section answers to its own
   name and to that of its MCP tool. */
static uint32_t hotpath_i_section_bits(const char* word, size_t length) {
    if (hotpath_i_is_word(word, length, "all")) return (1u << HOTPATH_I_SECTION_COUNT) - 1;
    #define HOTPATH_I_ROW(constant, name, tool)                                              \
        if (hotpath_i_is_word(word, length, #name) || hotpath_i_is_word(word, length, tool)) \
            return 1u << HOTPATH_I_SECTION_##constant;
    HOTPATH_I_SECTIONS(HOTPATH_I_ROW)
    #undef HOTPATH_I_ROW
    return 0;
}

static bool hotpath_i_parse_sections(const char* text, hotpath_i_chosen_t* out) {
    hotpath_i_chosen_t chosen = {0, 0};
    uint32_t removed = 0;
    bool automatic = true;
    const char* word = NULL;
    size_t length = 0;
    while (hotpath_i_list_next(&text, &word, &length)) {
        bool minus = length > 0 && word[0] == '-';
        if (hotpath_i_is_word(word, length, "auto")) {
            chosen.with_data = ~0u;
            continue;
        }
        uint32_t bits = hotpath_i_section_bits(word + (minus ? 1 : 0), length - (minus ? 1 : 0));
        if (bits == 0) return false;
        if (minus) {
            removed |= bits;
        } else {
            chosen.always |= bits;
            automatic = false;
        }
    }
    if (automatic) chosen.with_data = ~0u;
    out->always = chosen.always & ~removed;
    out->with_data = chosen.with_data & ~removed;
    return true;
}

static bool hotpath_i_parse_signals(const char* text, uint32_t* out) {
    uint32_t mask = 0;
    const char* word = NULL;
    size_t length = 0;
    if (text[0] == 0) text = NULL;
    while (hotpath_i_list_next(&text, &word, &length)) {
        uint32_t bit = 0;
        size_t prefix = length > 3 && hotpath_i_is_word(word, 3, "sig") ? 3 : 0;
    #define HOTPATH_I_ROW(name)                                       \
        if (hotpath_i_is_word(word + prefix, length - prefix, #name)) \
            bit = 1u << HOTPATH_I_SIGNAL_##name;
        HOTPATH_I_SIGNALS(HOTPATH_I_ROW)
    #undef HOTPATH_I_ROW
        if (bit == 0) return false;
        mask |= bit;
    }
    *out = mask;
    return true;
}

/* Reads one percentile with at most six decimals. */
static bool hotpath_i_parse_percentile(const char* text, size_t length, uint32_t* micro) {
    uint64_t whole = 0, fraction = 0;
    size_t used = hotpath_i_parse_u64(text, length, &whole);
    if (used == 0 || whole > 100) return false;
    if (used < length) {
        size_t decimals = length - used - 1;
        if (text[used] != '.' || decimals == 0 || decimals > 6) return false;
        if (hotpath_i_parse_u64(text + used + 1, decimals, &fraction) != decimals) return false;
        for (; decimals < 6; decimals++)
            fraction *= 10;
    }
    *micro = (uint32_t)(whole * 1000000 + fraction);
    return *micro <= 100000000;
}

/* auto, or auto:PERCENT with at most three decimals. */
static bool hotpath_i_parse_sampling(
    const hotpath_i_setting_t* s, const char* text, uint64_t* out) {
    const char* colon = strchr(text, ':');
    uint32_t micro = HOTPATH_I_AUTO_SHARE * 1000;
    *out = 0;
    if (text[0] == 0) return true;
    if (!hotpath_i_is_word(text, colon != NULL ? (size_t)(colon - text) : strlen(text), "auto"))
        return false;
    if (colon != NULL && !hotpath_i_parse_percentile(colon + 1, strlen(colon + 1), &micro))
        return false;
    if (micro % 1000 != 0 || micro / 1000 < s->least || micro / 1000 > s->most) return false;
    *out = micro / 1000;
    return true;
}
/* A percentile that stands twice is taken once, because it names a key of the JSON report. */
static bool hotpath_i_parse_percentiles(const char* text, hotpath_i_percentiles_t* out) {
    hotpath_i_percentiles_t all;
    const char* word = NULL;
    size_t length = 0;
    memset(&all, 0, sizeof all);
    while (hotpath_i_list_next(&text, &word, &length)) {
        uint32_t micro = 0, i = 0;
        if (!hotpath_i_parse_percentile(word, length, &micro)) return false;
        while (i < all.count && all.micro[i] != micro)
            i++;
        if (i < all.count) continue;
        if (all.count == HOTPATH_I_MAX_PERCENTILES) return false;
        all.micro[all.count++] = micro;
    }
    *out = all;
    return true;
}

/* Returns: the path of an export of the form kind:path, or NULL. */
static const char* hotpath_i_export_path(
    const char* item, size_t length, size_t* path_length, uint32_t* format) {
    static const struct {
        const char* kind;
        uint32_t format;
    } kinds[] = {
        {"folded:", HOTPATH_FORMAT_FOLDED}, {"folded-alloc:", HOTPATH_FORMAT_FOLDED_ALLOC}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t prefix = strlen(kinds[i].kind);
        if (length <= prefix || memcmp(item, kinds[i].kind, prefix) != 0) continue;
        *path_length = length - prefix;
        *format = kinds[i].format;
        return item + prefix;
    }
    return NULL;
}

static bool hotpath_i_parse_export(const char* text, char* out, size_t size) {
    const char* list = text[0] ? text : NULL;
    const char* item = NULL;
    size_t length = 0, path_length = 0;
    uint32_t format = 0;
    while (hotpath_i_list_next(&list, &item, &length)) {
        if (!hotpath_i_export_path(item, length, &path_length, &format)) return false;
    }
    return hotpath_i_parse_text(text, out, size);
}

/* Reads a text into the field of a setting. Returns: false, with the field unchanged, if the text
   is not allowed. */
static bool hotpath_i_setting_parse(const hotpath_i_setting_t* s, const char* text) {
    void* field = (char*)&hotpath_i_settings + s->offset;
    switch (s->type) {
        case HOTPATH_I_TYPE_FORMAT: return hotpath_i_parse_format(text, (uint32_t*)field);
        case HOTPATH_I_TYPE_SECTIONS:
            return hotpath_i_parse_sections(text, (hotpath_i_chosen_t*)field);
        case HOTPATH_I_TYPE_SIGNALS: return hotpath_i_parse_signals(text, (uint32_t*)field);
        case HOTPATH_I_TYPE_PERCENTILES:
            return hotpath_i_parse_percentiles(text, (hotpath_i_percentiles_t*)field);
        case HOTPATH_I_TYPE_BOOL: return hotpath_i_parse_bool(text, (bool*)field);
        case HOTPATH_I_TYPE_SAMPLING: return hotpath_i_parse_sampling(s, text, (uint64_t*)field);
        case HOTPATH_I_TYPE_OVERHEAD: return hotpath_i_parse_overhead(text, (bool*)field);
        case HOTPATH_I_TYPE_METRIC: return hotpath_i_parse_metric(text, (bool*)field);
        case HOTPATH_I_TYPE_FLAG: *(bool*)field = text[0] != 0; return true;
        case HOTPATH_I_TYPE_PATH:
            return hotpath_i_parse_text(text, (char*)field, HOTPATH_I_PATH_SIZE);
        case HOTPATH_I_TYPE_TEXT:
            return hotpath_i_parse_text(text, (char*)field, HOTPATH_I_TEXT_SIZE);
        case HOTPATH_I_TYPE_FOCUS:
            return hotpath_i_pattern_match(text, NULL) &&
                   hotpath_i_parse_text(text, (char*)field, HOTPATH_I_TEXT_SIZE);
        case HOTPATH_I_TYPE_EXPORT:
            return hotpath_i_parse_export(text, (char*)field, HOTPATH_I_PATH_SIZE);
        case HOTPATH_I_TYPE_OPTIONAL:
            *(uint64_t*)field = HOTPATH_I_UNSET;
            return text[0] == 0 || hotpath_i_parse_number(s, text, (uint64_t*)field);
        case HOTPATH_I_TYPE_LIMIT:
        case HOTPATH_I_TYPE_COUNT:
        case HOTPATH_I_TYPE_SIZE: return hotpath_i_parse_number(s, text, (uint64_t*)field);
    }
    return false;
}

/* Says what a setting may be. */
static void hotpath_i_put_allowed(hotpath_i_writer_t* w, const hotpath_i_setting_t* s) {
    const char* text = "";
    switch (s->type) {
        case HOTPATH_I_TYPE_FORMAT: text = "table, json, json-pretty or none"; break;
        case HOTPATH_I_TYPE_PATH: text = "stdout, stderr or a path under 1024 bytes"; break;
        case HOTPATH_I_TYPE_SECTIONS:
            text = "auto, all, or a list of functions, call_tree, alloc, heap, threads, gauges, "
                   "dbg, val, "
                   "each with - before it to leave it out";
            break;
        case HOTPATH_I_TYPE_TEXT: text = "a text under 256 bytes"; break;
        case HOTPATH_I_TYPE_SIGNALS:
            text = "a list of INT, TERM, HUP, QUIT, USR1, USR2, SEGV, ABRT, BUS, FPE, ILL";
            break;
        case HOTPATH_I_TYPE_PERCENTILES:
            text =
                "at most 8 numbers from 0 to 100 with commas between, each of at most 6 decimals";
            break;
        case HOTPATH_I_TYPE_FOCUS:
            text = "under 256 bytes: a part of a name, a glob (* ? []), or a /regex/ of literals "
                   ". [] * + ? ^ $ |";
            break;
        case HOTPATH_I_TYPE_BOOL: text = "1, 0, true, false, yes, no, on or off"; break;
        case HOTPATH_I_TYPE_SAMPLING:
            text = "auto, or auto:PERCENT from 0.1 to 50 with at most 3 decimals";
            break;
        case HOTPATH_I_TYPE_OVERHEAD: text = "show or subtract"; break;
        case HOTPATH_I_TYPE_METRIC: text = "bytes or count"; break;
        case HOTPATH_I_TYPE_EXPORT:
            text = "folded:PATH or folded-alloc:PATH, or several with commas between";
            break;
        case HOTPATH_I_TYPE_FLAG: text = "anything"; break;
        case HOTPATH_I_TYPE_OPTIONAL:
        case HOTPATH_I_TYPE_LIMIT:
        case HOTPATH_I_TYPE_COUNT:
        case HOTPATH_I_TYPE_SIZE:
            hotpath_i_puts(w, "a number from ");
            hotpath_i_put_u64(w, s->least);
            hotpath_i_puts(w, " to ");
            hotpath_i_put_u64(w, s->most);
            if (s->type == HOTPATH_I_TYPE_SIZE) text = ", or one with K, M, G or T after it";
            if (s->least == 0) text = " (0 means all)";
            break;
    }
    hotpath_i_puts(w, text);
}

/* Says in one line that a value is wrong and what is used instead. */
static void hotpath_i_setting_wrong(
    const hotpath_i_setting_t* s, const char* name, const char* text) {
    char message[768];
    hotpath_i_writer_t w = hotpath_i_writer_to(message, sizeof message - 1, NULL, NULL);
    hotpath_i_puts(&w, name);
    hotpath_i_puts(&w, "=\"");
    if (hotpath_i_put_columns(&w, text, strlen(text), 0, 60) > 60) hotpath_i_puts(&w, "...");
    hotpath_i_puts(&w, "\" is not allowed, only ");
    hotpath_i_put_allowed(&w, s);
    hotpath_i_puts(&w, "; using ");
    bool limited = s->type == HOTPATH_I_TYPE_LIMIT && hotpath_i_settings.limit != HOTPATH_I_UNSET;
    hotpath_i_puts(&w, limited                              ? "HOTPATH_LIMIT"
                       : s->type == HOTPATH_I_TYPE_OPTIONAL ? "the limit of each section"
                       : s->initial[0]                      ? s->initial
                                                            : "none");
    message[w.used] = 0;
    hotpath_i_log(message);
}

/* Gives a setting its default, that is for limits HOTPATH_LIMIT if it is given. */
static void hotpath_i_setting_initial(const hotpath_i_setting_t* s) {
    (void)hotpath_i_setting_parse(s, s->initial);
    if (s->type == HOTPATH_I_TYPE_LIMIT && hotpath_i_settings.limit != HOTPATH_I_UNSET) {
        void* field = (char*)&hotpath_i_settings + s->offset;
        memcpy(field, &hotpath_i_settings.limit, sizeof hotpath_i_settings.limit);
    }
}

/* Reads the environment. Threads: one, before any other looks at hotpath_i_settings; allocates
   nothing. */
static void hotpath_i_settings_read(void) {
    hotpath_i_settings.given = 0;
    for (size_t i = 0; i < HOTPATH_I_SETTING_COUNT; i++) {
        const hotpath_i_setting_t* s = &hotpath_i_setting_table[i];
        const char* text = hotpath_i_os_env(s->variable);
        hotpath_i_setting_initial(s);
        if (!text || text[0] == 0) continue;
        hotpath_i_settings.given |= (uint64_t)1 << i;
        if (!hotpath_i_setting_parse(s, text)) hotpath_i_setting_wrong(s, s->variable, text);
    }
}

/* Takes a setting that the environment does not give from the code; text NULL means its default. */
static void hotpath_i_setting_from_code(size_t i, const char* name, const char* text) {
    const hotpath_i_setting_t* s = &hotpath_i_setting_table[i];
    if (hotpath_i_settings.given >> i & 1) return;
    hotpath_i_setting_initial(s);
    if (!text || text[0] == 0) return;
    if (!hotpath_i_setting_parse(s, text)) hotpath_i_setting_wrong(s, name, text);
}

/* Takes what the environment does not give from the description of a start; NULL means defaults.
   Threads: one at a time, and no report meanwhile. */
static void hotpath_i_settings_apply(const hotpath_desc_t* desc) {
    hotpath_i_setting_from_code(hotpath_i_setting_output_path, "hotpath_desc_t.output_path",
        desc ? desc->output_path : NULL);
    hotpath_i_setting_from_code(hotpath_i_setting_output_format, "hotpath_desc_t.output_format",
        desc ? desc->output_format : NULL);
    hotpath_i_setting_from_code(hotpath_i_setting_no_values, "hotpath_desc_t.no_values",
        desc && desc->no_values ? "true" : NULL);
}

/* >>structs
   A site leads to an item (name, file, line; one for equal ones, for ever). A thread's record has a
   node for every path and a frec for every function that it touched. An open scope is an entry of a
   stack, which belongs to the thread or to a context. */

    #define HOTPATH_I_OCTAVES 60 /* of 32 buckets each: every 64-bit duration has its bucket */
    #define HOTPATH_I_BUCKETS 32
    #define HOTPATH_I_OCTAVE_WORDS \
        (HOTPATH_I_BUCKETS + 2) /* of a snapshot: the buckets, which octave it is, their sum */
    #define HOTPATH_I_SLOWEST    8
    #define HOTPATH_I_REASONS    8
    #define HOTPATH_I_NAME_MAX   64
    #define HOTPATH_I_TEXT_RING  16384 /* bytes of long values a thread keeps, a power of two */
    #define HOTPATH_I_CHUNK      256   /* pointers by id that are allocated together */
    #define HOTPATH_I_NODES      64 /* in the first chunk of nodes; each further one is twice as long */
    #define HOTPATH_I_ARENA_SIZE 28672
    #define HOTPATH_I_TIMED_FIRST \
        16u                       /* executions of a function on a thread that are always timed */
    #define HOTPATH_I_SHORT    31 /* bits of a duration that may wait for its bucket */
    #define HOTPATH_I_FOLDING  ((uint64_t)1 << 62) /* of `waiting`: it comes into its bucket */
    #define HOTPATH_I_CLOSED   1u                  /* bits of a mark: this entry has ended */
    #define HOTPATH_I_DEEP     2u /* of a token: it is past the depth bound, the mark holds the node */
    #define HOTPATH_I_SAMPLED  2u /* of an entry, and not of its token: it has a weight */
    #define HOTPATH_I_UNTIMED  4u /* of both: it has no start, and its intent may be 0 */
    #define HOTPATH_I_MARK     8u /* from one mark to the next */
    #define HOTPATH_I_NO_START ((uint64_t)1 << 63) /* a duration since then is never short */
    #define HOTPATH_I_NO_FRAME (UINTPTR_MAX - 1)   /* above all frames */

typedef enum hotpath_i_class {
    HOTPATH_I_CLASS_FUNCTION,
    HOTPATH_I_CLASS_ENTRY,
    HOTPATH_I_CLASS_REASON,
    HOTPATH_I_CLASSES
} hotpath_i_class_t;

typedef struct hotpath_i_gauge_slot {
    uint64_t sequence; /* index + 1 once written, 0 while it is */
    uint64_t tick;
    uint64_t bits;
    uint64_t thread;
} hotpath_i_gauge_slot_t;

/* Shared by all threads: the named exception of law 1. */
typedef struct hotpath_i_gauge {
    uint64_t bits;  /* of an int64 or a double */
    uint64_t least; /* as hotpath_i_gauge_order gives it: UINT64_MAX before the first update */
    uint64_t most;
    uint64_t updates;
    uint32_t is_double; /* 0 not known, 1 no, 2 yes */
    uint32_t slots;
    hotpath_i_gauge_slot_t* history;
} hotpath_i_gauge_t;

typedef struct hotpath_i_item {
    struct hotpath_i_item* next; /* of the same bucket */
    const char* name;
    const char* file;
    uint32_t hash;
    uint32_t line;
    uint32_t kind;
    uint32_t id;
    uint32_t rate;       /* hotpath_time_sampling, 0: that of all */
    uint32_t paced_rate; /* what the last thread that has ended came to, for those that begin */
    hotpath_site_t site; /* for names known only at run time */
    hotpath_i_gauge_t* gauge;
    #if HOTPATH_I_ALLOC
    struct hotpath_i_growth* growth; /* of its live bytes */
    #endif
} hotpath_i_item_t;

/* One finished execution or recorded value. */
typedef struct hotpath_i_execution {
    uint64_t tick;
    uint64_t duration;
    uint64_t bits; /* of the value; of a text its position in the text ring */
    uint64_t meta; /* thread << 24 | length << 8 | type */
    #if HOTPATH_I_ALLOC
    uint64_t alloc_count;
    uint64_t alloc_bytes;
    #endif
} hotpath_i_execution_t;

typedef struct hotpath_i_ring {
    uint64_t head;    /* executions ever */
    uint64_t claimed; /* head, or one more while a slot is written */
    uint64_t mask;
    hotpath_i_execution_t* slots;
} hotpath_i_ring_t;

/* What one thread knows of one function. What every recording touches comes first: one cache line,
   and the octaves of short durations behind it. */
typedef struct hotpath_i_frec {
    hotpath_i_ring_t ring; /* its head is the count of completed executions */
    uint64_t sum;
    uint64_t squares_low;
    uint64_t min;
    uint64_t slow_floor; /* a duration from here on is one of the slowest, and maybe the greatest */
    uint64_t window_end; /* tick at which the running second ends */
    uint64_t waiting;    /* 0, or the newest execution if it is in no bucket yet: hotpath_i_waits */
    uint64_t folded;     /* what the bucket has with it; known with HOTPATH_I_FOLDING */
    uint64_t* octaves[HOTPATH_I_OCTAVES];
    uint64_t squares_high; /* Σ duration² >> 63: its lowest bit is the highest of squares_low */
    uint64_t max;
    uint64_t abandoned;
    uint64_t window;      /* the number of the running second */
    uint64_t window_head; /* completed before it */
    uint64_t last_window;
    uint64_t last_count;
    uint64_t peak;
    uint64_t octave_bits;   /* a bit for each octave with buckets of its own, set before they are */
    uint64_t untimed;       /* completed executions that were left out by sampling */
    uint32_t gap;           /* executions to leave out before the next one is timed */
    uint32_t weight;        /* that of the next one */
    uint64_t drawn;         /* executions that began since sampling was on, and the gap that runs */
    double per_log;         /* 1 / ln(1 - 1 / weight) */
    uint64_t error_squares; /* bits of a double: Σ weight × (weight - 1) × duration² */
    uint64_t reason_other;
    uint32_t lite; /* stands in where memory has run out: only the nodes count */
    uint32_t reasons_used;
    uint64_t slow_sequence; /* odd while `slowest` changes */
    struct {
        uint64_t id;
        uint64_t count;
    } reasons[HOTPATH_I_REASONS];
    hotpath_i_execution_t slowest[HOTPATH_I_SLOWEST];
    struct hotpath_i_frec* paced; /* the next one of those whose rate the thread's pace sets */
    uint64_t paced_begun;         /* executions that had begun at its last step */
    uint32_t paced_rate;          /* what it said: 0 or 1 all, else one in so many */
    uint32_t is_paced;            /* 1; 2: listed still, although it has a rate of its own by now */
    struct hotpath_i_inside* inside;   /* of functions whose executions are kept whole */
    struct hotpath_i_span_sums* spans; /* of a key of spans; NULL until the first one */
} hotpath_i_frec_t;

typedef struct hotpath_i_span_sums hotpath_i_span_sums_t;

/* HOTPATH_TIME_SAMPLING=auto: what recording took of a thread's time, and what it may take next. */
typedef struct hotpath_i_pace {
    hotpath_i_frec_t* list; /* functions that were timed since the last step, or are sampled */
    uint32_t listed;        /* how many */
    uint64_t tick;          /* of the last step; 0: none yet */
    uint64_t looked;        /* when entries were last held against the clock */
    uint64_t mark;          /* the next one at the last step */
    uint64_t deep;          /* calls past the depth bound by then */
    uint32_t since;         /* which switching on of auto it belongs to */
    uint32_t full;          /* entries since the last step that were timed */
    uint32_t weighed;       /* of them for more than themselves */
    uint32_t asked;         /* of them whatever the rate */
    double saved;           /* ticks within the share and not taken; below 0: taken beyond it */
    uint64_t step_ticks;    /* what the last step itself took */
    uint64_t time;          /* ticks from the first step on */
    uint64_t overhead;      /* of them taken by recording */
    uint64_t least;         /* taken if nothing had been timed */
} hotpath_i_pace_t;

/* A function under one path of callers, of one thread: one cache line. */
typedef struct hotpath_i_node {
    uint64_t calls;
    uint64_t total; /* ticks; of spans nanoseconds */
    uint64_t errors;
    uint64_t bytes;
    hotpath_i_frec_t* frec;
    uint64_t key; /* of its children, without their functions: hotpath_i_key */
    uint32_t parent;
    uint32_t function;
    uint32_t deep_open; /* scopes past the depth bound that are open on it */
    uint16_t recursive; /* an ancestor is the same function */
    uint16_t flat;      /* stands for many paths, past a bound: its callees are not its children */
    #if HOTPATH_I_ALLOC
    uint64_t alloc_count;
    uint64_t alloc_bytes;
    struct hotpath_i_alloc* alloc; /* of its function, NULL until it allocates */
    #endif
} __attribute__((aligned(64))) hotpath_i_node_t;
    #if HOTPATH_I_ALLOC

/* Frees of what one thread allocated in one function: first those by itself, then those by others, who
   add with one atomic instruction each. Blocks name it by its index for as long as they live, so that it
   outlives its thread. Bytes are kept by the age that the block reached. */
typedef struct hotpath_i_frees {
    uint64_t count;
    uint64_t bytes[HOTPATH_ALLOC_AGES]; /* by the slot of its birth; the last one: older */
} hotpath_i_frees_t;
typedef struct hotpath_i_ledger {
    struct hotpath_i_thread* owner; /* HOTPATH_I_NOBODY: its thread has ended, or it is free */
    struct hotpath_i_ledger* next;  /* of the orphans, or of the free ones */
    uint32_t function;
    uint32_t index;
    uint64_t allocs; /* of an orphan: allocations in all */
    hotpath_i_frees_t own;
    hotpath_i_frees_t others __attribute__((aligned(64)));
} __attribute__((aligned(512)))
hotpath_i_ledger_t; /* so that it is found without a multiplication */

/* What one thread allocates in one function, beside the counters of its nodes. */
typedef struct hotpath_i_alloc {
    uint64_t sizes[HOTPATH_ALLOC_SIZES]; /* first: found with an instruction less */
    uint64_t seal;                       /* of a header, but for the place */
    hotpath_i_ledger_t* cell;
    uint64_t reallocs;
    uint64_t
        nodes; /* minus what has no cell; while it is merged, and the sum of its nodes' counts */
} hotpath_i_alloc_t;

    /* Live bytes of a function over the last intervals; with the lock. */
        #define HOTPATH_I_TICKS \
            16 /* intervals that are kept, and slots that births are counted by */
typedef struct hotpath_i_growth {
    uint64_t peak_bytes;
    uint64_t peak_tick;
    uint64_t live[HOTPATH_I_TICKS + 1]; /* by number of the tick */
    struct {
        uint64_t interval; /* 1 + its number */
        uint64_t bytes;    /* allocated until it began */
        uint64_t freed;    /* of its slot until it began */
    } births[HOTPATH_I_TICKS];
} hotpath_i_growth_t;
    #endif

/* An open span. Who may end it is who changes its state: from its mark, or from that with
   HOTPATH_I_SPAN_GIVEN, to one with HOTPATH_I_SPAN_CLAIMED. Slots are their record's for ever: what
   is stored for the next span brings its state, so that who reads it finds that the last one is gone. */
typedef struct hotpath_i_span_slot {
    uint64_t state;         /* its mark and what has become of it; 0: none is open */
    uint64_t start;         /* tick */
    uint64_t credited;      /* ticks that the node of its begin has of it, once it is given up */
    hotpath_i_node_t* node; /* of its begin, in the record `owner` */
    hotpath_i_node_t* rest; /* of what follows when it is given up: a root, of no caller */
    struct hotpath_i_thread* owner;
    hotpath_i_node_t* end_node; /* while it ends elsewhere: where, and the total after it */
    uint64_t end_total;
    struct hotpath_i_span_slot* next; /* of those that are free, or are given back */
    struct hotpath_i_span_slot* all;  /* of the record */
} hotpath_i_span_slot_t;

    #define HOTPATH_I_SPAN_CLAIMED ((uint64_t)1) /* somebody ends it */
    #define HOTPATH_I_SPAN_ENDING  ((uint64_t)2) /* elsewhere: end_node and end_total are there */
    #define HOTPATH_I_SPAN_GIVEN   ((uint64_t)4) /* its place in the stack has been given up */
    #define HOTPATH_I_SPAN_SLOTS   16384u        /* a record: further ones end where they began */

    #define HOTPATH_I_INSIDE_NODES 4096 /* that are watched for one function on one thread */
    #define HOTPATH_I_INSIDE_ROWS  32   /* of one execution */
    #define HOTPATH_I_INSIDE_HEAD  11   /* words of a kept execution before its rows */
    #define HOTPATH_I_SHARED       1u   /* flags of a kept execution */
    #define HOTPATH_I_TRUNCATED    2u

/* What one node did inside one execution. */
typedef struct hotpath_i_inside_row {
    uint64_t node; /* its index in the record */
    uint64_t calls;
    uint64_t total;
    uint64_t self;
} hotpath_i_inside_row_t;

/* An execution with what happened inside it: words, as its slot has them behind its sequence. */
typedef struct hotpath_i_kept {
    uint64_t number; /* from 1; 0: there is none */
    uint64_t tick;
    uint64_t duration;
    uint64_t meta; /* as of hotpath_i_execution_t */
    uint64_t facts[2];
    uint64_t flags;
    uint64_t count;   /* rows */
    uint64_t covered; /* the sum of self times */
    uint64_t other_calls;
    uint64_t other_self;
    hotpath_i_inside_row_t rows[HOTPATH_I_INSIDE_ROWS];
} hotpath_i_kept_t;

/* A node that is watched, with what it had at the last boundary. */
typedef struct hotpath_i_watched {
    hotpath_i_node_t* at;
    uint64_t calls;
    uint64_t total;
    uint64_t open;   /* while it is compared: of its open scope, */
    uint64_t below;  /* of its children */
    uint32_t parent; /* its place + 1, 0 without one */
} hotpath_i_watched_t;

/* The nodes of one thread below one of them, or all of them, and the executions that were kept:
   `slowest` slots of the slowest and `recent` ones in turns. */
typedef struct hotpath_i_inside {
    uint32_t root;   /* index of the node, 0: all */
    uint32_t looked; /* nodes of the record that were looked at */
    uint32_t count;
    uint32_t capacity;
    uint32_t rows; /* of a slot */
    uint32_t slowest;
    uint32_t recent;
    uint32_t truncated;
    hotpath_i_watched_t* nodes; /* in the order of their indexes */
    uint64_t* slots;            /* a sequence, odd while it is written, and a hotpath_i_kept_t */
} hotpath_i_inside_t;

/* Frames of one name on one thread. */
typedef struct hotpath_i_frames {
    hotpath_i_inside_t inside;     /* the first: frec.inside points to it */
    struct hotpath_i_frames* next; /* of this thread */
    uint64_t start;
    uint64_t before; /* the duration of the last frame */
    uint64_t budget; /* of the one that runs */
    uint64_t over_budget;
    uint64_t jitter;
    uint64_t jitter_count;
    uint64_t switches;   /* of contexts until it began */
    uint32_t runs;       /* one has begun */
    uint32_t has_before; /* the one before it has ended where it began */
} hotpath_i_frames_t;

/* An open scope. A reader takes it as true if its mark is the same before and after. While it is
   changed its mark is 0. */
typedef struct hotpath_i_open {
    uint64_t mark;
    uint64_t start;
    hotpath_i_node_t* node;
    uintptr_t stack;   /* address of the frame that entered */
    const void* token; /* the variable that will end it */
    uint64_t calls;    /* of the node before this one; UINT64_MAX: counted in another record */
    uint64_t intent;   /* 0, or 1 + the node's total after: closed, or about to be */
    uint64_t seen;     /* the last moment until which a reader credited it; readers alone use it */
    uint64_t head;     /* closed: completed executions before; of one that is not timed, of those */
    uint64_t weight;   /* with HOTPATH_I_SAMPLED: how many executions it stands for */
    hotpath_i_span_slot_t* slot; /* if slot_mark is the mark: of a span, which may end elsewhere */
    uint64_t slot_mark;
    #if HOTPATH_I_ALLOC
    uint64_t alloc_count; /* of the node before this one */
    uint64_t alloc_bytes;
    #endif
} hotpath_i_open_t;

typedef struct hotpath_i_slot {
    uint64_t key; /* hotpath_i_key */
    hotpath_i_node_t* node;
} hotpath_i_slot_t;

struct hotpath_i_thread;

/* A stack of open scopes. Entry 0 is the root, below every frame. */
struct hotpath_context {
    hotpath_context_t* next;
    struct hotpath_i_thread* thread; /* whose nodes the entries name */
    uint64_t switches;               /* odd while the entries move to another thread's nodes */
    uint32_t state;                  /* hotpath_i_context_state */
    uint32_t capacity;               /* entries, the root included */
    uint32_t soft;                   /* the depth at which dead entries are looked for next */
    uint32_t deep;                   /* open scopes past the depth bound */
    uint64_t deep_epoch;             /* changes when those are given up together */
    hotpath_i_open_t* top;           /* while it is not running */
    hotpath_i_open_t* entries;
    uint64_t name[HOTPATH_I_NAME_MAX / 8];
};

enum {
    HOTPATH_I_CONTEXT_FREE,
    HOTPATH_I_CONTEXT_PARKED,
    HOTPATH_I_CONTEXT_RUNNING,
    HOTPATH_I_CONTEXT_MOVING, /* parked, while its entries go to the store of ended threads */
    HOTPATH_I_CONTEXT_OF_THREAD
};

/* Memory that one thread takes from, never given back while the process lives. */
typedef struct hotpath_i_block {
    struct hotpath_i_block* next;
    size_t size;
    size_t used; /* of a shared one: bytes given out, or more when it is full */
} hotpath_i_block_t;
typedef struct hotpath_i_arena {
    hotpath_i_block_t* blocks;
    char* at;
    char* end;
} hotpath_i_arena_t;

enum {
    HOTPATH_I_RECORD_LIVE = 1, /* its owner writes it */
    HOTPATH_I_RECORD_ENDED,    /* its thread has ended, nobody writes it; to be merged */
    HOTPATH_I_RECORD_FREE,     /* all zeros, may be adopted */
    HOTPATH_I_RECORD_HIDDEN    /* calibration, the store of ended threads */
};

    #define HOTPATH_I_NODE_CHUNKS  19 /* 64 << 18 nodes: more than the bounds allow */
    #define HOTPATH_I_FUNC_CHUNKS  ((HOTPATH_MAX_FUNCTIONS + HOTPATH_I_CHUNK) / HOTPATH_I_CHUNK)
    #define HOTPATH_I_ENTRY_CHUNKS 64
    #define HOTPATH_I_ENTRIES_MAX  (HOTPATH_I_ENTRY_CHUNKS * HOTPATH_I_CHUNK - 1)

/* A thread's record. */
typedef struct hotpath_i_thread {
    hotpath_i_slot_t* hash; /* children by key */
    uint32_t hash_shift;
    uint32_t hash_used;
    uint64_t next_mark;
    uint64_t log_meta; /* the thread's number where an execution's meta wants it */
    uint64_t negative_time;
    hotpath_context_t* context; /* running: its own or a fiber's */
    uint32_t node_count;        /* published */
    uint32_t state;
    uint32_t number;  /* of the record, from 1 */
    uint32_t is_kept; /* it could not be merged when its thread had ended; not in g.unmerged */
    struct hotpath_i_thread* next;
    uint64_t id;
    uint64_t os_tid;
    uintptr_t stack_top; /* hotpath_i_os_stack_top */
    uint64_t start_tick;
    uint64_t threads_merged; /* of the store of ended threads: how many */
    uint64_t dropped_reentrant;
    uint64_t foreign_ends;
    uint64_t deep_calls;
    uint64_t node_overflow;
    uint64_t lite_functions;
    uint64_t context_overflow;
    uint64_t context_switches;
    uint64_t span_overflow;
    struct hotpath_i_span_known* span_cache; /* raw keys by their hash */
    hotpath_i_span_slot_t* span_slots;       /* all of them */
    hotpath_i_span_slot_t* span_free;
    hotpath_i_span_slot_t* span_returned; /* by other threads */
    hotpath_i_frames_t* frames;
    uint32_t span_slot_count;
    uint64_t text_head;
    uint64_t* text;
    uint32_t regular_nodes; /* of them those that HOTPATH_MAX_NODES bounds */
    uint64_t pending_mark;  /* of HOTPATH_RETURN, for the end that follows */
    uint64_t pending_bits;
    uint64_t pending_meta;
    uint64_t phase_start; /* of the phase that runs */
    uint32_t phase;       /* its function, 0: none */
    uint64_t random;      /* of sampling */
    hotpath_i_pace_t pace;
    uintptr_t stack_low; /* the mapping that was last found to be this thread's stack */
    uintptr_t stack_high;
    uintptr_t other_low; /* and one that was not */
    uintptr_t other_high;
    hotpath_i_arena_t arena;
    uint64_t name[HOTPATH_I_NAME_MAX / 8];
    hotpath_context_t own;
    hotpath_i_frec_t lite;
    uint64_t lite_octave[HOTPATH_I_BUCKETS];
    hotpath_i_execution_t lite_slot;
    hotpath_i_node_t* chunks[HOTPATH_I_NODE_CHUNKS];   /* nodes by index */
    hotpath_i_frec_t** frecs[HOTPATH_I_FUNC_CHUNKS];   /* by function id */
    hotpath_i_ring_t** values[HOTPATH_I_ENTRY_CHUNKS]; /* by entry id */
    #if HOTPATH_I_ALLOC
    uint64_t plain_frees; /* that are credited to no allocation */
    uint64_t made_count;  /* allocations of the execution that is being added */
    uint64_t made_bytes;
    hotpath_i_alloc_t** allocs[HOTPATH_I_FUNC_CHUNKS]; /* by function id */
    #endif
} hotpath_i_thread_t;

/* All thread-local state. */
typedef struct hotpath_i_local {
    hotpath_i_open_t* top;  /* innermost open entry; NULL: nothing is known of this thread yet */
    hotpath_i_open_t* last; /* from here on begin asks more slowly; NULL with top */
    hotpath_i_thread_t* thread;
    uint64_t log_meta; /* the thread's: an end goes on where a handler forks, without a thread */
    uintptr_t busy; /* address of the cookie of the recording in progress + its phase, 0 = none */

    uintptr_t attention; /* what an end must look at: HOTPATH_I_ATTENTION_* */
    uint32_t hidden;     /* this thread's scopes are not recorded */
    uint32_t reading;    /* it holds the lock */
    uint32_t reporting;  /* it writes the report */
    #if HOTPATH_I_ALLOC
    struct hotpath_i_thread* counts; /* thread, while its allocations count; then there is a top */
    uint32_t excluded;               /* what it allocates is hotpath's own */
    int32_t until_tick; /* allocations before it looks at the clock; 0 while they do not count */
    #endif
} hotpath_i_local_t;
static HOTPATH_THREAD_LOCAL hotpath_i_local_t hotpath_i_local;

    #define HOTPATH_I_ATTENTION_VALUE \
        ((uintptr_t)1) /* a value of HOTPATH_RETURN waits for its end */
    #define HOTPATH_I_ATTENTION_DEEP ((uintptr_t)2) /* scopes past the depth bound are open */
/* A recording in progress keeps its busy word in its frame, at the address that the word names: where
   that is no longer there, a signal handler has jumped out of it. A program's own pointers to
   themselves, of empty lists, have no phase. */
    #define HOTPATH_I_PHASE    ((uintptr_t)3)
    #define HOTPATH_I_IN_BEGIN 1u
    #define HOTPATH_I_IN_END   2u
    #define HOTPATH_I_IN_OTHER 3u

    #define HOTPATH_I_HASH_BUCKETS 4096

typedef struct hotpath_i_state {
    uint32_t ready;     /* 0 no, 1 being made, 2 yes */
    uint64_t maker;     /* the thread that makes it */
    uint64_t maker_pid; /* and its process: it may have forked meanwhile */
    uint64_t pid;       /* this process */
    uint32_t lock;      /* of readers and of merges, never of a recording */
    int32_t
        unmerged; /* records of threads that have ended; below 0: one was merged before it counted */
    hotpath_i_thread_t* threads;
    hotpath_i_thread_t* ended;
    hotpath_context_t* contexts;
    uint32_t record_count;
    uint32_t first_record; /* numbers below are of before a fork */
    uint32_t log_slots;    /* of every ring: HOTPATH_LOGS_LIMIT rounded up to a power of two */
    uint64_t thread_count;
    uint64_t memory;
    uint64_t no_memory;
    uint64_t foreign_ends;  /* of threads without a record */
    uint64_t dropped_early; /* recordings that interrupted a thread's very first one */
    uint64_t abi_mismatch;
    uint64_t abi_told;
    uint64_t function_overflow;
    uint64_t entry_overflow;
    uint64_t value_mismatch;
    uint64_t clock_anomalies;
    hotpath_i_item_t* buckets[HOTPATH_I_HASH_BUCKETS];
    hotpath_i_item_t** items[HOTPATH_I_CLASSES]; /* by id */
    uint32_t item_count[HOTPATH_I_CLASSES];
    uint32_t item_max[HOTPATH_I_CLASSES];
    uint32_t span_keys[3];            /* by kind */
    hotpath_i_item_t* span_others[3]; /* <other> of each */
    uint64_t span_secret;
    hotpath_i_block_t* shared; /* where items and contexts are being taken from */
    uint64_t start_tick;
    uint64_t start_ns;
    uint64_t window_ticks; /* about one second */
    uint64_t scale;        /* nanoseconds a tick, 40 bits after the point */
    uint32_t scale_final;
    uint64_t check_tick; /* the last time that the clocks were compared */
    uint64_t check_ns;
    uint64_t scope_cost; /* 1/100 ns */
    uint64_t scope_inside;
    uint64_t scope_untimed;
    uint64_t scope_drawn;   /* one that sampling times, for itself */
    uint64_t scope_weighed; /* and for several */
    uint32_t started;
    uint32_t exit_hook;
    uint32_t report_due;
    uint32_t reporting;
    uint64_t read_tick; /* the latest moment that a snapshot is of */
    uint32_t exit_report;
    uint32_t child; /* of a fork */
    hotpath_log_t log;
    void* log_user;
    hotpath_redact_t redact;
    void* redact_user;
    char program[256];
    char caller[64];
    uint32_t app_info_lock;
    uint32_t app_info_count;
    char app_info[32][2][256];
    const char* groups[64]; /* by bit of hotpath_i_off */
    uint32_t rate;          /* of hotpath_time_sampling, for all */
    uint32_t auto_since;    /* switches of auto: odd while it is on */
    uint32_t sampled;       /* some executions may not have been timed */
    double auto_share;      /* of a thread's time that recording may take */
    uint32_t measured;      /* the costs of a scope are, or are being */
    uint64_t off_sum;  /* ticks at which it went on, less those at which it went off; and a count */
    uint64_t off_told; /* the most that a snapshot told */
} hotpath_i_state_t;
static hotpath_i_state_t hotpath_i_g;

/* The recorder that others in the process find: whoever defines this name first in the order of the
   loader is the one that all share. The fields never change their order. */
typedef struct hotpath_i_recorder {
    uint32_t abi;
    uint32_t size;
    const void* identity;
    void (*begin)(hotpath_site_t*, hotpath_token_t*);
    void (*end)(const hotpath_token_t*);
    uint64_t (*end_ns)(const hotpath_token_t*);
    void (*result)(const hotpath_token_t*, hotpath_value_t);
    hotpath_site_t* (*named_site)(const char*, const char*, uint32_t);
    void (*error)(hotpath_site_t*);
    void (*bytes)(uint64_t);
    void (*thread_name)(const char*);
    void (*record)(const char*, const char*, uint64_t, uint64_t);
    hotpath_context_t* (*context_create)(const char*);
    void (*context_switch)(hotpath_context_t*);
    void (*context_destroy)(hotpath_context_t*);
    uint32_t (*depth)(void);
    void (*unwind)(uint32_t);
    void (*value_record)(hotpath_site_t*, hotpath_value_t);
    void (*gauge)(hotpath_site_t*, hotpath_gauge_op_t, hotpath_value_t);
    hotpath_snapshot_t* (*snapshot_take)(const hotpath_snapshot_desc_t*);
    bool (*start)(const hotpath_desc_t*);
    void (*stop)(void);
    bool (*report_now)(void);
    bool (*app_info)(const char*, const char*);
    size_t (*snapshot_size)(const hotpath_snapshot_desc_t*);
    bool (*enable)(bool);
    bool (*enable_group)(const char*, bool);
    bool (*time_sampling)(const char*, uint32_t);
    hotpath_site_t* (*named_site_in)(const char*, const char*, uint32_t, const char*);
    bool (*snapshot_times)(hotpath_snapshot_t*, const uint32_t*, size_t);
    void* (*malloc_as)(size_t, size_t, size_t); /* NULL without HOTPATH_ALLOC */
    void* (*realloc_as)(void*, size_t);
    void (*free_as)(void*);
    void (*alloc_event)(const char*, const void*, size_t);
    void (*free_event)(const void*);
    void (*heap_reset_event)(const char*);
    bool (*heap_snapshot)(const char*);
    bool (*heap_forget)(const char*);
    bool (*heap_label)(size_t, char*, size_t, uint64_t*);
    size_t (*heap_rows)(const char*, const char*, hotpath_heap_row_t*, size_t);
    size_t (*heap_suspects)(const hotpath_heap_suspects_desc_t*, hotpath_heap_suspect_t*, size_t);
    size_t (*heap_pools)(hotpath_heap_pool_t*, size_t);
    void (*exclude)(int);
    void (*frame)(hotpath_site_t*, uint64_t);
    void (*mark)(hotpath_site_t*);
    void (*span_begin)(hotpath_span_t*, hotpath_span_kind_t, const char*, size_t);
    void (*span_error)(hotpath_span_t*, const char*);
    void (*span_add)(const hotpath_span_t*, size_t, uint64_t, size_t, uint64_t);
    void (*span_end)(hotpath_span_t*);
    void (*span_record)(
        hotpath_span_kind_t, const char*, size_t, uint64_t, const hotpath_span_facts_t*);
    void (*span_detach)(hotpath_span_t*);
} hotpath_i_recorder_t;
    #if defined(_WIN32)
extern const hotpath_i_recorder_t hotpath_recorder_v1;
    #else
extern __attribute__((visibility("default"))) const hotpath_i_recorder_t hotpath_recorder_v1;
    #endif
static const hotpath_i_recorder_t* hotpath_i_other; /* the one this implementation defers to */
    #define HOTPATH_I_FORWARD(call)                        \
        if (HOTPATH_I_UNLIKELY(hotpath_i_other != NULL)) { \
            hotpath_i_other->call;                         \
            return;                                        \
        }
    #define HOTPATH_I_FORWARD_RESULT(call) \
        if (HOTPATH_I_UNLIKELY(hotpath_i_other != NULL)) return hotpath_i_other->call

    #if HOTPATH_I_ALLOC
/* From here on an allocation asks whether it counts. A handler in between counts as one before. */
static inline void hotpath_i_stop_counting(hotpath_i_local_t* l) {
    l->counts = NULL;
    HOTPATH_I_SIGNAL_FENCE();
    l->until_tick = 0;
    HOTPATH_I_SIGNAL_FENCE();
}
    #endif
/* What the recorder makes the C library allocate does not count. */
static inline void hotpath_i_excluded(int by) {
    #if HOTPATH_I_ALLOC
    hotpath_i_local_t* l = &hotpath_i_local;
    hotpath_i_stop_counting(l);
    l->excluded += (uint32_t)by;
    HOTPATH_I_SIGNAL_FENCE();
    if (l->excluded == 0 && l->top != NULL) l->counts = l->thread;
    #else
    (void)by;
    #endif
}

/* >>memory */

static void hotpath_i_log(const char* message) {
    char line[600];
    size_t n = 0;
    const char* prefix = "hotpath: ";
    while (*prefix != 0)
        line[n++] = *prefix++;
    while (*message != 0 && n < sizeof line - 2)
        line[n++] = *message++;
    hotpath_log_t log = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.log);
    line[n] = 0;
    if (log != NULL) {
        log(hotpath_i_g.log_user, line);
        return;
    }
    line[n++] = '\n';
    hotpath_i_os_write_stderr(line, n);
}

/* Pages of zeros, counted. Returns NULL if the system has none. */
static void* hotpath_i_pages_alloc(size_t size) {
    size = (size + 4095u) & ~(size_t)4095u;
    void* pages = hotpath_i_os_pages_alloc(size);
    if (pages != NULL) HOTPATH_I_SHARED_ADD(&hotpath_i_g.memory, (uint64_t)size);
    return pages;
}
static void hotpath_i_pages_free(void* pages, size_t size) {
    size = (size + 4095u) & ~(size_t)4095u;
    HOTPATH_I_SHARED_ADD(&hotpath_i_g.memory, (uint64_t)0 - (uint64_t)size);
    hotpath_i_os_pages_free(pages, size);
}
static void* hotpath_i_arena_take(hotpath_i_arena_t* arena, size_t size) {
    size = (size + 63u) & ~(size_t)63u;
    if (HOTPATH_I_UNLIKELY((size_t)(arena->end - arena->at) < size)) {
        size_t block = HOTPATH_I_ARENA_SIZE;
        if (size + 64 > block / 4) block = (size + 64 + 4095u) & ~(size_t)4095u;
        hotpath_i_block_t* fresh = (hotpath_i_block_t*)hotpath_i_pages_alloc(block);
        if (fresh == NULL) return NULL;
        fresh->size = block;
        fresh->next = arena->blocks;
        arena->blocks = fresh;
        if (block != HOTPATH_I_ARENA_SIZE)
            return (char*)fresh + 64; /* a large piece has its own block, the open one stays */
        /* A handler that jumps out of here leaves a block that is lost, not one that has no end. */
        HOTPATH_I_STORE(&arena->end, arena->at);
        HOTPATH_I_SIGNAL_FENCE();
        HOTPATH_I_STORE(&arena->at, (char*)fresh + 64);
        HOTPATH_I_STORE(&arena->end, arena->at);
        HOTPATH_I_SIGNAL_FENCE();
        HOTPATH_I_STORE(&arena->end, (char*)fresh + block);
    }
    void* piece = arena->at;
    arena->at += size;
    return piece;
}
/* Memory that all share, for items and contexts. Without a lock: a signal handler may come here while
   its thread is here. */
static void* hotpath_i_shared_take(size_t size) {
    size = (size + 63u) & ~(size_t)63u;
    if (size > HOTPATH_I_ARENA_SIZE / 4) return hotpath_i_pages_alloc(size);
    for (;;) {
        hotpath_i_block_t* block = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.shared);
        if (block != NULL) {
            size_t at = HOTPATH_I_SHARED_ADD(&block->used, size);
            if (at + size <= HOTPATH_I_ARENA_SIZE) return (char*)block + at;
        }
        hotpath_i_block_t* fresh = (hotpath_i_block_t*)hotpath_i_pages_alloc(HOTPATH_I_ARENA_SIZE);
        if (fresh == NULL) return NULL;
        fresh->used = 64 + size;
        if (HOTPATH_I_CAS(&hotpath_i_g.shared, &block, fresh)) return (char*)fresh + 64;
        hotpath_i_pages_free(fresh, HOTPATH_I_ARENA_SIZE); /* another was faster */
    }
}
static bool hotpath_i_memory_is_full(void) {
    return HOTPATH_I_LOAD(&hotpath_i_g.memory) >= hotpath_i_settings.memory_max;
}

/* Short texts that one thread writes and others read, in words so that no byte is torn. */
static void hotpath_i_name_store(uint64_t* words, const char* text) {
    char bytes[HOTPATH_I_NAME_MAX] = {0};
    size_t n = 0;
    while (text != NULL && text[n] != 0 && n < sizeof bytes - 1)
        bytes[n] = text[n], n++;
    for (size_t i = 0; i < HOTPATH_I_NAME_MAX / 8; i++) {
        uint64_t word;
        memcpy(&word, bytes + i * 8, 8);
        HOTPATH_I_STORE(&words[i], word);
    }
}
static void hotpath_i_name_load(const uint64_t* words, char* text) {
    for (size_t i = 0; i < HOTPATH_I_NAME_MAX / 8; i++) {
        uint64_t word = HOTPATH_I_LOAD(&words[i]);
        memcpy(text + i * 8, &word, 8);
    }
    text[HOTPATH_I_NAME_MAX - 1] = 0;
}

/* >>clock
   Ticks become nanoseconds by one factor, so that every output agrees. It is measured between the
   start and now, from below, so that totals never go back when it becomes more exact, and is fixed
   once a tenth of a second has passed. */

/* A product of 128 bits. By value: an address of a local in what is inlined into functions without
   AddressSanitizer would be one that it takes for out of scope. */
typedef struct hotpath_i_wide {
    uint64_t low;
    uint64_t high;
} hotpath_i_wide_t;
static inline hotpath_i_wide_t hotpath_i_multiply(uint64_t a, uint64_t b) {
    hotpath_i_wide_t r;
    #if defined(__SIZEOF_INT128__)
    HOTPATH_I_EXTENSION typedef unsigned __int128 wide;
    wide product = (wide)a * b;
    r.high = (uint64_t)(product >> 64);
    r.low = (uint64_t)product;
    #else
    uint64_t al = a & 0xffffffffu, ah = a >> 32, bl = b & 0xffffffffu, bh = b >> 32;
    uint64_t low = al * bl, mid = ah * bl + (low >> 32), mid2 = al * bh + (mid & 0xffffffffu);
    r.high = ah * bh + (mid >> 32) + (mid2 >> 32);
    r.low = mid2 << 32 | (low & 0xffffffffu);
    #endif
    return r;
}
static inline uint64_t hotpath_i_ns(uint64_t ticks) {
    hotpath_i_wide_t ns = hotpath_i_multiply(ticks, HOTPATH_I_LOAD(&hotpath_i_g.scale));
    uint64_t rounded = ns.low + ((uint64_t)1 << 39);
    ns.high += rounded < ns.low;
    return ns.high << 24 | rounded >> 40;
}
/* Back: exact for what is measured in days. */
static uint64_t hotpath_i_to_ticks(uint64_t ns) {
    double ticks = (double)ns * 1099511627776.0 / (double)HOTPATH_I_LOAD(&hotpath_i_g.scale);
    return ticks < 9e18 ? (uint64_t)(ticks + 0.5) : (uint64_t)9e18;
}
static uint64_t hotpath_i_since_start_ns(uint64_t tick) {
    uint64_t start = HOTPATH_I_LOAD(&hotpath_i_g.start_tick);
    return tick <= start ? 0 : hotpath_i_ns(tick - start);
}

    #if !defined(HOTPATH_CLOCK)
/* Both clocks at one moment: ticks before and after the nanoseconds, of several tries the closest, as
   the system may take the processor away in between. Returns: how far apart the ticks are. */
static uint64_t hotpath_i_clock_pair(uint64_t* before, uint64_t* ns, uint64_t* after) {
    uint64_t closest = UINT64_MAX;
    for (int i = 0; i < 5; i++) {
        uint64_t from = hotpath_i_ticks(), at = hotpath_i_os_monotonic_ns();
        uint64_t to = hotpath_i_ticks();
        if (to - from >= closest) continue;
        closest = to - from;
        *before = from, *ns = at, *after = to;
    }
    return closest;
}
    #endif
    #if defined(HOTPATH_I_COUNTER)
/* Raises the factor to what the time since the start shows: the start's ticks are from before its
   nanoseconds, these are from after, so that the factor is rather too small. */
static void hotpath_i_calibrate(void) {
    if (!hotpath_i_counter_is_usable() || HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.scale_final) != 0)
        return;
    uint64_t before = 0, ns = 0, after = 0, apart;
    do { /* the very first microseconds show nothing */
        apart = hotpath_i_clock_pair(&before, &ns, &after);
        ns -= hotpath_i_g.start_ns;
    } while (ns < 20000);
    double ticks = (double)(after - hotpath_i_g.start_tick);
    bool enough = ns >= 100000000 && (double)apart < ticks * 1e-5;
    uint64_t scale = (uint64_t)((double)ns / ticks * 1099511627776.0);
    uint64_t known = HOTPATH_I_LOAD(&hotpath_i_g.scale);
    while (scale > known && !HOTPATH_I_CAS(&hotpath_i_g.scale, &known, scale)) {}
    if (enough) HOTPATH_I_STORE_RELEASE(&hotpath_i_g.scale_final, 1u);
}
    #else
static void hotpath_i_calibrate(void) {}
    #endif

static void hotpath_i_clock_start(void) {
    uint64_t tick = 0, ns = 0, after = 0;
    #if defined(HOTPATH_CLOCK)
    tick = hotpath_i_ticks(); /* once: a program's own clock may count its readers */
    ns = hotpath_i_os_monotonic_ns();
    (void)after;
    #else
    hotpath_i_clock_pair(&tick, &ns, &after);
    #endif
    hotpath_i_g.start_ns = ns;
    HOTPATH_I_STORE(&hotpath_i_g.start_tick, tick);
}
static void hotpath_i_clock_init(void) {
    #if defined(HOTPATH_CLOCK)
    hotpath_i_g.scale = (uint64_t)(1099511627776e9 / (double)(HOTPATH_CLOCK_HZ) + 0.5);
    hotpath_i_g.window_ticks = (uint64_t)(HOTPATH_CLOCK_HZ);
    hotpath_i_g.scale_final = 1;
    #elif defined(HOTPATH_I_COUNTER)
    hotpath_i_counter_init();
    if (!hotpath_i_counter_is_usable()) {
        hotpath_i_g.scale = (uint64_t)1 << 40;
        hotpath_i_g.window_ticks = 1000000000;
        hotpath_i_g.scale_final = 1;
    }
    #else
    hotpath_i_g.scale = (uint64_t)1 << 40;
    hotpath_i_g.window_ticks = 1000000000;
    hotpath_i_g.scale_final = 1;
    #endif
    hotpath_i_clock_start();
    hotpath_i_g.check_tick = hotpath_i_g.start_tick;
    hotpath_i_g.check_ns = hotpath_i_g.start_ns;
}
/* About a second in ticks; known from the first time that it is needed. */
static uint64_t hotpath_i_window_ticks(void) {
    uint64_t ticks = HOTPATH_I_LOAD(&hotpath_i_g.window_ticks);
    if (ticks == 0) {
        hotpath_i_calibrate();
        ticks = (uint64_t)(1e9 * 1099511627776.0 / (double)HOTPATH_I_LOAD(&hotpath_i_g.scale));
        HOTPATH_I_STORE(&hotpath_i_g.window_ticks, ticks);
    }
    return ticks;
}
/* Compares the clocks since the last time: a suspended machine or a broken counter shows here. */
static void hotpath_i_clock_check(void) {
    #if defined(HOTPATH_I_COUNTER)
    uint64_t late = hotpath_i_os_late_ns();
    if (HOTPATH_I_LOAD(&hotpath_i_g.scale_final) == 0 || late < hotpath_i_g.check_ns + 10000000)
        return;
    uint64_t now = hotpath_i_ticks(), ns = hotpath_i_os_monotonic_ns(), then = hotpath_i_ticks();
    if (hotpath_i_ns(then - now) > 100000) return; /* kept from running in between: not this time */
    double shown = (double)hotpath_i_ns(now - hotpath_i_g.check_tick);
    double real = (double)(ns - hotpath_i_g.check_ns);
    if (shown > real * 1.01 + 1e6 || shown < real * 0.99 - 1e6)
        HOTPATH_I_SHARED_ADD(&hotpath_i_g.clock_anomalies, (uint64_t)1);
    hotpath_i_g.check_tick = now;
    hotpath_i_g.check_ns = ns;
    #endif
}

/* >>sites
   Items are found by content in a hash table of lists that only grow at their heads. */

static bool hotpath_i_init(void);

static hotpath_i_class_t hotpath_i_class_of(uint32_t kind) {
    if (kind == HOTPATH_KIND_REASON) return HOTPATH_I_CLASS_REASON;
    return kind == HOTPATH_KIND_DBG || kind == HOTPATH_KIND_VAL || kind == HOTPATH_KIND_GAUGE
               ? HOTPATH_I_CLASS_ENTRY
               : HOTPATH_I_CLASS_FUNCTION;
}
/* FNV-1a. */
static uint32_t hotpath_i_hash_text(uint32_t hash, const char* text, size_t max) {
    for (size_t i = 0; i < max && text[i] != 0; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return (hash ^ 0xffu) * 16777619u;
}
/* A text of at most max bytes, equal to one that was stored with the same bound. */
static bool hotpath_i_same_text(const char* stored, const char* text, size_t max) {
    size_t i = 0;
    while (i < max && text[i] != 0 && stored[i] == text[i])
        i++;
    return stored[i] == 0 && (i == max || text[i] == 0);
}
static const char* hotpath_i_copy_text(const char* text, size_t max) {
    size_t n = 0;
    while (n < max && text[n] != 0)
        n++;
    char* copy = (char*)hotpath_i_shared_take(n + 1);
    if (copy == NULL) return NULL;
    memcpy(copy, text, n);
    copy[n] = 0;
    return copy;
}
    #define HOTPATH_I_ITEM_NAME_MAX 255u
    #define HOTPATH_I_ITEM_FILE_MAX 1023u

static hotpath_i_item_t* hotpath_i_item_new(
    const char* name, const char* file, uint32_t line, uint32_t kind, uint32_t hash) {
    hotpath_i_item_t* item = (hotpath_i_item_t*)hotpath_i_shared_take(sizeof *item);
    if (item == NULL) return NULL;
    item->name = hotpath_i_copy_text(name, HOTPATH_I_ITEM_NAME_MAX);
    item->file = hotpath_i_copy_text(file, HOTPATH_I_ITEM_FILE_MAX);
    if (item->name == NULL || item->file == NULL) return NULL;
    item->hash = hash, item->line = line, item->kind = kind;
    if (kind == HOTPATH_KIND_GAUGE) {
        uint32_t slots = hotpath_i_g.log_slots;
        item->gauge = (hotpath_i_gauge_t*)hotpath_i_shared_take(sizeof *item->gauge);
        if (item->gauge == NULL) return NULL;
        item->gauge->history =
            (hotpath_i_gauge_slot_t*)hotpath_i_shared_take(slots * sizeof *item->gauge->history);
        if (item->gauge->history == NULL) return NULL;
        item->gauge->least = UINT64_MAX;
        item->gauge->slots = slots;
    }
    return item;
}
/* An item's number, or 0 where the bound of its class is reached. */
static uint32_t hotpath_i_item_number(hotpath_i_class_t class_of) {
    uint32_t* count = &hotpath_i_g.item_count[class_of];
    uint32_t n = HOTPATH_I_LOAD(count);
    do {
        if (n >= hotpath_i_g.item_max[class_of]) return 0;
    } while (!HOTPATH_I_CAS(count, &n, n + 1));
    return n + 1;
}
/* Values, gauges and spans are one by key, reasons and frames by text; dbg and functions are one by
   place. */
static bool hotpath_i_one_by_name(uint32_t kind) {
    return kind == HOTPATH_KIND_VAL || kind == HOTPATH_KIND_GAUGE || kind == HOTPATH_KIND_REASON ||
           kind == HOTPATH_KIND_FRAME || kind == HOTPATH_KIND_MARK ||
           (kind >= HOTPATH_KIND_SQL && kind <= HOTPATH_KIND_SERVER);
}
static hotpath_i_item_t* hotpath_i_item_search(hotpath_i_item_t* item, const char* name,
    const char* file, uint32_t line, uint32_t kind, uint32_t hash) {
    for (; item != NULL; item = item->next)
        if (item->hash == hash && item->kind == kind &&
            hotpath_i_same_text(item->name, name, HOTPATH_I_ITEM_NAME_MAX) &&
            (hotpath_i_one_by_name(kind) ||
                (item->line == line &&
                    hotpath_i_same_text(item->file, file, HOTPATH_I_ITEM_FILE_MAX))))
            return item;
    return NULL;
}
/* Makes an item known by its number, also one whose maker was jumped out of by a handler. */
static hotpath_i_item_t* hotpath_i_item_known(hotpath_i_item_t* item) {
    hotpath_i_item_t** place = &hotpath_i_g.items[hotpath_i_class_of(item->kind)][item->id];
    if (HOTPATH_I_LOAD(place) == NULL) HOTPATH_I_STORE_RELEASE(place, item);
    return item;
}
static uint32_t hotpath_i_item_hash(
    const char* name, const char* file, uint32_t line, uint32_t kind) {
    uint32_t hash = hotpath_i_hash_text(2166136261u ^ kind, name, HOTPATH_I_ITEM_NAME_MAX);
    return hotpath_i_one_by_name(kind)
               ? hash
               : hotpath_i_hash_text(hash ^ line * 31u, file, HOTPATH_I_ITEM_FILE_MAX);
}
/* Finds, and makes none. */
static hotpath_i_item_t* hotpath_i_item_look(
    const char* name, const char* file, uint32_t line, uint32_t kind) {
    uint32_t hash = hotpath_i_item_hash(name, file, line, kind);
    hotpath_i_item_t* first =
        HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.buckets[hash % HOTPATH_I_HASH_BUCKETS]);
    hotpath_i_item_t* item = hotpath_i_item_search(first, name, file, line, kind, hash);
    return item != NULL ? hotpath_i_item_known(item) : NULL;
}
/* Finds or makes. Returns NULL past the bound of its class, or without memory. */
static hotpath_i_item_t* hotpath_i_item_find(
    const char* name, const char* file, uint32_t line, uint32_t kind) {
    uint32_t hash = hotpath_i_item_hash(name, file, line, kind);
    hotpath_i_item_t** bucket = &hotpath_i_g.buckets[hash % HOTPATH_I_HASH_BUCKETS];
    hotpath_i_item_t* first = HOTPATH_I_LOAD_ACQUIRE(bucket);
    hotpath_i_item_t* item = hotpath_i_item_search(first, name, file, line, kind, hash);
    if (item != NULL) return hotpath_i_item_known(item);
    uint32_t id = hotpath_i_item_number(hotpath_i_class_of(kind));
    if (id == 0) return NULL;
    item = hotpath_i_item_new(name, file, line, kind, hash);
    if (item == NULL) return NULL;
    item->id = id;
    item->site.name = item->name, item->site.file = item->file, item->site.line = item->line;
    item->site.kind = kind, item->site.abi = HOTPATH_I_ABI, item->site.id = id;
    item->site.group = "";
    item->next = first;
    while (!HOTPATH_I_CAS(bucket, &item->next, item)) {
        hotpath_i_item_t* other = hotpath_i_item_search(item->next, name, file, line, kind, hash);
        if (other != NULL)
            return hotpath_i_item_known(
                other); /* another thread was first: the number stays unused */
    }
    return hotpath_i_item_known(item);
}

static hotpath_i_item_t* hotpath_i_item_make(
    const char* name, const char* file, uint32_t line, uint32_t kind) {
    return hotpath_i_init() ? hotpath_i_item_find(name, file, line, kind) : NULL;
}

/* Whether the keyword operator stands here, and not a name that has it inside. */
static bool hotpath_i_at_operator(const char* text, size_t i) {
    return strncmp(text + i, "operator", 8) == 0 &&
           (i == 0 || (!hotpath_i_is_alnum(text[i - 1]) && text[i - 1] != '_')) &&
           !hotpath_i_is_alnum(text[i + 8]) && text[i + 8] != '_';
}
static bool hotpath_i_starts(const char* text, const char* with) {
    return strncmp(text, with, strlen(with)) == 0;
}
/* Behind the bracket that closes the one at `at`, or the end. Only between < and > are < and >
   brackets: in parentheses they compare. */
static const char* hotpath_i_group_end(const char* at) {
    char open = *at, close = open == '(' ? ')' : open == '<' ? '>' : open == '[' ? ']' : '}';
    for (at++; *at != 0 && *at != close;) {
        if (*at == '\'' &&
            !hotpath_i_is_alnum(at[-1])) { /* a character, such as that of Tag<'>'> */
            for (at++; *at != 0 && *at != '\'';)
                at += *at == '\\' && at[1] != 0 ? 2 : 1;
            at += *at != 0;
        } else if (*at == '(' || *at == '[' || *at == '{' || (*at == '<' && open == '<')) {
            at = hotpath_i_group_end(at);
        } else {
            at += at[0] == '-' && at[1] == '>' ? 2 : 1;
        }
    }
    return *at != 0 ? at + 1 : at;
}
/* What stands after a parameter list belongs to an enclosing function if "::" follows, as in
   "World::run() const::<lambda(int)>". Returns: where that is, or NULL: the name ends here. */
static const char* hotpath_i_enclosing(const char* at) {
    static const char* const words[] = {" ", "&", "const", "volatile", "mutable", "noexcept"};
    for (size_t i = 0; i < sizeof words / sizeof *words;) {
        if (*at == '[') {
            at = hotpath_i_group_end(at);
            i = 0;
        } else if (hotpath_i_starts(at, words[i])) {
            at += strlen(words[i]);
            i = 0;
        } else {
            i++;
        }
    }
    return hotpath_i_starts(at, "::") ? at : NULL;
}
/* Puts the name of an operator without template arguments. Returns: its parameter list. */
static const char* hotpath_i_put_operator(hotpath_i_writer_t* w, const char* at) {
    const char* rest = at + 8;
    hotpath_i_puts(w, "operator");
    if (hotpath_i_starts(rest, "()")) {
        hotpath_i_puts(w, "()");
        return rest + 2;
    }
    size_t symbols = strspn(rest, "+-*/%^&|~!=<>,[]");
    if (symbols != 0) { /* the last < of "==<int>(" is a bracket */
        const char* after = rest + symbols;
        bool arguments = *after != '(' && *after != ' ' && after[-1] == '<';
        hotpath_i_put(w, rest, arguments ? symbols - 1 : symbols);
        after -= arguments;
        after += *after == ' ';
        return *after == '<' ? hotpath_i_group_end(after) : after;
    }
    bool list = *rest == '"' || hotpath_i_starts(rest, " new") ||
                hotpath_i_starts(rest, " delete") || hotpath_i_starts(rest, " co_await");
    /* Of a conversion the list is empty, and its type may hold other parentheses. */
    while (
        *rest != 0 && !(list ? *rest == '(' : rest[0] == '(' && rest[1] == ')' && rest[2] != '(')) {
        if (*rest == '<') {
            rest = hotpath_i_group_end(rest);
            continue;
        }
        if (*rest != ' ' || rest[1] != '[') hotpath_i_putc(w, *rest);
        rest++;
    }
    return rest;
}
/* A part in brackets that is no list: a lambda, or something without a name. Returns: what follows,
   or NULL if it is none of them. */
static const char* hotpath_i_put_unnamed(hotpath_i_writer_t* w, const char* at) {
    static const char call[] = "::operator()";
    bool lambda = hotpath_i_starts(at, "<lambda") || hotpath_i_starts(at, "(lambda");
    bool unnamed = *at == '{' || hotpath_i_starts(at, "(anonymous") ||
                   hotpath_i_starts(at, "(unnamed") || hotpath_i_starts(at, "<unnamed");
    if (!lambda && !unnamed) return NULL;
    const char* end = hotpath_i_group_end(at);
    bool called = hotpath_i_starts(end, call);
    if (lambda || (called && hotpath_i_starts(at, "(anonymous class)"))) {
        hotpath_i_puts(w, "<lambda>");
        return called ? end + sizeof call - 1 : end;
    }
    if (w->used != 0 && w->data[w->used - 1] != ':') /* "void<unnamed struct>::f()" */
        w->used = 0, w->failed = false;
    hotpath_i_put(w, at, (size_t)(end - at));
    return end;
}
/* Whether the parentheses at `at` are those of a decltype. */
static bool hotpath_i_of_decltype(const char* pretty, const char* at) {
    const char* end = at > pretty && at[-1] == ' ' ? at - 1 : at;
    return end - pretty >= 8 && hotpath_i_starts(end - 8, "decltype");
}
/* Puts the next part of a full name and forgets what turns out to stand before the name: types,
   and the parenthesis of "void (*f(int))(double)". Returns: what follows, NULL where the name ends. */
static const char* hotpath_i_put_part(hotpath_i_writer_t* w, const char* pretty, const char* at) {
    const char* end = hotpath_i_put_unnamed(w, at);
    if (end != NULL) /* of gcc's lambdas the list is inside */
        return *at == '<' && hotpath_i_starts(at, "<lambda") ? hotpath_i_enclosing(end) : end;
    if (hotpath_i_at_operator(pretty, (size_t)(at - pretty))) {
        at = hotpath_i_put_operator(w, at);
        return *at == '(' ? hotpath_i_enclosing(hotpath_i_group_end(at)) : NULL;
    }
    if (*at == '<' || (*at == '(' && hotpath_i_of_decltype(pretty, at)))
        return hotpath_i_group_end(at);
    if (*at == '(' && w->used != 0) return hotpath_i_enclosing(hotpath_i_group_end(at));
    if (*at == '[' || *at == ')') return NULL;
    if (*at == '(' || *at == ' ' || *at == '*' || *at == '&')
        w->used = 0, w->failed = false;
    else
        hotpath_i_putc(w, *at);
    return at + 1;
}
/* Makes "World::update" of "void World<T>::update(float) [with T = int]": without return type,
   arguments and template arguments, so that all instantiations are one function. A lambda is
   "main::<lambda>" by gcc and clang alike. */
static void hotpath_i_shorten(const char* pretty, char* name, size_t size) {
    hotpath_i_writer_t w = hotpath_i_writer_to(name, size - 1, NULL, NULL);
    for (const char* at = pretty; at != NULL && *at != 0;)
        at = hotpath_i_put_part(&w, pretty, at);
    if (w.used == 0) { /* a form that is not known stays whole */
        w.failed = false;
        hotpath_i_puts(&w, pretty);
    }
    name[w.used] = 0;
}

/* A version and a size, as HOTPATH_I_ABI packs them. */
static void hotpath_i_put_abi(hotpath_i_writer_t* w, uint32_t abi) {
    hotpath_i_put_u64(w, (abi >> 12) / 10000);
    hotpath_i_putc(w, '.');
    hotpath_i_put_u64(w, (abi >> 12) / 100 % 100);
    hotpath_i_puts(w, " (sites of ");
    hotpath_i_put_u64(w, abi & 0xfff);
    hotpath_i_puts(w, " bytes)");
}
/* A compile unit that was built with another hotpath.h is told once and records nothing. */
static HOTPATH_I_COLD void hotpath_i_abi_mismatch(const hotpath_site_t* site) {
    char message[400];
    HOTPATH_I_SHARED_ADD(&hotpath_i_g.abi_mismatch, (uint64_t)1);
    uint64_t told = HOTPATH_I_LOAD(&hotpath_i_g.abi_told);
    if (told == site->abi || !HOTPATH_I_CAS(&hotpath_i_g.abi_told, &told, (uint64_t)site->abi))
        return;
    hotpath_i_writer_t w = hotpath_i_writer_to(message, sizeof message - 1, NULL, NULL);
    hotpath_i_put_columns(&w, site->file, strlen(site->file), 0, 100);
    hotpath_i_puts(&w, " was compiled with hotpath ");
    hotpath_i_put_abi(&w, site->abi);
    hotpath_i_puts(&w, ", this program's recorder is ");
    hotpath_i_put_abi(&w, HOTPATH_I_ABI);
    hotpath_i_puts(&w, "; compile both with the same hotpath.h: its scopes are not recorded");
    message[w.used] = 0;
    hotpath_i_log(message);
}

    #define HOTPATH_I_GROUPS    64u
    #define HOTPATH_I_OTHER     61u /* the bit of all groups past the bound, never switched */
    #define HOTPATH_I_SOME      ((uint64_t)1 << 62) /* sampling leaves some out */
    #define HOTPATH_I_OFF_ALL   ((uint64_t)1 << 63)
    #define HOTPATH_I_GROUP_MAX 63u
    #define HOTPATH_I_OFF_BITS  4 /* of off_sum: switches whose times are not there yet */

/* A bit for each group that is off, that of hotpath_enable, and that of sampling. */
static uint64_t hotpath_i_off;

/* The bit of a group: 0 for the sites of none. Groups are found by content in a list that only grows;
   one that a handler adds in between may stand in it twice, and the first counts. */
static uint32_t hotpath_i_group_id(const char* group) {
    if (group == NULL || *group == 0) return 0;
    const char* copy = NULL;
    for (uint32_t i = 1; i < HOTPATH_I_OTHER; i++) {
        const char* there = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.groups[i]);
        if (there == NULL && copy == NULL) copy = hotpath_i_copy_text(group, HOTPATH_I_GROUP_MAX);
        if (there == NULL && copy == NULL) break;
        if (there == NULL && HOTPATH_I_CAS(&hotpath_i_g.groups[i], &there, copy)) return i;
        if (hotpath_i_same_text(there, group, HOTPATH_I_GROUP_MAX)) return i;
    }
    return HOTPATH_I_OTHER;
}
static HOTPATH_I_COLD uint32_t hotpath_i_site_id(hotpath_site_t* site);
static HOTPATH_I_ALWAYS_INLINE bool hotpath_i_group_is_off(
    uint64_t off, const hotpath_site_t* site) {
    return (off >> (HOTPATH_I_LOAD(&site->group_id) & 63) & 1) != 0;
}
/* Whether a site is not to be recorded now. */
static inline bool hotpath_i_is_off(hotpath_site_t* site) {
    uint64_t off = HOTPATH_I_LOAD(&hotpath_i_off);
    if (HOTPATH_I_LIKELY(off == 0) || site->abi != HOTPATH_I_ABI) return false;
    if ((off & HOTPATH_I_OFF_ALL) != 0) return true;
    if ((off & ~HOTPATH_I_SOME) == 0) return false;
    if (HOTPATH_I_LOAD_ACQUIRE(&site->id) == 0 && hotpath_i_site_id(site) == 0) return false;
    return hotpath_i_group_is_off(off, site);
}
static void hotpath_i_alloc_switch(void);
static void hotpath_i_switch_fast(uint64_t off) {
    do {
        hotpath_i_set_fast(off);
        hotpath_i_alloc_switch();
    } while (!HOTPATH_I_CAS(&hotpath_i_off, &off, off)); /* another one came in between */
}
/* Returns: whether `bit` was on. Each look at the clock is one of a state that its switch then ends, so
   that the sum is of times in their order, whoever adds his first. */
static bool hotpath_i_switch(uint64_t bit, bool on) {
    uint64_t before = HOTPATH_I_LOAD(&hotpath_i_off), after, now;
    do {
        now = hotpath_i_ticks() << HOTPATH_I_OFF_BITS;
        after = on ? before & ~bit : before | bit;
    } while (!HOTPATH_I_CAS(&hotpath_i_off, &before, after));
    if (((before ^ after) & HOTPATH_I_OFF_ALL) != 0)
        HOTPATH_I_SHARED_ADD(&hotpath_i_g.off_sum, on ? now - 1 : 1 - now);
    hotpath_i_switch_fast(after);
    return (before & bit) == 0;
}
/* For how long it was off until now. */
static uint64_t hotpath_i_off_ticks(uint64_t now) {
    uint64_t sum = HOTPATH_I_LOAD(&hotpath_i_g.off_sum);
    uint64_t half = (uint64_t)1 << (HOTPATH_I_OFF_BITS - 1);
    uint64_t offs = ((sum & (2 * half - 1)) ^ half) - half; /* 1 while it is off; 0 */
    uint64_t ticks = sum - offs + (offs * now << HOTPATH_I_OFF_BITS);
    return (int64_t)ticks < 0 ? 0 : ticks >> HOTPATH_I_OFF_BITS;
}
HOTPATH_API bool hotpath_enable(bool on) {
    if (!hotpath_i_init()) return false;
    HOTPATH_I_FORWARD_RESULT(enable(on));
    return hotpath_i_switch(HOTPATH_I_OFF_ALL, on);
}
HOTPATH_API bool hotpath_enable_group(const char* group, bool on) {
    if (!hotpath_i_init()) return false;
    HOTPATH_I_FORWARD_RESULT(enable_group(group, on));
    uint32_t id = hotpath_i_group_id(group);
    if (id == HOTPATH_I_OTHER) {
        hotpath_i_log("hotpath_enable_group: there are more than 60 groups, or no memory for "
                      "another: nothing has changed");
        return true;
    }
    return hotpath_i_switch((uint64_t)1 << id, on);
}
/* Threads see by the count that what they knew is of before. */
static void hotpath_i_auto_switch(bool on) {
    uint32_t since = HOTPATH_I_LOAD(&hotpath_i_g.auto_since);
    if ((since & 1) != (on ? 1u : 0u)) HOTPATH_I_STORE(&hotpath_i_g.auto_since, since + 1);
}
static void hotpath_i_sampling_switch(bool on) {
    if (on) HOTPATH_I_STORE(&hotpath_i_g.sampled, 1u);
    (void)hotpath_i_switch(HOTPATH_I_SOME, !on);
}
HOTPATH_API bool hotpath_time_sampling(const char* name, uint32_t rate) {
    if (!hotpath_i_init()) return false;
    HOTPATH_I_FORWARD_RESULT(time_sampling(name, rate));
    if (rate > 1000000 && rate != HOTPATH_TIME_SAMPLING_AUTO) rate = 1000000;
    if (name == NULL) HOTPATH_I_STORE(&hotpath_i_g.rate, rate);
    bool known = name == NULL, some = HOTPATH_I_LOAD(&hotpath_i_g.rate) > 1;
    bool is_auto = HOTPATH_I_LOAD(&hotpath_i_g.rate) == HOTPATH_TIME_SAMPLING_AUTO;
    uint32_t count = HOTPATH_I_LOAD(&hotpath_i_g.item_count[HOTPATH_I_CLASS_FUNCTION]);
    for (uint32_t id = 1; id <= count; id++) {
        hotpath_i_item_t* item =
            HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.items[HOTPATH_I_CLASS_FUNCTION][id]);
        if (item == NULL) continue;
        if (name != NULL && hotpath_i_same_text(item->name, name, HOTPATH_I_ITEM_NAME_MAX)) {
            HOTPATH_I_STORE(&item->rate, rate);
            known = true;
        }
        some = some || HOTPATH_I_LOAD(&item->rate) > 1;
        is_auto = is_auto || HOTPATH_I_LOAD(&item->rate) == HOTPATH_TIME_SAMPLING_AUTO;
    }
    hotpath_i_auto_switch(is_auto);
    hotpath_i_sampling_switch(some);
    return known;
}
/* What HOTPATH_OFF and HOTPATH_TIME_SAMPLING say, before anything is recorded. */
static void hotpath_i_switch_init(void) {
    uint64_t share = hotpath_i_settings.time_sampling;
    hotpath_i_g.rate =
        share != 0 ? HOTPATH_TIME_SAMPLING_AUTO : (uint32_t)hotpath_i_settings.time_sampling_rate;
    hotpath_i_g.auto_share = (double)(share != 0 ? share : HOTPATH_I_AUTO_SHARE) / 100000;
    hotpath_i_auto_switch(share != 0);
    if (hotpath_i_g.rate > 1) hotpath_i_sampling_switch(true);
    const char* text = hotpath_i_settings.off;
    bool off = false, all = true;
    if (hotpath_i_parse_bool(text, &off)) {
        if (off) (void)hotpath_i_switch(HOTPATH_I_OFF_ALL, false);
        text = "";
    }
    while (*text != 0) {
        char group[HOTPATH_I_GROUP_MAX + 1];
        size_t length = strcspn(text, ","), kept = 0;
        for (size_t i = 0; i < length && kept < HOTPATH_I_GROUP_MAX; i++)
            if (text[i] != ' ' || kept != 0) group[kept++] = text[i];
        while (kept != 0 && group[kept - 1] == ' ')
            kept--;
        group[kept] = 0;
        uint32_t id = hotpath_i_group_id(group);
        if (kept != 0 && id != HOTPATH_I_OTHER) (void)hotpath_i_switch((uint64_t)1 << id, false);
        all = all && id != HOTPATH_I_OTHER;
        text += length + (text[length] == ',');
    }
    if (!all)
        hotpath_i_log(
            "HOTPATH_OFF names more than 60 groups, or there is no memory for them: those "
            "past the bound stay on");
    hotpath_i_set_fast(HOTPATH_I_LOAD(&hotpath_i_off));
}

/* The id of a site at its first touch: 1, <other>, past the bound of functions; 0 if there is none.
 */
static HOTPATH_I_COLD uint32_t hotpath_i_site_id(hotpath_site_t* site) {
    if (site->abi != HOTPATH_I_ABI) {
        hotpath_i_abi_mismatch(site);
        return 0;
    }
    char shortened[256];
    const char* name = site->name != NULL ? site->name : "(null)";
    if (site->kind == HOTPATH_KIND_FUNCTION && strchr(name, '(') != NULL) {
        hotpath_i_shorten(name, shortened, sizeof shortened);
        name = shortened;
    }
    hotpath_i_item_t* item =
        hotpath_i_item_make(name, site->file != NULL ? site->file : "", site->line, site->kind);
    uint32_t id = item != NULL ? item->id : 0;
    if (id == 0 && hotpath_i_g.ready == 2) {
        switch (hotpath_i_class_of(site->kind)) {
            case HOTPATH_I_CLASS_FUNCTION:
                HOTPATH_I_SHARED_ADD(&hotpath_i_g.function_overflow, (uint64_t)1);
                if (HOTPATH_I_LOAD(&hotpath_i_g.item_count[HOTPATH_I_CLASS_FUNCTION]) <
                    hotpath_i_g.item_max[HOTPATH_I_CLASS_FUNCTION])
                    return 1; /* no memory just now: the next touch tries again */
                id = 1;
                break;
            case HOTPATH_I_CLASS_ENTRY:
                HOTPATH_I_SHARED_ADD(&hotpath_i_g.entry_overflow, (uint64_t)1);
                return 0; /* not kept in the site: every value past the bound is counted */
            default: return 0;
        }
    }
    HOTPATH_I_STORE(&site->group_id,
        hotpath_i_group_id(site->group) | (HOTPATH_I_LOAD(&site->group_id) & HOTPATH_I_ASKED));
    HOTPATH_I_STORE_RELEASE(&site->id, id);
    return id;
}
static const hotpath_i_item_t* hotpath_i_item_of(hotpath_i_class_t class_of, uint32_t id) {
    return id == 0 || id > hotpath_i_g.item_max[class_of]
               ? NULL
               : HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.items[class_of][id]);
}

/* >>threads
   Records are made once, adopted by thread after thread, and never freed. A thread that ends marks
   its record ENDED and, if nobody reads, adds it to the store of ended threads; else the reader
   does. Merging and reading hold the lock; recording never looks at it. */

static void hotpath_i_reap(bool look_for_dead);

static bool hotpath_i_try_lock(void) {
    uint32_t expected = 0;
    return HOTPATH_I_CAS(&hotpath_i_g.lock, &expected, 1u);
}
static void hotpath_i_lock(void) {
    while (!hotpath_i_try_lock())
        hotpath_i_os_yield();
}
/* Who ends while another holds the lock leaves the merging to it, and none stays unmerged when the
   last one lets go: each either sees the lock free or is seen to be unmerged. */
static void hotpath_i_unlock(void) {
    do {
        if (HOTPATH_I_LOAD(&hotpath_i_g.unmerged) > 0) hotpath_i_reap(false);
        HOTPATH_I_STORE_SC(&hotpath_i_g.lock, 0u);
    } while (HOTPATH_I_LOAD_SC(&hotpath_i_g.unmerged) > 0 && hotpath_i_try_lock());
}

/* Nodes by index: chunk k holds 64 << k of them. */
static hotpath_i_node_t* hotpath_i_node_at(const hotpath_i_thread_t* t, uint32_t index) {
    uint32_t n = index / HOTPATH_I_NODES + 1;
    uint32_t chunk = 31u - (uint32_t)__builtin_clz(n);
    hotpath_i_node_t* nodes = HOTPATH_I_LOAD(&t->chunks[chunk]); /* node_count publishes it */
    return &nodes[index - HOTPATH_I_NODES * ((1u << chunk) - 1)];
}

/* The node of an index from the one before: chunks hold whole multiples of the first one. */
static inline hotpath_i_node_t* hotpath_i_node_after(
    const hotpath_i_thread_t* t, const hotpath_i_node_t* before, uint32_t index) {
    return index % HOTPATH_I_NODES != 0 ? (hotpath_i_node_t*)(uintptr_t)(before + 1)
                                        : hotpath_i_node_at(t, index);
}

static void hotpath_i_frec_init(hotpath_i_frec_t* f, hotpath_i_execution_t* slots, uint64_t count) {
    HOTPATH_I_STORE(&f->min, UINT64_MAX);
    f->ring.slots = slots;
    f->ring.mask = count - 1;
}
/* What stands in where memory has run out: takes what it is given and is never read. */
static void hotpath_i_frec_init_lite(hotpath_i_thread_t* t) {
    hotpath_i_frec_init(&t->lite, &t->lite_slot, 1);
    t->lite.lite = 1;
    t->lite.min = 0;
    t->lite.max = t->lite.slow_floor = t->lite.window_end = UINT64_MAX;
    for (size_t i = 0; i < HOTPATH_I_OCTAVES; i++)
        t->lite.octaves[i] = t->lite_octave;
}
static hotpath_i_frec_t* hotpath_i_frec_of(const hotpath_i_thread_t* t, uint32_t function) {
    hotpath_i_frec_t** chunk = HOTPATH_I_LOAD_ACQUIRE(&t->frecs[function / HOTPATH_I_CHUNK]);
    return chunk == NULL ? NULL : HOTPATH_I_LOAD_ACQUIRE(&chunk[function % HOTPATH_I_CHUNK]);
}
/* Finds or makes; past the memory bound, or without memory, the one that stands in. */
static hotpath_i_frec_t* hotpath_i_frec_make(hotpath_i_thread_t* t, uint32_t function) {
    hotpath_i_frec_t* f = hotpath_i_frec_of(t, function);
    if (f != NULL) return f;
    hotpath_i_frec_t*** table = &t->frecs[function / HOTPATH_I_CHUNK];
    if (!hotpath_i_memory_is_full()) {
        if (*table == NULL)
            HOTPATH_I_STORE_RELEASE(table, (hotpath_i_frec_t**)hotpath_i_arena_take(
                                               &t->arena, HOTPATH_I_CHUNK * sizeof **table));
        size_t slots = hotpath_i_g.log_slots;
        if (*table != NULL)
            f = (hotpath_i_frec_t*)hotpath_i_arena_take(
                &t->arena, sizeof *f + slots * sizeof(hotpath_i_execution_t));
        if (f != NULL) {
            hotpath_i_frec_init(f, (hotpath_i_execution_t*)(void*)(f + 1), slots);
            HOTPATH_I_STORE_RELEASE(&(*table)[function % HOTPATH_I_CHUNK], f);
            return f;
        }
    }
    HOTPATH_I_OWN_ADD(&t->lite_functions, (uint64_t)1);
    return &t->lite;
}

/* A child's key: never 0, which is an empty slot, also where no site has an id yet. */
static inline uint64_t hotpath_i_key(uint32_t parent, uint64_t function) {
    return (uint64_t)(parent + 1u) << 32 | function;
}
static inline uint32_t hotpath_i_index(const hotpath_i_node_t* node) {
    return (uint32_t)(node->key >> 32) - 1u;
}
static size_t hotpath_i_hash_index(uint64_t key, uint32_t shift) {
    return (size_t)((key * 0x9E3779B97F4A7C15u) >> shift);
}
    #define HOTPATH_I_HASH_TAIL \
        16 /* slots after the last regular one, so that a probe never wraps */

static bool hotpath_i_hash_put(hotpath_i_slot_t* hash, uint32_t shift, hotpath_i_slot_t entry) {
    hotpath_i_slot_t* slot = &hash[hotpath_i_hash_index(entry.key, shift)];
    for (int i = 0; i < HOTPATH_I_HASH_TAIL; i++, slot++) {
        if (slot->key == entry.key) return true;
        if (slot->key == 0) {
            slot->node = entry.node;
            HOTPATH_I_SIGNAL_FENCE(); /* a handler that jumps out leaves no key without its node */
            slot->key = entry.key;
            return true;
        }
    }
    return false;
}
/* Doubles the table until every node fits near its place. Without memory it stays: nodes that are
   not in it are found by the slow way. */
static bool hotpath_i_hash_grow(hotpath_i_thread_t* t) {
    for (uint32_t shift = t->hash_shift - 1; shift > 36; shift--) {
        size_t slots = ((size_t)1 << (64 - shift)) + HOTPATH_I_HASH_TAIL;
        hotpath_i_slot_t* hash =
            (hotpath_i_slot_t*)hotpath_i_arena_take(&t->arena, slots * sizeof *hash);
        if (hash == NULL) return false;
        bool fits = true;
        for (uint32_t i = 1; i < t->node_count && fits; i++) {
            hotpath_i_node_t* node = hotpath_i_node_at(t, i);
            hotpath_i_slot_t entry = {hotpath_i_key(node->parent, node->function), node};
            fits = hotpath_i_hash_put(hash, shift, entry);
        }
        if (fits) {
            t->hash = hash; /* a handler that jumps out between the two leaves what is not found */
            HOTPATH_I_SIGNAL_FENCE();
            t->hash_shift = shift;
            return true;
        }
    }
    return false;
}
static hotpath_i_node_t* hotpath_i_hash_find(const hotpath_i_thread_t* t, uint64_t key) {
    const hotpath_i_slot_t* slot = &t->hash[hotpath_i_hash_index(key, t->hash_shift)];
    for (; slot->key != 0; slot++)
        if (slot->key == key) return slot->node;
    return NULL;
}

/* Makes a node one that is found. */
static void hotpath_i_hash_add(hotpath_i_thread_t* t, hotpath_i_node_t* node) {
    hotpath_i_slot_t entry = {hotpath_i_key(node->parent, node->function), node};
    t->hash_used++;
    bool crowded = t->hash_used * 4u > ((uint64_t)1 << (64 - t->hash_shift)) * 3u;
    if (crowded || !hotpath_i_hash_put(t->hash, t->hash_shift, entry))
        if (!hotpath_i_hash_grow(t) && crowded) hotpath_i_hash_put(t->hash, t->hash_shift, entry);
}
/* Makes a node. Returns NULL without memory. */
static hotpath_i_node_t* hotpath_i_node_new(
    hotpath_i_thread_t* t, uint32_t parent, uint32_t function) {
    uint32_t index = t->node_count;
    uint32_t n = index / HOTPATH_I_NODES + 1;
    uint32_t chunk = 31u - (uint32_t)__builtin_clz(n);
    if (chunk >= HOTPATH_I_NODE_CHUNKS) return NULL;
    if (t->chunks[chunk] == NULL) {
        size_t size = ((size_t)HOTPATH_I_NODES << chunk) * sizeof(hotpath_i_node_t);
        HOTPATH_I_STORE(
            &t->chunks[chunk], (hotpath_i_node_t*)hotpath_i_arena_take(&t->arena, size));
        if (t->chunks[chunk] == NULL) return NULL;
    }
    hotpath_i_node_t* node = hotpath_i_node_at(t, index);
    node->key = hotpath_i_key(index, 0), node->parent = parent, node->function = function;
    /* The root and <other> are there from the start; what little lands on <other> itself needs none. */
    node->frec = index < 2 ? &t->lite : hotpath_i_frec_make(t, function);
    for (uint32_t up = parent; up != 0 && index != 0; up = hotpath_i_node_at(t, up)->parent)
        if (hotpath_i_node_at(t, up)->function == function) {
            node->recursive = 1;
            break;
        }
    HOTPATH_I_STORE_RELEASE(&t->node_count, index + 1);
    if (index != 0) hotpath_i_hash_add(t, node);
    return node;
}
/* Finds or makes the child of a node without looking at bounds. */
static hotpath_i_node_t* hotpath_i_child_unbounded(
    hotpath_i_thread_t* t, uint32_t parent, uint32_t function) {
    hotpath_i_node_t* node = hotpath_i_hash_find(t, hotpath_i_key(parent, function));
    return node != NULL ? node : hotpath_i_node_new(t, parent, function);
}
static bool hotpath_i_is_open(const hotpath_i_open_t* top, uint32_t function) {
    for (; top->stack != UINTPTR_MAX; top--)
        if (top->node->function == function) return true;
    return false;
}
/* The node of a function under a parent. Past the node bound it is one under <other>, in two forms,
   so that recursion still counts once in the total; without memory <other> itself (node 1). */
static hotpath_i_node_t* hotpath_i_child(
    hotpath_i_thread_t* t, const hotpath_i_open_t* top, uint32_t parent, uint32_t function) {
    hotpath_i_node_t* node = hotpath_i_hash_find(t, hotpath_i_key(parent, function));
    if (node != NULL) return node;
    if (parent == 0 || t->regular_nodes < HOTPATH_MAX_NODES) {
        node = hotpath_i_node_new(t, parent, function);
        if (node != NULL) return t->regular_nodes++, node;
    }
    HOTPATH_I_OWN_ADD(&t->node_overflow, (uint64_t)1);
    node = hotpath_i_child_unbounded(t, 1, function);
    if (node != NULL && hotpath_i_is_open(top, function))
        node = hotpath_i_child_unbounded(t, hotpath_i_index(node), function);
    if (node == NULL) return hotpath_i_node_at(t, 1);
    HOTPATH_I_STORE(&node->flat, (uint16_t)1);
    return node;
}

/* Prepares a stack of open scopes; entry 0 is the root. It grows to HOTPATH_MAX_DEPTH. */
static bool hotpath_i_context_init(
    hotpath_context_t* c, hotpath_i_open_t* entries, uint32_t capacity) {
    if (entries == NULL) return false;
    c->entries = c->top = entries;
    c->capacity = c->soft = capacity;
    entries[0].stack = UINTPTR_MAX;
    entries[0].mark = UINT64_MAX; /* closed, and no token is equal to it */
    return true;
}
    #define HOTPATH_I_DEPTH_FIRST (HOTPATH_MAX_DEPTH + 1 < 64 ? HOTPATH_MAX_DEPTH + 1 : 64)
    #define HOTPATH_I_FIBER_FIRST (HOTPATH_MAX_DEPTH + 1 < 16 ? HOTPATH_MAX_DEPTH + 1 : 16)

static hotpath_i_thread_t* hotpath_i_thread_new(void) {
    hotpath_i_arena_t arena = {NULL, NULL, NULL};
    hotpath_i_thread_t* t = (hotpath_i_thread_t*)hotpath_i_arena_take(&arena, sizeof *t);
    if (t == NULL) return NULL;
    t->hash_shift = 64 - 8;
    t->hash = (hotpath_i_slot_t*)hotpath_i_arena_take(
        &arena, (256 + HOTPATH_I_HASH_TAIL) * sizeof *t->hash);
    t->arena = arena;
    hotpath_i_open_t* entries =
        (hotpath_i_open_t*)hotpath_i_arena_take(&t->arena, HOTPATH_I_DEPTH_FIRST * sizeof *entries);
    hotpath_i_frec_init_lite(t);
    if (t->hash == NULL || !hotpath_i_context_init(&t->own, entries, HOTPATH_I_DEPTH_FIRST) ||
        hotpath_i_node_new(t, 0, 0) == NULL || hotpath_i_node_new(t, 0, 1) == NULL)
        return NULL; /* the pages stay with the process: there are no more of them anyway */
    t->own.entries[0].node = hotpath_i_node_at(t, 0);
    t->own.state = HOTPATH_I_CONTEXT_OF_THREAD;
    t->own.thread = t;
    t->number = HOTPATH_I_SHARED_ADD(&hotpath_i_g.record_count, 1u) + 1;
    t->next_mark = ((uint64_t)t->number << 48) + HOTPATH_I_MARK;
    return t;
}

static void hotpath_i_text_move(
    hotpath_i_thread_t* into, const hotpath_i_thread_t* from, hotpath_i_execution_t* e);
static hotpath_i_ring_t* hotpath_i_value_ring(hotpath_i_thread_t* t, uint32_t entry);
static uint64_t* hotpath_i_octave(hotpath_i_thread_t* t, hotpath_i_frec_t* f, size_t octave);
static void hotpath_i_fold(hotpath_i_thread_t* t, hotpath_i_frec_t* f);
static void hotpath_i_reason_add(hotpath_i_frec_t* f, uint64_t id, uint64_t count);
static void hotpath_i_merge_inside(
    hotpath_i_thread_t* store, hotpath_i_thread_t* t, uint32_t function, hotpath_i_frec_t* f);
static void hotpath_i_slow_insert(hotpath_i_thread_t* t, hotpath_i_frec_t* f,
    const hotpath_i_thread_t* from, const hotpath_i_execution_t* execution);
static void hotpath_i_abandon_to(hotpath_i_local_t* l, hotpath_i_open_t* down_to, uintptr_t left);
static void hotpath_i_report_fork_child(void);
static void hotpath_i_context_move(hotpath_i_thread_t* t, hotpath_context_t* c);
static void hotpath_i_tell_apart(void);
static void hotpath_i_span_merge(
    hotpath_i_thread_t* store, hotpath_i_frec_t* into, hotpath_i_span_sums_t* from);
static void hotpath_i_span_look_away(hotpath_i_thread_t* t, const hotpath_i_node_t* node);
static void hotpath_i_alloc_adopt(hotpath_i_thread_t* t);
static void hotpath_i_alloc_merge(hotpath_i_thread_t* store, hotpath_i_thread_t* t);
static void hotpath_i_alloc_fork_child(void);
static void hotpath_i_alloc_tell(void);

/* A recording starts: from here on signal handlers of this thread find it. */
static HOTPATH_I_ALWAYS_INLINE void hotpath_i_claim(
    hotpath_i_local_t* l, volatile uintptr_t* cookie, uintptr_t phase) {
    uintptr_t busy = (uintptr_t)cookie + phase;
    *cookie = busy;
    HOTPATH_I_SIGNAL_FENCE(); /* a claim without its cookie would look like one left for good */
    l->busy = busy;
    HOTPATH_I_SIGNAL_FENCE();
}

/* Adds what one ring holds to another, keeping the newest. Texts are copied. */
static void hotpath_i_merge_ring(hotpath_i_thread_t* into_thread, hotpath_i_ring_t* into,
    const hotpath_i_thread_t* from_thread, const hotpath_i_ring_t* from);

static double hotpath_i_bits_double(uint64_t bits) {
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}
static uint64_t hotpath_i_double_bits(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}
/* Adds a frec to that of the store and clears it. */
static void hotpath_i_merge_frec(
    hotpath_i_thread_t* store, hotpath_i_thread_t* t, uint32_t function, hotpath_i_frec_t* f) {
    hotpath_i_item_t* item = HOTPATH_I_LOAD(&hotpath_i_g.items[HOTPATH_I_CLASS_FUNCTION][function]);
    if (f->is_paced != 0 && item != NULL) HOTPATH_I_STORE(&item->paced_rate, f->paced_rate);
    f->gap = f->weight = 0; /* also of one that is never ended */
    f->drawn = f->paced_begun = 0;
    f->is_paced = f->paced_rate = 0;
    if (f->ring.head == 0 && f->untimed == 0 && f->abandoned == 0 && f->reasons_used == 0 &&
        f->reason_other == 0 && f->spans == NULL)
        return;
    hotpath_i_frec_t* into = hotpath_i_frec_make(store, function);
    if (f->spans != NULL) hotpath_i_span_merge(store, into, f->spans);
    hotpath_i_merge_ring(store, &into->ring, t, &f->ring);
    into->untimed += f->untimed;
    into->error_squares = hotpath_i_double_bits(
        hotpath_i_bits_double(into->error_squares) + hotpath_i_bits_double(f->error_squares));
    into->window_head = into->ring.head + into->untimed;
    uint64_t running = f->ring.head + f->untimed - f->window_head;
    into->peak = running > into->peak ? running : into->peak;
    into->sum += f->sum;
    uint64_t low = (into->squares_low & INT64_MAX) + (f->squares_low & INT64_MAX);
    into->squares_high += f->squares_high + (low >> 63);
    into->squares_low = into->squares_high << 63 | (low & INT64_MAX);
    into->min = f->min < into->min ? f->min : into->min;
    into->max = f->max > into->max ? f->max : into->max;
    into->abandoned += f->abandoned;
    into->peak = f->peak > into->peak ? f->peak : into->peak;
    into->peak = f->last_count > into->peak ? f->last_count : into->peak;
    for (uint32_t i = 0; i < f->reasons_used; i++)
        hotpath_i_reason_add(into, f->reasons[i].id, f->reasons[i].count);
    into->reason_other += f->reason_other;
    uint64_t slow = f->ring.head < HOTPATH_I_SLOWEST ? f->ring.head : HOTPATH_I_SLOWEST;
    for (uint64_t i = 0; i < slow && into->lite == 0; i++)
        hotpath_i_slow_insert(store, into, t, &f->slowest[i]);
    if (f->waiting != 0) hotpath_i_fold(t, f);
    for (size_t i = 0; i < HOTPATH_I_OCTAVES; i++) {
        if (f->octaves[i] == NULL) continue;
        uint64_t* octave = hotpath_i_octave(store, into, i);
        for (size_t k = 0; k < HOTPATH_I_BUCKETS && octave != NULL; k++)
            octave[k] += f->octaves[i][k];
        memset(f->octaves[i], 0, HOTPATH_I_BUCKETS * sizeof **f->octaves);
    }
    f->ring.head = f->ring.claimed = f->sum = f->squares_low = f->squares_high = f->max =
        f->slow_floor = 0;
    f->abandoned = f->window_end = f->window = f->window_head = f->last_window = 0;
    f->untimed = f->error_squares = 0;
    f->last_count = f->peak = f->reason_other = 0;
    f->reasons_used = 0;
    f->min = UINT64_MAX;
    memset(f->reasons, 0, sizeof f->reasons);
    memset(f->slowest, 0, sizeof f->slowest);
}
static void hotpath_i_merge_node_allocs(hotpath_i_node_t* into, hotpath_i_node_t* node) {
    #if HOTPATH_I_ALLOC
    into->alloc_count += node->alloc_count;
    into->alloc_bytes += node->alloc_bytes;
    node->alloc_count = node->alloc_bytes = 0;
    node->alloc = NULL;
    #else
    (void)into, (void)node;
    #endif
}
static void hotpath_i_merge_nodes(hotpath_i_thread_t* store, hotpath_i_thread_t* t) {
    /* Parents have lower indexes than their children: one pass carries the paths over. The field
       deep_open, which nothing needs any more, holds the node's index in the store until all is
       merged. */
    for (uint32_t i = 1; i < t->node_count; i++) {
        hotpath_i_node_t* node = hotpath_i_node_at(t, i);
        uint32_t parent = i == 1 ? 0 : hotpath_i_node_at(t, node->parent)->deep_open;
        hotpath_i_node_t* into = hotpath_i_child(store, store->own.entries, parent, node->function);
        into->calls += node->calls;
        into->total += node->total;
        into->flat |= node->flat;
        into->errors += node->errors;
        into->bytes += node->bytes;
        node->calls = node->total = node->errors = node->bytes = 0;
        node->deep_open = hotpath_i_index(into);
        hotpath_i_merge_node_allocs(into, node);
    }
    hotpath_i_merge_node_allocs(hotpath_i_node_at(store, 0), hotpath_i_node_at(t, 0));
}
/* Parked contexts whose open scopes name nodes of an ended record name those of the store then.
   Returns false if one is claimed by a thread that may not have moved it yet: it still names them. */
static bool hotpath_i_merge_contexts(hotpath_i_thread_t* store, hotpath_i_thread_t* t) {
    bool none_left = true;
    hotpath_context_t* c = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.contexts);
    for (; c != NULL; c = c->next) {
        uint32_t state = HOTPATH_I_CONTEXT_PARKED;
        if (HOTPATH_I_LOAD(&c->thread) != t) continue;
        if (HOTPATH_I_CAS(&c->state, &state, (uint32_t)HOTPATH_I_CONTEXT_MOVING)) {
            if (c->thread == t) hotpath_i_context_move(store, c);
            HOTPATH_I_STORE_RELEASE(&c->state, (uint32_t)HOTPATH_I_CONTEXT_PARKED);
        } else if (state == HOTPATH_I_CONTEXT_RUNNING) {
            none_left = false;
        }
    }
    return none_left;
}
/* Moves all that an ended record holds to the store of ended threads, unless it has to stay: then it
   is read where it is. With the lock. */
static void hotpath_i_merge_record(hotpath_i_thread_t* t) {
    hotpath_i_thread_t* store = hotpath_i_g.ended;
    if (store == NULL) {
        store = hotpath_i_thread_new();
        if (store == NULL) return;
        store->state = HOTPATH_I_RECORD_HIDDEN;
        hotpath_i_g.ended = store;
    }
    if (!hotpath_i_merge_contexts(store, t)) return;
    hotpath_i_alloc_merge(store, t);
    hotpath_i_merge_nodes(store, t);
    for (uint32_t c = 0; c < HOTPATH_I_FUNC_CHUNKS; c++)
        for (uint32_t i = 0; i < HOTPATH_I_CHUNK && t->frecs[c] != NULL; i++)
            if (t->frecs[c][i] != NULL) {
                hotpath_i_merge_frec(store, t, c * HOTPATH_I_CHUNK + i, t->frecs[c][i]);
                hotpath_i_merge_inside(store, t, c * HOTPATH_I_CHUNK + i, t->frecs[c][i]);
            }
    for (uint32_t i = 0; i < t->node_count; i++)
        hotpath_i_node_at(t, i)->deep_open = 0;
    for (uint32_t c = 0; c < HOTPATH_I_ENTRY_CHUNKS; c++)
        for (uint32_t i = 0; i < HOTPATH_I_CHUNK && t->values[c] != NULL; i++) {
            hotpath_i_ring_t* ring = t->values[c][i];
            if (ring == NULL || ring->head == 0) continue;
            hotpath_i_ring_t* into = hotpath_i_value_ring(store, c * HOTPATH_I_CHUNK + i);
            if (into != NULL) hotpath_i_merge_ring(store, into, t, ring);
            ring->head = ring->claimed = 0;
        }
    for (uint32_t i = 1; i < t->own.capacity; i++)
        HOTPATH_I_STORE(&t->own.entries[i].mark, (uint64_t)0); /* their intents are of old totals */
    store->threads_merged++;
    store->pace.time += t->pace.time;
    store->pace.overhead += t->pace.overhead;
    store->pace.least += t->pace.least;
    memset(&t->pace, 0, sizeof t->pace);
    t->text_head += HOTPATH_I_TEXT_RING;
    t->phase = 0; /* of a thread that ended without a word */
    t->is_kept = 0;
    HOTPATH_I_STORE(&t->os_tid, (uint64_t)0); /* until its next owner says who it is */
    HOTPATH_I_STORE_RELEASE(&t->state, (uint32_t)HOTPATH_I_RECORD_FREE);
}
/* The innermost open entry, found from what is written: for stacks whose owner is gone. */
static hotpath_i_open_t* hotpath_i_find_top(const hotpath_context_t* c) {
    hotpath_i_open_t* e = c->entries;
    while (
        e + 1 < c->entries + c->capacity && e[1].mark != 0 && (e[1].mark & HOTPATH_I_CLOSED) == 0)
        e++;
    return e;
}
static void hotpath_i_pace_end(hotpath_i_thread_t* t);
static void hotpath_i_phase_end(hotpath_i_thread_t* t, uint64_t now);
/* Gives up a record whose thread has ended; `local` is the thread's own or a made-up one. */
static void hotpath_i_retire(hotpath_i_local_t* l, hotpath_i_thread_t* t) {
    if (t->context != &t->own) { /* the fiber may go on elsewhere */
        t->context->top = l->top;
        HOTPATH_I_STORE_RELEASE(&t->context->state, (uint32_t)HOTPATH_I_CONTEXT_PARKED);
        l->top = t->own.top;
        HOTPATH_I_STORE_RELEASE(&t->context, &t->own);
    }
    hotpath_i_abandon_to(l, t->own.entries, HOTPATH_I_NO_FRAME);
    hotpath_i_phase_end(t, hotpath_i_ticks());
    hotpath_i_pace_end(t);
    HOTPATH_I_STORE_RELEASE(&t->state, (uint32_t)HOTPATH_I_RECORD_ENDED);
    (void)HOTPATH_I_SHARED_ADD_SC(&hotpath_i_g.unmerged, 1);
    if (hotpath_i_try_lock()) hotpath_i_unlock();
}
/* The system calls it when a thread ends, perhaps several times: later destructors may record and
   so adopt a record again. */
HOTPATH_I_REAL_STACK static void hotpath_i_os_thread_ends(void* record) {
    hotpath_i_local_t* l = &hotpath_i_local;
    hotpath_i_thread_t* t = l->thread;
    if (t == NULL || (void*)t != record) return;
    volatile uintptr_t cookie;
    hotpath_i_claim(l, &cookie, HOTPATH_I_IN_OTHER);
    hotpath_i_excluded(1);
    hotpath_i_retire(l, t);
    l->top = l->last = NULL;
    l->thread = NULL;
    hotpath_i_excluded(-1);
    l->attention = 0;
    l->busy = 0;
}
/* With the lock: merges what could not be merged when its thread ended, and what belongs to threads
   that ended without a word (their last destructors recorded after ours). */
static void hotpath_i_reap(bool look_for_dead) {
    for (hotpath_i_thread_t* t = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.threads); t != NULL;
         t = t->next) {
        uint32_t state = HOTPATH_I_LOAD_ACQUIRE(&t->state);
        if (look_for_dead && state == HOTPATH_I_RECORD_LIVE && HOTPATH_I_LOAD(&t->os_tid) != 0 &&
            hotpath_i_os_thread_is_dead(HOTPATH_I_LOAD(&t->os_tid))) {
            hotpath_i_local_t gone;
            memset(&gone, 0, sizeof gone);
            gone.thread = t;
            gone.top = hotpath_i_find_top(t->context);
            if (t->context != &t->own) {
                t->context->top = gone.top;
                HOTPATH_I_STORE_RELEASE(&t->context->state, (uint32_t)HOTPATH_I_CONTEXT_PARKED);
                gone.top = t->own.top;
                HOTPATH_I_STORE(&t->context, &t->own);
            }
            hotpath_i_abandon_to(&gone, t->own.entries, HOTPATH_I_NO_FRAME);
            t->is_kept = 1;
            HOTPATH_I_STORE(&t->state, (uint32_t)HOTPATH_I_RECORD_ENDED); /* for who has the lock */
            hotpath_i_merge_record(t);
        } else if (state == HOTPATH_I_RECORD_ENDED) {
            if (t->is_kept == 0) (void)HOTPATH_I_SHARED_ADD(&hotpath_i_g.unmerged, -1);
            t->is_kept = 1;
            hotpath_i_merge_record(t);
        }
    }
}
static hotpath_i_thread_t* hotpath_i_claim_free(void) {
    for (hotpath_i_thread_t* t = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.threads); t != NULL;
         t = t->next) {
        uint32_t state = HOTPATH_I_RECORD_FREE;
        if (HOTPATH_I_LOAD(&t->state) == HOTPATH_I_RECORD_FREE &&
            HOTPATH_I_CAS(&t->state, &state, (uint32_t)HOTPATH_I_RECORD_HIDDEN))
            return t; /* until it has the name and the id of its new thread */
    }
    return NULL;
}
/* A record for this thread: a free one, one that can be freed, or a new one. */
static HOTPATH_I_COLD bool hotpath_i_adopt(hotpath_i_local_t* l) {
    if (!hotpath_i_init()) return false;
    hotpath_i_excluded(1);
    hotpath_i_thread_t* t = hotpath_i_claim_free();
    if (t == NULL && hotpath_i_try_lock()) {
        uint32_t n = HOTPATH_I_LOAD(&hotpath_i_g.record_count);
        hotpath_i_reap(n >= 64 && (n & (n - 1)) == 0);
        hotpath_i_unlock();
        t = hotpath_i_claim_free();
    }
    if (t == NULL) {
        t = hotpath_i_thread_new();
        if (t == NULL) return hotpath_i_excluded(-1), false;
        t->state = HOTPATH_I_RECORD_HIDDEN;
        t->context = &t->own;
        t->next = HOTPATH_I_LOAD(&hotpath_i_g.threads);
        while (!HOTPATH_I_CAS(&hotpath_i_g.threads, &t->next, t)) {}
    }
    char name[HOTPATH_I_NAME_MAX];
    hotpath_i_os_thread_name(name, sizeof name);
    hotpath_i_name_store(t->name, name);
    uint64_t id = HOTPATH_I_SHARED_ADD(&hotpath_i_g.thread_count, (uint64_t)1) + 1;
    t->log_meta = id << 24;
    HOTPATH_I_STORE(&t->os_tid, hotpath_i_os_tid());
    HOTPATH_I_STORE(&t->stack_top, hotpath_i_os_stack_top((uintptr_t)name));
    HOTPATH_I_STORE(&t->start_tick, hotpath_i_ticks());
    HOTPATH_I_STORE(&t->id, id);
    HOTPATH_I_STORE_RELEASE(&t->state, (uint32_t)HOTPATH_I_RECORD_LIVE);
    t->stack_low = t->stack_high = t->other_low = t->other_high = 0;
    hotpath_i_alloc_adopt(t);
    l->thread = t;
    l->log_meta = t->log_meta;
    l->last = t->own.entries + t->own.soft - 1;
    l->top = t->own.entries;
    hotpath_i_os_exit_hook_set(t);
    hotpath_i_excluded(-1);
    return true;
}

/* Whether two stack addresses are of one stack. Only asked where one looks older than an open scope
   above it, and where a recording seems to be interrupted. */
static bool hotpath_i_same_stack(hotpath_i_thread_t* t, uintptr_t a, uintptr_t b) {
    uintptr_t low = a < b ? a : b, high = a < b ? b : a;
    uintptr_t signal_low = 0, signal_high = 0;
    if (hotpath_i_os_signal_stack(&signal_low, &signal_high) &&
        (a >= signal_low && a < signal_high) != (b >= signal_low && b < signal_high))
        return false;
    if (low >= t->stack_low && high < t->stack_high) return true;
    if (a >= t->other_low && a < t->other_high) return b >= t->other_low && b < t->other_high;
    uintptr_t from = 0, to = 0;
    if (!hotpath_i_os_stack_range(a, &from, &to))
        return high - low < 65536; /* nothing known: near is the same */
    if (b >= from && b < to) {
        t->stack_low = from, t->stack_high = to;
        return true;
    }
    t->other_low = from, t->other_high = to;
    return false;
}

/* Whether the frame that entered a scope has been left, for an older one of its stack enters another.
   In a context the scope's variable has to be on that stack, too: that of a coroutine is not, and goes
   on from whatever frame it is resumed. */
static bool hotpath_i_is_left(hotpath_i_thread_t* t, uintptr_t stack, const hotpath_i_open_t* e) {
    return hotpath_i_same_stack(t, stack, e->stack) &&
           (t->context == &t->own || hotpath_i_same_stack(t, (uintptr_t)e->token, e->stack));
}

/* The child of a fork: only the forking thread lives, and everything starts empty. What it inherits
   is given back or forgotten; nothing here waits. The forking thread's own record stays where it is:
   a handler that forks may have interrupted a recording that is about to claim it. */
static void hotpath_i_fork_child(void) {
    hotpath_i_local_t* l = &hotpath_i_local;
    hotpath_i_thread_t* mine = l->thread;
    bool reading = hotpath_i_g.lock != 0 && l->reading != 0;
    hotpath_i_thread_t* t = hotpath_i_g.threads;
    while (t != NULL && !reading) {
        hotpath_i_thread_t* next = t->next;
        hotpath_i_block_t* block = t->arena.blocks;
        while (block != NULL) { /* the record lies in one of its own blocks */
            hotpath_i_block_t* after = block->next;
            if (t == mine)
                hotpath_i_g.memory -= block->size; /* no part of what the child may take */
            else
                hotpath_i_pages_free(block, block->size);
            block = after;
        }
        t = next;
    }
    for (hotpath_context_t* c = hotpath_i_g.contexts; c != NULL; c = c->next) {
        for (uint32_t i = 1; i < c->capacity; i++)
            c->entries[i].mark = 0;
        c->top = c->entries;
        c->deep = 0;
        c->thread = NULL;
        c->switches &= ~(uint64_t)1;
        if (c->state != HOTPATH_I_CONTEXT_FREE) c->state = HOTPATH_I_CONTEXT_PARKED;
    }
    #if HOTPATH_I_ALLOC
    hotpath_i_stop_counting(l);
    #endif
    l->top = l->last = NULL, l->thread = NULL, l->busy = 0, l->attention = 0;
    hotpath_i_g.threads = hotpath_i_g.ended = NULL;
    hotpath_i_g.lock = hotpath_i_g.app_info_lock = hotpath_i_g.reporting = 0;
    hotpath_i_g.unmerged = 0;
    hotpath_i_g.first_record = hotpath_i_g.record_count + 1;
    hotpath_i_g.thread_count = 0;
    hotpath_i_g.no_memory = hotpath_i_g.foreign_ends = hotpath_i_g.abi_mismatch = 0;
    hotpath_i_g.function_overflow = hotpath_i_g.entry_overflow = hotpath_i_g.value_mismatch = 0;
    hotpath_i_g.clock_anomalies = hotpath_i_g.dropped_early = 0;
    hotpath_i_g.child = 1;
    hotpath_i_clock_start();
    bool off = (hotpath_i_off & HOTPATH_I_OFF_ALL) != 0;
    hotpath_i_g.off_sum = off ? 1 - (hotpath_i_g.start_tick << HOTPATH_I_OFF_BITS) : 0;
    hotpath_i_g.off_told = 0;
    hotpath_i_set_fast(hotpath_i_off); /* who was about to do it may not be here */
    hotpath_i_g.check_tick = hotpath_i_g.start_tick;
    hotpath_i_g.check_ns = hotpath_i_g.start_ns;
    for (uint32_t i = 1; i <= hotpath_i_g.item_count[HOTPATH_I_CLASS_ENTRY]; i++) {
        hotpath_i_item_t* item = hotpath_i_g.items[HOTPATH_I_CLASS_ENTRY][i];
        if (item != NULL && item->gauge != NULL) {
            hotpath_i_gauge_slot_t* history = item->gauge->history;
            uint32_t slots = item->gauge->slots;
            memset(item->gauge, 0, sizeof *item->gauge);
            memset(history, 0, slots * sizeof *history);
            item->gauge->history = history, item->gauge->slots = slots;
            item->gauge->least = UINT64_MAX;
        }
    }
    hotpath_i_alloc_fork_child();
    hotpath_i_g.pid = hotpath_i_os_pid();
    hotpath_i_report_fork_child();
}

    #if defined(HOTPATH_OWN_RECORDER)
        #define HOTPATH_I_OWN 1
    #else
        #define HOTPATH_I_OWN 0
    #endif
/* Looks for a recorder that the loader put before this one, in the program or a library. Another
   version is told and left alone. */
static bool hotpath_i_find_other(void) {
    if (hotpath_i_other != NULL) return true;
    const hotpath_i_recorder_t* found = &hotpath_recorder_v1;
    __asm__ volatile("" : "+r"(found)); /* the loader, not the compiler, knows which it is */
    if (found->identity == (const void*)&hotpath_i_g || HOTPATH_I_OWN) return false;
    char message[300];
    hotpath_i_writer_t w = hotpath_i_writer_to(message, sizeof message - 1, NULL, NULL);
    bool same = found->abi == HOTPATH_I_ABI && found->size == sizeof *found;
    hotpath_i_puts(&w, same ? "a second implementation defers to the program's recorder"
                            : "a library's recorder is hotpath ");
    if (!same) {
        hotpath_i_put_abi(&w, HOTPATH_I_ABI);
        hotpath_i_puts(&w, ", the program's is ");
        hotpath_i_put_abi(&w, found->abi);
        hotpath_i_puts(&w, "; compile both with the same hotpath.h: they record apart");
    }
    message[w.used] = 0;
    hotpath_i_log(message);
    if (same) hotpath_i_other = found;
    return same;
}
    #if defined(__PIC__) && !defined(__PIE__) && defined(__linux__) && \
        !defined(HOTPATH_OWN_RECORDER)
extern const char hotpath_i_elf_header[] __asm__("__ehdr_start")
    __attribute__((visibility("hidden"), weak));
/* A shared library with a recorder of its own says so: its numbers are not among the program's. */
static void hotpath_i_tell_apart(void) {
    uintptr_t own = (uintptr_t)hotpath_i_elf_header, program = (uintptr_t)getauxval(AT_PHDR);
    if (own != 0 && program != 0 && (program < own || program - own > 4096))
        hotpath_i_log("a shared library has its own recorder and records apart from the program "
                      "(to share one, link the program with -rdynamic and build the library "
                      "without HOTPATH_IMPLEMENTATION)");
}
    #else
static void hotpath_i_tell_apart(void) {}
    #endif

/* Rings that are made from now on hold this many. */
static void hotpath_i_set_log_slots(void) {
    uint32_t slots = 1;
    while (slots < hotpath_i_settings.logs_limit)
        slots *= 2;
    hotpath_i_g.log_slots = slots;
}
/* The first touch by anyone. Returns false while this very thread is inside it (a signal). */
static bool hotpath_i_init_once(void);
static HOTPATH_I_COLD bool hotpath_i_init(void) {
    if (HOTPATH_I_UNLIKELY(hotpath_i_other != NULL)) return true;
    if (HOTPATH_I_LIKELY(HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.ready) == 2)) return true;
    int cancel = hotpath_i_os_cancel_off();
    hotpath_i_excluded(1);
    bool made = hotpath_i_init_once();
    hotpath_i_excluded(-1);
    hotpath_i_os_cancel_back(cancel);
    return made;
}
static HOTPATH_I_COLD bool hotpath_i_init_once(void) {
    uint32_t expected = 0;
    if (!HOTPATH_I_CAS(&hotpath_i_g.ready, &expected, 1u)) {
        uint64_t me = hotpath_i_os_tid();
        while (HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.ready) != 2) {
            if (HOTPATH_I_LOAD(&hotpath_i_g.maker) == me) return false;
            uint64_t pid = HOTPATH_I_LOAD(&hotpath_i_g.maker_pid);
            uint32_t inherited = 1;
            if (pid != 0 && pid != hotpath_i_os_pid() &&
                HOTPATH_I_CAS(&hotpath_i_g.ready, &inherited, 0u))
                return hotpath_i_init();
            hotpath_i_os_yield();
        }
        return true;
    }
    HOTPATH_I_STORE(&hotpath_i_g.maker, hotpath_i_os_tid());
    HOTPATH_I_STORE(&hotpath_i_g.maker_pid, hotpath_i_os_pid());
    if (hotpath_i_find_other()) {
        HOTPATH_I_STORE_RELEASE(&hotpath_i_g.ready, 2u);
        return true;
    }
    hotpath_i_settings_read();
    hotpath_i_set_log_slots();
    hotpath_i_g.first_record = 1;
    hotpath_i_clock_init();
    static const uint32_t reasons_max = 4096;
    uint32_t entries = (uint32_t)hotpath_i_settings.entries_limit;
    hotpath_i_g.item_max[HOTPATH_I_CLASS_FUNCTION] = HOTPATH_MAX_FUNCTIONS;
    hotpath_i_g.item_max[HOTPATH_I_CLASS_ENTRY] =
        entries < HOTPATH_I_ENTRIES_MAX ? entries : HOTPATH_I_ENTRIES_MAX;
    hotpath_i_g.item_max[HOTPATH_I_CLASS_REASON] = reasons_max;
    bool made = true;
    for (int i = 0; i < HOTPATH_I_CLASSES; i++) {
        hotpath_i_g.items[i] = (hotpath_i_item_t**)hotpath_i_pages_alloc(
            (hotpath_i_g.item_max[i] + 1u) * sizeof(hotpath_i_item_t*));
        made = made && hotpath_i_g.items[i] != NULL;
    }
    if (!made) {
        memset(hotpath_i_g.item_max, 0, sizeof hotpath_i_g.item_max);
        HOTPATH_I_STORE_RELEASE(&hotpath_i_g.ready, 0u);
        return false;
    }
    hotpath_i_os_exit_hook_init(hotpath_i_fork_child);
    hotpath_i_item_find("<other>", "", 0, HOTPATH_KIND_OTHER); /* the first function: id 1 */
    #if HOTPATH_I_ALLOC
    hotpath_i_item_find("<outside>", "", 0, HOTPATH_KIND_OUTSIDE); /* the second one */
    #endif
    hotpath_i_switch_init();
    hotpath_i_g.span_secret = hotpath_i_os_secret();
    hotpath_i_g.pid = hotpath_i_os_pid();
    HOTPATH_I_STORE_RELEASE(&hotpath_i_g.ready, 2u);
    return true;
}
/* Only what must be said or known when the code is loaded; settings wait for the first touch, so
   that main may set the environment. */
__attribute__((constructor)) static void hotpath_i_load(void) {
    if (hotpath_i_other == NULL && HOTPATH_I_LOAD(&hotpath_i_g.ready) == 0 &&
        !hotpath_i_find_other())
        hotpath_i_tell_apart();
}

/* >>scopes
   The recording path. hotpath_begin and hotpath_end touch what they must and leave every rare case
   to a slow twin. One thread writes, and the order of its stores (r: with release, else relaxed) is
   what readers rely on; tests/order explores it, and that each release and acquire is needed.
     begin: mark = 0 r, node r, calls r, intent = 0 r, start r, mark r, top, the node's calls
     end:   intent r, the readers' moment is looked up, intent r again if that was later, head, mark
            closed r, top, the node's total r, folded r, waiting r, bucket r, waiting r, claimed, sum, slot
            r, squares r, ring head r
   A reader loads mark, node, start, intent, calls and total, each with acquire, and the mark again. A
   field that has changed brings the mark that was stored before it, 0 or closed. Therefore
     - a mark that is the same before and after has fields that belong together; if it is open the
       total is without it; if it has an intent that is the total after it, or less if it is still open;
     - a moment that the reader stores before the barrier of all threads is found by every end whose
       intent it does not find;
     - a total has its calls, a ring's head the sums and slots until then, the squares' lower half the
       higher one of before; a slot that `claimed` has passed is being overwritten;
     - the buckets have all but what `waiting` has, which a reader loads before them: each execution
       is in its bucket or waits.
   What moves a stack or changes the slowest executions makes a sequence odd, stores with release and
   makes it even with release: a reader that finds it even and the same has nothing of the change.
   A node is whole before node_count r, a record before the list or its state LIVE r, an item before
   its bucket and number r. A thread that ends leaves its record with ENDED r; who merges that, with
   the lock, gives it back with FREE r. */

static HOTPATH_I_COLD uint64_t* hotpath_i_octave_new(
    hotpath_i_thread_t* t, hotpath_i_frec_t* f, size_t octave) {
    uint64_t* buckets = hotpath_i_memory_is_full() ? NULL
                                                   : (uint64_t*)hotpath_i_arena_take(&t->arena,
                                                         HOTPATH_I_BUCKETS * sizeof *buckets);
    if (buckets == NULL) {
        HOTPATH_I_OWN_ADD(&t->lite_functions, (uint64_t)1);
        f->lite = 1; /* from here on its percentiles are not told */
        buckets = t->lite_octave;
    } else {
        HOTPATH_I_STORE(&f->octave_bits, f->octave_bits | (uint64_t)1 << octave);
    }
    HOTPATH_I_STORE_RELEASE(&f->octaves[octave], buckets);
    return buckets;
}
static uint64_t* hotpath_i_octave(hotpath_i_thread_t* t, hotpath_i_frec_t* f, size_t octave) {
    uint64_t* buckets = f->octaves[octave];
    return HOTPATH_I_LIKELY(buckets != NULL) ? buckets : hotpath_i_octave_new(t, f, octave);
}
static void hotpath_i_reason_add(hotpath_i_frec_t* f, uint64_t id, uint64_t count) {
    for (uint32_t i = 0; i < f->reasons_used && id != 0; i++)
        if (f->reasons[i].id == id) {
            HOTPATH_I_OWN_ADD(&f->reasons[i].count, count);
            return;
        }
    if (id != 0 && f->reasons_used < HOTPATH_I_REASONS) {
        HOTPATH_I_STORE(&f->reasons[f->reasons_used].id, id);
        HOTPATH_I_STORE(&f->reasons[f->reasons_used].count, count);
        HOTPATH_I_STORE_RELEASE(&f->reasons_used, f->reasons_used + 1);
        return;
    }
    HOTPATH_I_OWN_ADD(&f->reason_other, count);
}

/* Allocations of an execution, from what its node had before. */
static HOTPATH_I_ALWAYS_INLINE void hotpath_i_execution_allocs(
    hotpath_i_execution_t* to, const hotpath_i_node_t* node, const hotpath_i_open_t* e) {
    #if HOTPATH_I_ALLOC
    HOTPATH_I_STORE_RELEASE(&to->alloc_count, node->alloc_count - e->alloc_count);
    HOTPATH_I_STORE_RELEASE(&to->alloc_bytes, node->alloc_bytes - e->alloc_bytes);
    #else
    (void)to, (void)node, (void)e;
    #endif
}
/* Keeps them for hotpath_i_finish. */
static void hotpath_i_note_allocs(hotpath_i_thread_t* t, const hotpath_i_open_t* e) {
    #if HOTPATH_I_ALLOC
    t->made_count = e->node->alloc_count - e->alloc_count;
    t->made_bytes = e->node->alloc_bytes - e->alloc_bytes;
    #else
    (void)t, (void)e;
    #endif
}
static void hotpath_i_execution_store(hotpath_i_execution_t* to, const hotpath_i_execution_t* e) {
    #if HOTPATH_I_ALLOC
    HOTPATH_I_STORE_RELEASE(&to->alloc_count, e->alloc_count);
    HOTPATH_I_STORE_RELEASE(&to->alloc_bytes, e->alloc_bytes);
    #endif
    HOTPATH_I_STORE_RELEASE(&to->tick, e->tick);
    HOTPATH_I_STORE_RELEASE(&to->duration, e->duration);
    HOTPATH_I_STORE_RELEASE(&to->bits, e->bits);
    HOTPATH_I_STORE_RELEASE(&to->meta, e->meta);
}
/* Takes an execution among the slowest, in place of the least of them. */
static HOTPATH_I_COLD void hotpath_i_slow_insert(hotpath_i_thread_t* t, hotpath_i_frec_t* f,
    const hotpath_i_thread_t* from, const hotpath_i_execution_t* execution) {
    hotpath_i_execution_t e = *execution;
    if (e.duration < f->slow_floor) return;
    if (from != t) hotpath_i_text_move(t, from, &e);
    size_t place = 0, used = 0;
    for (size_t i = 0; i < HOTPATH_I_SLOWEST; i++) {
        used += f->slowest[i].meta != 0;
        bool smaller =
            f->slowest[place].meta != 0 &&
            (f->slowest[i].meta == 0 || f->slowest[i].duration < f->slowest[place].duration);
        if (smaller) place = i;
    }
    HOTPATH_I_STORE(&f->slow_sequence, f->slow_sequence + 1);
    HOTPATH_I_SIGNAL_FENCE();
    hotpath_i_execution_store(&f->slowest[place], &e);
    HOTPATH_I_STORE_RELEASE(&f->slow_sequence, f->slow_sequence + 1);
    if (used + 1 < HOTPATH_I_SLOWEST) return;
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i < HOTPATH_I_SLOWEST; i++)
        least = f->slowest[i].duration < least ? f->slowest[i].duration : least;
    f->slow_floor = least + 1;
}
/* Closes the running second. */
static HOTPATH_I_COLD void hotpath_i_window_roll(hotpath_i_frec_t* f, uint64_t now) {
    uint64_t ticks = hotpath_i_window_ticks();
    uint64_t start = hotpath_i_g.start_tick;
    uint64_t window = now > start ? (now - start) / ticks : 0;
    uint64_t count = f->ring.head + f->untimed - f->window_head;
    HOTPATH_I_STORE(&f->last_window, f->window);
    HOTPATH_I_STORE(&f->last_count, count);
    if (count > f->peak) HOTPATH_I_STORE(&f->peak, count);
    HOTPATH_I_STORE(&f->window_head, f->ring.head + f->untimed);
    HOTPATH_I_STORE_RELEASE(&f->window, window);
    f->window_end = start + (window + 1) * ticks;
    #if HOTPATH_I_ALLOC
    hotpath_i_local.until_tick = 0; /* the next allocation looks whether an interval is over */
    #endif
}
static inline size_t hotpath_i_octave_of(uint64_t d) {
    return (size_t)(63 ^ __builtin_clzll(d | (HOTPATH_I_BUCKETS - 1))) - 4;
}
/* The shift is kept in a register of its own: in the lowest byte of another, as compilers like it, it
   would have to wait for a duration that has just been measured. */
static inline size_t hotpath_i_bucket_of(uint64_t d, size_t octave) {
    uint32_t shift = octave != 0 ? (uint32_t)octave - 1 : 0;
    __asm__("" : "+r"(shift));
    return (size_t)(d >> shift) & (HOTPATH_I_BUCKETS - 1);
}

/* Adds weight × d², however large. */
static HOTPATH_I_COLD void hotpath_i_add_square(hotpath_i_frec_t* f, uint64_t d, uint64_t weight) {
    hotpath_i_wide_t square = hotpath_i_multiply(d, d);
    if (weight != 1) {
        hotpath_i_wide_t lower = hotpath_i_multiply(square.low, weight);
        square.high = square.high * weight + lower.high;
        square.low = lower.low;
    }
    uint64_t low = (f->squares_low & INT64_MAX) + (square.low & INT64_MAX);
    uint64_t high = f->squares_high + (square.high << 1 | square.low >> 63) + (low >> 63);
    HOTPATH_I_STORE_RELEASE(&f->squares_low, high << 63 | (low & INT64_MAX));
    HOTPATH_I_STORE_RELEASE(&f->squares_high, high);
}
/* A short duration waits for its bucket until the next execution ends: to find that of one that has
   just been measured would keep the processor from reading its clock again. The number of the
   execution makes it another word than those before. */
static HOTPATH_I_ALWAYS_INLINE uint64_t hotpath_i_waits(uint64_t head, uint64_t d) {
    return (uint64_t)1 << 63 | (head & (((uint64_t)1 << 31) - 1)) << HOTPATH_I_SHORT | d;
}
static HOTPATH_I_ALWAYS_INLINE uint64_t hotpath_i_waiting_duration(uint64_t waiting) {
    return waiting & (((uint64_t)1 << HOTPATH_I_SHORT) - 1);
}
/* A reader that finds HOTPATH_I_FOLDING takes what `folded` says for the bucket's count, which may be
   there already or not; else the bucket is without the execution, if it still waits afterwards. */
static HOTPATH_I_ALWAYS_INLINE void hotpath_i_fold_into(
    hotpath_i_frec_t* f, uint64_t waiting, uint64_t* bucket) {
    uint64_t count = HOTPATH_I_LOAD(bucket) + 1;
    HOTPATH_I_STORE_RELEASE(&f->folded, count);
    HOTPATH_I_STORE_RELEASE(&f->waiting, waiting | HOTPATH_I_FOLDING);
    HOTPATH_I_STORE_RELEASE(bucket, count);
}
/* Brings what waits into its bucket; or, after an end that was interrupted for good, finishes that. */
static void hotpath_i_fold(hotpath_i_thread_t* t, hotpath_i_frec_t* f) {
    uint64_t waiting = f->waiting, d = hotpath_i_waiting_duration(waiting);
    size_t octave = hotpath_i_octave_of(d);
    uint64_t* bucket = hotpath_i_octave(t, f, octave) + hotpath_i_bucket_of(d, octave);
    if ((waiting & HOTPATH_I_FOLDING) == 0)
        hotpath_i_fold_into(f, waiting, bucket);
    else
        HOTPATH_I_STORE(bucket, f->folded);
    HOTPATH_I_STORE_RELEASE(&f->waiting, (uint64_t)0);
}
/* Adds an execution to the sum, the least and the ring: all but the buckets, the squares and the
   ring's head. Returns: its slot; bits and the type in meta are kept as given. */
static HOTPATH_I_ALWAYS_INLINE hotpath_i_execution_t* hotpath_i_add(hotpath_i_frec_t* f,
    uint64_t head, uint64_t start, uint64_t d, uint64_t bits, uint64_t meta, uint64_t weight) {
    hotpath_i_execution_t* slot = &f->ring.slots[head & f->ring.mask];
    HOTPATH_I_STORE(&f->ring.claimed, head + 1);
    HOTPATH_I_OWN_ADD(&f->sum, d * weight);
    if (d < f->min) HOTPATH_I_STORE(&f->min, d);
    HOTPATH_I_STORE_RELEASE(&slot->tick, start);
    HOTPATH_I_STORE_RELEASE(&slot->duration, d);
    HOTPATH_I_STORE_RELEASE(&slot->bits, bits);
    HOTPATH_I_STORE_RELEASE(&slot->meta, meta);
    return slot;
}
/* Adds the square of the error that an execution brings which stands for others. */
static void hotpath_i_add_error(hotpath_i_frec_t* f, uint64_t d, uint64_t weight) {
    double error = hotpath_i_bits_double(f->error_squares) +
                   (double)weight * (double)(weight - 1) * (double)d * (double)d;
    HOTPATH_I_STORE(&f->error_squares, hotpath_i_double_bits(error));
}
/* Adds a finished execution to its function's record. `now` is in ticks even where the duration is
   not. What is rare here is what hotpath_end leaves to it. */
static void hotpath_i_finish(hotpath_i_thread_t* t, hotpath_i_frec_t* f, uint64_t start, uint64_t d,
    uint64_t now, uint64_t bits, uint64_t meta, uint64_t weight) {
    uint64_t head = f->ring.head;
    if (f->waiting != 0) hotpath_i_fold(t, f);
    if (weight == 1 && d >> HOTPATH_I_SHORT == 0) {
        HOTPATH_I_STORE_RELEASE(&f->waiting, hotpath_i_waits(head, d));
    } else {
        size_t octave = hotpath_i_octave_of(d);
        HOTPATH_I_OWN_ADD(hotpath_i_octave(t, f, octave) + hotpath_i_bucket_of(d, octave), weight);
    }
    hotpath_i_execution_t* slot = hotpath_i_add(f, head, start, d, bits, meta, weight);
    #if HOTPATH_I_ALLOC
    HOTPATH_I_STORE_RELEASE(&slot->alloc_count, t->made_count);
    HOTPATH_I_STORE_RELEASE(&slot->alloc_bytes, t->made_bytes);
    t->made_count = t->made_bytes = 0;
    #endif
    hotpath_i_add_square(f, d, weight);
    if (weight != 1) hotpath_i_add_error(f, d, weight);
    if (d > f->max) HOTPATH_I_STORE(&f->max, d);
    if (d >= f->slow_floor) hotpath_i_slow_insert(t, f, t, slot);
    if (now >= f->window_end) hotpath_i_window_roll(f, now);
    HOTPATH_I_STORE_RELEASE(&f->ring.head, head + 1);
}
/* A duration; one below zero is recorded as zero and counted. */
static HOTPATH_I_ALWAYS_INLINE uint64_t hotpath_i_duration(
    hotpath_i_thread_t* t, uint64_t start, uint64_t now) {
    uint64_t d = now - start;
    if (HOTPATH_I_UNLIKELY((int64_t)d < 0)) {
        HOTPATH_I_OWN_ADD(&t->negative_time, (uint64_t)1);
        return 0;
    }
    return d;
}
/* Marks an entry as ended, for readers and for what recovers an interrupted end. Its thread may have
   been kept from running since it read the clock, while a reader credited time until a later moment:
   the end is not before that. The intent says that the moment is about to be looked up. A reader
   stores the moment, passes a barrier of all threads (hotpath_i_os_barrier) and then reads the
   intent: if it finds none, the end finds the moment. */
static HOTPATH_I_ALWAYS_INLINE uint64_t hotpath_i_intend(hotpath_i_open_t* e, uint64_t total) {
    HOTPATH_I_STORE_RELEASE(&e->intent, total + 1);
    HOTPATH_I_SIGNAL_FENCE();
    return HOTPATH_I_LOAD(&hotpath_i_g.read_tick);
}
static HOTPATH_I_ALWAYS_INLINE void hotpath_i_close_entry(
    hotpath_i_local_t* l, hotpath_i_open_t* e, uint64_t mark, uint64_t head) {
    HOTPATH_I_STORE(&e->head, head);
    HOTPATH_I_STORE_RELEASE(&e->mark, mark | HOTPATH_I_CLOSED);
    HOTPATH_I_SIGNAL_FENCE();
    l->top = e - 1;
}
static HOTPATH_I_ALWAYS_INLINE void hotpath_i_close_as(hotpath_i_local_t* l, hotpath_i_open_t* e,
    hotpath_i_node_t* node, uint64_t mark, uint64_t head, uint64_t total) {
    hotpath_i_close_entry(l, e, mark, head);
    HOTPATH_I_STORE_RELEASE(&node->total, total);
}
/* How many executions an entry stands for: 0 if it is not timed, and its start is none. */
static uint64_t hotpath_i_weight(const hotpath_i_open_t* e) {
    if ((e->mark & HOTPATH_I_UNTIMED) != 0) return 0;
    return (e->mark & HOTPATH_I_SAMPLED) != 0 ? e->weight : 1;
}
/* Returns the duration, until *now or until the later moment that it becomes; 0 of what is not timed. */
static uint64_t hotpath_i_close(
    hotpath_i_local_t* l, hotpath_i_thread_t* t, hotpath_i_open_t* e, uint64_t* now) {
    hotpath_i_node_t* node = e->node;
    uint64_t weight = hotpath_i_weight(e);
    uint64_t d = weight != 0 ? hotpath_i_duration(t, e->start, *now) : 0;
    uint64_t total = HOTPATH_I_LOAD(&node->total) + d * weight;
    uint64_t seen = hotpath_i_intend(e, total);
    if (weight != 0 && seen > *now && seen > e->start + d) {
        total += (seen - (e->start + d)) * weight;
        d = seen - e->start;
        *now = seen;
        HOTPATH_I_STORE_RELEASE(&e->intent, total + 1);
    }
    hotpath_i_close_as(
        l, e, node, e->mark, weight != 0 ? node->frec->ring.head : node->frec->untimed, total);
    return d;
}
/* Opens an entry above the top. Reads the clock as late as it can: the processor's counter where the
   caller knows that it may be read. */
static HOTPATH_I_ALWAYS_INLINE void hotpath_i_open_entry(hotpath_i_local_t* l,
    hotpath_i_thread_t* t, hotpath_i_open_t* e, hotpath_i_node_t* node, uintptr_t stack,
    hotpath_token_t* token, bool counter, uint64_t weight) {
    uint64_t next = t->next_mark, mark = weight == 0 ? next | HOTPATH_I_UNTIMED : next;
    uint64_t calls = HOTPATH_I_LOAD(&node->calls);
    HOTPATH_I_STORE_RELEASE(&e->mark, (uint64_t)0); /* it brings a change of the stack before it */
    HOTPATH_I_STORE_RELEASE(&e->node, node);
    HOTPATH_I_STORE_RELEASE(&e->calls, calls);
    HOTPATH_I_STORE_RELEASE(&e->intent, (uint64_t)0);
    e->stack = stack;
    e->token = token;
    token->mark = mark;
    t->next_mark = next + HOTPATH_I_MARK;
    if (weight > 1) HOTPATH_I_STORE(&e->weight, weight);
    #if HOTPATH_I_ALLOC
    e->alloc_count = node->alloc_count;
    e->alloc_bytes = node->alloc_bytes;
    #endif
    uint64_t start = weight == 0 ? HOTPATH_I_NO_START
                     : counter   ? hotpath_i_counter()
                                 : hotpath_i_ticks();
    HOTPATH_I_STORE_RELEASE(&e->start, start);
    HOTPATH_I_STORE_RELEASE(&e->mark, weight > 1 ? mark | HOTPATH_I_SAMPLED : mark);
    HOTPATH_I_SIGNAL_FENCE();
    l->top = e;
    HOTPATH_I_SIGNAL_FENCE();
    HOTPATH_I_STORE(&node->calls, calls + 1);
    token->tick = weight != 0 ? start : 0;
}

/* Gives up the scopes past the depth bound: their calls count, their time and end do not. */
static void hotpath_i_abandon_deep(hotpath_i_local_t* l) {
    hotpath_i_thread_t* t = l->thread;
    for (uint32_t i = 1; i < t->node_count; i++) {
        hotpath_i_node_t* node = hotpath_i_node_at(t, i);
        if (node->deep_open != 0) {
            HOTPATH_I_OWN_ADD(&node->frec->abandoned, (uint64_t)node->deep_open);
            HOTPATH_I_STORE(&node->deep_open, 0u);
        }
    }
    t->context->deep = 0;
    t->context->deep_epoch++;
    l->attention &= ~HOTPATH_I_ATTENTION_DEEP;
}
/* Whether an open entry is that of a span with a slot. */
static bool hotpath_i_has_slot(const hotpath_i_open_t* e) {
    return e->slot != NULL && e->slot_mark == e->mark;
}
/* Takes the right to end a span, which goes on being open for readers. Returns: false if another has
   it. At most twice: it is given up once. */
static bool hotpath_i_slot_claim(hotpath_i_span_slot_t* slot, uint64_t mark) {
    uint64_t state = mark;
    while ((state & ~HOTPATH_I_SPAN_GIVEN) == mark)
        if (HOTPATH_I_CAS(&slot->state, &state, state | HOTPATH_I_SPAN_CLAIMED)) return true;
    return false;
}
/* Makes a slot one for another span, when all of the last one is counted. */
static void hotpath_i_slot_free(hotpath_i_thread_t* t, hotpath_i_span_slot_t* slot) {
    hotpath_i_thread_t* owner = slot->owner;
    HOTPATH_I_STORE_RELEASE(&slot->state, (uint64_t)0);
    if (owner == t) {
        slot->next = t->span_free;
        HOTPATH_I_SIGNAL_FENCE();
        t->span_free = slot;
        return;
    }
    hotpath_i_span_slot_t* next = HOTPATH_I_LOAD(&owner->span_returned);
    do {
        HOTPATH_I_STORE(&slot->next, next);
    } while (!HOTPATH_I_CAS(&owner->span_returned, &next, slot));
}
/* Returns: NULL past the bound, or without memory. */
static hotpath_i_span_slot_t* hotpath_i_slot_take(hotpath_i_thread_t* t) {
    if (t->span_free == NULL && HOTPATH_I_LOAD(&t->span_returned) != NULL) {
        hotpath_i_span_slot_t* all = HOTPATH_I_LOAD(&t->span_returned);
        while (!HOTPATH_I_CAS(&t->span_returned, &all, (hotpath_i_span_slot_t*)NULL)) {}
        t->span_free = all;
    }
    hotpath_i_span_slot_t* slot = t->span_free;
    if (slot != NULL) {
        t->span_free = HOTPATH_I_LOAD(&slot->next);
        return slot;
    }
    if (t->span_slot_count >= HOTPATH_I_SPAN_SLOTS || hotpath_i_memory_is_full()) return NULL;
    slot = (hotpath_i_span_slot_t*)hotpath_i_arena_take(&t->arena, sizeof *slot);
    if (slot == NULL) return NULL;
    slot->owner = t;
    slot->all = t->span_slots;
    HOTPATH_I_STORE(&t->span_slot_count, t->span_slot_count + 1);
    HOTPATH_I_STORE_RELEASE(&t->span_slots, slot);
    return slot;
}
/* Takes the entry of a span off the top of the stack. It may be ended yet, here or elsewhere, unless its
   variable was in a frame below `left`, or has been ended elsewhere already. */
static void hotpath_i_give_up(hotpath_i_local_t* l, hotpath_i_open_t* e, uintptr_t left) {
    hotpath_i_thread_t* t = l->thread;
    hotpath_i_span_slot_t* slot = e->slot;
    hotpath_i_node_t* node = e->node;
    uint64_t mark = e->mark, state = mark, now = hotpath_i_ticks();
    uint64_t d = hotpath_i_duration(t, e->start, now);
    uint64_t total = HOTPATH_I_LOAD(&node->total) + d, seen = hotpath_i_intend(e, total);
    if (seen > now && seen > e->start + d) {
        total += seen - (e->start + d);
        d = seen - e->start;
        HOTPATH_I_STORE_RELEASE(&e->intent, total + 1);
    }
    bool gone = e->stack < left;
    hotpath_i_span_look_away(t, node);
    /* What follows is in none of the scopes around it. */
    hotpath_i_node_t* rest = hotpath_i_child(t, t->own.entries, 0, node->function);
    bool open = HOTPATH_I_LOAD(&slot->state) == mark; /* the slot may be another span's by now */
    if (open) {
        HOTPATH_I_STORE_RELEASE(&slot->rest, rest);
        HOTPATH_I_STORE_RELEASE(&slot->credited, d);
    }
    if (!open || !HOTPATH_I_CAS(&slot->state, &state,
                     mark | (gone ? HOTPATH_I_SPAN_CLAIMED : HOTPATH_I_SPAN_GIVEN))) {
        HOTPATH_I_STORE_RELEASE(&e->intent, (uint64_t)0);
        hotpath_i_close_entry(l, e, mark, UINT64_MAX);
        return;
    }
    hotpath_i_close_as(l, e, node, mark, UINT64_MAX, total);
    if (!gone) return;
    HOTPATH_I_OWN_ADD(&node->frec->abandoned, (uint64_t)1);
    hotpath_i_slot_free(t, slot);
}
/* Gives up the open entries above down_to: their time until now counts, their end does not. Frames
   below `left` are no more. */
static void hotpath_i_abandon_to(hotpath_i_local_t* l, hotpath_i_open_t* down_to, uintptr_t left) {
    hotpath_i_thread_t* t = l->thread;
    if (l->top <= down_to) return; /* NULL in a child, where a handler that forked came first */
    if (t->context->deep != 0) hotpath_i_abandon_deep(l);
    while (l->top > down_to) {
        hotpath_i_open_t* e = l->top;
        if (hotpath_i_has_slot(e)) {
            hotpath_i_give_up(l, e, left);
            continue;
        }
        hotpath_i_frec_t* f = e->node->frec;
        uint64_t now = hotpath_i_ticks();
        uint64_t weight = hotpath_i_weight(e);
        uint64_t d = hotpath_i_close(l, t, e, &now);
        if (weight > 1) hotpath_i_add_error(f, d, weight);
        HOTPATH_I_OWN_ADD(&f->abandoned, (uint64_t)1);
    }
}

/* Whether the recording that l->busy names is over although it never finished: a signal handler
   jumped out of it. It is if its frame no longer holds its cookie, or if this frame of the same stack
   is older. */
HOTPATH_I_REAL_STACK static bool hotpath_i_busy_is_stale(hotpath_i_local_t* l, uintptr_t stack) {
    uintptr_t busy = l->busy & ~HOTPATH_I_PHASE, cookie = *(const volatile uintptr_t*)busy;
    if ((cookie & HOTPATH_I_PHASE) == 0 || (cookie & ~HOTPATH_I_PHASE) != busy) return true;
    return stack >= busy && l->thread != NULL && hotpath_i_same_stack(l->thread, stack, busy);
}
static uint64_t hotpath_i_histogram_count(const hotpath_i_frec_t* f) {
    uint64_t n = 0;
    for (size_t i = 0; i < HOTPATH_I_OCTAVES; i++)
        for (size_t k = 0; k < HOTPATH_I_BUCKETS && f->octaves[i] != NULL; k++)
            n += f->octaves[i][k];
    return n;
}
/* Puts right what an interrupted recording that is never resumed left half done. What it had not
   counted yet counts as dropped, so that recorded and dropped are all that was executed. */
static HOTPATH_I_COLD void hotpath_i_recover(hotpath_i_local_t* l, uintptr_t phase) {
    hotpath_i_thread_t* t = l->thread;
    hotpath_i_node_t* newest = t != NULL ? hotpath_i_node_at(t, t->node_count - 1) : NULL;
    if (newest != NULL && hotpath_i_index(newest) != 0 &&
        hotpath_i_hash_find(t, hotpath_i_key(newest->parent, newest->function)) == NULL)
        hotpath_i_hash_add(t, newest);
    if (t != NULL && phase == HOTPATH_I_IN_BEGIN) {
        hotpath_i_open_t* e = l->top;
        hotpath_i_open_t* end = t->context->entries + t->context->capacity;
        if (e + 1 < end && (e[1].mark & HOTPATH_I_CLOSED) == 0) {
            if (e[1].mark != 0)
                l->top = ++e; /* open, as readers have seen */
            else
                HOTPATH_I_SHARED_ADD(&t->dropped_reentrant, (uint64_t)1);
        }
        if (e != t->context->entries && e->node->calls == e->calls)
            HOTPATH_I_OWN_ADD(&e->node->calls, (uint64_t)1); /* entered, in all but this */
    } else if (t != NULL && phase == HOTPATH_I_IN_END) {
        if (l->top != t->context->entries && (l->top->mark & HOTPATH_I_CLOSED) != 0) l->top--;
        HOTPATH_I_STORE(&l->top->intent, (uint64_t)0); /* not this time */
        hotpath_i_open_t* e = l->top + 1;
        if ((e->mark & HOTPATH_I_CLOSED) != 0) {
            hotpath_i_frec_t* f = e->node->frec;
            if ((f->waiting & HOTPATH_I_FOLDING) != 0) hotpath_i_fold(t, f);
            if (e->intent != 0 && e->node->total < e->intent - 1)
                HOTPATH_I_STORE(&e->node->total, e->intent - 1);
            if ((e->mark & HOTPATH_I_UNTIMED) != 0) {
                if (f->untimed == e->head) HOTPATH_I_OWN_ADD(&f->untimed, (uint64_t)1);
            } else if (f->lite == 0 && f->ring.head == e->head) {
                if ((e->mark & HOTPATH_I_SAMPLED) == 0 && f->untimed == 0 &&
                    hotpath_i_histogram_count(f) + (f->waiting != 0) > f->ring.head)
                    HOTPATH_I_STORE_RELEASE(&f->ring.head, f->ring.head + 1);
                else
                    HOTPATH_I_OWN_ADD(&f->abandoned, (uint64_t)1);
            }
        }
    }
    l->busy = 0;
}
/* Whether a recording may start now; sets busy. If it interrupts another it is counted as dropped.
 */
static HOTPATH_I_COLD bool hotpath_i_enter_slow(hotpath_i_local_t* l, volatile uintptr_t* cookie,
    uintptr_t stack, uintptr_t phase, bool count_drop) {
    if (l->hidden != 0) return false;
    if (l->busy != 0) {
        if (!hotpath_i_busy_is_stale(l, stack)) {
            if (count_drop)
                HOTPATH_I_SHARED_ADD(
                    l->thread != NULL ? &l->thread->dropped_reentrant : &hotpath_i_g.dropped_early,
                    (uint64_t)1);
            return false;
        }
        /* Taken over as a whole: a handler finds a recording in progress, and not what is being put
           right, to do it again. If it came first there is nothing left. */
        uintptr_t left = l->busy & HOTPATH_I_PHASE;
        *cookie = (uintptr_t)cookie + left;
        HOTPATH_I_SIGNAL_FENCE();
        if (HOTPATH_I_OWN_EXCHANGE(&l->busy, (uintptr_t)cookie + left) != 0)
            hotpath_i_recover(l, left);
    }
    hotpath_i_claim(l, cookie, phase);
    /* In a child of fork there may be a top without it: that of the recording which a handler that
       forked had interrupted. */
    if (HOTPATH_I_UNLIKELY(l->thread == NULL) && !hotpath_i_adopt(l)) {
        HOTPATH_I_SHARED_ADD(&hotpath_i_g.no_memory, (uint64_t)(count_drop ? 1 : 0));
        l->busy = 0;
        return false;
    }
    return true;
}
static HOTPATH_I_ALWAYS_INLINE void hotpath_i_leave(hotpath_i_local_t* l) {
    HOTPATH_I_SIGNAL_FENCE();
    l->busy = 0;
}
/* As hotpath_i_enter_slow, for everything but begin and end. */
static hotpath_i_thread_t* hotpath_i_enter(
    hotpath_i_local_t* l, volatile uintptr_t* cookie, uintptr_t stack) {
    return hotpath_i_enter_slow(l, cookie, stack, HOTPATH_I_IN_OTHER, true) ? l->thread : NULL;
}

/* Drops from the middle of the stack what is dead: an entry whose variable has been entered again
   from the same frame, and all above it up to that. Open entries above move down. */
static void hotpath_i_compact(hotpath_i_local_t* l, uintptr_t stack, const hotpath_token_t* token) {
    hotpath_i_thread_t* t = l->thread;
    hotpath_context_t* c = t->context;
    enum {
        SLOTS = 256
    };
    uint32_t newest[SLOTS]; /* by hash of (stack, token): the newest entry that has it */
    memset(newest, 0, sizeof newest);
    hotpath_i_open_t* base = c->entries;
    uint32_t top = (uint32_t)(l->top - base), dead_from = 0;
    for (uint32_t i = top; i >= 1; i--) {
        uintptr_t h = (base[i].stack >> 4) * 31u + ((uintptr_t)base[i].token >> 3);
        uint32_t* slot = &newest[h % SLOTS];
        bool again = (base[i].stack == stack && base[i].token == token);
        if (again) { /* everything from here up was above a frame that is entered anew */
            hotpath_i_abandon_to(l, &base[i - 1], stack);
            return;
        }
        if (*slot != 0 && base[*slot].stack == base[i].stack &&
            base[*slot].token == base[i].token) {
            dead_from = i;
            top = *slot;
            break;
        }
        *slot = i;
    }
    if (dead_from == 0) return;
    /* dead_from .. top-1 are dead; the newest ones above are moved down over them. */
    HOTPATH_I_STORE(&c->switches, c->switches + 1);
    hotpath_i_open_t* last = l->top;
    for (uint32_t i = dead_from; i < top; i++) {
        hotpath_i_node_t* node = base[i].node;
        hotpath_i_span_slot_t* slot = hotpath_i_has_slot(&base[i]) ? base[i].slot : NULL;
        if (slot != NULL && !hotpath_i_slot_claim(slot, base[i].mark)) { /* ended elsewhere */
            HOTPATH_I_STORE_RELEASE(&base[i].mark, base[i].mark | HOTPATH_I_CLOSED);
            continue;
        }
        uint64_t weight = hotpath_i_weight(&base[i]);
        uint64_t d = weight != 0 ? hotpath_i_duration(t, base[i].start, hotpath_i_ticks()) : 0;
        uint64_t total = node->total + d * weight;
        HOTPATH_I_STORE_RELEASE(&base[i].intent, total + 1);
        HOTPATH_I_STORE_RELEASE(&base[i].mark, base[i].mark | HOTPATH_I_CLOSED);
        HOTPATH_I_STORE_RELEASE(&node->total, total);
        if (weight > 1) hotpath_i_add_error(node->frec, d, weight);
        HOTPATH_I_OWN_ADD(&node->frec->abandoned, (uint64_t)1);
        if (slot != NULL) hotpath_i_slot_free(t, slot);
    }
    uint32_t gap = top - dead_from;
    for (hotpath_i_open_t* e = &base[top]; e <= last; e++) {
        hotpath_i_open_t* to = e - gap;
        HOTPATH_I_STORE_RELEASE(&to->mark, (uint64_t)0);
        HOTPATH_I_STORE_RELEASE(&to->node, e->node);
        HOTPATH_I_STORE_RELEASE(&to->calls, e->calls);
        HOTPATH_I_STORE_RELEASE(&to->start, e->start);
        to->stack = e->stack, to->token = e->token, to->weight = e->weight;
        HOTPATH_I_STORE(&to->slot, e->slot);
        HOTPATH_I_STORE(&to->slot_mark, e->slot_mark);
    #if HOTPATH_I_ALLOC
        to->alloc_count = e->alloc_count, to->alloc_bytes = e->alloc_bytes;
    #endif
        HOTPATH_I_STORE_RELEASE(&to->mark, e->mark); /* with the totals of what stood there */
    }
    for (hotpath_i_open_t* e = last - gap + 1; e <= last; e++)
        HOTPATH_I_STORE_RELEASE(&e->mark, (uint64_t)0);
    l->top = last - gap;
    HOTPATH_I_STORE_RELEASE(&c->switches, c->switches + 1);
}
/* Doubles a stack. Readers find either the old one or the new one, and read again. */
static void hotpath_i_stack_grow(hotpath_i_local_t* l, hotpath_context_t* c) {
    uint32_t capacity = c->capacity;
    uint32_t more = capacity < (HOTPATH_MAX_DEPTH + 1) / 2 ? capacity * 2 : HOTPATH_MAX_DEPTH + 1;
    size_t size = more * sizeof(hotpath_i_open_t);
    hotpath_i_open_t* entries = NULL;
    if (more > capacity) /* a context may outlive this thread's record, in the child of a fork */
        entries =
            (hotpath_i_open_t*)(c == &l->thread->own ? hotpath_i_arena_take(&l->thread->arena, size)
                                                     : hotpath_i_shared_take(size));
    if (entries == NULL) return;
    HOTPATH_I_STORE(&c->switches, c->switches + 1);
    for (uint32_t i = 0; i < capacity; i++) {
        const hotpath_i_open_t* e = &c->entries[i];
        hotpath_i_open_t copy = {
            e->mark,
            e->start,
            e->node,
            e->stack,
            e->token,
            e->calls,
            e->intent,
            HOTPATH_I_LOAD(&e->seen),
            e->head,
            e->weight,
            e->slot,
            e->slot_mark,
    #if HOTPATH_I_ALLOC
            e->alloc_count,
            e->alloc_bytes
    #endif
        };
        entries[i] = copy;
    }
    l->top = entries + (l->top - c->entries);
    HOTPATH_I_STORE_RELEASE(&c->entries, entries);
    HOTPATH_I_STORE_RELEASE(&c->capacity, more);
    c->soft = more;
    HOTPATH_I_STORE_RELEASE(&c->switches, c->switches + 1);
}
/* The stack is as deep as it was ever looked at: look for dead entries, then allow more. */
static bool hotpath_i_make_room(
    hotpath_i_local_t* l, uintptr_t stack, const hotpath_token_t* token) {
    hotpath_context_t* c = l->thread->context;
    if (c->deep == 0) {
        uint32_t before;
        do {
            before = (uint32_t)(l->top - c->entries);
            hotpath_i_compact(l, stack, token);
        } while ((uint32_t)(l->top - c->entries) < before);
    }
    if ((uint32_t)(l->top - c->entries) + 1 >= c->soft) hotpath_i_stack_grow(l, c);
    l->last = c->entries + c->soft - 1;
    return l->top < l->last;
}
/* A scope past the depth bound: a child of the deepest scope, in two forms for recursion. Its token
   carries the node. */
static void hotpath_i_begin_deep(
    hotpath_i_local_t* l, hotpath_i_thread_t* t, uint32_t function, hotpath_token_t* token) {
    hotpath_i_open_t* top = l->top;
    hotpath_i_node_t* node = hotpath_i_child(t, top, hotpath_i_index(top->node), function);
    if (node->deep_open != 0) {
        hotpath_i_node_t* inner = hotpath_i_child_unbounded(t, hotpath_i_index(node), function);
        node = inner != NULL ? inner : node;
    }
    HOTPATH_I_STORE(&node->flat, (uint16_t)1);
    HOTPATH_I_STORE(&node->deep_open, node->deep_open + 1);
    HOTPATH_I_OWN_ADD(&node->calls, (uint64_t)1);
    HOTPATH_I_OWN_ADD(&t->deep_calls, (uint64_t)1);
    t->pace.full++, t->pace.asked++;
    t->context->deep++;
    l->attention |= HOTPATH_I_ATTENTION_DEEP;
    token->mark = (uint64_t)t->number << 48 | (uint64_t)hotpath_i_index(node) << 24 |
                  ((t->context->deep_epoch & 0x1fffffu) << 3) | HOTPATH_I_DEEP;
    token->tick = hotpath_i_ticks();
}
/* The value of HOTPATH_RETURN, if it waits for this end. */
static void hotpath_i_take_pending(
    hotpath_i_local_t* l, uint64_t mark, uint64_t* bits, uint64_t* meta) {
    if ((l->attention & HOTPATH_I_ATTENTION_VALUE) == 0 || l->thread->pending_mark != mark) return;
    *bits = l->thread->pending_bits;
    *meta |= l->thread->pending_meta;
    l->attention &= ~HOTPATH_I_ATTENTION_VALUE;
}
static bool hotpath_i_end_deep(
    hotpath_i_local_t* l, hotpath_i_thread_t* t, const hotpath_token_t* token, uint64_t now) {
    uint64_t mark = token->mark;
    uint32_t index = (uint32_t)(mark >> 24) & 0xffffffu;
    hotpath_context_t* c = t->context;
    if ((t->number & 0xffffu) != (uint32_t)(mark >> 48) || c->deep == 0 ||
        (c->deep_epoch & 0x1fffffu) != ((uint32_t)mark >> 3 & 0x1fffffu) || index >= t->node_count)
        return false;
    hotpath_i_node_t* node = hotpath_i_node_at(t, index);
    if (node->deep_open == 0) return false;
    uint64_t d = hotpath_i_duration(t, token->tick, now);
    uint64_t bits = 0, meta = t->log_meta;
    hotpath_i_take_pending(l, mark, &bits, &meta);
    HOTPATH_I_STORE(&node->deep_open, node->deep_open - 1);
    HOTPATH_I_STORE_RELEASE(&node->total, node->total + d);
    hotpath_i_finish(t, node->frec, token->tick, d, now, bits, meta, 1);
    if (--c->deep == 0) l->attention &= ~HOTPATH_I_ATTENTION_DEEP;
    return true;
}

/* Gives up the scopes on top whose frames have been left, before another one opens. */
static void hotpath_i_heal(
    hotpath_i_local_t* l, hotpath_i_thread_t* t, uintptr_t stack, const hotpath_token_t* token) {
    while (l->top != t->context->entries &&
           (stack > l->top->stack ? hotpath_i_is_left(t, stack, l->top)
                                  : stack == l->top->stack && l->top->token == token))
        hotpath_i_abandon_to(l, l->top - 1, stack);
}
static HOTPATH_I_COLD HOTPATH_I_REAL_STACK void hotpath_i_begin_slow(
    hotpath_site_t* site, hotpath_token_t* token, uintptr_t stack) {
    volatile uintptr_t cookie;
    hotpath_i_local_t* l = &hotpath_i_local;
    token->mark = 0;
    token->tick = 0;
    hotpath_i_init();
    HOTPATH_I_FORWARD(begin(site, token));
    if (site->abi != HOTPATH_I_ABI) {
        hotpath_i_abi_mismatch(site);
        return;
    }
    if (hotpath_i_is_off(site)) return;
    if (!hotpath_i_enter_slow(l, &cookie, stack, HOTPATH_I_IN_BEGIN, true)) {
        token->tick = hotpath_i_ticks();
        return;
    }
    uint32_t function = HOTPATH_I_LOAD(&site->id); /* only a number here */
    if (function == 0) function = hotpath_i_site_id(site);
    hotpath_i_thread_t* t = l->thread;
    hotpath_i_heal(l, t, stack, token);
    if (function == 0) {
        token->tick = hotpath_i_ticks();
        HOTPATH_I_SHARED_ADD(&hotpath_i_g.no_memory, (uint64_t)1);
    } else if (l->top >= l->last && !hotpath_i_make_room(l, stack, token)) {
        hotpath_i_begin_deep(l, t, function, token);
    } else {
        hotpath_i_node_t* node =
            hotpath_i_child(t, l->top, hotpath_i_index(l->top->node), function);
        t->pace.full++, t->pace.asked++;
        hotpath_i_open_entry(l, t, l->top + 1, node, stack, token, false, 1);
    }
    hotpath_i_leave(l);
}

/* ln x, for x > 0, within 1e-8: of the mantissa between the roots of a half and of two by a series. */
static double hotpath_i_natural_log(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int exponent = (int)(bits >> 52) - 1023;
    bits = (bits & 0xfffffffffffffu) | (uint64_t)1023 << 52;
    memcpy(&x, &bits, sizeof bits);
    if (x > 1.4142135623730951) x /= 2, exponent++;
    double z = (x - 1) / (x + 1), square = z * z;
    double series = 1.0 / 9 + square / 11;
    for (int k = 7; k >= 1; k -= 2)
        series = 1.0 / k + square * series;
    return 0.6931471805599453 * exponent + 2 * z * series;
}
/* How many executions are left out until the next one, if each is timed with a chance of 1 in rate:
   whatever pattern they come in, no part of it is met more often than its share. */
static uint32_t hotpath_i_gap(hotpath_i_thread_t* t, hotpath_i_frec_t* f, uint32_t rate) {
    uint64_t x = t->random != 0 ? t->random : (t->number | (uint64_t)1) * 0x9E3779B97F4A7C15u;
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    t->random = x;
    double chance = ((double)(x >> 11) + 0.5) / 9007199254740992.0;
    if (f->weight != rate || f->per_log == 0)
        f->per_log = 1 / hotpath_i_natural_log(1 - 1.0 / (double)rate);
    double gap = hotpath_i_natural_log(chance) * f->per_log;
    return gap < 4e9 ? (uint32_t)gap : 4000000000u;
}
/* How many executions have begun while sampling was on. */
static uint64_t hotpath_i_begun(const hotpath_i_frec_t* f) { return f->drawn - f->gap; }
/* Sets when the next execution is timed, and for how many. A gap that has begun may be given up for
   another whenever what is known decides so, and not what is left of it: at each execution the rest of a
   gap is as long as a new one. */
static void hotpath_i_draw_gap(hotpath_i_thread_t* t, hotpath_i_frec_t* f, uint32_t rate) {
    uint64_t begun = hotpath_i_begun(f);
    f->gap = rate > 1 ? hotpath_i_gap(t, f, rate) : 0;
    f->drawn = begun + f->gap;
    HOTPATH_I_STORE(&f->weight, rate > 1 ? rate : 1);
}

    /* HOTPATH_TIME_SAMPLING=auto. Each thread keeps an account of its own: every so often it adds up what
   recording has taken of its time, by the counts of calls and what one costs, and shares out what the
   next period may take. Every function gets the same quota of timed executions: what is called less
   is timed as a whole, what is called more is sampled. Called often is called for a short time, so
   that it is the short ones, which recording distorts most, that are left out. What counts is how
   often a function was called and what was taken before, and never the execution that is weighed. */
    #define HOTPATH_I_AUTO_LOOK  15u /* one entry in 16 looks at the clock */
    #define HOTPATH_I_AUTO_LEAST 4u  /* a lower rate costs more than it saves */
    #define HOTPATH_I_AUTO_MOST \
        64u /* a higher one saves less than a tenth of what counting costs */
    #define HOTPATH_I_AUTO_AIM    0.9 /* of the share, so that errors do not reach it */
    #define HOTPATH_I_AUTO_SAVING 4   /* periods of which the unused share is kept */

/* The costs of recording, in ticks. */
typedef struct hotpath_i_costs {
    double untimed;
    double drawn;
    double weighed;
    double share; /* of the ticks that pass */
} hotpath_i_costs_t;

static bool hotpath_i_costs_known(hotpath_i_costs_t* c) {
    double unit = 1099511627776.0 / 100 / (double)HOTPATH_I_LOAD(&hotpath_i_g.scale);
    c->drawn = (double)HOTPATH_I_LOAD(&hotpath_i_g.scope_drawn) * unit;
    c->weighed = (double)HOTPATH_I_LOAD(&hotpath_i_g.scope_weighed) * unit;
    c->untimed = (double)HOTPATH_I_LOAD(&hotpath_i_g.scope_untimed) * unit;
    c->share = hotpath_i_g.auto_share * HOTPATH_I_AUTO_AIM;
    return c->untimed > 0 && c->drawn > c->untimed && c->weighed > c->untimed;
}
/* Adds up the ticks since the last step. Returns: those that timing may take in as many again. */
static double hotpath_i_pace_account(
    hotpath_i_thread_t* t, const hotpath_i_costs_t* c, double ticks, double period) {
    hotpath_i_pace_t* p = &t->pace;
    double begun = (double)((t->next_mark - p->mark) / HOTPATH_I_MARK + t->deep_calls - p->deep);
    double timed = (double)p->full + (double)p->weighed;
    double least = begun * c->untimed, own = (double)p->step_ticks;
    double taken = least + own + (double)p->full * c->drawn + (double)p->weighed * c->weighed -
                   timed * c->untimed;
    double most = c->share * period * HOTPATH_I_AUTO_SAVING;
    p->saved += c->share * ticks - taken;
    p->saved = p->saved < most ? p->saved : most;
    p->saved = p->saved > -4 * most ? p->saved : -4 * most;
    HOTPATH_I_OWN_ADD(&p->time, (uint64_t)ticks);
    HOTPATH_I_OWN_ADD(&p->overhead, (uint64_t)(taken + 0.5));
    HOTPATH_I_OWN_ADD(&p->least, (uint64_t)(least + 0.5));
    double part = ticks < 8 * period ? ticks / (8 * period) : 1;
    double room = c->share * ticks + p->saved * part - least - own -
                  (double)p->asked * (c->drawn - c->untimed);
    /* Where counting takes the share, or nearly, some of it is left to timing, or there were none. */
    double spare = c->share / HOTPATH_I_AUTO_AIM * ticks - least;
    if (spare < 0 || spare > least / 16) spare = least / 16;
    return room > spare ? room : spare;
}
/* How many executions of each function may be timed, so that all together take `room` ticks: those that
   had fewer take less. */
static double hotpath_i_pace_quota(
    const hotpath_i_pace_t* p, const hotpath_i_costs_t* c, double room) {
    double sums[65], left = 0, all = c->drawn - c->untimed, some = c->weighed - c->untimed;
    uint32_t counts[65];
    memset(sums, 0, sizeof sums);
    memset(counts, 0, sizeof counts);
    for (const hotpath_i_frec_t* f = p->list; f != NULL; f = f->paced) {
        uint64_t n = hotpath_i_begun(f) - f->paced_begun;
        unsigned bits = n != 0 ? 64u - (unsigned)__builtin_clzll(n) : 0;
        sums[bits] += (double)n, counts[bits]++, left++;
    }
    double most = 1;
    for (unsigned bits = 0; bits <= 64; bits++, most *= 2) {
        if (counts[bits] == 0) continue;
        left -= counts[bits];
        if (sums[bits] * all + left * most * some > room)
            return room > 0 ? room / ((left + counts[bits]) * some) : 0;
        room -= sums[bits] * all;
    }
    return 1e18;
}
/* One in how many of n executions is timed, if `quota` of them are. */
static uint32_t hotpath_i_pace_rate(uint64_t n, double quota) {
    if ((double)n <= quota) return 1;
    if ((double)n >= quota * HOTPATH_I_AUTO_MOST) return HOTPATH_I_AUTO_MOST;
    uint32_t rate = (uint32_t)((double)n / quota) + 1;
    return rate > HOTPATH_I_AUTO_LEAST ? rate : HOTPATH_I_AUTO_LEAST;
}
/* Gives a function its rate. It rises at once and falls by half; or to one where the last entries were
   few for their time: executions may have become long, and none of those must be missed. */
static void hotpath_i_pace_set(
    hotpath_i_thread_t* t, hotpath_i_frec_t* f, double quota, bool calm) {
    uint64_t n = hotpath_i_begun(f) - f->paced_begun;
    uint32_t rate = calm ? 1 : hotpath_i_pace_rate(n, quota), before = f->paced_rate;
    f->paced_begun += n;
    if (rate < before) {
        if (!calm && rate < before / 2) rate = before / 2;
        if (rate < HOTPATH_I_AUTO_LEAST) rate = 1;
        hotpath_i_draw_gap(t, f, rate);
    }
    f->paced_rate = rate;
}
static HOTPATH_I_COLD void hotpath_i_pace_step(
    hotpath_i_thread_t* t, const hotpath_i_costs_t* c, uint64_t now, double period) {
    hotpath_i_pace_t* p = &t->pace;
    double ticks = (double)(now - p->tick);
    bool calm = (double)(now - p->looked) >= period;
    double quota = hotpath_i_pace_quota(p, c, hotpath_i_pace_account(t, c, ticks, period));
    hotpath_i_frec_t** from = &p->list;
    while (*from != NULL) {
        hotpath_i_frec_t* f = *from;
        bool idle = hotpath_i_begun(f) == f->paced_begun && f->paced_rate <= 1;
        if (f->is_paced == 1) hotpath_i_pace_set(t, f, quota, calm);
        if (idle ||
            f->is_paced ==
                2) { /* a handler that jumps out in between leaves it listed, and not twice */
            *from = f->paced;
            HOTPATH_I_SIGNAL_FENCE();
            f->is_paced = 0, p->listed--;
        } else
            from = &f->paced;
    }
    p->tick = now, p->mark = t->next_mark, p->deep = t->deep_calls;
    p->full = p->weighed = p->asked = 0;
    p->step_ticks = hotpath_i_ticks() - now;
}
/* Looks whether the account is due: after a millisecond, or longer where many functions share it out, or
   when timing has taken its share of that. */
static HOTPATH_I_COLD void hotpath_i_pace_look(hotpath_i_thread_t* t) {
    hotpath_i_pace_t* p = &t->pace;
    hotpath_i_costs_t c;
    uint32_t since = HOTPATH_I_LOAD(&hotpath_i_g.auto_since);
    if ((since & 1) == 0 || !hotpath_i_costs_known(&c)) return;
    uint64_t now = hotpath_i_ticks();
    double period = (double)hotpath_i_window_ticks() / 1000 * (1 + p->listed / 64);
    if (p->since != since || now < p->tick) {
        for (hotpath_i_frec_t* f = p->list; f != NULL; f = f->paced)
            f->paced_begun = hotpath_i_begun(f);
        p->since = since, p->tick = now, p->mark = t->next_mark, p->deep = t->deep_calls;
        p->full = p->weighed = p->asked = 0;
        p->saved = 0, p->step_ticks = 0, p->looked = now;
        return;
    }
    double timing = (double)p->full * c.drawn + (double)p->weighed * c.weighed;
    if ((double)(now - p->tick) >= period || timing >= c.share * period)
        hotpath_i_pace_step(t, &c, now, period);
    p->looked = now;
}
/* The last account of a thread that ends: threads that live for less than a period have no other. */
static void hotpath_i_pace_end(hotpath_i_thread_t* t) {
    hotpath_i_costs_t c;
    uint64_t now = hotpath_i_ticks();
    if ((HOTPATH_I_LOAD(&hotpath_i_g.auto_since) & 1) != 0 &&
        t->pace.since == HOTPATH_I_LOAD(&hotpath_i_g.auto_since) && now > t->pace.tick &&
        hotpath_i_costs_known(&c)) {
        t->pace.looked = now; /* it may have waited: that says nothing of how it was called */
        hotpath_i_pace_step(t, &c, now, (double)hotpath_i_window_ticks() / 1000);
    }
}
/* The weight of an execution that is timed; draws when the next one is. */
static uint64_t hotpath_i_draw(
    hotpath_i_thread_t* t, const hotpath_i_node_t* node, hotpath_i_frec_t* f) {
    hotpath_i_pace_t* p = &t->pace;
    uint64_t weight = f->weight > 1 ? f->weight : 1;
    const hotpath_i_item_t* item = hotpath_i_item_of(HOTPATH_I_CLASS_FUNCTION, node->function);
    uint32_t rate = item != NULL ? HOTPATH_I_LOAD(&item->rate) : 0;
    if (rate == 0) rate = HOTPATH_I_LOAD(&hotpath_i_g.rate);
    if (weight != 1)
        p->weighed++;
    else
        p->full++;
    if (rate == HOTPATH_TIME_SAMPLING_AUTO ||
        HOTPATH_I_LOAD(&t->state) == HOTPATH_I_RECORD_HIDDEN) {
        rate = f->paced_rate;
        if (f->is_paced == 0) {
            if (f->drawn == 0 && item != NULL) rate = HOTPATH_I_LOAD(&item->paced_rate);
            f->paced_rate = rate;
            f->paced_begun = hotpath_i_begun(f);
            f->paced = p->list;
            f->is_paced = 1, p->listed++;
            HOTPATH_I_SIGNAL_FENCE();
            p->list = f;
        }
        f->is_paced = 1;
    } else {
        p->asked++;
        if (f->is_paced != 0) f->is_paced = 2;
    }
    f->drawn++;
    bool first = f->ring.head + 1 < HOTPATH_I_TIMED_FIRST && f->drawn < HOTPATH_I_TIMED_FIRST;
    hotpath_i_draw_gap(t, f, first ? 1 : rate);
    return weight;
}
/* The weight of an execution whose gap is over, or that has to look at the pace. */
static HOTPATH_I_COLD uint64_t hotpath_i_weigh(
    hotpath_i_thread_t* t, const hotpath_i_node_t* node, hotpath_i_frec_t* f, bool asked) {
    if ((t->next_mark / HOTPATH_I_MARK & HOTPATH_I_AUTO_LOOK) == 0) hotpath_i_pace_look(t);
    if (asked) {
        t->pace.full++, t->pace.asked++;
        return 1;
    }
    if (f->gap == 0) return hotpath_i_draw(t, node, f);
    f->gap--;
    return 0;
}
typedef enum hotpath_i_timed {
    HOTPATH_I_TIMED_ALL,
    HOTPATH_I_TIMED_SOME, /* not this one, as long as the gap lasts */
    HOTPATH_I_TIMED_NOW   /* this one, for as many as it is drawn to stand for */
} hotpath_i_timed_t;
static HOTPATH_I_HOT HOTPATH_I_REAL_STACK void hotpath_i_begin_drawn(
    hotpath_site_t* site, hotpath_token_t* token, uintptr_t stack);

/* The fast path calls nothing that comes back, so that it has nothing to save: a clock that has to
   be called has a twin of it. Whether the site is off, hotpath_begin has seen. */
HOTPATH_I_REAL_STACK static HOTPATH_I_ALWAYS_INLINE void hotpath_i_begin(hotpath_site_t* site,
    hotpath_token_t* token, uintptr_t stack, bool counter, hotpath_i_timed_t timed) {
    hotpath_i_local_t* l = &hotpath_i_local;
    hotpath_i_thread_t* t = l->thread;
    HOTPATH_I_SIGNAL_FENCE(); /* of a handler that forks: who has the top has the thread */
    hotpath_i_open_t* top = l->top;
    volatile uintptr_t cookie;
    if (HOTPATH_I_UNLIKELY(top >= l->last || l->busy != 0 ||
                           (stack >= top->stack && (stack != top->stack || token == top->token)))) {
        hotpath_i_begin_slow(site, token, stack);
        return;
    }
    uint64_t function = HOTPATH_I_LOAD(&site->id);
    uint64_t key = top->node->key | function;
    const hotpath_i_slot_t* slot = &t->hash[hotpath_i_hash_index(key, t->hash_shift)];
    while (HOTPATH_I_UNLIKELY(slot->key != key)) {
        if (slot->key == 0) {
            hotpath_i_begin_slow(site, token, stack);
            return;
        }
        slot++;
    }
    hotpath_i_claim(l, &cookie, HOTPATH_I_IN_BEGIN);
    if (HOTPATH_I_UNLIKELY(l->top != top)) { /* a handler came first and made the stack grow */
        l->busy = 0;
        hotpath_i_begin_slow(site, token, stack);
        return;
    }
    uint64_t weight = 1;
    hotpath_i_frec_t* f = timed != HOTPATH_I_TIMED_ALL ? slot->node->frec : NULL;
    if (timed == HOTPATH_I_TIMED_SOME) {
        if (HOTPATH_I_UNLIKELY(f->gap == 0 ||
                               (t->next_mark / HOTPATH_I_MARK & HOTPATH_I_AUTO_LOOK) == 0 ||
                               (HOTPATH_I_LOAD(&site->group_id) & HOTPATH_I_ASKED) != 0)) {
            l->busy = 0;
            hotpath_i_begin_drawn(site, token, stack);
            return;
        }
        f->gap--;
        weight = 0;
    } else if (timed == HOTPATH_I_TIMED_NOW) {
        bool asked = (HOTPATH_I_LOAD(&site->group_id) & HOTPATH_I_ASKED) != 0;
        /* An entry from here on, also for a handler that jumps out of what follows. */
        HOTPATH_I_STORE_RELEASE(&top[1].mark, (uint64_t)0);
        weight = hotpath_i_weigh(t, slot->node, f, asked);
    }
    hotpath_i_open_entry(l, t, top + 1, slot->node, stack, token, counter, weight);
    hotpath_i_leave(l);
}
static HOTPATH_I_HOT HOTPATH_I_REAL_STACK void hotpath_i_begin_called_clock(
    hotpath_site_t* site, hotpath_token_t* token, uintptr_t stack) {
    hotpath_i_begin(site, token, stack, false, HOTPATH_I_TIMED_ALL);
}
static HOTPATH_I_COLD void hotpath_i_measure_scope(void);
static HOTPATH_I_HOT HOTPATH_I_REAL_STACK void hotpath_i_begin_drawn(
    hotpath_site_t* site, hotpath_token_t* token, uintptr_t stack) {
    if (HOTPATH_I_UNLIKELY(
            (HOTPATH_I_LOAD(&hotpath_i_g.auto_since) & 1) > HOTPATH_I_LOAD(&hotpath_i_g.measured)))
        hotpath_i_measure_scope(); /* what auto goes by */
    hotpath_i_begin(site, token, stack, false, HOTPATH_I_TIMED_NOW);
}
static HOTPATH_I_HOT HOTPATH_I_REAL_STACK void hotpath_i_begin_sampled(
    hotpath_site_t* site, hotpath_token_t* token, uintptr_t stack) {
    hotpath_i_begin(site, token, stack, false, HOTPATH_I_TIMED_SOME);
}
static HOTPATH_I_HOT HOTPATH_I_REAL_STACK void hotpath_i_begin_by_counter(
    hotpath_site_t* site, hotpath_token_t* token, uintptr_t stack) {
    hotpath_i_begin(site, token, stack, true, HOTPATH_I_TIMED_ALL);
}
HOTPATH_API HOTPATH_I_HOT HOTPATH_I_REAL_STACK void hotpath_begin(
    hotpath_site_t* site, hotpath_token_t* token) {
    uintptr_t stack = HOTPATH_I_STACK_ADDRESS();
    int32_t fast = hotpath_i_how_fast();
    if (HOTPATH_I_LIKELY(fast < 0)) { /* what records has time for a jump, beside the counter */
        token->mark = token->tick = 0;
        return;
    }
    if (HOTPATH_I_LIKELY(fast > 0)) {
        hotpath_i_begin_by_counter(site, token, stack);
        return;
    }
    /* Also of a site at its first touch, whose group is not known before: the slow path looks again. */
    uint64_t off = HOTPATH_I_LOAD(&hotpath_i_off);
    if (off == HOTPATH_I_SOME)
        hotpath_i_begin_sampled(site, token, stack);
    else if (HOTPATH_I_LIKELY((off & HOTPATH_I_OFF_ALL) != 0) ||
             (HOTPATH_I_LOAD_ACQUIRE(&site->id) != 0 && hotpath_i_group_is_off(off, site)))
        token->mark = token->tick = 0;
    else if ((off & HOTPATH_I_SOME) != 0)
        hotpath_i_begin_sampled(site, token, stack);
    else
        hotpath_i_begin_called_clock(site, token, stack);
}

static HOTPATH_I_COLD HOTPATH_I_REAL_STACK void hotpath_i_end_slow(
    const hotpath_token_t* token, uint64_t now, uintptr_t stack) {
    volatile uintptr_t cookie;
    hotpath_i_local_t* l = &hotpath_i_local;
    uint64_t mark = token->mark;
    HOTPATH_I_FORWARD(end(token));
    if (mark == 0) return; /* its begin was dropped, and counted */
    hotpath_i_thread_t* t = l->thread;
    if (t == NULL || l->top == NULL) { /* of a thread that has been retired, or of before a fork */
        if ((mark >> 48) >= (HOTPATH_I_LOAD(&hotpath_i_g.first_record) & 0xffffu))
            HOTPATH_I_SHARED_ADD(&hotpath_i_g.foreign_ends, (uint64_t)1);
        return;
    }
    if (!hotpath_i_enter_slow(l, &cookie, stack, HOTPATH_I_IN_END, false)) {
        HOTPATH_I_SHARED_ADD(
            &t->foreign_ends, (uint64_t)1); /* a handler ends a scope of its host */
        return;
    }
    if ((mark & HOTPATH_I_DEEP) != 0) {
        if (!hotpath_i_end_deep(l, t, token, now))
            HOTPATH_I_SHARED_ADD(&t->foreign_ends, (uint64_t)1);
        hotpath_i_leave(l);
        return;
    }
    hotpath_i_open_t *base = t->context->entries, *e = l->top;
    while (e > base && (e->mark & ~(uint64_t)HOTPATH_I_SAMPLED) != mark)
        e--;
    if (e <= base) {
        if ((mark >> 48) >= (hotpath_i_g.first_record & 0xffffu))
            HOTPATH_I_SHARED_ADD(&t->foreign_ends, (uint64_t)1);
    } else {
        hotpath_i_abandon_to(l, e, stack);
        if (t->context->deep != 0) hotpath_i_abandon_deep(l);
        uint64_t bits = 0, meta = t->log_meta, start = e->start;
        hotpath_i_take_pending(l, mark, &bits, &meta);
        hotpath_i_frec_t* f = e->node->frec;
        uint64_t weight = hotpath_i_weight(e);
        uint64_t d = hotpath_i_close(l, t, e, &now);
        if (weight != 0) hotpath_i_note_allocs(t, e);
        if (weight == 0)
            HOTPATH_I_OWN_ADD(&f->untimed, (uint64_t)1);
        else
            hotpath_i_finish(t, f, start, d, now, bits, meta, weight);
    }
    hotpath_i_leave(l);
}

/* The end of a scope that a reader has seen open after its end had read the clock. */
static HOTPATH_I_COLD void hotpath_i_end_seen(
    hotpath_i_local_t* l, hotpath_i_open_t* e, uint64_t now) {
    hotpath_i_thread_t* t = l->thread;
    hotpath_i_frec_t* f = e->node->frec;
    uint64_t start = e->start;
    uint64_t d = hotpath_i_close(l, t, e, &now);
    hotpath_i_note_allocs(t, e);
    hotpath_i_finish(t, f, start, d, now, 0, t->log_meta, 1);
    hotpath_i_leave(l);
}
/* Calls nothing that comes back, as hotpath_i_begin. */
HOTPATH_I_REAL_STACK static HOTPATH_I_ALWAYS_INLINE void hotpath_i_end(
    const hotpath_token_t* token, uint64_t now, uintptr_t stack) {
    hotpath_i_local_t* l = &hotpath_i_local;
    hotpath_i_open_t* e = l->top;
    volatile uintptr_t cookie;
    if (HOTPATH_I_UNLIKELY(e == NULL || e->mark != token->mark || (l->busy | l->attention) != 0)) {
        hotpath_i_end_slow(token, now, stack);
        return;
    }
    hotpath_i_node_t* node = e->node;
    hotpath_i_frec_t* f = node->frec;
    uint64_t mark = token->mark, start = e->start, d = now - start;
    uint64_t waiting = f->waiting, before = hotpath_i_waiting_duration(waiting);
    size_t octave = hotpath_i_octave_of(before);
    uint64_t* buckets = f->octaves[octave];
    if (HOTPATH_I_UNLIKELY(d >> HOTPATH_I_SHORT != 0 || d >= f->slow_floor ||
                           now >= f->window_end || (buckets == NULL && waiting != 0) ||
                           (waiting & HOTPATH_I_FOLDING) != 0)) {
        hotpath_i_end_slow(token, now, stack);
        return;
    }
    hotpath_i_claim(l, &cookie, HOTPATH_I_IN_END);
    if (HOTPATH_I_UNLIKELY(l->top != e)) { /* as in hotpath_i_begin */
        l->busy = 0;
        hotpath_i_end_slow(token, now, stack);
        return;
    }
    uint64_t total = HOTPATH_I_LOAD(&node->total) + d;
    if (HOTPATH_I_UNLIKELY(hotpath_i_intend(e, total) > now)) {
        hotpath_i_end_seen(l, e, now);
        return;
    }
    uint64_t head = f->ring.head;
    hotpath_i_close_as(l, e, node, mark, head, total);
    if (HOTPATH_I_LIKELY(waiting != 0))
        hotpath_i_fold_into(f, waiting, buckets + hotpath_i_bucket_of(before, octave));
    HOTPATH_I_STORE_RELEASE(&f->waiting, hotpath_i_waits(head, d));
    hotpath_i_execution_allocs(hotpath_i_add(f, head, start, d, 0, l->log_meta, 1), node, e);
    uint64_t squares = f->squares_low, more = squares + d * d;
    if (HOTPATH_I_UNLIKELY((int64_t)(squares ^ more) < 0)) /* it carries into the higher half */
        hotpath_i_add_square(f, d, 1);
    else
        HOTPATH_I_STORE_RELEASE(&f->squares_low, more);
    HOTPATH_I_STORE_RELEASE(&f->ring.head, head + 1);
    hotpath_i_leave(l);
}
static HOTPATH_I_HOT HOTPATH_I_REAL_STACK void hotpath_i_end_called_clock(
    const hotpath_token_t* token, uintptr_t stack) {
    hotpath_i_end(token, hotpath_i_ticks(), stack);
}
/* Of an execution that is not timed, without looking at a clock. */
static HOTPATH_I_HOT HOTPATH_I_REAL_STACK void hotpath_i_end_sampled(
    const hotpath_token_t* token, uintptr_t stack) {
    hotpath_i_local_t* l = &hotpath_i_local;
    hotpath_i_open_t* e = l->top;
    volatile uintptr_t cookie;
    if (HOTPATH_I_UNLIKELY(e == NULL || e->mark != token->mark || (l->busy | l->attention) != 0)) {
        hotpath_i_end_slow(token, 0, stack);
        return;
    }
    hotpath_i_claim(l, &cookie, HOTPATH_I_IN_END);
    if (HOTPATH_I_UNLIKELY(l->top != e)) { /* as in hotpath_i_begin */
        l->busy = 0;
        hotpath_i_end_slow(token, 0, stack);
        return;
    }
    hotpath_i_frec_t* f = e->node->frec;
    uint64_t untimed = f->untimed;
    hotpath_i_close_entry(l, e, e->mark, untimed);
    HOTPATH_I_STORE(&f->untimed, untimed + 1);
    hotpath_i_leave(l);
}
static HOTPATH_I_HOT HOTPATH_I_REAL_STACK void hotpath_i_end_by_counter(
    const hotpath_token_t* token, uintptr_t stack) {
    hotpath_i_end(token, hotpath_i_counter(), stack);
}
HOTPATH_API HOTPATH_I_HOT HOTPATH_I_REAL_STACK void hotpath_end(const hotpath_token_t* token) {
    uintptr_t stack = HOTPATH_I_STACK_ADDRESS();
    if (HOTPATH_I_UNLIKELY(hotpath_i_how_fast() > 0))
        hotpath_i_end_by_counter(token, stack);
    else if (HOTPATH_I_UNLIKELY(token->mark != 0)) { /* else its begin was off, or dropped */
        if ((token->mark & HOTPATH_I_UNTIMED) != 0)
            hotpath_i_end_sampled(token, stack);
        else
            hotpath_i_end_called_clock(token, stack);
    }
}

HOTPATH_API HOTPATH_I_HOT HOTPATH_I_REAL_STACK uint64_t hotpath_end_ns(
    const hotpath_token_t* token) {
    HOTPATH_I_FORWARD_RESULT(end_ns(token));
    if (token->mark == 0 && token->tick == 0) return 0;
    uint64_t now = hotpath_i_ticks();
    hotpath_i_end_slow(token, now, HOTPATH_I_STACK_ADDRESS());
    hotpath_i_calibrate();
    return now > token->tick && token->tick != 0 ? hotpath_i_ns(now - token->tick) : 0;
}

HOTPATH_API HOTPATH_I_REAL_STACK void hotpath_error(hotpath_site_t* reason) {
    HOTPATH_I_FORWARD(error(reason));
    if (hotpath_i_is_off(reason)) return;
    hotpath_i_local_t* l = &hotpath_i_local;
    volatile uintptr_t cookie;
    hotpath_i_thread_t* t = hotpath_i_enter(l, &cookie, HOTPATH_I_STACK_ADDRESS());
    if (t == NULL) return;
    uint32_t id = HOTPATH_I_LOAD_ACQUIRE(&reason->id);
    if (id == 0) id = hotpath_i_site_id(reason);
    if (l->top != t->context->entries) {
        hotpath_i_node_t* node = l->top->node;
        HOTPATH_I_OWN_ADD(&node->errors, (uint64_t)1);
        if (node->frec->lite == 0) hotpath_i_reason_add(node->frec, id, 1);
    }
    hotpath_i_leave(l);
}

HOTPATH_API HOTPATH_I_REAL_STACK void hotpath_bytes(uint64_t bytes) {
    HOTPATH_I_FORWARD(bytes(bytes));
    if ((HOTPATH_I_LOAD(&hotpath_i_off) & HOTPATH_I_OFF_ALL) != 0) return;
    hotpath_i_local_t* l = &hotpath_i_local;
    volatile uintptr_t cookie;
    hotpath_i_thread_t* t = hotpath_i_enter(l, &cookie, HOTPATH_I_STACK_ADDRESS());
    if (t == NULL) return;
    if (l->top != t->context->entries) HOTPATH_I_OWN_ADD(&l->top->node->bytes, bytes);
    hotpath_i_leave(l);
}

HOTPATH_API HOTPATH_I_REAL_STACK void hotpath_thread_name(const char* name) {
    HOTPATH_I_FORWARD(thread_name(name));
    hotpath_i_local_t* l = &hotpath_i_local;
    volatile uintptr_t cookie;
    hotpath_i_thread_t* t = hotpath_i_enter(l, &cookie, HOTPATH_I_STACK_ADDRESS());
    if (t == NULL) return;
    hotpath_i_name_store(t->name, name);
    hotpath_i_leave(l);
}

HOTPATH_API hotpath_site_t* hotpath_named_site_in(
    const char* name, const char* file, uint32_t line, const char* group) {
    HOTPATH_I_FORWARD_RESULT(named_site_in(name, file, line, group));
    hotpath_i_item_t* item = hotpath_i_item_make(
        name != NULL ? name : "(null)", file != NULL ? file : "", line, HOTPATH_KIND_NAMED);
    if (item != NULL && group != NULL && *group != 0 && HOTPATH_I_LOAD(&item->site.group_id) == 0)
        HOTPATH_I_STORE(&item->site.group_id, hotpath_i_group_id(group));
    if (item == NULL && hotpath_i_init()) {
        HOTPATH_I_SHARED_ADD(&hotpath_i_g.function_overflow, (uint64_t)1);
        item = hotpath_i_g.items[HOTPATH_I_CLASS_FUNCTION][1];
    }
    static hotpath_site_t none = {"<other>", "", 0, HOTPATH_KIND_OTHER, HOTPATH_I_ABI, 0, "", 0};
    return item != NULL ? &item->site : &none;
}
HOTPATH_API hotpath_site_t* hotpath_named_site(const char* name, const char* file, uint32_t line) {
    return hotpath_named_site_in(name, file, line, "");
}

HOTPATH_API HOTPATH_I_REAL_STACK void hotpath_record(
    const char* track, const char* label, uint64_t begin_ns, uint64_t end_ns) {
    hotpath_i_init();
    HOTPATH_I_FORWARD(record(track, label, begin_ns, end_ns));
    if ((HOTPATH_I_LOAD(&hotpath_i_off) & HOTPATH_I_OFF_ALL) != 0) return;
    if (track == NULL) track = "(null)";
    hotpath_i_item_t* track_item = hotpath_i_item_make(track, "", 0, HOTPATH_KIND_TRACK);
    hotpath_i_item_t* item =
        hotpath_i_item_make(label != NULL ? label : "(null)", track, 0, HOTPATH_KIND_SPAN);
    hotpath_i_local_t* l = &hotpath_i_local;
    volatile uintptr_t cookie;
    hotpath_i_thread_t* t = hotpath_i_enter(l, &cookie, HOTPATH_I_STACK_ADDRESS());
    if (t == NULL) return;
    if (track_item == NULL || item == NULL)
        HOTPATH_I_SHARED_ADD(&hotpath_i_g.function_overflow, (uint64_t)1);
    uint32_t parent_id = track_item != NULL ? track_item->id : 1;
    hotpath_i_node_t* parent = hotpath_i_child(t, t->own.entries, 0, parent_id);
    hotpath_i_node_t* node =
        hotpath_i_child(t, t->own.entries, hotpath_i_index(parent), item != NULL ? item->id : 1);
    uint64_t d = hotpath_i_duration(t, begin_ns, end_ns);
    HOTPATH_I_OWN_ADD(&node->calls, (uint64_t)1);
    HOTPATH_I_OWN_ADD(&node->total, item != NULL ? d : 0);
    hotpath_i_finish(t, node->frec, begin_ns, d, hotpath_i_ticks(), 0, t->log_meta, 1);
    hotpath_i_leave(l);
}

/* Contexts. */
HOTPATH_API hotpath_context_t* hotpath_context_create(const char* name) {
    HOTPATH_I_FORWARD_RESULT(context_create(name));
    if (!hotpath_i_init()) return NULL;
    hotpath_context_t* c = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.contexts);
    for (; c != NULL; c = c->next) { /* one that was given back */
        uint32_t state = HOTPATH_I_CONTEXT_FREE;
        if (HOTPATH_I_LOAD(&c->state) == HOTPATH_I_CONTEXT_FREE &&
            HOTPATH_I_CAS(&c->state, &state, (uint32_t)HOTPATH_I_CONTEXT_PARKED))
            break;
    }
    if (c != NULL) {
        hotpath_i_name_store(c->name, name);
        return c;
    }
    uint32_t capacity = HOTPATH_I_FIBER_FIRST;
    c = (hotpath_context_t*)hotpath_i_shared_take(sizeof *c);
    if (c == NULL ||
        !hotpath_i_context_init(c,
            (hotpath_i_open_t*)hotpath_i_shared_take(capacity * sizeof(hotpath_i_open_t)),
            capacity))
        return NULL;
    c->state = HOTPATH_I_CONTEXT_PARKED;
    hotpath_i_name_store(c->name, name);
    c->next = HOTPATH_I_LOAD(&hotpath_i_g.contexts);
    while (!HOTPATH_I_CAS(&hotpath_i_g.contexts, &c->next, c)) {}
    return c;
}
/* Makes the open entries of a context name this thread's nodes. */
static void hotpath_i_context_move(hotpath_i_thread_t* t, hotpath_context_t* c) {
    HOTPATH_I_STORE(&c->switches, c->switches + 1);
    uint32_t parent = 0;
    for (hotpath_i_open_t* e = c->top + 1; e < c->entries + c->capacity; e++)
        HOTPATH_I_STORE_RELEASE(&e->mark, (uint64_t)0); /* their intents are of another record */
    for (hotpath_i_open_t* e = c->entries + 1; e <= c->top; e++) {
        hotpath_i_node_t* node = hotpath_i_child(t, e - 1, parent, e->node->function);
        HOTPATH_I_STORE_RELEASE(&e->node, node);
        HOTPATH_I_STORE_RELEASE(&e->calls, UINT64_MAX); /* its call was counted elsewhere */
    #if HOTPATH_I_ALLOC
        e->alloc_count = node->alloc_count, e->alloc_bytes = node->alloc_bytes;
    #endif
        parent = hotpath_i_index(node);
    }
    c->deep = 0;
    c->deep_epoch++;
    HOTPATH_I_STORE_RELEASE(&c->thread, t); /* its record may be new to who reads it here */
    HOTPATH_I_STORE_RELEASE(&c->switches, c->switches + 1);
}
/* Puts the running context aside; leaves the thread without one until the next is put in. */
static void hotpath_i_context_park(hotpath_i_local_t* l, hotpath_i_thread_t* t) {
    hotpath_context_t* c = t->context;
    c->top = l->top;
    if (c != &t->own) HOTPATH_I_STORE_RELEASE(&c->state, (uint32_t)HOTPATH_I_CONTEXT_PARKED);
}
static void hotpath_i_context_resume(
    hotpath_i_local_t* l, hotpath_i_thread_t* t, hotpath_context_t* c) {
    if (c->thread != t) hotpath_i_context_move(t, c);
    t->context_switches++;
    c->entries[0].node = hotpath_i_node_at(t, 0);
    HOTPATH_I_STORE_RELEASE(&t->context, c);
    l->top = c->top;
    l->last = c->entries + c->soft - 1;
    l->attention =
        (l->attention & ~HOTPATH_I_ATTENTION_DEEP) | (c->deep != 0 ? HOTPATH_I_ATTENTION_DEEP : 0);
}
/* Takes a parked context, after a reader that just moves it. */
static bool hotpath_i_context_claim(hotpath_context_t* c) {
    uint32_t state = HOTPATH_I_CONTEXT_PARKED;
    while (!HOTPATH_I_CAS(&c->state, &state, (uint32_t)HOTPATH_I_CONTEXT_RUNNING)) {
        if (state != HOTPATH_I_CONTEXT_MOVING) return false;
        hotpath_i_os_yield();
        state = HOTPATH_I_CONTEXT_PARKED;
    }
    return true;
}
HOTPATH_API HOTPATH_I_REAL_STACK void hotpath_context_switch(hotpath_context_t* ctx) {
    HOTPATH_I_FORWARD(context_switch(ctx));
    hotpath_i_local_t* l = &hotpath_i_local;
    volatile uintptr_t cookie;
    hotpath_i_thread_t* t = hotpath_i_enter(l, &cookie, HOTPATH_I_STACK_ADDRESS());
    if (t == NULL) return;
    hotpath_context_t* c = ctx == NULL ? &t->own : ctx;
    if (c != t->context) {
        if (c != &t->own && !hotpath_i_context_claim(c)) {
            HOTPATH_I_OWN_ADD(&t->context_overflow, (uint64_t)1);
        } else {
            hotpath_i_context_park(l, t);
            hotpath_i_context_resume(l, t, c);
        }
    }
    hotpath_i_leave(l);
}
HOTPATH_API HOTPATH_I_REAL_STACK void hotpath_context_destroy(hotpath_context_t* ctx) {
    HOTPATH_I_FORWARD(context_destroy(ctx));
    hotpath_i_local_t* l = &hotpath_i_local;
    if (ctx == NULL) return;
    volatile uintptr_t cookie;
    hotpath_i_thread_t* t = hotpath_i_enter(l, &cookie, HOTPATH_I_STACK_ADDRESS());
    if (t == NULL) return;
    hotpath_context_t* before = t->context;
    if (ctx != before && !hotpath_i_context_claim(ctx)) {
        HOTPATH_I_OWN_ADD(&t->context_overflow, (uint64_t)1);
    } else {
        if (ctx != before) { /* its open scopes end here, as those of a thread that ends */
            hotpath_i_context_park(l, t);
            hotpath_i_context_resume(l, t, ctx);
        }
        hotpath_i_abandon_to(l, ctx->entries, HOTPATH_I_NO_FRAME);
        if (ctx->deep != 0) hotpath_i_abandon_deep(l);
        for (hotpath_i_open_t* e = ctx->entries + 1; e < ctx->entries + ctx->capacity; e++)
            HOTPATH_I_STORE_RELEASE(&e->mark, (uint64_t)0); /* their intents: this record may end */
        hotpath_i_context_park(l, t);
        hotpath_i_context_resume(l, t, ctx != before ? before : &t->own);
        if (ctx != before && before != &t->own)
            HOTPATH_I_STORE_RELEASE(&before->state, (uint32_t)HOTPATH_I_CONTEXT_RUNNING);
        HOTPATH_I_STORE_RELEASE(&ctx->state, (uint32_t)HOTPATH_I_CONTEXT_FREE);
    }
    hotpath_i_leave(l);
}
HOTPATH_API uint32_t hotpath_depth(void) {
    HOTPATH_I_FORWARD_RESULT(depth());
    const hotpath_i_local_t* l = &hotpath_i_local;
    const hotpath_i_open_t *top, *entries;
    uint32_t deep;
    do { /* a handler may make the stack grow in between, or fork */
        const hotpath_i_thread_t* t = HOTPATH_I_LOAD(&l->thread);
        if (t == NULL || l->top == NULL) return 0;
        const hotpath_context_t* c = HOTPATH_I_LOAD(&t->context);
        top = HOTPATH_I_LOAD(&l->top);
        entries = HOTPATH_I_LOAD(&c->entries);
        deep = HOTPATH_I_LOAD(&c->deep);
        HOTPATH_I_SIGNAL_FENCE();
    } while (top != HOTPATH_I_LOAD(&l->top));
    return (uint32_t)(top - entries) + deep;
}
HOTPATH_API HOTPATH_I_REAL_STACK void hotpath_unwind(uint32_t depth) {
    HOTPATH_I_FORWARD(unwind(depth));
    hotpath_i_local_t* l = &hotpath_i_local;
    if (l->top == NULL) return;
    volatile uintptr_t cookie;
    uintptr_t stack = HOTPATH_I_STACK_ADDRESS();
    hotpath_i_thread_t* t = hotpath_i_enter(l, &cookie, stack);
    if (t == NULL) return;
    hotpath_context_t* c = t->context;
    uint32_t open = (uint32_t)(l->top - c->entries);
    if (c->deep != 0 && depth < open + c->deep) hotpath_i_abandon_deep(l);
    if (depth < open) hotpath_i_abandon_to(l, c->entries + depth, stack);
    hotpath_i_leave(l);
}

/* >>values
   Values go into rings like those of executions, one for each thread and entry. Texts lie in a ring
   of words of the thread; a reader that finds one overtaken leaves it out. */

static uint64_t hotpath_i_meta(uint32_t type, uint32_t length) {
    return (uint64_t)(length & 0xffffu) << 8 | type;
}
static uint32_t hotpath_i_text_max(void) {
    uint32_t max = (uint32_t)hotpath_i_settings.max_log_len;
    return max < HOTPATH_I_TEXT_RING / 4 ? max : HOTPATH_I_TEXT_RING / 4;
}
/* Keeps a text. Returns false without memory. */
static bool hotpath_i_text_put(
    hotpath_i_thread_t* t, const char* text, uint32_t length, uint64_t* position) {
    if (t->text == NULL) {
        uint64_t* words = (uint64_t*)hotpath_i_arena_take(&t->arena, HOTPATH_I_TEXT_RING);
        if (words == NULL) return false;
        HOTPATH_I_STORE(&t->text, words);
    }
    uint64_t at = t->text_head;
    uint64_t words = (length + 7u) / 8u;
    *position = at;
    /* Readers see first that the place is taken, then what is in it. */
    HOTPATH_I_STORE(&t->text_head, at + words * 8);
    for (uint64_t i = 0; i < words; i++) {
        uint64_t word = 0;
        size_t left = length - (size_t)i * 8;
        memcpy(&word, text + i * 8, left < 8 ? left : 8);
        HOTPATH_I_STORE_RELEASE(&t->text[(at / 8 + i) % (HOTPATH_I_TEXT_RING / 8)], word);
    }
    return true;
}
/* Copies a text of a ring, with a final 0. Returns false if it has been overtaken. */
static bool hotpath_i_text_get(
    const hotpath_i_thread_t* t, uint64_t position, uint32_t length, char* text) {
    const uint64_t* ring = HOTPATH_I_LOAD(&t->text);
    if (ring == NULL) return false;
    for (uint32_t i = 0; i * 8u < length; i++) {
        uint64_t word =
            HOTPATH_I_LOAD_ACQUIRE(&ring[(position / 8 + i) % (HOTPATH_I_TEXT_RING / 8)]);
        uint32_t left = length - i * 8u;
        memcpy(text + (size_t)i * 8u, &word, left < 8 ? left : 8);
    }
    text[length] = 0;
    return HOTPATH_I_LOAD(&t->text_head) - position <= HOTPATH_I_TEXT_RING;
}
static void hotpath_i_text_move(
    hotpath_i_thread_t* into, const hotpath_i_thread_t* from, hotpath_i_execution_t* e) {
    if ((e->meta & 0xff) != HOTPATH_VALUE_TEXT) return;
    char text[HOTPATH_I_TEXT_RING / 4 + 1];
    uint32_t length = (uint32_t)(e->meta >> 8) & 0xffffu;
    if (!hotpath_i_text_get(from, e->bits, length, text) ||
        !hotpath_i_text_put(into, text, length, &e->bits))
        e->meta &= ~(uint64_t)0xffffff; /* no value any more */
}
/* Writes into an ended thread's ring or the store: nobody else writes. */
static void hotpath_i_merge_ring(hotpath_i_thread_t* into_thread, hotpath_i_ring_t* into,
    const hotpath_i_thread_t* from_thread, const hotpath_i_ring_t* from) {
    uint64_t used = into->head <= into->mask ? into->head : into->mask + 1;
    uint64_t count = from->head <= from->mask ? from->head : from->mask + 1;
    for (uint64_t i = 0; i < count; i++) {
        hotpath_i_execution_t e = from->slots[(from->head - count + i) & from->mask];
        uint64_t place = used;
        if (used <= into->mask) {
            used++;
        } else { /* in place of the oldest, if that is older */
            place = 0;
            for (uint64_t k = 1; k <= into->mask; k++)
                if (into->slots[k].tick < into->slots[place].tick) place = k;
            if (into->slots[place].tick >= e.tick) continue;
        }
        hotpath_i_text_move(into_thread, from_thread, &e);
        into->slots[place] = e;
    }
    into->head += from->head;
}
static hotpath_i_ring_t* hotpath_i_ring_of(const hotpath_i_thread_t* t, uint32_t entry) {
    hotpath_i_ring_t** chunk = HOTPATH_I_LOAD_ACQUIRE(&t->values[entry / HOTPATH_I_CHUNK]);
    return chunk == NULL ? NULL : HOTPATH_I_LOAD_ACQUIRE(&chunk[entry % HOTPATH_I_CHUNK]);
}
static hotpath_i_ring_t* hotpath_i_value_ring(hotpath_i_thread_t* t, uint32_t entry) {
    hotpath_i_ring_t* ring = hotpath_i_ring_of(t, entry);
    if (ring != NULL) return ring;
    hotpath_i_ring_t*** table = &t->values[entry / HOTPATH_I_CHUNK];
    if (*table == NULL)
        HOTPATH_I_STORE_RELEASE(table,
            (hotpath_i_ring_t**)hotpath_i_arena_take(&t->arena, HOTPATH_I_CHUNK * sizeof **table));
    size_t slots = hotpath_i_g.log_slots;
    if (*table != NULL && !hotpath_i_memory_is_full())
        ring = (hotpath_i_ring_t*)hotpath_i_arena_take(
            &t->arena, 64 + slots * sizeof(hotpath_i_execution_t));
    if (ring == NULL) return NULL;
    ring->slots = (hotpath_i_execution_t*)(void*)((char*)ring + 64);
    ring->mask = slots - 1;
    HOTPATH_I_STORE_RELEASE(&(*table)[entry % HOTPATH_I_CHUNK], ring);
    return ring;
}

/* What the program lets be kept of a value. Texts, and with a redaction callback everything, pass
   through `text`, which must hold hotpath_i_text_max() + 1 bytes. */
static hotpath_value_t hotpath_i_redact(const char* name, hotpath_value_t value, char* text) {
    hotpath_value_t none;
    memset(&none, 0, sizeof none);
    if (hotpath_i_settings.no_values || value.type > HOTPATH_VALUE_TEXT) return none;
    hotpath_redact_t redact = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.redact);
    if (value.type != HOTPATH_VALUE_TEXT && redact == NULL) return value;
    uint32_t max = hotpath_i_text_max();
    if (value.type == HOTPATH_VALUE_TEXT) {
        value.length = value.length < max ? value.length : max;
        memcpy(text, value.as.text, value.length);
        text[value.length] = 0;
    } else {
        value.length = (uint32_t)hotpath_value_text(value, text, max + 1u);
    }
    if (redact != NULL) {
        if (!redact(hotpath_i_g.redact_user, name, text, max + 1u)) return none;
        text[max] = 0;
        value.length = (uint32_t)strlen(text);
    }
    value.type = HOTPATH_VALUE_TEXT;
    value.as.text = text;
    return value;
}
/* A value as a ring keeps it. */
static void hotpath_i_encode(
    hotpath_i_thread_t* t, hotpath_value_t value, uint64_t* bits, uint64_t* meta) {
    *bits = 0;
    *meta = 0;
    if (value.type == HOTPATH_VALUE_TEXT) {
        if (hotpath_i_text_put(t, value.as.text, value.length, bits))
            *meta = hotpath_i_meta(value.type, value.length);
    } else if (value.type != HOTPATH_VALUE_NONE) {
        memcpy(bits, &value.as, sizeof *bits);
        *meta = hotpath_i_meta(value.type, 0);
    }
}

HOTPATH_API HOTPATH_I_REAL_STACK void hotpath_value_record(
    hotpath_site_t* site, hotpath_value_t value) {
    HOTPATH_I_FORWARD(value_record(site, value));
    char text[HOTPATH_I_TEXT_RING / 4 + 1];
    hotpath_i_local_t* l = &hotpath_i_local;
    if (HOTPATH_I_LOAD_ACQUIRE(&site->id) == 0) hotpath_i_init(); /* HOTPATH_OFF is known then */
    if (hotpath_i_is_off(site)) return;
    uint32_t id = HOTPATH_I_LOAD(&site->id);
    if (id == 0) id = hotpath_i_site_id(site);
    if (id == 0) return;
    value = hotpath_i_redact(site->name, value, text);
    volatile uintptr_t cookie;
    hotpath_i_thread_t* t = hotpath_i_enter(l, &cookie, HOTPATH_I_STACK_ADDRESS());
    if (t == NULL) return;
    hotpath_i_ring_t* ring = hotpath_i_value_ring(t, id);
    if (ring == NULL) {
        HOTPATH_I_SHARED_ADD(&hotpath_i_g.entry_overflow, (uint64_t)1);
    } else {
        hotpath_i_execution_t e;
        memset(&e, 0, sizeof e);
        e.tick = hotpath_i_ticks();
        hotpath_i_encode(t, value, &e.bits, &e.meta);
        e.meta |= t->log_meta;
        uint64_t head = ring->head;
        HOTPATH_I_STORE(&ring->claimed, head + 1);
        hotpath_i_execution_store(&ring->slots[head & ring->mask], &e);
        HOTPATH_I_STORE_RELEASE(&ring->head, head + 1);
    }
    hotpath_i_leave(l);
}
HOTPATH_API void hotpath_value_format(hotpath_site_t* site, const char* format, ...) {
    hotpath_value_t value = hotpath_i_value_of_text(format);
    #if !defined(HOTPATH_NO_STDIO)
    char text[HOTPATH_I_TEXT_RING / 4];
    int saved = errno;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    errno = saved;
    value = hotpath_i_value_of_text(text);
    #endif
    hotpath_value_record(site, value);
}
HOTPATH_API HOTPATH_I_REAL_STACK void hotpath_result(
    const hotpath_token_t* token, hotpath_value_t value) {
    HOTPATH_I_FORWARD(result(token, value));
    char text[HOTPATH_I_TEXT_RING / 4 + 1];
    hotpath_i_local_t* l = &hotpath_i_local;
    if (token->mark == 0 || l->top == NULL || l->top->node == NULL) return;
    const hotpath_i_item_t* item =
        hotpath_i_item_of(HOTPATH_I_CLASS_FUNCTION, l->top->node->function);
    value = hotpath_i_redact(item != NULL ? item->name : "", value, text);
    volatile uintptr_t cookie;
    hotpath_i_thread_t* t = hotpath_i_enter(l, &cookie, HOTPATH_I_STACK_ADDRESS());
    if (t == NULL) return;
    hotpath_i_encode(t, value, &t->pending_bits, &t->pending_meta);
    t->pending_mark = token->mark;
    l->attention |= HOTPATH_I_ATTENTION_VALUE;
    hotpath_i_leave(l);
}

/* Gauges. */
static int64_t hotpath_i_to_int(hotpath_value_t v) {
    switch (v.type) {
        case HOTPATH_VALUE_DOUBLE:
            if (!(v.as.d > -9223372036854775808.0))
                return v.as.d < 0 ? INT64_MIN : 0; /* not a number counts as 0 */
            return v.as.d >= 9223372036854775807.0 ? INT64_MAX : (int64_t)v.as.d;
        case HOTPATH_VALUE_UINT: return v.as.u > (uint64_t)INT64_MAX ? INT64_MAX : (int64_t)v.as.u;
        case HOTPATH_VALUE_BOOL:
        case HOTPATH_VALUE_CHAR:
        case HOTPATH_VALUE_INT: return v.as.i;
        default: return 0;
    }
}
static double hotpath_i_to_double(hotpath_value_t v) {
    return v.type == HOTPATH_VALUE_DOUBLE ? v.as.d
           : v.type == HOTPATH_VALUE_UINT ? (double)v.as.u
                                          : (double)hotpath_i_to_int(v);
}
/* A number whose order as unsigned is that of the values, int64 or double; and back. */
static uint64_t hotpath_i_gauge_order(const hotpath_i_gauge_t* g, uint64_t bits) {
    bool negative = HOTPATH_I_LOAD(&g->is_double) == 2 && bits >> 63 != 0;
    return negative ? ~bits : bits ^ ((uint64_t)1 << 63);
}
static uint64_t hotpath_i_gauge_unorder(const hotpath_i_gauge_t* g, uint64_t order) {
    bool negative = HOTPATH_I_LOAD(&g->is_double) == 2 && order >> 63 == 0;
    return negative ? ~order : order ^ ((uint64_t)1 << 63);
}
/* The gauge's new value after one atomic operation. */
static uint64_t hotpath_i_gauge_apply(
    hotpath_i_gauge_t* g, hotpath_gauge_op_t op, hotpath_value_t value) {
    if (HOTPATH_I_LOAD(&g->is_double) == 2) {
        double v = hotpath_i_to_double(value);
        if (op == HOTPATH_GAUGE_OP_SET) {
            HOTPATH_I_STORE_RELEASE(&g->bits, hotpath_i_double_bits(v));
            return hotpath_i_double_bits(v);
        }
        uint64_t before = HOTPATH_I_LOAD(&g->bits), after;
        do {
            double d = hotpath_i_bits_double(before);
            after = hotpath_i_double_bits(op == HOTPATH_GAUGE_OP_INC ? d + v : d - v);
        } while (!HOTPATH_I_CAS(&g->bits, &before, after));
        return after;
    }
    uint64_t v = (uint64_t)hotpath_i_to_int(value);
    if (op == HOTPATH_GAUGE_OP_SET) {
        HOTPATH_I_STORE(&g->bits, v); /* an integer, as it would be read without a type too */
        return v;
    }
    v = op == HOTPATH_GAUGE_OP_INC ? v : (uint64_t)0 - v;
    /* gcc 12 at -O2 makes twice the old value of "fetch_add(v) + v" here: it must not see that both
       are one v. */
    uint64_t change = v;
    __asm__ volatile("" : "+r"(change));
    return HOTPATH_I_SHARED_ADD(&g->bits, change) + v;
}
HOTPATH_API void hotpath_gauge(hotpath_site_t* site, hotpath_gauge_op_t op, hotpath_value_t value) {
    HOTPATH_I_FORWARD(gauge(site, op, value));
    uint32_t id = HOTPATH_I_LOAD_ACQUIRE(&site->id);
    if (id == 0) id = hotpath_i_site_id(site);
    const hotpath_i_item_t* item = hotpath_i_item_of(HOTPATH_I_CLASS_ENTRY, id);
    if (item == NULL || item->gauge == NULL) return;
    hotpath_i_gauge_t* g = item->gauge;
    uint32_t type = value.type == HOTPATH_VALUE_DOUBLE ? 2 : 1, none = 0;
    if (HOTPATH_I_LOAD(&g->is_double) != type && !HOTPATH_I_CAS(&g->is_double, &none, type) &&
        HOTPATH_I_LOAD(&g->is_double) != type)
        HOTPATH_I_SHARED_ADD(&hotpath_i_g.value_mismatch, (uint64_t)1);
    uint64_t bits = hotpath_i_gauge_apply(g, op, value);
    uint64_t index = HOTPATH_I_SHARED_ADD(&g->updates, (uint64_t)1);
    uint64_t order = hotpath_i_gauge_order(g, bits);
    uint64_t least = HOTPATH_I_LOAD(&g->least), most = HOTPATH_I_LOAD(&g->most);
    bool counts = HOTPATH_I_LOAD(&g->is_double) != 2 ||
                  hotpath_i_bits_double(bits) == hotpath_i_bits_double(bits);
    while (counts && order < least && !HOTPATH_I_CAS(&g->least, &least, order)) {}
    while (counts && order > most && !HOTPATH_I_CAS(&g->most, &most, order)) {}
    hotpath_i_gauge_slot_t* slot = &g->history[index % g->slots];
    HOTPATH_I_STORE(&slot->sequence, (uint64_t)0);
    HOTPATH_I_STORE_RELEASE(&slot->tick, hotpath_i_ticks());
    HOTPATH_I_STORE_RELEASE(&slot->bits, bits);
    const hotpath_i_thread_t* t = hotpath_i_local.thread;
    HOTPATH_I_STORE_RELEASE(&slot->thread, t != NULL ? t->log_meta >> 24 : 0);
    HOTPATH_I_STORE_RELEASE(&slot->sequence, index + 1);
}

/* >>inside
   What happened inside one execution of a function, such as a frame, is what the call tree counted
   from one boundary to the next. The nodes that are watched keep what they had at the last one. The
   differences go into a slot if the execution is worth to be kept; a slot has a sequence, odd while
   it is written, and its words are stored with release and loaded with acquire: a reader that finds
   the sequence even and the same has nothing of another execution. */

static size_t hotpath_i_slot_words(const hotpath_i_inside_t* in) {
    return 1 + HOTPATH_I_INSIDE_HEAD + in->rows * sizeof(hotpath_i_inside_row_t) / 8;
}
static uint64_t* hotpath_i_slot_at(const hotpath_i_inside_t* in, uint64_t* slots, uint32_t i) {
    return slots + i * hotpath_i_slot_words(in);
}
static size_t hotpath_i_kept_words(const hotpath_i_kept_t* kept) {
    return HOTPATH_I_INSIDE_HEAD + (size_t)kept->count * sizeof(hotpath_i_inside_row_t) / 8;
}
static void hotpath_i_slot_store(uint64_t* slot, const hotpath_i_kept_t* kept) {
    uint64_t words[sizeof *kept / 8];
    size_t count = hotpath_i_kept_words(kept);
    memcpy(words, kept, count * 8);
    uint64_t sequence = HOTPATH_I_LOAD(slot) | 1; /* also after one that was jumped out of */
    HOTPATH_I_STORE(slot, sequence);
    HOTPATH_I_SIGNAL_FENCE();
    for (size_t i = 0; i < count; i++)
        HOTPATH_I_STORE_RELEASE(&slot[1 + i], words[i]);
    HOTPATH_I_STORE_RELEASE(slot, sequence + 1);
}
/* Returns: false if the slot is empty, or was being written all the time. */
static bool hotpath_i_slot_load(
    const hotpath_i_inside_t* in, const uint64_t* slot, hotpath_i_kept_t* kept) {
    uint64_t words[sizeof *kept / 8];
    for (int tries = 0; tries < 100; tries++) {
        if (tries != 0) hotpath_i_os_yield();
        uint64_t sequence = HOTPATH_I_LOAD_ACQUIRE(slot);
        for (size_t i = 0; i + 1 < hotpath_i_slot_words(in); i++)
            words[i] = HOTPATH_I_LOAD_ACQUIRE(&slot[1 + i]);
        if ((sequence & 1) != 0 || HOTPATH_I_LOAD(slot) != sequence) continue;
        memcpy(kept, words, (hotpath_i_slot_words(in) - 1) * 8);
        return kept->number != 0;
    }
    return false;
}

/* Takes memory for what is watched below a node, at the front of a struct of `size` bytes. Returns:
   NULL without memory. */
static hotpath_i_inside_t* hotpath_i_inside_new(hotpath_i_thread_t* t, size_t size, uint32_t root,
    uint32_t rows, uint32_t slowest, uint32_t recent) {
    hotpath_i_inside_t* in = hotpath_i_memory_is_full()
                                 ? NULL
                                 : (hotpath_i_inside_t*)hotpath_i_arena_take(&t->arena, size);
    if (in == NULL) return NULL;
    in->root = root, in->rows = rows, in->slowest = slowest, in->recent = recent;
    return in;
}
/* Returns: the place + 1 of a node that is watched, or 0. */
static uint32_t hotpath_i_watched_place(const hotpath_i_inside_t* in, uint32_t index) {
    uint32_t low = 0, high = in->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (hotpath_i_index(in->nodes[middle].at) < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low < in->count && hotpath_i_index(in->nodes[low].at) == index ? low + 1 : 0;
}
static bool hotpath_i_watch_more(hotpath_i_thread_t* t, hotpath_i_inside_t* in) {
    uint32_t capacity = in->capacity != 0 ? in->capacity * 2 : 32;
    hotpath_i_watched_t* nodes = NULL;
    if (capacity <= HOTPATH_I_INSIDE_NODES && !hotpath_i_memory_is_full())
        nodes = (hotpath_i_watched_t*)hotpath_i_arena_take(&t->arena, capacity * sizeof *nodes);
    if (nodes == NULL) {
        in->truncated = 1;
        return false;
    }
    if (in->count != 0) memcpy(nodes, in->nodes, in->count * sizeof *nodes);
    in->nodes = nodes;
    in->capacity = capacity;
    return true;
}
/* Time of another clock is not inside of anything. */
static bool hotpath_i_is_watched(const hotpath_i_node_t* node) {
    const hotpath_i_item_t* item = hotpath_i_item_of(HOTPATH_I_CLASS_FUNCTION, node->function);
    return item == NULL || (item->kind != HOTPATH_KIND_TRACK && item->kind != HOTPATH_KIND_SPAN);
}
/* Watches the nodes that are new below the root. Parents have lower indexes. */
static void hotpath_i_watch_new(hotpath_i_thread_t* t, hotpath_i_inside_t* in) {
    for (; in->looked < t->node_count; in->looked++) {
        uint32_t index = in->looked;
        hotpath_i_node_t* node = hotpath_i_node_at(t, index);
        uint32_t parent = hotpath_i_watched_place(in, node->parent);
        if (index <= in->root || (parent == 0 && node->parent != in->root)) continue;
        if (!hotpath_i_is_watched(node)) continue;
        if (in->count == in->capacity && !hotpath_i_watch_more(t, in)) continue;
        hotpath_i_watched_t* w = &in->nodes[in->count];
        memset(w, 0, sizeof *w);
        w->at = node, w->parent = parent;
        in->count++;
    }
}
/* Adds a row; of more than `most` those with the least self time become one sum. */
static void hotpath_i_kept_add(
    hotpath_i_kept_t* kept, uint64_t most, const hotpath_i_inside_row_t* row) {
    kept->covered += row->self;
    if (kept->count == most) {
        const hotpath_i_inside_row_t* last = &kept->rows[most - 1];
        const hotpath_i_inside_row_t* out = row->self > last->self ? last : row;
        kept->other_calls += out->calls;
        kept->other_self += out->self;
        if (out == row) return;
        kept->count--;
    }
    uint64_t at = kept->count++;
    for (; at > 0 && kept->rows[at - 1].self < row->self; at--)
        kept->rows[at] = kept->rows[at - 1];
    kept->rows[at] = *row;
}
/* Credits the scopes that are open with their time until now. */
static void hotpath_i_watch_open(
    const hotpath_i_open_t* top, const hotpath_i_inside_t* in, uint64_t now) {
    for (const hotpath_i_open_t* e = top; e->stack != UINTPTR_MAX; e--) {
        uint32_t place = hotpath_i_watched_place(in, hotpath_i_index(e->node));
        uint64_t weight = hotpath_i_weight(e);
        if (place != 0 && weight != 0 && now > e->start)
            in->nodes[place - 1].open += (now - e->start) * weight;
    }
}
/* A boundary: what the nodes have done since the last one is added to *kept, if that is not NULL.
   Args: top, the innermost open scope of the thread. */
static void hotpath_i_inside_step(hotpath_i_thread_t* t, const hotpath_i_open_t* top,
    hotpath_i_inside_t* in, uint64_t now, hotpath_i_kept_t* kept) {
    hotpath_i_watch_new(t, in);
    for (uint32_t i = 0; i < in->count; i++)
        in->nodes[i].open = in->nodes[i].below = 0;
    hotpath_i_watch_open(top, in, now);
    for (uint32_t i = in->count; i-- > 0;) { /* children first */
        hotpath_i_watched_t* w = &in->nodes[i];
        uint64_t calls = HOTPATH_I_LOAD(&w->at->calls);
        uint64_t total = HOTPATH_I_LOAD(&w->at->total) + w->open;
        uint64_t ticks = total > w->total ? total - w->total : 0;
        hotpath_i_inside_row_t row = {hotpath_i_index(w->at), calls - w->calls, ticks, 0};
        row.self = ticks > w->below ? ticks - w->below : 0;
        if (w->parent != 0) in->nodes[w->parent - 1].below += ticks;
        if (kept != NULL && (row.calls | ticks) != 0) hotpath_i_kept_add(kept, in->rows, &row);
        w->calls = calls, w->total = total;
    }
}
/* The slot that an execution among the slowest takes: an empty one, or that of the least. Returns:
   how many there are, if it is not among them. */
static uint32_t hotpath_i_slow_slot(const hotpath_i_inside_t* in, uint64_t duration) {
    uint32_t place = in->slowest;
    for (uint32_t i = 0; i < in->slowest && in->slots != NULL; i++) {
        const uint64_t* slot = hotpath_i_slot_at(in, in->slots, i);
        if (HOTPATH_I_LOAD(&slot[1]) == 0) return i;
        if (HOTPATH_I_LOAD(&slot[3]) < duration) {
            duration = HOTPATH_I_LOAD(&slot[3]);
            place = i;
        }
    }
    return in->slots != NULL ? place : 0;
}
static bool hotpath_i_make_slots(hotpath_i_thread_t* t, hotpath_i_inside_t* in) {
    if (in->slots != NULL || hotpath_i_memory_is_full()) return in->slots != NULL;
    size_t words = hotpath_i_slot_words(in) * (in->slowest + in->recent);
    HOTPATH_I_STORE_RELEASE(&in->slots, (uint64_t*)hotpath_i_arena_take(&t->arena, words * 8));
    return in->slots != NULL;
}
/* Puts an execution into the slots that are for it. */
static void hotpath_i_inside_keep(
    hotpath_i_inside_t* in, uint32_t slow, const hotpath_i_kept_t* kept) {
    if (slow < in->slowest) hotpath_i_slot_store(hotpath_i_slot_at(in, in->slots, slow), kept);
    if (in->recent == 0) return;
    uint32_t turn = (uint32_t)((kept->number - 1) % in->recent);
    hotpath_i_slot_store(hotpath_i_slot_at(in, in->slots, in->slowest + turn), kept);
}
/* The end of an execution: *kept has all of its head but count and sums, in which it receives what
   happened inside. */
static void hotpath_i_inside_end(hotpath_i_thread_t* t, const hotpath_i_open_t* top,
    hotpath_i_inside_t* in, uint64_t now, hotpath_i_kept_t* kept) {
    uint32_t slow = hotpath_i_slow_slot(in, kept->duration);
    bool keep = (slow < in->slowest || in->recent != 0) && hotpath_i_make_slots(t, in);
    kept->count = kept->covered = kept->other_calls = kept->other_self = 0;
    hotpath_i_inside_step(t, top, in, now, keep ? kept : NULL);
    if (in->truncated != 0) kept->flags |= HOTPATH_I_TRUNCATED;
    if (keep) hotpath_i_inside_keep(in, slow, kept);
}

/* Frames. */
    #define HOTPATH_I_FRAMES_WORST  8
    #define HOTPATH_I_FRAMES_RECENT 32

/* Adds what an ended thread has kept to the store, and clears it. */
static void hotpath_i_merge_frames(hotpath_i_frames_t* into, hotpath_i_frames_t* from) {
    into->over_budget += from->over_budget;
    into->jitter += from->jitter;
    into->jitter_count += from->jitter_count;
    if (from->budget != 0) into->budget = from->budget;
    from->over_budget = from->jitter = from->jitter_count = from->budget = 0;
    from->runs = from->has_before = 0;
}
static void hotpath_i_merge_inside(
    hotpath_i_thread_t* store, hotpath_i_thread_t* t, uint32_t function, hotpath_i_frec_t* f) {
    hotpath_i_inside_t* in = f->inside;
    hotpath_i_frec_t* into_frec = hotpath_i_frec_of(store, function);
    if (in == NULL) return;
    for (uint32_t i = 0; i < in->count; i++)
        in->nodes[i].calls = in->nodes[i].total = 0;
    const hotpath_i_item_t* item = hotpath_i_item_of(HOTPATH_I_CLASS_FUNCTION, function);
    bool frames = item != NULL && item->kind == HOTPATH_KIND_FRAME;
    size_t size = frames ? sizeof(hotpath_i_frames_t) : sizeof *in;
    if (into_frec != NULL && into_frec->inside == NULL) {
        uint32_t root = hotpath_i_node_at(t, in->root)->deep_open;
        HOTPATH_I_STORE(&into_frec->inside, /* with the lock, as all who read it */
            hotpath_i_inside_new(store, size, root, in->rows, in->slowest, in->recent));
    }
    hotpath_i_inside_t* into = into_frec != NULL ? into_frec->inside : NULL;
    hotpath_i_frames_t none;
    memset(&none, 0, sizeof none);
    if (frames)
        hotpath_i_merge_frames(into != NULL ? (hotpath_i_frames_t*)(void*)into : &none,
            (hotpath_i_frames_t*)(void*)in);
    bool keep = into != NULL && in->slots != NULL && hotpath_i_make_slots(store, into);
    for (uint32_t i = 0; i < in->slowest + in->recent && in->slots != NULL; i++) {
        uint64_t* slot = hotpath_i_slot_at(in, in->slots, i);
        hotpath_i_kept_t kept;
        if (keep && hotpath_i_slot_load(in, slot, &kept)) {
            for (uint64_t k = 0; k < kept.count; k++)
                kept.rows[k].node = hotpath_i_node_at(t, (uint32_t)kept.rows[k].node)->deep_open;
            uint32_t to = i < in->slowest ? hotpath_i_slow_slot(into, kept.duration) : i;
            if (i >= in->slowest || to < into->slowest)
                hotpath_i_slot_store(hotpath_i_slot_at(into, into->slots, to), &kept);
        }
        HOTPATH_I_STORE(&slot[1], (uint64_t)0);
    }
}
/* The frames of a function on this thread, made at the first boundary. */
static hotpath_i_frames_t* hotpath_i_frames_of(hotpath_i_thread_t* t, hotpath_i_frec_t* f) {
    if (f == &t->lite) return NULL;
    if (f->inside != NULL) return (hotpath_i_frames_t*)(void*)f->inside;
    hotpath_i_frames_t* frames = (hotpath_i_frames_t*)(void*)hotpath_i_inside_new(t, sizeof *frames,
        0, HOTPATH_I_INSIDE_ROWS, HOTPATH_I_FRAMES_WORST, HOTPATH_I_FRAMES_RECENT);
    if (frames == NULL) return NULL;
    frames->next = t->frames;
    t->frames = frames;
    HOTPATH_I_STORE_RELEASE(&f->inside, &frames->inside);
    return frames;
}
/* Completes the frame that runs. */
static void hotpath_i_frame_end(hotpath_i_local_t* l, hotpath_i_thread_t* t, hotpath_i_frec_t* f,
    hotpath_i_frames_t* frames, uint64_t now) {
    uint64_t d = hotpath_i_duration(t, frames->start, now), before = frames->before;
    hotpath_i_kept_t kept;
    memset(&kept, 0, HOTPATH_I_INSIDE_HEAD * 8);
    kept.number = f->ring.head + 1;
    kept.tick = frames->start, kept.duration = d, kept.meta = t->log_meta;
    if (t->context_switches != frames->switches) kept.flags = HOTPATH_I_SHARED;
    hotpath_i_inside_end(t, l->top, &frames->inside, now, &kept);
    if (frames->budget != 0 && hotpath_i_ns(d) > frames->budget)
        HOTPATH_I_OWN_ADD(&frames->over_budget, (uint64_t)1);
    if (frames->has_before != 0) {
        HOTPATH_I_OWN_ADD(&frames->jitter, d > before ? d - before : before - d);
        HOTPATH_I_OWN_ADD(&frames->jitter_count, (uint64_t)1);
    }
    frames->before = d;
    frames->has_before = 1;
    hotpath_i_finish(t, f, frames->start, d, now, 0, t->log_meta, 1);
}
static void hotpath_i_frame_boundary(hotpath_i_local_t* l, hotpath_i_thread_t* t,
    hotpath_i_frec_t* f, hotpath_i_frames_t* frames, uint64_t budget_ns, bool off) {
    uint64_t now = hotpath_i_ticks();
    if (off)
        frames->has_before = 0;
    else if (frames->runs != 0)
        hotpath_i_frame_end(l, t, f, frames, now);
    else
        hotpath_i_inside_step(t, l->top, &frames->inside, now, NULL);
    frames->runs = !off;
    frames->start = now;
    frames->switches = t->context_switches;
    if (budget_ns != 0) HOTPATH_I_STORE(&frames->budget, budget_ns);
}
HOTPATH_API HOTPATH_I_REAL_STACK void hotpath_frame(hotpath_site_t* site, uint64_t budget_ns) {
    hotpath_i_init();
    HOTPATH_I_FORWARD(frame(site, budget_ns));
    hotpath_i_local_t* l = &hotpath_i_local;
    bool off = hotpath_i_is_off(site);
    uint32_t id = HOTPATH_I_LOAD(&site->id); /* only a number here */
    if (id == 0)
        id = hotpath_i_site_id(site); /* also while it is off: a frame of its name may run */
    if (id == 0) return;
    volatile uintptr_t cookie;
    hotpath_i_thread_t* t = hotpath_i_enter(l, &cookie, HOTPATH_I_STACK_ADDRESS());
    if (t == NULL) return;
    hotpath_i_calibrate(); /* what a budget is held against */
    hotpath_i_frec_t* f = off ? hotpath_i_frec_of(t, id) : hotpath_i_frec_make(t, id);
    hotpath_i_frames_t* frames = f != NULL ? hotpath_i_frames_of(t, f) : NULL;
    if (frames != NULL)
        hotpath_i_frame_boundary(l, t, f, frames, budget_ns, off);
    else if (!off)
        HOTPATH_I_SHARED_ADD(&hotpath_i_g.no_memory, (uint64_t)1);
    hotpath_i_leave(l);
}

/* Phases. */
static void hotpath_i_phase_end(hotpath_i_thread_t* t, uint64_t now) {
    hotpath_i_frec_t* f = t->phase != 0 ? hotpath_i_frec_of(t, t->phase) : NULL;
    t->phase = 0;
    if (f == NULL) return;
    uint64_t d = hotpath_i_duration(t, t->phase_start, now);
    hotpath_i_finish(t, f, t->phase_start, d, now, 0, t->log_meta, 1);
}
static void hotpath_i_phase_begin(hotpath_i_thread_t* t, uint32_t function, uint64_t now) {
    if (hotpath_i_frec_make(t, function) == &t->lite) {
        HOTPATH_I_SHARED_ADD(&hotpath_i_g.no_memory, (uint64_t)1);
        return;
    }
    t->phase_start = now;
    t->phase = function;
}
HOTPATH_API HOTPATH_I_REAL_STACK void hotpath_mark(hotpath_site_t* site) {
    hotpath_i_init();
    HOTPATH_I_FORWARD(mark(site));
    hotpath_i_local_t* l = &hotpath_i_local;
    bool off = hotpath_i_is_off(site);
    uint32_t id = HOTPATH_I_LOAD(&site->id); /* only a number here */
    if (id == 0 && !off) id = hotpath_i_site_id(site);
    volatile uintptr_t cookie;
    hotpath_i_thread_t* t = hotpath_i_enter(l, &cookie, HOTPATH_I_STACK_ADDRESS());
    if (t == NULL) return;
    uint64_t now = hotpath_i_ticks();
    if (off)
        t->phase = 0; /* given up */
    else
        hotpath_i_phase_end(t, now);
    if (!off && id != 0) hotpath_i_phase_begin(t, id, now);
    hotpath_i_leave(l);
}

/* >>spans
   A key becomes a name (hotpath_i_normalise), a name an item, as one of named scopes; a cache by the hash
   of the raw key keeps all of that from being done again. No raw key is kept. What a thread knows of a
   key beyond its frec hangs on that (hotpath_i_span_sums_t). */

    #define HOTPATH_I_SPAN_CACHE 256 /* raw keys a thread knows, a power of two */

enum {
    HOTPATH_I_SPAN_ROWS,
    HOTPATH_I_SPAN_BYTES_IN,
    HOTPATH_I_SPAN_BYTES_OUT,
    HOTPATH_I_SPAN_FULLSCAN,
    HOTPATH_I_SPAN_4XX,
    HOTPATH_I_SPAN_5XX,
    HOTPATH_I_SPAN_PHASE, /* sums, then counts */
    HOTPATH_I_SPAN_COUNTS = HOTPATH_I_SPAN_PHASE + 2 * HOTPATH_SPAN_PHASES
};

    #define HOTPATH_I_SPAN_ROWS_INSIDE 8  /* of one of the slowest */
    #define HOTPATH_I_SPAN_PATHS       16 /* of one key on one thread that are looked into */

/* What happens inside the spans of a key on one path. */
typedef struct hotpath_i_span_watch {
    hotpath_i_inside_t inside; /* only to compare: the slots are those of the frec */
    struct hotpath_i_span_watch* next;
    uint64_t switches; /* of contexts until the last end */
} hotpath_i_span_watch_t;

struct hotpath_i_span_sums {
    uint64_t counts[HOTPATH_I_SPAN_COUNTS];
    uint64_t floor; /* a duration from here on is one of the slowest */
    hotpath_i_span_watch_t* watches;
    uint32_t watch_count;
};

/* Two hashes of a raw key, with a secret of the process: nobody can make others for the same place. */
typedef struct hotpath_i_span_known {
    uint64_t hash;
    uint64_t check;
    hotpath_i_item_t* item;
} hotpath_i_span_known_t;

/* What hotpath_span_t.opaque is. */
enum {
    HOTPATH_I_SPAN_TICK,
    HOTPATH_I_SPAN_MARK, /* 0: nothing is open; HOTPATH_I_SPAN_ENDED */
    HOTPATH_I_SPAN_SLOT,
    HOTPATH_I_SPAN_GAVE,  /* rows */
    HOTPATH_I_SPAN_STATE, /* status << 32 | reason's id << 2 | failed << 1 | a status is there */
    HOTPATH_I_SPAN_OF     /* function << 32 | hotpath_i_g.first_record */
};
    #define HOTPATH_I_SPAN_ENDED ((uint64_t)1)

/* A key that is being made. The hash is that of all of it, also of what is not kept. */
typedef struct hotpath_i_span_text {
    char text[HOTPATH_SPAN_KEY_MAX + 1];
    uint32_t used;
    uint32_t hash;
    uint64_t length;
    uint32_t before; /* of SQL: the token that was put last */
    char held[4];    /* and what is not put yet: it may turn out to go on with a list */
    uint32_t held_count;
    uint32_t row;     /* of SQL: open parentheses in the first row of VALUES */
    uint32_t mute;    /* and in a further one, which is no more than the first */
    uint32_t rows;    /* the token that was put last ends a row */
    uint64_t clauses; /* a bit for each open parenthesis: a statement with a FROM is in it */
    const char* word; /* the last token, if it is a word, in the raw key */
    size_t word_length;
} hotpath_i_span_text_t;

static void hotpath_i_span_putc(hotpath_i_span_text_t* o, char c) {
    if (o->mute != 0) return;
    if (o->used < HOTPATH_SPAN_KEY_MAX) o->text[o->used++] = c;
    o->hash = (o->hash ^ (unsigned char)c) * 16777619u;
    o->length++;
}
static void hotpath_i_span_put(hotpath_i_span_text_t* o, const char* text, size_t length) {
    for (size_t i = 0; i < length; i++)
        hotpath_i_span_putc(o, text[i]);
}
static void hotpath_i_span_put_lower(hotpath_i_span_text_t* o, const char* text, size_t length) {
    for (size_t i = 0; i < length; i++)
        hotpath_i_span_putc(o, text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] | 32) : text[i]);
}
/* Ends the text; of a longer one the last bytes are made of the hash of all. */
static void hotpath_i_span_text_end(hotpath_i_span_text_t* o) {
    if (o->length > o->used) {
        uint32_t hash = o->hash;
        o->used = HOTPATH_SPAN_KEY_MAX - 12;
        while (o->used > 0 && ((unsigned char)o->text[o->used] & 0xc0) == 0x80)
            o->used--; /* no half of a character */
        memcpy(o->text + o->used, "...#", 4);
        o->used += 4;
        for (int i = 28; i >= 0; i -= 4)
            o->text[o->used++] = "0123456789abcdef"[hash >> i & 15];
    }
    o->text[o->used] = 0;
}

static bool hotpath_i_is_digit(char c) { return c >= '0' && c <= '9'; }
/* White space, and all bytes that have no picture. */
static bool hotpath_i_is_blank(char c) { return (unsigned char)c <= ' ' || c == 127; }
/* What names consist of, in any encoding. */
static bool hotpath_i_is_name(char c) {
    return hotpath_i_is_alnum(c) || c == '_' || (unsigned char)c >= 128;
}
static bool hotpath_i_is_hex(char c) {
    return hotpath_i_is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

/* SQL. Tokens come from any dialect, and what is a literal in one of them is none of the key. */
enum {
    HOTPATH_I_SQL_NONE,
    HOTPATH_I_SQL_WORD,
    HOTPATH_I_SQL_VALUE,
    HOTPATH_I_SQL_GROUP, /* (?) */
    HOTPATH_I_SQL_OPEN,
    HOTPATH_I_SQL_CLOSE,
    HOTPATH_I_SQL_COMMA,
    HOTPATH_I_SQL_DOT, /* also :: */
    HOTPATH_I_SQL_OPERATOR
};

static void hotpath_i_sql_put(
    hotpath_i_span_text_t* o, uint32_t token, const char* text, size_t length) {
    uint32_t before = o->before;
    bool tight = before == HOTPATH_I_SQL_NONE || before == HOTPATH_I_SQL_OPEN ||
                 before == HOTPATH_I_SQL_DOT || token == HOTPATH_I_SQL_OPEN ||
                 token == HOTPATH_I_SQL_CLOSE || token == HOTPATH_I_SQL_COMMA ||
                 token == HOTPATH_I_SQL_DOT;
    if (token == HOTPATH_I_SQL_OPEN && before != HOTPATH_I_SQL_WORD && before != HOTPATH_I_SQL_OPEN)
        tight = before == HOTPATH_I_SQL_NONE || before == HOTPATH_I_SQL_DOT;
    if (!tight) hotpath_i_span_putc(o, ' ');
    hotpath_i_span_put(o, text, length);
    o->before = token;
}
static void hotpath_i_sql_put_held(hotpath_i_span_text_t* o) {
    for (uint32_t i = 0; i < o->held_count; i++) {
        char c = o->held[i];
        hotpath_i_sql_put(o,
            c == ','   ? HOTPATH_I_SQL_COMMA
            : c == '(' ? HOTPATH_I_SQL_OPEN
                       : HOTPATH_I_SQL_VALUE,
            &c, 1);
    }
    o->held_count = 0;
}
static bool hotpath_i_sql_held_ends(const hotpath_i_span_text_t* o, char c) {
    return o->held_count != 0 && o->held[o->held_count - 1] == c;
}
/* Any token but what lists consist of. */
static void hotpath_i_sql_token(
    hotpath_i_span_text_t* o, uint32_t token, const char* text, size_t length) {
    hotpath_i_sql_put_held(o);
    hotpath_i_sql_put(o, token, text, length);
    o->rows = 0;
    o->word = token == HOTPATH_I_SQL_WORD ? text : NULL;
    o->word_length = length;
}
/* A value. One that follows another in a list is no more than that. */
static void hotpath_i_sql_value(hotpath_i_span_text_t* o) {
    o->word = NULL;
    bool listed =
        hotpath_i_sql_held_ends(o, ',') &&
        (o->held_count > 1 ? o->held[o->held_count - 2] == '?' : o->before == HOTPATH_I_SQL_VALUE);
    if (listed)
        o->held_count--;
    else if (hotpath_i_sql_held_ends(o, '('))
        o->held[o->held_count++] = '?';
    else {
        hotpath_i_sql_put_held(o);
        hotpath_i_sql_put(o, HOTPATH_I_SQL_VALUE, "?", 1);
    }
}
static void hotpath_i_sql_comma(hotpath_i_span_text_t* o) {
    bool after = o->held_count == 0
                     ? o->before == HOTPATH_I_SQL_VALUE || o->before == HOTPATH_I_SQL_GROUP
                     : hotpath_i_sql_held_ends(o, '?') && o->held_count < sizeof o->held;
    if (!after) {
        hotpath_i_sql_token(o, HOTPATH_I_SQL_COMMA, ",", 1);
        return;
    }
    o->word = NULL;
    o->held[o->held_count++] = ',';
}
static bool hotpath_i_sql_is_word(const char* word, size_t length, const char* upper) {
    size_t i = 0;
    while (i < length && upper[i] != 0 && (word[i] & ~32) == upper[i])
        i++;
    return i == length && upper[i] == 0;
}
static bool hotpath_i_sql_is_one_of(
    const char* word, size_t length, const char* const* words, size_t count) {
    for (size_t i = 0; i < count && word != NULL; i++)
        if (hotpath_i_sql_is_word(word, length, words[i])) return true;
    return false;
}
static void hotpath_i_sql_open(hotpath_i_span_text_t* o) {
    bool next = o->held_count == 1 && o->held[0] == ',' && o->before == HOTPATH_I_SQL_GROUP;
    bool values = o->word != NULL && hotpath_i_sql_is_word(o->word, o->word_length, "VALUES");
    o->clauses <<= 1;
    o->word = NULL;
    if (o->mute != 0 || (next && o->rows != 0)) {
        o->mute++;
        return;
    }
    if (!next) hotpath_i_sql_put_held(o);
    if (values || o->row != 0) o->row++;
    o->held[o->held_count++] = '(';
}
static void hotpath_i_sql_close(hotpath_i_span_text_t* o) {
    bool muted = o->mute != 0;
    o->clauses >>= 1;
    o->word = NULL;
    if (muted && --o->mute != 0) return;
    bool row = muted || (o->row != 0 && --o->row == 0);
    if (muted) {
        o->held_count = 0;
    } else if (!hotpath_i_sql_held_ends(o, '?')) {
        hotpath_i_sql_token(o, HOTPATH_I_SQL_CLOSE, ")", 1);
    } else if (o->held[0] == ',') { /* a row like the one before */
        o->held_count = 0;
    } else {
        hotpath_i_sql_token(o, HOTPATH_I_SQL_CLOSE, ")", 1);
        o->before = HOTPATH_I_SQL_GROUP;
    }
    if (row) o->before = HOTPATH_I_SQL_GROUP, o->rows = 1;
}
/* Behind a comment; they nest in the standard, and what one dialect takes for its end is no harm. */
static const char* hotpath_i_sql_comment(const char* at, const char* end) {
    if (*at == '-') {
        while (at < end && *at != '\n' && *at != '\r')
            at++;
        return at;
    }
    size_t depth = 0;
    while (at < end) {
        bool two = end - at > 1;
        if (two && at[0] == '/' && at[1] == '*')
            depth++, at += 2;
        else if (two && at[0] == '*' && at[1] == '/')
            depth--, at += 2;
        else
            at++;
        if (depth == 0) break;
    }
    return at;
}
/* Behind a text in quotes, in which two of them are one. A backslash before a quote ends it in one
   dialect and not in another, unless `escapes` says so: then nothing behind it can be trusted, and NULL
   is returned. */
static const char* hotpath_i_sql_quoted(const char* at, const char* end, bool escapes) {
    char quote = *at++;
    for (; at < end; at++) {
        if (*at == '\\' && quote != '`') {
            bool before_quote = end - at > 1 && at[1] == quote;
            if (before_quote && !escapes) return NULL;
            at += end - at > 1 && (escapes || at[1] == '\\');
        } else if (*at == quote) {
            if (end - at > 1 && at[1] == quote)
                at++;
            else
                return at + 1;
        }
    }
    return end;
}
/* Behind a text between two of $tag$, or NULL if none begins here. */
static const char* hotpath_i_sql_dollars(const char* at, const char* end) {
    const char* tag = at++;
    if (at < end && hotpath_i_is_digit(*at)) return NULL;
    while (at < end && hotpath_i_is_name(*at))
        at++;
    if (at == end || *at != '$') return NULL;
    size_t length = (size_t)(++at - tag);
    for (; (size_t)(end - at) >= length; at++) {
        at = (const char*)memchr(at, '$', (size_t)(end - at));
        if (at == NULL || (size_t)(end - at) < length) return end;
        if (memcmp(at, tag, length) == 0) return at + length;
    }
    return end;
}
static bool hotpath_i_sql_is_number(const char* at, const char* end) {
    return at < end &&
           (hotpath_i_is_digit(*at) || (*at == '.' && end - at > 1 && hotpath_i_is_digit(at[1])));
}
static const char* hotpath_i_sql_number(const char* at, const char* end) {
    bool hex = end - at > 1 && at[0] == '0' && (at[1] | 32) == 'x';
    for (; at < end; at++) {
        bool sign = (*at == '+' || *at == '-') && !hex && (at[-1] | 32) == 'e' && end - at > 1 &&
                    hotpath_i_is_digit(at[1]);
        if (!sign && !hotpath_i_is_name(*at) && *at != '.') break;
    }
    return at;
}
/* Whether a name in double quotes can be no text: those dialects that take it for one do not do so
   here. */
static bool hotpath_i_sql_is_name(
    const hotpath_i_span_text_t* o, const char* after, const char* end) {
    static const char* const words[] = {"FROM", "JOIN", "INTO", "UPDATE", "TABLE", "SET", "AS"};
    if (o->held_count == 0 && o->before == HOTPATH_I_SQL_DOT) return true;
    if (after < end && *after == '.') return true;
    if (o->word != NULL && hotpath_i_sql_is_word(o->word, o->word_length, "FROM") &&
        (o->clauses & 1) == 0)
        return false; /* trim(x FROM "text") */
    return hotpath_i_sql_is_one_of(o->word, o->word_length, words, sizeof words / sizeof *words);
}
static const char* hotpath_i_sql_name_in_quotes(
    hotpath_i_span_text_t* o, const char* at, const char* end) {
    const char* after = hotpath_i_sql_quoted(at, end, false);
    if (after == NULL) return NULL;
    if (*at == '`' || hotpath_i_sql_is_name(o, after, end))
        hotpath_i_sql_token(o, HOTPATH_I_SQL_WORD, at, (size_t)(after - at));
    else
        hotpath_i_sql_value(o);
    return after;
}
/* Behind a text such as q'[it's]', whose end is its own. */
static const char* hotpath_i_sql_own_end(const char* at, const char* end) {
    char open = ++at < end ? *at++ : 0;
    char close = open == '[' ? ']' : open == '{' ? '}' : open == '(' ? ')' : open;
    if (open == '<') close = '>';
    while (at < end && !(*at == close && end - at > 1 && at[1] == '\''))
        at++;
    return end - at > 1 ? at + 2 : end;
}
/* A word, or a text with a letter before it that says of what kind it is. */
static const char* hotpath_i_sql_word(hotpath_i_span_text_t* o, const char* at, const char* end) {
    static const char* const values[] = {"NULL", "TRUE", "FALSE"};
    static const char* const tests[] = {"IS", "NOT"};
    static const char* const kinds[] = {"E", "N", "B", "X", "U"};
    static const char* const own[] = {"Q", "NQ"};
    static const char* const clauses[] = {"SELECT", "DELETE", "UPDATE"};
    static const char* const distinct[] = {"DISTINCT"};
    const char* from = at;
    while (at < end &&
           (hotpath_i_is_name(*at) || (*at == '$' && hotpath_i_sql_dollars(at, end) == NULL)))
        at++;
    size_t length = (size_t)(at - from);
    const char* quote = at + (length == 1 && end - at > 1 && *at == '&');
    if (quote < end && *quote == '\'' && hotpath_i_sql_is_one_of(from, length, kinds, 5)) {
        hotpath_i_sql_value(o);
        return hotpath_i_sql_quoted(quote, end, (*from | 32) == 'e');
    }
    if (at < end && *at == '\'' && hotpath_i_sql_is_one_of(from, length, own, 2)) {
        hotpath_i_sql_value(o);
        return hotpath_i_sql_own_end(at, end);
    }
    if (hotpath_i_sql_is_one_of(from, length, clauses, 3)) o->clauses |= 1;
    bool operand = hotpath_i_sql_is_one_of(o->word, o->word_length, distinct, 1) &&
                   hotpath_i_sql_is_word(from, length, "FROM"); /* IS DISTINCT FROM "text" */
    if (hotpath_i_sql_is_one_of(from, length, values, 3) &&
        !(o->word != NULL && hotpath_i_sql_is_one_of(o->word, o->word_length, tests, 2)))
        hotpath_i_sql_value(o);
    else
        hotpath_i_sql_token(o, HOTPATH_I_SQL_WORD, from, length);
    if (operand) o->word = NULL;
    return at;
}
/* A parameter, or a text in dollars; NULL if it is none. */
static const char* hotpath_i_sql_parameter(const char* at, const char* end) {
    const char* after = *at == '$' ? hotpath_i_sql_dollars(at, end) : NULL;
    if (after != NULL) return after;
    bool named = end - at > 1 && (hotpath_i_is_name(at[1]) || (*at == '$' && at[1] == '.'));
    if (*at != '?' && !named) return NULL;
    for (at++; at < end && (hotpath_i_is_name(*at) || (*at == '.' && hotpath_i_is_digit(at[-1])));)
        at++;
    return at;
}
/* Whether quotes are left open between here and `stop`: # begins a comment in one dialect and [ a name in
   another, in which a quote is only a character. What is too far away to see counts as well; behind what
   is kept it does not matter. */
static bool hotpath_i_sql_is_odd(
    const hotpath_i_span_text_t* o, const char* at, const char* end, char stop) {
    bool single = false, twice = false, back = false;
    ptrdiff_t far = o->mute != 0 ? 64 : 4096;
    if (o->used == HOTPATH_SPAN_KEY_MAX) return false;
    if (end - at > far) {
        if (memchr(at, stop, (size_t)far) == NULL) return true;
        end = at + far;
    }
    for (; at < end && *at != stop; at++)
        single ^= *at == '\'', twice ^= *at == '"', back ^= *at == '`';
    return single || twice || back;
}
static const char* hotpath_i_sql_operator(
    hotpath_i_span_text_t* o, const char* at, const char* end) {
    static const char* const before[] = {"SELECT", "WHERE", "AND", "OR", "NOT", "BETWEEN", "WHEN",
        "THEN", "ELSE", "LIMIT", "OFFSET", "BY", "RETURN", "DEFAULT"};
    const char* from = at;
    if ((*at == '#' && hotpath_i_sql_is_odd(o, at, end, '\n')) ||
        (*at == '[' && hotpath_i_sql_is_odd(o, at, end, ']')))
        return NULL;
    bool first = o->held_count != 0
                     ? !hotpath_i_sql_held_ends(o, '?')
                     : o->before == HOTPATH_I_SQL_NONE || o->before == HOTPATH_I_SQL_OPEN ||
                           o->before == HOTPATH_I_SQL_COMMA ||
                           o->before == HOTPATH_I_SQL_OPERATOR ||
                           hotpath_i_sql_is_one_of(
                               o->word, o->word_length, before, sizeof before / sizeof *before);
    if ((*at == '-' || *at == '+') && first && hotpath_i_sql_is_number(at + 1, end))
        return at + 1; /* a sign */
    if (*at == ':' && end - at > 1 && at[1] == ':') {
        hotpath_i_sql_token(o, HOTPATH_I_SQL_DOT, "::", 2);
        return at + 2;
    }
    for (at++; at < end && *at != 0 && strchr("+-*/<>=~!#%^&|", *at) != NULL; at++) {
        if (end - at > 1 && ((at[0] == '-' && at[1] == '-') || (at[0] == '/' && at[1] == '*')))
            break;
        if ((*at == '-' || *at == '+') && hotpath_i_sql_is_number(at + 1, end)) break;
    }
    hotpath_i_sql_token(o, HOTPATH_I_SQL_OPERATOR, from, (size_t)(at - from));
    return at;
}
static const char* hotpath_i_sql_step(hotpath_i_span_text_t* o, const char* at, const char* end) {
    char c = *at, next = end - at > 1 ? at[1] : 0;
    const char* after;
    if (hotpath_i_is_blank(c)) return at + 1;
    if ((c == '-' && next == '-') || (c == '/' && next == '*'))
        return hotpath_i_sql_comment(at, end);
    if (c == '\'') {
        hotpath_i_sql_value(o);
        return hotpath_i_sql_quoted(at, end, false);
    }
    if (c == '"' || c == '`') return hotpath_i_sql_name_in_quotes(o, at, end);
    if (hotpath_i_is_digit(c) || (hotpath_i_sql_is_number(at, end) &&
                                     (o->held_count != 0 || o->before != HOTPATH_I_SQL_WORD))) {
        hotpath_i_sql_value(o);
        return hotpath_i_sql_number(at, end);
    }
    if (hotpath_i_is_name(c)) return hotpath_i_sql_word(o, at, end);
    bool cast = c == ':' && next == ':';
    if ((c == '?' || c == '$' || c == '@' || c == ':') && !cast &&
        (after = hotpath_i_sql_parameter(at, end)) != NULL) {
        hotpath_i_sql_value(o);
        return after;
    }
    if (c == '(') return hotpath_i_sql_open(o), at + 1;
    if (c == ')') return hotpath_i_sql_close(o), at + 1;
    if (c == ',') return hotpath_i_sql_comma(o), at + 1;
    if (c == '.') return hotpath_i_sql_token(o, HOTPATH_I_SQL_DOT, ".", 1), at + 1;
    if (c == ';') {
        for (after = at + 1; after < end && (hotpath_i_is_blank(*after) || *after == ';');)
            after++;
        if (after < end) hotpath_i_sql_token(o, HOTPATH_I_SQL_COMMA, ";", 1);
        return after;
    }
    return hotpath_i_sql_operator(o, at, end);
}
static void hotpath_i_sql_normalise(hotpath_i_span_text_t* o, const char* at, const char* end) {
    o->clauses = 1;
    while (at != NULL && at < end)
        at = hotpath_i_sql_step(o, at, end);
    hotpath_i_sql_put_held(o);
    o->mute = 0;
    if (at == NULL) hotpath_i_span_put(o, " ...", 4); /* what follows may be a literal */
}

/* Addresses. */
static bool hotpath_i_url_is_id(const char* part, size_t length) {
    size_t digits = 0, letters = 0, capitals = 0, hex = 0, dashes = 0, number = 0;
    for (size_t i = 0; i < length; i++) {
        if (part[i] != 0 && strchr("@%=&'", part[i]) != NULL) return true;
        digits += hotpath_i_is_digit(part[i]);
        letters += hotpath_i_is_name(part[i]) && !hotpath_i_is_digit(part[i]);
        capitals += part[i] >= 'A' && part[i] <= 'Z';
        hex += hotpath_i_is_hex(part[i]);
        dashes += part[i] == '-';
        number += number == i && hotpath_i_is_digit(part[i]);
    }
    if (digits == 0 || length > 32) return length > 32;
    if (letters == 0 || digits >= 4 || (number != 0 && part[number] == '.')) return true;
    if (digits < 2) return hex + dashes == length && hex >= 8;
    return (hex + dashes == length && hex >= 6) ||
           (length >= 10 && capitals != 0 && letters > capitals); /* letters of both sizes */
}
static void hotpath_i_url_route(hotpath_i_span_text_t* o, const char* at, const char* end) {
    hotpath_i_span_putc(o, '/');
    while (at < end) {
        if (*at == '/') {
            at++;
            continue;
        }
        const char* from = at;
        while (at < end && *at != '/' && *at != ';')
            at++;
        if (o->text[o->used - 1] != '/' || o->length > o->used) hotpath_i_span_putc(o, '/');
        if (hotpath_i_url_is_id(from, (size_t)(at - from)))
            hotpath_i_span_put(o, ":id", 3);
        else
            hotpath_i_span_put(o, from, (size_t)(at - from));
        while (at < end && *at != '/') /* parameters of the part, such as ;session=... */
            at++;
    }
}
/* The scheme and the host, without who asks. Returns: what follows. */
static const char* hotpath_i_url_host(
    hotpath_i_span_text_t* o, const char* at, const char* end, bool keep) {
    const char* scheme = at;
    while (at < end && (hotpath_i_is_alnum(*at) || *at == '+' || *at == '-' || *at == '.'))
        at++;
    if (end - at < 3 || at == scheme || memcmp(at, "://", 3) != 0) return scheme;
    const char *after = at, *host = at += 3;
    for (; at < end && *at != '/'; at++)
        if (*at == '@') host = at + 1;
    if (!keep) return at;
    hotpath_i_span_put_lower(o, scheme, (size_t)(after - scheme));
    hotpath_i_span_put(o, "://", 3);
    const char* port = at;
    while (port > host && hotpath_i_is_digit(port[-1]))
        port--;
    bool plain = memchr(host, ':', (size_t)(at - host)) == NULL || *host == '[';
    if (plain || port[-1] == ':')
        hotpath_i_span_put_lower(o, host, (size_t)(at - host));
    else
        hotpath_i_span_put(o, ":id", 3); /* no port: a user and a password with / or ? in it */
    return at;
}
static void hotpath_i_url_normalise(
    hotpath_i_span_text_t* o, const char* at, const char* end, bool host) {
    while (at < end && hotpath_i_is_blank(*at))
        at++;
    const char* method = at;
    while (at < end && at - method < 17 && (hotpath_i_is_alnum(*at) || *at == '-' || *at == '_'))
        at++;
    if (at > method && at < end && *at == ' ') {
        hotpath_i_span_put(o, method, (size_t)(at - method) + 1);
        while (at < end && *at == ' ')
            at++;
    } else {
        at = method;
    }
    const char* stop = at;
    while (stop < end && !hotpath_i_is_blank(*stop) && *stop != '?' && *stop != '#')
        stop++;
    at = hotpath_i_url_host(o, at, stop, host);
    hotpath_i_url_route(o, at, stop);
}

/* Two hashes at once: each of its own multiplies, which do not wait for each other. */
static void hotpath_i_span_hash(
    const char* key, size_t length, uint64_t kind, hotpath_i_span_known_t* out) {
    uint64_t a = hotpath_i_g.span_secret ^ kind, b = ~a + length * 0x9E3779B97F4A7C15u, word;
    size_t i = 0;
    for (; length - i >= 8; i += 8) {
        memcpy(&word, key + i, 8);
        a = (a ^ word) * 0xff51afd7ed558ccdu;
        a ^= a >> 32;
        b = ((b << 29 | b >> 35) + word) * 0xc4ceb9fe1a85ec53u;
    }
    word = 0;
    memcpy(&word, key + i, length - i);
    a = (a ^ word) * 0xff51afd7ed558ccdu;
    b = ((b << 29 | b >> 35) + word) * 0xc4ceb9fe1a85ec53u;
    a ^= a >> 32;
    a *= 0xc4ceb9fe1a85ec53u;
    out->hash = a ^ a >> 29;
    out->check = b ^ b >> 32;
}
static uint32_t hotpath_i_span_item_kind(hotpath_span_kind_t kind) {
    return HOTPATH_KIND_SQL + ((uint32_t)kind - HOTPATH_SPAN_SQL);
}
static bool hotpath_i_is_span(uint32_t kind) {
    return kind >= HOTPATH_KIND_SQL && kind <= HOTPATH_KIND_SERVER;
}
/* The item of a key that is normalised; past the bound that of <other>, which is made with the first
   one. Returns: NULL without memory, or past the bound of functions. */
static hotpath_i_item_t* hotpath_i_span_item(hotpath_span_kind_t kind, const char* name) {
    uint32_t item_kind = hotpath_i_span_item_kind(kind);
    hotpath_i_item_t* item = hotpath_i_item_look(name, "", 0, item_kind);
    if (item != NULL) return item;
    hotpath_i_item_t* other = hotpath_i_item_find("<other>", "", 0, item_kind);
    HOTPATH_I_STORE(&hotpath_i_g.span_others[kind - HOTPATH_SPAN_SQL], other);
    uint32_t *count = &hotpath_i_g.span_keys[kind - HOTPATH_SPAN_SQL], n = HOTPATH_I_LOAD(count);
    do {
        if (n >= hotpath_i_settings.entries_limit) return other;
    } while (!HOTPATH_I_CAS(count, &n, n + 1));
    item = hotpath_i_item_find(name, "", 0, item_kind);
    return item != NULL ? item : other;
}
static hotpath_i_item_t* hotpath_i_span_normalise(
    hotpath_span_kind_t kind, const char* key, size_t length) {
    hotpath_i_span_text_t o;
    memset(&o, 0, sizeof o);
    o.hash = 2166136261u;
    if (kind == HOTPATH_SPAN_SQL)
        hotpath_i_sql_normalise(&o, key, key + length);
    else
        hotpath_i_url_normalise(&o, key, key + length, kind == HOTPATH_SPAN_HTTP);
    hotpath_i_span_text_end(&o);
    return hotpath_i_span_item(kind, o.text);
}
/* The item of a raw key. Returns: NULL as hotpath_i_span_item. */
static hotpath_i_item_t* hotpath_i_span_find(
    hotpath_i_thread_t* t, hotpath_span_kind_t kind, const char* key, size_t length) {
    hotpath_i_span_known_t known;
    hotpath_i_span_hash(key, length, kind, &known);
    if (t->span_cache == NULL)
        t->span_cache = (hotpath_i_span_known_t*)hotpath_i_arena_take(
            &t->arena, HOTPATH_I_SPAN_CACHE * sizeof *t->span_cache);
    hotpath_i_span_known_t* place = t->span_cache;
    if (place != NULL) {
        place += known.hash & (HOTPATH_I_SPAN_CACHE - 1);
        if (place->hash == known.hash && place->check == known.check && place->item != NULL)
            return place->item;
    }
    known.item = hotpath_i_span_normalise(kind, key, length);
    if (place != NULL) { /* a handler that jumps out in between leaves a place without an item */
        place->item = NULL;
        HOTPATH_I_SIGNAL_FENCE();
        place->hash = known.hash, place->check = known.check;
        HOTPATH_I_SIGNAL_FENCE();
        place->item = known.item;
    }
    return known.item;
}

static bool hotpath_i_span_is_kind(hotpath_span_kind_t kind) {
    return kind >= HOTPATH_SPAN_SQL && kind <= HOTPATH_SPAN_SERVER;
}
/* The function of a key, counted where it is another's. */
static uint32_t hotpath_i_span_function(
    hotpath_i_thread_t* t, hotpath_span_kind_t kind, const char* key, size_t length) {
    if (key == NULL) key = "(null)", length = SIZE_MAX;
    if (length == SIZE_MAX) length = strlen(key);
    const hotpath_i_item_t* item = hotpath_i_span_find(t, kind, key, length);
    if (item == NULL)
        HOTPATH_I_SHARED_ADD(&hotpath_i_g.function_overflow, (uint64_t)1);
    else if (item == HOTPATH_I_LOAD(&hotpath_i_g.span_others[kind - HOTPATH_SPAN_SQL]))
        HOTPATH_I_OWN_ADD(&t->span_overflow, (uint64_t)1);
    return item != NULL ? item->id : 1;
}
/* Whether no span is to be recorded: they are of no group. */
static bool hotpath_i_span_is_off(void) {
    uint64_t off = HOTPATH_I_LOAD(&hotpath_i_off);
    return (off & (HOTPATH_I_OFF_ALL | 1)) != 0;
}
/* What a thread knows of a key. Returns: NULL where memory has run out. */
static hotpath_i_span_sums_t* hotpath_i_span_sums_of(hotpath_i_thread_t* t, hotpath_i_frec_t* f) {
    if (f->spans != NULL || f == &t->lite) return f->spans;
    hotpath_i_span_sums_t* sums =
        hotpath_i_memory_is_full()
            ? NULL
            : (hotpath_i_span_sums_t*)hotpath_i_arena_take(&t->arena, sizeof *sums);
    if (sums == NULL)
        HOTPATH_I_OWN_ADD(&t->lite_functions, (uint64_t)1);
    else
        HOTPATH_I_STORE_RELEASE(&f->spans, sums);
    return sums;
}
static void hotpath_i_span_count(hotpath_i_span_sums_t* sums, size_t what, uint64_t n) {
    if (sums != NULL && n != 0) HOTPATH_I_OWN_ADD(&sums->counts[what], n);
}
/* What watches a node of a key, made at its first end. Returns: NULL past the bound, or without memory. */
static hotpath_i_span_watch_t* hotpath_i_span_watch_of(
    hotpath_i_thread_t* t, hotpath_i_span_sums_t* sums, uint32_t node) {
    hotpath_i_span_watch_t* w = sums->watches;
    while (w != NULL && w->inside.root != node)
        w = w->next;
    if (w != NULL || sums->watch_count == HOTPATH_I_SPAN_PATHS) return w;
    w = (hotpath_i_span_watch_t*)(void*)hotpath_i_inside_new(
        t, sizeof *w, node, HOTPATH_I_SPAN_ROWS_INSIDE, 0, 0);
    if (w == NULL) return NULL;
    w->inside.looked = node + 1;
    w->switches = t->context_switches;
    w->next = sums->watches;
    sums->watches = w;
    sums->watch_count++;
    return w;
}
/* What a node's spans did until now is not inside of the next one. */
static void hotpath_i_span_look_away(hotpath_i_thread_t* t, const hotpath_i_node_t* node) {
    hotpath_i_span_sums_t* sums = hotpath_i_span_sums_of(t, node->frec);
    hotpath_i_span_watch_t* w =
        sums != NULL ? hotpath_i_span_watch_of(t, sums, hotpath_i_index(node)) : NULL;
    if (w != NULL) hotpath_i_inside_step(t, t->own.entries, &w->inside, 0, NULL);
}
/* Puts a span among the slowest. */
static HOTPATH_I_COLD void hotpath_i_span_keep(hotpath_i_thread_t* t, hotpath_i_frec_t* f,
    hotpath_i_span_sums_t* sums, const hotpath_i_kept_t* kept) {
    if (f->inside == NULL)
        HOTPATH_I_STORE_RELEASE(
            &f->inside, hotpath_i_inside_new(t, sizeof(hotpath_i_inside_t), 0,
                            HOTPATH_I_SPAN_ROWS_INSIDE, HOTPATH_SPAN_SLOWEST, 0));
    hotpath_i_inside_t* in = f->inside;
    if (in == NULL || !hotpath_i_make_slots(t, in)) return;
    hotpath_i_inside_keep(in, hotpath_i_slow_slot(in, kept->duration), kept);
    uint64_t least = UINT64_MAX;
    for (uint32_t i = 0; i < in->slowest; i++) {
        const uint64_t* slot = hotpath_i_slot_at(in, in->slots, i);
        if (HOTPATH_I_LOAD(&slot[1]) == 0) return;
        uint64_t duration = HOTPATH_I_LOAD(&slot[3]);
        least = duration < least ? duration : least;
    }
    sums->floor = least + 1;
}
/* Adds what an ended record counted of a key to the store; what it kept, hotpath_i_merge_inside moves. */
static void hotpath_i_span_merge(
    hotpath_i_thread_t* store, hotpath_i_frec_t* into, hotpath_i_span_sums_t* from) {
    hotpath_i_span_sums_t* sums = hotpath_i_span_sums_of(store, into);
    for (size_t i = 0; i < HOTPATH_I_SPAN_COUNTS; i++) {
        if (sums != NULL) sums->counts[i] += from->counts[i];
        from->counts[i] = 0;
    }
    from->floor = 0;
    for (hotpath_i_span_watch_t* w = from->watches; w != NULL; w = w->next)
        for (uint32_t i = 0; i < w->inside.count; i++)
            w->inside.nodes[i].calls = w->inside.nodes[i].total = 0;
}

/* A span failed: with the reason it was given, or one that its status makes. */
static HOTPATH_I_COLD void hotpath_i_span_fail(
    hotpath_i_node_t* node, hotpath_i_frec_t* f, uint32_t reason, int status) {
    HOTPATH_I_OWN_ADD(&node->errors, (uint64_t)1);
    if (reason == 0) {
        char text[32];
        hotpath_i_writer_t w = hotpath_i_writer_to(text, sizeof text - 1, NULL, NULL);
        hotpath_i_puts(&w, status < 0 ? "status -" : "status ");
        hotpath_i_put_u64(&w, status < 0 ? 0u - (unsigned)status : (unsigned)status);
        text[w.used] = 0;
        const hotpath_i_item_t* item = hotpath_i_item_find(text, "", 0, HOTPATH_KIND_REASON);
        reason = item != NULL ? item->id : 0;
    }
    if (f->lite == 0) hotpath_i_reason_add(f, reason, 1);
}
/* What happened in a span whose entry was on this thread's stack until its end. Returns: flags. */
static uint64_t hotpath_i_span_inside(hotpath_i_thread_t* t, hotpath_i_span_sums_t* sums,
    const hotpath_i_node_t* node, hotpath_i_kept_t* kept) {
    hotpath_i_span_watch_t* w = hotpath_i_span_watch_of(t, sums, hotpath_i_index(node));
    if (w == NULL) return HOTPATH_I_TRUNCATED;
    if (w->inside.looked < t->node_count || w->inside.count != 0)
        hotpath_i_inside_step(t, t->own.entries, &w->inside, 0, kept);
    uint64_t flags = w->inside.truncated != 0 ? HOTPATH_I_TRUNCATED : 0;
    /* Of other contexts the same node may have done something meanwhile, or since the last end. */
    if (w->switches != t->context_switches && w->inside.count != 0) flags |= HOTPATH_I_SHARED;
    w->switches = t->context_switches;
    return flags;
}
/* A finished span, and whether its entry was on this thread's stack. */
typedef struct hotpath_i_span_done {
    hotpath_i_node_t* node; /* that has its time; NULL: it was not this thread's to end */
    uint64_t start;
    uint64_t duration;
    bool here;
} hotpath_i_span_done_t;

/* Adds a finished span's facts: rows, status, and itself if it is one of the slowest. */
static void hotpath_i_span_finish(
    hotpath_i_thread_t* t, const hotpath_i_span_done_t* done, uint64_t rows, uint64_t state) {
    hotpath_i_node_t* node = done->node;
    hotpath_i_frec_t* f = node->frec;
    hotpath_i_span_sums_t* sums = hotpath_i_span_sums_of(t, f);
    const hotpath_i_item_t* item = hotpath_i_item_of(HOTPATH_I_CLASS_FUNCTION, node->function);
    int status = (int)(int32_t)(state >> 32);
    bool sql = item != NULL && item->kind == HOTPATH_KIND_SQL;
    hotpath_i_span_count(sums, HOTPATH_I_SPAN_ROWS, rows);
    if (!sql && status >= 400 && status < 600)
        hotpath_i_span_count(sums, status < 500 ? HOTPATH_I_SPAN_4XX : HOTPATH_I_SPAN_5XX, 1);
    if ((state & 2) != 0 || (sql ? status != 0 : status >= 500))
        hotpath_i_span_fail(node, f, (uint32_t)state >> 2, status);
    if (sums == NULL) return;
    if (done->duration < sums->floor) {
        if (done->here) (void)hotpath_i_span_inside(t, sums, node, NULL);
        return;
    }
    hotpath_i_kept_t kept;
    memset(&kept, 0, HOTPATH_I_INSIDE_HEAD * 8);
    if (done->here) kept.flags = hotpath_i_span_inside(t, sums, node, &kept);
    kept.number = f->ring.head;
    kept.tick = done->start, kept.duration = done->duration, kept.meta = t->log_meta;
    kept.facts[0] = rows, kept.facts[1] = state >> 32;
    hotpath_i_span_keep(t, f, sums, &kept);
}

/* Before a span begins: on top there may be this very variable, which was never ended; spans that have
   ended elsewhere; and a request that one of its kind does not belong into, with nothing in between:
   a loop begins one after the other, and they end when they do. */
static void hotpath_i_span_make_way(hotpath_i_local_t* l, hotpath_i_thread_t* t,
    hotpath_span_kind_t kind, const hotpath_token_t* token) {
    while (l->top != t->context->entries) {
        hotpath_i_open_t* e = l->top;
        const hotpath_i_item_t* item =
            hotpath_i_item_of(HOTPATH_I_CLASS_FUNCTION, e->node->function);
        bool again = e->token == token;
        if (!again && !hotpath_i_has_slot(e)) return;
        if (!again && HOTPATH_I_LOAD(&e->slot->state) == e->mark &&
            (kind == HOTPATH_SPAN_SQL || item == NULL ||
                item->kind != hotpath_i_span_item_kind(kind)))
            return;
        hotpath_i_abandon_to(l, e - 1, again ? UINTPTR_MAX : 0);
    }
}
static void hotpath_i_span_open(hotpath_i_local_t* l, hotpath_i_thread_t* t, hotpath_span_t* span,
    uint32_t function, uintptr_t frame) {
    hotpath_token_t* token = (hotpath_token_t*)(void*)span;
    hotpath_i_node_t* node = hotpath_i_child(t, l->top, hotpath_i_index(l->top->node), function);
    hotpath_i_open_t* e = l->top + 1;
    hotpath_i_span_slot_t* slot = hotpath_i_slot_take(t);
    if (slot != NULL) { /* who finds the entry's mark finds these, too */
        HOTPATH_I_STORE(&slot->node, node);
        HOTPATH_I_STORE_RELEASE(&slot->state, t->next_mark);
        HOTPATH_I_STORE(&e->slot_mark, t->next_mark);
    }
    HOTPATH_I_STORE(&e->slot, slot);
    t->pace.full++, t->pace.asked++;
    hotpath_i_open_entry(l, t, e, node, frame, token, false, 1);
    if (slot != NULL) HOTPATH_I_STORE_RELEASE(&slot->start, token->tick);
    span->opaque[HOTPATH_I_SPAN_SLOT] = (uint64_t)(uintptr_t)slot;
}
HOTPATH_API HOTPATH_I_REAL_STACK void hotpath_span_begin(
    hotpath_span_t* span, hotpath_span_kind_t kind, const char* key, size_t length) {
    uintptr_t stack = HOTPATH_I_STACK_ADDRESS();
    volatile uintptr_t cookie;
    hotpath_i_local_t* l = &hotpath_i_local;
    memset(span, 0, sizeof *span);
    if (HOTPATH_I_UNLIKELY(l->thread == NULL) && !hotpath_i_init()) return;
    HOTPATH_I_FORWARD(span_begin(span, kind, key, length));
    if (hotpath_i_span_is_off() || !hotpath_i_span_is_kind(kind)) return;
    if (!hotpath_i_enter_slow(l, &cookie, stack, HOTPATH_I_IN_BEGIN, true)) return;
    hotpath_i_thread_t* t = l->thread;
    uint32_t function = hotpath_i_span_function(t, kind, key, length);
    hotpath_token_t* token = (hotpath_token_t*)(void*)span;
    hotpath_i_heal(l, t, stack, token);
    hotpath_i_span_make_way(l, t, kind, token);
    /* The frame that it belongs to is not that of a helper which begins it. */
    uintptr_t at = (uintptr_t)span, frame = at - stack < 65536 ? at : HOTPATH_I_NO_FRAME;
    if (l->top >= l->last && !hotpath_i_make_room(l, frame, token))
        hotpath_i_begin_deep(l, t, function, token);
    else
        hotpath_i_span_open(l, t, span, function, frame);
    span->opaque[HOTPATH_I_SPAN_OF] =
        (uint64_t)function << 32 | HOTPATH_I_LOAD(&hotpath_i_g.first_record);
    hotpath_i_leave(l);
}
/* Whether a span is open, and was not begun before a fork. */
static bool hotpath_i_span_is_open(const hotpath_span_t* span) {
    return span->opaque[HOTPATH_I_SPAN_MARK] > HOTPATH_I_SPAN_ENDED &&
           (uint32_t)span->opaque[HOTPATH_I_SPAN_OF] == HOTPATH_I_LOAD(&hotpath_i_g.first_record);
}
HOTPATH_API void hotpath_span_status(hotpath_span_t* span, int status) {
    uint64_t state = span->opaque[HOTPATH_I_SPAN_STATE] & UINT32_MAX;
    span->opaque[HOTPATH_I_SPAN_STATE] = (uint64_t)(uint32_t)status << 32 | state;
}
HOTPATH_API void hotpath_span_rows(hotpath_span_t* span, uint64_t rows) {
    span->opaque[HOTPATH_I_SPAN_GAVE] += rows;
}
HOTPATH_API void hotpath_span_error(hotpath_span_t* span, const char* reason) {
    if (!hotpath_i_init()) return;
    HOTPATH_I_FORWARD(span_error(span, reason));
    uint64_t* state = &span->opaque[HOTPATH_I_SPAN_STATE];
    if (!hotpath_i_span_is_open(span) || (*state & 2) != 0) return;
    const hotpath_i_item_t* item =
        hotpath_i_item_find(reason != NULL ? reason : "(null)", "", 0, HOTPATH_KIND_REASON);
    *state |= (item != NULL ? (uint64_t)item->id << 2 : 0) | 2;
}
/* Adds to what this thread knows of the span's key. */
HOTPATH_I_REAL_STACK static void hotpath_i_span_add(
    const hotpath_span_t* span, size_t what, uint64_t n, size_t and_what, uint64_t and_n) {
    HOTPATH_I_FORWARD(span_add(span, what, n, and_what, and_n));
    hotpath_i_local_t* l = &hotpath_i_local;
    volatile uintptr_t cookie;
    if (!hotpath_i_span_is_open(span)) return;
    hotpath_i_thread_t* t = hotpath_i_enter(l, &cookie, HOTPATH_I_STACK_ADDRESS());
    if (t == NULL) return;
    uint32_t function = (uint32_t)(span->opaque[HOTPATH_I_SPAN_OF] >> 32);
    hotpath_i_span_sums_t* sums = hotpath_i_span_sums_of(t, hotpath_i_frec_make(t, function));
    hotpath_i_span_count(sums, what, n);
    hotpath_i_span_count(sums, and_what, and_n);
    hotpath_i_leave(l);
}
HOTPATH_API void hotpath_span_bytes(hotpath_span_t* span, uint64_t bytes_in, uint64_t bytes_out) {
    hotpath_i_span_add(
        span, HOTPATH_I_SPAN_BYTES_IN, bytes_in, HOTPATH_I_SPAN_BYTES_OUT, bytes_out);
}
HOTPATH_API void hotpath_span_fullscan(hotpath_span_t* span, uint64_t steps) {
    hotpath_i_span_add(span, HOTPATH_I_SPAN_FULLSCAN, steps, HOTPATH_I_SPAN_FULLSCAN, 0);
}
HOTPATH_API void hotpath_span_phase(hotpath_span_t* span, hotpath_span_phase_t phase, uint64_t ns) {
    if ((uint32_t)phase >= HOTPATH_SPAN_PHASES) return;
    size_t what = HOTPATH_I_SPAN_PHASE + (size_t)phase;
    hotpath_i_span_add(span, what, ns, what + HOTPATH_SPAN_PHASES, 1);
}

/* The node of another record's path in this one. */
static hotpath_i_node_t* hotpath_i_path_in(
    hotpath_i_thread_t* t, const hotpath_i_thread_t* from, hotpath_i_node_t* node) {
    enum {
        AT_ONCE = 64
    };
    if (t == from) return node;
    uint32_t functions[AT_ONCE], depth = 0, index = hotpath_i_index(node), at;
    for (at = index; at != 0; at = hotpath_i_node_at(from, at)->parent)
        depth++;
    hotpath_i_node_t* into = hotpath_i_node_at(t, 0);
    for (uint32_t done = 0; done < depth;) {
        uint32_t count = depth - done < AT_ONCE ? depth - done : (uint32_t)AT_ONCE, below = depth;
        for (at = index; below > done; at = hotpath_i_node_at(from, at)->parent, below--)
            if (below <= done + count)
                functions[below - done - 1] = hotpath_i_node_at(from, at)->function;
        for (uint32_t i = 0; i < count; i++)
            into = hotpath_i_child(t, t->own.entries, hotpath_i_index(into), functions[i]);
        done += count;
    }
    return into;
}
static void hotpath_i_inside_skip(
    hotpath_i_thread_t* t, hotpath_i_inside_t* in, const hotpath_i_node_t* node, uint64_t ticks) {
    hotpath_i_watch_new(t, in);
    uint32_t place = hotpath_i_watched_place(in, hotpath_i_index(node));
    if (place != 0) in->nodes[place - 1].total += ticks;
}
/* A node gets time in which its span was on no stack: none of the thread's frames, and no span above
   it, has that inside. */
static void hotpath_i_skip_elsewhere(
    hotpath_i_thread_t* t, const hotpath_i_node_t* node, uint64_t ticks) {
    for (hotpath_i_frames_t* frames = t->frames; frames != NULL; frames = frames->next)
        hotpath_i_inside_skip(t, &frames->inside, node, ticks);
    for (uint32_t up = node->parent; up != 0; up = hotpath_i_node_at(t, up)->parent) {
        const hotpath_i_node_t* above = hotpath_i_node_at(t, up);
        const hotpath_i_item_t* item = hotpath_i_item_of(HOTPATH_I_CLASS_FUNCTION, above->function);
        if (item == NULL || !hotpath_i_is_span(item->kind)) continue;
        hotpath_i_span_sums_t* sums = hotpath_i_span_sums_of(t, above->frec);
        hotpath_i_span_watch_t* w = sums != NULL ? hotpath_i_span_watch_of(t, sums, up) : NULL;
        if (w != NULL) hotpath_i_inside_skip(t, &w->inside, node, ticks);
    }
}
/* Adds a finished span to a thread that has it not on its stack. A reader that still takes it for open
   has its time until the moment it reads for; the end is not before that (hotpath_i_intend). */
static hotpath_i_node_t* hotpath_i_end_elsewhere(
    hotpath_i_thread_t* t, hotpath_i_span_slot_t* slot, uint64_t start, uint64_t* d) {
    uint64_t state = HOTPATH_I_LOAD(&slot->state);
    bool given = (state & HOTPATH_I_SPAN_GIVEN) != 0;
    uint64_t credited = given ? HOTPATH_I_LOAD(&slot->credited) : 0;
    hotpath_i_node_t* node = hotpath_i_path_in(
        t, slot->owner, given ? HOTPATH_I_LOAD(&slot->rest) : HOTPATH_I_LOAD(&slot->node));
    if (*d < credited) *d = credited;
    uint64_t before = HOTPATH_I_LOAD(&node->total) - credited;
    HOTPATH_I_STORE_RELEASE(&slot->end_node, node);
    HOTPATH_I_STORE_RELEASE(&slot->end_total, before + *d);
    HOTPATH_I_STORE_RELEASE(&slot->state, state | HOTPATH_I_SPAN_ENDING);
    HOTPATH_I_SIGNAL_FENCE();
    uint64_t seen = HOTPATH_I_LOAD(&hotpath_i_g.read_tick);
    if (seen > start + *d) {
        *d = seen - start;
        HOTPATH_I_STORE_RELEASE(&slot->end_total, before + *d);
    }
    HOTPATH_I_STORE_RELEASE(&node->total, before + *d);
    hotpath_i_skip_elsewhere(t, node, *d - credited);
    return node;
}
/* Of a span past the depth bound: its node is in its mark. */
static hotpath_i_node_t* hotpath_i_end_span_deep(
    hotpath_i_local_t* l, hotpath_i_thread_t* t, const hotpath_span_t* span, uint64_t now) {
    const hotpath_token_t* token = (const hotpath_token_t*)(const void*)span;
    uint64_t mark = token->mark;
    return hotpath_i_end_deep(l, t, token, now)
               ? hotpath_i_node_at(t, (uint32_t)(mark >> 24) & 0xffffffu)
               : NULL;
}
/* The entry of a span on this thread's stack, or NULL. */
static hotpath_i_open_t* hotpath_i_span_entry(
    const hotpath_i_local_t* l, const hotpath_i_thread_t* t, uint64_t mark) {
    hotpath_i_open_t* e = l->top;
    while (e > t->context->entries && e->mark != mark)
        e--;
    return e > t->context->entries ? e : NULL;
}
/* Ends a span, in all but its facts. */
static hotpath_i_span_done_t hotpath_i_end_span(
    hotpath_i_local_t* l, const hotpath_span_t* span, uint64_t now, uintptr_t stack) {
    hotpath_i_thread_t* t = l->thread;
    uint64_t mark = span->opaque[HOTPATH_I_SPAN_MARK], start = span->opaque[HOTPATH_I_SPAN_TICK];
    hotpath_i_span_slot_t* slot =
        (hotpath_i_span_slot_t*)(uintptr_t)span->opaque[HOTPATH_I_SPAN_SLOT];
    hotpath_i_span_done_t done = {NULL, start, hotpath_i_duration(t, start, now), false};
    if ((mark & HOTPATH_I_DEEP) != 0) {
        done.node = hotpath_i_end_span_deep(l, t, span, now);
        return done;
    }
    hotpath_i_open_t* e = hotpath_i_span_entry(l, t, mark);
    if (slot != NULL ? !hotpath_i_slot_claim(slot, mark) : e == NULL) return done;
    if (e != NULL) {
        hotpath_i_abandon_to(l, e, stack);
        if (t->context->deep != 0) hotpath_i_abandon_deep(l);
        done.node = e->node, done.here = true;
        done.duration = hotpath_i_close(l, t, e, &now);
        hotpath_i_note_allocs(t, e);
    } else {
        done.node = hotpath_i_end_elsewhere(t, slot, start, &done.duration);
    }
    if (slot != NULL) hotpath_i_slot_free(t, slot);
    hotpath_i_finish(t, done.node->frec, start, done.duration, now, 0, t->log_meta, 1);
    return done;
}
HOTPATH_API HOTPATH_I_REAL_STACK void hotpath_span_end(hotpath_span_t* span) {
    HOTPATH_I_FORWARD(span_end(span));
    uint64_t mark = span->opaque[HOTPATH_I_SPAN_MARK], now;
    if (mark == 0) return;
    now = hotpath_i_ticks();
    hotpath_i_local_t* l = &hotpath_i_local;
    volatile uintptr_t cookie;
    uintptr_t stack = HOTPATH_I_STACK_ADDRESS();
    if (mark != HOTPATH_I_SPAN_ENDED && !hotpath_i_span_is_open(span)) {
        span->opaque[HOTPATH_I_SPAN_MARK] = 0; /* of before a fork */
        return;
    }
    hotpath_i_span_done_t done = {NULL, 0, 0, false};
    if (hotpath_i_enter_slow(l, &cookie, stack, HOTPATH_I_IN_END, false)) {
        if (mark != HOTPATH_I_SPAN_ENDED) done = hotpath_i_end_span(l, span, now, stack);
        if (done.node != NULL)
            hotpath_i_span_finish(l->thread, &done, span->opaque[HOTPATH_I_SPAN_GAVE],
                span->opaque[HOTPATH_I_SPAN_STATE]);
        hotpath_i_leave(l);
        span->opaque[HOTPATH_I_SPAN_MARK] = HOTPATH_I_SPAN_ENDED;
    }
    if (done.node == NULL)
        HOTPATH_I_SHARED_ADD(
            l->thread != NULL ? &l->thread->foreign_ends : &hotpath_i_g.foreign_ends, (uint64_t)1);
}
HOTPATH_API HOTPATH_I_REAL_STACK void hotpath_span_detach(hotpath_span_t* span) {
    HOTPATH_I_FORWARD(span_detach(span));
    hotpath_i_local_t* l = &hotpath_i_local;
    volatile uintptr_t cookie;
    if (!hotpath_i_span_is_open(span) || l->thread == NULL) return;
    hotpath_i_thread_t* t = hotpath_i_enter(l, &cookie, HOTPATH_I_STACK_ADDRESS());
    if (t == NULL) return;
    hotpath_i_open_t* e = hotpath_i_span_entry(l, t, span->opaque[HOTPATH_I_SPAN_MARK]);
    if (e != NULL && hotpath_i_has_slot(e)) hotpath_i_abandon_to(l, e - 1, 0);
    hotpath_i_leave(l);
}

HOTPATH_API HOTPATH_I_REAL_STACK void hotpath_span_record(hotpath_span_kind_t kind, const char* key,
    size_t length, uint64_t duration_ns, const hotpath_span_facts_t* facts) {
    static const hotpath_span_facts_t none = {0, NULL, 0, 0, 0, 0, {0, 0, 0, 0}};
    if (!hotpath_i_init()) return;
    HOTPATH_I_FORWARD(span_record(kind, key, length, duration_ns, facts));
    if (hotpath_i_span_is_off() || !hotpath_i_span_is_kind(kind)) return;
    if (facts == NULL) facts = &none;
    hotpath_i_local_t* l = &hotpath_i_local;
    volatile uintptr_t cookie;
    hotpath_i_thread_t* t = hotpath_i_enter(l, &cookie, HOTPATH_I_STACK_ADDRESS());
    if (t == NULL) return;
    uint32_t function = hotpath_i_span_function(t, kind, key, length);
    hotpath_i_node_t* node = hotpath_i_child(t, l->top, hotpath_i_index(l->top->node), function);
    hotpath_i_calibrate(); /* the first of all may be this one */
    uint64_t now = hotpath_i_ticks(), d = hotpath_i_to_ticks(duration_ns);
    HOTPATH_I_OWN_ADD(&node->calls, (uint64_t)1);
    HOTPATH_I_STORE_RELEASE(&node->total, node->total + d);
    hotpath_i_finish(t, node->frec, now - d, d, now, 0, t->log_meta, 1);
    uint64_t state = (uint64_t)(uint32_t)facts->status << 32;
    if (facts->error != NULL) {
        const hotpath_i_item_t* item =
            hotpath_i_item_find(facts->error, "", 0, HOTPATH_KIND_REASON);
        state |= (item != NULL ? (uint64_t)item->id << 2 : 0) | 2;
    }
    hotpath_i_span_done_t done = {node, now - d, d, false};
    hotpath_i_span_finish(t, &done, facts->rows, state);
    hotpath_i_span_sums_t* sums = hotpath_i_span_sums_of(t, node->frec);
    hotpath_i_span_count(sums, HOTPATH_I_SPAN_BYTES_IN, facts->bytes_in);
    hotpath_i_span_count(sums, HOTPATH_I_SPAN_BYTES_OUT, facts->bytes_out);
    hotpath_i_span_count(sums, HOTPATH_I_SPAN_FULLSCAN, facts->fullscan_steps);
    for (size_t i = 0; i < HOTPATH_SPAN_PHASES; i++) {
        hotpath_i_span_count(sums, HOTPATH_I_SPAN_PHASE + i, facts->phases_ns[i]);
        hotpath_i_span_count(
            sums, HOTPATH_I_SPAN_PHASE + HOTPATH_SPAN_PHASES + i, facts->phases_ns[i] != 0);
    }
    hotpath_i_leave(l);
}

/* >>alloc
   Where allocations count. A node has how many and how many bytes; what a thread allocates in a function
   (hotpath_i_alloc_t) has the sizes, and a cell, which outlives the thread, the frees. Each block has a
   header in front of it that names its cell:
     born   size as it was asked for << 27 | n << 24 | interval; its memory begins 16 << n before it
     seal   cell, and above it the address with the process's secret (another secret if n is not 0)
   A seal is taken away when its block is freed, so that only a block of ours that is alive has one. What is
   in front of a block is read only where it is in the same page, or where a mark says that a block of ours
   begins the page. Blocks that are aligned to pages, and those of HOTPATH_ALLOC_EVENT, are in a table of
   bounded size.
   A thread adds to its own counters with one instruction each, which no handler can split; frees by other
   threads are one atomic addition each. What a handler allocates while it interrupts a recording is not
   counted, nor is its free, and counts as dropped. */

    #if HOTPATH_I_ALLOC

        #define HOTPATH_I_OUTSIDE     2u /* the function id of <outside> */
        #define HOTPATH_I_CELLS       (1u << 17)
        #define HOTPATH_I_PLACE_SHIFT 20  /* of the bits of an address over 15 */
        #define HOTPATH_I_CELL_CHUNK  64u /* that are allocated together */
        #define HOTPATH_I_SIZE_BITS   37
        #define HOTPATH_I_SIZE_MOST   (((uint64_t)1 << HOTPATH_I_SIZE_BITS) - 1)
        #define HOTPATH_I_BIRTH_BITS  24
        #define HOTPATH_I_BIRTH_MOST  (((uint32_t)1 << HOTPATH_I_BIRTH_BITS) - 1)
        #define HOTPATH_I_SIZE_SHIFT  (HOTPATH_I_BIRTH_BITS + 3)
        #define HOTPATH_I_TICK_EVERY  256u /* allocations of a thread between looks at the clock */
        #define HOTPATH_I_HEAPS       64u
        #define HOTPATH_I_PAGE        4096u
        #define HOTPATH_I_IN_PAGE     ((uintptr_t)(HOTPATH_I_PAGE - 16))
        #define HOTPATH_I_NOBODY      ((struct hotpath_i_thread*)(uintptr_t)1)

typedef struct hotpath_i_header {
    uint64_t born;
    uint64_t seal;
} hotpath_i_header_t;

enum {
    HOTPATH_I_HEAP_UNKNOWN, /* nothing was allocated yet */
    HOTPATH_I_HEAP_MAKING,
    HOTPATH_I_HEAP_HEADERS,
    HOTPATH_I_HEAP_COUNTERS, /* HOTPATH_ALLOC_LIVE=0 */
    HOTPATH_I_HEAP_TABLE     /* only the macros: every block is in the table */
};

/* An entry of the table. Who has changed `at` to BUSY has it. */
typedef struct hotpath_i_tabled {
    uintptr_t at; /* 0: free */
    uint64_t size;
    uint64_t born;
    uint32_t cell;
    uint32_t heap; /* number of a named heap, or 0 */
} hotpath_i_tabled_t;
        #define HOTPATH_I_TABLED_BUSY  ((uintptr_t)1)
        #define HOTPATH_I_TABLED_PROBE 32u

typedef struct hotpath_i_named_heap {
    const char* name;
    uint64_t alloc_count;
    uint64_t alloc_bytes;
    uint64_t free_count;
    uint64_t free_bytes;
    uint64_t peak_bytes;
    uint64_t resets;
} hotpath_i_named_heap_t;

static struct {
    uint64_t secret;
    uint64_t headed_below; /* what is smaller gets a header and counts; 0: there is more to ask */
    uint64_t plain_below;  /* what is smaller gets none and counts; 0 likewise */
    uintptr_t in_page;     /* as for hotpath_i_may_have_header */
    uint32_t birth;        /* the interval that runs, as far as a header has it */
    uint32_t all_plain;    /* every block is one of those behind, and none has a header */
    uint32_t mode;
    uint32_t counting; /* mode, or 0 while recording is off */
    hotpath_i_os_heap_t next;
    uint64_t interval; /* that runs; with the lock */
    uint64_t next_tick __attribute__((aligned(64)));
    uint32_t cell_count;
    hotpath_i_ledger_t* free_cells; /* with the lock, as is what follows */
    hotpath_i_ledger_t* orphans;
    uint32_t orphan_count;
    uint32_t sweep_from; /* so many orphans are looked through */
    uint64_t foreign_frees;
    uint64_t plain_frees; /* by threads without a record */
    uint64_t overflow;
    uint64_t early_count; /* before the recorder is ready */
    uint64_t early_bytes;
    uint64_t early_sizes[HOTPATH_ALLOC_SIZES];
    uint32_t early_taken;
    uint64_t peak_bytes;
    uint64_t peak_tick;
    uint32_t looks; /* at ends of intervals, and when */
    uint64_t look_ticks[HOTPATH_I_TICKS + 1];
    struct hotpath_i_sum* sums;
    size_t sums_size;
    hotpath_i_tabled_t* table;
    hotpath_i_named_heap_t heaps[HOTPATH_I_HEAPS];
} hotpath_i_heap;
/* Cell 0 is that of blocks that are not counted, cell 1 of those from before the recorder is ready. */
static hotpath_i_ledger_t hotpath_i_first_cells[2];
static hotpath_i_ledger_t* hotpath_i_cells[HOTPATH_I_CELLS] = {
    &hotpath_i_first_cells[0], &hotpath_i_first_cells[1]};

/* Memory for what is allocated while the next definition is being looked for. */
static struct {
    size_t used;
    char bytes[32768] __attribute__((aligned(16)));
} hotpath_i_first_heap;
static void* hotpath_i_first_alloc(size_t size) {
    size_t whole = ((size + 15u) & ~(size_t)15u) + 16;
    if (size > sizeof hotpath_i_first_heap.bytes - 16) return NULL;
    size_t at = HOTPATH_I_SHARED_ADD(&hotpath_i_first_heap.used, whole);
    if (at + whole > sizeof hotpath_i_first_heap.bytes) return NULL;
    memcpy(hotpath_i_first_heap.bytes + at, &size, sizeof size);
    return hotpath_i_first_heap.bytes + at + 16;
}
static bool hotpath_i_is_first(const void* block) {
    uintptr_t at = (uintptr_t)block, from = (uintptr_t)hotpath_i_first_heap.bytes;
    return at - from < sizeof hotpath_i_first_heap.bytes;
}
static size_t hotpath_i_first_size(const void* block) {
    size_t size;
    memcpy(&size, (const char*)block - 16, sizeof size);
    return size;
}

static HOTPATH_I_ALWAYS_INLINE size_t hotpath_i_size_class(uint64_t size) {
        #if defined(__x86_64__) && !defined(__LZCNT__)
    uint64_t index; /* a number that indexes as it is; the builtin's has to be made one */
    __asm__("bsrq %1, %0" : "=r"(index) : "r"(size << 1 | 1) : "cc");
    return (size_t)index;
        #else
    return (size_t)63 ^ (size_t)__builtin_clzll(size << 1 | 1);
        #endif
}
/* As the last class has it. */
static uint64_t hotpath_i_bounded(uint64_t size) {
    const uint64_t most = ((uint64_t)1 << (HOTPATH_ALLOC_SIZES - 1)) - 1;
    return size < most ? size : most;
}
static HOTPATH_I_ALWAYS_INLINE uint32_t hotpath_i_birth(void) {
    return HOTPATH_I_LOAD(&hotpath_i_heap.birth);
}
static HOTPATH_I_ALWAYS_INLINE uint64_t hotpath_i_born_size(uint64_t born) {
    return born >> HOTPATH_I_SIZE_SHIFT;
}
/* Where frees of a block are counted by its birth: by the interval, or as older than all of them. */
static HOTPATH_I_ALWAYS_INLINE size_t hotpath_i_birth_slot(uint64_t born) {
    uint32_t age = (hotpath_i_birth() - (uint32_t)born) & HOTPATH_I_BIRTH_MOST;
    return age < HOTPATH_I_TICKS ? (uint32_t)born % HOTPATH_I_TICKS : HOTPATH_I_TICKS;
}
/* What a seal has above its cell. */
static HOTPATH_I_ALWAYS_INLINE uint64_t hotpath_i_place_of(uintptr_t at) {
    return (uint64_t)at << (HOTPATH_I_PLACE_SHIFT - 4);
}
static uint64_t hotpath_i_shifted_secret(void) {
    return hotpath_i_heap.secret ^ ~(uint64_t)0 << HOTPATH_I_PLACE_SHIFT;
}

static HOTPATH_I_ALWAYS_INLINE hotpath_i_ledger_t* hotpath_i_cell_at(uint64_t index) {
    return HOTPATH_I_LOAD(&hotpath_i_cells[index]);
}
/* Pages that the first who needs them makes known. Returns: NULL without memory. */
static void* hotpath_i_pages_once(void** place, size_t size) {
    void* pages = HOTPATH_I_LOAD_ACQUIRE(place);
    if (pages != NULL) return pages;
    void* fresh = hotpath_i_pages_alloc(size);
    if (fresh == NULL || HOTPATH_I_CAS(place, &pages, fresh)) return fresh;
    hotpath_i_pages_free(fresh, size);
    return pages;
}
/* Memory for a cell, of a chunk that the first one of it makes known. */
static hotpath_i_ledger_t* hotpath_i_cell_place(uint32_t index) {
    static void* chunks[HOTPATH_I_CELLS / HOTPATH_I_CELL_CHUNK];
    hotpath_i_ledger_t* chunk = (hotpath_i_ledger_t*)hotpath_i_pages_once(
        &chunks[index / HOTPATH_I_CELL_CHUNK], HOTPATH_I_CELL_CHUNK * sizeof *chunk);
    return chunk != NULL ? &chunk[index % HOTPATH_I_CELL_CHUNK] : NULL;
}
/* A cell that no block names. Returns: NULL past the bound, or without memory. */
static hotpath_i_ledger_t* hotpath_i_cell_new(void) {
    hotpath_i_ledger_t* c = NULL;
    if (HOTPATH_I_LOAD(&hotpath_i_heap.free_cells) != NULL && hotpath_i_try_lock()) {
        c = hotpath_i_heap.free_cells;
        if (c != NULL) HOTPATH_I_STORE(&hotpath_i_heap.free_cells, c->next);
        hotpath_i_unlock();
    }
    if (c != NULL) return c;
    uint32_t index = HOTPATH_I_LOAD(&hotpath_i_heap.cell_count);
    do {
        if (index + 2 >= HOTPATH_I_CELLS) return NULL;
    } while (!HOTPATH_I_CAS(&hotpath_i_heap.cell_count, &index, index + 1));
    index += 2;
    c = hotpath_i_cell_place(index);
    if (c == NULL) return NULL;
    c->index = index;
    HOTPATH_I_STORE_RELEASE(&hotpath_i_cells[index], c);
    return c;
}
static uint32_t hotpath_i_alloc_function(const hotpath_i_node_t* node) {
    return hotpath_i_index(node) == 0 ? HOTPATH_I_OUTSIDE : node->function;
}
static hotpath_i_alloc_t* hotpath_i_alloc_of(const hotpath_i_thread_t* t, uint32_t function) {
    hotpath_i_alloc_t** chunk = HOTPATH_I_LOAD_ACQUIRE(&t->allocs[function / HOTPATH_I_CHUNK]);
    return chunk == NULL ? NULL : HOTPATH_I_LOAD_ACQUIRE(&chunk[function % HOTPATH_I_CHUNK]);
}
/* Finds or makes what a thread allocates in a function. Args: c is the cell to give it if it has none, or
   NULL. Returns: NULL without memory; it has no cell past their bound. */
static hotpath_i_alloc_t* hotpath_i_alloc_make(
    hotpath_i_thread_t* t, uint32_t function, hotpath_i_ledger_t* c) {
    hotpath_i_alloc_t* a = hotpath_i_alloc_of(t, function);
    if (a == NULL) {
        hotpath_i_alloc_t*** table = &t->allocs[function / HOTPATH_I_CHUNK];
        if (*table == NULL)
            HOTPATH_I_STORE_RELEASE(table, (hotpath_i_alloc_t**)hotpath_i_arena_take(
                                               &t->arena, HOTPATH_I_CHUNK * sizeof **table));
        if (*table == NULL) return NULL;
        a = (hotpath_i_alloc_t*)hotpath_i_arena_take(&t->arena, sizeof *a);
        if (a == NULL) return NULL;
        HOTPATH_I_STORE_RELEASE(&(*table)[function % HOTPATH_I_CHUNK], a);
    }
    if (a->cell != NULL) return a;
    if (c == NULL) c = hotpath_i_cell_new();
    if (c == NULL) return a;
    c->function = function;
    HOTPATH_I_STORE(&c->owner, t);
    a->seal = c->index ^ hotpath_i_heap.secret;
    HOTPATH_I_STORE_RELEASE(&a->cell, c);
    return a;
}

static void hotpath_i_heap_choose(void);

/* The first thread that records takes what was allocated before. */
static void hotpath_i_alloc_adopt(hotpath_i_thread_t* t) {
    hotpath_i_node_t* root = hotpath_i_node_at(t, 0);
    hotpath_i_ledger_t* early = &hotpath_i_first_cells[1];
    uint32_t first = 0;
    if (HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_heap.mode) <= HOTPATH_I_HEAP_MAKING)
        hotpath_i_heap_choose(); /* the secret is in what is made from here on */
    if (!HOTPATH_I_CAS(&hotpath_i_heap.early_taken, &first, 1u)) return;
    early->index = 1;
    /* Readers find the frees by the cell, and so not before the allocations that they are of. */
    HOTPATH_I_OWN_ADD(&root->alloc_count, HOTPATH_I_LOAD(&hotpath_i_heap.early_count));
    HOTPATH_I_OWN_ADD(&root->alloc_bytes, HOTPATH_I_LOAD(&hotpath_i_heap.early_bytes));
    early->own.count += HOTPATH_I_OWN_EXCHANGE(&early->others.count, (uint64_t)0);
    for (size_t i = 0; i < HOTPATH_ALLOC_AGES; i++)
        early->own.bytes[i] += HOTPATH_I_OWN_EXCHANGE(&early->others.bytes[i], (uint64_t)0);
    hotpath_i_alloc_t* a = hotpath_i_alloc_make(t, HOTPATH_I_OUTSIDE, early);
    for (size_t i = 0; i < HOTPATH_ALLOC_SIZES && a != NULL; i++)
        HOTPATH_I_OWN_ADD(&a->sizes[i], HOTPATH_I_LOAD(&hotpath_i_heap.early_sizes[i]));
}

static void hotpath_i_heap_look_at(uint64_t now);

/* Looks at the clock now and then, so that live memory is looked at in its intervals. */
static HOTPATH_I_COLD void hotpath_i_alloc_tick(hotpath_i_local_t* l) {
    l->until_tick = l->counts != NULL ? HOTPATH_I_TICK_EVERY : 0;
    if (HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.ready) == 2) hotpath_i_heap_look_at(hotpath_i_ticks());
}
static HOTPATH_I_ALWAYS_INLINE void hotpath_i_count_in(
    hotpath_i_node_t* node, hotpath_i_alloc_t* a, uint64_t size) {
    hotpath_i_signal_add(&node->alloc_count, 1);
    hotpath_i_signal_add(&node->alloc_bytes, size);
    hotpath_i_signal_add(&a->sizes[hotpath_i_size_class(size)], 1);
}
static HOTPATH_I_COLD uint32_t hotpath_i_count_early(uint64_t size) {
    HOTPATH_I_SHARED_ADD(&hotpath_i_heap.early_count, (uint64_t)1);
    HOTPATH_I_SHARED_ADD(&hotpath_i_heap.early_bytes, size);
    size_t k = hotpath_i_size_class(hotpath_i_bounded(size));
    HOTPATH_I_SHARED_ADD(&hotpath_i_heap.early_sizes[k], (uint64_t)1);
    return 1;
}
/* The first allocation of a thread, of a function, in a handler, or while nothing is recorded. Returns: its
   cell's index, 0 if it does not count. */
static HOTPATH_I_COLD HOTPATH_I_REAL_STACK uint32_t hotpath_i_count_slow(
    hotpath_i_local_t* l, uint64_t size) {
    volatile uintptr_t cookie;
    if (l->excluded != 0 || l->hidden != 0 || hotpath_i_other != NULL ||
        (HOTPATH_I_LOAD(&hotpath_i_off) & HOTPATH_I_OFF_ALL) != 0)
        return 0;
    if (HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.ready) != 2) return hotpath_i_count_early(size);
    hotpath_i_thread_t* t = hotpath_i_enter(l, &cookie, HOTPATH_I_STACK_ADDRESS());
    if (t == NULL) return 0;
    hotpath_i_node_t* node = l->top->node;
    uint32_t index = 0;
    hotpath_i_alloc_t* a = hotpath_i_alloc_make(t, hotpath_i_alloc_function(node), NULL);
    hotpath_i_signal_add(&node->alloc_count, 1);
    hotpath_i_signal_add(&node->alloc_bytes, size);
    if (a != NULL)
        hotpath_i_signal_add(&a->sizes[hotpath_i_size_class(hotpath_i_bounded(size))], 1);
    if (a != NULL && a->cell != NULL) {
        node->alloc = a;
        index = a->cell->index;
    } else {
        if (a != NULL) a->nodes--;
        HOTPATH_I_SHARED_ADD(&hotpath_i_heap.overflow, (uint64_t)1);
    }
    hotpath_i_leave(l);
    return index;
}
/* Where an allocation counts without further ado; NULL where something is to be done first. */
static HOTPATH_I_ALWAYS_INLINE hotpath_i_node_t* hotpath_i_counting_node(hotpath_i_local_t* l) {
    if (HOTPATH_I_UNLIKELY(--l->until_tick < 0)) return NULL;
    HOTPATH_I_SIGNAL_FENCE();
    hotpath_i_node_t* node = l->top->node;
    return HOTPATH_I_LIKELY(node->alloc != NULL) ? node : NULL;
}
/* Counts an allocation that was made. Returns: as hotpath_i_count_slow. */
static uint32_t hotpath_i_count(hotpath_i_local_t* l, uint64_t size) {
    if (l->until_tick <= 0) hotpath_i_alloc_tick(l); /* also where the fast way has come to it */
    bool on = HOTPATH_I_LOAD(&hotpath_i_heap.counting) != 0;
    hotpath_i_node_t* node = on ? hotpath_i_counting_node(l) : NULL;
    if (HOTPATH_I_LIKELY(node != NULL && size <= HOTPATH_I_SIZE_MOST)) {
        hotpath_i_count_in(node, node->alloc, size);
        return node->alloc->cell->index;
    }
    return hotpath_i_count_slow(l, size);
}
static HOTPATH_I_ALWAYS_INLINE void hotpath_i_count_realloc(hotpath_i_local_t* l) {
    bool on = HOTPATH_I_LOAD(&hotpath_i_heap.counting) != 0;
    if (on && l->counts != NULL && l->top->node->alloc != NULL)
        hotpath_i_signal_add(&l->top->node->alloc->reallocs, 1);
}
/* Counts a free where its allocation was counted. */
static HOTPATH_I_ALWAYS_INLINE void hotpath_i_count_free(
    hotpath_i_local_t* l, uint64_t cell, uint64_t born, uint64_t size) {
    hotpath_i_ledger_t* c = hotpath_i_cell_at(cell);
    size_t slot = hotpath_i_birth_slot(born);
    if (HOTPATH_I_LIKELY(HOTPATH_I_LOAD(&c->owner) == l->counts)) {
        hotpath_i_signal_add(&c->own.count, 1);
        hotpath_i_signal_add(&c->own.bytes[slot], size);
    } else { /* who finds all freed finds all bytes */
        HOTPATH_I_SHARED_ADD(&c->others.bytes[slot], size);
        HOTPATH_I_SHARED_ADD_SC(&c->others.count, (uint64_t)1);
    }
}
/* Of a block that is not known: of an allocator of its own, or from before. */
static void hotpath_i_count_foreign(void) {
    if (hotpath_i_local.excluded == 0)
        HOTPATH_I_SHARED_ADD(&hotpath_i_heap.foreign_frees, (uint64_t)1);
}

/* The table. A block is in one of the places behind that of its address, wherever there is room; the
   places are few, so that looking for it is bounded. */
static hotpath_i_tabled_t* hotpath_i_table(void) {
    hotpath_i_tabled_t* table = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_heap.table);
    if (table != NULL) return table;
    size_t size = (HOTPATH_MAX_ALLOC_EVENTS + HOTPATH_I_TABLED_PROBE) * sizeof *table;
    hotpath_i_tabled_t* fresh = (hotpath_i_tabled_t*)hotpath_i_pages_alloc(size);
    if (fresh == NULL) return NULL;
    if (HOTPATH_I_CAS(&hotpath_i_heap.table, &table, fresh)) return fresh;
    hotpath_i_pages_free(fresh, size);
    return table;
}
static hotpath_i_tabled_t* hotpath_i_table_place(hotpath_i_tabled_t* table, uintptr_t at) {
    uint64_t hash = ((uint64_t)at >> 4) * 0x9E3779B97F4A7C15u;
    return &table[(hash >> 32) & (HOTPATH_MAX_ALLOC_EVENTS - 1)];
}
/* What is in an entry that this thread has; others look at its address meanwhile. */
static void hotpath_i_tabled_copy(hotpath_i_tabled_t* to, const hotpath_i_tabled_t* from) {
    to->size = from->size, to->born = from->born, to->cell = from->cell;
    HOTPATH_I_STORE(&to->heap, HOTPATH_I_LOAD(&from->heap));
}
/* Takes a block out. Returns: whether it was there. */
static bool hotpath_i_table_take(uintptr_t at, hotpath_i_tabled_t* out) {
    hotpath_i_tabled_t* table = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_heap.table);
    if (table == NULL || at <= HOTPATH_I_TABLED_BUSY) return false;
    hotpath_i_tabled_t* e = hotpath_i_table_place(table, at);
    for (uint32_t i = 0; i < HOTPATH_I_TABLED_PROBE; i++, e++) {
        uintptr_t expected = at;
        if (HOTPATH_I_LOAD(&e->at) != at ||
            !HOTPATH_I_CAS(&e->at, &expected, HOTPATH_I_TABLED_BUSY))
            continue;
        hotpath_i_tabled_copy(out, e);
        HOTPATH_I_STORE_RELEASE(&e->at, (uintptr_t)0);
        return true;
    }
    return false;
}
/* Puts a block in. Returns: false without room, counted. */
static bool hotpath_i_table_put(uintptr_t at, const hotpath_i_tabled_t* entry) {
    hotpath_i_tabled_t* table = hotpath_i_table();
    hotpath_i_tabled_t* e = table != NULL ? hotpath_i_table_place(table, at) : NULL;
    for (uint32_t i = 0; i < HOTPATH_I_TABLED_PROBE && e != NULL; i++, e++) {
        uintptr_t expected = 0;
        if (HOTPATH_I_LOAD(&e->at) != 0 || !HOTPATH_I_CAS(&e->at, &expected, HOTPATH_I_TABLED_BUSY))
            continue;
        hotpath_i_tabled_copy(e, entry);
        HOTPATH_I_STORE_RELEASE(&e->at, at);
        return true;
    }
    HOTPATH_I_SHARED_ADD(&hotpath_i_heap.overflow, (uint64_t)1);
    return false;
}
static void hotpath_i_count_tabled_free(hotpath_i_local_t* l, const hotpath_i_tabled_t* e) {
    hotpath_i_count_free(l, e->cell, e->born, e->size);
    if (e->heap == 0) return;
    hotpath_i_named_heap_t* h = &hotpath_i_heap.heaps[e->heap - 1];
    HOTPATH_I_SHARED_ADD(&h->free_count, (uint64_t)1);
    HOTPATH_I_SHARED_ADD(&h->free_bytes, e->size);
}
/* Counts an allocation whose block has no header. Returns: whether its free will be known. */
static bool hotpath_i_count_tabled(uintptr_t at, uint64_t size, uint32_t heap) {
    hotpath_i_local_t* l = &hotpath_i_local;
    hotpath_i_tabled_t e;
    if (hotpath_i_table_take(at, &e)) hotpath_i_count_tabled_free(l, &e);
    e.size = size, e.born = hotpath_i_birth(), e.heap = heap;
    e.cell = hotpath_i_count(l, size);
    return e.cell != 0 && hotpath_i_table_put(at, &e);
}

/* Whether allocations count, after a switch or when it is known how. */
static void hotpath_i_alloc_switch(void) {
    bool off = (HOTPATH_I_LOAD(&hotpath_i_off) & HOTPATH_I_OFF_ALL) != 0;
    uint32_t mode = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_heap.mode);
    const uint64_t every = HOTPATH_I_SIZE_MOST + 1;
    HOTPATH_I_STORE_RELEASE(&hotpath_i_heap.counting, off ? 0u : mode);
    HOTPATH_I_STORE_RELEASE(
        &hotpath_i_heap.headed_below, !off && mode == HOTPATH_I_HEAP_HEADERS ? every : 0);
    HOTPATH_I_STORE_RELEASE(
        &hotpath_i_heap.plain_below, !off && mode == HOTPATH_I_HEAP_COUNTERS ? every : 0);
}

static HOTPATH_I_ALWAYS_INLINE hotpath_i_header_t* hotpath_i_header_of(void* block) {
    return (hotpath_i_header_t*)block - 1;
}
/* Marks of pages that begin with a block that has a header: a bit for each, of the 2^15 that a leaf has.
   Returns: where that of an address is; NULL if no page there was marked, or without memory if make. */
static uint64_t* hotpath_i_page_word(uintptr_t at, bool make) {
    enum {
        ROOTS = 1024,
        LEAVES = 1024
    };
    static void* roots[ROOTS];
    uint64_t page = (uint64_t)at / HOTPATH_I_PAGE, leaf = page >> 15, root = leaf / LEAVES;
    if (root >= ROOTS) return NULL;
    void** leaves = (void**)(make ? hotpath_i_pages_once(&roots[root], LEAVES * sizeof(void*))
                                  : HOTPATH_I_LOAD_ACQUIRE(&roots[root]));
    if (leaves == NULL) return NULL;
    void** place = &leaves[leaf % LEAVES];
    uint64_t* words =
        (uint64_t*)(make ? hotpath_i_pages_once(place, 4096) : HOTPATH_I_LOAD_ACQUIRE(place));
    return words != NULL ? &words[page >> 6 & 511] : NULL;
}
static bool hotpath_i_page_is_marked(uintptr_t at) {
    uint64_t* word = hotpath_i_page_word(at, false);
    return word != NULL && (HOTPATH_I_LOAD(word) >> (at / HOTPATH_I_PAGE & 63) & 1) != 0;
}
static void hotpath_i_page_mark(uintptr_t at, bool on) {
    uint64_t* word = hotpath_i_page_word(at, on);
    if (word == NULL) return;
    uint64_t bit = (uint64_t)1 << (at / HOTPATH_I_PAGE & 63), bits = HOTPATH_I_LOAD(word);
    while (!HOTPATH_I_CAS(word, &bits, on ? bits | bit : bits & ~bit)) {}
}
/* Whether a block can have a header, so that it is found again. */
static bool hotpath_i_may_be_headed(const char* block) {
    uintptr_t at = (uintptr_t)block;
    return at % HOTPATH_I_PAGE != 0 || hotpath_i_page_word(at, true) != NULL;
}
/* Puts the header in front of a block. */
static void hotpath_i_put_header(void* block, uint64_t cell, uint64_t size, uint64_t shift) {
    hotpath_i_header_t* h = hotpath_i_header_of(block);
    h->born = hotpath_i_birth() | shift << HOTPATH_I_BIRTH_BITS | size << HOTPATH_I_SIZE_SHIFT;
    h->seal = cell ^ hotpath_i_place_of((uintptr_t)block) ^
              (shift == 0 ? hotpath_i_heap.secret : hotpath_i_shifted_secret());
    if ((uintptr_t)block % HOTPATH_I_PAGE == 0) hotpath_i_page_mark((uintptr_t)block, true);
}
/* Counts a block and puts the header in front of it. */
static HOTPATH_I_HOT void* hotpath_i_headed(char* block, uint64_t size, uint64_t shift) {
    hotpath_i_put_header(block, hotpath_i_count(&hotpath_i_local, size), size, shift);
    return block;
}
static HOTPATH_I_HOT void* hotpath_i_counted(void* block, uint64_t size) {
    (void)hotpath_i_count(&hotpath_i_local, size);
    return block;
}
/* Whether what is in front of a block is in the same page, and can be read as a header. Args: in_page are
   the bits of an address that tell: HOTPATH_I_IN_PAGE, or 0 where there are no headers. */
static HOTPATH_I_ALWAYS_INLINE bool hotpath_i_may_have_header(uintptr_t at, uintptr_t in_page) {
        #if defined(__x86_64__)
    return (at & in_page) != 0; /* whatever its alignment */
        #else
    return (at & in_page) != 0 && at % 16 == 0;
        #endif
}
/* The cell of a live block of ours with nothing but its header before it; else there is something in the
   bits above. */
static HOTPATH_I_ALWAYS_INLINE uint64_t hotpath_i_unsealed(uint64_t seal, uintptr_t at) {
    return seal ^ hotpath_i_place_of(at) ^ hotpath_i_heap.secret;
}
        #define HOTPATH_I_IS_CELL(unsealed) ((unsealed) < HOTPATH_I_CELLS)

/* Returns: whether it is a live block of ours; *shift is how far before it its memory begins, *cell
   where it counts. */
static bool hotpath_i_is_sealed(void* block, uint64_t* cell, uint64_t* born, uint64_t* shift) {
    uintptr_t at = (uintptr_t)block;
    if (!hotpath_i_may_have_header(at, HOTPATH_I_IN_PAGE) &&
        (at % HOTPATH_I_PAGE != 0 || !hotpath_i_page_is_marked(at)))
        return false;
    const hotpath_i_header_t* h = hotpath_i_header_of(block);
    uint64_t plain = hotpath_i_unsealed(h->seal, at);
    uint64_t shifted = plain ^ hotpath_i_heap.secret ^ hotpath_i_shifted_secret();
    if (!HOTPATH_I_IS_CELL(plain) && !HOTPATH_I_IS_CELL(shifted)) return false;
    *born = h->born;
    *shift = *born >> HOTPATH_I_BIRTH_BITS & 7;
    *cell = *shift == 0 ? plain : shifted;
    return true;
}
/* Takes the header off. Returns: as hotpath_i_is_sealed. */
static bool hotpath_i_unseal(void* block, uint64_t* cell, uint64_t* born, uint64_t* shift) {
    uintptr_t at = (uintptr_t)block;
    if (!hotpath_i_is_sealed(block, cell, born, shift)) return false;
    hotpath_i_header_of(block)->seal = 0;
    if (at % HOTPATH_I_PAGE == 0) hotpath_i_page_mark(at, false);
    return true;
}

/* A block in memory with room for a header, which a slower way than the usual one puts there: it may begin
   a page, or there is no memory. */
static HOTPATH_I_COLD void* hotpath_i_malloc_in(char* base, size_t size) {
    if (base == NULL) return NULL;
    if (hotpath_i_may_be_headed(base + 16)) return hotpath_i_headed(base + 16, size, 0);
    (void)hotpath_i_count_tabled((uintptr_t)base, size, 0);
    return base;
}
/* Allocates as malloc or, if alignment is more than 16, as memalign, or zeroed. What is rare. */
static HOTPATH_I_COLD void* hotpath_i_malloc_slow(size_t size, size_t alignment, bool zeroed) {
    hotpath_i_os_heap_t* next = &hotpath_i_heap.next;
    if (HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_heap.mode) <= HOTPATH_I_HEAP_MAKING) {
        hotpath_i_heap_choose();
        if (HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_heap.mode) <= HOTPATH_I_HEAP_MAKING)
            return hotpath_i_first_alloc(size);
    }
    uint32_t mode = hotpath_i_heap.mode;
    bool odd = (alignment & (alignment - 1)) != 0, large = size > HOTPATH_I_SIZE_MOST;
    if (alignment <= 16 && !odd && !large && mode == HOTPATH_I_HEAP_HEADERS) {
        char* base = (char*)(zeroed ? next->zeroed(1, size + 16) : next->alloc(size + 16));
        return hotpath_i_malloc_in(base, size);
    }
    if (alignment > 16 && alignment < HOTPATH_I_PAGE && !odd && !large && !next->sized &&
        mode == HOTPATH_I_HEAP_HEADERS) {
        char* base = (char*)next->aligned(alignment, size + alignment);
        if (base == NULL) return NULL;
        if (hotpath_i_may_be_headed(base + alignment) && (uintptr_t)base % alignment == 0)
            return hotpath_i_headed(
                base + alignment, size, (uint64_t)__builtin_ctzll(alignment) - 4);
        next->release(base);
    }
    void* block = alignment > 16 || odd ? next->aligned(alignment, size)
                  : zeroed              ? next->zeroed(1, size)
                                        : next->alloc(size);
    if (block == NULL) return NULL;
    if (mode == HOTPATH_I_HEAP_COUNTERS)
        (void)hotpath_i_count(&hotpath_i_local, size);
    else
        (void)hotpath_i_count_tabled((uintptr_t)block, size, 0);
    return block;
}
/* What the fast way does not do it leaves to functions that end it, so that it has nothing to save. */
static HOTPATH_I_ALWAYS_INLINE void* hotpath_i_malloc_any(size_t size, bool zeroed) {
    hotpath_i_os_heap_t* next = &hotpath_i_heap.next;
    if (HOTPATH_I_LIKELY(size < HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_heap.headed_below))) {
        char* base = (char*)(zeroed ? next->zeroed(1, size + 16) : next->alloc(size + 16));
        if (HOTPATH_I_UNLIKELY(((uintptr_t)base + 16) % HOTPATH_I_PAGE < 32))
            return hotpath_i_malloc_in(base, size);
        hotpath_i_node_t* node = hotpath_i_counting_node(&hotpath_i_local);
        if (HOTPATH_I_UNLIKELY(node == NULL)) return hotpath_i_headed(base + 16, size, 0);
        hotpath_i_alloc_t* a = node->alloc;
        char* block = base + 16;
        hotpath_i_header_t* h = hotpath_i_header_of(block);
        h->born = hotpath_i_birth() | size << HOTPATH_I_SIZE_SHIFT;
        h->seal = a->seal ^ hotpath_i_place_of((uintptr_t)block);
        hotpath_i_count_in(node, a, size);
        return block;
    }
    if (HOTPATH_I_LIKELY(size < HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_heap.plain_below))) {
        void* block = zeroed ? next->zeroed(1, size) : next->alloc(size);
        if (HOTPATH_I_UNLIKELY(block == NULL)) return NULL;
        hotpath_i_node_t* node = hotpath_i_counting_node(&hotpath_i_local);
        if (HOTPATH_I_UNLIKELY(node == NULL)) return hotpath_i_counted(block, size);
        hotpath_i_count_in(node, node->alloc, size);
        return block;
    }
    return hotpath_i_malloc_slow(size, 1, zeroed);
}

static HOTPATH_I_ALWAYS_INLINE void hotpath_i_count_plain_free(const hotpath_i_local_t* l) {
    hotpath_i_thread_t* t = l->counts;
    if (HOTPATH_I_LIKELY(t != NULL))
        hotpath_i_signal_add(&t->plain_frees, 1);
    else if (l->excluded == 0)
        HOTPATH_I_SHARED_ADD(&hotpath_i_heap.plain_frees, (uint64_t)1);
}
static HOTPATH_I_COLD void hotpath_i_free_slow(void* block) {
    hotpath_i_tabled_t e;
    int saved = errno;
    if (block == NULL || hotpath_i_is_first(block)) return;
    if (HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_heap.mode) <= HOTPATH_I_HEAP_MAKING)
        hotpath_i_heap_choose();
    uint64_t cell, born, shift;
    if (hotpath_i_heap.mode == HOTPATH_I_HEAP_COUNTERS) {
        hotpath_i_count_plain_free(&hotpath_i_local);
    } else if (hotpath_i_heap.mode == HOTPATH_I_HEAP_HEADERS &&
               hotpath_i_unseal(block, &cell, &born, &shift)) {
        hotpath_i_count_free(&hotpath_i_local, cell, born, hotpath_i_born_size(born));
        block = (char*)block - (16u << shift);
    } else if (hotpath_i_table_take((uintptr_t)block, &e)) {
        hotpath_i_count_tabled_free(&hotpath_i_local, &e);
    } else {
        hotpath_i_count_foreign();
    }
    hotpath_i_heap.next.release(block);
    errno = saved;
}
static HOTPATH_I_ALWAYS_INLINE void hotpath_i_free_any(void* block) {
    uintptr_t at = (uintptr_t)block, in_page = HOTPATH_I_LOAD(&hotpath_i_heap.in_page);
    if (HOTPATH_I_LIKELY(hotpath_i_may_have_header(at, in_page))) {
        hotpath_i_header_t* h = hotpath_i_header_of(block);
        uint64_t unsealed = hotpath_i_unsealed(h->seal, at), born = h->born;
        if (HOTPATH_I_LIKELY(HOTPATH_I_IS_CELL(unsealed))) {
            h->seal = 0;
            hotpath_i_count_free(&hotpath_i_local, unsealed, born, hotpath_i_born_size(born));
            hotpath_i_heap.next.release((char*)block - 16);
            return;
        }
    } else if (HOTPATH_I_LIKELY(HOTPATH_I_LOAD(&hotpath_i_heap.all_plain) != 0 && block != NULL)) {
        hotpath_i_count_plain_free(&hotpath_i_local);
        hotpath_i_heap.next.release(block);
        return;
    }
    hotpath_i_free_slow(block);
}

/* A new block with what was in the old one. */
static void* hotpath_i_realloc_moved(void* block, size_t held, size_t size) {
    void* moved = hotpath_i_malloc_any(size, false);
    if (moved == NULL) return NULL;
    memcpy(moved, block, held < size ? held : size);
    hotpath_i_count_realloc(&hotpath_i_local);
    hotpath_i_free_any(block);
    return moved;
}
/* One whose header was taken off. */
static void* hotpath_i_realloc_headed(
    void* block, size_t size, uint64_t cell, uint64_t born, uint64_t shift) {
    hotpath_i_local_t* l = &hotpath_i_local;
    size_t held = (size_t)hotpath_i_born_size(born);
    char* base = NULL;
    bool stays = shift == 0 && size <= HOTPATH_I_SIZE_MOST;
    if (stays) base = (char*)hotpath_i_heap.next.resize((char*)block - 16, size + 16);
    if (base == NULL) {
        hotpath_i_put_header(block, cell, held, shift);
        hotpath_i_header_of(block)->born = born;
        return stays ? NULL : hotpath_i_realloc_moved(block, held, size);
    }
    hotpath_i_count_free(l, cell, born, held);
    if (!hotpath_i_may_be_headed(base + 16)) memmove(base, base + 16, held < size ? held : size);
    block = hotpath_i_malloc_in(base, size);
    hotpath_i_count_realloc(l);
    return block;
}
/* One without a header: known by the table, or not at all. It stays so. */
static void* hotpath_i_realloc_plain(void* block, size_t size) {
    hotpath_i_local_t* l = &hotpath_i_local;
    hotpath_i_tabled_t e;
    bool counters = hotpath_i_heap.mode == HOTPATH_I_HEAP_COUNTERS;
    bool tabled = !counters && hotpath_i_table_take((uintptr_t)block, &e);
    uintptr_t before = (uintptr_t)block;
    void* moved = hotpath_i_heap.next.resize(block, size);
    if (moved == NULL) {
        if (tabled) (void)hotpath_i_table_put(before, &e);
        return NULL;
    }
    if (tabled)
        hotpath_i_count_tabled_free(l, &e);
    else if (counters)
        hotpath_i_count_plain_free(l);
    else
        hotpath_i_count_foreign();
    if (counters)
        (void)hotpath_i_count(l, size);
    else
        (void)hotpath_i_count_tabled((uintptr_t)moved, size, tabled ? e.heap : 0);
    hotpath_i_count_realloc(l);
    return moved;
}
static void* hotpath_i_realloc_any(void* block, size_t size) {
    uint64_t cell, born, shift;
    if (block == NULL) return hotpath_i_malloc_any(size, false);
    if (hotpath_i_is_first(block))
        return hotpath_i_realloc_moved(block, hotpath_i_first_size(block), size);
    if (HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_heap.mode) <= HOTPATH_I_HEAP_MAKING)
        hotpath_i_heap_choose();
    if (size == 0 && hotpath_i_heap.next.glibc) { /* as glibc has it */
        hotpath_i_free_any(block);
        return NULL;
    }
    if (hotpath_i_heap.mode == HOTPATH_I_HEAP_HEADERS &&
        hotpath_i_unseal(block, &cell, &born, &shift))
        return hotpath_i_realloc_headed(block, size, cell, born, shift);
    return hotpath_i_realloc_plain(block, size);
}
/* Returns: false, with errno, if count × size is more than there can be. */
static bool hotpath_i_product(size_t count, size_t size, size_t* whole) {
    if (!__builtin_mul_overflow(count, size, whole)) return true;
    errno = ENOMEM;
    return false;
}
static void* hotpath_i_calloc_any(size_t count, size_t size) {
    size_t whole;
    return hotpath_i_product(count, size, &whole) ? hotpath_i_malloc_any(whole, true) : NULL;
}
static void* hotpath_i_aligned_any(size_t alignment, size_t size) {
    return alignment <= 16 && (alignment & (alignment - 1)) == 0
               ? hotpath_i_malloc_any(size, false)
               : hotpath_i_malloc_slow(size, alignment, false);
}

        #if HOTPATH_I_INTERPOSE
        /* malloc and the others, for the whole process. */
            #define HOTPATH_I_INTERPOSED __attribute__((used, noinline, visibility("default")))
            #ifdef __cplusplus
extern "C" {
            #endif
HOTPATH_I_INTERPOSED void* hotpath_i_as_malloc(size_t) HOTPATH_I_OS_NAME("malloc");
HOTPATH_I_INTERPOSED void* hotpath_i_as_calloc(size_t, size_t) HOTPATH_I_OS_NAME("calloc");
HOTPATH_I_INTERPOSED void* hotpath_i_as_realloc(void*, size_t) HOTPATH_I_OS_NAME("realloc");
HOTPATH_I_INTERPOSED void* hotpath_i_as_reallocarray(void*, size_t, size_t)
    HOTPATH_I_OS_NAME("reallocarray");
HOTPATH_I_INTERPOSED void hotpath_i_as_free(void*) HOTPATH_I_OS_NAME("free");
HOTPATH_I_INTERPOSED void* hotpath_i_as_aligned_alloc(size_t, size_t)
    HOTPATH_I_OS_NAME("aligned_alloc");
HOTPATH_I_INTERPOSED int hotpath_i_as_posix_memalign(void**, size_t, size_t)
    HOTPATH_I_OS_NAME("posix_memalign");
HOTPATH_I_INTERPOSED void* hotpath_i_as_memalign(size_t, size_t) HOTPATH_I_OS_NAME("memalign");
HOTPATH_I_INTERPOSED void* hotpath_i_as_valloc(size_t) HOTPATH_I_OS_NAME("valloc");
HOTPATH_I_INTERPOSED void* hotpath_i_as_pvalloc(size_t) HOTPATH_I_OS_NAME("pvalloc");
HOTPATH_I_INTERPOSED size_t hotpath_i_as_malloc_usable_size(void*)
    HOTPATH_I_OS_NAME("malloc_usable_size");
            #ifdef __cplusplus
}
            #endif
void* hotpath_i_as_malloc(size_t size) { return hotpath_i_malloc_any(size, false); }
void* hotpath_i_as_calloc(size_t count, size_t size) { return hotpath_i_calloc_any(count, size); }
void* hotpath_i_as_realloc(void* block, size_t size) { return hotpath_i_realloc_any(block, size); }
void* hotpath_i_as_reallocarray(void* block, size_t count, size_t size) {
    size_t whole;
    return hotpath_i_product(count, size, &whole) ? hotpath_i_realloc_any(block, whole) : NULL;
}
void hotpath_i_as_free(void* block) { hotpath_i_free_any(block); }
void* hotpath_i_as_aligned_alloc(size_t alignment, size_t size) {
    return hotpath_i_aligned_any(alignment, size);
}
void* hotpath_i_as_memalign(size_t alignment, size_t size) {
    return hotpath_i_aligned_any(alignment, size);
}
int hotpath_i_as_posix_memalign(void** block, size_t alignment, size_t size) {
    if (alignment < sizeof(void*) || (alignment & (alignment - 1)) != 0) return EINVAL;
    int saved = errno;
    void* fresh = hotpath_i_aligned_any(alignment, size);
    errno = saved;
    if (fresh == NULL) return ENOMEM;
    *block = fresh;
    return 0;
}
void* hotpath_i_as_valloc(size_t size) { return hotpath_i_aligned_any(hotpath_i_os_page(), size); }
void* hotpath_i_as_pvalloc(size_t size) {
    size_t page = hotpath_i_os_page(), whole;
    if (__builtin_add_overflow(size, page - 1, &whole)) {
        errno = ENOMEM;
        return NULL;
    }
    return hotpath_i_aligned_any(page, whole & ~(page - 1));
}
size_t hotpath_i_as_malloc_usable_size(void* block) {
    if (block == NULL) return 0;
    if (hotpath_i_is_first(block)) return hotpath_i_first_size(block);
    if (HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_heap.mode) <= HOTPATH_I_HEAP_MAKING)
        hotpath_i_heap_choose();
    uint64_t cell, born, shift;
    if (hotpath_i_heap.mode == HOTPATH_I_HEAP_HEADERS &&
        hotpath_i_is_sealed(block, &cell, &born, &shift))
        return (size_t)hotpath_i_born_size(born); /* realloc keeps no more than that */
    return hotpath_i_heap.next.usable != NULL ? hotpath_i_heap.next.usable(block) : 0;
}
/* Whether a call of malloc comes here, and not to one of an object before this, or to one that valgrind has
   put in its place: who answers tells. */
static bool hotpath_i_is_interposed(void) {
    size_t used = hotpath_i_first_heap.used;
    void* (*volatile chosen)(size_t) = hotpath_i_as_malloc;
    void* block = chosen(1);
    bool is_own = hotpath_i_is_first(block);
    if (!is_own) free(block);
    hotpath_i_first_heap.used = used;
    return is_own;
}
        #else
static bool hotpath_i_is_interposed(void) { return false; }
        #endif

/* What stands behind hotpath's functions, and how blocks are known; at the first allocation, in the midst
   of which it may be called again. */
static HOTPATH_I_COLD void hotpath_i_heap_choose(void) {
    static uint64_t maker;
    uint32_t mode = HOTPATH_I_HEAP_UNKNOWN;
    if (!HOTPATH_I_CAS(&hotpath_i_heap.mode, &mode, (uint32_t)HOTPATH_I_HEAP_MAKING)) {
        while (mode == HOTPATH_I_HEAP_MAKING && HOTPATH_I_LOAD(&maker) != 0 &&
               HOTPATH_I_LOAD(&maker) != hotpath_i_os_tid()) {
            hotpath_i_os_yield();
            mode = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_heap.mode);
        }
        return;
    }
    HOTPATH_I_STORE(&maker, hotpath_i_os_tid());
    hotpath_i_excluded(1);
    bool live = true;
    const char* text = hotpath_i_os_env("HOTPATH_ALLOC_LIVE");
    if (text == NULL || !hotpath_i_parse_bool(text, &live)) live = true;
    hotpath_i_heap.secret = hotpath_i_os_secret() << HOTPATH_I_PLACE_SHIFT;
    hotpath_i_first_cells[1].owner = HOTPATH_I_NOBODY; /* any thread frees what is early */
    hotpath_i_os_heap_find(&hotpath_i_heap.next);
    mode = !hotpath_i_is_interposed() ? HOTPATH_I_HEAP_TABLE
           : live                     ? HOTPATH_I_HEAP_HEADERS
                                      : HOTPATH_I_HEAP_COUNTERS;
    hotpath_i_excluded(-1);
    HOTPATH_I_STORE(
        &hotpath_i_heap.in_page, mode == HOTPATH_I_HEAP_HEADERS ? HOTPATH_I_IN_PAGE : 0);
    HOTPATH_I_STORE(&hotpath_i_heap.all_plain,
        mode == HOTPATH_I_HEAP_COUNTERS && hotpath_i_first_heap.used == 0 ? 1u : 0u);
    HOTPATH_I_STORE_RELEASE(&hotpath_i_heap.mode, mode);
    hotpath_i_alloc_switch();
}

/* The macros go by the process's own functions where those count. Returns: whether they have to count
   themselves. */
static bool hotpath_i_only_macros(void) {
    if (HOTPATH_I_UNLIKELY(HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_heap.mode) <= HOTPATH_I_HEAP_MAKING))
        hotpath_i_heap_choose();
    return hotpath_i_heap.mode == HOTPATH_I_HEAP_TABLE;
}
static bool hotpath_i_forwards_alloc(void) {
    return HOTPATH_I_UNLIKELY(hotpath_i_other != NULL && hotpath_i_other->malloc_as != NULL);
}
HOTPATH_API void* hotpath_i_malloc(size_t size) {
    if (hotpath_i_forwards_alloc()) return hotpath_i_other->malloc_as(1, 1, size);
    return hotpath_i_only_macros() ? hotpath_i_malloc_any(size, false) : malloc(size);
}
HOTPATH_API void* hotpath_i_calloc(size_t count, size_t size) {
    if (hotpath_i_forwards_alloc()) return hotpath_i_other->malloc_as(0, count, size);
    return hotpath_i_only_macros() ? hotpath_i_calloc_any(count, size) : calloc(count, size);
}
HOTPATH_API void* hotpath_i_realloc(void* block, size_t size) {
    if (hotpath_i_forwards_alloc()) return hotpath_i_other->realloc_as(block, size);
    return hotpath_i_only_macros() ? hotpath_i_realloc_any(block, size) : realloc(block, size);
}
HOTPATH_API void* hotpath_i_aligned_alloc(size_t alignment, size_t size) {
    if (hotpath_i_forwards_alloc()) return hotpath_i_other->malloc_as(alignment, 1, size);
    return hotpath_i_only_macros() ? hotpath_i_aligned_any(alignment, size)
                                   : hotpath_i_os_aligned(alignment, size);
}
HOTPATH_API void hotpath_i_free(void* block) {
    if (hotpath_i_forwards_alloc())
        hotpath_i_other->free_as(block);
    else if (hotpath_i_only_macros())
        hotpath_i_free_any(block);
    else
        free(block);
}
HOTPATH_API char* hotpath_i_strdup(const char* text) {
    size_t size = strlen(text) + 1;
    char* copy = (char*)hotpath_i_malloc(size);
    return copy != NULL ? (char*)memcpy(copy, text, size) : NULL;
}
/* For an implementation that defers to this one: zeroed with alignment 0. */
static void* hotpath_i_malloc_as(size_t alignment, size_t count, size_t size) {
    return alignment == 0   ? hotpath_i_calloc(count, size)
           : alignment == 1 ? hotpath_i_malloc(size)
                            : hotpath_i_aligned_alloc(alignment, size);
}

/* Says what counts. */
static const char* hotpath_i_alloc_note(void) {
    switch (HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_heap.mode)) {
        case HOTPATH_I_HEAP_HEADERS:
            return hotpath_i_heap.next.has_new
                       ? "every allocation of the process counts but those of hotpath itself, and "
                         "C++ new and delete, which the allocator that is linked has of its own"
                       : "every allocation of the process counts but those of hotpath itself";
        case HOTPATH_I_HEAP_COUNTERS:
            return hotpath_i_heap.next.has_new
                       ? "every allocation of the process counts but those of hotpath itself, and "
                         "C++ new and delete, which the allocator that is linked has of its own; "
                         "HOTPATH_ALLOC_LIVE is off: what is live is not known"
                       : "every allocation of the process counts but those of hotpath itself; "
                         "HOTPATH_ALLOC_LIVE is off: what is live is not known";
        default:
            return HOTPATH_I_SANITIZER
                       ? "a sanitizer has its own malloc: only HOTPATH_MALLOC and the like count"
                       : "malloc is not interposed: only HOTPATH_MALLOC and the like count";
    }
}

/* Says once, at the start, that malloc itself does not count though it was meant to. */
static void hotpath_i_alloc_tell(void) {
    if (HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_heap.mode) <= HOTPATH_I_HEAP_MAKING)
        hotpath_i_heap_choose();
        #if !defined(HOTPATH_ALLOC_MACROS)
    if (hotpath_i_heap.mode == HOTPATH_I_HEAP_TABLE) hotpath_i_log(hotpath_i_alloc_note());
        #endif
}

/* Named heaps are found by content in a list that only grows. Returns: its number, 0 for none. */
static uint32_t hotpath_i_heap_number(const char* name) {
    if (name == NULL || name[0] == 0 || !hotpath_i_init()) return 0;
    const char* copy = NULL;
    for (uint32_t i = 0; i < HOTPATH_I_HEAPS; i++) {
        const char** place = &hotpath_i_heap.heaps[i].name;
        const char* there = HOTPATH_I_LOAD_ACQUIRE(place);
        if (there == NULL && copy == NULL) copy = hotpath_i_copy_text(name, HOTPATH_I_GROUP_MAX);
        if (there == NULL && copy == NULL) break;
        if (there == NULL && HOTPATH_I_CAS(place, &there, copy)) return i + 1;
        if (hotpath_i_same_text(there, name, HOTPATH_I_GROUP_MAX)) return i + 1;
    }
    HOTPATH_I_SHARED_ADD(&hotpath_i_heap.overflow, (uint64_t)1);
    return 0;
}
static void hotpath_i_heap_add(hotpath_i_named_heap_t* h, uint64_t bytes) {
    HOTPATH_I_SHARED_ADD(&h->alloc_count, (uint64_t)1);
    uint64_t live = HOTPATH_I_SHARED_ADD(&h->alloc_bytes, bytes) + bytes;
    live -= HOTPATH_I_LOAD(&h->free_bytes);
    uint64_t peak = HOTPATH_I_LOAD(&h->peak_bytes);
    while ((int64_t)live > (int64_t)peak && !HOTPATH_I_CAS(&h->peak_bytes, &peak, live)) {}
}
HOTPATH_API void hotpath_alloc_event(const char* heap, const void* ptr, size_t bytes) {
    HOTPATH_I_FORWARD(alloc_event(heap, ptr, bytes));
    if (ptr == NULL || (int64_t)HOTPATH_I_LOAD(&hotpath_i_off) < 0) return;
    uint32_t number = hotpath_i_heap_number(heap);
    bool kept = hotpath_i_count_tabled((uintptr_t)ptr, bytes, number);
    if (kept && number != 0) hotpath_i_heap_add(&hotpath_i_heap.heaps[number - 1], bytes);
}
HOTPATH_API void hotpath_free_event(const void* ptr) {
    HOTPATH_I_FORWARD(free_event(ptr));
    hotpath_i_tabled_t e;
    if (ptr == NULL) return;
    if (hotpath_i_table_take((uintptr_t)ptr, &e))
        hotpath_i_count_tabled_free(&hotpath_i_local, &e);
    else
        hotpath_i_count_foreign();
}
HOTPATH_API void hotpath_heap_reset_event(const char* heap) {
    HOTPATH_I_FORWARD(heap_reset_event(heap));
    hotpath_i_tabled_t* table = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_heap.table);
    uint32_t number = hotpath_i_heap_number(heap);
    if (number == 0) return;
    HOTPATH_I_SHARED_ADD(&hotpath_i_heap.heaps[number - 1].resets, (uint64_t)1);
    size_t places = HOTPATH_MAX_ALLOC_EVENTS + HOTPATH_I_TABLED_PROBE;
    for (size_t i = 0; i < places && table != NULL; i++) {
        uintptr_t at = HOTPATH_I_LOAD_ACQUIRE(&table[i].at);
        if (at <= HOTPATH_I_TABLED_BUSY || HOTPATH_I_LOAD(&table[i].heap) != number) continue;
        if (!HOTPATH_I_CAS(&table[i].at, &at, HOTPATH_I_TABLED_BUSY)) continue;
        hotpath_i_tabled_t e;
        hotpath_i_tabled_copy(&e, &table[i]);
        HOTPATH_I_STORE_RELEASE(&table[i].at, (uintptr_t)0);
        if (e.heap == number)
            hotpath_i_count_tabled_free(&hotpath_i_local, &e);
        else /* another has come in its place */
            (void)hotpath_i_table_put(at, &e);
    }
}

/* A thread's end. The first cell of a function becomes the store's. Of the others those that no live block
   names any more give it what they have and stay with the record; the rest are orphans until then. */
static void hotpath_i_cell_fold(hotpath_i_ledger_t* into, hotpath_i_ledger_t* c) {
    for (size_t i = 0; i < HOTPATH_ALLOC_AGES; i++) {
        HOTPATH_I_OWN_ADD(&into->own.bytes[i], c->own.bytes[i]);
        HOTPATH_I_SHARED_ADD(
            &into->others.bytes[i], c->others.bytes[i]); /* whose blocks may live */
    }
    HOTPATH_I_OWN_ADD(&into->own.count, c->own.count);
    HOTPATH_I_SHARED_ADD_SC(&into->others.count, c->others.count);
    memset(&c->own, 0, sizeof c->own);
    memset(&c->others, 0, sizeof c->others);
}
static uint64_t hotpath_i_cell_freed(const hotpath_i_ledger_t* c) {
    return HOTPATH_I_LOAD_ACQUIRE(&c->others.count) + HOTPATH_I_LOAD(&c->own.count);
}
static void hotpath_i_alloc_merge_one(
    hotpath_i_thread_t* store, uint32_t function, hotpath_i_alloc_t* a) {
    hotpath_i_ledger_t* c = a->cell;
    hotpath_i_alloc_t* into = hotpath_i_alloc_make(store, function, c);
    uint64_t allocs = a->nodes;
    a->nodes = 0;
    if (into == NULL) return;
    into->reallocs += a->reallocs;
    for (size_t i = 0; i < HOTPATH_ALLOC_SIZES; i++)
        into->sizes[i] += a->sizes[i];
    a->reallocs = 0;
    memset(a->sizes, 0, sizeof a->sizes);
    if (c == NULL) return;
    if (into->cell == c) { /* the first of this function: it is the store's now */
        HOTPATH_I_STORE(&a->cell, (hotpath_i_ledger_t*)NULL);
    } else if (hotpath_i_cell_freed(c) == allocs) {
        hotpath_i_cell_fold(into->cell, c);
    } else {
        c->allocs = allocs;
        c->next = hotpath_i_heap.orphans;
        hotpath_i_heap.orphans = c;
        hotpath_i_heap.orphan_count++;
        HOTPATH_I_STORE(&c->owner, HOTPATH_I_NOBODY);
        HOTPATH_I_STORE(&a->cell, (hotpath_i_ledger_t*)NULL);
    }
}
/* With the lock: orphans without a live block are free to be used again. */
static void hotpath_i_alloc_sweep(void) {
    hotpath_i_ledger_t** link = &hotpath_i_heap.orphans;
    while (*link != NULL) {
        hotpath_i_ledger_t* c = *link;
        hotpath_i_alloc_t* into = hotpath_i_cell_freed(c) == c->allocs
                                      ? hotpath_i_alloc_make(hotpath_i_g.ended, c->function, NULL)
                                      : NULL;
        if (into == NULL) {
            link = &c->next;
            continue;
        }
        *link = c->next;
        hotpath_i_heap.orphan_count--;
        hotpath_i_cell_fold(into->cell, c);
        c->next = hotpath_i_heap.free_cells;
        HOTPATH_I_STORE(&hotpath_i_heap.free_cells, c);
    }
    hotpath_i_heap.sweep_from = 2 * hotpath_i_heap.orphan_count + 64;
}
static void hotpath_i_alloc_merge(hotpath_i_thread_t* store, hotpath_i_thread_t* t) {
    if (hotpath_i_heap.orphan_count >= hotpath_i_heap.sweep_from) hotpath_i_alloc_sweep();
    for (uint32_t i = 0; i < t->node_count; i++) {
        const hotpath_i_node_t* node = hotpath_i_node_at(t, i);
        if (node->alloc_count == 0) continue;
        hotpath_i_alloc_t* a = hotpath_i_alloc_of(t, hotpath_i_alloc_function(node));
        if (a != NULL) a->nodes += node->alloc_count;
    }
    for (uint32_t c = 0; c < HOTPATH_I_FUNC_CHUNKS; c++)
        for (uint32_t i = 0; i < HOTPATH_I_CHUNK && t->allocs[c] != NULL; i++)
            if (t->allocs[c][i] != NULL)
                hotpath_i_alloc_merge_one(store, c * HOTPATH_I_CHUNK + i, t->allocs[c][i]);
    store->plain_frees += t->plain_frees;
    t->plain_frees = 0;
}
static void hotpath_i_labels_fork_child(void);

/* The child of a fork starts with empty numbers. Blocks of before name cells that nobody reads. */
static void hotpath_i_alloc_fork_child(void) {
    hotpath_i_heap.free_cells = hotpath_i_heap.orphans = NULL;
    hotpath_i_heap.orphan_count = hotpath_i_heap.looks = 0;
    hotpath_i_heap.foreign_frees = hotpath_i_heap.plain_frees = hotpath_i_heap.overflow = 0;
    hotpath_i_heap.peak_bytes = hotpath_i_heap.peak_tick = hotpath_i_heap.next_tick = 0;
    hotpath_i_heap.birth = 0, hotpath_i_heap.interval = 0;
    hotpath_i_heap.early_taken = 1;
    for (size_t i = 0; i < HOTPATH_MAX_ALLOC_EVENTS + HOTPATH_I_TABLED_PROBE; i++)
        if (hotpath_i_heap.table != NULL && hotpath_i_heap.table[i].at != 0)
            hotpath_i_heap.table[i].at = 0;
    for (size_t i = 0; i < HOTPATH_I_HEAPS; i++) {
        hotpath_i_named_heap_t empty = {hotpath_i_heap.heaps[i].name, 0, 0, 0, 0, 0, 0};
        if (empty.name != NULL) hotpath_i_heap.heaps[i] = empty;
    }
    for (uint32_t id = 1; id <= hotpath_i_g.item_count[HOTPATH_I_CLASS_FUNCTION]; id++) {
        const hotpath_i_item_t* item = hotpath_i_g.items[HOTPATH_I_CLASS_FUNCTION][id];
        if (item != NULL && item->growth != NULL) memset(item->growth, 0, sizeof *item->growth);
    }
    hotpath_i_labels_fork_child();
}

    #else
static void hotpath_i_alloc_adopt(hotpath_i_thread_t* t) { (void)t; }
static void hotpath_i_alloc_merge(hotpath_i_thread_t* store, hotpath_i_thread_t* t) {
    (void)store, (void)t;
}
static void hotpath_i_alloc_fork_child(void) {}
static void hotpath_i_alloc_switch(void) {}
static void hotpath_i_alloc_tell(void) {}
HOTPATH_API void hotpath_alloc_event(const char* heap, const void* ptr, size_t bytes) {
    (void)heap, (void)ptr, (void)bytes;
}
HOTPATH_API void hotpath_free_event(const void* ptr) { (void)ptr; }
HOTPATH_API void hotpath_heap_reset_event(const char* heap) { (void)heap; }
    #endif
HOTPATH_API void hotpath_i_exclude(int by) {
    HOTPATH_I_FORWARD(exclude(by));
    hotpath_i_excluded(by);
}

/* >>snapshot
   Reading copies and merges, with the lock that keeps ended records where they are; writers go on.
   The order is what makes every counter one that it held: first the open scopes with the totals of
   their nodes, then all nodes. What ends in between is in the node's total by then.
   That is enough for a node with one open scope, of its thread's own stack: the greater of its total
   and of base + extra. A scope of a context may end in another record, and several may be open on
   one node: of such nodes the totals are read until all scopes credited have stayed open meanwhile
   (hotpath_i_settle). Contexts are read before the threads' own stacks, so that what they have ended
   by then is in the totals that are read with those. */

static uint64_t hotpath_i_minus(uint64_t a, uint64_t b) { return a > b ? a - b : 0; }

typedef struct hotpath_i_override {
    const hotpath_i_node_t* node;
    uint64_t base;  /* its total without the open time */
    uint64_t extra; /* the open time */
    uint64_t calls; /* at least these */
    uint64_t start;
    uint64_t mark;
    const hotpath_context_t* stack; /* the one it is of */
    uint32_t depth;                 /* the entry where it was found */
    uint32_t next;                  /* + 1: of those that the index puts in one chain */
    uint32_t open;                  /* 1, or 0 for a scope that has just ended */
    uint32_t merged;                /* the snapshot's node */
    const hotpath_i_node_t* ended;  /* where it was found to have ended since: base is its total */
    const hotpath_i_span_slot_t* slot; /* of a span; without a stack: it has none any more */
    bool watched;                      /* still credited, while its node is settled */
    bool elsewhere;                    /* a span that is being ended by another thread */
} hotpath_i_override_t;

struct hotpath_snapshot {
    hotpath_info_t info;
    char* base;
    size_t capacity;
    size_t used;
    size_t temp; /* bytes in use at the end while it is taken */
    bool owned;
    bool full;
    uint32_t parts;
    bool times_later;
    uint64_t now;
    hotpath_function_t* functions;
    hotpath_node_t* nodes;
    hotpath_thread_t* threads;
    hotpath_entry_t* entries;
    hotpath_frame_t* frames;
    hotpath_span_row_t* spans;
    size_t span_count;
    size_t function_count;
    size_t node_count;
    size_t thread_count;
    size_t entry_count;
    size_t frame_count;
    uint64_t* buckets;   /* for each octave in use HOTPATH_I_OCTAVE_WORDS */
    size_t bucket_words; /* from the first octave to the end of the last one */
    /* While it is taken: */
    uint64_t thread;
    uint64_t window;    /* the number of the running second */
    uint32_t* index_of; /* function id to index + 1 */
    uint32_t id_count;
    hotpath_i_override_t* overrides;
    size_t override_count;
    hotpath_i_thread_t** records; /* all that are read */
    size_t record_count;
    const hotpath_i_frec_t** frecs; /* of three functions in turns, one for each record */
    bool unsettled;                 /* hotpath_i_settle has something to do */
    bool tracks;                    /* some functions are tracks of spans */
    struct hotpath_i_sum* sums;     /* of memory, by function id */
};

/* Memory of a snapshot: what stays grows from the start, what goes from the end. */
static inline void* hotpath_i_room(hotpath_snapshot_t* s, size_t size) {
    if (HOTPATH_I_UNLIKELY(s->full || s->capacity - s->used - s->temp < size)) {
        s->full = true;
        return NULL;
    }
    void* piece = s->base + s->used;
    s->used += size;
    return piece;
}
static void* hotpath_i_keep(hotpath_snapshot_t* s, size_t size) {
    size = (size + 7u) & ~(size_t)7u;
    void* piece = hotpath_i_room(s, size);
    return piece != NULL ? memset(piece, 0, size) : NULL;
}
static void* hotpath_i_temp(hotpath_snapshot_t* s, size_t size) {
    size = (size + 15u) & ~(size_t)15u;
    if (s->full || s->capacity - s->used - s->temp < size) {
        s->full = true;
        return NULL;
    }
    s->temp += size;
    void* piece = s->base + s->capacity - s->temp;
    memset(piece, 0, size);
    return piece;
}
static const char* hotpath_i_keep_text(hotpath_snapshot_t* s, const char* text) {
    size_t size = strlen(text) + 1;
    char* copy = (char*)hotpath_i_keep(s, size);
    if (copy == NULL) return "";
    memcpy(copy, text, size);
    return copy;
}

static bool hotpath_i_is_read(const hotpath_snapshot_t* s, const hotpath_i_thread_t* t) {
    uint32_t state = HOTPATH_I_LOAD_ACQUIRE(&t->state);
    if (s->thread != 0)
        return state == HOTPATH_I_RECORD_LIVE && HOTPATH_I_LOAD(&t->id) == s->thread;
    return state == HOTPATH_I_RECORD_LIVE || state == HOTPATH_I_RECORD_ENDED;
}
/* The records of a snapshot, one after the other: the list, then the store of ended threads. */
static hotpath_i_thread_t* hotpath_i_next_read(
    const hotpath_snapshot_t* s, hotpath_i_thread_t* t, bool first) {
    if (s->thread != 0 && s->records != NULL) /* it may have ended since */
        return first && s->record_count != 0 ? s->records[0] : NULL;
    if (!first && t == hotpath_i_g.ended) return NULL;
    t = first ? HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.threads) : t->next;
    while (t != NULL && !hotpath_i_is_read(s, t))
        t = t->next;
    return t != NULL ? t : s->thread == 0 ? hotpath_i_g.ended : NULL;
}
    #define HOTPATH_I_EACH_RECORD(s, t)                                               \
        for (hotpath_i_thread_t* t = hotpath_i_next_read((s), NULL, true); t != NULL; \
             t = hotpath_i_next_read((s), t, false))

/* The records, so that what goes function by function need not look for them again. One that a thread
   takes meanwhile begins after this snapshot. */
static void hotpath_i_list_records(hotpath_snapshot_t* s) {
    hotpath_i_thread_t* first = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.threads);
    size_t most = 1;
    for (hotpath_i_thread_t* t = first; t != NULL; t = t->next)
        most++;
    s->records = (hotpath_i_thread_t**)hotpath_i_temp(s, most * sizeof *s->records);
    s->frecs = (const hotpath_i_frec_t**)hotpath_i_temp(s, 3 * most * sizeof *s->frecs);
    if (s->full) return;
    for (hotpath_i_thread_t* t = first; t != NULL; t = t->next)
        if (hotpath_i_is_read(s, t)) s->records[s->record_count++] = t;
    if (hotpath_i_g.ended != NULL && s->thread == 0)
        s->records[s->record_count++] = hotpath_i_g.ended;
}
/* How many threads there are, where no rows are made of them. */
static void hotpath_i_count_threads(hotpath_snapshot_t* s) {
    for (size_t r = 0; r < s->record_count && !s->full; r++) {
        const hotpath_i_thread_t* t = s->records[r];
        bool live = HOTPATH_I_LOAD(&t->state) == HOTPATH_I_RECORD_LIVE;
        s->info.threads_live += live;
        s->info.threads_ended += t == hotpath_i_g.ended ? t->threads_merged : !live;
    }
}

/* What another thread that ends a span makes of its node's total. Returns: false if that is there. */
static bool hotpath_i_read_ending(const hotpath_i_span_slot_t* slot, uint64_t mark,
    const hotpath_i_node_t** node, uint64_t* total) {
    uint64_t state = HOTPATH_I_LOAD_ACQUIRE(&slot->state);
    *node = HOTPATH_I_LOAD_ACQUIRE(&slot->end_node);
    *total = HOTPATH_I_LOAD_ACQUIRE(&slot->end_total);
    return (state & ~(uint64_t)(HOTPATH_I_MARK - 1)) == mark &&
           (state & HOTPATH_I_SPAN_ENDING) != 0 &&
           HOTPATH_I_LOAD_ACQUIRE(&slot->state) == state; /* else it brings the total */
}
/* The slot of a span that is, or was, at an entry; NULL if it is none. */
static const hotpath_i_span_slot_t* hotpath_i_read_slot(const hotpath_i_open_t* e, uint64_t mark) {
    return HOTPATH_I_LOAD(&e->slot_mark) == mark ? HOTPATH_I_LOAD(&e->slot) : NULL;
}
/* A span whose entry is still there. Given up, its entry has an intent that counts, and is about to be
   closed; ended elsewhere, it does not count. */
static void hotpath_i_read_span_entry(
    const hotpath_i_open_t* e, hotpath_i_override_t* out, const hotpath_i_span_slot_t* slot) {
    const uint64_t flags = HOTPATH_I_MARK - 1;
    uint64_t state = HOTPATH_I_LOAD_ACQUIRE(&slot->state);
    out->slot = slot;
    if ((state & ~HOTPATH_I_SPAN_CLAIMED) == out->mark) return;
    bool given = (state & ~flags) == out->mark && (state & HOTPATH_I_SPAN_GIVEN) != 0;
    out->open = 0, out->extra = 0, out->calls = 0, out->base = 0;
    out->elsewhere = !given;
    if (given) { /* its intent came before that; unless the entry is another's by now */
        uint64_t intent = HOTPATH_I_LOAD_ACQUIRE(&e->intent);
        bool same = (HOTPATH_I_LOAD_ACQUIRE(&e->mark) & ~flags) == out->mark;
        if (same && intent != 0) out->base = intent - 1;
    } else if (!hotpath_i_read_ending(slot, out->mark, &out->node, &out->base)) {
        out->node = NULL;
    }
}
/* One entry of a stack as it stands. Returns false where the stack ends or moves. */
static bool hotpath_i_read_entry(hotpath_i_open_t* e, uint64_t now, hotpath_i_override_t* out) {
    for (int tries = 0; tries < 64; tries++) {
        uint64_t mark = HOTPATH_I_LOAD_ACQUIRE(&e->mark);
        if (mark == 0) return false;
        const hotpath_i_node_t* node = HOTPATH_I_LOAD_ACQUIRE(&e->node);
        uint64_t start = HOTPATH_I_LOAD_ACQUIRE(&e->start);
        if (start == HOTPATH_I_NO_START) start = now; /* not timed */
        uint64_t intent = HOTPATH_I_LOAD_ACQUIRE(&e->intent);
        uint64_t calls = HOTPATH_I_LOAD_ACQUIRE(&e->calls);
        uint64_t total = node != NULL ? HOTPATH_I_LOAD_ACQUIRE(&node->total) : 0;
        if (HOTPATH_I_LOAD(&e->mark) != mark || node == NULL) continue;
        memset(out, 0, sizeof *out);
        out->node = node;
        out->start = start;
        out->mark = mark;
        out->merged = HOTPATH_NO_NODE;
        if ((mark & HOTPATH_I_CLOSED) != 0) {
            out->base = intent != 0 ? intent - 1 : 0;
            return true;
        }
        out->open = 1;
        out->base = total;
        if (intent == 0) HOTPATH_I_STORE(&e->seen, now);
        uint64_t seen = HOTPATH_I_LOAD(&e->seen);
        out->extra = seen > start ? seen - start : 0;
        if (intent > total + out->extra) out->extra = intent - 1 - total;
        out->calls = calls != UINT64_MAX ? calls + 1 : 0;
        const hotpath_i_span_slot_t* slot = hotpath_i_read_slot(e, mark);
        if (slot != NULL) hotpath_i_read_span_entry(e, out, slot);
        return true;
    }
    return false;
}
/* Keeps the open scopes of a stack, and the one that has just ended, in order. */
static void hotpath_i_read_stack(hotpath_snapshot_t* s, const hotpath_context_t* c) {
    size_t used = s->used, count = s->override_count;
    for (int tries = 0; tries < 5000 && !s->full; tries++) {
        uint64_t switches = HOTPATH_I_LOAD_ACQUIRE(&c->switches);
        s->used = used, s->override_count = count;
        bool open = (switches & 1) == 0;
        uint32_t capacity = HOTPATH_I_LOAD_ACQUIRE(&c->capacity); /* before the entries */
        hotpath_i_open_t* entries = HOTPATH_I_LOAD_ACQUIRE(&c->entries);
        for (uint32_t i = 1; i < capacity && open; i++) {
            hotpath_i_override_t entry;
            if (!hotpath_i_read_entry(&entries[i], s->now, &entry)) break;
            if (entry.elsewhere && entry.node == NULL) continue;
            hotpath_i_override_t* kept = (hotpath_i_override_t*)hotpath_i_keep(s, sizeof entry);
            if (kept == NULL) return;
            entry.stack = c;
            entry.depth = i;
            *kept = entry;
            if (s->overrides == NULL) s->overrides = kept;
            s->override_count++;
            open = entry.open != 0 || entry.elsewhere;
        }
        /* Only in a running stack an entry may be ahead of its node. Those of another one may be of a
           record that has been merged meanwhile: what they knew of the node is in the store. */
        const hotpath_i_thread_t* t = HOTPATH_I_LOAD_ACQUIRE(&c->thread);
        bool runs = HOTPATH_I_LOAD_ACQUIRE(&t->context) == c;
        for (size_t k = count; k < s->override_count && !runs; k++) {
            s->overrides[k].calls = 0;
            if (s->overrides[k].open == 0 && !s->overrides[k].elsewhere) s->overrides[k].base = 0;
        }
        if ((switches & 1) == 0 && HOTPATH_I_LOAD(&c->switches) == switches) return;
        hotpath_i_os_wait(tries); /* who moves it may have lost its processor */
    }
    s->used = used, s->override_count = count;
}
/* The node of another record's path in this one, or NULL. */
static const hotpath_i_node_t* hotpath_i_find_path(
    const hotpath_i_thread_t* t, const hotpath_i_thread_t* from, const hotpath_i_node_t* node) {
    uint32_t index = hotpath_i_index(node), depth = 0;
    const hotpath_i_node_t* into = hotpath_i_node_at(t, 0);
    for (uint32_t at = index; at != 0; at = hotpath_i_node_at(from, at)->parent)
        depth++;
    for (; depth > 0 && into != NULL; depth--) {
        uint32_t at = index;
        for (uint32_t up = 1; up < depth; up++)
            at = hotpath_i_node_at(from, at)->parent;
        into = hotpath_i_hash_find(
            t, hotpath_i_key(hotpath_i_index(into), hotpath_i_node_at(from, at)->function));
    }
    return into;
}
/* Spans of a record that are open and in no stack any more: their time since then. Of a record that has
   no thread they are credited where its calls went. Before the stacks: what is given up meanwhile is in
   one of them yet. */
static void hotpath_i_read_slots(hotpath_snapshot_t* s, hotpath_i_thread_t* t) {
    const hotpath_i_span_slot_t* slot = HOTPATH_I_LOAD_ACQUIRE(&t->span_slots);
    bool read = hotpath_i_is_read(s, t);
    if (!read && (s->thread != 0 || hotpath_i_g.ended == NULL)) return;
    for (; slot != NULL && !s->full; slot = slot->all) {
        uint64_t state = HOTPATH_I_LOAD_ACQUIRE(&slot->state);
        const hotpath_i_node_t* node = HOTPATH_I_LOAD_ACQUIRE(&slot->rest);
        uint64_t start = HOTPATH_I_LOAD_ACQUIRE(&slot->start);
        uint64_t credited = HOTPATH_I_LOAD_ACQUIRE(&slot->credited);
        if ((state & HOTPATH_I_SPAN_GIVEN) == 0 || HOTPATH_I_LOAD(&slot->state) != state) continue;
        if (!read) node = hotpath_i_find_path(hotpath_i_g.ended, t, node);
        if (node == NULL) continue;
        hotpath_i_override_t* kept = (hotpath_i_override_t*)hotpath_i_keep(s, sizeof *kept);
        if (kept == NULL) return;
        kept->slot = slot;
        kept->node = node;
        kept->mark = state & ~(uint64_t)(HOTPATH_I_MARK - 1);
        kept->start = start;
        kept->merged = HOTPATH_NO_NODE;
        if ((state & HOTPATH_I_SPAN_ENDING) != 0) {
            kept->elsewhere = true;
            if (!hotpath_i_read_ending(slot, kept->mark, &kept->node, &kept->base)) kept->base = 0;
        } else {
            kept->open = 1;
            kept->extra = hotpath_i_minus(s->now, start + credited);
        }
        if (s->overrides == NULL) s->overrides = kept;
        s->override_count++;
    }
}
static void hotpath_i_read_stacks(hotpath_snapshot_t* s) {
    hotpath_i_thread_t* record = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.threads);
    for (; record != NULL; record = record->next)
        hotpath_i_read_slots(s, record);
    hotpath_context_t* c = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.contexts);
    for (; c != NULL; c = c->next) {
        const hotpath_i_thread_t* t = HOTPATH_I_LOAD_ACQUIRE(&c->thread);
        bool taken = HOTPATH_I_LOAD(&c->state) != HOTPATH_I_CONTEXT_FREE;
        s->info.contexts += taken;
        if (t != NULL && taken && (s->thread == 0 || HOTPATH_I_LOAD(&t->id) == s->thread))
            hotpath_i_read_stack(s, c);
    }
    hotpath_i_thread_t* t = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.threads);
    for (; t != NULL; t = t->next)
        if (hotpath_i_is_read(s, t)) hotpath_i_read_stack(s, &t->own);
}

/* Functions: an array in the order of ids, with an index by id. */
static void hotpath_i_list_functions(hotpath_snapshot_t* s) {
    uint32_t count = HOTPATH_I_LOAD(&hotpath_i_g.item_count[HOTPATH_I_CLASS_FUNCTION]);
    s->id_count = count;
    s->index_of = (uint32_t*)hotpath_i_temp(s, ((size_t)count + 1) * sizeof *s->index_of);
    s->functions = (hotpath_function_t*)hotpath_i_keep(s, count * sizeof *s->functions);
    if (s->full) return;
    for (uint32_t id = 1; id <= count; id++) {
        const hotpath_i_item_t* item = hotpath_i_item_of(HOTPATH_I_CLASS_FUNCTION, id);
        if (item == NULL) continue;
        hotpath_function_t* f = &s->functions[s->function_count++];
        f->id = id, f->kind = item->kind;
        f->name = item->name, f->file = item->file, f->line = item->line;
        s->tracks |= f->kind == HOTPATH_KIND_TRACK;
        s->index_of[id] = (uint32_t)s->function_count;
    }
}

/* A record's node that the snapshot does not have: of a function that is newer. */
    #define HOTPATH_I_UNKNOWN (HOTPATH_NO_NODE - 1)

/* Nodes of the snapshot are found by parent and function in a table that doubles. It is made when it is
   first needed: not by threads that all do the same. */
typedef struct hotpath_i_merge {
    uint32_t* slots; /* node + 1 */
    uint32_t mask;
    uint32_t* open; /* chains of overrides: many of one node cost no more than as many others */
    size_t open_mask;
} hotpath_i_merge_t;

static uint32_t* hotpath_i_merge_slot(
    const hotpath_snapshot_t* s, const hotpath_i_merge_t* m, uint32_t parent, uint32_t function) {
    uint64_t key = (hotpath_i_key(parent, function)) * 0x9E3779B97F4A7C15u;
    uint32_t i = (uint32_t)(key >> 40) & m->mask;
    for (; m->slots[i] != 0; i = (i + 1) & m->mask) {
        const hotpath_node_t* n = &s->nodes[m->slots[i] - 1];
        if (n->parent == parent && n->function == function) break;
    }
    return &m->slots[i];
}
static bool hotpath_i_merge_grow(hotpath_snapshot_t* s, hotpath_i_merge_t* m) {
    uint32_t size = m->slots == NULL ? 1024 : (m->mask + 1) * 2;
    while (size < s->node_count * 2)
        size *= 2;
    m->slots = (uint32_t*)hotpath_i_temp(s, size * sizeof *m->slots);
    if (m->slots == NULL) return false;
    m->mask = size - 1;
    for (uint32_t i = 0; i < s->node_count; i++)
        *hotpath_i_merge_slot(s, m, s->nodes[i].parent, s->nodes[i].function) = i + 1;
    return true;
}
static HOTPATH_I_ALWAYS_INLINE uint32_t hotpath_i_new_node(
    hotpath_snapshot_t* s, uint32_t parent, uint32_t function) {
    hotpath_node_t* n = (hotpath_node_t*)hotpath_i_room(s, sizeof *n);
    if (n == NULL) return HOTPATH_I_UNKNOWN;
    if (s->nodes == NULL) s->nodes = n;
    n->parent = parent, n->function = function; /* each by itself: memset would take longer */
    n->first_child = n->next_sibling = HOTPATH_NO_NODE;
    n->depth = n->recursive = 0;
    n->calls = n->open_calls = n->errors = n->bytes = n->total_ns = n->self_ns = 0;
    n->alloc_count = n->alloc_bytes = n->alloc_total_count = n->alloc_total_bytes = 0;
    return (uint32_t)s->node_count++;
}
static uint32_t hotpath_i_merged_node(
    hotpath_snapshot_t* s, hotpath_i_merge_t* m, uint32_t parent, uint32_t function) {
    if (m->slots == NULL && !hotpath_i_merge_grow(s, m)) return HOTPATH_I_UNKNOWN;
    uint32_t* slot = hotpath_i_merge_slot(s, m, parent, function);
    if (*slot != 0) return *slot - 1;
    uint32_t index = hotpath_i_new_node(s, parent, function);
    if (index == HOTPATH_I_UNKNOWN) return index;
    *slot = index + 1;
    if (s->node_count * 2 > m->mask) hotpath_i_merge_grow(s, m);
    return index;
}
    #if HOTPATH_I_ALLOC
/* What functions allocate and free, by id. */
typedef struct hotpath_i_sum {
    uint64_t alloc_count;
    uint64_t alloc_bytes;
    uint64_t reallocs;
    uint64_t free_count;
    uint64_t free_bytes;
    uint64_t others_count;
    uint64_t others_bytes;
    uint64_t freed[HOTPATH_ALLOC_AGES];
    uint64_t sizes[HOTPATH_ALLOC_SIZES];
} hotpath_i_sum_t;

static void hotpath_i_sum_cell(hotpath_i_sum_t* sum, const hotpath_i_ledger_t* c) {
    uint64_t others = HOTPATH_I_LOAD_ACQUIRE(&c->others.count);
    sum->others_count += others;
    sum->free_count += HOTPATH_I_LOAD(&c->own.count) + others;
    for (size_t i = 0; i < HOTPATH_ALLOC_AGES; i++) {
        uint64_t own = HOTPATH_I_LOAD(&c->own.bytes[i]);
        others = HOTPATH_I_LOAD(&c->others.bytes[i]);
        sum->free_bytes += own + others;
        sum->others_bytes += others;
        sum->freed[i] += own + others;
    }
}
/* Frees are read before the allocations that they are of. */
static void hotpath_i_sum_frees(
    hotpath_i_sum_t* sums, uint32_t count, const hotpath_i_thread_t* t) {
    for (uint32_t id = 1; id <= count; id++) {
        if (t->allocs[id / HOTPATH_I_CHUNK] == NULL) {
            id |= HOTPATH_I_CHUNK - 1;
            continue;
        }
        const hotpath_i_alloc_t* a = hotpath_i_alloc_of(t, id);
        if (a == NULL) continue;
        const hotpath_i_ledger_t* c = HOTPATH_I_LOAD_ACQUIRE(&a->cell);
        if (c != NULL) hotpath_i_sum_cell(&sums[id], c);
        sums[id].reallocs += HOTPATH_I_LOAD(&a->reallocs);
        for (size_t i = 0; i < HOTPATH_ALLOC_SIZES; i++)
            sums[id].sizes[i] += HOTPATH_I_LOAD(&a->sizes[i]);
    }
}
static void hotpath_i_sum_orphans(hotpath_i_sum_t* sums, uint32_t count) {
    for (const hotpath_i_ledger_t* c = hotpath_i_heap.orphans; c != NULL; c = c->next)
        if (c->function <= count) hotpath_i_sum_cell(&sums[c->function], c);
}
static void hotpath_i_sum_nodes(
    hotpath_i_sum_t* sums, uint32_t count, const hotpath_i_thread_t* t) {
    uint32_t nodes = HOTPATH_I_LOAD_ACQUIRE(&t->node_count);
    for (uint32_t i = 0; i < nodes; i++) {
        const hotpath_i_node_t* node = hotpath_i_node_at(t, i);
        uint32_t id = hotpath_i_alloc_function(node);
        if (id > count) continue;
        sums[id].alloc_count += HOTPATH_I_LOAD(&node->alloc_count);
        sums[id].alloc_bytes += HOTPATH_I_LOAD(&node->alloc_bytes);
    }
}
/* With the lock. Returns: the sums by function id up to *count, until the next call; or NULL. */
static hotpath_i_sum_t* hotpath_i_sum_all(uint32_t* count) {
    *count = HOTPATH_I_LOAD(&hotpath_i_g.item_count[HOTPATH_I_CLASS_FUNCTION]);
    size_t size = (*count + 1u) * sizeof(hotpath_i_sum_t);
    if (size > hotpath_i_heap.sums_size) {
        if (hotpath_i_heap.sums != NULL)
            hotpath_i_pages_free(hotpath_i_heap.sums, hotpath_i_heap.sums_size);
        hotpath_i_heap.sums = (hotpath_i_sum_t*)hotpath_i_pages_alloc(2 * size);
        hotpath_i_heap.sums_size = hotpath_i_heap.sums != NULL ? 2 * size : 0;
    }
    hotpath_i_sum_t* sums = hotpath_i_heap.sums;
    if (sums == NULL) return NULL;
    memset(sums, 0, size);
    hotpath_snapshot_t all;
    memset(&all, 0, sizeof all);
    HOTPATH_I_EACH_RECORD(&all, t) hotpath_i_sum_frees(sums, *count, t);
    hotpath_i_sum_orphans(sums, *count);
    HOTPATH_I_EACH_RECORD(&all, u) hotpath_i_sum_nodes(sums, *count, u);
    return sums;
}

/* How old live bytes are: of those born in each interval the ones that are not freed, the rest is older. */
static void hotpath_i_ages(
    const hotpath_i_growth_t* g, const hotpath_i_sum_t* sum, uint64_t live, uint64_t* ages) {
    uint64_t later = sum->alloc_bytes, now = hotpath_i_heap.interval;
    memset(ages, 0, HOTPATH_ALLOC_AGES * sizeof *ages);
    ages[HOTPATH_I_TICKS] = live;
    bool looked = g == NULL; /* of one thread nothing is known by interval */
    for (uint64_t age = 0; age < HOTPATH_I_TICKS && age <= now && g != NULL; age++) {
        size_t slot = (size_t)((now - age) % HOTPATH_I_TICKS);
        looked = looked || g->births[slot].interval != 0;
        if (g->births[slot].interval != now - age + 1) continue;
        uint64_t born = later - g->births[slot].bytes;
        uint64_t dead = sum->freed[slot] - g->births[slot].freed;
        uint64_t left = born > dead ? born - dead : 0;
        left = left < ages[HOTPATH_I_TICKS] ? left : ages[HOTPATH_I_TICKS];
        ages[age] = left;
        ages[HOTPATH_I_TICKS] -= left;
        later = g->births[slot].bytes;
    }
    if (!looked) ages[0] = live, ages[HOTPATH_I_TICKS] = 0; /* all of it is of this interval */
}
static uint64_t hotpath_i_interval_ticks(void) {
    uint64_t ticks = hotpath_i_window_ticks() / 1000 * hotpath_i_settings.heap_interval;
    return ticks != 0 ? ticks : 1;
}
/* The growth of a function, made when it has allocated first. */
static hotpath_i_growth_t* hotpath_i_growth_of(uint32_t id) {
    hotpath_i_item_t* item = hotpath_i_g.items[HOTPATH_I_CLASS_FUNCTION][id];
    if (item == NULL || item->growth != NULL) return item != NULL ? item->growth : NULL;
    item->growth = (hotpath_i_growth_t*)hotpath_i_shared_take(sizeof *item->growth);
    return item->growth;
}
static void hotpath_i_note_peak(uint64_t* peak, uint64_t* when, uint64_t live, uint64_t now) {
    if (live <= *peak) return;
    *peak = live;
    *when = now;
}
/* A look at live memory at the end of an interval, with the lock. */
static void hotpath_i_heap_look(uint64_t now) {
    uint64_t start = hotpath_i_g.start_tick, ticks = hotpath_i_interval_ticks(), all = 0;
    uint64_t interval = now > start ? (now - start) / ticks : 0;
    uint64_t before = hotpath_i_heap.interval;
    uint32_t count;
    hotpath_i_alloc_sweep();
    const hotpath_i_sum_t* sums = hotpath_i_sum_all(&count);
    size_t at = hotpath_i_heap.looks % (HOTPATH_I_TICKS + 1);
    HOTPATH_I_STORE(&hotpath_i_heap.next_tick, start + (interval + 1) * ticks);
    for (uint32_t id = 1; id <= count && sums != NULL; id++) {
        const hotpath_i_sum_t* sum = &sums[id];
        hotpath_i_growth_t* g = sum->alloc_count != 0 ? hotpath_i_growth_of(id) : NULL;
        if (g == NULL) continue;
        uint64_t live = sum->alloc_bytes > sum->free_bytes ? sum->alloc_bytes - sum->free_bytes : 0;
        size_t slot = (size_t)(interval % HOTPATH_I_TICKS);
        if (g->births[before % HOTPATH_I_TICKS].interval == 0) /* all of it is of that one */
            g->births[before % HOTPATH_I_TICKS].interval = before + 1;
        if (interval != before) {
            g->births[slot].interval = interval + 1;
            g->births[slot].bytes = sum->alloc_bytes;
            g->births[slot].freed = sum->freed[slot];
        }
        g->live[at] = live;
        all += live;
        hotpath_i_note_peak(&g->peak_bytes, &g->peak_tick, live, now);
    }
    hotpath_i_note_peak(&hotpath_i_heap.peak_bytes, &hotpath_i_heap.peak_tick, all, now);
    hotpath_i_heap.look_ticks[at] = now;
    hotpath_i_heap.looks++;
    hotpath_i_heap.interval = interval;
    HOTPATH_I_STORE(&hotpath_i_heap.birth, (uint32_t)interval & HOTPATH_I_BIRTH_MOST);
}
/* Called with a moment that somebody has at hand; looks if an interval is over and nobody reads. */
static void hotpath_i_heap_look_at(uint64_t now) {
    if (now < HOTPATH_I_LOAD(&hotpath_i_heap.next_tick) || !hotpath_i_try_lock()) return;
    if (now >= hotpath_i_heap.next_tick) hotpath_i_heap_look(now);
    hotpath_i_unlock();
}
static void hotpath_i_take_frees(hotpath_snapshot_t* s) {
    if (s->thread == 0 && s->now >= HOTPATH_I_LOAD(&hotpath_i_heap.next_tick))
        hotpath_i_heap_look(s->now);
    hotpath_i_alloc_sweep();
    s->sums = (hotpath_i_sum_t*)hotpath_i_temp(s, (s->id_count + 1u) * sizeof *s->sums);
    for (size_t r = 0; r < s->record_count && s->sums != NULL; r++)
        hotpath_i_sum_frees(s->sums, s->id_count, s->records[r]);
    if (s->thread == 0 && s->sums != NULL) hotpath_i_sum_orphans(s->sums, s->id_count);
}
/* What was allocated while no scope was open is a root of the tree. */
static void hotpath_i_add_outside(
    hotpath_snapshot_t* s, hotpath_i_merge_t* m, const hotpath_i_thread_t* t) {
    const hotpath_i_node_t* root = hotpath_i_node_at(t, 0);
    uint64_t count = HOTPATH_I_LOAD(&root->alloc_count);
    uint32_t function = s->index_of[HOTPATH_I_OUTSIDE];
    if (count == 0 || function == 0) return;
    uint32_t merged = hotpath_i_merged_node(s, m, HOTPATH_NO_NODE, function - 1);
    if (merged == HOTPATH_I_UNKNOWN) return;
    s->nodes[merged].alloc_count += count;
    s->nodes[merged].alloc_bytes += HOTPATH_I_LOAD(&root->alloc_bytes);
}
/* Sums of a function, after those of its nodes. */
static void hotpath_i_fill_alloc(hotpath_snapshot_t* s, hotpath_function_t* f) {
    hotpath_i_sum_t* sum = &s->sums[f->id];
    hotpath_i_growth_t* g = hotpath_i_growth_of(f->id);
    uint64_t* lists =
        (uint64_t*)hotpath_i_keep(s, (HOTPATH_ALLOC_SIZES + HOTPATH_ALLOC_AGES) * sizeof *lists);
    if (lists == NULL) return;
    f->realloc_count = sum->reallocs;
    if (s->info.alloc.live) {
        f->free_count = sum->free_count, f->free_bytes = sum->free_bytes;
        f->freed_by_others_count = sum->others_count;
        f->freed_by_others_bytes = sum->others_bytes;
        f->live_count = hotpath_i_minus(f->alloc_count, f->free_count);
        f->live_bytes = hotpath_i_minus(f->alloc_bytes, f->free_bytes);
        sum->alloc_bytes = f->alloc_bytes;
        if (g != NULL && s->thread == 0)
            hotpath_i_note_peak(&g->peak_bytes, &g->peak_tick, f->live_bytes, s->now);
        f->peak_live_bytes = g != NULL ? g->peak_bytes : f->live_bytes;
        f->peak_live_ns = g != NULL ? hotpath_i_since_start_ns(g->peak_tick) : 0;
        hotpath_i_ages(s->thread == 0 ? g : NULL, sum, f->live_bytes, lists + HOTPATH_ALLOC_SIZES);
        f->live_ages = lists + HOTPATH_ALLOC_SIZES;
    }
    memcpy(lists, sum->sizes, sizeof sum->sizes);
    f->alloc_sizes = lists;
}
static void hotpath_i_fill_allocs(hotpath_snapshot_t* s) {
    hotpath_alloc_info_t* all = &s->info.alloc;
    uint32_t mode = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_heap.mode);
    all->on = true;
    all->live = mode != HOTPATH_I_HEAP_COUNTERS;
    all->interposed = mode == HOTPATH_I_HEAP_COUNTERS || mode == HOTPATH_I_HEAP_HEADERS;
    all->note = hotpath_i_alloc_note();
    all->foreign_frees = HOTPATH_I_LOAD(&hotpath_i_heap.foreign_frees);
    all->interval_ns = hotpath_i_settings.heap_interval * 1000000;
    for (size_t i = 0; i < s->function_count && !s->full; i++) {
        hotpath_function_t* f = &s->functions[i];
        if (f->alloc_count == 0) continue;
        hotpath_i_fill_alloc(s, f);
        all->alloc_count += f->alloc_count, all->alloc_bytes += f->alloc_bytes;
        all->realloc_count += f->realloc_count;
        all->free_count += f->free_count, all->free_bytes += f->free_bytes;
        all->live_count += f->live_count, all->live_bytes += f->live_bytes;
    }
    if (!all->live && s->thread == 0) all->free_count = HOTPATH_I_LOAD(&hotpath_i_heap.plain_frees);
    if (!all->live)
        for (size_t r = 0; r < s->record_count; r++)
            all->free_count += HOTPATH_I_LOAD(&s->records[r]->plain_frees);
    if (s->thread == 0)
        hotpath_i_note_peak(
            &hotpath_i_heap.peak_bytes, &hotpath_i_heap.peak_tick, all->live_bytes, s->now);
    all->peak_live_bytes = all->live ? hotpath_i_heap.peak_bytes : 0;
    all->peak_live_ns = all->live ? hotpath_i_since_start_ns(hotpath_i_heap.peak_tick) : 0;
}
/* What a thread allocated, added to its row. */
static void hotpath_i_thread_frees(hotpath_thread_t* row, const hotpath_i_sum_t* sum) {
    row->free_count += sum->free_count, row->free_bytes += sum->free_bytes;
    row->freed_by_others_count += sum->others_count;
    row->freed_by_others_bytes += sum->others_bytes;
}
static void hotpath_i_thread_allocs(
    const hotpath_snapshot_t* s, const hotpath_i_thread_t* t, hotpath_thread_t* row) {
    bool live = s->info.alloc.live;
    hotpath_i_sum_t sum;
    memset(&sum, 0, sizeof sum);
    for (uint32_t c = 0; c < HOTPATH_I_FUNC_CHUNKS && live; c++) {
        hotpath_i_alloc_t** chunk = HOTPATH_I_LOAD_ACQUIRE(&t->allocs[c]);
        for (uint32_t i = 0; i < HOTPATH_I_CHUNK && chunk != NULL; i++) {
            const hotpath_i_alloc_t* a = HOTPATH_I_LOAD_ACQUIRE(&chunk[i]);
            const hotpath_i_ledger_t* cell = a != NULL ? HOTPATH_I_LOAD_ACQUIRE(&a->cell) : NULL;
            if (cell != NULL) hotpath_i_sum_cell(&sum, cell);
        }
    }
    for (const hotpath_i_ledger_t* c = hotpath_i_heap.orphans;
         c != NULL && t == hotpath_i_g.ended && live; c = c->next)
        hotpath_i_sum_cell(&sum, c);
    hotpath_i_thread_frees(row, &sum);
    if (!live) row->free_count += HOTPATH_I_LOAD(&t->plain_frees);
    uint32_t count = HOTPATH_I_LOAD_ACQUIRE(&t->node_count);
    for (uint32_t i = 0; i < count; i++) {
        const hotpath_i_node_t* node = hotpath_i_node_at(t, i);
        row->alloc_count += HOTPATH_I_LOAD(&node->alloc_count);
        row->alloc_bytes += HOTPATH_I_LOAD(&node->alloc_bytes);
    }
    row->live_count = live ? hotpath_i_minus(row->alloc_count, row->free_count) : 0;
    row->live_bytes = live ? hotpath_i_minus(row->alloc_bytes, row->free_bytes) : 0;
}
static size_t hotpath_i_size_of_allocs(size_t functions) {
    return functions * (sizeof(hotpath_i_sum_t) +
                           (HOTPATH_ALLOC_SIZES + HOTPATH_ALLOC_AGES) * sizeof(uint64_t)) +
           sizeof(hotpath_i_sum_t);
}
    #else
static size_t hotpath_i_size_of_allocs(size_t functions) { return (void)functions, (size_t)0; }
    #endif
    #define HOTPATH_I_OPEN_CHAINS 1024u /* at least: most nodes meet an empty one */

/* The chain that has a node's overrides; other nodes may be in it. */
static inline uint32_t* hotpath_i_open_chain(
    const hotpath_i_merge_t* m, const hotpath_i_node_t* node) {
    return &m->open[((uintptr_t)node >> 6) * 0x9E3779B1u & m->open_mask];
}
static bool hotpath_i_index_overrides(hotpath_snapshot_t* s, hotpath_i_merge_t* m) {
    size_t size = 16;
    while (size < s->override_count * 2 + 2 || size < HOTPATH_I_OPEN_CHAINS)
        size *= 2;
    m->open = (uint32_t*)hotpath_i_temp(s, size * sizeof *m->open);
    m->open_mask = size - 1;
    for (size_t k = s->override_count; m->open != NULL && k-- > 0;) {
        uint32_t* first = hotpath_i_open_chain(m, s->overrides[k].node);
        s->overrides[k].next = *first;
        *first = (uint32_t)k + 1;
    }
    return m->open != NULL;
}
/* What the open scopes of one record's node add to what it has. */
static void hotpath_i_credit(hotpath_snapshot_t* s, uint32_t chain, const hotpath_i_node_t* node,
    uint32_t merged, uint64_t* total, uint64_t* calls) {
    uint64_t base = 0, extra = 0, calls_least = 0;
    uint32_t open = 0;
    for (hotpath_i_override_t* o; chain != 0; chain = o->next) {
        o = &s->overrides[chain - 1];
        if (o->node != node) continue;
        base = o->base > base ? o->base : base;
        calls_least = o->calls > calls_least ? o->calls : calls_least;
        extra += o->extra;
        open += o->open;
        o->merged = merged;
        o->watched =
            o->open != 0 && (open > 1 || o->slot != NULL ||
                                HOTPATH_I_LOAD(&o->stack->state) != HOTPATH_I_CONTEXT_OF_THREAD);
        s->unsettled |= o->watched;
    }
    s->nodes[merged].open_calls += open;
    *total = *total > base + extra ? *total : base + extra;
    *calls = *calls > calls_least ? *calls : calls_least;
}
/* Adds what one record's node and the chain of its open scopes have counted. Totals are kept in ticks in
   total_ns until all are merged. Returns: the calls. */
static HOTPATH_I_ALWAYS_INLINE uint64_t hotpath_i_add_counts(
    hotpath_snapshot_t* s, hotpath_node_t* n, const hotpath_i_node_t* from, uint32_t chain) {
    uint64_t total = HOTPATH_I_LOAD_ACQUIRE(&from->total);
    uint64_t calls = HOTPATH_I_LOAD(&from->calls);
    if (chain != 0) hotpath_i_credit(s, chain, from, (uint32_t)(n - s->nodes), &total, &calls);
    n->calls += calls;
    n->total_ns += total;
    uint64_t errors = HOTPATH_I_LOAD(&from->errors), bytes = HOTPATH_I_LOAD(&from->bytes);
    uint32_t deep = HOTPATH_I_LOAD(&from->deep_open);
    if (HOTPATH_I_UNLIKELY((errors | bytes | deep) != 0))
        n->errors += errors, n->bytes += bytes, n->open_calls += deep;
    #if HOTPATH_I_ALLOC
    uint64_t count = HOTPATH_I_LOAD(&from->alloc_count);
    if (count != 0) n->alloc_count += count, n->alloc_bytes += HOTPATH_I_LOAD(&from->alloc_bytes);
    #endif
    return calls;
}
static void hotpath_i_add_node(hotpath_snapshot_t* s, const hotpath_i_thread_t* t,
    const hotpath_i_merge_t* m, hotpath_node_t* n, const hotpath_i_node_t* from) {
    uint64_t calls = hotpath_i_add_counts(s, n, from, *hotpath_i_open_chain(m, from));
    /* What has a frec of its own tells by that; it is another line of memory. */
    if (from->frec == &t->lite && calls != 0) s->functions[n->function].lite = true;
    if (HOTPATH_I_LIKELY(from->recursive == 0)) return;
    n->recursive = 1;
    /* Until the tree is linked, depth says that a node is the inner form of two that stand for many
       paths: its total overlaps itself, and its self time is within that of the outer form. */
    if (HOTPATH_I_LOAD(&from->flat) != 0) n->depth = UINT32_MAX;
}
/* Whether a scope is still open; if not, and if its end is not in its node's total yet, the total that
   it is about to have. Marks are of one begin each: its entry is where its mark is. Entries move down
   only (hotpath_i_compact), each to its new place before the old one is taken, and as a whole. */
static bool hotpath_i_still_open(hotpath_i_override_t* o) {
    const hotpath_context_t* c = o->stack;
    if (o->slot != NULL) {
        uint64_t state = HOTPATH_I_LOAD(&o->slot->state);
        bool ended = (state & ~(uint64_t)(HOTPATH_I_MARK - 1)) != o->mark ||
                     (state & HOTPATH_I_SPAN_ENDING) != 0;
        if (!ended && c == NULL) return true;
        if (ended) {
            const hotpath_i_node_t* node;
            uint64_t total;
            if (hotpath_i_read_ending(o->slot, o->mark, &node, &total))
                o->ended = node, o->base = total;
            return false;
        }
    }
    const hotpath_i_open_t* entries;
    do {
        entries = HOTPATH_I_LOAD_ACQUIRE(&c->entries);
        for (uint32_t i = o->depth; i != 0; i--) {
            const hotpath_i_open_t* e = &entries[i];
            uint64_t mark = HOTPATH_I_LOAD_ACQUIRE(&e->mark);
            if ((mark & ~(uint64_t)HOTPATH_I_CLOSED) != o->mark) continue;
            const hotpath_i_node_t* node = HOTPATH_I_LOAD_ACQUIRE(&e->node);
            uint64_t intent = HOTPATH_I_LOAD_ACQUIRE(&e->intent);
            if (HOTPATH_I_LOAD(&c->entries) != entries) break;
            if (mark == o->mark) return true;
            if (HOTPATH_I_LOAD_ACQUIRE(&e->mark) == mark && intent != 0 &&
                HOTPATH_I_LOAD(&node->total) < intent - 1) {
                o->ended = node;
                o->base = intent - 1;
            }
            return false;
        }
    } while (HOTPATH_I_LOAD(&c->entries) != entries);
    return false;
}
/* Nodes of a snapshot whose totals are read again. */
typedef struct hotpath_i_settling {
    unsigned char* mixed; /* 1: read in this round, 2: in the next one */
    const hotpath_i_override_t**
        ending; /* scopes that have ended before their nodes' totals knew */
    size_t ending_count;
} hotpath_i_settling_t;

/* The totals of all records' nodes that are one of the mixed ones, without the scopes that are still
   credited. */
static void hotpath_i_settle_totals(
    hotpath_snapshot_t* s, const hotpath_i_merge_t* m, const hotpath_i_settling_t* settling) {
    HOTPATH_I_EACH_RECORD(s, t) {
        size_t temp = s->temp;
        uint32_t count = HOTPATH_I_LOAD_ACQUIRE(&t->node_count);
        uint32_t* map = (uint32_t*)hotpath_i_temp(s, count * sizeof *map);
        for (uint32_t i = 1; i < count && !s->full; i++) {
            const hotpath_i_node_t* node = hotpath_i_node_at(t, i);
            uint32_t function = node->function <= s->id_count ? s->index_of[node->function] : 0;
            uint32_t parent = node->parent == 0 ? HOTPATH_NO_NODE : map[node->parent];
            map[i] = function == 0 || parent == HOTPATH_I_UNKNOWN
                         ? HOTPATH_I_UNKNOWN
                         : *hotpath_i_merge_slot(s, m, parent, function - 1) - 1;
            if (map[i] >= s->node_count) { /* begun since, or of a function that is newer */
                map[i] = HOTPATH_I_UNKNOWN;
                continue;
            }
            if (settling->mixed[map[i]] == 0) continue;
            uint64_t total = HOTPATH_I_LOAD_ACQUIRE(&node->total);
            for (size_t k = 0; k < settling->ending_count; k++)
                if (settling->ending[k]->ended == node && settling->ending[k]->base > total)
                    total = settling->ending[k]->base;
            s->nodes[map[i]].total_ns += total;
        }
        s->temp = temp;
    }
}
/* Totals of nodes on which scopes of contexts are open, or several of one stack. Each round reads
   the totals and then looks whether what it credits was open all the while; what was not is in the
   totals of the next round, and credited no more: so there is a last one. */
static void hotpath_i_settle(hotpath_snapshot_t* s, const hotpath_i_merge_t* m) {
    hotpath_i_settling_t settling = {NULL, NULL, 0};
    unsigned char* mixed = settling.mixed = (unsigned char*)hotpath_i_temp(s, s->node_count);
    settling.ending = (const hotpath_i_override_t**)hotpath_i_temp(
        s, s->override_count * sizeof *settling.ending);
    bool more = !s->full;
    for (size_t k = 0; k < s->override_count && more; k++)
        if (s->overrides[k].watched) mixed[s->overrides[k].merged] = 1;
    for (size_t k = 0; k < s->override_count && more; k++) {
        hotpath_i_override_t* o = &s->overrides[k];
        o->watched = o->open != 0 && o->merged != HOTPATH_NO_NODE && mixed[o->merged] != 0;
        if (o->open != 0 || o->base == 0) continue;
        o->ended = o->node;
        settling.ending[settling.ending_count++] = o;
    }
    while (more) {
        for (size_t i = 0; i < s->node_count; i++)
            if (mixed[i] != 0) s->nodes[i].total_ns = 0;
        hotpath_i_settle_totals(s, m, &settling);
        for (size_t k = 0; k < s->override_count; k++)
            if (s->overrides[k].watched && mixed[s->overrides[k].merged] != 0)
                s->nodes[s->overrides[k].merged].total_ns += s->overrides[k].extra;
        more = false;
        for (size_t k = 0; k < s->override_count; k++) {
            hotpath_i_override_t* o = &s->overrides[k];
            if (!o->watched || mixed[o->merged] == 0 || hotpath_i_still_open(o)) continue;
            if (o->ended != NULL) settling.ending[settling.ending_count++] = o;
            o->watched = false;
            mixed[o->merged] = 2;
            more = !s->full;
        }
        for (size_t i = 0; i < s->node_count; i++) /* the next round's */
            mixed[i] = mixed[i] == 2;
    }
}
/* Merges a record's nodes from the i-th on as long as each is that of the snapshot's next one and has
   nothing but counts, up to the end of what lies behind `node` in one piece. By itself, for then all
   that the loop needs is in registers. Returns: how many there were. */
static HOTPATH_I_HOT uint32_t hotpath_i_merge_run(hotpath_snapshot_t* s,
    const hotpath_i_thread_t* t, const hotpath_i_merge_t* m, const hotpath_i_node_t* node,
    uint32_t* map, uint32_t i, uint32_t end, uint32_t next) {
    const hotpath_i_frec_t* const lite = &t->lite;
    const hotpath_i_merge_t chains = *m;
    const uint32_t* const index_of = s->index_of; /* ids may have gaps: two threads made one item */
    const uint32_t ids = s->id_count, first = i, ahead = next - i;
    hotpath_node_t* n = s->nodes + next;
    end = end - i < s->node_count - next ? end : i + (uint32_t)(s->node_count - next);
    for (; i < end; i++, n++, node++) {
        if (node->function > ids || index_of[node->function] != n->function + 1 ||
            map[node->parent] != n->parent || node->frec == lite || node->recursive != 0 ||
            *hotpath_i_open_chain(&chains, node) != 0)
            break;
        map[i] = i + ahead;
        hotpath_i_add_counts(s, n, node, 0);
    }
    return i - first;
}
/* Merges a record's nodes. Threads that do the same have them in the same order: the node after the
   last one's is looked at first. */
static void hotpath_i_merge_nodes_of(
    hotpath_snapshot_t* s, const hotpath_i_thread_t* t, hotpath_i_merge_t* m) {
    size_t temp = s->temp;
    uint32_t count = HOTPATH_I_LOAD_ACQUIRE(&t->node_count), slots = m->mask, next = 0;
    uint32_t* map = (uint32_t*)hotpath_i_temp(s, count * sizeof *map);
    bool first = s->node_count == 0; /* then all are new: no two of one record are the same */
    if (map == NULL) return;
    map[0] = HOTPATH_NO_NODE;
    for (uint32_t i = 1; i < count; i++) {
        const hotpath_i_node_t* node = hotpath_i_node_at(t, i);
        uint32_t end = (i | (HOTPATH_I_NODES - 1)) + 1; /* of those that lie behind it */
        end = end < count ? end : count;
        if (!first && next < s->node_count) {
            uint32_t run = hotpath_i_merge_run(s, t, m, node, map, i, end, next);
            i += run, next += run, node += run;
        }
        if (i == end) {
            i--;
            continue;
        }
        uint32_t function = node->function <= s->id_count ? s->index_of[node->function] : 0;
        uint32_t parent = map[node->parent];
        if (function == 0 || parent == HOTPATH_I_UNKNOWN)
            map[i] = HOTPATH_I_UNKNOWN;
        else if (first)
            map[i] = hotpath_i_new_node(s, parent, function - 1);
        else if (next < s->node_count && s->nodes[next].parent == parent &&
                 s->nodes[next].function == function - 1)
            map[i] = next;
        else
            map[i] = hotpath_i_merged_node(s, m, parent, function - 1);
        if (map[i] == HOTPATH_I_UNKNOWN) continue;
        next = map[i] + 1;
        hotpath_i_add_node(s, t, m, &s->nodes[map[i]], node);
    }
    #if HOTPATH_I_ALLOC
    hotpath_i_add_outside(s, m, t);
    #endif
    if (m->mask == slots) s->temp = temp; /* the table that grew lies after the map and stays */
}
static void hotpath_i_merge_tree(hotpath_snapshot_t* s) {
    hotpath_i_merge_t m = {NULL, 0, NULL, 0};
    if (!hotpath_i_index_overrides(s, &m)) return;
    HOTPATH_I_EACH_RECORD(s, t) {
        if (!s->full) hotpath_i_merge_nodes_of(s, t, &m);
    }
    if (!s->unsettled || s->full) return;
    if (m.slots != NULL || hotpath_i_merge_grow(s, &m)) hotpath_i_settle(s, &m);
}
/* Whether anything reads the nodes once the functions have their sums. */
static bool hotpath_i_has_nodes(const hotpath_snapshot_t* s) {
    return (s->parts & HOTPATH_PART_TREE) != 0 || !s->times_later;
}
/* Leaves out nodes under which nothing happened; parents stay before children. */
static void hotpath_i_prune(hotpath_snapshot_t* s) {
    if (s->full || s->node_count == 0 || !hotpath_i_has_nodes(s)) return;
    uint32_t* to = (uint32_t*)hotpath_i_temp(s, s->node_count * sizeof *to);
    if (to == NULL) return;
    for (size_t i = s->node_count; i-- > 0;) {
        hotpath_node_t* n = &s->nodes[i];
        if (n->calls != 0 || n->total_ns != 0 || n->open_calls != 0 || n->alloc_count != 0)
            to[i] = 1;
        if (to[i] != 0 && n->parent != HOTPATH_NO_NODE) to[n->parent] = 1;
    }
    uint32_t kept = 0;
    for (size_t i = 0; i < s->node_count; i++) {
        bool keep = to[i] != 0;
        to[i] = keep ? kept : HOTPATH_NO_NODE;
        if (!keep) continue;
        s->nodes[kept] = s->nodes[i];
        if (s->nodes[kept].parent != HOTPATH_NO_NODE)
            s->nodes[kept].parent = to[s->nodes[kept].parent];
        kept++;
    }
    for (size_t k = 0; k < s->override_count; k++)
        s->overrides[k].merged =
            s->overrides[k].merged < s->node_count ? to[s->overrides[k].merged] : HOTPATH_NO_NODE;
    s->node_count = kept;
}
/* Links children and derives self times, first in the clock's units. A node's self is never below zero:
   while threads run, a parent may be read before its child. A node that sampling left out took at least
   as long as what was timed under it. */
static void hotpath_i_link_tree(hotpath_snapshot_t* s, bool sampled) {
    for (size_t i = s->node_count; i-- > 0;) {
        hotpath_node_t* n = &s->nodes[i];
        bool track = s->tracks && s->functions[n->function].kind == HOTPATH_KIND_TRACK;
        if (track || (sampled && n->total_ns < n->self_ns))
            n->total_ns = n->self_ns; /* which holds the children's sum until here */
        bool inner = n->depth == UINT32_MAX;
        n->self_ns = n->total_ns > n->self_ns && !inner ? n->total_ns - n->self_ns : 0;
    #if HOTPATH_I_ALLOC
        n->alloc_total_count += n->alloc_count;
        n->alloc_total_bytes += n->alloc_bytes;
    #endif
        if (n->parent == HOTPATH_NO_NODE) continue;
        hotpath_node_t* up = &s->nodes[n->parent];
    #if HOTPATH_I_ALLOC
        up->alloc_total_count += n->alloc_total_count;
        up->alloc_total_bytes += n->alloc_total_bytes;
    #endif
        up->self_ns += inner ? 0 : n->total_ns;
        n->next_sibling = up->first_child;
        up->first_child = (uint32_t)i;
    }
    /* Siblings were put in front, from the last on: they stand in order. */
    for (size_t i = 0; i < s->node_count && hotpath_i_has_nodes(s); i++) {
        hotpath_node_t* n = &s->nodes[i];
        n->depth = n->parent == HOTPATH_NO_NODE ? 0 : s->nodes[n->parent].depth + 1;
    }
}
/* The functions' sums over their nodes, in the clock's units. */
static void hotpath_i_sum_tree(hotpath_snapshot_t* s) {
    for (size_t i = 0; i < s->node_count; i++) {
        const hotpath_node_t* n = &s->nodes[i];
        hotpath_function_t* f = &s->functions[n->function];
        f->calls += n->calls;
        f->self_ns += n->self_ns;
        if (n->recursive == 0) f->total_ns += n->total_ns;
        if (HOTPATH_I_UNLIKELY((n->open_calls | n->errors | n->bytes) != 0))
            f->open_calls += n->open_calls, f->errors += n->errors, f->bytes += n->bytes;
    #if HOTPATH_I_ALLOC
        f->alloc_count += n->alloc_count;
        f->alloc_bytes += n->alloc_bytes;
        if (n->recursive != 0) continue;
        f->alloc_total_count += n->alloc_total_count;
        f->alloc_total_bytes += n->alloc_total_bytes;
    #endif
    }
}
static bool hotpath_i_has_ticks(const hotpath_function_t* f) {
    return f->kind != HOTPATH_KIND_SPAN && f->kind != HOTPATH_KIND_TRACK;
}
static void hotpath_i_sum_functions(hotpath_snapshot_t* s) {
    bool sampled = HOTPATH_I_LOAD(&hotpath_i_g.sampled) != 0;
    hotpath_i_link_tree(s, sampled);
    hotpath_i_sum_tree(s);
    for (size_t i = 0; i < s->node_count && hotpath_i_has_nodes(s); i++) {
        hotpath_node_t* n = &s->nodes[i];
        if (!hotpath_i_has_ticks(&s->functions[n->function])) continue;
        n->total_ns = hotpath_i_ns(n->total_ns);
        n->self_ns = hotpath_i_ns(n->self_ns);
    }
    if (!hotpath_i_has_nodes(s)) s->node_count = 0;
    for (size_t i = 0; i < s->function_count; i++) {
        hotpath_function_t* f = &s->functions[i];
        /* Levels of a recursion are estimated each by itself. */
        if (sampled && f->self_ns > f->total_ns) f->self_ns = f->total_ns;
        if (!hotpath_i_has_ticks(f)) continue;
        f->self_ns = hotpath_i_ns(f->self_ns);
        f->total_ns = hotpath_i_ns(f->total_ns);
    }
}

/* Executions: the newest, or the slowest, of all records. */
typedef struct hotpath_i_pick {
    uint64_t key;
    hotpath_i_execution_t execution;
    const hotpath_i_thread_t* thread;
} hotpath_i_pick_t;
typedef struct hotpath_i_picks {
    hotpath_i_pick_t* items; /* greatest key first */
    size_t count;
    size_t most;
    hotpath_i_pick_t* ring; /* room for what one ring holds, twice */
} hotpath_i_picks_t;

static bool hotpath_i_picks_new(hotpath_snapshot_t* s, hotpath_i_picks_t* p, size_t most) {
    size_t slots = hotpath_i_g.log_slots;
    p->count = 0;
    p->most = most;
    p->items = (hotpath_i_pick_t*)hotpath_i_temp(s, most * sizeof *p->items);
    p->ring = (hotpath_i_pick_t*)hotpath_i_temp(s, 2 * slots * sizeof *p->ring);
    return p->ring != NULL;
}
/* Takes one in if it is among the greatest; for a few, as each one is sorted in. */
static void hotpath_i_pick_one(hotpath_i_picks_t* p, uint64_t key,
    const hotpath_i_execution_t* execution, const hotpath_i_thread_t* thread) {
    if (p->count == p->most && (p->most == 0 || key <= p->items[p->count - 1].key)) return;
    size_t at = p->count < p->most ? p->count++ : p->count - 1;
    for (; at > 0 && p->items[at - 1].key < key; at--)
        p->items[at] = p->items[at - 1];
    p->items[at].key = key;
    p->items[at].execution = *execution;
    p->items[at].thread = thread;
}
static hotpath_i_execution_t hotpath_i_execution_load(const hotpath_i_execution_t* from) {
    hotpath_i_execution_t e;
    e.tick = HOTPATH_I_LOAD_ACQUIRE(&from->tick);
    e.duration = HOTPATH_I_LOAD_ACQUIRE(&from->duration);
    e.bits = HOTPATH_I_LOAD_ACQUIRE(&from->bits);
    e.meta = HOTPATH_I_LOAD_ACQUIRE(&from->meta);
    #if HOTPATH_I_ALLOC
    e.alloc_count = HOTPATH_I_LOAD_ACQUIRE(&from->alloc_count);
    e.alloc_bytes = HOTPATH_I_LOAD_ACQUIRE(&from->alloc_bytes);
    #endif
    return e;
}
/* Reads a ring into p->ring, newest first, as far as it can matter. Those that its owner overwrites
   meanwhile are left out. A ring by the recorder's clock is in order; the store's is not. */
static size_t hotpath_i_read_ring(const hotpath_i_picks_t* p, const hotpath_i_thread_t* t,
    const hotpath_i_ring_t* ring, bool own_clock) {
    uint64_t head = HOTPATH_I_LOAD_ACQUIRE(&ring->head), slots = ring->mask + 1;
    uint64_t used = head < slots ? head : slots;
    bool live = t != hotpath_i_g.ended, ordered = live && own_clock;
    size_t count = 0;
    for (uint64_t i = 0; i < head && i < slots; i++) {
        uint64_t index = head - 1 - i;
        uint64_t place = live ? index & ring->mask : used - 1 - i; /* the store fills it up once */
        hotpath_i_execution_t e = hotpath_i_execution_load(&ring->slots[place]);
        if (live && HOTPATH_I_LOAD(&ring->claimed) - index > slots) break;
        uint64_t key = e.tick + e.duration;
        bool none_is_newer = p->count == p->most && key <= p->items[p->count - 1].key;
        if (ordered && (none_is_newer || count == p->most)) break;
        p->ring[count].key = key;
        p->ring[count].execution = e;
        p->ring[count++].thread = t;
    }
    return count;
}
/* Sorts by merging, greatest key first; equal ones keep their order. */
static void hotpath_i_sort_picks(hotpath_i_pick_t* list, hotpath_i_pick_t* spare, size_t count) {
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t from = 0; from < count; from += 2 * width) {
            size_t middle = from + width < count ? from + width : count;
            size_t end = middle + width < count ? middle + width : count;
            for (size_t at = from, left = from, right = middle; at < end; at++) {
                bool first = right == end || (left < middle && list[left].key >= list[right].key);
                spare[at] = first ? list[left++] : list[right++];
            }
        }
        memcpy(list, spare, count * sizeof *list);
    }
}
/* Merges the ring's, which are in order, with the picks, and keeps the greatest: from the end on,
   so that it needs no further memory. Of equal ones those that were there stand first. */
static void hotpath_i_merge_picks(hotpath_i_picks_t* p, size_t count) {
    size_t kept = p->count + count < p->most ? p->count + count : p->most, old = 0, added = 0;
    while (old + added < kept) {
        if (added == count || (old < p->count && p->items[old].key >= p->ring[added].key))
            old++;
        else
            added++;
    }
    p->count = kept;
    while (added > 0) {
        bool from_ring = old == 0 || p->items[old - 1].key >= p->ring[added - 1].key;
        p->items[--kept] = from_ring ? p->ring[--added] : p->items[--old];
    }
}
/* The newest of a ring and of what was picked before. */
static void hotpath_i_pick_ring(hotpath_i_picks_t* p, const hotpath_i_thread_t* t,
    const hotpath_i_ring_t* ring, bool own_clock) {
    size_t count = hotpath_i_read_ring(p, t, ring, own_clock), i = 1;
    while (i < count && p->ring[i - 1].key >= p->ring[i].key)
        i++;
    if (i < count) hotpath_i_sort_picks(p->ring, p->ring + hotpath_i_g.log_slots, count);
    hotpath_i_merge_picks(p, count);
}
static void hotpath_i_pick_slowest(
    hotpath_i_picks_t* p, const hotpath_i_thread_t* t, const hotpath_i_frec_t* f) {
    hotpath_i_execution_t copy[HOTPATH_I_SLOWEST];
    bool whole = false;
    /* A handler would wait in vain for what it has interrupted. */
    const int most = t == hotpath_i_local.thread ? 1 : 100;
    for (int tries = 0; tries < most && !whole; tries++) {
        if (tries != 0) hotpath_i_os_yield();
        uint64_t sequence = HOTPATH_I_LOAD_ACQUIRE(&f->slow_sequence);
        for (size_t i = 0; i < HOTPATH_I_SLOWEST; i++)
            copy[i] = hotpath_i_execution_load(&f->slowest[i]);
        whole = (sequence & 1) == 0 && HOTPATH_I_LOAD(&f->slow_sequence) == sequence;
    }
    for (size_t i = 0; i < HOTPATH_I_SLOWEST && whole; i++)
        if (copy[i].meta != 0) hotpath_i_pick_one(p, copy[i].duration, &copy[i], t);
}
static hotpath_value_t hotpath_i_decode(
    hotpath_snapshot_t* s, const hotpath_i_thread_t* t, const hotpath_i_execution_t* e) {
    hotpath_value_t value;
    memset(&value, 0, sizeof value);
    value.type = (uint32_t)(e->meta & 0xff);
    if (value.type != HOTPATH_VALUE_TEXT) {
        memcpy(&value.as, &e->bits, sizeof e->bits);
        return value;
    }
    value.length = (uint32_t)(e->meta >> 8) & 0xffffu;
    size_t used = s->used;
    char* text = (char*)hotpath_i_keep(s, value.length + 1u);
    if (text == NULL || !hotpath_i_text_get(t, e->bits, value.length, text)) {
        s->used = used;
        memset(&value, 0, sizeof value); /* overtaken by later texts */
        return value;
    }
    value.as.text = text;
    return value;
}
static const hotpath_execution_t* hotpath_i_keep_executions(
    hotpath_snapshot_t* s, const hotpath_i_picks_t* p, bool nanoseconds) {
    hotpath_execution_t* list = (hotpath_execution_t*)hotpath_i_keep(s, p->count * sizeof *list);
    for (size_t i = 0; i < p->count && list != NULL; i++) {
        const hotpath_i_execution_t* e = &p->items[i].execution;
        list[i].at_ns = nanoseconds ? e->tick : hotpath_i_since_start_ns(e->tick);
        list[i].duration_ns = nanoseconds ? e->duration : hotpath_i_ns(e->duration);
        list[i].thread = e->meta >> 24;
        list[i].value = hotpath_i_decode(s, p->items[i].thread, e);
    #if HOTPATH_I_ALLOC
        list[i].alloc_count = e->alloc_count, list[i].alloc_bytes = e->alloc_bytes;
    #endif
    }
    return list;
}

/* What frecs add to a function. */
typedef struct hotpath_i_sums {
    uint64_t squares_low;
    uint64_t squares_high;
    uint64_t second; /* completed in the last full second */
    uint64_t peak;
} hotpath_i_sums_t;

static void hotpath_i_add_squares(hotpath_i_sums_t* sums, const hotpath_i_frec_t* f) {
    uint64_t high, low;
    do {
        high = HOTPATH_I_LOAD_ACQUIRE(&f->squares_high);
        low = HOTPATH_I_LOAD_ACQUIRE(&f->squares_low);
    } while (HOTPATH_I_LOAD(&f->squares_high) != high);
    high += (low >> 63) != (high & 1); /* the lower half is stored first */
    uint64_t sum = sums->squares_low + low;
    sums->squares_high += (high >> 1) + (sum < low);
    sums->squares_low = sum;
}
static void hotpath_i_add_rate(
    const hotpath_snapshot_t* s, hotpath_i_sums_t* sums, const hotpath_i_frec_t* f) {
    uint64_t window = s->window;
    /* A head that has calls of a second comes after what closed the second before. One from before
       that may stand with a later beginning: there is nothing to count then. */
    uint64_t ended = HOTPATH_I_LOAD_ACQUIRE(&f->ring.head) + HOTPATH_I_LOAD(&f->untimed);
    uint64_t current = HOTPATH_I_LOAD_ACQUIRE(&f->window);
    uint64_t begun = HOTPATH_I_LOAD(&f->window_head);
    uint64_t count = ended > begun ? ended - begun : 0;
    uint64_t peak = HOTPATH_I_LOAD(&f->peak);
    if (window == 0) {
        sums->second += ended;
    } else if (current == window) {
        if (HOTPATH_I_LOAD(&f->last_window) + 1 == window)
            sums->second += HOTPATH_I_LOAD(&f->last_count);
    } else {
        sums->second += current + 1 == window ? count : 0;
        peak = count > peak ? count : peak;
    }
    sums->peak = peak > sums->peak ? peak : sums->peak;
}
static void hotpath_i_add_reasons(
    hotpath_reason_t* reasons, uint32_t* used, const hotpath_i_frec_t* f, uint64_t* other) {
    uint32_t count = HOTPATH_I_LOAD_ACQUIRE(&f->reasons_used);
    *other += HOTPATH_I_LOAD(&f->reason_other);
    for (uint32_t i = 0; i < count; i++) {
        const hotpath_i_item_t* item =
            hotpath_i_item_of(HOTPATH_I_CLASS_REASON, (uint32_t)HOTPATH_I_LOAD(&f->reasons[i].id));
        uint64_t n = HOTPATH_I_LOAD(&f->reasons[i].count);
        const char* text = item != NULL ? item->name : "<other>";
        uint32_t k = 0;
        while (k < *used && reasons[k].text != text)
            k++;
        if (k == HOTPATH_I_REASONS) {
            *other += n;
            continue;
        }
        *used = k == *used ? k + 1 : *used;
        reasons[k].text = text;
        reasons[k].count += n;
    }
}
/* Records lie far apart: what is read of them is asked for while others are being read. */
typedef struct hotpath_i_reading {
    hotpath_snapshot_t* s;
    const uint32_t* list; /* which functions are read, in order, NULL for all */
    size_t count;
} hotpath_i_reading_t;

static hotpath_function_t* hotpath_i_reading_at(const hotpath_i_reading_t* reading, size_t i) {
    return &reading->s->functions[reading->list != NULL ? reading->list[i] : i];
}
static const hotpath_i_frec_t** hotpath_i_frecs_of(const hotpath_i_reading_t* reading, size_t i) {
    return reading->s->frecs + i % 3 * reading->s->record_count;
}
static void hotpath_i_fetch_frecs(const hotpath_i_reading_t* reading, size_t i) {
    if (i >= reading->count) return;
    const hotpath_snapshot_t* s = reading->s;
    uint32_t id = hotpath_i_reading_at(reading, i)->id;
    const hotpath_i_frec_t** frecs = hotpath_i_frecs_of(reading, i);
    for (size_t r = 0; r < s->record_count; r++) {
        const hotpath_i_frec_t* f = hotpath_i_frec_of(s->records[r], id);
        frecs[r] = f;
        if (f == NULL) continue;
        __builtin_prefetch(&f->ring.head);
        __builtin_prefetch(&f->waiting);
        __builtin_prefetch(&f->squares_high);
        __builtin_prefetch(&f->octave_bits);
        __builtin_prefetch(&f->untimed);
    }
}
static void hotpath_i_fetch_buckets(const hotpath_i_reading_t* reading, size_t i) {
    if (i >= reading->count) return;
    const hotpath_i_frec_t** frecs = hotpath_i_frecs_of(reading, i);
    for (size_t r = 0; r < reading->s->record_count; r++) {
        uint64_t left = frecs[r] != NULL ? HOTPATH_I_LOAD(&frecs[r]->octave_bits) : 0;
        for (; left != 0; left &= left - 1) {
            const uint64_t* buckets = HOTPATH_I_LOAD(&frecs[r]->octaves[__builtin_ctzll(left)]);
            for (size_t k = 0; k < HOTPATH_I_BUCKETS && buckets != NULL; k += 8)
                __builtin_prefetch(&buckets[k]);
        }
    }
}
/* Why calls failed; few functions have any. */
static void hotpath_i_merge_reasons(hotpath_snapshot_t* s, hotpath_function_t* f) {
    hotpath_reason_t reasons[HOTPATH_I_REASONS + 1];
    uint32_t used = 0;
    uint64_t other = 0;
    memset(reasons, 0, sizeof reasons);
    for (size_t r = 0; r < s->record_count; r++) {
        const hotpath_i_frec_t* from = hotpath_i_frec_of(s->records[r], f->id);
        if (from != NULL) hotpath_i_add_reasons(reasons, &used, from, &other);
    }
    if (other != 0) {
        reasons[used].text = "<other>";
        reasons[used++].count = other;
    }
    hotpath_reason_t* kept = (hotpath_reason_t*)hotpath_i_keep(s, used * sizeof *kept);
    if (kept != NULL && used != 0) memcpy(kept, reasons, used * sizeof *kept);
    f->reasons = kept;
    f->reasons_count = kept != NULL ? used : 0;
}
/* What few records have: it is told apart by one look. */
typedef struct hotpath_i_rare {
    uint64_t untimed;
    uint64_t abandoned;
    uint32_t most_rate; /* weights beyond it are of a sampling that is off by now */
    bool lite;
    bool reasons;
} hotpath_i_rare_t;

static uint64_t hotpath_i_is_rare(const hotpath_i_frec_t* f) {
    return HOTPATH_I_LOAD(&f->untimed) | HOTPATH_I_LOAD(&f->error_squares) |
           HOTPATH_I_LOAD(&f->abandoned) | HOTPATH_I_LOAD(&f->reason_other) |
           HOTPATH_I_LOAD(&f->reasons_used) | f->lite;
}
static void hotpath_i_add_rare(
    hotpath_i_rare_t* rare, hotpath_function_t* f, const hotpath_i_frec_t* from) {
    uint32_t rate = HOTPATH_I_LOAD(&from->weight);
    rate = rate < rare->most_rate ? rate : rare->most_rate;
    if (rate > f->sampling_rate) f->sampling_rate = rate;
    f->error_squares += hotpath_i_bits_double(HOTPATH_I_LOAD(&from->error_squares));
    rare->untimed += HOTPATH_I_LOAD(&from->untimed);
    rare->abandoned += HOTPATH_I_LOAD(&from->abandoned);
    rare->lite |= from->lite != 0;
    rare->reasons |=
        HOTPATH_I_LOAD(&from->reasons_used) != 0 || HOTPATH_I_LOAD(&from->reason_other) != 0;
}
/* Returns: whether there are reasons. */
static bool hotpath_i_merge_scalars(hotpath_snapshot_t* s, hotpath_function_t* f,
    const hotpath_i_frec_t** frecs, hotpath_i_sums_t* sums) {
    uint64_t min = UINT64_MAX, max = 0, all_timed = 0, sum = 0;
    bool some = (HOTPATH_I_LOAD(&hotpath_i_off) & HOTPATH_I_SOME) != 0;
    hotpath_i_rare_t rare = {0, 0, some ? UINT32_MAX : 1, false, false};
    f->sampling_rate = 1;
    for (size_t r = 0; r < s->record_count; r++) {
        const hotpath_i_frec_t* from = frecs[r];
        if (from == NULL) continue;
        all_timed += HOTPATH_I_LOAD_ACQUIRE(&from->ring.head);
        if (HOTPATH_I_UNLIKELY(some || hotpath_i_is_rare(from) != 0))
            hotpath_i_add_rare(&rare, f, from);
        sum += HOTPATH_I_LOAD(&from->sum);
        uint64_t least = HOTPATH_I_LOAD(&from->min), most = HOTPATH_I_LOAD(&from->max);
        min = least < min ? least : min;
        max = most > max ? most : max;
        hotpath_i_add_squares(sums, from);
        hotpath_i_add_rate(s, sums, from);
    }
    f->completed += all_timed + rare.untimed;
    f->sampled_calls += all_timed;
    f->estimated |= rare.untimed != 0;
    f->abandoned += rare.abandoned;
    f->sum_ticks += sum;
    f->lite |= rare.lite;
    /* Of those that have not ended, or never do, some may not be timed. */
    f->estimated |=
        f->error_squares > 0 || (f->sampling_rate > 1 && (f->abandoned != 0 || f->open_calls != 0));
    f->min_ns = f->sampled_calls != 0 && min != UINT64_MAX ? min : 0;
    f->max_ns = f->sampled_calls != 0 ? max : 0;
    return rare.reasons;
}
/* The octaves that a record has, with that of the execution that waits for its bucket. */
static uint64_t hotpath_i_octave_bits(const hotpath_i_frec_t* f, uint64_t waiting) {
    uint64_t d = hotpath_i_waiting_duration(waiting);
    return HOTPATH_I_LOAD(&f->octave_bits) |
           (waiting != 0 ? (uint64_t)1 << hotpath_i_octave_of(d) : 0);
}
/* The bucket of an execution that waited, with it, whether it still waits or not. What waits changes
   at most twice until it is another one. */
static uint64_t hotpath_i_with_waiting(
    const hotpath_i_frec_t* f, uint64_t waiting, size_t octave, size_t bucket) {
    for (;;) {
        uint64_t now = HOTPATH_I_LOAD_ACQUIRE(&f->waiting), count = 0;
        const uint64_t* buckets = HOTPATH_I_LOAD_ACQUIRE(&f->octaves[octave]);
        if (buckets != NULL) count = HOTPATH_I_LOAD_ACQUIRE(&buckets[bucket]);
        if ((now & ~HOTPATH_I_FOLDING) != (waiting & ~HOTPATH_I_FOLDING)) return count;
        count = (now & HOTPATH_I_FOLDING) != 0 ? HOTPATH_I_LOAD_ACQUIRE(&f->folded) : count + 1;
        if (HOTPATH_I_LOAD(&f->waiting) == now) return count;
    }
}
/* Adds the histogram of one record to the octaves of a function, of which `octaves` has a bit each. */
static void hotpath_i_add_histogram(
    uint64_t* to, uint64_t octaves, const hotpath_i_thread_t* t, const hotpath_i_frec_t* from) {
    uint64_t waiting = HOTPATH_I_LOAD_ACQUIRE(&from->waiting); /* before any bucket */
    uint64_t own = HOTPATH_I_LOAD(&from->octave_bits), d = hotpath_i_waiting_duration(waiting);
    size_t octave = waiting != 0 ? hotpath_i_octave_of(d) : HOTPATH_I_OCTAVES;
    if (waiting != 0) own |= (uint64_t)1 << octave;
    for (uint64_t left = octaves; left != 0; left &= left - 1, to += HOTPATH_I_OCTAVE_WORDS) {
        if ((own & left & (0 - left)) == 0) continue;
        size_t o = (size_t)__builtin_ctzll(left);
        const uint64_t* buckets = HOTPATH_I_LOAD_ACQUIRE(&from->octaves[o]);
        if (buckets == t->lite_octave) continue;
        size_t bucket = o == octave ? hotpath_i_bucket_of(d, o) : 0;
        uint64_t without = to[bucket];
        for (size_t k = 0; k < HOTPATH_I_BUCKETS && buckets != NULL; k += 4) {
            to[k] += HOTPATH_I_LOAD(&buckets[k]);
            to[k + 1] += HOTPATH_I_LOAD(&buckets[k + 1]);
            to[k + 2] += HOTPATH_I_LOAD(&buckets[k + 2]);
            to[k + 3] += HOTPATH_I_LOAD(&buckets[k + 3]);
        }
        if (o == octave)
            to[bucket] = without + hotpath_i_with_waiting(from, waiting, octave, bucket);
    }
}
static void hotpath_i_sum_octave(uint64_t* buckets) {
    uint64_t sum = 0, other = 0; /* two: neither waits for the other */
    for (size_t k = 0; k < HOTPATH_I_BUCKETS; k += 4) {
        sum += buckets[k] + buckets[k + 1];
        other += buckets[k + 2] + buckets[k + 3];
    }
    buckets[HOTPATH_I_BUCKETS + 1] = sum + other;
}
/* Adds the histograms. A function's octaves lie behind each other, lowest first. */
static void hotpath_i_merge_histogram(
    hotpath_snapshot_t* s, hotpath_function_t* f, const hotpath_i_frec_t** frecs) {
    uint64_t octaves = 0;
    for (size_t r = 0; r < s->record_count; r++)
        if (frecs[r] != NULL)
            octaves |= hotpath_i_octave_bits(frecs[r], HOTPATH_I_LOAD_ACQUIRE(&frecs[r]->waiting));
    uint32_t count = 0;
    for (uint64_t left = octaves; left != 0; left &= left - 1)
        count++;
    size_t size = HOTPATH_I_OCTAVE_WORDS;
    uint64_t* to = (uint64_t*)hotpath_i_keep(s, count * size * sizeof *to);
    if (to == NULL || count == 0) return;
    if (s->buckets == NULL) s->buckets = to;
    f->histogram_first = (uint32_t)(to - s->buckets);
    uint32_t n = 0;
    for (uint64_t left = octaves; left != 0; left &= left - 1)
        to[n++ * size + HOTPATH_I_BUCKETS] = (uint64_t)__builtin_ctzll(left);
    f->histogram_count = count;
    s->bucket_words = f->histogram_first + count * size;
    for (size_t r = 0; r < s->record_count; r++)
        if (frecs[r] != NULL) hotpath_i_add_histogram(to, octaves, s->records[r], frecs[r]);
    for (uint32_t o = 0; o < count; o++)
        hotpath_i_sum_octave(to + o * size);
}
static void hotpath_i_merge_log(hotpath_snapshot_t* s, hotpath_function_t* f,
    hotpath_i_picks_t* recent, hotpath_i_picks_t* slowest) {
    bool nanoseconds = f->kind == HOTPATH_KIND_SPAN;
    recent->count = slowest->count = 0;
    for (size_t r = 0; r < s->record_count; r++) {
        const hotpath_i_thread_t* t = s->records[r];
        const hotpath_i_frec_t* from = hotpath_i_frec_of(t, f->id);
        if (from == NULL) continue;
        hotpath_i_pick_ring(recent, t, &from->ring, !nanoseconds);
        hotpath_i_pick_slowest(slowest, t, from);
    }
    f->recent = hotpath_i_keep_executions(s, recent, nanoseconds);
    f->recent_count = f->recent != NULL ? (uint32_t)recent->count : 0;
    f->slowest = hotpath_i_keep_executions(s, slowest, nanoseconds);
    f->slowest_count = f->slowest != NULL ? (uint32_t)slowest->count : 0;
}
static void hotpath_i_merge_logs(hotpath_snapshot_t* s, const uint32_t* list, size_t count) {
    const hotpath_i_reading_t reading = {s, list, count};
    size_t temp = s->temp;
    hotpath_i_pick_t slow[HOTPATH_I_SLOWEST];
    hotpath_i_picks_t recent, slowest = {slow, 0, HOTPATH_I_SLOWEST, NULL};
    if (hotpath_i_picks_new(s, &recent, (size_t)hotpath_i_settings.logs_limit))
        for (size_t i = 0; i < count && !s->full; i++)
            hotpath_i_merge_log(s, hotpath_i_reading_at(&reading, i), &recent, &slowest);
    s->temp = temp;
}
/* Square root, without a mathematics library that would have to be linked: by the processor, or by
   Newton's method. That comes down from above: half the exponent is known from the bits. */
static double hotpath_i_sqrt(double v) {
    if (!(v > 0)) return 0;
    #if defined(__SSE2__)
    double root;
    __asm__("sqrtsd %1, %0" : "=x"(root) : "x"(v));
    return root;
    #else
    double r = hotpath_i_bits_double((hotpath_i_double_bits(v) >> 1) + ((uint64_t)0x1FF8 << 48));
    r = 0.5 * (r + v / r); /* from either side it is above then */
    for (int i = 0; i < 1100; i++) {
        double next = 0.5 * (r + v / r);
        if (!(next < r)) break;
        r = next;
    }
    return r;
    #endif
}
/* The buckets of a function's k-th octave in a snapshot, and which octave it is. */
static const uint64_t* hotpath_i_snapshot_octave(
    const hotpath_snapshot_t* s, const hotpath_function_t* f, uint32_t k, size_t* octave) {
    const uint64_t* buckets = s->buckets + f->histogram_first + (size_t)k * HOTPATH_I_OCTAVE_WORDS;
    *octave = (size_t)buckets[HOTPATH_I_BUCKETS];
    return buckets;
}
static uint64_t hotpath_i_histogram_sum(const hotpath_snapshot_t* s, const hotpath_function_t* f) {
    uint64_t sum = 0;
    size_t octave;
    for (uint32_t o = 0; o < f->histogram_count; o++)
        sum += hotpath_i_snapshot_octave(s, f, o, &octave)[HOTPATH_I_BUCKETS + 1];
    return sum;
}
/* How many executions those that were timed stand for: about all that have ended. */
static uint64_t hotpath_i_weights(const hotpath_snapshot_t* s, const hotpath_function_t* f) {
    return f->estimated ? hotpath_i_histogram_sum(s, f) : f->completed;
}
/* Half the interval of an estimate: that of the draws, or as much as those that ended are more or fewer
   than the samples stand for, which tells more where few were drawn. */
static void hotpath_i_finish_error(
    hotpath_function_t* f, uint64_t weights, double mean_ns, double unit) {
    double drawn = f->error_squares > 0 ? 1.96 * hotpath_i_sqrt(f->error_squares) * unit : 0;
    double left = weights > f->completed ? (double)(weights - f->completed)
                                         : (double)(f->completed - weights);
    double out = f->estimated ? left * mean_ns + 1.96 * hotpath_i_sqrt(left) * f->stdev_ns : 0;
    f->total_error_ns = drawn > out ? drawn : out;
}
/* Mean, deviation, bounds, in nanoseconds, of the completed executions; mean_ns comes with that of what
   stands in if none was timed. */
static void hotpath_i_finish_moments(const hotpath_snapshot_t* s, hotpath_function_t* f) {
    double unit = f->kind == HOTPATH_KIND_SPAN
                      ? 1.0
                      : (double)HOTPATH_I_LOAD(&hotpath_i_g.scale) / 1099511627776.0;
    uint64_t weights = hotpath_i_weights(s, f);
    double before = f->mean_ns;
    f->mean_ns = f->stdev_ns = 0;
    if (weights == 0) {
        hotpath_i_finish_error(f, weights, before, unit);
        return;
    }
    /* Σ(d - m)² = Σd² - m(Σd + r) with m and r of Σd / n: in whole numbers nothing cancels. */
    double n = (double)weights;
    uint64_t middle = f->sum_ticks / weights, rest = f->sum_ticks % weights;
    hotpath_i_wide_t off = hotpath_i_multiply(middle, f->sum_ticks + rest);
    uint64_t high = f->sum_squares_high - off.high - (f->sum_squares_low < off.low);
    uint64_t low = f->sum_squares_low - off.low;
    double part = (double)rest / n;
    double variance = ((double)high * 18446744073709551616.0 + (double)low) / n - part * part;
    if (high >> 63 != 0) variance = 0; /* read while a thread adds: the parts do not fit */
    f->mean_ns = ((double)middle + part) * unit;
    f->stdev_ns = variance > 0 ? hotpath_i_sqrt(variance) * unit : 0;
    hotpath_i_finish_error(f, weights, f->mean_ns, unit);
}
/* One function: scalars and histograms together, while they are near. */
static void hotpath_i_merge_function(
    hotpath_snapshot_t* s, hotpath_function_t* f, const hotpath_i_frec_t** frecs) {
    double elapsed = (double)s->info.elapsed_ns / 1e9;
    hotpath_i_sums_t sums;
    memset(&sums, 0, sizeof sums);
    if (hotpath_i_merge_scalars(s, f, frecs, &sums)) f->reasons_count = 1;
    hotpath_i_merge_histogram(s, f, frecs);
    f->sum_squares_high = sums.squares_high;
    f->sum_squares_low = sums.squares_low;
    hotpath_i_finish_moments(s, f);
    if (f->kind != HOTPATH_KIND_SPAN) {
        f->min_ns = hotpath_i_ns(f->min_ns);
        f->max_ns = hotpath_i_ns(f->max_ns);
    }
    f->calls_per_sec =
        elapsed < 1 && elapsed > 0 ? (double)sums.second / elapsed : (double)sums.second;
    f->calls_per_sec_peak = (double)(sums.peak > sums.second ? sums.peak : sums.second);
    if (f->calls_per_sec > f->calls_per_sec_peak) f->calls_per_sec_peak = f->calls_per_sec;
    f->has_times = true;
}
/* The number of the second that a moment is in. */
static uint64_t hotpath_i_window_of(uint64_t now) {
    uint64_t start = hotpath_i_g.start_tick;
    return now > start ? (now - start) / hotpath_i_window_ticks() : 0;
}
/* The histograms of all functions lie near each other: reasons come after them. */
static void hotpath_i_merge_functions(hotpath_snapshot_t* s, const uint32_t* list, size_t count) {
    const hotpath_i_reading_t reading = {s, list, count};
    s->window = hotpath_i_window_of(s->now);
    hotpath_i_fetch_frecs(&reading, 0);
    hotpath_i_fetch_frecs(&reading, 1);
    for (size_t i = 0; i < count && !s->full; i++) {
        hotpath_i_fetch_frecs(&reading, i + 2);
        hotpath_i_fetch_buckets(&reading, i + 1);
        hotpath_i_merge_function(
            s, hotpath_i_reading_at(&reading, i), hotpath_i_frecs_of(&reading, i));
    }
    for (size_t i = 0; i < count && !s->full; i++) {
        hotpath_function_t* f = hotpath_i_reading_at(&reading, i);
        if (f->reasons_count != 0) hotpath_i_merge_reasons(s, f);
    }
    if ((s->parts & HOTPATH_PART_LOGS) != 0) hotpath_i_merge_logs(s, list, count);
}

/* Threads, parked contexts, and the row of ended threads. */
static void hotpath_i_thread_sums(
    hotpath_snapshot_t* s, const hotpath_i_thread_t* t, hotpath_thread_t* row) {
    uint64_t busy = 0;
    uint32_t count = HOTPATH_I_LOAD_ACQUIRE(&t->node_count);
    const hotpath_i_node_t* node = hotpath_i_node_at(t, 0);
    for (uint32_t i = 1; i < count; i++) {
        node = hotpath_i_node_after(t, node, i);
        row->calls += HOTPATH_I_LOAD(&node->calls);
        if (node->parent != 0) continue;
        uint64_t open = 0;
        for (size_t k = 0; k < s->override_count; k++)
            if (s->overrides[k].node == node) {
                uint64_t seen = s->overrides[k].base + s->overrides[k].extra;
                open = seen > open ? seen : open;
            }
        uint64_t total = HOTPATH_I_LOAD(&node->total);
        busy += total > open ? total : open;
    }
    row->busy_ns += hotpath_i_ns(busy);
    #if HOTPATH_I_ALLOC
    hotpath_i_thread_allocs(s, t, row);
    #endif
}
static void hotpath_i_thread_open(
    hotpath_snapshot_t* s, hotpath_thread_t* row, const hotpath_context_t* stack) {
    size_t count = 0;
    for (size_t k = 0; k < s->override_count; k++)
        count += s->overrides[k].stack == stack && s->overrides[k].open != 0;
    hotpath_open_t* open = (hotpath_open_t*)hotpath_i_keep(s, count * sizeof *open);
    if (open == NULL) return;
    for (size_t k = 0, at = 0; k < count; k++, at++) {
        while (s->overrides[at].stack != stack || s->overrides[at].open == 0)
            at++;
        const hotpath_i_override_t* o = &s->overrides[at];
        uint32_t index = o->node->function <= s->id_count ? s->index_of[o->node->function] : 0;
        open[k].function = index != 0 ? index - 1 : 0;
        open[k].node = (s->parts & HOTPATH_PART_TREE) != 0 ? o->merged : HOTPATH_NO_NODE;
        open[k].at_ns = hotpath_i_since_start_ns(o->start);
        open[k].elapsed_ns = hotpath_i_ns(o->extra);
    }
    row->open = open;
    row->open_count = (uint32_t)count;
}
static hotpath_thread_t* hotpath_i_thread_row(
    hotpath_snapshot_t* s, const uint64_t* name, const char* text, uint32_t state) {
    char words[HOTPATH_I_NAME_MAX];
    if (name != NULL) hotpath_i_name_load(name, words);
    hotpath_thread_t* row = &s->threads[s->thread_count++];
    row->state = state;
    row->count = 1;
    row->name = hotpath_i_keep_text(s, name != NULL ? words : text);
    return row;
}
/* A thread that runs a context shows its own open scopes and, inside them, the context's. */
static void hotpath_i_append_open(
    hotpath_snapshot_t* s, uint64_t thread, const hotpath_thread_t* more) {
    for (size_t i = 0; i < s->thread_count; i++) {
        hotpath_thread_t* row = &s->threads[i];
        if (row->id != thread || row->state != HOTPATH_THREAD_LIVE) continue;
        uint32_t count = row->open_count + more->open_count;
        hotpath_open_t* open = (hotpath_open_t*)hotpath_i_keep(s, count * sizeof *open);
        if (open == NULL) return;
        if (row->open_count != 0) memcpy(open, row->open, row->open_count * sizeof *open);
        memcpy(open + row->open_count, more->open, more->open_count * sizeof *open);
        row->open = open;
        row->open_count = count;
    }
}
static void hotpath_i_list_threads(hotpath_snapshot_t* s) {
    size_t most = 1;
    for (hotpath_i_thread_t* t = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.threads); t; t = t->next)
        most++;
    for (hotpath_context_t* c = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.contexts); c; c = c->next)
        most++;
    s->threads = (hotpath_thread_t*)hotpath_i_keep(s, most * sizeof *s->threads);
    if (s->full) return;
    hotpath_thread_t ended;
    memset(&ended, 0, sizeof ended);
    for (hotpath_i_thread_t* t = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.threads);
         t != NULL && s->thread_count + 1 < most; t = t->next) {
        if (!hotpath_i_is_read(s, t)) continue;
        if (HOTPATH_I_LOAD(&t->state) == HOTPATH_I_RECORD_ENDED) {
            hotpath_i_thread_sums(s, t, &ended);
            ended.count++;
            continue;
        }
        hotpath_thread_t* row = hotpath_i_thread_row(s, t->name, NULL, HOTPATH_THREAD_LIVE);
        row->id = HOTPATH_I_LOAD(&t->id);
        row->os_tid = HOTPATH_I_LOAD(&t->os_tid);
        row->start_ns = hotpath_i_since_start_ns(HOTPATH_I_LOAD(&t->start_tick));
        if (hotpath_i_settings.stack_high_water != 0)
            row->stack_high_water_bytes = hotpath_i_os_stack_used(
                HOTPATH_I_LOAD(&t->stack_top), row->os_tid == hotpath_i_os_pid());
        hotpath_i_thread_sums(s, t, row);
        hotpath_i_thread_open(s, row, &t->own);
    }
    s->info.threads_live = s->thread_count;
    s->info.contexts = 0;
    for (size_t i = 1; i < s->thread_count; i++) /* few, and nearly in order: newest come first */
        for (size_t k = i; k > 0 && s->threads[k].id < s->threads[k - 1].id; k--) {
            hotpath_thread_t row = s->threads[k];
            s->threads[k] = s->threads[k - 1];
            s->threads[k - 1] = row;
        }
    for (hotpath_context_t* c = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.contexts);
         c != NULL && s->thread_count + 1 < most; c = c->next) {
        uint32_t state = HOTPATH_I_LOAD(&c->state);
        s->info.contexts += state != HOTPATH_I_CONTEXT_FREE;
        const hotpath_i_thread_t* t = HOTPATH_I_LOAD_ACQUIRE(&c->thread);
        if (state == HOTPATH_I_CONTEXT_FREE || t == NULL ||
            (s->thread != 0 && HOTPATH_I_LOAD(&t->id) != s->thread))
            continue;
        hotpath_thread_t row;
        memset(&row, 0, sizeof row);
        hotpath_i_thread_open(s, &row, c);
        if (row.open_count == 0 || state == HOTPATH_I_CONTEXT_RUNNING) {
            if (row.open_count != 0) hotpath_i_append_open(s, HOTPATH_I_LOAD(&t->id), &row);
            continue;
        }
        hotpath_thread_t* kept = hotpath_i_thread_row(s, c->name, NULL, HOTPATH_THREAD_PARKED);
        kept->open = row.open, kept->open_count = row.open_count;
        kept->start_ns = row.open[0].at_ns;
    }
    if (hotpath_i_g.ended != NULL && s->thread == 0) {
        hotpath_i_thread_sums(s, hotpath_i_g.ended, &ended);
        ended.count += hotpath_i_g.ended->threads_merged;
    }
    s->info.threads_ended = ended.count;
    if (ended.count != 0) {
        hotpath_thread_t* row = hotpath_i_thread_row(s, NULL, "<ended>", HOTPATH_THREAD_ENDED);
        ended.name = row->name, ended.state = row->state;
        *row = ended;
    }
}

/* Values. */
static hotpath_value_t hotpath_i_gauge_value(const hotpath_i_gauge_t* g, uint64_t bits) {
    return HOTPATH_I_LOAD(&g->is_double) == 2
               ? hotpath_i_value_of_double(hotpath_i_bits_double(bits))
               : hotpath_i_value_of_int((int64_t)bits);
}
static void hotpath_i_list_gauge(
    hotpath_snapshot_t* s, hotpath_entry_t* entry, const hotpath_i_gauge_t* g) {
    uint64_t head = HOTPATH_I_LOAD(&g->updates);
    entry->count = head;
    entry->last = hotpath_i_gauge_value(g, HOTPATH_I_LOAD_ACQUIRE(&g->bits));
    uint64_t least = HOTPATH_I_LOAD(&g->least), top = HOTPATH_I_LOAD_ACQUIRE(&g->most);
    if (least <= top) {
        entry->min = hotpath_i_gauge_value(g, hotpath_i_gauge_unorder(g, least));
        entry->max = hotpath_i_gauge_value(g, hotpath_i_gauge_unorder(g, top));
    }
    uint64_t most = (s->parts & HOTPATH_PART_LOGS) != 0 ? hotpath_i_settings.logs_limit : 0;
    most = head < most ? head : most;
    hotpath_sample_t* list = (hotpath_sample_t*)hotpath_i_keep(s, (size_t)most * sizeof *list);
    for (uint64_t i = 0; i < most && list != NULL; i++) {
        const hotpath_i_gauge_slot_t* slot = &g->history[(head - 1 - i) % g->slots];
        uint64_t sequence = HOTPATH_I_LOAD_ACQUIRE(&slot->sequence);
        uint64_t tick = HOTPATH_I_LOAD_ACQUIRE(&slot->tick);
        uint64_t bits = HOTPATH_I_LOAD_ACQUIRE(&slot->bits);
        uint64_t thread = HOTPATH_I_LOAD_ACQUIRE(&slot->thread);
        if (sequence != head - i || HOTPATH_I_LOAD(&slot->sequence) != sequence)
            continue; /* being written, or overwritten already */
        hotpath_sample_t* sample = &list[entry->history_count++];
        sample->at_ns = hotpath_i_since_start_ns(tick);
        sample->thread = thread;
        sample->value = hotpath_i_gauge_value(g, bits);
    }
    entry->history = list;
}
static void hotpath_i_list_values(
    hotpath_snapshot_t* s, hotpath_entry_t* entry, hotpath_i_picks_t* recent) {
    bool logs = (s->parts & HOTPATH_PART_LOGS) != 0;
    recent->count = 0;
    HOTPATH_I_EACH_RECORD(s, t) {
        const hotpath_i_ring_t* ring = hotpath_i_ring_of(t, entry->id);
        if (ring == NULL) continue;
        entry->count += HOTPATH_I_LOAD(&ring->head);
        hotpath_i_pick_ring(recent, t, ring, true);
    }
    hotpath_sample_t* list = (hotpath_sample_t*)hotpath_i_keep(s, recent->count * sizeof *list);
    uint32_t count = 0;
    for (size_t i = 0; i < recent->count && list != NULL; i++) {
        const hotpath_i_execution_t* e = &recent->items[i].execution;
        if ((e->meta & 0xff) == HOTPATH_VALUE_NONE) continue; /* not to be kept */
        list[count].at_ns = hotpath_i_since_start_ns(e->tick);
        list[count].thread = e->meta >> 24;
        list[count++].value = hotpath_i_decode(s, recent->items[i].thread, e);
    }
    if (count == 0) return;
    entry->last = list[0].value;
    entry->history = logs ? list : NULL;
    entry->history_count = logs ? count : 0;
}
static void hotpath_i_list_entries(hotpath_snapshot_t* s) {
    uint32_t count = HOTPATH_I_LOAD(&hotpath_i_g.item_count[HOTPATH_I_CLASS_ENTRY]);
    size_t temp = s->temp;
    bool logs = (s->parts & HOTPATH_PART_LOGS) != 0;
    hotpath_i_picks_t recent;
    s->entries = (hotpath_entry_t*)hotpath_i_keep(s, count * sizeof *s->entries);
    if (!hotpath_i_picks_new(s, &recent, logs ? (size_t)hotpath_i_settings.logs_limit : 1)) return;
    for (uint32_t id = 1; id <= count && !s->full; id++) {
        const hotpath_i_item_t* item = hotpath_i_item_of(HOTPATH_I_CLASS_ENTRY, id);
        if (item == NULL) continue;
        hotpath_entry_t* entry = &s->entries[s->entry_count++];
        entry->id = id, entry->kind = item->kind;
        entry->name = item->name, entry->file = item->file, entry->line = item->line;
        if (item->gauge != NULL)
            hotpath_i_list_gauge(s, entry, item->gauge);
        else
            hotpath_i_list_values(s, entry, &recent);
    }
    s->temp = temp;
}

/* Frames, and what was inside of those that were kept. */

/* A kept execution, and where it was. */
typedef struct hotpath_i_found {
    hotpath_i_kept_t kept;
    const hotpath_i_thread_t* thread;
    const hotpath_i_inside_t* inside;
    uint64_t* slots;
} hotpath_i_found_t;

/* The child of a node of the snapshot for a function; of HOTPATH_NO_NODE a root. */
static uint32_t hotpath_i_child_of(
    const hotpath_snapshot_t* s, uint32_t parent, uint32_t function) {
    uint32_t i = 0;
    if (parent == HOTPATH_NO_NODE) {
        while (i < s->node_count &&
               (s->nodes[i].parent != HOTPATH_NO_NODE || s->nodes[i].function != function))
            i++;
        return i < s->node_count ? i : HOTPATH_NO_NODE;
    }
    i = s->nodes[parent].first_child;
    while (i != HOTPATH_NO_NODE && s->nodes[i].function != function)
        i = s->nodes[i].next_sibling;
    return i;
}
    #define HOTPATH_I_INSIDE_DEPTH 256
/* The node of the snapshot that a record's node was merged into; one that is deeper is not looked for. */
static uint32_t hotpath_i_node_of_record(
    hotpath_snapshot_t* s, const hotpath_i_thread_t* t, uint32_t index) {
    uint32_t path[HOTPATH_I_INSIDE_DEPTH], depth = 0, found = HOTPATH_NO_NODE;
    if ((s->parts & HOTPATH_PART_TREE) == 0) return found;
    for (; index != 0; index = hotpath_i_node_at(t, index)->parent) {
        if (depth == HOTPATH_I_INSIDE_DEPTH) return found;
        path[depth++] = hotpath_i_node_at(t, index)->function;
    }
    while (depth != 0) {
        uint32_t id = path[--depth], function = id <= s->id_count ? s->index_of[id] : 0;
        found = function != 0 ? hotpath_i_child_of(s, found, function - 1) : HOTPATH_NO_NODE;
        if (found == HOTPATH_NO_NODE) break;
    }
    return found;
}
/* The slowest of what all records have kept of a function, slowest first. Returns: how many. */
static size_t hotpath_i_find_slowest(
    hotpath_snapshot_t* s, uint32_t id, hotpath_i_found_t* list, size_t most) {
    hotpath_i_found_t found;
    size_t count = 0;
    for (size_t r = 0; r < s->record_count; r++) {
        const hotpath_i_frec_t* f = hotpath_i_frec_of(s->records[r], id);
        found.thread = s->records[r];
        found.inside = f != NULL ? HOTPATH_I_LOAD_ACQUIRE(&f->inside) : NULL;
        if (found.inside == NULL) continue;
        found.slots = HOTPATH_I_LOAD_ACQUIRE(&found.inside->slots);
        for (uint32_t i = 0; i < found.inside->slowest && found.slots != NULL; i++) {
            const uint64_t* slot = hotpath_i_slot_at(found.inside, found.slots, i);
            if (!hotpath_i_slot_load(found.inside, slot, &found.kept)) continue;
            size_t at = count < most ? count++ : most;
            for (; at > 0 && list[at - 1].kept.duration < found.kept.duration; at--)
                if (at < most) list[at] = list[at - 1];
            if (at < most) list[at] = found;
        }
    }
    return count;
}
/* The last executions that were kept where one was found. Returns: how many. */
static size_t hotpath_i_find_recent(const hotpath_i_found_t* found, hotpath_i_kept_t* list) {
    const hotpath_i_inside_t* in = found->inside;
    size_t count = 0;
    for (uint32_t i = 0; i < in->recent; i++)
        count += hotpath_i_slot_load(
            in, hotpath_i_slot_at(in, found->slots, in->slowest + i), &list[count]);
    return count;
}
static uint64_t hotpath_i_kept_unmarked(const hotpath_i_kept_t* kept) {
    return hotpath_i_minus(kept->duration, kept->covered);
}
/* The median of what a node took by itself; with node 0 of what no scope had. */
static uint64_t hotpath_i_median_of(const hotpath_i_kept_t* list, size_t count, uint64_t node) {
    uint64_t values[HOTPATH_I_FRAMES_RECENT];
    for (size_t i = 0; i < count; i++) {
        uint64_t value = node == 0 ? hotpath_i_kept_unmarked(&list[i]) : 0;
        for (uint64_t k = 0; k < list[i].count && node != 0; k++)
            if (list[i].rows[k].node == node) value = list[i].rows[k].self;
        size_t at = i;
        for (; at > 0 && values[at - 1] > value; at--)
            values[at] = values[at - 1];
        values[at] = value;
    }
    return count != 0 ? values[(count - 1) / 2] : 0;
}
/* Keeps what was inside, most excess over the median of `recent` first. What a row is of may be newer
   than the snapshot: it goes to *other. */
static const hotpath_inside_t* hotpath_i_keep_inside(hotpath_snapshot_t* s,
    const hotpath_i_found_t* found, const hotpath_i_kept_t* recent, size_t recent_count,
    uint32_t* count, uint64_t* other) {
    const hotpath_i_kept_t* kept = &found->kept;
    hotpath_inside_t* rows =
        (hotpath_inside_t*)hotpath_i_keep(s, (size_t)kept->count * sizeof *rows);
    *count = 0;
    for (uint64_t i = 0; i < kept->count && rows != NULL; i++) {
        const hotpath_i_inside_row_t* from = &kept->rows[i];
        uint32_t id = hotpath_i_node_at(found->thread, (uint32_t)from->node)->function;
        uint32_t function = id <= s->id_count ? s->index_of[id] : 0;
        if (function == 0) {
            *other += from->self;
            continue;
        }
        hotpath_inside_t row;
        row.function = function - 1;
        row.node = hotpath_i_node_of_record(s, found->thread, (uint32_t)from->node);
        row.calls = from->calls;
        row.total_ns = hotpath_i_ns(from->total);
        row.self_ns = hotpath_i_ns(from->self);
        row.median_ns = hotpath_i_ns(hotpath_i_median_of(recent, recent_count, from->node));
        row.excess_ns = (int64_t)row.self_ns - (int64_t)row.median_ns;
        uint32_t at = (*count)++;
        for (; at > 0 && rows[at - 1].excess_ns < row.excess_ns; at--)
            rows[at] = rows[at - 1];
        rows[at] = row;
    }
    return rows;
}
static void hotpath_i_keep_worst(
    hotpath_snapshot_t* s, hotpath_worst_frame_t* worst, const hotpath_i_found_t* found) {
    const hotpath_i_kept_t* kept = &found->kept;
    size_t temp = s->temp;
    hotpath_i_kept_t* recent =
        (hotpath_i_kept_t*)hotpath_i_temp(s, HOTPATH_I_FRAMES_RECENT * sizeof *recent);
    if (recent == NULL) return;
    size_t count = hotpath_i_find_recent(found, recent);
    uint64_t other = kept->other_self;
    worst->id = kept->number;
    worst->thread = kept->meta >> 24;
    worst->at_ns = hotpath_i_since_start_ns(kept->tick);
    worst->duration_ns = hotpath_i_ns(kept->duration);
    worst->inside = hotpath_i_keep_inside(s, found, recent, count, &worst->inside_count, &other);
    worst->other_ns = hotpath_i_ns(other);
    worst->other_calls = kept->other_calls;
    worst->unmarked_ns = hotpath_i_ns(hotpath_i_kept_unmarked(kept));
    worst->unmarked_median_ns = hotpath_i_ns(hotpath_i_median_of(recent, count, 0));
    worst->inside_shared = (kept->flags & HOTPATH_I_SHARED) != 0;
    worst->inside_truncated = (kept->flags & HOTPATH_I_TRUNCATED) != 0;
    s->temp = temp;
}
/* What the records know of frames beside their function. */
static void hotpath_i_merge_frame_counts(
    const hotpath_snapshot_t* s, uint32_t id, hotpath_frame_t* row) {
    uint64_t jitter = 0;
    for (size_t r = s->record_count; r-- > 0;) { /* the store of ended threads is the last one */
        const hotpath_i_frec_t* f = hotpath_i_frec_of(s->records[r], id);
        const hotpath_i_inside_t* in = f != NULL ? HOTPATH_I_LOAD_ACQUIRE(&f->inside) : NULL;
        const hotpath_i_frames_t* frames = (const hotpath_i_frames_t*)(const void*)in;
        if (frames == NULL) continue;
        uint64_t budget = HOTPATH_I_LOAD(&frames->budget);
        row->budget_ns = budget != 0 ? budget : row->budget_ns;
        row->over_budget += HOTPATH_I_LOAD(&frames->over_budget);
        jitter += HOTPATH_I_LOAD(&frames->jitter);
        row->jitter_count += HOTPATH_I_LOAD(&frames->jitter_count);
    }
    row->jitter_sum_ns = hotpath_i_ns(jitter);
}
/* What a row has from its function, and what follows from that. */
static void hotpath_i_finish_frame(const hotpath_snapshot_t* s, hotpath_frame_t* row) {
    const hotpath_function_t* f = &s->functions[row->function];
    double window = (double)s->info.window_ns / 1e9;
    row->name = f->name;
    row->count = f->completed;
    row->total_ns = hotpath_i_ns(f->sum_ticks);
    row->min_ns = f->min_ns, row->max_ns = f->max_ns;
    row->mean_ns = f->mean_ns, row->stdev_ns = f->stdev_ns;
    row->fps = f->calls_per_sec;
    if (s->info.is_difference) row->fps = window > 0 ? (double)row->count / window : 0;
    if (row->over_budget > row->count) row->over_budget = row->count; /* of one that ends now */
    double count = (double)row->jitter_count;
    row->jitter_ns = count > 0 ? (double)row->jitter_sum_ns / count : 0;
}
/* How many of the worst frames that are over the budget come a multiple of `period` after or before one
   of them, with it. Args: n, how many are over the budget on its thread. */
static uint32_t hotpath_i_in_period(
    const hotpath_frame_t* row, const hotpath_worst_frame_t* of, uint64_t period, uint32_t* n) {
    uint32_t fits = *n = 0;
    for (uint32_t i = 0; i < row->worst_count; i++) {
        const hotpath_worst_frame_t* w = &row->worst[i];
        if (w->thread != of->thread || w->duration_ns <= row->budget_ns) continue;
        uint64_t apart = w->id > of->id ? w->id - of->id : of->id - w->id;
        fits += apart % period == 0;
        (*n)++;
    }
    return fits;
}
/* A period is one if all of four, or six of eight, of the worst have it (all, if it is so short that some
   would by chance), and not far more frames are over the budget than it says. */
static uint64_t hotpath_i_frame_period(const hotpath_frame_t* row) {
    uint64_t least = 0;
    for (uint32_t i = 0; i < row->worst_count && row->budget_ns != 0; i++)
        for (uint32_t k = 0; k < row->worst_count; k++) {
            const hotpath_worst_frame_t *a = &row->worst[i], *b = &row->worst[k];
            uint64_t period = a->id > b->id ? a->id - b->id : 0;
            if (a->thread != b->thread || period < 2 || (least != 0 && period >= least)) continue;
            double expected = (double)row->count / (double)period;
            double over = (double)row->over_budget;
            uint32_t n, fits = hotpath_i_in_period(row, a, period, &n);
            bool rate = over >= 0.8 * (expected - 1) && over <= 3 * (expected + 1);
            uint32_t misses = period < 16 ? 0 : (n - 2) / 3;
            if (n >= 4 && n - fits <= misses && rate) least = period;
        }
    return least;
}
static void hotpath_i_list_frames(hotpath_snapshot_t* s) {
    size_t temp = s->temp, most = 0;
    hotpath_i_found_t* list =
        (hotpath_i_found_t*)hotpath_i_temp(s, HOTPATH_I_FRAMES_WORST * sizeof *list);
    for (size_t i = 0; i < s->function_count; i++)
        most += s->functions[i].kind == HOTPATH_KIND_FRAME;
    s->frames = (hotpath_frame_t*)hotpath_i_keep(s, most * sizeof *s->frames);
    for (uint32_t i = 0; i < s->function_count && !s->full; i++) {
        if (s->functions[i].kind != HOTPATH_KIND_FRAME) continue;
        if (!s->functions[i].has_times) hotpath_i_merge_functions(s, &i, 1);
        hotpath_frame_t* row = &s->frames[s->frame_count++];
        row->function = i;
        hotpath_i_merge_frame_counts(s, s->functions[i].id, row);
        hotpath_i_finish_frame(s, row);
        size_t count = hotpath_i_find_slowest(s, s->functions[i].id, list, HOTPATH_I_FRAMES_WORST);
        hotpath_worst_frame_t* worst =
            (hotpath_worst_frame_t*)hotpath_i_keep(s, count * sizeof *worst);
        for (size_t k = 0; k < count && !s->full; k++)
            hotpath_i_keep_worst(s, &worst[k], &list[k]);
        row->worst = worst;
        row->worst_count = worst != NULL ? (uint32_t)count : 0;
        row->period = hotpath_i_frame_period(row);
    }
    s->temp = temp;
}
/* Phases are in no tree: their calls and totals are those that have ended. */
static void hotpath_i_list_phases(hotpath_snapshot_t* s) {
    for (uint32_t i = 0; i < s->function_count && !s->full; i++) {
        hotpath_function_t* f = &s->functions[i];
        if (f->kind != HOTPATH_KIND_MARK) continue;
        if (!f->has_times) hotpath_i_merge_functions(s, &i, 1);
        f->calls = f->completed;
        f->total_ns = hotpath_i_ns(f->sum_ticks);
    }
}
/* What frames can need of a snapshot. */
static size_t hotpath_i_size_of_frames(void) {
    size_t count = HOTPATH_I_LOAD(&hotpath_i_g.item_count[HOTPATH_I_CLASS_FUNCTION]), names = 2;
    for (uint32_t id = 1; id <= count; id++) {
        const hotpath_i_item_t* item = hotpath_i_item_of(HOTPATH_I_CLASS_FUNCTION, id);
        names += item != NULL && item->kind == HOTPATH_KIND_FRAME;
    }
    return names *
               (sizeof(hotpath_frame_t) +
                   HOTPATH_I_FRAMES_WORST * (sizeof(hotpath_worst_frame_t) +
                                                HOTPATH_I_INSIDE_ROWS * sizeof(hotpath_inside_t))) +
           HOTPATH_I_FRAMES_WORST * sizeof(hotpath_i_found_t) +
           HOTPATH_I_FRAMES_RECENT * sizeof(hotpath_i_kept_t) + 64;
}

/* Keys of spans. */
static hotpath_span_row_t* hotpath_i_span_row_of(const hotpath_snapshot_t* s, uint32_t function) {
    size_t low = 0, high = s->span_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (s->spans[middle].function < function)
            low = middle + 1;
        else
            high = middle;
    }
    return low < s->span_count && s->spans[low].function == function ? &s->spans[low] : NULL;
}
static void hotpath_i_keep_span_slow(hotpath_snapshot_t* s, hotpath_span_row_t* row) {
    size_t temp = s->temp;
    hotpath_i_found_t* found =
        (hotpath_i_found_t*)hotpath_i_temp(s, HOTPATH_SPAN_SLOWEST * sizeof *found);
    if (found == NULL) return;
    size_t count =
        hotpath_i_find_slowest(s, s->functions[row->function].id, found, HOTPATH_SPAN_SLOWEST);
    hotpath_span_slow_t* list = (hotpath_span_slow_t*)hotpath_i_keep(s, count * sizeof *list);
    for (size_t i = 0; i < count && list != NULL; i++) {
        const hotpath_i_kept_t* kept = &found[i].kept;
        uint64_t other = kept->other_self;
        list[i].at_ns = hotpath_i_since_start_ns(kept->tick);
        list[i].duration_ns = hotpath_i_ns(kept->duration);
        list[i].thread = kept->meta >> 24;
        list[i].rows = kept->facts[0];
        list[i].status = (int)(int32_t)kept->facts[1];
        list[i].inside =
            hotpath_i_keep_inside(s, &found[i], NULL, 0, &list[i].inside_count, &other);
        list[i].other_ns = hotpath_i_ns(other);
        list[i].other_calls = kept->other_calls;
        list[i].unmarked_ns = hotpath_i_ns(hotpath_i_kept_unmarked(kept));
        list[i].inside_shared = (kept->flags & HOTPATH_I_SHARED) != 0;
        list[i].inside_truncated = (kept->flags & HOTPATH_I_TRUNCATED) != 0;
    }
    row->slowest = list;
    row->slowest_count = list != NULL ? (uint32_t)count : 0;
    s->temp = temp;
}
/* Means over the window, once count and total are known. */
static void hotpath_i_span_rates(const hotpath_snapshot_t* s, hotpath_span_row_t* row) {
    double window = (double)s->info.window_ns;
    row->per_second_mean = window > 0 ? (double)row->completed * 1e9 / window : 0;
    row->concurrency = window > 0 ? (double)row->total_ns / window : 0;
}
static void hotpath_i_fill_span(hotpath_snapshot_t* s, hotpath_span_row_t* row) {
    const hotpath_function_t* f = &s->functions[row->function];
    uint64_t counts[HOTPATH_I_SPAN_COUNTS] = {0};
    hotpath_i_sums_t sums;
    memset(&sums, 0, sizeof sums);
    for (size_t r = 0; r < s->record_count; r++) {
        const hotpath_i_frec_t* from = hotpath_i_frec_of(s->records[r], f->id);
        if (from == NULL) continue;
        row->completed += HOTPATH_I_LOAD(&from->ring.head) + HOTPATH_I_LOAD(&from->untimed);
        hotpath_i_add_rate(s, &sums, from);
        const hotpath_i_span_sums_t* spans = HOTPATH_I_LOAD_ACQUIRE(&from->spans);
        for (size_t i = 0; i < HOTPATH_I_SPAN_COUNTS && spans != NULL; i++)
            counts[i] += HOTPATH_I_LOAD(&spans->counts[i]);
    }
    row->kind = f->kind - HOTPATH_KIND_SQL + HOTPATH_SPAN_SQL;
    row->key = f->name;
    row->count = f->calls, row->open = f->open_calls;
    row->errors = f->errors, row->total_ns = f->total_ns;
    row->status_4xx = counts[HOTPATH_I_SPAN_4XX];
    row->status_5xx = counts[HOTPATH_I_SPAN_5XX];
    row->rows = counts[HOTPATH_I_SPAN_ROWS];
    row->bytes_in = counts[HOTPATH_I_SPAN_BYTES_IN];
    row->bytes_out = counts[HOTPATH_I_SPAN_BYTES_OUT];
    row->fullscan_steps = counts[HOTPATH_I_SPAN_FULLSCAN];
    for (size_t i = 0; i < HOTPATH_SPAN_PHASES; i++) {
        row->phases_ns[i] = counts[HOTPATH_I_SPAN_PHASE + i];
        row->phases_count[i] = counts[HOTPATH_I_SPAN_PHASE + HOTPATH_SPAN_PHASES + i];
    }
    double elapsed = (double)s->info.elapsed_ns / 1e9, second = (double)sums.second;
    row->per_second = elapsed < 1 && elapsed > 0 ? second / elapsed : second;
    row->per_second_peak = (double)sums.peak > second ? (double)sums.peak : second;
    if (row->per_second > row->per_second_peak) row->per_second_peak = row->per_second;
    hotpath_i_span_rates(s, row);
    if ((s->parts & HOTPATH_PART_LOGS) != 0) hotpath_i_keep_span_slow(s, row);
}
/* Callers of a key, by function: what was found so far, and where. */
typedef struct hotpath_i_callers {
    hotpath_span_caller_t* list;
    uint32_t count;
    uint32_t* place; /* of functions: in the list, + 1 */
    uint32_t* seen;  /* of nodes: the last row that they called in, + 1 */
} hotpath_i_callers_t;

static void hotpath_i_add_caller(const hotpath_snapshot_t* s, hotpath_i_callers_t* c, uint32_t row,
    uint32_t caller, uint64_t calls) {
    const hotpath_node_t* n = &s->nodes[caller];
    uint32_t* place = &c->place[n->function];
    if (*place == 0) {
        *place = ++c->count;
        memset(&c->list[*place - 1], 0, sizeof *c->list);
        c->list[*place - 1].function = n->function;
    }
    hotpath_span_caller_t* entry = &c->list[*place - 1];
    entry->calls += calls;
    if (c->seen[caller] != row + 1) entry->caller_calls += n->calls;
    c->seen[caller] = row + 1;
}
/* Keeps those with most calls; of equal ones the first. */
static const hotpath_span_caller_t* hotpath_i_keep_callers(
    hotpath_snapshot_t* s, hotpath_i_callers_t* c, uint32_t* count) {
    uint32_t most = c->count < HOTPATH_SPAN_CALLERS ? c->count : HOTPATH_SPAN_CALLERS;
    for (uint32_t i = 0; i < c->count; i++)
        c->place[c->list[i].function] = 0;
    hotpath_span_caller_t* kept = (hotpath_span_caller_t*)hotpath_i_keep(s, most * sizeof *kept);
    for (uint32_t k = 0; k < most && kept != NULL; k++) {
        uint32_t best = 0;
        for (uint32_t i = 1; i < c->count; i++)
            if (c->list[i].calls > c->list[best].calls) best = i;
        kept[k] = c->list[best];
        c->list[best].calls = 0;
        if (kept[k].caller_calls != 0)
            kept[k].per_call = (double)kept[k].calls / (double)kept[k].caller_calls;
    }
    *count = kept != NULL ? most : 0;
    c->count = 0;
    return kept;
}
/* The nearest request from outside above a node. */
static uint32_t hotpath_i_route_of(const hotpath_snapshot_t* s, uint32_t node) {
    do {
        node = s->nodes[node].parent;
    } while (node != HOTPATH_NO_NODE &&
             s->functions[s->nodes[node].function].kind != HOTPATH_KIND_SERVER);
    return node;
}
/* From where each key was called: its nodes form a chain. */
static void hotpath_i_list_callers(hotpath_snapshot_t* s) {
    size_t temp = s->temp;
    hotpath_i_callers_t c = {NULL, 0, NULL, NULL};
    uint32_t* next = (uint32_t*)hotpath_i_temp(s, s->node_count * sizeof *next);
    uint32_t* first = (uint32_t*)hotpath_i_temp(s, s->span_count * sizeof *first);
    c.seen = (uint32_t*)hotpath_i_temp(s, 2 * s->node_count * sizeof *c.seen);
    c.place = (uint32_t*)hotpath_i_temp(s, s->function_count * sizeof *c.place);
    c.list = (hotpath_span_caller_t*)hotpath_i_temp(s, s->function_count * sizeof *c.list);
    for (size_t i = s->node_count; i-- > 0 && !s->full;) {
        const hotpath_span_row_t* row = hotpath_i_span_row_of(s, s->nodes[i].function);
        if (row == NULL) continue;
        next[i] = first[row - s->spans];
        first[row - s->spans] = (uint32_t)i + 1;
    }
    for (uint32_t k = 0; k < s->span_count && !s->full; k++) {
        for (uint32_t i = first[k]; i != 0; i = next[i - 1])
            if (s->nodes[i - 1].parent != HOTPATH_NO_NODE)
                hotpath_i_add_caller(s, &c, k, s->nodes[i - 1].parent, s->nodes[i - 1].calls);
        s->spans[k].callers = hotpath_i_keep_callers(s, &c, &s->spans[k].callers_count);
        c.seen += s->node_count;
        for (uint32_t i = first[k]; i != 0; i = next[i - 1]) {
            uint32_t route = hotpath_i_route_of(s, i - 1);
            if (route != HOTPATH_NO_NODE)
                hotpath_i_add_caller(s, &c, k, route, s->nodes[i - 1].calls);
        }
        s->spans[k].routes = hotpath_i_keep_callers(s, &c, &s->spans[k].routes_count);
        c.seen -= s->node_count;
    }
    s->temp = temp;
}
static void hotpath_i_list_spans(hotpath_snapshot_t* s) {
    size_t count = 0;
    s->window = hotpath_i_window_of(s->now);
    for (size_t i = 0; i < s->function_count; i++)
        count += hotpath_i_is_span(s->functions[i].kind) && s->functions[i].calls != 0;
    s->spans = (hotpath_span_row_t*)hotpath_i_keep(s, count * sizeof *s->spans);
    for (uint32_t i = 0; i < s->function_count && s->span_count < count && !s->full; i++) {
        if (!hotpath_i_is_span(s->functions[i].kind) || s->functions[i].calls == 0) continue;
        s->spans[s->span_count].function = i;
        hotpath_i_fill_span(s, &s->spans[s->span_count++]);
    }
    if ((s->parts & HOTPATH_PART_TREE) != 0 && count != 0) hotpath_i_list_callers(s);
}

static void hotpath_i_fill_drops(hotpath_drops_t* d) {
    d->reentrant = HOTPATH_I_LOAD(&hotpath_i_g.dropped_early);
    d->no_memory = HOTPATH_I_LOAD(&hotpath_i_g.no_memory);
    d->abi_mismatch = HOTPATH_I_LOAD(&hotpath_i_g.abi_mismatch);
    d->foreign_ends = HOTPATH_I_LOAD(&hotpath_i_g.foreign_ends);
    d->function_overflow = HOTPATH_I_LOAD(&hotpath_i_g.function_overflow);
    d->entry_overflow = HOTPATH_I_LOAD(&hotpath_i_g.entry_overflow);
    d->value_mismatch = HOTPATH_I_LOAD(&hotpath_i_g.value_mismatch);
    d->clock_anomalies = HOTPATH_I_LOAD(&hotpath_i_g.clock_anomalies);
    #if HOTPATH_I_ALLOC
    d->alloc_overflow = HOTPATH_I_LOAD(&hotpath_i_heap.overflow);
    #endif
    for (hotpath_i_thread_t* t = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.threads); t; t = t->next) {
        d->reentrant += HOTPATH_I_LOAD(&t->dropped_reentrant);
        d->foreign_ends += HOTPATH_I_LOAD(&t->foreign_ends);
        d->negative_time += HOTPATH_I_LOAD(&t->negative_time);
        d->deep_calls += HOTPATH_I_LOAD(&t->deep_calls);
        d->node_overflow += HOTPATH_I_LOAD(&t->node_overflow);
        d->lite_functions += HOTPATH_I_LOAD(&t->lite_functions);
        d->context_overflow += HOTPATH_I_LOAD(&t->context_overflow);
        d->span_overflow += HOTPATH_I_LOAD(&t->span_overflow);
    }
    if (hotpath_i_g.ended != NULL) { /* bounds that merging met */
        d->node_overflow += hotpath_i_g.ended->node_overflow;
        d->lite_functions += hotpath_i_g.ended->lite_functions;
    }
}
static void hotpath_i_app_info_lock(void);
static void hotpath_i_fill_app_info(hotpath_snapshot_t* s) {
    hotpath_i_app_info_lock();
    uint32_t count = hotpath_i_g.app_info_count;
    const char** list = (const char**)hotpath_i_keep(s, count * 2 * sizeof *list);
    for (uint32_t i = 0; i < count && list != NULL; i++) {
        list[i * 2] = hotpath_i_keep_text(s, hotpath_i_g.app_info[i][0]);
        list[i * 2 + 1] = hotpath_i_keep_text(s, hotpath_i_g.app_info[i][1]);
    }
    HOTPATH_I_STORE_RELEASE(&hotpath_i_g.app_info_lock, 0u);
    s->info.app_info = list;
    s->info.app_info_count = list != NULL ? count : 0;
}
static void hotpath_i_fill_off(hotpath_snapshot_t* s) {
    char names[HOTPATH_I_GROUPS * (HOTPATH_I_GROUP_MAX + 2) + 1];
    hotpath_i_writer_t w = hotpath_i_writer_to(names, sizeof names - 1, NULL, NULL);
    uint64_t off = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_off); /* and what it names */
    uint64_t ticks = hotpath_i_off_ticks(s->now), most = s->now - hotpath_i_g.start_tick;
    ticks = ticks < most ? ticks : most; /* one that was switched on after s->now */
    if (ticks > hotpath_i_g.off_told) hotpath_i_g.off_told = ticks;
    s->info.is_off = (off & HOTPATH_I_OFF_ALL) != 0;
    s->info.off_ns = hotpath_i_ns(hotpath_i_g.off_told);
    for (uint32_t i = 0; i < HOTPATH_I_OTHER; i++) {
        const char* group = HOTPATH_I_LOAD(&hotpath_i_g.groups[i]);
        if ((off >> i & 1) == 0) continue;
        hotpath_i_puts(&w, w.used != 0 ? ", " : "");
        hotpath_i_puts(&w, group != NULL ? group : "(none)");
    }
    names[w.used] = 0;
    s->info.groups_off = hotpath_i_keep_text(s, names);
}
/* What HOTPATH_TIME_SAMPLING=auto was asked for and has come to. */
static void hotpath_i_fill_auto(hotpath_info_t* info) {
    uint64_t time = 0, overhead = 0, least = 0;
    for (hotpath_i_thread_t* t = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.threads); t; t = t->next) {
        time += HOTPATH_I_LOAD(&t->pace.time);
        overhead += HOTPATH_I_LOAD(&t->pace.overhead);
        least += HOTPATH_I_LOAD(&t->pace.least);
    }
    if (hotpath_i_g.ended != NULL) {
        time += hotpath_i_g.ended->pace.time;
        overhead += hotpath_i_g.ended->pace.overhead;
        least += hotpath_i_g.ended->pace.least;
    }
    bool on = (HOTPATH_I_LOAD(&hotpath_i_g.auto_since) & 1) != 0;
    info->auto_max_percent = on ? hotpath_i_g.auto_share * 100 : 0;
    info->auto_time_ns = hotpath_i_ns(time);
    info->auto_overhead_ns = hotpath_i_ns(overhead);
    info->auto_least_ns = hotpath_i_ns(least);
}
static void hotpath_i_fill_info(hotpath_snapshot_t* s) {
    hotpath_info_t* info = &s->info;
    info->program = hotpath_i_g.program;
    info->caller = hotpath_i_g.caller;
    info->label = hotpath_i_settings.report_label;
    info->pid = hotpath_i_g.pid;
    info->captured_unix_ns = hotpath_i_os_unix_ns();
    info->elapsed_ns = hotpath_i_since_start_ns(s->now);
    info->window_ns = info->elapsed_ns;
    double scale = (double)HOTPATH_I_LOAD(&hotpath_i_g.scale) / 1099511627776.0;
    info->clock_hz = (uint64_t)(1e9 / scale + 0.5);
    info->clock_tick_ps = (uint64_t)(scale * 1000 + 0.5);
    info->scope_cost_ns_x100 = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.scope_cost);
    info->scope_inside_ns_x100 = HOTPATH_I_LOAD(&hotpath_i_g.scope_inside);
    info->scope_untimed_ns_x100 = HOTPATH_I_LOAD(&hotpath_i_g.scope_untimed);
    info->scope_drawn_ns_x100 = HOTPATH_I_LOAD(&hotpath_i_g.scope_drawn);
    info->memory_bytes = HOTPATH_I_LOAD(&hotpath_i_g.memory);
    #if defined(HOTPATH_CLOCK)
    info->clock = "custom";
    info->clock_note = "the program's own HOTPATH_CLOCK";
    #elif defined(HOTPATH_I_COUNTER)
    info->clock = hotpath_i_counter_is_usable() ? HOTPATH_I_COUNTER_NAME : "clock_gettime";
    info->clock_note =
        !hotpath_i_counter_is_usable()
            ? "the processor's counter is not steady, or the kernel has rejected it"
        : hotpath_i_g.scale_final != 0
            ? "measured against the monotonic clock over 0.1 s or more"
            : "measured against the monotonic clock over less than 0.1 s, from below";
    #else
    info->clock = "clock_gettime";
    info->clock_note = "the system's monotonic clock";
    #endif
    hotpath_i_fill_off(s);
    hotpath_i_fill_auto(info);
    hotpath_i_fill_drops(&info->drops);
    hotpath_i_fill_app_info(s);
}

/* The most that a snapshot can need now, for memory from the system that costs nothing untouched. */
static size_t hotpath_i_snapshot_most(void) {
    size_t functions = HOTPATH_I_LOAD(&hotpath_i_g.item_count[HOTPATH_I_CLASS_FUNCTION]) + 64u;
    size_t entries = HOTPATH_I_LOAD(&hotpath_i_g.item_count[HOTPATH_I_CLASS_ENTRY]) + 64u;
    size_t nodes = 1024, threads = 4, opens = 64;
    for (hotpath_i_thread_t* t = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.threads); t; t = t->next) {
        nodes += HOTPATH_I_LOAD(&t->node_count) + 256u;
        threads++;
        opens += HOTPATH_I_LOAD(&t->own.capacity);
    }
    if (hotpath_i_g.ended != NULL) nodes += hotpath_i_g.ended->node_count;
    for (hotpath_context_t* c = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.contexts); c; c = c->next)
        threads++, opens += HOTPATH_I_LOAD(&c->capacity);
    size_t log = (size_t)hotpath_i_settings.logs_limit + HOTPATH_I_SLOWEST;
    return sizeof(hotpath_snapshot_t) + 65536 + hotpath_i_size_of_frames() +
           functions * (sizeof(hotpath_function_t) + 16 * 10 + 64 +
                           HOTPATH_I_OCTAVES * HOTPATH_I_OCTAVE_WORDS * sizeof(uint64_t) +
                           log * (sizeof(hotpath_execution_t) + 16)) +
           entries * (sizeof(hotpath_entry_t) + 64 + log * (sizeof(hotpath_sample_t) + 16)) +
           nodes * (sizeof(hotpath_node_t) + 64) + hotpath_i_size_of_allocs(functions) +
           opens * (sizeof(hotpath_i_override_t) + sizeof(hotpath_open_t) + 64) +
           threads * (sizeof(hotpath_thread_t) + 320 + (functions + entries) * 16 +
                         4 * HOTPATH_I_TEXT_RING) +
           (log + 2 * hotpath_i_g.log_slots) * sizeof(hotpath_i_pick_t);
}
/* What one call of a function costs: less on average where some are not timed. */
static double hotpath_i_cost_of(const hotpath_snapshot_t* s, const hotpath_function_t* f) {
    double cost = (double)s->info.scope_cost_ns_x100,
           untimed = (double)s->info.scope_untimed_ns_x100,
           drawn = (double)s->info.scope_drawn_ns_x100;
    bool some = f->completed != f->sampled_calls;
    if (drawn > cost && (some || s->info.auto_max_percent > 0)) cost = drawn;
    if (!some) return cost / 100;
    double timed = (double)f->sampled_calls / (double)f->completed;
    return (timed * cost + (1 - timed) * untimed) / 100;
}
/* What all calls cost by the calibrated cost of one, and its share of what outermost scopes took with
   their own cost around them. */
static void hotpath_i_fill_overhead(hotpath_snapshot_t* s) {
    double cost = (double)s->info.scope_cost_ns_x100 / 100, overhead = 0, recorded = 0;
    double outside = cost - (double)s->info.scope_inside_ns_x100 / 100;
    if (s->times_later) return; /* not all know which calls were timed */
    for (size_t i = 0; i < s->function_count; i++) {
        const hotpath_function_t* f = &s->functions[i];
        if (hotpath_i_has_ticks(f) && f->kind != HOTPATH_KIND_MARK)
            overhead += (double)f->calls * hotpath_i_cost_of(s, f);
    }
    for (size_t i = 0; i < s->node_count; i++) {
        const hotpath_node_t* n = &s->nodes[i];
        uint32_t kind = s->functions[n->function].kind;
        if (kind == HOTPATH_KIND_SPAN || kind == HOTPATH_KIND_TRACK) continue;
        if (n->parent == HOTPATH_NO_NODE)
            recorded += (double)n->total_ns + (double)n->calls * outside;
    }
    s->info.overhead_ns = (uint64_t)(overhead + 0.5);
    double percent = recorded > 0 ? 100 * overhead / recorded : 0;
    s->info.overhead_percent = percent < 100 ? percent : 100;
}
/* Whether a node stands for many paths that overlap: its total is all that it has, and its self time is
   within that of a node above. *calls are its own, and then also those of the like below it. */
static bool hotpath_i_is_inner(
    const hotpath_snapshot_t* s, const hotpath_node_t* n, uint64_t* calls) {
    uint64_t all = *calls = n->calls, below;
    if (n->recursive == 0 || n->self_ns != 0 || n->total_ns == 0) return false;
    for (uint32_t c = n->first_child; c != HOTPATH_NO_NODE; c = s->nodes[c].next_sibling) {
        if (s->nodes[c].first_child != HOTPATH_NO_NODE ||
            !hotpath_i_is_inner(s, &s->nodes[c], &below))
            return false;
        all += below;
    }
    *calls = all;
    return true;
}
HOTPATH_API void hotpath_snapshot_subtract_overhead(hotpath_snapshot_t* s) {
    if (s == NULL || s->info.overhead_subtracted || s->info.scope_cost_ns_x100 == 0) return;
    if (s->times_later) return;
    double inside = (double)s->info.scope_inside_ns_x100 / 100;
    s->info.overhead_subtracted = true;
    for (size_t i = 0; i < s->function_count; i++) {
        hotpath_function_t* f = &s->functions[i];
        if (hotpath_i_has_ticks(f) && f->kind != HOTPATH_KIND_MARK) f->self_ns = f->total_ns = 0;
    }
    for (size_t i = s->node_count; i-- > 0;) { /* children first */
        hotpath_node_t* n = &s->nodes[i];
        hotpath_function_t* f = &s->functions[n->function];
        if (f->kind == HOTPATH_KIND_SPAN || f->kind == HOTPATH_KIND_TRACK) continue;
        uint64_t below = 0, calls;
        bool inner = hotpath_i_is_inner(s, n, &calls);
        double cost = (double)n->calls * inside, left = (double)(inner ? n->total_ns : n->self_ns);
        for (uint32_t c = n->first_child; c != HOTPATH_NO_NODE; c = s->nodes[c].next_sibling) {
            bool within = hotpath_i_is_inner(s, &s->nodes[c], &calls);
            below += within ? 0 : s->nodes[c].total_ns;
            double each = hotpath_i_cost_of(s, &s->functions[s->nodes[c].function]);
            /* An estimated total stands for calls that were all timed. */
            cost += (double)calls * (within ? each : each - inside);
        }
        uint64_t own = left > cost ? (uint64_t)(left - cost + 0.5) : 0;
        uint64_t total = own + below < n->total_ns ? own + below : n->total_ns;
        if (f->calls != 0) f->mean_ns -= (double)(n->total_ns - total) / (double)f->calls;
        n->self_ns = inner ? 0 : own < total ? own : total;
        n->total_ns = total;
        f->self_ns += n->self_ns;
        if (n->recursive == 0) f->total_ns += n->total_ns;
    }
    for (size_t i = 0; i < s->function_count; i++)
        if (s->functions[i].mean_ns < 0) s->functions[i].mean_ns = 0;
}
/* The open scopes and the call tree, in the order that the section's head gives. */
static void hotpath_i_take_tree(hotpath_snapshot_t* s) {
    hotpath_i_calibrate();
    s->now = hotpath_i_ticks();
    HOTPATH_I_STORE(&hotpath_i_g.read_tick, s->now);
    hotpath_i_os_barrier();
    hotpath_i_clock_check();
    hotpath_i_fill_info(s);
    hotpath_i_list_functions(s);
    hotpath_i_list_records(s);
    hotpath_i_count_threads(s);
    #if HOTPATH_I_ALLOC
    if (!s->full) hotpath_i_take_frees(s);
    #endif
    hotpath_i_read_stacks(s);
    hotpath_i_merge_tree(s);
    hotpath_i_prune(s);
    if (!s->full) hotpath_i_sum_functions(s);
    #if HOTPATH_I_ALLOC
    if (!s->full) hotpath_i_fill_allocs(s);
    #endif
}
static void hotpath_i_take(hotpath_snapshot_t* s) {
    hotpath_i_take_tree(s);
    if (s->full) return;
    if (!s->times_later) hotpath_i_merge_functions(s, NULL, s->function_count);
    for (size_t i = 0; i < s->function_count; i++)
        s->info.auto_functions += s->functions[i].sampling_rate > 1;
    hotpath_i_fill_overhead(s);
    if ((s->parts & HOTPATH_PART_THREADS) != 0) hotpath_i_list_threads(s);
    if ((s->parts & HOTPATH_PART_VALUES) != 0) hotpath_i_list_entries(s);
    if ((s->parts & HOTPATH_PART_FRAMES) != 0) {
        hotpath_i_list_frames(s);
        hotpath_i_list_phases(s);
    }
    if ((s->parts & HOTPATH_PART_SPANS) != 0) hotpath_i_list_spans(s);
    s->temp = 0;
}
static bool hotpath_i_owns(const hotpath_snapshot_desc_t* desc) {
    return desc == NULL || desc->buffer == NULL;
}
static uint32_t hotpath_i_parts(const hotpath_snapshot_desc_t* desc) {
    uint32_t parts = desc != NULL ? desc->parts & ~HOTPATH_TIMES_LATER : 0;
    return parts != 0 ? parts : ~0u;
}
/* An empty snapshot in the caller's memory or `most` bytes of the system's. */
static hotpath_snapshot_t* hotpath_i_snapshot_new(
    const hotpath_snapshot_desc_t* desc, size_t most) {
    bool owned = hotpath_i_owns(desc);
    size_t size = owned ? most : desc->buffer_size;
    if (size < sizeof(hotpath_snapshot_t) + 64 || (!owned && (uintptr_t)desc->buffer % 16 != 0))
        return NULL;
    size = owned ? (size + 4095u) & ~(size_t)4095u : size;
    void* memory = owned ? hotpath_i_os_pages_alloc(size) : desc->buffer;
    if (memory == NULL) return NULL;
    hotpath_snapshot_t* s = (hotpath_snapshot_t*)memory;
    memset(s, 0, sizeof *s);
    s->base = (char*)memory;
    s->capacity = size & ~(size_t)15;
    s->used = (sizeof *s + 15u) & ~(size_t)15u;
    s->owned = owned;
    s->parts = hotpath_i_parts(desc);
    s->thread = desc != NULL ? desc->thread : 0;
    s->times_later = desc != NULL && (desc->parts & HOTPATH_TIMES_LATER) != 0 && desc->thread == 0;
    return s;
}
static void hotpath_i_reader_enter(void) {
    hotpath_i_lock();
    hotpath_i_local.reading = 1;
}
static void hotpath_i_reader_leave(void) {
    hotpath_i_local.reading = 0;
    hotpath_i_unlock();
}
HOTPATH_API hotpath_snapshot_t* hotpath_snapshot_take(const hotpath_snapshot_desc_t* desc) {
    if (!hotpath_i_init()) return NULL; /* it finds out to whom this implementation defers */
    HOTPATH_I_FORWARD_RESULT(snapshot_take(desc));
    int saved = errno;
    hotpath_i_reader_enter();
    hotpath_snapshot_t* s =
        hotpath_i_snapshot_new(desc, hotpath_i_owns(desc) ? hotpath_i_snapshot_most() : 0);
    if (s != NULL) {
        hotpath_i_take(s);
        if (s->full) {
            hotpath_snapshot_free(s);
            s = NULL;
        }
    }
    hotpath_i_reader_leave();
    errno = saved;
    return s;
}

static void hotpath_i_forget_times(hotpath_function_t* f) {
    f->completed = f->abandoned = f->sampled_calls = f->min_ns = f->max_ns = 0;
    f->sum_ticks = f->sum_squares_high = f->sum_squares_low = 0;
    f->mean_ns = f->stdev_ns = f->calls_per_sec = f->calls_per_sec_peak = 0;
    f->total_error_ns = f->error_squares = 0;
    f->reasons_count = f->histogram_count = f->recent_count = f->slowest_count = 0;
    f->estimated = f->has_times = false;
}
/* The records may be others by now: of threads that have begun, and the store's instead of one that
   has ended. */
static bool hotpath_i_take_times(hotpath_snapshot_t* s, const uint32_t* functions, size_t count) {
    size_t used = s->used, n = 0;
    uint32_t* list = (uint32_t*)hotpath_i_temp(s, count * sizeof *list);
    s->now = hotpath_i_ticks();
    s->records = NULL, s->record_count = 0;
    for (size_t i = 0; i < count && list != NULL; i++)
        if (functions[i] < s->function_count && !s->functions[functions[i]].has_times) {
            list[n++] = functions[i];
            s->functions[functions[i]].has_times = true;
        }
    hotpath_i_list_records(s);
    if (!s->full) hotpath_i_merge_functions(s, list, n);
    bool whole = !s->full;
    for (size_t i = 0; i < n && !whole; i++)
        hotpath_i_forget_times(&s->functions[list[i]]);
    if (!whole) s->used = used;
    s->temp = 0, s->full = false;
    return whole;
}
HOTPATH_API bool hotpath_snapshot_times(
    hotpath_snapshot_t* s, const uint32_t* functions, size_t count) {
    HOTPATH_I_FORWARD_RESULT(snapshot_times(s, functions, count));
    if (!s->times_later || s->info.is_difference) return true;
    int saved = errno;
    hotpath_i_reader_enter();
    bool whole = hotpath_i_take_times(s, functions, count);
    hotpath_i_reader_leave();
    errno = saved;
    return whole;
}

/* What a snapshot taken now needs at most, counted from the records without copying any: the sum of
   what each step keeps, and of its temporary memory. */
static size_t hotpath_i_least(uint64_t a, uint64_t b) { return (size_t)(a < b ? a : b); }
static size_t hotpath_i_count_stack(const hotpath_context_t* c) {
    uint32_t capacity = HOTPATH_I_LOAD_ACQUIRE(&c->capacity); /* before the entries */
    const hotpath_i_open_t* entries = HOTPATH_I_LOAD_ACQUIRE(&c->entries);
    size_t count = 0;
    for (uint32_t i = 1; i < capacity; i++) {
        uint64_t mark = HOTPATH_I_LOAD(&entries[i].mark);
        if (mark == 0) break;
        count++;
        if ((mark & HOTPATH_I_CLOSED) != 0) break;
    }
    return count;
}
/* Threads, contexts and their open scopes: rows, overrides with their index, and the lists of open
   scopes, which a thread that runs a context has twice. */
static size_t hotpath_i_size_of_threads(const hotpath_snapshot_t* s) {
    size_t rows = 2, open = 0;
    hotpath_i_thread_t* t = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.threads);
    for (; t != NULL; t = t->next, rows++)
        open += HOTPATH_I_LOAD(&t->span_slot_count) +
                (hotpath_i_is_read(s, t) ? hotpath_i_count_stack(&t->own) : 0);
    hotpath_context_t* c = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.contexts);
    for (; c != NULL; c = c->next, rows++)
        open += hotpath_i_count_stack(c);
    return rows * (sizeof(hotpath_thread_t) + HOTPATH_I_NAME_MAX + 8) +
           open * (sizeof(hotpath_i_override_t) + 3 * sizeof(hotpath_open_t) + 24) +
           HOTPATH_I_OPEN_CHAINS * sizeof(uint32_t) + 256;
}
/* Nodes as if no two records had one in common, with the tables that find them and, while they are
   merged and pruned, their indexes. Texts: what each record holds of them, of recent and slowest
   executions. */
static size_t hotpath_i_size_of_records(const hotpath_snapshot_t* s) {
    size_t nodes = 0, records = 0, texts = 0;
    HOTPATH_I_EACH_RECORD(s, t) {
        nodes += HOTPATH_I_LOAD(&t->node_count);
        texts += HOTPATH_I_LOAD(&t->text) != NULL ? 2u * HOTPATH_I_TEXT_RING : 0u;
    }
    for (hotpath_i_thread_t* t = HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.threads); t; t = t->next)
        records++;
    return nodes * (sizeof(hotpath_node_t) + 48) + records * 48 + 8192 +
           ((s->parts & (HOTPATH_PART_LOGS | HOTPATH_PART_VALUES)) != 0 ? texts : 0);
}
static size_t hotpath_i_size_of_function(const hotpath_snapshot_t* s, uint32_t id) {
    uint64_t octaves = 0, completed = 0, recent = 0, reasons = 1;
    HOTPATH_I_EACH_RECORD(s, t) {
        const hotpath_i_frec_t* from = hotpath_i_frec_of(t, id);
        if (from == NULL) continue;
        uint64_t head = HOTPATH_I_LOAD(&from->ring.head);
        completed += head;
        recent += hotpath_i_least(head, from->ring.mask + 1);
        reasons += HOTPATH_I_LOAD(&from->reasons_used);
        octaves |= hotpath_i_octave_bits(from, HOTPATH_I_LOAD(&from->waiting));
    }
    size_t size = hotpath_i_least(reasons, HOTPATH_I_REASONS + 1) * sizeof(hotpath_reason_t);
    for (; octaves != 0; octaves &= octaves - 1)
        size += HOTPATH_I_OCTAVE_WORDS * sizeof(uint64_t);
    if ((s->parts & HOTPATH_PART_LOGS) != 0)
        size += (hotpath_i_least(recent, hotpath_i_settings.logs_limit) +
                    hotpath_i_least(completed, HOTPATH_I_SLOWEST)) *
                (sizeof(hotpath_execution_t) + 8);
    const hotpath_i_item_t* item = hotpath_i_item_of(HOTPATH_I_CLASS_FUNCTION, id);
    if ((s->parts & HOTPATH_PART_SPANS) != 0 && item != NULL && hotpath_i_is_span(item->kind))
        size += sizeof(hotpath_span_row_t) +
                HOTPATH_SPAN_SLOWEST * (sizeof(hotpath_span_slow_t) +
                                           HOTPATH_I_SPAN_ROWS_INSIDE * sizeof(hotpath_inside_t)) +
                2 * HOTPATH_SPAN_CALLERS * sizeof(hotpath_span_caller_t) + 64;
    return size;
}
/* What lists callers of spans takes for a while. */
static size_t hotpath_i_size_of_callers(const hotpath_snapshot_t* s, size_t functions) {
    size_t nodes = 0;
    HOTPATH_I_EACH_RECORD(s, t) { nodes += HOTPATH_I_LOAD(&t->node_count); }
    return nodes * 3 * sizeof(uint32_t) +
           functions * (2 * sizeof(uint32_t) + sizeof(hotpath_span_caller_t)) +
           HOTPATH_SPAN_SLOWEST * sizeof(hotpath_i_found_t) + HOTPATH_MAX_DEPTH * sizeof(uint32_t) +
           256;
}
static size_t hotpath_i_size_of_entry(const hotpath_snapshot_t* s, uint32_t id) {
    const hotpath_i_item_t* item = hotpath_i_item_of(HOTPATH_I_CLASS_ENTRY, id);
    uint64_t most = (s->parts & HOTPATH_PART_LOGS) != 0 ? hotpath_i_settings.logs_limit : 1;
    uint64_t samples = 0;
    if (item != NULL && item->gauge != NULL) samples = HOTPATH_I_LOAD(&item->gauge->updates);
    HOTPATH_I_EACH_RECORD(s, t) {
        const hotpath_i_ring_t* ring = hotpath_i_ring_of(t, id);
        if (ring != NULL) samples += HOTPATH_I_LOAD(&ring->head);
    }
    return hotpath_i_least(samples, most) * (sizeof(hotpath_sample_t) + 8);
}
static size_t hotpath_i_snapshot_count(const hotpath_snapshot_t* s) {
    size_t functions = HOTPATH_I_LOAD(&hotpath_i_g.item_count[HOTPATH_I_CLASS_FUNCTION]);
    size_t entries = HOTPATH_I_LOAD(&hotpath_i_g.item_count[HOTPATH_I_CLASS_ENTRY]);
    size_t picks = (size_t)hotpath_i_settings.logs_limit + 2 * (size_t)hotpath_i_g.log_slots;
    size_t size = sizeof *s + 1024 + functions * (sizeof(hotpath_function_t) + sizeof(uint32_t)) +
                  entries * sizeof(hotpath_entry_t) + picks * sizeof(hotpath_i_pick_t) +
                  HOTPATH_I_LOAD(&hotpath_i_g.app_info_count) * sizeof hotpath_i_g.app_info[0] +
                  HOTPATH_I_GROUPS * (HOTPATH_I_GROUP_MAX + 2);
    size += hotpath_i_size_of_threads(s) + hotpath_i_size_of_records(s) +
            hotpath_i_size_of_allocs(functions) + hotpath_i_size_of_callers(s, functions);
    if ((s->parts & HOTPATH_PART_FRAMES) != 0) size += hotpath_i_size_of_frames();
    for (uint32_t id = 1; id <= functions; id++)
        size += hotpath_i_size_of_function(s, id);
    for (uint32_t id = 1; id <= entries && (s->parts & HOTPATH_PART_VALUES) != 0; id++)
        size += hotpath_i_size_of_entry(s, id);
    return size;
}
HOTPATH_API size_t hotpath_snapshot_size(const hotpath_snapshot_desc_t* desc) {
    if (!hotpath_i_init()) return 0;
    HOTPATH_I_FORWARD_RESULT(snapshot_size(desc));
    hotpath_snapshot_t s; /* only what of it chooses the records and the parts */
    memset(&s, 0, sizeof s);
    s.parts = hotpath_i_parts(desc);
    s.thread = desc != NULL ? desc->thread : 0;
    int saved = errno;
    hotpath_i_reader_enter();
    size_t size = hotpath_i_snapshot_count(&s) * 2 + 65536;
    hotpath_i_reader_leave();
    errno = saved;
    return size;
}
HOTPATH_API void hotpath_snapshot_free(hotpath_snapshot_t* snapshot) {
    if (snapshot != NULL && snapshot->owned) hotpath_i_os_pages_free(snapshot, snapshot->capacity);
}
HOTPATH_API size_t hotpath_snapshot_trim(hotpath_snapshot_t* snapshot) {
    if (!snapshot->owned) snapshot->capacity = (snapshot->used + 15u) & ~(size_t)15;
    return snapshot->owned ? snapshot->used : snapshot->capacity;
}
HOTPATH_API const hotpath_info_t* hotpath_snapshot_info(const hotpath_snapshot_t* snapshot) {
    return &snapshot->info;
}
HOTPATH_API const hotpath_function_t* hotpath_snapshot_functions(
    const hotpath_snapshot_t* snapshot, size_t* count) {
    *count = snapshot->function_count;
    return snapshot->functions;
}
HOTPATH_API const hotpath_node_t* hotpath_snapshot_nodes(
    const hotpath_snapshot_t* snapshot, size_t* count) {
    *count = (snapshot->parts & HOTPATH_PART_TREE) != 0 ? snapshot->node_count : 0;
    return snapshot->nodes;
}
HOTPATH_API const hotpath_thread_t* hotpath_snapshot_threads(
    const hotpath_snapshot_t* snapshot, size_t* count) {
    *count = (snapshot->parts & HOTPATH_PART_THREADS) != 0 ? snapshot->thread_count : 0;
    return snapshot->threads;
}
HOTPATH_API const hotpath_entry_t* hotpath_snapshot_entries(
    const hotpath_snapshot_t* snapshot, size_t* count) {
    *count = snapshot->entry_count;
    return snapshot->entries;
}
HOTPATH_API const hotpath_frame_t* hotpath_snapshot_frames(
    const hotpath_snapshot_t* snapshot, size_t* count) {
    *count = snapshot->frame_count;
    return snapshot->frames;
}

HOTPATH_API const hotpath_span_row_t* hotpath_snapshot_spans(
    const hotpath_snapshot_t* snapshot, size_t* count) {
    *count = snapshot->span_count;
    return snapshot->spans;
}

/* The lowest duration of a bucket; its width is 1 in the first two octaves and then doubles. */
static uint64_t hotpath_i_bucket_low(size_t octave, size_t bucket) {
    return octave == 0 ? bucket : (uint64_t)(HOTPATH_I_BUCKETS + bucket) << (octave - 1);
}
static uint64_t hotpath_i_bucket_width(size_t octave) {
    return octave == 0 ? 1 : (uint64_t)1 << (octave - 1);
}
static uint64_t hotpath_i_function_ns(const hotpath_function_t* f, uint64_t ticks) {
    return f->kind == HOTPATH_KIND_SPAN ? ticks : hotpath_i_ns(ticks);
}
HOTPATH_API uint64_t hotpath_snapshot_percentile(
    const hotpath_snapshot_t* snapshot, const hotpath_function_t* function, double percent) {
    uint64_t count = hotpath_i_histogram_sum(snapshot, function);
    size_t octave;
    if (count == 0) return 0;
    percent = percent > 0 ? percent < 100 ? percent : 100 : 0;
    double exact = percent / 100.0 * (double)count;
    uint64_t rank = (uint64_t)exact;
    /* ceil, but for what the division by 100 adds where the rank is whole */
    rank += exact - (double)rank > 1e-9 * exact;
    rank = rank < 1 ? 1 : rank > count ? count : rank;
    if (rank == 1 && percent <= 0 && !function->bounds_only) return function->min_ns;
    if (rank == count && !function->bounds_only) return function->max_ns;
    for (uint32_t o = 0; o < function->histogram_count; o++) {
        const uint64_t* buckets = hotpath_i_snapshot_octave(snapshot, function, o, &octave);
        if (rank > buckets[HOTPATH_I_BUCKETS + 1]) {
            rank -= buckets[HOTPATH_I_BUCKETS + 1];
            continue;
        }
        size_t k = 0; /* four at once as long as it is in none of them */
        for (uint64_t four; k + 4 < HOTPATH_I_BUCKETS; k += 4, rank -= four) {
            four = (buckets[k] + buckets[k + 1]) + (buckets[k + 2] + buckets[k + 3]);
            if (rank <= four) break;
        }
        for (; rank > buckets[k]; k++)
            rank -= buckets[k];
        uint64_t middle =
            hotpath_i_bucket_low(octave, k) + (hotpath_i_bucket_width(octave) - 1) / 2;
        uint64_t ns = hotpath_i_function_ns(function, middle);
        ns = ns < function->min_ns ? function->min_ns : ns;
        return ns > function->max_ns ? function->max_ns : ns;
    }
    return function->max_ns;
}

/* >>difference
   A difference is a copy of the newer snapshot from which the older is taken. Counters that read
   less than before (they cannot, but for self times) give zero. */

/* Self times are subtracted, and not derived from the totals that are left: past a bound a node's total
   may lie within itself, which only the taking of a snapshot knows. While threads run, the older one
   may have seen less than there was. */
static uint64_t hotpath_i_minus_self(uint64_t newer, uint64_t older, uint64_t total) {
    uint64_t self = hotpath_i_minus(newer, older);
    return self < total ? self : total;
}

static void* hotpath_i_copy_array(hotpath_snapshot_t* s, const void* from, size_t size) {
    void* to = hotpath_i_keep(s, size);
    if (to != NULL && size != 0) memcpy(to, from, size);
    return to;
}
static hotpath_value_t hotpath_i_copy_value(hotpath_snapshot_t* s, hotpath_value_t value) {
    if (value.type == HOTPATH_VALUE_TEXT) value.as.text = hotpath_i_keep_text(s, value.as.text);
    return value;
}
static const hotpath_execution_t* hotpath_i_copy_executions(
    hotpath_snapshot_t* s, const hotpath_execution_t* from, uint32_t* count, uint64_t after_ns) {
    uint32_t n = 0;
    hotpath_execution_t* to = (hotpath_execution_t*)hotpath_i_keep(s, *count * sizeof *to);
    for (uint32_t i = 0; i < *count && to != NULL; i++)
        if (from[i].at_ns >= after_ns) {
            to[n] = from[i];
            to[n++].value = hotpath_i_copy_value(s, from[i].value);
        }
    *count = n;
    return to;
}
static void hotpath_i_copy_functions(
    hotpath_snapshot_t* s, const hotpath_snapshot_t* newer, uint64_t after_ns) {
    for (size_t i = 0; i < s->function_count && !s->full; i++) {
        hotpath_function_t* f = &s->functions[i];
        bool spans = f->kind == HOTPATH_KIND_SPAN; /* their times are of another clock */
        const hotpath_function_t* from = &newer->functions[i];
        hotpath_reason_t* reasons =
            (hotpath_reason_t*)hotpath_i_keep(s, from->reasons_count * sizeof *reasons);
        if (reasons != NULL && from->reasons_count != 0)
            memcpy(reasons, from->reasons, from->reasons_count * sizeof *reasons);
        f->reasons = reasons;
        if (from->alloc_sizes != NULL)
            f->alloc_sizes = (const uint64_t*)hotpath_i_copy_array(
                s, from->alloc_sizes, HOTPATH_ALLOC_SIZES * sizeof *from->alloc_sizes);
        if (from->live_ages != NULL)
            f->live_ages = (const uint64_t*)hotpath_i_copy_array(
                s, from->live_ages, HOTPATH_ALLOC_AGES * sizeof *from->live_ages);
        f->recent =
            hotpath_i_copy_executions(s, from->recent, &f->recent_count, spans ? 0 : after_ns);
        f->slowest =
            hotpath_i_copy_executions(s, from->slowest, &f->slowest_count, spans ? 0 : after_ns);
    }
}
static void hotpath_i_copy_rest(hotpath_snapshot_t* s) {
    for (size_t i = 0; i < s->thread_count && !s->full; i++) {
        hotpath_thread_t* t = &s->threads[i];
        hotpath_open_t* open = (hotpath_open_t*)hotpath_i_keep(s, t->open_count * sizeof *open);
        if (open != NULL && t->open_count != 0) memcpy(open, t->open, t->open_count * sizeof *open);
        t->open = open;
        t->name = hotpath_i_keep_text(s, t->name);
    }
    for (size_t i = 0; i < s->entry_count && !s->full; i++) {
        hotpath_entry_t* e = &s->entries[i];
        hotpath_sample_t* history =
            (hotpath_sample_t*)hotpath_i_keep(s, e->history_count * sizeof *history);
        for (uint32_t k = 0; k < e->history_count && history != NULL; k++) {
            history[k] = e->history[k];
            history[k].value = hotpath_i_copy_value(s, e->history[k].value);
        }
        e->history = history;
        e->last = hotpath_i_copy_value(s, e->last);
    }
    const char** list = (const char**)hotpath_i_keep(s, s->info.app_info_count * 2 * sizeof *list);
    for (uint32_t i = 0; i < s->info.app_info_count * 2 && list != NULL; i++)
        list[i] = hotpath_i_keep_text(s, s->info.app_info[i]);
    s->info.app_info = list;
    s->info.groups_off = hotpath_i_keep_text(s, s->info.groups_off);
}
static void hotpath_i_copy_frames(hotpath_snapshot_t* s, uint64_t after_ns) {
    for (size_t i = 0; i < s->frame_count && !s->full; i++) {
        hotpath_frame_t* row = &s->frames[i];
        hotpath_worst_frame_t* worst =
            (hotpath_worst_frame_t*)hotpath_i_keep(s, row->worst_count * sizeof *worst);
        uint32_t count = 0;
        for (uint32_t k = 0; k < row->worst_count && worst != NULL; k++) {
            if (row->worst[k].at_ns < after_ns) continue;
            worst[count] = row->worst[k];
            worst[count].inside = (const hotpath_inside_t*)hotpath_i_copy_array(
                s, worst[count].inside, worst[count].inside_count * sizeof *worst->inside);
            count++;
        }
        row->worst = worst;
        row->worst_count = count;
    }
}
/* Frames have their functions' times, from which the older ones are taken by then. */
static void hotpath_i_minus_frames(hotpath_snapshot_t* s, const hotpath_snapshot_t* older) {
    for (size_t i = 0; i < s->frame_count; i++) {
        hotpath_frame_t* row = &s->frames[i];
        for (size_t k = 0; k < older->frame_count; k++) {
            const hotpath_frame_t* old = &older->frames[k];
            if (old->name != row->name) continue;
            row->over_budget = hotpath_i_minus(row->over_budget, old->over_budget);
            row->jitter_sum_ns = hotpath_i_minus(row->jitter_sum_ns, old->jitter_sum_ns);
            row->jitter_count = hotpath_i_minus(row->jitter_count, old->jitter_count);
        }
        hotpath_i_finish_frame(s, row);
        row->period = hotpath_i_frame_period(row);
    }
}
/* Takes the older histogram off, and finds the bounds that are left. */
static void hotpath_i_minus_histogram(hotpath_snapshot_t* s, hotpath_function_t* f,
    const hotpath_snapshot_t* older, const hotpath_function_t* old) {
    uint64_t low = UINT64_MAX, high = 0;
    for (uint32_t o = 0; o < f->histogram_count; o++) {
        size_t octave, old_octave = 0;
        const uint64_t* place = hotpath_i_snapshot_octave(s, f, o, &octave);
        uint64_t* buckets = s->buckets + (place - s->buckets);
        for (uint32_t p = 0; old != NULL && p < old->histogram_count; p++) {
            const uint64_t* before = hotpath_i_snapshot_octave(older, old, p, &old_octave);
            for (size_t k = 0; k < HOTPATH_I_BUCKETS && old_octave == octave; k++)
                buckets[k] = hotpath_i_minus(buckets[k], before[k]);
        }
        hotpath_i_sum_octave(buckets);
        for (size_t k = 0; k < HOTPATH_I_BUCKETS; k++) {
            if (buckets[k] == 0) continue;
            uint64_t from = hotpath_i_bucket_low(octave, k);
            low = from < low ? from : low;
            high = from + hotpath_i_bucket_width(octave) - 1;
        }
    }
    uint64_t min = low == UINT64_MAX ? 0 : hotpath_i_function_ns(f, low);
    uint64_t max = low == UINT64_MAX ? 0 : hotpath_i_function_ns(f, high);
    f->max_ns = max < f->max_ns ? max : f->max_ns;
    f->min_ns = low == UINT64_MAX || min > f->min_ns ? min : f->min_ns;
    f->bounds_only = true;
}
static void hotpath_i_minus_function(hotpath_snapshot_t* s, hotpath_function_t* f,
    const hotpath_snapshot_t* older, const hotpath_function_t* old) {
    hotpath_i_minus_histogram(s, f, older, old);
    if (old != NULL) {
        f->calls = hotpath_i_minus(f->calls, old->calls);
        f->abandoned = hotpath_i_minus(f->abandoned, old->abandoned);
        f->completed = hotpath_i_minus(f->completed, old->completed);
        f->sampled_calls = hotpath_i_minus(f->sampled_calls, old->sampled_calls);
        f->error_squares -=
            f->error_squares < old->error_squares ? f->error_squares : old->error_squares;
        f->errors = hotpath_i_minus(f->errors, old->errors);
        f->bytes = hotpath_i_minus(f->bytes, old->bytes);
        f->total_ns = hotpath_i_minus(f->total_ns, old->total_ns);
        f->self_ns = hotpath_i_minus_self(f->self_ns, old->self_ns, f->total_ns);
        f->sum_ticks = hotpath_i_minus(f->sum_ticks, old->sum_ticks);
        f->alloc_count = hotpath_i_minus(f->alloc_count, old->alloc_count);
        f->alloc_bytes = hotpath_i_minus(f->alloc_bytes, old->alloc_bytes);
        f->alloc_total_count = hotpath_i_minus(f->alloc_total_count, old->alloc_total_count);
        f->alloc_total_bytes = hotpath_i_minus(f->alloc_total_bytes, old->alloc_total_bytes);
        f->realloc_count = hotpath_i_minus(f->realloc_count, old->realloc_count);
        f->free_count = hotpath_i_minus(f->free_count, old->free_count);
        f->free_bytes = hotpath_i_minus(f->free_bytes, old->free_bytes);
        f->freed_by_others_count =
            hotpath_i_minus(f->freed_by_others_count, old->freed_by_others_count);
        f->freed_by_others_bytes =
            hotpath_i_minus(f->freed_by_others_bytes, old->freed_by_others_bytes);
        uint64_t* sizes = (uint64_t*)(uintptr_t)f->alloc_sizes;
        for (size_t i = 0; i < HOTPATH_ALLOC_SIZES && sizes && old->alloc_sizes != NULL; i++)
            sizes[i] = hotpath_i_minus(sizes[i], old->alloc_sizes[i]);
        uint64_t low = f->sum_squares_low;
        f->sum_squares_low = low - old->sum_squares_low;
        f->sum_squares_high -= old->sum_squares_high + (low < old->sum_squares_low);
        hotpath_reason_t* reasons = s->functions[f - s->functions].reasons_count != 0
                                        ? (hotpath_reason_t*)(uintptr_t)f->reasons
                                        : NULL;
        for (uint32_t i = 0; i < f->reasons_count; i++)
            for (uint32_t k = 0; k < old->reasons_count; k++)
                if (strcmp(reasons[i].text, old->reasons[k].text) == 0)
                    reasons[i].count = hotpath_i_minus(reasons[i].count, old->reasons[k].count);
    }
    f->estimated = f->sampled_calls != f->completed || f->error_squares > 0 ||
                   (f->sampling_rate > 1 && (f->abandoned != 0 || f->open_calls != 0));
    hotpath_i_finish_moments(s, f);
    if (s->info.window_ns != 0)
        f->calls_per_sec = (double)f->calls * 1e9 / (double)s->info.window_ns;
}
/* Notes where a child of the older snapshot stands, by the function's id. */
static void hotpath_i_note_child(const hotpath_snapshot_t* older, uint32_t* place, uint32_t child) {
    place[older->functions[older->nodes[child].function].id] = child;
}
/* The child of an older node for a function. A note that an earlier parent left is of a node with
   that parent, so that nothing has to be cleared between parents. */
static uint32_t hotpath_i_older_child(
    const hotpath_snapshot_t* older, const uint32_t* place, uint32_t parent, uint32_t id) {
    size_t count = older->function_count;
    if (older->node_count == 0 || count == 0 || id > older->functions[count - 1].id)
        return HOTPATH_NO_NODE;
    const hotpath_node_t* n = &older->nodes[place[id]];
    return n->parent == parent && older->functions[n->function].id == id ? place[id]
                                                                         : HOTPATH_NO_NODE;
}
/* Finds for each node the one of the older snapshot with the same path. Each node of both is looked
   at once, whatever the order of siblings: `place` has room for every function id of older. */
static void hotpath_i_match_nodes(
    hotpath_snapshot_t* s, const hotpath_snapshot_t* older, uint32_t* map, uint32_t* place) {
    for (uint32_t r = 0; r < older->node_count; r++)
        if (older->nodes[r].parent == HOTPATH_NO_NODE) hotpath_i_note_child(older, place, r);
    for (uint32_t i = 0; i < s->node_count; i++)
        if (s->nodes[i].parent == HOTPATH_NO_NODE)
            map[i] = hotpath_i_older_child(
                older, place, HOTPATH_NO_NODE, s->functions[s->nodes[i].function].id);
    for (uint32_t i = 0; i < s->node_count; i++) { /* parents stand before their children */
        uint32_t up = map[i], k = s->nodes[i].first_child;
        uint32_t old = up != HOTPATH_NO_NODE ? older->nodes[up].first_child : HOTPATH_NO_NODE;
        for (; old != HOTPATH_NO_NODE && k != HOTPATH_NO_NODE; old = older->nodes[old].next_sibling)
            hotpath_i_note_child(older, place, old);
        for (; k != HOTPATH_NO_NODE; k = s->nodes[k].next_sibling)
            map[k] = up == HOTPATH_NO_NODE ? up
                                           : hotpath_i_older_child(older, place, up,
                                                 s->functions[s->nodes[k].function].id);
    }
}
static void hotpath_i_minus_nodes(
    hotpath_snapshot_t* s, const hotpath_snapshot_t* older, const uint32_t* map) {
    for (size_t i = 0; i < s->node_count; i++) {
        hotpath_node_t* n = &s->nodes[i];
        if (map[i] == HOTPATH_NO_NODE) continue;
        const hotpath_node_t* old = &older->nodes[map[i]];
        n->calls = hotpath_i_minus(n->calls, old->calls);
        n->errors = hotpath_i_minus(n->errors, old->errors);
        n->bytes = hotpath_i_minus(n->bytes, old->bytes);
        n->alloc_count = hotpath_i_minus(n->alloc_count, old->alloc_count);
        n->alloc_bytes = hotpath_i_minus(n->alloc_bytes, old->alloc_bytes);
        n->alloc_total_count = hotpath_i_minus(n->alloc_total_count, old->alloc_total_count);
        n->alloc_total_bytes = hotpath_i_minus(n->alloc_total_bytes, old->alloc_total_bytes);
        n->total_ns = hotpath_i_minus(n->total_ns, old->total_ns);
        n->self_ns = hotpath_i_minus_self(n->self_ns, old->self_ns, n->total_ns);
    }
}
static void hotpath_i_minus_rest(hotpath_snapshot_t* s, const hotpath_snapshot_t* older) {
    for (size_t i = 0; i < s->thread_count; i++)
        for (size_t k = 0; k < older->thread_count; k++) {
            hotpath_thread_t* t = &s->threads[i];
            const hotpath_thread_t* old = &older->threads[k];
            if (t->state != old->state || t->id != old->id || t->state == HOTPATH_THREAD_PARKED)
                continue;
            t->calls = hotpath_i_minus(t->calls, old->calls);
            t->busy_ns = hotpath_i_minus(t->busy_ns, old->busy_ns);
            t->alloc_count = hotpath_i_minus(t->alloc_count, old->alloc_count);
            t->alloc_bytes = hotpath_i_minus(t->alloc_bytes, old->alloc_bytes);
            t->free_count = hotpath_i_minus(t->free_count, old->free_count);
            t->free_bytes = hotpath_i_minus(t->free_bytes, old->free_bytes);
            t->freed_by_others_count =
                hotpath_i_minus(t->freed_by_others_count, old->freed_by_others_count);
            t->freed_by_others_bytes =
                hotpath_i_minus(t->freed_by_others_bytes, old->freed_by_others_bytes);
        }
    for (size_t i = 0, k = 0; i < s->entry_count; i++) {
        while (k < older->entry_count && older->entries[k].id < s->entries[i].id)
            k++;
        if (k < older->entry_count && older->entries[k].id == s->entries[i].id)
            s->entries[i].count = hotpath_i_minus(s->entries[i].count, older->entries[k].count);
    }
    hotpath_alloc_info_t* all = &s->info.alloc;
    const hotpath_alloc_info_t* then = &older->info.alloc;
    all->alloc_count = hotpath_i_minus(all->alloc_count, then->alloc_count);
    all->alloc_bytes = hotpath_i_minus(all->alloc_bytes, then->alloc_bytes);
    all->realloc_count = hotpath_i_minus(all->realloc_count, then->realloc_count);
    all->free_count = hotpath_i_minus(all->free_count, then->free_count);
    all->free_bytes = hotpath_i_minus(all->free_bytes, then->free_bytes);
    all->foreign_frees = hotpath_i_minus(all->foreign_frees, then->foreign_frees);
    uint64_t a[sizeof(hotpath_drops_t) / 8], b[sizeof(hotpath_drops_t) / 8];
    memcpy(a, &s->info.drops, sizeof a);
    memcpy(b, &older->info.drops, sizeof b);
    for (size_t i = 0; i < sizeof a / sizeof *a; i++)
        a[i] = hotpath_i_minus(a[i], b[i]);
    memcpy(&s->info.drops, a, sizeof a);
}
static void hotpath_i_minus_span(hotpath_span_row_t* row, const hotpath_span_row_t* old) {
    row->completed = hotpath_i_minus(row->completed, old->completed);
    row->status_4xx = hotpath_i_minus(row->status_4xx, old->status_4xx);
    row->status_5xx = hotpath_i_minus(row->status_5xx, old->status_5xx);
    row->rows = hotpath_i_minus(row->rows, old->rows);
    row->bytes_in = hotpath_i_minus(row->bytes_in, old->bytes_in);
    row->bytes_out = hotpath_i_minus(row->bytes_out, old->bytes_out);
    row->fullscan_steps = hotpath_i_minus(row->fullscan_steps, old->fullscan_steps);
    for (size_t i = 0; i < HOTPATH_SPAN_PHASES; i++) {
        row->phases_ns[i] = hotpath_i_minus(row->phases_ns[i], old->phases_ns[i]);
        row->phases_count[i] = hotpath_i_minus(row->phases_count[i], old->phases_count[i]);
    }
}
/* Keys of spans, when functions and nodes have been taken from each other. */
static void hotpath_i_minus_spans(
    hotpath_snapshot_t* s, const hotpath_snapshot_t* newer, const hotpath_snapshot_t* older) {
    s->span_count = newer->span_count;
    s->spans = (hotpath_span_row_t*)hotpath_i_copy_array(
        s, newer->spans, s->span_count * sizeof *s->spans);
    for (size_t i = 0; i < s->span_count && !s->full; i++) {
        hotpath_span_row_t* row = &s->spans[i];
        const hotpath_function_t* f = &s->functions[row->function];
        for (size_t k = 0; k < older->span_count; k++)
            if (older->functions[older->spans[k].function].id == f->id)
                hotpath_i_minus_span(row, &older->spans[k]);
        row->count = f->calls, row->errors = f->errors, row->total_ns = f->total_ns;
        hotpath_i_span_rates(s, row);
        row->per_second = row->per_second_mean;
        uint32_t kept = 0;
        hotpath_span_slow_t* slow = (hotpath_span_slow_t*)hotpath_i_copy_array(
            s, row->slowest, row->slowest_count * sizeof *slow);
        for (uint32_t k = 0; k < row->slowest_count && slow != NULL; k++)
            if (slow[k].at_ns >= older->info.elapsed_ns) {
                slow[kept] = slow[k];
                slow[kept++].inside = (const hotpath_inside_t*)hotpath_i_copy_array(
                    s, slow[k].inside, slow[k].inside_count * sizeof *slow[k].inside);
            }
        row->slowest = slow, row->slowest_count = kept;
        row->callers = row->routes = NULL;
        row->callers_count = row->routes_count = 0;
    }
    if ((s->parts & HOTPATH_PART_TREE) != 0 && s->span_count != 0 && !s->full)
        hotpath_i_list_callers(s);
}
HOTPATH_API hotpath_snapshot_t* hotpath_snapshot_difference(const hotpath_snapshot_t* newer,
    const hotpath_snapshot_t* older, const hotpath_snapshot_desc_t* desc) {
    if (newer == NULL || older == NULL || newer->info.pid != older->info.pid ||
        newer->info.elapsed_ns < older->info.elapsed_ns || newer->info.is_difference ||
        older->info.is_difference || older->times_later || newer->info.overhead_subtracted ||
        older->info.overhead_subtracted)
        return NULL;
    hotpath_snapshot_t* s = hotpath_i_snapshot_new(desc, newer->used * 2 + 65536);
    if (s == NULL) return NULL;
    s->info = newer->info;
    s->info.is_difference = true;
    s->info.window_ns = newer->info.elapsed_ns - older->info.elapsed_ns;
    s->info.auto_time_ns = hotpath_i_minus(s->info.auto_time_ns, older->info.auto_time_ns);
    s->info.auto_overhead_ns =
        hotpath_i_minus(s->info.auto_overhead_ns, older->info.auto_overhead_ns);
    s->info.auto_least_ns = hotpath_i_minus(s->info.auto_least_ns, older->info.auto_least_ns);
    s->info.off_ns -= older->info.off_ns < s->info.off_ns ? older->info.off_ns : s->info.off_ns;
    s->parts = newer->parts, s->thread = newer->thread, s->now = newer->now;
    s->times_later = newer->times_later;
    s->function_count = newer->function_count, s->node_count = newer->node_count;
    s->thread_count = newer->thread_count, s->entry_count = newer->entry_count;
    s->frame_count = (older->parts & HOTPATH_PART_FRAMES) != 0 ? newer->frame_count : 0;
    s->bucket_words = newer->bucket_words;
    s->functions = (hotpath_function_t*)hotpath_i_copy_array(
        s, newer->functions, s->function_count * sizeof *s->functions);
    s->nodes =
        (hotpath_node_t*)hotpath_i_copy_array(s, newer->nodes, s->node_count * sizeof *s->nodes);
    s->threads = (hotpath_thread_t*)hotpath_i_copy_array(
        s, newer->threads, s->thread_count * sizeof *s->threads);
    s->entries = (hotpath_entry_t*)hotpath_i_copy_array(
        s, newer->entries, s->entry_count * sizeof *s->entries);
    s->frames = (hotpath_frame_t*)hotpath_i_copy_array(
        s, newer->frames, s->frame_count * sizeof *s->frames);
    s->buckets =
        (uint64_t*)hotpath_i_copy_array(s, newer->buckets, s->bucket_words * sizeof *s->buckets);
    uint32_t* map = (uint32_t*)hotpath_i_temp(s, (s->node_count + 1) * sizeof *map);
    size_t ids = older->function_count != 0 ? older->functions[older->function_count - 1].id : 0u;
    uint32_t* place = (uint32_t*)hotpath_i_temp(s, (ids + 1) * sizeof *place);
    if (!s->full) hotpath_i_copy_functions(s, newer, older->info.elapsed_ns);
    if (!s->full) hotpath_i_copy_rest(s);
    if (!s->full) hotpath_i_copy_frames(s, older->info.elapsed_ns);
    if (s->full) {
        hotpath_snapshot_free(s);
        return NULL;
    }
    for (size_t i = 0, k = 0; i < s->function_count; i++) {
        while (k < older->function_count && older->functions[k].id < s->functions[i].id)
            k++;
        bool known = k < older->function_count && older->functions[k].id == s->functions[i].id;
        hotpath_i_minus_function(s, &s->functions[i], older, known ? &older->functions[k] : NULL);
    }
    hotpath_i_match_nodes(s, older, map, place);
    hotpath_i_minus_nodes(s, older, map);
    hotpath_i_minus_rest(s, older);
    hotpath_i_minus_frames(s, older);
    hotpath_i_minus_spans(s, newer, older);
    hotpath_i_fill_overhead(s);
    s->temp = 0;
    if (s->full) {
        hotpath_snapshot_free(s);
        return NULL;
    }
    return s;
}

/* >>heap
   Live memory over time: what labels keep, what grows, and what the system says of the process. */

    #if HOTPATH_I_ALLOC

        #define HOTPATH_I_LABELS 16u

/* What one label keeps. The rows lie behind each other, by function id. */
typedef struct hotpath_i_label {
    char name[HOTPATH_I_NAME_MAX];
    uint64_t at_ns;
    uint64_t count;
    hotpath_heap_row_t* rows; /* pages of their own */
} hotpath_i_label_t;
static hotpath_i_label_t hotpath_i_labels[HOTPATH_I_LABELS]; /* oldest first; with the lock */

/* The parent's are of other numbers. A thread that is not here may have been at them: their pages stay. */
static void hotpath_i_labels_fork_child(void) {
    memset(hotpath_i_labels, 0, sizeof hotpath_i_labels);
}
static hotpath_i_label_t* hotpath_i_label_find(const char* label) {
    for (size_t i = 0; i < HOTPATH_I_LABELS; i++)
        if (hotpath_i_labels[i].rows != NULL &&
            hotpath_i_same_text(hotpath_i_labels[i].name, label, HOTPATH_I_NAME_MAX - 1))
            return &hotpath_i_labels[i];
    return NULL;
}
static bool hotpath_i_label_forget(hotpath_i_label_t* l) {
    if (l == NULL) return false;
    hotpath_i_pages_free(l->rows, (size_t)l->count * sizeof *l->rows + 1);
    memmove(l, l + 1, (size_t)(hotpath_i_labels + HOTPATH_I_LABELS - l - 1) * sizeof *l);
    memset(&hotpath_i_labels[HOTPATH_I_LABELS - 1], 0, sizeof *l);
    return true;
}
static hotpath_heap_row_t hotpath_i_heap_row(uint32_t id, const hotpath_i_sum_t* sum) {
    const hotpath_i_item_t* item = hotpath_i_item_of(HOTPATH_I_CLASS_FUNCTION, id);
    hotpath_heap_row_t row;
    memset(&row, 0, sizeof row);
    row.function = id;
    row.name = row.file = "";
    if (item != NULL) {
        row.kind = item->kind, row.name = item->name;
        row.file = item->file, row.line = item->line;
    }
    row.alloc_count = sum->alloc_count, row.alloc_bytes = sum->alloc_bytes;
    row.free_count = sum->free_count, row.free_bytes = sum->free_bytes;
    row.live_count = (int64_t)hotpath_i_minus(sum->alloc_count, sum->free_count);
    row.live_bytes = (int64_t)hotpath_i_minus(sum->alloc_bytes, sum->free_bytes);
    return row;
}
HOTPATH_API bool hotpath_heap_snapshot(const char* label) {
    if (!hotpath_i_init()) return false;
    HOTPATH_I_FORWARD_RESULT(heap_snapshot(label));
    if (label == NULL || label[0] == 0) return false;
    hotpath_i_reader_enter();
    uint32_t count;
    uint64_t now = hotpath_i_ticks();
    if (now >= hotpath_i_heap.next_tick) hotpath_i_heap_look(now);
    const hotpath_i_sum_t* sums = hotpath_i_sum_all(&count);
    hotpath_heap_row_t* rows =
        sums == NULL ? NULL : (hotpath_heap_row_t*)hotpath_i_pages_alloc(count * sizeof *rows + 1);
    (void)hotpath_i_label_forget(hotpath_i_label_find(label));
    hotpath_i_label_t* l = hotpath_i_labels;
    while (l < hotpath_i_labels + HOTPATH_I_LABELS && l->rows != NULL)
        l++;
    bool kept = rows != NULL && l < hotpath_i_labels + HOTPATH_I_LABELS;
    if (kept) {
        for (uint32_t id = 1; id <= count; id++)
            rows[id - 1] = hotpath_i_heap_row(id, &sums[id]);
        size_t n = 0;
        while (label[n] != 0 && n < HOTPATH_I_NAME_MAX - 1)
            l->name[n] = label[n], n++;
        l->name[n] = 0;
        l->at_ns = hotpath_i_since_start_ns(now), l->count = count, l->rows = rows;
    } else if (rows != NULL) {
        hotpath_i_pages_free(rows, count * sizeof *rows + 1);
    }
    hotpath_i_reader_leave();
    return kept;
}
HOTPATH_API bool hotpath_heap_forget(const char* label) {
    if (!hotpath_i_init()) return false;
    HOTPATH_I_FORWARD_RESULT(heap_forget(label));
    hotpath_i_reader_enter();
    bool known = label != NULL && hotpath_i_label_forget(hotpath_i_label_find(label));
    hotpath_i_reader_leave();
    return known;
}
HOTPATH_API bool hotpath_heap_label(size_t index, char* label, size_t size, uint64_t* at_ns) {
    if (!hotpath_i_init()) return false;
    HOTPATH_I_FORWARD_RESULT(heap_label(index, label, size, at_ns));
    hotpath_i_reader_enter();
    bool known = index < HOTPATH_I_LABELS && hotpath_i_labels[index].rows != NULL;
    if (known) {
        const hotpath_i_label_t* l = &hotpath_i_labels[index];
        size_t n = 0;
        for (; size != 0 && n + 1 < size && l->name[n] != 0; n++)
            label[n] = l->name[n];
        if (size != 0) label[n] = 0;
        if (at_ns != NULL) *at_ns = l->at_ns;
    }
    hotpath_i_reader_leave();
    return known;
}

static bool hotpath_i_heap_row_before(const hotpath_heap_row_t* a, const hotpath_heap_row_t* b) {
    return a->live_bytes != b->live_bytes ? a->live_bytes > b->live_bytes
                                          : a->function < b->function;
}
/* Keeps a row among the first `capacity`, in order. Returns: how many there are by now. */
static size_t hotpath_i_heap_row_put(
    hotpath_heap_row_t* rows, size_t count, size_t capacity, const hotpath_heap_row_t* row) {
    size_t at = count < capacity ? count : capacity;
    if (at == capacity && (at == 0 || !hotpath_i_heap_row_before(row, &rows[at - 1])))
        return count + 1;
    if (at == capacity) at--;
    for (; at > 0 && hotpath_i_heap_row_before(row, &rows[at - 1]); at--)
        rows[at] = rows[at - 1];
    rows[at] = *row;
    return count + 1;
}
HOTPATH_API size_t hotpath_heap_rows(
    const char* newer, const char* older, hotpath_heap_row_t* rows, size_t capacity) {
    if (!hotpath_i_init()) return 0;
    HOTPATH_I_FORWARD_RESULT(heap_rows(newer, older, rows, capacity));
    hotpath_i_reader_enter();
    uint32_t count = 0;
    size_t found = 0;
    const hotpath_i_label_t* to = newer != NULL ? hotpath_i_label_find(newer) : NULL;
    const hotpath_i_label_t* from = older != NULL ? hotpath_i_label_find(older) : NULL;
    const hotpath_i_sum_t* sums = newer == NULL ? hotpath_i_sum_all(&count) : NULL;
    if (to != NULL) count = (uint32_t)to->count;
    if ((to == NULL && sums == NULL) || (older != NULL && from == NULL)) count = 0;
    for (uint32_t id = 1; id <= count; id++) {
        hotpath_heap_row_t row = to != NULL ? to->rows[id - 1] : hotpath_i_heap_row(id, &sums[id]);
        if (from != NULL && id <= from->count) {
            const hotpath_heap_row_t* old = &from->rows[id - 1];
            row.alloc_count = hotpath_i_minus(row.alloc_count, old->alloc_count);
            row.alloc_bytes = hotpath_i_minus(row.alloc_bytes, old->alloc_bytes);
            row.free_count = hotpath_i_minus(row.free_count, old->free_count);
            row.free_bytes = hotpath_i_minus(row.free_bytes, old->free_bytes);
            row.live_count -= old->live_count, row.live_bytes -= old->live_bytes;
        }
        if (row.alloc_count != 0 || row.free_count != 0)
            found = hotpath_i_heap_row_put(rows, found, capacity, &row);
    }
    hotpath_i_reader_leave();
    return found;
}

/* Fits a line to the live bytes of the last intervals. Returns: false if too few grew, or by too little. */
static bool hotpath_i_suspect(const hotpath_i_growth_t* g, const hotpath_heap_suspects_desc_t* desc,
    hotpath_heap_suspect_t* out) {
    uint32_t looks = hotpath_i_heap.looks, window = desc->window;
    if (looks < 2) return false;
    if (window > looks - 1) window = looks - 1;
    double n = (double)window + 1, sx = 0, sy = 0, sxx = 0, sxy = 0, syy = 0;
    uint64_t first = 0, last = 0;
    uint64_t start = hotpath_i_heap.look_ticks[(looks - 1 - window) % (HOTPATH_I_TICKS + 1)];
    memset(out, 0, sizeof *out);
    for (uint32_t i = 0; i <= window; i++) {
        size_t at = (looks - 1 - window + i) % (HOTPATH_I_TICKS + 1);
        double x = (double)hotpath_i_ns(hotpath_i_heap.look_ticks[at] - start) / 1e9;
        double y = (double)g->live[at];
        out->grew += i != 0 && g->live[at] > last;
        last = g->live[at];
        first = i == 0 ? last : first;
        sx += x, sy += y, sxx += x * x, sxy += x * y, syy += y * y;
    }
    out->intervals = window;
    out->growth_bytes = hotpath_i_minus(last, first);
    double vx = sxx - sx * sx / n, vy = syy - sy * sy / n, vxy = sxy - sx * sy / n;
    out->bytes_per_sec = vx > 0 ? vxy / vx : 0;
    double explained = vx > 0 && vy > 0 ? vxy * vxy / (vx * vy) : 0;
    double share = (double)out->grew / (double)window;
    out->confidence = share * (explained < 1 ? explained : 1);
    return window >= 2 && out->growth_bytes >= desc->min_growth_bytes && share >= desc->min_grew;
}
static size_t hotpath_i_suspect_put(hotpath_heap_suspect_t* rows, size_t count, size_t capacity,
    const hotpath_heap_suspect_t* row) {
    size_t at = count < capacity ? count : capacity;
    if (at == capacity && (at == 0 || row->growth_bytes <= rows[at - 1].growth_bytes))
        return count + 1;
    if (at == capacity) at--;
    for (; at > 0 && row->growth_bytes > rows[at - 1].growth_bytes; at--)
        rows[at] = rows[at - 1];
    rows[at] = *row;
    return count + 1;
}
HOTPATH_API size_t hotpath_heap_suspects(
    const hotpath_heap_suspects_desc_t* desc, hotpath_heap_suspect_t* rows, size_t capacity) {
    if (!hotpath_i_init()) return 0;
    HOTPATH_I_FORWARD_RESULT(heap_suspects(desc, rows, capacity));
    hotpath_heap_suspects_desc_t d;
    memset(&d, 0, sizeof d);
    if (desc != NULL) d = *desc;
    if (d.window == 0) d.window = (uint32_t)hotpath_i_settings.heap_window;
    if (d.window > HOTPATH_I_TICKS) d.window = HOTPATH_I_TICKS;
    if (d.min_growth_bytes == 0) d.min_growth_bytes = hotpath_i_settings.heap_min_growth;
    if (!(d.min_grew > 0)) d.min_grew = 0.6;
    hotpath_i_reader_enter();
    uint32_t count;
    size_t found = 0;
    uint64_t now = hotpath_i_ticks();
    if (now >= hotpath_i_heap.next_tick) hotpath_i_heap_look(now);
    const hotpath_i_sum_t* sums = hotpath_i_sum_all(&count);
    for (uint32_t id = 1; id <= count && sums != NULL; id++) {
        const hotpath_i_item_t* item = hotpath_i_item_of(HOTPATH_I_CLASS_FUNCTION, id);
        hotpath_heap_suspect_t row;
        if (item == NULL || item->growth == NULL || !hotpath_i_suspect(item->growth, &d, &row))
            continue;
        hotpath_heap_row_t live = hotpath_i_heap_row(id, &sums[id]);
        row.function = id, row.kind = live.kind;
        row.name = live.name, row.file = live.file, row.line = live.line;
        row.live_bytes = (uint64_t)live.live_bytes, row.live_count = (uint64_t)live.live_count;
        hotpath_i_ages(item->growth, &sums[id], row.live_bytes, row.ages);
        found = hotpath_i_suspect_put(rows, found, capacity, &row);
    }
    hotpath_i_reader_leave();
    return found;
}
HOTPATH_API size_t hotpath_heap_pools(hotpath_heap_pool_t* rows, size_t capacity) {
    HOTPATH_I_FORWARD_RESULT(heap_pools(rows, capacity));
    size_t count = 0;
    for (; count < HOTPATH_I_HEAPS; count++) {
        const hotpath_i_named_heap_t* h = &hotpath_i_heap.heaps[count];
        const char* name = HOTPATH_I_LOAD_ACQUIRE(&h->name);
        if (name == NULL) break;
        if (count >= capacity) continue;
        hotpath_heap_pool_t* row = &rows[count];
        uint64_t free_count = HOTPATH_I_LOAD(&h->free_count);
        uint64_t free_bytes = HOTPATH_I_LOAD(&h->free_bytes);
        row->name = name;
        row->alloc_count = HOTPATH_I_LOAD(&h->alloc_count);
        row->alloc_bytes = HOTPATH_I_LOAD(&h->alloc_bytes);
        row->live_count = hotpath_i_minus(row->alloc_count, free_count);
        row->live_bytes = hotpath_i_minus(row->alloc_bytes, free_bytes);
        row->peak_live_bytes = HOTPATH_I_LOAD(&h->peak_bytes);
        row->resets = HOTPATH_I_LOAD(&h->resets);
    }
    return count;
}
    #else
HOTPATH_API bool hotpath_heap_snapshot(const char* label) { return (void)label, false; }
HOTPATH_API bool hotpath_heap_forget(const char* label) { return (void)label, false; }
HOTPATH_API bool hotpath_heap_label(size_t index, char* label, size_t size, uint64_t* at_ns) {
    return (void)index, (void)label, (void)size, (void)at_ns, false;
}
HOTPATH_API size_t hotpath_heap_rows(
    const char* newer, const char* older, hotpath_heap_row_t* rows, size_t capacity) {
    return (void)newer, (void)older, (void)rows, (void)capacity, (size_t)0;
}
HOTPATH_API size_t hotpath_heap_suspects(
    const hotpath_heap_suspects_desc_t* desc, hotpath_heap_suspect_t* rows, size_t capacity) {
    return (void)desc, (void)rows, (void)capacity, (size_t)0;
}
HOTPATH_API size_t hotpath_heap_pools(hotpath_heap_pool_t* rows, size_t capacity) {
    return (void)rows, (void)capacity, (size_t)0;
}
    #endif
HOTPATH_API bool hotpath_process_memory(hotpath_process_t* memory) {
    memset(memory, 0, sizeof *memory);
    return hotpath_i_os_process_memory(memory);
}

/* >>writer
   Numbers with units, and texts in JSON, in a hotpath_i_writer_t (>>log). Nothing here depends on
   the locale. */

static void hotpath_i_put_i64(hotpath_i_writer_t* w, int64_t v) {
    if (v < 0) hotpath_i_putc(w, '-');
    hotpath_i_put_u64(w, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

/* Looks at the bits, so that -ffast-math cannot reason it away. */
static bool hotpath_i_is_finite(double v) {
    uint64_t bits = 0;
    memcpy(&bits, &v, sizeof bits);
    return (bits >> 52 & 0x7FF) != 0x7FF;
}

/* The digits of a decimal exponent form, d.ddd with the point after the first digit, as a number:
   plain within 1e-5 to 1e15, else with an exponent. */
static void hotpath_i_put_digits(
    hotpath_i_writer_t* w, const char* digits, size_t count, int exponent) {
    bool plain = exponent >= -5 && exponent < 15;
    int point = plain ? exponent : 0;
    for (int i = point; i < 0; i++)
        hotpath_i_puts(w, i == point ? "0." : "0");
    for (size_t i = 0; i < count || (int)i <= point; i++) {
        if (i > 0 && (int)i == point + 1) hotpath_i_putc(w, '.');
        hotpath_i_putc(w, i < count ? digits[i] : '0');
    }
    if (plain) return;
    hotpath_i_puts(w, exponent < 0 ? "e-" : "e+");
    hotpath_i_put_u64(w, (uint64_t)(exponent < 0 ? -exponent : exponent));
}

    #if !defined(HOTPATH_NO_STDIO)
/* The shortest text that reads back as the same number: 15, 16 or 17 digits, of which snprintf
   gives the exact ones. Its decimal point is whatever the locale says and is skipped. */
static size_t hotpath_i_double_digits(double v, char* digits, int* exponent) {
    char text[64];
    size_t count = 0;
    for (int precision = 14; precision <= 16; precision++) {
        if (snprintf(text, sizeof text, "%.*e", precision, v) < 0) break;
        if (!(strtod(text, NULL) < v) && !(strtod(text, NULL) > v)) break;
    }
    const char* at = text;
    for (; *at && *at != 'e'; at++) {
        if (*at >= '0' && *at <= '9' && count < 17) digits[count++] = *at;
    }
    bool minus = at[0] == 'e' && at[1] == '-';
    *exponent = 0;
    for (at += at[0] ? 2 : 0; *at >= '0' && *at <= '9'; at++)
        *exponent = *exponent * 10 + (*at - '0');
    if (minus) *exponent = -*exponent;
    return count;
}
    #else
/* Fifteen digits, the last of which may be off by one far from 1. */
static size_t hotpath_i_double_digits(double v, char* digits, int* exponent) {
    static const double powers[] = {1e256, 1e128, 1e64, 1e32, 1e16, 1e8, 1e4, 1e2, 1e1};
    int power = 256;
    *exponent = 0;
    for (size_t i = 0; i < sizeof powers / sizeof powers[0]; i++, power /= 2) {
        if (v >= powers[i]) v /= powers[i], *exponent += power;
    }
    power = 256;
    for (size_t i = 0; i < sizeof powers / sizeof powers[0]; i++, power /= 2) {
        if (v < 10 / powers[i]) v *= powers[i], *exponent -= power;
    }
    uint64_t number = (uint64_t)(v * 1e14 + 0.5);
    if (number >= 1000000000000000u) number /= 10, *exponent += 1;
    for (size_t i = 15; i-- > 0; number /= 10)
        digits[i] = (char)('0' + number % 10);
    return 15;
}
    #endif

/* Rounds to `most` digits; all that stand before the point stay. Returns: how many are left. */
static size_t hotpath_i_round_digits(char* digits, size_t count, size_t most, int* exponent) {
    if (*exponent < 15 && *exponent >= (int)most) most = (size_t)*exponent + 1;
    if (count <= most) return count;
    bool up = digits[most] >= '5';
    for (size_t i = most; up && i > 0; i--) {
        up = digits[i - 1] == '9';
        digits[i - 1] = up ? '0' : (char)(digits[i - 1] + 1);
    }
    if (up) digits[0] = '1', *exponent += 1; /* 9.99 becomes 10.0: the others are zeros */
    return most;
}

/* At most so many digits of the shortest form that reads back as the same number. */
static void hotpath_i_put_rounded(hotpath_i_writer_t* w, double v, size_t most) {
    char digits[24];
    int exponent = 0;
    if (!hotpath_i_is_finite(v)) {
        hotpath_i_puts(w, v > 0 ? "inf" : v < 0 ? "-inf" : "NaN");
        return;
    }
    if (v < 0) hotpath_i_putc(w, '-');
    if (v < 0) v = -v;
    if (!(v > 0)) {
        hotpath_i_putc(w, '0');
        return;
    }
    size_t count = hotpath_i_double_digits(v, digits, &exponent);
    count = hotpath_i_round_digits(digits, count, most, &exponent);
    while (count > 1 && digits[count - 1] == '0')
        count--;
    hotpath_i_put_digits(w, digits, count, exponent);
}

/* The shortest form that reads back as the same number. */
static void hotpath_i_put_double(hotpath_i_writer_t* w, double v) {
    hotpath_i_put_rounded(w, v, 17);
}

/* A number of at least 0 with a fixed number of decimals, at most 6. */
static void hotpath_i_put_fixed(hotpath_i_writer_t* w, double v, uint32_t decimals) {
    uint64_t scale = 1;
    if (!(v >= 0 && v < 1e13)) {
        hotpath_i_put_double(w, v);
        return;
    }
    for (uint32_t i = 0; i < decimals; i++)
        scale *= 10;
    uint64_t number = (uint64_t)(v * (double)scale + 0.5);
    hotpath_i_put_u64(w, number / scale);
    if (decimals != 0) hotpath_i_putc(w, '.');
    for (scale /= 10; scale != 0; scale /= 10)
        hotpath_i_putc(w, (char)('0' + number / scale % 10));
}

/* Three digits of a number below 1000; more before the point are kept. */
static void hotpath_i_put_three(hotpath_i_writer_t* w, double v) {
    hotpath_i_put_fixed(w, v, v < 9.995 ? 2 : v < 99.95 ? 1 : 0);
}

/* A time with its unit and three digits. Whole nanoseconds have no decimals. */
static void hotpath_i_put_duration(hotpath_i_writer_t* w, double ns, bool whole) {
    static const struct {
        double ns;
        const char* name;
    } units[] = {{1, " ns"}, {1e3, " \xC2\xB5s"}, {1e6, " ms"}, {1e9, " s"}, {6e10, " min"},
        {3.6e12, " h"}, {8.64e13, " d"}};
    size_t last = sizeof units / sizeof units[0] - 1, i = 0;
    while (i < last && ns / units[i].ns >= 999.5)
        i++;
    if (i == 0 && (whole || !(ns > 0)))
        hotpath_i_put_fixed(w, ns, 0);
    else
        hotpath_i_put_three(w, ns / units[i].ns);
    hotpath_i_puts(w, units[i].name);
}

static void hotpath_i_put_ns(hotpath_i_writer_t* w, uint64_t ns) {
    hotpath_i_put_duration(w, (double)ns, true);
}

static void hotpath_i_put_size(hotpath_i_writer_t* w, uint64_t bytes) {
    static const char* const units[] = {" B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};
    double v = (double)bytes;
    size_t i = 0;
    for (; v >= 1023.5; i++)
        v /= 1024;
    if (i == 0)
        hotpath_i_put_u64(w, bytes);
    else
        hotpath_i_put_three(w, v);
    hotpath_i_puts(w, units[i]);
}

/* The name of a percentile: 95, 99.9. */
static void hotpath_i_put_percentile(hotpath_i_writer_t* w, uint32_t micro) {
    hotpath_i_put_u64(w, micro / 1000000);
    uint32_t rest = micro % 1000000;
    if (rest != 0) hotpath_i_putc(w, '.');
    for (uint32_t scale = 100000; rest != 0; rest %= scale, scale /= 10)
        hotpath_i_putc(w, (char)('0' + rest / scale));
}

static void hotpath_i_put_two(hotpath_i_writer_t* w, uint64_t v, char after) {
    if (v < 10) hotpath_i_putc(w, '0');
    hotpath_i_put_u64(w, v);
    hotpath_i_putc(w, after);
}

/* A time of UTC as 2026-01-31T23:59:59.000Z. The days are counted in years that begin in March, so
   that the leap day is the last one. */
static void hotpath_i_put_utc(hotpath_i_writer_t* w, int64_t unix_ns) {
    int64_t ms = unix_ns / 1000000 - (unix_ns % 1000000 < 0 ? 1 : 0);
    int64_t days = ms / 86400000 - (ms % 86400000 < 0 ? 1 : 0);
    uint64_t rest = (uint64_t)(ms - days * 86400000);
    uint64_t since = (uint64_t)(days + 719468); /* since 0000-03-01 */
    uint64_t era = since / 146097, day = since % 146097;
    uint64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    uint64_t of_year = day - (365 * year + year / 4 - year / 100);
    uint64_t month = (5 * of_year + 2) / 153;
    uint64_t of_month = of_year - (153 * month + 2) / 5 + 1;
    hotpath_i_put_u64(w, era * 400 + year + (month >= 10 ? 1 : 0));
    hotpath_i_putc(w, '-');
    hotpath_i_put_two(w, month < 10 ? month + 3 : month - 9, '-');
    hotpath_i_put_two(w, of_month, 'T');
    hotpath_i_put_two(w, rest / 3600000, ':');
    hotpath_i_put_two(w, rest / 60000 % 60, ':');
    hotpath_i_put_two(w, rest / 1000 % 60, '.');
    hotpath_i_putc(w, (char)('0' + rest / 100 % 10));
    hotpath_i_putc(w, (char)('0' + rest / 10 % 10));
    hotpath_i_putc(w, (char)('0' + rest % 10));
    hotpath_i_putc(w, 'Z');
}

/* A text as a JSON string that is valid UTF-8 whatever the bytes are, without hidden characters. */
static void hotpath_i_put_json(hotpath_i_writer_t* w, const char* text, size_t length) {
    size_t used = 0;
    hotpath_i_putc(w, '"');
    for (size_t i = 0; i < length; i += used) {
        uint32_t point = hotpath_i_utf8(text + i, length - i, &used);
        if (point == '"' || point == '\\') {
            hotpath_i_putc(w, '\\');
            hotpath_i_putc(w, text[i]);
        } else if (point == '\n' || point == '\t') {
            hotpath_i_puts(w, point == '\n' ? "\\n" : "\\t");
        } else if (point > 0xFFFF && hotpath_i_is_hidden(point)) {
            hotpath_i_puts(w, "\\u");
            hotpath_i_put_hex(w, 0xD800 + ((point - 0x10000) >> 10), 4);
            hotpath_i_puts(w, "\\u");
            hotpath_i_put_hex(w, 0xDC00 + ((point - 0x10000) & 0x3FF), 4);
        } else if (hotpath_i_is_hidden(point)) {
            hotpath_i_puts(w, "\\u");
            hotpath_i_put_hex(w, point, 4);
        } else if (point == 0xFFFD) {
            hotpath_i_puts(w, "\xEF\xBF\xBD");
        } else {
            hotpath_i_put(w, text + i, used);
        }
    }
    hotpath_i_putc(w, '"');
}

/* Names at most `room` columns wide: of a longer one the beginning and, because that tells C++
   functions apart, twice as much of the end. A name that is empty is shown as ?. */
static void hotpath_i_put_name(hotpath_i_writer_t* w, const char* name, size_t room) {
    size_t length = strlen(name);
    size_t columns = hotpath_i_put_columns(NULL, name, length, 0, 0);
    if (length == 0) hotpath_i_putc(w, '?');
    if (columns <= room) {
        (void)hotpath_i_put_columns(w, name, length, 0, room);
        return;
    }
    size_t head = room < 3 ? 0 : (room - 1) / 3;
    size_t tail = room < 1 ? 0 : room - 1 - head;
    (void)hotpath_i_put_columns(w, name, length, 0, head);
    hotpath_i_puts(w, "\xE2\x80\xA6");
    (void)hotpath_i_put_columns(w, name, length, columns - tail, columns);
}

/* A value as a text, as it is: not made safe to show. */
static void hotpath_i_put_value(hotpath_i_writer_t* w, const hotpath_value_t* value) {
    switch ((hotpath_value_type_t)value->type) {
        case HOTPATH_VALUE_NONE: break;
        case HOTPATH_VALUE_BOOL: hotpath_i_puts(w, value->as.i ? "true" : "false"); break;
        case HOTPATH_VALUE_CHAR:
            if (value->as.i >= 0x20 && value->as.i < 0x7F) {
                hotpath_i_putc(w, (char)value->as.i);
            } else {
                hotpath_i_puts(w, "\\x");
                hotpath_i_put_hex(w, (uint64_t)value->as.i & 0xFF, 2);
            }
            break;
        case HOTPATH_VALUE_INT: hotpath_i_put_i64(w, value->as.i); break;
        case HOTPATH_VALUE_UINT: hotpath_i_put_u64(w, value->as.u); break;
        case HOTPATH_VALUE_DOUBLE: hotpath_i_put_double(w, value->as.d); break;
        case HOTPATH_VALUE_POINTER:
            hotpath_i_puts(w, "0x");
            hotpath_i_put_hex(w, value->as.u, 1);
            break;
        case HOTPATH_VALUE_TEXT:
            if (value->as.text) hotpath_i_put(w, value->as.text, value->length);
            break;
    }
}

HOTPATH_API size_t hotpath_value_text(hotpath_value_t value, char* text, size_t size) {
    if (!text || size == 0) return 0;
    hotpath_i_writer_t w = hotpath_i_writer_to(text, size - 1, NULL, NULL);
    if (size > 1) hotpath_i_put_value(&w, &value);
    /* A character that the cut goes through is left out whole. */
    if (w.failed && value.type == HOTPATH_VALUE_TEXT) {
        while (w.used > 0 && ((unsigned char)value.as.text[w.used] & 0xC0) == 0x80)
            w.used--;
    }
    text[w.used] = 0;
    return w.used;
}

HOTPATH_API size_t hotpath_time_text(double ns, char* text, size_t size) {
    if (!text || size == 0) return 0;
    hotpath_i_writer_t w = hotpath_i_writer_to(text, size - 1, NULL, NULL);
    bool whole = ns >= 0 && ns < 1e15 && ns == (double)(uint64_t)ns;
    if (size > 1) hotpath_i_put_duration(&w, ns > 0 ? ns : 0, whole);
    text[w.used] = 0;
    return w.used;
}

/* >>views
   What a report shows of a snapshot: filtered by HOTPATH_FOCUS, sorted, limited. A view is a list
   of indices; its memory is pages, so that a report needs no malloc. */

    #define HOTPATH_I_NONE UINT32_MAX

typedef struct hotpath_i_rows {
    uint32_t* order;
    size_t total; /* rows there are */
    size_t shown; /* of them within the limit */
} hotpath_i_rows_t;

/* The call tree: links only between the nodes that are shown. */
typedef struct hotpath_i_tree {
    const hotpath_node_t* nodes;
    size_t count;
    uint64_t* weight; /* the largest total in the subtree, so that a parent never weighs less */
    uint32_t* first;
    uint32_t* next;
    unsigned char* marks; /* HOTPATH_I_MARK_* */
    uint32_t first_root;
} hotpath_i_tree_t;

enum {
    HOTPATH_I_MARK_USED = 1,    /* something happened here or below */
    HOTPATH_I_MARK_FOCUSED = 2, /* this node or one above it is in focus */
    HOTPATH_I_MARK_HOLDS = 4    /* one below it is in focus */
};

typedef struct hotpath_i_views {
    const hotpath_snapshot_t* snapshot;
    const hotpath_info_t* info;
    const hotpath_function_t* functions;
    const hotpath_thread_t* threads;
    const hotpath_entry_t* entries;
    const hotpath_frame_t* frames;
    size_t functions_count;
    size_t threads_count;
    size_t entries_count;
    size_t frames_count;
    const hotpath_span_row_t* spans;
    size_t spans_count;
    double busy_ns; /* the whole of all percentages */
    hotpath_i_rows_t rows[HOTPATH_I_SECTION_COUNT];
    hotpath_i_tree_t tree;
    uint32_t with_data; /* sections with rows */
    uint32_t sections;  /* sections to show in a table */
    uint32_t terminal;  /* its columns; 0: there is none, or they are not known */
    bool called;        /* there are functions with calls */
    bool out_of_focus;  /* but none in focus */
    void* pages;        /* all memory of the views, NULL if there was none */
    size_t pages_size;
} hotpath_i_views_t;

/* Says whether index a stands before index b. No two are equal, so that the order is always the
   same. */
typedef bool (*hotpath_i_before_t)(const hotpath_i_views_t* v, uint32_t a, uint32_t b);

static void hotpath_i_sift(const hotpath_i_views_t* v, hotpath_i_before_t before, uint32_t* order,
    size_t root, size_t count) {
    for (size_t child = 2 * root + 1; child < count; child = 2 * root + 1) {
        if (child + 1 < count && before(v, order[child], order[child + 1])) child++;
        if (!before(v, order[root], order[child])) return;
        uint32_t moved = order[root];
        order[root] = order[child], order[child] = moved;
        root = child;
    }
}

/* Sorts in place. It is a heap sort, because qsort may allocate and takes no context. */
static void hotpath_i_sort(
    const hotpath_i_views_t* v, hotpath_i_before_t before, uint32_t* order, size_t count) {
    for (size_t i = count / 2; i-- > 0;)
        hotpath_i_sift(v, before, order, i, count);
    for (size_t i = count; i-- > 1;) {
        uint32_t moved = order[0];
        order[0] = order[i], order[i] = moved;
        hotpath_i_sift(v, before, order, 0, i);
    }
}

static size_t hotpath_i_limited(size_t total, uint64_t limit) {
    return limit == 0 || limit > total ? total : (size_t)limit;
}

static uint64_t hotpath_i_section_limit(uint32_t section) {
    switch (section) {
    #define HOTPATH_I_ROW(constant, name, tool) \
        case HOTPATH_I_SECTION_##constant: return hotpath_i_settings.name##_limit;
        HOTPATH_I_SECTIONS(HOTPATH_I_ROW)
    #undef HOTPATH_I_ROW
        default: return 0;
    }
}

static const char* hotpath_i_section_name(uint32_t section) {
    switch (section) {
    #define HOTPATH_I_ROW(constant, name, tool) \
        case HOTPATH_I_SECTION_##constant: return #name;
        HOTPATH_I_SECTIONS(HOTPATH_I_ROW)
    #undef HOTPATH_I_ROW
        default: return "";
    }
}

static bool hotpath_i_in_focus(const hotpath_function_t* f) {
    return hotpath_i_settings.focus[0] == 0 ||
           hotpath_i_pattern_match(hotpath_i_settings.focus, f->name ? f->name : "");
}

/* The name of a function by its index in the snapshot. */
static const char* hotpath_i_function_name(const hotpath_i_views_t* v, uint32_t function) {
    const char* name = function < v->functions_count ? v->functions[function].name : NULL;
    return name ? name : "";
}

/* Functions by self time, or with HOTPATH_TIME_EXCLUSIVE=false by total time, which is the order of
   hotpath-rs; then by name. */
static bool hotpath_i_function_before(const hotpath_i_views_t* v, uint32_t a, uint32_t b) {
    const hotpath_function_t* fa = &v->functions[a];
    const hotpath_function_t* fb = &v->functions[b];
    bool self = hotpath_i_settings.time_exclusive;
    uint64_t ka = self ? fa->self_ns : fa->total_ns;
    uint64_t kb = self ? fb->self_ns : fb->total_ns;
    if (ka != kb) return ka > kb;
    int names = strcmp(hotpath_i_function_name(v, a), hotpath_i_function_name(v, b));
    return names != 0 ? names < 0 : a < b;
}

/* What a function allocates, as HOTPATH_ALLOC_METRIC and HOTPATH_ALLOC_CUMULATIVE have it. */
static uint64_t hotpath_i_allocated(const hotpath_function_t* f) {
    bool count = hotpath_i_settings.alloc_metric;
    if (hotpath_i_settings.alloc_cumulative)
        return count ? f->alloc_total_count : f->alloc_total_bytes;
    return count ? f->alloc_count : f->alloc_bytes;
}
static bool hotpath_i_alloc_before(const hotpath_i_views_t* v, uint32_t a, uint32_t b) {
    uint64_t ka = hotpath_i_allocated(&v->functions[a]);
    uint64_t kb = hotpath_i_allocated(&v->functions[b]);
    if (ka != kb) return ka > kb;
    int names = strcmp(hotpath_i_function_name(v, a), hotpath_i_function_name(v, b));
    return names != 0 ? names < 0 : a < b;
}
static uint64_t hotpath_i_alive(const hotpath_function_t* f) {
    return hotpath_i_settings.alloc_metric ? f->live_count : f->live_bytes;
}
static bool hotpath_i_heap_before(const hotpath_i_views_t* v, uint32_t a, uint32_t b) {
    uint64_t ka = hotpath_i_alive(&v->functions[a]), kb = hotpath_i_alive(&v->functions[b]);
    return ka != kb ? ka > kb : hotpath_i_alloc_before(v, a, b);
}

static bool hotpath_i_thread_before(const hotpath_i_views_t* v, uint32_t a, uint32_t b) {
    uint64_t ka = v->threads[a].busy_ns, kb = v->threads[b].busy_ns;
    return ka != kb ? ka > kb : a < b;
}

static bool hotpath_i_node_before(const hotpath_i_views_t* v, uint32_t a, uint32_t b) {
    uint64_t ka = v->tree.weight[a], kb = v->tree.weight[b];
    return ka != kb ? ka > kb : a < b;
}

/* Functions that were called; HOTPATH_EXCLUDE_WRAPPER leaves out the one with HOTPATH_MAIN. */
static void hotpath_i_view_functions(hotpath_i_views_t* v) {
    hotpath_i_rows_t* rows = &v->rows[HOTPATH_I_SECTION_FUNCTIONS];
    const char* wrapper = hotpath_i_settings.exclude_wrapper ? v->info->caller : NULL;
    for (size_t i = 0; i < v->functions_count; i++) {
        const hotpath_function_t* f = &v->functions[i];
        if ((f->calls == 0 && f->open_calls == 0) || f->kind == HOTPATH_KIND_MARK) continue;
        if (wrapper && f->kind == HOTPATH_KIND_FUNCTION && f->name && !strcmp(f->name, wrapper))
            continue;
        if (hotpath_i_in_focus(f)) rows->order[rows->total++] = (uint32_t)i;
    }
    hotpath_i_sort(v, hotpath_i_function_before, rows->order, rows->total);
}

/* Functions that allocate, with HOTPATH_ALLOC_CUMULATIVE also those whose callees do; and those with live
   memory. */
static void hotpath_i_view_allocs(hotpath_i_views_t* v) {
    hotpath_i_rows_t* rows = &v->rows[HOTPATH_I_SECTION_ALLOC];
    hotpath_i_rows_t* live = &v->rows[HOTPATH_I_SECTION_HEAP];
    for (size_t i = 0; i < v->functions_count; i++) {
        const hotpath_function_t* f = &v->functions[i];
        bool allocates =
            hotpath_i_settings.alloc_cumulative ? f->alloc_total_count != 0 : f->alloc_count != 0;
        if (!hotpath_i_in_focus(f)) continue;
        if (allocates) rows->order[rows->total++] = (uint32_t)i;
        if (f->live_count != 0) live->order[live->total++] = (uint32_t)i;
    }
    hotpath_i_sort(v, hotpath_i_alloc_before, rows->order, rows->total);
    hotpath_i_sort(v, hotpath_i_heap_before, live->order, live->total);
}

static void hotpath_i_view_threads(hotpath_i_views_t* v) {
    hotpath_i_rows_t* rows = &v->rows[HOTPATH_I_SECTION_THREADS];
    for (size_t i = 0; i < v->threads_count; i++) {
        if (v->threads[i].calls != 0 || v->threads[i].open_count != 0 ||
            v->threads[i].alloc_count != 0)
            rows->order[rows->total++] = (uint32_t)i;
    }
    hotpath_i_sort(v, hotpath_i_thread_before, rows->order, rows->total);
}

/* Frames and phases stay in the order in which the program made them. */
static void hotpath_i_view_phases(hotpath_i_views_t* v) {
    hotpath_i_rows_t* rows = &v->rows[HOTPATH_I_SECTION_PHASES];
    for (size_t i = 0; i < v->functions_count; i++)
        if (v->functions[i].kind == HOTPATH_KIND_MARK && v->functions[i].calls != 0)
            rows->order[rows->total++] = (uint32_t)i;
}
static void hotpath_i_view_frames(hotpath_i_views_t* v) {
    hotpath_i_rows_t* rows = &v->rows[HOTPATH_I_SECTION_FRAMES];
    for (size_t i = 0; i < v->frames_count; i++)
        if (v->frames[i].count != 0) rows->order[rows->total++] = (uint32_t)i;
}

/* Entries stay in the order in which the program made them. */
static void hotpath_i_view_entries(hotpath_i_views_t* v, uint32_t section, uint32_t kind) {
    hotpath_i_rows_t* rows = &v->rows[section];
    for (size_t i = 0; i < v->entries_count; i++) {
        if (v->entries[i].kind == kind) rows->order[rows->total++] = (uint32_t)i;
    }
}

/* The sections of keyed spans, by kind. */
static const uint32_t hotpath_i_span_sections[] = {
    HOTPATH_I_SECTION_SQL, HOTPATH_I_SECTION_HTTP, HOTPATH_I_SECTION_SERVER};

static bool hotpath_i_span_before(const hotpath_i_views_t* v, uint32_t a, uint32_t b) {
    uint64_t ka = v->spans[a].total_ns, kb = v->spans[b].total_ns;
    int keys = strcmp(v->spans[a].key, v->spans[b].key);
    return ka != kb ? ka > kb : keys != 0 ? keys < 0 : a < b;
}
static void hotpath_i_view_spans(hotpath_i_views_t* v, uint32_t kind) {
    hotpath_i_rows_t* rows = &v->rows[hotpath_i_span_sections[kind - HOTPATH_SPAN_SQL]];
    for (size_t i = 0; i < v->spans_count; i++) {
        const hotpath_span_row_t* row = &v->spans[i];
        bool idle = row->count == 0 && row->completed == 0 && row->open == 0;
        if (row->kind == kind && !idle && hotpath_i_in_focus(&v->functions[row->function]))
            rows->order[rows->total++] = (uint32_t)i;
    }
    hotpath_i_sort(v, hotpath_i_span_before, rows->order, rows->total);
}

/* Returns: the parent's index, or HOTPATH_I_NONE. Parents stand before their children. */
static uint32_t hotpath_i_parent(const hotpath_i_tree_t* t, uint32_t i) {
    uint32_t parent = t->nodes[i].parent;
    return parent < i ? parent : HOTPATH_I_NONE;
}

/* Marks what is used and in focus, downwards, then gives it upwards with the weights. */
static void hotpath_i_tree_mark(hotpath_i_views_t* v) {
    hotpath_i_tree_t* t = &v->tree;
    for (uint32_t i = 0; i < t->count; i++) {
        const hotpath_node_t* node = &t->nodes[i];
        uint32_t parent = hotpath_i_parent(t, i);
        uint32_t marks = node->calls || node->open_calls || node->total_ns || node->alloc_count
                             ? HOTPATH_I_MARK_USED
                             : 0;
        if (parent != HOTPATH_I_NONE) marks |= t->marks[parent] & HOTPATH_I_MARK_FOCUSED;
        if (node->function < v->functions_count &&
            hotpath_i_in_focus(&v->functions[node->function]))
            marks |= HOTPATH_I_MARK_FOCUSED;
        t->marks[i] = (unsigned char)marks;
        t->weight[i] = node->total_ns;
    }
    for (uint32_t i = (uint32_t)t->count; i-- > 0;) {
        uint32_t parent = hotpath_i_parent(t, i), marks = t->marks[i];
        if (parent == HOTPATH_I_NONE) continue;
        uint32_t up = marks & (HOTPATH_I_MARK_USED | HOTPATH_I_MARK_HOLDS);
        if (marks & HOTPATH_I_MARK_FOCUSED) up |= HOTPATH_I_MARK_HOLDS;
        t->marks[parent] = (unsigned char)(t->marks[parent] | up);
        if (t->weight[parent] < t->weight[i]) t->weight[parent] = t->weight[i];
    }
}

/* The node after this one, a parent before its children. */
static uint32_t hotpath_i_tree_next(const hotpath_i_tree_t* t, uint32_t i) {
    if (t->first[i] != HOTPATH_I_NONE) return t->first[i];
    while (i != HOTPATH_I_NONE && t->next[i] == HOTPATH_I_NONE)
        i = hotpath_i_parent(t, i);
    return i == HOTPATH_I_NONE ? i : t->next[i];
}

/* Of the call tree the heaviest nodes are shown; each has its parent there, which weighs as much or
   more and stands before it. */
static void hotpath_i_view_tree(hotpath_i_views_t* v) {
    hotpath_i_tree_t* t = &v->tree;
    hotpath_i_rows_t* rows = &v->rows[HOTPATH_I_SECTION_CALL_TREE];
    hotpath_i_tree_mark(v);
    for (uint32_t i = 0; i < t->count; i++) {
        t->first[i] = t->next[i] = HOTPATH_I_NONE;
        if ((t->marks[i] & HOTPATH_I_MARK_USED) != 0 && t->marks[i] != HOTPATH_I_MARK_USED)
            rows->order[rows->total++] = i;
    }
    hotpath_i_sort(v, hotpath_i_node_before, rows->order, rows->total);
    size_t shown = hotpath_i_limited(rows->total, hotpath_i_settings.call_tree_limit);
    t->first_root = HOTPATH_I_NONE;
    for (size_t i = shown; i-- > 0;) {
        uint32_t node = rows->order[i], parent = hotpath_i_parent(t, node);
        uint32_t* list = parent == HOTPATH_I_NONE ? &t->first_root : &t->first[parent];
        t->next[node] = *list;
        *list = node;
    }
    size_t at = 0;
    for (uint32_t i = t->first_root; i != HOTPATH_I_NONE; i = hotpath_i_tree_next(t, i))
        rows->order[at++] = i;
}

/* Cuts the memory of all lists out of one piece. Returns: false if there is none. */
static bool hotpath_i_views_alloc(hotpath_i_views_t* v) {
    size_t nodes = v->tree.count;
    size_t lists = 4 * v->functions_count + v->threads_count + 3 * v->entries_count + 3 * nodes +
                   v->frames_count + 3 * v->spans_count;
    v->pages_size = nodes * sizeof(uint64_t) + lists * sizeof(uint32_t) + nodes + 1;
    v->pages = hotpath_i_pages_alloc(v->pages_size);
    if (!v->pages) return false;
    v->tree.weight = (uint64_t*)v->pages;
    uint32_t* list = (uint32_t*)(void*)(v->tree.weight + nodes);
    v->rows[HOTPATH_I_SECTION_FUNCTIONS].order = list, list += v->functions_count;
    v->rows[HOTPATH_I_SECTION_ALLOC].order = list, list += v->functions_count;
    v->rows[HOTPATH_I_SECTION_HEAP].order = list, list += v->functions_count;
    v->rows[HOTPATH_I_SECTION_FRAMES].order = list, list += v->frames_count;
    v->rows[HOTPATH_I_SECTION_PHASES].order = list, list += v->functions_count;
    v->rows[HOTPATH_I_SECTION_THREADS].order = list, list += v->threads_count;
    v->rows[HOTPATH_I_SECTION_GAUGES].order = list, list += v->entries_count;
    v->rows[HOTPATH_I_SECTION_DBG].order = list, list += v->entries_count;
    v->rows[HOTPATH_I_SECTION_VAL].order = list, list += v->entries_count;
    for (uint32_t i = 0; i < 3; i++)
        v->rows[hotpath_i_span_sections[i]].order = list, list += v->spans_count;
    v->rows[HOTPATH_I_SECTION_CALL_TREE].order = list, list += nodes;
    v->tree.first = list, list += nodes;
    v->tree.next = list, list += nodes;
    v->tree.marks = (unsigned char*)list;
    return true;
}

/* Makes the views of a snapshot. Without memory they are empty, and pages is NULL. */
static void hotpath_i_views_make(hotpath_i_views_t* v, const hotpath_snapshot_t* snapshot) {
    memset(v, 0, sizeof *v);
    v->snapshot = snapshot;
    v->info = hotpath_snapshot_info(snapshot);
    v->functions = hotpath_snapshot_functions(snapshot, &v->functions_count);
    v->threads = hotpath_snapshot_threads(snapshot, &v->threads_count);
    v->entries = hotpath_snapshot_entries(snapshot, &v->entries_count);
    v->frames = hotpath_snapshot_frames(snapshot, &v->frames_count);
    v->spans = hotpath_snapshot_spans(snapshot, &v->spans_count);
    v->tree.nodes = hotpath_snapshot_nodes(snapshot, &v->tree.count);
    v->tree.first_root = HOTPATH_I_NONE;
    for (size_t i = 0; i < v->functions_count; i++) {
        v->busy_ns += (double)v->functions[i].self_ns;
        v->called = v->called || v->functions[i].calls != 0;
    }
    if (hotpath_i_views_alloc(v)) {
        hotpath_i_view_functions(v);
        hotpath_i_view_allocs(v);
        hotpath_i_view_frames(v);
        hotpath_i_view_phases(v);
        hotpath_i_view_threads(v);
        hotpath_i_view_entries(v, HOTPATH_I_SECTION_GAUGES, HOTPATH_KIND_GAUGE);
        hotpath_i_view_entries(v, HOTPATH_I_SECTION_DBG, HOTPATH_KIND_DBG);
        hotpath_i_view_entries(v, HOTPATH_I_SECTION_VAL, HOTPATH_KIND_VAL);
        for (uint32_t kind = 1; kind <= 3; kind++)
            hotpath_i_view_spans(v, kind);
        hotpath_i_view_tree(v);
    } else {
        v->tree.count = 0;
    }
    for (uint32_t i = 0; i < HOTPATH_I_SECTION_COUNT; i++) {
        v->rows[i].shown = hotpath_i_limited(v->rows[i].total, hotpath_i_section_limit(i));
        if (v->rows[i].total != 0) v->with_data |= 1u << i;
    }
    uint32_t data = v->with_data;
    v->out_of_focus = v->called && hotpath_i_settings.focus[0] != 0 &&
                      v->rows[HOTPATH_I_SECTION_FUNCTIONS].total == 0;
    if (v->out_of_focus) data |= 1u << HOTPATH_I_SECTION_FUNCTIONS;
    v->sections = hotpath_i_settings.report.always | (hotpath_i_settings.report.with_data & data);
}

static void hotpath_i_views_free(hotpath_i_views_t* v) {
    if (v->pages) hotpath_i_pages_free(v->pages, v->pages_size);
    v->pages = NULL;
}

/* Percentages are of the busy time: the sum of the self times of all functions on all threads, also
   of those that are not shown. Self percentages of all functions add up to 100, and no total is
   above 100 however many threads there are. In a program with one thread that HOTPATH_MAIN is in,
   busy time is elapsed time. */
static double hotpath_i_percent(const hotpath_i_views_t* v, uint64_t ns) {
    return v->busy_ns > 0 ? 100 * (double)ns / v->busy_ns : 0;
}

/* >>table
   The report for people. A grid asks its cells twice: once to measure, once to print. */

    #define HOTPATH_I_TABLE_WIDTH  120 /* columns that a table aims at where there is no terminal */
    #define HOTPATH_I_NAME_WIDTH   60  /* and that its names may take however wide the rest is */
    #define HOTPATH_I_NAME_LEAST   24  /* on a terminal, however narrow it is */
    #define HOTPATH_I_NAME_MOST    160
    #define HOTPATH_I_VALUE_WIDTH  40
    #define HOTPATH_I_CELL_SIZE    1024
    #define HOTPATH_I_GRID_COLUMNS 20
    #define HOTPATH_I_TREE_LEVELS  16 /* drawn; deeper nodes say how much deeper they are */

/* What a column shows. */
typedef enum hotpath_i_column {
    HOTPATH_I_COLUMN_NAME,
    HOTPATH_I_COLUMN_CALLS,
    HOTPATH_I_COLUMN_ERRORS,
    HOTPATH_I_COLUMN_BYTES,
    HOTPATH_I_COLUMN_SELF,
    HOTPATH_I_COLUMN_SELF_PERCENT,
    HOTPATH_I_COLUMN_TOTAL,
    HOTPATH_I_COLUMN_TOTAL_PERCENT,
    HOTPATH_I_COLUMN_AVG,
    HOTPATH_I_COLUMN_MAX,
    HOTPATH_I_COLUMN_STATE,
    HOTPATH_I_COLUMN_INSIDE,
    HOTPATH_I_COLUMN_LAST,
    HOTPATH_I_COLUMN_MIN,
    HOTPATH_I_COLUMN_SOURCE,
    HOTPATH_I_COLUMN_ALLOCS,
    HOTPATH_I_COLUMN_ALLOC_BYTES,
    HOTPATH_I_COLUMN_ALLOC_PERCENT,
    HOTPATH_I_COLUMN_ALLOC_TOTAL,
    HOTPATH_I_COLUMN_ALLOC_AVG,
    HOTPATH_I_COLUMN_REALLOCS,
    HOTPATH_I_COLUMN_LIVE,
    HOTPATH_I_COLUMN_LIVE_BYTES,
    HOTPATH_I_COLUMN_PEAK,
    HOTPATH_I_COLUMN_BY_OTHERS,
    HOTPATH_I_COLUMN_FPS,
    HOTPATH_I_COLUMN_BUDGET,
    HOTPATH_I_COLUMN_OVER,
    HOTPATH_I_COLUMN_JITTER,
    HOTPATH_I_COLUMN_4XX,
    HOTPATH_I_COLUMN_5XX,
    HOTPATH_I_COLUMN_ROWS,
    HOTPATH_I_COLUMN_FULLSCAN,
    HOTPATH_I_COLUMN_PER_ROUTE,
    HOTPATH_I_COLUMN_PER_SECOND,
    HOTPATH_I_COLUMN_AT_ONCE,
    HOTPATH_I_COLUMN_BYTES_OUT,
    HOTPATH_I_COLUMN_PERCENTILE /* and those after it */
} hotpath_i_column_t;

typedef struct hotpath_i_grid hotpath_i_grid_t;

/* Writes a cell; names take at most `room` columns. */
typedef void (*hotpath_i_cell_t)(
    const hotpath_i_grid_t* g, uint32_t row, uint32_t column, size_t room, hotpath_i_writer_t* w);

struct hotpath_i_grid {
    const hotpath_i_views_t* v;
    const hotpath_i_rows_t* rows;
    hotpath_i_cell_t cell;
    uint32_t columns;
    uint32_t column[HOTPATH_I_GRID_COLUMNS]; /* hotpath_i_column_t */
    char title[HOTPATH_I_GRID_COLUMNS][16];
    bool left[HOTPATH_I_GRID_COLUMNS]; /* texts; numbers stand at the right */
    size_t width[HOTPATH_I_GRID_COLUMNS];
    size_t name_room; /* of the first column */
    bool color;
    bool any_open;      /* a row is marked as still open */
    bool any_near;      /* a row is marked as a bound */
    bool any_estimated; /* a row is marked as an estimate: so is every self time then */
};

static hotpath_i_writer_t* hotpath_i_grid_column(
    hotpath_i_grid_t* g, uint32_t column, const char* title, bool left, hotpath_i_writer_t* w) {
    uint32_t at = g->columns++;
    g->column[at] = column;
    g->left[at] = left;
    *w = hotpath_i_writer_to(g->title[at], sizeof g->title[at] - 1, NULL, NULL);
    hotpath_i_puts(w, title);
    return w;
}

static void hotpath_i_grid_add(hotpath_i_grid_t* g, uint32_t column, const char* title, bool left) {
    hotpath_i_writer_t w;
    (void)hotpath_i_grid_column(g, column, title, left, &w);
}

static void hotpath_i_grid_start(hotpath_i_grid_t* g, const hotpath_i_views_t* v, uint32_t section,
    hotpath_i_cell_t cell, bool color) {
    memset(g, 0, sizeof *g);
    g->v = v;
    g->rows = &v->rows[section];
    g->cell = cell;
    g->color = color;
}

/* Columns of a text that is safe to show. */
static size_t hotpath_i_columns_of(const char* text, size_t length) {
    return hotpath_i_put_columns(NULL, text, length, 0, 0);
}

static void hotpath_i_put_spaces(hotpath_i_writer_t* w, size_t count) {
    for (; count != 0; count--)
        hotpath_i_putc(w, ' ');
}

/* Prints one cell in its width. There is nothing to fill after the last one. */
static void hotpath_i_grid_put(hotpath_i_writer_t* w, const hotpath_i_grid_t* g, uint32_t at,
    const char* text, size_t length) {
    size_t columns = hotpath_i_columns_of(text, length);
    size_t fill = g->width[at] > columns ? g->width[at] - columns : 0;
    if (length == 0 && at + 1 == g->columns) return;
    if (at != 0) hotpath_i_puts(w, "  ");
    if (!g->left[at]) hotpath_i_put_spaces(w, fill);
    hotpath_i_put(w, text, length);
    if (g->left[at] && at + 1 < g->columns) hotpath_i_put_spaces(w, fill);
}

/* The widest cell of a column, whose names take at most `room`. */
static size_t hotpath_i_grid_widest(const hotpath_i_grid_t* g, uint32_t at, size_t room) {
    char cell[HOTPATH_I_CELL_SIZE];
    size_t widest = strlen(g->title[at]);
    for (size_t i = 0; i < g->rows->shown; i++) {
        hotpath_i_writer_t w = hotpath_i_writer_to(cell, sizeof cell, NULL, NULL);
        g->cell(g, g->rows->order[i], g->column[at], room, &w);
        size_t columns = hotpath_i_columns_of(cell, w.used);
        if (columns > widest) widest = columns;
    }
    return widest;
}

/* What the names may take beside the other columns: the rest of the terminal, or what keeps a table
   in a file readable. */
static size_t hotpath_i_name_room(size_t terminal, size_t others) {
    size_t whole = terminal != 0 ? terminal : HOTPATH_I_TABLE_WIDTH;
    size_t least = terminal != 0 ? HOTPATH_I_NAME_LEAST : HOTPATH_I_NAME_WIDTH;
    size_t room = whole > others ? whole - others : 0;
    return room < least ? least : room > HOTPATH_I_NAME_MOST ? HOTPATH_I_NAME_MOST : room;
}

/* Gives every column the width of its widest cell, and the names what is left. */
static void hotpath_i_grid_measure(hotpath_i_grid_t* g) {
    size_t others = 0;
    for (uint32_t at = 1; at < g->columns; at++) {
        g->width[at] = hotpath_i_grid_widest(g, at, HOTPATH_I_NAME_WIDTH);
        others += g->width[at] + 2;
    }
    g->name_room = hotpath_i_name_room(g->v->terminal, others);
    g->width[0] = hotpath_i_grid_widest(g, 0, g->name_room);
}

static void hotpath_i_grid_print(hotpath_i_writer_t* w, hotpath_i_grid_t* g) {
    char text[HOTPATH_I_CELL_SIZE];
    hotpath_i_grid_measure(g);
    if (g->color) hotpath_i_puts(w, "\x1B[1m");
    for (uint32_t at = 0; at < g->columns; at++)
        hotpath_i_grid_put(w, g, at, g->title[at], strlen(g->title[at]));
    hotpath_i_puts(w, g->color ? "\x1B[0m\n" : "\n");
    for (size_t i = 0; i < g->rows->shown && !w->failed; i++) {
        for (uint32_t at = 0; at < g->columns; at++) {
            hotpath_i_writer_t cell = hotpath_i_writer_to(text, sizeof text, NULL, NULL);
            g->cell(
                g, g->rows->order[i], g->column[at], at == 0 ? g->name_room : g->width[at], &cell);
            hotpath_i_grid_put(w, g, at, text, cell.used);
        }
        hotpath_i_putc(w, '\n');
    }
}

/* Says which marks stand in a grid and how many rows are left out. */
static void hotpath_i_grid_notes(
    hotpath_i_writer_t* w, const hotpath_i_grid_t* g, const char* variable) {
    size_t hidden = g->rows->total - g->rows->shown;
    if (g->any_open) hotpath_i_puts(w, "* some calls are still open: their time so far counts\n");
    if (g->any_near) hotpath_i_puts(w, "~ a bound: the exact value was not kept\n");
    if (g->any_estimated)
        hotpath_i_puts(w, "~ an estimate: not every execution was timed; calls are exact\n");
    if (hidden == 0) return;
    hotpath_i_put_u64(w, hidden);
    hotpath_i_puts(w, " more: ");
    hotpath_i_puts(w, variable);
    hotpath_i_puts(w, "=0 shows all\n");
}

/* Calls, with a mark for open ones and a space instead of it in the other rows. */
static void hotpath_i_put_calls(
    hotpath_i_writer_t* w, const hotpath_i_grid_t* g, uint64_t calls, uint64_t open) {
    hotpath_i_put_u64(w, calls);
    if (g->any_open) hotpath_i_putc(w, open != 0 ? '*' : ' ');
}

static void hotpath_i_put_percent(hotpath_i_writer_t* w, double percent) {
    hotpath_i_put_fixed(w, percent, 2);
    hotpath_i_putc(w, '%');
}

/* Times of completed executions: a dash where there is none, ~ where it is only a bound. */
static void hotpath_i_function_time(const hotpath_i_grid_t* g, const hotpath_function_t* f,
    uint32_t column, hotpath_i_writer_t* w) {
    if (f->sampled_calls == 0) {
        hotpath_i_putc(w, '-');
    } else if (column == HOTPATH_I_COLUMN_AVG) {
        if (f->estimated) hotpath_i_putc(w, '~');
        hotpath_i_put_duration(w, f->mean_ns, false);
    } else if (column == HOTPATH_I_COLUMN_MAX) {
        if (f->bounds_only || f->lite || f->estimated) hotpath_i_putc(w, '~');
        hotpath_i_put_ns(w, f->max_ns);
    } else {
        uint32_t micro = hotpath_i_settings.percentiles.micro[column - HOTPATH_I_COLUMN_PERCENTILE];
        if (f->lite || f->estimated) hotpath_i_putc(w, '~');
        hotpath_i_put_ns(
            w, hotpath_snapshot_percentile(g->v->snapshot, f, (double)micro / 1000000));
    }
}

static void hotpath_i_function_cell(
    const hotpath_i_grid_t* g, uint32_t row, uint32_t column, size_t room, hotpath_i_writer_t* w) {
    const hotpath_function_t* f = &g->v->functions[row];
    switch (column) {
        case HOTPATH_I_COLUMN_NAME: hotpath_i_put_name(w, f->name ? f->name : "", room); break;
        case HOTPATH_I_COLUMN_CALLS: hotpath_i_put_calls(w, g, f->calls, f->open_calls); break;
        case HOTPATH_I_COLUMN_ERRORS: hotpath_i_put_u64(w, f->errors); break;
        case HOTPATH_I_COLUMN_BYTES: hotpath_i_put_size(w, f->bytes); break;
        case HOTPATH_I_COLUMN_SELF: hotpath_i_put_ns(w, f->self_ns); break;
        case HOTPATH_I_COLUMN_SELF_PERCENT:
            hotpath_i_put_percent(w, hotpath_i_percent(g->v, f->self_ns));
            break;
        case HOTPATH_I_COLUMN_TOTAL:
            if (f->estimated) hotpath_i_putc(w, '~');
            hotpath_i_put_ns(w, f->total_ns);
            break;
        case HOTPATH_I_COLUMN_TOTAL_PERCENT:
            hotpath_i_put_percent(w, hotpath_i_percent(g->v, f->total_ns));
            break;
        default: hotpath_i_function_time(g, f, column, w); break;
    }
}

/* Percentile columns, as the settings have them. */
static void hotpath_i_grid_percentiles(hotpath_i_grid_t* g) {
    hotpath_i_writer_t title;
    for (uint32_t i = 0; i < hotpath_i_settings.percentiles.count; i++) {
        (void)hotpath_i_grid_column(g, HOTPATH_I_COLUMN_PERCENTILE + i, "P", false, &title);
        hotpath_i_put_percentile(&title, hotpath_i_settings.percentiles.micro[i]);
    }
}
static void hotpath_i_table_functions(
    hotpath_i_writer_t* w, const hotpath_i_views_t* v, bool color) {
    hotpath_i_grid_t g;
    bool errors = false, bytes = false, self = hotpath_i_settings.time_exclusive;
    hotpath_i_grid_start(&g, v, HOTPATH_I_SECTION_FUNCTIONS, hotpath_i_function_cell, color);
    for (size_t i = 0; i < g.rows->shown; i++) {
        const hotpath_function_t* f = &v->functions[g.rows->order[i]];
        errors = errors || f->errors != 0;
        bytes = bytes || f->bytes != 0;
        g.any_open = g.any_open || f->open_calls != 0;
        g.any_near = g.any_near || (f->sampled_calls != 0 && (f->bounds_only || f->lite));
        g.any_estimated = g.any_estimated || f->estimated;
    }
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_NAME, "Function", true);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_CALLS, g.any_open ? "Calls " : "Calls", false);
    if (errors) hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_ERRORS, "Errors", false);
    if (bytes) hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_BYTES, "Bytes", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_SELF,
        v->info->overhead_subtracted || g.any_estimated ? "Self~" : "Self", false);
    if (self) hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_SELF_PERCENT, "Self %", false);
    hotpath_i_grid_add(
        &g, HOTPATH_I_COLUMN_TOTAL, v->info->overhead_subtracted ? "Total~" : "Total", false);
    if (!self) hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_TOTAL_PERCENT, "Total %", false);
    hotpath_i_grid_add(
        &g, HOTPATH_I_COLUMN_AVG, v->info->overhead_subtracted ? "Avg~" : "Avg", false);
    hotpath_i_grid_percentiles(&g);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_MAX, "Max", false);
    hotpath_i_grid_print(w, &g);
    hotpath_i_grid_notes(w, &g, "HOTPATH_FUNCTIONS_LIMIT");
}

static void hotpath_i_span_cell(
    const hotpath_i_grid_t* g, uint32_t row, uint32_t column, size_t room, hotpath_i_writer_t* w) {
    const hotpath_span_row_t* s = &g->v->spans[row];
    switch (column) {
        case HOTPATH_I_COLUMN_NAME: hotpath_i_put_name(w, s->key, room); break;
        case HOTPATH_I_COLUMN_CALLS: hotpath_i_put_calls(w, g, s->count, s->open); break;
        case HOTPATH_I_COLUMN_ERRORS: hotpath_i_put_u64(w, s->errors); break;
        case HOTPATH_I_COLUMN_4XX: hotpath_i_put_u64(w, s->status_4xx); break;
        case HOTPATH_I_COLUMN_5XX: hotpath_i_put_u64(w, s->status_5xx); break;
        case HOTPATH_I_COLUMN_ROWS: hotpath_i_put_u64(w, s->rows); break;
        case HOTPATH_I_COLUMN_FULLSCAN: hotpath_i_put_u64(w, s->fullscan_steps); break;
        case HOTPATH_I_COLUMN_BYTES: hotpath_i_put_size(w, s->bytes_in); break;
        case HOTPATH_I_COLUMN_BYTES_OUT: hotpath_i_put_size(w, s->bytes_out); break;
        case HOTPATH_I_COLUMN_PER_SECOND: hotpath_i_put_fixed(w, s->per_second_mean, 1); break;
        case HOTPATH_I_COLUMN_AT_ONCE: hotpath_i_put_fixed(w, s->concurrency, 2); break;
        case HOTPATH_I_COLUMN_PER_ROUTE:
            if (s->routes_count != 0)
                hotpath_i_put_fixed(w, s->routes[0].per_call, 2);
            else
                hotpath_i_putc(w, '-');
            break;
        default: hotpath_i_function_cell(g, s->function, column, room, w); break;
    }
}
/* Which facts the rows shown have: columns of zeros say nothing. */
static uint32_t hotpath_i_span_columns(hotpath_i_grid_t* g) {
    uint32_t some = 0;
    for (size_t i = 0; i < g->rows->shown; i++) {
        const hotpath_span_row_t* s = &g->v->spans[g->rows->order[i]];
        some |= s->errors != 0 ? 1u << 0 : 0u;
        some |= s->status_4xx != 0 ? 1u << 1 : 0u;
        some |= s->status_5xx != 0 ? 1u << 2 : 0u;
        some |= s->rows != 0 ? 1u << 3 : 0u;
        some |= s->fullscan_steps != 0 ? 1u << 4 : 0u;
        some |= s->bytes_in != 0 ? 1u << 5 : 0u;
        some |= s->bytes_out != 0 ? 1u << 6 : 0u;
        some |= s->routes_count != 0 ? 1u << 7 : 0u;
        g->any_open = g->any_open || s->open != 0;
    }
    return some;
}
static void hotpath_i_table_spans(
    hotpath_i_writer_t* w, const hotpath_i_views_t* v, uint32_t section, bool color) {
    static const struct {
        uint32_t column;
        char title[12];
    } facts[] = {{HOTPATH_I_COLUMN_ERRORS, "Errors"}, {HOTPATH_I_COLUMN_4XX, "4xx"},
        {HOTPATH_I_COLUMN_5XX, "5xx"}, {HOTPATH_I_COLUMN_ROWS, "Rows"},
        {HOTPATH_I_COLUMN_FULLSCAN, "Scanned"}, {HOTPATH_I_COLUMN_BYTES, "In"},
        {HOTPATH_I_COLUMN_BYTES_OUT, "Out"}, {HOTPATH_I_COLUMN_PER_ROUTE, "A request"}};
    bool sql = section == HOTPATH_I_SECTION_SQL, server = section == HOTPATH_I_SECTION_SERVER;
    hotpath_i_grid_t g;
    hotpath_i_writer_t title;
    hotpath_i_grid_start(&g, v, section, hotpath_i_span_cell, color);
    uint32_t some = hotpath_i_span_columns(&g);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_NAME,
        sql      ? "Statement"
        : server ? "Route"
                 : "Request",
        true);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_CALLS, g.any_open ? "Count " : "Count", false);
    for (uint32_t i = 0; i < sizeof facts / sizeof *facts; i++)
        if ((some >> i & 1) != 0) hotpath_i_grid_add(&g, facts[i].column, facts[i].title, false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_PER_SECOND, "Per s", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_AT_ONCE, "At once", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_TOTAL, "Total", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_AVG, "Avg", false);
    for (uint32_t i = 0; i < hotpath_i_settings.percentiles.count; i++) {
        if (g.columns + 1 >= HOTPATH_I_GRID_COLUMNS) break;
        (void)hotpath_i_grid_column(&g, HOTPATH_I_COLUMN_PERCENTILE + i, "P", false, &title);
        hotpath_i_put_percentile(&title, hotpath_i_settings.percentiles.micro[i]);
    }
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_MAX, "Max", false);
    hotpath_i_grid_print(w, &g);
    hotpath_i_grid_notes(w, &g,
        sql      ? "HOTPATH_SQL_LIMIT"
        : server ? "HOTPATH_SERVER_LIMIT"
                 : "HOTPATH_HTTP_LIMIT");
}

/* Draws the lines before a node's name. Returns: the columns they take. */
static size_t hotpath_i_put_branch(
    hotpath_i_writer_t* w, const hotpath_i_tree_t* t, uint32_t node) {
    uint32_t depth = 0, more = 0, level = 0;
    for (uint32_t i = hotpath_i_parent(t, node); i != HOTPATH_I_NONE; i = hotpath_i_parent(t, i))
        depth++;
    level = depth;
    for (uint32_t i = node; level != 0; i = hotpath_i_parent(t, i), level--) {
        if (level <= HOTPATH_I_TREE_LEVELS && t->next[i] != HOTPATH_I_NONE) more |= 1u << level;
    }
    for (level = 1; level <= depth && level <= HOTPATH_I_TREE_LEVELS; level++) {
        bool goes_on = (more >> level & 1) != 0;
        if (level == depth)
            hotpath_i_puts(w, goes_on ? "\xE2\x94\x9C\xE2\x94\x80 " : "\xE2\x94\x94\xE2\x94\x80 ");
        else
            hotpath_i_puts(w, goes_on ? "\xE2\x94\x82  " : "   ");
    }
    size_t columns = 3 * (size_t)(level - 1);
    if (depth <= HOTPATH_I_TREE_LEVELS) return columns;
    size_t before = w->used;
    hotpath_i_putc(w, '+');
    hotpath_i_put_u64(w, depth - HOTPATH_I_TREE_LEVELS);
    hotpath_i_putc(w, ' ');
    return columns + w->used - before;
}

static bool hotpath_i_self_is_estimated(const hotpath_i_views_t* v, const hotpath_node_t* node) {
    bool estimated = v->functions[node->function].estimated;
    for (uint32_t c = node->first_child; c != HOTPATH_NO_NODE && !estimated;
         c = v->tree.nodes[c].next_sibling)
        estimated = v->functions[v->tree.nodes[c].function].estimated;
    return estimated;
}
static void hotpath_i_node_cell(
    const hotpath_i_grid_t* g, uint32_t row, uint32_t column, size_t room, hotpath_i_writer_t* w) {
    const hotpath_node_t* node = &g->v->tree.nodes[row];
    size_t taken = 0;
    switch (column) {
        case HOTPATH_I_COLUMN_NAME:
            taken = hotpath_i_put_branch(w, &g->v->tree, row);
            room = taken + 12 < room ? room - taken : 12;
            hotpath_i_put_name(w, hotpath_i_function_name(g->v, node->function), room);
            break;
        case HOTPATH_I_COLUMN_CALLS:
            hotpath_i_put_calls(w, g, node->calls, node->open_calls);
            break;
        case HOTPATH_I_COLUMN_TOTAL:
            if (g->v->functions[node->function].estimated) hotpath_i_putc(w, '~');
            hotpath_i_put_ns(w, node->total_ns);
            break;
        case HOTPATH_I_COLUMN_TOTAL_PERCENT:
            hotpath_i_put_percent(w, hotpath_i_percent(g->v, node->total_ns));
            break;
        case HOTPATH_I_COLUMN_SELF:
            if (hotpath_i_self_is_estimated(g->v, node)) hotpath_i_putc(w, '~');
            hotpath_i_put_ns(w, node->self_ns);
            break;
        default: break;
    }
}

static void hotpath_i_table_tree(hotpath_i_writer_t* w, const hotpath_i_views_t* v, bool color) {
    hotpath_i_grid_t g;
    hotpath_i_grid_start(&g, v, HOTPATH_I_SECTION_CALL_TREE, hotpath_i_node_cell, color);
    for (size_t i = 0; i < g.rows->shown; i++)
        g.any_open = g.any_open || v->tree.nodes[g.rows->order[i]].open_calls != 0;
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_NAME, "Call tree", true);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_CALLS, g.any_open ? "Calls " : "Calls", false);
    hotpath_i_grid_add(
        &g, HOTPATH_I_COLUMN_TOTAL, v->info->overhead_subtracted ? "Total~" : "Total", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_TOTAL_PERCENT, "Total %", false);
    hotpath_i_grid_add(
        &g, HOTPATH_I_COLUMN_SELF, v->info->overhead_subtracted ? "Self~" : "Self", false);
    hotpath_i_grid_print(w, &g);
    hotpath_i_grid_notes(w, &g, "HOTPATH_CALL_TREE_LIMIT");
}

/* Its share of all that was allocated, by the metric. */
static double hotpath_i_alloc_percent(const hotpath_i_views_t* v, uint64_t part) {
    const hotpath_alloc_info_t* all = &v->info->alloc;
    uint64_t whole = hotpath_i_settings.alloc_metric ? all->alloc_count : all->alloc_bytes;
    return whole != 0 ? 100 * (double)part / (double)whole : 0;
}
static void hotpath_i_alloc_cell(
    const hotpath_i_grid_t* g, uint32_t row, uint32_t column, size_t room, hotpath_i_writer_t* w) {
    const hotpath_function_t* f = &g->v->functions[row];
    switch (column) {
        case HOTPATH_I_COLUMN_NAME: hotpath_i_put_name(w, f->name ? f->name : "", room); break;
        case HOTPATH_I_COLUMN_ALLOCS: hotpath_i_put_u64(w, f->alloc_count); break;
        case HOTPATH_I_COLUMN_ALLOC_BYTES: hotpath_i_put_size(w, f->alloc_bytes); break;
        case HOTPATH_I_COLUMN_ALLOC_PERCENT:
            hotpath_i_put_percent(w, hotpath_i_alloc_percent(g->v, hotpath_i_allocated(f)));
            break;
        case HOTPATH_I_COLUMN_ALLOC_TOTAL:
            if (hotpath_i_settings.alloc_metric)
                hotpath_i_put_u64(w, f->alloc_total_count);
            else
                hotpath_i_put_size(w, f->alloc_total_bytes);
            break;
        case HOTPATH_I_COLUMN_ALLOC_AVG:
            if (f->alloc_count != 0)
                hotpath_i_put_size(w, f->alloc_bytes / f->alloc_count);
            else
                hotpath_i_putc(w, '-');
            break;
        case HOTPATH_I_COLUMN_REALLOCS: hotpath_i_put_u64(w, f->realloc_count); break;
        case HOTPATH_I_COLUMN_LIVE: hotpath_i_put_u64(w, f->live_count); break;
        case HOTPATH_I_COLUMN_LIVE_BYTES: hotpath_i_put_size(w, f->live_bytes); break;
        case HOTPATH_I_COLUMN_PEAK: hotpath_i_put_size(w, f->peak_live_bytes); break;
        default: hotpath_i_put_size(w, f->freed_by_others_bytes); break;
    }
}
static void hotpath_i_table_allocs(hotpath_i_writer_t* w, const hotpath_i_views_t* v, bool color) {
    hotpath_i_grid_t g;
    bool count = hotpath_i_settings.alloc_metric, reallocs = false;
    hotpath_i_grid_start(&g, v, HOTPATH_I_SECTION_ALLOC, hotpath_i_alloc_cell, color);
    for (size_t i = 0; i < g.rows->shown; i++)
        reallocs = reallocs || v->functions[g.rows->order[i]].realloc_count != 0;
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_NAME, "Allocates", true);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_ALLOCS, "Allocs", false);
    if (reallocs) hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_REALLOCS, "Reallocs", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_ALLOC_BYTES, "Bytes", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_ALLOC_TOTAL, "With callees", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_ALLOC_PERCENT, count ? "% Allocs" : "% Bytes", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_ALLOC_AVG, "Avg", false);
    hotpath_i_grid_print(w, &g);
    hotpath_i_grid_notes(w, &g, "HOTPATH_ALLOC_LIMIT");
}
/* Live memory by function, and what grows. */
static void hotpath_i_table_heap(hotpath_i_writer_t* w, const hotpath_i_views_t* v, bool color) {
    hotpath_i_grid_t g;
    hotpath_heap_suspect_t suspects[16];
    bool others = false;
    hotpath_i_grid_start(&g, v, HOTPATH_I_SECTION_HEAP, hotpath_i_alloc_cell, color);
    for (size_t i = 0; i < g.rows->shown; i++)
        others = others || v->functions[g.rows->order[i]].freed_by_others_bytes != 0;
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_NAME, "Still live", true);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_LIVE, "Objects", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_LIVE_BYTES, "Bytes", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_PEAK, "Peak", false);
    if (others) hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_BY_OTHERS, "Freed elsewhere", false);
    hotpath_i_grid_print(w, &g);
    hotpath_i_grid_notes(w, &g, "HOTPATH_HEAP_LIMIT");
    size_t count = v->info->is_difference ? 0 : hotpath_heap_suspects(NULL, suspects, 16);
    for (size_t i = 0, told = 0; i < count && i < 16 && told < 4; i++) {
        if (suspects[i].intervals < hotpath_i_settings.heap_window)
            continue; /* it may just begin */
        told++;
        hotpath_i_puts(w, "suspect: ");
        hotpath_i_put_name(w, suspects[i].name, 60);
        hotpath_i_puts(w, " grew in ");
        hotpath_i_put_u64(w, suspects[i].grew);
        hotpath_i_puts(w, " of ");
        hotpath_i_put_u64(w, suspects[i].intervals);
        hotpath_i_puts(w, " intervals, by ");
        hotpath_i_put_size(w, suspects[i].growth_bytes);
        hotpath_i_puts(w, " (");
        double slope = suspects[i].bytes_per_sec;
        hotpath_i_put_size(w, slope > 0 ? (uint64_t)slope : 0);
        hotpath_i_puts(w, "/s)\n");
    }
}
/* Sums, and what does not count. */
static void hotpath_i_table_memory(hotpath_i_writer_t* w, const hotpath_i_views_t* v) {
    const hotpath_alloc_info_t* a = &v->info->alloc;
    if (!a->on) return;
    hotpath_i_put_u64(w, a->alloc_count);
    hotpath_i_puts(w, a->alloc_count == 1 ? " allocation of " : " allocations of ");
    hotpath_i_put_size(w, a->alloc_bytes);
    hotpath_i_puts(w, ", ");
    hotpath_i_put_u64(w, a->free_count);
    hotpath_i_puts(w, " freed");
    if (a->live) {
        hotpath_i_puts(w, ", ");
        hotpath_i_put_size(w, a->live_bytes);
        hotpath_i_puts(w, " live, at most ");
        hotpath_i_put_size(w, a->peak_live_bytes);
        hotpath_i_puts(w, " at a tick");
    }
    hotpath_i_puts(w, " | ");
    hotpath_i_puts(w, a->note);
    hotpath_i_putc(w, '\n');
}

static const char* hotpath_i_thread_state(const hotpath_thread_t* thread) {
    switch (thread->state) {
        case HOTPATH_THREAD_LIVE: return "live";
        case HOTPATH_THREAD_ENDED: return "ended";
        case HOTPATH_THREAD_PARKED: return "parked";
        default: return "unknown";
    }
}

/* The name of a row of threads, made where the thread has none. */
static void hotpath_i_put_thread(
    hotpath_i_writer_t* w, const hotpath_thread_t* thread, size_t room) {
    if (thread->state == HOTPATH_THREAD_ENDED) {
        hotpath_i_put_u64(w, thread->count);
        hotpath_i_puts(w, thread->count == 1 ? " ended thread" : " ended threads");
    } else if (thread->name && thread->name[0]) {
        hotpath_i_put_name(w, thread->name, room);
    } else {
        hotpath_i_puts(w, "thread ");
        hotpath_i_put_u64(w, thread->id);
    }
}

static void hotpath_i_thread_cell(
    const hotpath_i_grid_t* g, uint32_t row, uint32_t column, size_t room, hotpath_i_writer_t* w) {
    const hotpath_thread_t* thread = &g->v->threads[row];
    switch (column) {
        case HOTPATH_I_COLUMN_NAME: hotpath_i_put_thread(w, thread, room); break;
        case HOTPATH_I_COLUMN_STATE: hotpath_i_puts(w, hotpath_i_thread_state(thread)); break;
        case HOTPATH_I_COLUMN_CALLS: hotpath_i_put_u64(w, thread->calls); break;
        case HOTPATH_I_COLUMN_TOTAL: hotpath_i_put_ns(w, thread->busy_ns); break;
        case HOTPATH_I_COLUMN_ALLOC_BYTES: hotpath_i_put_size(w, thread->alloc_bytes); break;
        case HOTPATH_I_COLUMN_LIVE_BYTES: hotpath_i_put_size(w, thread->live_bytes); break;
        case HOTPATH_I_COLUMN_TOTAL_PERCENT:
            if (thread->state == HOTPATH_THREAD_LIVE && g->v->info->window_ns != 0)
                hotpath_i_put_percent(
                    w, 100 * (double)thread->busy_ns / (double)g->v->info->window_ns);
            else
                hotpath_i_putc(w, '-');
            break;
        default:
            if (thread->open_count == 0) break;
            const hotpath_open_t* open = &thread->open[thread->open_count - 1];
            hotpath_i_put_name(w, hotpath_i_function_name(g->v, open->function), 30);
            hotpath_i_puts(w, " for ");
            hotpath_i_put_ns(w, open->elapsed_ns);
            break;
    }
}

/* Busy % is of the time that the report covers, so that an idle thread shows as one. */
static void hotpath_i_table_threads(hotpath_i_writer_t* w, const hotpath_i_views_t* v, bool color) {
    hotpath_i_grid_t g;
    hotpath_i_grid_start(&g, v, HOTPATH_I_SECTION_THREADS, hotpath_i_thread_cell, color);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_NAME, "Thread", true);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_STATE, "State", true);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_CALLS, "Calls", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_TOTAL, "Busy", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_TOTAL_PERCENT, "Busy %", false);
    if (v->info->alloc.on) hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_ALLOC_BYTES, "Allocated", false);
    if (v->info->alloc.live) hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_LIVE_BYTES, "Live", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_INSIDE, "Now in", true);
    hotpath_i_grid_print(w, &g);
    hotpath_i_grid_notes(w, &g, "HOTPATH_THREADS_LIMIT");
}

/* A value in at most `room` columns, safe to show; a dash if there is none. Of a number with a point
   six digits: the JSON report has all. */
static void hotpath_i_put_shown_value(
    hotpath_i_writer_t* w, const hotpath_value_t* value, size_t room) {
    char text[HOTPATH_I_CELL_SIZE / 2];
    if (value->type == HOTPATH_VALUE_DOUBLE) {
        hotpath_i_put_rounded(w, value->as.d, 6);
        return;
    }
    size_t length = hotpath_value_text(*value, text, sizeof text);
    if (length == 0 && value->type == HOTPATH_VALUE_NONE)
        hotpath_i_putc(w, '-');
    else if (hotpath_i_put_columns(NULL, text, length, 0, 0) <= room)
        (void)hotpath_i_put_columns(w, text, length, 0, room);
    else {
        (void)hotpath_i_put_columns(w, text, length, 0, room - 1);
        hotpath_i_puts(w, "\xE2\x80\xA6");
    }
}

/* The file without its folders, and the line. */
static void hotpath_i_put_source(
    hotpath_i_writer_t* w, const char* file, uint32_t line, size_t room) {
    const char* base = file ? file : "";
    for (const char* c = base; *c; c++) {
        if ((*c == '/' || *c == '\\') && c[1]) base = c + 1;
    }
    if (base[0] == 0) return;
    hotpath_i_put_name(w, base, room);
    hotpath_i_putc(w, ':');
    hotpath_i_put_u64(w, line);
}

static void hotpath_i_entry_cell(
    const hotpath_i_grid_t* g, uint32_t row, uint32_t column, size_t room, hotpath_i_writer_t* w) {
    const hotpath_entry_t* entry = &g->v->entries[row];
    switch (column) {
        case HOTPATH_I_COLUMN_NAME:
            hotpath_i_put_name(w, entry->name ? entry->name : "", room);
            break;
        case HOTPATH_I_COLUMN_SOURCE: hotpath_i_put_source(w, entry->file, entry->line, 30); break;
        case HOTPATH_I_COLUMN_CALLS: hotpath_i_put_u64(w, entry->count); break;
        case HOTPATH_I_COLUMN_MIN:
            hotpath_i_put_shown_value(w, &entry->min, HOTPATH_I_VALUE_WIDTH);
            break;
        case HOTPATH_I_COLUMN_MAX:
            hotpath_i_put_shown_value(w, &entry->max, HOTPATH_I_VALUE_WIDTH);
            break;
        default: hotpath_i_put_shown_value(w, &entry->last, HOTPATH_I_VALUE_WIDTH); break;
    }
}

static void hotpath_i_frame_cell(
    const hotpath_i_grid_t* g, uint32_t row, uint32_t column, size_t room, hotpath_i_writer_t* w) {
    const hotpath_frame_t* f = &g->v->frames[row];
    switch (column) {
        case HOTPATH_I_COLUMN_NAME: hotpath_i_put_name(w, f->name, room); break;
        case HOTPATH_I_COLUMN_CALLS: hotpath_i_put_u64(w, f->count); break;
        case HOTPATH_I_COLUMN_FPS: hotpath_i_put_fixed(w, f->fps, 1); break;
        case HOTPATH_I_COLUMN_BUDGET:
            if (f->budget_ns != 0)
                hotpath_i_put_ns(w, f->budget_ns);
            else
                hotpath_i_putc(w, '-');
            break;
        case HOTPATH_I_COLUMN_OVER: hotpath_i_put_u64(w, f->over_budget); break;
        case HOTPATH_I_COLUMN_JITTER: hotpath_i_put_duration(w, f->jitter_ns, false); break;
        default: hotpath_i_function_time(g, &g->v->functions[f->function], column, w); break;
    }
}
    #define HOTPATH_I_WORST_LINES  3 /* of the worst frames of a name, */
    #define HOTPATH_I_WORST_SCOPES 3 /* and scopes of each */
static void hotpath_i_put_excess(
    hotpath_i_writer_t* w, const char* before, const char* name, uint64_t ns, uint64_t usual_ns) {
    hotpath_i_puts(w, before);
    hotpath_i_put_name(w, name, 40);
    hotpath_i_puts(w, " +");
    hotpath_i_put_ns(w, ns - usual_ns);
    hotpath_i_puts(w, " (");
    hotpath_i_put_ns(w, ns);
    hotpath_i_puts(w, ", usually ");
    hotpath_i_put_ns(w, usual_ns);
    hotpath_i_putc(w, ')');
}
/* One of the worst frames, with what was longer in it than usual. */
static void hotpath_i_table_worst(hotpath_i_writer_t* w, const hotpath_i_views_t* v,
    const hotpath_frame_t* f, const hotpath_worst_frame_t* worst) {
    uint64_t unmarked = hotpath_i_minus(worst->unmarked_ns, worst->unmarked_median_ns);
    const char* between = ": ";
    hotpath_i_put_name(w, f->name, HOTPATH_I_NAME_WIDTH);
    hotpath_i_puts(w, " #");
    hotpath_i_put_u64(w, worst->id);
    hotpath_i_puts(w, " took ");
    hotpath_i_put_ns(w, worst->duration_ns);
    for (uint32_t i = 0; i < worst->inside_count && i < HOTPATH_I_WORST_SCOPES; i++) {
        const hotpath_inside_t* row = &worst->inside[i];
        if (row->excess_ns <= 0) break;
        hotpath_i_put_excess(
            w, between, v->functions[row->function].name, row->self_ns, row->median_ns);
        between = ", ";
    }
    if (unmarked * 10 > worst->duration_ns)
        hotpath_i_put_excess(
            w, between, "outside of scopes", worst->unmarked_ns, worst->unmarked_median_ns);
    hotpath_i_putc(w, '\n');
}
static void hotpath_i_table_frames(hotpath_i_writer_t* w, const hotpath_i_views_t* v, bool color) {
    hotpath_i_grid_t g;
    hotpath_i_grid_start(&g, v, HOTPATH_I_SECTION_FRAMES, hotpath_i_frame_cell, color);
    for (size_t i = 0; i < g.rows->shown; i++)
        g.any_near |= v->functions[v->frames[g.rows->order[i]].function].bounds_only;
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_NAME, "Frames", true);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_CALLS, "Count", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_FPS, "FPS", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_BUDGET, "Budget", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_OVER, "Over", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_JITTER, "Jitter", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_AVG, "Avg", false);
    hotpath_i_grid_percentiles(&g);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_MAX, "Max", false);
    hotpath_i_grid_print(w, &g);
    for (size_t i = 0; i < g.rows->shown; i++) {
        const hotpath_frame_t* f = &v->frames[g.rows->order[i]];
        if (f->period != 0) {
            hotpath_i_put_name(w, f->name, HOTPATH_I_NAME_WIDTH);
            hotpath_i_puts(w, ": over the budget about once in ");
            hotpath_i_put_u64(w, f->period);
            hotpath_i_puts(w, " frames\n");
        }
        for (uint32_t k = 0; k < f->worst_count && k < HOTPATH_I_WORST_LINES; k++)
            hotpath_i_table_worst(w, v, f, &f->worst[k]);
    }
    hotpath_i_grid_notes(w, &g, "HOTPATH_FRAMES_LIMIT");
}

static void hotpath_i_table_phases(hotpath_i_writer_t* w, const hotpath_i_views_t* v, bool color) {
    hotpath_i_grid_t g;
    hotpath_i_grid_start(&g, v, HOTPATH_I_SECTION_PHASES, hotpath_i_function_cell, color);
    for (size_t i = 0; i < g.rows->shown; i++)
        g.any_near |= v->functions[g.rows->order[i]].bounds_only;
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_NAME, "Phase", true);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_CALLS, "Count", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_TOTAL, "Total", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_AVG, "Avg", false);
    hotpath_i_grid_percentiles(&g);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_MAX, "Max", false);
    hotpath_i_grid_print(w, &g);
    hotpath_i_grid_notes(w, &g, "HOTPATH_PHASES_LIMIT");
}

static void hotpath_i_table_gauges(hotpath_i_writer_t* w, const hotpath_i_views_t* v, bool color) {
    hotpath_i_grid_t g;
    hotpath_i_grid_start(&g, v, HOTPATH_I_SECTION_GAUGES, hotpath_i_entry_cell, color);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_NAME, "Gauge", true);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_LAST, "Now", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_MIN, "Min", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_MAX, "Max", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_CALLS, "Updates", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_SOURCE, "Source", true);
    hotpath_i_grid_print(w, &g);
    hotpath_i_grid_notes(w, &g, "HOTPATH_GAUGES_LIMIT");
}

/* dbg and val differ in what a row is called. */
static void hotpath_i_table_values(
    hotpath_i_writer_t* w, const hotpath_i_views_t* v, uint32_t section, bool color) {
    bool dbg = section == HOTPATH_I_SECTION_DBG;
    hotpath_i_grid_t g;
    hotpath_i_grid_start(&g, v, section, hotpath_i_entry_cell, color);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_NAME, dbg ? "Dbg" : "Val", true);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_SOURCE, "Source", true);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_CALLS, "Values", false);
    hotpath_i_grid_add(&g, HOTPATH_I_COLUMN_LAST, "Last", true);
    hotpath_i_grid_print(w, &g);
    hotpath_i_grid_notes(w, &g, dbg ? "HOTPATH_DBG_LIMIT" : "HOTPATH_VAL_LIMIT");
}

    /* Every counter of hotpath_drops_t: field, whether it counts lost events, what it means and what
   to do. */
    #define HOTPATH_I_DROPS(X)                                                                    \
        X(reentrant, true, "recordings inside a recording: signal handlers that record")          \
        X(no_memory, true, "recordings without memory: give the process more")                    \
        X(abi_mismatch, true, "recordings of another hotpath.h: build all files with one")        \
        X(foreign_ends, false, "ends on another thread, or twice: end where it began, once")      \
        X(negative_time, false, "durations below zero, kept as 0: a clock went back")             \
        X(deep_calls, false, "calls too deep, counted flat: raise HOTPATH_MAX_DEPTH")             \
        X(node_overflow, false, "calls past the tree's nodes: raise HOTPATH_MAX_NODES")           \
        X(function_overflow, false, "sites under <other>: raise HOTPATH_MAX_FUNCTIONS")           \
        X(entry_overflow, false, "values of too many keys: raise HOTPATH_ENTRIES_LIMIT")          \
        X(span_overflow, false, "spans under <other>: raise HOTPATH_ENTRIES_LIMIT")               \
        X(lite_functions, false, "functions with totals only: raise HOTPATH_MEMORY_MAX")          \
        X(value_mismatch, false, "gauge updates of another type, converted: use one a key")       \
        X(clock_anomalies, false, "snapshots where the clocks disagree: doubt the times")         \
        X(context_overflow, false, "context switches refused: one context, one thread at a time") \
        X(alloc_overflow, false, "blocks past the table: raise HOTPATH_MAX_ALLOC_EVENTS")

static void hotpath_i_table_drop(
    hotpath_i_writer_t* w, const char* name, uint64_t count, const char* meaning) {
    if (count == 0) return;
    hotpath_i_puts(w, "  ");
    hotpath_i_puts(w, name);
    hotpath_i_puts(w, ": ");
    hotpath_i_put_u64(w, count);
    hotpath_i_putc(w, ' ');
    hotpath_i_puts(w, meaning);
    hotpath_i_putc(w, '\n');
}

HOTPATH_API uint64_t hotpath_events_lost(const hotpath_drops_t* drops) {
    uint64_t lost = 0;
    #define HOTPATH_I_ROW(field, is_lost, meaning) lost += is_lost ? drops->field : 0;
    HOTPATH_I_DROPS(HOTPATH_I_ROW)
    #undef HOTPATH_I_ROW
    return lost;
}

static void hotpath_i_table_drops(hotpath_i_writer_t* w, const hotpath_drops_t* drops) {
    uint64_t lost = hotpath_events_lost(drops);
    hotpath_i_put_u64(w, lost);
    hotpath_i_puts(w, lost == 1 ? " event lost\n" : " events lost\n");
    #define HOTPATH_I_ROW(field, is_lost, meaning) \
        hotpath_i_table_drop(w, #field, drops->field, meaning);
    HOTPATH_I_DROPS(HOTPATH_I_ROW)
    #undef HOTPATH_I_ROW
}

/* What HOTPATH_TIME_SAMPLING=auto has come to. */
static void hotpath_i_table_auto(hotpath_i_writer_t* w, const hotpath_i_views_t* v) {
    const hotpath_info_t* info = v->info;
    const hotpath_function_t* most = NULL;
    size_t count = 0;
    const hotpath_function_t* functions = hotpath_snapshot_functions(v->snapshot, &count);
    double time = info->auto_time_ns != 0 ? (double)info->auto_time_ns / 100 : 1;
    for (size_t i = 0; i < count; i++)
        if (most == NULL || functions[i].sampling_rate > most->sampling_rate) most = &functions[i];
    hotpath_i_puts(w, "HOTPATH_TIME_SAMPLING=auto: recording took ");
    hotpath_i_put_percent(w, (double)info->auto_overhead_ns / time);
    hotpath_i_puts(w, " of the threads' time, ");
    hotpath_i_put_percent(w, info->auto_max_percent);
    hotpath_i_puts(w, " allowed");
    if ((double)info->auto_least_ns / time > info->auto_max_percent) {
        hotpath_i_puts(w, "; counting alone took ");
        hotpath_i_put_percent(w, (double)info->auto_least_ns / time);
        hotpath_i_puts(w, ": take the macros out of the shortest functions");
    } else if (info->auto_time_ns == 0)
        hotpath_i_puts(w, " (not known yet)");
    if (info->auto_functions != 0) {
        hotpath_i_puts(w, " | ");
        hotpath_i_put_u64(w, info->auto_functions);
        hotpath_i_puts(
            w, info->auto_functions == 1 ? " function sampled, " : " functions sampled, ");
        hotpath_i_put_name(w, most->name, 40);
        hotpath_i_puts(w, " most: 1 in ");
        hotpath_i_put_u64(w, most->sampling_rate);
    }
    hotpath_i_putc(w, '\n');
}
/* What the measuring itself costs, by which clock, and what it missed. */
static void hotpath_i_table_footer(hotpath_i_writer_t* w, const hotpath_i_views_t* v) {
    const hotpath_info_t* info = v->info;
    const char* note = info->clock_note ? info->clock_note : "";
    hotpath_i_table_memory(w, v);
    for (uint32_t i = 0; i + 1 < 2 * info->app_info_count; i += 2) {
        hotpath_i_put_name(w, info->app_info[i], 40);
        hotpath_i_puts(w, ": ");
        hotpath_i_put_name(w, info->app_info[i + 1], 80);
        hotpath_i_putc(w, '\n');
    }
    hotpath_i_puts(w, "one recording costs ");
    if (info->scope_cost_ns_x100 != 0) {
        hotpath_i_put_duration(w, (double)info->scope_cost_ns_x100 / 100, false);
        hotpath_i_puts(w, " (");
        hotpath_i_put_duration(w, (double)info->scope_inside_ns_x100 / 100, false);
        hotpath_i_puts(w, " inside its own scope): ");
        hotpath_i_put_fixed(w, info->overhead_percent, 2);
        hotpath_i_puts(w, "% of what was recorded");
        if (info->overhead_subtracted)
            hotpath_i_puts(w, ", estimated and subtracted from Self, Total and Avg (~)");
    } else
        hotpath_i_puts(w, "? (not measured)");
    hotpath_i_puts(w, " | clock ");
    hotpath_i_puts(w, info->clock ? info->clock : "?");
    if (note[0]) hotpath_i_puts(w, ": ");
    hotpath_i_puts(w, note);
    hotpath_i_puts(w, " | ");
    hotpath_i_put_size(w, info->memory_bytes);
    hotpath_i_puts(w, " of memory | ");
    hotpath_i_table_drops(w, &info->drops);
    if (info->auto_max_percent > 0) hotpath_i_table_auto(w, v);
    if (info->off_ns != 0 || info->is_off) {
        hotpath_i_puts(
            w, info->is_off ? "recording is off, in all for " : "recording was off for ");
        hotpath_i_put_ns(w, info->off_ns);
        hotpath_i_putc(w, '\n');
    }
    if (info->groups_off[0] != 0) {
        hotpath_i_puts(w, "groups that are off: ");
        hotpath_i_put_name(w, info->groups_off, 100);
        hotpath_i_putc(w, '\n');
    }
}

/* The first line: time, sections, label. */
static void hotpath_i_table_header(hotpath_i_writer_t* w, const hotpath_i_views_t* v, bool color) {
    const hotpath_info_t* info = v->info;
    const char* between = " | ";
    if (color) hotpath_i_puts(w, "\x1B[1m");
    hotpath_i_puts(w, "[hotpath] ");
    hotpath_i_put_ns(w, info->window_ns);
    if (info->is_difference) {
        hotpath_i_puts(w, " of ");
        hotpath_i_put_ns(w, info->elapsed_ns);
    }
    for (uint32_t i = 0; i < HOTPATH_I_SECTION_COUNT; i++) {
        if (!(v->sections >> i & 1) || (v->sections & v->with_data) == 0) continue;
        hotpath_i_puts(w, between);
        hotpath_i_puts(w, hotpath_i_section_name(i));
        between = ", ";
    }
    if (info->label && info->label[0]) {
        hotpath_i_puts(w, " | ");
        hotpath_i_put_name(w, info->label, 60);
    }
    if (color) hotpath_i_puts(w, "\x1B[0m");
}

/* Says in one line why there is nothing to show. */
static void hotpath_i_table_nothing(hotpath_i_writer_t* w, const hotpath_i_views_t* v) {
    if (!v->pages) {
        hotpath_i_puts(w, " | no memory for the report\n");
    } else if (v->out_of_focus) {
        hotpath_i_puts(w, " | nothing to show: no function fits HOTPATH_FOCUS=");
        hotpath_i_put_name(w, hotpath_i_settings.focus, 60);
        hotpath_i_putc(w, '\n');
    } else if (v->with_data != 0) {
        hotpath_i_puts(w, " | nothing to show: HOTPATH_REPORT names no section with data\n");
    } else {
        hotpath_i_puts(w, " | nothing was recorded: put HOTPATH_FUNC(); into functions that run, "
                          "and build their files with -DHOTPATH\n");
    }
    if (hotpath_events_lost(&v->info->drops) != 0) hotpath_i_table_drops(w, &v->info->drops);
}

static void hotpath_i_table_section(
    hotpath_i_writer_t* w, const hotpath_i_views_t* v, uint32_t section, bool color) {
    if (v->rows[section].total == 0) {
        bool unfit = section == HOTPATH_I_SECTION_FUNCTIONS && v->out_of_focus;
        bool memory = section == HOTPATH_I_SECTION_ALLOC || section == HOTPATH_I_SECTION_HEAP;
        hotpath_i_puts(w, hotpath_i_section_name(section));
        hotpath_i_puts(w, unfit ? ": none fits HOTPATH_FOCUS=" : ": none");
        if (memory && !v->info->alloc.on) hotpath_i_puts(w, " (build with -DHOTPATH_ALLOC)");
        if (unfit) hotpath_i_put_name(w, hotpath_i_settings.focus, 60);
        hotpath_i_putc(w, '\n');
        return;
    }
    switch (section) {
        case HOTPATH_I_SECTION_FUNCTIONS: hotpath_i_table_functions(w, v, color); break;
        case HOTPATH_I_SECTION_CALL_TREE: hotpath_i_table_tree(w, v, color); break;
        case HOTPATH_I_SECTION_ALLOC: hotpath_i_table_allocs(w, v, color); break;
        case HOTPATH_I_SECTION_HEAP: hotpath_i_table_heap(w, v, color); break;
        case HOTPATH_I_SECTION_FRAMES: hotpath_i_table_frames(w, v, color); break;
        case HOTPATH_I_SECTION_PHASES: hotpath_i_table_phases(w, v, color); break;
        case HOTPATH_I_SECTION_THREADS: hotpath_i_table_threads(w, v, color); break;
        case HOTPATH_I_SECTION_GAUGES: hotpath_i_table_gauges(w, v, color); break;
        case HOTPATH_I_SECTION_SQL:
        case HOTPATH_I_SECTION_HTTP:
        case HOTPATH_I_SECTION_SERVER: hotpath_i_table_spans(w, v, section, color); break;
        default: hotpath_i_table_values(w, v, section, color); break;
    }
}

static void hotpath_i_report_table(hotpath_i_writer_t* w, const hotpath_i_views_t* v, bool color) {
    hotpath_i_table_header(w, v, color);
    if ((v->sections & v->with_data) == 0) {
        hotpath_i_table_nothing(w, v);
        return;
    }
    hotpath_i_putc(w, '\n');
    for (uint32_t i = 0; i < HOTPATH_I_SECTION_COUNT; i++) {
        if (!(v->sections >> i & 1)) continue;
        hotpath_i_putc(w, '\n');
        hotpath_i_table_section(w, v, i, color);
    }
    hotpath_i_putc(w, '\n');
    hotpath_i_table_footer(w, v);
}

/* >>json
   The report for programs: one object, whatever happens. Sections have the names and rows of the
   MCP tools; those that HOTPATH_REPORT leaves to auto are there even without rows, so that the
   shape does not depend on the data. Raw numbers stand beside the readable texts. */

typedef struct hotpath_i_json {
    hotpath_i_writer_t* w;
    bool pretty;
    bool comma; /* something stands before at this level */
    uint32_t depth;
} hotpath_i_json_t;

static void hotpath_i_json_line(hotpath_i_json_t* j) {
    if (!j->pretty) return;
    hotpath_i_putc(j->w, '\n');
    hotpath_i_put_spaces(j->w, 2 * (size_t)j->depth);
}

/* What stands before a value: the comma, and in an object its key. */
static void hotpath_i_json_key(hotpath_i_json_t* j, const char* key) {
    if (j->comma) hotpath_i_putc(j->w, ',');
    if (j->depth != 0) hotpath_i_json_line(j);
    j->comma = true;
    if (!key) return;
    hotpath_i_put_json(j->w, key, strlen(key));
    hotpath_i_puts(j->w, j->pretty ? ": " : ":");
}

static void hotpath_i_json_open(hotpath_i_json_t* j, const char* key, char bracket) {
    hotpath_i_json_key(j, key);
    hotpath_i_putc(j->w, bracket);
    j->depth++;
    j->comma = false;
}

static void hotpath_i_json_close(hotpath_i_json_t* j, char bracket) {
    j->depth--;
    if (j->comma) hotpath_i_json_line(j);
    hotpath_i_putc(j->w, bracket);
    j->comma = true;
}

static void hotpath_i_json_raw(hotpath_i_json_t* j, const char* key, const char* text) {
    hotpath_i_json_key(j, key);
    hotpath_i_puts(j->w, text);
}

static void hotpath_i_json_text(hotpath_i_json_t* j, const char* key, const char* text) {
    hotpath_i_json_key(j, key);
    hotpath_i_put_json(j->w, text ? text : "", text ? strlen(text) : 0);
}

static void hotpath_i_json_u64(hotpath_i_json_t* j, const char* key, uint64_t v) {
    hotpath_i_json_key(j, key);
    hotpath_i_put_u64(j->w, v);
}

static void hotpath_i_json_bool(hotpath_i_json_t* j, const char* key, bool v) {
    hotpath_i_json_raw(j, key, v ? "true" : "false");
}

/* A number of at least 0 with a fixed number of decimals. */
static void hotpath_i_json_fixed(
    hotpath_i_json_t* j, const char* key, double v, uint32_t decimals) {
    hotpath_i_json_key(j, key);
    if (hotpath_i_is_finite(v))
        hotpath_i_put_fixed(j->w, v, decimals);
    else
        hotpath_i_puts(j->w, "null");
}

/* A readable time, here "total":"1.16 ms", and the raw one beside it, "total_ns":1160000. */
static void hotpath_i_json_duration(
    hotpath_i_json_t* j, const char* key, const char* key_ns, uint64_t ns) {
    hotpath_i_json_key(j, key);
    hotpath_i_putc(j->w, '"');
    hotpath_i_put_ns(j->w, ns);
    hotpath_i_putc(j->w, '"');
    hotpath_i_json_u64(j, key_ns, ns);
}

/* A value as JSON has it: numbers and booleans as such, addresses and texts as strings. */
static void hotpath_i_json_value(
    hotpath_i_json_t* j, const char* key, const hotpath_value_t* value) {
    char text[64];
    switch ((hotpath_value_type_t)value->type) {
        case HOTPATH_VALUE_TEXT:
            hotpath_i_json_key(j, key);
            hotpath_i_put_json(
                j->w, value->as.text ? value->as.text : "", value->as.text ? value->length : 0);
            return;
        case HOTPATH_VALUE_CHAR:
        case HOTPATH_VALUE_POINTER:
            (void)hotpath_value_text(*value, text, sizeof text);
            hotpath_i_json_text(j, key, text);
            return;
        case HOTPATH_VALUE_DOUBLE:
            if (!hotpath_i_is_finite(value->as.d)) break;
            hotpath_i_json_key(j, key);
            hotpath_i_put_double(j->w, value->as.d);
            return;
        case HOTPATH_VALUE_BOOL:
        case HOTPATH_VALUE_INT:
        case HOTPATH_VALUE_UINT:
            hotpath_i_json_key(j, key);
            hotpath_i_put_value(j->w, value);
            return;
        case HOTPATH_VALUE_NONE: break;
    }
    hotpath_i_json_raw(j, key, "null");
}

static void hotpath_i_json_location(hotpath_i_json_t* j, const char* file, uint32_t line) {
    hotpath_i_json_open(j, "location", '{');
    hotpath_i_json_text(j, "file", file);
    hotpath_i_json_u64(j, "line", line);
    hotpath_i_json_close(j, '}');
}

static const char* hotpath_i_kind_name(uint32_t kind) {
    switch (kind) {
        case HOTPATH_KIND_FUNCTION: return "function";
        case HOTPATH_KIND_SCOPE: return "scope";
        case HOTPATH_KIND_NAMED: return "named";
        case HOTPATH_KIND_TRACK: return "track";
        case HOTPATH_KIND_SPAN: return "span";
        case HOTPATH_KIND_OTHER: return "other";
        case HOTPATH_KIND_SQL: return "sql";
        case HOTPATH_KIND_HTTP: return "http";
        case HOTPATH_KIND_SERVER: return "server";
        case HOTPATH_KIND_OUTSIDE: return "outside";
        case HOTPATH_KIND_DBG: return "dbg";
        case HOTPATH_KIND_VAL: return "val";
        case HOTPATH_KIND_GAUGE: return "gauge";
        default: return "none";
    }
}

/* Ends the rows of a section. */
static void hotpath_i_json_rows_end(
    hotpath_i_json_t* j, const hotpath_i_views_t* v, uint32_t section) {
    hotpath_i_json_close(j, ']');
    hotpath_i_json_u64(j, "total_count", v->rows[section].total);
    hotpath_i_json_u64(j, "included_count", v->rows[section].shown);
    if (!v->pages) hotpath_i_json_text(j, "error", "no memory for the report");
    hotpath_i_json_close(j, '}');
}

static void hotpath_i_json_percentile(
    hotpath_i_json_t* j, const hotpath_i_views_t* v, const hotpath_function_t* f, uint32_t micro) {
    char key[24], key_ns[24];
    hotpath_i_writer_t w = hotpath_i_writer_to(key, sizeof key - 1, NULL, NULL);
    hotpath_i_putc(&w, 'p');
    hotpath_i_put_percentile(&w, micro);
    key[w.used] = 0;
    w = hotpath_i_writer_to(key_ns, sizeof key_ns - 1, NULL, NULL);
    hotpath_i_puts(&w, key);
    hotpath_i_puts(&w, "_ns");
    key_ns[w.used] = 0;
    if (f->sampled_calls != 0) {
        uint64_t ns = hotpath_snapshot_percentile(v->snapshot, f, (double)micro / 1000000);
        hotpath_i_json_duration(j, key, key_ns, ns);
    } else {
        hotpath_i_json_raw(j, key, "null");
        hotpath_i_json_raw(j, key_ns, "null");
    }
}

/* What only completed executions have; null where there are none. */
static void hotpath_i_json_completed(
    hotpath_i_json_t* j, const hotpath_i_views_t* v, const hotpath_function_t* f) {
    static const char* const keys[] = {
        "avg", "avg_ns", "min", "min_ns", "max", "max_ns", "stdev_ns"};
    if (f->sampled_calls != 0) {
        hotpath_i_json_key(j, "avg");
        hotpath_i_putc(j->w, '"');
        hotpath_i_put_duration(j->w, f->mean_ns, false);
        hotpath_i_putc(j->w, '"');
        hotpath_i_json_fixed(j, "avg_ns", f->mean_ns, 2);
        hotpath_i_json_duration(j, "min", "min_ns", f->min_ns);
        hotpath_i_json_duration(j, "max", "max_ns", f->max_ns);
        hotpath_i_json_fixed(j, "stdev_ns", f->stdev_ns, 2);
    }
    for (size_t i = 0; f->sampled_calls == 0 && i < sizeof keys / sizeof keys[0]; i++)
        hotpath_i_json_raw(j, keys[i], "null");
    for (uint32_t i = 0; i < hotpath_i_settings.percentiles.count; i++)
        hotpath_i_json_percentile(j, v, f, hotpath_i_settings.percentiles.micro[i]);
}

static void hotpath_i_json_function(
    hotpath_i_json_t* j, const hotpath_i_views_t* v, const hotpath_function_t* f) {
    hotpath_i_json_open(j, NULL, '{');
    hotpath_i_json_u64(j, "id", f->id);
    hotpath_i_json_text(j, "name", f->name);
    hotpath_i_json_text(j, "kind", hotpath_i_kind_name(f->kind));
    hotpath_i_json_u64(j, "calls", f->calls);
    hotpath_i_json_u64(j, "open_calls", f->open_calls);
    hotpath_i_json_u64(j, "sampled_calls", f->sampled_calls);
    hotpath_i_json_u64(j, "sampling_rate", f->sampling_rate);
    hotpath_i_json_bool(j, "estimated", f->estimated);
    hotpath_i_json_fixed(j, "total_error_ns", f->total_error_ns, 0);
    hotpath_i_json_completed(j, v, f);
    hotpath_i_json_duration(j, "total", "total_ns", f->total_ns);
    hotpath_i_json_duration(j, "self", "self_ns", f->self_ns);
    hotpath_i_json_fixed(j, "percent_total", hotpath_i_percent(v, f->total_ns), 2);
    hotpath_i_json_fixed(j, "percent_self", hotpath_i_percent(v, f->self_ns), 2);
    hotpath_i_json_u64(j, "errors", f->errors);
    hotpath_i_json_open(j, "reasons", '[');
    for (uint32_t i = 0; i < f->reasons_count; i++) {
        hotpath_i_json_open(j, NULL, '{');
        hotpath_i_json_text(j, "reason", f->reasons[i].text);
        hotpath_i_json_u64(j, "count", f->reasons[i].count);
        hotpath_i_json_close(j, '}');
    }
    hotpath_i_json_close(j, ']');
    hotpath_i_json_u64(j, "bytes", f->bytes);
    hotpath_i_json_u64(j, "abandoned", f->abandoned);
    hotpath_i_json_fixed(j, "calls_per_sec", f->calls_per_sec, 2);
    hotpath_i_json_fixed(j, "calls_per_sec_peak", f->calls_per_sec_peak, 2);
    hotpath_i_json_bool(j, "bounds_only", f->bounds_only);
    hotpath_i_json_bool(j, "lite", f->lite);
    hotpath_i_json_location(j, f->file, f->line);
    hotpath_i_json_close(j, '}');
}

static void hotpath_i_json_functions(hotpath_i_json_t* j, const hotpath_i_views_t* v) {
    const hotpath_i_rows_t* rows = &v->rows[HOTPATH_I_SECTION_FUNCTIONS];
    hotpath_i_json_open(j, "functions_timing", '{');
    hotpath_i_json_text(j, "profiling_mode", "timing");
    hotpath_i_json_duration(j, "time_elapsed", "total_elapsed_ns", v->info->window_ns);
    hotpath_i_json_text(j, "description",
        "Time in each function: self without the functions it calls, total with them. Percentages "
        "are of the self times of all functions.");
    hotpath_i_json_text(j, "caller_name", v->info->caller);
    hotpath_i_json_text(j, "sort", hotpath_i_settings.time_exclusive ? "self" : "total");
    hotpath_i_json_open(j, "percentiles", '[');
    for (uint32_t i = 0; i < hotpath_i_settings.percentiles.count; i++) {
        hotpath_i_json_key(j, NULL);
        hotpath_i_put_percentile(j->w, hotpath_i_settings.percentiles.micro[i]);
    }
    hotpath_i_json_close(j, ']');
    hotpath_i_json_open(j, "data", '[');
    for (size_t i = 0; i < rows->shown && !j->w->failed; i++)
        hotpath_i_json_function(j, v, &v->functions[rows->order[i]]);
    hotpath_i_json_rows_end(j, v, HOTPATH_I_SECTION_FUNCTIONS);
}

static void hotpath_i_json_callers(hotpath_i_json_t* j, const hotpath_i_views_t* v, const char* key,
    const hotpath_span_caller_t* list, uint32_t count) {
    hotpath_i_json_open(j, key, '[');
    for (uint32_t i = 0; i < count; i++) {
        hotpath_i_json_open(j, NULL, '{');
        hotpath_i_json_text(j, "name", v->functions[list[i].function].name);
        hotpath_i_json_u64(j, "count", list[i].calls);
        hotpath_i_json_u64(j, "caller_count", list[i].caller_calls);
        hotpath_i_json_fixed(j, "per_call", list[i].per_call, 2);
        hotpath_i_json_close(j, '}');
    }
    hotpath_i_json_close(j, ']');
}
/* What there is of each kind alone. */
static void hotpath_i_json_span_facts(hotpath_i_json_t* j, const hotpath_span_row_t* s) {
    static const char* const phases[] = {
        "lookup_avg_ns", "connect_avg_ns", "tls_avg_ns", "first_byte_avg_ns"};
    if (s->kind == HOTPATH_SPAN_SQL) {
        hotpath_i_json_u64(j, "rows", s->rows);
        hotpath_i_json_u64(j, "fullscan_steps", s->fullscan_steps);
        return;
    }
    hotpath_i_json_u64(j, "status_4xx", s->status_4xx);
    hotpath_i_json_u64(j, "status_5xx", s->status_5xx);
    hotpath_i_json_u64(j, "bytes_in", s->bytes_in);
    hotpath_i_json_u64(j, "bytes_out", s->bytes_out);
    for (size_t i = 0; i < HOTPATH_SPAN_PHASES && s->kind == HOTPATH_SPAN_HTTP; i++)
        if (s->phases_count[i] != 0)
            hotpath_i_json_u64(j, phases[i], s->phases_ns[i] / s->phases_count[i]);
}
static void hotpath_i_json_span_slow(
    hotpath_i_json_t* j, const hotpath_i_views_t* v, const hotpath_span_slow_t* slow) {
    hotpath_i_json_open(j, NULL, '{');
    hotpath_i_json_u64(j, "at_ns", slow->at_ns);
    hotpath_i_json_u64(j, "duration_ns", slow->duration_ns);
    hotpath_i_json_u64(j, "thread_id", slow->thread);
    hotpath_i_json_key(j, "status");
    hotpath_i_put_i64(j->w, slow->status);
    hotpath_i_json_u64(j, "rows", slow->rows);
    hotpath_i_json_bool(j, "inside_shared", slow->inside_shared);
    hotpath_i_json_bool(j, "inside_truncated", slow->inside_truncated);
    hotpath_i_json_open(j, "inside", '[');
    for (uint32_t i = 0; i < slow->inside_count; i++) {
        const hotpath_inside_t* in = &slow->inside[i];
        hotpath_i_json_open(j, NULL, '{');
        hotpath_i_json_text(j, "name", v->functions[in->function].name);
        hotpath_i_json_u64(j, "calls", in->calls);
        hotpath_i_json_u64(j, "total_ns", in->total_ns);
        hotpath_i_json_u64(j, "self_ns", in->self_ns);
        hotpath_i_json_close(j, '}');
    }
    hotpath_i_json_close(j, ']');
    hotpath_i_json_u64(j, "other_ns", slow->other_ns);
    hotpath_i_json_u64(j, "other_calls", slow->other_calls);
    hotpath_i_json_u64(j, "unmarked_ns", slow->unmarked_ns);
    hotpath_i_json_close(j, '}');
}
static void hotpath_i_json_span(
    hotpath_i_json_t* j, const hotpath_i_views_t* v, const hotpath_span_row_t* s, const char* key) {
    const hotpath_function_t* f = &v->functions[s->function];
    hotpath_i_json_open(j, NULL, '{');
    hotpath_i_json_u64(j, "id", f->id);
    hotpath_i_json_text(j, key, s->key);
    hotpath_i_json_u64(j, "count", s->count);
    hotpath_i_json_u64(j, "open", s->open);
    hotpath_i_json_duration(j, "total", "total_ns", s->total_ns);
    hotpath_i_json_fixed(j, "percent_total", hotpath_i_percent(v, s->total_ns), 2);
    hotpath_i_json_completed(j, v, f);
    hotpath_i_json_u64(j, "errors", s->errors);
    hotpath_i_json_span_facts(j, s);
    hotpath_i_json_fixed(j, "per_sec", s->per_second_mean, 2);
    hotpath_i_json_fixed(j, "per_sec_now", s->per_second, 2);
    hotpath_i_json_fixed(j, "per_sec_peak", s->per_second_peak, 2);
    hotpath_i_json_fixed(j, "concurrency", s->concurrency, 2);
    hotpath_i_json_callers(j, v, "callers", s->callers, s->callers_count);
    hotpath_i_json_callers(j, v, "routes", s->routes, s->routes_count);
    hotpath_i_json_open(j, "slowest", '[');
    for (uint32_t i = 0; i < s->slowest_count && !j->w->failed; i++)
        hotpath_i_json_span_slow(j, v, &s->slowest[i]);
    hotpath_i_json_close(j, ']');
    hotpath_i_json_close(j, '}');
}
static void hotpath_i_json_spans(
    hotpath_i_json_t* j, const hotpath_i_views_t* v, uint32_t section, const char* key) {
    const hotpath_i_rows_t* rows = &v->rows[section];
    hotpath_i_json_open(j, hotpath_i_section_name(section), '{');
    hotpath_i_json_open(j, "data", '[');
    for (size_t i = 0; i < rows->shown && !j->w->failed; i++)
        hotpath_i_json_span(j, v, &v->spans[rows->order[i]], key);
    hotpath_i_json_rows_end(j, v, section);
}

/* A readable size, here "total":"1.16 MiB", and the raw one beside it, "total_bytes":1216348. */
static void hotpath_i_json_size(
    hotpath_i_json_t* j, const char* key, const char* key_bytes, uint64_t bytes) {
    hotpath_i_json_key(j, key);
    hotpath_i_putc(j->w, '"');
    hotpath_i_put_size(j->w, bytes);
    hotpath_i_putc(j->w, '"');
    hotpath_i_json_u64(j, key_bytes, bytes);
}
/* A list of numbers without the zeros at its end. */
static void hotpath_i_json_list(
    hotpath_i_json_t* j, const char* key, const uint64_t* list, size_t count) {
    while (count > 0 && (list == NULL || list[count - 1] == 0))
        count--;
    hotpath_i_json_open(j, key, '[');
    for (size_t i = 0; i < count; i++) {
        hotpath_i_json_key(j, NULL);
        hotpath_i_put_u64(j->w, list[i]);
    }
    hotpath_i_json_close(j, ']');
}
static void hotpath_i_json_freed(hotpath_i_json_t* j, uint64_t count, uint64_t bytes,
    uint64_t others_count, uint64_t others_bytes) {
    hotpath_i_json_u64(j, "free_count", count);
    hotpath_i_json_u64(j, "free_bytes", bytes);
    hotpath_i_json_u64(j, "freed_by_others_count", others_count);
    hotpath_i_json_u64(j, "freed_by_others_bytes", others_bytes);
}
/* Total and average, which is a call's, are bytes or allocations by the metric, with callees or without. */
static void hotpath_i_json_alloc(
    hotpath_i_json_t* j, const hotpath_i_views_t* v, const hotpath_function_t* f) {
    uint64_t total = hotpath_i_allocated(f), avg = f->calls != 0 ? total / f->calls : total;
    hotpath_i_json_open(j, NULL, '{');
    hotpath_i_json_u64(j, "id", f->id);
    hotpath_i_json_text(j, "name", f->name);
    hotpath_i_json_text(j, "kind", hotpath_i_kind_name(f->kind));
    hotpath_i_json_u64(j, "calls", f->calls);
    hotpath_i_json_u64(j, "sampled_calls", f->calls);
    if (hotpath_i_settings.alloc_metric) {
        hotpath_i_json_u64(j, "avg", avg);
        hotpath_i_json_u64(j, "total", total);
    } else {
        hotpath_i_json_size(j, "avg", "avg_bytes", avg);
        hotpath_i_json_size(j, "total", "total_bytes", total);
    }
    hotpath_i_json_fixed(j, "percent_total", hotpath_i_alloc_percent(v, total), 2);
    hotpath_i_json_u64(j, "alloc_count", f->alloc_count);
    hotpath_i_json_u64(j, "alloc_bytes", f->alloc_bytes);
    hotpath_i_json_u64(j, "alloc_total_count", f->alloc_total_count);
    hotpath_i_json_u64(j, "alloc_total_bytes", f->alloc_total_bytes);
    hotpath_i_json_u64(j, "realloc_count", f->realloc_count);
    hotpath_i_json_freed(
        j, f->free_count, f->free_bytes, f->freed_by_others_count, f->freed_by_others_bytes);
    hotpath_i_json_list(j, "sizes", f->alloc_sizes, HOTPATH_ALLOC_SIZES);
    hotpath_i_json_location(j, f->file, f->line);
    hotpath_i_json_close(j, '}');
}
static void hotpath_i_json_allocs(hotpath_i_json_t* j, const hotpath_i_views_t* v) {
    const hotpath_i_rows_t* rows = &v->rows[HOTPATH_I_SECTION_ALLOC];
    const hotpath_alloc_info_t* a = &v->info->alloc;
    bool count = hotpath_i_settings.alloc_metric;
    hotpath_i_json_open(j, "functions_alloc", '{');
    hotpath_i_json_text(j, "profiling_mode", count ? "alloc-count" : "alloc-bytes");
    hotpath_i_json_duration(j, "time_elapsed", "total_elapsed_ns", v->info->window_ns);
    hotpath_i_json_size(j, "total_allocated", "total_allocated_bytes", a->alloc_bytes);
    hotpath_i_json_u64(j, "total_allocations", a->alloc_count);
    hotpath_i_json_u64(j, "total_reallocs", a->realloc_count);
    hotpath_i_json_u64(j, "total_frees", a->free_count);
    hotpath_i_json_u64(j, "foreign_frees", a->foreign_frees);
    hotpath_i_json_text(j, "description", a->note);
    hotpath_i_json_text(j, "caller_name", v->info->caller);
    hotpath_i_json_bool(j, "cumulative", hotpath_i_settings.alloc_cumulative);
    hotpath_i_json_open(j, "percentiles", '[');
    hotpath_i_json_close(j, ']');
    hotpath_i_json_open(j, "data", '[');
    for (size_t i = 0; i < rows->shown && !j->w->failed; i++)
        hotpath_i_json_alloc(j, v, &v->functions[rows->order[i]]);
    hotpath_i_json_rows_end(j, v, HOTPATH_I_SECTION_ALLOC);
}
static void hotpath_i_json_process(hotpath_i_json_t* j) {
    hotpath_process_t m;
    (void)hotpath_process_memory(&m);
    hotpath_i_json_open(j, "process", '{');
    hotpath_i_json_u64(j, "rss_bytes", m.rss_bytes);
    hotpath_i_json_u64(j, "rss_bytes_max", m.rss_peak_bytes);
    hotpath_i_json_u64(j, "pss_bytes", m.pss_bytes);
    hotpath_i_json_u64(j, "private_bytes", m.private_bytes);
    hotpath_i_json_u64(j, "swap_bytes", m.swap_bytes);
    hotpath_i_json_bool(j, "heap_known", m.heap_known);
    hotpath_i_json_u64(j, "heap_bytes", m.heap_bytes);
    hotpath_i_json_u64(j, "heap_mapped_bytes", m.heap_mapped_bytes);
    hotpath_i_json_u64(j, "heap_used_bytes", m.heap_used_bytes);
    hotpath_i_json_u64(j, "heap_free_bytes", m.heap_free_bytes);
    hotpath_i_json_u64(j, "heap_top_bytes", m.heap_top_bytes);
    hotpath_i_json_close(j, '}');
}
static void hotpath_i_json_suspects(hotpath_i_json_t* j) {
    hotpath_heap_suspect_t rows[8];
    size_t count = hotpath_heap_suspects(NULL, rows, 8);
    hotpath_i_json_open(j, "suspects", '[');
    for (size_t i = 0; i < count && i < 8; i++) {
        hotpath_i_json_open(j, NULL, '{');
        hotpath_i_json_u64(j, "id", rows[i].function);
        hotpath_i_json_text(j, "name", rows[i].name);
        hotpath_i_json_u64(j, "intervals", rows[i].intervals);
        hotpath_i_json_u64(j, "grew", rows[i].grew);
        hotpath_i_json_u64(j, "growth_bytes", rows[i].growth_bytes);
        hotpath_i_json_fixed(
            j, "bytes_per_sec", rows[i].bytes_per_sec > 0 ? rows[i].bytes_per_sec : 0, 1);
        hotpath_i_json_fixed(j, "confidence", rows[i].confidence, 3);
        hotpath_i_json_u64(j, "live_bytes", rows[i].live_bytes);
        hotpath_i_json_u64(j, "live_count", rows[i].live_count);
        hotpath_i_json_list(j, "ages", rows[i].ages, HOTPATH_ALLOC_AGES);
        hotpath_i_json_close(j, '}');
    }
    hotpath_i_json_close(j, ']');
}
static void hotpath_i_json_pools(hotpath_i_json_t* j) {
    hotpath_heap_pool_t rows[64];
    size_t count = hotpath_heap_pools(rows, 64);
    hotpath_i_json_open(j, "pools", '[');
    for (size_t i = 0; i < count && i < 64; i++) {
        hotpath_i_json_open(j, NULL, '{');
        hotpath_i_json_text(j, "name", rows[i].name);
        hotpath_i_json_u64(j, "alloc_count", rows[i].alloc_count);
        hotpath_i_json_u64(j, "alloc_bytes", rows[i].alloc_bytes);
        hotpath_i_json_u64(j, "live_count", rows[i].live_count);
        hotpath_i_json_u64(j, "live_bytes", rows[i].live_bytes);
        hotpath_i_json_u64(j, "peak_live_bytes", rows[i].peak_live_bytes);
        hotpath_i_json_u64(j, "resets", rows[i].resets);
        hotpath_i_json_close(j, '}');
    }
    hotpath_i_json_close(j, ']');
}
static void hotpath_i_json_heap(hotpath_i_json_t* j, const hotpath_i_views_t* v) {
    const hotpath_i_rows_t* rows = &v->rows[HOTPATH_I_SECTION_HEAP];
    const hotpath_alloc_info_t* a = &v->info->alloc;
    hotpath_i_json_open(j, "heap", '{');
    hotpath_i_json_bool(j, "live_known", a->live);
    hotpath_i_json_u64(j, "live_count", a->live_count);
    hotpath_i_json_size(j, "live", "live_bytes", a->live_bytes);
    hotpath_i_json_size(j, "peak", "peak_live_bytes", a->peak_live_bytes);
    hotpath_i_json_u64(j, "peak_live_ns", a->peak_live_ns);
    hotpath_i_json_u64(j, "interval_ns", a->interval_ns);
    hotpath_i_json_process(j);
    hotpath_i_json_pools(j);
    hotpath_i_json_suspects(j);
    hotpath_i_json_open(j, "data", '[');
    for (size_t i = 0; i < rows->shown && !j->w->failed; i++) {
        const hotpath_function_t* f = &v->functions[rows->order[i]];
        hotpath_i_json_open(j, NULL, '{');
        hotpath_i_json_u64(j, "id", f->id);
        hotpath_i_json_text(j, "name", f->name);
        hotpath_i_json_u64(j, "live_count", f->live_count);
        hotpath_i_json_size(j, "live", "live_bytes", f->live_bytes);
        hotpath_i_json_u64(j, "peak_live_bytes", f->peak_live_bytes);
        hotpath_i_json_u64(j, "peak_live_ns", f->peak_live_ns);
        hotpath_i_json_list(j, "ages", f->live_ages, HOTPATH_ALLOC_AGES);
        hotpath_i_json_location(j, f->file, f->line);
        hotpath_i_json_close(j, '}');
    }
    hotpath_i_json_rows_end(j, v, HOTPATH_I_SECTION_HEAP);
}

static void hotpath_i_json_thread(
    hotpath_i_json_t* j, const hotpath_i_views_t* v, const hotpath_thread_t* thread) {
    hotpath_i_json_open(j, NULL, '{');
    hotpath_i_json_u64(j, "id", thread->id);
    hotpath_i_json_u64(j, "os_tid", thread->os_tid);
    hotpath_i_json_text(j, "name", thread->name);
    hotpath_i_json_text(j, "status", hotpath_i_thread_state(thread));
    hotpath_i_json_u64(j, "count", thread->count);
    hotpath_i_json_u64(j, "calls", thread->calls);
    hotpath_i_json_duration(j, "busy", "busy_ns", thread->busy_ns);
    hotpath_i_json_u64(j, "start_ns", thread->start_ns);
    if (thread->stack_high_water_bytes != 0)
        hotpath_i_json_u64(j, "stack_high_water_bytes", thread->stack_high_water_bytes);
    if (v->info->alloc.on) {
        hotpath_i_json_u64(j, "alloc_count", thread->alloc_count);
        hotpath_i_json_u64(j, "alloc_bytes", thread->alloc_bytes);
        hotpath_i_json_freed(j, thread->free_count, thread->free_bytes,
            thread->freed_by_others_count, thread->freed_by_others_bytes);
        hotpath_i_json_u64(j, "live_count", thread->live_count);
        hotpath_i_json_u64(j, "live_bytes", thread->live_bytes);
    }
    hotpath_i_json_open(j, "open", '[');
    for (uint32_t i = 0; i < thread->open_count; i++) {
        const hotpath_open_t* open = &thread->open[i];
        hotpath_i_json_open(j, NULL, '{');
        hotpath_i_json_text(j, "name", hotpath_i_function_name(v, open->function));
        hotpath_i_json_u64(j, "at_ns", open->at_ns);
        hotpath_i_json_duration(j, "elapsed", "elapsed_ns", open->elapsed_ns);
        hotpath_i_json_close(j, '}');
    }
    hotpath_i_json_close(j, ']');
    hotpath_i_json_close(j, '}');
}

static void hotpath_i_json_threads(hotpath_i_json_t* j, const hotpath_i_views_t* v) {
    const hotpath_i_rows_t* rows = &v->rows[HOTPATH_I_SECTION_THREADS];
    hotpath_i_json_open(j, "threads", '{');
    hotpath_i_json_u64(j, "current_elapsed_ns", v->info->elapsed_ns);
    hotpath_i_json_u64(j, "thread_count", v->info->threads_live);
    hotpath_i_json_open(j, "data", '[');
    for (size_t i = 0; i < rows->shown && !j->w->failed; i++)
        hotpath_i_json_thread(j, v, &v->threads[rows->order[i]]);
    hotpath_i_json_rows_end(j, v, HOTPATH_I_SECTION_THREADS);
}

static void hotpath_i_json_inside(
    hotpath_i_json_t* j, const hotpath_i_views_t* v, const hotpath_inside_t* rows, uint32_t count) {
    hotpath_i_json_open(j, "inside", '[');
    for (uint32_t i = 0; i < count; i++) {
        hotpath_i_json_open(j, NULL, '{');
        hotpath_i_json_text(j, "name", hotpath_i_function_name(v, rows[i].function));
        if (rows[i].node == HOTPATH_NO_NODE)
            hotpath_i_json_raw(j, "node", "null");
        else
            hotpath_i_json_u64(j, "node", rows[i].node);
        hotpath_i_json_u64(j, "calls", rows[i].calls);
        hotpath_i_json_u64(j, "total_ns", rows[i].total_ns);
        hotpath_i_json_u64(j, "self_ns", rows[i].self_ns);
        hotpath_i_json_u64(j, "median_ns", rows[i].median_ns);
        hotpath_i_json_fixed(j, "excess_ns", (double)rows[i].excess_ns, 0);
        hotpath_i_json_close(j, '}');
    }
    hotpath_i_json_close(j, ']');
}
static void hotpath_i_json_frame(
    hotpath_i_json_t* j, const hotpath_i_views_t* v, const hotpath_frame_t* f) {
    hotpath_i_json_open(j, NULL, '{');
    hotpath_i_json_text(j, "name", f->name);
    hotpath_i_json_u64(j, "function_id", v->functions[f->function].id);
    hotpath_i_json_u64(j, "count", f->count);
    hotpath_i_json_fixed(j, "fps", f->fps, 2);
    hotpath_i_json_u64(j, "budget_ns", f->budget_ns);
    hotpath_i_json_u64(j, "over_budget", f->over_budget);
    hotpath_i_json_u64(j, "period", f->period);
    hotpath_i_json_duration(j, "total", "total_ns", f->total_ns);
    hotpath_i_json_completed(j, v, &v->functions[f->function]);
    hotpath_i_json_fixed(j, "jitter_ns", f->jitter_ns, 2);
    hotpath_i_json_open(j, "worst", '[');
    for (uint32_t i = 0; i < f->worst_count; i++) {
        const hotpath_worst_frame_t* w = &f->worst[i];
        hotpath_i_json_open(j, NULL, '{');
        hotpath_i_json_u64(j, "id", w->id);
        hotpath_i_json_u64(j, "thread_id", w->thread);
        hotpath_i_json_u64(j, "at_ns", w->at_ns);
        hotpath_i_json_duration(j, "duration", "duration_ns", w->duration_ns);
        hotpath_i_json_u64(j, "other_ns", w->other_ns);
        hotpath_i_json_u64(j, "other_calls", w->other_calls);
        hotpath_i_json_u64(j, "unmarked_ns", w->unmarked_ns);
        hotpath_i_json_u64(j, "unmarked_median_ns", w->unmarked_median_ns);
        hotpath_i_json_bool(j, "inside_shared", w->inside_shared);
        hotpath_i_json_bool(j, "inside_truncated", w->inside_truncated);
        hotpath_i_json_inside(j, v, w->inside, w->inside_count);
        hotpath_i_json_close(j, '}');
    }
    hotpath_i_json_close(j, ']');
    hotpath_i_json_close(j, '}');
}
static void hotpath_i_json_frames(hotpath_i_json_t* j, const hotpath_i_views_t* v) {
    const hotpath_i_rows_t* rows = &v->rows[HOTPATH_I_SECTION_FRAMES];
    hotpath_i_json_open(j, "frames", '{');
    hotpath_i_json_u64(j, "current_elapsed_ns", v->info->elapsed_ns);
    hotpath_i_json_open(j, "data", '[');
    for (size_t i = 0; i < rows->shown && !j->w->failed; i++)
        hotpath_i_json_frame(j, v, &v->frames[rows->order[i]]);
    hotpath_i_json_rows_end(j, v, HOTPATH_I_SECTION_FRAMES);
}

static void hotpath_i_json_phases(hotpath_i_json_t* j, const hotpath_i_views_t* v) {
    const hotpath_i_rows_t* rows = &v->rows[HOTPATH_I_SECTION_PHASES];
    hotpath_i_json_open(j, "phases", '{');
    hotpath_i_json_u64(j, "current_elapsed_ns", v->info->elapsed_ns);
    hotpath_i_json_open(j, "data", '[');
    for (size_t i = 0; i < rows->shown && !j->w->failed; i++) {
        const hotpath_function_t* f = &v->functions[rows->order[i]];
        hotpath_i_json_open(j, NULL, '{');
        hotpath_i_json_text(j, "name", f->name);
        hotpath_i_json_u64(j, "function_id", f->id);
        hotpath_i_json_u64(j, "count", f->calls);
        hotpath_i_json_duration(j, "total", "total_ns", f->total_ns);
        hotpath_i_json_completed(j, v, f);
        hotpath_i_json_close(j, '}');
    }
    hotpath_i_json_rows_end(j, v, HOTPATH_I_SECTION_PHASES);
}

/* "source" is file:line in one text, as hotpath-rs has it. */
static void hotpath_i_json_source(hotpath_i_json_t* j, const char* file, uint32_t line) {
    char text[1024];
    hotpath_i_writer_t w = hotpath_i_writer_to(text, sizeof text - 24, NULL, NULL);
    hotpath_i_puts(&w, file ? file : "");
    w.capacity = sizeof text, w.failed = false;
    hotpath_i_putc(&w, ':');
    hotpath_i_put_u64(&w, line);
    hotpath_i_json_key(j, "source");
    hotpath_i_put_json(j->w, text, w.used);
}

static void hotpath_i_json_entry(hotpath_i_json_t* j, const hotpath_entry_t* entry) {
    char text[64];
    hotpath_i_json_open(j, NULL, '{');
    hotpath_i_json_u64(j, "id", entry->id);
    hotpath_i_json_text(j, "entry_type", hotpath_i_kind_name(entry->kind));
    hotpath_i_json_source(j, entry->file, entry->line);
    hotpath_i_json_text(j, "expression", entry->name);
    hotpath_i_json_u64(j, "log_count", entry->count);
    if (entry->last.type == HOTPATH_VALUE_TEXT || entry->last.type == HOTPATH_VALUE_NONE) {
        hotpath_i_json_value(j, "last_value", &entry->last);
    } else {
        (void)hotpath_value_text(entry->last, text, sizeof text);
        hotpath_i_json_text(j, "last_value", text);
    }
    hotpath_i_json_value(j, "last", &entry->last);
    hotpath_i_json_value(j, "min", &entry->min);
    hotpath_i_json_value(j, "max", &entry->max);
    hotpath_i_json_open(j, "history", '[');
    for (uint32_t i = 0; i < entry->history_count; i++) {
        hotpath_i_json_open(j, NULL, '{');
        hotpath_i_json_u64(j, "at_ns", entry->history[i].at_ns);
        hotpath_i_json_u64(j, "thread_id", entry->history[i].thread);
        hotpath_i_json_value(j, "value", &entry->history[i].value);
        hotpath_i_json_close(j, '}');
    }
    hotpath_i_json_close(j, ']');
    hotpath_i_json_location(j, entry->file, entry->line);
    hotpath_i_json_close(j, '}');
}

static void hotpath_i_json_entries(
    hotpath_i_json_t* j, const hotpath_i_views_t* v, uint32_t section, const char* tool) {
    const hotpath_i_rows_t* rows = &v->rows[section];
    hotpath_i_json_open(j, tool, '{');
    hotpath_i_json_u64(j, "current_elapsed_ns", v->info->elapsed_ns);
    hotpath_i_json_open(j, "data", '[');
    for (size_t i = 0; i < rows->shown && !j->w->failed; i++)
        hotpath_i_json_entry(j, &v->entries[rows->order[i]]);
    hotpath_i_json_rows_end(j, v, section);
}

/* The tree as rows, each after its parent: nothing nests deeper than a row, however deep it is. */
static void hotpath_i_json_tree(hotpath_i_json_t* j, const hotpath_i_views_t* v) {
    const hotpath_i_rows_t* rows = &v->rows[HOTPATH_I_SECTION_CALL_TREE];
    hotpath_i_json_open(j, "call_tree", '{');
    hotpath_i_json_open(j, "data", '[');
    for (size_t i = 0; i < rows->shown && !j->w->failed; i++) {
        uint32_t index = rows->order[i], parent = hotpath_i_parent(&v->tree, index);
        const hotpath_node_t* node = &v->tree.nodes[index];
        bool known = node->function < v->functions_count;
        hotpath_i_json_open(j, NULL, '{');
        hotpath_i_json_u64(j, "id", index);
        if (parent == HOTPATH_I_NONE)
            hotpath_i_json_raw(j, "parent", "null");
        else
            hotpath_i_json_u64(j, "parent", parent);
        hotpath_i_json_u64(j, "depth", node->depth);
        hotpath_i_json_u64(j, "function_id", known ? v->functions[node->function].id : 0);
        hotpath_i_json_text(j, "name", hotpath_i_function_name(v, node->function));
        hotpath_i_json_u64(j, "calls", node->calls);
        hotpath_i_json_u64(j, "open_calls", node->open_calls);
        hotpath_i_json_bool(j, "recursive", node->recursive != 0);
        hotpath_i_json_duration(j, "total", "total_ns", node->total_ns);
        hotpath_i_json_duration(j, "self", "self_ns", node->self_ns);
        hotpath_i_json_fixed(j, "percent_total", hotpath_i_percent(v, node->total_ns), 2);
        hotpath_i_json_fixed(j, "percent_self", hotpath_i_percent(v, node->self_ns), 2);
        hotpath_i_json_u64(j, "errors", node->errors);
        hotpath_i_json_u64(j, "bytes", node->bytes);
        if (v->info->alloc.on) {
            hotpath_i_json_u64(j, "alloc_count", node->alloc_count);
            hotpath_i_json_u64(j, "alloc_bytes", node->alloc_bytes);
            hotpath_i_json_u64(j, "alloc_total_count", node->alloc_total_count);
            hotpath_i_json_u64(j, "alloc_total_bytes", node->alloc_total_bytes);
        }
        hotpath_i_json_close(j, '}');
    }
    hotpath_i_json_rows_end(j, v, HOTPATH_I_SECTION_CALL_TREE);
}

/* What the report is of. */
static void hotpath_i_json_info(hotpath_i_json_t* j, const hotpath_info_t* info) {
    hotpath_i_json_text(j, "program", info->program);
    hotpath_i_json_u64(j, "pid", info->pid);
    hotpath_i_json_text(j, "version", HOTPATH_VERSION);
    hotpath_i_json_text(j, "label", info->label);
    hotpath_i_json_key(j, "captured_at");
    hotpath_i_putc(j->w, '"');
    hotpath_i_put_utc(j->w, info->captured_unix_ns);
    hotpath_i_putc(j->w, '"');
    hotpath_i_json_u64(j, "elapsed_ns", info->elapsed_ns);
    hotpath_i_json_u64(j, "window_ns", info->window_ns);
    hotpath_i_json_bool(j, "is_difference", info->is_difference);
    hotpath_i_json_open(j, "clock", '{');
    hotpath_i_json_text(j, "name", info->clock);
    hotpath_i_json_text(j, "note", info->clock_note);
    hotpath_i_json_u64(j, "hz", info->clock_hz);
    hotpath_i_json_u64(j, "tick_ps", info->clock_tick_ps);
    hotpath_i_json_close(j, '}');
    hotpath_i_json_fixed(j, "scope_cost_ns", (double)info->scope_cost_ns_x100 / 100, 2);
    hotpath_i_json_fixed(j, "scope_inside_ns", (double)info->scope_inside_ns_x100 / 100, 2);
    hotpath_i_json_fixed(j, "scope_untimed_ns", (double)info->scope_untimed_ns_x100 / 100, 2);
    hotpath_i_json_fixed(j, "scope_drawn_ns", (double)info->scope_drawn_ns_x100 / 100, 2);
    hotpath_i_json_u64(j, "overhead_ns", info->overhead_ns);
    hotpath_i_json_fixed(j, "overhead_percent", info->overhead_percent, 2);
    hotpath_i_json_bool(j, "overhead_subtracted", info->overhead_subtracted);
    hotpath_i_json_fixed(j, "auto_max_percent", info->auto_max_percent, 3);
    hotpath_i_json_u64(j, "auto_time_ns", info->auto_time_ns);
    hotpath_i_json_u64(j, "auto_overhead_ns", info->auto_overhead_ns);
    hotpath_i_json_u64(j, "auto_least_ns", info->auto_least_ns);
    hotpath_i_json_u64(j, "auto_functions", info->auto_functions);
    hotpath_i_json_u64(j, "memory_bytes", info->memory_bytes);
    hotpath_i_json_u64(j, "threads_live", info->threads_live);
    hotpath_i_json_u64(j, "threads_ended", info->threads_ended);
    hotpath_i_json_u64(j, "contexts", info->contexts);
    hotpath_i_json_bool(j, "is_off", info->is_off);
    hotpath_i_json_u64(j, "off_ns", info->off_ns);
    hotpath_i_json_text(j, "groups_off", info->groups_off);
    hotpath_i_json_open(j, "dropped", '{');
    hotpath_i_json_u64(j, "events_lost", hotpath_events_lost(&info->drops));
    #define HOTPATH_I_ROW(field, is_lost, meaning) hotpath_i_json_u64(j, #field, info->drops.field);
    HOTPATH_I_DROPS(HOTPATH_I_ROW)
    #undef HOTPATH_I_ROW
    hotpath_i_json_close(j, '}');
    hotpath_i_json_open(j, "app_info", '{');
    for (uint32_t i = 0; i + 1 < 2 * info->app_info_count; i += 2)
        hotpath_i_json_text(j, info->app_info[i], info->app_info[i + 1]);
    hotpath_i_json_close(j, '}');
}

static void hotpath_i_report_json(hotpath_i_writer_t* w, const hotpath_i_views_t* v, bool pretty) {
    hotpath_i_json_t json = {w, pretty, false, 0};
    hotpath_i_json_t* j = &json;
    uint32_t sections = hotpath_i_settings.report.always | hotpath_i_settings.report.with_data;
    hotpath_i_json_open(j, NULL, '{');
    hotpath_i_json_info(j, v->info);
    if (sections >> HOTPATH_I_SECTION_FUNCTIONS & 1) hotpath_i_json_functions(j, v);
    if (v->info->alloc.on && (sections >> HOTPATH_I_SECTION_ALLOC & 1)) hotpath_i_json_allocs(j, v);
    if (v->info->alloc.on && (sections >> HOTPATH_I_SECTION_HEAP & 1)) hotpath_i_json_heap(j, v);
    if (sections >> HOTPATH_I_SECTION_FRAMES & 1) hotpath_i_json_frames(j, v);
    if (sections >> HOTPATH_I_SECTION_PHASES & 1) hotpath_i_json_phases(j, v);
    if (sections >> HOTPATH_I_SECTION_THREADS & 1) hotpath_i_json_threads(j, v);
    if (sections >> HOTPATH_I_SECTION_GAUGES & 1)
        hotpath_i_json_entries(j, v, HOTPATH_I_SECTION_GAUGES, "gauges");
    if (sections >> HOTPATH_I_SECTION_DBG & 1)
        hotpath_i_json_entries(j, v, HOTPATH_I_SECTION_DBG, "dbg_entries");
    if (sections >> HOTPATH_I_SECTION_VAL & 1)
        hotpath_i_json_entries(j, v, HOTPATH_I_SECTION_VAL, "val_entries");
    if (sections >> HOTPATH_I_SECTION_SERVER & 1)
        hotpath_i_json_spans(j, v, HOTPATH_I_SECTION_SERVER, "route");
    if (sections >> HOTPATH_I_SECTION_SQL & 1)
        hotpath_i_json_spans(j, v, HOTPATH_I_SECTION_SQL, "query");
    if (sections >> HOTPATH_I_SECTION_HTTP & 1)
        hotpath_i_json_spans(j, v, HOTPATH_I_SECTION_HTTP, "endpoint");
    if (sections >> HOTPATH_I_SECTION_CALL_TREE & 1) hotpath_i_json_tree(j, v);
    hotpath_i_json_close(j, '}');
    hotpath_i_putc(w, '\n');
}

/* >>folded
   One line a path of callers with self time: root;leaf ns. HOTPATH_FOCUS keeps the paths through
   a function in focus; no limit applies. */

/* A name without what the format cannot hold: ; ends a frame, a line break ends the line. A number
   after a last space would be read as a second column, so that this space is replaced. */
static void hotpath_i_put_frame(hotpath_i_writer_t* w, const char* name) {
    size_t length = strlen(name), used = 0, tail = length;
    while (tail > 0 && (name[tail - 1] == '.' || (name[tail - 1] >= '0' && name[tail - 1] <= '9')))
        tail--;
    if (length == 0) hotpath_i_putc(w, '?');
    for (size_t i = 0; i < length; i += used) {
        uint32_t point = hotpath_i_utf8(name + i, length - i, &used);
        if (point == ';')
            hotpath_i_putc(w, ':');
        else if (hotpath_i_is_hidden(point) || (point == ' ' && i + 1 == tail))
            hotpath_i_putc(w, '_');
        else if (point == 0xFFFD)
            hotpath_i_puts(w, "\xEF\xBF\xBD");
        else
            hotpath_i_put(w, name + i, used);
    }
}

/* Nodes are in focus even where the limit leaves them out of the table, so that the marks are what
   counts here. The lists of the shown tree are not needed and hold the path. */
static void hotpath_i_report_folded(
    hotpath_i_writer_t* w, const hotpath_i_views_t* v, bool memory) {
    const hotpath_i_tree_t* t = &v->tree;
    if (!v->pages) w->failed = true;
    for (uint32_t i = 0; i < t->count && !w->failed; i++) {
        size_t depth = 0;
        const hotpath_node_t* node = &t->nodes[i];
        uint64_t weight = !memory                           ? node->self_ns
                          : hotpath_i_settings.alloc_metric ? node->alloc_count
                                                            : node->alloc_bytes;
        if (weight == 0 || !(t->marks[i] & HOTPATH_I_MARK_FOCUSED)) continue;
        for (uint32_t at = i; at != HOTPATH_I_NONE; at = hotpath_i_parent(t, at))
            t->next[depth++] = t->nodes[at].function;
        while (depth-- > 0) {
            hotpath_i_put_frame(w, hotpath_i_function_name(v, t->next[depth]));
            hotpath_i_putc(w, depth != 0 ? ';' : ' ');
        }
        hotpath_i_put_u64(w, weight);
        hotpath_i_putc(w, '\n');
    }
}

/* >>report
   Renders a snapshot into a callback, and with stdio into the places that the settings name. */

static bool hotpath_i_report(const hotpath_snapshot_t* snapshot, const hotpath_report_desc_t* desc,
    uint32_t terminal, hotpath_write_t output, void* user) {
    char buffer[2048];
    uint32_t format = desc && desc->format ? desc->format : (uint32_t)HOTPATH_FORMAT_TABLE;
    bool color = desc && desc->color && !hotpath_i_settings.no_color;
    hotpath_i_views_t v;
    if (!snapshot || !output) return false;
    hotpath_i_writer_t w = hotpath_i_writer_to(buffer, sizeof buffer, output, user);
    hotpath_i_views_make(&v, snapshot);
    v.terminal = terminal;
    if (format == HOTPATH_FORMAT_JSON || format == HOTPATH_FORMAT_JSON_PRETTY)
        hotpath_i_report_json(&w, &v, format == HOTPATH_FORMAT_JSON_PRETTY);
    else if (format == HOTPATH_FORMAT_FOLDED || format == HOTPATH_FORMAT_FOLDED_ALLOC)
        hotpath_i_report_folded(&w, &v, format == HOTPATH_FORMAT_FOLDED_ALLOC);
    else
        hotpath_i_report_table(&w, &v, color);
    hotpath_i_flush(&w);
    hotpath_i_views_free(&v);
    return !w.failed;
}
HOTPATH_API bool hotpath_report(const hotpath_snapshot_t* snapshot,
    const hotpath_report_desc_t* desc, hotpath_write_t output, void* user) {
    return hotpath_i_report(snapshot, desc, 0, output, user);
}

    #if defined(HOTPATH_NO_STDIO)
/* Without stdio there is nowhere to write to: hotpath_report's callback is the way. */
static bool hotpath_i_report_to_output(void) { return false; }
    #else
static bool hotpath_i_file_write(void* user, const char* data, size_t size) {
    return fwrite(data, 1, size, (FILE*)user) == size;
}
        #if !defined(_WIN32)
/* A stream loses what it holds when a signal interrupts its write; a descriptor does not. */
static bool hotpath_i_fd_write(void* user, const char* data, size_t size) {
    const int* fd = (const int*)user;
    while (size > 0) {
        ssize_t n = write(*fd, data, size);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        data += n, size -= (size_t)n;
    }
    return true;
}
/* Hands on what a stream holds. Where a signal interrupts that, some of it may be lost, as without
   hotpath; the report behind it is not. */
static bool hotpath_i_file_flush(FILE* file) {
    while (fflush(file) != 0)
        if (errno != EINTR) return false;
    return true;
}
/* Takes a stream for a report on a signal. Returns: false if it stays locked: by the thread that the
   signal has interrupted in the middle of a write, which goes on only when the report is done. */
static bool hotpath_i_file_take(FILE* file) {
    for (int tries = 0; tries < 100; tries++) {
        if (ftrylockfile(file) == 0) return true;
        poll(NULL, 0, 1);
    }
    return false;
}
        #endif

/* Renders into an open file, in colour and as wide as the terminal if it is one: fd is 1 or 2, or -1
   for files. Returns: 0, or the errno of what failed, -1 if it is not known. */
static int hotpath_i_file_report(
    const hotpath_snapshot_t* snapshot, uint32_t format, int fd, FILE* file) {
    bool terminal = fd >= 0 && hotpath_i_os_is_terminal(fd);
    hotpath_report_desc_t desc = {format, terminal};
    uint32_t columns = terminal ? hotpath_i_os_terminal_columns(fd) : 0;
    hotpath_write_t write_to = hotpath_i_file_write;
    void* user = file;
    bool ok = true;
    errno = 0;
        #if !defined(_WIN32)
    /* On a signal, a stream of the program's: if it can't be taken, what it holds comes after the
       report, or not at all. */
    bool shared = fd >= 0 && hotpath_i_local.hidden != 0,
         taken = shared && hotpath_i_file_take(file);
    int number = shared && !taken ? fd : fileno(file);
    if (number >= 0) { /* not a stream of memory, say */
        ok = (shared && !taken) || hotpath_i_file_flush(file);
        write_to = hotpath_i_fd_write, user = &number;
    }
        #endif
    ok = ok && hotpath_i_report(snapshot, &desc, columns, write_to, user);
    if (write_to == hotpath_i_file_write && fflush(file) != 0) ok = false;
    int reason = ok ? 0 : errno != 0 ? errno : -1;
        #if !defined(_WIN32)
    if (taken) funlockfile(file);
        #endif
    return reason;
}

/* The path with %p as the pid and %% as %. Returns: false if it does not fit. */
static bool hotpath_i_path_expand(const char* text, size_t length, char* path, size_t size) {
    hotpath_i_writer_t w = hotpath_i_writer_to(path, size - 1, NULL, NULL);
    for (size_t i = 0; i < length; i++) {
        bool escape =
            text[i] == '%' && i + 1 < length && (text[i + 1] == 'p' || text[i + 1] == '%');
        if (escape) i++;
        if (escape && text[i] == 'p')
            hotpath_i_put_u64(&w, hotpath_i_os_pid());
        else
            hotpath_i_putc(&w, text[i]);
    }
    path[w.used] = 0;
    return !w.failed;
}

/* Says that a file could not be written, why, and what happens instead. */
static void hotpath_i_file_failed(
    const char* variable, const char* path, int reason, const char* instead) {
    char message[512];
    const char* why = reason == ENOENT ? "there is no such folder"
                      : reason == EACCES ? "permission denied"
                      : reason == EISDIR ? "it is a folder"
                      : reason == ENOSPC ? "no space is left"
                                         : NULL;
    hotpath_i_writer_t w = hotpath_i_writer_to(message, sizeof message - 1, NULL, NULL);
    hotpath_i_puts(&w, variable);
    hotpath_i_puts(&w, ": \"");
    hotpath_i_put_name(&w, path, 80);
    hotpath_i_puts(&w, "\" cannot be written (");
    if (why) hotpath_i_puts(&w, why);
    if (!why && reason > 0) hotpath_i_puts(&w, "error ");
    if (!why && reason > 0) hotpath_i_put_u64(&w, (uint64_t)reason);
    if (!why && reason <= 0) hotpath_i_puts(&w, "unknown error");
    hotpath_i_puts(&w, "); ");
    hotpath_i_puts(&w, instead);
    message[w.used] = 0;
    hotpath_i_log(message);
}

/* Writes a report to the path of `length` bytes. Returns: as hotpath_i_file_report; the path that
   was meant is in `path`. */
static int hotpath_i_path_report(const hotpath_snapshot_t* snapshot, uint32_t format,
    const char* text, size_t length, char* path, size_t size) {
    if (!hotpath_i_path_expand(text, length, path, size)) return ENAMETOOLONG;
    errno = 0;
    FILE* file = fopen(path, "wb");
    if (!file) return errno != 0 ? errno : -1;
    int reason = hotpath_i_file_report(snapshot, format, -1, file);
    if (fclose(file) != 0 && reason == 0) reason = errno != 0 ? errno : -1;
    return reason;
}

/* Writes the report where HOTPATH_OUTPUT_PATH says, and to stderr if that fails. */
static bool hotpath_i_output_report(const hotpath_snapshot_t* snapshot) {
    char path[HOTPATH_I_PATH_SIZE + 64];
    const char* to = hotpath_i_settings.output_path;
    uint32_t format = hotpath_i_settings.output_format;
    bool to_stderr = !strcmp(to, "stderr");
    int reason = 0;
    if (!strcmp(to, "stdout"))
        reason = hotpath_i_file_report(snapshot, format, 1, stdout);
    else if (!to_stderr)
        reason = hotpath_i_path_report(snapshot, format, to, strlen(to), path, sizeof path);
    if (!to_stderr && reason == 0) return true;
    if (reason == EPIPE) return false; /* who read it has gone, and does not want the rest */
    if (!to_stderr)
        hotpath_i_file_failed("HOTPATH_OUTPUT_PATH", !strcmp(to, "stdout") ? to : path, reason,
            "the report goes to stderr");
    return hotpath_i_file_report(snapshot, format, 2, stderr) == 0;
}

/* Writes every file of HOTPATH_EXPORT. Returns: false if one could not be written. */
static bool hotpath_i_output_exports(const hotpath_snapshot_t* snapshot) {
    char path[HOTPATH_I_PATH_SIZE + 64];
    const char* list = hotpath_i_settings.export_to[0] ? hotpath_i_settings.export_to : NULL;
    const char* item = NULL;
    size_t length = 0, path_length = 0;
    bool ok = true;
    while (hotpath_i_list_next(&list, &item, &length)) {
        uint32_t format = 0;
        const char* to = hotpath_i_export_path(item, length, &path_length, &format);
        if (!to) continue;
        int reason = hotpath_i_path_report(snapshot, format, to, path_length, path, sizeof path);
        if (reason == 0) continue;
        hotpath_i_file_failed("HOTPATH_EXPORT", path, reason, "nothing is exported there");
        ok = false;
    }
    return ok;
}

/* Writes the report and the exports as the settings say. Returns: false if something could not be
   written anywhere. Threads: one at a time; keeps errno; uses stdio, so not from a signal
   handler that may have interrupted it. */
static bool hotpath_i_report_to_output(void) {
    bool report = hotpath_i_settings.output_format != HOTPATH_I_FORMAT_NONE;
    bool ok = true;
    int kept = errno;
    if (!report && hotpath_i_settings.export_to[0] == 0) return true;
    hotpath_snapshot_t* snapshot = hotpath_snapshot_take(NULL);
    if (snapshot) {
        if (hotpath_i_settings.overhead) hotpath_snapshot_subtract_overhead(snapshot);
        if (report) ok = hotpath_i_output_report(snapshot);
        if (!hotpath_i_output_exports(snapshot)) ok = false;
        hotpath_snapshot_free(snapshot);
    } else {
        hotpath_i_log("there is no memory for the report; nothing is written");
        ok = false;
    }
    errno = kept;
    return ok;
}
    #endif

/* >>public */

static void hotpath_i_app_info_lock(void) {
    uint32_t expected = 0;
    while (!HOTPATH_I_CAS(&hotpath_i_g.app_info_lock, &expected, 1u)) {
        expected = 0;
        hotpath_i_os_yield();
    }
}
static void hotpath_i_copy_bounded(char* to, const char* from, size_t size) {
    size_t n = 0;
    while (from != NULL && from[n] != 0 && n + 1 < size)
        to[n] = from[n], n++;
    to[n] = 0;
}
HOTPATH_API bool hotpath_app_info(const char* key, const char* value) {
    hotpath_i_init();
    HOTPATH_I_FORWARD_RESULT(app_info(key, value));
    if (key == NULL || value == NULL) return false;
    char short_key[64];
    hotpath_i_copy_bounded(short_key, key, sizeof short_key);
    hotpath_i_app_info_lock();
    uint32_t i = 0, most = sizeof hotpath_i_g.app_info / sizeof hotpath_i_g.app_info[0];
    while (i < hotpath_i_g.app_info_count && strcmp(hotpath_i_g.app_info[i][0], short_key) != 0)
        i++;
    bool fits = i < most;
    if (fits) {
        hotpath_i_copy_bounded(hotpath_i_g.app_info[i][0], short_key, sizeof short_key);
        hotpath_i_copy_bounded(
            hotpath_i_g.app_info[i][1], value, sizeof hotpath_i_g.app_info[i][1]);
        if (i == hotpath_i_g.app_info_count) /* also read without the lock */
            HOTPATH_I_STORE(&hotpath_i_g.app_info_count, i + 1);
    }
    HOTPATH_I_STORE_RELEASE(&hotpath_i_g.app_info_lock, 0u);
    return fits;
}

    #if !defined(HOTPATH_CLOCK)
/* The ticks of a hundred scopes. Args: how is of hotpath_i_timed, rate of what sampling times. */
static uint64_t hotpath_i_measure_hundred(
    hotpath_i_frec_t* f, hotpath_i_timed_t how, uint32_t rate) {
    static hotpath_site_t site = {
        "<calibration>", "", 0, HOTPATH_KIND_OTHER, HOTPATH_I_ABI, 1, "", 0};
    uintptr_t stack = HOTPATH_I_STACK_ADDRESS();
    bool counter = hotpath_i_counter_is_usable();
    hotpath_token_t token;
    uint64_t from = hotpath_i_ticks();
    f->weight = f->paced_rate = rate;
    f->gap = UINT32_MAX, f->drawn = (uint64_t)UINT32_MAX + HOTPATH_I_TIMED_FIRST;
    for (int i = 0; i < 100; i++) {
        if (how == HOTPATH_I_TIMED_NOW) f->gap = 0;
        if (how != HOTPATH_I_TIMED_ALL)
            hotpath_i_begin_sampled(&site, &token, stack);
        else if (counter)
            hotpath_i_begin_by_counter(&site, &token, stack);
        else
            hotpath_i_begin_called_clock(&site, &token, stack);
        if (how != HOTPATH_I_TIMED_ALL)
            hotpath_i_end_sampled(&token, stack);
        else if (counter)
            hotpath_i_end_by_counter(&token, stack);
        else
            hotpath_i_end_called_clock(&token, stack);
    }
    return hotpath_i_ticks() - from;
}
    #endif
/* Measures one empty scope on a record of its own that no snapshot shows: the least of several
   rounds, in 1/100 ns, and how much of that was between its own two looks at the clock; and the like
   for what sampling times, for itself and for several, and does not. A clock of the program's is not
   driven for it. Handlers that record meanwhile are dropped. */
static HOTPATH_I_COLD void hotpath_i_measure_scope(void) {
    #if !defined(HOTPATH_CLOCK)
    hotpath_i_local_t* l = &hotpath_i_local;
    enum {
        ROUNDS = 12
    };
    uint32_t expected = 0;
    if (l->busy != 0 || !HOTPATH_I_CAS(&hotpath_i_g.measured, &expected, 1u)) return;
    hotpath_i_thread_t* t = hotpath_i_thread_new();
    if (t == NULL) {
        HOTPATH_I_STORE(&hotpath_i_g.measured, 0u);
        return;
    }
    hotpath_i_excluded(1);
    hotpath_i_local_t kept = *l;
    t->state = HOTPATH_I_RECORD_HIDDEN;
    t->context = &t->own;
    l->thread = t;
    l->log_meta = t->log_meta;
    l->last = t->own.entries + t->own.soft - 1;
    l->top = t->own.entries;
    l->attention = 0;
    uint64_t least[4] = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}, inside = 0;
    static const hotpath_i_timed_t how[] = {
        HOTPATH_I_TIMED_ALL, HOTPATH_I_TIMED_SOME, HOTPATH_I_TIMED_NOW, HOTPATH_I_TIMED_NOW};
    hotpath_i_frec_t* f = hotpath_i_node_at(t, 1)->frec;
    uint64_t mark = t->next_mark;
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < 4; i++) {
            uint64_t sum = f->sum, ticks = hotpath_i_measure_hundred(f, how[i], i == 3 ? 100 : 1);
            if (i == 0 && ticks < least[0]) inside = f->sum - sum < ticks ? f->sum - sum : ticks;
            least[i] = ticks < least[i] ? ticks : least[i];
        }
    }
    uint64_t others = (t->next_mark - mark) / HOTPATH_I_MARK - ROUNDS * 4 * 100;
    hotpath_i_calibrate();
    HOTPATH_I_STORE(&hotpath_i_g.scope_drawn, hotpath_i_ns(least[2])); /* so that looks look */
    HOTPATH_I_STORE(&hotpath_i_g.scope_weighed, hotpath_i_ns(least[3]));
    HOTPATH_I_STORE(&hotpath_i_g.scope_untimed, hotpath_i_ns(least[1]));
    uint64_t look = UINT64_MAX;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t from = hotpath_i_ticks();
        for (int i = 0; i < 100; i++)
            hotpath_i_pace_look(t);
        uint64_t ticks = hotpath_i_ticks() - from;
        look = ticks < look ? ticks : look;
    }
    look /= HOTPATH_I_AUTO_LOOK + 1;
    *l = kept;
    if (others != 0) HOTPATH_I_SHARED_ADD(&hotpath_i_g.dropped_early, others);
    hotpath_i_excluded(-1);
    hotpath_i_block_t* block = t->arena.blocks;
    while (block != NULL) {
        hotpath_i_block_t* next = block->next;
        hotpath_i_pages_free(block, block->size);
        block = next;
    }
    HOTPATH_I_STORE(&hotpath_i_g.scope_inside, hotpath_i_ns(inside));
    HOTPATH_I_STORE(&hotpath_i_g.scope_untimed, hotpath_i_ns(least[1] + look));
    HOTPATH_I_STORE(&hotpath_i_g.scope_weighed, hotpath_i_ns(least[3] + look));
    HOTPATH_I_STORE(&hotpath_i_g.scope_drawn, hotpath_i_ns(least[2] + look));
    HOTPATH_I_STORE_RELEASE(&hotpath_i_g.scope_cost, hotpath_i_ns(least[0]));
    #endif
}

static void hotpath_i_signal_late(void);

HOTPATH_API bool hotpath_report_now(void) {
    if (!hotpath_i_init()) return false;
    HOTPATH_I_FORWARD_RESULT(report_now());
    uint32_t expected = 0;
    if (hotpath_i_local.reporting != 0) return false; /* from a log callback of this very report */
    int cancel = hotpath_i_os_cancel_off();
    hotpath_i_os_pipe_t pipes;
    /* Longer than g.reporting at both ends: a signal between would wait for this very thread. */
    hotpath_i_local.reporting = 1;
    HOTPATH_I_SIGNAL_FENCE();
    while (!HOTPATH_I_CAS(&hotpath_i_g.reporting, &expected, 1u)) {
        expected = 0;
        hotpath_i_os_yield();
    }
    hotpath_i_excluded(1);
    hotpath_i_os_pipe_off(&pipes);
    hotpath_i_calibrate();
    hotpath_i_measure_scope();
    bool written = hotpath_i_report_to_output();
    hotpath_i_os_pipe_back(&pipes);
    hotpath_i_excluded(-1);
    HOTPATH_I_STORE_RELEASE(&hotpath_i_g.reporting, 0u);
    HOTPATH_I_SIGNAL_FENCE();
    hotpath_i_local.reporting = 0;
    hotpath_i_os_cancel_back(cancel);
    hotpath_i_signal_late();
    return written;
}

/* Reports once for each start. The child of a fork reports only into a file of its own. */
static void hotpath_i_report_once(void) {
    uint32_t started = 1;
    if (!HOTPATH_I_CAS(&hotpath_i_g.report_due, &started, 0u)) return;
    if (hotpath_i_g.child != 0 && strstr(hotpath_i_settings.output_path, "%p") == NULL) return;
    hotpath_report_now();
}
static void hotpath_i_at_exit(void) {
    if (HOTPATH_I_LOAD(&hotpath_i_g.started) == 0) return;
    hotpath_i_report_once();
    #if HOTPATH_I_MCP
    hotpath_mcp_stop();
    #endif
}

    /* HOTPATH_REPORT_SIGNALS. A handler may not format or write a report, so a thread that waits on a
   pipe does; the handler waits for it, puts the former disposition back and raises again. */
    #if !defined(_WIN32) && !defined(HOTPATH_NO_STDIO)
static int hotpath_i_signal_pipe[2] = {-1, -1};
static uint32_t hotpath_i_signals_asked, hotpath_i_signals_answered;
static uint64_t hotpath_i_signal_pid; /* the process in which the thread runs */
static struct sigaction hotpath_i_signal_before[65];
static volatile sig_atomic_t hotpath_i_signal_kept; /* the one that waits for a report's end */
static void hotpath_i_signal_late(void) {
    int number = hotpath_i_signal_kept;
    hotpath_i_signal_kept = 0;
    if (number != 0) raise(number);
}

static void* hotpath_i_signal_thread(void* unused) {
    char number;
    (void)unused;
    hotpath_i_local.hidden = 1;
    for (;;) {
        ssize_t n = read(hotpath_i_signal_pipe[0], &number, 1);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return NULL;
        hotpath_i_report_once();
        while (HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_g.reporting) != 0)
            poll(NULL, 0, 1); /* one that is being written by another thread is let finish */
        HOTPATH_I_STORE_RELEASE(&hotpath_i_signals_answered, hotpath_i_signals_answered + 1);
    }
}
/* Returns: whether the report of the signal that asked last is done, after 5 seconds at most: one that
   hangs must not keep the program from ending. Handlers in several threads may wait at once. */
static bool hotpath_i_signal_wait(void) {
    uint32_t asked = HOTPATH_I_SHARED_ADD(&hotpath_i_signals_asked, 1u) + 1;
    uint64_t until = hotpath_i_os_monotonic_ns() + 5000000000u;
    while ((int32_t)(HOTPATH_I_LOAD_ACQUIRE(&hotpath_i_signals_answered) - asked) < 0) {
        if (hotpath_i_os_monotonic_ns() > until) return false;
        poll(NULL, 0, 1);
    }
    return true;
}
/* A program whose own handler gets the signal may go on: then a report is due again at its end. A
   signal that interrupts the writing of a report waits until it is written; a second one does not,
   and ends the program at once. */
static void hotpath_i_on_signal(int number) {
    int saved = errno;
    char byte = (char)number;
    if (hotpath_i_local.reporting != 0 && hotpath_i_signal_kept == 0) {
        hotpath_i_signal_kept = number;
        return;
    }
    if (hotpath_i_local.reporting == 0 && hotpath_i_signal_pid == hotpath_i_os_pid() &&
        write(hotpath_i_signal_pipe[1], &byte, 1) == 1 && hotpath_i_signal_wait() &&
        HOTPATH_I_LOAD(&hotpath_i_g.started) != 0)
        HOTPATH_I_STORE(&hotpath_i_g.report_due, hotpath_i_g.exit_report);
    sigaction(number, &hotpath_i_signal_before[number], NULL);
    raise(number); /* arrives when this handler returns */
    errno = saved;
}
static bool hotpath_i_signal_is_ours(int number) {
    struct sigaction now;
    return sigaction(number, NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) == 0 &&
           now.sa_handler == hotpath_i_on_signal;
}
/* The thread that reports on a signal, one in each process. Returns: false if there is none. */
static bool hotpath_i_signals_thread(void) {
    sigset_t all, before;
    pthread_t thread;
    if (hotpath_i_signal_pid == hotpath_i_os_pid()) return true;
    sigfillset(&all);
    if (pipe(hotpath_i_signal_pipe) != 0) return false;
    for (int i = 0; i < 2; i++)
        fcntl(hotpath_i_signal_pipe[i], F_SETFD, FD_CLOEXEC);
    hotpath_i_signals_asked = hotpath_i_signals_answered = 0; /* not the parent's */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool made = pthread_create(&thread, NULL, hotpath_i_signal_thread, NULL) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!made) return false;
    pthread_detach(thread);
    hotpath_i_signal_pid = hotpath_i_os_pid();
    return true;
}
static const struct {
    int number;
    uint32_t bit;
} hotpath_i_signals[] = {
        #define HOTPATH_I_ROW(name) {SIG##name, HOTPATH_I_SIGNAL_##name},
    HOTPATH_I_SIGNALS(HOTPATH_I_ROW)
        #undef HOTPATH_I_ROW
};
static void hotpath_i_signals_start(void) {
    uint64_t wanted = hotpath_i_settings.report_signals;
    if (wanted == 0) return;
    if (!hotpath_i_signals_thread()) {
        hotpath_i_log("HOTPATH_REPORT_SIGNALS: no thread could be started; signals do not report");
        return;
    }
    for (size_t i = 0; i < sizeof hotpath_i_signals / sizeof *hotpath_i_signals; i++) {
        struct sigaction action, now;
        int number = hotpath_i_signals[i].number;
        if ((wanted >> hotpath_i_signals[i].bit & 1) == 0 || hotpath_i_signal_is_ours(number))
            continue;
        memset(&action, 0, sizeof action);
        action.sa_handler = hotpath_i_on_signal;
        action.sa_flags =
            SA_ONSTACK; /* a stack overflow is told too, where there is such a stack */
        if (sigaction(number, NULL, &now) == 0 && (now.sa_flags & SA_RESTART) != 0)
            action.sa_flags |= SA_RESTART; /* what it interrupts goes on as without hotpath */
        sigfillset(&action.sa_mask);
        sigaction(number, &action, &hotpath_i_signal_before[number]);
    }
}
/* Gives the signals back that are still hotpath's. */
static void hotpath_i_signals_stop(void) {
    for (size_t i = 0; i < sizeof hotpath_i_signals / sizeof *hotpath_i_signals; i++) {
        int number = hotpath_i_signals[i].number;
        if (hotpath_i_signal_is_ours(number))
            sigaction(number, &hotpath_i_signal_before[number], NULL);
    }
}
    #else
static void hotpath_i_signals_start(void) {}
static void hotpath_i_signals_stop(void) {}
static void hotpath_i_signal_late(void) {}
    #endif

/* In the child of a fork nothing is due until it starts for itself, but the report of a program
   that was started before, into a file with %p in its name. */
static void hotpath_i_report_fork_child(void) {
    if (hotpath_i_g.started != 0) hotpath_i_g.report_due = hotpath_i_g.exit_report;
}

static void hotpath_i_program_name(const char* given) {
    char path[1024] = {0};
    if (given == NULL || given[0] == 0) {
        hotpath_i_os_executable(path, sizeof path);
        given = path;
        for (const char* p = path; *p != 0; p++)
            if ((*p == '/' || *p == '\\') && p[1] != 0) given = p + 1;
    }
    hotpath_i_copy_bounded(hotpath_i_g.program, given, sizeof hotpath_i_g.program);
}

HOTPATH_API bool hotpath_start(const hotpath_desc_t* desc) {
    hotpath_desc_t d;
    uint32_t expected = 0;
    if (!hotpath_i_init()) return false;
    HOTPATH_I_FORWARD_RESULT(start(desc));
    uint32_t child = 1; /* the child of a fork starts for itself, whatever its parent did */
    bool inherited = HOTPATH_I_CAS(&hotpath_i_g.child, &child, 0u);
    if (!HOTPATH_I_CAS(&hotpath_i_g.started, &expected, 1u) && !inherited) return false;
    int cancel = hotpath_i_os_cancel_off();
    hotpath_i_excluded(1);
    memset(&d, 0, sizeof d);
    if (desc != NULL) d = *desc;
    hotpath_i_g.log_user = d.log_user;
    HOTPATH_I_STORE_RELEASE(&hotpath_i_g.log, d.log);
    hotpath_i_g.redact_user = d.redact_user;
    HOTPATH_I_STORE_RELEASE(&hotpath_i_g.redact, d.redact);
    hotpath_i_program_name(d.program);
    hotpath_i_copy_bounded(hotpath_i_g.caller, d.caller, sizeof hotpath_i_g.caller);
    hotpath_i_settings_apply(&d);
    hotpath_i_g.exit_report = d.no_exit_report ? 0 : 1;
    HOTPATH_I_STORE_RELEASE(&hotpath_i_g.report_due, hotpath_i_g.exit_report);
    uint32_t hooked = 0;
    if (HOTPATH_I_CAS(&hotpath_i_g.exit_hook, &hooked, 1u)) atexit(hotpath_i_at_exit);
    hotpath_i_signals_start();
    hotpath_i_alloc_tell();
    #if HOTPATH_I_MCP
    if (!d.no_server) hotpath_mcp_start();
    #endif
    hotpath_i_excluded(-1);
    hotpath_i_os_cancel_back(cancel);
    return true;
}
HOTPATH_API void hotpath_stop(void) {
    uint32_t started = 1;
    if (!hotpath_i_init()) return;
    HOTPATH_I_FORWARD(stop());
    if (!HOTPATH_I_CAS(&hotpath_i_g.started, &started, 0u)) return;
    int cancel = hotpath_i_os_cancel_off();
    hotpath_i_signals_stop();
    HOTPATH_I_STORE_RELEASE(&hotpath_i_g.report_due, 1u);
    hotpath_i_report_once();
    #if HOTPATH_I_MCP
    hotpath_mcp_stop();
    #endif
    hotpath_i_os_cancel_back(cancel);
}
HOTPATH_API bool hotpath_i_server(uint32_t layout, const char* message) {
    if (!hotpath_i_init()) return false;
    if (layout != HOTPATH_I_LAYOUT) {
        hotpath_i_log("hotpath_mcp.c was compiled with another hotpath.h than the file with "
                      "HOTPATH_IMPLEMENTATION (this one is " HOTPATH_VERSION
                      "): compile both with one; there is no server");
        return false;
    }
    if (message != NULL) {
        hotpath_i_log(message);
    } else {
        hotpath_i_calibrate();
        hotpath_i_measure_scope();
    }
    return true;
}
HOTPATH_API void hotpath_i_main(const char* caller) {
    hotpath_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.caller = caller;
    hotpath_start(&desc);
}

/* A library that is unloaded takes its code along: no thread may call back into it. */
__attribute__((destructor)) static void hotpath_i_unload(void) {
    #if defined(__PIC__) && !defined(__PIE__)
    if (hotpath_i_g.ready == 2 && hotpath_i_other == NULL) hotpath_i_os_exit_hook_free();
    #endif
}

const uint32_t hotpath_define_HOTPATH_IMPLEMENTATION_in_one_file_or_link_the_program_with_rdynamic =
    HOTPATH_I_ABI;
    #if HOTPATH_I_ALLOC
const uint32_t hotpath_compile_the_file_with_HOTPATH_IMPLEMENTATION_with_HOTPATH_ALLOC_too =
    HOTPATH_I_ABI;
    #endif

const hotpath_i_recorder_t hotpath_recorder_v1 = {HOTPATH_I_ABI,
    (uint32_t)sizeof(hotpath_i_recorder_t), &hotpath_i_g, hotpath_begin, hotpath_end,
    hotpath_end_ns, hotpath_result, hotpath_named_site, hotpath_error, hotpath_bytes,
    hotpath_thread_name, hotpath_record, hotpath_context_create, hotpath_context_switch,
    hotpath_context_destroy, hotpath_depth, hotpath_unwind, hotpath_value_record, hotpath_gauge,
    hotpath_snapshot_take, hotpath_start, hotpath_stop, hotpath_report_now, hotpath_app_info,
    hotpath_snapshot_size, hotpath_enable, hotpath_enable_group, hotpath_time_sampling,
    hotpath_named_site_in, hotpath_snapshot_times,
    #if HOTPATH_I_ALLOC
    hotpath_i_malloc_as, hotpath_i_realloc, hotpath_i_free,
    #else
    NULL, NULL, NULL,
    #endif
    hotpath_alloc_event, hotpath_free_event, hotpath_heap_reset_event, hotpath_heap_snapshot,
    hotpath_heap_forget, hotpath_heap_label, hotpath_heap_rows, hotpath_heap_suspects,
    hotpath_heap_pools, hotpath_i_exclude, hotpath_frame, hotpath_mark, hotpath_span_begin,
    hotpath_span_error, hotpath_i_span_add, hotpath_span_end, hotpath_span_record,
    hotpath_span_detach};

#endif /* HOTPATH_IMPLEMENTATION */

/*
This software is available under two licenses: choose whichever you prefer.

ALTERNATIVE A - MIT License

Copyright (c) 2026 the hotpath authors

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense,
and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so,
subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT
LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN
NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY,
WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE
SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

ALTERNATIVE B - Public Domain (www.unlicense.org)

This is free and unencumbered software released into the public domain.

Anyone is free to copy, modify, publish, use, compile, sell, or distribute this software, either in
source code form or as a compiled binary, for any purpose, commercial or non-commercial, and by any
means.

In jurisdictions that recognize copyright laws, the author or authors of this software dedicate any
and all copyright interest in the software to the public domain. We make this dedication for the
benefit of the public at large and to the detriment of our heirs and successors. We intend this
dedication to be an overt act of relinquishment in perpetuity of all present and future rights to this
software under copyright law.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT
LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN
NO EVENT SHALL THE AUTHORS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF
CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR
OTHER DEALINGS IN THE SOFTWARE.
*/
