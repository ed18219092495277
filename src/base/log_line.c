#include "base/log_line.h"

#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/json_write.h"
#include "base/utf8.h"

#define CUT_ROOM 24 /* for ,"cut":true} and the newline */

/* Bytes that are kept of each text of the program. */
#define EVENT_MAX 200
#define KEY_MAX 60
#define MESSAGE_MAX 256
#define TEXT_MAX MESSAGE_MAX                     /* the largest of them */
#define QUOTED_SIZE(max) ((size_t)2 * (max) + 1) /* each a quote */

#define VALUE_MAX 640 /* holds an error, the longest value */

const char *const cs_log_level_words[] = {"debug", "info", "warning", "error",
                                          NULL};
const char *const cs_log_format_words[] = {"text", "json", NULL};

/* --- texts of the program --- */

/* One safe line, cut between characters. `quoted`: with a backslash before
 * what would end a quoted text. */
static void put_text(char *dst, size_t max, const char *text, bool quoted)
{
    char safe[TEXT_MAX + 1];
    const char *s = text ? text : "";
    size_t n = cs_utf8_escape(safe, max + 1, s, strlen(s));
    for (size_t i = 0; i < n; i++) {
        if (quoted && (safe[i] == '"' || safe[i] == '\\'))
            *dst++ = '\\';
        *dst++ = safe[i];
    }
    *dst = '\0';
}

/* --- values as text; `plain` ones need no quotes in JSON --- */

#define TAG_MAX 64

static bool is_tag(const char *s)
{
    static const char marks[] = "_.:/-";
    size_t n = 0;
    for (; s[n]; n++) {
        char c = s[n];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     (c >= '0' && c <= '9') || strchr(marks, c);
        if (!plain || n == TAG_MAX)
            return false;
    }
    return n > 0;
}

static void put_masked(char dst[VALUE_MAX], const char *text,
                       const unsigned char *key)
{
    unsigned char hash[16];
    /* Fails only for sizes out of range, which these are not. */
    (void)crypto_generichash(hash, sizeof(hash), (const unsigned char *)text,
                             strlen(text), key, CS_LOG_KEY_SIZE);
    dst[0] = '#';
    sodium_bin2hex(dst + 1, 13, hash, 6);
}

static void put_number(char dst[VALUE_MAX], double value, bool json)
{
    char text[CS_FORMAT_DOUBLE_MAX];
    if (isfinite(value))
        snprintf(dst, VALUE_MAX, "%s", cs_format_double(value, text));
    else
        snprintf(dst, VALUE_MAX, "%s",
                 json           ? "null"
                 : isnan(value) ? "nan"
                 : value < 0    ? "-inf"
                                : "inf");
}

static void put_error(char dst[VALUE_MAX], const cs_errinfo *e, bool json)
{
    char message[QUOTED_SIZE(MESSAGE_MAX)];
    if (!e) {
        snprintf(dst, VALUE_MAX, "%s", json ? "null" : "none");
        return;
    }
    put_text(message, MESSAGE_MAX, e->msgid, true);
    snprintf(dst, VALUE_MAX,
             json ? "{\"code\":\"%s\",\"message\":\"%s\",\"line\":%u}"
                  : "%s message=\"%s\" line=%u",
             cs_err_name(e->code), message, e->line);
}

/* False: a text, to be quoted in JSON. */
static bool put_value(char dst[VALUE_MAX], const cs_log_field *f, bool json,
                      const unsigned char *key)
{
    const char *text =
        f->kind == CS_LOG_KIND_TAG || f->kind == CS_LOG_KIND_MASKED
            ? (f->text ? f->text : "")
            : "";
    switch (f->kind) {
    case CS_LOG_KIND_INT:
        snprintf(dst, VALUE_MAX, "%lld", (long long)f->integer);
        return true;
    case CS_LOG_KIND_FLOAT:
        put_number(dst, f->number, json);
        return true;
    case CS_LOG_KIND_BOOL:
        snprintf(dst, VALUE_MAX, "%s", f->integer ? "true" : "false");
        return true;
    case CS_LOG_KIND_DURATION:
        put_number(dst, (double)f->integer / 1e9, json);
        return true;
    case CS_LOG_KIND_ERROR:
        put_error(dst, f->error, json);
        return true;
    case CS_LOG_KIND_TAG:
        if (is_tag(text))
            snprintf(dst, VALUE_MAX, "%s", text);
        else
            put_masked(dst, text, key);
        return false;
    default:
        put_masked(dst, text, key);
        return false;
    }
}

/* --- lines --- */

static size_t put_start(char dst[CS_LOG_LINE_MAX], const cs_log_event *e,
                        bool json)
{
    char time[CS_TIME_TEXT_MAX], name[QUOTED_SIZE(EVENT_MAX)];
    put_text(name, EVENT_MAX, e->name, json);
    int len = snprintf(dst, CS_LOG_LINE_MAX - CUT_ROOM,
                       json ? "{\"time\":\"%s\",\"level\":\"%s\","
                              "\"event\":\"%s\""
                            : "%s %-7s %s",
                       cs_time_format(e->wall_ns, time),
                       cs_log_level_words[e->level], name);
    return len > 0 ? (size_t)len : 0;
}

#define FIELD_MAX (VALUE_MAX + QUOTED_SIZE(KEY_MAX) + sizeof(",\"\":\"\""))

static size_t put_field(char dst[FIELD_MAX], const cs_log_field *f, bool json,
                        const unsigned char *key)
{
    char name[QUOTED_SIZE(KEY_MAX)], value[VALUE_MAX];
    put_text(name, KEY_MAX, f->key, json);
    bool plain = put_value(value, f, json, key);
    const char *quote = json && !plain ? "\"" : "";
    int len = snprintf(dst, FIELD_MAX, json ? ",\"%s\":%s%s%s" : " %s=%s%s%s",
                       name, quote, value, quote);
    return len > 0 ? (size_t)len : 0;
}

size_t cs_log_line(const cs_log_event *e, cs_log_format format,
                   const unsigned char key[CS_LOG_KEY_SIZE],
                   char dst[CS_LOG_LINE_MAX])
{
    bool json = format == CS_LOG_JSON, cut = false;
    char field[FIELD_MAX];
    size_t n = put_start(dst, e, json);
    for (size_t i = 0; i < e->n && !cut; i++) {
        size_t len = put_field(field, &e->fields[i], json, key);
        cut = n + len > CS_LOG_LINE_MAX - CUT_ROOM;
        if (!cut) {
            memcpy(dst + n, field, len);
            n += len;
        }
    }
    const char *end = json ? (cut ? ",\"cut\":true}\n" : "}\n")
                           : (cut ? " cut=true\n" : "\n");
    return n + (size_t)snprintf(dst + n, CS_LOG_LINE_MAX - n, "%s", end);
}
