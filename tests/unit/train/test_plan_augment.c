#include "train/plan_text.h"

static bool same(const im_augment_spec *a, const im_augment_spec *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

static void presets_are_taken_whole(void **state)
{
    tr_plan p;
    const im_augment_spec nothing = im_augment_nothing();
    const im_augment_spec nodules = im_augment_nodules();
    plan_take(*state, NULL, NULL, &p);
    assert_true(same(&p.augment.spec, &nothing) && !p.augment.nodules);
    tr_plan_done(&p);
    plan_take(*state, "preset: none", "preset: nodules", &p);
    assert_true(same(&p.augment.spec, &nodules) && p.augment.nodules);
    tr_plan_done(&p);
    plan_take(*state, "augment:\n  preset: none\n", "", &p);
    assert_true(same(&p.augment.spec, &nothing));
    tr_plan_done(&p);
}

static const char all_keys[] =
    "preset: nodules\n"
    "  flip: {probability: [0.1, 0.2, 0.3]}\n"
    "  rotate: {probability: 0.4, degrees: [1, 2, 3]}\n"
    "  scale: {probability: 0.5, factor: [0.9, 1.1]}\n"
    "  shift: {probability: 0.6, mm: [4, 5, 6]}\n"
    "  elastic: {probability: 0.7, grid: 30, mm: [1, 2]}\n"
    "  thick: {probability: 0.8, mm: [3, 4]}\n"
    "  blur: {probability: 0.9, sigma: [0.1, 0.2]}\n"
    "  noise: {probability: 0.11, sigma: [7, 8]}\n"
    "  gamma: {probability: 0.12, exponent: [0.5, 2], between: [-900, 300]}\n"
    "  contrast: {probability: 0.13, factor: [0.7, 1.3], centre: -500}\n"
    "  brightness: {probability: 0.14, hu: [-9, 9]}";

static void each_key_has_its_place(void **state)
{
    const im_augment_spec want = {
        .flip = {{0.1, 0.2, 0.3}},
        .rotate = {0.4, {1, 2, 3}},
        .scale = {0.5, {0.9, 1.1}},
        .shift = {0.6, {4, 5, 6}},
        .elastic = {0.7, 30, {1, 2}},
        .thick = {0.8, {3, 4}},
        .blur = {0.9, {0.1, 0.2}},
        .noise = {0.11, {7, 8}},
        .gamma = {0.12, {0.5, 2}, -900, 300},
        .contrast = {0.13, {0.7, 1.3}, -500},
        .brightness = {0.14, {-9, 9}},
    };
    tr_plan p;
    plan_take(*state, "preset: none", all_keys, &p);
    assert_true(same(&p.augment.spec, &want));
    tr_plan_done(&p);
}

static void a_preset_stands_behind_what_is_named(void **state)
{
    im_augment_spec want = im_augment_nodules();
    want.noise.probability = 0;
    want.shift.mm[2] = 1;
    tr_plan p;
    plan_take(*state, "preset: none",
              "preset: nodules\n  noise: {probability: 0}\n"
              "  shift: {mm: [4, 4, 1]}",
              &p);
    assert_true(same(&p.augment.spec, &want));
    tr_plan_done(&p);
}

static void variations_that_cannot_be_are_refused(void **state)
{
    static const plan_slip slips[] = {
        {"preset: none", "preset: nodule",
         "15:11: key 'augment.preset': expected one of none, nodules, not "
         "'nodule'"},
        {"preset: none", "noise: {sigma: [1, 2]}",
         "15:3: key 'augment.noise': how often? give it a probability"},
        {"preset: none", "noise: {probability: 2}",
         "15:24: key 'augment.noise.probability': expected 0.0 to 1.0, not "
         "2.0"},
        {"preset: none", "noise: {probability: 1, sigma: [9, 3]}",
         "15:3: key 'augment': augmentation 'noise.sigma_hu': the range begins at 9, above "
         "its end at 3"},
        {"preset: none", "elastic: {probability: 1, grid: 8, mm: [1, 6]}",
         "15:3: key 'augment': augmentation 'elastic.mm': 6 mm may fold a grid of 8 mm; at "
         "most 2.8"},
        {"preset: none", "rotate: {probability: 1, angle: 3}",
         "15:28: unknown key 'augment.rotate.angle'"},
    };
    plan_slips(*state, slips, CS_COUNTOF(slips));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLAN_TEST(presets_are_taken_whole),
        PLAN_TEST(each_key_has_its_place),
        PLAN_TEST(a_preset_stands_behind_what_is_named),
        PLAN_TEST(variations_that_cannot_be_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
