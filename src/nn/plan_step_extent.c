/* Reductions, and boxes of a value. */
#include "nn/plan_step_impl.h"
#include "tensor/kernels/arith.h"
#include "tensor/kernels/box.h"
#include "tensor/kernels/reduce.h"

void nn_reduce_forward(const step *t)
{
    tk_reduce(&t->run, t->n->reduction, &t->x[0], &t->y);
}

static float elements(const tk_dims *d)
{
    return (float)(d->n * d->c * tk_voxels(d));
}

void nn_reduce_backward(step *t, size_t i)
{
    const nn_slot *s = t->s;
    tk_image dx = begin_gradient(t, i, 0);
    bool mean = t->n->reduction == TK_REDUCE_MEAN;
    if (t->n->reduction == TK_REDUCE_MAX)
        tk_reduce_max_backward(&t->run, &t->x[0], &t->y, &s->grad, &dx);
    else
        tk_scale(&t->run, mean ? elements(&t->n->dims) / elements(&dx.dims) : 1,
                 &s->grad, &dx);
    finish_gradient(t, i, 0, &dx);
}

void nn_slice_forward(const step *t)
{
    tk_box_take(&t->run, &t->x[0], &t->n->slice_first, &t->y);
}

void nn_slice_backward(const step *t, size_t i)
{
    const tk_image *dx = &t->p->slots[nn_plan_input(t->p, i, 0)].grad;
    if (!t->s->adds[0])
        tk_fill_zero(&t->run, dx);
    tk_box_add(&t->run, &t->s->grad, &t->n->slice_first, dx);
}
