/* hotpath_mcp.c 0.1.0: a running program answers an agent: the optional MCP server of hotpath.h.

   Build it beside your program, with the same switches everywhere:

       cc -O2 -DHOTPATH -DHOTPATH_MCP game.c hotpath_mcp.c -lcivetweb -lpthread -lm

   HOTPATH_MAIN() or hotpath_start then starts the server, which says so in one line on stderr:

       hotpath: MCP server at http://127.0.0.1:6771/mcp (no token: any local program may ask)

   and stops it at exit or in hotpath_stop. By hand: hotpath_mcp_start() and hotpath_mcp_stop().
   Without -DHOTPATH_MCP this file is empty.

   It answers MCP clients at POST /mcp (Streamable HTTP, without sessions, all revisions from
   2025-03-26 to 2026-07-28) and curl at /api/TOOL. It reads the program through the snapshot API of
   hotpath.h and nothing else, so that whatever it shows your own code can show too. It changes
   nothing in the program: no signal disposition, no locale, no environment, no errno, no stdout. Its
   threads take no signals and are in no profile, nor is what they allocate.

   Variables are in the table MCP_SETTINGS below: name, default, what is allowed. A wrong value is
   told in one line on stderr. In a set-user-id program none is read.

   Needs CivetWeb, jsmn and stb_sprintf (Debian: libcivetweb-dev libjsmn-dev libstb-dev);
   HOTPATH_CIVETWEB_H, HOTPATH_JSMN_H and HOTPATH_STB_SPRINTF_H name copies of your own.
   HOTPATH_MCP_HISTORY_BYTES bounds the history (default 64 MiB, of which only what it fills is ever
   touched).

   The parts, in order (each a file of mcp/ with one job; `make dist` folds them into this one):

       platform.h         all that touches the system
       json.h             JSON in and out, the arena of a request
       history.h          the ring of baselines behind since, changes and cursors
       registry.h         tools as rows of data
       query.h            arguments, the window of an answer, its header
       tools_*.h          the tools, a file for each family
       tools.h            the list of all tools
       protocol.h         JSON-RPC and the eras of MCP
       http.h             CivetWeb: requests in, replies out, every check
*/
#if !defined(_GNU_SOURCE)
    #define _GNU_SOURCE 1 /* clocks, random bytes and threads of the system */
#endif
#include "hotpath.h"

#if HOTPATH_I_MCP

    #if defined(__has_include) && !defined(HOTPATH_I_FOLDED)
        #if !__has_include("mcp/platform.h")
            #error \
                "hotpath: the folder mcp/ is not beside hotpath_mcp.c: copy it too, or take dist/hotpath_mcp.c, which `make dist` writes"
        #endif
    #endif

    /* The most memory that one request takes for what it reads and writes; snapshots aside. */
    #define MCP_REQUEST_BYTES ((size_t)4 << 20)
    /* What of it is kept for saying that the rest was not enough. */
    #define MCP_ERROR_BYTES ((size_t)64 << 10)

    /* What is not used by the tools of this version. */
    #if HOTPATH_I_GNU
        #define MCP_UNUSED __attribute__((unused))
    #else
        #define MCP_UNUSED
    #endif

    /* Name, default, what is allowed. */
    #define MCP_SETTINGS(X)                                                                     \
        X(PORT, "6771", "a port, 0 for any free one, 6771+ for it or the next free one")        \
        X(HOST, "127.0.0.1",                                                                    \
            "an IPv4 address to listen on; beyond this machine only with a token")              \
        X(AUTH_TOKEN, "", "what clients must send as Authorization; unset: no token is needed") \
        X(OFF, "0", "1: there is no server, whatever else says so")                             \
        X(FORK, "parent", "parent: the child of a fork serves nothing; each: it serves itself") \
        X(TOOLSETS, "core,analysis", "a list of core, analysis, all")                           \
        X(ALLOWED_HOSTS, "", "further names of this machine, when HOST is not local")           \
        X(ALLOWED_ORIGINS, "", "further origins of browser pages, such as http://my.box:3000")

static struct {
    char program[256];
    char host[64];
    char token[256];
    char allowed_hosts[512];
    char allowed_origins[512];
    int port;
    bool next_port; /* or the next free one */
    bool each;      /* the child of a fork serves itself */
    bool loopback;
    bool no_paths;
    uint32_t toolsets; /* SET_* */
} settings;

    #include "mcp/platform.h"

    #include "mcp/json.h"

    #include "mcp/history.h"

    #include "mcp/registry.h"

    #include "mcp/query.h"

    #include "mcp/tools_functions.h"

    #include "mcp/tools_memory.h"

    #include "mcp/tools_locks.h"

    #include "mcp/tools_tree.h"

    #include "mcp/tools_program.h"

    #include "mcp/tools_values.h"

    #include "mcp/tools_spans.h"

    #include "mcp/tools_frames.h"

    #include "mcp/tools_io.h"
    #include "mcp/tools_channels.h"
    #include "mcp/tools_tasks.h"

    #include "mcp/tools_analysis.h"

    #include "mcp/tools.h"

    #include "mcp/protocol.h"

    #include "mcp/http.h"

/* ---- messages and settings ---- */

static void mcp_log(const char* format, ...) HOTPATH_I_PRINTF(1, 2);
static void mcp_log(const char* format, ...) {
    char text[500];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    hotpath_i_server(HOTPATH_I_LAYOUT, text);
}

static const struct {
    const char* name;
    const char* standard;
    const char* allowed;
} mcp_settings[] = {
    #define MCP_ROW(name, standard, allowed) {"HOTPATH_MCP_" #name, standard, allowed},
    MCP_SETTINGS(MCP_ROW)
    #undef MCP_ROW
};
enum {
    #define MCP_ROW(name, standard, allowed) MCP_SETTING_##name,
    MCP_SETTINGS(MCP_ROW)
    #undef MCP_ROW
};

static const char* mcp_setting(int number) {
    const char* value = os_env(mcp_settings[number].name);
    return value != NULL && value[0] != 0 ? value : mcp_settings[number].standard;
}
static void mcp_wrong(int number, const char* used) {
    char value[64];
    size_t n = 0;
    for (const char* p = mcp_setting(number); *p != 0 && n < sizeof value - 1; p++)
        value[n++] = *p >= 0x20 && *p < 0x7F ? *p : '?';
    value[n] = 0;
    mcp_log("%s=%s is not allowed: %s; using %s", mcp_settings[number].name, value,
        mcp_settings[number].allowed, used);
}
static bool mcp_child; /* of a fork, and it serves itself: its parent has the port */

static void mcp_read_port(void) {
    const char* text = mcp_setting(MCP_SETTING_PORT);
    uint32_t port = 0;
    size_t n = 0;
    for (; text[n] >= '0' && text[n] <= '9' && n < 6; n++)
        port = port * 10 + (uint32_t)(text[n] - '0');
    settings.next_port = text[n] == '+' && port != 0;
    if (n == 0 || port > 65535 || text[n + settings.next_port] != 0) {
        mcp_wrong(MCP_SETTING_PORT, "6771");
        port = 6771, settings.next_port = false;
    }
    settings.port = (int)port;
    if (mcp_child && port != 0) settings.next_port = true;
}
static void mcp_read_toolsets(void) {
    static const struct {
        const char* name;
        uint32_t set;
    } sets[] = {
    #define REGISTRY_ROW(constant, name) {name, SET_##constant},
        REGISTRY_SETS(REGISTRY_ROW)
    #undef REGISTRY_ROW
            {"all", UINT32_MAX}};
    const char* p = mcp_setting(MCP_SETTING_TOOLSETS);
    bool right = true;
    settings.toolsets = 0;
    while (*p != 0) {
        size_t n = strcspn(p, ", "), known = 0;
        for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
            if (strlen(sets[i].name) == n && strncmp(sets[i].name, p, n) == 0)
                settings.toolsets |= sets[i].set, known = 1;
        right = right && (known != 0 || n == 0);
        p += n + (p[n] != 0);
    }
    if (right && settings.toolsets != 0) return;
    settings.toolsets = SET_CORE | SET_ANALYSIS;
    mcp_wrong(MCP_SETTING_TOOLSETS, mcp_settings[MCP_SETTING_TOOLSETS].standard);
}
static void mcp_copy(char* to, size_t size, const char* from) { snprintf(to, size, "%s", from); }

/* Returns: false, with a message, if these settings allow no server. */
static bool mcp_read_settings(void) {
    struct in_addr address;
    const char* token = os_env("HOTPATH_MCP_AUTH_TOKEN");
    const char* fork = mcp_setting(MCP_SETTING_FORK);
    const char* host = mcp_setting(MCP_SETTING_HOST);
    const char* paths = os_env("HOTPATH_NO_PATHS");
    mcp_read_port();
    mcp_read_toolsets();
    settings.each = strcmp(fork, "each") == 0;
    if (!settings.each && strcmp(fork, "parent") != 0) mcp_wrong(MCP_SETTING_FORK, "parent");
    settings.no_paths =
        paths != NULL && paths[0] != 0 && strcmp(paths, "0") != 0 && strcmp(paths, "false") != 0;
    mcp_copy(settings.allowed_hosts, sizeof settings.allowed_hosts,
        mcp_setting(MCP_SETTING_ALLOWED_HOSTS));
    mcp_copy(settings.allowed_origins, sizeof settings.allowed_origins,
        mcp_setting(MCP_SETTING_ALLOWED_ORIGINS));
    if (token != NULL && (token[0] == 0 || strlen(token) >= sizeof settings.token ||
                             strpbrk(token, " \t\r\n") != NULL)) {
        mcp_log("HOTPATH_MCP_AUTH_TOKEN is set but no token: it needs 1 to %d characters without "
                "spaces; there is no server",
            (int)sizeof settings.token - 1);
        return false;
    }
    mcp_copy(settings.token, sizeof settings.token, token != NULL ? token : "");
    if (strcmp(host, "localhost") == 0) host = "127.0.0.1";
    if (inet_pton(AF_INET, host, &address) != 1) {
        mcp_wrong(MCP_SETTING_HOST, "127.0.0.1");
        host = "127.0.0.1";
        inet_pton(AF_INET, host, &address);
    }
    mcp_copy(settings.host, sizeof settings.host, host);
    settings.loopback = ntohl(address.s_addr) >> 24 == 127;
    if (!settings.loopback && settings.token[0] == 0) {
        mcp_log(
            "HOTPATH_MCP_HOST=%s is beyond this machine and needs HOTPATH_MCP_AUTH_TOKEN; there "
            "is no server",
            host);
        return false;
    }
    return true;
}

/* ---- start and stop ---- */

static pthread_mutex_t mcp_lock = PTHREAD_MUTEX_INITIALIZER;
static bool mcp_running;
static bool mcp_hooked; /* the handlers of fork are there */

static void mcp_listen_failed(void) {
    if (settings.next_port)
        mcp_log("no port from %d to %d is free on %s; there is no server", settings.port,
            settings.port + 99, settings.host);
    else
        mcp_log("port %d on %s cannot be had (%s); there is no server: stop what has it, or set "
                "HOTPATH_MCP_PORT to another one, 0 for any, %d+ for the next free one",
            settings.port, settings.host, http.error[0] != 0 ? http.error : "it is in use",
            settings.port);
}
static bool mcp_listen(void) {
    int last = settings.next_port ? settings.port + 99 : settings.port;
    for (int port = settings.port; port <= last && port <= 65535; port++) {
        if (http_start(settings.host, port) == 0) continue;
        mcp_log("MCP server at http://%s:%d/mcp (%s)", settings.host, http.port,
            settings.token[0] != 0 ? "token needed" : "no token: any local program may ask");
        return true;
    }
    mcp_listen_failed();
    return false;
}
static void mcp_read_program(void) {
    hotpath_snapshot_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.parts = HOTPATH_PART_VALUES | HOTPATH_TIMES_LATER;
    hotpath_snapshot_t* s = hotpath_snapshot_take(&desc);
    if (s != NULL)
        mcp_copy(settings.program, sizeof settings.program, hotpath_snapshot_info(s)->program);
    hotpath_snapshot_free(s);
}
static void mcp_fork_child(void);

static bool mcp_start_locked(void) {
    if (mcp_running) return true;
    const char* off = mcp_setting(MCP_SETTING_OFF);
    if (strcmp(off, "0") != 0 && strcmp(off, "false") != 0) return false;
    if (!hotpath_i_server(HOTPATH_I_LAYOUT, NULL)) return false; /* another hotpath.h */
    if (!mcp_read_settings()) return false;
    mcp_read_program();
    if (!history_start()) {
        mcp_log("there is no memory or no thread for the history; there is no server");
        return false;
    }
    mcp_running = mcp_listen();
    if (!mcp_running) history_stop();
    if (mcp_running && !mcp_hooked) mcp_hooked = pthread_atfork(NULL, NULL, mcp_fork_child) == 0;
    return mcp_running;
}
HOTPATH_API bool hotpath_mcp_start(void) {
    int saved = errno;
    pthread_mutex_lock(&mcp_lock);
    hotpath_i_exclude(1);
    bool running = mcp_start_locked();
    hotpath_i_exclude(-1);
    pthread_mutex_unlock(&mcp_lock);
    errno = saved;
    return running;
}
HOTPATH_API void hotpath_mcp_stop(void) {
    int saved = errno;
    pthread_mutex_lock(&mcp_lock);
    hotpath_i_exclude(1);
    if (mcp_running) {
        history_stop_soon();
        http_stop();
        history_stop();
        mcp_running = false;
    }
    hotpath_i_exclude(-1);
    pthread_mutex_unlock(&mcp_lock);
    errno = saved;
}

/* The child of a fork has the server's sockets and memory but none of its threads. It gives them
   back; with HOTPATH_MCP_FORK=each it starts a server of its own, on the next free port. */
static void* mcp_start_again(void* unused) {
    hotpath_i_exclude(1);
    (void)unused;
    hotpath_mcp_start();
    return NULL;
}
static void mcp_fork_child(void) {
    pthread_mutex_t fresh = PTHREAD_MUTEX_INITIALIZER;
    pthread_t thread;
    bool again = mcp_running && settings.each;
    mcp_lock = fresh;
    mcp_child = again;
    http_forget();
    history_forget();
    mcp_running = false;
    if (again && os_thread_start(&thread, mcp_start_again, NULL)) pthread_detach(thread);
}

#else

/* An empty file is an error in strict C. */
typedef int hotpath_i_no_server;

#endif
