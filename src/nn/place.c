#include "nn/place.h"

#include <stdlib.h>

#include "base/checked.h"
#include "base/mem.h"

#define LINE 16 /* floats of a cache line */

static int by_size(const void *a, const void *b)
{
    const nn_tenant *x = *(nn_tenant *const *)a;
    const nn_tenant *y = *(nn_tenant *const *)b;
    if (x->size != y->size)
        return x->size < y->size ? 1 : -1;
    return x < y ? -1 : x > y; /* the order given, so that places are stable */
}

static int by_offset(const void *a, const void *b)
{
    const nn_tenant *x = *(nn_tenant *const *)a;
    const nn_tenant *y = *(nn_tenant *const *)b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static bool together(const nn_tenant *a, const nn_tenant *b)
{
    return a->first <= b->last && b->first <= a->last;
}

/* The lowest gap that t fits in, among the neighbours of its time. */
static bool find_gap(nn_tenant *t, nn_tenant **placed, size_t n,
                     nn_tenant **near, size_t *end)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (together(t, placed[i]))
            near[count++] = placed[i];
    qsort(near, count, sizeof(nn_tenant *), by_offset);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        if (near[i]->offset >= at && near[i]->offset - at >= t->size)
            break;
        at = CS_MAX(at, near[i]->offset + near[i]->size);
    }
    t->offset = at;
    return cs_add_size(at, t->size, end);
}

int nn_place(nn_tenant *tenants, size_t n, size_t *ret, cs_errinfo *info)
{
    CS_AUTO_MEM nn_tenant **order = cs_calloc(n + 1, sizeof(nn_tenant *));
    CS_AUTO_MEM nn_tenant **near = cs_calloc(n + 1, sizeof(nn_tenant *));
    if (!order || !near)
        return cs_fail_nomem(info);
    size_t all = 0;
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (!cs_align_size(tenants[i].size, LINE, &tenants[i].size))
            return cs_fail_nomem(info);
        tenants[i].offset = 0;
        if (tenants[i].size)
            order[count++] = &tenants[i];
    }
    qsort(order, count, sizeof(nn_tenant *), by_size);
    for (size_t i = 0; i < count; i++) {
        size_t end;
        if (!find_gap(order[i], order, i, near, &end))
            return cs_fail_nomem(info);
        all = CS_MAX(all, end);
    }
    *ret = all;
    return 0;
}
