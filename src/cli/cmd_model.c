/* consilium model ACTION: versions of trained models. */
#include "cli/commands.h"
#include "cli/model_actions.h"

typedef struct action {
    const char *name;
    int (*run)(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info);
} action;

static const action actions[] = {
    {"list", model_list},         {"show", model_show},
    {"verify", model_verify},     {"compare", model_compare},
    {"add", model_add},           {"promote", model_promote},
    {"rollback", model_rollback},
};
/* The same names, for the help and for suggestions. */
static const char *const action_words[] = {
    "list", "show", "verify", "compare", "add", "promote", "rollback", NULL};
_Static_assert(CS_COUNTOF(action_words) == CS_COUNTOF(actions) + 1,
               "an action lacks its word");

typedef struct options {
    int action;
} options;

static const cs_arg rows[] = {
    CS_ARG_ONE_WORD(
        options, action, CS_N_("ACTION"), 1, action_words,
        CS_N_("list: every version; show: what a model says of itself; verify: "
              "look for changes and damage; compare: side by side; add: keep a "
              "trained model as a version; promote: use a version from now on; "
              "rollback: use the one before again. 'consilium model ACTION "
              "--help' explains each")),
};

static const char summary[] = "keep, compare and choose trained models";

static const action *find(const char *name)
{
    for (size_t i = 0; i < CS_COUNTOF(actions); i++)
        if (strcmp(actions[i].name, name) == 0)
            return &actions[i];
    return NULL;
}

int cmd_model(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info)
{
    cs_arg_group common = cli_common_group(&ctx->common);
    int used = cs_args_parse_leading(&common, 1, argc, argv, info);
    if (used < 0)
        return used;
    const action *a = used < argc ? find(argv[used]) : NULL;
    if (a)
        return a->run(ctx, argc - used - 1, argv + used + 1, info);
    options o = {0};
    cs_arg_group group = {CS_N_("arguments"), rows, CS_COUNTOF(rows), &o};
    int r =
        cli_parse(ctx, "consilium model", summary, &group, 1, argc, argv, info);
    return r < 0 ? r : 0; /* an action without a mistake was found above */
}
