#include "cli/tier.h"

int cli_cpu_tier(const cli_context *ctx, cs_cpu_tier *ret, cs_errinfo *info)
{
    const char *wanted = cli_env(ctx, "CONSILIUM_CPU_TIER");
    int r = cs_cpu_tier_select(wanted && wanted[0] ? wanted : NULL, ret, info);
    if (r < 0)
        cs_errinfo_set_place(info, "CONSILIUM_CPU_TIER");
    return r;
}
