#include "cli/diagnose_scans.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/dir.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/strbuf.h"

static const char *const endings[] = {".nii.gz", ".nii", ".mhd", ".mha"};

/* The length of a volume's name without its ending; 0: no volume. */
static size_t stem_of(const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < CS_COUNTOF(endings); i++) {
        size_t e = strlen(endings[i]);
        if (n > e && strcasecmp(name + n - e, endings[i]) == 0)
            return n - e;
    }
    return 0;
}

static int add(diagnose_scans *s, const char *path, cs_errinfo *info)
{
    cs_str name = cs_path_base(cs_str_of(path));
    size_t stem = stem_of(name.data);
    diagnose_scan one = {cs_strdup(path),
                         cs_strndup(name.data, stem ? stem : name.len)};
    if (one.path && one.uid && cs_vec_push(&s->list, one) == 0)
        return 0;
    cs_free(one.path);
    cs_free(one.uid);
    return cs_fail_nomem(info);
}

static int join(const char *dir, const char *name, cs_strbuf *ret,
                cs_errinfo *info)
{
    cs_strbuf_clear(ret);
    cs_path_join(ret, cs_str_of(dir), cs_str_of(name));
    return cs_strbuf_check(ret) < 0 ? cs_fail_nomem(info) : 0;
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The volumes in a folder. */
static int add_folder(diagnose_scans *s, const char *dir, cs_errinfo *info)
{
    CS_SCOPED(cs_dir_list) list = CS_DIR_LIST_INIT;
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    int r = cs_dir_read(dir, &list, info);
    for (size_t i = 0; r == 0 && i < list.len; i++) {
        const char *name = list.names[i];
        r = join(dir, name, &path, info);
        if (r == 0 && name[0] != '.' && stem_of(name) && !is_folder(path.data))
            r = add(s, path.data, info);
    }
    return r;
}

/* Those of LUNA16's parts. */
static int add_subsets(diagnose_scans *s, const char *dir, cs_errinfo *info)
{
    CS_SCOPED(cs_dir_list) list = CS_DIR_LIST_INIT;
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    int r = cs_dir_read(dir, &list, info);
    for (size_t i = 0; r == 0 && i < list.len; i++) {
        r = join(dir, list.names[i], &path, info);
        if (r == 0 && strncmp(list.names[i], "subset", 6) == 0 &&
            is_folder(path.data))
            r = add_folder(s, path.data, info);
    }
    return r;
}

static int by_uid(const void *a, const void *b)
{
    const diagnose_scan *x = a, *y = b;
    return strcmp(x->uid, y->uid);
}

/* Results go into folders of that name. */
static int check_names(const diagnose_scans *s, cs_errinfo *info)
{
    CS_AUTO_MEM diagnose_scan *sorted =
        cs_calloc(s->list.len, sizeof(*sorted)); /* borrowed texts */
    if (!sorted)
        return cs_fail_nomem(info);
    memcpy(sorted, s->list.items, s->list.len * sizeof(*sorted));
    qsort(sorted, s->list.len, sizeof(*sorted), by_uid);
    for (size_t i = 1; i < s->list.len; i++)
        if (strcmp(sorted[i - 1].uid, sorted[i].uid) == 0)
            return cs_fail(info, CS_E_EXISTS,
                           "'%s' and '%s' have one name, so their results "
                           "would have one folder: read them apart",
                           sorted[i - 1].path, sorted[i].path);
    return 0;
}

static int find_all(const char *path, diagnose_scans *s, cs_errinfo *info)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return cs_fail_errno(info, errno, "cannot read '%s'", path);
    s->folder = S_ISDIR(st.st_mode);
    if (!s->folder)
        return add(s, path, info);
    int r = add_folder(s, path, info);
    if (r == 0)
        r = add_subsets(s, path, info);
    if (r < 0)
        return r;
    if (s->list.len == 0)
        return cs_fail(info, CS_E_NOTFOUND,
                       "no scan in '%s': expected .mhd, .mha, .nii or .nii.gz "
                       "there, or in folders subset0, subset1 and so on",
                       path);
    return check_names(s, info);
}

int diagnose_scans_find(const char *path, diagnose_scans *ret, cs_errinfo *info)
{
    diagnose_scans found = DIAGNOSE_SCANS_INIT;
    int r = find_all(path, &found, info);
    if (r < 0)
        diagnose_scans_done(&found);
    else
        *ret = found;
    return r;
}

void diagnose_scans_done(diagnose_scans *s)
{
    for (size_t i = 0; i < s->list.len; i++) {
        cs_free(s->list.items[i].path);
        cs_free(s->list.items[i].uid);
    }
    cs_vec_done(&s->list);
}
