#include "weights/pickle_machine.h"

static bool has_items(const wt_value *v)
{
    return v->kind == WT_TUPLE || v->kind == WT_LIST || v->kind == WT_DICT;
}

void wt_machine_done(wt_pickle *m)
{
    for (size_t i = 0; i < m->values.len; i++)
        if (has_items(&m->values.items[i]))
            cs_free(m->values.items[i].items);
    cs_vec_done(&m->values);
    cs_vec_done(&m->stack);
    cs_vec_done(&m->marks);
    cs_vec_done(&m->memo);
}

/* --- the stack --- */

int wt_machine_push_ref(wt_pickle *m, wt_ref ref, cs_errinfo *info)
{
    if (m->stack.len >= WT_PICKLE_STACK_MAX)
        return cs_fail(info, CS_E_LIMIT,
                       "the pickle piles up more than %zu values",
                       WT_PICKLE_STACK_MAX);
    return cs_vec_push(&m->stack, ref) < 0 ? cs_fail_nomem(info) : 0;
}

int wt_machine_push(wt_pickle *m, wt_value v, cs_errinfo *info)
{
    if (m->values.len >= WT_PICKLE_VALUES_MAX)
        return cs_fail(info, CS_E_LIMIT, "the pickle has more than %zu values",
                       WT_PICKLE_VALUES_MAX);
    if (cs_vec_push(&m->values, v) < 0)
        return cs_fail_nomem(info);
    return wt_machine_push_ref(m, (wt_ref)(m->values.len - 1), info);
}

static size_t floor_of(const wt_pickle *m)
{
    return m->marks.len ? cs_vec_last(&m->marks) : 0;
}

int wt_machine_top(const wt_pickle *m, wt_ref *ret, cs_errinfo *info)
{
    if (m->stack.len <= floor_of(m))
        return cs_fail(info, CS_E_FORMAT,
                       "the pickle takes a value where there is none");
    *ret = cs_vec_last(&m->stack);
    return 0;
}

int wt_machine_pop(wt_pickle *m, wt_ref *ret, cs_errinfo *info)
{
    int r = wt_machine_top(m, ret, info);
    if (r == 0)
        m->stack.len--;
    return r;
}

/* --- marks --- */

int wt_machine_mark(wt_pickle *m, cs_errinfo *info)
{
    if (m->marks.len >= WT_PICKLE_DEPTH_MAX)
        return cs_fail(info, CS_E_LIMIT,
                       "the pickle is nested deeper than %zu levels",
                       WT_PICKLE_DEPTH_MAX);
    return cs_vec_push(&m->marks, m->stack.len) < 0 ? cs_fail_nomem(info) : 0;
}

int wt_machine_unmark(wt_pickle *m, size_t *ret_from, cs_errinfo *info)
{
    if (m->marks.len == 0)
        return cs_fail(info, CS_E_FORMAT,
                       "the pickle goes back to a mark that it never set");
    *ret_from = cs_vec_pop(&m->marks);
    return 0;
}

void wt_machine_cut(wt_pickle *m, size_t height)
{
    m->stack.len = height;
}

/* --- items --- */

static int grow(wt_value *v, size_t n, cs_errinfo *info)
{
    size_t need = v->len + n; /* bounded by the stack and the values */
    if (need <= v->cap)
        return 0;
    if (need > WT_PICKLE_VALUES_MAX)
        return cs_fail(info, CS_E_LIMIT, "the pickle has more than %zu values",
                       WT_PICKLE_VALUES_MAX);
    size_t cap = CS_MAX(need, 2 * (size_t)v->cap);
    wt_ref *items = cs_realloc_array(v->items, cap, sizeof(*items));
    if (!items)
        return cs_fail_nomem(info);
    v->items = items;
    v->cap = (uint32_t)cap;
    return 0;
}

int wt_machine_append(wt_pickle *m, wt_ref to, size_t from, size_t n,
                      cs_errinfo *info)
{
    wt_value *v = &m->values.items[to];
    int r = grow(v, n, info);
    if (r < 0 || n == 0)
        return r;
    memcpy(v->items + v->len, m->stack.items + from, n * sizeof(wt_ref));
    v->len += (uint32_t)n;
    return 0;
}

/* --- the memo --- */

int wt_machine_remember(wt_pickle *m, uint32_t key, cs_errinfo *info)
{
    wt_ref ref = 0;
    int r = wt_machine_top(m, &ref, info);
    if (r < 0)
        return r;
    /* Python counts keys up, so a key far beyond is nobody's honest work. */
    if (key >= WT_PICKLE_VALUES_MAX)
        return cs_fail(info, CS_E_LIMIT, "the pickle has more than %zu values",
                       WT_PICKLE_VALUES_MAX);
    while (m->memo.len <= key)
        if (cs_vec_push(&m->memo, 0) < 0)
            return cs_fail_nomem(info);
    m->memo.items[key] = ref + 1;
    return 0;
}

int wt_machine_recall(wt_pickle *m, uint32_t key, cs_errinfo *info)
{
    if (key >= m->memo.len || m->memo.items[key] == 0)
        return cs_fail(info, CS_E_FORMAT,
                       "the pickle recalls value %u, which it never kept", key);
    return wt_machine_push_ref(m, m->memo.items[key] - 1, info);
}
