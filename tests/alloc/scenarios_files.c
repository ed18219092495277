#include "scenarios.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/beneath.h"
#include "base/dir.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mapped.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/program.h"
#include "base/reader.h"
#include "base/subprocess.h"

#define SECONDS_NS INT64_C(1000000000)

static int in_dir(cs_strbuf *out, const char *dir, const char *name)
{
    return cs_path_join(out, cs_str_of(dir), cs_str_of(name));
}

static int whole_file(const char *dir)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    int r = in_dir(&path, dir, "whole");
    if (r == 0)
        r = cs_file_write(path.data, "abc\nd\n", 6, 0644, NULL);
    if (r == 0)
        r = cs_file_read(path.data, 100, &text, NULL);
    return r;
}

static int atomic_file(const char *dir)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    CS_AUTO(cs_atomic_file) f = NULL;
    int r = in_dir(&path, dir, "atomic");
    if (r == 0)
        r = cs_atomic_file_open(path.data, 0644, &f, NULL);
    if (r == 0)
        r = cs_atomic_file_write(f, "abc", 3, NULL);
    return r == 0 ? cs_atomic_file_commit(f, NULL) : r;
}

static int lines(const char *dir)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    CS_AUTO(cs_reader) reader = NULL;
    cs_str line;
    static char text[200000];
    memset(text, 'x', sizeof(text));
    int r = in_dir(&path, dir, "lines");
    if (r == 0)
        r = cs_file_write(path.data, text, sizeof(text), 0644, NULL);
    if (r == 0)
        r = cs_reader_open(path.data, &reader, NULL);
    while (r == 0 &&
           (r = cs_reader_line(reader, sizeof(text), &line, NULL)) > 0)
        r = 0;
    return r;
}

static int mapped_file(const char *dir)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    CS_SCOPED(cs_mapped) m = CS_MAPPED_INIT;
    int r = in_dir(&path, dir, "mapped");
    if (r == 0)
        r = cs_file_write(path.data, "abc", 3, 0644, NULL);
    return r == 0 ? cs_map_file(path.data, &m, NULL) : r;
}

static int directories(const char *dir)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    CS_AUTO_MEM char *place = NULL;
    cs_dir_list list = CS_DIR_LIST_INIT;
    int r = cs_mkdtemp(dir, "d-", &place, NULL);
    if (r < 0)
        return r;
    r = in_dir(&path, place, "a/b/c");
    if (r == 0)
        r = cs_mkdir_p(path.data, 0755, NULL);
    if (r == 0)
        r = cs_dir_read(place, &list, NULL);
    cs_dir_list_done(&list);
    int removed = cs_remove_tree(place, NULL);
    return r < 0 ? r : removed;
}

static int safe_paths(const char *dir)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    int r = cs_path_join_safe(&path, cs_str_of(dir), CS_STR("a/b"), NULL);
    if (r < 0)
        return r;
    int at = open(dir, O_DIRECTORY | O_CLOEXEC);
    int fd = cs_open_beneath(at, "safe", O_CREAT | O_RDWR, 0600, NULL);
    close(at);
    if (fd < 0)
        return fd;
    close(fd);
    return 0;
}

static int child(const char *dir)
{
    (void)dir;
    const char *const argv[] = {"cat", NULL};
    const char *const env[] = {"PATH=/usr/bin:/bin", NULL};
    cs_proc_spec spec = {.argv = argv, .env = env};
    spec.in = spec.out = spec.err = CS_STDIO_PIPE;
    cs_proc_result result = CS_PROC_RESULT_INIT;
    int r = cs_proc_run(&spec, "text", 4, 1000, 30 * SECONDS_NS, &result, NULL);
    cs_proc_result_done(&result);
    return r;
}

static int digests(const char *dir)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    cs_digest once, again;
    int r = in_dir(&path, dir, "digested");
    if (r == 0)
        r = cs_file_write(path.data, "abc", 3, 0644, NULL);
    for (int i = 0; r == 0 && i < 2; i++) {
        cs_hash_kind kind = i == 0 ? CS_HASH_SHA256 : CS_HASH_BLAKE2B;
        r = cs_hash_bytes(kind, "abc", 3, &once, NULL);
        if (r == 0)
            r = cs_hash_file(kind, path.data, &again, NULL, NULL);
        if (r == 0 && !cs_digest_equal(&once, &again))
            r = CS_E_IO;
    }
    /* libcrypto keeps a list of errors for each thread: made here in the first
     * run, emptied after each. It does not say why it failed; nor can hash.c.
     */
    ERR_clear_error();
    return r == CS_E_FAILED ? CS_E_NOMEM : r;
}

static int program(const char *dir)
{
    (void)dir;
    CS_AUTO_MEM char *found = NULL;
    return cs_program_find("sh", "/nowhere:/usr/bin:/bin", &found, NULL);
}

static const alloc_scenario items[] = {
    {"whole file", whole_file, false},
    {"atomic file", atomic_file, false},
    {"lines", lines, false},
    {"mapped file", mapped_file, false},
    {"directories", directories, false},
    {"safe paths", safe_paths, false},
    {"child", child, false},
    {"digests", digests, false},
    {"program", program, false},
};

const scenario_list scenarios_files = SCENARIO_LIST(items);
