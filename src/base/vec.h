/* Typed vectors:
 *
 *     CS_VEC(int) v = CS_VEC_INIT;
 *     if (cs_vec_push(&v, 42) < 0) …      CS_E_NOMEM, v as before
 *     for (size_t i = 0; i < v.len; i++)  use(v.items[i]);
 *     cs_vec_done(&v);
 *
 * Elements are moved by memcpy when the vector grows; pointers into `items`
 * die at the next push. */
#ifndef CS_BASE_VEC_H
#define CS_BASE_VEC_H

#include <string.h>

#include "base/defs.h"
#include "base/error.h"
#include "base/mem.h"

#define CS_VEC(T)                                                              \
    struct {                                                                   \
        T *items;                                                              \
        size_t len, cap;                                                       \
    }

#define CS_VEC_INIT                                                            \
    {                                                                          \
        NULL, 0, 0                                                             \
    }

/* Room for at least n elements in all. 0 or CS_E_NOMEM. */
#define cs_vec_reserve(v, n)                                                   \
    cs_vec_reserve_((void **)&(v)->items, &(v)->cap, (n), sizeof(*(v)->items))

#define cs_vec_push(v, item)                                                   \
    ({                                                                         \
        __auto_type cs_vec_ = (v);                                             \
        int cs_r_ =                                                            \
            cs_vec_->len < cs_vec_->cap                                        \
                ? 0                                                            \
                : cs_vec_grow_((void **)&cs_vec_->items, &cs_vec_->cap,        \
                               sizeof(__typeof__(*cs_vec_->items)));           \
        if (cs_r_ == 0)                                                        \
            cs_vec_->items[cs_vec_->len++] = (item);                           \
        cs_r_;                                                                 \
    })

#define cs_vec_last(v) ((v)->items[(v)->len - 1]) /* of a non-empty vector */
#define cs_vec_pop(v) ((v)->items[--(v)->len])    /* of a non-empty vector */

/* Takes element i out, keeping the order of the others. */
#define cs_vec_remove(v, i)                                                    \
    do {                                                                       \
        __auto_type cs_vec_ = (v);                                             \
        size_t cs_i_ = (i);                                                    \
        memmove(cs_vec_->items + cs_i_, cs_vec_->items + cs_i_ + 1,            \
                (cs_vec_->len - cs_i_ - 1) * sizeof(*cs_vec_->items));         \
        cs_vec_->len--;                                                        \
    } while (0)

#define cs_vec_clear(v) ((void)((v)->len = 0))

#define cs_vec_done(v)                                                         \
    do {                                                                       \
        __auto_type cs_vec_ = (v);                                             \
        cs_free(cs_vec_->items);                                               \
        cs_vec_->items = NULL;                                                 \
        cs_vec_->len = cs_vec_->cap = 0;                                       \
    } while (0)

int cs_vec_reserve_(void **items, size_t *cap, size_t n, size_t size);
int cs_vec_grow_(void **items, size_t *cap, size_t size);

#endif
