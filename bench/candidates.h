/* candidates.h - data paths that the recorder might have had, priced beside it in the same table.

   Prototypes: each does what its name says for one thread and leaves out what the laws of the recorder ask
   for: signals, jumps, contexts, threads that end, readers, errors, last executions that have an order.
   What a row costs less than scope_default is thus the most that its data path could gain, not what it
   would. Sites are found as in the recorder: by the child that the parent entered last, else in a table.

     try_tree         calls, total, least and greatest of a node of the call tree
     try_histogram    and a histogram with 32 buckets an octave, in one block
     try_octaves      the same with a block for each octave, found through a table
     try_event        try_histogram, and the execution as an event of 16 bytes in a ring
     try_called       try_event behind entry points that are called and return two registers
     try_append       events alone, one for each scope, which nobody reads
     try_fold         try_append, folded by the owner into the counters of try_histogram, 256 at a time
     try_256sites     try_event with 256 sites in random order, all counters of a node on one line
     try_256apart     the same with the counters on four lines
     try_256fold      try_fold with these sites */
typedef struct try_node {
    struct try_node* parent;
    struct try_node* last; /* child that was entered last */
    uint32_t site;
    uint32_t calls;
    uint64_t total, least, greatest;
    uint64_t unused[2]; /* one line */
} try_node_t;
typedef struct try_event {
    uint32_t site;
    uint32_t ticks;
    uint64_t start;
} try_event_t;
typedef struct try_registers {
    uint64_t start;
    try_node_t* node;
} try_registers_t;
enum { /* what a path does */
    TRY_TREE = 0,
    TRY_HISTOGRAM = 1,
    TRY_OCTAVES = 2,
    TRY_RING = 4,
    TRY_APPEND = 8,
    TRY_FOLD = 16,
    TRY_APART = 32
};
enum {
    TRY_SITES = RANDOM_SITES + 1,
    TRY_OCTAVE = 32,
    TRY_BUCKETS = 60 * TRY_OCTAVE,
    TRY_BATCH = 256,
    TRY_LINES = 4,  /* of a node whose counters lie apart */
    TRY_COUNTED = 9 /* rows whose nodes count: all but try_append */
};

typedef struct try_thread {
    try_node_t* now;
    struct {
        unsigned head;
        try_event_t events[TRY_BATCH];
    } rings[2]; /* the second is folded */
    try_node_t* nodes[TRY_SITES];
} try_thread_t;
static __thread try_thread_t* try_local;
static uint64_t try_histograms[TRY_SITES][TRY_BUCKETS];
static uint64_t* try_octave_table[TRY_SITES][60];

static inline unsigned try_octave_of(uint64_t ticks) {
    return ticks < 2 * TRY_OCTAVE ? 0 : 58u - (unsigned)__builtin_clzll(ticks);
}
static inline void try_count(uint32_t site, uint64_t ticks, unsigned path) {
    const unsigned octave = try_octave_of(ticks);
    const uint64_t bucket = ticks >> octave; /* 32 to 63 above the first octaves */
    if ((path & TRY_OCTAVES) != 0)
        try_octave_table[site][octave][bucket]++;
    else
        try_histograms[site][octave * TRY_OCTAVE + bucket]++;
}
static inline void try_add(try_node_t* node, uint64_t ticks, unsigned path) {
    const unsigned apart = (path & TRY_APART) != 0;
    node[apart].total += ticks;
    if (ticks < node[2 * apart].least) node[2 * apart].least = ticks;
    if (ticks > node[3 * apart].greatest) node[3 * apart].greatest = ticks;
}
static inline try_registers_t try_begin(uint32_t site, unsigned path) {
    try_thread_t* const t = try_local;
    try_node_t* const parent = t->now;
    try_node_t* node = parent->last;
    if (node->site != site) parent->last = node = t->nodes[site];
    t->now = node;
    if ((path & (TRY_APPEND | TRY_FOLD)) == 0) node->calls++;
    const try_registers_t token = {floor_clock(), node};
    return token;
}
static __attribute__((noinline)) void try_fold_all(try_thread_t* t) {
    for (unsigned i = 0; i < TRY_BATCH; i++) {
        const try_event_t* const e = &t->rings[1].events[i];
        try_node_t* const node = t->nodes[e->site];
        node->calls++;
        try_add(node, e->ticks, TRY_TREE);
        try_count(e->site, e->ticks, TRY_HISTOGRAM);
    }
}
static inline void try_end(try_registers_t token, unsigned path) {
    try_thread_t* const t = try_local;
    try_node_t* const node = token.node;
    const uint64_t ticks = floor_clock() - token.start;
    t->now = node->parent;
    if ((path & (TRY_APPEND | TRY_FOLD)) == 0) try_add(node, ticks, path);
    if ((path & (TRY_HISTOGRAM | TRY_OCTAVES)) != 0) try_count(node->site, ticks, path);
    if ((path & (TRY_RING | TRY_APPEND | TRY_FOLD)) == 0) return;
    const unsigned folds = (path & TRY_FOLD) != 0;
    try_event_t* const e = &t->rings[folds].events[t->rings[folds].head++ % TRY_BATCH];
    e->site = node->site;
    e->ticks = (uint32_t)ticks;
    e->start = token.start;
    if (folds && t->rings[1].head % TRY_BATCH == 0) try_fold_all(t);
}
static __attribute__((noinline)) try_registers_t try_begin_called(uint32_t site) {
    return try_begin(site, TRY_HISTOGRAM | TRY_RING);
}
static __attribute__((noinline)) void try_end_called(try_registers_t token) {
    try_end(token, TRY_HISTOGRAM | TRY_RING);
}

#define TRY_LOOP(name, site, path)                                   \
    static void name(void) {                                         \
        REPEAT {                                                     \
            const try_registers_t token = try_begin((site), (path)); \
            KEEP();                                                  \
            try_end(token, (path));                                  \
        }                                                            \
    }
#define TRY_RANDOM random_order[i % RANDOM_ORDER]
TRY_LOOP(try_tree, RANDOM_SITES, TRY_TREE)
TRY_LOOP(try_histogram, RANDOM_SITES, TRY_HISTOGRAM)
TRY_LOOP(try_octaves, RANDOM_SITES, TRY_OCTAVES)
TRY_LOOP(try_event, RANDOM_SITES, TRY_HISTOGRAM | TRY_RING)
TRY_LOOP(try_append, RANDOM_SITES, TRY_APPEND)
TRY_LOOP(try_fold, RANDOM_SITES, TRY_FOLD)
TRY_LOOP(try_256sites, TRY_RANDOM, TRY_HISTOGRAM | TRY_RING)
TRY_LOOP(try_256apart, TRY_RANDOM, TRY_HISTOGRAM | TRY_RING | TRY_APART)
TRY_LOOP(try_256fold, TRY_RANDOM, TRY_FOLD)
static void try_called(void) {
    REPEAT {
        const try_registers_t token = try_begin_called(RANDOM_SITES);
        KEEP();
        try_end_called(token);
    }
}

static void try_start(void) {
    static try_thread_t thread;
    static try_node_t root, nodes[TRY_SITES * TRY_LINES] __attribute__((aligned(64)));
    static uint64_t octaves[TRY_SITES][60][2 * TRY_OCTAVE];
    for (unsigned i = 0; i < TRY_SITES; i++) {
        thread.nodes[i] = &nodes[i * TRY_LINES];
        for (unsigned k = 0; k < TRY_LINES; k++)
            nodes[i * TRY_LINES + k] = (try_node_t){&root, NULL, i, 0, 0, UINT64_MAX, 0, {0}};
        for (unsigned k = 0; k < 60; k++)
            try_octave_table[i][k] = octaves[i][k];
    }
    root.last = thread.nodes[0];
    thread.now = &root;
    try_local = &thread;
}
/* Returns: scopes that the candidates have counted. */
static uint64_t try_counted(void) {
    uint64_t counted = try_local->rings[1].head % TRY_BATCH; /* not folded yet */
    for (unsigned i = 0; i < TRY_SITES; i++)
        counted += try_local->nodes[i]->calls;
    return counted;
}
