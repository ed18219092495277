/* One at a time in a models directory, among processes too. */
#ifndef CS_MODEL_LOCK_H
#define CS_MODEL_LOCK_H

#include "base/error.h"
#include "base/fd.h"

/* Makes the directory if need be and waits for its lock, which is held until
 * the descriptor is closed. Returns it, or a negative cs_err. */
int md_lock(const char *dir, cs_errinfo *info);

#endif
