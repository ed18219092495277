/* What a trained network is for and how it is fed: the part that a training
 * plan and the card of the model that came out of it have in common. Whoever
 * runs a network needs this and its weights, nothing else. */
#ifndef CS_MODEL_RECIPE_H
#define CS_MODEL_RECIPE_H

#include "zoo/zoo.h"

typedef enum md_task {
    MD_DETECT,     /* where are nodules? */
    MD_CHECK,      /* is this candidate a nodule? (false-positive reduction) */
    MD_MALIGNANCY, /* is this nodule malignant? */
    MD_TASKS,
} md_task;

typedef enum md_head_kind {
    MD_HEAD_VOXELS,  /* a score for each voxel: one channel of probabilities, or
                        two of logits whose second is the nodule */
    MD_HEAD_ANCHORS, /* for each cell and anchor two logits and a box */
    MD_HEAD_CENTRES, /* for each cell a logit, an offset and a diameter */
    MD_HEAD_CLASS,   /* logits of a whole patch; the last class is the positive
                        one, with one class a single logit */
    MD_HEADS,
} md_head_kind;

/* "detect", "voxels" and so on; NULL-terminated, for schemas. */
extern const char *const md_task_words[];
extern const char *const md_head_words[];

/* How voxels become numbers: the scan is resampled to cubes of `spacing` mm
 * along the patient's axes (x to the left, y to the back, z to the head), and
 * low … high Hounsfield units become 0 … 1, clipped. */
typedef struct md_input {
    double spacing;   /* mm; 0: the scan's own voxels, along its own axes */
    double low, high; /* HU */
    size_t patch[3];  /* x, y, z: what is trained on; multiples of the network's
                         coarsest stride, unless it gives one class a patch */
} md_input;

#define MD_ANCHORS_MAX 9

typedef struct md_head {
    md_head_kind kind;
    size_t stride; /* voxels a cell, along each axis: 1 of voxels; of a
                      class 0 or 1 */
    double anchors[MD_ANCHORS_MAX]; /* edges of cubes, mm */
    size_t anchor_count;
} md_head;

typedef struct md_recipe {
    md_task task;
    const zoo_network *network;
    size_t classes; /* of zoo_options; 0: the network's own */
    md_input input;
    md_head head;
} md_recipe;

/* The graph for `n` patches of `size` voxels (x, y, z), as zoo_build(). */
int md_recipe_build(const md_recipe *r, size_t n, const size_t size[3],
                    nn_params *params, nn_graph **ret, cs_errinfo *info);

/* CS_E_RANGE or CS_E_USAGE, naming the field, for what cannot be: a window
 * that is empty, a patch that the strides do not divide, a head whose channels
 * the network does not have, anchors without a size, a task whose head cannot
 * say it. Builds the network, so it costs what its weights cost. */
int md_recipe_check(const md_recipe *r, cs_errinfo *info);

/* The part of it that looks at the numbers alone. */
int md_recipe_check_fields(const md_recipe *r, cs_errinfo *info);

/* Voxels of the input for one of the coarsest map, along x, y, z: extents that
 * these divide pass through the network without loss. */
int md_graph_stride(const nn_graph *g, size_t ret[3], cs_errinfo *info);

#endif
