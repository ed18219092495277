/* What `consilium evaluate froc` and LUNA16's script read. */
#ifndef CS_REPORT_CSV_H
#define CS_REPORT_CSV_H

#include "base/strbuf.h"
#include "report/report.h"

extern const char rp_csv_head[]; /* one line */

/* A line for each finding, without the head. */
int rp_csv_rows(const char *uid, const lu_diagnosis *d, cs_strbuf *out,
                cs_errinfo *info);

#endif
