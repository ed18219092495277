#include "train/mine.h"

#include "base/random.h"
#include "detect/scan.h"

bool tr_mine_due(const tr_plan *plan, uint64_t epoch)
{
    uint64_t every = (uint64_t)plan->sampling.mine_every;
    return plan->recipe.task == MD_DETECT &&
           plan->sampling.crop == TR_CROP_BALANCED && every &&
           epoch % every == 0 && epoch < (uint64_t)plan->epochs;
}

/* --- what is kept --- */

static bool is_near(const double a[3], const double b[3], double mm)
{
    double d2 = 0;
    for (size_t i = 0; i < 3; i++)
        d2 += (a[i] - b[i]) * (a[i] - b[i]);
    return d2 < mm * mm;
}

static bool is_false(const tr_scan *scan, const dt_candidate *c)
{
    for (size_t i = 0; i < scan->nodule_count; i++) {
        const dt_nodule *n = &scan->nodules[i];
        if (is_near(n->centre, c->centre, 0.5 * n->diameter + TR_MINE_CLEAR))
            return false;
    }
    return true;
}

static bool is_new(const tr_mined_list *mined, size_t number,
                   const dt_candidate *c)
{
    for (size_t i = 0; i < mined->len; i++) {
        const tr_mined *m = &mined->items[i];
        if (m->scan == number &&
            is_near(m->at.centre, c->centre, TR_MINE_CLEAR))
            return false;
    }
    return true;
}

int tr_mine_keep(const tr_scan *scan, size_t number, const dt_candidates *found,
                 tr_mined_list *mined, cs_errinfo *info)
{
    for (size_t i = 0; i < found->len; i++) {
        const dt_candidate *c = &found->items[i];
        if (c->score < TR_MINE_SCORE || !is_false(scan, c) ||
            !is_new(mined, number, c))
            continue;
        tr_mined m = {number, *c};
        if (cs_vec_push(mined, m) < 0)
            return cs_fail_nomem(info);
    }
    return 0;
}

/* --- where it looks --- */

static int look(const tr_miner *m, size_t number, tr_mined_list *mined,
                cs_errinfo *info)
{
    const dt_scan_options o = {.overlap = -1,
                               .score_min = TR_MINE_SCORE,
                               .most = 20,
                               .memory_limit = m->memory_limit};
    dt_candidates found = CS_VEC_INIT;
    tr_prepared p = TR_PREPARED_INIT;
    int r = tr_dataset_prepared(m->data, number, &p, info);
    if (r < 0)
        return r;
    r = dt_scan(&m->plan->recipe, m->params, &m->run, &p.scan, &o, &found, NULL,
                info);
    if (r == 0)
        r = tr_mine_keep(tr_dataset_at(m->data, number), number, &found, mined,
                         info);
    cs_vec_done(&found);
    tr_prepared_done(&p);
    return r;
}

int tr_mine(const tr_miner *m, uint64_t epoch, tr_mined_list *mined,
            cs_errinfo *info)
{
    size_t all = tr_dataset_count(m->data);
    size_t n = CS_MIN((size_t)m->plan->sampling.mine_scans, all);
    CS_AUTO_MEM size_t *order = cs_calloc(all, sizeof(*order));
    if (!order)
        return cs_fail_nomem(info);
    for (size_t i = 0; i < all; i++)
        order[i] = i;
    const cs_rng root = cs_rng_stream(m->plan->seed, 0);
    cs_rng rng = cs_rng_derive(&root, "mine", epoch);
    cs_rng_shuffle(&rng, order, all, sizeof(*order));
    int r = 0;
    for (size_t i = 0; r == 0 && i < n; i++)
        r = look(m, order[i], mined, info);
    return r;
}
