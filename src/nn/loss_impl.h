/* What the losses share. Private to the room. */
#ifndef CS_NN_LOSS_IMPL_H
#define CS_NN_LOSS_IMPL_H

#include "nn/loss.h"

/* --- dimensions and options (loss_check.c) --- */

/* CS_E_RANGE for an extent of 0, or when n*c*p doubles would not fit. */
int nn_loss_check_dims(const nn_loss_dims *d, cs_errinfo *info);

/* Option `name` lies in [low, high]; NaN does not. */
int nn_loss_check_option(const char *name, double v, double low, double high,
                         cs_errinfo *info);

/* Class weights [c], or NULL, are finite and at least 0. */
int nn_loss_check_weights(const char *name, const float *w, size_t c,
                          cs_errinfo *info);

/* Every label is in [0, c) or `ignore`. Names the first that is not. */
int nn_loss_check_labels(cs_pool *pool, const nn_loss_dims *d,
                         const int32_t *labels, int32_t ignore,
                         cs_errinfo *info);

/* --- sums (loss_sum.c) --- */

/* Chunks of a loop over n elements: at most 64, none tiny. */
size_t nn_loss_grain(size_t n);

/* Elements [begin, end), all of one sample and channel `c`. Returns their part
 * of the sum. */
typedef double nn_loss_row_fn(const void *ctx, size_t begin, size_t end,
                              size_t c);

/* Sum of fn over all n*c*p elements, in pieces of rows; in fixed order. */
double nn_loss_sum_rows(cs_pool *pool, const nn_loss_dims *d,
                        nn_loss_row_fn *fn, const void *ctx);

/* As above over [0, n) without rows; c is 0. */
double nn_loss_sum(cs_pool *pool, size_t n, nn_loss_row_fn *fn,
                   const void *ctx);

/* The first index in [0, n) for which `bad` holds, or n. */
typedef bool nn_loss_bad_fn(const void *ctx, size_t i);
size_t nn_loss_first_bad(cs_pool *pool, size_t n, nn_loss_bad_fn *bad,
                         const void *ctx);

/* What a mean divides by. */
static inline double nn_loss_divisor(double divisor, size_t count)
{
    return divisor > 0 ? divisor : (double)count;
}

/* --- gradients --- */

/* Where a gradient goes: times `scale`, and added to what is there if `add`.
 * Lets a sum of losses be written without a second array. */
typedef struct nn_loss_grad {
    float *data; /* or NULL */
    double scale;
    bool add;
} nn_loss_grad;

static inline void nn_loss_put(const nn_loss_grad *g, size_t i, double v)
{
    float f = (float)(v * g->scale);
    g->data[i] = g->add ? g->data[i] + f : f;
}

int nn_loss_dice_labels_to(cs_pool *pool, const nn_loss_dims *d,
                           const nn_dice_labels_options *o, const float *logits,
                           const int32_t *labels, double *ret_loss,
                           const nn_loss_grad *grad, cs_errinfo *info);
int nn_loss_cross_entropy_to(cs_pool *pool, const nn_loss_dims *d,
                             const nn_cross_entropy_options *o,
                             const float *logits, const int32_t *labels,
                             double *ret_loss, const nn_loss_grad *grad,
                             cs_errinfo *info);

/* --- softmax (loss_softmax.c) --- */

/* The log of a sum of exponentials in two parts, whose sum would swallow the
 * smaller one: -log(prob[i]) = (most - logit[i]) + log_rest. */
typedef struct nn_loss_lse {
    double most; /* the largest logit */
    double log_rest;
} nn_loss_lse;

/* prob[i] = softmax of c logits that stand `stride` apart. */
nn_loss_lse nn_loss_softmax(const float *logits, size_t stride, size_t c,
                            double *prob);

/* c doubles for each slot of the pool, on lines of their own. */
typedef struct nn_loss_scratch {
    double *data;
    size_t stride;
} nn_loss_scratch;

int nn_loss_scratch_init(nn_loss_scratch *s, const cs_pool *pool, size_t c,
                         cs_errinfo *info);
void nn_loss_scratch_done(nn_loss_scratch *s);

static inline double *nn_loss_scratch_of(const nn_loss_scratch *s,
                                         unsigned slot)
{
    return s->data + s->stride * slot;
}

#endif
