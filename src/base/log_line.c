#include "base/log_line.h"

#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/json_write.h"

#define CUT_ROOM 24 /* for ,"cut":true} and the newline */
#define VALUE_MAX 600

const char *const cs_log_level_words[] = {"debug", "info", "warning", "error",
                                          NULL};
const char *const cs_log_format_words[] = {"text", "json", NULL};

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
                                : "inf");
}

/* The message's format holds no data, but quotes and backslashes. */
static void put_error(char dst[VALUE_MAX], const cs_errinfo *e, bool json)
{
    char msgid[256];
    size_t n = 0;
    for (const char *c = e->msgid ? e->msgid : ""; *c && n + 3 < sizeof(msgid);
         c++) {
        if (*c == '"' || *c == '\\')
            msgid[n++] = '\\';
        msgid[n] = *c;
        if (msgid[n] == '\n')
            msgid[n] = ' ';
        n++;
    }
    msgid[n] = '\0';
    snprintf(dst, VALUE_MAX,
             json ? "{\"code\":\"%s\",\"message\":\"%s\",\"line\":%u}"
                  : "%s message=\"%s\" line=%u",
             cs_err_name(e->code), msgid, e->line);
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

size_t cs_log_line(const cs_log_event *e, cs_log_format format,
                   const unsigned char key[CS_LOG_KEY_SIZE],
                   char dst[CS_LOG_LINE_MAX])
{
    bool json = format == CS_LOG_JSON, cut = false;
    char time[CS_TIME_TEXT_MAX], value[VALUE_MAX], field[VALUE_MAX + 80];
    int start = snprintf(dst, CS_LOG_LINE_MAX - CUT_ROOM,
                         json ? "{\"time\":\"%s\",\"level\":\"%s\","
                                "\"event\":\"%.200s\""
                              : "%s %-7s %.200s",
                         cs_time_format(e->wall_ns, time),
                         cs_log_level_words[e->level], e->name);
    size_t n = start > 0 ? (size_t)start : 0;
    for (size_t i = 0; i < e->n && !cut; i++) {
        bool plain = put_value(value, &e->fields[i], json, key);
        const char *quote = json && !plain ? "\"" : "";
        int len = snprintf(field, sizeof(field),
                           json ? ",\"%.60s\":%s%s%s" : " %.60s=%s%s%s",
                           e->fields[i].key, quote, value, quote);
        cut = len < 0 || n + (size_t)len > CS_LOG_LINE_MAX - CUT_ROOM;
        if (!cut) {
            memcpy(dst + n, field, (size_t)len);
            n += (size_t)len;
        }
    }
    const char *end = json ? (cut ? ",\"cut\":true}\n" : "}\n")
                           : (cut ? " cut=true\n" : "\n");
    return n + (size_t)snprintf(dst + n, CS_LOG_LINE_MAX - n, "%s", end);
}
