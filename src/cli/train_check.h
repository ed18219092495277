/* `consilium train --check`: what a plan would do. */
#ifndef CS_CLI_TRAIN_CHECK_H
#define CS_CLI_TRAIN_CHECK_H

#include "cli/cli.h"
#include "train/plan.h"

/* CS_E_NOTFOUND, after all has been said, where a folder is missing. */
int train_check(cli_context *ctx, const tr_plan *plan, const char *root,
                cs_errinfo *info);

#endif
