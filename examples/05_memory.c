/* 05_memory.c - a chat relay that wastes memory in three ways, under a profiler that tells which.

   Shows: where memory is allocated, by whom it is held and what grows (-DHOTPATH_ALLOC); blocks that
   one thread allocates and another frees, which is no leak; and what a model is told of it, with the
   MCP server in the build (bottlenecks, functions_alloc, heap).

   A decoder thread makes messages of a stream of text; the relay takes a hundred of them a tick, a hundred
   ticks a second, and keeps users, rooms and what is to be sent. Three faults are planted in it:

       leak    one of eight kinds of message, RENAME, forgets the name that it replaces
       pool    buffers for sending are kept for ever; an announcement to everybody takes thousands
       churn   each tick allocates a node for every user to sort them, and frees them all again

   DEMO_FAULTS=leak,churn plants these only; DEMO_FIXED=1 plants none. What is printed is the same.

   Build:  cc -O2 -DHOTPATH -DHOTPATH_ALLOC -I. examples/05_memory.c -o memory -lpthread
           with the MCP server: add -DHOTPATH_MCP hotpath_mcp.c -lcivetweb -lm
   Run:    ./memory [seconds, default 5] */
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    TICKS_A_SECOND = 100,
    MESSAGES_A_TICK = 100,
    USERS = 200,
    ROOMS = 12,
    LINE_SIZE = 200,
    QUEUE_MAX = 256,
    BUFFER_SIZE = 2000,
    SPARE_MAX = 2048,         /* buffers that are worth keeping between two ticks */
    ANNOUNCEMENT_TICKS = 200, /* everybody hears something this often */
    ANNOUNCEMENT_BUFFERS = 20 /* and takes so many buffers each */
};

/* Without memory there is nothing that a relay could do. */
static void* need(void* memory) {
    if (memory == NULL) {
        fprintf(stderr, "memory: there is none\n");
        exit(1);
    }
    return memory;
}

static char* copy_text(const char* text) {
    const size_t size = strlen(text) + 1;
    return (char*)memcpy(need(malloc(size)), text, size);
}

static uint32_t draw(uint32_t* seed, uint32_t below) {
    *seed = *seed * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)(*seed >> 8) * below >> 24);
}

/* >>messages */

typedef enum kind {
    KIND_SAY,
    KIND_JOIN,
    KIND_PART,
    KIND_TOPIC,
    KIND_RENAME,
    KIND_AWAY,
    KIND_BACK,
    KIND_PING,
    KINDS
} kind_t;

static const char* const kind_names[KINDS] = {
    "SAY", "JOIN", "PART", "TOPIC", "RENAME", "AWAY", "BACK", "PING"};

/* The decoder allocates it, the relay frees it. */
typedef struct message {
    kind_t kind;
    int user;
    int room;
    char* text;
} message_t;

/* The stream, as a socket would bring it: mostly people talk. */
static void next_line(uint32_t* seed, char* line) {
    static const char* const words[] = {"build", "is", "green", "again", "who", "broke", "the",
        "tests", "lunch", "anyone", "see", "the", "profile", "first"};
    const uint32_t dice = draw(seed, 20);
    const kind_t kind = dice < KINDS ? (kind_t)dice : KIND_SAY;
    int at = snprintf(line, LINE_SIZE, "%s %u %u", kind_names[kind], (unsigned)draw(seed, USERS),
        (unsigned)draw(seed, ROOMS));
    for (uint32_t n = 1 + draw(seed, 12); n != 0; n--)
        at += snprintf(line + at, (size_t)(LINE_SIZE - at), " %s", words[draw(seed, 14)]);
}

static message_t* decode_line(const char* line) {
    HOTPATH_FUNC();
    char name[16];
    int user = 0, room = 0, used = 0;
    if (sscanf(line, "%15s %d %d %n", name, &user, &room, &used) < 3) return NULL;
    message_t* const m = (message_t*)need(calloc(1, sizeof *m));
    while (m->kind < KIND_PING && strcmp(kind_names[m->kind], name) != 0)
        m->kind = (kind_t)(m->kind + 1);
    m->user = user % USERS;
    m->room = room % ROOMS;
    m->text = copy_text(line + used);
    return m;
}

/* What is decoded and not yet taken. */
typedef struct queue {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    message_t* messages[QUEUE_MAX];
    int first;
    int count;
    int wanted; /* messages until the stream ends */
} queue_t;

static void queue_put(queue_t* q, message_t* m) {
    pthread_mutex_lock(&q->lock);
    while (q->count == QUEUE_MAX)
        pthread_cond_wait(&q->changed, &q->lock);
    q->messages[(q->first + q->count++) % QUEUE_MAX] = m;
    pthread_cond_signal(&q->changed);
    pthread_mutex_unlock(&q->lock);
}

static message_t* queue_take(queue_t* q) {
    pthread_mutex_lock(&q->lock);
    while (q->count == 0)
        pthread_cond_wait(&q->changed, &q->lock);
    message_t* const m = q->messages[q->first];
    q->first = (q->first + 1) % QUEUE_MAX;
    q->count--;
    pthread_cond_signal(&q->changed);
    pthread_mutex_unlock(&q->lock);
    return m;
}

static void* decoder_main(void* user) {
    HOTPATH_THREAD_NAME("decoder");
    HOTPATH_FUNC();
    queue_t* const q = (queue_t*)user;
    uint32_t seed = 1;
    char line[LINE_SIZE];
    for (int i = 0; i < q->wanted; i++) {
        next_line(&seed, line);
        queue_put(q, decode_line(line));
    }
    return NULL;
}

/* >>buffers */

/* What is on its way to one user. */
typedef struct buffer {
    struct buffer* next;
    size_t size;
    char bytes[BUFFER_SIZE];
} buffer_t;

/* Buffers that were sent and may be used again. */
typedef struct pool {
    buffer_t* spare;
    int spares;
    bool shrinks;
} pool_t;

static buffer_t* take_buffer(pool_t* pool) {
    HOTPATH_FUNC();
    buffer_t* b = pool->spare;
    if (b != NULL) {
        pool->spare = b->next;
        pool->spares--;
    } else {
        b = (buffer_t*)need(malloc(sizeof *b));
    }
    b->size = 0;
    return b;
}

static void give_buffer(pool_t* pool, buffer_t* b) {
    if (pool->shrinks && pool->spares == SPARE_MAX) {
        free(b);
        return;
    }
    b->next = pool->spare;
    pool->spare = b;
    pool->spares++;
}

/* >>relay */

typedef struct user {
    char* name;
    char* away; /* why, or NULL */
    int room;
    uint32_t heard; /* messages */
} user_t;

typedef struct room {
    char* topic;
    uint64_t said;
} room_t;

typedef struct relay {
    user_t users[USERS];
    room_t rooms[ROOMS];
    pool_t pool;
    buffer_t* outgoing;
    uint64_t sent; /* bytes */
    uint64_t checksum;
    uint32_t tick;
    uint32_t counts[KINDS];
    bool leaks;
    bool churns;
    int scratch[USERS]; /* for an order of users, unless the tick churns */
} relay_t;

static void replace(char** text, char* by) {
    free(*text);
    *text = by;
}

static void send_to(relay_t* r, const user_t* to, const char* what) {
    buffer_t* const b = take_buffer(&r->pool);
    const int size = snprintf(b->bytes, sizeof b->bytes, "%s: %s\n", to->name, what);
    b->size = size > 0 ? (size_t)size : 0;
    b->next = r->outgoing;
    r->outgoing = b;
}

static void handle_say(relay_t* r, const message_t* m) {
    HOTPATH_FUNC();
    r->rooms[m->room].said++;
    for (int i = m->user % 10; i < USERS; i += 10) {
        r->users[i].heard++;
        if (r->users[i].away == NULL) send_to(r, &r->users[i], m->text);
    }
}
static void handle_topic(relay_t* r, const message_t* m) {
    HOTPATH_FUNC();
    replace(&r->rooms[m->room].topic, copy_text(m->text));
}
static void handle_rename(relay_t* r, const message_t* m) {
    HOTPATH_FUNC();
    char name[64];
    (void)snprintf(name, sizeof name, "%.40s#%u", m->text, (unsigned)r->tick);
    if (r->leaks)
        r->users[m->user].name = copy_text(name); /* the old name is lost */
    else
        replace(&r->users[m->user].name, copy_text(name));
}
static void handle_away(relay_t* r, const message_t* m) {
    HOTPATH_FUNC();
    replace(&r->users[m->user].away, copy_text(m->text));
}
static void handle_back(relay_t* r, const message_t* m) {
    HOTPATH_FUNC();
    replace(&r->users[m->user].away, NULL);
}
static void handle_join(relay_t* r, const message_t* m) {
    HOTPATH_FUNC();
    r->users[m->user].room = m->room;
    send_to(r, &r->users[m->user], r->rooms[m->room].topic);
}
static void handle_part(relay_t* r, const message_t* m) {
    HOTPATH_FUNC();
    r->users[m->user].room = -1;
}
static void handle_ping(relay_t* r, const message_t* m) {
    HOTPATH_FUNC();
    send_to(r, &r->users[m->user], "pong");
}

static void (*const handlers[KINDS])(relay_t*, const message_t*) = {handle_say, handle_join,
    handle_part, handle_topic, handle_rename, handle_away, handle_back, handle_ping};

static void take_messages(relay_t* r, queue_t* q) {
    HOTPATH_FUNC();
    for (int i = 0; i < MESSAGES_A_TICK; i++) {
        message_t* const m = queue_take(q);
        handlers[m->kind](r, m);
        r->counts[m->kind]++;
        free(m->text);
        free(m);
    }
}

static void announce(relay_t* r) {
    HOTPATH_FUNC();
    for (int i = 0; i < USERS; i++)
        for (int part = 0; part < ANNOUNCEMENT_BUFFERS; part++)
            send_to(r, &r->users[i], "the relay is restarted at noon");
}

/* Gives all that waits to the network, here a checksum. */
static void send_all(relay_t* r) {
    HOTPATH_FUNC();
    while (r->outgoing != NULL) {
        buffer_t* const b = r->outgoing;
        r->outgoing = b->next;
        for (size_t i = 0; i < b->size; i++)
            r->checksum = (r->checksum ^ (uint8_t)b->bytes[i]) * 0x100000001b3u;
        r->sent += b->size;
        give_buffer(&r->pool, b);
    }
}

/* A user in the order of who has heard most. */
typedef struct node {
    struct node* next;
    int user;
} node_t;

/* Who of two comes first; never equal. */
static bool before(const relay_t* r, int a, int b) {
    const uint32_t x = r->users[a].heard, y = r->users[b].heard;
    return x != y ? x > y : a < b;
}

static void rank_with_nodes(const relay_t* r, int* best, int count) {
    node_t* all = NULL;
    for (int i = 0; i < USERS; i++) {
        node_t* const n = (node_t*)need(malloc(sizeof *n));
        n->user = i, n->next = all, all = n;
    }
    for (int k = 0; k < count; k++) {
        node_t** top = &all;
        for (node_t** n = &all; *n != NULL; n = &(*n)->next)
            if (before(r, (*n)->user, (*top)->user)) top = n;
        node_t* const found = *top;
        best[k] = found->user;
        *top = found->next;
        free(found);
    }
    while (all != NULL) {
        node_t* const n = all;
        all = n->next;
        free(n);
    }
}
static void rank_in_place(relay_t* r, int* best, int count) {
    for (int i = 0; i < USERS; i++)
        r->scratch[i] = i;
    for (int k = 0; k < count; k++) {
        int top = k;
        for (int i = k; i < USERS; i++)
            if (before(r, r->scratch[i], r->scratch[top])) top = i;
        best[k] = r->scratch[top];
        r->scratch[top] = r->scratch[k];
    }
}
/* The busiest users, which every tick shows anew. */
static void rank_users(relay_t* r) {
    HOTPATH_FUNC();
    int best[3];
    if (r->churns)
        rank_with_nodes(r, best, 3);
    else
        rank_in_place(r, best, 3);
    for (int k = 0; k < 3; k++)
        r->checksum = (r->checksum ^ (uint64_t)best[k]) * 0x100000001b3u;
}

static void open_relay(relay_t* r) {
    HOTPATH_FUNC();
    char text[32];
    for (int i = 0; i < USERS; i++) {
        (void)snprintf(text, sizeof text, "guest %d", i);
        r->users[i].name = copy_text(text);
    }
    for (int i = 0; i < ROOMS; i++)
        r->rooms[i].topic = copy_text("anything");
}

static void close_relay(relay_t* r) {
    HOTPATH_FUNC();
    for (int i = 0; i < USERS; i++) {
        free(r->users[i].name);
        free(r->users[i].away);
    }
    for (int i = 0; i < ROOMS; i++)
        free(r->rooms[i].topic);
    while (r->pool.spare != NULL) {
        buffer_t* const b = r->pool.spare;
        r->pool.spare = b->next;
        free(b);
    }
}

static void run(relay_t* r, queue_t* q, uint32_t ticks) {
    HOTPATH_FUNC();
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    while (r->tick < ticks) {
        HOTPATH_SCOPE("tick");
        take_messages(r, q);
        if (r->tick % ANNOUNCEMENT_TICKS == ANNOUNCEMENT_TICKS / 4) announce(r);
        send_all(r);
        rank_users(r);
        r->tick++;
        next.tv_nsec += 1000000000 / TICKS_A_SECOND;
        if (next.tv_nsec >= 1000000000) next.tv_sec++, next.tv_nsec -= 1000000000;
        HOTPATH_SCOPE("wait for the next tick");
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    }
}

/* Whether DEMO_FAULTS, default all, names a fault. */
static bool planted(const char* fault) {
    const char* const fixed = getenv("DEMO_FIXED");
    const char* const faults = getenv("DEMO_FAULTS");
    if (fixed != NULL && strcmp(fixed, "1") == 0) return false;
    return faults == NULL || strstr(faults, fault) != NULL;
}

int main(int argc, char** argv) {
    HOTPATH_MAIN();
    static relay_t relay;
    static queue_t queue;
    char* end = NULL;
    const double seconds = argc > 1 ? strtod(argv[1], &end) : 5;
    if (argc > 2 ||
        (argc > 1 && (end == argv[1] || *end != 0 || !(seconds > 0) || seconds > 1e5))) {
        fprintf(stderr, "usage: %s [seconds, at most 100000]\n", argv[0]);
        return 2;
    }
    const uint32_t ticks = (uint32_t)(seconds * TICKS_A_SECOND + 0.5);
    pthread_t decoder;
    HOTPATH_THREAD_NAME("relay");
    relay.leaks = planted("leak");
    relay.churns = planted("churn");
    relay.pool.shrinks = !planted("pool");
    relay.checksum = 0xcbf29ce484222325u;
    queue.wanted = (int)ticks * MESSAGES_A_TICK;
    pthread_mutex_init(&queue.lock, NULL);
    pthread_cond_init(&queue.changed, NULL);
    open_relay(&relay);
    if (pthread_create(&decoder, NULL, decoder_main, &queue) != 0) return 1;
    run(&relay, &queue, ticks);
    pthread_join(decoder, NULL);
    for (int i = 0; i < KINDS; i++)
        printf("%-8s %u\n", kind_names[i], (unsigned)relay.counts[i]);
    printf("sent     %llu bytes\n", (unsigned long long)relay.sent);
    printf("checksum %016llx\n", (unsigned long long)relay.checksum);
    close_relay(&relay);
    return 0;
}
