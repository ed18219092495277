/* Replacing a file in one step: the bytes go to a temporary file in the same
 * directory, which then takes the name. A reader, and a power cut, finds either
 * all of the old content or all of the new (docs/files.md).
 *
 * - An existing file keeps its mode, and its owner and group where the system
 *   lets us. A new one gets `mode`, whatever the umask.
 * - A symbolic link is written through: its target is replaced, the link
 *   stays. So the directories on the way must be ours; for names that come
 *   from outside see beneath.h.
 * - Only regular files are replaced: a directory or a device is CS_E_FORMAT.
 * - On failure the old file is as it was and no temporary is left. One failure
 *   comes too late for that: when the directory cannot be synced, the new
 *   content is in place, but might not outlast a power cut.
 * - A process that is killed leaves its temporary behind, under a name that
 *   cs_atomic_file_is_temporary() knows. */
#ifndef CS_BASE_ATOMIC_FILE_H
#define CS_BASE_ATOMIC_FILE_H

#include "base/defs.h"
#include "base/error.h"

typedef struct cs_atomic_file cs_atomic_file;

int cs_atomic_file_open(const char *path, unsigned mode, cs_atomic_file **ret,
                        cs_errinfo *info);

/* A failed write spoils the file: commit will refuse it. */
int cs_atomic_file_write(cs_atomic_file *f, const void *data, size_t size,
                         cs_errinfo *info);

/* Makes it the file. Whatever the outcome, only free() is left to do. */
int cs_atomic_file_commit(cs_atomic_file *f, cs_errinfo *info);

/* Without a successful commit, leaves nothing behind. NULL is fine. */
void cs_atomic_file_free(cs_atomic_file *f);
CS_DEFINE_AUTO(cs_atomic_file)

/* Whether `name` (without directory) is that of a temporary: ".cs-tmp-" and 16
 * hexadecimal digits. One that nobody is writing may be removed. */
bool cs_atomic_file_is_temporary(const char *name);

#endif
