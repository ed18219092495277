/* The actions of `consilium model`, in files model_*.c, and what they share.
 * The table in cmd_model.c has a row for each. */
#ifndef CS_CLI_MODEL_ACTIONS_H
#define CS_CLI_MODEL_ACTIONS_H

#include "cli/models.h"

/* They get the arguments after their name; see cli_command. */
int model_list(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info);
int model_add(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info);
int model_promote(cli_context *ctx, int argc, char *const *argv,
                  cs_errinfo *info);
int model_rollback(cli_context *ctx, int argc, char *const *argv,
                   cs_errinfo *info);
int model_compare(cli_context *ctx, int argc, char *const *argv,
                  cs_errinfo *info);
int model_show(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info);
int model_verify(cli_context *ctx, int argc, char *const *argv,
                 cs_errinfo *info);

#define MODEL_DATA_HELP                                                        \
    CS_N_("directory of everything the program keeps; otherwise the setting "  \
          "'data'")

/* The path of the weights that a word means: a version by session or name, or
 * else a file; with '/' always a file. Appends it. */
int model_resolve(const cli_places *places, const char *word, cs_strbuf *ret,
                  cs_errinfo *info);

/* The installation's key for model cards, DATA/keys/model.key. With `create`
 * made if need be; without, NULL where there is none. */
int model_key(const cli_places *places, bool create, md_key **ret,
              cs_errinfo *info);

typedef enum model_signature {
    MODEL_UNSIGNED,
    MODEL_SIGNED_HERE,
    MODEL_SIGNED_ELSEWHERE,
} model_signature;

/* "none", "ours", "other"; marked with CS_N_(). */
extern const char *const model_signature_words[];

/* `key` may be NULL. */
model_signature model_signed_by(const md_card *c, const md_key *key);

#endif
