#include "image/phantom/texture.h"

#include "base/mem.h"

/* One pass of (1, 2, 1) / 4 along lines of n values `step` apart, around. */
static void smooth_line(float *v, size_t n, size_t step)
{
    float first = v[0];
    float before = v[(n - 1) * step];
    for (size_t i = 0; i < n; i++) {
        float here = v[i * step];
        float after = i + 1 < n ? v[(i + 1) * step] : first;
        v[i * step] = 0.25F * (before + after) + 0.5F * here;
        before = here;
    }
}

/* The same for each x of a row at once: rows `step` apart. */
static void smooth_rows(float *v, size_t width, size_t n, size_t step,
                        float *scratch)
{
    float *first = scratch;
    float *before = scratch + width;
    for (size_t x = 0; x < width; x++) {
        first[x] = v[x];
        before[x] = v[(n - 1) * step + x];
    }
    for (size_t i = 0; i < n; i++) {
        float *row = v + i * step;
        const float *after = i + 1 < n ? row + step : first;
        for (size_t x = 0; x < width; x++) {
            float here = row[x];
            row[x] = 0.25F * (before[x] + after[x]) + 0.5F * here;
            before[x] = here;
        }
    }
}

static void normalise(float *v, size_t n)
{
    double sum = 0;
    double squares = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (double)v[i];
        squares += (double)v[i] * (double)v[i];
    }
    double mean = sum / (double)n;
    double spread = sqrt(squares / (double)n - mean * mean);
    float scale = spread > 0 ? (float)(1 / spread) : 0;
    for (size_t i = 0; i < n; i++)
        v[i] = (v[i] - (float)mean) * scale;
}

static void smooth_block(float *v, int passes)
{
    const size_t n = PH_BLOCK;
    float scratch[2 * PH_BLOCK];
    for (int k = 0; k < passes; k++) {
        for (size_t i = 0; i < n * n; i++)
            smooth_line(v + i * n, n, 1);
        for (size_t z = 0; z < n; z++)
            smooth_rows(v + z * n * n, n, n, n, scratch);
        for (size_t y = 0; y < n; y++)
            smooth_rows(v + y * n, n, n, n * n, scratch);
    }
}

static void fill_block(float *v, const cs_rng *rng)
{
    const size_t n = (size_t)PH_BLOCK * PH_BLOCK * PH_BLOCK;
    const cs_rng r = cs_rng_derive(rng, "block", 0);
    cs_rng_fill_normal_f32(&r, 0, v, n);
    smooth_block(v, 2);
    normalise(v, n);
}

/* Smoothed until neighbours agree over `grain` points; a share of the result
 * smoothed further is taken away, because reconstruction leaves little noise
 * of low frequency. */
static int fill_tile(float *v, const cs_rng *rng, float grain)
{
    const size_t n = PH_TILE;
    const cs_rng r = cs_rng_derive(rng, "tile", 0);
    cs_rng_fill_normal_f32(&r, 0, v, n * n);
    float *low = cs_malloc(n * n * sizeof(float));
    if (!low)
        return CS_E_NOMEM;
    float scratch[2 * PH_TILE];
    int passes = (int)(2 * grain * grain + 0.5F);
    for (int k = 0; k < passes; k++) {
        for (size_t y = 0; y < n; y++)
            smooth_line(v + y * n, n, 1);
        smooth_rows(v, n, n, n, scratch);
    }
    for (size_t i = 0; i < n * n; i++)
        low[i] = v[i];
    for (int k = 0; k < 3 * passes + 4; k++) {
        for (size_t y = 0; y < n; y++)
            smooth_line(low + y * n, n, 1);
        smooth_rows(low, n, n, n, scratch);
    }
    for (size_t i = 0; i < n * n; i++)
        v[i] -= 0.8F * low[i];
    cs_free(low);
    normalise(v, n * n);
    return 0;
}

int ph_texture_init(ph_texture *t, const cs_rng *rng, float grain,
                    cs_errinfo *info)
{
    *t = (ph_texture)PH_TEXTURE_INIT;
    t->fine = (ph_grid){.size = {PH_BLOCK, PH_BLOCK, PH_BLOCK},
                        .pitch = 1.7F,
                        .periodic = true};
    t->coarse = t->fine;
    t->coarse.pitch = 7.3F;
    t->block =
        cs_malloc((size_t)PH_BLOCK * PH_BLOCK * PH_BLOCK * sizeof(float));
    t->tile = cs_malloc((size_t)PH_TILE * PH_TILE * sizeof(float));
    if (!t->block || !t->tile)
        return cs_fail_nomem(info);
    t->lobules = (ph_field){&t->fine, t->block};
    t->patches = (ph_field){&t->coarse, t->block};
    fill_block(t->block, rng);
    return fill_tile(t->tile, rng, grain) < 0 ? cs_fail_nomem(info) : 0;
}

void ph_texture_done(ph_texture *t)
{
    cs_free(t->block);
    cs_free(t->tile);
    *t = (ph_texture)PH_TEXTURE_INIT;
}
