#include "onnx/model.h"

#include "base/parse.h"
#include "base/path.h"
#include "onnx/format.h"
#include "onnx/node_read.h"
#include "onnx/pb_read.h"
#include "onnx/tensor_read.h"
#include "weights/load.h"

void ox_model_done(ox_model *m)
{
    wt_dict_done(&m->weights);
    cs_vec_done(&m->nodes);
    cs_vec_done(&m->inputs);
    cs_vec_done(&m->outputs);
    cs_arena_done(&m->arena);
    tn_buffer_unref(m->file);
    *m = (ox_model)OX_MODEL_INIT;
}

bool ox_is_path(const char *path)
{
    return cs_str_is(cs_path_ext(cs_str_of(path)), "onnx");
}

/* --- the graph --- */

static int add_initializer(ox_model *m, cs_str message, cs_errinfo *info)
{
    cs_str name = CS_STR("");
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    int r = ox_tensor_parse(m->file, message, &name, &t, info);
    return r < 0 ? r : wt_dict_add(&m->weights, name, &t, info);
}

static int add_node(ox_model *m, cs_str message, cs_errinfo *info)
{
    ox_node n;
    int r = ox_node_parse(message, &m->arena, &n, info);
    if (r == 0 && cs_vec_push(&m->nodes, n) < 0)
        return cs_fail_nomem(info);
    return r;
}

static int add_port(ox_model *m, bool input, cs_str message, cs_errinfo *info)
{
    ox_port p;
    int r = ox_port_parse(message, &p, info);
    if (r < 0)
        return r;
    r = input ? cs_vec_push(&m->inputs, p) : cs_vec_push(&m->outputs, p);
    return r < 0 ? cs_fail_nomem(info) : 0;
}

static int read_graph_field(ox_model *m, const ox_field *f, cs_errinfo *info)
{
    cs_str bytes = CS_STR("");
    if (f->number == OX_GRAPH_SPARSE)
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "sparse tensors are not supported");
    if (f->number != OX_GRAPH_NODE && f->number != OX_GRAPH_NAME &&
        f->number != OX_GRAPH_INITIALIZER && f->number != OX_GRAPH_INPUT &&
        f->number != OX_GRAPH_OUTPUT)
        return 0;
    int r = ox_get_bytes(f, &bytes, info);
    if (r < 0)
        return r;
    switch (f->number) {
    case OX_GRAPH_NODE:
        return add_node(m, bytes, info);
    case OX_GRAPH_INITIALIZER:
        return add_initializer(m, bytes, info);
    case OX_GRAPH_NAME:
        m->graph_name = bytes;
        return 0;
    default:
        return add_port(m, f->number == OX_GRAPH_INPUT, bytes, info);
    }
}

/* Until IR version 4 initializers were inputs, too. */
static void drop_initialized_inputs(ox_model *m)
{
    size_t kept = 0;
    for (size_t i = 0; i < m->inputs.len; i++)
        if (!wt_dict_find(&m->weights, m->inputs.items[i].name))
            m->inputs.items[kept++] = m->inputs.items[i];
    m->inputs.len = kept;
}

static int read_graph(ox_model *m, cs_str message, cs_errinfo *info)
{
    ox_reader in = ox_read(message);
    ox_field f;
    int r;
    while ((r = ox_next(&in, &f, info)) > 0) {
        r = read_graph_field(m, &f, info);
        if (r < 0)
            return r;
    }
    drop_initialized_inputs(m);
    return r;
}

/* --- the model --- */

static int read_opset(ox_model *m, cs_str message, cs_errinfo *info)
{
    ox_reader in = ox_read(message);
    ox_field f;
    cs_str domain = CS_STR("");
    int64_t version = 0;
    int r;
    while ((r = ox_next(&in, &f, info)) > 0) {
        r = 0;
        if (f.number == OX_OPSET_DOMAIN)
            r = ox_get_bytes(&f, &domain, info);
        else if (f.number == OX_OPSET_VERSION)
            r = ox_get_int(&f, &version, info);
        if (r < 0)
            return r;
    }
    if (domain.len == 0 || cs_str_is(domain, "ai.onnx"))
        m->opset = version;
    return r;
}

static int read_note(ox_model *m, cs_str message, cs_errinfo *info)
{
    ox_reader in = ox_read(message);
    ox_field f;
    cs_str key = CS_STR("");
    cs_str text = CS_STR("");
    int r;
    while ((r = ox_next(&in, &f, info)) > 0) {
        r = 0;
        if (f.number == OX_NOTE_KEY)
            r = ox_get_bytes(&f, &key, info);
        else if (f.number == OX_NOTE_VALUE)
            r = ox_get_bytes(&f, &text, info);
        if (r < 0)
            return r;
    }
    return r < 0 ? r : wt_dict_note(&m->weights, key, text, info);
}

static int read_bytes_field(ox_model *m, const ox_field *f, bool *has_graph,
                            cs_errinfo *info)
{
    cs_str bytes = CS_STR("");
    int r = ox_get_bytes(f, &bytes, info);
    if (r < 0)
        return r;
    switch (f->number) {
    case OX_MODEL_PRODUCER:
        m->producer = bytes;
        return 0;
    case OX_MODEL_PRODUCER_VERSION:
        m->producer_version = bytes;
        return 0;
    case OX_MODEL_OPSET:
        return read_opset(m, bytes, info);
    case OX_MODEL_NOTE:
        return read_note(m, bytes, info);
    default:
        if (*has_graph)
            return cs_fail(info, CS_E_FORMAT, "the model has two graphs");
        *has_graph = true;
        return read_graph(m, bytes, info);
    }
}

static int read_model(ox_model *m, cs_errinfo *info)
{
    const cs_str all = {tn_buffer_data(m->file), tn_buffer_size(m->file)};
    ox_reader in = ox_read(all);
    ox_field f;
    bool has_graph = false;
    int r;
    while ((r = ox_next(&in, &f, info)) > 0) {
        r = 0;
        if (f.number == OX_MODEL_IR_VERSION)
            r = ox_get_int(&f, &m->ir_version, info);
        else if (f.number == OX_MODEL_PRODUCER ||
                 f.number == OX_MODEL_PRODUCER_VERSION ||
                 f.number == OX_MODEL_GRAPH || f.number == OX_MODEL_OPSET ||
                 f.number == OX_MODEL_NOTE)
            r = read_bytes_field(m, &f, &has_graph, info);
        if (r < 0)
            return r;
    }
    if (r == 0 && !has_graph)
        return cs_fail(info, CS_E_FORMAT, "no graph: this is no model of ONNX");
    return r;
}

int ox_model_parse(tn_buffer *file, const char *name, ox_model *ret,
                   cs_errinfo *info)
{
    CS_SCOPED(ox_model) m = OX_MODEL_INIT;
    if (tn_buffer_size(file) > OX_FILE_MAX)
        return cs_fail(info, CS_E_LIMIT,
                       "'%s' is larger than 2 GiB, the limit of ONNX", name);
    m.file = tn_buffer_ref(file);
    int r = read_model(&m, info);
    if (r < 0) {
        cs_errinfo_set_place(info, name);
        return r;
    }
    *ret = m;
    m = (ox_model)OX_MODEL_INIT;
    return 0;
}

int ox_model_read(const char *path, ox_model *ret, cs_errinfo *info)
{
    WT_AUTO_BUFFER file = NULL;
    int r = wt_load(path, &file, info);
    return r < 0 ? r : ox_model_parse(file, path, ret, info);
}

/* --- its weights --- */

#define COUNT_ENDING ".num_batches_tracked"

static int add_count(wt_dict *d, const wt_note *note, cs_errinfo *info)
{
    int64_t count = 0;
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    if (!cs_str_ends_with(note->key, CS_STR(COUNT_ENDING)) ||
        cs_parse_i64(cs_str_of(note->text), &count) < 0 ||
        wt_dict_find(d, note->key))
        return 0;
    int r = tn_tensor_init(&t, TN_I64, &(tn_shape){.rank = 0}, info);
    if (r < 0)
        return r;
    *(int64_t *)tn_data(&t) = count;
    return wt_dict_add(d, note->key, &t, info);
}

int ox_weights(const ox_model *m, wt_dict *ret, cs_errinfo *info)
{
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    wt_note note;
    int r = 0;
    for (size_t i = 0; r == 0 && i < wt_dict_count(&m->weights); i++) {
        const wt_entry *e = wt_dict_at(&m->weights, i);
        r = wt_dict_add(&d, e->name, &e->tensor, info);
    }
    const cs_map_entry *at = NULL;
    while (r == 0 && wt_dict_next_note(&m->weights, &at, &note)) {
        r = add_count(&d, &note, info);
        if (r == 0 && !wt_dict_find(&d, note.key))
            r = wt_dict_note(&d, note.key, cs_str_of(note.text), info);
    }
    if (r == 0)
        wt_dict_move(ret, &d);
    return r;
}
