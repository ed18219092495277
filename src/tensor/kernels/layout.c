#include "tensor/kernels/layout.h"

#include <string.h>

#include "tensor/kernels/voxels.h"

typedef struct job {
    const float *source; /* plain channels, read or */
    float *plain;        /* written */
    const tk_image *from, *to;
    size_t first, depth; /* of the plain array: the image's first plane, all */
} job;

/* Where a lane's part of a chunk begins in plain channels. */
static size_t plain_at(const job *j, const tk_dims *s, const tk_chunk *k,
                       size_t lane)
{
    size_t channel = k->block * TK_LANES + lane;
    size_t plane = s->h * s->w;
    return ((k->sample * s->c + channel) * j->depth + j->first) * plane +
           k->begin;
}

static void from_plain(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    for (size_t i = begin; i < end; i++) {
        tk_chunk k = tk_chunk_at(&j->to->dims, i);
        float *to = tk_chunk_data(j->to, &k);
        size_t n = k.end - k.begin;
        size_t used = tk_lanes_used(&j->to->dims, k.block);
        if (used < TK_LANES)
            memset(to, 0, n * TK_LANES * sizeof(float));
        for (size_t l = 0; l < used; l++) {
            const float *p = j->source + plain_at(j, &j->to->dims, &k, l);
            for (size_t v = 0; v < n; v++)
                to[v * TK_LANES + l] = p[v];
        }
    }
}

static void to_plain(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    for (size_t i = begin; i < end; i++) {
        tk_chunk k = tk_chunk_at(&j->from->dims, i);
        const float *from = tk_chunk_data(j->from, &k);
        size_t n = k.end - k.begin;
        for (size_t l = 0; l < tk_lanes_used(&j->from->dims, k.block); l++) {
            float *p = j->plain + plain_at(j, &j->from->dims, &k, l);
            for (size_t v = 0; v < n; v++)
                p[v] = from[v * TK_LANES + l];
        }
    }
}

void tk_planes_from_plain(const tk_run *run, const float *plain, size_t begin,
                          size_t depth, const tk_image *to)
{
    job j = {.source = plain, .to = to, .first = begin, .depth = depth};
    cs_pool_for(run->pool, tk_chunks(&to->dims), 8, from_plain, &j);
}

void tk_from_plain(const tk_run *run, const float *plain, const tk_image *to)
{
    tk_planes_from_plain(run, plain, 0, to->dims.d, to);
}

void tk_planes_to_plain(const tk_run *run, const tk_image *from, float *plain,
                        size_t begin, size_t depth)
{
    job j = {.from = from, .first = begin, .depth = depth};
    j.plain = plain;
    cs_pool_for(run->pool, tk_chunks(&from->dims), 8, to_plain, &j);
}

void tk_to_plain(const tk_run *run, const tk_image *from, float *plain)
{
    tk_planes_to_plain(run, from, plain, 0, from->dims.d);
}

static void copy(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    for (size_t i = begin; i < end; i++) {
        tk_chunk k = tk_chunk_at(&j->to->dims, i);
        memcpy(tk_chunk_data(j->to, &k), tk_chunk_data(j->from, &k),
               (k.end - k.begin) * TK_LANES * sizeof(float));
    }
}

static void add(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    for (size_t i = begin; i < end; i++) {
        tk_chunk k = tk_chunk_at(&j->to->dims, i);
        float *restrict to = tk_chunk_data(j->to, &k);
        const float *restrict from = tk_chunk_data(j->from, &k);
        for (size_t f = 0; f < (k.end - k.begin) * TK_LANES; f++)
            to[f] += from[f];
    }
}

static void zero(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    for (size_t i = begin; i < end; i++) {
        tk_chunk k = tk_chunk_at(&j->to->dims, i);
        memset(tk_chunk_data(j->to, &k), 0,
               (k.end - k.begin) * TK_LANES * sizeof(float));
    }
}

void tk_copy(const tk_run *run, const tk_image *from, const tk_image *to)
{
    job j = {.from = from, .to = to};
    cs_pool_for(run->pool, tk_chunks(&to->dims), 8, copy, &j);
}

void tk_add_to(const tk_run *run, const tk_image *from, const tk_image *to)
{
    job j = {.from = from, .to = to};
    cs_pool_for(run->pool, tk_chunks(&to->dims), 8, add, &j);
}

void tk_fill_zero(const tk_run *run, const tk_image *to)
{
    job j = {.to = to};
    cs_pool_for(run->pool, tk_chunks(&to->dims), 8, zero, &j);
}
