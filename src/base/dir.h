/* Directories: making, listing, removing. Errors name the path. */
#ifndef CS_BASE_DIR_H
#define CS_BASE_DIR_H

#include "base/defs.h"
#include "base/error.h"

/* Makes a directory and those above it that are missing, each with `mode`
 * (less the umask) and lasting through a power cut. One that is there already
 * is fine, whatever its mode. */
int cs_mkdir_p(const char *path, unsigned mode, cs_errinfo *info);

/* A new private directory (0700) "<parent>/<prefix>XXXXXX". *ret is
 * cs_free()d by the caller. parent NULL: /tmp. */
int cs_mkdtemp(const char *parent, const char *prefix, char **ret,
               cs_errinfo *info);

/* Names in a directory, "." and ".." left out, in byte order, so that results
 * do not depend on the file system. */
typedef struct cs_dir_list {
    char **names;
    size_t len;
} cs_dir_list;

#define CS_DIR_LIST_INIT                                                       \
    {                                                                          \
        NULL, 0                                                                \
    }

int cs_dir_read(const char *path, cs_dir_list *ret, cs_errinfo *info);
void cs_dir_list_done(cs_dir_list *l);

/* Makes the names in an open directory outlast a power cut. A file system that
 * cannot do that for directories counts as having done it. */
int cs_dir_sync(int dirfd, const char *name, cs_errinfo *info);

/* Removes a file or a whole tree, however deep, with at most 64 descriptors,
 * never following a symbolic link or entering another file system. A path that
 * does not exist is success; "/", and paths that end in "." or "..", are
 * CS_E_UNSAFE. What could be removed before a failure is gone. */
int cs_remove_tree(const char *path, cs_errinfo *info);

#endif
