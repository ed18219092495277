/* What the tests of this room share. */
#ifndef CS_TESTS_WEIGHTS_KIT_H
#define CS_TESTS_WEIGHTS_KIT_H

#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "support/test.h"
#include "weights/dict.h"
#include "weights/elements.h"
#include "weights/load.h"

/* A tensor whose bytes count up from `first`. */
static inline void kit_add(wt_dict *d, const char *name, tn_dtype dtype,
                           const tn_shape *shape, unsigned first)
{
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    assert_int_equal(tn_tensor_init(&t, dtype, shape, NULL), 0);
    unsigned char *p = tn_data(&t);
    for (size_t i = 0; i < tn_bytes(&t); i++)
        p[i] = (unsigned char)(dtype == TN_BOOL ? i % 2 : (first + i) % 97);
    assert_int_equal(wt_dict_add(d, cs_str_of(name), &t, NULL), 0);
}

/* One tensor of each type that PyTorch 1.13 has too, with a scalar, an empty
 * one and one that is not contiguous. */
static inline void kit_fill(wt_dict *d)
{
    const tn_shape scalar = {.rank = 0};
    kit_add(d, "mask", TN_BOOL, &TN_SHAPE(3), 0);
    kit_add(d, "half", TN_F16, &TN_SHAPE(3, 1), 1);
    kit_add(d, "conv.weight", TN_F32, &TN_SHAPE(2, 3, 2, 2), 2);
    kit_add(d, "brain", TN_BF16, &TN_SHAPE(5), 3);
    kit_add(d, "bn.num_batches_tracked", TN_I64, &scalar, 4);
    kit_add(d, "wide", TN_F64, &TN_SHAPE(2), 5);
    kit_add(d, "i8", TN_I8, &TN_SHAPE(1), 6);
    kit_add(d, "u8", TN_U8, &TN_SHAPE(2), 7);
    kit_add(d, "i16", TN_I16, &TN_SHAPE(3), 8);
    kit_add(d, "i32", TN_I32, &TN_SHAPE(1, 1), 9);
    kit_add(d, "none", TN_F32, &TN_SHAPE(0, 4), 10);
    CS_SCOPED(tn_tensor) turned = TN_TENSOR_INIT;
    const unsigned order[] = {3, 2, 0, 1};
    const tn_tensor *t = wt_dict_find(d, CS_STR("conv.weight"));
    assert_int_equal(tn_view_permute(t, order, &turned, NULL), 0);
    assert_int_equal(wt_dict_add(d, CS_STR("turned"), &turned, NULL), 0);
}

static inline void kit_expect_tensor(const tn_tensor *a, const tn_tensor *b)
{
    CS_SCOPED(tn_tensor) x = TN_TENSOR_INIT;
    CS_SCOPED(tn_tensor) y = TN_TENSOR_INIT;
    assert_int_equal(a->dtype, b->dtype);
    assert_true(tn_shape_equal(&a->shape, &b->shape));
    assert_int_equal(wt_contiguous(a, &x, NULL), 0);
    assert_int_equal(wt_contiguous(b, &y, NULL), 0);
    assert_memory_equal(tn_data(&x), tn_data(&y), tn_bytes(&x));
}

/* The same names in the same order with the same elements. */
static inline void kit_expect_same(const wt_dict *a, const wt_dict *b)
{
    assert_int_equal(wt_dict_count(a), wt_dict_count(b));
    for (size_t i = 0; i < wt_dict_count(a); i++) {
        const wt_entry *x = wt_dict_at(a, i);
        const wt_entry *y = wt_dict_at(b, i);
        assert_string_equal(x->name.data, y->name.data);
        kit_expect_tensor(&x->tensor, &y->tensor);
    }
}

/* --- memory that is refused --- */

static size_t kit_allowed;
static bool kit_refused;

static inline bool kit_gate(const cs_alloc_site *site)
{
    (void)site;
    kit_refused = kit_refused || kit_allowed == 0;
    return kit_allowed > 0 && kit_allowed--;
}

/* Runs `job` with the first allocation and all after it refused, then from the
 * second on, … until it gets all it asks for. */
static inline void kit_refuse_each(int (*job)(void *with), void *with)
{
    for (size_t n = 0;; n++) {
        kit_allowed = n;
        kit_refused = false;
        cs_alloc_set_gate(kit_gate);
        int r = job(with);
        cs_alloc_set_gate(NULL);
        if (!kit_refused) {
            assert_int_equal(r, 0);
            return;
        }
        if (r != 0)
            assert_int_equal(r, CS_E_NOMEM);
    }
}

#endif
