#include "weights/safetensors.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "weights/le.h"
#include "weights/region.h"

#define LENGTH_SIZE 8
#define METADATA "__metadata__"
/* Per tensor: itself, three members, extents, two offsets. */
#define NODES_MAX (WT_TENSORS_MAX * (1 + 3 + TN_RANK_MAX + 2) + WT_NOTES_MAX)

typedef struct place {
    size_t begin, end;
} place;

typedef struct parse {
    tn_buffer *file;
    size_t data, size; /* where the elements start, and how many bytes */
    wt_dict *dict;
    CS_VEC(place) places;
} parse;

/* --- the table --- */

static int find_table(tn_buffer *file, cs_str *ret, cs_errinfo *info)
{
    const unsigned char *p = tn_buffer_data(file);
    size_t size = tn_buffer_size(file);
    if (size < LENGTH_SIZE + 2)
        return cs_fail(info, CS_E_FORMAT,
                       "too short for a safetensors file: %zu bytes", size);
    uint64_t n = wt_le64(p);
    if (n > WT_SAFETENSORS_HEADER_MAX)
        return cs_fail(info, CS_E_LIMIT,
                       "no safetensors file, or its table is larger than %zu "
                       "bytes",
                       WT_SAFETENSORS_HEADER_MAX);
    if (n > size - LENGTH_SIZE)
        return cs_fail(info, CS_E_FORMAT,
                       "the safetensors table is cut short: %zu of %zu bytes",
                       size - LENGTH_SIZE, (size_t)n);
    *ret = (cs_str){(const char *)p + LENGTH_SIZE, (size_t)n};
    if (ret->len == 0 || ret->data[0] != '{')
        return cs_fail(info, CS_E_FORMAT,
                       "a safetensors table starts with '{'");
    return 0;
}

static int wrong_entry(const cs_node *tensor, cs_errinfo *info)
{
    return cs_fail_at(info, CS_E_FORMAT, cs_node_key_place(tensor),
                      "the tensor '%.*s' needs dtype, shape and data_offsets, "
                      "and nothing else",
                      CS_STR_ARG(tensor->key));
}

static int read_dtype(const cs_node *node, tn_dtype *ret, cs_errinfo *info)
{
    char lower[8] = "";
    cs_str text = node->string;
    for (size_t i = 0; i < text.len && i + 1 < sizeof(lower); i++) {
        char c = text.data[i];
        lower[i] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : '?');
        if (c >= '0' && c <= '9')
            lower[i] = c;
    }
    if (text.len >= sizeof(lower) || !tn_dtype_parse(lower, ret))
        return cs_fail_at(info, CS_E_UNSUPPORTED, cs_node_place(node),
                          "the element type '%.*s' is not supported",
                          CS_STR_ARG(text));
    return 0;
}

/* Whole numbers from 0 on; 0 or how many there are is wrong. */
static bool read_numbers(const cs_node *list, size_t max, uint64_t *ret)
{
    size_t n = 0;
    if (list->kind != CS_NODE_LIST || list->len > max)
        return false;
    for (CS_EACH_CHILD(child, list)) {
        if (child->kind != CS_NODE_INT || child->integer < 0)
            return false;
        ret[n++] = (uint64_t)child->integer;
    }
    return true;
}

static int read_shape(const cs_node *node, tn_shape *ret, cs_errinfo *info)
{
    uint64_t dims[TN_RANK_MAX];
    if (!read_numbers(node, TN_RANK_MAX, dims))
        return cs_fail_at(info, CS_E_FORMAT, cs_node_place(node),
                          "expected a shape: a list of at most %d whole "
                          "numbers, none negative",
                          TN_RANK_MAX);
    int r = tn_shape_make(dims, node->len, ret, info);
    if (r < 0)
        cs_errinfo_set_place(info, cs_doc_name(node->doc));
    return r;
}

static int read_place(const parse *p, const cs_node *node, place *ret,
                      cs_errinfo *info)
{
    uint64_t ends[2];
    if (node->len != 2 || !read_numbers(node, 2, ends) || ends[0] > ends[1] ||
        ends[1] > p->size)
        return cs_fail_at(info, CS_E_FORMAT, cs_node_place(node),
                          "expected two data_offsets, rising, inside the "
                          "%zu bytes of the file's data",
                          p->size);
    *ret = (place){(size_t)ends[0], (size_t)ends[1]};
    return 0;
}

/* --- tensors --- */

static int add_tensor(parse *p, const cs_node *node, const wt_region *bytes,
                      const wt_layout *l, cs_errinfo *info)
{
    CS_SCOPED(wt_region) region = WT_REGION_INIT;
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    int r = wt_region_init(&region, bytes, node->key, info);
    if (r == 0)
        r = wt_region_tensor(&region, l, node->key, &t, info);
    if (r == 0)
        r = wt_dict_add(p->dict, node->key, &t, info);
    if (r < 0)
        cs_errinfo_set_place(info, cs_doc_name(node->doc));
    return r;
}

static int read_tensor(parse *p, const cs_node *node, cs_errinfo *info)
{
    const cs_node *dtype = cs_node_get(node, CS_STR("dtype"));
    const cs_node *shape = cs_node_get(node, CS_STR("shape"));
    const cs_node *offsets = cs_node_get(node, CS_STR("data_offsets"));
    if (!dtype || !shape || !offsets || node->len != 3 ||
        dtype->kind != CS_NODE_STRING || offsets->kind != CS_NODE_LIST)
        return wrong_entry(node, info);
    wt_region bytes = {.buffer = p->file};
    wt_layout l = {.offset = 0};
    place at = {0, 0};
    int r = read_dtype(dtype, &bytes.dtype, info);
    if (r == 0)
        r = read_shape(shape, &l.shape, info);
    if (r == 0)
        r = read_place(p, offsets, &at, info);
    if (r < 0)
        return r;
    bytes.begin = p->data + at.begin;
    bytes.size = at.end - at.begin;
    char text[TN_SHAPE_TEXT_MAX];
    if (tn_shape_count(&l.shape) * tn_dtype_size(bytes.dtype) != bytes.size)
        return cs_fail_at(info, CS_E_FORMAT, cs_node_place(offsets),
                          "the tensor '%.*s', %s of %s, does not take %zu "
                          "bytes",
                          CS_STR_ARG(node->key), tn_shape_text(&l.shape, text),
                          tn_dtype_name(bytes.dtype), bytes.size);
    if (cs_vec_push(&p->places, at) < 0)
        return cs_fail_nomem(info);
    wt_layout_contiguous(&l);
    return add_tensor(p, node, &bytes, &l, info);
}

static int read_notes(const parse *p, const cs_node *node, cs_errinfo *info)
{
    int r = 0;
    bool text = node->kind == CS_NODE_MAP;
    for (CS_EACH_CHILD(child, node)) {
        text = text && child->kind == CS_NODE_STRING;
        if (text && r == 0)
            r = wt_dict_note(p->dict, child->key, child->string, info);
    }
    if (!text)
        return cs_fail_at(info, CS_E_FORMAT, cs_node_place(node),
                          "__metadata__ holds names and texts, nothing else");
    return r;
}

static int read_table(parse *p, const cs_node *root, cs_errinfo *info)
{
    int r = 0;
    for (CS_EACH_CHILD(child, root)) {
        if (cs_str_is(child->key, METADATA))
            r = read_notes(p, child, info);
        else
            r = read_tensor(p, child, info);
        if (r < 0)
            break;
    }
    return r;
}

static int by_begin(const void *a, const void *b)
{
    const place *x = a;
    const place *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

/* Every byte of the data belongs to exactly one tensor: nothing is hidden in
 * gaps, nothing is read as two things. */
static int check_places(parse *p, cs_errinfo *info)
{
    size_t end = 0;
    if (p->places.len > 0)
        qsort(p->places.items, p->places.len, sizeof(place), by_begin);
    for (size_t i = 0; i < p->places.len; i++) {
        const place *at = &p->places.items[i];
        if (at->begin != end)
            return cs_fail(info, CS_E_FORMAT,
                           at->begin < end
                               ? CS_N_("two tensors overlap at byte %zu of the "
                                       "data")
                               : CS_N_("no tensor owns byte %zu of the data"),
                           at->begin < end ? at->begin : end);
        end = at->end;
    }
    if (end != p->size)
        return cs_fail(info, CS_E_FORMAT, "no tensor owns byte %zu of the data",
                       end);
    return 0;
}

static int parse_table(parse *p, cs_str table, const char *name,
                       cs_errinfo *info)
{
    CS_AUTO(cs_doc) doc = NULL;
    const cs_doc_limits limits = {.nodes = NODES_MAX, .depth = 3};
    int r = cs_doc_parse_json(table.data, table.len, name, &limits, &doc, info);
    if (r < 0)
        return r;
    r = read_table(p, cs_doc_root(doc), info);
    return r < 0 ? r : check_places(p, info);
}

int wt_safetensors_parse(tn_buffer *file, const char *name, wt_dict *ret,
                         cs_errinfo *info)
{
    cs_str table = CS_STR("");
    CS_SCOPED(wt_dict) made = WT_DICT_INIT;
    int r = find_table(file, &table, info);
    if (r == 0) {
        size_t data = LENGTH_SIZE + table.len;
        parse p = {.file = file,
                   .data = data,
                   .size = tn_buffer_size(file) - data,
                   .dict = &made};
        r = parse_table(&p, table, name, info);
        cs_vec_done(&p.places);
    }
    if (r == 0)
        wt_dict_move(ret, &made);
    else
        cs_errinfo_set_place(info, name);
    return r;
}
