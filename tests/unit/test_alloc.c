/* The account of allocations: by function, path and thread, against a model; and that it does no harm:
   every way to allocate gives what it promises, blocks of others are left alone, nothing before a block
   is touched that might not be there. With sanitizers the macros count alone. */
/* FLAGS: -DHOTPATH_ALLOC -fno-builtin -Wno-free-nonheap-object */
#ifndef _GNU_SOURCE
    #define _GNU_SOURCE
#endif
#define HOTPATH_MAX_ALLOC_EVENTS 256
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "law.h"

#include <malloc.h>
#include <sys/time.h>
#include <sys/mman.h>

/* What was allocated before main, and is counted as outside of any scope. */
static void* before_main;
static uint64_t plain_frees;
__attribute__((constructor)) static void allocate_before_main(void) {
    before_main = HOTPATH_MALLOC(12345);
    HOTPATH_FREE(HOTPATH_MALLOC(1));
    plain_frees = hotpath_i_first_cells[1].own.count;
}

static bool interposed(void) { return law_info().alloc.interposed; }
static void need_interposed(void) {
    if (!interposed()) law_skip("malloc to be interposed: no sanitizer, no valgrind");
}
static bool live_is_known(void) { return law_info().alloc.live; }

/* What a function has more than before. */
typedef struct numbers {
    uint64_t allocs, bytes, total_allocs, total_bytes, reallocs, frees, freed, others, live, alive;
} numbers_t;
static numbers_t numbers_of(const char* name) {
    const hotpath_function_t f = law_now(name);
    const numbers_t n = {f.alloc_count, f.alloc_bytes, f.alloc_total_count, f.alloc_total_bytes,
        f.realloc_count, f.free_count, f.free_bytes, f.freed_by_others_count, f.live_bytes,
        f.live_count};
    return n;
}
static void check_more(const char* name, numbers_t before, uint64_t allocs, uint64_t bytes,
    uint64_t reallocs, uint64_t frees, uint64_t freed) {
    const numbers_t n = numbers_of(name);
    CHECK_EQ(n.allocs - before.allocs, allocs);
    CHECK_EQ(n.bytes - before.bytes, bytes);
    CHECK_EQ(n.reallocs - before.reallocs, reallocs);
    CHECK_EQ(n.frees - before.frees, frees);
    CHECK_EQ(n.freed - before.freed, freed);
    CHECK_EQ(n.alive - before.alive, allocs - frees);
    CHECK_EQ(n.live - before.live, bytes - freed);
}

/* >>model
   Four functions that call each other at random, and what each should have. */

enum {
    FUNCTIONS = 4,
    BLOCKS = 100,
    DEPTH = 5
};
typedef struct block {
    unsigned char* at;
    size_t size;
    size_t owner;
    unsigned char mark;
} block_t;
static block_t blocks[BLOCKS];
static struct {
    uint64_t allocs, bytes, reallocs, frees, freed, total_allocs, total_bytes;
    uint64_t sizes[HOTPATH_ALLOC_SIZES];
} model[FUNCTIONS];
static size_t path[DEPTH + 1], depth;
static uint64_t random_state = 88172645463325252u;

static uint64_t any(uint64_t below) {
    random_state ^= random_state << 13, random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % below;
}
static size_t class_of(size_t size) {
    size_t k = 0;
    for (; size != 0; size >>= 1)
        k++;
    return k;
}
static void note_alloc(size_t owner, size_t size) {
    model[owner].allocs++, model[owner].bytes += size;
    model[owner].sizes[class_of(size)]++;
    bool seen[FUNCTIONS] = {false};
    for (size_t i = 0; i < depth; i++) {
        if (seen[path[i]]) continue;
        seen[path[i]] = true;
        model[path[i]].total_allocs++, model[path[i]].total_bytes += size;
    }
}
static void fill(block_t* b, unsigned char mark) {
    b->mark = mark;
    for (size_t i = 0; i < b->size; i++)
        b->at[i] = (unsigned char)(mark + i * 7);
}
static void check_filled(const block_t* b, size_t size) {
    for (size_t i = 0; i < size; i++)
        CHECK_EQ(b->at[i], (unsigned char)(b->mark + i * 7));
}
static void give_back(block_t* b) {
    if (b->at == NULL) return;
    check_filled(b, b->size);
    model[b->owner].frees++, model[b->owner].freed += b->size;
    HOTPATH_FREE(b->at);
    b->at = NULL;
}
static void one_block(size_t owner) {
    block_t* const b = &blocks[any(BLOCKS)];
    const size_t size = (size_t)(any(4) == 0 ? any(70000) : any(300));
    static const size_t alignments[] = {8, 16, 32, 64, 128, 1024, 2048, 4096, 65536};
    switch (any(6)) {
        case 0:
            give_back(b);
            b->at = (unsigned char*)HOTPATH_CALLOC(size / 4 + 1, 4);
            b->size = (size / 4 + 1) * 4;
            for (size_t i = 0; i < b->size; i++)
                CHECK_EQ(b->at[i], 0);
            break;
        case 1: {
            const size_t alignment = alignments[any(sizeof alignments / sizeof *alignments)];
            give_back(b);
            b->size = (size + alignment - 1) / alignment * alignment;
            b->at = (unsigned char*)HOTPATH_ALIGNED_ALLOC(alignment, b->size);
            CHECK_EQ((uintptr_t)b->at % alignment, 0);
            break;
        }
        case 2: {
            if (b->at == NULL) return;
            const size_t least = b->size < size ? b->size : size;
            if (size == 0) return;
            model[b->owner].frees++, model[b->owner].freed += b->size;
            model[owner].reallocs++;
            b->at = (unsigned char*)HOTPATH_REALLOC(b->at, size);
            CHECK(b->at != NULL);
            check_filled(b, least);
            b->size = size;
            break;
        }
        case 3: give_back(b); return;
        default:
            give_back(b);
            b->at = (unsigned char*)HOTPATH_MALLOC(size);
            b->size = size;
            break;
    }
    CHECK(b->at != NULL);
    b->owner = owner;
    note_alloc(owner, b->size);
    fill(b, (unsigned char)any(256));
}
static void call(size_t function);
static void work(size_t function) {
    path[depth++] = function;
    const uint64_t times = any(6);
    for (uint64_t i = 0; i < times; i++) {
        one_block(function);
        if (depth < DEPTH && any(3) == 0) call((size_t)any(FUNCTIONS));
    }
    depth--;
}
static void call(size_t function) {
    switch (function) {
        case 0: {
            HOTPATH_SCOPE("model 0");
            work(0);
            break;
        }
        case 1: {
            HOTPATH_SCOPE("model 1");
            work(1);
            break;
        }
        case 2: {
            HOTPATH_SCOPE("model 2");
            work(2);
            break;
        }
        default: {
            HOTPATH_SCOPE("model 3");
            work(3);
            break;
        }
    }
}
/* Nodes sum up to their functions and to the nodes above. */
static void check_tree(const hotpath_snapshot_t* s) {
    size_t functions_count = 0, nodes_count = 0, threads_count = 0;
    const hotpath_function_t* const functions = hotpath_snapshot_functions(s, &functions_count);
    const hotpath_node_t* const nodes = hotpath_snapshot_nodes(s, &nodes_count);
    const hotpath_thread_t* const threads = hotpath_snapshot_threads(s, &threads_count);
    const hotpath_alloc_info_t* const all = &hotpath_snapshot_info(s)->alloc;
    uint64_t allocs = 0, bytes = 0, frees = 0, live = 0;
    for (size_t i = 0; i < functions_count; i++) {
        const hotpath_function_t* const f = &functions[i];
        uint64_t count = 0, sum = 0, total = 0, total_bytes = 0, sizes = 0, ages = 0;
        for (size_t n = 0; n < nodes_count; n++) {
            if (nodes[n].function != i) continue;
            count += nodes[n].alloc_count, sum += nodes[n].alloc_bytes;
            if (nodes[n].recursive) continue;
            total += nodes[n].alloc_total_count, total_bytes += nodes[n].alloc_total_bytes;
        }
        CHECK_EQ(count, f->alloc_count);
        CHECK_EQ(sum, f->alloc_bytes);
        CHECK_EQ(total, f->alloc_total_count);
        CHECK_EQ(total_bytes, f->alloc_total_bytes);
        for (size_t k = 0; k < HOTPATH_ALLOC_SIZES && f->alloc_sizes; k++)
            sizes += f->alloc_sizes[k];
        CHECK_EQ(sizes, f->alloc_count);
        for (size_t k = 0; k < HOTPATH_ALLOC_AGES && f->live_ages; k++)
            ages += f->live_ages[k];
        CHECK_EQ(ages, f->live_bytes);
        CHECK_GE(f->peak_live_bytes, f->live_bytes);
        CHECK_EQ(f->live_count, f->alloc_count - f->free_count);
        allocs += count, bytes += sum, frees += f->free_count, live += f->live_bytes;
    }
    CHECK_EQ(all->alloc_count, allocs);
    CHECK_EQ(all->alloc_bytes, bytes);
    CHECK_EQ(all->free_count, frees);
    CHECK_EQ(all->live_bytes, live);
    for (size_t n = 0; n < nodes_count; n++) {
        uint64_t below = nodes[n].alloc_count;
        for (uint32_t c = nodes[n].first_child; c != HOTPATH_NO_NODE; c = nodes[c].next_sibling)
            below += nodes[c].alloc_total_count;
        CHECK_EQ(below, nodes[n].alloc_total_count);
    }
    uint64_t of_threads = 0, freed_of_threads = 0, live_of_threads = 0;
    for (size_t t = 0; t < threads_count; t++) {
        of_threads += threads[t].alloc_count, freed_of_threads += threads[t].free_count;
        live_of_threads += threads[t].live_bytes;
    }
    CHECK_EQ(of_threads, allocs);
    CHECK_EQ(freed_of_threads, frees);
    CHECK_EQ(live_of_threads, live);
}
static void alloc_model(void** state) {
    (void)state;
    static const char* const names[] = {"model 0", "model 1", "model 2", "model 3"};
    CHECK(live_is_known());
    for (int i = 0; i < LAW_TIMES(400, 100); i++)
        call((size_t)any(FUNCTIONS));
    for (int round = 0; round < 2; round++) {
        hotpath_snapshot_t* const s = law_take();
        check_tree(s);
        const uint64_t overflow = hotpath_snapshot_info(s)->drops.alloc_overflow;
        for (size_t i = 0; i < FUNCTIONS; i++) {
            const hotpath_function_t* const f = law_function(s, names[i]);
            CHECK_EQ(f->alloc_count, model[i].allocs);
            CHECK_EQ(f->alloc_bytes, model[i].bytes);
            CHECK_EQ(f->alloc_total_count, model[i].total_allocs);
            CHECK_EQ(f->alloc_total_bytes, model[i].total_bytes);
            CHECK_EQ(f->realloc_count, model[i].reallocs);
            for (size_t k = 0; k < HOTPATH_ALLOC_SIZES; k++)
                CHECK_EQ(f->alloc_sizes[k], model[i].sizes[k]);
            if (overflow == 0) { /* what is past the table is not seen to be freed */
                CHECK_EQ(f->free_count, model[i].frees);
                CHECK_EQ(f->free_bytes, model[i].freed);
            }
            CHECK_EQ(f->freed_by_others_count, 0);
        }
        hotpath_snapshot_free(s);
        for (size_t i = 0; i < BLOCKS && round == 0; i++)
            give_back(&blocks[i]);
    }
}

/* >>counts */

static void alloc_known_counts(void** state) {
    (void)state;
    numbers_t before;
    {
        HOTPATH_SCOPE("counted");
        before = numbers_of("counted");
        void* const a = HOTPATH_MALLOC(100);
        void* b = HOTPATH_CALLOC(3, 7);
        check_more("counted", before, 2, 121, 0, 0, 0);
        b = HOTPATH_REALLOC(b, 1000);
        check_more("counted", before, 3, 1121, 1, 1, 21);
        char* const copy = HOTPATH_STRDUP("copy");
        CHECK_TEXT(copy, "copy");
        void* const aligned = HOTPATH_ALIGNED_ALLOC(64, 128);
        check_more("counted", before, 5, 1121 + 5 + 128, 1, 1, 21);
        HOTPATH_FREE(a);
        HOTPATH_FREE(b);
        HOTPATH_FREE(copy);
        HOTPATH_FREE(aligned);
        HOTPATH_FREE(NULL);
        check_more("counted", before, 5, 1254, 1, 5, 1254);
    }
    before = numbers_of("<outside>");
    void* const outside = HOTPATH_MALLOC(50);
    check_more("<outside>", before, 1, 50, 0, 0, 0);
    HOTPATH_FREE(outside);
    check_more("<outside>", before, 1, 50, 0, 1, 50);
}
/* One counts as a free and an allocation of the whole new size, as valgrind counts. */
static void alloc_realloc(void** state) {
    (void)state;
    HOTPATH_SCOPE("realloc");
    numbers_t before = numbers_of("realloc");
    char* p = (char*)HOTPATH_REALLOC(NULL, 10);
    check_more("realloc", before, 1, 10, 0, 0, 0);
    memcpy(p, "123456789", 10);
    size_t sum = 10;
    for (size_t size = 20; size < 300000; size *= 3) {
        p = (char*)HOTPATH_REALLOC(p, size);
        sum += size;
    }
    CHECK_TEXT(p, "123456789");
    const numbers_t n = numbers_of("realloc");
    CHECK_EQ(n.bytes - before.bytes, sum);
    CHECK_EQ(n.allocs - before.allocs, n.reallocs - before.reallocs + 1);
    CHECK_EQ(n.alive - before.alive, 1);
    /* One that fails leaves the block as it was, and counts nothing. */
    volatile size_t too_much = (size_t)PTRDIFF_MAX - 100;
    errno = 0;
    if (!LAW_SANITIZED) {
        CHECK(HOTPATH_REALLOC(p, too_much) == NULL);
        CHECK_EQ(errno, ENOMEM);
        const numbers_t after = numbers_of("realloc");
        CHECK(memcmp(&after, &n, sizeof n) == 0);
        CHECK_TEXT(p, "123456789");
    }
    HOTPATH_FREE(p);
    CHECK_EQ(numbers_of("realloc").alive, before.alive);
}
static void alloc_off(void** state) {
    (void)state;
    HOTPATH_SCOPE("switched");
    const numbers_t before = numbers_of("switched");
    void* const on = HOTPATH_MALLOC(10);
    hotpath_enable(false);
    void* const off = HOTPATH_MALLOC(20);
    HOTPATH_FREE(on); /* counted when it was allocated: so is its free */
    hotpath_enable(true);
    HOTPATH_FREE(off);
    check_more("switched", before, 1, 10, 0, 1, 10);
}
static void alloc_before_main(void** state) {
    (void)state;
    { HOTPATH_SCOPE("the first scope"); }
    const numbers_t before = numbers_of("<outside>");
    CHECK_GE(before.bytes, 12345);
    HOTPATH_FREE(before_main);
    const numbers_t n = numbers_of("<outside>");
    CHECK_EQ(n.frees - before.frees, 1);
    CHECK_EQ(n.freed - before.freed, 12345);
    CHECK_GE(n.frees, 2);
    CHECK_EQ(plain_frees, 0); /* any thread may free then: only atomic additions count */
}

/* >>ways in */

static void alloc_every_function(void** state) {
    (void)state;
    need_interposed();
    HOTPATH_SCOPE("every function");
    const numbers_t before = numbers_of("every function");
    void* p[12];
    size_t sizes[12] = {10, 12, 20, 60, 64, 100, 200, 50, 5000, 8192, 0, 6};
    p[0] = malloc(10);
    p[1] = calloc(3, 4);
    p[2] = realloc(NULL, 20);
    p[3] = reallocarray(NULL, 6, 10);
    p[4] = aligned_alloc(32, 64);
    CHECK_EQ(posix_memalign(&p[5], 256, 100), 0);
    p[6] = memalign(4096, 200);
    p[7] = memalign(8, 50);
    p[8] = valloc(5000);
    p[9] = pvalloc(5000);
    p[10] = malloc(0);
    p[11] = strdup("hello");
    CHECK_EQ((uintptr_t)p[4] % 32, 0);
    CHECK_EQ((uintptr_t)p[5] % 256, 0);
    CHECK_EQ((uintptr_t)p[6] % 4096, 0);
    CHECK_EQ((uintptr_t)p[8] % 4096, 0);
    CHECK_EQ((uintptr_t)p[9] % 4096, 0);
    uint64_t sum = 0;
    for (size_t i = 0; i < 12; i++) {
        CHECK(p[i] != NULL);
        CHECK_GE(malloc_usable_size(p[i]), sizes[i]);
        memset(p[i], 0xab, malloc_usable_size(p[i]));
        sum += sizes[i];
    }
    check_more("every function", before, 12, sum, 0, 0, 0);
    for (size_t i = 0; i < 12; i++)
        free(p[i]);
    check_more("every function", before, 12, sum, 0, 12, sum);
    CHECK_EQ(malloc_usable_size(NULL), 0);
    CHECK_EQ(posix_memalign(&p[0], 3, 10), EINVAL);
    CHECK_EQ(posix_memalign(&p[0], 4, 10), EINVAL);
    check_more("every function", before, 12, sum, 0, 12, sum);
    /* A realloc to nothing is a free, as the C library has it. */
    p[0] = malloc(5);
    p[0] = realloc(p[0], 0);
    CHECK(p[0] == NULL);
    check_more("every function", before, 13, sum + 5, 0, 13, sum + 5);
    /* The macros lead to the same functions: nothing counts twice. */
    p[0] = HOTPATH_MALLOC(7);
    free(p[0]);
    p[0] = malloc(9);
    HOTPATH_FREE(p[0]);
    check_more("every function", before, 15, sum + 21, 0, 15, sum + 21);
}
static void alloc_too_much(void** state) {
    (void)state;
    need_interposed();
    HOTPATH_SCOPE("too much");
    const numbers_t before = numbers_of("too much");
    volatile size_t half = SIZE_MAX / 2 + 2;
    static const size_t sizes[] = {
        SIZE_MAX, SIZE_MAX - 15, SIZE_MAX - 16, SIZE_MAX - 31, SIZE_MAX / 2 + 1, (size_t)1 << 46};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        volatile size_t size = sizes[i];
        errno = 0;
        CHECK(malloc(size) == NULL);
        CHECK_EQ(errno, ENOMEM);
        errno = 0;
        CHECK(calloc(1, size) == NULL);
        CHECK_EQ(errno, ENOMEM);
        errno = 0;
        CHECK(aligned_alloc(64, size) == NULL);
        CHECK_EQ(errno, ENOMEM);
        void* p = NULL;
        CHECK_EQ(posix_memalign(&p, 64, size), ENOMEM);
        CHECK(p == NULL);
    }
    errno = 0;
    CHECK(calloc(half, 2) == NULL);
    CHECK_EQ(errno, ENOMEM);
    errno = 0;
    CHECK(reallocarray(NULL, half, 2) == NULL);
    CHECK_EQ(errno, ENOMEM);
    errno = 0;
    CHECK(pvalloc(SIZE_MAX - 10) == NULL);
    CHECK_EQ(errno, ENOMEM);
    check_more("too much", before, 0, 0, 0, 0, 0);
    errno = 77;
    free(malloc(10));
    void* const page = aligned_alloc(8192, 8192);
    free(page);
    CHECK_EQ(errno, 77);
}

/* >>blocks of others
   In children, whose allocator behind hotpath's is replaced: what it is given back is seen. */

static void* volatile released;
static hotpath_i_os_heap_t behind; /* what is really there */
static void release(void* block) { released = block; }
static unsigned char* volatile bump;
static void* bump_alloc(size_t size) {
    unsigned char* const block = bump;
    bump += (size + 15) / 16 * 16;
    return block;
}
static unsigned char* pages(size_t count) {
    unsigned char* const p = (unsigned char*)mmap(
        NULL, count * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(p != MAP_FAILED);
    return p;
}
static int child_foreign(void) {
    behind = hotpath_i_heap.next;
    HOTPATH_SCOPE("foreign");
    unsigned char* const p = pages(3);
    CHECK_EQ(mprotect(p, 4096, PROT_NONE), 0);
    const uint64_t before = law_info().alloc.foreign_frees;
    hotpath_i_heap.next.release = release;
    /* Nothing can be read before the second page. */
    free(p + 4096);
    CHECK(released == p + 4096);
    /* Neither is a block at any other place one of ours, whatever stands before it. */
    for (size_t at = 4096 + 8; at < 3 * 4096; at += 8) {
        free(p + at);
        CHECK_EQ((uintptr_t)released, (uintptr_t)(p + at));
    }
    hotpath_i_heap.next.release = behind.release;
    CHECK_EQ(law_info().alloc.foreign_frees - before, 1 + (2 * 4096 - 8) / 8);
    /* Blocks that the C library gave without us. */
    char* q = (char*)behind.alloc(100);
    memcpy(q, "content", 8);
    q = (char*)realloc(q, 100000);
    CHECK_TEXT(q, "content");
    CHECK_GE(malloc_usable_size(q), 100000);
    free(q);
    free(behind.alloc(10));
    return 0;
}
static unsigned char* volatile moved_to;
static void* move_block(void* block, size_t size) {
    memcpy(moved_to, block, size < 200 ? size : 200);
    return moved_to;
}
static int child_stale(void) {
    behind = hotpath_i_heap.next;
    HOTPATH_SCOPE("stale");
    free(malloc(1)); /* from here on the fast way is taken */
    const numbers_t before = numbers_of("stale");
    unsigned char* const area = pages(2);
    unsigned char* const block = (unsigned char*)malloc(100);
    /* A copy of a live block with its header, somewhere else. */
    memcpy(area + 64 - 16, block - 16, 116);
    hotpath_i_heap.next.release = release;
    free(area + 64);
    CHECK(released == area + 64);
    check_more("stale", before, 1, 100, 0, 0, 0);
    /* The header of a freed block. */
    free(block);
    CHECK(released == block - 16);
    check_more("stale", before, 1, 100, 0, 1, 100);
    free(block);
    CHECK(released == block);
    check_more("stale", before, 1, 100, 0, 1, 100);
    /* The place that a realloc has moved a block away from. */
    unsigned char* const old = (unsigned char*)malloc(60);
    moved_to = area + 512;
    hotpath_i_heap.next.resize = move_block;
    unsigned char* const moved = (unsigned char*)realloc(old, 70);
    CHECK(moved == area + 512 + 16);
    free(old);
    CHECK(released == old);
    check_more("stale", before, 3, 230, 1, 2, 160);
    free(moved);
    CHECK(released == area + 512);
    check_more("stale", before, 3, 230, 1, 3, 230);
    return 0;
}
/* The allocator behind has nothing left. */
static void* alloc_nothing(size_t size) {
    (void)size;
    errno = ENOMEM;
    return NULL;
}
static int child_no_memory(void) {
    behind = hotpath_i_heap.next;
    HOTPATH_SCOPE("no memory");
    free(malloc(1)); /* from here on the fast way is taken */
    const numbers_t before = numbers_of("no memory");
    hotpath_i_heap.next.alloc = alloc_nothing;
    errno = 0;
    void* volatile none = malloc(100);
    hotpath_i_heap.next.alloc = behind.alloc;
    CHECK(none == NULL);
    CHECK_EQ(errno, ENOMEM);
    check_more("no memory", before, 0, 0, 0, 0, 0);
    return 0;
}
/* A block with a header that begins a page is told from one of others, though nothing says that what is in
   front of it can be read. */
static int child_page(void) {
    behind = hotpath_i_heap.next;
    HOTPATH_SCOPE("page");
    const numbers_t before = numbers_of("page");
    bump = pages(200);
    hotpath_i_heap.next.alloc = bump_alloc;
    hotpath_i_heap.next.release = release;
    uint64_t sum = 0, count = 0, begin = 0;
    for (size_t size = 0; count < 3000; size = (size + 24) % 300, count++) {
        unsigned char* const expected = bump + 16;
        unsigned char* const p = (unsigned char*)malloc(size);
        CHECK(p == expected);
        begin += (uintptr_t)p % 4096 == 0;
        free(p);
        CHECK(released == p - 16);
        sum += size;
    }
    CHECK_GT(begin, 5);
    /* Once it is freed, the page before it may be gone. */
    unsigned char* const area = pages(3);
    bump = area + 4096 - 16;
    unsigned char* const p = (unsigned char*)malloc(50);
    CHECK(p == area + 4096);
    free(p);
    CHECK(released == area + 4096 - 16);
    CHECK_EQ(mprotect(area, 4096, PROT_NONE), 0);
    free(p);
    CHECK(released == area + 4096);
    hotpath_i_heap.next.alloc = behind.alloc;
    hotpath_i_heap.next.release = behind.release;
    check_more("page", before, count + 1, sum + 50, 0, count + 1, sum + 50);
    return 0;
}
/* How much a block holds is looked at by several threads at once: it changes nothing, and is what realloc
   keeps. */
static int child_usable(void) {
    behind = hotpath_i_heap.next;
    bump = pages(2);
    hotpath_i_heap.next.alloc = bump_alloc;
    char* const p = (char*)malloc(100);
    hotpath_i_heap.next.alloc = behind.alloc;
    CHECK_EQ(mprotect((void*)((uintptr_t)p & ~(uintptr_t)4095), 4096, PROT_READ), 0);
    CHECK_EQ(malloc_usable_size(p), 100);
    for (size_t alignment = 16; alignment <= 2048; alignment *= 2) {
        unsigned char* q = (unsigned char*)aligned_alloc(alignment, 100);
        const size_t usable = malloc_usable_size(q);
        CHECK_GE(usable, 100);
        memset(q, 0x5b, usable);
        q = (unsigned char*)realloc(q, 5000);
        for (size_t i = 0; i < usable; i++)
            CHECK_EQ(q[i], 0x5b);
        free(q);
    }
    return 0;
}
/* A realloc whose new place begins a page. */
static int child_page_realloc(void) {
    behind = hotpath_i_heap.next;
    HOTPATH_SCOPE("page realloc");
    const numbers_t before = numbers_of("page realloc");
    unsigned char* const area = pages(4);
    for (size_t at = 4096 - 64; at <= 4096 + 64; at += 16) {
        char* p = (char*)malloc(100);
        memcpy(p, "kept content", 13);
        moved_to = area + at;
        hotpath_i_heap.next.resize = move_block;
        hotpath_i_heap.next.release = release;
        p = (char*)realloc(p, 150);
        CHECK(p == (char*)area + at + 16);
        CHECK_TEXT(p, "kept content");
        moved_to = area + 2 * 4096 + (4096 - 16 - (at & 64));
        p = (char*)realloc(p, 120);
        CHECK(p == (char*)moved_to + 16);
        CHECK_TEXT(p, "kept content");
        free(p);
        CHECK(released == moved_to);
        hotpath_i_heap.next.resize = behind.resize;
        hotpath_i_heap.next.release = behind.release;
    }
    check_more("page realloc", before, 27, 9 * 370, 18, 27, 9 * 370);
    return 0;
}
static void alloc_foreign(void** state) {
    (void)state;
    need_interposed();
    law_exited(law_fork(child_foreign), 0);
}
static void alloc_no_memory(void** state) {
    (void)state;
    need_interposed();
    law_exited(law_fork(child_no_memory), 0);
}
static void alloc_stale(void** state) {
    (void)state;
    need_interposed();
    law_exited(law_fork(child_stale), 0);
}
static void alloc_usable(void** state) {
    (void)state;
    need_interposed();
    law_exited(law_fork(child_usable), 0);
}
static void alloc_page(void** state) {
    (void)state;
    need_interposed();
    law_exited(law_fork(child_page), 0);
    law_exited(law_fork(child_page_realloc), 0);
}

/* Blocks of all alignments may be freed, moved and filled. */
static void alloc_alignments(void** state) {
    (void)state;
    HOTPATH_SCOPE("alignments");
    const numbers_t before = numbers_of("alignments");
    uint64_t count = 0, bytes = 0;
    for (size_t alignment = 16; alignment <= (size_t)1 << 22; alignment *= 2)
        for (size_t times = 1; times < 4; times++) {
            const size_t size = alignment * times, more = size + 1000;
            unsigned char* p = (unsigned char*)HOTPATH_ALIGNED_ALLOC(alignment, size);
            CHECK_EQ((uintptr_t)p % alignment, 0);
            memset(p, 0x5a, size);
            p = (unsigned char*)HOTPATH_REALLOC(p, more);
            for (size_t i = 0; i < size; i += 17)
                CHECK_EQ(p[i], 0x5a);
            memset(p, 0xa5, more);
            HOTPATH_FREE(p);
            count += 2, bytes += size + more;
        }
    check_more("alignments", before, count, bytes, count / 2, count, bytes);
}

/* >>events */

static void alloc_events(void** state) {
    (void)state;
    static char memory[4096];
    numbers_t before;
    hotpath_heap_pool_t pools[4];
    {
        HOTPATH_SCOPE("events");
        before = numbers_of("events");
        HOTPATH_ALLOC_EVENT(memory, 100);
        HOTPATH_ALLOC_EVENT(NULL, 100);
        HOTPATH_HEAP_ALLOC_EVENT("arena", memory + 1, 30);
        HOTPATH_HEAP_ALLOC_EVENT("arena", memory + 2, 40);
        HOTPATH_HEAP_ALLOC_EVENT("pool", memory + 3, 50);
        check_more("events", before, 4, 220, 0, 0, 0);
    }
    CHECK_EQ(hotpath_heap_pools(NULL, 0), 2);
    CHECK_EQ(hotpath_heap_pools(pools, 4), 2);
    CHECK_TEXT(pools[0].name, "arena");
    CHECK_EQ(pools[0].alloc_count, 2);
    CHECK_EQ(pools[0].live_bytes, 70);
    CHECK_EQ(pools[1].live_bytes, 50);
    HOTPATH_FREE_EVENT(memory);
    HOTPATH_FREE_EVENT(memory); /* twice: foreign by then */
    HOTPATH_HEAP_RESET_EVENT("arena");
    HOTPATH_HEAP_FREE_EVENT("arena", memory + 1);
    check_more("events", before, 4, 220, 0, 3, 170);
    HOTPATH_HEAP_FREE_EVENT("pool", memory + 3);
    check_more("events", before, 4, 220, 0, 4, 220);
    CHECK_EQ(hotpath_heap_pools(pools, 4), 2);
    CHECK_EQ(pools[0].live_bytes, 0);
    CHECK_EQ(pools[0].live_count, 0);
    CHECK_EQ(pools[0].peak_live_bytes, 70);
    CHECK_EQ(pools[0].resets, 1);
    CHECK_EQ(pools[1].live_count, 0);
    /* One that is told twice was freed in between. */
    {
        HOTPATH_SCOPE("told twice");
        HOTPATH_ALLOC_EVENT(memory, 5);
        HOTPATH_ALLOC_EVENT(memory, 6);
        check_more("told twice", (numbers_t){0}, 2, 11, 0, 1, 5);
        HOTPATH_FREE_EVENT(memory);
        check_more("told twice", (numbers_t){0}, 2, 11, 0, 2, 11);
    }
    /* Even if it is not recorded the second time. */
    {
        HOTPATH_SCOPE("told off");
        HOTPATH_ALLOC_EVENT(memory, 7);
        hotpath_enable(false);
        HOTPATH_HEAP_ALLOC_EVENT("off", memory, 8);
        hotpath_enable(true);
        check_more("told off", (numbers_t){0}, 1, 7, 0, 1, 7);
        CHECK_EQ(hotpath_heap_pools(NULL, 0), 2);
        HOTPATH_FREE_EVENT(memory);
        check_more("told off", (numbers_t){0}, 1, 7, 0, 1, 7);
    }
    /* A handle is a pointer like any other. */
    HOTPATH_SCOPE("handles");
    for (uintptr_t i = 0; i < 100; i++) {
        HOTPATH_ALLOC_EVENT((void*)(i % 2 + 1), 5);
        HOTPATH_FREE_EVENT((void*)(i % 2 + 1));
    }
    check_more("handles", (numbers_t){0}, 100, 500, 0, 100, 500);
}
/* The first block of an arena begins where the arena does, which malloc gave. */
static void alloc_events_at_its_begin(void** state) {
    (void)state;
    const uint64_t foreign = law_info().alloc.foreign_frees;
    HOTPATH_SCOPE("the arena");
    char* arena = (char*)HOTPATH_ALIGNED_ALLOC(4096, 8192);
    {
        HOTPATH_SCOPE("its first block");
        HOTPATH_HEAP_ALLOC_EVENT("arena", arena, 100);
        check_more("the arena", (numbers_t){0}, 1, 8192, 0, 0, 0);
        arena = (char*)HOTPATH_REALLOC(arena, 16384); /* allocates here */
        HOTPATH_HEAP_RESET_EVENT("arena");
        check_more("its first block", (numbers_t){0}, 2, 16484, 1, 1, 100);
    }
    HOTPATH_HEAP_ALLOC_EVENT("arena", arena, 7);
    HOTPATH_FREE(arena);
    check_more("the arena", (numbers_t){0}, 2, 8199, 0, 1, 8192);
    HOTPATH_HEAP_FREE_EVENT("arena", arena);
    check_more("the arena", (numbers_t){0}, 2, 8199, 0, 2, 8199);
    check_more("its first block", (numbers_t){0}, 2, 16484, 1, 2, 16484);
    CHECK_EQ(law_info().alloc.foreign_frees, foreign);
}
/* Past the bound of the table an allocation counts and its free does not; it is said how often. */
static void alloc_events_overflow(void** state) {
    (void)state;
    static char memory[16 * 1000];
    HOTPATH_SCOPE("overflow");
    const numbers_t before = numbers_of("overflow");
    const uint64_t dropped = law_drops().alloc_overflow;
    for (size_t i = 0; i < 1000; i++)
        HOTPATH_ALLOC_EVENT(memory + 16 * i, 1);
    const uint64_t overflow = law_drops().alloc_overflow - dropped;
    CHECK_GE(overflow, 1000 - 256 - 32);
    CHECK_GT(1000 - 128, overflow);
    for (size_t i = 0; i < 1000; i++)
        HOTPATH_FREE_EVENT(memory + 16 * i);
    const numbers_t n = numbers_of("overflow");
    CHECK_EQ(n.allocs - before.allocs, 1000);
    CHECK_EQ(n.frees - before.frees, 1000 - overflow);
    CHECK_EQ(hotpath_events_lost(&(hotpath_drops_t){.alloc_overflow = 3}), 0);
}

/* >>processes */

static void* of_parent;
static int child_forked(void) {
    HOTPATH_FREE(of_parent); /* of before: it counts nowhere */
    hotpath_snapshot_t* const s = law_take();
    const hotpath_alloc_info_t all = hotpath_snapshot_info(s)->alloc;
    CHECK_EQ(all.alloc_count, 0);
    CHECK_EQ(all.free_count, 0);
    CHECK_EQ(all.live_bytes, 0);
    CHECK_EQ(all.peak_live_bytes, 0);
    hotpath_snapshot_free(s);
    {
        HOTPATH_SCOPE("in the child");
        void* const p = HOTPATH_MALLOC(64);
        check_more("in the child", (numbers_t){0}, 1, 64, 0, 0, 0);
        HOTPATH_FREE(p);
        check_more("in the child", (numbers_t){0}, 1, 64, 0, 1, 64);
    }
    return 0;
}
static void alloc_fork(void** state) {
    (void)state;
    HOTPATH_SCOPE("forks");
    const numbers_t before = numbers_of("forks");
    of_parent = HOTPATH_MALLOC(1000);
    law_exited(law_fork(child_forked), 0);
    check_more("forks", before, 1, 1000, 0, 0, 0);
    HOTPATH_FREE(of_parent);
}
/* Threads allocate while one forks: the child can allocate, free and report. */
static uint64_t stop;
static void* busy(void* arg) {
    (void)arg;
    while (!law_load(&stop)) {
        HOTPATH_SCOPE("busy");
        void* volatile p = HOTPATH_MALLOC(100);
        p = HOTPATH_REALLOC(p, 5000);
        HOTPATH_FREE(p);
    }
    return NULL;
}
static void alloc_fork_under_load(void** state) {
    (void)state;
    if (getenv("TEST_VALGRIND") != NULL)
        skip(); /* what the parent's threads have is lost in a child */
    pthread_t threads[2];
    for (size_t i = 0; i < 2; i++)
        threads[i] = law_thread(busy, NULL);
    for (int i = 0; i < LAW_TIMES(60, 10); i++) {
        of_parent = HOTPATH_MALLOC(10);
        law_exited(law_fork(child_forked), 0);
        HOTPATH_FREE(of_parent);
    }
    law_store(&stop, 1);
    for (size_t i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
}

/* >>cells
   Who allocates where is kept for so many pairs of a thread and a function. Past that allocations count
   and their frees do not, and it is said how often. */

static void* of_ended;
static uint32_t cells_taken;
static void leave_no_cells(void) {
    cells_taken = hotpath_i_heap.cell_count;
    hotpath_i_heap.cell_count = HOTPATH_I_CELLS - 2;
}
static void leave_cells(void) { hotpath_i_heap.cell_count = cells_taken; }
static void* ends_with_a_cell(void* arg) {
    HOTPATH_SCOPE("ended with a cell");
    of_ended = HOTPATH_MALLOC(30);
    HOTPATH_FREE(HOTPATH_MALLOC(40));
    return arg;
}
static void* has_one_later(void* arg) {
    HOTPATH_SCOPE("has one later");
    leave_no_cells();
    for (int i = 0; i < 3; i++)
        HOTPATH_FREE(HOTPATH_MALLOC(7));
    leave_cells();
    for (int i = 0; i < 2; i++)
        HOTPATH_FREE(HOTPATH_MALLOC(9));
    return arg;
}
static int child_cells(void) {
    const uint64_t dropped = law_drops().alloc_overflow;
    uint32_t taken;
    {
        HOTPATH_SCOPE("starts threads");
        HOTPATH_FREE(HOTPATH_MALLOC(1));
        taken = hotpath_i_heap.cell_count;
        hotpath_i_heap.cell_count = HOTPATH_I_CELLS - 2 - 1;
        pthread_join(law_thread(ends_with_a_cell, NULL), NULL);
    }
    check_more("ended with a cell", (numbers_t){0}, 2, 70, 0, 1, 40);
    HOTPATH_FREE(of_ended);
    check_more("ended with a cell", (numbers_t){0}, 2, 70, 0, 2, 70);
    CHECK_EQ(law_drops().alloc_overflow, dropped);
    {
        HOTPATH_SCOPE("without a cell");
        for (int i = 0; i < 5; i++)
            HOTPATH_FREE(HOTPATH_MALLOC(7));
    }
    check_more("without a cell", (numbers_t){0}, 5, 35, 0, 0, 0);
    CHECK_EQ(law_drops().alloc_overflow, dropped + 5);
    hotpath_snapshot_t* const s = law_take();
    CHECK_EQ(law_function(s, "without a cell")->alloc_sizes[3], 5);
    hotpath_snapshot_free(s);
    hotpath_i_heap.cell_count = taken;
    for (int i = 0; i < 2; i++) {
        HOTPATH_SCOPE("starts threads");
        pthread_join(law_thread(has_one_later, NULL), NULL);
    }
    check_more("has one later", (numbers_t){0}, 10, 6 * 7 + 4 * 9, 0, 4, 4 * 9);
    CHECK_EQ(law_drops().alloc_overflow, dropped + 11);
    CHECK(hotpath_i_heap.orphans == NULL);
    return 0;
}
static void alloc_cells(void** state) {
    (void)state;
    law_exited(law_fork(child_cells), 0);
}

static void late(void) {
    void* volatile p = malloc(100); /* after the report */
    p = realloc(p, 10000);
    free(p);
}
static int child_exits(void) {
    atexit(late); /* runs after what hotpath_start registers */
    hotpath_start(NULL);
    {
        HOTPATH_SCOPE("keeps");
        for (int i = 0; i < 3; i++) {
            char* volatile kept = (char*)HOTPATH_MALLOC(1000);
            kept[0] = 1;
        }
    }
    exit(0);
}
static void alloc_report_at_exit(void** state) {
    (void)state;
    static const char* const env[] = {"ASAN_OPTIONS=detect_leaks=0", NULL};
    const law_result_t* const r = law_again("exits", env);
    law_exited(r, 0);
    CHECK_HAS(r->out, "Still live");
    CHECK_HAS(r->out, "\nkeeps");
    CHECK_HAS(r->out, "2.93 KiB");
    CHECK_HAS(r->out, " live, at most ");
    if (LAW_SANITIZED) /* one line says that only the macros count */
        CHECK_HAS(r->err, "hotpath: a sanitizer has its own malloc");
    else if (getenv("TEST_VALGRIND") != NULL)
        CHECK_HAS(r->err, "hotpath: malloc is not interposed");
    else
        CHECK_TEXT(r->err, "");
}
static void* frees_only(void* arg) {
    void** const those = (void**)arg;
    for (size_t i = 0; i < 100; i++)
        free(those[i]);
    return NULL;
}
static int child_counts_only(void) {
    HOTPATH_SCOPE("counted only");
    for (int i = 0; i < 10; i++)
        free(realloc(malloc(100), 200));
    const hotpath_function_t f = law_now("counted only");
    const hotpath_alloc_info_t all = law_info().alloc;
    CHECK(!all.live && all.interposed);
    CHECK_EQ(f.alloc_count, 20);
    CHECK_EQ(f.alloc_bytes, 3000);
    CHECK_EQ(f.realloc_count, 10);
    CHECK_EQ(f.free_count + f.live_count + f.live_bytes + f.peak_live_bytes, 0);
    CHECK(f.live_ages == NULL);
    CHECK_GE(all.free_count, 20);
    CHECK_GE(all.alloc_count, all.free_count);
    /* Those of a thread that does nothing else, too. */
    void* those[100];
    for (size_t i = 0; i < 100; i++)
        those[i] = malloc(50);
    pthread_join(law_thread(frees_only, those), NULL);
    CHECK_GE(law_info().alloc.free_count, all.free_count + 100);
    CHECK_GE(law_info().alloc.alloc_count, law_info().alloc.free_count);
    /* While recording is off neither counts. */
    const hotpath_alloc_info_t on = law_info().alloc;
    hotpath_enable(false);
    for (int i = 0; i < 1000; i++)
        free(realloc(malloc(100), 200));
    hotpath_enable(true);
    CHECK_GT(on.free_count + 1000, law_info().alloc.free_count);
    CHECK_GE(law_info().alloc.alloc_count, law_info().alloc.free_count);
    /* Blocks have no header: they are the C library's own. */
    void* const p = malloc(24);
    CHECK_EQ(malloc_usable_size(p), 24);
    free(p);
    return 0;
}
static void alloc_counters_only(void** state) {
    (void)state;
    need_interposed();
    static const char* const env[] = {"HOTPATH_ALLOC_LIVE=0", NULL};
    law_exited(law_again("counts_only", env), 0);
}

/* >>signals
   A handler allocates while its thread allocates and records: counted or dropped, never both, never
   neither. The allocator behind is one that handlers may call. */

static uint64_t handled;
static void* arena_alloc(size_t size) {
    static unsigned char arena[1 << 22] __attribute__((aligned(16)));
    static uint64_t used;
    const uint64_t at = law_add(&used, (size + 15) / 16 * 16) - (size + 15) / 16 * 16;
    return arena + at % (sizeof arena - 65536);
}
static void arena_free(void* block) { (void)block; }
static void on_signal(int number) {
    (void)number;
    void* volatile p = malloc(16);
    free(p);
    handled++;
}
static int child_signals(void) {
    behind = hotpath_i_heap.next;
    const numbers_t before = numbers_of("interrupted");
    hotpath_i_heap.next.alloc = arena_alloc;
    hotpath_i_heap.next.release = arena_free;
    signal(SIGALRM, on_signal);
    const struct itimerval every = {{0, 50}, {0, 50}};
    uint64_t own = 0;
    {
        HOTPATH_SCOPE("interrupted");
        setitimer(ITIMER_REAL, &every, NULL);
        while (handled < 2000) {
            void* volatile p = malloc(32);
            free(p);
            own++;
            {
                HOTPATH_SCOPE("inner");
                p = malloc(8);
                free(p);
            }
        }
        const struct itimerval never = {{0, 0}, {0, 0}};
        setitimer(ITIMER_REAL, &never, NULL);
    }
    hotpath_i_heap.next.alloc = behind.alloc;
    hotpath_i_heap.next.release = behind.release;
    const numbers_t outer = numbers_of("interrupted"), inner = numbers_of("inner");
    const uint64_t dropped = law_drops().reentrant;
    CHECK_EQ(outer.allocs - before.allocs + inner.allocs + dropped, 2 * own + handled);
    CHECK_EQ(outer.alive + inner.alive, 0);
    return 0;
}
static void alloc_signals(void** state) {
    (void)state;
    need_interposed();
    law_exited(law_fork(child_signals), 0);
}

/* >>report */

static void alloc_report(void** state) {
    (void)state;
    void* kept;
    {
        HOTPATH_SCOPE("reported");
        kept = HOTPATH_MALLOC(3 << 20);
        HOTPATH_FREE(HOTPATH_MALLOC(1 << 20));
    }
    hotpath_snapshot_t* const s = law_take();
    static law_text_t rendered;
    const char* text = law_render(&rendered, s, HOTPATH_FORMAT_TABLE);
    CHECK_HAS(text, "Allocates");
    CHECK_HAS(text, "\nreported  ");
    CHECK_HAS(text, "4.00 MiB");
    CHECK_HAS(text, "Still live");
    CHECK_HAS(text, "3.00 MiB");
    text = law_render(&rendered, s, HOTPATH_FORMAT_JSON);
    CHECK_HAS(text, "\"functions_alloc\":{\"profiling_mode\":\"alloc-bytes\"");
    CHECK_HAS(text,
        "\"name\":\"reported\",\"kind\":\"scope\",\"calls\":1,\"sampled_calls\":1,\"avg\":"
        "\"4.00 MiB\",\"avg_bytes\":4194304,\"total\":\"4.00 MiB\",\"total_bytes\":4194304");
    CHECK_HAS(text,
        "\"name\":\"reported\",\"live_count\":1,\"live\":\"3.00 MiB\",\"live_bytes\":3145728");
    CHECK_HAS(law_render(&rendered, s, HOTPATH_FORMAT_FOLDED_ALLOC), "reported 4194304\n");
    hotpath_snapshot_free(s);
    HOTPATH_FREE(kept);
}
static int child_reports_nothing_of_its_own(void) {
    hotpath_start(NULL);
    for (int i = 0; i < 2; i++) /* a record, and then the fast way */
        free(malloc(1));
    const hotpath_alloc_info_t before = law_info().alloc;
    for (int i = 0; i < 3; i++)
        hotpath_report_now();
    const hotpath_alloc_info_t after = law_info().alloc;
    CHECK_EQ(after.alloc_count, before.alloc_count);
    CHECK_EQ(after.free_count, before.free_count);
    return 0;
}
/* What a report takes of the C library is not among what it reports. */
static void alloc_report_itself(void** state) {
    (void)state;
    static const char* const env[] = {"HOTPATH_OUTPUT_PATH=/dev/null", "HOTPATH_REPORT=all", NULL};
    law_exited(law_again("reports", env), 0);
}
static void alloc_difference(void** state) {
    (void)state;
    void* kept[2];
    hotpath_snapshot_t* const older = law_take();
    {
        HOTPATH_SCOPE("later");
        kept[0] = HOTPATH_MALLOC(100);
        kept[1] = HOTPATH_MALLOC(200);
        HOTPATH_FREE(HOTPATH_MALLOC(400));
    }
    hotpath_snapshot_t* const newer = law_take();
    hotpath_snapshot_t* const d = hotpath_snapshot_difference(newer, older, NULL);
    const hotpath_function_t* const f = law_function(d, "later");
    CHECK_EQ(f->alloc_count, 3);
    CHECK_EQ(f->alloc_bytes, 700);
    CHECK_EQ(f->free_bytes, 400);
    CHECK_EQ(f->live_bytes, 300);
    CHECK_EQ(f->alloc_sizes[7], 1);
    CHECK_EQ(hotpath_snapshot_info(d)->alloc.alloc_count, 3);
    hotpath_snapshot_free(d);
    hotpath_snapshot_t* const nothing = hotpath_snapshot_difference(newer, newer, NULL);
    CHECK_EQ(law_function(nothing, "later")->alloc_count, 0);
    CHECK_EQ(law_function(nothing, "later")->live_bytes, 300);
    CHECK_EQ(law_function(nothing, "later")->alloc_sizes[7], 0);
    CHECK_EQ(hotpath_snapshot_info(nothing)->alloc.alloc_bytes, 0);
    hotpath_snapshot_free(nothing);
    hotpath_snapshot_free(newer);
    hotpath_snapshot_free(older);
    HOTPATH_FREE(kept[0]);
    HOTPATH_FREE(kept[1]);
}
/* The last executions say what each of them allocated itself. */
static void alloc_executions(void** state) {
    (void)state;
    for (size_t i = 0; i < 200; i++) {
        HOTPATH_SCOPE("executed");
        for (size_t k = 0; k < i % 3; k++)
            HOTPATH_FREE(HOTPATH_MALLOC(i + 1));
        HOTPATH_SCOPE("executed inside");
        HOTPATH_FREE(HOTPATH_MALLOC(1000));
    }
    hotpath_snapshot_t* const s = law_take();
    const hotpath_function_t* const f = law_function(s, "executed");
    CHECK_EQ(f->recent_count, 64);
    for (size_t i = 0; i < 64; i++) {
        CHECK_EQ(f->recent[i].alloc_count, (199 - i) % 3);
        CHECK_EQ(f->recent[i].alloc_bytes, (199 - i) % 3 * (200 - i));
    }
    const hotpath_function_t* const inside = law_function(s, "executed inside");
    for (size_t i = 0; i < inside->recent_count; i++)
        CHECK_EQ(inside->recent[i].alloc_bytes, 1000);
    CHECK_EQ(inside->slowest_count, 8);
    for (size_t i = 0; i < inside->slowest_count; i++)
        CHECK_EQ(inside->slowest[i].alloc_bytes, 1000);
    hotpath_snapshot_free(s);
}
static void alloc_process(void** state) {
    (void)state;
    hotpath_process_t m;
    CHECK(hotpath_process_memory(&m));
    unsigned long pages_now = 0;
    FILE* const f = fopen("/proc/self/statm", "r");
    CHECK(f != NULL && fscanf(f, "%*u %lu", &pages_now) == 1);
    fclose(f);
    const uint64_t rss = (uint64_t)pages_now * (uint64_t)sysconf(_SC_PAGESIZE);
    CHECK_GT(m.rss_bytes, 0);
    CHECK(law_is_near(m.rss_bytes, rss, 8 << 20));
    CHECK_GE(m.rss_peak_bytes + (1 << 20), m.rss_bytes);
    if (LAW_SANITIZED) CHECK(!m.heap_known); /* the sanitizer's malloc tells nothing */
    CHECK_EQ(m.heap_known, m.heap_allocator != NULL && strcmp(m.heap_allocator, "glibc") == 0);
    if (m.heap_known && !LAW_SANITIZED) {
        const struct mallinfo2 info = mallinfo2();
        CHECK(law_is_near(m.heap_bytes, info.arena + info.hblkhd, 1 << 20));
        CHECK_EQ(m.heap_bytes, m.heap_used_bytes + m.heap_free_bytes);
    }
}

static const law_child_t children[] = {{"exits", child_exits}, {"counts_only", child_counts_only},
    {"reports", child_reports_nothing_of_its_own}, {NULL, NULL}};

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(alloc_before_main),
    cmocka_unit_test(alloc_known_counts),
    cmocka_unit_test(alloc_realloc),
    cmocka_unit_test(alloc_model),
    cmocka_unit_test(alloc_off),
    cmocka_unit_test(alloc_every_function),
    cmocka_unit_test(alloc_too_much),
    cmocka_unit_test(alloc_no_memory),
    cmocka_unit_test(alloc_foreign),
    cmocka_unit_test(alloc_stale),
    cmocka_unit_test(alloc_page),
    cmocka_unit_test(alloc_usable),
    cmocka_unit_test(alloc_alignments),
    cmocka_unit_test(alloc_events),
    cmocka_unit_test(alloc_events_at_its_begin),
    cmocka_unit_test(alloc_events_overflow),
    cmocka_unit_test(alloc_fork),
    cmocka_unit_test(alloc_fork_under_load),
    cmocka_unit_test(alloc_cells),
    cmocka_unit_test(alloc_report_at_exit),
    cmocka_unit_test(alloc_counters_only),
    cmocka_unit_test(alloc_signals),
    cmocka_unit_test(alloc_report),
    cmocka_unit_test(alloc_report_itself),
    cmocka_unit_test(alloc_difference),
    cmocka_unit_test(alloc_executions),
    cmocka_unit_test(alloc_process),
};
LAW_MAIN(tests, children)
