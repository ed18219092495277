#include "image/augment_field.h"

#include <math.h>
#include <string.h>

#include "base/checked.h"
#include "base/mem.h"
#include "image/augment_matrix.h"

/* Knots are numbered from -KNOT_FAR to KNOT_FAR; beyond, nothing is moved. */
#define KNOT_BITS 20
#define KNOT_FAR ((1 << (KNOT_BITS - 1)) - 8)

/* Knots along one axis of a block: 8 m of patient at the finest grid. */
#define BLOCK_MOST 2048

/* --- one position --- */

/* The three displacements of a knot, from its own block of the stream. */
static void knot_at(const im_field *f, const int at[3], double ret[3])
{
    const int64_t half = (int64_t)1 << (KNOT_BITS - 1);
    uint64_t number = 0;
    for (int i = 2; i >= 0; i--)
        number = number << KNOT_BITS | (uint64_t)(at[i] + half);
    uint32_t words[3];
    cs_rng_fill_u32(&f->knots, number * 4, words, 3);
    for (int i = 0; i < 3; i++)
        ret[i] = f->amplitude_mm * ((double)(words[i] >> 8) * 0x1p-23 - 1);
}

/* The weights of the four knots around, and their derivatives, at a share t
 * of the way from the second to the third. */
static void weights_at(double t, double w[4], double d[4])
{
    double r = 1 - t;
    w[0] = r * r * r / 6;
    w[1] = (4 + t * t * (3 * t - 6)) / 6;
    w[2] = (4 + r * r * (3 * r - 6)) / 6;
    w[3] = t * t * t / 6;
    d[0] = -r * r / 2;
    d[1] = t * (3 * t - 4) / 2;
    d[2] = -r * (3 * r - 4) / 2;
    d[3] = t * t / 2;
}

/* The 64 knots around one cell of the grid; kept from one position to the
 * next, for a search stays mostly in its cell. */
typedef struct cell {
    bool known;
    int at[3];
    double knots[64][3];
} cell;

static void cell_fill(const im_field *f, cell *c, const int at[3])
{
    if (c->known && memcmp(c->at, at, sizeof(c->at)) == 0)
        return;
    for (int i = 0; i < 64; i++) {
        const int knot[3] = {at[0] - 1 + i % 4, at[1] - 1 + i / 4 % 4,
                             at[2] - 1 + i / 16};
        knot_at(f, knot, c->knots[i]);
    }
    memcpy(c->at, at, sizeof(c->at));
    c->known = true;
}

static void cell_sum(const im_field *f, const cell *c, const double share[3],
                     double ret[3], double jacobian[9])
{
    double w[3][4], d[3][4];
    for (int i = 0; i < 3; i++)
        weights_at(share[i], w[i], d[i]);
    for (int i = 0; i < 64; i++) {
        int x = i % 4, y = i / 4 % 4, z = i / 16;
        const double around[4] = {w[0][x] * w[1][y] * w[2][z],
                                  d[0][x] * w[1][y] * w[2][z] / f->grid_mm,
                                  w[0][x] * d[1][y] * w[2][z] / f->grid_mm,
                                  w[0][x] * w[1][y] * d[2][z] / f->grid_mm};
        for (int r = 0; r < 3; r++) {
            ret[r] += around[0] * c->knots[i][r];
            for (int k = 0; k < 3; k++)
                jacobian[3 * r + k] += around[1 + k] * c->knots[i][r];
        }
    }
}

static void field_at(const im_field *f, cell *c, const double mm[3],
                     double ret[3], double jacobian[9])
{
    int at[3];
    double share[3];
    memset(ret, 0, 3 * sizeof(*ret));
    memset(jacobian, 0, 9 * sizeof(*jacobian));
    for (int i = 0; i < 3; i++) {
        double s = mm[i] / f->grid_mm;
        if (!(fabs(s) < KNOT_FAR))
            return;
        at[i] = (int)floor(s);
        share[i] = s - at[i];
    }
    cell_fill(f, c, at);
    cell_sum(f, c, share, ret, jacobian);
}

void im_field_at(const im_field *f, const double mm[3], double ret[3],
                 double jacobian[9])
{
    double unused[9];
    if (f->amplitude_mm > 0) {
        cell c = {.known = false};
        field_at(f, &c, mm, ret, jacobian ? jacobian : unused);
        return;
    }
    memset(ret, 0, 3 * sizeof(*ret));
    if (jacobian)
        memset(jacobian, 0, 9 * sizeof(*jacobian));
}

/* --- the way back --- */

/* What is missing from position + displacement to `moved`; its square. */
static double rest_at(const im_field *f, cell *c, const double moved[3],
                      const double at[3], double rest[3], double jacobian[9])
{
    double u[3], square = 0;
    field_at(f, c, at, u, jacobian);
    for (int i = 0; i < 3; i++) {
        rest[i] = moved[i] - at[i] - u[i];
        square += rest[i] * rest[i];
    }
    return square;
}

#define CLOSE_MM 1e-9
#define TURNS 100

/* Newton's method, with steps halved until they help. The map has no place
 * where its derivative fails, so the only halt is the solution. */
void im_field_undo(const im_field *f, const double moved[3], double ret[3])
{
    double at[3], rest[3], jacobian[9], step[3];
    memcpy(at, moved, sizeof(at));
    if (f->amplitude_mm > 0) {
        cell c = {.known = false};
        double square = rest_at(f, &c, moved, at, rest, jacobian);
        double length = 1;
        for (int i = 0; i < TURNS && square > CLOSE_MM * CLOSE_MM; i++) {
            double there[3], its_rest[3], its_jacobian[9], inverse[9];
            im_matrix_inverse_beside_one(jacobian, inverse);
            im_matrix_apply(inverse, rest, step);
            for (int k = 0; k < 3; k++)
                there[k] = at[k] + length * step[k];
            double its = rest_at(f, &c, moved, there, its_rest, its_jacobian);
            if (its < square) {
                memcpy(at, there, sizeof(at));
                memcpy(rest, its_rest, sizeof(rest));
                memcpy(jacobian, its_jacobian, sizeof(jacobian));
                square = its;
                length = 1;
            } else {
                length /= 2;
            }
        }
    }
    memcpy(ret, at, sizeof(at));
}

/* --- blocks --- */

static int block_extent(im_field_block *b, const double low[3],
                        const double high[3], cs_errinfo *info)
{
    for (int i = 0; i < 3; i++) {
        double from = floor(low[i] / b->grid_mm) - 2;
        double to = floor(high[i] / b->grid_mm) + 3;
        if (!(to - from < BLOCK_MOST && fabs(from) < KNOT_FAR &&
              fabs(to) < KNOT_FAR))
            return cs_fail(info, CS_E_LIMIT,
                           "an elastic grid of %g mm is too fine for a patch "
                           "of %g mm",
                           b->grid_mm, high[i] - low[i]);
        b->first[i] = (int)from;
        b->count[i] = (size_t)(to - from) + 1;
    }
    return 0;
}

static void block_knot(const im_field_block *b, const im_field *f,
                       const size_t at[3], const double matrix[9])
{
    int knot[3];
    double u[3];
    for (int i = 0; i < 3; i++)
        knot[i] = b->first[i] + (int)at[i];
    knot_at(f, knot, u);
    float *line =
        b->knots + (at[2] * b->count[1] + at[1]) * im_field_line_size(b);
    for (size_t r = 0; r < 3; r++)
        line[r * b->count[0] + at[0]] =
            (float)(matrix[3 * r] * u[0] + matrix[3 * r + 1] * u[1] +
                    matrix[3 * r + 2] * u[2]);
}

int im_field_block_init(im_field_block *b, const im_field *f,
                        const double low[3], const double high[3],
                        const double matrix[9], cs_errinfo *info)
{
    im_field_block made = {.grid_mm = f->grid_mm};
    int r = block_extent(&made, low, high, info);
    if (r < 0)
        return r;
    size_t n, factors[] = {made.count[0], made.count[1], made.count[2], 3};
    if (!cs_product_size(factors, CS_COUNTOF(factors), &n))
        return cs_fail_nomem(info);
    made.knots = cs_calloc(n, sizeof(*made.knots));
    if (!made.knots)
        return cs_fail_nomem(info);
    size_t at[3];
    for (at[2] = 0; at[2] < made.count[2]; at[2]++)
        for (at[1] = 0; at[1] < made.count[1]; at[1]++)
            for (at[0] = 0; at[0] < made.count[0]; at[0]++)
                block_knot(&made, f, at, matrix);
    *b = made;
    return 0;
}

void im_field_block_done(im_field_block *b)
{
    cs_free(b->knots);
    *b = (im_field_block){.knots = NULL};
}

size_t im_field_line_size(const im_field_block *b)
{
    return 3 * b->count[0];
}

size_t im_field_slice_size(const im_field_block *b)
{
    return b->count[1] * im_field_line_size(b);
}

/* Settles one axis: the four layers of knots around the position, weighed. */
static void settle(const im_table *t, const im_field_block *b, int axis,
                   double mm, const float *layers, size_t layer, float *ret)
{
    double s = mm / b->grid_mm, w[4], unused[4];
    int whole = (int)floor(s);
    weights_at(s - whole, w, unused);
    const float *from = layers + (size_t)(whole - 1 - b->first[axis]) * layer;
    const float *rows[] = {from, from + layer, from + 2 * layer,
                           from + 3 * layer};
    const float weights[] = {(float)w[0], (float)w[1], (float)w[2],
                             (float)w[3]};
    t->weigh(rows, weights, 4, layer, ret);
}

void im_field_slice(const im_table *t, const im_field_block *b, double z_mm,
                    float *slice)
{
    settle(t, b, 2, z_mm, b->knots, im_field_slice_size(b), slice);
}

void im_field_line(const im_table *t, const im_field_block *b,
                   const float *slice, double y_mm, float *line)
{
    settle(t, b, 1, y_mm, slice, im_field_line_size(b), line);
}

/* The cubic between the second and third of four knots, as a polynomial. */
static void cubic_of(const float k[4], float ret[4])
{
    ret[0] = (k[0] + 4 * k[1] + k[2]) / 6;
    ret[1] = (k[2] - k[0]) / 2;
    ret[2] = (k[0] - 2 * k[1] + k[2]) / 2;
    ret[3] = (k[3] - k[0] + 3 * (k[1] - k[2])) / 6;
}

void im_field_row(const im_table *t, const im_field_block *b, const float *line,
                  double x_mm, double step_mm, size_t n, float *const ret[3])
{
    double s0 = x_mm / b->grid_mm, step = step_mm / b->grid_mm;
    for (size_t i = 0; i < n;) {
        double s = s0 + (double)i * step;
        double whole = floor(s);
        double end = ceil((whole + 1 - s0) / step);
        size_t next = end < (double)n ? (size_t)end : n;
        next = CS_MAX(next, i + 1);
        size_t knot = (size_t)((int)whole - 1 - b->first[0]);
        for (size_t r = 0; r < 3; r++) {
            float cubic[4];
            cubic_of(line + r * b->count[0] + knot, cubic);
            t->cubic(cubic, (float)(s - whole), (float)step, next - i,
                     ret[r] + i);
        }
        i = next;
    }
}
