/* 07_dataflow.c - a pipeline of threads that reads a folder of text, under a profiler that tells which stage
   holds up the others.

   Shows: channels (hotpath_channel_t) around a queue of the program's own, with stamps and with the
   waiting of both ends; a stream; a mutex that is recorded (adapters/hotpath_pthread.h); and what a model
   is told of it, with the MCP server in the build (bottlenecks, channels, mutexes).

       read --[chunks]--> count x 3 --[counted]--> digest --[digests]--> summary

   The reader takes the files of a folder, again and again, in pieces of 8 KB, two hundred a second. Three
   threads count their words and save what they have; one makes a digest of each piece; the last one adds
   up. There is time enough for all that, but for two faults that are planted:

       stage   the digest is made 400 times over, so that its queue is always full and all before it
               wait
       convoy  words are counted in one table under one lock, which is held while they are saved, too,
               where each thread could have a table of its own

   DEMO_FAULTS=stage plants the one, DEMO_FAULTS=convoy the other, DEMO_FIXED=1 none. The default is both:
   what waits for the digest hardly waits for the lock, which shows once the first one is mended.

   Build:  cc -O2 -DHOTPATH -I. examples/07_dataflow.c -o dataflow -lpthread
           with the MCP server: add -DHOTPATH_MCP hotpath_mcp.c -lcivetweb -lm
   Run:    ./dataflow [seconds, default 3] [folder, default .] */
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "adapters/hotpath_pthread.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    PIECE_BYTES = 8192,
    PIECES_A_SECOND = 200,
    QUEUE_MAX = 16,
    COUNTERS = 3,
    TABLE_SLOTS = 1 << 15,
    WORD_MAX = 23,
    FILES_MAX = 512
};

#define SAVE_SECONDS 0.006

static bool slow_stage, convoy;

/* >>queue
   Bounded, with two conditions; the channel beside it is told what goes in and out, and who waits. */

typedef struct piece {
    size_t length;
    uint64_t words, digest;
    char text[PIECE_BYTES + 1];
} piece_t;

typedef struct queue {
    pthread_mutex_t lock;
    pthread_cond_t room, filled;
    piece_t* pieces[QUEUE_MAX];
    uint64_t stamps[QUEUE_MAX];
    size_t first, count;
    bool closed;
    hotpath_channel_t channel;
} queue_t;

#define QUEUE_INIT(label)                                                                     \
    {                                                                                         \
        .lock = PTHREAD_MUTEX_INITIALIZER, .room = PTHREAD_COND_INITIALIZER,                  \
        .filled = PTHREAD_COND_INITIALIZER, .channel = HOTPATH_CHANNEL_INIT(label, QUEUE_MAX) \
    }
static queue_t chunks = QUEUE_INIT("chunks");
static queue_t counted = QUEUE_INIT("counted");
static queue_t digests = QUEUE_INIT("digests");

static void queue_put(queue_t* q, piece_t* piece) {
    pthread_mutex_lock(&q->lock);
    if (q->count == QUEUE_MAX) {
        hotpath_token_t wait = {0, 0};
        hotpath_channel_wait(&q->channel, HOTPATH_CHANNEL_SEND, &wait);
        while (q->count == QUEUE_MAX)
            pthread_cond_wait(&q->room, &q->lock);
        hotpath_end(&wait);
    }
    size_t at = (q->first + q->count++) % QUEUE_MAX;
    q->pieces[at] = piece;
    q->stamps[at] = hotpath_channel_sent(&q->channel, 1);
    pthread_cond_signal(&q->filled);
    pthread_mutex_unlock(&q->lock);
}
/* Returns: NULL once the queue is closed and empty. */
static piece_t* queue_take(queue_t* q) {
    piece_t* piece = NULL;
    pthread_mutex_lock(&q->lock);
    if (q->count == 0 && !q->closed) {
        hotpath_token_t wait = {0, 0};
        hotpath_channel_wait(&q->channel, HOTPATH_CHANNEL_RECEIVE, &wait);
        while (q->count == 0 && !q->closed)
            pthread_cond_wait(&q->filled, &q->lock);
        hotpath_end(&wait);
    }
    if (q->count != 0) {
        hotpath_channel_received(&q->channel, q->stamps[q->first], 1);
        piece = q->pieces[q->first];
        q->first = (q->first + 1) % QUEUE_MAX, q->count--;
        pthread_cond_signal(&q->room);
    }
    pthread_mutex_unlock(&q->lock);
    return piece;
}
static void queue_close(queue_t* q) {
    pthread_mutex_lock(&q->lock);
    q->closed = true;
    pthread_cond_broadcast(&q->filled);
    pthread_mutex_unlock(&q->lock);
    hotpath_channel_closed(&q->channel);
}

/* >>read */

static char* files[FILES_MAX];
static size_t file_count;

static bool is_text(const char* name) {
    static const char* const ends[] = {".c", ".h", ".md", ".txt", ".cpp", ".mjs"};
    const char* dot = strrchr(name, '.');
    for (size_t i = 0; i < sizeof ends / sizeof *ends && dot != NULL; i++)
        if (strcmp(dot, ends[i]) == 0) return true;
    return false;
}
static void find_files(const char* folder) {
    DIR* dir = opendir(folder);
    char path[1024];
    for (struct dirent* e = dir != NULL ? readdir(dir) : NULL; e != NULL; e = readdir(dir)) {
        if (!is_text(e->d_name) || file_count == FILES_MAX) continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        files[file_count++] = strdup(path);
    }
    if (dir != NULL) closedir(dir);
}
static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}
static void sleep_until(double then) {
    double left = then - now();
    struct timespec t = {(time_t)left, (long)((left - (double)(time_t)left) * 1e9)};
    if (left > 0) nanosleep(&t, NULL);
}
static double seconds = 3;

static piece_t* read_piece(FILE* file) {
    HOTPATH_FUNC();
    piece_t* piece = (piece_t*)calloc(1, sizeof *piece);
    if (piece == NULL) exit(1);
    piece->length = fread(piece->text, 1, PIECE_BYTES, file);
    if (piece->length == 0) {
        free(piece);
        return NULL;
    }
    HOTPATH_STREAM_ITEM("text", piece->length);
    return piece;
}
static void* read_files(void* unused) {
    HOTPATH_THREAD_NAME("read");
    HOTPATH_FUNC();
    double start = now(), end = start + seconds;
    uint64_t pieces = 0;
    for (size_t i = 0; now() < end && file_count != 0; i = (i + 1) % file_count) {
        FILE* file = fopen(files[i], "rb");
        piece_t* piece;
        while (file != NULL && now() < end && (piece = read_piece(file)) != NULL) {
            queue_put(&chunks, piece);
            double next = start + (double)++pieces / PIECES_A_SECOND;
            if (next < now()) start += now() - next; /* what was lost is not made up for */
            HOTPATH_SCOPE("pace");
            sleep_until(next);
        }
        if (file != NULL) fclose(file);
    }
    queue_close(&chunks);
    return unused;
}

/* >>count */

typedef struct table {
    struct {
        char word[WORD_MAX + 1];
        uint64_t count;
    } slots[TABLE_SLOTS];
    uint64_t words, full;
} table_t;

static table_t total;
static hotpath_mutex_t total_lock = HOTPATH_MUTEX_INIT("word table");

static void table_add(table_t* t, const char* word, size_t length, uint64_t count) {
    uint32_t hash = 2166136261u;
    if (length > WORD_MAX) length = WORD_MAX;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)word[i]) * 16777619u;
    t->words += count;
    for (uint32_t i = 0; i < 64; i++) {
        uint32_t at = (hash + i) % TABLE_SLOTS;
        if (t->slots[at].count == 0) memcpy(t->slots[at].word, word, length);
        if (strlen(t->slots[at].word) != length || memcmp(t->slots[at].word, word, length) != 0)
            continue;
        t->slots[at].count += count;
        return;
    }
    t->full += count;
}
static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static uint64_t count_words(const piece_t* piece, table_t* into) {
    HOTPATH_FUNC();
    uint64_t words = 0;
    for (size_t i = 0; i < piece->length;) {
        size_t from = i;
        while (i < piece->length && is_letter(piece->text[i]))
            i++;
        if (i > from)
            words++, table_add(into, piece->text + from, i - from, 1);
        else
            i++;
    }
    return words;
}
/* Stands for a write to a slow disk. */
static void save_counts(void) {
    HOTPATH_FUNC();
    sleep_until(now() + SAVE_SECONDS);
}
static void count_under_lock(piece_t* piece) {
    HOTPATH_FUNC();
    hotpath_mutex_lock(&total_lock);
    piece->words = count_words(piece, &total);
    save_counts(); /* the fault: nobody else counts meanwhile */
    hotpath_mutex_unlock(&total_lock);
}
static void count_apart(piece_t* piece, table_t* own) {
    HOTPATH_FUNC();
    piece->words = count_words(piece, own);
    save_counts();
    hotpath_mutex_lock(&total_lock);
    total.words += piece->words;
    hotpath_mutex_unlock(&total_lock);
}
static void* count_pieces(void* unused) {
    HOTPATH_THREAD_NAME("count");
    HOTPATH_FUNC();
    table_t* own = (table_t*)calloc(1, sizeof *own);
    piece_t* piece;
    if (own == NULL) exit(1);
    while ((piece = queue_take(&chunks)) != NULL) {
        if (convoy)
            count_under_lock(piece);
        else
            count_apart(piece, own);
        queue_put(&counted, piece);
    }
    free(own);
    return unused;
}

/* >>digest */

static uint64_t digest_of(const piece_t* piece) {
    HOTPATH_FUNC();
    uint64_t digest = 14695981039346656037u;
    int rounds = slow_stage ? 1600 : 4; /* the fault: 400 times as many as are needed */
    for (int round = 0; round < rounds; round++)
        for (size_t i = 0; i < piece->length; i++)
            digest = (digest ^ (unsigned char)piece->text[i]) * 1099511628211u;
    return digest;
}
static void* digest_pieces(void* unused) {
    HOTPATH_THREAD_NAME("digest");
    HOTPATH_FUNC();
    piece_t* piece;
    while ((piece = queue_take(&counted)) != NULL) {
        piece->digest = digest_of(piece);
        queue_put(&digests, piece);
    }
    queue_close(&digests);
    return unused;
}

/* >>summary */

static struct { uint64_t pieces, bytes, words, digest; } summary;

static void* add_up(void* unused) {
    HOTPATH_THREAD_NAME("summary");
    HOTPATH_FUNC();
    piece_t* piece;
    while ((piece = queue_take(&digests)) != NULL) {
        summary.pieces++, summary.bytes += piece->length;
        summary.words += piece->words, summary.digest ^= piece->digest;
        free(piece);
    }
    return unused;
}

static bool planted(const char* fault) {
    const char *fixed = getenv("DEMO_FIXED"), *faults = getenv("DEMO_FAULTS");
    if (fixed != NULL && strcmp(fixed, "1") == 0) return false;
    return faults == NULL || strstr(faults, fault) != NULL;
}
int main(int argc, char** argv) {
    HOTPATH_MAIN();
    pthread_t reader, counters[COUNTERS], digester, last;
    if (argc > 1) seconds = atof(argv[1]);
    slow_stage = planted("stage"), convoy = planted("convoy");
    find_files(argc > 2 ? argv[2] : ".");
    pthread_create(&reader, NULL, read_files, NULL);
    for (int i = 0; i < COUNTERS; i++)
        pthread_create(&counters[i], NULL, count_pieces, NULL);
    pthread_create(&digester, NULL, digest_pieces, NULL);
    pthread_create(&last, NULL, add_up, NULL);
    pthread_join(reader, NULL);
    for (int i = 0; i < COUNTERS; i++)
        pthread_join(counters[i], NULL);
    queue_close(&counted);
    pthread_join(digester, NULL);
    pthread_join(last, NULL);
    printf("dataflow: %llu pieces of %zu files, %s\n", (unsigned long long)summary.pieces,
        file_count, summary.words == total.words ? "every word counted once" : "words are missing");
    return summary.words == total.words ? 0 : 1;
}
