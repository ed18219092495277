/* A model's card: a small JSON file beside its weights, `NAME.card.json` for
 * NAME.safetensors, NAME.pth or NAME.pt. It says what the model is for, how it
 * is fed, what it was trained on and how good it was; with the hash of the
 * weights, and signed with Ed25519 over everything it says (docs/models.md). */
#ifndef CS_MODEL_CARD_H
#define CS_MODEL_CARD_H

#include "base/arena.h"
#include "base/hash.h"
#include "base/json_write.h"
#include "base/strbuf.h"
#include "model/key.h"
#include "model/recipe.h"

typedef struct md_metric {
    const char *name; /* "cpm", "auc", "dice"; a unit where it has one */
    double value;
} md_metric;

typedef enum md_source {
    MD_SOURCE_PHANTOMS, /* has seen only phantoms; whoever shows results says so
                         */
    MD_SOURCE_PATIENTS,
    MD_SOURCE_MIXED,
} md_source;

/* "phantoms" and so on; NULL-terminated, for schemas. */
extern const char *const md_source_words[];

/* Logit a * x + b of a network's own logit x: probabilities that are right on
 * average. 1 and 0 where nothing was calibrated. */
typedef struct md_calibration {
    double a, b;
} md_calibration;

/* Texts and metrics of a card that was read belong to its arena; whoever fills
 * one in to have it written keeps them himself and leaves the arena NULL. */
typedef struct md_card {
    cs_arena *arena;
    const char *name;    /* "lung-phantom-detect" */
    const char *session; /* that trained it: letters, digits, '-' and '_'; NULL
                            before it has a number */
    const char *created; /* UTC, RFC 3339 */
    const char *parent;  /* SHA-256 of the weights it started from; or NULL */
    md_recipe recipe;
    md_calibration calibration;
    double threshold; /* of the (calibrated) probability: where the network's
                         makers would work; sensitivity moves it */
    struct {
        md_source source;
        uint64_t scans, nodules, malignant;
        uint64_t sites;
    } data;
    uint64_t steps, epochs, seed;
    const char *plan;    /* SHA-256 of the plan's text, hexadecimal; or NULL */
    const char *weights; /* SHA-256 of the weights' file, hexadecimal; writing
                            finds it out */
    uint64_t weights_bytes; /* likewise */
    md_metric *metrics;     /* of validation */
    size_t metric_count;
    const char *limits; /* what it must not be used for, in words */
    bool is_signed;
    const char *signer; /* public key, hexadecimal; NULL if not signed */
} md_card;

#define MD_CARD_INIT                                                           \
    {                                                                          \
        .arena = NULL                                                          \
    }

/* Appends the name of the card of a file of weights. CS_E_USAGE where the
 * name's ending is not one of weights. */
int md_card_path(const char *weights, cs_strbuf *out, cs_errinfo *info);

/* The card beside a file of weights, which itself is not looked at. Missing:
 * CS_E_NOTFOUND; not a card, of a version to come, or with a value that cannot
 * be: CS_E_FORMAT or CS_E_RANGE, with line and column; changed after it was
 * signed: CS_E_UNSAFE, naming what was. */
int md_card_read(const char *weights, md_card *ret, cs_errinfo *info);

/* The same of a text; `name` stands for it in messages. */
int md_card_parse(cs_str text, const char *name, md_card *ret,
                  cs_errinfo *info);

/* Everything that the card says, as members of the object that is open. */
void md_card_put(cs_json *w, const md_card *c);

/* NULL and a card of zeros are fine. */
void md_card_done(md_card *c);

/* Writes the card of a file of weights, in one step, with the hash of the
 * weights as they are now. `signer` may be NULL: no signature. Metrics that are
 * not finite say nothing and are left out. What could not be read back is
 * CS_E_RANGE or CS_E_FORMAT, and nothing is written. */
int md_card_write(const md_card *c, const char *weights, const md_key *signer,
                  cs_errinfo *info);

/* CS_E_UNSAFE where the weights are not those that the card was made for. */
int md_card_check_weights(const md_card *c, const char *weights,
                          cs_errinfo *info);

/* The same where whoever reads the file has its hash already. */
int md_card_check_digest(const md_card *c, const char *weights,
                         const cs_digest *digest, uint64_t size,
                         cs_errinfo *info);

#endif
