#include "cli/settings.h"

#define MEMORY_MAX ((size_t)8 << 20)

static const char *const languages[] = {"auto", "en", "zh", NULL};

static const cs_field fields[] = {
    CS_FIELD(STRING, settings_values, data, "data",
             .fallback = "./consilium-data", .text = CS_TEXT_PATH,
             .help = CS_N_("directory of everything the program keeps")),
    CS_FIELD(ENUM, settings_values, language, "language", .words = languages,
             .fallback = "auto", .help = CS_N_("language of messages")),
    CS_FIELD(INT, settings_values, threads, "threads", .min = 0, .max = 1024,
             .fallback = "0",
             .help = CS_N_("threads to compute with; 0: every usable core")),
};
static const cs_table table = CS_TABLE(settings_values, fields);

/* Variables with our prefix that are read elsewhere in this room. */
static const char *const others[] = {"CONSILIUM_LANG", "CONSILIUM_CONFIG",
                                     "CONSILIUM_CPU_TIER", NULL};

int settings_load(const cli_context *ctx, const char *file, settings *ret,
                  cs_errinfo *info)
{
    const char *named = cli_env(ctx, "CONSILIUM_CONFIG");
    if (!file)
        file = ctx->common.config;
    if (!file && named && named[0])
        file = named;
    settings s = SETTINGS_INIT;
    cs_arena_init(&s.arena, MEMORY_MAX);
    const cs_config_spec spec = {
        .table = &table,
        .prefix = "CONSILIUM",
        .file = file,
        .dotenv = ".env",
        .env = ctx->env,
        .others = others,
    };
    int r = cs_config_load(&spec, &s.values, &s.config, &s.arena, info);
    if (r < 0) {
        cs_arena_done(&s.arena);
        return r;
    }
    *ret = s;
    return 0;
}

void settings_done(settings *s)
{
    cs_arena_done(&s->arena);
}
