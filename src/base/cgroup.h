/* What Linux control groups (version 2, or the controllers of version 1) let
 * this process have. Each level of the hierarchy may set limits; the tightest
 * counts. What is not there, or reads oddly, is no limit. */
#ifndef CS_BASE_CGROUP_H
#define CS_BASE_CGROUP_H

#include "base/defs.h"
#include "base/str.h"

typedef struct cs_cgroup_limits {
    double cpus;          /* CPU time per time; 0: no limit */
    uint64_t memory;      /* bytes; UINT64_MAX: no limit */
    uint64_t memory_left; /* bytes up to the limit closest to being reached,
                             cache that can be dropped counted as free */
} cs_cgroup_limits;

/* Reads the limits of the system below `root`, "" for the real one. Where
 * memory is too short to look, there are no limits. */
void cs_cgroup_read(const char *root, cs_cgroup_limits *ret);

/* --- pure parts, for tests --- */

/* The group of a process, from the text of /proc/PID/cgroup: the path of
 * `controller`, or with "" that of version 2. data NULL: none. */
cs_str cs_cgroup_path(cs_str text, const char *controller);

/* Where that hierarchy is mounted, from the text of /proc/PID/mountinfo:
 * *ret_root is the group which *ret_point shows. */
bool cs_cgroup_mount(cs_str text, const char *controller, cs_str *ret_root,
                     cs_str *ret_point);

/* CPUs of a quota: of "cpu.max" ("max 100000", "150000 100000"), and of
 * version 1's two files (a quota of -1: none). 0: no limit. */
double cs_cgroup_quota_v2(cs_str text);
double cs_cgroup_quota_v1(cs_str quota, cs_str period);

/* A size in bytes; "max" and what is no number give `otherwise`. */
uint64_t cs_cgroup_bytes(cs_str text, uint64_t otherwise);

/* The value of `key` in "memory.stat", or 0. */
uint64_t cs_cgroup_stat(cs_str text, const char *key);

#endif
