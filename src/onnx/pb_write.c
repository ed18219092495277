#include "onnx/pb_write.h"

#include "onnx/pb_read.h"
#include "weights/le.h"

static void put_varint(cs_strbuf *b, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        cs_strbuf_putc(b, (char)(v | 0x80));
    cs_strbuf_putc(b, (char)v);
}

static void put_tag(cs_strbuf *b, uint32_t number, ox_wire wire)
{
    put_varint(b, (uint64_t)number << 3 | wire);
}

void ox_put_int(cs_strbuf *b, uint32_t number, int64_t v)
{
    put_tag(b, number, OX_VARINT);
    put_varint(b, (uint64_t)v);
}

void ox_put_float(cs_strbuf *b, uint32_t number, float v)
{
    uint32_t bits;
    unsigned char bytes[4];
    memcpy(&bits, &v, sizeof(bits));
    wt_le_set(bytes, sizeof(bytes), bits);
    put_tag(b, number, OX_FIXED32);
    cs_strbuf_append(b, bytes, sizeof(bytes));
}

void ox_put_head(cs_strbuf *b, uint32_t number, uint64_t size)
{
    put_tag(b, number, OX_BYTES);
    put_varint(b, size);
}

void ox_put_bytes(cs_strbuf *b, uint32_t number, cs_str bytes)
{
    ox_put_head(b, number, bytes.len);
    cs_strbuf_append(b, bytes.data, bytes.len);
}

void ox_put_text(cs_strbuf *b, uint32_t number, const char *text)
{
    ox_put_bytes(b, number, cs_str_of(text));
}

void ox_put_ints(cs_strbuf *b, uint32_t number, const int64_t *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ox_put_int(b, number, v[i]);
}
