/* Layers of transformers, and learned values. */
#include "nn/plan_step_impl.h"
#include "tensor/kernels/attention.h"
#include "tensor/kernels/embedding.h"
#include "tensor/kernels/heads.h"
#include "tensor/kernels/layer_norm.h"

/* --- layer normalisation --- */

static tk_layer_norm layer_norm_of(const step *t)
{
    return (tk_layer_norm){.gain = value_of(t, t->n->norm.gain),
                           .shift = value_of(t, t->n->norm.shift),
                           .eps = t->n->norm.norm.eps};
}

void nn_layer_norm_forward(const step *t)
{
    const tk_layer_norm norm = layer_norm_of(t);
    tk_layer_norm_forward(&t->run, &norm, &t->x[0], &t->y);
}

void nn_layer_norm_backward(step *t, size_t i)
{
    const tk_layer_norm norm = layer_norm_of(t);
    size_t c = t->n->dims.c;
    bool wanted = wants_gradient(t, i, 0);
    tk_image dx = wanted ? begin_gradient(t, i, 0) : t->s->grad;
    tk_layer_norm_gradients to = {.dx = wanted ? &dx : NULL};
    tk_run run = t->run;
    if (norm.gain) {
        to.dgain = run.scratch;
        to.dshift = to.dgain + tk_lines(c);
        run.scratch = to.dshift + tk_lines(c);
    }
    tk_layer_norm_backward(&run, &norm, &t->x[0], &t->s->grad, &to);
    if (norm.gain) {
        add_floats(to.dgain, c, grad_of(t, t->n->norm.gain));
        add_floats(to.dshift, c, grad_of(t, t->n->norm.shift));
    }
    if (wanted)
        finish_gradient(t, i, 0, &dx);
}

size_t nn_layer_norm_local_back(const nn_plan *p, size_t i)
{
    const tk_dims *d = &nn_plan_node(p, i)->dims;
    return temporary_floats(p, i, 0) + 2 * tk_lines(d->c) +
           tk_layer_norm_scratch(d);
}

/* --- attention --- */

static tk_attention attention_of(const nn_plan *p, size_t i)
{
    const nn_node *n = nn_plan_node(p, i);
    const tk_dims *keys = &nn_plan_node(p, nn_plan_input(p, i, 1))->dims;
    return (tk_attention){.batch = n->dims.n,
                          .heads = n->attention.heads,
                          .queries = tk_voxels(&n->dims),
                          .keys = tk_voxels(keys),
                          .dim = n->dims.c / n->attention.heads,
                          .scale = n->attention.scale,
                          .causal = n->attention.causal};
}

/* Plain arrays, of queries and of keys. */
static size_t query_floats(const tk_attention *a)
{
    return tk_lines(a->batch * a->heads * a->queries * a->dim);
}

static size_t key_floats(const tk_attention *a)
{
    return tk_lines(a->batch * a->heads * a->keys * a->dim);
}

static float *reserve(tk_run *run, size_t floats)
{
    float *at = run->scratch;
    run->scratch += floats;
    return at;
}

/* Inputs as the kernel wants them, into the step's memory. */
static tk_attention_inputs take_inputs(const step *t, const tk_attention *a,
                                       tk_run *run)
{
    float *plain[3];
    for (unsigned k = 0; k < 3; k++) {
        plain[k] = reserve(run, k == 0 ? query_floats(a) : key_floats(a));
        tk_heads_take(&t->run, a->heads, &t->x[k], plain[k]);
    }
    return (tk_attention_inputs){plain[0], plain[1], plain[2]};
}

void nn_attention_forward(const step *t, size_t i)
{
    const tk_attention a = attention_of(t->p, i);
    tk_run run = t->run;
    const tk_attention_inputs in = take_inputs(t, &a, &run);
    float *y = reserve(&run, query_floats(&a));
    tk_attention_forward(&run, &a, &in, y);
    tk_heads_give(&t->run, a.heads, y, &t->y);
}

size_t nn_attention_local(const nn_plan *p, size_t i)
{
    const tk_attention a = attention_of(p, i);
    return 2 * query_floats(&a) + 2 * key_floats(&a) +
           tk_attention_scratch(&a, threads_of(p));
}

/* In the order of inputs: one value may be several of them. */
static void give_gradient(const step *t, size_t i, unsigned k,
                          const float *plain)
{
    const nn_slot *in = &t->p->slots[nn_plan_input(t->p, i, k)];
    if (in->wants_gradient)
        (t->s->adds[k] ? tk_heads_add : tk_heads_give)(
            &t->run, t->n->attention.heads, plain, &in->grad);
}

void nn_attention_backward(const step *t, size_t i)
{
    const tk_attention a = attention_of(t->p, i);
    tk_run run = t->run;
    const tk_attention_inputs in = take_inputs(t, &a, &run);
    float *dy = reserve(&run, query_floats(&a));
    tk_attention_gradients to = {.dq = reserve(&run, query_floats(&a))};
    to.dk = reserve(&run, key_floats(&a));
    to.dv = reserve(&run, key_floats(&a));
    tk_heads_take(&t->run, a.heads, &t->s->grad, dy);
    tk_attention_backward(&run, &a, &in, dy, &to);
    give_gradient(t, i, 0, to.dq);
    give_gradient(t, i, 1, to.dk);
    give_gradient(t, i, 2, to.dv);
}

size_t nn_attention_local_back(const nn_plan *p, size_t i)
{
    const tk_attention a = attention_of(p, i);
    return 3 * query_floats(&a) + 4 * key_floats(&a) +
           tk_attention_backward_scratch(&a, threads_of(p));
}

/* --- embedding --- */

static size_t table_rows(const step *t)
{
    nn_params *params = nn_graph_params(t->p->graph);
    return nn_params_at(params, t->n->parameter)->value.shape.dim[0];
}

void nn_embedding_forward(const step *t)
{
    tk_embedding_forward(&t->run, table_rows(t), value_of(t, t->n->parameter),
                         &t->x[0], &t->y);
}

/* The numbers themselves have no gradient. */
void nn_embedding_backward(const step *t, size_t i)
{
    const nn_slot *ids = &t->p->slots[nn_plan_input(t->p, i, 0)];
    tk_embedding_backward(&t->run, table_rows(t), &t->x[0], &t->s->grad,
                          grad_of(t, t->n->parameter));
    if (ids->wants_gradient && !t->s->adds[0])
        tk_fill_zero(&t->run, &ids->grad);
}

/* --- learned values --- */

void nn_parameter_forward(const step *t)
{
    tk_from_plain(&t->run, value_of(t, t->n->parameter), &t->y);
}

static size_t elements(const tk_dims *d)
{
    return d->n * d->c * tk_voxels(d);
}

void nn_parameter_backward(const step *t)
{
    tk_to_plain(&t->run, &t->s->grad, t->run.scratch);
    add_floats(t->run.scratch, elements(&t->n->dims),
               grad_of(t, t->n->parameter));
}

size_t nn_parameter_local_back(const nn_plan *p, size_t i)
{
    return tk_lines(elements(&nn_plan_node(p, i)->dims));
}
