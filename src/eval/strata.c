#include "eval/strata.h"

const char *const ev_size_names[EV_SIZE_GROUPS] = {
    CS_N_("below 3 mm"), CS_N_("3-6 mm"),         CS_N_("6-10 mm"),
    CS_N_("10-30 mm"),   CS_N_("30 mm and more"), CS_N_("unknown size"),
};

size_t ev_size_group(double diameter)
{
    static const double bounds[] = {3, 6, 10, 30};
    size_t group = 0;
    if (diameter < 0)
        return EV_SIZE_GROUPS - 1;
    while (group < CS_COUNTOF(bounds) && diameter >= bounds[group])
        group++;
    return group;
}

typedef struct group {
    bool is_type;
    size_t index;
} group;

static bool belongs(const ev_nodule *v, group g)
{
    if (v->excluded)
        return false;
    return g.is_type ? v->type >= 0 && (size_t)v->type == g.index
                     : ev_size_group(v->diameter) == g.index;
}

static size_t count_group(const ev_study *s, group g)
{
    size_t n = 0;
    for (size_t i = 0; i < s->nodules.len; i++)
        n += belongs(&s->nodules.items[i], g);
    return n;
}

/* The false positives and the group's own nodules; returns how many of the
 * latter, or an error. */
static int64_t pick_calls(const ev_study *s, const ev_calls *all, group g,
                          ev_calls *ret)
{
    int64_t found = 0;
    cs_vec_clear(ret);
    for (size_t i = 0; i < all->len; i++) {
        const ev_call *c = &all->items[i];
        bool own = c->nodule >= 0 && belongs(&s->nodules.items[c->nodule], g);
        if (c->nodule >= 0 && !own)
            continue;
        found += own;
        if (cs_vec_push(ret, *c) < 0)
            return CS_E_NOMEM;
    }
    return found;
}

static int add_group(const ev_study *s, const ev_calls *all, group g,
                     ev_calls *calls, ev_strata *ret, cs_errinfo *info)
{
    size_t n = count_group(s, g);
    if (n == 0)
        return 0;
    int64_t found = pick_calls(s, all, g, calls);
    if (found < 0)
        return cs_fail_nomem(info);
    ev_froc f = EV_FROC_INIT;
    int r = ev_froc_of(calls, n, s->scan_count, &f, info);
    if (r < 0)
        return r;
    ev_stratum v = {.is_type = g.is_type,
                    .found = ev_proportion_of((size_t)found, n),
                    .cpm = f.cpm};
    v.name = g.is_type ? ev_study_type(s, g.index) : ev_size_names[g.index];
    memcpy(v.at, f.at, sizeof(v.at));
    ev_froc_done(&f);
    return cs_vec_push(ret, v) < 0 ? cs_fail_nomem(info) : 0;
}

int ev_strata_of(const ev_study *s, const ev_calls *calls, ev_strata *ret,
                 cs_errinfo *info)
{
    ev_calls own = CS_VEC_INIT;
    int r = 0;
    for (size_t i = 0; r == 0 && i < EV_SIZE_GROUPS; i++)
        r = add_group(s, calls, (group){false, i}, &own, ret, info);
    for (size_t i = 0; r == 0 && i < s->types.len; i++)
        r = add_group(s, calls, (group){true, i}, &own, ret, info);
    cs_vec_done(&own);
    if (r < 0)
        cs_vec_done(ret);
    return r;
}
