#include "image/phantom/great.h"

#include "base/vec.h"
#include "support/test.h"

static void vessels_are_where_anatomy_puts_them(void **state)
{
    (void)state;
    ph_patient p;
    ph_patient_draw(&p, &im_phantom_sites[0], 1, 0);
    ph_tubes list = {NULL, 0, 0};
    assert_int_equal(ph_great_tubes(&p, &list), 0);
    size_t air = 0;
    float widest = 0, low = 1000, high = -1000;
    for (size_t i = 0; i < list.len; i++) {
        const ph_tube *t = &list.items[i];
        assert_true(fabsf(t->a.x) < 80 && fabsf(t->a.y) < 80);
        assert_true(t->ra > 0 && t->rb > 0);
        widest = t->ra > widest ? t->ra : widest;
        if (t->kind != PH_TRACHEA)
            continue;
        air++;
        assert_true(t->wall > 0 && t->hu < -900);
        low = t->b.z < low ? t->b.z : low;
        high = t->a.z > high ? t->a.z : high;
    }
    assert_true(air > 10 && high > 120 && low > -40 && low < 0);
    assert_true(widest > 14 && widest < 18); /* the aorta */
    cs_vec_done(&list);
}

static void left_hila_lie_to_the_left(void **state)
{
    (void)state;
    for (int i = 0; i < PH_LOBES; i++) {
        bool left = i == PH_LEFT_UPPER || i == PH_LEFT_LOWER;
        assert_int_equal(ph_hila[i].artery.x > 0, left);
        assert_int_equal(ph_hila[i].vein.x > 0, left);
        assert_int_equal(ph_hila[i].bronchus.x > 0, left);
        assert_int_equal(ph_lobe_names[i][0], left ? 'L' : 'R');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vessels_are_where_anatomy_puts_them),
        cmocka_unit_test(left_hila_lie_to_the_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
