#include "tensor/kernels/channels.h"

#include <string.h>

#include "tensor/kernels/voxels.h"

typedef struct job {
    tk_range from, to;
    size_t count;
    bool add;
    tk_dims blocks; /* the touched blocks of `to`, for their chunks */
} job;

/* Lanes [lane, lane + count) of a run of voxels, from others. */
typedef struct lanes {
    const float *from; /* at the first lane of the first voxel */
    float *to;
    size_t count, voxels;
} lanes;

static void move(const lanes *m, bool add)
{
    if (m->count == TK_LANES && !add) {
        memcpy(m->to, m->from, m->voxels * TK_LANES * sizeof(float));
        return;
    }
    for (size_t v = 0; v < m->voxels * TK_LANES; v += TK_LANES)
        for (size_t l = 0; l < m->count; l++)
            m->to[v + l] = m->from[v + l] + (add ? m->to[v + l] : 0);
}

static void zero_lanes(float *to, size_t voxels, size_t first)
{
    for (size_t v = 0; v < voxels; v++)
        for (size_t l = first; l < TK_LANES; l++)
            to[v * TK_LANES + l] = 0;
}

/* The part of one block of `to` that is in the range: it comes from one block
 * of `from`, or from two. */
static void one_chunk(const job *j, const tk_chunk *k)
{
    const tk_dims *dims = &j->to.image->dims;
    size_t block = j->to.first / TK_LANES + k->block;
    size_t begin = CS_MAX(j->to.first, block * TK_LANES);
    size_t end = CS_MIN(j->to.first + j->count, (block + 1) * TK_LANES);
    float *to = tk_block(j->to.image, k->sample, block) + k->begin * TK_LANES;
    for (size_t c = begin; c < end;) {
        size_t source = c - j->to.first + j->from.first;
        size_t left = TK_LANES - source % TK_LANES;
        lanes m = {.voxels = k->end - k->begin};
        m.count = CS_MIN(end - c, left);
        m.from = tk_block(j->from.image, k->sample, source / TK_LANES) +
                 k->begin * TK_LANES + source % TK_LANES;
        m.to = to + c % TK_LANES;
        move(&m, j->add);
        c += m.count;
    }
    if (end == dims->c && end % TK_LANES != 0)
        zero_lanes(to, k->end - k->begin, end % TK_LANES);
}

static void chunks(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    for (size_t i = begin; i < end; i++) {
        tk_chunk k = tk_chunk_at(&j->blocks, i);
        one_chunk(j, &k);
    }
}

static void run_all(const tk_run *run, job *j)
{
    if (j->count == 0)
        return;
    size_t first = j->to.first / TK_LANES;
    size_t blocks = tk_blocks(j->to.first + j->count) - first;
    j->blocks = j->to.image->dims;
    j->blocks.c = blocks * TK_LANES;
    cs_pool_for(run->pool, tk_chunks(&j->blocks), 4, chunks, j);
}

void tk_channels_copy(const tk_run *run, tk_range from, tk_range to,
                      size_t count)
{
    job j = {.from = from, .to = to, .count = count};
    run_all(run, &j);
}

void tk_channels_add(const tk_run *run, tk_range from, tk_range to,
                     size_t count)
{
    job j = {.from = from, .to = to, .count = count, .add = true};
    run_all(run, &j);
}
