#include "image/median.h"

#include <stdlib.h>

#include "mask_case.h"

static int by_value(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static int value_at(const im_volume *v, size_t i)
{
    return v->voxels.dtype == TN_I16 ? im_i16(v)[i] : im_u8(v)[i];
}

static size_t held(ptrdiff_t at, size_t n)
{
    return at < 0 ? 0 : (size_t)at < n ? (size_t)at : n - 1;
}

static int plain_median(const im_volume *v, size_t i, const size_t r[3])
{
    const size_t *n = v->geometry.size;
    const ptrdiff_t rx = (ptrdiff_t)r[0], ry = (ptrdiff_t)r[1],
                    rz = (ptrdiff_t)r[2];
    int box[343] = {0};
    size_t count = 0;
    for (ptrdiff_t dz = -rz; dz <= rz; dz++)
        for (ptrdiff_t dy = -ry; dy <= ry; dy++)
            for (ptrdiff_t dx = -rx; dx <= rx; dx++)
                box[count++] = value_at(
                    v,
                    im_at(&v->geometry, held((ptrdiff_t)(i % n[0]) + dx, n[0]),
                          held((ptrdiff_t)(i / n[0] % n[1]) + dy, n[1]),
                          held((ptrdiff_t)(i / n[0] / n[1]) + dz, n[2])));
    qsort(box, count, sizeof(*box), by_value);
    return box[count / 2];
}

static void fill(im_volume *v, tn_dtype dtype, const size_t size[3],
                 uint32_t values)
{
    const im_geometry g = im_geometry_plain(size[0], size[1], size[2]);
    cs_rng rng = cs_rng_stream(5, values + size[0]);
    assert_int_equal(im_volume_init(v, dtype, &g, NULL), 0);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++) {
        uint32_t k = (uint32_t)cs_rng_below(&rng, values);
        if (dtype == TN_U8)
            im_u8(v)[i] = (uint8_t)(k * 255 / (values - 1));
        else
            ((int16_t *)tn_data(&v->voxels))[i] =
                (int16_t)((int)(k * UINT64_C(65535) / (values - 1)) - 32768);
    }
}

/* Of a large box every 7th voxel is looked at: sorting it takes long. */
static void check(void **state, const im_volume *v, const size_t r[3])
{
    const size_t voxels = im_geometry_voxels(&v->geometry);
    const size_t step = r[0] > 2 ? 7 : 1;
    CS_AUTO_MEM int *want = cs_calloc(voxels, sizeof(*want));
    assert_non_null(want);
    for (size_t i = 0; i < voxels; i += step)
        want[i] = plain_median(v, i, r);
    MK_EACH_RUN(state, run)
    {
        CS_SCOPED(im_volume) got = IM_VOLUME_INIT;
        assert_int_equal(im_median(run, v, r, &got, NULL), 0);
        assert_int_equal(got.voxels.dtype, v->voxels.dtype);
        for (size_t i = 0; i < voxels; i += step)
            assert_int_equal(value_at(&got, i), want[i]);
    }
}

static void each_voxel_is_the_middle_of_its_box(void **state)
{
    static const size_t radii[][3] = {
        {1, 1, 1}, {0, 0, 0}, {2, 1, 0}, {3, 3, 3}, {0, 0, 2}};
    static const tn_dtype types[] = {TN_I16, TN_U8};
    for (size_t t = 0; t < CS_COUNTOF(types); t++)
        for (size_t k = 0; k < CS_COUNTOF(radii); k++)
            for (size_t s = 0; s < CS_COUNTOF(mk_sizes); s++) {
                CS_SCOPED(im_volume) many = IM_VOLUME_INIT;
                CS_SCOPED(im_volume) two = IM_VOLUME_INIT;
                fill(&many, types[t], mk_sizes[s], 65536);
                fill(&two, types[t], mk_sizes[s], 2);
                check(state, &many, radii[k]);
                check(state, &two, radii[k]);
            }
}

static void other_volumes_are_refused(void **state)
{
    const im_run *run = ((mk_runs *)*state)->run;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) got = IM_VOLUME_INIT;
    const im_geometry g = im_geometry_plain(2, 2, 2);
    assert_int_equal(im_volume_init(&v, TN_F32, &g, NULL), 0);
    assert_int_equal(im_median(run, &v, (size_t[]){1, 1, 1}, &got, NULL),
                     CS_E_UNSUPPORTED);
    v.voxels.dtype = TN_U8;
    assert_int_equal(im_median(run, &v, (size_t[]){1, 65, 1}, &got, NULL),
                     CS_E_LIMIT);
    assert_null(got.voxels.buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_voxel_is_the_middle_of_its_box),
        cmocka_unit_test(other_volumes_are_refused),
    };
    return cmocka_run_group_tests(tests, mk_setup, mk_teardown);
}
