/* Elements of morphology.h. */
#include <assert.h>
#include <math.h>

#include "base/mem.h"
#include "image/morphology.h"

#define LARGEST_RADIUS 256

static int init(im_brush *e, const size_t radius[3], cs_errinfo *info)
{
    for (unsigned a = 0; a < 3; a++)
        if (radius[a] > LARGEST_RADIUS)
            return cs_fail(info, CS_E_LIMIT,
                           "a radius of %zu voxels is too large, at most %d",
                           radius[a], LARGEST_RADIUS);
    e->reach = cs_calloc((radius[1] + 1) * (radius[2] + 1), sizeof(*e->reach));
    if (!e->reach)
        return cs_fail_nomem(info);
    for (unsigned a = 0; a < 3; a++)
        e->radius[a] = radius[a];
    return 0;
}

void im_brush_done(im_brush *e)
{
    cs_free(e->reach);
    e->reach = NULL;
}

int im_brush_box(im_brush *e, const size_t radius[3], cs_errinfo *info)
{
    int r = init(e, radius, info);
    if (r < 0)
        return r;
    for (size_t i = 0; i < (radius[1] + 1) * (radius[2] + 1); i++)
        e->reach[i] = (uint32_t)radius[0] + 1;
    return 0;
}

/* dx / ax and so on squared, added up in ITK's order, so that voxels on the
 * edge fall to the same side. */
static bool inside(const double axes[3], size_t dx, size_t dy, size_t dz)
{
    const double d[] = {(double)dx / axes[0], (double)dy / axes[1],
                        (double)dz / axes[2]};
    return d[0] * d[0] + d[1] * d[1] + d[2] * d[2] <= 1;
}

static void set_ellipsoid(im_brush *e, const double axes[3])
{
    uint32_t *reach = e->reach;
    for (size_t dz = 0; dz <= e->radius[2]; dz++)
        for (size_t dy = 0; dy <= e->radius[1]; dy++, reach++)
            while (*reach <= e->radius[0] && inside(axes, *reach, dy, dz))
                ++*reach;
}

int im_brush_ball(im_brush *e, const size_t radius[3], cs_errinfo *info)
{
    int r = init(e, radius, info);
    if (r < 0)
        return r;
    const double axes[] = {(double)radius[0] + 0.5, (double)radius[1] + 0.5,
                           (double)radius[2] + 0.5};
    set_ellipsoid(e, axes);
    return 0;
}

int im_brush_ball_mm(im_brush *e, double mm, const double spacing[3],
                     cs_errinfo *info)
{
    size_t radius[3];
    double axes[3];
    if (!(mm >= 0))
        return cs_fail(info, CS_E_RANGE, "%g mm is no radius", mm);
    for (unsigned a = 0; a < 3; a++) {
        assert(spacing[a] > 0);
        /* A hair more, so that 2.1 mm reaches three voxels of 0.7 mm. */
        axes[a] = mm / spacing[a] * (1 + 1e-9);
        double whole = floor(axes[a]);
        radius[a] = whole > LARGEST_RADIUS ? LARGEST_RADIUS + 1 : (size_t)whole;
        axes[a] = axes[a] > 0 ? axes[a] : 1;
    }
    int r = init(e, radius, info);
    if (r == 0)
        set_ellipsoid(e, axes);
    return r;
}
