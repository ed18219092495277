#include "image/phantom/dataset.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/file.h"
#include "base/json_write.h"
#include "base/mem.h"
#include "base/path.h"
#include "image/file.h"
#include "image/phantom/folder.h"

#define MASKS IM_PHANTOM_MASKS
#define PROFILE IM_PHANTOM_PROFILE

/* Files of text, gathered until all scans are made. */
typedef struct tables {
    cs_strbuf annotations, excluded, uids, phantoms;
    cs_json json; /* onto `phantoms` */
} tables;

static void tables_init(tables *t)
{
    cs_strbuf_init(&t->annotations);
    cs_strbuf_init(&t->excluded);
    cs_strbuf_init(&t->uids);
    cs_strbuf_init(&t->phantoms);
    static const char heading[] =
        "seriesuid,coordX,coordY,coordZ,diameter_mm,type,malignancy,"
        "probability,place,lobe,spiculated,lobulated,label,voxels\n";
    cs_strbuf_add(&t->annotations, heading);
    cs_strbuf_add(&t->excluded, heading);
    cs_json_init(&t->json, &t->phantoms, CS_JSON_PRETTY);
    cs_json_open_array(&t->json);
}

static void tables_done(tables *t)
{
    cs_strbuf_done(&t->annotations);
    cs_strbuf_done(&t->excluded);
    cs_strbuf_done(&t->uids);
    cs_strbuf_done(&t->phantoms);
}

/* --- rows --- */

static void add_row(cs_strbuf *out, const char *uid,
                    const im_phantom_finding *f, size_t label)
{
    cs_strbuf_printf(out,
                     "%s,%.6f,%.6f,%.6f,%.6f,%s,%d,%.4f,%s,%s,%d,%d,%zu,"
                     "%zu\n",
                     uid, f->centre[0], f->centre[1], f->centre[2], f->diameter,
                     im_phantom_type_names[f->type], f->malignant, f->risk,
                     im_phantom_place_names[f->place], f->lobe, f->spiculated,
                     f->lobulated, label, f->voxels);
}

static void json_vector(cs_json *w, const char *key, const double *v, size_t n)
{
    cs_json_key(w, key);
    cs_json_open_array(w);
    for (size_t i = 0; i < n; i++)
        cs_json_double(w, v[i]);
    cs_json_close_array(w);
}

static void json_number(cs_json *w, const char *key, double v)
{
    cs_json_key(w, key);
    cs_json_double(w, v);
}

static void json_text(cs_json *w, const char *key, const char *v)
{
    cs_json_key(w, key);
    cs_json_cstring(w, v);
}

static void json_flag(cs_json *w, const char *key, bool v)
{
    cs_json_key(w, key);
    cs_json_bool(w, v);
}

static void json_findings(cs_json *w, const char *key,
                          const im_phantom_finding *f, size_t n)
{
    cs_json_key(w, key);
    cs_json_open_array(w);
    for (size_t i = 0; i < n; i++) {
        cs_json_open_object(w);
        json_vector(w, "centre_mm", f[i].centre, 3);
        json_number(w, "diameter_mm", f[i].diameter);
        json_number(w, "volume_mm3", f[i].volume);
        json_text(w, "type", im_phantom_type_names[f[i].type]);
        json_text(w, "place", im_phantom_place_names[f[i].place]);
        json_text(w, "lobe", f[i].lobe);
        json_flag(w, "spiculated", f[i].spiculated);
        json_flag(w, "lobulated", f[i].lobulated);
        json_flag(w, "malignant", f[i].malignant);
        json_number(w, "probability", f[i].risk);
        cs_json_close_object(w);
    }
    cs_json_close_array(w);
}

static void json_scan(cs_json *w, const im_phantom *p)
{
    const im_geometry *g = &p->image.geometry;
    cs_json_open_object(w);
    json_text(w, "seriesuid", p->uid);
    json_vector(w, "spacing_mm", g->spacing, 3);
    json_vector(w, "origin_mm", g->origin, 3);
    json_number(w, "thickness_mm", p->thickness);
    json_number(w, "noise_hu", p->noise);
    json_number(w, "blood_hu", p->blood);
    json_number(w, "age", p->age);
    json_text(w, "sex", p->female ? "F" : "M");
    json_number(w, "emphysema", p->emphysema);
    json_findings(w, "nodules", p->findings, p->finding_count);
    json_findings(w, "below_3_mm", p->specks, p->speck_count);
    cs_json_close_object(w);
}

static void add_scan(tables *t, const im_phantom *p, im_phantom_summary *sum)
{
    cs_strbuf_printf(&t->uids, "%s\n", p->uid);
    for (size_t i = 0; i < p->finding_count; i++) {
        add_row(&t->annotations, p->uid, &p->findings[i], i + 1);
        sum->malignant += p->findings[i].malignant;
    }
    for (size_t i = 0; i < p->speck_count; i++)
        add_row(&t->excluded, p->uid, &p->specks[i], 0);
    json_scan(&t->json, p);
    sum->scans++;
    sum->nodules += p->finding_count;
    sum->specks += p->speck_count;
}

/* --- files --- */

static int join(cs_strbuf *path, const char *dir, const char *name)
{
    cs_strbuf_clear(path);
    cs_path_join(path, cs_str_of(dir), cs_str_of(name));
    return cs_strbuf_check(path);
}

static int write_text(const char *dir, const char *name, const cs_strbuf *text,
                      cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    if (join(&path, dir, name) < 0 || cs_strbuf_check(text) < 0)
        return cs_fail_nomem(info);
    return cs_file_write(path.data, text->data, text->len, 0644, info);
}

static int write_volume(const char *dir, const char *format, const char *uid,
                        const im_volume *v, bool compress, cs_errinfo *info)
{
    char name[IM_PHANTOM_UID_MAX + 32];
    const char *cut = strchr(format, '%');
    snprintf(name, sizeof(name), "%.*s%s%s", (int)(cut - format), format, uid,
             cut + 1);
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    if (join(&path, dir, name) < 0)
        return cs_fail_nomem(info);
    const im_write_options options = {.compress = compress};
    return im_write(path.data, v, &options, info);
}

static int write_scan(const char *dir, const im_phantom *p, cs_errinfo *info)
{
    int r = write_volume(dir, "%.mhd", p->uid, &p->image, false, info);
    if (r == 0)
        r = write_volume(dir, MASKS "/%_lungs.mhd", p->uid, &p->lungs, true,
                         info);
    return r < 0 ? r
                 : write_volume(dir, MASKS "/%_nodules.mhd", p->uid,
                                &p->nodules, true, info);
}

/* What was asked for: known before anything is made. */
static int profile_text(const im_phantom_order *o, cs_strbuf *out,
                        cs_errinfo *info)
{
    const im_phantom_site *s = o->site;
    const double size[3] = {(double)o->size[0], (double)o->size[1],
                            (double)o->size[2]};
    cs_json w;
    cs_json_init(&w, out, CS_JSON_PRETTY);
    cs_json_open_object(&w);
    json_text(&w, "what", IM_PHANTOM_WHAT);
    json_number(&w, "version", IM_PHANTOM_VERSION);
    json_text(&w, "site", s->name);
    cs_json_key(&w, "seed");
    cs_json_u64(&w, o->seed);
    cs_json_key(&w, "scans");
    cs_json_u64(&w, o->scans);
    json_vector(&w, "size", size, 3);
    json_number(&w, "slice_mm_from", (double)s->slice[0]);
    json_number(&w, "slice_mm_to", (double)s->slice[1]);
    json_number(&w, "noise_hu_from", (double)s->noise[0]);
    json_number(&w, "noise_hu_to", (double)s->noise[1]);
    json_number(&w, "kernel_blur_mm", (double)s->blur);
    json_number(&w, "kernel_edge", (double)s->edge);
    json_number(&w, "nodules_per_scan", (double)s->nodules);
    json_flag(&w, "flipped", s->flipped);
    json_flag(&w, "padded", s->padded);
    cs_json_close_object(&w);
    if (cs_json_finish(&w) < 0 || cs_strbuf_putc(out, '\n') < 0)
        return cs_fail_nomem(info);
    return 0;
}

static int write_tables(const char *dir, tables *t, const cs_strbuf *profile,
                        cs_errinfo *info)
{
    cs_json_close_array(&t->json);
    if (cs_json_finish(&t->json) < 0 || cs_strbuf_putc(&t->phantoms, '\n') < 0)
        return cs_fail_nomem(info);
    int r = write_text(dir, "annotations.csv", &t->annotations, info);
    if (r == 0)
        r = write_text(dir, "annotations_excluded.csv", &t->excluded, info);
    if (r == 0)
        r = write_text(dir, "seriesuids.csv", &t->uids, info);
    if (r == 0)
        r = write_text(dir, IM_PHANTOM_LIST, &t->phantoms, info);
    return r < 0 ? r : write_text(dir, PROFILE, profile, info);
}

static im_phantom_spec spec_of(const im_phantom_order *o, uint64_t index)
{
    return (im_phantom_spec){.site = o->site,
                             .seed = o->seed,
                             .index = index,
                             .size = {o->size[0], o->size[1], o->size[2]}};
}

static int fill(const im_phantom_order *o, const im_run *run, const char *dir,
                tables *t, im_phantom_summary *sum, cs_errinfo *info)
{
    for (uint64_t i = 0; i < o->scans; i++) {
        const im_phantom_spec spec = spec_of(o, i);
        CS_SCOPED(im_phantom) p = IM_PHANTOM_INIT;
        int r = im_phantom_make(&spec, run, &p, info);
        if (r == 0)
            r = write_scan(dir, &p, info);
        if (r < 0)
            return r;
        add_scan(t, &p, sum);
        if (o->progress)
            o->progress(o->ctx, i + 1);
    }
    return 0;
}

/* --- the folder --- */

/* 1 where every scan that was asked for is there, 0 otherwise. */
static int holds_scans(const im_phantom_order *o, cs_errinfo *info)
{
    static const char *const forms[] = {
        "%s.mhd", "%s.raw", MASKS "/%s_lungs.mhd", MASKS "/%s_nodules.mhd"};
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    for (uint64_t i = 0; i < o->scans; i++) {
        const im_phantom_spec spec = spec_of(o, i);
        char uid[IM_PHANTOM_UID_MAX];
        int r = im_phantom_uid(&spec, uid, info);
        for (size_t k = 0; r == 0 && k < CS_COUNTOF(forms); k++) {
            char name[IM_PHANTOM_UID_MAX + 32];
            cs_str form = cs_str_of(forms[k]);
            size_t at = cs_str_index(form, '%');
            snprintf(name, sizeof(name), "%.*s%s%s", (int)at, form.data, uid,
                     form.data + at + 2);
            if (join(&path, o->dir, name) < 0)
                return cs_fail_nomem(info);
            if (access(path.data, R_OK) != 0)
                return 0;
        }
        if (r < 0)
            return r;
    }
    return 1;
}

/* The counts of a folder that is kept as it is. */
static int count_rows(const im_phantom_order *o, im_phantom_summary *ret,
                      cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    if (join(&path, o->dir, "annotations.csv") < 0)
        return cs_fail_nomem(info);
    int r = cs_file_read(path.data, (size_t)64 << 20, &text, info);
    if (r < 0)
        return r;
    *ret = (im_phantom_summary){.scans = o->scans, .there = true};
    for (size_t i = 0; i < text.len; i++)
        ret->nodules += text.data[i] == '\n';
    ret->nodules -= ret->nodules > 0;
    return 0;
}

/* Whether the folder holds just this order. */
static int holds(const im_phantom_order *o, const cs_strbuf *profile, bool *ret,
                 cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    if (join(&path, o->dir, PROFILE) < 0)
        return cs_fail_nomem(info);
    *ret = false;
    if (access(path.data, R_OK) != 0)
        return 0;
    int r = cs_file_read(path.data, 1 << 20, &text, info);
    if (r < 0 || !cs_str_eq(cs_strbuf_str(&text), cs_strbuf_str(profile)))
        return r == CS_E_LIMIT ? 0 : r;
    r = holds_scans(o, info);
    *ret = r == 1;
    return r < 0 ? r : 0;
}

/* Whether anything is in the folder; none at all is fine too. */
static int occupied(const char *dir, bool *ret, cs_errinfo *info)
{
    *ret = false;
    if (access(dir, F_OK) != 0)
        return 0;
    cs_dir_list list = CS_DIR_LIST_INIT;
    int r = cs_dir_read(dir, &list, info);
    *ret = list.len > 0;
    cs_dir_list_done(&list);
    return r;
}

/* The making may take hours: what is removed is looked at once more. */
static int clear_place(const im_phantom_order *o, cs_errinfo *info)
{
    bool full = false;
    int r = occupied(o->dir, &full, info);
    if (r == 0 && full && o->force)
        r = im_phantom_folder_ours(o->dir, info);
    if (r == 0 && full && o->force)
        r = cs_remove_tree(o->dir, info);
    return r;
}

static int move_into_place(const im_phantom_order *o, const char *made,
                           cs_errinfo *info)
{
    int r = clear_place(o, info);
    if (r < 0)
        return r;
    if (chmod(made, 0755) != 0 || rename(made, o->dir) != 0)
        return cs_fail_errno(info, errno, "cannot move the phantoms to '%s'",
                             o->dir);
    return 0;
}

static int make_all(const im_phantom_order *o, const im_run *run,
                    const char *made, const cs_strbuf *profile,
                    im_phantom_summary *sum, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) masks = CS_STRBUF_INIT;
    if (join(&masks, made, MASKS) < 0)
        return cs_fail_nomem(info);
    int r = cs_mkdir_p(masks.data, 0755, info);
    if (r < 0)
        return r;
    tables t;
    tables_init(&t);
    r = fill(o, run, made, &t, sum, info);
    if (r == 0)
        r = write_tables(made, &t, profile, info);
    tables_done(&t);
    return r;
}

/* Beside the folder, so that the last step is one rename. */
static int build(const im_phantom_order *o, const im_run *run,
                 const cs_strbuf *profile, im_phantom_summary *ret,
                 cs_errinfo *info)
{
    cs_str above = cs_path_dir(cs_str_of(o->dir));
    CS_AUTO_MEM char *parent =
        cs_strndup_at(above.data, above.len, CS_ALLOC_SITE);
    CS_AUTO_MEM char *made = NULL;
    if (!parent)
        return cs_fail_nomem(info);
    int r = cs_mkdir_p(parent, 0777, info);
    if (r == 0)
        r = cs_mkdtemp(parent, ".phantoms-", &made, info);
    if (r < 0 || !made)
        return r;
    im_phantom_summary sum = {.scans = 0};
    r = make_all(o, run, made, profile, &sum, info);
    if (r == 0)
        r = move_into_place(o, made, info);
    if (r < 0) {
        cs_remove_tree(made, NULL);
        return r;
    }
    *ret = sum;
    return 0;
}

int im_phantom_dataset(const im_phantom_order *order, const im_run *run,
                       im_phantom_summary *ret, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) profile = CS_STRBUF_INIT;
    bool full = false;
    bool same = false;
    int r = profile_text(order, &profile, info);
    if (r == 0)
        r = occupied(order->dir, &full, info);
    if (r == 0 && full && !order->force)
        r = holds(order, &profile, &same, info);
    if (r < 0)
        return r;
    if (same)
        return count_rows(order, ret, info);
    if (full && !order->force)
        return cs_fail(info, CS_E_EXISTS,
                       "'%s' is not empty and holds other things; take another "
                       "folder, or --force to replace phantoms",
                       order->dir);
    if (full)
        r = im_phantom_folder_ours(order->dir, info);
    if (r == 0)
        r = im_phantom_folder_place(order->dir, info);
    return r < 0 ? r : build(order, run, &profile, ret, info);
}
