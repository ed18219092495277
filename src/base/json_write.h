/* Writes JSON, piece by piece, onto a string buffer.
 *
 *     cs_json w;
 *     cs_json_init(&w, &out, CS_JSON_PRETTY);
 *     cs_json_open_object(&w);
 *     cs_json_key(&w, "dice");
 *     cs_json_double(&w, 0.91);
 *     cs_json_close_object(&w);
 *     int r = cs_json_finish(&w);         CS_E_NOMEM if any piece failed
 *
 * Pieces in an order that is not JSON (a value without its key, a bracket too
 * many, more than 64 levels) are bugs and assert. Without asserts, finish()
 * returns CS_E_FAILED and what was written is not to be used. */
#ifndef CS_BASE_JSON_WRITE_H
#define CS_BASE_JSON_WRITE_H

#include "base/defs.h"
#include "base/str.h"
#include "base/strbuf.h"

#define CS_JSON_DEPTH_MAX 64u

typedef enum cs_json_style {
    CS_JSON_COMPACT, /* one line, no blanks */
    CS_JSON_PRETTY,  /* a line for each value, indented by two spaces */
} cs_json_style;

typedef struct cs_json {
    cs_strbuf *out; /* borrowed */
    cs_json_style style;
    unsigned depth;
    uint64_t objects; /* bit d: level d is an object */
    bool filled;      /* the innermost level holds something already */
    bool keyed;       /* a key waits for its value */
    bool misused;
} cs_json;

/* Appends to `out`, which outlives the writer. */
void cs_json_init(cs_json *w, cs_strbuf *out, cs_json_style style);

/* One whole value must have been written. */
int cs_json_finish(cs_json *w) CS_MUST_CHECK;

void cs_json_open_object(cs_json *w);
void cs_json_close_object(cs_json *w);
void cs_json_open_array(cs_json *w);
void cs_json_close_array(cs_json *w);

/* Keys are not checked for repetition. Text that is not valid UTF-8 has each
 * offending byte replaced by U+FFFD. */
void cs_json_key(cs_json *w, const char *key);
void cs_json_key_str(cs_json *w, cs_str key);

void cs_json_string(cs_json *w, cs_str text);
void cs_json_cstring(cs_json *w, const char *text); /* NULL: null */
void cs_json_i64(cs_json *w, int64_t value);
void cs_json_u64(cs_json *w, uint64_t value);
/* Reads back as exactly `value`; NaN and infinities become null. */
void cs_json_double(cs_json *w, double value);
void cs_json_bool(cs_json *w, bool value);
void cs_json_null(cs_json *w);

#define CS_FORMAT_DOUBLE_MAX 32
/* The shortest of %.15g, %.16g and %.17g that reads back exactly, with a '.'
 * in every locale and ".0" where it would look like a whole number. `value` is
 * finite. Returns dst. */
char *cs_format_double(double value, char dst[CS_FORMAT_DOUBLE_MAX]);

#endif
