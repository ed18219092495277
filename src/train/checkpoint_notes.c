#include "train/checkpoint_notes.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/json_write.h"
#include "base/parse.h"

#define FORMAT "consilium-checkpoint-1"
#define METRIC "metric."

typedef enum kind { WHOLE, NUMBER } kind;

typedef struct row {
    const char *key;
    kind kind;
    size_t offset;
} row;

static const row rows[] = {
    {"step", WHOLE, offsetof(tr_progress, step)},
    {"epoch", WHOLE, offsetof(tr_progress, epoch)},
    {"sample", WHOLE, offsetof(tr_progress, sample)},
    {"epoch_loss", NUMBER, offsetof(tr_progress, loss)},
    {"epoch_seconds", NUMBER, offsetof(tr_progress, seconds)},
    {"best_epoch", WHOLE, offsetof(tr_progress, best_epoch)},
    {"best", NUMBER, offsetof(tr_progress, best)},
    {"stale", WHOLE, offsetof(tr_progress, stale)},
    {"saved", WHOLE, offsetof(tr_progress, saved)},
    {"validated", WHOLE, offsetof(tr_progress, verdict.epoch)},
    {"threshold", NUMBER, offsetof(tr_progress, verdict.threshold)},
    {"calibration_a", NUMBER, offsetof(tr_progress, verdict.calibration.a)},
    {"calibration_b", NUMBER, offsetof(tr_progress, verdict.calibration.b)},
};

/* --- writing --- */

static int add_text(wt_dict *d, const char *key, const char *text,
                    cs_errinfo *info)
{
    return wt_dict_note(d, cs_str_of(key), cs_str_of(text), info);
}

/* Not a number where nothing was measured, which JSON's numbers lack. */
static int add_number(wt_dict *d, const char *key, double v, cs_errinfo *info)
{
    char text[CS_FORMAT_DOUBLE_MAX] = "nan";
    if (isfinite(v))
        cs_format_double(v, text);
    return add_text(d, key, text, info);
}

static int add_row(wt_dict *d, const row *w, const tr_progress *p,
                   cs_errinfo *info)
{
    const char *at = (const char *)p + w->offset;
    char text[24];
    uint64_t whole;
    double number;
    if (w->kind == WHOLE) {
        memcpy(&whole, at, sizeof(whole));
        snprintf(text, sizeof(text), "%" PRIu64, whole);
        return add_text(d, w->key, text, info);
    }
    memcpy(&number, at, sizeof(number));
    return add_number(d, w->key, number, info);
}

static int add_metric(wt_dict *d, const md_metric *m, cs_errinfo *info)
{
    char key[64];
    snprintf(key, sizeof(key), METRIC "%s", m->name);
    return add_number(d, key, m->value, info);
}

int tr_notes_add(wt_dict *d, const tr_origin *origin, const tr_progress *p,
                 cs_errinfo *info)
{
    const char *const texts[][2] = {{"format", FORMAT},
                                    {"plan", origin->plan},
                                    {"training", origin->training},
                                    {"validation", origin->validation}};
    int r = 0;
    for (size_t i = 0; r == 0 && i < CS_COUNTOF(texts); i++)
        r = add_text(d, texts[i][0], texts[i][1], info);
    for (size_t i = 0; r == 0 && i < CS_COUNTOF(rows); i++)
        r = add_row(d, &rows[i], p, info);
    for (size_t i = 0; r == 0 && i < p->verdict.count; i++)
        r = add_metric(d, &p->verdict.metrics[i], info);
    return r;
}

/* --- reading --- */

static const char *find(const wt_dict *d, const char *key)
{
    return cs_map_get(&d->notes, cs_str_of(key));
}

static int parse_number(const char *text, double *ret)
{
    if (strcmp(text, "nan") == 0) {
        *ret = (double)NAN;
        return 0;
    }
    return cs_parse_f64(cs_str_of(text), ret);
}

static int read_row(const wt_dict *d, const row *w, tr_progress *p,
                    cs_errinfo *info)
{
    const char *text = find(d, w->key);
    char *at = (char *)p + w->offset;
    uint64_t whole = 0;
    double number = 0;
    int r = CS_E_FORMAT;
    if (text && w->kind == WHOLE)
        r = cs_parse_u64(cs_str_of(text), &whole);
    else if (text)
        r = parse_number(text, &number);
    if (r < 0)
        return cs_fail(info, CS_E_FORMAT,
                       "not a checkpoint of a training: its note '%s' is "
                       "missing or wrong",
                       w->key);
    if (w->kind == WHOLE)
        memcpy(at, &whole, sizeof(whole));
    else
        memcpy(at, &number, sizeof(number));
    return 0;
}

static int read_metrics(const wt_dict *d, tr_progress *p, cs_errinfo *info)
{
    wt_note note;
    for (const cs_map_entry *e = NULL; wt_dict_next_note(d, &e, &note);) {
        double value;
        if (!cs_str_starts_with(note.key, CS_STR(METRIC)))
            continue;
        const char *name = note.key.data + sizeof(METRIC) - 1;
        if (parse_number(note.text, &value) < 0 ||
            !tr_verdict_set(&p->verdict, name, value))
            return cs_fail(info, CS_E_FORMAT,
                           "not a checkpoint of a training: its note '%s' is "
                           "missing or wrong",
                           note.key.data);
    }
    return 0;
}

static bool is_same(const wt_dict *d, const char *key, const char *text)
{
    const char *there = find(d, key);
    return there && strcmp(there, text) == 0;
}

static int check_origin(const wt_dict *d, const tr_origin *o, cs_errinfo *info)
{
    if (!is_same(d, "format", FORMAT))
        return cs_fail(info, CS_E_FORMAT,
                       "not a checkpoint of a training: its note '%s' is "
                       "missing or wrong",
                       "format");
    if (!is_same(d, "plan", o->plan))
        return cs_fail(info, CS_E_FORMAT,
                       "the run was begun with another plan: go on with the "
                       "plan.yaml beside it, or train in another folder");
    if (!is_same(d, "training", o->training))
        return cs_fail(info, CS_E_FORMAT,
                       "the run was begun with other scans or annotations to "
                       "train on; go on with those, or train in another "
                       "folder");
    if (!is_same(d, "validation", o->validation))
        return cs_fail(info, CS_E_FORMAT,
                       "the run was begun with other scans or annotations to "
                       "validate on; go on with those, or train in another "
                       "folder");
    return 0;
}

int tr_notes_read(const wt_dict *d, const tr_origin *origin, tr_progress *p,
                  cs_errinfo *info)
{
    tr_progress read = TR_PROGRESS_INIT;
    int r = check_origin(d, origin, info);
    for (size_t i = 0; r == 0 && i < CS_COUNTOF(rows); i++)
        r = read_row(d, &rows[i], &read, info);
    if (r == 0)
        r = read_metrics(d, &read, info);
    if (r == 0)
        *p = read;
    return r;
}
