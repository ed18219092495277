#include "weights/weights.h"

#include "base/path.h"
#include "weights/load.h"
#include "weights/pth.h"
#include "weights/safetensors.h"

static const struct {
    const char *ending;
    wt_format format;
} endings[] = {
    {"safetensors", WT_SAFETENSORS},
    {"pth", WT_PTH},
    {"pt", WT_PTH},
};

static const struct {
    const char *name;
    int (*parse)(tn_buffer *file, const char *name, wt_dict *ret,
                 cs_errinfo *info);
    int (*put)(const wt_dict *d, wt_sink *to, cs_errinfo *info);
} formats[] = {
    [WT_SAFETENSORS] = {"safetensors", wt_safetensors_parse,
                        wt_safetensors_put},
    [WT_PTH] = {"pth", wt_pth_parse, wt_pth_put},
};

const char *wt_format_name(wt_format f)
{
    return formats[f].name;
}

int wt_format_of(const char *path, wt_format *ret, cs_errinfo *info)
{
    cs_str ending = cs_path_ext(cs_str_of(path));
    for (size_t i = 0; i < CS_COUNTOF(endings); i++) {
        if (cs_str_is(ending, endings[i].ending)) {
            *ret = endings[i].format;
            return 0;
        }
    }
    return cs_fail(info, CS_E_USAGE,
                   "'%s': the name of a file of weights ends in .safetensors, "
                   ".pth or .pt, to tell the format",
                   path);
}

int wt_parse(tn_buffer *file, const char *path, wt_dict *ret, cs_errinfo *info)
{
    wt_format format = WT_PTH;
    int r = wt_format_of(path, &format, info);
    return r < 0 ? r : formats[format].parse(file, path, ret, info);
}

int wt_read(const char *path, wt_dict *ret, cs_errinfo *info)
{
    wt_format ignored;
    WT_AUTO_BUFFER file = NULL;
    int r = wt_format_of(path, &ignored, info);
    if (r == 0)
        r = wt_load(path, &file, info);
    return r < 0 ? r : wt_parse(file, path, ret, info);
}

int wt_write(const char *path, const wt_dict *d, cs_errinfo *info)
{
    wt_format format = WT_PTH;
    CS_AUTO(cs_atomic_file) f = NULL;
    int r = wt_format_of(path, &format, info);
    if (r == 0)
        r = cs_atomic_file_open(path, 0644, &f, info);
    if (r < 0)
        return r;
    wt_sink to = wt_sink_file(f);
    r = formats[format].put(d, &to, info);
    return r < 0 ? r : cs_atomic_file_commit(f, info);
}
