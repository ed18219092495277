#include "detect/head.h"

#include <assert.h>
#include <math.h>

#include "detect/head_impl.h"

const char *const dt_loss_words[] = {"default", "dice", "dice-ce",
                                     "tversky", "bce",  NULL};
static_assert(CS_COUNTOF(dt_loss_words) == DT_LOSSES + 1, "a word each");

static bool has_loss(md_head_kind head, dt_loss_kind kind)
{
    switch (kind) {
    case DT_LOSS_DEFAULT:
        return true;
    case DT_LOSS_DICE:
    case DT_LOSS_DICE_CE:
    case DT_LOSS_TVERSKY:
        return head == MD_HEAD_VOXELS;
    case DT_LOSS_BCE:
        return head == MD_HEAD_ANCHORS;
    case DT_LOSSES:
        break;
    }
    return false;
}

static int check_number(const char *name, double v, double limit,
                        cs_errinfo *info)
{
    if (v >= 0 && v < limit)
        return 0;
    return cs_fail(info, CS_E_RANGE, "the loss's %s is %g, not in [0, %g)",
                   name, v, limit);
}

int dt_loss_check(const md_recipe *r, const dt_loss_options *o,
                  cs_errinfo *info)
{
    if (!has_loss(r->head.kind, o->kind))
        return cs_fail(info, CS_E_USAGE,
                       "the loss \"%s\" is not one of a head of %s",
                       dt_loss_words[o->kind], md_head_words[r->head.kind]);
    int e = check_number("alpha", o->alpha, 1, info);
    if (e == 0)
        e = check_number("gamma", o->gamma, 10, info);
    if (e == 0)
        e = check_number("box", o->box, 1e6, info);
    if (e == 0)
        e = check_number("smoothing", o->smoothing, 1, info);
    if (e == 0)
        e = check_number("positive", o->positive, 1e6, info);
    return e;
}

static bool is_sound(const dt_seen *s)
{
    return isfinite(s->at[0]) && isfinite(s->at[1]) && isfinite(s->at[2]) &&
           isfinite(s->diameter) && s->diameter > 0;
}

static int check_truth(const dt_truth *t, size_t sample, cs_errinfo *info)
{
    for (size_t i = 0; i < t->count; i++)
        if (!is_sound(&t->nodules[i]))
            return cs_fail(info, CS_E_RANGE,
                           "nodule %zu of sample %zu has no place or no size",
                           i, sample);
    if (t->label < 0 || t->label > 1)
        return cs_fail(info, CS_E_RANGE,
                       "the label of sample %zu is %d, not 0 or 1", sample,
                       t->label);
    return 0;
}

static int check(const dt_batch *b, cs_errinfo *info)
{
    int e = dt_loss_check(b->r, &b->o, info);
    if (e == 0 && (b->n == 0 || b->points == 0))
        e = cs_fail(info, CS_E_RANGE, "a batch without samples or cells");
    for (size_t i = 0; i < b->n && e == 0; i++)
        e = check_truth(&b->truths[i], i, info);
    return e;
}

static int loss_of(const dt_batch *b, dt_loss *ret, cs_errinfo *info)
{
    switch (b->r->head.kind) {
    case MD_HEAD_VOXELS:
        return dt_voxels_loss(b, ret, info);
    case MD_HEAD_ANCHORS:
        return dt_anchors_loss(b, ret, info);
    case MD_HEAD_CENTRES:
        return dt_centres_loss(b, ret, info);
    case MD_HEAD_CLASS:
    case MD_HEADS:
        break;
    }
    return dt_class_loss(b, ret, info);
}

// NOLINTNEXTLINE(readability-function-size): a batch has that many parts
int dt_head_loss(const md_recipe *r, const dt_loss_options *o, cs_pool *pool,
                 const dt_truth *truths, size_t n, const size_t size[3],
                 const float *const *outputs, float *const *gradients,
                 dt_loss *ret, cs_errinfo *info)
{
    dt_batch b = {.r = r,
                  .pool = pool,
                  .truths = truths,
                  .n = n,
                  .outputs = outputs,
                  .gradients = gradients};
    if (o)
        b.o = *o;
    dt_head_cells(r, size, b.cells);
    b.points = b.cells[0] * b.cells[1] * b.cells[2];
    int e = check(&b, info);
    if (e < 0)
        return e;
    dt_loss loss = {0};
    e = loss_of(&b, &loss, info);
    if (e < 0)
        return e;
    loss.loss = loss.scores + dt_or(b.o.box, 1) * loss.boxes;
    *ret = loss;
    return 0;
}

size_t dt_head_channels(const md_recipe *r)
{
    return r->head.kind == MD_HEAD_VOXELS ? 1 : DT_MAP_CHANNELS_MAX;
}

void dt_head_cells(const md_recipe *r, const size_t size[3], size_t ret[3])
{
    size_t stride = CS_MAX(r->head.stride, (size_t)1);
    bool whole = r->head.kind == MD_HEAD_CLASS;
    for (int axis = 0; axis < 3; axis++)
        ret[axis] = whole ? 1 : size[axis] / stride;
}

void dt_head_map(const md_recipe *r, CS_UNUSED size_t n, size_t i,
                 const size_t size[3], const float *const *outputs, float *map)
{
    size_t cells[3];
    dt_head_cells(r, size, cells);
    size_t points = cells[0] * cells[1] * cells[2];
    if (r->head.kind == MD_HEAD_VOXELS)
        dt_voxels_map(r, i, points, outputs, map);
    else if (r->head.kind == MD_HEAD_ANCHORS)
        dt_anchors_map(r, i, points, outputs, map);
    else
        dt_centres_map(r, i, points, outputs, map);
}
