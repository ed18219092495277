#include "cli/same_file.h"

#include <sys/stat.h>

#include "base/path.h"
#include "base/strbuf.h"
#include "image/file.h"

bool cli_same_file(const char *a, const char *b)
{
    struct stat sa, sb;
    return stat(a, &sa) == 0 && stat(b, &sb) == 0 && sa.st_dev == sb.st_dev &&
           sa.st_ino == sb.st_ino;
}

static int refuse(const char *file, cs_errinfo *info)
{
    return cs_fail(info, CS_E_USAGE,
                   "'%s' is read, and the result would replace it; name "
                   "another file",
                   file);
}

/* The voxels that `in` keeps in a file of their own; empty where it does not,
 * or cannot be read, which its reader tells better. */
static int voxels_of(const char *in, cs_strbuf *ret, cs_errinfo *info)
{
    im_file_info f;
    if (im_read_info(in, &f, NULL) < 0 || !f.data[0])
        return 0;
    cs_path_join(ret, cs_path_dir(cs_str_of(in)), cs_str_of(f.data));
    return cs_strbuf_check(ret) < 0 ? cs_fail_nomem(info) : 0;
}

/* Beside NAME.mhd one of these is written and the other removed. */
static int check_beside(const char *voxels, const char *out, cs_errinfo *info)
{
    static const char *const endings[] = {"raw", "zraw"};
    cs_str p = cs_str_of(out);
    CS_SCOPED(cs_strbuf) beside = CS_STRBUF_INIT;
    for (size_t i = 0; i < CS_COUNTOF(endings); i++) {
        cs_strbuf_clear(&beside);
        cs_strbuf_add_str(&beside, cs_str_sub(p, 0, p.len - 3));
        cs_strbuf_add(&beside, endings[i]);
        if (cs_strbuf_check(&beside) < 0)
            return cs_fail_nomem(info);
        if (cli_same_file(voxels, beside.data))
            return refuse(voxels, info);
    }
    return 0;
}

int cli_check_not_input(const char *in, const char *out, cs_errinfo *info)
{
    if (cli_same_file(in, out))
        return refuse(in, info);
    CS_SCOPED(cs_strbuf) voxels = CS_STRBUF_INIT;
    int r = voxels_of(in, &voxels, info);
    if (r < 0 || voxels.len == 0)
        return r;
    if (cli_same_file(voxels.data, out))
        return refuse(voxels.data, info);
    return cs_str_ends_with(cs_str_of(out), CS_STR(".mhd"))
               ? check_beside(voxels.data, out, info)
               : 0;
}
