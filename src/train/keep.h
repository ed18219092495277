/* The weights that a run leaves, each with its card. */
#ifndef CS_TRAIN_KEEP_H
#define CS_TRAIN_KEEP_H

#include "train/checkpoint.h"

typedef struct tr_keeper {
    const char *dir;
    const tr_plan *plan;
    const tr_dataset *training;
    const char *parent; /* of the card; or NULL */
} tr_keeper;

/* DIR/NAME.safetensors and DIR/NAME.card.json: the parameters as they are now,
 * after p->epoch. Weights first: whoever reads between the two finds a card
 * that does not fit, and is told so. */
int tr_keep(const tr_keeper *k, const char *name, nn_params *params,
            const tr_progress *p, cs_errinfo *info);

#endif
