#include "nn/params.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/vec.h"

struct nn_params {
    CS_VEC(nn_param *) items;
};

int nn_params_new(nn_params **ret, cs_errinfo *info)
{
    nn_params *p = cs_new0(nn_params);
    if (!p)
        return cs_fail_nomem(info);
    *ret = p;
    return 0;
}

static void param_free(nn_param *p)
{
    tn_tensor_done(&p->value);
    tn_tensor_done(&p->grad);
    cs_free(p->name);
    cs_free(p);
}

void nn_params_free(nn_params *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->items.len; i++)
        param_free(p->items.items[i]);
    cs_vec_done(&p->items);
    cs_free(p);
}

size_t nn_params_count(const nn_params *p)
{
    return p->items.len;
}

nn_param *nn_params_at(nn_params *p, size_t i)
{
    return p->items.items[i];
}

/* Some hundred names at most, looked up while a graph is built. */
static bool find(const nn_params *p, const char *name, size_t *ret)
{
    for (size_t i = 0; i < p->items.len; i++)
        if (strcmp(p->items.items[i]->name, name) == 0) {
            *ret = i;
            return true;
        }
    return false;
}

nn_param *nn_params_find(nn_params *p, const char *name)
{
    size_t i;
    return find(p, name, &i) ? p->items.items[i] : NULL;
}

static int check_same(const nn_param *p, nn_role role, const tn_shape *shape,
                      cs_errinfo *info)
{
    char have[TN_SHAPE_TEXT_MAX];
    char want[TN_SHAPE_TEXT_MAX];
    if (p->role == role && tn_shape_equal(&p->value.shape, shape))
        return 0;
    return cs_fail(
        info, CS_E_RANGE, "the parameter %s has the shape %s, not %s", p->name,
        tn_shape_text(&p->value.shape, have), tn_shape_text(shape, want));
}

int nn_params_declare(nn_params *p, const char *name, nn_role role,
                      const tn_shape *shape, size_t fan_in, size_t *ret,
                      cs_errinfo *info)
{
    if (find(p, name, ret))
        return check_same(p->items.items[*ret], role, shape, info);
    nn_param *made = cs_new0(nn_param);
    if (!made)
        return cs_fail_nomem(info);
    made->role = role;
    made->fan_in = fan_in;
    made->name = cs_strdup(name);
    int r = made->name ? 0 : cs_fail_nomem(info);
    if (r == 0)
        r = tn_tensor_init(&made->value, role == NN_COUNT ? TN_I64 : TN_F32,
                           shape, info);
    if (r == 0 && cs_vec_push(&p->items, made) < 0)
        r = cs_fail_nomem(info);
    if (r < 0) {
        param_free(made);
        return r;
    }
    *ret = p->items.len - 1;
    return 0;
}

bool nn_param_trained(const nn_param *p)
{
    return p->role <= NN_SHIFT;
}

size_t nn_params_size(nn_params *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->items.len; i++)
        if (nn_param_trained(p->items.items[i]))
            n += tn_count(&p->items.items[i]->value);
    return n;
}

static void fill(nn_param *p, float v)
{
    for (size_t i = 0; i < tn_count(&p->value); i++)
        tn_f32(&p->value)[i] = v;
}

static void fill_uniform(nn_param *p, const cs_rng *seed)
{
    cs_rng r = cs_rng_derive(seed, p->name, 0);
    float *v = tn_f32(&p->value);
    size_t n = tn_count(&p->value);
    float bound = 1 / sqrtf((float)CS_MAX(p->fan_in, (size_t)1));
    cs_rng_fill_uniform_f32(&r, 0, v, n);
    for (size_t i = 0; i < n; i++)
        v[i] = (2 * v[i] - 1) * bound;
}

void nn_params_reset(nn_params *p, uint64_t seed)
{
    const cs_rng r = cs_rng_stream(seed, 0);
    for (size_t i = 0; i < p->items.len; i++) {
        nn_param *q = p->items.items[i];
        if (q->role == NN_WEIGHT || q->role == NN_BIAS)
            fill_uniform(q, &r);
        else if (q->role == NN_COUNT)
            *(int64_t *)tn_data(&q->value) = 0;
        else
            fill(q, q->role == NN_GAIN || q->role == NN_VARIANCE ? 1 : 0);
    }
}

int nn_params_gradients(nn_params *p, cs_errinfo *info)
{
    for (size_t i = 0; i < p->items.len; i++) {
        nn_param *q = p->items.items[i];
        if (!nn_param_trained(q) || q->grad.buffer)
            continue;
        int r = tn_tensor_init(&q->grad, TN_F32, &q->value.shape, info);
        if (r < 0)
            return r;
    }
    return 0;
}

void nn_params_zero_gradients(nn_params *p)
{
    for (size_t i = 0; i < p->items.len; i++) {
        nn_param *q = p->items.items[i];
        if (q->grad.buffer)
            memset(tn_f32(&q->grad), 0, tn_bytes(&q->grad));
    }
}
