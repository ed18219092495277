#include "model/key.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/strbuf.h"

#define WORD "consilium-ed25519 "
#define WORD_SIZE (sizeof(WORD) - 1)
#define SEED_DIGITS ((size_t)2 * crypto_sign_SEEDBYTES)
#define FILE_SIZE (WORD_SIZE + SEED_DIGITS + 1)

struct md_key {
    unsigned char secret[crypto_sign_SECRETKEYBYTES];
    char public[MD_PUBLIC_TEXT + 1];
};

static int use_sodium(cs_errinfo *info)
{
    return sodium_init() < 0 ? cs_fail(info, CS_E_FAILED,
                                       "the cryptographic library cannot start")
                             : 0;
}

/* sodium_hex2bin() also takes capitals: a text has one spelling here. */
static bool from_hex(cs_str text, unsigned char *ret, size_t size)
{
    size_t n;
    if (text.len != 2 * size)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] >= 'A' && text.data[i] <= 'F')
            return false;
    return sodium_hex2bin(ret, size, text.data, text.len, NULL, &n, NULL) ==
               0 &&
           n == size;
}

/* --- the file --- */

static int refuse_file(const char *path, cs_errinfo *info)
{
    return cs_fail(info, CS_E_FORMAT, "'%s' holds no key of ours", path);
}

static int check_private(int fd, const char *path, cs_errinfo *info)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return cs_fail_errno(info, errno, "cannot read '%s'", path);
    if (!S_ISREG(st.st_mode))
        return refuse_file(path, info);
    if (st.st_mode & 077)
        return cs_fail(info, CS_E_UNSAFE,
                       "others may use the key '%s': make it private with "
                       "chmod 600, or remove it if it may be known",
                       path);
    return 0;
}

static int parse_file(cs_str text, const char *path, unsigned char *seed,
                      cs_errinfo *info)
{
    cs_str digits = cs_str_sub(text, WORD_SIZE, WORD_SIZE + SEED_DIGITS);
    if (text.len != FILE_SIZE || !cs_str_starts_with(text, CS_STR(WORD)) ||
        text.data[FILE_SIZE - 1] != '\n' ||
        !from_hex(digits, seed, crypto_sign_SEEDBYTES))
        return refuse_file(path, info);
    return 0;
}

static int read_seed(const char *path, unsigned char *seed, cs_errinfo *info)
{
    CS_AUTO_FD fd =
        CS_RETRY(open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (fd < 0)
        return cs_fail_errno(info, errno, "cannot read '%s'", path);
    int r = check_private(fd, path, info);
    if (r < 0)
        return r;
    char text[FILE_SIZE + 1];
    int64_t n = cs_read_full(fd, text, sizeof(text), path, info);
    r = n < 0 ? (int)n
              : parse_file((cs_str){text, (size_t)n}, path, seed, info);
    sodium_memzero(text, sizeof(text));
    return r;
}

static int write_seed(int fd, const char *path, cs_errinfo *info)
{
    unsigned char seed[crypto_sign_SEEDBYTES];
    char text[FILE_SIZE + 1] = WORD;
    randombytes_buf(seed, sizeof(seed));
    sodium_bin2hex(text + WORD_SIZE, SEED_DIGITS + 1, seed, sizeof(seed));
    text[FILE_SIZE - 1] = '\n';
    int r = cs_write_all(fd, text, FILE_SIZE, path, info);
    if (r == 0 && CS_RETRY(fsync(fd)) < 0)
        r = cs_fail_errno(info, errno, "cannot write '%s'", path);
    sodium_memzero(seed, sizeof(seed));
    sodium_memzero(text, sizeof(text));
    return r;
}

/* A whole key appears under its name, or none: whoever comes second finds the
 * first one's, and a full disk leaves no half of one. */
static int make_file(const char *path, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) temp = CS_STRBUF_INIT;
    cs_strbuf_printf(&temp, "%s.new-%08x", path, randombytes_random());
    if (cs_strbuf_check(&temp) < 0)
        return cs_fail_nomem(info);
    CS_AUTO_FD fd = CS_RETRY(open(
        temp.data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (fd < 0)
        return cs_fail_errno(info, errno, "cannot create the key '%s'", path);
    int r = write_seed(fd, path, info);
    if (r == 0 && link(temp.data, path) < 0 && errno != EEXIST)
        r = cs_fail_errno(info, errno, "cannot create the key '%s'", path);
    unlink(temp.data);
    return r;
}

static int get_seed(const char *path, bool create, unsigned char *seed,
                    cs_errinfo *info)
{
    struct stat st;
    if (create && lstat(path, &st) < 0 && errno == ENOENT) {
        int r = make_file(path, info);
        if (r < 0)
            return r;
    }
    return read_seed(path, seed, info);
}

int md_key_open(const char *path, bool create, md_key **ret, cs_errinfo *info)
{
    unsigned char seed[crypto_sign_SEEDBYTES];
    unsigned char public[crypto_sign_PUBLICKEYBYTES];
    CS_AUTO(md_key) k = cs_new0(md_key);
    if (!k)
        return cs_fail_nomem(info);
    int r = use_sodium(info);
    if (r == 0)
        r = get_seed(path, create, seed, info);
    if (r < 0)
        return r;
    crypto_sign_seed_keypair(public, k->secret, seed);
    sodium_memzero(seed, sizeof(seed));
    sodium_bin2hex(k->public, sizeof(k->public), public, sizeof(public));
    *ret = CS_TAKE(k);
    return 0;
}

void md_key_free(md_key *k)
{
    if (!k)
        return;
    sodium_memzero(k->secret, sizeof(k->secret));
    cs_free(k);
}

/* --- signing --- */

const char *md_key_public(const md_key *k)
{
    return k->public;
}

int md_key_sign(const md_key *k, cs_str message,
                char ret[MD_SIGNATURE_TEXT + 1], cs_errinfo *info)
{
    unsigned char signature[crypto_sign_BYTES];
    if (crypto_sign_detached(signature, NULL,
                             (const unsigned char *)message.data, message.len,
                             k->secret) != 0)
        return cs_fail(info, CS_E_FAILED, "the key cannot sign");
    sodium_bin2hex(ret, MD_SIGNATURE_TEXT + 1, signature, sizeof(signature));
    return 0;
}

bool md_key_verify(cs_str public, cs_str message, cs_str signature)
{
    unsigned char key[crypto_sign_PUBLICKEYBYTES];
    unsigned char value[crypto_sign_BYTES];
    return sodium_init() >= 0 && from_hex(public, key, sizeof(key)) &&
           from_hex(signature, value, sizeof(value)) &&
           crypto_sign_verify_detached(value,
                                       (const unsigned char *)message.data,
                                       message.len, key) == 0;
}
