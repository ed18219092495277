/* consilium train PLAN.yaml -o RUN: a model from a folder of scans. */
#include <math.h>

#include "base/mem.h"
#include "base/path.h"
#include "cli/commands.h"
#include "cli/settings.h"
#include "cli/stop.h"
#include "cli/tier.h"
#include "cli/train_check.h"
#include "cli/train_show.h"
#include "lung/lung.h"
#include "train/trainer.h"

typedef struct options {
    const char *plan, *out, *data, *cache;
    bool resume, check;
    int64_t threads, loaders;
    uint64_t memory;
} options;

static const cs_arg rows[] = {
    CS_ARG_ONE(options, plan, CS_N_("PLAN"), 1,
               CS_N_("what is to be learned, and how: docs/training.md")),
};

static const cs_arg option_rows[] = {
    CS_ARG_PATH(options, out, 'o', "output", CS_N_("DIR"), NULL,
                CS_N_("the run's folder: weights, checkpoint, tables")),
    CS_ARG_PATH(options, data, 'd', "data", CS_N_("DIR"), NULL,
                CS_N_("where the plan's folders of scans are; otherwise "
                      "beside the plan")),
    CS_ARG_PATH(options, cache, '\0', "cache", CS_N_("DIR"), NULL,
                CS_N_("where scans are kept once they are ready; otherwise in "
                      "the data directory of the settings")),
    CS_ARG_FLAG(options, resume, '\0', "resume",
                CS_N_("go on where the run in the folder stopped or was "
                      "killed")),
    CS_ARG_FLAG(options, check, '\0', "check",
                CS_N_("say what the plan would do, and do nothing else")),
    CS_ARG_INT(options, threads, 't', "threads", CS_N_("N"), 0, 512, "0",
               CS_N_("threads; 0 means every core")),
    CS_ARG_INT(options, loaders, '\0', "loaders", CS_N_("N"), 0, 64, "1",
               CS_N_("threads beside them that make samples ahead")),
    CS_ARG_SIZE(options, memory, 'm', "memory", CS_N_("SIZE"), 0, UINT64_MAX,
                "0", CS_N_("limit for the network's buffers; 0: none")),
};

static const char summary[] = "train a network by a plan";

/* --- folders --- */

static int default_cache(const cli_context *ctx, cs_strbuf *ret,
                         cs_errinfo *info)
{
    CS_SCOPED(settings) s = SETTINGS_INIT;
    int r = settings_load(ctx, NULL, &s, info);
    if (r < 0)
        return r;
    r = cs_path_join(ret, cs_str_of(s.values.data), CS_STR("prepared"));
    return r < 0 ? cs_fail_nomem(info) : 0;
}

/* --- the result --- */

static int say_json(cli_context *ctx, const options *o, const tr_plan *plan,
                    const tr_result *t, cs_errinfo *info)
{
    cs_json w;
    cli_json_begin(ctx, &w);
    cs_json_key(&w, "name");
    cs_json_cstring(&w, plan->name);
    cs_json_key(&w, "run");
    cs_json_cstring(&w, o->out);
    cs_json_key(&w, "epochs");
    cs_json_u64(&w, t->epochs);
    cs_json_key(&w, "steps");
    cs_json_u64(&w, t->steps);
    cs_json_key(&w, "metric");
    cs_json_cstring(&w, tr_metric_words[plan->validation.metric]);
    cs_json_key(&w, "best");
    if (t->best_epoch)
        cs_json_double(&w, t->best);
    else
        cs_json_null(&w);
    cs_json_key(&w, "best_epoch");
    cs_json_u64(&w, t->best_epoch);
    cs_json_key(&w, "finished");
    cs_json_bool(&w, !t->stopped);
    cs_json_key(&w, "out_of_patience");
    cs_json_bool(&w, t->early);
    return cli_json_end(ctx, &w, info);
}

static int say_text(cli_context *ctx, const options *o, const tr_plan *plan,
                    const tr_result *t)
{
    cli_say(ctx, CS_N_("'%s': %llu steps in %llu epochs\n"), o->out,
            (unsigned long long)t->steps, (unsigned long long)t->epochs);
    const char *metric = tr_metric_words[plan->validation.metric];
    if (t->best_epoch && isfinite(t->best))
        cli_say(ctx, CS_N_("best in epoch %llu: %s %.4g\n"),
                (unsigned long long)t->best_epoch, metric, t->best);
    else if (t->best_epoch)
        cli_say(ctx,
                CS_N_("warning: what was validated on has nothing to tell "
                      "'%s' by, so 'best' was not chosen by it\n"),
                metric);
    if (t->early)
        cli_say(ctx, CS_N_("ended early: no progress any more\n"));
    cli_say(ctx, CS_N_("\nResearch use only; a doctor decides.\n"));
    return 0;
}

static int say(cli_context *ctx, const options *o, const tr_plan *plan,
               const tr_result *t, cs_errinfo *info)
{
    int r = 0;
    if (ctx->common.json)
        r = say_json(ctx, o, plan, t, info);
    else if (!t->stopped)
        r = say_text(ctx, o, plan, t);
    if (r == 0 && t->stopped)
        return cs_fail(info, CS_E_CANCELLED,
                       "stopped after step %llu of %llu; go on with: consilium "
                       "train %s -o %s --resume",
                       (unsigned long long)t->steps,
                       (unsigned long long)tr_plan_steps(plan), o->plan,
                       o->out);
    return r;
}

/* --- doing --- */

/* For scans that come without a mask: training itself knows no anatomy. */
static int find_lungs(void *ctx, const im_run *run, const im_volume *scan,
                      im_volume *labels, cs_errinfo *info)
{
    (void)ctx;
    CS_SCOPED(lu_lungs) lungs = {.windpipe = false};
    int r = lu_find_lungs(run, scan, NULL, &lungs, info);
    if (r < 0)
        return r;
    *labels = lungs.labels;
    lungs.labels = (im_volume)IM_VOLUME_INIT;
    return 0;
}

static int train(cli_context *ctx, const options *o, const tr_plan *plan,
                 const char *root, const char *cache, cs_errinfo *info)
{
    im_run run = {.pool = NULL};
    CS_AUTO(cs_pool) pool = NULL;
    train_show show;
    int r = cli_cpu_tier(ctx, &run.tier, info);
    if (r == 0)
        r = cs_pool_new((unsigned)o->threads, &pool, info);
    if (r < 0)
        return r;
    run.pool = pool;
    train_show_start(&show, ctx, plan);
    const tr_run_spec spec = {.plan = plan,
                              .dir = o->out,
                              .root = root,
                              .cache = cache,
                              .resume = o->resume,
                              .loaders = (unsigned)o->loaders,
                              .memory_limit = (size_t)o->memory,
                              .find_lungs = find_lungs,
                              .watch = &show.watch};
    tr_result result;
    cli_stop_catch(cs_msg(ctx->lang, CS_N_("\nstopping after this step; once "
                                           "more to stop at once\n")));
    r = tr_run(&spec, &run, &result, info);
    train_show_end(&show);
    if (r == CS_E_EXISTS)
        return cs_fail(info, CS_E_EXISTS,
                       "'%s' holds a training already: --resume goes on with "
                       "it; or name another folder",
                       o->out);
    return r < 0 ? r : say(ctx, o, plan, &result, info);
}

static int with_plan(cli_context *ctx, const options *o, const tr_plan *plan,
                     cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) root = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) cache = CS_STRBUF_INIT;
    cs_str beside = cs_path_dir(cs_str_of(o->plan));
    cs_strbuf_add_str(&root, o->data ? cs_str_of(o->data) : beside);
    int r = cs_strbuf_check(&root) < 0 ? cs_fail_nomem(info) : 0;
    if (r == 0 && o->check)
        return train_check(ctx, plan, root.data, info);
    if (r == 0 && !o->cache)
        r = default_cache(ctx, &cache, info);
    return r < 0 ? r
                 : train(ctx, o, plan, root.data,
                         o->cache ? o->cache : cache.data, info);
}

int cmd_train(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info)
{
    options o = {.loaders = 1};
    const cs_arg_group groups[] = {
        {CS_N_("arguments"), rows, CS_COUNTOF(rows), &o},
        {CS_N_("options"), option_rows, CS_COUNTOF(option_rows), &o},
    };
    int r = cli_parse(ctx, "consilium train", summary, groups,
                      CS_COUNTOF(groups), argc, argv, info);
    if (r != 0)
        return r < 0 ? r : 0;
    if (!o.out && !o.check)
        return cs_fail(info, CS_E_USAGE,
                       "where shall the run go? --output DIR");
    CS_SCOPED(tr_plan) plan = TR_PLAN_INIT;
    r = tr_plan_load(o.plan, &plan, info);
    return r < 0 ? r : with_plan(ctx, &o, &plan, info);
}
