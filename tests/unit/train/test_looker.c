#include "train/looker.h"

#include "base/mem.h"
#include "train/learner.h"
#include "train/world_run.h"

/* The network's outputs in the mode for use: statistics stay as they are, and
 * looking twice gives the same. */
static void a_look_changes_nothing(void **state)
{
    world_run w;
    world_run_init(&w, *state, MD_DETECT);
    tr_learner l = TR_LEARNER_INIT;
    tr_looker k = TR_LOOKER_INIT;
    assert_int_equal(tr_learner_init(&l, &w.plan, &w.run, 0, NULL), 0);
    const tr_judge j = {.plan = &w.plan, .params = l.params, .run = w.run};
    assert_int_equal(tr_looker_init(&k, &j, NULL), 0);
    assert_int_equal(k.output_count, 1);
    float *image = cs_calloc(16 * 16 * 16, sizeof(*image));
    assert_non_null(image);
    image[5] = 1;
    const dt_seen ball = {{8, 8, 8}, 5, false};
    const dt_truth truth = {.nodules = &ball, .count = 1};
    double loss = 0;
    double again = 0;
    assert_int_equal(tr_looker_look(&k, image, &truth, &loss, NULL), 0);
    float first = k.outputs[0][0];
    assert_int_equal(tr_looker_look(&k, image, &truth, &again, NULL), 0);
    assert_true(loss > 0 && loss == again && k.outputs[0][0] == first);
    for (size_t i = 0; i < nn_params_count(l.params); i++) {
        const nn_param *p = nn_params_at(l.params, i);
        if (p->role == NN_COUNT)
            assert_true(*(const int64_t *)tn_data(&p->value) == 0);
    }
    cs_free(image);
    tr_looker_done(&k);
    tr_learner_done(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_look_changes_nothing, tmp_setup,
                                        tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
