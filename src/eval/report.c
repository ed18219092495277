#include "eval/report.h"

#include "base/error.h"

const char *ev_report_text(const ev_report *r, const char *msgid)
{
    return cs_msg(r->lang, msgid);
}

void ev_report_title(ev_report *r, const char *msgid)
{
    if (!r->markdown)
        return;
    cs_strbuf_printf(r->out, "# %s\n\n> %s\n", ev_report_text(r, msgid),
                     cs_msg(r->lang, CS_N_("For research use only. A doctor "
                                           "decides.")));
}

void ev_report_heading(ev_report *r, const char *msgid)
{
    const char *text = ev_report_text(r, msgid);
    if (r->markdown)
        cs_strbuf_printf(r->out, "\n## %s\n\n", text);
    else
        cs_strbuf_printf(r->out, "%s%s\n", r->out->len ? "\n" : "", text);
}

void ev_report_say(ev_report *r, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    if (r->markdown)
        cs_strbuf_putc(r->out, '\n');
    cs_strbuf_vprintf(r->out, fmt, args);
    cs_strbuf_putc(r->out, '\n');
    va_end(args);
}

void ev_report_picture(ev_report *r, const char *file, const char *msgid)
{
    if (r->markdown)
        cs_strbuf_printf(r->out, "\n![%s](%s.png)\n", ev_report_text(r, msgid),
                         file);
}

void ev_report_table(ev_report *r, ev_table *t)
{
    int failed =
        r->markdown ? ev_table_markdown(t, r->out) : ev_table_text(t, r->out);
    r->failed = r->failed || failed < 0;
    ev_table_done(t);
}

int ev_report_check(const ev_report *r)
{
    return r->failed ? CS_E_NOMEM : cs_strbuf_check(r->out);
}
