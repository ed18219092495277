#include "lung/parts.h"

int lu_parts_find(const im_run *run, const im_volume *mask,
                  im_neighbours neighbours, size_t least, lu_parts *ret,
                  cs_errinfo *info)
{
    int r = im_components_find(run, mask, neighbours, &ret->found, info);
    if (r == 0)
        r = im_components_by_size(&ret->found, least, info);
    if (r == 0)
        r = im_components_labels(run, &ret->found, &mask->geometry, &ret->label,
                                 info);
    if (r < 0)
        lu_parts_done(ret);
    return r;
}

void lu_parts_done(lu_parts *p)
{
    im_components_done(&p->found);
    im_volume_done(&p->label);
}

void lu_parts_choose(const lu_parts *p, const uint8_t *keep, uint8_t *mask)
{
    const int32_t *label = lu_parts_labels(p);
    size_t n = im_geometry_voxels(&p->label.geometry);
    for (size_t i = 0; i < n; i++)
        mask[i] = label[i] && keep[label[i]];
}
