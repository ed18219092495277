#include "base/schema_value.h"

#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

#include "base/json_write.h"
#include "base/parse.h"
#include "base/path.h"
#include "base/utf8.h"

#define PHRASE_MAX 400 /* of a message of CS_ERR_MESSAGE_MAX */
#define SHOWN_MAX 80   /* bytes of a refused string that are shown */

typedef union scalar {
    bool boolean;
    int64_t integer; /* INT, INT64, DURATION; the index of an ENUM */
    uint64_t size;
    double number;
    cs_str string;
} scalar;

/* --- messages --- */

int cs_subject_fail(const cs_subject *s, int code, const char *phrase)
{
    switch (s->kind) {
    case CS_SUBJECT_KEY:
        return cs_fail_at(s->info, code, s->at, "key '%s': %s", s->name,
                          phrase);
    case CS_SUBJECT_VARIABLE:
        return cs_fail_at(s->info, code, s->at, "variable %s: %s", s->name,
                          phrase);
    default:
        return cs_fail_at(s->info, code, s->at, "environment variable %s: %s",
                          s->name, phrase);
    }
}

static cs_lang lang_of(const cs_subject *s)
{
    return s->info ? s->info->lang : CS_LANG_EN;
}

static void list_words(const char *const *words, char *dst, size_t size)
{
    size_t n = 0;
    dst[0] = '\0';
    for (size_t i = 0; words[i] && n < size; i++) {
        int more = snprintf(dst + n, size - n, "%s%s", i ? ", " : "", words[i]);
        n += more > 0 ? (size_t)more : 0;
    }
}

/* What the field takes, in the reader's language. */
static void describe(const cs_field *f, cs_field_kind kind, cs_lang lang,
                     char dst[PHRASE_MAX])
{
    char words[PHRASE_MAX / 2];
    const char *text = NULL;
    switch (kind) {
    case CS_FIELD_BOOL:
        text = cs_msg(lang, "true or false");
        break;
    case CS_FIELD_INT:
    case CS_FIELD_INT64:
        text = cs_msg(lang, "a whole number");
        break;
    case CS_FIELD_FLOAT:
        text = cs_msg(lang, "a number");
        break;
    case CS_FIELD_STRING:
        text = cs_msg(lang, "a text");
        break;
    case CS_FIELD_SIZE:
        text = cs_msg(lang, "a size such as 64MiB");
        break;
    case CS_FIELD_DURATION:
        text = cs_msg(lang, "a duration such as 30s");
        break;
    case CS_FIELD_LIST:
        text = cs_msg(lang, "a list");
        break;
    case CS_FIELD_STRUCT:
        text = cs_msg(lang, "a map of keys");
        break;
    case CS_FIELD_ENUM:
        list_words(f->words, words, sizeof(words));
        snprintf(dst, PHRASE_MAX, cs_msg(lang, "one of %s"), words);
        return;
    }
    snprintf(dst, PHRASE_MAX, "%s", text);
}

/* "expected X, not Y"; a secret's Y is not shown. */
static int refuse(const cs_field *f, cs_field_kind kind, int code, cs_str given,
                  const cs_subject *s)
{
    char expected[PHRASE_MAX], shown[SHOWN_MAX + 1], phrase[PHRASE_MAX];
    describe(f, kind, lang_of(s), expected);
    cs_utf8_escape(shown, sizeof(shown), given.data, given.len);
    if (f->secret)
        snprintf(phrase, sizeof(phrase), cs_msg(lang_of(s), "expected %s"),
                 expected);
    else
        snprintf(phrase, sizeof(phrase),
                 cs_msg(lang_of(s), "expected %s, not '%s'"), expected, shown);
    return cs_subject_fail(s, code, phrase);
}

int cs_value_refuse_node(const cs_field *f, cs_field_kind kind,
                         const cs_node *node, const cs_subject *s)
{
    char number[CS_FORMAT_DOUBLE_MAX];
    cs_str given = CS_STR("null");
    if (node->kind == CS_NODE_BOOL)
        given = cs_str_of(node->boolean ? "true" : "false");
    else if (node->kind == CS_NODE_STRING)
        given = node->string;
    else if (node->kind == CS_NODE_FLOAT)
        given = cs_str_of(cs_format_double(node->number, number));
    else if (node->kind == CS_NODE_LIST)
        given = cs_str_of(cs_msg(lang_of(s), "a list"));
    else if (node->kind == CS_NODE_MAP)
        given = cs_str_of(cs_msg(lang_of(s), "a map of keys"));
    else if (node->kind == CS_NODE_INT) {
        snprintf(number, sizeof(number), "%" PRId64, node->integer);
        given = cs_str_of(number);
    }
    return refuse(f, kind, CS_E_FORMAT, given, s);
}

/* --- limits --- */

typedef struct limits {
    int64_t low, high;
} limits;

static limits limits_of(const cs_field *f, cs_field_kind kind)
{
    limits all = {INT64_MIN, INT64_MAX};
    if (kind == CS_FIELD_INT)
        all = (limits){INT_MIN, INT_MAX};
    else if (kind == CS_FIELD_STRING)
        all = (limits){0, CS_FIELD_STRING_MAX};
    else if (kind == CS_FIELD_SIZE || kind == CS_FIELD_DURATION)
        all.low = 0;
    if (f->min == 0 && f->max == 0)
        return all;
    return (limits){f->min, f->max == 0 && f->min > 0 ? all.high : f->max};
}

static bool float_has_limits(const cs_field *f)
{
    return f->fmin < 0 || f->fmin > 0 || f->fmax < 0 || f->fmax > 0;
}

/* --- sizes and durations as exact text --- */

typedef struct unit {
    const char *name;
    uint64_t factor;
} unit;

static const unit size_units[] = {
    {"TiB", UINT64_C(1) << 40},
    {"GiB", UINT64_C(1) << 30},
    {"MiB", UINT64_C(1) << 20},
    {"KiB", UINT64_C(1) << 10},
    {"B", 1},
};
static const unit time_units[] = {
    {"d", UINT64_C(86400000000000)},
    {"h", UINT64_C(3600000000000)},
    {"min", UINT64_C(60000000000)},
    {"s", UINT64_C(1000000000)},
    {"ms", UINT64_C(1000000)},
    {"us", UINT64_C(1000)},
    {"ns", 1},
};

/* In the largest unit that divides it: nothing is rounded. */
static void put_in_units(char *dst, size_t size, uint64_t value,
                         const unit *units, size_t n)
{
    size_t i = value ? 0 : n - 1;
    while (i + 1 < n && value % units[i].factor != 0)
        i++;
    snprintf(dst, size, "%llu%s", (unsigned long long)(value / units[i].factor),
             units[i].name);
}

#define QUANTITY_MAX 40

static void put_quantity(char dst[QUANTITY_MAX], cs_field_kind kind,
                         int64_t value)
{
    if (kind == CS_FIELD_SIZE)
        put_in_units(dst, QUANTITY_MAX, (uint64_t)value, size_units,
                     CS_COUNTOF(size_units));
    else if (kind == CS_FIELD_DURATION)
        put_in_units(dst, QUANTITY_MAX, (uint64_t)value, time_units,
                     CS_COUNTOF(time_units));
    else
        snprintf(dst, QUANTITY_MAX, "%lld", (long long)value);
}

static int refuse_range(const cs_field *f, const char *low, const char *high,
                        const char *given, const cs_subject *s)
{
    char phrase[PHRASE_MAX];
    if (f->secret)
        snprintf(phrase, sizeof(phrase),
                 cs_msg(lang_of(s), "expected %s to %s"), low, high);
    else
        snprintf(phrase, sizeof(phrase),
                 cs_msg(lang_of(s), "expected %s to %s, not %s"), low, high,
                 given);
    return cs_subject_fail(s, CS_E_RANGE, phrase);
}

static int check_limits(const cs_field *f, cs_field_kind kind, int64_t value,
                        const cs_subject *s)
{
    limits allowed = limits_of(f, kind);
    if (value >= allowed.low && value <= allowed.high)
        return 0;
    char low[QUANTITY_MAX], high[QUANTITY_MAX], given[QUANTITY_MAX];
    put_quantity(low, kind, allowed.low);
    put_quantity(high, kind, allowed.high);
    put_quantity(given, kind, value);
    return refuse_range(f, low, high, given, s);
}

static int check_float(const cs_field *f, double value, const cs_subject *s)
{
    bool open = f->fmin > 0 && !(f->fmax < 0 || f->fmax > 0);
    double most = open ? DBL_MAX : f->fmax;
    if (!float_has_limits(f) || (value >= f->fmin && value <= most))
        return 0;
    char low[CS_FORMAT_DOUBLE_MAX], high[CS_FORMAT_DOUBLE_MAX];
    char given[CS_FORMAT_DOUBLE_MAX];
    cs_format_double(f->fmin, low);
    cs_format_double(most, high);
    cs_format_double(value, given);
    return refuse_range(f, low, high, given, s);
}

/* --- strings --- */

static bool is_identifier(cs_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.data[i];
        bool letter =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '-')))
            return false;
    }
    return s.len > 0;
}

static bool is_line(cs_str s)
{
    return cs_utf8_escaped_len(s.data, s.len) == s.len;
}

/* What is wrong with the text, untranslated; NULL: nothing. */
static const char *text_fault(cs_text_rule rule, cs_str s)
{
    if (!cs_utf8_valid(s.data, s.len))
        return CS_N_("the text is not valid UTF-8");
    if (cs_str_index(s, '\0') < s.len)
        return CS_N_("the text holds a NUL byte");
    if (rule == CS_TEXT_IDENTIFIER && !is_identifier(s))
        return CS_N_("expected letters, digits, '_' and '-', starting with a "
                     "letter");
    if (rule == CS_TEXT_PATH && s.len == 0)
        return CS_N_("expected a path; this one is empty");
    if ((rule == CS_TEXT_LINE || rule == CS_TEXT_PATH) && !is_line(s))
        return CS_N_("the text holds control characters");
    if (rule == CS_TEXT_RELATIVE_PATH && cs_path_check_relative(s, NULL) < 0)
        return CS_N_("expected a relative path that stays in its directory");
    return NULL;
}

static int check_string(const cs_field *f, cs_str text, const cs_subject *s)
{
    limits allowed = limits_of(f, CS_FIELD_STRING);
    if (text.len < (uint64_t)allowed.low || text.len > (uint64_t)allowed.high) {
        char phrase[PHRASE_MAX];
        snprintf(phrase, sizeof(phrase),
                 cs_msg(lang_of(s), "expected %lld to %lld bytes of text, not "
                                    "%zu"),
                 (long long)allowed.low, (long long)allowed.high, text.len);
        return cs_subject_fail(s, CS_E_RANGE, phrase);
    }
    const char *fault = text_fault(f->text, text);
    return fault ? cs_subject_fail(s, CS_E_FORMAT, cs_msg(lang_of(s), fault))
                 : 0;
}

/* --- storing --- */

static int store_string(const cs_field *f, cs_str text, void *dst,
                        cs_arena *arena, const cs_subject *s)
{
    int r = check_string(f, text, s);
    if (r < 0)
        return r;
    const char *copy = cs_arena_strcopy(arena, text);
    if (!copy)
        return cs_fail_nomem(s->info);
    *(const char **)dst = copy;
    return 0;
}

static int store(const cs_field *f, cs_field_kind kind, const scalar *v,
                 void *dst, cs_arena *arena, const cs_subject *s)
{
    int r = 0;
    switch (kind) {
    case CS_FIELD_BOOL:
        *(bool *)dst = v->boolean;
        return 0;
    case CS_FIELD_STRING:
        return store_string(f, v->string, dst, arena, s);
    case CS_FIELD_FLOAT:
        r = check_float(f, v->number, s);
        if (r == 0)
            *(double *)dst = v->number;
        return r;
    case CS_FIELD_ENUM:
        *(int *)dst = (int)v->integer;
        return 0;
    case CS_FIELD_SIZE:
        r = check_limits(f, kind,
                         v->size > INT64_MAX ? INT64_MAX : (int64_t)v->size, s);
        if (r == 0)
            *(uint64_t *)dst = v->size;
        return r;
    default: /* INT, INT64, DURATION */
        r = check_limits(f, kind, v->integer, s);
        if (r == 0 && kind == CS_FIELD_INT)
            *(int *)dst = (int)v->integer;
        else if (r == 0)
            *(int64_t *)dst = v->integer;
        return r;
    }
}

static bool find_word(const cs_field *f, cs_str text, int64_t *ret)
{
    for (size_t i = 0; f->words[i]; i++) {
        if (cs_str_is(text, f->words[i])) {
            *ret = (int64_t)i;
            return true;
        }
    }
    return false;
}

/* --- from a node --- */

static bool scalar_of_number(cs_field_kind kind, const cs_node *node, scalar *v)
{
    if (kind == CS_FIELD_FLOAT) {
        v->number =
            node->kind == CS_NODE_FLOAT ? node->number : (double)node->integer;
        return true;
    }
    if (node->kind != CS_NODE_INT)
        return false;
    if (kind == CS_FIELD_SIZE && node->integer >= 0)
        v->size = (uint64_t)node->integer;
    else if (kind == CS_FIELD_INT || kind == CS_FIELD_INT64)
        v->integer = node->integer;
    else
        return false;
    return true;
}

static bool scalar_of_string(const cs_field *f, cs_field_kind kind, cs_str text,
                             scalar *v)
{
    switch (kind) {
    case CS_FIELD_STRING:
        v->string = text;
        return true;
    case CS_FIELD_ENUM:
        return find_word(f, text, &v->integer);
    case CS_FIELD_SIZE:
        return cs_parse_size(text, &v->size) == 0;
    case CS_FIELD_DURATION:
        return cs_parse_duration(text, &v->integer) == 0;
    default:
        return false;
    }
}

int cs_value_from_node(const cs_field *f, cs_field_kind kind,
                       const cs_node *node, void *dst, cs_arena *arena,
                       const cs_subject *s)
{
    scalar v = {.integer = 0};
    bool known = false;
    if (node->kind == CS_NODE_INT || node->kind == CS_NODE_FLOAT)
        known = scalar_of_number(kind, node, &v);
    else if (node->kind == CS_NODE_STRING)
        known = scalar_of_string(f, kind, node->string, &v);
    else if (node->kind == CS_NODE_BOOL && kind == CS_FIELD_BOOL) {
        v.boolean = node->boolean;
        known = true;
    }
    return known ? store(f, kind, &v, dst, arena, s)
                 : cs_value_refuse_node(f, kind, node, s);
}

/* --- from text --- */

static int scalar_of_text(const cs_field *f, cs_field_kind kind, cs_str text,
                          scalar *v)
{
    switch (kind) {
    case CS_FIELD_BOOL:
        return cs_parse_bool(text, &v->boolean);
    case CS_FIELD_INT:
    case CS_FIELD_INT64:
        return cs_parse_i64(text, &v->integer);
    case CS_FIELD_FLOAT:
        return cs_parse_f64(text, &v->number);
    case CS_FIELD_SIZE:
        return cs_parse_size(text, &v->size);
    case CS_FIELD_DURATION:
        return cs_parse_duration(text, &v->integer);
    default:
        return scalar_of_string(f, kind, text, v) ? 0 : CS_E_FORMAT;
    }
}

static int one_from_text(const cs_field *f, cs_field_kind kind, cs_str text,
                         void *dst, cs_arena *arena, const cs_subject *s)
{
    scalar v = {.integer = 0};
    int r = scalar_of_text(f, kind, text, &v);
    return r < 0 ? refuse(f, kind, r, text, s)
                 : store(f, kind, &v, dst, arena, s);
}

int cs_value_make_list(const cs_field *f, size_t len, cs_list_bytes *list,
                       cs_arena *arena, const cs_subject *s)
{
    size_t most = f->max_items ? f->max_items : CS_FIELD_ITEMS_MAX;
    if (len < f->min_items || len > most) {
        char phrase[PHRASE_MAX];
        snprintf(phrase, sizeof(phrase),
                 cs_msg(lang_of(s), "expected %zu to %zu items, not %zu"),
                 f->min_items, most, len);
        return cs_subject_fail(s, CS_E_RANGE, phrase);
    }
    list->items = cs_arena_array(arena, len, f->size);
    list->len = len;
    return list->items ? 0 : cs_fail_nomem(s->info);
}

static size_t count_items(cs_str text)
{
    size_t n = cs_str_trim(text).len ? 1 : 0;
    for (size_t i = 0; i < text.len; i++)
        n += text.data[i] == ',';
    return n;
}

int cs_value_from_text(const cs_field *f, cs_str text, void *dst,
                       cs_arena *arena, const cs_subject *s)
{
    if (f->kind != CS_FIELD_LIST)
        return one_from_text(f, f->kind, text, dst, arena, s);
    cs_list_bytes list = {NULL, 0};
    int r = cs_value_make_list(f, count_items(text), &list, arena, s);
    for (size_t i = 0; r == 0 && i < list.len; i++) {
        cs_str item;
        cs_str_cut(text, ',', &item, &text);
        r = one_from_text(f, f->item, cs_str_trim(item),
                          (char *)list.items + i * f->size, arena, s);
    }
    if (r == 0)
        memcpy(dst, &list, sizeof(list));
    return r;
}

/* --- to text --- */

static void one_to_text(const cs_field *f, cs_field_kind kind, const void *src,
                        cs_strbuf *out)
{
    char text[QUANTITY_MAX];
    int64_t integer = 0;
    switch (kind) {
    case CS_FIELD_BOOL:
        cs_strbuf_add(out, *(const bool *)src ? "true" : "false");
        return;
    case CS_FIELD_FLOAT:
        cs_strbuf_add(out, cs_format_double(*(const double *)src, text));
        return;
    case CS_FIELD_STRING:
        if (*(const char *const *)src)
            cs_strbuf_add(out, *(const char *const *)src);
        return;
    case CS_FIELD_ENUM:
        cs_strbuf_add(out, f->words[*(const int *)src]);
        return;
    case CS_FIELD_INT:
        integer = *(const int *)src;
        break;
    default:
        memcpy(&integer, src, sizeof(integer));
        break;
    }
    put_quantity(text, kind, integer);
    cs_strbuf_add(out, text);
}

void cs_value_to_text(const cs_field *f, const void *member, cs_strbuf *out)
{
    if (f->kind != CS_FIELD_LIST) {
        one_to_text(f, f->kind, member, out);
        return;
    }
    cs_list_bytes list;
    memcpy(&list, member, sizeof(list));
    if (f->item == CS_FIELD_STRUCT) {
        cs_strbuf_printf(out, "[%zu]", list.len);
        return;
    }
    for (size_t i = 0; i < list.len; i++) {
        if (i)
            cs_strbuf_putc(out, ',');
        one_to_text(f, f->item, (const char *)list.items + i * f->size, out);
    }
}
