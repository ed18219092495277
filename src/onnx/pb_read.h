/* Protocol Buffers' wire format, read from memory that nobody vouches for.
 *
 * A message is a run of fields: a number, one of four wire types, a value.
 * Reading never copies and never goes down by itself; whoever knows that a
 * field is a message reads its bytes with another reader, so nesting is as deep
 * as the caller's code and no deeper. Groups (wire types 3 and 4) are refused;
 * ONNX has none. */
#ifndef CS_ONNX_PB_READ_H
#define CS_ONNX_PB_READ_H

#include "base/error.h"
#include "base/str.h"

typedef enum ox_wire {
    OX_VARINT = 0,
    OX_FIXED64 = 1,
    OX_BYTES = 2,
    OX_FIXED32 = 5,
} ox_wire;

typedef struct ox_field {
    uint32_t number;
    ox_wire wire;
    uint64_t value; /* of the three kinds of numbers */
    cs_str bytes;   /* of OX_BYTES; inside the message */
} ox_field;

typedef struct ox_reader {
    cs_str rest; /* what has not been read */
} ox_reader;

static inline ox_reader ox_read(cs_str message)
{
    return (ox_reader){message};
}

/* 1: the next field; 0: the end; CS_E_FORMAT: no message. */
int ox_next(ox_reader *r, ox_field *ret, cs_errinfo *info);

/* The value of a field of one kind; CS_E_FORMAT where its wire type is of
 * another. Strings are borrowed, and need not be UTF-8. */
int ox_get_int(const ox_field *f, int64_t *ret, cs_errinfo *info);
int ox_get_float(const ox_field *f, float *ret, cs_errinfo *info);
int ox_get_bytes(const ox_field *f, cs_str *ret, cs_errinfo *info);

/* Repeated numbers come one to a field or packed into bytes. `size` is that of
 * the fixed kinds, 4 or 8; 0 for varints. ox_count() says how many a field
 * holds (never more than its bytes), ox_numbers() writes them to `ret` as they
 * stand in the file. */
int ox_count(const ox_field *f, unsigned size, size_t *ret, cs_errinfo *info);
void ox_numbers(const ox_field *f, unsigned size, uint64_t *ret);

#endif
