/* What a reader finds in a PDF, by poppler's pdftotext. */
#ifndef CS_TESTS_REPORT_PDF_TEXT_H
#define CS_TESTS_REPORT_PDF_TEXT_H

#include <stdio.h>
#include <stdlib.h>

#include "report/case.h"
#include "report/pdf.h"
#include "support/tmp.h"

static inline unsigned pdf_pages(const char *text)
{
    unsigned n = 0;
    for (; *text; text++)
        n += *text == '\f';
    return n;
}

static inline void pdf_read(const char *path, cs_strbuf *text)
{
    char command[600];
    char part[4096];
    snprintf(command, sizeof(command), "pdftotext -layout '%s' -", path);
    FILE *f = popen(command, "r"); // NOLINT(cert-env33-c): a fixed command
    assert_non_null(f);
    for (size_t n; (n = fread(part, 1, sizeof(part), f)) > 0;)
        cs_strbuf_append(text, part, n);
    assert_int_equal(pclose(f), 0);
}

/* Its text, pages ending in form feeds. */
static inline void pdf_text(const made_case *m, cs_lang lang, const char *dir,
                            cs_strbuf *text)
{
    cs_strbuf pdf = CS_STRBUF_INIT;
    rp_pictures p = {0};
    const im_run run = {0};
    const char *path = tmp_path(dir, "report.pdf");
    // NOLINTNEXTLINE(cert-env33-c): a fixed command
    if (system("command -v pdftotext >/dev/null 2>&1") != 0) {
        print_message("skipped: pdftotext is not installed\n");
        skip();
    }
    assert_int_equal(rp_pictures_cut(&m->it, &run, &p, NULL), 0);
    assert_int_equal(rp_pdf(&m->it, &run, &p, lang, &pdf, NULL), 0);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(pdf.data, 1, pdf.len, f), pdf.len);
    fclose(f);
    pdf_read(path, text);
    rp_pictures_done(&p);
    cs_strbuf_done(&pdf);
}

static inline void has(const cs_strbuf *text, const char *what)
{
    if (!strstr(text->data, what))
        fail_msg("'%s' is not in:\n%s", what, text->data);
}

static inline void has_not(const cs_strbuf *text, const char *what)
{
    if (strstr(text->data, what))
        fail_msg("'%s' is in:\n%s", what, text->data);
}

#endif
