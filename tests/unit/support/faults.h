/* Makes a chosen system call of the code under test fail once. Only for tests
 * that are linked with -Wl,--wrap=CALL for each of: open, openat, close, read,
 * write, fsync, fstat, fstatat, fchmod, fchown, renameat, unlinkat, readlink,
 * mkdir, mmap, getrandom. Calls from within libc are not seen. */
#ifndef CS_TESTS_SUPPORT_FAULTS_H
#define CS_TESTS_SUPPORT_FAULTS_H

#include <stdbool.h>

/* Instead of an errno value: read() or write() moves half of what it could. */
#define FAULT_SHORT (-1)

/* Instead of an errno value: the process ends there, as by kill -9. */
#define FAULT_KILL (-2)

/* From now on, the nth call (from 1) of `call` fails with `err`. A failing
 * close() closes all the same, as on Linux. */
void faults_arm(const char *call, unsigned nth, int err);

/* Back to normal. Whether the fault was met. */
bool faults_disarm(void);

#endif
