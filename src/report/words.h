/* What the reader sees for what programs call "part-solid" or "4A". */
#ifndef CS_REPORT_WORDS_H
#define CS_REPORT_WORDS_H

#include "base/message.h"
#include "base/strbuf.h"
#include "lung/diagnose.h"

/* In the reader's language. */
const char *rp_density(cs_lang lang, lu_density d);
const char *rp_risk(cs_lang lang, lu_risk r);
/* "left lung, upper third". */
const char *rp_where(cs_lang lang, const lu_measure *m);

/* "8.2 mm", "1204 mm³", "-640 HU", "87 %": what is shown has no more digits
 * than the measurement. */
void rp_mm(cs_strbuf *out, double mm);
void rp_percent(cs_strbuf *out, double share);

#endif
