#include "cli/models.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "base/path.h"
#include "cli/settings.h"

/* --- places --- */

static int join(const char *dir, const char *name, cs_strbuf *ret,
                cs_errinfo *info)
{
    cs_strbuf_clear(ret);
    cs_path_join(ret, cs_str_of(dir), cs_str_of(name));
    return cs_strbuf_check(ret) < 0 ? cs_fail_nomem(info) : 0;
}

static int put_places(const char *data, cli_places *ret, cs_errinfo *info)
{
    int r = join(data, "models", &ret->models, info);
    return r < 0 ? r : join(data, "keys", &ret->keys, info);
}

int cli_places_find(const cli_context *ctx, const char *data, cli_places *ret,
                    cs_errinfo *info)
{
    if (data)
        return put_places(data, ret, info);
    CS_SCOPED(settings) s = SETTINGS_INIT;
    int r = settings_load(ctx, NULL, &s, info);
    return r < 0 ? r : put_places(s.values.data, ret, info);
}

void cli_places_done(cli_places *p)
{
    cs_strbuf_done(&p->models);
    cs_strbuf_done(&p->keys);
}

/* --- what came with the program --- */

/* Relative to the folder of the executable. */
static const char *const shipped[] = {"../share/consilium/models/lung-phantom",
                                      "../../models/lung-phantom"};

int cli_shipped_models(cs_strbuf *ret, cs_errinfo *info)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (n < 0)
        return cs_fail_errno(info, errno, "cannot find the program's folder");
    cs_str dir = cs_path_dir((cs_str){self, (size_t)n});
    for (size_t i = 0; i < CS_COUNTOF(shipped); i++) {
        cs_strbuf_clear(ret);
        cs_path_join(ret, dir, cs_str_of(shipped[i]));
        if (cs_strbuf_check(ret) < 0)
            return cs_fail_nomem(info);
        if (access(ret->data, F_OK) == 0)
            return 0;
    }
    cs_strbuf_clear(ret);
    return 0;
}

/* --- loading --- */

static int load_versions(const char *models, const char *named,
                         const char *came_with, md_set *ret, cs_errinfo *info)
{
    CS_SCOPED(md_versions) v = MD_VERSIONS_INIT;
    const md_version *instead = NULL;
    int r = named ? md_versions_read(models, &v, info) : 0;
    if (r == 0 && named)
        r = md_versions_find(&v, named, &instead, info);
    if (r == CS_E_NOTFOUND && access(named, F_OK) == 0) {
        cs_errinfo_clear(info);
        return md_set_load(named, ret, info);
    }
    return r < 0 ? r
                 : md_set_load_promoted(models, came_with, instead, ret, info);
}

int cli_load_models(const cli_context *ctx, const char *data, const char *model,
                    md_set *ret, cs_errinfo *info)
{
    if (model && strchr(model, '/'))
        return md_set_load(model, ret, info);
    CS_SCOPED(cli_places) places = CLI_PLACES_INIT;
    CS_SCOPED(cs_strbuf) came_with = CS_STRBUF_INIT;
    int r = cli_places_find(ctx, data, &places, info);
    if (r == 0)
        r = cli_shipped_models(&came_with, info);
    return r < 0 ? r
                 : load_versions(places.models.data, model,
                                 came_with.len > 0 ? came_with.data : NULL, ret,
                                 info);
}
