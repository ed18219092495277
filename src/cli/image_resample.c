/* consilium image resample IN OUT: the same volume on another grid. */
#include <float.h>
#include <math.h>

#include "base/checked.h"
#include "base/parse.h"
#include "base/sysinfo.h"
#include "cli/image_actions.h"
#include "cli/same_file.h"
#include "cli/tier.h"
#include "image/file.h"
#include "image/normalise.h"
#include "image/resample.h"

/* In the order of im_interpolation. */
static const char *const by_words[] = {"nearest", "linear", "cubic", NULL};
_Static_assert(CS_COUNTOF(by_words) == IM_INTERPOLATIONS + 1,
               "an interpolation lacks its word");

#define NOT_SAID (-1)

typedef struct options {
    const char *in, *out, *spacing, *like;
    int by;
    double outside; /* NaN: not said */
    int64_t threads;
    bool compress;
} options;

static const cs_arg rows[] = {
    CS_ARG_ONE(options, in, CS_N_("IN"), 1,
               CS_N_("a volume: .mhd, .mha, .nii, .nii.gz, .hdr")),
    CS_ARG_ONE(options, out, CS_N_("OUT"), 1,
               CS_N_("where the result goes: .mhd, .mha, .nii, .nii.gz")),
};

static const cs_arg option_rows[] = {
    CS_ARG_STRING(options, spacing, 's', "spacing", CS_N_("X,Y,Z"), NULL,
                  CS_N_("millimetres between voxels, or one number for all "
                        "axes; the grid keeps its axes and covers the same "
                        "box")),
    CS_ARG_PATH(options, like, 'l', "like", CS_N_("REF"), NULL,
                CS_N_("the grid of this volume instead")),
    CS_ARG_WORD(options, by, 'i', "interpolation", CS_N_("HOW"), by_words,
                "linear",
                CS_N_("nearest for masks and labels, whose values must not be "
                      "mixed; cubic is a B-spline: sharper, and overshoots at "
                      "edges")),
    CS_ARG_FLOAT(options, outside, 'd', "default", CS_N_("VALUE"), -1e300,
                 1e300, NULL,
                 CS_N_("for voxels outside the old volume; otherwise its "
                       "lowest value")),
    CS_ARG_INT(options, threads, 't', "threads", CS_N_("N"), 0, 512, "0",
               CS_N_("threads; 0 means every core")),
    CS_ARG_FLAG(options, compress, 'z', "compress",
                CS_N_("compress the voxels of .mhd and .mha")),
};

static const char summary[] = CS_N_(
    "bring a volume to another spacing, or to the grid of another volume");

/* --- the grid --- */

static int no_spacing(const char *text, cs_errinfo *info)
{
    return cs_fail(info, CS_E_USAGE,
                   "--spacing: expected millimetres, as 1 or 0.7,0.7,1.25, not "
                   "'%s'",
                   text);
}

static int parse_spacing(const char *text, double ret[3], cs_errinfo *info)
{
    cs_str rest = cs_str_of(text);
    double got[3];
    size_t n = 0;
    bool more = true;
    while (more) {
        cs_str one = rest;
        cs_str left, right;
        more = cs_str_cut(rest, ',', &left, &right);
        if (more) {
            one = left;
            rest = right;
        }
        if (n == 3 || cs_parse_f64(one, &got[n]) < 0 || !(got[n] > 0) ||
            !isfinite(got[n]))
            return no_spacing(text, info);
        n++;
    }
    if (n == 2)
        return no_spacing(text, info);
    for (size_t i = 0; i < 3; i++)
        ret[i] = got[n == 1 ? 0 : i];
    return 0;
}

static int find_grid(const options *o, const im_volume *v, im_geometry *ret,
                     cs_errinfo *info)
{
    double spacing[3];
    im_file_info like;
    if (o->like) {
        int r = im_read_info(o->like, &like, info);
        if (r == 0)
            *ret = like.geometry;
        return r;
    }
    int r = parse_spacing(o->spacing, spacing, info);
    return r < 0 ? r : im_geometry_respaced(&v->geometry, spacing, ret, info);
}

/* --- --- */

static int check(const options *o, cs_errinfo *info)
{
    double spacing[3];
    if (!o->spacing == !o->like)
        return cs_fail(info, CS_E_USAGE,
                       "say either --spacing or --like: which grid is wanted?");
    if (!im_can_write(o->out))
        return cs_fail(info, CS_E_USAGE,
                       "'%s': a volume's name ends in .mhd, .mha, .nii or "
                       ".nii.gz",
                       o->out);
    int r = cli_check_not_input(o->in, o->out, info);
    if (r == 0 && o->like)
        r = cli_check_not_input(o->like, o->out, info);
    return r == 0 && o->spacing ? parse_spacing(o->spacing, spacing, info) : r;
}

/* Masks and labels come in these types, scans hardly ever. */
static bool may_be_labels(tn_dtype d)
{
    return tn_dtype_size(d) == 1 || d == TN_I32 || d == TN_I64;
}

/* Whether whole numbers of this type reach the value once it is rounded. */
static bool fits(tn_dtype d, double v)
{
    static const double least[TN_DTYPES] = {
        [TN_I8] = INT8_MIN, [TN_I16] = INT16_MIN, [TN_I32] = INT32_MIN,
        [TN_I64] = -0x1p63, [TN_U8] = 0,          [TN_U16] = 0,
        [TN_BOOL] = 0,
    };
    static const double most[TN_DTYPES] = {
        [TN_I8] = INT8_MAX, [TN_I16] = INT16_MAX, [TN_I32] = INT32_MAX,
        [TN_I64] = 0x1p63,  [TN_U8] = UINT8_MAX,  [TN_U16] = UINT16_MAX,
        [TN_BOOL] = 1,
    };
    if (tn_dtype_is_float(d))
        return d == TN_F64 || fabs(v) <= (double)FLT_MAX;
    return rint(v) >= least[d] && rint(v) <= most[d];
}

/* Better told than killed half way. */
static int check_memory(const im_geometry *g, tn_dtype d, cs_errinfo *info)
{
    char wanted[CS_FORMAT_SIZE_MAX], had[CS_FORMAT_SIZE_MAX];
    uint64_t left = cs_mem_available();
    size_t bytes = SIZE_MAX;
    bool counted = cs_mul_size(im_geometry_voxels(g), tn_dtype_size(d), &bytes);
    if (counted && (left == 0 || bytes <= left))
        return 0;
    return cs_fail(info, CS_E_LIMIT,
                   "the result has %zu x %zu x %zu voxels and takes %s of "
                   "memory, %s are free; take a larger spacing",
                   g->size[0], g->size[1], g->size[2],
                   cs_format_size(bytes, wanted), cs_format_size(left, had));
}

static int how_of(const options *o, const im_volume *v, const im_run *run,
                  im_resampling *ret, cs_errinfo *info)
{
    *ret = (im_resampling){.by = o->by == NOT_SAID ? IM_LINEAR
                                                   : (im_interpolation)o->by,
                           .outside = o->outside,
                           .dtype = v->voxels.dtype};
    if (!isnan(o->outside) && !fits(v->voxels.dtype, o->outside))
        return cs_fail(info, CS_E_USAGE,
                       "--default: %g does not fit the volume's type, %s",
                       o->outside, tn_dtype_name(v->voxels.dtype));
    if (!isnan(o->outside))
        return 0;
    im_statistics st = {.min = 0};
    int r = im_statistics_of(v, run, &st, info);
    if (r == 0)
        ret->outside = isfinite(st.min) ? st.min : 0;
    return r;
}

static int report(cli_context *ctx, const options *o, const im_volume *v,
                  const im_resampling *how, bool meet, cs_errinfo *info)
{
    const im_geometry *g = &v->geometry;
    if (!ctx->common.json) {
        cli_say(ctx, CS_N_("%s: %zu x %zu x %zu voxels of %g x %g x %g mm\n"),
                o->out, g->size[0], g->size[1], g->size[2], g->spacing[0],
                g->spacing[1], g->spacing[2]);
        if (o->by == NOT_SAID && may_be_labels(v->voxels.dtype))
            cli_say(ctx, CS_N_("values were mixed; for masks and labels say "
                               "--interpolation nearest\n"));
        if (!meet)
            cli_say(ctx,
                    CS_N_("warning: the two grids do not overlap anywhere; "
                          "every voxel has the value for outside\n"));
        return 0;
    }
    cs_json w;
    cli_json_begin(ctx, &w);
    cs_json_key(&w, "out");
    cs_json_cstring(&w, o->out);
    cs_json_key(&w, "interpolation");
    cs_json_cstring(&w, im_interpolation_name(how->by));
    cs_json_key(&w, "default");
    cs_json_double(&w, how->outside);
    cs_json_key(&w, "overlaps");
    cs_json_bool(&w, meet);
    cs_json_key(&w, "size");
    cs_json_open_array(&w);
    for (int i = 0; i < 3; i++)
        cs_json_u64(&w, g->size[i]);
    cs_json_close_array(&w);
    cs_json_key(&w, "spacing");
    cs_json_open_array(&w);
    for (int i = 0; i < 3; i++)
        cs_json_double(&w, g->spacing[i]);
    cs_json_close_array(&w);
    return cli_json_end(ctx, &w, info);
}

static int resample(cli_context *ctx, const options *o, const im_run *run,
                    cs_errinfo *info)
{
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) made = IM_VOLUME_INIT;
    const im_write_options w = {.compress = o->compress};
    im_resampling how = {.by = IM_LINEAR};
    im_geometry grid = im_geometry_plain(1, 1, 1);
    int r = im_read(o->in, &v, info);
    if (r == 0)
        r = find_grid(o, &v, &grid, info);
    if (r == 0)
        r = check_memory(&grid, v.voxels.dtype, info);
    if (r == 0)
        r = how_of(o, &v, run, &how, info);
    if (r == 0)
        r = im_resample(&v, &grid, &how, run, &made, info);
    if (r == 0)
        r = im_write(o->out, &made, &w, info);
    return r < 0 ? r
                 : report(ctx, o, &made, &how,
                          im_geometry_meet(&v.geometry, &grid), info);
}

int image_resample(cli_context *ctx, int argc, char *const *argv,
                   cs_errinfo *info)
{
    options o = {.by = NOT_SAID, .outside = (double)NAN};
    const cs_arg_group groups[] = {
        {CS_N_("arguments"), rows, CS_COUNTOF(rows), &o},
        {CS_N_("options"), option_rows, CS_COUNTOF(option_rows), &o},
    };
    int r = cli_parse(ctx, "consilium image resample", summary, groups,
                      CS_COUNTOF(groups), argc, argv, info);
    if (r != 0)
        return r < 0 ? r : 0;
    CS_AUTO(cs_pool) pool = NULL;
    im_run run = {.pool = NULL};
    r = check(&o, info);
    if (r == 0)
        r = cli_cpu_tier(ctx, &run.tier, info);
    if (r == 0)
        r = cs_pool_new((unsigned)o.threads, &pool, info);
    run.pool = pool;
    return r < 0 ? r : resample(ctx, &o, &run, info);
}
