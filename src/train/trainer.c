#include "train/trainer.h"

#include "base/clock.h"
#include "train/session.h"

static double since(int64_t from)
{
    int64_t now = cs_mono_ns(cs_clock_system());
    return (double)(now - from) / (double)CS_NS_PER_S;
}

/* --- a step --- */

static void give_back(tr_session *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        tr_sampler_give_back(s->sampler, s->batch[i]);
}

static int load(tr_session *s, double *waited, cs_errinfo *info)
{
    int64_t from = cs_mono_ns(cs_clock_system());
    for (size_t i = 0; i < (size_t)s->plan->batch; i++) {
        int r = tr_sampler_next(s->sampler, &s->batch[i], info);
        if (r < 0) {
            give_back(s, i);
            return r;
        }
    }
    *waited += since(from);
    return 0;
}

static int batch(tr_session *s, dt_loss *sum, double *waited, cs_errinfo *info)
{
    int r = load(s, waited, info);
    if (r < 0)
        return r;
    r = tr_learner_batch(&s->learner, (const tr_sample *const *)s->batch, sum,
                         info);
    give_back(s, (size_t)s->plan->batch);
    return r;
}

static int learn(tr_session *s, tr_step *step, cs_errinfo *info)
{
    int64_t from = cs_mono_ns(cs_clock_system());
    dt_loss sum = {.loss = 0};
    int r = tr_learner_wake(&s->learner, info);
    for (int64_t i = 0; r == 0 && i < s->plan->accumulate; i++)
        r = batch(s, &sum, &step->waited, info);
    if (r == 0)
        r = tr_learner_update(&s->learner, &sum, step, info);
    step->seconds = since(from);
    return r;
}

static int take_step(tr_session *s, cs_errinfo *info)
{
    tr_step step = {.steps = tr_plan_steps(s->plan), .epoch = s->at.epoch + 1};
    int r = learn(s, &step, info);
    if (r < 0)
        return r;
    s->at.step = step.step;
    s->at.sample += (uint64_t)(s->plan->batch * s->plan->accumulate);
    s->at.loss += step.loss.loss;
    s->at.seconds += step.seconds;
    r = tr_log_step(s->log, &step, info);
    const tr_watch *w = s->spec->watch;
    if (r == 0 && w && w->step)
        w->step(w->ctx, &step);
    return r;
}

/* --- the loop --- */

static bool is_epoch_over(const tr_session *s)
{
    return s->at.step == (s->at.epoch + 1) * tr_session_epoch_steps(s);
}

static bool is_checkpoint_due(const tr_session *s)
{
    uint64_t every = (uint64_t)s->plan->checkpoint_every;
    return every && s->at.step % every == 0;
}

static bool is_told_to_stop(const tr_session *s)
{
    const tr_watch *w = s->spec->watch;
    return w && w->stop && w->stop(w->ctx);
}

static int run(tr_session *s, bool *stopped, cs_errinfo *info)
{
    int r = 0;
    while (r == 0 && !*stopped && !tr_session_finished(s)) {
        r = take_step(s, info);
        if (r < 0)
            break;
        bool over = is_epoch_over(s);
        *stopped = is_told_to_stop(s);
        if (over)
            r = tr_session_end_epoch(s, info);
        else if (*stopped || is_checkpoint_due(s))
            r = tr_session_checkpoint(s, info);
    }
    return r;
}

int tr_run(const tr_run_spec *spec, const im_run *run_with, tr_result *ret,
           cs_errinfo *info)
{
    tr_session s = TR_SESSION_INIT;
    bool stopped = false;
    int r = tr_session_open(&s, spec, run_with, info);
    if (r == 0)
        r = run(&s, &stopped, info);
    if (r == 0)
        *ret = (tr_result){.epochs = s.at.epoch,
                           .steps = s.at.step,
                           .best = s.at.best,
                           .best_epoch = s.at.best_epoch,
                           .stopped = stopped && !tr_session_finished(&s),
                           .early = tr_session_early(&s)};
    tr_session_close(&s);
    return r;
}
