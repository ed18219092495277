/* Trains ResNet-18 for images of 28 pixels by the recipe of the MedMNIST paper:
 * Adam at 1e-3, ten times less after half and after three quarters of the
 * epochs, cross-entropy, batches in a new random order each epoch; and, if
 * asked for, images mirrored at random, which the paper does not do. */
#ifndef BENCH_MEDMNIST_TRAINER_H
#define BENCH_MEDMNIST_TRAINER_H

#include "data.h"
#include "nn/optim.h"
#include "nn/plan.h"

typedef struct recipe {
    uint64_t seed;
    uint64_t epochs;
    size_t batch;
    size_t classes;
    bool mirror;
    cs_pool *pool;
    cs_cpu_tier tier;
} recipe;

/* A graph and its plan for one batch size. */
typedef struct runner {
    size_t n;
    nn_graph *graph;
    nn_plan *plan;
} runner;

typedef struct trainer {
    recipe recipe;
    const med_part *train;
    nn_params *params;
    nn_optim_param *list;
    size_t list_n;
    nn_optim *optim;
    runner whole, rest; /* training; `rest` is empty without a partial batch */
    runner look;        /* inference */
    size_t *order;      /* of the epoch's images */
    float *images;      /* of one batch … */
    int32_t *labels;
    float *logits, *grad;
} trainer;

/* Zeroed before; trainer_done() after, whatever the outcome. Borrows `train`
 * and the recipe's pool. */
int trainer_init(trainer *t, const recipe *how, const med_part *train,
                 cs_errinfo *info);
void trainer_done(trainer *t);

/* Epoch number `epoch`, from 0. *ret_loss is the mean over images. */
int trainer_epoch(trainer *t, uint64_t epoch, double *ret_loss,
                  cs_errinfo *info);

/* Probabilities [p->n][classes] by the parameters as they are now. */
int trainer_predict(trainer *t, const med_part *p, double *ret,
                    cs_errinfo *info);

#endif
