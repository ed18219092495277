#include "models.h"

typedef struct way {
    const char *mode, *places, *rounding;
} way;

/* A resizing of [1, 1, in] to `out` voxels. */
static void put_resize(ox_writer *w, size_t in, int64_t out, const way *how)
{
    start(w, &TN_SHAPE(1, 1, in));
    INTS(w, "sizes", 1, 1, out);
    open_node(w, "Resize", "x - - sizes", "y");
    ox_attr_text(w, "mode", how->mode);
    ox_attr_text(w, "coordinate_transformation_mode", how->places);
    if (how->rounding)
        ox_attr_text(w, "nearest_mode", how->rounding);
    ox_end(w);
}

static void the_three_ways_are_found(void **state)
{
    (void)state;
    static const struct {
        way how;
        tk_resize kind;
    } cases[] = {
        {{"nearest", "asymmetric", "floor"}, TK_RESIZE_NEAREST},
        {{"nearest", "half_pixel", NULL}, TK_RESIZE_NEAREST},
        {{"nearest", "pytorch_half_pixel", "round_prefer_ceil"},
         TK_RESIZE_NEAREST},
        {{"linear", "half_pixel", NULL}, TK_RESIZE_LINEAR},
        {{"linear", "pytorch_half_pixel", NULL}, TK_RESIZE_LINEAR},
        {{"linear", "align_corners", NULL}, TK_RESIZE_LINEAR_CORNERS},
    };
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
        ox_writer w;
        put_resize(&w, 4, 8, &cases[i].how);
        imports(&w, &n);
        assert_int_equal(last_layer(&n, 2)->resize, cases[i].kind);
        has_shape(&n, TN_SHAPE(1, 1, 8));
    }
}

static void other_ways_are_refused(void **state)
{
    (void)state;
    static const struct {
        size_t in;
        int64_t out;
        way how;
    } cases[] = {
        {4, 8, {"cubic", "half_pixel", NULL}},
        {4, 8, {"nearest", "asymmetric", "ceil"}},
        {4, 6, {"nearest", "half_pixel", NULL}},
        {4, 8, {"linear", "asymmetric", NULL}},
        {4, 1, {"linear", "pytorch_half_pixel", NULL}},
    };
    for (size_t i = 0; i < CS_COUNTOF(cases); i++) {
        ox_writer w;
        put_resize(&w, cases[i].in, cases[i].out, &cases[i].how);
        refused(&w, CS_E_UNSUPPORTED, cases[i].how.places);
    }
}

static void scales_give_whole_extents(void **state)
{
    (void)state;
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    const float input[] = {1, 2};
    for (int odd = 0; odd < 2; odd++) {
        ox_writer w;
        start(&w, &TN_SHAPE(1, 1, 2));
        NUMBERS(&w, "scales", TN_SHAPE(3), 1, 1, odd ? 1.7F : 1.5F);
        open_node(&w, "Resize", "x - scales", "y");
        ox_attr_text(&w, "coordinate_transformation_mode", "asymmetric");
        ox_attr_text(&w, "nearest_mode", "floor");
        ox_end(&w);
        if (odd)
            refused(&w, CS_E_UNSUPPORTED, "does not give whole extents");
        else
            imports(&w, &n);
    }
    GIVES(&n, input, 1, 1, 2);
}

static void channels_do_not_change(void **state)
{
    (void)state;
    ox_writer w;
    start(&w, &TN_SHAPE(1, 1, 2));
    INTS(&w, "sizes", 1, 2, 2);
    node(&w, "Resize", "x - - sizes", "y");
    refused(&w, CS_E_UNSUPPORTED, "a change of batch or channels");
    start(&w, &TN_SHAPE(1, 1, 2));
    INTS(&w, "sizes", 1, 2);
    node(&w, "Resize", "x - - sizes", "y");
    refused(&w, CS_E_FORMAT, "2 scales or sizes for 3 axes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_three_ways_are_found),
        cmocka_unit_test(other_ways_are_refused),
        cmocka_unit_test(scales_give_whole_extents),
        cmocka_unit_test(channels_do_not_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
