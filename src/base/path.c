#include "base/path.h"

#include "base/utf8.h"

static size_t len_without_slashes(cs_str s)
{
    size_t len = s.len;
    while (len > 0 && s.data[len - 1] == '/')
        len--;
    return len;
}

int cs_path_join(cs_strbuf *out, cs_str dir, cs_str name)
{
    if (name.len > 0 && (name.data[0] == '/' || dir.len == 0))
        return cs_strbuf_add_str(out, name);
    if (name.len == 0)
        return cs_strbuf_add_str(out, dir);
    dir.len = len_without_slashes(dir);
    if (dir.len > SIZE_MAX / 2 || name.len > SIZE_MAX / 2 - 1)
        return cs_strbuf_reserve(out, SIZE_MAX);
    int r = cs_strbuf_reserve(out, dir.len + 1 + name.len);
    if (r < 0)
        return r;
    cs_strbuf_add_str(out, dir);
    cs_strbuf_putc(out, '/');
    return cs_strbuf_add_str(out, name);
}

/* Offset just after the last '/', 0 when there is none. */
static size_t base_at(cs_str s)
{
    size_t i = s.len;
    while (i > 0 && s.data[i - 1] != '/')
        i--;
    return i;
}

cs_str cs_path_base(cs_str path)
{
    cs_str s = cs_str_sub(path, 0, len_without_slashes(path));
    if (s.len == 0)
        return cs_str_sub(path, 0, 1); /* "/" or "" */
    return cs_str_sub(s, base_at(s), s.len);
}

cs_str cs_path_dir(cs_str path)
{
    cs_str s = cs_str_sub(path, 0, len_without_slashes(path));
    s.len = base_at(s);
    if (s.len == 0)
        return path.len > 0 && path.data[0] == '/' ? CS_STR("/") : CS_STR(".");
    size_t len = len_without_slashes(s);
    return cs_str_sub(s, 0, len ? len : 1);
}

cs_str cs_path_ext(cs_str path)
{
    cs_str base = cs_path_base(path);
    size_t i = base.len;
    while (i > 0 && base.data[i - 1] != '.')
        i--;
    if (i <= 1) /* no dot, or a hidden file's */
        return cs_str_sub(base, base.len, base.len);
    return cs_str_sub(base, i, base.len);
}

static int check_part(cs_str name, cs_str part, cs_errinfo *info)
{
    if (part.len == 0)
        return cs_fail(info, CS_E_UNSAFE,
                       "the name '%.*s' has an empty part: write a single '/' "
                       "between parts and none at the end",
                       CS_STR_ARG(name));
    if (cs_str_is(part, ".") || cs_str_is(part, ".."))
        return cs_fail(
            info, CS_E_UNSAFE,
            "the name '%.*s' has a part '%.*s', which is not allowed",
            CS_STR_ARG(name), CS_STR_ARG(part));
    if (part.len > CS_PATH_PART_MAX)
        return cs_fail(info, CS_E_UNSAFE,
                       "a part of the name '%.*s' is longer than %d bytes",
                       CS_STR_ARG(name), CS_PATH_PART_MAX);
    return 0;
}

static int check_characters(cs_str name, cs_errinfo *info)
{
    if (cs_str_index(name, '\0') < name.len)
        return cs_fail(info, CS_E_UNSAFE,
                       "the name '%.*s' has a NUL byte in it",
                       CS_STR_ARG(name));
    if (!cs_utf8_valid(name.data, name.len))
        return cs_fail(info, CS_E_UNSAFE, "the name '%.*s' is not valid UTF-8",
                       CS_STR_ARG(name));
    if (cs_utf8_escaped_len(name.data, name.len) != name.len)
        return cs_fail(info, CS_E_UNSAFE,
                       "the name '%.*s' has a control character in it",
                       CS_STR_ARG(name));
    if (cs_str_index(name, '\\') < name.len)
        return cs_fail(
            info, CS_E_UNSAFE,
            "the name '%.*s' has a '\\' in it: parts are joined by '/'",
            CS_STR_ARG(name));
    return 0;
}

int cs_path_check_relative(cs_str name, cs_errinfo *info)
{
    if (name.len == 0)
        return cs_fail(info, CS_E_UNSAFE, "the name is empty");
    if (name.len > CS_PATH_NAME_MAX)
        return cs_fail(info, CS_E_UNSAFE, "the name is longer than %d bytes",
                       CS_PATH_NAME_MAX);
    int r = check_characters(name, info);
    if (r < 0)
        return r;
    if (name.data[0] == '/')
        return cs_fail(info, CS_E_UNSAFE,
                       "the name '%.*s' starts with '/': give one that is "
                       "relative to its directory",
                       CS_STR_ARG(name));
    cs_str part;
    cs_str rest = name;
    bool more = true;
    while (more && r == 0) {
        more = cs_str_cut(rest, '/', &part, &rest);
        r = check_part(name, part, info);
    }
    return r;
}

int cs_path_join_safe(cs_strbuf *out, cs_str dir, cs_str name, cs_errinfo *info)
{
    int r = cs_path_check_relative(name, info);
    if (r < 0)
        return r;
    if (dir.len == 0 || cs_str_index(dir, '\0') < dir.len)
        return cs_fail(info, CS_E_UNSAFE,
                       "the directory for '%.*s' has no usable name",
                       CS_STR_ARG(name));
    cs_strbuf_clear(out);
    return cs_path_join(out, dir, name) < 0 ? cs_fail_nomem(info) : 0;
}
