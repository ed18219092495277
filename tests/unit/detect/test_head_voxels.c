#include "head_case.h"

static const dt_seen some[] = {
    {{2, 2, 2}, 3, false},
    {{4, 1, 3}, 1, true},
};
static const dt_truth two[] = {{some, 2, NULL, 0}, {some, 1, NULL, 0}};

static const dt_loss_kind kinds[] = {DT_LOSS_DEFAULT, DT_LOSS_DICE,
                                     DT_LOSS_DICE_CE, DT_LOSS_TVERSKY};

static head_case odd(size_t channels, dt_loss_kind kind)
{
    head_case k = head_of(MD_HEAD_VOXELS, 1, channels, two, 2);
    head_size(&k, 5, 4, 6);
    k.o.kind = kind;
    return k;
}

static void gradient_is_the_slope(void **state)
{
    (void)state;
    for (size_t i = 0; i < CS_COUNTOF(kinds); i++) {
        head_case k = odd(1, kinds[i]);
        head_size(&k, 4, 3, 5);
        head_expect_gradient(&k, 0.2F, 0.8F);
        k = odd(2, kinds[i]);
        head_size(&k, 4, 3, 5);
        head_expect_gradient(&k, -2, 2);
    }
    head_case k = odd(2, DT_LOSS_TVERSKY);
    head_size(&k, 4, 3, 5);
    k.o.alpha = 0.3;
    k.o.gamma = 1.5;
    head_expect_gradient(&k, -2, 2);
}

static void threads_do_not_show(void **state)
{
    (void)state;
    for (size_t i = 0; i < CS_COUNTOF(kinds); i++) {
        head_case k = odd(2, kinds[i]);
        head_size(&k, 21, 22, 23);
        head_expect_same_bits(&k, -3, 3);
        k = odd(1, kinds[i]);
        head_size(&k, 21, 22, 23);
        head_expect_same_bits(&k, 0.01F, 0.99F);
    }
}

static void nothing_overflows(void **state)
{
    (void)state;
    for (size_t i = 0; i < CS_COUNTOF(kinds); i++) {
        head_case k = odd(2, kinds[i]);
        head_expect_finite(&k, 1e4F);
        head_expect_finite(&k, -1e4F);
        head_expect_nan_shows(&k);
        k = odd(1, kinds[i]);
        head_expect_finite(&k, 0);
        head_expect_finite(&k, 1);
        head_expect_nan_shows(&k);
    }
}

/* As many as there are voxels of each label in the first sample. */
struct census {
    double yes, no;
};

static struct census census(void)
{
    struct census c = {0, 0};
    for (int i = 0; i < 120; i++) {
        int plane = i / 20;
        double x = i % 5;
        double y = i / 5 % 4;
        double z = plane;
        double d = hypot(hypot(x - 2, y - 2), z - 2);
        double e = hypot(hypot(x - 4, y - 1), z - 3);
        c.yes += d <= 1.5;
        c.no += d > 1.5 && e > 2.5;
    }
    return c;
}

/* Every probability 1/2. */
static double at_one_half(const head_case *k)
{
    head_run h = head_start(k, k->channels[0] == 1 ? 0.5F : 7);
    head_do(k, NULL, &h);
    double loss = h.loss.loss;
    head_expect(h.loss.scores, loss);
    head_done(&h);
    return loss;
}

static double dice(double yes, double no, double smooth)
{
    return (yes + smooth) / (1.5 * yes + 0.5 * no + smooth);
}

static void losses_are_what_they_are_called(void **state)
{
    (void)state;
    struct census c = census();
    for (size_t channels = 1; channels <= 2; channels++) {
        head_case k = odd(channels, DT_LOSS_DEFAULT);
        k.n = 1;
        double focal = 0.25 * log(2);
        head_expect(at_one_half(&k),
                    1 - dice(c.yes, c.no, 1) + focal + focal * c.no / 524);
        k.o.kind = DT_LOSS_TVERSKY;
        double part = 0.5 * c.yes + 0.5;
        double t = part / (part + 0.7 * 0.5 * c.yes + 0.3 * 0.5 * c.no);
        head_expect(at_one_half(&k), pow(1 - t + 1e-6, 0.75));
        k.o.kind = DT_LOSS_DICE;
        double reference =
            (dice(c.yes, c.no, 1e-6) + dice(c.no, c.yes, 1e-6)) / 2;
        double wanted = channels == 1 ? dice(c.yes, c.no, 1) : reference;
        head_expect(at_one_half(&k), 1 - wanted);
        k.o.kind = DT_LOSS_DICE_CE;
        head_expect(at_one_half(&k), 1 - wanted + log(2));
    }
}

/* What the overlap leaves of the default: a nodule missed, of any size. */
static void a_small_nodule_weighs_as_much_as_a_large_one(void **state)
{
    (void)state;
    for (double diameter = 2; diameter <= 12; diameter += 5) {
        const dt_seen s = head_seen(10, 10, 10, diameter);
        const dt_truth truths[] = {{&s, 1, NULL, 0}, {NULL, 0, NULL, 0}};
        head_case k = head_of(MD_HEAD_VOXELS, 1, 2, truths, 2);
        head_size(&k, 20, 20, 20);
        head_run h = head_start(&k, 0);
        for (size_t i = 0; i < 16000; i++)
            h.out[0][i / 8000 * 16000 + i % 8000] = 20;
        head_do(&k, NULL, &h);
        assert_true(fabs(h.loss.loss - 20) < 1);
        head_done(&h);
    }
}

static void voxels_not_learned_have_no_slope(void **state)
{
    (void)state;
    uint8_t mask[120];
    memset(mask, 255, sizeof(mask));
    mask[3] = 1;
    mask[4] = 0;
    const dt_truth truth = {NULL, 0, mask, 0};
    for (size_t i = 0; i < CS_COUNTOF(kinds); i++)
        for (size_t channels = 1; channels <= 2; channels++) {
            head_case k = odd(channels, kinds[i]);
            k.truths = &truth;
            k.n = 1;
            head_run h = head_start(&k, 0.5F);
            head_do(&k, NULL, &h);
            for (size_t j = 0; j < head_floats(&k, 0); j++) {
                bool learned = j % 120 == 3 || j % 120 == 4;
                assert_int_equal(h.grad[0][j] != 0, learned);
            }
            head_done(&h);
        }
}

/* No nodule at all, and nothing learned at all. */
static void empty_batches_have_a_loss(void **state)
{
    (void)state;
    uint8_t mask[120];
    memset(mask, 255, sizeof(mask));
    const dt_truth truths[] = {{NULL, 0, NULL, 0}, {NULL, 0, mask, 0}};
    for (size_t t = 0; t < 2; t++)
        for (size_t i = 0; i < CS_COUNTOF(kinds); i++)
            for (size_t channels = 1; channels <= 2; channels++) {
                head_case k = odd(channels, kinds[i]);
                k.truths = &truths[t];
                k.n = 1;
                head_expect_finite(&k, 0.5F);
            }
}

static void maps_are_probabilities(void **state)
{
    (void)state;
    head_case k = odd(1, DT_LOSS_DEFAULT);
    head_run h = head_start(&k, 0.25F);
    h.out[0][120 + 7] = 0.75F;
    float map[120];
    const float *outputs[] = {h.out[0]};
    assert_int_equal(dt_head_channels(&k.r), 1);
    dt_head_map(&k.r, 2, 1, k.size, outputs, map);
    assert_true(map[6] == 0.25F && map[7] == 0.75F);
    head_done(&h);
    k = odd(2, DT_LOSS_DEFAULT);
    h = head_start(&k, 1);
    h.out[0][3 * 120 + 7] = 3;
    const float *two_logits[] = {h.out[0]};
    dt_head_map(&k.r, 2, 1, k.size, two_logits, map);
    assert_true(map[6] == 0.5F);
    head_expect((double)map[7], 1 / (1 + exp(-2)));
    head_done(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradient_is_the_slope),
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(nothing_overflows),
        cmocka_unit_test(losses_are_what_they_are_called),
        cmocka_unit_test(a_small_nodule_weighs_as_much_as_a_large_one),
        cmocka_unit_test(voxels_not_learned_have_no_slope),
        cmocka_unit_test(empty_batches_have_a_loss),
        cmocka_unit_test(maps_are_probabilities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
