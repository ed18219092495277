/* What the reader must know of the networks and of how they were worked,
 * whatever the scan. */
#ifndef CS_LUNG_NOTES_H
#define CS_LUNG_NOTES_H

#include "lung/diagnose.h"

/* Appends warnings; that networks have seen only phantoms comes first. */
int lu_note_models(const md_set *models, const lu_options *o, lu_warnings *warn,
                   cs_errinfo *info);

#endif
