/* consilium model list: every version, and which ones are in use. */
#include "cli/model_actions.h"
#include "cli/text_table.h"

typedef struct options {
    const char *data;
} options;

static const cs_arg option_rows[] = {
    CS_ARG_PATH(options, data, '\0', "data", CS_N_("DIR"), NULL,
                MODEL_DATA_HELP),
};

static const char summary[] =
    CS_N_("list the versions of models and which are used");

typedef struct listing {
    md_versions versions;
    md_promotions history;
    md_key *key; /* or NULL */
    md_places shipped;
    md_card shipped_cards[MD_TASKS]; /* of those that are there */
} listing;

static void listing_done(listing *l)
{
    md_versions_done(&l->versions);
    md_promotions_done(&l->history);
    md_key_free(l->key);
    md_places_done(&l->shipped);
    for (int t = 0; t < MD_TASKS; t++)
        md_card_done(&l->shipped_cards[t]);
}

static int read_shipped(listing *l, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) dir = CS_STRBUF_INIT;
    int r = cli_shipped_models(&dir, info);
    if (r == 0 && dir.len > 0)
        r = md_places_find(dir.data, &l->shipped, info);
    for (int t = 0; r == 0 && t < MD_TASKS; t++)
        if (l->shipped.path[t])
            r = md_card_read(l->shipped.path[t], &l->shipped_cards[t], info);
    return r;
}

static bool in_use(const listing *l, const md_version *v)
{
    if (!v->usable)
        return false;
    const md_promotion *now =
        md_promotions_current(&l->history, v->card.recipe.task);
    return now && strcmp(now->file, v->file) == 0 &&
           strcmp(now->weights, v->card.weights) == 0;
}

/* --- text --- */

/* The one that says most about a model for its task. */
static const md_metric *main_metric(const md_card *c)
{
    static const char *const names[MD_TASKS] = {"cpm", "auc", "auc"};
    for (size_t i = 0; i < c->metric_count; i++)
        if (strcmp(c->metrics[i].name, names[c->recipe.task]) == 0)
            return &c->metrics[i];
    return c->metric_count > 0 ? &c->metrics[0] : NULL;
}

static void put_row(const cli_context *ctx, const md_card *c,
                    const char *session, bool used, const md_key *key,
                    text_table *t)
{
    const md_metric *m = main_metric(c);
    text_table_add(t, used ? "*" : " ");
    text_table_add(t, session);
    text_table_add(t, md_task_words[c->recipe.task]);
    text_table_add(t, c->recipe.network->name);
    text_table_addf(t, "%.10s", c->created);
    text_table_addf(t, "%llu", (unsigned long long)c->data.scans);
    text_table_addf(t, "%llu", (unsigned long long)c->data.nodules);
    text_table_add(t, md_source_words[c->data.source]);
    if (m)
        text_table_addf(t, "%s %.3f", m->name, m->value);
    else
        text_table_add(t, "-");
    text_table_add(
        t, cs_msg(ctx->lang, model_signature_words[model_signed_by(c, key)]));
}

static void put_shipped(const cli_context *ctx, const listing *l, text_table *t)
{
    for (int k = 0; k < MD_TASKS; k++)
        if (l->shipped.path[k])
            put_row(ctx, &l->shipped_cards[k],
                    cs_msg(ctx->lang, CS_N_("shipped")),
                    !md_promotions_current(&l->history, (md_task)k), l->key, t);
}

static void put_heads(const cli_context *ctx, text_table *t)
{
    static const char *const heads[] = {
        " ",
        CS_N_("session"),
        CS_N_("task"),
        CS_N_("network"),
        CS_N_("made"),
        CS_N_("scans"),
        CS_N_("nodules"),
        CS_N_("data"),
        CS_N_("result"),
        CS_N_("signed"),
    };
    for (size_t i = 0; i < CS_COUNTOF(heads); i++)
        text_table_add(t, i ? cs_msg(ctx->lang, heads[i]) : heads[i]);
}

static int put_versions(cli_context *ctx, const listing *l, cs_errinfo *info)
{
    text_table t = TEXT_TABLE_INIT(10);
    put_heads(ctx, &t);
    for (size_t i = 0; i < l->versions.len; i++)
        if (l->versions.items[i].usable)
            put_row(ctx, &l->versions.items[i].card,
                    l->versions.items[i].session,
                    in_use(l, &l->versions.items[i]), l->key, &t);
    put_shipped(ctx, l, &t);
    int r = text_table_put(&t, &ctx->out);
    text_table_done(&t);
    return r < 0 ? cs_fail_nomem(info) : 0;
}

static void say_faults(cli_context *ctx, const listing *l)
{
    for (size_t i = 0; i < l->versions.len; i++) {
        const md_version *v = &l->versions.items[i];
        char why[CS_ERR_MESSAGE_MAX + CS_ERR_PLACE_MAX + 32];
        if (!v->usable)
            cli_say(ctx, CS_N_("%s cannot be used: %s\n"), v->file,
                    cs_errinfo_format(&v->why, why, sizeof(why)));
    }
}

static bool has_shipped(const listing *l)
{
    for (int t = 0; t < MD_TASKS; t++)
        if (l->shipped.path[t])
            return true;
    return false;
}

static int say_text(cli_context *ctx, const cli_places *places,
                    const listing *l, cs_errinfo *info)
{
    int r = 0;
    if (l->versions.len == 0)
        cli_say(ctx,
                CS_N_("no versions in '%s'; 'consilium model add' keeps a "
                      "trained model there\n"),
                places->models.data);
    if (l->versions.len > 0 || has_shipped(l)) {
        r = put_versions(ctx, l, info);
        say_faults(ctx, l);
        cli_say(ctx, CS_N_("\n* in use\n"));
    }
    return r;
}

/* --- JSON --- */

static void put_text(cs_json *w, const char *key, const char *text)
{
    cs_json_key(w, key);
    cs_json_cstring(w, text);
}

static void put_version(cs_json *w, const listing *l, const md_version *v)
{
    static const char *const signatures[] = {"none", "here", "elsewhere"};
    cs_json_open_object(w);
    put_text(w, "file", v->file);
    put_text(w, "id", v->name);
    put_text(w, "session_id", v->session);
    cs_json_key(w, "usable");
    cs_json_bool(w, v->usable);
    cs_json_key(w, "in_use");
    cs_json_bool(w, in_use(l, v));
    if (v->usable) {
        put_text(w, "signed", signatures[model_signed_by(&v->card, l->key)]);
        put_text(w, "signer", v->card.signer);
        cs_json_key(w, "card");
        cs_json_open_object(w);
        md_card_put(w, &v->card);
        cs_json_close_object(w);
    } else {
        put_text(w, "problem", v->why.message);
    }
    cs_json_close_object(w);
}

static void put_shipped_json(cs_json *w, const listing *l)
{
    for (int t = 0; t < MD_TASKS; t++) {
        if (!l->shipped.path[t])
            continue;
        cs_json_open_object(w);
        put_text(w, "file", l->shipped.path[t]);
        cs_json_key(w, "in_use");
        cs_json_bool(w, !md_promotions_current(&l->history, (md_task)t));
        cs_json_key(w, "card");
        cs_json_open_object(w);
        md_card_put(w, &l->shipped_cards[t]);
        cs_json_close_object(w);
        cs_json_close_object(w);
    }
}

static void put_history(cs_json *w, const md_promotions *p)
{
    for (size_t i = 0; i < p->len; i++) {
        const md_promotion *e = &p->items[i];
        cs_json_open_object(w);
        put_text(w, "action", e->back ? "rollback" : "promote");
        put_text(w, "task", md_task_words[e->task]);
        put_text(w, "model", e->file);
        put_text(w, "session", e->session);
        put_text(w, "weights", e->weights);
        put_text(w, "when", e->when);
        put_text(w, "who", e->who);
        put_text(w, "note", e->note);
        cs_json_close_object(w);
    }
}

static int say_json(cli_context *ctx, const cli_places *places,
                    const listing *l, cs_errinfo *info)
{
    cs_json w;
    cli_json_begin(ctx, &w);
    put_text(&w, "directory", places->models.data);
    cs_json_key(&w, "models");
    cs_json_open_array(&w);
    for (size_t i = 0; i < l->versions.len; i++)
        put_version(&w, l, &l->versions.items[i]);
    cs_json_close_array(&w);
    cs_json_key(&w, "shipped");
    cs_json_open_array(&w);
    put_shipped_json(&w, l);
    cs_json_close_array(&w);
    cs_json_key(&w, "history");
    cs_json_open_array(&w);
    put_history(&w, &l->history);
    cs_json_close_array(&w);
    return cli_json_end(ctx, &w, info);
}

int model_list(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info)
{
    options o = {NULL};
    const cs_arg_group group = {CS_N_("options"), option_rows,
                                CS_COUNTOF(option_rows), &o};
    int r = cli_parse(ctx, "consilium model list", summary, &group, 1, argc,
                      argv, info);
    if (r != 0)
        return r < 0 ? r : 0;
    CS_SCOPED(cli_places) places = CLI_PLACES_INIT;
    CS_SCOPED(listing) l = {.key = NULL};
    r = cli_places_find(ctx, o.data, &places, info);
    if (r == 0)
        r = md_versions_read(places.models.data, &l.versions, info);
    if (r == 0)
        r = md_promotions_read(places.models.data, &l.history, info);
    if (r == 0)
        r = model_key(&places, false, &l.key, info);
    if (r == 0)
        r = read_shipped(&l, info);
    if (r < 0)
        return r;
    return ctx->common.json ? say_json(ctx, &places, &l, info)
                            : say_text(ctx, &places, &l, info);
}
