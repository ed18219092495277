/* Results are put in place by renaming, which no permission of the old file
 * stops: a result that names its own input would be the end of the input. */
#ifndef CS_CLI_SAME_FILE_H
#define CS_CLI_SAME_FILE_H

#include "base/error.h"

/* By whatever names and links; false where one of them does not exist. */
bool cli_same_file(const char *a, const char *b);

/* CS_E_USAGE where writing the volume or picture `out` would replace the volume
 * `in` or the voxels beside it. */
int cli_check_not_input(const char *in, const char *out, cs_errinfo *info)
    CS_MUST_CHECK;

#endif
