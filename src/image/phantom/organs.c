#include "image/phantom/organs.h"

#include <float.h>

#include "base/mem.h"

/* --- the chest wall by height --- */

#define NODES 13
#define NODE_LOW (-230.0F)
#define NODE_STEP 30.0F

typedef enum row {
    INNER_HALF,
    INNER_FRONT,
    INNER_BACK,
    MUSCLE_HALF,
    MUSCLE_FRONT,
    MUSCLE_BACK,
    SPINE,
    ROWS
} row;

/* From z = -230 to 130 mm. */
static const float wall[ROWS][NODES] = {
    {122, 125, 128, 131, 133, 132, 129, 125, 117, 106, 90, 66, 24},
    {-76, -82, -88, -92, -95, -95, -93, -88, -81, -72, -58, -36, 0},
    {86, 90, 94, 97, 99, 99, 98, 96, 93, 89, 83, 75, 62},
    {134, 137, 140, 143, 146, 148, 151, 155, 161, 166, 167, 160, 142},
    {-86, -93, -100, -104, -107, -108, -108, -106, -101, -93, -79, -58, -40},
    {114, 118, 122, 125, 127, 127, 127, 126, 124, 120, 114, 106, 94},
    {46, 51, 56, 60, 63, 66, 67, 67, 65, 61, 54, 44, 33},
};

static float wall_row(row which, float z)
{
    const float *v = wall[which];
    float at = ph_clamp((z - NODE_LOW) / NODE_STEP, 0, NODES - 1.001F);
    int i = (int)at;
    float s = at - (float)i;
    float a = v[i > 0 ? i - 1 : 0];
    float b = v[i];
    float c = v[i + 1];
    float d = v[i + 2 < NODES ? i + 2 : NODES - 1];
    return b +
           0.5F * s *
               (c - a +
                s * (2 * a - 5 * b + 4 * c - d + s * (3 * (b - c) + d - a)));
}

ph_wall ph_wall_at(float z)
{
    return (ph_wall){wall_row(INNER_HALF, z), wall_row(INNER_FRONT, z),
                     wall_row(INNER_BACK, z)};
}

float ph_wall_gutter(float x, float y)
{
    float off = (fabsf(x) - 48) / 26;
    if (y <= 10 || fabsf(off) > 4)
        return 0;
    return 7 * expf(-off * off) * ph_clamp((y - 10) / 50, 0, 1);
}

float ph_spine_at(float z)
{
    return wall_row(SPINE, z);
}

/* --- shapes --- */

/* |x/a|^n + |y/b|^n = 1, to first order. */
static float superellipse(float x, float y, float a, float b, float n)
{
    float u = fabsf(x) / a;
    float v = fabsf(y) / b;
    float un = powf(u, n - 1);
    float vn = powf(v, n - 1);
    float sum = un * u + vn * v;
    if (sum < 1e-4F)
        return -CS_MIN(a, b);
    float root = powf(sum, 1 / n);
    float slope = root / sum;
    float gx = slope * un / a;
    float gy = slope * vn / b;
    return (root - 1) / sqrtf(gx * gx + gy * gy);
}

static float ellipsoid(ph_vec p, ph_vec c, ph_vec r)
{
    ph_vec d = ph_sub(p, c);
    ph_vec q = {d.x / r.x, d.y / r.y, d.z / r.z};
    ph_vec g = {q.x / r.x, q.y / r.y, q.z / r.z};
    float k = ph_length(q);
    float slope = ph_length(g);
    return slope > 1e-6F ? k * (k - 1) / slope : -20;
}

/* An ellipsoid turned by `angle` around z. */
static float turned(ph_vec p, ph_vec c, ph_vec r, float angle)
{
    ph_vec d = ph_sub(p, c);
    float cosine = cosf(angle);
    float sine = sinf(angle);
    ph_vec q = {cosine * d.x + sine * d.y, -sine * d.x + cosine * d.y, d.z};
    return ellipsoid(q, (ph_vec){0, 0, 0}, r);
}

/* --- organs at a point of the standard frame --- */

#define NEAR_MAX 512

/* The great tubes that come near a plane: the others leave it alone. */
typedef struct near_tubes {
    const ph_tube *tubes[NEAR_MAX];
    size_t n;
} near_tubes;

typedef struct place {
    const ph_patient *p;
    const near_tubes *great;
    ph_vec v;
} place;

static float muscle(ph_vec v)
{
    float front = wall_row(MUSCLE_FRONT, v.z);
    float back = wall_row(MUSCLE_BACK, v.z);
    float d =
        superellipse(v.x, v.y - 0.5F * (front + back),
                     wall_row(MUSCLE_HALF, v.z), 0.5F * (back - front), 2.3F);
    /* the furrow of the spine between the muscles beside it, and the flatter
     * front of the chest */
    float furrow = 6 * expf(-v.x * v.x / 500) -
                   3 * expf(-(fabsf(v.x) - 38) * (fabsf(v.x) - 38) / 600);
    float dip = 5 * expf(-v.x * v.x / 700);
    d += furrow * ph_clamp((v.y - 40) / 60, 0, 1);
    return d + dip * ph_clamp((-v.y - 30) / 50, 0, 1);
}

static float body(const place *at, float muscles)
{
    ph_vec v = at->v;
    float fat = at->p->fat;
    float front = ph_clamp(-v.y / 100, 0, 1);
    float side = ph_clamp(fabsf(v.x) / 150, 0, 1);
    float d = muscles - 1.8F -
              fat * (0.5F + 0.35F * side * side + 0.45F * front +
                     0.1F * sinf(v.z / 23 + v.x / 31));
    if (!at->p->female)
        return d;
    float size = 20 + 0.9F * fat;
    ph_vec c = {v.x > 0 ? 80.0F : -80.0F, -104 - 0.2F * fat, -48};
    ph_vec r = {46 + 0.3F * fat, size, 44};
    return ph_smin(d, ellipsoid(v, c, r), 22);
}

static float cavity(ph_vec v)
{
    ph_wall w = ph_wall_at(v.z);
    /* widest behind the middle: flatter in front */
    float y = v.y - 0.5F * (w.front + w.back);
    float half = w.half * (1 + 0.0011F * y);
    float d = superellipse(v.x, y, half, 0.5F * (w.back - w.front), 2.25F) -
              0.9F * ph_wall_gutter(v.x, v.y);
    if (d > 12 || d < -25)
        return d;
    /* the ribs press in a little, and hang: see bones.c */
    float around = 1.5F - atan2f(y, fabsf(v.x) + 1);
    float phase = (v.z + 32 * around) * 0.2793F;
    return d + 1.2F * sinf(phase);
}

static float dome(ph_vec v, float x, float y, float peak, float wide,
                  float deep)
{
    float dx = (v.x - x) / wide;
    float dy = (v.y - y) / deep;
    return peak - 60 * (dx * dx + dy * dy);
}

/* Negative below the diaphragm. */
static float diaphragm(const place *at)
{
    ph_vec v = at->v;
    float tilt = at->p->tilt;
    float right = dome(v, -66, -14, -98 + tilt, 60, 96);
    float left = dome(v, 70, -10, -112 - tilt, 60, 94);
    float middle = dome(v, 8, -34, -116, 75, 75);
    float top = ph_smax(ph_smax(right, left, 16), middle, 16) - at->p->breath;
    return (v.z - top) * 0.66F;
}

static float heart(const place *at)
{
    ph_vec v = at->v;
    float s = at->p->heart;
    float ventricles =
        turned(v, (ph_vec){26, -36, -74}, (ph_vec){58 * s, 40 * s, 41},
               at->p->turn - 0.62F);
    float right =
        ellipsoid(v, (ph_vec){-24, -24, -62}, (ph_vec){27 * s, 31, 37});
    float left = ellipsoid(v, (ph_vec){1, 14, -43}, (ph_vec){33 * s, 18, 20});
    float root = ellipsoid(v, (ph_vec){8, -26, -36}, (ph_vec){26, 24, 22});
    return ph_smin(ph_smin(ventricles, right, 12), ph_smin(left, root, 10), 12);
}

static float chambers(const place *at)
{
    ph_vec v = at->v;
    float turn = at->p->turn;
    float lv =
        turned(v, (ph_vec){40, -28, -74}, (ph_vec){36, 17, 24}, turn - 0.62F);
    float rv =
        turned(v, (ph_vec){12, -52, -78}, (ph_vec){40, 15, 28}, turn - 0.45F);
    float ra = ellipsoid(v, (ph_vec){-25, -24, -62}, (ph_vec){22, 26, 32});
    float la = ellipsoid(v, (ph_vec){1, 14, -43}, (ph_vec){29, 15, 16});
    return CS_MIN(ph_smin(lv, la, 3), ph_smin(rv, ra, 5));
}

static float spine(ph_vec v)
{
    float y = v.y - ph_spine_at(v.z);
    float column = sqrtf(v.x * v.x + y * y) - 19;
    float behind = CS_MAX(fabsf(v.x) - 17, -y);
    float d = ph_smin(column, behind, 8);
    /* heads of the ribs, where they meet the spine: see bones.c */
    float side = fabsf(v.x) - 23;
    float head = sqrtf(side * side + (y - 15) * (y - 15)) - 9 +
                 2.5F * sinf(v.z * 0.2793F);
    return ph_smin(d, head, 9);
}

static float hump(float v, float middle, float wide)
{
    float d = (v - middle) / wide;
    return fabsf(d) < 4 ? expf(-d * d) : 0;
}

/* Half the width of what parts the lungs: a thin sheet in front, a wedge
 * towards the spine. Before the great vessels lies fat, more in some than in
 * others; behind the heart the right lung reaches in before the spine. */
static float parting(const place *at)
{
    ph_vec v = at->v;
    float up = ph_clamp((v.z - 55) / 60, 0, 1);
    float back = ph_clamp((v.y + 58) / 70, 0, 1);
    float vessels = hump(v.z, 45, 30);
    float thick = 2.5F + (10 + 8 * vessels) * back +
                  12 * up * ph_clamp((v.y + 50) / 20, 0, 1);
    thick += at->p->thymus * hump(v.z, 22, 34) * hump(v.y, -50, 20);
    if (v.x < 3 && v.z < -12)
        thick -= 6 * hump(v.y, 30, 13) * ph_clamp((-12 - v.z) / 25, 0, 1);
    return thick;
}

/* Fat in the corners between heart and diaphragm. */
static float pads(const place *at)
{
    float s = 0.7F + 0.025F * at->p->fat;
    float right = ellipsoid(at->v, (ph_vec){-26, -56, -100},
                            (ph_vec){16 * s, 14 * s, 15 * s});
    float left = ellipsoid(at->v, (ph_vec){72, -58, -106},
                           (ph_vec){22 * s, 18 * s, 20 * s});
    return CS_MIN(right, left);
}

/* What lies between the lungs: negative inside. */
static float mediastinum(const place *at, float hearts)
{
    ph_vec v = at->v;
    float low = ph_clamp((-50 - v.z) / 60, 0, 1);
    float slab = fabsf(v.x - 3 - 5 * low) - parting(at) - 7 * low;
    float all = ph_smin(ph_smin(hearts - 2, slab, 14), spine(v), 6);
    if (v.z < -40)
        all = ph_smin(all, pads(at), 10);
    if (fabsf(v.x) > 90)
        return all;
    for (size_t i = 0; i < at->great->n; i++) {
        const ph_tube *t = at->great->tubes[i];
        float d = ph_tube_distance(t, v) - t->wall - 1;
        if (d < all + 6)
            all = ph_smin(all, d, 6);
    }
    return all;
}

static float liver(ph_vec v, float dia, float cav)
{
    float left = 0.85F * (v.x - 38 - 0.3F * (v.y + 30) + 0.25F * (v.z + 130));
    float d = ph_smax(dia + 2.5F, cav + 3.5F, 8);
    d = ph_smax(d, left, 18);
    d = ph_smax(d, -(spine(v) - 6), 12);
    float behind = 0.8F * (v.y - 40) - 0.5F * (-30 - v.x);
    return ph_smax(d, behind, 16);
}

static float spleen(ph_vec v, float dia, float cav)
{
    float d = ellipsoid(v, (ph_vec){88, 40, -158}, (ph_vec){34, 46, 44});
    return ph_smax(ph_smax(d, dia + 2.5F, 6), cav + 3.5F, 6);
}

static float stomach(ph_vec v, float dia, float cav)
{
    float d = turned(v, (ph_vec){62, -22, -160}, (ph_vec){40, 50, 42}, 0.3F);
    float colon = ellipsoid(v, (ph_vec){88, -52, -172}, (ph_vec){24, 22, 19});
    d = ph_smin(d, colon, 3);
    return ph_smax(ph_smax(d, dia + 3, 6), cav + 4, 6);
}

/* Height of a fissure at (x, y), and the slope that makes heights distances. */
static float oblique(ph_vec v)
{
    float lift = v.x > 0 ? 6.0F : 0.0F;
    float side = (fabsf(v.x) - 75) / 60;
    float bow = 7 * sinf((v.y + 20) / 40) + 16 * side * side - 6 * side;
    float wave = 3 * sinf(v.x / 17 + v.y / 31) + 2 * sinf(v.y / 13 - v.x / 29);
    float z = 26 + lift - (84 - v.y) * 0.98F + bow + wave;
    return (v.z - z) * 0.68F;
}

static float horizontal(ph_vec v)
{
    float z = -24 - 0.12F * (v.y + 30) + 4 * sinf((v.x + v.y) / 44) +
              1.5F * sinf((v.y - 2 * v.x) / 31);
    return (v.z - z) * 0.95F;
}

#define WALL 30.0F /* mm outside the ribs there are no organs to tell apart */

static void organs_at(const place *at, float ret[PH_ORGANS])
{
    ph_vec v = at->v;
    float m = muscle(v);
    float cav = cavity(v);
    if (cav > WALL) {
        for (int k = 0; k < PH_ORGANS; k++)
            ret[k] = cav;
        ret[PH_MUSCLE] = m;
        ret[PH_BODY] = body(at, m);
        return;
    }
    float dia = diaphragm(at);
    float h = heart(at);
    float between = mediastinum(at, h);
    /* the pleura lies a little inside the ribs */
    float lung = ph_smax(cav + 1, -dia, 7);
    lung = ph_smax(lung, -between, 7);
    lung = ph_smax(lung, v.z - 112, 14);
    ret[PH_MUSCLE] = m;
    ret[PH_BODY] = body(at, m);
    ret[PH_CAVITY] = cav;
    ret[PH_DIAPHRAGM] = dia;
    ret[PH_HEART] = ph_smax(h, -dia - 1, 8);
    ret[PH_CHAMBERS] = chambers(at);
    ret[PH_LIVER] = liver(v, dia, cav);
    ret[PH_SPLEEN] = spleen(v, dia, cav);
    ret[PH_STOMACH] = stomach(v, dia, cav);
    ret[PH_LUNG_LEFT] = ph_smax(lung, 3 - v.x, 4);
    ret[PH_LUNG_RIGHT] = ph_smax(lung, v.x - 3, 4);
    ret[PH_OBLIQUE] = oblique(v);
    ret[PH_HORIZONTAL] = horizontal(v);
}

/* --- the fields --- */

typedef struct job {
    ph_organs *o;
    const ph_patient *p;
    const ph_tubes *great;
} job;

/* Those within reach of the plane at height z of the patient's frame. */
static void gather(const job *j, float z, near_tubes *ret)
{
    float standard = z / j->p->scale.z;
    ret->n = 0;
    for (size_t i = 0; i < j->great->len && ret->n < NEAR_MAX; i++) {
        const ph_tube *t = &j->great->items[i];
        /* bends move a point by 7.5 mm at most, edges are rounded over 6 */
        float reach = CS_MAX(t->ra, t->rb) + t->wall + 16;
        if (CS_MIN(t->a.z, t->b.z) - reach < standard &&
            CS_MAX(t->a.z, t->b.z) + reach > standard)
            ret->tubes[ret->n++] = t;
    }
}

static void fill_row(const job *j, const near_tubes *great, size_t z, size_t y)
{
    const ph_grid *g = &j->o->grid;
    for (size_t x = 0; x < g->size[0]; x++) {
        ph_vec v = {g->origin.x + g->pitch * (float)x,
                    g->origin.y + g->pitch * (float)y,
                    g->origin.z + g->pitch * (float)z};
        place at = {j->p, great, ph_standard(j->p, v)};
        float values[PH_ORGANS];
        organs_at(&at, values);
        size_t i = (z * g->size[1] + y) * g->size[0] + x;
        for (int k = 0; k < PH_ORGANS; k++)
            j->o->fields[k].values[i] = values[k];
    }
}

static void fill_planes(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    const ph_grid *g = &j->o->grid;
    for (size_t z = begin; z < end; z++) {
        near_tubes great;
        gather(j, g->origin.z + g->pitch * (float)z, &great);
        for (size_t y = 0; y < g->size[1]; y++)
            fill_row(j, &great, z, y);
    }
}

#define PITCH 5.0F
#define HALF_X 205.0F
#define HALF_Y 165.0F

int ph_organs_init(ph_organs *o, const ph_patient *p, const ph_tubes *great,
                   float low, float high, cs_pool *pool, cs_errinfo *info)
{
    *o = (ph_organs)PH_ORGANS_INIT;
    o->grid = (ph_grid){.size = {(size_t)(2 * HALF_X / PITCH) + 1,
                                 (size_t)(2 * HALF_Y / PITCH) + 1,
                                 (size_t)((high - low) / PITCH) + 3},
                        .pitch = PITCH,
                        .origin = {-HALF_X, -HALF_Y, low - PITCH}};
    size_t n = ph_grid_points(&o->grid);
    o->values = cs_calloc(n * PH_ORGANS, sizeof(float));
    if (!o->values)
        return cs_fail_nomem(info);
    for (size_t k = 0; k < PH_ORGANS; k++)
        o->fields[k] = (ph_field){&o->grid, o->values + n * k};
    job j = {o, p, great};
    cs_pool_for(pool, o->grid.size[2], 1, fill_planes, &j);
    return 0;
}

void ph_organs_done(ph_organs *o)
{
    cs_free(o->values);
    *o = (ph_organs)PH_ORGANS_INIT;
}

float ph_lung_distance(const ph_organs *o, ph_vec v)
{
    float l = ph_field_at(&o->fields[PH_LUNG_LEFT], v);
    float r = ph_field_at(&o->fields[PH_LUNG_RIGHT], v);
    return CS_MIN(l, r);
}

ph_lobe ph_lobe_at(const ph_organs *o, ph_vec v)
{
    bool below = ph_field_at(&o->fields[PH_OBLIQUE], v) < 0;
    if (ph_field_at(&o->fields[PH_LUNG_LEFT], v) < 0)
        return below ? PH_LEFT_LOWER : PH_LEFT_UPPER;
    if (ph_field_at(&o->fields[PH_LUNG_RIGHT], v) >= 0)
        return PH_LOBES;
    if (below)
        return PH_RIGHT_LOWER;
    return ph_field_at(&o->fields[PH_HORIZONTAL], v) < 0 ? PH_RIGHT_MIDDLE
                                                         : PH_RIGHT_UPPER;
}
