#include "model/recipe.h"

#include <math.h>
#include <string.h>

#include "support/test.h"

/* One that is right for each kind of head. */
static md_recipe good(md_head_kind kind)
{
    md_recipe r = {
        .network = zoo_find("nodulefpn"),
        .input = {.spacing = 1,
                  .low = -1200,
                  .high = 600,
                  .patch = {32, 32, 32}},
        .head = {.kind = kind, .stride = 1},
    };
    if (kind == MD_HEAD_VOXELS)
        r.network = zoo_find("simple3dunet");
    if (kind == MD_HEAD_CENTRES)
        r.head.stride = 2;
    if (kind == MD_HEAD_ANCHORS) {
        r.network = zoo_find("noduledet");
        r.classes = 3;
        r.head = (md_head){kind, 8, {5, 10, 20}, 3};
    }
    if (kind == MD_HEAD_CLASS) {
        r.network = zoo_find("nodulenet");
        r.task = MD_CHECK;
        r.head.stride = 0;
    }
    return r;
}

static void each_kind_of_head_has_its_network(void **state)
{
    (void)state;
    for (int kind = 0; kind < MD_HEADS; kind++) {
        md_recipe r = good((md_head_kind)kind);
        cs_errinfo info = {0};
        if (md_recipe_check(&r, &info) < 0)
            fail_msg("%s", info.message);
    }
    md_recipe r = good(MD_HEAD_VOXELS);
    r.network = zoo_find("unet3d"); /* one probability */
    assert_int_equal(md_recipe_check(&r, NULL), 0);
    r = good(MD_HEAD_CLASS);
    r.task = MD_MALIGNANCY;
    r.classes = 1;
    assert_int_equal(md_recipe_check(&r, NULL), 0);
}

static void refuse(const md_recipe *r, int code, const char *says)
{
    cs_errinfo info = {0};
    assert_int_equal(md_recipe_check(r, &info), code);
    if (!strstr(info.message, says))
        fail_msg("'%s' is not in: %s", says, info.message);
}

static void inputs_that_cannot_be(void **state)
{
    (void)state;
    static const double spacings[] = {-1, 0.001, 50, (double)NAN,
                                      (double)INFINITY};
    for (size_t i = 0; i < CS_COUNTOF(spacings); i++) {
        md_recipe r = good(MD_HEAD_CENTRES);
        r.input.spacing = spacings[i];
        refuse(&r, CS_E_RANGE, "spacing: expected 0");
    }
    md_recipe r = good(MD_HEAD_CENTRES);
    r.input.spacing = 0;
    assert_int_equal(md_recipe_check(&r, NULL), 0);
    r.input.high = r.input.low;
    refuse(&r, CS_E_RANGE, "window: -1200 to -1200 HU is empty");
    r.input.high = (double)NAN;
    refuse(&r, CS_E_RANGE, "window: expected Hounsfield units");
}

static void patches_that_do_not_fit(void **state)
{
    (void)state;
    md_recipe r = good(MD_HEAD_CENTRES);
    r.input.patch[1] = 28;
    refuse(&r, CS_E_RANGE,
           "patch: 28 voxels along y are no multiple of 8, which nodulefpn");
    r.input.patch[1] = 0;
    refuse(&r, CS_E_RANGE, "patch: expected 1 to 1024 voxels along y, not 0");
    r.input.patch[1] = SIZE_MAX;
    refuse(&r, CS_E_RANGE, "along y");
    r.input.patch[0] = r.input.patch[1] = r.input.patch[2] = 1024;
    refuse(&r, CS_E_RANGE, "1024 x 1024 x 1024 voxels are more than");
    r = good(MD_HEAD_CLASS); /* takes maps of any extents */
    r.input.patch[0] = 36;
    assert_int_equal(md_recipe_check(&r, NULL), 0);
    r.input.patch[0] = 4; /* nothing is left to pool */
    assert_true(md_recipe_check(&r, NULL) < 0);
}

static void heads_that_the_network_does_not_have(void **state)
{
    (void)state;
    md_recipe r = good(MD_HEAD_CENTRES);
    r.classes = 4;
    refuse(&r, CS_E_USAGE, "wants 5 channels, nodulefpn gives 4");
    r = good(MD_HEAD_CENTRES);
    r.head.stride = 4;
    refuse(&r, CS_E_USAGE,
           "wants 8 cells along x of a patch, nodulefpn gives "
           "16; look at 'stride'");
    r = good(MD_HEAD_ANCHORS);
    r.classes = 0; /* nine */
    refuse(&r, CS_E_USAGE, "wants 6 channels, noduledet gives 18");
    r = good(MD_HEAD_ANCHORS);
    r.network = zoo_find("nodulefpn");
    refuse(&r, CS_E_USAGE, "a network with 2 outputs, nodulefpn has 1");
    r = good(MD_HEAD_VOXELS);
    r.classes = 3;
    refuse(&r, CS_E_USAGE, "simple3dunet gives 3 of logits");
    r.network = zoo_find("unet3d");
    r.classes = 2;
    refuse(&r, CS_E_USAGE, "unet3d gives 2 of probabilities");
    r = good(MD_HEAD_CLASS);
    r.network = zoo_find("simple3dunet");
    refuse(&r, CS_E_USAGE, "wants 1 cells along x");
    r.network = zoo_find("resnet18-2d");
    refuse(&r, CS_E_USAGE, "resnet18-2d is for images");
}

static void anchors_and_strides_that_cannot_be(void **state)
{
    (void)state;
    md_recipe r = good(MD_HEAD_ANCHORS);
    r.head.anchors[1] = 0;
    refuse(&r, CS_E_RANGE, "anchors: expected sizes above 0");
    r.head.anchor_count = 0;
    refuse(&r, CS_E_RANGE, "anchors: expected 1 to 9 sizes, not 0");
    r.head.anchor_count = 10;
    refuse(&r, CS_E_RANGE, "not 10");
    r = good(MD_HEAD_VOXELS);
    r.head.stride = 2;
    refuse(&r, CS_E_RANGE, "cells of 1 voxel, not 2");
    r = good(MD_HEAD_CENTRES);
    r.head.stride = 0;
    refuse(&r, CS_E_RANGE, "stride: expected 1 to 64");
    r.head.stride = 2;
    r.head.anchor_count = 1;
    refuse(&r, CS_E_USAGE, "a head of kind 'centres' has none");
}

static void tasks_and_heads_that_do_not_go_together(void **state)
{
    (void)state;
    md_recipe r = good(MD_HEAD_CENTRES);
    r.task = MD_MALIGNANCY;
    refuse(&r, CS_E_USAGE, "of kind 'centres' cannot answer 'malignancy'");
    r = good(MD_HEAD_CLASS);
    r.task = MD_DETECT;
    refuse(&r, CS_E_USAGE, "of kind 'class' cannot answer 'detect'");
}

static void patches_are_built_in_their_order(void **state)
{
    (void)state;
    md_recipe r = good(MD_HEAD_CENTRES);
    CS_AUTO(nn_params) params = NULL;
    CS_AUTO(nn_graph) g = NULL;
    const size_t size[3] = {8, 16, 24};
    assert_int_equal(nn_params_new(&params, NULL), 0);
    assert_int_equal(md_recipe_build(&r, 2, size, params, &g, NULL), 0);
    const tk_dims *out = &nn_graph_node(g, (size_t)nn_graph_output(g, 0))->dims;
    const tk_dims want = {2, 5, 12, 8, 4};
    assert_memory_equal(out, &want, sizeof(want));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_head_has_its_network),
        cmocka_unit_test(inputs_that_cannot_be),
        cmocka_unit_test(patches_that_do_not_fit),
        cmocka_unit_test(heads_that_the_network_does_not_have),
        cmocka_unit_test(anchors_and_strides_that_cannot_be),
        cmocka_unit_test(tasks_and_heads_that_do_not_go_together),
        cmocka_unit_test(patches_are_built_in_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
