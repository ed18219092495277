/* Passes over rows of eight lanes: see table.h for what they compute. */

static void TK_NAME(finish)(const float *t, const float *bias, float slope,
                            size_t rows, float *y, size_t step)
{
    v8 plus = v8_load(bias);
    v8 factor = v8_set(slope);
    for (size_t r = 0; r < rows; r++, t += 8, y += step) {
        v8 v = v8_load(t) + plus;
        v8_store(y, v8_max(v * factor, v));
    }
}

static void TK_NAME(affine)(const float *x, const float *a, const float *b,
                            float slope, size_t rows, float *y)
{
    v8 scale = v8_load(a);
    v8 plus = v8_load(b);
    v8 factor = v8_set(slope);
    for (size_t r = 0; r < rows; r++, x += 8, y += 8) {
        v8 v = v8_fma(scale, v8_load(x), plus);
        v8_store(y, v8_max(v * factor, v));
    }
}

static void TK_NAME(affine_back)(const float *dy, const float *x,
                                 const float *a, const float *b, const float *c,
                                 size_t rows, float *dx)
{
    v8 of_dy = v8_load(a);
    v8 of_x = v8_load(b);
    v8 plus = v8_load(c);
    for (size_t r = 0; r < rows; r++, dy += 8, x += 8, dx += 8)
        v8_store(dx,
                 v8_fma(of_dy, v8_load(dy), v8_fma(of_x, v8_load(x), plus)));
}

static void TK_NAME(sums)(const float *x, const float *centre, size_t rows,
                          float *sum, float *squares)
{
    v8 mid = v8_load(centre);
    v8 s = v8_set(0);
    v8 q = v8_set(0);
    for (size_t r = 0; r < rows; r++, x += 8) {
        v8 d = v8_load(x) - mid;
        s += d;
        q = v8_fma(d, d, q);
    }
    v8_store(sum, s);
    v8_store(squares, q);
}

static void TK_NAME(products)(const float *x, const float *dy,
                              const float *centre, size_t rows, float *sum,
                              float *products)
{
    v8 mid = v8_load(centre);
    v8 s = v8_set(0);
    v8 q = v8_set(0);
    for (size_t r = 0; r < rows; r++, x += 8, dy += 8) {
        v8 g = v8_load(dy);
        s += g;
        q = v8_fma(g, v8_load(x) - mid, q);
    }
    v8_store(sum, s);
    v8_store(products, q);
}
