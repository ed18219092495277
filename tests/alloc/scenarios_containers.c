#include "scenarios.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "base/vec.h"

static int copies(const char *dir)
{
    (void)dir;
    CS_AUTO_MEM char *a = cs_strdup("text");
    CS_AUTO_MEM char *b = cs_strndup("text", 2);
    CS_AUTO_MEM void *c = cs_memdup("text", 4);
    CS_AUTO_MEM void *d = cs_aligned_alloc(64, 100);
    return a && b && c && d ? 0 : CS_E_NOMEM;
}

static int string_buffer(const char *dir)
{
    CS_SCOPED(cs_strbuf) b = CS_STRBUF_INIT;
    for (int i = 0; i < 100; i++)
        cs_strbuf_printf(&b, "%d %s", i, dir);
    if (cs_strbuf_check(&b) < 0)
        return CS_E_NOMEM;
    CS_AUTO_MEM char *text = cs_strbuf_take(&b);
    return text ? 0 : CS_E_NOMEM;
}

static int vector(const char *dir)
{
    (void)dir;
    CS_VEC(int) v = CS_VEC_INIT;
    int r = cs_vec_reserve(&v, 4);
    for (int i = 0; i < 100 && r == 0; i++)
        r = cs_vec_push(&v, i);
    cs_vec_done(&v);
    return r;
}

static int arena(const char *dir)
{
    cs_arena a = CS_ARENA_INIT;
    bool ok = true;
    for (size_t i = 1; i < 40; i++)
        ok = ok && cs_arena_array(&a, i, 100) && cs_arena_strdup(&a, dir) &&
             cs_arena_printf(&a, "%zu", i);
    cs_arena_done(&a);
    return ok ? 0 : CS_E_NOMEM;
}

static int map(const char *dir)
{
    (void)dir;
    cs_map m = CS_MAP_INIT;
    int r = 0;
    for (int i = 0; i < 100 && r == 0; i++) {
        char key[16];
        int n = snprintf(key, sizeof(key), "%d", i);
        r = cs_map_put(&m, (cs_str){key, (size_t)n}, &m, NULL);
    }
    cs_map_done(&m);
    return r;
}

static const alloc_scenario items[] = {
    {"copies", copies, false}, {"string buffer", string_buffer, false},
    {"vector", vector, false}, {"arena", arena, false},
    {"map", map, false},
};

const scenario_list scenarios_containers = SCENARIO_LIST(items);
