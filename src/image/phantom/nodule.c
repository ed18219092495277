#include "image/phantom/nodule.h"

#include "base/mem.h"

const char *const im_phantom_type_names[IM_PHANTOM_TYPES] = {
    "solid", "part-solid", "ground-glass", "calcified"};
const char *const im_phantom_place_names[IM_PHANTOM_PLACES] = {
    "isolated", "vessel", "pleura"};

/* --- shape --- */

float ph_nodule_distance(const ph_nodule *nodule, ph_vec v)
{
    ph_vec d = ph_sub(v, nodule->c);
    ph_vec q = {d.x / nodule->axes.x, d.y / nodule->axes.y,
                d.z / nodule->axes.z};
    float l = ph_length(q);
    if (l < 1e-4F)
        return -nodule->radius;
    float r = 1;
    for (unsigned i = 0; i < nodule->bumps; i++) {
        float away = 1 - ph_dot(q, nodule->bump[i].n) / l;
        float s = away / nodule->bump[i].width;
        r += nodule->bump[i].height / (1 + s * s);
    }
    return l - nodule->radius * r;
}

float ph_nodule_inside(const ph_nodule *nodule, const ph_organs *o, ph_vec v)
{
    float d = ph_nodule_distance(nodule, v);
    float lung = ph_lung_distance(o, v);
    return CS_MAX(d, lung);
}

float ph_nodule_reach(const ph_nodule *nodule)
{
    float r = 1;
    for (unsigned i = 0; i < nodule->bumps; i++)
        r += ph_clamp(nodule->bump[i].height, 0, 1);
    float axis = CS_MAX(nodule->axes.x, nodule->axes.y);
    axis = CS_MAX(axis, nodule->axes.z);
    float reach = nodule->radius * r * axis;
    for (unsigned i = 0; i < nodule->spicules; i++) {
        float far = ph_length(ph_sub(nodule->spicule[i].b, nodule->c)) + 1;
        reach = CS_MAX(reach, far);
    }
    return reach;
}

static ph_vec direction(cs_rng *r)
{
    return ph_unit((ph_vec){cs_rng_normal_f32(r), cs_rng_normal_f32(r),
                            cs_rng_normal_f32(r)});
}

static void draw_shape(ph_nodule *n, float radius, cs_rng *r)
{
    n->radius = radius;
    n->axes = (ph_vec){ph_between(r, 0.84F, 1.18F), ph_between(r, 0.84F, 1.18F),
                       ph_between(r, 0.84F, 1.18F)};
    float root = cbrtf(n->axes.x * n->axes.y * n->axes.z);
    n->axes = ph_scale(n->axes, 1 / root);
    n->bumps = PH_BUMPS;
    float rough = n->lobulated                      ? 0.26F
                  : n->type == IM_PHANTOM_CALCIFIED ? 0.05F
                                                    : 0.12F;
    float sum = 0;
    for (unsigned i = 0; i < PH_BUMPS; i++) {
        n->bump[i].n = direction(r);
        n->bump[i].height = rough * ph_between(r, -0.6F, 1);
        n->bump[i].width = n->lobulated ? ph_between(r, 0.06F, 0.2F)
                                        : ph_between(r, 0.12F, 0.5F);
        sum += n->bump[i].height * n->bump[i].width;
    }
    n->radius /= 1 + 0.6F * ph_clamp(sum, -0.4F, 0.8F);
}

static void draw_look(ph_nodule *n, cs_rng *r)
{
    n->mottle = ph_between(r, 6, 14);
    switch (n->type) {
    case IM_PHANTOM_GROUND_GLASS:
        n->hu = ph_between(r, 190, 340); /* above the lung around it */
        n->mottle = ph_between(r, 25, 50);
        break;
    case IM_PHANTOM_PART_SOLID:
        n->hu = ph_between(r, 220, 360);
        n->core_hu = ph_between(r, -20, 50);
        n->core_radius = n->radius * ph_between(r, 0.42F, 0.68F);
        n->core = ph_along(n->c, direction(r),
                           0.6F * (n->radius - n->core_radius) *
                               cs_rng_uniform_f32(r));
        n->mottle = ph_between(r, 25, 50);
        break;
    case IM_PHANTOM_CALCIFIED:
        n->hu = ph_between(r, 40, 160);
        n->core_hu = ph_between(r, 280, 900);
        n->core_radius = n->radius * ph_between(r, 0.4F, 1.1F);
        n->core = n->c;
        break;
    case IM_PHANTOM_SOLID:
    default:
        n->hu = ph_between(r, 5, 62);
        break;
    }
}

static void draw_spicules(ph_nodule *n, cs_rng *r)
{
    if (!n->spiculated)
        return;
    n->spicules = 9 + (unsigned)cs_rng_below(r, PH_SPICULES - 9);
    for (unsigned i = 0; i < n->spicules; i++) {
        ph_vec u = direction(r);
        float length = n->radius * ph_between(r, 0.45F, 1.15F) + 2;
        ph_vec from = ph_along(n->c, u, n->radius * 0.8F);
        ph_vec bent = ph_unit(ph_along(u, direction(r), 0.3F));
        n->spicule[i] =
            (ph_tube){.a = from,
                      .b = ph_along(from, bent, length + 0.2F * n->radius),
                      .ra = 0.75F + 0.1F * n->radius,
                      .rb = 0.3F,
                      .hu = -40,
                      .kind = PH_VESSEL};
    }
}

static void draw_kind(ph_nodule *n, const im_phantom_site *site, float diameter,
                      cs_rng *r)
{
    float total = 0;
    for (int i = 0; i < IM_PHANTOM_TYPES; i++)
        total += site->types[i];
    float at = total * cs_rng_uniform_f32(r);
    int type = 0;
    while (type < IM_PHANTOM_TYPES - 1 && at >= site->types[type])
        at -= site->types[type++];
    if (diameter < 5 && type == IM_PHANTOM_PART_SOLID)
        type = IM_PHANTOM_GROUND_GLASS;
    n->type = (im_phantom_type)type;
    bool can = type == IM_PHANTOM_SOLID || type == IM_PHANTOM_PART_SOLID;
    float size = ph_clamp((diameter - 5) / 8, 0, 2);
    float spikes = cs_rng_uniform_f32(r);
    float lobes = cs_rng_uniform_f32(r);
    n->spiculated = can && spikes < site->spiculated * size;
    n->lobulated = type != IM_PHANTOM_CALCIFIED && lobes < 0.12F + 0.2F * size;
}

/* --- place --- */

static bool free_of(const ph_nodule *others, size_t n, ph_vec c, float radius)
{
    for (size_t i = 0; i < n; i++)
        if (ph_length(ph_sub(others[i].c, c)) <
            1.4F * (others[i].radius + radius) + 5)
            return false;
    return true;
}

/* Large vessels and airways hide a nodule. */
static bool free_of_large(const ph_tubes *tubes, ph_vec c, float radius)
{
    for (size_t i = 0; i < tubes->len; i++) {
        const ph_tube *t = &tubes->items[i];
        if ((t->ra > 3.2F || t->kind == PH_TRACHEA) &&
            ph_tube_distance(t, c) < radius + 2)
            return false;
    }
    return true;
}

static ph_vec lung_point(const ph_organs *o, cs_rng *r)
{
    const ph_grid *g = &o->grid;
    float high = g->origin.z + g->pitch * (float)(g->size[2] - 2);
    return (ph_vec){ph_between(r, -150, 150), ph_between(r, -120, 120),
                    ph_between(r, g->origin.z + 2 * g->pitch, high)};
}

static bool place_isolated(ph_nodule *n, const ph_organs *o, cs_rng *r)
{
    n->c = lung_point(o, r);
    return ph_lung_distance(o, n->c) < -(1.35F * n->radius + 3);
}

static bool place_on_pleura(ph_nodule *n, const ph_organs *o, cs_rng *r)
{
    n->c = lung_point(o, r);
    float depth = -ph_lung_distance(o, n->c);
    /* the ribs' side and the diaphragm, not the mediastinum */
    float wall = ph_field_at(&o->fields[PH_CAVITY], n->c);
    return depth > 0.35F * n->radius && depth < 0.85F * n->radius &&
           wall > -n->radius - 3;
}

static bool place_on_vessel(ph_nodule *n, const ph_organs *o,
                            const ph_tubes *vessels, cs_rng *r)
{
    if (vessels->len == 0)
        return false;
    const ph_tube *t = &vessels->items[cs_rng_below(r, vessels->len)];
    if (t->kind != PH_VESSEL || t->ra < 0.7F || t->ra > 2.6F)
        return false;
    ph_vec u = ph_across(direction(r), ph_unit(ph_sub(t->b, t->a)));
    n->c = ph_along(t->b, u, n->radius * 0.75F + t->rb * 0.4F);
    return ph_lung_distance(o, n->c) < -(1.2F * n->radius + 2);
}

static bool place(ph_nodule *n, const ph_organs *o, const ph_tubes *vessels,
                  const ph_nodule *others, size_t count, cs_rng *r)
{
    for (int tries = 0; tries < 4000; tries++) {
        bool found;
        switch (n->place) {
        case IM_PHANTOM_ON_PLEURA:
            found = place_on_pleura(n, o, r);
            break;
        case IM_PHANTOM_ON_VESSEL:
            found = place_on_vessel(n, o, vessels, r);
            break;
        case IM_PHANTOM_ISOLATED:
        default:
            found = place_isolated(n, o, r);
            break;
        }
        if (found && free_of(others, count, n->c, n->radius) &&
            free_of_large(vessels, n->c, n->radius))
            return true;
    }
    return false;
}

/* --- measure --- */

#define STEPS 28

/* Of the ball with the volume of the shape inside the lung. */
static float measure(const ph_nodule *n, const ph_organs *o)
{
    float reach = 0;
    for (unsigned i = 0; i < n->bumps; i++)
        reach += ph_clamp(n->bump[i].height, 0, 1);
    reach = n->radius * (1 + reach) * 1.3F;
    float step = 2 * reach / STEPS;
    float volume = 0;
    for (int z = 0; z < STEPS; z++)
        for (int y = 0; y < STEPS; y++)
            for (int x = 0; x < STEPS; x++) {
                ph_vec v = {n->c.x - reach + step * ((float)x + 0.5F),
                            n->c.y - reach + step * ((float)y + 0.5F),
                            n->c.z - reach + step * ((float)z + 0.5F)};
                float d = ph_nodule_distance(n, v);
                if (d < step && ph_lung_distance(o, v) < 0)
                    volume += ph_clamp(0.5F - d / step, 0, 1);
            }
    volume *= step * step * step;
    return cbrtf(volume * 6 / 3.14159265F);
}

int ph_nodule_draw(ph_nodule *ret, const im_phantom_site *site,
                   const ph_organs *o, const ph_tubes *vessels,
                   const ph_nodule *others, size_t n, float diameter, cs_rng *r)
{
    ph_nodule x = {.lobe = PH_LOBES};
    draw_kind(&x, site, diameter, r);
    draw_shape(&x, diameter * 0.5F, r);
    float where = cs_rng_uniform_f32(r);
    x.place = where < 0.25F   ? IM_PHANTOM_ON_PLEURA
              : where < 0.45F ? IM_PHANTOM_ON_VESSEL
                              : IM_PHANTOM_ISOLATED;
    if (!place(&x, o, vessels, others, n, r))
        return 0;
    draw_look(&x, r);
    draw_spicules(&x, r);
    x.lobe = ph_lobe_at(o, x.c);
    x.diameter = measure(&x, o);
    *ret = x;
    return 1;
}

/* --- cancer --- */

/* Brock's model leaves more to chance than pictures can teach: with it as it
 * is, even who knew every probability would reach an AUC of 0.87. */
#define PH_RISK_STEEP 2.5F

float ph_nodule_risk(const ph_nodule *nodule, const ph_patient *p,
                     unsigned count)
{
    float d = CS_MAX(nodule->diameter, 2.0F);
    float x = -3.8F; /* Brock: -6.7892, for a screened population */
    x += 0.0287F * (p->age - 62);
    x += p->female ? 0.6011F : 0;
    x += p->emphysema > 0 ? 0.2953F : 0;
    x -= 5.3854F * (1 / sqrtf(d / 10) - 1.58113883F);
    x += nodule->type == IM_PHANTOM_PART_SOLID ? 0.377F : 0;
    x -= nodule->type == IM_PHANTOM_GROUND_GLASS ? 0.1276F : 0;
    x += nodule->lobe == PH_RIGHT_UPPER || nodule->lobe == PH_LEFT_UPPER
             ? 0.6581F
             : 0;
    x -= 0.0824F * ((float)count - 4);
    x += nodule->spiculated ? 0.7729F : 0;
    x += nodule->lobulated ? 0.4F : -0.3F; /* ours */
    x -= nodule->type == IM_PHANTOM_CALCIFIED ? 4 : 0;
    return 1 / (1 + expf(-PH_RISK_STEEP * x));
}
