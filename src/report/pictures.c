#include <string.h>

#include "base/mem.h"
#include "image/crop.h"
#include "report/pages.h"

#define CLOSE_MM 50.0
#define WHOLE_MM 360.0
#define CLOSE_PIXELS 200
#define WHOLE_PIXELS 216
#define SLAB_MM                                                                \
    30.0 /* of the overview: thicker ones are all ribs and heart               \
          */

/* The middle of what the lungs fill, and how far they reach. */
typedef struct lungs_place {
    double middle[3], reach[3]; /* world mm */
} lungs_place;

static void find_lungs_place(const im_volume *lungs, lungs_place *ret)
{
    im_box box;
    const im_geometry *g = &lungs->geometry;
    double grid[3];
    if (!im_mask_box(lungs, 0, &box))
        box = (im_box){{0, 0, 0}, {g->size[0], g->size[1], g->size[2]}};
    for (int i = 0; i < 3; i++) {
        grid[i] = (double)box.begin[i] + ((double)box.size[i] - 1) / 2;
        ret->reach[i] = 0;
    }
    im_grid_to_world(g, grid, ret->middle);
    for (int i = 0; i < 3; i++)
        for (int axis = 0; axis < 3; axis++) {
            double part = g->direction[3 * i + axis] * g->spacing[axis] *
                          (double)box.size[axis];
            ret->reach[i] += part < 0 ? -part : part;
        }
}

static int cut_overview(const rp_case *c, const im_run *run,
                        const lungs_place *l, rp_slice *ret, cs_errinfo *info)
{
    rp_plane p = {.axis = RP_CORONAL, .width = 320, .height = 260};
    memcpy(p.centre, l->middle, sizeof(p.centre));
    double wide = (l->reach[0] + 30) / (double)p.width;
    double high = (l->reach[2] + 30) / (double)p.height;
    p.mm = CS_MAX(wide, high);
    return rp_slice_project(run, c->scan, &p, SLAB_MM, ret, info);
}

/* The patient's three planes through a finding, about the lungs' middle. */
static rp_plane whole_plane(const lungs_place *l, rp_axis axis,
                            const double at[3])
{
    rp_plane p = {.axis = axis,
                  .mm = WHOLE_MM / WHOLE_PIXELS,
                  .width = WHOLE_PIXELS,
                  .height = WHOLE_PIXELS};
    static const int depth[RP_AXES] = {2, 1, 0};
    memcpy(p.centre, l->middle, sizeof(p.centre));
    p.centre[depth[axis]] = at[depth[axis]];
    return p;
}

static rp_plane close_plane(rp_axis axis, const double at[3])
{
    return (rp_plane){.axis = axis,
                      .centre = {at[0], at[1], at[2]},
                      .mm = CLOSE_MM / CLOSE_PIXELS,
                      .width = CLOSE_PIXELS,
                      .height = CLOSE_PIXELS};
}

static int cut_finding(const im_run *run, const im_volume *scan,
                       const lungs_place *l, const lu_finding *f,
                       rp_slice *whole, rp_slice *close, cs_errinfo *info)
{
    int r = 0;
    for (int axis = 0; axis < RP_AXES && r == 0; axis++) {
        rp_plane p = whole_plane(l, (rp_axis)axis, f->centre);
        r = rp_slice_cut(run, scan, &p, &whole[axis], info);
        p = close_plane((rp_axis)axis, f->centre);
        if (r == 0)
            r = rp_slice_cut(run, scan, &p, &close[axis], info);
    }
    return r;
}

int rp_pictures_cut(const rp_case *c, const im_run *run, rp_pictures *ret,
                    cs_errinfo *info)
{
    size_t n = c->diagnosis->findings.len;
    rp_pictures p = {.count = n};
    lungs_place l;
    find_lungs_place(&c->diagnosis->lungs.labels, &l);
    p.whole = cs_calloc(CS_MAX(n, (size_t)1), sizeof(*p.whole));
    p.close = cs_calloc(CS_MAX(n, (size_t)1), sizeof(*p.close));
    int r = p.whole && p.close ? cut_overview(c, run, &l, &p.overview, info)
                               : cs_fail_nomem(info);
    for (size_t i = 0; i < n && r == 0; i++)
        r = cut_finding(run, c->scan, &l, &c->diagnosis->findings.items[i],
                        p.whole[i], p.close[i], info);
    if (r < 0) {
        rp_pictures_done(&p);
        return r;
    }
    *ret = p;
    return 0;
}

void rp_pictures_done(rp_pictures *p)
{
    for (size_t i = 0; i < p->count; i++)
        for (int axis = 0; axis < RP_AXES; axis++) {
            if (p->whole)
                rp_slice_done(&p->whole[i][axis]);
            if (p->close)
                rp_slice_done(&p->close[i][axis]);
        }
    rp_slice_done(&p->overview);
    cs_free(p->whole);
    cs_free(p->close);
    *p = (rp_pictures){0};
}
