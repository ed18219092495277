#include "onnx/pb_read.h"

#include "weights/le.h"

#define VARINT_MAX 10 /* bytes of 64 bits, seven to a byte */

static int cut_short(cs_errinfo *info)
{
    return cs_fail(info, CS_E_FORMAT, "the file is cut short or damaged");
}

/* Bytes taken; 0 where there is no varint. */
static size_t take_varint(cs_str from, uint64_t *ret)
{
    uint64_t v = 0;
    for (size_t i = 0; i < from.len && i < VARINT_MAX; i++) {
        unsigned char byte = (unsigned char)from.data[i];
        if (i == VARINT_MAX - 1 && byte > 1)
            return 0;
        v |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (byte < 0x80) {
            *ret = v;
            return i + 1;
        }
    }
    return 0;
}

static bool advance(ox_reader *r, size_t n)
{
    if (n == 0 || n > r->rest.len)
        return false;
    r->rest = cs_str_sub(r->rest, n, r->rest.len);
    return true;
}

static bool fixed(ox_reader *r, unsigned size, uint64_t *ret)
{
    if (r->rest.len < size)
        return false;
    *ret = wt_le_get((const unsigned char *)r->rest.data, size);
    return advance(r, size);
}

static bool bytes(ox_reader *r, cs_str *ret)
{
    uint64_t n = 0;
    if (!advance(r, take_varint(r->rest, &n)) || n > r->rest.len)
        return false;
    *ret = cs_str_sub(r->rest, 0, (size_t)n);
    r->rest = cs_str_sub(r->rest, (size_t)n, r->rest.len);
    return true;
}

static bool take_value(ox_reader *r, ox_field *f)
{
    switch (f->wire) {
    case OX_VARINT:
        return advance(r, take_varint(r->rest, &f->value));
    case OX_FIXED64:
        return fixed(r, 8, &f->value);
    case OX_BYTES:
        return bytes(r, &f->bytes);
    case OX_FIXED32:
        return fixed(r, 4, &f->value);
    }
    return false;
}

int ox_next(ox_reader *r, ox_field *ret, cs_errinfo *info)
{
    uint64_t tag = 0;
    if (r->rest.len == 0)
        return 0;
    if (!advance(r, take_varint(r->rest, &tag)))
        return cut_short(info);
    ox_field f = {.number = (uint32_t)(tag >> 3), .wire = (ox_wire)(tag & 7)};
    if (tag >> 3 == 0 || tag > UINT32_MAX || !take_value(r, &f))
        return cut_short(info);
    *ret = f;
    return 1;
}

static int wrong_kind(const ox_field *f, cs_errinfo *info)
{
    return cs_fail(info, CS_E_FORMAT,
                   "field %u of a message is of another kind than ONNX's",
                   f->number);
}

int ox_get_int(const ox_field *f, int64_t *ret, cs_errinfo *info)
{
    if (f->wire != OX_VARINT)
        return wrong_kind(f, info);
    *ret = (int64_t)f->value;
    return 0;
}

static float float_of(uint32_t bits)
{
    float v;
    memcpy(&v, &bits, sizeof(v));
    return v;
}

int ox_get_float(const ox_field *f, float *ret, cs_errinfo *info)
{
    if (f->wire != OX_FIXED32)
        return wrong_kind(f, info);
    *ret = float_of((uint32_t)f->value);
    return 0;
}

int ox_get_bytes(const ox_field *f, cs_str *ret, cs_errinfo *info)
{
    if (f->wire != OX_BYTES)
        return wrong_kind(f, info);
    *ret = f->bytes;
    return 0;
}

/* --- repeated numbers --- */

static ox_wire wire_of(unsigned size)
{
    if (size == 0)
        return OX_VARINT;
    return size == 4 ? OX_FIXED32 : OX_FIXED64;
}

static int count_varints(cs_str packed, size_t *ret, cs_errinfo *info)
{
    size_t n = 0;
    ox_reader r = ox_read(packed);
    for (uint64_t v; r.rest.len > 0; n++)
        if (!advance(&r, take_varint(r.rest, &v)))
            return cut_short(info);
    *ret = n;
    return 0;
}

int ox_count(const ox_field *f, unsigned size, size_t *ret, cs_errinfo *info)
{
    if (f->wire == wire_of(size)) {
        *ret = 1;
        return 0;
    }
    if (f->wire != OX_BYTES)
        return wrong_kind(f, info);
    if (size == 0)
        return count_varints(f->bytes, ret, info);
    if (f->bytes.len % size)
        return cut_short(info);
    *ret = f->bytes.len / size;
    return 0;
}

void ox_numbers(const ox_field *f, unsigned size, uint64_t *ret)
{
    if (f->wire != OX_BYTES) {
        *ret = f->value;
        return;
    }
    ox_reader r = ox_read(f->bytes);
    while (r.rest.len > 0)
        if (!(size == 0 ? advance(&r, take_varint(r.rest, ret++))
                        : fixed(&r, size, ret++)))
            return; /* ox_count() has seen that it does not happen */
}
