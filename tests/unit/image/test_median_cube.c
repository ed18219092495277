#include "image/median_cube.h"

#include <stdlib.h>

#include "mask_case.h"

static int by_value(const void *a, const void *b)
{
    return *(const int16_t *)a - *(const int16_t *)b;
}

/* Every order of the values matters to the network: small volumes of few
 * values, so that ties and all their places come up. */
static void the_network_selects_the_middle(void **state)
{
    const mk_runs *runs = *state;
    const im_geometry g = im_geometry_plain(3, 3, 3);
    cs_rng rng = cs_rng_stream(3, 1);
    for (int round = 0; round < 20000; round++) {
        CS_SCOPED(im_volume) from = IM_VOLUME_INIT;
        CS_SCOPED(im_volume) to = IM_VOLUME_INIT;
        int16_t box[27];
        assert_int_equal(im_volume_init(&from, TN_I16, &g, NULL), 0);
        assert_int_equal(im_volume_init(&to, TN_I16, &g, NULL), 0);
        const uint64_t values = (uint64_t)2 + (uint64_t)round % 40;
        for (size_t i = 0; i < 27; i++)
            box[i] = (int16_t)cs_rng_below(&rng, values);
        memcpy(tn_data(&from.voxels), box, sizeof(box));
        assert_int_equal(
            im_median_cube(&runs->run[round % 2], &from, &to, NULL), 0);
        qsort(box, 27, sizeof(*box), by_value);
        assert_int_equal(im_i16(&to)[13], box[13]);
    }
}

static void pools_and_tiers_agree(void **state)
{
    const im_geometry g = im_geometry_plain(333, 40, 9);
    CS_SCOPED(im_volume) from = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) first = IM_VOLUME_INIT;
    cs_rng rng = cs_rng_stream(3, 2);
    assert_int_equal(im_volume_init(&from, TN_U8, &g, NULL), 0);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++)
        im_u8(&from)[i] = (uint8_t)cs_rng_u32(&rng);
    MK_EACH_RUN(state, run)
    {
        CS_SCOPED(im_volume) to = IM_VOLUME_INIT;
        assert_int_equal(im_volume_init(&to, TN_U8, &g, NULL), 0);
        assert_int_equal(im_median_cube(run, &from, &to, NULL), 0);
        if (!first.voxels.buffer)
            assert_int_equal(im_volume_share(&to, &first, NULL), 0);
        assert_memory_equal(im_u8(&to), im_u8(&first), tn_bytes(&to.voxels));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_network_selects_the_middle),
        cmocka_unit_test(pools_and_tiers_agree),
    };
    return cmocka_run_group_tests(tests, mk_setup, mk_teardown);
}
