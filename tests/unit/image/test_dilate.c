#include "image/dilate.h"

#include "element_case.h"

static void check(const im_run *run, const im_volume *mask, size_t radius,
                  bool ball)
{
    static const size_t none[3];
    CS_SCOPED(im_brush) e = IM_BRUSH_INIT;
    CS_SCOPED(im_bits) from = IM_BITS_INIT;
    ec_element(&e, radius, ball);
    assert_int_equal(im_bits_of(run, mask, &from, NULL), 0);
    for (int turned = 0; turned < 2; turned++) {
        CS_SCOPED(im_bits) to = IM_BITS_INIT;
        CS_SCOPED(im_volume) got = IM_VOLUME_INIT;
        CS_SCOPED(im_volume) want = IM_VOLUME_INIT;
        assert_int_equal(im_bits_init(&to, from.size, NULL), 0);
        memset(to.data, 0xff, im_bits_rows(&to) * to.words * sizeof(*to.data));
        assert_int_equal(im_dilate_bits(run, &from, &e, turned, &to, NULL), 0);
        assert_int_equal(
            im_bits_to_volume(run, &to, &mask->geometry, &got, NULL), 0);
        ec_plain(mask, &e, turned, none, &want);
        ec_same(&got, &want);
        assert_int_equal(im_bits_row(&to, 0)[to.words - 1] & ~im_bits_tail(&to),
                         0);
    }
}

static void dilation_is_that_of_every_voxel(void **state)
{
    const mk_runs *runs = *state;
    for (size_t i = 0; i < CS_COUNTOF(ec_radii); i++)
        MK_EACH_MASK(mask, {
            check(&runs->run[i % 3], &mask, i, true);
            check(&runs->run[(i + 1) % 3], &mask, i, false);
        })
}

static void threads_and_tiers_agree(void **state)
{
    CS_SCOPED(im_brush) e = IM_BRUSH_INIT;
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) first = IM_VOLUME_INIT;
    const size_t size[] = {300, 150, 20}, radius[] = {9, 9, 4};
    mk_fill(&mask, size, 1);
    assert_int_equal(im_brush_ball(&e, radius, NULL), 0);
    MK_EACH_RUN(state, run)
    {
        CS_SCOPED(im_volume) got = IM_VOLUME_INIT;
        assert_int_equal(im_dilate(run, &mask, &e, &got, NULL), 0);
        if (!first.voxels.buffer)
            assert_int_equal(im_volume_share(&got, &first, NULL), 0);
        ec_same(&got, &first);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dilation_is_that_of_every_voxel),
        cmocka_unit_test(threads_and_tiers_agree),
    };
    return cmocka_run_group_tests(tests, mk_setup, mk_teardown);
}
