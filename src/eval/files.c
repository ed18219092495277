#include "eval/files.h"

#include "base/atomic_file.h"
#include "base/dir.h"
#include "base/path.h"

void ev_files_done(ev_files *f)
{
    for (size_t i = 0; i < f->items.len; i++)
        cs_strbuf_done(&f->items.items[i].content);
    cs_vec_done(&f->items);
}

cs_strbuf *ev_files_add(ev_files *f, const char *name)
{
    ev_file file = {.name = name, .content = CS_STRBUF_INIT};
    return cs_vec_push(&f->items, file) < 0 ? NULL
                                            : &cs_vec_last(&f->items).content;
}

static int begin(const ev_file *file, const char *dir, cs_atomic_file **ret,
                 cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    if (cs_strbuf_check(&file->content) < 0 ||
        cs_path_join(&path, cs_str_of(dir), cs_str_of(file->name)) < 0)
        return cs_fail_nomem(info);
    int r = cs_atomic_file_open(path.data, 0644, ret, info);
    return r < 0 ? r
                 : cs_atomic_file_write(*ret, file->content.data,
                                        file->content.len, info);
}

int ev_files_write(const ev_files *f, const char *dir, cs_errinfo *info)
{
    size_t n = f->items.len;
    CS_AUTO_MEM cs_atomic_file **open = cs_calloc(n, sizeof(cs_atomic_file *));
    if (!open)
        return cs_fail_nomem(info);
    int r = cs_mkdir_p(dir, 0755, info);
    for (size_t i = 0; r == 0 && i < n; i++)
        r = begin(&f->items.items[i], dir, &open[i], info);
    for (size_t i = 0; r == 0 && i < n; i++)
        r = cs_atomic_file_commit(open[i], info);
    for (size_t i = 0; i < n; i++)
        cs_atomic_file_free(open[i]);
    return r;
}
