#include "detect/candidate.h"

#include <stdlib.h>

static int order(double a, double b)
{
    return (a > b) - (a < b);
}

static int compare(const void *a, const void *b)
{
    const dt_candidate *x = a;
    const dt_candidate *y = b;
    int by = order(y->score, x->score);
    for (int axis = 2; axis >= 0 && by == 0; axis--)
        by = order(x->centre[axis], y->centre[axis]);
    return by;
}

void dt_candidates_sort(dt_candidates *c)
{
    if (c->len)
        qsort(c->items, c->len, sizeof(*c->items), compare);
}

static bool overlap(const dt_candidate *a, const dt_candidate *b, double apart)
{
    double d2 = 0;
    for (int axis = 0; axis < 3; axis++) {
        double d = a->centre[axis] - b->centre[axis];
        d2 += d * d;
    }
    double half = 0.5 * CS_MAX(a->diameter, b->diameter);
    double limit = CS_MAX(half, apart);
    return d2 < limit * limit;
}

void dt_candidates_merge(dt_candidates *c, double apart, size_t most)
{
    dt_candidates_sort(c);
    size_t kept = 0;
    for (size_t i = 0; i < c->len && (most == 0 || kept < most); i++) {
        bool free_of_others = true;
        for (size_t k = 0; k < kept && free_of_others; k++)
            free_of_others = !overlap(&c->items[k], &c->items[i], apart);
        if (free_of_others)
            c->items[kept++] = c->items[i];
    }
    c->len = kept;
}
