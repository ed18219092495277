#include "train/loaders.h"

#include <pthread.h>
#include <signal.h>

#include "base/mem.h"

typedef enum stage { EMPTY, MAKING, READY, FAILED } stage;

typedef struct place {
    stage stage;
    void *thing;     /* READY */
    cs_errinfo *why; /* FAILED; owned, NULL where even that had no memory */
    int failed;
} place;

/* Thing n has place n % ahead, for n in [taken, begun), which is never more
 * than `ahead` long. What is begun before a jump belongs to an older `era`, and
 * is dropped when it is done. */
struct tr_loaders {
    tr_loaders_spec spec;
    pthread_mutex_t lock;
    pthread_cond_t room, done; /* for makers, and for who takes */
    place *places;
    uint64_t taken, begun, era;
    unsigned running; /* makers at work */
    bool paused, stopped;
    pthread_t *threads;
    unsigned thread_count;
};

static place *place_of(const tr_loaders *l, uint64_t number)
{
    return &l->places[number % l->spec.ahead];
}

/* With the lock held; dropping must not wait for it. */
static void empty(const tr_loaders *l, place *p)
{
    if (p->stage == READY)
        l->spec.drop(l->spec.ctx, p->thing);
    cs_free(p->why);
    *p = (place){.stage = EMPTY};
}

/* --- making --- */

static bool may_begin(const tr_loaders *l)
{
    return !l->paused && l->begun - l->taken < l->spec.ahead;
}

static bool is_wanted(const tr_loaders *l, uint64_t number, uint64_t era)
{
    return era == l->era && number >= l->taken;
}

static void keep(tr_loaders *l, uint64_t number, int r, void *thing,
                 const cs_errinfo *why)
{
    place *p = place_of(l, number);
    p->stage = r < 0 ? FAILED : READY;
    p->thing = thing;
    p->failed = r;
    p->why = r < 0 ? cs_memdup(why, sizeof(*why)) : NULL;
}

/* One thing; the lock is given up while it is made. */
static void make_next(tr_loaders *l)
{
    const uint64_t number = l->begun++, era = l->era;
    cs_errinfo why = {.lang = l->spec.lang};
    void *thing = NULL;
    place_of(l, number)->stage = MAKING;
    l->running++;
    pthread_mutex_unlock(&l->lock);
    int r = l->spec.make(l->spec.ctx, number, &thing, &why);
    pthread_mutex_lock(&l->lock);
    l->running--;
    if (is_wanted(l, number, era))
        keep(l, number, r, thing, &why);
    else if (r == 0)
        l->spec.drop(l->spec.ctx, thing);
    pthread_cond_broadcast(&l->done);
}

static void *work(void *arg)
{
    tr_loaders *l = arg;
    pthread_mutex_lock(&l->lock);
    while (!l->stopped) {
        if (may_begin(l))
            make_next(l);
        else
            pthread_cond_wait(&l->room, &l->lock);
    }
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

/* --- life --- */

/* Signals are for the program's own thread. */
static int start(tr_loaders *l, cs_errinfo *info)
{
    sigset_t all, old;
    int err = 0;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    while (err == 0 && l->thread_count < l->spec.threads) {
        err = pthread_create(&l->threads[l->thread_count], NULL, work, l);
        l->thread_count += err == 0;
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (err == 0)
        return 0;
    return cs_fail(info, CS_E_LIMIT,
                   "the system refuses loader thread %u of %u",
                   l->thread_count + 1, l->spec.threads);
}

int tr_loaders_new(const tr_loaders_spec *spec, tr_loaders **ret,
                   cs_errinfo *info)
{
    tr_loaders *l = cs_new0(tr_loaders);
    if (!l)
        return cs_fail_nomem(info);
    l->spec = *spec;
    if (l->spec.ahead == 0)
        l->spec.ahead = (size_t)spec->threads + 1;
    l->places = cs_calloc(l->spec.ahead, sizeof(*l->places));
    l->threads = cs_calloc(spec->threads, sizeof(*l->threads));
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->room, NULL);
    pthread_cond_init(&l->done, NULL);
    int r = l->places && l->threads ? start(l, info) : cs_fail_nomem(info);
    if (r < 0) {
        tr_loaders_free(l);
        return r;
    }
    *ret = l;
    return 0;
}

void tr_loaders_free(tr_loaders *l)
{
    if (!l)
        return;
    pthread_mutex_lock(&l->lock);
    l->stopped = true;
    pthread_cond_broadcast(&l->room);
    pthread_mutex_unlock(&l->lock);
    for (unsigned i = 0; i < l->thread_count; i++)
        pthread_join(l->threads[i], NULL);
    for (size_t i = 0; l->places && i < l->spec.ahead; i++)
        empty(l, &l->places[i]);
    pthread_cond_destroy(&l->room);
    pthread_cond_destroy(&l->done);
    pthread_mutex_destroy(&l->lock);
    cs_free(l->places);
    cs_free(l->threads);
    cs_free(l);
}

/* --- taking --- */

static void drop_all(tr_loaders *l)
{
    for (size_t i = 0; i < l->spec.ahead; i++)
        empty(l, &l->places[i]);
    l->begun = l->taken;
    l->era++;
}

static int take(tr_loaders *l, place *p, void **ret, cs_errinfo *info)
{
    if (p->stage == FAILED) {
        int r = p->failed;
        if (info && p->why)
            *info = *p->why;
        drop_all(l);
        pthread_cond_broadcast(&l->room);
        return r;
    }
    *ret = p->thing;
    *p = (place){.stage = EMPTY};
    l->taken++;
    pthread_cond_signal(&l->room);
    return 0;
}

int tr_loaders_next(tr_loaders *l, void **ret, cs_errinfo *info)
{
    if (l->thread_count == 0) {
        int r = l->spec.make(l->spec.ctx, l->taken, ret, info);
        l->taken += r == 0;
        return r;
    }
    pthread_mutex_lock(&l->lock);
    place *p = place_of(l, l->taken);
    while (p->stage != READY && p->stage != FAILED)
        pthread_cond_wait(&l->done, &l->lock);
    int r = take(l, p, ret, info);
    pthread_mutex_unlock(&l->lock);
    return r;
}

/* What is still being made of those that are passed over is no longer wanted,
 * and its place is free for another. */
static void pass_over(tr_loaders *l, uint64_t number)
{
    for (; l->taken < number; l->taken++)
        empty(l, place_of(l, l->taken));
}

void tr_loaders_seek(tr_loaders *l, uint64_t number)
{
    pthread_mutex_lock(&l->lock);
    if (number >= l->taken && number <= l->begun) {
        pass_over(l, number);
    } else {
        l->taken = number;
        drop_all(l);
    }
    pthread_cond_broadcast(&l->room);
    pthread_mutex_unlock(&l->lock);
}

void tr_loaders_pause(tr_loaders *l)
{
    pthread_mutex_lock(&l->lock);
    l->paused = true;
    while (l->running > 0)
        pthread_cond_wait(&l->done, &l->lock);
    drop_all(l);
    pthread_mutex_unlock(&l->lock);
}

void tr_loaders_resume(tr_loaders *l)
{
    pthread_mutex_lock(&l->lock);
    l->paused = false;
    pthread_cond_broadcast(&l->room);
    pthread_mutex_unlock(&l->lock);
}
