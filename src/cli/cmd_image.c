/* consilium image ACTION: volumes in files. */
#include "cli/commands.h"
#include "cli/image_actions.h"

typedef struct action {
    const char *name;
    int (*run)(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info);
} action;

static const action actions[] = {
    {"info", image_info},
    {"convert", image_convert},
    {"resample", image_resample},
};
/* The same names, for the help and for suggestions. */
static const char *const action_words[] = {"info", "convert", "resample", NULL};
_Static_assert(CS_COUNTOF(action_words) == CS_COUNTOF(actions) + 1,
               "an action lacks its word");

typedef struct options {
    int action;
} options;

static const cs_arg rows[] = {
    CS_ARG_ONE_WORD(options, action, CS_N_("ACTION"), 1, action_words,
                    CS_N_("info: what files hold and where it lies; convert: "
                          "another format, type, or pictures; resample: "
                          "another grid. 'consilium image ACTION --help' "
                          "explains each")),
};

static const char summary[] = "look at, convert and resample volumes";

static const action *find(const char *name)
{
    for (size_t i = 0; i < CS_COUNTOF(actions); i++)
        if (strcmp(actions[i].name, name) == 0)
            return &actions[i];
    return NULL;
}

int cmd_image(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info)
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
        cli_parse(ctx, "consilium image", summary, &group, 1, argc, argv, info);
    return r < 0 ? r : 0; /* an action without a mistake was found above */
}
