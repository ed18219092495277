#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/schema.h"
#include "model/promotions_impl.h"
#include "model/version_name.h"

#define FILE_MAX ((size_t)32 << 20)
#define ENTRIES_MAX ((size_t)100000)
#define NODES_MAX (ENTRIES_MAX * 10 + 10)

enum { ACTION_PROMOTE, ACTION_ROLLBACK };
const char *const md_action_words[] = {"promote", "rollback", NULL};

typedef struct raw_entry {
    int action, task;
    const char *model, *session, *weights, *signer, *when, *who, *note;
} raw_entry;

typedef struct raw_file {
    int64_t version;
    CS_LIST(raw_entry) history;
} raw_file;

static const cs_field entry_fields[] = {
    CS_FIELD(ENUM, raw_entry, action, "action", .required = true,
             .words = md_action_words),
    CS_FIELD(ENUM, raw_entry, task, "task", .required = true,
             .words = md_task_words),
    CS_FIELD(STRING, raw_entry, model, "model", .required = true, .max = 255),
    CS_FIELD(STRING, raw_entry, session, "session", .required = true,
             .max = MD_SESSION_MAX),
    CS_FIELD(STRING, raw_entry, weights, "weights", .required = true,
             .max = 64),
    CS_FIELD(STRING, raw_entry, signer, "signer", .required = true,
             .min = MD_PUBLIC_TEXT, .max = MD_PUBLIC_TEXT),
    CS_FIELD(STRING, raw_entry, when, "when", .required = true, .max = 40),
    CS_FIELD(STRING, raw_entry, who, "who", .max = 200),
    CS_FIELD(STRING, raw_entry, note, "note"),
};
static const cs_table entry_table = CS_TABLE(raw_entry, entry_fields);

static const cs_field file_fields[] = {
    CS_FIELD(INT64, raw_file, version, "promoted", .required = true, .min = 1,
             .max = MD_PROMOTIONS_VERSION),
    CS_FIELD_LIST_OF_STRUCT(raw_file, history, "history", &entry_table,
                            .required = true, .max_items = ENTRIES_MAX),
};
static const cs_table file_table = CS_TABLE(raw_file, file_fields);

/* --- what is in use --- */

/* Promotions of a task are a stack, of which taking back takes the top. */
typedef struct stack {
    size_t *below;        /* of entry i: index + 1 of the one below */
    size_t top[MD_TASKS]; /* index + 1 */
} stack;

static int fail_entry(size_t i, cs_errinfo *info)
{
    return cs_fail(info, CS_E_FORMAT,
                   "history[%zu] does not follow from what is before it: the "
                   "file was changed by hand",
                   i);
}

static bool same_model(const md_promotion *a, const md_promotion *b)
{
    return strcmp(a->weights, b->weights) == 0 && strcmp(a->file, b->file) == 0;
}

static int replay_entry(const md_promotions *p, size_t i, stack *s,
                        cs_errinfo *info)
{
    const md_promotion *e = &p->items[i];
    size_t top = s->top[e->task];
    if (!e->back) {
        s->below[i] = top;
        s->top[e->task] = i + 1;
        return 0;
    }
    if (top == 0 || !same_model(e, &p->items[top - 1]))
        return fail_entry(i, info);
    s->top[e->task] = s->below[top - 1];
    return 0;
}

static int replay(md_promotions *p, cs_errinfo *info)
{
    CS_AUTO_MEM size_t *below = cs_calloc(p->len + 1, sizeof(*below));
    if (!below)
        return cs_fail_nomem(info);
    stack s = {below, {0}};
    int r = 0;
    for (size_t i = 0; r == 0 && i < p->len; i++)
        r = replay_entry(p, i, &s, info);
    if (r == 0)
        memcpy(p->current, s.top, sizeof(s.top));
    return r;
}

const md_promotion *md_promotions_current(const md_promotions *p, md_task task)
{
    size_t i = p->current[task];
    return i > 0 ? &p->items[i - 1] : NULL;
}

/* --- reading --- */

/* The file's name becomes a path: it must be that of a version. */
static int check_entry(const raw_entry *e, cs_errinfo *info)
{
    md_version_name n;
    cs_digest digest;
    int64_t when;
    if (!md_version_name_parse(cs_str_of(e->model), &n) ||
        !cs_str_is(n.session, e->session))
        return cs_fail(info, CS_E_FORMAT,
                       "'%s' is no name of a model of session '%s'", e->model,
                       e->session);
    if (cs_digest_parse(cs_str_of(e->weights), &digest) < 0)
        return cs_fail(info, CS_E_FORMAT,
                       "expected a SHA-256 of %d hexadecimal digits", 64);
    if (cs_time_parse(cs_str_of(e->when), &when) < 0)
        return cs_fail(info, CS_E_FORMAT,
                       "expected a time such as 2026-11-21T09:30:00Z");
    return 0;
}

static int take(const raw_file *raw, md_promotions *p, cs_errinfo *info)
{
    p->items =
        cs_arena_array(p->arena, raw->history.len + 1, sizeof(*p->items));
    if (!p->items)
        return cs_fail_nomem(info);
    for (size_t i = 0; i < raw->history.len; i++) {
        const raw_entry *e = &raw->history.items[i];
        int r = check_entry(e, info);
        if (r < 0)
            return r;
        p->items[p->len++] = (md_promotion){
            .back = e->action == ACTION_ROLLBACK,
            .task = (md_task)e->task,
            .file = e->model,
            .session = e->session,
            .weights = e->weights,
            .signer = e->signer,
            .when = e->when,
            .who = e->who,
            .note = e->note,
        };
    }
    return replay(p, info);
}

static int decode(const cs_doc *doc, md_promotions *p, cs_errinfo *info)
{
    raw_file raw = {.version = 0};
    int r =
        cs_schema_decode(cs_doc_root(doc), &file_table, &raw, p->arena, info);
    return r < 0 ? r : take(&raw, p, info);
}

static int new_arena(md_promotions *p, cs_errinfo *info)
{
    p->arena = cs_new0(cs_arena);
    if (!p->arena)
        return cs_fail_nomem(info);
    cs_arena_init(p->arena, 2 * FILE_MAX);
    return 0;
}

int md_promotions_parse(cs_str text, const char *name, md_promotions *ret,
                        cs_errinfo *info)
{
    CS_AUTO(cs_doc) doc = NULL;
    CS_SCOPED(md_promotions) p = MD_PROMOTIONS_INIT;
    const cs_doc_limits limits = {.nodes = NODES_MAX, .depth = 8};
    int r = new_arena(&p, info);
    if (r == 0)
        r = cs_doc_parse_json(text.data, text.len, name, &limits, &doc, info);
    if (r == 0)
        r = decode(doc, &p, info);
    if (r < 0) {
        if (info && info->place[0] == '\0')
            cs_errinfo_set_place(info, name);
        return r;
    }
    *ret = p;
    p = (md_promotions)MD_PROMOTIONS_INIT;
    return 0;
}

int md_promotions_path(const char *dir, cs_strbuf *out, cs_errinfo *info)
{
    cs_path_join(out, cs_str_of(dir), CS_STR("promoted.json"));
    return cs_strbuf_check(out) < 0 ? cs_fail_nomem(info) : 0;
}

int md_promotions_read(const char *dir, md_promotions *ret, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    int r = md_promotions_path(dir, &path, info);
    if (r == 0)
        r = cs_file_read(path.data, FILE_MAX, &text, info);
    if (r == CS_E_NOTFOUND) {
        cs_errinfo_clear(info);
        *ret = (md_promotions)MD_PROMOTIONS_INIT;
        return 0;
    }
    return r < 0 ? r
                 : md_promotions_parse(cs_strbuf_str(&text), path.data, ret,
                                       info);
}

void md_promotions_done(md_promotions *p)
{
    if (p->arena)
        cs_arena_done(p->arena);
    cs_free(p->arena);
    *p = (md_promotions)MD_PROMOTIONS_INIT;
}
