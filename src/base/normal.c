#include "base/normal.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Wider intermediate results (x87) would change bits. */
_Static_assert(FLT_EVAL_METHOD == 0, "doubles must be computed as doubles");

/* c[0] + c[1] x + … + c[n-1] x^(n-1), from the highest power down. */
static inline double polynomial(const double *c, size_t n, double x)
{
    double y = c[n - 1];
    for (size_t i = n - 1; i-- > 0;)
        y = y * x + c[i];
    return y;
}

/* x = m * 2^e with m in [sqrt(1/2), sqrt(2)); with f = (m - 1) / (m + 1),
 * |f| < 0.1716:  log m = 2 (f + f^3/3 + f^5/5 + …). Twelve terms leave an
 * error below 2^-58 of the result. */
double cs_log_portable(double x)
{
    static const double series[] = {1.0,      1.0 / 3,  1.0 / 5,  1.0 / 7,
                                    1.0 / 9,  1.0 / 11, 1.0 / 13, 1.0 / 15,
                                    1.0 / 17, 1.0 / 19, 1.0 / 21, 1.0 / 23};
    /* log 2 in two parts; e times the first is exact. */
    static const double ln2_high = 0x1.62e42fefa0000p-1;
    static const double ln2_low = 0x1.cf79abc9e3b39p-40;
    uint64_t bits;
    memcpy(&bits, &x, sizeof(bits));
    int e = (int)(bits >> 52) - 1023;
    bits = (bits & 0x000fffffffffffffu) | 0x3ff0000000000000u;
    double m;
    memcpy(&m, &bits, sizeof(m));
    if (m >= 0x1.6a09e667f3bcdp+0) { /* sqrt(2) */
        m *= 0.5;
        e++;
    }
    double f = (m - 1.0) / (m + 1.0);
    double tail = polynomial(series, CS_COUNTOF(series), f * f);
    return e * ln2_high + (e * ln2_low + 2.0 * f * tail);
}

/* Rational approximations of M. J. Wichura, "Algorithm AS 241: The Percentage
 * Points of the Normal Distribution", Applied Statistics 37 (1988), PPND16. */
static const double centre_over[] = {
    3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
    1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
    3.3430575583588128105e4, 2.5090809287301226727e3};
static const double centre_under[] = {1.0,
                                      4.2313330701600911252e1,
                                      6.8718700749205790830e2,
                                      5.3941960214247511077e3,
                                      2.1213794301586595867e4,
                                      3.9307895800092710610e4,
                                      2.8729085735721942674e4,
                                      5.2264952788528545610e3};
static const double tail_over[] = {
    1.42343711074968357734e0,  4.63033784615654529590e0,
    5.76949722146069140550e0,  3.64784832476320460504e0,
    1.27045825245236838258e0,  2.41780725177450611770e-1,
    2.27238449892691845833e-2, 7.74545014278341407640e-4};
static const double tail_under[] = {1.0,
                                    2.05319162663775882187e0,
                                    1.67638483018380384940e0,
                                    6.89767334985100004550e-1,
                                    1.48103976427480074590e-1,
                                    1.51986665636164571966e-2,
                                    5.47593808499534494600e-4,
                                    1.05075007164441684324e-9};
static const double far_over[] = {
    6.65790464350110377720e0,  5.46378491116411436990e0,
    1.78482653991729133580e0,  2.96560571828504891230e-1,
    2.65321895265761230930e-2, 1.24266094738807843860e-3,
    2.71155556874348757815e-5, 2.01033439929228813265e-7};
static const double far_under[] = {1.0,
                                   5.99832206555887937690e-1,
                                   1.36929880922735805310e-1,
                                   1.48753612908506148525e-2,
                                   7.86869131145613259100e-4,
                                   1.84631831751005468180e-5,
                                   1.42151175831644588870e-7,
                                   2.04426310338993978564e-15};

static inline double ratio(const double over[8], const double under[8],
                           double x)
{
    return polynomial(over, 8, x) / polynomial(under, 8, x);
}

double cs_normal_quantile(double p)
{
    double q = p - 0.5;
    if (q >= -0.425 && q <= 0.425)
        return q * ratio(centre_over, centre_under, 0.180625 - q * q);
    double t = sqrt(-cs_log_portable(q < 0 ? p : 1.0 - p));
    double x = t <= 5.0 ? ratio(tail_over, tail_under, t - 1.6)
                        : ratio(far_over, far_under, t - 5.0);
    return q < 0 ? -x : x;
}
