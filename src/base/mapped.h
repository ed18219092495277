/* Files mapped into memory, for reading. */
#ifndef CS_BASE_MAPPED_H
#define CS_BASE_MAPPED_H

#include "base/defs.h"
#include "base/error.h"

/* Read-only content of a regular file. Empty files give data "" and size 0, and
 * so do those in /proc, which claim to be empty.
 * A file that another process shortens raises SIGBUS on access: map only files
 * that we own, or in a worker that may die. */
typedef struct cs_mapped {
    const unsigned char *data;
    size_t size;
    void *base; /* NULL: nothing mapped */
} cs_mapped;

#define CS_MAPPED_INIT                                                         \
    {                                                                          \
        (const unsigned char *)"", 0, NULL                                     \
    }

int cs_map_file(const char *path, cs_mapped *ret, cs_errinfo *info);
void cs_mapped_done(cs_mapped *m); /* usable again, as CS_MAPPED_INIT */

#endif
