#include "eval/confusion.h"

#include <math.h>

#define Z 1.959963984540054

/* The estimate's large-sample variance with the margins free. */
static double kappa_variance(const double p[2][2], const double row[2],
                             const double column[2], double chance,
                             double kappa, double n)
{
    double agree = 0;
    double differ = 0;
    for (int i = 0; i < 2; i++) {
        double a = 1 - (row[i] + column[i]) * (1 - kappa);
        double b = column[i] + row[1 - i];
        agree += p[i][i] * a * a;
        differ += p[i][1 - i] * b * b;
    }
    double c = kappa - chance * (1 - kappa);
    double sum = agree + (1 - kappa) * (1 - kappa) * differ - c * c;
    return fmax(0, sum) / ((1 - chance) * (1 - chance) * n);
}

static ev_kappa kappa_of(const ev_confusion *c)
{
    double n = (double)(c->tp + c->fp + c->tn + c->fn);
    if (n == 0)
        return (ev_kappa){(double)NAN, (double)NAN, (double)NAN};
    const double p[2][2] = {{(double)c->tn / n, (double)c->fp / n},
                            {(double)c->fn / n, (double)c->tp / n}};
    const double row[2] = {p[0][0] + p[0][1], p[1][0] + p[1][1]};
    const double column[2] = {p[0][0] + p[1][0], p[0][1] + p[1][1]};
    double chance = row[0] * column[0] + row[1] * column[1];
    bool one_kind = c->tp + c->fp + c->fn == 0 || c->tn + c->fp + c->fn == 0;
    if (one_kind)
        return (ev_kappa){(double)NAN, (double)NAN, (double)NAN};
    double kappa = (p[0][0] + p[1][1] - chance) / (1 - chance);
    double half = Z * sqrt(kappa_variance(p, row, column, chance, kappa, n));
    return (ev_kappa){kappa, fmax(-1, kappa - half), fmin(1, kappa + half)};
}

ev_rates ev_rates_of(const ev_confusion *c)
{
    ev_rates r = {
        .sensitivity = ev_proportion_of(c->tp, c->tp + c->fn),
        .specificity = ev_proportion_of(c->tn, c->tn + c->fp),
        .ppv = ev_proportion_of(c->tp, c->tp + c->fp),
        .npv = ev_proportion_of(c->tn, c->tn + c->fn),
        .accuracy =
            ev_proportion_of(c->tp + c->tn, c->tp + c->fp + c->tn + c->fn),
        .kappa = kappa_of(c),
    };
    double called = (double)(2 * c->tp + c->fp + c->fn);
    r.f1 = called > 0 ? 2 * (double)c->tp / called : (double)NAN;
    return r;
}
