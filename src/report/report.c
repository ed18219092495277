#include "report/report.h"

#include <stdio.h>

#include "base/mem.h"
#include "eval/files.h"
#include "image/file.h"
#include "report/csv.h"
#include "report/json.h"
#include "report/pdf.h"
#include "report/png.h"

#define NAME_MAX_ 32

/* Everything but the masks, made in memory before anything is written. */
typedef struct sheaf {
    ev_files files;
    char (*names)[NAME_MAX_]; /* of the nodules' pictures */
    rp_pictures pictures;
} sheaf;

static cs_strbuf *add(sheaf *s, const char *name, int *ret)
{
    cs_strbuf *out = *ret < 0 ? NULL : ev_files_add(&s->files, name);
    if (!out && *ret == 0)
        *ret = CS_E_NOMEM;
    return out;
}

static int add_texts(const rp_case *c, cs_lang lang, sheaf *s, cs_errinfo *info)
{
    int r = 0;
    cs_strbuf *out = add(s, "report.json", &r);
    if (out)
        r = rp_json(c, lang, out, info);
    out = add(s, "candidates.csv", &r);
    if (out) {
        cs_strbuf_add(out, rp_csv_head);
        r = rp_csv_rows(c->uid, c->diagnosis, out, info);
    }
    return r;
}

static int add_pages(const rp_case *c, const im_run *run, sheaf *s,
                     cs_errinfo *info)
{
    int r = 0;
    cs_strbuf *out = add(s, "report-zh.pdf", &r);
    if (out)
        r = rp_pdf(c, run, &s->pictures, CS_LANG_ZH, out, info);
    out = add(s, "report-en.pdf", &r);
    if (out)
        r = rp_pdf(c, run, &s->pictures, CS_LANG_EN, out, info);
    return r;
}

static int add_pictures(const rp_case *c, sheaf *s, cs_errinfo *info)
{
    int r = 0;
    cs_strbuf *out = add(s, "overview.png", &r);
    if (out)
        r = rp_png_overview(c, &s->pictures, out, info);
    for (size_t i = 0; i < s->pictures.count && r == 0; i++) {
        snprintf(s->names[i], NAME_MAX_, "nodule-%zu.png", i + 1);
        out = add(s, s->names[i], &r);
        if (out)
            r = rp_png_nodule(c, &s->pictures, i, out, info);
    }
    return r;
}

static int fill(const rp_case *c, const im_run *run, cs_lang lang, sheaf *s,
                cs_errinfo *info)
{
    size_t n = CS_MAX(c->diagnosis->findings.len, (size_t)1);
    s->names = cs_calloc(n, sizeof(*s->names));
    if (!s->names)
        return cs_fail_nomem(info);
    int r = rp_pictures_cut(c, run, &s->pictures, info);
    if (r == 0)
        r = add_texts(c, lang, s, info);
    if (r == 0)
        r = add_pages(c, run, s, info);
    if (r == 0)
        r = add_pictures(c, s, info);
    return r;
}

static void sheaf_done(sheaf *s)
{
    ev_files_done(&s->files);
    rp_pictures_done(&s->pictures);
    cs_free(s->names);
}

static int write_mask(const im_volume *mask, const char *dir, const char *name,
                      cs_errinfo *info)
{
    cs_strbuf path = CS_STRBUF_INIT;
    cs_strbuf_printf(&path, "%s/%s", dir, name);
    int r = cs_strbuf_check(&path) < 0
                ? cs_fail_nomem(info)
                : im_write(path.data, mask,
                           &(im_write_options){.compress = true}, info);
    cs_strbuf_done(&path);
    return r;
}

int rp_write(const rp_case *c, const im_run *run, cs_lang lang, const char *dir,
             cs_errinfo *info)
{
    sheaf s = {.files = EV_FILES_INIT};
    int r = fill(c, run, lang, &s, info);
    if (r == CS_E_NOMEM)
        r = cs_fail_nomem(info);
    if (r == 0)
        r = ev_files_write(&s.files, dir, info);
    sheaf_done(&s);
    if (r == 0)
        r = write_mask(&c->diagnosis->lungs.labels, dir, "lungs.mha", info);
    if (r == 0)
        r = write_mask(&c->diagnosis->nodules, dir, "nodules.mha", info);
    return r;
}
