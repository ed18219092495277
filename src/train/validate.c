#include "train/validate.h"

size_t tr_judge_scans(const tr_judge *j)
{
    size_t all = tr_dataset_count(j->data);
    size_t most = (size_t)j->plan->validation.scans;
    return most ? CS_MIN(most, all) : all;
}

void tr_judge_progress(const tr_judge *j, size_t done, size_t of)
{
    if (j->watch && j->watch->validating)
        j->watch->validating(j->watch->ctx, done, of);
}

int tr_validate(const tr_judge *j, tr_verdict *v, cs_errinfo *info)
{
    if (j->plan->recipe.head.kind == MD_HEAD_CLASS)
        return tr_validate_items(j, v, info);
    int r = tr_validate_patches(j, v, info);
    return r < 0 ? r : tr_validate_scans(j, v, info);
}
