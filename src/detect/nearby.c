#include "detect/nearby.h"

#include <math.h>

static double distance2(const im_geometry *g, const double grid[3],
                        const size_t voxel[3])
{
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        const double d = ((double)voxel[i] - grid[i]) * g->spacing[i];
        sum += d * d;
    }
    return sum;
}

static bool holds(const double grid[3], const size_t voxel[3])
{
    for (int i = 0; i < 3; i++)
        if (floor(grid[i] + 0.5) != (double)voxel[i])
            return false;
    return true;
}

/* Voxels [low, high) along each axis whose centres are not further than `mm`
 * along it, and the one that holds the place. */
static bool surroundings(const im_geometry *g, const double at[3], double mm,
                         size_t low[3], size_t high[3])
{
    for (int i = 0; i < 3; i++) {
        const double reach = fmax(mm / g->spacing[i], 0.5);
        const double first = fmax(ceil(at[i] - reach), 0);
        const double last = fmin(floor(at[i] + reach), (double)g->size[i] - 1);
        if (!(first <= last))
            return false;
        low[i] = (size_t)first;
        high[i] = (size_t)last + 1;
    }
    return true;
}

bool dt_is_near(const im_volume *lungs, const double at[3], double mm)
{
    const im_geometry *g = &lungs->geometry;
    size_t low[3], high[3], v[3];
    if (!surroundings(g, at, mm, low, high))
        return false;
    for (v[2] = low[2]; v[2] < high[2]; v[2]++)
        for (v[1] = low[1]; v[1] < high[1]; v[1]++)
            for (v[0] = low[0]; v[0] < high[0]; v[0]++)
                if (im_u8(lungs)[im_at(g, v[0], v[1], v[2])] &&
                    (distance2(g, at, v) <= mm * mm || holds(at, v)))
                    return true;
    return false;
}
