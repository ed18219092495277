#include <stdio.h>
#include <string.h>

#include "base/args_impl.h"
#include "base/parse.h"
#include "base/utf8.h"

char *cs_arg_shown(char dst[CS_ARG_SHOWN_MAX], cs_str text)
{
    static const char gap[] = "\xe2\x80\xa6"; /* … */
    size_t room = CS_ARG_SHOWN_MAX - 1;
    if (cs_utf8_escaped_len(text.data, text.len) <= room) {
        cs_utf8_escape(dst, CS_ARG_SHOWN_MAX, text.data, text.len);
        return dst;
    }
    size_t half = (room - (sizeof(gap) - 1)) / 2;
    size_t n = cs_utf8_escape(dst, half + 1, text.data, text.len);
    memcpy(dst + n, gap, sizeof(gap) - 1);
    n += sizeof(gap) - 1;
    size_t from = cs_utf8_escaped_suffix(text.data, text.len, half);
    cs_utf8_escape(dst + n, half + 1, text.data + from, text.len - from);
    return dst;
}

static int int_value(cs_arg_slot slot, const char *what, const char *text,
                     bool store, cs_errinfo *info)
{
    const cs_arg *row = slot.row;
    char given[CS_ARG_SHOWN_MAX];
    int64_t v;
    int r = cs_parse_i64(cs_str_of(text), &v);
    if (r == 0 && v >= row->i.min && v <= row->i.max) {
        if (store)
            *(int64_t *)cs_arg_field(slot) = v;
        return 0;
    }
    cs_arg_shown(given, cs_str_of(text));
    /* a number that is too large is told how large it may be */
    bool fits = r != CS_E_RANGE;
    if (fits && row->i.min == INT64_MIN && row->i.max == INT64_MAX)
        return cs_fail(info, CS_E_USAGE,
                       "'%s': expected a whole number, not '%s'", what, given);
    if (fits && row->i.max == INT64_MAX)
        return cs_fail(info, CS_E_USAGE,
                       "'%s': expected a whole number, %lld or more, not '%s'",
                       what, (long long)row->i.min, given);
    return cs_fail(info, CS_E_USAGE,
                   "'%s': expected a whole number from %lld to %lld, not '%s'",
                   what, (long long)row->i.min, (long long)row->i.max, given);
}

static int float_value(cs_arg_slot slot, const char *what, const char *text,
                       bool store, cs_errinfo *info)
{
    const cs_arg *row = slot.row;
    char given[CS_ARG_SHOWN_MAX];
    double v;
    int r = cs_parse_f64(cs_str_of(text), &v);
    if (r == 0 && v >= row->f.min && v <= row->f.max) {
        if (store)
            *(double *)cs_arg_field(slot) = v;
        return 0;
    }
    cs_arg_shown(given, cs_str_of(text));
    return cs_fail(info, CS_E_USAGE,
                   "'%s': expected a number from %g to %g, not '%s'", what,
                   row->f.min, row->f.max, given);
}

static int string_value(cs_arg_slot slot, const char *what, const char *text,
                        bool store, cs_errinfo *info)
{
    if (slot.row->kind == CS_ARG_KIND_PATH && !text[0])
        return cs_fail(info, CS_E_USAGE, "'%s': the path is empty", what);
    if (store)
        *(const char **)cs_arg_field(slot) = text;
    return 0;
}

/* args.c has made room while checking, so that storing cannot fail. */
static int list_value(cs_arg_slot slot, const char *text, bool store)
{
    cs_arg_list *list = cs_arg_field(slot);
    if (store)
        list->items[list->len++] = text;
    return 0;
}

/* "en, zh", as much as fits. */
static void join_words(char *dst, size_t size, const char *const *words)
{
    size_t len = 0;
    dst[0] = '\0';
    for (size_t i = 0; words[i] && len < size; i++) {
        int n =
            snprintf(dst + len, size - len, "%s%s", i ? ", " : "", words[i]);
        len += n > 0 ? (size_t)n : 0;
    }
}

static int word_value(cs_arg_slot slot, const char *what, const char *text,
                      bool store, cs_errinfo *info)
{
    const char *const *words = slot.row->words;
    for (int i = 0; words[i]; i++) {
        if (strcmp(words[i], text) == 0) {
            if (store)
                *(int *)cs_arg_field(slot) = i;
            return 0;
        }
    }
    char given[CS_ARG_SHOWN_MAX], list[200];
    cs_arg_shown(given, cs_str_of(text));
    join_words(list, sizeof(list), words);
    return cs_fail(info, CS_E_USAGE, "'%s': expected one of %s, not '%s'", what,
                   list, given);
}

static int size_value(cs_arg_slot slot, const char *what, const char *text,
                      bool store, cs_errinfo *info)
{
    const cs_arg *row = slot.row;
    uint64_t v;
    int r = cs_parse_size(cs_str_of(text), &v);
    if (r == 0 && v >= row->size.min && v <= row->size.max) {
        if (store)
            *(uint64_t *)cs_arg_field(slot) = v;
        return 0;
    }
    char given[CS_ARG_SHOWN_MAX], min[CS_FORMAT_SIZE_MAX],
        max[CS_FORMAT_SIZE_MAX];
    return cs_fail(
        info, CS_E_USAGE,
        "'%s': expected a size such as 64KiB, from %s to %s, not '%s'", what,
        cs_format_size(row->size.min, min), cs_format_size(row->size.max, max),
        cs_arg_shown(given, cs_str_of(text)));
}

static int duration_value(cs_arg_slot slot, const char *what, const char *text,
                          bool store, cs_errinfo *info)
{
    const cs_arg *row = slot.row;
    int64_t v;
    int r = cs_parse_duration(cs_str_of(text), &v);
    if (r == 0 && v >= row->i.min && v <= row->i.max) {
        if (store)
            *(int64_t *)cs_arg_field(slot) = v;
        return 0;
    }
    char given[CS_ARG_SHOWN_MAX], min[CS_FORMAT_SIZE_MAX],
        max[CS_FORMAT_SIZE_MAX];
    return cs_fail(
        info, CS_E_USAGE,
        "'%s': expected a duration such as 30s, from %s to %s, not '%s'", what,
        cs_format_duration(row->i.min, min),
        cs_format_duration(row->i.max, max),
        cs_arg_shown(given, cs_str_of(text)));
}

int cs_arg_value(cs_arg_slot slot, const char *what, const char *text,
                 bool store, cs_errinfo *info)
{
    switch (slot.row->kind) {
    case CS_ARG_KIND_FLAG:
        if (store)
            *(bool *)cs_arg_field(slot) = true;
        return 0;
    case CS_ARG_KIND_INT:
        return int_value(slot, what, text, store, info);
    case CS_ARG_KIND_FLOAT:
        return float_value(slot, what, text, store, info);
    case CS_ARG_KIND_STRING:
    case CS_ARG_KIND_PATH:
        return string_value(slot, what, text, store, info);
    case CS_ARG_KIND_WORD:
        return word_value(slot, what, text, store, info);
    case CS_ARG_KIND_SIZE:
        return size_value(slot, what, text, store, info);
    case CS_ARG_KIND_DURATION:
        return duration_value(slot, what, text, store, info);
    case CS_ARG_KIND_LIST:
        return list_value(slot, text, store);
    }
    return CS_E_USAGE;
}
