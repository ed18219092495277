/* consilium segment-lungs SCAN -o MASK.mha: the lungs of a chest CT. */
#include <math.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/progress.h"
#include "cli/commands.h"
#include "cli/same_file.h"
#include "cli/tier.h"
#include "image/file.h"
#include "lung/lung.h"

enum { LABELS_SIDES, LABELS_AIRWAYS, LABELS_PLAIN };
static const char *const label_words[] = {"sides", "airways", "plain", NULL};

typedef struct options {
    const char *scan, *out;
    int labels;
    int64_t threads;
} options;

static const cs_arg rows[] = {
    CS_ARG_ONE(options, scan, CS_N_("SCAN"), 1,
               CS_N_("a chest CT in Hounsfield units, or a part of one: "
                     ".mhd, .mha, .nii or .nii.gz")),
};

static const cs_arg option_rows[] = {
    CS_ARG_PATH(options, out, 'o', "output", CS_N_("FILE"), NULL,
                CS_N_("the mask, on the scan's own grid")),
    CS_ARG_WORD(options, labels, '\0', "labels", CS_N_("WHICH"), label_words,
                "sides",
                CS_N_("sides: 3 left lung, 4 right lung, as LUNA16 has them; "
                      "airways: also 5 windpipe and main bronchi; plain: 1 "
                      "lung")),
    CS_ARG_INT(options, threads, 't', "threads", CS_N_("N"), 0, 512, "0",
               CS_N_("threads; 0 means every core")),
};

static const char summary[] = "find the lungs in a chest CT";

/* --- what to mind --- */

/* A lung that is cut by less is as good as whole. */
#define CUT_CM2 5.0
/* A single lung whose side is less sure than this may be the other one. */
#define SURE 0.5

static const char *const face_names[LU_FACES] = {"right", "left", "front",
                                                 "back",  "foot", "head"};

static const char *const face_warnings[LU_FACES] = {
    CS_N_("a lung touches the edge of the scan on the patient's right"),
    CS_N_("a lung touches the edge of the scan on the patient's left"),
    CS_N_("a lung touches the front edge of the scan"),
    CS_N_("a lung touches the back edge of the scan"),
    CS_N_("the scan ends within a lung at its lower end"),
    CS_N_("the scan ends within a lung at its upper end"),
};

#define WARNINGS_MAX (LU_FACES + 3)

/* Texts for the reader; how many. */
static size_t find_warnings(const lu_lungs *l, const char *texts[WARNINGS_MAX])
{
    size_t n = 0;
    for (int f = 0; f < LU_FACES; f++)
        if (l->cut_cm2[f] >= CUT_CM2)
            texts[n++] = face_warnings[f];
    if (!l->sides.two)
        texts[n++] = CS_N_("one lung only");
    if (!l->sides.two && l->sides.sure < SURE)
        texts[n++] = CS_N_("which side the lung is on is a guess");
    if (!l->windpipe)
        texts[n++] = CS_N_("no windpipe found: bronchi may be in the mask");
    return n;
}

/* --- saying --- */

static void say_text(cli_context *ctx, const lu_lungs *l)
{
    const char *texts[WARNINGS_MAX];
    size_t n = find_warnings(l, texts);
    cli_say(ctx,
            CS_N_("left lung %.0f ml, right lung %.0f ml, windpipe and main "
                  "bronchi %.0f ml\n"),
            l->left_ml, l->right_ml, l->airways_ml);
    for (size_t i = 0; i < n; i++)
        cli_say(ctx, CS_N_("warning: %s\n"), cs_msg(ctx->lang, texts[i]));
    cli_say(ctx, CS_N_("\nResearch use only; a doctor decides.\n"));
}

/* Digits beyond the second are noise. */
static void put_number(cs_json *w, const char *key, double value)
{
    cs_json_key(w, key);
    cs_json_double(w, floor(value * 100 + 0.5) / 100);
}

static void put_levels(cs_json *w, const lu_levels *l)
{
    cs_json_key(w, "hu");
    cs_json_open_object(w);
    put_number(w, "air", l->air);
    put_number(w, "lung", l->lung);
    put_number(w, "tissue", l->tissue);
    put_number(w, "threshold", l->cut);
    cs_json_close_object(w);
}

static void put_cuts(cs_json *w, const lu_lungs *l)
{
    cs_json_key(w, "cut_cm2");
    cs_json_open_object(w);
    for (int f = 0; f < LU_FACES; f++)
        put_number(w, face_names[f], l->cut_cm2[f]);
    cs_json_close_object(w);
}

static int say_json(cli_context *ctx, const lu_lungs *l, double seconds,
                    cs_errinfo *info)
{
    const char *texts[WARNINGS_MAX];
    size_t n = find_warnings(l, texts);
    cs_json w;
    cli_json_begin(ctx, &w);
    put_number(&w, "left_ml", l->left_ml);
    put_number(&w, "right_ml", l->right_ml);
    put_number(&w, "airways_ml", l->airways_ml);
    cs_json_key(&w, "lungs");
    cs_json_u64(&w, l->sides.two ? 2 : 1);
    put_number(&w, "side_confidence", l->sides.sure);
    cs_json_key(&w, "windpipe");
    cs_json_bool(&w, l->windpipe);
    put_cuts(&w, l);
    put_levels(&w, &l->levels);
    put_number(&w, "seconds", seconds);
    cs_json_key(&w, "warnings");
    cs_json_open_array(&w);
    for (size_t i = 0; i < n; i++)
        cs_json_cstring(&w, cs_msg(ctx->lang, texts[i]));
    cs_json_close_array(&w);
    return cli_json_end(ctx, &w, info);
}

/* --- progress --- */

static void write_progress(void *ctx, cs_str text)
{
    (void)ctx;
    /* What cannot be shown is no reason to stop. */
    (void)!cs_write_all(STDERR_FILENO, text.data, text.len, "", NULL);
}

static void show_step(void *ctx, unsigned done, unsigned steps)
{
    cs_progress *p = ctx;
    p->spec.total = steps;
    cs_progress_update(p, done);
}

/* On a terminal only: the whole takes a second or two. */
static void start_progress(const cli_context *ctx, cs_progress *p)
{
    const cs_progress_spec spec = {
        .mode =
            isatty(STDERR_FILENO) ? CS_PROGRESS_TERMINAL : CS_PROGRESS_SILENT,
        .label = cs_msg(ctx->lang, CS_N_("lungs")),
        .total = 1,
        .width = ctx->width,
        .lang = ctx->lang,
        .sink = write_progress,
    };
    cs_progress_start(p, &spec);
}

/* --- doing --- */

static void choose_labels(im_volume *v, int labels)
{
    static const uint8_t values[][LU_AIRWAYS + 1] = {
        [LABELS_SIDES] = {[LU_LEFT] = LU_LEFT, [LU_RIGHT] = LU_RIGHT},
        [LABELS_AIRWAYS] = {[LU_LEFT] = LU_LEFT,
                            [LU_RIGHT] = LU_RIGHT,
                            [LU_AIRWAYS] = LU_AIRWAYS},
        [LABELS_PLAIN] = {[LU_LEFT] = 1, [LU_RIGHT] = 1},
    };
    size_t n = im_geometry_voxels(&v->geometry);
    uint8_t *voxel = im_u8(v);
    for (size_t i = 0; i < n; i++)
        voxel[i] = values[labels][voxel[i]];
}

static int find(cli_context *ctx, const options *o, const im_run *run,
                cs_errinfo *info)
{
    CS_SCOPED(im_volume) scan = IM_VOLUME_INIT;
    CS_SCOPED(lu_lungs) lungs = {.windpipe = false};
    cs_progress progress;
    const lu_watch watch = {show_step, &progress};
    int64_t start = cs_mono_ns(cs_clock_system());
    start_progress(ctx, &progress);
    int r = im_read(o->scan, &scan, info);
    if (r < 0)
        return r;
    r = lu_find_lungs(run, &scan, &watch, &lungs, info);
    cs_progress_finish(&progress);
    if (r < 0 && info && info->place[0] == '\0')
        cs_errinfo_set_place(info, o->scan);
    im_volume_done(&scan);
    if (r < 0)
        return r;
    choose_labels(&lungs.labels, o->labels);
    const im_write_options packed = {.compress = true};
    r = im_write(o->out, &lungs.labels, &packed, info);
    if (r < 0)
        return r;
    double seconds = (double)(cs_mono_ns(cs_clock_system()) - start) * 1e-9;
    if (ctx->common.json)
        return say_json(ctx, &lungs, seconds, info);
    say_text(ctx, &lungs);
    return 0;
}

/* Can the result be written? Better known before the work than after it. */
static int check_place(const options *o, cs_errinfo *info)
{
    if (!o->out)
        return cs_fail(info, CS_E_USAGE,
                       "where shall the mask go? --output FILE");
    if (!im_can_write(o->out))
        return cs_fail(info, CS_E_USAGE,
                       "'%s' ends in none of .mhd, .mha, .nii and .nii.gz",
                       o->out);
    if (cli_same_file(o->scan, o->out))
        return cs_fail(info, CS_E_USAGE,
                       "--output: '%s' is the scan itself, which the mask "
                       "would replace; name another file",
                       o->out);
    int r = cli_check_not_input(o->scan, o->out, info);
    if (r < 0)
        return r;
    cs_atomic_file *f = NULL;
    r = cs_atomic_file_open(o->out, 0644, &f, info);
    cs_atomic_file_free(f);
    return r;
}

int cmd_segment_lungs(cli_context *ctx, int argc, char *const *argv,
                      cs_errinfo *info)
{
    options o = {.labels = LABELS_SIDES};
    const cs_arg_group groups[] = {
        {CS_N_("arguments"), rows, CS_COUNTOF(rows), &o},
        {CS_N_("options"), option_rows, CS_COUNTOF(option_rows), &o},
    };
    int r = cli_parse(ctx, "consilium segment-lungs", summary, groups,
                      CS_COUNTOF(groups), argc, argv, info);
    if (r != 0)
        return r < 0 ? r : 0;
    CS_AUTO(cs_pool) pool = NULL;
    im_run run = {NULL, CS_CPU_BASELINE};
    r = check_place(&o, info);
    if (r == 0)
        r = cli_cpu_tier(ctx, &run.tier, info);
    if (r == 0)
        r = cs_pool_new((unsigned)o.threads, &pool, info);
    run.pool = pool;
    return r < 0 ? r : find(ctx, &o, &run, info);
}
