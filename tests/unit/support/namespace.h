/* A mount namespace of our own, so that tests can have really full disks and
 * foreign file systems without touching the machine. */
#ifndef CS_TESTS_SUPPORT_NAMESPACE_H
#define CS_TESTS_SUPPORT_NAMESPACE_H

#include <stdbool.h>

/* Moves this process, which must be a fresh fork, into new namespaces in which
 * it may mount. False where the kernel allows neither way (as root, or with a
 * user namespace). */
bool namespace_enter(void);

/* Runs `body(arg)` in a forked child after namespace_enter(), and returns what
 * it returns (0–255), or -1 where there are no namespaces. Asserts that the
 * child ends by itself. The body reports failures by its result only: cmocka's
 * assertions do not work in a child. */
int namespace_run(int (*body)(const char *arg), const char *arg);

#endif
