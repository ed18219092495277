/* An input is a directory, a NUL, and an untrusted name. Whatever is accepted
 * stays below the directory. */
#include <string.h>

#include "base/path.h"
#include "base/utf8.h"
#include "fuzz.h"

static void check_accepted(cs_str name)
{
    FUZZ_ASSERT(name.len >= 1 && name.len <= CS_PATH_NAME_MAX);
    FUZZ_ASSERT(name.data[0] != '/');
    FUZZ_ASSERT(cs_utf8_valid(name.data, name.len));
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.data[i];
        FUZZ_ASSERT(c >= 0x20 && c != 0x7f && c != '\\');
    }
    size_t start = 0;
    for (size_t i = 0; i <= name.len; i++) {
        if (i < name.len && name.data[i] != '/')
            continue;
        cs_str part = cs_str_sub(name, start, i);
        FUZZ_ASSERT(part.len >= 1 && part.len <= CS_PATH_PART_MAX);
        FUZZ_ASSERT(!cs_str_is(part, ".") && !cs_str_is(part, ".."));
        start = i + 1;
    }
}

static void check_joined(cs_str joined, cs_str dir, cs_str name)
{
    while (dir.len > 0 && dir.data[dir.len - 1] == '/')
        dir.len--;
    FUZZ_ASSERT(joined.len == dir.len + 1 + name.len);
    FUZZ_ASSERT(cs_str_starts_with(joined, dir));
    FUZZ_ASSERT(joined.data[dir.len] == '/');
    FUZZ_ASSERT(cs_str_ends_with(joined, name));
    FUZZ_ASSERT(strlen(joined.data) == joined.len);
}

/* For any path but the empty one, the parts come back together. */
static void check_parts(cs_str path)
{
    cs_str base = cs_path_base(path);
    cs_str ext = cs_path_ext(path);
    FUZZ_ASSERT(cs_str_is(base, "/") || cs_str_index(base, '/') == base.len);
    FUZZ_ASSERT(cs_str_ends_with(base, ext));
    FUZZ_ASSERT(ext.len == 0 || ext.len + 2 <= base.len);
    FUZZ_ASSERT(cs_path_dir(path).len > 0);
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    FUZZ_ASSERT(cs_path_join(&b, cs_path_dir(path), base) == 0);
    FUZZ_ASSERT(base.len == 0 ||
                cs_str_eq(cs_path_base(cs_strbuf_str(&b)), base));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cs_str dir;
    cs_str name;
    cs_str_cut((cs_str){(const char *)data, size}, '\0', &dir, &name);
    check_parts(dir);
    check_parts(name);
    cs_errinfo info = {0};
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    cs_strbuf_add(&b, "before");
    int checked = cs_path_check_relative(name, NULL);
    int joined = cs_path_join_safe(&b, dir, name, &info);
    if (checked == 0)
        check_accepted(name);
    FUZZ_ASSERT(checked == 0 || joined < 0);
    if (joined == 0) {
        check_joined(cs_strbuf_str(&b), dir, name);
    } else {
        FUZZ_ASSERT(joined == CS_E_UNSAFE && info.code == joined);
        FUZZ_ASSERT(checked < 0 || dir.len == 0);
        FUZZ_ASSERT(strcmp(b.data, "before") == 0);
    }
    return 0;
}
