#include "image/bits.h"

#include "mask_case.h"

static void packing_and_unpacking_keep_every_voxel(void **state)
{
    MK_EACH_RUN(state, run)
    MK_EACH_MASK(mask, {
        CS_SCOPED(im_bits) bits = IM_BITS_INIT;
        CS_SCOPED(im_volume) back = IM_VOLUME_INIT;
        const size_t *n = mask.geometry.size;
        size_t count = 0;
        assert_int_equal(im_bits_of(run, &mask, &bits, NULL), 0);
        assert_int_equal(
            im_bits_to_volume(run, &bits, &mask.geometry, &back, NULL), 0);
        for (size_t i = 0; i < im_geometry_voxels(&mask.geometry); i++) {
            bool set = im_u8(&mask)[i] != 0;
            count += set;
            assert_int_equal(im_u8(&back)[i], set);
            assert_int_equal(
                im_bits_get(&bits, i % n[0], i / n[0] % n[1], i / n[0] / n[1]),
                set);
        }
        assert_int_equal(im_bits_count(&bits), count);
        im_bits_invert(&bits);
        assert_int_equal(im_bits_count(&bits),
                         im_geometry_voxels(&mask.geometry) - count);
    })
}

static void check_move(const im_volume *mask, const ptrdiff_t by[3],
                       const size_t size[3])
{
    const im_run run = {NULL, CS_CPU_BASELINE};
    CS_SCOPED(im_bits) from = IM_BITS_INIT;
    CS_SCOPED(im_bits) to = IM_BITS_INIT;
    assert_int_equal(im_bits_of(&run, mask, &from, NULL), 0);
    assert_int_equal(im_bits_init(&to, size, NULL), 0);
    memset(to.data, 0xff, im_bits_rows(&to) * to.words * sizeof(*to.data));
    im_bits_move(&from, by, &to);
    size_t count = 0;
    for (size_t z = 0; z < size[2]; z++)
        for (size_t y = 0; y < size[1]; y++)
            for (size_t x = 0; x < size[0]; x++) {
                bool want =
                    mk_get(mask, (ptrdiff_t)x - by[0], (ptrdiff_t)y - by[1],
                           (ptrdiff_t)z - by[2], false);
                count += want;
                assert_int_equal(im_bits_get(&to, x, y, z), want);
            }
    assert_int_equal(im_bits_count(&to), count);
}

static void moving_fills_with_background(void **state)
{
    (void)state;
    static const ptrdiff_t by[][3] = {
        {0, 0, 0},  {1, -1, 2},   {-1, 0, 0}, {64, 1, 0},  {-64, 0, 1},
        {70, 0, 0}, {-65, 2, -1}, {-3, 0, 0}, {200, 0, 0}, {-200, 0, 0}};
    for (size_t i = 0; i < CS_COUNTOF(by); i++)
        MK_EACH_MASK(mask, {
            const size_t *n = mask.geometry.size;
            check_move(&mask, by[i], n);
            check_move(&mask, by[i], (size_t[]){n[0] + 70, n[1] + 2, n[2]});
            check_move(&mask, by[i],
                       (size_t[]){(n[0] + 1) / 2, n[1], n[2] + 1});
        })
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packing_and_unpacking_keep_every_voxel),
        cmocka_unit_test(moving_fills_with_background),
    };
    return cmocka_run_group_tests(tests, mk_setup, mk_teardown);
}
