/* Training losses: the value, and its gradient with respect to the prediction.
 *
 * Layout. Predictions and targets are plain float arrays [n][c][p]: samples,
 * channels or classes, points (the product of the spatial extents, 1 for plain
 * classification). Class labels are int32_t [n][p].
 *
 * Gradient. `grad` has the prediction's shape and is overwritten, not added
 * to; NULL asks for the value alone. It may not overlap an input. On failure
 * it holds nothing of use, and *ret_loss is untouched.
 *
 * Precision. Elements are worked out and summed in double, chunk by chunk in
 * fixed order: the same bits for any pool, NULL included. No finite logit
 * overflows. NaN in the prediction gives NaN, not an error.
 *
 * Every function returns 0 or a negative cs_err: CS_E_RANGE for empty or
 * overflowing dimensions, options out of range and bad labels; CS_E_NOMEM.
 * Options may be NULL, which stands for the NN_..._DEFAULT beside the type;
 * arrays in them are borrowed. Formulas: docs/training-arithmetic.md. */
#ifndef CS_NN_LOSS_H
#define CS_NN_LOSS_H

#include "base/defs.h"
#include "base/error.h"
#include "base/pool.h"

typedef struct nn_loss_dims {
    size_t n, c, p; /* none is 0; n*c*p floats fit in memory */
} nn_loss_dims;

/* A label that no array of labels holds by chance. */
#define NN_NO_IGNORE INT32_MIN

/* --- element by element: target [n][c][p], mean over all elements --- */

/* The sum is divided by `divisor`, or by the number of elements where it is 0.
 * (Detectors divide by the number of objects.) */
typedef struct nn_mean_options {
    double divisor; /* >= 0 */
} nn_mean_options;
#define NN_MEAN_DEFAULT ((nn_mean_options){0})

int nn_loss_mse(cs_pool *pool, const nn_loss_dims *d, const nn_mean_options *o,
                const float *pred, const float *target, double *ret_loss,
                float *grad, cs_errinfo *info);

/* Quadratic within beta, linear beyond; beta 0 is the absolute error. */
typedef struct nn_smooth_l1_options {
    double beta; /* >= 0 */
    double divisor;
} nn_smooth_l1_options;
#define NN_SMOOTH_L1_DEFAULT ((nn_smooth_l1_options){.beta = 1})

int nn_loss_smooth_l1(cs_pool *pool, const nn_loss_dims *d,
                      const nn_smooth_l1_options *o, const float *pred,
                      const float *target, double *ret_loss, float *grad,
                      cs_errinfo *info);

/* Binary cross-entropy of probabilities, whose logarithms are cut off at -100.
 * A prediction outside [0, 1], NaN too, is CS_E_RANGE and is named. */
int nn_loss_bce(cs_pool *pool, const nn_loss_dims *d, const nn_mean_options *o,
                const float *pred, const float *target, double *ret_loss,
                float *grad, cs_errinfo *info);

typedef struct nn_bce_logits_options {
    const float *pos_weight; /* [c], > 0; or NULL: 1 */
    double divisor;
} nn_bce_logits_options;
#define NN_BCE_LOGITS_DEFAULT ((nn_bce_logits_options){0})

int nn_loss_bce_logits(cs_pool *pool, const nn_loss_dims *d,
                       const nn_bce_logits_options *o, const float *logits,
                       const float *target, double *ret_loss, float *grad,
                       cs_errinfo *info);

/* Sigmoid focal loss (Lin et al. 2017); targets in [0, 1]. */
typedef struct nn_focal_options {
    double alpha; /* weight of the positives, in [0, 1]; below 0: none */
    double gamma; /* >= 0 */
    double divisor;
} nn_focal_options;
#define NN_FOCAL_DEFAULT ((nn_focal_options){.alpha = 0.25, .gamma = 2})

int nn_loss_focal(cs_pool *pool, const nn_loss_dims *d,
                  const nn_focal_options *o, const float *logits,
                  const float *target, double *ret_loss, float *grad,
                  cs_errinfo *info);

/* --- overlap --- */

/* Dice of probabilities, one sum over the whole batch:
 * 1 - (2 sum(p y) + s) / (sum p + sum y + s). Where prediction, target and
 * smooth are all 0, the overlap is perfect: loss 0, gradient 0. */
typedef struct nn_dice_options {
    double smooth; /* >= 0 */
} nn_dice_options;
#define NN_DICE_DEFAULT ((nn_dice_options){.smooth = 1})

int nn_loss_dice(cs_pool *pool, const nn_loss_dims *d, const nn_dice_options *o,
                 const float *pred, const float *target, double *ret_loss,
                 float *grad, cs_errinfo *info);

/* Dice of softmax(logits) over c and one-hot labels, for each sample and class
 * apart; 1 minus the mean of them. Points labelled `ignore` take no part. */
typedef struct nn_dice_labels_options {
    double smooth; /* >= 0 */
    int32_t ignore;
} nn_dice_labels_options;
#define NN_DICE_LABELS_DEFAULT                                                 \
    ((nn_dice_labels_options){.smooth = 1e-6, .ignore = NN_NO_IGNORE})

int nn_loss_dice_labels(cs_pool *pool, const nn_loss_dims *d,
                        const nn_dice_labels_options *o, const float *logits,
                        const int32_t *labels, double *ret_loss, float *grad,
                        cs_errinfo *info);

/* --- classes --- */

/* Cross-entropy of softmax(logits) over c. The mean is weighted: the sum over
 * points divided by the sum of their labels' weights. Where every point is
 * ignored, or of weight 0, loss and gradient are 0. */
typedef struct nn_cross_entropy_options {
    const float *class_weight; /* [c], >= 0; or NULL: 1 */
    double label_smoothing;    /* in [0, 1) */
    int32_t ignore;
} nn_cross_entropy_options;
#define NN_CROSS_ENTROPY_DEFAULT                                               \
    ((nn_cross_entropy_options){.ignore = NN_NO_IGNORE})

int nn_loss_cross_entropy(cs_pool *pool, const nn_loss_dims *d,
                          const nn_cross_entropy_options *o,
                          const float *logits, const int32_t *labels,
                          double *ret_loss, float *grad, cs_errinfo *info);

/* dice_weight * nn_loss_dice_labels() + ce_weight * nn_loss_cross_entropy() */
typedef struct nn_dice_ce_options {
    nn_dice_labels_options dice;
    nn_cross_entropy_options ce;
    double dice_weight, ce_weight; /* >= 0 */
} nn_dice_ce_options;
#define NN_DICE_CE_DEFAULT                                                     \
    ((nn_dice_ce_options){.dice = NN_DICE_LABELS_DEFAULT,                      \
                          .ce = NN_CROSS_ENTROPY_DEFAULT,                      \
                          .dice_weight = 1,                                    \
                          .ce_weight = 1})

int nn_loss_dice_ce(cs_pool *pool, const nn_loss_dims *d,
                    const nn_dice_ce_options *o, const float *logits,
                    const int32_t *labels, double *ret_loss, float *grad,
                    cs_errinfo *info);

#endif
