#include "lung/shape.h"

#include "lung/outlines.h"

static const double seed[] = {0.5, 0, 0.5};

static lu_measure shape_of(const nodules_ball *b, const nodules_rod *rods,
                           size_t n)
{
    CS_SCOPED(outlined) o = {.outline = {.found = false}};
    const nodules_scene s = {
        .balls = b, .ball_count = 1, .rods = rods, .rod_count = n, .noise = 15};
    outlined_make(&o, &s, seed, 2 * b->r[0]);
    assert_true(o.outline.found);
    lu_measure m = {.volume_mm3 = 0};
    assert_int_equal(
        lu_shape_find(&outlined_run, &o.patch, &o.outline, &m, NULL), 0);
    return m;
}

static void a_ball_is_round_and_has_no_spikes(void **state)
{
    (void)state;
    const nodules_ball b = {{0, 0, 0}, {6, 6, 6}, 20};
    lu_measure m = shape_of(&b, NULL, 0);
    assert_true(m.sphericity > 0.95 && m.sphericity <= 1);
    assert_false(m.spiculated);
    assert_true(m.spiculation >= 0 && m.spiculation < 0.2);
    const nodules_ball flat = {{0, 0, 0}, {8, 8, 4}, 20};
    assert_true(shape_of(&flat, NULL, 0).sphericity < 0.95);
}

/* Twelve strands along the corners of an icosahedron. */
static void strands_all_around_make_it_spiculated(void **state)
{
    (void)state;
    nodules_rod rods[12] = {{.r = 0}};
    for (int i = 0; i < 12; i++) {
        double s = i & 1 ? 1 : -1, t = i & 2 ? 1.618 : -1.618;
        int a = i / 4;
        rods[i] = (nodules_rod){.r = 0.8, .hu = -40};
        rods[i].b[a] = 6 * s;
        rods[i].b[(a + 1) % 3] = 6 * t;
    }
    const nodules_ball b = {{0, 0, 0}, {6, 6, 6}, 20};
    lu_measure m = shape_of(&b, rods, 12);
    assert_true(m.spiculated);
    assert_true(m.spiculation > 0.9 && m.spiculation <= 1);
    /* A vessel in and two out are none. */
    m = shape_of(&b, rods, 3);
    assert_false(m.spiculated);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ball_is_round_and_has_no_spikes),
        cmocka_unit_test(strands_all_around_make_it_spiculated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
