#include "detect/prepare.h"

#include "image/plain.h"

#include <string.h>

/* A scan that lies askew or mirrored, of noise, and a mask with two blobs, of
 * labels 3 and 4, and airways beyond both. */
static im_geometry grid_of(unsigned kind)
{
    im_geometry g = im_geometry_plain(41, 37, 23);
    const double a = 0.3, b = -0.2;
    const double oblique[9] = {cos(a),          -sin(a),         0,
                               sin(a) * cos(b), cos(a) * cos(b), -sin(b),
                               sin(a) * sin(b), cos(a) * sin(b), cos(b)};
    const double mirrored[9] = {0, -1, 0, -1, 0, 0, 0, 0, -1};
    const double spacing[3] = {0.7, 0.8125, 2.5};
    const double origin[3] = {-123.456789, 17.25, -1434.5};
    if (kind)
        memcpy(g.direction, kind == 1 ? mirrored : oblique, sizeof(oblique));
    memcpy(g.spacing, spacing, sizeof(spacing));
    memcpy(g.origin, origin, sizeof(origin));
    return g;
}

static uint8_t label_at(size_t x, size_t y, size_t z)
{
    if (x >= 9 && x < 15 && y >= 11 && y < 22 && z >= 5 && z < 15)
        return 3;
    if (x == 30 && y == 24 && z >= 8 && z < 12)
        return 4;
    return x < 3 && z < 2 ? 5 : 0;
}

typedef struct scene {
    im_volume scan, lungs;
} scene;

static void scene_init(scene *s, unsigned kind, tn_dtype mask)
{
    const im_geometry g = grid_of(kind);
    *s = (scene){IM_VOLUME_INIT, IM_VOLUME_INIT};
    plain_noise(&s->scan, TN_I16, &g);
    assert_int_equal(im_volume_init(&s->lungs, mask, &g, NULL), 0);
    for (size_t i = 0; i < im_geometry_voxels(&g); i++)
        im_store_value(mask,
                       label_at(i % g.size[0], i / g.size[0] % g.size[1],
                                i / g.size[0] / g.size[1]),
                       (char *)tn_data(&s->lungs.voxels) +
                           i * tn_dtype_size(mask));
}

static void scene_done(scene *s)
{
    im_volume_done(&s->scan);
    im_volume_done(&s->lungs);
}

static int run_prepare(const scene *s, double spacing, unsigned threads,
                       dt_prepared *ret)
{
    CS_AUTO(cs_pool) pool = NULL;
    assert_int_equal(cs_pool_new(threads, &pool, NULL), 0);
    const im_run run = {pool, CS_CPU_BASELINE};
    return dt_prepare(&run, &s->scan, &s->lungs, spacing, ret, NULL);
}

/* World box of the voxels that are lung. */
static void plain_box(const im_volume *lungs, double low[3], double high[3])
{
    const im_geometry *g = &lungs->geometry;
    for (int i = 0; i < 3; i++)
        low[i] = 1e9, high[i] = -1e9;
    for (size_t i = 0; i < im_geometry_voxels(g); i++) {
        const size_t x = i % g->size[0], y = i / g->size[0] % g->size[1];
        const size_t z = i / g->size[0] / g->size[1];
        const uint8_t label = label_at(x, y, z);
        double at[3] = {(double)x, (double)y, (double)z};
        im_grid_to_world(g, at, at);
        for (int k = 0; k < 3 && (label == 3 || label == 4); k++) {
            low[k] = fmin(low[k], at[k]);
            high[k] = fmax(high[k], at[k]);
        }
    }
}

static void check_upright(const scene *s, double spacing)
{
    dt_prepared p = DT_PREPARED_INIT;
    assert_int_equal(run_prepare(s, spacing, 2, &p), 0);
    const im_geometry *g = &p.image.geometry;
    double low[3], high[3];
    plain_box(&s->lungs, low, high);
    for (int i = 0; i < 3; i++) {
        const double last =
            g->origin[i] + g->spacing[i] * ((double)g->size[i] - 1);
        assert_true(g->spacing[i] == spacing);
        assert_true(fabs(g->origin[i] - low[i] + DT_MARGIN_MM) < 1e-9);
        assert_true(last > high[i] + DT_MARGIN_MM - 1e-9);
        assert_true(last < high[i] + DT_MARGIN_MM + spacing);
        for (int k = 0; k < 3; k++)
            assert_true(g->direction[3 * i + k] == (i == k));
    }
    assert_true(im_geometry_same(g, &p.lungs.geometry, 0));
    CS_AUTO_MEM double *hu = plain_resample(&s->scan, g, IM_LINEAR, -1024);
    CS_AUTO_MEM double *label = plain_resample(&s->lungs, g, IM_NEAREST, 0);
    size_t lung = 0;
    for (size_t i = 0; i < im_geometry_voxels(g); i++) {
        assert_true(fabs(hu[i] - im_i16(&p.image)[i]) < 0.51);
        assert_int_equal(im_u8(&p.lungs)[i], label[i] > 0 && label[i] < 5);
        lung += im_u8(&p.lungs)[i];
    }
    /* 664 voxels of the mask: as much space, but for its rounded surface. */
    const double ml = (double)lung * spacing * spacing * spacing;
    assert_true(fabs(ml / (664 * 0.7 * 0.8125 * 2.5) - 1) < 0.1);
    dt_prepared_done(&p);
}

static void any_scan_ends_upright(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < 3; kind++) {
        scene s;
        scene_init(&s, kind, TN_U8);
        check_upright(&s, 1.01);
        check_upright(&s, 0.83);
        scene_done(&s);
    }
}

static void without_a_spacing_the_scan_is_only_cut(void **state)
{
    (void)state;
    scene s;
    dt_prepared p = DT_PREPARED_INIT;
    scene_init(&s, 2, TN_I16);
    assert_int_equal(run_prepare(&s, 0, 1, &p), 0);
    const im_geometry *g = &p.image.geometry;
    /* 16 mm are 23, 20 and 7 voxels; x 9 to 30, y 11 to 24, z 5 to 14 */
    assert_int_equal(g->size[0], 41);
    assert_int_equal(g->size[1], 37);
    assert_int_equal(g->size[2], 22);
    const im_geometry want = im_geometry_part(
        &s.scan.geometry, (ptrdiff_t[]){0, 0, 0}, (size_t[]){41, 37, 22});
    assert_true(im_geometry_same(g, &want, 0));
    assert_memory_equal(im_i16(&p.image), im_i16(&s.scan),
                        im_geometry_voxels(g) * sizeof(int16_t));
    for (size_t i = 0; i < im_geometry_voxels(g); i++) {
        const uint8_t label =
            label_at(i % 41, i / 41 % 37, i / ((size_t)41 * 37));
        assert_int_equal(im_u8(&p.lungs)[i], label == 3 || label == 4);
    }
    dt_prepared_done(&p);
    scene_done(&s);
}

static void a_cut_leaves_what_is_far_from_the_lungs(void **state)
{
    (void)state;
    scene s = {IM_VOLUME_INIT, IM_VOLUME_INIT};
    dt_prepared p = DT_PREPARED_INIT;
    im_geometry g = im_geometry_plain(20, 30, 40);
    g.spacing[0] = g.spacing[1] = g.spacing[2] = 8;
    plain_noise(&s.scan, TN_F32, &g);
    assert_int_equal(im_volume_init(&s.lungs, TN_U8, &g, NULL), 0);
    im_u8(&s.lungs)[im_at(&g, 5, 29, 20)] = 1;
    assert_int_equal(run_prepare(&s, 0, 1, &p), 0);
    assert_true(p.image.voxels.dtype == TN_I16);
    assert_int_equal(p.image.geometry.size[0], 5);
    assert_int_equal(p.image.geometry.size[1], 3);
    assert_int_equal(p.image.geometry.size[2], 5);
    assert_int_equal(im_i16(&p.image)[0],
                     lrintf(im_f32(&s.scan)[im_at(&g, 3, 27, 18)]));
    assert_int_equal(im_u8(&p.lungs)[im_at(&p.image.geometry, 2, 2, 2)], 1);
    dt_prepared_done(&p);
    scene_done(&s);
}

static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    scene s;
    dt_prepared one = DT_PREPARED_INIT, three = DT_PREPARED_INIT;
    scene_init(&s, 2, TN_U8);
    assert_int_equal(run_prepare(&s, 0.9, 1, &one), 0);
    assert_int_equal(run_prepare(&s, 0.9, 3, &three), 0);
    assert_true(
        im_geometry_same(&one.image.geometry, &three.image.geometry, 0));
    assert_memory_equal(im_i16(&one.image), im_i16(&three.image),
                        tn_bytes(&one.image.voxels));
    assert_memory_equal(im_u8(&one.lungs), im_u8(&three.lungs),
                        tn_bytes(&one.lungs.voxels));
    dt_prepared_done(&one);
    dt_prepared_done(&three);
    scene_done(&s);
}

static void what_cannot_be_prepared_is_refused(void **state)
{
    (void)state;
    scene s;
    const im_run run = {NULL, CS_CPU_BASELINE};
    dt_prepared p = DT_PREPARED_INIT;
    scene_init(&s, 0, TN_U8);
    s.lungs.geometry.spacing[0] = 3000;
    assert_int_equal(dt_prepare(&run, &s.scan, &s.lungs, 1, &p, NULL),
                     CS_E_RANGE);
    s.lungs.geometry.spacing[0] = 0.7;
    assert_int_equal(dt_prepare(&run, &s.scan, &s.lungs, 1e-3, &p, NULL),
                     CS_E_LIMIT);
    s.lungs.geometry.size[0]++;
    assert_int_equal(dt_prepare(&run, &s.scan, &s.lungs, 1, &p, NULL),
                     CS_E_FORMAT);
    s.lungs.geometry.size[0]--;
    for (size_t i = 0; i < im_geometry_voxels(&s.lungs.geometry); i++)
        im_u8(&s.lungs)[i] = i % 2 ? 5 : 0; /* airways are no lung */
    assert_int_equal(dt_prepare(&run, &s.scan, &s.lungs, 1, &p, NULL),
                     CS_E_FORMAT);
    assert_int_equal(dt_prepare(&run, &s.scan, &s.lungs, 0, &p, NULL),
                     CS_E_FORMAT);
    assert_null(p.image.voxels.buffer);
    scene_done(&s);
}

/* --- patches --- */

static void check_patch(const im_volume *v, const md_input *input,
                        const ptrdiff_t begin[3], const size_t size[3])
{
    const im_geometry *g = &v->geometry;
    CS_AUTO_MEM float *patch =
        cs_calloc(size[0] * size[1] * size[2], sizeof(*patch));
    assert_non_null(patch);
    memset(patch, 0x7f, size[0] * size[1] * size[2] * sizeof(*patch));
    dt_patch(input, v, begin, size, patch);
    const float *p = patch;
    for (ptrdiff_t z = begin[2]; z < begin[2] + (ptrdiff_t)size[2]; z++)
        for (ptrdiff_t y = begin[1]; y < begin[1] + (ptrdiff_t)size[1]; y++)
            for (ptrdiff_t x = begin[0]; x < begin[0] + (ptrdiff_t)size[0];
                 x++, p++) {
                const bool in =
                    x >= 0 && y >= 0 && z >= 0 && (size_t)x < g->size[0] &&
                    (size_t)y < g->size[1] && (size_t)z < g->size[2];
                double want = 0;
                if (in)
                    want =
                        (im_i16(v)[im_at(g, (size_t)x, (size_t)y, (size_t)z)] -
                         input->low) /
                        (input->high - input->low);
                want = fmin(fmax(want, 0), 1);
                assert_true(fabs((double)*p - want) < 1e-6);
            }
}

static void patches_are_scaled_and_padded(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    const im_geometry g = im_geometry_plain(9, 7, 5);
    const md_input inputs[] = {{.low = -1000, .high = 400},
                               {.low = -1200, .high = 600}};
    plain_noise(&v, TN_I16, &g);
    for (size_t i = 0; i < CS_COUNTOF(inputs); i++) {
        check_patch(&v, &inputs[i], (ptrdiff_t[]){0, 0, 0},
                    (size_t[]){9, 7, 5});
        check_patch(&v, &inputs[i], (ptrdiff_t[]){-3, 2, -1},
                    (size_t[]){16, 3, 8});
        check_patch(&v, &inputs[i], (ptrdiff_t[]){3, 1, 4},
                    (size_t[]){2, 5, 1});
        check_patch(&v, &inputs[i], (ptrdiff_t[]){9, 0, 0},
                    (size_t[]){4, 4, 4});
        check_patch(&v, &inputs[i], (ptrdiff_t[]){0, -4, 0},
                    (size_t[]){4, 4, 4});
        check_patch(&v, &inputs[i], (ptrdiff_t[]){-90, 40, 80},
                    (size_t[]){4, 4, 4});
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_scan_ends_upright),
        cmocka_unit_test(without_a_spacing_the_scan_is_only_cut),
        cmocka_unit_test(a_cut_leaves_what_is_far_from_the_lungs),
        cmocka_unit_test(threads_do_not_change_a_bit),
        cmocka_unit_test(what_cannot_be_prepared_is_refused),
        cmocka_unit_test(patches_are_scaled_and_padded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
