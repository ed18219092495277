#include "weights/region.h"

#include <string.h>

#include "base/checked.h"
#include "weights/load.h"

void wt_layout_contiguous(wt_layout *l)
{
    uint64_t step = 1;
    for (unsigned i = l->shape.rank; i-- > 0;) {
        l->stride[i] = step;
        step *= CS_MAX(l->shape.dim[i], (size_t)1);
    }
}

/* Elements from the region's start to the tensor's last one. */
static bool elements_needed(const wt_layout *l, uint64_t *ret)
{
    uint64_t last = l->offset;
    if (tn_shape_count(&l->shape) == 0) {
        *ret = last;
        return true;
    }
    for (unsigned i = 0; i < l->shape.rank; i++) {
        uint64_t step;
        if (__builtin_mul_overflow(l->stride[i], l->shape.dim[i] - 1, &step) ||
            __builtin_add_overflow(last, step, &last))
            return false;
    }
    return !__builtin_add_overflow(last, 1U, ret);
}

static int check_layout(const wt_region *from, const wt_layout *l, cs_str name,
                        cs_errinfo *info)
{
    uint64_t have = from->size / tn_dtype_size(from->dtype);
    uint64_t need;
    if (!elements_needed(l, &need) || need > have)
        return cs_fail(info, CS_E_RANGE,
                       "the tensor '%.*s' reaches beyond its data",
                       CS_STR_ARG(name));
    if (tn_shape_count(&l->shape) > have)
        return cs_fail(info, CS_E_FORMAT,
                       "the tensor '%.*s' repeats its elements; save a "
                       "contiguous copy of it",
                       CS_STR_ARG(name));
    return 0;
}

/* A stride that is never walked may be anything in a file. It must not stay:
 * adding it up, even in vain, would overflow. */
static void set_strides(tn_tensor *t, const wt_layout *l)
{
    wt_layout plain = *l;
    wt_layout_contiguous(&plain);
    bool empty = tn_shape_count(&l->shape) == 0;
    for (unsigned i = 0; i < l->shape.rank; i++) {
        bool walked = !empty && l->shape.dim[i] > 1;
        t->stride[i] = (ptrdiff_t)(walked ? l->stride[i] : plain.stride[i]);
    }
}

int wt_region_tensor(const wt_region *from, const wt_layout *l, cs_str name,
                     tn_tensor *ret, cs_errinfo *info)
{
    int r = check_layout(from, l, name, info);
    if (r < 0)
        return r;
    tn_tensor t = {.dtype = from->dtype, .shape = l->shape};
    t.offset = from->begin / tn_dtype_size(from->dtype);
    /* An empty tensor may claim any start; keep it inside. */
    if (tn_shape_count(&l->shape) > 0)
        t.offset += (size_t)l->offset;
    set_strides(&t, l);
    t.buffer = tn_buffer_ref(from->buffer);
    *ret = t;
    return 0;
}

/* --- the region itself --- */

static int check_bools(const unsigned char *p, size_t n, cs_str name,
                       cs_errinfo *info)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] > 1)
            return cs_fail(info, CS_E_FORMAT,
                           "the tensor '%.*s' has a bool that is neither 0 nor "
                           "1",
                           CS_STR_ARG(name));
    }
    return 0;
}

int wt_region_init(wt_region *ret, const wt_region *file, cs_str name,
                   cs_errinfo *info)
{
    const char *p = tn_buffer_data(file->buffer);
    cs_str bytes = {p + file->begin, file->size};
    int r = 0;
    if (file->dtype == TN_BOOL)
        r = check_bools((const unsigned char *)bytes.data, bytes.len, name,
                        info);
    if (r < 0)
        return r;
    wt_region made = *file;
    if (file->begin % tn_dtype_size(file->dtype) == 0) {
        tn_buffer_ref(made.buffer);
    } else {
        made.begin = 0;
        r = wt_load_bytes(bytes, &made.buffer, info);
    }
    if (r == 0)
        *ret = made;
    return r;
}

void wt_region_done(wt_region *r)
{
    tn_buffer_unref(r->buffer);
    *r = (wt_region)WT_REGION_INIT;
}
