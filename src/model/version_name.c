#include "model/version_name.h"

#include "base/parse.h"
#include "base/path.h"

static bool is_session(cs_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return s.len >= 1 && s.len <= MD_SESSION_MAX;
}

int md_session_check(cs_str session, cs_errinfo *info)
{
    if (is_session(session))
        return 0;
    return cs_fail(info, CS_E_USAGE,
                   "'%.*s' cannot name a session: expected 1 to %d letters, "
                   "digits and '-'",
                   CS_STR_ARG(session), MD_SESSION_MAX);
}

static bool cut_end(cs_str *s, cs_str end)
{
    if (!cs_str_ends_with(*s, end))
        return false;
    *s = cs_str_sub(*s, 0, s->len - end.len);
    return true;
}

bool md_version_name_parse(cs_str file, md_version_name *ret)
{
    static const cs_str start = {"session_", 8};
    cs_str s = file;
    if (!cut_end(&s, CS_STR(".safetensors")) && !cut_end(&s, CS_STR(".pth")) &&
        !cut_end(&s, CS_STR(".pt")))
        return false;
    md_version_name n = {.name = s};
    if (!cs_str_starts_with(s, start))
        return false;
    s = cs_str_sub(s, start.len, s.len);
    if (!cut_end(&s, CS_STR("_federated_model")) &&
        !cut_end(&s, CS_STR("_model")))
        return false;
    n.session = s;
    if (!is_session(s))
        return false;
    *ret = n;
    return true;
}

uint64_t md_session_number(cs_str session)
{
    uint64_t n;
    bool plain = session.len > 0 && session.data[0] != '0';
    return plain && cs_parse_u64(session, &n) == 0 ? n : 0;
}
