/* The files of a result, gathered in memory and then put into a directory all
 * together: a fault while they are made leaves nothing there. */
#ifndef CS_EVAL_FILES_H
#define CS_EVAL_FILES_H

#include "base/error.h"
#include "base/strbuf.h"
#include "base/vec.h"

typedef struct ev_file {
    const char *name; /* borrowed: a literal */
    cs_strbuf content;
} ev_file;

typedef struct ev_files {
    CS_VEC(ev_file) items;
} ev_files;

#define EV_FILES_INIT                                                          \
    {                                                                          \
        CS_VEC_INIT                                                            \
    }

void ev_files_done(ev_files *f);

/* An empty file to be filled before the next one is added; NULL when memory is
 * short. */
cs_strbuf *ev_files_add(ev_files *f, const char *name);

/* Makes the directory where it is missing, writes every file beside its place
 * and only then gives them their names, so that a full disk changes nothing. */
int ev_files_write(const ev_files *f, const char *dir, cs_errinfo *info);

#endif
