/* A folder in LUNA16's layout, as files: which scans are in it and which masks
 * belong to them. What the files say is others' business. */
#ifndef CS_TRAIN_FOLDER_H
#define CS_TRAIN_FOLDER_H

#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"
#include "base/vec.h"

typedef struct tr_found {
    const char *uid; /* the name without its ending */
    const char *path;
} tr_found;

typedef CS_VEC(tr_found) tr_found_list;

/* Every scan below `dir` by rising uid; folders of masks, and what begins with
 * a dot, are passed over. Two of one name are CS_E_FORMAT. Texts are the
 * arena's, the list is the caller's whatever happens. */
int tr_folder_scans(const char *dir, cs_arena *arena, tr_found_list *ret,
                    cs_errinfo *info);

/* seriesuids.csv: the keys of *ret, whose values are of no account. 1, or 0
 * where there is no such file. */
int tr_folder_listed(const char *dir, cs_map *ret, cs_errinfo *info);

typedef enum tr_mask { TR_MASK_LUNGS, TR_MASK_NODULES } tr_mask;

/* The mask's file: masks/<uid>_lungs.* or masks/<uid>_nodules.*, or LUNA16's
 * own seg-lungs-LUNA16/<uid>.*; *ret is NULL where there is none. */
int tr_folder_mask(const char *dir, const char *uid, tr_mask which,
                   cs_arena *arena, const char **ret, cs_errinfo *info);

/* DIR/NAME in the arena, or NULL: out of memory. */
const char *tr_folder_join(const char *dir, const char *name, cs_arena *arena);

#endif
