#include <math.h>

#include "detect/focal.h"
#include "detect/head_impl.h"

/* log of the sum of e^z over all classes but the last, for two or more. */
static double log_of_others(const float *z, size_t classes)
{
    double most = (double)z[0];
    for (size_t k = 1; k + 1 < classes; k++)
        most = fmax(most, (double)z[k]);
    double total = 0;
    for (size_t k = 0; k + 1 < classes; k++)
        total += nn_exp((double)z[k] - most);
    return most + nn_log(total);
}

/* The last class against all others together. */
static double logit(const float *z, size_t classes)
{
    double last = (double)z[classes - 1];
    return classes > 1 ? last - log_of_others(z, classes) : last;
}

static void put(const float *z, size_t classes, double slope, float *gradient)
{
    gradient[classes - 1] = (float)slope;
    if (classes == 1)
        return;
    double others = log_of_others(z, classes);
    for (size_t k = 0; k + 1 < classes; k++)
        gradient[k] = (float)(-slope * nn_exp((double)z[k] - others));
}

/* Weighted and smoothed as nn_loss_cross_entropy() does it. */
static dt_point entropy(double x, const double weight[2], int label, double e)
{
    double yes = weight[1] * ((label == 1 ? 1 - e : 0) + e / 2);
    double no = weight[0] * ((label == 0 ? 1 - e : 0) + e / 2);
    nn_logistic l = nn_logistic_at(x);
    return (dt_point){yes * l.minus_log_pos + no * l.minus_log_neg,
                      no * l.pos - yes * l.neg};
}

int dt_class_loss(const dt_batch *b, dt_loss *ret, CS_UNUSED cs_errinfo *info)
{
    size_t classes = dt_classes(b->r);
    const double weight[2] = {1, dt_or(b->o.positive, 1)};
    double total = 0;
    for (size_t i = 0; i < b->n; i++)
        total += weight[b->truths[i].label];
    for (size_t i = 0; i < b->n; i++) {
        const float *z = b->outputs[0] + i * classes;
        dt_point p = entropy(logit(z, classes), weight, b->truths[i].label,
                             b->o.smoothing);
        put(z, classes, p.slope / total, b->gradients[0] + i * classes);
        ret->scores += p.value / total;
    }
    return 0;
}

void dt_head_logits(const md_recipe *r, size_t n, const float *const *outputs,
                    double *logits)
{
    size_t classes = dt_classes(r);
    for (size_t i = 0; i < n; i++)
        logits[i] = logit(outputs[0] + i * classes, classes);
}
