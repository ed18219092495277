/* Runs a fuzz target over every file of its corpus, and over each file cut
 * short at every length up to 256 bytes: an ordinary, repeatable test. */
#include "base/dir.h"
#include "base/file.h"
#include "fuzz.h"

#define CUTS 256u
#define INPUT_MAX ((size_t)1 << 20)

static void replay(const char *data, size_t size)
{
    for (size_t n = 0; n < size && n < CUTS; n++)
        LLVMFuzzerTestOneInput((const uint8_t *)data, n);
    LLVMFuzzerTestOneInput((const uint8_t *)data, size);
}

static int replay_file(const char *dir, const char *name, cs_errinfo *info)
{
    CS_SCOPED(cs_strbuf) path = CS_STRBUF_INIT;
    CS_SCOPED(cs_strbuf) input = CS_STRBUF_INIT;
    cs_strbuf_printf(&path, "%s/%s", dir, name);
    int r = cs_strbuf_check(&path);
    if (r == 0)
        r = cs_file_read(path.data, INPUT_MAX, &input, info);
    if (r == 0)
        replay(input.data, input.len);
    return r;
}

int main(int argc, char **argv)
{
    cs_errinfo info = {0};
    cs_dir_list files = CS_DIR_LIST_INIT;
    int r = argc == 2 ? cs_dir_read(argv[1], &files, &info) : CS_E_USAGE;
    for (size_t i = 0; r == 0 && i < files.len; i++)
        r = replay_file(argv[1], files.names[i], &info);
    size_t count = files.len;
    cs_dir_list_done(&files);
    if (r < 0 || count == 0) {
        fprintf(stderr, "replay: %s\n", r < 0 ? info.message : "no seeds");
        return 1;
    }
    printf("%zu seeds replayed\n", count);
    return 0;
}
