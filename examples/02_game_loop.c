/* 02_game_loop.c - a fixed-step crowd simulation under a profiler, the way a game server runs one.

   Shows: a frame as named systems (HOTPATH_SCOPE_NAMED), functions that run on the main thread and
   on a job pool, path finding whose result stands in its log (HOTPATH_FUNC_LOG), errors, bytes,
   gauges, values, thread names, what the pool's workers do and wait for (hotpath_runtime_t, hotpath_mutex_t,
   hotpath_cond_t), a replay that is written to a file (hotpath_io_write_as), and information about the run
   in the report's head. With -DHOTPATH_ALLOC
   also its memory: lists that grow on the threads that fill them, packets that are kept for a while, and
   an arena that is reset at once (HOTPATH_HEAP_ALLOC_EVENT, HOTPATH_HEAP_RESET_EVENT). And one cause of
   dropped frames to find (HOTPATH_FRAME_BUDGET): every 97th frame looks for all ways of the town's map
   at once. DEMO_FIXED=1 does a part of them in each frame; what is simulated is the same.

   Eight thousand bodies walk through a walled town of 128 × 128 metres: each asks for a path (A*),
   follows it, is kept apart from walls and from the others (uniform grid, circle tests, a position
   solver), and the town's state is encoded as deltas twenty times a second, as for clients.
   Positions are 16.16 fixed point and every parallel pass writes only what its own chunk owns, so
   a seed gives the same checksum with any compiler, flag, machine and number of workers.

   Build:  cc -O2 -DHOTPATH -DHOTPATH_ALLOC -I. examples/02_game_loop.c -o game_loop -lpthread
   Run:    ./game_loop [seconds, default 5] [workers, default one a core, at most 3] [seed] */
#define HOTPATH_IMPLEMENTATION
#define HOTPATH_MAX_ALLOC_EVENTS 64 /* no more blocks are in the arena at a time */
#include "hotpath.h"

#include "adapters/hotpath_io.h"
#include "adapters/hotpath_pthread.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    STEPS_A_SECOND = 60,
    BODIES = 8000,
    SIDE = 128, /* tiles a side; a tile is a metre, and a cell of the broad phase too */
    TILES = SIDE * SIDE,
    METRE = 65536,
    BODIES_A_CHUNK = 500,
    BODY_CHUNKS = BODIES / BODIES_A_CHUNK,
    BANDS = 16, /* of grid rows, each with a list of pairs of its own */
    ROWS_A_BAND = SIDE / BANDS,
    PAIRS_AT_FIRST = 64, /* of a band; its list grows */
    ARENA_SIZE = 64 << 10,
    PACKETS_KEPT = 40, /* the last two seconds, for clients that missed one */
    SOLVER_PASSES = 4,
    MAP_STEPS = 97, /* the map of the town's ways is a new one after so many steps */
    MAP_WAYS = 970,
    PATHS_A_STEP = 32,  /* the rest waits: path finding has a budget, not a spike */
    PATH_LENGTH = 240,  /* a longer path is walked this far and asked for again */
    PATIENCE = 120,     /* steps without a new waypoint until a body asks for another path */
    STEPS_A_PACKET = 3, /* state is encoded at 20 Hz */
    PACKET_SIZE = BODIES * 10,
    WORKERS_MAX = 15,
    SPEED = 5 * METRE / STEPS_A_SECOND
};

/* >>pool */

typedef void job_t(void* user, int chunk, int worker);

/* Runs one job at a time, in chunks that whoever is free takes; the caller works too. */
typedef struct pool {
    hotpath_mutex_t lock;
    hotpath_cond_t wake;
    hotpath_cond_t finished;
    hotpath_runtime_t runtime; /* of the threads; without any it records nothing */
    job_t* job;
    void* user;
    int next;   /* chunk to take */
    int count;  /* chunks of the job */
    int undone; /* chunks not finished yet */
    int workers;
    bool quit;
    pthread_t threads[WORKERS_MAX];
} pool_t;

typedef struct worker {
    pool_t* pool;
    int index; /* 0 is the main thread */
} worker_t;

/* Takes chunks until none is left. The lock is held on entry and on return. */
static void pool_work(pool_t* pool, int worker) {
    uint64_t taken = 0;
    for (; pool->next < pool->count; taken++) {
        const int chunk = pool->next++;
        job_t* const job = pool->job;
        hotpath_runtime_queued(&pool->runtime, (uint64_t)(pool->count - pool->next));
        hotpath_mutex_unlock(&pool->lock);
        job(pool->user, chunk, worker);
        hotpath_mutex_lock(&pool->lock);
        if (--pool->undone == 0) hotpath_cond_signal(&pool->finished);
    }
    if (worker != 0) hotpath_runtime_polled(&pool->runtime, (uint32_t)worker - 1, taken);
}

static void* worker_main(void* user) {
    const worker_t* const self = (const worker_t*)user;
    pool_t* const pool = self->pool;
    char name[32];
    (void)snprintf(name, sizeof name, "worker %d", self->index);
    HOTPATH_THREAD_NAME(name);
    HOTPATH_FUNC();
    hotpath_token_t parked;
    const uint32_t number = (uint32_t)self->index - 1;
    hotpath_runtime_worker_begin(&pool->runtime, number);
    hotpath_mutex_lock(&pool->lock);
    while (!pool->quit) {
        if (pool->next < pool->count) {
            HOTPATH_GAUGE_INC("workers busy", 1);
            pool_work(pool, self->index);
            HOTPATH_GAUGE_DEC("workers busy", 1);
        } else {
            hotpath_runtime_park(&pool->runtime, number, &parked);
            hotpath_cond_wait(&pool->wake, &pool->lock);
            hotpath_runtime_unpark(&pool->runtime, number, &parked);
        }
    }
    hotpath_mutex_unlock(&pool->lock);
    hotpath_runtime_worker_end(&pool->runtime, number);
    return NULL;
}

/* Runs job(user, 0 .. count - 1, worker) on all threads and returns when every chunk is done. */
static void pool_run(pool_t* pool, job_t* job, void* user, int count) {
    HOTPATH_FUNC();
    hotpath_runtime_spawned(&pool->runtime, (uint64_t)count);
    hotpath_mutex_lock(&pool->lock);
    pool->job = job;
    pool->user = user;
    pool->next = 0;
    pool->count = count;
    pool->undone = count;
    hotpath_runtime_queued(&pool->runtime, (uint64_t)count);
    hotpath_cond_broadcast(&pool->wake);
    pool_work(pool, 0);
    while (pool->undone != 0)
        hotpath_cond_wait(&pool->finished, &pool->lock);
    hotpath_mutex_unlock(&pool->lock);
    hotpath_runtime_finished(&pool->runtime, (uint64_t)count);
}

/* A worker that cannot be started is done without: the main thread takes its chunks. */
static void pool_start(pool_t* pool, int workers) {
    static worker_t selves[WORKERS_MAX];
    hotpath_mutex_init(&pool->lock, NULL, "pool");
    hotpath_cond_init(&pool->wake, NULL, "jobs to do");
    hotpath_cond_init(&pool->finished, NULL, "jobs done");
    if (workers != 0) hotpath_runtime_create(&pool->runtime, "jobs", (uint32_t)workers);
    for (int i = 0; i < workers; i++) {
        selves[i].pool = pool;
        selves[i].index = i + 1;
        if (pthread_create(&pool->threads[i], NULL, worker_main, &selves[i]) != 0) break;
        pool->workers++;
    }
}

static void pool_stop(pool_t* pool) {
    hotpath_mutex_lock(&pool->lock);
    pool->quit = true;
    hotpath_cond_broadcast(&pool->wake);
    hotpath_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->workers; i++)
        pthread_join(pool->threads[i], NULL);
    hotpath_cond_destroy(&pool->finished);
    hotpath_cond_destroy(&pool->wake);
    hotpath_mutex_destroy(&pool->lock);
    hotpath_runtime_close(&pool->runtime);
}

/* >>world */

typedef struct pair {
    uint16_t a;
    uint16_t b;
} pair_t;

typedef struct path {
    uint16_t length;
    uint16_t next;
    uint8_t steps[PATH_LENGTH]; /* directions, so that a path costs a byte a metre */
} path_t;

typedef struct band {
    int count;
    int room;
    int dropped;
    pair_t* pairs; /* what may touch; after the narrow phase what does */
} band_t;

/* Memory that one step takes in pieces and gives back at once. */
typedef struct arena {
    uint8_t* memory;
    size_t used;
} arena_t;

typedef struct packet {
    size_t size;
    uint8_t bytes[];
} packet_t;

/* What one search needs. A stamp tells which tiles belong to this search, so that none is cleared. */
typedef struct search {
    uint32_t stamp;
    uint32_t stamps[TILES];
    uint32_t cost[TILES];
    uint8_t from[TILES]; /* direction of the last step to this tile */
    uint8_t closed[TILES];
    int open_count;
    uint64_t open[TILES * 8]; /* a tile enters at most once from each neighbour */
} search_t;

typedef struct world {
    uint64_t seed;
    uint32_t step;
    pool_t* pool;
    /* One array a field: each pass streams through what it needs and nothing else. */
    int32_t x[BODIES];
    int32_t y[BODIES];
    int32_t vx[BODIES];
    int32_t vy[BODIES];
    int32_t radius[BODIES];
    uint16_t waypoint[BODIES]; /* a tile, always an open one */
    uint16_t goal[BODIES];
    uint16_t patience[BODIES];
    uint32_t orders[BODIES]; /* how many goals it was given */
    bool idle[BODIES];       /* wants a goal */
    bool waiting[BODIES];    /* stands in the queue */
    path_t paths[BODIES];
    bool wall[TILES];
    int cell_start[TILES + 1];
    uint16_t cell_body[BODIES];
    band_t bands[BANDS];
    uint16_t queue[BODIES]; /* ring of bodies that wait for a path, each at most once */
    int queue_first;
    int queue_count;
    arena_t arena;
    uint16_t* batch; /* of one step: in the arena */
    bool* batch_found;
    search_t searches[WORKERS_MAX + 1];
    path_t way; /* of the map: only its length is kept */
    uint32_t way_length[MAP_WAYS];
    bool map_at_once;
    int32_t sent_x[BODIES];
    int32_t sent_y[BODIES];
    uint8_t packet[PACKET_SIZE]; /* while it is encoded */
    packet_t* packets[PACKETS_KEPT];
    uint32_t packet_count;
    uint64_t collisions;
    uint64_t paths_found;
    uint64_t paths_unreachable;
    uint64_t packet_bytes;
    FILE* replay; /* what was sent, in a file that is gone with the program; NULL: there is none */
    uint64_t checksum;
} world_t;

/* A good 64-bit mixer; hashing (seed, body, order) instead of drawing from one generator keeps
   the choices of one body independent of all others. */
static uint64_t hash(uint64_t v) {
    v += 0x9e3779b97f4a7c15u;
    v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9u;
    v = (v ^ v >> 27) * 0x94d049bb133111ebu;
    return v ^ v >> 31;
}

static uint64_t hash3(uint64_t a, uint64_t b, uint64_t c) { return hash(hash(hash(a) + b) + c); }

/* The integer square root, rounded down. */
static int32_t root(int64_t square) {
    uint64_t rest = (uint64_t)square, result = 0, bit = (uint64_t)1 << 48;
    while (bit > rest)
        bit >>= 2;
    for (; bit != 0; bit >>= 2) {
        if (rest >= result + bit) {
            rest -= result + bit;
            result = (result >> 1) + bit;
        } else {
            result >>= 1;
        }
    }
    return (int32_t)result;
}

static int tile_of(int32_t x, int32_t y) { return (y >> 16) * SIDE + (x >> 16); }
static int32_t tile_x(int tile) { return (tile % SIDE) * METRE + METRE / 2; }
static int32_t tile_y(int tile) { return (tile / SIDE) * METRE + METRE / 2; }

static void fill_rectangle(world_t* w, int x0, int y0, int x1, int y1, bool wall) {
    for (int y = y0; y <= y1; y++)
        for (int x = x0; x <= x1; x++)
            w->wall[y * SIDE + x] = wall;
}

/* Streets are three tiles wide, one every ten tiles; houses fill what they like of the rest. */
static bool on_street(int tile) {
    const int x = tile % SIDE, y = tile / SIDE;
    const bool street = (x % 10 >= 1 && x % 10 <= 3) || (y % 10 >= 1 && y % 10 <= 3);
    return street && x > 0 && y > 0 && x < SIDE - 1 && y < SIDE - 1;
}

/* A wall around everything, houses between streets, and a few courtyards without a gate, which no
   path enters: a goal in one of them is the search that fails. */
static void build_town(world_t* w) {
    HOTPATH_FUNC();
    fill_rectangle(w, 0, 0, SIDE - 1, SIDE - 1, true);
    fill_rectangle(w, 1, 1, SIDE - 2, SIDE - 2, false);
    for (int block = 0; block < 144; block++) {
        const uint64_t random = hash3(w->seed, 0x746f776e, (uint64_t)block);
        const int x = 4 + block % 12 * 10, y = 4 + block / 12 * 10;
        const int width = 3 + (int)(random % 5), height = 3 + (int)(random / 5 % 5);
        fill_rectangle(w, x, y, x + width - 1, y + height - 1, true);
        if (block % 29 == 7) fill_rectangle(w, x + 1, y + 1, x + width - 2, y + height - 2, false);
    }
}

static void place_bodies(world_t* w) {
    HOTPATH_FUNC();
    for (int i = 0; i < BODIES; i++) {
        uint64_t random = hash3(w->seed, 0x626f6479, (uint64_t)i);
        while (!on_street((int)(random % TILES)))
            random = hash(random);
        const int tile = (int)(random % TILES);
        w->x[i] = tile_x(tile);
        w->y[i] = tile_y(tile);
        w->radius[i] = METRE / 5 + (int32_t)(random >> 40) % (METRE / 6);
        w->waypoint[i] = (uint16_t)tile;
        w->idle[i] = true;
    }
}

/* Returns: NULL without memory. */
static world_t* create_world(void) {
    HOTPATH_FUNC();
    world_t* const w = (world_t*)calloc(1, sizeof *w);
    if (w == NULL) return NULL;
    w->arena.memory = (uint8_t*)malloc(ARENA_SIZE);
    w->replay = w->arena.memory != NULL ? tmpfile() : NULL;
    if (w->arena.memory != NULL) return w;
    free(w);
    return NULL;
}

static void destroy_world(world_t* w) {
    HOTPATH_FUNC();
    for (int i = 0; i < BANDS; i++)
        free(w->bands[i].pairs);
    for (int i = 0; i < PACKETS_KEPT; i++)
        free(w->packets[i]);
    free(w->arena.memory);
    if (w->replay != NULL) (void)fclose(w->replay);
    free(w);
}

/* A step takes far less than there is. */
static void* arena_take(arena_t* arena, size_t size) {
    void* const piece = arena->memory + arena->used;
    arena->used += (size + 15) / 16 * 16;
    HOTPATH_HEAP_ALLOC_EVENT("step arena", piece, size);
    return piece;
}

static void arena_reset(arena_t* arena) {
    arena->used = 0;
    HOTPATH_HEAP_RESET_EVENT("step arena");
}

/* >>systems */

/* Gives every idle body a goal in its surroundings and puts it in the queue. */
static void system_orders(world_t* w) {
    for (int i = 0; i < BODIES; i++) {
        if (!w->idle[i] || w->waiting[i]) continue;
        int goal = w->waypoint[i];
        for (int attempt = 0; attempt < 8; attempt++) {
            const uint64_t random = hash3(w->seed ^ (uint64_t)i << 32, w->orders[i]++, 0);
            const int x = w->waypoint[i] % SIDE + (int)(random % 97) - 48;
            const int y = w->waypoint[i] / SIDE + (int)(random / 97 % 97) - 48;
            if (x < 0 || y < 0 || x >= SIDE || y >= SIDE || w->wall[y * SIDE + x]) continue;
            goal = y * SIDE + x;
            break;
        }
        w->goal[i] = (uint16_t)goal;
        w->waiting[i] = true;
        w->queue[(w->queue_first + w->queue_count++) % BODIES] = (uint16_t)i;
    }
    HOTPATH_GAUGE_SET("path queue", w->queue_count);
}

static const int8_t direction_x[8] = {1, -1, 0, 0, 1, -1, 1, -1};
static const int8_t direction_y[8] = {0, 0, 1, -1, 1, 1, -1, -1};

static int offset(int direction) { return direction_y[direction] * SIDE + direction_x[direction]; }

/* The cost between two tiles without walls; it never exceeds the real one, and that makes the first
   path found the shortest. */
static uint32_t distance(int a, int b) {
    const int dx = abs(a % SIDE - b % SIDE), dy = abs(a / SIDE - b / SIDE);
    return (uint32_t)(dx > dy ? 10 * dx + 4 * dy : 10 * dy + 4 * dx);
}

/* The key orders by estimated cost, then by what is left, then by tile: no two are equal, so the
   order of a search does not depend on the heap's. */
static void open_push(search_t* s, uint32_t cost, uint32_t left, int tile) {
    const uint64_t key = (uint64_t)(cost + left) << 32 | (uint64_t)left << 16 | (uint64_t)tile;
    int at = s->open_count++;
    for (int up; at > 0 && key < s->open[up = (at - 1) / 2]; at = up)
        s->open[at] = s->open[up];
    s->open[at] = key;
}

static int open_pop(search_t* s) {
    const int tile = (int)(s->open[0] & 0xffff);
    const uint64_t key = s->open[--s->open_count];
    int at = 0;
    for (;;) {
        int down = 2 * at + 1;
        if (down >= s->open_count) break;
        if (down + 1 < s->open_count && s->open[down + 1] < s->open[down]) down++;
        if (s->open[down] >= key) break;
        s->open[at] = s->open[down];
        at = down;
    }
    s->open[at] = key;
    return tile;
}

/* Looks at the eight neighbours of a tile; corners of walls are not cut. */
static void expand(const world_t* w, search_t* s, int tile, int goal) {
    for (int d = 0; d < 8; d++) {
        const int to = tile + offset(d);
        if (w->wall[to]) continue;
        if (d >= 4 && (w->wall[tile + direction_x[d]] || w->wall[tile + direction_y[d] * SIDE]))
            continue;
        const uint32_t cost = s->cost[tile] + (d < 4 ? 10 : 14);
        if (s->stamps[to] == s->stamp && (s->closed[to] != 0 || s->cost[to] <= cost)) continue;
        s->stamps[to] = s->stamp;
        s->closed[to] = 0;
        s->cost[to] = cost;
        s->from[to] = (uint8_t)d;
        open_push(s, cost, distance(to, goal), to);
    }
}

/* Writes the way that a search found, walking it back from its goal. Returns: its length. */
static int trace_back(const search_t* s, int start, int goal, path_t* path) {
    int length = 0;
    for (int tile = goal; tile != start; tile -= offset(s->from[tile]))
        length++;
    int at = length;
    for (int tile = goal; tile != start; tile -= offset(s->from[tile]))
        if (--at < PATH_LENGTH) path->steps[at] = s->from[tile];
    path->length = (uint16_t)(length < PATH_LENGTH ? length : PATH_LENGTH);
    path->next = 0;
    return length;
}

/* A*. Returns: the length of the path in tiles, -1 if no way leads there. */
static int find_path(const world_t* w, search_t* s, int start, int goal, path_t* path) {
    HOTPATH_FUNC_LOG();
    s->stamp++;
    s->open_count = 0;
    s->stamps[start] = s->stamp;
    s->cost[start] = 0;
    s->closed[start] = 0;
    open_push(s, 0, distance(start, goal), start);
    while (s->open_count != 0) {
        const int tile = open_pop(s);
        if (tile == goal) HOTPATH_RETURN(trace_back(s, start, goal, path));
        if (s->closed[tile] != 0) continue;
        s->closed[tile] = 1;
        expand(w, s, tile, goal);
    }
    HOTPATH_ERROR("unreachable");
    HOTPATH_RETURN(-1);
}

static void job_find_path(void* user, int chunk, int worker) {
    world_t* const w = (world_t*)user;
    const int body = w->batch[chunk];
    const int here = tile_of(w->x[body], w->y[body]);
    const int start = w->wall[here] ? w->waypoint[body] : here;
    w->waypoint[body] = (uint16_t)start;
    w->batch_found[chunk] =
        find_path(w, &w->searches[worker], start, w->goal[body], &w->paths[body]) >= 0;
}

/* A way of the map, between two places in the streets. */
static void find_way(world_t* w, uint32_t way) {
    int ends[2];
    for (int i = 0; i < 2; i++) {
        uint64_t random = hash3(w->seed, 0x6d6170, way * 2 + (uint64_t)i);
        while (!on_street((int)(random % TILES)))
            random = hash(random);
        ends[i] = (int)(random % TILES);
    }
    const int length = find_path(w, &w->searches[0], ends[0], ends[1], &w->way);
    w->way_length[way] = length < 0 ? 0 : (uint32_t)length;
}
/* All of the map in one step, or a part of it in each. */
static void refresh_map(world_t* w) {
    HOTPATH_FUNC();
    const uint32_t turn = w->step % MAP_STEPS;
    const uint32_t count = !w->map_at_once         ? MAP_WAYS / MAP_STEPS
                           : turn == MAP_STEPS - 1 ? MAP_WAYS
                                                   : 0;
    const uint32_t first = w->map_at_once ? 0 : turn * count;
    for (uint32_t i = 0; i < count; i++)
        find_way(w, first + i);
}

static void system_path_finding(world_t* w) {
    refresh_map(w);
    int count = 0;
    w->batch = (uint16_t*)arena_take(&w->arena, PATHS_A_STEP * sizeof *w->batch);
    w->batch_found = (bool*)arena_take(&w->arena, PATHS_A_STEP * sizeof *w->batch_found);
    for (; count < PATHS_A_STEP && w->queue_count != 0; count++, w->queue_count--) {
        w->batch[count] = w->queue[w->queue_first];
        w->queue_first = (w->queue_first + 1) % BODIES;
    }
    pool_run(w->pool, job_find_path, w, count);
    for (int i = 0; i < count; i++) {
        const int body = w->batch[i];
        w->waiting[body] = false;
        w->patience[body] = PATIENCE;
        w->idle[body] = !w->batch_found[i];
        w->paths_found += w->batch_found[i];
        w->paths_unreachable += !w->batch_found[i];
    }
}

/* Moves on to the next tile of the path; at its end, or out of patience, the body is idle. */
static void next_waypoint(world_t* w, int i, bool reached) {
    path_t* const path = &w->paths[i];
    if (reached && path->next < path->length) {
        w->waypoint[i] = (uint16_t)(w->waypoint[i] + offset(path->steps[path->next++]));
        w->patience[i] = PATIENCE;
    } else if (reached || --w->patience[i] == 0) {
        w->idle[i] = true;
    }
}

static void steer(void* user, int chunk, int worker) {
    HOTPATH_FUNC();
    (void)worker;
    world_t* const w = (world_t*)user;
    for (int i = chunk * BODIES_A_CHUNK; i < (chunk + 1) * BODIES_A_CHUNK; i++) {
        int32_t want_x = 0, want_y = 0;
        if (!w->idle[i]) {
            const int64_t dx = tile_x(w->waypoint[i]) - w->x[i];
            const int64_t dy = tile_y(w->waypoint[i]) - w->y[i];
            const int32_t away = root(dx * dx + dy * dy);
            next_waypoint(w, i, away < METRE * 6 / 10);
            if (away != 0) {
                want_x = (int32_t)(dx * SPEED / away);
                want_y = (int32_t)(dy * SPEED / away);
            }
        }
        w->vx[i] += (want_x - w->vx[i]) / 8;
        w->vy[i] += (want_y - w->vy[i]) / 8;
    }
}

static int32_t clamp(int32_t v, int32_t low, int32_t high) {
    return v < low ? low : v > high ? high : v;
}

/* Nothing gets as far as the tiles of the border, so that every body's tile has eight neighbours. */
static void stay_in_town(world_t* w, int i) {
    w->x[i] = clamp(w->x[i], METRE, (SIDE - 1) * METRE - 1);
    w->y[i] = clamp(w->y[i], METRE, (SIDE - 1) * METRE - 1);
}

/* Pushes a body out of the walls around it. One that others pressed into a wall so deep that its
   middle is inside goes back to its waypoint, which is always open. */
static void keep_out_of_walls(world_t* w, int i) {
    const int home = tile_of(w->x[i], w->y[i]);
    if (w->wall[home]) {
        w->x[i] = tile_x(w->waypoint[i]);
        w->y[i] = tile_y(w->waypoint[i]);
        w->vx[i] = w->vy[i] = 0;
        return;
    }
    for (int d = 0; d < 8; d++) {
        const int tile = home + offset(d);
        if (!w->wall[tile]) continue;
        const int32_t left = tile % SIDE * METRE, top = tile / SIDE * METRE;
        const int64_t dx = w->x[i] - clamp(w->x[i], left, left + METRE);
        const int64_t dy = w->y[i] - clamp(w->y[i], top, top + METRE);
        const int64_t square = dx * dx + dy * dy;
        const int64_t radius = w->radius[i];
        if (square == 0 || square >= radius * radius) continue;
        const int32_t away = root(square);
        if (away == 0) continue;
        w->x[i] += (int32_t)(dx * (radius - away) / away);
        w->y[i] += (int32_t)(dy * (radius - away) / away);
    }
}

static void integrate(void* user, int chunk, int worker) {
    HOTPATH_FUNC();
    (void)worker;
    world_t* const w = (world_t*)user;
    for (int i = chunk * BODIES_A_CHUNK; i < (chunk + 1) * BODIES_A_CHUNK; i++) {
        w->x[i] += w->vx[i];
        w->y[i] += w->vy[i];
        stay_in_town(w, i);
    }
}

static void push_out_of_walls(void* user, int chunk, int worker) {
    HOTPATH_FUNC();
    (void)worker;
    world_t* const w = (world_t*)user;
    for (int i = chunk * BODIES_A_CHUNK; i < (chunk + 1) * BODIES_A_CHUNK; i++) {
        stay_in_town(w, i);
        keep_out_of_walls(w, i);
    }
}

static void system_steering(world_t* w) { pool_run(w->pool, steer, w, BODY_CHUNKS); }
static void system_integration(world_t* w) { pool_run(w->pool, integrate, w, BODY_CHUNKS); }
static void system_walls(world_t* w) { pool_run(w->pool, push_out_of_walls, w, BODY_CHUNKS); }

/* A counting sort: cell_body holds the bodies by cell, cell_start where each cell begins. */
static void sort_into_cells(world_t* w) {
    HOTPATH_FUNC();
    memset(w->cell_start, 0, sizeof w->cell_start);
    for (int i = 0; i < BODIES; i++)
        w->cell_start[tile_of(w->x[i], w->y[i])]++;
    for (int cell = 1; cell <= TILES; cell++)
        w->cell_start[cell] += w->cell_start[cell - 1];
    for (int i = BODIES - 1; i >= 0; i--)
        w->cell_body[--w->cell_start[tile_of(w->x[i], w->y[i])]] = (uint16_t)i;
}

/* Returns: whether there is room for one more pair. */
static bool band_grow(band_t* band) {
    if (band->count < band->room) return true;
    const int room = band->room == 0 ? PAIRS_AT_FIRST : 2 * band->room;
    pair_t* const pairs = (pair_t*)realloc(band->pairs, (size_t)room * sizeof *pairs);
    if (pairs == NULL) return false;
    band->pairs = pairs;
    band->room = room;
    return true;
}

/* Keeps a pair whose boxes overlap. */
static void consider(const world_t* w, band_t* band, int a, int b) {
    const int32_t reach = w->radius[a] + w->radius[b];
    if (abs(w->x[a] - w->x[b]) >= reach || abs(w->y[a] - w->y[b]) >= reach) return;
    if (!band_grow(band)) {
        band->dropped++;
        return;
    }
    band->pairs[band->count].a = (uint16_t)a;
    band->pairs[band->count++].b = (uint16_t)b;
}

/* Bodies are smaller than cells, so partners are in the same cell or in a neighbour; looking only
   ahead (right, and the row below) finds each pair once. */
static void collect_pairs(void* user, int chunk, int worker) {
    HOTPATH_FUNC();
    (void)worker;
    world_t* const w = (world_t*)user;
    band_t* const band = &w->bands[chunk];
    band->count = band->dropped = 0;
    for (int cell = chunk * ROWS_A_BAND * SIDE; cell < (chunk + 1) * ROWS_A_BAND * SIDE; cell++) {
        for (int i = w->cell_start[cell]; i < w->cell_start[cell + 1]; i++) {
            const int a = w->cell_body[i];
            /* The border is wall all around, so that a cell with bodies has these neighbours. */
            for (int k = i + 1; k < w->cell_start[cell + 2]; k++)
                consider(w, band, a, w->cell_body[k]);
            for (int k = w->cell_start[cell + SIDE - 1]; k < w->cell_start[cell + SIDE + 2]; k++)
                consider(w, band, a, w->cell_body[k]);
        }
    }
    if (band->dropped != 0) HOTPATH_ERROR("no memory for pairs");
}

static void system_broad_phase(world_t* w) {
    sort_into_cells(w);
    pool_run(w->pool, collect_pairs, w, BANDS);
}

/* Keeps of a band's pairs those whose circles overlap. */
static void test_pairs(void* user, int chunk, int worker) {
    HOTPATH_FUNC();
    (void)worker;
    world_t* const w = (world_t*)user;
    band_t* const band = &w->bands[chunk];
    int kept = 0;
    for (int i = 0; i < band->count; i++) {
        const pair_t pair = band->pairs[i];
        const int64_t dx = w->x[pair.b] - w->x[pair.a], dy = w->y[pair.b] - w->y[pair.a];
        const int64_t reach = w->radius[pair.a] + w->radius[pair.b];
        if (dx * dx + dy * dy < reach * reach) band->pairs[kept++] = pair;
    }
    band->count = kept;
}

static void system_narrow_phase(world_t* w) {
    pool_run(w->pool, test_pairs, w, BANDS);
    int contacts = 0;
    for (int i = 0; i < BANDS; i++)
        contacts += w->bands[i].count;
    w->collisions += (uint64_t)contacts;
    HOTPATH_VAL("contacts", contacts);
}

/* Moves two bodies apart by half of what they overlap, and takes from them the speed at which they
   approach. */
static void solve_pair(world_t* w, int a, int b) {
    const int64_t dx = w->x[b] - w->x[a], dy = w->y[b] - w->y[a];
    const int64_t reach = w->radius[a] + w->radius[b], square = dx * dx + dy * dy;
    if (square == 0 || square >= reach * reach) return;
    const int64_t away = root(square);
    const int64_t push = (reach - away) / 4;
    const int32_t push_x = (int32_t)(dx * push / away), push_y = (int32_t)(dy * push / away);
    w->x[a] -= push_x, w->y[a] -= push_y;
    w->x[b] += push_x, w->y[b] += push_y;
    const int64_t closing = ((w->vx[b] - w->vx[a]) * dx + (w->vy[b] - w->vy[a]) * dy) / away;
    if (closing >= 0) return;
    const int32_t brake_x = (int32_t)(closing * dx / away / 2);
    const int32_t brake_y = (int32_t)(closing * dy / away / 2);
    w->vx[a] += brake_x, w->vy[a] += brake_y;
    w->vx[b] -= brake_x, w->vy[b] -= brake_y;
}

/* On one thread, because each pair reads what the one before it wrote. */
static void system_solver(world_t* w) {
    for (int pass = 0; pass < SOLVER_PASSES; pass++) {
        HOTPATH_SCOPE("solver pass");
        for (int i = 0; i < BANDS; i++) {
            const band_t* const band = &w->bands[i];
            for (int k = 0; k < band->count; k++)
                solve_pair(w, band->pairs[k].a, band->pairs[k].b);
        }
    }
}

/* Small changes of either sign in few bytes: zigzag, then seven bits a byte. */
static uint8_t* put_delta(uint8_t* at, int32_t delta) {
    uint32_t rest = (uint32_t)delta << 1 ^ (uint32_t)(delta < 0 ? -1 : 0);
    for (; rest >= 0x80; rest >>= 7)
        *at++ = (uint8_t)(rest | 0x80);
    *at++ = (uint8_t)rest;
    return at;
}

static size_t encode_packet(world_t* w) {
    HOTPATH_FUNC();
    uint8_t* at = w->packet;
    for (int i = 0; i < BODIES; i++) {
        const int32_t x = w->x[i] / 256, y = w->y[i] / 256; /* clients need no more than 4 mm */
        at = put_delta(at, x - w->sent_x[i]);
        at = put_delta(at, y - w->sent_y[i]);
        w->sent_x[i] = x;
        w->sent_y[i] = y;
    }
    HOTPATH_BYTES(at - w->packet);
    return (size_t)(at - w->packet);
}

/* Keeps a packet in the place of the oldest one. */
static void keep_packet(world_t* w, size_t size) {
    HOTPATH_FUNC();
    packet_t** const slot = &w->packets[w->packet_count++ % PACKETS_KEPT];
    free(*slot);
    *slot = (packet_t*)malloc(sizeof **slot + size);
    if (*slot == NULL) return; /* a client that asks for it gets the whole state */
    (*slot)->size = size;
    memcpy((*slot)->bytes, w->packet, size);
}

/* Folds what clients would be sent into the checksum, so that it covers the whole run. */
static void system_packets(world_t* w) {
    if (w->step % STEPS_A_PACKET != 0) return;
    const size_t size = encode_packet(w);
    for (size_t i = 0; i < size; i++)
        w->checksum = (w->checksum ^ w->packet[i]) * 0x100000001b3u;
    w->packet_bytes += size;
    keep_packet(w, size);
    if (w->replay != NULL && hotpath_io_write_as("replay", fileno(w->replay), w->packet, size) < 0)
        HOTPATH_ERROR("no replay");
    HOTPATH_VAL("packet bytes", size);
}

static const struct {
    const char* name;
    void (*run)(world_t* w);
} systems[] = {
    {"orders", system_orders},
    {"path finding", system_path_finding},
    {"steering", system_steering},
    {"integration", system_integration},
    {"broad phase", system_broad_phase},
    {"narrow phase", system_narrow_phase},
    {"solver", system_solver},
    {"walls", system_walls},
    {"packets", system_packets},
};

static void step_world(world_t* w) {
    for (size_t i = 0; i < sizeof systems / sizeof systems[0]; i++) {
        HOTPATH_SCOPE_NAMED(systems[i].name);
        systems[i].run(w);
    }
    arena_reset(&w->arena);
    w->step++;
}

/* >>loop */

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Sleeps until the deadline. A step that came late is an error of the pacing, not of the
   simulation: every step is run, and steps that follow catch up. */
static void wait_until(int64_t deadline) {
    HOTPATH_FUNC();
    int64_t left = deadline - now_ns();
    if (left < 0) HOTPATH_ERROR("late");
    while (left > 0) {
        const struct timespec t = {(time_t)(left / 1000000000), (long)(left % 1000000000)};
        nanosleep(&t, NULL);
        left = deadline - now_ns();
    }
}

static void run(world_t* w, uint32_t steps) {
    HOTPATH_FUNC();
    const int64_t period = 1000000000 / STEPS_A_SECOND;
    int64_t deadline = now_ns();
    while (w->step < steps) {
        HOTPATH_FRAME_BUDGET("game", 2 * period); /* what is longer, players see */
        HOTPATH_SCOPE("frame");
        HOTPATH_BEGIN(step, "step");
        step_world(w);
        const uint64_t took_ns = HOTPATH_END(step);
        HOTPATH_GAUGE_SET("budget used %", (double)took_ns * 100 / (double)period);
        deadline += period;
        wait_until(deadline);
        /* After a stop of a quarter of a second (a debugger, a laptop's lid) time starts anew. */
        if (now_ns() - deadline > 250000000) deadline = now_ns();
    }
    HOTPATH_FRAME("game"); /* the last one ends */
}

static void print_summary(const world_t* w) {
    uint64_t checksum = w->checksum;
    for (int i = 0; i < BODIES; i++)
        checksum = hash3(checksum, (uint64_t)(uint32_t)w->x[i], (uint64_t)(uint32_t)w->y[i]);
    printf("steps       %u\n", (unsigned)w->step);
    printf("bodies      %d\n", BODIES);
    printf("collisions  %llu\n", (unsigned long long)w->collisions);
    printf("paths       %llu found, %llu unreachable\n", (unsigned long long)w->paths_found,
        (unsigned long long)w->paths_unreachable);
    printf("sent        %llu bytes\n", (unsigned long long)w->packet_bytes);
    printf("checksum    %016llx\n", (unsigned long long)checksum);
}

/* Reads a number of an argument into *value. Returns: false if it is none, or out of range. */
static bool number(const char* text, double high, bool whole, double* value) {
    char* end;
    *value = strtod(text, &end);
    return end != text && *end == 0 && *value >= 0 && *value <= high &&
           (!whole || *value == (double)(uint64_t)*value);
}

int main(int argc, char** argv) {
    HOTPATH_MAIN();
    static pool_t pool;
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    double seconds = 5, workers = cores < 1 ? 1 : cores > 3 ? 3 : (double)cores, seed = 1;
    if (argc > 4 || (argc > 1 && !number(argv[1], 1e6, false, &seconds)) ||
        (argc > 2 && !number(argv[2], WORKERS_MAX, true, &workers)) ||
        (argc > 3 && !number(argv[3], 9007199254740992.0, true, &seed))) {
        fprintf(
            stderr, "usage: %s [seconds 0-1000000] [workers 0-%d] [seed]\n", argv[0], WORKERS_MAX);
        return 2;
    }
    char text[32];
    (void)snprintf(text, sizeof text, "%.0f", seed);
    hotpath_app_info("seed", text);
    (void)snprintf(text, sizeof text, "%d", (int)workers);
    hotpath_app_info("workers", text);
    HOTPATH_THREAD_NAME("main");

    world_t* const world = create_world();
    if (world == NULL) {
        fprintf(stderr, "%s: there is no memory for a world\n", argv[0]);
        return 1;
    }
    world->seed = (uint64_t)seed;
    world->checksum = 0xcbf29ce484222325u;
    world->pool = &pool;
    const char* const demo = getenv("DEMO_FIXED");
    world->map_at_once = demo == NULL || strcmp(demo, "1") != 0;
    build_town(world);
    place_bodies(world);
    pool_start(&pool, (int)workers);
    run(world, (uint32_t)(seconds * STEPS_A_SECOND + 0.5));
    pool_stop(&pool);
    print_summary(world);
    destroy_world(world);
    return 0;
}
