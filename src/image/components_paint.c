/* Labels back into volumes. */
#include <assert.h>
#include <string.h>

#include "image/components.h"

/* Goes through the set voxels of a row, run by run. */
typedef struct run_walk {
    const im_components *c;
    const uint64_t *words;
    const uint32_t *owner;
    size_t at;
} run_walk;

static run_walk walk_row(const im_components *c, size_t row)
{
    return (run_walk){c, im_bits_row(&c->bits, row),
                      c->owner + c->row_runs[row], 0};
}

/* The first voxel from `at` on that is set, or that is not; the end of the row
 * when there is none. */
static size_t seek(const run_walk *w, size_t at, bool set)
{
    const size_t n = w->c->bits.size[0];
    const uint64_t flip = set ? 0 : ~UINT64_C(0);
    if (at >= n)
        return n;
    size_t i = at / 64;
    uint64_t word = (w->words[i] ^ flip) & ~UINT64_C(0) << at % 64;
    while (!word && ++i < w->c->bits.words)
        word = w->words[i] ^ flip;
    return word ? CS_MIN(n, i * 64 + (size_t)__builtin_ctzll(word)) : n;
}

/* The next run and its label. */
static bool next_run(run_walk *w, size_t *begin, size_t *end, uint32_t *label)
{
    *begin = seek(w, w->at, true);
    if (*begin == w->c->bits.size[0])
        return false;
    *end = w->at = seek(w, *begin, false);
    *label = w->c->label[*w->owner++];
    return true;
}

typedef struct painting {
    const im_components *c;
    int32_t *dst;
    bool clean; /* dst is zeros already */
    uint32_t first, last;
    im_bits *bits;
} painting;

static void paint_rows(void *ctx, size_t from, size_t to, unsigned slot)
{
    (void)slot;
    const painting *p = ctx;
    const size_t n = p->c->bits.size[0];
    for (size_t row = from; row < to; row++) {
        int32_t *dst = p->dst + row * n;
        size_t begin, end;
        uint32_t label;
        if (!p->clean)
            memset(dst, 0, n * sizeof(*dst));
        for (run_walk w = walk_row(p->c, row);
             next_run(&w, &begin, &end, &label);)
            for (size_t x = begin; label && x < end; x++)
                dst[x] = (int32_t)label;
    }
}

void im_components_paint(const im_run *run, const im_components *c,
                         int32_t *dst)
{
    painting p = {.c = c};
    p.dst = dst;
    cs_pool_for(run->pool, im_bits_rows(&c->bits), 0, paint_rows, &p);
}

int im_components_labels(const im_run *run, const im_components *c,
                         const im_geometry *g, im_volume *ret, cs_errinfo *info)
{
    int r = im_volume_init(ret, TN_I32, g, info);
    if (r < 0)
        return r;
    painting p = {.c = c, .dst = tn_data(&ret->voxels), .clean = true};
    cs_pool_for(run->pool, im_bits_rows(&c->bits), 0, paint_rows, &p);
    return 0;
}

/* Sets the bits [begin, end) of a row. */
static void set_stretch(uint64_t *row, size_t begin, size_t end)
{
    const size_t a = begin / 64, b = (end - 1) / 64;
    const uint64_t first = ~UINT64_C(0) << begin % 64;
    const uint64_t last = ~UINT64_C(0) >> (63 - (end - 1) % 64);
    if (a == b) {
        row[a] |= first & last;
        return;
    }
    row[a] |= first;
    for (size_t i = a + 1; i < b; i++)
        row[i] = ~UINT64_C(0);
    row[b] |= last;
}

static void choose_rows(void *ctx, size_t from, size_t to, unsigned slot)
{
    (void)slot;
    const painting *p = ctx;
    for (size_t row = from; row < to; row++) {
        size_t begin, end;
        uint32_t label;
        for (run_walk w = walk_row(p->c, row);
             next_run(&w, &begin, &end, &label);)
            if (label >= p->first && label <= p->last)
                set_stretch(im_bits_row(p->bits, row), begin, end);
    }
}

int im_components_bits(const im_run *run, const im_components *c,
                       uint32_t first, uint32_t last, im_bits *ret,
                       cs_errinfo *info)
{
    assert(first >= 1);
    int r = im_bits_init(ret, c->bits.size, info);
    if (r < 0)
        return r;
    painting p = {.c = c, .first = first, .last = last, .bits = ret};
    cs_pool_for(run->pool, im_bits_rows(&c->bits), 0, choose_rows, &p);
    return 0;
}

int im_components_mask(const im_run *run, const im_components *c,
                       uint32_t first, uint32_t last, const im_geometry *g,
                       im_volume *ret, cs_errinfo *info)
{
    CS_SCOPED(im_bits) bits = IM_BITS_INIT;
    int r = im_components_bits(run, c, first, last, &bits, info);
    if (r == 0)
        r = im_bits_to_volume(run, &bits, g, ret, info);
    return r;
}
