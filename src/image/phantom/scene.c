#include "image/phantom/scene.h"

#include "base/vec.h"
#include "image/phantom/bones.h"
#include "image/phantom/lungtree.h"

/* --- the scanner --- */

/* A Gaussian, and a share of what it leaves out, so that edges overshoot. */
static void draw_kernel(ph_scan *c, const im_phantom_site *site)
{
    float sigma = site->blur / c->spacing[0];
    float wide = 2.1F * CS_MAX(sigma, 0.3F);
    size_t half =
        site->edge > 0 ? (size_t)ceilf(2.6F * wide) : (size_t)ceilf(3 * sigma);
    half = half < 1 ? 1 : half > PH_TAPS_MAX / 2 ? PH_TAPS_MAX / 2 : half;
    c->tap_count = 2 * half + 1;
    float narrow[PH_TAPS_MAX];
    float broad[PH_TAPS_MAX];
    float sums[2] = {0, 0};
    for (size_t i = 0; i < c->tap_count; i++) {
        float x = (float)i - (float)half;
        narrow[i] = expf(-0.5F * x * x / CS_MAX(sigma * sigma, 0.02F));
        broad[i] = expf(-0.5F * x * x / (wide * wide));
        sums[0] += narrow[i];
        sums[1] += broad[i];
    }
    for (size_t i = 0; i < c->tap_count; i++)
        c->taps[i] = (1 + site->edge) * narrow[i] / sums[0] -
                     site->edge * broad[i] / sums[1];
}

static float rounded(float v, float unit)
{
    return unit * roundf(v / unit);
}

#define LAYER_MAX 1.7F /* mm */

static void draw_scan(ph_scene *s, const size_t size[3])
{
    const im_phantom_site *site = s->site;
    ph_scan *c = &s->scan;
    cs_rng r = cs_rng_derive(&s->patient.rng, "scan", 0);
    float fov = ph_between(&r, site->fov[0], site->fov[1]);
    float slice = rounded(ph_between(&r, site->slice[0], site->slice[1]), 0.1F);
    slice = site->slice[0] == site->slice[1] ? site->slice[0] : slice;
    float low = -206 * s->patient.scale.z - CS_MAX(s->patient.breath, 0.0F);
    float high = 126 * s->patient.scale.z;
    c->size[0] = size[0] ? size[0] : 512;
    c->size[1] = size[1] ? size[1] : 512;
    c->size[2] = size[2] ? size[2] : (size_t)((high - low) / slice);
    c->spacing[0] = rounded(fov / (float)c->size[0], 1e-5F);
    c->spacing[1] = rounded(fov / (float)c->size[1], 1e-5F);
    c->spacing[2] =
        size[2] ? rounded((high - low) / (float)size[2], 1e-4F) : slice;
    c->thickness = CS_MAX(slice, c->spacing[2]) * site->thickness;
    c->layers = (unsigned)ceilf(c->thickness /
                                CS_MAX(LAYER_MAX, 0.65F * c->spacing[0]));
    float middle[3] = {ph_between(&r, -6, 6), 8 + ph_between(&r, -6, 6), 0};
    for (int k = 0; k < 2; k++)
        c->start[k] =
            middle[k] - 0.5F * c->spacing[k] * (float)(c->size[k] - 1);
    c->start[2] = low + 0.5F * c->spacing[2];
    float coarse = CS_MAX(c->spacing[0] / 0.75F, 1.0F);
    c->noise = ph_between(&r, site->noise[0], site->noise[1]) /
               (1 + 0.35F * (coarse - 1));
    c->streaks = site->streaks;
    c->flipped = site->flipped;
    c->padded = site->padded;
    draw_kernel(c, site);
}

static double decimals(double v)
{
    return round(v * 1e4) / 1e4;
}

/* Table height and the zero of z differ from scan to scan. */
static void draw_geometry(ph_scene *s)
{
    const ph_scan *c = &s->scan;
    cs_rng r = cs_rng_derive(&s->patient.rng, "table", 0);
    double at[3] = {0, -(double)ph_between(&r, 0, 60),
                    -(double)ph_between(&r, -40, 340)};
    im_geometry *g = &s->geometry;
    *g = im_geometry_plain(c->size[0], c->size[1], c->size[2]);
    double offset[3];
    for (int k = 0; k < 3; k++) {
        g->spacing[k] = round((double)c->spacing[k] * 1e6) / 1e6;
        g->origin[k] = decimals((double)c->start[k] + at[k]);
        offset[k] = g->origin[k] - (double)c->start[k];
    }
    s->offset = (ph_vec){(float)offset[0], (float)offset[1], (float)offset[2]};
    if (!c->flipped)
        return;
    for (int k = 0; k < 2; k++) {
        g->origin[k] += g->spacing[k] * (double)(c->size[k] - 1);
        g->direction[k == 0 ? 0 : 4] = -1;
    }
}

/* --- contents --- */

static void place_tubes(const ph_patient *p, ph_tubes *list)
{
    for (size_t i = 0; i < list->len; i++) {
        list->items[i].a = ph_place(p, list->items[i].a);
        list->items[i].b = ph_place(p, list->items[i].b);
    }
}

/* Strands of scar from the pleura inwards: what a careless reader marks. */
static int add_scars(ph_scene *s)
{
    cs_rng r = cs_rng_derive(&s->patient.rng, "scars", 0);
    uint64_t wanted = cs_rng_below(&r, 4);
    for (int tries = 0; wanted > 0 && tries < 3000; tries++) {
        ph_vec v = {ph_between(&r, -140, 140), ph_between(&r, -110, 110),
                    ph_between(&r, -160, 100)};
        ph_vec to = {0.5F * v.x, v.y + ph_between(&r, -30, 30),
                     v.z + ph_between(&r, -12, 12)};
        float depth = -ph_lung_distance(&s->organs, v);
        if (depth < 0 || depth > 2)
            continue;
        wanted--;
        ph_vec u = ph_unit(ph_sub(to, v));
        float radius = ph_between(&r, 0.4F, 1);
        ph_tube t = {.a = v,
                     .b = ph_along(v, u, ph_between(&r, 8, 26)),
                     .ra = radius * 1.4F,
                     .rb = radius * 0.6F,
                     .kind = PH_VESSEL};
        int e = cs_vec_push(&s->tubes, t);
        if (e < 0)
            return e;
    }
    return 0;
}

static int add_spicules(ph_scene *s, const ph_nodule *n)
{
    for (unsigned i = 0; i < n->spicules; i++) {
        int r = cs_vec_push(&s->tubes, n->spicule[i]);
        if (r < 0)
            return r;
    }
    return 0;
}

/* Knuth's way; the mean is small. */
static size_t poisson(cs_rng *r, float mean, size_t most)
{
    float left = cs_rng_uniform_f32(r);
    float floor = expf(-mean);
    size_t n = 0;
    while (left > floor && n < most) {
        left *= cs_rng_uniform_f32(r);
        n++;
    }
    return n;
}

static void draw_specks(ph_scene *s, cs_rng *r)
{
    im_phantom_site plain = *s->site;
    plain.types[IM_PHANTOM_PART_SOLID] = 0;
    size_t wanted = poisson(r, 1, 4);
    for (size_t i = 0; i < wanted; i++)
        s->speck_count += (size_t)ph_nodule_draw(
            &s->specks[s->speck_count], &plain, &s->organs, &s->tubes,
            s->nodules, s->nodule_count, ph_between(r, 1.6F, 2.7F), r);
}

/* Diameters are log-normal, as LUNA16's are. */
static int draw_nodules(ph_scene *s)
{
    cs_rng r = cs_rng_derive(&s->patient.rng, "nodules", 0);
    size_t wanted = poisson(&r, s->site->nodules, PH_NODULES);
    for (size_t i = 0; i < wanted; i++) {
        float d = s->site->median * expf(0.52F * cs_rng_normal_f32(&r));
        ph_nodule *n = &s->nodules[s->nodule_count];
        d = ph_clamp(d, 3.6F, 29);
        if (ph_nodule_draw(n, s->site, &s->organs, &s->tubes, s->nodules,
                           s->nodule_count, d, &r) &&
            n->diameter >= 3 && n->diameter <= 30)
            s->nodule_count++;
    }
    draw_specks(s, &r);
    for (size_t i = 0; i < s->nodule_count; i++) {
        ph_nodule *n = &s->nodules[i];
        n->risk = ph_nodule_risk(n, &s->patient, (unsigned)s->nodule_count);
        n->malignant = cs_rng_uniform_f32(&r) < n->risk;
        int e = add_spicules(s, n);
        if (e < 0)
            return e;
    }
    return 0;
}

/* --- buckets --- */

#define BAND 4.0F
#define MARGIN 3.0F /* of edges: half a voxel, at its largest */

static void reach_of(ph_vec a, ph_vec b, float radius, float *ret)
{
    ret[0] = CS_MIN(a.z, b.z) - radius - MARGIN;
    ret[1] = CS_MAX(a.z, b.z) + radius + MARGIN;
}

static int bucket(ph_scene *s, float low, float high)
{
    size_t n = CS_MAX(s->tubes.len, s->rods.len);
    CS_AUTO_MEM float *reach = cs_calloc(2 * n + 2, sizeof(float));
    if (!reach)
        return CS_E_NOMEM;
    for (size_t i = 0; i < s->tubes.len; i++) {
        const ph_tube *t = &s->tubes.items[i];
        reach_of(t->a, t->b, CS_MAX(t->ra, t->rb) + t->wall, reach + 2 * i);
    }
    int r =
        ph_buckets_init(&s->tube_bands, low, high, BAND, reach, s->tubes.len);
    if (r < 0)
        return r;
    for (size_t i = 0; i < s->rods.len; i++) {
        const ph_rod *t = &s->rods.items[i];
        reach_of(t->a, t->b, CS_MAX(t->across, t->along), reach + 2 * i);
    }
    return ph_buckets_init(&s->rod_bands, low, high, BAND, reach, s->rods.len);
}

static int build(ph_scene *s, float low, float high, cs_pool *pool,
                 cs_errinfo *info)
{
    int r = ph_great_tubes(&s->patient, &s->tubes);
    if (r == 0)
        r = ph_organs_init(&s->organs, &s->patient, &s->tubes, low, high, pool,
                           info);
    if (r < 0)
        return r;
    place_tubes(&s->patient, &s->tubes);
    r = ph_lung_tubes(&s->patient, &s->organs, &s->tubes);
    if (r == 0)
        r = add_scars(s);
    if (r == 0)
        r = draw_nodules(s);
    if (r == 0)
        r = ph_bones(&s->patient, &s->rods);
    return r < 0 ? r : bucket(s, low, high);
}

int ph_scene_init(ph_scene *s, const im_phantom_site *site, uint64_t seed,
                  uint64_t index, const size_t size[3], cs_pool *pool,
                  cs_errinfo *info)
{
    s->site = site;
    ph_patient_draw(&s->patient, site, seed, index);
    draw_scan(s, size);
    draw_geometry(s);
    const ph_scan *c = &s->scan;
    float low = c->start[2] - c->thickness;
    float high =
        c->start[2] + c->thickness + c->spacing[2] * (float)(c->size[2] - 1);
    int r = build(s, low, high, pool, info);
    if (r == CS_E_NOMEM)
        return cs_fail_nomem(info);
    if (r < 0)
        return r;
    return ph_texture_init(&s->texture, &s->patient.rng,
                           ph_clamp(site->grain / c->spacing[0], 0.2F, 1.5F),
                           info);
}

void ph_scene_done(ph_scene *s)
{
    ph_organs_done(&s->organs);
    ph_texture_done(&s->texture);
    cs_vec_done(&s->tubes);
    cs_vec_done(&s->rods);
    ph_buckets_done(&s->tube_bands);
    ph_buckets_done(&s->rod_bands);
}
