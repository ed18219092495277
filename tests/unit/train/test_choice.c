#include "train/choice.h"

#include "train/annotations.h"
#include "train/scene.h"

typedef struct setting {
    tr_source source;
    tr_plan plan;
    tr_dataset *data;
} setting;

static void begin(setting *s, const char *dir, size_t scans)
{
    scene_make(dir, scans, false);
    s->plan = scene_plan(&s->source, dir);
    s->source.candidates =
        tmp_write(dir, "marks.csv",
                  "seriesuid,coordX,coordY,coordZ,probability\n"
                  "scan0,5,45,-60,0.5\nscan1,5,40,-60,0.5\n");
    s->data = scene_open(&s->plan, NULL);
}

static tr_choice choose(const tr_chooser *c, uint64_t epoch, uint64_t number)
{
    tr_choice ret;
    cs_errinfo info = {0};
    if (tr_choose(c, epoch, number, &ret, &info) < 0)
        fail_msg("%s", info.message);
    return ret;
}

/* Within five deviations of a binomial count. */
static void expect_share(size_t count, size_t n, double share)
{
    scene_near((double)count, (double)n * share,
               5 * sqrt((double)n * share * (1 - share)));
}

static void kinds_have_their_shares(void **state)
{
    setting s;
    size_t kinds[4] = {0}, n = 1000;
    tr_chooser c;
    begin(&s, *state, 2);
    s.plan.sampling.nodules = 0.5;
    s.plan.sampling.hard = 0.3;
    s.plan.sampling.background = 0.2;
    assert_int_equal(tr_chooser_init(&c, &s.plan, s.data, NULL), 0);
    for (uint64_t i = 0; i < n; i++)
        kinds[choose(&c, 3, i).kind]++;
    expect_share(kinds[TR_KIND_NODULE], n, 0.5);
    expect_share(kinds[TR_KIND_HARD], n, 0.3);
    expect_share(kinds[TR_KIND_BACKGROUND], n, 0.2);
    tr_chooser_done(&c);
    tr_dataset_free(s.data);
}

static void without_hard_negatives_there_is_more_background(void **state)
{
    setting s;
    size_t kinds[4] = {0}, n = 400;
    tr_chooser c;
    begin(&s, *state, 1);
    assert_int_equal(tr_chooser_init(&c, &s.plan, s.data, NULL), 0);
    assert_int_equal(tr_chooser_set_hard(&c, NULL, 0, NULL), 0);
    for (uint64_t i = 0; i < n; i++)
        kinds[choose(&c, 0, i).kind]++;
    expect_share(kinds[TR_KIND_NODULE], n, 0.5);
    assert_int_equal(kinds[TR_KIND_HARD], 0);
    expect_share(kinds[TR_KIND_BACKGROUND], n, 0.5);
    tr_chooser_done(&c);
    tr_dataset_free(s.data);
}

static void small_nodules_can_weigh_more(void **state)
{
    setting s;
    size_t small = 0, n = 1000;
    tr_chooser c;
    begin(&s, *state, 1);
    s.plan.sampling.nodules = 1;
    s.plan.sampling.size_power = 3;
    assert_int_equal(tr_chooser_init(&c, &s.plan, s.data, NULL), 0);
    double first[3];
    scene_centre(0, 0, first);
    for (uint64_t i = 0; i < n; i++)
        small += fabs(choose(&c, 0, i).centre[1] - first[1]) < 1e-6;
    double ratio = pow(scene_diameter(0, 1) / scene_diameter(0, 0), 3);
    expect_share(small, n, ratio / (1 + ratio));
    tr_chooser_done(&c);
    tr_dataset_free(s.data);
}

static void background_is_lung_and_far_from_nodules(void **state)
{
    setting s;
    tr_chooser c;
    begin(&s, *state, 2);
    s.plan.sampling.nodules = s.plan.sampling.hard = 0;
    s.plan.sampling.background = 1;
    assert_int_equal(tr_chooser_init(&c, &s.plan, s.data, NULL), 0);
    for (uint64_t i = 0; i < 100; i++) {
        const tr_choice v = choose(&c, 0, i);
        const tr_scan *scan = tr_dataset_at(s.data, v.scan);
        const im_geometry g = scene_geometry(v.scan);
        double at[3];
        assert_int_equal(v.label, 0);
        assert_false(tr_is_near_nodule(scan->nodules, scan->nodule_count,
                                       v.centre, 9.99));
        im_world_to_grid(&g, v.centre, at);
        for (int a = 0; a < 3; a++)
            assert_true(at[a] > 0.5 && at[a] < (double)g.size[a] - 1.5);
    }
    tr_chooser_done(&c);
    tr_dataset_free(s.data);
}

/* The only bright things far from nodules are the voxels of one column. */
static void a_checking_network_sees_bright_background(void **state)
{
    setting s;
    tr_chooser c;
    size_t bright = 0, n = 200;
    begin(&s, *state, 1);
    tr_dataset_free(s.data);
    CS_SCOPED(im_volume) scan = IM_VOLUME_INIT;
    assert_int_equal(im_read(tmp_path(*state, "scan0.mhd"), &scan, NULL), 0);
    int16_t *hu = tn_data(&scan.voxels);
    for (size_t z = 0; z < 25; z++)
        for (size_t y = 28; y < 33; y++)
            for (size_t x = 4; x < 9; x++)
                hu[im_at(&scan.geometry, x, y, z)] = 0;
    scene_write(&scan, *state, "scan0.mhd");
    s.data = scene_open(&s.plan, NULL);
    s.plan.recipe.task = MD_CHECK;
    s.plan.sampling.nodules = s.plan.sampling.hard = 0;
    s.plan.sampling.background = 1;
    assert_int_equal(tr_chooser_init(&c, &s.plan, s.data, NULL), 0);
    for (uint64_t i = 0; i < n; i++) {
        const tr_choice v = choose(&c, 0, i);
        double at[3];
        im_world_to_grid(&scan.geometry, v.centre, at);
        bright += at[0] > 2 && at[0] < 10 && at[1] > 26 && at[1] < 34;
    }
    expect_share(bright, n, 0.52);
    tr_chooser_done(&c);
    tr_dataset_free(s.data);
}

static void nodules_lie_off_the_centre_by_the_jitter(void **state)
{
    setting s;
    tr_chooser c;
    double most = 0;
    begin(&s, *state, 1);
    s.plan.sampling.nodules = 1;
    s.plan.sampling.jitter = 2;
    assert_int_equal(tr_chooser_init(&c, &s.plan, s.data, NULL), 0);
    for (uint64_t i = 0; i < 200; i++) {
        const tr_choice v = choose(&c, 0, i);
        double nearest = HUGE_VAL;
        for (size_t k = 0; k < SCENE_NODULES; k++) {
            double at[3], d = 0;
            scene_centre(0, k, at);
            for (int a = 0; a < 3; a++)
                d = fmax(d, fabs(at[a] - v.centre[a]));
            nearest = fmin(nearest, d);
        }
        assert_true(nearest <= 2);
        most = fmax(most, nearest);
    }
    assert_true(most > 1.8);
    tr_chooser_done(&c);
    tr_dataset_free(s.data);
}

static void malignant_and_benign_are_drawn_evenly(void **state)
{
    setting s;
    size_t malignant = 0, n = 400;
    tr_chooser c;
    begin(&s, *state, 2);
    s.plan.recipe.task = MD_MALIGNANCY;
    assert_int_equal(tr_chooser_init(&c, &s.plan, s.data, NULL), 0);
    for (uint64_t i = 0; i < n; i++)
        malignant += (size_t)choose(&c, 1, i).label;
    expect_share(malignant, n, 0.5);
    tr_chooser_done(&c);
    tr_dataset_free(s.data);
}

static void each_middle_comes_once_a_round(void **state)
{
    setting s;
    tr_chooser c;
    begin(&s, *state, 3);
    s.plan.sampling.crop = TR_CROP_CENTRE;
    assert_int_equal(tr_chooser_init(&c, &s.plan, s.data, NULL), 0);
    for (uint64_t round = 0; round < 4; round++) {
        bool seen[3] = {false};
        for (uint64_t i = 0; i < 3; i++) {
            const tr_choice v = choose(&c, 0, 3 * round + i);
            assert_int_equal(v.kind, TR_KIND_MIDDLE);
            assert_false(seen[v.scan]);
            seen[v.scan] = true;
        }
    }
    tr_chooser_done(&c);
    tr_dataset_free(s.data);
}

static void nothing_to_learn_from_is_an_error(void **state)
{
    setting s;
    tr_chooser c;
    cs_errinfo info = {0};
    begin(&s, *state, 1);
    tr_dataset_free(s.data);
    s.plan.data.query.diameter_min = 50;
    s.data = scene_open(&s.plan, NULL);
    assert_int_equal(tr_chooser_init(&c, &s.plan, s.data, &info),
                     CS_E_NOTFOUND);
    assert_non_null(strstr(info.message, "data.query"));
    s.plan.recipe.task = MD_MALIGNANCY;
    assert_int_equal(tr_chooser_init(&c, &s.plan, s.data, &info),
                     CS_E_NOTFOUND);
    assert_non_null(strstr(info.message, "malignancy"));
    tr_dataset_free(s.data);
}

static void items_are_nodules_then_what_is_none(void **state)
{
    setting s;
    tr_chooser c;
    tr_choice v;
    begin(&s, *state, 2);
    s.plan.recipe.task = MD_CHECK;
    assert_int_equal(tr_chooser_init(&c, &s.plan, s.data, NULL), 0);
    assert_int_equal(tr_items(&c), 4 + 2);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(tr_item(&c, i, &v, NULL), 0);
        assert_int_equal(v.kind, i < 4 ? TR_KIND_NODULE : TR_KIND_HARD);
        assert_int_equal(v.label, i < 4);
        assert_false(v.augment);
    }
    assert_true(v.centre[1] == 40);
    assert_int_equal(tr_chooser_set_hard(&c, NULL, 0, NULL), 0);
    assert_int_equal(tr_items(&c), 4 + 4);
    assert_int_equal(tr_item(&c, 5, &v, NULL), 0);
    assert_int_equal(v.kind, TR_KIND_BACKGROUND);
    assert_int_equal(v.label, 0);
    tr_chooser_done(&c);
    tr_dataset_free(s.data);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, tmp_setup, tmp_teardown)
    const struct CMUnitTest tests[] = {
        T(kinds_have_their_shares),
        T(without_hard_negatives_there_is_more_background),
        T(small_nodules_can_weigh_more),
        T(background_is_lung_and_far_from_nodules),
        T(a_checking_network_sees_bright_background),
        T(nodules_lie_off_the_centre_by_the_jitter),
        T(malignant_and_benign_are_drawn_evenly),
        T(each_middle_comes_once_a_round),
        T(nothing_to_learn_from_is_an_error),
        T(items_are_nodules_then_what_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
