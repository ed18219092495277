#include "train/tidy.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/dir.h"
#include "base/path.h"

static bool is_old(const struct stat *st, const cs_clock *clock)
{
    return cs_wall_ns(clock) / CS_NS_PER_S - (int64_t)st->st_mtim.tv_sec >
           TR_TIDY_AFTER_S;
}

int tr_tidy(const char *dir, const cs_clock *clock, cs_errinfo *info)
{
    CS_SCOPED(cs_dir_list) names = CS_DIR_LIST_INIT;
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    struct stat st;
    int r = cs_dir_read(dir, &names, info);
    for (size_t i = 0; r == 0 && i < names.len; i++) {
        if (!cs_atomic_file_is_temporary(names.names[i]))
            continue;
        cs_strbuf_clear(&path);
        if (cs_path_join(&path, cs_str_of(dir), cs_str_of(names.names[i])) < 0)
            return cs_fail_nomem(info);
        if (lstat(path.data, &st) == 0 && S_ISREG(st.st_mode) &&
            is_old(&st, clock))
            (void)unlink(path.data);
    }
    return r;
}
