/* A model's card: a small JSON file beside its weights, `NAME.card.json` for
 * NAME.safetensors or NAME.pth. It says what the model is for, how it is fed,
 * what it was trained on and how good it was; with the hash of the weights, and
 * signed with Ed25519 over everything it says (docs/models.md). */
#ifndef CS_MODEL_CARD_H
#define CS_MODEL_CARD_H

#include "base/arena.h"
#include "base/hash.h"
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

/* Logit a * x + b of a network's own logit x: probabilities that are right on
 * average. 1 and 0 where nothing was calibrated. */
typedef struct md_calibration {
    double a, b;
} md_calibration;

/* Texts belong to the card's arena. */
typedef struct md_card {
    cs_arena *arena;
    const char *name;    /* "lung-phantom-detect" */
    const char *session; /* that trained it; version numbers follow */
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
    const char *plan;    /* SHA-256 of the plan's text, hexadecimal */
    const char *weights; /* SHA-256 of the weights' file, hexadecimal */
    md_metric *metrics;  /* of validation */
    size_t metric_count;
    const char *limits; /* what it must not be used for, in words */
    bool is_signed;
    const char *signer; /* public key, hexadecimal; NULL if not signed */
} md_card;

#endif
