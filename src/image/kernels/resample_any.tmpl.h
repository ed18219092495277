/* Resampling onto any grid: along a row of the new one, each voxel at its own
 * position in the old one. All voxels in [begin, end) lie inside. */

/* Position `at` of an axis of n voxels: the one before it, the one behind it
 * and how far it is on the way. */
typedef struct TK_NAME(spot) {
    size_t low, high;
    float way;
} TK_NAME(spot);

TK_INLINE TK_NAME(spot)
    spot_of(const im_map_row *row, double part, int axis, size_t n)
{
    double at = row->first[axis] + part * (row->last[axis] - row->first[axis]);
    at = at > 0 ? at : 0;
    ptrdiff_t low = (ptrdiff_t)at;
    bool more = low + 1 < (ptrdiff_t)n;
    return (TK_NAME(spot)){.low = (size_t)low,
                           .high = (size_t)(low + more),
                           .way = (float)(at - (double)low)};
}

TK_INLINE float mix(float a, float b, float way)
{
    return a + (b - a) * way;
}

#define ANY_LINEAR(name, T)                                                    \
    static void TK_NAME(name)(const T *v, const size_t size[3],                \
                              const im_map_row *row, size_t begin, size_t end, \
                              float *out)                                      \
    {                                                                          \
        for (size_t i = begin; i < end; i++) {                                 \
            double part = (double)i / (double)row->n;                          \
            TK_NAME(spot) x = spot_of(row, part, 0, size[0]);                  \
            TK_NAME(spot) y = spot_of(row, part, 1, size[1]);                  \
            TK_NAME(spot) z = spot_of(row, part, 2, size[2]);                  \
            const T *a = v + (z.low * size[1] + y.low) * size[0];              \
            const T *b = v + (z.low * size[1] + y.high) * size[0];             \
            const T *c = v + (z.high * size[1] + y.low) * size[0];             \
            const T *d = v + (z.high * size[1] + y.high) * size[0];            \
            float ax = mix((float)a[x.low], (float)a[x.high], x.way);          \
            float bx = mix((float)b[x.low], (float)b[x.high], x.way);          \
            float cx = mix((float)c[x.low], (float)c[x.high], x.way);          \
            float dx = mix((float)d[x.low], (float)d[x.high], x.way);          \
            out[i - begin] =                                                   \
                mix(mix(ax, bx, y.way), mix(cx, dx, y.way), z.way);            \
        }                                                                      \
    }
ANY_LINEAR(any_linear_u8, uint8_t)
ANY_LINEAR(any_linear_i16, int16_t)
ANY_LINEAR(any_linear_f32, float)
#undef ANY_LINEAR

/* --- cubic --- */

typedef float TK_NAME(v4) __attribute__((vector_size(16), aligned(4)));

/* The four voxels around a position and their weights. */
typedef struct TK_NAME(quad) {
    ptrdiff_t at[4];
    float weight[4];
    bool adjoin; /* none of them is mirrored */
} TK_NAME(quad);

TK_INLINE ptrdiff_t mirror_once(ptrdiff_t i, ptrdiff_t n)
{
    i = i < 0 ? -i : i;
    return i < n ? i : 2 * (n - 1) - i;
}

TK_INLINE TK_NAME(quad)
    quad_of(const im_map_row *row, double part, int axis, size_t size)
{
    TK_NAME(quad) q;
    const ptrdiff_t n = (ptrdiff_t)size;
    double at = row->first[axis] + part * (row->last[axis] - row->first[axis]);
    ptrdiff_t base = (ptrdiff_t)(at + 1) - 1; /* rounded down, at >= -0.5 */
    float w = (float)(at - (double)base);
    q.weight[3] = w * w * w * (1.0F / 6);
    q.weight[0] = 1.0F / 6 + w * (w - 1) * 0.5F - q.weight[3];
    q.weight[2] = w + q.weight[0] - 2 * q.weight[3];
    q.weight[1] = 1 - q.weight[0] - q.weight[2] - q.weight[3];
    q.adjoin = base >= 1 && base + 2 < n;
    for (ptrdiff_t k = 0; k < 4; k++)
        q.at[k] = base - 1 + k;
    if (!q.adjoin)
        for (int k = 0; k < 4; k++) /* twice, where there are two voxels */
            q.at[k] = n > 1 ? mirror_once(mirror_once(q.at[k], n), n) : 0;
    return q;
}

TK_INLINE TK_NAME(v4) four_of(const float *row, const TK_NAME(quad) * x)
{
    if (x->adjoin)
        return *(const TK_NAME(v4) *)(row + x->at[0]);
    return (TK_NAME(v4)){row[x->at[0]], row[x->at[1]], row[x->at[2]],
                         row[x->at[3]]};
}

/* c: coefficients, a row every `stride` floats. */
static void TK_NAME(any_cubic)(const float *c, size_t stride,
                               const size_t size[3], const im_map_row *row,
                               size_t begin, size_t end, float *out)
{
    const ptrdiff_t line = (ptrdiff_t)stride;
    const ptrdiff_t plane = line * (ptrdiff_t)size[1];
    for (size_t i = begin; i < end; i++) {
        double part = (double)i / (double)row->n;
        const TK_NAME(quad) x = quad_of(row, part, 0, size[0]);
        const TK_NAME(quad) y = quad_of(row, part, 1, size[1]);
        const TK_NAME(quad) z = quad_of(row, part, 2, size[2]);
        TK_NAME(v4) sum = {0};
        TK_UNROLL
        for (int k = 0; k < 4; k++) {
            TK_NAME(v4) flat = {0};
            TK_UNROLL
            for (int j = 0; j < 4; j++)
                flat += four_of(c + z.at[k] * plane + y.at[j] * line, &x) *
                        y.weight[j];
            sum += flat * z.weight[k];
        }
        out[i - begin] = sum[0] * x.weight[0] + sum[1] * x.weight[1] +
                         (sum[2] * x.weight[2] + sum[3] * x.weight[3]);
    }
}

/* --- nearest --- */

TK_INLINE size_t nearest_of(const im_map_row *row, double part, int axis,
                            size_t n)
{
    double at = row->first[axis] + part * (row->last[axis] - row->first[axis]);
    ptrdiff_t i = (ptrdiff_t)(at + 0.5);
    return (size_t)(i < (ptrdiff_t)n ? i : (ptrdiff_t)n - 1);
}

#define ANY_NEAREST(bits)                                                      \
    static void TK_NAME(any_nearest##bits)(                                    \
        const uint##bits##_t *v, const size_t size[3], const im_map_row *row,  \
        size_t begin, size_t end, uint##bits##_t *out)                         \
    {                                                                          \
        for (size_t i = begin; i < end; i++) {                                 \
            double part = (double)i / (double)row->n;                          \
            size_t x = nearest_of(row, part, 0, size[0]);                      \
            size_t y = nearest_of(row, part, 1, size[1]);                      \
            size_t z = nearest_of(row, part, 2, size[2]);                      \
            out[i - begin] = v[(z * size[1] + y) * size[0] + x];               \
        }                                                                      \
    }
ANY_NEAREST(8)
ANY_NEAREST(16)
ANY_NEAREST(32)
ANY_NEAREST(64)
#undef ANY_NEAREST
