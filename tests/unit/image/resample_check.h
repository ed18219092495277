/* A resampling held against the plain one: in every tier, with one, two and
 * three threads, whose bits must be equal. */
#ifndef CS_TESTS_IMAGE_RESAMPLE_CHECK_H
#define CS_TESTS_IMAGE_RESAMPLE_CHECK_H

#include <string.h>

#include "image/plain.h"

static inline void check_resample(const im_volume *v, const im_geometry *grid,
                                  const im_resampling *how, double most)
{
    CS_AUTO_MEM double *want = plain_resample(v, grid, how->by, how->outside);
    for (cs_cpu_tier tier = CS_CPU_BASELINE; tier <= cs_cpu_tier_best();
         tier++) {
        CS_SCOPED(im_volume) first = IM_VOLUME_INIT;
        for (unsigned threads = 1; threads <= 3; threads++) {
            CS_AUTO(cs_pool) pool = NULL;
            CS_SCOPED(im_volume) got = IM_VOLUME_INIT;
            assert_int_equal(cs_pool_new(threads, &pool, NULL), 0);
            const im_run run = {.pool = pool, .tier = tier};
            assert_int_equal(im_resample(v, grid, how, &run, &got, NULL), 0);
            assert_int_equal(got.voxels.dtype, how->dtype);
            assert_true(im_geometry_same(&got.geometry, grid, 0));
            plain_check(&got, want, most);
            if (threads == 1)
                assert_int_equal(im_volume_share(&got, &first, NULL), 0);
            assert_memory_equal(tn_data(&first.voxels), tn_data(&got.voxels),
                                tn_bytes(&got.voxels));
        }
    }
}

#endif
