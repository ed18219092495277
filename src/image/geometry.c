#include "image/geometry.h"

#include <math.h>
#include <string.h>

#include "base/checked.h"

/* Directions written with six digits are off by less. */
#define DIRECTION_SLACK 1e-4

/* mm. Beyond these no scanner measures, and products and quotients of numbers
 * that are finite would not all be. */
#define SPACING_LEAST 1e-9
#define SPACING_MOST 1e9
#define ORIGIN_MOST 1e12

im_geometry im_geometry_plain(size_t x, size_t y, size_t z)
{
    return (im_geometry){.size = {x, y, z},
                         .spacing = {1, 1, 1},
                         .direction = {1, 0, 0, 0, 1, 0, 0, 0, 1}};
}

/* --- checking --- */

static int check_size(const im_geometry *g, cs_errinfo *info)
{
    size_t n;
    for (int i = 0; i < 3; i++)
        if (g->size[i] == 0)
            return cs_fail(info, CS_E_FORMAT, "DimSize: axis %d has no voxels",
                           i + 1);
    if (!cs_product_size(g->size, 3, &n) || n > PTRDIFF_MAX / sizeof(double))
        return cs_fail(info, CS_E_FORMAT,
                       "DimSize: %zu x %zu x %zu voxels are too many",
                       g->size[0], g->size[1], g->size[2]);
    return 0;
}

static int check_place(const im_geometry *g, cs_errinfo *info)
{
    for (int i = 0; i < 3; i++)
        if (!(g->spacing[i] >= SPACING_LEAST && g->spacing[i] <= SPACING_MOST))
            return cs_fail(info, CS_E_FORMAT,
                           "ElementSpacing: %g along axis %d is no spacing",
                           g->spacing[i], i + 1);
    for (int i = 0; i < 3; i++)
        if (!(fabs(g->origin[i]) <= ORIGIN_MOST))
            return cs_fail(info, CS_E_FORMAT,
                           "Offset: %g along axis %d is no position",
                           g->origin[i], i + 1);
    return 0;
}

static double column_product(const double *m, int a, int b)
{
    return m[a] * m[b] + m[3 + a] * m[3 + b] + m[6 + a] * m[6 + b];
}

/* Columns nearly of length 1 and nearly at right angles. */
static bool is_rotation(const double m[9])
{
    for (int i = 0; i < 9; i++)
        if (!isfinite(m[i]))
            return false;
    for (int a = 0; a < 3; a++)
        for (int b = a; b < 3; b++)
            if (fabs(column_product(m, a, b) - (a == b)) > 2 * DIRECTION_SLACK)
                return false;
    return true;
}

/* One step of Newton's way to the nearest rotation, m (3 - m'm) / 2; the error
 * is squared by it. Exact directions stay as they are, to the bit. */
static void set_right(double m[9])
{
    double gram[9], better[9];
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
            gram[3 * a + b] = (a == b ? 3 : 0) - column_product(m, a, b);
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++) {
            double sum = 0;
            for (int k = 0; k < 3; k++)
                sum += m[3 * r + k] * gram[3 * k + c];
            better[3 * r + c] = sum / 2;
        }
    memcpy(m, better, sizeof(better));
}

static bool is_exact(const double m[9])
{
    for (int a = 0; a < 3; a++)
        for (int b = a; b < 3; b++)
            if (fabs(column_product(m, a, b) - (a == b)) > 1e-14)
                return false;
    return true;
}

int im_geometry_check(im_geometry *g, cs_errinfo *info)
{
    int r = check_size(g, info);
    if (r == 0)
        r = check_place(g, info);
    if (r < 0)
        return r;
    if (!is_rotation(g->direction))
        return cs_fail(info, CS_E_FORMAT,
                       "TransformMatrix: the axes are not at right angles and "
                       "of length 1");
    for (int i = 0; i < 3 && !is_exact(g->direction); i++)
        set_right(g->direction);
    return 0;
}

size_t im_geometry_voxels(const im_geometry *g)
{
    return g->size[0] * g->size[1] * g->size[2];
}

/* --- positions --- */

void im_grid_to_world(const im_geometry *g, const double grid[3], double ret[3])
{
    double mm[3];
    for (int i = 0; i < 3; i++)
        mm[i] = g->spacing[i] * grid[i];
    for (int r = 0; r < 3; r++) {
        const double *d = &g->direction[(size_t)3 * (size_t)r];
        ret[r] = g->origin[r] + d[0] * mm[0] + d[1] * mm[1] + d[2] * mm[2];
    }
}

/* The inverse of a rotation is its transpose. */
void im_world_to_grid(const im_geometry *g, const double world[3],
                      double ret[3])
{
    double mm[3];
    for (int i = 0; i < 3; i++)
        mm[i] = world[i] - g->origin[i];
    const double *d = g->direction;
    for (int c = 0; c < 3; c++)
        ret[c] = (d[c] * mm[0] + d[3 + c] * mm[1] + d[6 + c] * mm[2]) /
                 g->spacing[c];
}

/* --- comparing --- */

/* Whether b's corners lie beyond one side of a, all of them. */
static bool lies_beside(const im_geometry *a, const im_geometry *b)
{
    double low[3] = {HUGE_VAL, HUGE_VAL, HUGE_VAL};
    double high[3] = {-HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    for (int corner = 0; corner < 8; corner++) {
        double at[3];
        for (int k = 0; k < 3; k++)
            at[k] = (corner >> k & 1 ? (double)b->size[k] : 0) - 0.5;
        im_grid_to_world(b, at, at);
        im_world_to_grid(a, at, at);
        for (int k = 0; k < 3; k++) {
            low[k] = fmin(low[k], at[k]);
            high[k] = fmax(high[k], at[k]);
        }
    }
    for (int k = 0; k < 3; k++)
        if (high[k] <= -0.5 || low[k] >= (double)a->size[k] - 0.5)
            return true;
    return false;
}

bool im_geometry_meet(const im_geometry *a, const im_geometry *b)
{
    return !lies_beside(a, b) && !lies_beside(b, a);
}

/* The map between the grids is affine: the greatest distance is at a corner. */
bool im_geometry_same(const im_geometry *a, const im_geometry *b, double mm)
{
    for (int i = 0; i < 3; i++)
        if (a->size[i] != b->size[i])
            return false;
    for (unsigned corner = 0; corner < 8; corner++) {
        double grid[3], wa[3], wb[3], d2 = 0;
        for (unsigned i = 0; i < 3; i++)
            grid[i] = corner >> i & 1 ? (double)(a->size[i] - 1) : 0;
        im_grid_to_world(a, grid, wa);
        im_grid_to_world(b, grid, wb);
        for (int i = 0; i < 3; i++)
            d2 += (wa[i] - wb[i]) * (wa[i] - wb[i]);
        if (!(d2 <= mm * mm))
            return false;
    }
    return true;
}

char *im_geometry_letters(const im_geometry *g, char dst[4])
{
    static const char towards[3][2] = {{'R', 'L'}, {'A', 'P'}, {'I', 'S'}};
    for (int c = 0; c < 3; c++) {
        int most = 0;
        for (int r = 1; r < 3; r++)
            if (fabs(g->direction[3 * r + c]) >
                fabs(g->direction[3 * most + c]))
                most = r;
        dst[c] = towards[most][g->direction[3 * most + c] > 0];
    }
    dst[3] = '\0';
    return dst;
}

/* --- other grids --- */

/* 512 * 0.7 / 0.7 must not become 513 by a rounding error. */
static double voxels_for(double extent, double spacing)
{
    double n = ceil(extent / spacing - 1e-6);
    return n < 1 ? 1 : n;
}

int im_geometry_respaced(const im_geometry *g, const double spacing[3],
                         im_geometry *ret, cs_errinfo *info)
{
    im_geometry to = *g;
    double first[3];
    for (int i = 0; i < 3; i++) {
        if (!(spacing[i] > 0) || !isfinite(spacing[i]))
            return cs_fail(info, CS_E_RANGE, "%g mm is no spacing", spacing[i]);
        double extent = g->spacing[i] * (double)g->size[i];
        double n = voxels_for(extent, spacing[i]);
        if (!(n < 0x1p40))
            return cs_fail(info, CS_E_RANGE,
                           "a spacing of %g mm gives too many voxels",
                           spacing[i]);
        to.size[i] = (size_t)n;
        to.spacing[i] = spacing[i];
        first[i] = ((double)g->size[i] - 1) / 2 -
                   (n - 1) / 2 * spacing[i] / g->spacing[i];
    }
    im_grid_to_world(g, first, to.origin);
    int r = im_geometry_check(&to, info);
    if (r == 0)
        *ret = to;
    return r;
}

im_geometry im_geometry_part(const im_geometry *g, const ptrdiff_t begin[3],
                             const size_t size[3])
{
    im_geometry to = *g;
    double first[3];
    for (int i = 0; i < 3; i++) {
        first[i] = (double)begin[i];
        to.size[i] = size[i];
    }
    im_grid_to_world(g, first, to.origin);
    return to;
}
