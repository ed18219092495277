#include "train/dataset.h"

#include <string.h>

#include "base/dir.h"
#include "base/map.h"
#include "image/file.h"
#include "train/gather.h"
#include "train/making.h"
#include "train/tidy.h"

/* A scan's way from its files to voxels that are mapped. */
typedef struct state {
    char *cached; /* the file; NULL without a cache */
    cs_digest key;
    tr_prepared prepared;
    bool ready;
    size_t size[3]; /* of the prepared scan, or of the scan itself */
    int failed;     /* cs_err, and why */
    cs_errinfo why;
} state;

struct tr_dataset {
    tr_gathered all;
    state *states; /* one an entry */
    bool wants_voxels;
    char hash[CS_DIGEST_TEXT_MAX];
};

static void state_done(state *s)
{
    cs_free(s->cached);
    tr_prepared_done(&s->prepared);
}

void tr_dataset_free(tr_dataset *d)
{
    if (!d)
        return;
    for (size_t i = 0; d->states && i < d->all.entries.len; i++)
        state_done(&d->states[i]);
    cs_free(d->states);
    tr_gathered_done(&d->all);
    cs_free(d);
}

/* --- what is in the cache --- */

typedef struct job {
    tr_dataset *d;
    const tr_dataset_spec *spec;
    const im_run *run;
} job;

static tr_making making_of(const job *j, size_t i)
{
    const tr_entry *e = &j->d->all.entries.items[i];
    return (tr_making){.scan = e->scan.path,
                       .lungs = e->lungs,
                       .nodules = e->nodules,
                       .spacing = j->spec->plan->recipe.input.spacing,
                       .list = e->scan.nodules,
                       .labels = e->labels,
                       .count = e->scan.nodule_count,
                       .find_lungs = j->spec->find_lungs,
                       .lungs_ctx = j->spec->lungs_ctx};
}

/* Names are for people, and to find what is no longer needed. */
static int name_cached(const job *j, size_t i, state *s)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    char digits[CS_DIGEST_TEXT_MAX];
    if (!j->spec->cache)
        return 0;
    cs_strbuf_printf(&path, "%s/%.150s-%.16s.scan", j->spec->cache,
                     j->d->all.entries.items[i].scan.uid,
                     cs_digest_format(&s->key, digits));
    s->cached = cs_strbuf_take(&path);
    return s->cached ? 0 : cs_fail_nomem(&s->why);
}

static void look_up(void *ctx, size_t begin, size_t end, unsigned slot)
{
    (void)slot;
    const job *j = ctx;
    for (size_t i = begin; i < end; i++) {
        state *s = &j->d->states[i];
        const tr_making m = making_of(j, i);
        int r = tr_making_key(&m, &s->key, &s->why);
        if (r == 0)
            r = name_cached(j, i, s);
        if (r == 0 && s->cached)
            r = tr_prepared_map(s->cached, &s->key, &s->prepared, &s->why);
        s->ready = r > 0;
        s->failed = r < 0 ? r : 0;
    }
}

/* --- what is not --- */

/* Made, kept in the cache, and mapped from there, so that a run that found all
 * in its cache differs in nothing from one that did not. */
static int make(const job *j, size_t i, cs_errinfo *info)
{
    state *s = &j->d->states[i];
    tr_prepared made = TR_PREPARED_INIT;
    const tr_making m = making_of(j, i);
    s->failed = tr_making_run(&m, j->run, &made, &s->why);
    if (s->failed < 0)
        return s->failed == CS_E_NOMEM ? cs_fail_nomem(info) : 0;
    if (!s->cached) {
        s->prepared = made;
        s->ready = true;
        return 0;
    }
    int r = tr_prepared_write(s->cached, &s->key, &made, info);
    tr_prepared_done(&made);
    if (r == 0)
        r = tr_prepared_map(s->cached, &s->key, &s->prepared, info);
    s->ready = r > 0;
    return r == 0 ? cs_fail(info, CS_E_IO,
                            "'%s' does not hold what was just written there",
                            s->cached)
                  : CS_MIN(r, 0);
}

static int open_cache(const job *j, cs_errinfo *info)
{
    if (!j->spec->cache)
        return 0;
    int r = cs_mkdir_p(j->spec->cache, 0755, info);
    return r < 0 ? r : tr_tidy(j->spec->cache, cs_clock_system(), info);
}

static int prepare_all(job *j, cs_errinfo *info)
{
    size_t n = j->d->all.entries.len;
    int r = open_cache(j, info);
    if (r < 0)
        return r;
    for (size_t i = 0; i < n; i++)
        j->d->states[i].why.lang = info ? info->lang : CS_LANG_EN;
    cs_pool_for(j->run->pool, n, 1, look_up, j);
    for (size_t i = 0; r == 0 && i < n; i++) {
        const state *s = &j->d->states[i];
        if (!s->ready && s->failed == 0)
            r = make(j, i, info);
        if (r == 0 && j->spec->progress)
            j->spec->progress(j->spec->ctx, i + 1, n);
    }
    return r;
}

/* Scans whose middle is learned from are read when they are. */
static void look_at_headers(tr_dataset *d, cs_lang lang)
{
    for (size_t i = 0; i < d->all.entries.len; i++) {
        state *s = &d->states[i];
        im_file_info file;
        s->why.lang = lang;
        s->failed =
            im_read_info(d->all.entries.items[i].scan.path, &file, &s->why);
        if (s->failed == 0)
            memcpy(s->size, file.geometry.size, sizeof(s->size));
    }
}

/* --- what is left --- */

static int name_all(const tr_gathered *g, cs_map *ret, cs_errinfo *info)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < g->entries.len; i++)
        if (cs_map_put(ret, cs_str_of(g->entries.items[i].scan.uid), NULL,
                       NULL) < 0)
            r = cs_fail_nomem(info);
    return r;
}

/* Whatever is wrong with the other list is said when that one is opened. */
static int warn_of_overlap(tr_dataset *d, const tr_dataset_spec *spec,
                           cs_errinfo *info)
{
    tr_dataset_spec other = *spec;
    tr_gathered g = {.arena = CS_ARENA_INIT};
    CS_SCOPED(cs_map) names = CS_MAP_INIT;
    const char *first = NULL;
    size_t both = 0;
    other.validation = !spec->validation;
    int r = tr_gather(&other, &g, NULL) < 0 ? 0 : name_all(&g, &names, info);
    for (size_t i = 0; r == 0 && i < d->all.entries.len; i++) {
        const char *uid = d->all.entries.items[i].scan.uid;
        if (!cs_map_find(&names, cs_str_of(uid)))
            continue;
        first = first ? first : uid;
        both++;
    }
    tr_gathered_done(&g);
    if (r < 0 || both == 0)
        return r;
    cs_errinfo why = {.lang = info ? info->lang : CS_LANG_EN};
    (void)cs_fail(&why, CS_E_EXISTS,
                  "%zu scans, '%s' the first of them, are both learned from "
                  "and validated on; their metrics say little",
                  both, first);
    return tr_gathered_warn(&d->all, NULL, &why, info);
}

static bool is_inside(const im_geometry *g, const double world[3])
{
    double at[3];
    im_world_to_grid(g, world, at);
    for (int i = 0; i < 3; i++)
        if (at[i] < -0.5 || at[i] > (double)g->size[i] - 0.5)
            return false;
    return true;
}

static int warn_of_nodules_outside(tr_dataset *d, size_t i, cs_errinfo *info)
{
    const tr_scan *s = &d->all.entries.items[i].scan;
    const im_geometry *g = &d->states[i].prepared.scan.image.geometry;
    size_t n = 0;
    for (size_t k = 0; k < s->nodule_count; k++)
        n += !s->nodules[k].excluded && !is_inside(g, s->nodules[k].centre);
    if (n == 0)
        return 0;
    cs_errinfo why = {.lang = info ? info->lang : CS_LANG_EN};
    (void)cs_fail(&why, CS_E_RANGE,
                  "%zu of its nodules lie neither in a lung nor near one and "
                  "are not learned from",
                  n);
    return tr_gathered_warn(&d->all, s->uid, &why, info);
}

/* Scans without voxels go, with a word about each. */
static int leave_out_failed(tr_dataset *d, cs_errinfo *info)
{
    size_t kept = 0, n = d->all.entries.len;
    int r = 0;
    for (size_t i = 0; i < n; i++) {
        state *s = &d->states[i];
        if (s->failed < 0) {
            if (r == 0)
                r = tr_gathered_warn(&d->all, d->all.entries.items[i].scan.uid,
                                     &s->why, info);
            state_done(s);
            continue;
        }
        if (r == 0 && s->ready)
            r = warn_of_nodules_outside(d, i, info);
        if (s->ready)
            memcpy(s->size, s->prepared.scan.image.geometry.size,
                   sizeof(s->size));
        d->all.entries.items[kept] = d->all.entries.items[i];
        d->states[kept++] = *s;
    }
    d->all.entries.len = kept;
    return r;
}

/* --- the hash --- */

static int add_scan(cs_hash *h, const tr_scan *s, const state *t,
                    cs_errinfo *info)
{
    const uint64_t facts[] = {s->nodule_count, s->hard_count, t->size[0],
                              t->size[1], t->size[2]};
    int r = cs_hash_update(h, s->uid, strlen(s->uid) + 1, info);
    if (r == 0)
        r = cs_hash_update(h, facts, sizeof(facts), info);
    for (size_t i = 0; r == 0 && i < s->nodule_count; i++) {
        const dt_nodule *n = &s->nodules[i];
        const double v[] = {n->centre[0], n->centre[1], n->centre[2],
                            n->diameter,  n->malignant, n->excluded};
        r = cs_hash_update(h, v, sizeof(v), info);
    }
    for (size_t i = 0; r == 0 && i < s->hard_count; i++)
        r = cs_hash_update(h, s->hard[i].centre, sizeof(s->hard[i].centre),
                           info);
    return r;
}

static int make_hash(tr_dataset *d, cs_errinfo *info)
{
    CS_AUTO(cs_hash) h = NULL;
    cs_digest digest;
    int r = cs_hash_new(CS_HASH_SHA256, &h, info);
    for (size_t i = 0; r == 0 && i < d->all.entries.len; i++)
        r = add_scan(h, &d->all.entries.items[i].scan, &d->states[i], info);
    if (r == 0)
        r = cs_hash_finish(h, &digest, info);
    if (r == 0)
        cs_digest_format(&digest, d->hash);
    return r;
}

/* --- the whole --- */

static int open_states(tr_dataset *d, job *j, cs_errinfo *info)
{
    d->states = cs_calloc(d->all.entries.len, sizeof(*d->states));
    if (!d->states)
        return cs_fail_nomem(info);
    int r = 0;
    if (d->wants_voxels)
        r = prepare_all(j, info);
    else
        look_at_headers(d, info ? info->lang : CS_LANG_EN);
    return r < 0 ? r : leave_out_failed(d, info);
}

static int refuse_none(const tr_dataset *d, const tr_dataset_spec *spec,
                       cs_errinfo *info)
{
    if (d->all.entries.len > 0)
        return 0;
    const char *list = spec->validation ? "data.validate" : "data.train";
    if (d->all.warnings.len > 0)
        return cs_fail(info, CS_E_NOTFOUND, "no scan of %s can be used; %s",
                       list, d->all.warnings.items[0]);
    return cs_fail(info, CS_E_NOTFOUND, "no scan in the folders of %s", list);
}

int tr_dataset_open(const tr_dataset_spec *spec, const im_run *run,
                    tr_dataset **ret, cs_errinfo *info)
{
    CS_AUTO(tr_dataset) d = cs_new0(tr_dataset);
    if (!d)
        return cs_fail_nomem(info);
    d->wants_voxels =
        spec->validation || spec->plan->sampling.crop != TR_CROP_CENTRE;
    job j = {d, spec, run};
    int r = tr_gather(spec, &d->all, info);
    if (r == 0)
        r = open_states(d, &j, info);
    if (r == 0)
        r = refuse_none(d, spec, info);
    if (r == 0)
        r = make_hash(d, info);
    if (r == 0 && spec->validation)
        r = warn_of_overlap(d, spec, info);
    if (r < 0)
        return r;
    *ret = CS_TAKE(d);
    return 0;
}

size_t tr_dataset_count(const tr_dataset *d)
{
    return d->all.entries.len;
}

const tr_scan *tr_dataset_at(const tr_dataset *d, size_t i)
{
    return &d->all.entries.items[i].scan;
}

size_t tr_dataset_warnings(const tr_dataset *d)
{
    return d->all.warnings.len;
}

const char *tr_dataset_warning(const tr_dataset *d, size_t i)
{
    return d->all.warnings.items[i];
}

const char *tr_dataset_hash(const tr_dataset *d)
{
    return d->hash;
}

int tr_dataset_prepared(const tr_dataset *d, size_t i, tr_prepared *ret,
                        cs_errinfo *info)
{
    if (!d->states[i].ready)
        return cs_fail(info, CS_E_NOTFOUND,
                       "scan '%s' was not prepared: its middle is learned from",
                       tr_dataset_at(d, i)->uid);
    tr_prepared shared = TR_PREPARED_INIT;
    int r = tr_prepared_share(&d->states[i].prepared, &shared, info);
    if (r == 0)
        *ret = shared;
    return r;
}
