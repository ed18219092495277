/* The actions of `consilium image`, one file each: image_NAME.c. The table in
 * cmd_image.c has a row for each. */
#ifndef CS_CLI_IMAGE_ACTIONS_H
#define CS_CLI_IMAGE_ACTIONS_H

#include "cli/cli.h"

/* They get the arguments after their name; see cli_command. */
int image_info(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info);
int image_convert(cli_context *ctx, int argc, char *const *argv,
                  cs_errinfo *info);
int image_resample(cli_context *ctx, int argc, char *const *argv,
                   cs_errinfo *info);

#endif
