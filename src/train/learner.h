/* A network while it learns: its weights, what the optimiser keeps of them,
 * their averages, and a plan for one batch. Nothing in it knows where samples
 * come from, or how far the training is. */
#ifndef CS_TRAIN_LEARNER_H
#define CS_TRAIN_LEARNER_H

#include "image/run.h"
#include "nn/optim_ema.h"
#include "nn/plan.h"
#include "train/log.h"
#include "train/sampler.h"

typedef struct tr_learner {
    const tr_plan *plan; /* borrowed, as is the pool */
    im_run run;
    size_t memory_limit; /* of the engine; 0: none */
    nn_params *params;
    nn_graph *graph;
    nn_plan *engine; /* NULL while it rests */
    nn_optim_param *list;
    size_t list_n;
    nn_optim *optim; /* its steps are the training's */
    nn_ema *ema;     /* NULL: the plan wants no averages */
    nn_schedule schedule;
    float *images; /* of a batch */
    dt_truth *truths;
    float **outputs, **gradients; /* of the network's outputs */
    size_t output_count;
} tr_learner;

#define TR_LEARNER_INIT                                                        \
    {                                                                          \
        .params = NULL                                                         \
    }

/* Weights as the plan's seed has them. *l is TR_LEARNER_INIT; whatever comes
 * out, it is the caller's to give back. */
int tr_learner_init(tr_learner *l, const tr_plan *plan, const im_run *run,
                    size_t memory_limit, cs_errinfo *info);
void tr_learner_done(tr_learner *l);

/* Weights of a file instead. The averages start from them. */
int tr_learner_start(tr_learner *l, const char *path, cs_errinfo *info);

/* Gives up the engine's memory where a limit was set, until the next
 * tr_learner_wake(), which also makes it first. */
void tr_learner_rest(tr_learner *l);
int tr_learner_wake(tr_learner *l, cs_errinfo *info);

/* --- a step (learner_step.c), awake --- */

/* One batch of plan->batch samples: adds its gradients to what is there, and
 * its loss to *sum. */
int tr_learner_batch(tr_learner *l, const tr_sample *const *samples,
                     dt_loss *sum, cs_errinfo *info);

/* After plan->accumulate batches: means, clips, steps, and starts the next
 * gradients from 0. *sum becomes the step's loss, and s gets it with the rate
 * and the norm. A loss or gradient that is not finite is CS_E_RANGE, names the
 * parameter, and no weight has changed. */
int tr_learner_update(tr_learner *l, const dt_loss *sum, tr_step *s,
                      cs_errinfo *info);

/* --- averages --- */

/* Puts the averages in the place of the weights, and back. Of no effect
 * without averages. */
void tr_learner_swap(tr_learner *l);

/* The averages' weight of what was, at a step from 0 on: at first less than
 * the plan's decay, so that the start is soon forgotten. */
double tr_learner_decay(const tr_plan *plan, uint64_t step);

#endif
