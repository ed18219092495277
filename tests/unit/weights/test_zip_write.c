#include <stdio.h>

#include "kit.h"
#include "weights/le.h"
#include "weights/zip.h"
#include "weights/zip_format.h"

static void write_three(cs_strbuf *out, uint64_t large)
{
    wt_sink to = wt_sink_memory(out);
    CS_SCOPED(wt_zip_writer) w = WT_ZIP_WRITER_INIT(&to);
    w.large = large;
    assert_int_equal(wt_zip_add(&w, "archive/data.pkl", "abc", 3, NULL), 0);
    assert_int_equal(wt_zip_add(&w, "archive/data/0", "", 0, NULL), 0);
    assert_int_equal(wt_zip_add(&w, "archive/version", "3\n", 2, NULL), 0);
    assert_int_equal(wt_zip_finish(&w, NULL), 0);
}

static void members_read_back_aligned(void **state)
{
    (void)state;
    /* Without zip64, with it for places, and with it for sizes too. */
    static const uint64_t larges[] = {0, 64, 1};
    for (size_t i = 0; i < CS_COUNTOF(larges); i++) {
        CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
        CS_SCOPED(wt_zip) z = WT_ZIP_INIT;
        write_three(&out, larges[i]);
        cs_errinfo info = {0};
        if (wt_zip_parse(cs_strbuf_str(&out), &z, &info) < 0)
            fail_msg("%s", info.message);
        assert_int_equal(z.members.len, 3);
        for (size_t k = 0; k < 3; k++)
            assert_int_equal(z.members.items[k].begin % 64, 0);
        const wt_zip_member *m = wt_zip_find(&z, CS_STR("archive/version"));
        assert_int_equal(m->size, 2);
        assert_memory_equal(out.data + m->begin, "3\n", 2);
    }
}

static void the_same_members_give_the_same_bytes(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) a = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    write_three(&a, 0);
    write_three(&b, 0);
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, a.len);
}

static void zip64_is_used_only_where_needed(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) plain = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) large = CS_STRBUF_INIT;
    write_three(&plain, 0);
    write_three(&large, 64);
    const size_t companions = ZIP_END64_SIZE + ZIP_LOCATOR_SIZE;
    const unsigned char *p = (unsigned char *)plain.data + plain.len;
    assert_int_equal(wt_le32(p - ZIP_END_SIZE), ZIP_END);
    assert_int_not_equal(wt_le32(p - ZIP_END_SIZE - ZIP_LOCATOR_SIZE),
                         ZIP_LOCATOR);
    p = (unsigned char *)large.data + large.len - ZIP_END_SIZE - companions;
    assert_int_equal(wt_le32(p), ZIP_END64);
}

static void many_members_need_zip64(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    wt_sink to = wt_sink_memory(&out);
    CS_SCOPED(wt_zip_writer) w = WT_ZIP_WRITER_INIT(&to);
    char name[32];
    for (int i = 0; i < 65536; i++) {
        snprintf(name, sizeof(name), "%d", i);
        assert_int_equal(wt_zip_add(&w, name, "x", 1, NULL), 0);
    }
    assert_int_equal(wt_zip_finish(&w, NULL), 0);
    CS_SCOPED(wt_zip) z = WT_ZIP_INIT;
    assert_int_equal(wt_zip_parse(cs_strbuf_str(&out), &z, NULL), 0);
    assert_int_equal(z.members.len, 65536);
}

static int write_again(void *with)
{
    (void)with;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    wt_sink to = wt_sink_memory(&out);
    CS_SCOPED(wt_zip_writer) w = WT_ZIP_WRITER_INIT(&to);
    int r = wt_zip_add(&w, "a", "b", 1, NULL);
    return r < 0 ? r : wt_zip_finish(&w, NULL);
}

static void memory_may_run_out_at_any_point(void **state)
{
    (void)state;
    kit_refuse_each(write_again, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_read_back_aligned),
        cmocka_unit_test(the_same_members_give_the_same_bytes),
        cmocka_unit_test(zip64_is_used_only_where_needed),
        cmocka_unit_test(many_members_need_zip64),
        cmocka_unit_test(memory_may_run_out_at_any_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
