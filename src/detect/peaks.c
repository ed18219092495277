#include "detect/peaks.h"

#include <string.h>

#include "base/checked.h"
#include "base/mem.h"

#define CHANNELS DT_MAP_CHANNELS_MAX

int dt_peaks_init(dt_peaks *p, const size_t cells[2], size_t stride,
                  double score_min, dt_candidates *ret, cs_errinfo *info)
{
    dt_peaks made = {.cells = {cells[0], cells[1]},
                     .stride = stride,
                     .score_min = score_min,
                     .ret = ret};
    const size_t factors[] = {cells[0], cells[1], CHANNELS};
    size_t floats;
    if (!cs_product_size(factors, CS_COUNTOF(factors), &floats))
        return cs_fail_nomem(info);
    for (int i = 0; i < 3; i++) {
        made.plane[i] = cs_calloc(floats, sizeof(*made.plane[i]));
        if (!made.plane[i]) {
            dt_peaks_done(&made);
            return cs_fail_nomem(info);
        }
    }
    *p = made;
    return 0;
}

void dt_peaks_done(dt_peaks *p)
{
    for (int i = 0; i < 3; i++)
        cs_free(p->plane[i]);
    *p = (dt_peaks)DT_PEAKS_INIT;
}

float *dt_peaks_next(dt_peaks *p)
{
    return p->plane[p->planes % 3];
}

/* Whether the cells of row y of `plane` beside x leave a peak of this score at
 * x. `before`: they come before it, so that they must be lower. */
static bool is_above(const dt_peaks *p, const float *plane, size_t x, size_t y,
                     float score, bool before)
{
    const size_t low = x ? x - 1 : 0;
    const size_t high = CS_MIN(x + 1, p->cells[0] - 1);
    const float *row = plane + y * p->cells[0];
    for (size_t i = low; i <= high; i++)
        if (row[i] > score || (before && row[i] == score))
            return false;
    return true;
}

static bool is_above_plane(const dt_peaks *p, const float *plane, size_t x,
                           size_t y, float score, bool before)
{
    const size_t low = y ? y - 1 : 0;
    const size_t high = CS_MIN(y + 1, p->cells[1] - 1);
    for (size_t i = low; i <= high; i++)
        if (!is_above(p, plane, x, i, score, before))
            return false;
    return true;
}

static bool is_peak(const dt_peaks *p, size_t x, size_t y, size_t z)
{
    const float *here = p->plane[z % 3];
    const float *row = here + y * p->cells[0];
    const float score = row[x];
    if ((x > 0 && row[x - 1] >= score) ||
        (x + 1 < p->cells[0] && row[x + 1] > score))
        return false;
    if ((y > 0 && !is_above(p, here, x, y - 1, score, true)) ||
        (y + 1 < p->cells[1] && !is_above(p, here, x, y + 1, score, false)))
        return false;
    if (z > 0 && !is_above_plane(p, p->plane[(z - 1) % 3], x, y, score, true))
        return false;
    return z + 1 == p->planes ||
           is_above_plane(p, p->plane[(z + 1) % 3], x, y, score, false);
}

static int take_peak(const dt_peaks *p, size_t x, size_t y, size_t z)
{
    const size_t area = p->cells[0] * p->cells[1];
    const float *at = p->plane[z % 3] + y * p->cells[0] + x;
    const size_t cell[3] = {x, y, z};
    dt_candidate c = {.score = (double)at[0], .diameter = (double)at[4 * area]};
    for (size_t i = 0; i < 3; i++)
        c.centre[i] = ((double)cell[i] + 0.5) * (double)p->stride - 0.5 +
                      (double)at[(i + 1) * area];
    return cs_vec_push(p->ret, c);
}

static int search_plane(const dt_peaks *p, size_t z, cs_errinfo *info)
{
    const float *score = p->plane[z % 3];
    for (size_t y = 0; y < p->cells[1]; y++)
        for (size_t x = 0; x < p->cells[0]; x++, score++)
            if (*score > 0 && (double)*score >= p->score_min &&
                is_peak(p, x, y, z) && take_peak(p, x, y, z) < 0)
                return cs_fail_nomem(info);
    return 0;
}

int dt_peaks_push(dt_peaks *p, cs_errinfo *info)
{
    p->planes++;
    return p->planes > 1 ? search_plane(p, p->planes - 2, info) : 0;
}

int dt_peaks_finish(dt_peaks *p, cs_errinfo *info)
{
    return p->planes ? search_plane(p, p->planes - 1, info) : 0;
}
