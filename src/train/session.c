#include "train/session.h"

#include <unistd.h>

#include "train/session_folder.h"

/* --- data --- */

static void tell(const tr_session *s, const tr_dataset *d)
{
    const tr_watch *w = s->spec->watch;
    for (size_t i = 0; w && w->warning && i < tr_dataset_warnings(d); i++)
        w->warning(w->ctx, tr_dataset_warning(d, i));
}

static int open_data(tr_session *s, bool validation, tr_dataset **ret,
                     cs_errinfo *info)
{
    const tr_watch *w = s->spec->watch;
    const tr_dataset_spec spec = {.plan = s->plan,
                                  .validation = validation,
                                  .root = s->spec->root,
                                  .cache = s->spec->cache,
                                  .find_lungs = s->spec->find_lungs,
                                  .lungs_ctx = s->spec->lungs_ctx,
                                  .progress = w ? w->preparing : NULL,
                                  .ctx = w ? w->ctx : NULL};
    int r = tr_dataset_open(&spec, &s->run, ret, info);
    if (r == 0)
        tell(s, *ret);
    return r;
}

static int open_sampler(tr_session *s, const tr_dataset *data, unsigned loaders,
                        tr_sampler **ret, cs_errinfo *info)
{
    const tr_sampler_spec spec = {.plan = s->plan,
                                  .data = data,
                                  .loaders = loaders,
                                  .tier = s->run.tier,
                                  .ahead = 0};
    return tr_sampler_new(&spec, ret, info);
}

static int open_all_data(tr_session *s, cs_errinfo *info)
{
    bool validated = s->plan->validation.every > 0;
    int r = open_data(s, false, &s->training, info);
    if (r == 0 && validated)
        r = open_data(s, true, &s->validation, info);
    if (r == 0)
        r = open_sampler(s, s->training, s->spec->loaders, &s->sampler, info);
    if (r == 0 && validated && s->plan->recipe.head.kind == MD_HEAD_CLASS)
        r = open_sampler(s, s->validation, 0, &s->items, info);
    if (r < 0)
        return r;
    s->origin = (tr_origin){
        .plan = s->plan->sha256,
        .training = tr_dataset_hash(s->training),
        .validation = s->validation ? tr_dataset_hash(s->validation) : ""};
    s->batch = cs_calloc((size_t)s->plan->batch, sizeof(tr_sample *));
    return s->batch ? 0 : cs_fail_nomem(info);
}

/* --- where it starts --- */

static int begin(tr_session *s, cs_errinfo *info)
{
    const char *start = s->plan->start;
    cs_digest digest;
    if (!start)
        return 0;
    int r = tr_learner_start(&s->learner, start, info);
    if (r == 0)
        r = cs_hash_file(CS_HASH_SHA256, start, &digest, NULL, info);
    if (r == 0)
        cs_digest_format(&digest, s->parent);
    return r;
}

static int show_mined(tr_session *s, size_t from, cs_errinfo *info)
{
    int r = 0;
    for (size_t i = from; r == 0 && i < s->mined.len; i++)
        r = tr_sampler_add_hard(s->sampler, s->mined.items[i].scan,
                                &s->mined.items[i].at, 1, info);
    return r;
}

static int go_on(tr_session *s, const char *path, cs_errinfo *info)
{
    int r = tr_checkpoint_read(path, &s->origin, tr_dataset_count(s->training),
                               &s->learner, &s->at, &s->mined, info);
    return r < 0 ? r : show_mined(s, 0, info);
}

static int restore(tr_session *s, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    int r = tr_folder_path(s->spec->dir, TR_CHECKPOINT, &path, info);
    if (r == 0)
        r = begin(s, info);
    if (r == 0 && s->spec->resume && tr_folder_has(path.data))
        r = go_on(s, path.data, info);
    if (r == 0)
        r = tr_log_open(s->spec->dir, s->at.step, &s->log, info);
    if (r == 0 && s->at.epoch && s->at.sample == 0)
        r = tr_session_keep(s, info);
    return r;
}

/* --- life --- */

int tr_session_open(tr_session *s, const tr_run_spec *spec, const im_run *run,
                    cs_errinfo *info)
{
    s->spec = spec;
    s->plan = spec->plan;
    s->run = *run;
    int r = tr_folder_open(spec->dir, spec->resume, &s->lock, info);
    if (r == 0)
        r = open_all_data(s, info);
    if (r == 0)
        r = tr_learner_init(&s->learner, s->plan, run, spec->memory_limit,
                            info);
    if (r == 0)
        r = restore(s, info);
    if (r == 0)
        r = tr_folder_keep_plan(spec->dir, s->plan, info);
    if (r == 0 && !tr_session_finished(s))
        r = tr_sampler_seek(s->sampler, s->at.epoch, s->at.sample, info);
    return r;
}

void tr_session_close(tr_session *s)
{
    tr_log_free(s->log);
    tr_sampler_free(s->items);
    tr_sampler_free(s->sampler);
    tr_learner_done(&s->learner);
    tr_dataset_free(s->validation);
    tr_dataset_free(s->training);
    cs_vec_done(&s->mined);
    cs_free(s->batch);
    if (s->lock >= 0)
        close(s->lock);
    *s = (tr_session)TR_SESSION_INIT;
}

/* --- writing --- */

int tr_session_checkpoint(tr_session *s, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    int r = tr_folder_path(s->spec->dir, TR_CHECKPOINT, &path, info);
    if (r == 0)
        r = tr_log_flush(s->log, info);
    return r < 0 ? r
                 : tr_checkpoint_write(path.data, &s->origin, &s->learner,
                                       &s->at, &s->mined, info);
}

int tr_session_keep(tr_session *s, cs_errinfo *info)
{
    const tr_keeper k = {.dir = s->spec->dir,
                         .plan = s->plan,
                         .training = s->training,
                         .parent = *s->parent ? s->parent : NULL};
    nn_params *params = s->learner.params;
    tr_learner_swap(&s->learner);
    int r = tr_keep(&k, "last", params, &s->at, info);
    if (r == 0 && (s->at.best_epoch == s->at.epoch || !s->validation))
        r = tr_keep(&k, "best", params, &s->at, info);
    tr_learner_swap(&s->learner);
    return r;
}
