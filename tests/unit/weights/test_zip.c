#include "weights/zip.h"

#include "kit.h"
#include "weights/le.h"
#include "weights/zip_format.h"

/* Two members, written by our writer; tests then break its bytes. */
typedef struct archive {
    cs_strbuf out;
    size_t row[2], end; /* places of the directory's rows and the end */
    size_t local[2];
} archive;

static unsigned char *at(archive *a, size_t place)
{
    return (unsigned char *)a->out.data + place;
}

static void make(archive *a, uint64_t large)
{
    *a = (archive){.out = CS_STRBUF_INIT};
    wt_sink to = wt_sink_memory(&a->out);
    CS_SCOPED(wt_zip_writer) w = WT_ZIP_WRITER_INIT(&to);
    w.large = large;
    assert_int_equal(wt_zip_add(&w, "a/one", "11", 2, NULL), 0);
    a->local[1] = to.pos;
    assert_int_equal(wt_zip_add(&w, "a/two", "222", 3, NULL), 0);
    a->row[0] = to.pos;
    assert_int_equal(wt_zip_finish(&w, NULL), 0);
    unsigned char *row = at(a, a->row[0]);
    a->row[1] = a->row[0] + ZIP_ROW_SIZE + 5 + wt_le16(row + 30);
    a->end = a->out.len - ZIP_END_SIZE;
}

static void expect_refused(archive *a, int code, const char *says)
{
    CS_SCOPED(wt_zip) z = WT_ZIP_INIT;
    cs_errinfo info = {0};
    int r = wt_zip_parse(cs_strbuf_str(&a->out), &z, &info);
    if (r != code || !strstr(info.message, says))
        fail_msg("%d: %s", r, info.message);
    assert_int_equal(z.members.len, 0);
    cs_strbuf_done(&a->out);
}

static void a_good_archive_is_read(void **state)
{
    (void)state;
    archive a;
    CS_SCOPED(wt_zip) z = WT_ZIP_INIT;
    make(&a, 0);
    assert_int_equal(wt_zip_parse(cs_strbuf_str(&a.out), &z, NULL), 0);
    const wt_zip_member *m = wt_zip_find(&z, CS_STR("a/two"));
    assert_int_equal(m->size, 3);
    assert_memory_equal(a.out.data + m->begin, "222", 3);
    assert_null(wt_zip_find(&z, CS_STR("a/three")));
    cs_strbuf_done(&a.out);
}

static void a_comment_may_follow(void **state)
{
    (void)state;
    archive a;
    CS_SCOPED(wt_zip) z = WT_ZIP_INIT;
    make(&a, 0);
    wt_le_set(at(&a, a.end + 20), 2, 5);
    cs_strbuf_add(&a.out, "hello");
    assert_int_equal(wt_zip_parse(cs_strbuf_str(&a.out), &z, NULL), 0);
    cs_strbuf_add(&a.out, "!");
    expect_refused(&a, CS_E_FORMAT, "its end is missing");
}

/* A change of `n` bytes at a place, and what it is met with. */
typedef struct change {
    size_t place;
    unsigned n;
    uint64_t value;
    int code;
    const char *says;
} change;

static void expect_changes(const change *rows, size_t n, size_t from(archive *),
                           uint64_t large)
{
    for (size_t i = 0; i < n; i++) {
        archive a;
        make(&a, large);
        wt_le_set(at(&a, from(&a) + rows[i].place), rows[i].n, rows[i].value);
        expect_refused(&a, rows[i].code, rows[i].says);
    }
}

static size_t the_end(archive *a)
{
    return a->end;
}

static size_t the_end64(archive *a)
{
    return a->end - ZIP_LOCATOR_SIZE - ZIP_END64_SIZE;
}

static size_t first_row(archive *a)
{
    return a->row[0];
}

static size_t second_row(archive *a)
{
    return a->row[1];
}

static size_t first_local(archive *a)
{
    (void)a;
    return 0;
}

#define ELSEWHERE "is not where its end says"
#define BROKEN "is broken at byte"
#define WRONG "is described wrongly"

static void a_wrong_end_is_refused(void **state)
{
    (void)state;
    static const change rows[] = {
        {0, 4, 0, CS_E_FORMAT, "its end is missing"},
        {4, 2, 1, CS_E_UNSUPPORTED, "several parts"},
        {6, 2, 1, CS_E_UNSUPPORTED, "several parts"},
        {8, 2, 1, CS_E_UNSUPPORTED, "several parts"},
        {8, 4, 0x10001, CS_E_FORMAT, BROKEN},
        {8, 4, 0x30003, CS_E_FORMAT, BROKEN},
        {8, 4, 0, CS_E_FORMAT, BROKEN},
        {12, 4, 1, CS_E_FORMAT, ELSEWHERE},
        {12, 4, 0xffffffff, CS_E_FORMAT, ELSEWHERE},
        {16, 4, 0xffffffff, CS_E_FORMAT, ELSEWHERE},
        {16, 4, 0, CS_E_FORMAT, ELSEWHERE},
        {20, 2, 1, CS_E_FORMAT, "its end is missing"},
    };
    expect_changes(rows, CS_COUNTOF(rows), the_end, 0);
}

static void a_wrong_zip64_end_is_refused(void **state)
{
    (void)state;
    static const change rows[] = {
        {0, 4, 0, CS_E_FORMAT, ELSEWHERE},
        {16, 4, 1, CS_E_FORMAT, ELSEWHERE},
        {24, 8, 3, CS_E_FORMAT, ELSEWHERE},
        {32, 8, UINT64_MAX, CS_E_FORMAT, ELSEWHERE},
        {40, 8, UINT64_MAX, CS_E_FORMAT, ELSEWHERE},
        {48, 8, UINT64_MAX, CS_E_FORMAT, ELSEWHERE},
        {ZIP_END64_SIZE + 4, 4, 1, CS_E_FORMAT, ELSEWHERE},
        {ZIP_END64_SIZE + 8, 8, UINT64_MAX, CS_E_FORMAT, ELSEWHERE},
        {ZIP_END64_SIZE + 8, 8, 0, CS_E_FORMAT, ELSEWHERE},
    };
    expect_changes(rows, CS_COUNTOF(rows), the_end64, 1);
}

static void a_wrong_row_is_refused(void **state)
{
    (void)state;
    static const change rows[] = {
        {0, 4, 0, CS_E_FORMAT, BROKEN},
        {8, 2, 0x0801, CS_E_UNSUPPORTED, "'a/one' is encrypted"},
        {8, 2, 0x0808, CS_E_FORMAT, WRONG},
        {10, 2, 8, CS_E_UNSUPPORTED, "'a/one' is compressed"},
        {16, 4, 0, CS_E_FORMAT, WRONG},
        {20, 4, 3, CS_E_FORMAT, WRONG},
        {20, 8, 0x0000000300000003, CS_E_FORMAT, WRONG},
        {20, 8, 0x7fffffff7fffffff, CS_E_FORMAT, WRONG},
        {20, 8, UINT64_MAX, CS_E_FORMAT, WRONG},
        {28, 2, 0xffff, CS_E_FORMAT, BROKEN},
        {30, 2, 2, CS_E_FORMAT, WRONG},
        {30, 2, 0xffff, CS_E_FORMAT, BROKEN},
        {32, 2, 1, CS_E_FORMAT, BROKEN},
        {34, 2, 1, CS_E_FORMAT, WRONG},
        {42, 4, 1, CS_E_FORMAT, WRONG},
        {42, 4, 0xffffffff, CS_E_FORMAT, WRONG},
        {42, 4, 0x7fffffff, CS_E_FORMAT, WRONG},
    };
    expect_changes(rows, CS_COUNTOF(rows), first_row, 0);
}

static void a_local_header_must_agree(void **state)
{
    (void)state;
    static const change rows[] = {
        {0, 4, 0, CS_E_FORMAT, WRONG},
        {6, 2, 0, CS_E_FORMAT, WRONG},
        {8, 2, 8, CS_E_FORMAT, WRONG},
        {14, 4, 0, CS_E_FORMAT, WRONG},
        {18, 4, 1, CS_E_FORMAT, WRONG},
        {22, 4, 1, CS_E_FORMAT, WRONG},
        {26, 2, 4, CS_E_FORMAT, WRONG},
        {28, 2, 0xffff, CS_E_FORMAT, WRONG},
        {28, 2, 3, CS_E_FORMAT, WRONG},
        {30, 1, 'b', CS_E_FORMAT, WRONG},
        {64, 1, '2', CS_E_FORMAT, "damaged"},
    };
    expect_changes(rows, CS_COUNTOF(rows), first_local, 0);
}

static void unsafe_and_repeated_names_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"/etc5", "../xx", "a//bc",  "a\\bcd",
                                        "a/./b", "abcd/", "a\nbcd", "a\xffzzz"};
    for (size_t i = 0; i < CS_COUNTOF(names); i++) {
        archive a;
        make(&a, 0);
        memcpy(at(&a, 30), names[i], 5);
        memcpy(at(&a, a.row[0] + ZIP_ROW_SIZE), names[i], 5);
        expect_refused(&a, CS_E_UNSAFE, "");
    }
    archive a;
    make(&a, 0);
    memcpy(at(&a, a.local[1] + 30), "a/one", 5);
    memcpy(at(&a, a.row[1] + ZIP_ROW_SIZE), "a/one", 5);
    expect_refused(&a, CS_E_EXISTS, "has the member 'a/one' twice");
}

/* The second row points into the data of the first: a zip bomb's way. */
static void overlapping_members_are_refused(void **state)
{
    (void)state;
    archive in, a = {.out = CS_STRBUF_INIT};
    make(&in, 0);
    wt_sink to = wt_sink_memory(&a.out);
    CS_SCOPED(wt_zip_writer) w = WT_ZIP_WRITER_INIT(&to);
    assert_int_equal(wt_zip_add(&w, "a/all", in.out.data, 128, NULL), 0);
    a.local[1] = to.pos;
    assert_int_equal(wt_zip_add(&w, "a/one", "11", 2, NULL), 0);
    a.row[0] = to.pos;
    assert_int_equal(wt_zip_finish(&w, NULL), 0);
    a.row[1] = a.row[0] + ZIP_ROW_SIZE + 5;
    size_t inside = 64; /* where the first member's data starts */
    assert_memory_equal(at(&a, inside), "PK\3\4", 4);
    wt_le_set(at(&a, a.row[1] + 42), 4, inside);
    cs_strbuf_done(&in.out);
    expect_refused(&a, CS_E_FORMAT, "overlap at byte 64");
    make(&a, 0);
    memcpy(at(&a, a.row[1]), at(&a, a.row[0]), ZIP_ROW_SIZE);
    expect_refused(&a, CS_E_FORMAT, WRONG);
}

static void rows_do_not_run_out_of_the_directory(void **state)
{
    (void)state;
    static const change rows[] = {{32, 2, 1, CS_E_FORMAT, BROKEN},
                                  {28, 2, 6, CS_E_FORMAT, BROKEN}};
    expect_changes(rows, CS_COUNTOF(rows), second_row, 0);
    archive a;
    make(&a, 0);
    wt_le_set(at(&a, a.end + 8), 4, 0xffffffff);
    expect_refused(&a, CS_E_FORMAT, BROKEN);
    make(&a, 64);
    wt_le_set(at(&a, a.end + 8), 4, 0xffffffff);
    wt_le_set(at(&a, the_end64(&a) + 24), 8, 1000000);
    wt_le_set(at(&a, the_end64(&a) + 32), 8, 1000000);
    expect_refused(&a, CS_E_LIMIT, "1000000 members");
}

static void every_cut_is_refused(void **state)
{
    (void)state;
    for (uint64_t large = 0; large < 2; large++) {
        archive a;
        make(&a, large);
        for (size_t n = 0; n < a.out.len; n++) {
            CS_SCOPED(wt_zip) z = WT_ZIP_INIT;
            cs_str part = {a.out.data, n};
            CS_AUTO_MEM char *copy = cs_memdup(part.data, n);
            part.data = copy;
            assert_true(wt_zip_parse(part, &z, NULL) < 0);
        }
        cs_strbuf_done(&a.out);
    }
}

static int parse_again(void *with)
{
    CS_SCOPED(wt_zip) z = WT_ZIP_INIT;
    cs_errinfo info = {0};
    archive *a = with;
    return wt_zip_parse(cs_strbuf_str(&a->out), &z, &info);
}

static void memory_may_run_out_at_any_point(void **state)
{
    (void)state;
    archive a;
    make(&a, 0);
    kit_refuse_each(parse_again, &a);
    cs_strbuf_done(&a.out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_archive_is_read),
        cmocka_unit_test(a_comment_may_follow),
        cmocka_unit_test(a_wrong_end_is_refused),
        cmocka_unit_test(a_wrong_zip64_end_is_refused),
        cmocka_unit_test(a_wrong_row_is_refused),
        cmocka_unit_test(a_local_header_must_agree),
        cmocka_unit_test(unsafe_and_repeated_names_are_refused),
        cmocka_unit_test(overlapping_members_are_refused),
        cmocka_unit_test(rows_do_not_run_out_of_the_directory),
        cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(memory_may_run_out_at_any_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
