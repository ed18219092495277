/* What comes out of a network of the zoo, by shape. */
#ifndef CS_TESTS_ZOO_OUTPUTS_H
#define CS_TESTS_ZOO_OUTPUTS_H

#include "support/test.h"
#include "zoo/zoo.h"

/* Dimensions of output k for an input. */
static inline tk_dims output_of(const char *name, tk_dims in, size_t k,
                                bool *ret_add)
{
    CS_AUTO(nn_params) p = NULL;
    CS_AUTO(nn_graph) g = NULL;
    assert_int_equal(nn_params_new(&p, NULL), 0);
    assert_int_equal(zoo_build(zoo_find(name), NULL, &in, p, &g, NULL), 0);
    *ret_add = false;
    for (size_t i = 0; i < nn_graph_nodes(g); i++)
        *ret_add |= nn_graph_node(g, i)->op == NN_ADD;
    assert_true(k < nn_graph_outputs(g));
    return nn_graph_node(g, (size_t)nn_graph_output(g, k))->dims;
}

/* Output k, and whether the network adds anything back. */
static inline void check_output(const char *name, tk_dims in, size_t k,
                                tk_dims want, bool residual)
{
    bool adds;
    tk_dims got = output_of(name, in, k, &adds);
    assert_memory_equal(&got, &want, sizeof(want));
    assert_int_equal(adds, residual);
}

#endif
