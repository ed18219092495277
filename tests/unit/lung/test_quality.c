#include "lung/quality.h"

#include "base/mem.h"
#include "image/crop.h"
#include "lung/chest.h"

static const im_run here = {NULL, CS_CPU_BASELINE};

static const lu_warning *find(const lu_warnings *w, const char *code)
{
    for (size_t i = 0; i < w->len; i++)
        if (strcmp(w->items[i].code, code) == 0)
            return &w->items[i];
    return NULL;
}

typedef struct checked {
    lu_quality q;
    lu_warnings warnings;
} checked;

static void checked_done(checked *c)
{
    cs_vec_done(&c->warnings);
}

static void check(const im_volume *scan, checked *c)
{
    CS_SCOPED(lu_lungs) lungs = {.windpipe = false};
    *c = (checked){.warnings = CS_VEC_INIT};
    assert_int_equal(lu_find_lungs(&here, scan, NULL, &lungs, NULL), 0);
    assert_int_equal(
        lu_check_quality(&here, scan, &lungs, &c->q, &c->warnings, NULL), 0);
}

/* Voxels of `t` from (0, 0, begin) on, without `skip` slices at `at`. */
static void cut(const chest *t, size_t begin, size_t end, size_t at,
                size_t skip, im_volume *ret)
{
    im_geometry g = t->hu.geometry;
    size_t plane = g.size[0] * g.size[1], to = 0;
    g.size[2] = end - begin - skip;
    assert_int_equal(im_volume_init(ret, TN_I16, &g, NULL), 0);
    int16_t *dst = tn_data(&ret->voxels);
    for (size_t z = begin; z < end; z++) {
        if (skip && z >= at && z < at + skip)
            continue;
        memcpy(dst + to++ * plane, im_i16(&t->hu) + z * plane,
               plane * sizeof(*dst));
    }
}

static void a_good_scan_has_its_numbers_and_no_severe_warning(void **state)
{
    (void)state;
    im_geometry g = chest_geometry(2.4, 2.5);
    CS_SCOPED(chest) t;
    CS_SCOPED(checked) c;
    chest_make(&t, &g, 40);
    check(&t.hu, &c);
    assert_true(c.q.slice_mm == 2.5 && c.q.pixel_mm == 2.4);
    /* Even noise of 40 to either side deviates by 40 / sqrt(3). */
    assert_true(fabs(c.q.noise_hu - 23.4) < 2.5);
    assert_true(c.q.coverage_mm > 180 && c.q.coverage_mm < 200);
    assert_true(c.q.lungs_ml > 1500);
    assert_false(lu_any_severe(&c.warnings));
    assert_int_equal(c.warnings.len, 1);
    assert_non_null(find(&c.warnings, "coarse-pixels"));
}

static void missing_slices_are_named_by_their_place(void **state)
{
    (void)state;
    im_geometry g = chest_geometry(3.4, 4);
    CS_SCOPED(chest) t;
    CS_SCOPED(im_volume) gap = IM_VOLUME_INIT;
    CS_SCOPED(checked) c;
    chest_make(&t, &g, 10);
    cut(&t, 0, g.size[2], 36, 3, &gap);
    check(&gap, &c);
    assert_true(c.q.missing_slices);
    const lu_warning *w = find(&c.warnings, "missing-slices");
    assert_non_null(w);
    assert_true(w->severe);
    double z = g.origin[2] + 35.5 * 4;
    assert_true(fabs(w->values[0] - z) < 1e-6);
    assert_true(fabs(c.q.gap_at_mm - z) < 1e-6);
}

static void a_cut_scan_says_where_it_ends(void **state)
{
    (void)state;
    im_geometry g = chest_geometry(3.4, 4);
    CS_SCOPED(chest) t;
    CS_SCOPED(im_volume) part = IM_VOLUME_INIT;
    CS_SCOPED(checked) c;
    chest_make(&t, &g, 10);
    cut(&t, 30, 49, 0, 0, &part);
    check(&part, &c);
    const lu_warning *foot = find(&c.warnings, "cut-lung-foot");
    const lu_warning *head = find(&c.warnings, "cut-lung-head");
    const lu_warning *little = find(&c.warnings, "little-coverage");
    assert_non_null(foot);
    assert_non_null(head);
    assert_non_null(little);
    assert_true(foot->severe && head->severe && little->severe);
    assert_true(fabs(little->values[0] - 76) < 1e-6);
    assert_null(find(&c.warnings, "cut-lung-left"));
    assert_false(c.q.upside_down || c.q.mirrored);
}

/* A field of view too narrow by `columns` on the patient's left. */
static void narrow(const chest *t, size_t columns, im_volume *ret)
{
    const im_geometry *g = &t->hu.geometry;
    im_crop crop;
    const im_box box = {{0, 0, 0},
                        {g->size[0] - columns, g->size[1], g->size[2]}};
    assert_int_equal(im_crop_init(&crop, g, &box, NULL), 0);
    assert_int_equal(im_crop_cut(&crop, &t->hu, -1024, ret, NULL), 0);
}

static void
a_lung_cut_at_its_side_is_severe_before_one_cut_at_its_end(void **state)
{
    (void)state;
    im_geometry g = chest_geometry(3.4, 4);
    CS_SCOPED(chest) t;
    CS_SCOPED(im_volume) part = IM_VOLUME_INIT;
    CS_SCOPED(checked) c;
    chest_make(&t, &g, 10);
    narrow(&t, 11, &part);
    check(&part, &c);
    const lu_warning *left = find(&c.warnings, "cut-lung-left");
    assert_non_null(left);
    assert_true(left->values[0] > 20 && left->values[0] < 50);
    assert_true(left->severe);
}

static void turned_data_are_noticed(void **state)
{
    (void)state;
    im_geometry g = chest_geometry(3.4, 4);
    CS_SCOPED(chest) t;
    CS_SCOPED(checked) c;
    chest_make(&t, &g, 10);
    int16_t *v = tn_data(&t.hu.voxels);
    size_t n = im_geometry_voxels(&g);
    for (size_t i = 0; i < n / 2; i++) {
        /* All three axes at once. */
        int16_t swap = v[i];
        v[i] = v[n - 1 - i];
        v[n - 1 - i] = swap;
    }
    check(&t.hu, &c);
    assert_true(c.q.upside_down && c.q.front_to_back);
    const lu_warning *w = find(&c.warnings, "upside-down");
    assert_non_null(w);
    assert_true(w->severe);
    assert_non_null(find(&c.warnings, "front-to-back"));
}

static void one_lung_alone_is_severe(void **state)
{
    (void)state;
    im_geometry whole = chest_geometry(2.8, 3);
    const ptrdiff_t begin[] = {62, 0, 0};
    const size_t size[] = {60, whole.size[1], whole.size[2]};
    im_geometry g = im_geometry_part(&whole, begin, size);
    CS_SCOPED(chest) t;
    CS_SCOPED(checked) c;
    chest_make(&t, &g, 10);
    check(&t.hu, &c);
    const lu_warning *w = find(&c.warnings, "one-lung");
    assert_non_null(w);
    assert_true(w->severe && lu_any_severe(&c.warnings));
}

static void few_slices_are_refused(void **state)
{
    (void)state;
    im_geometry g = chest_geometry(2.8, 35);
    CS_SCOPED(chest) t;
    CS_SCOPED(lu_lungs) lungs = {.windpipe = false};
    cs_errinfo info = {.lang = CS_LANG_EN};
    lu_quality q = {.slice_mm = 0};
    lu_warnings w = CS_VEC_INIT;
    chest_make(&t, &g, 0);
    assert_int_equal(im_volume_init(&lungs.labels, TN_U8, &g, NULL), 0);
    assert_int_equal(lu_check_quality(&here, &t.hu, &lungs, &q, &w, &info),
                     CS_E_FORMAT);
    assert_non_null(strstr(info.message, "only 8 slices"));
    cs_vec_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_scan_has_its_numbers_and_no_severe_warning),
        cmocka_unit_test(missing_slices_are_named_by_their_place),
        cmocka_unit_test(a_cut_scan_says_where_it_ends),
        cmocka_unit_test(
            a_lung_cut_at_its_side_is_severe_before_one_cut_at_its_end),
        cmocka_unit_test(turned_data_are_noticed),
        cmocka_unit_test(one_lung_alone_is_severe),
        cmocka_unit_test(few_slices_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
