#include "cli/weights_onnx.h"

#include "base/parse.h"
#include "cli/engine.h"
#include "onnx/count.h"
#include "onnx/export.h"
#include "onnx/import.h"
#include "zoo/state.h"

/* --- looking --- */

/* "[batch, 1, 64, 64, 64]", "?" for what is not said. */
static void put_shape(cs_strbuf *out, const ox_port *p)
{
    cs_strbuf_putc(out, '[');
    for (size_t i = 0; i < p->rank; i++) {
        cs_strbuf_add(out, i ? ", " : "");
        if (p->dim[i] >= 0)
            cs_strbuf_printf(out, "%lld", (long long)p->dim[i]);
        else if (p->dim_name[i].len)
            weights_escape(out, p->dim_name[i]);
        else
            cs_strbuf_putc(out, '?');
    }
    cs_strbuf_putc(out, ']');
}

static void put_port(cli_context *ctx, const char *word, const ox_port *p)
{
    cs_strbuf_printf(&ctx->out, "%s ", word);
    weights_escape(&ctx->out, p->name);
    cs_strbuf_putc(&ctx->out, ' ');
    put_shape(&ctx->out, p);
    cs_strbuf_putc(&ctx->out, '\n');
}

static bool unsupported(const ox_node *n)
{
    return !ox_supported(n);
}

static int put_operators(cli_context *ctx, const ox_model *m, cs_errinfo *info)
{
    CS_SCOPED(ox_counts) all = OX_COUNTS_INIT;
    CS_SCOPED(ox_counts) lacking = OX_COUNTS_INIT;
    int r = ox_count_operators(m, NULL, &all, info);
    if (r == 0)
        r = ox_count_operators(m, unsupported, &lacking, info);
    const char *foreign = cs_msg(ctx->lang, CS_N_("not supported"));
    for (const cs_map_entry *e = NULL;
         r == 0 && (e = cs_map_next(&all.names, e));) {
        weights_escape(&ctx->out, e->key);
        cs_strbuf_printf(&ctx->out, " %zu%s%s\n", ox_count_of(&all, e),
                         cs_map_find(&lacking.names, e->key) ? ": " : "",
                         cs_map_find(&lacking.names, e->key) ? foreign : "");
    }
    return r;
}

int weights_show_model(cli_context *ctx, const ox_model *m, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) producer = CS_STRBUF_INIT;
    weights_escape(&producer, m->producer);
    if (m->producer_version.len)
        cs_strbuf_putc(&producer, ' ');
    weights_escape(&producer, m->producer_version);
    if (cs_strbuf_check(&producer) < 0)
        return cs_fail_nomem(info);
    cli_say(ctx, CS_N_("ONNX opset %lld, IR version %lld, made by %s\n"),
            (long long)m->opset, (long long)m->ir_version, producer.data);
    const char *in = cs_msg(ctx->lang, CS_N_("input"));
    const char *to = cs_msg(ctx->lang, CS_N_("output"));
    for (size_t i = 0; i < m->inputs.len; i++)
        put_port(ctx, in, &m->inputs.items[i]);
    for (size_t i = 0; i < m->outputs.len; i++)
        put_port(ctx, to, &m->outputs.items[i]);
    return put_operators(ctx, m, info);
}

static void json_port(cs_json *w, const ox_port *p)
{
    cs_json_open_object(w);
    cs_json_key(w, "name");
    cs_json_string(w, p->name);
    cs_json_key(w, "shape");
    cs_json_open_array(w);
    for (size_t i = 0; i < p->rank; i++) {
        if (p->dim[i] >= 0)
            cs_json_u64(w, (uint64_t)p->dim[i]);
        else
            cs_json_string(w, p->dim_name[i]);
    }
    cs_json_close_array(w);
    cs_json_close_object(w);
}

int weights_json_model(cs_json *w, const ox_model *m, cs_errinfo *info)
{
    CS_SCOPED(ox_counts) all = OX_COUNTS_INIT;
    cs_json_key(w, "producer");
    cs_json_string(w, m->producer);
    cs_json_key(w, "opset");
    cs_json_i64(w, m->opset);
    cs_json_key(w, "inputs");
    cs_json_open_array(w);
    for (size_t i = 0; i < m->inputs.len; i++)
        json_port(w, &m->inputs.items[i]);
    cs_json_close_array(w);
    cs_json_key(w, "outputs");
    cs_json_open_array(w);
    for (size_t i = 0; i < m->outputs.len; i++)
        json_port(w, &m->outputs.items[i]);
    cs_json_close_array(w);
    cs_json_key(w, "operators");
    cs_json_open_object(w);
    int r = ox_count_operators(m, NULL, &all, info);
    for (const cs_map_entry *e = NULL;
         r == 0 && (e = cs_map_next(&all.names, e));) {
        cs_json_key_str(w, e->key);
        cs_json_u64(w, ox_count_of(&all, e));
    }
    cs_json_close_object(w);
    return r;
}

/* --- exporting --- */

#define USUAL_VOLUME 64
#define USUAL_IMAGE 224

static int wrong_shape(const char *text, const zoo_network *net,
                       cs_errinfo *info)
{
    return cs_fail(info, CS_E_USAGE,
                   "--shape %s: %s takes %u numbers above 0 with commas: "
                   "batch, channels, then the extents",
                   text, net->name, net->rank + 2);
}

static int read_shape(const char *text, const zoo_network *net, tk_dims *ret,
                      cs_errinfo *info)
{
    uint64_t d[TN_RANK_MAX];
    size_t n = 0;
    tn_shape shape;
    bool more = true;
    for (cs_str rest = cs_str_of(text); more; n++) {
        cs_str head;
        more = cs_str_cut(rest, ',', &head, &rest);
        if (n >= net->rank + 2 || cs_parse_u64(head, &d[n]) < 0 || d[n] == 0)
            return wrong_shape(text, net, info);
    }
    if (n != net->rank + 2)
        return wrong_shape(text, net, info);
    int r = tn_shape_make(d, n, &shape, info);
    if (r < 0)
        return r;
    *ret = net->rank == 3 ? (tk_dims){d[0], d[1], d[2], d[3], d[4]}
                          : (tk_dims){d[0], d[1], 1, d[2], d[3]};
    return 0;
}

static int export_network(const zoo_network *net, const tk_dims *dims,
                          const wt_dict *weights, const char *out,
                          cs_errinfo *info)
{
    CS_AUTO(nn_params) params = NULL;
    CS_AUTO(nn_graph) graph = NULL;
    int r = nn_params_new(&params, info);
    if (r == 0)
        r = zoo_build(net, NULL, dims, params, &graph, info);
    if (r == 0)
        r = zoo_load(params, weights, info);
    return r < 0 ? r : ox_export_file(graph, net->name, out, info);
}

int weights_export(const weights_file *f, const char *network,
                   const char *shape, const char *out, cs_errinfo *info)
{
    const zoo_network *net = NULL;
    int r = engine_network(network, &net, info);
    if (r < 0)
        return r;
    size_t side = net->rank == 3 ? USUAL_VOLUME : USUAL_IMAGE;
    tk_dims dims = {1, net->channels, net->rank == 3 ? side : 1, side, side};
    if (shape)
        r = read_shape(shape, net, &dims, info);
    return r < 0 ? r : export_network(net, &dims, &f->dict, out, info);
}
