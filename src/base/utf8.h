/* UTF-8: strict validation (no overlong forms, surrogates or code points above
 * U+10FFFF), escaping for terminals and logs, width on a terminal. */
#ifndef CS_BASE_UTF8_H
#define CS_BASE_UTF8_H

#include "base/defs.h"

/* Decodes one code point of s[0..len). Returns its bytes (1–4), or 0 when
 * they are not valid UTF-8 or len is 0. *ret may be NULL. */
size_t cs_utf8_decode(const char *s, size_t len, uint32_t *ret);

bool cs_utf8_valid(const char *s, size_t len);

/* Offset of the first byte that is not part of valid UTF-8, or len. */
size_t cs_utf8_invalid_at(const char *s, size_t len);

/* Shows text on one line and without power over a terminal: control characters
 * (C0, DEL, C1, line separators, bidirectional overrides) and invalid bytes
 * become \xNN, byte by byte. Writes at most size - 1 bytes and a terminator,
 * never half a character; returns the bytes written. */
size_t cs_utf8_escape(char *dst, size_t size, const char *s, size_t len);

/* Bytes that cs_utf8_escape() needs for all of s. */
size_t cs_utf8_escaped_len(const char *s, size_t len);

/* Smallest offset (on a character boundary) from which the rest of s, escaped,
 * needs at most `room` bytes. */
size_t cs_utf8_escaped_suffix(const char *s, size_t len, size_t room);

/* Columns that s takes on a terminal: East Asian wide characters count two,
 * combining marks none, each invalid byte one. */
size_t cs_utf8_width(const char *s, size_t len);

#endif
