#include "weights/check.h"

void wt_report_done(wt_report *r)
{
    cs_vec_done(&r->faults);
}

static int report(wt_report *r, wt_fault fault, cs_errinfo *info)
{
    if (cs_vec_push(&r->faults, fault) < 0)
        return cs_fail_nomem(info);
    r->count[fault.kind]++;
    return 0;
}

/* --- expectation --- */

static bool type_fits(tn_dtype found, tn_dtype expected, unsigned flags)
{
    if (found == expected)
        return true;
    if (flags & WT_CHECK_DTYPES)
        return false;
    /* A bool is a mask, not a number. */
    if (found == TN_BOOL || expected == TN_BOOL)
        return false;
    return tn_dtype_is_float(found) == tn_dtype_is_float(expected);
}

/* One fault for each expectation is enough: a shape that differs says more
 * than a type that does. */
static int check_one(const wt_dict *d, const wt_expected *e, unsigned flags,
                     wt_report *r, cs_errinfo *info)
{
    wt_fault fault = {.name = cs_str_of(e->name), .expected = e};
    fault.found = wt_dict_find(d, fault.name);
    if (!fault.found)
        fault.kind = WT_FAULT_MISSING;
    else if (!tn_shape_equal(&fault.found->shape, &e->shape))
        fault.kind = WT_FAULT_SHAPE;
    else if (!type_fits(fault.found->dtype, e->dtype, flags))
        fault.kind = WT_FAULT_DTYPE;
    else
        return 0;
    return report(r, fault, info);
}

static int index_names(const wt_expected *expected, size_t n, cs_map *names,
                       cs_errinfo *info)
{
    for (size_t i = 0; i < n; i++) {
        cs_str name = cs_str_of(expected[i].name);
        if (cs_map_put(names, name, NULL, NULL) < 0)
            return cs_fail_nomem(info);
    }
    return 0;
}

static int find_unexpected(const wt_dict *d, const cs_map *names, wt_report *r,
                           cs_errinfo *info)
{
    int bad = 0;
    for (size_t i = 0; bad == 0 && i < wt_dict_count(d); i++) {
        const wt_entry *e = wt_dict_at(d, i);
        const wt_fault fault = {
            .kind = WT_FAULT_UNEXPECTED, .name = e->name, .found = &e->tensor};
        if (!cs_map_find(names, e->name))
            bad = report(r, fault, info);
    }
    return bad;
}

static int check_names(const wt_dict *d, const wt_expected *expected, size_t n,
                       unsigned flags, wt_report *r, cs_errinfo *info)
{
    int bad = 0;
    for (size_t i = 0; bad == 0 && i < n; i++)
        bad = check_one(d, &expected[i], flags, r, info);
    cs_map names;
    cs_map_init(&names);
    if (bad == 0)
        bad = index_names(expected, n, &names, info);
    if (bad == 0)
        bad = find_unexpected(d, &names, r, info);
    cs_map_done(&names);
    return bad;
}

/* --- values --- */

static int check_values(const wt_dict *d, wt_report *r, cs_errinfo *info)
{
    for (size_t i = 0; i < wt_dict_count(d); i++) {
        const wt_entry *e = wt_dict_at(d, i);
        wt_fault fault = {
            .kind = WT_FAULT_VALUES, .name = e->name, .found = &e->tensor};
        int bad = wt_count_oddities(&e->tensor, &fault.oddities, info);
        if (bad == 0 && fault.oddities.nan + fault.oddities.inf > 0)
            bad = report(r, fault, info);
        if (bad < 0)
            return bad;
    }
    return 0;
}

static int hand_over(int bad, wt_report *made, wt_report *ret)
{
    if (bad < 0) {
        wt_report_done(made);
        return bad;
    }
    *ret = *made;
    return 0;
}

int wt_check(const wt_dict *d, const wt_expected *expected, size_t n,
             unsigned flags, wt_report *ret, cs_errinfo *info)
{
    wt_report made = WT_REPORT_INIT;
    int bad = check_names(d, expected, n, flags, &made, info);
    if (bad == 0 && flags & WT_CHECK_VALUES)
        bad = check_values(d, &made, info);
    return hand_over(bad, &made, ret);
}

int wt_check_values(const wt_dict *d, wt_report *ret, cs_errinfo *info)
{
    wt_report made = WT_REPORT_INIT;
    return hand_over(check_values(d, &made, info), &made, ret);
}

int wt_report_verdict(const wt_report *r, cs_errinfo *info)
{
    if (r->faults.len == 0)
        return 0;
    return cs_fail(info, CS_E_FORMAT,
                   "the weights do not fit, beginning with '%.*s': %zu "
                   "missing, %zu unexpected, %zu of another shape, %zu of "
                   "another type, %zu with NaN or infinity",
                   CS_STR_ARG(r->faults.items[0].name),
                   r->count[WT_FAULT_MISSING], r->count[WT_FAULT_UNEXPECTED],
                   r->count[WT_FAULT_SHAPE], r->count[WT_FAULT_DTYPE],
                   r->count[WT_FAULT_VALUES]);
}

int wt_expect_like(const wt_dict *d, wt_expected **ret, cs_errinfo *info)
{
    size_t n = wt_dict_count(d);
    wt_expected *made = cs_calloc(n, sizeof(*made));
    if (!made)
        return cs_fail_nomem(info);
    for (size_t i = 0; i < n; i++) {
        const wt_entry *e = wt_dict_at(d, i);
        made[i] = (wt_expected){e->name.data, e->tensor.dtype, e->tensor.shape};
    }
    *ret = made;
    return 0;
}
