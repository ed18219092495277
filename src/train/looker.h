/* A network that looks at one patch at a time, for validation. */
#ifndef CS_TRAIN_LOOKER_H
#define CS_TRAIN_LOOKER_H

#include "nn/plan.h"
#include "train/validate.h"

typedef struct tr_looker {
    const tr_plan *plan;
    im_run run;
    nn_graph *graph;
    nn_plan *engine;
    float **outputs, **gradients; /* the latter are nobody's */
    size_t output_count;
} tr_looker;

#define TR_LOOKER_INIT                                                         \
    {                                                                          \
        .graph = NULL                                                          \
    }

/* The judge's weights as they are now. *l is TR_LOOKER_INIT, and the caller's
 * to give back whatever comes out. */
int tr_looker_init(tr_looker *l, const tr_judge *j, cs_errinfo *info);
void tr_looker_done(tr_looker *l);

/* Looks at a patch of the recipe's size; l->outputs are what it sees, and
 * *loss how far that is from the truth. */
int tr_looker_look(tr_looker *l, const float *image, const dt_truth *truth,
                   double *loss, cs_errinfo *info);

#endif
