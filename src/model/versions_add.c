#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/dir.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/reader.h"
#include "model/lock.h"
#include "model/model.h"
#include "model/version_name.h"
#include "model/versions.h"
#include "weights/weights.h"

#define PIECE ((size_t)1 << 20)

/* --- the session --- */

static int next_session(const md_versions *v, char ret[MD_SESSION_MAX + 1],
                        cs_errinfo *info)
{
    uint64_t most = 0;
    for (size_t i = 0; i < v->len; i++) {
        uint64_t n = md_session_number(cs_str_of(v->items[i].session));
        most = CS_MAX(most, n);
    }
    if (most == UINT64_MAX)
        return cs_fail(info, CS_E_RANGE,
                       "no session number is left; name one: --session");
    snprintf(ret, MD_SESSION_MAX + 1, "%" PRIu64, most + 1);
    return 0;
}

static int choose_session(const char *dir, const char *wanted,
                          char ret[MD_SESSION_MAX + 1], cs_errinfo *info)
{
    CS_SCOPED(md_versions) v = MD_VERSIONS_INIT;
    int r = wanted ? md_session_check(cs_str_of(wanted), info) : 0;
    if (r == 0)
        r = md_versions_read(dir, &v, info);
    if (r < 0 || !wanted)
        return r < 0 ? r : next_session(&v, ret, info);
    for (size_t i = 0; i < v.len; i++)
        if (cs_str_is(cs_str_of(wanted), v.items[i].session))
            return cs_fail(info, CS_E_EXISTS,
                           "session '%s' has a model already: '%s'", wanted,
                           v.items[i].file);
    snprintf(ret, MD_SESSION_MAX + 1, "%s", wanted);
    return 0;
}

/* --- the files --- */

static int copy_all(cs_reader *in, cs_atomic_file *out, cs_errinfo *info)
{
    CS_AUTO_MEM void *piece = cs_malloc(PIECE);
    if (!piece)
        return cs_fail_nomem(info);
    for (;;) {
        int64_t n = cs_reader_read(in, piece, PIECE, info);
        if (n <= 0)
            return (int)n;
        int r = cs_atomic_file_write(out, piece, (size_t)n, info);
        if (r < 0)
            return r;
    }
}

static int copy_file(const char *from, const char *to, cs_errinfo *info)
{
    CS_AUTO(cs_reader) in = NULL;
    CS_AUTO(cs_atomic_file) out = NULL;
    int r = cs_reader_open(from, &in, info);
    if (r == 0)
        r = cs_atomic_file_open(to, 0644, &out, info);
    if (r == 0)
        r = copy_all(in, out, info);
    return r < 0 ? r : cs_atomic_file_commit(out, info);
}

/* The copy is held against the original's card before it gets its own: what
 * was loaded and looked at is what is kept. */
static int put_files(const md_card *card, const char *weights, const char *to,
                     const char *session, const md_key *signer,
                     cs_errinfo *info)
{
    md_card own = *card;
    own.session = session;
    int r = copy_file(weights, to, info);
    if (r < 0)
        return r;
    r = md_card_check_weights(card, to, info);
    if (r == 0)
        r = md_card_write(&own, to, signer, info);
    if (r < 0)
        unlink(to);
    return r;
}

static int name_file(const char *dir, const char *session, cs_str ending,
                     cs_strbuf *name, cs_strbuf *path, cs_errinfo *info)
{
    cs_strbuf_printf(name, "session_%s_model", session);
    cs_path_join(path, cs_str_of(dir), cs_strbuf_str(name));
    cs_strbuf_putc(path, '.');
    cs_strbuf_add_str(path, ending);
    return cs_strbuf_check(name) < 0 || cs_strbuf_check(path) < 0
               ? cs_fail_nomem(info)
               : 0;
}

static int add(const char *dir, const md_card *card, const char *weights,
               const char *wanted, const md_key *signer, char **ret,
               cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) name = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    char session[MD_SESSION_MAX + 1];
    int r = cs_mkdir_p(dir, 0777, info);
    CS_AUTO_FD lock = r < 0 ? r : md_lock(dir, info);
    r = lock < 0 ? lock : choose_session(dir, wanted, session, info);
    if (r == 0)
        r = name_file(dir, session, cs_path_ext(cs_str_of(weights)), &name,
                      &path, info);
    if (r < 0)
        return r;
    char *taken = cs_strbuf_take(&name);
    if (!taken)
        return cs_fail_nomem(info);
    r = put_files(card, weights, path.data, session, signer, info);
    if (r < 0)
        cs_free(taken);
    else
        *ret = taken;
    return r;
}

int md_versions_add(const char *dir, const char *weights, const char *session,
                    const md_key *signer, char **ret, cs_errinfo *info)
{
    CS_SCOPED(md_model) m = {.params = NULL};
    int r = md_model_load(weights, &m, info);
    return r < 0 ? r : add(dir, &m.card, weights, session, signer, ret, info);
}
