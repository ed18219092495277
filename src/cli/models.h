/* Where models are: the installation's own versions in DATA/models, and those
 * that came with the program. */
#ifndef CS_CLI_MODELS_H
#define CS_CLI_MODELS_H

#include "cli/cli.h"
#include "model/model.h"

typedef struct cli_places {
    cs_strbuf models; /* DATA/models */
    cs_strbuf keys;   /* DATA/keys */
} cli_places;

#define CLI_PLACES_INIT                                                        \
    {                                                                          \
        .models = CS_STRBUF_INIT, .keys = CS_STRBUF_INIT                       \
    }

/* DATA is `data` (--data) or, where that is NULL, the setting. */
int cli_places_find(const cli_context *ctx, const char *data, cli_places *ret,
                    cs_errinfo *info);
void cli_places_done(cli_places *p);

/* The directory of the models that came with the program: beside the build
 * tree, or below PREFIX/share/consilium. Empty where there is none. */
int cli_shipped_models(cs_strbuf *ret, cs_errinfo *info);

/* What a diagnosis uses. `model` (-m) is the session or name of a version, for
 * whose task it is then used, or else (with '/' always) a directory or a
 * detector's weights. NULL: what was promoted, or what came with the program.
 */
int cli_load_models(const cli_context *ctx, const char *data, const char *model,
                    md_set *ret, cs_errinfo *info);

#endif
