#include "train/event_record.h"

#include <string.h>

#include "support/test.h"
#include "train/crc32c.h"

static uint32_t little32(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    return (uint32_t)u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 |
           (uint32_t)u[3] << 24;
}

/* The frame about a message that was written out by hand. */
static void assert_record(const cs_strbuf *have, const char *message, size_t n)
{
    assert_int_equal(have->len, 8 + 4 + n + 4);
    assert_int_equal(little32(have->data), n);
    assert_int_equal(little32(have->data + 4), 0);
    assert_int_equal(little32(have->data + 8), tr_crc32c_masked(have->data, 8));
    assert_memory_equal(have->data + 12, message, n);
    assert_int_equal(little32(have->data + 12 + n),
                     tr_crc32c_masked(message, n));
}

static void scalars_are_a_summary(void **state)
{
    (void)state;
    static const char message[] = "\x09\0\0\0\0\0\0\xf8\x3f" /* time 1.5 */
                                  "\x10\xac\x02"             /* step 300 */
                                  "\x2a\x1c"         /* summary, 28 bytes */
                                  "\x0a\x0c"         /* value, 12 bytes */
                                  "\x0a\x05"         /* tag, 5 bytes */
                                  "a/b.c"            /* */
                                  "\x15\0\0\x80\x3e" /* 0.25 */
                                  "\x0a\x0c\x0a\x05" /* the next one */
                                  "v/cpm"            /* */
                                  "\x15\0\0\0\xc0";  /* -2 */
    const tr_scalar scalars[] = {{"a", "b.c", 0.25}, {"v", "cpm", -2}};
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    assert_int_equal(tr_event_scalars(&out, 1.5, 300, scalars, 2), 0);
    assert_record(&out, message, sizeof(message) - 1);
}

static void the_first_record_names_the_format(void **state)
{
    (void)state;
    static const char message[] = "\x09\0\0\0\0\0\0\xf8\x3f"
                                  "\x10\0"
                                  "\x1a\x0d"
                                  "brain.Event:2";
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    assert_int_equal(tr_event_version(&out, 1.5), 0);
    assert_record(&out, message, sizeof(message) - 1);
}

static void a_start_is_told_with_its_step(void **state)
{
    (void)state;
    static const char message[] = "\x09\0\0\0\0\0\0\xf8\x3f"
                                  "\x10\x07"
                                  "\x3a\x02\x08\x01";
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    assert_int_equal(tr_event_start(&out, 1.5, 7), 0);
    assert_record(&out, message, sizeof(message) - 1);
}

/* --- cutting --- */

#define RECORDS 5
static const uint64_t record_steps[RECORDS] = {0, 1, 2, 2, 300};

/* Ends[i]: bytes of the first i records. */
static void make_file(cs_strbuf *out, size_t ends[RECORDS + 1])
{
    const tr_scalar one = {"train", "loss", 1};
    ends[0] = 0;
    assert_int_equal(tr_event_version(out, 1), 0);
    ends[1] = out->len;
    for (size_t i = 1; i < RECORDS; i++) {
        assert_int_equal(tr_event_scalars(out, 1, record_steps[i], &one, 1), 0);
        ends[i + 1] = out->len;
    }
}

static void steps_beyond_are_cut(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) f = CS_STRBUF_INIT;
    size_t ends[RECORDS + 1];
    make_file(&f, ends);
    uint64_t last;
    assert_int_equal(tr_event_keep(f.data, f.len, 0, &last), ends[1]);
    assert_int_equal(last, 0);
    assert_int_equal(tr_event_keep(f.data, f.len, 2, &last), ends[4]);
    assert_int_equal(last, 2);
    assert_int_equal(tr_event_keep(f.data, f.len, 299, &last), ends[4]);
    assert_int_equal(tr_event_keep(f.data, f.len, 300, &last), ends[5]);
    assert_int_equal(last, 300);
    assert_int_equal(tr_event_keep("", 0, 300, &last), 0);
}

/* Wherever a kill came, all that was whole stays. */
static void torn_records_are_cut(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) f = CS_STRBUF_INIT;
    size_t ends[RECORDS + 1];
    make_file(&f, ends);
    size_t whole = 0;
    for (size_t n = 0; n <= f.len; n++) {
        uint64_t last;
        while (whole < RECORDS && ends[whole + 1] <= n)
            whole++;
        assert_int_equal(tr_event_keep(f.data, n, 1000, &last), ends[whole]);
    }
}

static void damaged_records_are_cut(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) f = CS_STRBUF_INIT;
    size_t ends[RECORDS + 1];
    make_file(&f, ends);
    for (size_t i = ends[2]; i < ends[3]; i++) {
        uint64_t last;
        f.data[i] = (char)(f.data[i] ^ 0x10);
        assert_int_equal(tr_event_keep(f.data, f.len, 1000, &last), ends[2]);
        assert_int_equal(last, 1);
        f.data[i] = (char)(f.data[i] ^ 0x10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_are_a_summary),
        cmocka_unit_test(the_first_record_names_the_format),
        cmocka_unit_test(a_start_is_told_with_its_step),
        cmocka_unit_test(steps_beyond_are_cut),
        cmocka_unit_test(torn_records_are_cut),
        cmocka_unit_test(damaged_records_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
