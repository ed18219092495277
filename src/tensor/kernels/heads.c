#include "tensor/kernels/heads.h"

#include <string.h>

#include "tensor/kernels/voxels.h"

typedef enum way {
    TAKE, /* from the image */
    GIVE, /* to it */
    ADD,
} way;

typedef struct job {
    const tk_image *image;
    size_t heads;
    const float *from; /* GIVE, ADD */
    float *to;         /* TAKE */
    way how;
} job;

/* Channels of one block that belong to one head, over a run of voxels. */
typedef struct run_of {
    size_t count, voxels;
    size_t dim; /* floats from token to token of the plain array */
} run_of;

static void take(const run_of *r, const float *image, float *plain)
{
    for (size_t v = 0; v < r->voxels; v++)
        memcpy(plain + v * r->dim, image + v * TK_LANES,
               r->count * sizeof(float));
}

static void give(const run_of *r, const float *plain, float *image, bool add)
{
    for (size_t v = 0; v < r->voxels; v++)
        for (size_t l = 0; l < r->count; l++) {
            float *at = image + v * TK_LANES + l;
            *at = plain[v * r->dim + l] + (add ? *at : 0);
        }
}

/* Whoever writes the last channel clears the lanes beyond it. */
static void zero_lanes(float *image, size_t voxels, size_t first)
{
    for (size_t v = 0; v < voxels; v++)
        memset(image + v * TK_LANES + first, 0,
               (TK_LANES - first) * sizeof(float));
}

static void one_run(const job *j, const run_of *r, size_t plain, float *image)
{
    if (j->how == TAKE)
        take(r, image, j->to + plain);
    else
        give(r, j->from + plain, image, j->how == ADD);
}

/* The head's channels for the voxels of one chunk. */
static void one_chunk(const job *j, size_t sample, size_t head, size_t begin,
                      size_t end)
{
    const tk_dims *s = &j->image->dims;
    size_t dim = s->c / j->heads;
    size_t plain = ((sample * j->heads + head) * tk_voxels(s) + begin) * dim;
    run_of r = {.voxels = end - begin, .dim = dim};
    for (size_t c = head * dim; c < (head + 1) * dim; c += r.count) {
        size_t left = (head + 1) * dim - c;
        size_t lane = c % TK_LANES;
        float *image =
            tk_block(j->image, sample, c / TK_LANES) + begin * TK_LANES + lane;
        r.count = CS_MIN(TK_LANES - lane, left);
        one_run(j, &r, plain + c - head * dim, image);
        if (j->how == GIVE && c + r.count == s->c && s->c % TK_LANES)
            zero_lanes(image - lane, r.voxels, s->c % TK_LANES);
    }
}

static void chunks(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    const tk_dims *s = &j->image->dims;
    size_t per_head = tk_chunks_of_block(s);
    for (size_t i = begin; i < end; i++) {
        size_t first = i % per_head * TK_CHUNK;
        size_t last = CS_MIN(first + TK_CHUNK, tk_voxels(s));
        size_t head = i / per_head;
        one_chunk(j, head / j->heads, head % j->heads, first, last);
    }
}

static void run_all(const tk_run *run, job *j)
{
    const tk_dims *s = &j->image->dims;
    cs_pool_for(run->pool, s->n * j->heads * tk_chunks_of_block(s), 1, chunks,
                j);
}

void tk_heads_take(const tk_run *run, size_t heads, const tk_image *from,
                   float *plain)
{
    job j = {.image = from, .heads = heads, .how = TAKE};
    j.to = plain;
    run_all(run, &j);
}

void tk_heads_give(const tk_run *run, size_t heads, const float *plain,
                   const tk_image *to)
{
    job j = {.image = to, .heads = heads, .from = plain, .how = GIVE};
    run_all(run, &j);
}

void tk_heads_add(const tk_run *run, size_t heads, const float *plain,
                  const tk_image *to)
{
    job j = {.image = to, .heads = heads, .from = plain, .how = ADD};
    run_all(run, &j);
}
