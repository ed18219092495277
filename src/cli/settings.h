/* The program's settings: the one table of keys, their types, limits and
 * defaults. Read from --config FILE (or CONSILIUM_CONFIG), .env in the current
 * directory, and CONSILIUM_… variables. */
#ifndef CS_CLI_SETTINGS_H
#define CS_CLI_SETTINGS_H

#include "base/config.h"
#include "cli/cli.h"

typedef enum settings_language {
    SETTINGS_LANG_AUTO,
    SETTINGS_LANG_EN,
    SETTINGS_LANG_ZH,
} settings_language;

typedef struct settings_values {
    const char *data;
    int language;
    int threads; /* 0: every usable core */
} settings_values;

typedef struct settings {
    settings_values values;
    cs_config config; /* each setting with its origin */
    cs_arena arena;   /* owns all the texts */
} settings;

#define SETTINGS_INIT                                                          \
    {                                                                          \
        {0}, {0}, CS_ARENA_INIT                                                \
    }

/* `file` NULL: what --config or CONSILIUM_CONFIG names, or no file. */
int settings_load(const cli_context *ctx, const char *file, settings *ret,
                  cs_errinfo *info);
void settings_done(settings *s);

#endif
