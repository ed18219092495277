#include "image/augment_patch.h"

#include "image/augment_filter.h"
#include "image/augment_sample.h"
#include "image/augment_tone.h"
#include "image/kernels/table.h"

static int make_image(const im_run *run, const im_augment_plan *plan,
                      const im_volume *scan, float fill, im_volume *patch,
                      cs_errinfo *info)
{
    const im_geometry *g = &patch->geometry;
    const im_augment_map map = im_augment_map_of(plan, g);
    float *voxels = im_f32(patch);
    int r = im_augment_sample(run, &map, scan, g, fill, voxels, info);
    if (r == 0)
        r = im_augment_blur(run, g, plan->blur_mm, voxels, info);
    if (r == 0)
        r = im_augment_thick(run, g, plan->thick_mm, plan->thick_phase, voxels,
                             info);
    if (r == 0)
        im_augment_tone(run, plan, im_geometry_voxels(g), voxels);
    return r;
}

typedef struct rounding {
    const im_table *table;
    const float *from;
    int16_t *to;
} rounding;

static void round_chunk(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const rounding *j = ctx;
    j->table->store_i16(j->from + begin, end - begin, j->to + begin);
}

static int make_rounded(const im_run *run, const im_augment_plan *plan,
                        const im_volume *scan, float fill, im_volume *patch,
                        cs_errinfo *info)
{
    CS_SCOPED(im_volume) exact = IM_VOLUME_INIT;
    int r = im_volume_init(&exact, TN_F32, &patch->geometry, info);
    if (r == 0)
        r = make_image(run, plan, scan, fill, &exact, info);
    if (r < 0)
        return r;
    rounding j = {im_table_of(run->tier), im_f32(&exact),
                  tn_data(&patch->voxels)};
    cs_pool_for(run->pool, im_geometry_voxels(&patch->geometry), 0, round_chunk,
                &j);
    return 0;
}

int im_augment_image(const im_run *run, const im_augment_plan *plan,
                     const im_volume *scan, float fill, im_volume *patch,
                     cs_errinfo *info)
{
    switch (patch->voxels.dtype) {
    case TN_F32:
        return make_image(run, plan, scan, fill, patch, info);
    case TN_I16:
        return make_rounded(run, plan, scan, fill, patch, info);
    default:
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "augmentation makes patches of i16 or f32, not of %s",
                       tn_dtype_name(patch->voxels.dtype));
    }
}

int im_augment_labels(const im_run *run, const im_augment_plan *plan,
                      const im_volume *scan, im_volume *patch, cs_errinfo *info)
{
    if (patch->voxels.dtype != scan->voxels.dtype)
        return cs_fail(info, CS_E_UNSUPPORTED,
                       "labels of %s cannot become labels of %s",
                       tn_dtype_name(scan->voxels.dtype),
                       tn_dtype_name(patch->voxels.dtype));
    const im_augment_map map = im_augment_map_of(plan, &patch->geometry);
    return im_augment_sample_labels(run, &map, scan, &patch->geometry,
                                    tn_data(&patch->voxels), info);
}
