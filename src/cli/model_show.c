/* consilium model show, consilium model verify: what a model says of itself,
 * and whether that can be believed. */
#include "cli/model_actions.h"
#include "cli/model_rows.h"
#include "cli/text_table.h"
#include "cli/weights_show.h"

typedef struct options {
    const char *model, *data;
} options;

static const cs_arg rows[] = {
    CS_ARG_ONE(options, model, CS_N_("MODEL"), 1,
               CS_N_("session or name of a version, or weights with their "
                     "card beside them")),
};

static const cs_arg option_rows[] = {
    CS_ARG_PATH(options, data, '\0', "data", CS_N_("DIR"), NULL,
                MODEL_DATA_HELP),
};

static const char show_summary[] = CS_N_("show what a model says of itself");
static const char verify_summary[] = CS_N_(
    "hold a model's weights, card, signature and network against each other");

/* --- what both do --- */

typedef struct subject {
    cli_places places;
    cs_strbuf path;
    md_key *key; /* ours, or NULL */
} subject;

#define SUBJECT_INIT                                                           \
    {                                                                          \
        .places = CLI_PLACES_INIT, .path = CS_STRBUF_INIT                      \
    }

static void subject_done(subject *s)
{
    cli_places_done(&s->places);
    cs_strbuf_done(&s->path);
    md_key_free(s->key);
}

static int find(const cli_context *ctx, const options *o, subject *s,
                cs_errinfo *info)
{
    int r = cli_places_find(ctx, o->data, &s->places, info);
    if (r == 0)
        r = model_resolve(&s->places, o->model, &s->path, info);
    return r < 0 ? r : model_key(&s->places, false, &s->key, info);
}

static void say_signature(cli_context *ctx, const md_card *c, const md_key *key)
{
    switch (model_signed_by(c, key)) {
    case MODEL_UNSIGNED:
        cli_say(ctx, CS_N_("not signed: anyone may have written its card\n"));
        break;
    case MODEL_SIGNED_HERE:
        cli_say(ctx, CS_N_("signed here, with the key %s\n"), c->signer);
        break;
    case MODEL_SIGNED_ELSEWHERE:
        cli_say(ctx,
                CS_N_("signed elsewhere, with the key %s: do you know "
                      "it?\n"),
                c->signer);
        break;
    }
}

static void put_signature(cs_json *w, const md_card *c, const md_key *key)
{
    static const char *const words[] = {"none", "here", "elsewhere"};
    cs_json_key(w, "signed");
    cs_json_cstring(w, words[model_signed_by(c, key)]);
    cs_json_key(w, "signer");
    cs_json_cstring(w, c->signer);
}

/* --- show --- */

static int show_text(cli_context *ctx, const md_card *c, const md_key *key,
                     cs_errinfo *info)
{
    text_table t = TEXT_TABLE_INIT(2);
    for (size_t i = 0; i < model_row_count; i++) {
        CS_SCOPED(cs_strbuf) value = CS_STRBUF_INIT;
        model_rows[i].put(&value, c);
        text_table_add(&t, cs_msg(ctx->lang, model_rows[i].label));
        text_table_add(&t, value.data);
        t.failed |= cs_strbuf_check(&value) < 0;
    }
    for (size_t i = 0; i < c->metric_count; i++) {
        text_table_add(&t, c->metrics[i].name);
        text_table_addf(&t, "%.4g", c->metrics[i].value);
    }
    int r = text_table_put(&t, &ctx->out);
    text_table_done(&t);
    if (c->limits) {
        weights_escape(&ctx->out, cs_str_of(c->limits));
        cs_strbuf_putc(&ctx->out, '\n');
    }
    say_signature(ctx, c, key);
    return r < 0 ? cs_fail_nomem(info) : 0;
}

static int show_json(cli_context *ctx, const subject *s, const md_card *c,
                     cs_errinfo *info)
{
    cs_json w;
    cli_json_begin(ctx, &w);
    cs_json_key(&w, "file");
    cs_json_cstring(&w, s->path.data);
    put_signature(&w, c, s->key);
    cs_json_key(&w, "card");
    cs_json_open_object(&w);
    md_card_put(&w, c);
    cs_json_close_object(&w);
    return cli_json_end(ctx, &w, info);
}

static int show(cli_context *ctx, const options *o, cs_errinfo *info)
{
    CS_SCOPED(subject) s = SUBJECT_INIT;
    CS_SCOPED(md_card) c = MD_CARD_INIT;
    int r = find(ctx, o, &s, info);
    if (r == 0)
        r = md_card_read(s.path.data, &c, info);
    if (r < 0)
        return r;
    return ctx->common.json ? show_json(ctx, &s, &c, info)
                            : show_text(ctx, &c, s.key, info);
}

/* --- verify --- */

static int verified_json(cli_context *ctx, const subject *s, const md_card *c,
                         cs_errinfo *info)
{
    cs_json w;
    cli_json_begin(ctx, &w);
    cs_json_key(&w, "file");
    cs_json_cstring(&w, s->path.data);
    cs_json_key(&w, "valid");
    cs_json_bool(&w, true);
    cs_json_key(&w, "sha256");
    cs_json_cstring(&w, c->weights);
    put_signature(&w, c, s->key);
    return cli_json_end(ctx, &w, info);
}

/* Failed, where nobody has signed. */
static int verify(cli_context *ctx, const options *o, cs_errinfo *info)
{
    CS_SCOPED(subject) s = SUBJECT_INIT;
    CS_SCOPED(md_model) m = {.params = NULL};
    int r = find(ctx, o, &s, info);
    if (r == 0)
        r = md_model_load(s.path.data, &m, info);
    if (r != 0)
        return r;
    if (ctx->common.json) {
        r = verified_json(ctx, &s, &m.card, info);
    } else {
        cli_say(ctx, CS_N_("SHA-256 %s\n"), m.card.weights);
        cli_say(ctx, CS_N_("card, weights and network (%s) fit together\n"),
                m.card.recipe.network->name);
        say_signature(ctx, &m.card, s.key);
    }
    return r < 0 ? r : !m.card.is_signed;
}

/* --- the commands --- */

static int parse(cli_context *ctx, const char *command, const char *summary,
                 int argc, char *const *argv, options *ret, cs_errinfo *info)
{
    const cs_arg_group groups[] = {
        {CS_N_("arguments"), rows, CS_COUNTOF(rows), ret},
        {CS_N_("options"), option_rows, CS_COUNTOF(option_rows), ret},
    };
    return cli_parse(ctx, command, summary, groups, CS_COUNTOF(groups), argc,
                     argv, info);
}

int model_show(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info)
{
    options o = {NULL, NULL};
    int r =
        parse(ctx, "consilium model show", show_summary, argc, argv, &o, info);
    return r != 0 ? (r < 0 ? r : 0) : show(ctx, &o, info);
}

int model_verify(cli_context *ctx, int argc, char *const *argv,
                 cs_errinfo *info)
{
    options o = {NULL, NULL};
    int r = parse(ctx, "consilium model verify", verify_summary, argc, argv, &o,
                  info);
    return r != 0 ? (r < 0 ? r : 0) : verify(ctx, &o, info);
}
