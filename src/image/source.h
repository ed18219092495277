/* Where a volume's bytes come from: files beside a header, mapped or read.
 *
 * Plain voxels are mapped, private and copied on writing, where they lie so
 * that vectors can load them (at a multiple of 32 bytes); then a scan takes no
 * memory but that of the pages in use, which the system can drop again. The
 * price: a file that another process makes shorter meanwhile raises SIGBUS on
 * access. Replacing a file, as atomic_file.h and most programs do, is safe. */
#ifndef CS_IMAGE_SOURCE_H
#define CS_IMAGE_SOURCE_H

#include "base/defs.h"
#include "base/error.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "tensor/buffer.h"

/* A regular file open for reading. */
typedef struct im_source {
    int fd; /* -1: none */
    size_t size;
    cs_strbuf name; /* what errors call it */
} im_source;

#define IM_SOURCE_INIT                                                         \
    {                                                                          \
        -1, 0, CS_STRBUF_INIT                                                  \
    }

/* A file that the user named. */
int im_source_open(im_source *s, const char *path, cs_errinfo *info);

/* A file that `header` names in its field `field`: in the header's own folder
 * or below, never reached through a symbolic link. CS_E_UNSAFE otherwise. */
int im_source_beside(im_source *s, const char *header, const char *field,
                     cs_str name, cs_errinfo *info);

void im_source_done(im_source *s);

/* CS_E_FORMAT, naming the fields that want more, where the file is shorter
 * than offset + size. */
int im_source_check(const im_source *s, size_t offset, size_t size,
                    const char *fields, cs_errinfo *info);

/* Bytes [offset, offset + size) of the file, which has them. */
int im_source_read(const im_source *s, size_t offset, void *to, size_t size,
                   cs_errinfo *info);

/* The same in a buffer, mapped where that can be; they begin at *ret_offset in
 * it. */
int im_source_buffer(const im_source *s, size_t offset, size_t size,
                     tn_buffer **ret, size_t *ret_offset, cs_errinfo *info);

/* All of the file, mapped for reading; at least one byte. */
int im_source_map(const im_source *s, tn_buffer **ret, cs_errinfo *info);

#endif
