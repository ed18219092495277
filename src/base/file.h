/* Whole files, and the loops around read() and write() that the other file
 * modules share: interrupted system calls are resumed, short transfers are
 * finished. Errors name the path.
 *
 * Neighbours: atomic_file.h (streamed writing), reader.h (streamed reading),
 * mapped.h, dir.h, and beneath.h for names that come from outside. */
#ifndef CS_BASE_FILE_H
#define CS_BASE_FILE_H

#include "base/defs.h"
#include "base/error.h"
#include "base/strbuf.h"

/* Appends the content to `out`. More than `max` bytes is CS_E_LIMIT and is
 * noticed without reading more than max + 1 bytes, whatever the file claims;
 * directories, FIFOs and devices are refused (CS_E_FORMAT), never waited on.
 * On failure `out` holds what it held. */
int cs_file_read(const char *path, size_t max, cs_strbuf *out,
                 cs_errinfo *info);

/* Replaces or creates `path` in one step, as described in atomic_file.h. */
int cs_file_write(const char *path, const void *data, size_t size,
                  unsigned mode, cs_errinfo *info);

/* A descriptor for reading a regular file; anything else is CS_E_FORMAT.
 * The caller closes it. */
int cs_file_open_read(const char *path, cs_errinfo *info);

/* Bytes read from a descriptor: fewer than `size` only at its end. `name` is
 * what errors call it. */
int64_t cs_read_full(int fd, void *dst, size_t size, const char *name,
                     cs_errinfo *info);

/* Writes all of data to a descriptor, waiting where it is non-blocking. A pipe
 * or socket whose reader has gone raises SIGPIPE first where the caller has
 * not ignored it; a file beyond RLIMIT_FSIZE raises SIGXFSZ likewise. */
int cs_write_all(int fd, const void *data, size_t size, const char *name,
                 cs_errinfo *info);

#endif
