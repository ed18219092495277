#include "image/source.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "support/volume.h"

static int beside(const char *dir, const char *name, cs_errinfo *info)
{
    im_source s = IM_SOURCE_INIT;
    int r = im_source_beside(&s, tmp_path(dir, "h.mhd"), "F", cs_str_of(name),
                             info);
    im_source_done(&s);
    return r;
}

static void a_header_reaches_only_its_own_folder(void **state)
{
    const char *dir = *state;
    cs_errinfo info = {0};
    tmp_write(dir, "a.raw", "abc");
    assert_int_equal(cs_mkdir_p(tmp_path(dir, "sub"), 0700, NULL), 0);
    tmp_write(tmp_path(dir, "sub"), "b.raw", "abc");
    assert_int_equal(beside(dir, "a.raw", NULL), 0);
    assert_int_equal(beside(dir, "sub/b.raw", NULL), 0);
    static const char *const bad[] = {"/etc/passwd", "../a.raw", "sub/../a.raw",
                                      "sub/../../x", "",         "."};
    for (size_t i = 0; i < CS_COUNTOF(bad); i++) {
        assert_int_equal(beside(dir, bad[i], &info), CS_E_UNSAFE);
        assert_non_null(strstr(info.message, "write its plain name"));
    }
    assert_int_equal(symlink("/etc/passwd", tmp_path(dir, "link.raw")), 0);
    assert_int_equal(beside(dir, "link.raw", &info), CS_E_UNSAFE);
    assert_non_null(strstr(info.message, "is a symbolic link"));
    assert_int_equal(beside(dir, "none.raw", &info), CS_E_NOTFOUND);
    assert_non_null(strstr(info.message, "F names 'none.raw'"));
}

static void only_plain_files_are_data(void **state)
{
    const char *dir = *state;
    assert_int_equal(cs_mkdir_p(tmp_path(dir, "folder.raw"), 0700, NULL), 0);
    assert_int_equal(mkfifo(tmp_path(dir, "fifo.raw"), 0600), 0);
    cs_errinfo info = {0};
    assert_int_equal(beside(dir, "folder.raw", &info), CS_E_FORMAT);
    assert_non_null(strstr(info.message, "folder.raw' is not a regular file"));
    assert_int_equal(beside(dir, "fifo.raw", &info), CS_E_FORMAT);
}

/* Both ways give the bytes; writing to them does not reach the file. */
static void bytes_come_mapped_or_read(void **state)
{
    const size_t n = (size_t)1 << 20;
    CS_AUTO_MEM unsigned char *bytes = cs_malloc(n);
    assert_non_null(bytes);
    for (size_t i = 0; i < n; i++)
        bytes[i] = (unsigned char)(i * i >> 9);
    const char *path = vt_bytes(*state, "big.raw", bytes, n);
    const size_t offsets[] = {0, 352, 353, 64};
    for (size_t i = 0; i < CS_COUNTOF(offsets); i++) {
        im_source s = IM_SOURCE_INIT;
        tn_buffer *b = NULL;
        size_t at = 99, size = n - offsets[i];
        assert_int_equal(im_source_open(&s, path, NULL), 0);
        assert_int_equal(s.size, n);
        assert_int_equal(im_source_buffer(&s, offsets[i], size, &b, &at, NULL),
                         0);
        assert_int_equal(at, offsets[i] % 32 ? 0 : offsets[i]);
        unsigned char *p = (unsigned char *)tn_buffer_data(b) + at;
        assert_memory_equal(p, bytes + offsets[i], size);
        assert_int_equal((uintptr_t)p % 32, 0);
        memset(p, 0, size);
        tn_buffer_unref(b);
        unsigned char first;
        assert_int_equal(im_source_read(&s, offsets[i], &first, 1, NULL), 0);
        assert_int_equal(first, bytes[offsets[i]]);
        im_source_done(&s);
    }
}

static void short_files_are_told_before_memory_is_taken(void **state)
{
    im_source s = IM_SOURCE_INIT;
    cs_errinfo info = {0};
    assert_int_equal(
        im_source_open(&s, tmp_write(*state, "s.raw", "12345"), NULL), 0);
    assert_int_equal(im_source_check(&s, 2, 3, "X", NULL), 0);
    assert_int_equal(im_source_check(&s, 3, 3, "X", &info), CS_E_FORMAT);
    assert_non_null(strstr(info.message, "X ask for 3 bytes from byte 3 on, it "
                                         "has 5"));
    assert_int_equal(im_source_check(&s, SIZE_MAX, 3, "X", NULL), CS_E_FORMAT);
    im_source_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_reaches_only_its_own_folder),
        cmocka_unit_test(only_plain_files_are_data),
        cmocka_unit_test(bytes_come_mapped_or_read),
        cmocka_unit_test(short_files_are_told_before_memory_is_taken),
    };
    return cmocka_run_group_tests(tests, tmp_setup, tmp_teardown);
}
