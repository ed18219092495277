#include "image/phantom/patient.h"

float ph_between(cs_rng *r, float low, float high)
{
    return low + (high - low) * cs_rng_uniform_f32(r);
}

static bool chance(cs_rng *r, float share)
{
    return cs_rng_uniform_f32(r) < share;
}

static void draw_bends(ph_patient *p, cs_rng *r)
{
    for (int i = 0; i < PH_BENDS; i++) {
        p->bend[i].k = (ph_vec){ph_between(r, -0.025F, 0.025F),
                                ph_between(r, -0.025F, 0.025F),
                                ph_between(r, -0.022F, 0.022F)};
        p->bend[i].amount = (ph_vec){ph_between(r, -2, 2), ph_between(r, -2, 2),
                                     ph_between(r, -2.5F, 2.5F)};
        p->bend[i].phase = ph_between(r, 0, 6.2831853F);
    }
}

static void draw_tissue(ph_patient *p, const im_phantom_site *site, cs_rng *r)
{
    p->emphysema = chance(r, site->emphysema) ? ph_between(r, 0.2F, 1) : 0;
    p->density = 16 * cs_rng_normal_f32(r) - 25 * p->emphysema;
    p->gravity = ph_between(r, 0.15F, 0.5F);
    bool contrast = chance(r, site->contrast);
    float plain = ph_between(r, 36, 46);
    p->blood = contrast ? ph_between(r, 140, 330) : plain;
    p->heart_hu = contrast ? ph_between(r, 80, 110) : 44;
    p->liver_hu = contrast ? ph_between(r, 80, 110) : ph_between(r, 42, 64);
    p->muscle_hu = ph_between(r, 48, 60);
    p->fat_hu = ph_between(r, -112, -98);
    p->marrow = ph_between(r, 260, 330) - 2.2F * p->age;
    p->calcium =
        ph_clamp((p->age - 50) / 35 + 0.2F * cs_rng_normal_f32(r), 0, 1);
}

/* What makes one chest look unlike the next: deep or flat, a heart that lies or
 * stands, a diaphragm that is high on one side. */
static void draw_build(ph_patient *p)
{
    cs_rng r = cs_rng_derive(&p->rng, "build", 0);
    float flat = ph_clamp(0.045F * cs_rng_normal_f32(&r), -0.09F, 0.09F);
    p->scale.x *= 1 + flat;
    p->scale.y *= 1 - flat + 0.05F * p->emphysema; /* a barrel */
    p->tilt = ph_between(&r, -7, 7);
    p->turn = ph_clamp(0.13F * cs_rng_normal_f32(&r), -0.26F, 0.26F);
    float size = 1 + 0.08F * cs_rng_normal_f32(&r) + 0.002F * (p->age - 60);
    p->heart = ph_clamp(size, 0.82F, 1.2F);
    p->thymus = ph_between(&r, 0, 8) + 0.25F * p->fat;
}

void ph_patient_draw(ph_patient *p, const im_phantom_site *site, uint64_t seed,
                     uint64_t index)
{
    const cs_rng root = cs_rng_stream(seed, 0);
    *p = (ph_patient){.rng = cs_rng_derive(&root, site->name, index)};
    cs_rng r = cs_rng_derive(&p->rng, "patient", 0);
    p->age =
        ph_clamp(site->age[0] + site->age[1] * cs_rng_normal_f32(&r), 25, 92);
    p->female = chance(&r, site->female);
    float size = (p->female ? 0.93F : 1.01F) + 0.035F * cs_rng_normal_f32(&r);
    size = ph_clamp(size, 0.82F, 1.12F);
    p->scale.x = size * (1 + 0.025F * cs_rng_normal_f32(&r));
    p->scale.y = size * (1 + 0.035F * cs_rng_normal_f32(&r));
    p->scale.z = size * (1 + 0.03F * cs_rng_normal_f32(&r));
    float share = cs_rng_uniform_f32(&r);
    p->fat = site->fat[0] + (site->fat[1] - site->fat[0]) * share * share;
    p->breath = ph_between(&r, -9, 9);
    p->gas = ph_between(&r, -40, -15);
    draw_bends(p, &r);
    draw_tissue(p, site, &r);
    draw_build(p);
}

/* --- frames --- */

static ph_vec bent(const ph_patient *p, ph_vec v)
{
    ph_vec sum = {0, 0, 0};
    for (int i = 0; i < PH_BENDS; i++) {
        float s = sinf(ph_dot(p->bend[i].k, v) + p->bend[i].phase);
        sum = ph_along(sum, p->bend[i].amount, s);
    }
    return sum;
}

ph_vec ph_place(const ph_patient *p, ph_vec standard)
{
    ph_vec v = ph_add(standard, bent(p, standard));
    return (ph_vec){v.x * p->scale.x, v.y * p->scale.y, v.z * p->scale.z};
}

ph_vec ph_standard(const ph_patient *p, ph_vec v)
{
    ph_vec flat = {v.x / p->scale.x, v.y / p->scale.y, v.z / p->scale.z};
    return ph_sub(flat, bent(p, flat));
}
