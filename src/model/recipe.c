#include "model/recipe.h"

#include <math.h>

/* Beyond these nobody means what he wrote, and products stay far from any
 * limit. */
#define SPACING_MIN 0.05
#define SPACING_MAX 20.0
#define HU_MAX 100000.0
#define PATCH_MAX ((size_t)1024)
#define PATCH_VOXELS_MAX ((size_t)1 << 27)
#define STRIDE_MAX ((size_t)64)
#define CLASSES_MAX ((size_t)4096)
#define ANCHOR_MAX 1000.0

#define BOX_NUMBERS 6     /* an anchor */
#define CENTRE_CHANNELS 5 /* a logit, an offset, a diameter */

int md_recipe_build(const md_recipe *r, size_t n, const size_t size[3],
                    nn_params *params, nn_graph **ret, cs_errinfo *info)
{
    const zoo_options options = {.classes = r->classes};
    const tk_dims dims = {n, 1, size[2], size[1], size[0]};
    return zoo_build(r->network, &options, &dims, params, ret, info);
}

/* --- numbers --- */

static const char axis_names[] = "xyz";

/* Also false for what is no number. */
static bool within(double value, double low, double high)
{
    return value >= low && value <= high;
}

static int check_input(const md_input *in, cs_errinfo *info)
{
    bool own_voxels = in->spacing >= 0 && in->spacing <= 0;
    if (!own_voxels && !within(in->spacing, SPACING_MIN, SPACING_MAX))
        return cs_fail(info, CS_E_RANGE,
                       "spacing: expected 0 (the scan's own voxels) or %g to "
                       "%g mm, not %g",
                       SPACING_MIN, SPACING_MAX, in->spacing);
    if (!within(in->low, -HU_MAX, HU_MAX) || !within(in->high, -HU_MAX, HU_MAX))
        return cs_fail(info, CS_E_RANGE,
                       "window: expected Hounsfield units from %g to %g, not "
                       "%g to %g",
                       -HU_MAX, HU_MAX, in->low, in->high);
    if (in->low >= in->high)
        return cs_fail(info, CS_E_RANGE,
                       "window: %g to %g HU is empty; the lower end comes "
                       "first",
                       in->low, in->high);
    return 0;
}

static int check_patch(const size_t patch[3], cs_errinfo *info)
{
    size_t voxels = 1;
    for (int k = 0; k < 3; k++) {
        if (patch[k] < 1 || patch[k] > PATCH_MAX)
            return cs_fail(info, CS_E_RANGE,
                           "patch: expected 1 to %zu voxels along %c, not %zu",
                           PATCH_MAX, axis_names[k], patch[k]);
        voxels *= patch[k];
    }
    if (voxels > PATCH_VOXELS_MAX)
        return cs_fail(info, CS_E_RANGE,
                       "patch: %zu x %zu x %zu voxels are more than %zu",
                       patch[0], patch[1], patch[2], PATCH_VOXELS_MAX);
    return 0;
}

static int check_anchors(const md_head *h, cs_errinfo *info)
{
    bool wanted = h->kind == MD_HEAD_ANCHORS;
    if (!wanted && h->anchor_count > 0)
        return cs_fail(info, CS_E_USAGE,
                       "anchors: a head of kind '%s' has none",
                       md_head_words[h->kind]);
    if (wanted && (h->anchor_count < 1 || h->anchor_count > MD_ANCHORS_MAX))
        return cs_fail(info, CS_E_RANGE,
                       "anchors: expected 1 to %d sizes, not %zu",
                       MD_ANCHORS_MAX, h->anchor_count);
    for (size_t i = 0; i < h->anchor_count; i++)
        if (!(h->anchors[i] > 0 && h->anchors[i] <= ANCHOR_MAX))
            return cs_fail(info, CS_E_RANGE,
                           "anchors: expected sizes above 0 and up to %g mm, "
                           "not %g",
                           ANCHOR_MAX, h->anchors[i]);
    return 0;
}

static int check_stride(const md_head *h, cs_errinfo *info)
{
    if (h->kind == MD_HEAD_CLASS && h->stride <= 1)
        return 0;
    if (h->kind == MD_HEAD_CLASS)
        return cs_fail(info, CS_E_USAGE,
                       "stride: a head of kind 'class' has none");
    if (h->stride < 1 || h->stride > STRIDE_MAX)
        return cs_fail(info, CS_E_RANGE,
                       "stride: expected 1 to %zu voxels a cell, not %zu",
                       STRIDE_MAX, h->stride);
    if (h->kind == MD_HEAD_VOXELS && h->stride != 1)
        return cs_fail(info, CS_E_RANGE,
                       "stride: a head of kind 'voxels' has cells of 1 voxel, "
                       "not %zu",
                       h->stride);
    return 0;
}

static int check_task(const md_recipe *r, cs_errinfo *info)
{
    bool patches = r->head.kind == MD_HEAD_CLASS;
    if (patches != (r->task != MD_DETECT))
        return cs_fail(info, CS_E_USAGE,
                       "task: a head of kind '%s' cannot answer '%s'",
                       md_head_words[r->head.kind], md_task_words[r->task]);
    return 0;
}

static int check_network(const md_recipe *r, cs_errinfo *info)
{
    if (r->network->rank != 3 || r->network->channels != 1)
        return cs_fail(info, CS_E_USAGE,
                       "network: %s is for images, not for volumes of one "
                       "channel",
                       r->network->name);
    if (r->classes > CLASSES_MAX)
        return cs_fail(info, CS_E_RANGE, "classes: expected 0 to %zu, not %zu",
                       CLASSES_MAX, r->classes);
    return 0;
}

int md_recipe_check_fields(const md_recipe *r, cs_errinfo *info)
{
    int e = check_network(r, info);
    if (e == 0)
        e = check_task(r, info);
    if (e == 0)
        e = check_input(&r->input, info);
    if (e == 0)
        e = check_patch(r->input.patch, info);
    if (e == 0)
        e = check_stride(&r->head, info);
    return e < 0 ? e : check_anchors(&r->head, info);
}

/* --- against the network --- */

static const nn_node *output_of(const nn_graph *g, size_t i)
{
    return nn_graph_node(g, (size_t)nn_graph_output(g, i));
}

static int check_outputs(const md_recipe *r, const nn_graph *g,
                         cs_errinfo *info)
{
    size_t wanted = r->head.kind == MD_HEAD_ANCHORS ? 2 : 1;
    if (nn_graph_outputs(g) == wanted)
        return 0;
    return cs_fail(info, CS_E_USAGE,
                   "head: kind '%s' wants a network with %zu outputs, %s has "
                   "%zu",
                   md_head_words[r->head.kind], wanted, r->network->name,
                   nn_graph_outputs(g));
}

static int check_channels(const md_recipe *r, const nn_node *out, size_t want,
                          cs_errinfo *info)
{
    if (out->dims.c == want)
        return 0;
    return cs_fail(info, CS_E_USAGE,
                   "head: kind '%s' wants %zu channels, %s gives %zu; look at "
                   "'classes' and 'anchors'",
                   md_head_words[r->head.kind], want, r->network->name,
                   out->dims.c);
}

/* One probability, or two logits. */
static int check_scores(const md_recipe *r, const nn_node *out,
                        cs_errinfo *info)
{
    bool sure = out->op == NN_ACTIVATION && out->activation.kind == TK_SIGMOID;
    if (out->dims.c == (sure ? 1 : 2))
        return 0;
    return cs_fail(info, CS_E_USAGE,
                   "head: kind 'voxels' wants one channel of probabilities or "
                   "two of logits, %s gives %zu of %s",
                   r->network->name, out->dims.c,
                   cs_msg(info ? info->lang : CS_LANG_EN,
                          sure ? CS_N_("probabilities") : CS_N_("logits")));
}

/* What a patch of the recipe becomes: cells, or one answer. */
static int check_extents(const md_recipe *r, const nn_node *out,
                         cs_errinfo *info)
{
    bool patches = r->head.kind == MD_HEAD_CLASS;
    const size_t have[3] = {out->dims.w, out->dims.h, out->dims.d};
    for (int k = 0; k < 3; k++) {
        size_t want = patches ? 1 : r->input.patch[k] / r->head.stride;
        if (have[k] != want)
            return cs_fail(info, CS_E_USAGE,
                           "head: kind '%s' wants %zu cells along %c of a "
                           "patch, %s gives %zu; look at 'stride'",
                           md_head_words[r->head.kind], want, axis_names[k],
                           r->network->name, have[k]);
    }
    return 0;
}

static int check_head(const md_recipe *r, const nn_graph *g, cs_errinfo *info)
{
    int e = check_outputs(r, g, info);
    if (e < 0)
        return e;
    const nn_node *out = output_of(g, 0);
    switch (r->head.kind) {
    case MD_HEAD_VOXELS:
        e = check_scores(r, out, info);
        break;
    case MD_HEAD_ANCHORS:
        e = check_channels(r, out, 2 * r->head.anchor_count, info);
        if (e == 0)
            e = check_channels(r, output_of(g, 1),
                               BOX_NUMBERS * r->head.anchor_count, info);
        break;
    case MD_HEAD_CENTRES:
        e = check_channels(r, out, CENTRE_CHANNELS, info);
        break;
    default:
        break;
    }
    return e < 0 ? e : check_extents(r, out, info);
}

/* Networks that round down, or that fail with a layer's name where two maps do
 * not fit, would both tell it less well. So the strides come from a patch that
 * every network takes. */
static int check_divides(const md_recipe *r, cs_errinfo *info)
{
    static const size_t good[3] = {64, 64, 64};
    CS_AUTO(nn_params) params = NULL;
    CS_AUTO(nn_graph) g = NULL;
    size_t stride[3];
    int e = nn_params_new(&params, info);
    if (e == 0)
        e = md_recipe_build(r, 1, good, params, &g, info);
    if (e == 0)
        e = md_graph_stride(g, stride, info);
    for (int k = 0; e == 0 && k < 3; k++)
        if (r->input.patch[k] % stride[k] != 0)
            e = cs_fail(info, CS_E_RANGE,
                        "patch: %zu voxels along %c are no multiple of %zu, "
                        "which %s needs",
                        r->input.patch[k], axis_names[k], stride[k],
                        r->network->name);
    return e;
}

int md_recipe_check(const md_recipe *r, cs_errinfo *info)
{
    CS_AUTO(nn_params) params = NULL;
    CS_AUTO(nn_graph) g = NULL;
    int e = md_recipe_check_fields(r, info);
    if (e == 0 && r->head.kind != MD_HEAD_CLASS)
        e = check_divides(r, info);
    if (e == 0)
        e = nn_params_new(&params, info);
    if (e == 0)
        e = md_recipe_build(r, 1, r->input.patch, params, &g, info);
    return e < 0 ? e : check_head(r, g, info);
}
