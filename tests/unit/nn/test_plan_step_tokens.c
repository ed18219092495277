/* Layers of transformers, and learned values. */
#include "nn/net_gradients.h"

static const tk_dims dims = {2, 12, 1, 4, 5};

/* --- layer normalisation --- */

static nn_value layer_norm(nn_graph *g, nn_value x)
{
    nn_value y = nn_layer_norm(g, "n", x);
    return nn_add(g, nn_layer_norm(g, NULL, y), x);
}

static void layer_norm_has_its_gradients(void **state)
{
    (void)state;
    net_check_gradients(dims, 3, layer_norm);
    net_check_gradients((tk_dims){2, 21, 2, 3, 4}, 3, layer_norm);
}

/* --- attention --- */

static nn_value projected(nn_graph *g, const char *name, nn_value x)
{
    return nn_conv(g, name, x, &(nn_conv_spec){.out = 12});
}

static nn_value attend(nn_graph *g, nn_value x, nn_value memory, bool causal)
{
    return nn_attention(g, &(nn_attention_spec){.heads = 3, .causal = causal},
                        projected(g, "q", x), projected(g, "k", memory),
                        projected(g, "v", memory));
}

static nn_value self_attention(nn_graph *g, nn_value x)
{
    return nn_add(g, x, attend(g, x, x, false));
}

static nn_value causal_attention(nn_graph *g, nn_value x)
{
    return attend(g, x, x, true);
}

/* Fewer keys than queries. */
static nn_value cross_attention(nn_graph *g, nn_value x)
{
    const nn_box part = {.first = {0, 0, 0, 1, 2}};
    return attend(g, x, nn_slice(g, &part, x), false);
}

/* One value is queries, keys and values, and something else too. */
static nn_value bare_attention(nn_graph *g, nn_value x)
{
    return nn_multiply(
        g, x, nn_attention(g, &(nn_attention_spec){.heads = 2}, x, x, x));
}

static void attention_has_its_gradients(void **state)
{
    (void)state;
    net_check_gradients(dims, 3, self_attention);
    net_check_gradients(dims, 3, causal_attention);
    net_check_gradients(dims, 3, cross_attention);
    net_check_gradients(dims, 3, bare_attention);
}

/* The change of a later token shows in no earlier one. */
static void causal_attention_does_not_look_ahead(void **state)
{
    (void)state;
    net t = net_new(dims, 3, causal_attention);
    nn_plan *p = net_plan(&t, (nn_plan_options){0});
    size_t tokens = tk_voxels(&dims);
    float *before = net_normal(t.n_out, 8);
    net_forward(&t, p);
    memcpy(before, t.y, t.n_out * sizeof(float));
    for (size_t c = 0; c < t.n_in / tokens; c++)
        t.x[c * tokens + 13] += 1;
    net_forward(&t, p);
    for (size_t i = 0; i < t.n_out; i++)
        assert_true(i % tokens < 13 ? t.y[i] == before[i]
                                    : t.y[i] != before[i]);
    cs_free(before);
    nn_plan_free(p);
    net_free(&t);
}

/* --- embedding --- */

static nn_value words(nn_graph *g, nn_value ids)
{
    return nn_layer_norm(g, "n", nn_embedding(g, "words", ids, 7, 12));
}

static net word_net(void)
{
    net t = net_new((tk_dims){2, 1, 1, 1, 9}, 3, words);
    for (size_t i = 0; i < t.n_in; i++)
        t.x[i] = (float)(i * 5 % 7);
    return t;
}

static void tables_have_their_gradients(void **state)
{
    (void)state;
    for (int input = 0; input < 2; input++) {
        net t = word_net();
        nn_plan *p = net_plan(
            &t, (nn_plan_options){.training = true, .input_gradients = input});
        net_check_all(&t, p, 4e-3F, false);
        for (size_t i = 0; i < t.n_in && input; i++)
            assert_true(t.dx[i] == 0);
        nn_plan_free(p);
        net_free(&t);
    }
}

/* Its token is NaN, the others are what they were; no row is touched. */
static void a_number_that_is_no_row_is_nan(void **state)
{
    (void)state;
    static const float none[] = {-1, 7, 0.5F, 1e30F};
    for (size_t k = 0; k < CS_COUNTOF(none); k++) {
        net t = word_net();
        nn_plan *p = net_plan(&t, (nn_plan_options){0});
        float *before = net_normal(t.n_out, 8);
        net_forward(&t, p);
        memcpy(before, t.y, t.n_out * sizeof(float));
        t.x[4] = none[k];
        net_forward(&t, p);
        for (size_t i = 0; i < t.n_out; i++) {
            bool bad = i / 108 == 0 && i % 9 == 4;
            assert_true(bad ? isnan(t.y[i]) : t.y[i] == before[i]);
        }
        cs_free(before);
        nn_plan_free(p);
        net_free(&t);
    }
}

/* --- learned values --- */

static nn_value positions(nn_graph *g, nn_value x)
{
    const tk_dims d = {1, 12, 1, 4, 5};
    const tk_dims one = {1, 1, 1, 1, 1};
    nn_value y = nn_add(g, x, nn_parameter(g, "position", NN_SHIFT, &d));
    return nn_multiply(g, y, nn_parameter(g, "scale", NN_GAIN, &one));
}

static nn_value constant(nn_graph *g, nn_value x)
{
    const tk_dims d = {1, 12, 1, 1, 1};
    return nn_multiply(g, x, nn_parameter(g, "constant", NN_MEAN, &d));
}

static void learned_values_have_their_gradients(void **state)
{
    (void)state;
    net_check_gradients(dims, 3, positions);
    net_check_gradients(dims, 2, positions);
    net_check_gradients(dims, 3, constant);
}

/* --- all --- */

/* Each part is written straight into the whole. */
static nn_value joined(nn_graph *g, nn_value x)
{
    const tk_dims d = {2, 8, 1, 4, 5};
    const nn_box box = {.first = {.c = 3}, .count = {.c = 8}};
    nn_value y = nn_attention(g, &(nn_attention_spec){.heads = 4}, x, x, x);
    y = nn_concat(g, y, nn_layer_norm(g, "n", x));
    y = nn_concat(g, y, nn_parameter(g, "p", NN_SHIFT, &d));
    y = nn_concat(g, y, nn_slice(g, &box, x));
    return nn_concat(g, y, nn_subtract(g, x, nn_global_mean(g, x)));
}

static void parts_of_a_concatenation_have_their_gradients(void **state)
{
    (void)state;
    net_check_gradients((tk_dims){2, 16, 1, 4, 5}, 3, joined);
    net_check_threads((tk_dims){2, 16, 1, 4, 5}, 3, joined);
}

static void threads_make_no_difference(void **state)
{
    (void)state;
    const tk_dims many = {2, 12, 1, 17, 19};
    net_check_threads(many, 3, layer_norm);
    net_check_threads(many, 3, self_attention);
    net_check_threads(many, 3, causal_attention);
    net_check_threads((tk_dims){2, 12, 1, 4, 5}, 3, positions);
}

static nn_value first_of_all(nn_graph *g, nn_value x)
{
    nn_value y = nn_layer_norm(g, "n", x);
    y = nn_batch_norm(g, "b", y);
    return nn_add(g, y, nn_batch_norm(g, "c", x));
}

/* Nobody wants the gradient of the input then, but parameters have theirs. */
static void a_norm_may_come_first(void **state)
{
    (void)state;
    net t = net_new(dims, 3, first_of_all);
    nn_plan *p = net_plan(&t, (nn_plan_options){.training = true});
    net_check_all(&t, p, 4e-3F, false);
    nn_plan_free(p);
    net_free(&t);
}

static nn_value unused(nn_graph *g, nn_value x)
{
    nn_value y = nn_conv(g, "used", x, &(nn_conv_spec){.out = 5});
    nn_value z = nn_conv(g, "unused", y, &(nn_conv_spec){.out = 5});
    nn_layer_norm(g, "unused.n", z);
    return y;
}

/* Their gradient is zero, not what lay in memory. */
static void what_no_output_depends_on_has_no_gradient(void **state)
{
    (void)state;
    net_check_gradients(dims, 3, unused);
    net t = net_new(dims, 3, unused);
    nn_plan *p = net_plan(&t, (nn_plan_options){.training = true});
    net_forward(&t, p);
    net_backward(&t, p);
    const nn_param *w = nn_params_find(t.params, "unused.weight");
    for (size_t i = 0; i < tn_count(&w->grad); i++)
        assert_true(tn_f32(&w->grad)[i] == 0);
    nn_plan_free(p);
    net_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layer_norm_has_its_gradients),
        cmocka_unit_test(attention_has_its_gradients),
        cmocka_unit_test(causal_attention_does_not_look_ahead),
        cmocka_unit_test(tables_have_their_gradients),
        cmocka_unit_test(a_number_that_is_no_row_is_nan),
        cmocka_unit_test(learned_values_have_their_gradients),
        cmocka_unit_test(parts_of_a_concatenation_have_their_gradients),
        cmocka_unit_test(threads_make_no_difference),
        cmocka_unit_test(a_norm_may_come_first),
        cmocka_unit_test(what_no_output_depends_on_has_no_gradient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
