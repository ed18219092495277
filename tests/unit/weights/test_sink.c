#include "weights/sink.h"

#include "base/file.h"
#include "support/test.h"
#include "support/tmp.h"

static void bytes_go_to_memory(void **state)
{
    (void)state;
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    wt_sink s = wt_sink_memory(&out);
    assert_int_equal(wt_put(&s, "ab", 2, NULL), 0);
    assert_int_equal(wt_put(&s, NULL, 0, NULL), 0);
    assert_int_equal(wt_put_fill(&s, '.', 600, NULL), 0);
    assert_int_equal(s.pos, 602);
    assert_int_equal(out.len, 602);
    assert_int_equal(out.data[601], '.');
}

static void bytes_go_to_a_file(void **state)
{
    CS_SCOPED(cs_strbuf) back = CS_STRBUF_INIT;
    CS_AUTO(cs_atomic_file) f = NULL;
    const char *path = tmp_path(*state, "out");
    assert_int_equal(cs_atomic_file_open(path, 0644, &f, NULL), 0);
    wt_sink s = wt_sink_file(f);
    assert_int_equal(wt_put(&s, "ab", 2, NULL), 0);
    assert_int_equal(cs_atomic_file_commit(f, NULL), 0);
    assert_int_equal(cs_file_read(path, 10, &back, NULL), 0);
    assert_string_equal(back.data, "ab");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_go_to_memory),
        cmocka_unit_test_setup_teardown(bytes_go_to_a_file, tmp_setup,
                                        tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
