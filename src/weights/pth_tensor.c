#include "weights/pth_tensor.h"

#include "base/checked.h"
#include "base/strbuf.h"

#define TENSOR "_rebuild_tensor_v2"
#define PARAMETER "_rebuild_parameter"

const wt_global wt_pth_globals[] = {
    {"torch._utils", TENSOR, WT_GLOBAL_CALL},
    {"torch._utils", PARAMETER, WT_GLOBAL_CALL},
    {"collections", "OrderedDict", WT_GLOBAL_DICT},
    {"torch", "FloatStorage", WT_GLOBAL_TYPE},
    {"torch", "HalfStorage", WT_GLOBAL_TYPE},
    {"torch", "BFloat16Storage", WT_GLOBAL_TYPE},
    {"torch", "DoubleStorage", WT_GLOBAL_TYPE},
    {"torch", "CharStorage", WT_GLOBAL_TYPE},
    {"torch", "ByteStorage", WT_GLOBAL_TYPE},
    {"torch", "ShortStorage", WT_GLOBAL_TYPE},
    {"torch", "IntStorage", WT_GLOBAL_TYPE},
    {"torch", "LongStorage", WT_GLOBAL_TYPE},
    {"torch", "BoolStorage", WT_GLOBAL_TYPE},
};
const size_t wt_pth_global_count = CS_COUNTOF(wt_pth_globals);

static const char *const storage_names[TN_DTYPES] = {
    [TN_F32] = "FloatStorage",     [TN_F16] = "HalfStorage",
    [TN_BF16] = "BFloat16Storage", [TN_F64] = "DoubleStorage",
    [TN_I8] = "CharStorage",       [TN_U8] = "ByteStorage",
    [TN_I16] = "ShortStorage",     [TN_I32] = "IntStorage",
    [TN_I64] = "LongStorage",      [TN_BOOL] = "BoolStorage",
};

const char *wt_pth_storage_name(tn_dtype dtype)
{
    return storage_names[dtype];
}

void wt_pth_source_done(wt_pth_source *s)
{
    for (const cs_map_entry *e = NULL; (e = cs_map_next(&s->storages, e));) {
        wt_region_done(e->value);
        cs_free(e->value);
    }
    cs_map_done(&s->storages);
}

/* --- values --- */

static bool is_call(const wt_value *v, const char *name)
{
    return v->kind == WT_CALL && strcmp(v->global->name, name) == 0;
}

/* The arguments of the tensor that `v` is, or is a parameter around; or
 * NULL. */
static const wt_value *tensor_args(const wt_pickle *p, const wt_value *v)
{
    if (is_call(v, PARAMETER)) {
        const wt_value *args = wt_pickle_value(p, v->of);
        if (args->len != 3)
            return NULL;
        v = wt_pickle_item(p, args, 0);
    }
    if (!is_call(v, TENSOR))
        return NULL;
    const wt_value *args = wt_pickle_value(p, v->of);
    return args->len == 6 || args->len == 7 ? args : NULL;
}

bool wt_pth_is_tensor(const wt_pickle *p, const wt_value *v)
{
    return tensor_args(p, v) != NULL;
}

static int wrong(cs_str name, cs_errinfo *info)
{
    return cs_fail(info, CS_E_FORMAT,
                   "the tensor '%.*s' is not described as PyTorch does",
                   CS_STR_ARG(name));
}

static bool natural(const wt_value *v, uint64_t *ret)
{
    if (v->kind != WT_INT || v->integer < 0)
        return false;
    *ret = (uint64_t)v->integer;
    return true;
}

/* A tuple of whole numbers, none negative. */
static bool naturals(const wt_pickle *p, const wt_value *v,
                     uint64_t ret[TN_RANK_MAX])
{
    if (v->kind != WT_TUPLE || v->len > TN_RANK_MAX)
        return false;
    for (size_t i = 0; i < v->len; i++)
        if (!natural(wt_pickle_item(p, v, i), &ret[i]))
            return false;
    return true;
}

/* --- storages --- */

/* ('storage', type, key, location, elements): what torch.save() leaves in the
 * pickle in place of a storage. */
typedef struct stored {
    tn_dtype dtype;
    cs_str key;
    uint64_t count;
} stored;

static bool storage_dtype(const wt_value *v, tn_dtype *ret)
{
    if (v->kind != WT_GLOBAL)
        return false;
    for (int d = 0; d < TN_DTYPES; d++) {
        if (storage_names[d] &&
            strcmp(v->global->name, storage_names[d]) == 0) {
            *ret = (tn_dtype)d;
            return true;
        }
    }
    return false;
}

static bool read_stored(const wt_pickle *p, const wt_value *v, stored *ret)
{
    if (v->kind != WT_STORED)
        return false;
    const wt_value *id = wt_pickle_value(p, v->of);
    if (id->kind != WT_TUPLE || id->len != 5)
        return false;
    const wt_value *word = wt_pickle_item(p, id, 0);
    const wt_value *key = wt_pickle_item(p, id, 2);
    if (word->kind != WT_TEXT || !cs_str_is(word->text, "storage") ||
        key->kind != WT_TEXT)
        return false;
    ret->key = key->text;
    return storage_dtype(wt_pickle_item(p, id, 1), &ret->dtype) &&
           natural(wt_pickle_item(p, id, 4), &ret->count);
}

static int find_member(const wt_pth_source *s, cs_str key, wt_zip_member *ret,
                       cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    cs_strbuf_add_str(&path, s->folder);
    cs_strbuf_add(&path, "/data/");
    cs_strbuf_add_str(&path, key);
    if (cs_strbuf_check(&path) < 0)
        return cs_fail_nomem(info);
    const wt_zip_member *m = wt_zip_find(s->zip, cs_strbuf_str(&path));
    if (!m)
        return cs_fail(info, CS_E_FORMAT,
                       "the archive has no member '%s', which a tensor needs",
                       path.data);
    *ret = *m;
    return 0;
}

/* Aligned, and looked through where it holds bools: once for each storage,
 * however many tensors share it. */
static int prepare(wt_pth_source *s, const stored *st, const wt_region *bytes,
                   cs_str name, wt_region **ret, cs_errinfo *info)
{
    wt_region *made = cs_new0(wt_region);
    if (!made)
        return cs_fail_nomem(info);
    int r = wt_region_init(made, bytes, name, info);
    if (r == 0 && cs_map_put(&s->storages, st->key, made, NULL) < 0) {
        wt_region_done(made);
        r = cs_fail_nomem(info);
    }
    if (r < 0)
        cs_free(made);
    else
        *ret = made;
    return r;
}

static int open_storage(wt_pth_source *s, const stored *st, cs_str name,
                        wt_region **ret, cs_errinfo *info)
{
    wt_zip_member m = {.size = 0};
    int r = find_member(s, st->key, &m, info);
    if (r < 0)
        return r;
    uint64_t size;
    if (__builtin_mul_overflow(st->count, tn_dtype_size(st->dtype), &size) ||
        size != m.size)
        return cs_fail(info, CS_E_FORMAT,
                       "the tensor '%.*s' claims a storage of %llu elements of "
                       "%s; the archive has %zu bytes",
                       CS_STR_ARG(name), (unsigned long long)st->count,
                       tn_dtype_name(st->dtype), m.size);
    *ret = cs_map_get(&s->storages, st->key);
    if (*ret && (*ret)->dtype == st->dtype)
        return 0;
    if (*ret)
        return wrong(name, info); /* one storage as two types */
    const wt_region bytes = {s->file, m.begin, m.size, st->dtype};
    return prepare(s, st, &bytes, name, ret, info);
}

/* --- tensors --- */

/* Views with lazy conjugation or negation have attributes here. */
static bool plain_metadata(const wt_pickle *p, const wt_value *args)
{
    if (args->len < 7)
        return true;
    const wt_value *v = wt_pickle_item(p, args, 6);
    return v->kind == WT_NONE || (v->kind == WT_DICT && v->len == 0);
}

int wt_pth_tensor(wt_pth_source *s, const wt_value *v, cs_str name,
                  tn_tensor *ret, cs_errinfo *info)
{
    const wt_pickle *p = s->pickle;
    const wt_value *args = tensor_args(p, v);
    stored st = {.count = 0};
    wt_layout l = {.offset = 0};
    uint64_t dims[TN_RANK_MAX] = {0};
    if (!args || !plain_metadata(p, args) ||
        !read_stored(p, wt_pickle_item(p, args, 0), &st) ||
        !natural(wt_pickle_item(p, args, 1), &l.offset) ||
        !naturals(p, wt_pickle_item(p, args, 2), dims) ||
        !naturals(p, wt_pickle_item(p, args, 3), l.stride) ||
        wt_pickle_item(p, args, 2)->len != wt_pickle_item(p, args, 3)->len)
        return wrong(name, info);
    wt_region *region = NULL;
    int r =
        tn_shape_make(dims, wt_pickle_item(p, args, 2)->len, &l.shape, info);
    if (r == 0)
        r = open_storage(s, &st, name, &region, info);
    return r < 0 ? r : wt_region_tensor(region, &l, name, ret, info);
}
