#include "image/phantom/lungtree.h"

#include "base/vec.h"
#include "support/test.h"

typedef struct chest {
    ph_patient patient;
    ph_tubes great;
    ph_organs organs;
} chest;

/* For all tests, as it takes a while to build. */
static chest c;

static int build_chest(void **state)
{
    (void)state;
    ph_patient_draw(&c.patient, &im_phantom_sites[0], 1, 3);
    assert_int_equal(ph_great_tubes(&c.patient, &c.great), 0);
    assert_int_equal(
        ph_organs_init(&c.organs, &c.patient, &c.great, -210, 140, NULL, NULL),
        0);
    return 0;
}

static int drop_chest(void **state)
{
    (void)state;
    ph_organs_done(&c.organs);
    cs_vec_done(&c.great);
    return 0;
}

static void vessels_and_bronchi_keep_to_the_lungs(void **state)
{
    (void)state;
    ph_tubes list = {NULL, 0, 0};
    assert_int_equal(ph_lung_tubes(&c.patient, &c.organs, &list), 0);
    size_t bronchi = 0, inside = 0, by_side[2] = {0, 0};
    for (size_t i = 0; i < list.len; i++) {
        const ph_tube *t = &list.items[i];
        ph_vec mid = ph_mix(t->a, t->b, 0.5F);
        bronchi += t->kind == PH_BRONCHUS;
        inside += ph_lung_distance(&c.organs, mid) < 0;
        by_side[mid.x > 0]++;
        assert_true(t->ra > 0 && t->ra < 9);
        assert_true(ph_lung_distance(&c.organs, mid) < 12);
    }
    assert_true(list.len > 20000);
    assert_true(bronchi > 100);
    assert_true(inside > list.len * 97 / 100);
    assert_true(by_side[0] > list.len / 3 && by_side[1] > list.len / 3);
    cs_vec_done(&list);
}

static void the_same_patient_has_the_same_tree(void **state)
{
    (void)state;
    ph_tubes a = {NULL, 0, 0}, b = {NULL, 0, 0};
    assert_int_equal(ph_lung_tubes(&c.patient, &c.organs, &a), 0);
    assert_int_equal(ph_lung_tubes(&c.patient, &c.organs, &b), 0);
    assert_int_equal(a.len, b.len);
    for (size_t i = 0; i < a.len; i++) {
        assert_true(a.items[i].a.x == b.items[i].a.x);
        assert_true(a.items[i].rb == b.items[i].rb);
    }
    cs_vec_done(&a);
    cs_vec_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vessels_and_bronchi_keep_to_the_lungs),
        cmocka_unit_test(the_same_patient_has_the_same_tree),
    };
    return cmocka_run_group_tests(tests, build_chest, drop_chest);
}
