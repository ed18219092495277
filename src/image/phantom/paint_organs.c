/* The large organs, line by line: each covers what was painted before. */
#include "image/phantom/canvas.h"

#include "base/mem.h"

#define AIR (-1000.0F)
#define SKIN 1.9F /* mm */

/* A line while it is painted. */
typedef struct line {
    ph_canvas *c;
    size_t j, begin, end; /* the columns that the body takes up */
    float y;
    float *hu; /* of the whole row */
    float *lobules, *patches, *distance, *cavity, *target, *skin, *heart;
} line;

static void cover(const line *l, const float *distance, float shift, float base,
                  float amount)
{
    size_t n = l->end - l->begin;
    l->c->board->table->phantom_cover(l->hu + l->begin, distance + l->begin,
                                      l->lobules + l->begin, n, shift, base,
                                      amount, 1 / l->c->board->edge);
}

/* An organ's row into l->distance, or false where it is not on this line. */
static bool have(line *l, ph_organ organ)
{
    return ph_canvas_row(l->c, organ, l->y, l->begin, l->end,
                         2 * l->c->board->edge, l->distance);
}

/* The columns between which the skin lies. */
static bool find_body(line *l)
{
    const ph_board *b = l->c->board;
    size_t n = b->width;
    if (!ph_canvas_row(l->c, PH_BODY, l->y, 0, n, 3 * b->edge, l->skin)) {
        for (size_t i = 0; i < n; i++)
            l->skin[i] = 100;
        return false;
    }
    l->begin = 0;
    l->end = n;
    while (l->begin < n && l->skin[l->begin] > b->edge)
        l->begin++;
    while (l->end > l->begin && l->skin[l->end - 1] > b->edge)
        l->end--;
    return l->begin < l->end;
}

static void textures(line *l)
{
    const ph_board *b = l->c->board;
    const ph_texture *t = &b->scene->texture;
    size_t n = l->end - l->begin;
    ph_plane_row(&t->fine, b->table, l->c->lobules,
                 ph_tap_at(&t->fine, 1, l->y), l->c->coarse);
    b->table->phantom_expand(l->c->coarse, b->lobules.first + l->begin,
                             b->lobules.share + l->begin, n,
                             l->lobules + l->begin);
    ph_plane_row(&t->coarse, b->table, l->c->patches,
                 ph_tap_at(&t->coarse, 1, l->y), l->c->coarse);
    b->table->phantom_expand(l->c->coarse, b->patches.first + l->begin,
                             b->patches.share + l->begin, n,
                             l->patches + l->begin);
}

/* --- the wall of the chest --- */

static float bump(float v)
{
    float d = 1 - v * v;
    return d > 0 ? d : 0;
}

/* Planes of fat between the layers of muscle, at some depth under the ribs'
 * outer face that wanders. */
static void fat_planes(const line *l, float fat)
{
    float width = 0.8F + 0.5F * l->c->board->edge;
    for (size_t i = l->begin; i < l->end; i++) {
        float d = l->cavity[i];
        if (d < 9 || l->distance[i] > -1)
            continue;
        float p = l->patches[i];
        float a = bump((d - 14 - 2.2F * p) / width) * ph_clamp(0.3F + p, 0, 1);
        float b = bump((d - 25 - 3.5F * p) / width) * ph_clamp(0.3F - p, 0, 1);
        a = a > b ? a : b;
        l->hu[i] += 0.7F * a * (fat - l->hu[i]);
    }
}

static void wall(line *l)
{
    const ph_patient *p = &l->c->board->scene->patient;
    cover(l, l->skin, 0, 10, 12);
    cover(l, l->skin, SKIN, p->fat_hu, 7);
    bool ribs =
        ph_canvas_row(l->c, PH_CAVITY, l->y, l->begin, l->end, 60, l->cavity);
    if (!ribs)
        for (size_t i = l->begin; i < l->end; i++)
            l->cavity[i] = 100;
    if (!have(l, PH_MUSCLE))
        return;
    cover(l, l->distance, 0, p->muscle_hu, 9);
    fat_planes(l, p->fat_hu);
    if (ribs)
        cover(l, l->cavity, -1.5F, p->fat_hu + 4, 12);
}

/* --- below the diaphragm --- */

static void stomach_gas(const line *l)
{
    const ph_patient *p = &l->c->board->scene->patient;
    if (l->y < p->gas)
        cover(l, l->distance, 4, -960, 8);
}

static void belly(line *l)
{
    const ph_patient *p = &l->c->board->scene->patient;
    if (!have(l, PH_DIAPHRAGM))
        return;
    for (size_t i = l->begin; i < l->end; i++)
        l->distance[i] = CS_MAX(l->distance[i], l->cavity[i]);
    cover(l, l->distance, 0, p->muscle_hu - 6, 5);
    cover(l, l->distance, 2.4F, p->fat_hu, 9);
    if (have(l, PH_LIVER))
        cover(l, l->distance, 0, p->liver_hu, 5);
    if (have(l, PH_SPLEEN))
        cover(l, l->distance, 0, p->liver_hu - 6, 5);
    if (have(l, PH_STOMACH)) {
        cover(l, l->distance, 0, 42, 8);
        cover(l, l->distance, 4, 22, 16);
        stomach_gas(l);
    }
}

static void heart(line *l)
{
    const ph_patient *p = &l->c->board->scene->patient;
    if (!have(l, PH_HEART))
        return;
    cover(l, l->distance, 0, 25, 5);
    cover(l, l->distance, 1.2F, p->fat_hu + 8, 9);
    for (size_t i = l->begin; i < l->end; i++)
        l->distance[i] += 1.6F * l->patches[i];
    cover(l, l->distance, 3.4F, p->heart_hu, 4);
    if (p->blood > 100 && have(l, PH_CHAMBERS))
        cover(l, l->distance, 0, p->blood, 5);
}

/* --- lungs --- */

/* What the lung is without vessels: denser towards the back, mottled, with
 * holes where there is emphysema, most of it in the upper lobes. */
static void parenchyma(const line *l)
{
    const ph_patient *p = &l->c->board->scene->patient;
    float base = -884 + p->density + p->gravity * l->y;
    float upper = ph_clamp(0.75F + l->c->z / 160, 0.25F, 1.2F);
    float sick = p->emphysema * upper;
    float low = 1.9F - 1.7F * sick;
    float behind = 80 * ph_clamp((l->y - 55) / 30, 0, 1);
    for (size_t i = l->begin; i < l->end; i++) {
        float t = l->lobules[i];
        float v = base + 13 * t + 15 * l->patches[i];
        v += behind * ph_clamp(1 + l->distance[i] / 7, 0, 1);
        float hole =
            sick > 0 ? ph_clamp((t + 0.8F * l->patches[i] - low) * 1.6F, 0, 1)
                     : 0;
        l->target[i] = v + 0.85F * hole * (-988 - v);
    }
}

#define BEAT 2.6F /* mm by which the heart's left edge is blurred */

/* The heart beats while it is scanned, the left chamber most: the lung's edge
 * beside it is soft. */
static void lung_line(const line *l)
{
    const ph_board *b = l->c->board;
    for (size_t i = l->begin; i < l->end; i++) {
        float left = 0.4F + 0.015F * ph_canvas_x(b, i);
        float beat = ph_clamp(1.5F - 0.15F * l->heart[i], 0, 1) *
                     ph_clamp(left, 0.3F, 1);
        float sharp = 1 / (b->edge + BEAT * beat);
        float a = ph_clamp(0.5F - l->distance[i] * sharp, 0, 1);
        l->hu[i] += a * (l->target[i] - l->hu[i]);
    }
}

#define FISSURE 0.4F /* mm */

/* A thin sheet: as bright as its share of the voxel. */
static void fissure(const line *l, const float *sheet, bool above_oblique)
{
    float edge = l->c->board->edge;
    float width = CS_MAX(edge, 0.9F);
    for (size_t i = l->begin; i < l->end; i++) {
        float a = bump(sheet[i] / width);
        if (a <= 0 || l->distance[i] > -0.5F)
            continue;
        if (above_oblique && l->skin[i] < 0)
            continue;
        float amount = 700 * FISSURE / width *
                       ph_clamp(0.75F + 0.4F * l->patches[i], 0, 1);
        l->hu[i] += a * amount;
    }
}

/* l->skin has served; the fissures' rows take its place. */
static void fissures(line *l, bool right)
{
    float *sheet = l->skin;
    if (!ph_canvas_row(l->c, PH_OBLIQUE, l->y, l->begin, l->end, 1e9F, sheet))
        return;
    fissure(l, sheet, false);
    if (right && ph_canvas_row(l->c, PH_HORIZONTAL, l->y, l->begin, l->end,
                               1e9F, l->cavity))
        fissure(l, l->cavity, true);
}

static void lungs(line *l)
{
    static const ph_organ organs[] = {PH_LUNG_LEFT, PH_LUNG_RIGHT};
    if (!ph_canvas_row(l->c, PH_HEART, l->y, l->begin, l->end, 10, l->heart))
        for (size_t i = l->begin; i < l->end; i++)
            l->heart[i] = 100;
    for (int k = 0; k < 2; k++) {
        if (!have(l, organs[k]))
            continue;
        parenchyma(l);
        lung_line(l);
        fissures(l, k == 1);
    }
}

/* --- the table --- */

/* A shallow trough of carbon fibre over foam, under the back. */
static void table(const line *l)
{
    const ph_board *b = l->c->board;
    const ph_patient *p = &b->scene->patient;
    float top = 128 * p->scale.y + 1.2F * p->fat + 8;
    if (l->y < top - 22)
        return;
    float width = CS_MAX(b->edge, 1.2F);
    for (size_t i = 0; i < b->width; i++) {
        float x = ph_canvas_x(b, i);
        float depth = l->y - top + x * x / 1100;
        if (fabsf(x) > 235 || depth < -3)
            continue;
        float a = CS_MAX(bump(depth / width), bump((depth - 46) / width));
        float v = depth > 0 && depth < 46 ? -955.0F : AIR;
        v += a * 700;
        l->hu[i] = CS_MAX(l->hu[i], v);
    }
}

static void paint_line(ph_canvas *c, size_t j)
{
    size_t width = c->board->width;
    line l = {.c = c,
              .j = j,
              .y = ph_canvas_y(c->board, j),
              .hu = c->hu + j * width,
              .lobules = c->rows[0],
              .patches = c->rows[1],
              .distance = c->rows[2],
              .cavity = c->rows[3],
              .target = c->rows[4],
              .skin = c->body + j * width};
    for (size_t i = 0; i < width; i++)
        l.hu[i] = AIR;
    table(&l);
    if (!find_body(&l))
        return;
    textures(&l);
    wall(&l);
    belly(&l);
    heart(&l);
    l.skin = c->rows[5];
    l.heart = c->rows[6];
    lungs(&l);
}

void ph_paint_organs(ph_canvas *c)
{
    for (size_t j = 0; j < c->board->height; j++)
        paint_line(c, j);
}
