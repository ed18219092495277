#include "base/pool.h"

#include <assert.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cpu.h"
#include "base/mem.h"

/* How a loop runs, and why that is safe.
 *
 * `state` is one word: how many helpers the open loop still wants, how many
 * are inside, and two flags. The caller fills in the job, adds WANTED (opens
 * the loop), works, clears WANTED (closes it) and waits until nobody is
 * inside. A helper enters by moving one from WANTED to INSIDE. There is no
 * barrier: a helper that comes late finds the loop closed and the caller never
 * waits for it, so a loop needs no helper to finish, and a wake-up that goes
 * astray costs speed, not progress.
 *
 *  - Opening releases; entering acquires: a helper inside sees the job and all
 *    that the caller wrote. Entries in between are read-modify-writes, which
 *    carry the release on.
 *  - Leaving releases; the caller's last look at `state` acquires: it sees all
 *    that every helper wrote, and may then change the job.
 *  - `next` hands out chunks. Being unique needs no order, so it is relaxed;
 *    its reset is ordered by opening, as the job is.
 *  - Sleeping: a helper announces itself in `sleepers` and then looks at
 *    `state`; the caller opens and then looks at `sleepers`. All four are
 *    sequentially consistent, so one of the two sees the other.
 *  - A value of `state` that comes back while a helper looks away (ABA) does
 *    no harm: entering is right whenever the loop is open at that instant, and
 *    the job is read only after it. */

#define INSIDE 0x00000fffu
#define WANTED_ONE 0x00001000u
#define WANTED 0x00fff000u
#define CALLER_SLEEPS 0x01000000u
#define STOP 0x02000000u

/* Looks at `state` before going to sleep: 20 to 150 µs, by how long the CPU
 * makes a pause last. It bridges the gap between two layers of a network. With
 * more threads than CPUs a spinning one may hold up the one it waits for. */
#define SPINS 2000u
#define SPINS_CROWDED 40u

#define CACHE_LINE 64
#define SUM_ON_STACK 256u

enum sleeper { HELPER = 1, CALLER = 2 };

struct helper {
    pthread_t thread;
    cs_pool *pool;
    unsigned slot;
};

struct job {
    cs_pool_fn *fn;
    void *ctx;
    size_t n, grain, chunks;
};

struct cs_pool {
    /* Lines apart: helpers that look at `state` would otherwise take away the
     * line in which the caller writes the job or counts chunks (measured: 15 to
     * 40 % of an empty loop). */
    alignas(CACHE_LINE) _Atomic uint32_t state;
    alignas(CACHE_LINE) struct job job;
    alignas(CACHE_LINE) _Atomic size_t next;
    alignas(CACHE_LINE) _Atomic uint32_t sleepers;
    pthread_mutex_t turn; /* held by the outside caller whose loop runs */
    unsigned spins;
    unsigned helper_count; /* those started */
    struct helper helpers[];
};

/* The loop, if any, that this thread is inside of. */
static _Thread_local struct {
    const cs_pool *pool;
    unsigned slot;
} inside;

static void futex_wait(_Atomic uint32_t *word, uint32_t expected,
                       enum sleeper who)
{
    syscall(SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, expected,
            NULL, NULL, who);
}

static void futex_wake(_Atomic uint32_t *word, int count, enum sleeper who)
{
    syscall(SYS_futex, word, FUTEX_WAKE_BITSET | FUTEX_PRIVATE_FLAG, count,
            NULL, NULL, who);
}

static inline void cpu_pause(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}

static inline void run_chunk(const struct job *job, size_t chunk, unsigned slot)
{
    size_t begin = chunk * job->grain; /* below n: cannot wrap */
    size_t left = job->n - begin;
    job->fn(job->ctx, begin, begin + (left < job->grain ? left : job->grain),
            slot);
}

static void run_inline(const struct job *job, unsigned slot)
{
    for (size_t i = 0; i < job->chunks; i++)
        run_chunk(job, i, slot);
}

/* Runs chunk `first` and then whatever is left. `next` passes the end by at
 * most one per thread; 2^64 chunks would take centuries, so it cannot wrap. */
static void work(cs_pool *pool, size_t first, unsigned slot)
{
    const struct job *job = &pool->job;
    size_t chunk = first;
    while (chunk < job->chunks) {
        run_chunk(job, chunk, slot);
        chunk = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
    }
}

/* --- helpers --- */

static bool has_news(uint32_t state)
{
    return state & (WANTED | STOP);
}

static bool is_deserted(uint32_t state)
{
    return !(state & INSIDE);
}

/* The state when it came to be `ready`, or after a bounded wait for that. */
static inline uint32_t spin_until(cs_pool *pool, bool (*ready)(uint32_t))
{
    uint32_t s = atomic_load_explicit(&pool->state, memory_order_acquire);
    for (unsigned i = 0; i < pool->spins && !ready(s); i++) {
        cpu_pause();
        s = atomic_load_explicit(&pool->state, memory_order_acquire);
    }
    return s;
}

static uint32_t await_news(cs_pool *pool)
{
    for (;;) {
        uint32_t s = spin_until(pool, has_news);
        if (has_news(s))
            return s;
        atomic_fetch_add(&pool->sleepers, 1);
        s = atomic_load(&pool->state);
        if (!has_news(s))
            futex_wait(&pool->state, s, HELPER);
        atomic_fetch_sub_explicit(&pool->sleepers, 1, memory_order_relaxed);
    }
}

static bool enter(cs_pool *pool, uint32_t state)
{
    return (state & WANTED) && atomic_compare_exchange_weak_explicit(
                                   &pool->state, &state, state - WANTED_ONE + 1,
                                   memory_order_acquire, memory_order_relaxed);
}

/* No chunk is left: lets nobody else in for nothing, itself included. */
static void leave(cs_pool *pool)
{
    if (atomic_load_explicit(&pool->state, memory_order_relaxed) & WANTED)
        atomic_fetch_and_explicit(&pool->state, ~WANTED, memory_order_relaxed);
    uint32_t before =
        atomic_fetch_sub_explicit(&pool->state, 1, memory_order_release);
    if ((before & INSIDE) == 1 && (before & CALLER_SLEEPS))
        futex_wake(&pool->state, 1, CALLER);
}

static void *helper_main(void *arg)
{
    struct helper *self = arg;
    cs_pool *pool = self->pool;
    inside.pool = pool;
    inside.slot = self->slot;
    for (;;) {
        uint32_t s = await_news(pool);
        if (s & STOP)
            return NULL;
        if (!enter(pool, s))
            continue;
        size_t first =
            atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
        work(pool, first, self->slot);
        leave(pool);
    }
}

/* --- the caller's side --- */

static void open_loop(cs_pool *pool)
{
    size_t useful = CS_MIN(pool->job.chunks - 1, (size_t)pool->helper_count);
    atomic_store_explicit(&pool->next, 1, memory_order_relaxed);
    atomic_fetch_add(&pool->state, (uint32_t)useful * WANTED_ONE);
    if (atomic_load(&pool->sleepers))
        futex_wake(&pool->state, (int)useful, HELPER);
}

static void close_loop(cs_pool *pool)
{
    uint32_t s =
        atomic_fetch_and_explicit(&pool->state, ~WANTED, memory_order_acquire);
    if (is_deserted(s))
        return;
    s = spin_until(pool, is_deserted);
    if (is_deserted(s))
        return;
    s = atomic_fetch_or_explicit(&pool->state, CALLER_SLEEPS,
                                 memory_order_acquire) |
        CALLER_SLEEPS;
    while (!is_deserted(s)) {
        futex_wait(&pool->state, s, CALLER);
        s = atomic_load_explicit(&pool->state, memory_order_acquire);
    }
    atomic_fetch_and_explicit(&pool->state, ~CALLER_SLEEPS,
                              memory_order_relaxed);
}

static void run_outermost(cs_pool *pool, const struct job *job)
{
    pthread_mutex_lock(&pool->turn);
    inside.pool = pool;
    inside.slot = 0;
    if (job->chunks == 1 || pool->helper_count == 0) {
        run_inline(job, 0);
    } else {
        pool->job = *job;
        open_loop(pool);
        work(pool, 0, 0);
        close_loop(pool);
    }
    inside.pool = NULL;
    pthread_mutex_unlock(&pool->turn);
}

void cs_pool_for(cs_pool *pool, size_t n, size_t grain, cs_pool_fn *fn,
                 void *ctx)
{
    const struct job job = {fn, ctx, n, cs_pool_grain(n, grain),
                            cs_pool_chunks(n, grain)};
    if (job.chunks == 0)
        return;
    if (pool && !inside.pool)
        run_outermost(pool, &job);
    else
        run_inline(&job, pool && inside.pool == pool ? inside.slot : 0);
}

unsigned cs_pool_threads(const cs_pool *pool)
{
    return pool ? pool->helper_count + 1 : 1;
}

/* --- sums --- */

struct sum {
    cs_pool_sum_fn *fn;
    void *ctx;
    size_t grain;
    double *parts;
};

static void sum_chunk(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const struct sum *sum = ctx;
    sum->parts[begin / sum->grain] = sum->fn(sum->ctx, begin, end, slot);
}

int cs_pool_sum_f64(cs_pool *pool, size_t n, size_t grain, cs_pool_sum_fn *fn,
                    void *ctx, double *ret)
{
    size_t chunks = cs_pool_chunks(n, grain);
    double small[SUM_ON_STACK];
    CS_AUTO_MEM double *large = NULL;
    if (chunks > SUM_ON_STACK) {
        large = cs_calloc(chunks, sizeof(*large));
        if (!large)
            return CS_E_NOMEM;
    }
    struct sum sum = {fn, ctx, cs_pool_grain(n, grain), large ? large : small};
    cs_pool_for(pool, n, grain, sum_chunk, &sum);
    double total = 0;
    for (size_t i = 0; i < chunks; i++)
        total += sum.parts[i];
    *ret = total;
    return 0;
}

/* --- life --- */

static unsigned spins_for(unsigned threads)
{
    unsigned cpus = cs_cpu_usable();
    if (cpus <= 1)
        return 0;
    return threads > cpus ? SPINS_CROWDED : SPINS;
}

/* Signals are the program's: its own threads handle them, never a helper. */
static int start_helper(cs_pool *pool, unsigned index)
{
    struct helper *h = &pool->helpers[index];
    h->pool = pool;
    h->slot = index + 1;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int err = pthread_create(&h->thread, NULL, helper_main, h);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (err)
        return CS_E_LIMIT;
    pthread_setname_np(h->thread, "cs-pool");
    pool->helper_count = index + 1;
    return 0;
}

static cs_pool *new_pool(unsigned threads)
{
    size_t size = sizeof(cs_pool) + (threads - 1) * sizeof(struct helper);
    cs_pool *pool = cs_aligned_alloc(CACHE_LINE, size);
    if (!pool)
        return NULL;
    *pool = (cs_pool){.spins = spins_for(threads)};
    if (pthread_mutex_init(&pool->turn, NULL) != 0) {
        cs_free(pool);
        return NULL;
    }
    return pool;
}

int cs_pool_new(unsigned threads, cs_pool **ret, cs_errinfo *info)
{
    if (threads == 0)
        threads = CS_MIN(cs_cpu_usable(), CS_POOL_MAX_THREADS);
    if (threads > CS_POOL_MAX_THREADS)
        return cs_fail(info, CS_E_RANGE,
                       "%u threads are too many; at most %u can be used",
                       threads, CS_POOL_MAX_THREADS);
    CS_AUTO(cs_pool) pool = new_pool(threads);
    if (!pool)
        return cs_fail_nomem(info);
    for (unsigned i = 0; i + 1 < threads; i++) {
        if (start_helper(pool, i) < 0)
            return cs_fail(info, CS_E_LIMIT,
                           "thread %u of %u cannot be started; use fewer "
                           "threads or raise the limit on processes",
                           i + 2, threads);
    }
    *ret = CS_TAKE(pool);
    return 0;
}

void cs_pool_free(cs_pool *pool)
{
    if (!pool)
        return;
    assert(inside.pool != pool);
    atomic_fetch_or(&pool->state, STOP);
    futex_wake(&pool->state, INT_MAX, HELPER);
    for (unsigned i = 0; i < pool->helper_count; i++)
        pthread_join(pool->helpers[i].thread, NULL);
    pthread_mutex_destroy(&pool->turn);
    cs_free(pool);
}
