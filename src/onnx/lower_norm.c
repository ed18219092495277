/* Normalisations. Group normalisation is written as a reshaping that makes
 * channels of the groups, an instance normalisation of them, the way back, and
 * a product and a sum with what belongs to each channel. */
#include "onnx/import_impl.h"

static int read_eps(ox_importer *imp, double *ret)
{
    double eps = ox_float(imp, "epsilon", 1e-5);
    if (!(eps >= 0 && eps < 1))
        return cs_fail(imp->info, CS_E_FORMAT,
                       "an epsilon of %g makes no sense", eps);
    *ret = eps;
    return 0;
}

int ox_lower_batch_norm(ox_importer *imp)
{
    static const char *const parts[] = {"weight", "bias", "running_mean",
                                        "running_var"};
    const ox_value *given[CS_COUNTOF(parts)] = {NULL};
    ox_value *x = NULL;
    char layer[OX_LAYER_MAX];
    double eps = 0;
    int64_t training = 0;
    int r = ox_int(imp, "training_mode", 0, 0, 0, &training);
    if (r == 0)
        r = ox_ready_input(imp, 0, true, &x);
    for (size_t i = 0; r == 0 && i < CS_COUNTOF(parts); i++)
        r = ox_constant(imp, i + 1, &given[i]);
    if (r == 0)
        r = read_eps(imp, &eps);
    if (r == 0)
        r = ox_layer_name(imp, given[0], given[1], layer);
    if (r != 0)
        return r;
    size_t channels = ox_dims_at(imp, x->at)->c;
    if (tn_count(&given[0]->constant) != channels)
        return cs_fail(imp->info, CS_E_FORMAT, "%zu factors for %zu channels",
                       tn_count(&given[0]->constant), channels);
    nn_norm_eps(imp->graph, eps);
    nn_value at = nn_batch_norm(imp->graph, layer, x->at);
    for (size_t i = 0; at.id >= 0 && r == 0 && i < CS_COUNTOF(parts); i++)
        r = ox_fill(imp, layer, parts[i], given[i]);
    return r != 0 ? r : ox_define_layer(imp, at, NULL, x->shape.rank);
}

/* --- instances --- */

typedef struct instance {
    ox_value *x;
    const ox_value *gain, *shift;
    double eps;
    bool trivial; /* all ones and all zeros */
} instance;

static int read_instance(ox_importer *imp, instance *n)
{
    bool ones = false;
    bool zeros = false;
    int r = ox_ready_input(imp, 0, false, &n->x);
    if (r == 0)
        r = ox_constant(imp, 1, &n->gain);
    if (r == 0)
        r = ox_constant(imp, 2, &n->shift);
    if (r == 0)
        r = read_eps(imp, &n->eps);
    if (r == 0)
        r = ox_all_are(imp, n->gain, 1, &ones);
    if (r == 0)
        r = ox_all_are(imp, n->shift, 0, &zeros);
    n->trivial = ones && zeros;
    return r;
}

/* Of an image whose channels were gathered to groups. */
static int normed_groups(ox_importer *imp, const instance *n)
{
    const tk_dims *d = ox_dims_at(imp, n->x->at);
    const tn_shape *s = &n->x->shape;
    char text[TN_SHAPE_TEXT_MAX];
    if (!n->trivial || s->rank < 3 || s->dim[0] != d->n || s->dim[1] == 0 ||
        d->c % s->dim[1] != 0)
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "an instance normalisation of %s is supported as a part "
                       "of group normalisation only",
                       tn_shape_text(s, text));
    ox_value v = {.form = OX_NORMED,
                  .at = n->x->at,
                  .shape = *s,
                  .groups = s->dim[1],
                  .eps = n->eps};
    return ox_define(imp, &v);
}

int ox_lower_instance_norm(ox_importer *imp)
{
    instance n = {.x = NULL};
    char layer[OX_LAYER_MAX];
    int r = read_instance(imp, &n);
    if (r != 0)
        return r;
    if (!ox_is_plain(imp, n.x))
        return normed_groups(imp, &n);
    nn_norm_eps(imp->graph, n.eps);
    if (n.trivial)
        return ox_define_layer(imp, nn_instance_norm(imp->graph, NULL, n.x->at),
                               NULL, n.x->shape.rank);
    r = ox_layer_name(imp, n.gain, n.shift, layer);
    if (r != 0)
        return r;
    nn_value at = nn_instance_norm(imp->graph, layer, n.x->at);
    if (at.id >= 0) {
        r = ox_fill(imp, layer, "weight", n.gain);
        if (r == 0)
            r = ox_fill(imp, layer, "bias", n.shift);
    }
    return r != 0 ? r : ox_define_layer(imp, at, NULL, n.x->shape.rank);
}

/* --- layers --- */

/* Rows of channels: as such, of one voxel, or of one channel each. */
static bool has_rows(const ox_importer *imp, const ox_value *x)
{
    const tk_dims *d = ox_dims_at(imp, x->at);
    unsigned rank = x->shape.rank;
    if (x->form == OX_ROWS)
        return true;
    return rank >= 2 && x->shape.dim[rank - 1] == d->c &&
           (d->c == 1 || tk_voxels(d) == 1);
}

static int read_rows(ox_importer *imp, ox_value **ret)
{
    ox_value *x = NULL;
    int64_t value = 0;
    unsigned axis = 0;
    char text[TN_SHAPE_TEXT_MAX];
    int r = ox_input(imp, 0, &x);
    if (r == 0 && x->form != OX_ROWS)
        r = ox_ready_input(imp, 0, false, &x);
    if (r == 0)
        r = ox_int(imp, "axis", -1, -TN_RANK_MAX, TN_RANK_MAX, &value);
    if (r == 0)
        r = ox_axis(imp, value, x->shape.rank, &axis);
    if (r != 0)
        return r;
    *ret = x;
    if (axis != x->shape.rank - 1 || !has_rows(imp, x))
        return cs_fail(imp->info, CS_E_UNSUPPORTED,
                       "a layer normalisation of %s from axis %u on is not "
                       "supported; only that of channels, moved behind all "
                       "other axes, is",
                       tn_shape_text(&x->shape, text), axis);
    return 0;
}

/* Without a name where gain and shift are ones and zeros, or left out. */
static int named_layer(ox_importer *imp, const ox_value *gain,
                       const ox_value *shift, char layer[OX_LAYER_MAX],
                       bool *named)
{
    bool ones = false;
    bool zeros = true;
    int r = ox_all_are(imp, gain, 1, &ones);
    if (r == 0 && shift)
        r = ox_all_are(imp, shift, 0, &zeros);
    *named = !ones || !zeros || gain->name.len > 0;
    return r == 0 && *named ? ox_layer_name(imp, gain, shift, layer) : r;
}

static int norm_rows(ox_importer *imp, const ox_value *x, const ox_value *gain,
                     const ox_value *shift, nn_value *ret)
{
    char layer[OX_LAYER_MAX];
    bool named = false;
    int r = named_layer(imp, gain, shift, layer, &named);
    if (r == 0)
        r = ox_afford(imp, ox_dims_at(imp, x->at)->c);
    if (r != 0)
        return r;
    *ret = nn_layer_norm(imp->graph, named ? layer : NULL, x->at);
    r = ox_check_layer(imp, *ret);
    if (r == 0 && named)
        r = ox_fill(imp, layer, "weight", gain);
    return r != 0 || !named || !shift ? r : ox_fill(imp, layer, "bias", shift);
}

int ox_lower_layer_norm(ox_importer *imp)
{
    ox_value *x = NULL;
    const ox_value *gain = NULL;
    const ox_value *shift = NULL;
    double eps = 0;
    int r = read_rows(imp, &x);
    if (r == 0)
        r = ox_constant(imp, 1, &gain);
    if (r == 0)
        r = ox_optional(imp, 2, &shift);
    if (r == 0)
        r = read_eps(imp, &eps);
    if (r != 0)
        return r;
    nn_norm_eps(imp->graph, eps);
    ox_value v = {.form = x->form, .shape = x->shape};
    r = norm_rows(imp, x, gain, shift, &v.at);
    return r != 0 ? r : ox_define(imp, &v);
}

/* --- groups --- */

/* What one side lacks is ones, or zeros. */
static int fill_ones(ox_importer *imp, const char *layer, size_t n)
{
    CS_AUTO_MEM float *ones = cs_calloc(n, sizeof(*ones));
    if (!ones)
        return cs_fail_nomem(imp->info);
    for (size_t i = 0; i < n; i++)
        ones[i] = 1;
    return ox_fill_with(imp, layer, "weight", ones, n);
}

int ox_norm_layer(ox_importer *imp, const ox_value *v, nn_value *ret)
{
    size_t channels = ox_dims_at(imp, v->at)->c;
    char layer[OX_LAYER_MAX];
    nn_norm_eps(imp->graph, v->eps);
    if (!v->gain && !v->shift) {
        *ret = nn_group_norm(imp->graph, NULL, v->at, v->groups);
        return 0;
    }
    int r = ox_afford(imp, channels);
    if (r == 0)
        r = ox_layer_name(imp, v->gain ? v->gain : v->shift, v->shift, layer);
    if (r != 0)
        return r;
    *ret = nn_group_norm(imp->graph, layer, v->at, v->groups);
    if (ret->id < 0)
        return 0; /* the graph keeps the mistake */
    r = v->gain ? ox_fill(imp, layer, "weight", v->gain)
                : fill_ones(imp, layer, channels);
    return r != 0 || !v->shift ? r : ox_fill(imp, layer, "bias", v->shift);
}
