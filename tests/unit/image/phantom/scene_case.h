/* A small scene, and a canvas to paint it on, for tests of what is painted. */
#ifndef CS_TEST_SCENE_CASE_H
#define CS_TEST_SCENE_CASE_H

#include "base/mem.h"
#include "image/phantom/canvas.h"
#include "support/test.h"

/* Patient `index` of the first site, 72 x 64 x 40 voxels. It takes most of a
 * second: share it between tests. */
static inline ph_scene *scene_case(uint64_t index)
{
    const size_t size[3] = {72, 64, 40};
    ph_scene *s = cs_new0(ph_scene);
    assert_non_null(s);
    assert_int_equal(
        ph_scene_init(s, &im_phantom_sites[0], 11, index, size, NULL, NULL), 0);
    return s;
}

static inline void scene_case_free(ph_scene *s)
{
    ph_scene_done(s);
    cs_free(s);
}

static inline void scene_case_canvas(const ph_scene *s, ph_board *b,
                                     ph_canvas *c)
{
    assert_int_equal(ph_board_init(b, s, im_table_of(cs_cpu_tier_best()), NULL),
                     0);
    assert_int_equal(ph_canvas_init(c, b, NULL), 0);
}

/* What is painted at a place of the layer. */
static inline float scene_case_hu(const ph_canvas *c, ph_vec v)
{
    const ph_scan *s = &c->board->scene->scan;
    size_t i = (size_t)((v.x - s->start[0]) / s->spacing[0] + 0.5F);
    size_t j = (size_t)((v.y - s->start[1]) / s->spacing[1] + 0.5F);
    return c->hu[j * c->board->width + i];
}

#endif
