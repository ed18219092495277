/* A network ready to be used: recipe, card and weights. */
#ifndef CS_MODEL_MODEL_H
#define CS_MODEL_MODEL_H

#include "model/versions.h"

typedef struct md_model {
    md_card card;      /* card.recipe says how it is fed */
    nn_params *params; /* owned */
} md_model;

/* Weights (.safetensors, .pth) with the card beside them (card.h tells its
 * name). Wrong hash, missing card, weights that the network does not have:
 * an error that says which, and nothing is loaded. A bad signature is an error;
 * an absent one is told by card.is_signed. */
int md_model_load(const char *weights, md_model *ret, cs_errinfo *info);
void md_model_done(md_model *m);

/* The models that one diagnosis uses. `detect` is always there. */
typedef struct md_set {
    md_model detect, check, malignancy;
    bool has_check, has_malignancy;
} md_set;

/* A directory with detect.*, and perhaps check.* and malignancy.* (weights and
 * cards), or one detector's weights alone. Anything for another task in a place
 * is CS_E_FORMAT, naming both. */
int md_set_load(const char *path, md_set *ret, cs_errinfo *info);

/* The weights in a directory, as md_set_load() takes them. */
typedef struct md_places {
    char *path[MD_TASKS]; /* owned; NULL: none */
} md_places;

/* None at all is fine; two for one task are CS_E_EXISTS. *ret is empty. */
int md_places_find(const char *dir, md_places *ret, cs_errinfo *info);
void md_places_done(md_places *p);

/* Weights of each task by their paths; NULL: none, but for MD_DETECT. */
int md_set_load_each(const char *const weights[MD_TASKS], md_set *ret,
                     cs_errinfo *info);

/* For each task the version promoted in `models` (versions.h), or else what
 * the directory `shipped` has; `models` may not exist, `shipped` may be NULL.
 * `instead`, which may be NULL, is a version to use for its task whatever was
 * promoted. Weights that are not the ones that were promoted are CS_E_UNSAFE.
 */
int md_set_load_promoted(const char *models, const char *shipped,
                         const md_version *instead, md_set *ret,
                         cs_errinfo *info);

void md_set_done(md_set *s);

#endif
