/* What every command gets: the reader's language, where output goes, and the
 * options that all commands share. Only this room reads the environment,
 * prints and decides the exit status. */
#ifndef CS_CLI_CLI_H
#define CS_CLI_CLI_H

#include "base/args.h"
#include "base/error.h"
#include "base/json_write.h"
#include "base/strbuf.h"

/* Options that stand before the command or after it. */
typedef struct cli_common {
    bool help;
    bool version;
    bool json;
    int lang;           /* index into auto, en, zh */
    const char *config; /* NULL: none named */
} cli_common;

typedef struct cli_context {
    char *const *env; /* "K=V", ends with NULL */
    cs_lang lang;
    size_t width; /* columns to fit help and tables into */
    cli_common common;
    cs_strbuf out; /* standard output, gathered; see cli_flush() */
} cli_context;

/* A command. `run` gets the arguments after the command's name. It returns an
 * exit status (0 done, 1 failed with its reason shown in the output) or a
 * negative cs_err with `info` filled, which is then printed. */
typedef struct cli_command {
    const char *name;
    const char *summary; /* CS_N_() */
    int (*run)(cli_context *ctx, int argc, char *const *argv, cs_errinfo *info);
} cli_command;

/* The whole program; returns the exit status. */
int cli_main(int argc, char *const *argv, char *const *env);

/* The value of an environment variable, or NULL. */
const char *cli_env(const cli_context *ctx, const char *name);

/* Reads a command's arguments into its own groups and the common options.
 * 0: go on; 1: --help was asked for and has been written; negative: failed. */
int cli_parse(cli_context *ctx, const char *command, const char *summary,
              const cs_arg_group *groups, size_t group_count, int argc,
              char *const *argv, cs_errinfo *info);

/* Appends translated text to the output; checked when flushed. */
void cli_say(cli_context *ctx, const char *fmt, ...) CS_PRINTF(2, 3);

/* Writes out what was gathered. A reader that has gone (EPIPE) ends the
 * program quietly: CS_E_CANCELLED with an empty message. */
int cli_flush(cli_context *ctx, cs_errinfo *info);

/* Begins and ends a JSON answer on the output. */
void cli_json_begin(cli_context *ctx, cs_json *w);
int cli_json_end(cli_context *ctx, cs_json *w, cs_errinfo *info);

/* The common options as a group, for help and parsing. */
cs_arg_group cli_common_group(cli_common *common);

#endif
