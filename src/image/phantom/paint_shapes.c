/* Tubes, bones and nodules, each in its box of pixels. */
#include <float.h>
#include <string.h>

#include "base/mem.h"
#include "image/phantom/canvas.h"

/* --- tubes --- */

typedef struct stamp {
    ph_canvas *c;
    const ph_tube *t;
    size_t box[4];
    ph_vec ab;
    float l2;
    float high; /* mm: an edge between this layer and the next */
    float deep; /* mm: the voxel across the tube, the other way than in plane */
} stamp;

static bool stamp_init(stamp *s, ph_canvas *c, const ph_tube *t)
{
    float edge = c->board->edge;
    float margin = CS_MAX(t->ra, t->rb) + t->wall + edge;
    float reach = margin + c->board->layer;
    if (c->z < CS_MIN(t->a.z, t->b.z) - reach ||
        c->z > CS_MAX(t->a.z, t->b.z) + reach)
        return false;
    *s = (stamp){.c = c, .t = t, .ab = ph_sub(t->b, t->a)};
    s->l2 = ph_dot(s->ab, s->ab);
    s->high = CS_MAX(edge, c->board->layer);
    float steep = s->l2 > 0 ? s->ab.z * s->ab.z / s->l2 : 0;
    s->deep = edge + (1 - steep) * (s->high - edge);
    return ph_canvas_box(
        c->board, 0.5F * (t->a.x + t->b.x), 0.5F * (t->a.y + t->b.y),
        0.5F * fabsf(s->ab.x) + margin, 0.5F * fabsf(s->ab.y) + margin, s->box);
}

/* Distance from the axis, and the radius there. A layer is higher than a pixel
 * is wide, so what lies a little above it still shows: heights count less, for
 * thin tubes most. */
static float from_axis(const stamp *s, float x, float y, float *ret_radius)
{
    const ph_tube *t = s->t;
    float edge = s->c->board->edge;
    ph_vec ap = {x - t->a.x, y - t->a.y, s->c->z - t->a.z};
    float at = s->l2 > 0 ? ph_clamp(ph_dot(ap, s->ab) / s->l2, 0, 1) : 0;
    float r = t->ra + at * (t->rb - t->ra);
    ph_vec off = ph_along(ap, s->ab, -at);
    off.z *= (r + edge) / (r + s->high);
    *ret_radius = r;
    return ph_length(off);
}

/* The part of a voxel that a tube of radius r covers at distance d from its
 * axis. Thin ones fill it by their width, in plane and the other way. */
static float covered(const stamp *s, float d, float r)
{
    float edge = s->c->board->edge;
    float wide = CS_MAX(r, 0.5F * edge);
    float a = ph_clamp(0.5F + (wide - d) / edge, 0, 1);
    float deep = 0.5F * s->deep;
    a = r < wide ? a * r / wide : a;
    return r < deep ? a * r / deep : a;
}

static void most(float *at, float v)
{
    if (v > *at)
        *at = v;
}

static void stamp_pixel(const stamp *s, size_t i, float d, float r)
{
    ph_canvas *c = s->c;
    float a = covered(s, d, r);
    switch (s->t->kind) {
    case PH_TISSUE:
        c->hu[i] += a * (s->t->hu - c->hu[i]);
        break;
    case PH_VESSEL:
        most(&c->vessel[i], a);
        break;
    case PH_BRONCHUS:
    case PH_TRACHEA:
    default:
        most(&c->lumen[i], a);
        most(&c->wall[i], covered(s, d, r + s->t->wall));
        break;
    }
}

static void stamp_tube(ph_canvas *c, const ph_tube *t)
{
    stamp s;
    if (!stamp_init(&s, c, t))
        return;
    for (size_t j = s.box[2]; j < s.box[3]; j++) {
        float y = ph_canvas_y(c->board, j);
        for (size_t i = s.box[0]; i < s.box[1]; i++) {
            float r;
            float d = from_axis(&s, ph_canvas_x(c->board, i), y, &r);
            if (d < r + t->wall + c->board->edge)
                stamp_pixel(&s, j * c->board->width + i, d, r);
        }
    }
}

static void tubes(ph_canvas *c)
{
    const ph_scene *s = c->board->scene;
    size_t pixels = c->board->width * c->board->height;
    size_t n;
    const uint32_t *list = ph_buckets_at(&s->tube_bands, c->z, &n);
    memset(c->vessel, 0, pixels * sizeof(float));
    memset(c->wall, 0, pixels * sizeof(float));
    memset(c->lumen, 0, pixels * sizeof(float));
    for (size_t i = 0; i < n; i++)
        stamp_tube(c, &s->tubes.items[list[i]]);
    float blood = s->patient.blood + 4;
    for (size_t i = 0; i < pixels; i++) {
        float hu = c->hu[i];
        float bright =
            CS_MAX(c->vessel[i] * (blood - hu), c->wall[i] * (30 - hu));
        hu += bright > 0 ? bright : 0;
        c->hu[i] = hu + c->lumen[i] * (-992 - hu);
    }
}

/* --- bones --- */

static void stamp_rod(ph_canvas *c, uint32_t index)
{
    const ph_board *b = c->board;
    const ph_rod *t = &b->scene->rods.items[index];
    float margin = CS_MAX(t->across, t->along) + b->edge;
    float low = CS_MIN(t->a.z, t->b.z) - margin;
    float high = CS_MAX(t->a.z, t->b.z) + margin;
    size_t box[4];
    if (c->z < low || c->z > high ||
        !ph_canvas_box(b, 0.5F * (t->a.x + t->b.x), 0.5F * (t->a.y + t->b.y),
                       0.5F * fabsf(t->a.x - t->b.x) + margin,
                       0.5F * fabsf(t->a.y - t->b.y) + margin, box))
        return;
    for (size_t j = box[2]; j < box[3]; j++)
        for (size_t i = box[0]; i < box[1]; i++) {
            ph_vec v = {ph_canvas_x(b, i), ph_canvas_y(b, j), c->z};
            float d = ph_rod_distance(t, v);
            size_t k = j * b->width + i;
            if (d < c->bone[k]) {
                c->bone[k] = d;
                c->bone_index[k] = (uint16_t)index;
            }
        }
}

static float bone_hu(const ph_rod *t, float d, float edge, float mottle)
{
    float marrow = t->marrow + (t->shell > 0 ? 40 * mottle : 0);
    float wide = CS_MAX(edge, 0.9F);
    float inner = ph_clamp(0.5F - (d + t->shell) / wide, 0, 1);
    return t->shell > 0 ? t->cortex + inner * (marrow - t->cortex) : marrow;
}

static void bones(ph_canvas *c)
{
    const ph_board *b = c->board;
    const ph_scene *s = b->scene;
    size_t pixels = b->width * b->height;
    size_t n;
    const uint32_t *list = ph_buckets_at(&s->rod_bands, c->z, &n);
    for (size_t i = 0; i < pixels; i++)
        c->bone[i] = FLT_MAX;
    for (size_t i = 0; i < n; i++)
        stamp_rod(c, list[i]);
    for (size_t i = 0; i < pixels; i++) {
        if (c->bone[i] > b->edge)
            continue;
        float a = ph_clamp(0.5F - c->bone[i] / b->edge, 0, 1);
        ph_vec v = {ph_canvas_x(b, i % b->width), ph_canvas_y(b, i / b->width),
                    c->z};
        float mottle = ph_field_at(&s->texture.lobules, v);
        float hu = bone_hu(&s->rods.items[c->bone_index[i]], c->bone[i],
                           b->edge, mottle);
        if (a > 0)
            c->hu[i] += a * (hu - c->hu[i]);
    }
}

/* --- nodules --- */

/* What a nodule makes of a voxel of `hu` that it covers by `a`. */
static float with_nodule(const ph_nodule *n, ph_vec v, float hu, float a,
                         float mottle, float edge)
{
    float t = n->mottle * mottle;
    float core = 0;
    if (n->core_radius > 0)
        core =
            ph_clamp(0.5F - (ph_length(ph_sub(v, n->core)) - n->core_radius) /
                                (1.5F * edge),
                     0, 1);
    switch (n->type) {
    case IM_PHANTOM_GROUND_GLASS:
    case IM_PHANTOM_PART_SOLID: {
        float veil = hu + n->hu + t;
        veil = CS_MAX(hu, veil < -120 ? veil : -120);
        hu += a * (veil - hu);
        break;
    }
    case IM_PHANTOM_SOLID:
    case IM_PHANTOM_CALCIFIED:
    default:
        hu += a * (n->hu + t - hu);
        break;
    }
    return hu + a * core * (n->core_hu + t - hu);
}

static void stamp_nodule(ph_canvas *c, const ph_nodule *n)
{
    const ph_board *b = c->board;
    const ph_scene *s = b->scene;
    float reach = ph_nodule_reach(n) + 3;
    size_t box[4];
    if (fabsf(c->z - n->c.z) > reach ||
        !ph_canvas_box(b, n->c.x, n->c.y, reach, reach, box))
        return;
    bool veil =
        n->type == IM_PHANTOM_GROUND_GLASS || n->type == IM_PHANTOM_PART_SOLID;
    float soft = veil ? CS_MAX(b->edge, 2.2F) : CS_MAX(b->edge, 0.9F);
    for (size_t j = box[2]; j < box[3]; j++)
        for (size_t i = box[0]; i < box[1]; i++) {
            ph_vec v = {ph_canvas_x(b, i), ph_canvas_y(b, j), c->z};
            float d = ph_nodule_distance(n, v);
            float a = ph_clamp(0.5F - d / soft, 0, 1);
            if (a <= 0)
                continue;
            float lung = ph_lung_distance(&s->organs, v);
            a *= ph_clamp(0.5F - (lung - 0.5F * b->edge) / b->edge, 0, 1);
            float mottle = ph_field_at(&s->texture.lobules, v);
            float *hu = &c->hu[j * b->width + i];
            *hu = with_nodule(n, v, *hu, a, mottle, b->edge);
        }
}

void ph_paint_shapes(ph_canvas *c)
{
    const ph_scene *s = c->board->scene;
    tubes(c);
    for (size_t i = 0; i < s->nodule_count; i++)
        stamp_nodule(c, &s->nodules[i]);
    for (size_t i = 0; i < s->speck_count; i++)
        stamp_nodule(c, &s->specks[i]);
    bones(c);
}
