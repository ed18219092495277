/* Which scans `consilium diagnose` is to read. */
#ifndef CS_CLI_DIAGNOSE_SCANS_H
#define CS_CLI_DIAGNOSE_SCANS_H

#include "base/error.h"
#include "base/vec.h"

typedef struct diagnose_scan {
    char *path;
    char *uid; /* the file's name without its ending: LUNA16's series */
} diagnose_scan;

typedef struct diagnose_scans {
    CS_VEC(diagnose_scan) list; /* the folder's, then its parts' */
    bool folder;                /* a folder was named, not a scan */
} diagnose_scans;

#define DIAGNOSE_SCANS_INIT                                                    \
    {                                                                          \
        .list = CS_VEC_INIT                                                    \
    }

/* A scan, or all volumes of a folder and of those in it whose name begins with
 * "subset", as LUNA16 has them; whether they are chest CTs is not looked at.
 * CS_E_NOTFOUND where a folder has none; two of one name are CS_E_EXISTS. */
int diagnose_scans_find(const char *path, diagnose_scans *ret,
                        cs_errinfo *info);
void diagnose_scans_done(diagnose_scans *s);

#endif
