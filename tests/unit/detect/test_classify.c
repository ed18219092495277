#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "detect/scan.h"
#include "image/plain.h"

static md_recipe recipe_of(const char *network, double spacing)
{
    return (md_recipe){.task = MD_CHECK,
                       .network = zoo_find(network),
                       .classes = 2,
                       .input = {spacing, -1000, 400, {16, 16, 16}},
                       .head = {.kind = MD_HEAD_CLASS}};
}

/* What tells where and how a patch was cut: the mean of its voxels, each
 * weighted by its place in the patch. */
static void build_place(nn_graph *g, nn_value x, size_t classes)
{
    const nn_conv_spec all = {.out = classes, .kernel = {5, 6, 7}};
    nn_output(g, nn_conv(g, "c", x, &all));
}

static const zoo_network place = {"place", "", 3, 1, 1, build_place};

#define SIDES                                                                  \
    {                                                                          \
        7, 6, 5                                                                \
    }
#define VOXELS ((size_t)7 * 6 * 5)

static nn_params *params_of(const md_recipe *r)
{
    nn_params *p = NULL;
    CS_AUTO(nn_graph) graph = NULL;
    assert_int_equal(nn_params_new(&p, NULL), 0);
    assert_int_equal(md_recipe_build(r, 1, r->input.patch, p, &graph, NULL), 0);
    nn_params_reset(p, 3);
    return p;
}

static void make_scan(im_volume *v, tn_dtype d)
{
    im_geometry g = im_geometry_plain(29, 23, 17);
    const double a = 0.3, b = -0.2;
    const double direction[9] = {cos(a),          -sin(a),         0,
                                 sin(a) * cos(b), cos(a) * cos(b), -sin(b),
                                 sin(a) * sin(b), cos(a) * sin(b), cos(b)};
    memcpy(g.direction, direction, sizeof(direction));
    g.spacing[0] = g.spacing[1] = 0.7;
    g.spacing[2] = 2.5;
    g.origin[1] = -77;
    plain_noise(v, d, &g);
}

/* The middle of the scan, a corner, outside, and more. */
static void make_centres(const im_geometry *g, double (*centres)[3], size_t n)
{
    cs_rng rng = cs_rng_stream(9, 0);
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < 3; k++)
            centres[i][k] =
                (double)g->size[k] * (cs_rng_uniform_f64(&rng) * 1.2 - 0.1);
    for (size_t i = 0; i < n; i++)
        im_grid_to_world(g, centres[i], centres[i]);
}

/* The patch by hand, in double: its logit from the network's weights. */
static double plain_logit(const md_recipe *r, nn_params *params,
                          const im_volume *v, const double centre[3])
{
    const float *w = tn_f32(&nn_params_find(params, "c.weight")->value);
    im_geometry g = v->geometry;
    double at[3],
        sum = (double)*tn_f32(&nn_params_find(params, "c.bias")->value);
    for (int i = 0; i < 3; i++) {
        g.size[i] = r->input.patch[i];
        if (r->input.spacing > 0)
            g.spacing[i] = r->input.spacing;
        for (int k = 0; k < 3 && r->input.spacing > 0; k++)
            g.direction[3 * i + k] = i == k;
        g.origin[i] = 0;
        at[i] = 0.5 * ((double)g.size[i] - 1);
    }
    im_grid_to_world(&g, at, at);
    for (int i = 0; i < 3; i++)
        g.origin[i] = centre[i] - at[i];
    CS_AUTO_MEM double *hu = plain_resample(v, &g, IM_LINEAR, -1024);
    for (size_t i = 0; i < VOXELS; i++) {
        const double part =
            (rint(hu[i]) - r->input.low) / (r->input.high - r->input.low);
        sum += (double)w[i] * fmin(fmax(part, 0), 1);
    }
    return sum;
}

static void patches_are_cut_about_their_places(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    const im_run run = {NULL, CS_CPU_BASELINE};
    const double spacings[] = {1, 0.8, 0};
    double centres[5][3], logits[5];
    make_scan(&v, TN_I16);
    make_centres(&v.geometry, centres, 5);
    for (size_t s = 0; s < CS_COUNTOF(spacings); s++) {
        md_recipe r = recipe_of("nodulenet", spacings[s]);
        r.network = &place;
        r.classes = 1;
        memcpy(r.input.patch, (size_t[])SIDES, sizeof(r.input.patch));
        CS_AUTO(nn_params) params = params_of(&r);
        assert_int_equal(dt_classify(&r, params, &run, &v,
                                     (const double(*)[3])centres, 5, logits,
                                     NULL),
                         0);
        for (size_t i = 0; i < 5; i++)
            assert_true(fabs(logits[i] -
                             plain_logit(&r, params, &v, centres[i])) < 1e-3);
    }
}

/* One by one, all at once, with other threads: the same bits. */
static void neighbours_in_a_batch_do_not_matter(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_AUTO(cs_pool) pool = NULL;
    const md_recipe r = recipe_of("nodulenet", 1);
    CS_AUTO(nn_params) params = params_of(&r);
    const cs_cpu_tier tiers[] = {CS_CPU_BASELINE, cs_cpu_tier_best()};
    double centres[9][3], one[9], all[9];
    make_scan(&v, TN_I16);
    make_centres(&v.geometry, centres, 9);
    assert_int_equal(cs_pool_new(3, &pool, NULL), 0);
    for (size_t t = 0; t < CS_COUNTOF(tiers); t++) {
        const im_run alone = {NULL, tiers[t]}, many = {pool, tiers[t]};
        const double(*c)[3] = (const double(*)[3])centres;
        for (size_t i = 0; i < 9; i++)
            assert_int_equal(
                dt_classify(&r, params, &alone, &v, c + i, 1, one + i, NULL),
                0);
        assert_int_equal(dt_classify(&r, params, &many, &v, c, 9, all, NULL),
                         0);
        assert_memory_equal(one, all, sizeof(one));
        assert_true(one[0] != one[1]);
    }
}

static void no_places_have_no_logits(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    const im_run run = {NULL, CS_CPU_BASELINE};
    const md_recipe r = recipe_of("nodulenet", 1);
    double logit = 7;
    make_scan(&v, TN_I16);
    assert_int_equal(dt_classify(&r, NULL, &run, &v, NULL, 0, &logit, NULL), 0);
    assert_true(logit == 7);
}

static void places_beyond_all_measure_are_refused(void **state)
{
    (void)state;
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    const im_run run = {NULL, CS_CPU_BASELINE};
    const md_recipe r = recipe_of("nodulenet", 1);
    CS_AUTO(nn_params) params = params_of(&r);
    const double centre[1][3] = {{0, 1e300, 0}};
    double logit;
    make_scan(&v, TN_I16);
    assert_int_equal(dt_classify(&r, params, &run, &v, centre, 1, &logit, NULL),
                     CS_E_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patches_are_cut_about_their_places),
        cmocka_unit_test(neighbours_in_a_batch_do_not_matter),
        cmocka_unit_test(no_places_have_no_logits),
        cmocka_unit_test(places_beyond_all_measure_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
