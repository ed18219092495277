/* Paths as text. Names that come from outside (uploads, archives, plans) are
 * joined only through cs_path_join_safe() and opened only through
 * cs_open_beneath() (beneath.h): the first refuses what looks wrong, the
 * second makes the kernel refuse what is wrong (symbolic links, races). */
#ifndef CS_BASE_PATH_H
#define CS_BASE_PATH_H

#include "base/defs.h"
#include "base/error.h"
#include "base/str.h"
#include "base/strbuf.h"

#define CS_PATH_PART_MAX 255
#define CS_PATH_NAME_MAX 4095

/* Appends both, joined for names that we chose: exactly one '/' between them;
 * an absolute `name` replaces `dir`, and next to an empty part the other stays
 * as it is. Appends nothing on failure. */
int cs_path_join(cs_strbuf *out, cs_str dir, cs_str name);

/* Parts of a path, borrowed from it; '/' at its end do not count.
 * base("a/b.tar.gz") = "b.tar.gz", base("/") = "/", base("") = "".
 * dir("a/b") = "a", dir("b") = ".", dir("/b") = "/".
 * ext("a/b.tar.gz") = "gz", ext("a") = ext("a.") = ext(".a") = "". */
cs_str cs_path_base(cs_str path);
cs_str cs_path_dir(cs_str path);
cs_str cs_path_ext(cs_str path);

/* 0 when `name` is a relative path that cannot leave its directory: parts
 * joined by single '/', each 1–255 bytes of valid UTF-8 without '\' and without
 * the characters that cs_utf8_escape() does not let through (controls, line
 * separators, changes of direction), none "." or "..", 4095 bytes in all at
 * most, no NUL, not absolute. Otherwise CS_E_UNSAFE with the reason. Unicode
 * is not normalised. */
int cs_path_check_relative(cs_str name, cs_errinfo *info);

/* dir + "/" + untrusted relative name, replacing the content of `out`, which
 * is left alone when the name is refused. `dir` is our own: not empty, without
 * NUL; a '/' at its end is not doubled. */
int cs_path_join_safe(cs_strbuf *out, cs_str dir, cs_str name,
                      cs_errinfo *info);

#endif
