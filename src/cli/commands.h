/* The one table of commands. Help, dispatch and suggestions come from it; a
 * command that is not in it does not exist. */
#ifndef CS_CLI_COMMANDS_H
#define CS_CLI_COMMANDS_H

#include "cli/cli.h"

extern const cli_command cli_commands[];
extern const size_t cli_command_count;

/* CS_E_USAGE, with a suggestion, where there is no such command. */
int cli_find_command(const char *name, const cli_command **ret,
                     cs_errinfo *info);

/* `consilium --help`. */
int cli_write_help(cli_context *ctx);

/* `consilium --version`. */
int cli_write_version(cli_context *ctx, cs_errinfo *info);

int cmd_image(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info);
int cmd_infer(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info);
int cmd_evaluate(cli_context *ctx, int argc, char *const *argv,
                 cs_errinfo *info);
int cmd_bench(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info);
int cmd_check(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info);
int cmd_config(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info);
int cmd_help(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info);
int cmd_model(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info);
int cmd_phantom(cli_context *ctx, int argc, char *const *argv,
                cs_errinfo *info);
int cmd_diagnose(cli_context *ctx, int argc, char *const *argv,
                 cs_errinfo *info);
int cmd_segment_lungs(cli_context *ctx, int argc, char *const *argv,
                      cs_errinfo *info);
int cmd_train(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info);
int cmd_weights(cli_context *ctx, int argc, char *const *argv,
                cs_errinfo *info);

#endif
