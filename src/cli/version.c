/* consilium --version: which program this is, how it was built, and which of
 * its code this CPU runs. */
#include "version.h"

#include <jansson.h>
#include <openssl/crypto.h>
#include <sodium.h>
#include <yaml.h>

#include "base/cpu.h"
#include "cli/commands.h"
#include "cli/tier.h"

typedef struct part {
    const char *name;
    const char *version;
} part;

#define PARTS 4

static void list_parts(part parts[PARTS])
{
    parts[0] = (part){"jansson", jansson_version_str()};
    parts[1] = (part){"libyaml", yaml_get_version_string()};
    parts[2] = (part){"libsodium", sodium_version_string()};
    parts[3] = (part){"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)};
}

static int write_json(cli_context *ctx, const char *model, const char *tier,
                      cs_errinfo *info)
{
    part parts[PARTS];
    list_parts(parts);
    cs_json w;
    cli_json_begin(ctx, &w);
    const part rows[] = {
        {"version", CS_VERSION},
        {"commit", CS_GIT_DESCRIBE},
        {"preset", CS_BUILD_PRESET},
        {"compiler", CS_BUILD_COMPILER},
        {"flags", CS_BUILD_FLAGS},
        {"sanitizers", CS_BUILD_SANITIZE},
        {"cpu", model},
        {"cpu_tier", tier},
    };
    for (size_t i = 0; i < CS_COUNTOF(rows); i++) {
        cs_json_key(&w, rows[i].name);
        cs_json_cstring(&w, rows[i].version);
    }
    cs_json_key(&w, "libraries");
    cs_json_open_object(&w);
    for (size_t i = 0; i < PARTS; i++) {
        cs_json_key(&w, parts[i].name);
        cs_json_cstring(&w, parts[i].version);
    }
    cs_json_close_object(&w);
    return cli_json_end(ctx, &w, info);
}

static void write_text(cli_context *ctx, const char *model, const char *tier)
{
    part parts[PARTS];
    list_parts(parts);
    cs_strbuf_printf(&ctx->out, "consilium %s (%s)\n", CS_VERSION,
                     CS_GIT_DESCRIBE);
    cli_say(ctx, CS_N_("built with  %s, preset %s, flags %s\n"),
            CS_BUILD_COMPILER, CS_BUILD_PRESET, CS_BUILD_FLAGS);
    if (CS_BUILD_SANITIZE[0])
        cli_say(ctx, CS_N_("sanitizers  %s\n"), CS_BUILD_SANITIZE);
    cli_say(ctx, CS_N_("CPU         %s, tier %s in use\n"), model, tier);
    cli_say(ctx, CS_N_("libraries  "));
    for (size_t i = 0; i < PARTS; i++)
        cs_strbuf_printf(&ctx->out, " %s %s%s", parts[i].name, parts[i].version,
                         i + 1 < PARTS ? "," : "\n");
}

int cli_write_version(cli_context *ctx, cs_errinfo *info)
{
    cs_cpu_tier tier;
    int r = cli_cpu_tier(ctx, &tier, info);
    if (r < 0)
        return r;
    char model[CS_CPU_MODEL_MAX];
    cs_cpu_model(model);
    if (ctx->common.json)
        return write_json(ctx, model, cs_cpu_tier_name(tier), info);
    write_text(ctx, model, cs_cpu_tier_name(tier));
    return 0;
}
