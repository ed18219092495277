/* Which layers become one step, whose results share memory, and which
 * gradients are needed. */
#include "nn/plan_impl.h"

/* How many steps read the result of node i, and the last of them; an output
 * counts as one that comes after all. */
typedef struct readers {
    size_t count;
    size_t last;
} readers;

static readers readers_of(const nn_plan *p, size_t i)
{
    readers r = {0, 0};
    for (size_t k = i + 1; k < p->nodes; k++) {
        const nn_node *n = nn_plan_node(p, k);
        for (unsigned j = 0; j < n->n_inputs; j++)
            if (n->inputs[j] == (int)i) {
                r.count++;
                r.last = k;
            }
    }
    for (size_t k = 0; k < nn_graph_outputs(p->graph); k++)
        if (nn_graph_output(p->graph, k) == (int)i) {
            r.count++;
            r.last = p->nodes;
        }
    return r;
}

/* --- fusion --- */

static bool is_rectifier(const nn_node *n)
{
    return n->op == NN_ACTIVATION &&
           (n->activation.kind == TK_RELU ||
            (n->activation.kind == TK_LEAKY_RELU && n->activation.slope >= 0 &&
             n->activation.slope <= 1));
}

/* The step of node i's only input, if nobody else reads that; or -1. */
static int sole_input(const nn_plan *p, size_t i)
{
    int input = nn_plan_node(p, i)->inputs[0];
    return readers_of(p, (size_t)input).count == 1 ? p->slots[input].owner : -1;
}

static void fuse_rectifier(nn_plan *p, size_t i)
{
    int to = sole_input(p, i);
    if (to < 0 || p->slots[to].slope != 1)
        return;
    nn_op op = nn_plan_node(p, (size_t)to)->op;
    if (op != NN_CONV && op != NN_NORM && op != NN_ADD)
        return;
    const tk_activation f = nn_plan_node(p, i)->activation;
    p->slots[to].slope = f.kind == TK_RELU ? 0 : f.slope;
    p->slots[i].owner = to;
}

static void fold_norm(nn_plan *p, size_t i)
{
    int to = sole_input(p, i);
    if (p->options.training || to < 0 || p->slots[to].slope != 1 ||
        nn_plan_node(p, i)->norm.norm.kind != TK_NORM_BATCH)
        return;
    const nn_node *conv = nn_plan_node(p, (size_t)to);
    if (conv->op != NN_CONV || conv->conv.transposed ||
        p->slots[to].folded >= 0)
        return;
    p->slots[to].folded = (int)i;
    p->slots[i].owner = to;
}

/* Inference does without; its result is its input. */
static void skip_dropout(nn_plan *p, size_t i)
{
    if (!p->options.training)
        p->slots[i].owner = p->slots[nn_plan_node(p, i)->inputs[0]].owner;
}

/* --- concatenation in place --- */

/* The input may be written straight into the whole: only where no later layer
 * reads it, since the gradient of the whole comes first in training; and only
 * where both exist for the same planes. */
static bool fits_in_place(const nn_plan *p, size_t concat, unsigned k)
{
    size_t input = (size_t)nn_plan_node(p, concat)->inputs[k];
    size_t owner = (size_t)p->slots[input].owner;
    if (p->slots[owner].root != (int)owner ||
        p->slots[owner].slab.segment != p->slots[concat].slab.segment)
        return false;
    if (k == 1 && nn_plan_input(p, concat, 0) == owner)
        return false;
    const readers r = readers_of(p, input);
    /* In slabs a twin that went ahead would keep the whole from ending. */
    return r.last == concat &&
           (r.count == 1 || p->slots[owner].slab.segment < 0);
}

static void place_inputs(nn_plan *p, size_t i)
{
    size_t start = p->slots[i].start;
    for (unsigned k = 0; k < 2; k++) {
        if (start % TK_LANES == 0 && fits_in_place(p, i, k)) {
            nn_slot *s = &p->slots[nn_plan_input(p, i, k)];
            s->root = p->slots[i].root;
            s->start = start;
        }
        start += nn_plan_node(p, nn_plan_input(p, i, k))->dims.c;
    }
}

/* --- gradients --- */

static bool has_parameters(const nn_plan *p, const nn_node *n)
{
    switch (n->op) {
    case NN_CONV:
    case NN_EMBEDDING:
        return true;
    case NN_NORM:
    case NN_LAYER_NORM:
        return n->norm.gain != NN_NONE;
    case NN_PARAMETER:
        return nn_param_trained(nn_plan_param(p, n->parameter));
    default:
        return false;
    }
}

static void want_gradients(nn_plan *p)
{
    for (size_t i = 0; i < p->nodes; i++) {
        const nn_node *n = nn_plan_node(p, i);
        bool wants = n->op == NN_INPUT ? p->options.input_gradients
                                       : has_parameters(p, n);
        for (unsigned k = 0; k < n->n_inputs; k++)
            wants |= p->slots[nn_plan_input(p, i, k)].wants_gradient;
        p->slots[i].wants_gradient = p->options.training && wants;
    }
}

/* In the order of the backward pass: who comes first writes, others add. What
 * nobody writes, since no output depends on it, has no backward step. */
static void order_gradients(nn_plan *p, bool *written)
{
    for (size_t k = 0; k < nn_graph_outputs(p->graph); k++)
        written[p->slots[nn_graph_output(p->graph, k)].owner] = true;
    for (size_t i = p->nodes; i-- > 0;) {
        if (!nn_plan_runs(p, i))
            continue;
        if (!written[i]) {
            p->slots[i].wants_gradient = false;
            continue;
        }
        for (unsigned k = 0; k < nn_plan_node(p, i)->n_inputs; k++) {
            size_t input = nn_plan_input(p, i, k);
            p->slots[i].adds[k] = written[input];
            written[input] = true;
        }
    }
}

void nn_plan_fuse(nn_plan *p, bool *written)
{
    for (size_t i = 0; i < p->nodes; i++)
        p->slots[i] = (nn_slot){.owner = (int)i,
                                .slope = 1,
                                .folded = -1,
                                .root = (int)i,
                                .slab = {.segment = -1}};
    for (size_t i = 0; i < p->nodes; i++) {
        const nn_node *n = nn_plan_node(p, i);
        if (n->op == NN_NORM)
            fold_norm(p, i);
        else if (is_rectifier(n))
            fuse_rectifier(p, i);
        else if (n->op == NN_DROPOUT)
            skip_dropout(p, i);
    }
    nn_plan_segments(p);
    for (size_t i = p->nodes; i-- > 0;)
        if (nn_plan_node(p, i)->op == NN_CONCAT)
            place_inputs(p, i);
    want_gradients(p);
    order_gradients(p, written);
}
