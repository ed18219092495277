#include "cli/train_check.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/path.h"

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Numbers that the network learns. */
static int count_parameters(const tr_plan *plan, size_t *ret, cs_errinfo *info)
{
    CS_AUTO(nn_params) params = NULL;
    CS_AUTO(nn_graph) graph = NULL;
    int r = nn_params_new(&params, info);
    if (r == 0)
        r = md_recipe_build(&plan->recipe, (size_t)plan->batch,
                            plan->recipe.input.patch, params, &graph, info);
    if (r == 0)
        *ret = nn_params_size(params);
    return r;
}

typedef struct report {
    cli_context *ctx;
    cs_json json; /* with --json */
    const char *root;
    size_t missing;
    char first_missing[256];
} report;

/* --- folders --- */

static int say_folder(report *r, const tr_source *s, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    if (cs_path_join(&path, cs_str_of(r->root), cs_str_of(s->dir)) < 0)
        return cs_fail_nomem(info);
    bool there = is_folder(path.data);
    if (!there && r->missing++ == 0)
        snprintf(r->first_missing, sizeof(r->first_missing), "%s", path.data);
    if (r->ctx->common.json) {
        cs_json_open_object(&r->json);
        cs_json_key(&r->json, "folder");
        cs_json_cstring(&r->json, path.data);
        cs_json_key(&r->json, "there");
        cs_json_bool(&r->json, there);
        cs_json_close_object(&r->json);
        return 0;
    }
    cs_strbuf_printf(&r->ctx->out, "    %s", path.data);
    if (s->scans)
        cli_say(r->ctx, CS_N_(", only the first %lld"), (long long)s->scans);
    if (!there)
        cli_say(r->ctx, CS_N_(": there is no such folder"));
    cs_strbuf_putc(&r->ctx->out, '\n');
    return 0;
}

static int say_folders(report *r, const char *key, const char *title,
                       const tr_source *sources, size_t n, cs_errinfo *info)
{
    int e = 0;
    if (r->ctx->common.json) {
        cs_json_key(&r->json, key);
        cs_json_open_array(&r->json);
    } else {
        cs_strbuf_add(&r->ctx->out, cs_msg(r->ctx->lang, title));
    }
    for (size_t i = 0; e == 0 && i < n; i++)
        e = say_folder(r, &sources[i], info);
    if (r->ctx->common.json)
        cs_json_close_array(&r->json);
    return e;
}

/* The same folder for both: what is measured there proves nothing. */
static const char *shared_folder(const tr_data *d)
{
    for (size_t i = 0; i < d->train.len; i++)
        for (size_t k = 0; k < d->validate.len; k++)
            if (strcmp(d->train.items[i].dir, d->validate.items[k].dir) == 0)
                return d->train.items[i].dir;
    return NULL;
}

/* --- the whole --- */

static void say_text(report *r, const tr_plan *p, size_t parameters)
{
    const size_t *patch = p->recipe.input.patch;
    cli_say(r->ctx,
            CS_N_("plan '%s' is good\n"
                  "  network   %s, %zu numbers to learn, head '%s'\n"
                  "  patches   %zu x %zu x %zu voxels"),
            p->name, p->recipe.network->name, parameters,
            md_head_words[p->recipe.head.kind], patch[0], patch[1], patch[2]);
    if (p->recipe.input.spacing > 0)
        cli_say(r->ctx, CS_N_(" of %g mm\n"), p->recipe.input.spacing);
    else
        cli_say(r->ctx, CS_N_(" as the scan has them\n"));
    cli_say(r->ctx,
            CS_N_("  training  %llu steps in %lld epochs, %lld patches a "
                  "step\n"),
            (unsigned long long)tr_plan_steps(p), (long long)p->epochs,
            (long long)p->batch * (long long)p->accumulate);
}

static void say_json(report *r, const tr_plan *p, size_t parameters)
{
    cs_json *w = &r->json;
    cs_json_key(w, "name");
    cs_json_cstring(w, p->name);
    cs_json_key(w, "plan");
    cs_json_cstring(w, p->sha256);
    cs_json_key(w, "task");
    cs_json_cstring(w, md_task_words[p->recipe.task]);
    cs_json_key(w, "network");
    cs_json_cstring(w, p->recipe.network->name);
    cs_json_key(w, "head");
    cs_json_cstring(w, md_head_words[p->recipe.head.kind]);
    cs_json_key(w, "parameters");
    cs_json_u64(w, parameters);
    cs_json_key(w, "epochs");
    cs_json_i64(w, p->epochs);
    cs_json_key(w, "steps");
    cs_json_u64(w, tr_plan_steps(p));
}

static int say_all(report *r, const tr_plan *p, size_t parameters,
                   cs_errinfo *info)
{
    cli_context *ctx = r->ctx;
    bool json = ctx->common.json;
    if (json)
        cli_json_begin(ctx, &r->json);
    (json ? say_json : say_text)(r, p, parameters);
    int e = say_folders(r, "train", CS_N_("  learns from\n"),
                        p->data.train.items, p->data.train.len, info);
    if (e == 0 && (json || p->data.validate.len))
        e = say_folders(r, "validate", CS_N_("  is validated on\n"),
                        p->data.validate.items, p->data.validate.len, info);
    if (e == 0 && json)
        return cli_json_end(ctx, &r->json, info);
    if (e == 0 && shared_folder(&p->data))
        cli_say(ctx,
                CS_N_("warning: '%s' is both learned from and validated on\n"),
                shared_folder(&p->data));
    return e;
}

int train_check(cli_context *ctx, const tr_plan *plan, const char *root,
                cs_errinfo *info)
{
    report r = {.ctx = ctx, .root = root};
    size_t parameters;
    int e = count_parameters(plan, &parameters, info);
    if (e == 0)
        e = say_all(&r, plan, parameters, info);
    if (e == 0 && r.missing)
        return cs_fail(info, CS_E_NOTFOUND,
                       "there is no folder '%s'; --data says where the plan's "
                       "folders are",
                       r.first_missing);
    return e;
}
