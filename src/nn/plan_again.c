/* Training in less memory: results that only the backward pass still needs are
 * given up after the forward pass, and made again just before the first
 * backward step that reads them. Same inputs, same step, same bits.
 *
 * Level 1 gives up what is cheap to make: all but
 * convolutions and attention. Higher levels
 * cut the network into stretches of like size and keep only what goes from one
 * to another (gradient checkpointing): about one forward pass more. The last
 * stretch is kept, since the backward pass begins with it. */
#include "nn/plan_impl.h"

/* Level to number of stretches. */
static const size_t stretches[] = {1, 1, 2, 3, 4, 6, 8, 12, 16, 24};

_Static_assert(CS_COUNTOF(stretches) == NN_RECOMPUTE_MAX + 1,
               "a number of stretches for each level");

bool nn_plan_recompute_more(nn_plan *p)
{
    if (!p->options.training || p->again_level == NN_RECOMPUTE_MAX)
        return false;
    p->again_level++;
    return true;
}

/* --- what is given up --- */

static bool is_cheap(const nn_node *n)
{
    if (n->op != NN_CONV)
        return n->op != NN_ATTENTION;
    const tk_conv *c = &n->conv.conv;
    return n->conv.transposed && c->kernel[0] == c->stride[0] &&
           c->kernel[1] == c->stride[1] && c->kernel[2] == c->stride[2];
}

static double floats_of(const nn_plan *p, size_t i)
{
    return (double)tk_image_floats(&nn_plan_node(p, i)->dims);
}

/* Numbers the stretches, by the floats of results up to each node. */
static void number_stretches(nn_plan *p)
{
    double all = 0;
    for (size_t i = 0; i < p->nodes; i++)
        all += nn_plan_runs(p, i) ? floats_of(p, i) : 0;
    double sum = 0;
    double n = (double)stretches[p->again_level];
    for (size_t i = 0; i < p->nodes; i++) {
        if (!nn_plan_runs(p, i))
            continue;
        p->slots[i].stretch = (size_t)(sum * n / all);
        sum += floats_of(p, i);
    }
}

static void keep(nn_plan *p, size_t i)
{
    p->slots[p->slots[i].root].given_up = false;
}

/* A root is given up with all that lies in it, or not at all. */
static void give_up(nn_plan *p)
{
    size_t last = stretches[p->again_level] - 1;
    for (size_t i = 0; i < p->nodes; i++)
        p->slots[i].given_up = p->again_level > 0;
    for (size_t i = 0; i < p->nodes; i++) {
        if (!nn_plan_runs(p, i))
            continue;
        const nn_node *n = nn_plan_node(p, i);
        const nn_slot *s = &p->slots[i];
        if (n->op == NN_INPUT || (s->stretch == last && !is_cheap(n)) ||
            s->stretch != p->slots[s->root].stretch)
            keep(p, i);
        for (unsigned k = 0; k < n->n_inputs; k++) {
            size_t input = nn_plan_input(p, i, k);
            if (p->slots[input].stretch != s->stretch)
                keep(p, input);
        }
    }
    for (size_t k = 0; k < nn_graph_outputs(p->graph); k++)
        keep(p, (size_t)p->slots[nn_graph_output(p->graph, k)].owner);
}

/* --- when it is made again --- */

bool nn_plan_gives_up(const nn_plan *p, size_t i)
{
    return p->slots[p->slots[i].root].given_up;
}

/* Node i, if it was given up and is not there yet, and all that lies with it.
 */
static bool want(nn_plan *p, size_t i, size_t at)
{
    if (!nn_plan_gives_up(p, i) || p->slots[i].again_at != NN_NONE)
        return false;
    for (size_t k = 0; k < p->nodes; k++)
        if (nn_plan_runs(p, k) && p->slots[k].root == p->slots[i].root)
            p->slots[k].again_at = at;
    return true;
}

/* What those wanted at `at` are made of. */
static bool want_inputs(nn_plan *p, size_t at)
{
    bool more = false;
    for (size_t i = p->nodes; i-- > 0;) {
        if (!nn_plan_runs(p, i) || p->slots[i].again_at != at)
            continue;
        for (unsigned k = 0; k < nn_plan_node(p, i)->n_inputs; k++)
            more |= want(p, nn_plan_input(p, i, k), at);
    }
    return more;
}

/* What the backward step of node `at` reads, with all that is needed to make
 * it. */
static void want_for(nn_plan *p, size_t at)
{
    for (unsigned k = 0; k < nn_plan_node(p, at)->n_inputs; k++)
        if (nn_back_reads_input(p, at))
            want(p, nn_plan_input(p, at, k), at);
    if (nn_back_reads_result(p, at))
        want(p, at, at);
    while (want_inputs(p, at))
        ;
}

void nn_plan_recompute(nn_plan *p)
{
    for (size_t i = 0; i < p->nodes; i++)
        p->slots[i].again_at = NN_NONE;
    if (p->again_level == 0)
        return;
    number_stretches(p);
    give_up(p);
    for (size_t i = p->nodes; i-- > 0;)
        if (nn_plan_runs(p, i) && p->slots[i].wants_gradient)
            want_for(p, i);
}
