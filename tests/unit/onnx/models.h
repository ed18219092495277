/* Small models, written node by node, imported and run. */
#ifndef CS_TESTS_ONNX_MODELS_H
#define CS_TESTS_ONNX_MODELS_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "nn/plan.h"
#include "onnx/import.h"
#include "onnx/writer.h"
#include "support/test.h"
#include "weights/load.h"

/* With an input "x" of this shape. */
static inline void start(ox_writer *w, const tn_shape *shape)
{
    ox_writer_init(w);
    ox_input_port(w, "x", shape);
}

/* Opens a node; inputs are names with blanks between, "-" one left out. */
static inline void open_node(ox_writer *w, const char *op, const char *inputs,
                             const char *output)
{
    char name[64];
    ox_begin(w, op, output);
    while (*inputs) {
        size_t n = strcspn(inputs, " ");
        assert_true(n < sizeof(name));
        memcpy(name, inputs, n);
        name[n] = '\0';
        ox_in(w, strcmp(name, "-") == 0 ? "" : name);
        inputs += n + (inputs[n] == ' ');
    }
    ox_out(w, output);
}

static inline void node(ox_writer *w, const char *op, const char *inputs,
                        const char *output)
{
    open_node(w, op, inputs, output);
    ox_end(w);
}

/* An initializer with these numbers, in turn. */
static inline void numbers(ox_writer *w, const char *name, tn_shape shape,
                           const float *v, size_t n)
{
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    assert_int_equal(tn_tensor_init(&t, TN_F32, &shape, NULL), 0);
    for (size_t i = 0; i < tn_count(&t); i++)
        tn_f32(&t)[i] = v[i % n];
    ox_tensor(w, name, &t);
}

#define NUMBERS(w, name, shape, ...)                                           \
    numbers(w, name, shape, (const float[]){__VA_ARGS__},                      \
            sizeof((const float[]){__VA_ARGS__}) / sizeof(float))
#define INTS(w, name, ...)                                                     \
    ox_const_ints(w, name, (const int64_t[]){__VA_ARGS__},                     \
                  sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))
#define ATTR_INTS(w, name, ...)                                                \
    ox_attr_ints(w, name, (const int64_t[]){__VA_ARGS__},                      \
                 sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

static inline int parse_bytes(const cs_strbuf *bytes, ox_model *m,
                              cs_errinfo *info)
{
    WT_AUTO_BUFFER file = NULL;
    assert_int_equal(wt_load_bytes(cs_strbuf_str(bytes), &file, NULL), 0);
    return ox_model_parse(file, "m.onnx", m, info);
}

/* Ends the model with the output "y", and frees the writer. */
static inline int finish(ox_writer *w, ox_model *m, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) bytes = CS_STRBUF_INIT;
    wt_sink to = wt_sink_memory(&bytes);
    ox_output_port(w, "y", &TN_SHAPE(1));
    assert_int_equal(ox_writer_put(w, "test", &to, NULL), 0);
    ox_writer_done(w);
    return parse_bytes(&bytes, m, info);
}

static inline int import_of(ox_writer *w, ox_network *ret, cs_errinfo *info)
{
    CS_SCOPED(ox_model) m = OX_MODEL_INIT;
    int r = finish(w, &m, info);
    return r < 0 ? r : ox_import(&m, "m.onnx", NULL, ret, info);
}

static inline void imports(ox_writer *w, ox_network *ret)
{
    cs_errinfo info = {0};
    if (import_of(w, ret, &info) < 0)
        fail_msg("%s: %s", info.place, info.message);
}

/* Refused, with this in the message. */
static inline void refused(ox_writer *w, int code, const char *part)
{
    CS_SCOPED(ox_network) n = OX_NETWORK_INIT;
    cs_errinfo info = {0};
    assert_int_equal(import_of(w, &n, &info), code);
    assert_null(n.graph);
    if (!strstr(info.message, part) && !strstr(info.place, part))
        fail_msg("'%s' is not in: %s: %s", part, info.place, info.message);
}

static inline size_t out_count(const ox_network *n, size_t i)
{
    return tn_shape_count(&n->outputs.items[i].shape);
}

static inline void run_graph(const nn_graph *g, const float *in, float *out)
{
    CS_AUTO(nn_plan) plan = NULL;
    const nn_plan_options o = {.exact = true, .tier = cs_cpu_tier_best()};
    assert_int_equal(nn_plan_new(g, &o, &plan, NULL), 0);
    nn_plan_forward(plan, (const float *const[]){in}, (float *const[]){out});
}

/* The output for these inputs is this, up to rounding. */
static inline void gives(const ox_network *n, const float *in,
                         const float *wanted, size_t count)
{
    assert_int_equal(out_count(n, 0), count);
    CS_AUTO_MEM float *out = cs_calloc(count, sizeof(*out));
    run_graph(n->graph, in, out);
    for (size_t i = 0; i < count; i++)
        if (!(fabsf(out[i] - wanted[i]) <= 2e-6F * (1 + fabsf(wanted[i]))))
            fail_msg("[%zu] %.9g, expected %.9g", i, (double)out[i],
                     (double)wanted[i]);
}

#define GIVES(n, in, ...)                                                      \
    gives(n, in, (const float[]){__VA_ARGS__},                                 \
          sizeof((const float[]){__VA_ARGS__}) / sizeof(float))

static inline void has_shape(const ox_network *n, tn_shape shape)
{
    char got[TN_SHAPE_TEXT_MAX];
    char wanted[TN_SHAPE_TEXT_MAX];
    assert_string_equal(tn_shape_text(&n->outputs.items[0].shape, got),
                        tn_shape_text(&shape, wanted));
}

/* The last layer of the graph, and how many there are with the input. */
static inline const nn_node *last_layer(const ox_network *n, size_t count)
{
    assert_int_equal(nn_graph_nodes(n->graph), count);
    return nn_graph_node(n->graph, count - 1);
}

#endif
