#include "base/dotenv.h"

#include <string.h>

#include "base/utf8.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cs_arena arena = CS_ARENA_INIT;
    cs_errinfo info = {0};
    cs_dotenv d = {NULL, 0};
    int r =
        cs_dotenv_parse((const char *)data, size, ".env", &arena, &d, &info);
    FUZZ_ASSERT((r == 0) == (info.code == 0));
    for (size_t i = 0; r == 0 && i < d.len; i++) {
        FUZZ_ASSERT(d.items[i].key[0] && d.items[i].line >= 1);
        FUZZ_ASSERT(i == 0 || d.items[i - 1].line < d.items[i].line);
        FUZZ_ASSERT(cs_utf8_valid(d.items[i].value, strlen(d.items[i].value)));
    }
    if (r < 0)
        FUZZ_ASSERT(info.message[0] && info.line <= size + 1);
    cs_arena_done(&arena);
    return 0;
}
