/* Layers of transformers, whose tokens are voxels; and learned values. */
#include <math.h>

#include "nn/graph_impl.h"

/* --- attention --- */

static nn_value fail_heads(nn_graph *g, nn_value q, size_t heads)
{
    return nn_fail_at(g, "attention", q,
                      cs_fail(&g->info, CS_E_RANGE,
                              "%zu heads do not divide %zu channels", heads,
                              nn_dims_of(g, q)->c));
}

/* Queries and keys of a sample are compared, keys and values are pairs. */
static bool fits_queries(const tk_dims *q, const tk_dims *k)
{
    return q->n == k->n && q->c == k->c;
}

static bool fits_keys(const tk_dims *k, const tk_dims *v)
{
    return fits_queries(k, v) && tk_voxels(k) == tk_voxels(v);
}

nn_value nn_attention(nn_graph *g, const nn_attention_spec *spec, nn_value q,
                      nn_value k, nn_value v)
{
    if (!nn_usable(g, q) || !nn_usable(g, k) || !nn_usable(g, v))
        return nn_no_value;
    nn_node n = nn_node_of(NN_ATTENTION, q, *nn_dims_of(g, q));
    if (spec->heads == 0 || n.dims.c % spec->heads)
        return fail_heads(g, q, spec->heads);
    if (!fits_queries(&n.dims, nn_dims_of(g, k)))
        return nn_fail_pair(g, "attention", q, k);
    if (!fits_keys(nn_dims_of(g, k), nn_dims_of(g, v)))
        return nn_fail_pair(g, "attention", k, v);
    nn_add_input(&n, k);
    nn_add_input(&n, v);
    size_t dim = n.dims.c / spec->heads;
    n.attention = *spec;
    if (spec->scale == 0)
        n.attention.scale = (float)(1 / sqrt((double)CS_MAX(dim, (size_t)1)));
    return nn_append(g, NULL, n);
}

/* --- embedding --- */

/* Whole numbers beyond do not all exist as f32. */
#define ROWS_MAX ((size_t)1 << 24)

static int check_embedding(nn_graph *g, const tk_dims *ids, size_t rows,
                           size_t size)
{
    if (ids->c != 1)
        return cs_fail(&g->info, CS_E_RANGE,
                       "an embedding wants numbers in one channel");
    if (rows == 0 || rows > ROWS_MAX || size == 0)
        return cs_fail(&g->info, CS_E_RANGE,
                       "a table of %zu x %zu; it must have 1 to %zu rows, "
                       "which are not empty",
                       rows, size, ROWS_MAX);
    return 0;
}

nn_value nn_embedding(nn_graph *g, const char *name, nn_value ids, size_t rows,
                      size_t size)
{
    if (!nn_usable(g, ids))
        return nn_no_value;
    nn_node n = nn_node_of(NN_EMBEDDING, ids, *nn_dims_of(g, ids));
    n.dims.c = size;
    int r = check_embedding(g, nn_dims_of(g, ids), rows, size);
    if (r == 0)
        r = nn_declare(g, name, "weight", NN_WEIGHT, &TN_SHAPE(rows, size), 1,
                       &n.parameter);
    return r < 0 ? nn_fail_at(g, name, ids, r) : nn_append(g, name, n);
}

/* --- learned values --- */

nn_value nn_parameter(nn_graph *g, const char *name, nn_role role,
                      const tk_dims *d)
{
    if (g->status)
        return nn_no_value;
    nn_node n = nn_node_of(NN_PARAMETER, nn_no_value, *d);
    n.n_inputs = 0;
    const tn_shape shape = g->rank == 2 && d->d == 1
                               ? TN_SHAPE(d->n, d->c, d->h, d->w)
                               : TN_SHAPE(d->n, d->c, d->d, d->h, d->w);
    int r = nn_declare(g, name, NULL, role, &shape, d->c, &n.parameter);
    return r < 0 ? nn_fail(g, r) : nn_append(g, name, n);
}
