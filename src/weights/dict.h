/* A dictionary of weights: names and their tensors, in the order in which they
 * were added, each name once. Beside them a few notes, words about the file
 * that formats with metadata keep.
 *
 *     CS_SCOPED(wt_dict) d = WT_DICT_INIT;
 *     int r = wt_read("liver.safetensors", &d, info);
 *     const tn_tensor *t = wt_dict_find(&d, CS_STR("encoder.0.weight"));
 *
 * The dictionary holds a view of each tensor, so the memory is shared with
 * whoever added it. Tensors may have strides of their own. */
#ifndef CS_WEIGHTS_DICT_H
#define CS_WEIGHTS_DICT_H

#include "base/map.h"
#include "base/vec.h"
#include "tensor/tensor.h"

/* What a file may make us keep. The largest published segmentation networks
 * have a few thousand tensors. */
#define WT_TENSORS_MAX ((size_t)65536)
#define WT_NAME_MAX ((size_t)512)
#define WT_NOTES_MAX ((size_t)1024)

typedef struct wt_entry {
    cs_str name; /* terminated; lives as long as the dictionary */
    tn_tensor tensor;
} wt_entry;

typedef struct wt_note {
    cs_str key; /* terminated, as is the text */
    const char *text;
} wt_note;

typedef struct wt_dict {
    CS_VEC(wt_entry) entries;
    cs_map index; /* the names, in the order of the entries */
    cs_map notes; /* key to text, which is owned */
} wt_dict;

#define WT_DICT_INIT                                                           \
    {                                                                          \
        .entries = CS_VEC_INIT                                                 \
    }

void wt_dict_init(wt_dict *d);
void wt_dict_done(wt_dict *d);

/* Takes a view of *t. A name is 1 to WT_NAME_MAX bytes of UTF-8 without NUL;
 * one that is there already is CS_E_EXISTS. On failure *d is as it was. */
int wt_dict_add(wt_dict *d, cs_str name, const tn_tensor *t, cs_errinfo *info);

size_t wt_dict_count(const wt_dict *d);

/* Valid until the next addition. `i` is below the count. */
const wt_entry *wt_dict_at(const wt_dict *d, size_t i);

/* NULL where there is no such name. */
const tn_tensor *wt_dict_find(const wt_dict *d, cs_str name);

/* Bytes of all elements, each tensor counted for itself. */
uint64_t wt_dict_bytes(const wt_dict *d);

/* Copies both; replaces the note of that key. UTF-8 without NUL. */
int wt_dict_note(wt_dict *d, cs_str key, cs_str text, cs_errinfo *info);

size_t wt_dict_note_count(const wt_dict *d);

/* The notes in order of addition: starts with NULL, ends with false. */
bool wt_dict_next_note(const wt_dict *d, const cs_map_entry **at, wt_note *ret);

/* *to becomes what *from was; *from is empty and usable afterwards. */
void wt_dict_move(wt_dict *to, wt_dict *from);

#endif
