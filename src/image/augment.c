#include "image/augment.h"

#include <math.h>

/* --- specs --- */

/* Below this share of the knots' distance a displacement cannot fold space:
 * Choi and Lee, "Injectivity conditions of 2D and 3D uniform cubic B-spline
 * functions" (2000), prove 0.403. The rest is room for rounding. */
#define FOLD_FREE 0.35

im_augment_spec im_augment_nothing(void)
{
    return (im_augment_spec){
        .rotate = {.degrees = {30, 30, 180}},
        .scale = {.factor = {0.85, 1.2}},
        .shift = {.mm = {4, 4, 4}},
        .elastic = {.grid_mm = 20, .mm = {2, 6}},
        .thick = {.mm = {2, 5}},
        .blur = {.sigma_mm = {0.3, 0.8}},
        .noise = {.sigma_hu = {5, 40}},
        .gamma = {.exponent = {0.8, 1.25}, .low_hu = -1000, .high_hu = 400},
        .contrast = {.factor = {0.9, 1.1}, .centre_hu = -600},
        .brightness = {.hu = {-20, 20}},
    };
}

im_augment_spec im_augment_nodules(void)
{
    im_augment_spec s = im_augment_nothing();
    for (int i = 0; i < 3; i++)
        s.flip.probability[i] = 0.5;
    s.rotate.probability = 0.8;
    s.scale.probability = 0.5;
    s.shift.probability = 0.8;
    s.elastic.probability = 0.25;
    s.thick.probability = 0.2;
    s.blur.probability = 0.2;
    s.noise.probability = 0.4;
    s.contrast.probability = 0.3;
    s.brightness.probability = 0.3;
    return s;
}

/* --- checking --- */

/* `numbers` doubles, each from low to high, as they lie in the spec; a range
 * is two of them in order. */
typedef struct rule {
    const char *name;
    size_t offset;
    unsigned numbers;
    bool range;
    double low, high;
} rule;

#define AT(field) offsetof(im_augment_spec, field)

static const rule rules[] = {
    {"flip.probability", AT(flip.probability), 3, false, 0, 1},
    {"rotate.probability", AT(rotate.probability), 1, false, 0, 1},
    {"rotate.degrees", AT(rotate.degrees), 3, false, 0, 180},
    {"scale.probability", AT(scale.probability), 1, false, 0, 1},
    {"scale.factor", AT(scale.factor), 2, true, 0.1, 10},
    {"shift.probability", AT(shift.probability), 1, false, 0, 1},
    {"shift.mm", AT(shift.mm), 3, false, 0, 1000},
    {"elastic.probability", AT(elastic.probability), 1, false, 0, 1},
    {"elastic.grid_mm", AT(elastic.grid_mm), 1, false, 4, 1000},
    {"elastic.mm", AT(elastic.mm), 2, true, 0, 350},
    {"thick.probability", AT(thick.probability), 1, false, 0, 1},
    {"thick.mm", AT(thick.mm), 2, true, 0, 100},
    {"blur.probability", AT(blur.probability), 1, false, 0, 1},
    {"blur.sigma_mm", AT(blur.sigma_mm), 2, true, 0, 50},
    {"noise.probability", AT(noise.probability), 1, false, 0, 1},
    {"noise.sigma_hu", AT(noise.sigma_hu), 2, true, 0, 10000},
    {"gamma.probability", AT(gamma.probability), 1, false, 0, 1},
    {"gamma.exponent", AT(gamma.exponent), 2, true, 0.1, 10},
    {"gamma.low_hu", AT(gamma.low_hu), 1, false, -32768, 32767},
    {"gamma.high_hu", AT(gamma.high_hu), 1, false, -32768, 32767},
    {"contrast.probability", AT(contrast.probability), 1, false, 0, 1},
    {"contrast.factor", AT(contrast.factor), 2, true, 0, 100},
    {"contrast.centre_hu", AT(contrast.centre_hu), 1, false, -32768, 32767},
    {"brightness.probability", AT(brightness.probability), 1, false, 0, 1},
    {"brightness.hu", AT(brightness.hu), 2, true, -32768, 32767},
};

static int check_rule(const im_augment_spec *spec, const rule *r,
                      cs_errinfo *info)
{
    const double *v =
        (const double *)(const void *)((const char *)spec + r->offset);
    for (unsigned i = 0; i < r->numbers; i++)
        if (!(v[i] >= r->low && v[i] <= r->high))
            return cs_fail(info, CS_E_RANGE,
                           "augmentation '%s': expected %g to %g, not %g",
                           r->name, r->low, r->high, v[i]);
    if (r->range && v[0] > v[1])
        return cs_fail(info, CS_E_RANGE,
                       "augmentation '%s': the range begins at %g, above its "
                       "end at %g",
                       r->name, v[0], v[1]);
    return 0;
}

int im_augment_check(const im_augment_spec *spec, cs_errinfo *info)
{
    for (size_t i = 0; i < CS_COUNTOF(rules); i++) {
        int r = check_rule(spec, &rules[i], info);
        if (r < 0)
            return r;
    }
    double most = FOLD_FREE * spec->elastic.grid_mm;
    if (spec->elastic.mm.high > most)
        return cs_fail(info, CS_E_RANGE,
                       "augmentation 'elastic.mm': %g mm may fold a grid of "
                       "%g mm; at most %g",
                       spec->elastic.mm.high, spec->elastic.grid_mm, most);
    if (!(spec->gamma.low_hu < spec->gamma.high_hu))
        return cs_fail(info, CS_E_RANGE,
                       "augmentation 'gamma.low_hu': %g is not below "
                       "'gamma.high_hu', %g",
                       spec->gamma.low_hu, spec->gamma.high_hu);
    return 0;
}

/* --- plans --- */

im_augment_plan im_augment_identity(void)
{
    return (im_augment_plan){
        .scale = 1, .gamma = 1, .gamma_high = 1, .contrast = 1};
}

/* A sample's draws: each purpose has its stream. */
typedef struct draws {
    cs_rng root;
    uint64_t number;
} draws;

static cs_rng purpose(const draws *d, const char *name)
{
    return cs_rng_derive(&d->root, name, d->number);
}

static bool happens(cs_rng *r, double probability)
{
    return cs_rng_uniform_f64(r) < probability;
}

static double within(cs_rng *r, double low, double high)
{
    return low + (high - low) * cs_rng_uniform_f64(r);
}

/* A number of the range where the purpose's turn has come, else `otherwise`. */
static double maybe(const draws *d, const char *name, double probability,
                    im_augment_range range, double otherwise)
{
    cs_rng r = purpose(d, name);
    bool yes = happens(&r, probability);
    double value = within(&r, range.low, range.high);
    return yes ? value : otherwise;
}

/* Three numbers, each as far as `most` either way. */
static void maybe_three(const draws *d, const char *name, double probability,
                        const double most[3], double ret[3])
{
    cs_rng r = purpose(d, name);
    bool yes = happens(&r, probability);
    for (int i = 0; i < 3; i++) {
        double value = within(&r, -most[i], most[i]);
        ret[i] = yes ? value : 0;
    }
}

static void draw_place(const im_augment_spec *s, const draws *d,
                       im_augment_plan *p)
{
    cs_rng flips = purpose(d, "augment.flip");
    for (int i = 0; i < 3; i++)
        p->flip[i] = happens(&flips, s->flip.probability[i]);
    maybe_three(d, "augment.rotate", s->rotate.probability, s->rotate.degrees,
                p->degrees);
    p->scale =
        maybe(d, "augment.scale", s->scale.probability, s->scale.factor, 1);
    maybe_three(d, "augment.shift", s->shift.probability, s->shift.mm,
                p->shift_mm);
    p->elastic_mm =
        maybe(d, "augment.elastic", s->elastic.probability, s->elastic.mm, 0);
    p->elastic_grid_mm = s->elastic.grid_mm;
    p->knots = purpose(d, "augment.elastic.knots");
}

static void draw_values(const im_augment_spec *s, const draws *d,
                        im_augment_plan *p)
{
    const im_augment_range whole = {0, 1};
    p->thick_mm =
        maybe(d, "augment.thick", s->thick.probability, s->thick.mm, 0);
    p->thick_phase = maybe(d, "augment.thick.phase", 1, whole, 0);
    p->blur_mm =
        maybe(d, "augment.blur", s->blur.probability, s->blur.sigma_mm, 0);
    p->noise_hu =
        maybe(d, "augment.noise", s->noise.probability, s->noise.sigma_hu, 0);
    p->noise = purpose(d, "augment.noise.voxels");
    p->gamma =
        maybe(d, "augment.gamma", s->gamma.probability, s->gamma.exponent, 1);
    p->gamma_low = s->gamma.low_hu;
    p->gamma_high = s->gamma.high_hu;
    p->contrast = maybe(d, "augment.contrast", s->contrast.probability,
                        s->contrast.factor, 1);
    p->contrast_centre = s->contrast.centre_hu;
    p->brightness_hu = maybe(d, "augment.brightness", s->brightness.probability,
                             s->brightness.hu, 0);
}

im_augment_plan im_augment_draw(const im_augment_spec *spec, uint64_t seed,
                                uint64_t number)
{
    const draws d = {cs_rng_stream(seed, 0), number};
    im_augment_plan p = im_augment_identity();
    draw_place(spec, &d, &p);
    draw_values(spec, &d, &p);
    return p;
}
