#include "score.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "nn/elementary.h"

static void softmax_row(const float *from, size_t classes, double *to)
{
    double top = (double)from[0];
    double sum = 0;
    for (size_t c = 1; c < classes; c++)
        top = CS_MAX(top, (double)from[c]);
    for (size_t c = 0; c < classes; c++)
        sum += to[c] = nn_exp((double)from[c] - top);
    for (size_t c = 0; c < classes; c++)
        to[c] /= sum;
}

int softmax_rows(const float *logits, size_t n, size_t classes, double *ret,
                 cs_errinfo *info)
{
    for (size_t i = 0; i < n * classes; i++)
        if (!isfinite(logits[i]))
            return cs_fail(info, CS_E_RANGE, "score %zu of image %zu is %g",
                           i % classes, i / classes, (double)logits[i]);
    for (size_t i = 0; i < n; i++)
        softmax_row(logits + i * classes, classes, ret + i * classes);
    return 0;
}

typedef struct scored {
    double score;
    bool positive;
} scored;

static int by_score(const void *a, const void *b)
{
    const scored *x = a;
    const scored *y = b;
    return (x->score > y->score) - (x->score < y->score);
}

/* Pairs of a positive above a negative, ties half, of all such pairs. */
static double area(scored *rows, size_t n, size_t positives)
{
    qsort(rows, n, sizeof(*rows), by_score);
    double pairs = 0;
    size_t below = 0; /* negatives with a smaller score */
    for (size_t i = 0; i < n;) {
        size_t same[2] = {0, 0};
        double score = rows[i].score;
        for (; i < n && rows[i].score == score; i++)
            same[rows[i].positive]++;
        pairs += (double)same[1] * ((double)below + (double)same[0] / 2);
        below += same[0];
    }
    return pairs / ((double)positives * (double)(n - positives));
}

static int class_auc(const double *scores, const int32_t *labels, size_t n,
                     size_t classes, size_t c, double *ret, cs_errinfo *info)
{
    CS_AUTO_MEM scored *rows = cs_calloc(n, sizeof(*rows));
    if (!rows)
        return cs_fail_nomem(info);
    size_t positives = 0;
    for (size_t i = 0; i < n; i++) {
        rows[i] = (scored){scores[i * classes + c], (size_t)labels[i] == c};
        positives += rows[i].positive;
    }
    if (positives == 0 || positives == n)
        return cs_fail(info, CS_E_RANGE, "%zu of %zu images are of class %zu",
                       positives, n, c);
    *ret = area(rows, n, positives);
    return 0;
}

int score_auc(const double *scores, const int32_t *labels, size_t n,
              size_t classes, double *ret, cs_errinfo *info)
{
    if (classes == 2)
        return class_auc(scores, labels, n, classes, 1, ret, info);
    double sum = 0;
    for (size_t c = 0; c < classes; c++) {
        double one = 0;
        int r = class_auc(scores, labels, n, classes, c, &one, info);
        if (r < 0)
            return r;
        sum += one;
    }
    *ret = sum / (double)classes;
    return 0;
}

double score_accuracy(const double *scores, const int32_t *labels, size_t n,
                      size_t classes)
{
    size_t right = 0;
    for (size_t i = 0; i < n; i++) {
        const double *row = scores + i * classes;
        size_t best = 0;
        for (size_t c = 1; c < classes; c++)
            if (row[c] > row[best])
                best = c;
        right += (size_t)labels[i] == best;
    }
    return (double)right / (double)n;
}
