/* The parameters and statistics of the best epoch so far. */
#ifndef BENCH_MEDMNIST_BEST_H
#define BENCH_MEDMNIST_BEST_H

#include "base/hash.h"
#include "nn/params.h"

typedef struct best {
    nn_params *params; /* borrowed */
    unsigned char **copies;
    size_t n;
} best;

/* Zeroed before; best_done() after, whatever the outcome. */
int best_init(best *b, nn_params *params, cs_errinfo *info);
void best_done(best *b);

void best_keep(best *b);
void best_restore(const best *b);

/* Of all the bytes kept. */
int best_digest(const best *b, cs_digest *ret, cs_errinfo *info);

#endif
