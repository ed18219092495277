/* consilium evaluate KIND: what its kinds share. */
#ifndef CS_CLI_EVALUATE_H
#define CS_CLI_EVALUATE_H

#include "cli/cli.h"
#include "eval/files.h"
#include "eval/study.h"

/* One kind; the arguments are those after its name. */
int evaluate_froc(cli_context *ctx, int argc, char *const *argv,
                  cs_errinfo *info);
int evaluate_clinical(cli_context *ctx, int argc, char *const *argv,
                      cs_errinfo *info);
int evaluate_roc(cli_context *ctx, int argc, char *const *argv,
                 cs_errinfo *info);
int evaluate_overlap(cli_context *ctx, int argc, char *const *argv,
                     cs_errinfo *info);

/* Annotations, scans and predictions must be given. */
int evaluate_check_files(const ev_study_files *f, cs_errinfo *info);

/* A result and how it is told. */
typedef struct evaluate_result {
    const void *result;
    void (*json)(const void *result, cs_json *w);
    int (*text)(const void *result, cs_lang lang, bool markdown, cs_strbuf *out,
                cs_errinfo *info);
    int (*files)(const void *result, cs_lang lang, ev_files *files,
                 cs_errinfo *info);
    const char *title; /* CS_N_() */
} evaluate_result;

/* Writes the files into `dir`, unless that is NULL, and then says the numbers
 * on the output, in words or in JSON. */
int evaluate_finish(cli_context *ctx, const evaluate_result *e, const char *dir,
                    cs_errinfo *info);

#endif
