#include "eval/proportion.h"

#include <math.h>

/* The normal distribution's 97.5 % quantile. */
#define Z 1.959963984540054

/* Wilson's score interval (1927): unlike the textbook's, it stays within 0 and
 * 1 and has a width at 0 of n and n of n. */
ev_proportion ev_proportion_of(size_t hits, size_t n)
{
    if (n == 0)
        return (ev_proportion){0, 0, (double)NAN, (double)NAN, (double)NAN};
    double all = (double)n;
    double p = (double)hits / all;
    double scale = 1 + Z * Z / all;
    double centre = (p + Z * Z / (2 * all)) / scale;
    double half = Z / scale * sqrt(p * (1 - p) / all + Z * Z / (4 * all * all));
    ev_proportion v = {hits, n, p, centre - half, centre + half};
    if (hits == 0)
        v.low = 0; /* exactly, whatever was rounded */
    if (hits == n)
        v.high = 1;
    return v;
}
