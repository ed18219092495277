#include "lung/confidence.h"

#include "nn/elementary.h"

#define LEAST 1e-7
/* From the middle to either end of the sensitivity. */
#define SHIFT 3.0

double lu_logit(double p)
{
    p = p > LEAST ? p : LEAST;
    p = p < 1 - LEAST ? p : 1 - LEAST;
    return nn_log(p / (1 - p));
}

static double calibrated(const md_model *m, double logit)
{
    return m->card.calibration.a * logit + m->card.calibration.b;
}

double lu_detect_logit(const md_set *models, double score)
{
    return calibrated(&models->detect, lu_logit(score));
}

double lu_confidence(const md_set *models, double score, double check)
{
    double logit = lu_detect_logit(models, score);
    if (models->has_check)
        logit = (logit + calibrated(&models->check, check)) / 2;
    return nn_logistic_at(logit).pos;
}

double lu_threshold(const md_set *models, double sensitivity)
{
    double logit = lu_logit(models->detect.card.threshold);
    if (models->has_check)
        logit = (logit + lu_logit(models->check.card.threshold)) / 2;
    logit += SHIFT * (1 - 2 * sensitivity);
    return nn_logistic_at(logit).pos;
}
