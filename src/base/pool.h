/* A persistent pool of threads for short data-parallel loops.
 *
 * Determinism. A loop over [0, n) is cut into chunks of `grain` indices whose
 * bounds depend on n and grain only, never on the number of threads or on
 * timing. Which thread runs a chunk, and when, is left to chance; a kernel
 * that writes its partial results by chunk (begin / grain) and reduces them in
 * that order gives the same bits on any number of threads. See
 * docs/determinism.md.
 *
 * Slots. Every call of `fn` gets a slot in [0, cs_pool_threads()), fixed per
 * thread for the length of one cs_pool_for(): two chunks with one slot never
 * run at the same time, so scratch memory may be kept by slot. The caller has
 * slot 0. Loops from outside are serialised per pool, so the same holds
 * between them.
 *
 * Nesting. A loop started inside a chunk, of this or of any other pool, runs
 * at once on the thread that starts it, over the same chunks in rising order.
 * On the same pool its slot is that of the chunk around it: scratch by slot
 * stays private to the thread, but the inner loop must not clobber what the
 * outer chunk keeps there. On another pool, or with pool NULL, its slot is 0
 * in each such loop, and scratch must belong to the loop.
 *
 * Any thread may call; several outside threads wait for each other in turn. A
 * chunk must not wait for another thread that uses the same pool. Threads
 * inherit the floating-point environment at cs_pool_new() and block all
 * signals. fork() with a live pool is not supported, except to exec: the child
 * has no helpers and perhaps half a loop. */
#ifndef CS_BASE_POOL_H
#define CS_BASE_POOL_H

#include "base/defs.h"
#include "base/error.h"

#define CS_POOL_MAX_THREADS 4096u

typedef struct cs_pool cs_pool;

/* Runs the indices [begin, end), begin < end. */
typedef void cs_pool_fn(void *ctx, size_t begin, size_t end, unsigned slot);
/* As above, returning the chunk's part of a sum. */
typedef double cs_pool_sum_fn(void *ctx, size_t begin, size_t end,
                              unsigned slot);

/* A pool of `threads` threads, the caller of a loop among them; 0 takes
 * cs_cpu_usable(). All start, or none: CS_E_LIMIT when the system refuses one,
 * CS_E_RANGE above CS_POOL_MAX_THREADS. */
int cs_pool_new(unsigned threads, cs_pool **ret, cs_errinfo *info);

/* No loop may be running, nor this be called inside one. NULL is fine. */
void cs_pool_free(cs_pool *pool);
CS_DEFINE_AUTO(cs_pool)

/* 1 for a NULL pool. */
unsigned cs_pool_threads(const cs_pool *pool);

/* The chunk size that a loop really uses: grain, or for grain 0 the smallest
 * that gives at most 64 chunks. */
static inline size_t cs_pool_grain(size_t n, size_t grain)
{
    if (grain)
        return grain;
    return n ? (n - 1) / 64 + 1 : 1;
}

/* Number of chunks of such a loop; chunk i starts at i * cs_pool_grain(). */
static inline size_t cs_pool_chunks(size_t n, size_t grain)
{
    return n ? (n - 1) / cs_pool_grain(n, grain) + 1 : 0;
}

/* Calls fn for every chunk of [0, n) and returns when all are done. What the
 * caller wrote before is visible to every chunk, and what the chunks wrote to
 * the caller afterwards. pool NULL: on the calling thread, slot 0. */
void cs_pool_for(cs_pool *pool, size_t n, size_t grain, cs_pool_fn *fn,
                 void *ctx);

/* Sum over the chunks of what fn returns, added from the first chunk to the
 * last: the same bits for any pool. CS_E_NOMEM only above 256 chunks. */
int cs_pool_sum_f64(cs_pool *pool, size_t n, size_t grain, cs_pool_sum_fn *fn,
                    void *ctx, double *ret);

#endif
