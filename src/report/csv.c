#include "report/csv.h"

#include <string.h>

const char rp_csv_head[] = "seriesuid,coordX,coordY,coordZ,probability\n";

/* A name that would break the line's columns is quoted as RFC 4180 has it. */
static void add_name(cs_strbuf *out, const char *name)
{
    if (!strpbrk(name, ",\"\r\n")) {
        cs_strbuf_add(out, name);
        return;
    }
    cs_strbuf_putc(out, '"');
    for (const char *c = name; *c; c++) {
        if (*c == '"')
            cs_strbuf_putc(out, '"');
        cs_strbuf_putc(out, *c);
    }
    cs_strbuf_putc(out, '"');
}

int rp_csv_rows(const char *uid, const lu_diagnosis *d, cs_strbuf *out,
                cs_errinfo *info)
{
    for (size_t i = 0; i < d->findings.len; i++) {
        const lu_finding *f = &d->findings.items[i];
        add_name(out, uid);
        cs_strbuf_printf(out, ",%.4f,%.4f,%.4f,%.9g\n", f->centre[0],
                         f->centre[1], f->centre[2], f->confidence);
    }
    return cs_strbuf_check(out) < 0 ? cs_fail_nomem(info) : 0;
}
