#include "image/augment_tone.h"

#include <math.h>

#include "image/kernels/table.h"

/* Voxels of a chunk, and random words made at a time. */
#define CHUNK 16384
#define WORDS 1024

typedef struct job {
    const im_augment_plan *plan;
    const im_table *table;
    float *voxels;
} job;

static void add_noise(const job *j, size_t begin, size_t end)
{
    uint32_t words[WORDS];
    for (size_t i = begin; i < end; i += WORDS) {
        size_t n = CS_MIN(end - i, (size_t)WORDS);
        cs_rng_fill_u32(&j->plan->noise, i, words, n);
        j->table->add_normal(words, n, (float)j->plan->noise_hu, j->voxels + i);
    }
}

static void bend_values(const job *j, size_t begin, size_t end)
{
    const float low = (float)j->plan->gamma_low;
    const float high = (float)j->plan->gamma_high;
    const float exponent = (float)j->plan->gamma;
    for (size_t i = begin; i < end; i++) {
        float v = j->voxels[i];
        if (v > low && v < high)
            j->voxels[i] =
                low + (high - low) * powf((v - low) / (high - low), exponent);
    }
}

static void chunk(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    const im_augment_plan *p = j->plan;
    if (p->noise_hu > 0)
        add_noise(j, begin, end);
    if (p->gamma != 1)
        bend_values(j, begin, end);
    if (p->contrast != 1 || p->brightness_hu != 0)
        j->table->line(
            (float)p->contrast,
            (float)(p->contrast_centre * (1 - p->contrast) + p->brightness_hu),
            end - begin, j->voxels + begin);
}

void im_augment_tone(const im_run *run, const im_augment_plan *plan, size_t n,
                     float *voxels)
{
    job j = {.plan = plan, .table = im_table_of(run->tier)};
    j.voxels = voxels;
    cs_pool_for(run->pool, n, CHUNK, chunk, &j);
}
