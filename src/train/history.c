#include "train/history.h"

#include <math.h>

#include "base/csv.h"
#include "base/json.h"
#include "base/json_write.h"
#include "train/cell.h"

#define NODES_MAX ((size_t)10000000)
#define METRICS_MAX ((size_t)64)

/* --- in memory --- */

void tr_history_done(tr_history *h)
{
    cs_vec_done(&h->epochs);
    cs_arena_done(&h->arena);
}

bool tr_history_has(const tr_history *h, uint64_t epoch)
{
    return h->epochs.len > 0 && cs_vec_last(&h->epochs).epoch >= epoch;
}

int tr_history_put(tr_history *h, const tr_epoch *e, cs_errinfo *info)
{
    tr_epoch copy = *e;
    copy.metrics =
        cs_arena_array(&h->arena, e->metric_count, sizeof(*copy.metrics));
    if (!copy.metrics)
        return cs_fail_nomem(info);
    for (size_t i = 0; i < e->metric_count; i++) {
        copy.metrics[i].value = e->metrics[i].value;
        copy.metrics[i].name = cs_arena_strdup(&h->arena, e->metrics[i].name);
        if (!copy.metrics[i].name)
            return cs_fail_nomem(info);
    }
    while (tr_history_has(h, e->epoch))
        (void)cs_vec_pop(&h->epochs);
    return cs_vec_push(&h->epochs, copy) < 0 ? cs_fail_nomem(info) : 0;
}

/* --- from JSON --- */

static int bad(const cs_node *node, const char *what, cs_errinfo *info)
{
    return cs_fail_at(info, CS_E_FORMAT, cs_node_place(node),
                      "not the history of a training: '%s' is missing or of "
                      "another kind",
                      what);
}

static int get_count(const cs_node *map, const char *key, uint64_t *ret,
                     cs_errinfo *info)
{
    const cs_node *node = cs_node_get(map, cs_str_of(key));
    if (!node || node->kind != CS_NODE_INT || node->integer < 1)
        return bad(node ? node : map, key, info);
    *ret = (uint64_t)node->integer;
    return 0;
}

/* What is not finite was written as null. */
static int get_number(const cs_node *node, const cs_node *map, const char *key,
                      double *ret, cs_errinfo *info)
{
    if (node && node->kind == CS_NODE_NULL)
        *ret = (double)NAN;
    else if (node && node->kind == CS_NODE_INT)
        *ret = (double)node->integer;
    else if (node && node->kind == CS_NODE_FLOAT)
        *ret = node->number;
    else
        return bad(node ? node : map, key, info);
    return 0;
}

static int get_metrics(const cs_node *map, md_metric metrics[METRICS_MAX],
                       tr_epoch *e, cs_errinfo *info)
{
    const cs_node *node = cs_node_get(map, CS_STR("validation"));
    e->validated = node != NULL;
    e->metrics = metrics;
    if (!node)
        return 0;
    if (node->kind != CS_NODE_MAP || node->len > METRICS_MAX)
        return bad(node, "validation", info);
    for (CS_EACH_CHILD(child, node)) {
        md_metric *m = &metrics[e->metric_count++];
        m->name = child->key.data;
        int r = get_number(child, node, m->name, &m->value, info);
        if (r < 0)
            return r;
    }
    return 0;
}

static int get_epoch(const cs_node *map, md_metric metrics[METRICS_MAX],
                     tr_epoch *e, cs_errinfo *info)
{
    if (map->kind != CS_NODE_MAP)
        return bad(map, "epoch", info);
    int r = get_count(map, "epoch", &e->epoch, info);
    if (r == 0)
        r = get_count(map, "step", &e->step, info);
    if (r == 0)
        r = get_number(cs_node_get(map, CS_STR("loss")), map, "loss", &e->loss,
                       info);
    if (r == 0)
        r = get_number(cs_node_get(map, CS_STR("seconds")), map, "seconds",
                       &e->seconds, info);
    const cs_node *best = cs_node_get(map, CS_STR("best"));
    if (r < 0)
        return r;
    if (!best || best->kind != CS_NODE_BOOL)
        return bad(map, "best", info);
    e->best = best->boolean;
    return get_metrics(map, metrics, e, info);
}

int tr_history_read(tr_history *h, cs_str text, const char *name, uint64_t from,
                    cs_errinfo *info)
{
    const cs_doc_limits limits = {.nodes = NODES_MAX};
    CS_AUTO(cs_doc) doc = NULL;
    int r = cs_doc_parse_json(text.data, text.len, name, &limits, &doc, info);
    if (r < 0)
        return r;
    const cs_node *epochs = cs_node_get(cs_doc_root(doc), CS_STR("epochs"));
    if (!epochs || epochs->kind != CS_NODE_LIST)
        return bad(cs_doc_root(doc), "epochs", info);
    for (CS_EACH_CHILD(child, epochs)) {
        md_metric metrics[METRICS_MAX] = {{NULL, 0}};
        tr_epoch e = {.epoch = 0};
        r = get_epoch(child, metrics, &e, info);
        if (r == 0 && e.step <= from)
            r = tr_history_put(h, &e, info);
        if (r < 0)
            return r;
    }
    return 0;
}

/* --- to JSON --- */

static void write_epoch(cs_json *w, const tr_epoch *e)
{
    cs_json_open_object(w);
    cs_json_key(w, "epoch");
    cs_json_u64(w, e->epoch);
    cs_json_key(w, "step");
    cs_json_u64(w, e->step);
    cs_json_key(w, "loss");
    cs_json_double(w, e->loss);
    cs_json_key(w, "seconds");
    cs_json_double(w, e->seconds);
    cs_json_key(w, "best");
    cs_json_bool(w, e->best);
    if (e->validated) {
        cs_json_key(w, "validation");
        cs_json_open_object(w);
        for (size_t i = 0; i < e->metric_count; i++) {
            cs_json_key(w, e->metrics[i].name);
            cs_json_double(w, e->metrics[i].value);
        }
        cs_json_close_object(w);
    }
    cs_json_close_object(w);
}

int tr_history_json(const tr_history *h, cs_strbuf *out, cs_errinfo *info)
{
    cs_json w;
    cs_json_init(&w, out, CS_JSON_PRETTY);
    cs_json_open_object(&w);
    cs_json_key(&w, "schema");
    cs_json_u64(&w, 1);
    cs_json_key(&w, "epochs");
    cs_json_open_array(&w);
    for (size_t i = 0; i < h->epochs.len; i++)
        write_epoch(&w, &h->epochs.items[i]);
    cs_json_close_array(&w);
    cs_json_close_object(&w);
    int r = cs_json_finish(&w);
    cs_strbuf_putc(out, '\n');
    return r < 0 ? cs_fail(info, r, "cannot write the history") : 0;
}

/* --- to a table --- */

typedef struct names {
    const char *name[METRICS_MAX];
    size_t n;
} names;

static bool holds(const names *all, const char *name)
{
    for (size_t i = 0; i < all->n; i++)
        if (strcmp(all->name[i], name) == 0)
            return true;
    return false;
}

static void collect(const tr_history *h, names *all)
{
    for (size_t i = 0; i < h->epochs.len; i++) {
        const tr_epoch *e = &h->epochs.items[i];
        for (size_t k = 0; k < e->metric_count; k++)
            if (all->n < METRICS_MAX && !holds(all, e->metrics[k].name))
                all->name[all->n++] = e->metrics[k].name;
    }
}

static double value_of(const tr_epoch *e, const char *name)
{
    for (size_t i = 0; i < e->metric_count; i++)
        if (strcmp(e->metrics[i].name, name) == 0)
            return e->metrics[i].value;
    return (double)NAN;
}

static void write_row(const tr_epoch *e, const names *all, cs_strbuf *out)
{
    cs_strbuf_printf(out, "%llu,%llu,", (unsigned long long)e->epoch,
                     (unsigned long long)e->step);
    tr_cell(out, e->loss, ',');
    tr_cell(out, e->seconds, ',');
    cs_strbuf_add(out, e->best ? "1" : "0");
    for (size_t i = 0; i < all->n; i++) {
        cs_strbuf_putc(out, ',');
        tr_cell(out, value_of(e, all->name[i]), '\0');
    }
    cs_strbuf_putc(out, '\n');
}

int tr_history_csv(const tr_history *h, cs_strbuf *out, cs_errinfo *info)
{
    names all = {.n = 0};
    collect(h, &all);
    cs_strbuf_add(out, "epoch,step,loss,seconds,best");
    for (size_t i = 0; i < all.n; i++) {
        CS_SCOPED(cs_strbuf) name = CS_STRBUF_INIT;
        if (cs_strbuf_printf(&name, "val_%s", all.name[i]) < 0)
            return cs_fail_nomem(info);
        cs_strbuf_putc(out, ',');
        (void)!cs_csv_put(out, cs_strbuf_str(&name));
    }
    cs_strbuf_putc(out, '\n');
    for (size_t i = 0; i < h->epochs.len; i++)
        write_row(&h->epochs.items[i], &all, out);
    return cs_strbuf_check(out) < 0 ? cs_fail_nomem(info) : 0;
}
