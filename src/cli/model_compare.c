/* consilium model compare A B …: side by side. */
#include "base/mem.h"
#include "cli/model_actions.h"
#include "cli/model_rows.h"
#include "cli/text_table.h"

#define MODELS_MAX 8

typedef struct options {
    cs_arg_list models;
    const char *data;
} options;

static const cs_arg rows[] = {
    CS_ARG_MANY(options, models, CS_N_("MODEL"), 2, MODELS_MAX,
                CS_N_("sessions or names of versions, or weights with their "
                      "cards beside them")),
};

static const cs_arg option_rows[] = {
    CS_ARG_PATH(options, data, '\0', "data", CS_N_("DIR"), NULL,
                MODEL_DATA_HELP),
};

static const char summary[] = CS_N_("compare models side by side");

typedef struct comparison {
    size_t n;
    cs_strbuf paths[MODELS_MAX];
    md_card cards[MODELS_MAX];
    CS_VEC(const char *) metrics; /* every name once; the cards own them */
} comparison;

static void comparison_done(comparison *c)
{
    for (size_t i = 0; i < c->n; i++) {
        cs_strbuf_done(&c->paths[i]);
        md_card_done(&c->cards[i]);
    }
    cs_vec_done(&c->metrics);
}

static bool is_known(const comparison *c, const char *name)
{
    for (size_t i = 0; i < c->metrics.len; i++)
        if (strcmp(c->metrics.items[i], name) == 0)
            return true;
    return false;
}

static int gather_metrics(comparison *c, const md_card *card)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < card->metric_count; i++)
        if (!is_known(c, card->metrics[i].name))
            r = cs_vec_push(&c->metrics, card->metrics[i].name);
    return r;
}

static int read_all(const cli_places *places, const cs_arg_list *names,
                    comparison *c, cs_errinfo *info)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < names->len; i++) {
        cs_strbuf_init(&c->paths[i]);
        c->n = i + 1;
        r = model_resolve(places, names->items[i], &c->paths[i], info);
        if (r == 0)
            r = md_card_read(c->paths[i].data, &c->cards[i], info);
        if (r == 0 && gather_metrics(c, &c->cards[i]) < 0)
            r = cs_fail_nomem(info);
    }
    return r;
}

/* Metrics of one task alone can be held against each other. */
static bool is_fair(const comparison *c)
{
    for (size_t i = 1; i < c->n; i++)
        if (c->cards[i].recipe.task != c->cards[0].recipe.task)
            return false;
    return true;
}

static size_t best_of(const comparison *c, const char *name)
{
    const md_metric *values[MODELS_MAX];
    for (size_t i = 0; i < c->n; i++)
        values[i] = model_metric(&c->cards[i], name);
    return is_fair(c) ? model_best(values, c->n) : SIZE_MAX;
}

/* --- text --- */

/* The values of a row, and whether they differ. */
static int put_values(const comparison *c, const model_row *row,
                      cs_strbuf values[MODELS_MAX], bool *ret)
{
    int r = 0;
    *ret = false;
    for (size_t i = 0; i < c->n; i++) {
        cs_strbuf_clear(&values[i]);
        row->put(&values[i], &c->cards[i]);
        *ret |= strcmp(values[i].data, values[0].data) != 0;
        if (r == 0)
            r = cs_strbuf_check(&values[i]);
    }
    return r;
}

static void put_row(const cli_context *ctx, const comparison *c,
                    const model_row *row, text_table *t)
{
    cs_strbuf values[MODELS_MAX];
    bool differ;
    for (size_t i = 0; i < c->n; i++)
        cs_strbuf_init(&values[i]);
    if (put_values(c, row, values, &differ) < 0)
        t->failed = true;
    text_table_add(t, differ ? "~" : " ");
    text_table_add(t, cs_msg(ctx->lang, row->label));
    for (size_t i = 0; i < c->n; i++) {
        text_table_add(t, values[i].data);
        cs_strbuf_done(&values[i]);
    }
}

static void put_metric(const comparison *c, const char *name, text_table *t)
{
    size_t best = best_of(c, name);
    text_table_add(t, " ");
    text_table_add(t, name);
    for (size_t i = 0; i < c->n; i++) {
        const md_metric *m = model_metric(&c->cards[i], name);
        if (m)
            text_table_addf(t, "%.4g%s", m->value, i == best ? " *" : "");
        else
            text_table_add(t, "-");
    }
}

static int say_text(cli_context *ctx, const comparison *c, cs_errinfo *info)
{
    text_table t = TEXT_TABLE_INIT(c->n + 2);
    for (size_t i = 0; i < model_row_count; i++)
        put_row(ctx, c, &model_rows[i], &t);
    for (size_t i = 0; i < c->metrics.len; i++)
        put_metric(c, c->metrics.items[i], &t);
    int r = text_table_put(&t, &ctx->out);
    text_table_done(&t);
    cli_say(ctx, is_fair(c)
                     ? CS_N_("\n~ differs, * better. Each was measured on the "
                             "validation data of its own plan.\n")
                     : CS_N_("\n~ differs. These models are for different "
                             "tasks: their metrics cannot be compared.\n"));
    return r < 0 ? cs_fail_nomem(info) : 0;
}

/* --- JSON --- */

static void json_metric(cs_json *w, const comparison *c, const char *name)
{
    size_t best = best_of(c, name);
    cs_json_open_object(w);
    cs_json_key(w, "name");
    cs_json_cstring(w, name);
    cs_json_key(w, "less_is_better");
    cs_json_bool(w, model_metric_falls(name));
    cs_json_key(w, "values");
    cs_json_open_array(w);
    for (size_t i = 0; i < c->n; i++) {
        const md_metric *m = model_metric(&c->cards[i], name);
        if (m)
            cs_json_double(w, m->value);
        else
            cs_json_null(w);
    }
    cs_json_close_array(w);
    cs_json_key(w, "best");
    if (best < c->n)
        cs_json_u64(w, best);
    else
        cs_json_null(w);
    cs_json_close_object(w);
}

static int json_differences(cs_json *w, const comparison *c)
{
    cs_strbuf values[MODELS_MAX];
    int r = 0;
    for (size_t i = 0; i < c->n; i++)
        cs_strbuf_init(&values[i]);
    for (size_t k = 0; r == 0 && k < model_row_count; k++) {
        bool differ;
        r = put_values(c, &model_rows[k], values, &differ);
        if (differ)
            cs_json_cstring(w, model_rows[k].label);
    }
    for (size_t i = 0; i < c->n; i++)
        cs_strbuf_done(&values[i]);
    return r;
}

static void json_models(cs_json *w, const comparison *c)
{
    for (size_t i = 0; i < c->n; i++) {
        cs_json_open_object(w);
        cs_json_key(w, "file");
        cs_json_cstring(w, c->paths[i].data);
        cs_json_key(w, "card");
        cs_json_open_object(w);
        md_card_put(w, &c->cards[i]);
        cs_json_close_object(w);
        cs_json_close_object(w);
    }
}

static int say_json(cli_context *ctx, const comparison *c, cs_errinfo *info)
{
    cs_json w;
    cli_json_begin(ctx, &w);
    cs_json_key(&w, "models");
    cs_json_open_array(&w);
    json_models(&w, c);
    cs_json_close_array(&w);
    cs_json_key(&w, "metrics");
    cs_json_open_array(&w);
    for (size_t i = 0; i < c->metrics.len; i++)
        json_metric(&w, c, c->metrics.items[i]);
    cs_json_close_array(&w);
    cs_json_key(&w, "differ");
    cs_json_open_array(&w);
    if (json_differences(&w, c) < 0)
        return cs_fail_nomem(info);
    cs_json_close_array(&w);
    return cli_json_end(ctx, &w, info);
}

/* --- doing --- */

static int compare(cli_context *ctx, const options *o, cs_errinfo *info)
{
    CS_SCOPED(cli_places) places = CLI_PLACES_INIT;
    CS_SCOPED(comparison) c = {.n = 0};
    int r = cli_places_find(ctx, o->data, &places, info);
    if (r == 0)
        r = read_all(&places, &o->models, &c, info);
    if (r < 0)
        return r;
    return ctx->common.json ? say_json(ctx, &c, info) : say_text(ctx, &c, info);
}

int model_compare(cli_context *ctx, int argc, char *const *argv,
                  cs_errinfo *info)
{
    options o = {.data = NULL};
    const cs_arg_group groups[] = {
        {CS_N_("arguments"), rows, CS_COUNTOF(rows), &o},
        {CS_N_("options"), option_rows, CS_COUNTOF(option_rows), &o},
    };
    int r = cli_parse(ctx, "consilium model compare", summary, groups,
                      CS_COUNTOF(groups), argc, argv, info);
    if (r == 0)
        r = compare(ctx, &o, info);
    else if (r > 0)
        r = 0;
    cs_args_done(groups, CS_COUNTOF(groups));
    return r;
}
