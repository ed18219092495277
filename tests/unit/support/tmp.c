#include "support/tmp.h"

#include <stdio.h>
#include <string.h>

#include "base/dir.h"
#include "base/mem.h"
#include "support/test.h"

int tmp_setup(void **state)
{
    char *dir = NULL;
    int r = cs_mkdtemp(NULL, "consilium-test-", &dir, NULL);
    *state = dir;
    return r;
}

int tmp_teardown(void **state)
{
    int r = cs_remove_tree(*state, NULL);
    cs_free(*state);
    return r;
}

const char *tmp_path(const char *dir, const char *name)
{
    static char buffers[4][8192];
    static unsigned next;
    char *path = buffers[next++ % 4];
    int n = snprintf(path, sizeof(buffers[0]), "%s/%s", dir, name);
    assert_in_range(n, 1, sizeof(buffers[0]) - 1);
    return path;
}

const char *tmp_write(const char *dir, const char *name, const char *text)
{
    const char *path = tmp_path(dir, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    assert_int_equal(fclose(f), 0);
    return path;
}
