/* history.h: the bounded ring of baselines that "since", "changes" and cursors are answered from. A
   ticker of its own fills it, each second for a minute and each minute for an hour; no request does.
   All of its memory is one reservation made at the start: baselines of a large program crowd each
   other out, evenly over time, and what an answer covers is always said. Behind the baselines lie a few
   pieces for the snapshots of requests: pages that are there already cost a request nothing. */

/* What the baselines may take together. Only what they fill is ever touched. */
#if !defined(HOTPATH_MCP_HISTORY_BYTES)
    #define HOTPATH_MCP_HISTORY_BYTES ((size_t)64 << 20)
#endif
#define HISTORY_SLOTS   128
#define HISTORY_PIECES  4
#define HISTORY_PIECE   ((size_t)1 << 20)
#define HISTORY_BYTES   ((size_t)(HOTPATH_MCP_HISTORY_BYTES))
#define HISTORY_RESERVE (HISTORY_BYTES + HISTORY_PIECES * HISTORY_PIECE)

typedef struct history_baseline {
    uint64_t tick;       /* seconds since the server's start, from 1; never given twice */
    uint64_t at_ms;      /* of the steady clock */
    uint64_t elapsed_ns; /* of the recorder */
    size_t offset;       /* of its buffer in the reservation */
    size_t size;
    hotpath_snapshot_t* snapshot;
} history_baseline_t;

static struct {
    pthread_mutex_t lock; /* held while a baseline is read, so that it is not crowded out */
    pthread_cond_t wake;
    pthread_t ticker;
    bool running;
    bool stop;
    char* memory;
    uint64_t start_ms;
    uint64_t crowded; /* baselines given up early, for want of room */
    uint64_t missed;  /* ticks without a baseline: it is larger than the whole reservation */
    uint32_t nonce;   /* of this start: tokens of another one are told apart */
    size_t count;     /* oldest first */
    history_baseline_t baselines[HISTORY_SLOTS];
    pthread_mutex_t pieces_lock;
    bool pieces_taken[HISTORY_PIECES];
    bool pieces_small; /* a snapshot did not fit: from then on each has memory of its own */
} history = {.lock = PTHREAD_MUTEX_INITIALIZER, .pieces_lock = PTHREAD_MUTEX_INITIALIZER};

static void history_lock(void) { pthread_mutex_lock(&history.lock); }
static void history_unlock(void) { pthread_mutex_unlock(&history.lock); }

static void history_drop(size_t i) {
    history.count--;
    memmove(&history.baselines[i], &history.baselines[i + 1],
        (history.count - i) * sizeof *history.baselines);
}

/* Each second for a minute, each minute for an hour. */
static void history_age(uint64_t now_ms) {
    for (size_t i = history.count; i-- > 0;) {
        const history_baseline_t* b = &history.baselines[i];
        uint64_t age = now_ms - b->at_ms;
        bool minute = i == 0 || b->tick / 60 != history.baselines[i - 1].tick / 60;
        if (age > 3600500 || (age > 60500 && !minute)) history_drop(i);
    }
}

/* Gives up the baseline that is missed least: the one whose neighbours are closest together for its
   age. The oldest and the newest stay as long as others are there. */
static void history_crowd(uint64_t now_ms) {
    size_t least = 0;
    double least_gap = -1;
    for (size_t i = 1; i + 1 < history.count; i++) {
        double gap = (double)(history.baselines[i + 1].at_ms - history.baselines[i - 1].at_ms) /
                     (double)(now_ms - history.baselines[i].at_ms + 1);
        if (least_gap < 0 || gap < least_gap) least = i, least_gap = gap;
    }
    history_drop(least);
    history.crowded++;
}

/* Returns: where `size` bytes are free, or SIZE_MAX. */
static size_t history_gap(size_t size) {
    size_t at = 0;
    for (;;) { /* past every baseline that is in the way, until none is */
        size_t before = at;
        for (size_t i = 0; i < history.count; i++) {
            const history_baseline_t* b = &history.baselines[i];
            if (b->offset < at + size && at < b->offset + b->size) at = b->offset + b->size;
        }
        if (at + size > HISTORY_BYTES) return SIZE_MAX;
        if (at == before) return at;
    }
}

/* Takes the baseline of this moment. With the lock. */
static void history_tick(void) {
    hotpath_snapshot_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.parts = HOTPATH_PART_TREE | HOTPATH_PART_THREADS | HOTPATH_PART_SPANS |
                 HOTPATH_PART_FRAMES | HOTPATH_PART_FLOWS;
    uint64_t now = os_now_ms();
    size_t size = (hotpath_snapshot_size(&desc) + 4095) & ~(size_t)4095;
    history_age(now);
    while (history.count == HISTORY_SLOTS)
        history_crowd(now);
    size_t offset = history_gap(size);
    while (offset == SIZE_MAX && history.count != 0) {
        history_crowd(now);
        offset = history_gap(size);
    }
    history_baseline_t b;
    memset(&b, 0, sizeof b);
    if (offset != SIZE_MAX) {
        desc.buffer = history.memory + offset, desc.buffer_size = size;
        b.snapshot = hotpath_snapshot_take(&desc);
    }
    if (b.snapshot == NULL) {
        history.missed++;
        return;
    }
    b.offset = offset, b.at_ms = now;
    b.size = (hotpath_snapshot_trim(b.snapshot) + 4095) & ~(size_t)4095;
    b.tick = (now - history.start_ms) / 1000 + 1;
    b.elapsed_ns = hotpath_snapshot_info(b.snapshot)->elapsed_ns;
    if (history.count != 0 && b.tick <= history.baselines[history.count - 1].tick)
        b.tick = history.baselines[history.count - 1].tick + 1;
    history.baselines[history.count++] = b;
}

static bool history_stops(void) { return __atomic_load_n(&history.stop, __ATOMIC_RELAXED); }

static void* history_run(void* unused) {
    (void)unused;
    hotpath_i_exclude(1);
    hotpath_i_server(HOTPATH_I_LAYOUT, NULL); /* measures what one recording costs */
    history_lock();
    while (!history_stops()) {
        uint64_t began = os_now_ms() - history.start_ms;
        history_tick();
        uint64_t now = os_now_ms() - history.start_ms;
        uint64_t next = now / 1000 * 1000 + 1000;
        /* A program so large that its baseline takes long has fewer of them: at most 1 % of a core. */
        if (next < now + 100 * (now - began)) next = now + 100 * (now - began);
        while (!history_stops() && now < next) {
            os_condition_wait_ms(&history.wake, &history.lock, next - now);
            now = os_now_ms() - history.start_ms;
        }
    }
    history_unlock();
    return NULL;
}

/* Returns: false if there is no memory or no thread; then nothing is left of it. */
static bool history_start(void) {
    history.memory = (char*)os_reserve(HISTORY_RESERVE);
    if (history.memory == NULL) return false;
    os_condition_init(&history.wake);
    os_random(&history.nonce, sizeof history.nonce);
    history.start_ms = os_now_ms();
    history.stop = false, history.count = 0, history.crowded = history.missed = 0;
    memset(history.pieces_taken, 0, sizeof history.pieces_taken);
    history.pieces_small = false;
    history.running = os_thread_start(&history.ticker, history_run, NULL);
    if (!history.running) {
        os_release(history.memory, HISTORY_RESERVE);
        history.memory = NULL;
    }
    return history.running;
}
/* Lets the ticker end while something else is waited for. It is in the middle of a baseline where the lock
   is taken, and looks when that is done. */
static void history_stop_soon(void) {
    __atomic_store_n(&history.stop, true, __ATOMIC_RELAXED);
    if (!history.running || pthread_mutex_trylock(&history.lock) != 0) return;
    pthread_cond_signal(&history.wake);
    history_unlock();
}
static void history_stop(void) {
    if (!history.running) return;
    history_lock();
    __atomic_store_n(&history.stop, true, __ATOMIC_RELAXED);
    pthread_cond_signal(&history.wake);
    history_unlock();
    pthread_join(history.ticker, NULL);
    pthread_cond_destroy(&history.wake);
    os_release(history.memory, HISTORY_RESERVE);
    history.memory = NULL, history.count = 0, history.running = false;
}
/* In the child of a fork the ticker is gone, and the lock may be held by nobody. */
static void history_forget(void) {
    pthread_mutex_t fresh = PTHREAD_MUTEX_INITIALIZER;
    history.lock = history.pieces_lock = fresh;
    os_release(history.memory, HISTORY_RESERVE);
    history.memory = NULL, history.count = 0, history.running = false;
}

/* Snapshots of requests, in a piece of the reservation if they fit into one and one is free. */
static char* request_piece(void) {
    char* piece = NULL;
    pthread_mutex_lock(&history.pieces_lock);
    for (size_t i = 0; i < HISTORY_PIECES && piece == NULL && !history.pieces_small; i++) {
        if (history.pieces_taken[i]) continue;
        history.pieces_taken[i] = true;
        piece = history.memory + HISTORY_BYTES + i * HISTORY_PIECE;
    }
    pthread_mutex_unlock(&history.pieces_lock);
    return piece;
}
static void request_piece_back(const char* piece, bool too_small) {
    pthread_mutex_lock(&history.pieces_lock);
    size_t at = (size_t)(piece - history.memory) - HISTORY_BYTES;
    history.pieces_taken[at / HISTORY_PIECE] = false;
    history.pieces_small = history.pieces_small || too_small;
    pthread_mutex_unlock(&history.pieces_lock);
}
static hotpath_snapshot_t* request_make(const hotpath_snapshot_desc_t* desc,
    const hotpath_snapshot_t* newer, const hotpath_snapshot_t* older) {
    return older != NULL ? hotpath_snapshot_difference(newer, older, desc)
                         : hotpath_snapshot_take(desc);
}
/* As hotpath_snapshot_take without an older one, else as hotpath_snapshot_difference of the newer. */
static hotpath_snapshot_t* request_snapshot(const hotpath_snapshot_desc_t* desc,
    const hotpath_snapshot_t* newer, const hotpath_snapshot_t* older) {
    hotpath_snapshot_desc_t own;
    memset(&own, 0, sizeof own);
    if (desc != NULL) own = *desc;
    own.buffer = request_piece(), own.buffer_size = HISTORY_PIECE;
    hotpath_snapshot_t* s = request_make(&own, newer, older);
    if (s != NULL || own.buffer == NULL) return s;
    char* piece = (char*)own.buffer;
    own.buffer = NULL;
    s = request_make(&own, newer, older);
    request_piece_back(piece, s != NULL);
    return s;
}
static void request_free(hotpath_snapshot_t* s) {
    const char* piece = (const char*)s;
    const char* pieces = history.memory + HISTORY_BYTES;
    if (piece >= pieces && piece < history.memory + HISTORY_RESERVE)
        request_piece_back(piece, false);
    else
        hotpath_snapshot_free(s);
}

/* Returns: the newest baseline that is not newer than `tick`, or NULL. With the lock. */
static const history_baseline_t* history_at_tick(uint64_t tick) {
    for (size_t i = history.count; i-- > 0;)
        if (history.baselines[i].tick <= tick) return &history.baselines[i];
    return NULL;
}
/* Returns: the baseline nearest to `ms` ago; NULL if the recorder's start is nearer, `elapsed_ns`
   of it being the recorder's age now. With the lock. */
static const history_baseline_t* history_at_age(uint64_t ms, uint64_t elapsed_ns) {
    uint64_t now = os_now_ms(), age = elapsed_ns / 1000000;
    const history_baseline_t* best = NULL;
    uint64_t best_off = age > ms ? age - ms : ms - age;
    for (size_t i = 0; i < history.count; i++) {
        uint64_t then = now - history.baselines[i].at_ms;
        uint64_t off = then > ms ? then - ms : ms - then;
        if (off <= best_off) best = &history.baselines[i], best_off = off;
    }
    return best;
}
static const history_baseline_t* history_newest(void) {
    return history.count != 0 ? &history.baselines[history.count - 1] : NULL;
}

/* Writes the token that names a tick of this start: what next_since is. */
static void history_token(uint64_t tick, char* text, size_t size) {
    size_t digits = json_digit_count(tick);
    if (size < 11 + digits) return;
    text[0] = 't', text[9] = '-';
    for (int i = 0; i < 8; i++)
        text[1 + i] = "0123456789abcdef"[history.nonce >> (28 - 4 * i) & 15];
    json_digits(text + 10 + digits, tick);
    text[10 + digits] = 0;
}
/* Likewise of the oldest baseline left, "start" if there is none. With the lock. */
static void history_oldest(char* text, size_t size) {
    snprintf(text, size, "start");
    if (history.count != 0) history_token(history.baselines[0].tick, text, size);
}
/* Reads a token. Returns: 1 and the tick, 0 if it is of another start, -1 if it is no token. */
static int history_token_read(const char* text, uint64_t* tick) {
    if (text[0] != 't' || strlen(text) < 11 || strlen(text) > 29 || text[9] != '-') return -1;
    uint32_t nonce = 0;
    for (int i = 1; i < 9; i++) {
        const char* digits = "0123456789abcdef";
        const char* at = strchr(digits, text[i]);
        if (at == NULL || text[i] == 0) return -1;
        nonce = nonce << 4 | (uint32_t)(at - digits);
    }
    *tick = 0;
    for (const char* p = text + 10; *p != 0; p++) {
        if (*p < '0' || *p > '9') return -1;
        *tick = *tick * 10 + (uint64_t)(*p - '0');
    }
    return nonce == history.nonce ? 1 : 0;
}
