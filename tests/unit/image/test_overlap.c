#include "image/overlap.h"

#include <math.h>

#include "base/random.h"
#include "support/test.h"

#define VOXELS_MAX 1200

static const im_run plain = {NULL, CS_CPU_BASELINE};

/* Two blobs that differ at the rim, of labels 1 and 2, in noise of none. */
static void make(im_volume *v, const size_t size[3], const double spacing[3],
                 uint64_t seed, tn_dtype dtype)
{
    im_geometry g = im_geometry_plain(size[0], size[1], size[2]);
    cs_rng r = cs_rng_stream(seed, 0);
    memcpy(g.spacing, spacing, sizeof(g.spacing));
    *v = (im_volume)IM_VOLUME_INIT;
    CS_SCOPED(im_volume) bytes = IM_VOLUME_INIT;
    assert_int_equal(im_volume_init(&bytes, TN_U8, &g, NULL), 0);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++) {
        uint64_t dice = cs_rng_below(&r, 10);
        bool left = i % size[0] < size[0] / 2;
        im_u8(&bytes)[i] = dice < 6 ? (left ? 1 : 2) : 0;
    }
    assert_int_equal(im_volume_convert(&bytes, dtype, v, NULL), 0);
}

static int label_at(const im_volume *v, ptrdiff_t x, ptrdiff_t y, ptrdiff_t z)
{
    const size_t *s = v->geometry.size;
    if (x < 0 || y < 0 || z < 0 || (size_t)x >= s[0] || (size_t)y >= s[1] ||
        (size_t)z >= s[2])
        return 0;
    return im_u8(v)[im_at(&v->geometry, (size_t)x, (size_t)y, (size_t)z)];
}

/* Surface voxels in mm, by looking at each one's neighbours. */
static size_t list_surface(const im_volume *v, int label, double (*mm)[3])
{
    static const int steps[6][3] = {{1, 0, 0},  {-1, 0, 0}, {0, 1, 0},
                                    {0, -1, 0}, {0, 0, 1},  {0, 0, -1}};
    const im_geometry *g = &v->geometry;
    size_t n = 0;
    for (size_t i = 0; i < im_geometry_voxels(g); i++) {
        const size_t at[3] = {i % g->size[0], i / g->size[0] % g->size[1],
                              i / g->size[0] / g->size[1]};
        const ptrdiff_t p[3] = {(ptrdiff_t)at[0], (ptrdiff_t)at[1],
                                (ptrdiff_t)at[2]};
        bool edge = false;
        for (int k = 0; k < 6; k++)
            edge = edge || label_at(v, p[0] + steps[k][0], p[1] + steps[k][1],
                                    p[2] + steps[k][2]) != label;
        if (label_at(v, p[0], p[1], p[2]) != label || !edge)
            continue;
        for (int a = 0; a < 3; a++)
            mm[n][a] = (double)at[a] * g->spacing[a];
        n++;
    }
    return n;
}

static double to_nearest(const double p[3], const double (*mm)[3], size_t n)
{
    double best = (double)INFINITY;
    for (size_t i = 0; i < n; i++)
        best =
            fmin(best, sqrt(pow(p[0] - mm[i][0], 2) + pow(p[1] - mm[i][1], 2) +
                            pow(p[2] - mm[i][2], 2)));
    return best;
}

/* The value that `rank` of n values are below, by selection. */
static double ranked(const double *v, size_t n, size_t rank)
{
    for (size_t i = 0; i < n; i++) {
        size_t below = 0;
        size_t same = 0;
        for (size_t k = 0; k < n; k++) {
            below += v[k] < v[i];
            same += v[k] == v[i];
        }
        if (below <= rank && rank < below + same)
            return v[i];
    }
    return (double)NAN;
}

static double part95(const double *v, size_t n)
{
    double at = 0.95 * (double)(n - 1);
    size_t low = (size_t)floor(at);
    size_t high = (size_t)ceil(at);
    double first = ranked(v, n, low);
    return first + (at - floor(at)) * (ranked(v, n, high) - first);
}

typedef struct expected {
    double sum[2], most, p95;
    size_t n[2];
} expected;

static expected by_definition(const im_volume *a, const im_volume *b, int label)
{
    static double mm[2][VOXELS_MAX][3];
    static double d[VOXELS_MAX];
    expected e = {.most = 0};
    assert_true(im_geometry_voxels(&a->geometry) <= VOXELS_MAX);
    e.n[0] = list_surface(a, label, mm[0]);
    e.n[1] = list_surface(b, label, mm[1]);
    for (int way = 0; way < 2; way++) {
        for (size_t i = 0; i < e.n[way]; i++) {
            d[i] = to_nearest(mm[way][i], (const double(*)[3])mm[1 - way],
                              e.n[1 - way]);
            e.sum[way] += d[i];
            e.most = fmax(e.most, d[i]);
        }
        e.p95 = fmax(e.p95, part95(d, e.n[way]));
    }
    return e;
}

static void expect_near(double got, double wanted)
{
    if (!(fabs(got - wanted) <= 1e-6 * fabs(wanted)))
        fail_msg("%.9g, not %.9g", got, wanted);
}

static void distances_are_those_of_brute_force(void **state)
{
    (void)state;
    static const size_t sizes[][3] = {
        {9, 8, 7}, {67, 5, 3}, {2, 1, 1}, {4, 1, 9}, {16, 16, 4}};
    static const double spacings[][3] = {
        {1, 1, 1}, {0.7, 0.7, 2.5}, {3, 0.31, 0.9}, {1, 2, 3}, {.5, .6, .7}};
    for (size_t k = 0; k < CS_COUNTOF(sizes); k++) {
        CS_SCOPED(im_volume) a = IM_VOLUME_INIT;
        CS_SCOPED(im_volume) b = IM_VOLUME_INIT;
        im_overlaps o = CS_VEC_INIT;
        make(&a, sizes[k], spacings[k], 2 * k + 1, TN_U8);
        make(&b, sizes[k], spacings[k], 2 * k + 2, TN_U8);
        assert_int_equal(im_overlap_of(&plain, &a, &b, &o, NULL), 0);
        for (size_t i = 0; i < o.len; i++) {
            const im_overlap *v = &o.items[i];
            if (v->voxels_a == 0 || v->voxels_b == 0) {
                assert_true(isnan(v->hausdorff) && v->dice == 0);
                continue;
            }
            expected e = by_definition(&a, &b, v->label);
            expect_near(v->hausdorff, e.most);
            expect_near(v->hausdorff95, e.p95);
            expect_near(v->mean_ab, e.sum[0] / (double)e.n[0]);
            expect_near(v->mean_ba, e.sum[1] / (double)e.n[1]);
            expect_near(v->mean,
                        (e.sum[0] + e.sum[1]) / (double)(e.n[0] + e.n[1]));
        }
        cs_vec_done(&o);
    }
}

static void counts_and_volumes_are_plain(void **state)
{
    (void)state;
    const size_t size[3] = {16, 10, 4};
    const double spacing[3] = {0.5, 2, 3};
    CS_SCOPED(im_volume) a = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) b = IM_VOLUME_INIT;
    im_overlaps o = CS_VEC_INIT;
    make(&a, size, spacing, 1, TN_U8);
    make(&b, size, spacing, 2, TN_U8);
    assert_int_equal(im_overlap_of(&plain, &a, &b, &o, NULL), 0);
    assert_int_equal(o.len, 2);
    for (size_t i = 0; i < 2; i++) {
        const im_overlap *v = &o.items[i];
        size_t n[3] = {0, 0, 0};
        for (size_t k = 0; k < 640; k++) {
            bool in_a = im_u8(&a)[k] == v->label;
            bool in_b = im_u8(&b)[k] == v->label;
            n[0] += in_a;
            n[1] += in_b;
            n[2] += in_a && in_b;
        }
        assert_int_equal(v->label, i + 1);
        assert_true(v->voxels_a == n[0] && v->voxels_b == n[1]);
        assert_true(v->both == n[2]);
        expect_near(v->volume_a, 3 * (double)n[0]);
        expect_near(v->dice, 2.0 * (double)n[2] / (double)(n[0] + n[1]));
        expect_near(v->iou, (double)n[2] / (double)(n[0] + n[1] - n[2]));
    }
    cs_vec_done(&o);
}

static void a_mask_agrees_with_itself_in_any_type(void **state)
{
    (void)state;
    static const tn_dtype types[] = {TN_U8,  TN_I8,  TN_I16, TN_U16,
                                     TN_I32, TN_I64, TN_F32, TN_F64};
    const size_t size[3] = {9, 8, 7};
    const double spacing[3] = {1, 1, 2};
    CS_SCOPED(im_volume) a = IM_VOLUME_INIT;
    make(&a, size, spacing, 1, TN_U8);
    for (size_t i = 0; i < CS_COUNTOF(types); i++) {
        CS_SCOPED(im_volume) b = IM_VOLUME_INIT;
        im_overlaps o = CS_VEC_INIT;
        make(&b, size, spacing, 1, types[i]);
        assert_int_equal(im_overlap_of(&plain, &a, &b, &o, NULL), 0);
        assert_int_equal(o.len, 2);
        assert_true(o.items[0].dice == 1 && o.items[1].iou == 1);
        assert_true(o.items[0].hausdorff == 0 && o.items[1].mean == 0);
        cs_vec_done(&o);
    }
}

static void what_cannot_be_compared_is_refused(void **state)
{
    (void)state;
    const size_t size[3] = {4, 4, 4};
    const size_t other[3] = {4, 4, 5};
    const double spacing[3] = {1, 1, 1};
    const double wide[3] = {1, 1, 1.1};
    cs_errinfo info = {0};
    im_overlaps o = CS_VEC_INIT;
    CS_SCOPED(im_volume) a = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) b = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) c = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) f = IM_VOLUME_INIT;
    make(&a, size, spacing, 1, TN_U8);
    make(&b, other, spacing, 1, TN_U8);
    make(&c, size, wide, 1, TN_U8);
    make(&f, size, spacing, 1, TN_F32);
    assert_int_equal(im_overlap_of(&plain, &a, &b, &o, &info), CS_E_FORMAT);
    assert_non_null(strstr(info.message, "4 x 4 x 4 and 4 x 4 x 5 voxels"));
    assert_int_equal(im_overlap_of(&plain, &a, &c, &o, &info), CS_E_FORMAT);
    float *voxels = im_f32(&f);
    voxels[21] = 0.5F;
    assert_int_equal(im_overlap_of(&plain, &a, &f, &o, &info), CS_E_FORMAT);
    assert_non_null(strstr(info.message, "row 1, slice 1 is no whole number"));
    voxels[21] = NAN;
    assert_int_equal(im_overlap_of(&plain, &f, &a, &o, &info), CS_E_FORMAT);
    assert_null(o.items);
}

static void empty_masks_have_no_labels(void **state)
{
    (void)state;
    im_geometry g = im_geometry_plain(1, 1, 1);
    im_overlaps o = CS_VEC_INIT;
    CS_SCOPED(im_volume) a = IM_VOLUME_INIT;
    assert_int_equal(im_volume_init(&a, TN_U8, &g, NULL), 0);
    assert_int_equal(im_overlap_of(&plain, &a, &a, &o, NULL), 0);
    assert_int_equal(o.len, 0);
    uint8_t *voxel = im_u8(&a);
    *voxel = 7;
    assert_int_equal(im_overlap_of(&plain, &a, &a, &o, NULL), 0);
    assert_true(o.len == 1 && o.items[0].label == 7);
    assert_true(o.items[0].dice == 1 && o.items[0].hausdorff95 == 0);
    cs_vec_done(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_are_those_of_brute_force),
        cmocka_unit_test(counts_and_volumes_are_plain),
        cmocka_unit_test(a_mask_agrees_with_itself_in_any_type),
        cmocka_unit_test(what_cannot_be_compared_is_refused),
        cmocka_unit_test(empty_masks_have_no_labels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
