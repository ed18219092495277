/* consilium image info FILE...: what volumes are, and where they lie. */
#include <math.h>

#include "base/columns.h"
#include "base/parse.h"
#include "base/utf8.h"
#include "cli/image_actions.h"
#include "image/file.h"

typedef struct options {
    cs_arg_list files;
    bool header;
} options;

static const cs_arg rows[] = {
    CS_ARG_MANY(options, files, CS_N_("FILE"), 1, 100000,
                CS_N_("volumes: .mhd, .mha, .nii, .nii.gz, .hdr")),
};
static const cs_arg option_rows[] = {
    CS_ARG_FLAG(options, header, '\0', "header",
                CS_N_("read the header only: no range of values")),
};

static const char summary[] = CS_N_(
    "what volumes are, and where they lie in the patient (millimetres; x to "
    "the left, y to the back, z to the head)");

/* --- values --- */

typedef struct range {
    double low, high; /* of the numbers; low > high: there are none */
    size_t not_numbers;
} range;

#define RANGE_OF(name, type)                                                   \
    static range name(const type *p, size_t n)                                 \
    {                                                                          \
        type low = p[0], high = p[0];                                          \
        for (size_t i = 0; i < n; i++) {                                       \
            low = p[i] < low ? p[i] : low;                                     \
            high = p[i] > high ? p[i] : high;                                  \
        }                                                                      \
        return (range){(double)low, (double)high, 0};                          \
    }

#define RANGE_OF_FLOATS(name, type)                                            \
    static range name(const type *p, size_t n)                                 \
    {                                                                          \
        range r = {(double)INFINITY, -(double)INFINITY, 0};                    \
        for (size_t i = 0; i < n; i++) {                                       \
            double v = (double)p[i];                                           \
            r.not_numbers += isnan(v) ? 1 : 0;                                 \
            r.low = v < r.low ? v : r.low;                                     \
            r.high = v > r.high ? v : r.high;                                  \
        }                                                                      \
        return r;                                                              \
    }

RANGE_OF(range_i8, int8_t)
RANGE_OF(range_u8, uint8_t)
RANGE_OF(range_i16, int16_t)
RANGE_OF(range_u16, uint16_t)
RANGE_OF(range_i32, int32_t)
RANGE_OF(range_i64, int64_t)
RANGE_OF_FLOATS(range_f32, float)
RANGE_OF_FLOATS(range_f64, double)

static range range_of(const tn_tensor *t)
{
    const void *p = tn_data(t);
    size_t n = tn_count(t);
    switch (t->dtype) {
    case TN_I8:
        return range_i8(p, n);
    case TN_U8:
        return range_u8(p, n);
    case TN_I16:
        return range_i16(p, n);
    case TN_U16:
        return range_u16(p, n);
    case TN_I32:
        return range_i32(p, n);
    case TN_I64:
        return range_i64(p, n);
    case TN_F64:
        return range_f64(p, n);
    default: /* no reader makes others */
        return range_f32(p, n);
    }
}

/* --- as text --- */

static void put_label(cli_context *ctx, const char *label)
{
    cs_strbuf_add(&ctx->out, "  ");
    cs_columns_pad(&ctx->out, cs_msg(ctx->lang, label), 14);
}

static void put_numbers(cs_strbuf *out, const double *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        cs_strbuf_printf(out, "%s%.10g", i ? "  " : "", v[i]);
}

static void put_escaped(cs_strbuf *out, const char *s)
{
    size_t need = cs_utf8_escaped_len(s, strlen(s));
    if (cs_strbuf_reserve(out, need) == 0)
        out->len +=
            cs_utf8_escape(out->data + out->len, need + 1, s, strlen(s));
}

static void put_storage(cli_context *ctx, const im_file_info *f)
{
    cs_strbuf *out = &ctx->out;
    put_label(ctx, CS_N_("format"));
    cs_strbuf_add(out, im_format_name(f->format));
    if (f->packing != IM_PLAIN)
        cs_strbuf_printf(out, ", %s", im_packing_name(f->packing));
    if (f->big_endian)
        cs_strbuf_printf(out, ", %s", cs_msg(ctx->lang, CS_N_("big-endian")));
    if (f->data[0]) {
        cs_strbuf_add(out, ", ");
        put_escaped(out, f->data);
    }
    cs_strbuf_putc(out, '\n');
    put_label(ctx, CS_N_("type"));
    cs_strbuf_add(out, im_element_name(f->element));
    if (f->slope != 1 || f->intercept != 0)
        cs_strbuf_printf(out, " x %.10g + %.10g", f->slope, f->intercept);
    if (strcmp(im_element_name(f->element), tn_dtype_name(f->dtype)) != 0)
        cs_strbuf_printf(out, " -> %s", tn_dtype_name(f->dtype));
    cs_strbuf_putc(out, '\n');
}

static void put_place(cli_context *ctx, const im_file_info *f)
{
    const im_geometry *g = &f->geometry;
    cs_strbuf *out = &ctx->out;
    char letters[4];
    put_label(ctx, CS_N_("size"));
    cs_strbuf_printf(out, "%zu x %zu x %zu\n", g->size[0], g->size[1],
                     g->size[2]);
    put_label(ctx, CS_N_("spacing"));
    put_numbers(out, g->spacing, 3);
    cs_strbuf_putc(out, '\n');
    put_label(ctx, CS_N_("origin"));
    put_numbers(out, g->origin, 3);
    cs_strbuf_putc(out, '\n');
    put_label(ctx, CS_N_("axes towards"));
    cs_strbuf_printf(out, "%s\n", im_geometry_letters(g, letters));
    for (size_t row = 0; row < 3; row++) {
        put_label(ctx, row == 0 ? CS_N_("direction") : "");
        put_numbers(out, g->direction + 3 * row, 3);
        cs_strbuf_putc(out, '\n');
    }
    if (!f->placed)
        cli_say(ctx, CS_N_("  note: the file does not say where it lies\n"));
    if (f->contradicted)
        cli_say(ctx, CS_N_("  note: AnatomicalOrientation contradicts "
                           "TransformMatrix, which counts\n"));
}

static void put_values(cli_context *ctx, const im_volume *v)
{
    const range r = range_of(&v->voxels);
    char size[CS_FORMAT_SIZE_MAX];
    put_label(ctx, CS_N_("values"));
    if (r.low <= r.high)
        cs_strbuf_printf(&ctx->out, "%.10g .. %.10g", r.low, r.high);
    if (r.not_numbers > 0)
        cli_say(ctx, CS_N_(" (and %zu that are no number)"), r.not_numbers);
    cs_strbuf_putc(&ctx->out, '\n');
    put_label(ctx, CS_N_("bytes"));
    cs_strbuf_printf(&ctx->out, "%zu (%s)\n", tn_bytes(&v->voxels),
                     cs_format_size(tn_bytes(&v->voxels), size));
}

static void put_text(cli_context *ctx, const char *path, const im_file_info *f,
                     const im_volume *v)
{
    put_escaped(&ctx->out, path);
    cs_strbuf_putc(&ctx->out, '\n');
    put_storage(ctx, f);
    put_place(ctx, f);
    if (v)
        put_values(ctx, v);
}

/* --- as JSON --- */

static void json_numbers(cs_json *w, const char *key, const double *v, size_t n)
{
    cs_json_key(w, key);
    cs_json_open_array(w);
    for (size_t i = 0; i < n; i++)
        cs_json_double(w, v[i]);
    cs_json_close_array(w);
}

static void json_storage(cs_json *w, const im_file_info *f)
{
    cs_json_key(w, "format");
    cs_json_cstring(w, im_format_name(f->format));
    cs_json_key(w, "compression");
    cs_json_cstring(w, im_packing_name(f->packing));
    cs_json_key(w, "big_endian");
    cs_json_bool(w, f->big_endian);
    cs_json_key(w, "data_file");
    cs_json_cstring(w, f->data[0] ? f->data : NULL);
    cs_json_key(w, "element");
    cs_json_cstring(w, im_element_name(f->element));
    cs_json_key(w, "slope");
    cs_json_double(w, f->slope);
    cs_json_key(w, "intercept");
    cs_json_double(w, f->intercept);
    cs_json_key(w, "type");
    cs_json_cstring(w, tn_dtype_name(f->dtype));
}

static void json_place(cs_json *w, const im_file_info *f)
{
    const im_geometry *g = &f->geometry;
    char letters[4];
    cs_json_key(w, "size");
    cs_json_open_array(w);
    for (size_t i = 0; i < 3; i++)
        cs_json_u64(w, g->size[i]);
    cs_json_close_array(w);
    json_numbers(w, "spacing", g->spacing, 3);
    json_numbers(w, "origin", g->origin, 3);
    json_numbers(w, "direction", g->direction, 9);
    cs_json_key(w, "axes");
    cs_json_cstring(w, im_geometry_letters(g, letters));
    cs_json_key(w, "placed");
    cs_json_bool(w, f->placed);
    cs_json_key(w, "contradicted");
    cs_json_bool(w, f->contradicted);
}

static void json_values(cs_json *w, const im_volume *v)
{
    const range r = range_of(&v->voxels);
    cs_json_key(w, "min");
    cs_json_double(w, r.low);
    cs_json_key(w, "max");
    cs_json_double(w, r.high);
    cs_json_key(w, "not_numbers");
    cs_json_u64(w, r.not_numbers);
    cs_json_key(w, "bytes");
    cs_json_u64(w, tn_bytes(&v->voxels));
}

static void put_json(cs_json *w, const char *path, const im_file_info *f,
                     const im_volume *v)
{
    cs_json_open_object(w);
    cs_json_key(w, "file");
    cs_json_cstring(w, path);
    json_storage(w, f);
    json_place(w, f);
    if (v)
        json_values(w, v);
    cs_json_close_object(w);
}

/* --- --- */

static int show(cli_context *ctx, cs_json *w, const char *path, bool header,
                cs_errinfo *info)
{
    im_file_info f;
    im_volume v = IM_VOLUME_INIT;
    int r = im_read_info(path, &f, info);
    if (r == 0 && !header)
        r = im_read(path, &v, info);
    if (r < 0)
        return r;
    const im_volume *values = header ? NULL : &v;
    if (w)
        put_json(w, path, &f, values);
    else
        put_text(ctx, path, &f, values);
    im_volume_done(&v);
    return 0;
}

static int show_all(cli_context *ctx, const options *o, cs_errinfo *info)
{
    cs_json w;
    bool json = ctx->common.json;
    int r = 0;
    if (json) {
        cli_json_begin(ctx, &w);
        cs_json_key(&w, "files");
        cs_json_open_array(&w);
    }
    for (size_t i = 0; r == 0 && i < o->files.len; i++)
        r = show(ctx, json ? &w : NULL, o->files.items[i], o->header, info);
    if (r < 0 && json)
        cs_strbuf_clear(&ctx->out); /* half a document is none */
    if (r < 0 || !json)
        return r;
    cs_json_close_array(&w);
    return cli_json_end(ctx, &w, info);
}

int image_info(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info)
{
    options o = {.header = false};
    const cs_arg_group groups[] = {
        {CS_N_("arguments"), rows, CS_COUNTOF(rows), &o},
        {CS_N_("options"), option_rows, CS_COUNTOF(option_rows), &o},
    };
    int r = cli_parse(ctx, "consilium image info", summary, groups,
                      CS_COUNTOF(groups), argc, argv, info);
    if (r == 0)
        r = show_all(ctx, &o, info);
    cs_args_done(groups, CS_COUNTOF(groups));
    return r < 0 ? r : 0;
}
