/* The memory of a check: see kc.h. */
#ifndef CS_TESTS_KERNELS_KC_MEMORY_H
#define CS_TESTS_KERNELS_KC_MEMORY_H

#include "kc.h"

void kc_memory_verify(kc *k);
void kc_memory_free(kc *k);

#endif
