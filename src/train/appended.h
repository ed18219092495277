/* A file that grows at its end, and of which a resumed run keeps only the
 * beginning. Private to the log. */
#ifndef CS_TRAIN_APPENDED_H
#define CS_TRAIN_APPENDED_H

#include "base/error.h"
#include "base/str.h"

typedef struct tr_appended {
    int fd;     /* -1: none */
    char *path; /* owned */
} tr_appended;

#define TR_APPENDED_INIT                                                       \
    {                                                                          \
        -1, NULL                                                               \
    }

/* Opens or makes the file and cuts it after `keep` bytes. *a is as
 * initialised. */
int tr_appended_open(tr_appended *a, const char *path, uint64_t keep,
                     cs_errinfo *info);
int tr_appended_write(tr_appended *a, cs_str text, cs_errinfo *info);
/* What was written outlasts a power cut. */
int tr_appended_sync(tr_appended *a, cs_errinfo *info);
void tr_appended_done(tr_appended *a);

#endif
