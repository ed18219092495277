/* Networks by name. A network is a short builder over nn/; its parameter names
 * and shapes are those of the reference it stands for (docs/networks.md). */
#ifndef CS_ZOO_ZOO_H
#define CS_ZOO_ZOO_H

#include "nn/graph.h"

typedef struct zoo_options {
    size_t channels; /* of the input; 0: the network's own */
    size_t classes;  /* of the last layer; 0: the network's own */
} zoo_options;

typedef struct zoo_network {
    const char *name;         /* "unet3d" */
    const char *purpose;      /* CS_N_() */
    unsigned rank;            /* 3 for volumes, 2 for images */
    size_t channels, classes; /* its own */
    /* Adds the network to g and marks its outputs. */
    void (*build)(nn_graph *g, nn_value x, size_t classes);
} zoo_network;

size_t zoo_count(void);
const zoo_network *zoo_at(size_t i);

/* NULL when there is none of that name. */
const zoo_network *zoo_find(const char *name);

/* The graph of a network for inputs of `dims`, whose channels must be the
 * network's (or those of `options`, which may be NULL). Parameters are declared
 * in `params`, or checked against what is there. */
int zoo_build(const zoo_network *net, const zoo_options *options,
              const tk_dims *dims, nn_params *params, nn_graph **ret,
              cs_errinfo *info);

/* The builders, one file each. */
void zoo_unet3d(nn_graph *g, nn_value x, size_t classes);
void zoo_simple3dunet(nn_graph *g, nn_value x, size_t classes);
void zoo_noduledet(nn_graph *g, nn_value x, size_t anchors);
void zoo_malignancy(nn_graph *g, nn_value x, size_t classes);
/* Outputs: logit, offset x, y, z, logarithm of the diameter; of each cell of
 * two voxels a side. */
void zoo_nodulefpn(nn_graph *g, nn_value x, size_t outputs);
void zoo_nodulenet(nn_graph *g, nn_value x, size_t classes);
void zoo_resnet18(nn_graph *g, nn_value x, size_t classes);
void zoo_resnet50(nn_graph *g, nn_value x, size_t classes);
/* For pictures of 28 pixels: a smaller first convolution and no pooling. */
void zoo_resnet18_28(nn_graph *g, nn_value x, size_t classes);
void zoo_resnet50_28(nn_graph *g, nn_value x, size_t classes);

#endif
