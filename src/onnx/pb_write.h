/* Protocol Buffers' wire format, written into a growing string. A message
 * inside a message is written into a string of its own first. Failures stay in
 * the string: cs_strbuf_check() at the end. */
#ifndef CS_ONNX_PB_WRITE_H
#define CS_ONNX_PB_WRITE_H

#include "base/strbuf.h"

void ox_put_int(cs_strbuf *b, uint32_t number, int64_t v);
void ox_put_float(cs_strbuf *b, uint32_t number, float v);
void ox_put_bytes(cs_strbuf *b, uint32_t number, cs_str bytes);
void ox_put_text(cs_strbuf *b, uint32_t number, const char *text);

/* One field for each number, as ONNX's proto2 has its attributes. */
void ox_put_ints(cs_strbuf *b, uint32_t number, const int64_t *v, size_t n);

/* The beginning of a field of `size` bytes that the caller writes itself. */
void ox_put_head(cs_strbuf *b, uint32_t number, uint64_t size);

#endif
