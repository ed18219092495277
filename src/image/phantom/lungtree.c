#include "image/phantom/lungtree.h"

#include "base/mem.h"
#include "base/vec.h"
#include "image/phantom/tree.h"

#define LEAVES 12000 /* of arteries and again of veins, in both lungs */
#define TWIG 0.27F   /* mm, their radius */

typedef struct leaves {
    ph_vec *items;
    size_t len, cap;
} leaves;

/* Points of the lungs, sorted by lobe. */
static int scatter(const ph_patient *p, const ph_organs *o, cs_rng *rng,
                   size_t n, leaves by_lobe[PH_LOBES])
{
    const ph_grid *g = &o->grid;
    float high = g->origin.z + g->pitch * (float)(g->size[2] - 1);
    for (size_t found = 0, tries = 0; found < n && tries < 40 * n; tries++) {
        ph_vec v = {ph_between(rng, -150, 150), ph_between(rng, -125, 125),
                    ph_between(rng, g->origin.z, high)};
        v = (ph_vec){v.x * p->scale.x, v.y * p->scale.y, v.z};
        if (ph_lung_distance(o, v) > -2.2F)
            continue;
        ph_lobe lobe = ph_lobe_at(o, v);
        int r = cs_vec_push(&by_lobe[lobe], v);
        if (r < 0)
            return r;
        found++;
    }
    return 0;
}

static void leaves_done(leaves by_lobe[PH_LOBES])
{
    for (int i = 0; i < PH_LOBES; i++)
        cs_free(by_lobe[i].items);
}

/* --- one tree --- */

/* As wide as what goes on from there. */
static float end_radius(const ph_branches *list, size_t i)
{
    return list->items[i].leaves > 1 ? list->items[i + 1].radius
                                     : list->items[i].radius * 0.6F;
}

/* Trees are made of straight lines; life sways a little. */
static ph_vec sway(ph_vec v)
{
    ph_vec w = {sinf(0.11F * v.y + 0.07F * v.z), sinf(0.1F * v.z + 0.08F * v.x),
                sinf(0.12F * v.x - 0.06F * v.y)};
    return ph_along(v, w, 1.6F);
}

static void sway_all(ph_branches *list)
{
    for (size_t i = 0; i < list->len; i++) {
        list->items[i].a = sway(list->items[i].a);
        list->items[i].b = sway(list->items[i].b);
    }
}

static int vessel_tubes(const ph_patient *p, const ph_branches *list,
                        ph_tubes *out)
{
    const ph_tube like = {.kind = PH_VESSEL, .hu = p->blood + 4};
    for (size_t i = 0; i < list->len; i++) {
        int r =
            ph_branch_tubes(&list->items[i], end_radius(list, i), &like, out);
        if (r < 0)
            return r;
    }
    return 0;
}

/* How far beside its artery a bronchus runs. */
static ph_vec beside(const ph_branch *b, ph_vec side)
{
    float lumen = b->radius * 0.85F;
    float wall = 0.3F + 0.13F * lumen;
    return ph_scale(ph_across(side, ph_unit(ph_sub(b->b, b->a))),
                    b->radius + lumen + wall);
}

#define BRONCHUS_MIN 1.05F /* mm, of the artery */

/* The bronchi beside the arteries, as far as they are wide enough to be seen.
 * `ends` holds where each branch's bronchus ends. */
static int bronchus_tubes(const ph_branches *list, const ph_hilum *h,
                          ph_vec root, ph_vec side, ph_vec *ends, ph_tubes *out)
{
    for (size_t i = 0; i < list->len; i++) {
        ph_branch b = list->items[i];
        if (b.radius < BRONCHUS_MIN || b.generation > 9)
            continue;
        b.a = b.parent < 0 ? root : ends[b.parent];
        b.b = ph_add(b.b, beside(&list->items[i], side));
        ends[i] = b.b;
        float lumen = b.parent < 0 ? h->bronchus_radius : b.radius * 0.85F;
        b.radius = ph_clamp(lumen, 0, h->bronchus_radius);
        const ph_tube like = {
            .kind = PH_BRONCHUS, .wall = 0.3F + 0.13F * b.radius, .hu = -985};
        int r = ph_branch_tubes(
            &b, CS_MIN(list->items[i].radius * 0.8F, b.radius), &like, out);
        if (r < 0)
            return r;
    }
    return 0;
}

typedef struct lobe_job {
    const ph_patient *p;
    ph_lobe lobe;
    bool artery;
} lobe_job;

static int tubes_of(const lobe_job *j, const ph_branches *list, ph_tubes *out)
{
    int r = vessel_tubes(j->p, list, out);
    if (r < 0 || !j->artery || list->len == 0)
        return r;
    const ph_hilum *h = &ph_hila[j->lobe];
    ph_vec *ends = cs_calloc(list->len, sizeof(*ends));
    if (!ends)
        return CS_E_NOMEM;
    ph_vec side = ph_sub(h->bronchus, h->artery);
    side.y += 3;
    r = bronchus_tubes(list, h, ph_place(j->p, h->bronchus), ph_unit(side),
                       ends, out);
    cs_free(ends);
    return r;
}

static int lobe_tubes(const lobe_job *j, leaves *points, ph_tubes *out)
{
    const ph_hilum *h = &ph_hila[j->lobe];
    ph_vec root = ph_place(j->p, j->artery ? h->artery : h->vein);
    ph_growth g = {
        .root = root, .points = points->items, .n = points->len, .twig = TWIG};
    g.direction = (ph_vec){
        root.x > 0 ? 1.0F : -1.0F, 0,
        j->lobe == PH_RIGHT_LOWER || j->lobe == PH_LEFT_LOWER ? -0.8F : 0};
    ph_branches list = {NULL, 0, 0};
    int r = ph_tree_grow(&g, &list);
    sway_all(&list);
    if (r == 0)
        r = tubes_of(j, &list, out);
    cs_vec_done(&list);
    return r;
}

static int system_tubes(const ph_patient *p, const ph_organs *o, bool artery,
                        ph_tubes *out)
{
    leaves by_lobe[PH_LOBES] = {{NULL, 0, 0}};
    cs_rng rng =
        cs_rng_derive(&p->rng, artery ? "artery ends" : "vein ends", 0);
    int r = scatter(p, o, &rng, LEAVES, by_lobe);
    for (int i = 0; r == 0 && i < PH_LOBES; i++) {
        const lobe_job j = {p, (ph_lobe)i, artery};
        r = lobe_tubes(&j, &by_lobe[i], out);
    }
    leaves_done(by_lobe);
    return r;
}

/* A branch that cuts a corner through the heart or the diaphragm is not drawn
 * there; at the root of the lung it must be. */
static bool belongs(const ph_organs *o, const ph_tube *t)
{
    ph_vec mid = ph_mix(t->a, t->b, 0.5F);
    float outside = ph_lung_distance(o, mid);
    if (outside < 0.5F)
        return true;
    return t->ra > 2.4F && outside < 12 &&
           ph_field_at(&o->fields[PH_HEART], mid) > 3 &&
           ph_field_at(&o->fields[PH_DIAPHRAGM], mid) > 3;
}

int ph_lung_tubes(const ph_patient *p, const ph_organs *o, ph_tubes *list)
{
    size_t kept = list->len;
    int r = system_tubes(p, o, true, list);
    if (r == 0)
        r = system_tubes(p, o, false, list);
    for (size_t i = kept; i < list->len; i++)
        if (belongs(o, &list->items[i]))
            list->items[kept++] = list->items[i];
    list->len = kept;
    return r;
}
