#include <stdio.h>

#include "weights/elements.h"
#include "weights/le.h"
#include "weights/pth.h"
#include "weights/pth_tensor.h"
#include "weights/zip.h"

#define FOLDER "archive"
/* Python writes dictionaries in pieces of this many pairs, and so do we: a
 * reader's stack stays small. */
#define BATCH 1000

/* --- pieces of a pickle; failures show in the buffer --- */

static void put_op(cs_strbuf *b, char op)
{
    cs_strbuf_putc(b, op);
}

static void put_number(cs_strbuf *b, unsigned n, uint64_t v)
{
    unsigned char bytes[8];
    wt_le_set(bytes, n, v);
    cs_strbuf_append(b, bytes, n);
}

static void put_int(cs_strbuf *b, uint64_t v)
{
    if (v <= UINT8_MAX) {
        put_op(b, 'K');
        put_number(b, 1, v);
    } else if (v <= UINT16_MAX) {
        put_op(b, 'M');
        put_number(b, 2, v);
    } else if (v <= INT32_MAX) {
        put_op(b, 'J');
        put_number(b, 4, v);
    } else {
        cs_strbuf_append(b, "\x8a\x08", 2);
        put_number(b, 8, v); /* shapes fit in 63 bits */
    }
}

static void put_text(cs_strbuf *b, cs_str s)
{
    put_op(b, 'X');
    put_number(b, 4, s.len);
    cs_strbuf_add_str(b, s);
}

static void put_global(cs_strbuf *b, const char *module, const char *name)
{
    cs_strbuf_printf(b, "c%s\n%s\n", module, name);
}

static void put_ordered_dict(cs_strbuf *b)
{
    put_global(b, "collections", "OrderedDict");
    cs_strbuf_add(b, ")R");
}

/* --- tensors --- */

static void put_storage(cs_strbuf *b, size_t key, const tn_tensor *t)
{
    char text[24];
    snprintf(text, sizeof(text), "%zu", key);
    put_op(b, '(');
    put_text(b, CS_STR("storage"));
    put_global(b, "torch", wt_pth_storage_name(t->dtype));
    put_text(b, cs_str_of(text));
    put_text(b, CS_STR("cpu"));
    put_int(b, tn_count(t));
    cs_strbuf_add(b, "tQ");
}

static void put_shape(cs_strbuf *b, const tn_shape *s)
{
    put_op(b, '(');
    for (unsigned i = 0; i < s->rank; i++)
        put_int(b, s->dim[i]);
    put_op(b, 't');
}

/* As PyTorch counts them: an empty extent steps like one. */
static void put_strides(cs_strbuf *b, const tn_shape *s)
{
    uint64_t stride[TN_RANK_MAX];
    uint64_t step = 1;
    for (unsigned i = s->rank; i-- > 0;) {
        stride[i] = step;
        step *= CS_MAX(s->dim[i], (size_t)1);
    }
    put_op(b, '(');
    for (unsigned i = 0; i < s->rank; i++)
        put_int(b, stride[i]);
    put_op(b, 't');
}

static void put_tensor(cs_strbuf *b, size_t key, const tn_tensor *t)
{
    put_global(b, "torch._utils", "_rebuild_tensor_v2");
    put_op(b, '(');
    put_storage(b, key, t);
    put_int(b, 0); /* offset */
    put_shape(b, &t->shape);
    put_strides(b, &t->shape);
    put_op(b, '\x89');   /* needs no gradient */
    put_ordered_dict(b); /* no hooks */
    cs_strbuf_add(b, "tR");
}

static int check_types(const wt_dict *d, cs_errinfo *info)
{
    for (size_t i = 0; i < wt_dict_count(d); i++) {
        const wt_entry *e = wt_dict_at(d, i);
        if (!wt_pth_storage_name(e->tensor.dtype))
            return cs_fail(info, CS_E_UNSUPPORTED,
                           "PyTorch has no element type %s, which the tensor "
                           "'%.*s' has",
                           tn_dtype_name(e->tensor.dtype), CS_STR_ARG(e->name));
    }
    return 0;
}

static int make_pickle(const wt_dict *d, cs_strbuf *b, cs_errinfo *info)
{
    size_t n = wt_dict_count(d);
    cs_strbuf_append(b, "\x80\x02", 2);
    put_ordered_dict(b);
    for (size_t i = 0; i < n; i++) {
        const wt_entry *e = wt_dict_at(d, i);
        if (i % BATCH == 0)
            put_op(b, '(');
        put_text(b, e->name);
        put_tensor(b, i, &e->tensor);
        if (i % BATCH == BATCH - 1 || i == n - 1)
            put_op(b, 'u');
    }
    put_op(b, '.');
    return cs_strbuf_check(b) < 0 ? cs_fail_nomem(info) : 0;
}

/* --- the archive --- */

static int put_storages(wt_zip_writer *w, const wt_dict *d, cs_errinfo *info)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < wt_dict_count(d); i++) {
        char name[48];
        CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
        snprintf(name, sizeof(name), FOLDER "/data/%zu", i);
        r = wt_contiguous(&wt_dict_at(d, i)->tensor, &t, info);
        if (r == 0)
            r = wt_zip_add(w, name, tn_data(&t), tn_bytes(&t), info);
    }
    return r;
}

static int put_members(wt_zip_writer *w, const wt_dict *d,
                       const cs_strbuf *pickle, cs_errinfo *info)
{
    int r = wt_zip_add(w, FOLDER "/data.pkl", pickle->data, pickle->len, info);
    if (r == 0)
        r = wt_zip_add(w, FOLDER "/byteorder", "little", 6, info);
    if (r == 0)
        r = put_storages(w, d, info);
    if (r == 0)
        r = wt_zip_add(w, FOLDER "/version", "3\n", 2, info);
    return r < 0 ? r : wt_zip_finish(w, info);
}

int wt_pth_put(const wt_dict *d, wt_sink *to, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) pickle = CS_STRBUF_INIT;
    CS_SCOPED(wt_zip_writer) w = WT_ZIP_WRITER_INIT(to);
    int r = check_types(d, info);
    if (r == 0)
        r = make_pickle(d, &pickle, info);
    return r < 0 ? r : put_members(&w, d, &pickle, info);
}
