#!/bin/sh
# alloc.sh: hotpath's malloc in front of others: glibc's in a static program, musl's, those of jemalloc,
# tcmalloc and mimalloc where they are installed, and preloaded into programs that know nothing of it. Each
# program counts what it does itself and compares.
. "$(dirname "$0")/lib.sh"
dir=build/alloc
mkdir -p $dir
flags="-std=gnu11 -fno-builtin -DHOTPATH -DHOTPATH_ALLOC -I."
wrap=-Wl
for name in malloc calloc realloc reallocarray free aligned_alloc posix_memalign memalign valloc \
    pvalloc malloc_usable_size; do
    wrap="$wrap,--wrap=$name"
done
cat >$dir/program.c <<'END'
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include <pthread.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
static void* blocks[500];
static uint64_t allocs, bytes, frees;
static void* kept(void* block, size_t size) {
    if (block == NULL) exit(10);
    allocs++, bytes += size;
    return memset(block, 0x77, size);
}
static void work(unsigned seed) {
    HOTPATH_FUNC();
    for (unsigned i = 0; i < 20000; i++) {
        seed = seed * 1664525u + 1013904223u;
        const size_t size = (seed >> 8) % (i % 100 == 0 ? 300000 : 400) + 1;
        void** slot = &blocks[(seed >> 20) % 500];
        void* aligned = NULL;
        if (i % 5 == 0 && *slot) {
            *slot = kept(realloc(*slot, size), size), frees++;
            continue;
        }
        if (*slot) frees++;
        free(*slot);
        if (i % 7 == 0 && posix_memalign(&aligned, (size_t)16 << i % 10, size) != 0) exit(11);
        *slot = i % 7 == 0   ? kept(aligned, size)
                : i % 3 == 0 ? kept(calloc(1, size), size)
                             : kept(malloc(size), size);
        if (i % 7 == 0 && (uintptr_t)*slot % ((size_t)16 << i % 10) != 0 && !getenv("MISALIGNS"))
            exit(12);
    }
}
static void* thread(void* arg) { return work(5), arg; }
int main(int argc, char** argv) {
    pthread_t id;
    work(1);
    if (pthread_create(&id, NULL, thread, NULL) != 0) return 13;
    pthread_join(id, NULL);
    free(NULL);
    char* const copy = strdup("text");
    if (strcmp(copy, "text") != 0) return 14;
    free(copy);
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    size_t count = 0;
    const hotpath_function_t* f = hotpath_snapshot_functions(s, &count);
    const hotpath_alloc_info_t all = hotpath_snapshot_info(s)->alloc;
    const hotpath_function_t* w = NULL;
    for (size_t i = 0; i < count; i++)
        if (strcmp(f[i].name, "work") == 0) w = &f[i];
    if (w == NULL || !all.interposed || !all.live) return 15;
    hotpath_process_t process;
    if (hotpath_process_memory(&process) && process.heap_used_bytes != 0 &&
        process.heap_used_bytes < all.live_bytes)
        return 18;
    printf("%s: %d %d\n", argv[argc - 1], (int)w->alloc_count, (int)w->free_count);
    if (w->alloc_count != allocs || w->alloc_bytes != bytes || w->free_count != frees) return 16;
    if (all.foreign_frees > 2) return 17;
    return 0;
}
END
# What takes the place of glibc's malloc is one object; -O2 is for what gcc and clang make of it.
check "glibc: build" gcc $flags -O2 -c $dir/program.c -o $dir/program.o
check "glibc: link" gcc $dir/program.o -o $dir/program -lpthread -ldl
check "glibc: counts" $dir/program
check "glibc, clang: build" clang $flags -O2 $dir/program.c -o $dir/clang -lpthread -ldl
check "glibc, clang: counts" $dir/clang
flags="$flags -O1"
check "static glibc: build" gcc $flags -DHOTPATH_ALLOC_WRAP -static $wrap $dir/program.c -o $dir/static -lpthread
check "static glibc: counts" $dir/static
if command -v musl-gcc >/dev/null; then
    check "musl: build" musl-gcc $flags $dir/program.c -o $dir/musl
    check "musl: counts" $dir/musl
    check "static musl: build" musl-gcc $flags -DHOTPATH_ALLOC_WRAP -static $wrap $dir/program.c -o $dir/musl_static
    check "static musl: counts" $dir/musl_static
else
    echo "# skipped: musl-gcc is not there (musl-tools)"
fi
# Blocks of aligned new, which may go back by a way that does not lead through free.
cat >$dir/aligned.cpp <<'END'
#include "hotpath.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
template <int size> struct alignas(64) block { unsigned char bytes[size]; };
static struct { void* at; int kind; unsigned char mark; } blocks[5000];
template <int size> static void* make(unsigned char mark) {
    return std::memset((new block<size>)->bytes, mark, size);
}
template <int size> static void give_back(void* at, unsigned char mark) {
    block<size>* const b = static_cast<block<size>*>(at);
    for (int i = 0; i < size; i++)
        if (b->bytes[i] != mark) std::puts("changed"), std::exit(1);
    delete b;
}
int main() {
    HOTPATH_FUNC();
    unsigned seed = 1;
    for (int i = 0; i < 1000000; i++) {
        seed = seed * 1664525u + 1013904223u;
        auto& b = blocks[(seed >> 8) % 5000];
        if (b.at == nullptr) {
            b.kind = int(seed >> 3) & 3, b.mark = static_cast<unsigned char>(seed >> 24);
            b.at = b.kind == 0   ? make<64>(b.mark)
                   : b.kind == 1 ? make<128>(b.mark)
                   : b.kind == 2 ? make<192>(b.mark)
                                 : make<1024>(b.mark);
            continue;
        }
        b.kind == 0   ? give_back<64>(b.at, b.mark)
        : b.kind == 1 ? give_back<128>(b.at, b.mark)
        : b.kind == 2 ? give_back<192>(b.at, b.mark)
                      : give_back<1024>(b.at, b.mark);
        b.at = nullptr;
    }
    hotpath_snapshot_t* const s = hotpath_snapshot_take(nullptr);
    const hotpath_alloc_info_t all = hotpath_snapshot_info(s)->alloc;
    std::printf("%d %s\n", all.alloc_count > 400000, all.note);
    hotpath_snapshot_free(s);
    return 0;
}
END
# What an allocator says of itself, against what the program holds: 64 MiB, half of them in large blocks.
cat >$dir/told.c <<'END'
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include "hotpath_mcp.c"
#include "tests/unit/mcp_client.h"
#define MIB (1 << 20)
#define LARGE (MIB - 4096)
#define SMALL 1000
static char *large[32], *small[33000];
static const char* who;
static int wrong;
static hotpath_process_t now;
extern int purge(const char*, void*, size_t*, void*, size_t) __asm__("mallctl") __attribute__((weak));
extern void release(void) __asm__("MallocExtension_ReleaseFreeMemory") __attribute__((weak));

#define IS(what) is(what, #what)
static void is(bool what, const char* text) {
    if (!what) printf("not so: %s\n", text), wrong = 1;
}
/* The number is at least that, and at most `more` above it. */
#define WITHIN(number, least, more) within(number, #number, least, more)
static void within(uint64_t number, const char* text, uint64_t least, uint64_t more) {
    if (number >= least && number - least <= more) return;
    printf("%s is %.2f MiB, not %.2f to %.2f\n", text, (double)number / MIB, (double)least / MIB,
        (double)(least + more) / MIB);
    wrong = 1;
}
static void look(const char* at) {
    if (!hotpath_process_memory(&now) || !now.heap_known || strcmp(now.heap_allocator, who) != 0)
        printf("%s: not known\n", at), exit(2);
    printf("%s: held %.2f used %.2f free %.2f top %.2f active %.2f reserved %.2f MiB\n", at,
        (double)now.heap_bytes / MIB, (double)now.heap_used_bytes / MIB, (double)now.heap_free_bytes / MIB,
        (double)now.heap_top_bytes / MIB, (double)now.heap_active_bytes / MIB,
        (double)now.heap_reserved_bytes / MIB);
    if (strcmp(who, "mimalloc") == 0) {
        IS(now.heap_used_bytes == 0 && now.heap_free_bytes == 0 && now.heap_top_bytes == 0);
    } else {
        IS(now.heap_bytes == now.heap_used_bytes + now.heap_free_bytes);
        IS(now.heap_top_bytes <= now.heap_free_bytes);
    }
    IS(now.heap_active_bytes <= now.heap_bytes);
    if (now.heap_reserved_bytes != 0) IS(now.heap_reserved_bytes >= now.heap_bytes);
    /* The kernel says how much of it is in memory; all is written. */
    if (strcmp(who, "mimalloc") != 0) IS(now.heap_bytes <= now.rss_bytes + 4 * MIB);
}
/* One number of an answer, UINT64_MAX if it has none. */
static uint64_t number(const char* text, const char* key) {
    const char* at = strstr(text, key);
    return at != NULL && at[strlen(key)] == '"' ? strtoull(at + strlen(key) + 2, NULL, 10) : UINT64_MAX;
}
static void serve(bool half_empty) {
    client_reply_t r = client_get(http.port, "/api/heap?view=usage");
    char name[64];
    snprintf(name, sizeof name, "\"heap_allocator\":\"%s\"", who);
    IS(r.status == 200);
    printf("%.500s\n", r.body);
    IS(strstr(r.body, name) != NULL);
    WITHIN(number(r.body, "heap_bytes") + 8 * MIB, now.heap_bytes, 16 * MIB);
    const bool tells = now.heap_used_bytes != 0, pages = now.heap_active_bytes != 0;
    IS((number(r.body, "heap_used_bytes") != UINT64_MAX) == tells);
    IS((number(r.body, "heap_mapped_bytes") != UINT64_MAX) == (tells && !pages));
    IS((number(r.body, "heap_active_bytes") != UINT64_MAX) == pages);
    IS((number(r.body, "heap_reserved_bytes") != UINT64_MAX) == (now.heap_reserved_bytes != 0));
    IS((strstr(r.body, "\"hint\"") != NULL) == (half_empty && tells));
    if (!tells) return;
    WITHIN(number(r.body, "heap_used_bytes") + MIB, now.heap_used_bytes, 2 * MIB);
    WITHIN(number(r.body, "heap_free_bytes") + 8 * MIB, now.heap_free_bytes, 16 * MIB);
    client_free(&r);
}
int main(int argc, char** argv) {
    who = argv[argc - 1];
    const bool tells = strcmp(who, "mimalloc") != 0, pages = tells && strcmp(who, "glibc") != 0;
    HOTPATH_MAIN();
    if (!hotpath_mcp_start()) return 3;
    look("at first");
    const uint64_t used = now.heap_used_bytes, all = sizeof large / sizeof *large * LARGE;
    const uint64_t little = sizeof small / sizeof *small * SMALL;
    WITHIN(now.heap_bytes, 1, 56 * MIB);
    for (size_t i = 0; i < sizeof large / sizeof *large; i++)
        large[i] = (char*)memset(malloc(LARGE), 1, LARGE);
    for (size_t i = 0; i < sizeof small / sizeof *small; i++)
        small[i] = (char*)memset(malloc(SMALL), 1, SMALL);
    look("64 MiB");
    serve(false);
    WITHIN(now.heap_bytes, all + little, tells ? 12 * MIB : 56 * MIB);
    if (tells) WITHIN(now.heap_used_bytes, used + all + little, 4 * MIB);
    if (pages) WITHIN(now.heap_active_bytes, now.heap_used_bytes, 4 * MIB);
    if (pages) WITHIN(now.heap_reserved_bytes, all + little, 48 * MIB);
    if (strcmp(who, "glibc") == 0) WITHIN(now.heap_mapped_bytes, all, 2 * MIB);
    for (size_t i = 0; i < sizeof small / sizeof *small; i++)
        if (i % 4 != 0) free(small[i]);
    look("every fourth of the small");
    serve(true);
    if (tells) WITHIN(now.heap_used_bytes, used + all + little / 4, 4 * MIB);
    if (tells) WITHIN(now.heap_free_bytes, little / 4 * 3, 16 * MIB);
    if (pages) WITHIN(now.heap_active_bytes, all + little, 12 * MIB); /* no page is empty */
    for (size_t i = 0; i < sizeof small / sizeof *small; i += 4)
        free(small[i]);
    for (size_t i = 0; i < sizeof large / sizeof *large; i++)
        free(large[i]);
    look("none");
    if (tells) WITHIN(now.heap_used_bytes, used, 4 * MIB);
    if (pages) WITHIN(now.heap_top_bytes, (all + little) / 4 * 3, 48 * MIB);
    if (pages) WITHIN(now.heap_active_bytes, now.heap_used_bytes, 24 * MIB);
    if (purge) (void)purge("arena.4096.purge", NULL, NULL, NULL, 0);
    if (release) release();
    look("given back");
    if (pages) WITHIN(now.heap_bytes, now.heap_used_bytes, 24 * MIB);
    if (pages) WITHIN(now.heap_top_bytes, 0, MIB);
    if (strcmp(who, "tcmalloc") == 0) IS(now.heap_reserved_bytes >= all + little); /* addresses stay */
    /* Held before it is in memory, and there when the report is made. */
    *large = (char*)malloc(80 * MIB - 4096);
    if (!hotpath_process_memory(&now)) return 4;
    WITHIN(now.heap_bytes, 80 * MIB - 4096, 128 * MIB);
    return wrong;
}
END
# told NAME: its name, and the program that it runs; nothing that is free goes back by itself.
told() {
    rm -f $dir/told.json
    check "$1: what it says of itself" env HOTPATH_MCP_PORT=0 HOTPATH_REPORT=all HOTPATH_OUTPUT_FORMAT=json \
        HOTPATH_OUTPUT_PATH=$dir/told.json MALLOC_CONF=dirty_decay_ms:-1 TCMALLOC_RELEASE_RATE=0 $dir/told_$1 "$1"
    used='8[3-6][0-9]{6}'
    [ "$1" = mimalloc ] && used=0
    check "$1: what it says of itself, in the report" grep -Eq \
        "\"heap_known\":true,\"heap_allocator\":\"$1\",\"heap_bytes\":[0-9]{8,9},\"heap_mapped_bytes\":[0-9]+,\"heap_used_bytes\":$used," \
        $dir/told.json
}
check "what an allocator says of itself: build" gcc $flags -DHOTPATH_MCP -c $dir/told.c -o $dir/told.o
check "glibc: link" gcc $dir/told.o -o $dir/told_glibc -lcivetweb -lm -lpthread -ldl
told glibc
# Every operator new and delete, counted to the last.
cat >$dir/new.cpp <<'END'
#include "hotpath.h"
#include <cstdio>
#include <cstring>
#include <new>
struct alignas(64) wide { unsigned char bytes[64]; };
template <class T> static void one_of_each() {
    T* volatile one = new T;
    T* volatile many = new T[3];
    T* volatile quiet = new (std::nothrow) T;
    T* volatile quietly_many = new (std::nothrow) T[3];
    delete one;
    delete[] many;
    delete quiet;
    delete[] quietly_many;
}
static void work() {
    HOTPATH_FUNC();
    for (int i = 0; i < 1000; i++)
        one_of_each<long>(), one_of_each<wide>();
}
int main() {
    work();
    size_t count = 0;
    hotpath_snapshot_t* const s = hotpath_snapshot_take(nullptr);
    const hotpath_function_t* const f = hotpath_snapshot_functions(s, &count);
    for (size_t i = 0; i < count; i++)
        if (std::strcmp(f[i].name, "work") == 0)
            std::printf("%d of %d bytes, %d freed\n", int(f[i].alloc_count),
                int(f[i].alloc_bytes), int(f[i].free_count));
    hotpath_snapshot_free(s);
    return 0;
}
END
counted="8000 of $((1000 * 8 * (8 + 64))) bytes, 8000 freed"
# counts_new PROGRAM ...: and what goes before it
counts_new() { HOTPATH_OUTPUT_PATH=/dev/null "$@" | tee $dir/new.out | grep -qx "$counted" || { cat $dir/new.out; false; }; }
printf '#define HOTPATH_IMPLEMENTATION\n#include "hotpath.h"\n' >$dir/recorder.c
check "aligned new: build" sh -c "gcc $flags -c $dir/recorder.c -o $dir/recorder.o &&
    g++ -std=c++17 -O1 -DHOTPATH -DHOTPATH_ALLOC -I. -c $dir/aligned.cpp -o $dir/aligned.o &&
    g++ -std=c++17 -O1 -DHOTPATH -DHOTPATH_ALLOC -I. -c $dir/new.cpp -o $dir/new.o &&
    g++ $dir/new.o $dir/recorder.o -o $dir/new -lpthread -ldl &&
    g++ $dir/aligned.o $dir/recorder.o -o $dir/aligned -lpthread -ldl"
# It counts, or the report says that it does not.
check "aligned new" sh -c "HOTPATH_OUTPUT_PATH=/dev/null $dir/aligned | grep -qx '1 every.* but those of hotpath itself'"
check "every new" counts_new $dir/new
for other in jemalloc tcmalloc_minimal mimalloc; do
    if echo 'int main(void) { return 0; }' | gcc -xc - -o $dir/probe -Wl,--no-as-needed -l$other 2>/dev/null; then
        check "$other: link" gcc $dir/program.o -o $dir/$other -Wl,--no-as-needed -l$other -lpthread -ldl
        # Some versions of mimalloc give less than was asked for, with hotpath or without.
        misaligns=
        [ $other = mimalloc ] && misaligns=MISALIGNS=1
        check "$other: counts" env $misaligns $dir/$other
        check "$other: link what it says of itself" gcc $dir/told.o -o $dir/told_${other%_minimal} -Wl,--no-as-needed -l$other -lcivetweb -lm -lpthread -ldl
        told ${other%_minimal}
        check "$other, aligned new: build" g++ $dir/aligned.o $dir/recorder.o -o $dir/aligned_$other -Wl,--no-as-needed -l$other -lpthread -ldl
        check "$other, aligned new" sh -c "HOTPATH_OUTPUT_PATH=/dev/null $dir/aligned_$other | grep -q 'every.* C++ new and delete,'"
        # The C++ library's own come first, and through malloc.
        before="-Wl,--no-as-needed -lstdc++ -l$other -lpthread -ldl"
        check "$other, the C++ library before it: build" sh -c "g++ $dir/new.o $dir/recorder.o -o $dir/new_$other $before &&
            g++ $dir/aligned.o $dir/recorder.o -o $dir/aligned_$other $before"
        check "$other, the C++ library before it: new" counts_new $dir/new_$other
        check "$other, the C++ library before it: aligned new" sh -c "HOTPATH_OUTPUT_PATH=/dev/null $dir/aligned_$other | grep -qx '1 every.* but those of hotpath itself'"
    else
        echo "# skipped: lib$other is not there"
    fi
done

# In a library of its own that the program links, and one that it loads later: there the macros count.
printf '#define HOTPATH_IMPLEMENTATION\n#include "hotpath.h"\n' >$dir/library.c
sed -e 's/#define HOTPATH_IMPLEMENTATION//' $dir/program.c >$dir/main.c
check "in a shared library: build" sh -c "gcc $flags -fPIC -shared $dir/library.c -o $dir/liballoc.so -ldl &&
    gcc $flags $dir/main.c -o $dir/linked $dir/liballoc.so -Wl,-rpath,$PWD/$dir -lpthread"
check "in a shared library: counts" $dir/linked
cat >$dir/plugin.c <<'END'
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include <string.h>
int plugin(void);
int plugin(void) {
    HOTPATH_FUNC();
    for (int i = 0; i < 10; i++)
        HOTPATH_FREE(HOTPATH_REALLOC(HOTPATH_MALLOC(10), 20));
    free(malloc(5)); /* the program's: it does not count here */
    char* taken = HOTPATH_STRDUP("text");
    free(taken); /* by a function that is not hotpath's */
    hotpath_snapshot_t* s = hotpath_snapshot_take(NULL);
    size_t count = 0;
    const hotpath_function_t* f = hotpath_snapshot_functions(s, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(f[i].name, "plugin") == 0)
            return hotpath_snapshot_info(s)->alloc.interposed || f[i].alloc_count != 21 ||
                   f[i].free_count != 20 || f[i].live_bytes != 5;
    return 2;
}
END
cat >$dir/host.c <<'END'
#include <dlfcn.h>
#include <stdlib.h>
int main(int argc, char** argv) {
    void* plugin = dlopen(argv[argc - 1], RTLD_NOW | RTLD_LOCAL);
    int (*run)(void) = plugin ? (int (*)(void))dlsym(plugin, "plugin") : NULL;
    return run ? run() : 3;
}
END
check "in a plugin: build" sh -c "gcc $flags -DHOTPATH_OWN_RECORDER -fPIC -shared $dir/plugin.c -o $dir/plugin.so -ldl &&
    gcc -O1 $dir/host.c -o $dir/host -ldl"
check "in a plugin: only the macros count" $dir/host ./$dir/plugin.so
# What the macros give the program's free takes back, whose ever that is.
for other in jemalloc tcmalloc_minimal mimalloc; do
    [ -x $dir/$other ] || continue
    check "in a plugin, $other: link" gcc -O1 $dir/host.c -o $dir/host_$other -Wl,--no-as-needed -l$other -ldl
    check "in a plugin, $other: only the macros count" $dir/host_$other ./$dir/plugin.so
done

# Preloaded: programs do what they do without, and a count agrees with the program's own.
check "the library to preload: build" make -s build/libhotpath_alloc.so
preload=$PWD/build/libhotpath_alloc.so
cat >$dir/plain.c <<'END'
#include <stdlib.h>
int main(void) {
    for (int i = 0; i < 1000; i++) free(realloc(malloc(100), 200));
    malloc(77);
    return 0;
}
END
check "preloaded: build" gcc -O1 -fno-builtin -w $dir/plain.c -o $dir/plain
check "preloaded: counts" sh -c "LD_PRELOAD=$preload $dir/plain 2>&1 | tee $dir/plain.out |
    grep -q '^2001 allocations of 293 KiB, 2000 freed, 77 B live'"
# At a fixed address, where a pointer to malloc is one into the program.
printf '#include <stdlib.h>\nvoid* (*volatile from)(size_t);\nvoid take(void) { from = malloc; }\n' | cat - $dir/plain.c >$dir/fixed.c
check "preloaded, at a fixed address: build" gcc -O1 -fno-builtin -fno-pie -no-pie -w $dir/fixed.c -o $dir/fixed
check "preloaded, at a fixed address: counts" sh -c "LD_PRELOAD=$preload $dir/fixed 2>&1 |
    grep -q '^2001 allocations of 293 KiB, 2000 freed, 77 B live'"
same() { # COMMAND...: the same output with the library as without
    "$@" >$dir/without.out 2>/dev/null
    env LD_PRELOAD="$preload" HOTPATH_OUTPUT_PATH="$PWD/$dir/report.%p" "$@" >$dir/with.out 2>/dev/null
    cmp $dir/without.out $dir/with.out
}
rm -f $dir/report.*
check "preloaded: ls" same ls -la /etc
check "preloaded: perl" same perl -e 'my %h; $h{$_ % 97} .= $_ for 1..20000; print length join "", values %h'
check "preloaded: gcc" same gcc -O1 -S -o - $dir/plain.c
check "preloaded: sort" same sort -R --random-source=/bin/ls /etc/services
check "preloaded: they report" sh -c "cat $dir/report.* | grep -c ' allocations of ' | grep -qx '[1-9][0-9]*'"
rm -f $dir/report.*

# All at once: what is allocated, locked, read and written, each as often as the program does it.
check "the library that records all: build" make -s build/libhotpath.so
cat >$dir/all.c <<'END'
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
pthread_mutex_t counted = PTHREAD_MUTEX_INITIALIZER;
static int file;
static void* work(void* unused) {
    for (int i = 0; i < 250; i++) {
        pthread_mutex_lock(&counted);
        if (write(file, "four", 4) != 4) abort();
        pthread_mutex_unlock(&counted);
        free(malloc(100));
    }
    return unused;
}
int main(int argc, char** argv) {
    pthread_t ids[2];
    file = open(argv[argc - 1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
    for (int i = 0; i < 2; i++) pthread_create(&ids[i], 0, work, 0);
    for (int i = 0; i < 2; i++) pthread_join(ids[i], 0);
    return 0;
}
END
check "all at once: build" gcc -O1 -fno-builtin -rdynamic -w $dir/all.c -o $dir/all -lpthread
check "all at once: it runs" env LD_PRELOAD="$PWD/build/libhotpath.so" HOTPATH_OUTPUT_FORMAT=json \
    HOTPATH_OUTPUT_PATH="$PWD/$dir/all.json" $dir/all $dir/all.file
check "all at once: counts" perl -MJSON::PP -e '
    local $/;
    my $report = decode_json(<>);
    my ($write) = grep $_->{op} eq "write" && $_->{descriptor} eq "file", @{$report->{io}{data}};
    my ($lock) = grep $_->{name} eq "counted", @{$report->{mutexes}{data}};
    my ($outside) = @{$report->{functions_alloc}{data}};
    my @seen = ($write->{count}, $write->{bytes}, $lock->{count}, $outside->{sizes}[7], $outside->{free_count});
    printf "%d writes of %d bytes, %d acquisitions, %d allocations, %d frees\n", @seen;
    exit("@seen" ne "500 2000 500 500 500");' $dir/all.json
# Another's malloc that comes first, and is in the midst of it with a lock that is recorded.
for other in jemalloc tcmalloc_minimal mimalloc; do
    first=$(gcc -print-file-name=lib$other.so)
    [ -e "$first" ] || continue
    check "all at once, $other before it" timeout 60 env LD_PRELOAD="$first $PWD/build/libhotpath.so" \
        HOTPATH_OUTPUT_PATH="$PWD/$dir/all_$other.txt" $dir/all $dir/all.file
    check "all at once, $other before it, at a fixed address" timeout 60 env \
        LD_PRELOAD="$first $PWD/build/libhotpath.so" HOTPATH_OUTPUT_PATH=/dev/null $dir/fixed
    check "all at once, $other before it: what counts" grep -q 'malloc is not interposed' $dir/all_$other.txt
done
exit $failed
