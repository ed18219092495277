#include "train/choice.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "train/annotations.h"

/* Background keeps so far from every nodule. */
#define BACKGROUND_APART_MM 10.0
/* Lung is a third or so of a prepared scan, and a tenth of that is bright. */
#define TRIES_A_SCAN 512
/* Vessels, fissures, scars: what a mark that is wrong lies on. */
#define BRIGHT_HU (-500)
#define SCANS_TRIED 64

static bool is_malignancy(const tr_chooser *c)
{
    return c->plan->recipe.task == MD_MALIGNANCY;
}

/* --- the places --- */

static bool is_inside(const im_geometry *g, const double world[3])
{
    double at[3];
    im_world_to_grid(g, world, at);
    for (int i = 0; i < 3; i++)
        if (at[i] < -0.5 || at[i] > (double)g->size[i] - 0.5)
            return false;
    return true;
}

static int add_spot(tr_spots *l, size_t scan, const double centre[3], int label,
                    double weight, cs_errinfo *info)
{
    tr_spot s = {.scan = scan,
                 .label = label,
                 .weight = weight + (l->len ? cs_vec_last(l).weight : 0)};
    memcpy(s.centre, centre, sizeof(s.centre));
    return cs_vec_push(l, s) < 0 ? cs_fail_nomem(info) : 0;
}

static int add_nodule(tr_chooser *c, size_t scan, const dt_nodule *n,
                      cs_errinfo *info)
{
    int label = is_malignancy(c) ? n->malignant : 1;
    if (label < 0)
        return 0;
    /* To single precision: the last bits are the C library's own. */
    double weight =
        (double)(float)pow(n->diameter, -c->plan->sampling.size_power);
    return add_spot(&c->nodules[label], scan, n->centre, label, weight, info);
}

static int add_nodules(tr_chooser *c, size_t scan, cs_errinfo *info)
{
    const tr_scan *s = tr_dataset_at(c->data, scan);
    tr_prepared p = TR_PREPARED_INIT;
    int r = tr_dataset_prepared(c->data, scan, &p, info);
    for (size_t i = 0; r == 0 && i < s->nodule_count; i++)
        if (!s->nodules[i].excluded &&
            is_inside(&p.scan.image.geometry, s->nodules[i].centre))
            r = add_nodule(c, scan, &s->nodules[i], info);
    tr_prepared_done(&p);
    return r;
}

static int check_nodules(const tr_chooser *c, cs_errinfo *info)
{
    if (is_malignancy(c) && !(c->nodules[0].len && c->nodules[1].len))
        return cs_fail(info, CS_E_NOTFOUND,
                       "%zu benign and %zu malignant nodules to learn from; "
                       "the column 'malignancy' of annotations.csv must name "
                       "some of both",
                       c->nodules[0].len, c->nodules[1].len);
    if (c->plan->sampling.nodules > 0 && c->nodules[1].len == 0)
        return cs_fail(info, CS_E_NOTFOUND,
                       "no nodule to learn from in %zu scans; look at "
                       "data.query and at annotations.csv",
                       tr_dataset_count(c->data));
    return 0;
}

static int fill(tr_chooser *c, cs_errinfo *info)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < tr_dataset_count(c->data); i++)
        r = add_nodules(c, i, info);
    for (size_t i = 0; r == 0 && i < tr_dataset_count(c->data); i++) {
        const tr_scan *s = tr_dataset_at(c->data, i);
        for (size_t k = 0; r == 0 && k < s->hard_count; k++)
            r = add_spot(&c->hard, i, s->hard[k].centre, 0, 1, info);
    }
    return r < 0 ? r : check_nodules(c, info);
}

int tr_chooser_init(tr_chooser *c, const tr_plan *plan, const tr_dataset *data,
                    cs_errinfo *info)
{
    tr_chooser made = {.plan = plan, .data = data};
    int r = plan->sampling.crop == TR_CROP_CENTRE ? 0 : fill(&made, info);
    if (r < 0)
        tr_chooser_done(&made);
    else
        *c = made;
    return r;
}

void tr_chooser_done(tr_chooser *c)
{
    cs_vec_done(&c->nodules[0]);
    cs_vec_done(&c->nodules[1]);
    cs_vec_done(&c->hard);
}

int tr_chooser_set_hard(tr_chooser *c, const dt_candidates *lists, size_t n,
                        cs_errinfo *info)
{
    tr_spots hard = CS_VEC_INIT;
    int r = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; r == 0 && k < lists[i].len; k++)
            r = add_spot(&hard, i, lists[i].items[k].centre, 0, 1, info);
    if (r < 0) {
        cs_vec_done(&hard);
        return r;
    }
    cs_vec_done(&c->hard);
    c->hard = hard;
    return 0;
}

/* --- drawing --- */

/* The first whose sum of weights is above the share u of all. */
static const tr_spot *draw_spot(const tr_spots *l, cs_rng *r)
{
    double mark = cs_rng_uniform_f64(r) * cs_vec_last(l).weight;
    size_t low = 0, high = l->len - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (l->items[middle].weight > mark)
            high = middle;
        else
            low = middle + 1;
    }
    return &l->items[low];
}

static void about_spot(const tr_chooser *c, const tr_spot *s, cs_rng *r,
                       tr_choice *ret)
{
    ret->scan = s->scan;
    ret->label = s->label;
    for (int i = 0; i < 3; i++)
        ret->centre[i] = s->centre[i] + (2 * cs_rng_uniform_f64(r) - 1) *
                                            c->plan->sampling.jitter;
}

/* Whether voxel number `at` may be the middle of a patch without a nodule. */
static bool is_background(const tr_prepared *p, const tr_scan *s, size_t at,
                          bool bright, double centre[3])
{
    const im_geometry *g = &p->scan.lungs.geometry;
    if (!im_u8(&p->scan.lungs)[at] ||
        (bright && im_i16(&p->scan.image)[at] < BRIGHT_HU))
        return false;
    const size_t x = at % g->size[0], row = at / g->size[0];
    const size_t y = row % g->size[1], z = row / g->size[1];
    const double grid[3] = {(double)x, (double)y, (double)z};
    im_grid_to_world(g, grid, centre);
    return !tr_is_near_nodule(s->nodules, s->nodule_count, centre,
                              BACKGROUND_APART_MM);
}

/* 1, or 0 where chance found nothing. */
static int try_background(const tr_chooser *c, cs_rng *r, bool bright,
                          tr_choice *ret, cs_errinfo *info)
{
    tr_prepared p = TR_PREPARED_INIT;
    ret->scan = (size_t)cs_rng_below(r, tr_dataset_count(c->data));
    int found = tr_dataset_prepared(c->data, ret->scan, &p, info);
    if (found < 0)
        return found;
    size_t n = im_geometry_voxels(&p.scan.lungs.geometry);
    for (int i = 0; !found && i < TRIES_A_SCAN; i++)
        found = is_background(&p, tr_dataset_at(c->data, ret->scan),
                              (size_t)cs_rng_below(r, n), bright, ret->centre);
    tr_prepared_done(&p);
    return found;
}

/* Plain lung is too easy for a network that is to check marks: half of what it
 * sees of the background is bright, as far as there is such a thing. */
static int choose_background(const tr_chooser *c, cs_rng *r, tr_choice *ret,
                             cs_errinfo *info)
{
    int found = 0;
    bool bright =
        c->plan->recipe.task == MD_CHECK && cs_rng_uniform_f64(r) < 0.5;
    ret->kind = TR_KIND_BACKGROUND;
    for (int i = 0; found == 0 && i < SCANS_TRIED; i++)
        found = try_background(c, r, bright && i < SCANS_TRIED / 2, ret, info);
    if (found == 0)
        return cs_fail(info, CS_E_NOTFOUND,
                       "found no lung further than %g mm from every nodule",
                       BACKGROUND_APART_MM);
    return CS_MIN(found, 0);
}

static int choose_balanced(const tr_chooser *c, cs_rng *r, tr_choice *ret,
                           cs_errinfo *info)
{
    const tr_sampling *s = &c->plan->sampling;
    double u = cs_rng_uniform_f64(r);
    if (is_malignancy(c)) {
        about_spot(c, draw_spot(&c->nodules[u < 0.5], r), r, ret);
    } else if (u < s->nodules) {
        about_spot(c, draw_spot(&c->nodules[1], r), r, ret);
    } else if (u < s->nodules + s->hard && c->hard.len > 0) {
        ret->kind = TR_KIND_HARD;
        about_spot(c, draw_spot(&c->hard, r), r, ret);
    } else {
        return choose_background(c, r, ret, info);
    }
    return 0;
}

/* Scans in an order of the epoch's own, again and again. */
static int choose_middle(const tr_chooser *c, const cs_rng *epoch,
                         uint64_t number, tr_choice *ret, cs_errinfo *info)
{
    size_t n = tr_dataset_count(c->data);
    assert(n > 0); /* tr_dataset_open() */
    CS_AUTO_MEM size_t *order = cs_calloc(n, sizeof(*order));
    if (!order)
        return cs_fail_nomem(info);
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    cs_rng r = cs_rng_derive(epoch, "train.order", number / n);
    cs_rng_shuffle(&r, order, n, sizeof(*order));
    ret->kind = TR_KIND_MIDDLE;
    ret->scan = order[number % n];
    return 0;
}

int tr_choose(const tr_chooser *c, uint64_t epoch, uint64_t number,
              tr_choice *ret, cs_errinfo *info)
{
    const cs_rng root = cs_rng_stream(c->plan->seed, 0);
    const cs_rng of_epoch = cs_rng_derive(&root, "train.epoch", epoch);
    cs_rng augment = cs_rng_derive(&of_epoch, "train.augment", 0);
    cs_rng r = cs_rng_derive(&of_epoch, "train.sample", number);
    tr_choice made = {.kind = TR_KIND_NODULE,
                      .augment = true,
                      .seed = cs_rng_u64(&augment),
                      .number = number};
    int failed = c->plan->sampling.crop == TR_CROP_CENTRE
                     ? choose_middle(c, &of_epoch, number, &made, info)
                     : choose_balanced(c, &r, &made, info);
    if (failed == 0)
        *ret = made;
    return failed;
}

/* --- items of a validation --- */

static size_t nodule_items(const tr_chooser *c)
{
    return c->nodules[0].len + c->nodules[1].len;
}

static bool lacks_negatives(const tr_chooser *c)
{
    return !is_malignancy(c) && c->hard.len == 0;
}

size_t tr_items(const tr_chooser *c)
{
    size_t n = nodule_items(c);
    if (lacks_negatives(c))
        return 2 * n;
    return is_malignancy(c) ? n : n + c->hard.len;
}

int tr_item(const tr_chooser *c, size_t i, tr_choice *ret, cs_errinfo *info)
{
    const cs_rng root = cs_rng_stream(c->plan->seed, 0);
    cs_rng r = cs_rng_derive(&root, "train.item", i);
    const size_t n = nodule_items(c);
    tr_choice made = {.kind = i < n ? TR_KIND_NODULE : TR_KIND_HARD};
    if (i >= n && lacks_negatives(c)) {
        int failed = choose_background(c, &r, &made, info);
        if (failed == 0)
            *ret = made;
        return failed;
    }
    const tr_spots *l = i >= n ? &c->hard : &c->nodules[i >= c->nodules[0].len];
    size_t first = i >= n ? n : i >= c->nodules[0].len ? c->nodules[0].len : 0;
    const tr_spot *s = &l->items[i - first];
    made.scan = s->scan;
    made.label = s->label;
    memcpy(made.centre, s->centre, sizeof(made.centre));
    *ret = made;
    return 0;
}
