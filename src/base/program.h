/* Finding programs, as a shell would, but without surprises. */
#ifndef CS_BASE_PROGRAM_H
#define CS_BASE_PROGRAM_H

#include "base/defs.h"
#include "base/error.h"

/* Where the program `name` is. A name with '/' is taken as it is and not looked
 * at. Others are searched in `path` ("/usr/bin:/bin"; NULL: the usual places),
 * whose empty and relative entries are passed over: they would find whatever
 * the current directory holds. *ret is cs_free()d by the caller. CS_E_NOTFOUND;
 * CS_E_ACCESS when only files that may not be executed have the name. */
int cs_program_find(const char *name, const char *path, char **ret,
                    cs_errinfo *info);

#endif
