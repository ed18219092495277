/* Does a dictionary fit a network? All of the answer at once: somebody who
 * loads the wrong file should see how wrong it is, not the first name only.
 * Whoever loads weights asks here before it touches a single parameter, so
 * that nothing is ever half loaded. */
#ifndef CS_WEIGHTS_CHECK_H
#define CS_WEIGHTS_CHECK_H

#include "weights/dict.h"
#include "weights/elements.h"

/* What a network wants. `name` is borrowed; names differ. BatchNorm's
 * num_batches_tracked is {"….num_batches_tracked", TN_I64, {.rank = 0}}. */
typedef struct wt_expected {
    const char *name;
    tn_dtype dtype;
    tn_shape shape;
} wt_expected;

typedef enum wt_fault_kind {
    WT_FAULT_MISSING,    /* expected, not there */
    WT_FAULT_UNEXPECTED, /* there, not expected */
    WT_FAULT_SHAPE,
    WT_FAULT_DTYPE,
    WT_FAULT_VALUES, /* NaN or infinity */
} wt_fault_kind;

typedef struct wt_fault {
    wt_fault_kind kind;
    cs_str name;                 /* borrowed from dictionary or expectation */
    const wt_expected *expected; /* NULL for UNEXPECTED and VALUES */
    const tn_tensor *found;      /* NULL for MISSING */
    wt_oddities oddities;        /* of VALUES */
} wt_fault;

/* Faults in the order of the expectation, then in that of the dictionary. */
typedef struct wt_report {
    CS_VEC(wt_fault) faults;
    size_t count[WT_FAULT_VALUES + 1]; /* of each kind */
} wt_report;

#define WT_REPORT_INIT                                                         \
    {                                                                          \
        .faults = CS_VEC_INIT                                                  \
    }

void wt_report_done(wt_report *r);

typedef enum wt_check_flags {
    WT_CHECK_NAMES = 0,  /* and shapes: always */
    WT_CHECK_DTYPES = 1, /* otherwise any float does where one is expected, and
                            any whole number where one is */
    WT_CHECK_VALUES = 2, /* look for NaN and infinity, in every tensor */
} wt_check_flags;

/* 0 with the report in *ret, which is empty before; whether anything is wrong
 * is for the report to say. Negative only when it could not be made. */
int wt_check(const wt_dict *d, const wt_expected *expected, size_t n,
             unsigned flags, wt_report *ret, cs_errinfo *info);

/* Only the values, without an expectation. */
int wt_check_values(const wt_dict *d, wt_report *ret, cs_errinfo *info);

/* 0 when the report is clean; otherwise CS_E_FORMAT with one line that counts
 * each kind of fault and names the first. */
int wt_report_verdict(const wt_report *r, cs_errinfo *info);

/* What a dictionary would expect of another. The names are the dictionary's;
 * cs_free() the array. */
int wt_expect_like(const wt_dict *d, wt_expected **ret, cs_errinfo *info);

#endif
