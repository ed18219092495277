#include "onnx/writer.h"

#include "onnx/format.h"
#include "onnx/model.h"
#include "weights/le.h"

void ox_writer_init(ox_writer *w)
{
    *w = (ox_writer){.node = CS_STRBUF_INIT,
                     .graph = CS_STRBUF_INIT,
                     .notes = CS_STRBUF_INIT,
                     .heads = CS_STRBUF_INIT};
}

void ox_writer_done(ox_writer *w)
{
    cs_strbuf_done(&w->node);
    cs_strbuf_done(&w->graph);
    cs_strbuf_done(&w->notes);
    cs_strbuf_done(&w->heads);
    for (size_t i = 0; i < w->tensors.len; i++)
        tn_tensor_done(&w->tensors.items[i].data);
    cs_vec_done(&w->tensors);
}

/* Appends a message as a field of another. */
static void put_message(ox_writer *w, cs_strbuf *to, uint32_t number,
                        const cs_strbuf *message)
{
    w->failed = w->failed || cs_strbuf_check(message) < 0;
    ox_put_bytes(to, number, cs_strbuf_str(message));
}

/* --- nodes --- */

void ox_begin(ox_writer *w, const char *op, const char *name)
{
    cs_strbuf_clear(&w->node);
    ox_put_text(&w->node, OX_NODE_OP, op);
    ox_put_text(&w->node, OX_NODE_NAME, name);
}

void ox_in(ox_writer *w, const char *value)
{
    ox_put_text(&w->node, OX_NODE_INPUT, value);
}

void ox_out(ox_writer *w, const char *value)
{
    ox_put_text(&w->node, OX_NODE_OUTPUT, value);
}

static void attribute(ox_writer *w, const char *name, cs_strbuf *a,
                      enum ox_attribute_type type)
{
    ox_put_text(a, OX_ATTRIBUTE_NAME, name);
    ox_put_int(a, OX_ATTRIBUTE_TYPE, type);
    put_message(w, &w->node, OX_NODE_ATTRIBUTE, a);
}

void ox_attr_int(ox_writer *w, const char *name, int64_t v)
{
    CS_SCOPED(cs_strbuf) a = CS_STRBUF_INIT;
    ox_put_int(&a, OX_ATTRIBUTE_INT, v);
    attribute(w, name, &a, OX_TYPE_INT);
}

void ox_attr_float(ox_writer *w, const char *name, float v)
{
    CS_SCOPED(cs_strbuf) a = CS_STRBUF_INIT;
    ox_put_float(&a, OX_ATTRIBUTE_FLOAT, v);
    attribute(w, name, &a, OX_TYPE_FLOAT);
}

void ox_attr_text(ox_writer *w, const char *name, const char *v)
{
    CS_SCOPED(cs_strbuf) a = CS_STRBUF_INIT;
    ox_put_text(&a, OX_ATTRIBUTE_TEXT, v);
    attribute(w, name, &a, OX_TYPE_TEXT);
}

void ox_attr_ints(ox_writer *w, const char *name, const int64_t *v, size_t n)
{
    CS_SCOPED(cs_strbuf) a = CS_STRBUF_INIT;
    ox_put_ints(&a, OX_ATTRIBUTE_INTS, v, n);
    attribute(w, name, &a, OX_TYPE_INTS);
}

void ox_end(ox_writer *w)
{
    put_message(w, &w->graph, OX_GRAPH_NODE, &w->node);
}

/* --- initializers --- */

/* All fields but the elements. */
static void put_tensor_head(cs_strbuf *b, const char *name, tn_dtype dtype,
                            const tn_shape *shape)
{
    for (unsigned i = 0; i < shape->rank; i++)
        ox_put_int(b, OX_TENSOR_DIMS, (int64_t)shape->dim[i]);
    ox_put_int(b, OX_TENSOR_DTYPE, dtype == TN_F32 ? OX_F32 : OX_I64);
    ox_put_text(b, OX_TENSOR_NAME, name);
}

void ox_tensor(ox_writer *w, const char *name, const tn_tensor *t)
{
    ox_written_tensor made = {.begin = w->heads.len};
    put_tensor_head(&w->heads, name, t->dtype, &t->shape);
    ox_put_head(&w->heads, OX_TENSOR_RAW, tn_bytes(t));
    made.size = w->heads.len - made.begin;
    if (tn_view_reshape(t, &t->shape, &made.data, NULL) < 0 ||
        cs_vec_push(&w->tensors, made) < 0) {
        tn_tensor_done(&made.data);
        w->failed = true;
    }
}

static void put_constant(ox_writer *w, const char *name, const cs_strbuf *t)
{
    CS_SCOPED(cs_strbuf) a = CS_STRBUF_INIT;
    ox_begin(w, "Constant", name);
    put_message(w, &a, OX_ATTRIBUTE_TENSOR, t);
    attribute(w, "value", &a, OX_TYPE_TENSOR);
    ox_out(w, name);
    ox_end(w);
}

void ox_const_ints(ox_writer *w, const char *name, const int64_t *v, size_t n)
{
    CS_SCOPED(cs_strbuf) t = CS_STRBUF_INIT;
    put_tensor_head(&t, name, TN_I64, &TN_SHAPE(n));
    ox_put_head(&t, OX_TENSOR_RAW, n * sizeof(*v));
    for (size_t i = 0; i < n; i++) {
        unsigned char bytes[sizeof(*v)];
        wt_le_set(bytes, sizeof(bytes), (uint64_t)v[i]);
        cs_strbuf_append(&t, bytes, sizeof(bytes));
    }
    put_constant(w, name, &t);
}

void ox_const_floats(ox_writer *w, const char *name, float v, size_t n)
{
    CS_SCOPED(cs_strbuf) t = CS_STRBUF_INIT;
    const tn_shape shape = {.rank = n > 0, .dim = {n}};
    size_t count = tn_shape_count(&shape);
    put_tensor_head(&t, name, TN_F32, &shape);
    ox_put_head(&t, OX_TENSOR_RAW, count * sizeof(v));
    for (size_t i = 0; i < count; i++) {
        unsigned char bytes[sizeof(v)];
        uint32_t bits;
        memcpy(&bits, &v, sizeof(bits));
        wt_le_set(bytes, sizeof(bytes), bits);
        cs_strbuf_append(&t, bytes, sizeof(bytes));
    }
    put_constant(w, name, &t);
}

/* --- inputs, outputs, notes --- */

static void port(ox_writer *w, uint32_t field, const char *name,
                 const tn_shape *s)
{
    CS_SCOPED(cs_strbuf) dims = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) tensor = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) type = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) info = CS_STRBUF_INIT;
    for (unsigned i = 0; i < s->rank; i++) {
        CS_SCOPED(cs_strbuf) dim = CS_STRBUF_INIT;
        ox_put_int(&dim, OX_DIM_VALUE, (int64_t)s->dim[i]);
        put_message(w, &dims, OX_SHAPE_DIM, &dim);
    }
    ox_put_int(&tensor, OX_TENSOR_TYPE_DTYPE, OX_F32);
    put_message(w, &tensor, OX_TENSOR_TYPE_SHAPE, &dims);
    put_message(w, &type, OX_TYPE_OF_TENSOR, &tensor);
    ox_put_text(&info, OX_PORT_NAME, name);
    put_message(w, &info, OX_PORT_TYPE, &type);
    put_message(w, &w->graph, field, &info);
}

void ox_input_port(ox_writer *w, const char *name, const tn_shape *shape)
{
    port(w, OX_GRAPH_INPUT, name, shape);
}

void ox_output_port(ox_writer *w, const char *name, const tn_shape *shape)
{
    port(w, OX_GRAPH_OUTPUT, name, shape);
}

void ox_note(ox_writer *w, const char *key, const char *text)
{
    CS_SCOPED(cs_strbuf) note = CS_STRBUF_INIT;
    ox_put_text(&note, OX_NOTE_KEY, key);
    ox_put_text(&note, OX_NOTE_VALUE, text);
    put_message(w, &w->notes, OX_MODEL_NOTE, &note);
}

/* --- the file --- */

/* The beginning of an initializer's field, and its size in all. */
static uint64_t tensor_head(const ox_written_tensor *t, cs_strbuf *ret)
{
    uint64_t size = t->size + tn_bytes(&t->data);
    cs_strbuf_clear(ret);
    ox_put_head(ret, OX_GRAPH_INITIALIZER, size);
    return ret->len + size;
}

static int put_head(const ox_writer *w, uint64_t graph_size, wt_sink *to,
                    cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) opset = CS_STRBUF_INIT;
    ox_put_int(&opset, OX_OPSET_VERSION, OX_OPSET);
    ox_put_int(&b, OX_MODEL_IR_VERSION, OX_IR_VERSION);
    ox_put_text(&b, OX_MODEL_PRODUCER, "consilium");
    ox_put_bytes(&b, OX_MODEL_OPSET, cs_strbuf_str(&opset));
    cs_strbuf_append(&b, w->notes.data, w->notes.len);
    ox_put_head(&b, OX_MODEL_GRAPH, graph_size);
    if (cs_strbuf_check(&b) < 0 || cs_strbuf_check(&opset) < 0)
        return cs_fail_nomem(info);
    unsigned long long all = b.len + graph_size;
    if (all > OX_FILE_MAX)
        return cs_fail(info, CS_E_LIMIT,
                       "the model takes %llu bytes; a file of ONNX has at "
                       "most 2 GiB",
                       all);
    return wt_put(to, b.data, b.len, info);
}

static int put_tensors(const ox_writer *w, wt_sink *to, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) head = CS_STRBUF_INIT;
    int r = 0;
    for (size_t i = 0; r == 0 && i < w->tensors.len; i++) {
        const ox_written_tensor *t = &w->tensors.items[i];
        tensor_head(t, &head);
        r = wt_put(to, head.data, head.len, info);
        if (r == 0)
            r = wt_put(to, w->heads.data + t->begin, t->size, info);
        if (r == 0)
            r = wt_put(to, tn_data(&t->data), tn_bytes(&t->data), info);
    }
    return r;
}

int ox_writer_put(ox_writer *w, const char *graph_name, wt_sink *to,
                  cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) head = CS_STRBUF_INIT;
    ox_put_text(&w->graph, OX_GRAPH_NAME, graph_name);
    uint64_t size = w->graph.len;
    for (size_t i = 0; i < w->tensors.len; i++)
        size += tensor_head(&w->tensors.items[i], &head);
    if (w->failed || cs_strbuf_check(&w->graph) < 0 ||
        cs_strbuf_check(&w->notes) < 0 || cs_strbuf_check(&w->heads) < 0 ||
        cs_strbuf_check(&head) < 0)
        return cs_fail_nomem(info);
    int r = put_head(w, size, to, info);
    if (r == 0)
        r = wt_put(to, w->graph.data, w->graph.len, info);
    return r < 0 ? r : put_tensors(w, to, info);
}
