/* explorer.h - what a history and hotpath.h need of the explorer. The model is described in
   explorer.c. Included before hotpath.h: its accesses then go through these macros. */
#ifndef HOTPATH_TESTS_ORDER_EXPLORER_H
#define HOTPATH_TESTS_ORDER_EXPLORER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum order_kind {
    ORDER_LOAD,
    ORDER_LOAD_ACQUIRE,
    ORDER_LOAD_SC,
    ORDER_STORE,
    ORDER_STORE_RELEASE,
    ORDER_STORE_SC,
    ORDER_ADD,
    ORDER_ADD_SC,
    ORDER_CAS,
    ORDER_BARRIER,
    ORDER_SIGNAL_FENCE,
    ORDER_ANY /* of an excuse: all accesses of the function */
} order_kind_t;

/* One place in the source that accesses. All of them lie in one section, also those that no history
   comes to. */
typedef struct order_site {
    const char* function;
    const char* text;
    uint32_t line;
    order_kind_t kind;
} __attribute__((aligned(32))) order_site_t;

#define ORDER_IN_SECTION __attribute__((section("order_sites"), used))
#define ORDER_HERE(kind, text)                                                                    \
    __extension__({                                                                               \
        static const order_site_t order_here ORDER_IN_SECTION = {__func__, text, __LINE__, kind}; \
        &order_here;                                                                              \
    })
#define ORDER_TYPED(p, bits) ((__typeof__(*(p)))(uintptr_t)(bits))
#define ORDER_BITS(p, v)     ((uint64_t)(uintptr_t)(__typeof__(*(p)))(v))
#define ORDER_LOADS(p, kind) ORDER_TYPED(p, order_load((p), sizeof *(p), ORDER_HERE(kind, #p)))
#define ORDER_STORES(p, v, kind) \
    order_store((p), sizeof *(p), ORDER_BITS(p, v), ORDER_HERE(kind, #p))
#define ORDER_ADDS(p, v, kind) \
    ORDER_TYPED(p, order_add((p), sizeof *(p), ORDER_BITS(p, v), ORDER_HERE(kind, #p)))

#define HOTPATH_I_LOAD(p)             ORDER_LOADS(p, ORDER_LOAD)
#define HOTPATH_I_LOAD_ACQUIRE(p)     ORDER_LOADS(p, ORDER_LOAD_ACQUIRE)
#define HOTPATH_I_LOAD_SC(p)          ORDER_LOADS(p, ORDER_LOAD_SC)
#define HOTPATH_I_STORE(p, v)         ORDER_STORES(p, v, ORDER_STORE)
#define HOTPATH_I_STORE_RELEASE(p, v) ORDER_STORES(p, v, ORDER_STORE_RELEASE)
#define HOTPATH_I_STORE_SC(p, v)      ORDER_STORES(p, v, ORDER_STORE_SC)
#define HOTPATH_I_SHARED_ADD(p, v)    ORDER_ADDS(p, v, ORDER_ADD)
#define HOTPATH_I_SHARED_ADD_SC(p, v) ORDER_ADDS(p, v, ORDER_ADD_SC)
/* No history has handlers: an exchange in one thread is a load and a store. */
#define HOTPATH_I_OWN_EXCHANGE(p, v)             \
    __extension__({                              \
        const __typeof__(*(p)) order_was = *(p); \
        *(p) = (v);                              \
        order_was;                               \
    })
#define HOTPATH_I_CAS(p, expected, v) \
    order_cas((p), sizeof *(p), (expected), ORDER_BITS(p, v), ORDER_HERE(ORDER_CAS, #p))
#define HOTPATH_I_SIGNAL_FENCE() order_signal_fence(ORDER_HERE(ORDER_SIGNAL_FENCE, ""))

uint64_t order_load(const void* p, size_t size, const order_site_t* site);
void order_store(void* p, size_t size, uint64_t v, const order_site_t* site);
uint64_t order_add(void* p, size_t size, uint64_t v, const order_site_t* site);
bool order_cas(void* p, size_t size, void* expected, uint64_t v, const order_site_t* site);
void order_signal_fence(const order_site_t* site);

/* What hotpath.h has of the system, for fibers. */
uint64_t order_clock(void);
void order_clock_forward(uint64_t ticks); /* of the fiber's own */
void* order_pages(size_t size);
long order_system_call(long number, ...);
int order_yield(void);
void* order_memcpy(void* to, const void* from, size_t size);
void* order_memset(void* to, int byte, size_t size);
void* order_memmove(void* to, const void* from, size_t size);

/* A history: what is done before, by one thread; up to three threads; and what must hold then. Each
   is done again and again, from the same memory. */
enum {
    ORDER_FIBERS = 4 /* 0 is who sets up and checks */
};
typedef struct order_history {
    const char* name;
    const char* what;
    void (*before)(void);
    void (*fibers[ORDER_FIBERS - 1])(void);
    void (*after)(void);
    bool one_clock;    /* the threads' clocks are one, which shows who read it first */
    uint32_t outcomes; /* exactly those that order_outcome must have been told, if not 0 */
} order_history_t;

/* An access whose order no history needs, and why it has it nevertheless. */
typedef struct order_excuse {
    order_kind_t kind;
    const char* function;
    const char* text;
    const char* why;
    bool elsewhere; /* only where no history comes */
} order_excuse_t;

void order_memory(void* base, size_t size); /* may be shared and is restored; at most eight */
void order_local(void* base, size_t size);  /* each fiber has its own */
void order_outcome(unsigned number);        /* in after: what this execution came to, below 32 */
void order_as(int fiber);                   /* in before and after: with its local */
__attribute__((format(printf, 1, 2))) void order_fail(const char* format, ...);
#define ORDER_CHECK(condition) \
    ((condition) ? (void)0 : order_fail("%s does not hold (line %d)", #condition, (int)__LINE__))
int order_main(int argc, char** argv, const order_history_t* histories, size_t history_count,
    const order_excuse_t* excuses, size_t excuse_count);

#endif
