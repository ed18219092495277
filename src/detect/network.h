/* A recipe's network ready to be run on batches of patches of one size. */
#ifndef CS_DETECT_NETWORK_H
#define CS_DETECT_NETWORK_H

#include "image/run.h"
#include "model/recipe.h"
#include "nn/plan.h"

#define DT_NETWORK_OUTPUTS_MAX 4

typedef struct dt_network {
    nn_graph *graph;
    nn_plan *plan;
    tn_buffer *memory;
    float *input; /* [n][1][z][y][x] of the size: to be filled by the caller */
    float *outputs[DT_NETWORK_OUTPUTS_MAX];
    size_t bytes; /* of all this */
} dt_network;

#define DT_NETWORK_INIT                                                        \
    {                                                                          \
        .graph = NULL                                                          \
    }

/* For `n` patches of `size` voxels (x, y, z), with the parameters as they are
 * now. A plan of more than `limit` bytes (0: any) is CS_E_LIMIT. */
int dt_network_init(dt_network *net, const md_recipe *r, nn_params *params,
                    const im_run *run, size_t n, const size_t size[3],
                    size_t limit, cs_errinfo *info);
void dt_network_done(dt_network *net);

/* From input to outputs. */
void dt_network_run(dt_network *net);

static inline const float *const *dt_network_outputs(const dt_network *net)
{
    return (const float *const *)net->outputs;
}

#endif
