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
#define HOTPATH_VAL(key, v)
#define HOTPATH_GAUGE_SET(key, v)
#define HOTPATH_GAUGE_INC(key, v)
#define HOTPATH_GAUGE_DEC(key, v)
#define HOTPATH_DBG(expr)                  (expr)
#define HOTPATH_DBG_FORMAT(var, expr, ...) (expr)
