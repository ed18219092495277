#include "image/phantom/shape.h"

#include "base/mem.h"
#include "base/vec.h"

float ph_tube_distance(const ph_tube *t, ph_vec p)
{
    ph_vec ab = ph_sub(t->b, t->a);
    ph_vec ap = ph_sub(p, t->a);
    float l2 = ph_dot(ab, ab);
    float s = l2 > 0 ? ph_clamp(ph_dot(ap, ab) / l2, 0, 1) : 0;
    return ph_length(ph_along(ap, ab, -s)) - (t->ra + s * (t->rb - t->ra));
}

/* An ellipsoid's or ellipse's distance to first order: the value of its
 * equation over the length of its gradient. */
static float oval(float u, float v, float w)
{
    return sqrtf(u * u + v * v + w * w);
}

float ph_rod_distance(const ph_rod *r, ph_vec p)
{
    ph_vec ab = ph_sub(r->b, r->a);
    ph_vec ap = ph_sub(p, r->a);
    float length = ph_length(ab);
    ph_vec axis = ph_unit(ab);
    float at = ph_dot(ap, axis);
    ph_vec off = ph_along(ap, axis, -ph_clamp(at, 0, length));
    float beyond = ph_dot(off, axis);
    float n = ph_dot(off, r->n);
    float b = ph_dot(off, ph_cross(axis, r->n));
    float i = 1 / r->across;
    float j = 1 / r->along;
    if (r->flat) {
        float k = oval(n * i, b * j, 0);
        float g = oval(n * i * i, b * j * j, 0);
        float side = g > 1e-6F ? k * (k - 1) / g : -CS_MIN(r->across, r->along);
        float end = fabsf(at - length * 0.5F) - length * 0.5F;
        return ph_smax(side, end, 3);
    }
    float m = CS_MAX(i, j);
    float k = oval(n * i, b * j, beyond * m);
    float g = oval(n * i * i, b * j * j, beyond * m * m);
    return g > 1e-6F ? k * (k - 1) / g : -1 / m;
}

/* --- curves --- */

/* Catmull and Rom's curve between p[1] and p[2], at s of [0, 1]. */
static float spline(float a, float b, float c, float d, float s)
{
    return b +
           0.5F * s *
               (c - a +
                s * (2 * a - 5 * b + 4 * c - d + s * (3 * (b - c) + d - a)));
}

static void curve_at(const float (*points)[4], size_t n, size_t i, float s,
                     float ret[4])
{
    const float *a = points[i > 0 ? i - 1 : 0];
    const float *b = points[i];
    const float *c = points[i + 1];
    const float *d = points[i + 2 < n ? i + 2 : n - 1];
    for (int k = 0; k < 4; k++)
        ret[k] = spline(a[k], b[k], c[k], d[k], s);
}

int ph_tubes_curve(ph_tubes *list, const float (*points)[4], size_t n,
                   unsigned pieces, const ph_tube *like)
{
    for (size_t i = 0; i + 1 < n; i++)
        for (unsigned k = 0; k < pieces; k++) {
            float a[4], b[4];
            curve_at(points, n, i, (float)k / (float)pieces, a);
            curve_at(points, n, i, (float)(k + 1) / (float)pieces, b);
            ph_tube t = *like;
            t.a = (ph_vec){a[0], a[1], a[2]};
            t.b = (ph_vec){b[0], b[1], b[2]};
            t.ra = a[3];
            t.rb = b[3];
            int r = cs_vec_push(list, t);
            if (r < 0)
                return r;
        }
    return 0;
}

/* --- buckets --- */

static size_t band_of(const ph_buckets *b, float z)
{
    float at = (z - b->low) / b->band;
    if (!(at > 0))
        return 0;
    size_t i = (size_t)at;
    return i < b->bands ? i : b->bands - 1;
}

/* Counts, then places: `first` holds the ends while filling. */
static void fill(ph_buckets *b, const float *reach, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = band_of(b, reach[2 * i]);
             k <= band_of(b, reach[2 * i + 1]); k++)
            b->first[k + 1]++;
    for (size_t k = 0; k < b->bands; k++)
        b->first[k + 1] += b->first[k];
}

static void place(ph_buckets *b, const float *reach, size_t n)
{
    for (size_t i = n; i-- > 0;)
        for (size_t k = band_of(b, reach[2 * i]);
             k <= band_of(b, reach[2 * i + 1]); k++)
            b->index[--b->first[k + 1]] = (uint32_t)i;
    for (size_t k = 0; k < b->bands; k++)
        b->first[k] = b->first[k + 1];
}

int ph_buckets_init(ph_buckets *b, float low, float high, float band,
                    const float *reach, size_t n)
{
    *b = (ph_buckets){.low = low, .band = band};
    b->bands = (size_t)(CS_MAX(high - low, band) / band) + 1;
    b->first = cs_calloc(b->bands + 2, sizeof(*b->first));
    if (!b->first)
        return CS_E_NOMEM;
    fill(b, reach, n);
    uint32_t total = b->first[b->bands];
    b->index = cs_calloc((size_t)total + 1, sizeof(*b->index));
    if (!b->index)
        return CS_E_NOMEM;
    place(b, reach, n);
    b->first[b->bands] = total;
    return 0;
}

void ph_buckets_done(ph_buckets *b)
{
    cs_free(b->first);
    cs_free(b->index);
    *b = (ph_buckets)PH_BUCKETS_INIT;
}

const uint32_t *ph_buckets_at(const ph_buckets *b, float z, size_t *ret_n)
{
    size_t k = band_of(b, z);
    *ret_n = b->first[k + 1] - b->first[k];
    return b->index + b->first[k];
}
