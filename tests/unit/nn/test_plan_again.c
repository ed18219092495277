#include "nn/plan_impl.h"

#include <string.h>

#include "nn/nets.h"

/* One more than there are. */
#define LEVELS (NN_RECOMPUTE_MAX + 2)

/* Drop-out, whose mask must be the same the second time, and a norm whose
 * running statistics must not follow twice. */
static nn_value dropped(nn_graph *g, nn_value x)
{
    nn_value a = nn_dropout(g, 0.3, false, block(g, "a", x, 16));
    nn_value b = block(g, "b", a, 8);
    b = nn_add(g, b, nn_conv(g, "c", a, &(nn_conv_spec){.out = 8}));
    b = nn_attention(g, &(nn_attention_spec){.heads = 2}, b, b, b);
    b = nn_resize(g, TK_RESIZE_LINEAR, 5, 5, 5, nn_relu(g, b));
    return block(g, "d", nn_group_norm(g, "e", b, 2), 8);
}

/* --- --- */

typedef struct pass {
    float *y, *dx, *gradients, *statistics;
    size_t bytes;
} pass;

static size_t all_floats(nn_params *p)
{
    size_t n = 0;
    for (size_t i = 0; i < nn_params_count(p); i++)
        n += tn_count(&nn_params_at(p, i)->value);
    return n;
}

static void gather(nn_params *p, bool gradients, float *to)
{
    for (size_t i = 0; i < nn_params_count(p); i++) {
        const nn_param *q = nn_params_at(p, i);
        size_t n = tn_count(&q->value);
        bool has = gradients ? q->role <= NN_SHIFT : q->role != NN_COUNT;
        if (has)
            memcpy(to, tn_f32(gradients ? &q->grad : &q->value),
                   n * sizeof(float));
        to += n;
    }
}

static float *room_for(const net *t)
{
    float *v = cs_calloc(all_floats(t->params), sizeof(*v));
    assert_non_null(v);
    return v;
}

/* Two forward and backward passes, the second of which tells. */
static pass run(net *t, nn_plan_options o)
{
    o.training = o.input_gradients = true;
    net_fill(t->params);
    nn_plan *p = net_poisoned_plan(t, o);
    for (int i = 0; i < 2; i++) {
        net_forward(t, p);
        net_backward(t, p);
    }
    pass r = {.y = net_copy_of(t->y, t->n_out),
              .dx = net_copy_of(t->dx, t->n_in),
              .gradients = room_for(t),
              .statistics = room_for(t),
              .bytes = tn_buffer_size(p->arena)};
    gather(t->params, true, r.gradients);
    gather(t->params, false, r.statistics);
    nn_plan_free(p);
    return r;
}

static void pass_free(pass *r)
{
    cs_free(r->y);
    cs_free(r->dx);
    cs_free(r->gradients);
    cs_free(r->statistics);
}

static void assert_same(const net *t, const pass *a, const pass *b)
{
    size_t n = all_floats(t->params) * sizeof(float);
    assert_memory_equal(a->y, b->y, t->n_out * sizeof(float));
    assert_memory_equal(a->dx, b->dx, t->n_in * sizeof(float));
    assert_memory_equal(a->gradients, b->gradients, n);
    assert_memory_equal(a->statistics, b->statistics, n);
}

static void bits_are_the_same_at_each_level(void **state)
{
    (void)state;
    static net_build *const nets[] = {unet, joined, dropped};
    for (size_t k = 0; k < CS_COUNTOF(nets); k++) {
        net t = net_new((tk_dims){2, 3, 8, 8, 8}, 3, nets[k]);
        pass plain = run(&t, (nn_plan_options){0});
        for (unsigned level = 1; level < LEVELS; level++) {
            pass again = run(&t, (nn_plan_options){.recompute = level});
            assert_same(&t, &plain, &again);
            pass_free(&again);
        }
        pass_free(&plain);
        net_free(&t);
    }
}

static nn_value deep(nn_graph *g, nn_value x)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f",
                                        "g", "h", "i", "j", "k", "l"};
    for (size_t i = 0; i < CS_COUNTOF(names); i++)
        x = block(g, names[i], x, 8);
    return x;
}

static void a_deep_network_needs_much_less(void **state)
{
    (void)state;
    net t = net_new((tk_dims){1, 8, 16, 16, 16}, 3, deep);
    pass r[LEVELS];
    for (unsigned level = 0; level < LEVELS; level++)
        r[level] = run(&t, (nn_plan_options){.recompute = level});
    assert_true(r[1].bytes < r[0].bytes * 2 / 3);
    assert_true(r[4].bytes < r[0].bytes / 2);
    assert_true(r[6].bytes < r[0].bytes * 2 / 5);
    for (unsigned level = 0; level < LEVELS; level++) {
        assert_same(&t, &r[0], &r[level]);
        if (level)
            pass_free(&r[level]);
    }
    pass_free(&r[0]);
    net_free(&t);
}

static void a_limit_asks_for_it(void **state)
{
    (void)state;
    net t = net_new((tk_dims){1, 8, 16, 16, 16}, 3, deep);
    pass plain = run(&t, (nn_plan_options){0});
    pass tight = run(&t, (nn_plan_options){.memory_limit = plain.bytes / 2});
    assert_true(tight.bytes <= plain.bytes / 2);
    assert_same(&t, &plain, &tight);
    const nn_plan_options none = {.training = true, .memory_limit = 1 << 20};
    nn_plan *p = NULL;
    cs_errinfo info = {0};
    assert_int_equal(nn_plan_new(t.graph, &none, &p, &info), CS_E_LIMIT);
    assert_null(p);
    pass_free(&plain);
    pass_free(&tight);
    net_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_are_the_same_at_each_level),
        cmocka_unit_test(a_deep_network_needs_much_less),
        cmocka_unit_test(a_limit_asks_for_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
