/* The instruction tier in use: the best, or the one that the environment
 * variable CONSILIUM_CPU_TIER asks for. */
#ifndef CS_CLI_TIER_H
#define CS_CLI_TIER_H

#include "base/cpu.h"
#include "cli/cli.h"

int cli_cpu_tier(const cli_context *ctx, cs_cpu_tier *ret, cs_errinfo *info);

#endif
