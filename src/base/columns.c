#include "base/columns.h"

#include <string.h>

#include "base/utf8.h"

size_t cs_columns_of(const char *s)
{
    return cs_utf8_width(s, strlen(s));
}

/* Bytes of the character at the front of s; an invalid byte counts as one. */
static size_t char_bytes(cs_str s, uint32_t *ret_code)
{
    size_t n = cs_utf8_decode(s.data, s.len, ret_code);
    if (n == 0)
        *ret_code = 0;
    return n ? n : s.len > 0;
}

cs_str cs_columns_cut(cs_str s, size_t columns)
{
    size_t end = 0, used = 0;
    while (end < s.len) {
        uint32_t code;
        size_t n = char_bytes(cs_str_sub(s, end, s.len), &code);
        used += cs_utf8_width(s.data + end, n);
        if (used > columns)
            break;
        end += n;
    }
    return cs_str_sub(s, 0, end);
}

int cs_columns_pad(cs_strbuf *out, const char *s, size_t columns)
{
    size_t width = cs_columns_of(s);
    int r = cs_strbuf_add(out, s);
    return r < 0 || width >= columns ? r
                                     : cs_strbuf_pad(out, ' ', columns - width);
}

/* Characters that a line may break before or after without a space. */
static bool is_ideograph(uint32_t code)
{
    return (code >= 0x3041 && code <= 0x30ff) ||
           (code >= 0x3400 && code <= 0x9fff) ||
           (code >= 0xf900 && code <= 0xfaff) ||
           (code >= 0x20000 && code <= 0x3fffd);
}

/* ，。、；：？！）》」』】… and their like. */
static bool starts_no_line(uint32_t code)
{
    static const uint32_t marks[] = {
        0xff0c, 0x3002, 0x3001, 0xff1b, 0xff1a, 0xff1f, 0xff01, 0xff09,
        0x300b, 0x300d, 0x300f, 0x3011, 0x201d, 0x2019, 0x2026, ',',
        '.',    ';',    ':',    ')',    ']',    '?',    '!',    '\''};
    for (size_t i = 0; i < CS_COUNTOF(marks); i++) {
        if (code == marks[i])
            return true;
    }
    return false;
}

static bool may_break(uint32_t before, uint32_t after)
{
    /* After a full-width mark, as after an ideograph; never after an opening
     * bracket （《「『【“ ‘. */
    static const uint32_t opening[] = {0xff08, 0x300a, 0x300c, 0x300e,
                                       0x3010, 0x201c, 0x2018, '('};
    for (size_t i = 0; i < CS_COUNTOF(opening); i++) {
        if (before == opening[i])
            return false;
    }
    bool full_width = before >= 0x3000 && starts_no_line(before);
    return !starts_no_line(after) &&
           (is_ideograph(before) || is_ideograph(after) || full_width);
}

/* The next piece that may not be broken: up to a space, an end or a place
 * where ideographs let a line end. */
static cs_str next_piece(cs_str s)
{
    uint32_t before, after;
    size_t end = char_bytes(s, &before);
    while (end < s.len && s.data[end] != ' ') {
        size_t n = char_bytes(cs_str_sub(s, end, s.len), &after);
        if (may_break(before, after))
            break;
        before = after;
        end += n;
    }
    return cs_str_sub(s, 0, end);
}

int cs_columns_wrap(cs_strbuf *out, const char *s, size_t indent, size_t width)
{
    cs_str rest = cs_str_of(s);
    size_t column = indent;
    while (rest.len > 0) {
        size_t spaces = 0;
        while (spaces < rest.len && rest.data[spaces] == ' ')
            spaces++;
        cs_str piece = next_piece(cs_str_sub(rest, spaces, rest.len));
        size_t piece_width = cs_utf8_width(piece.data, piece.len);
        if (column > indent && column + spaces + piece_width > width) {
            cs_strbuf_putc(out, '\n');
            cs_strbuf_pad(out, ' ', indent);
            column = indent;
            rest = cs_str_sub(rest, spaces, rest.len);
            spaces = 0;
        }
        cs_strbuf_append(out, rest.data, spaces + piece.len);
        column += spaces + piece_width;
        rest = cs_str_sub(rest, spaces + piece.len, rest.len);
    }
    return cs_strbuf_check(out);
}
