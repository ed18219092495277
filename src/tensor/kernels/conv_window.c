/* A convolution in slabs: a few planes of its result at a time. */
#include "tensor/kernels/conv_impl.h"

static size_t divide_up(ptrdiff_t a, size_t b)
{
    return a <= 0 ? 0 : ((size_t)a + b - 1) / b;
}

static tk_planes forward_reads(const tk_conv *c, tk_planes to)
{
    size_t reach = (c->kernel[0] - 1) * c->dilation[0];
    size_t first = to.begin * c->stride[0];
    size_t last = (to.end - 1) * c->stride[0] + reach + 1;
    return (tk_planes){first > c->pad[0] ? first - c->pad[0] : 0,
                       last > c->pad[0] ? last - c->pad[0] : 0};
}

/* Plane x of the result meets planes (x + pad - t * dilation) / stride. */
static tk_planes data_reads(const tk_conv *c, tk_planes to)
{
    ptrdiff_t reach = (ptrdiff_t)((c->kernel[0] - 1) * c->dilation[0]);
    size_t first = to.begin + c->pad[0];
    size_t begin = divide_up((ptrdiff_t)first - reach, c->stride[0]);
    begin = CS_MIN(begin, first / c->stride[0]);
    return (tk_planes){begin, (to.end - 1 + c->pad[0]) / c->stride[0] + 1};
}

tk_planes tk_conv_reads(const tk_conv_plan *plan, tk_planes to)
{
    tk_planes r = plan->op == TK_CONV_DATA ? data_reads(&plan->conv, to)
                                           : forward_reads(&plan->conv, to);
    r.end = CS_MIN(r.end, tk_from_dims(plan)->d);
    r.begin = CS_MIN(r.begin, r.end);
    return r;
}

/* Tiles begin where those of the whole do; and so do the passes of DATA with a
 * stride, whose weights are packed for each remainder. */
size_t tk_conv_plane_step(const tk_conv_plan *plan)
{
    if (plan->algorithm == TK_ALGO_WINOGRAD)
        return tk_table_baseline.winograd[plan->kind].m[0];
    return plan->op == TK_CONV_DATA ? plan->conv.stride[0] : 1;
}

tk_conv_plan tk_conv_window(const tk_conv_plan *plan, tk_planes to)
{
    tk_planes from = tk_conv_reads(plan, to);
    tk_conv_plan part = *plan;
    bool data = plan->op == TK_CONV_DATA;
    size_t stride = plan->conv.stride[0];
    tk_planes x = data ? to : from;
    tk_planes y = data ? from : to;
    part.x.d = x.end - x.begin;
    part.y.d = y.end - y.begin;
    /* Where both sides have lost planes in front, padding moves with them. */
    part.conv.pad[0] += x.begin;
    part.conv.pad[0] -= y.begin * stride;
    return part;
}
