/* A kernel without a certain system call, as an old one or a sandbox. */
#ifndef CS_TESTS_SUPPORT_SECCOMP_H
#define CS_TESTS_SUPPORT_SECCOMP_H

#include <stdbool.h>

/* From now on `number` (SYS_…) fails with `err` in this process, which should
 * be a fork, and its children. True once a trial call has failed so. */
bool seccomp_forbid(long number, unsigned err);

#endif
