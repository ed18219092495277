#include "base/schema.h"

#include <math.h>
#include <string.h>

#include "base/path.h"
#include "base/yaml.h"
#include "fuzz.h"

typedef struct part {
    const char *name;
    int level;
} part;

typedef struct plan {
    bool quick;
    int epochs;
    int64_t seed;
    double rate;
    const char *folder;
    uint64_t size;
    int64_t wait;
    part inner;
    CS_LIST(int) steps;
    CS_LIST(part) parts;
} plan;

static const char *const levels[] = {"low", "high", NULL};
static const cs_field part_fields[] = {
    CS_FIELD(STRING, part, name, "name", .max = 8, .text = CS_TEXT_IDENTIFIER),
    CS_FIELD(ENUM, part, level, "level", .words = levels, .fallback = "low"),
};
static const cs_table part_table = CS_TABLE(part, part_fields);
static const cs_field plan_fields[] = {
    CS_FIELD(BOOL, plan, quick, "q"),
    CS_FIELD(INT, plan, epochs, "e", .min = 1, .max = 20, .fallback = "3"),
    CS_FIELD(INT64, plan, seed, "s"),
    CS_FIELD(FLOAT, plan, rate, "r", .fmin = -1, .fmax = 1),
    CS_FIELD(STRING, plan, folder, "f", .text = CS_TEXT_RELATIVE_PATH),
    CS_FIELD(SIZE, plan, size, "z", .max = 1 << 30),
    CS_FIELD(DURATION, plan, wait, "w"),
    CS_FIELD_STRUCT(plan, inner, "i", &part_table),
    CS_FIELD_LIST_OF(INT, plan, steps, "l", .max_items = 4),
    CS_FIELD_LIST_OF_STRUCT(plan, parts, "p", &part_table, .max_items = 4),
};
static const cs_table plan_table = CS_TABLE(plan, plan_fields);

static void check_part(const part *p)
{
    FUZZ_ASSERT(!p->name || (p->name[0] && strlen(p->name) <= 8));
    FUZZ_ASSERT(p->level == 0 || p->level == 1);
}

static void check_plan(const plan *p)
{
    FUZZ_ASSERT(p->epochs >= 1 && p->epochs <= 20);
    FUZZ_ASSERT(p->rate >= -1 && p->rate <= 1);
    FUZZ_ASSERT(!p->folder ||
                cs_path_check_relative(cs_str_of(p->folder), NULL) == 0);
    FUZZ_ASSERT(p->size <= 1 << 30 && p->wait >= 0);
    FUZZ_ASSERT(p->steps.len <= 4 && p->parts.len <= 4);
    check_part(&p->inner);
    for (size_t i = 0; i < p->parts.len; i++)
        check_part(&p->parts.items[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CS_AUTO(cs_doc) doc = NULL;
    cs_errinfo info = {.lang = size % 2 ? CS_LANG_ZH : CS_LANG_EN};
    if (cs_doc_parse_yaml((const char *)data, size, "fuzz.yaml", NULL, &doc,
                          &info) < 0)
        return 0;
    plan p, before;
    memset(&p, 0x5a, sizeof(p));
    before = p;
    cs_arena arena = CS_ARENA_INIT;
    int r = cs_schema_decode(cs_doc_root(doc), &plan_table, &p, &arena, &info);
    if (r == 0) {
        check_plan(&p);
    } else {
        FUZZ_ASSERT(memcmp(&p, &before, sizeof(p)) == 0);
        FUZZ_ASSERT(info.code == r && info.message[0]);
    }
    cs_arena_done(&arena);
    return 0;
}
