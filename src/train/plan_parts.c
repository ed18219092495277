/* Sampling, loss, optimiser, schedule and validation of a plan. */
#include <math.h>

#include "train/plan_raw.h"

/* --- sampling --- */

/* Shares that add up in decimal may miss 1 by a rounding in binary. */
#define SHARE_SLACK 1e-9

static int set_shares(const tr_raw_plan *raw, const cs_node *root,
                      tr_sampling *ret, cs_errinfo *info)
{
    static const tr_sampling usual[MD_TASKS] = {
        [MD_DETECT] = {.nodules = 0.5, .hard = 0.2, .background = 0.3},
        [MD_CHECK] = {.nodules = 0.5, .hard = 0.3, .background = 0.2},
        [MD_MALIGNANCY] = {.nodules = 1},
    };
    if (!tr_given(root, "sampling.nodules") &&
        !tr_given(root, "sampling.hard") &&
        !tr_given(root, "sampling.background")) {
        ret->nodules = usual[raw->task].nodules;
        ret->hard = usual[raw->task].hard;
        ret->background = usual[raw->task].background;
        return 0;
    }
    double sum = ret->nodules + ret->hard + ret->background;
    if (fabs(sum - 1) > SHARE_SLACK)
        return cs_fail_at(info, CS_E_RANGE, tr_plan_place(root, "sampling"),
                          "key 'sampling': nodules, hard and background are "
                          "shares of 1; they add up to %g",
                          sum);
    if (raw->task == MD_MALIGNANCY && ret->nodules < 1)
        return cs_fail_at(info, CS_E_RANGE,
                          tr_plan_place(root, "sampling.nodules"),
                          "key 'sampling.nodules': task 'malignancy' learns "
                          "from nodules alone; expected 1, not %g",
                          ret->nodules);
    return 0;
}

static int check_centre(const tr_raw_plan *raw, const cs_node *root,
                        cs_errinfo *info)
{
    static const char *const keys[] = {
        "sampling.nodules", "sampling.hard",       "sampling.background",
        "sampling.jitter",  "sampling.size-power", "sampling.mine-every"};
    if (raw->task != MD_DETECT)
        return cs_fail_at(info, CS_E_RANGE,
                          tr_plan_place(root, "sampling.crop"),
                          "key 'sampling.crop': 'centre' is for task 'detect'; "
                          "'%s' looks at nodules",
                          md_task_words[raw->task]);
    for (size_t i = 0; i < CS_COUNTOF(keys); i++) {
        int r = tr_plan_useless(root, keys[i], "crop: centre", info);
        if (r < 0)
            return r;
    }
    return 0;
}

static int check_mining(const tr_raw_plan *raw, const cs_node *root,
                        cs_errinfo *info)
{
    if (raw->sampling.mine_every == 0)
        return tr_plan_useless(root, "sampling.mine-scans", "mine-every: 0",
                               info);
    if (raw->task != MD_DETECT)
        return tr_plan_useless(root, "sampling.mine-every",
                               md_task_words[raw->task], info);
    return 0;
}

int tr_plan_sampling(const tr_raw_plan *raw, const cs_node *root, tr_plan *p,
                     cs_errinfo *info)
{
    tr_sampling *s = &p->sampling;
    *s = raw->sampling;
    int r = s->crop == TR_CROP_CENTRE ? check_centre(raw, root, info)
                                      : set_shares(raw, root, s, info);
    if (r == 0)
        r = check_mining(raw, root, info);
    if (r < 0)
        return r;
    int64_t step = p->batch * p->accumulate;
    if (s->per_epoch < step)
        return cs_fail_at(info, CS_E_RANGE,
                          tr_plan_place(root, "sampling.per-epoch"),
                          "key 'sampling.per-epoch': a step alone takes %lld "
                          "samples (batch times accumulate), more than %lld",
                          (long long)step, (long long)s->per_epoch);
    if (p->recipe.head.kind == MD_HEAD_CLASS && p->batch < 2)
        return cs_fail_at(info, CS_E_RANGE, tr_plan_place(root, "batch"),
                          "key 'batch': one patch has one class; a head "
                          "'class' needs 2 or more at a time");
    return 0;
}

/* --- loss --- */

typedef struct loss_key {
    const char *key;
    unsigned heads; /* bits of md_head_kind: where it says something */
} loss_key;

#define BIT(kind) (1U << (kind))

static const loss_key loss_keys[] = {
    {"loss.alpha",
     BIT(MD_HEAD_VOXELS) | BIT(MD_HEAD_ANCHORS) | BIT(MD_HEAD_CENTRES)},
    {"loss.gamma",
     BIT(MD_HEAD_VOXELS) | BIT(MD_HEAD_ANCHORS) | BIT(MD_HEAD_CENTRES)},
    {"loss.box", BIT(MD_HEAD_ANCHORS) | BIT(MD_HEAD_CENTRES)},
    {"loss.smoothing", BIT(MD_HEAD_CLASS)},
    {"loss.positive", BIT(MD_HEAD_CLASS)},
};

static unsigned loss_heads(dt_loss_kind kind)
{
    switch (kind) {
    case DT_LOSS_DICE:
    case DT_LOSS_DICE_CE:
    case DT_LOSS_TVERSKY:
        return BIT(MD_HEAD_VOXELS);
    case DT_LOSS_BCE:
        return BIT(MD_HEAD_ANCHORS);
    default:
        return ~0U;
    }
}

/* Only focal losses and Tversky's have these. */
static int check_shape(dt_loss_kind kind, const cs_node *root, cs_errinfo *info)
{
    if (kind == DT_LOSS_DEFAULT || kind == DT_LOSS_TVERSKY)
        return 0;
    int r = tr_plan_useless(root, "loss.alpha", dt_loss_words[kind], info);
    return r < 0
               ? r
               : tr_plan_useless(root, "loss.gamma", dt_loss_words[kind], info);
}

int tr_plan_loss(const tr_raw_plan *raw, const cs_node *root, tr_plan *p,
                 cs_errinfo *info)
{
    const char *head = md_head_words[p->recipe.head.kind];
    unsigned bit = BIT(p->recipe.head.kind);
    if (!(loss_heads(raw->loss.kind) & bit))
        return cs_fail_at(info, CS_E_RANGE, tr_plan_place(root, "loss.kind"),
                          "key 'loss.kind': not a loss of a head '%s'", head);
    int r = check_shape(raw->loss.kind, root, info);
    for (size_t i = 0; r == 0 && i < CS_COUNTOF(loss_keys); i++)
        if (!(loss_keys[i].heads & bit))
            r = tr_plan_useless(root, loss_keys[i].key, head, info);
    if (r == 0)
        p->loss = raw->loss;
    return r;
}

/* --- optimiser --- */

static int check_optimiser_keys(nn_optim_kind kind, const cs_node *root,
                                cs_errinfo *info)
{
    if (kind == NN_OPTIM_SGD)
        return tr_plan_useless(root, "optimiser.betas", "sgd", info);
    const char *name = kind == NN_OPTIM_ADAM ? "adam" : "adamw";
    int r = tr_plan_useless(root, "optimiser.momentum", name, info);
    if (r == 0)
        r = tr_plan_useless(root, "optimiser.nesterov", name, info);
    return r;
}

int tr_plan_optimiser(const tr_raw_plan *raw, const cs_node *root,
                      tr_optimiser *ret, cs_errinfo *info)
{
    tr_optimiser o = raw->optimiser.optimiser;
    int r = check_optimiser_keys(o.options.kind, root, info);
    if (r < 0)
        return r;
    if (o.options.nesterov && !(o.options.momentum > 0))
        return cs_fail_at(info, CS_E_RANGE,
                          tr_plan_place(root, "optimiser.nesterov"),
                          "key 'optimiser.nesterov': needs a momentum");
    if (o.options.kind != NN_OPTIM_SGD) {
        o.options.beta1 = raw->optimiser.betas.items[0];
        o.options.beta2 = raw->optimiser.betas.items[1];
        o.options.eps = NN_ADAM_DEFAULT.eps;
    }
    if (o.options.kind == NN_OPTIM_ADAMW &&
        !tr_given(root, "optimiser.weight-decay"))
        o.options.weight_decay = NN_ADAMW_DEFAULT.weight_decay;
    *ret = o;
    return 0;
}

/* --- schedule --- */

typedef struct schedule_key {
    const char *key;
    unsigned kinds; /* bits of nn_schedule_kind */
} schedule_key;

static const schedule_key schedule_keys[] = {
    {"schedule.min-lr", BIT(NN_SCHEDULE_COSINE)},
    {"schedule.gamma", BIT(NN_SCHEDULE_STEP) | BIT(NN_SCHEDULE_MULTI_STEP)},
    {"schedule.period", BIT(NN_SCHEDULE_STEP) | BIT(NN_SCHEDULE_COSINE) |
                            BIT(NN_SCHEDULE_ONE_CYCLE)},
    {"schedule.milestones", BIT(NN_SCHEDULE_MULTI_STEP)},
};

static int check_schedule_keys(int kind, const cs_node *root, cs_errinfo *info)
{
    for (size_t i = 0; i < CS_COUNTOF(schedule_keys); i++) {
        if (schedule_keys[i].kinds & BIT(kind))
            continue;
        int r = tr_plan_useless(root, schedule_keys[i].key,
                                tr_schedule_words[kind], info);
        if (r < 0)
            return r;
    }
    if (kind == NN_SCHEDULE_MULTI_STEP &&
        !tr_given(root, "schedule.milestones"))
        return cs_fail_at(info, CS_E_RANGE, tr_plan_place(root, "schedule"),
                          "key 'schedule.milestones' is missing: the steps at "
                          "which the rate falls");
    return 0;
}

static int copy_milestones(const tr_counts *from, tr_plan *p, cs_errinfo *info)
{
    uint64_t *steps = cs_arena_array(p->arena, from->len, sizeof(*steps));
    if (!steps)
        return cs_fail_nomem(info);
    for (size_t i = 0; i < from->len; i++)
        steps[i] = (uint64_t)from->items[i];
    p->schedule.milestones = steps;
    p->schedule.milestone_count = from->len;
    return 0;
}

static int check_rates(const tr_plan *p, uint64_t steps, const cs_node *root,
                       cs_errinfo *info)
{
    const nn_schedule *s = &p->schedule;
    if (s->warm_up >= steps)
        return cs_fail_at(
            info, CS_E_RANGE, tr_plan_place(root, "schedule.warm-up"),
            "key 'schedule.warm-up': %llu steps are not less "
            "than the whole training's %llu",
            (unsigned long long)s->warm_up, (unsigned long long)steps);
    if (s->min_lr > s->lr)
        return cs_fail_at(info, CS_E_RANGE,
                          tr_plan_place(root, "schedule.min-lr"),
                          "key 'schedule.min-lr': %g is above 'optimiser.lr', "
                          "%g",
                          s->min_lr, s->lr);
    cs_errinfo cause = {.lang = info ? info->lang : CS_LANG_EN};
    int r = nn_schedule_check(s, &cause);
    return r < 0 ? cs_fail_at(info, r, tr_plan_place(root, "schedule"),
                              "key 'schedule': %s", cause.message)
                 : 0;
}

int tr_plan_schedule(const tr_raw_plan *raw, const cs_node *root, tr_plan *p,
                     cs_errinfo *info)
{
    const tr_raw_schedule *from = &raw->schedule;
    uint64_t steps = tr_plan_steps(p);
    uint64_t warm_up = (uint64_t)from->warm_up;
    nn_schedule s = NN_ONE_CYCLE_DEFAULT;
    s.kind = (nn_schedule_kind)from->kind;
    s.lr = p->optimiser.lr;
    s.gamma = from->gamma;
    s.min_lr = from->min_lr;
    s.warm_up = warm_up;
    s.period = (uint64_t)from->period;
    if (s.period == 0 && warm_up < steps)
        s.period = steps - warm_up;
    p->schedule = s;
    int r = check_schedule_keys(from->kind, root, info);
    if (r == 0)
        r = copy_milestones(&from->milestones, p, info);
    return r < 0 ? r : check_rates(p, steps, root, info);
}

/* --- validation --- */

static bool metric_fits(int metric, md_head_kind head)
{
    switch (metric) {
    case TR_METRIC_LOSS:
        return true;
    case TR_METRIC_CPM:
        return head != MD_HEAD_CLASS;
    case TR_METRIC_DICE:
        return head == MD_HEAD_VOXELS;
    default:
        return head == MD_HEAD_CLASS;
    }
}

int tr_plan_validation(const tr_raw_plan *raw, const cs_node *root, tr_plan *p,
                       cs_errinfo *info)
{
    md_head_kind head = p->recipe.head.kind;
    tr_validation v = raw->validation;
    if (v.metric == TR_METRICS)
        v.metric = head == MD_HEAD_CLASS ? TR_METRIC_AUC : TR_METRIC_CPM;
    if (!metric_fits(v.metric, head))
        return cs_fail_at(info, CS_E_RANGE,
                          tr_plan_place(root, "validation.metric"),
                          "key 'validation.metric': '%s' is not a measure of "
                          "a head '%s'",
                          tr_metric_words[v.metric], md_head_words[head]);
    if (raw->data.validate.len == 0) {
        int r = tr_plan_useless(root, "validation", "data.validate: []", info);
        if (r < 0)
            return r;
        v.every = 0;
    }
    p->validation = v;
    return 0;
}
