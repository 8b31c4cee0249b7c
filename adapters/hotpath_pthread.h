/* hotpath_pthread.h: mutexes, rwlocks, conditions, semaphores and barriers of POSIX threads, recorded: who
   waits for them, how long they are held, and by whom. Needs -lpthread.

   In place of the types of <pthread.h> and <semaphore.h>, with functions of the same names and results:

       static hotpath_mutex_t lock = HOTPATH_MUTEX_INIT("world");
       hotpath_mutex_lock(&lock);
       ...
       hotpath_mutex_unlock(&lock);

   Or around the program's own, which is found by its address; the expression is its label:

       HOTPATH_MUTEX_LOCK(&world->lock);
       ...
       HOTPATH_MUTEX_UNLOCK(&world->lock);

   All uses of one object go through one of the two; one that does not is not seen. Without -DHOTPATH
   they are the functions of the system. */
#ifndef HOTPATH_PTHREAD_H
#define HOTPATH_PTHREAD_H

#if !defined(HOTPATH_H)
    #error "hotpath: #include \"hotpath.h\" before hotpath_pthread.h"
#endif
#if defined(__STRICT_ANSI__) && !defined(_POSIX_C_SOURCE) && !defined(_GNU_SOURCE)
    #error \
        "hotpath: hotpath_pthread.h needs POSIX: compile with -std=gnu99 or later, or -D_POSIX_C_SOURCE=200809L"
#endif
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <time.h>

typedef struct hotpath_mutex {
    pthread_mutex_t mutex;
    hotpath_lock_t record;
} hotpath_mutex_t;
typedef struct hotpath_rwlock {
    pthread_rwlock_t rwlock;
    hotpath_lock_t record;
} hotpath_rwlock_t;
typedef struct hotpath_cond {
    pthread_cond_t cond;
    hotpath_lock_t record;
} hotpath_cond_t;
typedef struct hotpath_sem {
    sem_t sem;
    hotpath_lock_t record;
} hotpath_sem_t;
typedef struct hotpath_barrier {
    pthread_barrier_t barrier;
    hotpath_lock_t record;
} hotpath_barrier_t;

/* Initializers for static storage; label is a string literal. */
#define HOTPATH_MUTEX_INIT(label) \
    { PTHREAD_MUTEX_INITIALIZER, HOTPATH_LOCK_INIT_KIND(label, HOTPATH_KIND_MUTEX) }
#define HOTPATH_RWLOCK_INIT(label) \
    { PTHREAD_RWLOCK_INITIALIZER, HOTPATH_LOCK_INIT_KIND(label, HOTPATH_KIND_RWLOCK) }
#define HOTPATH_COND_INIT(label) \
    { PTHREAD_COND_INITIALIZER, HOTPATH_LOCK_INIT_KIND(label, HOTPATH_KIND_CONDITION) }

/* What is recorded, for a pthread object and its hotpath_lock_t. Results are those of the functions that
   are called. */

static inline bool hotpath_i_pthread_got(int error) { return error == 0 || error == EOWNERDEAD; }
static inline int hotpath_i_pthread_tried(hotpath_lock_t* record, bool shared, int error) {
    if (hotpath_i_pthread_got(error))
        hotpath_lock_acquired(record, shared, 0);
    else if (error == EBUSY)
        hotpath_lock_failed(record, shared, 0);
    return error;
}
static inline int hotpath_i_pthread_waited(
    hotpath_lock_t* record, bool shared, int error, hotpath_wait_t* wait) {
    if (hotpath_i_pthread_got(error))
        hotpath_lock_acquired(record, shared, wait);
    else
        hotpath_lock_failed(record, shared, wait);
    return error;
}
/* Takes a lock: what is free is not waited for. Args: got is what the try gave, blocking the call that
   waits. */
#if HOTPATH_I_ON
    #define HOTPATH_I_PTHREAD_TAKE(record, shared, got, blocking)                       \
        do {                                                                            \
            hotpath_wait_t wait;                                                        \
            const int error = got;                                                      \
            if (hotpath_i_pthread_got(error)) hotpath_lock_acquired(record, shared, 0); \
            if (error != EBUSY) return error;                                           \
            hotpath_lock_wait(record, shared, &wait);                                   \
            return hotpath_i_pthread_waited(record, shared, blocking, &wait);           \
        } while (0)
#else
    #define HOTPATH_I_PTHREAD_TAKE(record, shared, got, blocking) return (void)(record), blocking
#endif

static inline int hotpath_i_mutex_lock(pthread_mutex_t* m, hotpath_lock_t* r) {
    HOTPATH_I_PTHREAD_TAKE(r, false, pthread_mutex_trylock(m), pthread_mutex_lock(m));
}
static inline int hotpath_i_mutex_timedlock(
    pthread_mutex_t* m, hotpath_lock_t* r, const struct timespec* until) {
    HOTPATH_I_PTHREAD_TAKE(r, false, pthread_mutex_trylock(m), pthread_mutex_timedlock(m, until));
}
static inline int hotpath_i_mutex_trylock(pthread_mutex_t* m, hotpath_lock_t* r) {
    return hotpath_i_pthread_tried(r, false, pthread_mutex_trylock(m));
}
static inline int hotpath_i_mutex_unlock(pthread_mutex_t* m, hotpath_lock_t* r) {
    hotpath_lock_released(r);
    return pthread_mutex_unlock(m);
}
static inline int hotpath_i_mutex_destroy(pthread_mutex_t* m, hotpath_lock_t* r) {
    const int error = pthread_mutex_destroy(m);
    if (error == 0) hotpath_lock_destroyed(r);
    return error;
}
static inline int hotpath_i_rwlock_rdlock(pthread_rwlock_t* l, hotpath_lock_t* r) {
    HOTPATH_I_PTHREAD_TAKE(r, true, pthread_rwlock_tryrdlock(l), pthread_rwlock_rdlock(l));
}
static inline int hotpath_i_rwlock_wrlock(pthread_rwlock_t* l, hotpath_lock_t* r) {
    HOTPATH_I_PTHREAD_TAKE(r, false, pthread_rwlock_trywrlock(l), pthread_rwlock_wrlock(l));
}
static inline int hotpath_i_rwlock_timedrdlock(
    pthread_rwlock_t* l, hotpath_lock_t* r, const struct timespec* until) {
    HOTPATH_I_PTHREAD_TAKE(
        r, true, pthread_rwlock_tryrdlock(l), pthread_rwlock_timedrdlock(l, until));
}
static inline int hotpath_i_rwlock_timedwrlock(
    pthread_rwlock_t* l, hotpath_lock_t* r, const struct timespec* until) {
    HOTPATH_I_PTHREAD_TAKE(
        r, false, pthread_rwlock_trywrlock(l), pthread_rwlock_timedwrlock(l, until));
}
static inline int hotpath_i_rwlock_tryrdlock(pthread_rwlock_t* l, hotpath_lock_t* r) {
    return hotpath_i_pthread_tried(r, true, pthread_rwlock_tryrdlock(l));
}
static inline int hotpath_i_rwlock_trywrlock(pthread_rwlock_t* l, hotpath_lock_t* r) {
    return hotpath_i_pthread_tried(r, false, pthread_rwlock_trywrlock(l));
}
static inline int hotpath_i_rwlock_unlock(pthread_rwlock_t* l, hotpath_lock_t* r) {
    hotpath_lock_released(r);
    return pthread_rwlock_unlock(l);
}
static inline int hotpath_i_rwlock_destroy(pthread_rwlock_t* l, hotpath_lock_t* r) {
    const int error = pthread_rwlock_destroy(l);
    if (error == 0) hotpath_lock_destroyed(r);
    return error;
}

/* A wait on a condition, which a cancelled thread leaves with the mutex locked. */
typedef struct hotpath_i_sleeper {
    hotpath_lock_t* cond;
    hotpath_lock_t* mutex;
    hotpath_wait_t wait;
} hotpath_i_sleeper_t;

static inline void hotpath_i_cond_woken(void* waiting) {
    hotpath_i_sleeper_t* w = (hotpath_i_sleeper_t*)waiting;
    hotpath_lock_acquired(w->cond, false, &w->wait);
    hotpath_lock_acquired(w->mutex, false, 0);
}
/* Args: until NULL waits for ever. */
static inline int hotpath_i_cond_wait(pthread_cond_t* c, hotpath_lock_t* cond, pthread_mutex_t* m,
    hotpath_lock_t* mutex, const struct timespec* until) {
    hotpath_i_sleeper_t w = {cond, mutex, {{0, 0}, 0, 0}};
    int error;
    hotpath_lock_released(mutex);
    hotpath_lock_wait(cond, false, &w.wait);
    pthread_cleanup_push(hotpath_i_cond_woken, &w);
    error = until != 0 ? pthread_cond_timedwait(c, m, until) : pthread_cond_wait(c, m);
    if (!hotpath_i_pthread_got(error)) hotpath_lock_failed(cond, false, &w.wait);
    pthread_cleanup_pop(1);
    return error;
}
static inline int hotpath_i_cond_signal(pthread_cond_t* c, hotpath_lock_t* r) {
    hotpath_lock_released(r);
    return pthread_cond_signal(c);
}
static inline int hotpath_i_cond_broadcast(pthread_cond_t* c, hotpath_lock_t* r) {
    hotpath_lock_released(r);
    return pthread_cond_broadcast(c);
}
static inline int hotpath_i_cond_destroy(pthread_cond_t* c, hotpath_lock_t* r) {
    const int error = pthread_cond_destroy(c);
    if (error == 0) hotpath_lock_destroyed(r);
    return error;
}

/* Of semaphores -1 fails, with errno. Args: until NULL waits for ever. */
static inline int hotpath_i_sem_wait(sem_t* s, hotpath_lock_t* r, const struct timespec* until) {
    int error;
#if HOTPATH_I_ON
    hotpath_wait_t wait;
    const int saved = errno;
    error = sem_trywait(s);
    if (error == 0) hotpath_lock_acquired(r, false, 0);
    if (error == 0 || errno != EAGAIN) return error;
    errno = saved;
    hotpath_lock_wait(r, false, &wait);
#else
    (void)r;
#endif
    error = until != 0 ? sem_timedwait(s, until) : sem_wait(s);
#if HOTPATH_I_ON
    if (error == 0)
        hotpath_lock_acquired(r, false, &wait);
    else
        hotpath_lock_failed(r, false, &wait);
#endif
    return error;
}
static inline int hotpath_i_sem_trywait(sem_t* s, hotpath_lock_t* r) {
    const int error = sem_trywait(s);
    if (error == 0)
        hotpath_lock_acquired(r, false, 0);
    else if (errno == EAGAIN)
        hotpath_lock_failed(r, false, 0);
    return error;
}
static inline int hotpath_i_sem_post(sem_t* s, hotpath_lock_t* r) {
    hotpath_lock_released(r);
    return sem_post(s);
}
static inline int hotpath_i_sem_destroy(sem_t* s, hotpath_lock_t* r) {
    const int error = sem_destroy(s);
    if (error == 0) hotpath_lock_destroyed(r);
    return error;
}
static inline int hotpath_i_barrier_wait(pthread_barrier_t* b, hotpath_lock_t* r) {
    hotpath_wait_t wait;
    hotpath_lock_wait(r, false, &wait);
    const int error = pthread_barrier_wait(b);
    hotpath_lock_acquired(r, false, &wait);
    return error;
}
static inline int hotpath_i_barrier_destroy(pthread_barrier_t* b, hotpath_lock_t* r) {
    const int error = pthread_barrier_destroy(b);
    if (error == 0) hotpath_lock_destroyed(r);
    return error;
}

/* ---- types in place of those of the system ---- */

/* Initialise what is not in static storage: attr may be NULL; label lives as long as the object. */
static inline int hotpath_mutex_init(
    hotpath_mutex_t* m, const pthread_mutexattr_t* attr, const char* label) {
    hotpath_lock_init(&m->record, HOTPATH_KIND_MUTEX, label, "", 0);
    return pthread_mutex_init(&m->mutex, attr);
}
static inline int hotpath_mutex_lock(hotpath_mutex_t* m) {
    return hotpath_i_mutex_lock(&m->mutex, &m->record);
}
static inline int hotpath_mutex_trylock(hotpath_mutex_t* m) {
    return hotpath_i_mutex_trylock(&m->mutex, &m->record);
}
static inline int hotpath_mutex_timedlock(hotpath_mutex_t* m, const struct timespec* until) {
    return hotpath_i_mutex_timedlock(&m->mutex, &m->record, until);
}
static inline int hotpath_mutex_unlock(hotpath_mutex_t* m) {
    return hotpath_i_mutex_unlock(&m->mutex, &m->record);
}
static inline int hotpath_mutex_destroy(hotpath_mutex_t* m) {
    return hotpath_i_mutex_destroy(&m->mutex, &m->record);
}

static inline int hotpath_rwlock_init(
    hotpath_rwlock_t* l, const pthread_rwlockattr_t* attr, const char* label) {
    hotpath_lock_init(&l->record, HOTPATH_KIND_RWLOCK, label, "", 0);
    return pthread_rwlock_init(&l->rwlock, attr);
}
static inline int hotpath_rwlock_rdlock(hotpath_rwlock_t* l) {
    return hotpath_i_rwlock_rdlock(&l->rwlock, &l->record);
}
static inline int hotpath_rwlock_wrlock(hotpath_rwlock_t* l) {
    return hotpath_i_rwlock_wrlock(&l->rwlock, &l->record);
}
static inline int hotpath_rwlock_tryrdlock(hotpath_rwlock_t* l) {
    return hotpath_i_rwlock_tryrdlock(&l->rwlock, &l->record);
}
static inline int hotpath_rwlock_trywrlock(hotpath_rwlock_t* l) {
    return hotpath_i_rwlock_trywrlock(&l->rwlock, &l->record);
}
static inline int hotpath_rwlock_timedrdlock(hotpath_rwlock_t* l, const struct timespec* until) {
    return hotpath_i_rwlock_timedrdlock(&l->rwlock, &l->record, until);
}
static inline int hotpath_rwlock_timedwrlock(hotpath_rwlock_t* l, const struct timespec* until) {
    return hotpath_i_rwlock_timedwrlock(&l->rwlock, &l->record, until);
}
static inline int hotpath_rwlock_unlock(hotpath_rwlock_t* l) {
    return hotpath_i_rwlock_unlock(&l->rwlock, &l->record);
}
static inline int hotpath_rwlock_destroy(hotpath_rwlock_t* l) {
    return hotpath_i_rwlock_destroy(&l->rwlock, &l->record);
}

static inline int hotpath_cond_init(
    hotpath_cond_t* c, const pthread_condattr_t* attr, const char* label) {
    hotpath_lock_init(&c->record, HOTPATH_KIND_CONDITION, label, "", 0);
    return pthread_cond_init(&c->cond, attr);
}
static inline int hotpath_cond_wait(hotpath_cond_t* c, hotpath_mutex_t* m) {
    return hotpath_i_cond_wait(&c->cond, &c->record, &m->mutex, &m->record, 0);
}
static inline int hotpath_cond_timedwait(
    hotpath_cond_t* c, hotpath_mutex_t* m, const struct timespec* until) {
    return hotpath_i_cond_wait(&c->cond, &c->record, &m->mutex, &m->record, until);
}
static inline int hotpath_cond_signal(hotpath_cond_t* c) {
    return hotpath_i_cond_signal(&c->cond, &c->record);
}
static inline int hotpath_cond_broadcast(hotpath_cond_t* c) {
    return hotpath_i_cond_broadcast(&c->cond, &c->record);
}
static inline int hotpath_cond_destroy(hotpath_cond_t* c) {
    return hotpath_i_cond_destroy(&c->cond, &c->record);
}

static inline int hotpath_sem_init(hotpath_sem_t* s, unsigned value, const char* label) {
    hotpath_lock_init(&s->record, HOTPATH_KIND_SEMAPHORE, label, "", 0);
    return sem_init(&s->sem, 0, value);
}
static inline int hotpath_sem_wait(hotpath_sem_t* s) {
    return hotpath_i_sem_wait(&s->sem, &s->record, 0);
}
static inline int hotpath_sem_timedwait(hotpath_sem_t* s, const struct timespec* until) {
    return hotpath_i_sem_wait(&s->sem, &s->record, until);
}
static inline int hotpath_sem_trywait(hotpath_sem_t* s) {
    return hotpath_i_sem_trywait(&s->sem, &s->record);
}
static inline int hotpath_sem_post(hotpath_sem_t* s) {
    return hotpath_i_sem_post(&s->sem, &s->record);
}
static inline int hotpath_sem_destroy(hotpath_sem_t* s) {
    return hotpath_i_sem_destroy(&s->sem, &s->record);
}

static inline int hotpath_barrier_init(hotpath_barrier_t* b, unsigned count, const char* label) {
    hotpath_lock_init(&b->record, HOTPATH_KIND_BARRIER, label, "", 0);
    return pthread_barrier_init(&b->barrier, 0, count);
}
static inline int hotpath_barrier_wait(hotpath_barrier_t* b) {
    return hotpath_i_barrier_wait(&b->barrier, &b->record);
}
static inline int hotpath_barrier_destroy(hotpath_barrier_t* b) {
    return hotpath_i_barrier_destroy(&b->barrier, &b->record);
}

/* ---- the program's own objects, by address ---- */

/* The record of an object: its label is the expression, without a & in front. */
static inline hotpath_lock_t* hotpath_i_own(const volatile void* object, hotpath_kind_t kind,
    const char* label, const char* file, int line) {
    return hotpath_lock_at((const void*)(uintptr_t)object, kind,
        label[0] == '&' ? label + 1 : label, file, (uint32_t)line);
}
/* An inline function for each call, so that an argument is evaluated once. */
#define HOTPATH_I_PTHREAD_OWN(name, type, kind)                                          \
    static inline int hotpath_i_own_##name(                                              \
        type* object, const char* label, const char* file, int line) {                   \
        return hotpath_i_##name(object, hotpath_i_own(object, kind, label, file, line)); \
    }
#define HOTPATH_I_PTHREAD_UNTIL(name, type, kind)                                               \
    static inline int hotpath_i_own_##name(type* object, const struct timespec* until,          \
        const char* label, const char* file, int line) {                                        \
        return hotpath_i_##name(object, hotpath_i_own(object, kind, label, file, line), until); \
    }
HOTPATH_I_PTHREAD_OWN(mutex_lock, pthread_mutex_t, HOTPATH_KIND_MUTEX)
HOTPATH_I_PTHREAD_OWN(mutex_trylock, pthread_mutex_t, HOTPATH_KIND_MUTEX)
HOTPATH_I_PTHREAD_OWN(mutex_unlock, pthread_mutex_t, HOTPATH_KIND_MUTEX)
HOTPATH_I_PTHREAD_OWN(mutex_destroy, pthread_mutex_t, HOTPATH_KIND_MUTEX)
HOTPATH_I_PTHREAD_OWN(rwlock_rdlock, pthread_rwlock_t, HOTPATH_KIND_RWLOCK)
HOTPATH_I_PTHREAD_OWN(rwlock_wrlock, pthread_rwlock_t, HOTPATH_KIND_RWLOCK)
HOTPATH_I_PTHREAD_OWN(rwlock_tryrdlock, pthread_rwlock_t, HOTPATH_KIND_RWLOCK)
HOTPATH_I_PTHREAD_OWN(rwlock_trywrlock, pthread_rwlock_t, HOTPATH_KIND_RWLOCK)
HOTPATH_I_PTHREAD_OWN(rwlock_unlock, pthread_rwlock_t, HOTPATH_KIND_RWLOCK)
HOTPATH_I_PTHREAD_OWN(rwlock_destroy, pthread_rwlock_t, HOTPATH_KIND_RWLOCK)
HOTPATH_I_PTHREAD_OWN(cond_signal, pthread_cond_t, HOTPATH_KIND_CONDITION)
HOTPATH_I_PTHREAD_OWN(cond_broadcast, pthread_cond_t, HOTPATH_KIND_CONDITION)
HOTPATH_I_PTHREAD_OWN(cond_destroy, pthread_cond_t, HOTPATH_KIND_CONDITION)
HOTPATH_I_PTHREAD_OWN(sem_trywait, sem_t, HOTPATH_KIND_SEMAPHORE)
HOTPATH_I_PTHREAD_OWN(sem_post, sem_t, HOTPATH_KIND_SEMAPHORE)
HOTPATH_I_PTHREAD_OWN(sem_destroy, sem_t, HOTPATH_KIND_SEMAPHORE)
HOTPATH_I_PTHREAD_OWN(barrier_wait, pthread_barrier_t, HOTPATH_KIND_BARRIER)
HOTPATH_I_PTHREAD_OWN(barrier_destroy, pthread_barrier_t, HOTPATH_KIND_BARRIER)
HOTPATH_I_PTHREAD_UNTIL(mutex_timedlock, pthread_mutex_t, HOTPATH_KIND_MUTEX)
HOTPATH_I_PTHREAD_UNTIL(rwlock_timedrdlock, pthread_rwlock_t, HOTPATH_KIND_RWLOCK)
HOTPATH_I_PTHREAD_UNTIL(rwlock_timedwrlock, pthread_rwlock_t, HOTPATH_KIND_RWLOCK)
HOTPATH_I_PTHREAD_UNTIL(sem_wait, sem_t, HOTPATH_KIND_SEMAPHORE)
#undef HOTPATH_I_PTHREAD_OWN
#undef HOTPATH_I_PTHREAD_UNTIL
static inline int hotpath_i_own_cond_wait(pthread_cond_t* c, pthread_mutex_t* m,
    const struct timespec* until, const char* cond, const char* mutex, const char* file, int line) {
    return hotpath_i_cond_wait(c, hotpath_i_own(c, HOTPATH_KIND_CONDITION, cond, file, line), m,
        hotpath_i_own(m, HOTPATH_KIND_MUTEX, mutex, file, line), until);
}

#define HOTPATH_MUTEX_LOCK(m)    hotpath_i_own_mutex_lock(m, #m, __FILE__, __LINE__)
#define HOTPATH_MUTEX_TRYLOCK(m) hotpath_i_own_mutex_trylock(m, #m, __FILE__, __LINE__)
#define HOTPATH_MUTEX_TIMEDLOCK(m, until) \
    hotpath_i_own_mutex_timedlock(m, until, #m, __FILE__, __LINE__)
#define HOTPATH_MUTEX_UNLOCK(m)     hotpath_i_own_mutex_unlock(m, #m, __FILE__, __LINE__)
#define HOTPATH_MUTEX_DESTROY(m)    hotpath_i_own_mutex_destroy(m, #m, __FILE__, __LINE__)
#define HOTPATH_RWLOCK_RDLOCK(l)    hotpath_i_own_rwlock_rdlock(l, #l, __FILE__, __LINE__)
#define HOTPATH_RWLOCK_WRLOCK(l)    hotpath_i_own_rwlock_wrlock(l, #l, __FILE__, __LINE__)
#define HOTPATH_RWLOCK_TRYRDLOCK(l) hotpath_i_own_rwlock_tryrdlock(l, #l, __FILE__, __LINE__)
#define HOTPATH_RWLOCK_TRYWRLOCK(l) hotpath_i_own_rwlock_trywrlock(l, #l, __FILE__, __LINE__)
#define HOTPATH_RWLOCK_TIMEDRDLOCK(l, until) \
    hotpath_i_own_rwlock_timedrdlock(l, until, #l, __FILE__, __LINE__)
#define HOTPATH_RWLOCK_TIMEDWRLOCK(l, until) \
    hotpath_i_own_rwlock_timedwrlock(l, until, #l, __FILE__, __LINE__)
#define HOTPATH_RWLOCK_UNLOCK(l)  hotpath_i_own_rwlock_unlock(l, #l, __FILE__, __LINE__)
#define HOTPATH_RWLOCK_DESTROY(l) hotpath_i_own_rwlock_destroy(l, #l, __FILE__, __LINE__)
#define HOTPATH_COND_WAIT(c, m)   hotpath_i_own_cond_wait(c, m, 0, #c, #m, __FILE__, __LINE__)
#define HOTPATH_COND_TIMEDWAIT(c, m, until) \
    hotpath_i_own_cond_wait(c, m, until, #c, #m, __FILE__, __LINE__)
#define HOTPATH_COND_SIGNAL(c)          hotpath_i_own_cond_signal(c, #c, __FILE__, __LINE__)
#define HOTPATH_COND_BROADCAST(c)       hotpath_i_own_cond_broadcast(c, #c, __FILE__, __LINE__)
#define HOTPATH_COND_DESTROY(c)         hotpath_i_own_cond_destroy(c, #c, __FILE__, __LINE__)
#define HOTPATH_SEM_WAIT(s)             hotpath_i_own_sem_wait(s, 0, #s, __FILE__, __LINE__)
#define HOTPATH_SEM_TIMEDWAIT(s, until) hotpath_i_own_sem_wait(s, until, #s, __FILE__, __LINE__)
#define HOTPATH_SEM_TRYWAIT(s)          hotpath_i_own_sem_trywait(s, #s, __FILE__, __LINE__)
#define HOTPATH_SEM_POST(s)             hotpath_i_own_sem_post(s, #s, __FILE__, __LINE__)
#define HOTPATH_SEM_DESTROY(s)          hotpath_i_own_sem_destroy(s, #s, __FILE__, __LINE__)
#define HOTPATH_BARRIER_WAIT(b)         hotpath_i_own_barrier_wait(b, #b, __FILE__, __LINE__)
#define HOTPATH_BARRIER_DESTROY(b)      hotpath_i_own_barrier_destroy(b, #b, __FILE__, __LINE__)

#endif /* HOTPATH_PTHREAD_H */
