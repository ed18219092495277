#include <stdio.h>
#include <string.h>

#include "base/checked.h"
#include "base/parse.h"
#include "image/inflate.h"
#include "image/metaimage.h"
#include "image/voxels.h"

static const char sizes[] = CS_N_("DimSize and ElementType");
static const char packed_sizes[] = CS_N_("HeaderSize and CompressedDataSize");

static int read_text(const im_source *s, size_t max, cs_strbuf *out,
                     cs_errinfo *info)
{
    size_t n = CS_MIN(s->size, max);
    if (cs_strbuf_pad(out, ' ', n) < 0)
        return cs_fail_nomem(info);
    return im_source_read(s, 0, out->data, n, info);
}

/* --- one run of voxels: all of them, or a slice --- */

/* Where they begin; checked to be in the file, as far as that can be seen. */
static int find_voxels(const im_metaimage *m, const im_source *s, size_t base,
                       size_t size, size_t *ret, cs_errinfo *info)
{
    size_t offset = m->skip ? m->skip : base;
    if (m->from_end) {
        int r = im_source_check(s, 0, size, sizes, info);
        if (r == 0)
            *ret = s->size - size;
        return r;
    }
    bool plain = m->info.packing == IM_PLAIN;
    if (!plain)
        size = m->packed;
    int r =
        im_source_check(s, offset, size, plain ? sizes : packed_sizes, info);
    if (r < 0)
        return r;
    if (plain && base == 0 && !m->has_skip && s->size > size)
        return cs_fail(info, CS_E_FORMAT,
                       "'%s' has %zu bytes, DimSize and ElementType ask for "
                       "%zu; if other data precede the voxels, say HeaderSize "
                       "= -1",
                       s->name.data, s->size, size);
    *ret = offset;
    return 0;
}

static int check_packed(const im_metaimage *m, const im_source *s,
                        size_t offset, size_t size, cs_errinfo *info)
{
    size_t packed = m->packed ? m->packed : s->size - offset;
    if (m->info.packing == IM_ZLIB)
        return im_inflate_check(packed, size, s->name.data, info);
    /* A digit and a blank each. */
    if (m->info.packing == IM_TEXT &&
        size / im_element_size(m->info.element) > (packed + 1) / 2)
        return cs_fail(info, CS_E_FORMAT,
                       "'%s': %zu bytes of text cannot be as many numbers as "
                       "DimSize asks for",
                       s->name.data, packed);
    return 0;
}

static int unpack(const im_metaimage *m, const im_source *s, size_t offset,
                  void *to, size_t size, cs_errinfo *info)
{
    tn_buffer *file = NULL;
    int r = im_source_map(s, &file, info);
    if (r < 0)
        return r;
    const unsigned char *p = tn_buffer_data(file);
    size_t packed = m->packed ? m->packed : s->size - offset;
    if (m->info.packing == IM_ZLIB)
        r = im_inflate_zlib(p + offset, packed, to, size, s->name.data, info);
    else
        r = im_elements_parse(
            (cs_str){(const char *)p + offset, s->size - offset},
            m->info.element, size / im_element_size(m->info.element), to,
            s->name.data, info);
    tn_buffer_unref(file);
    return r;
}

/* --- one file --- */

static int read_one(const im_metaimage *m, const im_source *s, size_t base,
                    im_volume *ret, cs_errinfo *info)
{
    size_t size = im_voxels_bytes(&m->info), offset = 0, at = 0;
    int r = find_voxels(m, s, base, size, &offset, info);
    if (r == 0)
        r = check_packed(m, s, offset, size, info);
    if (r < 0)
        return r;
    tn_buffer *b = NULL;
    if (m->info.packing == IM_PLAIN)
        r = im_source_buffer(s, offset, size, &b, &at, info);
    else {
        r = tn_buffer_new(size, &b, info);
        if (r == 0)
            r = unpack(m, s, offset, tn_buffer_data(b), size, info);
    }
    if (r == 0)
        r = im_voxels_take(b, at, &m->info, s->name.data, ret, info);
    tn_buffer_unref(b);
    return r;
}

static int read_beside(const im_metaimage *m, const char *path, im_volume *ret,
                       cs_errinfo *info)
{
    im_source s = IM_SOURCE_INIT;
    int r = im_source_beside(&s, path, "ElementDataFile", m->data, info);
    if (r == 0)
        r = read_one(m, &s, 0, ret, info);
    im_source_done(&s);
    return r;
}

/* --- a file for each slice --- */

typedef struct series {
    const im_metaimage *m;
    const char *path;
    size_t files, size; /* how many, and bytes of voxels in each */
} series;

/* With `to` NULL, only looks. */
static int read_slice(const series *s, cs_str name, unsigned char *to,
                      cs_errinfo *info)
{
    im_source file = IM_SOURCE_INIT;
    size_t offset = 0;
    int r = im_source_beside(&file, s->path, "ElementDataFile", name, info);
    if (r == 0)
        r = find_voxels(s->m, &file, 0, s->size, &offset, info);
    if (r == 0)
        r = check_packed(s->m, &file, offset, s->size, info);
    if (r == 0 && to)
        r = s->m->info.packing == IM_PLAIN
                ? im_source_read(&file, offset, to, s->size, info)
                : unpack(s->m, &file, offset, to, s->size, info);
    im_source_done(&file);
    return r;
}

/* The name of file i. Names of a list are asked for in order. */
typedef int name_fn(void *names, size_t i, cs_str *ret, cs_errinfo *info);

/* All files are looked at before memory is taken for them. */
static int read_series(const series *s, name_fn *name_of, void *first,
                       void *again, im_volume *ret, cs_errinfo *info)
{
    cs_str name = CS_STR("");
    int r = 0;
    for (size_t i = 0; r == 0 && i < s->files; i++) {
        r = name_of(first, i, &name, info);
        if (r == 0)
            r = read_slice(s, name, NULL, info);
    }
    tn_buffer *b = NULL;
    if (r == 0)
        r = tn_buffer_new(s->files * s->size, &b, info);
    for (size_t i = 0; r == 0 && i < s->files; i++) {
        r = name_of(again, i, &name, info);
        if (r == 0)
            r = read_slice(s, name,
                           (unsigned char *)tn_buffer_data(b) + i * s->size,
                           info);
    }
    if (r == 0)
        r = im_voxels_take(b, 0, &s->m->info, s->path, ret, info);
    tn_buffer_unref(b);
    return r;
}

static series series_of(const im_metaimage *m, const char *path, size_t files)
{
    return (series){m, path, files, im_voxels_bytes(&m->info) / files};
}

/* --- LIST --- */

typedef struct list {
    cs_str rest;
    const char *path;
    size_t files;
} list;

static int name_in_list(void *names, size_t i, cs_str *ret, cs_errinfo *info)
{
    list *l = names;
    cs_str line = CS_STR("");
    while (line.len == 0 && l->rest.len > 0) {
        cs_str_cut(l->rest, '\n', &line, &l->rest);
        line = cs_str_trim(line);
    }
    if (line.len == 0)
        return cs_fail(info, CS_E_FORMAT,
                       "%s: ElementDataFile = LIST has %zu names, DimSize asks "
                       "for %zu",
                       l->path, i, l->files);
    *ret = line;
    return 0;
}

/* "LIST", "LIST 2D", "LIST 3": how many axes are in each file. */
static int files_in_list(const im_metaimage *m, const char *path, size_t *ret,
                         cs_errinfo *info)
{
    cs_str axes = cs_str_trim(cs_str_sub(m->data, 4, m->data.len));
    unsigned n = m->dims > 2 ? 2 : 1;
    if (axes.len > 0)
        n = axes.data[0] >= '0' && axes.data[0] <= '9'
                ? (unsigned)(axes.data[0] - '0')
                : 0;
    if (n < 2 || n > m->dims)
        return cs_fail(info, CS_E_FORMAT,
                       "%s: ElementDataFile = %.*s: files of 2D slices, or one "
                       "of 3D, are supported",
                       path, CS_STR_ARG(m->data));
    *ret = n == 2 ? m->info.geometry.size[2] : 1;
    return 0;
}

static int read_list(const im_metaimage *m, const char *path,
                     const im_source *header, im_volume *ret, cs_errinfo *info)
{
    size_t files = 1;
    int r = files_in_list(m, path, &files, info);
    if (r < 0)
        return r;
    if (header->size > IM_METAIMAGE_LIST_MAX)
        return cs_fail(info, CS_E_LIMIT, "'%s' is larger than %zu bytes", path,
                       IM_METAIMAGE_LIST_MAX);
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    r = read_text(header, IM_METAIMAGE_LIST_MAX, &text, info);
    if (r < 0)
        return r;
    cs_str names = cs_str_sub(cs_strbuf_str(&text), m->text, text.len);
    list first = {names, path, files}, again = {names, path, files};
    series s = series_of(m, path, files);
    return read_series(&s, name_in_list, &first, &again, ret, info);
}

/* --- name%03d.raw first last step --- */

typedef struct pattern {
    cs_str before, after; /* of the number */
    unsigned width;
    bool zeros;
    int64_t first, step;
    cs_strbuf name;
} pattern;

static int name_by_pattern(void *names, size_t i, cs_str *ret, cs_errinfo *info)
{
    pattern *p = names;
    char number[24];
    int64_t n = p->first + (int64_t)i * p->step;
    int len = snprintf(number, sizeof(number), "%lld", (long long)n);
    size_t digits = (size_t)len;
    cs_strbuf_clear(&p->name);
    cs_strbuf_add_str(&p->name, p->before);
    if (digits < p->width)
        cs_strbuf_pad(&p->name, p->zeros ? '0' : ' ', p->width - digits);
    cs_strbuf_add(&p->name, number);
    cs_strbuf_add_str(&p->name, p->after);
    if (cs_strbuf_check(&p->name) < 0)
        return cs_fail_nomem(info);
    *ret = cs_strbuf_str(&p->name);
    return 0;
}

/* "%d", "%3d", "%03d", once. */
static bool split_pattern(cs_str word, pattern *p)
{
    cs_str rest;
    if (!cs_str_cut(word, '%', &p->before, &rest) ||
        cs_str_index(rest, '%') < rest.len)
        return false;
    size_t d = cs_str_index(rest, 'd');
    uint64_t width = 0;
    if (d == rest.len)
        return false;
    if (d > 0 && cs_parse_u64(cs_str_sub(rest, 0, d), &width) < 0)
        return false;
    p->zeros = d > 0 && rest.data[0] == '0';
    p->width = (unsigned)width;
    p->after = cs_str_sub(rest, d + 1, rest.len);
    return width <= 20;
}

/* Up to three numbers: first, last, step. */
static bool read_range(cs_str rest, size_t files, pattern *p)
{
    int64_t n[3] = {1, 0, 1};
    size_t count = 0;
    rest = cs_str_trim(rest);
    for (cs_str word; rest.len > 0 && count < 3; count++) {
        cs_str_cut(rest, ' ', &word, &rest);
        rest = cs_str_trim(rest);
        if (cs_parse_i64(word, &n[count]) < 0 || n[count] < 0 ||
            n[count] > INT32_MAX)
            return false;
    }
    p->first = n[0];
    p->step = n[2];
    bool fits = count < 2 || n[0] + n[2] * (int64_t)(files - 1) == n[1];
    return rest.len == 0 && fits && (n[2] > 0 || files == 1);
}

static int read_pattern(const im_metaimage *m, const char *path, im_volume *ret,
                        cs_errinfo *info)
{
    size_t files = m->info.geometry.size[2];
    pattern p = {.name = CS_STRBUF_INIT};
    cs_str word, rest;
    cs_str_cut(m->data, ' ', &word, &rest);
    if (m->dims < 3 || !split_pattern(word, &p) || !read_range(rest, files, &p))
        return cs_fail(info, CS_E_FORMAT,
                       "%s: ElementDataFile '%.*s' does not name the %zu "
                       "slices of DimSize; expected 'name%%03d.raw first last "
                       "step'",
                       path, CS_STR_ARG(m->data), files);
    series s = series_of(m, path, files);
    int r = read_series(&s, name_by_pattern, &p, &p, ret, info);
    cs_strbuf_done(&p.name);
    return r;
}

/* --- --- */

static int open_header(const char *path, im_source *s, cs_strbuf *text,
                       im_metaimage *m, cs_errinfo *info)
{
    int r = im_source_open(s, path, info);
    if (r == 0)
        r = read_text(s, IM_METAIMAGE_HEADER_MAX, text, info);
    return r < 0 ? r : im_metaimage_parse(cs_strbuf_str(text), path, m, info);
}

int im_metaimage_info(const char *path, im_file_info *ret, cs_errinfo *info)
{
    im_metaimage m;
    im_source s = IM_SOURCE_INIT;
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    int r = open_header(path, &s, &text, &m, info);
    if (r == 0)
        *ret = m.info;
    im_source_done(&s);
    return r;
}

int im_metaimage_read(const char *path, im_volume *ret, cs_errinfo *info)
{
    im_metaimage m;
    im_source s = IM_SOURCE_INIT;
    CS_SCOPED(cs_strbuf) text = CS_STRBUF_INIT;
    int r = open_header(path, &s, &text, &m, info);
    if (r < 0)
        ;
    else if (cs_str_is(m.data, "LOCAL"))
        r = read_one(&m, &s, m.text, ret, info);
    else if (cs_str_starts_with(m.data, CS_STR("LIST")) &&
             (m.data.len == 4 || m.data.data[4] == ' '))
        r = read_list(&m, path, &s, ret, info);
    else if (cs_str_index(m.data, '%') < m.data.len)
        r = read_pattern(&m, path, ret, info);
    else
        r = read_beside(&m, path, ret, info);
    im_source_done(&s);
    return r;
}
