/* A graph made ready to run: which layers are fused, where everything lies in
 * memory, which algorithm each convolution uses.
 *
 * Inference folds batch normalisation into weights, which are then packed once
 * (nn_plan_refresh() again after they changed). Training keeps what the
 * gradients need and takes weights as they are at each call.
 *
 * Concatenations cost nothing where their parts can be written in place.
 * Results and gradients are the same bits for any number of threads. */
#ifndef CS_NN_PLAN_H
#define CS_NN_PLAN_H

#include "nn/graph.h"

typedef struct nn_plan nn_plan;

#define NN_RECOMPUTE_MAX 9U

typedef struct nn_plan_options {
    bool training;
    bool input_gradients; /* of training: nn_plan_backward() gives them too */
    bool exact;           /* convolutions by definition: slow, most exact */
    cs_pool *pool;        /* borrowed; NULL: the calling thread alone */
    cs_cpu_tier tier;
    size_t memory_limit; /* bytes that the plan may take; 0: no limit */
    size_t slab_bytes;   /* inference: results of this size and more are made
                            in slabs; 0: a good size for plans above 1 GiB,
                            smaller if the limit asks for it; SIZE_MAX: none */
    unsigned recompute;  /* training: give up results in between and make
                            them again: 0 none (more if the limit asks for
                            it), 1 cheap ones, 2 … NN_RECOMPUTE_MAX ever more */
    double momentum;     /* of running statistics; 0 is 0.1 */
    uint64_t seed;       /* of dropout */
} nn_plan_options;

/* `graph` is borrowed, with its parameters. A plan that would need more than
 * the limit is CS_E_LIMIT, and says how much. */
int nn_plan_new(const nn_graph *graph, const nn_plan_options *options,
                nn_plan **ret, cs_errinfo *info);
void nn_plan_free(nn_plan *p);
CS_DEFINE_AUTO(nn_plan)

/* Dropout's masks follow from seed, layer and the number of the forward pass;
 * training that goes on after a restart says how many there were. */
void nn_plan_set_passes(nn_plan *p, uint64_t passes);

/* Bytes for feature maps, scratch and packed weights. */
size_t nn_plan_memory(const nn_plan *p);

/* Inference: takes the parameters as they are now. nn_plan_new() has done it
 * once. Of no effect in training. */
int nn_plan_refresh(nn_plan *p, cs_errinfo *info);

/* inputs[i] and outputs[i] are plain arrays [n][c][d][h][w] in the order of the
 * graph's inputs and outputs; an output may be NULL. Not by two threads at a
 * time. Training: running statistics follow. */
void nn_plan_forward(nn_plan *p, const float *const *inputs,
                     float *const *outputs);

/* After nn_plan_forward() of a training plan: adds the gradients of all
 * parameters, given that of each output. `input_gradients` (may be NULL) holds
 * a plain array, or NULL, for each input. */
void nn_plan_backward(nn_plan *p, const float *const *output_gradients,
                      float *const *input_gradients);

#endif
