#include "base/dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "base/vec.h"

#define OPEN_DIR (O_RDONLY | O_DIRECTORY | O_CLOEXEC)
#define REMOVE_DEPTH_MAX 60

int cs_dir_sync(int dirfd, const char *name, cs_errinfo *info)
{
    if (CS_RETRY(fsync(dirfd)) < 0 && errno != EINVAL && errno != EOPNOTSUPP)
        return cs_fail_errno(info, errno, "cannot sync the directory of '%s'",
                             name);
    return 0;
}

/* A parent that we may write to but not read cannot be synced. */
static int sync_parent(const char *path, cs_errinfo *info)
{
    CS_AUTO_FD dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    CS_AUTO_FD parent = openat(dir, "..", OPEN_DIR);
    return parent < 0 ? 0 : cs_dir_sync(parent, path, info);
}

static bool is_dir(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int make_one(const char *path, unsigned mode, cs_errinfo *info)
{
    if (mkdir(path, mode) == 0)
        return sync_parent(path, info);
    int err = errno;
    if (is_dir(path))
        return 0;
    return cs_fail_errno(info, err == EEXIST ? ENOTDIR : err,
                         "cannot make the directory '%s'", path);
}

int cs_mkdir_p(const char *path, unsigned mode, cs_errinfo *info)
{
    if (is_dir(path))
        return 0;
    CS_AUTO_MEM char *part = cs_strdup(path);
    if (!part)
        return cs_fail_nomem(info);
    int r = 0;
    for (size_t i = 1; r == 0 && path[0] && path[i]; i++) {
        if (path[i] != '/' || path[i - 1] == '/')
            continue;
        part[i] = '\0';
        r = make_one(part, mode, info);
        part[i] = '/';
    }
    return r < 0 ? r : make_one(path, mode, info);
}

int cs_mkdtemp(const char *parent, const char *prefix, char **ret,
               cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    parent = parent ? parent : "/tmp";
    cs_path_join(&path, cs_str_of(parent), cs_str_of(prefix));
    cs_strbuf_add(&path, "XXXXXX");
    if (cs_strbuf_check(&path) < 0)
        return cs_fail_nomem(info);
    if (!mkdtemp(path.data))
        return cs_fail_errno(info, errno, "cannot make a directory in '%s'",
                             parent);
    *ret = cs_strbuf_take(&path);
    return 0;
}

static bool is_dot(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void closedirp(DIR **d)
{
    if (*d)
        closedir(*d);
}

int cs_dir_read(const char *path, cs_dir_list *ret, cs_errinfo *info)
{
    CS_VEC(char *) names = CS_VEC_INIT;
    __attribute__((cleanup(closedirp))) DIR *d = opendir(path);
    int r = 0;
    if (!d)
        return cs_fail_errno(info, errno, "cannot list '%s'", path);
    struct dirent *e;
    while (r == 0 && (errno = 0, e = readdir(d)) != NULL) {
        if (is_dot(e->d_name))
            continue;
        char *name = cs_strdup(e->d_name);
        r = name ? cs_vec_push(&names, name) : CS_E_NOMEM;
        if (r < 0)
            cs_free(name);
    }
    if (r == 0 && errno)
        r = cs_fail_errno(info, errno, "cannot list '%s'", path);
    else if (r < 0)
        cs_fail_nomem(info);
    cs_dir_list list = {names.items, names.len};
    if (r < 0) {
        cs_dir_list_done(&list);
        return r;
    }
    if (list.len > 1)
        qsort(list.names, list.len, sizeof(char *), by_bytes);
    *ret = list;
    return 0;
}

void cs_dir_list_done(cs_dir_list *l)
{
    for (size_t i = 0; i < l->len; i++)
        cs_free(l->names[i]);
    cs_free(l->names);
    *l = (cs_dir_list)CS_DIR_LIST_INIT;
}

/* --- removing --- */

typedef struct level {
    DIR *dir;
    struct dirent *entry; /* what is being removed in it; owned by dir */
} level;

/* A walk through the tree, with a stack of its own: the tree may be deeper than
 * ours. */
typedef struct removal {
    const char *path;
    dev_t dev;
    level levels[REMOVE_DEPTH_MAX];
    size_t depth;
    bool moved; /* since the top was last read from its start */
    unsigned moves;
    cs_errinfo *info;
} removal;

static void removal_done(removal *rm)
{
    while (rm->depth > 0)
        closedir(rm->levels[--rm->depth].dir);
}

static int cannot_remove(removal *rm, int err, const char *name)
{
    return cs_fail_errno(rm->info, err, "cannot remove '%s' in '%s'", name,
                         rm->path);
}

/* Takes fd. */
static int enter(removal *rm, int fd)
{
    DIR *dir = fdopendir(fd);
    if (!dir) {
        int r = cs_fail_errno(rm->info, errno, "cannot remove '%s'", rm->path);
        cs_fd_done(&fd);
        return r;
    }
    rm->levels[rm->depth++] = (level){dir, NULL};
    return 0;
}

/* Instead of going deeper without end, a deep directory becomes an entry of the
 * top one, which is then read again. */
static int move_to_top(removal *rm, int fd, const char *name)
{
    char moved[32];
    do {
        snprintf(moved, sizeof(moved), ".cs-deep-%u", rm->moves++);
        if (renameat(fd, name, dirfd(rm->levels[0].dir), moved) == 0) {
            rm->moved = true;
            return 0;
        }
    } while (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR);
    return cannot_remove(rm, errno, name);
}

static int enter_full_dir(removal *rm, int fd, const char *name)
{
    if (rm->depth == REMOVE_DEPTH_MAX)
        return move_to_top(rm, fd, name);
    /* O_NOFOLLOW: it may have become a symbolic link since. */
    CS_AUTO_FD dir = openat(fd, name, OPEN_DIR | O_NOFOLLOW);
    struct stat st;
    if (dir < 0 || fstat(dir, &st) < 0)
        return cannot_remove(rm, errno, name);
    if (st.st_dev != rm->dev)
        return cannot_remove(rm, EXDEV, name);
    return enter(rm, cs_fd_take(&dir));
}

static int remove_entry(removal *rm, int fd, const char *name)
{
    if (unlinkat(fd, name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR)
        return cannot_remove(rm, errno, name);
    if (unlinkat(fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
        return 0;
    if (errno != ENOTEMPTY && errno != EEXIST)
        return cannot_remove(rm, errno, name);
    return enter_full_dir(rm, fd, name);
}

/* At the end of a directory: removes it from the one above. */
static int leave(removal *rm)
{
    if (rm->depth == 1 && rm->moved) {
        rewinddir(rm->levels[0].dir);
        rm->moved = false;
        return 0;
    }
    closedir(rm->levels[--rm->depth].dir);
    if (rm->depth == 0)
        return 0;
    const level *above = &rm->levels[rm->depth - 1];
    const char *name = above->entry->d_name;
    if (unlinkat(dirfd(above->dir), name, AT_REMOVEDIR) < 0 && errno != ENOENT)
        return cannot_remove(rm, errno, name);
    return 0;
}

static int step(removal *rm)
{
    level *l = &rm->levels[rm->depth - 1];
    errno = 0;
    l->entry = readdir(l->dir);
    if (!l->entry && errno)
        return cs_fail_errno(rm->info, errno, "cannot remove '%s'", rm->path);
    if (!l->entry)
        return leave(rm);
    if (is_dot(l->entry->d_name))
        return 0;
    return remove_entry(rm, dirfd(l->dir), l->entry->d_name);
}

/* Takes fd, the directory at `path`. */
static int empty_dir(const char *path, int fd, dev_t dev, cs_errinfo *info)
{
    CS_SCOPED(removal) rm = {.path = path, .dev = dev, .info = info};
    int r = enter(&rm, fd);
    while (r == 0 && rm.depth > 0)
        r = step(&rm);
    return r;
}

static bool is_removable_name(const char *path)
{
    cs_str base = cs_path_base(cs_str_of(path));
    return base.len > 0 && !cs_str_is(base, "/") && !cs_str_is(base, ".") &&
           !cs_str_is(base, "..");
}

int cs_remove_tree(const char *path, cs_errinfo *info)
{
    struct stat st;
    struct stat root;
    if (!is_removable_name(path))
        return cs_fail(info, CS_E_UNSAFE,
                       "'%s' is not removed: name the directory itself", path);
    if (unlink(path) == 0 || errno == ENOENT)
        return 0;
    CS_AUTO_FD fd = errno == EISDIR ? open(path, OPEN_DIR | O_NOFOLLOW) : -1;
    if (fd < 0 || fstat(fd, &st) < 0 || stat("/", &root) < 0)
        return cs_fail_errno(info, errno, "cannot remove '%s'", path);
    if (st.st_dev == root.st_dev && st.st_ino == root.st_ino)
        return cs_fail(info, CS_E_UNSAFE, "'%s' is not removed: it is '/'",
                       path);
    int r = empty_dir(path, cs_fd_take(&fd), st.st_dev, info);
    if (r == 0 && rmdir(path) < 0 && errno != ENOENT)
        r = cs_fail_errno(info, errno, "cannot remove '%s'", path);
    return r;
}
