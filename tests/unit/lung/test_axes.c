#include "lung/axes.h"

#include "lung/nodules.h"

static double length_of(const lu_line *l)
{
    double sum = 0;
    for (int a = 0; a < 3; a++)
        sum += chest_sq(l->to[a] - l->from[a]);
    return sqrt(sum);
}

static double dot(const lu_line *p, const lu_line *q)
{
    double sum = 0;
    for (int a = 0; a < 3; a++)
        sum += (p->to[a] - p->from[a]) * (q->to[a] - q->from[a]);
    return sum;
}

typedef struct drawn {
    im_volume mask, field;
} drawn;

static void drawn_done(drawn *d)
{
    im_volume_done(&d->mask);
    im_volume_done(&d->field);
}

/* Where inside() is above 0, which is the field, too. */
static void draw(drawn *d, const im_geometry *g,
                 double (*inside)(const double p[3]))
{
    assert_int_equal(im_volume_init(&d->mask, TN_U8, g, NULL), 0);
    assert_int_equal(im_volume_init(&d->field, TN_F32, g, NULL), 0);
    for (size_t z = 0, i = 0; z < g->size[2]; z++)
        for (size_t y = 0; y < g->size[1]; y++)
            for (size_t x = 0; x < g->size[0]; x++, i++) {
                const double grid[] = {(double)x, (double)y, (double)z};
                double p[3];
                im_grid_to_world(g, grid, p);
                im_f32(&d->field)[i] = (float)inside(p);
                im_u8(&d->mask)[i] = inside(p) > 0;
            }
}

static lu_axes axes_of(const drawn *d)
{
    lu_axes a;
    const lu_solid s = {&d->mask, &d->field, 0};
    assert_int_equal(lu_axes_find(&s, &a, NULL), 0);
    return a;
}

/* Half axes 7.3 at 30 degrees in the plane, 4.1 across, 9 along z. */
static double tilted(const double p[3])
{
    double u = 0.8660254 * (p[0] - 1) + 0.5 * (p[1] + 2);
    double v = -0.5 * (p[0] - 1) + 0.8660254 * (p[1] + 2);
    return 1 - sqrt(chest_sq(u / 7.3) + chest_sq(v / 4.1) +
                    chest_sq((p[2] - 3) / 9));
}

static void axes_of_an_ellipsoid_are_its_own(void **state)
{
    (void)state;
    CS_SCOPED(drawn) d = {.mask = IM_VOLUME_INIT};
    im_geometry g = nodules_cube(30, 0.5, 0.5);
    draw(&d, &g, tilted);
    lu_axes a = axes_of(&d);
    assert_near(a.long_mm, 14.6, 0.15);
    assert_near(a.short_mm, 8.2, 0.15);
    assert_near(length_of(&a.long_axis), a.long_mm, 1e-9);
    assert_near(length_of(&a.short_axis), a.short_mm, 1e-9);
    /* In the fullest plane, at right angles, the long one at 30 degrees. */
    assert_near(a.long_axis.from[2], 3, 0.26);
    assert_near(a.short_axis.to[2], a.long_axis.from[2], 1e-9);
    assert_near(dot(&a.long_axis, &a.short_axis) / (a.long_mm * a.short_mm), 0,
                1e-9);
    const lu_line slope = {{0, 0, 0}, {0.8660254, 0.5, 0}};
    assert_true(fabs(dot(&a.long_axis, &slope)) / a.long_mm > 0.995);
}

/* A box: its diagonal, and across it what touches the other two corners. */
static double plate(const double p[3])
{
    double x = 4 - fabs(p[0]), y = 3 - fabs(p[1]), z = 1.1 - fabs(p[2]);
    return fmin(x, fmin(y, z));
}

static void a_plate_has_its_diagonal_and_the_chord_across(void **state)
{
    (void)state;
    CS_SCOPED(drawn) d = {.mask = IM_VOLUME_INIT};
    im_geometry g = nodules_cube(16, 0.25, 0.25);
    draw(&d, &g, plate);
    lu_axes a = axes_of(&d);
    assert_near(a.long_mm, 10, 0.4);
    /* Of an 8 x 6 rectangle, across the diagonal through its corner. */
    assert_near(a.short_mm, 7.5, 0.4);
}

static void without_a_field_the_border_is_half_way(void **state)
{
    (void)state;
    CS_SCOPED(drawn) d = {.mask = IM_VOLUME_INIT};
    im_geometry g = im_geometry_plain(5, 5, 3);
    assert_int_equal(im_volume_init(&d.mask, TN_U8, &g, NULL), 0);
    assert_int_equal(im_volume_init(&d.field, TN_F32, &g, NULL), 0);
    assert_near(axes_of(&d).long_mm, 0, 0);
    im_u8(&d.mask)[im_at(&g, 2, 2, 1)] = 1;
    lu_axes a = axes_of(&d);
    assert_near(a.long_mm, 1, 1e-9);
    assert_near(a.short_mm, 1, 1e-9);
    im_u8(&d.mask)[im_at(&g, 1, 2, 1)] = 1;
    im_u8(&d.mask)[im_at(&g, 0, 2, 1)] = 1; /* at the face */
    a = axes_of(&d);
    assert_near(a.long_mm, 3, 1e-9);
    assert_near(a.short_mm, 1, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(axes_of_an_ellipsoid_are_its_own),
        cmocka_unit_test(a_plate_has_its_diagonal_and_the_chord_across),
        cmocka_unit_test(without_a_field_the_border_is_half_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
