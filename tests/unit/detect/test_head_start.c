#include <math.h>

#include "detect/head.h"
#include "support/test.h"

static void plain(nn_graph *g, nn_value x, size_t classes)
{
    nn_output(g, nn_conv(g, "out", x, &(nn_conv_spec){.out = classes}));
}

static void squashed(nn_graph *g, nn_value x, size_t classes)
{
    nn_output(g, nn_sigmoid(
                     g, nn_conv(g, "out", x, &(nn_conv_spec){.out = classes})));
}

static void twice(nn_graph *g, nn_value x, size_t anchors)
{
    plain(g, x, 2 * anchors);
    nn_output(g, nn_conv(g, "box", x, &(nn_conv_spec){.out = 6 * anchors}));
}

static void without(nn_graph *g, nn_value x, size_t classes)
{
    nn_output(g, nn_conv(g, "out", x,
                         &(nn_conv_spec){.out = classes, .no_bias = true}));
}

static const double start = -4.59511985013459;

/* The biases of "out" after the start, of a recipe whose patch is 8. */
static int biases(const zoo_network *net, md_head_kind kind, float *ret,
                  size_t n, cs_errinfo *info)
{
    md_recipe r = {.network = net,
                   .input.patch = {8, 16, 24},
                   .head = {.kind = kind, .stride = 1, .anchor_count = 2}};
    CS_AUTO(nn_params) p = NULL;
    assert_int_equal(nn_params_new(&p, NULL), 0);
    int e = dt_head_start(&r, p, info);
    if (e < 0)
        return e;
    const nn_param *bias = nn_params_find(p, "out.bias");
    for (size_t i = 0; i < n; i++)
        ret[i] = tn_f32(&bias->value)[i];
    return 0;
}

static void expect(double got, double wanted)
{
    assert_true(fabs(got - wanted) < 1e-6);
}

static void every_place_starts_at_a_hundredth(void **state)
{
    (void)state;
    const zoo_network five = {"five", "", 3, 1, 5, plain};
    const zoo_network one = {"one", "", 3, 1, 1, squashed};
    const zoo_network two = {"two", "", 3, 1, 2, plain};
    const zoo_network boxes = {"boxes", "", 3, 1, 2, twice};
    float v[5];
    expect(1 / (1 + exp(-start)), 0.01);
    assert_int_equal(biases(&five, MD_HEAD_CENTRES, v, 5, NULL), 0);
    expect((double)v[0], start);
    for (size_t i = 1; i < 5; i++)
        expect((double)v[i], 0);
    assert_int_equal(biases(&one, MD_HEAD_VOXELS, v, 1, NULL), 0);
    expect((double)v[0], start);
    assert_int_equal(biases(&two, MD_HEAD_VOXELS, v, 2, NULL), 0);
    expect((double)(v[1] - v[0]), start);
    assert_int_equal(biases(&boxes, MD_HEAD_ANCHORS, v, 4, NULL), 0);
    expect((double)(v[1] - v[0]), start);
    expect((double)(v[3] - v[2]), start);
}

static void nodulefpn_starts_so(void **state)
{
    (void)state;
    float v;
    assert_int_equal(
        biases(zoo_find("nodulefpn"), MD_HEAD_CENTRES, &v, 1, NULL), 0);
    expect((double)v, start);
}

static void classes_are_left_alone(void **state)
{
    (void)state;
    const zoo_network two = {"two", "", 3, 1, 2, plain};
    md_recipe r = {.network = &two, .head = {.kind = MD_HEAD_CLASS}};
    CS_AUTO(nn_params) p = NULL;
    assert_int_equal(nn_params_new(&p, NULL), 0);
    assert_int_equal(dt_head_start(&r, p, NULL), 0);
    assert_int_equal(nn_params_count(p), 0);
}

static void a_network_without_such_a_layer_is_refused(void **state)
{
    (void)state;
    const zoo_network none = {"unbiased", "", 3, 1, 5, without};
    const zoo_network two = {"two", "", 3, 1, 2, plain};
    cs_errinfo info = {0};
    float v[4];
    assert_int_equal(biases(&none, MD_HEAD_CENTRES, v, 1, &info), CS_E_RANGE);
    assert_string_equal(info.message,
                        "unbiased has no last layer with a bias for each "
                        "score");
    assert_int_equal(biases(&two, MD_HEAD_ANCHORS, v, 4, NULL), CS_E_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_place_starts_at_a_hundredth),
        cmocka_unit_test(nodulefpn_starts_so),
        cmocka_unit_test(classes_are_left_alone),
        cmocka_unit_test(a_network_without_such_a_layer_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
