/* The report as A4 pages. */
#ifndef CS_REPORT_PDF_H
#define CS_REPORT_PDF_H

#include "report/pages.h"

/* Appends a PDF. The same case gives the same bytes. */
int rp_pdf(const rp_case *c, const im_run *run, const rp_pictures *p,
           cs_lang lang, cs_strbuf *out, cs_errinfo *info);

#endif
