#include "eval/calibration.h"

#include <math.h>

static bool are_probabilities(const ev_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!(cases[i].score >= 0 && cases[i].score <= 1))
            return false;
    return n > 0;
}

static size_t bin_of(double score)
{
    size_t bin = (size_t)(score * EV_BINS);
    return bin < EV_BINS ? bin : EV_BINS - 1;
}

bool ev_calibration_of(const ev_case *cases, size_t n, ev_calibration *ret)
{
    double sum[EV_BINS] = {0};
    size_t all[EV_BINS] = {0};
    size_t positive[EV_BINS] = {0};
    ev_calibration c = {.brier = 0};
    if (n == 0 || !are_probabilities(cases, n))
        return false;
    for (size_t i = 0; i < n; i++) {
        size_t bin = bin_of(cases[i].score);
        double off = cases[i].score - cases[i].positive;
        sum[bin] += cases[i].score;
        all[bin]++;
        positive[bin] += cases[i].positive;
        c.brier += off * off / (double)n;
    }
    for (size_t b = 0; b < EV_BINS; b++) {
        ev_bin *bin = &c.bins[b];
        bin->low = (double)b / EV_BINS;
        bin->high = (double)(b + 1) / EV_BINS;
        bin->mean = all[b] ? sum[b] / (double)all[b] : (double)NAN;
        bin->positive = ev_proportion_of(positive[b], all[b]);
        if (all[b])
            c.ece += fabs(bin->mean - bin->positive.value) * (double)all[b] /
                     (double)n;
    }
    *ret = c;
    return true;
}
