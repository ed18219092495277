#include "base/str.h"

bool cs_str_eq(cs_str a, cs_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool cs_str_is(cs_str a, const char *b)
{
    return cs_str_eq(a, cs_str_of(b));
}

int cs_str_cmp(cs_str a, cs_str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.data, b.data, n) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool cs_str_starts_with(cs_str s, cs_str prefix)
{
    return s.len >= prefix.len &&
           cs_str_eq(cs_str_sub(s, 0, prefix.len), prefix);
}

bool cs_str_ends_with(cs_str s, cs_str suffix)
{
    return s.len >= suffix.len &&
           cs_str_eq(cs_str_sub(s, s.len - suffix.len, s.len), suffix);
}

size_t cs_str_index(cs_str s, char c)
{
    const char *at = s.len ? memchr(s.data, c, s.len) : NULL;
    return at ? (size_t)(at - s.data) : s.len;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

cs_str cs_str_trim(cs_str s)
{
    while (s.len && is_blank(s.data[s.len - 1]))
        s.len--;
    while (s.len && is_blank(s.data[0])) {
        s.data++;
        s.len--;
    }
    return s;
}

bool cs_str_cut(cs_str s, char sep, cs_str *head, cs_str *rest)
{
    size_t at = cs_str_index(s, sep);
    bool found = at < s.len;
    *head = cs_str_sub(s, 0, at);
    *rest = cs_str_sub(s, at + found, s.len);
    return found;
}

#define WORD_MAX 64

unsigned cs_str_distance(cs_str a, cs_str b, unsigned max)
{
    if (a.len > WORD_MAX || b.len > WORD_MAX)
        return max + 1;
    /* Rows i - 2, i - 1 and i of the table of distances between the first i
     * bytes of a and the first j of b. */
    unsigned rows[3][WORD_MAX + 1];
    for (unsigned j = 0; j <= b.len; j++)
        rows[0][j] = j;
    for (unsigned i = 1; i <= a.len; i++) {
        const unsigned *before = rows[(i + 1) % 3], *above = rows[(i - 1) % 3];
        unsigned *row = rows[i % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            bool same = a.data[i - 1] == b.data[j - 1];
            row[j] = CS_MIN(above[j], row[j - 1]) + 1;
            row[j] = CS_MIN(row[j], above[j - 1] + !same);
            if (i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] &&
                a.data[i - 2] == b.data[j - 1])
                row[j] = CS_MIN(row[j], before[j - 2] + 1);
        }
    }
    unsigned distance = rows[a.len % 3][b.len];
    return distance <= max ? distance : max + 1;
}

const char *cs_str_suggest(cs_str word, const char *const *words, size_t n)
{
    /* One slip in a short word, two in a long one; one letter resembles
     * every other. */
    unsigned best = word.len < 2 ? 1 : word.len < 5 ? 2 : 3;
    const char *closest = NULL;
    for (size_t i = 0; i < n; i++) {
        unsigned d = cs_str_distance(word, cs_str_of(words[i]), best);
        if (d < best) {
            best = d;
            closest = words[i];
        }
    }
    return closest;
}
