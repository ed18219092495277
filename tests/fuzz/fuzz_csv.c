#include "base/csv.h"

#include "fuzz.h"

/* Each field written again and read back is the same field. */
static void check_field(cs_str field)
{
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    CS_SCOPED(cs_csv) again = CS_CSV_INIT;
    cs_strbuf_add(&text, "x,");
    FUZZ_ASSERT(cs_csv_put(&text, field) == 0);
    FUZZ_ASSERT(cs_csv_parse(cs_strbuf_str(&text), "again", &again, NULL) == 0);
    FUZZ_ASSERT(cs_csv_next(&again, NULL) == 1 && again.len == 2);
    FUZZ_ASSERT(cs_str_eq(again.fields[1], field));
    FUZZ_ASSERT(cs_csv_next(&again, NULL) == 0);
}

/* Whatever comes in: refused with a reason and a line, or records of one
 * width. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CS_SCOPED(cs_csv) c = CS_CSV_INIT;
    cs_errinfo info = {0};
    cs_str text = {(const char *)data, size};
    size_t bytes = 0;
    double v;
    int r = cs_csv_parse(text, "fuzz.csv", &c, &info);
    if (r == 0)
        r = cs_csv_header(&c, &info);
    size_t width = c.len;
    while (r == 0 && (r = cs_csv_next(&c, &info)) > 0) {
        FUZZ_ASSERT(c.len == width && c.line > 0 && c.line < c.next_line);
        for (size_t i = 0; i < width; i++) {
            bytes += c.fields[i].len;
            if (c.fields[i].len < 64)
                check_field(c.fields[i]);
            (void)cs_csv_number(&c, i, &v, NULL);
        }
        r = 0;
    }
    FUZZ_ASSERT(bytes <= size && r <= 0);
    FUZZ_ASSERT(r == 0 || info.message[0]);
    return 0;
}
