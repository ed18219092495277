/* A hash map from byte strings to pointers. It copies its keys and borrows its
 * values. Iteration follows insertion order, so that results never depend on
 * hashing; the hash is keyed per process, so that nobody outside can choose
 * colliding keys. Not for use by two threads while one of them writes. */
#ifndef CS_BASE_MAP_H
#define CS_BASE_MAP_H

#include "base/defs.h"
#include "base/str.h"

typedef struct cs_map_entry {
    cs_str key; /* terminated */
    void *value;
    uint64_t hash;
    char *owned; /* the bytes of key; NULL: this entry was removed */
} cs_map_entry;

typedef struct cs_map {
    cs_map_entry *entries; /* in insertion order, removed ones included */
    uint32_t *slots;       /* index + 1 into entries; 0 empty */
    size_t used;           /* entries in use, removed ones included */
    size_t len;            /* live entries */
    size_t slot_count;     /* power of two, or 0 */
} cs_map;

#define CS_MAP_INIT                                                            \
    {                                                                          \
        NULL, NULL, 0, 0, 0                                                    \
    }

void cs_map_init(cs_map *m);
void cs_map_done(cs_map *m);
void cs_map_clear(cs_map *m);

/* Adds or replaces. *ret_old (may be NULL) receives the value replaced, or
 * NULL. On failure (CS_E_NOMEM) the map is as it was. */
int cs_map_put(cs_map *m, cs_str key, void *value, void **ret_old);

/* The value, or NULL where the key is absent; cs_map_find() tells an absent
 * key from a NULL value. */
void *cs_map_get(const cs_map *m, cs_str key);
const cs_map_entry *cs_map_find(const cs_map *m, cs_str key);

/* The value taken out, or NULL. */
void *cs_map_remove(cs_map *m, cs_str key);

/* for (const cs_map_entry *e = NULL; (e = cs_map_next(m, e)); ) … */
const cs_map_entry *cs_map_next(const cs_map *m, const cs_map_entry *after);

#endif
