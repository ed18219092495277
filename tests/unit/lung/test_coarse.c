#include "lung/coarse.h"

#include "base/mem.h"
#include "lung/chest.h"

static const im_run here = {NULL, CS_CPU_BASELINE};

static int16_t value(size_t x, size_t y, size_t z)
{
    return (int16_t)((x * 131 + y * 57 + z * 211) % 1900 - 1150);
}

static void fill(im_volume *v)
{
    int16_t *p = tn_data(&v->voxels);
    for (size_t z = 0; z < v->geometry.size[2]; z++)
        for (size_t y = 0; y < v->geometry.size[1]; y++)
            for (size_t x = 0; x < v->geometry.size[0]; x++)
                *p++ = value(x, y, z);
}

/* The mean of the scan's voxels whose block is (bx, by, bz) along its axes. */
static int plain_mean(const im_volume *v, const size_t f[3], size_t bx,
                      size_t by, size_t bz)
{
    double sum = 0, n = 0, all = 0;
    for (size_t z = 0; z < v->geometry.size[2]; z++)
        for (size_t y = 0; y < v->geometry.size[1]; y++)
            for (size_t x = 0; x < v->geometry.size[0]; x++) {
                if (x / f[0] != bx || y / f[1] != by || z / f[2] != bz)
                    continue;
                int hu = im_i16(v)[im_at(&v->geometry, x, y, z)];
                all++;
                if (hu <= -1500)
                    continue;
                hu = hu < LU_HU_MIN ? LU_HU_MIN : hu;
                sum += hu > LU_HU_MAX ? LU_HU_MAX : hu;
                n++;
            }
    return n * 2 <= all ? LU_PADDING : (int)floor(sum / n + 0.5);
}

static void check_blocks(const im_volume *v)
{
    CS_AUTO(cs_pool) pool = NULL;
    assert_int_equal(cs_pool_new(3, &pool, NULL), 0);
    const im_run runs[] = {here, {pool, CS_CPU_BASELINE}};
    for (size_t r = 0; r < 2; r++) {
        CS_SCOPED(lu_coarse) c = {.blocks = {0}};
        assert_int_equal(lu_coarse_init(&runs[r], v, &c, NULL), 0);
        lu_steps s = lu_coarse_steps(&c);
        for (size_t z = 0; z < c.blocks[2]; z++)
            for (size_t y = 0; y < c.blocks[1]; y++)
                for (size_t x = 0; x < c.blocks[0]; x++) {
                    ptrdiff_t at = s.base + (ptrdiff_t)x * s.step[0] +
                                   (ptrdiff_t)y * s.step[1] +
                                   (ptrdiff_t)z * s.step[2];
                    assert_int_equal(im_i16(&c.hu)[at],
                                     plain_mean(v, c.factor, x, y, z));
                }
    }
}

static void blocks_hold_the_means_of_their_voxels(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    im_geometry g = im_geometry_plain(11, 7, 5);
    g.spacing[0] = 0.7;
    g.spacing[1] = 1.1;
    g.spacing[2] = 5;
    assert_int_equal(im_volume_init(&v, TN_I16, &g, NULL), 0);
    fill(&v);
    check_blocks(&v);
    CS_SCOPED(lu_coarse) c = {.blocks = {0}};
    assert_int_equal(lu_coarse_init(&here, &v, &c, NULL), 0);
    assert_int_equal(c.factor[0], 3);
    assert_int_equal(c.factor[1], 2);
    assert_int_equal(c.factor[2], 1);
    assert_int_equal(c.hu.geometry.size[0], 4);
    assert_int_equal(c.hu.geometry.size[1], 4);
    assert_true(fabs(c.hu.geometry.spacing[0] - 2.1) < 1e-12);
    assert_true(fabs(lu_voxel_ml(&c.hu.geometry) - 2.1 * 2.2 * 5 / 1000) <
                1e-12);
}

static void padding_is_kept_apart_and_extremes_are_clamped(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    im_geometry g = im_geometry_plain(8, 4, 4);
    assert_int_equal(im_volume_init(&v, TN_I16, &g, NULL), 0);
    fill(&v);
    int16_t *p = tn_data(&v.voxels);
    for (size_t i = 0; i < 128; i++)
        if (i % 8 < 3)
            p[i] = -3024;
    p[7] = 32767;
    p[15] = -1400;
    check_blocks(&v);
    CS_SCOPED(lu_coarse) c = {.blocks = {0}};
    assert_int_equal(lu_coarse_init(&here, &v, &c, NULL), 0);
    assert_int_equal(im_i16(&c.hu)[0], LU_PADDING);
    assert_int_equal(im_i16(&c.hu)[1], LU_PADDING); /* half of it */
    assert_int_not_equal(im_i16(&c.hu)[2], LU_PADDING);
}

static void axes_come_in_the_patients_order(void **state)
{
    (void)state;
    /* x of the scan runs to the feet, y to the left, z to the front. */
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(lu_coarse) c = {.blocks = {0}};
    im_geometry g = im_geometry_plain(3, 4, 5);
    const double direction[] = {0, 1, 0, 0, 0, -1, -1, 0, 0};
    memcpy(g.direction, direction, sizeof(direction));
    g.spacing[0] = g.spacing[1] = g.spacing[2] = 3;
    assert_int_equal(im_volume_init(&v, TN_I16, &g, NULL), 0);
    fill(&v);
    check_blocks(&v);
    assert_int_equal(lu_coarse_init(&here, &v, &c, NULL), 0);
    const size_t *n = c.hu.geometry.size;
    assert_int_equal(n[0], 4);
    assert_int_equal(n[1], 5);
    assert_int_equal(n[2], 3);
    for (size_t z = 0; z < 3; z++)
        for (size_t y = 0; y < 5; y++)
            for (size_t x = 0; x < 4; x++)
                assert_int_equal(im_i16(&c.hu)[im_at(&c.hu.geometry, x, y, z)],
                                 value(2 - z, x, 4 - y));
}

static void a_tilted_scan_keeps_its_nearest_axes(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(lu_coarse) c = {.blocks = {0}};
    im_geometry g = im_geometry_plain(3, 4, 5);
    const double s = sin(0.4), k = cos(0.4);
    const double direction[] = {1, 0, 0, 0, k, -s, 0, s, k};
    memcpy(g.direction, direction, sizeof(direction));
    assert_int_equal(im_volume_init(&v, TN_I16, &g, NULL), 0);
    assert_int_equal(lu_coarse_init(&here, &v, &c, NULL), 0);
    for (unsigned a = 0; a < 3; a++) {
        assert_int_equal(c.world[a], a);
        assert_false(c.flip[a]);
    }
}

static void labels_are_those_of_the_middle_voxels(void **state)
{
    (void)state;
    im_geometry plain = im_geometry_plain(7, 6, 5);
    plain.spacing[0] = plain.spacing[1] = 1;
    plain.spacing[2] = 0.7;
    const unsigned order[3] = {2, 0, 1};
    const bool flip[3] = {false, true, true};
    im_geometry g = chest_turned(&plain, order, flip);
    CS_SCOPED(im_volume) scan = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) labels = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) small = IM_VOLUME_INIT;
    CS_SCOPED(lu_coarse) c = {.blocks = {0}};
    assert_int_equal(im_volume_init(&scan, TN_I16, &g, NULL), 0);
    assert_int_equal(im_volume_init(&labels, TN_U8, &g, NULL), 0);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++)
        im_u8(&labels)[i] = (uint8_t)(i % 251);
    assert_int_equal(lu_coarse_init(&here, &scan, &c, NULL), 0);
    assert_int_equal(lu_coarse_labels(&c, &labels, &small, NULL), 0);
    lu_steps s = lu_coarse_steps(&c);
    for (size_t z = 0; z < c.blocks[2]; z++)
        for (size_t y = 0; y < c.blocks[1]; y++)
            for (size_t x = 0; x < c.blocks[0]; x++) {
                const size_t block[3] = {x, y, z};
                size_t at[3];
                ptrdiff_t to = s.base;
                for (int a = 0; a < 3; a++) {
                    size_t begin = block[a] * c.factor[a];
                    size_t end = begin + c.factor[a];
                    end = end < g.size[a] ? end : g.size[a];
                    at[a] = (begin + end) / 2;
                    to += (ptrdiff_t)block[a] * s.step[a];
                }
                assert_int_equal(im_u8(&small)[to],
                                 im_at(&g, at[0], at[1], at[2]) % 251);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_hold_the_means_of_their_voxels),
        cmocka_unit_test(padding_is_kept_apart_and_extremes_are_clamped),
        cmocka_unit_test(axes_come_in_the_patients_order),
        cmocka_unit_test(a_tilted_scan_keeps_its_nearest_axes),
        cmocka_unit_test(labels_are_those_of_the_middle_voxels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
