/* Files: whole, streamed, mapped, and written so that a reader (or a power
 * cut) sees either the old content or all of the new one. Errors name the
 * path. Interrupted system calls are resumed, short writes are finished. */
#ifndef CS_BASE_FILE_H
#define CS_BASE_FILE_H

#include "base/defs.h"
#include "base/error.h"
#include "base/strbuf.h"

/* --- whole files --- */

/* Appends the content to `out`. More than `max` bytes is CS_E_LIMIT and is
 * noticed without reading more than max + 1 bytes, whatever the file claims;
 * directories, FIFOs and devices are refused (CS_E_FORMAT), never waited on. */
int cs_file_read(const char *path, size_t max, cs_strbuf *out,
                 cs_errinfo *info);

/* Replaces or creates `path` atomically: temporary file beside it, fsync,
 * rename, fsync of the directory. On failure the old file is as it was and no
 * temporary is left. An existing file keeps its mode; a new one gets `mode`. */
int cs_file_write(const char *path, const void *data, size_t size,
                  unsigned mode, cs_errinfo *info);

/* --- streamed atomic writing --- */

typedef struct cs_atomic_file cs_atomic_file;

int cs_atomic_file_open(const char *path, unsigned mode, cs_atomic_file **ret,
                        cs_errinfo *info);
int cs_atomic_file_write(cs_atomic_file *f, const void *data, size_t size,
                         cs_errinfo *info);
/* Makes it the file. Whatever the outcome, only free() is left to do. */
int cs_atomic_file_commit(cs_atomic_file *f, cs_errinfo *info);
/* Without a successful commit, leaves nothing behind. NULL is fine. */
void cs_atomic_file_free(cs_atomic_file *f);
CS_DEFINE_AUTO(cs_atomic_file)

/* --- streamed reading --- */

typedef struct cs_reader cs_reader;

int cs_reader_open(const char *path, cs_reader **ret, cs_errinfo *info);
/* Bytes read (fewer than size only at the end), 0 at the end, or an error. */
int64_t cs_reader_read(cs_reader *r, void *dst, size_t size, cs_errinfo *info);
/* Next line without its \n or \r\n, valid until the next call. 1, or 0 at the
 * end. A line over `max` bytes is CS_E_LIMIT, naming its number. */
int cs_reader_line(cs_reader *r, size_t max, cs_str *ret, cs_errinfo *info);
unsigned cs_reader_line_number(const cs_reader *r); /* of the last line */
void cs_reader_free(cs_reader *r);
CS_DEFINE_AUTO(cs_reader)

/* --- mapping --- */

/* Read-only content of a regular file. Empty files give data "" and size 0.
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
void cs_mapped_done(cs_mapped *m);

/* --- directories --- */

int cs_mkdir_p(const char *path, unsigned mode, cs_errinfo *info);

/* Removes a file or a whole tree without following symbolic links and without
 * recursion deeper than 64. A path that does not exist is success. */
int cs_remove_tree(const char *path, cs_errinfo *info);

/* Names in a directory, "." and ".." left out, in byte order, so that results
 * do not depend on the file system. */
typedef struct cs_dir_list {
    char **names;
    size_t len;
} cs_dir_list;

#define CS_DIR_LIST_INIT                                                       \
    {                                                                          \
        NULL, 0                                                                \
    }

int cs_dir_read(const char *path, cs_dir_list *ret, cs_errinfo *info);
void cs_dir_list_done(cs_dir_list *l);

/* A new private directory (0700) "<parent>/<prefix>XXXXXX". *ret is
 * cs_free()d by the caller. parent NULL: /tmp. */
int cs_mkdtemp(const char *parent, const char *prefix, char **ret,
               cs_errinfo *info);

/* Writes all of data to a descriptor. */
int cs_write_all(int fd, const void *data, size_t size, const char *name,
                 cs_errinfo *info);

#endif
