/* common.h - what the programs of the bench share: medians, and the instructions of one turn of a loop,
   counted by stepping through a child of this process, on x86-64 Linux. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static int compare(const void* a, const void* b) {
    const double x = *(const double*)a, y = *(const double*)b;
    return (x > y) - (x < y);
}
/* Sorts what it is given. */
static double median(double* values, size_t count) {
    qsort(values, count, sizeof *values, compare);
    return count % 2 != 0 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

#if defined(__linux__) && defined(__x86_64__)
    #include <sched.h>
    #include <signal.h>
    #include <stdbool.h>
    #include <string.h>
    #include <sys/ptrace.h>
    #include <sys/user.h>
    #include <sys/wait.h>
    #include <unistd.h>

enum {
    STEPS_TURNS = 40,               /* of a loop whose instructions are counted */
    STEPS_MOST = 4000 * STEPS_TURNS /* instructions of all of them */
};

static int compare_addresses(const void* a, const void* b) {
    const uint64_t x = *(const uint64_t*)a, y = *(const uint64_t*)b;
    return (x > y) - (x < y);
}

/* Steps through a stopped child until it stops itself. Returns: how many steps; their addresses. */
static size_t steps_through(pid_t child, uint64_t* at) {
    size_t count = 0;
    int status = 0;
    while (count < STEPS_MOST) {
        const long here =
            ptrace(PTRACE_PEEKUSER, child, (void*)offsetof(struct user_regs_struct, rip), NULL);
        if (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) != 0) return 0;
        if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) return 0;
        if (WSTOPSIG(status) == SIGSTOP) return count;
        if (WSTOPSIG(status) == SIGTRAP) at[count++] = (uint64_t)here;
    }
    return 0;
}
/* Returns: the lowest tenth of what lies between two passes of an address that every turn passes once,
   the loop's own; below 0 if there is none. Stepped scopes take longer than any before them, so that
   many of them are among the slowest. */
static double steps_of_one(void (*loop)(void), const uint64_t* at, size_t count) {
    static double between[STEPS_TURNS];
    uint64_t* const sorted = (uint64_t*)malloc((count + 1) * sizeof *sorted);
    uint64_t mark = 0;
    if (sorted == NULL) return -1;
    memcpy(sorted, at, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_addresses);
    for (size_t i = 0, first = 0; i <= count && mark == 0; i++)
        if (i == count || sorted[i] != sorted[first]) {
            if (i - first == STEPS_TURNS && sorted[first] >= (uint64_t)(uintptr_t)loop)
                mark = sorted[first];
            first = i;
        }
    free(sorted);
    size_t used = 0, last = 0;
    for (size_t i = 0; i < count && mark != 0; i++) {
        if (at[i] != mark) continue;
        if (last != 0) between[used++] = (double)(i - last);
        last = i;
    }
    if (used == 0) return -1;
    qsort(between, used, sizeof *between, compare);
    return between[used / 10];
}
/* Args: turns is what the loop does when it is called. Returns: instructions of one of them, or below 0 where
   they can't be counted. Both processes keep to one processor, for a step wakes each of them. */
static double steps_count(void (*loop)(void), unsigned* turns) {
    int status = 0;
    cpu_set_t all, here;
    CPU_ZERO(&here);
    CPU_SET((size_t)sched_getcpu(), &here);
    const bool pinned = sched_getaffinity(0, sizeof all, &all) == 0 &&
                        sched_setaffinity(0, sizeof here, &here) == 0;
    const pid_t child = fork();
    if (child == 0) {
        loop();
        *turns = STEPS_TURNS;
        loop();
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) _exit(1);
        raise(SIGSTOP);
        loop();
        raise(SIGSTOP);
        _exit(0);
    }
    double steps = -1;
    if (child > 0 && waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
        uint64_t* const at = (uint64_t*)malloc(STEPS_MOST * sizeof *at);
        if (at != NULL) steps = steps_of_one(loop, at, steps_through(child, at));
        free(at);
    }
    if (child > 0) {
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
    }
    if (pinned) sched_setaffinity(0, sizeof all, &all);
    return steps;
}
#else
static double steps_count(void (*loop)(void), unsigned* turns) {
    (void)loop, (void)turns;
    return -1;
}
#endif
