#include "train/session_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/dir.h"
#include "base/file.h"

#define PLAN "plan.yaml"

bool tr_folder_has(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

int tr_folder_path(const char *dir, const char *name, cs_strbuf *ret,
                   cs_errinfo *info)
{
    cs_strbuf_clear(ret);
    cs_strbuf_printf(ret, "%s/%s", dir, name);
    return cs_strbuf_check(ret) < 0 ? cs_fail_nomem(info) : 0;
}

static int lock(const char *dir, int *ret, cs_errinfo *info)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return cs_fail_errno(info, errno, "cannot open '%s'", dir);
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        *ret = fd;
        return 0;
    }
    int err = errno;
    close(fd);
    if (err == EWOULDBLOCK)
        return cs_fail(info, CS_E_ACCESS, "another process is training in '%s'",
                       dir);
    return cs_fail_errno(info, err, "cannot lock '%s'", dir);
}

/* Nobody else writes here, as the folder is locked. */
static int sweep(const char *dir, cs_errinfo *info)
{
    CS_SCOPED(cs_dir_list) names = CS_DIR_LIST_INIT;
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    int r = cs_dir_read(dir, &names, info);
    for (size_t i = 0; r == 0 && i < names.len; i++) {
        if (!cs_atomic_file_is_temporary(names.names[i]))
            continue;
        r = tr_folder_path(dir, names.names[i], &path, info);
        if (r == 0)
            r = cs_remove_tree(path.data, info);
    }
    return r;
}

static int check_free(const char *dir, cs_errinfo *info)
{
    static const char *const names[] = {TR_CHECKPOINT, "metrics.csv", PLAN};
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    for (size_t i = 0; i < CS_COUNTOF(names); i++) {
        int r = tr_folder_path(dir, names[i], &path, info);
        if (r < 0)
            return r;
        if (tr_folder_has(path.data))
            return cs_fail(info, CS_E_EXISTS,
                           "'%s' holds a training already: go on with it, or "
                           "name another folder",
                           dir);
    }
    return 0;
}

int tr_folder_open(const char *dir, bool resume, int *ret_lock,
                   cs_errinfo *info)
{
    int fd = -1;
    int r = cs_mkdir_p(dir, 0777, info);
    if (r == 0)
        r = lock(dir, &fd, info);
    if (r == 0 && !resume)
        r = check_free(dir, info);
    if (r == 0)
        r = sweep(dir, info);
    if (r == 0)
        *ret_lock = fd;
    else if (fd >= 0)
        close(fd);
    return r;
}

int tr_folder_keep_plan(const char *dir, const tr_plan *plan, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    int r = tr_folder_path(dir, PLAN, &path, info);
    return r < 0 ? r
                 : cs_file_write(path.data, plan->text, strlen(plan->text),
                                 0666 & ~0022U, info);
}
