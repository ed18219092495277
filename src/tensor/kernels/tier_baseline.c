/* Any machine: vectors of eight are split as the compiler likes. */
#define TK_TIER _baseline
#include "tensor/kernels/tier.tmpl.h"
