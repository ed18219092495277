#include "zoo/state.h"

#include <string.h>

#include "base/mem.h"

int zoo_expect(nn_params *params, wt_expected **ret, cs_errinfo *info)
{
    size_t n = nn_params_count(params);
    wt_expected *e = cs_calloc(n + 1, sizeof(*e));
    if (!e)
        return cs_fail_nomem(info);
    for (size_t i = 0; i < n; i++) {
        const nn_param *p = nn_params_at(params, i);
        e[i] = (wt_expected){
            .name = p->name, .dtype = p->value.dtype, .shape = p->value.shape};
    }
    *ret = e;
    return 0;
}

/* Floats of any width will do where f32 is expected: nothing is lost that the
 * network could use. */
static void accept_floats(const wt_dict *weights, wt_expected *e, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const tn_tensor *t = wt_dict_find(weights, cs_str_of(e[i].name));
        if (t && tn_dtype_is_float(t->dtype) && e[i].dtype == TN_F32)
            e[i].dtype = t->dtype;
    }
}

static int check(nn_params *params, const wt_dict *weights, cs_errinfo *info)
{
    CS_AUTO_MEM wt_expected *expected = NULL;
    CS_SCOPED(wt_report) report = WT_REPORT_INIT;
    size_t n = nn_params_count(params);
    int r = zoo_expect(params, &expected, info);
    if (!expected)
        return r;
    accept_floats(weights, expected, n);
    r = wt_check(weights, expected, n, WT_CHECK_VALUES, &report, info);
    return r < 0 ? r : wt_report_verdict(&report, info);
}

/* New values first, so that memory running short changes nothing. */
static int convert_all(nn_params *params, const wt_dict *weights,
                       tn_tensor *fresh, cs_errinfo *info)
{
    for (size_t i = 0; i < nn_params_count(params); i++) {
        const nn_param *p = nn_params_at(params, i);
        const tn_tensor *t = wt_dict_find(weights, cs_str_of(p->name));
        int r = tn_copy(t, p->value.dtype, &fresh[i], info);
        if (r < 0)
            return r;
    }
    return 0;
}

int zoo_load(nn_params *params, const wt_dict *weights, cs_errinfo *info)
{
    size_t n = nn_params_count(params);
    int r = check(params, weights, info);
    if (r < 0)
        return r;
    CS_AUTO_MEM tn_tensor *fresh = cs_calloc(n + 1, sizeof(*fresh));
    if (!fresh)
        return cs_fail_nomem(info);
    r = convert_all(params, weights, fresh, info);
    for (size_t i = 0; i < n; i++) {
        if (r == 0)
            memcpy(tn_data(&nn_params_at(params, i)->value), tn_data(&fresh[i]),
                   tn_bytes(&fresh[i]));
        tn_tensor_done(&fresh[i]);
    }
    return r;
}

int zoo_save(nn_params *params, wt_dict *ret, cs_errinfo *info)
{
    for (size_t i = 0; i < nn_params_count(params); i++) {
        const nn_param *p = nn_params_at(params, i);
        int r = wt_dict_add(ret, cs_str_of(p->name), &p->value, info);
        if (r < 0)
            return r;
    }
    return 0;
}
