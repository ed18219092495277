#include "train/sampler.h"

#include <pthread.h>

#include "train/annotations.h"
#include "train/canvas.h"
#include "train/choice.h"
#include "train/loaders.h"

/* Marks nearer to each other than this are one. */
#define SAME_MARK_MM 2.0

struct tr_sampler {
    const tr_plan *plan;
    const tr_dataset *data;
    im_run run; /* of one thread */
    uint64_t per_epoch;
    tr_chooser chooser;
    dt_candidates *hard; /* of each scan */
    size_t scans;
    bool stale; /* the chooser does not know all of `hard`; nothing is made */
    pthread_mutex_t lock; /* of the canvases that wait for work */
    CS_VEC(tr_canvas *) idle;
    tr_loaders *loaders;
};

/* --- canvases --- */

static tr_canvas *take_idle(tr_sampler *s)
{
    pthread_mutex_lock(&s->lock);
    tr_canvas *c = s->idle.len > 0 ? cs_vec_pop(&s->idle) : NULL;
    pthread_mutex_unlock(&s->lock);
    return c;
}

static void give_back(void *ctx, void *canvas)
{
    tr_sampler *s = ctx;
    tr_canvas *c = canvas;
    pthread_mutex_lock(&s->lock);
    int r = cs_vec_push(&s->idle, c);
    pthread_mutex_unlock(&s->lock);
    if (r < 0)
        tr_canvas_free(c);
}

static int paint(tr_sampler *s, const tr_choice *choice, tr_canvas **ret,
                 cs_errinfo *info)
{
    tr_canvas *c = take_idle(s);
    int r = c ? 0 : tr_canvas_new(s->plan, s->data, &c, info);
    if (r < 0)
        return r;
    r = tr_canvas_paint(c, s->plan, s->data, choice, &s->run, info);
    if (r < 0)
        give_back(s, c);
    else
        *ret = c;
    return r;
}

/* Samples of all epochs, one after the other. */
static int make(void *ctx, uint64_t number, void **ret, cs_errinfo *info)
{
    tr_sampler *s = ctx;
    tr_choice choice;
    tr_canvas *c = NULL;
    int r = tr_choose(&s->chooser, number / s->per_epoch, number % s->per_epoch,
                      &choice, info);
    if (r == 0)
        r = paint(s, &choice, &c, info);
    if (r == 0)
        *ret = c;
    return r;
}

/* --- life --- */

static int copy_hard(tr_sampler *s, cs_errinfo *info)
{
    s->scans = tr_dataset_count(s->data);
    s->hard = cs_calloc(s->scans, sizeof(*s->hard));
    if (!s->hard)
        return cs_fail_nomem(info);
    for (size_t i = 0; i < s->scans; i++) {
        const tr_scan *scan = tr_dataset_at(s->data, i);
        for (size_t k = 0; k < scan->hard_count; k++)
            if (cs_vec_push(&s->hard[i], scan->hard[k]) < 0)
                return cs_fail_nomem(info);
    }
    return 0;
}

int tr_sampler_new(const tr_sampler_spec *spec, tr_sampler **ret,
                   cs_errinfo *info)
{
    tr_sampler *s = cs_new0(tr_sampler);
    if (!s)
        return cs_fail_nomem(info);
    s->plan = spec->plan;
    s->data = spec->data;
    s->run.tier = spec->tier;
    s->per_epoch = (uint64_t)CS_MAX(spec->plan->sampling.per_epoch, (int64_t)1);
    pthread_mutex_init(&s->lock, NULL);
    const tr_loaders_spec loaders = {.threads = spec->loaders,
                                     .ahead = spec->ahead,
                                     .make = make,
                                     .drop = give_back,
                                     .ctx = s,
                                     .lang = info ? info->lang : CS_LANG_EN};
    int r = tr_chooser_init(&s->chooser, spec->plan, spec->data, info);
    if (r == 0)
        r = copy_hard(s, info);
    if (r == 0)
        r = tr_loaders_new(&loaders, &s->loaders, info);
    if (r < 0)
        tr_sampler_free(s);
    else
        *ret = s;
    return r;
}

void tr_sampler_free(tr_sampler *s)
{
    if (!s)
        return;
    tr_loaders_free(s->loaders);
    for (size_t i = 0; i < s->idle.len; i++)
        tr_canvas_free(s->idle.items[i]);
    cs_vec_done(&s->idle);
    for (size_t i = 0; s->hard && i < s->scans; i++)
        cs_vec_done(&s->hard[i]);
    cs_free(s->hard);
    tr_chooser_done(&s->chooser);
    pthread_mutex_destroy(&s->lock);
    cs_free(s);
}

/* --- hard negatives --- */

static bool is_known(const dt_candidates *l, const double at[3])
{
    for (size_t i = 0; i < l->len; i++) {
        double square = 0;
        for (int k = 0; k < 3; k++) {
            double d = at[k] - l->items[i].centre[k];
            square += d * d;
        }
        if (square < SAME_MARK_MM * SAME_MARK_MM)
            return true;
    }
    return false;
}

static int add_marks(tr_sampler *s, size_t scan, const dt_candidate *c,
                     size_t n, cs_errinfo *info)
{
    const tr_scan *t = tr_dataset_at(s->data, scan);
    for (size_t i = 0; i < n; i++) {
        if (tr_is_near_nodule(t->nodules, t->nodule_count, c[i].centre,
                              TR_HARD_APART_MM) ||
            is_known(&s->hard[scan], c[i].centre))
            continue;
        if (cs_vec_push(&s->hard[scan], c[i]) < 0)
            return cs_fail_nomem(info);
    }
    return 0;
}

/* Marks come one by one; the loaders wait until the first sample is wanted. */
int tr_sampler_add_hard(tr_sampler *s, size_t scan, const dt_candidate *c,
                        size_t n, cs_errinfo *info)
{
    if (n == 0)
        return 0;
    if (!s->stale)
        tr_loaders_pause(s->loaders);
    s->stale = true;
    return add_marks(s, scan, c, n, info);
}

static int refresh(tr_sampler *s, cs_errinfo *info)
{
    if (!s->stale)
        return 0;
    int r = tr_chooser_set_hard(&s->chooser, s->hard, s->scans, info);
    if (r < 0)
        return r;
    s->stale = false;
    tr_loaders_resume(s->loaders);
    return 0;
}

const dt_candidate *tr_sampler_hard(const tr_sampler *s, size_t scan,
                                    size_t *ret_n)
{
    *ret_n = s->hard[scan].len;
    return s->hard[scan].items;
}

/* --- samples --- */

int tr_sampler_seek(tr_sampler *s, uint64_t epoch, uint64_t first,
                    cs_errinfo *info)
{
    uint64_t number;
    if (__builtin_mul_overflow(epoch, s->per_epoch, &number) ||
        __builtin_add_overflow(number, first, &number))
        return cs_fail(info, CS_E_RANGE,
                       "epoch %llu is beyond all that can be counted",
                       (unsigned long long)epoch);
    tr_loaders_seek(s->loaders, number);
    return 0;
}

int tr_sampler_next(tr_sampler *s, tr_sample **ret, cs_errinfo *info)
{
    void *canvas = NULL;
    int r = refresh(s, info);
    if (r == 0)
        r = tr_loaders_next(s->loaders, &canvas, info);
    if (r == 0)
        *ret = &((tr_canvas *)canvas)->sample;
    return r;
}

void tr_sampler_give_back(tr_sampler *s, tr_sample *sample)
{
    if (sample)
        give_back(s, sample);
}

size_t tr_sampler_items(const tr_sampler *s)
{
    return tr_items(&s->chooser);
}

int tr_sampler_item(tr_sampler *s, size_t i, tr_sample **ret, cs_errinfo *info)
{
    tr_choice choice;
    tr_canvas *c = NULL;
    int r = refresh(s, info);
    if (r == 0)
        r = tr_item(&s->chooser, i, &choice, info);
    if (r == 0)
        r = paint(s, &choice, &c, info);
    if (r == 0)
        *ret = &c->sample;
    return r;
}
