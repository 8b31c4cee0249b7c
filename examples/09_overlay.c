/* 09_overlay.c - a program that draws its own profile while it runs.

   Shows: snapshots into static memory (hotpath_snapshot_size, hotpath_snapshot_take with a buffer),
   so that looking at the profile every frame allocates nothing; the difference of two snapshots as
   "the last second"; functions by self time, percentiles, threads and what they are in right now.
   Everything the overlay shows is public API: a program with a window draws the same into it.

   What is profiled is a small game in three threads: particles that attract each other, a mixer of
   voices with a filter, and the loop that draws. On a terminal each frame overwrites the one before;
   elsewhere only the last frame is printed. Ctrl-C ends it early and leaves the terminal in order.

   Build:  cc -O2 -DHOTPATH -I. examples/09_overlay.c -o overlay -lpthread
   Run:    ./overlay [seconds, default 5] */
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"

#include <pthread.h>
#include <signal.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum {
    NS_A_SECOND = 1000000000
};

/* A lock-free atomic is what a signal handler and threads may share. */
static int stopping;

static bool should_stop(void) { return __atomic_load_n(&stopping, __ATOMIC_RELAXED) != 0; }
static void stop_all(int signal) {
    (void)signal;
    __atomic_store_n(&stopping, 1, __ATOMIC_RELAXED);
}

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * NS_A_SECOND + t.tv_nsec;
}

/* Sleeps until *deadline and moves it on by a period; after a long stop time starts anew. */
static void wait_for_next(int64_t* deadline, int64_t period) {
    HOTPATH_SCOPE("wait");
    *deadline += period;
    const int64_t left = *deadline - now_ns();
    if (left > 0) {
        const struct timespec t = {(time_t)(left / NS_A_SECOND), (long)(left % NS_A_SECOND)};
        nanosleep(&t, NULL);
    } else if (left < -NS_A_SECOND / 4) {
        *deadline = now_ns();
    }
}

/* >>particles */

enum {
    PARTICLES = 1000
};

typedef struct particles {
    float x[PARTICLES];
    float y[PARTICLES];
    float vx[PARTICLES];
    float vy[PARTICLES];
} particles_t;

/* Gravity of the plane falls with the distance, not its square, and needs no root. */
static void attract(particles_t* p, float dt) {
    HOTPATH_FUNC();
    for (int i = 0; i < PARTICLES; i++) {
        float ax = 0, ay = 0;
        for (int k = 0; k < PARTICLES; k++) {
            const float dx = p->x[k] - p->x[i], dy = p->y[k] - p->y[i];
            const float pull = 1.0f / (dx * dx + dy * dy + 0.01f);
            ax += dx * pull;
            ay += dy * pull;
        }
        p->vx[i] += ax * dt / PARTICLES;
        p->vy[i] += ay * dt / PARTICLES;
    }
}

static void move(particles_t* p, float dt) {
    HOTPATH_FUNC();
    for (int i = 0; i < PARTICLES; i++) {
        p->x[i] += p->vx[i] * dt;
        p->y[i] += p->vy[i] * dt;
    }
}

static void* physics_main(void* user) {
    static particles_t particles;
    (void)user;
    HOTPATH_THREAD_NAME("physics");
    HOTPATH_FUNC();
    for (int i = 0; i < PARTICLES; i++) {
        particles.x[i] = (float)(i % 32) / 16 - 1;
        particles.y[i] = (float)(i / 32) / 16 - 1;
    }
    int64_t deadline = now_ns();
    while (!should_stop()) {
        for (int substep = 0; substep < 4; substep++) {
            HOTPATH_SCOPE("substep");
            attract(&particles, 1.0f / 240);
            move(&particles, 1.0f / 240);
        }
        wait_for_next(&deadline, NS_A_SECOND / 60);
    }
    return NULL;
}

/* >>mixer */

enum {
    BLOCK = 512,
    RATE = 48000,
    VOICES = 256,
    TAPS = 32
};

/* An oscillator is a point that turns: two multiplications a coordinate instead of a sine. */
typedef struct voice {
    float x;
    float y;
    float turn; /* about radians a sample */
} voice_t;

static void add_voice(voice_t* v, float* out) {
    HOTPATH_FUNC();
    for (int i = 0; i < BLOCK; i++) {
        v->x -= v->turn * v->y;
        v->y += v->turn * v->x;
        out[i] += v->y;
    }
}

static float history[TAPS + BLOCK];

static void low_pass(float* block) {
    HOTPATH_FUNC();
    memmove(history, history + BLOCK, TAPS * sizeof history[0]);
    memcpy(history + TAPS, block, BLOCK * sizeof history[0]);
    for (int i = 0; i < BLOCK; i++) {
        float sum = 0;
        for (int k = 0; k < TAPS; k++)
            sum += history[i + k];
        block[i] = sum / TAPS;
    }
}

static void mix_block(voice_t* voices) {
    HOTPATH_FUNC();
    float block[BLOCK] = {0};
    for (int i = 0; i < VOICES; i++)
        add_voice(&voices[i], block);
    low_pass(block);
    float peak = 0;
    for (int i = 0; i < BLOCK; i++)
        peak = block[i] > peak ? block[i] : peak;
    HOTPATH_BYTES(sizeof block);
    HOTPATH_GAUGE_SET("peak level", peak);
}

static void* audio_main(void* user) {
    static voice_t voices[VOICES];
    (void)user;
    HOTPATH_THREAD_NAME("audio");
    HOTPATH_FUNC();
    for (int i = 0; i < VOICES; i++) {
        voices[i].x = 1.0f / VOICES;
        voices[i].turn = 0.01f + 0.002f * (float)i;
    }
    int64_t deadline = now_ns();
    while (!should_stop()) {
        mix_block(voices);
        wait_for_next(&deadline, (int64_t)NS_A_SECOND * BLOCK / RATE);
    }
    return NULL;
}

/* >>text */

enum {
    TEXT_SIZE = 16384,
    NAME_WIDTH = 22,
    BAR_WIDTH = 22,
    ROWS = 12
};

/* One frame, written to the terminal at once so that it does not flicker. */
typedef struct text {
    size_t length;
    int lines;
    int lines_max; /* of the terminal: a frame that scrolls would not be overwritten */
    int columns_max;
    const char* line_end;
    char bytes[TEXT_SIZE];
} text_t;

__attribute__((format(printf, 2, 3))) static void put_line(text_t* t, const char* format, ...) {
    va_list args;
    if (t->lines >= t->lines_max) return;
    va_start(args, format);
    char* const line = t->bytes + t->length;
    int n = vsnprintf(line, TEXT_SIZE - t->length, format, args);
    va_end(args);
    if (n >= (int)(TEXT_SIZE - t->length)) return;
    if (n > t->columns_max) {
        n = t->columns_max;
        while (n > 0 && (line[n] & 0xc0) == 0x80)
            n--; /* not in the middle of a character of UTF-8 */
    }
    const size_t end = strlen(t->line_end);
    /* A line that does not fit into the text is left out whole. */
    if (n < 0 || t->length + (size_t)n + end >= TEXT_SIZE) return;
    memcpy(t->bytes + t->length + n, t->line_end, end);
    t->length += (size_t)n + end;
    t->lines++;
}

/* >>overlay */

enum {
    SNAPSHOT_SIZE = 1 << 20
};

/* Two snapshots of the past take turns, so that the window is always a half to one second long.
   Static: nothing is taken from the system while the program runs. */
typedef struct overlay {
    alignas(64) unsigned char past[2][SNAPSHOT_SIZE];
    alignas(64) unsigned char present[SNAPSHOT_SIZE];
    alignas(64) unsigned char window[SNAPSHOT_SIZE];
    hotpath_snapshot_t* past_snapshots[2];
    int turn; /* which of the two is the older one */
    int64_t next_turn_ns;
    int frames; /* drawn, for the frame rate */
    int frames_at[2];
    int64_t ns_at[2];
    text_t text;
} overlay_t;

/* Functions are always part of a snapshot; what else the overlay shows is threads. */
static hotpath_snapshot_desc_t what_to_take(unsigned char* buffer) {
    hotpath_snapshot_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.parts = HOTPATH_PART_THREADS;
    desc.buffer = buffer;
    desc.buffer_size = SNAPSHOT_SIZE;
    return desc;
}

/* Takes a snapshot into static memory. Returns: NULL if it does not fit, and without -DHOTPATH. */
static hotpath_snapshot_t* take_into(unsigned char* buffer) {
    HOTPATH_FUNC();
    const hotpath_snapshot_desc_t desc = what_to_take(buffer);
    return hotpath_snapshot_take(&desc);
}

/* Gives what happened since the older snapshot of the past, or since the start in the first
   second. */
static const hotpath_snapshot_t* last_second(overlay_t* o) {
    const hotpath_snapshot_desc_t desc = what_to_take(o->window);
    const hotpath_snapshot_t* const present = take_into(o->present);
    if (present == NULL || o->past_snapshots[o->turn] == NULL) return present;
    const hotpath_snapshot_t* const window =
        hotpath_snapshot_difference(present, o->past_snapshots[o->turn], &desc);
    return window != NULL ? window : present;
}

static void turn_over(overlay_t* o, int64_t now) {
    if (now < o->next_turn_ns) return;
    o->next_turn_ns = now + NS_A_SECOND / 2;
    o->past_snapshots[o->turn] = take_into(o->past[o->turn]);
    o->frames_at[o->turn] = o->frames;
    o->ns_at[o->turn] = now;
    o->turn = !o->turn;
}

/* A sleep is no cost, and by self time it would always be on top. */
static bool is_wait(const hotpath_function_t* f) { return strcmp(f->name, "wait") == 0; }

/* Collects the functions with the most self time, sorted, by insertion: ROWS is small. */
static int top_by_self(
    const hotpath_function_t* functions, size_t count, const hotpath_function_t* top[ROWS]) {
    int used = 0;
    for (size_t i = 0; i < count; i++) {
        const hotpath_function_t* const f = &functions[i];
        if (is_wait(f) || (f->calls == 0 && f->self_ns == 0)) continue;
        if (used == ROWS && top[ROWS - 1]->self_ns >= f->self_ns) continue;
        int at = used < ROWS ? used++ : ROWS - 1;
        for (; at > 0 && top[at - 1]->self_ns < f->self_ns; at--)
            top[at] = top[at - 1];
        top[at] = f;
    }
    return used;
}

/* A time with three digits and its unit. */
static const char* duration(uint64_t ns, char text[16]) {
    static const char* const units[] = {"ns", "us", "ms", "s"};
    double value = (double)ns;
    int unit = 0;
    for (; value >= 999.5 && unit < 3; unit++)
        value /= 1000;
    (void)snprintf(text, 16, "%.*f %s",
        unit == 0 || value >= 99.95 ? 0
        : value >= 9.995            ? 1
                                    : 2,
        value, units[unit]);
    return text;
}

/* What has not ended yet has no percentiles. */
static const char* percentile(
    const hotpath_snapshot_t* s, const hotpath_function_t* f, double percent, char text[16]) {
    return f->completed == 0 ? "-" : duration(hotpath_snapshot_percentile(s, f, percent), text);
}

static void put_functions(overlay_t* o, const hotpath_snapshot_t* s, double window_ns) {
    static const char bar[] = "######################";
    const hotpath_function_t* top[ROWS];
    size_t count;
    const hotpath_function_t* const functions = hotpath_snapshot_functions(s, &count);
    const int used = top_by_self(functions, count, top);
    put_line(&o->text, "%-*s %9s %8s %8s  %s", NAME_WIDTH, "function", "calls/s", "p50", "p99",
        "self, % of a core");
    for (int i = 0; i < used; i++) {
        char p50[16], p99[16];
        /* The bars compare the rows; what they are worth is said by the number before them. */
        const double part = (double)top[i]->self_ns / ((double)top[0]->self_ns + 1);
        const int length = (int)(part * BAR_WIDTH + 0.5);
        put_line(&o->text, "%-*.*s %9.0f %8s %8s  %5.1f %.*s", NAME_WIDTH, NAME_WIDTH, top[i]->name,
            (double)top[i]->calls * NS_A_SECOND / window_ns, percentile(s, top[i], 50, p50),
            percentile(s, top[i], 99, p99), (double)top[i]->self_ns * 100 / window_ns, length, bar);
    }
}

/* A thread's open scopes are where it is at this moment, outermost first. */
static void put_threads(overlay_t* o, const hotpath_snapshot_t* s) {
    size_t function_count, count;
    const hotpath_function_t* const functions = hotpath_snapshot_functions(s, &function_count);
    const hotpath_thread_t* const threads = hotpath_snapshot_threads(s, &count);
    put_line(&o->text, "%s", "");
    put_line(&o->text, "%-*s %s", NAME_WIDTH, "thread", "now in");
    for (size_t i = 0; i < count; i++) {
        const hotpath_thread_t* const thread = &threads[i];
        if (thread->state == HOTPATH_THREAD_ENDED) continue;
        char path[160] = "-";
        size_t length = 0;
        for (uint32_t k = 0; k < thread->open_count && length < sizeof path - 1; k++) {
            const int n = snprintf(path + length, sizeof path - length, "%s%s", k == 0 ? "" : " > ",
                functions[thread->open[k].function].name);
            if (n > 0) length += (size_t)n;
        }
        char since[16] = "";
        if (thread->open_count != 0)
            duration(thread->open[thread->open_count - 1].elapsed_ns, since);
        put_line(&o->text, "%-*.*s %s %s", NAME_WIDTH, NAME_WIDTH, thread->name, path, since);
    }
}

static void compose(overlay_t* o, int64_t now) {
    HOTPATH_FUNC();
    const hotpath_snapshot_t* const s = last_second(o);
    const double seconds = (double)(now - o->ns_at[o->turn]) / NS_A_SECOND;
    const double fps = (double)(o->frames - o->frames_at[o->turn]) / (seconds > 0 ? seconds : 1);
    o->text.length = 0;
    o->text.lines = 0;
    if (s == NULL) {
        /* The size is asked for only now: no frame needs it that has its snapshot. */
        const hotpath_snapshot_desc_t desc = what_to_take(o->present);
        const size_t size = hotpath_snapshot_size(&desc);
        put_line(&o->text, "%.0f frames a second", fps);
        if (size == 0)
            put_line(&o->text, "profiling is off: build with -DHOTPATH");
        else
            put_line(&o->text, "a snapshot needs %zu bytes: make SNAPSHOT_SIZE larger", size);
        return;
    }
    const hotpath_info_t* const info = hotpath_snapshot_info(s);
    put_line(&o->text, "%s, %.0f frames a second, window %.2f s, %zu KiB of records", info->program,
        fps, (double)info->window_ns / NS_A_SECOND, (size_t)(info->memory_bytes >> 10));
    put_line(&o->text, "%s", "");
    put_functions(o, s, (double)info->window_ns);
    put_threads(o, s);
}

/* >>terminal */

static void set_size(overlay_t* o, bool terminal) {
    struct winsize size;
    o->text.line_end = terminal ? "\x1b[K\n" : "\n";
    o->text.lines_max = 100;
    o->text.columns_max = 200;
    if (!terminal || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return;
    if (size.ws_row > 2) o->text.lines_max = size.ws_row - 1;
    if (size.ws_col > 2) o->text.columns_max = size.ws_col - 1;
}

/* From the top left corner over what is there; the rest of the screen is cleared behind it. */
static void present_frame(const text_t* t) {
    HOTPATH_FUNC();
    (void)fputs("\x1b[H", stdout);
    (void)fwrite(t->bytes, 1, t->length, stdout);
    (void)fputs("\x1b[J", stdout);
    (void)fflush(stdout);
    HOTPATH_BYTES(t->length);
}

static void run(overlay_t* o, double seconds) {
    HOTPATH_FUNC();
    const bool terminal = isatty(STDOUT_FILENO) != 0;
    const int64_t start = now_ns();
    int64_t deadline = start;
    o->ns_at[0] = o->ns_at[1] = start;
    o->next_turn_ns = start + NS_A_SECOND / 2;
    /* The alternate screen and no cursor; both are given back below, also after Ctrl-C. */
    if (terminal) (void)fputs("\x1b[?1049h\x1b[?25l", stdout);
    while (!should_stop() && (double)(now_ns() - start) < seconds * NS_A_SECOND) {
        HOTPATH_SCOPE("frame");
        set_size(o, terminal);
        compose(o, now_ns());
        if (terminal) present_frame(&o->text);
        turn_over(o, now_ns());
        o->frames++;
        wait_for_next(&deadline, NS_A_SECOND / 30);
    }
    if (terminal) (void)fputs("\x1b[?25h\x1b[?1049l", stdout);
    /* While the other threads still run, so that the last frame shows them at work. */
    set_size(o, false);
    compose(o, now_ns());
    (void)fwrite(o->text.bytes, 1, o->text.length, stdout);
    (void)fflush(stdout);
}

int main(int argc, char** argv) {
    HOTPATH_MAIN();
    static overlay_t overlay;
    char* end = NULL;
    const double seconds = argc > 1 ? strtod(argv[1], &end) : 5;
    if (argc > 2 || (end != NULL && (end == argv[1] || *end != 0)) || !(seconds >= 0)) {
        fprintf(stderr, "usage: %s [seconds]\n", argv[0]);
        return 2;
    }
    (void)signal(SIGINT, stop_all);
    (void)signal(SIGTERM, stop_all);
    HOTPATH_THREAD_NAME("main");
    pthread_t physics, audio;
    const bool has_physics = pthread_create(&physics, NULL, physics_main, NULL) == 0;
    const bool has_audio = pthread_create(&audio, NULL, audio_main, NULL) == 0;
    run(&overlay, seconds);
    stop_all(0);
    if (has_physics) pthread_join(physics, NULL);
    if (has_audio) pthread_join(audio, NULL);
    return 0;
}
