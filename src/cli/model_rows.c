#include "cli/model_rows.h"

#include <inttypes.h>

static void put_name(cs_strbuf *out, const md_card *c)
{
    cs_strbuf_add(out, c->name);
}

static void put_session(cs_strbuf *out, const md_card *c)
{
    cs_strbuf_add(out, c->session ? c->session : "-");
}

static void put_made(cs_strbuf *out, const md_card *c)
{
    cs_strbuf_add(out, c->created);
}

static void put_task(cs_strbuf *out, const md_card *c)
{
    cs_strbuf_add(out, md_task_words[c->recipe.task]);
}

static void put_network(cs_strbuf *out, const md_card *c)
{
    cs_strbuf_add(out, c->recipe.network->name);
    if (c->recipe.classes > 0)
        cs_strbuf_printf(out, " (%zu)", c->recipe.classes);
}

static void put_spacing(cs_strbuf *out, const md_card *c)
{
    cs_strbuf_printf(out, "%g mm", c->recipe.input.spacing);
}

static void put_window(cs_strbuf *out, const md_card *c)
{
    cs_strbuf_printf(out, "%g to %g HU", c->recipe.input.low,
                     c->recipe.input.high);
}

static void put_patch(cs_strbuf *out, const md_card *c)
{
    const size_t *p = c->recipe.input.patch;
    cs_strbuf_printf(out, "%zu x %zu x %zu", p[0], p[1], p[2]);
}

static void put_head(cs_strbuf *out, const md_card *c)
{
    const md_head *h = &c->recipe.head;
    cs_strbuf_add(out, md_head_words[h->kind]);
    if (h->stride > 1)
        cs_strbuf_printf(out, ", 1/%zu", h->stride);
    for (size_t i = 0; i < h->anchor_count; i++)
        cs_strbuf_printf(out, "%s%g", i ? " " : ", ", h->anchors[i]);
}

static void put_calibration(cs_strbuf *out, const md_card *c)
{
    cs_strbuf_printf(out, "%.4g x %+.4g", c->calibration.a, c->calibration.b);
}

static void put_threshold(cs_strbuf *out, const md_card *c)
{
    cs_strbuf_printf(out, "%g", c->threshold);
}

static void put_source(cs_strbuf *out, const md_card *c)
{
    cs_strbuf_add(out, md_source_words[c->data.source]);
}

static void put_scans(cs_strbuf *out, const md_card *c)
{
    cs_strbuf_printf(out, "%" PRIu64, c->data.scans);
}

static void put_nodules(cs_strbuf *out, const md_card *c)
{
    cs_strbuf_printf(out, "%" PRIu64, c->data.nodules);
}

static void put_malignant(cs_strbuf *out, const md_card *c)
{
    cs_strbuf_printf(out, "%" PRIu64, c->data.malignant);
}

static void put_sites(cs_strbuf *out, const md_card *c)
{
    cs_strbuf_printf(out, "%" PRIu64, c->data.sites);
}

static void put_steps(cs_strbuf *out, const md_card *c)
{
    cs_strbuf_printf(out, "%" PRIu64 " / %" PRIu64, c->steps, c->epochs);
}

static void put_seed(cs_strbuf *out, const md_card *c)
{
    cs_strbuf_printf(out, "%" PRIu64, c->seed);
}

/* The start of a hash tells two apart. */
static void put_hash(cs_strbuf *out, const char *hex)
{
    if (hex)
        cs_strbuf_printf(out, "%.12s", hex);
    else
        cs_strbuf_add(out, "-");
}

static void put_plan(cs_strbuf *out, const md_card *c)
{
    put_hash(out, c->plan);
}

static void put_parent(cs_strbuf *out, const md_card *c)
{
    put_hash(out, c->parent);
}

static void put_weights(cs_strbuf *out, const md_card *c)
{
    put_hash(out, c->weights);
}

const model_row model_rows[] = {
    {CS_N_("name"), put_name},
    {CS_N_("session"), put_session},
    {CS_N_("made"), put_made},
    {CS_N_("task"), put_task},
    {CS_N_("network"), put_network},
    {CS_N_("spacing"), put_spacing},
    {CS_N_("window"), put_window},
    {CS_N_("patch"), put_patch},
    {CS_N_("head"), put_head},
    {CS_N_("calibration"), put_calibration},
    {CS_N_("threshold"), put_threshold},
    {CS_N_("data"), put_source},
    {CS_N_("scans"), put_scans},
    {CS_N_("nodules"), put_nodules},
    {CS_N_("malignant"), put_malignant},
    {CS_N_("sites"), put_sites},
    {CS_N_("steps / epochs"), put_steps},
    {CS_N_("seed"), put_seed},
    {CS_N_("plan"), put_plan},
    {CS_N_("parent"), put_parent},
    {CS_N_("weights"), put_weights},
};
const size_t model_row_count = CS_COUNTOF(model_rows);

/* --- metrics --- */

const md_metric *model_metric(const md_card *c, const char *name)
{
    for (size_t i = 0; i < c->metric_count; i++)
        if (strcmp(c->metrics[i].name, name) == 0)
            return &c->metrics[i];
    return NULL;
}

bool model_metric_falls(const char *name)
{
    static const char *const falling[] = {"loss", "brier", "ece", "mae",
                                          "rmse", "hd95",  "assd"};
    cs_str word = cs_str_of(name);
    cs_str rest;
    cs_str_cut(word, ' ', &word, &rest);
    cs_str_cut(word, '_', &word, &rest);
    for (size_t i = 0; i < CS_COUNTOF(falling); i++)
        if (cs_str_is(word, falling[i]))
            return true;
    return false;
}

size_t model_best(const md_metric *const *values, size_t n)
{
    size_t best = SIZE_MAX;
    bool differ = false;
    for (size_t i = 0; i < n; i++) {
        if (!values[i])
            continue;
        if (best == SIZE_MAX) {
            best = i;
            continue;
        }
        double gain = values[i]->value - values[best]->value;
        differ |= gain < 0 || gain > 0;
        if (model_metric_falls(values[i]->name) ? gain < 0 : gain > 0)
            best = i;
    }
    return differ ? best : SIZE_MAX;
}
