#include "cli/commands.h"

#include "base/mem.h"

const cli_command cli_commands[] = {
    {"check", CS_N_("is this machine fit to run Consilium?"), cmd_check},
    {"config", CS_N_("show or check the settings and where they come from"),
     cmd_config},
    {"weights", CS_N_("look at, check and convert files of weights"),
     cmd_weights},
    {"infer", CS_N_("run a network on a tensor"), cmd_infer},
    {"image", CS_N_("look at, convert and resample volumes"), cmd_image},
    {"phantom", CS_N_("make chest CTs with nodules and exact masks"),
     cmd_phantom},
    {"evaluate", CS_N_("measure how good results are"), cmd_evaluate},
    {"train", CS_N_("train a network by a plan"), cmd_train},
    {"segment-lungs", CS_N_("find the lungs in a chest CT"), cmd_segment_lungs},
    {"diagnose", CS_N_("find, measure and judge nodules in chest CTs"),
     cmd_diagnose},
    {"model", CS_N_("keep, compare and choose trained models"), cmd_model},
    {"bench", CS_N_("measure how fast Consilium is on this machine"),
     cmd_bench},
    {"help", CS_N_("explain a command"), cmd_help},
};
const size_t cli_command_count = CS_COUNTOF(cli_commands);

int cli_find_command(const char *name, const cli_command **ret,
                     cs_errinfo *info)
{
    const char *names[CS_COUNTOF(cli_commands)];
    for (size_t i = 0; i < cli_command_count; i++) {
        names[i] = cli_commands[i].name;
        if (strcmp(name, names[i]) == 0) {
            *ret = &cli_commands[i];
            return 0;
        }
    }
    const char *near =
        cs_str_suggest(cs_str_of(name), names, cli_command_count);
    if (near)
        return cs_fail(info, CS_E_USAGE,
                       "unknown command '%s' (did you mean '%s'?)", name, near);
    return cs_fail(info, CS_E_USAGE,
                   "unknown command '%s'; 'consilium --help' lists them all",
                   name);
}

/* --- help --- */

static int write_commands(cli_context *ctx)
{
    cs_help_row rows[CS_COUNTOF(cli_commands)];
    for (size_t i = 0; i < cli_command_count; i++)
        rows[i] =
            (cs_help_row){cli_commands[i].name, cli_commands[i].summary, NULL};
    return cs_help_block(&ctx->out, CS_N_("commands"), rows, cli_command_count,
                         ctx->lang, ctx->width);
}

int cli_write_help(cli_context *ctx)
{
    cs_arg_group common = cli_common_group(&ctx->common);
    int r = cs_args_help(&ctx->out, "consilium COMMAND",
                         CS_N_("Hospitals train medical-imaging models "
                               "together; no scan leaves its hospital."),
                         &common, 1, ctx->lang, ctx->width);
    if (r == 0)
        r = write_commands(ctx);
    cli_say(ctx, CS_N_("\nconsilium COMMAND --help explains a command. Exit "
                       "status: 0 done, 1 failed,\n2 wrong usage, 3 bad "
                       "input.\nResearch use only; a doctor decides.\n"));
    return r;
}

typedef struct help_options {
    const char *command;
} help_options;

static const cs_arg help_rows[] = {
    CS_ARG_ONE(help_options, command, CS_N_("COMMAND"), 0,
               CS_N_("the command to explain")),
};

static const char help_summary[] = "explain a command";

int cmd_help(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info)
{
    help_options options = {NULL};
    cs_arg_group group = {CS_N_("arguments"), help_rows, CS_COUNTOF(help_rows),
                          &options};
    int r = cli_parse(ctx, "consilium help", help_summary, &group, 1, argc,
                      argv, info);
    if (r != 0)
        return r < 0 ? r : 0;
    if (!options.command)
        return cli_write_help(ctx);
    const cli_command *command;
    r = cli_find_command(options.command, &command, info);
    if (r < 0)
        return r;
    char flag[] = "--help";
    char *const only_help[] = {flag, NULL};
    return command->run(ctx, 1, only_help, info);
}
