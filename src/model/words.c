#include <assert.h>

#include "model/card.h"

const char *const md_task_words[] = {"detect", "check", "malignancy", NULL};
const char *const md_head_words[] = {"voxels", "anchors", "centres", "class",
                                     NULL};
const char *const md_source_words[] = {"phantoms", "patients", "mixed", NULL};
static_assert(CS_COUNTOF(md_task_words) == MD_TASKS + 1, "a word each");
static_assert(CS_COUNTOF(md_head_words) == MD_HEADS + 1, "a word each");
