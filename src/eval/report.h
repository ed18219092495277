/* A report for readers, on a terminal or in Markdown. */
#ifndef CS_EVAL_REPORT_H
#define CS_EVAL_REPORT_H

#include "base/message.h"
#include "eval/table.h"

typedef struct ev_report {
    cs_strbuf *out; /* borrowed */
    cs_lang lang;
    bool markdown;
    bool failed;
} ev_report;

/* The Chinese or English of a CS_N_() text. */
const char *ev_report_text(const ev_report *r, const char *msgid)
    CS_FORMAT_ARG(2);

/* The report's title and that a doctor decides: Markdown only. */
void ev_report_title(ev_report *r, const char *msgid);

void ev_report_heading(ev_report *r, const char *msgid);

/* A paragraph; `fmt` is already in the reader's language. */
void ev_report_say(ev_report *r, const char *fmt, ...) CS_PRINTF(2, 3);

/* A picture, "NAME.png" in the same directory: Markdown only. */
void ev_report_picture(ev_report *r, const char *file, const char *msgid);

/* Writes the table and gives it back. */
void ev_report_table(ev_report *r, ev_table *t);

int ev_report_check(const ev_report *r) CS_MUST_CHECK;

#endif
