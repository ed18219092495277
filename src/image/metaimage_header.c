#include <math.h>
#include <string.h>

#include "base/checked.h"
#include "base/parse.h"
#include "image/metaimage.h"

typedef enum field {
    NDIMS,
    DIM_SIZE,
    ELEMENT_TYPE,
    SPACING,
    ELEMENT_SIZE,
    OFFSET,
    MATRIX,
    ANATOMY,
    BINARY,
    MSB,
    COMPRESSED,
    PACKED_SIZE,
    HEADER_SIZE,
    CHANNELS,
    UNITS,
    OBJECT,
    DATA_FILE,
    FIELDS,
} field;

/* The first name of each field is what errors call it. */
static const struct {
    const char *name;
    field field;
} keys[] = {
    {"NDims", NDIMS},
    {"DimSize", DIM_SIZE},
    {"ElementType", ELEMENT_TYPE},
    {"ElementSpacing", SPACING},
    {"ElementSize", ELEMENT_SIZE},
    {"Offset", OFFSET},
    {"Origin", OFFSET},
    {"Position", OFFSET},
    {"TransformMatrix", MATRIX},
    {"Orientation", MATRIX},
    {"Rotation", MATRIX},
    {"AnatomicalOrientation", ANATOMY},
    {"BinaryData", BINARY},
    {"BinaryDataByteOrderMSB", MSB},
    {"ElementByteOrderMSB", MSB},
    {"CompressedData", COMPRESSED},
    {"CompressedDataSize", PACKED_SIZE},
    {"HeaderSize", HEADER_SIZE},
    {"ElementNumberOfChannels", CHANNELS},
    {"DistanceUnits", UNITS},
    {"ObjectType", OBJECT},
    {"ElementDataFile", DATA_FILE},
};

typedef struct entry {
    cs_str value;
    const char *key; /* as the file spells it; NULL: not given */
    unsigned line;
} entry;

typedef struct header {
    const char *name;
    entry fields[FIELDS];
} header;

static const char *field_name(field f)
{
    for (size_t i = 0; i < CS_COUNTOF(keys); i++)
        if (keys[i].field == f)
            return keys[i].name;
    return "";
}

static bool given(const header *h, field f)
{
    return h->fields[f].key != NULL;
}

static cs_place place_of(const header *h, field f)
{
    return cs_at(h->name, h->fields[f].line, 0);
}

/* --- lines --- */

/* A key is a word; the lines of a picture or a letter have none. */
static bool split(cs_str line, cs_str *key, cs_str *value)
{
    if (!cs_str_cut(line, '=', key, value))
        return false;
    *key = cs_str_trim(*key);
    *value = cs_str_trim(*value);
    if (key->len == 0 || key->len > 255)
        return false;
    for (size_t i = 0; i < key->len; i++)
        if (key->data[i] < ' ' || key->data[i] > '~')
            return false;
    return true;
}

bool im_metaimage_is(cs_str head)
{
    cs_str line, rest = head, key, value;
    bool more = true;
    while (more) {
        more = cs_str_cut(rest, '\n', &line, &rest);
        line = cs_str_trim(line);
        if (line.len == 0 || line.data[0] == '#')
            continue;
        if (!split(line, &key, &value))
            return false;
        for (size_t i = 0; i < CS_COUNTOF(keys); i++)
            if (cs_str_is(key, keys[i].name))
                return true;
    }
    return false;
}

static int put(header *h, cs_str key, cs_str value, unsigned line,
               cs_errinfo *info)
{
    for (size_t i = 0; i < CS_COUNTOF(keys); i++) {
        if (!cs_str_is(key, keys[i].name))
            continue;
        entry *e = &h->fields[keys[i].field];
        if (e->key && !cs_str_eq(e->value, value))
            return cs_fail_at(info, CS_E_FORMAT, cs_at(h->name, line, 0),
                              "%s says otherwise than %s in line %u",
                              keys[i].name, e->key, e->line);
        *e = (entry){value, keys[i].name, line};
        return 0;
    }
    return 0; /* unknown keys are other programs' notes */
}

/* Up to the line of ElementDataFile, after which voxels may follow. */
static int read_lines(header *h, cs_str text, size_t *ret_size,
                      cs_errinfo *info)
{
    cs_str line, rest = text, key, value;
    for (unsigned number = 1; rest.len > 0; number++) {
        cs_str_cut(rest, '\n', &line, &rest);
        line = cs_str_trim(line);
        if (line.len == 0 || line.data[0] == '#')
            continue;
        if (!split(line, &key, &value))
            return cs_fail_at(info, CS_E_FORMAT, cs_at(h->name, number, 0),
                              "a MetaImage header has lines 'Key = Value', and "
                              "this is none");
        int r = put(h, key, value, number, info);
        if (r < 0)
            return r;
        if (given(h, DATA_FILE)) {
            *ret_size = text.len - rest.len;
            return 0;
        }
    }
    return cs_fail_at(info, CS_E_FORMAT, cs_at(h->name, 0, 0),
                      text.len < IM_METAIMAGE_HEADER_MAX
                          ? CS_N_("ElementDataFile is missing")
                          : CS_N_("no ElementDataFile in the first 64 KiB: "
                                  "this is no MetaImage header"));
}

/* --- values --- */

static int wrong(const header *h, field f, const char *wanted, cs_errinfo *info)
{
    return cs_fail_at(info, CS_E_FORMAT, place_of(h, f), "%s: '%.*s' is not %s",
                      h->fields[f].key, CS_STR_ARG(h->fields[f].value),
                      cs_msg(info ? info->lang : CS_LANG_EN, wanted));
}

static int missing(const header *h, field f, cs_errinfo *info)
{
    return cs_fail_at(info, CS_E_FORMAT, cs_at(h->name, 0, 0), "%s is missing",
                      field_name(f));
}

/* The next word, blanks around it dropped. */
static cs_str next_word(cs_str *rest)
{
    *rest = cs_str_trim(*rest);
    size_t n = 0;
    while (n < rest->len && rest->data[n] != ' ' && rest->data[n] != '\t')
        n++;
    cs_str word = cs_str_sub(*rest, 0, n);
    *rest = cs_str_sub(*rest, n, rest->len);
    return word;
}

static int numbers(const header *h, field f, size_t n, double *ret,
                   cs_errinfo *info)
{
    cs_str rest = h->fields[f].value;
    for (size_t i = 0; i < n; i++) {
        cs_str word = next_word(&rest);
        if (word.len == 0)
            return cs_fail_at(info, CS_E_FORMAT, place_of(h, f),
                              "%s has %zu numbers, NDims asks for %zu",
                              h->fields[f].key, i, n);
        if (cs_parse_f64(word, &ret[i]) < 0)
            return cs_fail_at(info, CS_E_FORMAT, place_of(h, f),
                              "%s: '%.*s' is no finite number",
                              h->fields[f].key, CS_STR_ARG(word));
    }
    if (cs_str_trim(rest).len > 0)
        return cs_fail_at(info, CS_E_FORMAT, place_of(h, f),
                          "%s has more than the %zu numbers that NDims asks "
                          "for",
                          h->fields[f].key, n);
    return 0;
}

static bool is_word(cs_str s, const char *lower)
{
    if (s.len != strlen(lower))
        return false;
    for (size_t i = 0; i < s.len; i++)
        if ((s.data[i] | 0x20) != lower[i])
            return false;
    return true;
}

static int flag(const header *h, field f, bool *ret, cs_errinfo *info)
{
    if (!given(h, f))
        return 0;
    cs_str v = h->fields[f].value;
    bool yes = is_word(v, "true") || is_word(v, "t") || cs_str_is(v, "1");
    bool no = is_word(v, "false") || is_word(v, "f") || cs_str_is(v, "0");
    if (!yes && !no)
        return wrong(h, f, CS_N_("True or False"), info);
    *ret = yes;
    return 0;
}

/* --- what the voxels are --- */

static const struct {
    const char *name;
    im_element element;
} types[] = {
    {"MET_CHAR", IM_I8},        {"MET_ASCII_CHAR", IM_I8},
    {"MET_UCHAR", IM_U8},       {"MET_SHORT", IM_I16},
    {"MET_USHORT", IM_U16},     {"MET_INT", IM_I32},
    {"MET_UINT", IM_U32},       {"MET_LONG", IM_I32}, /* 4 bytes everywhere */
    {"MET_ULONG", IM_U32},      {"MET_LONG_LONG", IM_I64},
    {"MET_ULONG_LONG", IM_U64}, {"MET_FLOAT", IM_F32},
    {"MET_DOUBLE", IM_F64},
};

static int read_type(const header *h, im_metaimage *m, cs_errinfo *info)
{
    if (!given(h, ELEMENT_TYPE))
        return missing(h, ELEMENT_TYPE, info);
    for (size_t i = 0; i < CS_COUNTOF(types); i++)
        if (cs_str_is(h->fields[ELEMENT_TYPE].value, types[i].name)) {
            m->info.element = types[i].element;
            m->info.dtype = im_element_dtype(types[i].element);
            return 0;
        }
    return cs_fail_at(info, CS_E_FORMAT, place_of(h, ELEMENT_TYPE),
                      "ElementType: '%.*s' is not supported; numbers from "
                      "MET_CHAR to MET_DOUBLE are",
                      CS_STR_ARG(h->fields[ELEMENT_TYPE].value));
}

static int check_object(const header *h, cs_errinfo *info)
{
    if (given(h, OBJECT) && !is_word(h->fields[OBJECT].value, "image"))
        return wrong(h, OBJECT, CS_N_("Image"), info);
    if (given(h, CHANNELS) && !cs_str_is(h->fields[CHANNELS].value, "1"))
        return cs_fail_at(info, CS_E_FORMAT, place_of(h, CHANNELS),
                          "ElementNumberOfChannels is '%.*s': colours and "
                          "vectors are no volume of one value each; split them",
                          CS_STR_ARG(h->fields[CHANNELS].value));
    cs_str units = h->fields[UNITS].value;
    if (given(h, UNITS) && !is_word(units, "mm") && !cs_str_is(units, "?"))
        return cs_fail_at(info, CS_E_FORMAT, place_of(h, UNITS),
                          "DistanceUnits is '%.*s'; only mm is supported",
                          CS_STR_ARG(units));
    return 0;
}

/* MetaImage counts in decimal digits and nothing else: "0x4" is a slip. */
static bool whole_number(cs_str word, uint64_t *ret)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.data[i] < '0' || word.data[i] > '9')
            return false;
    return cs_parse_u64(word, ret) == 0;
}

static int read_size(const header *h, field f, size_t *ret, cs_errinfo *info)
{
    uint64_t v;
    if (!whole_number(h->fields[f].value, &v) || !cs_size_from_u64(v, ret))
        return wrong(h, f, CS_N_("a number of bytes"), info);
    return 0;
}

static int read_storage(const header *h, im_metaimage *m, cs_errinfo *info)
{
    bool binary = true, packed = false;
    int r = flag(h, BINARY, &binary, info);
    if (r == 0)
        r = flag(h, MSB, &m->info.big_endian, info);
    if (r == 0)
        r = flag(h, COMPRESSED, &packed, info);
    if (r == 0 && packed && given(h, PACKED_SIZE))
        r = read_size(h, PACKED_SIZE, &m->packed, info);
    if (r < 0)
        return r;
    if (packed && !binary)
        return cs_fail_at(info, CS_E_FORMAT, place_of(h, COMPRESSED),
                          "CompressedData and BinaryData = False exclude each "
                          "other");
    m->info.packing = IM_PLAIN;
    if (packed)
        m->info.packing = IM_ZLIB;
    if (!binary)
        m->info.packing = IM_TEXT;
    m->info.big_endian = m->info.big_endian && binary;
    if (!given(h, HEADER_SIZE))
        return 0;
    m->from_end = cs_str_is(h->fields[HEADER_SIZE].value, "-1");
    if (!m->from_end)
        r = read_size(h, HEADER_SIZE, &m->skip, info);
    m->has_skip = m->from_end || m->skip > 0;
    if (r == 0 && m->from_end && m->info.packing != IM_PLAIN)
        return cs_fail_at(info, CS_E_FORMAT, place_of(h, HEADER_SIZE),
                          "HeaderSize = -1 needs voxels that are neither "
                          "compressed nor text");
    return r;
}

/* --- where they lie --- */

static int read_extents(const header *h, im_metaimage *m, cs_errinfo *info)
{
    uint64_t n;
    if (!given(h, NDIMS) || !given(h, DIM_SIZE))
        return missing(h, given(h, NDIMS) ? DIM_SIZE : NDIMS, info);
    if (!whole_number(h->fields[NDIMS].value, &n) || n < 2 || n > 4)
        return wrong(h, NDIMS, CS_N_("2, 3 or 4"), info);
    m->dims = (unsigned)n;
    cs_str rest = h->fields[DIM_SIZE].value;
    for (unsigned i = 0; i < n; i++) {
        cs_str word = next_word(&rest);
        uint64_t size;
        if (!whole_number(word, &size) || size == 0 || size > INT32_MAX)
            return wrong(h, DIM_SIZE,
                         CS_N_("as many whole numbers from 1 on as "
                               "NDims says"),
                         info);
        if (i == 3 && size > 1)
            return cs_fail_at(info, CS_E_FORMAT, place_of(h, DIM_SIZE),
                              "DimSize: %llu volumes in one file; split them",
                              (unsigned long long)size);
        if (i < 3)
            m->info.geometry.size[i] = (size_t)size;
    }
    if (cs_str_trim(rest).len > 0)
        return wrong(h, DIM_SIZE,
                     CS_N_("as many whole numbers from 1 on as NDims "
                           "says"),
                     info);
    return 0;
}

/* Each row of the text is the direction of one grid axis: a column of ours. */
static int read_matrix(const header *h, im_metaimage *m, cs_errinfo *info)
{
    double rows[16] = {0};
    int r = numbers(h, MATRIX, (size_t)m->dims * m->dims, rows, info);
    unsigned n = CS_MIN(m->dims, 3U);
    for (unsigned axis = 0; r == 0 && axis < n; axis++)
        for (unsigned i = 0; i < n; i++)
            m->info.geometry.direction[3 * i + axis] =
                rows[(size_t)m->dims * axis + i];
    return r;
}

static int read_place(const header *h, im_metaimage *m, cs_errinfo *info)
{
    double values[4] = {0};
    im_geometry *g = &m->info.geometry;
    size_t n = CS_MIN((size_t)m->dims, (size_t)3);
    field spacing = given(h, SPACING) ? SPACING : ELEMENT_SIZE;
    if (!given(h, spacing))
        return missing(h, SPACING, info);
    int r = numbers(h, spacing, m->dims, values, info);
    if (r == 0)
        memcpy(g->spacing, values, n * sizeof(*values));
    if (r == 0 && given(h, OFFSET)) {
        r = numbers(h, OFFSET, m->dims, values, info);
        if (r == 0)
            memcpy(g->origin, values, n * sizeof(*values));
    }
    if (r == 0 && given(h, MATRIX))
        r = read_matrix(h, m, info);
    m->info.placed = given(h, OFFSET);
    return r;
}

/* MetaImage's letters say where an axis comes from, ours where it goes. */
static bool opposite(char letter, char *ret)
{
    static const char pairs[][2] = {{'R', 'L'}, {'A', 'P'}, {'I', 'S'}};
    for (size_t i = 0; i < CS_COUNTOF(pairs); i++)
        for (int k = 0; k < 2; k++)
            if (letter == pairs[i][k]) {
                *ret = pairs[i][1 - k];
                return true;
            }
    return false;
}

static int check_anatomy(const header *h, im_metaimage *m, cs_errinfo *info)
{
    cs_str v = h->fields[ANATOMY].value;
    if (!given(h, ANATOMY) || cs_str_index(v, '?') < v.len || m->dims == 2)
        return 0;
    char to[4] = "", ours[4];
    for (size_t i = 0; i < 3; i++)
        if (v.len < 3 || v.len > 4 || !opposite(v.data[i], &to[i]))
            return wrong(h, ANATOMY, CS_N_("three letters of RLAPIS, as RAI"),
                         info);
    m->info.contradicted =
        strcmp(to, im_geometry_letters(&m->info.geometry, ours)) != 0;
    if (m->info.contradicted && !given(h, MATRIX))
        return cs_fail_at(info, CS_E_FORMAT, place_of(h, ANATOMY),
                          "AnatomicalOrientation is %.*s, and no "
                          "TransformMatrix says how the axes lie; add it",
                          CS_STR_ARG(v));
    return 0;
}

static int read_geometry(const header *h, im_metaimage *m, cs_errinfo *info)
{
    m->info.geometry = im_geometry_plain(1, 1, 1);
    int r = read_extents(h, m, info);
    if (r == 0)
        r = read_place(h, m, info);
    if (r == 0) {
        r = im_geometry_check(&m->info.geometry, info);
        if (r < 0)
            cs_errinfo_set_place(info, h->name);
    }
    return r < 0 ? r : check_anatomy(h, m, info);
}

static int read_data_file(const header *h, im_metaimage *m, cs_errinfo *info)
{
    cs_str v = h->fields[DATA_FILE].value;
    if (v.len == 0 || v.len > CS_PATH_NAME_MAX || cs_str_index(v, '\0') < v.len)
        return wrong(h, DATA_FILE, CS_N_("a file's name"), info);
    m->data = is_word(v, "local") ? CS_STR("LOCAL") : v;
    if (!cs_str_is(m->data, "LOCAL"))
        memcpy(m->info.data, v.data, v.len);
    m->info.data[cs_str_is(m->data, "LOCAL") ? 0 : v.len] = '\0';
    return 0;
}

int im_metaimage_parse(cs_str text, const char *name, im_metaimage *ret,
                       cs_errinfo *info)
{
    header h = {.name = name};
    im_metaimage m = {.info = {.format = IM_METAIMAGE, .slope = 1}};
    int r = read_lines(&h, cs_str_sub(text, 0, IM_METAIMAGE_HEADER_MAX),
                       &m.text, info);
    if (r == 0)
        r = check_object(&h, info);
    if (r == 0)
        r = read_type(&h, &m, info);
    if (r == 0)
        r = read_storage(&h, &m, info);
    if (r == 0)
        r = read_geometry(&h, &m, info);
    if (r == 0)
        r = read_data_file(&h, &m, info);
    if (r == 0)
        *ret = m;
    return r;
}
