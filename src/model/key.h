/* The key that signs model cards: Ed25519, kept in a file that nobody else may
 * read. What is secret never leaves this module, in no message either. */
#ifndef CS_MODEL_KEY_H
#define CS_MODEL_KEY_H

#include "base/defs.h"
#include "base/error.h"
#include "base/str.h"

#define MD_PUBLIC_TEXT 64     /* hexadecimal digits of a public key … */
#define MD_SIGNATURE_TEXT 128 /* … and of a signature */

typedef struct md_key md_key;

/* Reads the key of a file. A file that others may read is CS_E_UNSAFE, one that
 * holds no key CS_E_FORMAT. With `create`, one that is missing is made, mode
 * 0600; of two who make it at once both get the same. */
int md_key_open(const char *path, bool create, md_key **ret, cs_errinfo *info);
void md_key_free(md_key *k); /* wiped */
CS_DEFINE_AUTO(md_key)

/* MD_PUBLIC_TEXT digits; lives as long as the key. */
const char *md_key_public(const md_key *k);

int md_key_sign(const md_key *k, cs_str message,
                char ret[MD_SIGNATURE_TEXT + 1], cs_errinfo *info);

/* Whether `signature` is that of `message` by the owner of `public`; texts that
 * are no key or no signature are not. Lower-case digits alone. */
bool md_key_verify(cs_str public, cs_str message, cs_str signature);

#endif
