/* One log line, made in a buffer. Private to log.c and its tests. */
#ifndef CS_BASE_LOG_LINE_H
#define CS_BASE_LOG_LINE_H

#include "base/log.h"

#define CS_LOG_KEY_SIZE 32

typedef struct cs_log_event {
    int64_t wall_ns;
    cs_log_level level;
    const char *name;
    const cs_log_field *fields;
    size_t n;
} cs_log_event;

/* Writes the line, newline included; fields that do not fit are left out and
 * "cut" says so. Returns its length. */
size_t cs_log_line(const cs_log_event *e, cs_log_format format,
                   const unsigned char key[CS_LOG_KEY_SIZE],
                   char dst[CS_LOG_LINE_MAX]);

#endif
