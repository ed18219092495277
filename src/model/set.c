#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/path.h"
#include "model/model.h"

void md_places_done(md_places *p)
{
    for (int t = 0; t < MD_TASKS; t++)
        cs_free(p->path[t]);
    *p = (md_places){{NULL}};
}

/* --- a directory --- */

static int probe(const char *dir, md_task task, const char *ending, char **ret,
                 cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) name = CS_STRBUF_INIT;
    cs_strbuf_printf(&name, "%s.%s", md_task_words[task], ending);
    cs_path_join(&path, cs_str_of(dir), cs_strbuf_str(&name));
    if (cs_strbuf_check(&name) < 0 || cs_strbuf_check(&path) < 0)
        return cs_fail_nomem(info);
    if (access(path.data, F_OK) < 0)
        return 0;
    if (*ret)
        return cs_fail(info, CS_E_EXISTS,
                       "'%s' and '%s' stand for the same model: remove one",
                       *ret, path.data);
    *ret = cs_strbuf_take(&path);
    return *ret ? 0 : cs_fail_nomem(info);
}

int md_places_find(const char *dir, md_places *ret, cs_errinfo *info)
{
    static const char *const endings[] = {"safetensors", "pth", "pt"};
    int r = 0;
    for (int t = 0; t < MD_TASKS; t++)
        for (size_t i = 0; r == 0 && i < CS_COUNTOF(endings); i++)
            r = probe(dir, (md_task)t, endings[i], &ret->path[t], info);
    return r;
}

/* --- loading --- */

static int load_one(const char *path, md_task task, md_model *ret,
                    cs_errinfo *info)
{
    md_model m = {.params = NULL};
    int r = md_model_load(path, &m, info);
    if (r < 0)
        return r;
    if (m.card.recipe.task != task) {
        r = cs_fail(info, CS_E_FORMAT, "'%s' is a model for '%s', not for '%s'",
                    path, md_task_words[m.card.recipe.task],
                    md_task_words[task]);
        md_model_done(&m);
        return r;
    }
    *ret = m;
    return 0;
}

int md_set_load_each(const char *const weights[MD_TASKS], md_set *ret,
                     cs_errinfo *info)
{
    md_set s = {.has_check = weights[MD_CHECK] != NULL,
                .has_malignancy = weights[MD_MALIGNANCY] != NULL};
    int r = load_one(weights[MD_DETECT], MD_DETECT, &s.detect, info);
    if (r == 0 && s.has_check)
        r = load_one(weights[MD_CHECK], MD_CHECK, &s.check, info);
    if (r == 0 && s.has_malignancy)
        r = load_one(weights[MD_MALIGNANCY], MD_MALIGNANCY, &s.malignancy,
                     info);
    if (r < 0)
        md_set_done(&s);
    else
        *ret = s;
    return r;
}

static int load_places(const md_places *p, md_set *ret, cs_errinfo *info)
{
    const char *paths[MD_TASKS];
    for (int t = 0; t < MD_TASKS; t++)
        paths[t] = p->path[t];
    return md_set_load_each(paths, ret, info);
}

int md_set_load(const char *path, md_set *ret, cs_errinfo *info)
{
    struct stat st;
    CS_SCOPED(md_places) p = {{NULL}};
    if (stat(path, &st) < 0)
        return cs_fail_errno(info, errno, "cannot read the model '%s'", path);
    if (!S_ISDIR(st.st_mode)) {
        const char *only[MD_TASKS] = {path};
        return md_set_load_each(only, ret, info);
    }
    int r = md_places_find(path, &p, info);
    if (r < 0)
        return r;
    if (!p.path[MD_DETECT])
        return cs_fail(info, CS_E_NOTFOUND,
                       "'%s' holds no detector: detect.safetensors or "
                       "detect.pth is missing",
                       path);
    return load_places(&p, ret, info);
}

/* --- promoted versions --- */

static const md_model *model_of(const md_set *s, int task)
{
    return task == MD_DETECT  ? &s->detect
           : task == MD_CHECK ? &s->check
                              : &s->malignancy;
}

static bool replaces(const md_version *instead, int task)
{
    return instead && (int)instead->card.recipe.task == task;
}

/* The promotion names the weights by hash, the card does, and loading has held
 * the file against the card. */
static int check_promoted(const md_promotions *p, const md_version *instead,
                          const md_set *s, cs_errinfo *info)
{
    for (int t = 0; t < MD_TASKS; t++) {
        const md_promotion *now = md_promotions_current(p, (md_task)t);
        const md_model *m = model_of(s, t);
        if (!now || replaces(instead, t))
            continue;
        if (!m->card.is_signed ||
            !cs_str_is(cs_str_of(now->signer), m->card.signer))
            return cs_fail(info, CS_E_UNSAFE,
                           "the card of '%s' is not signed by whoever had "
                           "signed it when it was promoted",
                           now->file);
        if (!cs_str_is(cs_str_of(now->weights), m->card.weights))
            return cs_fail(info, CS_E_UNSAFE,
                           "'%s' is not the model that was promoted: its "
                           "SHA-256 is %s, not %s",
                           now->file, m->card.weights, now->weights);
    }
    return 0;
}

static int put_promoted(const char *models, const md_promotions *p,
                        md_places *ret, cs_errinfo *info)
{
    for (int t = 0; t < MD_TASKS; t++) {
        const md_promotion *now = md_promotions_current(p, (md_task)t);
        if (!now)
            continue;
        CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
        cs_path_join(&path, cs_str_of(models), cs_str_of(now->file));
        cs_free(ret->path[t]);
        ret->path[t] = cs_strbuf_take(&path);
        if (!ret->path[t])
            return cs_fail_nomem(info);
    }
    return 0;
}

static int put_instead(const md_version *v, md_places *ret, cs_errinfo *info)
{
    if (!v)
        return 0;
    if (!v->usable)
        return cs_fail(info, CS_E_FORMAT, "'%s' cannot be used: %s", v->file,
                       v->why.message);
    char *path = cs_strdup(v->path);
    if (!path)
        return cs_fail_nomem(info);
    cs_free(ret->path[v->card.recipe.task]);
    ret->path[v->card.recipe.task] = path;
    return 0;
}

int md_set_load_promoted(const char *models, const char *shipped,
                         const md_version *instead, md_set *ret,
                         cs_errinfo *info)
{
    CS_SCOPED(md_places) p = {{NULL}};
    CS_SCOPED(md_promotions) history = MD_PROMOTIONS_INIT;
    md_set s = {.has_check = false};
    int r = md_promotions_read(models, &history, info);
    if (r == 0 && shipped)
        r = md_places_find(shipped, &p, info);
    if (r == 0)
        r = put_promoted(models, &history, &p, info);
    if (r == 0)
        r = put_instead(instead, &p, info);
    if (r < 0)
        return r;
    if (!p.path[MD_DETECT])
        return cs_fail(info, CS_E_NOTFOUND,
                       "there is no detector: none was promoted in '%s', and "
                       "none came with the program",
                       models);
    r = load_places(&p, &s, info);
    if (r == 0)
        r = check_promoted(&history, instead, &s, info);
    if (r < 0)
        md_set_done(&s);
    else
        *ret = s;
    return r;
}

void md_set_done(md_set *s)
{
    md_model_done(&s->detect);
    md_model_done(&s->check);
    md_model_done(&s->malignancy);
    s->has_check = s->has_malignancy = false;
}
