#include "base/hash.h"

#include <string.h>

#include "base/mem.h"
#include "support/test.h"
#include "support/tmp.h"

static const char *text_of(const cs_digest *d)
{
    static char text[CS_DIGEST_TEXT_MAX];
    return cs_digest_format(d, text);
}

static const char *hash_of(cs_hash_kind kind, const void *data, size_t size)
{
    static cs_digest d;
    assert_int_equal(cs_hash_bytes(kind, data, size, &d, NULL), 0);
    return text_of(&d);
}

static void sha256_gives_the_published_digests(void **state)
{
    (void)state;
    assert_string_equal(
        hash_of(CS_HASH_SHA256, "", 0),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_string_equal(
        hash_of(CS_HASH_SHA256, "abc", 3),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CS_AUTO_MEM char *many = cs_malloc(1000000);
    memset(many, 'a', 1000000);
    assert_string_equal(
        hash_of(CS_HASH_SHA256, many, 1000000),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* Recomputed with Python: hashlib.blake2b(data, digest_size=32). */
static void blake2b_gives_the_known_digests(void **state)
{
    (void)state;
    assert_string_equal(
        hash_of(CS_HASH_BLAKE2B, "", 0),
        "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    assert_string_equal(
        hash_of(CS_HASH_BLAKE2B, "abc", 3),
        "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

static void pieces_give_the_digest_of_the_whole(void **state)
{
    (void)state;
    unsigned char data[1000];
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (unsigned char)(i * 7);
    for (int kind = CS_HASH_SHA256; kind <= CS_HASH_BLAKE2B; kind++) {
        cs_digest whole, pieces;
        CS_AUTO(cs_hash) h = NULL;
        assert_int_equal(
            cs_hash_bytes((cs_hash_kind)kind, data, sizeof(data), &whole, NULL),
            0);
        assert_int_equal(cs_hash_new((cs_hash_kind)kind, &h, NULL), 0);
        for (size_t at = 0, n = 0; at < sizeof(data); at += n, n++) {
            size_t take = CS_MIN(n, sizeof(data) - at);
            assert_int_equal(cs_hash_update(h, data + at, take, NULL), 0);
        }
        assert_int_equal(cs_hash_finish(h, &pieces, NULL), 0);
        assert_true(cs_digest_equal(&whole, &pieces));
    }
}

static void a_file_is_hashed_as_its_bytes(void **state)
{
    const char *path = tmp_write(*state, "x", "abc");
    cs_digest d;
    uint64_t size = 0;
    assert_int_equal(cs_hash_file(CS_HASH_SHA256, path, &d, &size, NULL), 0);
    assert_int_equal(size, 3);
    assert_memory_equal(text_of(&d), "ba7816bf", 8);
    cs_errinfo info = {0};
    assert_int_equal(
        cs_hash_file(CS_HASH_SHA256, tmp_path(*state, "no"), &d, NULL, &info),
        CS_E_NOTFOUND);
    assert_non_null(strstr(info.message, "/no'"));
}

static void hex_is_read_back_strictly(void **state)
{
    (void)state;
    cs_digest d, back;
    assert_int_equal(cs_hash_bytes(CS_HASH_SHA256, "x", 1, &d, NULL), 0);
    char text[CS_DIGEST_TEXT_MAX];
    cs_digest_format(&d, text);
    assert_int_equal(cs_digest_parse(cs_str_of(text), &back), 0);
    assert_true(cs_digest_equal(&d, &back));
    assert_true(cs_digest_parse(CS_STR(""), &back) < 0);
    assert_true(cs_digest_parse(cs_str_sub(cs_str_of(text), 0, 63), &back) < 0);
    text[5] = 'g';
    assert_true(cs_digest_parse(cs_str_of(text), &back) < 0);
    back.bytes[31] ^= 1;
    assert_false(cs_digest_equal(&d, &back));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_gives_the_published_digests),
        cmocka_unit_test(blake2b_gives_the_known_digests),
        cmocka_unit_test(pieces_give_the_digest_of_the_whole),
        cmocka_unit_test_setup_teardown(a_file_is_hashed_as_its_bytes,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test(hex_is_read_back_strictly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
