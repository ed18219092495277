/* report.json: document 002's InferenceResult, member for member and in its
 * order, then what it has no place for. */
#ifndef CS_REPORT_JSON_H
#define CS_REPORT_JSON_H

#include "base/strbuf.h"
#include "report/report.h"

int rp_json(const rp_case *c, cs_lang lang, cs_strbuf *out, cs_errinfo *info);

#endif
