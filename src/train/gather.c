#include "train/gather.h"

#include <sys/stat.h>

#include "train/annotations.h"
#include "train/folder.h"

void tr_gathered_done(tr_gathered *g)
{
    cs_vec_done(&g->entries);
    cs_vec_done(&g->warnings);
    cs_arena_done(&g->arena);
}

int tr_gathered_warn(tr_gathered *g, const char *name, const cs_errinfo *why,
                     cs_errinfo *info)
{
    char line[CS_ERR_MESSAGE_MAX + CS_ERR_PLACE_MAX + 32];
    cs_errinfo_format(why, line, sizeof(line));
    const char *text = name ? cs_arena_printf(&g->arena, "%s: %s", name, line)
                            : cs_arena_strdup(&g->arena, line);
    if (!text || cs_vec_push(&g->warnings, text) < 0)
        return cs_fail_nomem(info);
    return 0;
}

/* One folder while it is read. */
typedef struct folder {
    tr_gathered *to;
    const tr_dataset_spec *spec;
    const tr_source *source;
    size_t number; /* of the source */
    const char *dir;
    size_t first;  /* its entries begin here */
    cs_map names;  /* of those that count: their number from `first` on */
    cs_map there;  /* every name that has a file */
    cs_map listed; /* of seriesuids.csv */
    bool has_list;
} folder;

static cs_lang lang_of(const cs_errinfo *info)
{
    return info ? info->lang : CS_LANG_EN;
}

/* --- scans --- */

static bool counts(const folder *f, const tr_found *scan)
{
    size_t most = (size_t)f->source->scans;
    if (most > 0 && f->names.len >= most)
        return false;
    return !f->has_list || cs_map_find(&f->listed, cs_str_of(scan->uid));
}

static int add_entry(folder *f, const tr_found *found, cs_errinfo *info)
{
    cs_arena *arena = &f->to->arena;
    tr_entry e = {
        .scan = {.uid = found->uid, .path = found->path, .source = f->number}};
    int r = tr_folder_mask(f->dir, e.scan.uid, TR_MASK_LUNGS, arena, &e.lungs,
                           info);
    if (r == 0)
        r = tr_folder_mask(f->dir, e.scan.uid, TR_MASK_NODULES, arena,
                           &e.nodules, info);
    if (r == 0)
        r = tr_names_put(&f->names, e.scan.uid, f->names.len, info);
    if (r == 0 && cs_vec_push(&f->to->entries, e) < 0)
        r = cs_fail_nomem(info);
    return r;
}

/* Scans of the list that have no file. */
static int warn_of_missing(folder *f, cs_errinfo *info)
{
    for (const cs_map_entry *e = NULL; (e = cs_map_next(&f->listed, e));) {
        cs_errinfo why = {.lang = lang_of(info)};
        if (cs_map_find(&f->there, e->key))
            continue;
        (void)cs_fail(&why, CS_E_NOTFOUND,
                      "scan '%s' is in seriesuids.csv but not in '%s'",
                      e->key.data, f->dir);
        int r = tr_gathered_warn(f->to, NULL, &why, info);
        if (r < 0)
            return r;
    }
    return 0;
}

static int find_scans(folder *f, cs_errinfo *info)
{
    tr_found_list found = CS_VEC_INIT;
    int r = tr_folder_listed(f->dir, &f->listed, info);
    f->has_list = r > 0;
    if (r >= 0)
        r = tr_folder_scans(f->dir, &f->to->arena, &found, info);
    for (size_t i = 0; r == 0 && i < found.len; i++) {
        r = tr_names_put(&f->there, found.items[i].uid, i, info);
        if (r == 0 && counts(f, &found.items[i]))
            r = add_entry(f, &found.items[i], info);
    }
    cs_vec_done(&found);
    return r < 0 ? r : warn_of_missing(f, info);
}

/* --- nodules --- */

static tr_entry *entry_at(const folder *f, size_t i)
{
    return &f->to->entries.items[f->first + i];
}

static int read_table(const folder *f, const char *name, bool excluded,
                      tr_annotations *ret, cs_map *strays, cs_errinfo *info)
{
    struct stat st;
    const char *path = tr_folder_join(f->dir, name, &f->to->arena);
    if (!path)
        return cs_fail_nomem(info);
    if (excluded && stat(path, &st) < 0)
        return 0;
    return tr_annotations_read(path, excluded, &f->names, ret, strays, info);
}

/* Names that are annotated and have no file, but not those that were left out
 * on purpose. */
static int warn_of_strays(const folder *f, const cs_map *strays,
                          cs_errinfo *info)
{
    for (const cs_map_entry *e = NULL; (e = cs_map_next(strays, e));) {
        cs_errinfo why = {.lang = lang_of(info)};
        if (cs_map_find(&f->there, e->key) ||
            (f->has_list && !cs_map_find(&f->listed, e->key)))
            continue;
        (void)cs_fail(&why, CS_E_NOTFOUND,
                      "scan '%s' is in annotations.csv but not in '%s'",
                      e->key.data, f->dir);
        int r = tr_gathered_warn(f->to, NULL, &why, info);
        if (r < 0)
            return r;
    }
    return 0;
}

static bool outside_query(const tr_query *q, double diameter)
{
    return (q->diameter_min > 0 && diameter < q->diameter_min) ||
           (q->diameter_max > 0 && diameter > q->diameter_max);
}

static int share_out(folder *f, const tr_annotations *all, cs_errinfo *info)
{
    cs_arena *arena = &f->to->arena;
    for (size_t i = 0; i < all->len; i++)
        entry_at(f, all->items[i].scan)->scan.nodule_count++;
    for (size_t i = 0; i < f->names.len; i++) {
        tr_entry *e = entry_at(f, i);
        size_t n = e->scan.nodule_count;
        e->scan.nodules = cs_arena_array(arena, n + 1, sizeof(dt_nodule));
        e->labels = cs_arena_array(arena, n + 1, sizeof(int32_t));
        if (!e->scan.nodules || !e->labels)
            return cs_fail_nomem(info);
        e->scan.nodule_count = 0;
    }
    for (size_t i = 0; i < all->len; i++) {
        const tr_annotation *a = &all->items[i];
        tr_entry *e = entry_at(f, a->scan);
        dt_nodule n = a->nodule;
        n.excluded |= outside_query(&f->spec->plan->data.query, n.diameter);
        e->labels[e->scan.nodule_count] = a->label;
        e->scan.nodules[e->scan.nodule_count++] = n;
    }
    return 0;
}

static int read_nodules(folder *f, cs_errinfo *info)
{
    tr_annotations all = CS_VEC_INIT;
    CS_SCOPED(cs_map) strays = CS_MAP_INIT;
    int r = read_table(f, "annotations.csv", false, &all, &strays, info);
    if (r == 0)
        r = warn_of_strays(f, &strays, info);
    if (r == 0)
        r = read_table(f, "annotations_excluded.csv", true, &all, &strays,
                       info);
    if (r == 0)
        r = share_out(f, &all, info);
    cs_vec_done(&all);
    return r;
}

/* --- hard negatives --- */

static bool is_hard(const tr_scan *s, const dt_candidate *c)
{
    return !tr_is_near_nodule(s->nodules, s->nodule_count, c->centre,
                              TR_HARD_APART_MM);
}

static int share_out_marks(folder *f, const tr_marks *all, cs_errinfo *info)
{
    for (size_t i = 0; i < all->len; i++)
        entry_at(f, all->items[i].scan)->scan.hard_count++;
    for (size_t i = 0; i < f->names.len; i++) {
        tr_scan *s = &entry_at(f, i)->scan;
        s->hard = cs_arena_array(&f->to->arena, s->hard_count + 1,
                                 sizeof(dt_candidate));
        if (!s->hard)
            return cs_fail_nomem(info);
        s->hard_count = 0;
    }
    for (size_t i = 0; i < all->len; i++) {
        tr_scan *s = &entry_at(f, all->items[i].scan)->scan;
        if (is_hard(s, &all->items[i].at))
            s->hard[s->hard_count++] = all->items[i].at;
    }
    return 0;
}

static int read_marks(folder *f, cs_errinfo *info)
{
    const char *root = f->spec->root ? f->spec->root : "";
    if (!f->source->candidates)
        return 0;
    const char *path =
        tr_folder_join(root, f->source->candidates, &f->to->arena);
    if (!path)
        return cs_fail_nomem(info);
    tr_marks all = CS_VEC_INIT;
    int r = tr_marks_read(path, &f->names, &all, info);
    if (r == 0)
        r = share_out_marks(f, &all, info);
    cs_vec_done(&all);
    return r;
}

/* --- all of it --- */

static int gather_folder(folder *f, cs_errinfo *info)
{
    const char *root = f->spec->root ? f->spec->root : "";
    f->first = f->to->entries.len;
    f->dir = tr_folder_join(root, f->source->dir, &f->to->arena);
    if (!f->dir)
        return cs_fail_nomem(info);
    int r = find_scans(f, info);
    if (r == 0)
        r = read_nodules(f, info);
    return r < 0 ? r : read_marks(f, info);
}

/* The same scan from two folders would be in both halves of a comparison. */
static int refuse_twins(const tr_gathered *g, cs_errinfo *info)
{
    CS_SCOPED(cs_map) names = CS_MAP_INIT;
    for (size_t i = 0; i < g->entries.len; i++) {
        const tr_scan *s = &g->entries.items[i].scan;
        const cs_map_entry *e = cs_map_find(&names, cs_str_of(s->uid));
        if (e) {
            const tr_scan *first =
                &g->entries.items[(uintptr_t)e->value - 1].scan;
            return cs_fail(info, CS_E_FORMAT,
                           "'%s' and '%s' bear the same name; one of them "
                           "must go",
                           first->path, s->path);
        }
        int r = tr_names_put(&names, s->uid, i, info);
        if (r < 0)
            return r;
    }
    return 0;
}

int tr_gather(const tr_dataset_spec *spec, tr_gathered *ret, cs_errinfo *info)
{
    const tr_data *data = &spec->plan->data;
    const tr_source *sources =
        spec->validation ? data->validate.items : data->train.items;
    size_t n = spec->validation ? data->validate.len : data->train.len;
    int r = 0;
    for (size_t i = 0; r == 0 && i < n; i++) {
        folder f = {
            .to = ret, .spec = spec, .source = &sources[i], .number = i};
        r = gather_folder(&f, info);
        cs_map_done(&f.names);
        cs_map_done(&f.there);
        cs_map_done(&f.listed);
    }
    return r < 0 ? r : refuse_twins(ret, info);
}
