#include "train/annotations.h"

#include <math.h>

#include "base/csv.h"

#define SCAN_NAMES "seriesuid|study_id|scan_id|scan"
#define LABEL_MAX 1000000

/* Maps hold numbers + 1 in the place of pointers. */
static void *as_value(size_t number)
{
    return (void *)(uintptr_t)(number + 1); // NOLINT(performance-no-int-to-ptr)
}

int tr_names_put(cs_map *names, const char *name, size_t number,
                 cs_errinfo *info)
{
    if (cs_map_put(names, cs_str_of(name), as_value(number), NULL) < 0)
        return cs_fail_nomem(info);
    return 0;
}

static const char *said(cs_errinfo *info, const char *text)
{
    return cs_msg(info ? info->lang : CS_LANG_EN, text);
}

/* --- what nodules and marks have in common --- */

typedef struct place_columns {
    size_t scan, at[3];
} place_columns;

static int find_places(const cs_csv *c, place_columns *p, cs_errinfo *info)
{
    static const char *const names[] = {"coordX|x", "coordY|y", "coordZ|z"};
    int r = cs_csv_column(c, SCAN_NAMES, &p->scan, info);
    for (size_t a = 0; r == 0 && a < 3; a++)
        r = cs_csv_column(c, names[a], &p->at[a], info);
    return r;
}

/* 1, or 0 where the scan is not among the names. */
static int read_place(const cs_csv *c, const place_columns *p,
                      const cs_map *names, size_t *ret_scan, double at[3],
                      cs_errinfo *info)
{
    for (size_t a = 0; a < 3; a++) {
        int r = cs_csv_number(c, p->at[a], &at[a], info);
        if (r < 0)
            return r;
    }
    const cs_map_entry *e = cs_map_find(names, cs_csv_text(c, p->scan));
    if (e)
        *ret_scan = (size_t)((uintptr_t)e->value - 1);
    return e != NULL;
}

static int open_table(const char *path, place_columns *p, cs_csv *ret,
                      cs_errinfo *info)
{
    int r = cs_csv_open(path, CS_CSV_SIZE_MAX, ret, info);
    if (r == 0)
        r = cs_csv_header(ret, info);
    return r < 0 ? r : find_places(ret, p, info);
}

/* --- nodules --- */

typedef struct columns {
    place_columns place;
    size_t diameter, malignant, label;
    bool has_malignant, has_label;
    bool excluded; /* of the file */
} columns;

static int find_columns(const cs_csv *c, columns *n, cs_errinfo *info)
{
    n->has_malignant = cs_csv_find(c, "malignancy|malignant", &n->malignant);
    n->has_label = cs_csv_find(c, "label", &n->label);
    return cs_csv_column(c, "diameter_mm|diameter", &n->diameter, info);
}

static int read_diameter(const cs_csv *c, const columns *n, double *ret,
                         cs_errinfo *info)
{
    double d;
    int r = cs_csv_number(c, n->diameter, &d, info);
    if (r < 0)
        return r;
    if (d < 0 && n->excluded)
        d = TR_DIAMETER_UNKNOWN;
    if (!(d > 0) || d > 1000)
        return cs_csv_refuse(
            c, n->diameter,
            said(info, CS_N_("a diameter above 0, at most 1000 mm")), info);
    *ret = d;
    return 0;
}

/* "1", "malignant", "0", "benign", or nothing: -1. */
static int read_malignant(const cs_csv *c, size_t column, int8_t *ret,
                          cs_errinfo *info)
{
    static const struct {
        const char *word;
        int8_t means;
    } words[] = {{"", -1},    {"1", 1},         {"0", 0},      {"1.0", 1},
                 {"0.0", 0},  {"malignant", 1}, {"benign", 0}, {"NA", -1},
                 {"nan", -1}, {"NaN", -1}};
    cs_str text = cs_csv_text(c, column);
    for (size_t i = 0; i < CS_COUNTOF(words); i++)
        if (cs_str_is(text, words[i].word)) {
            *ret = words[i].means;
            return 0;
        }
    return cs_csv_refuse(
        c, column, said(info, CS_N_("1, 0, malignant, benign or nothing")),
        info);
}

static int read_label(const cs_csv *c, size_t column, int32_t *ret,
                      cs_errinfo *info)
{
    double label = 0;
    int r =
        cs_csv_text(c, column).len ? cs_csv_number(c, column, &label, info) : 0;
    if (r < 0)
        return r;
    if (label < 0 || label > LABEL_MAX || label != floor(label))
        return cs_csv_refuse(c, column,
                             said(info, CS_N_("the label of a mask's voxels, "
                                              "or 0")),
                             info);
    *ret = (int32_t)label;
    return 0;
}

/* 1, or 0 where the scan is not among the names. */
static int read_nodule(const cs_csv *c, const columns *n, const cs_map *names,
                       tr_annotation *ret, cs_errinfo *info)
{
    int known =
        read_place(c, &n->place, names, &ret->scan, ret->nodule.centre, info);
    int r =
        known < 0 ? known : read_diameter(c, n, &ret->nodule.diameter, info);
    if (r == 0 && n->has_malignant)
        r = read_malignant(c, n->malignant, &ret->nodule.malignant, info);
    if (r == 0 && n->has_label)
        r = read_label(c, n->label, &ret->label, info);
    return r < 0 ? r : known;
}

static int note_stray(const cs_csv *c, size_t column, cs_map *strays,
                      cs_errinfo *info)
{
    cs_str name = cs_csv_text(c, column);
    if (cs_map_find(strays, name))
        return 0;
    if (cs_map_put(strays, name, as_value(c->line), NULL) < 0)
        return cs_fail_nomem(info);
    return 0;
}

int tr_annotations_read(const char *path, bool excluded, const cs_map *names,
                        tr_annotations *ret, cs_map *strays, cs_errinfo *info)
{
    CS_SCOPED(cs_csv) c = CS_CSV_INIT;
    columns n = {.excluded = excluded};
    CS_AUTO_MEM int32_t *ranks = cs_calloc(names->len, sizeof(*ranks));
    if (!ranks)
        return cs_fail_nomem(info);
    int r = open_table(path, &n.place, &c, info);
    if (r == 0)
        r = find_columns(&c, &n, info);
    while (r == 0 && (r = cs_csv_next(&c, info)) > 0) {
        tr_annotation a = {.nodule = {.malignant = -1, .excluded = excluded}};
        int known = read_nodule(&c, &n, names, &a, info);
        if (known <= 0) {
            r = known < 0 ? known : note_stray(&c, n.place.scan, strays, info);
            continue;
        }
        if (!n.has_label && !excluded)
            a.label = ++ranks[a.scan];
        r = 0;
        if (cs_vec_push(ret, a) < 0)
            r = cs_fail_nomem(info);
    }
    return r;
}

/* --- marks --- */

int tr_marks_read(const char *path, const cs_map *names, tr_marks *ret,
                  cs_errinfo *info)
{
    CS_SCOPED(cs_csv) c = CS_CSV_INIT;
    place_columns place;
    size_t score, diameter;
    bool sized = false;
    int r = open_table(path, &place, &c, info);
    if (r == 0)
        r = cs_csv_column(&c, "probability|confidence|score", &score, info);
    if (r == 0)
        sized = cs_csv_find(&c, "diameter_mm|diameter", &diameter);
    while (r == 0 && (r = cs_csv_next(&c, info)) > 0) {
        tr_mark m = {.at = {.diameter = 0}};
        int known = read_place(&c, &place, names, &m.scan, m.at.centre, info);
        r = known < 0 ? known : cs_csv_number(&c, score, &m.at.score, info);
        if (r == 0 && sized)
            r = cs_csv_number(&c, diameter, &m.at.diameter, info);
        if (r == 0 && known && cs_vec_push(ret, m) < 0)
            r = cs_fail_nomem(info);
    }
    return r;
}

bool tr_is_near_nodule(const dt_nodule *nodules, size_t n, const double at[3],
                       double apart)
{
    for (size_t i = 0; i < n; i++) {
        double square = 0, reach = nodules[i].diameter / 2 + apart;
        for (int k = 0; k < 3; k++) {
            double d = at[k] - nodules[i].centre[k];
            square += d * d;
        }
        if (square < reach * reach)
            return true;
    }
    return false;
}
