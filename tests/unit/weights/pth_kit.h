/* Hand-made .pth files: an archive around any pickle. */
#ifndef CS_TESTS_WEIGHTS_PTH_KIT_H
#define CS_TESTS_WEIGHTS_PTH_KIT_H

#include "kit.h"
#include "weights/pth.h"
#include "weights/zip.h"

#define ORDERED "ccollections\nOrderedDict\n)R"
#define REBUILD "ctorch._utils\n_rebuild_tensor_v2\n"
#define KEY(n, text) "X" n "\0\0\0" text
/* A storage of `count` (an opcode for a number) elements. */
#define STORED(type, key, count)                                               \
    "(" KEY("\7", "storage") "ctorch\n" type "\n" KEY("\1", key)               \
        KEY("\3", "cpu") count "tQ"
/* Offset, shape and strides are opcodes for a number and two tuples. */
#define TENSOR(stored, offset, shape, strides)                                 \
    REBUILD "(" stored offset shape strides "\x89" ORDERED "tR"
/* The tensors 0..5 of the storage "0", which all these files have. */
#define SIX STORED("FloatStorage", "0", "K\6")
#define PICKLE(body) CS_STR("\x80\x02" body ".")

/* With storages "0" (six floats, 0 to 5) and "1" (three bytes 0, 1, 1), and a
 * member more where `extra` names one. */
static inline tn_buffer *pth_kit_file(cs_str pickle, const char *extra,
                                      const char *extra_bytes)
{
    static const float six[] = {0, 1, 2, 3, 4, 5};
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    wt_sink to = wt_sink_memory(&out);
    CS_SCOPED(wt_zip_writer) w = WT_ZIP_WRITER_INIT(&to);
    int r = wt_zip_add(&w, "x/data.pkl", pickle.data, pickle.len, NULL);
    r |= wt_zip_add(&w, "x/data/0", six, sizeof(six), NULL);
    r |= wt_zip_add(&w, "x/data/1", "\0\1\1", 3, NULL);
    if (extra)
        r |= wt_zip_add(&w, extra, extra_bytes, strlen(extra_bytes), NULL);
    r |= wt_zip_finish(&w, NULL);
    assert_int_equal(r, 0);
    tn_buffer *file = NULL;
    assert_int_equal(wt_load_bytes(cs_strbuf_str(&out), &file, NULL), 0);
    return file;
}

static inline void pth_kit_good(cs_str pickle, wt_dict *ret)
{
    cs_errinfo info = {0};
    WT_AUTO_BUFFER file = pth_kit_file(pickle, NULL, NULL);
    if (wt_pth_parse(file, "x.pth", ret, &info) < 0)
        fail_msg("%s", info.message);
}

static inline void pth_kit_refused(tn_buffer *file, int code, const char *says)
{
    CS_SCOPED(wt_dict) d = WT_DICT_INIT;
    cs_errinfo info = {0};
    int r = wt_pth_parse(file, "x.pth", &d, &info);
    if (r != code || !strstr(info.message, says))
        fail_msg("%d: %s", r, info.message);
    assert_string_equal(info.place, "x.pth");
    assert_int_equal(wt_dict_count(&d), 0);
    tn_buffer_unref(file);
}

static inline void pth_kit_refused_pickle(cs_str pickle, int code,
                                          const char *says)
{
    pth_kit_refused(pth_kit_file(pickle, NULL, NULL), code, says);
}

#endif
