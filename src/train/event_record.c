#include "train/event_record.h"

#include <string.h>

#include "base/error.h"
#include "train/crc32c.h"

/* --- protocol buffers: the few kinds of field that events use --- */

enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

enum {
    EVENT_TIME = 1,
    EVENT_STEP = 2,
    EVENT_VERSION = 3,
    EVENT_SUMMARY = 5,
    EVENT_SESSION = 7
};
enum {
    SUMMARY_VALUE = 1,
    VALUE_TAG = 1,
    VALUE_SIMPLE = 2,
    SESSION_STATUS = 1,
    SESSION_START = 1
};

static void put_varint(cs_strbuf *b, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        cs_strbuf_putc(b, (char)(unsigned char)(v | 0x80));
    cs_strbuf_putc(b, (char)(unsigned char)v);
}

static void put_key(cs_strbuf *b, unsigned field, unsigned wire)
{
    put_varint(b, field << 3 | wire);
}

static void put_little(cs_strbuf *b, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        cs_strbuf_putc(b, (char)(unsigned char)(v >> 8 * i));
}

static void put_bytes(cs_strbuf *b, unsigned field, cs_str text)
{
    put_key(b, field, WIRE_BYTES);
    put_varint(b, text.len);
    cs_strbuf_append(b, text.data, text.len);
}

static void put_double(cs_strbuf *b, unsigned field, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof(bits));
    put_key(b, field, WIRE_64);
    put_little(b, bits, 8);
}

static void put_float(cs_strbuf *b, unsigned field, double v)
{
    float narrow = (float)v;
    uint32_t bits;
    memcpy(&bits, &narrow, sizeof(bits));
    put_key(b, field, WIRE_32);
    put_little(b, bits, 4);
}

/* --- writing --- */

static void start_message(cs_strbuf *b, double wall, uint64_t step)
{
    put_double(b, EVENT_TIME, wall);
    put_key(b, EVENT_STEP, WIRE_VARINT);
    put_varint(b, step);
}

static int put_record(cs_strbuf *out, const cs_strbuf *message)
{
    char head[8];
    for (int i = 0; i < 8; i++)
        head[i] = (char)(unsigned char)((uint64_t)message->len >> 8 * i);
    cs_strbuf_append(out, head, sizeof(head));
    put_little(out, tr_crc32c_masked(head, sizeof(head)), 4);
    cs_strbuf_append(out, message->data, message->len);
    put_little(out, tr_crc32c_masked(message->data, message->len), 4);
    return cs_strbuf_check(message) < 0 ? CS_E_NOMEM : cs_strbuf_check(out);
}

int tr_event_version(cs_strbuf *out, double wall)
{
    CS_SCOPED(cs_strbuf) message = CS_STRBUF_INIT;
    start_message(&message, wall, 0);
    put_bytes(&message, EVENT_VERSION, CS_STR("brain.Event:2"));
    return put_record(out, &message);
}

int tr_event_start(cs_strbuf *out, double wall, uint64_t step)
{
    static const char session[] = {SESSION_STATUS << 3 | WIRE_VARINT,
                                   SESSION_START};
    CS_SCOPED(cs_strbuf) message = CS_STRBUF_INIT;
    start_message(&message, wall, step);
    put_bytes(&message, EVENT_SESSION, (cs_str){session, sizeof(session)});
    return put_record(out, &message);
}

int tr_event_scalars(cs_strbuf *out, double wall, uint64_t step,
                     const tr_scalar *scalars, size_t n)
{
    CS_SCOPED(cs_strbuf) message = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) summary = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) value = CS_STRBUF_INIT;
    bool whole = true;
    for (size_t i = 0; i < n; i++) {
        const tr_scalar *s = &scalars[i];
        cs_strbuf_clear(&value);
        put_key(&value, VALUE_TAG, WIRE_BYTES);
        put_varint(&value, strlen(s->group) + 1 + strlen(s->name));
        cs_strbuf_printf(&value, "%s/%s", s->group, s->name);
        put_float(&value, VALUE_SIMPLE, s->value);
        put_bytes(&summary, SUMMARY_VALUE, cs_strbuf_str(&value));
        whole = whole && cs_strbuf_check(&value) == 0;
    }
    if (!whole || cs_strbuf_check(&summary) < 0)
        return CS_E_NOMEM;
    start_message(&message, wall, step);
    put_bytes(&message, EVENT_SUMMARY, cs_strbuf_str(&summary));
    return put_record(out, &message);
}

/* --- reading, to find where to cut --- */

static uint64_t get_little(const unsigned char *p, int bytes)
{
    uint64_t v = 0;
    for (int i = 0; i < bytes; i++)
        v |= (uint64_t)p[i] << 8 * i;
    return v;
}

typedef struct span {
    const unsigned char *at, *end;
} span;

static bool get_varint(span *s, uint64_t *ret)
{
    uint64_t v = 0;
    for (int shift = 0; shift < 64 && s->at < s->end; shift += 7) {
        unsigned char c = *s->at++;
        v |= (uint64_t)(c & 0x7f) << shift;
        if (c < 0x80) {
            *ret = v;
            return true;
        }
    }
    return false;
}

static bool skip(span *s, uint64_t n)
{
    if (n > (uint64_t)(s->end - s->at))
        return false;
    s->at += n;
    return true;
}

/* Passes over a field's value; of a number, *ret is it. */
static bool get_value(span *s, unsigned wire, uint64_t *ret)
{
    switch (wire) {
    case WIRE_VARINT:
        return get_varint(s, ret);
    case WIRE_64:
        return skip(s, 8);
    case WIRE_BYTES:
        return get_varint(s, ret) && skip(s, *ret);
    case WIRE_32:
        return skip(s, 4);
    default:
        return false;
    }
}

static bool step_of(span s, uint64_t *ret)
{
    uint64_t key, value = 0, step = 0;
    while (s.at < s.end) {
        if (!get_varint(&s, &key) ||
            !get_value(&s, (unsigned)(key & 7), &value))
            return false;
        if (key == (EVENT_STEP << 3 | WIRE_VARINT))
            step = value;
    }
    *ret = step;
    return true;
}

#define HEAD 12 /* length and its sum */
#define TAIL 4

/* A whole record at the start of [p, p + size): its bytes and step; or 0. */
static size_t whole_record(const unsigned char *p, size_t size,
                           uint64_t *ret_step)
{
    if (size < HEAD + TAIL || get_little(p + 8, 4) != tr_crc32c_masked(p, 8))
        return 0;
    uint64_t n = get_little(p, 8);
    if (n > size - HEAD - TAIL)
        return 0;
    const unsigned char *body = p + HEAD;
    if (get_little(body + n, 4) != tr_crc32c_masked(body, (size_t)n))
        return 0;
    const span message = {body, body + n};
    return step_of(message, ret_step) ? HEAD + (size_t)n + TAIL : 0;
}

size_t tr_event_keep(const void *data, size_t size, uint64_t from,
                     uint64_t *ret_step)
{
    const unsigned char *p = data;
    size_t at = 0;
    uint64_t last = 0;
    for (;;) {
        uint64_t step = 0;
        size_t n = whole_record(p + at, size - at, &step);
        if (n == 0 || step > from)
            break;
        last = step;
        at += n;
    }
    *ret_step = last;
    return at;
}
