#include "base/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/path.h"

#define TEMP_PREFIX ".cs-tmp-"
#define TEMP_DIGITS 16
#define TEMP_SIZE (sizeof(TEMP_PREFIX) + TEMP_DIGITS)
#define TEMP_TRIES 16
#define LINK_MAX_DEPTH 40 /* as the kernel's own limit */

struct cs_atomic_file {
    int fd;    /* the temporary; -1 once closed */
    int dirfd; /* where temporary and target are */
    char *path;   /* as given, for messages */
    char *target; /* the name in dirfd that will be replaced */
    unsigned mode;
    bool replaces; /* target exists; uid, gid are its own */
    uid_t uid;
    gid_t gid;
    int error;            /* of the first failed write */
    char temp[TEMP_SIZE]; /* "": no temporary to remove */
};

/* Follows symbolic links in the last part only, so that a link to a file that
 * does not exist yet is written through as well. */
static int resolve_links(const char *path, cs_strbuf *out, cs_errinfo *info)
{
    char target[PATH_MAX];
    cs_strbuf_clear(out);
    cs_strbuf_add(out, path);
    for (int depth = 0; cs_strbuf_check(out) == 0; depth++) {
        ssize_t n = readlink(out->data, target, sizeof(target));
        if (n < 0)
            return 0; /* no link; what else may be wrong shows at open */
        if (n == sizeof(target) || depth == LINK_MAX_DEPTH)
            return cs_fail_errno(info, n == sizeof(target) ? ENAMETOOLONG : ELOOP,
                                 "cannot write %s", path);
        out->len = cs_path_dir(cs_strbuf_str(out)).len;
    }
    return cs_fail_nomem(info);
}
