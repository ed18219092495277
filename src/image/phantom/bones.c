#include "image/phantom/bones.h"

#include "base/vec.h"
#include "image/phantom/organs.h"

typedef struct maker {
    const ph_patient *p;
    ph_rods *list;
    int r; /* the first failure */
} maker;

/* From the standard frame; n is a direction there. */
static void put(maker *m, ph_rod rod)
{
    ph_vec mid = ph_mix(rod.a, rod.b, 0.5F);
    ph_vec n =
        ph_sub(ph_place(m->p, ph_along(mid, rod.n, 2)), ph_place(m->p, mid));
    rod.a = ph_place(m->p, rod.a);
    rod.b = ph_place(m->p, rod.b);
    rod.n = ph_across(n, ph_unit(ph_sub(rod.b, rod.a)));
    if (m->r == 0)
        m->r = cs_vec_push(m->list, rod);
}

static ph_rod bone(const maker *m, float across, float along)
{
    return (ph_rod){.across = across,
                    .along = along,
                    .shell = 1.5F,
                    .cortex = 780,
                    .marrow = m->p->marrow};
}

/* --- ribs --- */

#define RIB_PIECES 22

/* A point of rib i at share s of its way from the spine (0) to the breastbone
 * (1), on the right side of the standard frame. It hangs: the front lies lower
 * than the back. */
static ph_vec rib_point(int i, float s)
{
    float back = 98 - 22.5F * (float)i;
    float fall = i == 0 ? 32 : 62 + 6.5F * (float)i;
    float bow = sinf(s * 3.1415927F) * (i < 2 ? 0 : 7.0F);
    float z = back - fall * s - bow;
    if (s > 0.78F && i > 2)
        z += (s - 0.78F) * 200 * (i < 7 ? 0.5F : 0.85F); /* cartilage rises */
    ph_wall w = ph_wall_at(z);
    if (i == 0)
        w.half -= 6;
    float angle = 0.13F + s * 2.78F;
    float cosine = cosf(angle);
    float sine = sinf(angle);
    float y = 0.5F * (w.back - w.front) * cosf(angle);
    float half = w.half * (1 + 0.0011F * y) + 5;
    float deep = 0.5F * (w.back - w.front) + 5;
    float k =
        powf(powf(fabsf(sine), 2.25F) + powf(fabsf(cosine), 2.25F), -1 / 2.25F);
    ph_vec v = {-half * k * sine, 0.5F * (w.back + w.front) + deep * k * cosine,
                z};
    v.y += ph_wall_gutter(v.x, v.y);
    return v;
}

static ph_vec mirror(ph_vec v, float side)
{
    return (ph_vec){v.x * side, v.y, v.z};
}

static void rib(maker *m, int i, float side)
{
    float end = i < 7 ? 1.0F : i < 10 ? 0.86F : i == 10 ? 0.55F : 0.4F;
    float bony = i < 10 ? 0.74F : 1.0F;
    for (int k = 0; k < RIB_PIECES; k++) {
        float s = end * (float)k / RIB_PIECES;
        ph_vec a = rib_point(i, s);
        ph_vec b = rib_point(i, end * (float)(k + 1) / RIB_PIECES);
        ph_vec in = {-a.x, 5 - a.y, 0};
        ph_rod rod = bone(m, i == 0 ? 5.5F : 3.6F, i == 0 ? 5 : 6.6F);
        rod.shell = 1.3F;
        if (s > bony) {
            rod.shell = 0.5F + 0.6F * m->p->calcium;
            rod.cortex = 90 + 250 * m->p->calcium;
            rod.marrow = 85;
            rod.along = 7.2F;
        }
        rod.a = mirror(a, side);
        rod.b = mirror(b, side);
        rod.n = mirror(ph_unit(in), side);
        put(m, rod);
    }
}

/* --- spine --- */

static void process(maker *m, ph_vec a, ph_vec b, float across, float along)
{
    ph_rod rod = bone(m, across, along);
    rod.shell = 1.4F;
    rod.cortex = 520;
    rod.a = a;
    rod.b = b;
    rod.n = (ph_vec){1, 0, 0};
    put(m, rod);
}

static void arch(maker *m, ph_vec c, float size)
{
    for (int k = -1; k < 2; k += 2) {
        float side = (float)k;
        ph_vec root = {c.x + side * 10 * size, c.y + 12 * size, c.z + 4};
        ph_vec hinge = {c.x + side * 12 * size, c.y + 24 * size, c.z + 2};
        ph_vec wing = {c.x + side * 31 * size, c.y + 35 * size, c.z + 5};
        ph_vec lamina = {c.x, c.y + 33 * size, c.z - 3};
        process(m, root, hinge, 4, 6);
        process(m, hinge, wing, 4.6F, 4.2F);
        process(m, hinge, lamina, 3.4F, 8);
    }
    ph_vec tip = {c.x, c.y + 58 * size, c.z - 22};
    process(m, (ph_vec){c.x, c.y + 33 * size, c.z - 3}, tip, 3, 7);
}

static void vertebra(maker *m, int i)
{
    float z = 97 - 22.8F * (float)i;
    float size = 0.84F + 0.023F * (float)i;
    ph_vec c = {0, ph_spine_at(z), z};
    ph_rod body = bone(m, 15.5F * size, 12.5F * size + 2);
    body.flat = true;
    body.shell = 1.1F;
    body.cortex = 420;
    body.a = (ph_vec){0, ph_spine_at(z - 8.6F), z - 8.6F};
    body.b = (ph_vec){0, ph_spine_at(z + 8.6F), z + 8.6F};
    body.n = (ph_vec){1, 0, 0};
    put(m, body);
    ph_rod disc = body;
    disc.across *= 0.96F;
    disc.along *= 0.96F;
    disc.shell = 0;
    disc.marrow = 85;
    disc.a = (ph_vec){0, ph_spine_at(z + 8.4F), z + 8.4F};
    disc.b = (ph_vec){0, ph_spine_at(z + 14.4F), z + 14.4F};
    put(m, disc);
    arch(m, c, size);
}

/* --- front and shoulders --- */

static void breastbone(maker *m)
{
    static const float at[][4] = {
        /* z, half width, half depth, inset */
        {82, 26, 7, 0},     {62, 25, 7, 0},  {46, 17, 6, 0}, {20, 16, 5.5F, 0},
        {-12, 18, 5.5F, 0}, {-44, 17, 5, 0}, {-62, 8, 4, 1}};
    for (size_t i = 0; i + 1 < CS_COUNTOF(at); i++) {
        ph_rod rod = bone(m, 0.5F * (at[i][1] + at[i + 1][1]), at[i][2]);
        rod.shell = 1.2F;
        rod.cortex = 460;
        rod.marrow = m->p->marrow * 0.6F;
        rod.a = (ph_vec){0, ph_wall_at(at[i][0]).front - 7, at[i][0]};
        rod.b = (ph_vec){0, ph_wall_at(at[i + 1][0]).front - 7, at[i + 1][0]};
        rod.n = (ph_vec){1, 0, 0};
        put(m, rod);
    }
}

static ph_vec point(const float v[3])
{
    return (ph_vec){v[0], v[1], v[2]};
}

static void chain(maker *m, const float (*at)[3], size_t n, const ph_rod *like,
                  float side)
{
    for (size_t i = 0; i + 1 < n; i++) {
        ph_rod rod = *like;
        rod.a = mirror(point(at[i]), side);
        rod.b = mirror(point(at[i + 1]), side);
        put(m, rod);
    }
}

/* Arms are up: collar bones rise, shoulder blades turn out and forward. */
static void shoulder(maker *m, float side)
{
    static const float collar[][3] = {{18, -66, 84},
                                      {44, -62, 92},
                                      {75, -44, 101},
                                      {105, -26, 111},
                                      {132, -14, 120}};
    static const float edge[][3] = {{88, 102, -30},
                                    {104, 96, 10},
                                    {122, 80, 50},
                                    {138, 52, 84},
                                    {146, 30, 104}};
    static const float spine[][3] = {
        {92, 106, 44}, {116, 100, 70}, {140, 74, 100}, {150, 40, 122}};
    ph_rod rod = bone(m, 5.4F, 6.4F);
    rod.n = (ph_vec){0, 0, 1};
    chain(m, collar, CS_COUNTOF(collar), &rod, side);
    rod = bone(m, 4, 6);
    rod.n = (ph_vec){0, 1, 0};
    chain(m, edge, CS_COUNTOF(edge), &rod, side);
    rod = bone(m, 4.2F, 5.6F);
    rod.n = (ph_vec){0, 1, 0};
    chain(m, spine, CS_COUNTOF(spine), &rod, side);
    for (int i = 0; i < 7; i++) { /* the blade, in strips */
        float s = (float)i / 7;
        ph_rod blade = bone(m, 1.7F, 9);
        blade.shell = 0.9F;
        blade.a = (ph_vec){side * (80 + 10 * s), 105 + 2 * s, -28 + 86 * s};
        blade.b = (ph_vec){side * (92 + 40 * s), 101 - 34 * s, -26 + 96 * s};
        blade.n = (ph_vec){side * 0.5F, 0.85F, 0};
        put(m, blade);
    }
    ph_rod head = bone(m, 23, 23);
    head.a = (ph_vec){side * 160, 14, 126};
    head.b = (ph_vec){side * 176, 4, 170};
    head.n = (ph_vec){0, 1, 0};
    put(m, head);
}

/* --- calcium --- */

static void plaques(maker *m)
{
    static const float at[][3] = {
        {28, 30, 36}, {10, -8, 46},   {34, 58, -60},  {18, 60, -110},
        {2, 2, 45},   {30, -58, -52}, {46, -48, -62}, {-6, -58, -60},
        {40, 56, 4},  {36, 40, 20}};
    cs_rng r = cs_rng_derive(&m->p->rng, "plaques", 0);
    for (size_t i = 0; i < CS_COUNTOF(at); i++) {
        float size = ph_between(&r, 0.8F, 2.4F);
        ph_vec run = {ph_between(&r, -4, 4), ph_between(&r, -3, 3),
                      ph_between(&r, -6, 6)};
        float cortex = ph_between(&r, 250, 900);
        if (cs_rng_uniform_f32(&r) > m->p->calcium)
            continue;
        ph_vec a = point(at[i]);
        put(m, (ph_rod){.a = a,
                        .b = ph_add(a, run),
                        .n = {1, 0, 0},
                        .across = size * 0.7F,
                        .along = size,
                        .marrow = cortex});
    }
}

int ph_bones(const ph_patient *p, ph_rods *list)
{
    maker m = {p, list, 0};
    for (int i = -1; i < 15; i++)
        vertebra(&m, i);
    for (int k = -1; k < 2; k += 2) {
        float side = (float)k;
        for (int i = 0; i < 12; i++)
            rib(&m, i, side);
        shoulder(&m, side);
    }
    breastbone(&m);
    plaques(&m);
    return m.r;
}
