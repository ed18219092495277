#include "lung/lung.h"

#include <math.h>

#include "base/mem.h"
#include "lung/chest.h"

static const im_run here = {NULL, CS_CPU_BASELINE};

static void check(const chest *t, const lu_lungs *l)
{
    assert_true(chest_dice(&l->labels, t, LU_LEFT) > 0.985);
    assert_true(chest_dice(&l->labels, t, LU_RIGHT) > 0.985);
    assert_true(chest_dice(&l->labels, t, LU_AIRWAYS) > 0.9);
}

/* The nodule on the pleura is lung, but for what touches the wall. */
static void check_nodule(const chest *t, const lu_lungs *l)
{
    const im_geometry *g = &l->labels.geometry;
    size_t all = 0, in = 0;
    for (size_t i = 0; i < im_geometry_voxels(g); i++) {
        double p[3];
        chest_mm(g, i, p);
        for (int a = 0; a < 3; a++)
            p[a] += g->origin[a];
        if (im_u8(&t->truth)[i] != CHEST_RIGHT ||
            chest_ball(p, CHEST_NODULE_X, 0, 20, CHEST_NODULE_R) >= 0)
            continue;
        all++;
        in += im_u8(&l->labels)[i] == LU_RIGHT;
    }
    assert_true(all > 0 && (double)in > 0.95 * (double)all);
}

static void the_lungs_of_a_chest_are_found(void **state)
{
    (void)state;
    im_geometry g = chest_geometry(1.7, 3);
    CS_SCOPED(chest) t;
    CS_SCOPED(lu_lungs) l = {.windpipe = false};
    chest_make(&t, &g, 40);
    assert_int_equal(lu_find_lungs(&here, &t.hu, NULL, &l, NULL), 0);
    check(&t, &l);
    check_nodule(&t, &l);
    assert_true(l.windpipe && l.sides.two);
    assert_true(im_geometry_same(&l.labels.geometry, &g, 0));
    double ml = lu_voxel_ml(&g);
    size_t left = 0;
    for (size_t i = 0; i < im_geometry_voxels(&g); i++)
        left += im_u8(&l.labels)[i] == LU_LEFT;
    assert_true(fabs(l.left_ml - (double)left * ml) < 1e-6);
    for (int f = 0; f < LU_FACES; f++)
        assert_true(l.cut_cm2[f] == 0);
    assert_true(fabs(l.levels.lung + 860) < 20);
}

static void the_order_and_sense_of_axes_do_not_matter(void **state)
{
    (void)state;
    static const struct {
        unsigned order[3];
        bool flip[3];
    } cases[] = {{{0, 1, 2}, {true, true, false}},
                 {{2, 0, 1}, {false, true, true}}};
    im_geometry plain = chest_geometry(2.8, 3.5);
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        im_geometry g = chest_turned(&plain, cases[i].order, cases[i].flip);
        CS_SCOPED(chest) t;
        CS_SCOPED(lu_lungs) l = {.windpipe = false};
        chest_make(&t, &g, 20);
        assert_int_equal(lu_find_lungs(&here, &t.hu, NULL, &l, NULL), 0);
        check(&t, &l);
    }
}

static void a_crop_through_the_lung_keeps_it_and_says_so(void **state)
{
    (void)state;
    im_geometry whole = chest_geometry(2, 2.5);
    const ptrdiff_t begin[] = {95, 0, 30};
    const size_t size[] = {45, whole.size[1], 60};
    im_geometry g = im_geometry_part(&whole, begin, size);
    CS_SCOPED(chest) t;
    CS_SCOPED(lu_lungs) l = {.windpipe = false};
    chest_make(&t, &g, 20);
    assert_int_equal(lu_find_lungs(&here, &t.hu, NULL, &l, NULL), 0);
    assert_false(l.sides.two);
    assert_true(l.right_ml == 0);
    assert_true(chest_dice(&l.labels, &t, LU_LEFT) > 0.98);
    assert_true(l.cut_cm2[LU_FACE_LEFT] > 20);
    assert_true(l.cut_cm2[LU_FACE_HEAD] > 20);
    assert_true(l.cut_cm2[LU_FACE_FRONT] == 0);
}

typedef struct steps {
    unsigned calls, last, of;
} steps;

static void count_step(void *ctx, unsigned done, unsigned of)
{
    steps *s = ctx;
    assert_int_equal(done, s->calls++);
    s->last = done;
    s->of = of;
}

static void threads_types_and_being_watched_do_not_show(void **state)
{
    (void)state;
    im_geometry g = chest_geometry(3, 4);
    CS_SCOPED(chest) t;
    CS_SCOPED(lu_lungs) one = {.windpipe = false};
    CS_SCOPED(lu_lungs) more = {.windpipe = false};
    CS_SCOPED(im_volume) floats = IM_VOLUME_INIT;
    CS_AUTO(cs_pool) pool = NULL;
    chest_make(&t, &g, 40);
    assert_int_equal(cs_pool_new(3, &pool, NULL), 0);
    assert_int_equal(im_volume_convert(&t.hu, TN_F32, &floats, NULL), 0);
    const im_run threads = {pool, cs_cpu_tier_best()};
    steps s = {0};
    const lu_watch watch = {count_step, &s};
    assert_int_equal(lu_find_lungs(&here, &t.hu, &watch, &one, NULL), 0);
    assert_int_equal(s.last, s.of);
    assert_int_equal(lu_find_lungs(&threads, &floats, NULL, &more, NULL), 0);
    assert_memory_equal(im_u8(&one.labels), im_u8(&more.labels),
                        im_geometry_voxels(&g));
}

static void expect_failure(const im_volume *v, int code, const char *part)
{
    lu_lungs l = {.windpipe = false};
    cs_errinfo info = {.lang = CS_LANG_EN};
    assert_int_equal(lu_find_lungs(&here, v, NULL, &l, &info), code);
    assert_non_null(strstr(info.message, part));
    assert_null(l.labels.voxels.buffer);
}

static void what_is_no_chest_ct_is_refused(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) thin = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) zeros = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) head = IM_VOLUME_INIT;
    im_geometry slice = im_geometry_plain(100, 100, 1);
    im_geometry cube = im_geometry_plain(60, 60, 60);
    assert_int_equal(im_volume_init(&thin, TN_I16, &slice, NULL), 0);
    expect_failure(&thin, CS_E_RANGE, "at least 4 slices");
    assert_int_equal(im_volume_init(&zeros, TN_F32, &cube, NULL), 0);
    expect_failure(&zeros, CS_E_FORMAT, "Hounsfield");
    im_f32(&zeros)[60 * 60 * 60 - 1] = (float)(double)NAN;
    expect_failure(&zeros, CS_E_FORMAT, "voxel (59, 59, 59) is NaN");
    assert_int_equal(im_volume_init(&head, TN_I16, &cube, NULL), 0);
    int16_t *hu = tn_data(&head.voxels);
    for (size_t i = 0; i < im_geometry_voxels(&cube); i++)
        hu[i] = i % 60 < 12 ? -1000 : 40;
    expect_failure(&head, CS_E_FORMAT, "no lung found");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lungs_of_a_chest_are_found),
        cmocka_unit_test(the_order_and_sense_of_axes_do_not_matter),
        cmocka_unit_test(a_crop_through_the_lung_keeps_it_and_says_so),
        cmocka_unit_test(threads_types_and_being_watched_do_not_show),
        cmocka_unit_test(what_is_no_chest_ct_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
