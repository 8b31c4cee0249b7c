/* Every public macro, in every place where it may stand. The program gives 0 with recording and
   without; tests/names.sh checks that no public macro is missing here. */
#define HOTPATH_SHORT_NAMES
#if !defined(_GNU_SOURCE)
    #define _GNU_SOURCE 1 /* strdup and aligned_alloc, in every standard */
#endif
#include "hotpath.h"
#include <stdlib.h>
#include <string.h>

#include "all_macros.h"

typedef struct point {
    double x, y;
} point_t;

/* Neither sizeof nor _Generic takes them as they are. */
typedef struct flags {
    unsigned few : 3;
    int less : 5;
    unsigned many : 30;
} flags_t;

static int evaluations;

static int once(int v) {
    evaluations++;
    return v;
}

static void nothing(void) { HOTPATH_FUNC(); }

static int early_return(int x) {
    HOTPATH_FUNC();
    if (x > 1) return x;
    {
        HOTPATH_SCOPE("inner");
        if (x == 1) return -x;
    }
    return 0;
}

static int logged(int x) {
    HOTPATH_FUNC_LOG();
    if (x < 0) {
        HOTPATH_ERROR("negative");
        HOTPATH_RETURN(-1);
    }
    HOTPATH_RETURN(x * 2);
}

static const char* logged_text(void) {
    HOTPATH_FUNC_LOG();
    HOTPATH_RETURN("text");
}

static point_t position(int i) {
    point_t p;
    HOTPATH_FUNC();
    p.x = (double)i;
    p.y = -p.x;
    return p;
}

static uint64_t two_on_a_line(void) {
    /* clang-format off */
    HOTPATH_SCOPE("left"); HOTPATH_SCOPE("right");
    HOTPATH_BEGIN(a, "a"); HOTPATH_BEGIN(b, "b");
    /* clang-format on */
    {
        uint64_t ns = HOTPATH_END(b);
        ns += HOTPATH_END(a);
        return ns;
    }
}

static void ends_unused(void) {
    HOTPATH_BEGIN(phase, "phase");
    HOTPATH_END(phase);
}

static void loops(void) {
    int i;
    HOTPATH_SCOPE("loops");
    for (i = 0; i < 3; i++) {
        HOTPATH_SCOPE("body");
        if (i == 1) continue;
        HOTPATH_BYTES(i);
    }
    switch (i) {
        case 3: {
            HOTPATH_SCOPE("case");
            break;
        }
        default: break;
    }
    while (i > 0) {
        HOTPATH_SCOPE_NAMED(i == 2 ? "two" : "other");
        if (--i == 1) goto out;
    }
out:
    HOTPATH_BYTES(1u);
}

static void values(void) {
    int i = -1;
    const int ci = 2;
    bool flag = true;
    char text[] = "text";
    const char* constant = "constant";
    double d = 0.5;
    float f = 0.25f;
    void* pointer = &i;
    unsigned char small = 3;
    struct {
        unsigned three : 3;
    } bits = {5};
    HOTPATH_BYTES(bits.three);
    HOTPATH_VAL("bits", bits.three + 0u);
    HOTPATH_VAL("int", i);
    HOTPATH_VAL("const int", ci);
    HOTPATH_VAL("bool", flag);
    HOTPATH_VAL("char", (char)'c');
    HOTPATH_VAL("literal", "literal");
    HOTPATH_VAL("float", f);
    HOTPATH_VAL("double", d);
    HOTPATH_VAL("small", small);
    HOTPATH_VAL("size", sizeof(text));
    if (i < 0)
        HOTPATH_VAL("in an if", 1);
    else
        HOTPATH_VAL("in an else", 2);
#if defined(__GNUC__) || __STDC_VERSION__ >= 201112L
    HOTPATH_VAL("array", text);
    HOTPATH_VAL("constant", constant);
    HOTPATH_VAL("pointer", pointer);
#endif
    HOTPATH_VALUE("int", i);
    HOTPATH_VALUE("const double", d);
    HOTPATH_VALUE("text", text);
    HOTPATH_TEXT("text", text);
    HOTPATH_TEXT("constant", constant);
    if (flag)
        HOTPATH_TEXT("in an if", "a");
    else
        HOTPATH_MESSAGE("in an else");
    HOTPATH_MESSAGE(text);
    HOTPATH_GAUGE_SET("queue", 3);
    HOTPATH_GAUGE_INC("queue", 1);
    HOTPATH_GAUGE_DEC("queue", 1);
    HOTPATH_GAUGE_SET("load", d);
    i = HOTPATH_DBG(once(4) + 1);
    HOTPATH_DBG(i);
    HOTPATH_DBG(once(i));
    d = HOTPATH_DBG(d * 2.0) + HOTPATH_DBG(1.0);
    constant = HOTPATH_DBG(constant);
    pointer = HOTPATH_DBG(pointer);
    (void)constant, (void)pointer, (void)flag, (void)f, (void)small, (void)d, (void)ci;
    {
        point_t p = HOTPATH_DBG_FORMAT(v, position(once(3)), "(%g, %g)", v.x, v.y);
        (void)p;
    }
}

static void bit_fields(const flags_t* flags) {
    HOTPATH_VAL("few", flags->few);
    HOTPATH_VAL("less", flags->less);
    HOTPATH_VAL("many", flags->many);
    HOTPATH_BYTES(flags->few);
    HOTPATH_BYTES(flags->many);
    HOTPATH_GAUGE_SET("bits", flags->less);
    HOTPATH_GAUGE_INC("bits", flags->few);
    HOTPATH_GAUGE_DEC("bits", flags->many);
    if (flags->few != 0)
        HOTPATH_VAL("assigned", evaluations += 100);
    else
        HOTPATH_BYTES(evaluations++);
}

#undef HOTPATH_GROUP
#define HOTPATH_GROUP "a group"
int main(void) {
    HOTPATH_MAIN();
    HOTPATH_THREAD_NAME("main");
    HOTPATH_FRAME("frame");
    HOTPATH_MARK("phase");
    HOTPATH_FRAME_BUDGET("frame", 16000000);
    spans("SELECT 1");
    locks();
    if (evaluations != 0) io(1);
    tasks();
    nothing();
    loops();
    values();
    {
        flags_t flags = {0, -2, 7};
        bit_fields(&flags);
        /* With recording an argument is evaluated once, and without it never. */
        evaluations -= HOTPATH_I_ON;
    }
    ends_unused();
    functions();
    if (!blocks()) return 5;
    if (evaluations != 3) /* once in each HOTPATH_DBG and HOTPATH_DBG_FORMAT */
        return 1;
    if (early_return(2) != 2 || early_return(1) != -1 || early_return(0) != 0) return 2;
    if (logged(4) != 8 || logged(-4) != -1 || logged_text()[0] != 't' || short_names(3) != 3)
        return 3;
    if (HOTPATH_VERSION_NUMBER !=
        HOTPATH_VERSION_MAJOR * 10000 + HOTPATH_VERSION_MINOR * 100 + HOTPATH_VERSION_PATCH)
        return 4;
    (void)two_on_a_line();
    return visible() + started();
}
