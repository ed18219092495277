#include "base/map.h"

#include <assert.h>
#include <pthread.h>
#include <sodium.h>

#include "base/checked.h"
#include "base/error.h"
#include "base/mem.h"

/* Open addressing over slot indices, linear probing. An entry that was removed
 * keeps its slot (as a tombstone) until the next rebuild. */

#define FIRST_SLOTS 8u
#define LARGEST_SLOTS ((size_t)1 << 31)

static unsigned char hash_key[crypto_shorthash_KEYBYTES];
static pthread_once_t hash_key_once = PTHREAD_ONCE_INIT;

static void make_hash_key(void)
{
    /* Makes the next line safe beside other threads that draw random bytes;
     * where it fails, drawing still works or aborts. */
    (void)!sodium_init();
    randombytes_buf(hash_key, sizeof(hash_key));
}

static uint64_t hash_of(cs_str key)
{
    pthread_once(&hash_key_once, make_hash_key);
    uint64_t h;
    crypto_shorthash((unsigned char *)&h,
                     (const unsigned char *)(key.data ? key.data : ""), key.len,
                     hash_key);
    return h;
}

static size_t entry_room(size_t slot_count)
{
    return slot_count / 4 * 3;
}

void cs_map_init(cs_map *m)
{
    *m = (cs_map)CS_MAP_INIT;
}

void cs_map_clear(cs_map *m)
{
    for (size_t i = 0; i < m->used; i++)
        cs_free(m->entries[i].owned);
    if (m->slots)
        memset(m->slots, 0, m->slot_count * sizeof(*m->slots));
    m->used = m->len = 0;
}

void cs_map_done(cs_map *m)
{
    cs_map_clear(m);
    cs_free(m->entries);
    cs_free(m->slots);
    cs_map_init(m);
}

/* The slot that holds `key`, or the empty one where it would go. */
static size_t find_slot(const cs_map *m, cs_str key, uint64_t hash)
{
    size_t mask = m->slot_count - 1;
    size_t at = (size_t)hash & mask;
    while (m->slots[at]) {
        const cs_map_entry *e = &m->entries[m->slots[at] - 1];
        if (e->hash == hash && e->owned && cs_str_eq(e->key, key))
            break;
        at = (at + 1) & mask;
    }
    return at;
}

static void place_entry(uint32_t *slots, size_t slot_count, uint64_t hash,
                        size_t index)
{
    size_t at = (size_t)hash & (slot_count - 1);
    while (slots[at])
        at = (at + 1) & (slot_count - 1);
    slots[at] = (uint32_t)(index + 1);
}

/* Rebuilds with twice the slots if they are needed, dropping tombstones. */
static int make_room(cs_map *m)
{
    size_t slot_count = m->slot_count ? m->slot_count : FIRST_SLOTS;
    if (m->len + 1 > entry_room(slot_count) / 2)
        slot_count *= m->slot_count ? 2 : 1;
    if (slot_count > LARGEST_SLOTS)
        return CS_E_NOMEM;
    uint32_t *slots = cs_calloc(slot_count, sizeof(*slots));
    cs_map_entry *entries =
        slots ? cs_calloc(entry_room(slot_count), sizeof(*entries)) : NULL;
    if (!entries) {
        cs_free(slots);
        return CS_E_NOMEM;
    }
    size_t used = 0;
    assert(m->entries || m->used == 0);
    for (size_t i = 0; i < m->used; i++) {
        if (!m->entries[i].owned)
            continue;
        entries[used] = m->entries[i];
        place_entry(slots, slot_count, entries[used].hash, used);
        used++;
    }
    cs_free(m->slots);
    cs_free(m->entries);
    m->slots = slots;
    m->entries = entries;
    m->slot_count = slot_count;
    m->used = used;
    return 0;
}

static cs_map_entry *lookup(const cs_map *m, cs_str key)
{
    if (!m->slot_count)
        return NULL;
    uint32_t slot = m->slots[find_slot(m, key, hash_of(key))];
    return slot ? &m->entries[slot - 1] : NULL;
}

static int add(cs_map *m, cs_str key, void *value)
{
    if (m->used == entry_room(m->slot_count)) {
        int r = make_room(m);
        if (r < 0)
            return r;
    }
    char *copy = cs_malloc(key.len + 1); /* cannot wrap: key is in memory */
    if (!copy)
        return CS_E_NOMEM;
    if (key.len)
        memcpy(copy, key.data, key.len);
    copy[key.len] = '\0';
    uint64_t hash = hash_of(key);
    assert(m->entries && m->slots);
    m->entries[m->used] = (cs_map_entry){{copy, key.len}, value, hash, copy};
    place_entry(m->slots, m->slot_count, hash, m->used);
    m->used++;
    m->len++;
    return 0;
}

int cs_map_put(cs_map *m, cs_str key, void *value, void **ret_old)
{
    cs_map_entry *entry = lookup(m, key);
    void *old = entry ? entry->value : NULL;
    if (entry) {
        entry->value = value;
    } else {
        int r = add(m, key, value);
        if (r < 0)
            return r;
    }
    if (ret_old)
        *ret_old = old;
    return 0;
}

const cs_map_entry *cs_map_find(const cs_map *m, cs_str key)
{
    return lookup(m, key);
}

void *cs_map_get(const cs_map *m, cs_str key)
{
    const cs_map_entry *entry = lookup(m, key);
    return entry ? entry->value : NULL;
}

void *cs_map_remove(cs_map *m, cs_str key)
{
    cs_map_entry *entry = lookup(m, key);
    if (!entry)
        return NULL;
    void *value = entry->value;
    cs_free(entry->owned);
    *entry = (cs_map_entry){.owned = NULL};
    m->len--;
    return value;
}

const cs_map_entry *cs_map_next(const cs_map *m, const cs_map_entry *after)
{
    size_t i = after ? (size_t)(after - m->entries) + 1 : 0;
    while (i < m->used && !m->entries[i].owned)
        i++;
    return i < m->used ? &m->entries[i] : NULL;
}
