#include "cli/diagnose_folder.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/mem.h"
#include "base/path.h"

/* Every result has it, and little else does. */
#define MARK "report.json"

static int join(const char *dir, const char *name, cs_strbuf *ret,
                cs_errinfo *info)
{
    cs_strbuf_clear(ret);
    cs_path_join(ret, cs_str_of(dir), cs_str_of(name));
    return cs_strbuf_check(ret) < 0 ? cs_fail_nomem(info) : 0;
}

int diagnose_folder_check(const char *dir, const char *uid, bool may_be,
                          bool *ret_there, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) mark = CS_STRBUF_INIT;
    struct stat st;
    int r = join(dir, uid, &path, info);
    if (r == 0)
        r = join(path.data, MARK, &mark, info);
    if (r < 0)
        return r;
    bool there = lstat(path.data, &st) == 0;
    if (there && (!S_ISDIR(st.st_mode) || access(mark.data, F_OK) != 0))
        return cs_fail(info, CS_E_EXISTS,
                       "'%s' is there and is no result of a diagnosis: name "
                       "another folder",
                       path.data);
    if (there && !may_be)
        return cs_fail(info, CS_E_EXISTS,
                       "'%s' is there already: --resume leaves it as it is, "
                       "--force replaces it",
                       path.data);
    *ret_there = there;
    return 0;
}

static int move(const char *made, const char *dir, const char *uid,
                bool replace, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    bool there = false;
    int r = diagnose_folder_check(dir, uid, replace, &there, info);
    if (r == 0)
        r = join(dir, uid, &path, info);
    if (r == 0 && there)
        r = cs_remove_tree(path.data, info);
    if (r < 0)
        return r;
    if (chmod(made, 0755) != 0 || rename(made, path.data) != 0)
        return cs_fail_errno(info, errno, "cannot move the result to '%s'",
                             path.data);
    return 0;
}

int diagnose_folder_write(const rp_case *c, const im_run *run, cs_lang lang,
                          const char *dir, bool replace, cs_errinfo *info)
{
    CS_AUTO_MEM char *made = NULL;
    int r = cs_mkdtemp(dir, ".cs-tmp-", &made, info);
    if (r < 0)
        return r;
    r = rp_write(c, run, lang, made, info);
    if (r == 0)
        r = move(made, dir, c->uid, replace, info);
    if (r < 0)
        (void)!cs_remove_tree(made, NULL);
    return r;
}
