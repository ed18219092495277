/* From a network's outputs to nodules, and from nodules to what the outputs
 * should have been. One interface for all kinds of heads (model/recipe.h), so
 * that neither the trainer nor the sliding window knows one from another.
 * Formulas: docs/detection.md.
 *
 * Patches are float [z][y][x] of one channel; positions in them are voxel
 * indices x, y, z, centres of voxels at whole numbers. */
#ifndef CS_DETECT_HEAD_H
#define CS_DETECT_HEAD_H

#include "base/pool.h"
#include "detect/candidate.h"
#include "model/recipe.h"

/* A nodule as one patch sees it. */
typedef struct dt_seen {
    double at[3];    /* voxels of the patch; may lie outside */
    double diameter; /* voxels */
    bool excluded;   /* its surroundings have no part in the loss */
} dt_seen;

/* One sample's truth. */
typedef struct dt_truth {
    const dt_seen *nodules;
    size_t count;
    const uint8_t *mask; /* [z][y][x]: 1 nodule, 0 not, 255 not to be learned;
                            or NULL: balls about the nodules stand for it */
    int label;           /* of MD_HEAD_CLASS: 1 or 0 */
} dt_truth;

typedef enum dt_loss_kind {
    DT_LOSS_DEFAULT, /* the head's own: voxels Dice and focal, anchors focal and
                        smooth L1, centres focal and smooth L1, class
                        cross-entropy */
    DT_LOSS_DICE,    /* voxels: the reference's Dice of both classes */
    DT_LOSS_DICE_CE, /* voxels */
    DT_LOSS_TVERSKY, /* voxels: focal Tversky */
    DT_LOSS_BCE,     /* anchors: cross-entropy of the hardest negatives, as the
                        usual detectors have it */
    DT_LOSSES,
} dt_loss_kind;
/* "default", "dice" and so on; NULL-terminated, for schemas. */
extern const char *const dt_loss_words[];

typedef struct dt_loss_options {
    dt_loss_kind kind;
    double alpha;     /* focal: weight of nodules against the rest's
                         1 - alpha; Tversky: of what is missed against what
                         is too much; 0: the kind's own */
    double gamma;     /* the focal exponent; 0: the kind's own */
    double box;       /* weight of sizes and places; 0: 1 */
    double smoothing; /* class: label smoothing */
    double positive;  /* class: weight of the positive one; 0: 1 */
} dt_loss_options;

/* CS_E_USAGE for a loss that the head does not have, CS_E_RANGE for a number
 * out of its range: alpha and smoothing lie in [0, 1), gamma in [0, 10], the
 * weights in [0, 1e6]. */
int dt_loss_check(const md_recipe *r, const dt_loss_options *o,
                  cs_errinfo *info);

/* Sets the last layer's biases so that before the first step every place has
 * the score 0.01: most places are no nodules, and to find that out from 0.5
 * would cost the first hundreds of steps and spoil the optimiser's memory of
 * gradients. For a recipe's parameters after nn_params_reset(); declares them
 * if need be. Of MD_HEAD_CLASS nothing is changed. */
int dt_head_start(const md_recipe *r, nn_params *params, cs_errinfo *info);

/* Of one batch. For messages and logs; loss = scores + box weight * boxes. */
typedef struct dt_loss {
    double loss, scores, boxes;
} dt_loss;

/* Loss of `n` samples and its gradients, which are overwritten. outputs[i] and
 * gradients[i] are those of nn_plan_forward() and _backward() for a graph of
 * md_recipe_build(r, n, size): plain [n][c][d][h][w]. `size` is x, y, z. Same
 * bits for any pool. NULL options are all default. NaN in an output makes the
 * loss NaN. CS_E_RANGE for a nodule without a finite place or a size and for a
 * label that is neither 0 nor 1, and as dt_loss_check(). */
int dt_head_loss(const md_recipe *r, const dt_loss_options *o, cs_pool *pool,
                 const dt_truth *truths, size_t n, const size_t size[3],
                 const float *const *outputs, float *const *gradients,
                 dt_loss *ret, cs_errinfo *info);

/* --- inference: what is blended over overlapping windows --- */

/* Maps [channel][z][y][x] of cells over a window of `size` voxels: channel 0
 * is the score (0 … 1); further ones, where the head has them, are offsets x,
 * y, z of the nodule's centre from the cell's, and its diameter, in voxels,
 * which mean something where the score is high. The centre of cell i is voxel
 * (i + 0.5) * stride - 0.5. Not of MD_HEAD_CLASS. */
#define DT_MAP_CHANNELS_MAX 5
size_t dt_head_channels(const md_recipe *r); /* 1 or 5 */
/* Cells along each axis of a window; voxels at its end that fill no cell have
 * none. */
void dt_head_cells(const md_recipe *r, const size_t size[3], size_t ret[3]);
/* Sample `i` of a batch of n; map holds channels times cells floats. */
void dt_head_map(const md_recipe *r, size_t n, size_t i, const size_t size[3],
                 const float *const *outputs, float *map);

/* Of MD_HEAD_CLASS: the logit of the positive class of each sample. */
void dt_head_logits(const md_recipe *r, size_t n, const float *const *outputs,
                    double *logits);

#endif
