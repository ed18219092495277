#include "matrices.h"

#include <math.h>

/* F(2,3): points 0, 1, -1, inf. F(4,3): 0, a, -a, b, -b, inf with a = 3/4 and
 * b = 3/2. Row j of B' has the coefficients of the product of (x - p) over all
 * other finite points, row j of G the powers of the point divided by that
 * product at the point, and column j of A' its powers. In F(2,3) the signs of
 * the first and last are changed in pairs. */
#define A 0.75
#define B 1.5
#define A2 (A * A)
#define B2 (B * B)
#define S (A2 + B2)
#define P (A2 * B2)
#define NA (2 * A2 * (A2 - B2))
#define NB (2 * B2 * (B2 - A2))

static const km_matrix one = {1, 1, {{1}}};

static const km_matrix input_2 = {
    4, 4, {{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, 1, 0, -1}}};
static const km_matrix output_2 = {2, 4, {{1, 1, 1, 0}, {0, 1, -1, -1}}};
static const km_matrix kernel_2 = {
    4, 3, {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}}};

static const km_matrix input_4 = {6,
                                  6,
                                  {{P, 0, -S, 0, 1, 0},
                                   {0, -A *B2, -B2, A, 1, 0},
                                   {0, A *B2, -B2, -A, 1, 0},
                                   {0, -B *A2, -A2, B, 1, 0},
                                   {0, B *A2, -A2, -B, 1, 0},
                                   {0, P, 0, -S, 0, 1}}};
static const km_matrix output_4 = {4,
                                   6,
                                   {{1, 1, 1, 1, 1, 0},
                                    {0, A, -A, B, -B, 0},
                                    {0, A2, A2, B2, B2, 0},
                                    {0, A *A2, -A *A2, B *B2, -B *B2, 1}}};
static const km_matrix kernel_4 = {6,
                                   3,
                                   {{1 / P, 0, 0},
                                    {1 / NA, A / NA, A2 / NA},
                                    {1 / NA, -A / NA, A2 / NA},
                                    {1 / NB, B / NB, B2 / NB},
                                    {1 / NB, -B / NB, B2 / NB},
                                    {0, 0, 1}}};

static km_matrix transposed(const km_matrix *m)
{
    km_matrix t = {m->columns, m->rows, {{0}}};
    for (size_t i = 0; i < t.rows; i++)
        for (size_t j = 0; j < t.columns; j++)
            t.at[i][j] = m->at[j][i];
    return t;
}

km_matrix km_axis(km_transform t, unsigned char m)
{
    if (m == 1)
        return one;
    switch (t) {
    case KM_INPUT:
        return m == 2 ? input_2 : input_4;
    case KM_OUTPUT:
        return m == 2 ? output_2 : output_4;
    case KM_GRADIENT:
        return transposed(m == 2 ? &output_2 : &output_4);
    case KM_KERNEL:
        return m == 2 ? kernel_2 : kernel_4;
    default:
        return transposed(m == 2 ? &kernel_2 : &kernel_4);
    }
}

km_matrix km_absolute(const km_matrix *m)
{
    km_matrix r = *m;
    for (size_t i = 0; i < m->rows; i++)
        for (size_t j = 0; j < m->columns; j++)
            r.at[i][j] = fabs(r.at[i][j]);
    return r;
}

double km_row(const km_matrix *m, size_t row)
{
    double sum = 0;
    for (size_t j = 0; j < m->columns; j++)
        sum += fabs(m->at[row][j]);
    return sum;
}

/* Along the last axis of [outer][columns], leaving it as the first: three of
 * these turn all axes and end in the old order. */
static void along_last(const km_matrix *m, const double *from, size_t outer,
                       double *to)
{
    for (size_t o = 0; o < outer; o++)
        for (size_t i = 0; i < m->rows; i++) {
            double sum = 0;
            for (size_t j = 0; j < m->columns; j++)
                sum += m->at[i][j] * from[o * m->columns + j];
            to[i * outer + o] = sum;
        }
}

void km_apply(const km_matrix m[3], const double *from, double *to)
{
    double a[KM_MAX] = {0};
    double b[KM_MAX] = {0};
    along_last(&m[2], from, m[0].columns * m[1].columns, a);
    along_last(&m[1], a, m[2].rows * m[0].columns, b);
    along_last(&m[0], b, m[1].rows * m[2].rows, to);
}

/* An output is y_i = sum_j A'_ij (sum_t G_jt g_t)(sum_k B'_jk x_k), and every
 * rounding on the way is relative to a partial sum of that. So the error is at
 * most (number of roundings) u times the same expression with all magnitudes,
 * which is at most max|g| max|x| times
 *
 *     max_i sum_j |A'_ij| (sum_t |G_jt|) (sum_k |B'_jk|)
 *
 * along each axis: the transforms of three axes are products of those of one,
 * and so are their sums of magnitudes. The plain sum of three taps would have
 * 3 in its place. F(2,3): 6. F(4,3): about 60. */
double km_forward_amplification(unsigned char m)
{
    const km_matrix a = km_axis(KM_OUTPUT, m);
    const km_matrix g = km_axis(KM_KERNEL, m);
    const km_matrix b = km_axis(KM_INPUT, m);
    double most = 0;
    for (size_t i = 0; i < a.rows; i++) {
        double sum = 0;
        for (size_t j = 0; j < a.columns; j++)
            sum += fabs(a.at[i][j]) * km_row(&g, j) * km_row(&b, j);
        most = fmax(most, sum);
    }
    return most;
}

/* The same of dg_t = sum_j G_jt (sum_k B'_jk x_k)(sum_i A'_ij dy_i), for one
 * tile. */
double km_weights_amplification(unsigned char m)
{
    const km_matrix t = km_axis(KM_TAPS, m);
    const km_matrix z = km_axis(KM_GRADIENT, m);
    const km_matrix b = km_axis(KM_INPUT, m);
    double most = 0;
    for (size_t i = 0; i < t.rows; i++) {
        double sum = 0;
        for (size_t j = 0; j < t.columns; j++)
            sum += fabs(t.at[i][j]) * km_row(&z, j) * km_row(&b, j);
        most = fmax(most, sum);
    }
    return most;
}
