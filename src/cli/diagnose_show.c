#include "cli/diagnose_show.h"

#include <math.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "base/utf8.h"
#include "cli/text_table.h"
#include "lung/text.h"

/* --- progress --- */

/* Shares of the whole, in thousandths, and what a stage is called. */
static const struct {
    uint64_t share;
    const char *label;
} stages[LU_STAGES] = {
    [LU_STAGE_LUNGS] = {100, CS_N_("lungs")},
    [LU_STAGE_QUALITY] = {30, CS_N_("quality")},
    [LU_STAGE_PREPARE] = {50, CS_N_("preparing")},
    [LU_STAGE_DETECT] = {600, CS_N_("detecting")},
    [LU_STAGE_CHECK] = {90, CS_N_("checking")},
    [LU_STAGE_MEASURE] = {90, CS_N_("measuring")},
    [LU_STAGE_MALIGNANCY] = {40, CS_N_("malignancy")},
};

static void write_progress(void *ctx, cs_str text)
{
    (void)ctx;
    /* What cannot be shown is no reason to stop. */
    (void)!cs_write_all(STDERR_FILENO, text.data, text.len, "", NULL);
}

void diagnose_bar_start(diagnose_bar *bar, const cli_context *ctx)
{
    const cs_progress_spec spec = {
        .mode =
            isatty(STDERR_FILENO) ? CS_PROGRESS_TERMINAL : CS_PROGRESS_SILENT,
        .label = cs_msg(ctx->lang, stages[0].label),
        .total = 1000,
        .width = ctx->width,
        .lang = ctx->lang,
        .sink = write_progress,
    };
    bar->lang = ctx->lang;
    cs_progress_start(&bar->progress, &spec);
}

void diagnose_bar_step(void *ctx, lu_stage stage, size_t done, size_t of)
{
    diagnose_bar *bar = ctx;
    uint64_t at = 0;
    for (int s = 0; s < (int)stage; s++)
        at += stages[s].share;
    if (of)
        at += stages[stage].share * done / of;
    bar->progress.spec.label = cs_msg(bar->lang, stages[stage].label);
    cs_progress_update(&bar->progress, at);
}

void diagnose_bar_end(diagnose_bar *bar)
{
    cs_progress_finish(&bar->progress);
}

/* --- in words --- */

static const char *const densities[LU_DENSITIES] = {
    [LU_SOLID] = CS_N_("solid"),
    [LU_PART_SOLID] = CS_N_("part-solid"),
    [LU_GROUND_GLASS] = CS_N_("ground-glass"),
    [LU_CALCIFIED] = CS_N_("calcified"),
};

/* By zone, then by side: right, left. */
static const char *const places[][2] = {
    [LU_ZONE_UPPER] = {CS_N_("right, upper"), CS_N_("left, upper")},
    [LU_ZONE_MIDDLE] = {CS_N_("right, middle"), CS_N_("left, middle")},
    [LU_ZONE_LOWER] = {CS_N_("right, lower"), CS_N_("left, lower")},
};

static const char *const risks[] = {
    [LU_RISK_LOW] = CS_N_("low"),
    [LU_RISK_MEDIUM] = CS_N_("medium"),
    [LU_RISK_HIGH] = CS_N_("high"),
};

static const char *const heads[] = {
    CS_N_("no."),        CS_N_("x mm"),      CS_N_("y mm"),
    CS_N_("z mm"),       CS_N_("size mm"),   CS_N_("volume mm3"),
    CS_N_("type"),       CS_N_("place"),     CS_N_("confidence"),
    CS_N_("malignancy"), CS_N_("Lung-RADS"),
};

static void add_row(text_table *t, cs_lang lang, const lu_finding *f)
{
    const lu_measure *m = &f->measure;
    text_table_addf(t, "%u", f->number);
    for (int a = 0; a < 3; a++)
        text_table_addf(t, "%.1f", f->centre[a]);
    text_table_addf(t, m->segmented ? "%.1f x %.1f" : "~ %.1f x %.1f",
                    m->long_mm, m->short_mm);
    text_table_addf(t, "%.0f", m->volume_mm3);
    text_table_add(t, cs_msg(lang, densities[m->density]));
    text_table_add(t, cs_msg(lang, places[m->zone][m->left]));
    text_table_addf(t, "%.2f", f->confidence);
    if (f->has_malignancy)
        text_table_addf(t, "%.2f", f->malignancy);
    else
        text_table_add(t, "-");
    text_table_add(t, f->lung_rads);
}

static int put_table(cli_context *ctx, const lu_findings *f)
{
    text_table t = TEXT_TABLE_INIT(CS_COUNTOF(heads));
    for (size_t i = 0; i < CS_COUNTOF(heads); i++)
        text_table_add(&t, cs_msg(ctx->lang, heads[i]));
    for (size_t i = 0; i < f->len; i++)
        add_row(&t, ctx->lang, &f->items[i]);
    int r = text_table_put(&t, &ctx->out);
    text_table_done(&t);
    return r;
}

static void put_warnings(cli_context *ctx, const lu_warnings *w)
{
    for (size_t i = 0; i < w->len; i++) {
        const lu_warning *one = &w->items[i];
        cli_say(ctx, one->severe ? CS_N_("SEVERE: ") : CS_N_("warning: "));
        lu_warning_add(&ctx->out, ctx->lang, one);
        cs_strbuf_putc(&ctx->out, '\n');
    }
}

int diagnose_say(cli_context *ctx, const char *uid, const lu_diagnosis *d,
                 bool detect_only, cs_errinfo *info)
{
    char name[CS_PATH_PART_MAX * 4 + 1];
    cs_utf8_escape(name, sizeof(name), uid, strlen(uid));
    if (detect_only)
        cli_say(ctx, CS_N_("%s: %zu candidates, %.1f s\n"), name, d->marks.len,
                d->seconds_all);
    else if (d->reliable)
        cli_say(ctx, CS_N_("%s: %zu findings, risk %s, Lung-RADS %s, %.1f s\n"),
                name, d->findings.len, cs_msg(ctx->lang, risks[d->risk]),
                d->lung_rads, d->seconds_all);
    else
        cli_say(ctx,
                CS_N_("%s: NOT RELIABLE, for the severe faults below; %zu "
                      "findings, %.1f s\n"),
                name, d->findings.len, d->seconds_all);
    put_warnings(ctx, &d->warnings);
    if (d->findings.len && put_table(ctx, &d->findings) < 0)
        return cs_fail_nomem(info);
    cs_strbuf_putc(&ctx->out, '\n');
    return cs_strbuf_check(&ctx->out) < 0 ? cs_fail_nomem(info) : 0;
}

/* --- for programs --- */

/* Digits beyond these are noise. */
static void put_number(cs_json *w, const char *key, double value)
{
    cs_json_key(w, key);
    cs_json_double(w, floor(value * 1e4 + 0.5) / 1e4);
}

static void put_text(cs_json *w, const char *key, const char *text)
{
    cs_json_key(w, key);
    cs_json_cstring(w, text);
}

static void put_finding(cs_json *w, const lu_finding *f)
{
    const lu_measure *m = &f->measure;
    cs_json_open_object(w);
    cs_json_key(w, "number");
    cs_json_u64(w, f->number);
    cs_json_key(w, "centre_mm");
    cs_json_open_array(w);
    for (int a = 0; a < 3; a++)
        cs_json_double(w, floor(f->centre[a] * 1e4 + 0.5) / 1e4);
    cs_json_close_array(w);
    put_number(w, "confidence", f->confidence);
    put_number(w, "mean_mm", m->mean_mm);
    put_number(w, "long_mm", m->long_mm);
    put_number(w, "short_mm", m->short_mm);
    put_number(w, "volume_mm3", m->volume_mm3);
    cs_json_key(w, "outlined");
    cs_json_bool(w, m->segmented);
    put_text(w, "type", lu_density_words[m->density]);
    put_text(w, "side", m->left ? "left" : "right");
    put_text(w, "zone", lu_zone_words[m->zone]);
    cs_json_key(w, "malignancy");
    if (f->has_malignancy)
        cs_json_double(w, f->malignancy);
    else
        cs_json_null(w);
    put_text(w, "lung_rads", f->lung_rads);
    cs_json_close_object(w);
}

static void put_warning(cs_json *w, cs_lang lang, const lu_warning *one)
{
    cs_strbuf text = CS_STRBUF_INIT;
    lu_warning_add(&text, lang, one);
    cs_json_open_object(w);
    put_text(w, "code", one->code);
    cs_json_key(w, "severe");
    cs_json_bool(w, one->severe);
    cs_json_key(w, "text");
    cs_json_string(w, cs_strbuf_str(&text));
    cs_json_close_object(w);
    cs_strbuf_done(&text);
}

static void put_seconds(cs_json *w, const lu_diagnosis *d)
{
    cs_json_key(w, "seconds");
    cs_json_open_object(w);
    for (int s = 0; s < LU_STAGES; s++)
        put_number(w, lu_stage_words[s], d->seconds[s]);
    put_number(w, "all", d->seconds_all);
    cs_json_close_object(w);
}

void diagnose_json(cs_json *w, cs_lang lang, const lu_diagnosis *d)
{
    cs_json_key(w, "reliable");
    cs_json_bool(w, d->reliable);
    cs_json_key(w, "warnings");
    cs_json_open_array(w);
    for (size_t i = 0; i < d->warnings.len; i++)
        put_warning(w, lang, &d->warnings.items[i]);
    cs_json_close_array(w);
    cs_json_key(w, "candidates");
    cs_json_u64(w, d->candidates);
    put_number(w, "threshold", d->threshold);
    put_text(w, "lung_rads", d->lung_rads);
    if (d->lung_rads)
        put_text(w, "risk", lu_risk_words[d->risk]);
    cs_json_key(w, "findings");
    cs_json_open_array(w);
    for (size_t i = 0; i < d->findings.len; i++)
        put_finding(w, &d->findings.items[i]);
    cs_json_close_array(w);
    put_seconds(w, d);
}
