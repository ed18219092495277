#include "image/labels.h"

#include <math.h>
#include <stdlib.h>

/* --- elements as labels --- */

/* Copies n elements of one type from element `at` on, each as a label; false
 * where one is not `valid`. */
#define TAKE(type, valid)                                                      \
    do {                                                                       \
        const type *from = (const type *)tn_data(&v->voxels) + at;             \
        bool good = true;                                                      \
        for (size_t i = 0; good && i < n; i++) {                               \
            const type e = from[i];                                            \
            good = (valid);                                                    \
            if (good)                                                          \
                dst[i] = (int32_t)e;                                           \
        }                                                                      \
        return good;                                                           \
    } while (0)

#define WHOLE(e) ((e) >= -2147483648.0 && (e) <= 2147483647.0 && rint(e) == (e))

static bool take_f32(const im_volume *v, size_t at, size_t n, int32_t *dst)
{
    TAKE(float, WHOLE((double)e));
}

static bool take_f64(const im_volume *v, size_t at, size_t n, int32_t *dst)
{
    TAKE(double, WHOLE(e));
}

static bool take_i64(const im_volume *v, size_t at, size_t n, int32_t *dst)
{
    TAKE(int64_t, e >= INT32_MIN && e <= INT32_MAX);
}

static bool take_i32(const im_volume *v, size_t at, size_t n, int32_t *dst)
{
    TAKE(int32_t, true);
}

static bool take_u16(const im_volume *v, size_t at, size_t n, int32_t *dst)
{
    TAKE(uint16_t, true);
}

static bool take_i16(const im_volume *v, size_t at, size_t n, int32_t *dst)
{
    TAKE(int16_t, true);
}

static bool take_u8(const im_volume *v, size_t at, size_t n, int32_t *dst)
{
    TAKE(uint8_t, true);
}

static bool take_i8(const im_volume *v, size_t at, size_t n, int32_t *dst)
{
    TAKE(int8_t, true);
}

typedef bool take_fn(const im_volume *v, size_t at, size_t n, int32_t *dst);

/* False where an element is no label, or the type holds none. */
static bool take_row(const im_volume *v, size_t at, size_t n, int32_t *dst)
{
    static take_fn *const takers[TN_DTYPES] = {
        [TN_U8] = take_u8,   [TN_BOOL] = take_u8, [TN_I8] = take_i8,
        [TN_I16] = take_i16, [TN_U16] = take_u16, [TN_I32] = take_i32,
        [TN_I64] = take_i64, [TN_F32] = take_f32, [TN_F64] = take_f64,
    };
    take_fn *take = takers[v->voxels.dtype];
    return take && take(v, at, n, dst);
}

/* --- finding them --- */

typedef struct finder {
    im_label_list *list; /* rising */
    size_t last;         /* where the last label was found */
    size_t count[2];     /* labels of each volume */
} finder;

static size_t place_of(const im_label_list *l, int32_t value)
{
    size_t low = 0;
    size_t high = l->len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (l->items[middle].value < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int add_label(finder *f, size_t place, int32_t value, cs_errinfo *info)
{
    im_label l = {.value = value,
                  .low = {SIZE_MAX, SIZE_MAX, SIZE_MAX},
                  .high = {0, 0, 0}};
    if (cs_vec_push(f->list, l) < 0)
        return cs_fail_nomem(info);
    memmove(f->list->items + place + 1, f->list->items + place,
            (f->list->len - 1 - place) * sizeof(l));
    f->list->items[place] = l;
    return 0;
}

/* NULL after a failure. */
static im_label *find(finder *f, int32_t value, cs_errinfo *info)
{
    im_label_list *l = f->list;
    if (f->last < l->len && l->items[f->last].value == value)
        return &l->items[f->last];
    f->last = place_of(l, value);
    if ((f->last == l->len || l->items[f->last].value != value) &&
        add_label(f, f->last, value, info) < 0)
        return NULL;
    return &l->items[f->last];
}

/* A label's first voxel in volume k. */
static int count_label(finder *f, int k, cs_errinfo *info)
{
    if (++f->count[k] <= IM_LABELS_MAX)
        return 0;
    return cs_fail(info, CS_E_LIMIT,
                   k == 0 ? CS_N_("the first volume has more than %u labels; "
                                  "is it a mask, or the scan itself?")
                          : CS_N_("the second volume has more than %u labels; "
                                  "is it a mask, or the scan itself?"),
                   IM_LABELS_MAX);
}

static void widen(im_label *l, size_t x, size_t y, size_t z)
{
    const size_t at[3] = {x, y, z};
    for (int k = 0; k < 3; k++) {
        l->low[k] = at[k] < l->low[k] ? at[k] : l->low[k];
        l->high[k] = at[k] > l->high[k] ? at[k] : l->high[k];
    }
}

static int find_in_row(finder *f, const int32_t *row[2], size_t n, size_t y,
                       size_t z, cs_errinfo *info)
{
    for (size_t x = 0; x < n; x++) {
        for (int k = 0; k < 2; k++) {
            int32_t value = row[k][x];
            if (value == 0)
                continue;
            im_label *l = find(f, value, info);
            if (!l || (l->voxels[k] == 0 && count_label(f, k, info) < 0))
                return info->code;
            l->voxels[k]++;
            l->both += k == 0 && row[1][x] == value;
            widen(l, x, y, z);
        }
    }
    return 0;
}

int im_labels_find(const im_volume *a, const im_volume *b, im_label_list *ret,
                   cs_errinfo *info)
{
    const size_t *size = a->geometry.size;
    finder f = {.list = ret};
    cs_errinfo own = {.lang = info ? info->lang : CS_LANG_EN};
    CS_AUTO_MEM int32_t *rows = cs_calloc(size[0], 2 * sizeof(*rows));
    if (!rows)
        return cs_fail_nomem(info);
    const int32_t *row[2] = {rows, rows + size[0]};
    int r = 0;
    for (size_t i = 0; r == 0 && i < size[1] * size[2]; i++) {
        if (!take_row(a, i * size[0], size[0], rows) ||
            !take_row(b, i * size[0], size[0], rows + size[0]))
            return cs_fail(info, CS_E_FORMAT,
                           "a voxel of row %zu, slice %zu is no whole number; "
                           "expected masks or labels",
                           i % size[1], i / size[1]);
        r = find_in_row(&f, row, size[0], i % size[1], i / size[1], &own);
    }
    if (r < 0 && info)
        *info = own;
    return r;
}

/* --- one of them --- */

int im_label_bits(const im_volume *v, const im_label *l, im_bits *ret,
                  cs_errinfo *info)
{
    const size_t *size = v->geometry.size;
    size_t box[3];
    for (int k = 0; k < 3; k++)
        box[k] = l->high[k] - l->low[k] + 1;
    CS_AUTO_MEM int32_t *row = cs_calloc(box[0], sizeof(*row));
    if (!row)
        return cs_fail_nomem(info);
    int r = im_bits_init(ret, box, info);
    for (size_t i = 0; r == 0 && i < box[1] * box[2]; i++) {
        size_t y = l->low[1] + i % box[1];
        size_t z = l->low[2] + i / box[1];
        uint64_t *to = im_bits_row(ret, i);
        take_row(v, (z * size[1] + y) * size[0] + l->low[0], box[0], row);
        for (size_t x = 0; x < box[0]; x++)
            to[x / 64] |= (uint64_t)(row[x] == l->value) << x % 64;
    }
    return r;
}
