#include "image/deflate.h"

#include <zlib.h>

#include "image/inflate.h"
#include "support/volume.h"

static void zlib_reads_what_is_packed(void **state)
{
    (void)state;
    const size_t sizes[] = {0, 1, 1000, 300000};
    for (size_t s = 0; s < CS_COUNTOF(sizes); s++) {
        size_t n = sizes[s], packed = 0;
        CS_AUTO_MEM unsigned char *from = cs_malloc(n + 1);
        CS_AUTO_MEM unsigned char *to = cs_malloc(n + 1);
        assert_non_null(from);
        assert_non_null(to);
        for (size_t i = 0; i < n; i++)
            from[i] = (unsigned char)(i * i >> 5);
        tn_buffer *b = NULL;
        assert_int_equal(im_deflate_zlib(from, n, &b, &packed, NULL), 0);
        uLongf got = n + 1;
        assert_int_equal(uncompress(to, &got, tn_buffer_data(b), packed), Z_OK);
        assert_int_equal(got, n);
        assert_memory_equal(to, from, n);
        tn_buffer_unref(b);
    }
}

/* One member, which the simplest reader gets whole, its sum checked. */
static void gzip_is_one_member_of_head_and_data(void **state)
{
    (void)state;
    static unsigned char data[70000], to[352 + 70000];
    unsigned char head[352];
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (unsigned char)(i / 3);
    for (size_t i = 0; i < sizeof(head); i++)
        head[i] = (unsigned char)(i + 1);
    tn_buffer *b = NULL;
    size_t n = 0;
    assert_int_equal(
        im_deflate_gzip(head, sizeof(head), data, sizeof(data), &b, &n, NULL),
        0);
    z_stream z = {.next_in = tn_buffer_data(b),
                  .avail_in = (uInt)n,
                  .next_out = to,
                  .avail_out = sizeof(to)};
    assert_int_equal(inflateInit2(&z, 16 + MAX_WBITS), Z_OK);
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.avail_in + z.avail_out, 0);
    inflateEnd(&z);
    assert_memory_equal(to, head, sizeof(head));
    assert_memory_equal(to + sizeof(head), data, sizeof(data));
    tn_buffer_unref(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zlib_reads_what_is_packed),
        cmocka_unit_test(gzip_is_one_member_of_head_and_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
