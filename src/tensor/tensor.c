#include "tensor/tensor.h"

#include "base/checked.h"

static void contiguous_strides(tn_tensor *t)
{
    ptrdiff_t step = 1;
    for (unsigned i = t->shape.rank; i-- > 0;) {
        t->stride[i] = step;
        /* A zero extent leaves the outer strides meaningful. */
        step *= (ptrdiff_t)CS_MAX(t->shape.dim[i], (size_t)1);
    }
}

/* Extents from the caller's code are checked as those from files are. */
static int checked_bytes(const tn_shape *shape, tn_dtype dtype, size_t *ret,
                         cs_errinfo *info)
{
    uint64_t dims[TN_RANK_MAX];
    for (unsigned i = 0; i < shape->rank && i < TN_RANK_MAX; i++)
        dims[i] = shape->dim[i];
    tn_shape same;
    int r = tn_shape_make(dims, shape->rank, &same, info);
    if (r < 0)
        return r;
    *ret = tn_shape_count(shape) * tn_dtype_size(dtype);
    return 0;
}

int tn_tensor_init(tn_tensor *t, tn_dtype dtype, const tn_shape *shape,
                   cs_errinfo *info)
{
    size_t bytes;
    int r = checked_bytes(shape, dtype, &bytes, info);
    if (r < 0)
        return r;
    tn_tensor made = {.dtype = dtype, .shape = *shape};
    r = tn_buffer_new(bytes, &made.buffer, info);
    if (r < 0)
        return r;
    contiguous_strides(&made);
    *t = made;
    return 0;
}

int tn_tensor_over(tn_tensor *t, tn_buffer *buffer, size_t offset,
                   tn_dtype dtype, const tn_shape *shape, cs_errinfo *info)
{
    size_t bytes;
    int r = checked_bytes(shape, dtype, &bytes, info);
    if (r < 0)
        return r;
    size_t begin;
    if (!cs_mul_size(offset, tn_dtype_size(dtype), &begin) ||
        !cs_range_fits(begin, bytes, tn_buffer_size(buffer)))
        return cs_fail(info, CS_E_RANGE,
                       "a tensor reaches beyond the end of its memory");
    *t = (tn_tensor){.dtype = dtype,
                     .shape = *shape,
                     .offset = offset,
                     .buffer = tn_buffer_ref(buffer)};
    contiguous_strides(t);
    return 0;
}

void tn_tensor_done(tn_tensor *t)
{
    tn_buffer_unref(t->buffer);
    *t = (tn_tensor)TN_TENSOR_INIT;
}

void *tn_data(const tn_tensor *t)
{
    return (char *)tn_buffer_data(t->buffer) +
           t->offset * tn_dtype_size(t->dtype);
}

size_t tn_count(const tn_tensor *t)
{
    return tn_shape_count(&t->shape);
}

size_t tn_bytes(const tn_tensor *t)
{
    return tn_count(t) * tn_dtype_size(t->dtype);
}

bool tn_is_contiguous(const tn_tensor *t)
{
    ptrdiff_t step = 1;
    for (unsigned i = t->shape.rank; i-- > 0;) {
        if (t->shape.dim[i] != 1 && t->stride[i] != step)
            return false;
        step *= (ptrdiff_t)t->shape.dim[i];
    }
    return true;
}

/* --- views --- */

static tn_tensor shared(const tn_tensor *from)
{
    tn_tensor view = *from;
    view.buffer = tn_buffer_ref(from->buffer);
    return view;
}

int tn_view_slice(const tn_tensor *from, unsigned axis, size_t begin,
                  size_t end, tn_tensor *ret, cs_errinfo *info)
{
    if (axis >= from->shape.rank)
        return cs_fail(info, CS_E_RANGE, "axis %u of a tensor with %u axes",
                       axis, from->shape.rank);
    if (begin > end || end > from->shape.dim[axis])
        return cs_fail(info, CS_E_RANGE,
                       "%zu to %zu is no range of axis %u, which has %zu",
                       begin, end, axis, from->shape.dim[axis]);
    *ret = shared(from);
    ret->shape.dim[axis] = end - begin;
    ret->offset += begin * (size_t)from->stride[axis];
    return 0;
}

int tn_view_permute(const tn_tensor *from, const unsigned *order,
                    tn_tensor *ret, cs_errinfo *info)
{
    unsigned seen = 0;
    for (unsigned i = 0; i < from->shape.rank; i++)
        if (order[i] < from->shape.rank)
            seen |= 1U << order[i];
    if (seen != (1U << from->shape.rank) - 1)
        return cs_fail(info, CS_E_RANGE,
                       "the new order of axes is no permutation");
    *ret = shared(from);
    for (unsigned i = 0; i < from->shape.rank; i++) {
        ret->shape.dim[i] = from->shape.dim[order[i]];
        ret->stride[i] = from->stride[order[i]];
    }
    return 0;
}

int tn_view_reshape(const tn_tensor *from, const tn_shape *shape,
                    tn_tensor *ret, cs_errinfo *info)
{
    size_t bytes;
    int r = checked_bytes(shape, from->dtype, &bytes, info);
    if (r < 0)
        return r;
    char a[TN_SHAPE_TEXT_MAX];
    char b[TN_SHAPE_TEXT_MAX];
    if (bytes != tn_bytes(from) || !tn_is_contiguous(from))
        return cs_fail(info, CS_E_RANGE, "%s cannot be seen as %s",
                       tn_shape_text(&from->shape, a), tn_shape_text(shape, b));
    *ret = shared(from);
    ret->shape = *shape;
    contiguous_strides(ret);
    return 0;
}

int tn_view_expand(const tn_tensor *from, const tn_shape *shape, tn_tensor *ret,
                   cs_errinfo *info)
{
    tn_shape joint;
    int r = tn_shape_broadcast(&from->shape, shape, &joint, info);
    if (r < 0)
        return r;
    char a[TN_SHAPE_TEXT_MAX];
    char b[TN_SHAPE_TEXT_MAX];
    if (!tn_shape_equal(&joint, shape))
        return cs_fail(info, CS_E_RANGE, "%s cannot be expanded to %s",
                       tn_shape_text(&from->shape, a), tn_shape_text(shape, b));
    *ret = shared(from);
    ret->shape = *shape;
    for (unsigned i = 0; i < shape->rank; i++) {
        unsigned missing = shape->rank - from->shape.rank;
        bool own = i >= missing && from->shape.dim[i - missing] != 1;
        ret->stride[i] = own ? from->stride[i - missing] : 0;
    }
    return 0;
}
