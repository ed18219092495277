#include "train/verdict.h"

#include <math.h>
#include <string.h>

const char *const tr_metric_names[] = {
    "loss",
    "cpm",
    "sensitivity_0.125",
    "sensitivity_0.25",
    "sensitivity_0.5",
    "sensitivity_1",
    "sensitivity_2",
    "sensitivity_4",
    "sensitivity_8",
    "sensitivity_6mm_0.5",
    "dice",
    "auc",
    "accuracy",
    "brier",
    NULL,
};

static const char *known(const char *name)
{
    for (size_t i = 0; tr_metric_names[i]; i++) {
        if (strcmp(tr_metric_names[i], name) == 0)
            return tr_metric_names[i];
    }
    return NULL;
}

bool tr_verdict_set(tr_verdict *v, const char *name, double value)
{
    const char *own = known(name);
    if (!own)
        return false;
    for (size_t i = 0; i < v->count; i++) {
        if (v->metrics[i].name == own) {
            v->metrics[i].value = value;
            return true;
        }
    }
    if (v->count == TR_METRICS_MAX)
        return false;
    v->metrics[v->count++] = (md_metric){own, value};
    return true;
}

double tr_verdict_get(const tr_verdict *v, const char *name)
{
    for (size_t i = 0; i < v->count; i++) {
        if (strcmp(v->metrics[i].name, name) == 0)
            return v->metrics[i].value;
    }
    return (double)NAN;
}

bool tr_metric_better(tr_metric m, double now, double best)
{
    if (isnan(now) || isnan(best))
        return !isnan(now);
    return m == TR_METRIC_LOSS ? now < best : now > best;
}
