/* How much arithmetic a network is, by definition: what effective rates are
 * measured against, whatever algorithm does it. */
#ifndef CS_NN_COST_H
#define CS_NN_COST_H

#include "nn/graph.h"

/* Floating-point operations of a forward pass: two for each product of the
 * convolutions, linear layers and attention. */
double nn_graph_flops(const nn_graph *g);

#endif
