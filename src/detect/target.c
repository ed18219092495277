#include "detect/target.h"

#include "base/checked.h"
#include "base/mem.h"

void dt_target_done(dt_target *t)
{
    cs_free(t->owner);
    cs_free(t->heat);
    cs_free(t->first);
    cs_free(t->nearest);
    cs_free(t->owned);
    *t = (dt_target)DT_TARGET_INIT;
}

static bool allocate(const dt_batch *b, bool heat, size_t nodules, dt_target *t)
{
    size_t all;
    if (!cs_mul_size(b->n, t->slots, &all))
        return false;
    t->owner = cs_calloc(all, sizeof(*t->owner));
    t->heat = heat ? cs_calloc(all, sizeof(*t->heat)) : NULL;
    t->first = cs_calloc(b->n, sizeof(*t->first));
    t->nearest = cs_calloc(nodules, sizeof(*t->nearest));
    t->owned = cs_calloc(nodules, sizeof(*t->owned));
    return t->owner && (t->heat || !heat) && t->first && t->nearest && t->owned;
}

int dt_target_init(const dt_batch *b, size_t slots, bool heat, dt_target *ret,
                   cs_errinfo *info)
{
    size_t nodules = 0;
    for (size_t i = 0; i < b->n; i++)
        nodules += b->truths[i].count;
    dt_target t = DT_TARGET_INIT;
    t.slots = slots;
    if (!allocate(b, heat, nodules, &t)) {
        dt_target_done(&t);
        return cs_fail_nomem(info);
    }
    for (size_t i = 0; i < b->n * slots; i++)
        t.owner[i] = DT_NOBODY;
    for (size_t i = 1; i < b->n; i++)
        t.first[i] = t.first[i - 1] + b->truths[i - 1].count;
    for (size_t i = 0; i < nodules; i++)
        t.nearest[i] = SIZE_MAX;
    *ret = t;
    return 0;
}

void dt_target_count(const dt_batch *b, dt_target *t)
{
    size_t found = 0;
    for (size_t i = 0; i < b->n * t->slots; i++)
        if (t->owner[i] >= 0) {
            size_t *owned =
                &t->owned[t->first[i / t->slots] + (size_t)t->owner[i]];
            found += *owned == 0;
            ++*owned;
        }
    t->found = (double)CS_MAX(found, (size_t)1);
}
