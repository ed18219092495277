#include "cli/diagnose_tables.h"

#include <string.h>

#include "base/file.h"
#include "base/path.h"

static const char marks_head[] = "seriesuid,coordX,coordY,coordZ,probability\n";
static const char summary_head[] =
    "seriesuid,result,reliable,candidates,findings,risk,lung_rads,severe,"
    "seconds,error\n";

void diagnose_tables_done(diagnose_tables *t)
{
    cs_strbuf_done(&t->marks);
    cs_strbuf_done(&t->read);
    cs_strbuf_done(&t->summary);
}

/* Quoted as RFC 4180 has it, where it must be. */
static void add_cell(cs_strbuf *out, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        cs_strbuf_add(out, text);
        return;
    }
    cs_strbuf_putc(out, '"');
    for (const char *c = text; *c; c++) {
        if (*c == '"')
            cs_strbuf_putc(out, '"');
        cs_strbuf_putc(out, *c);
    }
    cs_strbuf_putc(out, '"');
}

static void add_severe(cs_strbuf *out, const lu_warnings *w)
{
    bool first = true;
    for (size_t i = 0; i < w->len; i++) {
        if (!w->items[i].severe)
            continue;
        cs_strbuf_add(out, first ? "" : ";");
        cs_strbuf_add(out, w->items[i].code);
        first = false;
    }
}

void diagnose_tables_add(diagnose_tables *t, const char *uid,
                         const lu_diagnosis *d)
{
    for (size_t i = 0; i < d->marks.len; i++) {
        const dt_candidate *c = &d->marks.items[i];
        add_cell(&t->marks, uid);
        cs_strbuf_printf(&t->marks, ",%.4f,%.4f,%.4f,%.9g\n", c->centre[0],
                         c->centre[1], c->centre[2], c->score);
    }
    add_cell(&t->read, uid);
    cs_strbuf_putc(&t->read, '\n');
    cs_strbuf *s = &t->summary;
    add_cell(s, uid);
    cs_strbuf_printf(s, ",done,%s,%zu,%zu,%s,%s,", d->reliable ? "yes" : "no",
                     d->candidates, d->findings.len,
                     d->lung_rads ? lu_risk_words[d->risk] : "",
                     d->lung_rads ? d->lung_rads : "");
    add_severe(s, &d->warnings);
    cs_strbuf_printf(s, ",%.2f,\n", d->seconds_all);
}

void diagnose_tables_add_none(diagnose_tables *t, const char *uid,
                              const char *what, const char *why)
{
    add_cell(&t->summary, uid);
    cs_strbuf_printf(&t->summary, ",%s,,,,,,,,", what);
    add_cell(&t->summary, why);
    cs_strbuf_putc(&t->summary, '\n');
}

static int write_one(const char *dir, const char *name, const char *head,
                     const cs_strbuf *rows, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    cs_path_join(&path, cs_str_of(dir), cs_str_of(name));
    cs_strbuf_add(&text, head);
    cs_strbuf_add_str(&text, cs_strbuf_str(rows));
    if (cs_strbuf_check(rows) < 0 || cs_strbuf_check(&path) < 0 ||
        cs_strbuf_check(&text) < 0)
        return cs_fail_nomem(info);
    return cs_file_write(path.data, text.data, text.len, 0644, info);
}

int diagnose_tables_write(const diagnose_tables *t, const char *dir, bool marks,
                          cs_errinfo *info)
{
    int r = 0;
    if (marks)
        r = write_one(dir, "submission.csv", marks_head, &t->marks, info);
    if (r == 0 && marks)
        r = write_one(dir, "seriesuids.csv", "", &t->read, info);
    if (r == 0)
        r = write_one(dir, "summary.csv", summary_head, &t->summary, info);
    return r;
}
