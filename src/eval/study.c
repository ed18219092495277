#include "eval/study.h"

#include <math.h>

#include "base/csv.h"

#define SCAN_NAMES "seriesuid|study_id|scan_id|scan"
#define SCANS_MAX ((size_t)1 << 24)

void ev_study_done(ev_study *s)
{
    cs_map_done(&s->scans);
    cs_map_done(&s->types);
    cs_vec_done(&s->nodules);
    cs_vec_done(&s->marks);
    cs_free(s->nodule_first);
    cs_free(s->mark_first);
    *s = (ev_study)EV_STUDY_INIT;
}

/* Maps hold numbers + 1 in the place of pointers. */
static void *as_value(size_t number)
{
    return (void *)(uintptr_t)(number + 1); // NOLINT(performance-no-int-to-ptr)
}

static const char *name_at(const cs_map *m, size_t i)
{
    return m->entries[i].key.data; /* nothing is ever removed */
}

const char *ev_study_type(const ev_study *s, size_t i)
{
    return name_at(&s->types, i);
}

const char *ev_study_scan(const ev_study *s, size_t i)
{
    return name_at(&s->scans, i);
}

static const char *said(cs_errinfo *info, const char *text)
{
    return cs_msg(info ? info->lang : CS_LANG_EN, text);
}

/* --- the list of scans --- */

static int add_scan(ev_study *s, const cs_csv *c, size_t column,
                    cs_errinfo *info)
{
    cs_str name = cs_csv_text(c, column);
    if (name.len == 0)
        return cs_csv_refuse(c, column, said(info, CS_N_("a scan's name")),
                             info);
    if (cs_map_find(&s->scans, name))
        return cs_fail_at(info, CS_E_FORMAT, cs_csv_place(c),
                          "scan '%.*s' is listed twice", CS_STR_ARG(name));
    if (s->scan_count == SCANS_MAX)
        return cs_fail_at(info, CS_E_LIMIT, cs_csv_place(c),
                          "more than %zu scans are listed", SCANS_MAX);
    if (cs_map_put(&s->scans, name, as_value(s->scan_count), NULL) < 0)
        return cs_fail_nomem(info);
    s->scan_count++;
    return 0;
}

/* A first line that names the column is a header; any other is a scan. */
static int begin_scans(cs_csv *c, size_t *ret_column, bool *ret_header,
                       cs_errinfo *info)
{
    int r = cs_csv_next(c, info);
    if (r == 0)
        return cs_fail_at(info, CS_E_FORMAT, cs_at(c->name, 0, 0),
                          "the file lists no scans");
    if (r > 0)
        r = cs_csv_use_as_header(c, info);
    if (r < 0)
        return r;
    *ret_column = 0;
    *ret_header = cs_csv_find(c, SCAN_NAMES, ret_column);
    if (*ret_header || c->width == 1)
        return 0;
    return cs_csv_column(c, SCAN_NAMES, ret_column, info);
}

static int read_scans(ev_study *s, const char *path, cs_errinfo *info)
{
    CS_SCOPED(cs_csv) c = CS_CSV_INIT;
    size_t column = 0;
    bool header = false;
    int r = cs_csv_open(path, CS_CSV_SIZE_MAX, &c, info);
    if (r == 0)
        r = begin_scans(&c, &column, &header, info);
    if (r == 0 && !header)
        r = add_scan(s, &c, column, info);
    while (r == 0 && (r = cs_csv_next(&c, info)) > 0)
        r = add_scan(s, &c, column, info);
    if (r == 0 && s->scan_count == 0)
        return cs_fail_at(info, CS_E_FORMAT, cs_at(path, 0, 0),
                          "the file lists no scans");
    return r;
}

/* --- positions, in both files --- */

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

/* 1, or 0 where the scan is not in the list. */
static int read_place(const ev_study *s, const cs_csv *c,
                      const place_columns *p, uint32_t *ret_scan, double at[3],
                      cs_errinfo *info)
{
    for (size_t a = 0; a < 3; a++) {
        int r = cs_csv_number(c, p->at[a], &at[a], info);
        if (r < 0)
            return r;
    }
    cs_str name = cs_csv_text(c, p->scan);
    const cs_map_entry *e = cs_map_find(&s->scans, name);
    if (e)
        *ret_scan = (uint32_t)((uintptr_t)e->value - 1);
    return e != NULL;
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
    for (size_t i = 0; i < CS_COUNTOF(words); i++) {
        if (cs_str_is(text, words[i].word)) {
            *ret = words[i].means;
            return 0;
        }
    }
    return cs_csv_refuse(
        c, column, said(info, CS_N_("1, 0, malignant, benign or nothing")),
        info);
}

/* --- annotations --- */

typedef struct nodule_columns {
    place_columns place;
    size_t diameter, type, malignant;
    bool has_type, has_malignant;
} nodule_columns;

static int find_nodule_columns(const cs_csv *c, nodule_columns *n,
                               cs_errinfo *info)
{
    int r = find_places(c, &n->place, info);
    if (r == 0)
        r = cs_csv_column(c, "diameter_mm|diameter", &n->diameter, info);
    n->has_type = cs_csv_find(c, "type|nodule_type", &n->type);
    n->has_malignant = cs_csv_find(c, "malignant|malignancy", &n->malignant);
    return r;
}

static int read_type(ev_study *s, const cs_csv *c, size_t column, int32_t *ret,
                     cs_errinfo *info)
{
    cs_str name = cs_csv_text(c, column);
    if (name.len == 0)
        return 0;
    const cs_map_entry *e = cs_map_find(&s->types, name);
    if (!e && s->types.len == 1000)
        return cs_fail_at(info, CS_E_LIMIT, cs_csv_place(c),
                          "more than %d types of nodules", 1000);
    *ret = (int32_t)(e ? (uintptr_t)e->value - 1 : s->types.len);
    if (!e && cs_map_put(&s->types, name, as_value(s->types.len), NULL) < 0)
        return cs_fail_nomem(info);
    return 0;
}

static int read_nodule(ev_study *s, const cs_csv *c, const nodule_columns *n,
                       ev_nodule *v, cs_errinfo *info)
{
    int known = read_place(s, c, &n->place, &v->scan, v->at, info);
    if (known < 0)
        return known;
    int r = cs_csv_number(c, n->diameter, &v->diameter, info);
    if (r == 0 && v->diameter == 0)
        r = cs_csv_refuse(c, n->diameter,
                          said(info, CS_N_("a diameter above 0, or -1 where "
                                           "it is not known")),
                          info);
    if (r == 0 && n->has_type && known)
        r = read_type(s, c, n->type, &v->type, info);
    if (r == 0 && n->has_malignant)
        r = read_malignant(c, n->malignant, &v->malignant, info);
    return r < 0 ? r : known;
}

static int add_nodule(ev_study *s, ev_nodule v, cs_errinfo *info)
{
    int r = cs_vec_push(&s->nodules, v);
    return r < 0 ? cs_fail_nomem(info) : 0;
}

static int read_nodules(ev_study *s, const char *path, bool excluded,
                        cs_errinfo *info)
{
    CS_SCOPED(cs_csv) c = CS_CSV_INIT;
    nodule_columns columns = {.has_type = false};
    size_t *strays = excluded ? &s->strays.excluded : &s->strays.annotations;
    int r = cs_csv_open(path, CS_CSV_SIZE_MAX, &c, info);
    if (r == 0)
        r = cs_csv_header(&c, info);
    if (r == 0)
        r = find_nodule_columns(&c, &columns, info);
    while (r == 0 && (r = cs_csv_next(&c, info)) > 0) {
        ev_nodule v = {.type = -1, .malignant = -1, .excluded = excluded};
        r = read_nodule(s, &c, &columns, &v, info);
        if (r == 0)
            ++*strays;
        else if (r > 0)
            r = add_nodule(s, v, info);
        s->has_malignancy = s->has_malignancy || v.malignant >= 0;
    }
    return r;
}

/* --- predictions --- */

typedef struct mark_columns {
    place_columns place;
    size_t probability, malignancy, called;
    bool has_malignancy, has_called;
} mark_columns;

static int find_mark_columns(const cs_csv *c, mark_columns *m, cs_errinfo *info)
{
    int r = find_places(c, &m->place, info);
    if (r == 0)
        r = cs_csv_column(c, "probability|confidence|score", &m->probability,
                          info);
    m->has_malignancy =
        cs_csv_find(c, "malignancy_score|malignancy_probability|malignancy",
                    &m->malignancy);
    m->has_called = cs_csv_find(c, "malignancy_class", &m->called);
    return r;
}

static int read_mark(const ev_study *s, const cs_csv *c, const mark_columns *m,
                     ev_mark *v, cs_errinfo *info)
{
    int known = read_place(s, c, &m->place, &v->scan, v->at, info);
    int r = known < 0 ? known
                      : cs_csv_number(c, m->probability, &v->probability, info);
    if (r == 0 && m->has_malignancy && cs_csv_text(c, m->malignancy).len)
        r = cs_csv_number(c, m->malignancy, &v->malignancy, info);
    if (r == 0 && m->has_called)
        r = read_malignant(c, m->called, &v->called, info);
    return r < 0 ? r : known;
}

static int add_mark(ev_study *s, ev_mark v, cs_errinfo *info)
{
    int r = cs_vec_push(&s->marks, v);
    return r < 0 ? cs_fail_nomem(info) : 0;
}

static int read_marks(ev_study *s, const char *path, cs_errinfo *info)
{
    CS_SCOPED(cs_csv) c = CS_CSV_INIT;
    mark_columns columns = {.has_called = false};
    int r = cs_csv_open(path, CS_CSV_SIZE_MAX, &c, info);
    if (r == 0)
        r = cs_csv_header(&c, info);
    if (r == 0)
        r = find_mark_columns(&c, &columns, info);
    while (r == 0 && (r = cs_csv_next(&c, info)) > 0) {
        ev_mark v = {.called = -1, .malignancy = (double)NAN};
        r = read_mark(s, &c, &columns, &v, info);
        if (r == 0)
            s->strays.marks++;
        else if (r > 0)
            r = add_mark(s, v, info);
    }
    s->has_malignancy =
        s->has_malignancy && (columns.has_malignancy || columns.has_called);
    return r;
}

/* --- by scan --- */

/* Stable counting sort of `n` items of `size` bytes that begin with their scan.
 * *ret_first gets where each scan's items start. */
static int by_scan(void **items, size_t n, size_t size, size_t scans,
                   size_t **ret_first, cs_errinfo *info)
{
    CS_AUTO_MEM char *sorted = cs_calloc(n, size);
    CS_AUTO_MEM size_t *first = cs_calloc(scans + 2, sizeof(*first));
    if (!sorted || !first)
        return cs_fail_nomem(info);
    const char *from = *items;
    uint32_t scan;
    for (size_t i = 0; i < n; i++) {
        memcpy(&scan, from + i * size, sizeof(scan));
        first[scan + 2]++;
    }
    for (size_t i = 2; i < scans + 2; i++)
        first[i] += first[i - 1];
    for (size_t i = 0; i < n; i++) {
        memcpy(&scan, from + i * size, sizeof(scan));
        memcpy(sorted + first[scan + 1]++ * size, from + i * size, size);
    }
    if (n)
        memcpy(*items, sorted, n * size);
    *ret_first = CS_TAKE(first);
    return 0;
}

int ev_study_group(ev_study *s, cs_errinfo *info)
{
    cs_free(s->nodule_first);
    cs_free(s->mark_first);
    s->nodule_first = s->mark_first = NULL;
    int r = by_scan((void **)&s->nodules.items, s->nodules.len,
                    sizeof(*s->nodules.items), s->scan_count, &s->nodule_first,
                    info);
    if (r == 0)
        r = by_scan((void **)&s->marks.items, s->marks.len,
                    sizeof(*s->marks.items), s->scan_count, &s->mark_first,
                    info);
    return r;
}

int ev_study_read(const ev_study_files *files, ev_study *ret, cs_errinfo *info)
{
    ev_study s = EV_STUDY_INIT;
    int r = read_scans(&s, files->scans, info);
    if (r == 0)
        r = read_nodules(&s, files->annotations, false, info);
    if (r == 0 && files->excluded)
        r = read_nodules(&s, files->excluded, true, info);
    if (r == 0)
        r = read_marks(&s, files->predictions, info);
    if (r == 0)
        r = ev_study_group(&s, info);
    if (r == 0)
        *ret = s;
    else
        ev_study_done(&s);
    return r;
}
