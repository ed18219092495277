#include "base/json_write.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

#include "base/error.h"
#include "base/parse.h"
#include "base/utf8.h"

void cs_json_init(cs_json *w, cs_strbuf *out, cs_json_style style)
{
    *w = (cs_json){.out = out, .style = style};
}

int cs_json_finish(cs_json *w)
{
    bool whole = w->depth == 0 && w->filled && !w->misused;
    assert(whole);
    int r = cs_strbuf_check(w->out);
    return r < 0 ? r : whole ? 0 : CS_E_FAILED;
}

static bool in_object(const cs_json *w)
{
    return w->depth && (w->objects >> (w->depth - 1) & 1);
}

/* False, and nothing more is written, once the pieces make no sense. */
static bool expect(cs_json *w, bool legal)
{
    assert(legal);
    if (!legal)
        w->misused = true;
    return !w->misused;
}

static void new_line(cs_json *w)
{
    if (w->style != CS_JSON_PRETTY)
        return;
    cs_strbuf_putc(w->out, '\n');
    cs_strbuf_pad(w->out, ' ', 2 * (size_t)w->depth);
}

static void separate(cs_json *w)
{
    if (w->filled)
        cs_strbuf_putc(w->out, ',');
    if (w->depth)
        new_line(w);
    w->filled = true;
}

static bool begin_value(cs_json *w)
{
    bool legal = w->depth == 0  ? !w->filled
                 : in_object(w) ? w->keyed
                                : !w->keyed;
    if (!expect(w, legal))
        return false;
    if (!w->keyed)
        separate(w);
    w->keyed = false;
    return true;
}

/* --- lists and objects --- */

static void open_level(cs_json *w, bool object)
{
    if (!expect(w, w->depth < CS_JSON_DEPTH_MAX) || !begin_value(w))
        return;
    uint64_t bit = UINT64_C(1) << w->depth;
    w->objects = object ? w->objects | bit : w->objects & ~bit;
    w->depth++;
    w->filled = false;
    cs_strbuf_putc(w->out, object ? '{' : '[');
}

static void close_level(cs_json *w, bool object)
{
    if (!expect(w, w->depth && in_object(w) == object && !w->keyed))
        return;
    w->depth--;
    if (w->filled)
        new_line(w);
    w->filled = true;
    cs_strbuf_putc(w->out, object ? '}' : ']');
}

void cs_json_open_object(cs_json *w)
{
    open_level(w, true);
}

void cs_json_close_object(cs_json *w)
{
    close_level(w, true);
}

void cs_json_open_array(cs_json *w)
{
    open_level(w, false);
}

void cs_json_close_array(cs_json *w)
{
    close_level(w, false);
}

/* --- text --- */

static char short_escape(uint32_t c)
{
    switch (c) {
    case '"':
        return '"';
    case '\\':
        return '\\';
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static void put_escaped(cs_json *w, uint32_t c)
{
    char letter = short_escape(c);
    if (letter) {
        cs_strbuf_putc(w->out, '\\');
        cs_strbuf_putc(w->out, letter);
    } else {
        cs_strbuf_printf(w->out, "\\u%04x", (unsigned)c);
    }
}

/* JavaScript before 2019 takes U+2028 and U+2029 for line breaks. */
static bool must_escape(uint32_t c)
{
    return c < 0x20 || c == '"' || c == '\\' || c == 0x7f || c == 0x2028 ||
           c == 0x2029;
}

static void put_text(cs_json *w, cs_str text)
{
    cs_strbuf_putc(w->out, '"');
    size_t plain = 0; /* start of what is copied as it stands */
    for (size_t i = 0; i < text.len;) {
        uint32_t c = 0;
        size_t n = cs_utf8_decode(text.data + i, text.len - i, &c);
        if (n == 0 || must_escape(c)) {
            cs_strbuf_add_str(w->out, cs_str_sub(text, plain, i));
            plain = i + (n ? n : 1);
            if (n == 0)
                cs_strbuf_add(w->out, "\xef\xbf\xbd");
            else
                put_escaped(w, c);
        }
        i += n ? n : 1;
    }
    cs_strbuf_add_str(w->out, cs_str_sub(text, plain, text.len));
    cs_strbuf_putc(w->out, '"');
}

void cs_json_key(cs_json *w, const char *key)
{
    cs_json_key_str(w, cs_str_of(key));
}

void cs_json_key_str(cs_json *w, cs_str key)
{
    if (!expect(w, in_object(w) && !w->keyed))
        return;
    separate(w);
    w->keyed = true;
    put_text(w, key);
    cs_strbuf_add(w->out, w->style == CS_JSON_PRETTY ? ": " : ":");
}

void cs_json_string(cs_json *w, cs_str text)
{
    if (begin_value(w))
        put_text(w, text);
}

void cs_json_cstring(cs_json *w, const char *text)
{
    if (text)
        cs_json_string(w, cs_str_of(text));
    else
        cs_json_null(w);
}

/* --- other scalars --- */

static void put_word(cs_json *w, const char *word)
{
    if (begin_value(w))
        cs_strbuf_add(w->out, word);
}

void cs_json_i64(cs_json *w, int64_t value)
{
    if (begin_value(w))
        cs_strbuf_printf(w->out, "%lld", (long long)value);
}

void cs_json_u64(cs_json *w, uint64_t value)
{
    if (begin_value(w))
        cs_strbuf_printf(w->out, "%llu", (unsigned long long)value);
}

void cs_json_bool(cs_json *w, bool value)
{
    put_word(w, value ? "true" : "false");
}

void cs_json_null(cs_json *w)
{
    put_word(w, "null");
}

void cs_json_double(cs_json *w, double value)
{
    char text[CS_FORMAT_DOUBLE_MAX];
    put_word(w, isfinite(value) ? cs_format_double(value, text) : "null");
}

/* The locale's decimal point, whatever it is, becomes '.'. */
static void print_double(double value, int digits, char *dst)
{
    char raw[2 * CS_FORMAT_DOUBLE_MAX];
    int n = snprintf(raw, sizeof(raw), "%.*g", digits, value);
    char *out = dst;
    for (int i = 0; i < n; i++) {
        bool kept = (raw[i] >= '0' && raw[i] <= '9') || raw[i] == 'e' ||
                    raw[i] == '-' || raw[i] == '+';
        if (kept)
            *out++ = raw[i];
        else if (out == dst || out[-1] != '.')
            *out++ = '.';
    }
    *out = '\0';
}

char *cs_format_double(double value, char dst[CS_FORMAT_DOUBLE_MAX])
{
    assert(isfinite(value));
    for (int digits = 15; digits <= 17; digits++) {
        double back;
        print_double(value, digits, dst);
        if (cs_parse_f64(cs_str_of(dst), &back) == 0 && back == value)
            break;
    }
    if (!strpbrk(dst, ".e"))
        memcpy(dst + strlen(dst), ".0", sizeof(".0"));
    return dst;
}
