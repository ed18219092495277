#include "image/phantom/organs.h"

#include "base/vec.h"
#include "support/test.h"

typedef struct chest {
    ph_patient patient;
    ph_tubes great;
    ph_organs organs;
} chest;

/* For all tests, as each takes a while to build. */
#define CHESTS 3
static chest chests[CHESTS];

static int build_chests(void **state)
{
    (void)state;
    for (size_t i = 0; i < CHESTS; i++) {
        chest *c = &chests[i];
        ph_patient_draw(&c->patient, &im_phantom_sites[0], 1, i);
        assert_int_equal(ph_great_tubes(&c->patient, &c->great), 0);
        assert_int_equal(ph_organs_init(&c->organs, &c->patient, &c->great,
                                        -210, 140, NULL, NULL),
                         0);
    }
    return 0;
}

static int drop_chests(void **state)
{
    (void)state;
    for (size_t i = 0; i < CHESTS; i++) {
        ph_organs_done(&chests[i].organs);
        cs_vec_done(&chests[i].great);
    }
    return 0;
}

static double litres(const chest *c, ph_organ organ)
{
    const ph_grid *g = &c->organs.grid;
    double n = 0;
    for (size_t i = 0; i < ph_grid_points(g); i++)
        n += c->organs.fields[organ].values[i] < 0;
    return n * pow((double)g->pitch, 3) * 1e-6;
}

static void organs_have_the_size_of_organs(void **state)
{
    (void)state;
    for (size_t i = 0; i < CHESTS; i++) {
        const chest *c = &chests[i];
        double left = litres(c, PH_LUNG_LEFT);
        double right = litres(c, PH_LUNG_RIGHT);
        assert_true(left > 1.2 && left < 4);
        assert_true(right > left && right < 4.5);
        double heart = litres(c, PH_HEART);
        assert_true(heart > 0.3 && heart < 1.1);
    }
}

static void lungs_lie_in_the_cavity_above_the_diaphragm(void **state)
{
    (void)state;
    const chest *c = &chests[2];
    const ph_field *f = c->organs.fields;
    for (size_t i = 0; i < ph_grid_points(&c->organs.grid); i++) {
        bool left = f[PH_LUNG_LEFT].values[i] < 0;
        bool right = f[PH_LUNG_RIGHT].values[i] < 0;
        assert_false(left && right);
        if (!left && !right)
            continue;
        assert_true(f[PH_CAVITY].values[i] < 0);
        assert_true(f[PH_DIAPHRAGM].values[i] > 0);
        assert_true(f[PH_BODY].values[i] < 0);
        assert_true(f[PH_HEART].values[i] > 0);
    }
}

static void lobes_lie_above_each_other(void **state)
{
    (void)state;
    const chest *c = &chests[0];
    const ph_vec upper = ph_place(&c->patient, (ph_vec){-70, 20, 50});
    const ph_vec middle = ph_place(&c->patient, (ph_vec){-75, -65, -60});
    const ph_vec lower = ph_place(&c->patient, (ph_vec){-75, 65, -60});
    assert_int_equal(ph_lobe_at(&c->organs, upper), PH_RIGHT_UPPER);
    assert_int_equal(ph_lobe_at(&c->organs, middle), PH_RIGHT_MIDDLE);
    assert_int_equal(ph_lobe_at(&c->organs, lower), PH_RIGHT_LOWER);
    const ph_vec left = ph_place(&c->patient, (ph_vec){70, 20, 50});
    const ph_vec base = ph_place(&c->patient, (ph_vec){80, 65, -60});
    assert_int_equal(ph_lobe_at(&c->organs, left), PH_LEFT_UPPER);
    assert_int_equal(ph_lobe_at(&c->organs, base), PH_LEFT_LOWER);
    assert_int_equal(ph_lobe_at(&c->organs, (ph_vec){0, 0, 0}), PH_LOBES);
    assert_true(ph_lung_distance(&c->organs, upper) < -5);
}

static void threads_make_no_difference(void **state)
{
    (void)state;
    const chest *c = &chests[1];
    CS_AUTO(cs_pool) pool = NULL;
    assert_int_equal(cs_pool_new(3, &pool, NULL), 0);
    ph_organs other;
    assert_int_equal(
        ph_organs_init(&other, &c->patient, &c->great, -210, 140, pool, NULL),
        0);
    assert_memory_equal(other.values, c->organs.values,
                        ph_grid_points(&other.grid) * PH_ORGANS *
                            sizeof(float));
    ph_organs_done(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(organs_have_the_size_of_organs),
        cmocka_unit_test(lungs_lie_in_the_cavity_above_the_diaphragm),
        cmocka_unit_test(lobes_lie_above_each_other),
        cmocka_unit_test(threads_make_no_difference),
    };
    return cmocka_run_group_tests(tests, build_chests, drop_chests);
}
