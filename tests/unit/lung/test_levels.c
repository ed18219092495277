#include "lung/levels.h"

#include "base/mem.h"
#include "lung/chest.h"

/* `share` of lung values, the rest tissue, a few of bone. */
static void make(im_volume *v, size_t n, double share, int lung, int tissue)
{
    im_geometry g = im_geometry_plain(n, 1, 1);
    assert_int_equal(im_volume_init(v, TN_I16, &g, NULL), 0);
    int16_t *p = tn_data(&v->voxels);
    size_t split = (size_t)((double)n * share);
    for (size_t i = 0; i < n; i++)
        p[i] = (int16_t)((i < split ? lung : tissue) + (int)(i % 41) - 20);
    p[n - 1] = 1400;
    p[n - 2] = LU_PADDING;
}

/* The cut that leaves least variance within the two classes. */
static double plain_cut(const im_volume *v)
{
    size_t n = v->geometry.size[0];
    double best = HUGE_VAL, cut = 0;
    for (int t = -600; t <= -350; t++) {
        double sum[2] = {0}, sq[2] = {0}, count[2] = {0};
        for (size_t i = 0; i < n; i++) {
            double hu = im_i16(v)[i];
            if (hu == LU_PADDING)
                continue;
            int above = hu >= t;
            hu = fmin(fmax(hu, -1024), 200);
            sum[above] += hu;
            sq[above] += hu * hu;
            count[above]++;
        }
        double within = sq[0] - sum[0] * sum[0] / count[0] + sq[1] -
                        sum[1] * sum[1] / count[1];
        if (within < best) {
            best = within;
            cut = t;
        }
    }
    return cut;
}

static void the_cut_parts_lung_from_tissue_as_well_as_any(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    im_geometry g = im_geometry_plain(5000, 1, 1);
    assert_int_equal(im_volume_init(&v, TN_I16, &g, NULL), 0);
    int16_t *p = tn_data(&v.voxels);
    cs_rng r = cs_rng_stream(3, 3);
    for (size_t i = 0; i < 5000; i++)
        p[i] = (int16_t)((i % 3 == 0 ? -750 : -100) +
                         (int)(150 * cs_rng_normal_f32(&r)));
    lu_levels l;
    assert_int_equal(lu_levels_init(&v, &l, NULL), 0);
    assert_true(fabs(l.cut - plain_cut(&v)) <= LU_BIN_HU);
}

static void few_voxels_of_lung_still_set_the_cut_between(void **state)
{
    (void)state;
    static const double shares[] = {0.02, 0.3, 0.9};
    for (size_t i = 0; i < CS_COUNTOF(shares); i++) {
        CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
        lu_levels l;
        make(&v, 4000, shares[i], -850, 40);
        assert_int_equal(lu_levels_init(&v, &l, NULL), 0);
        assert_true(l.cut >= -600 && l.cut <= -350);
    }
}

static void other_units_are_refused(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) raw = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) gas = IM_VOLUME_INIT;
    cs_errinfo info = {.lang = CS_LANG_EN};
    lu_levels l;
    make(&raw, 4000, 0.5, 150, 1040); /* 1000 too high */
    assert_int_equal(lu_levels_init(&raw, &l, &info), CS_E_FORMAT);
    assert_non_null(strstr(info.message, "Hounsfield"));
    make(&gas, 4000, 0.99, -1000, 0); /* an empty scanner */
    assert_int_equal(lu_levels_init(&gas, &l, NULL), CS_E_FORMAT);
}

static void after_the_lung_is_known_the_cut_is_half_way(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    make(&v, 4000, 0.5, -830, 42);
    CS_AUTO_MEM uint8_t *inner = cs_calloc(4000, 1);
    assert_non_null(inner);
    memset(inner, 1, 2000);
    lu_levels l = {0};
    lu_levels_of_lung(&v, inner, &l);
    assert_true(fabs(l.lung + 830) <= LU_BIN_HU);
    assert_true(fabs(l.tissue - 42) <= LU_BIN_HU);
    assert_true(fabs(l.cut + 394) <= LU_BIN_HU);
}

static void percentiles_lie_where_they_should(void **state)
{
    (void)state;
    uint32_t bins[LU_BINS] = {0};
    assert_true(lu_percentile(bins, 0.5) == LU_HU_MIN);
    bins[10] = 4; /* HU -1120 … -1112 */
    bins[20] = 4;
    assert_true(lu_percentile(bins, 0.25) == LU_HU_MIN + 10 * 8 + 4);
    assert_true(lu_percentile(bins, 0.5) == LU_HU_MIN + 11 * 8);
    assert_true(lu_percentile(bins, 1) == LU_HU_MIN + 21 * 8);
    assert_int_equal(lu_bin(LU_HU_MIN - 5000), 0);
    assert_int_equal(lu_bin(30000), LU_BINS - 1);
    assert_int_equal(lu_bin(LU_HU_MIN + 8), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cut_parts_lung_from_tissue_as_well_as_any),
        cmocka_unit_test(few_voxels_of_lung_still_set_the_cut_between),
        cmocka_unit_test(other_units_are_refused),
        cmocka_unit_test(after_the_lung_is_known_the_cut_is_half_way),
        cmocka_unit_test(percentiles_lie_where_they_should),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
