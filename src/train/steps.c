#include "train/plan.h"

/* An epoch's last, smaller batches are left out, as long as there is one. */
uint64_t tr_plan_steps(const tr_plan *p)
{
    uint64_t per_step = (uint64_t)p->batch * (uint64_t)p->accumulate;
    uint64_t per_epoch = (uint64_t)p->sampling.per_epoch / per_step;
    return (uint64_t)p->epochs * CS_MAX(per_epoch, (uint64_t)1);
}
