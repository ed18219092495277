#include <unistd.h>

#include "base/dir.h"
#include "base/path.h"
#include "cli/model_actions.h"

int model_resolve(const cli_places *places, const char *word, cs_strbuf *ret,
                  cs_errinfo *info)
{
    CS_SCOPED(md_versions) v = MD_VERSIONS_INIT;
    const md_version *found = NULL;
    bool is_path = strchr(word, '/') != NULL;
    int r = 0;
    if (!is_path)
        r = md_versions_read(places->models.data, &v, info);
    if (r == 0 && !is_path)
        r = md_versions_find(&v, word, &found, info);
    if (r == CS_E_NOTFOUND && access(word, F_OK) == 0) {
        cs_errinfo_clear(info);
        r = 0;
    }
    if (r < 0)
        return r;
    cs_strbuf_add(ret, found ? found->path : word);
    return cs_strbuf_check(ret) < 0 ? cs_fail_nomem(info) : 0;
}

int model_key(const cli_places *places, bool create, md_key **ret,
              cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    cs_path_join(&path, cs_strbuf_str(&places->keys), CS_STR("model.key"));
    if (cs_strbuf_check(&path) < 0)
        return cs_fail_nomem(info);
    if (!create && access(path.data, F_OK) < 0)
        return 0;
    int r = create ? cs_mkdir_p(places->keys.data, 0700, info) : 0;
    return r < 0 ? r : md_key_open(path.data, create, ret, info);
}

const char *const model_signature_words[] = {CS_N_("not signed"), CS_N_("here"),
                                             CS_N_("elsewhere")};

model_signature model_signed_by(const md_card *c, const md_key *key)
{
    if (!c->is_signed)
        return MODEL_UNSIGNED;
    return key && strcmp(c->signer, md_key_public(key)) == 0
               ? MODEL_SIGNED_HERE
               : MODEL_SIGNED_ELSEWHERE;
}
