#include "base/clock.h"
#include "train/mine.h"
#include "train/session.h"
#include "train/validate.h"

uint64_t tr_session_epoch_steps(const tr_session *s)
{
    return tr_plan_steps(s->plan) / (uint64_t)s->plan->epochs;
}

bool tr_session_early(const tr_session *s)
{
    uint64_t patience = (uint64_t)s->plan->validation.patience;
    return patience && s->at.stale >= patience;
}

bool tr_session_finished(const tr_session *s)
{
    return s->at.epoch >= (uint64_t)s->plan->epochs ||
           (s->at.sample == 0 && tr_session_early(s));
}

/* --- validation --- */

/* The last weights are always known. */
static bool is_due(const tr_session *s)
{
    return s->validation &&
           (s->at.epoch % (uint64_t)s->plan->validation.every == 0 ||
            s->at.epoch == (uint64_t)s->plan->epochs);
}

static void rank(tr_session *s)
{
    tr_metric metric = (tr_metric)s->plan->validation.metric;
    double score = tr_verdict_get(&s->at.verdict, tr_metric_words[metric]);
    if (s->at.best_epoch == 0 || tr_metric_better(metric, score, s->at.best)) {
        s->at.best = score;
        s->at.best_epoch = s->at.epoch;
        s->at.stale = 0;
        return;
    }
    s->at.stale++;
}

static int validate(tr_session *s, cs_errinfo *info)
{
    const tr_judge judge = {.plan = s->plan,
                            .params = s->learner.params,
                            .run = s->run,
                            .memory_limit = s->spec->memory_limit,
                            .data = s->validation,
                            .items = s->items,
                            .watch = s->spec->watch};
    tr_verdict verdict = TR_VERDICT_INIT;
    int r = tr_validate(&judge, &verdict, info);
    if (r < 0)
        return r;
    verdict.epoch = s->at.epoch;
    s->at.verdict = verdict;
    rank(s);
    return 0;
}

/* --- mining --- */

static int mine(tr_session *s, cs_errinfo *info)
{
    const tr_miner miner = {.plan = s->plan,
                            .params = s->learner.params,
                            .run = s->run,
                            .memory_limit = s->spec->memory_limit,
                            .data = s->training};
    size_t before = s->mined.len;
    int r = tr_mine(&miner, s->at.epoch, &s->mined, info);
    for (size_t i = before; r == 0 && i < s->mined.len; i++)
        r = tr_sampler_add_hard(s->sampler, s->mined.items[i].scan,
                                &s->mined.items[i].at, 1, info);
    return r;
}

/* With the averages in the place of the weights, and the engine's memory given
 * back where it is short. */
static int look(tr_session *s, cs_errinfo *info)
{
    bool mined = tr_mine_due(s->plan, s->at.epoch);
    bool due = is_due(s);
    if (!due && !mined)
        return 0;
    tr_learner_rest(&s->learner);
    tr_learner_swap(&s->learner);
    int r = due ? validate(s, info) : 0;
    if (r == 0 && mined)
        r = mine(s, info);
    tr_learner_swap(&s->learner);
    return r;
}

/* --- the end --- */

static tr_epoch summary(tr_session *s, double loss, double seconds)
{
    bool validated = s->at.verdict.epoch == s->at.epoch && s->validation;
    tr_epoch e = {.epoch = s->at.epoch,
                  .step = s->at.step,
                  .loss = loss / (double)tr_session_epoch_steps(s),
                  .seconds = seconds,
                  .validated = validated,
                  .best = s->at.best_epoch == s->at.epoch};
    if (validated) {
        e.metrics = s->at.verdict.metrics;
        e.metric_count = s->at.verdict.count;
    }
    return e;
}

static int seek(tr_session *s, cs_errinfo *info)
{
    return s->at.epoch < (uint64_t)s->plan->epochs
               ? tr_sampler_seek(s->sampler, s->at.epoch, 0, info)
               : 0;
}

/* The order matters: docs/training-loop.md. */
int tr_session_end_epoch(tr_session *s, cs_errinfo *info)
{
    const cs_clock *clock = cs_clock_system();
    int64_t from = cs_mono_ns(clock);
    double loss = s->at.loss;
    s->at.epoch++;
    s->at.sample = 0;
    s->at.loss = 0;
    int r = look(s, info);
    if (r == 0)
        r = seek(s, info);
    if (r < 0)
        return r;
    double seconds = s->at.seconds +
                     (double)(cs_mono_ns(clock) - from) / (double)CS_NS_PER_S;
    s->at.seconds = 0;
    s->at.saved = cs_wall_ns(clock);
    const tr_epoch e = summary(s, loss, seconds);
    r = tr_log_epoch(s->log, &e, info);
    if (r == 0)
        r = tr_session_checkpoint(s, info);
    if (r == 0)
        r = tr_session_keep(s, info);
    const tr_watch *w = s->spec->watch;
    if (r == 0 && w && w->epoch)
        w->epoch(w->ctx, &e);
    return r;
}
