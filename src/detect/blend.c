#include "detect/blend.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/checked.h"

#define SIGMA_SHARE 0.125 /* of a window */

/* --- memory --- */

static void fill_weights(float *w, size_t n)
{
    const double middle = 0.5 * ((double)n - 1);
    const double sigma = SIGMA_SHARE * (double)n;
    for (size_t i = 0; i < n; i++) {
        const double d = ((double)i - middle) / sigma;
        w[i] = (float)exp(-0.5 * d * d);
    }
}

static bool count_floats(const dt_blend *b, size_t *plane, size_t *all)
{
    const size_t factors[] = {b->cells[0], b->cells[1], b->channels + 1};
    size_t sum = b->window[0];
    return cs_product_size(factors, CS_COUNTOF(factors), plane) &&
           cs_add_size(sum, b->window[1], &sum) &&
           cs_add_size(sum, b->window[2], &sum) &&
           cs_mul_size(*plane, b->window[2], all) &&
           cs_add_size(*all, sum, all) && cs_mul_size(*all, sizeof(float), all);
}

int dt_blend_init(dt_blend *b, const size_t cells[3], const size_t window[3],
                  size_t channels, cs_errinfo *info)
{
    dt_blend made = {.channels = channels};
    size_t bytes;
    memcpy(made.cells, cells, sizeof(made.cells));
    memcpy(made.window, window, sizeof(made.window));
    if (!count_floats(&made, &made.plane, &bytes))
        return cs_fail_nomem(info);
    int r = tn_buffer_new(bytes, &made.memory, info);
    if (r < 0)
        return r;
    made.ring = tn_buffer_data(made.memory);
    float *behind = made.ring + made.plane * window[2];
    for (int i = 0; i < 3; i++) {
        made.weight[i] = behind;
        fill_weights(behind, window[i]);
        behind += window[i];
    }
    *b = made;
    return 0;
}

void dt_blend_done(dt_blend *b)
{
    tn_buffer_unref(b->memory);
    *b = (dt_blend)DT_BLEND_INIT;
}

size_t dt_blend_bytes(const dt_blend *b)
{
    return b->memory ? tn_buffer_size(b->memory) : 0;
}

static float *ring_plane(const dt_blend *b, size_t z)
{
    return b->ring + z % b->window[2] * b->plane;
}

/* --- adding --- */

typedef struct addition {
    const dt_blend *b;
    const size_t *begin;
    const float *map;
} addition;

/* Of a row: its weights and weighted scores, which are left in `weighted`. */
static void add_scores(const float *score, const float *along, float across,
                       size_t n, float *weights, float *sum, float *weighted)
{
    for (size_t i = 0; i < n; i++) {
        const float w = across * along[i];
        weighted[i] = w * score[i];
        weights[i] += w;
        sum[i] += weighted[i];
    }
}

static void add_channel(const float *value, const float *weighted, size_t n,
                        float *sum)
{
    for (size_t i = 0; i < n; i++)
        sum[i] += weighted[i] * value[i];
}

#define PIECE ((size_t)256) /* cells of a row that are done at once */

/* Cells [x, x + n) of row (y, z) of the map. */
static void add_piece(const addition *a, size_t x, size_t y, size_t z, size_t n)
{
    const dt_blend *b = a->b;
    const size_t *w = b->window;
    const size_t area = b->cells[0] * b->cells[1];
    const size_t each = w[0] * w[1] * w[2];
    const float *from = a->map + (z * w[1] + y) * w[0] + x;
    float *to = ring_plane(b, a->begin[2] + z) +
                (a->begin[1] + y) * b->cells[0] + a->begin[0] + x;
    float weighted[PIECE];
    add_scores(from, b->weight[0] + x, b->weight[1][y] * b->weight[2][z], n,
               to + b->channels * area, to, weighted);
    for (size_t c = 1; c < b->channels; c++)
        add_channel(from + c * each, weighted, n, to + c * area);
}

static void add_planes(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const addition *a = ctx;
    const size_t *w = a->b->window;
    for (size_t z = begin; z < end; z++)
        for (size_t y = 0; y < w[1]; y++)
            for (size_t x = 0; x < w[0]; x += PIECE)
                add_piece(a, x, y, z, CS_MIN(w[0] - x, PIECE));
}

void dt_blend_add(dt_blend *b, cs_pool *pool, const size_t begin[3],
                  const float *map)
{
    addition a = {b, begin, map};
    assert(begin[2] == b->done && begin[0] + b->window[0] <= b->cells[0] &&
           begin[1] + b->window[1] <= b->cells[1]);
    cs_pool_for(pool, b->window[2], 1, add_planes, &a);
}

/* --- taking --- */

typedef struct taking {
    const dt_blend *b;
    float *plane;
} taking;

static void take_rows(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const taking *t = ctx;
    const dt_blend *b = t->b;
    const size_t area = b->cells[0] * b->cells[1];
    float *sum = ring_plane(b, b->done);
    const float *weight = sum + b->channels * area;
    const size_t first = begin * b->cells[0];
    const size_t last = end * b->cells[0];
    for (size_t i = first; i < last; i++)
        t->plane[i] = weight[i] > 0 ? sum[i] / weight[i] : 0;
    for (size_t c = 1; c < b->channels; c++)
        for (size_t i = first; i < last; i++)
            t->plane[c * area + i] =
                sum[i] > 0 ? sum[c * area + i] / sum[i] : 0;
    for (size_t c = 0; c <= b->channels; c++)
        memset(sum + c * area + first, 0, (last - first) * sizeof(*sum));
}

void dt_blend_take(dt_blend *b, cs_pool *pool, float *plane)
{
    taking t = {.b = b};
    t.plane = plane;
    cs_pool_for(pool, b->cells[1], 32, take_rows, &t);
    b->done++;
}
