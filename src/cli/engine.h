/* A network made ready on behalf of a command: threads, parameters, plan. */
#ifndef CS_CLI_ENGINE_H
#define CS_CLI_ENGINE_H

#include "cli/cli.h"
#include "nn/plan.h"
#include "onnx/import.h"
#include "zoo/zoo.h"

typedef struct engine {
    const char *name;       /* as it was asked for */
    const zoo_network *net; /* NULL for a model of ONNX … */
    ox_network model;       /* … which has its own graph and parameters */
    cs_pool *pool;
    nn_params *params;
    nn_graph *graph;
    nn_plan *plan;
} engine;

typedef struct engine_spec {
    const char *network; /* a name, or a file that ends in .onnx */
    const char *weights; /* a file; NULL: random ones from seed 1 */
    tk_dims dims;
    tn_shape shape;   /* of a model's input */
    unsigned threads; /* 0: all */
    bool training, exact;
    uint64_t memory; /* limit in bytes; 0: what the machine has available */
} engine_spec;

/* Zeroed before; engine_done() after, whatever the outcome. */
int engine_init(engine *e, const cli_context *ctx, const engine_spec *spec,
                cs_errinfo *info);
void engine_done(engine *e);

/* The network of a name; CS_E_USAGE lists them where there is none. */
int engine_network(const char *name, const zoo_network **ret, cs_errinfo *info);

/* Peak memory of this process in MiB. */
double engine_peak_mib(void);

#endif
