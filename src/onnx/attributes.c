#include <math.h>
#include <stdio.h>

#include "base/parse.h"
#include "onnx/import_impl.h"

int ox_int(ox_importer *imp, const char *name, int64_t otherwise, int64_t min,
           int64_t max, int64_t *ret)
{
    const ox_attribute *a = ox_find_attribute(imp->node, name);
    int64_t v = a && a->has_int ? a->integer : otherwise;
    if (a && !a->has_int)
        return cs_fail(imp->info, CS_E_FORMAT,
                       "the attribute '%s' is no whole number", name);
    if (v < min || v > max)
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "'%s' is %lld; supported are %lld to %lld", name,
                       (long long)v, (long long)min, (long long)max);
    *ret = v;
    return 0;
}

double ox_written(float v)
{
    char text[32];
    double d = (double)v;
    for (int digits = 1; digits <= 9; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, (double)v);
        if (cs_parse_f64(cs_str_of(text), &d) == 0 && (float)d == v)
            return d;
    }
    return (double)v;
}

double ox_float(const ox_importer *imp, const char *name, double otherwise)
{
    const ox_attribute *a = ox_find_attribute(imp->node, name);
    return a && a->has_float ? ox_written(a->number) : otherwise;
}

cs_str ox_text(const ox_importer *imp, const char *name)
{
    const ox_attribute *a = ox_find_attribute(imp->node, name);
    return a && a->has_text ? a->text : CS_STR("");
}

int ox_list(ox_importer *imp, const char *name, size_t n, int64_t otherwise,
            int64_t min, int64_t max, int64_t *ret)
{
    const ox_attribute *a = ox_find_attribute(imp->node, name);
    if (a && a->n_ints != n)
        return cs_fail(imp->info, CS_E_FORMAT, "'%s' has %zu numbers, not %zu",
                       name, a->n_ints, n);
    for (size_t i = 0; i < n; i++) {
        ret[i] = a ? a->ints[i] : otherwise;
        if (ret[i] < min || ret[i] > max)
            return cs_fail(imp->info, CS_E_UNSUPPORTED,
                           "'%s' is %lld; supported are %lld to %lld", name,
                           (long long)ret[i], (long long)min, (long long)max);
    }
    return 0;
}

int ox_axis(ox_importer *imp, int64_t value, unsigned rank, unsigned *ret)
{
    int64_t axis = value < 0 ? value + rank : value;
    if (axis < 0 || axis >= rank)
        return cs_fail(imp->info, CS_E_FORMAT, "there is no axis %lld among %u",
                       (long long)value, rank);
    *ret = (unsigned)axis;
    return 0;
}

int ox_ints(ox_importer *imp, const ox_value *v, int64_t *ret, size_t max,
            size_t *ret_n)
{
    CS_SCOPED(tn_tensor) wide = TN_TENSOR_INIT;
    size_t n = tn_count(&v->constant);
    if (tn_dtype_is_float(v->constant.dtype) || v->constant.shape.rank > 1 ||
        n > max)
        return cs_fail(imp->info, CS_E_FORMAT,
                       "at most %zu whole numbers are expected in '%.*s'", max,
                       CS_STR_ARG(v->name));
    int r = tn_copy(&v->constant, TN_I64, &wide, imp->info);
    if (r != 0)
        return r;
    memcpy(ret, tn_data(&wide), n * sizeof(*ret));
    *ret_n = n;
    return 0;
}

int ox_ints_of(ox_importer *imp, const char *name, size_t i, int64_t *ret,
               size_t max, size_t *ret_n)
{
    const ox_attribute *a = ox_find_attribute(imp->node, name);
    *ret_n = 0;
    if (!a && !ox_has_input(imp, i))
        return 0;
    if (!a) {
        const ox_value *v = NULL;
        int r = ox_constant(imp, i, &v);
        return r != 0 ? r : ox_ints(imp, v, ret, max, ret_n);
    }
    if (a->n_ints > max)
        return cs_fail(imp->info, CS_E_FORMAT,
                       "'%s' has %zu numbers; at most %zu are expected", name,
                       a->n_ints, max);
    for (size_t k = 0; k < a->n_ints; k++)
        ret[k] = a->ints[k];
    *ret_n = a->n_ints;
    return 0;
}

bool ox_scalar(const ox_value *v, float *ret)
{
    CS_SCOPED(tn_tensor) f = TN_TENSOR_INIT;
    if (v->form != OX_CONSTANT || tn_count(&v->constant) != 1 ||
        tn_copy(&v->constant, TN_F32, &f, NULL) < 0)
        return false;
    *ret = tn_f32(&f)[0];
    return true;
}
