#include "image/augment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/test.h"

static void presets_can_be_done(void **state)
{
    (void)state;
    const im_augment_spec a = im_augment_nothing(), b = im_augment_nodules();
    assert_int_equal(im_augment_check(&a, NULL), 0);
    assert_int_equal(im_augment_check(&b, NULL), 0);
}

/* Sets one number of a good spec, by its place. */
typedef struct bad_case {
    size_t offset;
    double value;
    const char *message;
} bad_case;

#define AT(field) offsetof(im_augment_spec, field)

static void what_cannot_be_done_is_named(void **state)
{
    (void)state;
    static const bad_case cases[] = {
        {AT(flip.probability[2]), 1.5,
         "augmentation 'flip.probability': expected 0 to 1, not 1.5"},
        {AT(rotate.probability), (double)NAN,
         "augmentation 'rotate.probability': expected 0 to 1, not nan"},
        {AT(rotate.degrees[1]), 181,
         "augmentation 'rotate.degrees': expected 0 to 180, not 181"},
        {AT(scale.factor.low), 0,
         "augmentation 'scale.factor': expected 0.1 to 10, not 0"},
        {AT(scale.factor.low), 2,
         "augmentation 'scale.factor': the range begins at 2, above its end at "
         "1.2"},
        {AT(shift.mm[0]), -1,
         "augmentation 'shift.mm': expected 0 to 1000, not -1"},
        {AT(elastic.mm.high), 7.5,
         "augmentation 'elastic.mm': 7.5 mm may fold a grid of 20 mm; at most "
         "7"},
        {AT(elastic.grid_mm), 0,
         "augmentation 'elastic.grid_mm': expected 4 to 1000, not 0"},
        {AT(thick.mm.high), HUGE_VAL,
         "augmentation 'thick.mm': expected 0 to 100, not inf"},
        {AT(blur.sigma_mm.low), -0.5,
         "augmentation 'blur.sigma_mm': expected 0 to 50, not -0.5"},
        {AT(noise.sigma_hu.low), 41,
         "augmentation 'noise.sigma_hu': the range begins at 41, above its end "
         "at 40"},
        {AT(gamma.low_hu), 400,
         "augmentation 'gamma.low_hu': 400 is not below 'gamma.high_hu', 400"},
        {AT(contrast.factor.low), -1,
         "augmentation 'contrast.factor': expected 0 to 100, not -1"},
        {AT(brightness.hu.low), 21,
         "augmentation 'brightness.hu': the range begins at 21, above its end "
         "at 20"},
    };
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        im_augment_spec s = im_augment_nodules();
        memcpy((char *)&s + cases[i].offset, &cases[i].value, sizeof(double));
        cs_errinfo info = {0};
        assert_int_equal(im_augment_check(&s, &info), CS_E_RANGE);
        assert_string_equal(info.message, cases[i].message);
    }
}

static void nothing_is_the_identity(void **state)
{
    (void)state;
    const im_augment_spec s = im_augment_nothing();
    for (uint64_t i = 0; i < 50; i++) {
        const im_augment_plan p = im_augment_draw(&s, 7, i);
        assert_false(p.flip[0] || p.flip[1] || p.flip[2]);
        for (int k = 0; k < 3; k++)
            assert_true(p.degrees[k] == 0 && p.shift_mm[k] == 0);
        assert_true(p.scale == 1 && p.elastic_mm == 0 && p.thick_mm == 0);
        assert_true(p.blur_mm == 0 && p.noise_hu == 0 && p.gamma == 1);
        assert_true(p.contrast == 1 && p.brightness_hu == 0);
    }
}

static bool same_place(const im_augment_plan *a, const im_augment_plan *b)
{
    return memcmp(a->flip, b->flip, sizeof(a->flip)) == 0 &&
           memcmp(a->degrees, b->degrees, sizeof(a->degrees)) == 0 &&
           memcmp(a->shift_mm, b->shift_mm, sizeof(a->shift_mm)) == 0 &&
           a->scale == b->scale && a->elastic_mm == b->elastic_mm;
}

static bool same_values(const im_augment_plan *a, const im_augment_plan *b)
{
    return a->thick_mm == b->thick_mm && a->thick_phase == b->thick_phase &&
           a->blur_mm == b->blur_mm && a->noise_hu == b->noise_hu &&
           a->contrast == b->contrast && a->brightness_hu == b->brightness_hu;
}

static void same_seed_and_number_give_the_same_plan(void **state)
{
    (void)state;
    const im_augment_spec s = im_augment_nodules();
    const im_augment_plan a = im_augment_draw(&s, 1, 5);
    const im_augment_plan b = im_augment_draw(&s, 1, 5);
    const im_augment_plan c = im_augment_draw(&s, 1, 6);
    const im_augment_plan d = im_augment_draw(&s, 2, 5);
    assert_true(same_place(&a, &b) && same_values(&a, &b));
    assert_true(a.knots.stream == b.knots.stream);
    assert_false(same_place(&a, &c) && same_values(&a, &c));
    assert_false(same_place(&a, &d) && same_values(&a, &d));
    assert_true(a.noise.stream != c.noise.stream);
}

static void switching_one_on_leaves_the_others(void **state)
{
    (void)state;
    const im_augment_spec s = im_augment_nodules();
    im_augment_spec with = s;
    with.gamma.probability = 1;
    im_augment_spec turned = s;
    turned.rotate.probability = 0;
    for (uint64_t i = 0; i < 100; i++) {
        const im_augment_plan a = im_augment_draw(&s, 3, i);
        const im_augment_plan b = im_augment_draw(&with, 3, i);
        im_augment_plan c = im_augment_draw(&turned, 3, i);
        assert_true(same_place(&a, &b) && same_values(&a, &b));
        assert_true(b.gamma != 1);
        memcpy(c.degrees, a.degrees, sizeof(c.degrees));
        assert_true(same_place(&a, &c) && same_values(&a, &c));
    }
}

/* 4000 draws: a probability is met within four deviations, ranges are kept
 * and used up to their ends. */
static void draws_keep_probabilities_and_ranges(void **state)
{
    (void)state;
    enum { N = 4000 };
    const im_augment_spec s = im_augment_nodules();
    int flips = 0, turns = 0, noises = 0;
    double low = 1, high = 1, widest = 0;
    for (uint64_t i = 0; i < N; i++) {
        const im_augment_plan p = im_augment_draw(&s, 11, i);
        flips += p.flip[1];
        turns += p.degrees[2] != 0;
        noises += p.noise_hu > 0;
        low = p.scale < low ? p.scale : low;
        high = p.scale > high ? p.scale : high;
        widest = fabs(p.degrees[2]) > widest ? fabs(p.degrees[2]) : widest;
        assert_true(p.elastic_mm == 0 ||
                    (p.elastic_mm >= 2 && p.elastic_mm <= 6));
        assert_true(p.thick_phase >= 0 && p.thick_phase < 1);
    }
    assert_true(abs(flips - N / 2) < 4 * 32);
    assert_true(abs(turns - N * 8 / 10) < 4 * 26);
    assert_true(abs(noises - N * 4 / 10) < 4 * 31);
    assert_true(low >= 0.85 && low < 0.852 && high <= 1.2 && high > 1.198);
    assert_true(widest <= 180 && widest > 179);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(presets_can_be_done),
        cmocka_unit_test(what_cannot_be_done_is_named),
        cmocka_unit_test(nothing_is_the_identity),
        cmocka_unit_test(same_seed_and_number_give_the_same_plan),
        cmocka_unit_test(switching_one_on_leaves_the_others),
        cmocka_unit_test(draws_keep_probabilities_and_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
