#include <math.h>
#include <string.h>

#include "image/nifti.h"

/* Spacing said twice, in float: further apart, one of them is wrong. */
#define SPACING_SLACK 1e-4
/* Nearer, and both are one number, which pixdim says without arithmetic. */
#define FLOAT_SLACK 1e-6
#define SCANNER 1

/* NIfTI's x grows to the right and y to the front, ours to the left and to the
 * back. */
static const double to_lps[3] = {-1, -1, 1};

static bool all_finite(const double *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(v[i]))
            return false;
    return true;
}

static int not_finite(const char *field, const char *name, cs_errinfo *info)
{
    return cs_fail(info, CS_E_FORMAT,
                   "%s: %s holds a number that is not finite", name, field);
}

static int read_spacing(const im_nifti_place *p, const char *name,
                        im_geometry *g, cs_errinfo *info)
{
    for (int i = 0; i < 3; i++) {
        double mm = p->pixdim[i + 1] * p->unit;
        if (mm == 0 && g->size[i] == 1)
            mm = 1; /* an axis that images of two dimensions do not have */
        if (!(mm > 0) || !isfinite(mm))
            return cs_fail(info, CS_E_FORMAT,
                           "%s: pixdim[%d] = %g is no spacing", name, i + 1,
                           p->pixdim[i + 1]);
        g->spacing[i] = mm;
    }
    return 0;
}

/* --- qform: a rotation, from three of its quaternion's four numbers --- */

static void rotation_of(const double q[3], double ret[9])
{
    double b = q[0], c = q[1], d = q[2];
    double a = 1 - (b * b + c * c + d * d);
    if (a <
        1e-7) { /* a half turn, or rounded to one: the rest is of length 1 */
        double length = sqrt(b * b + c * c + d * d);
        b /= length;
        c /= length;
        d /= length;
        a = 0;
    } else
        a = sqrt(a);
    const double r[9] = {a * a + b * b - c * c - d * d, 2 * (b * c - a * d),
                         2 * (b * d + a * c),           2 * (b * c + a * d),
                         a * a + c * c - b * b - d * d, 2 * (c * d - a * b),
                         2 * (b * d - a * c),           2 * (c * d + a * b),
                         a * a + d * d - c * c - b * b};
    memcpy(ret, r, sizeof(r));
}

static int by_qform(const im_nifti_place *p, const char *name, im_geometry *g,
                    cs_errinfo *info)
{
    double r[9], length = 0;
    if (!all_finite(p->quatern, 3) || !all_finite(p->pixdim, 1))
        return not_finite("quatern", name, info);
    if (!all_finite(p->offset, 3))
        return not_finite("qoffset", name, info);
    for (int i = 0; i < 3; i++)
        length += p->quatern[i] * p->quatern[i];
    if (length > 1 + 1e-4)
        return cs_fail(info, CS_E_FORMAT,
                       "%s: quatern_b, c, d are of length %g; a rotation has "
                       "at most 1",
                       name, sqrt(length));
    rotation_of(p->quatern, r);
    double mirror = p->pixdim[0] < 0 ? -1 : 1;
    for (size_t i = 0; i < 3; i++) {
        for (size_t axis = 0; axis < 3; axis++)
            g->direction[3 * i + axis] =
                to_lps[i] * r[3 * i + axis] * (axis == 2 ? mirror : 1);
        g->origin[i] = to_lps[i] * p->offset[i] * p->unit;
    }
    return 0;
}

/* --- sform: any affine map; ours has right angles --- */

static int set_axis(const im_nifti_place *p, size_t axis, const char *name,
                    im_geometry *g, cs_errinfo *info)
{
    double length = 0;
    for (size_t i = 0; i < 3; i++)
        length += p->rows[4 * i + axis] * p->rows[4 * i + axis];
    length = sqrt(length);
    double mm = length * p->unit;
    bool wide = g->size[axis] > 1;
    if (!(length > 0) ||
        (wide && fabs(mm - g->spacing[axis]) > SPACING_SLACK * mm))
        return cs_fail(info, CS_E_FORMAT,
                       "%s: sform has voxels of %g along axis %zu, pixdim says "
                       "%g; one of them must be mended",
                       name, length, axis + 1, p->pixdim[axis + 1]);
    if (fabs(mm - g->spacing[axis]) > FLOAT_SLACK * mm)
        g->spacing[axis] = mm;
    for (size_t i = 0; i < 3; i++)
        g->direction[3 * i + axis] = to_lps[i] * p->rows[4 * i + axis] / length;
    return 0;
}

static int by_sform(const im_nifti_place *p, const char *name, im_geometry *g,
                    cs_errinfo *info)
{
    if (!all_finite(p->rows, 12))
        return not_finite("srow", name, info);
    for (size_t axis = 0; axis < 3; axis++) {
        int r = set_axis(p, axis, name, g, info);
        if (r < 0)
            return r;
    }
    for (size_t i = 0; i < 3; i++)
        g->origin[i] = to_lps[i] * p->rows[4 * i + 3] * p->unit;
    im_geometry trial = *g;
    if (im_geometry_check(&trial, NULL) < 0)
        return cs_fail(info, CS_E_FORMAT,
                       "%s: sform's axes are not at right angles; resample "
                       "the volume to a straight grid",
                       name);
    return 0;
}

/* Headers write 0 as -0 where x and y are turned around. */
static void drop_signs_of_zero(im_geometry *g)
{
    for (int i = 0; i < 9; i++)
        g->direction[i] = g->direction[i] == 0 ? 0 : g->direction[i];
    for (int i = 0; i < 3; i++)
        g->origin[i] = g->origin[i] == 0 ? 0 : g->origin[i];
}

/* sform in scanner coordinates goes first; one that leads to a template goes
 * after qform: ITK's order. */
int im_nifti_orient(const im_nifti_place *p, const char *name, im_geometry *g,
                    bool *ret_placed, cs_errinfo *info)
{
    bool sform = p->sform == SCANNER || (p->sform > 0 && p->qform <= 0);
    bool qform = p->qform > 0;
    int r = read_spacing(p, name, g, info);
    if (r == 0 && sform)
        r = by_sform(p, name, g, info);
    else if (r == 0 && qform)
        r = by_qform(p, name, g, info);
    if (r == 0) {
        r = im_geometry_check(g, info);
        if (r < 0)
            cs_errinfo_set_place(info, name);
    }
    if (r < 0)
        return r;
    drop_signs_of_zero(g);
    *ret_placed = sform || qform;
    return 0;
}

/* --- and back --- */

/* The quaternion of a rotation, its first number not negative; through the
 * largest of the four, which loses no digits. */
static void quatern_of(const double r[9], double ret[3])
{
    double q[4];
    const double four[4] = {1 + r[0] + r[4] + r[8], 1 + r[0] - r[4] - r[8],
                            1 - r[0] + r[4] - r[8], 1 - r[0] - r[4] + r[8]};
    size_t most = 0;
    for (size_t i = 1; i < 4; i++)
        if (four[i] > four[most])
            most = i;
    /* Products of two of the numbers, times four. */
    const double ab = r[7] - r[5], ac = r[2] - r[6], ad = r[3] - r[1];
    const double bc = r[3] + r[1], bd = r[2] + r[6], cd = r[7] + r[5];
    const double products[4][4] = {{four[0], ab, ac, ad},
                                   {ab, four[1], bc, bd},
                                   {ac, bc, four[2], cd},
                                   {ad, bd, cd, four[3]}};
    double root = 2 * sqrt(four[most]);
    for (size_t i = 0; i < 4; i++)
        q[i] = products[most][i] / root;
    for (size_t i = 0; i < 3; i++)
        ret[i] = q[0] < 0 ? -q[i + 1] : q[i + 1];
}

/* Readers find the first number of the quaternion as the root of what the
 * others, kept as floats, leave of 1. Where that is nothing (a half turn) their
 * rounding must not leave 6e-8: its root is 2.4e-4, 0.1 mm at 400. So
 * they are rounded to a little more than 1, which readers take for 1. Turns
 * that floats can tell from a half one are left alone. */
#define HALF_TURN 1e-4
static void round_half_turn(double q[3])
{
    size_t most = 0;
    double left = 1;
    for (size_t i = 0; i < 3; i++) {
        left -= q[i] * q[i];
        most = fabs(q[i]) > fabs(q[most]) ? i : most;
    }
    if (left > HALF_TURN * HALF_TURN)
        return;
    for (int tries = 0; tries < 8; tries++) {
        double sum = 0;
        for (size_t i = 0; i < 3; i++) {
            q[i] = (double)(float)q[i];
            sum += q[i] * q[i];
        }
        if (sum >= 1)
            return;
        float away = q[most] < 0 ? -2 : 2;
        q[most] = (double)nextafterf((float)q[most], away);
    }
}

static double determinant(const double m[9])
{
    return m[0] * (m[4] * m[8] - m[5] * m[7]) -
           m[1] * (m[3] * m[8] - m[5] * m[6]) +
           m[2] * (m[3] * m[7] - m[4] * m[6]);
}

void im_nifti_place_of(const im_geometry *g, im_nifti_place *ret)
{
    im_nifti_place p = {.qform = SCANNER, .sform = SCANNER, .unit = 1};
    double r[9];
    for (size_t i = 0; i < 3; i++) {
        for (size_t axis = 0; axis < 3; axis++) {
            r[3 * i + axis] = to_lps[i] * g->direction[3 * i + axis];
            p.rows[4 * i + axis] = r[3 * i + axis] * g->spacing[axis];
        }
        p.pixdim[i + 1] = g->spacing[i];
        p.offset[i] = p.rows[4 * i + 3] = to_lps[i] * g->origin[i];
    }
    p.pixdim[0] = determinant(r) < 0 ? -1 : 1;
    for (size_t i = 0; i < 3; i++)
        r[3 * i + 2] *= p.pixdim[0];
    quatern_of(r, p.quatern);
    round_half_turn(p.quatern);
    *ret = p;
}
