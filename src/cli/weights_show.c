#include "cli/weights_show.h"

#include "base/columns.h"
#include "base/utf8.h"
#include "cli/weights_onnx.h"

void weights_escape(cs_strbuf *out, cs_str s)
{
    size_t need = cs_utf8_escaped_len(s.data, s.len);
    if (cs_strbuf_reserve(out, need) == 0)
        out->len +=
            cs_utf8_escape(out->data + out->len, need + 1, s.data, s.len);
}

static uint64_t count_numbers(const wt_dict *d)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < wt_dict_count(d); i++)
        sum += tn_count(&wt_dict_at(d, i)->tensor);
    return sum;
}

/* --- a file as text --- */

/* Of a table whose columns are names, types and shapes. */
typedef struct widths {
    size_t name, type, shape;
} widths;

static void put_row(cs_strbuf *out, const widths *w, const char *const cells[4])
{
    cs_columns_pad(out, cells[0], w->name + 2);
    cs_columns_pad(out, cells[1], w->type + 2);
    cs_columns_pad(out, cells[2], w->shape + 2);
    cs_strbuf_add(out, cells[3]);
    cs_strbuf_putc(out, '\n');
}

static void widen(widths *w, const char *name, const char *type,
                  const char *shape)
{
    w->name = CS_MAX(w->name, cs_columns_of(name));
    w->type = CS_MAX(w->type, cs_columns_of(type));
    w->shape = CS_MAX(w->shape, cs_columns_of(shape));
}

/* One tensor: measured where `out` is NULL, otherwise written. */
static int do_tensor(cs_strbuf *out, widths *w, const wt_entry *e)
{
    CS_SCOPED(cs_strbuf) name = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) bytes = CS_STRBUF_INIT;
    char shape[TN_SHAPE_TEXT_MAX];
    weights_escape(&name, e->name);
    cs_strbuf_printf(&bytes, "%zu", tn_bytes(&e->tensor));
    tn_shape_text(&e->tensor.shape, shape);
    const char *const cells[] = {name.data, tn_dtype_name(e->tensor.dtype),
                                 shape, bytes.data};
    if (out)
        put_row(out, w, cells);
    else
        widen(w, cells[0], cells[1], cells[2]);
    return cs_strbuf_check(&name) < 0 ? CS_E_NOMEM : cs_strbuf_check(&bytes);
}

static int put_tensors(cli_context *ctx, const wt_dict *d, cs_errinfo *info)
{
    const char *const heads[] = {
        cs_msg(ctx->lang, CS_N_("tensor")), cs_msg(ctx->lang, CS_N_("type")),
        cs_msg(ctx->lang, CS_N_("shape")), cs_msg(ctx->lang, CS_N_("bytes"))};
    widths w = {0, 0, 0};
    int r = 0;
    widen(&w, heads[0], heads[1], heads[2]);
    for (size_t i = 0; r == 0 && i < wt_dict_count(d); i++)
        r = do_tensor(NULL, &w, wt_dict_at(d, i));
    put_row(&ctx->out, &w, heads);
    for (size_t i = 0; r == 0 && i < wt_dict_count(d); i++)
        r = do_tensor(&ctx->out, &w, wt_dict_at(d, i));
    return r < 0 ? cs_fail_nomem(info) : 0;
}

static void put_notes(cli_context *ctx, const wt_dict *d)
{
    wt_note note;
    for (const cs_map_entry *at = NULL; wt_dict_next_note(d, &at, &note);) {
        weights_escape(&ctx->out, note.key);
        cs_strbuf_add(&ctx->out, ": ");
        weights_escape(&ctx->out, cs_str_of(note.text));
        cs_strbuf_putc(&ctx->out, '\n');
    }
}

/* --- a file as JSON --- */

static void json_type(cs_json *w, tn_dtype dtype, const tn_shape *shape)
{
    cs_json_key(w, "type");
    cs_json_cstring(w, tn_dtype_name(dtype));
    cs_json_key(w, "shape");
    cs_json_open_array(w);
    for (unsigned i = 0; i < shape->rank; i++)
        cs_json_u64(w, shape->dim[i]);
    cs_json_close_array(w);
}

static void json_sums(cs_json *w, const weights_file *f)
{
    cs_json_key(w, "file");
    cs_json_cstring(w, f->path);
    cs_json_key(w, "format");
    cs_json_cstring(w, f->format);
    cs_json_key(w, "count");
    cs_json_u64(w, wt_dict_count(&f->dict));
    cs_json_key(w, "numbers");
    cs_json_u64(w, count_numbers(&f->dict));
    cs_json_key(w, "bytes");
    cs_json_u64(w, wt_dict_bytes(&f->dict));
}

static int show_json(cli_context *ctx, const weights_file *f, cs_errinfo *info)
{
    cs_json w;
    cli_json_begin(ctx, &w);
    json_sums(&w, f);
    int r = f->is_model ? weights_json_model(&w, &f->model, info) : 0;
    if (r < 0)
        return r;
    cs_json_key(&w, "tensors");
    cs_json_open_array(&w);
    for (size_t i = 0; i < wt_dict_count(&f->dict); i++) {
        const wt_entry *e = wt_dict_at(&f->dict, i);
        cs_json_open_object(&w);
        cs_json_key(&w, "name");
        cs_json_string(&w, e->name);
        json_type(&w, e->tensor.dtype, &e->tensor.shape);
        cs_json_close_object(&w);
    }
    cs_json_close_array(&w);
    cs_json_key(&w, "notes");
    cs_json_open_object(&w);
    wt_note note;
    for (const cs_map_entry *at = NULL;
         wt_dict_next_note(&f->dict, &at, &note);) {
        cs_json_key_str(&w, note.key);
        cs_json_cstring(&w, note.text);
    }
    cs_json_close_object(&w);
    return cli_json_end(ctx, &w, info);
}

int weights_show(cli_context *ctx, const weights_file *f, cs_errinfo *info)
{
    if (ctx->common.json)
        return show_json(ctx, f, info);
    int r = f->is_model ? weights_show_model(ctx, &f->model, info) : 0;
    if (r == 0)
        r = put_tensors(ctx, &f->dict, info);
    put_notes(ctx, &f->dict);
    cli_say(ctx, CS_N_("%zu tensors, %llu numbers, %llu bytes\n"),
            wt_dict_count(&f->dict),
            (unsigned long long)count_numbers(&f->dict),
            (unsigned long long)wt_dict_bytes(&f->dict));
    return r;
}

/* --- a report --- */

/* Type and shape of one side of a fault; empty where there is none. */
typedef struct side {
    const char *type;
    char shape[TN_SHAPE_TEXT_MAX];
} side;

static side side_found(const wt_fault *f)
{
    side s = {"", ""};
    if (f->found) {
        s.type = tn_dtype_name(f->found->dtype);
        tn_shape_text(&f->found->shape, s.shape);
    }
    return s;
}

static side side_expected(const wt_fault *f)
{
    side s = {"", ""};
    if (f->expected) {
        s.type = tn_dtype_name(f->expected->dtype);
        tn_shape_text(&f->expected->shape, s.shape);
    }
    return s;
}

static void say_fault(cli_context *ctx, const wt_fault *f, const char *name)
{
    side found = side_found(f);
    side expected = side_expected(f);
    switch (f->kind) {
    case WT_FAULT_MISSING:
        cli_say(ctx, CS_N_("%s: missing; expected %s of %s\n"), name,
                expected.shape, expected.type);
        break;
    case WT_FAULT_UNEXPECTED:
        cli_say(ctx, CS_N_("%s: not expected; it is %s of %s\n"), name,
                found.shape, found.type);
        break;
    case WT_FAULT_SHAPE:
        cli_say(ctx, CS_N_("%s: the shape is %s, expected %s\n"), name,
                found.shape, expected.shape);
        break;
    case WT_FAULT_DTYPE:
        cli_say(ctx, CS_N_("%s: the type is %s, expected %s\n"), name,
                found.type, expected.type);
        break;
    case WT_FAULT_VALUES:
        cli_say(ctx, CS_N_("%s: %zu NaN and %zu infinite of %zu numbers\n"),
                name, f->oddities.nan, f->oddities.inf, tn_count(f->found));
        break;
    }
}

static int report_text(cli_context *ctx, const weights_file *f,
                       const char *digest, const wt_report *r, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) name = CS_STRBUF_INIT;
    for (size_t i = 0; i < r->faults.len; i++) {
        cs_strbuf_clear(&name);
        weights_escape(&name, r->faults.items[i].name);
        if (cs_strbuf_check(&name) < 0)
            return cs_fail_nomem(info);
        say_fault(ctx, &r->faults.items[i], name.data);
    }
    cli_say(ctx, CS_N_("SHA-256 %s\n"), digest);
    if (r->faults.len > 0)
        cli_say(ctx, CS_N_("%zu tensors, %zu faults\n"),
                wt_dict_count(&f->dict), r->faults.len);
    else
        cli_say(ctx, CS_N_("%zu tensors, no faults\n"),
                wt_dict_count(&f->dict));
    return 0;
}

static void json_fault(cs_json *w, const wt_fault *f)
{
    static const char *const kinds[] = {"missing", "unexpected", "shape",
                                        "type", "values"};
    cs_json_open_object(w);
    cs_json_key(w, "kind");
    cs_json_cstring(w, kinds[f->kind]);
    cs_json_key(w, "name");
    cs_json_string(w, f->name);
    if (f->expected) {
        cs_json_key(w, "expected");
        cs_json_open_object(w);
        json_type(w, f->expected->dtype, &f->expected->shape);
        cs_json_close_object(w);
    }
    if (f->found) {
        cs_json_key(w, "found");
        cs_json_open_object(w);
        json_type(w, f->found->dtype, &f->found->shape);
        cs_json_close_object(w);
    }
    if (f->kind == WT_FAULT_VALUES) {
        cs_json_key(w, "nan");
        cs_json_u64(w, f->oddities.nan);
        cs_json_key(w, "infinite");
        cs_json_u64(w, f->oddities.inf);
    }
    cs_json_close_object(w);
}

int weights_show_report(cli_context *ctx, const weights_file *f,
                        const cs_digest *digest, const wt_report *r,
                        cs_errinfo *info)
{
    char text[CS_DIGEST_TEXT_MAX];
    cs_digest_format(digest, text);
    if (!ctx->common.json)
        return report_text(ctx, f, text, r, info);
    cs_json w;
    cli_json_begin(ctx, &w);
    json_sums(&w, f);
    cs_json_key(&w, "sha256");
    cs_json_cstring(&w, text);
    cs_json_key(&w, "valid");
    cs_json_bool(&w, r->faults.len == 0);
    cs_json_key(&w, "faults");
    cs_json_open_array(&w);
    for (size_t i = 0; i < r->faults.len; i++)
        json_fault(&w, &r->faults.items[i]);
    cs_json_close_array(&w);
    return cli_json_end(ctx, &w, info);
}
