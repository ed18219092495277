/* What a run over scans leaves beside their folders. */
#ifndef CS_CLI_DIAGNOSE_TABLES_H
#define CS_CLI_DIAGNOSE_TABLES_H

#include "base/strbuf.h"
#include "lung/diagnose.h"

typedef struct diagnose_tables {
    cs_strbuf marks;   /* submission.csv: what LUNA16's evaluation reads */
    cs_strbuf read;    /* seriesuids.csv: the scans that were read */
    cs_strbuf summary; /* summary.csv: a line for each scan */
} diagnose_tables;

#define DIAGNOSE_TABLES_INIT                                                   \
    {                                                                          \
        .marks = CS_STRBUF_INIT, .read = CS_STRBUF_INIT,                       \
        .summary = CS_STRBUF_INIT                                              \
    }

void diagnose_tables_done(diagnose_tables *t);

void diagnose_tables_add(diagnose_tables *t, const char *uid,
                         const lu_diagnosis *d);
/* A scan without a result: "failed", and why, or "left" as it was. */
void diagnose_tables_add_none(diagnose_tables *t, const char *uid,
                              const char *what, const char *why);

/* summary.csv, and with `marks` the other two, each in one step. */
int diagnose_tables_write(const diagnose_tables *t, const char *dir, bool marks,
                          cs_errinfo *info);

#endif
