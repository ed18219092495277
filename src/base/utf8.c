#include "base/utf8.h"

#include <string.h>

static bool is_tail(unsigned char c)
{
    return (c & 0xc0) == 0x80;
}

/* Bytes of the sequence that `lead` opens; 0 for one that cannot. */
static size_t sequence_len(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead < 0xc2)
        return 0;
    if (lead < 0xe0)
        return 2;
    if (lead < 0xf0)
        return 3;
    return lead < 0xf5 ? 4 : 0;
}

size_t cs_utf8_decode(const char *s, size_t len, uint32_t *ret)
{
    static const uint8_t lead_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *p = (const unsigned char *)s;
    size_t n = len ? sequence_len(p[0]) : 0;
    if (n == 0 || n > len)
        return 0;
    uint32_t cp = p[0] & lead_bits[n];
    for (size_t i = 1; i < n; i++) {
        if (!is_tail(p[i]))
            return 0;
        cp = cp << 6 | (p[i] & 0x3fu);
    }
    if (cp < smallest[n] || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
        return 0;
    if (ret)
        *ret = cp;
    return n;
}

size_t cs_utf8_invalid_at(const char *s, size_t len)
{
    size_t i = 0;
    while (i < len) {
        size_t n = cs_utf8_decode(s + i, len - i, NULL);
        if (n == 0)
            return i;
        i += n;
    }
    return len;
}

bool cs_utf8_valid(const char *s, size_t len)
{
    return cs_utf8_invalid_at(s, len) == len;
}

/* Characters that move the cursor, break the line or reorder it. */
static bool is_control(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x2028 ||
           cp == 0x2029 || cp == 0x061c || (cp >= 0x202a && cp <= 0x202e) ||
           (cp >= 0x2066 && cp <= 0x2069) || cp == 0x200e || cp == 0x200f;
}

/* One step of escaping: *ret_in bytes of s become the returned count. */
static size_t step(const char *s, size_t len, size_t *ret_in, bool *ret_plain)
{
    uint32_t cp;
    size_t n = cs_utf8_decode(s, len, &cp);
    *ret_plain = n > 0 && !is_control(cp);
    *ret_in = n > 0 ? n : 1;
    return *ret_plain ? n : 4 * *ret_in;
}

static void put_hex(char *dst, const char *s, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        dst[4 * i] = '\\';
        dst[4 * i + 1] = 'x';
        dst[4 * i + 2] = digits[c >> 4];
        dst[4 * i + 3] = digits[c & 15];
    }
}

size_t cs_utf8_escape(char *dst, size_t size, const char *s, size_t len)
{
    if (size == 0)
        return 0;
    size_t out = 0;
    for (size_t i = 0; i < len;) {
        size_t in;
        bool plain;
        size_t need = step(s + i, len - i, &in, &plain);
        if (need > size - 1 - out)
            break;
        if (plain)
            memcpy(dst + out, s + i, in);
        else
            put_hex(dst + out, s + i, in);
        out += need;
        i += in;
    }
    dst[out] = '\0';
    return out;
}

size_t cs_utf8_escaped_len(const char *s, size_t len)
{
    size_t out = 0;
    for (size_t i = 0, in; i < len; i += in) {
        bool plain;
        out += step(s + i, len - i, &in, &plain);
    }
    return out;
}

size_t cs_utf8_escaped_suffix(const char *s, size_t len, size_t room)
{
    size_t rest = cs_utf8_escaped_len(s, len);
    size_t i = 0;
    while (rest > room) {
        size_t in;
        bool plain;
        rest -= step(s + i, len - i, &in, &plain);
        i += in;
    }
    return i;
}

typedef struct code_range {
    uint32_t first, last;
} code_range;

static bool in_ranges(uint32_t cp, const code_range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (cp >= ranges[i].first && cp <= ranges[i].last)
            return true;
    }
    return false;
}

/* Blocks rather than single characters: Unicode 15, East Asian Width W/F. */
static const code_range wide[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2e80, 0x303e},
    {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0x9fff},
    {0xa000, 0xa4cf},   {0xa960, 0xa97c},   {0xac00, 0xd7a3},
    {0xf900, 0xfaff},   {0xfe10, 0xfe19},   {0xfe30, 0xfe6f},
    {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
    {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x1fa70, 0x1faff},
    {0x20000, 0x3fffd},
};

static const code_range zero_width[] = {
    {0x0300, 0x036f}, {0x1160, 0x11ff}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
    {0x200b, 0x200d}, {0x2060, 0x2060}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f},
    {0xfe20, 0xfe2f}, {0xfeff, 0xfeff},
};

static size_t code_width(uint32_t cp)
{
    if (cp < 0x300)
        return 1;
    if (in_ranges(cp, zero_width, CS_COUNTOF(zero_width)))
        return 0;
    return in_ranges(cp, wide, CS_COUNTOF(wide)) ? 2 : 1;
}

size_t cs_utf8_width(const char *s, size_t len)
{
    size_t columns = 0;
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        size_t n = cs_utf8_decode(s + i, len - i, &cp);
        columns += n ? code_width(cp) : 1;
        i += n ? n : 1;
    }
    return columns;
}
