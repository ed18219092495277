#include "base/args.h"

#include <string.h>

#include "base/utf8.h"
#include "fuzz.h"

typedef struct options {
    bool quick;
    int64_t threads;
    double rate;
    const char *out;
    int mode;
    uint64_t size;
    cs_arg_list tags;
    const char *scan;
    cs_arg_list more;
} options;

static const char *const modes[] = {"auto", "cpu", NULL};
static const cs_arg rows[] = {
    CS_ARG_FLAG(options, quick, 'q', "quick", "quick"),
    CS_ARG_INT(options, threads, 't', "threads", "N", 0, 512, NULL, "n"),
    CS_ARG_FLOAT(options, rate, 'r', "rate", "X", 0, 1, NULL, "x"),
    CS_ARG_PATH(options, out, 'o', "out", "DIR", NULL, "dir"),
    CS_ARG_WORD(options, mode, 'm', "mode", "MODE", modes, NULL, "mode"),
    CS_ARG_SIZE(options, size, 's', "size", "SIZE", 1, 4096, NULL, "size"),
    CS_ARG_LIST(options, tags, 'g', "tag", "TAG", "tag"),
    CS_ARG_ONE(options, scan, "SCAN", 0, "scan"),
    CS_ARG_MANY(options, more, "MORE", 0, 3, "more"),
};

#define WORDS_MAX 32

/* Splits at NUL bytes into words, in place. */
static int split(char *text, size_t size, char *argv[WORDS_MAX])
{
    int n = 0;
    for (char *at = text; n < WORDS_MAX && at < text + size;
         at += strlen(at) + 1)
        argv[n++] = at;
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[4097], *argv[WORDS_MAX];
    size = size < sizeof(text) ? size : sizeof(text) - 1;
    memcpy(text, data, size);
    text[size] = '\0';
    int argc = split(text, size, argv);
    options o = {.size = 1};
    cs_arg_group group = {"options", rows, CS_COUNTOF(rows), &o};
    cs_errinfo info = {.lang = size % 2 ? CS_LANG_ZH : CS_LANG_EN};
    int r = cs_args_parse(&group, 1, argc, argv, &info);
    FUZZ_ASSERT(o.threads >= 0 && o.threads <= 512 && o.rate >= 0 &&
                o.rate <= 1 && o.size >= 1 && o.size <= 4096 && o.mode <= 1 &&
                o.more.len <= 3);
    if (r < 0) {
        FUZZ_ASSERT(r == CS_E_USAGE && info.message[0]);
        FUZZ_ASSERT(!o.quick && !o.out && !o.scan && o.tags.len == 0);
        FUZZ_ASSERT(cs_utf8_escaped_len(info.message, strlen(info.message)) ==
                    strlen(info.message));
    }
    cs_args_done(&group, 1);
    return 0;
}
