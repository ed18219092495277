/* consilium phantom DIR: chest CTs that were never taken. */
#include <unistd.h>

#include "base/file.h"
#include "base/parse.h"
#include "base/progress.h"
#include "cli/commands.h"
#include "cli/tier.h"
#include "image/phantom/dataset.h"

typedef struct options {
    const char *dir, *site, *size;
    int64_t scans, seed, threads;
    bool force, list;
} options;

static const cs_arg rows[] = {
    CS_ARG_ONE(options, dir, CS_N_("DIR"), 0,
               CS_N_("the folder that is to hold them")),
};

static const cs_arg option_rows[] = {
    CS_ARG_INT(options, scans, 'n', "scans", CS_N_("N"), 1, 100000, "10",
               CS_N_("how many scans")),
    CS_ARG_INT(options, seed, 's', "seed", CS_N_("N"), 0, INT64_MAX, "1",
               CS_N_("another seed, other patients")),
    CS_ARG_STRING(options, size, '\0', "size", CS_N_("XxYxZ"), NULL,
                  CS_N_("voxels of each scan, over the same part of the body; "
                        "otherwise 512x512 and what the site's slices give")),
    CS_ARG_STRING(options, site, '\0', "site", CS_N_("NAME"), "default",
                  CS_N_("the hospital's profile")),
    CS_ARG_FLAG(options, list, '\0', "list-sites",
                CS_N_("show the profiles and do nothing else")),
    CS_ARG_FLAG(options, force, '\0', "force",
                CS_N_("replace other phantoms in the folder; one that holds "
                      "anything else is left alone")),
    CS_ARG_INT(options, threads, 't', "threads", CS_N_("N"), 0, 512, "0",
               CS_N_("threads; 0 means every core")),
};

static const char summary[] = "make chest CTs with nodules and exact masks";

/* --- profiles --- */

static int list_json(cli_context *ctx, cs_errinfo *info)
{
    cs_json w;
    cli_json_begin(ctx, &w);
    cs_json_key(&w, "sites");
    cs_json_open_array(&w);
    for (size_t i = 0; i < im_phantom_site_count; i++) {
        const im_phantom_site *s = &im_phantom_sites[i];
        cs_json_open_object(&w);
        cs_json_key(&w, "name");
        cs_json_cstring(&w, s->name);
        cs_json_key(&w, "about");
        cs_json_cstring(&w, s->about);
        cs_json_close_object(&w);
    }
    cs_json_close_array(&w);
    return cli_json_end(ctx, &w, info);
}

static int list_sites(cli_context *ctx, cs_errinfo *info)
{
    if (ctx->common.json)
        return list_json(ctx, info);
    for (size_t i = 0; i < im_phantom_site_count; i++)
        cs_strbuf_printf(&ctx->out, "%-12s %s\n", im_phantom_sites[i].name,
                         cs_msg(ctx->lang, im_phantom_sites[i].about));
    return cs_strbuf_check(&ctx->out);
}

/* --- sizes --- */

static int bad_size(const char *text, cs_errinfo *info)
{
    return cs_fail(info, CS_E_USAGE,
                   "--size: expected XxYxZ with %d to %d each, not '%s'",
                   IM_PHANTOM_SIZE_MIN, IM_PHANTOM_SIZE_MAX, text);
}

static int parse_size(const char *text, size_t ret[3], cs_errinfo *info)
{
    cs_str rest = cs_str_of(text);
    for (int k = 0; k < 3; k++) {
        cs_str part = rest;
        uint64_t v;
        bool more = cs_str_cut(rest, 'x', &part, &rest);
        if (more != (k < 2) || cs_parse_u64(part, &v) < 0 ||
            v < IM_PHANTOM_SIZE_MIN || v > IM_PHANTOM_SIZE_MAX)
            return bad_size(text, info);
        ret[k] = (size_t)v;
    }
    return 0;
}

/* --- work --- */

static void to_terminal(void *ctx, cs_str text)
{
    (void)ctx;
    cs_write_all(STDERR_FILENO, text.data, text.len, "standard error", NULL);
}

static void advance(void *ctx, uint64_t done)
{
    cs_progress_update(ctx, done);
}

static int say(cli_context *ctx, const options *o, const im_phantom_summary *s,
               cs_errinfo *info)
{
    if (!ctx->common.json) {
        if (s->there)
            cli_say(ctx,
                    CS_N_("'%s' already holds these %llu scans; left as they "
                          "are\n"),
                    o->dir, (unsigned long long)s->scans);
        else
            cli_say(ctx,
                    CS_N_("'%s': %llu scans, %llu nodules, %llu of them "
                          "malignant\n"),
                    o->dir, (unsigned long long)s->scans,
                    (unsigned long long)s->nodules,
                    (unsigned long long)s->malignant);
        return 0;
    }
    cs_json w;
    cli_json_begin(ctx, &w);
    cs_json_key(&w, "dir");
    cs_json_cstring(&w, o->dir);
    cs_json_key(&w, "site");
    cs_json_cstring(&w, o->site);
    cs_json_key(&w, "scans");
    cs_json_u64(&w, s->scans);
    cs_json_key(&w, "nodules");
    cs_json_u64(&w, s->nodules);
    cs_json_key(&w, "already_there");
    cs_json_bool(&w, s->there);
    return cli_json_end(ctx, &w, info);
}

static int make(cli_context *ctx, const options *o,
                const im_phantom_order *asked, cs_errinfo *info)
{
    im_phantom_order order = *asked;
    im_run run = {.pool = NULL};
    CS_AUTO(cs_pool) pool = NULL;
    int r = cli_cpu_tier(ctx, &run.tier, info);
    if (r == 0)
        r = cs_pool_new((unsigned)o->threads, &pool, info);
    if (r < 0)
        return r;
    run.pool = pool;
    cs_progress progress;
    const cs_progress_spec spec = {
        .mode =
            isatty(STDERR_FILENO) ? CS_PROGRESS_TERMINAL : CS_PROGRESS_SILENT,
        .label = cs_msg(ctx->lang, CS_N_("phantoms")),
        .total = order.scans,
        .width = ctx->width,
        .lang = ctx->lang,
        .sink = to_terminal};
    cs_progress_start(&progress, &spec);
    order.progress = advance;
    order.ctx = &progress;
    im_phantom_summary sum;
    r = im_phantom_dataset(&order, &run, &sum, info);
    cs_progress_finish(&progress);
    return r < 0 ? r : say(ctx, o, &sum, info);
}

int cmd_phantom(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info)
{
    options o = {.scans = 10, .seed = 1, .site = "default"};
    cs_arg_group groups[] = {
        {CS_N_("arguments"), rows, CS_COUNTOF(rows), &o},
        {CS_N_("options"), option_rows, CS_COUNTOF(option_rows), &o},
    };
    int r = cli_parse(ctx, "consilium phantom", summary, groups,
                      CS_COUNTOF(groups), argc, argv, info);
    if (r != 0)
        return r < 0 ? r : 0;
    if (o.list)
        return list_sites(ctx, info);
    if (!o.dir)
        return cs_fail(info, CS_E_USAGE,
                       "name the folder: consilium phantom DIR");
    im_phantom_order order = {.dir = o.dir,
                              .seed = (uint64_t)o.seed,
                              .scans = (uint64_t)o.scans,
                              .force = o.force};
    r = im_phantom_site_find(o.site, &order.site, info);
    if (r == 0 && o.size)
        r = parse_size(o.size, order.size, info);
    return r < 0 ? r : make(ctx, &o, &order, info);
}
