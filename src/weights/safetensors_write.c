#include "base/json_write.h"
#include "weights/elements.h"
#include "weights/le.h"
#include "weights/safetensors.h"

/* Elements start where a tensor of our own would. */
#define METADATA "__metadata__"
#define DATA_ALIGN TN_ALIGN
#define SIZE_MAX_OF_ELEMENT 8

typedef struct plan {
    const wt_dict *dict;
    CS_VEC(uint64_t) begins; /* of each tensor, in the dictionary's order */
    CS_VEC(size_t) order;    /* in which the elements are written */
} plan;

static void plan_done(plan *p)
{
    cs_vec_done(&p->begins);
    cs_vec_done(&p->order);
}

/* Widest elements first: what follows a tensor is then aligned to it. */
static int make_plan(plan *p, cs_errinfo *info)
{
    size_t n = wt_dict_count(p->dict);
    if (wt_dict_find(p->dict, CS_STR(METADATA)))
        return cs_fail(info, CS_E_FORMAT,
                       "safetensors has no room for a tensor named "
                       "'__metadata__'");
    if (cs_vec_reserve(&p->begins, n) < 0 || cs_vec_reserve(&p->order, n) < 0)
        return cs_fail_nomem(info);
    p->begins.len = n;
    uint64_t pos = 0;
    for (size_t width = SIZE_MAX_OF_ELEMENT; width > 0; width /= 2) {
        for (size_t i = 0; i < n; i++) {
            const tn_tensor *t = &wt_dict_at(p->dict, i)->tensor;
            if (tn_dtype_size(t->dtype) != width)
                continue;
            p->begins.items[i] = pos;
            p->order.items[p->order.len++] = i;
            pos += tn_bytes(t);
        }
    }
    return 0;
}

static void put_notes(const wt_dict *d, cs_json *w)
{
    if (wt_dict_note_count(d) == 0)
        return;
    cs_json_key(w, METADATA);
    cs_json_open_object(w);
    wt_note note;
    for (const cs_map_entry *at = NULL; wt_dict_next_note(d, &at, &note);) {
        cs_json_key_str(w, note.key);
        cs_json_cstring(w, note.text);
    }
    cs_json_close_object(w);
}

static void put_dtype(tn_dtype dtype, cs_json *w)
{
    char upper[8] = "";
    const char *name = tn_dtype_name(dtype);
    for (size_t i = 0; name[i] && i + 1 < sizeof(upper); i++)
        upper[i] = (char)(name[i] >= 'a' ? name[i] - ('a' - 'A') : name[i]);
    cs_json_key(w, "dtype");
    cs_json_cstring(w, upper);
}

static void put_entry(const wt_entry *e, uint64_t begin, cs_json *w)
{
    const tn_tensor *t = &e->tensor;
    cs_json_key_str(w, e->name);
    cs_json_open_object(w);
    put_dtype(t->dtype, w);
    cs_json_key(w, "shape");
    cs_json_open_array(w);
    for (unsigned i = 0; i < t->shape.rank; i++)
        cs_json_u64(w, t->shape.dim[i]);
    cs_json_close_array(w);
    cs_json_key(w, "data_offsets");
    cs_json_open_array(w);
    cs_json_u64(w, begin);
    cs_json_u64(w, begin + tn_bytes(t));
    cs_json_close_array(w);
    cs_json_close_object(w);
}

static int make_table(const plan *p, cs_strbuf *out, cs_errinfo *info)
{
    cs_json w;
    cs_json_init(&w, out, CS_JSON_COMPACT);
    cs_json_open_object(&w);
    put_notes(p->dict, &w);
    for (size_t i = 0; i < p->begins.len; i++)
        put_entry(wt_dict_at(p->dict, i), p->begins.items[i], &w);
    cs_json_close_object(&w);
    if (cs_json_finish(&w) < 0)
        return cs_fail_nomem(info);
    while ((8 + out->len) % DATA_ALIGN != 0)
        if (cs_strbuf_putc(out, ' ') < 0)
            return cs_fail_nomem(info);
    if (out->len > WT_SAFETENSORS_HEADER_MAX)
        return cs_fail(info, CS_E_LIMIT,
                       "too many names for a safetensors file: a table of %zu "
                       "bytes",
                       out->len);
    return 0;
}

static int put_all(const plan *p, const cs_strbuf *table, wt_sink *to,
                   cs_errinfo *info)
{
    unsigned char length[8];
    wt_le_set(length, sizeof(length), table->len);
    int r = wt_put(to, length, sizeof(length), info);
    if (r == 0)
        r = wt_put(to, table->data, table->len, info);
    for (size_t i = 0; r == 0 && i < p->order.len; i++) {
        const wt_entry *e = wt_dict_at(p->dict, p->order.items[i]);
        CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
        r = wt_contiguous(&e->tensor, &t, info);
        if (r == 0)
            r = wt_put(to, tn_data(&t), tn_bytes(&t), info);
    }
    return r;
}

int wt_safetensors_put(const wt_dict *d, wt_sink *to, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) table = CS_STRBUF_INIT;
    CS_SCOPED(plan) p = {.dict = d};
    int r = make_plan(&p, info);
    if (r == 0)
        r = make_table(&p, &table, info);
    return r < 0 ? r : put_all(&p, &table, to, info);
}
