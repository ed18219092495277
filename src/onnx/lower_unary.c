/* Functions of one value, and what is nothing at inference. */
#include <math.h>

#include "onnx/import_impl.h"

static const struct {
    const char *op;
    tk_activation_kind kind;
} activations[] = {
    {"Relu", TK_RELU}, {"LeakyRelu", TK_LEAKY_RELU}, {"Tanh", TK_TANH},
    {"Gelu", TK_GELU}, {"HardSwish", TK_HARD_SWISH},
};

static int waiting(ox_importer *imp, const ox_value *x, ox_form form)
{
    ox_value v = {.form = form, .at = x->at, .shape = x->shape};
    return ox_define(imp, &v);
}

/* alpha and beta of hard swish, nothing else. */
static int hard_sigmoid(ox_importer *imp, const ox_value *x)
{
    double alpha = ox_float(imp, "alpha", 0.2);
    double beta = ox_float(imp, "beta", 0.5);
    if (fabs(alpha - 1.0 / 6) > 1e-6 || fabs(beta - 0.5) > 1e-6)
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "HardSigmoid is supported as a part of hard swish only");
    return waiting(imp, x, OX_HARD_SIGMOID);
}

int ox_lower_unary(ox_importer *imp)
{
    ox_value *x;
    tk_activation f = {.slope = (float)ox_float(imp, "alpha", 0.01)};
    int r = ox_ready_input(imp, 0, false, &x);
    if (r != 0)
        return r;
    if (cs_str_is(imp->node->op, "Sigmoid"))
        return waiting(imp, x, OX_SIGMOID);
    if (cs_str_is(imp->node->op, "HardSigmoid"))
        return hard_sigmoid(imp, x);
    if (cs_str_is(ox_text(imp, "approximate"), "tanh"))
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "GELU approximated by tanh is not supported");
    for (size_t i = 0; i < CS_COUNTOF(activations); i++)
        if (cs_str_is(imp->node->op, activations[i].op))
            f.kind = activations[i].kind;
    return ox_define_layer(imp, nn_activation(imp->graph, f, x->at), &x->shape,
                           0);
}

/* With one slope for all. */
int ox_lower_prelu(ox_importer *imp)
{
    ox_value *x;
    const ox_value *slope = NULL;
    tk_activation f = {.kind = TK_LEAKY_RELU};
    int r = ox_ready_input(imp, 0, false, &x);
    if (r == 0)
        r = ox_constant(imp, 1, &slope);
    if (r != 0)
        return r;
    if (!ox_scalar(slope, &f.slope))
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "a slope for each channel is not supported");
    return ox_define_layer(imp, nn_activation(imp->graph, f, x->at), &x->shape,
                           0);
}

/* x / sqrt(2) may be waiting. */
int ox_lower_erf(ox_importer *imp)
{
    ox_value *x = NULL;
    int r = ox_input(imp, 0, &x);
    if (r == 0 && x->form != OX_SCALED)
        r = ox_ready_input(imp, 0, false, &x);
    if (r != 0)
        return r;
    ox_value v = {.form = OX_ERF,
                  .at = x->at,
                  .shape = x->shape,
                  .factor = x->form == OX_SCALED ? x->factor : 1};
    return ox_define(imp, &v);
}

/* Identity, Dropout: another name, while a waiting value goes on waiting. */
int ox_lower_same(ox_importer *imp)
{
    ox_value *x = NULL;
    int r = ox_input(imp, 0, &x);
    if (r != 0)
        return r;
    if (x->form == OX_CONSTANT)
        return ox_define_view(imp, x, &x->shape);
    ox_value v = *x;
    return ox_define(imp, &v);
}

/* Before opset 13 over all axes from `axis` on. */
static bool over_channels(const ox_value *x, unsigned axis, int64_t opset)
{
    tk_dims d;
    if (axis != 1 || !ox_dims_of(&x->shape, &d))
        return false;
    return opset >= 13 || tk_voxels(&d) == 1;
}

int ox_lower_softmax(ox_importer *imp)
{
    ox_value *x = NULL;
    int64_t value = 0;
    unsigned axis = 0;
    bool logarithm = cs_str_is(imp->node->op, "LogSoftmax");
    int64_t usual = imp->model->opset >= 13 ? -1 : 1;
    int r = ox_input(imp, 0, &x);
    if (r == 0 && x->form != OX_SCORES)
        r = ox_ready_input(imp, 0, true, &x);
    if (r == 0)
        r = ox_int(imp, "axis", usual, -TN_RANK_MAX, TN_RANK_MAX, &value);
    if (r == 0)
        r = ox_axis(imp, value, x->shape.rank, &axis);
    if (r != 0)
        return r;
    if (x->form == OX_SCORES && axis == x->shape.rank - 1 && !logarithm)
        return ox_weights_of(imp, x);
    if (x->form == OX_SCORES || !over_channels(x, axis, imp->model->opset))
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "%s along axis %u is not supported; only channels are",
                       logarithm ? "LogSoftmax" : "Softmax", axis);
    return ox_define_layer(
        imp,
        nn_softmax(imp->graph, logarithm ? TK_LOG_SOFTMAX : TK_SOFTMAX, x->at),
        &x->shape, 0);
}
