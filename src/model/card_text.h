/* Shared by the files card*.c alone: a card as text. A card has sections, each
 * with one spelling, whatever blanks a file has between them. The signature is
 * over all of them together; a seal, the first digits of one section's hash,
 * only says which one was changed. */
#ifndef CS_MODEL_CARD_TEXT_H
#define CS_MODEL_CARD_TEXT_H

#include "base/json_write.h"
#include "model/card.h"

#define MD_CARD_VERSION 1
#define MD_CARD_SECTIONS 12
#define MD_SEAL_TEXT 16

extern const char *const md_card_sections[MD_CARD_SECTIONS + 1];

/* Key and value of a section; nothing where the card does not have it. */
void md_card_put_section(cs_json *w, const md_card *c, size_t section);

/* What is signed: "consilium-model-card", a newline, and the compact object of
 * the version and all sections in order. Replaces the content of `out`. */
int md_card_signed_text(const md_card *c, cs_strbuf *out, cs_errinfo *info);

/* Of a section that is absent: of nothing. */
int md_card_seal(const md_card *c, size_t section, char ret[MD_SEAL_TEXT + 1],
                 cs_errinfo *info);

#endif
