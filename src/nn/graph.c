#include "nn/graph.h"

#include <stdio.h>
#include <string.h>

#include "base/checked.h"
#include "base/mem.h"
#include "nn/graph_impl.h"

#define NORM_EPS 1e-5 /* PyTorch's default, which the zoo's networks use */

int nn_graph_new(nn_params *params, nn_graph **ret, cs_errinfo *info)
{
    nn_graph *g = cs_new0(nn_graph);
    if (!g)
        return cs_fail_nomem(info);
    g->params = params;
    g->rank = 3;
    g->eps = NORM_EPS;
    if (info)
        g->info.lang = info->lang;
    *ret = g;
    return 0;
}

void nn_graph_free(nn_graph *g)
{
    if (!g)
        return;
    for (size_t i = 0; i < g->nodes.len; i++)
        cs_free(g->nodes.items[i].name);
    cs_vec_done(&g->nodes);
    cs_vec_done(&g->inputs);
    cs_vec_done(&g->outputs);
    cs_free(g);
}

void nn_rank(nn_graph *g, unsigned rank)
{
    g->rank = rank;
}

unsigned nn_graph_rank(const nn_graph *g)
{
    return g->rank;
}

void nn_norm_eps(nn_graph *g, double eps)
{
    g->eps = eps;
}

/* --- names and mistakes --- */

nn_value nn_fail(nn_graph *g, int r)
{
    g->status = r;
    return nn_no_value;
}

void nn_enter(nn_graph *g, const char *name)
{
    size_t used = strlen(g->scope);
    int n = snprintf(g->scope + used, sizeof(g->scope) - used, "%s.", name);
    if (g->status == 0 && (size_t)n >= sizeof(g->scope) - used)
        nn_fail(g, cs_fail(&g->info, CS_E_RANGE, "the name %s is too long",
                           g->scope));
}

void nn_leave(nn_graph *g)
{
    size_t end = strlen(g->scope);
    if (end > 0)
        end--;
    while (end > 0 && g->scope[end - 1] != '.')
        end--;
    g->scope[end] = '\0';
}

nn_value nn_fail_at(nn_graph *g, const char *name, nn_value x, int r)
{
    char place[CS_ERR_PLACE_MAX];
    char shape[TN_SHAPE_TEXT_MAX];
    const tk_dims *d = &g->nodes.items[x.id].dims;
    const tn_shape s = TN_SHAPE(d->n, d->c, d->d, d->h, d->w);
    snprintf(place, sizeof(place), "%.90s%.60s %.40s", g->scope, name,
             tn_shape_text(&s, shape));
    cs_errinfo_set_place(&g->info, place);
    return nn_fail(g, r);
}

/* Everything that is later computed from extents fits into a size_t. */
static int check_size(nn_graph *g, const char *name, const tk_dims *d)
{
    char text[TN_SHAPE_TEXT_MAX];
    const tn_shape s = TN_SHAPE(d->n, d->c, d->d, d->h, d->w);
    const size_t factors[] = {d->n, d->d, d->h, d->w, sizeof(double)};
    size_t lanes;
    size_t bytes;
    if (cs_align_size(d->c, TK_LANES, &lanes) &&
        cs_product_size(factors, CS_COUNTOF(factors), &bytes) &&
        cs_mul_size(bytes, lanes, &bytes) && bytes <= PTRDIFF_MAX)
        return 0;
    cs_fail(&g->info, CS_E_LIMIT, "a result of the shape %s is too large",
            tn_shape_text(&s, text));
    cs_errinfo_set_place(&g->info, name);
    return CS_E_LIMIT;
}

nn_value nn_append(nn_graph *g, const char *name, nn_node node)
{
    char full[2 * NN_NAME_MAX];
    snprintf(full, sizeof(full), "%s%s", name ? g->scope : "",
             name ? name : "");
    int r = check_size(g, full, &node.dims);
    if (r < 0)
        return nn_fail(g, r);
    node.name = cs_strdup(full);
    if (!node.name)
        return nn_fail(g, cs_fail_nomem(&g->info));
    if (cs_vec_push(&g->nodes, node) < 0) {
        cs_free(node.name);
        return nn_fail(g, cs_fail_nomem(&g->info));
    }
    return (nn_value){(int)g->nodes.len - 1};
}

nn_value nn_input(nn_graph *g, const char *name, const tk_dims *dims)
{
    if (g->status)
        return nn_no_value;
    nn_node node = nn_node_of(NN_INPUT, nn_no_value, *dims);
    node.n_inputs = 0;
    nn_value v = nn_append(g, name, node);
    if (v.id >= 0 && cs_vec_push(&g->inputs, v.id) < 0)
        return nn_fail(g, cs_fail_nomem(&g->info));
    return v;
}

int nn_declare(nn_graph *g, const char *layer, const char *what, nn_role role,
               const tn_shape *shape, size_t fan_in, size_t *ret)
{
    char full[2 * NN_NAME_MAX];
    snprintf(full, sizeof(full), "%s%s%s%s", g->scope, layer, what ? "." : "",
             what ? what : "");
    return nn_params_declare(g->params, full, role, shape, fan_in, ret,
                             &g->info);
}

nn_value nn_fail_pair(nn_graph *g, const char *name, nn_value a, nn_value b)
{
    const tk_dims *x = nn_dims_of(g, a);
    const tk_dims *y = nn_dims_of(g, b);
    char left[TN_SHAPE_TEXT_MAX];
    char right[TN_SHAPE_TEXT_MAX];
    tn_shape s = TN_SHAPE(x->n, x->c, x->d, x->h, x->w);
    tn_shape t = TN_SHAPE(y->n, y->c, y->d, y->h, y->w);
    return nn_fail_at(
        g, name, a,
        cs_fail(&g->info, CS_E_RANGE, "%s and %s cannot be joined",
                tn_shape_text(&s, left), tn_shape_text(&t, right)));
}

void nn_output(nn_graph *g, nn_value x)
{
    if (nn_usable(g, x) && cs_vec_push(&g->outputs, x.id) < 0)
        nn_fail(g, cs_fail_nomem(&g->info));
}

int nn_graph_finish(nn_graph *g, cs_errinfo *info)
{
    if (g->status == 0 && g->outputs.len == 0)
        nn_fail(g, cs_fail(&g->info, CS_E_RANGE, "the network has no output"));
    if (g->status && info)
        *info = g->info;
    return g->status;
}

/* --- looking at it --- */

size_t nn_graph_nodes(const nn_graph *g)
{
    return g->nodes.len;
}

const nn_node *nn_graph_node(const nn_graph *g, size_t i)
{
    return &g->nodes.items[i];
}

size_t nn_graph_outputs(const nn_graph *g)
{
    return g->outputs.len;
}

int nn_graph_output(const nn_graph *g, size_t i)
{
    return g->outputs.items[i];
}

size_t nn_graph_inputs(const nn_graph *g)
{
    return g->inputs.len;
}

int nn_graph_input(const nn_graph *g, size_t i)
{
    return g->inputs.items[i];
}

nn_params *nn_graph_params(const nn_graph *g)
{
    return g->params;
}
