#include "onnx/tensor_read.h"

#include "base/mem.h"
#include "onnx/format.h"
#include "onnx/pb_read.h"
#include "weights/le.h"
#include "weights/region.h"

static const struct {
    int64_t onnx;
    tn_dtype dtype;
    uint32_t field; /* of typed elements … */
    unsigned size;  /* … each of so many bytes; 0: varints */
} dtypes[] = {
    {OX_F32, TN_F32, OX_TENSOR_FLOATS, 4},
    {OX_U8, TN_U8, OX_TENSOR_INT32S, 0},
    {OX_I8, TN_I8, OX_TENSOR_INT32S, 0},
    {OX_U16, TN_U16, OX_TENSOR_INT32S, 0},
    {OX_I16, TN_I16, OX_TENSOR_INT32S, 0},
    {OX_I32, TN_I32, OX_TENSOR_INT32S, 0},
    {OX_I64, TN_I64, OX_TENSOR_INT64S, 0},
    {OX_BOOL, TN_BOOL, OX_TENSOR_INT32S, 0},
    {OX_F16, TN_F16, OX_TENSOR_INT32S, 0},
    {OX_F64, TN_F64, OX_TENSOR_DOUBLES, 8},
    {OX_BF16, TN_BF16, OX_TENSOR_INT32S, 0},
};

/* What the message says, before any of it is believed. */
typedef struct claim {
    cs_str name, raw, message;
    uint64_t dims[TN_RANK_MAX];
    size_t rank;
    int64_t dtype;
    bool has_raw, elsewhere;
    /* Found from these. */
    size_t row; /* of the table above */
    tn_shape shape;
} claim;

static int add_dims(claim *c, const ox_field *f, cs_errinfo *info)
{
    size_t n = 0;
    int r = ox_count(f, 0, &n, info);
    if (r < 0)
        return r;
    if (n > TN_RANK_MAX - c->rank)
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "the tensor '%.*s' has more than %d dimensions",
                       CS_STR_ARG(c->name), TN_RANK_MAX);
    ox_numbers(f, 0, c->dims + c->rank);
    c->rank += n;
    return 0;
}

static int read_field(claim *c, const ox_field *f, cs_errinfo *info)
{
    int64_t location = 0;
    int r = 0;
    switch (f->number) {
    case OX_TENSOR_DIMS:
        return add_dims(c, f, info);
    case OX_TENSOR_DTYPE:
        return ox_get_int(f, &c->dtype, info);
    case OX_TENSOR_NAME:
        return ox_get_bytes(f, &c->name, info);
    case OX_TENSOR_RAW:
        c->has_raw = true;
        return ox_get_bytes(f, &c->raw, info);
    case OX_TENSOR_EXTERNAL:
        c->elsewhere = true;
        return 0;
    case OX_TENSOR_LOCATION:
        r = ox_get_int(f, &location, info);
        c->elsewhere = c->elsewhere || location != 0;
        return r;
    default:
        return 0;
    }
}

static int find_dtype(claim *c, cs_errinfo *info)
{
    for (c->row = 0; c->row < CS_COUNTOF(dtypes); c->row++)
        if (dtypes[c->row].onnx == c->dtype)
            return 0;
    return cs_fail(info, CS_E_UNSUPPORTED,
                   "the tensor '%.*s' has the element type %lld of ONNX, which "
                   "is not supported",
                   CS_STR_ARG(c->name), (long long)c->dtype);
}

static int check_claim(claim *c, cs_errinfo *info)
{
    if (c->elsewhere)
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "the tensor '%.*s' is kept in another file; save the "
                       "model as one",
                       CS_STR_ARG(c->name));
    int r = find_dtype(c, info);
    return r < 0 ? r : tn_shape_make(c->dims, c->rank, &c->shape, info);
}

static int wrong_size(const claim *c, size_t has, cs_errinfo *info)
{
    char text[TN_SHAPE_TEXT_MAX];
    return cs_fail(info, CS_E_FORMAT,
                   "the tensor '%.*s', %s of %s, has %zu bytes or numbers",
                   CS_STR_ARG(c->name), tn_shape_text(&c->shape, text),
                   tn_dtype_name(dtypes[c->row].dtype), has);
}

static int view_raw(const claim *c, tn_buffer *file, tn_tensor *ret,
                    cs_errinfo *info)
{
    const wt_region bytes = {
        .buffer = file,
        .begin = (size_t)(c->raw.data - (const char *)tn_buffer_data(file)),
        .size = c->raw.len,
        .dtype = dtypes[c->row].dtype};
    CS_SCOPED(wt_region) region = WT_REGION_INIT;
    wt_layout l = {.shape = c->shape};
    if (tn_shape_count(&c->shape) * tn_dtype_size(bytes.dtype) != c->raw.len)
        return wrong_size(c, c->raw.len, info);
    wt_layout_contiguous(&l);
    int r = wt_region_init(&region, &bytes, c->name, info);
    return r < 0 ? r : wt_region_tensor(&region, &l, c->name, ret, info);
}

/* --- typed fields --- */

/* Visits the elements: counted where `to` is NULL, otherwise written. */
static int each_typed(const claim *c, uint64_t *to, size_t *ret,
                      cs_errinfo *info)
{
    ox_reader in = ox_read(c->message);
    ox_field f;
    size_t sum = 0;
    int r;
    while ((r = ox_next(&in, &f, info)) > 0) {
        size_t n = 0;
        if (f.number != dtypes[c->row].field)
            continue;
        r = ox_count(&f, dtypes[c->row].size, &n, info);
        if (r < 0)
            return r;
        if (to)
            ox_numbers(&f, dtypes[c->row].size, to + sum);
        sum += n;
    }
    *ret = sum;
    return r;
}

/* Whether the number that a wider field holds fits the element. */
static bool fits(tn_dtype d, uint64_t v)
{
    unsigned bits = 8 * (unsigned)tn_dtype_size(d);
    int64_t wide = (int64_t)v;
    if (bits == 64 || d == TN_F32)
        return true;
    if (d == TN_BOOL)
        return v <= 1;
    return wide >= -((int64_t)1 << (bits - 1)) && wide < (int64_t)1 << bits;
}

static int store(const claim *c, const uint64_t *from, size_t n, tn_tensor *ret,
                 cs_errinfo *info)
{
    tn_dtype dtype = dtypes[c->row].dtype;
    unsigned size = (unsigned)tn_dtype_size(dtype);
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    int r = tn_tensor_init(&t, dtype, &c->shape, info);
    if (r < 0)
        return r;
    unsigned char *to = tn_data(&t);
    for (size_t i = 0; i < n; i++, to += size) {
        if (!fits(dtype, from[i]))
            return cs_fail(info, CS_E_FORMAT,
                           "the tensor '%.*s' holds %lld, which is no %s",
                           CS_STR_ARG(c->name), (long long)from[i],
                           tn_dtype_name(dtype));
        wt_le_set(to, size, from[i]);
    }
    *ret = t;
    t = (tn_tensor)TN_TENSOR_INIT;
    return 0;
}

static int convert_typed(const claim *c, tn_tensor *ret, cs_errinfo *info)
{
    size_t n = 0;
    int r = each_typed(c, NULL, &n, info);
    if (r < 0)
        return r;
    if (n != tn_shape_count(&c->shape))
        return wrong_size(c, n, info);
    CS_AUTO_MEM uint64_t *numbers = cs_calloc(n + 1, sizeof(*numbers));
    if (!numbers)
        return cs_fail_nomem(info);
    r = each_typed(c, numbers, &n, info);
    return r < 0 ? r : store(c, numbers, n, ret, info);
}

int ox_tensor_parse(tn_buffer *file, cs_str message, cs_str *ret_name,
                    tn_tensor *ret, cs_errinfo *info)
{
    claim c = {.message = message};
    ox_reader in = ox_read(message);
    ox_field f;
    int r;
    while ((r = ox_next(&in, &f, info)) > 0) {
        r = read_field(&c, &f, info);
        if (r < 0)
            return r;
    }
    if (r == 0)
        r = check_claim(&c, info);
    if (r == 0)
        r = c.has_raw ? view_raw(&c, file, ret, info)
                      : convert_typed(&c, ret, info);
    if (r == 0)
        *ret_name = c.name;
    return r;
}
