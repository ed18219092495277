#include "train/folder.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/csv.h"
#include "base/dir.h"
#include "base/path.h"

/* Links may go round in circles. */
#define DEPTH_MAX 16u
#define SCANS_MAX ((size_t)1 << 20)

static const char *const endings[] = {".mhd", ".mha", ".nii.gz", ".nii"};

const char *tr_folder_join(const char *dir, const char *name, cs_arena *arena)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    if (cs_path_join(&path, cs_str_of(dir), cs_str_of(name)) < 0)
        return NULL;
    return cs_arena_strcopy(arena, cs_strbuf_str(&path));
}

/* --- scans --- */

typedef struct place {
    const char *path;
    unsigned depth;
} place;

typedef struct search {
    cs_arena *arena;
    CS_VEC(place) open; /* folders still to be read */
    tr_found_list *found;
} search;

/* The length of the name without an ending that scans have; 0: it has none. */
static size_t stem_of(cs_str name)
{
    for (size_t i = 0; i < CS_COUNTOF(endings); i++) {
        cs_str ending = cs_str_of(endings[i]);
        if (name.len > ending.len && cs_str_ends_with(name, ending))
            return name.len - ending.len;
    }
    return 0;
}

static bool holds_masks(cs_str name)
{
    return cs_str_is(name, "masks") ||
           cs_str_starts_with(name, CS_STR("seg-lungs"));
}

static int look_at(search *s, const place *in, const char *name,
                   cs_errinfo *info)
{
    cs_str text = cs_str_of(name);
    struct stat st;
    const char *path = tr_folder_join(in->path, name, s->arena);
    if (!path)
        return cs_fail_nomem(info);
    if (stat(path, &st) < 0)
        return 0; /* gone, or a link to nowhere */
    size_t stem = stem_of(text);
    if (S_ISREG(st.st_mode) && stem > 0) {
        const tr_found f = {
            .uid = cs_arena_strcopy(s->arena, cs_str_sub(text, 0, stem)),
            .path = path};
        if (s->found->len == SCANS_MAX)
            return cs_fail(info, CS_E_LIMIT, "more than %zu scans below '%s'",
                           SCANS_MAX, in->path);
        return !f.uid || cs_vec_push(s->found, f) < 0 ? cs_fail_nomem(info) : 0;
    }
    if (!S_ISDIR(st.st_mode) || holds_masks(text) || in->depth == DEPTH_MAX)
        return 0;
    const place below = {path, in->depth + 1};
    return cs_vec_push(&s->open, below) < 0 ? cs_fail_nomem(info) : 0;
}

static int read_folder(search *s, const place *in, cs_errinfo *info)
{
    CS_SCOPED(cs_dir_list) names = CS_DIR_LIST_INIT;
    int r = cs_dir_read(in->path, &names, info);
    for (size_t i = 0; r == 0 && i < names.len; i++)
        if (names.names[i][0] != '.')
            r = look_at(s, in, names.names[i], info);
    return r;
}

static int by_uid(const void *a, const void *b)
{
    const tr_found *x = a, *y = b;
    return strcmp(x->uid, y->uid);
}

static int refuse_twins(const tr_found_list *l, cs_errinfo *info)
{
    for (size_t i = 1; i < l->len; i++) {
        const tr_found *a = &l->items[i - 1], *b = &l->items[i];
        if (strcmp(a->uid, b->uid) == 0)
            return cs_fail(info, CS_E_FORMAT,
                           "'%s' and '%s' bear the same name; one of them "
                           "must go",
                           a->path, b->path);
    }
    return 0;
}

int tr_folder_scans(const char *dir, cs_arena *arena, tr_found_list *ret,
                    cs_errinfo *info)
{
    search s = {.arena = arena, .found = ret};
    place here = {dir, 0};
    int r = read_folder(&s, &here, info);
    while (r == 0 && s.open.len > 0) {
        here = cs_vec_pop(&s.open);
        r = read_folder(&s, &here, info);
    }
    cs_vec_done(&s.open);
    if (r < 0)
        return r;
    if (ret->len > 1)
        qsort(ret->items, ret->len, sizeof(*ret->items), by_uid);
    return refuse_twins(ret, info);
}

/* --- which of them count --- */

static int read_listed(const char *path, cs_map *ret, cs_errinfo *info)
{
    CS_SCOPED(cs_csv) c = CS_CSV_INIT;
    int r = cs_csv_open(path, CS_CSV_SIZE_MAX, &c, info);
    for (bool first = true; r == 0 && (r = cs_csv_next(&c, info)) > 0;
         first = false, r = 0) {
        cs_str uid = cs_csv_text(&c, 0);
        if (first && cs_str_is(uid, "seriesuid"))
            continue;
        if (cs_map_put(ret, uid, NULL, NULL) < 0)
            return cs_fail_nomem(info);
    }
    return r;
}

int tr_folder_listed(const char *dir, cs_map *ret, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    struct stat st;
    if (cs_path_join(&path, cs_str_of(dir), CS_STR("seriesuids.csv")) < 0)
        return cs_fail_nomem(info);
    if (stat(path.data, &st) < 0)
        return 0;
    int r = read_listed(path.data, ret, info);
    return r < 0 ? r : 1;
}

/* --- masks --- */

static int try_mask(const char *dir, const char *folder, const char *uid,
                    const char *tail, cs_arena *arena, const char **ret,
                    cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    struct stat st;
    for (size_t i = 0; !*ret && i < CS_COUNTOF(endings); i++) {
        cs_strbuf_clear(&path);
        if (cs_strbuf_printf(&path, "%s/%s/%s%s%s", dir, folder, uid, tail,
                             endings[i]) < 0)
            return cs_fail_nomem(info);
        if (stat(path.data, &st) < 0 || !S_ISREG(st.st_mode))
            continue;
        *ret = cs_arena_strcopy(arena, cs_strbuf_str(&path));
        if (!*ret)
            return cs_fail_nomem(info);
    }
    return 0;
}

int tr_folder_mask(const char *dir, const char *uid, tr_mask which,
                   cs_arena *arena, const char **ret, cs_errinfo *info)
{
    const bool lungs = which == TR_MASK_LUNGS;
    const char *found = NULL;
    int r = try_mask(dir, "masks", uid, lungs ? "_lungs" : "_nodules", arena,
                     &found, info);
    if (r == 0 && lungs && !found)
        r = try_mask(dir, "seg-lungs-LUNA16", uid, "", arena, &found, info);
    if (r == 0)
        *ret = found;
    return r;
}
