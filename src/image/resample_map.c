#include "image/resample_map.h"

#include <math.h>

#define SLACK 1e-6 /* voxels */

void im_map_init(im_map *m, const im_geometry *from, const im_geometry *to)
{
    for (int i = 0; i < 3; i++) {
        m->size[i] = to->size[i];
        m->from[i] = from->size[i];
        m->origin[i] = to->origin[i];
        m->source[i] = from->origin[i];
        for (int k = 0; k < 3; k++) {
            m->step[3 * i + k] = to->direction[3 * i + k] * to->spacing[k];
            m->inverse[3 * i + k] =
                from->direction[3 * k + i] * (1 / from->spacing[i]);
        }
    }
}

static void position(const im_map *m, const double voxel[3], double ret[3])
{
    double mm[3];
    for (int i = 0; i < 3; i++) {
        mm[i] = m->origin[i];
        for (int k = 0; k < 3; k++)
            mm[i] += m->step[3 * i + k] * voxel[k];
        mm[i] -= m->source[i];
    }
    for (int i = 0; i < 3; i++) {
        ret[i] = 0;
        for (int k = 0; k < 3; k++)
            ret[i] += m->inverse[3 * i + k] * mm[k];
    }
}

void im_map_row_init(im_map_row *row, const im_map *m, size_t y, size_t z)
{
    const double first[3] = {0, (double)y, (double)z};
    const double last[3] = {(double)m->size[0], (double)y, (double)z};
    position(m, first, row->first);
    position(m, last, row->last);
    row->n = m->size[0];
}

static bool is_inside(const im_map_row *row, const im_map *m, size_t x)
{
    for (int i = 0; i < 3; i++) {
        double at = im_map_at(row, x, i);
        if (!(at >= -0.5 && at < (double)m->from[i] - 0.5))
            return false;
    }
    return true;
}

/* Where the row passes `at` along an axis, in voxels of the row, kept between
 * 0 and n. */
static double crossing(const im_map_row *row, int axis, double at)
{
    double n = (double)row->n, step = (row->last[axis] - row->first[axis]) / n;
    double x = (at - row->first[axis]) / step;
    return x > 0 ? (x < n ? x : n) : 0;
}

/* A row passes the old grid in one piece. Its ends are reckoned, widened by
 * two voxels and then tried. */
void im_map_inside(const im_map_row *row, const im_map *m, size_t *begin,
                   size_t *end)
{
    double low = 0, high = (double)row->n;
    for (int i = 0; i < 3; i++) {
        if (row->first[i] == row->last[i])
            continue;
        double a = crossing(row, i, -0.5);
        double b = crossing(row, i, (double)m->from[i] - 0.5);
        low = fmax(low, fmin(a, b));
        high = fmin(high, fmax(a, b));
    }
    size_t from = low > 2 ? (size_t)(low - 2) : 0;
    size_t to = high + 3 < (double)row->n ? (size_t)(high + 3) : row->n;
    while (from < to && !is_inside(row, m, from))
        from++;
    while (to > from && !is_inside(row, m, to - 1))
        to--;
    *begin = from;
    *end = to;
}

bool im_map_is_separable(const im_map *m, int along[3])
{
    for (int c = 0; c < 3; c++) {
        double by[3];
        for (int a = 0; a < 3; a++) {
            by[a] = 0;
            for (int r = 0; r < 3; r++)
                by[a] += m->inverse[3 * c + r] * m->step[3 * r + a];
            by[a] = fabs(by[a]);
        }
        int most = by[1] > by[0] ? 1 : 0;
        most = by[2] > by[most] ? 2 : most;
        along[c] = most;
        for (int a = 0; a < 3; a++)
            if (a != most && by[a] * (double)m->size[a] > SLACK)
                return false;
    }
    return true;
}
