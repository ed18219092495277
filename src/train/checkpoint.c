#include "train/checkpoint.h"

#include <math.h>

#include "base/strbuf.h"
#include "train/checkpoint_notes.h"
#include "weights/weights.h"
#include "zoo/state.h"

#define WEIGHT "weight/"
#define AVERAGE "average/"
#define STATE "state/"
#define MINED "mined"
#define MINED_COLUMNS 6u /* scan, x, y, z, diameter, score */

/* --- writing --- */

static int add_named(wt_dict *d, const char *prefix, const char *name,
                     const char *slot, const tn_tensor *t, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) key = CS_STRBUF_INIT;
    cs_strbuf_printf(&key, "%s%s%s%s", prefix, slot, *slot ? "/" : "", name);
    if (cs_strbuf_check(&key) < 0)
        return cs_fail_nomem(info);
    return wt_dict_add(d, cs_strbuf_str(&key), t, info);
}

/* The learner keeps the memory. */
static void keep(void *data, size_t size)
{
    (void)data;
    (void)size;
}

/* Seen as it is, not copied: tensors know no constant memory, but a dictionary
 * that is written is only read. */
static int add_floats(wt_dict *d, const char *prefix, const char *name,
                      const char *slot, const float *data, size_t count,
                      cs_errinfo *info)
{
    const union {
        const float *constant;
        float *plain;
    } memory = {data};
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    tn_buffer *buffer = NULL;
    int r = tn_buffer_over(memory.plain, count * sizeof(*data), keep, &buffer,
                           info);
    if (r == 0)
        r = tn_tensor_over(&t, buffer, 0, TN_F32, &TN_SHAPE(count), info);
    tn_buffer_unref(buffer);
    return r < 0 ? r : add_named(d, prefix, name, slot, &t, info);
}

static int add_weights(wt_dict *d, tr_learner *l, cs_errinfo *info)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < nn_params_count(l->params); i++) {
        const nn_param *p = nn_params_at(l->params, i);
        r = add_named(d, WEIGHT, p->name, "", &p->value, info);
    }
    return r;
}

static int add_averages(wt_dict *d, tr_learner *l, cs_errinfo *info)
{
    int r = 0;
    for (size_t i = 0; l->ema && r == 0 && i < l->list_n; i++)
        r = add_floats(d, AVERAGE, l->list[i].name, "", nn_ema_data(l->ema, i),
                       l->list[i].count, info);
    return r;
}

static int add_state(wt_dict *d, const tr_learner *l, cs_errinfo *info)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < nn_optim_state_count(l->optim); i++) {
        nn_optim_state s = nn_optim_state_at(l->optim, i);
        r = add_floats(d, STATE, s.param, s.slot, s.data, s.count, info);
    }
    return r;
}

static int add_mined(wt_dict *d, const tr_mined_list *mined, cs_errinfo *info)
{
    CS_SCOPED(tn_tensor) t = TN_TENSOR_INIT;
    if (mined->len == 0)
        return 0;
    int r =
        tn_tensor_init(&t, TN_F64, &TN_SHAPE(mined->len, MINED_COLUMNS), info);
    if (r < 0)
        return r;
    double *v = tn_data(&t);
    for (size_t i = 0; i < mined->len; i++, v += MINED_COLUMNS) {
        const tr_mined *m = &mined->items[i];
        v[0] = (double)m->scan;
        memcpy(v + 1, m->at.centre, sizeof(m->at.centre));
        v[4] = m->at.diameter;
        v[5] = m->at.score;
    }
    return wt_dict_add(d, CS_STR(MINED), &t, info);
}

int tr_checkpoint_write(const char *path, const tr_origin *origin,
                        tr_learner *l, const tr_progress *p,
                        const tr_mined_list *mined, cs_errinfo *info)
{
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    int r = tr_notes_add(&d, origin, p, info);
    if (r == 0)
        r = add_weights(&d, l, info);
    if (r == 0)
        r = add_averages(&d, l, info);
    if (r == 0)
        r = add_state(&d, l, info);
    if (r == 0)
        r = add_mined(&d, mined, info);
    return r < 0 ? r : wt_write(path, &d, info);
}

/* --- reading --- */

static int missing(const char *prefix, const char *name, cs_errinfo *info)
{
    return cs_fail(info, CS_E_FORMAT,
                   "the checkpoint has no '%s%s' of the right size", prefix,
                   name);
}

/* The tensor of a name with so many elements of a type. */
static int find_named(const wt_dict *d, const char *prefix, const char *name,
                      const char *slot, tn_dtype dtype, size_t count,
                      const tn_tensor **ret, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) key = CS_STRBUF_INIT;
    cs_strbuf_printf(&key, "%s%s%s%s", prefix, slot, *slot ? "/" : "", name);
    if (cs_strbuf_check(&key) < 0)
        return cs_fail_nomem(info);
    const tn_tensor *t = wt_dict_find(d, cs_strbuf_str(&key));
    if (!t || t->dtype != dtype || tn_count(t) != count || !tn_is_contiguous(t))
        return missing(prefix, name, info);
    *ret = t;
    return 0;
}

static int read_weights(const wt_dict *d, tr_learner *l, cs_errinfo *info)
{
    for (size_t i = 0; i < nn_params_count(l->params); i++) {
        const nn_param *p = nn_params_at(l->params, i);
        const tn_tensor *t = NULL;
        int r = find_named(d, WEIGHT, p->name, "", p->value.dtype,
                           tn_count(&p->value), &t, info);
        if (r < 0)
            return r;
        memcpy(tn_data(&p->value), tn_data(t), tn_bytes(t));
    }
    return 0;
}

static int read_averages(const wt_dict *d, tr_learner *l, cs_errinfo *info)
{
    for (size_t i = 0; l->ema && i < l->list_n; i++) {
        const nn_optim_param *p = &l->list[i];
        const tn_tensor *t = NULL;
        int r = find_named(d, AVERAGE, p->name, "", TN_F32, p->count, &t, info);
        if (r < 0)
            return r;
        memcpy(nn_ema_data(l->ema, i), tn_data(t), tn_bytes(t));
    }
    return 0;
}

static int read_state(const wt_dict *d, tr_learner *l, cs_errinfo *info)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < nn_optim_state_count(l->optim); i++) {
        nn_optim_state s = nn_optim_state_at(l->optim, i);
        const tn_tensor *t = NULL;
        r = find_named(d, STATE, s.param, s.slot, TN_F32, s.count, &t, info);
        if (r == 0)
            r = nn_optim_set_state(l->optim, s.param, s.slot, tn_f32(t),
                                   s.count, info);
    }
    return r;
}

static bool is_mined(const double *v, size_t scans)
{
    for (size_t i = 0; i < MINED_COLUMNS; i++) {
        if (!isfinite(v[i]))
            return false;
    }
    return v[0] >= 0 && v[0] < (double)scans;
}

static int read_mined(const wt_dict *d, size_t scans, tr_mined_list *mined,
                      cs_errinfo *info)
{
    const tn_tensor *t = wt_dict_find(d, CS_STR(MINED));
    if (!t)
        return 0;
    if (t->dtype != TN_F64 || t->shape.rank != 2 ||
        t->shape.dim[1] != MINED_COLUMNS || !tn_is_contiguous(t))
        return missing("", MINED, info);
    const double *v = tn_data(t);
    if (cs_vec_reserve(mined, t->shape.dim[0]) < 0)
        return cs_fail_nomem(info);
    for (size_t i = 0; i < t->shape.dim[0]; i++, v += MINED_COLUMNS) {
        if (!is_mined(v, scans))
            return missing("", MINED, info);
        mined->items[mined->len++] =
            (tr_mined){(size_t)v[0], {{v[1], v[2], v[3]}, v[4], v[5]}};
    }
    return 0;
}

static int read_all(const wt_dict *d, const tr_origin *origin, size_t scans,
                    tr_learner *l, tr_progress *p, tr_mined_list *mined,
                    cs_errinfo *info)
{
    tr_progress read = TR_PROGRESS_INIT;
    int r = tr_notes_read(d, origin, &read, info);
    if (r == 0)
        r = read_weights(d, l, info);
    if (r == 0)
        r = read_averages(d, l, info);
    if (r == 0)
        r = read_state(d, l, info);
    if (r == 0)
        r = read_mined(d, scans, mined, info);
    if (r < 0)
        return r;
    nn_optim_set_steps(l->optim, read.step);
    *p = read;
    return 0;
}

int tr_checkpoint_read(const char *path, const tr_origin *origin, size_t scans,
                       tr_learner *l, tr_progress *p, tr_mined_list *mined,
                       cs_errinfo *info)
{
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    int r = wt_read(path, &d, info);
    if (r < 0)
        return r;
    r = read_all(&d, origin, scans, l, p, mined, info);
    if (r < 0) {
        cs_vec_clear(mined);
        cs_errinfo_set_place(info, path);
    }
    return r;
}
