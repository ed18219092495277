/* What `consilium weights` prints. Names of tensors come from outside: text is
 * escaped, JSON is not. */
#ifndef CS_CLI_WEIGHTS_SHOW_H
#define CS_CLI_WEIGHTS_SHOW_H

#include "base/hash.h"
#include "cli/cli.h"
#include "onnx/model.h"
#include "weights/check.h"

/* A file that has been read. */
typedef struct weights_file {
    const char *path;
    const char *format;
    wt_dict dict;
    ox_model model; /* of ONNX; otherwise empty */
    bool is_model;
} weights_file;

/* Appends text from outside, fit for a terminal. */
void weights_escape(cs_strbuf *out, cs_str s);

/* Every tensor, the notes and the sums; as JSON where that was asked for. */
int weights_show(cli_context *ctx, const weights_file *f, cs_errinfo *info);

/* Every fault and a verdict. */
int weights_show_report(cli_context *ctx, const weights_file *f,
                        const cs_digest *digest, const wt_report *r,
                        cs_errinfo *info);

#endif
