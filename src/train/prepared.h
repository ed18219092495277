/* A prepared scan with the mask of its nodules, and the one file of the cache
 * that keeps it: written whole or not at all, mapped for reading. */
#ifndef CS_TRAIN_PREPARED_H
#define CS_TRAIN_PREPARED_H

#include "base/hash.h"
#include "detect/prepare.h"

/* Read-only, of any thread, until tr_prepared_done(). */
typedef struct tr_prepared {
    dt_prepared scan;
    im_volume nodules; /* TN_U8 on the same grid: 0, or 1 + number in tr_scan,
                          or TR_NODULE_UNKNOWN; empty where the source has no
                          masks */
} tr_prepared;

#define TR_PREPARED_INIT                                                       \
    {                                                                          \
        .scan = DT_PREPARED_INIT, .nodules = IM_VOLUME_INIT                    \
    }

/* Voxels of something that no annotation speaks of: nothing is learned. */
#define TR_NODULE_UNKNOWN 255u
/* Nodules of a scan that a mask can tell apart. */
#define TR_NODULES_MAX 254u

void tr_prepared_done(tr_prepared *p);

/* The same voxels with references of their own; *ret must be empty. */
int tr_prepared_share(const tr_prepared *p, tr_prepared *ret, cs_errinfo *info);

/* `key` stands for everything that the voxels were made from. */
int tr_prepared_write(const char *path, const cs_digest *key,
                      const tr_prepared *p, cs_errinfo *info);

/* 1; or 0 where there is no such file, or one that is damaged or of another
 * key, and it has to be made again. */
int tr_prepared_map(const char *path, const cs_digest *key, tr_prepared *ret,
                    cs_errinfo *info);

#endif
