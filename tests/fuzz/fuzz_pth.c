/* An archive as it is, or a pickle that is put into an archive with two
 * storages: a checksum would keep the fuzzer from changing one inside. */
#include "weights/pth.h"

#include "check_dict.h"
#include "weights/zip.h"

static void wrap(cs_str pickle, cs_strbuf *out)
{
    static const unsigned char zero_one[48] = {0, 1, 0, 1, 1, 0, 0, 1};
    wt_sink to = wt_sink_memory(out);
    CS_SCOPED(wt_zip_writer) w = WT_ZIP_WRITER_INIT(&to);
    int r = wt_zip_add(&w, "x/data.pkl", pickle.data, pickle.len, NULL);
    r |= wt_zip_add(&w, "x/data/0", zero_one, sizeof(zero_one), NULL);
    r |= wt_zip_add(&w, "x/data/1", zero_one, 3, NULL);
    r |= wt_zip_finish(&w, NULL);
    FUZZ_ASSERT(r == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    CS_SCOPED(cs_strbuf) archive = CS_STRBUF_INIT;
    WT_AUTO_BUFFER file = NULL;
    cs_errinfo info = {0};
    cs_str bytes = {(const char *)data, size};
    if (!cs_str_starts_with(bytes, CS_STR("PK")) && size > 0) {
        wrap(bytes, &archive);
        bytes = cs_strbuf_str(&archive);
    }
    FUZZ_ASSERT(wt_load_bytes(bytes, &file, NULL) == 0);
    int r = wt_pth_parse(file, "fuzz.pth", &d, &info);
    check_outcome(r, &d, &info);
    if (r == 0)
        check_round_trip(&d, wt_pth_put, wt_pth_parse);
    return 0;
}
