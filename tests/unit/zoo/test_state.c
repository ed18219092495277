#include "zoo/state.h"

#include <math.h>
#include <string.h>

#include "support/test.h"
#include "zoo/zoo.h"

static nn_params *unet(uint64_t seed)
{
    nn_params *p = NULL;
    CS_AUTO(nn_graph) g = NULL;
    const tk_dims dims = {1, 1, 8, 8, 8};
    assert_int_equal(nn_params_new(&p, NULL), 0);
    assert_int_equal(
        zoo_build(zoo_find("simple3dunet"), NULL, &dims, p, &g, NULL), 0);
    nn_params_reset(p, seed);
    return p;
}

static bool same(nn_params *a, nn_params *b)
{
    for (size_t i = 0; i < nn_params_count(a); i++) {
        const tn_tensor *x = &nn_params_at(a, i)->value;
        if (memcmp(tn_data(x), tn_data(&nn_params_at(b, i)->value),
                   tn_bytes(x)) != 0)
            return false;
    }
    return true;
}

static void saved_parameters_load(void **state)
{
    (void)state;
    CS_AUTO(nn_params) a = unet(1);
    CS_AUTO(nn_params) b = unet(2);
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    assert_false(same(a, b));
    assert_int_equal(zoo_save(a, &d, NULL), 0);
    assert_int_equal(zoo_load(b, &d, NULL), 0);
    assert_true(same(a, b));
}

/* One name short, one too many, one misshapen, one NaN: nothing is loaded. */
static void anything_wrong_loads_nothing(void **state)
{
    (void)state;
    for (int fault = 0; fault < 4; fault++) {
        CS_AUTO(nn_params) a = unet(1);
        CS_AUTO(nn_params) b = unet(2);
        CS_AUTO(nn_params) kept = unet(2);
        CS_SCOPED(wt_dict) d = WT_DICT_INIT;
        CS_SCOPED(tn_tensor) odd = TN_TENSOR_INIT;
        cs_errinfo info = {0};
        assert_int_equal(tn_tensor_init(&odd, TN_F32, &TN_SHAPE(7), NULL), 0);
        for (size_t i = 0; i < nn_params_count(a); i++) {
            nn_param *p = nn_params_at(a, i);
            bool chosen = strcmp(p->name, "dec2.3.bias") == 0;
            if (chosen && fault == 0)
                continue;
            if (chosen && fault == 3)
                tn_f32(&p->value)[5] = NAN;
            assert_int_equal(
                wt_dict_add(&d, cs_str_of(p->name),
                            chosen && fault == 2 ? &odd : &p->value, NULL),
                0);
        }
        if (fault == 1)
            assert_int_equal(wt_dict_add(&d, CS_STR("extra"), &odd, NULL), 0);
        assert_int_equal(zoo_load(b, &d, &info), CS_E_FORMAT);
        assert_non_null(
            strstr(info.message, fault == 1 ? "extra" : "dec2.3.bias"));
        assert_true(same(b, kept));
    }
}

static void half_floats_are_widened(void **state)
{
    (void)state;
    CS_AUTO(nn_params) a = unet(1);
    CS_AUTO(nn_params) b = unet(2);
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    for (size_t i = 0; i < nn_params_count(a); i++) {
        const nn_param *p = nn_params_at(a, i);
        CS_SCOPED(tn_tensor) half = TN_TENSOR_INIT;
        tn_dtype dtype = p->value.dtype == TN_F32 ? TN_F16 : p->value.dtype;
        assert_int_equal(tn_copy(&p->value, dtype, &half, NULL), 0);
        assert_int_equal(wt_dict_add(&d, cs_str_of(p->name), &half, NULL), 0);
    }
    assert_int_equal(zoo_load(b, &d, NULL), 0);
    const nn_param *x = nn_params_at(a, 0);
    const nn_param *y = nn_params_at(b, 0);
    for (size_t i = 0; i < tn_count(&x->value); i++)
        assert_true(fabsf(tn_f32(&x->value)[i] - tn_f32(&y->value)[i]) < 1e-3F);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(saved_parameters_load),
        cmocka_unit_test(anything_wrong_loads_nothing),
        cmocka_unit_test(half_floats_are_widened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
