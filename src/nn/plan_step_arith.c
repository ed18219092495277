/* Sums, differences and products of two values, of which one may be repeated.
 */
#include "nn/plan_step_impl.h"
#include "tensor/kernels/arith.h"
#include "tensor/kernels/reduce.h"

static tk_arith operation(const nn_node *n)
{
    switch (n->op) {
    case NN_ADD:
        return TK_ADD;
    case NN_SUBTRACT:
        return TK_SUB;
    default:
        return TK_MUL;
    }
}

static bool same_extents(const tk_dims *a, const tk_dims *b)
{
    return a->n == b->n && a->c == b->c && a->d == b->d && a->h == b->h &&
           a->w == b->w;
}

void nn_arith_forward(const step *t)
{
    const tk_image *a = &t->x[0];
    const tk_image *b = &t->x[1];
    const tk_image *y = &t->y;
    if (t->n->op == NN_ADD && same_extents(&a->dims, &b->dims)) {
        tk_copy(&t->run, a, y);
        tk_add_to(&t->run, b, y);
    } else {
        tk_arith_run(&t->run, operation(t->n), a, b, y);
    }
    if (t->s->slope != 1)
        tk_activate(&t->run, rectifier(t->s->slope), y, y);
}

/* The gradient is that of the result, as it is. */
static bool passes_on(const step *t, unsigned k, const nn_slot *in)
{
    bool plus = t->n->op == NN_ADD || (t->n->op == NN_SUBTRACT && k == 0);
    return plus && same_extents(&in->grad.dims, &t->n->dims);
}

static void backward(step t, size_t i, unsigned k)
{
    const nn_slot *in = &t.p->slots[nn_plan_input(t.p, i, k)];
    if (!in->wants_gradient)
        return;
    if (passes_on(&t, k, in)) {
        (t.s->adds[k] ? tk_add_to : tk_copy)(&t.run, &t.s->grad, &in->grad);
        return;
    }
    tk_image dx = begin_gradient(&t, i, k);
    tk_arith_backward(&t.run, operation(t.n), k == 1, &t.x[1 - k], &t.s->grad,
                      &dx);
    finish_gradient(&t, i, k, &dx);
}

void nn_arith_backward(const step *t, size_t i)
{
    backward(*t, i, 0);
    backward(*t, i, 1);
}

size_t nn_arith_local_back(const nn_plan *p, size_t i)
{
    size_t first = temporary_floats(p, i, 0);
    return CS_MAX(first, temporary_floats(p, i, 1)) + tk_reduce_scratch();
}
