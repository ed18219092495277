/* Arrays for all outputs of a graph. */
#ifndef CS_TRAIN_OUTPUTS_H
#define CS_TRAIN_OUTPUTS_H

#include "nn/graph.h"

/* *ret[i] is of output i, zero. *ret is NULL before. */
int tr_outputs_new(const nn_graph *g, float ***ret, cs_errinfo *info);
/* Of `n` outputs; NULL is fine. */
void tr_outputs_free(float **outputs, size_t n);

#endif
