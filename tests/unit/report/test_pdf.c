#include "report/pdf.h"

#include "report/case.h"

static void make(const made_case *m, cs_strbuf *out)
{
    rp_pictures p = {0};
    const im_run run = {0};
    assert_int_equal(rp_pictures_cut(&m->it, &run, &p, NULL), 0);
    assert_int_equal(rp_pdf(&m->it, &run, &p, CS_LANG_EN, out, NULL), 0);
    rp_pictures_done(&p);
}

static void the_same_case_gives_the_same_bytes(void **state)
{
    (void)state;
    made_case m;
    cs_strbuf a = CS_STRBUF_INIT;
    cs_strbuf b = CS_STRBUF_INIT;
    make_case(&m);
    make(&m, &a);
    make(&m, &b);
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, a.len);
    assert_memory_equal(a.data, "%PDF-", 5);
    cs_strbuf_clear(&b);
    m.it.created = "2026-01-02T03:04:06Z";
    make(&m, &b);
    assert_true(a.len != b.len || memcmp(a.data, b.data, a.len) != 0);
    cs_strbuf_done(&a);
    cs_strbuf_done(&b);
    unmake_case(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_case_gives_the_same_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
