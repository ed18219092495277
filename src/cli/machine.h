/* Looks at this machine: what Consilium needs of it, one finding at a time.
 * Finds out for real: it writes a file, opens a socket, asks the kernel. */
#ifndef CS_CLI_MACHINE_H
#define CS_CLI_MACHINE_H

#include "cli/cli.h"

typedef enum machine_status {
    MACHINE_OK,
    MACHINE_WARNING, /* works, but not as well as it could */
    MACHINE_PROBLEM, /* will not work */
} machine_status;

#define MACHINE_TEXT_MAX 256

typedef struct machine_finding {
    const char *subject; /* CS_N_(), also the name in JSON */
    machine_status status;
    char detail[MACHINE_TEXT_MAX]; /* translated */
    char advice[MACHINE_TEXT_MAX]; /* translated; "" where all is well */
} machine_finding;

#define MACHINE_FINDINGS 9

/* Fills all findings. `data` is the data directory; nothing is left in it. The
 * only failure is a wrong CONSILIUM_CPU_TIER. */
int machine_look(const cli_context *ctx, const char *data,
                 machine_finding findings[MACHINE_FINDINGS], cs_errinfo *info);

#endif
