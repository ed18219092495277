/* Ctrl-C and SIGTERM as a request: what is under way is brought to a good end,
 * so that nothing is left half. */
#ifndef CS_CLI_STOP_H
#define CS_CLI_STOP_H

#include "base/defs.h"

/* From now on the first signal says `text`, in the reader's language and for
 * good, on standard error and is kept; a second one ends the program at once.
 */
void cli_stop_catch(const char *text);

bool cli_stop_asked(void);

#endif
