/* consilium weights inspect|verify|convert: files of weights. */
#include "cli/commands.h"
#include "cli/weights_onnx.h"
#include "weights/weights.h"
#include "zoo/state.h"
#include "zoo/zoo.h"

enum { INSPECT, VERIFY, CONVERT };
static const char *const action_words[] = {"inspect", "verify", "convert",
                                           NULL};

typedef struct options {
    int action;
    const char *file, *out, *like, *shape;
} options;

static const cs_arg rows[] = {
    CS_ARG_ONE_WORD(options, action, CS_N_("ACTION"), 1, action_words,
                    CS_N_("inspect: list the tensors; verify: look for damage, "
                          "NaN and infinity; convert: write FILE as OUT")),
    CS_ARG_ONE(
        options, file, CS_N_("FILE"), 1,
        CS_N_("weights: .safetensors, PyTorch's .pth or .pt, or a model: "
              ".onnx")),
    CS_ARG_ONE(options, out, CS_N_("OUT"), 0,
               CS_N_("convert: the file to write; its ending chooses the "
                     "format")),
};

static const cs_arg option_rows[] = {
    CS_ARG_PATH(options, like, '\0', "like", CS_N_("OTHER"), NULL,
                CS_N_("verify: a file, or a network, whose names and shapes "
                      "FILE must have; convert to .onnx: the network")),
    CS_ARG_STRING(options, shape, '\0', "shape", CS_N_("N,C,..."), NULL,
                  CS_N_("convert to .onnx: the input's shape, as "
                        "1,1,64,96,96; otherwise 64 voxels or 224 pixels "
                        "each way")),
};

static const char summary[] = "look at, check and convert files of weights";

/* A model is a network with its weights; the weights alone do not make it. */
static int check_model_options(const options *o, cs_errinfo *info)
{
    bool to_model = o->action == CONVERT && ox_is_path(o->out);
    if (to_model && !o->like)
        return cs_fail(info, CS_E_USAGE,
                       "ONNX wants the network, too: --like NETWORK");
    if (o->shape && !to_model)
        return cs_fail(info, CS_E_USAGE, "--shape belongs to convert to .onnx");
    if (o->like && o->action != VERIFY && !to_model)
        return cs_fail(info, CS_E_USAGE,
                       "--like belongs to verify, and to convert to .onnx");
    return 0;
}

static int check_options(const options *o, cs_errinfo *info)
{
    if (o->action == CONVERT && !o->out)
        return cs_fail(info, CS_E_USAGE,
                       "convert needs the file to write: OUT");
    if (o->action != CONVERT && o->out)
        return cs_fail(info, CS_E_USAGE, "'%s': only convert writes a file",
                       o->out);
    return check_model_options(o, info);
}

static int read_model(const char *path, weights_file *ret, cs_errinfo *info)
{
    ret->format = "onnx";
    int r = ox_model_read(path, &ret->model, info);
    ret->is_model = r == 0;
    return r < 0 ? r : ox_weights(&ret->model, &ret->dict, info);
}

static int read_file(const char *path, weights_file *ret, cs_errinfo *info)
{
    wt_format format = WT_PTH;
    ret->path = path;
    if (ox_is_path(path))
        return read_model(path, ret, info);
    int r = wt_format_of(path, &format, info);
    ret->format = wt_format_name(format);
    return r < 0 ? r : wt_read(path, &ret->dict, info);
}

static void file_done(weights_file *f)
{
    wt_dict_done(&f->dict);
    ox_model_done(&f->model);
}

/* --- verify --- */

/* What the file is held against; reports borrow from it. */
typedef struct yardstick {
    weights_file other; /* a file … */
    nn_params *params;  /* … or a network */
    wt_expected *expected;
    size_t n;
} yardstick;

static void yardstick_done(yardstick *y)
{
    file_done(&y->other);
    nn_params_free(y->params);
    cs_free(y->expected);
}

/* Parameters do not depend on the extents: these are large enough for all. */
static int expect_network(const zoo_network *net, yardstick *y,
                          cs_errinfo *info)
{
    CS_AUTO(nn_graph) g = NULL;
    const tk_dims dims = {1, net->channels, net->rank == 3 ? 32 : 1, 32, 32};
    int r = nn_params_new(&y->params, info);
    if (r == 0)
        r = zoo_build(net, NULL, &dims, y->params, &g, info);
    if (r < 0)
        return r;
    y->n = nn_params_count(y->params);
    return zoo_expect(y->params, &y->expected, info);
}

static int expect_like(const char *like, yardstick *y, cs_errinfo *info)
{
    const zoo_network *net = zoo_find(like);
    if (net)
        return expect_network(net, y, info);
    int r = read_file(like, &y->other, info);
    y->n = wt_dict_count(&y->other.dict);
    return r < 0 ? r : wt_expect_like(&y->other.dict, &y->expected, info);
}

static int make_report(const weights_file *f, const char *like, yardstick *y,
                       wt_report *ret, cs_errinfo *info)
{
    if (!like)
        return wt_check_values(&f->dict, ret, info);
    int r = expect_like(like, y, info);
    return r < 0 ? r
                 : wt_check(&f->dict, y->expected, y->n, WT_CHECK_VALUES, ret,
                            info);
}

static int verify(cli_context *ctx, const weights_file *f, const options *o,
                  cs_errinfo *info)
{
    CS_SCOPED(yardstick) y = {.expected = NULL};
    CS_SCOPED(wt_report) report = WT_REPORT_INIT;
    cs_digest digest;
    int r = cs_hash_file(CS_HASH_SHA256, o->file, &digest, NULL, info);
    if (r == 0)
        r = make_report(f, o->like, &y, &report, info);
    if (r == 0)
        r = weights_show_report(ctx, f, &digest, &report, info);
    return r < 0 ? r : report.faults.len > 0;
}

/* --- convert --- */

static int say_converted(cli_context *ctx, const weights_file *f,
                         const char *out, bool lost, cs_errinfo *info)
{
    if (!ctx->common.json) {
        CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
        weights_escape(&path, cs_str_of(out));
        cli_say(ctx, CS_N_("%zu tensors are in %s\n"), wt_dict_count(&f->dict),
                path.data);
        if (lost)
            cli_say(ctx, CS_N_("The notes of the file are lost: the format "
                               "has no place for them.\n"));
        return 0;
    }
    cs_json w;
    cli_json_begin(ctx, &w);
    cs_json_key(&w, "file");
    cs_json_cstring(&w, out);
    cs_json_key(&w, "count");
    cs_json_u64(&w, wt_dict_count(&f->dict));
    cs_json_key(&w, "notes_lost");
    cs_json_bool(&w, lost);
    return cli_json_end(ctx, &w, info);
}

static int convert(cli_context *ctx, const weights_file *f, const options *o,
                   cs_errinfo *info)
{
    wt_format to = WT_PTH;
    bool model = ox_is_path(o->out);
    int r = model ? weights_export(f, o->like, o->shape, o->out, info)
                  : wt_format_of(o->out, &to, info);
    if (r == 0 && !model)
        r = wt_write(o->out, &f->dict, info);
    if (r < 0)
        return r;
    bool lost = (model || to == WT_PTH) && wt_dict_note_count(&f->dict) > 0;
    return say_converted(ctx, f, o->out, lost, info);
}

static int act(cli_context *ctx, const options *o, weights_file *f,
               cs_errinfo *info)
{
    wt_format ignored;
    int r = check_options(o, info);
    if (r == 0 && o->out &&
        !ox_is_path(o->out)) /* before anything large is read */
        r = wt_format_of(o->out, &ignored, info);
    if (r == 0)
        r = read_file(o->file, f, info);
    if (r < 0)
        return r;
    if (o->action == VERIFY)
        return verify(ctx, f, o, info);
    return o->action == CONVERT ? convert(ctx, f, o, info)
                                : weights_show(ctx, f, info);
}

int cmd_weights(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info)
{
    options chosen = {.action = INSPECT};
    const cs_arg_group groups[] = {
        {CS_N_("arguments"), rows, CS_COUNTOF(rows), &chosen},
        {CS_N_("options"), option_rows, CS_COUNTOF(option_rows), &chosen},
    };
    int r = cli_parse(ctx, "consilium weights", summary, groups,
                      CS_COUNTOF(groups), argc, argv, info);
    if (r != 0)
        return r < 0 ? r : 0;
    weights_file f = {.path = NULL};
    r = act(ctx, &chosen, &f, info);
    file_done(&f);
    return r;
}
