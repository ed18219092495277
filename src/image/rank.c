#include "image/rank.h"

#include <string.h>

#include "base/checked.h"
#include "base/mem.h"
#include "image/kernels/table.h"

/* Keys are unsigned and in the order of the elements. Of 32-bit keys the
 * uppermost, the middle and the last bits are counted in turn. */
#define TOP 12u
#define PICK 10u
#define GROUPS ((size_t)1 << TOP)
#define CHUNK ((size_t)1 << 18) /* elements that are counted at once */

static bool is_wide(tn_dtype d)
{
    return d == TN_F32 || d == TN_I32;
}

static size_t groups_of(tn_dtype d)
{
    if (is_wide(d))
        return GROUPS;
    return tn_dtype_size(d) == 1 ? 256 : 65536;
}

/* --- counting --- */

typedef struct counting {
    im_ranks *r;
    uint32_t *by_slot; /* two tables a slot */
    size_t groups;
    size_t begin; /* of the elements counted now */
} counting;

static void count_chunk(const counting *c, size_t begin, size_t n,
                        uint32_t *into)
{
    const im_table *t = c->r->table;
    const void *x = c->r->x;
    switch (c->r->dtype) {
    case TN_F32:
        t->count_f32((const float *)x + begin, n, into);
        break;
    case TN_I32:
        t->count_i32((const int32_t *)x + begin, n, into);
        break;
    case TN_I16:
        t->count_16((const uint16_t *)x + begin, n, 0x8000, into);
        break;
    case TN_U16:
        t->count_16((const uint16_t *)x + begin, n, 0, into);
        break;
    case TN_I8:
        t->count_8((const uint8_t *)x + begin, n, 0x80, into);
        break;
    default: /* TN_U8, TN_BOOL */
        t->count_8((const uint8_t *)x + begin, n, 0, into);
        break;
    }
}

static void count_part(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const counting *c = ctx;
    count_chunk(c, c->begin + begin, end - begin,
                c->by_slot + (size_t)slot * 2 * c->groups);
}

/* Tables of 32 bits do not overflow before 2^31 elements. */
#define BATCH ((size_t)1 << 31)

static int count_all(im_ranks *r, const im_run *run, cs_errinfo *info)
{
    size_t slots = cs_pool_threads(run->pool);
    counting c = {.r = r, .groups = groups_of(r->dtype)};
    CS_AUTO_MEM uint32_t *tables =
        cs_calloc(2 * c.groups, slots * sizeof(*tables));
    if (!tables)
        return cs_fail_nomem(info);
    c.by_slot = tables;
    for (size_t at = 0; at < r->n; at += BATCH) {
        c.begin = at;
        cs_pool_for(run->pool, CS_MIN(r->n - at, BATCH), CHUNK, count_part, &c);
        for (size_t k = 0; k < slots * 2 * c.groups; k++)
            r->count[k % c.groups] += tables[k];
        memset(tables, 0, slots * 2 * c.groups * sizeof(*tables));
    }
    return 0;
}

/* NaN, and the infinities, have all bits of the exponent: their groups are the
 * outermost eight on either side. Mostly they are empty, and nothing needs to
 * be looked at. */
static bool any_nan(const im_ranks *r)
{
    bool maybe = false;
    if (r->dtype != TN_F32)
        return false;
    for (size_t i = 0; i < 8; i++)
        maybe = maybe || r->count[i] || r->count[GROUPS - 1 - i];
    return maybe && r->table->has_nan(r->x, r->n);
}

int im_ranks_init(im_ranks *r, tn_dtype d, const void *x, size_t n,
                  const im_run *run, cs_errinfo *info)
{
    *r = (im_ranks){.dtype = d,
                    .x = x,
                    .n = n,
                    .group = SIZE_MAX,
                    .table = im_table_of(run->tier)};
    r->count = cs_calloc(groups_of(d), sizeof(*r->count));
    if (!r->count)
        return cs_fail_nomem(info);
    int e = count_all(r, run, info);
    r->has_nan = e == 0 && any_nan(r);
    return e;
}

void im_ranks_done(im_ranks *r)
{
    cs_free(r->count);
    cs_free(r->some);
    r->count = NULL;
    r->some = NULL;
}

/* --- finding --- */

/* The group that holds element *rank, which becomes its rank therein. */
static size_t find_group(const size_t *count, size_t *rank)
{
    size_t g = 0;
    while (*rank >= count[g])
        *rank -= count[g++];
    return g;
}

/* PICK bits, above the last `shift`, of the key at `rank`. Keeps the keys of
 * its group, in place, and says how many. */
static uint32_t pick(uint32_t *keys, size_t *n, unsigned shift, size_t *rank)
{
    size_t count[(size_t)1 << PICK] = {0};
    const uint32_t mask = (1u << PICK) - 1;
    for (size_t i = 0; i < *n; i++)
        count[keys[i] >> shift & mask]++;
    const uint32_t group = (uint32_t)find_group(count, rank);
    size_t kept = 0;
    for (size_t i = 0; i < *n; i++) {
        uint32_t key = keys[i];
        keys[kept] = key;
        kept += (key >> shift & mask) == group;
    }
    *n = kept;
    return group << shift;
}

static int take_group(im_ranks *r, size_t group, cs_errinfo *info)
{
    if (r->group == group)
        return 0;
    /* Eight more: whole vectors are written. */
    uint32_t *some =
        cs_realloc_array(r->some, r->count[group] + 8, sizeof(*some));
    if (!some)
        return cs_fail_nomem(info);
    r->some = some;
    const uint32_t low = (uint32_t)group << (32 - TOP);
    const uint32_t high = low | ((1u << (32 - TOP)) - 1);
    r->some_n = r->dtype == TN_F32
                    ? r->table->keys_between_f32(r->x, r->n, low, high, some)
                    : r->table->keys_between_i32(r->x, r->n, low, high, some);
    r->group = group;
    return 0;
}

static double of_key(tn_dtype d, uint32_t key)
{
    if (d == TN_I32)
        return (int32_t)(key ^ 0x80000000u);
    uint32_t bits = key & 0x80000000u ? key ^ 0x80000000u : ~key;
    float f;
    memcpy(&f, &bits, sizeof(f));
    return (double)f;
}

static int wide_at(im_ranks *r, size_t group, size_t rank, double *ret,
                   cs_errinfo *info)
{
    int e = take_group(r, group, info);
    if (e < 0)
        return e;
    size_t n = r->some_n;
    CS_AUTO_MEM uint32_t *keys = cs_memdup(r->some, n * sizeof(*keys));
    if (!keys)
        return cs_fail_nomem(info);
    uint32_t key = (uint32_t)group << (32 - TOP);
    key |= pick(keys, &n, PICK, &rank);
    key |= pick(keys, &n, 0, &rank);
    *ret = of_key(r->dtype, key);
    return 0;
}

int im_ranks_at(im_ranks *r, size_t rank, double *ret, cs_errinfo *info)
{
    size_t group = find_group(r->count, &rank);
    if (is_wide(r->dtype))
        return wide_at(r, group, rank, ret, info);
    bool is_signed = r->dtype == TN_I16 || r->dtype == TN_I8;
    *ret = (double)group - (is_signed ? (double)groups_of(r->dtype) / 2 : 0);
    return 0;
}
