/* consilium config show|check [FILE]: what is set, and by what. */
#include "base/columns.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/settings.h"

enum { SHOW, CHECK };
static const char *const action_words[] = {"show", "check", NULL};

typedef struct options {
    int action;
    const char *file;
} options;

static const cs_arg rows[] = {
    CS_ARG_ONE_WORD(options, action, CS_N_("ACTION"), 1, action_words,
                    CS_N_("show: every setting, its value and where it comes "
                          "from; check: only say whether all is well")),
    CS_ARG_ONE(options, file, CS_N_("FILE"), 0,
               CS_N_("settings file, instead of --config")),
};

static const char summary[] =
    "show or check the settings and where they come from";

/* Value and origin of a setting, safe to print. */
static void describe(const cli_context *ctx, const cs_setting *s,
                     cs_strbuf *value, cs_strbuf *origin)
{
    CS_SCOPED(cs_strbuf) raw = CS_STRBUF_INIT;
    cs_strbuf_clear(value);
    cs_strbuf_clear(origin);
    cs_setting_value(s, ctx->lang, &raw);
    size_t need = cs_utf8_escaped_len(raw.data, raw.len);
    if (cs_strbuf_reserve(value, need) == 0)
        value->len = cs_utf8_escape(value->data, need + 1, raw.data, raw.len);
    cs_setting_origin(s, ctx->lang, origin);
}

static void write_row(cli_context *ctx, const char *const cells[3],
                      const size_t widths[2])
{
    cs_columns_pad(&ctx->out, cells[0], widths[0] + 2);
    cs_columns_pad(&ctx->out, cells[1], widths[1] + 2);
    cs_strbuf_add(&ctx->out, cells[2]);
    cs_strbuf_putc(&ctx->out, '\n');
}

static int write_table(cli_context *ctx, const cs_config *config,
                       cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) value = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) origin = CS_STRBUF_INIT;
    const char *heads[] = {cs_msg(ctx->lang, CS_N_("setting")),
                           cs_msg(ctx->lang, CS_N_("value")),
                           cs_msg(ctx->lang, CS_N_("comes from"))};
    size_t widths[] = {cs_columns_of(heads[0]), cs_columns_of(heads[1])};
    for (size_t i = 0; i < config->len; i++) {
        describe(ctx, &config->items[i], &value, &origin);
        widths[0] = CS_MAX(widths[0], cs_columns_of(config->items[i].key));
        widths[1] = CS_MAX(widths[1], cs_columns_of(value.data));
    }
    write_row(ctx, heads, widths);
    for (size_t i = 0; i < config->len; i++) {
        describe(ctx, &config->items[i], &value, &origin);
        const char *cells[] = {config->items[i].key, value.data, origin.data};
        write_row(ctx, cells, widths);
        if (cs_strbuf_check(&value) < 0 || cs_strbuf_check(&origin) < 0)
            return cs_fail_nomem(info);
    }
    return 0;
}

static int write_json(cli_context *ctx, const cs_config *config,
                      cs_errinfo *info)
{
    static const char *const kinds[] = {"default", "file", "dotenv",
                                        "environment"};
    CS_SCOPED(cs_strbuf) value = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) origin = CS_STRBUF_INIT;
    cs_json w;
    cli_json_begin(ctx, &w);
    cs_json_key(&w, "settings");
    cs_json_open_array(&w);
    for (size_t i = 0; i < config->len; i++) {
        const cs_setting *s = &config->items[i];
        describe(ctx, s, &value, &origin);
        cs_json_open_object(&w);
        cs_json_key(&w, "key");
        cs_json_cstring(&w, s->key);
        cs_json_key(&w, "value");
        cs_json_string(&w, cs_strbuf_str(&value));
        cs_json_key(&w, "source");
        cs_json_cstring(&w, kinds[s->origin]);
        cs_json_key(&w, "origin");
        cs_json_string(&w, cs_strbuf_str(&origin));
        cs_json_key(&w, "variable");
        cs_json_cstring(&w, s->variable);
        cs_json_key(&w, "help");
        cs_json_cstring(&w, cs_msg(ctx->lang, s->field->help));
        cs_json_close_object(&w);
    }
    cs_json_close_array(&w);
    if (cs_strbuf_check(&value) < 0 || cs_strbuf_check(&origin) < 0)
        return cs_fail_nomem(info);
    return cli_json_end(ctx, &w, info);
}

int cmd_config(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info)
{
    options chosen = {SHOW, NULL};
    cs_arg_group group = {CS_N_("arguments"), rows, CS_COUNTOF(rows), &chosen};
    int r = cli_parse(ctx, "consilium config", summary, &group, 1, argc, argv,
                      info);
    if (r != 0)
        return r < 0 ? r : 0;
    CS_SCOPED(settings) set = SETTINGS_INIT;
    r = settings_load(ctx, chosen.file, &set, info);
    if (r < 0)
        return r;
    if (chosen.action == SHOW)
        return ctx->common.json ? write_json(ctx, &set.config, info)
                                : write_table(ctx, &set.config, info);
    if (!ctx->common.json) {
        cli_say(ctx, CS_N_("The settings are valid.\n"));
        return 0;
    }
    cs_json w;
    cli_json_begin(ctx, &w);
    cs_json_key(&w, "valid");
    cs_json_bool(&w, true);
    return cli_json_end(ctx, &w, info);
}
