#include "train/sampler.h"

#include "train/scene.h"

static tr_sampler *open_sampler(const tr_plan *p, const tr_dataset *d,
                                unsigned loaders)
{
    const tr_sampler_spec spec = {
        .plan = p, .data = d, .loaders = loaders, .ahead = 3};
    tr_sampler *s = NULL;
    cs_errinfo info = {0};
    if (tr_sampler_new(&spec, &s, &info) < 0)
        fail_msg("%s", info.message);
    return s;
}

static tr_sample *take(tr_sampler *s)
{
    tr_sample *t = NULL;
    cs_errinfo info = {0};
    if (tr_sampler_next(s, &t, &info) < 0)
        fail_msg("%s", info.message);
    return t;
}

/* Where the light within `reach` voxels of a nodule has its middle. */
static void middle_of_light(const tr_plan *p, const tr_sample *t,
                            const dt_seen *n, double ret[3])
{
    const size_t *size = p->recipe.input.patch;
    const double air = (SCENE_AIR + 1000) / 1400.0;
    double sum = 0, reach = n->diameter;
    double at[3] = {0};
    for (size_t i = 0; i < size[0] * size[1] * size[2]; i++) {
        double x[3];
        scene_place(size, i, x);
        double light = (double)t->image[i] - air, square = 0;
        for (int a = 0; a < 3; a++)
            square += (x[a] - n->at[a]) * (x[a] - n->at[a]);
        if (square > reach * reach || light <= 0.001)
            continue;
        sum += light;
        for (int a = 0; a < 3; a++)
            at[a] += light * x[a];
    }
    for (int a = 0; a < 3; a++)
        ret[a] = at[a] / sum;
}

static bool is_well_inside(const tr_plan *p, const dt_seen *n)
{
    for (int a = 0; a < 3; a++)
        if (n->at[a] < n->diameter + 0.5 ||
            n->at[a] > (double)p->recipe.input.patch[a] - 1.5 - n->diameter)
            return false;
    return true;
}

/* Voxels of the mask about a nodule, and how far the furthest of them is. */
static size_t mask_about(const tr_plan *p, const tr_sample *t, const dt_seen *n,
                         double *furthest)
{
    const size_t *size = p->recipe.input.patch;
    size_t count = 0;
    *furthest = 0;
    for (size_t i = 0; i < size[0] * size[1] * size[2]; i++) {
        double x[3], square = 0;
        scene_place(size, i, x);
        for (int a = 0; a < 3; a++)
            square += (x[a] - n->at[a]) * (x[a] - n->at[a]);
        const double d = sqrt(square);
        if (t->truth.mask[i] != 1 || d > n->diameter)
            continue;
        count++;
        *furthest = fmax(*furthest, d);
    }
    return count;
}

static void check_register(const tr_plan *p, tr_sampler *s, size_t samples,
                           double slack)
{
    size_t seen = 0;
    for (size_t i = 0; i < samples; i++) {
        tr_sample *t = take(s);
        for (size_t k = 0; k < t->truth.count; k++) {
            const dt_seen *n = &t->truth.nodules[k];
            double at[3], furthest;
            if (!is_well_inside(p, n))
                continue;
            seen++;
            middle_of_light(p, t, n, at);
            for (int a = 0; a < 3; a++)
                scene_near(at[a], n->at[a], slack);
            double r = n->diameter / 2;
            double wanted = 4.19 * r * r * r;
            size_t count = mask_about(p, t, n, &furthest);
            scene_near((double)count, wanted, 0.35 * wanted);
            assert_true(furthest < r + 1.2);
        }
        tr_sampler_give_back(s, t);
    }
    assert_true(seen > samples / 3);
}

static tr_plan nodules_plan(tr_source *source, const char *dir)
{
    tr_plan p = scene_plan(source, dir);
    p.sampling.nodules = 1;
    p.sampling.hard = p.sampling.background = 0;
    p.sampling.jitter = 3;
    p.recipe.input.patch[0] = p.recipe.input.patch[1] = 24;
    p.recipe.input.patch[2] = 20;
    return p;
}

static void image_mask_and_nodules_agree(void **state)
{
    tr_source source;
    scene_make(*state, 2, true);
    const tr_plan p = nodules_plan(&source, *state);
    CS_AUTO(tr_dataset) d = scene_open(&p, NULL);
    CS_AUTO(tr_sampler) s = open_sampler(&p, d, 0);
    check_register(&p, s, 12, 0.1);
}

static void they_agree_however_they_are_moved(void **state)
{
    tr_source source;
    scene_make(*state, 2, true);
    tr_plan p = nodules_plan(&source, *state);
    p.augment.spec = im_augment_nodules();
    p.augment.spec.noise.probability = 0;
    p.augment.spec.contrast.probability = 0;
    p.augment.spec.brightness.probability = 0;
    p.augment.spec.thick.probability = 0;
    CS_AUTO(tr_dataset) d = scene_open(&p, NULL);
    CS_AUTO(tr_sampler) s = open_sampler(&p, d, 0);
    check_register(&p, s, 24, 0.35);
}

/* Voxels that are no cubes, along axes that may run the other way: the light
 * is where the nodule is, and its size is that of the ball of as many voxels.
 */
static void they_agree_in_the_scan_s_own_voxels(void **state)
{
    tr_source source;
    scene_make(*state, 2, false);
    tr_plan p = nodules_plan(&source, *state);
    p.recipe.input.spacing = 0;
    p.recipe.input.patch[0] = p.recipe.input.patch[1] = 30;
    p.augment.spec.flip.probability[0] = 0.5;
    CS_AUTO(tr_dataset) d = scene_open(&p, NULL);
    CS_AUTO(tr_sampler) s = open_sampler(&p, d, 0);
    size_t seen = 0;
    for (size_t i = 0; i < 12; i++) {
        tr_sample *t = take(s);
        assert_null(t->truth.mask);
        for (size_t k = 0; k < t->truth.count; k++) {
            const dt_seen *n = &t->truth.nodules[k];
            double at[3];
            if (!is_well_inside(&p, n))
                continue;
            seen++;
            middle_of_light(&p, t, n, at);
            for (int a = 0; a < 3; a++)
                scene_near(at[a], n->at[a], 0.1);
            double mm = n->diameter * cbrt(1.0 * 1.25 * 2.0), off = HUGE_VAL;
            for (size_t q = 0; q < SCENE_NODULES; q++)
                off = fmin(off, fabs(mm - scene_diameter(t->scan, q)));
            assert_true(off < 1e-6);
        }
        tr_sampler_give_back(s, t);
    }
    assert_true(seen > 3);
}

/* --- order --- */

static double print_of(const tr_plan *p, const tr_sample *t)
{
    const size_t *size = p->recipe.input.patch;
    double sum = (double)t->scan + (double)t->truth.count * 1e3;
    for (size_t i = 0; i < size[0] * size[1] * size[2]; i++)
        sum += (double)t->image[i] * (double)(i % 97 + 1) +
               (t->truth.mask ? t->truth.mask[i] * 7.0 : 0);
    for (size_t i = 0; i < t->truth.count; i++)
        sum += t->truth.nodules[i].at[0] + 3 * t->truth.nodules[i].at[2];
    return sum;
}

static void take_prints(const tr_plan *p, tr_sampler *s, size_t n, double *ret)
{
    for (size_t i = 0; i < n; i++) {
        tr_sample *t = take(s);
        ret[i] = print_of(p, t);
        tr_sampler_give_back(s, t);
    }
}

static void samples_are_the_same_with_any_loaders(void **state)
{
    tr_source source;
    scene_make(*state, 2, true);
    tr_plan p = scene_plan(&source, *state);
    p.augment.spec = im_augment_nodules();
    CS_AUTO(tr_dataset) d = scene_open(&p, NULL);
    double one[20], other[20];
    CS_AUTO(tr_sampler) s = open_sampler(&p, d, 0);
    take_prints(&p, s, 20, one);
    for (size_t i = 1; i < 20; i++)
        assert_true(one[i] != one[i - 1]);
    for (unsigned loaders = 1; loaders <= 3; loaders += 2) {
        CS_AUTO(tr_sampler) m = open_sampler(&p, d, loaders);
        take_prints(&p, m, 20, other);
        assert_memory_equal(one, other, sizeof(one));
    }
}

static void a_jump_gives_what_a_straight_run_gives(void **state)
{
    tr_source source;
    scene_make(*state, 2, false);
    const tr_plan p = scene_plan(&source, *state);
    CS_AUTO(tr_dataset) d = scene_open(&p, NULL);
    double straight[24], jumped[8];
    CS_AUTO(tr_sampler) s = open_sampler(&p, d, 0);
    take_prints(&p, s, 24, straight);
    for (unsigned loaders = 0; loaders < 3; loaders++) {
        CS_AUTO(tr_sampler) m = open_sampler(&p, d, loaders);
        assert_int_equal(tr_sampler_seek(m, 1, 3, NULL), 0); /* far ahead */
        take_prints(&p, m, 4, jumped);
        assert_memory_equal(jumped, straight + 11, 4 * sizeof(double));
        assert_int_equal(tr_sampler_seek(m, 2, 0, NULL), 0); /* a little */
        take_prints(&p, m, 8, jumped);
        assert_memory_equal(jumped, straight + 16, sizeof(jumped));
        assert_int_equal(tr_sampler_seek(m, 0, 5, NULL), 0); /* back */
        take_prints(&p, m, 8, jumped);
        assert_memory_equal(jumped, straight + 5, sizeof(jumped));
    }
}

static void an_epoch_too_far_is_an_error(void **state)
{
    tr_source source;
    scene_make(*state, 1, false);
    const tr_plan p = scene_plan(&source, *state);
    CS_AUTO(tr_dataset) d = scene_open(&p, NULL);
    CS_AUTO(tr_sampler) s = open_sampler(&p, d, 0);
    assert_int_equal(tr_sampler_seek(s, UINT64_MAX / 2, 0, NULL), CS_E_RANGE);
}

/* --- hard negatives --- */

static void mined_marks_are_learned_from(void **state)
{
    tr_source source;
    scene_make(*state, 2, false);
    tr_plan p = scene_plan(&source, *state);
    p.recipe.task = MD_CHECK;
    p.recipe.head.kind = MD_HEAD_CLASS;
    p.sampling.nodules = p.sampling.background = 0;
    p.sampling.hard = 1;
    CS_AUTO(tr_dataset) d = scene_open(&p, NULL);
    dt_candidate marks[3] = {{.centre = {0, 45, -60}, .score = 0.5},
                             {.centre = {0, 45.5, -60}, .score = 0.4}};
    scene_centre(1, 1, marks[2].centre);
    for (unsigned loaders = 0; loaders < 3; loaders++) {
        CS_AUTO(tr_sampler) s = open_sampler(&p, d, loaders);
        size_t n;
        tr_sampler_give_back(s, take(s));
        assert_int_equal(tr_sampler_add_hard(s, 1, marks, 3, NULL), 0);
        scene_near(tr_sampler_hard(s, 1, &n)->score, 0.5, 0);
        assert_int_equal(n, 1);
        for (int i = 0; i < 6; i++) {
            tr_sample *t = take(s);
            assert_int_equal(t->scan, 1);
            assert_int_equal(t->truth.label, 0);
            assert_null(t->truth.mask);
            tr_sampler_give_back(s, t);
        }
    }
}

/* --- items of a validation --- */

static void every_nodule_is_an_item_of_its_class(void **state)
{
    tr_source source;
    scene_make(*state, 2, false);
    tr_plan p = scene_plan(&source, *state);
    p.recipe.task = MD_MALIGNANCY;
    p.recipe.head.kind = MD_HEAD_CLASS;
    CS_AUTO(tr_dataset) d = scene_open(&p, NULL);
    CS_AUTO(tr_sampler) s = open_sampler(&p, d, 0);
    int labels[2] = {0};
    assert_int_equal(tr_sampler_items(s), 4);
    for (size_t i = 0; i < 4; i++) {
        tr_sample *t = NULL;
        assert_int_equal(tr_sampler_item(s, i, &t, NULL), 0);
        labels[t->truth.label]++;
        /* unmoved: the nodule is in the middle */
        assert_true(t->truth.count > 0);
        for (int a = 0; a < 3; a++) {
            double middle = (double)p.recipe.input.patch[a] / 2 - 0.5;
            double nearest = HUGE_VAL;
            for (size_t k = 0; k < t->truth.count; k++)
                nearest =
                    fmin(nearest, fabs(t->truth.nodules[k].at[a] - middle));
            assert_true(nearest <= 0.5 + 1e-9);
        }
        tr_sampler_give_back(s, t);
    }
    assert_int_equal(labels[0], 2);
    assert_int_equal(labels[1], 2);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, tmp_setup, tmp_teardown)
    const struct CMUnitTest tests[] = {
        T(image_mask_and_nodules_agree),
        T(they_agree_however_they_are_moved),
        T(they_agree_in_the_scan_s_own_voxels),
        T(samples_are_the_same_with_any_loaders),
        T(a_jump_gives_what_a_straight_run_gives),
        T(an_epoch_too_far_is_an_error),
        T(mined_marks_are_learned_from),
        T(every_nodule_is_an_item_of_its_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
