#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/schema.h"
#include "model/card_text.h"

#define FILE_MAX ((size_t)256 * 1024)
#define MEMORY_MAX ((size_t)4 << 20)
#define COUNT_MAX INT64_C(1000000000000000)

/* A card as its file has it. */

typedef struct raw_input {
    double spacing;
    CS_LIST(double) window;
    CS_LIST(int64_t) patch;
} raw_input;

typedef struct raw_head {
    int kind;
    int64_t stride;
    CS_LIST(double) anchors;
} raw_head;

typedef struct raw_recipe {
    int task;
    const char *network;
    int64_t classes;
    raw_input input;
    raw_head head;
} raw_recipe;

typedef struct raw_data {
    int source;
    int64_t scans, nodules, malignant, sites;
} raw_data;

typedef struct raw_training {
    int64_t steps, epochs;
    const char *seed, *plan;
} raw_training;

typedef struct raw_weights {
    const char *sha256;
    int64_t bytes;
} raw_weights;

typedef struct raw_signature {
    const char *signer, *value;
    CS_LIST(const char *) seals;
} raw_signature;

typedef struct raw_card {
    int64_t version;
    const char *name, *session, *created, *parent;
    raw_recipe recipe;
    md_calibration calibration;
    double threshold;
    raw_data data;
    raw_training training;
    CS_LIST(md_metric) metrics;
    const char *limits;
    raw_weights weights;
    raw_signature signature;
} raw_card;

/* --- tables --- */

static const cs_field input_fields[] = {
    CS_FIELD(FLOAT, raw_input, spacing, "spacing", .required = true),
    CS_FIELD_LIST_OF(FLOAT, raw_input, window, "window", .required = true,
                     .min_items = 2, .max_items = 2),
    CS_FIELD_LIST_OF(INT64, raw_input, patch, "patch", .required = true,
                     .min = 1, .max = 1 << 20, .min_items = 3, .max_items = 3),
};
static const cs_table input_table = CS_TABLE(raw_input, input_fields);

static const cs_field head_fields[] = {
    CS_FIELD(ENUM, raw_head, kind, "kind", .required = true,
             .words = md_head_words),
    CS_FIELD(INT64, raw_head, stride, "stride", .required = true, .min = 1,
             .max = 1 << 20),
    CS_FIELD_LIST_OF(FLOAT, raw_head, anchors, "anchors",
                     .max_items = MD_ANCHORS_MAX),
};
static const cs_table head_table = CS_TABLE(raw_head, head_fields);

static const cs_field recipe_fields[] = {
    CS_FIELD(ENUM, raw_recipe, task, "task", .required = true,
             .words = md_task_words),
    CS_FIELD(STRING, raw_recipe, network, "network", .required = true,
             .max = 64, .text = CS_TEXT_LINE),
    CS_FIELD(INT64, raw_recipe, classes, "classes", .min = 0, .max = 1 << 20),
    CS_FIELD_STRUCT(raw_recipe, input, "input", &input_table, .required = true),
    CS_FIELD_STRUCT(raw_recipe, head, "head", &head_table, .required = true),
};
static const cs_table recipe_table = CS_TABLE(raw_recipe, recipe_fields);

/* A slope of 0 would make all cases the same, one below 0 the worst the best.
 * Otherwise anything may come out of logits that hardly differ. */
static const cs_field calibration_fields[] = {
    CS_FIELD(FLOAT, md_calibration, a, "a", .required = true, .fmin = 1e-300),
    CS_FIELD(FLOAT, md_calibration, b, "b", .required = true),
};
static const cs_table calibration_table =
    CS_TABLE(md_calibration, calibration_fields);

static const cs_field data_fields[] = {
    CS_FIELD(ENUM, raw_data, source, "source", .required = true,
             .words = md_source_words),
    CS_FIELD(INT64, raw_data, scans, "scans", .required = true,
             .max = COUNT_MAX),
    CS_FIELD(INT64, raw_data, nodules, "nodules", .required = true,
             .max = COUNT_MAX),
    CS_FIELD(INT64, raw_data, malignant, "malignant", .required = true,
             .max = COUNT_MAX),
    CS_FIELD(INT64, raw_data, sites, "sites", .required = true,
             .max = COUNT_MAX),
};
static const cs_table data_table = CS_TABLE(raw_data, data_fields);

static const cs_field training_fields[] = {
    CS_FIELD(INT64, raw_training, steps, "steps", .required = true,
             .max = COUNT_MAX),
    CS_FIELD(INT64, raw_training, epochs, "epochs", .required = true,
             .max = COUNT_MAX),
    CS_FIELD(STRING, raw_training, seed, "seed", .required = true, .max = 20),
    CS_FIELD(STRING, raw_training, plan, "plan", .max = 64),
};
static const cs_table training_table = CS_TABLE(raw_training, training_fields);

static const cs_field metric_fields[] = {
    CS_FIELD(STRING, md_metric, name, "name", .required = true, .min = 1,
             .max = 64, .text = CS_TEXT_LINE),
    CS_FIELD(FLOAT, md_metric, value, "value", .required = true),
};
static const cs_table metric_table = CS_TABLE(md_metric, metric_fields);

static const cs_field weights_fields[] = {
    CS_FIELD(STRING, raw_weights, sha256, "sha256", .required = true,
             .max = 64),
    CS_FIELD(INT64, raw_weights, bytes, "bytes", .required = true,
             .max = COUNT_MAX),
};
static const cs_table weights_table = CS_TABLE(raw_weights, weights_fields);

/* Required where there is a signature at all, which a table cannot say. */
static const cs_field signature_fields[] = {
    CS_FIELD(STRING, raw_signature, signer, "signer", .min = MD_PUBLIC_TEXT,
             .max = MD_PUBLIC_TEXT),
    CS_FIELD_LIST_OF(STRING, raw_signature, seals, "seals", .max = MD_SEAL_TEXT,
                     .min_items = MD_CARD_SECTIONS,
                     .max_items = MD_CARD_SECTIONS),
    CS_FIELD(STRING, raw_signature, value, "value", .min = MD_SIGNATURE_TEXT,
             .max = MD_SIGNATURE_TEXT),
};
static const cs_table signature_table =
    CS_TABLE(raw_signature, signature_fields);

static const cs_field card_fields[] = {
    CS_FIELD(INT64, raw_card, version, "card", .required = true),
    CS_FIELD(STRING, raw_card, name, "name", .required = true, .min = 1,
             .max = 200, .text = CS_TEXT_LINE),
    CS_FIELD(STRING, raw_card, session, "session", .min = 1, .max = 64),
    CS_FIELD(STRING, raw_card, created, "created", .required = true, .max = 40),
    CS_FIELD(STRING, raw_card, parent, "parent", .max = 64),
    CS_FIELD_STRUCT(raw_card, recipe, "recipe", &recipe_table,
                    .required = true),
    CS_FIELD_STRUCT(raw_card, calibration, "calibration", &calibration_table,
                    .required = true),
    CS_FIELD(FLOAT, raw_card, threshold, "threshold", .required = true,
             .fmin = 0, .fmax = 1),
    CS_FIELD_STRUCT(raw_card, data, "data", &data_table, .required = true),
    CS_FIELD_STRUCT(raw_card, training, "training", &training_table,
                    .required = true),
    CS_FIELD_LIST_OF_STRUCT(raw_card, metrics, "metrics", &metric_table,
                            .max_items = 256),
    CS_FIELD(STRING, raw_card, limits, "limits"),
    CS_FIELD_STRUCT(raw_card, weights, "weights", &weights_table,
                    .required = true),
    CS_FIELD_STRUCT(raw_card, signature, "signature", &signature_table),
};
static const cs_table card_table = CS_TABLE(raw_card, card_fields);

/* --- what tables cannot say --- */

/* The place of "recipe", or of "recipe" and then "network". */
static cs_place place_of(const cs_node *map, const char *outer,
                         const char *inner)
{
    const cs_node *n = cs_node_get(map, cs_str_of(outer));
    const cs_node *in = n && inner ? cs_node_get(n, cs_str_of(inner)) : NULL;
    return cs_node_place(in ? in : n ? n : map);
}

/* First of all: a card of a version to come has keys that we do not know. */
static int check_version(const cs_node *map, cs_errinfo *info)
{
    const cs_node *n = cs_node_get(map, CS_STR("card"));
    if (!n || n->kind != CS_NODE_INT)
        return cs_fail_at(info, CS_E_FORMAT, cs_node_place(n ? n : map),
                          "this is no model card: the key 'card' with a "
                          "version is missing");
    if (n->integer == MD_CARD_VERSION)
        return 0;
    if (n->integer < 1)
        return cs_fail_at(info, CS_E_FORMAT, cs_node_place(n),
                          "no model card has version %lld",
                          (long long)n->integer);
    return cs_fail_at(info, CS_E_FORMAT, cs_node_place(n),
                      "the card has version %lld; this program reads version "
                      "%d: it is too old for this model",
                      (long long)n->integer, MD_CARD_VERSION);
}

static int check_digest(const cs_node *map, const char *outer,
                        const char *inner, const char *text, cs_errinfo *info)
{
    cs_digest ignored;
    if (!text || cs_digest_parse(cs_str_of(text), &ignored) == 0)
        return 0;
    return cs_fail_at(info, CS_E_FORMAT, place_of(map, outer, inner),
                      "expected a SHA-256 of %d hexadecimal digits", 64);
}

static bool is_session(const char *s)
{
    return s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                       "0123456789-_")] == '\0';
}

static int check_texts(const cs_node *map, const raw_card *raw, uint64_t *seed,
                       cs_errinfo *info)
{
    int64_t ignored;
    if (raw->session && !is_session(raw->session))
        return cs_fail_at(info, CS_E_FORMAT, place_of(map, "session", NULL),
                          "expected letters, digits, '-' and '_'");
    if (cs_time_parse(cs_str_of(raw->created), &ignored) < 0)
        return cs_fail_at(info, CS_E_FORMAT, place_of(map, "created", NULL),
                          "expected a time such as 2026-11-21T09:30:00Z");
    if (cs_parse_u64(cs_str_of(raw->training.seed), seed) < 0)
        return cs_fail_at(info, CS_E_FORMAT, place_of(map, "training", "seed"),
                          "expected a whole number as text");
    int r = check_digest(map, "parent", NULL, raw->parent, info);
    if (r == 0)
        r = check_digest(map, "training", "plan", raw->training.plan, info);
    return r < 0 ? r
                 : check_digest(map, "weights", "sha256", raw->weights.sha256,
                                info);
}

static int find_network(const cs_node *map, const char *name,
                        const zoo_network **ret, cs_errinfo *info)
{
    *ret = zoo_find(name);
    if (*ret)
        return 0;
    return cs_fail_at(info, CS_E_FORMAT, place_of(map, "recipe", "network"),
                      "this program has no network '%s'", name);
}

/* --- from the file's form to ours --- */

static void take_recipe(const raw_recipe *raw, md_recipe *ret)
{
    ret->task = (md_task)raw->task;
    ret->classes = (size_t)raw->classes;
    ret->input.spacing = raw->input.spacing;
    ret->input.low = raw->input.window.items[0];
    ret->input.high = raw->input.window.items[1];
    for (int k = 0; k < 3; k++)
        ret->input.patch[k] = (size_t)raw->input.patch.items[k];
    ret->head.kind = (md_head_kind)raw->head.kind;
    ret->head.stride = (size_t)raw->head.stride;
    ret->head.anchor_count = raw->head.anchors.len;
    for (size_t i = 0; i < raw->head.anchors.len; i++)
        ret->head.anchors[i] = raw->head.anchors.items[i];
}

static void take_numbers(const raw_card *raw, md_card *ret)
{
    ret->calibration = raw->calibration;
    ret->threshold = raw->threshold;
    ret->data.source = (md_source)raw->data.source;
    ret->data.scans = (uint64_t)raw->data.scans;
    ret->data.nodules = (uint64_t)raw->data.nodules;
    ret->data.malignant = (uint64_t)raw->data.malignant;
    ret->data.sites = (uint64_t)raw->data.sites;
    ret->steps = (uint64_t)raw->training.steps;
    ret->epochs = (uint64_t)raw->training.epochs;
    ret->weights_bytes = (uint64_t)raw->weights.bytes;
}

static void take_texts(const raw_card *raw, md_card *ret)
{
    ret->name = raw->name;
    ret->session = raw->session;
    ret->created = raw->created;
    ret->parent = raw->parent;
    ret->plan = raw->training.plan;
    ret->weights = raw->weights.sha256;
    ret->metrics = raw->metrics.items;
    ret->metric_count = raw->metrics.len;
    ret->limits = raw->limits;
    ret->signer = raw->signature.signer;
    ret->is_signed = raw->signature.signer != NULL;
}

static int take(const cs_node *map, const raw_card *raw, md_card *ret,
                cs_errinfo *info)
{
    int r = find_network(map, raw->recipe.network, &ret->recipe.network, info);
    if (r == 0)
        r = check_texts(map, raw, &ret->seed, info);
    if (r < 0)
        return r;
    take_recipe(&raw->recipe, &ret->recipe);
    take_numbers(raw, ret);
    take_texts(raw, ret);
    cs_errinfo why = {.lang = info ? info->lang : CS_LANG_EN};
    r = md_recipe_check_fields(&ret->recipe, &why);
    return r < 0 ? cs_fail_at(info, CS_E_FORMAT, place_of(map, "recipe", NULL),
                              "this recipe cannot be: %s", why.message)
                 : 0;
}

/* --- the signature --- */

/* The names of sections that are not what was sealed. */
static int list_changed(const md_card *c, const raw_signature *s,
                        cs_strbuf *ret, cs_errinfo *info)
{
    char seal[MD_SEAL_TEXT + 1];
    for (size_t i = 0; i < MD_CARD_SECTIONS; i++) {
        int r = md_card_seal(c, i, seal, info);
        if (r < 0)
            return r;
        if (!cs_str_is(cs_str_of(seal), s->seals.items[i]))
            cs_strbuf_printf(ret, "%s%s", ret->len ? ", " : "",
                             md_card_sections[i]);
    }
    return cs_strbuf_check(ret) < 0 ? cs_fail_nomem(info) : 0;
}

static int check_signature(const cs_node *map, const md_card *c,
                           const raw_signature *s, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) changed = CS_STRBUF_INIT;
    if (!cs_node_get(map, CS_STR("signature")))
        return 0;
    cs_place at = place_of(map, "signature", NULL);
    if (!s->signer || !s->value || s->seals.len != MD_CARD_SECTIONS)
        return cs_fail_at(info, CS_E_FORMAT, at,
                          "a signature has 'signer', 'value' and 'seals'");
    int r = md_card_signed_text(c, &text, info);
    if (r < 0 || md_key_verify(cs_str_of(s->signer), cs_strbuf_str(&text),
                               cs_str_of(s->value)))
        return r;
    r = list_changed(c, s, &changed, info);
    if (r < 0)
        return r;
    if (changed.len > 0)
        return cs_fail_at(info, CS_E_UNSAFE, at,
                          "the card was changed after it was signed: %s",
                          changed.data);
    return cs_fail_at(info, CS_E_UNSAFE, at,
                      "the signature is not its signer's for this card");
}

/* --- reading --- */

static int decode(const cs_doc *doc, md_card *ret, cs_errinfo *info)
{
    const cs_node *map = cs_doc_root(doc);
    raw_card raw = {.version = 0};
    int r = check_version(map, info);
    if (r == 0)
        r = cs_schema_decode(map, &card_table, &raw, ret->arena, info);
    if (r == 0)
        r = take(map, &raw, ret, info);
    return r < 0 ? r : check_signature(map, ret, &raw.signature, info);
}

int md_card_parse(cs_str text, const char *name, md_card *ret, cs_errinfo *info)
{
    CS_AUTO(cs_doc) doc = NULL;
    CS_SCOPED(md_card) c = MD_CARD_INIT;
    const cs_doc_limits limits = {.nodes = 4000, .depth = 8};
    c.arena = cs_new0(cs_arena);
    if (!c.arena)
        return cs_fail_nomem(info);
    cs_arena_init(c.arena, MEMORY_MAX);
    int r = cs_doc_parse_json(text.data, text.len, name, &limits, &doc, info);
    if (r == 0)
        r = decode(doc, &c, info);
    if (r < 0)
        return r;
    *ret = c;
    c = (md_card)MD_CARD_INIT;
    return 0;
}

int md_card_read(const char *weights, md_card *ret, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    int r = md_card_path(weights, &path, info);
    if (r == 0)
        r = cs_file_read(path.data, FILE_MAX, &text, info);
    if (r == CS_E_NOTFOUND)
        return cs_fail(info, CS_E_NOTFOUND, "'%s' has no card: '%s' is missing",
                       weights, path.data);
    return r < 0 ? r
                 : md_card_parse(cs_strbuf_str(&text), path.data, ret, info);
}
