/* Digests of 256 bits: SHA-256 for what others check too (weights, receipts,
 * audit), BLAKE2b-256 where only we look and speed counts. */
#ifndef CS_BASE_HASH_H
#define CS_BASE_HASH_H

#include "base/defs.h"
#include "base/error.h"
#include "base/str.h"

typedef enum cs_hash_kind {
    CS_HASH_SHA256,
    CS_HASH_BLAKE2B, /* RFC 7693, 32 bytes, no key */
} cs_hash_kind;

#define CS_DIGEST_SIZE 32
typedef struct cs_digest {
    unsigned char bytes[CS_DIGEST_SIZE];
} cs_digest;

/* Of memory, in one go. */
int cs_hash_bytes(cs_hash_kind kind, const void *data, size_t size,
                  cs_digest *ret, cs_errinfo *info);

/* Of a file's content, read once and streamed. *ret_size, its length, may be
 * NULL. */
int cs_hash_file(cs_hash_kind kind, const char *path, cs_digest *ret,
                 uint64_t *ret_size, cs_errinfo *info);

/* Piece by piece. One thread at a time. After finish only free is left. */
typedef struct cs_hash cs_hash;

int cs_hash_new(cs_hash_kind kind, cs_hash **ret, cs_errinfo *info);
int cs_hash_update(cs_hash *h, const void *data, size_t size, cs_errinfo *info);
int cs_hash_finish(cs_hash *h, cs_digest *ret, cs_errinfo *info);
void cs_hash_free(cs_hash *h); /* NULL is fine */
CS_DEFINE_AUTO(cs_hash)

#define CS_DIGEST_TEXT_MAX (2 * CS_DIGEST_SIZE + 1)
/* 64 digits of lower-case hex; returns dst. */
char *cs_digest_format(const cs_digest *d, char dst[CS_DIGEST_TEXT_MAX]);
/* The same back and nothing else: capitals, blanks or another length are
 * CS_E_FORMAT, so that a digest has one spelling. */
int cs_digest_parse(cs_str text, cs_digest *ret);

/* Takes the same time wherever the digests differ. */
bool cs_digest_equal(const cs_digest *a, const cs_digest *b);

#endif
