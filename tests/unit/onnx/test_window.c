#include "models.h"
#include "onnx/import_impl.h"

/* The window over an input of `in` voxels of a node with these attributes. */
static ox_window window_of(const ox_attribute *attributes, size_t n, size_t in,
                           int64_t kernel, bool ceil, bool *even)
{
    CS_AUTO(nn_params) params = NULL;
    CS_AUTO(nn_graph) graph = NULL;
    ox_attribute copy[4];
    ox_window w = {.axes = 0};
    memcpy(copy, attributes, n * sizeof(*copy));
    assert_int_equal(nn_params_new(&params, NULL), 0);
    assert_int_equal(nn_graph_new(params, &graph, NULL), 0);
    const ox_node node = {.attributes = copy, .n_attributes = n};
    ox_importer imp = {.graph = graph, .node = &node};
    const tk_dims dims = {1, 1, 1, 1, in};
    const ox_value x = {.at = nn_input(graph, "x", &dims),
                        .shape = TN_SHAPE(1, 1, in)};
    assert_int_equal(ox_window_read(&imp, &x, &kernel, &w), 0);
    *even = ox_window_even(&imp, &x, &w, ceil);
    return w;
}

#define ATTR_LIST(name_, ...)                                                  \
    {                                                                          \
        .name = CS_STR(name_), .ints = (int64_t[]){__VA_ARGS__},               \
        .n_ints = sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)           \
    }
#define ATTR_TEXT(name_, text_)                                                \
    {                                                                          \
        .name = CS_STR(name_), .text = CS_STR(text_), .has_text = true         \
    }

static void missing_axes_are_ones(void **state)
{
    (void)state;
    static const ox_attribute none[1] = {{.has_int = false}};
    bool even = false;
    const ox_window w = window_of(none, 0, 7, 3, false, &even);
    assert_true(even && w.axes == 1);
    assert_true(w.kernel[0] == 1 && w.kernel[1] == 1 && w.kernel[2] == 3);
    assert_true(w.stride[0] == 1 && w.dilation[2] == 1 && w.begin[2] == 0);
}

static void automatic_padding_goes_to_the_end_or_the_beginning(void **state)
{
    (void)state;
    const ox_attribute upper[] = {ATTR_TEXT("auto_pad", "SAME_UPPER"),
                                  ATTR_LIST("strides", 2)};
    const ox_attribute lower[] = {ATTR_TEXT("auto_pad", "SAME_LOWER"),
                                  ATTR_LIST("strides", 2)};
    bool even = true;
    ox_window w = window_of(upper, 2, 8, 3, false, &even);
    assert_true(w.begin[2] == 0 && w.end[2] == 1 && !even);
    w = window_of(lower, 2, 8, 3, false, &even);
    /* Ahead of the first voxel only; the same behind it changes nothing. */
    assert_true(w.begin[2] == 1 && w.end[2] == 0 && even);
    w = window_of(upper, 2, 7, 3, false, &even);
    assert_true(w.begin[2] == 1 && w.end[2] == 1 && even);
}

static void rounding_up_is_even_where_nothing_is_left(void **state)
{
    (void)state;
    const ox_attribute a[] = {ATTR_LIST("strides", 2)};
    bool even = false;
    window_of(a, 1, 8, 2, true, &even);
    assert_true(even);
    window_of(a, 1, 9, 2, true, &even);
    assert_false(even);
    window_of(a, 1, 9, 2, false, &even);
    assert_true(even);
}

static void padding_at_one_end_is_refused_with_numbers(void **state)
{
    (void)state;
    cs_errinfo info = {0};
    ox_importer imp = {.info = &info};
    const ox_window w = {.begin = {0, 0, 1}, .end = {0, 0, 2}};
    assert_int_equal(ox_window_uneven(&imp, &w, false), CS_E_UNSUPPORTED);
    assert_non_null(strstr(info.message, "1 before and 2 after"));
    assert_int_equal(ox_window_uneven(&imp, &w, true), CS_E_UNSUPPORTED);
    assert_non_null(strstr(info.message, "ceil_mode"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_axes_are_ones),
        cmocka_unit_test(automatic_padding_goes_to_the_end_or_the_beginning),
        cmocka_unit_test(rounding_up_is_even_where_nothing_is_left),
        cmocka_unit_test(padding_at_one_end_is_refused_with_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
