#include "base/mapped.h"

#include <string.h>
#include <unistd.h>

#include "support/test.h"
#include "support/tmp.h"

static void a_mapping_shows_the_content(void **state)
{
    CS_SCOPED(cs_mapped) m = CS_MAPPED_INIT;
    assert_int_equal(cs_map_file(tmp_write(*state, "m", "voxels"), &m, NULL),
                     0);
    assert_int_equal(m.size, 6);
    assert_memory_equal(m.data, "voxels", 6);
    assert_non_null(m.base);
}

static void an_empty_file_gives_an_empty_text(void **state)
{
    CS_SCOPED(cs_mapped) m = CS_MAPPED_INIT;
    assert_int_equal(cs_map_file(tmp_write(*state, "e", ""), &m, NULL), 0);
    assert_int_equal(m.size, 0);
    assert_string_equal((const char *)m.data, "");
    assert_null(m.base);
}

static void a_mapping_outlives_the_name(void **state)
{
    const char *path = tmp_write(*state, "gone", "still here");
    CS_SCOPED(cs_mapped) m = CS_MAPPED_INIT;
    assert_int_equal(cs_map_file(path, &m, NULL), 0);
    assert_int_equal(unlink(path), 0);
    assert_memory_equal(m.data, "still here", 10);
}

static void done_leaves_an_empty_mapping(void **state)
{
    cs_mapped m = CS_MAPPED_INIT;
    cs_mapped_done(&m);
    assert_int_equal(cs_map_file(tmp_write(*state, "d", "x"), &m, NULL), 0);
    cs_mapped_done(&m);
    assert_int_equal(m.size, 0);
    assert_null(m.base);
    assert_string_equal((const char *)m.data, "");
    cs_mapped_done(&m);
}

static void only_regular_files_are_mapped(void **state)
{
    cs_errinfo info = {0};
    cs_mapped m = CS_MAPPED_INIT;
    assert_int_equal(cs_map_file(*state, &m, &info), CS_E_FORMAT);
    assert_non_null(strstr(info.message, "' is not a regular file"));
    assert_int_equal(cs_map_file("/dev/zero", &m, NULL), CS_E_FORMAT);
    assert_int_equal(cs_map_file("/nowhere", &m, &info), CS_E_NOTFOUND);
    assert_null(m.base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mapping_shows_the_content),
        cmocka_unit_test(an_empty_file_gives_an_empty_text),
        cmocka_unit_test(a_mapping_outlives_the_name),
        cmocka_unit_test(done_leaves_an_empty_mapping),
        cmocka_unit_test(only_regular_files_are_mapped),
    };
    return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
