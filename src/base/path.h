/* Paths. Names that come from outside (uploads, archives, plans) are joined
 * only through cs_path_join_safe() and opened only through cs_open_beneath():
 * the first refuses what looks wrong, the second makes the kernel refuse what
 * is wrong (symbolic links, races). */
#ifndef CS_BASE_PATH_H
#define CS_BASE_PATH_H

#include "base/defs.h"
#include "base/error.h"
#include "base/str.h"
#include "base/strbuf.h"

/* Plain join for names that we chose: exactly one '/' between them; an
 * absolute `name` replaces `dir`. Appends nothing on failure. */
int cs_path_join(cs_strbuf *out, cs_str dir, cs_str name);

/* Parts of a path, borrowed from it. base("a/b.tar.gz") = "b.tar.gz",
 * dir("a/b") = "a", dir("b") = ".", ext("a/b.tar.gz") = "gz", ext("a") = "". */
cs_str cs_path_base(cs_str path);
cs_str cs_path_dir(cs_str path);
cs_str cs_path_ext(cs_str path);

/* 0 when `name` is a relative path that cannot leave its directory: parts
 * joined by single '/', each 1–255 bytes of valid UTF-8 without control
 * characters or '\', none "." or "..", 4095 bytes in all at most, no NUL, not
 * absolute. Otherwise CS_E_UNSAFE with the reason. Unicode is not normalised.
 */
int cs_path_check_relative(cs_str name, cs_errinfo *info);

/* dir + "/" + untrusted relative name, replacing the content of `out`. */
int cs_path_join_safe(cs_strbuf *out, cs_str dir, cs_str name,
                      cs_errinfo *info);

/* Opens `name` below the open directory `dirfd` (or AT_FDCWD), following no
 * symbolic link and never leaving it. O_CLOEXEC is added. Returns a descriptor
 * or a negative cs_err. Works without openat2() too. */
int cs_open_beneath(int dirfd, const char *name, int flags, unsigned mode,
                    cs_errinfo *info);

#endif
