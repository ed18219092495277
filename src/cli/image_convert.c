/* consilium image convert IN OUT: another format, another type, pictures. */
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/parse.h"
#include "cli/image_actions.h"
#include "cli/same_file.h"
#include "image/file.h"
#include "image/png_slice.h"
#include "image/window.h"

static const char *const type_words[] = {"i8",  "u8",  "i16", "u16", "i32",
                                         "i64", "f32", "f64", NULL};
static const char *const axis_words[] = {"axial", "coronal", "sagittal", NULL};

typedef struct options {
    const char *in, *out, *window;
    int type, axis;
    int64_t slice;
    bool compress;
} options;

static const cs_arg rows[] = {
    CS_ARG_ONE(options, in, CS_N_("IN"), 1,
               CS_N_("a volume: .mhd, .mha, .nii, .nii.gz, .hdr")),
    CS_ARG_ONE(options, out, CS_N_("OUT"), 1,
               CS_N_("a volume: .mhd, .mha, .nii, .nii.gz; one slice: "
                     "NAME.png; every slice: NAME%03d.png or a folder, DIR/")),
};
static const cs_arg option_rows[] = {
    CS_ARG_FLAG(options, compress, 'z', "compress",
                CS_N_("compress the voxels of .mhd and .mha")),
    CS_ARG_WORD(options, type, 't', "type", CS_N_("TYPE"), type_words, NULL,
                CS_N_("elements of the volume written: rounded to the nearest "
                      "and clamped to what fits")),
    CS_ARG_STRING(
        options, window, 'w', "window", CS_N_("WINDOW"), NULL,
        CS_N_("pictures: lung, mediastinum, soft-tissue, bone, brain, liver, "
              "stroke, or CENTRE,WIDTH in Hounsfield units; otherwise all "
              "values from the lowest to the highest")),
    CS_ARG_WORD(options, axis, '\0', "axis", CS_N_("AXIS"), axis_words, "axial",
                CS_N_("pictures: which way to cut")),
    CS_ARG_INT(options, slice, '\0', "slice", CS_N_("N"), 0, INT32_MAX, NULL,
               CS_N_("pictures: this slice, counted from 0 as in the file; "
                     "otherwise the middle one")),
};

static const char summary[] =
    CS_N_("write a volume in another format or type, or "
          "its slices as pictures");

#define NO_SLICE (-1)
#define NO_TYPE (-1)

/* --- windows --- */

static int parse_window(const char *text, im_window *ret, cs_errinfo *info)
{
    cs_str centre, width;
    if (im_window_preset(text, ret))
        return 0;
    if (!cs_str_cut(cs_str_of(text), ',', &centre, &width) ||
        cs_parse_f64(centre, &ret->centre) < 0 ||
        cs_parse_f64(width, &ret->width) < 0 || !(ret->width > 0))
        return cs_fail(info, CS_E_USAGE,
                       "--window: expected CENTRE,WIDTH or a name, as lung or "
                       "mediastinum, not '%s'",
                       text);
    return 0;
}

/* From the lowest value to the highest; what is no number is left out. */
static int window_of_values(const im_volume *v, im_window *ret,
                            cs_errinfo *info)
{
    CS_SCOPED(tn_tensor) values = TN_TENSOR_INIT;
    int r = tn_copy(&v->voxels, TN_F32, &values, info);
    if (r < 0)
        return r;
    const float *p = tn_f32(&values);
    float low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < tn_count(&values); i++)
        if (isfinite(p[i])) {
            low = p[i] < low ? p[i] : low;
            high = p[i] > high ? p[i] : high;
        }
    ret->centre = low <= high ? ((double)low + (double)high) / 2 : 0;
    ret->width = low < high ? (double)high - (double)low : 1;
    return 0;
}

/* --- pictures --- */

static bool ends_with(const char *s, const char *ending)
{
    return cs_str_ends_with(cs_str_of(s), cs_str_of(ending));
}

static bool is_folder(const char *out)
{
    return ends_with(out, "/");
}

static bool is_pictures(const char *out)
{
    return is_folder(out) || ends_with(out, ".png");
}

/* The name of a slice: a '%' with up to two digits and 'd' is its number. */
static int name_of(const options *o, size_t slice, cs_strbuf *ret,
                   cs_errinfo *info)
{
    cs_str before, rest;
    cs_strbuf_clear(ret);
    if (is_folder(o->out))
        cs_strbuf_printf(ret, "%s%s-%04zu.png", o->out, axis_words[o->axis],
                         slice);
    else if (!cs_str_cut(cs_str_of(o->out), '%', &before, &rest))
        cs_strbuf_add(ret, o->out);
    else {
        size_t d = cs_str_index(rest, 'd');
        uint64_t width = 0;
        if (d > 2 || d == rest.len ||
            (d > 0 && cs_parse_u64(cs_str_sub(rest, 0, d), &width) < 0) ||
            cs_str_index(rest, '%') < rest.len)
            return cs_fail(info, CS_E_USAGE,
                           "'%s': expected one number, as NAME%%03d.png",
                           o->out);
        cs_strbuf_printf(ret, "%.*s%0*zu%.*s", CS_STR_ARG(before), (int)width,
                         slice, CS_STR_ARG(cs_str_sub(rest, d + 1, rest.len)));
    }
    return cs_strbuf_check(ret) < 0 ? cs_fail_nomem(info) : 0;
}

/* Half a series looks like a whole one: none of it is left. */
static void remove_pictures(const options *o, size_t first, size_t end)
{
    CS_SCOPED(cs_strbuf) name = CS_STRBUF_INIT;
    for (size_t i = first; i < end; i++)
        if (name_of(o, i, &name, NULL) == 0)
            unlink(name.data);
}

static int write_series(const options *o, const im_volume *v, size_t first,
                        size_t end, const im_window *w, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) name = CS_STRBUF_INIT;
    bool made = is_folder(o->out) && access(o->out, F_OK) != 0;
    int r = is_folder(o->out) ? cs_mkdir_p(o->out, 0777, info) : 0;
    size_t i = first;
    for (; r == 0 && i < end; i++) {
        r = name_of(o, i, &name, info);
        if (r == 0)
            r = im_write_png_slice(name.data, v, (im_plane)o->axis, i,
                                   w->centre, w->width, info);
    }
    if (r < 0 && i > first)
        remove_pictures(o, first, i - 1); /* not the one that failed */
    if (r < 0 && made)
        rmdir(o->out);
    return r;
}

static int write_pictures(const options *o, const im_volume *v, size_t *ret,
                          cs_errinfo *info)
{
    im_window w = {.width = 0};
    bool every = is_folder(o->out) || strchr(o->out, '%');
    size_t n = v->geometry.size[im_plane_axis(&v->geometry, (im_plane)o->axis)];
    size_t first = every ? 0 : n / 2;
    if (o->slice != NO_SLICE)
        first = (size_t)o->slice;
    size_t end = every && o->slice == NO_SLICE ? n : first + 1;
    int r = o->window ? parse_window(o->window, &w, info)
                      : window_of_values(v, &w, info);
    if (r == 0)
        r = write_series(o, v, first, end, &w, info);
    if (r == 0)
        *ret = end - first;
    return r;
}

/* --- volumes --- */

static const struct {
    tn_dtype dtype;
    double low, high; /* of whole numbers; the next float inside for i64 */
} types[] = {
    {TN_I8, INT8_MIN, INT8_MAX},
    {TN_U8, 0, UINT8_MAX},
    {TN_I16, INT16_MIN, INT16_MAX},
    {TN_U16, 0, UINT16_MAX},
    {TN_I32, INT32_MIN, INT32_MAX},
    {TN_I64, -0x1p63, 0x1.fffffffffffffp62},
    {TN_F32, -(double)INFINITY, (double)INFINITY},
    {TN_F64, -(double)INFINITY, (double)INFINITY},
};
_Static_assert(CS_COUNTOF(types) + 1 == CS_COUNTOF(type_words),
               "a type lacks its word");

/* Rounds in place, ties away from 0; how many do not fit. NaN becomes 0. */
static size_t fit(double *p, size_t n, double low, double high)
{
    size_t clamped = 0;
    for (size_t i = 0; i < n; i++) {
        double v = round(p[i]);
        bool fits = v >= low && v <= high;
        clamped += fits ? 0 : 1;
        if (!fits)
            v = v < low ? low : v > high ? high : 0;
        p[i] = v;
    }
    return clamped;
}

/* Through doubles, a slice at a time. */
static int convert_slice(const tn_tensor *from, tn_dtype to, int type, size_t z,
                         void *dst, size_t *clamped, cs_errinfo *info)
{
    CS_SCOPED(tn_tensor) view = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) wide = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) made = TN_TENSOR_INIT;
    int r = tn_view_slice(from, 0, z, z + 1, &view, info);
    if (r == 0)
        r = tn_copy(&view, TN_F64, &wide, info);
    if (r < 0)
        return r;
    if (!tn_dtype_is_float(to))
        *clamped += fit(tn_data(&wide), tn_count(&wide), types[type].low,
                        types[type].high);
    r = tn_copy(&wide, to, &made, info);
    if (r == 0)
        memcpy(dst, tn_data(&made), tn_bytes(&made));
    return r;
}

static int convert(const im_volume *v, int type, im_volume *ret,
                   size_t *clamped, cs_errinfo *info)
{
    tn_dtype to = types[type].dtype;
    if (to == v->voxels.dtype)
        return im_volume_share(v, ret, info);
    int r = im_volume_init(ret, to, &v->geometry, info);
    size_t slices = v->geometry.size[2];
    for (size_t z = 0; r == 0 && z < slices; z++)
        r = convert_slice(&v->voxels, to, type, z,
                          (char *)tn_data(&ret->voxels) +
                              z * (tn_bytes(&ret->voxels) / slices),
                          clamped, info);
    return r;
}

static int write_volume(const options *o, const im_volume *v, size_t *clamped,
                        cs_errinfo *info)
{
    im_volume made = IM_VOLUME_INIT;
    const im_write_options w = {.compress = o->compress};
    const im_volume *what = v;
    int r = 0;
    if (o->type != NO_TYPE) {
        r = convert(v, o->type, &made, clamped, info);
        what = &made;
    }
    if (r == 0)
        r = im_write(o->out, what, &w, info);
    im_volume_done(&made);
    return r;
}

/* --- --- */

static int check(const options *o, cs_errinfo *info)
{
    im_window w = {.width = 0};
    bool pictures = is_pictures(o->out);
    if (pictures && (o->compress || o->type != NO_TYPE))
        return cs_fail(info, CS_E_USAGE,
                       "--compress and --type belong to volumes, '%s' are "
                       "pictures",
                       o->out);
    if (!pictures && (o->window || o->slice != NO_SLICE || o->axis != IM_AXIAL))
        return cs_fail(info, CS_E_USAGE,
                       "--window, --axis and --slice belong to pictures, '%s' "
                       "is a volume",
                       o->out);
    if (!pictures && !im_can_write(o->out))
        return cs_fail(info, CS_E_USAGE,
                       "'%s': expected a name that ends in .mhd, .mha, .nii, "
                       ".nii.gz, .png or /",
                       o->out);
    int r = cli_check_not_input(o->in, o->out, info);
    return r == 0 && o->window ? parse_window(o->window, &w, info) : r;
}

static int report(cli_context *ctx, const options *o, size_t pictures,
                  size_t clamped, cs_errinfo *info)
{
    if (ctx->common.json) {
        cs_json w;
        cli_json_begin(ctx, &w);
        cs_json_key(&w, "out");
        cs_json_cstring(&w, o->out);
        cs_json_key(&w, "pictures");
        cs_json_u64(&w, pictures);
        cs_json_key(&w, "clamped");
        cs_json_u64(&w, clamped);
        return cli_json_end(ctx, &w, info);
    }
    if (clamped > 0)
        cli_say(ctx, CS_N_("%zu voxels did not fit %s and were clamped\n"),
                clamped, type_words[o->type]);
    if (pictures > 1)
        cli_say(ctx, CS_N_("%zu pictures\n"), pictures);
    return 0;
}

static int run(cli_context *ctx, const options *o, cs_errinfo *info)
{
    im_volume v = IM_VOLUME_INIT;
    size_t pictures = 0, clamped = 0;
    int r = check(o, info);
    if (r == 0)
        r = im_read(o->in, &v, info);
    if (r == 0)
        r = is_pictures(o->out) ? write_pictures(o, &v, &pictures, info)
                                : write_volume(o, &v, &clamped, info);
    im_volume_done(&v);
    return r < 0 ? r : report(ctx, o, pictures, clamped, info);
}

int image_convert(cli_context *ctx, int argc, char *const *argv,
                  cs_errinfo *info)
{
    options o = {.type = NO_TYPE, .axis = IM_AXIAL, .slice = NO_SLICE};
    const cs_arg_group groups[] = {
        {CS_N_("arguments"), rows, CS_COUNTOF(rows), &o},
        {CS_N_("options"), option_rows, CS_COUNTOF(option_rows), &o},
    };
    int r = cli_parse(ctx, "consilium image convert", summary, groups,
                      CS_COUNTOF(groups), argc, argv, info);
    if (r != 0)
        return r < 0 ? r : 0;
    return run(ctx, &o, info);
}
