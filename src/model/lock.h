/* One at a time in a models directory, among processes too. */
#ifndef CS_MODEL_LOCK_H
#define CS_MODEL_LOCK_H

#include "base/error.h"
#include "base/fd.h"

/* Waits for the directory's lock, which is held until the descriptor is closed.
 * Returns it, or a negative cs_err: CS_E_NOTFOUND where there is no directory.
 */
int md_lock(const char *dir, cs_errinfo *info);

#endif
