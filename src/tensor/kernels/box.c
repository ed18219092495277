#include "tensor/kernels/box.h"

#include <string.h>

#include "tensor/kernels/broadcast.h"

#define ROWS_GRAIN ((size_t)16)

typedef struct job {
    const tk_image *whole, *box;
    const tk_dims *first;
    bool add; /* box to whole; otherwise whole to box */
} job;

/* A row's lanes of one block of the whole. */
static void move(const float *from, float *to, size_t voxels, size_t count)
{
    for (size_t v = 0; v < voxels * TK_LANES; v += TK_LANES)
        for (size_t l = 0; l < count; l++)
            to[v + l] = from[v + l];
}

static void add(const float *from, float *to, size_t voxels, size_t count)
{
    for (size_t v = 0; v < voxels * TK_LANES; v += TK_LANES)
        for (size_t l = 0; l < count; l++)
            to[v + l] += from[v + l];
}

/* A row of a block of the box lies in one block of the whole, or in two. */
static void one_row(const job *j, const tk_row *r)
{
    const tk_dims *s = &j->box->dims;
    float *box = tk_row_data(j->box, r);
    size_t used = tk_lanes_used(s, r->block);
    for (size_t lane = 0; lane < used;) {
        size_t c = j->first->c + r->block * TK_LANES + lane;
        float *whole =
            tk_at(j->whole, j->first->n + r->n, c, j->first->d + r->z,
                  j->first->h + r->y, j->first->w);
        size_t fit = TK_LANES - c % TK_LANES;
        size_t count = CS_MIN(used - lane, fit);
        if (j->add)
            add(box + lane, whole, s->w, count);
        else
            move(whole, box + lane, s->w, count);
        lane += count;
    }
    if (!j->add)
        tk_zero_beyond(s, r->block, s->w, box);
}

static void rows(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    for (size_t i = begin; i < end; i++) {
        tk_row r = tk_row_at(&j->box->dims, i);
        one_row(j, &r);
    }
}

void tk_box_take(const tk_run *run, const tk_image *whole, const tk_dims *first,
                 const tk_image *box)
{
    job j = {.whole = whole, .box = box, .first = first};
    cs_pool_for(run->pool, tk_rows_of(&box->dims), ROWS_GRAIN, rows, &j);
}

void tk_box_add(const tk_run *run, const tk_image *box, const tk_dims *first,
                const tk_image *whole)
{
    job j = {.whole = whole, .box = box, .first = first, .add = true};
    cs_pool_for(run->pool, tk_rows_of(&box->dims), ROWS_GRAIN, rows, &j);
}
