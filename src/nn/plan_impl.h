/* Shared by the files plan_*.c alone. */
#ifndef CS_NN_PLAN_IMPL_H
#define CS_NN_PLAN_IMPL_H

#include "nn/place.h"
#include "nn/plan.h"
#include "tensor/kernels/run.h"

/* Where a node stands in a segment that runs slab by slab (plan_slab.c). */
typedef struct nn_slab {
    int segment;      /* -1: none */
    bool leaves;      /* somebody outside reads the result */
    bool is_output;   /* it goes to the caller, plane by plane */
    bool read_inside; /* somebody inside reads it */
    /* Of roots: memory for some planes only, which move on. */
    bool slides;
    size_t window;       /* how many */
    size_t low;          /* the first that is kept */
    size_t done, target; /* planes made so far, and after this slab */
} nn_slab;

/* Running nodes first … last, of which each is sliceable. */
typedef struct nn_segment {
    size_t first, last;
    size_t slabs;
} nn_segment;

/* What the plan knows of a node. */
typedef struct nn_slot {
    int owner;    /* the node whose step makes this result: itself, or the one
                     it was fused into */
    float slope;  /* of a fused activation: 1 for none */
    int folded;   /* inference: batch norm in this convolution's weights */
    int root;     /* the node whose memory this result is a part of … */
    size_t start; /* … from this channel on */
    bool wants_gradient;
    /* The gradient of input i is added to what is there. */
    bool adds[NN_INPUTS_MAX];
    nn_slab slab;

    /* Of results that training gives up in between (plan_again.c). */
    size_t stretch;
    bool given_up;   /* of roots */
    size_t again_at; /* made again for the backward step of this node */

    tk_image image, grad;
    tk_image again; /* where the backward pass finds it: the image, or anew */
    tk_conv_plan forward, data, weights;
    size_t packed;     /* inference: floats into the constants */
    size_t bias;       /* convolutions: padded bias, the same */
    double *mean;      /* training norms: of the last forward pass; */
    double *variance;  /* or inference norms: the running ones */
    float *local;      /* memory of the forward step alone */
    float *local_back; /* and of the backward step */
    float *local_again;
} nn_slot;

struct nn_plan {
    const nn_graph *graph;
    nn_plan_options options;
    const tk_table *table;
    nn_slot *slots; /* one for each node */
    size_t nodes;
    tn_buffer *arena, *constants;
    unsigned again_level; /* how much training gives up */
    size_t least;         /* floats needed by the smallest plan so far */
    double *statistics;
    size_t slab_bytes; /* results of this size are large; SIZE_MAX: none is */
    nn_segment *segments;
    size_t n_segments;
    const float *const *inputs; /* the caller's, while it waits */
    float *const *outputs;
    uint64_t passes; /* forward ones so far */
};

static inline const nn_node *nn_plan_node(const nn_plan *p, size_t i)
{
    return nn_graph_node(p->graph, i);
}

/* The slot and step that make a node's input. */
static inline size_t nn_plan_input(const nn_plan *p, size_t i, unsigned k)
{
    return (size_t)p->slots[nn_plan_node(p, i)->inputs[k]].owner;
}

/* True for nodes that have a step. */
static inline bool nn_plan_runs(const nn_plan *p, size_t i)
{
    return p->slots[i].owner == (int)i;
}

static inline nn_param *nn_plan_param(const nn_plan *p, size_t index)
{
    return index == NN_NONE ? NULL
                            : nn_params_at(nn_graph_params(p->graph), index);
}

/* Fusion, and who writes into whose memory. */
/* `written` is room for a zeroed flag for each node. */
void nn_plan_fuse(nn_plan *p, bool *written);
/* Algorithms of the convolutions. */
int nn_plan_convolutions(nn_plan *p, cs_errinfo *info);
/* Memory for everything. */
int nn_plan_allocate(nn_plan *p, cs_errinfo *info);

/* Inference: which nodes run in slabs. Room for the segments is as for nodes.
 */
void nn_plan_segments(nn_plan *p);
/* None at first, unless the options say what is large; then more and thinner
 * ones, until that is of no use any more. */
void nn_plan_first_slabs(nn_plan *p);
bool nn_plan_thinner_slabs(nn_plan *p);
/* True where a plan so large should have slabs, and has none yet. */
bool nn_plan_is_roomy(const nn_plan *p, size_t floats);
/* How many planes of each result must be there at a time. */
void nn_plan_windows(nn_plan *p);
void nn_segment_forward(nn_plan *p, const nn_segment *segment);
/* To the caller, if node i is an output; planes `from` only, if not NULL. */
void nn_give_outputs(nn_plan *p, size_t i, const tk_planes *from);
/* Planes of input k that planes `to` of node i's result are made of. */
tk_planes nn_step_reads(const nn_plan *p, size_t i, unsigned k, tk_planes to);

/* Floats that a step needs for itself. */
size_t nn_step_local(const nn_plan *p, size_t i);
size_t nn_step_local_back(const nn_plan *p, size_t i);

/* Training: what is given up, and when it is made again. */
void nn_plan_recompute(nn_plan *p);
bool nn_plan_recompute_more(nn_plan *p);
bool nn_plan_gives_up(const nn_plan *p, size_t i);

/* Does the backward step of node i read its inputs, or its result? */
bool nn_back_reads_input(const nn_plan *p, size_t i);
bool nn_back_reads_result(const nn_plan *p, size_t i);

/* One step; of the result's planes `to` only, if not NULL. */
void nn_step_forward(nn_plan *p, size_t i, const tk_planes *to);
void nn_step_again(nn_plan *p, size_t i);
void nn_step_backward(nn_plan *p, size_t i);

#endif
