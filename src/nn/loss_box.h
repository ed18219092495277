/* Losses of axis-aligned boxes in the plane and in space, and the overlap they
 * are made of. Conventions are those of loss.h. */
#ifndef CS_NN_LOSS_BOX_H
#define CS_NN_LOSS_BOX_H

#include "base/defs.h"
#include "base/error.h"
#include "base/pool.h"

#define NN_BOX_AXES_MAX 3

typedef enum nn_box_form {
    NN_BOX_CORNERS, /* x1 y1 (z1) x2 y2 (z2), the first the lower ones */
    NN_BOX_CENTRE,  /* cx cy (cz) w h (d) */
} nn_box_form;

typedef enum nn_box_measure {
    NN_BOX_IOU,  /* intersection over union, in [0, 1] */
    NN_BOX_GIOU, /* less the share of the hull that the union leaves empty
                    (Rezatofighi et al. 2019), in [-1, 1] */
} nn_box_measure;

typedef struct nn_box_options {
    unsigned axes; /* 2 or 3 */
    nn_box_form form;
    nn_box_measure measure;
    double eps;     /* > 0; added to each divisor */
    double divisor; /* >= 0; 0: the number of boxes */
} nn_box_options;
#define NN_BOX_DEFAULT                                                         \
    ((nn_box_options){.axes = 3, .measure = NN_BOX_GIOU, .eps = 1e-7})

/* Sum of 1 - measure(pred[i], target[i]) over `count` pairs, by the divisor.
 * pred, target and grad are [count][2 * axes]. A predicted box of negative
 * extent counts as empty; a target of negative extent, or with numbers that
 * are not finite, is CS_E_RANGE and is named. Where two edges coincide, each
 * has half of the gradient. */
int nn_loss_box(cs_pool *pool, size_t count, const nn_box_options *o,
                const float *pred, const float *target, double *ret_loss,
                float *grad, cs_errinfo *info);

/* The measure of one pair of boxes, without eps; 0 where both are empty. */
double nn_box_overlap(const nn_box_options *o, const float *a, const float *b);

#endif
