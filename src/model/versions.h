/* The models directory of an installation: every version by the session that
 * trained it, and the history of which one was in use.
 *
 *   session_{id}_model.safetensors       trained here; or .pth
 *   session_{id}_federated_model.pth     trained by several; or .safetensors
 *   …                    .card.json      signed
 *   promoted.json                        what was promoted and taken back, in
 *                                        order; entries are only ever added
 *   .lock                                held by whoever changes any of them
 */
#ifndef CS_MODEL_VERSIONS_H
#define CS_MODEL_VERSIONS_H

#include "model/card.h"

/* --- versions --- */

typedef struct md_version {
    char *file;     /* "session_3_model.safetensors" */
    char *name;     /* "session_3_model" */
    char *session;  /* "3" */
    char *path;     /* of the weights */
    bool usable;    /* the card could be read, and is for this session */
    md_card card;   /* empty otherwise */
    cs_errinfo why; /* what is wrong with it, otherwise */
} md_version;

/* By session: numbers by size, then others by name. */
typedef struct md_versions {
    md_version *items;
    size_t len;
} md_versions;

#define MD_VERSIONS_INIT                                                       \
    {                                                                          \
        NULL, 0                                                                \
    }

/* A directory that does not exist has none. Cards are read, weights are not. */
int md_versions_read(const char *dir, md_versions *ret, cs_errinfo *info);
void md_versions_done(md_versions *v);

/* By session, name or file. Unknown: CS_E_NOTFOUND, with a suggestion; more
 * than one: CS_E_USAGE, naming two. The result belongs to `v`. */
int md_versions_find(const md_versions *v, const char *text,
                     const md_version **ret, cs_errinfo *info);

/* Copies weights, whose card must be right, into the directory (made if need
 * be) under session `session`, or under the next number where it is NULL. The
 * card gets the session and this signature. A session that is there is
 * CS_E_EXISTS. *ret, the new version's name, is cs_free()d by the caller. */
int md_versions_add(const char *dir, const char *weights, const char *session,
                    const md_key *signer, char **ret, cs_errinfo *info);

/* --- promotions --- */

typedef struct md_promotion {
    bool back; /* taken back, and not promoted */
    md_task task;
    const char *file, *session;
    const char *weights;    /* SHA-256 */
    const char *signer;     /* whose key had signed the card, hexadecimal */
    const char *when;       /* UTC, RFC 3339 */
    const char *who, *note; /* words of whoever did it; or NULL */
} md_promotion;

typedef struct md_promotions {
    cs_arena *arena;
    md_promotion *items; /* as they happened */
    size_t len;
    size_t current[MD_TASKS]; /* index + 1 of what is in use; 0: nothing */
} md_promotions;

#define MD_PROMOTIONS_INIT                                                     \
    {                                                                          \
        NULL, NULL, 0,                                                         \
        {                                                                      \
            0                                                                  \
        }                                                                      \
    }

/* No file: an empty history. */
int md_promotions_read(const char *dir, md_promotions *ret, cs_errinfo *info);
/* The same of a text; `name` stands for it in messages. */
int md_promotions_parse(cs_str text, const char *name, md_promotions *ret,
                        cs_errinfo *info);
void md_promotions_done(md_promotions *p);

/* What is in use for a task; NULL: nothing was promoted, or all taken back. */
const md_promotion *md_promotions_current(const md_promotions *p, md_task task);

/* Who changes what is in use, when and why. */
typedef struct md_change {
    const char *when, *who, *note; /* the last two may be NULL */
} md_change;

typedef struct md_promoted {
    md_task task; /* the version's */
    bool changed; /* it was not in use before */
} md_promoted;

/* Puts a version in use, once it has been loaded whole and is signed. `ret` may
 * be NULL. */
int md_promote(const char *dir, const char *version, const md_change *change,
               md_promoted *ret, cs_errinfo *info);

/* Takes the version in use back: the one promoted before it is in use again,
 * or none. CS_E_NOTFOUND where nothing is in use. */
int md_rollback(const char *dir, md_task task, const md_change *change,
                cs_errinfo *info);

#endif
