#include "lung/text.h"

#include <assert.h>
#include <string.h>

typedef struct placeholder {
    const char *spelled;
    int digits;
} placeholder;

static const placeholder placeholders[] = {{"%.0f", 0}, {"%.1f", 1}, {"%u", 0}};

static const placeholder *placeholder_at(const char *text)
{
    for (size_t i = 0; i < CS_COUNTOF(placeholders); i++)
        if (strncmp(text, placeholders[i].spelled,
                    strlen(placeholders[i].spelled)) == 0)
            return &placeholders[i];
    return NULL;
}

void lu_text_add(cs_strbuf *out, cs_lang lang, const char *text,
                 const double *values, unsigned count)
{
    unsigned used = 0;
    const char *at = cs_msg(lang, text);
    while (*at) {
        const placeholder *p = placeholder_at(at);
        if (p) {
            assert(used < count);
            double value = used < count ? values[used++] : 0;
            cs_strbuf_printf(out, "%.*f", p->digits, value);
            at += strlen(p->spelled);
            continue;
        }
        at += at[0] == '%' && at[1] == '%';
        cs_strbuf_putc(out, *at++);
    }
}

void lu_warning_add(cs_strbuf *out, cs_lang lang, const lu_warning *w)
{
    lu_text_add(out, lang, w->text, w->values, w->value_count);
}
