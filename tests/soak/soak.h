/* soak.h - how soak.c and plugin.c count for themselves what they execute. Include it after
   hotpath.h. A slot has one owner at a time, who adds to it without a lock; the reader adds up all
   slots while they are written. */
#ifndef HOTPATH_TESTS_SOAK_H
#define HOTPATH_TESTS_SOAK_H

/* The functions: one row of the count for each, with the name that the recorder knows. */
#define SOAK_FUNCTIONS(X)                       \
    X(WORK, "work")                             \
    X(NESTS, "nests")                           \
    X(NEST_1, "nest 1")                         \
    X(NEST_2, "nest 2")                         \
    X(LEAF, "leaf")                             \
    X(RECURSES, "recurses")                     \
    X(MUTUAL_A, "mutual_a")                     \
    X(MUTUAL_B, "mutual_b")                     \
    X(MOVES, "moves")                           \
    X(FAILS, "fails")                           \
    X(BEGIN_END, "begin end")                   \
    X(LOGGED, "logged")                         \
    X(JUMPS, "jumps")                           \
    X(JUMPED_OVER, "jumped over")               \
    X(NAMED_0, "named 0")                       \
    X(NAMED_1, "named 1")                       \
    X(NAMED_2, "named 2")                       \
    X(SPAN, "span")                             \
    X(ROUTE, "GET /soak/:id")                   \
    X(QUERY, "SELECT a FROM soak WHERE id = ?") \
    X(QUERY_LEFT, "SELECT left FROM soak")      \
    X(QUERY_OF_FIBER, "SELECT a FROM fiber")    \
    X(HANDS, "hands")                           \
    X(FIBER_HANDS, "fiber hands")               \
    X(HANDED, "GET http://soak/handed")         \
    X(SHORT_THREAD, "short thread")             \
    X(SHORT_LEFT_OPEN, "short left open")       \
    X(CARRIER, "carrier")                       \
    X(SLICE, "slice")                           \
    X(FIBER, "fiber")                           \
    X(FIBER_STEP, "fiber step")                 \
    X(FIBER_RECURSES, "fiber_recurses")         \
    X(FIBER_LEAF, "fiber_leaf")                 \
    X(FIBER_NEST, "fiber nest")                 \
    X(PLUGIN_ROUND, "plugin round")             \
    X(PLUGIN_UPDATE, "plugin_update")           \
    X(PLUGIN_MIXES, "plugin_mixes")             \
    X(PLUGIN_SCOPE, "plugin scope")

#define SOAK_ROW(id, name) SOAK_##id,
typedef enum soak_function {
    SOAK_FUNCTIONS(SOAK_ROW) SOAK_FUNCTION_COUNT
} soak_function_t;
#undef SOAK_ROW

/* Values and gauges by key. */
#define SOAK_ENTRIES(X)             \
    X(VALUE, "value")               \
    X(TEXT, "text")                 \
    X(DBG, "dbg_number")            \
    X(GAUGE, "gauge")               \
    X(GAUGE_DOUBLE, "gauge double") \
    X(GAUGE_SET, "gauge set")

#define SOAK_ROW(id, name) SOAK_##id,
typedef enum soak_entry {
    SOAK_ENTRIES(SOAK_ROW) SOAK_ENTRY_COUNT
} soak_entry_t;
#undef SOAK_ROW

typedef struct soak_count {
    uint64_t begun; /* before it is entered */
    uint64_t ended; /* after it was left */
    uint64_t abandoned;
    uint64_t errors;
    uint64_t bytes;
} soak_count_t;

typedef struct soak_slot {
    soak_count_t functions[SOAK_FUNCTION_COUNT];
    uint64_t entries[SOAK_ENTRY_COUNT]; /* how many values */
    uint64_t gauge;                     /* the sum of what was added, in two's complement */
    uint64_t quarters;                  /* that of the gauge of doubles, times four */
    uint64_t rows;                      /* of all spans */
    uint64_t frames;                    /* that ended */
    uint64_t random;
} __attribute__((aligned(128))) soak_slot_t;

/* The owner's addition: whoever sees it sees what the recorder was told before it. */
static inline void soak_add(uint64_t* p, uint64_t v) {
    __atomic_store_n(p, __atomic_load_n(p, __ATOMIC_RELAXED) + v, __ATOMIC_RELEASE);
}
/* Whoever sees the entry that follows, and then has a fence, sees this addition. */
static inline void soak_begun(soak_slot_t* slot, soak_function_t f) {
    soak_add(&slot->functions[f].begun, 1);
    __atomic_thread_fence(__ATOMIC_RELEASE);
}
static inline void soak_ended(soak_slot_t* slot, soak_function_t f) {
    soak_add(&slot->functions[f].ended, 1);
}
/* Calls something that enters f first and leaves it last. */
#define SOAK_CALL(slot, f, call) \
    do {                         \
        soak_begun(slot, f);     \
        (void)(call);            \
        soak_ended(slot, f);     \
    } while (0)

static inline void soak_bytes(soak_slot_t* slot, soak_function_t f, uint64_t bytes) {
    HOTPATH_BYTES(bytes);
    soak_add(&slot->functions[f].bytes, bytes);
}

/* xorshift64: what each owner does is its own, and every run does the same. */
static inline uint64_t soak_random(soak_slot_t* slot) {
    uint64_t x = slot->random;
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    return slot->random = x;
}

#endif
