/* Shared by the files plan_step*.c alone: a step, and what steps have in
 * common. Which step belongs to which layer is in plan_step.c. */
#ifndef CS_NN_PLAN_STEP_IMPL_H
#define CS_NN_PLAN_STEP_IMPL_H

#include "nn/plan_impl.h"
#include "tensor/kernels/layout.h"

typedef struct step {
    nn_plan *p;
    const nn_node *n;
    nn_slot *s;
    tk_run run;
    /* Inputs and result, or the parts of them that this step is for. */
    tk_image x[NN_INPUTS_MAX], y;
    const tk_planes *to; /* the part of the result; NULL: all of it */
    bool again;          /* a forward step that was done before */
} step;

static inline unsigned threads_of(const nn_plan *p)
{
    return cs_pool_threads(p->options.pool);
}

static inline float *value_of(const step *t, size_t index)
{
    const nn_param *q = nn_plan_param(t->p, index);
    return q ? tn_f32(&q->value) : NULL;
}

static inline float *grad_of(const step *t, size_t index)
{
    const nn_param *q = nn_plan_param(t->p, index);
    return q ? tn_f32(&q->grad) : NULL;
}

static inline tk_activation rectifier(float slope)
{
    return (tk_activation){.kind = slope == 0 ? TK_RELU : TK_LEAKY_RELU,
                           .slope = slope};
}

static inline void add_floats(const float *from, size_t n, float *to)
{
    for (size_t i = 0; i < n; i++)
        to[i] += from[i];
}

static inline size_t temporary_floats(const nn_plan *p, size_t i, unsigned k)
{
    if (!p->slots[i].adds[k])
        return 0;
    return tk_lines(
        tk_image_floats(&nn_plan_node(p, nn_plan_input(p, i, k))->dims));
}

static inline bool wants_gradient(const step *t, size_t i, unsigned k)
{
    return t->p->slots[nn_plan_input(t->p, i, k)].wants_gradient;
}

/* Where the gradient of input k goes: there, or if others have written before,
 * into memory of the step, to be added by finish_gradient(). */
static inline tk_image begin_gradient(step *t, size_t i, unsigned k)
{
    const nn_slot *in = &t->p->slots[nn_plan_input(t->p, i, k)];
    if (!t->s->adds[k])
        return in->grad;
    float *temporary = t->run.scratch;
    t->run.scratch += temporary_floats(t->p, i, k);
    return tk_image_at(temporary, in->grad.dims);
}

static inline void finish_gradient(const step *t, size_t i, unsigned k,
                                   const tk_image *made)
{
    if (t->s->adds[k])
        tk_add_to(&t->run, made, &t->p->slots[nn_plan_input(t->p, i, k)].grad);
}

/* --- of two values: plan_step_arith.c --- */

void nn_arith_forward(const step *t);
void nn_arith_backward(const step *t, size_t i);
size_t nn_arith_local_back(const nn_plan *p, size_t i);

/* --- reductions and boxes: plan_step_extent.c --- */

void nn_reduce_forward(const step *t);
void nn_reduce_backward(step *t, size_t i);
void nn_slice_forward(const step *t);
void nn_slice_backward(const step *t, size_t i);

/* --- transformers: plan_step_tokens.c --- */

void nn_layer_norm_forward(const step *t);
void nn_layer_norm_backward(step *t, size_t i);
size_t nn_layer_norm_local_back(const nn_plan *p, size_t i);

void nn_attention_forward(const step *t, size_t i);
void nn_attention_backward(const step *t, size_t i);
size_t nn_attention_local(const nn_plan *p, size_t i);
size_t nn_attention_local_back(const nn_plan *p, size_t i);

void nn_embedding_forward(const step *t);
void nn_embedding_backward(const step *t, size_t i);

void nn_parameter_forward(const step *t);
void nn_parameter_backward(const step *t);
size_t nn_parameter_local_back(const nn_plan *p, size_t i);

#endif
