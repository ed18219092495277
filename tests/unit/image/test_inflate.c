#include "image/inflate.h"

#include <zlib.h>

#include "support/volume.h"

#define N ((size_t)100000)

/* By zlib, so that one library is held against the other. */
static size_t pack(const void *from, size_t n, int window, unsigned char *to,
                   size_t room)
{
    z_stream z = {0};
    assert_int_equal(
        deflateInit2(&z, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)from;
    z.avail_in = (uInt)n;
    z.next_out = to;
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t size = room - z.avail_out;
    deflateEnd(&z);
    return size;
}

static unsigned char plain[N], packed[2 * N], got[2 * N];

static void fill(void)
{
    for (size_t i = 0; i < N; i++)
        plain[i] = (unsigned char)(i * i >> 7);
    memset(got, 0xa5, sizeof(got));
}

static void zlib_streams_must_be_of_the_size_told(void **state)
{
    (void)state;
    fill();
    cs_errinfo info = {0};
    size_t n = pack(plain, N, MAX_WBITS, packed, sizeof(packed));
    assert_int_equal(im_inflate_zlib(packed, n, got, N, "a", NULL), 0);
    assert_memory_equal(got, plain, N);
    assert_int_equal(im_inflate_zlib(packed, n, got, N + 1, "a", &info),
                     CS_E_FORMAT);
    assert_string_equal(info.message,
                        "'a' holds 100000 bytes; the header needs 100001");
    got[N - 1] = 0x5a;
    assert_int_equal(im_inflate_zlib(packed, n, got, N - 1, "a", &info),
                     CS_E_FORMAT);
    assert_int_equal(got[N - 1], 0x5a); /* not one byte beyond */
    assert_int_equal(im_inflate_zlib(packed, n - 1, got, N, "a", &info),
                     CS_E_FORMAT);
    packed[n - 1] ^= 1; /* the checksum */
    assert_int_equal(im_inflate_zlib(packed, n, got, N, "a", &info),
                     CS_E_FORMAT);
    assert_string_equal(info.message, "the compressed data in 'a' is damaged");
}

static void gzip_heads_are_read_alone(void **state)
{
    (void)state;
    fill();
    size_t n = pack(plain, N, 16 + MAX_WBITS, packed, sizeof(packed));
    assert_int_equal(im_gunzip_head(packed, n, got, 540, "a", NULL), 540);
    assert_memory_equal(got, plain, 540);
    assert_int_equal(got[540], 0xa5);
    n = pack(plain, 100, 16 + MAX_WBITS, packed, sizeof(packed));
    assert_int_equal(im_gunzip_head(packed, n, got, 540, "a", NULL), 100);
}

static void members_follow_each_other(void **state)
{
    (void)state;
    fill();
    const size_t cuts[] = {0, 1, 352, 70000, N, N};
    size_t n = 0;
    for (size_t i = 0; i + 1 < CS_COUNTOF(cuts); i++)
        n += pack(plain + cuts[i], cuts[i + 1] - cuts[i], 16 + MAX_WBITS,
                  packed + n, sizeof(packed) - n);
    assert_int_equal(im_gunzip(packed, n, got, N, "a", NULL), 0);
    assert_memory_equal(got, plain, N);
    assert_int_equal(im_gunzip_head(packed, n, got, 540, "a", NULL), 540);
    assert_memory_equal(got, plain, 540);
    memset(packed + n, 0, 512); /* as tapes leave them */
    assert_int_equal(im_gunzip(packed, n + 512, got, N, "a", NULL), 0);
    packed[n] = 1;
    assert_int_equal(im_gunzip(packed, n + 1, got, N, "a", NULL), CS_E_FORMAT);
}

static void a_tail_is_checked_and_dropped(void **state)
{
    (void)state;
    fill();
    cs_errinfo info = {0};
    size_t n = pack(plain, N, 16 + MAX_WBITS, packed, sizeof(packed));
    got[N - 7] = 0x5a;
    assert_int_equal(im_gunzip(packed, n, got, N - 7, "a", NULL), 0);
    assert_memory_equal(got, plain, N - 7);
    assert_int_equal(got[N - 7], 0x5a);
    packed[n - 5] ^= 1; /* the sum of all, tail included */
    assert_int_equal(im_gunzip(packed, n, got, N - 7, "a", &info), CS_E_FORMAT);
    assert_string_equal(info.message, "the compressed data in 'a' is damaged");
}

static void damage_is_told(void **state)
{
    (void)state;
    fill();
    cs_errinfo info = {0};
    size_t n = pack(plain, N, 16 + MAX_WBITS, packed, sizeof(packed));
    assert_int_equal(im_gunzip(packed, n, got, N + 1, "a", &info), CS_E_FORMAT);
    assert_string_equal(info.message,
                        "'a' holds 100000 bytes; the header needs 100001");
    assert_int_equal(im_gunzip(packed, n - 9, got, N, "a", &info), CS_E_FORMAT);
    assert_string_equal(info.message,
                        "'a' is cut short within its compressed data");
    assert_int_equal(im_gunzip(packed, 5, got, N, "a", &info), CS_E_FORMAT);
    packed[n - 6] ^= 1; /* CRC */
    assert_int_equal(im_gunzip(packed, n, got, N, "a", &info), CS_E_FORMAT);
}

/* A gigabyte of zeros in a megabyte, behind what the header asks for. */
static void a_bomb_stops_at_the_limit(void **state)
{
    (void)state;
    static unsigned char zeros[1 << 20];
    static unsigned char bomb[1 << 16];
    size_t n = 0;
    for (int i = 0; i < 30; i++)
        n += pack(zeros, sizeof(zeros), 16 + MAX_WBITS, bomb + n,
                  sizeof(bomb) - n);
    cs_errinfo info = {0};
    assert_int_equal(im_gunzip(bomb, n, got, N, "a", &info), CS_E_FORMAT);
    assert_string_equal(info.message, "'a' holds more than the 100000 bytes "
                                      "that the header needs");
    assert_int_equal(im_inflate_check(1000, 1000 * 1032, "a", NULL), 0);
    assert_int_equal(im_inflate_check(1000, 2000 * 1032, "a", &info),
                     CS_E_FORMAT);
    assert_int_equal(im_inflate_check(1000, SIZE_MAX, "a", &info), CS_E_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zlib_streams_must_be_of_the_size_told),
        cmocka_unit_test(gzip_heads_are_read_alone),
        cmocka_unit_test(members_follow_each_other),
        cmocka_unit_test(a_tail_is_checked_and_dropped),
        cmocka_unit_test(damage_is_told),
        cmocka_unit_test(a_bomb_stops_at_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
