/* Memory of the machine, or as much of it as our control group may use.
 * Bytes; looks anew at each call; any thread may ask. */
#ifndef CS_BASE_SYSINFO_H
#define CS_BASE_SYSINFO_H

#include "base/defs.h"
#include "base/str.h"

/* 0 when the system does not tell. */
uint64_t cs_mem_total(void);

/* What can still be had without swapping or being killed: an estimate that is
 * old as soon as it is made. */
uint64_t cs_mem_available(void);

/* --- pure part, for tests --- */

/* A line of /proc/meminfo, as "MemTotal", in bytes; 0 when it is missing. */
uint64_t cs_meminfo_bytes(cs_str text, const char *key);

#endif
