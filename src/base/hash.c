#include "base/hash.h"

#include <assert.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <sodium.h>

#include "base/mem.h"
#include "base/reader.h"

#define PIECE ((size_t)256 * 1024)

struct cs_hash {
    cs_hash_kind kind;
    EVP_MD_CTX *sha;                     /* SHA-256 */
    crypto_generichash_blake2b_state *b; /* BLAKE2b */
};

/* libsodium chooses its fast code here; without, it would use the slow one. */
static void init_sodium(void)
{
    if (sodium_init() < 0)
        return;
}

static void use_sodium(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, init_sodium);
}

/* libcrypto gives no usable reason; what can happen is that it lacks memory or
 * that its configuration forbids the algorithm. */
static int fail_crypto(cs_errinfo *info)
{
    return cs_fail(info, CS_E_FAILED,
                   "the cryptographic library cannot compute SHA-256; memory "
                   "may be short or its configuration may forbid it");
}

int cs_hash_new(cs_hash_kind kind, cs_hash **ret, cs_errinfo *info)
{
    CS_AUTO(cs_hash) h = cs_new0(cs_hash);
    if (!h)
        return cs_fail_nomem(info);
    h->kind = kind;
    if (kind == CS_HASH_SHA256) {
        h->sha = EVP_MD_CTX_new();
        if (!h->sha)
            return cs_fail_nomem(info);
        if (EVP_DigestInit_ex(h->sha, EVP_sha256(), NULL) != 1)
            return fail_crypto(info);
    } else {
        use_sodium();
        h->b = cs_aligned_alloc(64, sizeof(*h->b));
        if (!h->b)
            return cs_fail_nomem(info);
        crypto_generichash_blake2b_init(h->b, NULL, 0, CS_DIGEST_SIZE);
    }
    *ret = CS_TAKE(h);
    return 0;
}

int cs_hash_update(cs_hash *h, const void *data, size_t size, cs_errinfo *info)
{
    assert(h);
    if (size == 0)
        return 0;
    if (h->kind == CS_HASH_SHA256) {
        if (EVP_DigestUpdate(h->sha, data, size) != 1)
            return fail_crypto(info);
    } else {
        crypto_generichash_blake2b_update(h->b, data, size);
    }
    return 0;
}

int cs_hash_finish(cs_hash *h, cs_digest *ret, cs_errinfo *info)
{
    cs_digest d;
    assert(h);
    if (h->kind == CS_HASH_SHA256) {
        if (EVP_DigestFinal_ex(h->sha, d.bytes, NULL) != 1)
            return fail_crypto(info);
    } else {
        crypto_generichash_blake2b_final(h->b, d.bytes, sizeof(d.bytes));
    }
    *ret = d;
    return 0;
}

void cs_hash_free(cs_hash *h)
{
    if (!h)
        return;
    EVP_MD_CTX_free(h->sha);
    cs_free(h->b);
    cs_free(h);
}

int cs_hash_bytes(cs_hash_kind kind, const void *data, size_t size,
                  cs_digest *ret, cs_errinfo *info)
{
    if (kind == CS_HASH_BLAKE2B) {
        use_sodium();
        crypto_generichash_blake2b(ret->bytes, sizeof(ret->bytes), data, size,
                                   NULL, 0);
        return 0;
    }
    CS_AUTO(cs_hash) h = NULL;
    int r = cs_hash_new(kind, &h, info);
    if (r == 0)
        r = cs_hash_update(h, data, size, info);
    if (r == 0)
        r = cs_hash_finish(h, ret, info);
    return r;
}

/* Returns the bytes hashed. */
static int64_t hash_all(cs_hash *h, cs_reader *in, void *piece,
                        cs_errinfo *info)
{
    int64_t total = 0;
    for (;;) {
        int64_t n = cs_reader_read(in, piece, PIECE, info);
        if (n <= 0)
            return n < 0 ? n : total;
        int r = cs_hash_update(h, piece, (size_t)n, info);
        if (r < 0)
            return r;
        total += n;
    }
}

int cs_hash_file(cs_hash_kind kind, const char *path, cs_digest *ret,
                 uint64_t *ret_size, cs_errinfo *info)
{
    CS_AUTO(cs_reader) in = NULL;
    CS_AUTO(cs_hash) h = NULL;
    int r = cs_reader_open(path, &in, info);
    if (r == 0)
        r = cs_hash_new(kind, &h, info);
    if (r < 0)
        return r;
    CS_AUTO_MEM void *piece = cs_malloc(PIECE);
    if (!piece)
        return cs_fail_nomem(info);
    int64_t size = hash_all(h, in, piece, info);
    r = size < 0 ? (int)size : cs_hash_finish(h, ret, info);
    if (r == 0 && ret_size)
        *ret_size = (uint64_t)size;
    return r;
}

char *cs_digest_format(const cs_digest *d, char dst[CS_DIGEST_TEXT_MAX])
{
    static const char digits[] = "0123456789abcdef";
    char *p = dst;
    for (size_t i = 0; i < CS_DIGEST_SIZE; i++) {
        *p++ = digits[d->bytes[i] >> 4];
        *p++ = digits[d->bytes[i] & 15];
    }
    *p = '\0';
    return dst;
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int cs_digest_parse(cs_str text, cs_digest *ret)
{
    cs_digest d;
    if (text.len != sizeof(d.bytes) * 2)
        return CS_E_FORMAT;
    for (size_t i = 0; i < sizeof(d.bytes); i++) {
        int high = digit_value(text.data[2 * i]);
        int low = digit_value(text.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return CS_E_FORMAT;
        d.bytes[i] = (unsigned char)(high << 4 | low);
    }
    *ret = d;
    return 0;
}

bool cs_digest_equal(const cs_digest *a, const cs_digest *b)
{
    return sodium_memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}
