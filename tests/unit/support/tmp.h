/* A private directory for a test's files. Asserts on failure. */
#ifndef CS_TESTS_SUPPORT_TMP_H
#define CS_TESTS_SUPPORT_TMP_H

/* cmocka setup and teardown: *state is the directory's path (char *). */
int tmp_setup(void **state);
int tmp_teardown(void **state);

/* "<dir>/<name>" in one of four static buffers used in turn. */
const char *tmp_path(const char *dir, const char *name);

/* Writes a text file "<dir>/<name>" and returns its path (as tmp_path()). */
const char *tmp_write(const char *dir, const char *name, const char *text);

#endif
