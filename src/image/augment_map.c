#include "image/augment_map.h"

#include <math.h>
#include <string.h>

#include "image/augment_matrix.h"

/* --- the map --- */

/* Quarter turns are exact: flips made of them give the voxels unchanged. */
static void circle(double degrees, double *cosine, double *sine)
{
    double quarters = degrees / 90;
    if (quarters == floor(quarters)) {
        static const double whole[] = {0, 1, 0, -1};
        int q = (int)(quarters - 4 * floor(quarters / 4));
        *sine = whole[q];
        *cosine = whole[(q + 1) % 4];
        return;
    }
    double angle = degrees * (3.14159265358979323846 / 180);
    *sine = sin(angle);
    *cosine = cos(angle);
}

static void rotation_about(size_t axis, double degrees, double ret[9])
{
    double cosine, sine;
    circle(degrees, &cosine, &sine);
    size_t a = (axis + 1) % 3, b = (axis + 2) % 3;
    memset(ret, 0, 9 * sizeof(*ret));
    ret[4 * axis] = 1;
    ret[4 * a] = ret[4 * b] = cosine;
    ret[3 * a + b] = -sine;
    ret[3 * b + a] = sine;
}

static void rotation_of(const double degrees[3], double ret[9])
{
    double x[9], y[9], z[9], yx[9];
    rotation_about(0, degrees[0], x);
    rotation_about(1, degrees[1], y);
    rotation_about(2, degrees[2], z);
    im_matrix_times(y, x, yx);
    im_matrix_times(z, yx, ret);
}

im_augment_map im_augment_map_of(const im_augment_plan *plan,
                                 const im_geometry *patch)
{
    im_augment_map m = {.field = {.knots = plan->knots,
                                  .grid_mm = plan->elastic_grid_mm,
                                  .amplitude_mm = plan->elastic_mm}};
    double middle[3];
    for (int i = 0; i < 3; i++)
        middle[i] = ((double)patch->size[i] - 1) / 2;
    im_grid_to_world(patch, middle, m.centre);
    memcpy(m.axes, patch->direction, sizeof(m.axes));
    memcpy(m.shift, plan->shift_mm, sizeof(m.shift));
    double turn[9], turn_back[9];
    rotation_of(plan->degrees, turn);
    im_matrix_transpose(turn, turn_back);
    for (size_t r = 0; r < 3; r++)
        for (size_t c = 0; c < 3; c++) {
            size_t at = 3 * r + c;
            m.forward[at] = turn[at] * plan->scale * (plan->flip[r] ? -1 : 1);
            m.back[at] = turn_back[at] / plan->scale * (plan->flip[c] ? -1 : 1);
        }
    return m;
}

/* From the centre, along the patch's axes. */
static void to_axes(const im_augment_map *m, const double world[3],
                    double ret[3])
{
    double d[3];
    for (int i = 0; i < 3; i++)
        d[i] = world[i] - m->centre[i];
    for (size_t c = 0; c < 3; c++)
        ret[c] =
            m->axes[c] * d[0] + m->axes[3 + c] * d[1] + m->axes[6 + c] * d[2];
}

static void from_axes(const im_augment_map *m, const double mm[3],
                      double ret[3])
{
    im_matrix_apply(m->axes, mm, ret);
    for (int i = 0; i < 3; i++)
        ret[i] += m->centre[i];
}

void im_augment_point(const im_augment_map *m, const double scan[3],
                      double ret[3])
{
    double mm[3], moved[3];
    to_axes(m, scan, mm);
    im_matrix_apply(m->forward, mm, moved);
    for (int i = 0; i < 3; i++)
        moved[i] += m->shift[i];
    im_field_undo(&m->field, moved, mm);
    from_axes(m, mm, ret);
}

void im_augment_origin(const im_augment_map *m, const double patch[3],
                       double ret[3])
{
    double mm[3], bent[3];
    to_axes(m, patch, mm);
    im_field_at(&m->field, mm, bent, NULL);
    for (int i = 0; i < 3; i++)
        bent[i] += mm[i] - m->shift[i];
    im_matrix_apply(m->back, bent, mm);
    from_axes(m, mm, ret);
}

/* --- boxes --- */

/* The derivative of the way to the patch at one of its places, mm along the
 * axes: the inverse of (I + jacobian), times the linear part. */
static void derivative_at(const im_augment_map *m, const double patch[3],
                          double ret[9])
{
    double mm[3], u[3], jacobian[9], inverse[9];
    to_axes(m, patch, mm);
    im_field_at(&m->field, mm, u, jacobian);
    im_matrix_inverse_beside_one(jacobian, inverse);
    im_matrix_times(inverse, m->forward, ret);
}

/* An ellipsoid's extent along an axis is the length of the row of the matrix
 * that made it of a ball. */
im_augment_box im_augment_box_round(const im_augment_map *m,
                                    const im_augment_box *box)
{
    im_augment_box ret;
    double d[9];
    im_augment_point(m, box->centre, ret.centre);
    derivative_at(m, ret.centre, d);
    for (size_t r = 0; r < 3; r++) {
        double square = 0;
        for (size_t c = 0; c < 3; c++)
            square += d[3 * r + c] * d[3 * r + c] * box->half[c] * box->half[c];
        ret.half[r] = sqrt(square);
    }
    return ret;
}

im_augment_box im_augment_box_all(const im_augment_map *m,
                                  const im_augment_box *box)
{
    double low[3] = {HUGE_VAL, HUGE_VAL, HUGE_VAL}, mid[3];
    double high[3] = {-HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    for (int i = 0; i < 27; i++) {
        const int place[3] = {i % 3 - 1, i / 3 % 3 - 1, i / 9 - 1};
        double offset[3], at[3], mm[3];
        for (int k = 0; k < 3; k++)
            offset[k] = place[k] * box->half[k];
        im_matrix_apply(m->axes, offset, at);
        for (int k = 0; k < 3; k++)
            at[k] += box->centre[k];
        im_augment_point(m, at, at);
        to_axes(m, at, mm);
        for (int k = 0; k < 3; k++) {
            low[k] = mm[k] < low[k] ? mm[k] : low[k];
            high[k] = mm[k] > high[k] ? mm[k] : high[k];
        }
    }
    im_augment_box ret;
    for (int k = 0; k < 3; k++) {
        mid[k] = (low[k] + high[k]) / 2;
        ret.half[k] = (high[k] - low[k]) / 2;
    }
    from_axes(m, mid, ret.centre);
    return ret;
}

/* --- grids --- */

int im_augment_patch_around(const im_geometry *scan, const double centre[3],
                            const size_t size[3], const double spacing[3],
                            im_geometry *ret, cs_errinfo *info)
{
    im_geometry g = *scan;
    double back[3];
    for (int i = 0; i < 3; i++) {
        g.size[i] = size[i];
        g.spacing[i] = spacing[i];
        g.origin[i] = centre[i];
        back[i] = -((double)size[i] - 1) / 2;
    }
    int r = im_geometry_check(&g, info);
    if (r < 0)
        return r;
    im_grid_to_world(&g, back, g.origin);
    *ret = g;
    return 0;
}

/* Rounding errors of the way through world positions. A step that is so near
 * to a whole number differs from it by less than 1e-5 voxel over any scan. */
#define WHOLE_STEP 1e-9
#define WHOLE_START 1e-6

static bool make_whole(double *v, double slack)
{
    double whole = nearbyint(*v);
    if (!(fabs(*v - whole) <= slack))
        return false;
    *v = whole;
    return true;
}

static void set_whole(im_augment_index *x)
{
    for (size_t r = 0; r < 3; r++) {
        bool whole = true;
        for (size_t c = 0; c < 3; c++)
            whole &= make_whole(&x->step[3 * r + c], WHOLE_STEP);
        if (whole)
            (void)make_whole(&x->start[r], WHOLE_START);
    }
}

im_augment_index im_augment_index_of(const im_augment_map *m,
                                     const im_geometry *scan,
                                     const im_geometry *patch)
{
    im_augment_index x;
    double inverse[9], world[9], to_scan[9], centre[3], shift[3];
    im_matrix_transpose(scan->direction, inverse);
    im_matrix_times(inverse, m->axes, world);
    im_matrix_times(world, m->back, to_scan);
    for (size_t r = 0; r < 3; r++)
        for (size_t c = 0; c < 3; c++) {
            size_t at = 3 * r + c;
            x.per_mm[at] = to_scan[at] / scan->spacing[r];
            x.step[at] = x.per_mm[at] * patch->spacing[c];
        }
    im_world_to_grid(scan, m->centre, centre);
    im_matrix_apply(x.per_mm, m->shift, shift);
    for (int i = 0; i < 3; i++)
        x.centre[i] = ((double)patch->size[i] - 1) / 2;
    im_matrix_apply(x.step, x.centre, x.start);
    for (int i = 0; i < 3; i++)
        x.start[i] = centre[i] - shift[i] - x.start[i];
    set_whole(&x);
    return x;
}
