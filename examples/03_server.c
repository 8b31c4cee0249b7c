/* 03_server.c - a search service under a profiler: full text over HTTP, the way a small backend runs.

   Shows: its routes and its queries (adapters/), a request that two threads work on as one call tree
   (hotpath_context_switch), a bounded queue as a channel (HOTPATH_CHANNEL_CREATE), its lock and that of a
   cache (hotpath_mutex_t), files that are read (hotpath_io_read), errors and bytes of requests, names of
   threads that a library started, and one cause of slowness to find: a query per result row.
   DEMO_FIXED=1 asks once, with a join. With -DHOTPATH_ALLOC also what it allocates, SQLite's and
   CivetWeb's share of it too, and how the heap has changed since the index was built
   (hotpath_heap_snapshot).

   The text files of the directories are split into passages and indexed by SQLite's FTS5 in memory.
   GET /search?q=words[&limit=1-50] answers with the best passages as JSON; every word has to be in
   a passage, and word* stands for all words that begin so. Threads of CivetWeb take requests and
   wait; each worker has a connection of its own to one read-only image of the index.

   Build:  cc -O2 -DHOTPATH -DHOTPATH_ALLOC -I. examples/03_server.c -o server -lcivetweb -lsqlite3 -lpthread
           with the MCP server: add -DHOTPATH_MCP hotpath_mcp.c -lm
   Run:    ./server [--port N, default $PORT, else 0: any free one] [directory...]
           the default is the system's license texts and the sources in the current directory;
           SIGTERM or SIGINT (Ctrl-C) ends it, and it reports */
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"

#if defined(__has_include)
    #if !__has_include(<civetweb.h>) || !__has_include(<sqlite3.h>)
        #error "this example needs CivetWeb and SQLite: apt install libcivetweb-dev libsqlite3-dev"
    #endif
#endif
#include "adapters/hotpath_civetweb.h"
#include "adapters/hotpath_io.h"
#include "adapters/hotpath_pthread.h"
#include "adapters/hotpath_sqlite.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    /* The index. */
    FILE_SIZE_MAX = 4 << 20, /* larger files are not read */
    INDEX_SIZE_MAX = 128 << 20,
    DEPTH_MAX = 16, /* of directories */
    PATH_SIZE = 4096,
    TITLE_SIZE = 96,
    PASSAGE_LEAST = 240, /* bytes after which a blank line ends a passage */
    PASSAGE_MOST = 1500, /* bytes after which any line does */
    PASSAGE_CUT = 6000,  /* bytes after which it ends within a line */
    /* A query. */
    QUERY_SIZE = 1024,
    WORDS_MAX = 16,
    WORD_SIZE = 64, /* a longer word is cut */
    TERMS_SIZE = WORDS_MAX * (WORD_SIZE + 4) + 1,
    LIMIT_DEFAULT = 20,
    LIMIT_MAX = 50,
    /* The service. There are more threads for requests than they and the queue can hold, so that
       overload is answered at once and not piled up. */
    HTTP_THREADS = 24,
    WORKERS_MAX = 4,
    QUEUE_MAX = 16,
    DEADLINE_MS = 2000, /* from the request to the end of its search */
    CACHE_SLOTS = 128,
    CACHE_REPLY_MAX = 64 << 10
};

/* >>text */

/* Bytes that grow. Without memory it fails and stays failed: one test, at the end. */
typedef struct text {
    char* data;
    size_t size;
    size_t room;
    bool failed;
} text_t;

static void text_add(text_t* text, const char* data, size_t size) {
    if (text->failed) return;
    if (size > text->room - text->size) {
        const size_t room = (text->size + size) * 2 + 256;
        char* const grown = (char*)realloc(text->data, room);
        if (grown == NULL) {
            text->failed = true;
            return;
        }
        text->data = grown;
        text->room = room;
    }
    if (size != 0) memcpy(text->data + text->size, data, size);
    text->size += size;
}

static void text_put(text_t* text, const char* string) { text_add(text, string, strlen(string)); }

static void text_number(text_t* text, const char* before, double value, int decimals) {
    char digits[64];
    const int size = snprintf(digits, sizeof digits, "%.*f", decimals, value);
    text_put(text, before);
    if (size > 0 && size < (int)sizeof digits) text_add(text, digits, (size_t)size);
}

static void text_free(text_t* text) {
    free(text->data);
    memset(text, 0, sizeof *text);
}

/* Returns: the bytes of the UTF-8 character that begins here, 0 if none does. */
static size_t utf8_length(const unsigned char* at, size_t left) {
    const unsigned first = at[0];
    const size_t size = first < 0x80                    ? 1
                        : first >= 0xc2 && first < 0xe0 ? 2
                        : first >= 0xe0 && first < 0xf0 ? 3
                        : first >= 0xf0 && first < 0xf5 ? 4
                                                        : 0;
    if (size == 0 || size > left) return 0;
    for (size_t i = 1; i < size; i++)
        if ((at[i] & 0xc0) != 0x80) return 0;
    if (first == 0xe0 && at[1] < 0xa0) return 0;  /* longer than it needs to be */
    if (first == 0xed && at[1] >= 0xa0) return 0; /* half of a surrogate pair */
    if (first == 0xf0 && at[1] < 0x90) return 0;
    if (first == 0xf4 && at[1] >= 0x90) return 0; /* past the last character */
    return size;
}

/* A JSON string of whatever bytes: what is not UTF-8 becomes U+FFFD. */
static void text_json(text_t* text, const char* string) {
    size_t left = strlen(string);
    text_put(text, "\"");
    while (left != 0) {
        const unsigned char c = (unsigned char)*string;
        const size_t size = utf8_length((const unsigned char*)string, left);
        char escaped[8];
        if (size == 0) {
            text_put(text, "\\ufffd");
        } else if (c == '"' || c == '\\') {
            escaped[0] = '\\', escaped[1] = (char)c;
            text_add(text, escaped, 2);
        } else if (c == '\n') {
            text_put(text, "\\n");
        } else if (c < 0x20 || c == 0x7f) {
            (void)snprintf(escaped, sizeof escaped, "\\u%04x", (unsigned)c);
            text_add(text, escaped, 6);
        } else {
            text_add(text, string, size);
        }
        string += size == 0 ? 1 : size;
        left -= size == 0 ? 1 : size;
    }
    text_put(text, "\"");
}

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* >>index */

/* The index while it is built, then the image of it that all workers read. */
typedef struct catalog {
    sqlite3* db;
    sqlite3_stmt* add_file;
    sqlite3_stmt* add_passage;
    sqlite3_stmt* add_words;
    unsigned char* image;
    sqlite3_int64 image_size;
    int files;
    int passages;
    size_t bytes;
    bool failed;
} catalog_t;

/* A passage and its words have the same id. */
static const char* const schema =
    "CREATE TABLE file(id INTEGER PRIMARY KEY, path TEXT NOT NULL, title TEXT NOT NULL);"
    "CREATE TABLE passage(id INTEGER PRIMARY KEY, file INTEGER NOT NULL, line INTEGER NOT NULL);"
    "CREATE VIRTUAL TABLE words USING fts5(body, tokenize = 'porter unicode61');"
    "BEGIN";

/* Whether somebody has asked the program to end; its signals are blocked and wait for main. */
static bool end_asked(void) {
    sigset_t pending;
    return sigpending(&pending) == 0 &&
           (sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1);
}

/* Runs a statement that gives no rows. */
static void catalog_run(catalog_t* c, sqlite3_stmt* statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) c->failed = true;
    sqlite3_reset(statement);
}

static void add_passage(catalog_t* c, const char* start, size_t size, int line) {
    sqlite3_bind_int(c->add_passage, 1, c->passages + 1);
    sqlite3_bind_int(c->add_passage, 2, c->files);
    sqlite3_bind_int(c->add_passage, 3, line);
    catalog_run(c, c->add_passage);
    sqlite3_bind_int(c->add_words, 1, c->passages + 1);
    sqlite3_bind_text(c->add_words, 2, start, (int)size, SQLITE_STATIC);
    catalog_run(c, c->add_words);
    c->passages++;
}

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* Splits at blank lines, where a passage has become long enough, else where it is too long. */
static void split_passages(catalog_t* c, const char* data, size_t size) {
    HOTPATH_FUNC();
    size_t begin = 0, words = 0; /* bytes other than space in the passage, and in the line */
    int line = 1, first = 1;
    bool blank = true;
    for (size_t i = 0; i < size && !c->failed; i++) {
        const size_t length = i + 1 - begin;
        if (!is_space(data[i])) {
            if (words++ == 0) begin = i, first = line;
            blank = false;
        }
        if (data[i] == '\n') {
            line++;
            const bool ends = (blank && length >= PASSAGE_LEAST) || length >= PASSAGE_MOST;
            blank = true;
            if (!ends) continue;
        } else if (length < PASSAGE_CUT ||
                   (i + 1 < size && ((unsigned char)data[i + 1] & 0xc0) == 0x80)) {
            continue; /* a cut does not part a character */
        }
        if (words != 0) add_passage(c, data + begin, i + 1 - begin, first);
        begin = i + 1, words = 0, first = line;
    }
    if (words != 0 && !c->failed) add_passage(c, data + begin, size - begin, first);
}

/* The first line that says something, without the marks of comments around it. */
static void find_title(const char* data, size_t size, char* title) {
    size_t at = 0, length = 0;
    while (at < size && (is_space(data[at]) || strchr("/*#!<>-=%\"", data[at]) != NULL))
        at++;
    while (at + length < size && length < TITLE_SIZE - 1 && data[at + length] != '\n')
        length++;
    while (length > 0 && is_space(data[at + length - 1]))
        length--;
    while (length > 0 && at + length < size && ((unsigned char)data[at + length] & 0xc0) == 0x80)
        length--;
    memcpy(title, data + at, length);
    title[length] = 0;
}

/* Reads a regular file that is not too large. Returns: memory to free, or NULL. */
static char* read_whole(const char* path, size_t* size) {
    struct stat about;
    const int file = hotpath_io_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (file < 0) return NULL;
    char* data = NULL;
    *size = 0;
    if (fstat(file, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0 &&
        about.st_size <= FILE_SIZE_MAX)
        data = (char*)malloc((size_t)about.st_size);
    while (data != NULL && *size < (size_t)about.st_size) {
        const ssize_t got = hotpath_io_read(file, data + *size, (size_t)about.st_size - *size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        *size += (size_t)got;
    }
    hotpath_io_close(file);
    return data;
}

static void index_file(catalog_t* c, const char* path) {
    HOTPATH_FUNC();
    size_t size = 0;
    char title[TITLE_SIZE];
    char* const data = read_whole(path, &size);
    if (data == NULL) return;
    /* What holds a zero byte is not text. */
    if (size != 0 && memchr(data, 0, size) == NULL && c->bytes + size <= INDEX_SIZE_MAX) {
        find_title(data, size, title);
        c->bytes += size;
        c->files++;
        const char* const shown = strncmp(path, "./", 2) == 0 ? path + 2 : path;
        sqlite3_bind_int(c->add_file, 1, c->files);
        sqlite3_bind_text(c->add_file, 2, shown, -1, SQLITE_STATIC);
        sqlite3_bind_text(c->add_file, 3, title[0] != 0 ? title : shown, -1, SQLITE_STATIC);
        catalog_run(c, c->add_file);
        split_passages(c, data, size);
        HOTPATH_BYTES(size);
    }
    free(data);
}

/* Hidden files, and what programs made, are not what somebody looks for. */
static int is_wanted(const struct dirent* entry) {
    return entry->d_name[0] != '.' && strcmp(entry->d_name, "build") != 0 &&
           strcmp(entry->d_name, "dist") != 0 && strcmp(entry->d_name, "node_modules") != 0;
}

/* Takes files in the order of their names, so that an index is the same each time. Links inside are
   not followed: they lead in circles, or to what is indexed anyway. */
static void index_directory(catalog_t* c, const char* directory, int depth) {
    HOTPATH_FUNC();
    struct dirent** entries = NULL;
    const int count = scandir(directory, &entries, is_wanted, alphasort);
    for (int i = 0; i < count; i++) {
        char path[PATH_SIZE];
        struct stat about;
        const int size = snprintf(path, sizeof path, "%s/%s", directory, entries[i]->d_name);
        const bool known = size > 0 && size < PATH_SIZE && lstat(path, &about) == 0;
        free(entries[i]);
        if (!known || c->failed || end_asked()) continue;
        if (S_ISDIR(about.st_mode) && depth < DEPTH_MAX) index_directory(c, path, depth + 1);
        if (S_ISREG(about.st_mode)) index_file(c, path);
    }
    free(entries);
}

static bool catalog_open(catalog_t* c) {
    return sqlite3_open(":memory:", &c->db) == SQLITE_OK &&
           sqlite3_exec(c->db, schema, NULL, NULL, NULL) == SQLITE_OK &&
           sqlite3_prepare_v2(
               c->db, "INSERT INTO file VALUES(?1, ?2, ?3)", -1, &c->add_file, NULL) == SQLITE_OK &&
           sqlite3_prepare_v2(c->db, "INSERT INTO passage VALUES(?1, ?2, ?3)", -1, &c->add_passage,
               NULL) == SQLITE_OK &&
           sqlite3_prepare_v2(c->db, "INSERT INTO words(rowid, body) VALUES(?1, ?2)", -1,
               &c->add_words, NULL) == SQLITE_OK;
}

/* Ends the building: one segment of the index is faster to read than many. */
static bool catalog_finish(catalog_t* c) {
    HOTPATH_FUNC();
    sqlite3_finalize(c->add_file);
    sqlite3_finalize(c->add_passage);
    sqlite3_finalize(c->add_words);
    if (!c->failed && sqlite3_exec(c->db, "INSERT INTO words(words) VALUES('optimize'); COMMIT",
                          NULL, NULL, NULL) == SQLITE_OK)
        c->image = sqlite3_serialize(c->db, "main", &c->image_size, 0);
    if (c->image == NULL) fprintf(stderr, "search: no index: %s\n", sqlite3_errmsg(c->db));
    sqlite3_close(c->db);
    c->db = NULL;
    return c->image != NULL;
}

static bool build_index(catalog_t* c, char** directories, int count) {
    HOTPATH_FUNC();
    c->failed = !catalog_open(c);
    for (int i = 0; i < count; i++)
        index_directory(c, directories[i], 0);
    return catalog_finish(c);
}

/* >>search */

typedef struct job {
    char terms[TERMS_SIZE]; /* words in quotes: FTS5 finds no syntax in them */
    int limit;
    int64_t deadline_ns;
    int status; /* of HTTP, once it is done */
    bool done;
    text_t reply;
    pthread_cond_t finished;
    hotpath_context_t* context; /* the request's open scopes, which move to the worker and back */
    uint64_t stamp;             /* of the moment that it was queued */
} job_t;

/* What one worker searches with. */
typedef struct searcher {
    sqlite3* db;
    sqlite3_stmt* best;   /* the passages that fit best */
    sqlite3_stmt* joined; /* the same and all that is told of them */
    int64_t deadline_ns;
    bool fixed;
    hotpath_sqlite_t trace;
} searcher_t;

/* What ranks first, by id and score. FTS5 sorts by rank itself and breaks ties its own way, so the
   order is made certain outside. */
static const char* const sql_best =
    "SELECT id, score FROM (SELECT rowid AS id, rank AS score FROM words WHERE words MATCH ?1"
    " ORDER BY rank LIMIT ?2) ORDER BY score, id";

/* What is told of one passage: the slow way asks this for each. Counting the matches of its file
   walks all matches again. */
static const char* const sql_row =
    "SELECT f.title, f.path, p.line,"
    " (SELECT count(*) FROM words JOIN passage o ON o.id = words.rowid"
    "  WHERE words MATCH ?1 AND o.file = p.file),"
    " (SELECT snippet(words, 0, '[', ']', '...', 16) FROM words"
    "  WHERE words MATCH ?1 AND rowid = p.id)"
    " FROM passage p JOIN file f ON f.id = p.file WHERE p.id = ?2";

/* The same for all of them: matches are walked twice, however many rows there are. */
static const char* const sql_joined =
    "WITH best AS MATERIALIZED (SELECT rowid AS id, rank AS score,"
    "  snippet(words, 0, '[', ']', '...', 16) AS excerpt FROM words WHERE words MATCH ?1"
    "  ORDER BY rank LIMIT ?2),"
    " matches AS MATERIALIZED (SELECT o.file AS file, count(*) AS count"
    "  FROM words JOIN passage o ON o.id = words.rowid WHERE words MATCH ?1 GROUP BY o.file)"
    " SELECT f.title, f.path, p.line, m.count, b.excerpt, b.score"
    " FROM best b JOIN passage p ON p.id = b.id JOIN file f ON f.id = p.file"
    " JOIN matches m ON m.file = p.file ORDER BY b.score, b.id";

/* SQLite calls this every thousand steps of a statement. */
static int is_too_late(void* user) { return now_ns() > ((const searcher_t*)user)->deadline_ns; }

static bool searcher_open(searcher_t* s, const catalog_t* c, bool fixed) {
    s->fixed = fixed;
    if (sqlite3_open_v2(":memory:", &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
            SQLITE_OK ||
        sqlite3_deserialize(s->db, "main", c->image, c->image_size, c->image_size,
            SQLITE_DESERIALIZE_READONLY) != SQLITE_OK ||
        sqlite3_prepare_v2(s->db, sql_best, -1, &s->best, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(s->db, sql_joined, -1, &s->joined, NULL) != SQLITE_OK) {
        fprintf(stderr, "search: a worker cannot open the index: %s\n", sqlite3_errmsg(s->db));
        return false;
    }
    sqlite3_progress_handler(s->db, 1000, is_too_late, s);
    hotpath_sqlite_trace(&s->trace, s->db);
    return true;
}

static void searcher_close(searcher_t* s) {
    sqlite3_finalize(s->best);
    sqlite3_finalize(s->joined);
    sqlite3_close(s->db);
}

static void bind_search(sqlite3_stmt* statement, const job_t* job, sqlite3_int64 number) {
    sqlite3_bind_text(statement, 1, job->terms, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 2, number);
}

static const char* column(sqlite3_stmt* row, int index) {
    const unsigned char* const value = sqlite3_column_text(row, index);
    return value == NULL ? "" : (const char*)value;
}

/* One result, from the columns that both ways have in common. */
static void write_row(text_t* reply, sqlite3_stmt* row, double score, int count) {
    text_put(reply, count == 0 ? "\n{\"title\":" : ",\n{\"title\":");
    text_json(reply, column(row, 0));
    text_put(reply, ",\"path\":");
    text_json(reply, column(row, 1));
    text_number(reply, ",\"line\":", sqlite3_column_double(row, 2), 0);
    text_number(reply, ",\"matches_in_file\":", sqlite3_column_double(row, 3), 0);
    text_number(reply, ",\"score\":", -score, 4);
    text_put(reply, ",\"snippet\":");
    text_json(reply, column(row, 4));
    text_put(reply, "}");
}

/* The slowness that this example is about: a statement for one row, prepared and run for each. */
static int query_row(searcher_t* s, job_t* job, sqlite3_int64 id, double score, int count) {
    HOTPATH_FUNC();
    sqlite3_stmt* row = NULL;
    int code = sqlite3_prepare_v2(s->db, sql_row, -1, &row, NULL);
    if (code == SQLITE_OK) {
        bind_search(row, job, id);
        code = hotpath_sqlite_step(&s->trace, row);
        if (code == SQLITE_ROW) write_row(&job->reply, row, score, count);
    }
    sqlite3_finalize(row);
    return code;
}

/* Returns: a code of SQLite, SQLITE_DONE after all rows. */
static int search_by_row(searcher_t* s, job_t* job, int* count) {
    HOTPATH_FUNC();
    sqlite3_int64 ids[LIMIT_MAX];
    double scores[LIMIT_MAX];
    int code, found = 0;
    bind_search(s->best, job, job->limit);
    while ((code = hotpath_sqlite_step(&s->trace, s->best)) == SQLITE_ROW && found < LIMIT_MAX) {
        ids[found] = sqlite3_column_int64(s->best, 0);
        scores[found++] = sqlite3_column_double(s->best, 1);
    }
    sqlite3_reset(s->best);
    for (; code == SQLITE_DONE && *count < found; ++*count) {
        const int row_code = query_row(s, job, ids[*count], scores[*count], *count);
        if (row_code != SQLITE_ROW) return row_code;
    }
    return code;
}

static int search_joined(searcher_t* s, job_t* job, int* count) {
    HOTPATH_FUNC();
    int code;
    bind_search(s->joined, job, job->limit);
    while ((code = hotpath_sqlite_step(&s->trace, s->joined)) == SQLITE_ROW)
        write_row(&job->reply, s->joined, sqlite3_column_double(s->joined, 5), (*count)++);
    sqlite3_reset(s->joined);
    return code;
}

/* Searches, and writes the reply and its status into the job. */
static void search(searcher_t* s, job_t* job) {
    HOTPATH_FUNC();
    int count = 0, code = SQLITE_INTERRUPT;
    text_put(&job->reply, "{\"searched\":");
    text_json(&job->reply, job->terms);
    text_put(&job->reply, ",\"results\":[");
    s->deadline_ns = job->deadline_ns;
    if (!is_too_late(s))
        code = s->fixed ? search_joined(s, job, &count) : search_by_row(s, job, &count);
    text_number(&job->reply, "],\"count\":", count, 0);
    text_put(&job->reply, "}\n");
    HOTPATH_VAL("results", count);
    job->status = code == SQLITE_INTERRUPT                   ? 504
                  : code != SQLITE_DONE || job->reply.failed ? 500
                                                             : 200;
    if (job->status == 504) HOTPATH_ERROR("too slow");
    if (job->status == 500) HOTPATH_ERROR("search failed");
}

/* >>workers */

typedef struct pool {
    hotpath_mutex_t lock;
    pthread_cond_t wake;
    job_t* queue[QUEUE_MAX]; /* a ring; jobs lie on the stacks of those who wait for them */
    int first;
    int count;
    hotpath_channel_t jobs; /* what the queue is, to the profiler */
    bool quit;
    int workers;
    pthread_t threads[WORKERS_MAX];
    searcher_t searchers[WORKERS_MAX];
} pool_t;

typedef struct worker {
    pool_t* pool;
    int index;
} worker_t;

/* Waits for a condition of the pool, which is given up meanwhile. Nothing else is recorded of it: what a
   thread was busy with is what it did for requests. hotpath_cond_wait would tell of the wait, too. */
static void pool_wait(pool_t* pool, pthread_cond_t* condition) {
    hotpath_lock_released(&pool->lock.record);
    pthread_cond_wait(condition, &pool->lock.mutex);
    hotpath_lock_acquired(&pool->lock.record, false, NULL);
}

/* Takes the next job. Returns: NULL when the pool ends. */
static job_t* pool_next(pool_t* pool) {
    hotpath_mutex_lock(&pool->lock);
    while (pool->count == 0 && !pool->quit)
        pool_wait(pool, &pool->wake);
    job_t* job = NULL;
    if (pool->count != 0) {
        job = pool->queue[pool->first];
        hotpath_channel_received(&pool->jobs, job->stamp, 1);
        pool->first = (pool->first + 1) % QUEUE_MAX;
        pool->count--;
        HOTPATH_GAUGE_SET("queue depth", pool->count);
    }
    hotpath_mutex_unlock(&pool->lock);
    return job;
}

static void* worker_main(void* user) {
    const worker_t* const self = (const worker_t*)user;
    pool_t* const pool = self->pool;
    char name[32];
    (void)snprintf(name, sizeof name, "worker %d", self->index + 1);
    HOTPATH_THREAD_NAME(name);
    for (job_t* job; (job = pool_next(pool)) != NULL;) {
        hotpath_context_switch(job->context);
        search(&pool->searchers[self->index], job);
        hotpath_context_switch(NULL);
        hotpath_mutex_lock(&pool->lock);
        job->done = true;
        pthread_cond_signal(&job->finished);
        hotpath_mutex_unlock(&pool->lock);
    }
    return NULL;
}

/* Runs a job on a worker and waits for its end, which its deadline bounds. The open scopes of the
   request go with it, so its own time here is how long it waited for a worker. */
static void pool_run(pool_t* pool, job_t* job) {
    HOTPATH_FUNC();
    pthread_cond_init(&job->finished, NULL);
    hotpath_mutex_lock(&pool->lock);
    if (pool->count == QUEUE_MAX || pool->quit) {
        job->status = 503;
        HOTPATH_ERROR("queue full");
    } else {
        job->stamp = hotpath_channel_sent(&pool->jobs, 1);
        pool->queue[(pool->first + pool->count) % QUEUE_MAX] = job;
        pool->count++;
        HOTPATH_GAUGE_SET("queue depth", pool->count);
        pthread_cond_signal(&pool->wake);
        hotpath_context_switch(NULL);
        while (!job->done)
            pool_wait(pool, &job->finished);
        hotpath_context_switch(job->context);
    }
    hotpath_mutex_unlock(&pool->lock);
    pthread_cond_destroy(&job->finished);
}

/* Returns: false if not a single worker could be started. */
static bool pool_start(pool_t* pool, const catalog_t* c, int workers, bool fixed) {
    static worker_t selves[WORKERS_MAX];
    hotpath_mutex_init(&pool->lock, NULL, "pool");
    pthread_cond_init(&pool->wake, NULL);
    HOTPATH_CHANNEL_CREATE(&pool->jobs, "jobs", QUEUE_MAX);
    for (int i = 0; i < workers; i++) {
        selves[i].pool = pool;
        selves[i].index = i;
        if (!searcher_open(&pool->searchers[i], c, fixed) ||
            pthread_create(&pool->threads[i], NULL, worker_main, &selves[i]) != 0) {
            searcher_close(&pool->searchers[i]);
            break;
        }
        pool->workers++;
    }
    return pool->workers != 0;
}

/* Called when nobody asks any more. */
static void pool_stop(pool_t* pool) {
    hotpath_mutex_lock(&pool->lock);
    pool->quit = true;
    pthread_cond_broadcast(&pool->wake);
    hotpath_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->workers; i++) {
        pthread_join(pool->threads[i], NULL);
        searcher_close(&pool->searchers[i]);
    }
    hotpath_channel_closed(&pool->jobs);
    pthread_cond_destroy(&pool->wake);
    hotpath_mutex_destroy(&pool->lock);
}

/* >>cache */

typedef struct slot {
    char terms[TERMS_SIZE]; /* with the limit the key; empty is a free slot */
    int limit;
    uint64_t used; /* when, in uses of the cache */
    char* reply;
    size_t size;
} slot_t;

/* Replies that were given before. The index never changes, so none gets old. */
typedef struct cache {
    hotpath_mutex_t lock;
    uint64_t uses;
    slot_t slots[CACHE_SLOTS];
} cache_t;

/* The slot of a key, else the one that was not used for longest. */
static slot_t* cache_slot(cache_t* cache, const job_t* job, bool* same) {
    slot_t* oldest = cache->slots;
    for (int i = 0; i < CACHE_SLOTS; i++) {
        slot_t* const slot = &cache->slots[i];
        *same = slot->limit == job->limit && strcmp(slot->terms, job->terms) == 0;
        if (*same) return slot;
        if (slot->used < oldest->used) oldest = slot;
    }
    return oldest;
}

/* Copies a known reply into the job. */
static bool cache_find(cache_t* cache, job_t* job) {
    HOTPATH_FUNC();
    bool same;
    hotpath_mutex_lock(&cache->lock);
    slot_t* const slot = cache_slot(cache, job, &same);
    if (same) {
        slot->used = ++cache->uses;
        text_add(&job->reply, slot->reply, slot->size);
    }
    hotpath_mutex_unlock(&cache->lock);
    if (same) job->status = job->reply.failed ? 500 : 200;
    return same;
}

static void cache_keep(cache_t* cache, const job_t* job) {
    HOTPATH_FUNC();
    if (job->reply.size > CACHE_REPLY_MAX) return;
    char* const copy = (char*)malloc(job->reply.size);
    if (copy == NULL) return;
    memcpy(copy, job->reply.data, job->reply.size);
    bool same;
    hotpath_mutex_lock(&cache->lock);
    slot_t* const slot = cache_slot(cache, job, &same);
    char* const old = slot->reply;
    memcpy(slot->terms, job->terms, sizeof slot->terms);
    slot->limit = job->limit;
    slot->reply = copy;
    slot->size = job->reply.size;
    slot->used = ++cache->uses;
    hotpath_mutex_unlock(&cache->lock);
    free(old);
}

static void cache_free(cache_t* cache) {
    for (int i = 0; i < CACHE_SLOTS; i++)
        free(cache->slots[i].reply);
    hotpath_mutex_destroy(&cache->lock);
}

/* >>http */

typedef struct server {
    struct mg_context* http;
    pool_t pool;
    cache_t cache;
    atomic_ullong requests;
    atomic_ullong searches; /* answered with results */
    atomic_ullong cached;   /* of them without a search */
    atomic_ullong refused;  /* the queue was full */
    atomic_ullong late;
    atomic_ullong wrong; /* requests that are not what we answer */
    char complaint[256]; /* the last that CivetWeb had to say, while it starts */
    bool started;
    atomic_int threads; /* of CivetWeb, for their names */
} server_t;

/* Head and body in one write: two would wait for each other on a kept connection. */
static void send_reply(struct mg_connection* to, int status, const char* type, const char* headers,
    const char* body, size_t size) {
    HOTPATH_FUNC();
    text_t all = {NULL, 0, 0, false};
    char head[512];
    const int length = snprintf(head, sizeof head,
        "HTTP/1.1 %d %s\r\nContent-Type: %s; charset=utf-8\r\nContent-Length: %zu\r\n"
        "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n%s\r\n",
        status, mg_get_response_code_text(to, status), type, size, headers);
    if (length > 0 && length < (int)sizeof head) text_add(&all, head, (size_t)length);
    text_add(&all, body, size);
    if (all.failed || mg_write(to, all.data, all.size) != (int)all.size) HOTPATH_ERROR("not sent");
    HOTPATH_BYTES(all.size);
    text_free(&all);
}

static void send_text(struct mg_connection* to, int status, const char* headers, const char* text) {
    send_reply(to, status, "text/plain", headers, text, strlen(text));
}

/* Turns what somebody typed into words in quotes, joined by AND. Returns: how many words. */
static int quote_terms(const char* query, size_t size, char* terms) {
    int words = 0;
    char* to = terms;
    for (size_t at = 0; at < size && words < WORDS_MAX; words++) {
        while (at < size && ((unsigned char)query[at] <= ' ' || query[at] == '"'))
            at++;
        if (at == size) break;
        size_t length = 0;
        if (words != 0) *to++ = ' ';
        *to++ = '"';
        for (; at < size && (unsigned char)query[at] > ' ' && query[at] != '"'; at++)
            if (length < WORD_SIZE) to[length++] = query[at];
        const bool prefix = length > 1 && to[length - 1] == '*';
        to += prefix ? length - 1 : length;
        *to++ = '"';
        if (prefix) *to++ = '*';
    }
    *to = 0;
    return words;
}

/* Reads the request's parameters into the job. Returns: NULL, or what is wrong with them. */
static const char* parse_query(const char* parameters, job_t* job) {
    HOTPATH_FUNC();
    char query[QUERY_SIZE], limit[8];
    if (parameters == NULL) parameters = "";
    const size_t size = strlen(parameters);
    const int length = mg_get_var(parameters, size, "q", query, sizeof query);
    if (length == -1) return "q is missing: /search?q=words\n";
    if (length < 0) return "q is too long: at most 1023 bytes\n";
    if (memchr(query, 0, (size_t)length) != NULL) return "q has a zero byte in it\n";
    if (quote_terms(query, (size_t)length, job->terms) == 0) return "q has no words in it\n";
    job->limit = LIMIT_DEFAULT;
    const int digits = mg_get_var(parameters, size, "limit", limit, sizeof limit);
    if (digits == -1) return NULL;
    char* end = limit;
    const long value = digits > 0 ? strtol(limit, &end, 10) : 0;
    if (value < 1 || value > LIMIT_MAX || end != limit + digits) return "limit is 1 to 50\n";
    job->limit = (int)value;
    return NULL;
}

static int answer_search(server_t* server, struct mg_connection* to, const char* parameters) {
    HOTPATH_FUNC();
    job_t job;
    memset(&job, 0, sizeof job);
    job.context = (hotpath_context_t*)mg_get_thread_pointer(to);
    const char* const wrong = parse_query(parameters, &job);
    if (wrong != NULL) {
        HOTPATH_ERROR("bad request");
        atomic_fetch_add(&server->wrong, 1);
        send_text(to, 400, "", wrong);
        return 400;
    }
    HOTPATH_TEXT("terms", job.terms); /* beside this request in the logs */
    HOTPATH_VALUE("limit", job.limit);
    job.deadline_ns = now_ns() + (int64_t)DEADLINE_MS * 1000000;
    const bool known = cache_find(&server->cache, &job);
    if (!known) pool_run(&server->pool, &job);
    if (job.status == 200) {
        atomic_fetch_add(&server->searches, 1);
        if (known) atomic_fetch_add(&server->cached, 1);
        if (!known) cache_keep(&server->cache, &job);
        send_reply(to, 200, "application/json", known ? "X-Cache: hit\r\n" : "X-Cache: miss\r\n",
            job.reply.data, job.reply.size);
    } else if (job.status == 503) {
        HOTPATH_ERROR("busy");
        atomic_fetch_add(&server->refused, 1);
        send_text(to, 503, "Retry-After: 1\r\n", "too many searches wait: try again\n");
    } else if (job.status == 504) {
        HOTPATH_ERROR("too slow");
        atomic_fetch_add(&server->late, 1);
        send_text(to, 504, "", "the search took too long: ask for less\n");
    } else {
        HOTPATH_ERROR("failed");
        send_text(to, 500, "", "the search failed\n");
    }
    text_free(&job.reply);
    return job.status;
}

static int answer(struct mg_connection* to, void* user) {
    const struct mg_request_info* const info = mg_get_request_info(to);
    server_t* const server = (server_t*)user;
    const char* const path = info->local_uri == NULL ? "" : info->local_uri;
    atomic_fetch_add(&server->requests, 1);
    if (strcmp(info->request_method, "GET") != 0) {
        HOTPATH_ERROR("method");
        atomic_fetch_add(&server->wrong, 1);
        send_text(to, 405, "Allow: GET\r\n", "only GET\n");
        return 405;
    }
    if (strcmp(path, "/search") == 0) return answer_search(server, to, info->query_string);
    if (strcmp(path, "/") == 0) {
        send_text(to, 200, "", "GET /search?q=words&limit=20 gives the best passages as JSON\n");
        return 200;
    }
    HOTPATH_ERROR("not found");
    atomic_fetch_add(&server->wrong, 1);
    send_text(to, 404, "", "there is only /search?q=words\n");
    return 404;
}

/* What is recorded of a request: the paths that are served, and all others as one. */
static const char* route_of(const char* path) {
    return path != NULL && (strcmp(path, "/") == 0 || strcmp(path, "/search") == 0) ? path : "/*";
}

/* Answers every request, so that CivetWeb serves no files and handles nothing by itself. */
static int on_request(struct mg_connection* to) {
    const struct mg_request_info* const info = mg_get_request_info(to);
    hotpath_context_switch((hotpath_context_t*)mg_get_thread_pointer(to));
    const int status =
        hotpath_civetweb_handle(to, route_of(info->local_uri), answer, info->user_data);
    hotpath_context_switch(NULL);
    return status;
}

/* CivetWeb would print this. Only a failing start is worth a line, and main prints it. */
static int on_log(const struct mg_connection* from, const char* message) {
    const struct mg_context* const http = mg_get_context(from);
    server_t* const server = http == NULL ? NULL : (server_t*)mg_get_user_data(http);
    if (server != NULL && !server->started)
        (void)snprintf(server->complaint, sizeof server->complaint, "%s", message);
    return 1;
}

/* Each thread that takes requests gets a context for their scopes. */
static void* on_thread(const struct mg_context* http, int type) {
    server_t* const server = (server_t*)mg_get_user_data(http);
    char name[32];
    if (type != 1 || server == NULL) return NULL;
    const int number = atomic_fetch_add(&server->threads, 1) + 1;
    (void)snprintf(name, sizeof name, "http %d", number);
    HOTPATH_THREAD_NAME(name);
    (void)snprintf(name, sizeof name, "request %d", number);
    return hotpath_context_create(name);
}

static void on_thread_end(const struct mg_context* http, int type, void* context) {
    (void)http;
    if (type == 1) hotpath_context_destroy((hotpath_context_t*)context);
}

/* Returns: the port it listens on, 0 with a message if it does not. */
static int http_start(server_t* server, int port) {
    HOTPATH_FUNC();
    char address[32], threads[16];
    (void)snprintf(address, sizeof address, "127.0.0.1:%d", port);
    (void)snprintf(threads, sizeof threads, "%d", HTTP_THREADS);
    const char* options[] = {"listening_ports", address, "num_threads", threads,
        "request_timeout_ms", "5000", "enable_keep_alive", "yes", "keep_alive_timeout_ms", "2000",
        "tcp_nodelay", "1", "access_control_allow_origin", "", NULL};
    struct mg_callbacks callbacks;
    struct mg_server_port bound[1];
    memset(&callbacks, 0, sizeof callbacks);
    callbacks.begin_request = on_request;
    callbacks.log_message = on_log;
    callbacks.init_thread = on_thread;
    callbacks.exit_thread = on_thread_end;
    server->http = mg_start(&callbacks, server, options);
    if (server->http != NULL && mg_get_server_ports(server->http, 1, bound) == 1) {
        server->started = true;
        return bound[0].port;
    }
    fprintf(stderr, "search: cannot listen on %s: %s\n", address,
        server->complaint[0] != 0 ? server->complaint : "is the port taken?");
    return 0;
}

/* >>main */

typedef struct options {
    int port;
    char* directories[16];
    int count;
} options_t;

static bool read_port(const char* text, int* port) {
    char* end;
    const long value = strtol(text, &end, 10);
    *port = (int)value;
    return end != text && *end == 0 && value >= 0 && value <= 65535;
}

/* What there is to search if nobody says: each is left out if this machine has none. */
static void default_directories(options_t* o) {
    static char licenses[] = "/usr/share/common-licenses", here[] = ".";
    if (access(licenses, R_OK) == 0) o->directories[o->count++] = licenses;
    if (access("hotpath.h", R_OK) == 0) o->directories[o->count++] = here;
}

static bool read_options(options_t* o, int argc, char** argv) {
    const char* const port = getenv("PORT");
    if (port != NULL && port[0] != 0 && !read_port(port, &o->port)) return false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--port") == 0 && i + 1 < argc) {
            if (!read_port(argv[++i], &o->port)) return false;
        } else if (argv[i][0] == '-' || o->count == 16) {
            return false;
        } else if (access(argv[i], R_OK | X_OK) != 0) {
            fprintf(stderr, "search: %s: %s\n", argv[i], strerror(errno));
            return false;
        } else {
            o->directories[o->count++] = argv[i];
        }
    }
    if (o->count == 0) default_directories(o);
    if (o->count == 0) fprintf(stderr, "search: say which directory to index\n");
    return o->count != 0;
}

/* Threads inherit what is blocked here, so these signals come to main alone. */
static void block_signals(sigset_t* signals) {
    sigemptyset(signals);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, signals, NULL);
    signal(SIGPIPE, SIG_IGN); /* a client that leaves is an error of one write */
}

static void wait_for_signal(const sigset_t* signals) {
    HOTPATH_FUNC();
    int which;
    while (sigwait(signals, &which) != 0)
        continue;
}

static void http_stop(server_t* server) {
    HOTPATH_FUNC();
    mg_stop(server->http);
}

static void print_summary(server_t* server) {
    printf("requests  %llu\n", atomic_load(&server->requests));
    printf("searches  %llu, %llu of them from the cache\n", atomic_load(&server->searches),
        atomic_load(&server->cached));
    printf("refused   %llu busy, %llu too slow, %llu wrong\n", atomic_load(&server->refused),
        atomic_load(&server->late), atomic_load(&server->wrong));
}

static int run(
    server_t* server, const catalog_t* c, int port, bool fixed, const sigset_t* signals) {
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    const int workers = cores < 2 ? 2 : cores > WORKERS_MAX ? WORKERS_MAX : (int)cores;
    int code = 1;
    mg_init_library(0);
    hotpath_mutex_init(&server->cache.lock, NULL, "cache");
    if (pool_start(&server->pool, c, workers, fixed)) {
        const int bound = http_start(server, port);
        if (bound != 0) {
            printf("search: http://127.0.0.1:%d/search?q=license (%d passages of %d files)\n",
                bound, c->passages, c->files);
            fflush(stdout);
            wait_for_signal(signals);
            code = 0;
        }
        if (server->http != NULL) http_stop(server);
    }
    pool_stop(&server->pool);
    cache_free(&server->cache);
    mg_exit_library();
    return code;
}

int main(int argc, char** argv) {
    HOTPATH_MAIN();
    static server_t server;
    static catalog_t catalog;
    options_t options = {0, {NULL}, 0};
    const char* const demo = getenv("DEMO_FIXED");
    const bool fixed = demo != NULL && strcmp(demo, "1") == 0;
    sigset_t signals;
    if (!read_options(&options, argc, argv)) {
        fprintf(stderr, "usage: %s [--port 0-65535] [directory...]\n", argv[0]);
        return 2;
    }
    HOTPATH_THREAD_NAME("main");
    hotpath_app_info("search", fixed ? "one query with a join" : "a query per result row");
    block_signals(&signals);
    HOTPATH_MARK("index");
    if (!build_index(&catalog, options.directories, options.count)) return 1;
    hotpath_heap_snapshot("the index is built"); /* without HOTPATH_ALLOC it does nothing */
    HOTPATH_MARK("serve");
    const int code = run(&server, &catalog, options.port, fixed, &signals);
    HOTPATH_MARK("end");
    sqlite3_free(catalog.image);
    if (code == 0) print_summary(&server);
    return code;
}
