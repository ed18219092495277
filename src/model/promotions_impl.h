/* Shared by promotions.c and promote.c alone. */
#ifndef CS_MODEL_PROMOTIONS_IMPL_H
#define CS_MODEL_PROMOTIONS_IMPL_H

#include "base/strbuf.h"
#include "model/versions.h"

#define MD_PROMOTIONS_VERSION 1

/* "promote", "rollback": by md_promotion.back. */
extern const char *const md_action_words[];

/* Appends the path of the history. */
int md_promotions_path(const char *dir, cs_strbuf *out, cs_errinfo *info);

#endif
