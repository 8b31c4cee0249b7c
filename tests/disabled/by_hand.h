/* What is left of each macro when it is taken out of the text by hand. */
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#define HOTPATH_MAIN()
#define HOTPATH_FUNC()
#define HOTPATH_SCOPE(label)
#define HOTPATH_SCOPE_NAMED(string)
#define HOTPATH_BEGIN(var, label)
#define HOTPATH_END(var) 0
#define HOTPATH_FUNC_LOG()
#define HOTPATH_RETURN(v) return v
#define HOTPATH_ERROR(reason)
#define HOTPATH_BYTES(n)
#define HOTPATH_THREAD_NAME(name)
#define HOTPATH_FRAME(label)
#define HOTPATH_FRAME_BUDGET(label, ns)
#define HOTPATH_MALLOC(size)                   malloc(size)
#define HOTPATH_CALLOC(count, size)            calloc(count, size)
#define HOTPATH_REALLOC(ptr, size)             realloc(ptr, size)
#define HOTPATH_FREE(ptr)                      free(ptr)
#define HOTPATH_ALIGNED_ALLOC(alignment, size) aligned_alloc(alignment, size)
#define HOTPATH_STRDUP(text)                   strdup(text)
#define HOTPATH_ALLOC_EVENT(ptr, bytes)
#define HOTPATH_FREE_EVENT(ptr)
#define HOTPATH_HEAP_ALLOC_EVENT(heap, ptr, bytes)
#define HOTPATH_HEAP_FREE_EVENT(heap, ptr)
#define HOTPATH_HEAP_RESET_EVENT(heap)
#define HOTPATH_VAL(key, v)
#define HOTPATH_GAUGE_SET(key, v)
#define HOTPATH_GAUGE_INC(key, v)
#define HOTPATH_GAUGE_DEC(key, v)
#define HOTPATH_DBG(expr)                  (expr)
#define HOTPATH_DBG_FORMAT(var, expr, ...) (expr)
