#include "model/key.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/file.h"
#include "support/test.h"
#include "support/tmp.h"

static void a_key_is_made_once_and_private(void **state)
{
    CS_AUTO(md_key) a = NULL;
    CS_AUTO(md_key) b = NULL;
    struct stat st;
    const char *path = tmp_path(*state, "model.key");
    umask(0);
    assert_int_equal(md_key_open(path, false, &a, NULL), CS_E_NOTFOUND);
    assert_null(a);
    assert_int_equal(md_key_open(path, true, &a, NULL), 0);
    assert_int_equal(md_key_open(path, true, &b, NULL), 0);
    assert_string_equal(md_key_public(a), md_key_public(b));
    assert_int_equal(strlen(md_key_public(a)), MD_PUBLIC_TEXT);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    CS_SCOPED(cs_dir_list) names = CS_DIR_LIST_INIT;
    assert_int_equal(cs_dir_read(*state, &names, NULL), 0);
    assert_int_equal(names.len, 1); /* nothing else is left */
}

/* The first test vector of RFC 8032, 7.1. */
static void it_signs_as_ed25519(void **state)
{
    CS_AUTO(md_key) k = NULL;
    char signature[MD_SIGNATURE_TEXT + 1];
    const char *path = tmp_write(
        *state, "k",
        "consilium-ed25519 "
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60\n");
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(md_key_open(path, false, &k, NULL), 0);
    assert_string_equal(
        md_key_public(k),
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    assert_int_equal(md_key_sign(k, CS_STR(""), signature, NULL), 0);
    assert_string_equal(
        signature,
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb882"
        "1590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
    cs_str public = cs_str_of(md_key_public(k));
    cs_str value = cs_str_of(signature);
    assert_true(md_key_verify(public, CS_STR(""), value));
    assert_false(md_key_verify(public, CS_STR("x"), value));
    assert_false(md_key_verify(public, CS_STR(""), cs_str_sub(value, 0, 126)));
    signature[3] ^= 1;
    assert_false(md_key_verify(public, CS_STR(""), value));
    signature[3] ^= 1;
    signature[0] = 'E'; /* another spelling of the same */
    assert_false(md_key_verify(public, CS_STR(""), value));
}

static void keys_that_others_may_read_are_refused(void **state)
{
    CS_AUTO(md_key) k = NULL;
    cs_errinfo info = {0};
    const char *path = tmp_path(*state, "k");
    assert_int_equal(md_key_open(path, true, &k, NULL), 0);
    assert_int_equal(chmod(path, 0640), 0);
    CS_AUTO(md_key) other = NULL;
    assert_int_equal(md_key_open(path, true, &other, &info), CS_E_UNSAFE);
    assert_non_null(strstr(info.message, "chmod 600"));
}

static void refuse(const char *path, const char *text, size_t size)
{
    CS_AUTO(md_key) k = NULL;
    cs_errinfo info = {0};
    assert_int_equal(cs_file_write(path, text, size, 0600, NULL), 0);
    assert_int_equal(md_key_open(path, true, &k, &info), CS_E_FORMAT);
    assert_non_null(strstr(info.message, "holds no key"));
    assert_null(strstr(info.message, "9d61"));
}

static void what_is_no_key_is_refused_and_kept(void **state)
{
    static const char good[] =
        "consilium-ed25519 "
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60\n";
    const char *path = tmp_path(*state, "k");
    for (size_t n = 0; n < sizeof(good) - 1; n += 7)
        refuse(path, good, n);
    refuse(path, good, sizeof(good)); /* a NUL too many */
    char odd[sizeof(good)];
    memcpy(odd, good, sizeof(good));
    odd[30] = 'D';
    refuse(path, odd, sizeof(good) - 1);
    CS_AUTO(md_key) k = NULL;
    assert_int_equal(symlink(path, tmp_path(*state, "link")), 0);
    assert_true(md_key_open(tmp_path(*state, "link"), true, &k, NULL) < 0);
    assert_true(md_key_open(*state, true, &k, NULL) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_key_is_made_once_and_private,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(it_signs_as_ed25519, tmp_setup,
                                        tmp_teardown),
        cmocka_unit_test_setup_teardown(keys_that_others_may_read_are_refused,
                                        tmp_setup, tmp_teardown),
        cmocka_unit_test_setup_teardown(what_is_no_key_is_refused_and_kept,
                                        tmp_setup, tmp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
