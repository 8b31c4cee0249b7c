/* plugin_host.c - loads a library, rebuilds it while running, loads it again; one recorder for all.

   Shows: a program and its plugins that share one recorder, and hot reload. Each generation of the
   plugin is compiled from its source with another -DGENERATION, loaded, called, and unloaded. At
   the end the snapshot is asked: the plugin's functions must be there once each, with exactly as
   many calls as were made in all generations together, although the code that made them is gone.
   Where no compiler works, copies of the given library stand for the generations.

   Build:  cc -O2 -DHOTPATH -I. -rdynamic examples/plugin_host.c -o plugin_host -ldl
           (-rdynamic lets the plugin find the recorder)
   Run:    ./plugin_host [plugin.so [plugin.c]]
           Without arguments: plugin.so beside this program, plugin.c beside this source.
           Plugin and host are both built with -DHOTPATH, or both without it; a host without it
           looks for plugin.off.so. */
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    GENERATIONS = 4,
    CALLS_A_GENERATION = 5000,
    PATH_SIZE = 4096
};

#if defined(HOTPATH)
static const char* const define_hotpath = "-DHOTPATH";
#else
static const char* const define_hotpath = "-UHOTPATH";
#endif

typedef struct plugin {
    void* library;
    int (*generation)(void);
    const char* (*file)(void);
    uint64_t (*update)(uint64_t state);
} plugin_t;

/* The address of a function. C has no cast from void* to a pointer to a function, and POSIX says
   that its bytes are the same. */
static bool find_symbol(void* library, const char* name, void* pointer) {
    void* const found = dlsym(library, name);
    memcpy(pointer, &found, sizeof found);
    return found != NULL;
}

static bool plugin_open(plugin_t* plugin, const char* path) {
    HOTPATH_FUNC();
    plugin->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (plugin->library == NULL) {
        HOTPATH_ERROR("dlopen");
        fprintf(stderr, "plugin_host: %s\n", dlerror());
        return false;
    }
    if (find_symbol(plugin->library, "plugin_generation", &plugin->generation) &&
        find_symbol(plugin->library, "plugin_file", &plugin->file) &&
        find_symbol(plugin->library, "plugin_update", &plugin->update))
        return true;
    fprintf(stderr, "plugin_host: %s is no plugin: %s\n", path, dlerror());
    dlclose(plugin->library);
    return false;
}

/* Replaces what follows the last slash of a path. Returns: the length, as snprintf does. */
static int beside(char result[PATH_SIZE], const char* path, const char* name) {
    const char* const slash = strrchr(path, '/');
    const int length = slash != NULL ? (int)(slash - path) : 1;
    return snprintf(result, PATH_SIZE, "%.*s/%s", length, slash != NULL ? path : ".", name);
}

/* Compiles a generation of the plugin. The source is named to the compiler by the path it has from
   here, and -fmacro-prefix-map has __FILE__ say what the first generation said: name, file and
   line then are the same, and so are the functions of the report.
   Returns: false if there is no source or no compiler that takes it. */
static bool build_generation(
    const char* source, const char* file, int generation, const char* output) {
    HOTPATH_FUNC();
    char include[PATH_SIZE + 2] = "-I", define[32], map[2 * PATH_SIZE + 32];
    if (access(source, R_OK) != 0 || beside(include + 2, source, "..") >= PATH_SIZE) return false;
    (void)snprintf(define, sizeof define, "-DGENERATION=%d", generation);
    (void)snprintf(map, sizeof map, "-fmacro-prefix-map=%s=%s", source, file);
    const char* const cc = getenv("CC") != NULL && getenv("CC")[0] != 0 ? getenv("CC") : "cc";
    const char* const words[] = {
        cc, "-O2", define_hotpath, define, map, include, "-fPIC", "-shared", source, "-o", output};
    char* arguments[sizeof words / sizeof words[0] + 1] = {NULL};
    /* execvp promises not to change the strings that its type lets it change. */
    memcpy(arguments, words, sizeof words);
    const pid_t child = fork();
    if (child == 0) {
        (void)execvp(cc, arguments);
        _exit(127); /* no report of the child's own */
    }
    int status = -1;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
        HOTPATH_ERROR("compiler");
        return false;
    }
    return true;
}

/* Copies a file, because dlopen gives a path that it knows the library it already has. */
static bool copy_file(const char* from, const char* to) {
    HOTPATH_FUNC();
    static char block[65536];
    const int in = open(from, O_RDONLY | O_CLOEXEC);
    const int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRWXU);
    ssize_t size = in < 0 || out < 0 ? -1 : 1;
    while (size > 0) {
        size = read(in, block, sizeof block);
        if (size > 0 && write(out, block, (size_t)size) != size) size = -1;
        if (size > 0) HOTPATH_BYTES(size);
    }
    if (size < 0) {
        HOTPATH_ERROR("copy");
        perror(in < 0 ? from : to);
    }
    if (in >= 0) close(in);
    if (out >= 0) close(out);
    return size == 0;
}

typedef struct host {
    char library[PATH_SIZE]; /* as built before */
    char source[PATH_SIZE];
    char directory[PATH_SIZE]; /* of the generations; made for this run */
    char file[PATH_SIZE];
    uint64_t state;
    int rebuilt;
} host_t;

/* Loads a generation, calls it, and unloads it. Returns: false if it cannot be loaded. */
static bool run_generation(host_t* host, int generation) {
    HOTPATH_FUNC();
    char path[PATH_SIZE + 32];
    plugin_t plugin = {0};
    (void)snprintf(path, sizeof path, "%s/plugin.%d.so", host->directory, generation);
    /* The first generation is the library as it was built; later ones are what an edit and a
       compiler make of it, while this program goes on. */
    const bool rebuilt =
        generation != 0 && build_generation(host->source, host->file, generation, path);
    const bool opened = (rebuilt || copy_file(host->library, path)) && plugin_open(&plugin, path);
    /* The mapping keeps the file's content; its name is not needed any more. */
    (void)unlink(path);
    if (!opened) return false;
    if (generation == 0) (void)snprintf(host->file, sizeof host->file, "%s", plugin.file());
    if (rebuilt && plugin.generation() == generation) host->rebuilt++;
    for (int i = 0; i < CALLS_A_GENERATION; i++)
        host->state = plugin.update(host->state);
    dlclose(plugin.library);
    return true;
}

/* Counts the functions of that name and adds up their calls. */
static size_t find_function(const hotpath_snapshot_t* snapshot, const char* name, uint64_t* calls) {
    size_t count, found = 0;
    const hotpath_function_t* const functions = hotpath_snapshot_functions(snapshot, &count);
    *calls = 0;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(functions[i].name, name) != 0) continue;
        found++;
        *calls += functions[i].calls;
    }
    return found;
}

/* Compares the profile with what was done. Returns: false and says what differs, if anything. */
static bool check_profile(void) {
    HOTPATH_FUNC();
    const uint64_t calls = (uint64_t)GENERATIONS * CALLS_A_GENERATION;
    const struct {
        const char* name;
        uint64_t calls;
    } expected[] = {{"plugin_update", calls}, {"second half", calls}, {"mix", 2 * calls}};
    hotpath_snapshot_t* const snapshot = hotpath_snapshot_take(NULL);
    bool right = snapshot != NULL;
    for (size_t i = 0; right && i < sizeof expected / sizeof expected[0]; i++) {
        uint64_t recorded;
        const size_t found = find_function(snapshot, expected[i].name, &recorded);
        if (found == 1 && recorded == expected[i].calls) continue;
        fprintf(stderr, "plugin wrong: %s is %zu functions with %llu calls, not 1 with %llu\n",
            expected[i].name, found, (unsigned long long)recorded,
            (unsigned long long)expected[i].calls);
        right = false;
    }
    hotpath_snapshot_free(snapshot);
    return right;
}

/* Makes a directory for the generations. */
static bool make_directory(host_t* host) {
    const char* const parent = getenv("TMPDIR");
    const int n = snprintf(host->directory, PATH_SIZE, "%s/hotpath-plugin-XXXXXX",
        parent != NULL && parent[0] != 0 ? parent : P_tmpdir);
    if (n > 0 && n < PATH_SIZE && mkdtemp(host->directory) != NULL) return true;
    perror("plugin_host: no directory for the generations");
    return false;
}

static bool run_generations(host_t* host) {
    HOTPATH_FUNC();
    if (!make_directory(host)) return false;
    int generation = 0;
    while (generation < GENERATIONS && run_generation(host, generation))
        generation++;
    (void)rmdir(host->directory);
    return generation == GENERATIONS;
}

/* Takes the arguments, or what stands for them. Returns: false if there are too many. */
static bool read_arguments(host_t* host, int argc, char** argv, bool recording) {
    if (argc > 3) return false;
    const char* const name = recording ? "plugin.so" : "plugin.off.so";
    const int library = argc > 1 ? snprintf(host->library, PATH_SIZE, "%s", argv[1])
                                 : beside(host->library, argv[0], name);
    const int source = argc > 2 ? snprintf(host->source, PATH_SIZE, "%s", argv[2])
                                : beside(host->source, __FILE__, "plugin.c");
    return library > 0 && library < PATH_SIZE && source > 0 && source < PATH_SIZE;
}

int main(int argc, char** argv) {
    HOTPATH_MAIN();
    static host_t host;
    /* HOTPATH_MAIN has a scope open, unless it was compiled away. */
    const bool recording = hotpath_depth() != 0;
    if (!read_arguments(&host, argc, argv, recording)) {
        fprintf(stderr, "usage: %s [plugin.so [plugin.c]]\n", argv[0]);
        return 2;
    }
    if (!run_generations(&host)) return 1;
    if (recording && !check_profile()) return 1;
    printf("%d of %d generations were rebuilt while this program ran\n", host.rebuilt, GENERATIONS);
    printf("plugin ok: %d calls over %d generations%s\n", GENERATIONS * CALLS_A_GENERATION,
        GENERATIONS, recording ? "" : " (profiling is off)");
    return 0;
}
