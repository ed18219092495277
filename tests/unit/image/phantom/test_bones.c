#include "image/phantom/bones.h"

#include "base/vec.h"
#include "support/test.h"

static void the_skeleton_is_whole_and_even(void **state)
{
    (void)state;
    ph_patient p;
    ph_patient_draw(&p, &im_phantom_sites[0], 1, 0);
    ph_rods list = {NULL, 0, 0};
    assert_int_equal(ph_bones(&p, &list), 0);
    size_t flat = 0;
    double sum = 0;
    for (size_t i = 0; i < list.len; i++) {
        const ph_rod *r = &list.items[i];
        assert_true(r->across > 0 && r->along > 0);
        ph_vec axis = ph_unit(ph_sub(r->b, r->a));
        assert_true(fabsf(ph_dot(axis, r->n)) < 1e-3F);
        assert_true(fabsf(ph_length(r->n) - 1) < 1e-3F);
        flat += r->flat;
        if (r->shell > 0)
            sum += (double)r->a.x;
    }
    assert_int_equal(flat, 2 * 16); /* vertebrae and discs */
    assert_true(list.len > 24 * 20);
    assert_true(fabs(sum) / (double)list.len < 8); /* as much on either side */
    assert_true(list.len < UINT16_MAX);            /* what a canvas can hold */
    cs_vec_done(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_skeleton_is_whole_and_even),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
