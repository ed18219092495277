#include "image/element.h"

#include <string.h>

#include "base/parse.h"

static const struct {
    const char *name;
    tn_dtype dtype;
    unsigned char size;
} elements[IM_ELEMENTS] = {
    [IM_I8] = {"i8", TN_I8, 1},    [IM_U8] = {"u8", TN_U8, 1},
    [IM_I16] = {"i16", TN_I16, 2}, [IM_U16] = {"u16", TN_U16, 2},
    [IM_I32] = {"i32", TN_I32, 4}, [IM_U32] = {"u32", TN_I64, 4},
    [IM_I64] = {"i64", TN_I64, 8}, [IM_U64] = {"u64", TN_I64, 8},
    [IM_F32] = {"f32", TN_F32, 4}, [IM_F64] = {"f64", TN_F64, 8},
};

size_t im_element_size(im_element e)
{
    return elements[e].size;
}

const char *im_element_name(im_element e)
{
    return elements[e].name;
}

tn_dtype im_element_dtype(im_element e)
{
    return elements[e].dtype;
}

bool im_element_of(tn_dtype d, im_element *ret)
{
    if (d == TN_BOOL)
        d = TN_U8;
    for (int e = 0; e < IM_ELEMENTS; e++)
        if (elements[e].dtype == d && elements[e].size == tn_dtype_size(d)) {
            *ret = (im_element)e;
            return true;
        }
    return false;
}

/* --- byte order; by memcpy(), since files align nothing --- */

static void swap2(const unsigned char *from, size_t n, unsigned char *to)
{
    for (size_t i = 0; i < n; i++) {
        uint16_t v;
        memcpy(&v, from + 2 * i, sizeof(v));
        v = __builtin_bswap16(v);
        memcpy(to + 2 * i, &v, sizeof(v));
    }
}

static void swap4(const unsigned char *from, size_t n, unsigned char *to)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t v;
        memcpy(&v, from + 4 * i, sizeof(v));
        v = __builtin_bswap32(v);
        memcpy(to + 4 * i, &v, sizeof(v));
    }
}

static void swap8(const unsigned char *from, size_t n, unsigned char *to)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t v;
        memcpy(&v, from + 8 * i, sizeof(v));
        v = __builtin_bswap64(v);
        memcpy(to + 8 * i, &v, sizeof(v));
    }
}

void im_swap_bytes(const void *from, size_t n, size_t size, void *to)
{
    if (size == 2)
        swap2(from, n, to);
    else if (size == 4)
        swap4(from, n, to);
    else if (size == 8)
        swap8(from, n, to);
    else if (from != to)
        memcpy(to, from, n);
}

/* --- unsigned numbers --- */

int im_element_widen(im_element e, const void *from, size_t n, int64_t *to,
                     cs_errinfo *info)
{
    const unsigned char *p = from;
    for (size_t i = 0; i < n; i++) {
        uint32_t narrow;
        uint64_t v;
        if (e == IM_U32) {
            memcpy(&narrow, p + 4 * i, sizeof(narrow));
            v = narrow;
        } else
            memcpy(&v, p + 8 * i, sizeof(v));
        if (v > INT64_MAX)
            return cs_fail(info, CS_E_RANGE,
                           "voxel %zu is %llu; more than %lld does not fit", i,
                           (unsigned long long)v, (long long)INT64_MAX);
        to[i] = (int64_t)v;
    }
    return 0;
}

/* --- text --- */

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static cs_str next_number(cs_str *rest)
{
    size_t i = 0, end;
    while (i < rest->len && is_blank(rest->data[i]))
        i++;
    end = i;
    while (end < rest->len && !is_blank(rest->data[end]))
        end++;
    cs_str word = cs_str_sub(*rest, i, end);
    *rest = cs_str_sub(*rest, end, rest->len);
    return word;
}

static bool parse_float(cs_str word, im_element e, unsigned char *to)
{
    double v;
    if (cs_parse_f64(word, &v) < 0)
        return false;
    float narrow = (float)v;
    if (e == IM_F32)
        memcpy(to, &narrow, sizeof(narrow));
    else
        memcpy(to, &v, sizeof(v));
    return true;
}

/* The low bytes come first: this is for little-endian machines. */
static bool parse_whole(cs_str word, im_element e, unsigned char *to)
{
    static const int64_t least[IM_ELEMENTS] = {
        [IM_I8] = INT8_MIN,
        [IM_I16] = INT16_MIN,
        [IM_I32] = INT32_MIN,
        [IM_I64] = INT64_MIN,
    };
    static const uint64_t most[IM_ELEMENTS] = {
        [IM_I8] = INT8_MAX,    [IM_U8] = UINT8_MAX,   [IM_I16] = INT16_MAX,
        [IM_U16] = UINT16_MAX, [IM_I32] = INT32_MAX,  [IM_U32] = UINT32_MAX,
        [IM_I64] = INT64_MAX,  [IM_U64] = UINT64_MAX,
    };
    uint64_t bits;
    int64_t v;
    if (cs_parse_u64(word, &bits) == 0) {
        if (bits > most[e])
            return false;
    } else {
        if (cs_parse_i64(word, &v) < 0 || v < least[e] || v > 0)
            return false;
        bits = (uint64_t)v;
    }
    memcpy(to, &bits, elements[e].size);
    return true;
}

int im_elements_parse(cs_str text, im_element e, size_t n, void *to,
                      const char *name, cs_errinfo *info)
{
    unsigned char *p = to;
    size_t size = elements[e].size;
    for (size_t i = 0; i < n; i++, p += size) {
        cs_str word = next_number(&text);
        if (word.len == 0)
            return cs_fail(info, CS_E_FORMAT,
                           "'%s' ends after %zu of %zu numbers", name, i, n);
        bool done = e == IM_F32 || e == IM_F64 ? parse_float(word, e, p)
                                               : parse_whole(word, e, p);
        if (!done)
            return cs_fail(info, CS_E_FORMAT,
                           "'%s': voxel %zu, '%.*s', is no %s", name, i,
                           CS_STR_ARG(word), elements[e].name);
    }
    if (next_number(&text).len > 0)
        return cs_fail(info, CS_E_FORMAT,
                       "'%s' has more than the %zu numbers that the header "
                       "needs",
                       name, n);
    return 0;
}
