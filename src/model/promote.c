#include "base/file.h"
#include "base/json_write.h"
#include "model/lock.h"
#include "model/model.h"
#include "model/promotions_impl.h"

static void put_text(cs_json *w, const char *key, const char *text)
{
    if (!text)
        return;
    cs_json_key(w, key);
    cs_json_cstring(w, text);
}

static void put_entry(cs_json *w, const md_promotion *e)
{
    cs_json_open_object(w);
    put_text(w, "action", md_action_words[e->back]);
    put_text(w, "task", md_task_words[e->task]);
    put_text(w, "model", e->file);
    put_text(w, "session", e->session);
    put_text(w, "weights", e->weights);
    put_text(w, "signer", e->signer);
    put_text(w, "when", e->when);
    put_text(w, "who", e->who);
    put_text(w, "note", e->note);
    cs_json_close_object(w);
}

/* The history with one more entry, in the place of the old one. */
static int append(const char *dir, const md_promotions *p,
                  const md_promotion *last, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    cs_json w;
    int r = md_promotions_path(dir, &path, info);
    if (r < 0)
        return r;
    cs_json_init(&w, &text, CS_JSON_PRETTY);
    cs_json_open_object(&w);
    cs_json_key(&w, "promoted");
    cs_json_u64(&w, MD_PROMOTIONS_VERSION);
    cs_json_key(&w, "history");
    cs_json_open_array(&w);
    for (size_t i = 0; i < p->len; i++)
        put_entry(&w, &p->items[i]);
    put_entry(&w, last);
    cs_json_close_array(&w);
    cs_json_close_object(&w);
    cs_strbuf_putc(&text, '\n');
    if (cs_json_finish(&w) < 0)
        return cs_fail_nomem(info);
    return cs_file_write(path.data, text.data, text.len, 0644, info);
}

/* --- promoting --- */

/* Everything that could keep it from being used is found now. */
static int check_version(const md_version *v, md_model *ret, cs_errinfo *info)
{
    if (!v->usable)
        return cs_fail(info, CS_E_FORMAT, "'%s' cannot be promoted: %s",
                       v->file, v->why.message);
    if (!v->card.is_signed)
        return cs_fail(info, CS_E_UNSAFE,
                       "'%s' cannot be promoted: its card is not signed; "
                       "'consilium model add' signs it",
                       v->file);
    return md_model_load(v->path, ret, info);
}

static bool in_use(const md_promotions *p, const md_version *v)
{
    const md_promotion *now = md_promotions_current(p, v->card.recipe.task);
    return now && cs_str_is(cs_str_of(now->file), v->file) &&
           cs_str_is(cs_str_of(now->weights), v->card.weights) &&
           cs_str_is(cs_str_of(now->signer), v->card.signer);
}

static int promote(const char *dir, const md_version *v, const md_promotions *p,
                   const md_change *change, md_promoted *ret, cs_errinfo *info)
{
    CS_SCOPED(md_model) m = {.params = NULL};
    int r = check_version(v, &m, info);
    if (r < 0)
        return r;
    bool fresh = !in_use(p, v);
    const md_promotion entry = {
        .task = m.card.recipe.task,
        .file = v->file,
        .session = v->session,
        .weights = m.card.weights,
        .signer = m.card.signer,
        .when = change->when,
        .who = change->who,
        .note = change->note,
    };
    if (fresh)
        r = append(dir, p, &entry, info);
    if (r == 0 && ret)
        *ret = (md_promoted){entry.task, fresh};
    return r;
}

int md_promote(const char *dir, const char *version, const md_change *change,
               md_promoted *ret, cs_errinfo *info)
{
    CS_SCOPED(md_versions) versions = MD_VERSIONS_INIT;
    CS_SCOPED(md_promotions) p = MD_PROMOTIONS_INIT;
    const md_version *v = NULL;
    CS_AUTO_FD lock = md_lock(dir, info);
    if (lock == CS_E_NOTFOUND)
        return md_versions_find(&versions, version, &v, info);
    int r = lock < 0 ? lock : md_versions_read(dir, &versions, info);
    if (r == 0)
        r = md_versions_find(&versions, version, &v, info);
    if (r == 0)
        r = md_promotions_read(dir, &p, info);
    return r != 0 ? r : promote(dir, v, &p, change, ret, info);
}

/* --- taking back --- */

static int fail_nothing(md_task task, cs_errinfo *info)
{
    return cs_fail(info, CS_E_NOTFOUND, "nothing is promoted for '%s'",
                   md_task_words[task]);
}

int md_rollback(const char *dir, md_task task, const md_change *change,
                cs_errinfo *info)
{
    CS_SCOPED(md_promotions) p = MD_PROMOTIONS_INIT;
    CS_AUTO_FD lock = md_lock(dir, info);
    if (lock == CS_E_NOTFOUND)
        return fail_nothing(task, info);
    int r = lock < 0 ? lock : md_promotions_read(dir, &p, info);
    if (r < 0)
        return r;
    const md_promotion *now = md_promotions_current(&p, task);
    if (!now)
        return fail_nothing(task, info);
    md_promotion entry = *now;
    entry.back = true;
    entry.when = change->when;
    entry.who = change->who;
    entry.note = change->note;
    return append(dir, &p, &entry, info);
}
