/* consilium model add RUN: a trained model becomes a version. */
#include <sys/stat.h>

#include "base/mem.h"
#include "base/path.h"
#include "cli/model_actions.h"

typedef struct options {
    const char *from, *session, *data;
} options;

static const cs_arg rows[] = {
    CS_ARG_ONE(options, from, CS_N_("RUN"), 1,
               CS_N_("a training run's folder, whose best weights are taken, "
                     "or weights with their card beside them")),
};

static const cs_arg option_rows[] = {
    CS_ARG_STRING(options, session, '\0', "session", CS_N_("ID"), NULL,
                  CS_N_("the session it belongs to; otherwise the next "
                        "number")),
    CS_ARG_PATH(options, data, '\0', "data", CS_N_("DIR"), NULL,
                MODEL_DATA_HELP),
};

static const char summary[] =
    CS_N_("keep a trained model as a version, with a signed card");

static int find_weights(const char *from, cs_strbuf *ret, cs_errinfo *info)
{
    struct stat st;
    if (stat(from, &st) == 0 && S_ISDIR(st.st_mode))
        cs_path_join(ret, cs_str_of(from), CS_STR("best.safetensors"));
    else
        cs_strbuf_add(ret, from);
    return cs_strbuf_check(ret) < 0 ? cs_fail_nomem(info) : 0;
}

static int say(cli_context *ctx, const cli_places *places, const char *name,
               const md_key *key, cs_errinfo *info)
{
    if (!ctx->common.json) {
        cli_say(ctx, CS_N_("%s is in '%s', its card signed with the key %s\n"),
                name, places->models.data, md_key_public(key));
        cli_say(ctx, CS_N_("'consilium model promote %s' puts it in use\n"),
                name);
        return 0;
    }
    cs_json w;
    cli_json_begin(ctx, &w);
    cs_json_key(&w, "id");
    cs_json_cstring(&w, name);
    cs_json_key(&w, "directory");
    cs_json_cstring(&w, places->models.data);
    cs_json_key(&w, "signer");
    cs_json_cstring(&w, md_key_public(key));
    return cli_json_end(ctx, &w, info);
}

static int add(cli_context *ctx, const options *o, cs_errinfo *info)
{
    CS_SCOPED(cli_places) places = CLI_PLACES_INIT;
    CS_SCOPED(cs_strbuf) weights = CS_STRBUF_INIT;
    CS_AUTO(md_key) key = NULL;
    CS_AUTO_MEM char *name = NULL;
    int r = cli_places_find(ctx, o->data, &places, info);
    if (r == 0)
        r = find_weights(o->from, &weights, info);
    if (r == 0)
        r = model_key(&places, true, &key, info);
    if (r == 0)
        r = md_versions_add(places.models.data, weights.data, o->session, key,
                            &name, info);
    return r < 0 ? r : say(ctx, &places, name, key, info);
}

int model_add(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info)
{
    options o = {NULL, NULL, NULL};
    const cs_arg_group groups[] = {
        {CS_N_("arguments"), rows, CS_COUNTOF(rows), &o},
        {CS_N_("options"), option_rows, CS_COUNTOF(option_rows), &o},
    };
    int r = cli_parse(ctx, "consilium model add", summary, groups,
                      CS_COUNTOF(groups), argc, argv, info);
    return r != 0 ? (r < 0 ? r : 0) : add(ctx, &o, info);
}
