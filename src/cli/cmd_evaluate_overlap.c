/* consilium evaluate overlap: how far two masks agree. */
#include <math.h>

#include "cli/evaluate.h"
#include "cli/tier.h"
#include "eval/report.h"
#include "image/file.h"
#include "image/overlap.h"

typedef struct options {
    const char *reference, *result, *out;
    int64_t threads;
} options;

static const cs_arg rows[] = {
    CS_ARG_ONE(options, reference, CS_N_("REFERENCE"), 1,
               CS_N_("mask or labels that count as right: .mhd, .mha, .nii, "
                     ".nii.gz")),
    CS_ARG_ONE(options, result, CS_N_("RESULT"), 1,
               CS_N_("mask or labels on the same grid")),
};

static const cs_arg option_rows[] = {
    CS_ARG_PATH(options, out, 'o', "output", CS_N_("DIR"), NULL,
                CS_N_("where tables, report and pictures go")),
    CS_ARG_INT(options, threads, 't', "threads", CS_N_("N"), 0, 512, "0",
               CS_N_("threads; 0 means every core")),
};

static const char summary[] =
    CS_N_("overlap of two masks and the distances between their surfaces");

static void put_number(cs_json *w, const char *key, double v)
{
    cs_json_key(w, key);
    cs_json_double(w, v);
}

/* Percent of the reference. */
static double volume_difference(const im_overlap *o)
{
    return o->volume_a > 0 ? 100 * (o->volume_b - o->volume_a) / o->volume_a
                           : (double)NAN;
}

static void put_label(cs_json *w, const im_overlap *o)
{
    cs_json_open_object(w);
    cs_json_key(w, "label");
    cs_json_i64(w, o->label);
    cs_json_key(w, "voxels");
    cs_json_open_array(w);
    cs_json_u64(w, o->voxels_a);
    cs_json_u64(w, o->voxels_b);
    cs_json_u64(w, o->both);
    cs_json_close_array(w);
    put_number(w, "dice", o->dice);
    put_number(w, "iou", o->iou);
    put_number(w, "hausdorff_mm", o->hausdorff);
    put_number(w, "hausdorff95_mm", o->hausdorff95);
    put_number(w, "mean_surface_distance_mm", o->mean);
    put_number(w, "mean_from_reference_mm", o->mean_ab);
    put_number(w, "mean_from_result_mm", o->mean_ba);
    put_number(w, "reference_ml", o->volume_a / 1000);
    put_number(w, "result_ml", o->volume_b / 1000);
    put_number(w, "volume_difference_ml", (o->volume_b - o->volume_a) / 1000);
    put_number(w, "volume_difference_percent", volume_difference(o));
    cs_json_close_object(w);
}

static void to_json(const void *result, cs_json *w)
{
    const im_overlaps *list = result;
    cs_json_key(w, "kind");
    cs_json_cstring(w, "overlap");
    cs_json_key(w, "labels");
    cs_json_open_array(w);
    for (size_t i = 0; i < list->len; i++)
        put_label(w, &list->items[i]);
    cs_json_close_array(w);
}

static void put_row(ev_table *t, const im_overlap *o)
{
    ev_table_put(t, "%d", o->label);
    ev_table_number(t, o->dice, 4);
    ev_table_number(t, o->iou, 4);
    ev_table_number(t, o->hausdorff, 2);
    ev_table_number(t, o->hausdorff95, 2);
    ev_table_number(t, o->mean, 3);
    ev_table_number(t, o->volume_a / 1000, 3);
    ev_table_number(t, o->volume_b / 1000, 3);
    ev_table_number(t, volume_difference(o), 1);
}

static int to_text(const void *result, cs_lang lang, bool markdown,
                   cs_strbuf *out, cs_errinfo *info)
{
    static const char *const heads[] = {
        CS_N_("label"),        CS_N_("Dice"),      CS_N_("IoU"),
        CS_N_("HD (mm)"),      CS_N_("HD95 (mm)"), CS_N_("ASSD (mm)"),
        CS_N_("reference ml"), CS_N_("result ml"), CS_N_("difference (%)")};
    const im_overlaps *list = result;
    ev_report r = {.out = out, .lang = lang, .markdown = markdown};
    ev_table t = EV_TABLE_INIT(CS_COUNTOF(heads));
    ev_report_heading(&r, CS_N_("Labels"));
    for (size_t i = 0; i < t.columns; i++)
        ev_table_put(&t, "%s", ev_report_text(&r, heads[i]));
    for (size_t i = 0; i < list->len; i++)
        put_row(&t, &list->items[i]);
    ev_report_table(&r, &t);
    if (list->len == 0)
        ev_report_say(&r, cs_msg(lang, CS_N_("Both volumes are empty.")));
    return ev_report_check(&r) < 0 ? cs_fail_nomem(info) : 0;
}

static void put_cell(cs_strbuf *out, double v, char after)
{
    char text[CS_FORMAT_DOUBLE_MAX];
    if (isfinite(v))
        cs_strbuf_add(out, cs_format_double(v, text));
    cs_strbuf_putc(out, after);
}

static int to_files(const void *result, cs_lang lang, ev_files *files,
                    cs_errinfo *info)
{
    const im_overlaps *list = result;
    cs_strbuf *out = ev_files_add(files, "overlap.csv");
    (void)lang;
    if (!out)
        return cs_fail_nomem(info);
    cs_strbuf_add(out, "label,dice,iou,hausdorff_mm,hausdorff95_mm,"
                       "mean_surface_distance_mm,reference_ml,result_ml\n");
    for (size_t i = 0; i < list->len; i++) {
        const im_overlap *o = &list->items[i];
        cs_strbuf_printf(out, "%d,", o->label);
        put_cell(out, o->dice, ',');
        put_cell(out, o->iou, ',');
        put_cell(out, o->hausdorff, ',');
        put_cell(out, o->hausdorff95, ',');
        put_cell(out, o->mean, ',');
        put_cell(out, o->volume_a / 1000, ',');
        put_cell(out, o->volume_b / 1000, '\n');
    }
    return cs_strbuf_check(out) < 0 ? cs_fail_nomem(info) : 0;
}

static int compare(const im_run *run, const options *o, im_overlaps *ret,
                   cs_errinfo *info)
{
    CS_SCOPED(im_volume) a = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) b = IM_VOLUME_INIT;
    int r = im_read(o->reference, &a, info);
    if (r == 0)
        r = im_read(o->result, &b, info);
    return r < 0 ? r : im_overlap_of(run, &a, &b, ret, info);
}

int evaluate_overlap(cli_context *ctx, int argc, char *const *argv,
                     cs_errinfo *info)
{
    options o = {.threads = 0};
    const cs_arg_group groups[] = {
        {CS_N_("arguments"), rows, CS_COUNTOF(rows), &o},
        {CS_N_("options"), option_rows, CS_COUNTOF(option_rows), &o},
    };
    int r = cli_parse(ctx, "consilium evaluate overlap", summary, groups,
                      CS_COUNTOF(groups), argc, argv, info);
    if (r != 0)
        return r < 0 ? r : 0;
    CS_AUTO(cs_pool) pool = NULL;
    im_overlaps list = CS_VEC_INIT;
    im_run run = {.pool = NULL};
    r = cli_cpu_tier(ctx, &run.tier, info);
    if (r == 0)
        r = cs_pool_new((unsigned)o.threads, &pool, info);
    run.pool = pool;
    if (r == 0)
        r = compare(&run, &o, &list, info);
    const evaluate_result e = {&list, to_json, to_text, to_files,
                               CS_N_("Agreement of two masks")};
    if (r == 0)
        r = evaluate_finish(ctx, &e, o.out, info);
    cs_vec_done(&list);
    return r;
}
