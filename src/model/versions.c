#include "model/versions.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/vec.h"
#include "model/version_name.h"

static void version_done(md_version *v)
{
    cs_free(v->file);
    cs_free(v->name);
    cs_free(v->session);
    cs_free(v->path);
    md_card_done(&v->card);
}

void md_versions_done(md_versions *v)
{
    for (size_t i = 0; i < v->len; i++)
        version_done(&v->items[i]);
    cs_free(v->items);
    *v = (md_versions)MD_VERSIONS_INIT;
}

/* --- reading --- */

/* A version that cannot be used is listed all the same, with the reason. */
static void look_at_card(md_version *v, cs_lang lang)
{
    v->why = (cs_errinfo){.lang = lang};
    if (md_card_read(v->path, &v->card, &v->why) < 0)
        return;
    const char *says = v->card.session ? v->card.session : "";
    if (cs_str_is(cs_str_of(v->session), says)) {
        v->usable = true;
        return;
    }
    cs_fail(&v->why, CS_E_FORMAT,
            "'%s' is named for session '%s', its card says '%s'", v->file,
            v->session, says);
    md_card_done(&v->card);
}

static int fill(md_version *v, const char *dir, const char *file,
                const md_version_name *n)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    cs_path_join(&path, cs_str_of(dir), cs_str_of(file));
    v->file = cs_strdup(file);
    v->name = cs_strndup(n->name.data, n->name.len);
    v->session = cs_strndup(n->session.data, n->session.len);
    v->path = cs_strbuf_take(&path);
    return v->file && v->name && v->session && v->path ? 0 : CS_E_NOMEM;
}

static int by_session(const void *a, const void *b)
{
    const md_version *x = a;
    const md_version *y = b;
    uint64_t m = md_session_number(cs_str_of(x->session));
    uint64_t n = md_session_number(cs_str_of(y->session));
    if (m != n)
        return m - 1 < n - 1 ? -1 : 1; /* those without a number last */
    return strcmp(x->file, y->file);
}

static int read_names(const char *dir, const cs_dir_list *names,
                      md_versions *ret, cs_errinfo *info)
{
    ret->items = cs_calloc(names->len + 1, sizeof(*ret->items));
    if (!ret->items)
        return cs_fail_nomem(info);
    for (size_t i = 0; i < names->len; i++) {
        md_version_name n;
        if (!md_version_name_parse(cs_str_of(names->names[i]), &n))
            continue;
        md_version *v = &ret->items[ret->len++];
        if (fill(v, dir, names->names[i], &n) < 0)
            return cs_fail_nomem(info);
        look_at_card(v, info ? info->lang : CS_LANG_EN);
    }
    return 0;
}

int md_versions_read(const char *dir, md_versions *ret, cs_errinfo *info)
{
    CS_SCOPED(cs_dir_list) names = CS_DIR_LIST_INIT;
    CS_SCOPED(md_versions) v = MD_VERSIONS_INIT;
    bool missing = access(dir, F_OK) < 0 && errno == ENOENT;
    int r = missing ? 0 : cs_dir_read(dir, &names, info);
    if (r == 0)
        r = read_names(dir, &names, &v, info);
    if (r < 0)
        return r;
    if (v.len > 1)
        qsort(v.items, v.len, sizeof(*v.items), by_session);
    *ret = v;
    v = (md_versions)MD_VERSIONS_INIT;
    return 0;
}

/* --- finding --- */

static bool is_called(const md_version *v, const char *text)
{
    cs_str t = cs_str_of(text);
    return cs_str_is(t, v->session) || cs_str_is(t, v->name) ||
           cs_str_is(t, v->file);
}

static int fail_unknown(const md_versions *v, const char *text,
                        cs_errinfo *info)
{
    CS_AUTO_MEM const char **words = cs_calloc(2 * v->len + 1, sizeof(*words));
    if (!words)
        return cs_fail_nomem(info);
    for (size_t i = 0; i < v->len; i++) {
        words[i] = v->items[i].name;
        words[v->len + i] = v->items[i].session;
    }
    const char *near = cs_str_suggest(cs_str_of(text), words, 2 * v->len);
    if (near)
        return cs_fail(info, CS_E_NOTFOUND,
                       "no model is called '%s' (did you mean '%s'?)", text,
                       near);
    return cs_fail(info, CS_E_NOTFOUND,
                   "no model is called '%s'; 'consilium model list' names "
                   "them all",
                   text);
}

int md_versions_find(const md_versions *v, const char *text,
                     const md_version **ret, cs_errinfo *info)
{
    const md_version *found = NULL;
    for (size_t i = 0; i < v->len; i++) {
        if (!is_called(&v->items[i], text))
            continue;
        if (found)
            return cs_fail(info, CS_E_USAGE,
                           "'%s' may be '%s' or '%s': say which", text,
                           found->file, v->items[i].file);
        found = &v->items[i];
    }
    if (!found)
        return fail_unknown(v, text, info);
    *ret = found;
    return 0;
}
