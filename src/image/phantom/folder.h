/* The folder that a set of phantoms is to stand in: what may be replaced. */
#ifndef CS_IMAGE_PHANTOM_FOLDER_H
#define CS_IMAGE_PHANTOM_FOLDER_H

#include "base/error.h"

#define IM_PHANTOM_MASKS "masks"
#define IM_PHANTOM_PROFILE "profile.json"
#define IM_PHANTOM_LIST "phantoms.json"
/* What profile.json says of itself. */
#define IM_PHANTOM_WHAT "phantoms: chest CTs made by a program, of nobody"

/* Whether another folder can be renamed into the place of `dir`, which need not
 * exist: no mount point, link or "." does. Asked before the work, whose result
 * could not be put there. */
int im_phantom_folder_place(const char *dir, cs_errinfo *info) CS_MUST_CHECK;

/* CS_E_EXISTS unless `dir` holds phantoms made by this program and not one file
 * besides. */
int im_phantom_folder_ours(const char *dir, cs_errinfo *info) CS_MUST_CHECK;

#endif
