/* What the tests of binary volumes share: masks of awkward sizes and
 * densities, and runs that must all give the same bits. */
#ifndef CS_TESTS_IMAGE_MASK_CASE_H
#define CS_TESTS_IMAGE_MASK_CASE_H

#include <string.h>

#include "base/mem.h"
#include "base/random.h"
#include "image/bits.h"
#include "support/test.h"

/* One voxel, single lines, word tails of 1, 0 and 2 bits, several strips. */
static const size_t mk_sizes[][3] = {{1, 1, 1},   {9, 1, 1},  {1, 6, 1},
                                     {1, 1, 5},   {65, 3, 2}, {64, 5, 4},
                                     {130, 9, 7}, {7, 70, 3}, {17, 12, 35}};

/* Percent of voxels that are set. */
static const unsigned mk_densities[] = {0, 3, 30, 60, 97, 100};

/* Each mask of every size and density, filled before `body` runs. */
#define MK_EACH_MASK(mask, body)                                               \
    for (size_t mk_s = 0; mk_s < CS_COUNTOF(mk_sizes); mk_s++)                 \
        for (size_t mk_d = 0; mk_d < CS_COUNTOF(mk_densities); mk_d++) {       \
            CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;                        \
            mk_fill(&mask, mk_sizes[mk_s], mk_densities[mk_d]);                \
            body;                                                              \
        }

/* Set voxels are 1 or 255: any value but 0 is set. */
static inline void mk_fill(im_volume *v, const size_t size[3], unsigned percent)
{
    im_geometry g = im_geometry_plain(size[0], size[1], size[2]);
    cs_rng rng = cs_rng_stream(11, percent + size[0] * 1000);
    assert_int_equal(im_volume_init(v, TN_U8, &g, NULL), 0);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++)
        if (cs_rng_below(&rng, 100) < percent)
            im_u8(v)[i] = cs_rng_below(&rng, 2) ? 255 : 1;
}

/* Whether voxel (x, y, z) is set; outside the volume `outside`. */
static inline bool mk_get(const im_volume *v, ptrdiff_t x, ptrdiff_t y,
                          ptrdiff_t z, bool outside)
{
    const size_t *n = v->geometry.size;
    if (x < 0 || y < 0 || z < 0 || (size_t)x >= n[0] || (size_t)y >= n[1] ||
        (size_t)z >= n[2])
        return outside;
    return im_u8(v)[im_at(&v->geometry, (size_t)x, (size_t)y, (size_t)z)] != 0;
}

/* The runs that are tried: one thread and three, lowest tier and best. */
typedef struct mk_runs {
    cs_pool *pool;
    im_run run[3];
} mk_runs;

static inline int mk_setup(void **state)
{
    static mk_runs runs;
    assert_int_equal(cs_pool_new(3, &runs.pool, NULL), 0);
    runs.run[0] = (im_run){NULL, CS_CPU_BASELINE};
    runs.run[1] = (im_run){NULL, cs_cpu_tier_best()};
    runs.run[2] = (im_run){runs.pool, cs_cpu_tier_best()};
    *state = &runs;
    return 0;
}

static inline int mk_teardown(void **state)
{
    cs_pool_free(((mk_runs *)*state)->pool);
    return 0;
}

#define MK_EACH_RUN(state, r)                                                  \
    for (const im_run *r = ((mk_runs *)*(state))->run,                         \
                      *mk_end = r + CS_COUNTOF(((mk_runs *)0)->run);           \
         r < mk_end; r++)

#endif
