#include "detect/network.h"

#include <string.h>

#include "base/mem.h"
#include "base/random.h"
#include "support/test.h"

static const im_run alone = {NULL, CS_CPU_BASELINE};

static const size_t patch[3] = {16, 8, 24};
#define VOXELS ((size_t)16 * 8 * 24)

static md_recipe recipe(void)
{
    return (md_recipe){.task = MD_DETECT,
                       .network = zoo_find("nodulefpn"),
                       .input = {1, -1000, 400, {16, 8, 24}},
                       .head = {.kind = MD_HEAD_CENTRES, .stride = 2}};
}

static void fill(float *to, uint64_t stream)
{
    const cs_rng r = cs_rng_stream(1, stream);
    cs_rng_fill_normal_f32(&r, 0, to, VOXELS);
}

static void as_the_plan_itself(void **state)
{
    (void)state;
    CS_SCOPED(dt_network) net = DT_NETWORK_INIT;
    CS_AUTO(nn_params) params = NULL;
    CS_AUTO(nn_graph) graph = NULL;
    CS_AUTO(nn_plan) plan = NULL;
    const md_recipe r = recipe();
    const size_t out = 5 * VOXELS / 8;
    CS_AUTO_MEM float *x = cs_calloc(VOXELS, sizeof(*x));
    CS_AUTO_MEM float *y = cs_calloc(out, sizeof(*y));
    assert_non_null(x);
    assert_non_null(y);
    assert_int_equal(nn_params_new(&params, NULL), 0);
    /* The graph declares the parameters that the seed then fills. */
    assert_int_equal(md_recipe_build(&r, 1, patch, params, &graph, NULL), 0);
    nn_params_reset(params, 1);
    const nn_plan_options options = {.tier = CS_CPU_BASELINE};
    assert_int_equal(nn_plan_new(graph, &options, &plan, NULL), 0);
    assert_int_equal(
        dt_network_init(&net, &r, params, &alone, 1, patch, 0, NULL), 0);
    fill(x, 1);
    memcpy(net.input, x, VOXELS * sizeof(*x));
    dt_network_run(&net);
    nn_plan_forward(plan, (const float *[]){x}, (float *[]){y});
    assert_memory_equal(dt_network_outputs(&net)[0], y, out * sizeof(*y));
    assert_int_equal(net.bytes,
                     nn_plan_memory(plan) + (VOXELS + out) * sizeof(float));
}

static void the_limit_is_held(void **state)
{
    (void)state;
    dt_network net = DT_NETWORK_INIT;
    CS_AUTO(nn_params) params = NULL;
    const md_recipe r = recipe();
    assert_int_equal(nn_params_new(&params, NULL), 0);
    assert_int_equal(
        dt_network_init(&net, &r, params, &alone, 1, patch, 1 << 16, NULL),
        CS_E_LIMIT);
    assert_null(net.graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_the_plan_itself),
        cmocka_unit_test(the_limit_is_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
