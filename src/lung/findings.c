#include "lung/findings.h"

#include <math.h>
#include <string.h>

#include "lung/measure.h"

#define SHARED 0.33

typedef struct work {
    const im_run *run;
    const im_volume *scan, *lungs;
    lu_nodules found;
} work;

static bool in_scan(const im_geometry *g, const double world[3], size_t ret[3])
{
    double grid[3];
    im_world_to_grid(g, world, grid);
    for (int a = 0; a < 3; a++) {
        double at = floor(grid[a] + 0.5);
        if (!(at >= 0 && at < (double)g->size[a]))
            return false;
        ret[a] = (size_t)at;
    }
    return true;
}

/* Where in the scan the first voxel of a mask on a part of its grid lies. */
static void find_corner(const im_geometry *scan, const im_geometry *part,
                        size_t ret[3])
{
    double grid[3];
    im_world_to_grid(scan, part->origin, grid);
    for (int a = 0; a < 3; a++)
        ret[a] = (size_t)floor(grid[a] + 0.5);
}

/* Row (y, z) of a mask, in the labels of the scan. */
static uint8_t *label_row(const work *w, const size_t corner[3], size_t y,
                          size_t z)
{
    const im_volume *v = &w->found.labels;
    return im_u8(v) +
           im_at(&v->geometry, corner[0], corner[1] + y, corner[2] + z);
}

/* The share of the mask that belongs to others already. */
static double taken_share(const work *w, const im_volume *mask,
                          const size_t corner[3])
{
    const im_geometry *g = &mask->geometry;
    double all = 0, taken = 0;
    for (size_t z = 0; z < g->size[2]; z++)
        for (size_t y = 0; y < g->size[1]; y++) {
            const uint8_t *m = im_u8(mask) + im_at(g, 0, y, z);
            const uint8_t *label = label_row(w, corner, y, z);
            for (size_t x = 0; x < g->size[0]; x++) {
                all += m[x] != 0;
                taken += m[x] && label[x];
            }
        }
    return all > 0 ? taken / all : 0;
}

static void paint(work *w, const im_volume *mask, const size_t corner[3],
                  uint8_t number)
{
    const im_geometry *g = &mask->geometry;
    for (size_t z = 0; z < g->size[2]; z++)
        for (size_t y = 0; y < g->size[1]; y++) {
            const uint8_t *m = im_u8(mask) + im_at(g, 0, y, z);
            uint8_t *label = label_row(w, corner, y, z);
            for (size_t x = 0; x < g->size[0]; x++)
                if (m[x] && !label[x])
                    label[x] = number;
        }
}

static bool known_at(const work *w, const size_t at[3])
{
    const im_volume *v = &w->found.labels;
    return im_u8(v)[im_at(&v->geometry, at[0], at[1], at[2])] != 0;
}

static int add(work *w, const dt_candidate *c, const lu_measure *m,
               const im_volume *mask, cs_errinfo *info)
{
    size_t corner[3];
    find_corner(&w->scan->geometry, &mask->geometry, corner);
    if (taken_share(w, mask, corner) >= SHARED)
        return 0;
    lu_finding f = {.number = (unsigned)w->found.findings.len + 1,
                    .confidence = c->score,
                    .measure = *m};
    memcpy(f.centre, m->segmented ? m->centroid : c->centre, sizeof(f.centre));
    if (cs_vec_push(&w->found.findings, f) < 0)
        return cs_fail_nomem(info);
    paint(w, mask, corner, (uint8_t)f.number);
    return 0;
}

static int take(work *w, const dt_candidate *c, cs_errinfo *info)
{
    CS_SCOPED(im_volume) mask = IM_VOLUME_INIT;
    lu_seed seed = {.diameter = c->diameter};
    lu_measure m;
    size_t at[3];
    memcpy(seed.centre, c->centre, sizeof(seed.centre));
    if (!in_scan(&w->scan->geometry, c->centre, at) || !(c->diameter > 0))
        return 0;
    int r =
        lu_measure_nodule(w->run, w->scan, w->lungs, &seed, &m, &mask, info);
    if (r < 0 || (!m.segmented && known_at(w, at)))
        return r;
    return add(w, c, &m, &mask, info);
}

static int measure(work *w, const dt_candidates *c, const lu_nodules_options *o,
                   cs_errinfo *info)
{
    int r = im_volume_init(&w->found.labels, TN_U8, &w->scan->geometry, info);
    for (size_t i = 0; r == 0 && i < c->len; i++) {
        if (w->found.findings.len >= o->most) {
            w->found.more = true;
            break;
        }
        if (o->progress)
            o->progress(o->ctx, i, c->len);
        r = take(w, &c->items[i], info);
    }
    if (r == 0 && o->progress)
        o->progress(o->ctx, c->len, c->len);
    return r;
}

int lu_nodules_measure(const im_run *run, const im_volume *scan,
                       const im_volume *lungs, const dt_candidates *c,
                       const lu_nodules_options *o, lu_nodules *ret,
                       cs_errinfo *info)
{
    work w = {
        .run = run, .scan = scan, .lungs = lungs, .found = LU_NODULES_INIT};
    int r = measure(&w, c, o, info);
    if (r < 0)
        lu_nodules_done(&w.found);
    else
        *ret = w.found;
    return r;
}

void lu_nodules_done(lu_nodules *n)
{
    cs_vec_done(&n->findings);
    im_volume_done(&n->labels);
}
