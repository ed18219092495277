/* What `consilium diagnose` shows of a scan: how far it is, and what was
 * found. */
#ifndef CS_CLI_DIAGNOSE_SHOW_H
#define CS_CLI_DIAGNOSE_SHOW_H

#include "base/progress.h"
#include "cli/cli.h"
#include "lung/diagnose.h"

typedef struct diagnose_bar {
    cs_progress progress;
    cs_lang lang;
} diagnose_bar;

/* *bar stays where it is; its diagnose_bar_step() with itself as context goes
 * into lu_options. Only on a terminal is anything drawn. */
void diagnose_bar_start(diagnose_bar *bar, const cli_context *ctx);
void diagnose_bar_step(void *ctx, lu_stage stage, size_t done, size_t of);
void diagnose_bar_end(diagnose_bar *bar);

/* In words, warnings first. */
int diagnose_say(cli_context *ctx, const char *uid, const lu_diagnosis *d,
                 bool detect_only, cs_errinfo *info);

/* The members of an object that is open. */
void diagnose_json(cs_json *w, cs_lang lang, const lu_diagnosis *d);

#endif
