/* registry.h: the tools. A tool is a row of data: its name, what a model is told of it, which
   arguments it takes and the function that answers. Its schema is written from that row. */

/* Sets of tools; HOTPATH_MCP_TOOLSETS picks. */
#define REGISTRY_SETS(X) \
    X(CORE, "core")      \
    X(ANALYSIS, "analysis")

enum {
#define REGISTRY_ROW(constant, name) SET_NUMBER_##constant,
    REGISTRY_SETS(REGISTRY_ROW)
#undef REGISTRY_ROW
#define REGISTRY_ROW(constant, name) SET_##constant = 1 << SET_NUMBER_##constant,
    REGISTRY_SETS(REGISTRY_ROW)
#undef REGISTRY_ROW
};

/* Every argument that a tool can take: constant, name, JSON Schema of its value. */
#define REGISTRY_ARGUMENTS(X)                                                                \
    X(LIMIT, "limit", NULL)                                                                  \
    X(CURSOR, "cursor", "{\"type\":\"string\"}")                                             \
    X(FILTER, "filter", "{\"type\":[\"string\",\"array\"],\"items\":{\"type\":\"string\"}}") \
    X(SORT, "sort", NULL)                                                                    \
    X(THREAD, "thread", "{\"type\":[\"integer\",\"string\"]}")                               \
    X(SINCE, "since", "{\"type\":\"string\"}")                                               \
    X(RESPONSE_FORMAT, "response_format", "{\"enum\":[\"concise\",\"detailed\"]}")           \
    X(NAME, NULL, "{\"type\":\"string\"}")                                                   \
    X(ID, NULL, "{\"type\":[\"integer\",\"string\"]}")                                       \
    X(ORDER, "order", "{\"enum\":[\"recent\",\"slowest\"]}")                                 \
    X(VIEW, "view", "{\"enum\":[\"summary\",\"self\",\"total\",\"tree\",\"callers\"]}")      \
    X(ROOT, "root", "{\"type\":\"string\"}")                                                 \
    X(MIN_PERCENT, "min_percent", "{\"type\":\"number\"}")                                   \
    X(SOURCE, "source", "{\"enum\":[\"time\",\"alloc\",\"offcpu\"]}")                        \
    X(FORMAT, "format", "{\"enum\":[\"json\",\"markdown\"]}")                                \
    X(HEAP_VIEW, "view", "{\"enum\":[\"usage\",\"sites\",\"diff\",\"leaks\",\"sizes\"]}")    \
    X(FRAMES_VIEW, "view", "{\"enum\":[\"frames\",\"plots\",\"phases\"]}")                   \
    X(BASE, "base", "{\"type\":\"string\"}")

enum {
#define REGISTRY_ROW(constant, name, schema) ARG_NUMBER_##constant,
    REGISTRY_ARGUMENTS(REGISTRY_ROW) ARG_COUNT,
#undef REGISTRY_ROW
#define REGISTRY_ROW(constant, name, schema) ARG_##constant = 1 << ARG_NUMBER_##constant,
    REGISTRY_ARGUMENTS(REGISTRY_ROW)
#undef REGISTRY_ROW
    ARG_SUMMARY = ARG_LIMIT | ARG_RESPONSE_FORMAT,
    ARG_LOG = ARG_LIMIT | ARG_NAME | ARG_ID,
    ARG_VALUES = ARG_SUMMARY | ARG_CURSOR | ARG_FILTER,
    ARG_SORTED = ARG_VALUES | ARG_SORT | ARG_SINCE,
    ARG_RANKED = ARG_SORTED | ARG_THREAD,
    ARG_EXECUTIONS = ARG_LOG | ARG_ORDER | ARG_RESPONSE_FORMAT
};

/* One call of a tool: what it is given and what it answers. */
typedef struct tool_call {
    mcp_arena_t* arena;
    json_t arguments;     /* an object, or missing */
    json_out_t out;       /* the answer: one JSON object */
    const char* markdown; /* or this text instead of it */
    bool failed;
    char error[1200]; /* what is wrong with the arguments and what is allowed */
} tool_call_t;

typedef struct tool {
    const char* name;
    const char* title;
    const char* description;
    uint32_t set;
    uint32_t arguments;       /* ARG_* */
    uint32_t limit_default;   /* of `limit` */
    uint32_t limit_max;       /* likewise */
    const char* const* sorts; /* values of `sort`, the default first, then NULL */
    const char* name_key;     /* of ARG_NAME, such as function_name */
    const char* id_key;       /* of ARG_ID, such as function_id */
    const char* id_alias;     /* another key for the id that older clients send, or NULL */
    void (*call)(const struct tool* tool, tool_call_t* call);
} tool_t;

/* Returns: the tools in the order of the list, NULL past the last; tools.h has it. */
static const tool_t* registry_at(size_t index);

/* Fails a call: the model reads this text. Texts of the program in it are names, already capped. */
static void tool_fail(tool_call_t* call, const char* format, ...) HOTPATH_I_PRINTF(2, 3);
static void tool_fail(tool_call_t* call, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(call->error, sizeof call->error, format, arguments);
    va_end(arguments);
    call->failed = true;
}
/* Memory that lives as long as the answer. Returns: NULL with the call failed. */
static void* tool_alloc(tool_call_t* call, size_t size) {
    void* memory = mcp_arena_alloc(call->arena, size);
    if (memory == NULL && !call->failed) tool_fail(call, "there is no memory for this answer");
    return memory;
}

/* Returns: whether HOTPATH_MCP_TOOLSETS has the tool. */
static bool registry_enabled(const tool_t* tool) { return (settings.toolsets & tool->set) != 0; }

/* Returns: the tool of that name, or NULL. A name that is not in the list is another one's. */
static const tool_t* registry_find(const char* name) {
    if (strcmp(name, "runtime") == 0) name = "tokio_runtime";
    for (size_t i = 0; registry_at(i) != NULL; i++)
        if (registry_enabled(registry_at(i)) && strcmp(registry_at(i)->name, name) == 0)
            return registry_at(i);
    return NULL;
}

/* ---- names that are nearly right ---- */

/* The pairs of letters of a name, as a set of 256 bits: names that share many are alike. */
typedef struct likeness {
    uint64_t bits[4];
} likeness_t;

static likeness_t likeness_of(const char* name) {
    likeness_t l = {{0, 0, 0, 0}};
    unsigned before = '^';
    for (size_t i = 0; name[i] != 0 && i < 256; i++) {
        unsigned c = (unsigned char)name[i];
        if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
        unsigned bit = (before * 31 + c) * 2654435761u >> 24;
        l.bits[bit / 64] |= (uint64_t)1 << bit % 64;
        before = c;
    }
    return l;
}
static unsigned likeness_count(uint64_t v) {
    unsigned n = 0;
    for (; v != 0; v &= v - 1)
        n++;
    return n;
}
/* Returns: how alike two names are, 0 to 1000. */
static unsigned likeness(const likeness_t* a, const likeness_t* b) {
    unsigned both = 0, all = 0;
    for (int i = 0; i < 4; i++) {
        both += likeness_count(a->bits[i] & b->bits[i]);
        all += likeness_count(a->bits[i]) + likeness_count(b->bits[i]);
    }
    return all == 0 ? 0 : both * 2000 / all;
}

/* The few names nearest to one that is unknown. */
typedef struct nearest {
    likeness_t to;
    const char* names[5];
    unsigned scores[5];
} nearest_t;

static void nearest_begin(nearest_t* n, const char* to) {
    memset(n, 0, sizeof *n);
    n->to = likeness_of(to);
}
static void nearest_add(nearest_t* n, const char* name) {
    likeness_t l = likeness_of(name);
    unsigned score = likeness(&n->to, &l) + 1;
    for (int i = 0; i < 5; i++)
        if (n->names[i] != NULL && strcmp(n->names[i], name) == 0) return;
    for (int i = 0; i < 5; i++) {
        if (score <= n->scores[i]) continue;
        for (int k = 4; k > i; k--)
            n->names[k] = n->names[k - 1], n->scores[k] = n->scores[k - 1];
        n->names[i] = name, n->scores[i] = score;
        return;
    }
}

/* A name of the program or the client as it may stand in a message: quoted, at most 60 bytes, with
   what could be taken for more than a name replaced. */
static const char* shown_name(mcp_arena_t* arena, const char* name) {
    size_t length = strlen(name);
    bool cut = length > 60;
    if (cut) length = 57;
    while (cut && length > 0 && ((unsigned char)name[length] & 0xC0) == 0x80)
        length--;
    char* text = (char*)mcp_arena_alloc(arena, length + 6);
    if (text == NULL) return "\"?\"";
    size_t n = 0;
    text[n++] = '"';
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)name[i];
        text[n++] = c < 0x20 || c >= 0x7F || c == '"' || c == '`' ? '?' : (char)c;
    }
    if (cut) memcpy(text + n, "...", 3), n += 3;
    text[n++] = '"', text[n] = 0;
    return text;
}
/* Appends to the error of a call what the nearest names are. */
static void nearest_tell(nearest_t* n, tool_call_t* call) {
    size_t used = strlen(call->error);
    for (int i = 0; i < 5 && n->names[i] != NULL; i++) {
        const char* name = shown_name(call->arena, n->names[i]);
        int more = snprintf(call->error + used, sizeof call->error - used, "%s%s",
            i == 0 ? "; nearest: " : ", ", name);
        if (more > 0) used += (size_t)more;
        if (used >= sizeof call->error) return;
    }
}

/* ---- the list of tools ---- */

static const char* registry_argument_name(const tool_t* tool, unsigned number) {
    static const char* const names[] = {
#define REGISTRY_ROW(constant, name, schema) name,
        REGISTRY_ARGUMENTS(REGISTRY_ROW)
#undef REGISTRY_ROW
    };
    if (number == ARG_NUMBER_NAME) return tool->name_key;
    if (number == ARG_NUMBER_ID) return tool->id_key;
    return names[number];
}
static void registry_argument_schema(const tool_t* tool, unsigned number, json_out_t* out) {
    static const char* const schemas[] = {
#define REGISTRY_ROW(constant, name, schema) schema,
        REGISTRY_ARGUMENTS(REGISTRY_ROW)
#undef REGISTRY_ROW
    };
    if (number == ARG_NUMBER_LIMIT) {
        json_object(out);
        json_key(out, "type"), json_text(out, "integer");
        json_key(out, "maximum"), json_u64(out, tool->limit_max);
        json_key(out, "default"), json_u64(out, tool->limit_default);
        json_object_end(out);
    } else if (number == ARG_NUMBER_SORT) {
        json_object(out);
        json_key(out, "enum");
        json_array(out);
        for (const char* const* s = tool->sorts; *s != NULL; s++)
            json_text(out, *s);
        json_array_end(out);
        json_object_end(out);
    } else {
        json_raw_value(out, schemas[number], strlen(schemas[number]));
    }
}
/* Writes a tool as tools/list has it. */
static void registry_describe(const tool_t* tool, json_out_t* out) {
    json_object(out);
    json_key(out, "name"), json_text(out, tool->name);
    json_key(out, "title"), json_text(out, tool->title);
    json_key(out, "description"), json_text(out, tool->description);
    json_key(out, "inputSchema");
    json_object(out);
    json_key(out, "type"), json_text(out, "object");
    if (tool->arguments != 0) {
        json_key(out, "properties");
        json_object(out);
        for (unsigned i = 0; i < ARG_COUNT; i++) {
            if ((tool->arguments >> i & 1) == 0) continue;
            json_key(out, registry_argument_name(tool, i));
            registry_argument_schema(tool, i, out);
        }
        json_object_end(out);
    }
    json_key(out, "additionalProperties"), json_bool(out, false);
    json_object_end(out);
    json_key(out, "annotations");
    json_object(out);
    json_key(out, "readOnlyHint"), json_bool(out, true);
    json_key(out, "idempotentHint"), json_bool(out, true);
    json_key(out, "openWorldHint"), json_bool(out, false);
    json_object_end(out);
    json_object_end(out);
}
/* Writes the array of all tools, always the same one. */
static void registry_list(json_out_t* out) {
    json_array(out);
    for (size_t i = 0; registry_at(i) != NULL; i++)
        if (registry_enabled(registry_at(i))) registry_describe(registry_at(i), out);
    json_array_end(out);
}
