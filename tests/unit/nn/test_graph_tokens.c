#include "nn/graph_case.h"

static const tk_dims dims = {2, 12, 1, 4, 5};

static void attention_has_the_extents_of_its_queries(void **state)
{
    (void)state;
    fixture f = begin(dims);
    nn_value k = nn_max_pool(f.g, 1, 2, 0, f.x);
    nn_value y = nn_attention(f.g, &(nn_attention_spec){.heads = 3}, f.x, k, k);
    expect_dims(&f, y, dims);
    float scale = nn_graph_node(f.g, (size_t)y.id)->attention.scale;
    assert_true(scale == 0.5F); /* 1 / sqrt(12 / 3) */
    y = nn_attention(f.g, &(nn_attention_spec){.heads = 1, .scale = 0.1F}, f.x,
                     k, k);
    scale = nn_graph_node(f.g, (size_t)y.id)->attention.scale;
    assert_true(scale == 0.1F);
    end(&f);
}

static nn_value attend(fixture *f, size_t heads, tk_dims k, tk_dims v)
{
    nn_enter(f->g, "block1");
    return nn_attention(f->g, &(nn_attention_spec){.heads = heads}, f->x,
                        nn_input(f->g, "k", &k), nn_input(f->g, "v", &v));
}

static void mistakes_of_attention_name_what_does_not_fit(void **state)
{
    (void)state;
    fixture f = begin(dims);
    expect_mistake(&f, attend(&f, 5, dims, dims), CS_E_RANGE,
                   "block1.attention [2, 12, 1, 4, 5]: 5 heads do not divide "
                   "12 channels");
    f = begin(dims);
    expect_mistake(&f, attend(&f, 0, dims, dims), CS_E_RANGE,
                   "block1.attention [2, 12, 1, 4, 5]: 0 heads do not divide "
                   "12 channels");
    f = begin(dims);
    expect_mistake(&f, attend(&f, 3, (tk_dims){2, 6, 1, 4, 5}, dims),
                   CS_E_RANGE,
                   "block1.attention [2, 12, 1, 4, 5]: [2, 12, 1, 4, 5] and "
                   "[2, 6, 1, 4, 5] cannot be joined");
    f = begin(dims);
    expect_mistake(&f, attend(&f, 3, dims, (tk_dims){2, 12, 1, 4, 4}),
                   CS_E_RANGE,
                   "block1.attention [2, 12, 1, 4, 5]: [2, 12, 1, 4, 5] and "
                   "[2, 12, 1, 4, 4] cannot be joined");
}

static void an_embedding_has_a_table(void **state)
{
    (void)state;
    fixture f = begin((tk_dims){2, 1, 1, 4, 5});
    nn_value y = nn_embedding(f.g, "words", f.x, 100, 12);
    expect_dims(&f, y, dims);
    expect_shape(&f, "words.weight", &TN_SHAPE(100, 12));
    end(&f);
}

static void mistakes_of_embeddings_are_refused(void **state)
{
    (void)state;
    fixture f = begin(dims);
    expect_mistake(&f, nn_embedding(f.g, "e", f.x, 100, 12), CS_E_RANGE,
                   "e [2, 12, 1, 4, 5]: an embedding wants numbers in one "
                   "channel");
    static const size_t sizes[][2] = {
        {0, 4}, {4, 0}, {((size_t)1 << 24) + 1, 4}};
    for (size_t i = 0; i < CS_COUNTOF(sizes); i++) {
        f = begin((tk_dims){2, 1, 1, 4, 5});
        nn_output(f.g, nn_embedding(f.g, "e", f.x, sizes[i][0], sizes[i][1]));
        assert_int_equal(nn_graph_finish(f.g, NULL), CS_E_RANGE);
        end(&f);
    }
}

static void a_parameter_is_a_value_of_its_own_name(void **state)
{
    (void)state;
    const tk_dims d = {1, 12, 1, 4, 5};
    fixture f = begin(dims);
    nn_enter(f.g, "encoder");
    nn_value y = nn_parameter(f.g, "position", NN_SHIFT, &d);
    expect_dims(&f, y, d);
    expect_shape(&f, "encoder.position", &TN_SHAPE(1, 12, 1, 4, 5));
    nn_rank(f.g, 2);
    nn_parameter(f.g, "flat", NN_MEAN, &d);
    expect_shape(&f, "encoder.flat", &TN_SHAPE(1, 12, 4, 5));
    assert_false(nn_param_trained(nn_params_find(f.params, "encoder.flat")));
    expect_dims(&f, nn_add(f.g, f.x, y), dims);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attention_has_the_extents_of_its_queries),
        cmocka_unit_test(mistakes_of_attention_name_what_does_not_fit),
        cmocka_unit_test(an_embedding_has_a_table),
        cmocka_unit_test(mistakes_of_embeddings_are_refused),
        cmocka_unit_test(a_parameter_is_a_value_of_its_own_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
