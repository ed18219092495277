/* Points and directions in single precision, millimetres. */
#ifndef CS_IMAGE_PHANTOM_VEC3_H
#define CS_IMAGE_PHANTOM_VEC3_H

#include <math.h>

typedef struct ph_vec {
    float x, y, z;
} ph_vec;

static inline ph_vec ph_add(ph_vec a, ph_vec b)
{
    return (ph_vec){a.x + b.x, a.y + b.y, a.z + b.z};
}
static inline ph_vec ph_sub(ph_vec a, ph_vec b)
{
    return (ph_vec){a.x - b.x, a.y - b.y, a.z - b.z};
}
static inline ph_vec ph_scale(ph_vec a, float s)
{
    return (ph_vec){a.x * s, a.y * s, a.z * s};
}
/* a + s * b */
static inline ph_vec ph_along(ph_vec a, ph_vec b, float s)
{
    return (ph_vec){a.x + s * b.x, a.y + s * b.y, a.z + s * b.z};
}
static inline ph_vec ph_mix(ph_vec a, ph_vec b, float t)
{
    return ph_along(a, ph_sub(b, a), t);
}
static inline float ph_dot(ph_vec a, ph_vec b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}
static inline ph_vec ph_cross(ph_vec a, ph_vec b)
{
    return (ph_vec){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z,
                    a.x * b.y - a.y * b.x};
}
static inline float ph_length(ph_vec a)
{
    return sqrtf(ph_dot(a, a));
}
/* Of length 1; upwards where a has no length. */
static inline ph_vec ph_unit(ph_vec a)
{
    float l = ph_length(a);
    return l > 1e-9F ? ph_scale(a, 1 / l) : (ph_vec){0, 0, 1};
}
/* The part of a that is at right angles to the unit vector n, of length 1. */
static inline ph_vec ph_across(ph_vec a, ph_vec n)
{
    ph_vec v = ph_along(a, n, -ph_dot(a, n));
    if (ph_length(v) > 1e-3F)
        return ph_unit(v);
    return ph_unit(
        ph_cross(n, fabsf(n.x) < 0.8F ? (ph_vec){1, 0, 0} : (ph_vec){0, 1, 0}));
}

static inline float ph_clamp(float v, float low, float high)
{
    float y = v > low ? v : low;
    return y < high ? y : high;
}

/* Minimum and maximum whose crease is rounded over a width of k. */
static inline float ph_smin(float a, float b, float k)
{
    float h = k - fabsf(a - b);
    float low = a < b ? a : b;
    return h > 0 ? low - h * h / (4 * k) : low;
}
static inline float ph_smax(float a, float b, float k)
{
    return -ph_smin(-a, -b, k);
}

#endif
