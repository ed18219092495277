/* What holds for every dictionary of weights that was read. */
#ifndef CS_TESTS_FUZZ_CHECK_DICT_H
#define CS_TESTS_FUZZ_CHECK_DICT_H

#include <string.h>

#include "base/strbuf.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "weights/check.h"
#include "weights/load.h"
#include "weights/sink.h"

/* Every element can be touched, and nothing is larger than its memory. */
static inline void check_tensor(const tn_tensor *t)
{
    CS_SCOPED(tn_tensor) flat = TN_TENSOR_INIT;
    FUZZ_ASSERT(tn_bytes(t) <= tn_buffer_size(t->buffer));
    FUZZ_ASSERT(wt_contiguous(t, &flat, NULL) == 0);
    const unsigned char *p = tn_data(&flat);
    for (size_t i = 0; i < tn_bytes(&flat); i++)
        FUZZ_ASSERT(t->dtype != TN_BOOL || p[i] <= 1);
}

static inline void check_dict(const wt_dict *d)
{
    for (size_t i = 0; i < wt_dict_count(d); i++) {
        const wt_entry *e = wt_dict_at(d, i);
        FUZZ_ASSERT(e->name.len > 0 && strlen(e->name.data) == e->name.len);
        FUZZ_ASSERT(wt_dict_find(d, e->name) == &e->tensor);
        check_tensor(&e->tensor);
    }
}

static inline void check_outcome(int r, const wt_dict *d,
                                 const cs_errinfo *info)
{
    if (r == 0) {
        FUZZ_ASSERT(info->code == 0);
        check_dict(d);
        return;
    }
    FUZZ_ASSERT(wt_dict_count(d) == 0 && wt_dict_note_count(d) == 0);
    FUZZ_ASSERT(info->code == r && info->message[0]);
    FUZZ_ASSERT(!strchr(info->message, '\n'));
    FUZZ_ASSERT(cs_utf8_valid(info->message, strlen(info->message)));
}

typedef int dict_parse(tn_buffer *file, const char *name, wt_dict *ret,
                       cs_errinfo *info);
typedef int dict_put(const wt_dict *d, wt_sink *to, cs_errinfo *info);

/* Written and read again, a dictionary fits itself. */
static inline void check_round_trip(const wt_dict *d, dict_put *put,
                                    dict_parse *parse)
{
    CS_SCOPED(cs_strbuf) out = CS_STRBUF_INIT;
    CS_SCOPED(wt_dict) back = WT_DICT_INIT;
    CS_SCOPED(wt_report) report = WT_REPORT_INIT;
    CS_AUTO_MEM wt_expected *like = NULL;
    WT_AUTO_BUFFER file = NULL;
    wt_sink to = wt_sink_memory(&out);
    if (put(d, &to, NULL) < 0)
        return; /* what the format cannot say */
    FUZZ_ASSERT(wt_load_bytes(cs_strbuf_str(&out), &file, NULL) == 0);
    FUZZ_ASSERT(parse(file, "again", &back, NULL) == 0);
    FUZZ_ASSERT(wt_expect_like(d, &like, NULL) == 0);
    FUZZ_ASSERT(wt_check(&back, like, wt_dict_count(d), WT_CHECK_DTYPES,
                         &report, NULL) == 0);
    FUZZ_ASSERT(report.faults.len == 0);
}

#endif
