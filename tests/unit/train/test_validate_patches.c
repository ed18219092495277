#include <math.h>

#include "base/mem.h"
#include "train/learner.h"
#include "train/looker.h"
#include "train/validate.h"
#include "train/world_run.h"

#define SIDE 16
#define VOXELS ((size_t)(SIDE * SIDE * SIDE))

static uint8_t mask[VOXELS];
static float image[VOXELS];
static float map[VOXELS * DT_MAP_CHANNELS_MAX];

typedef struct scene {
    world_run w;
    tr_dataset *data;
    tr_learner l;
    tr_judge judge;
} scene;

static void scene_init(scene *s, const char *root, bool voxels)
{
    world_both(root, 1, 2);
    world_run_init(&s->w, root, MD_DETECT);
    if (voxels) {
        s->w.plan.recipe.network = zoo_find("simple3dunet");
        s->w.plan.recipe.head = (md_head){.kind = MD_HEAD_VOXELS, .stride = 1};
    }
    const tr_dataset_spec spec = {.plan = &s->w.plan,
                                  .validation = true,
                                  .root = s->w.root,
                                  .cache = s->w.cache};
    s->data = NULL;
    s->l = (tr_learner)TR_LEARNER_INIT;
    assert_int_equal(tr_dataset_open(&spec, &s->w.run, &s->data, NULL), 0);
    assert_int_equal(tr_learner_init(&s->l, &s->w.plan, &s->w.run, 0, NULL), 0);
    s->judge = (tr_judge){.plan = &s->w.plan,
                          .params = s->l.params,
                          .run = s->w.run,
                          .data = s->data};
}

static void scene_done(scene *s)
{
    tr_learner_done(&s->l);
    tr_dataset_free(s->data);
}

/* The ball's patch, cut anew: masks from where the balls are known to be. */
static void cut(const tr_prepared *p, size_t scan, size_t ball,
                ptrdiff_t begin[3])
{
    const im_geometry *g = &p->scan.image.geometry;
    world_ball b = world_ball_of(scan, ball);
    for (size_t a = 0; a < 3; a++)
        begin[a] = (ptrdiff_t)floor(b.at[a] - g->origin[a] + 0.5) - SIDE / 2;
    for (size_t i = 0; i < VOXELS; i++) {
        const size_t v[3] = {i % SIDE, i / SIDE % SIDE, i / SIDE / SIDE};
        double world[3];
        for (size_t a = 0; a < 3; a++)
            world[a] = (double)begin[a] + (double)v[a] + g->origin[a];
        bool in = true;
        for (size_t a = 0; a < 3; a++)
            in = in && world[a] >= 0 && world[a] < (double)WORLD_SIZE;
        mask[i] = in && world_label(scan, (size_t)world[0], (size_t)world[1],
                                    (size_t)world[2]) > 0;
    }
}

static double dice(void)
{
    double said = 0;
    double is = 0;
    double both = 0;
    for (size_t i = 0; i < VOXELS; i++) {
        said += map[i] >= 0.5F;
        is += mask[i];
        both += map[i] >= 0.5F && mask[i];
    }
    return 2 * both / (said + is);
}

/* What the network says of ball i of scan i / WORLD_NODULES, as probabilities.
 */
static void look(scene *s, tr_looker *k, size_t i)
{
    const md_recipe *recipe = &s->w.plan.recipe;
    const dt_truth truth = {.mask = mask};
    tr_prepared p = TR_PREPARED_INIT;
    size_t scan = i / WORLD_NODULES;
    ptrdiff_t begin[3];
    double loss;
    assert_int_equal(tr_dataset_prepared(s->data, scan, &p, NULL), 0);
    cut(&p, 100 + scan, i % WORLD_NODULES, begin);
    dt_patch(&recipe->input, &p.scan.image, begin, recipe->input.patch, image);
    assert_int_equal(tr_looker_look(k, image, &truth, &loss, NULL), 0);
    dt_head_map(recipe, 1, 0, recipe->input.patch,
                (const float *const *)k->outputs, map);
    tr_prepared_done(&p);
}

static double dice_by_hand(scene *s)
{
    tr_looker k = TR_LOOKER_INIT;
    double sum = 0;
    assert_int_equal(tr_looker_init(&k, &s->judge, NULL), 0);
    for (size_t i = 0; i < 2 * WORLD_NODULES; i++) {
        look(s, &k, i);
        sum += dice();
    }
    tr_looker_done(&k);
    return sum / (2 * WORLD_NODULES);
}

/* A bias that makes some voxels nodules and others none: that of the ball's
 * middle counts for neither. */
static void unsettle(scene *s)
{
    float *bias = s->l.list[s->l.list_n - 1].value;
    tr_looker k = TR_LOOKER_INIT;
    assert_int_equal(s->l.list[s->l.list_n - 1].count, 2);
    assert_int_equal(tr_looker_init(&k, &s->judge, NULL), 0);
    look(s, &k, 0);
    size_t middle = (8 * SIDE + 8) * SIDE + 8;
    bias[1] -= k.outputs[0][VOXELS + middle] - k.outputs[0][middle];
    tr_looker_done(&k);
}

static void voxels_are_judged_by_dice_at_every_nodule(void **state)
{
    scene s;
    tr_verdict v = TR_VERDICT_INIT;
    scene_init(&s, *state, true);
    unsettle(&s);
    assert_int_equal(tr_validate_patches(&s.judge, &v, NULL), 0);
    double want = dice_by_hand(&s);
    double got = tr_verdict_get(&v, "dice");
    assert_true(want > 0 && want < 1);
    if (!(fabs(got - want) < 1e-9))
        fail_msg("Dice is %g, not %g", got, want);
    assert_true(tr_verdict_get(&v, "loss") > 0);
    scene_done(&s);
}

static void heads_without_voxels_have_a_loss_alone(void **state)
{
    scene s;
    tr_verdict v = TR_VERDICT_INIT;
    scene_init(&s, *state, false);
    assert_int_equal(tr_validate_patches(&s.judge, &v, NULL), 0);
    assert_true(tr_verdict_get(&v, "loss") > 0);
    assert_true(isnan(tr_verdict_get(&v, "dice")));
    scene_done(&s);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, tmp_setup, tmp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(voxels_are_judged_by_dice_at_every_nodule),
        TEST(heads_without_voxels_have_a_loss_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
