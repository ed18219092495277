/* Quality as MedMNIST's evaluator has it. Scores are [n][classes], such as
 * softmax gives; labels lie in [0, classes). */
#ifndef BENCH_MEDMNIST_SCORE_H
#define BENCH_MEDMNIST_SCORE_H

#include "base/error.h"

/* Logits to probabilities, row by row. CS_E_RANGE when one is not finite. */
int softmax_rows(const float *logits, size_t n, size_t classes, double *ret,
                 cs_errinfo *info);

/* Two classes: the area under the ROC curve of class 1. More: the mean over
 * classes of the area of each against the rest. Ties count half. CS_E_RANGE
 * when a class is not there, or nothing else is. */
int score_auc(const double *scores, const int32_t *labels, size_t n,
              size_t classes, double *ret, cs_errinfo *info);

/* The share of rows whose largest score is that of the label. */
double score_accuracy(const double *scores, const int32_t *labels, size_t n,
                      size_t classes);

#endif
