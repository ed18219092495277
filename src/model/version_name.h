/* Names of files in a models directory. */
#ifndef CS_MODEL_VERSION_NAME_H
#define CS_MODEL_VERSION_NAME_H

#include "base/defs.h"
#include "base/error.h"
#include "base/str.h"

#define MD_SESSION_MAX 64

typedef struct md_version_name {
    cs_str name;    /* "session_3_model" */
    cs_str session; /* "3" */
} md_version_name;

/* Parts of a file's name, borrowed from it; false where it is not that of a
 * version's weights: session_{id}_model or session_{id}_federated_model, with
 * an ending of weights. */
bool md_version_name_parse(cs_str file, md_version_name *ret);

/* 0 when it may name a session: 1 to MD_SESSION_MAX letters, digits and '-'.
 * CS_E_USAGE otherwise. */
int md_session_check(cs_str session, cs_errinfo *info);

/* The session's number; 0 where it is not one, written plainly. */
uint64_t md_session_number(cs_str session);

#endif
