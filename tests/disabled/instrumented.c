/* A program with every recording macro. tests/disabled.sh compiles it with hotpath.h switched off,
   and with the macros taken out: both objects are the same, byte for byte. */
#if defined(BY_HAND)
    #include "tests/disabled/by_hand.h"
#else
    #define HOTPATH_IMPLEMENTATION
    #include "hotpath.h"
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct point {
    double x, y;
} point_t;

typedef struct flags {
    unsigned few : 3;
    int less : 20;
} flags_t;

static int counter = 3;
static const char* const words[] = {"alpha", "beta", "gamma"};
int visible_data[4] = {1, 2, 3, 4};

static int next(int v) {
    HOTPATH_FUNC();
    counter += v;
    return counter;
}

int early(int x) {
    HOTPATH_FUNC();
    if (x > 10) return x;
    {
        HOTPATH_SCOPE("inner");
        if (x == next(1)) return -x;
    }
    return 0;
}

long logged(long x) {
    HOTPATH_FUNC_LOG();
    if (x < 0) {
        HOTPATH_ERROR("negative");
        HOTPATH_RETURN(-1);
    }
    HOTPATH_RETURN(x * 2 + next(2));
}

point_t middle(const point_t* a, const point_t* b) {
    HOTPATH_SCOPE("middle");
    point_t p = {(a->x + b->x) / 2, (a->y + b->y) / 2};
    HOTPATH_VAL("x", p.x);
    return HOTPATH_DBG_FORMAT(v, p, "(%g, %g)", v.x, v.y);
}

int sum(const int* list, size_t count) {
    int total = 0;
    HOTPATH_BEGIN(all, "all");
    for (size_t i = 0; i < count; i++) {
        HOTPATH_SCOPE_NAMED(words[i % 3]);
        if (list[i] < 0) continue;
        if (list[i] == 77) goto out;
        total += HOTPATH_DBG(list[i] * 3);
        HOTPATH_GAUGE_SET("total", total);
        HOTPATH_GAUGE_INC("total", next(1));
        HOTPATH_GAUGE_DEC("total", 1);
    }
out:
    HOTPATH_BYTES(count * sizeof(int));
    HOTPATH_END(all);
    return total;
}

int bits(flags_t* f) {
    HOTPATH_FUNC();
    HOTPATH_VAL("few", f->few);
    HOTPATH_VAL("less", f->less++);
    HOTPATH_VALUE("less", f->less++);
    HOTPATH_BYTES(f->few);
    HOTPATH_BYTES(next((int)f->few));
    HOTPATH_GAUGE_SET("bits", f->less);
    HOTPATH_GAUGE_DEC("bits", f->few = 2);
    return f->less;
}

size_t memory(size_t n) {
    HOTPATH_FUNC();
    char* const copy = HOTPATH_STRDUP("copy");
    char* list = (char*)HOTPATH_CALLOC(n, 2);
    HOTPATH_ALLOC_EVENT(list, n * 2);
    HOTPATH_FREE_EVENT(list);
    list = (char*)HOTPATH_REALLOC(list, n * (size_t)next(2));
    HOTPATH_HEAP_ALLOC_EVENT("pool", list, (size_t)next(3));
    HOTPATH_HEAP_FREE_EVENT("pool", list);
    HOTPATH_HEAP_RESET_EVENT("pool");
    char* const aligned = (char*)HOTPATH_ALIGNED_ALLOC(64, 64);
    char* const plain = (char*)HOTPATH_MALLOC(n);
    const size_t sum = (size_t)copy + (size_t)list + (size_t)aligned + (size_t)plain;
    HOTPATH_FREE(copy);
    HOTPATH_FREE(list);
    HOTPATH_FREE(aligned);
    HOTPATH_FREE(plain);
    return sum;
}

int choose(int x) {
    switch (x) {
        case 1: {
            HOTPATH_SCOPE("one");
            return 5;
        }
        case 2: {
            HOTPATH_SCOPE("two");
            x = next(x);
            break;
        }
        default: HOTPATH_VAL("other", x);
    }
    if (x)
        HOTPATH_VAL("x", x);
    else
        HOTPATH_ERROR("zero");
    return HOTPATH_DBG(x) + HOTPATH_DBG(next(x));
}

int main(int argc, char** argv) {
    HOTPATH_MAIN();
    HOTPATH_THREAD_NAME("main");
    HOTPATH_FRAME("frame");
    HOTPATH_SPAN(route, HOTPATH_SPAN_SERVER, argv[0]);
    hotpath_span_rows(&route, (uint64_t)argc++);
    HOTPATH_MARK("phase");
    HOTPATH_TASK_CREATE((hotpath_task_t*)&argv[argc++], argv[0]);
    HOTPATH_TASK_POLL_BEGIN((hotpath_task_t*)&argv[argc++]);
    HOTPATH_TASK_RESULT((hotpath_task_t*)&argv[argc++], argc++);
    HOTPATH_TASK_POLL_END((hotpath_task_t*)&argv[argc++]);
    HOTPATH_TASK_DONE((hotpath_task_t*)&argv[argc++]);
    HOTPATH_TASK_CANCEL((hotpath_task_t*)&argv[argc++]);
    HOTPATH_FRAME_BUDGET("frame", 16000000);
    HOTPATH_STREAM_ITEM("items", argc++);
    const point_t a = {1, 2}, b = {3, 4};
    const int list[] = {1, -2, 3, argc};
    HOTPATH_VAL("program", argv[0]);
    HOTPATH_TEXT("program", argv[0]);
    HOTPATH_MESSAGE(argv[0]);
    HOTPATH_SCOPE_COLOR("colored", 0x336699);
    printf("%d %ld %g %d %d\n", early(argc), logged(argc), middle(&a, &b).x,
        sum(list, sizeof(list) / sizeof(list[0])), choose(argc));
    return (int)strlen(words[abs(argc) % 3]);
}
