#include <math.h>

#include "detect/head_impl.h"

/* In doubles until it is known to fit: places may be anywhere. */
static ptrdiff_t clamp(double v, double low, double high)
{
    return (ptrdiff_t)fmin(fmax(v, low), high);
}

dt_range dt_range_about(const dt_batch *b, const double at[3], double reach)
{
    dt_range r;
    for (int axis = 0; axis < 3; axis++) {
        double n = (double)b->cells[axis];
        r.low[axis] = clamp(ceil(at[axis] - reach), 0, n);
        r.high[axis] = clamp(floor(at[axis] + reach), -1, n - 1);
    }
    return r;
}

bool dt_cell_holding(const dt_batch *b, const dt_seen *s, size_t *ret)
{
    size_t at[3];
    for (int axis = 0; axis < 3; axis++) {
        double cell = floor(dt_in_cells(s->at[axis], b->r->head.stride) + 0.5);
        if (!(cell >= 0 && cell < (double)b->cells[axis]))
            return false;
        at[axis] = (size_t)cell;
    }
    *ret = dt_cell_index(b, at[0], at[1], at[2]);
    return true;
}
