#include "base/program.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/path.h"

#define USUAL_PATH "/usr/local/bin:/usr/bin:/bin"

static bool is_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* 1 when found, 0 when not, negative when memory is short. `file` holds the
 * candidate; *blocked is set by one that may not be executed. */
static int try_dir(cs_strbuf *file, cs_str dir, const char *name, bool *blocked)
{
    if (dir.len == 0 || dir.data[0] != '/')
        return 0;
    cs_strbuf_clear(file);
    int r = cs_path_join(file, dir, cs_str_of(name));
    if (r < 0 || !is_file(file->data))
        return r;
    if (access(file->data, X_OK) == 0)
        return 1;
    *blocked = true;
    return 0;
}

int cs_program_find(const char *name, const char *path, char **ret,
                    cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) file = CS_STRBUF_INIT;
    cs_str rest = cs_str_of(path ? path : USUAL_PATH);
    bool blocked = false;
    bool more = name[0] != '\0';
    int r = 0;
    if (strchr(name, '/')) {
        r = cs_strbuf_add(&file, name) < 0 ? CS_E_NOMEM : 1;
        more = false;
    }
    while (r == 0 && more) {
        cs_str dir;
        more = cs_str_cut(rest, ':', &dir, &rest);
        r = try_dir(&file, dir, name, &blocked);
    }
    char *found = r > 0 ? cs_strbuf_take(&file) : NULL;
    if (r < 0 || (r > 0 && !found))
        return cs_fail_nomem(info);
    if (!found && blocked)
        return cs_fail(info, CS_E_ACCESS,
                       "cannot run '%s': the file is not executable", name);
    if (!found)
        return cs_fail(info, CS_E_NOTFOUND,
                       "cannot run '%s': no such program is installed (PATH)",
                       name);
    *ret = found;
    return 0;
}
