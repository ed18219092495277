#include "image/resample.h"

#include <string.h>

#include "image/elements.h"
#include "image/resample_impl.h"

static const char *const names[IM_INTERPOLATIONS] = {
    [IM_NEAREST] = "nearest",
    [IM_LINEAR] = "linear",
    [IM_CUBIC] = "cubic",
};

const char *im_interpolation_name(im_interpolation by)
{
    return names[by];
}

bool im_interpolation_parse(const char *name, im_interpolation *ret)
{
    for (unsigned i = 0; i < IM_INTERPOLATIONS; i++)
        if (strcmp(name, names[i]) == 0) {
            *ret = (im_interpolation)i;
            return true;
        }
    return false;
}

/* --- axis by axis --- */

/* Taps count in 32 bits. */
static bool is_short(const im_geometry *g)
{
    return g->size[0] < UINT32_MAX && g->size[1] < UINT32_MAX &&
           g->size[2] < UINT32_MAX;
}

/* Whether nothing needs to be reckoned. */
static bool is_copy(const im_resample_job *job, tn_dtype dtype)
{
    const im_axis *a = job->axis;
    return job->from->voxels.dtype == dtype &&
           (job->by == IM_NEAREST || (a[0].whole && a[1].whole && a[2].whole));
}

/* Along the old grid's axes, which *ret keeps the order of. */
static int by_axes(const im_resample_job *job, const im_axis axis[3],
                   const im_resampling *how, im_volume *ret, cs_errinfo *info)
{
    const im_geometry g =
        im_geometry_plain(axis[0].size, axis[1].size, axis[2].size);
    int r = im_volume_init(ret, how->dtype, &g, info);
    if (r < 0)
        return r;
    im_resample_job mine = *job;
    mine.axis = axis;
    mine.to = ret;
    return is_copy(&mine, how->dtype) ? im_resample_take(&mine, info)
                                      : im_resample_axes(&mine, info);
}

/* What was made in the order of the old axes, in that of the new ones. */
static int reorder(const im_volume *made, const int along[3], im_volume *ret,
                   cs_errinfo *info)
{
    if (along[0] == 0 && along[1] == 1 && along[2] == 2)
        return im_volume_share(made, ret, info);
    unsigned order[3]; /* tensors count axes from the slowest */
    for (unsigned c = 0; c < 3; c++)
        order[2 - along[c]] = 2 - c;
    CS_SCOPED(tn_tensor) view = TN_TENSOR_INIT;
    int r = tn_view_permute(&made->voxels, order, &view, info);
    return r < 0 ? r : tn_copy(&view, made->voxels.dtype, &ret->voxels, info);
}

static int separable(const im_resample_job *job, const im_resampling *how,
                     const int along[3], im_volume *ret, cs_errinfo *info)
{
    im_axis axis[3] = {IM_AXIS_INIT, IM_AXIS_INIT, IM_AXIS_INIT};
    CS_SCOPED(im_volume) made = IM_VOLUME_INIT;
    int r = 0;
    for (int c = 0; c < 3 && r == 0; c++)
        r = im_axis_init(&axis[c], job->map, c, along[c], how->by, info);
    if (r == 0)
        r = by_axes(job, axis, how, &made, info);
    if (r == 0)
        r = reorder(&made, along, ret, info);
    for (int c = 0; c < 3; c++)
        im_axis_done(&axis[c]);
    return r;
}

/* --- any grid --- */

static int oblique(const im_resample_job *job, const im_resampling *how,
                   const im_geometry *grid, im_volume *ret, cs_errinfo *info)
{
    CS_SCOPED(im_volume) made = IM_VOLUME_INIT;
    int r = im_volume_init(&made, how->dtype, grid, info);
    im_resample_job mine = *job;
    mine.to = &made;
    if (r == 0)
        r = im_resample_any(&mine, info);
    return r < 0 ? r : im_volume_share(&made, ret, info);
}

int im_resample(const im_volume *v, const im_geometry *grid,
                const im_resampling *how, const im_run *run, im_volume *ret,
                cs_errinfo *info)
{
    im_map map;
    int along[3];
    im_map_init(&map, &v->geometry, grid);
    uint64_t filler = 0;
    im_store_value(how->dtype, how->outside, &filler);
    const im_resample_job job = {.from = v,
                                 .map = &map,
                                 .by = how->by,
                                 .filler = &filler,
                                 .run = run,
                                 .table = im_table_of(run->tier)};
    int r;
    if (is_short(grid) && is_short(&v->geometry) &&
        im_map_is_separable(&map, along))
        r = separable(&job, how, along, ret, info);
    else
        r = oblique(&job, how, grid, ret, info);
    if (r == 0)
        ret->geometry = *grid;
    return r;
}

int im_resample_to_spacing(const im_volume *v, const double spacing[3],
                           const im_resampling *how, const im_run *run,
                           im_volume *ret, cs_errinfo *info)
{
    im_geometry grid;
    int r = im_geometry_respaced(&v->geometry, spacing, &grid, info);
    return r < 0 ? r : im_resample(v, &grid, how, run, ret, info);
}
