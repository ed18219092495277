#include "image/phantom/patient.h"

#include "support/test.h"

static void draw(ph_patient *p, size_t site, uint64_t seed, uint64_t index)
{
    ph_patient_draw(p, &im_phantom_sites[site], seed, index);
}

static void the_same_scan_is_the_same_patient(void **state)
{
    (void)state;
    ph_patient a, b;
    draw(&a, 0, 7, 3);
    draw(&b, 0, 7, 3);
    assert_true(a.age == b.age && a.scale.x == b.scale.x && a.fat == b.fat);
    draw(&b, 0, 7, 4);
    assert_true(a.scale.x != b.scale.x);
    draw(&b, 0, 8, 3);
    assert_true(a.scale.x != b.scale.x);
    draw(&b, 1, 7, 3);
    assert_true(a.scale.x != b.scale.x); /* two sites share no patients */
}

static void patients_stay_within_what_bodies_do(void **state)
{
    (void)state;
    double age = 0;
    for (uint64_t i = 0; i < 400; i++) {
        ph_patient p;
        draw(&p, 3, 1, i);
        assert_true(p.age >= 25 && p.age <= 92);
        assert_true(p.scale.x > 0.7F && p.scale.x < 1.3F);
        assert_true(p.scale.z > 0.7F && p.scale.z < 1.3F);
        assert_true(p.fat >= 5 && p.fat <= 24);
        assert_true(p.emphysema >= 0 && p.emphysema <= 1);
        age += (double)p.age;
    }
    assert_true(fabs(age / 400 - 71) < 1.5); /* the site's mean */
}

static void there_and_back_is_half_a_millimetre(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 20; i++) {
        ph_patient p;
        draw(&p, 0, 2, i);
        for (int k = 0; k < 50; k++) {
            ph_vec v = {(float)(k * 37 % 280) - 140,
                        (float)(k * 53 % 240) - 120,
                        (float)(k * 71 % 300) - 180};
            ph_vec back = ph_standard(&p, ph_place(&p, v));
            assert_true(ph_length(ph_sub(back, v)) < 0.75F);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_scan_is_the_same_patient),
        cmocka_unit_test(patients_stay_within_what_bodies_do),
        cmocka_unit_test(there_and_back_is_half_a_millimetre),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
