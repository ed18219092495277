#include "weights/dict.h"

#include <string.h>

#include "base/utf8.h"

void wt_dict_init(wt_dict *d)
{
    *d = (wt_dict)WT_DICT_INIT;
}

void wt_dict_done(wt_dict *d)
{
    for (size_t i = 0; i < d->entries.len; i++)
        tn_tensor_done(&d->entries.items[i].tensor);
    cs_vec_done(&d->entries);
    cs_map_done(&d->index);
    for (const cs_map_entry *e = NULL; (e = cs_map_next(&d->notes, e));)
        cs_free(e->value);
    cs_map_done(&d->notes);
}

void wt_dict_move(wt_dict *to, wt_dict *from)
{
    wt_dict_done(to);
    *to = *from;
    wt_dict_init(from);
}

size_t wt_dict_count(const wt_dict *d)
{
    return d->entries.len;
}

const wt_entry *wt_dict_at(const wt_dict *d, size_t i)
{
    return &d->entries.items[i];
}

const tn_tensor *wt_dict_find(const wt_dict *d, cs_str name)
{
    /* Nothing is ever removed, so both keep the same order. */
    const cs_map_entry *e = cs_map_find(&d->index, name);
    return e ? &d->entries.items[e - d->index.entries].tensor : NULL;
}

uint64_t wt_dict_bytes(const wt_dict *d)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < d->entries.len; i++)
        sum += tn_bytes(&d->entries.items[i].tensor);
    return sum;
}

/* --- adding --- */

static bool plain_text(cs_str s)
{
    return cs_utf8_valid(s.data, s.len) &&
           (s.len == 0 || !memchr(s.data, '\0', s.len));
}

static int check_name(const wt_dict *d, cs_str name, cs_errinfo *info)
{
    if (name.len == 0)
        return cs_fail(info, CS_E_FORMAT, "a tensor has no name");
    if (name.len > WT_NAME_MAX)
        return cs_fail(info, CS_E_LIMIT,
                       "a tensor's name has %zu bytes; at most %zu are allowed",
                       name.len, WT_NAME_MAX);
    if (!plain_text(name))
        return cs_fail(info, CS_E_FORMAT,
                       "the tensor name '%.*s' is not plain UTF-8",
                       CS_STR_ARG(name));
    if (cs_map_find(&d->index, name))
        return cs_fail(info, CS_E_EXISTS, "the tensor '%.*s' is given twice",
                       CS_STR_ARG(name));
    if (d->entries.len >= WT_TENSORS_MAX)
        return cs_fail(info, CS_E_LIMIT,
                       "more than %zu tensors in one file of weights",
                       WT_TENSORS_MAX);
    return 0;
}

/* The same axes in the same order: works for every rank and stride. */
static int same_view(const tn_tensor *t, tn_tensor *ret, cs_errinfo *info)
{
    unsigned order[TN_RANK_MAX];
    for (unsigned i = 0; i < TN_RANK_MAX; i++)
        order[i] = i;
    return tn_view_permute(t, order, ret, info);
}

int wt_dict_add(wt_dict *d, cs_str name, const tn_tensor *t, cs_errinfo *info)
{
    int r = check_name(d, name, info);
    if (r < 0)
        return r;
    wt_entry made = {.tensor = TN_TENSOR_INIT};
    r = same_view(t, &made.tensor, info);
    if (r < 0)
        return r;
    if (cs_vec_push(&d->entries, made) < 0) {
        tn_tensor_done(&made.tensor);
        return cs_fail_nomem(info);
    }
    if (cs_map_put(&d->index, name, NULL, NULL) < 0) {
        tn_tensor_done(&cs_vec_pop(&d->entries).tensor);
        return cs_fail_nomem(info);
    }
    cs_vec_last(&d->entries).name = cs_map_find(&d->index, name)->key;
    return 0;
}

/* --- notes --- */

int wt_dict_note(wt_dict *d, cs_str key, cs_str text, cs_errinfo *info)
{
    if (!plain_text(key) || !plain_text(text))
        return cs_fail(info, CS_E_FORMAT, "a note is not plain UTF-8");
    if (d->notes.len >= WT_NOTES_MAX)
        return cs_fail(info, CS_E_LIMIT,
                       "more than %zu notes in one file of weights",
                       WT_NOTES_MAX);
    CS_AUTO_MEM char *copy = cs_strndup(text.data, text.len);
    void *old = NULL;
    if (!copy || cs_map_put(&d->notes, key, copy, &old) < 0)
        return cs_fail_nomem(info);
    cs_free(old);
    copy = NULL;
    return 0;
}

size_t wt_dict_note_count(const wt_dict *d)
{
    return d->notes.len;
}

bool wt_dict_next_note(const wt_dict *d, const cs_map_entry **at, wt_note *ret)
{
    *at = cs_map_next(&d->notes, *at);
    if (*at)
        *ret = (wt_note){(*at)->key, (*at)->value};
    return *at != NULL;
}
