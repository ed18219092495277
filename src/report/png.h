/* Pictures for those who put them elsewhere: PNG, twice the report's scale. */
#ifndef CS_REPORT_PNG_H
#define CS_REPORT_PNG_H

#include "report/pages.h"

/* The lungs from the front with every finding's number. */
int rp_png_overview(const rp_case *c, const rp_pictures *p, cs_strbuf *out,
                    cs_errinfo *info);
/* Finding i in three planes, 50 mm wide. */
int rp_png_nodule(const rp_case *c, const rp_pictures *p, size_t i,
                  cs_strbuf *out, cs_errinfo *info);

#endif
