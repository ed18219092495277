/* Any machine. */
#define TK_TIER _baseline
#include "image/kernels/tier.tmpl.h"
