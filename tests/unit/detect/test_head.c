#include "head_case.h"

static void losses_belong_to_heads(void **state)
{
    (void)state;
    static const bool has[MD_HEADS][DT_LOSSES] = {
        [MD_HEAD_VOXELS] = {true, true, true, true, false},
        [MD_HEAD_ANCHORS] = {true, false, false, false, true},
        [MD_HEAD_CENTRES] = {true},
        [MD_HEAD_CLASS] = {true},
    };
    for (int head = 0; head < MD_HEADS; head++)
        for (int kind = 0; kind < DT_LOSSES; kind++) {
            const md_recipe r = {.head.kind = (md_head_kind)head};
            const dt_loss_options o = {.kind = (dt_loss_kind)kind};
            int wanted = has[head][kind] ? 0 : CS_E_USAGE;
            assert_int_equal(dt_loss_check(&r, &o, NULL), wanted);
        }
    const md_recipe r = {.head.kind = MD_HEAD_CLASS};
    const dt_loss_options o = {.kind = DT_LOSS_TVERSKY};
    cs_errinfo info = {0};
    (void)dt_loss_check(&r, &o, &info);
    assert_string_equal(info.message,
                        "the loss \"tversky\" is not one of a head of class");
}

static void numbers_out_of_range_are_named(void **state)
{
    (void)state;
    const md_recipe r = {.head.kind = MD_HEAD_CENTRES};
    const dt_loss_options bad[] = {{.alpha = 1},     {.alpha = -0.1},
                                   {.gamma = 11},    {.box = -1},
                                   {.smoothing = 1}, {.positive = (double)NAN}};
    for (size_t i = 0; i < CS_COUNTOF(bad); i++)
        assert_int_equal(dt_loss_check(&r, &bad[i], NULL), CS_E_RANGE);
    cs_errinfo info = {0};
    (void)dt_loss_check(&r, &bad[2], &info);
    assert_string_equal(info.message, "the loss's gamma is 11, not in [0, 10)");
}

static void expect_refused(const head_case *k, const char *message)
{
    head_run h = head_start(k, 0);
    cs_errinfo info = {0};
    h.loss.loss = -7;
    assert_int_equal(head_try(k, NULL, &h, &info), CS_E_RANGE);
    assert_string_equal(info.message, message);
    assert_true(h.loss.loss == -7);
    head_done(&h);
}

static void truths_that_cannot_be_are_named(void **state)
{
    (void)state;
    const dt_seen bad[] = {{{0, 0, 0}, 0, false},
                           {{0, 0, (double)NAN}, 3, false},
                           {{0, 0, 0}, (double)INFINITY, true}};
    for (size_t i = 0; i < CS_COUNTOF(bad); i++) {
        const dt_truth truths[] = {{0}, {&bad[i], 1, NULL, 0}};
        head_case k = head_of(MD_HEAD_CENTRES, 2, 5, truths, 2);
        head_size(&k, 8, 8, 8);
        expect_refused(&k, "nodule 0 of sample 1 has no place or no size");
    }
    const dt_truth third = {.label = 2};
    head_case k = head_of(MD_HEAD_CLASS, 1, 2, &third, 1);
    expect_refused(&k, "the label of sample 0 is 2, not 0 or 1");
}

static void nothing_to_learn_from_is_refused(void **state)
{
    (void)state;
    const dt_truth truth = {0};
    head_case k = head_of(MD_HEAD_CENTRES, 2, 5, &truth, 1);
    head_size(&k, 8, 1, 8);
    expect_refused(&k, "a batch without samples or cells");
    head_size(&k, 8, 8, 8);
    k.n = 0;
    expect_refused(&k, "a batch without samples or cells");
}

static bool refuse(CS_UNUSED const cs_alloc_site *site)
{
    return false;
}

static void memory_refused_is_an_error(void **state)
{
    (void)state;
    const md_head_kind kinds[] = {MD_HEAD_VOXELS, MD_HEAD_ANCHORS,
                                  MD_HEAD_CENTRES};
    const dt_truth truth = {0};
    for (size_t i = 0; i < CS_COUNTOF(kinds); i++) {
        head_case k = head_of(kinds[i], 1, 1, &truth, 1);
        k.r.head.anchor_count = 1;
        k.r.head.anchors[0] = 4;
        head_size(&k, 4, 4, 4);
        head_run h = head_start(&k, 0);
        cs_alloc_set_gate(refuse);
        int e = head_try(&k, NULL, &h, NULL);
        cs_alloc_set_gate(NULL);
        assert_int_equal(e, CS_E_NOMEM);
        head_done(&h);
    }
}

static void no_options_are_the_default(void **state)
{
    (void)state;
    const dt_seen s = head_seen(3, 3, 3, 4);
    const dt_truth truth = {&s, 1, NULL, 0};
    head_case k = head_of(MD_HEAD_CENTRES, 2, 5, &truth, 1);
    head_size(&k, 8, 8, 8);
    head_run h = head_start(&k, 0.5F);
    head_do(&k, NULL, &h);
    const float *outputs[] = {h.out[0]};
    dt_loss loss;
    assert_int_equal(dt_head_loss(&k.r, NULL, NULL, &truth, 1, k.size, outputs,
                                  h.grad, &loss, NULL),
                     0);
    assert_true(loss.loss == h.loss.loss && loss.loss > 0);
    head_done(&h);
}

static void cells_are_whole_strides(void **state)
{
    (void)state;
    const size_t size[] = {65, 64, 63};
    size_t cells[3];
    md_recipe r = {.head = {.kind = MD_HEAD_ANCHORS, .stride = 8}};
    dt_head_cells(&r, size, cells);
    assert_true(cells[0] == 8 && cells[1] == 8 && cells[2] == 7);
    r.head = (md_head){.kind = MD_HEAD_VOXELS, .stride = 1};
    dt_head_cells(&r, size, cells);
    assert_true(cells[0] == 65 && cells[1] == 64 && cells[2] == 63);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(losses_belong_to_heads),
        cmocka_unit_test(numbers_out_of_range_are_named),
        cmocka_unit_test(truths_that_cannot_be_are_named),
        cmocka_unit_test(nothing_to_learn_from_is_refused),
        cmocka_unit_test(memory_refused_is_an_error),
        cmocka_unit_test(no_options_are_the_default),
        cmocka_unit_test(cells_are_whole_strides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
