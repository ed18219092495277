#include "report/plane.h"

#include <string.h>

#include "base/mem.h"
#include "image/resample.h"
#include "image/window.h"

/* World directions (LPS) of a picture's columns, rows and depth. */
static const double to_right[RP_AXES][3] = {{1, 0, 0}, {1, 0, 0}, {0, 1, 0}};
static const double downwards[RP_AXES][3] = {{0, 1, 0}, {0, 0, -1}, {0, 0, -1}};
static const double inwards[RP_AXES][3] = {{0, 0, 1}, {0, 1, 0}, {1, 0, 0}};

const char *rp_plane_letters(rp_axis axis)
{
    static const char *const letters[] = {"RLAP", "RLHF", "APHF"};
    return letters[axis];
}

static double middle(size_t n)
{
    return ((double)n - 1) / 2;
}

/* The plane as a grid of `layers` slices, `apart` mm from each other. */
static im_geometry grid_of(const rp_plane *p, size_t layers, double apart)
{
    im_geometry g = {.size = {p->width, p->height, layers},
                     .spacing = {p->mm, p->mm, apart}};
    for (size_t i = 0; i < 3; i++) {
        g.direction[3 * i] = to_right[p->axis][i];
        g.direction[3 * i + 1] = downwards[p->axis][i];
        g.direction[3 * i + 2] = inwards[p->axis][i];
        g.origin[i] = p->centre[i] -
                      to_right[p->axis][i] * p->mm * middle(p->width) -
                      downwards[p->axis][i] * p->mm * middle(p->height) -
                      inwards[p->axis][i] * apart * middle(layers);
    }
    return g;
}

static void take_brightest(const uint8_t *layers, size_t n, size_t count,
                           uint8_t *ret)
{
    memcpy(ret, layers, n);
    for (size_t k = 1; k < count; k++)
        for (size_t i = 0; i < n; i++)
            if (ret[i] < layers[k * n + i])
                ret[i] = layers[k * n + i];
}

static int cut(const im_run *run, const im_volume *scan, const rp_plane *plane,
               const im_geometry *grid, rp_slice *ret, cs_errinfo *info)
{
    static const im_window lung = {-500, 1400, IM_WINDOW_EXACT};
    const im_resampling how = {IM_LINEAR, -1024, TN_I16};
    CS_SCOPED(im_volume) hu = IM_VOLUME_INIT;
    CS_SCOPED(im_volume) grey = IM_VOLUME_INIT;
    int r = im_resample(scan, grid, &how, run, &hu, info);
    if (r == 0)
        r = im_window_over(&hu, &lung, TN_U8, run, &grey, info);
    if (r < 0)
        return r;
    size_t n = plane->width * plane->height;
    uint8_t *pixels = cs_malloc(n);
    if (!pixels)
        return cs_fail_nomem(info);
    take_brightest(im_u8(&grey), n, grid->size[2], pixels);
    *ret = (rp_slice){*plane, pixels};
    return 0;
}

int rp_slice_cut(const im_run *run, const im_volume *scan,
                 const rp_plane *plane, rp_slice *ret, cs_errinfo *info)
{
    im_geometry grid = grid_of(plane, 1, 1);
    return cut(run, scan, plane, &grid, ret, info);
}

int rp_slice_project(const im_run *run, const im_volume *scan,
                     const rp_plane *plane, double depth, rp_slice *ret,
                     cs_errinfo *info)
{
    im_geometry grid = grid_of(plane, 1 + (size_t)(depth / 2), 2);
    return cut(run, scan, plane, &grid, ret, info);
}

void rp_slice_done(rp_slice *s)
{
    cs_free(s->grey);
    *s = (rp_slice){0};
}

void rp_plane_place(const rp_plane *p, const double world[3], double ret[2])
{
    ret[0] = middle(p->width) + 0.5;
    ret[1] = middle(p->height) + 0.5;
    for (int i = 0; i < 3; i++) {
        double mm = world[i] - p->centre[i];
        ret[0] += mm * to_right[p->axis][i] / p->mm;
        ret[1] += mm * downwards[p->axis][i] / p->mm;
    }
}
