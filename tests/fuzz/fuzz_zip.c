#include "weights/zip.h"

#include "base/path.h"
#include "fuzz.h"
#include "weights/crc32.h"

/* Members lie inside the archive, apart from each other. */
static void check_members(const wt_zip *z, cs_str archive)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < z->members.len; i++) {
        const wt_zip_member *m = &z->members.items[i];
        FUZZ_ASSERT(m->begin <= archive.len);
        FUZZ_ASSERT(m->size <= archive.len - m->begin);
        FUZZ_ASSERT(cs_path_check_relative(m->name, NULL) == 0);
        FUZZ_ASSERT(wt_zip_find(z, m->name) == m);
        wt_crc32(0, archive.data + m->begin, m->size);
        sum += m->size;
    }
    FUZZ_ASSERT(sum <= archive.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CS_SCOPED(wt_zip) z = WT_ZIP_INIT;
    cs_errinfo info = {0};
    cs_str archive = {(const char *)data, size};
    int r = wt_zip_parse(archive, &z, &info);
    if (r == 0)
        check_members(&z, archive);
    else
        FUZZ_ASSERT(z.members.len == 0 && info.code == r && info.message[0]);
    return 0;
}
