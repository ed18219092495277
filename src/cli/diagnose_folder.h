/* The folder of a scan's results: there as a whole, or not at all. */
#ifndef CS_CLI_DIAGNOSE_FOLDER_H
#define CS_CLI_DIAGNOSE_FOLDER_H

#include "report/report.h"

/* *ret_there: DIR/UID is there already. That is CS_E_EXISTS unless it is the
 * folder of a result and `may_be`. */
int diagnose_folder_check(const char *dir, const char *uid, bool may_be,
                          bool *ret_there, cs_errinfo *info);

/* Writes the report beside its place and moves it there. A result that stands
 * there by then, perhaps another run's, is CS_E_EXISTS unless `replace`. */
int diagnose_folder_write(const rp_case *c, const im_run *run, cs_lang lang,
                          const char *dir, bool replace, cs_errinfo *info);

#endif
