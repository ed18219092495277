#include "image/phantom/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/dir.h"
#include "base/file.h"
#include "base/path.h"
#include "base/strbuf.h"

static int join(cs_strbuf *path, const char *dir, const char *name,
                cs_errinfo *info)
{
    cs_strbuf_clear(path);
    cs_path_join(path, cs_str_of(dir), cs_str_of(name));
    return cs_strbuf_check(path) < 0 ? cs_fail_nomem(info) : 0;
}

/* --- the place --- */

/* The device tells most mounts, the attribute also those of the same one. */
static int is_mount_point(const char *dir, bool *ret, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) above = CS_STRBUF_INIT;
    struct stat here, up;
    struct statx x;
    int r = join(&above, dir, "..", info);
    if (r < 0)
        return r;
    if (stat(dir, &here) != 0 || stat(above.data, &up) != 0)
        return cs_fail_errno(info, errno, "cannot look at '%s'", dir);
    *ret = here.st_dev != up.st_dev || here.st_ino == up.st_ino;
    if (statx(AT_FDCWD, dir, 0, STATX_BASIC_STATS, &x) == 0 &&
        (x.stx_attributes_mask & x.stx_attributes & STATX_ATTR_MOUNT_ROOT))
        *ret = true;
    return 0;
}

static bool is_dots(const char *dir)
{
    cs_str base = cs_path_base(cs_str_of(dir));
    return cs_str_is(base, ".") || cs_str_is(base, "..");
}

int im_phantom_folder_place(const char *dir, cs_errinfo *info)
{
    struct stat st;
    bool mount = false;
    if (lstat(dir, &st) != 0)
        return errno == ENOENT
                   ? 0
                   : cs_fail_errno(info, errno, "cannot look at '%s'", dir);
    if (!S_ISDIR(st.st_mode) || is_dots(dir))
        return cs_fail(info, CS_E_EXISTS,
                       "'%s' cannot be replaced by a finished folder; give "
                       "the folder's own name, not a link, '.' or '..'",
                       dir);
    int r = is_mount_point(dir, &mount, info);
    if (r == 0 && mount)
        r = cs_fail(info, CS_E_EXISTS,
                    "'%s' is a mount point, which no finished folder can "
                    "replace; name a folder in it",
                    dir);
    return r;
}

/* --- what is in it --- */

static int foreign(const char *path, cs_errinfo *info)
{
    return cs_fail(info, CS_E_EXISTS,
                   "'%s' was not made here as a phantom, so --force does not "
                   "remove the folder; take another folder, or remove this one "
                   "yourself",
                   path);
}

static bool is_plain(const char *path, mode_t kind)
{
    struct stat st;
    return lstat(path, &st) == 0 && (st.st_mode & S_IFMT) == kind;
}

/* A UID as all phantoms have it, and one of the endings. */
static bool is_of_scan(const char *name, const char *const *endings)
{
    static const char root[] = "2.25.10671340"; /* a UUID that begins "PHAN" */
    if (strncmp(name, root, sizeof(root) - 1) != 0)
        return false;
    size_t n = strspn(name, "0123456789.");
    for (n -= n > 0 && name[n - 1] == '.'; *endings; endings++)
        if (strcmp(name + n, *endings) == 0)
            return true;
    return false;
}

static bool is_table(const char *name)
{
    static const char *const names[] = {
        "annotations.csv", "annotations_excluded.csv", "seriesuids.csv",
        IM_PHANTOM_LIST, IM_PHANTOM_PROFILE};
    for (size_t i = 0; i < CS_COUNTOF(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static int check_masks(const char *dir, cs_errinfo *info)
{
    static const char *const endings[] = {
        "_lungs.mhd", "_lungs.zraw", "_nodules.mhd", "_nodules.zraw", NULL};
    CS_SCOPED(cs_dir_list) list = CS_DIR_LIST_INIT;
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    int r = cs_dir_read(dir, &list, info);
    for (size_t i = 0; r == 0 && i < list.len; i++) {
        r = join(&path, dir, list.names[i], info);
        if (r == 0 && (!is_of_scan(list.names[i], endings) ||
                       !is_plain(path.data, S_IFREG)))
            r = foreign(path.data, info);
    }
    return r;
}

static int check_names(const char *dir, cs_errinfo *info)
{
    static const char *const endings[] = {".mhd", ".raw", NULL};
    CS_SCOPED(cs_dir_list) list = CS_DIR_LIST_INIT;
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    int r = cs_dir_read(dir, &list, info);
    for (size_t i = 0; r == 0 && i < list.len; i++) {
        const char *name = list.names[i];
        r = join(&path, dir, name, info);
        if (r < 0)
            return r;
        if (strcmp(name, IM_PHANTOM_MASKS) == 0 && is_plain(path.data, S_IFDIR))
            r = check_masks(path.data, info);
        else if (!(is_table(name) || is_of_scan(name, endings)) ||
                 !is_plain(path.data, S_IFREG))
            r = foreign(path.data, info);
    }
    return r;
}

static int check_marks(const char *dir, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    int r = join(&path, dir, IM_PHANTOM_LIST, info);
    if (r == 0 && !is_plain(path.data, S_IFREG))
        return foreign(dir, info);
    if (r == 0)
        r = join(&path, dir, IM_PHANTOM_PROFILE, info);
    if (r == 0 && !is_plain(path.data, S_IFREG))
        return foreign(dir, info);
    if (r == 0)
        r = cs_file_read(path.data, 1 << 20, &text, info);
    if (r == CS_E_LIMIT || (r == 0 && !strstr(text.data ? text.data : "",
                                              "\"" IM_PHANTOM_WHAT "\"")))
        r = foreign(path.data, info);
    return r;
}

int im_phantom_folder_ours(const char *dir, cs_errinfo *info)
{
    int r = check_marks(dir, info);
    return r < 0 ? r : check_names(dir, info);
}
