/* Pickles read as data. Python runs a pickle; we only look at what it says:
 * numbers, texts, lists, dictionaries, and "this name, called with these
 * arguments", which stays a value. Nothing is ever looked up or executed.
 *
 * Protocol 2 and the opcodes that torch.save() writes are understood; any other
 * opcode, and any name outside the caller's table, is refused by its name.
 * There is no recursion, neither here nor in the values' making; a list may
 * hold itself, so whoever walks values must bound the walk. */
#ifndef CS_WEIGHTS_PICKLE_H
#define CS_WEIGHTS_PICKLE_H

#include "base/error.h"
#include "base/str.h"

#define WT_PICKLE_SIZE_MAX ((size_t)64 << 20)
#define WT_PICKLE_VALUES_MAX ((size_t)1 << 21)
#define WT_PICKLE_STACK_MAX ((size_t)1 << 17)
#define WT_PICKLE_DEPTH_MAX ((size_t)256) /* open marks */

/* What a name that may be mentioned is good for. */
typedef enum wt_global_use {
    WT_GLOBAL_TYPE, /* being mentioned */
    WT_GLOBAL_CALL, /* being called: gives a WT_CALL */
    WT_GLOBAL_DICT, /* being called with nothing: gives an empty WT_DICT */
} wt_global_use;

typedef struct wt_global {
    const char *module, *name;
    wt_global_use use;
} wt_global;

typedef enum wt_kind {
    WT_NONE,
    WT_BOOL,
    WT_INT,
    WT_BIG, /* a whole number beyond 64 bits; its value is not kept */
    WT_FLOAT,
    WT_TEXT,   /* UTF-8 */
    WT_TUPLE,  /* items */
    WT_LIST,   /* items */
    WT_DICT,   /* items: key, value, key, value, …; a key may come twice */
    WT_GLOBAL, /* global */
    WT_CALL,   /* global, of: the tuple of arguments */
    WT_STORED, /* of: the id by which the value is stored elsewhere */
} wt_kind;

/* Values name each other by number. */
typedef uint32_t wt_ref;

typedef struct wt_value {
    wt_kind kind;
    bool ordered; /* a WT_DICT that a call made, so it may have attributes */
    union {
        bool boolean;
        int64_t integer;
        double number;
        cs_str text; /* borrowed from the pickle */
        struct {
            wt_ref *items;
            uint32_t len, cap;
        };
        struct {
            const wt_global *global; /* a row of the caller's table */
            wt_ref of;
        };
    };
} wt_value;

typedef struct wt_pickle wt_pickle;

/* `bytes` and the table outlive *ret. Failures name the byte. */
int wt_pickle_parse(cs_str bytes, const wt_global *allowed,
                    size_t allowed_count, wt_pickle **ret, cs_errinfo *info);
void wt_pickle_free(wt_pickle *p); /* NULL is fine */
CS_DEFINE_AUTO(wt_pickle)

const wt_value *wt_pickle_root(const wt_pickle *p);
const wt_value *wt_pickle_value(const wt_pickle *p, wt_ref ref);

/* Item i of a value that has them. */
static inline const wt_value *wt_pickle_item(const wt_pickle *p,
                                             const wt_value *v, size_t i)
{
    return wt_pickle_value(p, v->items[i]);
}

#endif
