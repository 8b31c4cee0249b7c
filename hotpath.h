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
       >>platform        clock, pages, threads, signals, files: all that touches the system
       >>atomics         memory order in the name
       >>log             messages, settings from the environment
       >>structs         sites, nodes, records, contexts
       >>memory          arenas of pages
       >>sites           the registry of functions
       >>threads         records, contexts, retirement, fork
       >>scopes          the recording path
       >>values          dbg, val, gauges, results, text
       >>snapshot        the one way to read
       >>difference      one snapshot minus another
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
   HOTPATH_DBG(expr)              an expression: evaluates once, records and gives the value
   HOTPATH_VAL("key", v);         the history of a value
   HOTPATH_GAUGE_SET("key", v);   also _INC and _DEC: one number shared by all threads
   HOTPATH_THREAD_NAME("name");   the name of this thread in every output

   C needs gcc or clang for scopes that end by themselves (attribute cleanup); HOTPATH_BEGIN and
   HOTPATH_END work everywhere. A scope is a declaration: it stands where a declaration may.

   WHAT IS KEPT

   For every (function, path of callers): calls, total time, self time, errors, bytes. For every
   function and thread: min, max, sum of squares, a log-linear histogram (32 buckets an octave:
   percentiles within 1.6 % or one tick of the exact ones), the last 64 executions, the 8
   slowest. Calls count at entry; scopes that are still open are part of every answer, with the
   time so far. Recursion counts the outermost time once in total, and every level in calls.

   THREADS, FIBERS, PROCESSES

   Recording is wait-free: a thread writes only its own record, with plain stores. A thread that
   ends leaves its totals in one row of ended threads. Fibers and coroutines that leave a scope
   open while they are parked need a context each: hotpath_context_create, _switch, _destroy.
   The child of a fork starts with empty records.

   BOUNDS

   depth of open scopes 512 · nodes a thread HOTPATH_MAX_NODES · functions HOTPATH_MAX_FUNCTIONS ·
   memory HOTPATH_MEMORY_MAX · value keys HOTPATH_ENTRIES_LIMIT. Past each of them calls and totals
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
     HOTPATH_SHORT_NAMES      HP_FUNC, HP_SCOPE, ... beside the long names
     HOTPATH_API              what stands before every public function, default: visibility default
   Settings of the file with HOTPATH_IMPLEMENTATION, for platforms of your own:
     HOTPATH_CLOCK()          a steady clock, uint64_t ticks that never go back
     HOTPATH_CLOCK_HZ         its ticks a second, default 1000000000; needs HOTPATH_CLOCK
     HOTPATH_PAGES_ALLOC(n)   n bytes of zeroed memory aligned to 4096, or NULL; any thread
     HOTPATH_PAGES_FREE(p, n) gives them back; both or neither
     HOTPATH_THREAD_LOCAL     the storage class of a thread-local pointer
     HOTPATH_NO_STDIO         no <stdio.h>: reports only through hotpath_report's callback
     HOTPATH_MAX_DEPTH        open scopes a thread, default 512
     HOTPATH_CONTEXT_DEPTH    open scopes a context, default 64
     HOTPATH_MAX_NODES        call-tree nodes a thread, default 65536
     HOTPATH_MAX_FUNCTIONS    functions, scopes and tracks in all, default 16384
     HOTPATH_OWN_RECORDER     this shared library means to record apart: do not say so
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
#if HOTPATH_I_MCP && !HOTPATH_I_ON
    #error \
        "hotpath: -DHOTPATH_MCP needs -DHOTPATH: without it there is nothing for the server to read"
#endif
#if defined(HOTPATH_CLOCK_HZ) && !defined(HOTPATH_CLOCK)
    #error "hotpath: HOTPATH_CLOCK_HZ without HOTPATH_CLOCK: define HOTPATH_CLOCK() too, or neither"
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
    HOTPATH_KIND_REASON = 10 /* HOTPATH_ERROR */
} hotpath_kind_t;

/* One place in the source, in static storage. Only `id` changes after compilation: it is 0 until
   the first touch. Fill it with HOTPATH_SITE_INIT; the strings are copied at the first touch. */
typedef struct hotpath_site {
    const char* name;
    const char* file;
    uint32_t line;
    uint32_t kind; /* hotpath_kind_t */
    uint32_t abi;  /* HOTPATH_I_ABI of the compile unit */
    uint32_t id;   /* atomic */
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
} hotpath_execution_t;

/* One reason of HOTPATH_ERROR, by function; at most 8 reasons, then <other>. */
typedef struct hotpath_reason {
    const char* text;
    uint64_t count;
} hotpath_reason_t;

/* A function, merged over threads and paths. All times are nanoseconds. */
typedef struct hotpath_function {
    uint32_t id;      /* the same for the process's lifetime, from 1 */
    uint32_t kind;    /* hotpath_kind_t */
    const char* name; /* lives as long as the process */
    const char* file; /* likewise; of runtime names and spans the place of the call, or "" */
    uint32_t line;
    uint32_t reasons_count;
    uint64_t calls;      /* entries, open ones and every level of recursion included */
    uint64_t open_calls; /* of them not yet ended */
    uint64_t abandoned;  /* of them never ended: left by longjmp, thread exit, a lost context */
    uint64_t completed;  /* ended: those that the histogram holds */
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
} hotpath_node_t;

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
    uint64_t calls;    /* entries */
    uint64_t busy_ns;  /* inside outermost scopes, open ones until now */
    uint64_t count;    /* threads in this row: 1, or how many have ended */
    uint64_t start_ns; /* first touch, since the recorder's start */
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
    uint64_t lite_functions;    /* (thread, function) pairs past the memory bound */
    uint64_t value_mismatch;    /* gauge updates of the other number type, converted */
    uint64_t clock_anomalies;   /* snapshots at which the clocks disagreed by over 1 % */
    uint64_t context_overflow;  /* switches refused: context in use elsewhere, or no memory */
} hotpath_drops_t;

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
    uint64_t clock_tick_ps;      /* one tick in picoseconds, rounded */
    uint64_t scope_cost_ns_x100; /* one empty scope in 1/100 ns, calibrated at the report */
    uint64_t memory_bytes;       /* taken from the system by the recorder */
    uint64_t threads_live;
    uint64_t threads_ended;
    uint64_t contexts;
    bool is_difference;
    hotpath_drops_t drops;
    uint32_t app_info_count;
    const char* const* app_info; /* key, value, key, value, ... */
} hotpath_info_t;

/* Parts of a snapshot. Zero means all. Functions are always there. */
#define HOTPATH_PART_TREE    0x1u /* call-tree nodes */
#define HOTPATH_PART_THREADS 0x2u /* threads with their open scopes */
#define HOTPATH_PART_LOGS    0x4u /* recent and slowest executions, histories of values */
#define HOTPATH_PART_VALUES  0x8u /* dbg, val and gauge entries */

typedef struct hotpath_snapshot hotpath_snapshot_t;

/* How to take a snapshot. All zeros: everything, all threads, memory from the system. */
typedef struct hotpath_snapshot_desc {
    uint32_t parts;     /* HOTPATH_PART_*, 0 = all */
    uint64_t thread;    /* only this thread's functions and nodes, 0 = all */
    void* buffer;       /* memory to use, aligned to 16, kept by the caller; with buffer_size */
    size_t buffer_size; /* hotpath_snapshot_size tells how much is enough */
} hotpath_snapshot_desc_t;

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
    HOTPATH_FORMAT_FOLDED = 4 /* folded stacks of self time, for flame graphs */
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
   Returns: true, or false if it was started already (nothing changes).
   Threads: any; allocates; not signal-safe. */
HOTPATH_API bool hotpath_start(const hotpath_desc_t* desc);

/* Reports as at exit (once for each start) and stops the server; recording goes on.
   Threads: any; allocates; not signal-safe. Errors: without a start it does nothing. */
HOTPATH_API void hotpath_stop(void);

/* Writes the report now, as the environment and hotpath_start set it, also before a start.
   Returns: false if the output could not be written anywhere.
   Threads: any, one at a time (others wait); allocates; not signal-safe. */
HOTPATH_API bool hotpath_report_now(void);

/* Keeps a line of information about the program for reports and the server, such as its version.
   Args: key, at most 63 bytes kept; value, at most 255 kept; an equal key is replaced.
   Returns: false if 32 keys are in use. Threads: any; blocks others of its kind shortly. */
HOTPATH_API bool hotpath_app_info(const char* key, const char* value);

/* Enters a site. The macros call it.
   Args: site in static storage, made with HOTPATH_SITE_INIT.
   Returns: the token that hotpath_end takes, {tick, 0} if the recording was dropped (and counted).
   Threads: any, and signal handlers; wait-free; takes pages from the system at a first touch. */
HOTPATH_API hotpath_token_t hotpath_begin(hotpath_site_t* site);

/* Leaves what hotpath_begin entered. Scopes that were entered later and never left count as
   abandoned. A token of another thread or one that was ended before changes nothing and is counted
   (hotpath_drops_t.foreign_ends). Threads: as hotpath_begin. */
HOTPATH_API void hotpath_end(hotpath_token_t token);

/* As hotpath_end. Returns: nanoseconds since the begin, also for a dropped recording. */
HOTPATH_API uint64_t hotpath_end_ns(hotpath_token_t token);

/* As hotpath_end, for a function with a result to keep in its log. */
HOTPATH_API void hotpath_result(hotpath_token_t token, hotpath_value_t value);

/* The site of a name that is known only at run time: the same one for the same name, file and line.
   Args: name is copied, at most 255 bytes of it; NULL counts as "(null)"; file in static storage.
   Returns: never NULL; past HOTPATH_MAX_FUNCTIONS the site of <other>, counted.
   Threads: any; wait-free once the name is known. */
HOTPATH_API hotpath_site_t* hotpath_named_site(const char* name, const char* file, uint32_t line);

/* Marks the innermost open scope of this thread as failed; site of HOTPATH_KIND_REASON. */
HOTPATH_API void hotpath_error(hotpath_site_t* reason);

/* Adds to the bytes of the innermost open scope of this thread; without one it does nothing. */
HOTPATH_API void hotpath_bytes(uint64_t bytes);

/* Names this thread; at most 63 bytes are kept. The system's thread name is not changed. */
HOTPATH_API void hotpath_thread_name(const char* name);

/* Records a span that was timed elsewhere, such as on a GPU.
   Args: track and label are copied at first use; begin_ns and end_ns are of the track's own clock.
   An end before its begin records 0 and is counted (negative_time).
   Threads: any; wait-free once both names are known. */
HOTPATH_API void hotpath_record(
    const char* track, const char* label, uint64_t begin_ns, uint64_t end_ns);

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

/* Returns: bytes that are enough for a snapshot taken now; with room for as much again of what may
   be added before it is taken. Threads: any. */
HOTPATH_API size_t hotpath_snapshot_size(const hotpath_snapshot_desc_t* desc);

/* The difference: what happened after `older` until `newer`. Open calls and values are those of
   `newer`; min and max are bounds of histogram buckets (bounds_only); recent executions are those
   that began after `older`.
   Args: two snapshots of this process and the same thread; desc for its buffer only, may be NULL.
   Returns: NULL as hotpath_snapshot_take, or if newer is the older one. */
HOTPATH_API hotpath_snapshot_t* hotpath_snapshot_difference(const hotpath_snapshot_t* newer,
    const hotpath_snapshot_t* older, const hotpath_snapshot_desc_t* desc);

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

/* A percentile of the completed executions of a function.
   Args: function of this snapshot; percent 0 to 100 (clamped).
   Returns: ns of the execution at rank ceil(percent/100 × completed), within 1.6 % or one tick, and
   never outside min and max; 0 without executions. */
HOTPATH_API uint64_t hotpath_snapshot_percentile(
    const hotpath_snapshot_t* snapshot, const hotpath_function_t* function, double percent);

/* Formats a value as reports show it (texts without quotes), cut at size - 1 bytes.
   Returns: the length of the text written. */
HOTPATH_API size_t hotpath_value_text(hotpath_value_t value, char* text, size_t size);

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
extern HOTPATH_API const uint32_t
    hotpath_define_HOTPATH_IMPLEMENTATION_in_one_file_or_link_the_program_with_rdynamic;

/* Private: what HOTPATH_MAIN calls before it enters the site. */
HOTPATH_API void hotpath_i_main(const char* caller);

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

/* The initializer of a hotpath_site_t: name must live as long as the file's static storage. */
#define HOTPATH_SITE_INIT(name, kind) \
    { name, __FILE__, __LINE__, (uint32_t)(kind), HOTPATH_I_ABI, 0 }

#if HOTPATH_I_ON

    /* >>enabled */

    #if HOTPATH_I_GNU
__attribute__((used)) static const uint32_t* const hotpath_i_link =
    &hotpath_define_HOTPATH_IMPLEMENTATION_in_one_file_or_link_the_program_with_rdynamic;
    #endif

    #define HOTPATH_I_SITE(n, name, kind) \
        static hotpath_site_t HOTPATH_I_CAT(hotpath_i_site_, n) = HOTPATH_SITE_INIT(name, kind)

    #ifndef __cplusplus
static inline void hotpath_i_scope_end(hotpath_token_t* token) { hotpath_end(*token); }
        #if HOTPATH_I_GNU
            #define HOTPATH_I_SCOPE_VAR(v, begin) \
                hotpath_token_t v __attribute__((cleanup(hotpath_i_scope_end), unused)) = begin
        #else
            /* This compiler has no attribute cleanup: use HOTPATH_BEGIN and HOTPATH_END in C. */
            #define HOTPATH_I_SCOPE_VAR(v, begin) \
                hotpath_this_compiler_has_only_HOTPATH_BEGIN_and_END v
        #endif
        #define HOTPATH_I_FUNC_NAME __func__
    #else
        #define HOTPATH_I_SCOPE_VAR(v, begin) hotpath_i_scope v(begin)
        #if HOTPATH_I_GNU
            #define HOTPATH_I_FUNC_NAME \
                __PRETTY_FUNCTION__ /* shortened to Class::function when registered */
        #else
            #define HOTPATH_I_FUNC_NAME __FUNCTION__
        #endif
    #endif

    #define HOTPATH_I_SCOPE(name, kind, v, n) \
        HOTPATH_I_SITE(n, name, kind);        \
        HOTPATH_I_SCOPE_VAR(v, hotpath_begin(&HOTPATH_I_CAT(hotpath_i_site_, n)))
    #define HOTPATH_I_SCOPE_N(name, kind, n) \
        HOTPATH_I_SCOPE(name, kind, HOTPATH_I_CAT(hotpath_i_scope_, n), n)
    #define HOTPATH_I_MAIN(n)                                          \
        HOTPATH_I_SITE(n, HOTPATH_I_FUNC_NAME, HOTPATH_KIND_FUNCTION); \
        HOTPATH_I_SCOPE_VAR(HOTPATH_I_CAT(hotpath_i_scope_, n),        \
            (hotpath_i_main(__func__), hotpath_begin(&HOTPATH_I_CAT(hotpath_i_site_, n))))
    #define HOTPATH_I_NAMED(string, n)                            \
        hotpath_site_t* const HOTPATH_I_CAT(hotpath_i_site_, n) = \
            hotpath_named_site(string, __FILE__, __LINE__);       \
        HOTPATH_I_SCOPE_VAR(                                      \
            HOTPATH_I_CAT(hotpath_i_scope_, n), hotpath_begin(HOTPATH_I_CAT(hotpath_i_site_, n)))
    #define HOTPATH_I_BEGIN(v, name, n)              \
        HOTPATH_I_SITE(n, name, HOTPATH_KIND_SCOPE); \
        hotpath_token_t v = hotpath_begin(&HOTPATH_I_CAT(hotpath_i_site_, n))

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
    #define HOTPATH_END(var) hotpath_end_ns(var)
    /* As HOTPATH_FUNC, for a function that returns with HOTPATH_RETURN; once a function. */
    #define HOTPATH_FUNC_LOG() \
        HOTPATH_I_SCOPE(HOTPATH_I_FUNC_NAME, HOTPATH_KIND_FUNCTION, hotpath_i_func_log, __COUNTER__)
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
        default: hotpath_i_value_of_pointer)(v)
        #else
            /* Without _Generic and GNU extensions a value is a double. */
            #define HOTPATH_I_VALUE(v) hotpath_i_value_of_double((double)(v))
        #endif
        /* Leaves a HOTPATH_FUNC_LOG function and keeps the value in its log. A statement. Without
   HOTPATH_FUNC_LOG() in the same function hotpath_i_func_log is undeclared. */
        #if HOTPATH_I_GNU
            #define HOTPATH_RETURN(v) \
                HOTPATH_I_RETURN(v, HOTPATH_I_CAT(hotpath_i_value_, __COUNTER__))
            #define HOTPATH_I_RETURN(v, r)                                  \
                do {                                                        \
                    const __typeof__((void)0, (v)) r = (v);                 \
                    hotpath_result(hotpath_i_func_log, HOTPATH_I_VALUE(r)); \
                    return r;                                               \
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
    #if HOTPATH_I_GNU
        #define HOTPATH_I_OFF_END(var) \
            HOTPATH_I_EXTENSION({      \
                (void)(var);           \
                (uint64_t)0;           \
            })
    #else
        #define HOTPATH_I_OFF_END(var) ((void)(var), (uint64_t)0)
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
    #define HOTPATH_I_OFF_VAR HOTPATH_I_CAT(hotpath_i_off_, __COUNTER__)

    #define HOTPATH_MAIN()              HOTPATH_I_OFF(HOTPATH_I_OFF_VAR, char)
    #define HOTPATH_FUNC()              HOTPATH_I_OFF(HOTPATH_I_OFF_VAR, char)
    #define HOTPATH_SCOPE(label)        HOTPATH_I_OFF(HOTPATH_I_OFF_VAR, "" label "")
    #define HOTPATH_SCOPE_NAMED(string) HOTPATH_I_OFF(HOTPATH_I_OFF_VAR, string)
    #define HOTPATH_BEGIN(var, label)   HOTPATH_I_OFF(var, "" label "")
    #define HOTPATH_END(var)            HOTPATH_I_OFF_END(var)
    #define HOTPATH_FUNC_LOG()          HOTPATH_I_OFF(hotpath_i_func_log, char)
    #define HOTPATH_RETURN(v)         \
        do {                          \
            (void)hotpath_i_func_log; \
            return (v);               \
        } while (0)
    #define HOTPATH_ERROR(reason)              ((void)sizeof("" reason ""))
    #define HOTPATH_BYTES(n)                   ((void)sizeof(n))
    #define HOTPATH_THREAD_NAME(name)          ((void)sizeof(name))
    #define HOTPATH_VAL(key, v)                ((void)sizeof("" key ""), (void)sizeof(v))
    #define HOTPATH_GAUGE_SET(key, v)          ((void)sizeof("" key ""), (void)sizeof(v))
    #define HOTPATH_GAUGE_INC(key, v)          ((void)sizeof("" key ""), (void)sizeof(v))
    #define HOTPATH_GAUGE_DEC(key, v)          ((void)sizeof("" key ""), (void)sizeof(v))
    #define HOTPATH_DBG(expr)                  HOTPATH_I_OFF_EXPR(expr)
    #define HOTPATH_DBG_FORMAT(var, expr, ...) HOTPATH_I_OFF_EXPR(expr)

/* The functions that programs call by hand, empty. */
static inline bool hotpath_start(const hotpath_desc_t* desc) { return (void)desc, false; }
static inline void hotpath_stop(void) {}
static inline bool hotpath_report_now(void) { return false; }
static inline bool hotpath_app_info(const char* key, const char* value) {
    return (void)key, (void)value, false;
}
static inline hotpath_token_t hotpath_begin(hotpath_site_t* site) {
    hotpath_token_t none = {0, 0};
    return (void)site, none;
}
static inline void hotpath_end(hotpath_token_t token) { (void)token; }
static inline uint64_t hotpath_end_ns(hotpath_token_t token) { return (void)token, 0; }
static inline void hotpath_result(hotpath_token_t token, hotpath_value_t value) {
    (void)token, (void)value;
}
static inline hotpath_site_t* hotpath_named_site(
    const char* name, const char* file, uint32_t line) {
    return (void)name, (void)file, (void)line, (hotpath_site_t*)0;
}
static inline void hotpath_error(hotpath_site_t* reason) { (void)reason; }
static inline void hotpath_bytes(uint64_t bytes) { (void)bytes; }
static inline void hotpath_thread_name(const char* name) { (void)name; }
static inline void hotpath_record(
    const char* track, const char* label, uint64_t begin_ns, uint64_t end_ns) {
    (void)track, (void)label, (void)begin_ns, (void)end_ns;
}
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
static inline size_t hotpath_snapshot_size(const hotpath_snapshot_desc_t* desc) {
    return (void)desc, (size_t)0;
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
static inline uint64_t hotpath_snapshot_percentile(
    const hotpath_snapshot_t* snapshot, const hotpath_function_t* function, double percent) {
    return (void)snapshot, (void)function, (void)percent, (uint64_t)0;
}
static inline size_t hotpath_value_text(hotpath_value_t value, char* text, size_t size) {
    return (void)value, size != 0 ? (void)(text[0] = 0) : (void)0, (size_t)0;
}
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
    HOTPATH_I_INLINE explicit hotpath_i_scope(hotpath_token_t token) noexcept : token_(token) {}
    HOTPATH_I_INLINE ~hotpath_i_scope() { hotpath_end(token_); }
    hotpath_i_scope(const hotpath_i_scope&) = delete;
    hotpath_i_scope& operator=(const hotpath_i_scope&) = delete;
    HOTPATH_I_INLINE operator hotpath_token_t() const noexcept { return token_; }

  private:
    hotpath_token_t token_;
};
    #define HOTPATH_I_OVERLOAD(type, name) \
        inline hotpath_value_t hotpath_i_value_of(type v) { return hotpath_i_value_of_##name(v); }
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
/* Strings with c_str(), enums; anything else is kept as "{?}", so that RETURN works everywhere. */
template <int N> struct hotpath_i_rank : hotpath_i_rank<N - 1> {};
template <> struct hotpath_i_rank<0> {};
template <class T>
auto hotpath_i_value_any(const T& v, hotpath_i_rank<2>) -> decltype(hotpath_i_value_of(v)) {
    return hotpath_i_value_of(v);
}
template <class T>
auto hotpath_i_value_any(const T& v, hotpath_i_rank<1>)
    -> decltype(hotpath_i_value_of_text(v.c_str())) {
    return hotpath_i_value_of_text(v.c_str());
}
template <class T> auto hotpath_i_value_any(const T& v, hotpath_i_rank<0>) -> hotpath_value_t {
    return (void)v, hotpath_i_value_of_text("{?}");
}
    #define HOTPATH_I_VALUE(v) hotpath_i_value_any((v), hotpath_i_rank<2>())
template <class T> T hotpath_i_dbg(hotpath_site_t* site, T&& v) {
    hotpath_value_record(site, HOTPATH_I_VALUE(v));
    return static_cast<T&&>(v);
}
template <class T> T&& hotpath_i_return(hotpath_token_t token, T&& v) {
    hotpath_result(token, HOTPATH_I_VALUE(v));
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
    #define HP_MAIN()                     HOTPATH_MAIN()
    #define HP_FUNC()                     HOTPATH_FUNC()
    #define HP_SCOPE(label)               HOTPATH_SCOPE(label)
    #define HP_SCOPE_NAMED(string)        HOTPATH_SCOPE_NAMED(string)
    #define HP_BEGIN(var, label)          HOTPATH_BEGIN(var, label)
    #define HP_END(var)                   HOTPATH_END(var)
    #define HP_FUNC_LOG()                 HOTPATH_FUNC_LOG()
    #define HP_RETURN(v)                  HOTPATH_RETURN(v)
    #define HP_ERROR(reason)              HOTPATH_ERROR(reason)
    #define HP_BYTES(n)                   HOTPATH_BYTES(n)
    #define HP_THREAD_NAME(name)          HOTPATH_THREAD_NAME(name)
    #define HP_VAL(key, v)                HOTPATH_VAL(key, v)
    #define HP_GAUGE_SET(key, v)          HOTPATH_GAUGE_SET(key, v)
    #define HP_GAUGE_INC(key, v)          HOTPATH_GAUGE_INC(key, v)
    #define HP_GAUGE_DEC(key, v)          HOTPATH_GAUGE_DEC(key, v)
    #define HP_DBG(expr)                  HOTPATH_DBG(expr)
    #define HP_DBG_FORMAT(var, expr, ...) HOTPATH_DBG_FORMAT(var, expr, __VA_ARGS__)
#endif

#endif /* HOTPATH_H */
