#include "report/report.h"

#include "eval/files.h"
#include "image/file.h"
#include "report/csv.h"
#include "report/json.h"

static int add_texts(const rp_case *c, cs_lang lang, ev_files *files,
                     cs_errinfo *info)
{
    cs_strbuf *json = ev_files_add(files, "report.json");
    if (!json)
        return cs_fail_nomem(info);
    int r = rp_json(c, lang, json, info);
    if (r < 0)
        return r;
    cs_strbuf *csv = ev_files_add(files, "candidates.csv");
    if (!csv)
        return cs_fail_nomem(info);
    cs_strbuf_add(csv, rp_csv_head);
    return rp_csv_rows(c->uid, c->diagnosis, csv, info);
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
    (void)run;
    ev_files files = EV_FILES_INIT;
    int r = add_texts(c, lang, &files, info);
    if (r == 0)
        r = ev_files_write(&files, dir, info);
    ev_files_done(&files);
    if (r == 0)
        r = write_mask(&c->diagnosis->lungs.labels, dir, "lungs.mha", info);
    if (r == 0)
        r = write_mask(&c->diagnosis->nodules, dir, "nodules.mha", info);
    return r;
}
