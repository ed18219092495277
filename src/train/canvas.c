#include "train/canvas.h"

#include <math.h>
#include <string.h>

#include "image/augment_map.h"
#include "image/augment_patch.h"
#include "image/file.h"

/* --- memory --- */

static size_t most_nodules(const tr_dataset *data)
{
    size_t most = 0;
    for (size_t i = 0; i < tr_dataset_count(data); i++)
        most = CS_MAX(most, tr_dataset_at(data, i)->nodule_count);
    return most;
}

/* Only heads that score voxels look at a mask. */
static bool wants_mask(const tr_plan *plan)
{
    return plan->recipe.head.kind == MD_HEAD_VOXELS;
}

static int init_volumes(tr_canvas *c, const tr_plan *plan, cs_errinfo *info)
{
    const size_t *size = plan->recipe.input.patch;
    const im_geometry g = im_geometry_plain(size[0], size[1], size[2]);
    const im_geometry wide =
        im_geometry_plain(2 * size[0], 2 * size[1], 2 * size[2]);
    int r = im_volume_init(&c->image, TN_F32, &g, info);
    if (r == 0 && wants_mask(plan))
        r = im_volume_init(&c->labels, TN_U8, &g, info);
    if (r == 0 && wants_mask(plan) && plan->sampling.crop == TR_CROP_CENTRE)
        r = im_volume_init(&c->around, TN_U8, &wide, info);
    return r;
}

int tr_canvas_new(const tr_plan *plan, const tr_dataset *data, tr_canvas **ret,
                  cs_errinfo *info)
{
    CS_AUTO(tr_canvas) c = cs_new0(tr_canvas);
    if (!c)
        return cs_fail_nomem(info);
    c->nodules_max = most_nodules(data);
    c->sample.nodules = cs_calloc(c->nodules_max, sizeof(dt_seen));
    int r =
        c->sample.nodules ? init_volumes(c, plan, info) : cs_fail_nomem(info);
    if (r < 0)
        return r;
    c->sample.image = im_f32(&c->image);
    if (c->labels.voxels.buffer)
        c->sample.mask = im_u8(&c->labels);
    *ret = CS_TAKE(c);
    return 0;
}

void tr_canvas_free(tr_canvas *c)
{
    if (!c)
        return;
    cs_free(c->sample.nodules);
    im_volume_done(&c->image);
    im_volume_done(&c->labels);
    im_volume_done(&c->around);
    cs_free(c);
}

/* --- painting --- */

typedef struct painting {
    tr_canvas *to;
    const tr_plan *plan;
    const tr_scan *scan;
    const im_run *run;
    im_augment_plan moves;
} painting;

/* A patch is put on the scan's own grid, so that one that nothing is done to
 * has exactly the scan's voxels. */
static im_geometry patch_about(const im_geometry *g, const double centre[3],
                               const size_t size[3])
{
    double at[3];
    ptrdiff_t begin[3];
    im_world_to_grid(g, centre, at);
    for (int i = 0; i < 3; i++)
        begin[i] = (ptrdiff_t)floor(at[i] - ((double)size[i] - 1) / 2 + 0.5);
    return im_geometry_part(g, begin, size);
}

/* HU to what the network is fed; air lies beyond the scan. */
static int paint_image(const painting *p, const im_volume *scan,
                       cs_errinfo *info)
{
    const md_input *input = &p->plan->recipe.input;
    int r = im_augment_image(p->run, &p->moves, scan, (float)input->low,
                             &p->to->image, info);
    if (r < 0)
        return r;
    const float low = (float)input->low;
    const float scale = (float)(1 / (input->high - input->low));
    float *v = p->to->sample.image;
    for (size_t i = 0, n = im_geometry_voxels(&p->to->image.geometry); i < n;
         i++) {
        float x = (v[i] - low) * scale;
        x = x > 0 ? x : 0;
        v[i] = x < 1 ? x : 1;
    }
    return 0;
}

/* Whether something of that size there may concern the patch. */
static bool is_in_sight(const im_geometry *patch, const dt_seen *s)
{
    for (int i = 0; i < 3; i++) {
        double reach = fmax(s->diameter, 4);
        if (s->at[i] < -reach || s->at[i] > (double)patch->size[i] - 1 + reach)
            return false;
    }
    return true;
}

static void see_nodules(const painting *p)
{
    const im_geometry *patch = &p->to->image.geometry;
    const im_augment_map map = im_augment_map_of(&p->moves, patch);
    const double voxel =
        cbrt(patch->spacing[0] * patch->spacing[1] * patch->spacing[2]);
    size_t count = 0;
    for (size_t i = 0; i < p->scan->nodule_count; i++) {
        const dt_nodule *n = &p->scan->nodules[i];
        dt_seen s = {.diameter = n->diameter * p->moves.scale / voxel,
                     .excluded = n->excluded};
        double at[3];
        im_augment_point(&map, n->centre, at);
        im_world_to_grid(patch, at, s.at);
        if (is_in_sight(patch, &s))
            p->to->sample.nodules[count++] = s;
    }
    p->to->sample.truth.count = count;
}

/* --- masks --- */

/* Numbers of nodules become 1 and 255, as dt_truth has them. */
static void tell_apart(const painting *p)
{
    uint8_t means[256];
    uint8_t *v = im_u8(&p->to->labels);
    memset(means, 255, sizeof(means));
    means[0] = 0;
    for (size_t i = 0; i < p->scan->nodule_count && i < TR_NODULES_MAX; i++)
        means[i + 1] = p->scan->nodules[i].excluded ? 255 : 1;
    for (size_t i = 0, n = im_geometry_voxels(&p->to->labels.geometry); i < n;
         i++)
        v[i] = means[v[i]];
}

static int paint_mask(const painting *p, const im_volume *nodules,
                      cs_errinfo *info)
{
    p->to->labels.geometry = p->to->image.geometry;
    int r = im_augment_labels(p->run, &p->moves, nodules, &p->to->labels, info);
    if (r == 0)
        tell_apart(p);
    return r;
}

/* The reference's ball: whole voxels about a whole voxel, round in voxels and
 * not in millimetres. */
static void paint_reference_ball(const painting *p, const im_geometry *scan,
                                 const ptrdiff_t begin[3], const dt_nodule *n)
{
    const im_geometry *g = &p->to->around.geometry;
    double at[3];
    im_world_to_grid(scan, n->centre, at);
    double least =
        fmin(fmin(scan->spacing[0], scan->spacing[1]), scan->spacing[2]);
    const ptrdiff_t radius =
        (ptrdiff_t)fmax(1, trunc(n->diameter / (2 * least)));
    uint8_t *v = im_u8(&p->to->around);
    for (ptrdiff_t dz = -radius; dz <= radius; dz++)
        for (ptrdiff_t dy = -radius; dy <= radius; dy++)
            for (ptrdiff_t dx = -radius; dx <= radius; dx++) {
                const ptrdiff_t d[3] = {dx, dy, dz};
                size_t x[3];
                bool inside = dx * dx + dy * dy + dz * dz <= radius * radius;
                for (int i = 0; i < 3; i++) {
                    x[i] = (size_t)((ptrdiff_t)trunc(at[i]) + d[i] - begin[i]);
                    inside &= x[i] < g->size[i];
                }
                if (inside)
                    v[im_at(g, x[0], x[1], x[2])] = n->excluded ? 255 : 1;
            }
}

/* Excluded ones first: where they overlap with nodules, these count. */
static int paint_reference_mask(const painting *p, const im_volume *scan,
                                const ptrdiff_t begin[3], cs_errinfo *info)
{
    tr_canvas *to = p->to;
    ptrdiff_t wide[3];
    for (int i = 0; i < 3; i++)
        wide[i] = begin[i] - (ptrdiff_t)(to->image.geometry.size[i] / 2);
    to->around.geometry =
        im_geometry_part(&scan->geometry, wide, to->around.geometry.size);
    memset(im_u8(&to->around), 0, im_geometry_voxels(&to->around.geometry));
    for (int excluded = 1; excluded >= 0; excluded--)
        for (size_t i = 0; i < p->scan->nodule_count; i++)
            if (p->scan->nodules[i].excluded == excluded)
                paint_reference_ball(p, &scan->geometry, wide,
                                     &p->scan->nodules[i]);
    to->labels.geometry = to->image.geometry;
    return im_augment_labels(p->run, &p->moves, &to->around, &to->labels, info);
}

/* --- the two ways --- */

static int paint_prepared(const painting *p, const tr_dataset *data,
                          const tr_choice *choice, cs_errinfo *info)
{
    tr_prepared t = TR_PREPARED_INIT;
    tr_canvas *to = p->to;
    int r = tr_dataset_prepared(data, choice->scan, &t, info);
    if (r < 0)
        return r;
    to->image.geometry = patch_about(&t.scan.image.geometry, choice->centre,
                                     p->plan->recipe.input.patch);
    to->sample.truth.mask = NULL;
    r = paint_image(p, &t.scan.image, info);
    if (r == 0 && wants_mask(p->plan) && t.nodules.voxels.buffer) {
        r = paint_mask(p, &t.nodules, info);
        to->sample.truth.mask = to->sample.mask;
    }
    tr_prepared_done(&t);
    return r;
}

static int paint_middle(const painting *p, cs_errinfo *info)
{
    CS_SCOPED(im_volume) file = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) scan = IM_VOLUME_INIT;
    tr_canvas *to = p->to;
    const size_t *size = p->plan->recipe.input.patch;
    ptrdiff_t begin[3];
    int r = im_read(p->scan->path, &file, info);
    if (r == 0)
        r = im_volume_check_finite(&file, info);
    if (r == 0)
        r = file.voxels.dtype == TN_I16
                ? im_volume_share(&file, &scan, info)
                : im_volume_convert(&file, TN_I16, &scan, info);
    if (r < 0)
        return r;
    for (int i = 0; i < 3; i++)
        begin[i] = ((ptrdiff_t)scan.geometry.size[i] - (ptrdiff_t)size[i]) / 2;
    to->image.geometry = im_geometry_part(&scan.geometry, begin, size);
    r = paint_image(p, &scan, info);
    if (r == 0 && wants_mask(p->plan))
        r = paint_reference_mask(p, &scan, begin, info);
    to->sample.truth.mask = to->sample.mask;
    return r;
}

int tr_canvas_paint(tr_canvas *c, const tr_plan *plan, const tr_dataset *data,
                    const tr_choice *choice, const im_run *run,
                    cs_errinfo *info)
{
    const painting p = {
        .to = c,
        .plan = plan,
        .scan = tr_dataset_at(data, choice->scan),
        .run = run,
        .moves = choice->augment ? im_augment_draw(&plan->augment.spec,
                                                   choice->seed, choice->number)
                                 : im_augment_identity()};
    int r = choice->kind == TR_KIND_MIDDLE
                ? paint_middle(&p, info)
                : paint_prepared(&p, data, choice, info);
    if (r < 0)
        return r;
    see_nodules(&p);
    c->sample.scan = choice->scan;
    c->sample.truth.nodules = c->sample.nodules;
    c->sample.truth.label = choice->label;
    return 0;
}
