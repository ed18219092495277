/* Opening names that come from outside. What a name looks like says little
 * about where it leads: links and races are settled by the kernel. */
#ifndef CS_BASE_BENEATH_H
#define CS_BASE_BENEATH_H

#include "base/defs.h"
#include "base/error.h"

/* Opens `name` below the open directory `dirfd` (or AT_FDCWD), following no
 * symbolic link and never leaving it: either, and any part "..", is
 * CS_E_UNSAFE. `flags` and `mode` as for open(), O_CLOEXEC is added. Returns a
 * descriptor or a negative cs_err. Any bytes may be in a name; for rules about
 * them see cs_path_check_relative().
 *
 * Where openat2() is missing or forbidden (an old kernel, a seccomp filter),
 * the parts are opened one by one, with the same results. */
int cs_open_beneath(int dirfd, const char *name, int flags, unsigned mode,
                    cs_errinfo *info);

#endif
