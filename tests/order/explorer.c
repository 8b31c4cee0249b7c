/* explorer.c - runs short histories of hotpath.h's own code again and again: every order in which its
   threads can take their turns, and every value that each load may return, until none is left.

   The model is that of C11 without its promises of values from the future. Each location keeps all
   values that were stored to it, in the order of the stores; a value carries what its writer knew if
   it was stored with release, and what the value before carried if it was stored by a
   read-modify-write. A thread's view holds for each location the oldest value that it may still read.
   A load may return that one or any newer; an acquire takes over what the value carries. A
   read-modify-write takes the newest. Sequentially consistent accesses are acquire and release, and
   such a load returns nothing older than the last such store to its location. After the barrier of
   all threads (membarrier) its caller knows what the others have stored, and they know what the
   caller had; it orders no plain accesses. A failed comparison is a load.

   Plain accesses are seen through the calls that a compiler makes for -fsanitize=thread: one that is
   not ordered with another thread's, of which one stores, is an error, as is a read of fresh memory
   that its maker did not publish: what an allocation returns counts as written with zeros there.

   The search is depth first and complete for a history. Two steps of different threads are exchanged
   only where that can matter: both store to one location; one is a barrier; or a load came before a
   store that it could have read. (That a load came after one is no reason: it may return the older
   value.) A sleep set leaves out what was explored from the same place. A thread that waits for
   another (sched_yield) goes on when a location that it has read since has a newer value, and sees
   that one: waiting in vain is not explored. Of two stores to one location by different threads the
   later one is the newer one. Loads and stores of one thread are not exchanged with each other but
   for what stale values amount to; there are no loads from the future, as compilers and processors
   that exist do not make them of this code: every store here is stored whatever a load before it
   returned, or is behind a branch on it.

   A weakened site is one access that is relaxed for a run. Some history must fail then. */
#define _GNU_SOURCE
#include "explorer.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

enum {
    FIBERS = ORDER_FIBERS,
    LOCATIONS = 384,
    MESSAGES = 60,
    STEPS = 4096,
    VIEWS = 8192,
    REGIONS = 12,
    STACK = 256 * 1024,
    ARENA = 1024 * 1024, /* of each fiber */
    SITES = 1024,
    ACCESSES = 4000000, /* in one execution; more is a loop without end */
    SEEN = 64,
    GRANULES = ORDER_FIBERS * ARENA / 4 + 65536
};

/* >>state */

typedef struct view {
    uint8_t at[LOCATIONS];  /* the oldest value of each location that may be read */
    uint32_t clock[FIBERS]; /* happens-before: the moment of each fiber that is known */
} view_t;

typedef struct message {
    uint64_t value;
    const view_t* view; /* what who acquires it knows; NULL nothing */
    int event;          /* that stored it, or -1 */
} message_t;

typedef struct location {
    char* address;
    uint8_t size;
    uint8_t count; /* of messages; 0: not touched in this execution */
    uint8_t sc_floor;
    bool unknown; /* the newest value was stored by a plain access and stands in memory */
    int last_event;
    uint32_t wrote_plain[FIBERS]; /* the moments of the last accesses, + 1 */
    uint32_t wrote[FIBERS];
    uint32_t read_plain[FIBERS];
    uint32_t read[FIBERS];
    message_t messages[MESSAGES];
} location_t;

enum {
    OP_LOAD,
    OP_STORE,
    OP_ADD,
    OP_CAS,
    OP_BARRIER,
    OP_WAIT
};
typedef struct op {
    const order_site_t* site;
    uint64_t value;
    uint64_t expected;
    uint64_t result; /* of the access */
    uint16_t location;
    uint8_t kind;
    bool acquire, release, sc, done;
} op_t;

typedef struct fiber {
    ucontext_t context;
    sigjmp_buf jump;
    char* stack;
    bool live, started;
    op_t op;
    view_t view;
    view_t settled;      /* after its last step: without barriers of others since */
    view_t before_store; /* for a signal fence that is left out */
    bool may_swap;
    uint16_t known[FIBERS]; /* for the search: events that this one's next comes after, + 1 */
    struct {
        uint16_t location;
        uint8_t index;
    } seen[SEEN]; /* since it waited */
    size_t seen_count;
    uint64_t ticks;
    char* arena;
    size_t arena_used;
} fiber_t;

typedef struct event {
    const order_site_t* site;
    uint64_t value;
    uint16_t location;
    uint8_t fiber, kind, index;
    bool wrote, sc;
    int before; /* the event before of the same location, or of barriers */
    uint16_t known[FIBERS];
} event_t;

typedef struct node {
    uint8_t fiber, option;
    uint8_t backtrack, enabled; /* sets of fibers */
    uint64_t options[FIBERS], sleep[FIBERS], explored[FIBERS];
} node_t;

typedef struct region {
    char* base;
    size_t size;
    size_t first; /* of its granules of four bytes */
} region_t;

typedef struct result {
    uint64_t executed; /* bit by history */
    int failed;        /* by which history, + 1 */
    char message[400];
} result_t;

static fiber_t fibers[FIBERS];
static location_t locations[LOCATIONS];
static size_t location_count;
static view_t* views;
static size_t views_used;
static event_t events[STEPS];
static node_t nodes[STEPS];
static int depth, replay, last_barrier;
static int current; /* fiber */
static bool running, restart, random_turns, want_trace;
static uint64_t random_state, accesses;
static sigjmp_buf main_jump;
static char failure[400];
static bool failed, redundant, can_jump, bounded;
static const order_history_t* history;
static int history_index;
static const order_site_t* weak_site;
static uint64_t clock_ticks;
static uint32_t outcomes;

static region_t regions[REGIONS];
static size_t region_count, granules;
static uint16_t* tracked; /* by granule: location + 1 */
static uint8_t* readers;  /* by granule: fibers */
static uint8_t* writers;

static char* local_base;
static size_t local_size;
static char locals[FIBERS][256], locals_before[FIBERS][256];

static uint64_t** undo_address;
static uint64_t* undo_value;
static uint32_t* undo_stamp; /* by granule pair */
static size_t undo_used, undo_capacity;
static uint32_t stamp;

static result_t* results;

extern const order_site_t sites_begin[] __asm__("__start_order_sites");
extern const order_site_t sites_end[] __asm__("__stop_order_sites");
static const order_site_t barrier_site ORDER_IN_SECTION = {
    "hotpath_i_os_barrier", "of all threads", 0, ORDER_BARRIER};
static const order_site_t clock_site = {"the clock", "", 0, ORDER_ADD};
static const order_site_t wait_site = {"hotpath_i_os_yield", "", 0, ORDER_LOAD};

/* >>ends */

static void leave(void) {
    running = false;
    siglongjmp(main_jump, 1);
}
void order_fail(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(failure, sizeof failure, format, arguments);
    va_end(arguments);
    failed = true;
    leave();
}
/* An execution that the explorer has no room for: an error, but no failure of a weakened site. */
static void order_bound(const char* of_what) {
    bounded = true;
    snprintf(failure, sizeof failure, "too many %s for the explorer", of_what);
    leave();
}
void order_outcome(unsigned number) { outcomes |= 1u << number; }
static const char* site_name(const order_site_t* site) {
    static char names[4][300];
    static unsigned next;
    static const char* const kinds[] = {"LOAD", "LOAD_ACQUIRE", "LOAD_SC", "STORE", "STORE_RELEASE",
        "STORE_SC", "SHARED_ADD", "SHARED_ADD_SC", "CAS", "BARRIER", "SIGNAL_FENCE"};
    char* name = names[next++ % 4];
    snprintf(name, sizeof names[0], "%s:%u %s(%s)", site->function, site->line, kinds[site->kind],
        site->text);
    return name;
}
static void on_fault(int number) {
    if (!can_jump) {
        static const char text[] = "not ok - a fault while a history was set up\n";
        (void)!write(1, text, sizeof text - 1);
        _exit(1);
    }
    snprintf(failure, sizeof failure, "signal %d: it follows a pointer that is none", number);
    failed = true;
    leave();
}

/* >>memory
   What a history stores is taken back before the next execution. */

static region_t* region_of(const void* p) {
    for (size_t i = 0; i < region_count; i++)
        if ((size_t)((const char*)p - regions[i].base) < regions[i].size) return &regions[i];
    return NULL;
}
static size_t granule_of(const region_t* r, const void* p) {
    return r->first + (size_t)((const char*)p - r->base) / 4;
}
static void undo_word(const region_t* r, char* p) {
    size_t g = granule_of(r, p) / 2;
    if (undo_stamp[g] == stamp) return;
    undo_stamp[g] = stamp;
    if (undo_used == undo_capacity) {
        undo_capacity = undo_capacity * 2 + 4096;
        undo_address = (uint64_t**)realloc(undo_address, undo_capacity * sizeof *undo_address);
        undo_value = (uint64_t*)realloc(undo_value, undo_capacity * sizeof *undo_value);
        if (undo_address == NULL || undo_value == NULL) abort();
    }
    undo_address[undo_used] = (uint64_t*)(void*)p;
    memcpy(&undo_value[undo_used++], p, 8);
}
static void undo_range(const region_t* r, char* p, size_t size) {
    char* from = (char*)((uintptr_t)p & ~(uintptr_t)7);
    for (; from < p + size; from += 8)
        undo_word(r, from);
}
static void undo_all(void) {
    while (undo_used > 0) {
        undo_used--;
        memcpy(undo_address[undo_used], &undo_value[undo_used], 8);
    }
    stamp++;
}
void order_memory(void* base, size_t size) {
    if (region_count == REGIONS || (uintptr_t)base % 8 != 0) abort();
    region_t* r = &regions[region_count++];
    r->base = (char*)base;
    r->size = (size + 7) & ~(size_t)7;
    r->first = granules;
    granules += r->size / 4;
    if (granules > GRANULES) abort();
}
void order_local(void* base, size_t size) {
    if (size > sizeof locals[0]) abort();
    local_base = (char*)base;
    local_size = size;
}
static void local_swap(int from, int to) {
    if (from == to || local_base == NULL) return;
    memcpy(locals[from], local_base, local_size);
    memcpy(local_base, locals[to], local_size);
}
void order_as(int fiber) {
    local_swap(current, fiber);
    current = fiber;
}

/* >>views */

static view_t* view_new(const view_t* from) {
    if (views_used == VIEWS) order_bound("stores with release");
    view_t* v = &views[views_used++];
    *v = *from;
    return v;
}
static void view_join(view_t* to, const view_t* from) {
    for (size_t i = 0; i < LOCATIONS; i++)
        to->at[i] = from->at[i] > to->at[i] ? from->at[i] : to->at[i];
    for (size_t i = 0; i < FIBERS; i++)
        to->clock[i] = from->clock[i] > to->clock[i] ? from->clock[i] : to->clock[i];
}

static uint64_t memory_value(const location_t* l) {
    uint64_t value = 0;
    memcpy(&value, l->address, l->size);
    return value;
}
static void location_touch(location_t* l) {
    if (l->count == 0) { /* what was there before counts as known to all */
        l->count = 1;
        l->messages[0].value = memory_value(l);
        l->messages[0].view = NULL;
        l->messages[0].event = -1;
        l->unknown = false;
        l->sc_floor = 0;
        l->last_event = -1;
    } else if (l->unknown) {
        l->messages[l->count - 1].value = memory_value(l);
        l->unknown = false;
    }
}
static message_t* message_new(location_t* l) {
    if (l->count == MESSAGES) order_bound("stores to one location");
    return &l->messages[l->count++];
}
/* Whether another fiber's access at those moments is not known to have happened before. */
static int races(const uint32_t* moments, int self) {
    for (int f = 1; f < FIBERS; f++)
        if (f != self && moments[f] != 0 && moments[f] - 1 > fibers[self].view.clock[f]) return f;
    return 0;
}
static const order_site_t* last_site(void) {
    return depth > 0 ? events[depth - 1].site : &wait_site;
}
static void race_fail(const location_t* l, int other, const char* what) {
    const region_t* r = region_of(l->address);
    order_fail("a race: fiber %d %s at %d+%#lx what fiber %d accesses, after %s", current, what,
        (int)(r - regions), (unsigned long)(l->address - r->base), other, site_name(last_site()));
}
static uint32_t moment(int f) { return fibers[f].view.clock[f] + 1; }

/* >>accesses */

static uint16_t location_new(char* p, size_t size, size_t granule) {
    if (location_count == LOCATIONS) order_bound("locations");
    location_t* l = &locations[location_count];
    memset(l, 0, sizeof *l);
    l->address = p;
    l->size = (uint8_t)size;
    tracked[granule] = (uint16_t)(++location_count);
    restart = true;
    return tracked[granule];
}
/* Notes who accesses what no two fibers share so far. Returns the location + 1, or 0. */
static uint16_t note(char* p, size_t size, size_t granule, bool write) {
    uint8_t bit = (uint8_t)(1u << current);
    if (write)
        writers[granule] |= bit;
    else
        readers[granule] |= bit;
    uint8_t both = readers[granule] | writers[granule];
    if (tracked[granule] == 0 && writers[granule] != 0 && (both & (both - 1)) != 0)
        location_new(p, size, granule);
    return tracked[granule];
}
static void plain_tracked(location_t* l, bool write) {
    int other;
    location_touch(l);
    if (write) {
        other = races(l->wrote, current);
        if (other == 0) other = races(l->read, current);
        if (other != 0) race_fail(l, other, "stores plainly");
        message_t* m = message_new(l);
        m->view = NULL;
        m->event = fibers[current].known[current] - 1;
        l->unknown = true;
        l->wrote[current] = l->wrote_plain[current] = moment(current);
    } else {
        other = races(l->wrote, current);
        if (other != 0) race_fail(l, other, "reads plainly");
        l->read[current] = l->read_plain[current] = moment(current);
    }
    fibers[current].view.at[l - locations] = (uint8_t)(l->count - 1);
}
static void count_access(void) {
    if (++accesses > ACCESSES) order_fail("a loop without end");
}
/* Called before the access. */
static void plain(const void* address, size_t size, bool write) {
    char* p = (char*)(uintptr_t)address;
    region_t* r = region_of(p);
    if (r == NULL) return;
    if (write) undo_range(r, p, size);
    if (!running) return;
    count_access();
    if (size <= 8) {
        size_t granule = granule_of(r, p);
        uint16_t known = note(p, size < 4 ? 4 : size, granule, write);
        if (known != 0) plain_tracked(&locations[known - 1], write);
        return;
    }
    char* end = p + size;
    for (p = (char*)((uintptr_t)p & ~(uintptr_t)7); p < end; p += 4) {
        size_t granule = granule_of(r, p);
        bool second = ((uintptr_t)p & 4) != 0;
        if (second && tracked[granule] == 0) continue; /* the word's first half stands for it */
        uint16_t known = note(p, second ? 4 : 8, granule, write);
        if (known != 0) plain_tracked(&locations[known - 1], write);
    }
}
/* Zeros from the system: as if this fiber had stored them. */
static void fresh(char* p, size_t size) {
    region_t* r = region_of(p);
    uint8_t bit = (uint8_t)(1u << current);
    size_t first = granule_of(r, p);
    for (size_t g = first; g < first + size / 4; g++) {
        writers[g] |= bit;
        if (tracked[g] != 0) plain_tracked(&locations[tracked[g] - 1], true);
    }
}

static uint64_t options_of(const fiber_t* t) {
    const op_t* op = &t->op;
    if (op->kind == OP_WAIT) {
        for (size_t i = 0; i < t->seen_count; i++)
            if (locations[t->seen[i].location].count - 1 > t->seen[i].index) return 1;
        return t->seen_count == 0;
    }
    if (op->kind != OP_LOAD && op->kind != OP_CAS) return 1;
    location_t* l = &locations[op->location];
    location_touch(l);
    unsigned floor = t->may_swap ? t->before_store.at[op->location] : t->view.at[op->location];
    if (op->sc && l->sc_floor > floor) floor = l->sc_floor;
    uint64_t options = (((uint64_t)1 << l->count) - 1) & ~(((uint64_t)1 << floor) - 1);
    for (unsigned i = floor; op->kind == OP_CAS && i + 1 < l->count; i++)
        if (l->messages[i].value == op->expected) options &= ~((uint64_t)1 << i);
    return options;
}
static bool op_writes(const op_t* op, unsigned option) {
    if (op->kind == OP_CAS) return locations[op->location].messages[option].value == op->expected;
    return op->kind == OP_STORE || op->kind == OP_ADD;
}
static bool independent(const op_t* a, unsigned a_option, const op_t* b, unsigned b_option) {
    if (a->kind == OP_WAIT || b->kind == OP_WAIT) return true;
    if (a->kind == OP_BARRIER || b->kind == OP_BARRIER) return false;
    if (a->location != b->location) return true;
    bool a_writes = op_writes(a, a_option), b_writes = op_writes(b, b_option);
    if (a_writes && b_writes) return false;
    return !((a_writes || b_writes) && a->sc && b->sc);
}

static void backtrack_to(int event, int f) {
    node_t* n = &nodes[event];
    n->backtrack |= (n->enabled & 1u << f) != 0 ? (uint8_t)(1u << f) : n->enabled;
}
static void known_join(uint16_t* to, const uint16_t* from) {
    for (size_t i = 0; i < FIBERS; i++)
        to[i] = from[i] > to[i] ? from[i] : to[i];
}
/* Looks for earlier events that could come after this one, and orders it behind those that it
   depends on. */
static void order_event(int f, event_t* e) {
    fiber_t* t = &fibers[f];
    bool search = depth >= replay && !random_turns;
    for (int i = last_barrier; i >= 0; i = events[i].before)
        if (events[i].fiber != f && t->known[events[i].fiber] < i + 1) {
            if (search) backtrack_to(i, f);
            known_join(t->known, events[i].known);
        }
    if (e->kind == OP_BARRIER) {
        for (int i = 0; i < depth && search; i++)
            if (events[i].fiber != f && events[i].kind != OP_WAIT &&
                t->known[events[i].fiber] < i + 1)
                backtrack_to(i, f);
        for (int g = 1; g < FIBERS; g++)
            known_join(t->known, fibers[g].known);
        return;
    }
    if (e->kind == OP_WAIT) return;
    location_t* l = &locations[e->location];
    if (search)
        for (int i = l->last_event; i >= 0; i = events[i].before) {
            const event_t* d = &events[i];
            if (d->fiber == f || t->known[d->fiber] >= i + 1) continue;
            if (e->wrote || (d->wrote && d->sc && e->sc)) backtrack_to(i, f);
        }
    int of = l->messages[e->index].event;
    if (of >= 0) known_join(t->known, events[of].known);
    for (int i = l->last_event; i >= 0; i = events[i].before) {
        const event_t* d = &events[i];
        if (e->wrote ? d->wrote || (d->sc && e->sc) : d->wrote && d->sc && e->sc)
            known_join(t->known, d->known);
    }
}
static void note_seen(fiber_t* t, uint16_t location, uint8_t index) {
    for (size_t i = 0; i < t->seen_count; i++)
        if (t->seen[i].location == location) return;
    if (t->seen_count == SEEN) return;
    t->seen[t->seen_count].location = location;
    t->seen[t->seen_count++].index = index;
}
static void race_check(location_t* l, int f, bool write) {
    int before = current, other;
    current = f;
    other = races(l->wrote_plain, f);
    if (other != 0) race_fail(l, other, "accesses");
    if (write) {
        other = races(l->read_plain, f);
        if (other != 0) race_fail(l, other, "stores");
        l->wrote[f] = moment(f);
    } else {
        l->read[f] = moment(f);
    }
    current = before;
}
static void store_value(
    location_t* l, fiber_t* t, const op_t* op, uint64_t value, const view_t* base) {
    message_t* m = message_new(l);
    uint8_t index = (uint8_t)(l->count - 1);
    t->before_store = t->settled;
    t->view.at[l - locations] = index;
    m->value = value;
    m->event = depth;
    m->view = base;
    if (op->release) {
        view_t* v = view_new(&t->view);
        if (base != NULL) view_join(v, base);
        m->view = v;
    }
    if (op->sc) l->sc_floor = index;
    const region_t* r = region_of(l->address);
    if (r != NULL) undo_range(r, l->address, l->size);
    memcpy(l->address, &value, l->size);
}
static void barrier(int f) {
    view_t before = fibers[f].view;
    for (int g = 1; g < FIBERS; g++)
        for (size_t i = 0; i < location_count && g != f; i++) {
            uint8_t* mine = &fibers[f].view.at[i];
            uint8_t* theirs = &fibers[g].view.at[i];
            if (*theirs > *mine) *mine = *theirs;
            if (before.at[i] > *theirs) *theirs = before.at[i];
        }
}
/* Does what fiber f is about to do. */
static void perform(int f, unsigned option) {
    fiber_t* t = &fibers[f];
    op_t* op = &t->op;
    event_t* e = &events[depth];
    location_t* l = &locations[op->location];
    if (depth + 1 >= STEPS) order_bound("steps");
    memset(e, 0, sizeof *e);
    e->site = op->site;
    e->fiber = (uint8_t)f, e->kind = op->kind, e->location = op->location;
    e->sc = op->sc;
    e->before = -1;
    if (op->kind == OP_BARRIER || op->kind == OP_WAIT) {
        order_event(f, e);
        if (op->kind == OP_BARRIER) {
            barrier(f);
            e->before = last_barrier;
            last_barrier = depth;
        } else {
            for (size_t i = 0; i < t->seen_count; i++) {
                location_t* seen = &locations[t->seen[i].location];
                unsigned next = t->seen[i].index + 1u;
                if (next >= seen->count) continue;
                if (t->view.at[t->seen[i].location] < next)
                    t->view.at[t->seen[i].location] = (uint8_t)next;
                if (seen->messages[next].event >= 0)
                    known_join(t->known, events[seen->messages[next].event].known);
                break;
            }
            t->seen_count = 0;
        }
    } else {
        location_touch(l);
        unsigned read = op->kind == OP_STORE || op->kind == OP_ADD ? l->count - 1u : option;
        e->index = (uint8_t)read;
        e->wrote = op_writes(op, option);
        order_event(f, e);
        race_check(l, f, e->wrote);
        const message_t* m = &l->messages[read];
        const view_t* carried = m->view;
        op->result = e->value = m->value;
        if (op->kind != OP_STORE) {
            if (t->view.at[op->location] < read) t->view.at[op->location] = (uint8_t)read;
            if (op->acquire && carried != NULL) view_join(&t->view, carried);
            note_seen(t, op->location, (uint8_t)read);
        }
        t->may_swap = false;
        if (op->kind == OP_STORE) {
            e->value = op->value;
            store_value(l, t, op, op->value, NULL);
        } else if (e->wrote) {
            e->value = op->kind == OP_ADD ? op->result + op->value : op->value;
            if (l->size == 4) e->value = (uint32_t)e->value;
            store_value(l, t, op, e->value, carried);
        }
        e->before = l->last_event;
        l->last_event = depth;
    }
    t->view.clock[f]++;
    t->known[f] = (uint16_t)(depth + 1);
    t->settled = t->view;
    memcpy(e->known, t->known, sizeof e->known);
    op->done = true;
    /* What stays asleep behind this step. */
    if (!random_turns && depth + 1 >= replay) {
        const node_t* n = &nodes[depth];
        node_t* next = &nodes[depth + 1];
        memset(next, 0, sizeof *next);
        for (int g = 1; g < FIBERS; g++) {
            uint64_t asleep = n->sleep[g] | n->explored[g];
            if (g == f) continue;
            for (; asleep != 0; asleep &= asleep - 1) {
                unsigned o = (unsigned)__builtin_ctzll(asleep);
                if ((n->options[g] >> o & 1) != 0 && independent(&fibers[g].op, o, op, option))
                    next->sleep[g] |= (uint64_t)1 << o;
            }
        }
    }
    depth++;
}

/* >>turns */

static uint64_t random_next(void) {
    random_state ^= random_state << 13, random_state ^= random_state >> 7;
    return random_state ^= random_state << 17;
}
static unsigned random_bit(uint64_t set) {
    unsigned skip = (unsigned)(random_next() % (unsigned)__builtin_popcountll(set));
    while (skip-- > 0)
        set &= set - 1;
    return (unsigned)__builtin_ctzll(set);
}
static void switch_to(int f) {
    if (f == current) return;
    int from = current;
    local_swap(from, f);
    current = f;
    if (from != 0 && fibers[from].live && sigsetjmp(fibers[from].jump, 0) != 0) return;
    if (fibers[f].started) siglongjmp(fibers[f].jump, 1);
    fibers[f].started = true;
    setcontext(&fibers[f].context);
}
static bool all_pending(void) {
    for (int f = 1; f < FIBERS; f++)
        if (fibers[f].live && !fibers[f].started) return false;
    return true;
}
/* Chooses whose turn it is, does that one's step and goes there. */
static void turn(void) {
    if (!all_pending()) { /* each fiber first comes to its first shared access */
        for (int f = 1; f < FIBERS; f++)
            if (fibers[f].live && !fibers[f].started) {
                switch_to(f);
                return;
            }
    }
    uint64_t options[FIBERS] = {0}, any = 0;
    uint8_t enabled = 0, live = 0;
    for (int f = 1; f < FIBERS; f++) {
        if (!fibers[f].live) continue;
        live |= (uint8_t)(1u << f);
        options[f] = options_of(&fibers[f]);
        any |= options[f];
        if (options[f] != 0) enabled |= (uint8_t)(1u << f);
    }
    if (live == 0) {
        running = false;
        local_swap(current, 0);
        current = 0;
        siglongjmp(main_jump, 2);
    }
    if (any == 0) order_fail("all threads wait for each other");
    node_t* n = &nodes[depth];
    int f = 0;
    unsigned option = 0;
    if (random_turns) {
        f = (int)random_bit(enabled);
        if ((enabled & 1u << current) != 0 && random_next() % 4 != 0) f = current;
        option = random_bit(options[f]);
    } else if (depth < replay) {
        f = n->fiber, option = n->option;
        if ((options[f] >> option & 1) == 0) order_fail("the explorer does not repeat itself");
        memcpy(n->options, options, sizeof options);
    } else {
        if (depth == 0) memset(n, 0, sizeof *n);
        memcpy(n->options, options, sizeof options);
        n->enabled = enabled;
        for (int g = 1; g < FIBERS && f == 0; g++)
            if ((options[g] & ~n->sleep[g]) != 0) f = g;
        if (f == 0) {
            redundant = true;
            leave();
        }
        uint64_t left = options[f] & ~n->sleep[f];
        option = (unsigned)__builtin_ctzll(left);
        n->fiber = (uint8_t)f, n->option = (uint8_t)option;
        n->backtrack = (uint8_t)(1u << f);
    }
    perform(f, option);
    switch_to(f);
}
static void wait_turn(void) {
    fibers[current].op.done = false;
    turn();
}
static void fiber_main(void) {
    history->fibers[current - 1]();
    fibers[current].live = false;
    turn();
    abort();
}

/* >>hooks */

static bool is_weak(const order_site_t* site) { return site == weak_site; }
/* Returns false if the access is not one of the model's: nobody else shares it. */
static bool begin_op(
    const void* p, size_t size, const order_site_t* site, int kind, uint64_t value, bool write) {
    region_t* r = region_of(p);
    if (!running || r == NULL) return false;
    count_access();
    size_t granule = granule_of(r, p);
    uint16_t known = note((char*)(uintptr_t)p, size, granule, write);
    bool alone = (writers[granule] & ~(1u << current)) == 0 && kind == OP_LOAD;
    if (known == 0) return false;
    location_t* l = &locations[known - 1];
    l->size = (uint8_t)size;
    location_touch(l);
    if (alone) {
        if (fibers[current].may_swap) fibers[current].may_swap = false;
        return false;
    }
    op_t* op = &fibers[current].op;
    bool strong = !is_weak(site);
    memset(op, 0, sizeof *op);
    op->site = site;
    op->location = (uint16_t)(known - 1);
    op->kind = (uint8_t)kind;
    op->value = value;
    op->sc = strong && (site->kind == ORDER_LOAD_SC || site->kind == ORDER_STORE_SC ||
                           site->kind == ORDER_ADD_SC || site->kind == ORDER_CAS);
    op->acquire = strong && (site->kind == ORDER_LOAD_ACQUIRE || op->sc);
    op->release = strong && (site->kind == ORDER_STORE_RELEASE || op->sc);
    if (site >= sites_begin && site < sites_end)
        results[site - sites_begin].executed |= (uint64_t)1 << history_index;
    return true;
}
static uint64_t direct_load(const void* p, size_t size) {
    uint64_t value = 0;
    memcpy(&value, p, size);
    return value;
}
static void direct_store(void* p, size_t size, uint64_t value) {
    region_t* r = region_of(p);
    if (r != NULL) undo_range(r, (char*)p, size);
    memcpy(p, &value, size);
}
uint64_t order_load(const void* p, size_t size, const order_site_t* site) {
    if (!begin_op(p, size, site, OP_LOAD, 0, false)) return direct_load(p, size);
    wait_turn();
    return fibers[current].op.result;
}
void order_store(void* p, size_t size, uint64_t v, const order_site_t* site) {
    if (begin_op(p, size, site, OP_STORE, v, true))
        wait_turn();
    else
        direct_store(p, size, v);
}
uint64_t order_add(void* p, size_t size, uint64_t v, const order_site_t* site) {
    if (begin_op(p, size, site, OP_ADD, v, true)) {
        wait_turn();
        return fibers[current].op.result;
    }
    uint64_t before = direct_load(p, size);
    direct_store(p, size, before + v);
    return before;
}
bool order_cas(void* p, size_t size, void* expected, uint64_t v, const order_site_t* site) {
    uint64_t wanted = direct_load(expected, size), found;
    if (begin_op(p, size, site, OP_CAS, v, true)) {
        fibers[current].op.expected = wanted;
        wait_turn();
        found = fibers[current].op.result;
    } else {
        found = direct_load(p, size);
        if (found == wanted) direct_store(p, size, v);
    }
    if (found != wanted) direct_store(expected, size, found);
    return found == wanted;
}
/* A compiler that may exchange the store before and the load behind makes one that returns what it
   would have returned before the store. */
void order_signal_fence(const order_site_t* site) {
    if (!running) return;
    results[site - sites_begin].executed |= (uint64_t)1 << history_index;
    if (is_weak(site)) fibers[current].may_swap = true;
}

uint64_t order_clock(void) {
    if (!running) return clock_ticks += 10;
    fiber_t* t = &fibers[current];
    if (!history->one_clock) return t->ticks += 10;
    memset(&t->op, 0, sizeof t->op);
    t->op.site = &clock_site;
    t->op.kind = OP_ADD;
    t->op.value = 10;
    wait_turn();
    return t->op.result + 10;
}
void order_clock_forward(uint64_t ticks) {
    if (running)
        fibers[current].ticks += ticks;
    else
        clock_ticks += ticks;
}
void* order_pages(size_t size) {
    fiber_t* t = &fibers[current];
    size = (size + 4095) & ~(size_t)4095;
    if (t->arena_used + size > ARENA) return NULL;
    char* p = t->arena + t->arena_used;
    t->arena_used += size;
    if (running) fresh(p, size);
    return p;
}
int order_yield(void) {
    if (!running) return 0;
    memset(&fibers[current].op, 0, sizeof fibers[current].op);
    fibers[current].op.site = &wait_site;
    fibers[current].op.kind = OP_WAIT;
    wait_turn();
    return 0;
}
long order_system_call(long number, ...) {
    if (number == SYS_gettid) return 1000 + current;
    if (number == SYS_membarrier && running) {
        results[&barrier_site - sites_begin].executed |= (uint64_t)1 << history_index;
        if (is_weak(&barrier_site)) return 0;
        memset(&fibers[current].op, 0, sizeof fibers[current].op);
        fibers[current].op.site = &barrier_site;
        fibers[current].op.kind = OP_BARRIER;
        wait_turn();
    }
    return 0;
}
void* order_memcpy(void* to, const void* from, size_t size) {
    plain(from, size, false);
    plain(to, size, true);
    return memcpy(to, from, size);
}
void* order_memmove(void* to, const void* from, size_t size) {
    plain(from, size, false);
    plain(to, size, true);
    return memmove(to, from, size);
}
void* order_memset(void* to, int byte, size_t size) {
    plain(to, size, true);
    return memset(to, byte, size);
}

/* What a compiler calls for plain accesses. */
#define PLAIN(name, size, write)                                \
    void hooked_##name(const void* p) __asm__("__tsan_" #name); \
    void hooked_##name(const void* p) { plain(p, size, write); }
#define PLAIN_SIZED(size)                    \
    PLAIN(read##size, size, false)           \
    PLAIN(write##size, size, true)           \
    PLAIN(unaligned_read##size, size, false) \
    PLAIN(unaligned_write##size, size, true) \
    PLAIN(volatile_read##size, size, false)  \
    PLAIN(volatile_write##size, size, true)
PLAIN_SIZED(1)
PLAIN_SIZED(2)
PLAIN_SIZED(4)
PLAIN_SIZED(8)
PLAIN_SIZED(16)
void hooked_read_range(const void* p, size_t size) __asm__("__tsan_read_range");
void hooked_read_range(const void* p, size_t size) { plain(p, size, false); }
void hooked_write_range(const void* p, size_t size) __asm__("__tsan_write_range");
void hooked_write_range(const void* p, size_t size) { plain(p, size, true); }
void hooked_init(void) __asm__("__tsan_init");
void hooked_init(void) {}
void hooked_entry(const void* p) __asm__("__tsan_func_entry");
void hooked_entry(const void* p) { (void)p; }
void hooked_exit(void) __asm__("__tsan_func_exit");
void hooked_exit(void) {}

/* >>search */

static size_t arena_before[FIBERS];
static uint64_t ticks_before;

static __attribute__((noinline)) void fiber_new(fiber_t* t) {
    getcontext(&t->context);
    t->context.uc_stack.ss_sp = t->stack;
    t->context.uc_stack.ss_size = STACK;
    t->context.uc_link = NULL;
    makecontext(&t->context, fiber_main, 0);
}
static void start_over(void) {
    undo_all();
    for (size_t i = 0; i < location_count; i++) {
        location_t* l = &locations[i];
        if (l->count == 0) continue;
        l->count = 0;
        memset(l->wrote_plain, 0, sizeof l->wrote_plain);
        memset(l->wrote, 0, sizeof l->wrote);
        memset(l->read_plain, 0, sizeof l->read_plain);
        memset(l->read, 0, sizeof l->read);
    }
    clock_ticks = ticks_before;
    views_used = 0;
    depth = 0;
    last_barrier = -1;
    accesses = 0;
    redundant = false;
    memcpy(locals, locals_before, sizeof locals);
    for (fiber_t* t = &fibers[1]; t < &fibers[FIBERS]; t++) {
        int f = (int)(t - fibers);
        t->live = history->fibers[f - 1] != NULL;
        t->started = t->may_swap = false;
        t->seen_count = 0;
        t->ticks = ticks_before;
        t->arena_used = arena_before[f];
        memset(&t->view, 0, sizeof t->view);
        t->view.clock[f] = 1;
        t->settled = t->view;
        memset(t->known, 0, sizeof t->known);
        if (!t->live) continue;
        fiber_new(t);
    }
}
static void show_trace(void) {
    for (int i = 0; i < depth; i++) {
        const event_t* e = &events[i];
        printf("    %3d  fiber %d  %-7s %-70s %#llx", i, e->fiber,
            e->kind == OP_BARRIER ? "barrier"
            : e->kind == OP_WAIT  ? "waits"
            : e->wrote            ? "stores"
                                  : "reads",
            site_name(e->site), (unsigned long long)e->value);
        if (e->kind == OP_LOAD && e->index + 1 < locations[e->location].count)
            printf("  (older by %d)", locations[e->location].count - 1 - e->index);
        printf("\n");
    }
}
/* One execution. */
static void execute(void) {
    start_over();
    memcpy(local_base, locals[0], local_size);
    current = 0;
    running = true;
    int why = sigsetjmp(main_jump, 0);
    can_jump = true;
    if (why == 0) {
        turn();
        abort();
    }
    if (why == 2 && !failed && history->after != NULL) {
        if (sigsetjmp(main_jump, 0) == 0) history->after();
        order_as(0);
    }
    current = 0;
    if (failed && want_trace && !restart) {
        printf("    %s\n", failure);
        show_trace();
    }
}
/* Where the next execution turns off. Returns false when none is left. */
static bool next_execution(void) {
    for (int d = depth - 1; d >= 0; d--) {
        node_t* n = &nodes[d];
        n->explored[n->fiber] |= (uint64_t)1 << n->option;
        for (int i = 0; i < FIBERS; i++) {
            int f = i == 0 ? n->fiber : i; /* its other options first */
            if ((n->backtrack & n->enabled & 1u << f) == 0) continue;
            uint64_t left = n->options[f] & ~(n->sleep[f] | n->explored[f]);
            if (left == 0) continue;
            n->fiber = (uint8_t)f;
            n->option = (uint8_t)__builtin_ctzll(left);
            replay = d + 1;
            return true;
        }
    }
    return false;
}
typedef struct counts {
    uint64_t executions, redundant;
    int most_steps;
    bool complete;
} counts_t;

/* What goes wrong in an execution in which a location turned out to be shared says nothing: it was not
   ordered before that. */
static bool again(void) {
    if (!restart) return false;
    restart = failed = bounded = false;
    outcomes = 0;
    replay = 0;
    return true;
}
static counts_t search(uint64_t randoms, uint64_t limit) {
    counts_t c = {0, 0, 0, false};
    failed = bounded = false;
    random_state = 88172645463325252u;
    random_turns = true;
    restart = false;
    for (uint64_t i = 0; i < randoms && !failed; i++) {
        execute();
        (void)again();
    }
    random_turns = false;
    replay = 0;
    while (!failed) {
        execute();
        if (again()) {
            c.executions = c.redundant = 0;
            continue;
        }
        c.executions++;
        c.redundant += redundant;
        c.most_steps = depth > c.most_steps ? depth : c.most_steps;
        if (failed || c.executions >= limit) break;
        if (!next_execution()) {
            c.complete = true;
            break;
        }
    }
    return c;
}

/* >>main */

static void* map(size_t size, int how) {
    void* p = mmap(NULL, size, PROT_READ | PROT_WRITE, how | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) abort();
    return p;
}
static void set_up(void) {
    static char fault_stack[64 * 1024];
    stack_t stack = {.ss_sp = fault_stack, .ss_size = sizeof fault_stack};
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_fault;
    action.sa_flags = SA_ONSTACK | SA_NODEFER;
    sigaltstack(&stack, NULL);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGFPE, &action, NULL);
    char* arenas = (char*)map((size_t)FIBERS * ARENA, MAP_PRIVATE);
    order_memory(arenas, (size_t)FIBERS * ARENA);
    for (int f = 0; f < FIBERS; f++) {
        fibers[f].stack = (char*)map(STACK, MAP_PRIVATE);
        fibers[f].arena = arenas + (size_t)f * ARENA;
    }
    views = (view_t*)map(VIEWS * sizeof *views, MAP_PRIVATE);
    tracked = (uint16_t*)map(GRANULES * 2, MAP_PRIVATE);
    readers = (uint8_t*)map(GRANULES, MAP_PRIVATE);
    writers = (uint8_t*)map(GRANULES, MAP_PRIVATE);
    undo_stamp = (uint32_t*)map((GRANULES / 2 + 1) * 4, MAP_PRIVATE);
    stamp = 1;
    locations[0].address = (char*)&clock_ticks; /* the clock */
    locations[0].size = 8;
    location_count = 1;
}
static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}
/* Whether weakening this site must make some history fail. Signal fences keep the compiler in order
   for handlers of the same thread, which are not modelled; one of them does so for the barrier. */
static bool is_ordered(const order_site_t* site) {
    if (site->kind == ORDER_SIGNAL_FENCE) return strcmp(site->function, "hotpath_i_intend") == 0;
    return site->kind != ORDER_LOAD && site->kind != ORDER_STORE && site->kind != ORDER_ADD;
}
static const order_excuse_t* excuse_of(
    const order_site_t* site, const order_excuse_t* excuses, size_t count) {
    for (size_t i = 0; i < count; i++)
        if ((!excuses[i].elsewhere || results[site - sites_begin].executed == 0) &&
            (excuses[i].kind == site->kind || excuses[i].kind == ORDER_ANY) &&
            strcmp(excuses[i].function, site->function) == 0 &&
            (excuses[i].text == NULL || strcmp(excuses[i].text, site->text) == 0))
            return &excuses[i];
    return NULL;
}

/* One history, in a process of its own: as it is, and with each site weakened that no history before
   has needed. */
static int run_history(const order_history_t* h, int index, bool weaken, const char* only,
    const order_excuse_t* excuses, size_t excuse_count) {
    enum {
        RANDOM = 300,
        LIMIT = 3000000,
        LIMIT_WEAK = 4000
    };
    history = h;
    history_index = index;
    set_up();
    current = 0;
    double from = seconds();
    if (h->before != NULL) h->before();
    order_as(0);
    memcpy(locals[0], local_base, local_size);
    memcpy(locals_before, locals, sizeof locals);
    for (int f = 0; f < FIBERS; f++)
        arena_before[f] = fibers[f].arena_used;
    ticks_before = clock_ticks;
    undo_used = 0;
    stamp++;
    want_trace = true;
    counts_t c = search(RANDOM, LIMIT);
    if (failed || !c.complete) {
        printf(
            "not ok - %s: %s\n", h->name, failed ? failure : "there is no end of its executions");
        return 1;
    }
    if (h->outcomes != 0 && outcomes != h->outcomes) {
        printf("not ok - %s: its outcomes are %#x, not %#x\n", h->name, outcomes, h->outcomes);
        return 1;
    }
    printf("ok - %s: %llu executions, %llu of them cut short, %d steps at most, %zu shared words, "
           "%.2f s\n",
        h->name, (unsigned long long)c.executions, (unsigned long long)c.redundant, c.most_steps,
        location_count - 1, seconds() - from);
    fflush(stdout);
    want_trace = only != NULL;
    from = seconds();
    uint64_t executions = 0;
    int tried = 0, found = 0;
    for (const order_site_t* site = sites_begin; site < sites_end && weaken; site++) {
        result_t* r = &results[site - sites_begin];
        if ((r->executed >> index & 1) == 0 || r->failed != 0 || !is_ordered(site)) continue;
        if (only != NULL && strcmp(only, site->function) != 0) continue;
        if (only == NULL && excuse_of(site, excuses, excuse_count) != NULL) continue;
        weak_site = site;
        c = search(RANDOM, LIMIT_WEAK);
        executions += c.executions + RANDOM;
        tried++;
        if (only != NULL)
            printf("  %s: %s, %llu executions%s\n", site_name(site), failed ? "fails" : "holds",
                (unsigned long long)c.executions, failed || c.complete ? "" : ", not all");
        if (failed) {
            found++;
            r->failed = index + 1;
            snprintf(r->message, sizeof r->message, "%s", failure);
        }
    }
    weak_site = NULL;
    if (weaken)
        printf("# %s: %d sites weakened, %d fail, %llu executions, %.2f s\n", h->name, tried, found,
            (unsigned long long)executions, seconds() - from);
    return 0;
}
int order_main(int argc, char** argv, const order_history_t* histories, size_t history_count,
    const order_excuse_t* excuses, size_t excuse_count) {
    const char* one = argc > 1 ? argv[1] : NULL;  /* a history */
    const char* only = argc > 2 ? argv[2] : NULL; /* a function whose sites are weakened */
    size_t site_count = (size_t)(sites_end - sites_begin);
    int wrong = 0;
    results = (result_t*)map(site_count * sizeof *results, MAP_SHARED);
    for (size_t i = 0; i < history_count; i++) {
        if (one != NULL && strcmp(one, histories[i].name) != 0) continue;
        fflush(stdout);
        pid_t pid = fork();
        if (pid == 0) {
            int code = run_history(
                &histories[i], (int)i, one == NULL || only != NULL, only, excuses, excuse_count);
            fflush(stdout);
            _exit(code);
        }
        int status = 0;
        waitpid(pid, &status, 0);
        if (status != 0) wrong = 1;
        if (WIFSIGNALED(status))
            printf("not ok - %s: ended by signal %d\n", histories[i].name, WTERMSIG(status));
    }
    if (one != NULL) return wrong;
    for (size_t i = 0; i < excuse_count; i++) {
        const order_site_t* site = sites_begin;
        while (site < sites_end && excuse_of(site, &excuses[i], 1) == NULL)
            site++;
        if (site < sites_end) continue;
        printf("not ok - an excuse is for no site: %s %s\n", excuses[i].function,
            excuses[i].text != NULL ? excuses[i].text : "");
        wrong = 1;
    }
    for (size_t i = 0; i < site_count; i++) {
        const order_site_t* site = &sites_begin[i];
        const result_t* r = &results[i];
        const order_excuse_t* excuse = excuse_of(site, excuses, excuse_count);
        if (!is_ordered(site)) continue;
        if (r->failed != 0) {
            printf("ok - weaker %s: %s: %s\n", site_name(site), histories[r->failed - 1].name,
                r->message);
        } else if (excuse != NULL) {
            printf("# not needed by a history: %s: %s\n", site_name(site), excuse->why);
        } else {
            printf("not ok - weaker %s: %s\n", site_name(site),
                r->executed != 0 ? "no history fails" : "no history comes here");
            wrong = 1;
        }
    }
    return wrong;
}
