#include "train/plan.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/yaml.h"
#include "train/plan_raw.h"

#define TEXT_MAX ((size_t)1 << 20)
#define MEMORY_MAX ((size_t)16 << 20)

/* --- where keys stand --- */

/* Follows a dotted key as far as it goes; true: to its end. */
static bool follow(const cs_node *root, const char *key, const cs_node **ret)
{
    cs_str rest = cs_str_of(key);
    *ret = root;
    while (rest.len) {
        cs_str part;
        cs_str_cut(rest, '.', &part, &rest);
        const cs_node *next = cs_node_get(*ret, part);
        if (!next)
            return false;
        *ret = next;
    }
    return true;
}

const cs_node *tr_plan_node(const cs_node *root, const char *key)
{
    const cs_node *node;
    return follow(root, key, &node) ? node : NULL;
}

cs_place tr_plan_place(const cs_node *root, const char *key)
{
    const cs_node *node;
    follow(root, key, &node);
    return cs_node_place(node);
}

int tr_plan_useless(const cs_node *root, const char *key, const char *where,
                    cs_errinfo *info)
{
    const cs_node *node = tr_plan_node(root, key);
    if (!node)
        return 0;
    return cs_fail_at(info, CS_E_RANGE, cs_node_key_place(node),
                      "key '%s' means nothing with '%s'; leave it out", key,
                      where);
}

/* --- from the tables' struct to a plan --- */

static int check_query(const tr_query *q, const cs_node *root, cs_errinfo *info)
{
    if (!(q->diameter_max > 0) || q->diameter_min <= q->diameter_max)
        return 0;
    return cs_fail_at(info, CS_E_RANGE,
                      tr_plan_place(root, "data.query.min-diameter"),
                      "key 'data.query.min-diameter': %g is above "
                      "'max-diameter', %g",
                      q->diameter_min, q->diameter_max);
}

/* Weights to start from stand beside the plan. */
static int set_start(const tr_raw_plan *raw, const cs_node *root, tr_plan *p,
                     cs_errinfo *info)
{
    if (!raw->start)
        return 0;
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    cs_str dir = cs_path_dir(cs_str_of(cs_node_place(root).file));
    int r = cs_str_is(dir, ".")
                ? cs_strbuf_add(&path, raw->start)
                : cs_path_join(&path, dir, cs_str_of(raw->start));
    p->start = r < 0 ? NULL : cs_arena_strcopy(p->arena, cs_strbuf_str(&path));
    return p->start ? 0 : cs_fail_nomem(info);
}

static int fill(const tr_raw_plan *raw, const cs_node *root, tr_plan *p,
                cs_errinfo *info)
{
    p->name = raw->name;
    p->data = raw->data;
    p->epochs = raw->epochs;
    p->batch = raw->batch;
    p->accumulate = raw->accumulate;
    p->checkpoint_every = raw->checkpoint_every;
    p->seed = (uint64_t)raw->seed;
    p->precision = (tr_precision)raw->precision;
    int r = set_start(raw, root, p, info);
    if (r == 0)
        r = tr_plan_recipe(raw, root, &p->recipe, info);
    if (r == 0)
        r = check_query(&p->data.query, root, info);
    if (r == 0)
        r = tr_plan_sampling(raw, root, p, info);
    if (r == 0)
        r = tr_plan_augment(raw, root, &p->augment, info);
    if (r == 0)
        r = tr_plan_loss(raw, root, p, info);
    if (r == 0)
        r = tr_plan_optimiser(raw, root, &p->optimiser, info);
    if (r == 0)
        r = tr_plan_schedule(raw, root, p, info);
    if (r == 0)
        r = tr_plan_validation(raw, root, p, info);
    return r;
}

/* --- the text --- */

static int keep_text(cs_str text, tr_plan *p, cs_errinfo *info)
{
    cs_digest digest;
    int r = cs_hash_bytes(CS_HASH_SHA256, text.data, text.len, &digest, info);
    if (r < 0)
        return r;
    cs_digest_format(&digest, p->sha256);
    p->text = cs_arena_strcopy(p->arena, text);
    return p->text ? 0 : cs_fail_nomem(info);
}

static int understand(cs_str text, const char *name, tr_plan *p,
                      cs_errinfo *info)
{
    CS_AUTO(cs_doc) doc = NULL;
    int r = cs_doc_parse_yaml(text.data, text.len, name, NULL, &doc, info);
    if (r == 0)
        r = keep_text(text, p, info);
    if (r < 0)
        return r;
    tr_raw_plan *raw = cs_arena_new(p->arena, tr_raw_plan);
    if (!raw)
        return cs_fail_nomem(info);
    const cs_node *root = cs_doc_root(doc);
    r = cs_schema_decode(root, &tr_plan_table, raw, p->arena, info);
    return r < 0 ? r : fill(raw, root, p, info);
}

int tr_plan_parse(cs_str text, const char *name, tr_plan *ret, cs_errinfo *info)
{
    tr_plan p = {.arena = cs_calloc(1, sizeof(cs_arena))};
    if (!p.arena)
        return cs_fail_nomem(info);
    cs_arena_init(p.arena, MEMORY_MAX);
    int r = understand(text, name, &p, info);
    if (r < 0) {
        tr_plan_done(&p);
        return r;
    }
    *ret = p;
    return 0;
}

int tr_plan_load(const char *path, tr_plan *ret, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    int r = cs_file_read(path, TEXT_MAX, &text, info);
    return r < 0 ? r : tr_plan_parse(cs_strbuf_str(&text), path, ret, info);
}

void tr_plan_done(tr_plan *p)
{
    if (p->arena)
        cs_arena_done(p->arena);
    cs_free(p->arena);
    *p = (tr_plan){.arena = NULL};
}
