#include "image/phantom/nodule.h"

#include "image/phantom/scene.h"
#include "image/phantom/scene_case.h"

/* A scene takes most of a second to build: one for all tests. */
static ph_scene *scene;

static int build_scene(void **state)
{
    (void)state;
    scene = scene_case(0);
    return 0;
}

static int drop_scene(void **state)
{
    (void)state;
    scene_case_free(scene);
    return 0;
}

static ph_nodule ball(float radius)
{
    return (ph_nodule){.c = {1, 2, 3}, .radius = radius, .axes = {1, 1, 1}};
}

static void a_nodule_without_bumps_is_a_ball(void **state)
{
    (void)state;
    ph_nodule n = ball(4);
    assert_true(fabsf(ph_nodule_distance(&n, (ph_vec){1, 2, 9}) - 2) < 1e-5F);
    assert_true(fabsf(ph_nodule_distance(&n, n.c) + 4) < 1e-5F);
    assert_true(ph_nodule_reach(&n) >= 4);
    n.axes = (ph_vec){2, 1, 1};
    assert_true(fabsf(ph_nodule_distance(&n, (ph_vec){9, 2, 3})) < 1e-5F);
}

static void nodules_lie_in_the_lung_where_they_say(void **state)
{
    (void)state;
    const ph_scene *s = scene;
    cs_rng r = cs_rng_stream(9, 9);
    unsigned drawn = 0, places[IM_PHANTOM_PLACES] = {0};
    for (int k = 0; k < 60; k++) {
        ph_nodule n;
        float d = 4 + (float)(k % 12) * 2;
        if (!ph_nodule_draw(&n, s->site, &s->organs, &s->tubes, s->nodules,
                            s->nodule_count, d, &r))
            continue;
        drawn++;
        places[n.place]++;
        float depth = -ph_lung_distance(&s->organs, n.c);
        assert_true(depth > 0);
        if (n.place == IM_PHANTOM_ON_PLEURA)
            assert_true(depth < n.radius);
        else
            assert_true(depth > n.radius);
        assert_int_equal(n.lobe, ph_lobe_at(&s->organs, n.c));
        assert_true(n.diameter > 0.6F * d && n.diameter < 1.35F * d);
        assert_true(n.spicules > 0 || !n.spiculated);
        for (size_t i = 0; i < s->nodule_count; i++)
            assert_true(ph_length(ph_sub(n.c, s->nodules[i].c)) >
                        n.radius + s->nodules[i].radius + 4);
    }
    assert_true(drawn > 50);
    for (int i = 0; i < IM_PHANTOM_PLACES; i++)
        assert_true(places[i] > 3);
}

static void diameter_is_that_of_the_ball_of_equal_volume(void **state)
{
    (void)state;
    const ph_scene *s = scene;
    cs_rng r = cs_rng_stream(4, 4);
    for (int k = 0; k < 6; k++) {
        ph_nodule n;
        if (!ph_nodule_draw(&n, s->site, &s->organs, &s->tubes, NULL, 0, 12,
                            &r))
            continue;
        double inside = 0;
        float reach = ph_nodule_reach(&n), step = 0.3F;
        for (float z = -reach; z < reach; z += step)
            for (float y = -reach; y < reach; y += step)
                for (float x = -reach; x < reach; x += step) {
                    ph_vec v = ph_add(n.c, (ph_vec){x, y, z});
                    inside += ph_nodule_inside(&n, &s->organs, v) < 0;
                }
        double volume = inside * pow((double)step, 3);
        double d = cbrt(volume * 6 / 3.14159265358979);
        assert_true(fabs(d - (double)n.diameter) < 0.02 * d);
    }
}

static void risk_grows_with_what_doctors_fear(void **state)
{
    (void)state;
    ph_patient p;
    ph_patient_draw(&p, &im_phantom_sites[0], 1, 0);
    ph_nodule n = ball(4);
    n.diameter = 8;
    n.lobe = PH_RIGHT_LOWER;
    float base = ph_nodule_risk(&n, &p, 1);
    assert_true(base > 0 && base < 1);
    ph_nodule other = n;
    other.diameter = 16;
    assert_true(ph_nodule_risk(&other, &p, 1) > base);
    other = n;
    other.spiculated = true;
    assert_true(ph_nodule_risk(&other, &p, 1) > base);
    other = n;
    other.type = IM_PHANTOM_PART_SOLID;
    assert_true(ph_nodule_risk(&other, &p, 1) > base);
    other = n;
    other.lobe = PH_LEFT_UPPER;
    assert_true(ph_nodule_risk(&other, &p, 1) > base);
    other = n;
    other.type = IM_PHANTOM_CALCIFIED;
    assert_true(ph_nodule_risk(&other, &p, 1) < base);
    assert_true(ph_nodule_risk(&n, &p, 6) < base);
    /* the log-odds between 8 and 16 mm are the Brock model's, 2.5 times */
    double odds = -log(1 / (double)base - 1);
    other = n;
    other.diameter = 16;
    double more = -log(1 / (double)ph_nodule_risk(&other, &p, 1) - 1);
    double want = 2.5 * -5.3854 * (pow(1.6, -0.5) - pow(0.8, -0.5));
    assert_true(fabs(more - odds - want) < 1e-3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_nodule_without_bumps_is_a_ball),
        cmocka_unit_test(nodules_lie_in_the_lung_where_they_say),
        cmocka_unit_test(diameter_is_that_of_the_ball_of_equal_volume),
        cmocka_unit_test(risk_grows_with_what_doctors_fear),
    };
    return cmocka_run_group_tests(tests, build_scene, drop_scene);
}
