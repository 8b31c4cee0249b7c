/* json.h: JSON in and out, and the memory of a request. Input passes a check of RFC 8259 first and is
   then cut into tokens by jsmn; output is written into one growing text, numbers by stb_sprintf.
   Nothing else names either of the two. */

#if !defined(HOTPATH_JSMN_H)
    #define HOTPATH_JSMN_H <jsmn.h>
#endif
#if !defined(HOTPATH_STB_SPRINTF_H)
    #define HOTPATH_STB_SPRINTF_H <stb/stb_sprintf.h>
#endif
#if defined(__has_include)
    #if !__has_include(HOTPATH_JSMN_H)
        #error \
            "hotpath: jsmn.h is missing: apt-get install libjsmn-dev, or name your own copy with -DHOTPATH_JSMN_H='\"jsmn.h\"'"
    #endif
    #if !__has_include(HOTPATH_STB_SPRINTF_H)
        #error \
            "hotpath: stb_sprintf.h is missing: apt-get install libstb-dev, or name your own copy with -DHOTPATH_STB_SPRINTF_H='\"stb_sprintf.h\"'"
    #endif
#endif
#if defined(__GNUC__)
    #pragma GCC diagnostic push
    #pragma GCC diagnostic ignored "-Wconversion"
    #pragma GCC diagnostic ignored "-Wsign-conversion"
    #pragma GCC diagnostic ignored "-Wunused-function"
    #pragma GCC diagnostic ignored "-Wcast-qual"
    #pragma GCC diagnostic ignored "-Wcast-align"
    #pragma GCC diagnostic ignored "-Wshadow"
    #pragma GCC diagnostic ignored "-Wundef"
    #pragma GCC diagnostic ignored "-Wpedantic"
    #pragma GCC diagnostic ignored "-Wextra"
    #pragma GCC diagnostic ignored "-Wdouble-promotion"
    #if defined(__clang__)
        #pragma GCC diagnostic ignored "-Wreserved-identifier"
    #else
        #pragma GCC diagnostic ignored "-Wc++-compat"
    #endif
#endif
#define JSMN_STATIC
#define JSMN_STRICT
#define JSMN_PARENT_LINKS
#include HOTPATH_JSMN_H
#define STB_SPRINTF_STATIC
#define STB_SPRINTF_IMPLEMENTATION
#define STB_SPRINTF_NOUNALIGNED
#include HOTPATH_STB_SPRINTF_H
#if defined(__GNUC__)
    #pragma GCC diagnostic pop
#endif

#if defined(__SSE2__)
    #include <emmintrin.h>
#endif

/* ---- the memory of a request ---- */

/* A block from malloc. Large pieces have one of their own, so that they can grow. */
typedef struct mcp_block {
    struct mcp_block* next;
    struct mcp_block* before;
    size_t size; /* behind this header */
    size_t used;
} mcp_block_t;

/* Memory of one request: at most `limit` bytes in all, freed at once. After one failure every later
   allocation fails too, so that it is enough to look at `failed` at the end. */
typedef struct mcp_arena {
    mcp_block_t* blocks; /* the one that is being filled first */
    size_t limit;
    size_t taken;
    bool failed;
    bool last; /* what is kept for an error has been allowed */
} mcp_arena_t;

#define MCP_BLOCK_BYTES ((size_t)16 << 10)
#define MCP_BLOCK_HEAD  ((sizeof(mcp_block_t) + 15) & ~(size_t)15)

static void mcp_arena_init(mcp_arena_t* a, size_t limit) {
    memset(a, 0, sizeof *a);
    a->limit = limit;
}
/* After a failure: allows a little more, once, so that the client is told of it. */
static void mcp_arena_last(mcp_arena_t* a) {
    if (!a->failed || a->last) return;
    a->failed = false, a->last = true;
    a->limit += MCP_ERROR_BYTES;
}
static mcp_block_t* mcp_arena_block(mcp_arena_t* a, size_t size) {
    mcp_block_t* b = NULL;
    if (!a->failed && size <= a->limit && a->taken <= a->limit - size)
        b = (mcp_block_t*)malloc(MCP_BLOCK_HEAD + size);
    a->failed = a->failed || b == NULL;
    if (b == NULL) return NULL;
    a->taken += size;
    b->size = size, b->used = 0, b->next = b->before = NULL;
    return b;
}
/* Returns: `size` bytes aligned to 16, not zeroed, or NULL. */
static void* mcp_arena_alloc(mcp_arena_t* a, size_t size) {
    if (a->failed || size > a->limit) {
        a->failed = true;
        return NULL;
    }
    size = (size + 15) & ~(size_t)15;
    bool large = size > MCP_BLOCK_BYTES / 2;
    mcp_block_t* b = a->blocks;
    if (large || b == NULL || b->size - b->used < size) {
        b = mcp_arena_block(a, large ? size : MCP_BLOCK_BYTES);
        if (b == NULL) return NULL;
        mcp_block_t* first = a->blocks;
        if (large && first != NULL) { /* the one that is being filled stays first */
            b->before = first, b->next = first->next;
            if (b->next != NULL) b->next->before = b;
            first->next = b;
        } else {
            b->next = first;
            if (first != NULL) first->before = b;
            a->blocks = b;
        }
    }
    void* p = (char*)b + MCP_BLOCK_HEAD + b->used;
    b->used += size;
    return p;
}
/* Makes a piece larger, its bytes kept. Returns: where it is now, or NULL with the old one valid. */
static void* mcp_arena_grow(mcp_arena_t* a, void* p, size_t old, size_t size) {
    old = (old + 15) & ~(size_t)15, size = (size + 15) & ~(size_t)15;
    if (p != NULL && old > MCP_BLOCK_BYTES / 2) {
        mcp_block_t* b = (mcp_block_t*)(void*)((char*)p - MCP_BLOCK_HEAD);
        if (a->failed || size - old > a->limit - a->taken) {
            a->failed = true;
            return NULL;
        }
        mcp_block_t* moved = (mcp_block_t*)realloc(b, MCP_BLOCK_HEAD + size);
        if (moved == NULL) {
            a->failed = true;
            return NULL;
        }
        a->taken += size - old;
        moved->size = moved->used = size;
        if (moved->next != NULL) moved->next->before = moved;
        if (moved->before != NULL)
            moved->before->next = moved;
        else
            a->blocks = moved;
        return (char*)moved + MCP_BLOCK_HEAD;
    }
    void* larger = mcp_arena_alloc(a, size);
    if (larger != NULL && p != NULL) memcpy(larger, p, old);
    return larger;
}
static void mcp_arena_free(mcp_arena_t* a) {
    while (a->blocks != NULL) {
        mcp_block_t* next = a->blocks->next;
        free(a->blocks);
        a->blocks = next;
    }
    a->taken = 0;
}

/* ---- sixteen bytes at once ---- */

static bool json_needs_escape(char c) { return (unsigned char)c < 0x20 || c == '"' || c == '\\'; }
#define JSON_LANE 16
/* Which of JSON_LANE bytes need an escape, a bit for each. */
#if defined(__SSE2__)
static inline __m128i json_lane(const char* s) {
    return _mm_loadu_si128((const __m128i*)(const void*)s);
}
static inline __m128i json_lane_controls(__m128i v) {
    return _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1F)), v);
}
static inline __m128i json_lane_quotes(__m128i v) {
    return _mm_or_si128(
        _mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
}
#endif
static uint32_t json_escapes(const char* s) {
#if defined(__SSE2__)
    __m128i v = json_lane(s);
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(json_lane_controls(v), json_lane_quotes(v)));
#else
    uint32_t mask = 0;
    for (int i = 0; i < JSON_LANE; i++)
        mask |= (uint32_t)json_needs_escape(s[i]) << i;
    return mask;
#endif
}
#define JSON_GROUP (4 * JSON_LANE)
/* Likewise of JSON_GROUP bytes. Args: *control becomes whether one of them is a control character. */
static inline uint64_t json_escapes_group(const char* s, bool* control) {
    uint64_t mask = 0;
#if defined(__SSE2__)
    __m128i controls = _mm_setzero_si128();
    for (unsigned i = 0; i < JSON_GROUP; i += JSON_LANE) {
        __m128i v = json_lane(s + i), own = json_lane_controls(v);
        controls = _mm_or_si128(controls, own);
        own = _mm_or_si128(own, json_lane_quotes(v));
        mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(own) << i;
    }
    *control = _mm_movemask_epi8(controls) != 0;
#else
    *control = false;
    for (unsigned i = 0; i < JSON_GROUP; i++) {
        mask |= (uint64_t)json_needs_escape(s[i]) << i;
        *control = *control || (unsigned char)s[i] < 0x20;
    }
#endif
    return mask;
}
/* Which of them are no ASCII, likewise. */
static uint32_t json_high(const char* s) {
#if defined(__SSE2__)
    return (uint32_t)_mm_movemask_epi8(_mm_loadu_si128((const __m128i*)(const void*)s));
#else
    uint32_t mask = 0;
    for (int i = 0; i < JSON_LANE; i++)
        mask |= (uint32_t)((unsigned char)s[i] >> 7) << i;
    return mask;
#endif
}

/* ---- the check before jsmn ---- */

#define JSON_DEPTH 64

typedef struct json_check {
    const unsigned char* p;
    const unsigned char* end;
    const char* error;
    size_t tokens; /* as jsmn counts them */
    bool escaped;  /* some string has an escape */
} json_check_t;

static bool json_check_fail(json_check_t* c, const char* error) {
    if (c->error == NULL) c->error = error;
    return false;
}
static void json_check_space(json_check_t* c) {
    while (c->p < c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == '\n' || *c->p == '\r'))
        c->p++;
}
static int json_hex4(const unsigned char* p) {
    int v = 0;
    for (int i = 0; i < 4; i++) {
        int c = p[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) return -1;
        v = v << 4 | digit;
    }
    return v;
}
/* Returns: the bytes of the well-formed UTF-8 character at p, 0 if there is none (RFC 3629: no
   overlong forms, no surrogates, nothing past U+10FFFF). */
static size_t json_utf8(const unsigned char* p, const unsigned char* end) {
    size_t n = p[0] < 0x80   ? 1
               : p[0] < 0xC2 ? 0
               : p[0] < 0xE0 ? 2
               : p[0] < 0xF0 ? 3
               : p[0] < 0xF5 ? 4
                             : 0;
    if (n == 0 || (size_t)(end - p) < n) return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xC0) != 0x80) return 0;
    if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ||
        (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F))
        return 0;
    return n;
}
static bool json_check_escape(json_check_t* c) {
    size_t left = (size_t)(c->end - c->p); /* p is behind the backslash */
    if (left == 0) return json_check_fail(c, "a string does not end");
    if (*c->p != 'u') {
        if (*c->p == 0 || strchr("\"\\/bfnrt", *c->p) == NULL)
            return json_check_fail(c, "a string has an escape that JSON does not know");
        c->p++;
        return true;
    }
    int v = left >= 5 ? json_hex4(c->p + 1) : -1;
    if (v < 0) return json_check_fail(c, "\\u needs four hexadecimal digits");
    c->p += 5;
    if (v < 0xD800 || v > 0xDFFF) return true;
    bool pair = v < 0xDC00 && c->end - c->p >= 6 && c->p[0] == '\\' && c->p[1] == 'u';
    int low = pair ? json_hex4(c->p + 2) : -1;
    if (low < 0xDC00 || low > 0xDFFF)
        return json_check_fail(c, "a string has half of a surrogate pair");
    c->p += 6;
    return true;
}
static bool json_check_string(json_check_t* c) {
    for (c->p++; c->p < c->end;) { /* p is at the opening quote */
        const char* lane = (const char*)c->p;
        while (c->end - c->p >= JSON_LANE) { /* what needs no look by itself */
            uint32_t special = json_escapes(lane) | json_high(lane);
            lane += special != 0 ? (size_t)__builtin_ctz(special) : JSON_LANE;
            c->p = (const unsigned char*)lane;
            if (special != 0) break;
        }
        if (c->p == c->end) break;
        unsigned char v = *c->p;
        if (v == '"') {
            c->p++, c->tokens++;
            return true;
        }
        if (v < 0x20) return json_check_fail(c, "a string has a control character");
        if (v == '\\') {
            c->p++, c->escaped = true;
            if (!json_check_escape(c)) return false;
            continue;
        }
        size_t n = v < 0x80 ? 1 : json_utf8(c->p, c->end);
        if (n == 0) return json_check_fail(c, "a string is not UTF-8");
        c->p += n;
    }
    return json_check_fail(c, "a string does not end");
}
static bool json_check_digits(json_check_t* c) {
    const unsigned char* from = c->p;
    while (c->p < c->end && *c->p >= '0' && *c->p <= '9')
        c->p++;
    return c->p != from;
}
static bool json_check_number(json_check_t* c) {
    static const char* const error = "a number is not as JSON has it";
    if (*c->p == '-') c->p++;
    if (c->p < c->end && *c->p == '0')
        c->p++;
    else if (!json_check_digits(c))
        return json_check_fail(c, error);
    if (c->p < c->end && *c->p == '.') {
        c->p++;
        if (!json_check_digits(c)) return json_check_fail(c, error);
    }
    if (c->p < c->end && (*c->p == 'e' || *c->p == 'E')) {
        c->p++;
        if (c->p < c->end && (*c->p == '+' || *c->p == '-')) c->p++;
        if (!json_check_digits(c)) return json_check_fail(c, error);
    }
    c->tokens++;
    return true;
}
static bool json_check_scalar(json_check_t* c) {
    static const char* const words[] = {"true", "false", "null"};
    if (*c->p == '"') return json_check_string(c);
    if (*c->p == '-' || (*c->p >= '0' && *c->p <= '9')) return json_check_number(c);
    for (int i = 0; i < 3; i++) {
        size_t n = strlen(words[i]);
        if ((size_t)(c->end - c->p) < n || memcmp(c->p, words[i], n) != 0) continue;
        c->p += n, c->tokens++;
        return true;
    }
    return json_check_fail(c, "a value is missing or no JSON");
}
/* A key with its colon. */
static bool json_check_key(json_check_t* c) {
    if (c->p == c->end || *c->p != '"')
        return json_check_fail(c, "an object needs a key in quotes");
    if (!json_check_string(c)) return false;
    json_check_space(c);
    if (c->p == c->end || *c->p != ':') return json_check_fail(c, "a key needs a colon");
    c->p++;
    json_check_space(c);
    return true;
}
/* Whether `size` bytes are one JSON text, no deeper than JSON_DEPTH. */
static bool json_check(json_check_t* c) {
    bool object[JSON_DEPTH]; /* what the open brackets are */
    size_t depth = 0;
    json_check_space(c);
    for (;;) {
        if (c->p == c->end) return json_check_fail(c, "it ends too early");
        if (*c->p == '{' || *c->p == '[') {
            bool is_object = *c->p++ == '{';
            if (depth == JSON_DEPTH) return json_check_fail(c, "it nests deeper than 64");
            object[depth++] = is_object, c->tokens++;
            json_check_space(c);
            bool empty = c->p < c->end && *c->p == (is_object ? '}' : ']');
            if (!empty) {
                if (is_object && !json_check_key(c)) return false;
                continue;
            }
        } else if (!json_check_scalar(c)) {
            return false;
        }
        for (;;) { /* behind a value, or before the bracket that ends an empty container */
            json_check_space(c);
            if (depth == 0)
                return c->p == c->end || json_check_fail(c, "something stands behind its end");
            if (c->p == c->end) return json_check_fail(c, "it ends too early");
            if (*c->p != (object[depth - 1] ? '}' : ']')) break;
            c->p++, depth--;
        }
        if (*c->p != ',') return json_check_fail(c, "a comma or a closing bracket is missing");
        c->p++;
        json_check_space(c);
        if (object[depth - 1] && !json_check_key(c)) return false;
    }
}

/* ---- reading ---- */

typedef struct json_doc {
    const char* text;
    jsmntok_t* tokens;
    int32_t* after; /* the index behind each token's last one */
    int32_t count;
    bool escaped; /* some string has an escape */
} json_doc_t;

/* A value of a document; missing if at < 0. */
typedef struct json {
    const json_doc_t* doc;
    int32_t at;
} json_t;

typedef enum json_type {
    JSON_MISSING,
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
} json_type_t;

static json_t json_missing(void) {
    json_t v = {NULL, -1};
    return v;
}
static json_t json_at(const json_doc_t* doc, int32_t at) {
    json_t v = {doc, at};
    return v;
}
/* Where each value ends: children stand behind their parents. */
static void json_link(json_doc_t* doc) {
    for (int32_t i = doc->count; i-- > 0;) {
        int32_t next = i + 1;
        while (next < doc->count && doc->tokens[next].parent == i)
            next = doc->after[next];
        doc->after[i] = next;
    }
}
/* Cuts a checked text into tokens. Returns: how many. A number or a word alone is cut here: jsmn waits
   for what stands behind it. */
static int json_tokens(const char* text, size_t size, jsmntok_t* list, size_t count) {
    jsmn_parser parser;
    size_t from = 0;
    while (strchr(" \t\r\n", text[from]) != NULL) /* a checked text has more than spaces */
        from++;
    if (text[from] == '{' || text[from] == '[' || text[from] == '"') {
        jsmn_init(&parser);
        return jsmn_parse(&parser, text, size, list, (unsigned)count);
    }
    while (size > from && strchr(" \t\r\n", text[size - 1]) != NULL)
        size--;
    list[0].type = JSMN_PRIMITIVE, list[0].size = 0, list[0].parent = -1;
    list[0].start = (int)from, list[0].end = (int)size;
    return 1;
}
/* Reads a text, which must stay where it is. Returns: its root; missing with *error, a static text,
   if it is not JSON or there is no memory. */
static json_t json_parse(mcp_arena_t* a, const char* text, size_t size, const char** error) {
    json_check_t check = {
        (const unsigned char*)text, (const unsigned char*)text + size, NULL, 0, false};
    *error = NULL;
    if (!json_check(&check)) {
        *error = check.error;
        return json_missing();
    }
    json_doc_t* doc = (json_doc_t*)mcp_arena_alloc(a, sizeof *doc);
    size_t tokens = check.tokens * sizeof(jsmntok_t);
    jsmntok_t* list = doc != NULL ? (jsmntok_t*)mcp_arena_alloc(a, tokens) : NULL;
    int32_t* after =
        list != NULL ? (int32_t*)mcp_arena_alloc(a, check.tokens * sizeof *after) : NULL;
    if (after == NULL) {
        *error = "it holds too many values";
        return json_missing();
    }
    int count = json_tokens(text, size, list, check.tokens);
    if (count < 0 || (size_t)count != check.tokens) {
        *error = "it is not to be read";
        return json_missing();
    }
    doc->text = text, doc->tokens = list, doc->after = after, doc->count = count;
    doc->escaped = check.escaped;
    json_link(doc);
    return json_at(doc, 0);
}
static const jsmntok_t* json_token(json_t v) {
    return v.doc != NULL && v.at >= 0 ? &v.doc->tokens[v.at] : NULL;
}
static json_type_t json_type(json_t v) {
    const jsmntok_t* t = json_token(v);
    if (t == NULL) return JSON_MISSING;
    if (t->type == JSMN_OBJECT) return JSON_OBJECT;
    if (t->type == JSMN_ARRAY) return JSON_ARRAY;
    if (t->type == JSMN_STRING) return JSON_STRING;
    char c = v.doc->text[t->start];
    return c == 'n' ? JSON_NULL : c == 't' || c == 'f' ? JSON_BOOL : JSON_NUMBER;
}
/* The bytes of a value as they came, a string with its quotes. */
static const char* json_raw(json_t v, size_t* length) {
    const jsmntok_t* t = json_token(v);
    *length = 0;
    if (t == NULL) return "";
    int quote = t->type == JSMN_STRING;
    *length = (size_t)(t->end - t->start + 2 * quote);
    return v.doc->text + t->start - quote;
}
/* The first element of an array, or the first key of an object. */
static json_t json_first(json_t v) {
    const jsmntok_t* t = json_token(v);
    bool some = t != NULL && (t->type == JSMN_OBJECT || t->type == JSMN_ARRAY) && t->size > 0;
    return some ? json_at(v.doc, v.at + 1) : json_missing();
}
/* The element or key that follows. */
static json_t json_next(json_t v) {
    const jsmntok_t* t = json_token(v);
    if (t == NULL) return json_missing();
    int32_t next = v.doc->after[v.at];
    bool sibling = next < v.doc->count && v.doc->tokens[next].parent == t->parent && t->parent >= 0;
    return sibling ? json_at(v.doc, next) : json_missing();
}
static json_t json_value_of(json_t key) {
    const jsmntok_t* t = json_token(key);
    return t != NULL && t->size == 1 ? json_at(key.doc, key.at + 1) : json_missing();
}
static size_t json_count(json_t v) {
    json_type_t type = json_type(v);
    return type == JSON_ARRAY || type == JSON_OBJECT ? (size_t)json_token(v)->size : 0;
}
/* Decodes one character of a string's text at *p. Returns: its code point. */
static uint32_t json_code_point(const unsigned char** p, const unsigned char* end) {
    static const char* const letters = "bfnrt";
    static const char codes[] = "\b\f\n\r\t";
    const unsigned char* s = *p;
    if (*s != '\\') {
        size_t n = json_utf8(s, end);
        uint32_t v = n <= 1 ? *s : (uint32_t)(*s & (0x7F >> n));
        for (size_t i = 1; i < n; i++)
            v = v << 6 | (uint32_t)(s[i] & 0x3F);
        *p += n != 0 ? n : 1;
        return v;
    }
    if (s[1] != 'u') {
        const char* letter = strchr(letters, s[1]);
        *p += 2;
        return letter != NULL ? (uint32_t)codes[letter - letters] : s[1];
    }
    uint32_t v = (uint32_t)json_hex4(s + 2);
    *p += 6;
    if (v < 0xD800 || v > 0xDBFF) return v;
    uint32_t low = (uint32_t)json_hex4(s + 8);
    *p += 6;
    return 0x10000 + ((v - 0xD800) << 10) + (low - 0xDC00);
}
static size_t json_encode(uint32_t v, char* out) {
    unsigned char* p = (unsigned char*)out;
    if (v < 0x80) return p[0] = (unsigned char)v, 1;
    size_t n = v < 0x800 ? 2 : v < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; v >>= 6)
        p[i] = (unsigned char)(0x80 | (v & 0x3F));
    p[0] = (unsigned char)((0xF00 >> n & 0xFF) | v);
    return n;
}
/* A string's text as it stands. Returns: whether it has no escapes, so that it means itself. */
static bool json_plain(const json_doc_t* doc, const jsmntok_t* t, const char** text, size_t* size) {
    *text = doc->text + t->start, *size = (size_t)(t->end - t->start);
    return !doc->escaped || memchr(*text, '\\', *size) == NULL;
}
/* A string decoded, with a final 0. Returns: NULL if it is none, or there is no memory. */
static const char* json_string(json_t v, mcp_arena_t* a, size_t* length) {
    const jsmntok_t* t = json_token(v);
    if (t == NULL || t->type != JSMN_STRING) return NULL;
    const char* text;
    size_t n = 0, size;
    bool plain = json_plain(v.doc, t, &text, &size);
    char* out = (char*)mcp_arena_alloc(a, size + 5);
    if (out == NULL) return NULL;
    if (plain) memcpy(out, text, n = size);
    const unsigned char* p = (const unsigned char*)text;
    const unsigned char* end = p + size;
    while (!plain && p < end)
        n += json_encode(json_code_point(&p, end), out + n);
    out[n] = 0;
    if (length != NULL) *length = n;
    return out;
}
/* Whether a string holds the character 0, which no name may. */
static bool json_has_nul(json_t v) {
    const jsmntok_t* t = json_token(v);
    const char* text;
    size_t size;
    if (t == NULL || t->type != JSMN_STRING || json_plain(v.doc, t, &text, &size)) return false;
    const unsigned char* p = (const unsigned char*)text;
    const unsigned char* end = p + size;
    while (p < end)
        if (json_code_point(&p, end) == 0) return true;
    return false;
}
/* Whether a value is the string `text`, however it is escaped. */
static bool json_is(json_t v, const char* text) {
    const jsmntok_t* t = json_token(v);
    const char* own;
    size_t size;
    if (t == NULL || t->type != JSMN_STRING) return false;
    if (json_plain(v.doc, t, &own, &size))
        return strlen(text) == size && memcmp(text, own, size) == 0;
    const unsigned char* p = (const unsigned char*)own;
    const unsigned char* end = p + size;
    while (p < end) {
        char bytes[4];
        size_t n = json_encode(json_code_point(&p, end), bytes);
        if (memchr(bytes, 0, n) != NULL || strncmp(text, bytes, n) != 0) return false;
        text += n;
    }
    return *text == 0;
}
static json_t json_get(json_t object, const char* key) {
    if (json_type(object) != JSON_OBJECT) return json_missing();
    for (json_t k = json_first(object); k.at >= 0; k = json_next(k))
        if (json_is(k, key)) return json_value_of(k);
    return json_missing();
}
static bool json_same_text(json_t a, json_t b) {
    const char *left, *right;
    size_t n, m;
    bool plain = json_plain(a.doc, json_token(a), &left, &n);
    if (json_plain(b.doc, json_token(b), &right, &m) && plain)
        return n == m && memcmp(left, right, n) == 0;
    const unsigned char *p = (const unsigned char*)left, *p_end = p + n;
    const unsigned char *q = (const unsigned char*)right, *q_end = q + m;
    while (p < p_end && q < q_end)
        if (json_code_point(&p, p_end) != json_code_point(&q, q_end)) return false;
    return p == p_end && q == q_end;
}
/* Whether two keys of this object are one, however they are escaped. An object of more keys than any
   request of ours has counts as one, so that this is never slow. */
static bool json_duplicate_key(json_t object) {
    size_t count = json_type(object) == JSON_OBJECT ? json_count(object) : 0;
    if (count > 256) return true;
    for (json_t k = json_first(object); count > 1 && k.at >= 0; k = json_next(k))
        for (json_t other = json_next(k); other.at >= 0; other = json_next(other))
            if (json_same_text(k, other)) return true;
    return false;
}
/* A number as digits × 10^exponent. Returns: false if it is none, or its digits do not fit. */
static bool json_decimal(json_t v, uint64_t* digits, int64_t* exponent, bool* negative, bool* cut) {
    size_t length = 0;
    if (json_type(v) != JSON_NUMBER) return false;
    const char* p = json_raw(v, &length);
    const char* end = p + length;
    bool fraction = false;
    *digits = 0, *exponent = 0, *cut = false;
    *negative = *p == '-';
    for (p += *negative; p < end && *p != 'e' && *p != 'E'; p++) {
        if (*p == '.') {
            fraction = true;
            continue;
        }
        bool fits = *digits <= (UINT64_MAX - 9) / 10;
        if (fits) *digits = *digits * 10 + (uint64_t)(*p - '0');
        *cut = *cut || (!fits && *p != '0');
        *exponent += (fits ? 0 : 1) - (fraction ? 1 : 0);
    }
    if (p < end) {
        int64_t e = 0;
        bool down = *++p == '-';
        p += *p == '-' || *p == '+';
        for (; p < end; p++)
            if (e < 100000) e = e * 10 + (*p - '0');
        *exponent += down ? -e : e;
    }
    return true;
}
/* A number that is whole in value, such as 3, 3.0 or 3e2. Returns: false if it is not, or too big. */
static bool json_int(json_t v, int64_t* out) {
    uint64_t digits;
    int64_t exponent;
    bool negative, cut;
    if (!json_decimal(v, &digits, &exponent, &negative, &cut) || cut) return false;
    for (; exponent < 0 && digits % 10 == 0 && digits != 0; exponent++)
        digits /= 10;
    for (; exponent > 0 && digits != 0; exponent--) {
        if (digits > UINT64_MAX / 10) return false;
        digits *= 10;
    }
    if (digits != 0 && exponent < 0) return false;
    if (digits > (uint64_t)INT64_MAX + (negative ? 1 : 0)) return false;
    *out = negative ? (int64_t)(0 - digits) : (int64_t)digits;
    return true;
}
/* The nearest double, or one beside it; whatever the locale. */
static bool json_double(json_t v, double* out) {
    uint64_t digits;
    int64_t exponent;
    bool negative, cut;
    if (!json_decimal(v, &digits, &exponent, &negative, &cut)) return false;
    double value = (double)digits, power = 10;
    uint64_t n = (uint64_t)(exponent < 0 ? -exponent : exponent);
    if (n > 400) n = 400;
    double scale = 1;
    for (; n != 0; n >>= 1, power *= power)
        if (n & 1) scale *= power;
    value = exponent < 0 ? value / scale : value * scale;
    *out = digits == 0 ? 0 : negative ? -value : value;
    return true;
}

/* ---- writing ---- */

#define JSON_OUT_BYTES ((size_t)4096) /* of a text at first */

/* A growing text. Commas are put by the writer: every value but the first at its level has one. */
typedef struct json_out {
    mcp_arena_t* arena;
    char* data;
    size_t size;
    size_t capacity;
    size_t begin; /* bytes in front of the text that are somebody else's */
    bool comma;
    unsigned level; /* how many objects are open */
    uint64_t cut;   /* a bit for each of them: a text in it was cut */
} json_out_t;

static void json_out_init(json_out_t* o, mcp_arena_t* a) {
    memset(o, 0, sizeof *o);
    o->arena = a;
}
static char* json_more(json_out_t* o, size_t n) {
    size_t capacity = o->capacity * 2 > o->size + n + 1 ? o->capacity * 2 : o->size + n + 1;
    if (capacity < JSON_OUT_BYTES) capacity = JSON_OUT_BYTES;
    char* data = (char*)mcp_arena_grow(o->arena, o->data, o->capacity, capacity);
    if (data == NULL) return NULL;
    o->data = data, o->capacity = capacity;
    return data + o->size;
}
/* Returns: room for `n` more bytes, or NULL; o->size is for the caller to advance. */
static inline char* json_room(json_out_t* o, size_t n) {
    return o->capacity - o->size > n ? o->data + o->size : json_more(o, n);
}
/* As memcpy; most pieces of an answer are so short that its call would cost more than they. */
static inline void json_copy(char* to, const char* from, size_t n) {
    if (n > 16) {
        memcpy(to, from, n);
    } else if (n >= 8) {
        memcpy(to, from, 8), memcpy(to + n - 8, from + n - 8, 8);
    } else if (n >= 4) {
        memcpy(to, from, 4), memcpy(to + n - 4, from + n - 4, 4);
    } else if (n != 0) {
        to[0] = from[0], to[n / 2] = from[n / 2], to[n - 1] = from[n - 1];
    }
}
static void json_put(json_out_t* o, const char* text, size_t n) {
    char* room = json_room(o, n);
    if (room == NULL) return;
    json_copy(room, text, n);
    o->size += n;
}
static inline void json_char(json_out_t* o, char c) {
    char* room = json_room(o, 1);
    if (room == NULL) return;
    *room = c;
    o->size++;
}
static inline void json_value_begin(json_out_t* o) {
    if (o->comma) json_char(o, ',');
    o->comma = true;
}
static void json_open(json_out_t* o, char bracket) {
    json_value_begin(o);
    json_char(o, bracket);
    o->comma = false;
}
static void json_close(json_out_t* o, char bracket) {
    json_char(o, bracket);
    o->comma = true;
}
/* What was written behind the room that was asked for ends at `to`, behind a value. */
static void json_fields_end(json_out_t* o, const char* to) {
    o->size = (size_t)(to - o->data);
    o->comma = true;
}
static uint64_t json_level(const json_out_t* o) { return (uint64_t)1 << (o->level & 63); }
static void json_object(json_out_t* o) {
    json_open(o, '{');
    o->level++;
    o->cut &= ~json_level(o);
}
/* A text of the object that is open was cut, which its end says. */
static void json_cut(json_out_t* o) { o->cut |= json_level(o); }
static void json_object_end(json_out_t* o) {
    if ((o->cut & json_level(o)) != 0) json_put(o, ",\"truncated\":true", 17);
    json_close(o, '}');
    o->level--;
}
static void json_array(json_out_t* o) { json_open(o, '['); }
static void json_array_end(json_out_t* o) { json_close(o, ']'); }
/* Returns: behind the escape of `c`, at most 6 bytes. */
static char* json_escape(char* to, char c) {
    static const char* const digits = "0123456789abcdef";
    bool plain = c == '"' || c == '\\';
    *to++ = '\\';
    *to++ = plain ? c : c == '\n' ? 'n' : 'u';
    if (plain || c == '\n') return to;
    *to++ = '0', *to++ = '0';
    *to++ = digits[(unsigned char)c >> 4], *to++ = digits[c & 15];
    return to;
}
/* Copies a piece that is short most of the time. At least JSON_PIECE bytes can be read and written behind
   either. Returns: where it ends. */
#define JSON_PIECE ((size_t)2 * JSON_LANE)
static inline char* json_piece(char* to, const char* from, size_t n) {
    memcpy(to, from, JSON_PIECE);
    for (size_t i = JSON_PIECE; i < n; i += JSON_LANE)
        memcpy(to + i, from + i, JSON_LANE);
    return to + n;
}
static char* json_escaped_each(char* to, const char* s, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (json_needs_escape(s[i]))
            to = json_escape(to, s[i]);
        else
            *to++ = s[i];
    return to;
}
/* The first n bytes of a group of lanes, all of which can be read; as those behind them need no escape. */
static inline char* json_escaped_group(char* to, const char* s, size_t n) {
    const char* from = s;
    bool control;
    uint64_t left = json_escapes_group(s, &control);
    if (control) return json_escaped_each(to, s, n);
    for (; left != 0; left &= left - 1) {
        const char* next = s + __builtin_ctzll(left);
        to = json_piece(to, from, (size_t)(next - from));
        *to++ = '\\', from = next; /* which goes with what follows */
    }
    return json_piece(to, from, (size_t)(s + n - from));
}
/* The inside of a string: quotes, backslashes and control characters escaped. An answer that stands in a
   string has a quote every few bytes: a group of lanes has so many that their number matters little. */
static void json_escaped(json_out_t* o, const char* s, size_t n) {
    char rest[2 * JSON_GROUP + JSON_PIECE], *to;
    for (; n >= JSON_GROUP + JSON_PIECE; s += JSON_GROUP, n -= JSON_GROUP) {
        to = json_room(o, 6 * JSON_GROUP + JSON_PIECE);
        if (to == NULL) return;
        o->size = (size_t)(json_escaped_group(to, s, JSON_GROUP) - o->data);
    }
    to = json_room(o, 6 * n + JSON_PIECE);
    if (to == NULL) return;
    if (n < JSON_LANE) {
        to = json_escaped_each(to, s, n);
    } else { /* where something lies behind it */
        size_t first = n < JSON_GROUP ? n : JSON_GROUP;
        memset(rest, ' ', sizeof rest);
        memcpy(rest, s, n);
        to = json_escaped_group(to, rest, first);
        if (n > first) to = json_escaped_group(to, rest + first, n - first);
    }
    o->size = (size_t)(to - o->data);
}
static void json_quoted(json_out_t* o, const char* s, size_t n) {
    json_value_begin(o);
    json_put(o, "\"", 1);
    json_escaped(o, s, n);
    json_put(o, "\"", 1);
}
/* A text of ours, well-formed UTF-8; NULL is null. */
static void json_text(json_out_t* o, const char* s) {
    if (s == NULL) {
        json_value_begin(o);
        json_put(o, "null", 4);
        return;
    }
    json_quoted(o, s, strlen(s));
}
/* A key of ours, of letters and others that need no escape. Most are constants, whose length the
   compiler knows where this is put in. */
static HOTPATH_I_ALWAYS_INLINE void json_key(json_out_t* o, const char* key) {
    size_t n = strlen(key);
    char* to = json_room(o, n + 4);
    if (to == NULL) return;
    to[0] = ',', to += o->comma;
    to[0] = '"', memcpy(to + 1, key, n), memcpy(to + 1 + n, "\":", 2);
    o->size = (size_t)(to + n + 3 - o->data);
    o->comma = false;
}
/* A key in two parts. */
static void json_key_of(json_out_t* o, const char* key, const char* rest) {
    size_t n = strlen(key), more = strlen(rest);
    char* to = json_room(o, n + more + 4);
    if (to == NULL) return;
    to[0] = ',', to += o->comma;
    to[0] = '"', json_copy(to + 1, key, n), to += n + 1;
    json_copy(to, rest, more), memcpy(to + more, "\":", 2);
    o->size = (size_t)(to + more + 2 - o->data);
    o->comma = false;
}

/* What of a text of the program a model or a terminal could take for more than text: control
   characters, and those that hide or reorder others. */
static bool json_is_hidden(uint32_t v) {
    return v < 0x20 || (v >= 0x7F && v <= 0x9F) || v == 0xAD || v == 0x61C || v == 0x180E ||
           (v >= 0x200B && v <= 0x200F) || (v >= 0x2028 && v <= 0x202E) ||
           (v >= 0x2060 && v <= 0x206F) || v == 0xFEFF || (v >= 0xFFF9 && v <= 0xFFFB) ||
           (v >= 0xE0000 && v <= 0xE0FFF);
}
#define JSON_DATA_BYTES 200

/* Whether JSON_LANE bytes stand in a string as they are, ASCII alone. */
static bool json_shown_as_is(const unsigned char* p) {
    uint64_t all = 0;
    for (int i = 0; i < JSON_LANE; i += 8) {
        uint64_t v;
        memcpy(&v, p + i, 8);
        all |= v | (v + 0x0101010101010101u); /* from 0x7F on */
    }
    return (all & 0x8080808080808080u) == 0 && json_escapes((const char*)p) == 0;
}

/* Likewise of a text of at least as many. */
static bool json_all_as_is(const char* s, size_t n) {
    const unsigned char* p = (const unsigned char*)s;
    for (size_t i = 0; i + JSON_LANE <= n; i += JSON_LANE)
        if (!json_shown_as_is(p + i)) return false;
    return json_shown_as_is(p + n - JSON_LANE);
}

/* A text of the program or the client: at most 200 bytes of it, cut at a character; bytes that are
   no UTF-8 become U+FFFD; hidden characters stand as visible text such as \u001b.
   Returns: whether it was cut, which the object that it is in says at its end. */
static bool json_data(json_out_t* o, const char* s, size_t n) {
    if (n >= JSON_LANE && n <= JSON_DATA_BYTES && json_all_as_is(s, n)) {
        char* to = json_room(o, n + 3);
        if (to == NULL) return false;
        if (o->comma) *to++ = ',';
        to[0] = '"', json_copy(to + 1, s, n), to[n + 1] = '"';
        json_fields_end(o, to + n + 2);
        return false;
    }
    const unsigned char* p = (const unsigned char*)s;
    const unsigned char* end = p + n;
    const unsigned char* stop = n > JSON_DATA_BYTES ? p + JSON_DATA_BYTES : end;
    json_value_begin(o);
    json_put(o, "\"", 1);
    while (p < stop) {
        const unsigned char* run = p;
        while (stop - p >= JSON_LANE && json_shown_as_is(p))
            p += JSON_LANE;
        while (p < stop && *p >= 0x20 && *p < 0x7F && *p != '"' && *p != '\\')
            p++;
        if (p != run) json_put(o, (const char*)run, (size_t)(p - run));
        if (p >= stop) break;
        size_t length = json_utf8(p, end);
        if (length != 0 && p + length > stop) break;
        if (length == 0) {
            json_put(o, "\xEF\xBF\xBD", 3);
            p++;
            continue;
        }
        const unsigned char* next = p;
        uint32_t v = *p < 0x80 ? *next++ : json_code_point(&next, end);
        if (json_is_hidden(v)) {
            char escape[16];
            int size = stbsp_snprintf(escape, (int)sizeof escape, "\\\\u%04x", v);
            json_put(o, escape, (size_t)size);
        } else {
            json_escaped(o, (const char*)p, length);
        }
        p = next;
    }
    json_put(o, "\"", 1);
    if (p < end) json_cut(o);
    return p < end;
}
/* A key that the client chose. */
static void json_key_n(json_out_t* o, const char* key, size_t n) {
    json_quoted(o, key, n);
    json_put(o, ":", 1);
    o->comma = false;
}
/* Writes a number from its end on. Returns: where it begins. */
static char* json_digits(char* end, uint64_t v) {
    static const char pairs[] =
        "00010203040506070809101112131415161718192021222324252627282930313233"
        "34353637383940414243444546474849505152535455565758596061626364656667"
        "6869707172737475767778798081828384858687888990919293949596979899";
    for (; v >= 100; v /= 100)
        end -= 2, memcpy(end, pairs + 2 * (v % 100), 2);
    if (v >= 10) return (char*)memcpy(end - 2, pairs + 2 * v, 2);
    *--end = (char)('0' + v);
    return end;
}
static size_t json_digit_count(uint64_t v) {
    static const uint64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000,
        1000000000, 10000000000, 100000000000, 1000000000000, 10000000000000, 100000000000000,
        1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000,
        10000000000000000000u};
    size_t n = (size_t)(64 - __builtin_clzll(v | 1)) * 1233 >> 12; /* of log10(2) */
    return n + (v >= powers[n] || v == 0);
}
/* The eight digits of a number below 10^8, first ones first in memory: halves, quarters, digits are divided
   side by side in one word. */
static HOTPATH_I_ALWAYS_INLINE uint64_t json_eight_digits(uint64_t v) {
    uint64_t fours = v / 10000 | (v % 10000) << 32;
    uint64_t twos = (fours * 10486 >> 20) & 0x0000007F0000007Fu; /* x / 100 below 10^4 */
    twos |= (fours - 100 * twos) << 16;
    uint64_t ones = (twos * 103 >> 10) & 0x000F000F000F000Fu; /* x / 10 below 100 */
    ones |= (twos - 10 * ones) << 8;
    return ones + 0x3030303030303030u;
}
#define JSON_NUMBER_BYTES 24 /* of room for a number */
/* Writes a number where there is room for JSON_NUMBER_BYTES. Returns: where it ends. Short ones without
   a loop, whose end no processor could foretell. */
static inline char* json_at_u64(char* to, uint64_t v) {
    size_t n = json_digit_count(v);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (v < 100000000) {
        uint64_t digits = json_eight_digits(v) >> (64 - 8 * n);
        memcpy(to, &digits, 8);
        return to + n;
    }
#endif
    json_digits(to + n, v);
    return to + n;
}
static void json_u64(json_out_t* o, uint64_t v) {
    char* to = json_room(o, JSON_NUMBER_BYTES + 1);
    if (to == NULL) return;
    to[0] = ',', to += o->comma;
    json_fields_end(o, json_at_u64(to, v));
}
static void json_i64(json_out_t* o, int64_t v) {
    if (v >= 0) {
        json_u64(o, (uint64_t)v);
        return;
    }
    json_value_begin(o);
    json_put(o, "-", 1);
    o->comma = false;
    json_u64(o, 0 - (uint64_t)v);
}
static void json_bool(json_out_t* o, bool v) {
    json_value_begin(o);
    json_put(o, v ? "true" : "false", v ? 4 : 5);
}
static void json_null(json_out_t* o) { json_text(o, NULL); }
static void json_raw_value(json_out_t* o, const char* text, size_t n) {
    json_value_begin(o);
    json_put(o, text, n);
}
/* What is no number in JSON (NaN, infinity) is null. */
static bool json_is_finite(double v) { return v - v == 0; }

/* Fields of an object behind its first one, written where there is room for all of them: a key that is a
   literal, with the comma before it, and numbers. Each returns where the next one goes. */
#define JSON_FIELD(to, key) ((char*)memcpy((to), ",\"" key "\":", sizeof key + 3) + sizeof key + 3)

/* Two decimals where that is exact: not so large that a product with 100 rounds it, and not so near
   the middle between two hundredths. Returns: NULL if it is not written. */
static char* json_at_hundredths(char* to, double v) {
    if (!(v >= 0 && v < 1e7)) return NULL;
    int64_t whole = (int64_t)(v * 100 + 0.5); /* signed: a conversion without branches */
    double off = v * 100 - (double)whole;
    if (off > 0.499999 || off < -0.499999) return NULL;
    unsigned rest = (unsigned)(whole % 100);
    to = json_at_u64(to, (uint64_t)(whole / 100));
    if (rest == 0) return to;
    to[0] = '.', to[1] = (char)('0' + rest / 10);
    if (rest % 10 == 0) return to + 2; /* a 0 at the end is left out */
    to[2] = (char)('0' + rest % 10);
    return to + 3;
}
/* Writes a number with at most `digits` decimals, those that are 0 left out, where there is room for
   JSON_FIXED_BYTES. Returns: where it ends. */
#define JSON_FIXED_BYTES 330 /* 309 digits, a sign, a point, decimals */
static char* json_at_fixed(char* to, double v, int digits) {
    char* end = digits == 2 ? json_at_hundredths(to, v) : NULL;
    if (end != NULL) return end;
    if (!json_is_finite(v)) return (char*)memcpy(to, "null", 4) + 4;
    int n = stbsp_snprintf(to, JSON_FIXED_BYTES, "%.*f", digits, v);
    if (digits > 0)
        while (n > 1 && to[n - 1] == '0')
            n--;
    if (n > 1 && to[n - 1] == '.') n--;
    if (n == 2 && to[0] == '-' && to[1] == '0') to[0] = '0', n = 1;
    return to + n;
}
static void json_fixed(json_out_t* o, double v, int digits) {
    char* to = json_room(o, JSON_FIXED_BYTES + 1);
    if (to == NULL) return;
    to[0] = ',', to += o->comma;
    json_fields_end(o, json_at_fixed(to, v, digits));
}
/* A number as it is: whole ones without an exponent, others with 17 digits. */
static void json_number(json_out_t* o, double v) {
    char text[400];
    bool whole = v > -9007199254740992.0 && v < 9007199254740992.0 && v == (double)(int64_t)v;
    if (whole) {
        json_i64(o, (int64_t)v);
    } else if (!json_is_finite(v)) {
        json_null(o);
    } else {
        int n = stbsp_snprintf(text, (int)sizeof text, "%.17g", v);
        json_raw_value(o, text, (size_t)n);
    }
}
static char* json_printf_piece(const char* piece, void* out, int n) {
    json_escaped((json_out_t*)out, piece, (size_t)n);
    return (char*)(uintptr_t)piece;
}
/* A string from a format, of any length. */
static void json_printf_text(json_out_t* o, const char* format, ...) {
    char piece[STB_SPRINTF_MIN];
    va_list arguments;
    json_value_begin(o);
    json_put(o, "\"", 1);
    va_start(arguments, format);
    stbsp_vsprintfcb(json_printf_piece, o, piece, format, arguments);
    va_end(arguments);
    json_put(o, "\"", 1);
}
/* Returns: the text with a final 0, NULL if it did not fit into the arena. */
static const char* json_out_text(json_out_t* o, size_t* size) {
    char* room = json_room(o, 0);
    *size = o->size - o->begin;
    if (room == NULL || o->arena->failed) return NULL;
    *room = 0;
    return o->data + o->begin;
}
static size_t json_out_size(const json_out_t* o) { return o->size - o->begin; }
/* Makes room for a text that is still empty, and in front of it. */
static void json_out_begin(json_out_t* o, size_t front, size_t size) {
    if (o->size == 0 && json_room(o, front + size) != NULL) o->size = o->begin = front;
}
/* Takes back what was written since the text had `size` bytes, at the same level. */
static void json_out_cut(json_out_t* o, size_t size) {
    if (size < json_out_size(o)) o->size = o->begin + size;
}
