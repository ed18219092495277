/* Sentences of a diagnosis with their numbers put in. The sentences are data,
 * so the compiler cannot check them as formats; these understand no more than
 * they need: %.0f, %.1f and %u take the next value, %% is a per cent sign. */
#ifndef CS_LUNG_TEXT_H
#define CS_LUNG_TEXT_H

#include "base/message.h"
#include "base/strbuf.h"
#include "lung/finding.h"

/* Appends `text` in the reader's language. A sentence that wants more values
 * than there are is a bug, and asserts. */
void lu_text_add(cs_strbuf *out, cs_lang lang, const char *text,
                 const double *values, unsigned count);

void lu_warning_add(cs_strbuf *out, cs_lang lang, const lu_warning *w);

#endif
